/* envelope_fuzz.c - any bytes as a message, and as a sign-in token.
 * Holds   what is given out lies within the input and has the characters and sizes the format allows; its parts are the
 *         whole message; no signature verifies by a key that signed nothing. */
#include "ledger/envelope.h"

#include <assert.h>
#include <string.h>

#include "ledger/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void assert_name(struct merit_text name, size_t size_max)
{
	assert(merit_text_is_id(name.data, name.size, size_max));
}

static void assert_origin(struct merit_text origin)
{
	assert(merit_text_is_origin(origin.data, origin.size, MERIT_ORIGIN_SIZE_MAX));
}

static struct merit_public_key stranger(void)
{
	static const uint8_t seed[MERIT_SEED_SIZE] = "a key that never signed anything";
	struct merit_secret_key key;

	merit_secret_key_from_seed(seed, &key);
	return merit_secret_key_public(&key);
}

static void try_message(const char *message, size_t size, struct merit_arena *arena)
{
	const struct merit_public_key key = stranger();
	struct merit_envelope envelope;

	if (merit_envelope_read(message, size, arena, &envelope) != MERIT_OK)
		return;
	const char *end = envelope.json.data + envelope.json.size;
	assert(envelope.json.data > message && envelope.json.data[-1] == '\n');
	assert(memchr(envelope.json.data, '\n', envelope.json.size) == NULL);
	assert(end == message + size || end + 1 + envelope.private_lines.size == message + size);
	assert(envelope.is_signed == (message[0] != '\n'));
	assert(merit_envelope_verify(&envelope, &key) == (envelope.is_signed ? MERIT_BAD_SIGNATURE : MERIT_NOT_SIGNED));
	if (!envelope.is_signed)
		return;
	assert(envelope.header.data == message && message[envelope.header.size] == '.');
	assert_origin(envelope.audience);
	assert(envelope.iat_s >= 0);
	assert(envelope.has_jwk == (envelope.party.size == 0));
	if (!envelope.has_jwk) {
		assert_name(envelope.party, MERIT_NAME_SIZE_MAX);
		assert_name(envelope.key, MERIT_NAME_SIZE_MAX);
	}
}

static void try_token(const char *text, size_t size, struct merit_arena *arena)
{
	const struct merit_public_key key = stranger();
	struct merit_token token;

	if (merit_token_read((struct merit_text){ text, size }, arena, &token) != MERIT_OK)
		return;
	assert(token.signing_input.data == text && token.signing_input.size < size);
	assert_name(token.party, MERIT_NAME_SIZE_MAX);
	assert_name(token.key, MERIT_NAME_SIZE_MAX);
	assert_name(token.member, MERIT_NAME_SIZE_MAX);
	assert_name(token.jti, MERIT_ID_SIZE_MAX);
	assert_origin(token.audience);
	assert(merit_token_verify(&token, &key) == MERIT_BAD_TOKEN);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct merit_arena arena = { 0 };

	try_message((const char *)data, size, &arena);
	try_token((const char *)data, size, &arena);
	merit_arena_free(&arena);
	return 0;
}
