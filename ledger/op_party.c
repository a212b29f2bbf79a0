/* op_party.c - the program's first entry, parties and their keys. */
#include <assert.h>
#include <string.h>

#include "ledger/encode.h"
#include "ledger/envelope.h"
#include "ledger/model.h"
#include "ledger/op.h"

static bool public_key_read(struct merit_text text, struct merit_public_key *key_out)
{
	size_t size;

	return merit_base64url_decode(text.data, text.size, key_out->bytes, sizeof(key_out->bytes), &size) &&
	       size == sizeof(key_out->bytes);
}

/* ---- Keys, as decided ---- */

/* Whether this public key, or this name for a key of party, was used before. */
static bool key_was_used(struct merit_model *model, struct merit_text party, struct merit_text key,
                         struct merit_text text)
{
	struct merit_public_key public_key;
	struct merit_text bytes = { (const char *)public_key.bytes, sizeof(public_key.bytes) };

	return merit_model_key(model, party, key) != NULL ||
	       (public_key_read(text, &public_key) && merit_model_has(model, MERIT_TABLE_PUBLIC, bytes));
}

static bool key_is_weak(struct merit_text text)
{
	struct merit_public_key public_key;

	return !public_key_read(text, &public_key) || !merit_public_key_usable(&public_key);
}

static bool grants_power(uint8_t role)
{
	return role == MERIT_ROLE_ADMIN || role == MERIT_ROLE_FINANCE;
}

/* Whether this grant needs a second admin who has not agreed yet. */
static bool needs_second_admin(const struct merit_model *model, uint8_t role)
{
	return grants_power(role) && model->program.admin_parties >= 2 && !model->approved;
}

/* ---- Keys, as evolved ---- */

static void count_admin(struct merit_model *model, const struct merit_party *party, uint32_t keys_before)
{
	if (party->role != MERIT_ROLE_ADMIN)
		return;
	if (keys_before == 0 && party->live_keys > 0)
		model->program.admin_parties++;
	if (keys_before > 0 && party->live_keys == 0)
		model->program.admin_parties--;
	merit_model_edit_program(model);
}

static void party_keys_change(struct merit_model *model, struct merit_text name, int change)
{
	struct merit_party *row = merit_model_edit(model, MERIT_TABLE_PARTY, name, sizeof(*row));
	uint32_t before = row->live_keys;

	row->live_keys += (uint32_t)change;
	if (change > 0)
		row->keys++;
	struct merit_party party = *row;
	count_admin(model, &party, before);
}

static void key_put(struct merit_model *model, struct merit_text party, struct merit_text key, struct merit_text text,
                    uint64_t seq)
{
	struct merit_key *row =
		merit_model_edit(model, MERIT_TABLE_KEY, merit_model_key_of(model, party, key), sizeof(*row));
	struct merit_public_key public_key;
	bool readable = public_key_read(text, &public_key);

	assert(readable);
	row->added = seq + 1;
	row->public_key = public_key;
	struct merit_text bytes = { (const char *)public_key.bytes, sizeof(public_key.bytes) };
	uint64_t *used = merit_model_edit(model, MERIT_TABLE_PUBLIC, bytes, sizeof(*used));
	*used = seq;
	party_keys_change(model, party, 1);
	if (model->key_changed != NULL)
		model->key_changed(model->context, party, key);
}

static void key_end(struct merit_model *model, struct merit_text party, struct merit_text key, uint64_t seq)
{
	struct merit_key *row =
		merit_model_edit(model, MERIT_TABLE_KEY, merit_model_key_of(model, party, key), sizeof(*row));

	row->revoked = seq + 1;
	party_keys_change(model, party, -1);
	if (model->key_changed != NULL)
		model->key_changed(model->context, party, key);
}

static void party_put(struct merit_model *model, struct merit_text name, enum merit_role role, uint64_t seq)
{
	struct merit_party *row = merit_model_edit(model, MERIT_TABLE_PARTY, name, sizeof(*row));

	row->seq = seq;
	row->number = ++model->program.numbers;
	row->role = (uint8_t)role;
	merit_model_edit_program(model);
}

