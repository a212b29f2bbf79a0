/* private_line_test.c
 * Goal    private bytes are taken only behind their commitment: a line for each, and none besides.
 * Method  lines that differ from good ones in one thing each. */
#include "tests/ledger/mall.h"

/* One call with one commitment, and no key: reading looks at no signature. */
static void message_put(struct merit_buffer *message, const char *commitment)
{
	merit_buffer_put_format(message,
	                        "\n{\"jsonrpc\":\"2.0\",\"method\":\"code.add\",\"params\":{\"id\":\"a\","
	                        "\"item\":\"x\",\"code\":\"%s\"},\"id\":7}",
	                        commitment);
}

static enum merit_status message_read(const struct merit_buffer *message, struct merit_request *request,
                                      struct merit_arena *arena)
{
	*request = (struct merit_request){ .is_batch = false };
	assert_int_equal(merit_envelope_read(message->data, message->size, arena, &request->envelope), MERIT_OK);
	assert_int_equal(merit_request_read(request, arena), MERIT_OK);
	return merit_private_read(request, arena);
}

static void a_line_belongs_to_its_commitment(void **state)
{
	struct made good = line_make('s', CODE, strlen(CODE)), other_salt = line_make('t', CODE, strlen(CODE));
	struct made other_text = line_make('s', ADDRESS, strlen(ADDRESS));
	const struct {
		const char *name, *first, *between, *second;
		enum merit_status want;
	} rows[] = {
		{ "its own", good.line.data, "", "", MERIT_OK },
		{ "none", "", "", "", MERIT_PRIVATE_MISMATCH },
		{ "of another salt", other_salt.line.data, "", "", MERIT_PRIVATE_MISMATCH },
		{ "of another text", other_text.line.data, "", "", MERIT_PRIVATE_MISMATCH },
		{ "one too many", good.line.data, "\n", other_text.line.data, MERIT_PRIVATE_MISMATCH },
		{ "twice", good.line.data, "\n", good.line.data, MERIT_PRIVATE_MISMATCH },
		{ "an empty one too many", good.line.data, "\n", "", MERIT_PRIVATE_MISMATCH },
		{ "behind an empty one", "", "\n", good.line.data, MERIT_PRIVATE_MISMATCH },
		{ "padded", good.line.data, "=", "", MERIT_PRIVATE_MISMATCH },
		{ "a blank behind it", good.line.data, " ", "", MERIT_PRIVATE_MISMATCH },
		{ "a carriage return behind it", good.line.data, "\r", "", MERIT_PRIVATE_MISMATCH },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct merit_buffer message = { 0 };
		struct merit_arena arena = { 0 };
		struct merit_request request;
		message_put(&message, good.commitment);
		merit_buffer_put_format(&message, "\n%s%s%s", rows[i].first, rows[i].between, rows[i].second);
		enum merit_status status = message_read(&message, &request, &arena);
		if (status != rows[i].want)
			fail_msg("%s: %s", rows[i].name, merit_status_word(status));
		if (status == MERIT_OK) {
			const struct merit_private *private = request.calls[0].privates;
			assert_int_equal(request.calls[0].privates_count, 1);
			assert_int_equal(private->bytes.size, strlen(CODE));
			assert_memory_equal(private->bytes.data, CODE, strlen(CODE));
		}
		merit_arena_free(&arena);
		merit_buffer_free(&message);
	}
	merit_buffer_free(&good.line);
	merit_buffer_free(&other_salt.line);
	merit_buffer_free(&other_text.line);
}

/* The status of a line that is salt and bytes in base64url, whatever they are, behind its true commitment. */
static enum merit_status bytes_read(const char *bytes, size_t size)
{
	char joined[MERIT_PRIVATE_SALT_SIZE + MERIT_PRIVATE_SIZE_MAX + 1] = { 0 };
	char commitment[MERIT_HEX_SIZE(MERIT_HASH_SIZE) + 1];
	struct merit_buffer message = { 0 };
	struct merit_arena arena = { 0 };
	struct merit_request request;
	uint8_t hash[MERIT_HASH_SIZE];

