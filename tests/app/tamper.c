/* tamper.c - whoever edits the database, as superuser and with every trigger and constraint off, is
 * found out: tamper.sql makes the edits of every row and column from the catalogue, and for each of
 * them the audit has to name the table and the row. `make tamper` does all of them, `make test` one
 * of each kind for each column. */
#include "stories.h"
#include "support/database.h"
#include "support/vectors.h"

#include "app/audit.h"
#include "app/token.h"
#include "base/file.h"
#include "base/map.h"
#include "base/text.h"
#include "crypto/note.h"

#include <criterion/criterion.h>
#include <libpq-fe.h>
#include <stdlib.h>

/* ---- What there is to edit ------------------------------------------------------------------- */

/* A witness's line for the newest checkpoint or seal. */
static void cosign(struct instance *i, const char *witness, bool sealed)
{
    struct ed25519 *key = key_of(witness);
    struct note_verifier v = note_verifier_of(witness, NOTE_COSIGNATURE, ed25519_public(key));
    struct rows *rows;
    struct binds b;
    struct note note;

    cr_assert_ok(store_call(i->mem, i->store, "log_checkpoint", NULL, &rows));
    int64_t size = rows_int(rows, 0, "size");
    binds_init(&b, i->mem);
    bind_int(&b, "size", size);
    if (sealed)
        cr_assert_ok(store_call(i->mem, i->store, "log_seal", &b, &rows));
    cr_assert_ok(note_parse(i->mem, bytes_of_text(rows_text(rows, 0, "note")), &note));
    bind_text(&b, "sealed", sealed ? "true" : "false");
    bind_text(&b, "witness", note_verifier_text(i->mem, &v));
    bind_text(&b, "line", note_cosign(i->mem, note.text, witness, key, (uint64_t)(i->now / 1000)));
    cr_assert_ok(store_call(i->mem, i->store, "cosignature_keep", &b, &rows));
    ed25519_free(key);
}

static const char *token_digest_of(struct instance *i)
{
    const char *digest;

    cr_assert(token_digest(i->mem, token_make(i->mem), &digest));
    return digest;
}

static void a_full_history(struct instance *i)
{
    sam_holds(i);
    const char *h = case_opened(i);
    did(i, "hana", "step due", with(i, h, "'steps':'1','day':'2026-12-10','reason':'as agreed'"));
    did(i, "hana", "handover reanchor", with(i, h, "'last_day':'2026-12-30','reason':'as agreed'"));
    did(i, "hana", "step ask-waiver", with(i, h, "'steps':'2','reason':'is a member already'"));
    did(i, "lea", "step waive", with(i, h, "'steps':'2'"));
    end_all_that_sam_holds(i);
    accept_inventory(i, "tess", h);
    did(i, "sam", "handover declare", with(i, h, ""));
    finish_and_verify(i, h);
    did(i, "hana", "handover submit", with(i, h, ""));
    did(i, "lea", "handover complete", with(i, h, "'attest':'I have looked.'"));
    uma_loses_an_account(i);
    did(i, "adm", "credential break-glass", "{'credential':'c-1','reason':'locked out at night'}");
    i->now += 1000;
    did(i, "kim", "credential rotate",
        arena_printf(
            i->mem,
            "{'credential':'c-1','proof':'platform_changed','value':'2026-11-22','evidence':["
            "'%s']}",
            uploaded(i, "changed.png", "\x89PNG changed")));
    did(i, "adm", "title assert", "{'account':'acme-group','holder':'acme','since':'2019-05-01'}");
    did(i, "adm", "heir designate", "{'account':'acme-group','position':'marketing-lead'}");
    did(i, "adm", "account custodian", "{'account':'acme-group','person':'tess'}");
    did(i, "adm", "title evidence",
        arena_printf(i->mem, "{'account':'acme-group','evidence':['%s']}",
                     uploaded(i, "deed.txt", "the deed")));
    did(i, "adm", "playbook override",
        arena_printf(i->mem, "{'platform':'linkedin_group','unit':'sales','file':'%s'}",
                     uploaded(i, "ours.json",
                              "{\"transfer_steps\":[{\"id\":\"list\",\"title\":\"List\"}]}")));
    did(i, "adm", "import role-changes",
        arena_printf(
            i->mem, "{'file':'%s','keep_reasons':true}",
            uploaded(i, "changes.csv",
                     "person_id,role,end,end_basis,reason,successor_person_id,successor_start\n"
                     "tess,sales-ops,2026-10-31,recorded,retires,uma,2026-11-01\n")));
    did(i, "adm", "person register",
        "{'person':'feed','kind':'service','name':'Nightly feed','unit':'sales'}");
    did(i, "adm", "role give", "{'person':'feed','role':'keeper','unit':'sales'}");
    did(i, "adm", "token issue",
        arena_printf(i->mem, "{'person':'feed','token':'t-1','digest':'%s'}", token_digest_of(i)));
    did(i, "adm", "account register",
        "{'account':'acme-y','url':'https://x.com/acme','unit':'marketing'}");
    did(i, "hana", "handover drill", "{'person':'tess','last_day':'2027-01-29'}");
    did(i, "adm", "place create",
        "{'place':'berlin','name':'Berlin','zone':'Europe/Berlin','weekend':['sat','sun'],"
        "'cutoff':['fri=13:00']}");
    did(i, "adm", "place holidays",
        arena_printf(i->mem, "{'place':'berlin','file':'%s'}",
                     uploaded(i, "days.ics",
                              "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20270101\nSUMMARY:New Year\n"
                              "END:VEVENT\nEND:VCALENDAR\n")));
    did(i, "adm", "unit place", "{'unit':'sales','place':'berlin'}");
    did(i, "adm", "person place", "{'person':'uma','place':'berlin'}");
    did(i, "adm", "webhook add", "{'url':'https://a.example/','types':['title.settled']}");
    did(i, "tess", "calendar link", "{'person':'tess'}");
    did(i, "lea", "hold place", "{'account':'acme-y','reference':'D 1','reason':'is in court'}");
    i->now += INT64_C(60) * 86400000;
    did(i, "lea", "person erase",
        "{'person':'sam','still_here':true,'reason':'asked for by letter'}");
    for (int k = 0; k < 3; k++) {
        i->now += 1000;
        did(i, "aud", "log seal", "{}");
        cosign(i, "w.example/one", false);
        cosign(i, "w.example/two", true);
        did(i, "adm", "unit register", arena_printf(i->mem, "{'unit':'u%d','name':'U'}", k));
    }
    /* A file that was read and that no event names goes by itself: nobody would miss it. */
    database_sql(i->mem, i->uri, "SELECT tenure.files_purge('infinity')");
}

