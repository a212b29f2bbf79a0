/* commit_test.c
 * Goal    a group decided while the one before it is being made durable builds on it, and tells of the log itself only what
 *         is durable; a kill at any point between leaves whole groups.
 * Method  seal, write and written by hand, with calls between them. */
#include "tests/support/fixture.h"

#include "ledger/encode.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct fixture *world_new(void)
{
	struct fixture *f = fixture_new();

	fixture_world(f);
	f->in_group = true;
	return f;
}

static void begin(struct fixture *f)
{
	assert_int_equal(merit_ledger_begin(f->ledger, f->now_ms, 4096, 16), MERIT_OK);
}

static void seal(struct fixture *f)
{
	assert_int_equal(merit_ledger_seal(f->ledger), MERIT_OK);
}

static struct merit_ledger_head write_sealed(struct fixture *f)
{
	struct merit_ledger_head head;

	assert_int_equal(merit_ledger_write(f->ledger, &head), MERIT_OK);
	return head;
}

static void take_over(struct fixture *f)
{
	assert_int_equal(merit_ledger_written(f->ledger), MERIT_OK);
}

static void earn(struct fixture *f, const char *id, enum merit_status want)
{
	assert_int_equal(fixture_call_id(f, "svc", id, "earn",
	                                 "'member':'m1','campaign':'c1','event':'gift','reference':'%s',"
	                                 "'occurred':%lld,'points':10",
	                                 id, (long long)FIXTURE_BIRTH_MS),
	                 want);
}

/* A group with the earn "a" is sealed, and the next one begun. */
static void seal_one_and_begin(struct fixture *f)
{
	begin(f);
	earn(f, "a", MERIT_OK);
	seal(f);
	begin(f);
}

static int64_t available(struct fixture *f)
{
	assert_int_equal(fixture_query(f, "m1", "member.get", "'member':'m1'"), MERIT_OK);
	return fixture_integer(f, "available");
}

/* ---- The next group ---- */

static void the_next_group_builds_on_the_sealed_one(void **state)
{
	struct fixture *f = world_new();
	uint64_t first = merit_ledger_size(f->ledger);
	(void)state;

	seal_one_and_begin(f);
	assert_int_equal(available(f), 10);
	earn(f, "b", MERIT_OK);
	assert_int_equal(fixture_integer(f, "seq"), first + 1);
	earn(f, "a", MERIT_OK); /* One id, one outcome: found in the sealed group's records. */
	assert_int_equal(fixture_integer(f, "seq"), first);
	assert_int_equal(fixture_call_id(f, "svc", "a", "earn",
	                                 "'member':'m1','campaign':'c1','event':'gift','reference':'a',"
	                                 "'occurred':%lld,'points':11",
	                                 (long long)FIXTURE_BIRTH_MS),
	                 MERIT_ID_CONFLICT);
	assert_int_equal(fixture_query(f, "aud", "entry.get", "'seq':%d", (int)first), MERIT_OK);
	assert_true(fixture_holds(f, "'id':'a'"));
	assert_int_equal(write_sealed(f).size, first + 1);
	take_over(f);
	assert_int_equal(fixture_query(f, "aud", "entry.get", "'seq':%d", (int)first), MERIT_OK); /* now from the log */
	assert_true(fixture_holds(f, "'id':'a'"));
	assert_int_equal(available(f), 20);
	earn(f, "c", MERIT_OK);
	assert_int_equal(fixture_integer(f, "seq"), first + 2);
	assert_int_equal(merit_ledger_commit(f->ledger), MERIT_OK);
	assert_int_equal(merit_ledger_size(f->ledger), first + 3);
	fixture_free(f);
}

