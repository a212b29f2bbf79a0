/* note.c - see note.h. */
#include "ledger/note.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "ledger/encode.h"
#include "ledger/text.h"

#define SIGNATURE_START "\xe2\x80\x94 " /* an em dash, U+2014, and a space */
#define TIME_SIZE       8               /* bytes of a cosignature's time, high one first */
#define BLOB_SIZE_MAX   8192            /* bytes of any signature with its id; those of today stay below 5,000 */
#define OURS_SIZE_MAX   (MERIT_KEY_ID_SIZE + TIME_SIZE + MERIT_SIGNATURE_SIZE)

/* Unicode's White_Space property. */
static bool is_space(uint32_t code)
{
	return (code >= 0x09 && code <= 0x0d) || code == 0x20 || code == 0x85 || code == 0xa0 || code == 0x1680 ||
	       (code >= 0x2000 && code <= 0x200a) || code == 0x2028 || code == 0x2029 || code == 0x202f ||
	       code == 0x205f || code == 0x3000;
}

static bool note_characters_allowed(struct merit_slice note)
{
	uint32_t code = 0;

	while (note.size != 0) {
		size_t size = merit_text_first(note.text, note.size, &code);
		if (size == 0 || (code < 0x20 && code != '\n'))
			return false;
		note.text += size;
		note.size -= size;
	}
	return true;
}

static bool name_allowed(struct merit_slice name)
{
	uint32_t code = 0;

	if (name.size == 0)
		return false;
	while (name.size != 0) {
		size_t size = merit_text_first(name.text, name.size, &code);
		if (size == 0 || code < 0x20 || code == '+' || is_space(code))
			return false;
		name.text += size;
		name.size -= size;
	}
	return true;
}

/* The id is short: it finds a key among those the reader trusts and proves nothing. */
static void compute_id(struct merit_verifier *verifier)
{
	uint8_t input[MERIT_ORIGIN_SIZE_MAX + 2 + MERIT_PUBLIC_KEY_SIZE];
	uint8_t hash[MERIT_HASH_SIZE];
	size_t size = strlen(verifier->name);

	memcpy(input, verifier->name, size);
	input[size++] = '\n';
	input[size++] = (uint8_t)verifier->type;
	memcpy(input + size, verifier->key.bytes, MERIT_PUBLIC_KEY_SIZE);
	merit_sha256(input, size + MERIT_PUBLIC_KEY_SIZE, hash);
	memcpy(verifier->id, hash, MERIT_KEY_ID_SIZE);
}

static enum merit_status make(struct merit_slice name, enum merit_note_type type, const struct merit_public_key *key,
                              struct merit_verifier *verifier_out)
{
	struct merit_verifier verifier = { .type = type, .key = *key };

	if (name.size > MERIT_ORIGIN_SIZE_MAX || !name_allowed(name))
		return MERIT_BAD_FORMAT;
	if (!merit_public_key_usable(key))
		return MERIT_PUBLIC_KEY_WEAK;
	memcpy(verifier.name, name.text, name.size);
	compute_id(&verifier);
	*verifier_out = verifier;
	return MERIT_OK;
}

enum merit_status merit_verifier_make(const char *name, enum merit_note_type type, const struct merit_public_key *key,
                                      struct merit_verifier *verifier_out)
{
	return make((struct merit_slice){ name, strlen(name) }, type, key, verifier_out);
}

/* Takes everything before the first separator off *rest. */
static bool take_until(struct merit_slice *rest, char separator, struct merit_slice *part_out)
{
	const char *end = rest->size == 0 ? NULL : memchr(rest->text, separator, rest->size);

	if (end == NULL)
		return false;
	size_t size = (size_t)(end - rest->text);
	*part_out = (struct merit_slice){ rest->text, size };
	*rest = (struct merit_slice){ end + 1, rest->size - size - 1 };
	return true;
}

enum merit_status merit_verifier_parse(const char *text, struct merit_verifier *verifier_out)
{
	struct merit_slice rest = { text, strlen(text) }, name, hex;
	uint8_t id[MERIT_KEY_ID_SIZE], material[1 + MERIT_PUBLIC_KEY_SIZE];
	size_t id_size = 0, material_size = 0;
	struct merit_public_key key;
	struct merit_verifier verifier;

