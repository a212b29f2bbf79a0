/* source_test.c
 * Goal    a directory's log is read whole, in order and as far as its newest checkpoint; a reader may look at other
 *         entries meanwhile; what is no log, or has an entry out of its place, is refused.
 * Method  a fixture's directory, closed; the same entries in memory with two of them changed about. */
#include <limits.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger/store_env.h"
#include "tests/ledger/story.h"
#include "tests/report/memory.h"

struct seen {
	struct merit_journal *journal;
	uint64_t next, told, told_of, stop;
	struct merit_arena arena;
};

static enum merit_status see(void *context, const struct merit_entry *entry)
{
	struct seen *seen = context;
	struct merit_entry other;

	assert_int_equal(entry->seq, seen->next++);
	if (seen->journal != NULL) { /* which must leave the page as it is */
		uint64_t seq = (entry->seq * 7919) % seen->journal->size;
		merit_arena_reset(&seen->arena);
		assert_int_equal(merit_journal_read(seen->journal, seq, &seen->arena, &other), MERIT_OK);
		assert_int_equal(other.seq, seq);
	}
	return entry->seq == seen->stop ? MERIT_NOT_DUE : MERIT_OK;
}

static void tell(void *context, uint64_t done, uint64_t of)
{
	struct seen *seen = context;

	assert_true(done > seen->told && done <= of);
	seen->told = done;
	seen->told_of = of;
}

/* So many entries that they take several pages. */
static struct fixture *filled(void)
{
	struct fixture *f = fixture_new();

	fixture_world(f);
	for (int i = 0; i < 1200; i++) {
		char reference[16];
		snprintf(reference, sizeof(reference), "r%d", i);
		must(f, fixture_gift(f, "m1", reference, 1));
	}
	return f;
}

static void a_directory_is_read_whole(void **state)
{
	struct fixture *f = filled();
	struct merit_journal *journal = NULL;
	struct seen seen = { .stop = UINT64_MAX };
	const struct merit_journal_progress progress = { .tell = tell, .context = &seen };
	uint64_t size = fixture_size(f);

	(void)state;
	fixture_close(f);
	assert_int_equal(merit_journal_open_directory(f->directory, &journal), MERIT_OK);
	assert_int_equal(journal->size, size);
	assert_string_equal(journal->origin, FIXTURE_ORIGIN);
	assert_int_equal(journal->offset_minutes, 0);
	assert_int_equal(journal->time_ms, f->now_ms);
	seen.journal = journal;
	assert_int_equal(merit_journal_each(journal, 0, size, see, &seen, &progress), MERIT_OK);
	assert_int_equal(seen.next, size);
	assert_int_equal(seen.told, size);
	assert_int_equal(seen.told_of, size);
	merit_journal_close(journal);
	merit_arena_free(&seen.arena);
	fixture_open(f);
	world_free(f);
}

/* KiB that files of the directory take of this process's memory; -1 where the system does not say. */
static int64_t resident_of(const char *directory)
{
	FILE *maps = fopen("/proc/self/smaps", "re");
	char line[512];
	bool is_ours = false;
	long long rss, sum = 0;

	if (maps == NULL)
		return -1;
	while (fgets(line, sizeof(line), maps) != NULL) {
		if (strstr(line, " r") != NULL) /* " r--s ": where a mapping begins */
			is_ours = strstr(line, directory) != NULL;
		if (is_ours && sscanf(line, "Rss: %lld kB", &rss) == 1)
			sum += rss;
	}
	(void)fclose(maps);
	return sum;
}

static enum merit_status nothing(void *context, const struct merit_entry *entry)
{
	(void)entry;
	++*(uint64_t *)context;
	return MERIT_OK;
}

static void a_log_that_was_read_is_not_kept_in_memory(void **state)
{
	struct fixture *f = filled();
	struct merit_journal *journal = NULL;
	uint64_t count = 0, size = 0;

	(void)state;
	fixture_close(f);
	assert_int_equal(merit_journal_open_directory(f->directory, &journal), MERIT_OK);
	int64_t before = resident_of(f->directory);
	assert_int_equal(merit_journal_each(journal, 0, journal->size, nothing, &count, NULL), MERIT_OK);
	int64_t behind = resident_of(f->directory);
	for (uint64_t i = 0; i < count; i++) {
		struct merit_journal_record record;
		assert_int_equal(journal->fetch_one(journal, i, &record), MERIT_OK);
		size += record.size;
	}
	merit_journal_close(journal);
	fixture_open(f);
	world_free(f);
	if (before < 0) {
		print_message("no /proc/self/smaps: not tested\n");
		skip();
	}
	print_message("%lld KiB of %lld stayed\n", (long long)(behind - before), (long long)(size / 1024));
	assert_true(behind - before < (int64_t)(size / 1024 / 2));
}

