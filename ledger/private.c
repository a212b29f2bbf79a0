/* private.c - see private.h. */
#include "ledger/private.h"

#include <string.h>

#include "ledger/encode.h"
#include "ledger/text.h"

/* Whether an answer can hold the bytes as a JSON string, and a person read them. */
static bool is_good(const char *bytes, size_t size)
{
	uint32_t point = 0;

	if (size == 0 || size > MERIT_PRIVATE_SIZE_MAX || memchr(bytes, '\0', size) != NULL)
		return false;
	for (size_t at = 0; at < size;) {
		size_t used = merit_text_first(bytes + at, size - at, &point);
		if (used == 0)
			return false;
		at += used;
	}
	return true;
}

/* ---- Reading ---- */

/* The lines not yet taken. */
struct lines {
	struct merit_text rest;
	bool has_more; /* false: rest is nothing, not an empty line */
};

static struct merit_text lines_take(struct lines *lines)
{
	struct merit_text line = lines->rest;
	const char *feed = line.size == 0 ? NULL : memchr(line.data, '\n', line.size);

	lines->has_more = feed != NULL;
	if (feed == NULL)
		return line;
	line.size = (size_t)(feed - line.data);
	lines->rest = (struct merit_text){ feed + 1, lines->rest.size - line.size - 1 };
	return line;
}

/* Matches one line to a commitment in hex. */
static enum merit_status line_read(struct merit_text line, struct merit_text hex, struct merit_arena *arena,
                                   struct merit_private *private_out)
{
	struct merit_hash hash;
	size_t size = 0;

	if (line.size > MERIT_PRIVATE_LINE_SIZE_MAX)
		return MERIT_PRIVATE_MISMATCH;
	char *joined = merit_arena_allocate(arena, line.size + 1); /* Decoding makes it shorter, never longer. */
	if (joined == NULL)
		return MERIT_NO_MEMORY;
	if (!merit_base64url_decode(line.data, line.size, joined, line.size, &size) ||
	    size <= MERIT_PRIVATE_SALT_SIZE ||
	    !is_good(joined + MERIT_PRIVATE_SALT_SIZE, size - MERIT_PRIVATE_SALT_SIZE))
		return MERIT_PRIVATE_MISMATCH;
	merit_sha256(joined, size, hash.bytes);
	*private_out = (struct merit_private){ hash,
		                               joined,
		                               { joined + MERIT_PRIVATE_SALT_SIZE, size - MERIT_PRIVATE_SALT_SIZE } };
	if (!merit_hex_decode(hex.data, hex.size, private_out->commitment.bytes, sizeof(hash.bytes), &size) ||
	    !merit_hash_equal(&private_out->commitment, &hash))
		return MERIT_PRIVATE_MISMATCH;
	return MERIT_OK;
}

static size_t count_commitments(const struct merit_operation *operation)
{
	size_t count = 0;

	for (size_t i = 0; operation != NULL && i < operation->params_count; i++)
		count += operation->params[i].type == MERIT_TYPE_COMMITMENT;
	return count;
}

/* The lines of one call, whose operation has room for count commitments. */
static enum merit_status call_read(struct lines *lines, size_t count, struct merit_call *call,
                                   struct merit_arena *arena, const char **field_out)
{
	struct merit_private *privates = merit_arena_allocate(arena, count * sizeof(*privates));
	const struct merit_operation *operation = call->operation;

	if (privates == NULL)
		return MERIT_NO_MEMORY;
	call->privates = privates;
	for (size_t i = 0; i < operation->params_count; i++) {
		if (operation->params[i].type != MERIT_TYPE_COMMITMENT || !call->values[i].present)
			continue;
		*field_out = operation->params[i].name;
		if (!lines->has_more)
			return MERIT_PRIVATE_MISMATCH;
		enum merit_status status =
			line_read(lines_take(lines), call->values[i].text, arena, &privates[call->privates_count]);
		if (status != MERIT_OK)
			return status;
		call->privates_count++;
	}
	return MERIT_OK;
}

enum merit_status merit_private_read(struct merit_request *request, struct merit_arena *arena)
{
	struct lines lines = { request->envelope.private_lines, request->envelope.private_lines.size > 0 };
	const struct merit_operation *operation = NULL;
	size_t count = 0;

	for (size_t i = 0; i < request->calls_count; i++) {
		struct merit_call *call = &request->calls[i];
		if (call->operation != operation) /* A message's calls are mostly of one kind: looked at once. */
			count = count_commitments(call->operation);
		operation = call->operation;
		if (count == 0)
			continue;
		const char *field = NULL;
		enum merit_status status = call_read(&lines, count, call, arena, &field);
		if (status == MERIT_OK)
			continue;
		request->bad_call = i;
		request->bad_correlation = call->correlation;
		request->bad_field = field;
		return status;
	}
	return lines.has_more ? MERIT_PRIVATE_MISMATCH : MERIT_OK;
}

/* ---- Making ---- */

bool merit_private_put(struct merit_buffer *line, const void *salt, const void *bytes, size_t size,
                       struct merit_hash *commitment_out)
{
	char joined[MERIT_PRIVATE_SALT_SIZE + MERIT_PRIVATE_SIZE_MAX];

	if (!is_good(bytes, size))
		return false;
	memcpy(joined, salt, MERIT_PRIVATE_SALT_SIZE);
	memcpy(joined + MERIT_PRIVATE_SALT_SIZE, bytes, size);
	merit_sha256(joined, MERIT_PRIVATE_SALT_SIZE + size, commitment_out->bytes);
	merit_base64url_put(line, joined, MERIT_PRIVATE_SALT_SIZE + size);
	return true;
}
