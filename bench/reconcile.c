/* reconcile.c - merit-reconcile: a merchant's file against as many items of ours, with planted differences.
 *
 * Does     makes a file of CSV and a list of ours, alike but for thirteen plants, each of one row in a hundred;
 *          reads the file by a mapping, and matches: 10,000 rows, 100,000, and so on up to 1,000,000.
 * Counts   read: from bytes in memory to items; match: from two lists to findings. Not collecting ours from a ledger,
 *          and not reports.
 * Holds    every planted difference is found in its class, and nothing else is: else the bench ends with 1.
 * Compare  only under equal first lines. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "bench/bench.h"
#include "ledger/arena.h"
#include "ledger/buffer.h"
#include "ledger/calendar.h"
#include "recon/mapping.h"
#include "recon/match.h"

#define ROWS_MIN       10000
#define FIRST_DAY      20727 /* 2026-10-01 */
#define DAYS           28    /* that items fall on; the month has three more */
#define REFERENCE_SIZE sizeof("ORD-2026-000000000-2")

static const char mapping_text[] =
	"{\"format\":\"csv\",\"header\":[\"order_no\",\"amount\"],\"currency\":{\"column\":\"currency\"},"
	"\"reference\":\"order_no\",\"day\":\"shipped_at\",\"amount\":\"amount\",\"fee\":\"fee\",\"blank\":[\"-\"],"
	"\"kind\":{\"column\":\"type\",\"payment\":[\"sale\"],\"refund\":[\"return\"],\"fee\":[\"charge\"]},"
	"\"status\":{\"column\":\"state\",\"done\":[\"shipped\"],\"open\":[\"new\"]},\"unreadable\":\"list\"}";

static const char rules_text[] =
	"{\"passes\":[{\"name\":\"exact\",\"by\":\"reference\",\"confirm\":true},"
	"{\"name\":\"late\",\"by\":\"reference\",\"days\":3,\"confirm\":true},"
	"{\"name\":\"near\",\"by\":\"reference\",\"amount\":1,\"days\":3,\"confirm\":true},"
	"{\"name\":\"parts\",\"by\":\"sum\",\"share\":\"reference\",\"many\":\"theirs\",\"days\":3,\"confirm\":true},"
	"{\"name\":\"window\",\"by\":\"amount\",\"days\":2,\"unambiguous\":true,\"confirm\":false}],\"timing_days\":1}";

/* ---- What is planted ---- */

enum plant {
	PLANT_EXTRA,
	PLANT_MISSING,
	PLANT_AMOUNT,
	PLANT_STATUS,
	PLANT_TWICE,
	PLANT_CUT_OFF,
	PLANT_FEE,
	PLANT_REFUND,
	PLANT_UNREADABLE,
	PLANT_CENT,
	PLANT_LATE,
	PLANT_PARTS,
	PLANT_NAMELESS,
	PLANT_NONE,
};
#define ONE_IN 100

struct world {
	uint64_t rows; /* of a side, roughly */
	struct merit_buffer csv;
	struct merit_recon_item *ours;
	size_t ours_count;
	char *references; /* of ours, REFERENCE_SIZE each */
	uint64_t planted[MERIT_CLASS_COUNT];
};

/* Its amount: no two rows have the same, so that the pass by amount finds what is meant. */
static int64_t amount_of(uint64_t row)
{
	return 1000 + (int64_t)row * 100;
}

static int32_t day_of(uint64_t row)
{
	return FIRST_DAY + (int32_t)(row * 7919 % DAYS);
}

/* A row of theirs. suffix makes another reference of the same row. */
static void put_row(struct world *world, uint64_t row, const char *suffix, int64_t amount, int32_t day,
                    const char *more)
{
	char text[MERIT_DAY_TEXT_SIZE];

	merit_day_format(day, text);
	merit_buffer_put_format(&world->csv, "ORD-2026-%09" PRIu64 "%s,%s%" PRId64 ".%02" PRId64 ",CNY,%s,%s\n", row,
	                        suffix, amount < 0 ? "-" : "", (amount < 0 ? -amount : amount) / 100,
	                        (amount < 0 ? -amount : amount) % 100, text, more);
}

static void put_plain(struct world *world, uint64_t row, int64_t amount, int32_t day)
{
	put_row(world, row, "", amount, day, "-,sale,shipped");
}

