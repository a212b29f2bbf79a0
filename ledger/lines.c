/* lines.c - see lines.h. */
#include "ledger/lines.h"

#include <string.h>

#include "ledger/encode.h"

bool merit_line_next(struct merit_slice *rest, struct merit_slice *line_out)
{
	const char *newline = rest->size == 0 ? NULL : memchr(rest->text, '\n', rest->size);

	if (newline == NULL)
		return false;
	size_t size = (size_t)(newline - rest->text);
	*line_out = (struct merit_slice){ rest->text, size };
	*rest = (struct merit_slice){ newline + 1, rest->size - size - 1 };
	return true;
}

bool merit_line_skip(struct merit_slice *line, const char *prefix)
{
	size_t size = strlen(prefix);

	if (line->size < size || memcmp(line->text, prefix, size) != 0)
		return false;
	line->text += size;
	line->size -= size;
	return true;
}

bool merit_line_decimal(struct merit_slice line, uint64_t *value_out)
{
	uint64_t value = 0;

	if (line.size == 0 || (line.size > 1 && line.text[0] == '0'))
		return false;
	for (size_t i = 0; i < line.size; i++) {
		if (line.text[i] < '0' || line.text[i] > '9')
			return false;
		uint64_t digit = (uint64_t)(line.text[i] - '0');
		if (value > (INT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*value_out = value;
	return true;
}

bool merit_line_hash(struct merit_slice line, struct merit_hash *hash_out)
{
	struct merit_hash hash;
	size_t size = 0;

	if (!merit_base64_decode(line.text, line.size, hash.bytes, sizeof(hash.bytes), &size) ||
	    size != sizeof(hash.bytes))
		return false;
	*hash_out = hash;
	return true;
}
