/* entries.h - which entries a report or an export is of, as a command line says it.
 *
 * Dated  --period MONTH|YEAR, or --from DAY and --to DAY: by the accounting day.
 * Known  --as-of SEQ|TIME|DAY: only what was written by then. */
#ifndef MERIT_CLI_ENTRIES_H
#define MERIT_CLI_ENTRIES_H

#include "cli/journal_service.h"
#include "report/report.h"

/* Reads --period, --from and --to; what is not said stays open: MERIT_DAY_NONE, MERIT_DAY_NEVER. False, with the reason
 * printed. */
MERIT_MUST_USE bool merit_entries_period(const struct merit_arguments *arguments,
					 struct merit_report_options *options_out);

/* Sets options->size, by --as-of where it was given. On anything but DONE the reason is printed. */
MERIT_MUST_USE enum merit_exit merit_entries_as_of(const struct merit_arguments *arguments,
						   const struct merit_reading *reading,
						   struct merit_report_options *options);

#endif
