/* buffer.c - see buffer.h. */
#include "ledger/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	while (capacity - buffer->size < extra)
		capacity *= 2;
	char *data = realloc(buffer->data, capacity);
	if (data == NULL) {
		buffer->bad = true;
		return false;
	}
	buffer->data = data;
	buffer->capacity = capacity;
	return true;
}

void merit_buffer_put(struct merit_buffer *buffer, const void *bytes, size_t size)
{
	if (size == 0 || !merit_buffer_reserve(buffer, size))
		return;
	memcpy(buffer->data + buffer->size, bytes, size);
	buffer->size += size;
}

void merit_buffer_put_char(struct merit_buffer *buffer, char byte)
{
	merit_buffer_put(buffer, &byte, 1);
}

void merit_buffer_put_text(struct merit_buffer *buffer, const char *text)
{
	merit_buffer_put(buffer, text, strlen(text));
}

void merit_buffer_put_integer(struct merit_buffer *buffer, int64_t value)
{
	char digits[20]; /* 19 digits and a sign */
	size_t at = sizeof(digits);
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	do {
		digits[--at] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest != 0);
	if (value < 0)
		digits[--at] = '-';
	merit_buffer_put(buffer, digits + at, sizeof(digits) - at);
}

void merit_buffer_put_hex(struct merit_buffer *buffer, const void *bytes, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *from = bytes;

	if (!merit_buffer_reserve(buffer, size * 2))
		return;
	for (size_t i = 0; i < size; i++) {
		buffer->data[buffer->size++] = digits[from[i] >> 4];
		buffer->data[buffer->size++] = digits[from[i] & 15];
	}
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

void merit_buffer_put_json(struct merit_buffer *buffer, const char *text, size_t size)
{
	size_t plain = 0;

	merit_buffer_put_char(buffer, '"');
	for (size_t i = 0; i < size; i++) {
		unsigned char byte = (unsigned char)text[i];
		if (byte >= 0x20 && byte != '"' && byte != '\\')
			continue;
		merit_buffer_put(buffer, text + plain, i - plain);
		plain = i + 1;
		if (byte < 0x20)
			merit_buffer_put_format(buffer, "\\u%04x", byte);
		else {
			merit_buffer_put_char(buffer, '\\');
			merit_buffer_put_char(buffer, (char)byte);
		}
	}
	merit_buffer_put(buffer, text + plain, size - plain);
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
