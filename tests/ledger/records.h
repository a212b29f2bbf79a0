/* records.h - records changed by hand, and whether they are still read, for the tests of entries. */
#ifndef MERIT_TESTS_LEDGER_RECORDS_H
#define MERIT_TESTS_LEDGER_RECORDS_H

#include "tests/ledger/steps.h"

/* The status of reading it. What is read must print to the same bytes. */
static inline enum merit_status record_read(const char *record, size_t size)
{
	struct merit_arena arena = { 0 };
	struct merit_entry entry;

	enum merit_status status = merit_entry_read(record, size, &arena, &entry);
	if (status == MERIT_OK) {
		struct merit_buffer again = { 0 };
		merit_entry_put(&again, &entry);
		assert_int_equal(again.size, size);
		assert_memory_equal(again.data, record, size);
		merit_buffer_free(&again);
	}
	merit_arena_free(&arena);
	return status;
}

/* text with the first find replaced by put, and a NUL behind; the test ends when it is not there. */
static inline void changed(const char *text, const char *find, const char *put, struct merit_buffer *out)
{
	const char *at = strstr(text, find);

	if (at == NULL)
		fail_msg("no %s in %s", find, text);
	merit_buffer_clear(out);
	merit_buffer_put(out, text, (size_t)(at - text));
	merit_buffer_put_text(out, put);
	merit_buffer_put_text(out, at + strlen(find));
	merit_buffer_put_char(out, '\0');
}

#endif
