/* web.c - all pages; see web.h. */
#include "web/web.h"

#include "assets.h"
#include "pages.h"
#include "web_internal.h"

static void add(struct routes *r)
{
    reading_pages_add(r);
    made_pages_add(r);
    acting_pages_add(r);
    leaving_pages_add(r);
    draft_pages_add(r);
    sign_pages_add(r);
    done_pages_add(r);
    sign_in_pages_add(r);
    enrol_pages_add(r);
    live_pages_add(r);
    proof_pages_add(r);
    progress_pages_add(r);
    verify_pages_add(r);
    lookup_pages_add(r);
    evidence_pages_add(r);
    acts_pages_add(r);
    ask_pages_add(r);
    trial_pages_add(r);
    routes_add(r,
               (struct route){
                   .method = "GET", .path = "/assets/{file}", .run = asset_serve, .at_once = true});
}

/* On the loop: there is no route, or what was sent was not even read; nobody was asked who it is.
 */
static void fail(struct exchange *x, int status, const char *because)
{
    struct visit *v = visit_new(x);
    struct err e = {.kind = ERR_USAGE, .text = because};

    for (int kind = 1; kind < ERR_KINDS; kind++)
        if (err_faces[kind].http == status)
            e.kind = (enum err_kind)kind;
    visit_fail(v, &e);
    x->reply.status = status;
}

const struct http_pages web_pages = {.add = add, .fail = fail};
