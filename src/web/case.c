/* case.c - a case on its page: people by name, what its machines let be done now, what is next for
 * whoever reads it, and when its steps are due. What may follow a state is the machines' own table.
 */
#include "web_internal.h"

#include "base/check.h"
#include "base/date.h"
#include "called.h"
#include "domain/machine.h"
#include "view.h"
#include "json/json.h"

/* ---- People
 * -------------------------------------------------------------------------------------- */

static const char *name_in(const json_t *people, const char *ref)
{
    const json_t *one;
    size_t i;

    json_array_foreach (people, i, one) {
        if (text_same(json_text(one, "person"), ref))
            return json_text(one, "name");
    }
    return NULL;
}

static void name_each(const json_t *people, const json_t *rows, const char *const *fields)
{
    json_t *row;
    size_t i;

    for (const char *const *f = fields; *f; f++) {
        char under[64];
        snprintf(under, sizeof(under), "%s_name", *f);
        json_array_foreach (rows, i, row) {
            const char *ref = json_text(row, *f), *name = ref ? name_in(people, ref) : NULL;
            if (ref)
                json_object_set_new(row, under, json_string(name ? name : ref));
        }
    }
}

void case_names(json_t *is)
{
    static const char *const of_steps[] = {"assignee", "performer", "verifier", NULL};
    static const char *const of_accounts[] = {"successor", NULL};
    const json_t *people = json_object_get(is, "people");
    const char *lead = json_text(is, "lead"), *name = lead ? name_in(people, lead) : NULL;

    name_each(people, json_object_get(is, "steps"), of_steps);
    name_each(people, json_object_get(is, "accounts"), of_accounts);
    if (lead)
        json_object_set_new(is, "lead_name", json_string(name ? name : lead));
}

/* ---- What may be done
 * ---------------------------------------------------------------------------- */

/* Commands that move a step, by the events of its machine. */
static const struct {
    const char *command, *events;
} moves[] = {
    {"step claim", "claim rework"},     {"step finish", "finish"},     {"step verify", "verify"},
    {"step reject", "reject"},          {"step ask-waiver", "waive"},  {"step waive", "waive"},
    {"step approve", "finish"},         {"step reassign", "reassign"}, {"step due", "waive"},
    {"step reopen", "reopen"},          {"step wait", "wait"},         {"step block", "block"},
    {"step unblock", "unblock_manual"}, {"step fail", "fail"},         {"step retry", "retry"},
};

static bool any_step(const json_t *is, const char *events)
{
    const json_t *step;
    size_t i;

    json_array_foreach (json_object_get(is, "steps"), i, step) {
        const char *state = json_text(step, "state");
        if (state && machine_find(step_transitions, state, events))
            return true;
    }
    return false;
}

static bool is_event(const char *event)
{
    for (const struct transition *t = handover_transitions; t->event; t++)
        if (strcmp(t->event, event) == 0)
            return true;
    return false;
}

/* "handover go-hostile" is the event go_hostile of the case's machine. */
static const char *event_of(struct arena *mem, const char *command)
{
    char *event;

    if (!text_starts(command, "handover "))
        return NULL;
    event = arena_copy(mem, command + strlen("handover "));
    for (char *c = event; *c; c++)
        *c = *c == '-' ? '_' : *c;
    return is_event(event) ? event : NULL;
}

/* Those that no machine knows of are possible while the case goes on. */
static bool fits_a_case(const json_t *is, const char *command)
{
    const char *hostile = json_text(is, "hostile");

    if (strcmp(command, "handover confirm-hostile") == 0)
        return !case_is_over(is) && hostile && !text_starts(hostile, "confirmed");
    if (strcmp(command, "handover approve-cancel") == 0)
        return !case_is_over(is) && json_text(is, "cancel_asked_by");
    if (strcmp(command, "handover accept") == 0 || strcmp(command, "handover declare") == 0)
        return !case_is_over(is) && !text_same(json_text(is, "state"), "draft");
    return !case_is_over(is) || !text_starts(command, "handover ");
}

bool case_allows(struct arena *mem, const json_t *is, const char *command)
{
    const char *state = json_text(is, "state"), *event = event_of(mem, command);

    for (size_t i = 0; i < sizeof(moves) / sizeof(*moves); i++)
        if (strcmp(moves[i].command, command) == 0)
            return text_same(state, "in_progress") && any_step(is, moves[i].events);
    if (event)
        return machine_find(handover_transitions, state, event) != NULL;
    return fits_a_case(is, command);
}

static bool takes_over(const json_t *is, const char *who)
{
    const json_t *account;
    size_t i;

    json_array_foreach (json_object_get(is, "accounts"), i, account) {
        if (text_same(json_text(account, "successor"), who) &&
            !json_is_true(json_object_get(account, "accepted")))
            return true;
    }
    return false;
}

