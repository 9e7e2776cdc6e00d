/* evidence.h - what a file is, read off its first bytes and not off its name, and whether it can be
 * kept as evidence. Pure. */
#ifndef DOMAIN_EVIDENCE_H
#define DOMAIN_EVIDENCE_H

#include "base/bytes.h"
#include "base/err.h"

/* How much of a file's beginning is looked at, in bytes. */
enum { EVIDENCE_HEAD = 512 };

/* The media type; application/octet-stream for what is not known. */
const char *evidence_type(struct bytes head);

/* ERR_INVALID (field evidence) for what a browser or a system would run: web pages, SVG, programs,
 * scripts. */
MUST struct err *evidence_may_be_kept(struct arena *mem, const char *name, const char *type);

/* Is it what a step demands? A screenshot is a picture or a PDF; both have a size in bytes that
 * they must not exceed. ERR_INVALID (field file) if not. */
MUST struct err *evidence_fits(struct arena *mem, const char *demanded, const char *name,
                               const char *type, int64_t size);

#endif
