/* buffer.c - see buffer.h. */
#include "ledger/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JSON_STEP_SIZE ((size_t)256)

void merit_buffer_free(struct merit_buffer *buffer)
{
	free(buffer->data);
	*buffer = (struct merit_buffer){ 0 };
}

void merit_buffer_clear(struct merit_buffer *buffer)
{
	buffer->size = 0;
	buffer->bad = false;
}

bool merit_buffer_reserve(struct merit_buffer *buffer, size_t extra)
{
	if (buffer->bad)
		return false;
	if (buffer->capacity - buffer->size >= extra)
		return true;
	size_t capacity = buffer->capacity == 0 ? 256 : buffer->capacity;
	while (capacity - buffer->size < extra && capacity <= SIZE_MAX / 2)
		capacity *= 2;
	char *data = capacity - buffer->size < extra ? NULL : realloc(buffer->data, capacity);
	if (data == NULL) {
		buffer->bad = true;
		return false;
	}
	buffer->data = data;
	buffer->capacity = capacity;
	return true;
}

void merit_buffer_put_integer(struct merit_buffer *buffer, int64_t value)
{
	char *at = merit_buffer_begin(buffer, MERIT_PEN_INTEGER_SIZE);

	if (at != NULL)
		merit_buffer_end(buffer, merit_pen_integer(at, value));
}

void merit_buffer_put_hex(struct merit_buffer *buffer, const void *bytes, size_t size)
{
	char *at = merit_buffer_begin(buffer, size * 2);

	if (at != NULL)
		merit_buffer_end(buffer, merit_pen_hex(at, bytes, size));
}

void merit_buffer_put_format(struct merit_buffer *buffer, const char *format, ...)
{
	va_list measure, print;

	va_start(measure, format);
	va_copy(print, measure);
	int size = vsnprintf(NULL, 0, format, measure);
	va_end(measure);
	if (size >= 0 && merit_buffer_reserve(buffer, (size_t)size + 1)) {
		vsnprintf(buffer->data + buffer->size, (size_t)size + 1, format, print);
		buffer->size += (size_t)size;
	}
	va_end(print);
}

/* In steps, since room for the worst text is six times its size. */
void merit_buffer_put_json(struct merit_buffer *buffer, const char *text, size_t size)
{
	merit_buffer_put_char(buffer, '"');
	for (size_t step, done = 0; done < size; done += step) {
		step = size - done < JSON_STEP_SIZE ? size - done : JSON_STEP_SIZE;
		char *at = merit_buffer_begin(buffer, step * MERIT_PEN_ESCAPE_SIZE);
		if (at != NULL)
			merit_buffer_end(buffer, merit_pen_escaped(at, text + done, step));
	}
	merit_buffer_put_char(buffer, '"');
}

void merit_buffer_put_comma(struct merit_buffer *buffer)
{
	if (buffer->size == 0)
		return;
	char last = buffer->data[buffer->size - 1];
	if (last != '{' && last != '[' && last != ':')
		merit_buffer_put_char(buffer, ',');
}

void merit_buffer_put_key(struct merit_buffer *buffer, const char *name)
{
	merit_buffer_put_comma(buffer);
	merit_buffer_put_char(buffer, '"');
	merit_buffer_put_text(buffer, name);
	merit_buffer_put(buffer, "\":", 2);
}

void merit_buffer_put_text_member(struct merit_buffer *buffer, const char *name, const char *text)
{
	merit_buffer_put_key(buffer, name);
	merit_buffer_put_json(buffer, text, strlen(text));
}

void merit_buffer_put_integer_member(struct merit_buffer *buffer, const char *name, int64_t integer)
{
	merit_buffer_put_key(buffer, name);
	merit_buffer_put_integer(buffer, integer);
}