	if (!take_until(&rest, '+', &name) || !take_until(&rest, '+', &hex))
		return MERIT_BAD_FORMAT;
	if (!merit_hex_decode(hex.text, hex.size, id, sizeof(id), &id_size) || id_size != sizeof(id))
		return MERIT_BAD_FORMAT;
	if (!merit_base64_decode(rest.text, rest.size, material, sizeof(material), &material_size) ||
	    material_size != sizeof(material))
		return MERIT_BAD_FORMAT;
	if (material[0] != MERIT_NOTE_ED25519 && material[0] != MERIT_NOTE_COSIGNATURE)
		return MERIT_BAD_FORMAT;
	memcpy(key.bytes, material + 1, sizeof(key.bytes));
	enum merit_status status = make(name, (enum merit_note_type)material[0], &key, &verifier);
	if (status != MERIT_OK)
		return status;
	if (memcmp(id, verifier.id, sizeof(id)) != 0)
		return MERIT_BAD_FORMAT;
	*verifier_out = verifier;
	return MERIT_OK;
}

void merit_verifier_put(struct merit_buffer *buffer, const struct merit_verifier *verifier)
{
	uint8_t material[1 + MERIT_PUBLIC_KEY_SIZE];

	material[0] = (uint8_t)verifier->type;
	memcpy(material + 1, verifier->key.bytes, MERIT_PUBLIC_KEY_SIZE);
	merit_buffer_put_text(buffer, verifier->name);
	merit_buffer_put_char(buffer, '+');
	merit_buffer_put_hex(buffer, verifier->id, sizeof(verifier->id));
	merit_buffer_put_char(buffer, '+');
	merit_base64_put(buffer, material, sizeof(material));
}

/* A malformed line spoils the note even where nobody knows its key: two readers must not differ over one note. */
static bool parse_signature(struct merit_slice line, struct merit_note_signature *signature_out)
{
	uint8_t blob[BLOB_SIZE_MAX];
	size_t blob_size = 0;

	if (!merit_line_skip(&line, SIGNATURE_START) || !take_until(&line, ' ', &signature_out->name))
		return false;
	if (!name_allowed(signature_out->name))
		return false;
	if (!merit_base64_decode(line.text, line.size, blob, sizeof(blob), &blob_size) ||
	    blob_size <= MERIT_KEY_ID_SIZE)
		return false;
	signature_out->blob = line;
	memcpy(signature_out->id, blob, MERIT_KEY_ID_SIZE);
	return true;
}

/* Splits at the last empty line: the text may hold empty lines of its own, the signatures none. */
static bool split_note(struct merit_slice note, struct merit_slice *text_out, struct merit_slice *signatures_out)
{
	for (size_t i = note.size; i >= 2; i--) {
		if (note.text[i - 1] != '\n' || note.text[i - 2] != '\n')
			continue;
		*text_out = (struct merit_slice){ note.text, i - 1 };
		*signatures_out = (struct merit_slice){ note.text + i, note.size - i };
		return true;
	}
	return false;
}

enum merit_status merit_note_parse(const char *note, size_t size, struct merit_note *note_out)
{
	struct merit_slice whole = { note, size }, rest, line;

	note_out->signature_count = 0;
	if (size > MERIT_NOTE_SIZE_MAX)
		return MERIT_TOO_LARGE;
	if (!note_characters_allowed(whole) || !split_note(whole, &note_out->text, &rest))
		return MERIT_BAD_FORMAT;
	while (merit_line_next(&rest, &line)) {
		if (note_out->signature_count == MERIT_NOTE_SIGNATURES_MAX)
			return MERIT_TOO_LARGE;
		if (!parse_signature(line, &note_out->signatures[note_out->signature_count]))
			return MERIT_BAD_FORMAT;
		note_out->signature_count++;
	}
	return rest.size == 0 && note_out->signature_count != 0 ? MERIT_OK : MERIT_BAD_FORMAT;
}

/* What a witness signs. */
static void put_cosigned(struct merit_buffer *buffer, struct merit_slice text, uint64_t time_s)
{
	merit_buffer_put_format(buffer, "cosignature/v1\ntime %" PRIu64 "\n", time_s);
	merit_buffer_put(buffer, text.text, text.size);
}

static uint64_t read_time(const uint8_t *bytes)
{
	uint64_t time_s = 0;

	for (unsigned i = 0; i < TIME_SIZE; i++)
		time_s = time_s << 8 | bytes[i];
	return time_s;
}

static enum merit_status verify_cosignature(struct merit_slice text, const struct merit_public_key *key,
                                            const uint8_t *payload, uint64_t *time_s_out)
{
	struct merit_buffer message = { 0 };
	uint64_t time_s = read_time(payload);

	if (time_s > INT64_MAX)
		return MERIT_BAD_SIGNATURE;
	put_cosigned(&message, text, time_s);
	bool fits = !message.bad;
	bool valid = fits && merit_key_verify(key, message.data, message.size, payload + TIME_SIZE);
	merit_buffer_free(&message);
	if (!fits)
		return MERIT_NO_MEMORY;
	if (!valid)
		return MERIT_BAD_SIGNATURE;
	*time_s_out = time_s;
	return MERIT_OK;
}

