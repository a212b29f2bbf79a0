/* envelope.c - see envelope.h. First what both forms of JWS share, then the envelope, then the token. */
#include "ledger/envelope.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/encode.h"
#include "ledger/json.h"
#include "ledger/text.h"

#define SIGNATURE_TEXT_SIZE MERIT_BASE64URL_SIZE(MERIT_SIGNATURE_SIZE)

/* Members a header or payload must have, each once and no other: merit_json_read refuses doubles, this counts. */
static bool has_members(const cJSON *object, int count)
{
	return cJSON_IsObject(object) && cJSON_GetArraySize(object) == count;
}

static bool text_is(const cJSON *node, const char *literal)
{
	const char *text;
	size_t size;

	return merit_json_text(node, &text, &size) && size == strlen(literal) && memcmp(text, literal, size) == 0;
}

/* Both names are in use: Ed25519 is RFC 9864's, EdDSA the older one of RFC 8037. */
static bool is_our_algorithm(const cJSON *node)
{
	return text_is(node, "Ed25519") || text_is(node, "EdDSA");
}

static bool read_name(const char *text, size_t size, struct merit_text *name_out)
{
	if (!merit_text_is_id(text, size, MERIT_NAME_SIZE_MAX))
		return false;
	*name_out = (struct merit_text){ text, size };
	return true;
}

/* "party/key". */
static bool read_kid(const cJSON *node, struct merit_text *party_out, struct merit_text *key_out)
{
	const char *text;
	size_t size;

	if (!merit_json_text(node, &text, &size))
		return false;
	const char *slash = memchr(text, '/', size);
	if (slash == NULL)
		return false;
	size_t party_size = (size_t)(slash - text);
	return read_name(text, party_size, party_out) && read_name(slash + 1, size - party_size - 1, key_out);
}

static bool read_jwk(const cJSON *jwk, struct merit_public_key *key_out)
{
	const char *x;
	size_t x_size, size;

	return has_members(jwk, 3) && text_is(merit_json_member(jwk, "kty"), "OKP") &&
	       text_is(merit_json_member(jwk, "crv"), "Ed25519") &&
	       merit_json_text(merit_json_member(jwk, "x"), &x, &x_size) &&
	       merit_base64url_decode(x, x_size, key_out->bytes, sizeof(key_out->bytes), &size) &&
	       size == sizeof(key_out->bytes);
}

static bool read_signature(const char *text, size_t text_size, uint8_t signature_out[MERIT_SIGNATURE_SIZE])
{
	size_t size;

	return merit_base64url_decode(text, text_size, signature_out, MERIT_SIGNATURE_SIZE, &size) &&
	       size == MERIT_SIGNATURE_SIZE;
}

/* The JSON behind base64url. Its tree lives as long as arena's pieces. Returns fault for whatever is wrong with it. */
static enum merit_status read_part(struct merit_text part, struct merit_arena *arena, enum merit_status fault,
				   cJSON **root_out)
{
	size_t size;
	char *json = merit_arena_allocate(arena, part.size + 1); /* Decoding makes it shorter, never longer. */

	if (json == NULL)
		return MERIT_NO_MEMORY;
	if (!merit_base64url_decode(part.data, part.size, json, part.size, &size))
		return fault;
	merit_json_arena_begin(arena);
	enum merit_status status = merit_json_read(json, size, root_out);
	merit_json_arena_end();
	return status == MERIT_OK || status == MERIT_NO_MEMORY ? status : fault;
}

/* Cuts text at its first separator: what stands before it, and what behind. */
static bool cut(struct merit_text text, char separator, struct merit_text *before_out, struct merit_text *behind_out)
{
	const char *at = text.size == 0 ? NULL : memchr(text.data, separator, text.size);

	if (at == NULL)
		return false;
	size_t before_size = (size_t)(at - text.data);
	*before_out = (struct merit_text){ text.data, before_size };
	*behind_out = (struct merit_text){ at + 1, text.size - before_size - 1 };
	return true;
}

