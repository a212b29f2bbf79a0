/* store_test.c
 * Goal    what was committed is there, whole, for every reader and after every end; what was not, is not; and the store
 *         says no before it is full, and never again yes after it failed.
 * Method  groups of known bytes read back by readers, another process, a copy and a second open; one store call after
 *         the other failing; maps and disks without room. */
#include "ledger/store.h"

#include "ledger/store_inner.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define GROUP_SIZE 8 /* entries a group of these tests holds */
#define LEAF_ROOM  3000

static char root[64]; /* holds everything a test makes */
static char dir[96];
static const struct merit_store_options defaults = { .map_size = 1ULL << 28 };

static int set_up(void **fixture)
{
	(void)fixture;
	snprintf(root, sizeof(root), "/tmp/merit-store-test-XXXXXX");
	if (mkdtemp(root) == NULL)
		return 1;
	snprintf(dir, sizeof(dir), "%s/data", root);
	return 0;
}

static int tear_down(void **fixture)
{
	char command[128];
	(void)fixture;
	snprintf(command, sizeof(command), "rm -rf %s", root);
	return system(command);
}

static struct merit_store *open_store(enum merit_store_mode mode, const struct merit_store_options *options)
{
	struct merit_store *store = NULL;
	assert_int_equal(merit_store_open(dir, mode, options, &store, NULL), MERIT_OK);
	return store;
}

static struct merit_store *new_store(void)
{
	assert_int_equal(merit_store_create(dir, &defaults), MERIT_OK);
	return open_store(MERIT_STORE_READ_WRITE, &defaults);
}

/* Leaf seq: a size and bytes that follow from its number. Some need overflow pages. */
static size_t make_leaf(uint64_t seq, unsigned char leaf_out[LEAF_ROOM])
{
	size_t size = seq % 7 == 3 ? 2900 : 100 + (size_t)seq % 300;
	memset(leaf_out, (int)(seq * 31), size);
	memcpy(leaf_out, &seq, sizeof(seq));
	return size;
}

/* One group: one request, the GROUP_SIZE entries it caused, one tile, one checkpoint. Stops at the first no. */
static enum merit_status append_group(struct merit_store *store, uint64_t group)
{
	static unsigned char tile[MERIT_STORE_TILE_SIZE];
	unsigned char leaf[LEAF_ROOM];

	enum merit_status status = merit_store_begin(store);
	if (status == MERIT_OK)
		status = merit_store_append_request(store, group * GROUP_SIZE, &group, sizeof(group));
	for (uint64_t seq = group * GROUP_SIZE; status == MERIT_OK && seq < (group + 1) * GROUP_SIZE; seq++) {
		size_t size = make_leaf(seq, leaf);
		status = merit_store_append_entry(store, seq, leaf, size);
	}
	memset(tile, (int)group, sizeof(tile));
	if (status == MERIT_OK)
		status = merit_store_put_tile(store, (uint8_t)(group % 3), group, tile);
	if (status == MERIT_OK)
		status = merit_store_put_checkpoint(store, (group + 1) * GROUP_SIZE, &group, sizeof(group));
	return status == MERIT_OK ? merit_store_commit(store) : status;
}

