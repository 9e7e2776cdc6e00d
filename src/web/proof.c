/* proof.c - the page on which somebody says what a proof of ownership is to show: as of which day,
 * and what of people's data and of reasons is in it. The least is what it shows when nothing is
 * said. */
#include "web_internal.h"

#include "app/proven.h"
#include "base/check.h"
#include "base/date.h"
#include "base/zone.h"
#include "form.h"
#include "http/query.h"
#include "pages.h"
#include "view.h"

#include <stdio.h>

/* The words that the command knows for a field, each with what it means. */
static json_t *ticks_of(struct visit *v, const struct command *c, const char *field,
                        const char *prefix)
{
    const struct field *f = record_find(&c->params, field);
    json_t *ticks = json_array();

    for (size_t i = 0; f && f->choices[i]; i++) {
        const char *means =
            text_of(v->language, arena_printf(v->mem, "%s_%s", prefix, f->choices[i]));
        json_array_append_new(ticks, json_pack("{s:s, s:s}", "word", f->choices[i], "means",
                                               means ? means : f->choices[i]));
    }
    return ticks;
}

/* ---- As of when ------------------------------------------------------------------------------ */

/* What the address says: a day, whose end in UTC is meant; or with a time of day the moment that
 * the clock of the zone shows then, which is said with it, so that whoever is sent the address sees
 * the same. */
struct as_of {
    const char *day, *at, *zone; /* as they were told; NULL: not */
    const char *text;            /* for the command; NULL: as the log stands now */
};

static const char *told(const struct visit *v, const char *name)
{
    const char *value = visit_query(v, name);

    return value && *value ? value : NULL;
}

/* "14:30" in seconds of the day. */
static bool time_parse(const char *text, int64_t *ret)
{
    unsigned hour, minute;
    int n = 0;

    if (sscanf(text, "%2u:%2u%n", &hour, &minute, &n) != 2 || text[n] || hour > 23 || minute > 59)
        return false;
    *ret = (int64_t)hour * 3600 + (int64_t)minute * 60;
    return true;
}

static struct err *read_as_of(struct visit *v, struct as_of *as_of)
{
    struct zone *zone = NULL;
    int64_t day, seconds;

    *as_of = (struct as_of){.day = told(v, "as_of"), .at = told(v, "at"), .zone = told(v, "zone")};
    as_of->text = as_of->day;
    if (!as_of->day && as_of->at)
        return err_field(v->mem, "as_of", "is missing: of which day is the time?");
    if (!as_of->at || !day_parse(as_of->day, &day))
        return NULL;
    if (!time_parse(as_of->at, &seconds))
        return err_field(v->mem, "as_of", "'%s' is no time of day: 00:00 to 23:59", as_of->at);
    if (as_of->zone && strcmp(as_of->zone, "UTC") != 0 && zone_load(v->mem, as_of->zone, &zone))
        return err_field(v->mem, "as_of", "'%s' is no time zone: Europe/Berlin, say", as_of->zone);
    seconds += day * 86400;
    as_of->text =
        instant_text(v->mem, (zone ? zone_instant(zone, seconds) : seconds) * (int64_t)1000);
    return NULL;
}

/* A day that is not over has no proof yet: nobody knows what comes before its end. */
static struct err *check_day(struct visit *v, const char *as_of)
{
    struct job *job = visit_job_named(v, "proof export");
    const struct field *f = record_find(&job->command->params, "as_of");

    TRY(field_set(v->mem, f, as_of, job->params));
    return proof_time_check(v->mem, field_text(v->mem, f, job->params), v->now);
}

