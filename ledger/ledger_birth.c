/* ledger_birth.c - a data directory's first request and entry, made and checked before anything is on the disk; and
 * read again. */
#include <string.h>

#include "ledger/calendar.h"
#include "ledger/encode.h"
#include "ledger/json_pull.h"
#include "ledger/ledger_inner.h"

#define FORMAT_VERSION 4                          /* of the bytes of entries: doc/format.md */
#define RULES_VERSION  3                          /* of the rules that decide */
#define BIRTH_MAP_SIZE ((size_t)64 * 1024 * 1024) /* one entry needs little; the next open sets its own */

/* ---- The request ---- */

static void public_put(struct merit_buffer *json, const char *name, const struct merit_secret_key *secret)
{
	struct merit_public_key key = merit_secret_key_public(secret);

	merit_buffer_put_key(json, name);
	merit_buffer_put_char(json, '"');
	merit_base64url_put(json, key.bytes, sizeof(key.bytes));
	merit_buffer_put_char(json, '"');
}

static void birth_put(struct merit_buffer *json, const struct merit_ledger_birth *birth)
{
	merit_buffer_put_text(json, "{\"jsonrpc\":\"2.0\",\"method\":\"program.create\",\"params\":{\"id\":\"birth\"");
	merit_buffer_put_text_member(json, "origin", birth->origin);
	merit_buffer_put_integer_member(json, "format", FORMAT_VERSION);
	merit_buffer_put_integer_member(json, "rules", RULES_VERSION);
	public_put(json, "log_key", birth->log_key);
	public_put(json, "system_key", birth->system_key);
	merit_buffer_put_text_member(json, "admin", birth->admin);
	merit_buffer_put_text_member(json, "key", birth->admin_key_name);
	public_put(json, "public", birth->admin_key);
	merit_buffer_put_integer_member(json, "offset_minutes", birth->offset_minutes);
	merit_buffer_put_text_member(json, "refund_policy", birth->refund_policy);
	merit_buffer_put_integer_member(json, "grace_days", birth->grace_days);
	merit_buffer_put_integer_member(json, "hold_minutes", birth->hold_minutes);
	merit_buffer_put_integer_member(json, "receive_days", birth->receive_days);
	merit_buffer_put_integer_member(json, "late_days", birth->late_days);
	merit_buffer_put_integer_member(json, "erase_days", birth->erase_days);
	merit_buffer_put_text(json, "},\"id\":1}");
}

/* ---- Request and entry ---- */

/* Both, as they come together. */
struct newborn {
	struct merit_arena arena;
	struct merit_buffer json, message, kid;
	struct merit_entry entry;
};

static enum merit_status newborn_message(struct newborn *newborn, const struct merit_ledger_birth *birth)
{
	birth_put(&newborn->json, birth);
	merit_buffer_put_format(&newborn->kid, "%s/%s%c", birth->admin, birth->admin_key_name, '\0');
	if (newborn->json.bad || newborn->kid.bad)
		return MERIT_NO_MEMORY;
	return merit_envelope_make(&newborn->message, birth->admin_key, newborn->kid.data, birth->origin,
	                           birth->time_ms / 1000, newborn->json.data, newborn->json.size);
}

static enum merit_status newborn_entry(struct newborn *newborn, const struct merit_ledger_birth *birth)
{
	struct merit_entry *entry = &newborn->entry;
	struct merit_json_pull pull = merit_json_pull_begin(newborn->json.data, newborn->json.size, &newborn->arena);
	struct merit_text id = { NULL, 0 };
	enum merit_status status = MERIT_BAD_PARAMS;
	const char *field;

	entry->operation = merit_operation_numbered(MERIT_OP_PROGRAM_CREATE);
	if (merit_json_pull_find(&pull, "params"))
		status = merit_values_pull(&pull, entry->operation->params, entry->operation->params_count, &id,
		                           entry->values, &field);
	if (status == MERIT_OK && strcmp(birth->admin, "system") == 0)
		status = MERIT_BAD_PARAMS;
	entry->time_ms = birth->time_ms;
	entry->day = merit_day_of_ms(birth->time_ms, birth->offset_minutes);
	entry->id = MERIT_TEXT("birth");
	entry->party = merit_text_of(birth->admin);
	entry->key = merit_text_of(birth->admin_key_name);
	entry->role = MERIT_ROLE_ADMIN;
	entry->arena = &newborn->arena;
	merit_sha256(newborn->message.data, newborn->message.size, entry->request_hash.bytes);
	return status;
}

static enum merit_status newborn_write(struct merit_ledger *ledger, struct newborn *newborn)
{
	struct merit_cause source = { .bytes = { newborn->message.data, newborn->message.size } };
	enum merit_status status = merit_pending_entry(ledger, &newborn->entry, &source);