	memcpy(joined + MERIT_PRIVATE_SALT_SIZE, bytes, size);
	merit_sha256(joined, MERIT_PRIVATE_SALT_SIZE + size, hash);
	merit_hex_encode(hash, sizeof(hash), commitment);
	message_put(&message, commitment);
	merit_buffer_put_char(&message, '\n');
	merit_base64url_put(&message, joined, MERIT_PRIVATE_SALT_SIZE + size);
	enum merit_status status = message_read(&message, &request, &arena);
	merit_arena_free(&arena);
	merit_buffer_free(&message);
	return status;
}

static void only_text_of_a_bounded_size_is_private(void **state)
{
	char longest[MERIT_PRIVATE_SIZE_MAX + 1];

	(void)state;
	memset(longest, 'x', sizeof(longest));
	assert_int_equal(bytes_read("x", 1), MERIT_OK);
	assert_int_equal(bytes_read("\xe5\xbc\xa0\n\xe4\xb8\x89", 7), MERIT_OK);
	assert_int_equal(bytes_read(longest, MERIT_PRIVATE_SIZE_MAX), MERIT_OK);
	assert_int_equal(bytes_read(longest, MERIT_PRIVATE_SIZE_MAX + 1), MERIT_PRIVATE_MISMATCH);
	assert_int_equal(bytes_read("", 0), MERIT_PRIVATE_MISMATCH);
	assert_int_equal(bytes_read("a\0b", 3), MERIT_PRIVATE_MISMATCH);
	assert_int_equal(bytes_read("\xff", 1), MERIT_PRIVATE_MISMATCH);
	assert_int_equal(bytes_read("\xed\xa0\x80", 3), MERIT_PRIVATE_MISMATCH);
}

/* Two calls: the first without a commitment, the second with one. */
static void a_fault_names_the_call_and_its_parameter(void **state)
{
	static const char json[] =
		"\n[{\"jsonrpc\":\"2.0\",\"method\":\"member.create\",\"params\":{\"id\":\"a\",\"member\":\"m\"},"
		"\"id\":1},"
		"{\"jsonrpc\":\"2.0\",\"method\":\"code.add\",\"params\":{\"id\":\"b\",\"item\":\"x\",\"code\":"
		"\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"},\"id\":2}]";
	struct merit_buffer message = { 0 };
	struct merit_arena arena = { 0 };
	struct merit_request request;

	(void)state;
	merit_buffer_put_text(&message, json);
	assert_int_equal(message_read(&message, &request, &arena), MERIT_PRIVATE_MISMATCH);
	assert_int_equal(request.bad_call, 1);
	assert_string_equal(request.bad_field, "code");
	assert_memory_equal(request.bad_correlation.data, "2", 1);
	merit_arena_free(&arena);
	merit_buffer_free(&message);
}

static void a_message_without_commitments_takes_no_line(void **state)
{
	static const char *const tails[] = { "", "\n", "\nAAAA", "\n\n" };
	static const enum merit_status want[] = { MERIT_OK, MERIT_OK, MERIT_PRIVATE_MISMATCH, MERIT_PRIVATE_MISMATCH };

	(void)state;
	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		struct merit_buffer message = { 0 };
		struct merit_arena arena = { 0 };
		struct merit_request request;
		merit_buffer_put_text(&message, "\n{\"jsonrpc\":\"2.0\",\"method\":\"program.get\",\"id\":1}");
		merit_buffer_put_text(&message, tails[i]);
		assert_int_equal(message_read(&message, &request, &arena), want[i]);
		merit_arena_free(&arena);
		merit_buffer_free(&message);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_belongs_to_its_commitment),
		cmocka_unit_test(only_text_of_a_bounded_size_is_private),
		cmocka_unit_test(a_fault_names_the_call_and_its_parameter),
		cmocka_unit_test(a_message_without_commitments_takes_no_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
