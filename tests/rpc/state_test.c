/* state_test.c
 * Goal    state/ can be deleted: whatever became of it, the next start derives the same rows from the log.
 * Method  one ledger that has seen every kind of operation, served by meritd with hardly any row kept in memory; then
 *         its state is left behind, deleted, or changed for another log's, meritd is started over it, and every row is
 *         compared. */
#include "tests/support/service.h"

#include <ftw.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- Everything that can happen ---- */

#define good(call) assert_int_equal(call, MERIT_OK)

static void earns_make(struct service *s, struct merit_client *svc)
{
	for (int i = 0; i < 100; i++)
		good(service_call(
			s, svc, "earn",
			"'id':'e%d','member':'m%d','campaign':'c1','event':'gift','reference':'r%d','occurred':%" PRId64
			",'points':%d",
			i, i % SERVICE_MEMBERS, i, s->fixture->now_ms, 100 + i));
	good(service_call(s, svc, "reverse", "'id':'v1','entry':%" PRId64 ",'reason':'a test'",
	                  service_integer(s, "seq")));
	assert_int_equal(service_call(s, svc, "earn",
	                              "'id':'e-late','member':'m0','campaign':'c1','event':'gift','reference':'r0',"
	                              "'occurred':%" PRId64 ",'points':100",
	                              s->fixture->now_ms),
	                 MERIT_ALREADY_EARNED);
}

static void orders_make(struct service *s, struct merit_client *svc)
{
	struct merit_client *ops = service_client(s, "ops/k1", 1);

	for (int i = 0; i < 20; i++)
		good(service_call(
			s, svc, "order.place",
			"'id':'p%d','order':'o%d','member':'m%d','lines':[{'item':'cup','version':1,'points':30,"
			"'quantity':3}]",
			i, i, i % SERVICE_MEMBERS));
	for (int i = 0; i < 12; i++)
		good(service_call(s, svc, "order.fulfil", "'id':'f%d','order':'o%d','lines':[{'line':0,'quantity':2}]",
		                  i, i));
	for (int i = 0; i < 4; i++)
		good(service_call(
			s, ops, "order.refund",
			"'id':'b%d','order':'o%d','lines':[{'line':0,'quantity':1}],'restock':true,'reason':'broken'",
			i, i));
	service_close(s, ops);
	for (int i = 2; i < 8; i++)
		good(service_call(s, svc, "order.cancel", "'id':'x%d','order':'o%d'", i, i));
	good(service_call(s, svc, "order.receive", "'id':'n1','order':'o8'"));
	good(service_call(s, svc, "order.cancel", "'id':'x-unknown','order':'never-came'"));
	assert_int_equal(
		service_call(s, svc, "order.place",
	                     "'id':'p-late','order':'never-came','member':'m1','lines':[{'item':'cup','version':1,"
	                     "'points':30,'quantity':1}]"),
		MERIT_ORDER_EXISTS);
}

static void parties_change(struct service *s)
{
	struct merit_client *root = service_client(s, "root/k1", 1), *ops = service_client(s, "ops/k1", 1);
	struct merit_client *fin = service_client(s, "fin/k1", 1);

	good(service_call(s, root, "key.add", "'id':'k1','party':'svc','key':'k2','public':'%s'",
	                  fixture_public("svc/k2")));
	good(service_call(s, root, "key.revoke", "'id':'k2','party':'aud','key':'k1'"));
	good(service_call(s, fin, "key.rotate", "'id':'k3','key':'k2','public':'%s'", fixture_public("fin/k2")));
	good(service_call(s, ops, "item.update", "'id':'i1','item':'cup','points':35"));
	good(service_call(s, ops, "item.stock", "'id':'i2','item':'cup','quantity':-10"));
	good(service_call(s, ops, "proposal.create",
	                  "'id':'q1','proposal':'q1','reason':'a "
	                  "test','call':{'method':'campaign.close','params':{'campaign':'c1'}}"));
	good(service_call(s, ops, "proposal.create",
	                  "'id':'q2','proposal':'q2','reason':'a "
	                  "test','call':{'method':'campaign.close','params':{'campaign':'c1'}}"));
	good(service_call(s, ops, "proposal.reject", "'id':'q3','proposal':'q1'"));
	service_close(s, root);
	service_close(s, ops);
	service_close(s, fin);
}

