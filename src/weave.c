/* weave.c - the program that the build runs: weave FOLDER OUT. FOLDER holds pages/NAME.html and
 * texts/LANGUAGE.txt; OUT gets pages.c, pages.h and texts.c. */
#include "weave/weave.h"
#include "base/file.h"
#include "base/text.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

enum { FILES_MAX = 200, FILE_BYTES = 1 << 20 };

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names of all files with that end, without it, in order. */
static struct err *names_in(struct arena *mem, const char *folder, const char *end,
                            const char **names, size_t *ret_n)
{
    DIR *dir = opendir(folder);
    struct dirent *d;
    size_t n = 0;

    if (!dir)
        return err_new(mem, ERR_SYSTEM, "cannot read the folder %s", folder);
    while ((d = readdir(dir)) && n < FILES_MAX)
        if (text_ends(d->d_name, end))
            names[n++] = arena_copy_n(mem, d->d_name, strlen(d->d_name) - strlen(end));
    closedir(dir);
    qsort(names, n, sizeof(*names), by_name);
    *ret_n = n;
    return NULL;
}

static struct err *read_texts(struct arena *mem, const char *folder, struct catalog **ret)
{
    static const char *const languages[] = {"en", "fr"}; /* others are held to the first */
    struct language_file *files = arena_array(mem, 2, sizeof(*files));

    for (size_t i = 0; i < 2; i++) {
        files[i].name = languages[i];
        TRY(file_read(mem, arena_printf(mem, "%s/texts/%s.txt", folder, languages[i]), FILE_BYTES,
                      &files[i].text));
    }
    return catalog_read(mem, files, 2, ret);
}

/* A file of English and its translation. */
static struct err *read_table(struct arena *mem, const char *folder, const char *name,
                              struct language_file *ret)
{
    ret->name = name;
    return file_read(mem, arena_printf(mem, "%s/texts/%s.txt", folder, name), FILE_BYTES,
                     &ret->text);
}

static struct err *read_terms(struct arena *mem, const char *folder, const char **ret)
{
    struct language_file file;

    TRY(read_table(mem, folder, "fr.terms", &file));
    return terms_code(mem, &file, ret);
}

static struct err *read_sentences(struct arena *mem, const char *folder, const char **ret)
{
    struct language_file files[2];

    TRY(read_table(mem, folder, "fr.sentences", &files[0]));
    TRY(read_table(mem, folder, "fr.playbooks", &files[1]));
    return sentences_code(mem, files, 2, ret);
}

static struct err *read_pages(struct arena *mem, const char *folder, struct template_file **ret,
                              size_t *ret_n)
{
    const char **names = arena_array(mem, FILES_MAX, sizeof(*names));

    TRY(names_in(mem, arena_printf(mem, "%s/pages", folder), ".html", names, ret_n));
    *ret = arena_array(mem, *ret_n + 1, sizeof(**ret));
    for (size_t i = 0; i < *ret_n; i++) {
        (*ret)[i].name = names[i];
        TRY(file_read(mem, arena_printf(mem, "%s/pages/%s.html", folder, names[i]), FILE_BYTES,
                      &(*ret)[i].text));
    }
    return NULL;
}

static struct err *write_one(struct arena *mem, const char *folder, const char *name,
                             const char *code)
{
    return file_write(mem, arena_printf(mem, "%s/%s", folder, name), 0644, bytes_of_text(code));
}

static struct err *run(struct arena *mem, const char *from, const char *to)
{
    struct template_file *files;
    struct catalog *texts;
    const char *code, *terms, *sentences;
    size_t n;

    TRY(read_texts(mem, from, &texts));
    TRY(read_terms(mem, from, &terms));
    TRY(read_sentences(mem, from, &sentences));
    TRY(read_pages(mem, from, &files, &n));
    TRY(weave(mem, files, n, texts, &code));
    TRY(folder_make(mem, to, 0755));
    TRY(write_one(mem, to, "pages.c", code));
    TRY(write_one(mem, to, "pages.h", weave_header(mem, code)));
    return write_one(mem, to, "texts.c",
                     arena_printf(mem, "%s%s%s", catalog_code(mem, texts), terms, sentences));
}

int main(int argc, char **argv)
{
    AUTO(arena_auto) struct arena *mem = arena_new();

    if (argc != 3) {
        fputs("usage: weave FOLDER OUT\n", stderr);
        return 2;
    }
    struct err *e = run(mem, argv[1], argv[2]);
    if (e)
        fprintf(stderr, "weave: %s\n", e->text);
    return e ? 1 : 0;
}
