/* state_test.c
 * Goal    whatever is flushed, undone, reopened or killed in between, state holds what a plain sorted list of rows
 *         holds.
 * Method  random operations on both, compared row by row and as a whole; a child that dies at random moments of a
 *         flush; a script of which every store call fails once. */
#include "ledger/state.h"

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

#define NAME_COUNT     400
#define TABLE_COUNT    4
#define ORDERED_TABLE  2
#define VALUE_SIZE_MAX 600
#define STEP_COUNT     60000
#define KILL_ROUNDS    50
#define KILL_ROW_COUNT 3000

/* The names all tests choose from, in order, and the model: what state must hold under each. */
struct model_name {
	uint8_t table;
	uint8_t key_size;
	unsigned char key[MERIT_STATE_KEY_SIZE_MAX];
};
struct model_row {
	bool live;
	size_t size;
	unsigned char value[VALUE_SIZE_MAX];
};
struct model {
	struct model_row rows[NAME_COUNT];
};

static const unsigned char no_anchor[MERIT_STATE_ANCHOR_SIZE];
static struct model_name names[NAME_COUNT];
static char dir[64];
static uint64_t random_state;

static uint64_t next_random(void)
{
	random_state += 0x9e3779b97f4a7c15; /* splitmix64 */
	uint64_t mixed = random_state;
	mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
	mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
	return mixed ^ (mixed >> 31);
}

static size_t random_below(size_t limit)
{
	return (size_t)(next_random() % limit);
}

static int compare_model_names(const void *left, const void *right)
{
	const struct model_name *a = left;
	const struct model_name *b = right;
	if (a->table != b->table)
		return a->table < b->table ? -1 : 1;
	int order = memcmp(a->key, b->key, a->key_size < b->key_size ? a->key_size : b->key_size);
	return order != 0 ? order : (int)a->key_size - (int)b->key_size;
}

/* Keys of all lengths, many of them beginnings of others and full of zeros: where an order is most easily lost. */
static void make_names(void)
{
	size_t count = 0;

	random_state = 1;
	while (count < NAME_COUNT) {
		struct model_name *name = &names[count];
		*name = (struct model_name){ .table = (uint8_t)random_below(TABLE_COUNT) };
		size_t limit = random_below(4) == 0 ? MERIT_STATE_KEY_SIZE_MAX + 1 : 24;
		name->key_size = (uint8_t)random_below(limit);
		for (size_t i = 0; i < name->key_size; i++)
			name->key[i] = (unsigned char)(random_below(3) == 0 ? random_below(256) : 0);
		size_t twin = 0;
		while (twin < count && compare_model_names(&names[twin], name) != 0)
			twin++;
		count += twin == count;
	}
	qsort(names, NAME_COUNT, sizeof(names[0]), compare_model_names);
}

static int set_up(void **fixture)
{
	(void)fixture;
	make_names();
	snprintf(dir, sizeof(dir), "/tmp/merit-state-test-XXXXXX");
	return mkdtemp(dir) == NULL;
}

static int tear_down(void **fixture)
{
	(void)fixture;
	bool removed = merit_state_destroy(dir) == MERIT_OK;
	return !removed || rmdir(dir) != 0;
}

static struct merit_state_options options_of(struct merit_fault *fault)
{
	return (struct merit_state_options){
		.map_size = 1ULL << 30,
		.version = 7,
		.ordered_table = ORDERED_TABLE,
		.hash_key = "any sixteen byte",
		.fault = fault,
	};
}

static struct merit_state *open_state(void)
{
	struct merit_state_options options = options_of(NULL);
	struct merit_state *rows = NULL;
	assert_int_equal(merit_state_open(dir, &options, &rows), MERIT_OK);
	return rows;
}

static void flush(struct merit_state *rows, uint64_t cut)
{
	assert_true(merit_state_freeze(rows, cut, no_anchor));
	merit_state_flushed(rows, merit_state_flush(rows));
	assert_int_equal(merit_state_failure(rows), MERIT_OK);
	assert_int_equal(merit_state_cut(rows), cut);
}