/* The account as the log knew it then: what the proof is going to be of. */
static struct err *ask_account(struct visit *v, struct worker *w, const char *ref,
                               const char *as_of, const struct err **ret_trouble, json_t **ret)
{
    const struct err *misread = *ret_trouble;
    struct job *jobs[2] = {visit_job_named(v, "account show")};
    json_t *params = json_keep(v->mem, json_object());

    json_object_set_new(params, "account", json_string(ref));
    if (as_of)
        json_object_set_new(params, "as_known", json_string(as_of));
    *ret_trouble = misread ? misread : as_of ? check_day(v, as_of) : NULL;
    if (!*ret_trouble)
        *ret_trouble = job_params(jobs[0], params);
    TRY(ask_all(v, w, jobs, *ret_trouble ? 0 : 1));
    if (!*ret_trouble)
        *ret_trouble = jobs[0]->error;
    if (*ret_trouble)
        return NULL;
    return json_read(v->mem, bytes_of_text(jobs[0]->reply), 1 << 26, "an answer", ret);
}

static int64_t today(const struct visit *v)
{
    int64_t seconds = v->now / 1000;

    return (seconds + (v->page.zone ? zone_offset(v->page.zone, seconds) : 0)) / 86400;
}

/* Times are those of the reader's zone, unless the address says another, or a time without one. */
static const char *zone_shown(const struct visit *v, const struct as_of *as_of)
{
    if (as_of->zone)
        return as_of->zone;
    return v->page.zone_name && !as_of->at ? v->page.zone_name : "UTC";
}

static void show_as_of(struct visit *v, const struct as_of *as_of, json_t *data)
{
    json_set_text(data, "latest", day_text(v->mem, today(v)));
    json_set_text(data, "zone", zone_shown(v, as_of));
    json_set_text(data, "day", as_of->day);
    json_set_text(data, "at", as_of->at);
    json_set_text(data, "as_of", as_of->text);
    json_object_set_new(data, "moment", json_boolean(as_of->text != as_of->day));
}

static void show(struct visit *v, const char *ref, const struct as_of *as_of, const json_t *account,
                 const struct err *trouble)
{
    json_t *data = json_keep(v->mem, json_object());
    const json_t *history = json_object_get(account, "history");
    const struct noun *n;
    const struct command *c = command_find("proof export", &n);
    const char *name = json_text(account, "name");

    json_object_set_new(
        data, "title",
        json_string(arena_printf(v->mem, "%s · %s", text_of(v->language, "page.proof"),
                                 name ? name : ref)));
    json_object_set_new(data, "ref", json_string(ref));
    show_as_of(v, as_of, data);
    if (trouble)
        json_object_set_new(data, text_same(trouble->field, "as_of") ? "trouble" : "because",
                            json_string(trouble->text));
    if (account)
        json_object_set(data, "account", json_plain(account));
    if (json_array_size(history))
        json_object_set(data, "newest", json_array_get(history, 0));
    json_object_set_new(data, "shows", ticks_of(v, c, "disclose", "proof.show"));
    json_object_set_new(data, "hides", ticks_of(v, c, "withhold", "proof.hide"));
    visit_show(v, trouble ? err_faces[trouble->kind].http : 200, NULL, page_proof, data);
}

static void run_proof(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);
    const char *raw = x->match.params[0].value, *ref;
    struct as_of as_of;
    json_t *account = NULL;

    if (!v->known) {
        visit_sign_in(v);
        return;
    }
    const struct err *trouble = read_as_of(v, &as_of);
    struct err *e = percent_decode(v->mem, raw, strlen(raw), false, &ref)
                        ? ask_account(v, w, ref, as_of.text, &trouble, &account)
                        : err_new(v->mem, ERR_NOT_FOUND, "there is nothing here");
    if (e && e->kind == ERR_UNSIGNED)
        visit_sign_in(v);
    else if (e || (trouble && !as_of.text && !as_of.at))
        visit_fail(v, e ? e : trouble);
    else
        show(v, ref, &as_of, account, trouble);
}

void proof_pages_add(struct routes *r)
{
    routes_add(
        r, (struct route){.method = "GET", .path = "/accounts/{account}/proof", .run = run_proof});
}
