/* gate_test.c
 * Goal    the way of an earn through the ledger does not become twice as slow unnoticed.
 * Method  rounds in one process: messages of earns are read, executed and committed on a scratch ledger, then as many
 *         bytes are appended to a bare LMDB environment in as many transactions. What is judged is the median of the
 *         rounds' ratios of processor time, both kinds together: of machines and their load it says little, and no
 *         clock on the wall is looked at. A build has its own bound, since sanitizers slow our part and not LMDB's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <sodium.h>

#include "bench/control.h"
#include "bench/local.h"
#include "bench/work.h"
#include "ledger/store.h"

#define BATCH    1000
#define MESSAGES 8 /* of a round */
#define ROUNDS   9
#define MEMBERS  1000

/* What the path took over what LMDB took, in percent, when the bound was set, and the bound: twice that.
 * RATIO_TODAY is the median of what runs of this test said on the machine of bench/README.md; it comes down as the path
 * gets faster. */
#if defined(__SANITIZE_ADDRESS__)
#define RATIO_TODAY 1100
#elif defined(__SANITIZE_THREAD__) || !defined(__OPTIMIZE__)
#define RATIO_TODAY 0 /* no bound: such builds are not made to be fast */
#else
#define RATIO_TODAY 520
#endif
#define RATIO_MAX (2 * RATIO_TODAY)

/* What the two sides of a round took. */
struct round {
	uint64_t path_ns, rows_ns;
};

struct gate {
	struct bench_local local;
	struct bench_work work;
	struct bench_rows *rows;
};

/* The size of the log's last leaf. */
static size_t leaf_size(struct bench_local *local)
{
	struct merit_store_reader *reader;
	const void *leaf;
	size_t size;

	bench_check(merit_store_reader_open(merit_ledger_store(local->ledger), &reader), "reading the log");
	bench_check(merit_store_reader_begin(reader), "reading the log");
	bench_check(merit_store_read_entry(reader, merit_ledger_size(local->ledger) - 1, &leaf, &size),
	            "the last leaf");
	merit_store_reader_end(reader);
	merit_store_reader_close(reader);
	return size;
}

/* State goes back to the disk outside of what is measured: the service does it in a thread of its own. */
static void write_back(struct merit_ledger *ledger)
{
	if (!merit_ledger_flush_due(ledger))
		return;
	merit_ledger_freeze(ledger);
	bench_check(merit_ledger_flush(ledger), "write-back");
	merit_ledger_flushed(ledger);
}

/* The next message through the ledger: what it took but for making it, and its size. */
static uint64_t message_ns(struct gate *gate, size_t *size_out)
{
	struct bench_local *local = &gate->local;
	struct merit_request request = { 0 };
	struct merit_buffer json = { 0 };
	struct bench_message message;

	bench_work_next(&gate->work, &json, &message);
	bench_local_sign(local, BENCH_SERVICE, json.data, json.size);
	merit_buffer_free(&json);
	merit_buffer_clear(&local->reply);
	uint64_t start_ns = bench_own_cpu_ns();
	bench_local_read(local, &request);
	bench_local_begin(local, &request);
	bench_check(merit_ledger_execute(local->ledger, &request, &local->reply), "execute");
	bench_check(merit_ledger_commit(local->ledger), "commit");
	uint64_t spent_ns = bench_own_cpu_ns() - start_ns;
	bench_work_judge(&message, local->reply.data, local->reply.size);
	write_back(local->ledger);
	*size_out = local->message.size;
	return spent_ns;
}

static uint64_t rows_ns(struct gate *gate)
{
	uint64_t start_ns = bench_own_cpu_ns();

	bench_rows_append(gate->rows, BATCH);
	return bench_own_cpu_ns() - start_ns;
}

static void gate_open(struct gate *gate)
{
	struct bench_load load = { .form = BENCH_BULK, .batch = BATCH, .members = MEMBERS };
	const char *parent = getenv("TMPDIR");
	size_t size;

	memset(gate, 0, sizeof(*gate));
	bench_local_open(&gate->local, parent == NULL ? "/tmp" : parent, MEMBERS, 0);
	bench_work_start(&gate->work, &load);
	(void)message_ns(gate, &size); /* Warms up, and says how large a row has to be. */
	gate->rows = bench_rows_open(gate->local.world.root, leaf_size(&gate->local) + size / BATCH);
}

static void gate_close(struct gate *gate)
{
	bench_rows_close(gate->rows);
	bench_local_close(&gate->local);
}

static int compare_ratios(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

static uint64_t median_ratio(struct gate *gate)
{
	uint64_t ratios[ROUNDS];

	for (int round = 0; round < ROUNDS; round++) {
		struct round spent = { 0 };
		for (int i = 0; i < MESSAGES; i++) {
			size_t size;
			spent.path_ns += message_ns(gate, &size);
			spent.rows_ns += rows_ns(gate);
		}
		ratios[round] = bench_divide(spent.path_ns * 100, spent.rows_ns);
		print_message("round %d: path %llu ns an earn, rows %llu ns\n", round,
		              (unsigned long long)spent.path_ns / (MESSAGES * BATCH),
		              (unsigned long long)spent.rows_ns / (MESSAGES * BATCH));
	}
	qsort(ratios, ROUNDS, sizeof(ratios[0]), compare_ratios);
	return ratios[ROUNDS / 2];
}

static void the_path_is_not_twice_as_slow_as_it_was(void **state)
{
	static struct gate gate;

	(void)state;
	if (RATIO_TODAY == 0) {
		print_message("no bound for a build that is not optimised, or with the thread sanitizer\n");
		skip();
	}
	gate_open(&gate);
	uint64_t ratio = median_ratio(&gate);
	gate_close(&gate);
	print_message("path / rows: %llu %%, at most %d\n", (unsigned long long)ratio, RATIO_MAX);
	assert_in_range(ratio, 1, RATIO_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(the_path_is_not_twice_as_slow_as_it_was) };

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
