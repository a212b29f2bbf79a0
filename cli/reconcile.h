/* reconcile.h - merit reconcile while it goes on: command_reconcile.c reads and compares, reconcile_commit.c makes it a part
 * of the record, reconcile_show.c shows it. */
#ifndef MERIT_CLI_RECONCILE_H
#define MERIT_CLI_RECONCILE_H

#include "cli/journal_service.h"
#include "recon/run.h"

struct merit_reconcile {
	const struct merit_arguments *arguments;
	struct merit_reading reading;
	struct merit_session own;      /* of --data with --commit */
	struct merit_session *session; /* NULL: none is needed */
	struct merit_rules rules;
	struct merit_mapping_file *mappings[MERIT_RECON_LEGS_MAX];
	struct merit_hash mapping; /* of the mapping's bytes; of two the hash of their hashes */
	bool has_mapping;
	struct merit_file files[MERIT_RECON_LEGS_MAX];
	const char *names[MERIT_RECON_LEGS_MAX];
	int files_count;
	struct merit_recon_run run;
	struct merit_hash report; /* of the CSV of all lines */
	const char *commit;       /* the run's name; NULL: a preview */
	const char *check;        /* a run to be made again; NULL: none */
	uint64_t size;            /* the entries looked at */
	char supersedes[MERIT_NAME_SIZE_MAX + 1]; /* as given, or as the run in the record says */
	int32_t first_day, last_day;              /* the same; MERIT_DAY_NONE: the file's own */
	bool is_begun;                            /* the run is in the record already: */
	int64_t recorded, resolved;               /* and so many of its breaks */
	struct merit_hash begun_report;
	struct merit_answer answer; /* what proposal is in; freed with it */
	const cJSON *proposal;      /* a proposal of the run's name, of whatever it is; NULL: there is none */
	int64_t seq;              /* of the entry that committed it, or -1 */
	bool is_proposed;         /* it waits for another party */
	bool is_committed;        /* it is in the record, with all its breaks */
	bool is_same;             /* made again it came to what the record says */
};

/* Looks whether the run to be committed is in the record already: then the same is looked at again, from the same
 * entries, and what is missing of it is added. */
MERIT_MUST_USE enum merit_exit merit_reconcile_find(struct merit_reconcile *reconcile);

/* Commits the run, or proposes it where the source's break rate asks for two parties; then its breaks. Said twice it
 * goes on where it stopped. */
MERIT_MUST_USE enum merit_exit merit_reconcile_commit(struct merit_reconcile *reconcile);

/* The params of its calls but for the id: of recon.commit without the braces; and of each of the entries that follow. */
void merit_reconcile_put_run(struct merit_buffer *out, const struct merit_reconcile *reconcile);
void merit_reconcile_put_break(struct merit_buffer *out, const struct merit_reconcile *reconcile, size_t place);
void merit_reconcile_put_cleared(struct merit_buffer *out, const struct merit_reconcile *reconcile, size_t place);

/* Takes from the entries what the run to be checked was made of; then, once it was made again, whether all of it is what
 * the record says: REFUSED, with the first difference printed, where it is not. */
MERIT_MUST_USE enum merit_exit merit_reconcile_recall(struct merit_reconcile *reconcile);
MERIT_MUST_USE enum merit_exit merit_reconcile_compare(struct merit_reconcile *reconcile);

/* Shows the run: a table, --csv or --json; and writes the page of --html. */
MERIT_MUST_USE enum merit_exit merit_reconcile_show(const struct merit_reconcile *reconcile);

#endif
