/* backup_test.c
 * Goal    a backup taken at any moment is a whole log; what is restored from it does not write until it is shown that
 *         nobody knows a newer head; no copy is ever half there, and neither is a new ledger. State of another log is no state.
 * Method  copies taken while another process writes; a directory restored and confirmed with heads that are its own,
 *         older, newer, of another history, of another log and of nobody. */
#include "ledger/backup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "ledger/vault.h"
#include "ledger/verify.h"
#include "tests/support/fixture.h"

static const char *in_root(const struct fixture *f, const char *name)
{
	static char paths[4][128];
	static unsigned next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", f->root, name);
	return path;
}

static uint64_t proven_size(const char *directory)
{
	struct merit_verify_options options = { .directory = directory };
	struct merit_verify_report report;
	enum merit_status status = merit_verify(&options, &report);

	if (status != MERIT_OK)
		fail_msg("%s: %s: %s", directory, merit_status_word(status), report.fault);
	return report.entries;
}

/* The newest checkpoint as anybody may have kept it. */
static struct merit_buffer head_of(const struct fixture *f)
{
	struct merit_text checkpoint = merit_ledger_checkpoint(f->ledger);
	struct merit_buffer copy = { 0 };

	merit_buffer_put(&copy, checkpoint.data, checkpoint.size);
	assert_false(copy.bad);
	return copy;
}

/* Makes the fixture's ledger the one in root/name, open. */
static void move_to(struct fixture *f, const char *name)
{
	fixture_close(f);
	snprintf(f->directory, sizeof(f->directory), "%.63s/%.15s", f->root, name);
	fixture_open(f);
}

/* ---- Backups ---- */

static void write_until_killed(struct fixture *f)
{
	alarm(60); /* or until the test has failed */
	fixture_open(f);
	for (int i = 0;; i++) {
		char reference[16];
		snprintf(reference, sizeof(reference), "r%d", i);
		if (fixture_gift(f, "m1", reference, 1) != MERIT_OK)
			_exit(1);
		if (i % 50 == 49)
			fixture_flush(f);
	}
}

static void copies_taken_beside_a_writer_are_whole(void **state)
{
	struct fixture *f = fixture_new();
	uint64_t before = 0;
	(void)state;

	fixture_world(f);
	fixture_close(f);
	pid_t writer = fork();
	if (writer == 0)
		write_until_killed(f);
	for (int i = 0; i < 5; i++) {
		char name[16];
		snprintf(name, sizeof(name), "copy%d", i);
		usleep(50000);
		assert_int_equal(merit_backup(f->directory, in_root(f, name)), MERIT_OK);
		uint64_t size = proven_size(in_root(f, name));
		assert_true(size >= before);
		before = size;
	}
	assert_int_equal(kill(writer, SIGKILL), 0);
	assert_int_equal(waitpid(writer, NULL, 0), writer);
	assert_true(proven_size(f->directory) >= before);
	fixture_free(f);
}

static void a_backup_holds_the_log_and_the_private_rows(void **state)
{
	struct merit_vault_options options = { .map_size = 1 << 24 };
	struct fixture *f = fixture_new();
	struct merit_vault *vault = NULL;
	(void)state;

	fixture_private_key(options.key);
	fixture_flush(f);
	fixture_close(f);
	assert_int_equal(merit_backup(f->directory, in_root(f, "copy")), MERIT_OK);
	assert_int_equal(access(in_root(f, "copy/log/data.mdb"), F_OK), 0);
	assert_int_equal(access(in_root(f, "copy/private/data.mdb"), F_OK), 0);
	assert_int_not_equal(access(in_root(f, "copy/state"), F_OK), 0);
	assert_int_not_equal(access(in_root(f, "copy.new"), F_OK), 0);
	assert_int_equal(merit_vault_open(in_root(f, "copy"), &options, &vault), MERIT_OK);
	merit_vault_close(vault);
	fixture_free(f);
}

