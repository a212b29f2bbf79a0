/* ledger_inner.h - what the files of the ledger share. For ledger/ only.
 *
 *   ledger.c        open, close, catching up with the log, keys told to who watches
 *   ledger_birth.c  create: the first request and its entry
 *   ledger_group.c  groups: room, entries, what is due
 *   ledger_commit.c groups made durable, and the write-back of state
 *   ledger_call.c   one call: who may, one id one outcome, decide, evolve, atomic groups
 *   ledger_due.c    what is due, and who depends on it
 *   ledger_private.c  private bytes on their way into the vault, and out of it
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
#include "ledger/vault.h"

#define MERIT_CHANGE_CHAINS 4096 /* a power of two */

/* Where an entry's record lies; its request, when it is the first from there, lies between the record before and it. */
struct merit_pending_record {
	size_t begin, end;
};

/* What a group will append. Nothing of it is on disk before the group is written. */
struct merit_pending {
	struct merit_buffer bytes;    /* records, and each request before the first entry it caused, as in the log */
	struct merit_pending_record *records;
	size_t count, capacity;
	uint64_t allowed_size;        /* bytes the store has room for, as far as asked */
	uint64_t allowed_count;       /* entries asked for with them */
	struct merit_buffer changes;  /* of the vault, in their order: see ledger_private.c */
	size_t *change_chains;        /* MERIT_CHANGE_CHAINS: 1 + where the newest of each chain begins; 0: none */
	uint64_t changes_allowed_size; /* bytes of them the vault has room for, as far as asked */
	int64_t time_ms;              /* of the last entry, once sealed */
};

/* The log's end as a commit leaves it. Between seal and written only the committing thread touches it. */
struct merit_log_end {
	struct merit_tree tree;
	struct merit_hash last_leaf;    /* hash of the last entry's, where there is one */
	struct merit_buffer checkpoint; /* the newest note */
};

/* The signed message that entries of the group come from. Its bytes are appended with the first of them, whose seq is its
 * number, so that a request without an entry is never kept. */
struct merit_cause {
	struct merit_text bytes; /* never empty */
	struct merit_hash hash;
	bool has_number; /* it caused an entry of this group */
	uint64_t number;
};

struct merit_ledger {
	struct merit_store *store;
	struct merit_vault *vault;         /* NULL: opened without its key */
	struct merit_store_reader *reader; /* the owner's; its view is open within a group */
	bool view_open;
	struct merit_model model;
	struct merit_tree tree;            /* of the durable entries: what proofs are made of */
	struct merit_verifier log;         /* the log's key and name */
	struct merit_secret_key log_key, system_key;
	bool may_write;
	bool holds_keys;                   /* an atomic group is being tried: keys are announced once it is accepted */
	struct merit_buffer held_keys;     /* and these are they: by key, the size and bytes of party and of key */
	size_t state_rows_max;

	uint64_t size;                     /* durable entries */
	int64_t time_ms;                   /* of the last entry, durable or pending */
	int64_t group_ms;                  /* time of this group's entries */
	struct merit_pending pending;      /* the group at hand */
	struct merit_pending sealed;       /* the group before it, until it is taken over as durable: only read meanwhile */
	struct merit_log_end end;
	struct merit_cause system;        /* this group's request by the system key; without bytes: not needed yet */
	struct merit_buffer system_message;
	uint32_t system_index;
	size_t effects_left;               /* that this group may still sweep */
	struct merit_hash last_leaf;       /* hash of the last durable entry's, where there is one */
	struct merit_buffer checkpoint;    /* the newest note, over the durable entries */

	void (*watch)(void *context, const struct merit_key_fact *fact);
	void *watch_context;
};

/* ---- ledger.c ---- */

/* Makes a ledger that is not open; then opens log and state and catches up, without a word on what is there: birth needs an
 * empty one. Closed by merit_ledger_close, whatever load returned. */
MERIT_MUST_USE enum merit_status merit_ledger_new(const struct merit_ledger_options *options,
						  struct merit_ledger **ledger_out);
MERIT_MUST_USE enum merit_status merit_ledger_load(struct merit_ledger *ledger,
						   const struct merit_ledger_options *options);

/* The end of holding keys back: announces those held, or forgets them. */
void merit_ledger_release_keys(struct merit_ledger *ledger, bool announce);

/* ---- ledger_birth.c ---- */

