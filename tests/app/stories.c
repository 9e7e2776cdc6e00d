/* stories.c - see stories.h. */
#include "stories.h"

#include "base/date.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
#include <libpq-fe.h>
#include <string.h>

static const char *case_of(const json_t *reply)
{
    return json_text(json_object_get(reply, "result"), "handover");
}

const char *with(struct instance *i, const char *handover, const char *more)
{
    return arena_printf(i->mem, "{'handover':'%s'%s%s}", handover, *more ? "," : "", more);
}

void sam_holds(struct instance *i)
{
    did(i, "adm", "account register",
        "{'account':'acme-group','url':'https://www.linkedin.com/groups/8374921','unit':'sales',"
        "'owner':'head-of-sales'}");
    did(i, "sam", "account accept", "{'account':'acme-group'}");
    did(i, "adm", "grant give",
        "{'grant':'g-sam','account':'acme-group','person':'sam','role':'owner'"
        "}");
    did(i, "adm", "grant give",
        "{'grant':'g-tess','account':'acme-group','person':'tess','role':'owner'"
        "}");
    did(i, "adm", "grant give",
        "{'grant':'g-kim','account':'acme-group','person':'kim','role':'owner'}");
    did(i, "adm", "controlpoint add",
        "{'controlpoint':'cp-1','account':'acme-group','kind':'recovery_mail','person':'sam','"
        "label':'sam@acme.example'}");
    did(i, "adm", "store register",
        "{'store':'vault','name':'Sales vault','kind':'vault','unit':'sales'}");
    did(i, "adm", "grant give",
        "{'grant':'g-vault','store':'vault','person':'sam','role':'reader'}");
    did(i, "adm", "credential record",
        "{'credential':'c-1','account':'acme-group','store':'vault','kind':'api_key','shared':true,"
        "'known_to':['sam']}");
    did(i, "adm", "responsibility assign",
        "{'responsibility':'r-1','account':'acme-group','person':'sam','duty':'moderation'}");
}

void end_all_that_sam_holds(struct instance *i)
{
    did(i, "kim", "grant revoke", "{'grant':'g-sam','reason':'leaves'}");
    did(i, "kim", "grant confirm", "{'grant':'g-sam'}");
    did(i, "adm", "grant revoke", "{'grant':'g-vault','reason':'leaves'}");
    did(i, "adm", "grant confirm", "{'grant':'g-vault'}");
    i->now += 1000;
    did(i, "adm", "credential rotate", "{'credential':'c-1','proof':'vault_version','value':'2'}");
    did(i, "kim", "controlpoint change",
        "{'controlpoint':'cp-1','person':'tess','label':'tess@acme.example'}");
    did(i, "kim", "responsibility end", "{'responsibility':'r-1'}");
}

const char *case_opened(struct instance *i)
{
    const char *h = case_of(did(i, "hana", "handover create",
                                "{'handover':'lv-sam','person':'sam','last_day':'2026-12-31'}"));

    did(i, "hana", "handover successor", with(i, h, "'person':'tess'"));
    did(i, "hana", "handover schedule", with(i, h, ""));
    did(i, "hana", "handover start", with(i, h, "'reason':'notice was given'"));
    return h;
}

const char *restated(struct instance *i, const json_t *inventory)
{
    struct buf out;

    buf_init(&out, i->mem, 1 << 16);
    for (const char *at = json_text(inventory, "text"); *at; at++)
        buf_byte(&out, *at == '\n' || *at == '\'' || *at == '"' ? ' ' : (unsigned char)*at);
    return out.n > 15000
               ? arena_printf(i->mem,
                              "I take %d accounts, with what is open on them as the inventory says",
                              (int)json_integer_value(json_object_get(inventory, "accounts")))
               : out.at;
}

void accept_inventory(struct instance *i, const char *who, const char *h)
{
    const json_t *inventory = did(i, who, "handover inventory", with(i, h, ""));

    did(i, who, "handover accept",
        with(i, h,
             arena_printf(i->mem, "'inventory':'%s','restate':'%s'",
                          json_text(inventory, "inventory"), restated(i, inventory))));
}