/* The log holds these groups and nothing else. */
static void check_groups(struct merit_store_reader *reader, uint64_t group_count)
{
	uint64_t count = 0;
	unsigned char leaf[LEAF_ROOM];
	const void *bytes = NULL;
	size_t size = 0;

	assert_int_equal(merit_store_entry_count(reader, &count), MERIT_OK);
	assert_int_equal(count, group_count * GROUP_SIZE);
	for (uint64_t seq = 0; seq < count; seq++) {
		size_t want_size = make_leaf(seq, leaf);
		assert_int_equal(merit_store_read_entry(reader, seq, &bytes, &size), MERIT_OK);
		assert_int_equal(size, want_size);
		assert_memory_equal(bytes, leaf, size);
	}
	assert_int_equal(merit_store_read_entry(reader, count, &bytes, &size), MERIT_NOT_FOUND);
	for (uint64_t seq = 0; seq <= count; seq++) {
		uint64_t group = seq / GROUP_SIZE;
		bool is_there = seq < count && seq % GROUP_SIZE == 0; /* of the first entry it caused, and of no other */
		assert_int_equal(merit_store_read_request(reader, seq, &bytes, &size),
		                 is_there ? MERIT_OK : MERIT_NOT_FOUND);
		if (!is_there)
			continue;
		assert_int_equal(size, sizeof(group));
		assert_memory_equal(bytes, &group, size);
	}
	for (uint64_t group = 0; group < group_count; group++) {
		assert_int_equal(merit_store_read_tile(reader, (uint8_t)(group % 3), group, &bytes), MERIT_OK);
		assert_int_equal(((const unsigned char *)bytes)[MERIT_STORE_TILE_SIZE - 1], (unsigned char)group);
	}
	assert_int_equal(merit_store_read_tile(reader, 3, 0, &bytes), MERIT_NOT_FOUND);
	struct merit_store_rows rows;
	assert_int_equal(merit_store_count_rows(reader, &rows), MERIT_OK);
	assert_int_equal(rows.log, group_count * (GROUP_SIZE + 2)); /* entries, a request, a checkpoint */
	assert_int_equal(rows.tiles, group_count);
	assert_int_equal(rows.meta, 1);
}

static void check_store(struct merit_store *store, uint64_t group_count)
{
	struct merit_store_reader *reader = NULL;
	assert_int_equal(merit_store_reader_open(store, &reader), MERIT_OK);
	assert_int_equal(merit_store_reader_begin(reader), MERIT_OK);
	check_groups(reader, group_count);
	merit_store_reader_end(reader);
	merit_store_reader_close(reader);
}

static void what_is_committed_is_there_after_a_reopen(void **fixture)
{
	struct merit_store *store = new_store();

	(void)fixture;
	check_store(store, 0);
	for (uint64_t group = 0; group < 40; group++)
		assert_int_equal(append_group(store, group), MERIT_OK);
	check_store(store, 40);
	merit_store_close(store);
	store = open_store(MERIT_STORE_READ_WRITE, &defaults);
	check_store(store, 40);
	assert_int_equal(append_group(store, 40), MERIT_OK);
	check_store(store, 41);
	merit_store_close(store);
	merit_store_close(NULL);
}

static void an_aborted_group_leaves_nothing(void **fixture)
{
	struct merit_store *store = new_store();

	(void)fixture;
	assert_int_equal(append_group(store, 0), MERIT_OK);
	for (unsigned round = 0; round < 2; round++) {
		assert_int_equal(merit_store_begin(store), MERIT_OK);
		assert_int_equal(merit_store_append_request(store, GROUP_SIZE, "x", 1), MERIT_OK);
		assert_int_equal(merit_store_append_entry(store, GROUP_SIZE, "x", 1), MERIT_OK);
		if (round == 0)
			merit_store_abort(store);
		else
			merit_store_close(store);
	}
	store = open_store(MERIT_STORE_READ_WRITE, &defaults);
	check_store(store, 1);
	assert_int_equal(append_group(store, 1), MERIT_OK);
	check_store(store, 2);
	merit_store_close(store);
}