static void a_refused_atomic_group_leaves_the_sealed_one_alone(void **state)
{
	struct fixture *f = world_new();
	uint64_t first = merit_ledger_size(f->ledger);
	(void)state;

	seal_one_and_begin(f);
	assert_int_not_equal(fixture_call_id(f, "svc", "ignored", "atomic",
	                                     "'calls':[{'method':'member.create','params':{'id':'x','member':'m7'}},"
	                                     "{'method':'member.create','params':{'id':'y','member':'m1'}}]"),
	                     MERIT_OK);
	assert_int_equal(f->ledger->pending.count, 0);
	(void)write_sealed(f);
	take_over(f);
	assert_int_equal(merit_ledger_commit(f->ledger), MERIT_OK);
	assert_int_equal(merit_ledger_size(f->ledger), first + 1);
	assert_int_equal(fixture_balance(f, MERIT_ACCOUNT_MEMBER, "m1"), 10);
	fixture_free(f);
}

static void requests_are_numbered_through_both_groups(void **state)
{
	struct fixture *f = world_new();
	uint64_t first = merit_ledger_size(f->ledger);
	struct merit_entry entry;
	(void)state;

	begin(f);
	earn(f, "a", MERIT_OK);
	earn(f, "b", MERIT_OK);
	seal(f);
	begin(f);
	earn(f, "c", MERIT_OK);
	(void)write_sealed(f);
	take_over(f);
	assert_int_equal(merit_ledger_commit(f->ledger), MERIT_OK);
	for (uint64_t i = 0; i < 3; i++) {
		fixture_entry(f, first + i, &entry);
		assert_int_equal(entry.request, first + i); /* each message caused one entry */
	}
	fixture_close(f);
	fixture_open(f); /* Root and newest checkpoint agree. */
	fixture_free(f);
}

/* ---- What is told of the log ---- */

static void the_log_is_told_of_as_it_is_on_the_disk(void **state)
{
	struct fixture *f = world_new();
	uint64_t first = merit_ledger_size(f->ledger);
	(void)state;

	seal_one_and_begin(f);
	for (int written = 0; written < 2;
	     written++) { /* Before the write, and behind it as long as nobody took over. */
		assert_int_equal(merit_ledger_size(f->ledger), first);
		assert_int_equal(fixture_query(f, "aud", "proof.get", "'seq':%d", (int)first), MERIT_NOT_FOUND);
		assert_int_equal(fixture_query(f, "aud", "proof.get", "'seq':%d", (int)first - 1), MERIT_OK);
		assert_int_equal(fixture_query(f, "aud", "checkpoint.get", "%s", ""), MERIT_OK);
		assert_int_equal(fixture_integer(f, "size"), first);
		if (written == 0)
			assert_int_equal(write_sealed(f).size, first + 1);
	}
	take_over(f);
	assert_int_equal(merit_ledger_size(f->ledger), first + 1);
	assert_int_equal(fixture_query(f, "aud", "proof.get", "'seq':%d", (int)first), MERIT_OK);
	assert_int_equal(fixture_query(f, "aud", "checkpoint.get", "%s", ""), MERIT_OK);
	assert_int_equal(fixture_integer(f, "size"), first + 1);
	assert_int_equal(merit_ledger_commit(f->ledger), MERIT_OK);
	fixture_free(f);
}

/* More than a tile: proofs reach into what the commit has stored meanwhile. */
static void proofs_hold_while_the_tree_grows(void **state)
{
	struct fixture *f = world_new();
	char id[32];
	(void)state;

	for (int group = 0; group < 12; group++) {
		begin(f);
		for (int i = 0; i < 50; i++) {
			(void)snprintf(id, sizeof(id), "e%d-%d", group, i);
			earn(f, id, MERIT_OK);
		}
		seal(f);
		uint64_t size = merit_ledger_size(f->ledger);
		begin(f);
		(void)write_sealed(f);
		struct merit_hash root = merit_tree_root(&f->ledger->tree), again;
		assert_int_equal(merit_tree_root_at(&f->ledger->tree, size, &again), MERIT_OK);
		assert_memory_equal(root.bytes, again.bytes, sizeof(root.bytes));
		take_over(f);
		assert_int_equal(merit_tree_root_at(&f->ledger->tree, size, &again), MERIT_OK);
		assert_memory_equal(root.bytes, again.bytes, sizeof(root.bytes));
		assert_int_equal(merit_ledger_commit(f->ledger), MERIT_OK);
	}
	fixture_close(f);
	fixture_open(f); /* Root and newest checkpoint agree. */
	fixture_free(f);
}

