/* verify_test.c
 * Goal    verify proves a log that is right, and names what is wrong with one that is not, whoever changed it.
 * Method  a log with something of everything; then changes behind the store's back: by somebody with a hex editor (bytes,
 *         keys, rows), and by somebody who also has the log's key and signs a new checkpoint over what was changed.
 * Not     found by verify alone is a log cut off at an older checkpoint: it is the valid log of an earlier day. Only the
 *         newest checkpoint anybody holds shows it, which is why a restored directory asks for one (backup_test.c). */
#include "ledger/verify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/ledger/behind.h"
#include "tests/support/fixture.h"

#define FLIPS_PER_TABLE 24
#define MEMBERS         260 /* in one batch: enough entries for a tile */

/* ---- A log with something of everything ---- */

static void expect(enum merit_status got, enum merit_status want, const struct fixture *f)
{
	if (got != want)
		fail_msg("%s, not %s: %s", merit_status_word(got), merit_status_word(want), f->reply.data);
}

static void live_through_keys(struct fixture *f)
{
	fixture_key_add(f, "svc", "k2");
	expect(fixture_call(f, "svc/k2", "member.create", "'member':'m2'"), MERIT_OK, f);
	expect(fixture_call(f, "ops", "key.rotate", "'key':'k2','public':'%s'", fixture_public("ops/k2")), MERIT_OK, f);
	expect(fixture_call(f, "ops", "item.stock", "'item':'cup','quantity':1"), MERIT_REVOKED_KEY, f);
	expect(fixture_call(f, "root", "key.revoke", "'party':'svc','key':'k2'"), MERIT_OK, f);
	expect(fixture_call(f, "root", "key.revoke", "'party':'root','key':'k1'"), MERIT_LAST_ADMIN_KEY, f);
	expect(fixture_bind(f, "m2", "phone", "jti-1"), MERIT_OK, f);
	expect(fixture_bind(f, "m2", "tablet", "jti-1"), MERIT_TOKEN_USED, f);
}

static void live_through_proposals(struct fixture *f)
{
	fixture_party(f, "root2", "admin");
	expect(fixture_call(f, "root", "party.create", "'party':'fin2','role':'finance'"), MERIT_PROPOSAL_REQUIRED, f);
	expect(fixture_call(f, "root", "proposal.create",
			    "'proposal':'p1','reason':'help','call':{'method':'party.create','params':"
			    "{'party':'fin2','role':'finance','key':'k1','public':'%s'}}", fixture_public("fin2/k1")),
	       MERIT_OK, f);
	expect(fixture_call(f, "root", "proposal.approve", "'proposal':'p1'"), MERIT_SAME_PARTY, f);
	expect(fixture_call(f, "root2", "proposal.approve", "'proposal':'p1'"), MERIT_OK, f);
	expect(fixture_call(f, "fin", "proposal.create",
			    "'proposal':'p2','reason':'more','call':{'method':'campaign.fund','params':"
			    "{'campaign':'c1','points':500}}"),
	       MERIT_OK, f);
	expect(fixture_call(f, "fin2", "proposal.approve", "'proposal':'p2'"), MERIT_OK, f);
	expect(fixture_call(f, "fin2", "proposal.reject", "'proposal':'p2'"), MERIT_PROPOSAL_ENDED, f);
}

static void live_through_batches(struct fixture *f)
{
	struct merit_buffer json = { 0 };

	merit_buffer_put_char(&json, '[');
	for (int i = 0; i < MEMBERS; i++)
		merit_buffer_put_format(&json, "%s{\"jsonrpc\":\"2.0\",\"method\":\"member.create\",\"params\":"
					       "{\"id\":\"b%d\",\"member\":\"b%d\"},\"id\":%d}", i == 0 ? "" : ",",
					i % 250, i % 250, i); /* the last are asked for twice */
	merit_buffer_put(&json, "]", 2);
	expect(fixture_send(f, "svc", json.data), MERIT_OK, f);
	merit_buffer_free(&json);
	expect(fixture_send(f, "ops/k2",
			    "{\"jsonrpc\":\"2.0\",\"method\":\"atomic\",\"id\":1,\"params\":{\"calls\":["
			    "{\"method\":\"item.stock\",\"params\":{\"id\":\"a1\",\"item\":\"cup\",\"quantity\":5}},"
			    "{\"method\":\"item.update\",\"params\":{\"id\":\"a2\",\"item\":\"cup\",\"title\":\"Mug\"}}]}}"),
	       MERIT_OK, f);
	assert_int_equal(fixture_status(f), MERIT_OK);
	expect(fixture_send(f, "ops/k2",
			    "{\"jsonrpc\":\"2.0\",\"method\":\"atomic\",\"id\":1,\"params\":{\"calls\":["
			    "{\"method\":\"item.stock\",\"params\":{\"id\":\"a3\",\"item\":\"cup\",\"quantity\":5}},"
			    "{\"method\":\"item.stock\",\"params\":{\"id\":\"a4\",\"item\":\"cup\",\"quantity\":-500}}]}}"),
	       MERIT_OK, f);
	assert_int_equal(fixture_status(f), MERIT_SHORT_STOCK);
}

