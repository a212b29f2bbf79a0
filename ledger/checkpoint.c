/* checkpoint.c - see checkpoint.h. */
#include "ledger/checkpoint.h"

#include <assert.h>
#include <string.h>

#include "ledger/encode.h"
#include "ledger/proof.h"

void merit_checkpoint_put(struct merit_buffer *buffer, const struct merit_checkpoint *checkpoint)
{
	assert(checkpoint->size <= INT64_MAX);
	merit_buffer_put_text(buffer, checkpoint->origin);
	merit_buffer_put_char(buffer, '\n');
	merit_buffer_put_integer(buffer, (int64_t)checkpoint->size);
	merit_buffer_put_char(buffer, '\n');
	merit_base64_put(buffer, checkpoint->root.bytes, MERIT_HASH_SIZE);
	merit_buffer_put_char(buffer, '\n');
}

void merit_checkpoint_put_signed(struct merit_buffer *buffer, const struct merit_checkpoint *checkpoint,
                                 const struct merit_verifier *log, const struct merit_secret_key *key)
{
	struct merit_buffer text = { 0 };

	assert(strcmp(checkpoint->origin, log->name) == 0);
	merit_checkpoint_put(&text, checkpoint);
	if (text.bad) {
		buffer->bad = true;
	} else {
		merit_buffer_put(buffer, text.data, text.size);
		merit_buffer_put_char(buffer, '\n');
		merit_note_put_signature(buffer, log, key, (struct merit_slice){ text.data, text.size });
	}
	merit_buffer_free(&text);
}

static bool extensions_allowed(struct merit_slice rest)
{
	struct merit_slice line;

	while (merit_line_next(&rest, &line)) {
		if (line.size == 0)
			return false;
	}
	return rest.size == 0;
}

enum merit_status merit_checkpoint_parse(struct merit_slice text, struct merit_checkpoint *checkpoint_out)
{
	struct merit_checkpoint checkpoint = { .size = 0 };
	struct merit_hash empty = merit_proof_empty_root();
	struct merit_slice origin, size, root;

	if (!merit_line_next(&text, &origin) || !merit_line_next(&text, &size) || !merit_line_next(&text, &root))
		return MERIT_BAD_FORMAT;
	if (origin.size == 0 || origin.size > MERIT_ORIGIN_SIZE_MAX || memchr(origin.text, '\0', origin.size) != NULL)
		return MERIT_BAD_FORMAT;
	if (!merit_line_decimal(size, &checkpoint.size) || !merit_line_hash(root, &checkpoint.root))
		return MERIT_BAD_FORMAT;
	if (checkpoint.size == 0 && !merit_hash_equal(&checkpoint.root, &empty))
		return MERIT_BAD_FORMAT;
	if (!extensions_allowed(text))
		return MERIT_BAD_FORMAT;
	memcpy(checkpoint.origin, origin.text, origin.size);
	*checkpoint_out = checkpoint;
	return MERIT_OK;
}

enum merit_status merit_checkpoint_read(struct merit_slice note, struct merit_checkpoint *checkpoint_out)
{
	struct merit_note parsed;
	enum merit_status status = merit_note_parse(note.text, note.size, &parsed);

	return status == MERIT_OK ? merit_checkpoint_parse(parsed.text, checkpoint_out) : status;
}

enum merit_status merit_checkpoint_open(struct merit_slice note, const struct merit_verifier *log,
                                        struct merit_checkpoint *checkpoint_out)
{
	struct merit_note parsed;
	struct merit_checkpoint checkpoint;

	enum merit_status status = merit_note_parse(note.text, note.size, &parsed);
	if (status != MERIT_OK)
		return status;
	status = merit_checkpoint_parse(parsed.text, &checkpoint);
	if (status != MERIT_OK)
		return status;
	status = merit_note_verify(&parsed, log, NULL);
	if (status != MERIT_OK)
		return status;
	if (strcmp(checkpoint.origin, log->name) != 0)
		return MERIT_SIGNER_MISSING;
	*checkpoint_out = checkpoint;
	return MERIT_OK;
}
