/* instance.c - see instance.h. */
#include "support/instance.h"

#include "app/audit.h"
#include "app/authorise.h"
#include "app/batch.h"
#include "app/bootstrap.h"
#include "app/files.h"
#include "app/service.h"
#include "app/site.h"
#include "app/token.h"
#include "base/date.h"
#include "store/migrate.h"
#include "support/database.h"
#include "support/vectors.h"
#include "json/record_json.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static const char origin[] = "acme.example/tenure";
static const int64_t start_ms = INT64_C(1795341600000); /* 2026-11-22T10:00:00Z */

struct ed25519 *key_of(const char *who)
{
    struct digest seed = sha256(bytes_of_text(who));

    return ed25519_new(seed.at);
}

/* ---- Asking ---------------------------------------------------------------------------------- */

static const char *unquoted(struct arena *mem, const char *params)
{
    char *text = arena_copy(mem, params);

    for (char *c = text; *c; c++)
        if (*c == '\'')
            *c = '"';
    return text;
}

static const char *signature_of(const struct instance *i, const char *who, const char *text)
{
    AUTO(ed25519_auto) struct ed25519 *key = key_of(who);

    return i->with ? authenticator_sign(i->with, bytes_of_text(text))
                   : ssh_sign(i->mem, key, signature_namespace, bytes_of_text(text));
}

/* What a client does: personal values become disclosures, the rest is signed. */
static const json_t *envelope(const struct instance *i, struct job *job, const char *who,
                              const char *command, const json_t *params)
{
    struct arena *mem = job->mem;
    json_t *open = json_keep(mem, json_copy(json_plain(params))), *array = json_array();
    const char *personal[DISCLOSURES_MAX];
    size_t n = 0;

    EACH_FIELD (f, &job->command->params) {
        const json_t *value = f->personal ? json_object_get(params, f->name) : NULL;
        if (!value)
            continue;
        personal[n] = disclosure_new(mem, f->name, json_canonical(mem, value));
        json_array_append_new(array, json_string(personal[n++]));
        json_object_del(open, f->name);
    }
    struct intent intent = {.actor = who,
                            .at = job->now,
                            .command = command,
                            .log = origin,
                            .nonce = nonce_new(mem),
                            .params = open};
    const char *text = intent_text(mem, &intent, personal, n);
    const char *signature = signature_of(i, who, text);
    return json_keep(mem, json_pack("{s:s, s:s, s:o}", "intent", text, "signature", signature,
                                    "disclosures", array));
}

static void give_instead(const struct instance *i, struct job *job)
{
    const struct field *f = record_find(&job->command->params, i->instead_of);
    size_t n = f->held_as == HELD_AS_LIST  ? sizeof(struct list)
               : f->held_as == HELD_AS_REF ? sizeof(struct ref)
                                           : sizeof(char *);

    if (i->instead)
        cr_assert_ok(field_set(job->mem, f, i->instead, job->params));
    else
        memset((char *)job->params + f->at, 0, n);
}

static struct err *change(struct instance *i, struct job *job, const char *who, const char *command,
                          const json_t *params)
{
    if (job->token)
        TRY(job_attested(job, params, i->nonce ? i->nonce : nonce_new(job->mem)));
    else
        TRY(job_signed(job, envelope(i, job, who, command, params)));
    if (i->instead_of)
        give_instead(i, job);
    if (job->command->prepare)
        TRY(job->command->prepare(job, job->params));
    if (job->command->gather)
        TRY(job_gather(job, i->store));
    i->attached = job->attachment.bytes;
    return job->reply ? NULL : change_run(i->store, job, i->now);
}

static struct err *question(struct instance *i, struct job *job, const char *who,
                            const json_t *params)
{
    TRY(job_params(job, params));
    if (who && !job->token) {
        struct ed25519 *key = key_of(who);
        struct ssh_public public;
        TRY(ssh_signature_key(job->mem, ssh_sign(job->mem, key, "x", bytes_of_text("x")), &public));
        ed25519_free(key);
        struct actor actor;
        const struct asker asker = {.person = who, .fingerprint = public.fingerprint};
        TRY(actors_find(job->mem, i->store, &asker, 1, job->now, &actor));
        cr_assert(actor.key, "%s has no key", who);
        job->session_person = actor.id;
        job->session_key = actor.key;
    }
    return job_answer(job, i->store);
}

json_t *story_json(struct arena *mem, const char *text)
{
    json_t *object;

    cr_assert_ok(json_read(mem, bytes_of_text(unquoted(mem, text)), 1 << 24, "params", &object));
    return object;
}

struct err *act(struct instance *i, const char *who, const char *command, const char *params,
                const json_t **ret)
{
    const struct noun *noun;
    const struct command *c = command_find(command, &noun);
    json_t *object = story_json(i->mem, params), *reply;

    cr_assert_not_null(c, "there is no command '%s'", command);
    struct job *job = job_new(i->mem, &i->service, noun, c);
    job->now = i->now;
    job->channel = "test";
    if (token_digest(i->mem, who, &job->token))
        who = "a token";
    TRY(command_changes(c) ? change(i, job, who, command, object) : question(i, job, who, object));
    i->attached = job->attachment.bytes;
    if (!job->reply && i->attached.n) {
        *ret = json_keep(i->mem, json_object()); /* the file is the answer */
        return NULL;
    }
    cr_assert_not_null(job->reply, "%s answered nothing", command);
    cr_assert_ok(json_read(i->mem, bytes_of_text(job->reply), 1 << 28, "the reply", &reply));
    *ret = reply;
    return NULL;
}

