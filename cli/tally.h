/* tally.h - what became of an import's rows: counts by outcome, the rows refused, and how far it is.
 *
 * Rejects  a CSV file of the rows that were not accepted: merit_line, merit_status, merit_why, merit_id, then the
 *          parameters under their own names, so that the mended file can be imported as it is. Written beside and
 *          renamed at the end: what an earlier run left stays until then. See merit_csv_put_safe for formulas.
 * Progress a line that rewrites itself on a terminal; else a plain line every ten seconds. On standard error. */
#ifndef MERIT_CLI_TALLY_H
#define MERIT_CLI_TALLY_H

#include <sys/stat.h>

#include "cli/output.h"
#include "cli/private.h"
#include "ledger/json.h"

#define MERIT_TALLY_STATUSES_MAX 64
#define MERIT_TALLY_LINES_MAX    5
#define MERIT_TALLY_WORD_SIZE    32 /* with its NUL */

/* The rows of one refusal. */
struct merit_tally_row {
	char word[MERIT_TALLY_WORD_SIZE];      /* its status; bad_reply for what is none */
	uint64_t now_count;                    /* refused in this run */
	uint64_t before_count;                 /* refused in an earlier one */
	uint64_t lines[MERIT_TALLY_LINES_MAX]; /* the first of them */
	size_t lines_count;
};

struct merit_tally {
	uint64_t rows_count;     /* in the file */
	uint64_t left_out_count; /* by --where */
	uint64_t bad_count;      /* that could not be understood */
	uint64_t kept_count;     /* to be sent */
	uint64_t accepted_count, accepted_before_count;
	uint64_t refused_count, refused_before_count;
	struct merit_tally_row rows[MERIT_TALLY_STATUSES_MAX];
	size_t statuses_count;
	FILE *rejects;            /* or NULL */
	const char *rejects_path; /* what it becomes when it is whole */
	char *draft_path; /* what it is until then; NULL: rejects_path is no plain file and is written at once */
	bool is_retrying; /* later attempts were looked at */
	const struct merit_method *method;
	int64_t started_ms, shown_ms; /* of a clock that only goes forward */
	bool is_terminal;
};

/* Takes the rejects file, a path or NULL: rows go to PATH.new until close. source is the file of rows, which it must
 * not be. False, with the reason printed. */
MERIT_MUST_USE bool merit_tally_open(struct merit_tally *tally, const struct merit_method *method,
                                     const char *rejects_path, const struct stat *source);

/* PATH.new becomes PATH where is_kept says so, else PATH stays as it was. False, with the reason printed, when the file
 * could not be written whole. */
MERIT_MUST_USE bool merit_tally_close(struct merit_tally *tally, bool is_kept);

void merit_tally_accepted(struct merit_tally *tally, bool is_before);

/* call is what was sent; private texts go into the rejects as they were in the file of rows. */
void merit_tally_refused(struct merit_tally *tally, bool is_before, uint64_t line, const char *id,
                         const struct merit_call_text *call, const struct merit_client_outcome *outcome);

/* A row that could not be understood. */
void merit_tally_bad(struct merit_tally *tally, uint64_t line, const char *why);

void merit_tally_start(struct merit_tally *tally);
void merit_tally_progress(struct merit_tally *tally, bool is_last);

/* The summary, as a table or as JSON. */
void merit_tally_print(struct merit_tally *tally, FILE *file, bool is_json);

#endif