static void check_row(struct merit_state *rows, const struct model *model, size_t index)
{
	const struct model_name *name = &names[index];
	const struct model_row *want = &model->rows[index];
	size_t size = 0;

	const void *value = merit_state_get(rows, name->table, name->key, name->key_size, &size);
	assert_int_equal(value != NULL, want->live);
	if (!want->live)
		return;
	assert_int_equal((uintptr_t)value % 8, 0);
	assert_int_equal(size, want->size);
	assert_memory_equal(value, want->value, size);
}

/* A walk over the model that a scan must meet step by step. */
struct walk {
	const struct model *model;
	size_t index;
	size_t end;
	size_t left; /* stop after so many */
};

static size_t next_live(const struct walk *walk)
{
	size_t index = walk->index;
	while (index < walk->end && !walk->model->rows[index].live)
		index++;
	return index;
}

static bool visit_row(void *context, const void *key, size_t key_size, const void *value, size_t size)
{
	struct walk *walk = context;
	size_t index = next_live(walk);

	assert_true(index < walk->end);
	assert_int_equal(key_size, names[index].key_size);
	assert_memory_equal(key, names[index].key, key_size);
	assert_int_equal(size, walk->model->rows[index].size);
	assert_memory_equal(value, walk->model->rows[index].value, size);
	walk->index = index + 1;
	return --walk->left > 0;
}

static bool visit_any_row(void *context, uint8_t table, const void *key, size_t key_size, const void *value,
                          size_t size)
{
	const struct walk *walk = context;
	size_t index = next_live(walk);
	assert_true(index < walk->end);
	assert_int_equal(table, names[index].table);
	return visit_row(context, key, key_size, value, size);
}

static void check_dump(struct merit_state *rows, const struct model *model)
{
	struct walk walk = { model, 0, NAME_COUNT, SIZE_MAX };
	merit_state_dump(rows, visit_any_row, &walk);
	assert_int_equal(next_live(&walk), NAME_COUNT);
}

static void check_scan(struct merit_state *rows, const struct model *model, size_t from, size_t left)
{
	struct walk walk = { model, from, from, left };
	while (walk.end < NAME_COUNT && names[walk.end].table == names[from].table)
		walk.end++;
	merit_state_scan(rows, names[from].table, names[from].key, names[from].key_size, visit_row, &walk);
	if (walk.left > 0)
		assert_int_equal(next_live(&walk), walk.end);
}

static void check_first(struct merit_state *rows, const struct model *model)
{
	const void *key = NULL;
	const void *value = NULL;
	size_t key_size = 0;
	size_t size = 0;
	size_t want = 0;

	while (want < NAME_COUNT && !(names[want].table == ORDERED_TABLE && model->rows[want].live))
		want++;
	bool found = merit_state_first(rows, &key, &key_size, &value, &size);
	assert_int_equal(found, want < NAME_COUNT);
	if (!found)
		return;
	assert_int_equal(key_size, names[want].key_size);
	assert_memory_equal(key, names[want].key, key_size);
	assert_int_equal(size, model->rows[want].size);
	assert_memory_equal(value, model->rows[want].value, size);
}

/* Puts, replaces or deletes one row in both. */
static void change_row(struct merit_state *rows, struct model *model, size_t index)
{
	const struct model_name *name = &names[index];
	struct model_row *row = &model->rows[index];
	size_t size = random_below(8) == 0 ? random_below(VALUE_SIZE_MAX) : random_below(64);
	size_t kind = random_below(4);

	if (kind == 0) {
		merit_state_delete(rows, name->table, name->key, name->key_size);
		*row = (struct model_row){ 0 };
		return;
	}
	if (kind == 1)
		*row = (struct model_row){ 0 };
	unsigned char *value = kind == 1 ? merit_state_replace(rows, name->table, name->key, name->key_size, size)
	                                 : merit_state_put(rows, name->table, name->key, name->key_size, size);
	assert_int_equal((uintptr_t)value % 8, 0);
	if (row->size > size)
		memset(row->value + size, 0, row->size - size);
	row->live = true;
	row->size = size;
	assert_memory_equal(value, row->value, size);
	for (size_t i = random_below(size + 1); i < size; i++)
		value[i] = row->value[i] = (unsigned char)random_below(256);
}

/* The model at the moments state can go back to. */
struct history {
	struct model now, at_mark, at_freeze, on_disk;
	bool marked;
	bool flushed; /* flush ran, flushed was not told yet */
	uint64_t cut;
};