	if (status == MERIT_OK)
		status = merit_verifier_make(ledger->model.program.origin, MERIT_NOTE_ED25519,
		                             &ledger->model.program.log_key, &ledger->log);
	return status == MERIT_OK ? merit_ledger_commit(ledger) : status;
}

/* ---- The directory ---- */

/* Whether an attempt before this one made the log and got no further. */
static bool is_unborn(const char *directory, const struct merit_store_options *options)
{
	struct merit_store_reader *reader = NULL;
	struct merit_store *store;
	uint64_t count = 1;

	if (merit_store_open(directory, MERIT_STORE_READ_ONLY, options, &store, NULL) != MERIT_OK)
		return false;
	if (merit_store_reader_open(store, &reader) == MERIT_OK && merit_store_reader_begin(reader) == MERIT_OK) {
		if (merit_store_entry_count(reader, &count) != MERIT_OK)
			count = 1;
		merit_store_reader_end(reader);
	}
	merit_store_reader_close(reader);
	merit_store_close(store);
	return count == 0;
}

/* A new vault: one that an attempt before this one made is of another key, and empty. */
static enum merit_status vault_renew(const char *directory, const uint8_t *key)
{
	char path[PATH_MAX];

	if (!merit_env_path(path, directory, "private") || !merit_env_remove(path))
		return MERIT_IO_FAILED;
	return merit_ledger_vault_make(directory, key, BIRTH_MAP_SIZE);
}

static enum merit_status newborn_store(struct newborn *newborn, const char *directory,
                                       const struct merit_ledger_birth *birth)
{
	struct merit_ledger_options options = { .directory = directory,
		                                .log_key = birth->log_key,
		                                .system_key = birth->system_key,
		                                .rebuild = true,
		                                .map_size = BIRTH_MAP_SIZE };
	struct merit_ledger *ledger;
	struct merit_store_options store = { .map_size = BIRTH_MAP_SIZE };
	enum merit_status status = merit_store_create(directory, &store);

	if (status == MERIT_EXISTS && is_unborn(directory, &store))
		status = MERIT_OK;
	if (status == MERIT_OK && birth->private_key != NULL)
		status = vault_renew(directory, birth->private_key);
	if (status == MERIT_OK)
		status = merit_ledger_new(&options, &ledger);
	if (status != MERIT_OK)
		return status;
	status = merit_ledger_load(ledger, &options);
	if (status == MERIT_OK)
		status = newborn_write(ledger, newborn);
	merit_ledger_close(ledger);
	return status;
}

enum merit_status merit_ledger_create(const char *directory, const struct merit_ledger_birth *birth)
{
	struct newborn newborn;

	memset(&newborn, 0, sizeof(newborn));
	enum merit_status status = newborn_message(&newborn, birth);
	if (status == MERIT_OK)
		status = newborn_entry(&newborn, birth);
	if (status == MERIT_OK)
		status = newborn_store(&newborn, directory, birth);
	merit_buffer_free(&newborn.json);
	merit_buffer_free(&newborn.message);
	merit_buffer_free(&newborn.kid);
	merit_arena_free(&newborn.arena);
	return status;
}

/* ---- Read again ---- */

enum merit_status merit_birth_read(struct merit_store_reader *reader, struct merit_arena *arena,
				     struct merit_entry *birth_out, struct merit_verifier *log_out)
{
	const struct merit_value *values = birth_out->values;
	char origin[MERIT_ORIGIN_SIZE_MAX + 1] = "";
	struct merit_public_key key;
	const void *leaf;
	size_t size;
	enum merit_status status = merit_store_read_entry(reader, 0, &leaf, &size);

	if (status == MERIT_OK)
		status = merit_entry_read(leaf, size, arena, birth_out);
	if (status == MERIT_NOT_FOUND || status == MERIT_BAD_FORMAT)
		return MERIT_CORRUPT;
	if (status != MERIT_OK)
		return status;
	if (birth_out->operation->number != MERIT_OP_PROGRAM_CREATE || birth_out->status != MERIT_OK)
		return MERIT_CORRUPT;
	memcpy(origin, values[PROGRAM_ORIGIN].text.data, values[PROGRAM_ORIGIN].text.size);
	if (!merit_base64url_decode(values[PROGRAM_LOG_KEY].text.data, values[PROGRAM_LOG_KEY].text.size, key.bytes,
				    sizeof(key.bytes), &size) ||
	    merit_verifier_make(origin, MERIT_NOTE_ED25519, &key, log_out) != MERIT_OK)
		return MERIT_CORRUPT;
	return MERIT_OK;
}