/* A holder of points gets its number with its party. */
static void holder_put(struct merit_model *model, enum merit_table table, struct merit_text name, size_t size)
{
	struct merit_holder *row = merit_model_edit(model, table, name, size);

	row->number = ++model->program.numbers;
	merit_model_edit_program(model);
}

/* ---- program.create ---- */

void merit_decide_program_create(struct merit_model *model, struct merit_entry *entry)
{
	if (model->program.rules != 0)
		merit_entry_refuse(entry, MERIT_PARTY_EXISTS); /* Cannot come from outside: nobody may call it. */
}

void merit_evolve_program_create(struct merit_model *model, const struct merit_entry *entry)
{
	const struct merit_value *values = entry->values;
	struct merit_program *program = &model->program;
	bool readable;

	memset(program, 0, sizeof(*program));
	memcpy(program->origin, values[PROGRAM_ORIGIN].text.data, values[PROGRAM_ORIGIN].text.size);
	readable = public_key_read(values[PROGRAM_LOG_KEY].text, &program->log_key);
	assert(readable);
	readable = public_key_read(values[PROGRAM_SYSTEM_KEY].text, &program->system_key);
	assert(readable);
	program->offset_minutes = (int32_t)values[PROGRAM_OFFSET].integer;
	program->policy = (int32_t)values[PROGRAM_POLICY].integer;
	program->grace_days = (int32_t)values[PROGRAM_GRACE].integer;
	program->hold_minutes = (int32_t)values[PROGRAM_HOLD].integer;
	program->receive_days = (int32_t)values[PROGRAM_RECEIVE].integer;
	program->late_days = (int32_t)values[PROGRAM_LATE].integer;
	program->erase_days = (int32_t)values[PROGRAM_ERASE].integer;
	program->rules = (int32_t)values[PROGRAM_RULES].integer;
	program->first_day = entry->day;
	program->closed_through = MERIT_DAY_NONE;
	party_put(model, MERIT_TEXT("system"), MERIT_ROLE_SYSTEM, entry->seq);
	key_put(model, MERIT_TEXT("system"), MERIT_TEXT("k1"), values[PROGRAM_SYSTEM_KEY].text, entry->seq);
	party_put(model, values[PROGRAM_ADMIN].text, MERIT_ROLE_ADMIN, entry->seq);
	key_put(model, values[PROGRAM_ADMIN].text, values[PROGRAM_ADMIN_KEY_NAME].text, values[PROGRAM_ADMIN_KEY].text,
	        entry->seq);
}

/* ---- party.create ---- */

static const uint8_t role_of_word[] = { MERIT_ROLE_ADMIN, MERIT_ROLE_OPERATOR, MERIT_ROLE_FINANCE, MERIT_ROLE_SERVICE,
	                                MERIT_ROLE_AUDITOR };

void merit_decide_party_create(struct merit_model *model, struct merit_entry *entry)
{
	const struct merit_value *values = entry->values, *key = &values[PARTY_KEY],
				 *public_key = &values[PARTY_PUBLIC];
	enum merit_status fault = MERIT_OK;

	if (merit_model_party(model, values[PARTY_PARTY].text) != NULL)
		fault = MERIT_PARTY_EXISTS;
	else if (key->present && public_key->present &&
	         key_was_used(model, values[PARTY_PARTY].text, key->text, public_key->text))
		fault = MERIT_KEY_EXISTS;
	else if (needs_second_admin(model, role_of_word[values[PARTY_ROLE].integer]))
		fault = MERIT_PROPOSAL_REQUIRED;
	else if (key->present != public_key->present || (key->present && key_is_weak(public_key->text)))
		fault = MERIT_PUBLIC_KEY_WEAK; /* or a name without a key, or a key without a name */
	if (fault != MERIT_OK)
		merit_entry_refuse(entry, fault);
}

void merit_evolve_party_create(struct merit_model *model, const struct merit_entry *entry)
{
	const struct merit_value *values = entry->values;

	party_put(model, values[PARTY_PARTY].text, role_of_word[values[PARTY_ROLE].integer], entry->seq);
	if (values[PARTY_KEY].present)
		key_put(model, values[PARTY_PARTY].text, values[PARTY_KEY].text, values[PARTY_PUBLIC].text, entry->seq);
}