static void a_checkpoint_is_found_by_what_it_covers(void **fixture)
{
	static const struct {
		uint64_t asked;
		uint64_t found; /* 0: none */
	} rows[] = {
		{ 1, 8 }, { 7, 8 }, { 8, 8 }, { 9, 16 }, { 15, 16 }, { 16, 16 }, { 17, 24 }, { 24, 24 }, { 25, 0 },
		{ 1000, 0 }, { MERIT_STORE_SEQ_MAX + 1, 0 }, { MERIT_STORE_SEQ_MAX + 2, 0 }, { UINT64_MAX, 0 },
	};
	struct merit_store *store = new_store();
	struct merit_store_reader *reader = NULL;
	struct merit_store_checkpoint checkpoint;

	(void)fixture;
	assert_int_equal(merit_store_reader_open(store, &reader), MERIT_OK);
	assert_int_equal(merit_store_reader_begin(reader), MERIT_OK);
	assert_int_equal(merit_store_read_newest_checkpoint(reader, &checkpoint), MERIT_NOT_FOUND);
	assert_int_equal(merit_store_read_checkpoint(reader, 1, &checkpoint), MERIT_NOT_FOUND);
	merit_store_reader_end(reader);
	for (uint64_t group = 0; group < 3; group++)
		assert_int_equal(append_group(store, group), MERIT_OK);
	assert_int_equal(merit_store_reader_begin(reader), MERIT_OK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum merit_status status = merit_store_read_checkpoint(reader, rows[i].asked, &checkpoint);
		assert_int_equal(status, rows[i].found == 0 ? MERIT_NOT_FOUND : MERIT_OK);
		if (rows[i].found == 0)
			continue;
		uint64_t group = rows[i].found / GROUP_SIZE - 1;
		assert_int_equal(checkpoint.tree_size, rows[i].found);
		assert_int_equal(checkpoint.note_size, sizeof(group));
		assert_memory_equal(checkpoint.note, &group, sizeof(group));
	}
	assert_int_equal(merit_store_read_newest_checkpoint(reader, &checkpoint), MERIT_OK);
	assert_int_equal(checkpoint.tree_size, 24);
	assert_int_equal(checkpoint.note_size, sizeof(uint64_t));
	assert_memory_equal(checkpoint.note, &(uint64_t){ 2 }, sizeof(uint64_t));
	merit_store_reader_end(reader);
	merit_store_reader_close(reader);
	merit_store_close(store);
}

static void a_reader_sees_the_log_as_it_was_at_begin(void **fixture)
{
	struct merit_store *store = new_store();
	struct merit_store_reader *reader = NULL;

	(void)fixture;
	assert_int_equal(append_group(store, 0), MERIT_OK);
	assert_int_equal(merit_store_reader_open(store, &reader), MERIT_OK);
	assert_int_equal(merit_store_reader_begin(reader), MERIT_OK);
	for (uint64_t group = 1; group < 20; group++)
		assert_int_equal(append_group(store, group), MERIT_OK);
	check_groups(reader, 1);
	merit_store_reader_end(reader);
	assert_int_equal(merit_store_reader_begin(reader), MERIT_OK);
	check_groups(reader, 20);
	merit_store_reader_end(reader);
	merit_store_reader_close(reader);
	merit_store_close(store);
}

/* Reads until the writer reached the last group; every view must be of whole groups. */
static void *read_along(void *context)
{
	struct merit_store_reader *reader = NULL;
	uint64_t entry_count = 0;
	struct merit_store_checkpoint checkpoint;

	if (merit_store_reader_open(context, &reader) != MERIT_OK)
		return "open";
	const char *wrong = NULL;
	while (wrong == NULL && entry_count < 100 * GROUP_SIZE) {
		if (merit_store_reader_begin(reader) != MERIT_OK) {
			wrong = "begin";
			break;
		}
		if (merit_store_entry_count(reader, &entry_count) != MERIT_OK)
			wrong = "count";
		else if (entry_count > 0 && (merit_store_read_newest_checkpoint(reader, &checkpoint) != MERIT_OK ||
		                             checkpoint.tree_size != entry_count))
			wrong = "checkpoint";
		merit_store_reader_end(reader);
	}
	merit_store_reader_close(reader);
	return (void *)wrong;
}

static void readers_in_other_threads_see_whole_groups(void **fixture)
{
	struct merit_store *store = new_store();
	pthread_t threads[3];

	(void)fixture;
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, read_along, store), 0);
	for (uint64_t group = 0; group < 100; group++)
		assert_int_equal(append_group(store, group), MERIT_OK);
	for (size_t i = 0; i < 3; i++) {
		void *wrong = NULL;
		assert_int_equal(pthread_join(threads[i], &wrong), 0);
		assert_null(wrong);
	}
	merit_store_close(store);
}