static void live_through_orders(struct fixture *f)
{
	expect(fixture_earn(f, "m1", "r1"), MERIT_OK, f);
	expect(fixture_earn(f, "m1", "r1"), MERIT_ALREADY_EARNED, f);
	uint64_t gift = fixture_size(f);
	expect(fixture_gift(f, "m1", "r2", 200), MERIT_OK, f);
	expect(fixture_gift(f, "m1", "r3", 0), MERIT_ZERO_AMOUNT, f);
	expect(fixture_call(f, "svc", "order.place", "'order':'o1','member':'m1','lines':"
			    "[{'item':'cup','version':1,'points':30,'quantity':2}]"), MERIT_PRICE_CHANGED, f);
	for (int i = 1; i <= 4; i++)
		expect(fixture_call(f, "m1", "order.place", "'order':'o%d','member':'m1','lines':"
				    "[{'item':'cup','version':2,'points':30,'quantity':2}]", i + 1), MERIT_OK, f);
	expect(fixture_call(f, "shop", "order.fulfil", "'order':'o2'"), MERIT_OK, f);
	expect(fixture_call(f, "m1", "order.receive", "'order':'o2'"), MERIT_OK, f);
	expect(fixture_call(f, "ops/k2", "order.refund", "'order':'o2','reason':'broken'"), MERIT_OK, f);
	expect(fixture_call(f, "m1", "order.cancel", "'order':'o3'"), MERIT_OK, f);
	expect(fixture_call(f, "shop", "order.fulfil", "'order':'o4'"), MERIT_OK, f);
	expect(fixture_call(f, "ops/k2", "reverse", "'entry':%d,'reason':'void'", (int)gift), MERIT_OK, f);
	fixture_advance(f, 2 * 3600 * 1000);   /* o5 lapses */
	fixture_advance(f, 40 * FIXTURE_DAY_MS); /* o4 counts as received */
	fixture_advance(f, 400 * FIXTURE_DAY_MS); /* what is left expires */
}

/* Ends with a single entry of its own checkpoint, by ops/k2, which names neither member nor order. */
static struct fixture *rich_log(void)
{
	struct fixture *f = fixture_new();

	f->step_ms = 1; /* so that each group has a time of its own, by which a missing checkpoint shows */
	fixture_world(f);
	live_through_keys(f);
	live_through_proposals(f);
	live_through_batches(f);
	live_through_orders(f);
	fixture_flush(f);
	fixture_member(f, "m3");
	expect(fixture_call(f, "ops/k2", "item.stock", "'item':'cup','quantity':7"), MERIT_OK, f);
	return f;
}

/* ---- What verify says ---- */

static void must_be_named(const struct fixture *f, const char *what)
{
	struct merit_verify_report report;
	enum merit_status status = verify(f, &report);

	if (status == MERIT_OK || (status == MERIT_CORRUPT && report.fault[0] == '\0'))
		fail_msg("%s was not named: %s", what, merit_status_word(status));
	assert_false(report.rules);
}

static void must_say(const struct fixture *f, const char *name, const char *words)
{
	struct merit_verify_report report;
	enum merit_status status = verify(f, &report);

	if (status != MERIT_CORRUPT || strstr(report.fault, words) == NULL)
		fail_msg("%s: %s, \"%s\" where \"%s\" was expected", name, merit_status_word(status), report.fault, words);
}

/* 250 members in a message. */
static void many_members(struct fixture *f)
{
	struct merit_buffer json = { 0 };
	unsigned long long first = (unsigned long long)fixture_size(f);

	for (unsigned i = 0; i < 250; i++)
		merit_buffer_put_format(&json, "%s{\"jsonrpc\":\"2.0\",\"method\":\"member.create\",\"params\":"
					       "{\"id\":\"n%llu\",\"member\":\"n%llu\"},\"id\":1}", i == 0 ? "[" : ",",
					first + i, first + i);
	merit_buffer_put(&json, "]", 2);
	expect(fixture_send(f, "svc", json.data), MERIT_OK, f);
	merit_buffer_free(&json);
}

/* A small generator: the same changes in every run. */
static size_t pick(size_t count)
{
	static uint64_t seed = 20260101;

	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (size_t)(seed >> 33) % count;
}

/* ---- Logs that are right ---- */

static void a_log_with_everything_in_it_is_proven(void **state)
{
	struct fixture *f = rich_log();
	struct merit_verify_report report;
	(void)state;

	uint64_t size = fixture_size(f);
	fixture_close(f);
	must_be_proven(f);
	assert_int_equal(verify(f, &report), MERIT_OK);
	assert_true(report.structure && report.authorship && report.arithmetic && report.rules);
	assert_int_equal(report.entries, size);
	assert_true(report.tiles > 0 && report.state_rows > size);
	assert_string_equal(report.fault, "");
	assert_int_equal(strlen(report.root_hex), 64);
	fixture_free(f);
}

static void it_is_proven_beside_the_running_service(void **state)
{
	struct fixture *f = rich_log();
	int result;
	(void)state;

	pid_t child = fork();
	if (child == 0) {
		struct merit_verify_report report;
		_exit(verify(f, &report) == MERIT_OK && report.state_rows > 0 ? 0 : 1);
	}
	for (int i = 0; i < 20; i++) {
		char member[16];
		snprintf(member, sizeof(member), "late%d", i);
		fixture_member(f, member);
		fixture_flush(f);
	}
	assert_int_equal(waitpid(child, &result, 0), child);
	assert_true(WIFEXITED(result) && WEXITSTATUS(result) == 0);
	fixture_free(f);
}

static void it_is_proven_whatever_was_written_back(void **state)
{
	struct fixture *f = fixture_new();
	struct merit_verify_report report;
	(void)state;

	fixture_close(f);
	assert_int_equal(verify(f, &report), MERIT_OK); /* nothing yet */
	assert_int_equal(report.entries, 1);
	assert_int_equal(report.state_rows, 0);
	fixture_open(f);
	fixture_world(f);
	fixture_flush(f);
	fixture_close(f);
	assert_int_equal(verify(f, &report), MERIT_OK); /* all of it */
	assert_true(report.state_rows > 0);
	struct merit_verify_options options = { .directory = f->directory, .skip_state = true };
	assert_int_equal(merit_verify(&options, &report), MERIT_OK); /* left alone */
	assert_int_equal(report.state_rows, 0);
	fixture_free(f);
}

