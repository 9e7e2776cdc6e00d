/* past.c - what is stated to have happened has happened: nothing of it lies in the future. What may
 * be planned, may. */
#include "base/date.h"
#include "support/instance.h"
#include "support/vectors.h"

#include <criterion/criterion.h>

static void set_out(struct instance *i)
{
    did(i, "adm", "account register",
        "{'account':'acme-x','url':'https://x.com/acme','unit':'sales','owner':'head-of-sales'}");
    did(i, "adm", "grant give",
        "{'grant':'g-sam','account':'acme-x','person':'sam','role':'owner','effective':'2026-01-01'"
        "}");
    did(i, "adm", "controlpoint add",
        "{'controlpoint':'cp','account':'acme-x','kind':'recovery_mail','label':'mail','person':'"
        "sam'}");
    did(i, "adm", "store register", "{'store':'vault','name':'Vault','kind':'vault'}");
    did(i, "adm", "credential record",
        "{'credential':'c-1','account':'acme-x','kind':'password','store':'vault','shared':true}");
}

/* Commands whose facts have a time, with that time in the year 2030; which field is at fault. */
static const struct {
    const char *command, *params, *field;
} stated[] = {
    {"account register", "{'url':'https://x.com/other','effective':'2030-01-01'}", "effective"},
    {"account retire", "{'account':'acme-x','reason':'gone','effective':'2030-01-01'}",
     "effective"},
    {"account custodian", "{'account':'acme-x','person':'sam','effective':'2030-01-01'}",
     "effective"},
    {"identifier add",
     "{'account':'acme-x','kind':'platform_uid','value':'17','effective':'2030-01-01'}",
     "effective"},
    {"identifier rename", "{'account':'acme-x','value':'acme2','effective':'2030-01-01'}",
     "effective"},
    {"identifier end",
     "{'account':'acme-x','kind':'handle','value':'acme','effective':'2030-01-01'}", "effective"},
    {"grant give", "{'account':'acme-x','person':'tess','role':'admin','effective':'2030-01-01'}",
     "effective"},
    {"grant change", "{'grant':'g-sam','role':'admin','effective':'2030-01-01'}", "effective"},
    {"grant revoke", "{'grant':'g-sam','effective':'2030-01-01'}", "effective"},
    {"grant confirm", "{'grant':'g-sam','effective':'2030-01-01'}", "effective"},
    {"controlpoint add",
     "{'account':'acme-x','kind':'recovery_phone','label':'phone','person':'sam','effective':'2030-"
     "01-01'}",
     "effective"},
    {"controlpoint change", "{'controlpoint':'cp','label':'other','effective':'2030-01-01'}",
     "effective"},
    {"credential record",
     "{'account':'acme-x','kind':'api_key','store':'vault','shared':true,'changed_on':'2030-01-01'"
     "}",
     "changed_on"},
    {"credential record",
     "{'account':'acme-x','kind':'api_key','store':'vault','shared':true,'effective':'2030-01-01'}",
     "effective"},
    {"credential change", "{'credential':'c-1','lead_days':3,'effective':'2030-01-01'}",
     "effective"},
    {"credential known", "{'credential':'c-1','person':'tess','effective':'2030-01-01'}",
     "effective"},
};

Test(past, what_has_happened_is_not_in_the_future)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    set_out(i);
    for (size_t k = 0; k < sizeof(stated) / sizeof(*stated); k++)
        refused_field(i, "adm", stated[k].command, stated[k].params, stated[k].field);
}

/* Every command that takes a time knows whether it may lie ahead. */
Test(past, each_time_of_the_table_is_a_fact_or_a_plan)
{
    static const char *const plans[] = {"account change effective",
                                        "account assign effective",
                                        "heir designate effective",
                                        "heir end effective",
                                        "responsibility assign effective",
                                        "responsibility end effective",
                                        "person register effective",
                                        "person change effective",
                                        "position register effective",
                                        "position change effective",
                                        "position fill effective",
                                        "position vacate effective",
                                        "unit register effective",
                                        "unit change effective",
                                        "entity register effective",
                                        "entity change effective",
                                        "store register effective",
                                        "store change effective",
                                        "title assert effective",
                                        "title transfer effective",
                                        NULL};
    AUTO(arena_auto) struct arena *mem = arena_new();

    EACH_NOUN (n, nouns) {
        EACH_COMMAND (c, n) {
            const struct field *f = record_find(&c->params, "effective");
            bool plan = false;
            for (size_t k = 0; f && plans[k]; k++)
                plan = plan || strcmp(plans[k], arena_printf(mem, "%s effective",
                                                             command_name(mem, n, c))) == 0;
            cr_expect(!f || f->past != plan, "%s", command_name(mem, n, c));
        }
    }
}

