/* assets.h - the files the mall serves: read into memory once, each under the one path it can be asked for.
 *
 * Outside  a request's path is looked up in the list of what was found, and never given to the system: so no path can
 *          leave the folders. Files whose name is hidden or unusual, whose kind is not known, and links that lead out
 *          of their folder are left out.
 * Smaller  FILE.br and FILE.gz beside FILE are the same, compressed: sent to who takes them.
 * Again    each representation has a strong tag, a hash of its bytes. What lies in assets/ has a hash in its name, and
 *          is kept for ever; the rest is asked for again each time, and mostly answered with 304.
 * Threads  any may look up; a loaded list does not change. */
#ifndef MERIT_MALL_ASSETS_H
#define MERIT_MALL_ASSETS_H

#include "ledger/status.h"

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>

#define MERIT_ASSETS_SIZE_MAX ((size_t)256 * 1024 * 1024) /* bytes of all files together */
#define MERIT_ASSETS_MAX      ((size_t)20000)             /* files */

struct merit_assets; /* See assets.c. */

/* Reads web (served at /, its index.html at / itself) and content (at /content/); either may be NULL.
 * is_secure  as in answer.h
 * Returns    IO_FAILED (a folder or file cannot be read), TOO_LARGE, NO_MEMORY; which file, the log says */
MERIT_MUST_USE enum merit_status merit_assets_load(const char *web, const char *content, bool is_secure,
                                                   struct merit_assets **assets_out);
void merit_assets_free(struct merit_assets *assets);

size_t merit_assets_count(const struct merit_assets *assets);

/* What to send for a path. */
struct merit_found {
	struct MHD_Response *response; /* the list's; NULL: there is nothing there */
	unsigned code;                 /* 200 or 304 */
	size_t size;                   /* bytes of its body */
};

/* Looks a path up. The two fields are the request's, NULL when absent. */
struct merit_found merit_assets_find(const struct merit_assets *assets, const char *path, const char *accept_encoding,
                                     const char *if_none_match);

#endif
