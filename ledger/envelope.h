/* envelope.h - the signed envelope of a message: a detached JWS with an unencoded payload (RFC 7515 appendix F,
 * RFC 7797, RFC 8037), one line in front of the JSON.
 *
 *   message = line LF json [LF private-line]...
 *   line    = base64url(header) ".." base64url(signature), or empty for a public read
 *   header  = {"alg":"Ed25519"|"EdDSA","b64":false,"crit":["b64"],"kid":"party/key","aud":origin,"iat":seconds}
 *             with "jwk":{"kty":"OKP","crv":"Ed25519","x":...} in place of kid for key.bind
 *
 * The signed bytes are base64url(header) "." json, exactly as received: nothing is printed again before verifying. The
 * json holds no line feed. A header has exactly these members.
 *
 * Threads any number at once, each with its own arena; none may have begun an arena of ledger/json.h when it calls. */
#ifndef MERIT_LEDGER_ENVELOPE_H
#define MERIT_LEDGER_ENVELOPE_H

#include "ledger/arena.h"
#include "ledger/key.h"
#include "ledger/value.h"

struct merit_envelope {
	bool is_signed;               /* false: the first line was empty */
	struct merit_text party, key; /* from kid; empty when jwk is given */
	bool has_jwk;
	struct merit_public_key jwk;
	struct merit_text audience;
	int64_t iat_s;
	struct merit_text header;        /* base64url, as received */
	uint8_t signature[MERIT_SIGNATURE_SIZE];
	struct merit_text json;          /* the JSON as received */
	struct merit_text private_lines; /* what follows it, without the newline in front; mostly empty */
};

/* Takes a message apart; texts are borrowed from message, or from what is decoded into arena.
 * Returns TOO_LARGE, BAD_ENVELOPE or NO_MEMORY. Nothing is verified yet. */
MERIT_MUST_USE enum merit_status merit_envelope_read(const char *message, size_t size, struct merit_arena *arena,
						     struct merit_envelope *envelope_out);

/* Whether the envelope is for this ledger and fresh by now_s, its clock: NOT_SIGNED, WRONG_AUDIENCE or STALE. */
MERIT_MUST_USE enum merit_status merit_envelope_check(const struct merit_envelope *envelope, struct merit_text origin,
						      int64_t now_s);

/* BAD_SIGNATURE unless key made the envelope's signature over its header and JSON; NOT_SIGNED, NO_MEMORY. */
MERIT_MUST_USE enum merit_status merit_envelope_verify(const struct merit_envelope *envelope,
						       const struct merit_public_key *key);

/* Appends the whole message: line, LF, json. kid is "party/key"; NULL puts the key's own jwk in its place. key NULL
 * makes an unsigned message.
 * Returns TOO_LARGE, BAD_FORMAT when json holds a line feed, NO_MEMORY; out is then good for nothing. */
MERIT_MUST_USE enum merit_status merit_envelope_make(struct merit_buffer *out, const struct merit_secret_key *key,
						     const char *kid, const char *origin, int64_t iat_s,
						     const char *json, size_t json_size);

/* A sign-in token: compact JWS (RFC 7515, section 7.1) signed by a service's key.
 *
 *   header  = {"alg":"Ed25519"|"EdDSA","kid":"party/key"} and, as some libraries add it, "typ"
 *   payload = {"member":name,"aud":origin,"jti":id,"exp":seconds} */
struct merit_token {
	struct merit_text party, key;       /* who signed it, from kid */
	struct merit_text member, audience, jti;
	int64_t expires_s;
	struct merit_text signing_input;    /* the bytes under the signature, as received */
	uint8_t signature[MERIT_SIGNATURE_SIZE];
};

/* Takes a token apart; signing_input is borrowed from text, the rest from arena. BAD_TOKEN or NO_MEMORY.
 * Audience, expiry and whether jti was used are the caller's to compare. */
MERIT_MUST_USE enum merit_status merit_token_read(struct merit_text text, struct merit_arena *arena,
						  struct merit_token *token_out);

/* BAD_TOKEN unless key made the token's signature. */
MERIT_MUST_USE enum merit_status merit_token_verify(const struct merit_token *token,
						    const struct merit_public_key *key);

/* Appends a token. NO_MEMORY. */
MERIT_MUST_USE enum merit_status merit_token_make(struct merit_buffer *out, const struct merit_secret_key *key,
						  const char *kid, const char *member, const char *origin,
						  const char *jti, int64_t expires_s);

#endif
