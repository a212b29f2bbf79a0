/* journal_directory.c - see journal.h: the log of a data directory or a backup.
 *
 * Beside a running service: a page is copied in one short look at the log and given out afterwards, so that no view
 * stays open while a report thinks, and the writer may use old pages again.
 * Memory   of a page, however long the log: what was copied is forgotten. */
#include "report/journal.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/checkpoint.h"
#include "ledger/store.h"

#define PAGE_SIZE_ENOUGH (4 * 1024 * 1024) /* bytes: a page of long entries ends behind it */

struct journal_directory {
	struct merit_journal journal; /* first: it is what the others know */
	struct merit_store *store;
	struct merit_store_reader *reader;
	struct merit_buffer page, one; /* copies of records */
	struct merit_journal_record records[MERIT_JOURNAL_PAGE_RECORDS];
};

static struct journal_directory *directory_of(struct merit_journal *journal)
{
	return (struct journal_directory *)(void *)journal;
}

/* ---- Fetching ---- */

/* Copies a record behind the others. Pointers are set once the page is whole: it may move while it grows. */
static enum merit_status record_copy(struct journal_directory *directory, uint64_t seq, struct merit_buffer *to,
                                     size_t *size_out)
{
	const void *bytes;
	enum merit_status status = merit_store_read_entry(directory->reader, seq, &bytes, size_out);

	if (status == MERIT_OK)
		merit_buffer_put(to, bytes, *size_out);
	if (status == MERIT_NOT_FOUND)
		return MERIT_CORRUPT; /* A checkpoint covers it. */
	return status == MERIT_OK && to->bad ? MERIT_NO_MEMORY : status;
}

static enum merit_status page_copy(struct journal_directory *directory, uint64_t from, size_t *count_out)
{
	enum merit_status status = MERIT_OK;
	size_t count = 0;

	merit_buffer_clear(&directory->page);
	while (status == MERIT_OK && count < MERIT_JOURNAL_PAGE_RECORDS && from + count < directory->journal.size &&
	       directory->page.size < PAGE_SIZE_ENOUGH) {
		status = record_copy(directory, from + count, &directory->page, &directory->records[count].size);
		count += status == MERIT_OK;
	}
	if (count > 0)
		merit_store_forget_entries(directory->reader, from, from + count - 1);
	*count_out = count;
	return status;
}

static enum merit_status fetch(struct merit_journal *journal, uint64_t from,
                               const struct merit_journal_record **records_out, size_t *count_out)
{
	struct journal_directory *directory = directory_of(journal);
	enum merit_status status = merit_store_reader_begin(directory->reader);
	size_t count, at = 0;

	if (status != MERIT_OK)
		return status;
	status = page_copy(directory, from, &count);
	merit_store_reader_end(directory->reader);
	if (status != MERIT_OK)
		return status;
	for (size_t i = 0; i < count; i++) {
		directory->records[i].bytes = directory->page.data + at;
		at += directory->records[i].size;
	}
	*records_out = directory->records;
	*count_out = count;
	return MERIT_OK;
}

static enum merit_status fetch_one(struct merit_journal *journal, uint64_t seq, struct merit_journal_record *record_out)
{
	struct journal_directory *directory = directory_of(journal);
	enum merit_status status = merit_store_reader_begin(directory->reader);
	size_t size;

	if (status != MERIT_OK)
		return status;
	merit_buffer_clear(&directory->one);
	status = record_copy(directory, seq, &directory->one, &size);
	merit_store_reader_end(directory->reader);
	if (status == MERIT_OK)
		*record_out = (struct merit_journal_record){ directory->one.data, size };
	return status;
}

static void directory_close(struct merit_journal *journal)
{
	struct journal_directory *directory = directory_of(journal);

	merit_store_reader_close(directory->reader);
	if (directory->store != NULL)
		merit_store_close(directory->store);
	merit_buffer_free(&directory->page);
	merit_buffer_free(&directory->one);
	free(directory);
}

/* ---- Opening ---- */

static enum merit_status head_take(struct merit_journal *journal, const struct merit_store_checkpoint *row)
{
	struct merit_checkpoint head;

	if (merit_checkpoint_read((struct merit_slice){ row->note, row->note_size }, &head) != MERIT_OK ||
	    head.size != row->tree_size)
		return MERIT_BAD_FORMAT;
	journal->size = head.size;
	journal->root = head.root;
	memcpy(journal->origin, head.origin, sizeof(journal->origin));
	return MERIT_OK;
}

static enum merit_status head_read(struct journal_directory *directory)
{
	struct merit_store_checkpoint row;
	enum merit_status status = merit_store_reader_begin(directory->reader);

	if (status != MERIT_OK)
		return status;
	status = merit_store_read_newest_checkpoint(directory->reader, &row);
	status = status == MERIT_NOT_FOUND ? MERIT_BAD_FORMAT : status;
	if (status == MERIT_OK)
		status = head_take(&directory->journal, &row);
	merit_store_reader_end(directory->reader);
	return status;
}

enum merit_status merit_journal_open_directory(const char *dir, struct merit_journal **journal_out)
{
	struct journal_directory *directory = calloc(1, sizeof(*directory));

	if (directory == NULL)
		return MERIT_NO_MEMORY;
	directory->journal = (struct merit_journal){ .fetch = fetch, .fetch_one = fetch_one, .close = directory_close };
	const struct merit_store_options options = { 0 };
	enum merit_status status = merit_store_open(dir, MERIT_STORE_READ_ONLY, &options, &directory->store, NULL);
	if (status == MERIT_OK)
		status = merit_store_reader_open(directory->store, &directory->reader);
	if (status == MERIT_OK)
		status = head_read(directory);
	if (status == MERIT_OK)
		status = merit_journal_learn(&directory->journal);
	if (status == MERIT_OK)
		*journal_out = &directory->journal;
	else
		directory_close(&directory->journal);
	return status;
}
