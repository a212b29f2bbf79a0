/* bench.h - what every file of the benches uses: ending with a reason, and looking at clocks, processes and disks.
 *
 * Never   hides a failure: what goes wrong ends the program, since a fast error is not a result.
 * Units   _ns and _size (bytes) as everywhere; integers only, and parts of a whole are printed from them.
 * Threads any. */
#ifndef MERIT_BENCH_BENCH_H
#define MERIT_BENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "ledger/status.h"

/* Prints the reason on standard error and ends the program with 1. The scratch directory stays, for a look at what
 * happened, and is named where bench_scratch_begins was told of it. */
void bench_fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* The scratch directory of the run at hand; the text lives until it ended. An interrupt (SIGINT, SIGTERM, SIGHUP) from
 * now on kills the children at work, removes the directory and ends the program. One begun before is kept to: others
 * begun meanwhile are inside it. */
void bench_scratch_begins(const char *directory);
void bench_scratch_ended(const char *directory);

/* A child is at work, or has ended: for interrupts. At most BENCH_CHILDREN_MAX at once. */
#define BENCH_CHILDREN_MAX 4
void bench_child_begins(pid_t child);
void bench_child_ended(pid_t child);

/* Fails unless status is OK. */
void bench_check(enum merit_status status, const char *doing);

/* calloc that fails the bench. */
void *bench_allocate(size_t count, size_t size);

uint64_t bench_clock_ns(void);   /* of a clock that nobody sets */
int64_t bench_wall_ms(void);     /* Unix time */
uint64_t bench_own_cpu_ns(void); /* user and system time of this process, all threads */
uint64_t bench_process_cpu_ns(pid_t process);

/* Private memory that no file stands behind. 0 when the system will not say: meritd shows it to root only. */
uint64_t bench_process_anonymous_size(pid_t process);

/* Memory it shares with nobody, but could: of meritd the claims, which grow with the log. */
uint64_t bench_process_shared_size(pid_t process);

/* Bytes the process had the disk write so far. 0 when the system will not say. */
uint64_t bench_process_written_size(pid_t process);

/* What the file takes on the disk: blocks, not its length, which for a store is a map's. */
uint64_t bench_disk_size(const char *path);

/* amount / by, 0 for by 0: for ratios of counters. */
uint64_t bench_divide(uint64_t amount, uint64_t by);

/* How many a second; 0 where no time was spent. */
uint64_t bench_per_second(uint64_t count, uint64_t spent_ns);

struct bench_machine {
	char cpu[80], kernel[160], file_system[32];
	long cores_count;
	const char *build_type;
};

/* directory says which file system is meant. */
void bench_machine_describe(const char *directory, struct bench_machine *machine_out);
void bench_machine_print(const char *directory); /* as a line, with the load */

/* The system's one-minute load average in hundredths. */
unsigned bench_load_percent(void);

/* What all cores did since the machine started, in its ticks; stolen is when one had work and the host gave it to another
 * guest. And how many percent of what was wanted since then were stolen. */
struct bench_cores {
	uint64_t worked, stolen;
};
struct bench_cores bench_cores_now(void);
unsigned bench_stolen_percent(const struct bench_cores *since);

#endif
