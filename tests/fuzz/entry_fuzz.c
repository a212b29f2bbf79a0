/* entry_fuzz.c
 * Goal    whatever the bytes, reading them as a leaf ends, stays in its bounds, and takes only what printing gives back
 *         byte for byte.
 * Method  what was taken is printed and compared, and its postings are summed, which must not overflow. */
#include <assert.h>
#include <string.h>

#include "ledger/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct merit_arena arena = { 0 };
	struct merit_buffer again = { 0 };
	struct merit_entry entry;

	enum merit_status status = merit_entry_read(data, size, &arena, &entry);
	if (status == MERIT_OK) {
		merit_entry_put(&again, &entry);
		assert(!again.bad && again.size == size && memcmp(again.data, data, size) == 0);
		(void)merit_postings_fault(&entry);
	} else {
		assert(status == MERIT_BAD_FORMAT);
	}
	merit_buffer_free(&again);
	merit_arena_free(&arena);
	return 0;
}
