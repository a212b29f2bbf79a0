/* private_test.c
 * Goal    private bytes are kept only for accepted entries, shown only to whose they are, and gone once erased: from
 *         every answer and every file, whatever was replayed or killed in between.
 * Method  orders with a recipient and with codes in a fixture's ledger; a process that dies between the two commits; all
 *         files of the directory searched. */
#include <ftw.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger/backup.h"
#include "ledger/verify.h"
#include "tests/ledger/mall.h"

/* ---- Who sees what ---- */

/* An order of m1's with a cup that the shop sends, and a film that another merchant sends nowhere. */
static void place_both(struct fixture *f, const char *order)
{
	assert_int_equal(fixture_call(f, "ops", "item.update", "'item':'cup','delivery':'address'"), MERIT_OK);
	assert_int_equal(fixture_call(f, "ops", "merchant.create", "'merchant':'film'"), MERIT_OK);
	fixture_key_add(f, "film", "k1");
	assert_int_equal(fixture_call(f, "ops", "item.create",
	                              "'item':'film','merchant':'film','class':'goods','points':10,'currency':'CNY',"
	                              "'price_minor':5,'stock':5"),
	                 MERIT_OK);
	assert_int_equal(fixture_call(f, "m1", "order.place",
	                              "'order':'%s','member':'m1','lines':[{'item':'cup','version':2,'points':30,"
	                              "'quantity':1},{'item':'film','version':1,'points':10,'quantity':1}],"
	                              "'recipient':'%s'",
	                              order, fixture_private(f, ADDRESS)),
	                 MERIT_OK);
}

static void a_merchant_without_pieces_to_ship_reads_no_recipient(void **state)
{
	struct fixture *f = mall_new();

	(void)state;
	place_both(f, "o1");
	assert_int_equal(fixture_call(f, "shop", "order.fulfil", "'order':'o1','lines':[{'line':0,'quantity':1}]"),
	                 MERIT_OK);
	assert_int_equal(ask(f, "shop", "order.recipient", "o1"), MERIT_OK); /* It may have to find the parcel. */
	assert_int_equal(
		fixture_call(f, "shop", "order.refund", "'order':'o1','lines':[{'line':0,'quantity':1}],'reason':'r'"),
		MERIT_OK);
	assert_int_equal(ask(f, "shop", "order.recipient", "o1"), MERIT_NOT_FOUND);
	assert_false(answered(f, ADDRESS));
	assert_int_equal(ask(f, "m1", "order.recipient", "o1"), MERIT_OK);
	assert_true(answered(f, ADDRESS));
	fixture_free(f);
}

/* A ledger that cannot write what is due, as a full one, or is behind with it, still shows nothing past its day. */
static void a_recipient_is_gone_on_its_day_whoever_sweeps(void **state)
{
	struct fixture *f = mall_new();

	(void)state;
	assert_int_equal(place(f, "o1", "o1", ADDRESS, 30), MERIT_OK);
	assert_int_equal(fixture_call(f, "m1", "order.cancel", "'order':'o1'"), MERIT_OK);
	merit_model_set_due(&f->ledger->model, f->now_ms + 30 * FIXTURE_DAY_MS, MERIT_DUE_ORDER_ERASE, MERIT_TEXT("o1"),
	                    false);
	uint64_t size = fixture_size(f);
	f->now_ms += 30 * FIXTURE_DAY_MS - 1;
	assert_int_equal(ask(f, "m1", "order.recipient", "o1"), MERIT_OK);
	assert_true(answered(f, ADDRESS));
	f->now_ms += 1;
	assert_int_equal(ask(f, "m1", "order.recipient", "o1"), MERIT_OK);
	assert_true(is_erased(f) && !answered(f, ADDRESS));
	assert_int_equal(ask(f, "m1", "order.get", "o1"), MERIT_OK);
	assert_non_null(strstr(f->reply.data, "\"recipient\":\"erased\""));
	assert_int_equal(fixture_size(f), size);
	fixture_free(f);
}

