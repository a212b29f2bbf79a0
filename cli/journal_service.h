/* journal_service.h - where a command's entries come from: --data DIR, a data directory or a backup, or the service of
 * the profile, far away perhaps (report/journal.h).
 *
 * Service  pages of entry.list, records put together again byte by byte. What is read from the first entry to the
 *          last is hashed, and must come to the checkpoint's root.
 * Errors   are printed when a call returns. */
#ifndef MERIT_CLI_JOURNAL_SERVICE_H
#define MERIT_CLI_JOURNAL_SERVICE_H

#include "cli/session.h"
#include "report/journal.h"

/* A journal over a session, which stays the caller's and must live longer. Here and in a fetch, a call that fails has
 * been complained of by the session, and is UNREACHABLE, NOT_PERMITTED or BAD_REQUEST, so that merit_exit_of is its
 * exit; what the service says is BAD_REPLY or BAD_FORMAT where it is no log, PROOF_FAILED where its entries are not
 * the checkpoint's. */
MERIT_MUST_USE enum merit_status merit_journal_open_service(struct merit_session *session,
							   struct merit_journal **journal_out);

/* What a command reads from; it stays where it is while it is open. */
struct merit_reading {
	struct merit_journal *journal;
	const char *dir; /* of --data; NULL: the service */
	struct merit_session session;
};

/* Opens --data DIR, or else the service of the profile. */
MERIT_MUST_USE enum merit_exit merit_reading_open(const struct merit_arguments *arguments,
						  struct merit_reading *reading_out);
void merit_reading_close(struct merit_reading *reading);

/* The exit that a status of reading from it means; where it is not OK its reason is printed, once. */
enum merit_exit merit_reading_end(const struct merit_reading *reading, enum merit_status status);

/* Tells people at a terminal how far a pass is: for merit_journal_each. NULL where nobody looks. */
const struct merit_journal_progress *merit_reading_progress(void);

#endif
