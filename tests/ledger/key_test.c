/* key_test.c
 * Goal    signatures are RFC 8032's, nothing forged or malleable passes, and a key file is private or refused.
 * Method  RFC 8032's and RFC 8037's examples, every Wycheproof case, keys of small and mixed order, and files in a
 *         folder of the test's own, one of them written by openssl's command. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cjson/cJSON.h>
#include <cmocka.h>
#include <sodium.h>

#include "ledger/encode.h"
#include "ledger/key.h"
#include "tests/ledger/golden.h"
#include "tests/ledger/shared_data.h"

/* Source: RFC 8410, section 10.3; `openssl genpkey -algorithm ed25519` writes the same form. */
static const char example_pem[] = "-----BEGIN PRIVATE KEY-----\n"
                                  "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
                                  "-----END PRIVATE KEY-----\n";
static const char example_public_hex[] = "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1";

static void decode(const char *hex, void *bytes_out, size_t want)
{
	size_t size = 0;

	assert_true(merit_hex_decode(hex, strlen(hex), bytes_out, want, &size));
	assert_int_equal(size, want);
}

/* Source: RFC 8032, section 7.1, tests 1 and 2. */
static void the_standards_examples_are_met(void **state)
{
	static const struct { const char *seed, *public_key, *message, *signature; } rows[] = {
		{ "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
		  "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
		  "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
		  "d25bf5f0595bbe24655141438e7a100b" },
		{ "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
		  "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
		  "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
		  "387b2eaeb4302aeeb00d291612bb0c00" },
	};
	uint8_t seed[MERIT_SEED_SIZE], message[1], want[MERIT_SIGNATURE_SIZE], got[MERIT_SIGNATURE_SIZE];
	struct merit_secret_key key;
	struct merit_public_key want_public;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t size = strlen(rows[i].message) / 2;
		decode(rows[i].seed, seed, sizeof(seed));
		decode(rows[i].public_key, want_public.bytes, sizeof(want_public.bytes));
		decode(rows[i].message, message, size);
		decode(rows[i].signature, want, sizeof(want));
		merit_secret_key_from_seed(seed, &key);
		struct merit_public_key public_key = merit_secret_key_public(&key);
		assert_memory_equal(public_key.bytes, want_public.bytes, sizeof(want_public.bytes));
		assert_true(merit_public_key_usable(&public_key));
		merit_key_sign(&key, message, size, got);
		assert_memory_equal(got, want, sizeof(want));
		assert_true(merit_key_verify(&public_key, message, size, got));
	}
}

/* A signature of another size cannot be handed to merit_key_verify at all: callers check that first. */
static bool accepts(const struct merit_public_key *key, const cJSON *test)
{
	const char *message_hex = cJSON_GetObjectItem(test, "msg")->valuestring;
	const char *signature_hex = cJSON_GetObjectItem(test, "sig")->valuestring;
	uint8_t message[1024], signature[128];
	size_t message_size = 0, signature_size = 0;

	assert_true(merit_hex_decode(message_hex, strlen(message_hex), message, sizeof(message), &message_size));
	assert_true(merit_hex_decode(signature_hex, strlen(signature_hex), signature, sizeof(signature),
	                             &signature_size));
	return signature_size == MERIT_SIGNATURE_SIZE && merit_key_verify(key, message, message_size, signature);
}

static void every_wycheproof_case_is_judged_right(void **state)
{
	char *text = shared_read(NULL, "vectors/wycheproof/ed25519_test.json");
	cJSON *root = cJSON_Parse(text);
	const cJSON *group, *test;
	int count = 0;

	(void)state;
	assert_non_null(root);
	cJSON_ArrayForEach(group, cJSON_GetObjectItem(root, "testGroups")) {
		const cJSON *public_key = cJSON_GetObjectItem(group, "publicKey");
		struct merit_public_key key;
		decode(cJSON_GetObjectItem(public_key, "pk")->valuestring, key.bytes, sizeof(key.bytes));
		cJSON_ArrayForEach(test, cJSON_GetObjectItem(group, "tests")) {
			bool want = strcmp(cJSON_GetObjectItem(test, "result")->valuestring, "valid") == 0;
			if (accepts(&key, test) != want)
				fail_msg("tcId %d: %s", cJSON_GetObjectItem(test, "tcId")->valueint,
				         cJSON_GetObjectItem(test, "comment")->valuestring);
			count++;
		}
	}
	assert_int_equal(count, cJSON_GetObjectItem(root, "numberOfTests")->valueint);
	cJSON_Delete(root);
	free(text);
}

