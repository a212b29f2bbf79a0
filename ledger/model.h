/* model.h - what state means: how to reach its rows, claims and histories. The rows are in model_rows.h.
 *
 * Only evolve functions change rows. Reading never does.
 * Pointers to rows follow state.h: what get returns stays for the operation at hand, until that row changes or a rollback. */
#ifndef MERIT_LEDGER_MODEL_H
#define MERIT_LEDGER_MODEL_H

#include "ledger/entry.h"
#include "ledger/model_rows.h"
#include "ledger/state.h"

struct merit_text merit_name_text(const struct merit_name *name); /* borrowed */
struct merit_name merit_name_of(struct merit_text text);          /* text.size <= MERIT_NAME_SIZE_MAX */

/* What an entry left of a holder's balances, in the record of its seq: model_history.c. */
struct merit_history {
	uint64_t previous; /* seq + 1 of the entry before, 0 = none */
	int64_t balance[MERIT_BALANCES_MAX];
};

/* A member's row, copied out to work on, or to look at. */
struct merit_member {
	struct merit_member_head head;
	struct merit_lot *lots;
	struct merit_debt *debts;
	size_t lots_capacity, debts_capacity;
};

/* An order's row, copied out to work on; parts are by line, then in the order they pay. */
struct merit_order {
	struct merit_order_head head;
	struct merit_order_line *lines;
	struct merit_order_part *parts;
};

struct merit_means;

struct merit_model {
	struct merit_state *state;
	struct merit_arena scratch; /* of the operation at hand; reset before the next */
	struct merit_program program; /* a copy of its row, kept equal by evolve */
	int64_t due_not_before_ms;    /* nothing falls due before; rows of the due table lower it, looking raises it */
	bool due_at_once;             /* something may have to follow at once, which the time above knows nothing of */
	enum merit_status failure;    /* not OK: what was decided or evolved since lacked an entry, or memory to read one.
				       * Sticky; of that nothing may become durable */
	bool approved;                /* the call of a proposal is being decided: two parties agreed */
	const struct merit_means *means; /* of the member whose orders are foreseen: order_means.h; NULL: of none */
	/* The record of an entry, durable or of the group at hand; NULL when there is none. Borrowed for the operation. */
	const void *(*record)(void *context, uint64_t seq, size_t *size_out);
	/* Told of every commitment (32 bytes) whose private bytes are to go; may be NULL. */
	void (*private_erased)(void *context, const uint8_t *commitment);
	/* Told of every key as it is added or revoked; may be NULL. */
	void (*key_changed)(void *context, struct merit_text party, struct merit_text key);
	void *context;
};

/* Copies the program's row into model->program. */
void merit_model_refresh(struct merit_model *model);

/* Reads the entry at seq, durable or of the group at hand; its texts lie in arena.
 * Returns NOT_FOUND when there is none, NO_MEMORY, or CORRUPT */
MERIT_MUST_USE enum merit_status merit_model_entry(struct merit_model *model, uint64_t seq, struct merit_arena *arena,
						   struct merit_entry *entry_out);

/* ---- What is used up: model_claim.c ---- */

/* The entry that a party's id became; number is the party's. Its texts lie in scratch.
 * Returns NOT_FOUND when the id is new, NO_MEMORY, or CORRUPT */
MERIT_MUST_USE enum merit_status merit_model_original(struct merit_model *model, struct merit_text party, uint32_t number,
						      struct merit_text id, struct merit_entry *original_out);
void merit_model_use_id(struct merit_model *model, uint32_t number, const struct merit_entry *entry);

/* A reference, which pays a member of a campaign for an event once. Texts are borrowed. */
struct merit_reference {
	struct merit_text campaign;
	uint32_t campaign_number;
	struct merit_text event, member, reference; /* event: empty of an opening balance */
};

/* The seq of the entry that used a reference; of the first that brought evidence, and how many did (32 bytes in hex).
 * Returns NOT_FOUND when nothing did, NO_MEMORY, or CORRUPT */
MERIT_MUST_USE enum merit_status merit_model_reference(struct merit_model *model, const struct merit_reference *reference,
						       uint64_t *seq_out);