static void what_is_there_is_not_overwritten(void **state)
{
	struct fixture *f = fixture_new();
	(void)state;

	fixture_close(f);
	assert_int_equal(mkdir(in_root(f, "there"), 0750), 0);
	assert_int_equal(merit_backup(f->directory, in_root(f, "there")), MERIT_EXISTS);
	assert_int_equal(merit_backup(f->directory, in_root(f, "copy/")), MERIT_OK);
	assert_int_equal(merit_backup(f->directory, in_root(f, "copy")), MERIT_EXISTS);
	assert_int_equal(merit_restore(in_root(f, "copy"), f->directory), MERIT_EXISTS);
	assert_int_equal(merit_backup(in_root(f, "nowhere"), in_root(f, "copy2")), MERIT_NOT_FOUND);
	assert_int_not_equal(access(in_root(f, "copy2"), F_OK), 0);
	assert_int_not_equal(access(in_root(f, "copy2.new"), F_OK), 0);
	fixture_free(f);
}

static void a_copy_that_was_interrupted_is_made_again(void **state)
{
	struct fixture *f = fixture_new();
	(void)state;

	fixture_close(f);
	assert_int_equal(merit_backup(f->directory, in_root(f, "copy")), MERIT_OK);
	assert_int_equal(rename(in_root(f, "copy"), in_root(f, "copy.new")), 0); /* what a kill before the end leaves */
	assert_int_equal(merit_backup(f->directory, in_root(f, "copy")), MERIT_OK);
	assert_int_equal(proven_size(in_root(f, "copy")), 1);
	assert_int_not_equal(access(in_root(f, "copy.new"), F_OK), 0);
	fixture_free(f);
}

/* ---- Restored directories ---- */

/* A ledger of some size, a backup of it, two more entries and their head, and the backup restored as root/again. */
static struct fixture *restored(struct merit_buffer *old_head, struct merit_buffer *same_head,
				struct merit_buffer *new_head)
{
	struct fixture *f = fixture_new();

	fixture_world(f);
	*old_head = head_of(f);
	assert_int_equal(fixture_earn(f, "m1", "r1"), MERIT_OK);
	*same_head = head_of(f);
	fixture_close(f);
	assert_int_equal(merit_backup(f->directory, in_root(f, "copy")), MERIT_OK);
	fixture_open(f);
	assert_int_equal(fixture_earn(f, "m1", "r2"), MERIT_OK);
	*new_head = head_of(f);
	assert_int_equal(merit_restore(in_root(f, "copy"), in_root(f, "again")), MERIT_OK);
	return f;
}

static void heads_free(struct merit_buffer *a, struct merit_buffer *b, struct merit_buffer *c)
{
	merit_buffer_free(a);
	merit_buffer_free(b);
	merit_buffer_free(c);
}

static void a_restored_directory_only_reads(void **state)
{
	struct merit_buffer old_head, same_head, new_head;
	struct fixture *f = restored(&old_head, &same_head, &new_head);
	(void)state;

	assert_false(merit_env_is_copy(f->directory));
	assert_true(merit_env_is_copy(in_root(f, "again")));
	move_to(f, "again");
	assert_false(merit_ledger_may_write(f->ledger));
	uint64_t size = fixture_size(f);
	fixture_advance(f, 800 * FIXTURE_DAY_MS); /* not even what is due is written */
	assert_int_equal(fixture_size(f), size);
	assert_int_equal(fixture_balance(f, MERIT_ACCOUNT_MEMBER, "m1"), 100);
	heads_free(&old_head, &same_head, &new_head);
	fixture_free(f);
}

static void every_copy_waits_for_the_newest_head(void **state)
{
	struct merit_buffer old_head, same_head, new_head;
	struct fixture *f = restored(&old_head, &same_head, &new_head);
	(void)state;

	assert_true(merit_env_is_copy(in_root(f, "copy")));
	assert_int_equal(merit_backup(in_root(f, "copy"), in_root(f, "copy2")), MERIT_OK);
	assert_true(merit_env_is_copy(in_root(f, "copy2")));
	assert_int_equal(merit_restore_confirm(in_root(f, "copy2"), same_head.data, same_head.size), MERIT_OK);
	assert_false(merit_env_is_copy(in_root(f, "copy2")));
	move_to(f, "copy");
	assert_false(merit_ledger_may_write(f->ledger));
	heads_free(&old_head, &same_head, &new_head);
	fixture_free(f);
}