/* The first entry of the log under reader, which is begun, and the verifier of the log's key that it names. Texts are
 * borrowed from arena. Returns CORRUPT when there is none or it is not the birth of a ledger; NO_MEMORY, IO_FAILED. */
MERIT_MUST_USE enum merit_status merit_birth_read(struct merit_store_reader *reader, struct merit_arena *arena,
						  struct merit_entry *birth_out, struct merit_verifier *log_out);

/* ---- ledger_group.c ---- */

/* Prints the entry as a leaf, evolves it and adds it to the group, with its source when it is the first from there: the one
 * way an entry comes into being. Sets the number of entry's request.
 * Returns STORE_FULL, NO_MEMORY or ENTRY_TOO_LARGE, with nothing changed. */
MERIT_MUST_USE enum merit_status merit_pending_entry(struct merit_ledger *ledger, struct merit_entry *entry,
						     struct merit_cause *source);

/* Forgets the pending entries behind so many, with their requests, and the bytes of changes of the vault. The caller rolls
 * back their state, and their source to what it was before them. */
void merit_pending_cut(struct merit_ledger *ledger, size_t count, size_t changes_size);

/* Opens the owner's view of the log where it is not open, on what is durable by now; and closes it. Returns IO_FAILED. */
MERIT_MUST_USE enum merit_status merit_ledger_view_open(struct merit_ledger *ledger);
void merit_ledger_view_close(struct merit_ledger *ledger);

/* The seq the next entry gets. */
uint64_t merit_ledger_next_seq(const struct merit_ledger *ledger);

/* Whether the sweep at the group's begin left anything due: only then need anything be settled before its turn. */
bool merit_ledger_has_backlog(struct merit_ledger *ledger);

/* Writes everything due by the group's time, within what the group may still sweep. BUSY when something is left. */
MERIT_MUST_USE enum merit_status merit_ledger_sweep(struct merit_ledger *ledger);

/* Writes what must follow the last entry at once: before any other call, and before the group ends. */
MERIT_MUST_USE enum merit_status merit_ledger_follow(struct merit_ledger *ledger);

/* Writes what is due by the group's time of what a call or read with these parameters depends on. BUSY as above. */
MERIT_MUST_USE enum merit_status merit_ledger_settle(struct merit_ledger *ledger, const char *method,
						     const struct merit_parameter *parameters, size_t count,
						     const struct merit_value *values);

/* Whether state should be written back once it holds the effects of so many entries. */
bool merit_ledger_flush_due_at(const struct merit_ledger *ledger, uint64_t entries_count);

/* Prints the JSON of the request under which the system key writes what is due by time_ms. */
void merit_tick_put(struct merit_buffer *json, int64_t time_ms);

/* ---- ledger_private.c ---- */

/* Makes an empty DIR/private; opens it, and makes it where there is none. Without a key in options it stays closed. From
 * then on evolve erases from it. */
MERIT_MUST_USE enum merit_status merit_ledger_vault_make(const char *directory, const uint8_t *key, size_t map_size);
MERIT_MUST_USE enum merit_status merit_ledger_vault_open(struct merit_ledger *ledger,
							 const struct merit_ledger_options *options);

/* Whether the call's private bytes can be kept, asked before it is decided: PRIVATE_CLOSED, STORE_FULL, NO_MEMORY; or
 * CODE_REPEATED, CORRUPT, IO_FAILED for a code. Then keeps them, once its entry was accepted and added to the group. */
MERIT_MUST_USE enum merit_status merit_pending_private_room(struct merit_ledger *ledger, const struct merit_call *call);
void merit_pending_private(struct merit_ledger *ledger, const struct merit_call *call);

/* Erases private bytes with the group's commit; the model's private_erased. context is the ledger. */
void merit_pending_erase(void *context, const uint8_t *commitment);

/* Makes the sealed group's changes of the vault durable, before its entries are. Any one thread, as merit_ledger_write. */
MERIT_MUST_USE enum merit_status merit_pending_private_commit(struct merit_ledger *ledger);

/* Forgets a group's changes, and wipes them. */
void merit_pending_private_forget(struct merit_pending *pending);

/* Forgets the changes behind the first size bytes of them: of a group that failed. Wiped, as they are in clear. */
void merit_pending_private_cut(struct merit_ledger *ledger, size_t size);

