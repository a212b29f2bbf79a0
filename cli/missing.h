/* missing.h - what a month still waits for before it can be closed, each with the command that mends it. */
#ifndef MERIT_CLI_MISSING_H
#define MERIT_CLI_MISSING_H

#include "cli/session.h"
#include "recon/stale.h"

/* Asks the service and prints what is missing, with it the runs that are stale, which the service does not know; --json
 * as it came, and those. DONE when nothing is; REFUSED when something is. */
MERIT_MUST_USE enum merit_exit merit_missing_print(struct merit_session *session, const char *month,
						   const struct merit_stale_list *stale);

#endif