static void it_writes_once_it_was_shown_that_nothing_is_lost(void **state)
{
	struct merit_buffer old_head, same_head, new_head;
	struct fixture *f = restored(&old_head, &same_head, &new_head);
	const char *again = in_root(f, "again");
	(void)state;

	assert_int_equal(merit_restore_confirm(again, new_head.data, new_head.size), MERIT_PROOF_FAILED);
	assert_true(merit_env_is_copy(again));
	assert_int_equal(merit_restore_confirm(again, "merit", 5), MERIT_BAD_FORMAT);
	assert_true(merit_env_is_copy(again));
	assert_int_equal(merit_restore_confirm(again, same_head.data, same_head.size), MERIT_OK);
	assert_false(merit_env_is_copy(again));
	move_to(f, "again");
	assert_true(merit_ledger_may_write(f->ledger));
	assert_int_equal(fixture_earn(f, "m1", "r2"), MERIT_OK);
	heads_free(&old_head, &same_head, &new_head);
	fixture_free(f);
}

static void a_log_with_more_than_the_newest_head_is_that_log(void **state)
{
	struct merit_buffer old_head, same_head, new_head;
	struct fixture *f = restored(&old_head, &same_head, &new_head);
	(void)state;

	assert_int_equal(merit_restore_confirm(in_root(f, "again"), old_head.data, old_head.size), MERIT_OK);
	assert_false(merit_env_is_copy(in_root(f, "again")));
	heads_free(&old_head, &same_head, &new_head);
	fixture_free(f);
}

/* Signs a head of size entries with another root. */
static struct merit_buffer head_forge(uint64_t size, const char *signer, const char *origin)
{
	struct merit_secret_key key = fixture_key(signer);
	struct merit_public_key public_key = merit_secret_key_public(&key);
	struct merit_checkpoint checkpoint = { .size = size, .root = { { 1 } } };
	struct merit_verifier log;
	struct merit_buffer note = { 0 };

	snprintf(checkpoint.origin, sizeof(checkpoint.origin), "%s", origin);
	assert_int_equal(merit_verifier_make(origin, MERIT_NOTE_ED25519, &public_key, &log), MERIT_OK);
	merit_checkpoint_put_signed(&note, &checkpoint, &log, &key);
	return note;
}

static void heads_that_are_not_of_this_log_prove_nothing(void **state)
{
	static const struct { const char *name, *signer, *origin; uint64_t size; enum merit_status want; } rows[] = {
		{ "another history", "log", FIXTURE_ORIGIN, 5, MERIT_PROOF_FAILED },
		{ "another history of the same size", "log", FIXTURE_ORIGIN, 18, MERIT_PROOF_FAILED },
		{ "another key", "other", FIXTURE_ORIGIN, 5, MERIT_SIGNER_MISSING },
		{ "another log of the same key", "log", "merit.test/other", 5, MERIT_SIGNER_MISSING },
	};
	struct merit_buffer old_head, same_head, new_head;
	struct fixture *f = restored(&old_head, &same_head, &new_head);
	const char *again = in_root(f, "again");
	(void)state;

	assert_int_equal(proven_size(again), 18);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct merit_buffer head = head_forge(rows[i].size, rows[i].signer, rows[i].origin);
		enum merit_status got = merit_restore_confirm(again, head.data, head.size);
		if (got != rows[i].want || !merit_env_is_copy(again))
			fail_msg("%s: %s", rows[i].name, merit_status_word(got));
		merit_buffer_free(&head);
	}
	same_head.data[30] ^= 1;
	assert_int_not_equal(merit_restore_confirm(again, same_head.data, same_head.size), MERIT_OK);
	assert_true(merit_env_is_copy(again));
	heads_free(&old_head, &same_head, &new_head);
	fixture_free(f);
}

