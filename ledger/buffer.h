/* buffer.h - a growing run of bytes, and the JSON pieces we print into it.
 *
 * Use     start from { 0 }, put, read .data and .size, merit_buffer_free once. Clearing keeps the memory for reuse.
 * Memory  when it runs out the buffer turns bad and stays bad: puts do nothing, so a caller checks once, at the end.
 * Threads one thread at a time. */
#ifndef MERIT_LEDGER_BUFFER_H
#define MERIT_LEDGER_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

void merit_buffer_put(struct merit_buffer *buffer, const void *bytes, size_t size);
void merit_buffer_put_char(struct merit_buffer *buffer, char byte);
void merit_buffer_put_text(struct merit_buffer *buffer, const char *text); /* up to its NUL */
void merit_buffer_put_integer(struct merit_buffer *buffer, int64_t value); /* decimal, every digit */
void merit_buffer_put_hex(struct merit_buffer *buffer, const void *bytes, size_t size);
void merit_buffer_put_format(struct merit_buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* text of size bytes, valid UTF-8, as a JSON string with its quotes: escapes only ", \ and control characters. */
void merit_buffer_put_json(struct merit_buffer *buffer, const char *text, size_t size);

/* A comma, unless the buffer's last byte opens an object or array or ends a key. */
void merit_buffer_put_comma(struct merit_buffer *buffer);

/* "name": with a comma before it where one is due. name needs no escapes. */
void merit_buffer_put_key(struct merit_buffer *buffer, const char *name);

#endif