void finish_and_verify(struct instance *i, const char *h)
{
    static const char *const workers[] = {"sam", "tess", "uma", "hana"};
    const char *file = uploaded(i, "owners.png", "\x89PNG owners");
    const char *all =
        with(i, h,
             arena_printf(i->mem, "'steps':'all','note':'done','file':['%s'],'irreversible':true",
                          file));
    const json_t *reply;

    for (int round = 0; round < 8; round++) {
        for (size_t k = 0; k < sizeof(workers) / sizeof(*workers); k++)
            if (act(i, workers[k], "step finish", all, &reply))
                continue;
        if (act(i, "lea", "step verify", with(i, h, "'steps':'all'"), &reply))
            continue;
    }
}

void uma_loses_an_account(struct instance *i)
{
    did(i, "adm", "account register",
        "{'account':'acme-z','url':'https://x.com/acmez','unit':'marketing',"
        "'owner':'marketing-lead'}");
    did(i, "uma", "account accept", "{'account':'acme-z'}");
    did(i, "hana", "handover create",
        "{'handover':'lv-uma','person':'uma','last_day':'2026-12-31'}");
    did(i, "hana", "handover successor", with(i, "lv-uma", "'person':'tess'"));
    did(i, "hana", "handover schedule", with(i, "lv-uma", ""));
    did(i, "hana", "handover start", with(i, "lv-uma", "'reason':'notice was given'"));
    did(i, "hana", "handover declare", with(i, "lv-uma", "'not_obtained':'cannot be reached'"));
    did(i, "hana", "handover fail",
        with(i, "lv-uma", "'steps':'1','tried':'asked the platform twice'"));
    did(i, "adm", "handover state-risk",
        with(i, "lv-uma",
             "'account':['acme-z'],'residual':'nobody can post','compensating':'a new account',"
             "'review_on':'2027-06-30'"));
    did(i, "lea", "handover accept-risk", with(i, "lv-uma", "'reason':'it is lost'"));
}

/* ---- What there is to see ----------------------------------------------------------------------
 */

const json_t *case_shown(struct instance *i, const char *h)
{
    return did(i, "aud", "handover show", with(i, h, ""));
}

const json_t *step_at(struct instance *i, const char *h, int number)
{
    const json_t *row;
    size_t k;

    json_array_foreach (vector_at(case_shown(i, h), "steps"), k, row) {
        if (json_integer_value(json_object_get(row, "number")) == number)
            return row;
    }
    cr_assert_fail("there is no step %d", number);
    return NULL;
}

void is_now(struct instance *i, const char *h, int number, const char *state)
{
    cr_expect_str_eq(json_text(step_at(i, h, number), "state"), state, "step %d", number);
}

/* What is next, as one text. */
const char *next_of(struct instance *i, const char *h)
{
    return json_compact(i->mem, vector_at(case_shown(i, h), "next"));
}

void says(const char *text, const char *words)
{
    cr_expect_not_null(strstr(text, words), "'%s' is not in %s", words, text);
}

/* What the standing rules say, as one text. */
const char *broken_rules(struct instance *i)
{
    PGconn *conn = PQconnectdb(i->uri);
    PGresult *r = PQexec(conn, "SET search_path = state, log");
    const char *now[] = {instant_text(i->mem, i->now)};

    PQclear(r);
    r = PQexecParams(conn,
                     "SELECT coalesce(string_agg(code || ' ' || item || ' ' || say, E'\\n'), '') "
                     "FROM broken_rules($1, latest())",
                     1, NULL, now, NULL, NULL, 0);
    cr_assert(PQresultStatus(r) == PGRES_TUPLES_OK, "%s", PQerrorMessage(conn));
    const char *said = arena_copy(i->mem, PQgetvalue(r, 0, 0));
    PQclear(r);
    PQfinish(conn);
    return said;
}

void no_rule_is_broken(struct instance *i)
{
    cr_expect_str_empty(broken_rules(i));
}
