/* state_test.c
 * Goal    whatever is flushed, undone or reopened in between, state holds what a plain sorted list of rows holds.
 * Method  random operations on both, compared row by row and as a whole; rows in numbers, in threads, of all sizes. */
#include "tests/ledger/state_fixture.h"

#include <pthread.h>
#include <sys/stat.h>

#define NAME_COUNT     400
#define TABLE_COUNT    4
#define VALUE_SIZE_MAX 600
#define STEP_COUNT     60000

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

static struct model_name names[NAME_COUNT];

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(random_operations_agree_with_the_model),
		TEST(the_first_row_is_right_while_a_queue_moves_on),
		TEST(values_of_every_size_come_back_aligned_and_whole),
		TEST(many_rows_are_found_again_in_every_level),
		TEST(a_map_without_room_says_so_before_a_freeze),
		TEST(the_owner_goes_on_while_another_thread_flushes),
		TEST(the_load_bounds_what_a_flush_writes),
		TEST(a_row_may_be_written_after_others_were_fetched),
	};

	make_names();
	return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
