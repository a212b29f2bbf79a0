/* report.h - the results of runs, for people and for programs. README.md says how to read them. */
#ifndef MERIT_BENCH_REPORT_H
#define MERIT_BENCH_REPORT_H

#include "bench/run.h"

/* The line that says what figures may be compared: those under equal lines. */
void bench_report_machine(const struct bench_machine *machine);
void bench_report_head(void);
void bench_report_run(const struct bench_run *run);

/* "before" the clock started or "inside": when messages were made and signed. */
const char *bench_signed_word(const struct bench_shape *shape);

/* Entries a second in percent of the raw LMDB append. */
uint64_t bench_percent_of_rows(const struct bench_run *run);

/* Messages for each flush the disk could have done, in percent: above 100, groups hold more than one. 0 of reads. */
uint64_t bench_percent_of_flushes(const struct bench_run *run);

/* ---- JSON: report_json.c ---- */

/* A number under its name. */
void bench_json_number(struct merit_buffer *out, const char *name, uint64_t number);

/* The members of an object that say what machine it is; one run as an object. */
void bench_json_machine(struct merit_buffer *out, const struct bench_machine *machine);
void bench_json_run(struct merit_buffer *out, const struct bench_run *run);

/* All of it as one object on one line. */
void bench_report_json(const struct bench_machine *machine, const struct bench_run *runs, size_t count);

#endif
