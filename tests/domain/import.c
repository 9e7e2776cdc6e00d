/* import.c - reading other people's tables: headers, words, names, days. */
#include "domain/import.h"

#include "support/vectors.h"

#include <criterion/criterion.h>

struct row {
    const char *id, *name, *email, *end;
};
static const struct field fields[] = {
    {.name = "id", .kind = KIND_NAME, .help = "the key", AT(struct row, id)},
    {.name = "name", .kind = KIND_TEXT, .optional = true, .help = "name", AT(struct row, name)},
    {.name = "email", .kind = KIND_TEXT, .optional = true, .help = "mail", AT(struct row, email)},
    {.name = "end", .kind = KIND_DATE, .optional = true, .help = "last day", AT(struct row, end)},
    {0}};
static const struct record record = RECORD(struct row, fields);

static struct err *map_columns(struct arena *mem, const char *const *header, size_t n,
                               const char *said, struct import_columns *ret)
{
    struct list list = {&said, said ? 1 : 0};

    return import_columns_map(mem, "people", &record, header, n, &list, ret);
}

Test(import, headers_are_known_in_many_languages)
{
    static const struct {
        const char *header[4], *ours[4];
    } cases[] = {
        {{"id", "name", "email", "end"}, {"id", "name", "email", "end"}},
        {{"Employee #", "Display name", "Work Email", "Termination Date"},
         {"id", "name", "email", "end"}},
        {{"Personalnummer", "Vollständiger Name", "E-Mail", "Austrittsdatum"},
         {"id", "name", "email", "end"}},
        {{"MATRICULE", "Nom complet", "Courriel", "Date de sortie"},
         {"id", "name", "email", "end"}},
        {{"Número de empleado", "Shoe size", "Correo electrónico", "Fecha de baja"},
         {"id", NULL, "email", "end"}},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct import_columns c;
        cr_assert_ok(map_columns(mem, cases[i].header, 4, NULL, &c));
        for (size_t k = 0; k < 4; k++)
            cr_expect(text_same(c.at[k].ours, cases[i].ours[k]), "%s is %s", cases[i].header[k],
                      c.at[k].ours ? c.at[k].ours : "ignored");
    }
}

static void refused(const char *const *header, size_t n, const char *said, const char *words)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct import_columns c;
    struct err *e = map_columns(mem, header, n, said, &c);

    cr_assert_not_null(e);
    cr_expect(strstr(e->text, words), "'%s' has not '%s'", e->text, words);
    cr_expect_str_eq(e->field, "map");
}

Test(import, what_was_said_about_a_column_comes_first)
{
    static const char *const header[] = {"Code", "id", "Mail"};
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct import_columns c;

    cr_assert_ok(map_columns(mem, header, 3, "Code=id", &c));
    cr_expect_str_eq(c.at[0].ours, "id");
    cr_expect_null(c.at[1].ours);
    cr_expect_str_eq(c.at[2].ours, "email");
    cr_assert_ok(map_columns(mem, header, 3, "mail=", &c));
    cr_expect_null(c.at[2].ours);
}

Test(import, columns_that_fit_equally_well_are_nobodys_to_choose_from)
{
    static const char *const two[] = {"id", "Mail", "Work email"};
    static const char *const none[] = {"Code", "Name"};

    refused(two, 3, NULL, "'Mail' and 'Work email' could both be email");
    refused(none, 2, NULL, "found 'Code', 'Name'");
    refused(two, 3, "Nothing=id", "no column 'Nothing'");
    refused(two, 3, "Mail=shoe_size", "no field 'shoe_size'");
    refused(two, 3, "Mail", "'their header=our field'");
}

/* "Code not-read, Mail read-as email": what an error says of each column. */
static const char *told(struct arena *mem, const char *const *header, size_t n, const char *said)
{
    struct import_columns c;
    struct err *e = map_columns(mem, header, n, said, &c);
    struct buf out;

    cr_assert_not_null(e);
    buf_init(&out, mem, 4096);
    for (const struct err_item *i = e->items; i; i = i->next)
        buf_printf(&out, "%s%s %s %s", out.n ? ", " : "", i->where, i->code, i->text);
    return out.at;
}

Test(import, an_error_says_what_each_column_is_read_as)
{
    static const char *const none[] = {"Code", "Correo"}, *const two[] = {"id", "Mail", "E-Mail"};
    AUTO(arena_auto) struct arena *mem = arena_new();

    cr_expect_str_eq(told(mem, none, 2, NULL), "Code not-read is not read, Correo read-as email");
    cr_expect_str_eq(told(mem, two, 3, "Mail=shoe_size"),
                     "id read-as id, Mail read-as email, E-Mail read-as email");
}