/* ---- Directories that are not what they seem ---- */

static enum merit_status create(const char *directory)
{
	struct merit_secret_key log_key = fixture_key("log"), system_key = fixture_key("system");
	struct merit_secret_key admin_key = fixture_key("root/k1");
	uint8_t private_key[MERIT_PLAIN_KEY_SIZE];
	struct merit_ledger_birth birth = {
		.private_key = private_key,
		.origin = FIXTURE_ORIGIN, .log_key = &log_key, .system_key = &system_key, .admin_key = &admin_key,
		.admin = "root", .admin_key_name = "k1", .refund_policy = "restore", .hold_minutes = 60,
		.receive_days = 30, .late_days = 30, .erase_days = 30, .time_ms = FIXTURE_BIRTH_MS,
	};

	fixture_private_key(private_key);
	return merit_ledger_create(directory, &birth);
}

static void a_birth_that_was_interrupted_goes_on(void **state)
{
	struct merit_store_options options = { .map_size = 1 << 24 };
	struct merit_vault_options vault_options = { .key = { 7 }, .map_size = 1 << 24 };
	struct fixture *f = fixture_new();
	struct merit_vault *vault = NULL;
	(void)state;

	assert_int_equal(merit_store_create(in_root(f, "young"), &options), MERIT_OK);
	assert_int_equal(merit_vault_create(in_root(f, "young"), &vault_options), MERIT_OK); /* and then it was killed */
	assert_int_equal(create(in_root(f, "young")), MERIT_OK);
	fixture_private_key(vault_options.key);
	assert_int_equal(merit_vault_open(in_root(f, "young"), &vault_options, &vault), MERIT_OK);
	merit_vault_close(vault);
	assert_int_equal(proven_size(in_root(f, "young")), 1);
	assert_int_equal(create(in_root(f, "young")), MERIT_EXISTS);
	assert_int_equal(create(f->directory), MERIT_IN_USE);
	fixture_close(f);
	assert_int_equal(create(f->directory), MERIT_EXISTS);
	assert_int_equal(proven_size(in_root(f, "young")), 1);
	fixture_free(f);
}

static void state_of_another_log_is_derived_afresh(void **state)
{
	struct fixture *f = fixture_new(), *other = fixture_new();
	(void)state;

	fixture_world(f);
	fixture_world(other);
	assert_int_equal(fixture_gift(f, "m1", "r", 5), MERIT_OK);
	assert_int_equal(fixture_gift(other, "m1", "r", 7), MERIT_OK);
	fixture_flush(f);
	fixture_flush(other);
	fixture_close(f);
	fixture_close(other);
	assert_int_equal(merit_state_destroy(f->directory), MERIT_OK);
	assert_int_equal(rename(in_root(other, "data/state"), in_root(f, "data/state")), 0);
	fixture_open(f);
	assert_int_equal(fixture_balance(f, MERIT_ACCOUNT_MEMBER, "m1"), 5);
	fixture_free(other);
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies_taken_beside_a_writer_are_whole),
		cmocka_unit_test(a_backup_holds_the_log_and_the_private_rows),
		cmocka_unit_test(what_is_there_is_not_overwritten),
		cmocka_unit_test(a_copy_that_was_interrupted_is_made_again),
		cmocka_unit_test(a_restored_directory_only_reads),
		cmocka_unit_test(every_copy_waits_for_the_newest_head),
		cmocka_unit_test(it_writes_once_it_was_shown_that_nothing_is_lost),
		cmocka_unit_test(a_log_with_more_than_the_newest_head_is_that_log),
		cmocka_unit_test(heads_that_are_not_of_this_log_prove_nothing),
		cmocka_unit_test(a_birth_that_was_interrupted_goes_on),
		cmocka_unit_test(state_of_another_log_is_derived_afresh),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