/* Runs check in a process of its own, as another program would be. */
static void in_another_process(void (*check)(void))
{
	fflush(NULL);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		check();
		_exit(0);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void expect(bool held, int exit_code)
{
	if (!held)
		_exit(exit_code);
}

static void open_beside_the_writer(void)
{
	struct merit_store *store = NULL;
	struct merit_store_reader *reader = NULL;
	uint64_t count = 0;

	expect(merit_store_open(dir, MERIT_STORE_READ_WRITE, &defaults, &store, NULL) == MERIT_IN_USE, 1);
	expect(merit_store_create(dir, &defaults) == MERIT_IN_USE, 2);
	expect(merit_store_open(dir, MERIT_STORE_READ_ONLY, &defaults, &store, NULL) == MERIT_OK, 3);
	expect(merit_store_reader_open(store, &reader) == MERIT_OK, 4);
	expect(merit_store_reader_begin(reader) == MERIT_OK, 5);
	expect(merit_store_entry_count(reader, &count) == MERIT_OK && count == 2 * GROUP_SIZE, 6);
	merit_store_reader_end(reader);
	merit_store_reader_close(reader);
	merit_store_close(store);
}

static void a_second_writer_is_refused_and_a_reader_is_not(void **fixture)
{
	struct merit_store *store = new_store();
	struct merit_store *second = NULL;

	(void)fixture;
	assert_int_equal(append_group(store, 0), MERIT_OK);
	assert_int_equal(append_group(store, 1), MERIT_OK);
	assert_int_equal(merit_store_open(dir, MERIT_STORE_READ_WRITE, &defaults, &second, NULL), MERIT_IN_USE);
	in_another_process(open_beside_the_writer);
	assert_int_equal(append_group(store, 2), MERIT_OK); /* The other's end took nothing away. */
	merit_store_close(store);
	merit_store_close(open_store(MERIT_STORE_READ_WRITE, &defaults));
}

static void die(int signal_number)
{
	(void)signal_number;
	kill(getpid(), SIGKILL);
}

/* Appends groups and dies within delay_us. */
static void append_until_killed(unsigned delay_us)
{
	struct merit_store *store = NULL;
	struct merit_store_reader *reader = NULL;
	uint64_t count = 0;

	expect(merit_store_open(dir, MERIT_STORE_READ_WRITE, &defaults, &store, NULL) == MERIT_OK, 1);
	expect(merit_store_reader_open(store, &reader) == MERIT_OK, 2);
	expect(merit_store_reader_begin(reader) == MERIT_OK, 3);
	expect(merit_store_entry_count(reader, &count) == MERIT_OK, 4);
	merit_store_reader_end(reader);
	signal(SIGALRM, die);
	setitimer(ITIMER_REAL, &(struct itimerval){ .it_value = { .tv_usec = delay_us } }, NULL);
	for (uint64_t group = count / GROUP_SIZE;; group++)
		expect(append_group(store, group) == MERIT_OK, 5);
}

static void a_kill_leaves_whole_groups(void **fixture)
{
	uint64_t count = 0;

	(void)fixture;
	merit_store_close(new_store());
	for (unsigned round = 0; round < 20; round++) {
		fflush(NULL);
		pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0)
			append_until_killed(500 + 777 * round);
		int status = 0;
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		struct merit_store *store = open_store(MERIT_STORE_READ_WRITE, &defaults);
		struct merit_store_reader *reader = NULL;
		assert_int_equal(merit_store_reader_open(store, &reader), MERIT_OK);
		assert_int_equal(merit_store_reader_begin(reader), MERIT_OK);
		assert_int_equal(merit_store_entry_count(reader, &count), MERIT_OK);
		check_groups(reader, count / GROUP_SIZE);
		merit_store_reader_end(reader);
		merit_store_reader_close(reader);
		merit_store_close(store);
	}
	assert_true(count > 0);
}