/* What is somebody's own word is offered to nobody else: reading back, declaring. */
static bool is_the_readers(struct visit *v, const json_t *is, const char *command)
{
    const char *me = json_text(v->me, "person"), *leaver = json_text(is, "person");

    if (strcmp(command, "handover accept") == 0 || strcmp(command, "handover refuse") == 0)
        return takes_over(is, me);
    if (strcmp(command, "handover declare") == 0)
        return text_same(me, leaver) || text_same(me, json_text(is, "lead"));
    return true;
}

json_t *case_acts(struct visit *v, const json_t *is)
{
    json_t *all = acts_on(v, "handover", json_text(is, "handover")), *act;
    json_t *acts = json_keep(v->mem, json_array());
    size_t i;

    json_array_foreach (all, i, act) {
        const char *command = json_text(act, "command");
        if (case_allows(v->mem, is, command) && is_the_readers(v, is, command))
            json_array_append(acts, act);
    }
    return acts;
}

bool case_works(const json_t *is)
{
    return text_same(json_text(is, "state"), "in_progress");
}

/* ---- What is next
 * -------------------------------------------------------------------------------- */

static bool has_word(const char *text, const char *word)
{
    size_t n = strlen(word);

    for (const char *at = text; (at = strstr(at, word)); at += n)
        if ((at == text || !is_of_key(at[-1])) && !is_of_key(at[n]))
            return true;
    return false;
}

/* What is a person's own is done by nobody else, whatever their roles. */
static bool is_own(const char *command)
{
    return text_starts(command, "tenure step") ||
           text_starts(command, "tenure handover inventory") ||
           text_starts(command, "tenure handover declare");
}

/* Is it for the reader? who is a person's key, or says in words who may. */
static bool is_for(struct visit *v, const json_t *is, const char *who, const char *command)
{
    const char *me = json_text(v->me, "person");

    if (text_same(who, me))
        return true;
    if (has_word(who, me) || text_same(me, json_text(is, "person")))
        return false; /* another person than the reader; nobody decides in their own leaving */
    if (name_in(json_object_get(is, "people"), who) && is_own(command))
        return false;
    return may_by_role(v, command);
}

/* A person's key, or a sentence, with names alone. */
static const char *said_bare(struct page *p, const json_t *value)
{
    const char *text = as_said(p, value);

    return text ? with_names(p, text) : NULL;
}

void case_next(struct visit *v, json_t *is)
{
    json_t *row;
    size_t i;

    json_array_foreach (json_object_get(is, "next"), i, row) {
        const char *command = json_text(row, "command"), *who = json_text(row, "who");
        const char *href = command ? command_link(&v->page, command, NULL) : NULL;
        if (href && who && is_for(v, is, who, command))
            json_object_set_new(row, "href", json_string(href));
        static const char *const told[] = {"who", "what"};
        for (size_t k = 0; k < 2; k++) {
            json_set_text(row, told[k], said_bare(&v->page, json_object_get(row, told[k])));
        }
    }
}

/* ---- When steps are due
 * -------------------------------------------------------------------------- */

enum { BAR_HEIGHT = 14, LINE_LEFT = 40, LINE_LENGTH = 940, AXIS_HEIGHT = 24 };

static bool due_of(const json_t *step, int64_t *ret)
{
    return json_text(step, "due") && instant_parse(json_text(step, "due"), ret);
}

static void add_bar(json_t *bars, const json_t *step, int64_t x, int64_t y)
{
    json_array_append_new(bars, json_pack("{s:I, s:I, s:I, s:O?, s:O?, s:O?}", "x", x, "y", y,
                                          "text", y + 10, "state", json_object_get(step, "state"),
                                          "title", json_object_get(step, "title"), "number",
                                          json_object_get(step, "number")));
}

json_t *case_line(struct visit *v, const json_t *steps)
{
    int64_t first = INT64_MAX, last = INT64_MIN, at, n = 0;
    json_t *line = json_keep(v->mem, json_object()), *bars = json_array();
    const json_t *step;
    size_t i;

    json_array_foreach (steps, i, step) {
        if (due_of(step, &at)) {
            first = at < first ? at : first;
            last = at > last ? at : last;
        }
    }
    json_array_foreach (steps, i, step) {
        if (due_of(step, &at))
            add_bar(bars, step,
                    LINE_LEFT + (last > first ? (at - first) * LINE_LENGTH / (last - first) : 0),
                    AXIS_HEIGHT + n++ * BAR_HEIGHT);
    }
    json_object_set_new(line, "bars", bars);
    if (!n)
        return line;
    json_object_set_new(line, "height", json_integer(AXIS_HEIGHT + n * BAR_HEIGHT + 2));
    json_object_set_new(line, "first", json_string(instant_text(v->mem, first)));
    json_object_set_new(line, "last", json_string(instant_text(v->mem, last)));
    if (v->now > first && v->now < last)
        json_object_set_new(
            line, "now", json_integer(LINE_LEFT + (v->now - first) * LINE_LENGTH / (last - first)));
    return line;
}
