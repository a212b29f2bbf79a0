/* vault_test.c
 * Goal    what is kept comes back only under its commitment and its key, is unreadable on the disk, and is gone once
 *         erased; a failed write is never followed by a yes.
 * Method  known rows, bytes of the file searched and flipped, one store call after the other failing. */
#include "ledger/vault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#define COMMITMENT_SIZE MERIT_VAULT_COMMITMENT_SIZE
#define SECRET          "Zhang San, 13800138000, Nanjing Road 1, Shanghai"

static char dir[64];
static struct merit_vault_options options;

/* What a client would send: bytes with their salt and commitment. */
struct secret {
	unsigned char salt[MERIT_VAULT_SALT_SIZE];
	unsigned char commitment[COMMITMENT_SIZE];
	const void *bytes;
	size_t size;
};

static struct secret secret_of(unsigned char salt, const void *bytes, size_t size)
{
	struct secret secret = { .bytes = bytes, .size = size };
	crypto_hash_sha256_state hash;
	memset(secret.salt, salt, sizeof(secret.salt));
	crypto_hash_sha256_init(&hash);
	crypto_hash_sha256_update(&hash, secret.salt, sizeof(secret.salt));
	crypto_hash_sha256_update(&hash, bytes, size);
	crypto_hash_sha256_final(&hash, secret.commitment);
	return secret;
}

static int set_up(void **fixture)
{
	(void)fixture;
	options = (struct merit_vault_options){ .map_size = 1 << 26 };
	memset(options.key, 0x42, sizeof(options.key));
	snprintf(dir, sizeof(dir), "/tmp/merit-vault-test-XXXXXX");
	return sodium_init() < 0 || mkdtemp(dir) == NULL;
}

static int tear_down(void **fixture)
{
	char command[96];
	(void)fixture;
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command);
}

static struct merit_vault *open_vault(void)
{
	struct merit_vault *vault = NULL;
	assert_int_equal(merit_vault_open(dir, &options, &vault), MERIT_OK);
	return vault;
}

static struct merit_vault *new_vault(void)
{
	assert_int_equal(merit_vault_create(dir, &options), MERIT_OK);
	return open_vault();
}

static enum merit_status put(struct merit_vault *vault, const struct secret *secret)
{
	return merit_vault_put(vault, secret->commitment, secret->salt, secret->bytes, secret->size);
}

/* What get answers; on MERIT_OK it was the secret. */
static enum merit_status get(struct merit_vault *vault, const struct secret *secret)
{
	struct merit_buffer bytes = { 0 };
	unsigned char salt[MERIT_VAULT_SALT_SIZE];

	enum merit_status status = merit_vault_get(vault, secret->commitment, salt, &bytes);
	if (status == MERIT_OK) {
		assert_int_equal(bytes.size, secret->size);
		if (secret->size > 0)
			assert_memory_equal(bytes.data, secret->bytes, secret->size);
		assert_memory_equal(salt, secret->salt, sizeof(salt));
	} else {
		assert_int_equal(bytes.size, 0);
	}
	merit_buffer_free(&bytes);
	return status;
}

static void what_is_committed_comes_back(void **fixture)
{
	static unsigned char large[100000];
	const struct secret secrets[] = {
		secret_of(1, SECRET, sizeof(SECRET)),
		secret_of(2, SECRET, sizeof(SECRET)),
		secret_of(1, "", 0),
		secret_of(1, large, sizeof(large)),
	};
	struct merit_vault *vault = new_vault();

	(void)fixture;
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(put(vault, &secrets[i]), MERIT_OK);
		assert_int_equal(put(vault, &secrets[i]), MERIT_OK); /* Sent again. */
		assert_int_equal(get(vault, &secrets[i]), MERIT_NOT_FOUND);
	}
	assert_int_equal(merit_vault_commit(vault), MERIT_OK);
	assert_int_equal(merit_vault_commit(vault), MERIT_OK);
	for (unsigned round = 0; round < 2; round++) {
		for (size_t i = 0; i < 4; i++)
			assert_int_equal(get(vault, &secrets[i]), MERIT_OK);
		merit_vault_close(vault);
		vault = open_vault();
	}
	merit_vault_close(vault);
	merit_vault_close(NULL);
}

