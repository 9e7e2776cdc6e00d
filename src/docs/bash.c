/* bash.c - completion for bash: a script whose tables are the table of commands. What is in the
 * registry (keys of accounts, people, …) it asks of `tenure complete`, which only answers when a
 * session is open already. */
#include "words.h"

#include <string.h>

static const char head[] =
    "# Completion of tenure(1) for bash, written by tenure --bash-completion.\n";

static const char tail[] =
    "_tenure()\n"
    "{\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
    "    local noun= verb= command= skip= i n=0 kind= words=\n"
    "\n"
    "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "        if [ -n \"$skip\" ]; then\n"
    "            skip=\n"
    "            continue\n"
    "        fi\n"
    "        case ${COMP_WORDS[i]} in\n"
    "        --*=*) ;;\n"
    "        -*) _tenure_is_flag \"$command ${COMP_WORDS[i]}\" || skip=1 ;;\n"
    "        *)\n"
    "            if [ -z \"$noun\" ]; then\n"
    "                noun=${COMP_WORDS[i]}\n"
    "                command=$noun\n"
    "            elif [ -z \"$verb\" ] && [ -n \"$(_tenure_verbs \"$noun\")\" ]; then\n"
    "                verb=${COMP_WORDS[i]}\n"
    "                command=\"$noun $verb\"\n"
    "            else\n"
    "                n=$((n + 1))\n"
    "            fi ;;\n"
    "        esac\n"
    "    done\n"
    "    if [ -n \"$skip\" ]; then\n"
    "        kind=$(_tenure_value \"$command $prev\")\n"
    "    elif [ \"${cur:0:1}\" = - ]; then\n"
    "        words=\"$(_tenure_options \"$command\") $(_tenure_common)\"\n"
    "    elif [ -z \"$noun\" ]; then\n"
    "        words=$(_tenure_nouns)\n"
    "    elif [ -z \"$verb\" ] && [ -n \"$(_tenure_verbs \"$noun\")\" ]; then\n"
    "        words=$(_tenure_verbs \"$noun\")\n"
    "    else\n"
    "        kind=$(_tenure_value \"$command $n\")\n"
    "    fi\n"
    "    case $kind in\n"
    "    file) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); return ;;\n"
    "    of:*) words=$(tenure complete \"${kind#of:}\" \"$cur\" 2>/dev/null) ;;\n"
    "    words:*) words=${kind#words:} ;;\n"
    "    esac\n"
    "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
    "}\n"
    "complete -F _tenure tenure\n";

/* What can stand for a value: "file", "of:person", "words:a b c", or NULL. */
static const char *value_kind(struct arena *mem, const struct field *f)
{
    enum kind kind = f->kind == KIND_LIST ? f->each : f->kind;
    struct buf words;

    if (kind == KIND_FILE)
        return "file";
    if (kind == KIND_REF)
        return arena_printf(mem, "of:%s", f->of);
    if (kind != KIND_CHOICE)
        return NULL;
    buf_init(&words, mem, 4000);
    buf_text(&words, "words:");
    for (const char *const *c = f->choices; *c; c++)
        buf_printf(&words, "%s%s", c == f->choices ? "" : " ", *c);
    return words.at;
}

static void nouns_and_verbs(struct buf *out)
{
    buf_text(out, "_tenure_nouns()\n{\n    echo \"");
    EACH_NOUN (n, nouns)
        buf_printf(out, "%s%s", n == nouns ? "" : " ", n->name);
    buf_text(out, "\"\n}\n\n_tenure_verbs()\n{\n    case $1 in\n");
    EACH_NOUN (n, nouns) {
        bool any = false;
        EACH_COMMAND (c, n) {
            if (!*c->verb)
                continue;
            if (!any)
                buf_printf(out, "    %s) echo \"", n->name);
            buf_printf(out, "%s ", c->verb);
            any = true;
        }
        buf_text(out, any ? "\" ;;\n" : "");
    }
    buf_text(out, "    esac\n}\n\n");
}

static void options(struct arena *mem, struct buf *out)
{
    buf_text(out, "_tenure_common()\n{\n    echo \"");
    EACH_FIELD (f, &options_record)
        buf_printf(out, "%s ", docs_option(mem, f));
    buf_text(out, "\"\n}\n\n_tenure_options()\n{\n    case $1 in\n");
    EACH_NOUN (n, nouns) {
        EACH_COMMAND (c, n) {
            buf_printf(out, "    '%s') echo \"", command_name(mem, n, c));
            EACH_FIELD (f, &c->params) {
                if (!docs_is_argument(c, f))
                    buf_printf(out, "%s ", docs_option(mem, f));
            }
            buf_text(out, "\" ;;\n");
        }
    }
    buf_text(out, "    esac\n}\n\n");
}

/* A command's option that takes a value although the program has a flag of that name: it comes
 * first. */
static void no_flags(struct arena *mem, struct buf *out)
{
    EACH_NOUN (n, nouns) {
        EACH_COMMAND (c, n) {
            EACH_FIELD (f, &c->params) {
                if (f->kind != KIND_BOOL && record_find(&options_record, f->name))
                    buf_printf(out, "    '%s %s') return 1 ;;\n", command_name(mem, n, c),
                               docs_option(mem, f));
            }
        }
    }
}

/* Options that take no value. */
static void flags(struct arena *mem, struct buf *out)
{
    buf_text(out, "_tenure_is_flag()\n{\n    case $1 in\n");
    no_flags(mem, out);
    EACH_FIELD (f, &options_record) {
        if (f->kind != KIND_BOOL)
            continue;
        buf_printf(out, "    *' %s') ;;\n", docs_option(mem, f));
        if (option_letter(f))
            buf_printf(out, "    *' -%c') ;;\n", option_letter(f));
    }
    EACH_NOUN (n, nouns) {
        EACH_COMMAND (c, n) {
            EACH_FIELD (f, &c->params) {
                if (f->kind == KIND_BOOL)
                    buf_printf(out, "    '%s %s') ;;\n", command_name(mem, n, c),
                               docs_option(mem, f));
            }
        }
    }
    buf_text(out, "    *) return 1 ;;\n    esac\n}\n\n");
}

static void value(struct arena *mem, struct buf *out, const char *command, const char *name,
                  const struct field *f)
{
    const char *kind = value_kind(mem, f);

    if (kind)
        buf_printf(out, "    '%s %s') echo '%s' ;;\n", command, name, kind);
}

/* What a value can be, by option, or by the place of an argument. */
static void values(struct arena *mem, struct buf *out)
{
    buf_text(out, "_tenure_value()\n{\n    case $1 in\n");
    EACH_NOUN (n, nouns) {
        EACH_COMMAND (c, n) {
            const char *name = command_name(mem, n, c);
            const struct field *argument;
            for (size_t i = 0; (argument = docs_argument(c, i)); i++)
                value(mem, out, name, arena_printf(mem, "%zu", i), argument);
            EACH_FIELD (f, &c->params)
                value(mem, out, name, docs_option(mem, f), f);
        }
    }
    EACH_FIELD (f, &options_record) {
        if (f->kind == KIND_FILE)
            buf_printf(out, "    *' %s') echo file ;;\n", docs_option(mem, f));
    }
    buf_text(out, "    *' -o') echo file ;;\n    esac\n}\n\n");
}

const char *docs_bash_completion(struct arena *mem)
{
    struct buf out;

    buf_init(&out, mem, DOCS_MAX);
    buf_text(&out, head);
    nouns_and_verbs(&out);
    options(mem, &out);
    flags(mem, &out);
    values(mem, &out);
    buf_text(&out, tail);
    return out.at;
}