static void only_the_member_and_who_ships_read_a_recipient(void **state)
{
	static const struct {
		const char *kid;
		enum merit_status want;
	} rows[] = {
		{ "m1", MERIT_OK },
		{ "shop", MERIT_OK },
		{ "m2", MERIT_ORDER_UNKNOWN },
		{ "other", MERIT_ORDER_UNKNOWN },
		{ "film", MERIT_NOT_FOUND },
		{ "svc", MERIT_NOT_PERMITTED },
		{ "ops", MERIT_NOT_PERMITTED },
		{ "fin", MERIT_NOT_PERMITTED },
		{ "aud", MERIT_NOT_PERMITTED },
		{ "root", MERIT_NOT_PERMITTED },
		{ NULL, MERIT_NOT_SIGNED },
	};
	struct fixture *f = mall_new();

	(void)state;
	place_both(f, "o1");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum merit_status status = ask(f, rows[i].kid, "order.recipient", "o1");
		if (status != rows[i].want)
			fail_msg("%s: %s", rows[i].kid, f->reply.data);
		assert_int_equal(answered(f, ADDRESS), status == MERIT_OK);
	}
	fixture_free(f);
}

static void only_the_member_reads_its_codes(void **state)
{
	static const struct {
		const char *kid;
		enum merit_status want;
	} rows[] = {
		{ "m1", MERIT_OK },
		{ "m2", MERIT_ORDER_UNKNOWN },
		{ "shop", MERIT_NOT_PERMITTED },
		{ "svc", MERIT_NOT_PERMITTED },
		{ "ops", MERIT_NOT_PERMITTED },
		{ "aud", MERIT_NOT_PERMITTED },
	};
	struct fixture *f = mall_new();

	(void)state;
	assert_int_equal(code_add(f, CODE), MERIT_OK);
	assert_int_equal(place_code(f, "v1"), MERIT_OK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum merit_status status = ask(f, rows[i].kid, "order.code", "v1");
		if (status != rows[i].want)
			fail_msg("%s: %s", rows[i].kid, f->reply.data);
		assert_int_equal(answered(f, CODE), status == MERIT_OK);
	}
	assert_int_equal(ask(f, "m1", "order.recipient", "v1"), MERIT_NOT_FOUND);
	fixture_free(f);
}

static void a_read_in_the_same_group_sees_what_was_just_placed(void **state)
{
	struct fixture *f = mall_new();
	const char *hex = fixture_private(f, ADDRESS);
	struct merit_buffer bytes = { 0 };
	struct merit_hash commitment;
	struct merit_private private = { .bytes = { ADDRESS, strlen(ADDRESS) } };
	char joined[MERIT_PRIVATE_SALT_SIZE + sizeof(ADDRESS)] = "";
	size_t size;

	(void)state;
	assert_true(merit_hex_decode(hex, strlen(hex), commitment.bytes, sizeof(commitment.bytes), &size));
	memcpy(joined + MERIT_PRIVATE_SALT_SIZE, ADDRESS, sizeof(ADDRESS));
	private.commitment = commitment;
	private.salt = joined;
	struct merit_call call = { .privates = &private, .privates_count = 1 };
	assert_int_equal(merit_pending_private_room(f->ledger, &call), MERIT_OK);
	merit_pending_private(f->ledger, &call);
	assert_int_equal(merit_ledger_private(f->ledger, &commitment, &bytes), MERIT_OK);
	assert_int_equal(bytes.size, strlen(ADDRESS));
	merit_pending_erase(f->ledger, commitment.bytes);
	assert_int_equal(merit_ledger_private(f->ledger, &commitment, &bytes), MERIT_NOT_FOUND);
	merit_pending_private_forget(&f->ledger->pending);
	merit_buffer_free(&bytes);
	fixture_free(f);
}

/* ---- What is kept ---- */

static void a_refused_entry_keeps_nothing(void **state)
{
	struct fixture *f = mall_new();

	(void)state;
	assert_int_equal(place(f, "o1", "o1", ADDRESS, 31), MERIT_PRICE_CHANGED);
	assert_false(is_kept(f, ADDRESS));
	assert_int_equal(place(f, "o2", "o2", ADDRESS, 30), MERIT_OK);
	assert_true(is_kept(f, ADDRESS));
	fixture_free(f);
}