static void an_abort_or_a_close_keeps_nothing(void **fixture)
{
	const struct secret secret = secret_of(1, SECRET, sizeof(SECRET));
	struct merit_vault *vault = new_vault();

	(void)fixture;
	assert_int_equal(put(vault, &secret), MERIT_OK);
	merit_vault_abort(vault);
	assert_int_equal(merit_vault_commit(vault), MERIT_OK);
	assert_int_equal(get(vault, &secret), MERIT_NOT_FOUND);
	assert_int_equal(put(vault, &secret), MERIT_OK);
	merit_vault_close(vault);
	vault = open_vault();
	assert_int_equal(get(vault, &secret), MERIT_NOT_FOUND);
	merit_vault_close(vault);
}

static void a_line_that_does_not_match_is_refused(void **fixture)
{
	const struct secret good = secret_of(1, SECRET, sizeof(SECRET));
	struct merit_vault *vault = new_vault();

	(void)fixture;
	for (unsigned part = 0; part < 3; part++) {
		struct secret bad = good;
		if (part == 0)
			bad.commitment[31] ^= 1;
		else if (part == 1)
			bad.salt[0] ^= 1;
		else
			bad.size--;
		assert_int_equal(put(vault, &bad), MERIT_PRIVATE_MISMATCH);
	}
	assert_int_equal(put(vault, &good), MERIT_OK); /* A refusal changed nothing and failed nothing. */
	assert_int_equal(merit_vault_commit(vault), MERIT_OK);
	assert_int_equal(get(vault, &good), MERIT_OK);
	merit_vault_close(vault);
}

static void another_key_is_refused(void **fixture)
{
	struct merit_vault *vault = NULL;

	(void)fixture;
	merit_vault_close(new_vault());
	options.key[0] ^= 1;
	assert_int_equal(merit_vault_open(dir, &options, &vault), MERIT_WRONG_KEY);
	options.key[0] ^= 1;
	merit_vault_close(open_vault());
	assert_int_equal(merit_vault_create(dir, &options), MERIT_EXISTS);
}

/* The whole data file; the caller frees it. */
static unsigned char *read_file(size_t *size_out)
{
	char path[96];
	struct stat status;

	snprintf(path, sizeof(path), "%s/private/data.mdb", dir);
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	assert_int_equal(fstat(fileno(file), &status), 0);
	unsigned char *bytes = malloc((size_t)status.st_size);
	assert_int_equal(fread(bytes, 1, (size_t)status.st_size, file), status.st_size);
	fclose(file);
	*size_out = (size_t)status.st_size;
	return bytes;
}

static bool file_holds(const void *bytes, size_t bytes_size)
{
	size_t size = 0;
	unsigned char *file = read_file(&size);
	bool held = memmem(file, size, bytes, bytes_size) != NULL;
	free(file);
	return held;
}

/* The row's bytes as LMDB holds them. */
static size_t read_sealed(const struct secret *secret, unsigned char *sealed_out, size_t room)
{
	char path[96];
	MDB_env *env = NULL;
	MDB_txn *txn = NULL;
	MDB_dbi rows = 0;
	MDB_val key = { COMMITMENT_SIZE, (void *)secret->commitment };
	MDB_val value;

	snprintf(path, sizeof(path), "%s/private", dir);
	assert_int_equal(merit_env_open(path, options.map_size, 0, NULL, &env), 0);
	assert_int_equal(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, "rows", 0, &rows), 0);
	assert_int_equal(mdb_get(txn, rows, &key, &value), 0);
	assert_true(value.mv_size <= room);
	memcpy(sealed_out, value.mv_data, value.mv_size);
	size_t size = value.mv_size;
	mdb_txn_abort(txn);
	mdb_env_close(env);
	return size;
}

static void erased_rows_are_gone_and_compact_cleans_the_file(void **fixture)
{
	const struct secret erased = secret_of(1, SECRET, sizeof(SECRET));
	const struct secret kept = secret_of(2, SECRET, sizeof(SECRET));
	unsigned char sealed[256];
	struct merit_vault *vault = new_vault();

	(void)fixture;
	assert_int_equal(put(vault, &erased), MERIT_OK);
	assert_int_equal(put(vault, &kept), MERIT_OK);
	assert_int_equal(merit_vault_commit(vault), MERIT_OK);
	merit_vault_close(vault);
	assert_false(file_holds(SECRET, 8));
	size_t sealed_size = read_sealed(&erased, sealed, sizeof(sealed));
	assert_int_equal(sealed_size, erased.size + MERIT_VAULT_SALT_SIZE + 16);
	assert_true(file_holds(sealed, sealed_size));

	vault = open_vault();
	assert_int_equal(merit_vault_erase(vault, erased.commitment), MERIT_OK);
	assert_int_equal(get(vault, &erased), MERIT_OK); /* Not committed yet. */
	assert_int_equal(merit_vault_commit(vault), MERIT_OK);
	assert_int_equal(get(vault, &erased), MERIT_NOT_FOUND);
	assert_int_equal(merit_vault_erase(vault, erased.commitment), MERIT_NOT_FOUND);
	merit_vault_close(vault);
	assert_int_equal(merit_vault_compact(dir), MERIT_OK);
	assert_false(file_holds(sealed, sealed_size));
	vault = open_vault();
	assert_int_equal(get(vault, &erased), MERIT_NOT_FOUND);
	assert_int_equal(get(vault, &kept), MERIT_OK);
	merit_vault_close(vault);
}

