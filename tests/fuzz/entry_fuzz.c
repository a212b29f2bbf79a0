/* entry_fuzz.c
 * Goal    whatever the bytes, reading them as a record ends, stays in its bounds, and takes only what printing gives
 *         back byte for byte: a leaf, and a sealed line where money moves.
 * Method  the bytes are taken apart first, as the log's readers do before they know that it is a record; what was
 *         taken is printed and compared, and its postings are summed, which must not overflow. */
#include <assert.h>
#include <string.h>

#include "ledger/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The two lines and what is between them are all of it. */
static void take_apart(const uint8_t *data, size_t size)
{
	struct merit_buffer leaves = { 0 }, lines = { 0 };
	size_t leaf_size = merit_record_leaf_size(data, size);
	struct merit_text sealed = merit_record_sealed(data, size);
	uint8_t salt[MERIT_SALT_SIZE];

	assert(leaf_size <= size);
	assert(leaf_size == size ? sealed.size == 0 : leaf_size + 1 + sealed.size == size);
	assert(!merit_record_salt(data, size, salt) || sealed.size > 2 * sizeof(salt));
	merit_record_put(&leaves, &lines, data, size);
	assert(!leaves.bad && leaves.size == leaf_size && !lines.bad && lines.size == sealed.size);
	merit_buffer_free(&leaves);
	merit_buffer_free(&lines);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct merit_arena arena = { 0 };
	struct merit_buffer again = { 0 };
	struct merit_entry entry;

	take_apart(data, size);
	enum merit_status status = merit_entry_read(data, size, &arena, &entry);
	if (status == MERIT_OK) {
		merit_entry_put(&again, &entry);
		assert(!again.bad && again.size == size && memcmp(again.data, data, size) == 0);
		assert(merit_entry_has_money(&entry) == (merit_record_sealed(data, size).size > 0));
		(void)merit_postings_fault(&entry);
	} else {
		assert(status == MERIT_BAD_FORMAT);
	}
	merit_buffer_free(&again);
	merit_arena_free(&arena);
	return 0;
}