/* ---- sponsor.create, merchant.create, member.create ---- */

static void decide_new_party(struct merit_model *model, struct merit_entry *entry, struct merit_text name)
{
	if (merit_model_party(model, name) != NULL)
		merit_entry_refuse(entry, MERIT_PARTY_EXISTS);
}

void merit_decide_sponsor_create(struct merit_model *model, struct merit_entry *entry)
{
	decide_new_party(model, entry, entry->values[SPONSOR_SPONSOR].text);
}

void merit_evolve_sponsor_create(struct merit_model *model, const struct merit_entry *entry)
{
	struct merit_text name = entry->values[SPONSOR_SPONSOR].text;

	party_put(model, name, MERIT_ROLE_SPONSOR, entry->seq);
	holder_put(model, MERIT_TABLE_SPONSOR, name, sizeof(struct merit_sponsor));
	struct merit_sponsor *row = merit_model_edit(model, MERIT_TABLE_SPONSOR, name, sizeof(*row));
	row->is_platform = entry->values[SPONSOR_PLATFORM].present && entry->values[SPONSOR_PLATFORM].integer;
}

void merit_decide_merchant_create(struct merit_model *model, struct merit_entry *entry)
{
	decide_new_party(model, entry, entry->values[MERCHANT_MERCHANT].text);
}

void merit_evolve_merchant_create(struct merit_model *model, const struct merit_entry *entry)
{
	struct merit_text name = entry->values[MERCHANT_MERCHANT].text;

	party_put(model, name, MERIT_ROLE_MERCHANT, entry->seq);
	holder_put(model, MERIT_TABLE_MERCHANT, name, sizeof(struct merit_merchant));
}

void merit_decide_member_create(struct merit_model *model, struct merit_entry *entry)
{
	decide_new_party(model, entry, entry->values[MEMBER_MEMBER].text);
}

void merit_evolve_member_create(struct merit_model *model, const struct merit_entry *entry)
{
	struct merit_text name = entry->values[MEMBER_MEMBER].text;

	party_put(model, name, MERIT_ROLE_MEMBER, entry->seq);
	holder_put(model, MERIT_TABLE_MEMBER, name, sizeof(struct merit_member_head));
}

/* ---- key.add, key.rotate, key.revoke ---- */

static bool is_own(const struct merit_entry *entry, struct merit_text party)
{
	return merit_text_equal(entry->party, party);
}

void merit_decide_key_add(struct merit_model *model, struct merit_entry *entry)
{
	const struct merit_value *values = entry->values;
	struct merit_text name = values[KEY_ADD_PARTY].text;
	const struct merit_party *party = merit_model_party(model, name);
	enum merit_status fault = MERIT_OK;

	if (party == NULL || party->role == MERIT_ROLE_SYSTEM)
		fault = MERIT_PARTY_UNKNOWN;
	else if (key_was_used(model, name, values[KEY_ADD_KEY].text, values[KEY_ADD_PUBLIC].text))
		fault = MERIT_KEY_EXISTS;
	else if (party->live_keys >= MERIT_PARTY_KEYS_MAX || party->keys >= MERIT_PARTY_KEYS_EVER_MAX)
		fault = MERIT_TOO_MANY_KEYS;
	else if (!is_own(entry, name) && needs_second_admin(model, party->role))
		fault = MERIT_PROPOSAL_REQUIRED;
	else if (key_is_weak(values[KEY_ADD_PUBLIC].text))
		fault = MERIT_PUBLIC_KEY_WEAK;
	if (fault != MERIT_OK)
		merit_entry_refuse(entry, fault);
}

void merit_evolve_key_add(struct merit_model *model, const struct merit_entry *entry)
{
	const struct merit_value *values = entry->values;

	key_put(model, values[KEY_ADD_PARTY].text, values[KEY_ADD_KEY].text, values[KEY_ADD_PUBLIC].text, entry->seq);
}