static void a_page_is_full_and_in_order(void **state)
{
	struct fixture *f = filled();
	const struct merit_journal_record *records;
	struct merit_journal *journal = NULL;
	size_t count;

	(void)state;
	fixture_close(f);
	assert_int_equal(merit_journal_open_directory(f->directory, &journal), MERIT_OK);
	assert_int_equal(journal->fetch(journal, 5, &records, &count), MERIT_OK);
	assert_int_equal(count, MERIT_JOURNAL_PAGE_RECORDS);
	assert_memory_equal(records[0].bytes, "{\"seq\":5,", 9);
	assert_memory_equal(records[999].bytes, "{\"seq\":1004,", 12);
	assert_int_equal(journal->fetch(journal, journal->size - 1, &records, &count), MERIT_OK);
	assert_int_equal(count, 1);
	merit_journal_close(journal);
	fixture_open(f);
	world_free(f);
}

static void a_part_is_read_and_a_stop_is_obeyed(void **state)
{
	struct fixture *f = fixture_new();
	struct seen seen = { .next = 3, .stop = UINT64_MAX };

	(void)state;
	fixture_world(f);
	struct memory *memory = memory_of(f);
	memory->page_count = 2;
	assert_int_equal(merit_journal_each(&memory->journal, 3, 8, see, &seen, NULL), MERIT_OK);
	assert_int_equal(seen.next, 8);
	seen = (struct seen){ .next = 0, .stop = 4 };
	assert_int_equal(merit_journal_each(&memory->journal, 0, memory->journal.size, see, &seen, NULL),
	                 MERIT_NOT_DUE);
	assert_int_equal(seen.next, 5);
	memory->journal.close(&memory->journal);
	world_free(f);
}

static void an_entry_out_of_its_place_is_refused(void **state)
{
	struct fixture *f = fixture_new();
	struct seen seen = { .stop = UINT64_MAX };

	(void)state;
	fixture_world(f);
	struct memory *memory = memory_of(f);
	struct merit_buffer record = memory->records[4];
	memory->records[4] = memory->records[5];
	memory->records[5] = record;
	assert_int_equal(merit_journal_each(&memory->journal, 0, memory->journal.size, see, &seen, NULL),
	                 MERIT_BAD_FORMAT);
	assert_int_equal(seen.next, 4);
	memory->journal.close(&memory->journal);
	world_free(f);
}

static void another_origin_or_no_birth_is_refused(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	struct memory *memory = memory_of(f);
	memory->journal.origin[0] = 'M';
	assert_int_equal(merit_journal_learn(&memory->journal), MERIT_BAD_FORMAT);
	memory->journal.origin[0] = 'm';
	assert_int_equal(merit_journal_learn(&memory->journal), MERIT_OK);
	memory->records[0].data[2] = 'S';
	assert_int_equal(merit_journal_learn(&memory->journal), MERIT_BAD_FORMAT);
	memory->journal.close(&memory->journal);
	world_free(f);
}

static void what_is_no_directory_is_refused(void **state)
{
	struct merit_journal *journal = NULL;

	(void)state;
	assert_int_equal(merit_journal_open_directory("/nonexistent", &journal), MERIT_NOT_FOUND);
	assert_null(journal);
	merit_journal_close(NULL);
}

/* Of the directory and what is in its log. */
static void modes_set(const struct fixture *f, mode_t of_directories, mode_t of_files)
{
	static const char *const names[] = { "", "log", "log/data.mdb", "log/lock.mdb" };
	char path[PATH_MAX];

	assert_int_equal(chmod(f->root, 0755), 0); /* anybody may come this far */
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", f->directory, names[i]);
		assert_int_equal(chmod(path, i < 2 ? of_directories : of_files), 0);
	}
}

/* In another process, which writes nowhere: what opening comes to for such a user. */
static enum merit_status open_as_nobody(const struct fixture *f)
{
	int status = 0;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		struct merit_journal *journal = NULL;
		if (geteuid() == 0 && setuid(65534) != 0)
			_exit(255);
		enum merit_status opened = merit_journal_open_directory(f->directory, &journal);
		merit_journal_close(journal);
		_exit((int)opened);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return (enum merit_status)WEXITSTATUS(status);
}

/* A live log's readers write its lock; a backup's need not. */
static void a_backup_is_read_by_who_may_not_write_it(void **state)
{
	struct fixture *f = filled();
	char marker[PATH_MAX];

	(void)state;
	(void)snprintf(marker, sizeof(marker), "%s/" MERIT_COPY_MARKER, f->directory);
	fixture_close(f);
	modes_set(f, 0555, 0444);
	assert_int_equal(open_as_nobody(f), MERIT_IO_FAILED);
	modes_set(f, 0755, 0444);
	FILE *file = fopen(marker, "we");
	assert_non_null(file);
	(void)fclose(file);
	modes_set(f, 0555, 0444);
	enum merit_status opened = open_as_nobody(f);
	modes_set(f, 0755, 0644);
	assert_int_equal(unlink(marker), 0);
	assert_int_equal(opened, MERIT_OK);
	fixture_open(f);
	world_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_directory_is_read_whole),
		cmocka_unit_test(a_log_that_was_read_is_not_kept_in_memory),
		cmocka_unit_test(a_page_is_full_and_in_order),
		cmocka_unit_test(a_part_is_read_and_a_stop_is_obeyed),
		cmocka_unit_test(an_entry_out_of_its_place_is_refused),
		cmocka_unit_test(another_origin_or_no_birth_is_refused),
		cmocka_unit_test(what_is_no_directory_is_refused),
		cmocka_unit_test(a_backup_is_read_by_who_may_not_write_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
