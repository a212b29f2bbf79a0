/* buffer.h - a growing run of bytes, and the JSON pieces we print into it.
 *
 * Use     start from { 0 }, put, read .data and .size, merit_buffer_free once. Clearing keeps the memory for reuse.
 * Memory  when it runs out the buffer turns bad and stays bad: puts do nothing, so a caller checks once, at the end.
 * Threads one thread at a time. */
#ifndef MERIT_LEDGER_BUFFER_H
#define MERIT_LEDGER_BUFFER_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ledger/pen.h"

struct merit_buffer {
	char *data;      /* NULL until the first put */
	size_t size;     /* bytes used */
	size_t capacity; /* bytes allocated */
	bool bad;        /* memory ran out: the content is incomplete */
};

void merit_buffer_free(struct merit_buffer *buffer);
void merit_buffer_clear(struct merit_buffer *buffer);

/* Makes room for extra more bytes behind .size. False, and the buffer bad, without memory. */
bool merit_buffer_reserve(struct merit_buffer *buffer, size_t extra);

/* The place behind the content with room for so many bytes, 1 at least, to be written with pen.h; NULL, and the buffer
 * bad, without memory. merit_buffer_end makes what was written up to end content; until then nothing else is put. */
static inline char *merit_buffer_begin(struct merit_buffer *buffer, size_t room)
{
	bool has_room = !buffer->bad && buffer->capacity - buffer->size >= room;

	return has_room || merit_buffer_reserve(buffer, room) ? buffer->data + buffer->size : NULL;
}

static inline void merit_buffer_end(struct merit_buffer *buffer, const char *end)
{
	buffer->size = (size_t)(end - buffer->data);
	assert(buffer->size <= buffer->capacity);
}

static inline void merit_buffer_put(struct merit_buffer *buffer, const void *bytes, size_t size)
{
	char *at = size == 0 ? NULL : merit_buffer_begin(buffer, size);

	if (at != NULL)
		merit_buffer_end(buffer, merit_pen_bytes(at, bytes, size));
}

static inline void merit_buffer_put_char(struct merit_buffer *buffer, char byte)
{
	merit_buffer_put(buffer, &byte, 1);
}

/* text up to its NUL; the size of a literal is known when compiling. */
static inline void merit_buffer_put_text(struct merit_buffer *buffer, const char *text)
{
	merit_buffer_put(buffer, text, strlen(text));
}

void merit_buffer_put_integer(struct merit_buffer *buffer, int64_t value); /* decimal, every digit */
void merit_buffer_put_hex(struct merit_buffer *buffer, const void *bytes, size_t size);
void merit_buffer_put_format(struct merit_buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* text of size bytes, valid UTF-8, as a JSON string with its quotes: escapes only ", \ and control characters. */
void merit_buffer_put_json(struct merit_buffer *buffer, const char *text, size_t size);

/* A comma, unless the buffer's last byte opens an object or array or ends a key. */
void merit_buffer_put_comma(struct merit_buffer *buffer);

/* "name": with a comma before it where one is due. name needs no escapes. */
void merit_buffer_put_key(struct merit_buffer *buffer, const char *name);

/* "name":"text" with a comma before it where one is due; text up to its NUL, as merit_buffer_put_json takes it. */
void merit_buffer_put_text_member(struct merit_buffer *buffer, const char *name, const char *text);

/* "name":integer likewise. */
void merit_buffer_put_integer_member(struct merit_buffer *buffer, const char *name, int64_t integer);

#endif
