/* private_code_test.c
 * Goal    a code is in the ledger once, under whichever salt it came first; and what a group changes in the vault is
 *         found, and cut, with the group.
 * Method  codes under two salts, by several parties, in one message and one group; thousands of changes at once. */
#include "tests/ledger/mall.h"

/* ---- One code, one salt ---- */

/* The commitment and line of a code under a salt. */
static struct made salted(char salt, const char *code)
{
	return line_make(salt, code, strlen(code));
}

static enum merit_status salted_add(struct fixture *f, const char *kid, const char *item, char salt, const char *code)
{
	struct made made = salted(salt, code);

	merit_buffer_put(&f->private_lines, made.line.data, made.line.size - 1);
	enum merit_status status = fixture_call(f, kid, "code.add", "'item':'%s','code':'%s'", item, made.commitment);
	merit_buffer_free(&made.line);
	return status;
}

static enum merit_status salted_withdraw(struct fixture *f, char salt, const char *code)
{
	struct made made = salted(salt, code);

	merit_buffer_free(&made.line);
	return fixture_call(f, "ops", "code.withdraw", "'item':'voucher','code':'%s'", made.commitment);
}

static void a_code_is_added_under_one_salt(void **state)
{
	struct fixture *f = mall_new();

	(void)state;
	assert_int_equal(salted_add(f, "shop", "voucher", 'a', CODE), MERIT_OK);
	uint64_t size = fixture_size(f);
	assert_int_equal(salted_add(f, "ops", "voucher", 'b', CODE), MERIT_CODE_REPEATED);
	assert_int_equal(fixture_size(f), size); /* Nothing decided, no id used up. */
	assert_int_equal(salted_add(f, "shop", "voucher", 'a', CODE), MERIT_CODE_EXISTS);
	assert_int_equal(salted_add(f, "ops", "voucher", 'b', CODE "2"), MERIT_OK);
	assert_int_equal(fixture_call(f, "ops", "item.create",
	                              "'item':'other','merchant':'shop','class':'code','points':20,'currency':'CNY',"
	                              "'price_minor':15"),
	                 MERIT_OK);
	assert_int_equal(salted_add(f, "ops", "other", 'b', CODE), MERIT_OK); /* Another shop's numbers may be alike. */
	fixture_close(f);
	fixture_open(f);
	assert_int_equal(salted_add(f, "ops", "voucher", 'c', CODE), MERIT_CODE_REPEATED);
	assert_int_equal(place_code(f, "v1"), MERIT_OK);
	assert_int_equal(salted_add(f, "ops", "voucher", 'c', CODE), MERIT_CODE_REPEATED); /* Sold is sold. */
	codes_erase(f, "v1");
	assert_int_equal(salted_add(f, "ops", "voucher", 'c', CODE), MERIT_OK); /* Nobody knows any more. */
	fixture_free(f);
}

static void a_withdrawn_code_may_come_back_under_another_salt(void **state)
{
	struct fixture *f = mall_new();

	(void)state;
	assert_int_equal(salted_add(f, "shop", "voucher", 'a', CODE), MERIT_OK);
	assert_int_equal(salted_withdraw(f, 'a', CODE), MERIT_OK);
	assert_int_equal(salted_add(f, "shop", "voucher", 'b', CODE), MERIT_OK);
	assert_int_equal(salted_add(f, "shop", "voucher", 'c', CODE), MERIT_CODE_REPEATED);
	assert_int_equal(salted_add(f, "shop", "voucher", 'a', CODE), MERIT_CODE_REPEATED);
	assert_int_equal(salted_withdraw(f, 'b', CODE), MERIT_OK);
	assert_int_equal(salted_add(f, "shop", "voucher", 'a', CODE), MERIT_CODE_EXISTS);
	fixture_free(f);
}

/* One message that adds the code under one salt, then under another; as a batch, or as an atomic group. */
static void send_both(struct fixture *f, bool is_atomic)
{
	struct made first = salted('a', CODE), second = salted('b', CODE);
	const char *ids[] = { is_atomic ? "g1" : "b1", is_atomic ? "g2" : "b2" };
	const char *frame = is_atomic ? "{\"method\":\"code.add\",\"params\":{\"id\":\"%s\",\"item\":\"voucher\","
	                                "\"code\":\"%s\"}}%s"
	                              : "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"code.add\",\"params\":"
	                                "{\"id\":\"%s\",\"item\":\"voucher\",\"code\":\"%s\"}}%s";
	struct merit_buffer json = { 0 };

	merit_buffer_put_text(&json,
	                      is_atomic ? "{\"jsonrpc\":\"2.0\",\"method\":\"atomic\",\"params\":{\"calls\":[" : "[");
	merit_buffer_put_format(&json, frame, ids[0], first.commitment, ",");
	merit_buffer_put_format(&json, frame, ids[1], second.commitment, "");
	merit_buffer_put_text(&json, is_atomic ? "]},\"id\":1}" : "]");
	merit_buffer_put_char(&json, '\0');
	merit_buffer_put_format(&f->private_lines, "%s\n%s", first.line.data, second.line.data);
	assert_int_equal(fixture_send(f, "shop", json.data), MERIT_OK);
	merit_buffer_free(&json);
	merit_buffer_free(&first.line);
	merit_buffer_free(&second.line);
}