static void create_and_open_say_what_is_wrong(void **fixture)
{
	struct merit_store *store = NULL;

	(void)fixture;
	assert_int_equal(merit_store_open(dir, MERIT_STORE_READ_WRITE, &defaults, &store, NULL), MERIT_NOT_FOUND);
	assert_int_equal(merit_store_open(dir, MERIT_STORE_READ_ONLY, &defaults, &store, NULL), MERIT_NOT_FOUND);
	assert_int_equal(merit_store_create(dir, &defaults), MERIT_OK);
	assert_int_equal(merit_store_create(dir, &defaults), MERIT_EXISTS);
	assert_null(store);
}

/* One table of the log behind the store's back, in a transaction. */
struct change {
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi table;
};

static struct change change_begin(const char *table)
{
	struct change change = { 0 };
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/log", dir);
	assert_int_equal(merit_env_open(path, defaults.map_size, 0, NULL, &change.env), 0);
	assert_int_equal(mdb_txn_begin(change.env, NULL, 0, &change.txn), 0);
	assert_int_equal(mdb_dbi_open(change.txn, table, 0, &change.table), 0);
	return change;
}

static void change_end(struct change *change)
{
	assert_int_equal(mdb_txn_commit(change->txn), 0);
	mdb_env_close(change->env);
}

/* Writes another number where the format's stands. */
static void set_format(const char *text)
{
	struct change change = change_begin("meta");
	MDB_val key = { 6, (void *)"format" };
	MDB_val value = { strlen(text), (void *)text };

	assert_int_equal(mdb_put(change.txn, change.table, &key, &value, 0), 0);
	change_end(&change);
}

static void drop_table(const char *table)
{
	struct change change = change_begin(table);

	assert_int_equal(mdb_drop(change.txn, change.table, 1), 0);
	change_end(&change);
}

static void another_format_is_refused_with_its_number(void **fixture)
{
	static const struct {
		const char *text;
		uint32_t number;
	} rows[] = {
		{ "1", 1 }, { "999", 999 }, { "", 0 }, { "one", 0 }, { "2", 2 }, { "3", 3 }, { "4 ", 4 },
		{ "11111111111111111", 0 },
	};

	(void)fixture;
	merit_store_close(new_store());
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct merit_store *store = NULL;
		uint32_t format = 77;
		set_format(rows[i].text);
		assert_int_equal(merit_store_open(dir, MERIT_STORE_READ_WRITE, &defaults, &store, &format),
		                 MERIT_FORMAT_VERSION);
		assert_int_equal(format, rows[i].number);
	}
	set_format("4");
	merit_store_close(open_store(MERIT_STORE_READ_WRITE, &defaults));
}

/* The format is looked at first: a log of an older one has other tables. */
static void another_format_is_named_where_todays_tables_are_not_there(void **fixture)
{
	static const enum merit_store_mode modes[] = { MERIT_STORE_READ_WRITE, MERIT_STORE_READ_ONLY };

	(void)fixture;
	merit_store_close(new_store());
	drop_table("log");
	drop_table("tiles");
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		struct merit_store *store = NULL;
		uint32_t format = 77;
		set_format("3");
		assert_int_equal(merit_store_open(dir, modes[i], &defaults, &store, &format), MERIT_FORMAT_VERSION);
		assert_int_equal(format, 3);
		assert_int_equal(merit_store_open(dir, modes[i], &defaults, &store, NULL), MERIT_FORMAT_VERSION);
		set_format("4");
		assert_int_equal(merit_store_open(dir, modes[i], &defaults, &store, &format), MERIT_CORRUPT);
		assert_null(store);
	}
}

