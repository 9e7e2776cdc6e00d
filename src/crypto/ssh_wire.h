/* ssh_wire.h - strings and armor of SSH (RFC 4251 section 5), shared by keys and signatures. */
#ifndef SSH_WIRE_H
#define SSH_WIRE_H

#include "base/text.h"
#include "crypto/ssh.h"

struct bytes wire_string(struct reader *r);
const char *wire_text(struct arena *mem, struct reader *r); /* "" when failed or not UTF-8 */
void wire_add(struct buf *out, struct bytes b);

/* Base64 between -----BEGIN label----- and -----END label-----, nothing else around it. */
bool ssh_unarmor(struct arena *mem, const char *text, const char *label, struct bytes *ret);
char *ssh_armor(struct arena *mem, const char *label, struct bytes raw);

struct err *ssh_blob_parse(struct arena *mem, struct bytes blob, struct ssh_public *ret);

#endif
