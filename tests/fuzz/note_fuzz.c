/* note_fuzz.c
 * Goal    whatever the bytes, reading them as a note, a checkpoint or a verifier ends, stays in its bounds, and takes
 *         only what writing gives back byte for byte.
 * Method  each input is read all three ways; what was taken is written again and compared. The golden keys signed one
 *         text only, so a note that verifies must be that one. */
#include <assert.h>
#include <string.h>

#include "ledger/checkpoint.h"
#include "tests/ledger/golden.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void assert_same(const struct merit_buffer *written, const char *data, size_t size)
{
	assert(!written->bad && written->size == size);
	assert(size == 0 || memcmp(written->data, data, size) == 0);
}

static void assert_only_the_golden_text_verifies(const struct merit_note *note, const char *signer)
{
	struct merit_verifier verifier;
	enum merit_status status = merit_verifier_parse(signer, &verifier);

	assert(status == MERIT_OK);
	if (merit_note_verify(note, &verifier, NULL) != MERIT_OK)
		return;
	assert(note->text.size == strlen(GOLDEN_BODY));
	assert(memcmp(note->text.text, GOLDEN_BODY, note->text.size) == 0);
}

static void try_note(const char *data, size_t size)
{
	struct merit_note note;
	struct merit_buffer again = { 0 };

	if (merit_note_parse(data, size, &note) != MERIT_OK)
		return;
	merit_buffer_put(&again, note.text.text, note.text.size);
	merit_buffer_put_char(&again, '\n');
	for (unsigned i = 0; i < note.signature_count; i++) {
		merit_buffer_put_text(&again, "\xe2\x80\x94 ");
		merit_buffer_put(&again, note.signatures[i].name.text, note.signatures[i].name.size);
		merit_buffer_put_char(&again, ' ');
		merit_buffer_put(&again, note.signatures[i].blob.text, note.signatures[i].blob.size);
		merit_buffer_put_char(&again, '\n');
	}
	assert_same(&again, data, size);
	merit_buffer_free(&again);
	assert_only_the_golden_text_verifies(&note, GOLDEN_LOG);
	assert_only_the_golden_text_verifies(&note, GOLDEN_WITNESS);
}

/* Three lines, or three and extensions that are not kept. */
static void try_checkpoint(const char *data, size_t size)
{
	struct merit_checkpoint checkpoint;
	struct merit_buffer again = { 0 };

	if (merit_checkpoint_parse((struct merit_slice){ data, size }, &checkpoint) != MERIT_OK)
		return;
	merit_checkpoint_put(&again, &checkpoint);
	assert(again.size <= size);
	assert_same(&again, data, again.size);
	merit_buffer_free(&again);
}

static void try_verifier(const char *data, size_t size)
{
	struct merit_verifier verifier;
	struct merit_buffer text = { 0 }, again = { 0 };

	merit_buffer_put(&text, data, size);
	merit_buffer_put_char(&text, '\0');
	assert(!text.bad);
	if (merit_verifier_parse(text.data, &verifier) == MERIT_OK) {
		merit_verifier_put(&again, &verifier);
		assert_same(&again, text.data, strlen(text.data));
	}
	merit_buffer_free(&again);
	merit_buffer_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;

	try_note(text, size);
	try_checkpoint(text, size);
	try_verifier(text, size);
	return 0;
}
