/* report.h - the table of reports: what each is called, what it needs, and how it is made from entries.
 *
 * One pass   every report is fed the same entries, one by one, and finished into a sheet: so a close makes them all while
 *            the log is read once.
 * From       entries alone: postings, values, results. No state, no service: what a report says can be made again by
 *            whoever has the log.
 * Which      the entries before options.size (as known). With a period, of those all dated up to its last day (as dated):
 *            before first_day is the opening, from it on the movement. Without one everything is movement.
 * Closed     of a closed month the size is that which its closing entry names, unless it was reopened since: so a
 *            closed month's reports are the same bytes for ever (merit_report_bind). */
#ifndef MERIT_REPORT_REPORT_H
#define MERIT_REPORT_REPORT_H

#include "report/catalog.h"
#include "report/sheet.h"
#include "report/journal.h"

struct merit_report_options {
	int32_t first_day; /* MERIT_DAY_NONE: since the beginning */
	int32_t last_day;  /* MERIT_DAY_NEVER: no end */
	uint64_t size;     /* only entries before this one; at most the journal's */
	struct merit_text party;    /* statements: whose */
	struct merit_text currency; /* statements of partners; empty: all */
	int64_t each_minor, total_minor; /* disclosure: a recipient's awards below each count only once the year's total is
					  * at total or above; 0: all are reported */
};

struct merit_report_job; /* a report under way */

struct merit_report_kind {
	const char *name;  /* "liability", as on the command line */
	const char *title;
	const char *about; /* half a line, for help */
	bool is_closing;   /* part of a month's close: needs a period and nothing else */
	bool needs_party, needs_period; /* a year for disclosure is a period of twelve months */
	size_t context_size;
	enum merit_status (*begin)(struct merit_report_job *job);
	enum merit_status (*take)(struct merit_report_job *job, const struct merit_entry *entry);
	enum merit_status (*finish)(struct merit_report_job *job, struct merit_sheet *sheet);
	void (*free)(struct merit_report_job *job);
};

struct merit_report_job {
	const struct merit_report_kind *kind;
	const struct merit_report_options *options;
	struct merit_catalog *catalog; /* has taken the entry before take sees it */
	struct merit_journal *journal;   /* to read another entry: of a reversal, the earn */
	struct merit_arena arena;      /* lives as long as the job */
	void *context;                 /* context_size zeroed bytes */
	const char *fault;             /* of BAD_PARAMS: what is wrong, such as "no such party" */
	bool is_beyond;                /* a sum did not fit in 64 bits: the report is not made (merit_report_add) */
};

/* By place in the table, NULL past the end; and by name, NULL when there is none. */
const struct merit_report_kind *merit_report_at(size_t index);
const struct merit_report_kind *merit_report_named(const char *name);

/* Whether the entry belongs to the movement, to the opening, or to neither (dated behind last_day). */
enum merit_report_part { MERIT_PART_OPENING, MERIT_PART_MOVEMENT, MERIT_PART_NEITHER };
enum merit_report_part merit_report_part(const struct merit_report_options *options, int32_t day);

/* Adds to a sum of the job's. */
void merit_report_add(struct merit_report_job *job, int64_t *sum_io, int64_t amount);

/* Makes count reports in one pass over the journal; sheets_out has as many, to be freed one by one on OK. fault_out is set
 * on BAD_PARAMS. An approval is given to take as what it carried out (merit_entry_unwrap). Refusals are not given. */
MERIT_MUST_USE enum merit_status merit_reports_make(struct merit_journal *journal,
						    const struct merit_report_kind *const *kinds, size_t count,
						    const struct merit_report_options *options,
						    const struct merit_journal_progress *progress,
						    struct merit_sheet *sheets_out, const char **fault_out);

/* Where options.first_day to last_day is months that are closed, lowers options->size to what the closing entry of the
 * last of them names. One quick pass over the log. */
MERIT_MUST_USE enum merit_status merit_report_bind(struct merit_journal *journal, struct merit_report_options *options_io,
						   bool *is_closed_out);

#endif
