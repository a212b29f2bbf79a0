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

#define NONCE_SIZE             crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_SIZE               crypto_aead_xchacha20poly1305_ietf_ABYTES

#define ERASE_RESERVE_SIZE_MAX (192ULL * 1024 * 1024) /* of the map, for erasures; a quarter of a smaller one */

#define COMPACT_NAME           "private.compact" /* the rewritten vault, until its file takes the old one's place */

static_assert(MERIT_VAULT_KEY_SIZE == crypto_kdf_KEYBYTES, "the caller's key is a libsodium master key");
static_assert(MERIT_VAULT_MARK_SIZE == MERIT_VAULT_COMMITMENT_SIZE, "a twin is one or the other");
static_assert(MERIT_VAULT_COMMITMENT_SIZE == crypto_hash_sha256_BYTES, "a commitment is a SHA-256");

/* Derived from the caller's key, so that no key has two uses. */
struct keys {
	unsigned char seal[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
	unsigned char nonce[crypto_generichash_KEYBYTES];
	unsigned char mark[crypto_generichash_KEYBYTES];
	unsigned char check[32]; /* stored, to tell a wrong key from damaged rows */
};

struct merit_vault {
	MDB_env *env;
	MDB_dbi rows;
	MDB_dbi twins; /* mark -> commitment, and commitment -> mark */
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
	failed |= crypto_kdf_derive_from_key(keys_out->mark, sizeof(keys_out->mark), 4, context, key);
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

static int open_tables(MDB_txn *txn, unsigned flags, struct merit_vault *vault)
{
	int rc = mdb_dbi_open(txn, "rows", flags, &vault->rows);
	if (rc == 0)
		rc = mdb_dbi_open(txn, "twins", flags, &vault->twins);
	return rc == 0 ? mdb_dbi_open(txn, "meta", flags, &vault->meta) : rc;
}

/* The first row of a new vault: what its key is checked against. */
static int fill_new_vault(MDB_txn *txn, void *context)
{
	const struct merit_vault_options *options = context;
	struct merit_vault tables;
	struct keys keys;

	int rc = open_tables(txn, MDB_CREATE, &tables);
	if (rc == 0)
		rc = merit_fault_pass(options->fault);
	if (rc != 0)
		return rc;
	derive_keys(options->key, &keys);
	MDB_val key = { sizeof(check_key) - 1, (void *)check_key };
	MDB_val value = { sizeof(keys.check), keys.check };
	rc = mdb_put(txn, tables.meta, &key, &value, MDB_NOOVERWRITE);
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
	rc = open_tables(txn, 0, vault);
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

void merit_vault_drop_dead_readers(struct merit_vault *vault)
{
	merit_env_drop_dead_readers(vault->env);
}

/* What an erasure copies before the pages it frees are used again: the most that a group erases, some 50,000 pages. */
static uint64_t erase_reserve_size(uint64_t map_size)
{
	return map_size / 4 < ERASE_RESERVE_SIZE_MAX ? map_size / 4 : ERASE_RESERVE_SIZE_MAX;
}

enum merit_status merit_vault_has_room(struct merit_vault *vault, uint64_t size, uint64_t row_count)
{
	const uint64_t row_size = MERIT_VAULT_COMMITMENT_SIZE + MERIT_VAULT_SALT_SIZE + TAG_SIZE;
	uint64_t added_size;
	MDB_envinfo info;

	if (has_failed(vault))
		return MERIT_STORE_FAILED;
	if (__builtin_mul_overflow(row_count, row_size, &added_size) || __builtin_add_overflow(added_size, size, &size))
		return MERIT_STORE_FULL;
	if (mdb_env_info(vault->env, &info) != 0)
		return MERIT_IO_FAILED;
	const struct merit_env_reserve reserve = { erase_reserve_size(info.me_mapsize), vault->disk_reserve_size };
	return merit_env_room(vault->env, size, row_count, &reserve);
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

/* ---- Twins ---- */

void merit_vault_mark(const struct merit_vault *vault, const void *of, size_t of_size, const void *bytes, size_t size,
                      unsigned char mark_out[MERIT_VAULT_MARK_SIZE])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, vault->keys.mark, sizeof(vault->keys.mark), MERIT_VAULT_MARK_SIZE);
	crypto_generichash_update(&state, of, of_size);
	crypto_generichash_update(&state, (const unsigned char *)"", 1); /* its NUL: where one ends */
	crypto_generichash_update(&state, bytes, size);
	crypto_generichash_final(&state, mark_out, MERIT_VAULT_MARK_SIZE);
	sodium_memzero(&state, sizeof(state));
}

/* What a mark or commitment stands beside, into twin_out. */
static int twin_get(MDB_txn *txn, MDB_dbi twins, const unsigned char *of, unsigned char *twin_out)
{
	MDB_val key = { MERIT_VAULT_MARK_SIZE, (void *)of };
	MDB_val twin;

	int rc = mdb_get(txn, twins, &key, &twin);
	if (rc == 0 && twin.mv_size != MERIT_VAULT_MARK_SIZE)
		return MDB_CORRUPTED;
	if (rc == 0)
		memcpy(twin_out, twin.mv_data, MERIT_VAULT_MARK_SIZE);
	return rc;
}

static int twin_put(struct merit_vault *vault, const unsigned char *of, const unsigned char *twin)
{
	MDB_val key = { MERIT_VAULT_MARK_SIZE, (void *)of };
	MDB_val value = { MERIT_VAULT_MARK_SIZE, (void *)twin };

	return mdb_put(vault->txn, vault->twins, &key, &value, 0);
}

static int twin_delete(struct merit_vault *vault, const unsigned char *of)
{
	MDB_val key = { MERIT_VAULT_MARK_SIZE, (void *)of };

	return mdb_del(vault->txn, vault->twins, &key, NULL);
}

/* Removes the commitment's mark, where it has one. The mark may stand beside another by now: a row that nobody names,
 * left by a kill, had it before. */
static int twin_erase(struct merit_vault *vault, const unsigned char *commitment)
{
	unsigned char mark[MERIT_VAULT_MARK_SIZE], marked[MERIT_VAULT_COMMITMENT_SIZE];

	int rc = twin_get(vault->txn, vault->twins, commitment, mark);
	if (rc == MDB_NOTFOUND)
		return 0;
	if (rc == 0)
		rc = twin_delete(vault, commitment);
	if (rc == 0)
		rc = twin_get(vault->txn, vault->twins, mark, marked);
	if (rc == 0 && memcmp(marked, commitment, sizeof(marked)) == 0)
		rc = twin_delete(vault, mark);
	return rc == MDB_NOTFOUND ? 0 : rc;
}

enum merit_status merit_vault_put_mark(struct merit_vault *vault, const unsigned char *mark,
                                       const unsigned char *commitment)
{
	if (has_failed(vault))
		return MERIT_STORE_FAILED;
	int rc = begin(vault);
	if (rc == 0)
		rc = merit_fault_pass(vault->fault);
	if (rc == 0)
		rc = twin_put(vault, mark, commitment);
	if (rc == 0)
		rc = twin_put(vault, commitment, mark);
	return rc == 0 ? MERIT_OK : fail(vault, rc);
}

enum merit_status merit_vault_get_marked(struct merit_vault *vault, const unsigned char *mark,
                                         unsigned char *commitment_out)
{
	MDB_txn *txn = NULL;

	int rc = mdb_txn_begin(vault->env, NULL, MDB_RDONLY, &txn);
	if (rc != 0)
		return merit_env_status(rc);
	rc = twin_get(txn, vault->twins, mark, commitment_out);
	mdb_txn_abort(txn);
	return merit_env_status(rc);
}

/* ---- Erasing, and the end of a transaction ---- */

enum merit_status merit_vault_erase(struct merit_vault *vault, const unsigned char *commitment)
{
	MDB_val key = { MERIT_VAULT_COMMITMENT_SIZE, (void *)commitment };

	if (has_failed(vault))
		return MERIT_STORE_FAILED;
	int rc = begin(vault);
	if (rc == 0)
		rc = merit_fault_pass(vault->fault);
	if (rc == 0)
		rc = twin_erase(vault, commitment);
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