void merit_decide_key_rotate(struct merit_model *model, struct merit_entry *entry)
{
	struct merit_text key = entry->values[KEY_ROTATE_KEY].text, public_key = entry->values[KEY_ROTATE_PUBLIC].text;

	if (key_was_used(model, entry->party, key, public_key))
		merit_entry_refuse(entry, MERIT_KEY_EXISTS);
	else if (merit_model_party(model, entry->party)->keys >= MERIT_PARTY_KEYS_EVER_MAX)
		merit_entry_refuse(entry, MERIT_TOO_MANY_KEYS);
	else if (key_is_weak(public_key))
		merit_entry_refuse(entry, MERIT_PUBLIC_KEY_WEAK);
}

void merit_evolve_key_rotate(struct merit_model *model, const struct merit_entry *entry)
{
	key_put(model, entry->party, entry->values[KEY_ROTATE_KEY].text, entry->values[KEY_ROTATE_PUBLIC].text,
	        entry->seq);
	key_end(model, entry->party, entry->key, entry->seq);
}

void merit_decide_key_revoke(struct merit_model *model, struct merit_entry *entry)
{
	struct merit_text name = entry->values[KEY_REVOKE_PARTY].text;
	const struct merit_party *party = merit_model_party(model, name);
	const struct merit_key *key = merit_model_key(model, name, entry->values[KEY_REVOKE_KEY].text);

	if (party == NULL || party->role == MERIT_ROLE_SYSTEM)
		merit_entry_refuse(entry, MERIT_PARTY_UNKNOWN);
	else if (key == NULL || key->revoked != 0)
		merit_entry_refuse(entry, MERIT_KEY_UNKNOWN);
	else if (party->role == MERIT_ROLE_ADMIN && party->live_keys == 1 && model->program.admin_parties == 1)
		merit_entry_refuse(entry, MERIT_LAST_ADMIN_KEY);
	else if (party->role == MERIT_ROLE_ADMIN && party->live_keys == 1 && !is_own(entry, name) &&
	         needs_second_admin(model, party->role)) /* who ended the others alone would be the only one */
		merit_entry_refuse(entry, MERIT_PROPOSAL_REQUIRED);
}

void merit_evolve_key_revoke(struct merit_model *model, const struct merit_entry *entry)
{
	key_end(model, entry->values[KEY_REVOKE_PARTY].text, entry->values[KEY_REVOKE_KEY].text, entry->seq);
}

/* ---- key.bind ---- */

/* The token was read and its signature verified before the queue; here its facts, which are the entry's results already,
 * meet the state of their turn. */
void merit_decide_key_bind(struct merit_model *model, struct merit_entry *entry)
{
	const struct merit_value *results = entry->results;
	struct merit_text member = results[KEY_BIND_MEMBER].text;
	const struct merit_party *party = merit_model_party(model, member);
	struct merit_text token = merit_model_key_of(model, results[KEY_BIND_SERVICE].text, results[KEY_BIND_JTI].text);
	enum merit_status fault = MERIT_OK;

	if (key_was_used(model, member, results[KEY_BIND_KEY].text, results[KEY_BIND_PUBLIC].text))
		fault = MERIT_KEY_EXISTS;
	else if (party != NULL && party->live_keys >= MERIT_PARTY_KEYS_MAX)
		fault = MERIT_TOO_MANY_KEYS;
	else if (merit_model_has(model, MERIT_TABLE_TOKEN, token))
		fault = MERIT_TOKEN_USED;
	else if (party == NULL || party->role != MERIT_ROLE_MEMBER)
		fault = MERIT_MEMBER_UNKNOWN;
	else if (key_is_weak(results[KEY_BIND_PUBLIC].text))
		fault = MERIT_PUBLIC_KEY_WEAK;
	if (fault != MERIT_OK)
		merit_entry_refuse(entry, fault);
}

void merit_evolve_key_bind(struct merit_model *model, const struct merit_entry *entry)
{
	const struct merit_value *results = entry->results;
	struct merit_text token = merit_model_key_of(model, results[KEY_BIND_SERVICE].text, results[KEY_BIND_JTI].text);
	uint64_t *row = merit_model_edit(model, MERIT_TABLE_TOKEN, token, sizeof(*row));

	*row = entry->seq;
	key_put(model, results[KEY_BIND_MEMBER].text, results[KEY_BIND_KEY].text, results[KEY_BIND_PUBLIC].text,
	        entry->seq);
}
