/* document.h - the project's documents as tests see them: whole texts, and the fenced blocks in them.
 *
 * Finds documents in MERIT_SOURCE_DIR. A test that misses something prints what should stand there, so that mending a
 * document is copying from the test's output. */
#ifndef MERIT_TESTS_SUPPORT_DOCUMENT_H
#define MERIT_TESTS_SUPPORT_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "ledger/buffer.h"

struct document {
	const char *path; /* from the project's root */
	char *text;       /* with a NUL behind it */
	size_t size;
};

/* Reads a document, such as "doc/format.md". Ends the test when there is none. */
struct document document_open(const char *path);
void document_close(struct document *document);

/* Whether text stands in the document from a line's start, word for word; prints it when it does not. */
bool document_holds(const struct document *document, const struct merit_buffer *text);

/* The number of the line at, from 1. */
unsigned document_line(const struct document *document, const char *at);

/* The content of the next block fenced by ```language behind at, into out with a NUL, lines joined: a line feed and the
 * blanks behind it are left out. Returns where the block ends, or NULL when there is none. */
const char *document_block(const char *at, const char *language, struct merit_buffer *out);

/* The same for the first block behind the line that begins with heading. Ends the test when either is missing. */
void document_block_below(const struct document *document, const char *heading, const char *language,
                          struct merit_buffer *out);

#endif
