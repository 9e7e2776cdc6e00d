/* readiness.c - how bad it would be if somebody left today; see readiness.h. Every risk of the plan
 * costs points, by what it takes to mend it once the person is gone. */
#include "readiness.h"

#include "foresee.h"

#define P readiness_params
const struct field readiness_fields[] = {THE(person, "person", "who"), {0}};
#undef P

static const struct part {
    const char *risk, *means, *remedy;
    int64_t points; /* each */
} parts[] = {
    {"sole_owner", "accounts that nobody else owns on the platform",
     "let another person be an owner there: tenure grant give", 15},
    {"no_successor", "accounts without an heir", "tenure heir designate", 10},
    {"sole_control", "control points that are the only ones of an account",
     "add one of somebody else: tenure controlpoint add", 10},
    {"only_secret", "secrets that nobody else could know",
     "put it where another person can reach it: tenure credential known", 8},
    {"locked", "accounts that only they can step down from", "let them pass it on in good time", 8},
    {"single", "accounts with one owner's place", "know who can pass it on: tenure playbook list",
     5},
    {"login", "accounts that go with a login", "keep mailbox and second factor in company hands",
     5},
    {"mailbox", "accounts that hang on their mailbox", "tenure controlpoint change", 5},
    {"few_owners", "accounts with fewer owners than they should have", "tenure grant give", 5},
    {"sole_duty", "duties that nobody else has", "tenure responsibility assign", 2},
};
enum { PARTS = sizeof(parts) / sizeof(*parts), NAMED_MAX = 20, LEAD_DAY_POINTS = 1 };

SHAPE(part_row, COLUMN("part", "what counts"), NUMBER("count", "how many of them"),
      NUMBER("each", "points for each"), NUMBER("points", "points in all"),
      COLUMN("means", "in words"), COLUMN("items", "which"), COLUMN("remedy", "what would help"));
SHAPE(drill_row, COLUMN("drilled_at", "when"), COLUMN("last_day", "with which last day"),
      NUMBER("accounts", "accounts"), NUMBER("steps", "steps"),
      NUMBER("without_successor", "accounts without a successor"), NUMBER("at_risk", "risks"),
      NUMBER("too_late", "steps without time"), NUMBER("rotations", "secrets to change"),
      NUMBER("wait_days", "longest way through the waits"), COLUMN("digest", "hash of the plan"));
const struct field readiness_shape[] = {
    COLUMN("person", "who"),
    NUMBER("score", "points: 0 is ready, and every point is work that nobody else could do"),
    COLUMN("grade", "in a word"),
    NUMBER("accounts", "accounts that they answer for"),
    NUMBER("steps", "steps that their leaving would take"),
    NUMBER("wait_days", "days that platforms would make it wait"),
    TABLE("parts", part_row, "what the score is made of"),
    TABLE("drills", drill_row, "what drills of it gave, newest first"),
    {0}};

/* From 30 on several accounts would be lost or in doubt. */
static const char *grade_of(int64_t score)
{
    return score == 0 ? "ready" : score < 30 ? "loose ends" : score < 80 ? "serious" : "critical";
}

static json_t *part_json(struct job *job, const struct foresight *f, const struct part *p,
                         int64_t *score)
{
    struct buf items;
    int64_t count = 0;

    buf_init(&items, job->mem, 1 << 16);
    for (size_t i = 0; i < f->risks_n; i++) {
        if (strcmp(f->risks[i].code, p->risk) != 0)
            continue;
        if (count < NAMED_MAX)
            buf_printf(&items, "%s%s", count ? ", " : "", f->risks[i].item);
        count++;
    }
    if (count == 0)
        return NULL;
    if (count > NAMED_MAX)
        buf_text(&items, ", …");
    int64_t points = count * p->points;
    *score += points;
    return json_pack("{s:s, s:I, s:I, s:I, s:s, s:s, s:s}", "part", p->risk, "count",
                     (json_int_t)count, "each", (json_int_t)p->points, "points", (json_int_t)points,
                     "means", p->means, "items", items.at, "remedy", p->remedy);
}

/* What platforms make one wait for, and what cannot be undone, takes its time whoever does it. */
static json_t *lead_json(const struct foresight *f, int64_t *score)
{
    const char *last = f->path_n ? f->plan.steps[f->path[f->path_n - 1]].name : NULL;

    if (!last)
        return NULL;
    int64_t points = f->wait_days * LEAD_DAY_POINTS;
    *score += points;
    return json_pack("{s:s, s:I, s:i, s:I, s:s, s:s, s:s}", "part", "lead_time", "count",
                     (json_int_t)f->wait_days, "each", LEAD_DAY_POINTS, "points",
                     (json_int_t)points, "means", "days that platforms make it wait", "items", last,
                     "remedy",
                     "let the successor have the role long before: waits count from then");
}

static json_t *parts_json(struct job *job, const struct foresight *f, int64_t *score)
{
    json_t *all = json_array(), *lead;

    for (size_t i = 0; i < PARTS; i++) {
        json_t *row = part_json(job, f, &parts[i], score);
        if (row)
            json_array_append_new(all, row);
    }
    lead = lead_json(f, score);
    if (lead)
        json_array_append_new(all, lead);
    return all;
}

static json_t *drills_json(const struct rows *rows)
{
    static const char *const texts[] = {"drilled_at", "last_day", "digest"};
    json_t *all = json_array();

    for (size_t i = 0; i < rows_count(rows); i++) {
        json_t *row = json_object();
        EACH_FIELD (f, &drill_row) {
            bool text = false;
            for (size_t k = 0; k < sizeof(texts) / sizeof(*texts); k++)
                text = text || strcmp(f->name, texts[k]) == 0;
            json_object_set_new(row, f->name,
                                text ? json_string(rows_text(rows, i, f->name))
                                     : json_integer(rows_int(rows, i, f->name)));
        }
        json_array_append_new(all, row);
    }
    return all;
}

struct err *answer_readiness(struct job *job, const void *params, const char **ret)
{
    const struct readiness_params *in = params;
    struct foresight f = {.person = in->person.id};
    struct rows *drills;
    int64_t score = 0;

    TRY(foresee_ask(job, &f));
    TRY(foresee_ask_for(job, &f, "drills_of", &drills));
    TRY(job_answers(job));
    TRY(foresee_told(job, &f));
    json_t *made_of = parts_json(job, &f, &score);
    json_t *reply =
        json_pack("{s:s, s:I, s:s, s:I, s:I, s:I, s:o, s:o}", "person", in->person.said, "score",
                  (json_int_t)score, "grade", grade_of(score), "accounts",
                  (json_int_t)rows_count(f.scope), "steps", (json_int_t)f.plan.n, "wait_days",
                  (json_int_t)f.wait_days, "parts", made_of, "drills", drills_json(drills));
    *ret = json_compact(job->mem, json_keep(job->mem, reply));
    return NULL;
}
