/* platform.c - kinds, names and ids of accounts, by the rules of their platforms; see platform.h.
 */
#include "embedded.h"

#include <string.h>

const char *const account_kinds[] = {"profile",
                                     "page",
                                     "group",
                                     "community",
                                     "channel",
                                     "ads",
                                     "workspace",
                                     "messaging",
                                     "listing",
                                     "analytics",
                                     "registry",
                                     "domain",
                                     "cloud",
                                     "commerce",
                                     "code_host",
                                     "email_marketing",
                                     "fediverse",
                                     "website",
                                     "mailbox",
                                     "app_listing",
                                     "business_portfolio",
                                     "developer_program",
                                     "publishing_tool",
                                     "personal_profile",
                                     NULL};

void platform_keep(struct arena *mem, const char *name, const char *value, size_t n,
                   struct platform_guess *g)
{
    size_t zeros = strspn(value, PLATFORM_DIGITS) >= n ? strspn(value, "0") : 0;

    if (text_starts(name, "uid"))
        g->uid = zeros < n ? arena_copy_n(mem, value + zeros, n - zeros) /* the same number */
                           : arena_copy_n(mem, value, n);
    else if (text_starts(name, "handle"))
        g->handle = arena_copy_n(mem, value, n);
}

static const json_t *rule_of(const char *platform)
{
    const json_t *rule;
    size_t i;

    json_array_foreach (embedded_rules(), i, rule) {
        if (strcmp(json_text(rule, "platform"), platform) == 0)
            return rule;
    }
    return NULL;
}

bool platform_is_sensitive(const char *platform)
{
    return text_same(json_text(rule_of(platform), "case"), "sensitive");
}

const char *platform_at(size_t i)
{
    return json_text(json_array_get(embedded_rules(), i), "platform");
}

static const char *platforms_said(struct arena *mem)
{
    struct buf out;

    buf_init(&out, mem, 4000);
    for (size_t i = 0; platform_at(i); i++)
        buf_printf(&out, "%s%s", i ? ", " : "", platform_at(i));
    return out.at;
}

static bool takes(const json_t *pattern, const char *hole)
{
    return strstr(json_text(pattern, "host"), hole) || strstr(json_text(pattern, "path"), hole);
}

/* The kinds whose addresses have a handle (or an id), or all that are known where it has none. */
static json_t *kinds_with(struct arena *mem, const json_t *rule, bool uid)
{
    json_t *kinds = json_keep(mem, json_object());
    const json_t *pattern;
    const char *kind;
    json_t *playbook;
    size_t i;

    json_array_foreach (json_object_get(rule, "urls"), i, pattern) {
        if (takes(pattern, uid ? "uid}" : "handle}") &&
            strcmp(json_text(pattern, "kind"), "personal_profile") != 0)
            json_object_set_new(kinds, json_text(pattern, "kind"), json_true());
    }
    if (json_object_size(kinds))
        return kinds;
    json_object_foreach (json_object_get(rule, "playbooks"), kind, playbook) {
        json_object_set_new(kinds, kind, json_true());
    }
    return kinds;
}

static struct err *the_kind(struct arena *mem, const json_t *rule, json_t *kinds, const char **ret)
{
    struct buf out;
    const char *kind;
    json_t *yes;

    *ret = json_object_iter_key(json_object_iter(kinds));
    if (json_object_size(kinds) == 1)
        return NULL;
    buf_init(&out, mem, 2000);
    json_object_foreach (kinds, kind, yes) {
        buf_printf(&out, "%s%s", out.n ? ", " : "", kind);
    }
    for (size_t i = 0; !out.n && account_kinds[i]; i++)
        buf_printf(&out, "%s%s", i ? ", " : "", account_kinds[i]);
    return err_field(mem, "kind", "say which kind it is on %s: %s", json_text(rule, "name"),
                     out.at);
}

struct err *platform_of_name(struct arena *mem, const char *platform, const char *kind,
                             const char *name, struct platform_guess *ret)
{
    const json_t *rule = platform ? rule_of(platform) : NULL, *pattern;
    bool at = *name == '@', number = !at && strspn(name, PLATFORM_DIGITS) == strlen(name),
         has_uid = false, has_handle = false;
    struct platform_guess g = {.platform = platform, .kind = kind};
    size_t i;

    if (!platform)
        return err_field(mem, "platform", "say which platform '%s' is on: one of %s", name,
                         platforms_said(mem));
    if (!rule)
        return err_field(mem, "platform", "'%s' is no platform that is known; say one of %s",
                         platform, platforms_said(mem));
    if (!kind)
        TRY(the_kind(mem, rule, kinds_with(mem, rule, number), &g.kind));
    json_array_foreach (json_object_get(rule, "urls"), i, pattern) {
        if (strcmp(json_text(pattern, "kind"), g.kind) != 0)
            continue;
        has_uid = has_uid || takes(pattern, "uid}");
        has_handle = has_handle || takes(pattern, "handle}");
    }
    bool uid = has_uid && (number || (!at && !has_handle));
    platform_keep(mem, uid ? "uid" : "handle", name + at, strlen(name + at), &g);
    *ret = g;
    return NULL;
}

const char *platform_name(const char *platform)
{
    return json_text(rule_of(platform), "name");
}

struct err *platform_tag_id(struct arena *mem, const char *platform, const char *uid,
                            const char *handle, const char **ret)
{
    bool sensitive = text_same(json_text(rule_of(platform), "case"), "sensitive");

    if (!uid && !handle)
        return err_field(mem, "handle",
                         "is missing: an account is known by its handle or by the platform's id");
    *ret = uid ? uid : sensitive ? handle : text_lower(mem, handle);
    return NULL;
}

const char *platform_playbook(const char *platform, const char *kind)
{
    const char *name = json_text(json_object_get(rule_of(platform), "playbooks"), kind);

    return name ? name : "any";
}

static void add(struct list *list, const char *text)
{
    list->at[list->n++] = text;
}

void platform_playbooks(struct arena *mem, struct list *ret_platforms, struct list *ret_kinds,
                        struct list *ret_playbooks)
{
    struct list *const lists[] = {ret_platforms, ret_kinds, ret_playbooks};
    const json_t *rule;
    const char *kind;
    json_t *name;
    size_t i, n = 0;

    json_array_foreach (embedded_rules(), i, rule)
        n += json_object_size(json_object_get(rule, "playbooks"));
    for (i = 0; i < sizeof(lists) / sizeof(*lists); i++)
        *lists[i] = (struct list){arena_array(mem, n + 1, sizeof(char *)), 0};
    json_array_foreach (embedded_rules(), i, rule) {
        json_object_foreach (json_object_get(rule, "playbooks"), kind, name) {
            add(ret_platforms, json_text(rule, "platform"));
            add(ret_kinds, kind);
            add(ret_playbooks, json_string_value(name));
        }
    }
}

bool platform_of_playbook(const char *playbook, const char **ret_platform, const char **ret_kind)
{
    const json_t *rule;
    const char *kind;
    json_t *name;
    size_t i;

    json_array_foreach (embedded_rules(), i, rule) {
        json_object_foreach (json_object_get(rule, "playbooks"), kind, name) {
            if (strcmp(json_string_value(name), playbook) != 0)
                continue;
            *ret_platform = json_text(rule, "platform");
            *ret_kind = kind;
            return true;
        }
    }
    return false;
}