static void a_flipped_byte_is_noticed(void **fixture)
{
	const struct secret secret = secret_of(1, SECRET, sizeof(SECRET));
	unsigned char sealed[256];
	char path[96];
	struct merit_vault *vault = new_vault();

	(void)fixture;
	assert_int_equal(put(vault, &secret), MERIT_OK);
	assert_int_equal(merit_vault_commit(vault), MERIT_OK);
	merit_vault_close(vault);
	size_t sealed_size = read_sealed(&secret, sealed, sizeof(sealed));
	size_t size = 0;
	unsigned char *bytes = read_file(&size);
	const unsigned char *found = memmem(bytes, size, sealed, sealed_size);
	assert_non_null(found);
	snprintf(path, sizeof(path), "%s/private/data.mdb", dir);
	for (size_t at = 0; at < sealed_size; at += 7) {
		FILE *file = fopen(path, "r+b");
		assert_non_null(file);
		fseek(file, (long)(found - bytes) + (long)at, SEEK_SET);
		fputc(sealed[at] ^ 0x10, file);
		assert_int_equal(fclose(file), 0);
		vault = open_vault();
		assert_int_equal(get(vault, &secret), MERIT_CORRUPT);
		merit_vault_close(vault);
		file = fopen(path, "r+b");
		fseek(file, (long)(found - bytes) + (long)at, SEEK_SET);
		fputc(sealed[at], file);
		assert_int_equal(fclose(file), 0);
	}
	free(bytes);
	vault = open_vault();
	assert_int_equal(get(vault, &secret), MERIT_OK);
	merit_vault_close(vault);
}

static void a_backup_opens_with_the_same_key(void **fixture)
{
	const struct secret secret = secret_of(1, SECRET, sizeof(SECRET));
	char target[80];
	bool compact = false;
	struct merit_vault *vault = new_vault();

	(void)fixture;
	snprintf(target, sizeof(target), "%s/copy", dir);
	assert_int_equal(put(vault, &secret), MERIT_OK);
	assert_int_equal(merit_vault_commit(vault), MERIT_OK);
	assert_int_equal(merit_vault_backup(vault, target, &compact), MERIT_OK);
	assert_true(compact);
	merit_vault_close(vault);
	assert_int_equal(merit_vault_open(target, &options, &vault), MERIT_OK);
	assert_int_equal(get(vault, &secret), MERIT_OK);
	merit_vault_close(vault);
}

static void another_process_may_read_beside_the_writer(void **fixture)
{
	const struct secret secret = secret_of(1, SECRET, sizeof(SECRET));
	struct merit_vault *vault = new_vault();

	(void)fixture;
	assert_int_equal(put(vault, &secret), MERIT_OK);
	assert_int_equal(merit_vault_commit(vault), MERIT_OK);
	fflush(NULL);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct merit_buffer bytes = { 0 };
		unsigned char salt[MERIT_VAULT_SALT_SIZE];
		struct merit_vault *reader = NULL;
		options.read_only = true;
		if (merit_vault_open(dir, &options, &reader) != MERIT_OK)
			_exit(1);
		enum merit_status status = merit_vault_get(reader, secret.commitment, salt, &bytes);
		merit_buffer_free(&bytes);
		merit_vault_close(reader);
		_exit(status == MERIT_OK ? 0 : 2);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	merit_vault_close(vault);
}

static void a_vault_without_room_says_so_before(void **fixture)
{
	struct merit_vault *vault = new_vault();

	(void)fixture;
	assert_int_equal(merit_vault_has_room(vault, 1000, 10), MERIT_OK);
	assert_int_equal(merit_vault_has_room(vault, options.map_size, 1), MERIT_STORE_FULL);
	assert_int_equal(merit_vault_has_room(vault, 1, UINT64_MAX), MERIT_STORE_FULL);
	merit_vault_close(vault);
}

