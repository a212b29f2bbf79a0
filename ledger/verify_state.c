/* verify_state.c - the tables of state/ against the same tables evolved afresh.
 *
 * state/ is copied first, since a running service changes it and opening it could mend it. The copy holds the effects of
 * the log up to some entry, its cut: the replay is compared with it the moment it comes by. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ledger/verify_inner.h"

/* ---- The copy ---- */

static enum merit_status unreadable(struct merit_verify *verify, const char *what)
{
	return merit_verify_fault(verify, "state: %s cannot be read; remove it: the next start derives it", what);
}

static enum merit_status copy_take(struct merit_verify *verify, const char *path, const char *copy_directory)
{
	MDB_env *env;
	bool compact;
	int rc = merit_env_open(path, MERIT_STATE_MAP_SIZE_DEFAULT, MDB_RDONLY, NULL, &env);

	if (rc == ENOENT)
		return MERIT_NOT_FOUND;
	enum merit_status status = merit_env_status(rc);
	if (rc == 0) {
		status = merit_env_copy(env, copy_directory, "state", &compact);
		mdb_env_close(env);
	}
	if (status == MERIT_CORRUPT)
		return unreadable(verify, "it");
	return status == MERIT_OK || status == MERIT_NO_MEMORY ? status : MERIT_IO_FAILED;
}

static enum merit_status copy_open(struct merit_verify *verify, const char *copy_directory)
{
	struct merit_state_options options = { .version = MERIT_STATE_VERSION, .ordered_table = MERIT_TABLE_DUE };
	enum merit_status status = merit_state_open(copy_directory, &options, &verify->stored);

	if (status != MERIT_OK)
		return status == MERIT_NO_MEMORY ? status : MERIT_IO_FAILED;
	if (merit_state_was_unreadable(verify->stored))
		return unreadable(verify, "it");
	if (merit_state_cut(verify->stored) > 0)
		return MERIT_OK;
	merit_state_close(verify->stored); /* Nothing was written back yet, or by a build with another layout. */
	verify->stored = NULL;
	return MERIT_OK;
}

enum merit_status merit_verify_state_begin(struct merit_verify *verify)
{
	char path[PATH_MAX], copy_directory[PATH_MAX];

	if (!merit_env_path(path, verify->options->directory, "state") ||
	    !merit_env_path(copy_directory, verify->scratch_directory, "stored"))
		return MERIT_IO_FAILED;
	if (access(path, F_OK) != 0)
		return errno == ENOENT ? MERIT_OK : MERIT_IO_FAILED;
	enum merit_status status = copy_take(verify, path, copy_directory);
	if (status == MERIT_NOT_FOUND)
		return MERIT_OK;
	return status == MERIT_OK ? copy_open(verify, copy_directory) : status;
}

/* ---- Comparing ---- */

struct comparison {
	struct merit_verify *verify;
	bool is_equal;
};

static const char *table_name(uint8_t table)
{
	switch (table) {
#define X(name, letter, about) case letter: return #name;
		MERIT_TABLE_MAP(X)
#undef X
	case MERIT_STATE_SERIES: return "series";
	case MERIT_STATE_CLAIMS: return "claims";
	default: return "unknown";
	}
}

/* A row's key for people: what is not a plain character as \xNN, and its first bytes only. */
static void key_print(const void *key, size_t key_size, char *text_out, size_t text_size)
{
	const unsigned char *bytes = key;
	size_t at = 0;

	text_out[0] = '\0';
	for (size_t i = 0; i < key_size && at + 5 < text_size; i++) {
		bool plain = bytes[i] > ' ' && bytes[i] < 0x7f && bytes[i] != '\\';
		at += (size_t)snprintf(text_out + at, text_size - at, plain ? "%c" : "\\x%02x", bytes[i]);
	}
}

static bool row_fault(struct comparison *comparison, uint8_t table, const void *key, size_t key_size, const char *what)
{
	char text[80];

	key_print(key, key_size, text, sizeof(text));
	(void)merit_verify_fault(comparison->verify, "state: table %s, row %s: %s", table_name(table), text, what);
	comparison->is_equal = false;
	return false;
}

static bool replayed_row(void *context, uint8_t table, const void *key, size_t key_size, const void *value, size_t size)
{
	struct comparison *comparison = context;
	size_t stored_size = 0;
	const void *stored = merit_state_get(comparison->verify->stored, table, key, key_size, &stored_size);

	if (stored == NULL)
		return row_fault(comparison, table, key, key_size, "it is missing");
	if (stored_size != size || memcmp(stored, value, size) != 0)
		return row_fault(comparison, table, key, key_size, "it is not what the log's entries amount to");
	comparison->verify->report->state_rows++;
	return true;
}

static bool stored_row(void *context, uint8_t table, const void *key, size_t key_size, const void *value, size_t size)
{
	struct comparison *comparison = context;
	size_t replayed_size;

	(void)value;
	(void)size;
	if (merit_state_get(comparison->verify->model.state, table, key, key_size, &replayed_size) == NULL)
		return row_fault(comparison, table, key, key_size, "no entry of the log made it");
	return true;
}

/* Of the claims, dump showed which entries made them; this is what they claim. */
static void claims_compare(struct comparison *comparison)
{
	struct merit_verify *verify = comparison->verify;

	if (merit_state_claims_agree(verify->stored, verify->model.state))
		return;
	(void)merit_verify_fault(verify, "state: table claims: a hash is not that of what the log's entries claim");
	comparison->is_equal = false;
}

/* Whether the copy says that it follows from this log: by the hash of the last leaf before its cut. */
static enum merit_status anchor_compare(struct comparison *comparison)
{
	struct merit_verify *verify = comparison->verify;
	const void *record;
	size_t size;

	enum merit_status status =
		merit_store_read_entry(verify->reader, merit_state_cut(verify->stored) - 1, &record, &size);
	if (status != MERIT_OK)
		return status;
	struct merit_hash hash = merit_record_hash(record, size);
	if (memcmp(hash.bytes, merit_state_anchor(verify->stored), sizeof(hash.bytes)) != 0) {
		(void)merit_verify_fault(verify,
		                         "state: it follows from another log; remove it: the next start derives it");
		comparison->is_equal = false;
	}
	return MERIT_OK;
}

enum merit_status merit_verify_state_compare(struct merit_verify *verify, uint64_t count)
{
	struct comparison comparison = { verify, true };

	if (verify->stored == NULL || merit_state_cut(verify->stored) > count)
		return MERIT_OK;
	enum merit_status status = anchor_compare(&comparison);
	if (status != MERIT_OK)
		return status;
	if (comparison.is_equal)
		merit_state_dump(verify->model.state, replayed_row, &comparison);
	if (comparison.is_equal)
		merit_state_dump(verify->stored, stored_row, &comparison);
	if (comparison.is_equal)
		claims_compare(&comparison);
	status = merit_state_failure(verify->model.state);
	if (status == MERIT_OK && merit_state_failure(verify->stored) != MERIT_OK)
		status = unreadable(verify, "a row");
	if (status == MERIT_OK && !comparison.is_equal)
		status = MERIT_CORRUPT;
	merit_state_close(verify->stored);
	verify->stored = NULL;
	return status;
}