/* ---- The edits ------------------------------------------------------------------------------- */

/* One of them. Of every row that it touches the names by which the audit may call it. */
struct edit {
    const char *table, *words, *sql;
    json_t *rows;
    struct list claims; /* these names, and those of rows that it needs as they are */
    bool done;
};

struct matrix {
    struct arena *mem;
    struct instance *i;
    struct edit *edits;
    size_t n, tried, caught;
};

static const char *text_at(struct arena *mem, const PGresult *r, int row, const char *column)
{
    return arena_copy(mem, PQgetvalue(r, row, PQfnumber(r, column)));
}

/* Of the same edit of several rows, one; what is done to whole rows once for a table. */
static const char some[] =
    "SELECT * FROM (SELECT *, jsonb_build_array(beside) AS others, row_number() OVER w AS nth, "
    "count(*) OVER (PARTITION BY tbl, kind, part) AS of FROM (SELECT *, CASE WHEN kind IN "
    "('change', 'swap') THEN col END AS part FROM tamper.cases) p "
    "WINDOW w AS (PARTITION BY tbl, kind, part ORDER BY n)) c "
    "WHERE nth = 1 + abs(hashtext(concat(tbl, kind, part))) % of ORDER BY n";
static const char all[] =
    "SELECT *, jsonb_build_array(beside) AS others FROM tamper.cases ORDER BY n";

static void claim(struct arena *mem, struct edit *e, const json_t *lists)
{
    const json_t *list, *name;
    size_t i, k;

    json_array_foreach (lists, i, list) {
        const char **more =
            arena_array(mem, e->claims.n + json_array_size(list) + 1, sizeof(*more));
        for (size_t had = 0; had < e->claims.n; had++)
            more[had] = e->claims.at[had];
        json_array_foreach (list, k, name) {
            more[e->claims.n++] = json_string_value(name);
        }
        e->claims.at = more;
    }
}

