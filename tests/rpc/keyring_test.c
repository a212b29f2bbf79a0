/* keyring_test.c
 * Goal    what was published is found by every thread, what was only noted is not; the last change of a key counts.
 * Method  the facts the ledger would tell, by hand; then readers beside a publisher that makes shards grow. */
#include "rpc/keyring.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define KEYS_COUNT 20000

static struct merit_key_fact fact_of(const char *party, const char *key, unsigned char fill, bool revoked)
{
	struct merit_key_fact fact = { .party = merit_text_of(party),
		                       .key = merit_text_of(key),
		                       .role = MERIT_ROLE_SERVICE };

	memset(fact.public_key.bytes, fill, sizeof(fact.public_key.bytes));
	fact.revoked = revoked;
	return fact;
}

static void note(struct merit_keyring *keyring, const char *party, const char *key, unsigned char fill, bool revoked)
{
	struct merit_key_fact fact = fact_of(party, key, fill, revoked);

	merit_keyring_note(keyring, &fact);
}

static void publish(struct merit_keyring *keyring)
{
	merit_keyring_seal(keyring);
	assert_int_equal(merit_keyring_publish(keyring), MERIT_OK);
}

static bool find(struct merit_keyring *keyring, const char *party, const char *key, struct merit_keyring_fact *fact_out)
{
	return merit_keyring_find(keyring, merit_text_of(party), merit_text_of(key), fact_out);
}

static void a_noted_key_is_found_only_once_published(void **state)
{
	static struct merit_keyring keyring;
	struct merit_keyring_fact fact;

	(void)state;
	merit_keyring_init(&keyring);
	note(&keyring, "lms", "k1", 7, false);
	assert_false(find(&keyring, "lms", "k1", &fact));
	publish(&keyring);
	assert_true(find(&keyring, "lms", "k1", &fact));
	assert_int_equal(fact.public_key.bytes[0], 7);
	assert_int_equal(fact.role, MERIT_ROLE_SERVICE);
	assert_false(fact.revoked);
	note(&keyring, "lms", "k1", 7, true);
	assert_true(find(&keyring, "lms", "k1", &fact));
	assert_false(fact.revoked);
	publish(&keyring);
	assert_true(find(&keyring, "lms", "k1", &fact));
	assert_true(fact.revoked);
	merit_keyring_free(&keyring);
}

static void what_is_noted_behind_a_seal_waits_for_the_next(void **state)
{
	static struct merit_keyring keyring;
	struct merit_keyring_fact fact;

	(void)state;
	merit_keyring_init(&keyring);
	note(&keyring, "lms", "k1", 7, false);
	merit_keyring_seal(&keyring);
	note(&keyring, "lms", "k1", 7, true);
	note(&keyring, "lms", "k2", 8, false);
	assert_int_equal(merit_keyring_publish(&keyring), MERIT_OK);
	assert_true(find(&keyring, "lms", "k1", &fact) && !fact.revoked);
	assert_false(find(&keyring, "lms", "k2", &fact));
	publish(&keyring);
	assert_true(find(&keyring, "lms", "k1", &fact) && fact.revoked);
	assert_true(find(&keyring, "lms", "k2", &fact));
	merit_keyring_free(&keyring);
}

static void a_key_added_and_revoked_in_one_group_ends_revoked(void **state)
{
	static struct merit_keyring keyring;
	struct merit_keyring_fact fact;

	(void)state;
	merit_keyring_init(&keyring);
	note(&keyring, "lms", "k1", 7, false);
	note(&keyring, "lms", "k2", 8, false);
	note(&keyring, "lms", "k1", 7, true);
	publish(&keyring);
	assert_true(find(&keyring, "lms", "k1", &fact) && fact.revoked);
	assert_true(find(&keyring, "lms", "k2", &fact) && !fact.revoked);
	merit_keyring_free(&keyring);
}

static void names_are_told_apart(void **state)
{
	static const struct {
		const char *party, *key;
	} others[] = { { "lms", "k" },   { "lms", "k11" }, { "lm", "k1" },
		       { "lms/k1", "" }, { "", "lms/k1" }, { "LMS", "k1" } };
	static struct merit_keyring keyring;
	struct merit_keyring_fact fact;
	char long_name[MERIT_NAME_SIZE_MAX + 2] = { 0 };

	(void)state;
	merit_keyring_init(&keyring);
	note(&keyring, "lms", "k1", 7, false);
	memset(long_name, 'a', MERIT_NAME_SIZE_MAX);
	note(&keyring, long_name, long_name, 9, false);
	publish(&keyring);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(find(&keyring, others[i].party, others[i].key, &fact));
	assert_true(find(&keyring, long_name, long_name, &fact));
	long_name[MERIT_NAME_SIZE_MAX] = 'a';
	assert_false(find(&keyring, long_name, "k1", &fact));
	merit_keyring_free(&keyring);
}

struct watcher {
	struct merit_keyring *keyring;
	atomic_int published; /* keys below this one must be found */
};

static void *watch(void *argument)
{
	struct watcher *watcher = argument;
	struct merit_keyring_fact fact;
	char key[16];
	int at = 0, published;

	while ((published = atomic_load(&watcher->published)) < KEYS_COUNT) {
		at = published == 0 ? 0 : (at + 7919) % published;
		(void)snprintf(key, sizeof(key), "k%d", at);
		if (published != 0 &&
		    (!find(watcher->keyring, "lms", key, &fact) || fact.public_key.bytes[0] != at % 251))
			return watcher; /* Lost or torn. */
	}
	return NULL;
}

static void readers_find_every_published_key_while_shards_grow(void **state)
{
	static struct merit_keyring keyring;
	struct watcher watcher = { .keyring = &keyring };
	pthread_t threads[2];
	void *result = NULL;
	char key[16];

	(void)state;
	merit_keyring_init(&keyring);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, watch, &watcher), 0);
	for (int i = 0; i < KEYS_COUNT; i++) {
		(void)snprintf(key, sizeof(key), "k%d", i);
		note(&keyring, "lms", key, (unsigned char)(i % 251), false);
		publish(&keyring);
		atomic_store(&watcher.published, i + 1);
	}
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(pthread_join(threads[i], &result), 0);
		assert_null(result);
	}
	merit_keyring_free(&keyring);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_noted_key_is_found_only_once_published),
		cmocka_unit_test(what_is_noted_behind_a_seal_waits_for_the_next),
		cmocka_unit_test(a_key_added_and_revoked_in_one_group_ends_revoked),
		cmocka_unit_test(names_are_told_apart),
		cmocka_unit_test(readers_find_every_published_key_while_shards_grow),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