/* Two requests of one entry, one of two, in one group: as they lie in the table. */
static void each_request_lies_before_the_first_entry_it_caused(void **fixture)
{
	static const struct {
		uint64_t seq;
		enum store_kind kind;
		const char *bytes;
	} rows[] = {
		{ 0, KIND_REQUEST, "request a" }, { 0, KIND_ENTRY, "entry a" },
		{ 1, KIND_REQUEST, "request b" }, { 1, KIND_ENTRY, "entry b1" }, { 2, KIND_ENTRY, "entry b2" },
		{ 3, KIND_REQUEST, "request c" }, { 3, KIND_ENTRY, "entry c" },
		{ 3, KIND_CHECKPOINT, "note" },
	};
	struct merit_store *store = new_store();
	struct merit_store_reader *reader = NULL;
	MDB_cursor *cursor = NULL;
	MDB_val key, value;
	const void *bytes = NULL;
	size_t size = 0;

	(void)fixture;
	assert_int_equal(merit_store_begin(store), MERIT_OK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *text = rows[i].bytes;
		enum merit_status status =
			rows[i].kind == KIND_REQUEST ? merit_store_append_request(store, rows[i].seq, text, strlen(text)) :
			rows[i].kind == KIND_ENTRY ? merit_store_append_entry(store, rows[i].seq, text, strlen(text)) :
			merit_store_put_checkpoint(store, rows[i].seq + 1, text, strlen(text));
		assert_int_equal(status, MERIT_OK);
	}
	assert_int_equal(merit_store_commit(store), MERIT_OK);
	assert_int_equal(merit_store_reader_open(store, &reader), MERIT_OK);
	assert_int_equal(merit_store_reader_begin(reader), MERIT_OK);
	assert_int_equal(merit_store_read_request(reader, 1, &bytes, &size), MERIT_OK);
	assert_int_equal(size, 9);
	assert_memory_equal(bytes, "request b", 9);
	assert_int_equal(merit_store_read_request(reader, 2, &bytes, &size), MERIT_NOT_FOUND);
	assert_int_equal(merit_store_read_request(reader, 4, &bytes, &size), MERIT_NOT_FOUND);
	assert_int_equal(merit_store_read_request(reader, UINT64_MAX, &bytes, &size), MERIT_NOT_FOUND);
	assert_int_equal(merit_store_read_entry(reader, UINT64_MAX, &bytes, &size), MERIT_NOT_FOUND);
	merit_store_reader_end(reader);
	merit_store_reader_close(reader);
	merit_store_close(store);

	struct change change = change_begin("log");
	assert_int_equal(mdb_cursor_open(change.txn, change.table, &cursor), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t number = rows[i].seq * 4 + (uint64_t)rows[i].kind;
		assert_int_equal(mdb_cursor_get(cursor, &key, &value, MDB_NEXT), 0);
		assert_int_equal(key.mv_size, sizeof(number));
		assert_memory_equal(key.mv_data, &number, sizeof(number));
		assert_int_equal(value.mv_size, strlen(rows[i].bytes));
		assert_memory_equal(value.mv_data, rows[i].bytes, value.mv_size);
	}
	assert_int_equal(mdb_cursor_get(cursor, &key, &value, MDB_NEXT), MDB_NOTFOUND);
	mdb_cursor_close(cursor);
	change_end(&change);
}

/* The count is that of the last row. A gap before it is for verify to name, which asks for each entry. */
static void a_gap_is_seen_by_who_reads_the_entry(void **fixture)
{
	struct merit_store *store = new_store();
	struct merit_store_reader *reader = NULL;
	uint64_t number = 5 * 4 + KIND_ENTRY, count = 0;
	MDB_val key = { sizeof(number), &number };
	const void *bytes = NULL;
	size_t size = 0;

	(void)fixture;
	assert_int_equal(append_group(store, 0), MERIT_OK);
	merit_store_close(store);
	struct change change = change_begin("log");
	assert_int_equal(mdb_del(change.txn, change.table, &key, NULL), 0);
	change_end(&change);
	store = open_store(MERIT_STORE_READ_ONLY, &defaults);
	assert_int_equal(merit_store_reader_open(store, &reader), MERIT_OK);
	assert_int_equal(merit_store_reader_begin(reader), MERIT_OK);
	assert_int_equal(merit_store_entry_count(reader, &count), MERIT_OK);
	assert_int_equal(count, GROUP_SIZE);
	assert_int_equal(merit_store_read_entry(reader, 5, &bytes, &size), MERIT_NOT_FOUND);
	assert_int_equal(merit_store_read_entry(reader, 6, &bytes, &size), MERIT_OK);
	merit_store_reader_end(reader);
	merit_store_reader_close(reader);
	merit_store_close(store);
}

