/* verify_authorship.c - who said so: each request's bytes, its signature, and the calls that its entries record.
 *
 * A call of a request may have no entry: it was sent before, was not permitted at its turn, or met a full disk. So calls
 * may be left out here, but none may be recorded twice or in another order. */
#include <string.h>

#include "ledger/encode.h"
#include "ledger/json.h"
#include "ledger/json_pull.h"
#include "ledger/verify_inner.h"

static enum merit_status request_fault(struct merit_verify *verify, uint64_t number, const char *what)
{
	return merit_verify_fault(verify, "request %llu: %s", (unsigned long long)number, what);
}

/* The stored bytes, their hash and the envelope, which must be for this ledger. */
static enum merit_status envelope_open(struct merit_verify *verify, struct merit_verify_request *slot)
{
	struct merit_request *request = &slot->request;
	const char *origin = verify->log.name;
	const void *bytes;
	size_t size;
	enum merit_status status = merit_store_read_request(verify->reader, slot->number, &bytes, &size);

	if (status == MERIT_NOT_FOUND)
		return request_fault(verify, slot->number, "it is missing");
	if (status != MERIT_OK)
		return status;
	merit_sha256(bytes, size, slot->hash.bytes);
	if (!merit_hash_equal(&slot->hash, &verify->entry.request_hash))
		return merit_verify_fault(verify, "request %llu: its bytes have not the hash that entry %llu names",
					  (unsigned long long)slot->number, (unsigned long long)verify->entry.seq);
	memset(request, 0, sizeof(*request));
	request->bytes = (struct merit_text){ merit_arena_copy(&slot->arena, bytes, size), size }; /* The view is renewed. */
	if (request->bytes.data == NULL)
		return MERIT_NO_MEMORY;
	status = merit_envelope_read(request->bytes.data, size, &slot->arena, &request->envelope);
	if (status == MERIT_NO_MEMORY)
		return status;
	if (status != MERIT_OK || !request->envelope.is_signed || request->envelope.private_lines.size > 0)
		return request_fault(verify, slot->number, "it is not a signed message");
	if (!merit_text_equal(request->envelope.audience, merit_text_of(origin)))
		return request_fault(verify, slot->number, "it was signed for another ledger");
	return MERIT_OK;
}

static enum merit_status signature_check(struct merit_verify *verify, const struct merit_verify_request *slot,
					 const struct merit_public_key *key)
{
	enum merit_status status = merit_envelope_verify(&slot->request.envelope, key);

	if (status == MERIT_OK || status == MERIT_NO_MEMORY)
		return status;
	return request_fault(verify, slot->number, "its signature does not match the key it names");
}

static bool signed_as(const struct merit_envelope *envelope, struct merit_text party, struct merit_text key)
{
	return !envelope->has_jwk && merit_text_equal(envelope->party, party) && merit_text_equal(envelope->key, key);
}

/* ---- The three kinds of request ---- */

/* The window in which a message is taken, and as long again for the queue. */
#define QUEUED_S_MAX (2 * MERIT_IAT_WINDOW_S)

/* Whether it was signed when its entries say it came. While a clock is behind the log, time stands: then it may be older. */
static bool is_of_its_time(const struct merit_verify *verify, const struct merit_envelope *envelope)
{
	int64_t time_s = verify->entry.time_ms / 1000;

	return envelope->iat_s <= time_s + QUEUED_S_MAX &&
	       (envelope->iat_s >= time_s - QUEUED_S_MAX || verify->time_stood);
}

static enum merit_status client_open(struct merit_verify *verify, struct merit_verify_request *slot)
{
	struct merit_request *request = &slot->request;
	const struct merit_envelope *envelope = &request->envelope;
	const struct merit_public_key *public_key = &envelope->jwk;

	if (!is_of_its_time(verify, envelope))
		return request_fault(verify, slot->number, "it was not signed at the time of its entries");
	if (!envelope->has_jwk) {
		const struct merit_key *key = merit_model_key(&verify->model, envelope->party, envelope->key);
		if (key == NULL)
			return request_fault(verify, slot->number, "no such party and key at this point of the log");
		public_key = &key->public_key;
	}
	enum merit_status status = signature_check(verify, slot, public_key);
	if (status != MERIT_OK)
		return status;
	status = merit_request_read(request, &slot->arena);
	if (status == MERIT_NO_MEMORY)
		return status;
	if (status != MERIT_OK || !request->is_write)
		return request_fault(verify, slot->number, "its JSON does not hold calls that change something");
	return MERIT_OK;
}

static enum merit_status tick_open(struct merit_verify *verify, struct merit_verify_request *slot)
{
	const struct merit_envelope *envelope = &slot->request.envelope;
	struct merit_buffer json = { 0 };

	slot->tick_ms = verify->entry.time_ms;
	merit_tick_put(&json, slot->tick_ms);
	bool bad = json.bad;
	bool same = !bad && merit_text_equal(envelope->json, (struct merit_text){ json.data, json.size });
	merit_buffer_free(&json);
	if (bad)
		return MERIT_NO_MEMORY;
	if (!same || !signed_as(envelope, MERIT_TEXT("system"), MERIT_TEXT("k1")))
		return request_fault(verify, slot->number, "it is not the system's, of the time of its entries");
	return signature_check(verify, slot, &verify->model.program.system_key);
}

