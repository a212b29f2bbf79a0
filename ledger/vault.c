/* vault.c - see vault.h. */
#include "ledger/vault.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NONCE_SIZE   crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_SIZE     crypto_aead_xchacha20poly1305_ietf_ABYTES

#define COMPACT_NAME "private.compact" /* the rewritten vault, until its file takes the old one's place */

static_assert(MERIT_VAULT_KEY_SIZE == crypto_kdf_KEYBYTES, "the caller's key is a libsodium master key");
static_assert(MERIT_VAULT_COMMITMENT_SIZE == crypto_hash_sha256_BYTES, "a commitment is a SHA-256");

/* Derived from the caller's key, so that no key has two uses. */
struct keys {
	unsigned char seal[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
	unsigned char nonce[crypto_generichash_KEYBYTES];
	unsigned char check[32]; /* stored, to tell a wrong key from damaged rows */
};

struct merit_vault {
	MDB_env *env;
	MDB_dbi rows;
	MDB_dbi meta;
	MDB_txn *txn; /* holds puts and erasures until commit; NULL when there are none */
	uint64_t disk_reserve_size;
	struct keys keys;
	struct merit_fault *fault;
	atomic_int failure_rc;
};

static const char check_key[] = "key-check";

static void derive_keys(const unsigned char key[MERIT_VAULT_KEY_SIZE], struct keys *keys_out)
{
	static const char context[crypto_kdf_CONTEXTBYTES] = { 'm', 'e', 'r', 'i', 't', 'v', 'l', 't' };
	int failed = crypto_kdf_derive_from_key(keys_out->seal, sizeof(keys_out->seal), 1, context, key);
	failed |= crypto_kdf_derive_from_key(keys_out->nonce, sizeof(keys_out->nonce), 2, context, key);
	failed |= crypto_kdf_derive_from_key(keys_out->check, sizeof(keys_out->check), 3, context, key);
	assert(failed == 0); /* It refuses only sizes it does not know. */
}

static void derive_nonce(const struct keys *keys, const unsigned char *commitment, unsigned char nonce_out[NONCE_SIZE])
{
	int failed = crypto_generichash(nonce_out, NONCE_SIZE, commitment, MERIT_VAULT_COMMITMENT_SIZE, keys->nonce,
	                                sizeof(keys->nonce));
	assert(failed == 0);
}

static uint64_t map_size_of(const struct merit_vault_options *options)
{
	return options->map_size == 0 ? MERIT_VAULT_MAP_SIZE_DEFAULT : options->map_size;
}

static int open_tables(MDB_txn *txn, unsigned flags, MDB_dbi *rows_out, MDB_dbi *meta_out)
{
	int rc = mdb_dbi_open(txn, "rows", flags, rows_out);
	return rc == 0 ? mdb_dbi_open(txn, "meta", flags, meta_out) : rc;
}

/* The first row of a new vault: what its key is checked against. */
static int fill_new_vault(MDB_txn *txn, void *context)
{
	const struct merit_vault_options *options = context;
	struct keys keys;
	MDB_dbi rows;
	MDB_dbi meta;

	int rc = open_tables(txn, MDB_CREATE, &rows, &meta);
	if (rc == 0)
		rc = merit_fault_pass(options->fault);
	if (rc != 0)
		return rc;
	derive_keys(options->key, &keys);
	MDB_val key = { sizeof(check_key) - 1, (void *)check_key };
	MDB_val value = { sizeof(keys.check), keys.check };
	rc = mdb_put(txn, meta, &key, &value, MDB_NOOVERWRITE);
	sodium_memzero(&keys, sizeof(keys));
	return rc;
}

enum merit_status merit_vault_create(const char *dir, const struct merit_vault_options *options)
{
	return merit_env_create(dir, "private", map_size_of(options), options->fault, fill_new_vault, (void *)options);
}

static enum merit_status check_key_of(const struct merit_vault *vault, MDB_txn *txn)
{
	MDB_val key = { sizeof(check_key) - 1, (void *)check_key };
	MDB_val value;

