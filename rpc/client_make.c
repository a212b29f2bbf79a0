/* client_make.c - what a client makes by itself, without a service: ids, private bytes' commitments, sign-in tokens. */
#include "rpc/client_inner.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>
#include <time.h>

#include "ledger/encode.h"
#include "ledger/envelope.h"
#include "ledger/private.h"
#include "ledger/text.h"

/* ---- Ids ---- */

/* The clock of ids. */
static uint64_t wall_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* The next one of 80 bits, so that ids of one millisecond rise. False when they ran over to 0. */
static bool count_up(uint8_t *bytes, size_t size)
{
	while (size > 0 && ++bytes[size - 1] == 0)
		size--;
	return size > 0;
}

/* 128 bits as 26 digits of Crockford's base 32, which are 130: two zero bits go in front. */
static void put_base32(const uint8_t bits[16], char text_out[MERIT_CLIENT_ID_SIZE + 1])
{
	static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	uint32_t held = 0;
	unsigned held_bits = 2;

	for (size_t i = 0; i < 16; i++) {
		held = held << 8 | bits[i];
		for (held_bits += 8; held_bits >= 5; held_bits -= 5)
			*text_out++ = digits[held >> (held_bits - 5) & 31];
	}
	assert(held_bits == 0);
	*text_out = '\0';
}

/* ULID: 48 bits of milliseconds, then 80 random bits. Within one, or when the clock was put back, those count up. */
void merit_client_id(struct merit_client *client, char id_out[MERIT_CLIENT_ID_SIZE + 1])
{
	uint64_t now_ms = wall_ms();
	uint8_t bits[16];

	if (now_ms > client->id_ms) {
		client->id_ms = now_ms;
		randombytes_buf(client->id_random, sizeof(client->id_random));
	} else if (!count_up(client->id_random, sizeof(client->id_random))) {
		client->id_ms++;
	}
	for (size_t i = 0; i < 6; i++)
		bits[i] = (uint8_t)(client->id_ms >> (40 - 8 * i));
	memcpy(bits + 6, client->id_random, sizeof(client->id_random));
	put_base32(bits, id_out);
}

/* ---- Private bytes ---- */

static_assert(MERIT_CLIENT_PRIVATE_SIZE_MAX == MERIT_PRIVATE_SIZE_MAX, "what a ledger takes");
static_assert(MERIT_CLIENT_LINE_SIZE_MAX == MERIT_PRIVATE_LINE_SIZE_MAX, "and the line of the most");
static_assert(MERIT_CLIENT_COMMITMENT_SIZE == MERIT_HEX_SIZE(MERIT_HASH_SIZE), "a SHA-256 in hex");

/* Keyed BLAKE2b of context, NUL, bytes: a secret that follows from the call, so that no client has to remember one. */
static void make_salt(const struct merit_client *client, const char *context, const void *bytes, size_t size,
                      uint8_t salt_out[MERIT_PRIVATE_SALT_SIZE])
{
	static const uint8_t use[crypto_generichash_blake2b_PERSONALBYTES] = "merit salt";
	crypto_generichash_blake2b_state hash;

	crypto_generichash_blake2b_init_salt_personal(&hash, client->key.bytes, MERIT_SEED_SIZE,
	                                              MERIT_PRIVATE_SALT_SIZE, NULL, use);
	crypto_generichash_blake2b_update(&hash, (const uint8_t *)context, strlen(context) + 1);
	crypto_generichash_blake2b_update(&hash, bytes, size);
	crypto_generichash_blake2b_final(&hash, salt_out, MERIT_PRIVATE_SALT_SIZE);
	sodium_memzero(&hash, sizeof(hash));
}

enum merit_status merit_client_conceal(struct merit_client *client, const char *context, const void *bytes, size_t size,
                                       struct merit_client_private *private_out)
{
	uint8_t salt[MERIT_PRIVATE_SALT_SIZE];
	struct merit_buffer line = { 0 };
	struct merit_hash commitment;

	if (!client->has_key)
		return MERIT_NOT_SIGNED;
	make_salt(client, context, bytes, size, salt);
	bool is_good = merit_private_put(&line, salt, bytes, size, &commitment);
	merit_buffer_put_char(&line, '\0');
	enum merit_status status = line.bad ? MERIT_NO_MEMORY : is_good ? MERIT_OK : MERIT_BAD_PARAMS;
	if (status == MERIT_OK) {
		memcpy(private_out->line, line.data, line.size);
		merit_hex_encode(commitment.bytes, sizeof(commitment.bytes), private_out->commitment);
	}
	sodium_memzero(salt, sizeof(salt));
	merit_buffer_free(&line);
	return status;
}

/* ---- Sign-in tokens ---- */

static_assert(MERIT_CLIENT_TOKEN_SECONDS_MAX == MERIT_TOKEN_LIFE_S, "what a ledger takes");

enum merit_status merit_client_token(struct merit_client *client, const char *member, int seconds,
                                     char token_out[MERIT_CLIENT_TOKEN_SIZE_MAX + 1])
{
	struct merit_buffer token = { 0 };
	char jti[MERIT_CLIENT_ID_SIZE + 1];

	if (!merit_text_is_id(member, strlen(member), MERIT_NAME_SIZE_MAX) || seconds < 1 ||
	    seconds > MERIT_CLIENT_TOKEN_SECONDS_MAX)
		return MERIT_BAD_PARAMS;
	if (!client->has_key || client->kid[0] == '\0')
		return MERIT_NOT_SIGNED;
	merit_client_id(client, jti);
	enum merit_status status = merit_token_make(&token, &client->key, client->kid, member, client->origin, jti,
	                                            (int64_t)time(NULL) + seconds);
	if (status == MERIT_OK) {
		assert(token.size <= MERIT_CLIENT_TOKEN_SIZE_MAX); /* All that is in it has its limit. */
		memcpy(token_out, token.data, token.size);
		token_out[token.size] = '\0';
	}
	merit_buffer_free(&token);
	return status;
}