const json_t *did(struct instance *i, const char *who, const char *command, const char *params)
{
    const json_t *reply = NULL;
    struct err *e = act(i, who, command, params, &reply);

    for (const struct err_item *item = e ? e->items : NULL; item; item = item->next)
        cr_log_error("  %s %s: %s", item->code ? item->code : "", item->where ? item->where : "",
                     item->text);
    cr_assert_null(e, "%s: %s: %s", who ? who : "nobody", command, e ? e->text : "");
    return reply;
}

void refused(struct instance *i, const char *who, const char *command, const char *params,
             enum err_kind kind, const char *words)
{
    const json_t *reply;
    struct err *e = act(i, who, command, params, &reply);

    cr_assert_not_null(e, "%s: %s %s was not refused", who ? who : "nobody", command, params);
    const char *said = e->text;
    for (const struct err_item *item = e->items; item; item = item->next)
        said = arena_printf(i->mem, "%s; %s %s: %s", said, item->code ? item->code : "",
                            item->where ? item->where : "", item->text);
    cr_expect_eq(e->kind, kind, "%s: %s: %s", command, err_faces[e->kind].slug, said);
    cr_expect_not_null(strstr(said, words), "%s: '%s' has not '%s'", command, said, words);
}

void refused_field(struct instance *i, const char *who, const char *command, const char *params,
                   const char *field)
{
    const json_t *reply;
    struct err *e = act(i, who, command, params, &reply);

    cr_assert_not_null(e, "%s: %s %s was not refused", who ? who : "nobody", command, params);
    cr_expect_eq(e->kind, ERR_INVALID, "%s %s: %s", command, params, e->text);
    cr_expect_str_eq(e->field ? e->field : "", field, "%s %s: %s", command, params, e->text);
}

const char *uploaded(struct instance *i, const char *name, const char *content)
{
    const char *hash;

    cr_assert_ok(file_keep(i->mem, i->store, bytes_of_text(content), i->now, &hash));
    return arena_printf(i->mem, "%s/%s", hash, name);
}

/* ---- The company ----------------------------------------------------------------------------- */

static void enrol(struct instance *i, const char *who, const char *code)
{
    if (!code)
        code = json_text(json_object_get(did(i, "adm", "key invite",
                                             arena_printf(i->mem, "{'person':'%s'}", who)),
                                         "result"),
                         "code");
    did(i, who, "key enrol", arena_printf(i->mem, "{'code':'%s'}", code));
}

static void join(struct instance *i, const char *ref, const char *name, const char *unit,
                 const char *role)
{
    did(i, "adm", "person register",
        arena_printf(i->mem,
                     "{'person':'%s','name':'%s','email':'%s@acme.example','unit':'%s',"
                     "'effective':'2020-01-01'}",
                     ref, name, ref, unit));
    if (role)
        did(i, "adm", "role give", arena_printf(i->mem, "{'person':'%s',%s}", ref, role));
    enrol(i, ref, NULL);
}

static void seat(struct instance *i, const char *position, const char *unit, const char *who)
{
    did(i, "hana", "position register",
        arena_printf(i->mem, "{'position':'%s','title':'%s','unit':'%s','effective':'2020-01-01'}",
                     position, position, unit));
    did(i, "hana", "position fill",
        arena_printf(i->mem, "{'position':'%s','person':'%s','effective':'2021-01-01'}", position,
                     who));
}

static void found_company(struct instance *i)
{
    did(i, "adm", "entity register",
        "{'entity':'acme','name':'Acme Ltd','kind':'company','effective':'2019-01-01'}");
    did(i, "adm", "unit register",
        "{'unit':'sales','name':'Sales','entity':'acme','effective':'2019-01-01'}");
    did(i, "adm", "unit register",
        "{'unit':'marketing','name':'Marketing','entity':'acme','effective':'2019-01-01'}");
    join(i, "hana", "Hana Ruzicka", "marketing", "'role':'hr'");
    join(i, "lea", "Lea Lindqvist", "marketing", "'role':'legal'");
    join(i, "kim", "Kim Okafor", "sales", "'role':'keeper','unit':'sales'");
    join(i, "aud", "Audrey Bell", "marketing", "'role':'auditor'");
    join(i, "sam", "Sam Fletcher", "sales", NULL);
    join(i, "tess", "Tess Oduya", "sales", NULL);
    join(i, "uma", "Uma Castellano", "marketing", NULL);
    seat(i, "head-of-sales", "sales", "sam");
    seat(i, "sales-ops", "sales", "tess");
    seat(i, "marketing-lead", "marketing", "uma");
}

