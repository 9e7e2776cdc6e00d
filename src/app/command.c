/* command.c - the table of all nouns; see command.h. */
#include "app/command.h"

#include <string.h>

extern const struct command entity_commands[], unit_commands[], position_commands[],
    place_commands[], person_commands[], role_commands[], key_commands[], token_commands[],
    webhook_commands[], calendar_commands[], account_commands[], identifier_commands[],
    title_commands[], evidence_commands[], grant_commands[], controlpoint_commands[],
    store_commands[], hold_commands[], credential_commands[], responsibility_commands[],
    heir_commands[], handover_commands[], step_commands[], playbook_commands[], gaps_commands[],
    exposure_commands[], import_commands[], proof_commands[], report_commands[], verify_commands[],
    log_commands[], session_commands[], service_commands[];

const struct noun nouns[] = {
    {"account", "accounts and groups: what is owned", account_commands},
    {"title", "who owns an account by law, and since when", title_commands},
    {"identifier", "handles, addresses and ids of accounts", identifier_commands},
    {"grant", "who can reach what", grant_commands},
    {"controlpoint", "what can seize an account", controlpoint_commands},
    {"credential", "records of secrets, never the secrets", credential_commands},
    {"store", "where secrets lie", store_commands},
    {"responsibility", "who does what on an account", responsibility_commands},
    {"heir", "who is next in line", heir_commands},
    {"person", "people", person_commands},
    {"position", "seats that outlive who sits in them", position_commands},
    {"unit", "business units and regions", unit_commands},
    {"place", "where people work: zone, weekend, holidays", place_commands},
    {"entity", "companies", entity_commands},
    {"role", "who may do what here", role_commands},
    {"key", "what people sign with", key_commands},
    {"token", "what feeds and integrations come with instead of a key", token_commands},
    {"webhook", "programs that are told what happens", webhook_commands},
    {"calendar", "what a person has to do, in their own calendar", calendar_commands},
    {"evidence", "files that prove something", evidence_commands},
    {"hold", "what must not be erased", hold_commands},
    {"handover", "moving all that a person holds to those who stay", handover_commands},
    {"step", "what a handover has to do, one by one", step_commands},
    {"playbook", "how a platform's accounts are handed over", playbook_commands},
    {"gaps", "what is missing or wrong", gaps_commands},
    {"exposures", "what stands open, and since when", exposure_commands},
    {"import", "taking in files", import_commands},
    {"proof", "ownership proofs for others", proof_commands},
    {"report", "what auditors ask for, with a signed digest", report_commands},
    {"verify", "check a proof, offline", verify_commands},
    {"log", "the signed log of every change", log_commands},
    {"session", "who you are to the service", session_commands},
    {"service", "the service itself", service_commands},
    {0}};

char *command_name(struct arena *mem, const struct noun *n, const struct command *c)
{
    return *c->verb ? arena_printf(mem, "%s %s", n->name, c->verb) : arena_copy(mem, n->name);
}

bool command_emits(const struct command *c, const char *type)
{
    for (const char *const *t = c->emits; t && *t; t++)
        if (strcmp(*t, type) == 0)
            return true;
    return false;
}

const struct command *command_find(const char *name, const struct noun **ret_noun)
{
    const char *space = strchr(name, ' ');
    size_t len = space ? (size_t)(space - name) : strlen(name);

    EACH_NOUN (n, nouns) {
        if (strlen(n->name) != len || strncmp(n->name, name, len) != 0)
            continue;
        EACH_COMMAND (c, n) {
            if (strcmp(c->verb, space ? space + 1 : "") == 0) {
                *ret_noun = n;
                return c;
            }
        }
    }
    return NULL;
}