static void step_mark(struct merit_state *rows, struct history *history)
{
	if (!history->marked) {
		merit_state_mark(rows);
		history->at_mark = history->now;
	} else if (random_below(2) == 0) {
		merit_state_rollback(rows);
		history->now = history->at_mark;
	} else {
		merit_state_release(rows);
	}
	history->marked = !history->marked;
}

static void step_flush(struct merit_state *rows, struct history *history)
{
	if (!merit_state_is_frozen(rows)) {
		if (history->marked)
			step_mark(rows, history);
		assert_true(merit_state_freeze(rows, ++history->cut, no_anchor));
		history->at_freeze = history->now;
		history->flushed = false;
	} else if (!history->flushed) {
		assert_int_equal(merit_state_flush(rows), MERIT_OK);
		history->on_disk = history->at_freeze;
		history->flushed = true;
	} else if (!history->marked) {
		merit_state_flushed(rows, MERIT_OK);
		assert_int_equal(merit_state_cut(rows), history->cut);
	}
}

static void step_reopen(struct merit_state **rows, struct history *history)
{
	merit_state_close(*rows);
	*rows = open_state();
	history->now = history->on_disk;
	history->marked = false;
}

static void random_operations_agree_with_the_model(void **fixture)
{
	static struct history history;
	struct merit_state *rows = open_state();

	(void)fixture;
	random_state = 2;
	for (size_t step = 0; step < STEP_COUNT; step++) {
		size_t kind = random_below(1000);
		if (kind < 500)
			change_row(rows, &history.now, random_below(NAME_COUNT));
		else if (kind < 800)
			check_row(rows, &history.now, random_below(NAME_COUNT));
		else if (kind < 900)
			check_first(rows, &history.now);
		else if (kind < 950)
			step_mark(rows, &history);
		else if (kind < 980)
			check_scan(rows, &history.now, random_below(NAME_COUNT), 1 + random_below(50));
		else if (kind < 997)
			step_flush(rows, &history);
		else if (kind < 999)
			check_dump(rows, &history.now);
		else
			step_reopen(&rows, &history);
	}
	check_dump(rows, &history.now);
	assert_int_equal(merit_state_failure(rows), MERIT_OK);
	merit_state_close(rows);
}

/* The ordered table as a list of what is due: the smallest leave, later ones come, some groups are undone. */
static void the_first_row_is_right_while_a_queue_moves_on(void **fixture)
{
	struct merit_state *rows = open_state();
	unsigned char key[4];
	unsigned char low = 0, high = 0;

	(void)fixture;
	for (unsigned round = 0; round < 250; round++) {
		const void *first_key, *value;
		size_t key_size, size;
		for (unsigned i = 0; i < 2 && high < 250; i++) {
			memcpy(key, (unsigned char[]){ 0, 0, 0, high++ }, sizeof(key));
			merit_state_replace(rows, ORDERED_TABLE, key, sizeof(key), 0);
		}
		merit_state_mark(rows);
		bool undo = round % 3 == 0;
		for (unsigned i = 0; i < (undo ? 5 : 1); i++) {
			if (!merit_state_first(rows, &first_key, &key_size, &value, &size))
				break;
			assert_memory_equal(first_key, ((unsigned char[]){ 0, 0, 0, (unsigned char)(low + i) }), 4);
			memcpy(key, first_key, sizeof(key));
			merit_state_delete(rows, ORDERED_TABLE, key, sizeof(key));
		}
		if (undo)
			merit_state_rollback(rows);
		else {
			low = (unsigned char)(low + (low < high));
			merit_state_release(rows);
		}
		if (round % 10 == 9)
			flush(rows, round);
	}
	merit_state_close(rows);
}

static void values_of_every_size_come_back_aligned_and_whole(void **fixture)
{
	static const size_t sizes[] = { 0, 1, 7, 8, 9, 2000, 2030, 2031, 4096, 65535, MERIT_STATE_VALUE_SIZE_MAX };
	struct merit_state *rows = open_state();

	(void)fixture;
	for (unsigned pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			size_t size = 0;
			if (pass == 0)
				memset(merit_state_put(rows, 9, &i, 1 + i % 8, sizes[i]), (int)i + 1, sizes[i]);
			const unsigned char *value = merit_state_get(rows, 9, &i, 1 + i % 8, &size);
			assert_non_null(value);
			assert_int_equal((uintptr_t)value % 8, 0);
			assert_int_equal(size, sizes[i]);
			for (size_t at = 0; at < size; at++)
				assert_int_equal(value[at], i + 1);
		}
		if (pass == 0)
			flush(rows, 1);
	}
	merit_state_close(rows);
}