/* Rows of half a page; numbers, so that they are found again. */
#define LARGE_SIZE 1500

static struct secret large_secret(uint32_t number, unsigned char bytes[LARGE_SIZE])
{
	memset(bytes, 'x', LARGE_SIZE);
	memcpy(bytes, &number, sizeof(number));
	return secret_of(1, bytes, LARGE_SIZE);
}

/* As the ledger asks: what one transaction holds, and each row more. */
static uint32_t fill_to_refusal(struct merit_vault *vault)
{
	static unsigned char bytes[LARGE_SIZE];
	uint32_t count = 0;

	for (uint32_t gathered = 0;
	     merit_vault_has_room(vault, (gathered + 1) * LARGE_SIZE, gathered + 1) == MERIT_OK;) {
		struct secret secret = large_secret(count, bytes);
		assert_int_equal(put(vault, &secret), MERIT_OK);
		count++;
		gathered = (gathered + 1) % 500;
		if (gathered == 0)
			assert_int_equal(merit_vault_commit(vault), MERIT_OK);
	}
	assert_int_equal(merit_vault_commit(vault), MERIT_OK);
	return count;
}

static void a_full_vault_can_be_erased_from(void **fixture)
{
	static unsigned char bytes[LARGE_SIZE];
	struct merit_vault *vault = new_vault();
	uint32_t count = fill_to_refusal(vault);

	(void)fixture;
	assert_true(count > 2000);
	for (uint32_t number = 0; number < count; number++) {
		struct secret secret = large_secret(number, bytes);
		if (merit_vault_erase(vault, secret.commitment) != MERIT_OK)
			fail_msg("%s", merit_vault_failure(vault));
		if (number % 1000 == 999 && merit_vault_commit(vault) != MERIT_OK) /* what a group sweeps */
			fail_msg("%s", merit_vault_failure(vault));
	}
	assert_int_equal(merit_vault_commit(vault), MERIT_OK);
	merit_vault_close(vault);
}

/* ---- Twins ---- */

static bool is_marked(struct merit_vault *vault, const unsigned char *mark, const struct secret *secret)
{
	unsigned char commitment[COMMITMENT_SIZE];
	enum merit_status status = merit_vault_get_marked(vault, mark, commitment);

	assert_true(status == MERIT_OK || status == MERIT_NOT_FOUND);
	return status == MERIT_OK && memcmp(commitment, secret->commitment, sizeof(commitment)) == 0;
}

static void a_mark_is_of_one_text_of_one_thing_and_one_key(void **fixture)
{
	const struct {
		const char *name, *of, *bytes;
	} rows[] = {
		{ "another text", "item", "texts" },
		{ "of another thing", "item2", "text" },
		{ "the border elsewhere", "itemt", "ext" },
	};
	unsigned char mark[MERIT_VAULT_MARK_SIZE], other[MERIT_VAULT_MARK_SIZE];
	struct merit_vault *vault = new_vault();

	(void)fixture;
	merit_vault_mark(vault, "item", 4, "text", 4, mark);
	merit_vault_mark(vault, "item", 4, "text", 4, other);
	assert_memory_equal(mark, other, sizeof(mark));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		merit_vault_mark(vault, rows[i].of, strlen(rows[i].of), rows[i].bytes, strlen(rows[i].bytes), other);
		if (memcmp(mark, other, sizeof(mark)) == 0)
			fail_msg("%s", rows[i].name);
	}
	merit_vault_close(vault);
	assert_int_equal(tear_down(fixture), 0);
	assert_int_equal(set_up(fixture), 0);
	options.key[0] ^= 1;
	vault = new_vault();
	merit_vault_mark(vault, "item", 4, "text", 4, other);
	assert_memory_not_equal(mark, other, sizeof(mark));
	merit_vault_close(vault);
}

