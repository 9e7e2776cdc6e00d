/* Whoever is about to sign reads what they are about to do in a sentence of their language, with
 * the names of what it is about, and without what was not said. */
#include "base/date.h"
#include "visitor.h"

#include <criterion/criterion.h>
#include <time.h>

static const struct {
    const char *path, *form, *english, *french;
} all[] = {
    {"/do/account/assign", "account=acme-x&position=sales-ops",
     "You are about to make the position sales-ops accountable owner of Acme on X (acme-x); "
     "whoever is in it must accept.",
     "Vous allez faire répondre d’Acme on X (acme-x) le poste sales-ops ; qui l’occupe doit "
     "accepter."},
    {"/do/account/custodian", "account=acme-x&person=uma",
     "record that Uma Castellano (uma) holds the master role of Acme on X (acme-x)",
     "consigner qu’Uma Castellano (uma) tient au quotidien le rôle principal"},
    {"/do/account/custodian", "account=acme-x&nobody=true",
     "record that nobody holds the master role of Acme on X",
     "consigner que personne ne tient au quotidien le rôle principal"},
    {"/do/grant/give", "account=acme-x&person=uma&role=editor",
     "Uma Castellano (uma) has access to Acme on X (acme-x) as editor. The",
     "Uma Castellano (uma) a accès à Acme on X (acme-x) comme editor. La"},
    {"/do/grant/give", "account=acme-x&person=uma&role=editor&invited=true&ends_at=2099-01-02",
     "is invited to Acme on X (acme-x) as editor, until 2 January 2099. The",
     "a reçu une invitation pour Acme on X (acme-x) comme editor, jusqu’au 2 janvier 2099. La"},
    {"/do/grant/revoke", "grant=g-sam",
     "record that the access g-sam (Sam Fletcher, Acme on X) was ended on the platform",
     "consigner que l’accès g-sam (Sam Fletcher, Acme on X) a été retiré sur la plateforme"},
    {"/do/credential/known", "credential=c-x&person=uma",
     "Uma Castellano (uma) could know the secret c-x (Door, Acme on X)",
     "Uma Castellano (uma) a pu connaître le secret c-x (Door, Acme on X)"},
    {"/do/credential/record", "kind=password&shared=true&account=acme-x&known_to=uma&known_to=sam",
     "a secret exists (password), for Acme on X (acme-x), known to Uma Castellano (uma), Sam "
     "Fletcher (sam). The",
     "un secret existe (mot de passe), pour Acme on X (acme-x), connu de : Uma Castellano (uma), "
     "Sam Fletcher (sam). Le"},
    {"/do/handover/create", "kind=owner&account=acme-x&to=sales-ops",
     "open a case (owner), for the account Acme on X (acme-x), towards the position sales-ops.",
     "ouvrir un dossier (propriétaire), pour le compte Acme on X (acme-x), vers le poste "
     "sales-ops."},
    {"/do/role/give", "person=uma&role=auditor",
     "let Uma Castellano (uma) do what the role auditor may; it counts at once",
     "permettre à Uma Castellano (uma) ce que permet le rôle auditeur ; cela vaut aussitôt"},
};

static void fill(struct instance *i)
{
    did(i, "adm", "account register",
        "{'account':'acme-x','url':'https://x.com/acme','owner':'head-of-sales',"
        "'name':'Acme on X'}");
    did(i, "adm", "grant give",
        "{'account':'acme-x','person':'sam','role':'editor','grant':'g-sam'}");
    did(i, "adm", "credential record",
        "{'account':'acme-x','kind':'password','label':'Door','shared':true,'credential':'c-x'}");
}

Test(acts_said, in_a_sentence_before_they_are_signed)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *english = cookie_of(s, "adm");
    const char *french = arena_printf(mem, "%sAccept-Language: fr\r\n", english);

    fill(s->i);
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        struct said said = to_sign(s, english, all[i].path, all[i].form);
        shows(said, all[i].english);
        shows_not(said, "You are about to:");
        shows(to_sign(s, french, all[i].path, all[i].form), all[i].french);
    }
    serve_no_more(s);
}

static const struct {
    const char *path, *form, *english, *french;
} of_case[] = {
    {"/do/handover/lead", "handover=lv&person=adm",
     "let Ada Minter (adm) lead the case lv (Sam Fletcher) from now on",
     "confier à Ada Minter (adm) la conduite du dossier lv (Sam Fletcher)"},
    {"/do/handover/go-hostile", "handover=lv&reference=R&reason=x",
     "shut out at once the leaver of the case lv (Sam Fletcher): their keys, tokens and roles here "
     "end",
     "écarter sur-le-champ la personne du dossier lv (Sam Fletcher)"},
    {"/do/step/due", "handover=lv&steps=1&day=2099-03-04&reason=x",
     "set by hand that this is due on 4 March 2099, in the case lv (Sam Fletcher): 1. ",
     "fixer à la main au 4 mars 2099 l’échéance de ceci, dans le dossier lv (Sam Fletcher)"},
    {"/do/step/due", "handover=lv&steps=1&by_rule=true&reason=x",
     "let the rules say when this is due, in the case lv",
     "laisser les règles fixer l’échéance de ceci, dans le dossier lv"},
};

Test(acts_said, of_a_case_too)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    struct instance *i = s->i;
    const char *english = cookie_of(s, "hana");
    const char *french = arena_printf(mem, "%sAccept-Language: fr\r\n", english);

    i->now = (int64_t)time(NULL) * 1000;
    fill(i);
    did(i, "hana", "handover create",
        arena_printf(mem, "{'handover':'lv','person':'sam','last_day':'%s'}",
                     day_text(mem, i->now / MS_PER_DAY + 60)));
    did(i, "hana", "handover successor", "{'handover':'lv','person':'tess'}");
    did(i, "hana", "handover schedule", "{'handover':'lv'}");
    did(i, "hana", "handover start", "{'handover':'lv','reason':'notice was given'}");
    for (size_t k = 0; k < sizeof(of_case) / sizeof(*of_case); k++) {
        shows(to_sign(s, english, of_case[k].path, of_case[k].form), of_case[k].english);
        shows(to_sign(s, french, of_case[k].path, of_case[k].form), of_case[k].french);
    }
    serve_no_more(s);
}
