/* far.h - a ledger as nothing but a source of entries, for tests of rooms whose types go by the same names as the
 * ledger's own: an item, a run. The fixture behind it stays out of sight (tests/support/fixture.h). */
#ifndef MERIT_TESTS_SUPPORT_FAR_H
#define MERIT_TESTS_SUPPORT_FAR_H

#include "report/journal.h"

struct far; /* Opaque. */

/* The fixture's world; and a second finance party, fin2. */
struct far *far_new(void);
void far_free(struct far *far);

/* An accepted call; its parameters are a format with ' for ". */
void far_call(struct far *far, const char *kid, const char *method, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* The same, called by nobody alone: proposed by fin, approved by fin2. */
void far_agree(struct far *far, const char *proposal, const char *method, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* So many days later, with all that fell due. */
void far_days(struct far *far, int days);

/* How many entries there are. */
uint64_t far_size(const struct far *far);

/* All entries; the ledger is closed until the source is given back. */
struct merit_journal *far_source(struct far *far);
void far_source_end(struct far *far, struct merit_journal *source);

#endif
