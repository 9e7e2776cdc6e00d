/* A thread that must not wait hands an exchange back to a worker, who goes on with it. */
#include "http/exchange.h"
#include "support/served.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
#include <pthread.h>

static pthread_t worker, other;

static void go_on(struct exchange *x, struct worker *w)
{
    const char *kept = x->kept;
    bool by_worker = w && pthread_equal(pthread_self(), worker);

    exchange_say(x, 200, "text/plain", bytes_of_text(by_worker ? kept : "by another thread"));
    exchange_back(x);
}

static void *hand_back(void *x)
{
    static char kept[] = "by the worker";

    exchange_resume(x, go_on, kept);
    return NULL;
}

static void begin(struct exchange *x, struct worker *w)
{
    (void)w;
    worker = pthread_self();
    cr_assert_eq(pthread_create(&other, NULL, hand_back, x), 0);
}

static void add(struct routes *r)
{
    routes_add(r, (struct route){.method = "GET", .path = "/two-steps", .run = begin});
}

static const struct http_pages pages = {.add = add};

static void with_steps(struct http_config *config)
{
    config->pages = &pages;
    config->workers = 1;
}

Test(resume, another_thread_hands_it_back_to_a_worker)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_steps);

    for (int i = 0; i < 20; i++) {
        struct said said = get(s, "/two-steps", NULL);
        pthread_join(other, NULL);
        cr_assert_eq(said.status, 200);
        cr_assert_str_eq(arena_copy_n(mem, (const char *)said.body.at, said.body.n),
                         "by the worker");
    }
    serve_no_more(s);
}