/* ---- Logs that were changed ---- */

static void a_changed_byte_of_any_table_is_named(void **state)
{
	struct fixture *f = rich_log();
	char what[80];
	(void)state;

	fixture_close(f);
	for (size_t table = 0; table < TABLES; table++) {
		for (int i = 0; i < FLIPS_PER_TABLE; i++) {
			struct row row = row_read(f, "log", tables[table], pick(100000));
			size_t at = pick(row.size);
			unsigned char bit = (unsigned char)(1u << pick(8));
			snprintf(what, sizeof(what), "%s, byte %zu", tables[table], at);
			row.value[at] ^= bit;
			row_write(f, "log", tables[table], &row, true);
			must_be_named(f, what);
			row.value[at] ^= bit;
			row_write(f, "log", tables[table], &row, true);
			free(row.value);
		}
	}
	must_be_proven(f);
	fixture_free(f);
}

static void a_missing_row_and_a_row_under_another_key_are_named(void **state)
{
	struct fixture *f = rich_log();
	(void)state;

	fixture_close(f);
	for (size_t table = 0; table < TABLES; table++) {
		for (int i = 0; i < 8; i++) {
			struct row row = row_read(f, "log", tables[table], pick(100000));
			struct row moved = row;
			row_write(f, "log", tables[table], &row, false);
			must_be_named(f, "a missing row");
			moved.key[1 + pick(moved.key_size - 1)] ^= 0x40; /* no log of this size has such a key */
			row_write(f, "log", tables[table], &moved, true);
			must_be_named(f, "a row under another key");
			row_write(f, "log", tables[table], &moved, false);
			row_write(f, "log", tables[table], &row, true);
			free(row.value);
		}
	}
	must_be_proven(f);
	fixture_free(f);
}

static void a_row_too_many_is_named(void **state)
{
	struct fixture *f = rich_log();
	(void)state;

	fixture_close(f);
	for (size_t table = 0; table < TABLES; table++) {
		struct row row = row_read(f, "log", tables[table], 0);
		memset(row.key, 0, row.key_size);
		uint64_t number = table < KINDS ? merit_store_key(1000000, (enum store_kind)table)
		                                : (uint64_t)3 << 56; /* a tile no log of this size has */
		memcpy(row.key, &number, row.key_size < sizeof(number) ? row.key_size : sizeof(number));
		row_write(f, "log", tables[table], &row, true);
		must_be_named(f, tables[table]);
		row_write(f, "log", tables[table], &row, false);
		free(row.value);
	}
	must_be_proven(f);
	fixture_free(f);
}

static void swapped_rows_are_named(void **state)
{
	struct fixture *f = rich_log();
	(void)state;

	fixture_close(f);
	for (size_t table = 0; table < 2; table++) {
		for (int i = 0; i < 8; i++) {
			size_t first = pick(40);
			struct row a = row_read(f, "log", tables[table], first);
			struct row b = row_read(f, "log", tables[table], first + 1);
			struct row swapped_a = a, swapped_b = b;
			swapped_a.value = b.value, swapped_a.size = b.size;
			swapped_b.value = a.value, swapped_b.size = a.size;
			row_write(f, "log", tables[table], &swapped_a, true);
			row_write(f, "log", tables[table], &swapped_b, true);
			must_be_named(f, "two swapped rows");
			row_write(f, "log", tables[table], &a, true);
			row_write(f, "log", tables[table], &b, true);
			free(a.value);
			free(b.value);
		}
	}
	must_be_proven(f);
	fixture_free(f);
}

/* Removes the last row of a table. */
static void tail_cut(const struct fixture *f, const char *table)
{
	struct change change = change_begin(f, "log", table);
	struct row row = row_at(&change, row_count(&change) - 1);

	row_delete(&change, &row);
	change_end(&change);
	free(row.value);
}

static void a_log_cut_off_at_a_checkpoint_is_only_an_older_log(void **state)
{
	struct fixture *f = rich_log();
	struct merit_verify_report whole, cut;
	(void)state;

	fixture_close(f);
	assert_int_equal(verify(f, &whole), MERIT_OK);
	tail_cut(f, "entries");
	must_be_named(f, "an entry less");
	tail_cut(f, "requests");
	must_be_named(f, "a request less as well");
	tail_cut(f, "checkpoints");
	assert_int_equal(verify(f, &cut), MERIT_OK);
	assert_int_equal(cut.entries, whole.entries - 1);
	assert_string_not_equal(cut.root_hex, whole.root_hex); /* which whoever holds the newer checkpoint compares */
	tail_cut(f, "entries");
	tail_cut(f, "requests");
	tail_cut(f, "checkpoints");
	assert_int_equal(verify(f, &cut), MERIT_OK);
	tail_cut(f, "entries");
	tail_cut(f, "requests");
	tail_cut(f, "checkpoints");
	must_be_named(f, "state ahead of the log");
	fixture_free(f);
}

/* A row that nothing asks for: only their count shows it. */
static void a_stray_row_within_the_log_is_named(void **state)
{
	struct fixture *f = rich_log();
	struct merit_entry entry;
	uint64_t size = fixture_size(f), within = 0; /* an entry that began no request */
	char words[64];
	(void)state;

	for (uint64_t seq = 1; seq < size && within == 0; seq++) {
		fixture_entry(f, seq, &entry);
		if (entry.request != seq)
			within = seq;
	}
	assert_true(within > 0);
	const struct { const char *name; uint64_t seq; unsigned kind; } rows[] = {
		{ "a row of no kind at the first entry", 0, 3 },
		{ "a row of no kind in the middle", size / 2, 3 },
		{ "a row of no kind at the end", size - 1, 3 },
		{ "a request of an entry that began none", within, KIND_REQUEST },
	};
	fixture_close(f);
	struct row row = row_last(f, "requests");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		row_key(&row, rows[i].seq, rows[i].kind);
		row_write(f, "log", "log", &row, true);
		must_say(f, rows[i].name, "table log: it has ");
		row_write(f, "log", "log", &row, false);
	}
	row_key(&row, size, KIND_REQUEST);
	row_write(f, "log", "log", &row, true);
	snprintf(words, sizeof(words), "entry %llu: it is missing", (unsigned long long)size);
	must_say(f, "a request behind the newest checkpoint", words);
	row_write(f, "log", "log", &row, false);
	must_be_proven(f);
	free(row.value);
	fixture_free(f);
}