MERIT_MUST_USE enum merit_status merit_model_evidence(struct merit_model *model, struct merit_text hash,
						      struct merit_evidence *evidence_out);

/* Uses them, for the entry at seq, and frees what it used: for evolve. To count a use of evidence it may have to be looked
 * up: returns NO_MEMORY or CORRUPT. */
void merit_model_use_reference(struct merit_model *model, const struct merit_reference *reference, uint64_t seq);
void merit_model_free_reference(struct merit_model *model, const struct merit_reference *reference, uint64_t seq);
MERIT_MUST_USE enum merit_status merit_model_use_evidence(struct merit_model *model, struct merit_text hash, uint64_t seq);
void merit_model_free_evidence(struct merit_model *model, struct merit_text hash, uint64_t seq);

/* Asks memory for what whoever looks for it a little later will touch. Changes nothing. */
void merit_model_expect_id(struct merit_model *model, uint32_t number, struct merit_text id);
void merit_model_expect_reference(struct merit_model *model, const struct merit_reference *reference);
void merit_model_expect_evidence(struct merit_model *model, struct merit_text hash);
void merit_model_expect_member(struct merit_model *model, struct merit_text member);

/* ---- Rows ---- */

/* Rows by name; NULL when there is none. */
const struct merit_party *merit_model_party(struct merit_model *model, struct merit_text party);
const struct merit_key *merit_model_key(struct merit_model *model, struct merit_text party, struct merit_text key);
const struct merit_sponsor *merit_model_sponsor(struct merit_model *model, struct merit_text sponsor);
const struct merit_merchant *merit_model_merchant(struct merit_model *model, struct merit_text merchant);
const struct merit_campaign *merit_model_campaign(struct merit_model *model, struct merit_text campaign);
const struct merit_rule *merit_model_rule(struct merit_model *model, uint32_t campaign, struct merit_text event);
const struct merit_item *merit_model_item(struct merit_model *model, struct merit_text item);
const struct merit_proposal *merit_model_proposal(struct merit_model *model, struct merit_text proposal);

/* The currencies that money was posted in, or credit or a cap given, in the order of their letters: MERIT_CURRENCY_SIZE
 * bytes each. What a party has in money is looked up in each of them. */
#define MERIT_CURRENCY_SIZE 3
struct merit_text merit_model_currencies(struct merit_model *model);
void merit_model_add_currency(struct merit_model *model, struct merit_text currency);

const struct merit_credit *merit_model_credit(struct merit_model *model, uint32_t sponsor, struct merit_text currency);
const struct merit_settlement *merit_model_settlement(struct merit_model *model, struct merit_text settlement);

/* An account's row in money, or of all such accounts in a campaign; NULL while nothing was ever posted there. */
const struct merit_holder *merit_model_money(struct merit_model *model, enum merit_account account,
					     struct merit_text holder, struct merit_text currency);
const struct merit_holder *merit_model_total(struct merit_model *model, enum merit_account account, uint32_t campaign);
int64_t merit_model_money_balance(struct merit_model *model, enum merit_account account, struct merit_text holder,
				  struct merit_text currency);

/* The name of the campaign with this number; there is one for every number in a lot. */
struct merit_text merit_model_campaign_name(struct merit_model *model, uint32_t number);

const struct merit_terms *merit_model_terms(struct merit_model *model, uint32_t campaign);
const struct merit_award *merit_model_award(struct merit_model *model, uint64_t seq);
const struct merit_referral *merit_model_referral(struct merit_model *model, struct merit_text member);
const struct merit_code *merit_model_code(struct merit_model *model, struct merit_text commitment); /* its 32 bytes */

/* Memory for the operation at hand: of unknown content, never NULL. */
void *merit_model_scratch(struct merit_model *model, size_t size);

/* A member's row to look at: its lots and debts are the row's own, so nobody may change them, and whatever changes the row
 * ends them. False when there is none. */
bool merit_model_view_member(struct merit_model *model, struct merit_text member, struct merit_member *member_out);

