/* envelope_test.c
 * Goal    only what the format says is an envelope or a token is taken for one, and only its signer's bytes verify.
 * Method  messages are put together by hand with libsodium alone; each row changes one thing. The example of RFC 8037,
 *         appendix A.4, ties the primitives to the standard. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/encode.h"
#include "ledger/envelope.h"

#define ORIGIN "merit.example/ledger1"
#define IAT    1760000000
#define HEADER                                                                                                         \
	"{\"alg\":\"Ed25519\",\"b64\":false,\"crit\":[\"b64\"],\"kid\":\"lms/k1\",\"aud\":\"" ORIGIN "\","           \
	"\"iat\":1760000000}"
#define JSON   "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"rpc.discover\"}"
#define X8037  "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
#define X31    "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUQ" /* 31 bytes */

/* The key of RFC 8037, appendix A.1. */
static const char seed_text[] = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
static uint8_t seed[32], public_bytes[32], secret_bytes[64];
static struct merit_secret_key secret_key;
static struct merit_public_key public_key;
static struct merit_arena arena;

static int set_up(void **state)
{
	size_t size;

	(void)state;
	if (sodium_init() < 0 || sodium_base642bin(seed, sizeof(seed), seed_text, strlen(seed_text), NULL, &size, NULL,
						   sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
		return -1;
	crypto_sign_seed_keypair(public_bytes, secret_bytes, seed);
	merit_secret_key_from_seed(seed, &secret_key);
	public_key = merit_secret_key_public(&secret_key);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	merit_arena_free(&arena);
	return 0;
}

static void base64url(const void *bytes, size_t size, char *text_out, size_t text_capacity)
{
	sodium_bin2base64(text_out, text_capacity, bytes, size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* base64url(header) "." then what is signed behind it, and the signature of both. */
static void sign_by_hand(const char *header, const char *payload, char *header_out, char *signature_out)
{
	static char input[8192];
	uint8_t signature[64];

	base64url(header, strlen(header), header_out, 6000);
	int size = snprintf(input, sizeof(input), "%s.%s", header_out, payload);
	crypto_sign_detached(signature, NULL, (const uint8_t *)input, (unsigned long long)size, secret_bytes);
	base64url(signature, sizeof(signature), signature_out, 100);
}

/* A signed message. Valid until the next one is made. */
static const char *message_by_hand(const char *header, const char *json)
{
	static char message[16384];
	char header_text[6000], signature_text[100];

	sign_by_hand(header, json, header_text, signature_text);
	snprintf(message, sizeof(message), "%s..%s\n%s", header_text, signature_text, json);
	return message;
}

static enum merit_status read_message(const char *message, size_t size, struct merit_envelope *envelope_out)
{
	merit_arena_reset(&arena);
	return merit_envelope_read(message, size, &arena, envelope_out);
}

static void assert_text(struct merit_text text, const char *want)
{
	assert_int_equal(text.size, strlen(want));
	assert_memory_equal(text.data, want, text.size);
}

static void the_example_of_rfc_8037_is_made_and_verifies(void **state)
{
	static const char input[] = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
	static const char want[] =
		"hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
	uint8_t signature[MERIT_SIGNATURE_SIZE];
	char text[100];

	(void)state;
	merit_base64url_encode(public_key.bytes, sizeof(public_key.bytes), text);
	assert_string_equal(text, X8037);
	merit_key_sign(&secret_key, input, strlen(input), signature);
	merit_base64url_encode(signature, sizeof(signature), text);
	assert_string_equal(text, want);
	assert_true(merit_key_verify(&public_key, input, strlen(input), signature));
}

static void an_envelope_made_by_hand_is_read_and_verifies(void **state)
{
	struct merit_envelope envelope;
	const char *message = message_by_hand(HEADER, JSON);

	(void)state;
	assert_int_equal(read_message(message, strlen(message), &envelope), MERIT_OK);
	assert_true(envelope.is_signed);
	assert_false(envelope.has_jwk);
	assert_text(envelope.party, "lms");
	assert_text(envelope.key, "k1");
	assert_text(envelope.audience, ORIGIN);
	assert_int_equal(envelope.iat_s, IAT);
	assert_text(envelope.json, JSON);
	assert_int_equal(envelope.private_lines.size, 0);
	assert_int_equal(merit_envelope_verify(&envelope, &public_key), MERIT_OK);
}

static void an_envelope_made_here_has_the_bytes_of_one_made_by_hand(void **state)
{
	struct merit_buffer out = { 0 };
	const char *want = message_by_hand(HEADER, JSON);

	(void)state;
	merit_buffer_put_text(&out, "before");
	assert_int_equal(merit_envelope_make(&out, &secret_key, "lms/k1", ORIGIN, IAT, JSON, strlen(JSON)), MERIT_OK);
	assert_int_equal(out.size, strlen("before") + strlen(want));
	assert_memory_equal(out.data + strlen("before"), want, strlen(want));
	merit_buffer_free(&out);
}

static void a_key_shown_as_jwk_is_read_and_verifies(void **state)
{
	struct merit_envelope envelope;
	struct merit_buffer out = { 0 };

	(void)state;
	assert_int_equal(merit_envelope_make(&out, &secret_key, NULL, ORIGIN, IAT, JSON, strlen(JSON)), MERIT_OK);
	assert_int_equal(read_message(out.data, out.size, &envelope), MERIT_OK);
	assert_true(envelope.has_jwk);
	assert_int_equal(envelope.party.size, 0);
	assert_memory_equal(envelope.jwk.bytes, public_bytes, sizeof(public_bytes));
	assert_int_equal(merit_envelope_verify(&envelope, &envelope.jwk), MERIT_OK);
	merit_buffer_free(&out);
}

static void an_empty_line_is_an_unsigned_message_and_proves_nothing(void **state)
{
	struct merit_envelope envelope;
	struct merit_buffer out = { 0 };

	(void)state;
	assert_int_equal(merit_envelope_make(&out, NULL, NULL, NULL, 0, JSON, strlen(JSON)), MERIT_OK);
	assert_int_equal(out.size, 1 + strlen(JSON));
	assert_int_equal(read_message(out.data, out.size, &envelope), MERIT_OK);
	assert_false(envelope.is_signed);
	assert_text(envelope.json, JSON);
	assert_int_equal(merit_envelope_check(&envelope, MERIT_TEXT(ORIGIN), IAT), MERIT_NOT_SIGNED);
	assert_int_equal(merit_envelope_verify(&envelope, &public_key), MERIT_NOT_SIGNED);
	merit_buffer_free(&out);
}

static void lines_behind_the_json_are_private_and_not_signed(void **state)
{
	struct merit_envelope envelope;
	struct merit_buffer message = { 0 };

	(void)state;
	merit_buffer_put_text(&message, message_by_hand(HEADER, JSON));
	merit_buffer_put_text(&message, "\nc2FsdA\nbW9yZQ");
	assert_int_equal(read_message(message.data, message.size, &envelope), MERIT_OK);
	assert_text(envelope.json, JSON);
	assert_text(envelope.private_lines, "c2FsdA\nbW9yZQ");
	assert_int_equal(merit_envelope_verify(&envelope, &public_key), MERIT_OK);
	merit_buffer_free(&message);
}

#define START "{\"alg\":\"Ed25519\",\"b64\":false,\"crit\":[\"b64\"],"
#define END   "\"aud\":\"" ORIGIN "\",\"iat\":1760000000}"
#define N32   "abcdefghijklmnopqrstuvwxyz012345"
#define O100  "m.example/" N32 N32 "abcdefghijklmnopqrstuvwxyz"

/* Each differs from HEADER in one thing. */
static const struct { const char *name, *header; enum merit_status want; } headers[] = {
	{ "as it should be", START "\"kid\":\"lms/k1\"," END, MERIT_OK },
	{ "the older name", "{\"alg\":\"EdDSA\",\"b64\":false,\"crit\":[\"b64\"],\"kid\":\"lms/k1\"," END, MERIT_OK },
	{ "another order", "{\"kid\":\"lms/k1\",\"crit\":[\"b64\"],\"b64\":false,\"alg\":\"Ed25519\"," END, MERIT_OK },
	{ "32 bytes of party", START "\"kid\":\"" N32 "/k1\"," END, MERIT_OK },
	{ "33 bytes of party", START "\"kid\":\"" N32 "x/k1\"," END, MERIT_BAD_ENVELOPE },
	{ "32 bytes of key", START "\"kid\":\"lms/" N32 "\"," END, MERIT_OK },
	{ "33 bytes of key", START "\"kid\":\"lms/" N32 "x\"," END, MERIT_BAD_ENVELOPE },
	{ "no party", START "\"kid\":\"/k1\"," END, MERIT_BAD_ENVELOPE },
	{ "no key", START "\"kid\":\"lms/\"," END, MERIT_BAD_ENVELOPE },
	{ "no slash", START "\"kid\":\"lms\"," END, MERIT_BAD_ENVELOPE },
	{ "two slashes", START "\"kid\":\"lms/k1/k2\"," END, MERIT_BAD_ENVELOPE },
	{ "a space in kid", START "\"kid\":\"l s/k1\"," END, MERIT_BAD_ENVELOPE },
	{ "a number as kid", START "\"kid\":1," END, MERIT_BAD_ENVELOPE },
	{ "no kid", START END, MERIT_BAD_ENVELOPE },
	{ "kid twice", START "\"kid\":\"lms/k1\",\"kid\":\"lms/k1\"," END, MERIT_BAD_ENVELOPE },
	{ "a member too many", START "\"kid\":\"lms/k1\",\"typ\":\"JOSE\"," END, MERIT_BAD_ENVELOPE },
	{ "kid and jwk",
	  START "\"kid\":\"lms/k1\",\"jwk\":{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" X8037 "\"}," END,
	  MERIT_BAD_ENVELOPE },
	{ "jwk", START "\"jwk\":{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" X8037 "\"}," END, MERIT_OK },
	{ "jwk of another curve", START "\"jwk\":{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"" X8037 "\"}," END,
	  MERIT_BAD_ENVELOPE },
	{ "jwk of another type", START "\"jwk\":{\"kty\":\"EC\",\"crv\":\"Ed25519\",\"x\":\"" X8037 "\"}," END,
	  MERIT_BAD_ENVELOPE },
	{ "jwk with a secret",
	  START "\"jwk\":{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" X8037 "\",\"d\":\"\"}," END,
	  MERIT_BAD_ENVELOPE },
	{ "jwk a byte short",
	  START "\"jwk\":{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" X31 "\"}," END,
	  MERIT_BAD_ENVELOPE },
	{ "jwk as text", START "\"jwk\":\"" X8037 "\"," END, MERIT_BAD_ENVELOPE },
	{ "alg none",
	  "{\"alg\":\"none\",\"b64\":false,\"crit\":[\"b64\"],\"kid\":\"lms/k1\"," END, MERIT_BAD_ENVELOPE },
	{ "alg in capitals",
	  "{\"alg\":\"ED25519\",\"b64\":false,\"crit\":[\"b64\"],\"kid\":\"lms/k1\"," END, MERIT_BAD_ENVELOPE },
	{ "no alg", "{\"b64\":false,\"crit\":[\"b64\"],\"kid\":\"lms/k1\"," END, MERIT_BAD_ENVELOPE },
	{ "b64 true",
	  "{\"alg\":\"Ed25519\",\"b64\":true,\"crit\":[\"b64\"],\"kid\":\"lms/k1\"," END, MERIT_BAD_ENVELOPE },
	{ "b64 a text",
	  "{\"alg\":\"Ed25519\",\"b64\":\"false\",\"crit\":[\"b64\"],\"kid\":\"lms/k1\"," END, MERIT_BAD_ENVELOPE },
	{ "crit empty", "{\"alg\":\"Ed25519\",\"b64\":false,\"crit\":[],\"kid\":\"lms/k1\"," END, MERIT_BAD_ENVELOPE },
	{ "crit of two",
	  "{\"alg\":\"Ed25519\",\"b64\":false,\"crit\":[\"b64\",\"exp\"],\"kid\":\"lms/k1\"," END, MERIT_BAD_ENVELOPE },
	{ "crit of another",
	  "{\"alg\":\"Ed25519\",\"b64\":false,\"crit\":[\"exp\"],\"kid\":\"lms/k1\"," END, MERIT_BAD_ENVELOPE },
	{ "crit a text",
	  "{\"alg\":\"Ed25519\",\"b64\":false,\"crit\":\"b64\",\"kid\":\"lms/k1\"," END, MERIT_BAD_ENVELOPE },
	{ "no aud", START "\"kid\":\"lms/k1\",\"iat\":1760000000}", MERIT_BAD_ENVELOPE },
	{ "aud a list", START "\"kid\":\"lms/k1\",\"aud\":[\"" ORIGIN "\"],\"iat\":1760000000}", MERIT_BAD_ENVELOPE },
	{ "aud empty", START "\"kid\":\"lms/k1\",\"aud\":\"\",\"iat\":1760000000}", MERIT_BAD_ENVELOPE },
	{ "aud with a space", START "\"kid\":\"lms/k1\",\"aud\":\"a b\",\"iat\":1760000000}", MERIT_BAD_ENVELOPE },
	{ "100 bytes of aud", START "\"kid\":\"lms/k1\",\"aud\":\"" O100 "\",\"iat\":1760000000}", MERIT_OK },
	{ "101 bytes of aud",
	  START "\"kid\":\"lms/k1\",\"aud\":\"" O100 "x\",\"iat\":1760000000}", MERIT_BAD_ENVELOPE },
	{ "iat 0", START "\"kid\":\"lms/k1\",\"aud\":\"" ORIGIN "\",\"iat\":0}", MERIT_OK },
	{ "iat below 0", START "\"kid\":\"lms/k1\",\"aud\":\"" ORIGIN "\",\"iat\":-1}", MERIT_BAD_ENVELOPE },
	{ "iat a text", START "\"kid\":\"lms/k1\",\"aud\":\"" ORIGIN "\",\"iat\":\"1760000000\"}", MERIT_BAD_ENVELOPE },
	{ "iat a fraction",
	  START "\"kid\":\"lms/k1\",\"aud\":\"" ORIGIN "\",\"iat\":1760000000.5}", MERIT_BAD_ENVELOPE },
	{ "no iat", START "\"kid\":\"lms/k1\",\"aud\":\"" ORIGIN "\"}", MERIT_BAD_ENVELOPE },
	{ "a list", "[]", MERIT_BAD_ENVELOPE },
	{ "no JSON", "{\"alg\"", MERIT_BAD_ENVELOPE },
	{ "nothing", "", MERIT_BAD_ENVELOPE },
};

static void a_header_has_exactly_its_members(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		struct merit_envelope envelope;
		const char *message = message_by_hand(headers[i].header, JSON);
		enum merit_status got = read_message(message, strlen(message), &envelope);
		if (got != headers[i].want)
			print_error("%s: %s\n", headers[i].name, merit_status_word(got));
		assert_int_equal(got, headers[i].want);
		if (got == MERIT_OK)
			assert_int_equal(merit_envelope_verify(&envelope, &public_key), MERIT_OK);
	}
}

/* What stands in front of the JSON: H and S are a good header and signature. */
static const struct { const char *name, *line; enum merit_status want; } lines[] = {
	{ "as it should be", "H..S\n", MERIT_OK },
	{ "no line feed", "H..S", MERIT_BAD_ENVELOPE },
	{ "a carriage return", "H..S\r\n", MERIT_BAD_ENVELOPE },
	{ "one dot", "H.S\n", MERIT_BAD_ENVELOPE },
	{ "three dots", "H...S\n", MERIT_BAD_ENVELOPE },
	{ "a payload", "H.e30.S\n", MERIT_BAD_ENVELOPE },
	{ "no signature", "H..\n", MERIT_BAD_ENVELOPE },
	{ "no header", "..S\n", MERIT_BAD_ENVELOPE },
	{ "padding", "H..S=\n", MERIT_BAD_ENVELOPE },
	{ "a longer signature", "H..SAA\n", MERIT_BAD_ENVELOPE },
	{ "a space", " H..S\n", MERIT_BAD_ENVELOPE },
	{ "a space alone", " \n", MERIT_BAD_ENVELOPE },
};

static void a_line_has_exactly_its_parts(void **state)
{
	char header[6000], signature[100];

	(void)state;
	sign_by_hand(HEADER, JSON, header, signature);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct merit_buffer message = { 0 };
		struct merit_envelope envelope;
		for (const char *at = lines[i].line; *at != '\0'; at++) {
			if (*at == 'H')
				merit_buffer_put_text(&message, header);
			else if (*at == 'S')
				merit_buffer_put_text(&message, signature);
			else
				merit_buffer_put_char(&message, *at);
		}
		merit_buffer_put_text(&message, JSON);
		enum merit_status got = read_message(message.data, message.size, &envelope);
		if (got != lines[i].want)
			print_error("%s: %s\n", lines[i].name, merit_status_word(got));
		assert_int_equal(got, lines[i].want);
		merit_buffer_free(&message);
	}
}

static void a_flipped_bit_is_noticed_wherever_it_is(void **state)
{
	struct merit_envelope envelope;
	const char *good = message_by_hand(HEADER, JSON);
	size_t size = strlen(good);
	char *message = malloc(size);

	(void)state;
	for (size_t bit = 0; bit < 8 * size; bit++) {
		memcpy(message, good, size);
		message[bit / 8] = (char)(message[bit / 8] ^ (1 << bit % 8));
		enum merit_status status = read_message(message, size, &envelope);
		if (status == MERIT_OK)
			status = merit_envelope_verify(&envelope, &public_key);
		assert_true(status == MERIT_BAD_ENVELOPE || status == MERIT_BAD_SIGNATURE);
	}
	free(message);
}

static void another_key_did_not_sign_it(void **state)
{
	struct merit_envelope envelope;
	struct merit_secret_key other;
	const char *message = message_by_hand(HEADER, JSON);

	(void)state;
	merit_secret_key_from_seed((const uint8_t *)"another thirty-two bytes of seed", &other);
	struct merit_public_key other_public = merit_secret_key_public(&other);
	assert_int_equal(read_message(message, strlen(message), &envelope), MERIT_OK);
	assert_int_equal(merit_envelope_verify(&envelope, &other_public), MERIT_BAD_SIGNATURE);
}

static const struct { const char *name, *origin; int64_t now_s; enum merit_status want; } checks[] = {
	{ "now", ORIGIN, IAT, MERIT_OK },
	{ "as old as may be", ORIGIN, IAT + MERIT_IAT_WINDOW_S, MERIT_OK },
	{ "a second older", ORIGIN, IAT + MERIT_IAT_WINDOW_S + 1, MERIT_STALE },
	{ "as early as may be", ORIGIN, IAT - MERIT_IAT_WINDOW_S, MERIT_OK },
	{ "a second earlier", ORIGIN, IAT - MERIT_IAT_WINDOW_S - 1, MERIT_STALE },
	{ "another ledger", "merit.example/ledger2", IAT, MERIT_WRONG_AUDIENCE },
	{ "a part of the name", "merit.example/ledger", IAT, MERIT_WRONG_AUDIENCE },
	{ "another ledger, and old", "merit.example/ledger2", IAT + 1000, MERIT_WRONG_AUDIENCE },
};

static void an_envelope_is_for_one_ledger_and_for_a_short_time(void **state)
{
	struct merit_envelope envelope;
	const char *message = message_by_hand(HEADER, JSON);

	(void)state;
	assert_int_equal(read_message(message, strlen(message), &envelope), MERIT_OK);
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		struct merit_text origin = { checks[i].origin, strlen(checks[i].origin) };
		enum merit_status got = merit_envelope_check(&envelope, origin, checks[i].now_s);
		if (got != checks[i].want)
			print_error("%s: %s\n", checks[i].name, merit_status_word(got));
		assert_int_equal(got, checks[i].want);
	}
}

/* Spaces in the header's JSON make the line as long as one likes. */
static void a_line_is_taken_up_to_its_limit(void **state)
{
	size_t header_size = (MERIT_ENVELOPE_SIZE_MAX - 2 - 86) / 4 * 3;
	char *header = malloc(header_size + 2);
	struct merit_envelope envelope;

	(void)state;
	memset(header, ' ', header_size + 1);
	memcpy(header, HEADER, strlen(HEADER));
	header[header_size] = '\0';
	const char *message = message_by_hand(header, JSON);
	assert_int_equal(strchr(message, '\n') - message, MERIT_ENVELOPE_SIZE_MAX);
	assert_int_equal(read_message(message, strlen(message), &envelope), MERIT_OK);
	header[header_size] = ' ';
	header[header_size + 1] = '\0';
	message = message_by_hand(header, JSON);
	assert_int_equal(read_message(message, strlen(message), &envelope), MERIT_BAD_ENVELOPE);
	free(header);
}

static void a_message_is_taken_up_to_its_limit(void **state)
{
	char *message = malloc(MERIT_MESSAGE_SIZE_MAX + 1);
	struct merit_buffer out = { 0 };
	struct merit_envelope envelope;

	(void)state;
	memset(message, ' ', MERIT_MESSAGE_SIZE_MAX + 1);
	message[0] = '\n';
	assert_int_equal(read_message(message, MERIT_MESSAGE_SIZE_MAX, &envelope), MERIT_OK);
	assert_int_equal(read_message(message, MERIT_MESSAGE_SIZE_MAX + 1, &envelope), MERIT_TOO_LARGE);
	message[0] = ' ';
	assert_int_equal(merit_envelope_make(&out, NULL, NULL, NULL, 0, message, MERIT_MESSAGE_SIZE_MAX - 1), MERIT_OK);
	merit_buffer_clear(&out);
	assert_int_equal(merit_envelope_make(&out, NULL, NULL, NULL, 0, message, MERIT_MESSAGE_SIZE_MAX),
			 MERIT_TOO_LARGE);
	merit_buffer_free(&out);
	free(message);
}

static void json_on_two_lines_is_not_put_into_an_envelope(void **state)
{
	struct merit_buffer out = { 0 };

	(void)state;
	assert_int_equal(merit_envelope_make(&out, &secret_key, "lms/k1", ORIGIN, IAT, "{\n}", 3), MERIT_BAD_FORMAT);
	assert_int_equal(out.size, 0);
}

/* ---- Tokens ---- */

#define TOKEN_HEADER  "{\"alg\":\"Ed25519\",\"kid\":\"lms/k1\"}"
#define TOKEN_PAYLOAD "{\"member\":\"m1\",\"aud\":\"" ORIGIN "\",\"jti\":\"j1\",\"exp\":1760000300}"
#define J64 N32 N32

static const char *token_by_hand(const char *header, const char *payload)
{
	static char token[16384];
	char header_text[6000], payload_text[6000], signature_text[100];

	base64url(payload, strlen(payload), payload_text, sizeof(payload_text));
	sign_by_hand(header, payload_text, header_text, signature_text);
	snprintf(token, sizeof(token), "%s.%s.%s", header_text, payload_text, signature_text);
	return token;
}

static enum merit_status read_token(const char *text, struct merit_token *token_out)
{
	merit_arena_reset(&arena);
	return merit_token_read(merit_text_of(text), &arena, token_out);
}

static void a_token_made_by_hand_is_read_and_verifies(void **state)
{
	struct merit_token token;

	(void)state;
	assert_int_equal(read_token(token_by_hand(TOKEN_HEADER, TOKEN_PAYLOAD), &token), MERIT_OK);
	assert_text(token.party, "lms");
	assert_text(token.key, "k1");
	assert_text(token.member, "m1");
	assert_text(token.audience, ORIGIN);
	assert_text(token.jti, "j1");
	assert_int_equal(token.expires_s, IAT + 300);
	assert_int_equal(merit_token_verify(&token, &public_key), MERIT_OK);
	token.signature[5] ^= 1;
	assert_int_equal(merit_token_verify(&token, &public_key), MERIT_BAD_TOKEN);
}

static void a_token_made_here_has_the_bytes_of_one_made_by_hand(void **state)
{
	struct merit_buffer out = { 0 };
	const char *want = token_by_hand(TOKEN_HEADER, TOKEN_PAYLOAD);

	(void)state;
	assert_int_equal(merit_token_make(&out, &secret_key, "lms/k1", "m1", ORIGIN, "j1", IAT + 300), MERIT_OK);
	assert_int_equal(out.size, strlen(want));
	assert_memory_equal(out.data, want, out.size);
	merit_buffer_free(&out);
}

static const struct { const char *name, *header, *payload; enum merit_status want; } tokens[] = {
	{ "as it should be", TOKEN_HEADER, TOKEN_PAYLOAD, MERIT_OK },
	{ "the older name", "{\"alg\":\"EdDSA\",\"kid\":\"lms/k1\"}", TOKEN_PAYLOAD, MERIT_OK },
	{ "with a type", "{\"alg\":\"Ed25519\",\"typ\":\"JWT\",\"kid\":\"lms/k1\"}", TOKEN_PAYLOAD, MERIT_OK },
	{ "a type that is no text",
	  "{\"alg\":\"Ed25519\",\"typ\":1,\"kid\":\"lms/k1\"}", TOKEN_PAYLOAD, MERIT_BAD_TOKEN },
	{ "alg none", "{\"alg\":\"none\",\"kid\":\"lms/k1\"}", TOKEN_PAYLOAD, MERIT_BAD_TOKEN },
	{ "alg HS256", "{\"alg\":\"HS256\",\"kid\":\"lms/k1\"}", TOKEN_PAYLOAD, MERIT_BAD_TOKEN },
	{ "no kid", "{\"alg\":\"Ed25519\"}", TOKEN_PAYLOAD, MERIT_BAD_TOKEN },
	{ "a member too many", "{\"alg\":\"Ed25519\",\"kid\":\"lms/k1\",\"crit\":[]}", TOKEN_PAYLOAD, MERIT_BAD_TOKEN },
	{ "no header", "", TOKEN_PAYLOAD, MERIT_BAD_TOKEN },
	{ "no member", TOKEN_HEADER, "{\"aud\":\"" ORIGIN "\",\"jti\":\"j1\",\"exp\":1760000300}", MERIT_BAD_TOKEN },
	{ "33 bytes of member",
	  TOKEN_HEADER, "{\"member\":\"" N32 "x\",\"aud\":\"" ORIGIN "\",\"jti\":\"j1\",\"exp\":1}", MERIT_BAD_TOKEN },
	{ "no aud", TOKEN_HEADER, "{\"member\":\"m1\",\"jti\":\"j1\",\"exp\":1760000300}", MERIT_BAD_TOKEN },
	{ "no jti", TOKEN_HEADER, "{\"member\":\"m1\",\"aud\":\"" ORIGIN "\",\"exp\":1760000300}", MERIT_BAD_TOKEN },
	{ "64 bytes of jti",
	  TOKEN_HEADER, "{\"member\":\"m1\",\"aud\":\"" ORIGIN "\",\"jti\":\"" J64 "\",\"exp\":1}", MERIT_OK },
	{ "65 bytes of jti", TOKEN_HEADER, "{\"member\":\"m1\",\"aud\":\"" ORIGIN "\",\"jti\":\"" J64 "x\",\"exp\":1}",
	  MERIT_BAD_TOKEN },
	{ "no exp", TOKEN_HEADER, "{\"member\":\"m1\",\"aud\":\"" ORIGIN "\",\"jti\":\"j1\"}", MERIT_BAD_TOKEN },
	{ "exp a text",
	  TOKEN_HEADER, "{\"member\":\"m1\",\"aud\":\"" ORIGIN "\",\"jti\":\"j1\",\"exp\":\"1\"}", MERIT_BAD_TOKEN },
	{ "iat too",
	  TOKEN_HEADER, "{\"member\":\"m1\",\"aud\":\"" ORIGIN "\",\"jti\":\"j1\",\"exp\":1,\"iat\":1}",
	  MERIT_BAD_TOKEN },
	{ "a list", TOKEN_HEADER, "[]", MERIT_BAD_TOKEN },
};

static void a_token_has_exactly_its_members(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
		struct merit_token token;
		enum merit_status got = read_token(token_by_hand(tokens[i].header, tokens[i].payload), &token);
		if (got != tokens[i].want)
			print_error("%s: %s\n", tokens[i].name, merit_status_word(got));
		assert_int_equal(got, tokens[i].want);
	}
}

