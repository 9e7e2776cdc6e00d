/* rotation.h - what proves that a secret was changed, without showing it. It is signed and stays in
 * the log for ever: so that nobody types the secret itself there, its form is looked at before it
 * is signed, on the user's side too. */
#ifndef APP_ROTATION_H
#define APP_ROTATION_H

#include "base/arena.h"
#include "base/err.h"

/* Has the value the form that its kind of proof has (credential rotate --proof, --value)? ERR_USAGE
 * at the field "value"; what was typed is not said again, for it may be the secret. */
MUST struct err *rotation_value_fits(struct arena *mem, const char *proof, const char *value);

/* What a value of that kind of proof is taken as: "the item's version in the vault". */
const char *rotation_value_means(const char *proof);

#endif