	int rc = mdb_get(txn, vault->meta, &key, &value);
	if (rc == MDB_NOTFOUND || (rc == 0 && value.mv_size != sizeof(vault->keys.check)))
		return MERIT_CORRUPT;
	if (rc != 0)
		return merit_env_status(rc);
	bool same = sodium_memcmp(value.mv_data, vault->keys.check, sizeof(vault->keys.check)) == 0;
	return same ? MERIT_OK : MERIT_WRONG_KEY;
}

static enum merit_status load(struct merit_vault *vault)
{
	MDB_txn *txn = NULL;

	int rc = mdb_txn_begin(vault->env, NULL, MDB_RDONLY, &txn);
	if (rc != 0)
		return merit_env_status(rc);
	rc = open_tables(txn, 0, &vault->rows, &vault->meta);
	enum merit_status status = rc == MDB_NOTFOUND ? MERIT_CORRUPT : merit_env_status(rc);
	if (status == MERIT_OK)
		status = check_key_of(vault, txn);
	if (status != MERIT_OK) {
		mdb_txn_abort(txn);
		return status;
	}
	return merit_env_status(mdb_txn_commit(txn)); /* A commit, so that the table handles stay. */
}

enum merit_status merit_vault_open(const char *dir, const struct merit_vault_options *options,
                                   struct merit_vault **vault_out)
{
	char path[PATH_MAX];

	if (!merit_env_path(path, dir, "private"))
		return MERIT_IO_FAILED;
	struct merit_vault *vault = calloc(1, sizeof(*vault));
	if (vault == NULL)
		return MERIT_NO_MEMORY;
	vault->fault = options->fault;
	vault->disk_reserve_size =
		options->disk_reserve_size == 0 ? MERIT_VAULT_DISK_RESERVE_SIZE : options->disk_reserve_size;
	derive_keys(options->key, &vault->keys);
	unsigned flags = options->read_only ? MDB_RDONLY : 0;
	int rc = merit_env_open(path, map_size_of(options), flags, options->fault, &vault->env);
	enum merit_status status = rc == 0 ? load(vault) : merit_env_status(rc);
	if (status != MERIT_OK) {
		merit_vault_close(vault);
		return status;
	}
	*vault_out = vault;
	return MERIT_OK;
}

void merit_vault_close(struct merit_vault *vault)
{
	if (vault == NULL)
		return;
	merit_vault_abort(vault);
	if (vault->env != NULL)
		mdb_env_close(vault->env);
	sodium_memzero(&vault->keys, sizeof(vault->keys));
	free(vault);
}

static bool has_failed(struct merit_vault *vault)
{
	return atomic_load(&vault->failure_rc) != 0;
}

static enum merit_status fail(struct merit_vault *vault, int rc)
{
	int none = 0;
	(void)atomic_compare_exchange_strong(&vault->failure_rc, &none, rc);
	merit_vault_abort(vault);
	return MERIT_STORE_FAILED;
}

const char *merit_vault_failure(struct merit_vault *vault)
{
	int rc = atomic_load(&vault->failure_rc);
	return rc == 0 ? NULL : mdb_strerror(rc);
}

enum merit_status merit_vault_has_room(struct merit_vault *vault, uint64_t size, uint64_t row_count)
{
	const uint64_t row_size = MERIT_VAULT_COMMITMENT_SIZE + MERIT_VAULT_SALT_SIZE + TAG_SIZE;
	uint64_t added_size;