/* Two codes added at once, the second for an item; returns the group's status. */
static enum merit_status group_send(struct fixture *f, const char *id, const char *item)
{
	char json[1024];
	const char *first = fixture_private(f, "first code"), *second = fixture_private(f, "second code");

	snprintf(json, sizeof(json),
	         "{\"jsonrpc\":\"2.0\",\"method\":\"atomic\",\"params\":{\"calls\":["
	         "{\"method\":\"code.add\",\"params\":{\"id\":\"%s1\",\"item\":\"voucher\",\"code\":\"%s\"}},"
	         "{\"method\":\"code.add\",\"params\":{\"id\":\"%s2\",\"item\":\"%s\",\"code\":\"%s\"}}]},\"id\":1}",
	         id, first, id, item, second);
	enum merit_status status = fixture_send(f, "shop", json);
	return status == MERIT_OK ? fixture_status(f) : status;
}

static void a_group_that_fails_keeps_nothing(void **state)
{
	struct fixture *f = mall_new();

	(void)state;
	assert_int_not_equal(group_send(f, "a", "cup"), MERIT_OK);
	assert_false(is_kept(f, "first code"));
	assert_false(is_kept(f, "second code"));
	const struct merit_buffer *changes = &f->ledger->sealed.changes; /* of the group before, which is durable */
	assert_true(changes->capacity > 0);
	assert_null(memmem(changes->data, changes->capacity, "first code", 10)); /* nor in memory */
	assert_int_equal(group_send(f, "b", "voucher"), MERIT_OK);
	assert_true(is_kept(f, "first code"));
	assert_true(is_kept(f, "second code"));
	fixture_free(f);
}

/* Ships, receives and erases an order of one cup. */
static void end_and_erase(struct fixture *f, const char *order)
{
	assert_int_equal(fixture_call(f, "shop", "order.fulfil", "'order':'%s'", order), MERIT_OK);
	assert_int_equal(fixture_call(f, "m1", "order.receive", "'order':'%s'", order), MERIT_OK);
	assert_int_equal(fixture_call(f, "ops", "order.erase", "'order':'%s'", order), MERIT_OK);
}

static void what_was_erased_stays_erased(void **state)
{
	struct fixture *f = mall_new();

	(void)state;
	assert_int_equal(place(f, "o1", "o1", ADDRESS, 30), MERIT_OK);
	end_and_erase(f, "o1");
	assert_false(is_kept(f, ADDRESS));
	assert_int_equal(ask(f, "m1", "order.recipient", "o1"), MERIT_OK);
	assert_true(is_erased(f));
	assert_int_equal(place(f, "o1", "o1", ADDRESS, 30), MERIT_OK); /* The same call again: its outcome, no more. */
	assert_false(is_kept(f, ADDRESS));
	fixture_close(f);
	fixture_open(f);
	assert_false(is_kept(f, ADDRESS));
	assert_int_equal(ask(f, "m1", "order.recipient", "o1"), MERIT_OK);
	assert_true(is_erased(f));
	fixture_free(f);
}

static void an_order_is_erased_by_itself_when_it_is_due(void **state)
{
	struct fixture *f = mall_new();

	(void)state;
	assert_int_equal(place(f, "o1", "o1", ADDRESS, 30), MERIT_OK);
	assert_int_equal(fixture_call(f, "shop", "order.fulfil", "'order':'o1'"), MERIT_OK);
	assert_int_equal(fixture_call(f, "m1", "order.receive", "'order':'o1'"), MERIT_OK);
	fixture_advance(f, 29 * FIXTURE_DAY_MS);
	assert_true(is_kept(f, ADDRESS));
	fixture_advance(f, 2 * FIXTURE_DAY_MS);
	assert_false(is_kept(f, ADDRESS));
	fixture_free(f);
}

/* The second order's recipient has the commitment of the first one's, which was erased: opening evolves both again. */
static void catching_up_erases_nothing_again(void **state)
{
	struct fixture *f = mall_new();

	(void)state;
	assert_int_equal(place(f, "o1", "o1", ADDRESS, 30), MERIT_OK);
	end_and_erase(f, "o1");
	assert_int_equal(place(f, "o2", "o2", ADDRESS, 30), MERIT_OK);
	fixture_close(f);
	fixture_open(f);
	assert_int_equal(ask(f, "m1", "order.recipient", "o2"), MERIT_OK);
	assert_true(answered(f, ADDRESS));
	assert_int_equal(ask(f, "m1", "order.recipient", "o1"), MERIT_OK);
	assert_true(is_erased(f));
	assert_false(answered(f, ADDRESS));
	fixture_free(f);
}