static bool read_crit(const cJSON *crit)
{
	return cJSON_IsArray(crit) && cJSON_GetArraySize(crit) == 1 && text_is(crit->child, "b64");
}

static bool read_header_members(const cJSON *root, struct merit_envelope *envelope)
{
	const cJSON *jwk = merit_json_member(root, "jwk");
	struct merit_text *audience = &envelope->audience;

	envelope->has_jwk = jwk != NULL;
	return has_members(root, 6) && is_our_algorithm(merit_json_member(root, "alg")) &&
	       cJSON_IsFalse(merit_json_member(root, "b64")) && read_crit(merit_json_member(root, "crit")) &&
	       (envelope->has_jwk ? read_jwk(jwk, &envelope->jwk) :
				    read_kid(merit_json_member(root, "kid"), &envelope->party, &envelope->key)) &&
	       merit_json_text(merit_json_member(root, "aud"), &audience->data, &audience->size) &&
	       merit_text_is_origin(audience->data, audience->size, MERIT_ORIGIN_SIZE_MAX) &&
	       merit_json_integer(merit_json_member(root, "iat"), &envelope->iat_s) && envelope->iat_s >= 0;
}

/* header ".." signature */
static enum merit_status read_line(struct merit_text line, struct merit_arena *arena, struct merit_envelope *envelope)
{
	struct merit_text payload, signature;
	cJSON *root;

	if (line.size > MERIT_ENVELOPE_SIZE_MAX || !cut(line, '.', &envelope->header, &payload) ||
	    !cut(payload, '.', &payload, &signature) || payload.size != 0 ||
	    !read_signature(signature.data, signature.size, envelope->signature))
		return MERIT_BAD_ENVELOPE;
	enum merit_status status = read_part(envelope->header, arena, MERIT_BAD_ENVELOPE, &root);
	if (status != MERIT_OK)
		return status;
	return read_header_members(root, envelope) ? MERIT_OK : MERIT_BAD_ENVELOPE;
}

enum merit_status merit_envelope_read(const char *message, size_t size, struct merit_arena *arena,
				      struct merit_envelope *envelope_out)
{
	struct merit_envelope envelope = { 0 };
	struct merit_text line, rest;

	if (size > MERIT_MESSAGE_SIZE_MAX)
		return MERIT_TOO_LARGE;
	if (!cut((struct merit_text){ message, size }, '\n', &line, &rest))
		return MERIT_BAD_ENVELOPE;
	if (!cut(rest, '\n', &envelope.json, &envelope.private_lines))
		envelope.json = rest;
	if (line.size > 0) {
		enum merit_status status = read_line(line, arena, &envelope);
		if (status != MERIT_OK)
			return status;
		envelope.is_signed = true;
	}
	*envelope_out = envelope;
	return MERIT_OK;
}

enum merit_status merit_envelope_check(const struct merit_envelope *envelope, struct merit_text origin, int64_t now_s)
{
	if (!envelope->is_signed)
		return MERIT_NOT_SIGNED;
	if (!merit_text_equal(envelope->audience, origin))
		return MERIT_WRONG_AUDIENCE;
	int64_t age_s = now_s - envelope->iat_s; /* iat is 0 to 2^53 - 1, and the clock no wilder: it cannot wrap. */
	return age_s > MERIT_IAT_WINDOW_S || age_s < -MERIT_IAT_WINDOW_S ? MERIT_STALE : MERIT_OK;
}

