/* journal.c - see journal.h: what is common to every kind of journal. */
#include "report/journal.h"

#include <assert.h>

void merit_journal_close(struct merit_journal *journal)
{
	if (journal != NULL)
		journal->close(journal);
}

/* A log's entries are numbered without gaps: one out of its place is no entry of it. */
static enum merit_status entry_read(const struct merit_journal_record *record, uint64_t seq, struct merit_arena *arena,
                                    struct merit_entry *entry_out)
{
	enum merit_status status = merit_entry_read(record->bytes, record->size, arena, entry_out);

	return status == MERIT_OK && entry_out->seq != seq ? MERIT_BAD_FORMAT : status;
}

enum merit_status merit_journal_each(struct merit_journal *journal, uint64_t from, uint64_t before,
                                     merit_journal_take_fn *take, void *context,
                                     const struct merit_journal_progress *progress)
{
	uint64_t first = from;
	struct merit_arena arena = { 0 };
	enum merit_status status = MERIT_OK;

	assert(before <= journal->size);
	while (status == MERIT_OK && from < before) {
		const struct merit_journal_record *records;
		size_t count = 0;
		status = journal->fetch(journal, from, &records, &count);
		for (size_t i = 0; i < count && from < before && status == MERIT_OK; i++) {
			struct merit_entry entry;
			merit_arena_reset(&arena);
			status = entry_read(&records[i], from++, &arena, &entry);
			if (status == MERIT_OK)
				status = take(context, &entry);
		}
		if (status == MERIT_OK && progress != NULL)
			progress->tell(progress->context, from - first, before - first);
	}
	merit_arena_free(&arena);
	return status;
}

enum merit_status merit_journal_read(struct merit_journal *journal, uint64_t seq, struct merit_arena *arena,
                                     struct merit_entry *entry_out)
{
	struct merit_journal_record record;

	assert(seq < journal->size);
	enum merit_status status = journal->fetch_one(journal, seq, &record);
	return status == MERIT_OK ? entry_read(&record, seq, arena, entry_out) : status;
}

static bool is_birth_of(const struct merit_entry *entry, struct merit_text origin)
{
	return entry->operation->number == MERIT_OP_PROGRAM_CREATE &&
	       merit_text_equal(entry->values[PROGRAM_ORIGIN].text, origin);
}

enum merit_status merit_journal_learn(struct merit_journal *journal)
{
	struct merit_arena arena = { 0 };
	struct merit_entry entry;
	enum merit_status status = journal->size == 0 ? MERIT_BAD_FORMAT : MERIT_OK;

	if (status == MERIT_OK)
		status = merit_journal_read(journal, 0, &arena, &entry);
	if (status == MERIT_OK && !is_birth_of(&entry, merit_text_of(journal->origin)))
		status = MERIT_BAD_FORMAT;
	if (status == MERIT_OK) {
		journal->offset_minutes = (int32_t)entry.values[PROGRAM_OFFSET].integer;
		status = merit_journal_read(journal, journal->size - 1, &arena, &entry);
	}
	if (status == MERIT_OK)
		journal->time_ms = entry.time_ms;
	merit_arena_free(&arena);
	return status;
}
