/* output.h - answers on their way out: text, JSON, files. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "cli.h"
#include "http.h"
#include "show.h"

struct look look_of(const struct cli *cli, struct arena *mem);

/* Can --output be written? To be asked before the service is: what it makes is entered in the log.
 */
MUST struct err *output_check(struct arena *mem, const struct cli *cli);

/* Write text, to --output when that was said. */
MUST struct err *output_text(struct arena *mem, const struct cli *cli, const char *text);

/* The note that belongs to what output_text() wrote: into FILE.note beside the file. On standard
 * output there is no place for it. */
MUST struct err *output_note(struct arena *mem, const struct cli *cli, const char *note);

/* Is the answer a file rather than JSON? */
bool answer_is_file(const struct answer *a);

/* Keep the file that came as the answer under --output, or else under the name that came with it.
 */
MUST struct err *output_file(struct arena *mem, const struct cli *cli, const struct answer *a);

#endif