static void load(struct matrix *m, const char *sql)
{
    PGconn *conn = PQconnectdb(m->i->uri);
    PGresult *r = PQexec(conn, sql);

    cr_assert_eq(PQresultStatus(r), PGRES_TUPLES_OK, "%s", PQerrorMessage(conn));
    m->n = (size_t)PQntuples(r);
    m->edits = arena_array(m->mem, m->n + 1, sizeof(*m->edits));
    for (size_t k = 0; k < m->n; k++) {
        struct edit *e = &m->edits[k];
        const char *rows = text_at(m->mem, r, (int)k, "rows");
        json_t *others;
        e->table = text_at(m->mem, r, (int)k, "tbl");
        e->sql = text_at(m->mem, r, (int)k, "sql");
        e->words = arena_printf(m->mem, "%s %s of %s, %s", text_at(m->mem, r, (int)k, "kind"),
                                text_at(m->mem, r, (int)k, "col"), e->table,
                                text_at(m->mem, r, (int)k, "at"));
        cr_assert_ok(json_read(m->mem, bytes_of_text(rows), 1 << 20, "rows", &e->rows));
        claim(m->mem, e, e->rows);
        rows = text_at(m->mem, r, (int)k, "others");
        cr_assert_ok(json_read(m->mem, bytes_of_text(rows), 1 << 20, "others", &others));
        claim(m->mem, e, others);
    }
    PQclear(r);
    PQfinish(conn);
}

/* Each edit of the log is an audit of its own; with a sanitizer, which looks at our code and not at
 * the audit's answers, a quarter of them will do. */
static const char *some_of(struct arena *mem)
{
#ifdef SANITIZED
    return arena_printf(mem,
                        "SELECT * FROM (%s) s WHERE tbl LIKE 'state.%%' OR "
                        "abs(hashtext(concat(tbl, kind, part))) %% 4 = 0 ORDER BY n",
                        some);
#else
    (void)mem;
    return some;
#endif
}

static void open_matrix(struct matrix *m, struct instance *i, const char *tables)
{
    const char *path = arena_printf(i->mem, "%s/tests/app/tamper.sql", getenv("TENURE_ROOT"));
    struct bytes sql;

    *m = (struct matrix){.mem = i->mem, .i = i};
    cr_assert_ok(file_read(m->mem, path, 1 << 20, &sql));
    database_sql(m->mem, i->uri, arena_copy_n(m->mem, (const char *)sql.at, sql.n));
    database_sql(m->mem, i->uri, arena_printf(m->mem, "SELECT tamper.make('%s')", tables));
    load(m, text_same(getenv("TENURE_TAMPER"), "all") ? all : some_of(m->mem));
}

/* ---- Was it found out? ----------------------------------------------------------------------- */

static bool is_called(const struct audit_finding *f, const struct edit *e, const json_t *names)
{
    const json_t *name;
    size_t i;

    if (strcmp(f->table, e->table) != 0)
        return false;
    json_array_foreach (names, i, name) {
        if (text_same(json_string_value(name), f->row))
            return true;
    }
    return false;
}

static bool is_caught(const struct audit_report *report, const struct edit *e)
{
    const json_t *names;
    size_t i;

    json_array_foreach (e->rows, i, names) {
        const struct audit_finding *f = report->first;
        while (f && !is_called(f, e, names))
            f = f->next;
        if (!f)
            return false;
    }
    return true;
}

static void say_missed(struct matrix *m, const struct edit *e, const struct audit_report *report)
{
    fprintf(stderr, "not named: %s: %s: %s\n", e->words, json_compact(m->mem, e->rows), e->sql);
    for (const struct audit_finding *f = report->first; f; f = f->next)
        if (strcmp(f->table, e->table) == 0)
            fprintf(stderr, "    %s %s: %s\n", f->table, f->row, f->text);
}

/* Each audit leaves the dead rows of a whole schema behind, and nobody else sweeps here. */
static void sweep(struct matrix *m)
{
    static const char *const places[] = {"pg_class",      "pg_attribute", "pg_proc",
                                         "pg_type",       "pg_depend",    "pg_index",
                                         "pg_constraint", "pg_attrdef",   "pg_trigger"};

    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
        database_sql(m->mem, m->i->uri, arena_printf(m->mem, "VACUUM %s", places[i]));
}

/* A superuser's connection, of its own each time: what the server keeps of one audit makes the next
 * on it slower. */
static struct store *opened(struct arena *mem, struct matrix *m)
{
    struct store *owner;

    cr_assert_ok(store_open(mem, m->i->uri, STORE_AS_OWNER, &owner));
    cr_assert_ok(store_script(mem, owner, "SET session_replication_role = replica"));
    return owner;
}

