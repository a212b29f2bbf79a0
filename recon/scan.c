/* scan.c - see scan.h. */
#include "recon/scan.h"

#include <assert.h>
#include <string.h>

#include "ledger/calendar.h"

/* ---- Looking at the head of a leaf ---- */

/* The value of a text in the head, up to its quote: what stands in front of it, names and numbers, holds no quotes. */
static struct merit_text head_text(const struct merit_journal_record *record, const char *begins)
{
	size_t size = strlen(begins);
	const char *end = (const char *)record->bytes + record->size;
	const char *found = memmem(record->bytes, record->size, begins, size);

	if (found == NULL)
		return MERIT_TEXT("");
	found += size;
	const char *quote = memchr(found, '"', (size_t)(end - found));
	return (struct merit_text){ found, quote == NULL ? 0 : (size_t)(quote - found) };
}

/* The names of what is wanted, looked up once; and of an approval: of what, its values tell. */
struct names {
	struct merit_text texts[MERIT_SCAN_OPERATIONS_MAX + 1];
	size_t count;
};

static struct names names_of(const struct merit_scan *scan)
{
	struct names names = { .texts = { MERIT_TEXT("proposal.approve") }, .count = 1 };

	for (size_t i = 0; i < scan->operations_count; i++) {
		const struct merit_operation *operation = merit_operation_numbered(scan->operations[i]);
		names.texts[names.count++] = (struct merit_text){ operation->name, operation->name_size };
	}
	return names;
}

static bool is_named(const struct names *names, struct merit_text name)
{
	for (size_t i = 0; i < names->count; i++) {
		if (merit_text_equal(name, names->texts[i]))
			return true;
	}
	return false;
}

static bool is_day_wanted(const struct merit_scan *scan, uint64_t seq, int32_t day)
{
	return (day >= scan->first_day && day <= scan->last_day) ||
	       (scan->takes_too != NULL && scan->takes_too(scan->of, seq, day));
}

/* What does not look like a head is taken, so that reading it says what is wrong. */
static bool may_be_wanted(const struct merit_scan *scan, const struct names *names,
                          const struct merit_journal_record *record, uint64_t seq)
{
	struct merit_text name = head_text(record, ",\"op\":\""), text = head_text(record, ",\"day\":\"");
	int32_t day;

	if (name.size == 0 || !merit_day_parse(text.data, text.size, &day))
		return true;
	return is_day_wanted(scan, seq, day) && is_named(names, name);
}

/* ---- Reading what is wanted ---- */

static bool is_wanted(const struct merit_scan *scan, const struct merit_entry *entry)
{
	if (entry->status != MERIT_OK || !is_day_wanted(scan, entry->seq, entry->day))
		return false;
	for (size_t i = 0; i < scan->operations_count; i++) {
		if (entry->operation->number == scan->operations[i])
			return true;
	}
	return false;
}

static enum merit_status record_take(const struct merit_scan *scan, const struct merit_journal_record *record,
                                     uint64_t seq, struct merit_arena *arena, merit_journal_take_fn *take,
                                     void *context)
{
	struct merit_entry entry;

	merit_arena_reset(arena);
	enum merit_status status = merit_entry_read(record->bytes, record->size, arena, &entry);
	if (status != MERIT_OK)
		return status;
	if (entry.seq != seq)
		return MERIT_BAD_FORMAT;
	if (entry.status == MERIT_OK)
		merit_entry_unwrap(&entry);
	return is_wanted(scan, &entry) ? take(context, &entry) : MERIT_OK;
}

enum merit_status merit_scan_each(struct merit_journal *source, uint64_t before, const struct merit_scan *scan,
                                  merit_journal_take_fn *take, void *context,
                                  const struct merit_journal_progress *progress)
{
	const struct names names = names_of(scan);
	struct merit_arena arena = { 0 };
	enum merit_status status = MERIT_OK;

	assert(before <= source->size);
	for (uint64_t seq = 0; status == MERIT_OK && seq < before;) {
		const struct merit_journal_record *records;
		size_t count = 0;
		status = source->fetch(source, seq, &records, &count);
		for (size_t i = 0; i < count && seq < before && status == MERIT_OK; i++, seq++) {
			if (may_be_wanted(scan, &names, &records[i], seq))
				status = record_take(scan, &records[i], seq, &arena, take, context);
		}
		if (status == MERIT_OK && progress != NULL)
			progress->tell(progress->context, seq, before);
	}
	merit_arena_free(&arena);
	return status;
}