static void what_is_no_compact_jws_is_no_token(void **state)
{
	struct merit_token token;
	struct merit_buffer text = { 0 };
	const char *good = token_by_hand(TOKEN_HEADER, TOKEN_PAYLOAD);

	(void)state;
	assert_int_equal(read_token("", &token), MERIT_BAD_TOKEN);
	assert_int_equal(read_token("..", &token), MERIT_BAD_TOKEN);
	merit_buffer_put_text(&text, good);
	merit_buffer_put(&text, ".AA", 4);
	assert_int_equal(read_token(text.data, &token), MERIT_BAD_TOKEN);
	merit_buffer_clear(&text);
	merit_buffer_put(&text, good, strlen(good) - 1);
	merit_buffer_put_char(&text, '\0');
	assert_int_equal(read_token(text.data, &token), MERIT_BAD_TOKEN);
	merit_buffer_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_rfc_8037_is_made_and_verifies),
		cmocka_unit_test(an_envelope_made_by_hand_is_read_and_verifies),
		cmocka_unit_test(an_envelope_made_here_has_the_bytes_of_one_made_by_hand),
		cmocka_unit_test(a_key_shown_as_jwk_is_read_and_verifies),
		cmocka_unit_test(an_empty_line_is_an_unsigned_message_and_proves_nothing),
		cmocka_unit_test(lines_behind_the_json_are_private_and_not_signed),
		cmocka_unit_test(a_header_has_exactly_its_members),
		cmocka_unit_test(a_line_has_exactly_its_parts),
		cmocka_unit_test(a_flipped_bit_is_noticed_wherever_it_is),
		cmocka_unit_test(another_key_did_not_sign_it),
		cmocka_unit_test(an_envelope_is_for_one_ledger_and_for_a_short_time),
		cmocka_unit_test(a_line_is_taken_up_to_its_limit),
		cmocka_unit_test(a_message_is_taken_up_to_its_limit),
		cmocka_unit_test(json_on_two_lines_is_not_put_into_an_envelope),
		cmocka_unit_test(a_token_made_by_hand_is_read_and_verifies),
		cmocka_unit_test(a_token_made_here_has_the_bytes_of_one_made_by_hand),
		cmocka_unit_test(a_token_has_exactly_its_members),
		cmocka_unit_test(what_is_no_compact_jws_is_no_token),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