static void a_group_without_entries_changes_nothing(void **state)
{
	struct fixture *f = world_new();
	(void)state;

	struct merit_text note = merit_ledger_checkpoint(f->ledger);
	begin(f);
	(void)available(f);
	seal(f);
	struct merit_ledger_head head = write_sealed(f);
	assert_int_equal(head.size, merit_ledger_size(f->ledger));
	assert_int_equal(head.time_ms, merit_ledger_time_ms(f->ledger));
	assert_int_equal(head.checkpoint.size, note.size);
	assert_memory_equal(head.checkpoint.data, note.data, note.size);
	take_over(f);
	fixture_free(f);
}

/* ---- Room ---- */

static void room_is_asked_for_both_groups_together(void **state)
{
	struct fixture *f = world_new();
	(void)state;

	seal_one_and_begin(f);
	assert_int_equal(merit_ledger_extend(f->ledger, 4096, 16), MERIT_OK);
	struct merit_store_usage usage;
	assert_int_equal(merit_store_measure(f->ledger->store, &usage), MERIT_OK);
	size_t free_size = usage.map_size - usage.used_size;
	assert_int_equal(merit_ledger_extend(f->ledger, free_size, 16), MERIT_STORE_FULL);
	earn(f, "b", MERIT_OK); /* The group is as it was. */
	(void)write_sealed(f);
	take_over(f);
	assert_int_equal(merit_ledger_commit(f->ledger), MERIT_OK);
	fixture_free(f);
}

/* ---- Private bytes ---- */

static void private_bytes_of_the_sealed_group_are_found_and_then_wiped(void **state)
{
	struct fixture *f = world_new();
	struct merit_buffer bytes = { 0 };
	struct merit_hash commitment;
	size_t size = 0;
	(void)state;

	begin(f);
	const char *hex = fixture_private(f, "Weststrasse 7");
	assert_true(merit_hex_decode(hex, 64, commitment.bytes, sizeof(commitment.bytes), &size));
	merit_buffer_clear(&f->private_lines);
	assert_int_equal(fixture_gift(f, "m1", "points", 100), MERIT_OK);
	hex = fixture_private(f, "Weststrasse 7");
	assert_int_equal(fixture_call_id(f, "m1", "o1", "order.place",
	                                 "'order':'o1','member':'m1','recipient':'%s','lines':[{'item':'cup',"
	                                 "'version':1,'points':30,'quantity':1}]",
	                                 hex),
	                 MERIT_OK);
	seal(f);
	begin(f);
	assert_int_equal(merit_ledger_private(f->ledger, &commitment, &bytes), MERIT_OK);
	assert_int_equal(bytes.size, strlen("Weststrasse 7"));
	merit_pending_erase(f->ledger, commitment.bytes);
	assert_int_equal(merit_ledger_private(f->ledger, &commitment, &bytes), MERIT_NOT_FOUND);
	(void)write_sealed(f);
	assert_int_equal(merit_ledger_private(f->ledger, &commitment, &bytes), MERIT_NOT_FOUND);
	take_over(f);
	const struct merit_buffer *changes = &f->ledger->sealed.changes;
	assert_null(memmem(changes->data, changes->capacity, "Weststrasse", 11));
	merit_pending_private_forget(&f->ledger->pending);
	merit_buffer_clear(&bytes);
	assert_int_equal(merit_ledger_private(f->ledger, &commitment, &bytes), MERIT_OK); /* from the vault */
	merit_buffer_free(&bytes);
	fixture_free(f);
}

/* ---- Killed ---- */

/* How far a child gets before it is killed. */
enum moment { SEALED, NEXT_BEGUN, WRITTEN, NEXT_BEHIND_WRITTEN, MOMENTS };

