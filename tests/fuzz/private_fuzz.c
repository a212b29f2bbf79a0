/* private_fuzz.c - any bytes as the lines behind a message, and as private bytes to be concealed.
 * Holds   what is taken lies within its bounds, is UTF-8 without NUL, and has the hash its call named; printed again it
 *         is the same line; what can be made can be read. */
#include "ledger/private.h"

#include <assert.h>
#include <string.h>

#include "ledger/encode.h"
#include "ledger/text.h"

#define CALLS_COUNT 2

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The commitment of the line at index, whatever it decodes to: so that a search finds its way past the hash. */
static void commitment_put(struct merit_buffer *json, struct merit_text lines, size_t index)
{
	struct merit_buffer joined = { 0 };
	uint8_t hash[MERIT_HASH_SIZE];
	size_t size = 0;

	for (; index > 0; index--) {
		const char *feed = lines.size == 0 ? NULL : memchr(lines.data, '\n', lines.size);
		size_t used = feed == NULL ? lines.size : (size_t)(feed - lines.data) + 1;
		lines = (struct merit_text){ lines.data + used, lines.size - used };
	}
	const char *end = lines.size == 0 ? NULL : memchr(lines.data, '\n', lines.size);
	size_t line_size = end == NULL ? lines.size : (size_t)(end - lines.data);
	bool reserved = merit_buffer_reserve(&joined, line_size + 1);
	assert(reserved);
	if (!merit_base64url_decode(lines.data, line_size, joined.data, line_size, &size))
		size = 0;
	merit_sha256(joined.data, size, hash);
	merit_buffer_put_hex(json, hash, sizeof(hash));
	merit_buffer_free(&joined);
}

static void message_put(struct merit_buffer *message, struct merit_text lines)
{
	merit_buffer_put_text(message, "\n[");
	for (size_t i = 0; i < CALLS_COUNT; i++) {
		merit_buffer_put_comma(message);
		merit_buffer_put_format(message,
		                        "{\"jsonrpc\":\"2.0\",\"method\":\"code.add\",\"params\":{\"id\":\"%zu\","
		                        "\"item\":\"x\",\"code\":\"",
		                        i);
		commitment_put(message, lines, i);
		merit_buffer_put_text(message, "\"},\"id\":1}");
	}
	merit_buffer_put_text(message, "]\n");
	merit_buffer_put(message, lines.data, lines.size);
	assert(!message->bad);
}

static void check_private(const struct merit_private *private, struct merit_buffer *line)
{
	struct merit_hash commitment;

	assert(private->bytes.size > 0 && private->bytes.size <= MERIT_PRIVATE_SIZE_MAX);
	assert(private->bytes.data == private->salt + MERIT_PRIVATE_SALT_SIZE);
	assert(memchr(private->bytes.data, '\0', private->bytes.size) == NULL);
	bool made = merit_private_put(line, private->salt, private->bytes.data, private->bytes.size, &commitment);
	assert(made && merit_hash_equal(&commitment, &private->commitment));
}

/* Every line taken, printed again, is what came. */
static void try_lines(struct merit_text lines)
{
	struct merit_buffer message = { 0 }, again = { 0 };
	struct merit_request request = { 0 };
	struct merit_arena arena = { 0 };

	message_put(&message, lines);
	enum merit_status status = merit_envelope_read(message.data, message.size, &arena, &request.envelope);
	assert(status == MERIT_OK || message.size > MERIT_MESSAGE_SIZE_MAX);
	if (status == MERIT_OK) {
		status = merit_request_read(&request, &arena);
		assert(status == MERIT_OK);
		status = merit_private_read(&request, &arena);
		assert(status == MERIT_OK || status == MERIT_PRIVATE_MISMATCH);
	}
	for (size_t i = 0; status == MERIT_OK && i < request.calls_count; i++) {
		assert(request.calls[i].privates_count == 1);
		if (i > 0)
			merit_buffer_put_char(&again, '\n');
		check_private(&request.calls[i].privates[0], &again);
	}
	if (status == MERIT_OK)
		assert(again.size == lines.size && memcmp(again.data, lines.data, lines.size) == 0);
	merit_arena_free(&arena);
	merit_buffer_free(&message);
	merit_buffer_free(&again);
}

/* The input as two private texts: either none can be made of it, or its lines are read. */
static void try_bytes(const char *bytes, size_t size)
{
	static const char salt[MERIT_PRIVATE_SALT_SIZE] = "the same salt in every run of it";
	struct merit_buffer lines = { 0 };
	struct merit_hash commitment;

	for (size_t i = 0; i < CALLS_COUNT; i++) {
		if (i > 0)
			merit_buffer_put_char(&lines, '\n');
		if (!merit_private_put(&lines, salt, bytes, size, &commitment))
			break;
	}
	try_lines((struct merit_text){ lines.data, lines.size });
	merit_buffer_free(&lines);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	try_lines((struct merit_text){ (const char *)data, size });
	try_bytes((const char *)data, size);
	return 0;
}