static void add_ours(struct world *world, uint64_t row, int64_t amount, int32_t day)
{
	char *reference = world->references + world->ours_count * REFERENCE_SIZE;
	int size = snprintf(reference, REFERENCE_SIZE, "ORD-2026-%09" PRIu64, row);

	world->ours[world->ours_count++] = (struct merit_recon_item){
		.reference = { reference, (size_t)size },
		.status = MERIT_TEXT("done"),
		.amount = amount,
		.line = row + 1,
		.day = day,
		.first_day = day,
		.currency = "CNY",
	};
}

static void expect(struct world *world, enum merit_class class_)
{
	world->planted[class_]++;
}

/* One row of both sides, different as planted. */
static void plant_row(struct world *world, uint64_t row)
{
	const int64_t amount = amount_of(row);
	const int32_t day = day_of(row);

	switch ((enum plant)(row % ONE_IN)) {
	case PLANT_EXTRA:
		put_plain(world, row, amount, day);
		expect(world, MERIT_CLASS_THEIRS_ONLY);
		return;
	case PLANT_MISSING:
		add_ours(world, row, amount, day);
		expect(world, MERIT_CLASS_OURS_ONLY);
		return;
	case PLANT_AMOUNT:
		put_plain(world, row, amount - 7, day);
		expect(world, MERIT_CLASS_AMOUNT);
		break;
	case PLANT_STATUS:
		put_row(world, row, "", amount, day, "-,sale,new");
		expect(world, MERIT_CLASS_STATUS);
		break;
	case PLANT_TWICE:
		put_plain(world, row, amount, day);
		put_plain(world, row, amount, day + 1);
		expect(world, MERIT_CLASS_MATCHED);
		expect(world, MERIT_CLASS_DUPLICATE);
		break;
	case PLANT_CUT_OFF:
		add_ours(world, row, amount, FIRST_DAY + 30);
		expect(world, MERIT_CLASS_TIMING);
		return;
	case PLANT_FEE:
		put_row(world, row, "", amount - 25, day, "0.25,sale,shipped");
		expect(world, MERIT_CLASS_FEE);
		break;
	case PLANT_REFUND:
		put_plain(world, row, amount, day);
		put_row(world, row, "-R", -amount, day, "-,return,shipped");
		expect(world, MERIT_CLASS_MATCHED);
		expect(world, MERIT_CLASS_REFUND);
		break;
	case PLANT_UNREADABLE:
		put_plain(world, row, amount, day);
		merit_buffer_put_text(&world->csv, "?,1O.00,CNY,2026-10-05,-,sale,shipped\n");
		expect(world, MERIT_CLASS_MATCHED);
		expect(world, MERIT_CLASS_UNREADABLE);
		break;
	case PLANT_CENT:
		put_plain(world, row, amount + 1, day);
		expect(world, MERIT_CLASS_WITHIN_TOLERANCE);
		break;
	case PLANT_LATE:
		put_plain(world, row, amount, day + 2);
		expect(world, MERIT_CLASS_MATCHED);
		break;
	case PLANT_PARTS:
		put_plain(world, row, amount / 4, day);
		put_plain(world, row, amount - amount / 4, day + 1);
		expect(world, MERIT_CLASS_MATCHED);
		break;
	case PLANT_NAMELESS:
		put_row(world, row, "-X", amount, day, "-,sale,shipped");
		expect(world, MERIT_CLASS_MATCHED);
		break;
	default: put_plain(world, row, amount, day); expect(world, MERIT_CLASS_MATCHED);
	}
	add_ours(world, row, amount, day);
}

static void world_make(struct world *world, uint64_t rows)
{
	*world = (struct world){ .rows = rows };
	world->ours = bench_allocate(rows, sizeof(*world->ours));
	world->references = bench_allocate(rows, REFERENCE_SIZE);
	merit_buffer_put_text(&world->csv, "order_no,amount,currency,shipped_at,fee,type,state\n");
	for (uint64_t i = 0; i < rows; i++)
		plant_row(world, i * 7 % rows); /* in no order of anything: rows is no multiple of 7 */
	if (world->csv.bad)
		bench_fail("no memory for the file");
}

static void world_free(struct world *world)
{
	merit_buffer_free(&world->csv);
	free(world->ours);
	free(world->references);
}

/* ---- The run ---- */

struct timing {
	uint64_t read_ns, match_ns;
	uint64_t cpu_ns; /* of both: on a busy machine what growth is told by */
	size_t theirs_count;
};

