/* story.c - what happens in the sample's log; see sample.h. */
#include "sample.h"
#include "support/vectors.h"

#include <criterion/criterion.h>

static void free_key(void *key)
{
    signer_free(key);
}

/* A tag key's public half, and its signature for linkedin 8374921: made once, so that the same
 * proof comes out each time. */
static const char tag_key_pem[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0XlrJVhlJPdbzSv3m5xr\n"
    "2CiMtGsrnvCWM5q52/SaYxoUi+l1XyZKqRBZGv7X/cRlosSIDzggDtzoYNnT/eY5\n"
    "m7DERqSzxUausrI3WgoFreLUZN3XExqHi2cL8CBLSJC0lecnjraoffJccK47zyYP\n"
    "0ZJUmRjn1li7Ij6onIQ3rifj1kqhZ+J8w6M7Ux7CrgTCY55MFRqmwOPLlsEUZATX\n"
    "Si77nOezp+dhPgsXkJ6fz3Sw68WLlMvLTZdu+zyyWFEAkDFjNl2pJMfcclUmtp5y\n"
    "yAnL4pqgsjfhsu3k5dCXFs/Y1MIMVMn7NgSRVPqwE/njRtvv2J9wHqvi+FIAac8p\n"
    "ywIDAQAB\n"
    "-----END PUBLIC KEY-----\n";
static const char tag_signature[] =
    "Mg9ZegYw-G0u3lq_Lpq0uzU1FqRm-5P5QA3kiwMb727cPZymkT_Vptc93npw7Pm97FKwYGbqLI4-I03r"
    "3so5j3i9uuSmKV4jD3LBjdoDQByqI8OYISyRHa77d9NaGzN7z6hVstGhQExhxLIS_9TFF2z83wQKEV2S"
    "FV-0zBwbcmfu_tXuuMdlWdadVTKaQ-RdKPdnLQhV91G1ZEsq83mt27kPvziZq-XCiIjIfj-_dXQAScjC"
    "0zkm1TjyjNB2CvAe7aHCKtZNejF-j3ux2PaFZQVSz2c8-pW8UrfEE0dqRD7gwRcmq_C3SkMmIeji8Sev"
    "XDIC_cvK825t3FFpkkZbDw";

static void make_keys(struct sample *s)
{
    struct digest seed = sha256(bytes_of_text("the log"));

    s->log_key = signer_of_seed(seed.at);
    arena_on_free(s->mem, free_key, s->log_key);
    struct note_verifier v = note_verifier_of(sample_origin, NOTE_ED25519, s->log_key->public_key);
    s->vkey = note_verifier_text(s->mem, &v);
    s->tag_key_pem = tag_key_pem;
    cr_assert(base64url_decode(s->mem, tag_signature, strlen(tag_signature), &s->tag_signature));
    s->tag = sha256(s->tag_signature);
}

static void join(struct sample *s, const char *by, const char *who, const char *name)
{
    sample_add(s, &(struct said){
                      .by = by,
                      .command = "person register",
                      .type = "person.joined",
                      .after = arena_printf(s->mem, "{'person':'@person:%s','ref':'%s'}", who, who),
                      .personal = arena_printf(s->mem, "{'name':'%s'}", name)});
}

void sample_enrol(struct sample *s, const char *who)
{
    sample_enrol_as(s, who, arena_printf(s->mem, "'person':'@person:%s',", who));
}

void sample_enrol_as(struct sample *s, const char *who, const char *whose)
{
    AUTO(ed25519_auto) struct ed25519 *key = sample_key(who);
    bool by_phone = s->phone && strcmp(who, "adm") == 0;
    struct bytes x = bytes_of_text("x");
    struct public_key public;

    cr_assert_ok(signature_key(
        s->mem, by_phone ? authenticator_sign(s->phone, x) : ssh_sign(s->mem, key, "x", x),
        &public));
    sample_add(s, &(struct said){.by = who,
                                 .command = "key enrol",
                                 .type = "key.enrolled",
                                 .after = arena_printf(
                                     s->mem,
                                     "{'key':'@key:%s','ref':'k-%s',%s"
                                     "'invitation':'@invitation:%s','public_key':'%s',"
                                     "'fingerprint':'%s'}",
                                     who, who, whose, who, public.line, public.fingerprint)});
}

static struct sample *begun(struct arena *mem, struct authenticator *phone)
{
    struct sample *s = arena_alloc(mem, sizeof(*s));
    struct buf pem;

    s->mem = mem;
    s->phone = phone;
    s->contract = bytes_of_text("%PDF-1.4 the contract of 2019");
    make_keys(s);
    buf_init(&pem, mem, 1 << 16);
    buf_json(&pem, s->tag_key_pem, strlen(s->tag_key_pem));
    sample_add(s,
               &(struct said){.type = "log.created",
                              .after = arena_printf(mem, "{'origin':'%s','vkey':'%s','tag_key':%s}",
                                                    sample_origin, s->vkey, pem.at)});
    join(s, NULL, "adm", "Ada Minter");
    sample_enrol(s, "adm");
    join(s, "adm", "sam", "Sam Fletcher");
    sample_enrol(s, "sam");
    join(s, "adm", "lea", "Lea Lindqvist");
    sample_enrol(s, "lea");
    return s;
}

struct sample *sample_empty(struct arena *mem)
{
    return begun(mem, NULL);
}

static void register_with(struct sample *s, const char *name, const char *tag_id, const char *more)
{
    const char *tag = base64url_encode(s->mem, s->tag.at, SHA256_BYTES);
    const char *signature = base64url_encode(s->mem, s->tag_signature.at, s->tag_signature.n);

    sample_add(s,
               &(struct said){.by = "adm",
                              .command = "account register",
                              .params = arena_printf(s->mem, "{'account':'acme-%s'}", name),
                              .type = "account.registered",
                              .after = arena_printf(
                                  s->mem,
                                  "{'account':'@account:%s','ref':'acme-%s','platform':'linkedin',"
                                  "'kind':'group','tag_id':'%s','tag':'%s','tag_signature':'%s',"
                                  "'identifiers':[{'id':'x-%s','kind':'handle','value':'acme'}]%s}",
                                  name, name, tag_id, tag, signature, name, more)});
}

static void register_as(struct sample *s, const char *name, const char *more)
{
    register_with(s, name, "8374921", more);
}

void sample_register_as(struct sample *s, const char *tag_id)
{
    register_with(s, "group", tag_id, "");
}

uint64_t sample_register(struct sample *s)
{
    register_as(s, "group", "");
    return s->n - 1;
}

static void furnish(struct sample *s)
{
    sample_add(
        s, &(struct said){.by = "adm",
                          .command = "entity register",
                          .type = "entity.registered",
                          .after = "{'entity':'@entity:acme','ref':'acme','name':'Acme & Sons'}"});
    sample_add(s, &(struct said){.by = "adm",
                                 .command = "position register",
                                 .type = "position.registered",
                                 .after = "{'position':'@position:head','ref':'head-of-sales'}"});
    sample_add(s, &(struct said){.by = "adm",
                                 .command = "position fill",
                                 .type = "position.filled",
                                 .after = "{'holding':'@holding:1','position':'@position:head',"
                                          "'person':'@person:sam'}"});
}

/* The account's title: the command's first entry is the file's, and does not touch the account. */
static void assert_title(struct sample *s)
{
    struct digest d = sha256(s->contract);
    const char *hash = hex_encode(s->mem, d.at, sizeof(d.at));

    int64_t first = (int64_t)sample_add(
        s, &(struct said){
               .by = "lea",
               .command = "title assert",
               .params = "{'account':'acme-group','holder':'acme'}",
               .asked_personal = "{'created_by':'Sam Fletcher'}",
               .type = "evidence.added",
               .after = arena_printf(
                   s->mem,
                   "{'evidence':'@evidence:contract','ref':'ev-1','sha256':'%s',"
                   "'size':%zu,'media_type':'application/pdf','name':'contract of 2019.pdf'}",
                   hash, s->contract.n)});
    sample_add(s, &(struct said){
                      .by = "lea",
                      .type = "title.asserted",
                      .follows = first,
                      .after =
                          "{'title':'@title:1','account':'@account:group','holder':'@entity:acme',"
                          "'link':0,'since':'2019-05-01','contract':'<b>employment</b>',"
                          "'documents':[{'id':'@doc:1','evidence':'@evidence:contract'}]}",
                      .personal = "{'created_by':'Sam Fletcher'}",
                      .evidence = hash});
}

static void give_access(struct sample *s, const char *who)
{
    sample_add(s, &(struct said){
                      .by = "adm",
                      .command = "grant give",
                      .params = "{'account':'acme-group'}",
                      .type = "grant.activated",
                      .after = arena_printf(s->mem,
                                            "{'grant':'@grant:%s','ref':'g-%s',"
                                            "'account':'@account:group','person':'@person:%s',"
                                            "'role':'owner','level':'owner','through':'direct'}",
                                            who, who, who)});
}

static void end_access(struct sample *s, const char *type)
{
    sample_add(s, &(struct said){.by = "lea",
                                 .command = "grant revoke",
                                 .type = type,
                                 .reason = "he leaves us",
                                 .after = "{'grant':'@grant:sam','account':'@account:group',"
                                          "'person':'@person:sam'}"});
}

struct sample *sample_new(struct arena *mem)
{
    return sample_with(mem, NULL);
}

struct sample *sample_with(struct arena *mem, struct authenticator *phone)
{
    struct sample *s = begun(mem, phone);

    furnish(s);
    int64_t first = (int64_t)sample_register(s);
    sample_add(s,
               &(struct said){.by = "adm",
                              .type = "owner.assigned",
                              .follows = first,
                              .after = "{'account':'@account:group','position':'@position:head'}"});
    sample_add(s, &(struct said){.by = "sam",
                                 .command = "account accept",
                                 .params = "{'account':'acme-group'}",
                                 .type = "owner.accepted",
                                 .after = "{'account':'@account:group','position':'@position:head',"
                                          "'person':'@person:sam'}"});
    assert_title(s);
    give_access(s, "sam");
    give_access(s, "lea");
    sample_add(s, &(struct said){.by = "adm",
                                 .command = "controlpoint add",
                                 .type = "controlpoint.added",
                                 .after = "{'controlpoint':'@controlpoint:1','ref':'cp-1',"
                                          "'account':'@account:group','kind':'recovery_mail',"
                                          "'person':'@person:sam'}",
                                 .personal = "{'label':'sam@acme.example'}"});
    sample_add(s, &(struct said){.by = "adm",
                                 .command = "credential record",
                                 .type = "credential.recorded",
                                 .after =
                                     "{'credential':'@credential:1','ref':'c-1',"
                                     "'account':'@account:group','kind':'api_key','shared':true,"
                                     "'exposure':'known','version':1,'known_to':['@person:sam']}"});
    end_access(s, "grant.revoked");
    sample_add(s, &(struct said){.by = "adm",
                                 .command = "key revoke",
                                 .type = "key.revoked",
                                 .after = "{'key':'@key:sam','person':'@person:sam'}"});
    end_access(s, "grant.revocation_confirmed");
    join(s, "adm", "uma", "Uma Castellano");
    return s;
}
