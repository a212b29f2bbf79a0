/* report.h - the results of runs, for people and for programs. README.md says how to read them. */
#ifndef MERIT_BENCH_REPORT_H
#define MERIT_BENCH_REPORT_H

#include "bench/control.h"
#include "bench/drive.h"

struct bench_run {
	struct bench_shape shape;
	struct bench_timing timing;
	struct bench_controls controls;
	unsigned load_percent;            /* load average before the run, in hundredths */
	uint64_t log_size, state_size;    /* bytes on the disk for an entry */
	uint64_t anonymous_size;          /* the service's memory at the end; 0 = not known */
	bool is_verified;
	uint64_t verified_entries, verify_cpu_ns, verify_wall_ns;
};

/* The line that says what figures may be compared: those under equal lines. */
void bench_report_machine(const struct bench_machine *machine);
void bench_report_head(void);
void bench_report_run(const struct bench_run *run);

/* All of it as one JSON object on one line. */
void bench_report_json(const struct bench_machine *machine, const struct bench_run *runs, size_t count);

#endif