static void a_log_cut_short_is_corrupt(void **fixture)
{
	char path[PATH_MAX];
	struct merit_store *store = new_store();

	(void)fixture;
	for (uint64_t group = 0; group < 5; group++)
		assert_int_equal(append_group(store, group), MERIT_OK);
	merit_store_close(store);
	snprintf(path, sizeof(path), "%s/log/data.mdb", dir);
	struct stat file;
	assert_int_equal(stat(path, &file), 0);
	assert_int_equal(truncate(path, file.st_size - 4096), 0);
	store = NULL;
	assert_int_equal(merit_store_open(dir, MERIT_STORE_READ_WRITE, &defaults, &store, NULL), MERIT_CORRUPT);
}

static void a_backup_taken_beside_the_writer_is_whole(void **fixture)
{
	char target[128];
	bool compact = false;
	struct merit_store *store = new_store();

	(void)fixture;
	snprintf(target, sizeof(target), "%s/copy", root);
	for (uint64_t group = 0; group < 10; group++)
		assert_int_equal(append_group(store, group), MERIT_OK);
	assert_int_equal(merit_store_begin(store), MERIT_OK);
	assert_int_equal(merit_store_append_entry(store, 10 * GROUP_SIZE, "not yet", 7), MERIT_OK);
	assert_int_equal(merit_store_backup(store, target, &compact), MERIT_OK);
	assert_true(compact);
	assert_int_equal(merit_store_backup(store, target, &compact), MERIT_EXISTS);
	merit_store_abort(store);
	assert_int_equal(append_group(store, 10), MERIT_OK);
	merit_store_close(store);

	snprintf(dir, sizeof(dir), "%s/copy", root);
	store = open_store(MERIT_STORE_READ_WRITE, &defaults);
	check_store(store, 10);
	assert_int_equal(append_group(store, 10), MERIT_OK);
	check_store(store, 11);
	merit_store_close(store);
}

static void a_full_map_refuses_groups_and_reads_on_until_it_is_raised(void **fixture)
{
	const struct merit_store_options small = { .map_size = 1 << 20 };
	const uint64_t group_size = GROUP_SIZE * LEAF_ROOM + MERIT_STORE_TILE_SIZE;
	struct merit_store_usage usage;
	uint64_t group = 0;

	(void)fixture;
	assert_int_equal(merit_store_create(dir, &small), MERIT_OK);
	struct merit_store *store = open_store(MERIT_STORE_READ_WRITE, &small);
	while (merit_store_has_room(store, group_size, GROUP_SIZE + 3) == MERIT_OK) {
		assert_int_equal(append_group(store, group), MERIT_OK); /* A yes is kept. */
		group++;
	}
	assert_true(group > 5);
	assert_int_equal(merit_store_has_room(store, group_size, GROUP_SIZE + 3), MERIT_STORE_FULL);
	assert_null(merit_store_failure(store));
	check_store(store, group);
	assert_int_equal(merit_store_measure(store, &usage), MERIT_OK);
	assert_int_equal(usage.map_size, small.map_size);
	assert_true(usage.used_size <= usage.map_size);
	merit_store_close(store);

	store = open_store(MERIT_STORE_READ_WRITE, &defaults);
	assert_int_equal(merit_store_has_room(store, group_size, GROUP_SIZE + 3), MERIT_OK);
	assert_int_equal(append_group(store, group), MERIT_OK);
	check_store(store, group + 1);
	merit_store_close(store);
}

static void a_full_disk_refuses_groups_and_reads_on(void **fixture)
{
	const struct merit_store_options no_disk = { .map_size = 1 << 28, .disk_reserve_size = UINT64_MAX };

	(void)fixture;
	merit_store_close(new_store());
	struct merit_store *store = open_store(MERIT_STORE_READ_WRITE, &no_disk);
	assert_int_equal(merit_store_has_room(store, 1, 1), MERIT_STORE_FULL);
	check_store(store, 0);
	merit_store_close(store);
	store = open_store(MERIT_STORE_READ_WRITE, &defaults);
	assert_int_equal(merit_store_has_room(store, 1, 1), MERIT_OK);
	assert_int_equal(merit_store_has_room(store, UINT64_MAX, 1), MERIT_STORE_FULL);
	assert_int_equal(merit_store_has_room(store, 1, UINT64_MAX), MERIT_STORE_FULL);
	merit_store_close(store);
}