static enum merit_status verify_line(struct merit_slice text, const struct merit_note_signature *signature,
                                     const struct merit_verifier *verifier, uint64_t *time_s_out)
{
	uint8_t blob[OURS_SIZE_MAX];
	size_t size = 0;
	bool cosignature = verifier->type == MERIT_NOTE_COSIGNATURE;
	size_t want = MERIT_KEY_ID_SIZE + (cosignature ? TIME_SIZE : 0U) + MERIT_SIGNATURE_SIZE;

	if (!merit_base64_decode(signature->blob.text, signature->blob.size, blob, sizeof(blob), &size) || size != want)
		return MERIT_BAD_SIGNATURE;
	if (cosignature)
		return verify_cosignature(text, &verifier->key, blob + MERIT_KEY_ID_SIZE, time_s_out);
	*time_s_out = 0;
	bool valid = merit_key_verify(&verifier->key, text.text, text.size, blob + MERIT_KEY_ID_SIZE);
	return valid ? MERIT_OK : MERIT_BAD_SIGNATURE;
}

static bool is_by(const struct merit_note_signature *signature, const struct merit_verifier *verifier)
{
	return memcmp(signature->id, verifier->id, sizeof(verifier->id)) == 0 &&
	       signature->name.size == strlen(verifier->name) &&
	       memcmp(signature->name.text, verifier->name, signature->name.size) == 0;
}

enum merit_status merit_note_verify(const struct merit_note *note, const struct merit_verifier *verifier,
                                    uint64_t *time_s_out)
{
	enum merit_status status = MERIT_SIGNER_MISSING;
	uint64_t time_s = 0;

	for (unsigned i = 0; i < note->signature_count; i++) {
		if (!is_by(&note->signatures[i], verifier))
			continue;
		status = verify_line(note->text, &note->signatures[i], verifier, &time_s);
		if (status != MERIT_OK)
			return status;
	}
	if (status == MERIT_OK && time_s_out != NULL)
		*time_s_out = time_s;
	return status;
}

static bool is_public_side(const struct merit_verifier *verifier, const struct merit_secret_key *key)
{
	struct merit_public_key public_key = merit_secret_key_public(key);

	return memcmp(verifier->key.bytes, public_key.bytes, sizeof(public_key.bytes)) == 0;
}

static void put_line(struct merit_buffer *buffer, const struct merit_verifier *verifier, const uint8_t *blob,
                     size_t size)
{
	merit_buffer_put_text(buffer, SIGNATURE_START);
	merit_buffer_put_text(buffer, verifier->name);
	merit_buffer_put_char(buffer, ' ');
	merit_base64_put(buffer, blob, size);
	merit_buffer_put_char(buffer, '\n');
}

void merit_note_put_signature(struct merit_buffer *buffer, const struct merit_verifier *verifier,
                              const struct merit_secret_key *key, struct merit_slice text)
{
	uint8_t blob[MERIT_KEY_ID_SIZE + MERIT_SIGNATURE_SIZE];

	assert(verifier->type == MERIT_NOTE_ED25519 && is_public_side(verifier, key));
	memcpy(blob, verifier->id, MERIT_KEY_ID_SIZE);
	merit_key_sign(key, text.text, text.size, blob + MERIT_KEY_ID_SIZE);
	put_line(buffer, verifier, blob, sizeof(blob));
}

void merit_note_put_cosignature(struct merit_buffer *buffer, const struct merit_verifier *verifier,
                                const struct merit_secret_key *key, struct merit_slice text, uint64_t time_s)
{
	uint8_t blob[MERIT_KEY_ID_SIZE + TIME_SIZE + MERIT_SIGNATURE_SIZE];
	struct merit_buffer message = { 0 };

	assert(verifier->type == MERIT_NOTE_COSIGNATURE && is_public_side(verifier, key));
	assert(time_s <= INT64_MAX);
	memcpy(blob, verifier->id, MERIT_KEY_ID_SIZE);
	for (unsigned i = 0; i < TIME_SIZE; i++)
		blob[MERIT_KEY_ID_SIZE + i] = (uint8_t)(time_s >> (8 * (TIME_SIZE - 1 - i)));
	put_cosigned(&message, text, time_s);
	if (message.bad) {
		buffer->bad = true;
	} else {
		merit_key_sign(key, message.data, message.size, blob + MERIT_KEY_ID_SIZE + TIME_SIZE);
		put_line(buffer, verifier, blob, sizeof(blob));
	}
	merit_buffer_free(&message);
}
