/* ledger.h - the ledger: a data directory, its state, and groups of requests that become entries.
 *
 * Order    create once; open; then groups: begin, any number of execute and query, commit; close. close(NULL) does nothing.
 * Commit   is seal, write and written in one. Apart they let the owner decide the next group while another thread makes
 *          this one durable: calls of the next group see what the sealed one decided, but what an answer says of the log
 *          itself (size, checkpoint, proofs) is of what was taken over as durable. No answer may leave before the group it
 *          was made in is written.
 * Time     the caller's clock arrives with begin; entries carry the larger of it and the last entry's time.
 * Threads  one thread owns the ledger; only merit_ledger_write and merit_ledger_flush may run in another (see there).
 *          Readers of the log in other threads or processes use store.h.
 * Failure  after STORE_FAILED from commit the memory is ahead of the disk: the process must end; the log is the truth. */
#ifndef MERIT_LEDGER_LEDGER_H
#define MERIT_LEDGER_LEDGER_H

#include "ledger/request.h"

struct merit_ledger;

/* What a new ledger is: the parameters of its first entry. */
struct merit_ledger_birth {
	const char *origin;
	const struct merit_secret_key *log_key, *system_key, *admin_key;
	const uint8_t *private_key; /* MERIT_PLAIN_KEY_SIZE bytes, of the vault; NULL: none is made */
	const char *admin, *admin_key_name;
	int offset_minutes;
	const char *refund_policy; /* "restore", "grace" or "forfeit" */
	int grace_days, hold_minutes, receive_days, late_days, erase_days;
	int64_t time_ms;
};

/* Makes a data directory with its first entry, signed by the admin's key; goes on where an earlier attempt was cut off before
 * that entry. Returns EXISTS, IN_USE, BAD_PARAMS, IO_FAILED, STORE_FULL. */
MERIT_MUST_USE enum merit_status merit_ledger_create(const char *directory, const struct merit_ledger_birth *birth);

struct merit_ledger_options {
	const char *directory;
	const struct merit_secret_key *log_key, *system_key; /* NULL, NULL: open to read; groups may not be committed */
	const uint8_t *private_key; /* of the vault, which is made where there is none; NULL: private data stays closed */
	size_t map_size;          /* bytes of address space a store may grow to; 0 = 64 GiB */
	size_t state_rows_max;    /* dirty rows that make a write-back due; 0 = the default */
	bool rebuild;             /* ignore state/ and derive it afresh */
};

/* Opens and catches up: what the log has beyond the last write-back is evolved again.
 * Returns IN_USE, FORMAT_VERSION, NOT_FOUND, BAD_FORMAT (keys that are not this ledger's), WRONG_KEY (of the
 * vault), CORRUPT, IO_FAILED. */
MERIT_MUST_USE enum merit_status merit_ledger_open(const struct merit_ledger_options *options,
						   struct merit_ledger **ledger_out);
void merit_ledger_close(struct merit_ledger *ledger);

struct merit_text merit_ledger_origin(const struct merit_ledger *ledger);
uint64_t merit_ledger_size(const struct merit_ledger *ledger);        /* durable entries */
int64_t merit_ledger_time_ms(const struct merit_ledger *ledger);      /* of the last entry */
bool merit_ledger_may_write(const struct merit_ledger *ledger);       /* false: opened without keys, or restored */
struct merit_store *merit_ledger_store(struct merit_ledger *ledger);  /* for readers in other threads */
const struct merit_public_key *merit_ledger_log_key(const struct merit_ledger *ledger);

/* Starts a group. Checks room for requests_size bytes of requests with calls_count writes: STORE_FULL, or READ_ONLY.
 * First writes what the clock has made due, up to MERIT_TICK_EFFECTS_MAX effects; where calls wait a quarter of that,
 * and what is left goes on with the groups behind. */
MERIT_MUST_USE enum merit_status merit_ledger_begin(struct merit_ledger *ledger, int64_t wall_ms, size_t requests_size,
						    size_t calls_count);

/* Asks for room for more writes in the group begun: STORE_FULL or STORE_FAILED, and the group is as it was. */
MERIT_MUST_USE enum merit_status merit_ledger_extend(struct merit_ledger *ledger, size_t requests_size,
						     size_t calls_count);

/* Decides every call of a write in order and prints its reply (the JSON-RPC reply's JSON, ready to send after commit).
 * Key, role and freshness of the key are checked again here, at each call's own turn. Signature and shape are the caller's. */