/* ---- Rows ---- */

static bool row_put(void *context, uint8_t table, const void *key, size_t key_size, const void *value, size_t size)
{
	struct merit_buffer *rows = context;

	merit_buffer_put_format(rows, "%u %zu %zu ", table, key_size, size);
	merit_buffer_put(rows, key, key_size);
	merit_buffer_put(rows, value, size);
	return true;
}

static void rows_read(struct service *s, struct merit_buffer *rows)
{
	merit_buffer_clear(rows);
	fixture_open(s->fixture);
	merit_ledger_dump(s->fixture->ledger, row_put, rows);
	fixture_close(s->fixture);
	assert_false(rows->bad);
}

static void assert_same_rows(struct service *s, const struct merit_buffer *want)
{
	struct merit_buffer rows = { 0 };

	rows_read(s, &rows);
	assert_int_equal(rows.size, want->size);
	assert_memory_equal(rows.data, want->data, want->size);
	merit_buffer_free(&rows);
}

/* ---- What becomes of state/ ---- */

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
	(void)status;
	(void)kind;
	(void)walk;
	return remove(path);
}

static void state_delete(struct service *s)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/state", s->fixture->directory);
	assert_int_equal(nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

static void run(struct service *s, const char *option, int signal_number)
{
	s->options[2] = option;
	service_start(s);
	assert_int_equal(service_end(s, signal_number), signal_number == SIGKILL ? -SIGKILL : 0);
	s->options[2] = NULL;
}

static void the_same_rows_come_of_the_log_whatever_became_of_state(void **state)
{
	struct service *s = *state;
	struct merit_buffer want = { 0 };

	s->options[0] = "--state-rows";
	s->options[1] = "20";
	service_start(s);
	struct merit_client *svc = service_client(s, "svc/k1", 1);
	earns_make(s, svc);
	orders_make(s, svc);
	parties_change(s);
	service_close(s, svc);
	assert_int_equal(service_end(s, SIGKILL), -SIGKILL);
	rows_read(s, &want); /* As a kill left it: a cut, and the log behind it. */
	assert_true(want.size > 10000);
	run(s, NULL, SIGTERM);
	assert_same_rows(s, &want);
	state_delete(s);
	run(s, NULL, SIGTERM);
	assert_same_rows(s, &want);
	state_delete(s);
	run(s, NULL, SIGKILL); /* Derived, perhaps not written. */
	assert_same_rows(s, &want);
	run(s, "--rebuild", SIGTERM);
	assert_same_rows(s, &want);
	state_delete(s);
	assert_same_rows(s, &want);
	merit_buffer_free(&want);
}

/* What another log's state says was never promised here, be it ahead of this log, as far, or behind. */
static void the_state_of_another_log_is_not_believed(void **state)
{
	struct service *mine = *state, *other = service_new();
	struct merit_buffer want = { 0 };
	char from[128], to[128];

	for (int behind = 0; behind < 2; behind++) {
		struct service *longer = behind == 0 ? other : mine;
		service_start(longer);
		struct merit_client *svc = service_client(longer, "svc/k1", 1);
		earns_make(longer, svc);
		if (behind != 0)
			orders_make(longer, svc);
		service_close(longer, svc);
		assert_int_equal(service_end(longer, SIGTERM), 0);
		run(mine, NULL, SIGTERM);
		rows_read(mine, &want);
		state_delete(mine);
		run(other, NULL, SIGTERM);
		(void)snprintf(from, sizeof(from), "%s/state", other->fixture->directory);
		(void)snprintf(to, sizeof(to), "%s/state", mine->fixture->directory);
		assert_int_equal(rename(from, to), 0);
		run(mine, NULL, SIGTERM);
		assert_same_rows(mine, &want);
	}
	merit_buffer_free(&want);
	service_free(other);
}

static int setup(void **state)
{
	*state = service_new();
	return 0;
}

static int teardown(void **state)
{
	service_free(*state);
	return 0;
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		ROW(the_same_rows_come_of_the_log_whatever_became_of_state),
		ROW(the_state_of_another_log_is_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