static void a_withdrawn_code_is_gone(void **state)
{
	struct fixture *f = mall_new();

	(void)state;
	assert_int_equal(code_add(f, CODE), MERIT_OK);
	assert_true(is_kept(f, CODE));
	const char *hex = fixture_private(f, CODE);
	merit_buffer_clear(&f->private_lines);
	assert_int_equal(fixture_call(f, "shop", "code.withdraw", "'item':'voucher','code':'%s'", hex), MERIT_OK);
	assert_false(is_kept(f, CODE));
	fixture_free(f);
}

static void without_its_key_private_data_is_closed(void **state)
{
	struct merit_secret_key log_key = fixture_key("log"), system_key = fixture_key("system");
	struct fixture *f = mall_new();
	struct merit_ledger_options options = {
		.directory = f->directory, .log_key = &log_key, .system_key = &system_key, .map_size = (size_t)1 << 30
	};

	(void)state;
	assert_int_equal(place(f, "o1", "o1", ADDRESS, 30), MERIT_OK);
	fixture_close(f);
	assert_int_equal(merit_ledger_open(&options, &f->ledger), MERIT_OK);
	uint64_t size = fixture_size(f);
	assert_int_equal(ask(f, "m1", "order.recipient", "o1"), MERIT_PRIVATE_CLOSED);
	assert_int_equal(place(f, "o2", "o2", ADDRESS, 30), MERIT_PRIVATE_CLOSED);
	assert_int_equal(fixture_size(f), size);
	fixture_close(f);
	fixture_open(f);
	assert_int_equal(place(f, "o2", "o2", ADDRESS, 30), MERIT_OK); /* The id was not used up. */
	fixture_free(f);
}

static void another_key_opens_nothing(void **state)
{
	struct merit_secret_key log_key = fixture_key("log"), system_key = fixture_key("system");
	uint8_t key[MERIT_PLAIN_KEY_SIZE] = { 1 };
	struct fixture *f = mall_new();
	struct merit_ledger_options options = {
		.directory = f->directory, .log_key = &log_key, .system_key = &system_key, .private_key = key
	};

	(void)state;
	fixture_close(f);
	assert_int_equal(merit_ledger_open(&options, &f->ledger), MERIT_WRONG_KEY);
	f->ledger = NULL;
	fixture_open(f);
	fixture_free(f);
}

/* ---- Killed between the commits ---- */

/* Decides an order in a group of its own, makes the vault durable and dies before the log is. */
static void die_between_commits(struct fixture *f)
{
	struct merit_request request = { 0 };
	struct merit_secret_key key = fixture_key("m1/k1");
	struct merit_buffer json = { 0 }, message = { 0 }, reply = { 0 };
	struct merit_arena arena = { 0 };
	const char *hex = fixture_private(f, ADDRESS);

	merit_buffer_put_format(
		&json,
		"{\"jsonrpc\":\"2.0\",\"method\":\"order.place\",\"params\":{\"id\":\"o1\","
		"\"order\":\"o1\",\"member\":\"m1\",\"lines\":[{\"item\":\"cup\",\"version\":1,\"points\":30,"
		"\"quantity\":1}],\"recipient\":\"%s\"},\"id\":1}",
		hex);
	assert_int_equal(
		merit_envelope_make(&message, &key, "m1/k1", FIXTURE_ORIGIN, f->now_ms / 1000, json.data, json.size),
		MERIT_OK);
	size_t size = message.size;
	merit_buffer_put_char(&message, '\n');
	merit_buffer_put(&message, f->private_lines.data, f->private_lines.size);
	assert_int_equal(merit_envelope_read(message.data, message.size, &arena, &request.envelope), MERIT_OK);
	request.bytes = (struct merit_text){ message.data, size };
	assert_int_equal(merit_request_read(&request, &arena), MERIT_OK);
	assert_int_equal(merit_private_read(&request, &arena), MERIT_OK);
	assert_int_equal(merit_ledger_begin(f->ledger, f->now_ms, message.size, 1), MERIT_OK);
	assert_int_equal(merit_ledger_execute(f->ledger, &request, &reply), MERIT_OK);
	assert_int_equal(f->ledger->pending.count, 1);
	assert_int_equal(merit_ledger_seal(f->ledger), MERIT_OK);
	assert_int_equal(merit_pending_private_commit(f->ledger), MERIT_OK);
	(void)kill(getpid(), SIGKILL);
}