/* Enough rows for buckets to split many times, twice in each of the two maps. */
static void many_rows_are_found_again_in_every_level(void **fixture)
{
	const uint64_t row_count = 60000;
	struct merit_state *rows = open_state();
	size_t size;

	(void)fixture;
	for (uint64_t cut = 1; cut <= 4; cut++) {
		for (uint64_t i = cut; i < row_count; i += cut) /* Cut 1 makes them all, the others change some. */
			memcpy(merit_state_put(rows, 1, &i, sizeof(i), 16 + 8 * cut), &cut, sizeof(cut));
		for (unsigned level = 0; level < 3; level++) {
			for (uint64_t i = 1; i < row_count; i++) {
				uint64_t want = cut;
				while (i % want != 0 || i < want)
					want--;
				const void *value = merit_state_get(rows, 1, &i, sizeof(i), &size);
				assert_non_null(value);
				assert_int_equal(size, 16 + 8 * want);
				assert_memory_equal(value, &want, sizeof(want));
			}
			assert_null(merit_state_get(rows, 1, &row_count, sizeof(row_count), &size));
			if (level == 0)
				assert_true(merit_state_freeze(rows, cut, no_anchor));
			else if (level == 1)
				merit_state_flushed(rows, merit_state_flush(rows));
		}
	}
	merit_state_close(rows);
}

static void a_failed_flush_keeps_the_old_cut(void **fixture)
{
	struct merit_fault fault = { 0 };
	struct merit_state_options options = options_of(&fault);
	struct merit_state *rows = NULL;
	size_t size;

	(void)fixture;
	assert_int_equal(merit_state_open(dir, &options, &rows), MERIT_OK);
	merit_state_put(rows, 1, "a", 1, 8);
	flush(rows, 3);
	merit_state_put(rows, 1, "b", 1, 8);
	assert_true(merit_state_freeze(rows, 4, no_anchor));
	fault = (struct merit_fault){ .calls_left = 2, .rc = MDB_MAP_FULL };
	merit_state_flushed(rows, merit_state_flush(rows));
	assert_int_equal(merit_state_failure(rows), MERIT_STORE_FULL);
	assert_int_equal(merit_state_cut(rows), 3);
	assert_false(merit_state_freeze(rows, 5, no_anchor));
	merit_state_close(rows);
	rows = open_state();
	assert_int_equal(merit_state_cut(rows), 3);
	assert_non_null(merit_state_get(rows, 1, "a", 1, &size));
	assert_null(merit_state_get(rows, 1, "b", 1, &size));
	merit_state_close(rows);
}

static void a_map_without_room_says_so_before_a_freeze(void **fixture)
{
	struct merit_state_options options = options_of(NULL);
	struct merit_state *rows = NULL;
	uint64_t row_count = 0;

	(void)fixture;
	options.map_size = 4 << 20;
	assert_int_equal(merit_state_open(dir, &options, &rows), MERIT_OK);
	for (uint64_t cut = 1; merit_state_has_room(rows) == MERIT_OK; cut++) {
		if (merit_state_load(rows).row_count > 0)
			flush(rows, cut); /* A yes is kept. */
		for (unsigned i = 0; i < 500; i++, row_count++)
			merit_state_put(rows, 1, &(uint64_t){ row_count * 0x9e3779b97f4a7c15 }, 8, 300);
	}
	assert_true(row_count > 1500);
	assert_int_equal(merit_state_has_room(rows), MERIT_STORE_FULL);
	assert_int_equal(merit_state_failure(rows), MERIT_OK);
	merit_state_close(rows);
}

static void *flush_in_thread(void *context)
{
	return (void *)(uintptr_t)merit_state_flush(context);
}