static struct instance *opened(struct arena *mem, const char *uri)
{
    struct instance *i = arena_alloc(mem, sizeof(*i));

    i->mem = mem;
    i->uri = uri;
    i->now = start_ms;
    cr_assert_ok(service_load(mem, database_folder(mem, "instance"), &i->service));
    cr_assert_ok(store_open(mem, uri, STORE_AS_SERVICE, &i->store));
    return i;
}

static void make_company(struct arena *mem, const char *uri)
{
    struct bootstrap_admin admin = {
        .ref = "adm", .name = "Ada Minter", .email = "ada@acme.example"};
    struct store *owner;
    const char *code;
    size_t n;

    cr_assert_ok(service_keys_make(mem, database_folder(mem, "instance"), origin, NULL));
    cr_assert_ok(store_open(mem, uri, STORE_AS_OWNER, &owner));
    cr_assert_ok(store_migrate(mem, owner, &n));
    store_close(owner);
    struct instance *i = opened(mem, uri);
    cr_assert_ok(bootstrap(mem, i->store, &i->service, &admin, i->now, &code));
    enrol(i, "adm", code);
    found_company(i);
    store_close(i->store);
}

static void close_store(void *store)
{
    store_close(store);
}

struct instance *instance_new(struct arena *mem)
{
    struct instance *i = opened(mem, database_clone(mem, "tpl_company", make_company));

    arena_on_free(mem, close_store, i->store);
    return i;
}

/* ---- Passkeys -------------------------------------------------------------------------------- */

void instance_site(struct instance *i)
{
    struct site site;

    cr_assert_ok(site_parse(i->mem, "https://tenure.acme.example/", NULL, &site));
    cr_assert_ok(site_set(i->mem, i->store, &i->service, &site, i->now));
    cr_assert_ok(site_load(i->mem, i->store, &i->service));
}

struct authenticator *passkey_enrolled(struct instance *i, const char *who)
{
    struct authenticator *a = authenticator_new(i->mem, PASSKEY_ES256, i->service.rp_id);
    const char *params = arena_printf(i->mem, "{'person':'%s'}", who);
    const json_t *invited = did(i, who, "key invite", params);

    i->with = a;
    did(i, who, "key enrol",
        arena_printf(i->mem, "{'code':'%s','credential':'%s','label':'phone'}",
                     json_text(json_object_get(invited, "result"), "code"), a->credential));
    i->with = NULL;
    return a;
}

/* ---- The audit ------------------------------------------------------------------------------- */

static void audited(struct instance *i, struct audit_report *ret)
{
    struct store *owner;

    cr_assert_ok(store_open(i->mem, i->uri, STORE_AS_OWNER, &owner));
    cr_assert_ok(audit_run(i->mem, owner, &i->service, NULL, NULL, ret));
    store_close(owner);
}

void audit_is_clean(struct instance *i)
{
    struct audit_report r;

    audited(i, &r);
    for (const struct audit_finding *f = r.first; f; f = f->next)
        cr_log_error("  %s %s: %s", f->table, f->row, f->text);
    cr_assert_eq(r.findings, 0);
    /* The replay keeps it as the service does. Made at once, from what the tables hold, it is the
     * same. */
    const char *uri = arena_printf(i->mem, "%s options='-c search_path=state,tenure'", i->uri);
    cr_expect_str_eq(
        database_value(i->mem, uri,
                       "WITH m AS (SELECT * FROM wants(ARRAY(SELECT t.id FROM thing t))) "
                       "SELECT count(*)::text || $1 FROM ((SELECT * FROM m EXCEPT SELECT * FROM "
                       "wanting) UNION ALL (SELECT * FROM wanting EXCEPT SELECT * FROM m)) x",
                       ""),
        "0", "something wants what the tables do not say");
}

void audit_names(struct instance *i, const char *table, const char *row)
{
    struct audit_report r;
    bool named = false;

    audited(i, &r);
    for (const struct audit_finding *f = r.first; f; f = f->next)
        named = named || (strcmp(f->table, table) == 0 && (!row || strstr(f->row, row)));
    for (const struct audit_finding *f = named ? NULL : r.first; f; f = f->next)
        cr_log_error("  %s %s: %s", f->table, f->row, f->text);
    cr_expect(named, "the audit did not name %s %s", table, row ? row : "");
}

struct job *signed_job(struct instance *i, const char *who, const char *name, const char *params)
{
    const struct noun *noun;
    const struct command *command = command_find(name, &noun);
    struct job *job = job_new(i->mem, &i->service, noun, command);
    struct intent intent = {.actor = who,
                            .at = i->now,
                            .command = name,
                            .log = i->service.origin,
                            .nonce = nonce_new(i->mem),
                            .params = story_json(i->mem, params)};
    const char *text = intent_text(i->mem, &intent, NULL, 0);
    const char *signature = signature_of(i, who, text);

    job->now = i->now;
    job->channel = "test";
    cr_assert_ok(job_signed(
        job, json_keep(i->mem, json_pack("{s:s, s:s}", "intent", text, "signature", signature))));
    if (command->prepare)
        cr_assert_ok(command->prepare(job, job->params));
    return job;
}