static void die_at(struct fixture *f, enum moment moment)
{
	begin(f);
	earn(f, "a", MERIT_OK);
	earn(f, "b", MERIT_OK);
	seal(f);
	if (moment != SEALED) {
		begin(f);
		earn(f, "c", MERIT_OK);
	}
	if (moment >= WRITTEN)
		(void)write_sealed(f);
	if (moment == NEXT_BEHIND_WRITTEN) {
		take_over(f);
		earn(f, "d", MERIT_OK);
		seal(f);
	}
	(void)kill(getpid(), SIGKILL);
}

static void a_kill_leaves_whole_groups(void **state)
{
	static const int want[MOMENTS] = { 0, 0, 2, 2 };
	(void)state;

	for (enum moment moment = 0; moment < MOMENTS; moment++) {
		struct fixture *f = world_new();
		uint64_t size = merit_ledger_size(f->ledger);
		int status = 0;
		fixture_close(f);
		pid_t pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			fixture_open(f);
			die_at(f, moment);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		fixture_open(f);
		assert_int_equal(merit_ledger_size(f->ledger), size + (uint64_t)want[moment]);
		assert_int_equal(fixture_balance(f, MERIT_ACCOUNT_MEMBER, "m1"), 10 * want[moment]);
		f->in_group = false;
		earn(f, "a", MERIT_OK); /* The client asks again, and nothing is paid twice. */
		earn(f, "b", MERIT_OK);
		earn(f, "c", MERIT_OK);
		assert_int_equal(fixture_balance(f, MERIT_ACCOUNT_MEMBER, "m1"), 30);
		fixture_free(f);
	}
}

/* ---- Two threads ---- */

static void *write_run(void *argument)
{
	struct merit_ledger_head head;

	return merit_ledger_write(((struct fixture *)argument)->ledger, &head) == MERIT_OK ? argument : NULL;
}

/* For the thread sanitizer: every group is written beside the next one's deciding. */
static void writing_beside_the_owner_disturbs_neither(void **state)
{
	struct fixture *f = world_new();
	uint64_t first = merit_ledger_size(f->ledger);
	char id[32];
	(void)state;

	for (int group = 0; group < 20; group++) {
		pthread_t thread;
		void *ended = NULL;
		begin(f);
		(void)snprintf(id, sizeof(id), "w%d", group);
		earn(f, id, MERIT_OK);
		seal(f);
		assert_int_equal(pthread_create(&thread, NULL, write_run, f), 0);
		begin(f);
		earn(f, id, MERIT_OK);
		assert_int_equal(available(f), 10 * (2 * group + 1));
		(void)snprintf(id, sizeof(id), "o%d", group);
		earn(f, id, MERIT_OK);
		assert_int_equal(fixture_query(f, "aud", "proof.get", "'seq':%d", (int)first - 1), MERIT_OK);
		assert_int_equal(pthread_join(thread, &ended), 0);
		assert_ptr_equal(ended, f);
		take_over(f);
		assert_int_equal(merit_ledger_commit(f->ledger), MERIT_OK);
	}
	assert_int_equal(merit_ledger_size(f->ledger), first + 40);
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_next_group_builds_on_the_sealed_one),
		cmocka_unit_test(a_refused_atomic_group_leaves_the_sealed_one_alone),
		cmocka_unit_test(requests_are_numbered_through_both_groups),
		cmocka_unit_test(the_log_is_told_of_as_it_is_on_the_disk),
		cmocka_unit_test(proofs_hold_while_the_tree_grows),
		cmocka_unit_test(a_group_without_entries_changes_nothing),
		cmocka_unit_test(room_is_asked_for_both_groups_together),
		cmocka_unit_test(private_bytes_of_the_sealed_group_are_found_and_then_wiped),
		cmocka_unit_test(a_kill_leaves_whole_groups),
		cmocka_unit_test(writing_beside_the_owner_disturbs_neither),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