/* What the owner does while another thread flushes does not get into that cut, and loses nothing. */
static void the_owner_goes_on_while_another_thread_flushes(void **fixture)
{
	struct merit_state *rows = open_state();
	uint64_t cut = 0;
	size_t size;

	(void)fixture;
	for (uint64_t value = 1; cut < 5; value++) {
		pthread_t thread;
		void *result = NULL;
		for (uint32_t i = 0; i < 2000; i++)
			memcpy(merit_state_put(rows, 1, &i, sizeof(i), 64), &value, sizeof(value));
		assert_true(merit_state_freeze(rows, ++cut, no_anchor));
		assert_int_equal(pthread_create(&thread, NULL, flush_in_thread, rows), 0);
		value++;
		for (uint32_t i = 0; i < 2000; i += 2)
			memcpy(merit_state_put(rows, 1, &i, sizeof(i), 64), &value, sizeof(value));
		assert_int_equal(pthread_join(thread, &result), 0);
		merit_state_flushed(rows, (enum merit_status)(uintptr_t)result);
		for (uint32_t i = 0; i < 2000; i++)
			assert_memory_equal(merit_state_get(rows, 1, &i, sizeof(i), &size),
			                    &(uint64_t){ value - i % 2 }, 8);
	}
	merit_state_close(rows);
	rows = open_state();
	for (uint32_t i = 0; i < 2000; i++)
		assert_memory_equal(merit_state_get(rows, 1, &i, sizeof(i), &size), &(uint64_t){ 2 * cut - 1 }, 8);
	merit_state_close(rows);
}

static void a_missing_or_other_directory_starts_empty(void **fixture)
{
	struct merit_state_options options = options_of(NULL);
	struct merit_state *rows = open_state();
	size_t size;

	(void)fixture;
	assert_int_equal(merit_state_cut(rows), 0);
	memset(merit_state_put(rows, 1, "a", 1, 3), 'x', 3);
	flush(rows, 12);
	merit_state_close(rows);
	rows = open_state();
	assert_int_equal(merit_state_cut(rows), 12);
	assert_memory_equal(merit_state_get(rows, 1, "a", 1, &size), "xxx", 3);
	merit_state_close(rows);

	options.version++;
	assert_int_equal(merit_state_open(dir, &options, &rows), MERIT_OK);
	assert_int_equal(merit_state_cut(rows), 0);
	assert_null(merit_state_get(rows, 1, "a", 1, &size));
	merit_state_close(rows);
}

static void a_file_cut_short_or_overwritten_starts_empty(void **fixture)
{
	char path[PATH_MAX];

	(void)fixture;
	snprintf(path, sizeof(path), "%s/state/data.mdb", dir);
	for (unsigned damage = 0; damage < 2; damage++) {
		struct merit_state *rows = open_state();
		for (uint32_t i = 0; i < 1000; i++)
			merit_state_put(rows, 1, &i, sizeof(i), 100);
		flush(rows, 5);
		merit_state_close(rows);
		if (damage == 0) {
			assert_int_equal(truncate(path, 3 * 4096), 0);
		} else {
			FILE *file = fopen(path, "r+b");
			char junk[2 * 4096] = { 0 };
			assert_int_equal(fwrite(junk, sizeof(junk), 1, file), 1);
			assert_int_equal(fclose(file), 0);
		}
		rows = open_state();
		assert_int_equal(merit_state_cut(rows), 0);
		merit_state_close(rows);
	}
}

static void the_load_bounds_what_a_flush_writes(void **fixture)
{
	struct merit_state *rows = open_state();

	(void)fixture;
	assert_int_equal(merit_state_load(rows).row_count, 0);
	for (uint64_t i = 0; i < 20000; i++)
		merit_state_put(rows, 1, &(uint64_t){ i * 0x9e3779b97f4a7c15 }, 8, 50);
	struct merit_state_load load = merit_state_load(rows);
	assert_int_equal(load.row_count, 20000);
	assert_int_equal(load.size, 20000 * 59);
	assert_true(load.page_count >= load.size / 4096);
	assert_true(merit_state_memory_size(rows) > load.size);
	flush(rows, 1);
	assert_int_equal(merit_state_load(rows).row_count, 0);

	struct stat before, after;
	char path[PATH_MAX];
	snprintf(path, sizeof(path), "%s/state/data.mdb", dir);
	assert_int_equal(stat(path, &before), 0);
	for (uint64_t i = 20000; i < 40000; i += 3) /* Scattered over pages that are there. */
		merit_state_put(rows, 1, &(uint64_t){ i * 0x9e3779b97f4a7c15 }, 8, 50 + 3000 * (i % 100 == 0));
	load = merit_state_load(rows);
	flush(rows, 2);
	assert_int_equal(stat(path, &after), 0);
	assert_true((uint64_t)(after.st_size - before.st_size) / 4096 <= load.page_count);
	merit_state_close(rows);
}