/* Copies of the two rows that vary in length, in scratch with room for room more lots (or debts); false when there is none. */
bool merit_model_member(struct merit_model *model, struct merit_text member, size_t room, struct merit_member *member_out);
bool merit_model_order(struct merit_model *model, struct merit_text order, struct merit_order *order_out);
/* A member's row begins with its head; NULL when there is none. */
const struct merit_member_head *merit_model_member_head(struct merit_model *model, struct merit_text member);
bool merit_model_has_member(struct merit_model *model, struct merit_text member);
bool merit_model_has_order(struct merit_model *model, struct merit_text order);

/* The lot in a copy of a member's row; where it has none a new one, which needs room there. */
struct merit_lot *merit_member_lot(struct merit_member *member, int32_t day, uint32_t campaign);

/* Whether nothing of the order is held or under way. */
bool merit_order_is_over(const struct merit_order *order);

/* What entries changed that were made on one day and dated another; NULL when none was, as none is behind days NONE. */
const struct merit_late *merit_model_late(struct merit_model *model, uint32_t holder, int32_t made_day, int32_t day);

/* Rows to change: the old bytes, or zeros. For evolve only. */
void *merit_model_edit(struct merit_model *model, enum merit_table table, struct merit_text key, size_t size);
/* The same for a row known to be new, which need not be looked for. */
void *merit_model_add(struct merit_model *model, enum merit_table table, struct merit_text key, size_t size);
void merit_model_store_order(struct merit_model *model, struct merit_text order, const struct merit_order *content);
void merit_model_edit_program(struct merit_model *model); /* writes model->program back to its row */
/* Puts the entry at the end of the chain of events of what the entry first began: *last_event_io is the chain's end in its
 * row. For evolve. */
void merit_model_add_event(struct merit_model *model, uint64_t first, const struct merit_entry *entry,
			   uint64_t *last_event_io);

/* Keys made of parts, into scratch. Those of a holder's number and another one key MARK and MEMBER_ORDER. */
struct merit_text merit_model_key_of(struct merit_model *model, struct merit_text party, struct merit_text key);
struct merit_text merit_model_id_key(struct merit_model *model, uint32_t party, struct merit_text id);
struct merit_text merit_model_rule_key(struct merit_model *model, uint32_t campaign, struct merit_text event);
struct merit_text merit_model_reference_key(struct merit_model *model, uint32_t campaign, struct merit_text event,
					    struct merit_text member, struct merit_text reference);
struct merit_text merit_model_due_key(struct merit_model *model, int64_t due_ms, enum merit_due kind,
				      struct merit_text name);
struct merit_text merit_model_holder_key(struct merit_model *model, uint32_t holder, uint64_t number);
struct merit_text merit_model_balance_key(struct merit_model *model, enum merit_account account, uint32_t campaign,
					  int32_t day, struct merit_text holder);
struct merit_text merit_model_money_key(struct merit_model *model, enum merit_account account,
					struct merit_text currency, struct merit_text holder);
struct merit_text merit_model_total_key(struct merit_model *model, enum merit_account account, uint32_t campaign);
struct merit_text merit_model_currency_key(struct merit_model *model, uint32_t party, struct merit_text currency);
struct merit_text merit_model_batch_key(struct merit_model *model, uint32_t party, struct merit_text currency, int32_t day);
struct merit_text merit_model_late_key(struct merit_model *model, uint32_t holder, int32_t made_day, int32_t day);
struct merit_text merit_model_covered_key(struct merit_model *model, uint32_t source, int32_t day);
struct merit_text merit_model_unexplained_key(struct merit_model *model, int32_t day, struct merit_text name);
struct merit_text merit_model_number_key(struct merit_model *model, uint64_t number);
/* The number in the 8 bytes at a place of a key, as the two below put it there. */
uint64_t merit_model_key_number(const void *bytes);
struct merit_text merit_model_pair_key(struct merit_model *model, uint64_t first, uint64_t second);
struct merit_text merit_model_numbered_key(struct merit_model *model, struct merit_text name, uint64_t number);
struct merit_text merit_model_count_key(struct merit_model *model, uint8_t counter, uint32_t number, struct merit_text a,
					struct merit_text b, uint8_t period, int32_t first_day);