static void check_findings(const struct world *world, const struct merit_findings *findings)
{
	uint64_t found[MERIT_CLASS_COUNT] = { 0 };

	for (size_t i = 0; i < findings->count; i++)
		found[findings->findings[i].class_]++;
	for (size_t i = 0; i < MERIT_CLASS_COUNT; i++)
		if (found[i] != world->planted[i])
			bench_fail("%s: %" PRIu64 " found, %" PRIu64 " planted", merit_class_word((enum merit_class)i),
			           found[i], world->planted[i]);
}

static void read_file(struct world *world, struct merit_file *file)
{
	struct merit_mapping_file *mapping = NULL;
	struct merit_file_fault fault = { 0 };
	const struct merit_file_options options = { .format = "csv" };

	if (merit_mapping_file_parse(mapping_text, sizeof(mapping_text) - 1, &mapping, &fault) != MERIT_OK)
		bench_fail("mapping: %s", fault.why);
	struct merit_file_options with_mapping = options;
	with_mapping.mapping = mapping;
	if (merit_file_parse(world->csv.data, world->csv.size, &with_mapping, file, &fault) != MERIT_OK)
		bench_fail("line %" PRIu64 ": %s", fault.line, fault.why);
	merit_mapping_file_free(mapping);
}

static struct timing run(struct world *world)
{
	const struct merit_window window = { FIRST_DAY, FIRST_DAY + 30, .is_one_way = true };
	struct merit_file_fault fault = { 0 };
	struct merit_findings findings = { 0 };
	struct merit_file file = { 0 };
	struct merit_rules rules;

	if (merit_rules_parse(rules_text, sizeof(rules_text) - 1, &rules, &fault) != MERIT_OK)
		bench_fail("rules: %s", fault.why);
	uint64_t start_ns = bench_clock_ns(), start_cpu_ns = bench_own_cpu_ns();
	read_file(world, &file);
	uint64_t read_ns = bench_clock_ns();
	merit_buffer_free(&world->csv); /* as whoever reads a file does */
	bench_check(merit_match(&rules, &window, file.items, file.items_count, world->ours, world->ours_count, NULL,
	                        NULL, &findings),
	            "match");
	uint64_t match_ns = bench_clock_ns();
	struct timing timing = {
		read_ns - start_ns,
		match_ns - read_ns,
		bench_own_cpu_ns() - start_cpu_ns,
		file.items_count,
	};
	check_findings(world, &findings);
	merit_findings_free(&findings);
	merit_file_free(&file);
	return timing;
}

/* MiB of memory at most so far. Sizes grow, so it is that of the run before it was asked. */
static uint64_t peak_mib(void)
{
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage) != 0)
		bench_fail("getrusage");
	return (uint64_t)usage.ru_maxrss / 1024;
}

static void print_seconds(uint64_t ns)
{
	printf(" %5" PRIu64 ".%03" PRIu64, ns / 1000000000, ns / 1000000 % 1000);
}

static void print_row(const struct world *world, const struct timing *timing, uint64_t *first_row_ns)
{
	uint64_t rows = timing->theirs_count + world->ours_count;
	uint64_t spent_ns = timing->read_ns + timing->match_ns, row_ns = timing->cpu_ns / rows;

	if (*first_row_ns == 0)
		*first_row_ns = row_ns;
	uint64_t percent = bench_divide(row_ns * 100, *first_row_ns);
	printf("%10zu %10zu", timing->theirs_count, world->ours_count);
	print_seconds(timing->read_ns);
	print_seconds(timing->match_ns);
	print_seconds(timing->cpu_ns);
	printf(" %10" PRIu64 " %6" PRIu64 " %5" PRIu64 ".%02" PRIu64 "\n", bench_divide(rows * 1000000000, spent_ns),
	       peak_mib(), percent / 100, percent % 100);
	(void)fflush(stdout);
}

int main(int argc, char **argv)
{
	uint64_t rows_max = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000, first_row_ns = 0;

	if (argc > 2 || rows_max < ROWS_MIN || rows_max > 100000000) {
		(void)fputs("usage: merit-reconcile [ROWS, 10000 to 100000000]\n", stderr);
		return 2;
	}
	bench_machine_print(".");
	printf("%10s %10s %9s %9s %9s %10s %6s %8s\n", "theirs", "ours", "read s", "match s", "cpu s", "rows/s", "MiB",
	       "per row");
	for (uint64_t rows = ROWS_MIN; rows <= rows_max; rows *= 10) {
		struct world world;
		world_make(&world, rows);
		struct timing timing = run(&world);
		print_row(&world, &timing, &first_row_ns);
		world_free(&world);
	}
	return 0;
}