static void expect_verified(struct fixture *f)
{
	struct merit_verify_report report = { 0 };
	struct merit_verify_options options = { .directory = f->directory };

	enum merit_status status = merit_verify(&options, &report);
	if (status != MERIT_OK)
		fail_msg("%s: %s", merit_status_word(status), report.fault);
}

static void a_kill_between_the_commits_leaves_a_log_that_verifies(void **state)
{
	struct fixture *f = mall_new();
	uint64_t size = fixture_size(f);
	int ended = 0;

	(void)state;
	fixture_close(f);
	(void)fflush(NULL);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		fixture_open(f);
		die_between_commits(f);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, &ended, 0), pid);
	assert_true(WIFSIGNALED(ended) && WTERMSIG(ended) == SIGKILL);
	fixture_open(f);
	assert_int_equal(fixture_size(f), size);
	assert_true(is_kept(f, ADDRESS)); /* A row nobody names. */
	assert_int_equal(ask(f, "m1", "order.recipient", "o1"), MERIT_ORDER_UNKNOWN);
	fixture_close(f);
	expect_verified(f);
	fixture_open(f);
	assert_int_equal(place(f, "o1", "o1", ADDRESS, 30), MERIT_OK); /* The client's repetition. */
	assert_int_equal(ask(f, "m1", "order.recipient", "o1"), MERIT_OK);
	assert_true(answered(f, ADDRESS));
	fixture_free(f);
}

/* ---- Copies ---- */

static void a_restored_copy_holds_private_data_for_its_key(void **state)
{
	struct fixture *f = mall_new();
	char backup[96], restored[sizeof(f->directory)], original[sizeof(f->directory)];

	(void)state;
	assert_int_equal(place(f, "o1", "o1", ADDRESS, 30), MERIT_OK);
	snprintf(backup, sizeof(backup), "%s/backup", f->root);
	snprintf(restored, sizeof(restored), "%s/again", f->root);
	assert_int_equal(merit_backup(f->directory, backup), MERIT_OK);
	assert_int_equal(merit_restore(backup, restored), MERIT_OK);
	fixture_close(f);
	memcpy(original, f->directory, sizeof(original));
	memcpy(f->directory, restored, sizeof(restored));
	expect_verified(f);
	fixture_open(f);
	assert_true(is_kept(f, ADDRESS));
	fixture_close(f);
	memcpy(f->directory, original, sizeof(original));
	fixture_open(f);
	fixture_free(f);
}

/* A ledger whose private rows are lost goes on: what was in them counts as erased. */
static void a_lost_vault_is_begun_anew(void **state)
{
	struct fixture *f = mall_new();
	char path[96];

	(void)state;
	assert_int_equal(place(f, "o1", "o1", ADDRESS, 30), MERIT_OK);
	fixture_close(f);
	snprintf(path, sizeof(path), "%s/private", f->directory);
	assert_true(merit_env_remove(path));
	fixture_open(f);
	assert_int_equal(ask(f, "m1", "order.recipient", "o1"), MERIT_OK);
	assert_true(is_erased(f));
	assert_int_equal(place(f, "o2", "o2", ADDRESS, 30), MERIT_OK);
	assert_int_equal(ask(f, "m1", "order.recipient", "o2"), MERIT_OK);
	assert_true(answered(f, ADDRESS));
	fixture_free(f);
}

/* ---- On the disk ---- */

static const char *const secrets[] = { "13800138000", "Nanjing Road", CODE };
static size_t files_count;