const void *merit_model_get(struct merit_model *model, enum merit_table table, struct merit_text key, size_t *size_out);
bool merit_model_has(struct merit_model *model, enum merit_table table, struct merit_text key);

/* Sets or clears a row of the due table. */
void merit_model_set_due(struct merit_model *model, int64_t due_ms, enum merit_due kind, struct merit_text name, bool due);

/* The name under which an earn's award stands in the due table: its seq in decimal digits, into scratch. */
struct merit_text merit_model_award_name(struct merit_model *model, uint64_t seq);

/* When a lot with this last day dies: the first millisecond after it, in the program's offset. */
int64_t merit_model_day_end_ms(const struct merit_model *model, int32_t day);
int32_t merit_model_day(const struct merit_model *model, int64_t time_ms);

/* What one entry leaves of its holders' balances: gathered here, then appended to its record. For evolve. */
struct merit_histories {
	uint64_t seq;
	size_t size;
	unsigned char bytes[256];
};
/* Adds the holder's balances as they are now: once an entry, behind its last posting there. Counts the entry in holder. */
void merit_histories_put(struct merit_model *model, struct merit_histories *histories, struct merit_holder *holder);
void merit_histories_end(struct merit_model *model, struct merit_histories *histories);

/* The holder's balances behind entry seq, for an account that the entry touched; false otherwise, or when the record is
 * damaged. Unused places are 0. history_out->previous is seq at most. */
bool merit_model_balances_at(struct merit_model *model, uint32_t holder, uint64_t seq, struct merit_history *history_out);

/* The holder's balances as they stood behind entry seq, whether or not it touched them: zeros before its first. A point
 * lookup for every 64th entry halved, then a walk of up to 64. False when a record is missing or damaged. */
bool merit_model_balances_before(struct merit_model *model, const struct merit_holder *holder, uint64_t seq,
				 struct merit_history *history_out);

/* The holder row of an account in points, NULL when there is none; *slot_out is the account's place in balance[]. */
const struct merit_holder *merit_model_holder(struct merit_model *model, enum merit_account account,
					      struct merit_text holder, int *slot_out);

/* Moves balances, lots, debts and histories as the postings say: the part of evolve every operation shares. */
void merit_model_post(struct merit_model *model, const struct merit_entry *entry);

/* The whole of decide: the operation's own part, the money that follows the points, and the day the entry is dated. What
 * would bring an account in money beyond MERIT_MONEY_MAX is refused, MONEY_RANGE; the system's entries never are. */
void merit_decide(struct merit_model *model, struct merit_entry *entry);

/* The first day that is not in a closed period. Below every day while none is closed. */
int32_t merit_first_open_day(const struct merit_model *model);

/* The day a caller asks an entry to be dated: PERIOD_CLOSED, IN_FUTURE, TOO_LATE (by more days than the program accepts
 * of anything), or OK with entry->day set. Absent: the day it has. */
enum merit_status merit_entry_date(const struct merit_model *model, struct merit_entry *entry,
                                   const struct merit_value *day);

/* What points of a campaign are worth, in minor units: rounded half to even, as sums of postings are; or up, as what backs
 * them is. points is not below 0; INT64_MAX beyond it. */
int64_t merit_points_value(const struct merit_campaign *campaign, int64_t points);
int64_t merit_points_worth(const struct merit_campaign *campaign, int64_t points);

/* The whole of evolve: postings, then the operation's own part, for an accepted entry; and the id of any entry. */
void merit_evolve(struct merit_model *model, const struct merit_entry *entry);

/* What decide must have kept: postings sum to zero in all and per campaign. NULL when they do, else a literal that says
 * what does not. */
const char *merit_postings_fault(const struct merit_entry *entry);

/* The same for the balances the entry touched, once it has been evolved: none beyond its bounds or the safe integers. */
const char *merit_floors_fault(struct merit_model *model, const struct merit_entry *entry);

#endif