/* Both sides of a transfer are fetched before either is written. */
static void a_row_may_be_written_after_others_were_fetched(void **fixture)
{
	static uint64_t *values[3000];
	struct merit_state *rows = open_state();
	size_t size;

	(void)fixture;
	for (unsigned cut = 1; cut <= 2; cut++) {
		for (uint32_t i = 0; i < 3000; i++)
			values[i] = merit_state_put(rows, 1, &i, sizeof(i), sizeof(uint64_t));
		for (uint32_t i = 0; i < 3000; i++)
			*values[i] += i;
		flush(rows, cut);
	}
	for (uint32_t i = 0; i < 3000; i++)
		assert_memory_equal(merit_state_get(rows, 1, &i, sizeof(i), &size), &(uint64_t){ 2 * i }, 8);
	merit_state_close(rows);
}

/* Every row holds the cut it was last changed in; a third of the rows change in each, some of them go. */
static void change_for_cut(struct merit_state *rows, uint64_t cut)
{
	for (uint32_t i = 0; i < KILL_ROW_COUNT; i++) {
		if ((i + cut) % 3 != 0)
			continue;
		if ((i + cut) % 7 == 0)
			merit_state_delete(rows, 1, &i, sizeof(i));
		else
			memcpy(merit_state_put(rows, 1, &i, sizeof(i), 100), &cut, sizeof(cut));
	}
}

static void check_cut(struct merit_state *rows)
{
	uint64_t cut = merit_state_cut(rows);

	for (uint32_t i = 0; i < KILL_ROW_COUNT; i++) {
		uint64_t want = cut; /* The last cut that touched row i. */
		while (want > 0 && (i + want) % 3 != 0)
			want--;
		size_t size = 0;
		const void *value = merit_state_get(rows, 1, &i, sizeof(i), &size);
		assert_int_equal(value == NULL, want == 0 || (i + want) % 7 == 0);
		if (value != NULL)
			assert_memory_equal(value, &want, sizeof(want));
	}
}

static void die(int signal_number)
{
	(void)signal_number;
	kill(getpid(), SIGKILL);
}

/* Flushes one more cut and dies within delay_us, or flushes on until it does. */
static void flush_until_killed(long delay_us)
{
	struct merit_state_options options = options_of(NULL);
	struct merit_state *rows = NULL;

	if (merit_state_open(dir, &options, &rows) != MERIT_OK)
		_exit(1);
	signal(SIGALRM, die);
	setitimer(ITIMER_REAL, &(struct itimerval){ .it_value = { .tv_usec = delay_us } }, NULL);
	for (;;) {
		uint64_t cut = merit_state_cut(rows) + 1;
		change_for_cut(rows, cut);
		if (!merit_state_freeze(rows, cut, no_anchor))
			_exit(2);
		merit_state_flushed(rows, merit_state_flush(rows));
	}
}

static void a_kill_leaves_one_cut_whole(void **fixture)
{
	(void)fixture;
	random_state = 3;
	for (unsigned round = 0; round < KILL_ROUNDS; round++) {
		pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0)
			flush_until_killed((long)(1 + random_below(12000)));
		int status = 0;
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		struct merit_state *rows = open_state();
		check_cut(rows);
		merit_state_close(rows);
	}
	struct merit_state *rows = open_state();
	assert_true(merit_state_cut(rows) > 0);
	merit_state_close(rows);
}

/* Two cuts with everything in between. MERIT_OK only if all of it worked. */
static enum merit_status run_script(struct merit_fault *fault)
{
	struct merit_state_options options = options_of(fault);
	struct merit_state *rows = NULL;
	const void *key, *value;
	size_t key_size, size;

