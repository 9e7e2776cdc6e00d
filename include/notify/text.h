/* text.h - the texts of mail: templates with values in {{name}}, and parts that are there once for
 * each row of a list in {{#rows}} … {{/rows}}. The first line is the subject. Pure. */
#ifndef NOTIFY_TEXT_H
#define NOTIFY_TEXT_H

#include "base/err.h"

#include <jansson.h>

/* The text of this name in this language, out of the program; NULL when there is none. */
const char *text_template(const char *language, const char *name);

/* Fills it from an object: {{name}} is a member of the innermost row that has it, or nothing;
 * {{#name}} is left out when the member is absent, false, or an empty list. ERR_INVALID names what
 * is wrong with the template. */
MUST struct err *text_fill(struct arena *mem, const char *template, const json_t *values,
                           const char **ret_subject, const char **ret_body);

/* As they go into the head of a mail: letters as they are, anything else encoded. */
const char *text_of_name(struct arena *mem, const char *name);
const char *text_of_subject(struct arena *mem, const char *subject);

#endif