	if (has_failed(vault))
		return MERIT_STORE_FAILED;
	if (__builtin_mul_overflow(row_count, row_size, &added_size) || __builtin_add_overflow(added_size, size, &size))
		return MERIT_STORE_FULL;
	return merit_env_room(vault->env, size, row_count, vault->disk_reserve_size);
}

/* Opens the transaction that gathers changes, unless it is open. */
static int begin(struct merit_vault *vault)
{
	if (vault->txn != NULL)
		return 0;
	int rc = merit_fault_pass(vault->fault);
	return rc == 0 ? mdb_txn_begin(vault->env, NULL, 0, &vault->txn) : rc;
}

/* salt || bytes into one allocated block, its size too. NULL when memory runs out. */
static unsigned char *join(const unsigned char *salt, const void *bytes, size_t size, size_t *joined_size_out)
{
	if (size > SIZE_MAX - MERIT_VAULT_SALT_SIZE - TAG_SIZE)
		return NULL;
	unsigned char *joined = malloc(MERIT_VAULT_SALT_SIZE + size);
	if (joined == NULL)
		return NULL;
	memcpy(joined, salt, MERIT_VAULT_SALT_SIZE);
	if (size > 0)
		memcpy(joined + MERIT_VAULT_SALT_SIZE, bytes, size);
	*joined_size_out = MERIT_VAULT_SALT_SIZE + size;
	return joined;
}

/* Encrypts straight into the row LMDB sets aside. */
static int put_sealed(struct merit_vault *vault, const unsigned char *commitment, const unsigned char *joined,
                      size_t joined_size)
{
	unsigned char nonce[NONCE_SIZE];
	MDB_val key = { MERIT_VAULT_COMMITMENT_SIZE, (void *)commitment };
	MDB_val value = { joined_size + TAG_SIZE, NULL };

	int rc = begin(vault);
	if (rc == 0)
		rc = merit_fault_pass(vault->fault);
	if (rc == 0)
		rc = mdb_put(vault->txn, vault->rows, &key, &value, MDB_NOOVERWRITE | MDB_RESERVE);
	if (rc == MDB_KEYEXIST)
		return 0;
	if (rc != 0)
		return rc;
	derive_nonce(&vault->keys, commitment, nonce);
	int failed = crypto_aead_xchacha20poly1305_ietf_encrypt(value.mv_data, NULL, joined, joined_size, key.mv_data,
	                                                        key.mv_size, NULL, nonce, vault->keys.seal);
	assert(failed == 0); /* libsodium's encryption has no way to fail. */
	return 0;
}

enum merit_status merit_vault_put(struct merit_vault *vault, const unsigned char *commitment, const unsigned char *salt,
                                  const void *bytes, size_t size)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	size_t joined_size = 0;

	if (has_failed(vault))
		return MERIT_STORE_FAILED;
	unsigned char *joined = join(salt, bytes, size, &joined_size);
	if (joined == NULL)
		return MERIT_NO_MEMORY;
	crypto_hash_sha256(hash, joined, joined_size);
	bool matches = sodium_memcmp(hash, commitment, sizeof(hash)) == 0;
	int rc = matches ? put_sealed(vault, commitment, joined, joined_size) : 0;
	sodium_memzero(joined, joined_size);
	free(joined);
	if (!matches)
		return MERIT_PRIVATE_MISMATCH;
	return rc == 0 ? MERIT_OK : fail(vault, rc);
}

enum merit_status merit_vault_erase(struct merit_vault *vault, const unsigned char *commitment)
{
	MDB_val key = { MERIT_VAULT_COMMITMENT_SIZE, (void *)commitment };

	if (has_failed(vault))
		return MERIT_STORE_FAILED;
	int rc = begin(vault);
	if (rc == 0)
		rc = merit_fault_pass(vault->fault);
	if (rc == 0)
		rc = mdb_del(vault->txn, vault->rows, &key, NULL);
	if (rc == MDB_NOTFOUND)
		return MERIT_NOT_FOUND;
	return rc == 0 ? MERIT_OK : fail(vault, rc);
}

enum merit_status merit_vault_commit(struct merit_vault *vault)
{
	if (has_failed(vault))
		return MERIT_STORE_FAILED;
	if (vault->txn == NULL)
		return MERIT_OK;
	int rc = merit_fault_pass(vault->fault);
	if (rc != 0)
		return fail(vault, rc);
	rc = mdb_txn_commit(vault->txn);
	vault->txn = NULL; /* mdb_txn_commit frees it even when it fails. */
	return rc == 0 ? MERIT_OK : fail(vault, rc);
}

void merit_vault_abort(struct merit_vault *vault)
{
	if (vault->txn != NULL)
		mdb_txn_abort(vault->txn);
	vault->txn = NULL;
}

