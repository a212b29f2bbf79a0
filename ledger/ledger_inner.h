/* ledger_inner.h - what the files of the ledger share. For ledger/ only.
 *
 *   ledger.c        create, open, close, catching up with the log, keys told to who watches
 *   ledger_group.c  groups: room, entries, commit, what is due
 *   ledger_call.c   one call: who may, one id one outcome, decide, evolve, atomic groups
 *   ledger_reply.c  outcomes of entries as JSON-RPC
 *   ledger_permit.c which object a role may touch */
#ifndef MERIT_LEDGER_LEDGER_INNER_H
#define MERIT_LEDGER_LEDGER_INNER_H

#include "ledger/checkpoint.h"
#include "ledger/ledger.h"
#include "ledger/model.h"
#include "ledger/reply.h"
#include "ledger/store.h"
#include "ledger/tree.h"

/* What the group at hand will append. Nothing of it is on disk before commit. */
struct merit_pending {
	struct merit_buffer leaves;   /* one behind the other */
	size_t *ends;                 /* by entry: where its leaf ends in leaves */
	size_t count, capacity;
	struct merit_buffer requests; /* likewise */
	size_t *request_ends;
	size_t requests_count, requests_capacity;
	size_t requests_kept;         /* those that caused an entry; at most the last did not, yet */
	uint64_t allowed_size;        /* bytes the store has room for, as far as asked */
	uint64_t row_count;           /* rows asked for with them */
};

struct merit_ledger {
	struct merit_store *store;
	struct merit_store_reader *reader; /* the owner's; its view is open within a group */
	bool view_open;
	struct merit_model model;
	struct merit_tree tree;
	struct merit_verifier log;         /* the log's key and name */
	struct merit_secret_key log_key, system_key;
	bool may_write;
	bool holds_keys;                   /* an atomic group is being tried: keys are announced once it is accepted */
	struct merit_buffer held_keys;     /* and these are they: by key, the size and bytes of party and of key */
	size_t state_rows_max;

	uint64_t size;                     /* durable entries */
	uint64_t requests;                 /* durable requests */
	int64_t time_ms;                   /* of the last entry, durable or pending */
	int64_t group_ms;                  /* time of this group's entries */
	struct merit_pending pending;
	uint64_t system_request;           /* number of this group's request by the system key, UINT64_MAX = none yet */
	uint32_t system_index;
	struct merit_hash system_hash;
	struct merit_buffer checkpoint;    /* the newest note */

	void (*watch)(void *context, const struct merit_key_fact *fact);
	void *watch_context;
};

/* ---- ledger.c ---- */

/* The end of holding keys back: announces those held, or forgets them. */
void merit_ledger_release_keys(struct merit_ledger *ledger, bool announce);

/* ---- ledger_group.c ---- */

/* Adds request bytes to the group and gives them the next number. It is kept only if an entry follows: one that caused
 * none gives its number to the next. Returns STORE_FULL or NO_MEMORY. */
MERIT_MUST_USE enum merit_status merit_pending_request(struct merit_ledger *ledger, struct merit_text bytes,
						       uint64_t *number_out);

/* Whether that number is still this group's request, because an entry followed. */
bool merit_pending_keeps(const struct merit_ledger *ledger, uint64_t number);

/* Prints the entry as a leaf, evolves it and adds it to the group: the one way an entry comes into being.
 * Returns STORE_FULL, NO_MEMORY or ENTRY_TOO_LARGE, with nothing changed. */
MERIT_MUST_USE enum merit_status merit_pending_entry(struct merit_ledger *ledger, struct merit_entry *entry);

/* Forgets the pending entries from index on (their state is rolled back by the caller). */
void merit_pending_cut(struct merit_ledger *ledger, size_t count, size_t requests_count);

/* The seq the next entry gets. */
uint64_t merit_ledger_next_seq(const struct merit_ledger *ledger);

/* Writes what is due by the group's time, at most effects_max entries. */
MERIT_MUST_USE enum merit_status merit_ledger_tick(struct merit_ledger *ledger, size_t effects_max);

/* Whether the sweep at the group's begin left anything due: only then need anything be settled before its turn. */
bool merit_ledger_has_backlog(struct merit_ledger *ledger);

/* Writes what is due for the member or order that the parameters name; where they name neither, everything due. */
MERIT_MUST_USE enum merit_status merit_ledger_settle(struct merit_ledger *ledger, const struct merit_parameter *parameters,
						     size_t count, const struct merit_value *values);

/* Prints the JSON of the request under which the system key writes what is due by time_ms. */
void merit_tick_put(struct merit_buffer *json, int64_t time_ms);

/* ---- ledger_call.c ---- */

/* Who makes a call. */
struct merit_identity {
	struct merit_text party, key;
	enum merit_role role;
	bool is_binding;                /* signed by the key it brings: only key.bind, whose results are then known */
	struct merit_value bind_results[MERIT_RESULTS_MAX];
	char bind_texts[MERIT_RESULTS_MAX][MERIT_ID_SIZE_MAX]; /* which they point to: it is not copied */
};

/* Finds who makes a call at time_ms, its turn: a live key, or a good token, of somebody who may make it for these objects.
 * Texts are borrowed from the request and from identity_out itself.
 * Returns UNKNOWN_KEY, REVOKED_KEY, BAD_TOKEN or NOT_PERMITTED */
MERIT_MUST_USE enum merit_status merit_call_identify(struct merit_model *model, const struct merit_request *request,
						     const struct merit_call *call, int64_t time_ms,
						     struct merit_identity *identity_out);

/* The entry of a call, ready to be decided but for seq, time, day and the request's number, which the caller gives. */
void merit_call_enter(struct merit_model *model, const struct merit_identity *who, const struct merit_request *request,
		      size_t call_index, struct merit_entry *entry);

/* ---- ledger_permit.c ---- */

/* Whether the caller may make this call, for these objects. */
bool merit_permit_call(struct merit_model *model, struct merit_text party, enum merit_role role,
		       const struct merit_operation *operation, const struct merit_value *values);

/* Whether a caller may see an account's balance. */
bool merit_permit_account(struct merit_model *model, struct merit_text party, enum merit_role role,
			  enum merit_account account, struct merit_text holder);

/* Whether a caller may see an entry whole: its own doing, or one of its own accounts or objects in it. */
bool merit_permit_entry(struct merit_model *model, struct merit_text party, enum merit_role role,
			const struct merit_entry *entry);

/* ---- ledger_reply.c ---- */

/* The outcome of an entry as a JSON object: status, seq, time, day, id; why, or result and the balances behind it. */
void merit_reply_outcome(struct merit_ledger *ledger, struct merit_buffer *out, const struct merit_entry *entry,
			 struct merit_text caller, enum merit_role role);

/* A whole answer for an entry: a result, or an error whose data is the outcome. */
void merit_reply_entry(struct merit_ledger *ledger, struct merit_buffer *out, struct merit_text correlation,
		       const struct merit_entry *entry, struct merit_text caller, enum merit_role role);

#endif
