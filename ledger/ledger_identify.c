/* ledger_identify.c - who makes a call: a party by its key, or whoever binds a key by the token that names him. */
#include <assert.h>
#include <string.h>

#include "ledger/encode.h"
#include "ledger/ledger_inner.h"

enum merit_status merit_live_key(struct merit_model *model, struct merit_text party, struct merit_text key,
                                 const struct merit_party **party_out, const struct merit_key **key_out)
{
	*party_out = merit_model_party(model, party);
	*key_out = merit_model_key(model, party, key);
	if (*party_out == NULL || *key_out == NULL || (*party_out)->role == MERIT_ROLE_SYSTEM)
		return MERIT_UNKNOWN_KEY; /* The system's key signs ticks, never a message from outside. */
	return (*key_out)->revoked != 0 ? MERIT_REVOKED_KEY : MERIT_OK;
}

/* Kept with the identity: what settles before the call is decided takes the scratch the token was read into. */
static void bind_fact(struct merit_identity *who, size_t index, struct merit_text text)
{
	assert(text.size <= sizeof(who->bind_texts[index]));
	memcpy(who->bind_texts[index], text.data, text.size);
	who->bind_results[index] =
		(struct merit_value){ .present = true, .text = { who->bind_texts[index], text.size } };
}

/* A token's turn: signed by a live key of a service or operator, for a member of this ledger. Its facts become results. */
static enum merit_status bind_identify(struct merit_model *model, const struct merit_request *request,
                                       const struct merit_call *call, struct merit_identity *who)
{
	const struct merit_party *party;
	const struct merit_key *key;
	struct merit_token token;

	if (call->operation->number != MERIT_OP_KEY_BIND || request->calls_count != 1)
		return MERIT_NOT_PERMITTED;
	if (merit_token_read(call->values[KEY_BIND_TOKEN].text, &model->scratch, &token) != MERIT_OK ||
	    merit_live_key(model, token.party, token.key, &party, &key) != MERIT_OK ||
	    (party->role != MERIT_ROLE_SERVICE && party->role != MERIT_ROLE_OPERATOR) ||
	    merit_token_verify(&token, &key->public_key) != MERIT_OK ||
	    !merit_text_equal(token.audience, merit_text_of(model->program.origin)))
		return MERIT_BAD_TOKEN;
	party = merit_model_party(model, token.member);
	if (party == NULL || party->role != MERIT_ROLE_MEMBER)
		return MERIT_BAD_TOKEN;
	char thumbprint[MERIT_THUMBPRINT_SIZE + 1], public_key[MERIT_BASE64URL_SIZE(MERIT_PUBLIC_KEY_SIZE) + 1];
	merit_public_key_thumbprint(&request->envelope.jwk, thumbprint);
	merit_base64url_encode(request->envelope.jwk.bytes, MERIT_PUBLIC_KEY_SIZE, public_key);
	bind_fact(who, KEY_BIND_MEMBER, token.member);
	bind_fact(who, KEY_BIND_KEY, (struct merit_text){ thumbprint, 22 });
	bind_fact(who, KEY_BIND_PUBLIC, merit_text_of(public_key));
	bind_fact(who, KEY_BIND_SERVICE, token.party);
	bind_fact(who, KEY_BIND_SERVICE_KEY, token.key);
	bind_fact(who, KEY_BIND_JTI, token.jti);
	who->party = who->bind_results[KEY_BIND_MEMBER].text;
	who->key = who->bind_results[KEY_BIND_KEY].text;
	who->role = MERIT_ROLE_MEMBER;
	who->number = party->number;
	who->is_binding = true;
	who->token_expires_s = token.expires_s;
	return MERIT_OK;
}

enum merit_status merit_call_identify(struct merit_model *model, const struct merit_request *request,
                                      const struct merit_call *call, struct merit_identity *who)
{
	const struct merit_envelope *envelope = &request->envelope;
	const struct merit_party *party;
	const struct merit_key *key;

	if (envelope->has_jwk)
		return bind_identify(model, request, call, who);
	who->is_binding = false;
	who->party = envelope->party;
	who->key = envelope->key;
	enum merit_status status = merit_live_key(model, who->party, who->key, &party, &key);
	if (status != MERIT_OK)
		return status;
	who->role = (enum merit_role)party->role;
	who->number = party->number;
	if (call->operation->number == MERIT_OP_KEY_BIND ||
	    !merit_permit_call(model, who->party, who->role, call->operation, call->values))
		return MERIT_NOT_PERMITTED;
	return MERIT_OK;
}

bool merit_call_is_fresh(const struct merit_identity *who, int64_t time_ms)
{
	int64_t left_s = who->token_expires_s - time_ms / 1000;

	return !who->is_binding || (left_s >= 0 && left_s <= MERIT_TOKEN_LIFE_S);
}
