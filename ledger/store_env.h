/* store_env.h - what the LMDB environments of a data directory (log, state, private) share: making, opening, copying
 * and measuring one, and the faults tests put in their way. It knows nothing of any table and never logs.
 *
 * Flags    no MDB_WRITEMAP (a stray write would corrupt the file, and it writes far more), no MDB_NOSYNC: a commit is
 *          on the disk when it returns. No MDB_DUPSORT: LMDB 0.9.24 has open defects there.
 * Once     LMDB allows one open environment per path and process; an environment is never used after fork().
 * Threads  a write transaction begins, works and ends in one thread; with MDB_NOTLS a read transaction may move.
 * Source   lmdb.h of 0.9.24 */
#ifndef MERIT_LEDGER_STORE_ENV_H
#define MERIT_LEDGER_STORE_ENV_H

#include "ledger/status.h"

#include <limits.h>
#include <lmdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MERIT_ENV_READERS_MAX 512 /* read transactions open at once, over all processes */

/* For tests: makes one store call fail. Not for use from two threads at once; NULL stands for no fault. */
struct merit_fault {
	uint64_t calls_left; /* the call that takes this to 0 fails; 0 from the start: none does */
	int rc;              /* what that call answers: an errno or an MDB_ code */
};

/* Counts one store call. 0, or the fault's rc when this is the call that must fail. */
int merit_fault_pass(struct merit_fault *fault);

/* DIR/name into path_out. False when it is too long. */
MERIT_MUST_USE bool merit_env_path(char path_out[PATH_MAX], const char *dir, const char *name);

/* The status for an LMDB or errno code met outside a group's writes. MERIT_OK for 0. */
enum merit_status merit_env_status(int rc);

/* Opens the environment in directory path with room for four named tables. Returns 0, an errno or an MDB_ code.
 * flags  MDB_RDONLY, whose map is at least the writer's, or 0; to read a backup, nothing of it needs to be writable */
MERIT_MUST_USE int merit_env_open(const char *path, uint64_t map_size, unsigned flags, struct merit_fault *fault,
                                  MDB_env **env_out);

/* Forgets what processes were reading that have been killed: the pages they looked at could not be used again. Any
 * thread. Opening does it, too. */
void merit_env_drop_dead_readers(MDB_env *env);

/* Makes the environment DIR/name, and DIR where it is missing. fill writes its first rows, in one transaction. It
 * appears whole or not at all: a kill half-way leaves only DIR/name.new, which the next attempt replaces.
 * Returns  EXISTS, STORE_FULL, NO_MEMORY or IO_FAILED */
MERIT_MUST_USE enum merit_status merit_env_create(const char *dir, const char *name, uint64_t map_size,
                                                  struct merit_fault *fault, int (*fill)(MDB_txn *txn, void *context),
                                                  void *context);

/* A consistent copy of env, taken beside its writer, as TARGET_DIR/name: on the disk when this returns, whole or
 * absent. It holds one read transaction meanwhile, so the original grows with every commit. The compact copy of LMDB
 * runs a thread of its own, which has ended on return.
 * compact_out  false: LMDB found pages that belong to nobody, and the copy is a plain one, as large as the original;
 *              verify it, since that could be damage, too
 * Returns      EXISTS, NO_MEMORY, STORE_FULL or IO_FAILED */
MERIT_MUST_USE enum merit_status merit_env_copy(MDB_env *env, const char *target_dir, const char *name,
                                                bool *compact_out);

/* What is kept free, in bytes. */
struct merit_env_reserve {
	uint64_t map_size;
	uint64_t disk_size;
};

/* Whether row_count rows of together size bytes fit both the map and the disk behind env, beside the reserve. Counts
 * every page as new, so it errs towards no. Any thread.
 * Returns  STORE_FULL or IO_FAILED */
MERIT_MUST_USE enum merit_status merit_env_room(MDB_env *env, uint64_t size, uint64_t row_count,
                                                const struct merit_env_reserve *reserve);

/* The file that marks a data directory as a copy, which must not be written: see backup.h. */
#define MERIT_COPY_MARKER "restored"

/* Whether the data directory is one. Unsure counts as yes. */
bool merit_env_is_copy(const char *dir);

/* Removes the environment in directory path, which nobody may have open. Missing is fine. False with errno set. */
MERIT_MUST_USE bool merit_env_remove(const char *path);

/* Makes the names in directory path durable. False with errno set. */
MERIT_MUST_USE bool merit_env_sync_dir(const char *path);

#endif