Test(import, words_of_cells_become_ours)
{
    static const struct {
        const char *kind, *field, *cell, *ours;
    } cases[] = {
        {"people", "status", "Aktiv", "current"},
        {"people", "status", "TERMINATED", "ended"},
        {"people", "status", "on leave", "current"},
        {"people", "status", "sleeping", "sleeping"},
        {"accounts", "status", "deregistered", "retired"},
        {"accounts", "platform", "Twitter", "x"},
        {"accounts", "kind", "Business Manager", "business_portfolio"},
        {"accounts", "kind", "business-portfolio", "business_portfolio"},
        {"credentials", "yes", "Ja", "true"},
        {"credentials", "yes", "0", "false"},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct map *words = import_words(mem, cases[i].kind);
        cr_expect_str_eq(import_word(words, cases[i].field, cases[i].cell), cases[i].ours);
    }
}

Test(import, names_become_keys)
{
    static const struct {
        const char *name, *key;
    } cases[] = {
        {"sales", "sales"},
        {"rep:NY-05", "rep:NY-05"},
        {"US House of Representatives", "us-house-of-representatives"},
        {"Vertrieb & Export (EMEA)", "vertrieb-export-emea"},
        {"Zürich Straße", "zurich-strasse"},
        {"Œuvres — Łódź", "oeuvres-lodz"},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        cr_expect_str_eq(import_key(mem, cases[i].name), cases[i].key);
    const char *one = import_key(mem, "営業部"), *two = import_key(mem, "経理部");
    cr_expect_str_neq(one, two);
    cr_expect_eq(*one, 'k');
}

Test(import, days_are_never_guessed)
{
    static const struct {
        const char *other, *cell, *day; /* another cell of the file, or NULL */
    } cases[] = {
        {NULL, "2026-03-04", "2026-03-04"},
        {NULL, "2026/3/4", "2026-03-04"},
        {NULL, "4.3.2026", "2026-03-04"},
        {NULL, "04.03.2026 00:00:00", "2026-03-04"},
        {NULL, "03/04/2026", NULL},
        {NULL, "04/04/2026", "2026-04-04"},
        {"31/12/2025", "03/04/2026", "2026-04-03"},
        {"12/31/2025", "03/04/2026", "2026-03-04"},
        {NULL, "2026-03-04T10:00:00Z", "2026-03-04T10:00:00Z"},
        {NULL, "2026-03-04T00:00:00", "2026-03-04"},
        {NULL, "46085", "2026-03-04"}, /* Excel's, in a cell without its format */
        {NULL, "46085.0", "2026-03-04"},
        {NULL, "46085.70833", "2026-03-04"},
        {NULL, "46085.", "46085."},
        {NULL, "46085.7x", "46085.7x"},
        {NULL, "2026-03-04T00:00:00Z", "2026-03-04"}, /* of programs */
        {NULL, "2026-03-04T00:00:00.000+01:00", "2026-03-04"},
        {NULL, "2026-03-04T00:00:00.5", "2026-03-04T00:00:00.5"},
        {NULL, "04-MAR-2026", "2026-03-04"}, /* of databases */
        {NULL, "4 Mar 2026", "2026-03-04"},
        {NULL, "04-MAR-26", "04-MAR-26"},
        {NULL, "04-ANF-2026", "04-ANF-2026"},
        {NULL, "30-Feb-2026", "30-Feb-2026"},
        {NULL, "1234", "1234"},
        {NULL, "99999", "99999"},
        {NULL, "tomorrow", "tomorrow"},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct import_dates d = {0};
        if (cases[i].other)
            import_dates_look(&d, cases[i].other);
        const char *day = import_date(mem, &d, cases[i].cell);
        cr_expect(text_same(day, cases[i].day), "%s: %s", cases[i].cell, day ? day : "ambiguous");
    }
    struct import_dates both = {.day_first = true, .month_first = true};
    cr_expect_null(import_date(mem, &both, "03/04/2026"));
}

Test(import, an_id_that_the_platform_does_not_give_is_a_legacy_id)
{
    cr_expect_str_eq(import_uid_kind("facebook", "RepAckerman"), "legacy_id");
    cr_expect_str_eq(import_uid_kind("facebook", "6406874733"), "platform_uid");
    cr_expect_str_eq(import_uid_kind("youtube", "UCKJISmkvK8tn0kFiCaIzUwQ"), "platform_uid");
    cr_expect_str_eq(import_uid_kind("youtube", "SenatorLincoln"), "legacy_id");
    cr_expect_str_eq(import_uid_kind("shopify", "whatever"), "platform_uid");
}