static bool key_read(const struct merit_value *value, struct merit_public_key *key_out)
{
	size_t size;

	return merit_base64url_decode(value->text.data, value->text.size, key_out->bytes, sizeof(key_out->bytes),
				      &size) &&
	       size == sizeof(key_out->bytes) && merit_public_key_usable(key_out);
}

/* Whether the message says what the first entry records. */
static enum merit_status birth_compare(const struct merit_entry *entry, struct merit_text json, struct merit_arena *arena,
				       bool *same_out)
{
	const struct merit_operation *operation = entry->operation;
	struct merit_value values[MERIT_PARAMETERS_MAX];
	struct merit_text method, id = { NULL, 0 };
	const char *field;
	cJSON *root = NULL;

	merit_json_arena_begin(arena);
	enum merit_status status = merit_json_read(json.data, json.size, &root);
	merit_json_arena_end();
	memset(values, 0, sizeof(values));
	struct merit_json_pull pull = merit_json_pull_begin(json.data, json.size, arena);
	if (status == MERIT_OK && !merit_json_pull_find(&pull, "params"))
		status = MERIT_BAD_PARAMS;
	if (status == MERIT_OK)
		status = merit_values_pull(&pull, operation->params, operation->params_count, &id, values, &field);
	if (status == MERIT_NO_MEMORY)
		return status;
	*same_out = status == MERIT_OK &&
		    merit_json_text(merit_json_member(root, "method"), &method.data, &method.size) &&
		    merit_text_equal(method, merit_text_of(operation->name)) &&
		    merit_values_compare(operation->params, operation->params_count, values, entry->values) ==
			    operation->params_count;
	return MERIT_OK;
}

/* The first request brings the key that signed it. */
static enum merit_status birth_open(struct merit_verify *verify, struct merit_verify_request *slot)
{
	const struct merit_entry *entry = &verify->entry;
	const struct merit_value *values = entry->values;
	const struct merit_envelope *envelope = &slot->request.envelope;
	struct merit_public_key admin_key, system_key;
	bool same;
	enum merit_status status = birth_compare(entry, envelope->json, &slot->arena, &same);

	if (status != MERIT_OK)
		return status;
	if (!same)
		return request_fault(verify, 0, "it does not say what the first entry records");
	if (!key_read(&values[PROGRAM_ADMIN_KEY], &admin_key) || !key_read(&values[PROGRAM_SYSTEM_KEY], &system_key) ||
	    merit_text_equal(values[PROGRAM_ADMIN].text, MERIT_TEXT("system")))
		return request_fault(verify, 0, "a ledger cannot begin with these keys and names");
	if (!signed_as(envelope, values[PROGRAM_ADMIN].text, values[PROGRAM_ADMIN_KEY_NAME].text))
		return request_fault(verify, 0, "it names another key than the admin's");
	return signature_check(verify, slot, &admin_key);
}

/* ---- Finding an entry's request ---- */

static enum merit_status slot_open(struct merit_verify *verify, struct merit_verify_request *slot, bool is_system)
{
	const struct merit_entry *entry = &verify->entry;

	if (entry->request != entry->seq)
		return merit_verify_entry_fault(verify, entry->seq, "it names request %llu, neither the newest nor its own",
						(unsigned long long)entry->request);
	merit_arena_reset(&slot->arena);
	slot->is_open = true;
	slot->is_system = is_system;
	slot->number = entry->request;
	slot->next_index = 0;
	verify->report->requests++;
	enum merit_status status = envelope_open(verify, slot);
	if (status != MERIT_OK)
		return status;
	if (entry->seq == 0)
		return birth_open(verify, slot);
	return is_system ? tick_open(verify, slot) : client_open(verify, slot);
}

/* Whether the entry's place in the request is one it can have. */
static enum merit_status place_check(struct merit_verify *verify, const struct merit_verify_request *slot)
{
	const struct merit_entry *entry = &verify->entry;
	uint32_t index = entry->request_index;

	if (index < slot->next_index)
		return merit_verify_entry_fault(verify, entry->seq, "an entry before it has its call or a later one");
	if (slot->is_system && entry->time_ms != slot->tick_ms)
		return merit_verify_entry_fault(verify, entry->seq, "its request is of another time");
	if (entry->seq != 0 && !slot->is_system && index >= slot->request.calls_count)
		return merit_verify_entry_fault(verify, entry->seq, "its request has no such call");
	return MERIT_OK;
}

enum merit_status merit_verify_author(struct merit_verify *verify, struct merit_verify_request **request_out)
{
	const struct merit_entry *entry = &verify->entry;
	bool is_system = merit_text_equal(entry->party, MERIT_TEXT("system"));
	struct merit_verify_request *slot = is_system ? &verify->system : &verify->client;
	enum merit_status status = MERIT_OK;

	if (!slot->is_open || slot->number != entry->request)
		status = slot_open(verify, slot, is_system);
	else if (!merit_hash_equal(&slot->hash, &entry->request_hash))
		status = merit_verify_entry_fault(verify, entry->seq, "it names another hash than its request has");
	if (status == MERIT_OK)
		status = place_check(verify, slot);
	if (status == MERIT_OK)
		*request_out = slot;
	return status;
}

void merit_verify_author_free(struct merit_verify *verify)
{
	merit_arena_free(&verify->client.arena);
	merit_arena_free(&verify->system.arena);
}