/* All in one transaction, which the audit undoes. */
static void audit_edits(struct matrix *m, struct edit *const *edits, size_t n)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct store *owner = opened(mem, m);
    struct audit_report report;

    cr_assert_ok(store_script(mem, owner, "BEGIN ISOLATION LEVEL REPEATABLE READ"));
    for (size_t k = 0; k < n; k++) {
        struct err *e = store_script(mem, owner, edits[k]->sql);
        cr_assert_null(e, "%s: %s", edits[k]->sql, e ? e->text : "");
    }
    struct err *e = audit_run(mem, owner, &m->i->service, NULL, NULL, &report);
    cr_assert_null(e, "%s: %s", edits[0]->sql, e ? e->text : "");
    store_close(owner);
    for (size_t k = 0; k < n; k++) {
        bool caught = is_caught(&report, edits[k]);
        m->tried++;
        m->caught += caught;
        if (!caught)
            say_missed(m, edits[k], &report);
    }
}

/* ---- One after the other, or many at once ---------------------------------------------------- */

enum { AT_ONCE = 200 };

/* Is any of its rows, or of those that it needs as they are, another edit's already? */
static bool is_free(struct arena *mem, const struct edit *e, const struct map *taken)
{
    for (size_t k = 0; k < e->claims.n; k++)
        if (map_get(taken, arena_printf(mem, "%s %s", e->table, e->claims.at[k])))
            return false;
    return true;
}

static void take_rows(struct arena *mem, struct edit *e, struct map *taken)
{
    for (size_t k = 0; k < e->claims.n; k++)
        map_set(taken, arena_printf(mem, "%s %s", e->table, e->claims.at[k]), e);
}

/* Those that are judged together with the first that is left. */
static size_t choose(struct matrix *m, size_t from, struct edit **ret)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct map *taken = map_new(mem);
    size_t n = 0;

    for (size_t k = from; k < m->n && n < AT_ONCE; k++) {
        struct edit *e = &m->edits[k];
        bool alone = strncmp(e->table, "state.", 6) != 0;
        if (e->done || (alone && n) || !is_free(mem, e, taken))
            continue;
        take_rows(mem, e, taken);
        e->done = true;
        ret[n++] = e;
        if (alone)
            break;
    }
    return n;
}

/* A table of the state is compared row by row and by itself: edits of different rows are judged
 * together. What is wrong in the log or beside it shows in other places too: that is tried alone.
 */
static void try_all(struct matrix *m)
{
    struct edit *batch[AT_ONCE];
    size_t n, audits = 0;

    for (size_t k = 0; k < m->n; k++) {
        n = choose(m, k, batch);
        if (n)
            audit_edits(m, batch, n);
        if (n && ++audits % 8 == 0)
            sweep(m);
    }
}

/* A table without a row has not been tried: a story is missing. */
static void no_table_is_empty(struct matrix *m, const char *tables)
{
    const char *empty = database_value(
        m->mem, m->i->uri,
        "SELECT string_agg(t.name, ' ') FROM tamper.tables t WHERE t.name ~ $1 AND (xpath("
        "'/row/n/text()', query_to_xml('SELECT count(*) AS n FROM ' || t.name, false, true, "
        "'')))[1]"
        "::text = '0'",
        tables);

    cr_expect_str_eq(empty ? empty : "", strstr(tables, "state") ? "state.span" : "");
}

/* But for the constraints, which were taken away. */
static void rows_are_clean(struct instance *i)
{
    struct audit_report report;
    struct store *owner;

    cr_assert_ok(store_open(i->mem, i->uri, STORE_AS_OWNER, &owner));
    cr_assert_ok(audit_run(i->mem, owner, &i->service, NULL, NULL, &report));
    for (const struct audit_finding *f = report.first; f; f = f->next)
        cr_expect_str_eq(f->table, "catalog", "%s %s: %s", f->table, f->row, f->text);
    store_close(owner);
}

static void tamper_with(struct instance *i, const char *tables)
{
    struct matrix m;

    audit_is_clean(i);
    open_matrix(&m, i, tables);
    no_table_is_empty(&m, tables);
    try_all(&m);
    rows_are_clean(i);
    printf("cases %zu caught %zu\n", m.tried, m.caught);
    cr_expect_gt(m.tried, 0);
    cr_expect_eq(m.caught, m.tried, "%zu edits were not named", m.tried - m.caught);
}

Test(tamper, the_state)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    a_full_history(i);
    tamper_with(i, "^state[.]");
}

Test(tamper, the_log)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    a_full_history(i);
    tamper_with(i, "^log[.][a-h]");
}

Test(tamper, what_is_beside_the_log)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    a_full_history(i);
    tamper_with(i, "^log[.][i-z](?!ode)|^tenure[.]");
}

/* There is one in 256 entries. */
Test(tamper, the_nodes_of_the_tree)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    for (int k = 0; k < 2 * 256; k++)
        did(i, "adm", "unit register", arena_printf(mem, "{'unit':'u%d','name':'U'}", k));
    tamper_with(i, "^log[.]node");
}
