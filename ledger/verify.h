/* verify.h - proves a log, or names the first thing that is wrong with it.
 *
 * Structure   leaves -> hashes -> root -> every signed checkpoint, each consistent with the next; nothing missing, nothing
 *             extra in any table
 * Authorship  each request's bytes have the hash its entries name, hold the calls they record, and are signed by a key
 *             that was valid at that point of the log
 * Arithmetic  postings of every entry sum to zero per unit and campaign; floors are kept
 * Rules       every entry decided again from what went before is the same bytes; evolved afresh, the tables are those of
 *             state/ (where that is present and complete)
 *
 * Reads only, beside a running service or on a backup; needs no key but, if given, the log key the caller trusts. Of a log
 * that grows meanwhile it proves what was there as it began. */
#ifndef MERIT_LEDGER_VERIFY_H
#define MERIT_LEDGER_VERIFY_H

#include "ledger/key.h"
#include "ledger/status.h"

#define MERIT_VERIFY_FAULT_SIZE 240

struct merit_verify_options {
	const char *directory;
	const struct merit_public_key *log_key; /* the trusted log key; NULL = take the one the first entry names */
	bool skip_state;                        /* leave state/ alone, as on a backup of the log only */
	void (*progress)(void *context, uint64_t done, uint64_t total); /* entries; may be NULL */
	void *progress_context;
};

struct merit_verify_report {
	uint64_t entries, requests, checkpoints, tiles, state_rows;
	bool structure, authorship, arithmetic, rules; /* what was proven */
	char root_hex[65];                             /* of the newest checkpoint */
	char fault[MERIT_VERIFY_FAULT_SIZE];           /* the first fault: "entry 17: ...", empty when there is none */
};

/* Returns OK only when all of it holds; CORRUPT with report_out->fault set; or NOT_FOUND, FORMAT_VERSION, IO_FAILED,
 * NO_MEMORY. report_out is filled in every case, as far as the proof came. */
MERIT_MUST_USE enum merit_status merit_verify(const struct merit_verify_options *options,
					      struct merit_verify_report *report_out);

#endif