static void any_flipped_bit_spoils_a_signature(void **state)
{
	struct merit_secret_key key = golden_log_key();
	struct merit_public_key public_key = merit_secret_key_public(&key);
	uint8_t message[] = "ten points", signature[MERIT_SIGNATURE_SIZE];

	(void)state;
	merit_key_sign(&key, message, sizeof(message), signature);
	for (unsigned bit = 0; bit < 8 * sizeof(signature); bit++) {
		signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(merit_key_verify(&public_key, message, sizeof(message), signature));
		signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (unsigned bit = 0; bit < 8 * sizeof(message); bit++) {
		message[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(merit_key_verify(&public_key, message, sizeof(message), signature));
		message[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_true(merit_key_verify(&public_key, message, sizeof(message), signature));
}

/* The points of order 1, 2, 4 and 8, two of them also in a form that is not canonical, and bytes that are no point. */
static void weak_public_keys_are_refused(void **state)
{
	static const char *const rows[] = {
		"0100000000000000000000000000000000000000000000000000000000000000",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0000000000000000000000000000000000000000000000000000000000000080",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
		"0100000000000000000000000000000000000000000000000000000000000080",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"0200000000000000000000000000000000000000000000000000000000000000",
		"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	};
	struct merit_public_key key;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		decode(rows[i], key.bytes, sizeof(key.bytes));
		if (merit_public_key_usable(&key))
			fail_msg("taken: %s", rows[i]);
	}
}

/* A good key plus a point of small order looks like a key but stands for several: verifiers differ over it. */
static void public_keys_of_mixed_order_are_refused(void **state)
{
	static const char *const torsion[] = {
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"0000000000000000000000000000000000000000000000000000000000000000",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	};
	struct merit_secret_key key = golden_log_key();
	struct merit_public_key good = merit_secret_key_public(&key), mixed;
	uint8_t small[MERIT_PUBLIC_KEY_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(torsion) / sizeof(torsion[0]); i++) {
		decode(torsion[i], small, sizeof(small));
		if (crypto_core_ed25519_add(mixed.bytes, good.bytes, small) != 0)
			fail_msg("libsodium does not add %s", torsion[i]);
		if (merit_public_key_usable(&mixed))
			fail_msg("taken with %s", torsion[i]);
	}
}

/* Source: RFC 8037, appendix A.3. */
static void the_thumbprint_is_that_of_the_standard(void **state)
{
	char text[MERIT_THUMBPRINT_SIZE + 1];
	struct merit_public_key key;

	(void)state;
	decode("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", key.bytes, sizeof(key.bytes));
	merit_public_key_thumbprint(&key, text);
	assert_string_equal(text, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

static void wiping_leaves_nothing(void **state)
{
	struct merit_secret_key key = golden_log_key();
	static const struct merit_secret_key nothing;

	(void)state;
	merit_secret_key_wipe(&key);
	assert_memory_equal(&key, &nothing, sizeof(key));
}

/* A folder of the test's own, and the name of one file in it. */
struct place {
	char folder[64], file[80];
};

static int place_open(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	if (place == NULL)
		return -1;
	strcpy(place->folder, "/tmp/merit-key-test-XXXXXX");
	if (mkdtemp(place->folder) == NULL)
		return -1;
	snprintf(place->file, sizeof(place->file), "%s/key.pem", place->folder);
	*state = place;
	return 0;
}

static int place_close(void **state)
{
	struct place *place = *state;

	(void)unlink(place->file);
	int rc = rmdir(place->folder);
	free(place);
	return rc;
}

static void put_file(const struct place *place, const char *bytes, size_t size, mode_t mode)
{
	(void)unlink(place->file);
	FILE *file = fopen(place->file, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(place->file, mode), 0);
}

static void a_written_key_is_read_again(void **state)
{
	const struct place *place = *state;
	struct merit_secret_key key = golden_log_key(), read;
	struct stat file;

	assert_int_equal(merit_secret_key_write(place->file, &key), MERIT_OK);
	assert_int_equal(stat(place->file, &file), 0);
	assert_int_equal(file.st_mode & 07777, 0600);
	assert_int_equal(merit_secret_key_read(place->file, &read), MERIT_OK);
	assert_memory_equal(&read, &key, sizeof(key));
}

static void a_key_is_never_written_over_a_file(void **state)
{
	const struct place *place = *state;
	struct merit_secret_key key = golden_log_key(), other = golden_witness_key(), read;

	assert_int_equal(merit_secret_key_write(place->file, &key), MERIT_OK);
	assert_int_equal(merit_secret_key_write(place->file, &other), MERIT_EXISTS);
	assert_int_equal(merit_secret_key_read(place->file, &read), MERIT_OK);
	assert_memory_equal(&read, &key, sizeof(key));
}

static void a_key_of_the_standard_is_read(void **state)
{
	const struct place *place = *state;
	struct merit_secret_key key;
	struct merit_public_key want;

	put_file(place, example_pem, strlen(example_pem), 0600);
	assert_int_equal(merit_secret_key_read(place->file, &key), MERIT_OK);
	decode(example_public_hex, want.bytes, sizeof(want.bytes));
	struct merit_public_key got = merit_secret_key_public(&key);
	assert_memory_equal(got.bytes, want.bytes, sizeof(want.bytes));
}

static void a_key_made_by_openssl_is_read(void **state)
{
	const struct place *place = *state;
	char command[256];
	struct merit_secret_key key;

	snprintf(command, sizeof(command), "umask 077; openssl genpkey -algorithm ed25519 -out %s 2>/dev/null",
	         place->file);
	if (system(command) != 0) {
		print_message("skipped: there is no openssl command\n");
		skip();
	}
	assert_int_equal(merit_secret_key_read(place->file, &key), MERIT_OK);
	merit_secret_key_wipe(&key);
}

static void a_file_that_others_may_use_is_refused(void **state)
{
	static const mode_t modes[] = { 0640, 0604, 0620, 0601, 0666 };
	const struct place *place = *state;
	struct merit_secret_key key;

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		put_file(place, example_pem, strlen(example_pem), modes[i]);
		assert_int_equal(merit_secret_key_read(place->file, &key), MERIT_KEY_EXPOSED);
	}
	put_file(place, example_pem, strlen(example_pem), 0400);
	assert_int_equal(merit_secret_key_read(place->file, &key), MERIT_OK);
}

static void what_is_not_one_plain_ed25519_key_is_refused(void **state)
{
	static const char x25519[] = "-----BEGIN PRIVATE KEY-----\n"
	                             "MC4CAQAwBQYDK2VuBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
	                             "-----END PRIVATE KEY-----\n";
	static const char encrypted[] = /* the example, with the passphrase "x" */
		"-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
		"MIGaMFYGCSqGSIb3DQEFDTBJMCgGCSqGSIb3DQEFDDAbBAizcg1arRagLAIBATAM\n"
		"BggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQBY+HPJypd1MVCrNE5g91FwRA/fAY\n"
		"X0HlJGYR3ssd1N9yI6nw6gNRpreUB1AvFTF2Pd+2Au9VFQb2kyfCul8bxdeFYr1K\n"
		"3RlICJL33I73APzIjA==\n"
		"-----END ENCRYPTED PRIVATE KEY-----\n";
	char huge[5000]; /* a good key, and newlines */
	const struct { const char *name, *bytes; size_t size; } rows[] = {
		{ "nothing", "", 0 },
		{ "no PEM", "hello\n", 6 },
		{ "another curve", x25519, strlen(x25519) },
		{ "encrypted", encrypted, strlen(encrypted) },
		{ "torn", example_pem, strlen(example_pem) / 2 },
		{ "too long", huge, sizeof(huge) },
	};
	const struct place *place = *state;
	struct merit_secret_key key;

	memset(huge, '\n', sizeof(huge));
	memcpy(huge, example_pem, strlen(example_pem));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		put_file(place, rows[i].bytes, rows[i].size, 0600);
		enum merit_status status = merit_secret_key_read(place->file, &key);
		if (status != MERIT_BAD_FORMAT)
			fail_msg("%s: %s", rows[i].name, merit_status_word(status));
	}
	assert_int_equal(merit_secret_key_read(place->folder, &key), MERIT_BAD_FORMAT);
}

static void a_missing_file_or_folder_is_not_found(void **state)
{
	const struct place *place = *state;
	struct merit_secret_key key = golden_log_key();
	char path[128];

	assert_int_equal(merit_secret_key_read(place->file, &key), MERIT_NOT_FOUND);
	snprintf(path, sizeof(path), "%s/none/key.pem", place->folder);
	assert_int_equal(merit_secret_key_write(path, &key), MERIT_NOT_FOUND);
}

/* ---- Keys that sign nothing ---- */

static void a_plain_key_is_one_line_that_only_its_owner_reads(void **state)
{
	static const struct {
		const char *name, *text;
		mode_t mode;
		enum merit_status want;
	} rows[] = {
		{ "43 characters", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc\n", 0600, MERIT_OK },
		{ "no line feed", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc", 0400, MERIT_OK },
		{ "open to the group", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc\n", 0640, MERIT_KEY_EXPOSED },
		{ "one byte short", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBw\n", 0600, MERIT_BAD_FORMAT },
		{ "one byte long", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH\n", 0600, MERIT_BAD_FORMAT },
		{ "two line feeds", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc\n\n", 0600, MERIT_BAD_FORMAT },
		{ "a signing key", example_pem, 0600, MERIT_BAD_FORMAT },
		{ "nothing", "", 0600, MERIT_BAD_FORMAT },
	};
	struct place *place = *state;
	uint8_t key[MERIT_PLAIN_KEY_SIZE], want[MERIT_PLAIN_KEY_SIZE];
	struct stat file;

	memset(want, 7, sizeof(want));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		put_file(place, rows[i].text, strlen(rows[i].text), rows[i].mode);
		enum merit_status status = merit_plain_key_read(place->file, key);
		if (status != rows[i].want)
			fail_msg("%s: %s", rows[i].name, merit_status_word(status));
		if (status == MERIT_OK)
			assert_memory_equal(key, want, sizeof(want));
	}
	assert_int_equal(merit_plain_key_write(place->file, want), MERIT_EXISTS);
	assert_int_equal(unlink(place->file), 0);
	assert_int_equal(merit_plain_key_read(place->file, key), MERIT_NOT_FOUND);
	assert_int_equal(merit_plain_key_write(place->file, want), MERIT_OK);
	assert_int_equal(stat(place->file, &file), 0);
	assert_int_equal(file.st_mode & 07777, 0600);
	memset(key, 0, sizeof(key));
	assert_int_equal(merit_plain_key_read(place->file, key), MERIT_OK);
	assert_memory_equal(key, want, sizeof(want));
}

#define FILE_TEST(name) cmocka_unit_test_setup_teardown(name, place_open, place_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_standards_examples_are_met),
		cmocka_unit_test(every_wycheproof_case_is_judged_right),
		cmocka_unit_test(any_flipped_bit_spoils_a_signature),
		cmocka_unit_test(weak_public_keys_are_refused),
		cmocka_unit_test(public_keys_of_mixed_order_are_refused),
		cmocka_unit_test(the_thumbprint_is_that_of_the_standard),
		cmocka_unit_test(wiping_leaves_nothing),
		FILE_TEST(a_written_key_is_read_again),
		FILE_TEST(a_key_is_never_written_over_a_file),
		FILE_TEST(a_key_of_the_standard_is_read),
		FILE_TEST(a_key_made_by_openssl_is_read),
		FILE_TEST(a_file_that_others_may_use_is_refused),
		FILE_TEST(what_is_not_one_plain_ed25519_key_is_refused),
		FILE_TEST(a_missing_file_or_folder_is_not_found),
		FILE_TEST(a_plain_key_is_one_line_that_only_its_owner_reads),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