static void a_mark_goes_with_its_row(void **fixture)
{
	const struct secret first = secret_of(1, SECRET, sizeof(SECRET)), second = secret_of(2, SECRET, sizeof(SECRET));
	unsigned char mark[MERIT_VAULT_MARK_SIZE];
	struct merit_vault *vault = new_vault();

	(void)fixture;
	merit_vault_mark(vault, "item", 4, SECRET, sizeof(SECRET), mark);
	assert_int_equal(put(vault, &first), MERIT_OK);
	assert_int_equal(merit_vault_put_mark(vault, mark, first.commitment), MERIT_OK);
	assert_false(is_marked(vault, mark, &first)); /* Not committed yet. */
	assert_int_equal(merit_vault_commit(vault), MERIT_OK);
	assert_true(is_marked(vault, mark, &first));
	assert_int_equal(put(vault, &second), MERIT_OK);
	assert_int_equal(merit_vault_put_mark(vault, mark, second.commitment), MERIT_OK);
	assert_int_equal(merit_vault_erase(vault, first.commitment), MERIT_OK);
	assert_int_equal(merit_vault_commit(vault), MERIT_OK);
	assert_true(is_marked(vault, mark, &second)); /* It was no longer the first's. */
	assert_int_equal(merit_vault_erase(vault, second.commitment), MERIT_OK);
	assert_int_equal(merit_vault_commit(vault), MERIT_OK);
	assert_false(is_marked(vault, mark, &second));
	merit_vault_close(vault);
	assert_int_equal(merit_vault_compact(dir), MERIT_OK);
	assert_false(file_holds(mark, sizeof(mark)));
}

/* Creates, opens, puts two rows and erases one. MERIT_OK if all of it worked. */
static enum merit_status run_script(const struct secret *kept, const struct secret *erased, struct merit_fault *fault)
{
	struct merit_vault *vault = NULL;

	options.fault = fault;
	enum merit_status status = merit_vault_create(dir, &options);
	if (status == MERIT_OK || status == MERIT_EXISTS)
		status = merit_vault_open(dir, &options, &vault);
	if (status != MERIT_OK)
		return status;
	status = put(vault, kept);
	if (status == MERIT_OK)
		status = put(vault, erased);
	if (status == MERIT_OK)
		status = merit_vault_put_mark(vault, erased->salt, erased->commitment);
	if (status == MERIT_OK)
		status = merit_vault_commit(vault);
	if (status == MERIT_OK)
		status = merit_vault_erase(vault, erased->commitment);
	if (status == MERIT_OK)
		status = merit_vault_commit(vault);
	if (status != MERIT_OK) {
		assert_int_equal(status, MERIT_STORE_FAILED); /* And it stays so, though the fault is over. */
		assert_non_null(merit_vault_failure(vault));
		assert_int_equal(put(vault, kept), MERIT_STORE_FAILED);
		assert_int_equal(merit_vault_erase(vault, kept->commitment), MERIT_STORE_FAILED);
		assert_int_equal(merit_vault_commit(vault), MERIT_STORE_FAILED);
	}
	merit_vault_close(vault);
	return status;
}

static void every_store_call_may_fail_once(void **fixture)
{
	const struct secret kept = secret_of(1, SECRET, sizeof(SECRET));
	const struct secret erased = secret_of(2, SECRET, sizeof(SECRET));
	uint64_t call = 1;

	for (;; call++) {
		struct merit_fault fault = { .calls_left = call, .rc = 28 /* ENOSPC */ };
		assert_int_equal(tear_down(fixture), 0);
		assert_int_equal(set_up(fixture), 0);
		enum merit_status status = run_script(&kept, &erased, &fault);
		if (fault.calls_left > 0) { /* Beyond the last call: nothing failed. */
			assert_int_equal(status, MERIT_OK);
			break;
		}
		assert_int_not_equal(status, MERIT_OK);
		assert_int_equal(run_script(&kept, &erased, NULL), MERIT_OK);
		struct merit_vault *vault = open_vault();
		assert_int_equal(get(vault, &kept), MERIT_OK);
		assert_int_equal(get(vault, &erased), MERIT_NOT_FOUND);
		merit_vault_close(vault);
	}
	assert_true(call > 9);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_committed_comes_back),
		TEST(an_abort_or_a_close_keeps_nothing),
		TEST(a_line_that_does_not_match_is_refused),
		TEST(another_key_is_refused),
		TEST(erased_rows_are_gone_and_compact_cleans_the_file),
		TEST(a_flipped_byte_is_noticed),
		TEST(a_backup_opens_with_the_same_key),
		TEST(another_process_may_read_beside_the_writer),
		TEST(a_vault_without_room_says_so_before),
		TEST(a_full_vault_can_be_erased_from),
		TEST(a_mark_is_of_one_text_of_one_thing_and_one_key),
		TEST(a_mark_goes_with_its_row),
		TEST(every_store_call_may_fail_once),
	};

	return cmocka_run_group_tests_name("vault", tests, NULL, NULL);
}