static void a_missing_checkpoint_in_the_middle_is_named(void **state)
{
	struct fixture *f = rich_log();
	uint64_t size = fixture_size(f);
	struct merit_verify_report report;
	struct merit_entry entry;
	size_t found = 0;
	char words[96];
	(void)state;

	bool *is_later = calloc(size, sizeof(*is_later));
	assert_non_null(is_later);
	int64_t time_ms = 0;
	for (uint64_t seq = 0; seq < size; seq++) {
		fixture_entry(f, seq, &entry);
		is_later[seq] = entry.time_ms > time_ms;
		time_ms = entry.time_ms;
	}
	fixture_close(f);
	assert_int_equal(verify(f, &report), MERIT_OK);
	for (size_t i = 1; i < report.checkpoints - 1; i += 4) {
		struct row row = row_read(f, "log", "checkpoints", i);
		unsigned long long covered = row_seq(&row) + 1;
		if (is_later[covered]) { /* two groups of one time could as well have been one */
			row_write(f, "log", "checkpoints", &row, false);
			snprintf(words, sizeof(words), "checkpoint %llu: it is missing; entry %llu is", covered, covered);
			must_say(f, "a checkpoint less", words);
			row_write(f, "log", "checkpoints", &row, true);
			found++;
		}
		free(row.value);
	}
	assert_true(found > 5);
	must_be_proven(f);
	free(is_later);
	fixture_free(f);
}

static void the_bytes_of_another_request_are_named(void **state)
{
	struct fixture *f = rich_log();
	char words[128];
	(void)state;

	fixture_close(f);
	for (size_t i = 1; i < 30; i += 7) {
		struct row row = row_read(f, "log", "requests", i), other = row_read(f, "log", "requests", i + 1);
		struct row swapped = row;
		unsigned long long seq = row_seq(&row);
		swapped.value = other.value, swapped.size = other.size;
		row_write(f, "log", "requests", &swapped, true);
		snprintf(words, sizeof(words), "request %llu: its bytes have not the hash that entry %llu names", seq, seq);
		must_say(f, "the bytes of another request", words);
		row_write(f, "log", "requests", &row, true);
		free(row.value);
		free(other.value);
	}
	must_be_proven(f);
	fixture_free(f);
}

/* Nothing may be appended to what no checkpoint covers. */
static void a_log_that_does_not_end_with_its_checkpoint_is_not_opened(void **state)
{
	static const struct { const char *name; unsigned kind; } rows[] = {
		{ "an entry", KIND_ENTRY }, { "a request", KIND_REQUEST }, { "a checkpoint", KIND_CHECKPOINT },
	};
	struct fixture *f = rich_log();
	uint64_t size = fixture_size(f);
	(void)state;

	fixture_close(f);
	struct row last = row_last(f, "log");
	assert_int_equal(row_seq(&last), size - 1);
	row_write(f, "log", "log", &last, false);
	assert_int_equal(reopen(f), MERIT_CORRUPT);
	must_be_named(f, "the newest checkpoint is missing");
	row_write(f, "log", "log", &last, true);
	assert_int_equal(reopen(f), MERIT_OK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct row row = row_last(f, tables[rows[i].kind]);
		print_message("behind it: %s\n", rows[i].name);
		row_key(&row, size, rows[i].kind);
		row_write(f, "log", "log", &row, true);
		assert_int_equal(reopen(f), MERIT_CORRUPT);
		must_be_named(f, rows[i].name);
		row_write(f, "log", "log", &row, false);
		free(row.value);
	}
	assert_int_equal(reopen(f), MERIT_OK);
	must_be_proven(f);
	free(last.value);
	fixture_free(f);
}

/* What verify looks at when: before, each time it says how far it is, another process may write. */
struct alongside {
	int ask, answer; /* ends of two pipes */
};

static void let_grow(void *context, uint64_t done, uint64_t total)
{
	const struct alongside *alongside = context;
	char byte = done == total ? 'e' : 'g';

	if (write(alongside->ask, &byte, 1) != 1 || read(alongside->answer, &byte, 1) != 1)
		_exit(3);
}

/* In another process, as LMDB wants it: proves the log while this one writes. The exit code says what came out. */
static pid_t verify_alongside(const struct fixture *f, uint64_t size, const struct alongside *alongside)
{
	struct merit_verify_report report;
	struct merit_verify_options options = { .directory = f->directory,
						.progress = let_grow,
						.progress_context = (void *)alongside };

	fflush(NULL);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child > 0)
		return child;
	enum merit_status status = merit_verify(&options, &report);
	if (status != MERIT_OK)
		(void)fprintf(stderr, "%s: %s\n", merit_status_word(status), report.fault);
	_exit(status != MERIT_OK ? 1 : report.entries != size ? 2 : 0);
}