static enum merit_status unseal(const struct merit_vault *vault, const unsigned char *commitment, const MDB_val *sealed,
                                unsigned char *salt_out, struct merit_buffer *bytes_out)
{
	unsigned char nonce[NONCE_SIZE];

	if (sealed->mv_size < MERIT_VAULT_SALT_SIZE + TAG_SIZE)
		return MERIT_CORRUPT;
	size_t joined_size = sealed->mv_size - TAG_SIZE;
	unsigned char *joined = malloc(joined_size);
	if (joined == NULL)
		return MERIT_NO_MEMORY;
	derive_nonce(&vault->keys, commitment, nonce);
	enum merit_status status = MERIT_CORRUPT;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(joined, NULL, NULL, sealed->mv_data, sealed->mv_size, commitment,
	                                               MERIT_VAULT_COMMITMENT_SIZE, nonce, vault->keys.seal) == 0) {
		merit_buffer_put(bytes_out, joined + MERIT_VAULT_SALT_SIZE, joined_size - MERIT_VAULT_SALT_SIZE);
		status = bytes_out->bad ? MERIT_NO_MEMORY : MERIT_OK;
	}
	if (status == MERIT_OK)
		memcpy(salt_out, joined, MERIT_VAULT_SALT_SIZE);
	sodium_memzero(joined, joined_size);
	free(joined);
	return status;
}

enum merit_status merit_vault_get(struct merit_vault *vault, const unsigned char *commitment, unsigned char *salt_out,
                                  struct merit_buffer *bytes_out)
{
	MDB_txn *txn = NULL;
	MDB_val key = { MERIT_VAULT_COMMITMENT_SIZE, (void *)commitment };
	MDB_val sealed;

	int rc = mdb_txn_begin(vault->env, NULL, MDB_RDONLY, &txn);
	if (rc != 0)
		return merit_env_status(rc);
	rc = mdb_get(txn, vault->rows, &key, &sealed);
	enum merit_status status =
		rc == 0 ? unseal(vault, commitment, &sealed, salt_out, bytes_out) : merit_env_status(rc);
	mdb_txn_abort(txn);
	return status;
}

enum merit_status merit_vault_backup(struct merit_vault *vault, const char *target_dir, bool *compact_out)
{
	return merit_env_copy(vault->env, target_dir, "private", compact_out);
}

/* A copy of the live rows, as DIR/private.compact. */
static enum merit_status copy_live_rows(const char *dir, const char *path, const char *copy_path)
{
	MDB_env *env = NULL;
	bool compact = false;

	if (!merit_env_remove(copy_path)) /* Left by a kill. */
		return MERIT_IO_FAILED;
	int rc = merit_env_open(path, MERIT_VAULT_MAP_SIZE_DEFAULT, 0, NULL, &env);
	if (rc != 0)
		return merit_env_status(rc);
	enum merit_status status = merit_env_copy(env, dir, COMPACT_NAME, &compact);
	mdb_env_close(env);
	if (status == MERIT_OK && !compact) /* A plain copy holds the free pages too. */
		return merit_env_remove(copy_path) ? MERIT_CORRUPT : MERIT_IO_FAILED;
	return status;
}

enum merit_status merit_vault_compact(const char *dir)
{
	char path[PATH_MAX];
	char copy_path[PATH_MAX];
	char data_path[PATH_MAX];
	char copy_data_path[PATH_MAX];

	if (!merit_env_path(path, dir, "private") || !merit_env_path(copy_path, dir, COMPACT_NAME) ||
	    !merit_env_path(data_path, path, "data.mdb") || !merit_env_path(copy_data_path, copy_path, "data.mdb"))
		return MERIT_IO_FAILED;
	enum merit_status status = copy_live_rows(dir, path, copy_path);
	if (status != MERIT_OK)
		return status;
	if (rename(copy_data_path, data_path) != 0 || !merit_env_sync_dir(path) || !merit_env_remove(copy_path))
		return MERIT_IO_FAILED;
	return merit_env_sync_dir(dir) ? MERIT_OK : MERIT_IO_FAILED;
}