enum merit_status merit_envelope_verify(const struct merit_envelope *envelope, const struct merit_public_key *key)
{
	if (!envelope->is_signed)
		return MERIT_NOT_SIGNED;
	/* Ed25519 reads its message twice, so the two parts must stand in one piece. */
	size_t header_size = envelope->header.size, json_size = envelope->json.size;
	char *signed_bytes = malloc(header_size + 1 + json_size);
	if (signed_bytes == NULL)
		return MERIT_NO_MEMORY;
	memcpy(signed_bytes, envelope->header.data, header_size);
	signed_bytes[header_size] = '.';
	memcpy(signed_bytes + header_size + 1, envelope->json.data, json_size);
	bool is_good = merit_key_verify(key, signed_bytes, header_size + 1 + json_size, envelope->signature);
	free(signed_bytes);
	return is_good ? MERIT_OK : MERIT_BAD_SIGNATURE;
}

static void put_header(struct merit_buffer *out, const struct merit_secret_key *key, const char *kid,
		       const char *origin, int64_t iat_s)
{
	merit_buffer_put_text(out, "{\"alg\":\"Ed25519\",\"b64\":false,\"crit\":[\"b64\"]");
	if (kid != NULL) {
		merit_buffer_put_text_member(out, "kid", kid);
	} else {
		struct merit_public_key public_key = merit_secret_key_public(key);
		merit_buffer_put_text(out, ",\"jwk\":{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"");
		merit_base64url_put(out, public_key.bytes, sizeof(public_key.bytes));
		merit_buffer_put_text(out, "\"}");
	}
	merit_buffer_put_text_member(out, "aud", origin);
	merit_buffer_put_integer_member(out, "iat", iat_s);
	merit_buffer_put_char(out, '}');
}

/* Appends the JSON in a buffer as base64url, and frees the buffer. */
static void put_part(struct merit_buffer *out, struct merit_buffer *json)
{
	if (json->bad)
		out->bad = true;
	else
		merit_base64url_put(out, json->data, json->size);
	merit_buffer_free(json);
}

/* Puts the JSON right behind header and dot, where it can be signed, then moves it to make room for the signature. */
static void put_signed(struct merit_buffer *out, const struct merit_secret_key *key, struct merit_buffer *header,
		       const char *json, size_t json_size)
{
	static const char signature_room[1 + SIGNATURE_TEXT_SIZE + 1]; /* dot, signature, line feed */
	size_t start = out->size;
	uint8_t signature[MERIT_SIGNATURE_SIZE];
	char signature_text[SIGNATURE_TEXT_SIZE + 1];

	put_part(out, header);
	merit_buffer_put_char(out, '.');
	size_t json_at = out->size;
	merit_buffer_put(out, json, json_size);
	size_t end = out->size;
	merit_buffer_put(out, signature_room, sizeof(signature_room));
	if (out->bad)
		return;
	merit_key_sign(key, out->data + start, end - start, signature);
	merit_base64url_encode(signature, sizeof(signature), signature_text);
	memmove(out->data + json_at + sizeof(signature_room), out->data + json_at, json_size);
	char *room = out->data + json_at;
	room[0] = '.';
	memcpy(room + 1, signature_text, SIGNATURE_TEXT_SIZE);
	room[1 + SIGNATURE_TEXT_SIZE] = '\n';
}

enum merit_status merit_envelope_make(struct merit_buffer *out, const struct merit_secret_key *key, const char *kid,
				      const char *origin, int64_t iat_s, const char *json, size_t json_size)
{
	struct merit_buffer header = { 0 };
	size_t start = out->size;

	if (json_size > MERIT_MESSAGE_SIZE_MAX)
		return MERIT_TOO_LARGE;
	if (json_size > 0 && memchr(json, '\n', json_size) != NULL)
		return MERIT_BAD_FORMAT;
	if (key == NULL) {
		merit_buffer_put_char(out, '\n');
		merit_buffer_put(out, json, json_size);
	} else {
		put_header(&header, key, kid, origin, iat_s);
		put_signed(out, key, &header, json, json_size);
	}
	if (out->bad)
		return MERIT_NO_MEMORY;
	return out->size - start > MERIT_MESSAGE_SIZE_MAX ? MERIT_TOO_LARGE : MERIT_OK;
}

static bool read_token_header(const cJSON *root, struct merit_token *token)
{
	const cJSON *type = merit_json_member(root, "typ");

	return has_members(root, type == NULL ? 2 : 3) && (type == NULL || cJSON_IsString(type)) &&
	       is_our_algorithm(merit_json_member(root, "alg")) &&
	       read_kid(merit_json_member(root, "kid"), &token->party, &token->key);
}

static bool read_token_payload(const cJSON *root, struct merit_token *token)
{
	const char *member;
	size_t member_size;

	return has_members(root, 4) && merit_json_text(merit_json_member(root, "member"), &member, &member_size) &&
	       read_name(member, member_size, &token->member) &&
	       merit_json_text(merit_json_member(root, "aud"), &token->audience.data, &token->audience.size) &&
	       merit_text_is_origin(token->audience.data, token->audience.size, MERIT_ORIGIN_SIZE_MAX) &&
	       merit_json_text(merit_json_member(root, "jti"), &token->jti.data, &token->jti.size) &&
	       merit_text_is_id(token->jti.data, token->jti.size, MERIT_ID_SIZE_MAX) &&
	       merit_json_integer(merit_json_member(root, "exp"), &token->expires_s) && token->expires_s >= 0;
}

enum merit_status merit_token_read(struct merit_text text, struct merit_arena *arena, struct merit_token *token_out)
{
	struct merit_token token = { 0 };
	struct merit_text header, payload, signature;
	cJSON *header_root, *payload_root;

	if (text.size > MERIT_TOKEN_SIZE_MAX || !cut(text, '.', &header, &payload) ||
	    !cut(payload, '.', &payload, &signature) ||
	    !read_signature(signature.data, signature.size, token.signature))
		return MERIT_BAD_TOKEN;
	token.signing_input = (struct merit_text){ text.data, header.size + 1 + payload.size };
	enum merit_status status = read_part(header, arena, MERIT_BAD_TOKEN, &header_root);
	if (status == MERIT_OK)
		status = read_part(payload, arena, MERIT_BAD_TOKEN, &payload_root);
	if (status != MERIT_OK)
		return status;
	if (!read_token_header(header_root, &token) || !read_token_payload(payload_root, &token))
		return MERIT_BAD_TOKEN;
	*token_out = token;
	return MERIT_OK;
}

enum merit_status merit_token_verify(const struct merit_token *token, const struct merit_public_key *key)
{
	return merit_key_verify(key, token->signing_input.data, token->signing_input.size, token->signature) ?
		       MERIT_OK : MERIT_BAD_TOKEN;
}

enum merit_status merit_token_make(struct merit_buffer *out, const struct merit_secret_key *key, const char *kid,
				   const char *member, const char *origin, const char *jti, int64_t expires_s)
{
	struct merit_buffer header = { 0 }, payload = { 0 };
	size_t start = out->size;
	uint8_t signature[MERIT_SIGNATURE_SIZE];

	merit_buffer_put_text(&header, "{\"alg\":\"Ed25519\"");
	merit_buffer_put_text_member(&header, "kid", kid);
	merit_buffer_put_char(&header, '}');
	merit_buffer_put_char(&payload, '{');
	merit_buffer_put_text_member(&payload, "member", member);
	merit_buffer_put_text_member(&payload, "aud", origin);
	merit_buffer_put_text_member(&payload, "jti", jti);
	merit_buffer_put_integer_member(&payload, "exp", expires_s);
	merit_buffer_put_char(&payload, '}');

	put_part(out, &header);
	merit_buffer_put_char(out, '.');
	put_part(out, &payload);
	if (out->bad)
		return MERIT_NO_MEMORY;
	merit_key_sign(key, out->data + start, out->size - start, signature);
	merit_buffer_put_char(out, '.');
	merit_base64url_put(out, signature, sizeof(signature));
	return out->bad ? MERIT_NO_MEMORY : MERIT_OK;
}