MERIT_MUST_USE enum merit_status merit_ledger_execute(struct merit_ledger *ledger, const struct merit_request *request,
						      struct merit_buffer *reply);

/* Answers the calls of a read into reply, as things stand in this group: each in turn, until MERIT_ANSWER_SIZE_MAX bytes. */
MERIT_MUST_USE enum merit_status merit_ledger_query(struct merit_ledger *ledger, const struct merit_request *request,
						    struct merit_buffer *reply);

/* Makes the group durable: first its private bytes and erasures, where it has any, then requests, entries, tree, one
 * signed checkpoint. A group without entries costs nothing. Returns what seal, write and written do. */
MERIT_MUST_USE enum merit_status merit_ledger_commit(struct merit_ledger *ledger);

/* The end of the log, to be shown to others: borrowed until the next merit_ledger_write. */
struct merit_ledger_head {
	uint64_t size;                /* entries */
	int64_t time_ms;              /* of the last one */
	struct merit_text checkpoint; /* the signed note over them */
};

/* The same in three steps, of which a group begun between them is not disturbed.
 * seal     owner: ends the group at hand and hands it over. Only when the one before it was taken over
 * write    any one thread, beside everything of the owner's but seal, written, freeze and close: makes the sealed group
 *          durable, or costs nothing when it has no entries. *head_out is the log's end from then on
 * written  owner, after write: takes over what is durable now. May come between the calls of a group
 * All return STORE_FAILED, written also IO_FAILED or NO_MEMORY, seal also NO_MEMORY or CORRUPT, when an entry that something
 * was decided by could not be read, or was not the tree's: end the process. The caller's hand-over (a mutex, a join) orders the three. */
MERIT_MUST_USE enum merit_status merit_ledger_seal(struct merit_ledger *ledger);
MERIT_MUST_USE enum merit_status merit_ledger_write(struct merit_ledger *ledger, struct merit_ledger_head *head_out);
MERIT_MUST_USE enum merit_status merit_ledger_written(struct merit_ledger *ledger);

/* Why the log or the vault failed, for one line in the service's log; NULL while neither has. */
const char *merit_ledger_failure(const struct merit_ledger *ledger);

/* The newest signed checkpoint (a C2SP note), valid until the next commit or written. */
struct merit_text merit_ledger_checkpoint(const struct merit_ledger *ledger);

/* Whether anything is due by wall_ms, so that an idle service wakes for it; the time of the next thing due, or INT64_MAX. */
int64_t merit_ledger_next_due_ms(struct merit_ledger *ledger);

/* Write-back. When due: freeze in the owner's thread while no group is begun or sealed, so that state on the disk is never
 * ahead of the log; flush in any thread; then flushed in the owner's. */
bool merit_ledger_flush_due(const struct merit_ledger *ledger);
void merit_ledger_freeze(struct merit_ledger *ledger);
MERIT_MUST_USE enum merit_status merit_ledger_flush(struct merit_ledger *ledger);
void merit_ledger_flushed(struct merit_ledger *ledger);

/* What state takes, for the owner to tell. */
struct merit_ledger_usage {
	uint64_t memory_size;  /* bytes, over all levels */
	uint64_t claims_count; /* ids, references and evidence in use */
};
struct merit_ledger_usage merit_ledger_measure(const struct merit_ledger *ledger);

/* Lets log, state and private bytes use pages again that a killed reader looked at, such as a merit verify or a backup:
 * without it they grow with every commit until the next start. Now and then. */
void merit_ledger_drop_dead_readers(struct merit_ledger *ledger);

/* Visits every row of state in order of table and key: the same rows for the same log, whatever was written back when. */
void merit_ledger_dump(struct merit_ledger *ledger,
		       bool (*visit)(void *context, uint8_t table, const void *key, size_t key_size, const void *value,
				     size_t size),
		       void *context);

/* The public key behind a kid, for checking signatures before the queue. Called by the owner; see each_key for other threads. */
struct merit_key_fact {
	struct merit_text party, key;
	enum merit_role role;
	struct merit_public_key public_key;
	bool revoked;
};

/* Calls visit for every key known, then keeps calling it, from inside execute, for every key added or revoked since:
 * the service keeps its snapshot with it. Facts are borrowed for the call. */
void merit_ledger_watch_keys(struct merit_ledger *ledger, void (*visit)(void *context, const struct merit_key_fact *fact),
			     void *context);

#endif