static void a_log_that_grows_meanwhile_is_proven_as_it_was(void **state)
{
	struct fixture *f = rich_log();
	struct merit_store_usage before, after;
	int ask[2], answer[2], status, grown = 0;
	char byte = 0;
	(void)state;

	while (fixture_size(f) < 9000)
		many_members(f);
	fixture_flush(f);
	assert_int_equal(pipe(ask), 0);
	assert_int_equal(pipe(answer), 0);
	pid_t child = verify_alongside(f, fixture_size(f), &(struct alongside){ ask[1], answer[0] });
	assert_int_equal(merit_store_measure(merit_ledger_store(f->ledger), &before), MERIT_OK);
	while (byte != 'e') {
		assert_int_equal(read(ask[0], &byte, 1), 1);
		for (int i = 0; i < 300; i++, grown++)
			expect(fixture_call(f, "ops/k2", "item.stock", "'item':'cup','quantity':1"), MERIT_OK, f);
		assert_int_equal(write(answer[1], "!", 1), 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_true(grown >= 600);
	assert_int_equal(merit_store_measure(merit_ledger_store(f->ledger), &after), MERIT_OK);
	/* One view all along would keep every page that was freed meanwhile: some 24 KiB a commit. */
	assert_true(after.used_size - before.used_size < (uint64_t)grown * 16 * 1024);
	for (int i = 0; i < 2; i++) {
		(void)close(ask[i]);
		(void)close(answer[i]);
	}
	fixture_close(f);
	must_be_proven(f);
	fixture_free(f);
}

static void a_changed_row_of_state_is_named(void **state)
{
	struct fixture *f = rich_log();
	char what[80];
	(void)state;

	fixture_close(f);
	for (int i = 0; i < FLIPS_PER_TABLE; i++) {
		struct row row = row_read(f, "state", "rows", pick(100000));
		size_t padding = row.value[row.size - 1], value_size = row.size - padding;
		size_t at = value_size == 0 ? row.size - 1 : pick(value_size);
		snprintf(what, sizeof(what), "table %c, byte %zu", row.key[0], at);
		row.value[at] ^= 0x10;
		row_write(f, "state", "rows", &row, true);
		must_be_named(f, what);
		row.value[at] ^= 0x10;
		row_write(f, "state", "rows", &row, false);
		must_be_named(f, "a missing row of state");
		row_write(f, "state", "rows", &row, true);
		free(row.value);
	}
	struct row row = row_read(f, "state", "rows", 7);
	row.key[row.key_size - 1] ^= 1; /* of a table of one row the table's own letter */
	row_write(f, "state", "rows", &row, true);
	must_be_named(f, "a row of state too many");
	free(row.value);
	fixture_free(f);
}

/* Histories are bytes of a record; a claim is 8 bytes of a hash, of which the upper 38 bits count, and 8 of the seq that
 * made it. */
static void a_changed_record_or_claim_of_state_is_named(void **state)
{
	struct fixture *f = rich_log();
	(void)state;

	fixture_close(f);
	for (int i = 0; i < FLIPS_PER_TABLE; i++) {
		bool is_claim = i % 2 == 0;
		struct row row = row_read(f, "state", is_claim ? "claims" : "series", pick(100000));
		size_t at = is_claim ? pick(row.size / 16) * 16 + 3 + pick(6) : pick(row.size);
		row.value[at] ^= 0x10;
		row_write(f, "state", is_claim ? "claims" : "series", &row, true);
		must_be_named(f, is_claim ? "a claim" : "a byte of a history");
		row.value[at] ^= 0x10;
		row_write(f, "state", is_claim ? "claims" : "series", &row, false);
		must_be_named(f, is_claim ? "missing claims" : "a missing history");
		row_write(f, "state", is_claim ? "claims" : "series", &row, true);
		free(row.value);
	}
	must_be_proven(f);
	fixture_free(f);
}

/* A claim under another hash lets what was used once be used again. */
static void a_flipped_bit_of_a_claims_hash_is_named(void **state)
{
	struct fixture *f = rich_log();
	(void)state;

	fixture_close(f);
	struct row row = row_read(f, "state", "claims", 0);
	for (size_t bit = 26; bit < 64; bit += 5) {
		row.value[bit / 8] ^= (unsigned char)(1u << bit % 8);
		row_write(f, "state", "claims", &row, true);
		must_say(f, "a flipped bit of a hash", "state: table claims: a hash is not that of");
		row.value[bit / 8] ^= (unsigned char)(1u << bit % 8);
	}
	row_write(f, "state", "claims", &row, true);
	must_be_proven(f);
	free(row.value);
	fixture_free(f);
}

/* Rows and all may be right: the service would not believe it, and derive it again with every start. */
static void a_state_of_another_log_is_named(void **state)
{
	struct fixture *f = rich_log();
	(void)state;

	fixture_close(f);
	struct row row = row_read(f, "state", "meta", 0);
	assert_int_equal(row.size, 64); /* cut, version, 32 bytes of anchor, the claims' key */
	for (size_t at = 16; at < 48; at += 31) {
		row.value[at] ^= 1;
		row_write(f, "state", "meta", &row, true);
		must_say(f, "a changed anchor", "state: it follows from another log");
		row.value[at] ^= 1;
	}
	row.value[63] ^= 1;
	row_write(f, "state", "meta", &row, true);
	must_say(f, "another key of claims", "state: table claims: a hash is not that of");
	row.value[63] ^= 1;
	row_write(f, "state", "meta", &row, true);
	must_be_proven(f);
	free(row.value);
	fixture_free(f);
}

/* The service would derive it again, and verify must not take it for a state that holds nothing yet. */
static void a_state_that_cannot_be_opened_is_named(void **state)
{
	static const struct { const char *name, *table; size_t size, at; const char *bytes; } rows[] = {
		{ "a claims block of a bad size", "claims", 31, 0, "" },
		{ "a claim by an entry no log can have", "claims", 32, 14, "\1" },
		{ "no cut", "meta", 0, 0, "" },
		{ "a cut record of ten bytes", "meta", 10, 0, "" },
		{ "a cut record without its claims key", "meta", 48, 0, "" },
		{ "a cut of nothing", "meta", 64, 0, NULL },
	};
	struct fixture *f = rich_log();
	(void)state;

	fixture_close(f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct row row = row_read(f, "state", rows[i].table, 0);
		struct row damaged = row;
		damaged.value = malloc(row.size);
		assert_non_null(damaged.value);
		memcpy(damaged.value, row.value, row.size);
		assert_true(rows[i].size <= row.size);
		damaged.size = rows[i].size;
		if (rows[i].bytes != NULL)
			memcpy(damaged.value + rows[i].at, rows[i].bytes, strlen(rows[i].bytes));
		else
			memset(damaged.value, 0, sizeof(uint64_t)); /* The cut comes first. */
		row_write(f, "state", rows[i].table, &damaged, rows[i].size > 0);
		must_say(f, rows[i].name, "state: it cannot be read; remove it");
		row_write(f, "state", rows[i].table, &row, true);
		free(damaged.value);
		free(row.value);
	}
	must_be_proven(f);
	fixture_free(f);
}

/* ---- Logs forged by who has the log's key ---- */

static struct merit_text text_replace(struct merit_buffer *out, const struct row *row, const char *from, const char *to)
{
	const char *leaf = (const char *)row->value;
	const char *at = memmem(leaf, row->size, from, strlen(from));

	if (at == NULL)
		fail_msg("no %s in %.*s", from, (int)row->size, leaf);
	merit_buffer_put(out, leaf, (size_t)(at - leaf));
	merit_buffer_put_text(out, to);
	merit_buffer_put(out, at + strlen(from), row->size - (size_t)(at - leaf) - strlen(from));
	return (struct merit_text){ out->data, out->size };
}

static bool tile_ignore(void *context, unsigned level, uint64_t index, const struct merit_hash *hashes)
{
	(void)context, (void)level, (void)index, (void)hashes;
	return true;
}

/* Signs a checkpoint over the entries as they are, in place of the newest one. */
static void checkpoint_forge(const struct fixture *f, const char *signer)
{
	static struct merit_tree tree;
	struct merit_tree_store tiles = { NULL, NULL, NULL, tile_ignore };
	struct merit_secret_key key = fixture_key(signer);
	struct merit_public_key public_key = merit_secret_key_public(&key);
	struct merit_checkpoint checkpoint = { .origin = FIXTURE_ORIGIN };
	struct merit_verifier log;
	struct merit_buffer note = { 0 };
	struct change change = change_begin(f, "log", "entries");

	assert_int_equal(merit_tree_open(&tree, 0, &tiles), MERIT_OK);
	for (size_t i = 0, count = row_count(&change); i < count; i++) {
		struct row row = row_at(&change, i);
		struct merit_hash hash = merit_record_hash(row.value, row.size);
		assert_int_equal(merit_tree_append(&tree, &hash), MERIT_OK);
		free(row.value);
	}
	change_end(&change);
	checkpoint.size = tree.size;
	checkpoint.root = merit_tree_root(&tree);
	assert_int_equal(merit_verifier_make(FIXTURE_ORIGIN, MERIT_NOTE_ED25519, &public_key, &log), MERIT_OK);
	merit_checkpoint_put_signed(&note, &checkpoint, &log, &key);
	struct row row = { .value = (unsigned char *)note.data, .key_size = sizeof(uint64_t), .size = note.size };
	row_key(&row, checkpoint.size - 1, KIND_CHECKPOINT);
	row_write(f, "log", "checkpoints", &row, true);
	merit_buffer_free(&note);
}

/* Whoever puts a birth of their own before the entries can sign them, too: not as the log that was there. */
static void a_log_of_another_birth_is_not_opened(void **state)
{
	struct fixture *f = fixture_new();
	struct merit_buffer leaf = { 0 };
	struct merit_ledger *ledger;
	(void)state;

	fixture_world(f);
	fixture_flush(f);
	assert_true(fixture_size(f) < 256);
	fixture_close(f);
	struct row birth = row_read(f, "log", "entries", 0);
	struct merit_text bytes = text_replace(&leaf, &birth, fixture_public("log"), fixture_public("mallory"));
	struct row forged = birth;
	forged.value = (unsigned char *)leaf.data;
	forged.size = bytes.size;
	row_write(f, "log", "entries", &forged, true);
	checkpoint_forge(f, "mallory");
	assert_int_equal(reopen(f), MERIT_BAD_FORMAT);
	struct merit_ledger_options options = { .directory = f->directory, .map_size = (uint64_t)1 << 30 };
	assert_int_equal(merit_ledger_open(&options, &ledger), MERIT_CORRUPT); /* State knows better. */
	row_write(f, "log", "entries", &birth, true);
	checkpoint_forge(f, "log");
	assert_int_equal(reopen(f), MERIT_OK);
	must_be_proven(f);
	merit_buffer_free(&leaf);
	free(birth.value);
	fixture_free(f);
}

/* The last entry is ops/k2's item.stock of 7 cups. */
static void a_forged_entry_under_a_new_checkpoint_is_named(void **state)
{
	struct fixture *f = rich_log();
	char time[32], later[32];
	(void)state;

	snprintf(time, sizeof(time), "\"time\":%lld", (long long)f->now_ms - 1);
	snprintf(later, sizeof(later), "\"time\":%lld", (long long)f->now_ms - 3);
	const struct { const char *name, *from, *to, *words; } rows[] = {
		{ "another quantity", "\"quantity\":7", "\"quantity\":8", "its params is not what" },
		{ "another id", "\"id\":\"i", "\"id\":\"j", "its id is not what" },
		{ "another party", "\"by\":\"ops/k2\"", "\"by\":\"svc/k1\"", "its by is not what" },
		{ "the system", "\"by\":\"ops/k2\"", "\"by\":\"system/k1\"", "request" },
		{ "a refusal", "\"accepted\"", "\"short_stock\"", "its status is not what" },
		{ "another operation", "\"op\":\"item.stock\"", "\"op\":\"item.store\"", "not those of an entry" },
		{ "another order of keys", "\"item\":\"cup\",\"quantity\":7", "\"quantity\":7,\"item\":\"cup\"",
		  "not those of an entry" },
		{ "points out of nothing", "\"accepted\"}",
		  "\"accepted\",\"postings\":[[\"member/m1\",\"points\",[[\"c1\",\"never\",50]]]]}",
		  "its postings is not what" },
		{ "an earlier time", time, later, "its time is before" },
	};
	fixture_close(f);
	struct row entry = row_last(f, "entries");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct merit_buffer leaf = { 0 };
		struct merit_text bytes = text_replace(&leaf, &entry, rows[i].from, rows[i].to);
		struct row forged = entry;
		forged.value = (unsigned char *)leaf.data;
		forged.size = bytes.size;
		row_write(f, "log", "entries", &forged, true);
		checkpoint_forge(f, "log");
		must_say(f, rows[i].name, rows[i].words);
		merit_buffer_free(&leaf);
	}
	row_write(f, "log", "entries", &entry, true);
	checkpoint_forge(f, "log");
	must_be_proven(f); /* the same checkpoint again */
	free(entry.value);
	fixture_free(f);
}

/* Both lines of its record are right, and it adds up: it is only not what the call makes of the rules. */
static void forged_money_under_a_new_checkpoint_is_named(void **state)
{
	struct fixture *f = fixture_new();
	struct merit_arena arena = { 0 };
	struct merit_buffer record = { 0 };
	struct merit_entry entry;
	(void)state;

	fixture_world(f);
	expect(fixture_call(f, "fin", "sponsor.deposit",
			    "'sponsor':'acme','currency':'CNY','amount_minor':7,'bank_reference':'b'"), MERIT_OK, f);
	fixture_close(f);
	struct row row = row_last(f, "entries");
	assert_int_equal(merit_entry_read(row.value, row.size, &arena, &entry), MERIT_OK);
	assert_int_equal(entry.postings_count, 2);
	entry.postings[0].amount *= 2;
	entry.postings[1].amount *= 2;
	merit_entry_put(&record, &entry);
	struct row forged = row;
	forged.value = (unsigned char *)record.data;
	forged.size = record.size;
	row_write(f, "log", "entries", &forged, true);
	checkpoint_forge(f, "log");
	must_say(f, "twice the money", "its sealed is not what");
	row_write(f, "log", "entries", &row, true);
	checkpoint_forge(f, "log");
	must_be_proven(f);
	free(row.value);
	merit_buffer_free(&record);
	merit_arena_free(&arena);
	fixture_free(f);
}

/* Puts message in place of the last request, and its hash into the last entry. */
static void request_forge(const struct fixture *f, struct merit_text message)
{
	struct row request = row_last(f, "requests"), entry = row_last(f, "entries");
	struct merit_buffer hex = { 0 }, old_hex = { 0 }, leaf = { 0 };
	struct merit_hash hash, old_hash;

	merit_sha256(request.value, request.size, old_hash.bytes);
	merit_sha256(message.data, message.size, hash.bytes);
	merit_buffer_put_hex(&hex, hash.bytes, sizeof(hash.bytes));
	merit_buffer_put_hex(&old_hex, old_hash.bytes, sizeof(old_hash.bytes));
	merit_buffer_put_char(&hex, '\0');
	merit_buffer_put_char(&old_hex, '\0');
	struct merit_text bytes = text_replace(&leaf, &entry, old_hex.data, hex.data);
	free(request.value);
	free(entry.value);
	request.value = (unsigned char *)message.data;
	request.size = message.size;
	entry.value = (unsigned char *)leaf.data;
	entry.size = bytes.size;
	row_write(f, "log", "requests", &request, true);
	row_write(f, "log", "entries", &entry, true);
	checkpoint_forge(f, "log");
	merit_buffer_free(&hex);
	merit_buffer_free(&old_hex);
	merit_buffer_free(&leaf);
}

static void a_request_that_somebody_else_signed_is_named(void **state)
{
	static const struct { const char *name, *signer, *kid, *origin, *words; } rows[] = {
		{ "another's key under this name", "svc/k1", "ops/k2", FIXTURE_ORIGIN, "signature does not match" },
		{ "a key that was revoked", "ops/k1", "ops/k1", FIXTURE_ORIGIN, "make this call here: revoked_key" },
		{ "a role that may not", "fin/k1", "fin/k1", FIXTURE_ORIGIN, "make this call here: not_permitted" },
		{ "a key nobody added", "ops/k3", "ops/k3", FIXTURE_ORIGIN, "no such party and key" },
		{ "a message for another ledger", "ops/k2", "ops/k2", "merit.test/other", "for another ledger" },
		{ "another message of the same key", "ops/k2", "ops/k2", FIXTURE_ORIGIN, "its id is not what" },
	};
	static const char json[] = "{\"jsonrpc\":\"2.0\",\"method\":\"item.stock\",\"params\":"
				   "{\"id\":\"forged\",\"item\":\"cup\",\"quantity\":7},\"id\":1}";
	struct fixture *f = rich_log();
	(void)state;

	fixture_close(f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct merit_secret_key key = fixture_key(rows[i].signer);
		struct merit_buffer message = { 0 };
		assert_int_equal(merit_envelope_make(&message, &key, rows[i].kid, rows[i].origin, f->now_ms / 1000, json,
						     sizeof(json) - 1),
				 MERIT_OK);
		request_forge(f, (struct merit_text){ message.data, message.size });
		must_say(f, rows[i].name, rows[i].words);
		merit_buffer_free(&message);
	}
	fixture_free(f);
}

/* Signs the last request again, as of another time. */
static void request_date(const struct fixture *f, int64_t time_ms)
{
	struct merit_secret_key key = fixture_key("ops/k1");
	struct merit_buffer message = { 0 };
	struct row request = row_last(f, "requests");
	const char *json = memchr(request.value, '\n', request.size);

	assert_non_null(json);
	json++;
	size_t size = request.size - (size_t)(json - (const char *)request.value);
	assert_int_equal(merit_envelope_make(&message, &key, "ops/k1", FIXTURE_ORIGIN, time_ms / 1000, json, size), MERIT_OK);
	request_forge(f, (struct merit_text){ message.data, message.size });
	merit_buffer_free(&message);
	free(request.value);
}

static void what_was_due_and_left_out_is_named(void **state)
{
	struct fixture *f = fixture_new();
	char time[32], later[32];
	struct merit_buffer first = { 0 }, second = { 0 };
	(void)state;

	fixture_world(f);
	expect(fixture_earn(f, "m1", "r1"), MERIT_OK, f);
	expect(fixture_call(f, "ops", "item.stock", "'item':'cup','quantity':1"), MERIT_OK, f);
	fixture_close(f);
	struct row entry = row_last(f, "entries");
	snprintf(time, sizeof(time), "\"time\":%lld", (long long)FIXTURE_BIRTH_MS);
	snprintf(later, sizeof(later), "\"time\":%lld", (long long)(FIXTURE_BIRTH_MS + 730 * FIXTURE_DAY_MS));
	text_replace(&first, &entry, time, later);
	free(entry.value);
	entry.value = (unsigned char *)first.data;
	entry.size = first.size;
	text_replace(&second, &entry, "2026-01-01", "2028-01-01");
	entry.value = (unsigned char *)second.data;
	entry.size = second.size;
	row_write(f, "log", "entries", &entry, true);
	checkpoint_forge(f, "log");
	must_say(f, "a message of two years ago", "not signed at the time of its entries");
	request_date(f, FIXTURE_BIRTH_MS + 730 * FIXTURE_DAY_MS);
	must_say(f, "two years in which nothing expired", "something that was due before it had not happened");
	merit_buffer_free(&first);
	merit_buffer_free(&second);
	fixture_free(f);
}

static void a_checkpoint_by_another_key_is_named(void **state)
{
	struct fixture *f = rich_log();
	struct merit_verify_report report;
	struct merit_secret_key key = fixture_key("log"), other_key = fixture_key("other");
	struct merit_public_key trusted = merit_secret_key_public(&key), other = merit_secret_key_public(&other_key);
	struct merit_verify_options options = { .directory = f->directory, .log_key = &other };
	(void)state;

	fixture_close(f);
	assert_int_equal(merit_verify(&options, &report), MERIT_CORRUPT);
	assert_string_equal(report.fault, "entry 0: it names another log key than the one you trust");
	options.log_key = &trusted;
	assert_int_equal(merit_verify(&options, &report), MERIT_OK);
	checkpoint_forge(f, "other");
	must_say(f, "the newest checkpoint signed by another key", "the log's key did not sign it");
	fixture_free(f);
}

static void a_directory_without_a_log_is_not_found(void **state)
{
	struct merit_verify_options options = { .directory = "/nonexistent" };
	struct merit_verify_report report;
	(void)state;

	assert_int_equal(merit_verify(&options, &report), MERIT_NOT_FOUND);
	assert_false(report.structure || report.authorship || report.arithmetic || report.rules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_log_with_everything_in_it_is_proven),
		cmocka_unit_test(a_log_that_grows_meanwhile_is_proven_as_it_was),
		cmocka_unit_test(it_is_proven_beside_the_running_service),
		cmocka_unit_test(it_is_proven_whatever_was_written_back),
		cmocka_unit_test(a_changed_byte_of_any_table_is_named),
		cmocka_unit_test(a_missing_row_and_a_row_under_another_key_are_named),
		cmocka_unit_test(a_row_too_many_is_named),
		cmocka_unit_test(swapped_rows_are_named),
		cmocka_unit_test(a_stray_row_within_the_log_is_named),
		cmocka_unit_test(a_missing_checkpoint_in_the_middle_is_named),
		cmocka_unit_test(the_bytes_of_another_request_are_named),
		cmocka_unit_test(a_log_that_does_not_end_with_its_checkpoint_is_not_opened),
		cmocka_unit_test(a_log_cut_off_at_a_checkpoint_is_only_an_older_log),
		cmocka_unit_test(a_changed_row_of_state_is_named),
		cmocka_unit_test(a_changed_record_or_claim_of_state_is_named),
		cmocka_unit_test(a_flipped_bit_of_a_claims_hash_is_named),
		cmocka_unit_test(a_state_of_another_log_is_named),
		cmocka_unit_test(a_state_that_cannot_be_opened_is_named),
		cmocka_unit_test(a_log_of_another_birth_is_not_opened),
		cmocka_unit_test(a_forged_entry_under_a_new_checkpoint_is_named),
		cmocka_unit_test(forged_money_under_a_new_checkpoint_is_named),
		cmocka_unit_test(a_request_that_somebody_else_signed_is_named),
		cmocka_unit_test(what_was_due_and_left_out_is_named),
		cmocka_unit_test(a_checkpoint_by_another_key_is_named),
		cmocka_unit_test(a_directory_without_a_log_is_not_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