/* A year is mistyped easily, and what begins in a far one could neither be seen nor corrected. */
Test(past, days_have_bounds)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    set_out(i);
    refused(i, "adm", "person register", "{'person':'e1','name':'Ana','effective':'9999-12-31'}",
            ERR_INVALID, "9999-12-31 is more than two years ahead: is the year right?");
    refused(i, "adm", "person register", "{'person':'e1','name':'Ana','effective':'2028-11-25'}",
            ERR_INVALID, "2028-11-25 is more than two years ahead");
    refused(i, "adm", "person register", "{'person':'e1','name':'Ana','effective':'0001-01-01'}",
            ERR_INVALID, "0001-01-01 is before 1700: is the year right?");
    refused_field(i, "adm", "grant give",
                  "{'account':'acme-x','person':'tess','role':'admin','effective':'1699-12-31'}",
                  "effective");
    refused_field(i, "adm", "person retire", "{'person':'tess','last_day':'1026-11-20'}",
                  "last_day");
    refused(
        i, "adm", "import people",
        arena_printf(mem, "{'file':'%s'}",
                     uploaded(i, "p.csv", "id,name,start\ne1,Ana,2020-01-01\ne2,Ben,9999-12-31\n")),
        ERR_INVALID, "bad-value line 3, column start: 9999-12-31 is more than two years ahead");
    refused(i, "adm", "import people",
            arena_printf(mem, "{'file':'%s'}",
                         uploaded(i, "p.csv", "id,name,start\ne1,Ana,0001-01-01\n")),
            ERR_INVALID, "bad-value line 2, column start: 0001-01-01 is before 1700");
}

Test(past, who_is_on_record_from_a_day_to_come_is_said_to_be)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    did(i, "adm", "person register", "{'person':'e1','name':'Ana','effective':'2027-03-01'}");
    refused(i, "adm", "person show", "{'person':'e1'}", ERR_NOT_FOUND,
            "'e1' is on record from 2027-03-01");
    refused(i, "adm", "person holds", "{'person':'e1'}", ERR_NOT_FOUND,
            "'e1' is on record from 2027-03-01");
    did(i, "adm", "person show", "{'person':'e1','as_of':'2027-03-01'}");
}

static const char *rotation(struct instance *i, const char *shown)
{
    return arena_printf(i->mem,
                        "{'credential':'c-1','proof':'platform_changed','value':'%s',"
                        "'evidence':['%s']}",
                        shown, uploaded(i, "changed.png", "\x89PNG changed"));
}

Test(past, a_rotation_is_proved_by_a_day_that_has_come)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    set_out(i);
    i->now += 1000;
    refused_field(i, "adm", "credential rotate", rotation(i, "2030-01-01"), "value");
    refused_field(i, "adm", "credential rotate", rotation(i, "2030-01-01T10:00:00Z"), "value");
    refused_field(i, "adm", "credential rotate", rotation(i, "1 January 2030"), "value");
    refused_field(i, "adm", "credential rotate", rotation(i, "yesterday"), "value");
    did(i, "adm", "credential rotate", rotation(i, "2026-11-22"));
}

Test(past, a_day_has_come_once_it_has_begun_anywhere)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    char day[DAY_TEXT];

    set_out(i);
    int64_t tomorrow = i->now / MS_PER_DAY + 1;
    i->now = tomorrow * MS_PER_DAY + 9 * 3600 * 1000; /* 23:00 of the same day in UTC+14 */
    day_format(tomorrow + 1, day);
    const char *record = arena_printf(mem,
                                      "{'account':'acme-x','kind':'pin','store':'vault',"
                                      "'shared':true,'changed_on':'%s'}",
                                      day);
    refused_field(i, "adm", "credential record", record, "changed_on");
    i->now += 2 * 3600 * 1000;
    did(i, "adm", "credential record", record);
}