/* Appends the private bytes behind a commitment, as things stand in this group and the one sealed before it.
 * Returns NOT_FOUND (never kept, or erased), PRIVATE_CLOSED, CORRUPT, NO_MEMORY, IO_FAILED */
MERIT_MUST_USE enum merit_status merit_ledger_private(struct merit_ledger *ledger, const struct merit_hash *commitment,
						      struct merit_buffer *bytes);

/* ---- ledger_due.c ---- */

/* The first row of the due table. */
struct merit_due_row {
	int64_t time_ms;
	enum merit_due kind;
	char name[MERIT_NAME_SIZE_MAX];
	size_t name_size;
};
bool merit_due_first(struct merit_model *model, struct merit_due_row *row_out);

/* Whether anything at all is due by now_ms. */
bool merit_due_any(struct merit_model *model, int64_t now_ms);

/* Whether something of an order's own is, and which comes first. */
bool merit_due_of_order(struct merit_model *model, struct merit_text order, int64_t now_ms, enum merit_due *kind_out);

/* Whether one of a member's awards is mature, and the seq of its earn. */
bool merit_due_award(struct merit_model *model, struct merit_text member, int64_t now_ms, uint64_t *seq_out);

/* The seq of the earn whose award stands under this name in the due table. */
uint64_t merit_due_award_seq(struct merit_text name);

/* Whether something must still follow the last entry at once. */
bool merit_due_at_once(struct merit_model *model);

/* Whether some of a member's points that are available have died, and the last day of one lot of them. */
bool merit_due_lot(struct merit_model *model, struct merit_text member, int64_t now_ms, int32_t *day_out);

/* Appends the names of the member's orders of which something is due, while the member holds points: up to count_max, each
 * behind a byte of its size. */
void merit_due_orders(struct merit_model *model, struct merit_text member, int64_t now_ms, size_t count_max,
		      struct merit_buffer *names);

/* What a call or read depends on of what the clock moves. Neither all nor a name: nothing. */
struct merit_due_scope {
	bool is_all;
	struct merit_text member, order; /* empty: none is named */
};
struct merit_due_scope merit_due_scope(const char *method, const struct merit_parameter *parameters, size_t count,
				       const struct merit_value *values);

/* Whether a refusal may have its cause in something due elsewhere, so that it is decided behind everything due. */
bool merit_due_bears_on(const struct merit_entry *refusal);

/* Whether something of that is due. */
bool merit_due_in(struct merit_model *model, const struct merit_due_scope *scope, int64_t now_ms);

/* ---- ledger_identify.c ---- */

/* A party and its key, as long as that may sign messages: UNKNOWN_KEY or REVOKED_KEY. */
MERIT_MUST_USE enum merit_status merit_live_key(struct merit_model *model, struct merit_text party, struct merit_text key,
						const struct merit_party **party_out, const struct merit_key **key_out);

/* Who makes a call. */
struct merit_identity {
	struct merit_text party, key;
	enum merit_role role;
	uint32_t number;                /* the party's */
	bool is_binding;                /* signed by the key it brings: only key.bind, whose results are then known */
	int64_t token_expires_s;        /* then: until when its token may become an entry */
	struct merit_value bind_results[MERIT_RESULTS_MAX];
	char bind_texts[MERIT_RESULTS_MAX][MERIT_ID_SIZE_MAX]; /* which they point to: it is not copied */
};

/* Finds who makes a call, at its turn: a live key, or a good token, of somebody who may make it for these objects.
 * Texts are borrowed from the request and from identity_out itself.
 * Returns UNKNOWN_KEY, REVOKED_KEY, BAD_TOKEN or NOT_PERMITTED */
MERIT_MUST_USE enum merit_status merit_call_identify(struct merit_model *model, const struct merit_request *request,
						     const struct merit_call *call, struct merit_identity *identity_out);

/* Whether the caller may make a new entry at time_ms: a token's time may be over, though its outcome is told for ever. */
bool merit_call_is_fresh(const struct merit_identity *who, int64_t time_ms);

/* ---- ledger_call.c ---- */

/* Whether no two calls of an atomic group have one id: OK, ID_CONFLICT or NO_MEMORY. */
MERIT_MUST_USE enum merit_status merit_group_ids_differ(const struct merit_call *calls, size_t count,
							struct merit_arena *arena);

/* The entry of a call, ready to be decided but for seq, time and day, which the caller gives, as the request's number. */
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