/* Creates, opens and appends two groups, each only if it is not there. MERIT_OK if all of it worked. */
static enum merit_status run_script(struct merit_fault *fault)
{
	struct merit_store_options options = { .map_size = 1 << 28, .fault = fault };
	struct merit_store *store = NULL;

	enum merit_status status = merit_store_create(dir, &options);
	if (status != MERIT_OK && status != MERIT_EXISTS)
		return status;
	status = merit_store_open(dir, MERIT_STORE_READ_WRITE, &options, &store, NULL);
	if (status != MERIT_OK)
		return status;
	struct merit_store_reader *reader = NULL;
	uint64_t count = 0;
	assert_int_equal(merit_store_reader_open(store, &reader), MERIT_OK);
	assert_int_equal(merit_store_reader_begin(reader), MERIT_OK);
	assert_int_equal(merit_store_entry_count(reader, &count), MERIT_OK);
	for (uint64_t group = count / GROUP_SIZE; status == MERIT_OK && group < 2; group++)
		status = append_group(store, group);
	if (status != MERIT_OK) {
		assert_int_equal(status, MERIT_STORE_FAILED); /* And it stays so, though the fault is over. */
		assert_non_null(merit_store_failure(store));
		assert_int_equal(merit_store_has_room(store, 1, 1), MERIT_STORE_FAILED);
		assert_int_equal(merit_store_begin(store), MERIT_STORE_FAILED);
		assert_int_equal(merit_store_commit(store), MERIT_STORE_FAILED);
		check_groups(reader, count / GROUP_SIZE); /* Reads go on. */
	}
	merit_store_reader_end(reader);
	merit_store_reader_close(reader);
	merit_store_close(store);
	return status;
}

static void every_store_call_may_fail_once(void **fixture)
{
	uint64_t call = 1;

	for (;; call++) {
		struct merit_fault fault = { .calls_left = call, .rc = call % 2 == 0 ? ENOSPC : EIO };
		assert_int_equal(tear_down(fixture), 0);
		assert_int_equal(set_up(fixture), 0);
		enum merit_status status = run_script(&fault);
		if (fault.calls_left > 0) /* Beyond the last call: nothing failed. */
			break;
		assert_int_not_equal(status, MERIT_OK);
		assert_int_equal(run_script(NULL), MERIT_OK);
		struct merit_store *store = open_store(MERIT_STORE_READ_ONLY, &defaults);
		check_store(store, 2);
		merit_store_close(store);
	}
	assert_true(call > 2 * (GROUP_SIZE + 5));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_committed_is_there_after_a_reopen),
		TEST(an_aborted_group_leaves_nothing),
		TEST(a_checkpoint_is_found_by_what_it_covers),
		TEST(a_reader_sees_the_log_as_it_was_at_begin),
		TEST(readers_in_other_threads_see_whole_groups),
		TEST(a_second_writer_is_refused_and_a_reader_is_not),
		TEST(a_kill_leaves_whole_groups),
		TEST(create_and_open_say_what_is_wrong),
		TEST(another_format_is_refused_with_its_number),
		TEST(another_format_is_named_where_todays_tables_are_not_there),
		TEST(each_request_lies_before_the_first_entry_it_caused),
		TEST(a_gap_is_seen_by_who_reads_the_entry),
		TEST(a_log_cut_short_is_corrupt),
		TEST(a_backup_taken_beside_the_writer_is_whole),
		TEST(a_full_map_refuses_groups_and_reads_on_until_it_is_raised),
		TEST(a_full_disk_refuses_groups_and_reads_on),
		TEST(every_store_call_may_fail_once),
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