static void expect_absent(const char *path, const void *bytes, size_t size, const char *what, size_t what_size)
{
	if (memmem(bytes, size, what, what_size) != NULL)
		fail_msg("%s holds %.*s", path, (int)what_size, what);
}

/* As text, and as base64url at each of the three places it can have in a line: the two characters at either end depend
 * on the neighbours and are left out. */
static int file_search(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
	(void)walk;
	if (kind != FTW_F || status->st_size == 0)
		return 0;
	FILE *file = fopen(path, "re");
	assert_non_null(file);
	size_t size = (size_t)status->st_size;
	void *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fileno(file), 0);
	assert_ptr_not_equal(bytes, MAP_FAILED);
	files_count++;
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++) {
		expect_absent(path, bytes, size, secrets[i], strlen(secrets[i]));
		for (size_t shift = 0; shift < 3; shift++) {
			char shifted[64] = "", encoded[96];
			memcpy(shifted + shift, secrets[i], strlen(secrets[i]));
			size_t shifted_size = shift + strlen(secrets[i]);
			merit_base64url_encode(shifted, shifted_size, encoded);
			expect_absent(path, bytes, size, encoded + 4, strlen(encoded) - 6);
		}
	}
	assert_int_equal(munmap(bytes, size), 0);
	assert_int_equal(fclose(file), 0);
	return 0;
}

static bool row_search(void *context, uint8_t table, const void *key, size_t key_size, const void *value, size_t size)
{
	(void)context;
	(void)table;
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++) {
		expect_absent("a key of state", key, key_size, secrets[i], strlen(secrets[i]));
		expect_absent("a row of state", value, size, secrets[i], strlen(secrets[i]));
	}
	return true;
}

static void no_file_holds_private_data_in_clear(void **state)
{
	struct fixture *f = mall_new();

	(void)state;
	assert_int_equal(code_add(f, CODE), MERIT_OK);
	assert_int_equal(place(f, "o1", "o1", ADDRESS, 30), MERIT_OK);
	assert_int_equal(place_code(f, "v1"), MERIT_OK);
	assert_int_equal(ask(f, "m1", "order.code", "v1"), MERIT_OK);
	assert_true(answered(f, CODE));
	fixture_flush(f);
	assert_int_equal(nftw(f->directory, file_search, 8, FTW_PHYS), 0); /* Not erased yet: encrypted. */
	assert_true(files_count >= 3);                                     /* log, state and private at the least */
	end_and_erase(f, "o1");
	codes_erase(f, "v1");
	assert_int_equal(ask(f, "m1", "order.code", "v1"), MERIT_OK);
	assert_true(is_erased(f) && !answered(f, CODE));
	merit_ledger_dump(f->ledger, row_search, NULL);
	fixture_flush(f);
	fixture_close(f);
	expect_verified(f);
	assert_int_equal(nftw(f->directory, file_search, 8, FTW_PHYS), 0);
	fixture_open(f);
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_merchant_without_pieces_to_ship_reads_no_recipient),
		cmocka_unit_test(a_recipient_is_gone_on_its_day_whoever_sweeps),
		cmocka_unit_test(only_the_member_and_who_ships_read_a_recipient),
		cmocka_unit_test(only_the_member_reads_its_codes),
		cmocka_unit_test(a_read_in_the_same_group_sees_what_was_just_placed),
		cmocka_unit_test(a_refused_entry_keeps_nothing),
		cmocka_unit_test(a_group_that_fails_keeps_nothing),
		cmocka_unit_test(what_was_erased_stays_erased),
		cmocka_unit_test(an_order_is_erased_by_itself_when_it_is_due),
		cmocka_unit_test(catching_up_erases_nothing_again),
		cmocka_unit_test(a_withdrawn_code_is_gone),
		cmocka_unit_test(without_its_key_private_data_is_closed),
		cmocka_unit_test(another_key_opens_nothing),
		cmocka_unit_test(a_kill_between_the_commits_leaves_a_log_that_verifies),
		cmocka_unit_test(a_restored_copy_holds_private_data_for_its_key),
		cmocka_unit_test(a_lost_vault_is_begun_anew),
		cmocka_unit_test(no_file_holds_private_data_in_clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
