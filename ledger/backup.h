/* backup.h - copies of a data directory, and coming back from one.
 *
 * A backup is the log and the private rows; state is derived and left out. Keys are not in it: they are kept elsewhere.
 * Every copy, the backup itself and what is restored from it, opens read-only until it is shown the newest checkpoint
 * anybody knows: one that is behind would otherwise sign a second history. */
#ifndef MERIT_LEDGER_BACKUP_H
#define MERIT_LEDGER_BACKUP_H

#include <stddef.h>
#include <stdint.h>

#include "ledger/key.h"
#include "ledger/status.h"

/* Copies directory, beside a running service, into target, which must not exist; target is complete or absent, and marked
 * read-only.
 * Returns EXISTS, NOT_FOUND, IO_FAILED, STORE_FULL. */
MERIT_MUST_USE enum merit_status merit_backup(const char *directory, const char *target);

/* Makes a data directory out of a backup, marked read-only. Returns EXISTS, NOT_FOUND, CORRUPT, IO_FAILED. */
MERIT_MUST_USE enum merit_status merit_restore(const char *backup, const char *directory);

/* Lets a copy write again: newest is the newest signed checkpoint known (a C2SP note). The directory's log
 * must hold exactly that tree, or more with a proof of consistency.
 * Returns PROOF_FAILED when the log is behind or another history, BAD_SIGNATURE, BAD_FORMAT, IO_FAILED. */
MERIT_MUST_USE enum merit_status merit_restore_confirm(const char *directory, const char *newest, size_t newest_size);

#endif