	enum merit_status status = merit_state_open(dir, &options, &rows);
	if (status != MERIT_OK)
		return status;
	for (uint64_t cut = merit_state_cut(rows) + 1; cut <= 2; cut++) {
		for (uint32_t i = 0; i < 3; i++)
			memcpy(merit_state_put(rows, ORDERED_TABLE, &i, sizeof(i), 8), &cut, sizeof(cut));
		if (merit_state_freeze(rows, cut, no_anchor))
			merit_state_flushed(rows, merit_state_flush(rows));
		(void)merit_state_get(rows, ORDERED_TABLE, &(uint32_t){ 1 }, 4, &size);
		(void)merit_state_first(rows, &key, &key_size, &value, &size);
		if (merit_state_failure(rows) != MERIT_OK)
			break;
	}
	status = merit_state_failure(rows);
	if (status != MERIT_OK) {
		assert_null(merit_state_get(rows, ORDERED_TABLE, &(uint32_t){ 1 }, 4, &size));
		assert_non_null(merit_state_put(rows, ORDERED_TABLE, "k", 1, MERIT_STATE_VALUE_SIZE_MAX));
	}
	merit_state_close(rows);
	return status;
}

static void every_store_call_may_fail_once(void **fixture)
{
	uint64_t call = 1;

	(void)fixture;
	for (;; call++) {
		struct merit_fault fault = { .calls_left = call, .rc = 5 /* EIO */ };
		assert_int_equal(merit_state_destroy(dir), MERIT_OK);
		enum merit_status status = run_script(&fault);
		if (fault.calls_left > 0) { /* Beyond the last call: nothing failed. */
			assert_int_equal(status, MERIT_OK);
			break;
		}
		assert_int_equal(status, MERIT_IO_FAILED);
		/* What is on the disk is a cut; the rest is done again. */
		assert_int_equal(run_script(NULL), MERIT_OK);
		struct merit_state *rows = open_state();
		size_t size = 0;
		assert_int_equal(merit_state_cut(rows), 2);
		for (uint32_t i = 0; i < 3; i++)
			assert_memory_equal(merit_state_get(rows, ORDERED_TABLE, &i, 4, &size), &(uint64_t){ 2 }, 8);
		merit_state_close(rows);
	}
	assert_true(call > 15);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static void an_anchor_is_kept_with_its_cut(void **fixture)
{
	static const unsigned char anchor[MERIT_STATE_ANCHOR_SIZE] = "of this log", other[MERIT_STATE_ANCHOR_SIZE] = "later";
	struct merit_state *rows = open_state();

	(void)fixture;
	assert_memory_equal(merit_state_anchor(rows), no_anchor, sizeof(no_anchor));
	merit_state_put(rows, 1, "a", 1, 8);
	assert_true(merit_state_freeze(rows, 3, anchor));
	assert_memory_equal(merit_state_anchor(rows), no_anchor, sizeof(no_anchor));
	merit_state_flushed(rows, merit_state_flush(rows));
	assert_memory_equal(merit_state_anchor(rows), anchor, sizeof(anchor));
	assert_true(merit_state_freeze(rows, 4, other)); /* and never flushed */
	merit_state_close(rows);
	rows = open_state();
	assert_int_equal(merit_state_cut(rows), 3);
	assert_memory_equal(merit_state_anchor(rows), anchor, sizeof(anchor));
	merit_state_close(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(random_operations_agree_with_the_model),
		TEST(the_first_row_is_right_while_a_queue_moves_on),
		TEST(values_of_every_size_come_back_aligned_and_whole),
		TEST(many_rows_are_found_again_in_every_level),
		TEST(a_failed_flush_keeps_the_old_cut),
		TEST(a_map_without_room_says_so_before_a_freeze),
		TEST(the_owner_goes_on_while_another_thread_flushes),
		TEST(a_missing_or_other_directory_starts_empty),
		TEST(a_file_cut_short_or_overwritten_starts_empty),
		TEST(the_load_bounds_what_a_flush_writes),
		TEST(a_row_may_be_written_after_others_were_fetched),
		TEST(a_kill_leaves_one_cut_whole),
		TEST(every_store_call_may_fail_once),
		TEST(an_anchor_is_kept_with_its_cut),
	};

	return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