static void a_code_is_told_again_within_one_message_and_one_group(void **state)
{
	struct fixture *f = mall_new();
	uint64_t size = fixture_size(f);

	(void)state;
	send_both(f, true);
	assert_non_null(strstr(f->reply.data, "code_repeated"));
	assert_int_equal(fixture_size(f), size); /* All of the group or nothing. */
	send_both(f, false);
	assert_non_null(strstr(f->reply.data, "code_repeated"));
	assert_int_equal(fixture_size(f), size + 1);
	fixture_free(f);
}

/* The vault was told of a code and the log was not: whoever adds it now does so for the first time. */
static void a_mark_that_a_kill_left_bars_nobody(void **state)
{
	struct fixture *f = mall_new();
	struct made made = salted('a', CODE);
	unsigned char mark[MERIT_VAULT_MARK_SIZE], commitment[MERIT_HASH_SIZE];
	size_t size;

	(void)state;
	assert_true(merit_hex_decode(made.commitment, strlen(made.commitment), commitment, sizeof(commitment), &size));
	merit_vault_mark(f->ledger->vault, "voucher", strlen("voucher"), CODE, strlen(CODE), mark);
	assert_int_equal(merit_vault_put_mark(f->ledger->vault, mark, commitment), MERIT_OK);
	assert_int_equal(merit_vault_commit(f->ledger->vault), MERIT_OK);
	assert_int_equal(salted_add(f, "ops", "voucher", 'b', CODE), MERIT_OK);
	assert_int_equal(salted_add(f, "shop", "voucher", 'a', CODE), MERIT_CODE_REPEATED);
	merit_buffer_free(&made.line);
	fixture_free(f);
}

/* ---- The changes of a group ---- */

/* The bytes of a commitment that says its number, and nothing else true. */
static void change_make(uint32_t number, struct merit_private *private, char joined[MERIT_PRIVATE_SALT_SIZE + 4])
{
	memset(joined, 0, MERIT_PRIVATE_SALT_SIZE);
	memcpy(joined + MERIT_PRIVATE_SALT_SIZE, &number, sizeof(number));
	merit_sha256(&number, sizeof(number), private->commitment.bytes);
	private->salt = joined;
	private->bytes = (struct merit_text){ joined + MERIT_PRIVATE_SALT_SIZE, sizeof(number) };
}

/* Whether the number can be read, as it was put. */
static bool change_is_kept(struct fixture *f, uint32_t number)
{
	char joined[MERIT_PRIVATE_SALT_SIZE + 4];
	struct merit_private private;
	struct merit_buffer bytes = { 0 };

	change_make(number, &private, joined);
	enum merit_status status = merit_ledger_private(f->ledger, &private.commitment, &bytes);
	assert_true(status == MERIT_OK || status == MERIT_NOT_FOUND);
	if (status == MERIT_OK)
		assert_memory_equal(bytes.data, &number, sizeof(number));
	merit_buffer_free(&bytes);
	return status == MERIT_OK;
}

static void changes_put(struct fixture *f, uint32_t first, uint32_t count)
{
	char joined[MERIT_PRIVATE_SALT_SIZE + 4];
	struct merit_private private;
	struct merit_call call = { .privates = &private, .privates_count = 1 };

	for (uint32_t number = first; number < first + count; number++) {
		change_make(number, &private, joined);
		assert_int_equal(merit_pending_private_room(f->ledger, &call), MERIT_OK);
		merit_pending_private(f->ledger, &call);
	}
}

static void changes_cut_are_forgotten_and_those_before_stay(void **state)
{
	struct fixture *f = mall_new();
	const uint32_t count = 3 * MERIT_CHANGE_CHAINS / 2; /* so that chains are longer than one */
	char joined[MERIT_PRIVATE_SALT_SIZE + 4];
	struct merit_private private;

	(void)state;
	changes_put(f, 0, count);
	size_t size = f->ledger->pending.changes.size;
	change_make(7, &private, joined);
	merit_pending_erase(f->ledger, private.commitment.bytes);
	changes_put(f, count, count);
	for (uint32_t number = 0; number < 2 * count; number++)
		assert_int_equal(change_is_kept(f, number), number != 7);
	merit_pending_private_cut(f->ledger, size);
	for (uint32_t number = 0; number < 2 * count; number++)
		assert_int_equal(change_is_kept(f, number), number < count);
	merit_pending_private_forget(&f->ledger->pending);
	assert_false(change_is_kept(f, 0));
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_code_is_added_under_one_salt),
		cmocka_unit_test(a_withdrawn_code_may_come_back_under_another_salt),
		cmocka_unit_test(a_code_is_told_again_within_one_message_and_one_group),
		cmocka_unit_test(a_mark_that_a_kill_left_bars_nobody),
		cmocka_unit_test(changes_cut_are_forgotten_and_those_before_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
