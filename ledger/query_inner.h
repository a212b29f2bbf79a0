/* query_inner.h - the reads' functions and the places of their parameters. For ledger/ only. */
#ifndef MERIT_LEDGER_QUERY_INNER_H
#define MERIT_LEDGER_QUERY_INNER_H

#include "ledger/ledger_inner.h"
#include "ledger/query.h"

enum { LIST_FROM, LIST_LIMIT };
enum { MEMBER_CAMPAIGNS_FROM, MEMBER_CAMPAIGNS_LIMIT, MEMBER_CAMPAIGNS_MEMBER };
enum { DISCLOSURE_MEMBER, DISCLOSURE_BEFORE, DISCLOSURE_LIMIT };
enum { RULE_GET_CAMPAIGN, RULE_GET_EVENT, RULE_GET_VERSION };
enum { ORDERS_FROM, ORDERS_LIMIT, ORDERS_MEMBER, ORDERS_MERCHANT, ORDERS_STATE };
enum { REFERRALS_FROM, REFERRALS_LIMIT, REFERRALS_REFERRER };
enum { AWARDS_FROM, AWARDS_LIMIT, AWARDS_MEMBER };
enum { ITEM_GET_ITEM, ITEM_GET_VERSION, ITEM_GET_MEMBER };
enum { ITEMS_FROM, ITEMS_LIMIT, ITEMS_MEMBER };
enum { BALANCE_MEMBER, BALANCE_ACCOUNT, BALANCE_CURRENCY, BALANCE_SEQ, BALANCE_TIME, BALANCE_DAY };
enum { TRIAL_FROM, TRIAL_LIMIT, TRIAL_SEQ, TRIAL_TIME, TRIAL_DAY };
enum { QUOTE_MEMBER, QUOTE_LINES };
enum { SETTLEMENTS_FROM, SETTLEMENTS_LIMIT, SETTLEMENTS_PARTY, SETTLEMENTS_CURRENCY, SETTLEMENTS_STATE };
enum { SETTLEMENT_LINES_SETTLEMENT, SETTLEMENT_LINES_FROM, SETTLEMENT_LINES_LIMIT };
enum { SOURCE_GET_SOURCE };
enum { RUNS_FROM, RUNS_LIMIT, RUNS_SOURCE };
enum { BREAKS_FROM, BREAKS_LIMIT, BREAKS_SOURCE, BREAKS_RUN, BREAKS_STATE };
enum { MISSING_PERIOD };
enum { STATEMENT_MEMBER, STATEMENT_ACCOUNT, STATEMENT_BEFORE, STATEMENT_LIMIT, STATEMENT_CURRENCY, STATEMENT_OP };
enum { ENTRIES_FROM, ENTRIES_LIMIT };
enum { PROOF_SEQ, PROOF_FROM };
enum { TILE_LEVEL, TILE_INDEX, TILE_WIDTH };

/* query_program.c */
merit_query_fn merit_query_program, merit_query_checkpoint, merit_query_proof, merit_query_tile;
merit_query_fn merit_query_entry, merit_query_entries;

/* query_party.c */
merit_query_fn merit_query_party, merit_query_parties, merit_query_keys, merit_query_proposal, merit_query_proposals;
merit_query_fn merit_query_sponsor, merit_query_merchant;

/* query_campaign.c */
merit_query_fn merit_query_campaign, merit_query_campaigns, merit_query_rule;

/* query_member.c */
merit_query_fn merit_query_member, merit_query_members, merit_query_balance;

/* query_statement.c */
merit_query_fn merit_query_statement;

/* query_earning.c */
merit_query_fn merit_query_member_campaigns;

/* query_disclosure.c */
merit_query_fn merit_query_member_disclosure;

/* query_award.c */
merit_query_fn merit_query_award, merit_query_awards;

/* query_item.c */
merit_query_fn merit_query_item, merit_query_items;

/* query_order.c */
merit_query_fn merit_query_order, merit_query_orders;

/* query_referral.c */
merit_query_fn merit_query_referral, merit_query_referrals;

/* query_private.c */
merit_query_fn merit_query_recipient, merit_query_code;

/* query_settlement.c */
merit_query_fn merit_query_settlement, merit_query_settlements, merit_query_settlement_lines;

/* query_trial.c */
merit_query_fn merit_query_trial_balance, merit_query_periods;

/* query_recon.c */
merit_query_fn merit_query_sources, merit_query_run, merit_query_runs, merit_query_break, merit_query_breaks;

/* query_missing.c */
merit_query_fn merit_query_missing;

/* query_quote.c */
merit_query_fn merit_query_quote;

/* ---- query_past.c: which entries an answer counts ---- */

/* As known at a moment: the first so many entries. As dated: all entries dated up to a day, whenever they were made; so
 * those made by its end, but for later ones dated back, which rows of LATE sum up. */
struct merit_moment {
	bool is_dated;
	bool is_coming;  /* dated on a day that is not over: what would be, if nothing is done */
	int32_t day;     /* of is_dated */
	uint64_t count;  /* as known: so many entries; as dated: those made by the day's end */
	int64_t time_ms; /* as known: of the last of them */
};

/* Reads the parameters of which one may be present; without any, all entries. BAD_PARAMS for two of them or a time to
 * come; NOT_FOUND behind the last entry or before the first; NO_MEMORY or CORRUPT. */
enum merit_status merit_moment_read(struct merit_ledger *ledger, const struct merit_value *seq,
				    const struct merit_value *time, const struct merit_value *day,
				    struct merit_moment *moment_out);

/* The day, or the seq and time, an answer is as of. */
void merit_put_moment(struct merit_buffer *out, const struct merit_ledger *ledger, const struct merit_moment *moment);

/* An account's balances at a moment, asked and answered. */
struct merit_asked {
	const struct merit_holder *holder; /* as it is now; NULL: nothing was ever posted there */
	int64_t balance[MERIT_BALANCES_MAX];
};

/* Fills in the balances of holders at a moment that is not coming; as dated, of holders that are no members, and by one
 * walk of the rows of LATE from the first such holder to the last. */
MERIT_MUST_USE enum merit_status merit_moment_balances(struct merit_model *model, const struct merit_moment *moment,
						       struct merit_asked *asked, size_t count);

/* A member's balances, lots and debts at a moment that is not coming, in scratch: its row with all later entries of its
 * history undone; TOO_LARGE when those are more than MERIT_PAST_ENTRIES_MAX. As dated, a lot or debt may be below 0
 * where points are dated later than their use. */
MERIT_MUST_USE enum merit_status merit_moment_member(struct merit_ledger *ledger, struct merit_text member,
						     const struct merit_moment *moment,
						     struct merit_member *member_out);

/* Does to a copy of a member's row what a posting to one of its accounts does, sign 1, or undoes it, -1. False without
 * memory for one more lot. */
MERIT_MUST_USE bool merit_member_apply(struct merit_model *model, struct merit_member *member,
				       const struct merit_posting *posting, int sign);

/* ---- query_forecast.c ---- */

/* The member as it would be at the end of a coming day if nothing is done until then. Prints what happens by itself on
 * the way: [{"day","what","points","campaign","last_day"}], what being lapse, mature, repay or expire. */
MERIT_MUST_USE enum merit_status merit_forecast_member(struct merit_model *model, struct merit_text name, int32_t day,
						       struct merit_buffer *out, struct merit_member *member_out);

/* ---- query_quote.c ---- */

/* Decides an order of these lines for the member as order.place does, to be thrown away: one without a name, which no
 * other has, and with a recipient, as somewhere to go is given with the order itself. The entry lies in scratch, and
 * borrows from member and lines. */
void merit_quote_decide(struct merit_ledger *ledger, const struct merit_caller *caller, const struct merit_value *member,
			const struct merit_value *lines, struct merit_entry *entry);

/* ---- query_member.c: accounts ---- */

/* An account that the caller may see, in points or in a currency. */
struct merit_seen {
	enum merit_account account;
	struct merit_text holder, currency; /* currency is empty for points */
	const struct merit_holder *row;     /* money that was never moved stands in none: then NULL */
	int slot;
};

/* Finds the account of a text such as "campaign/C". Returns BAD_PARAMS, NOT_PERMITTED or NOT_FOUND */
MERIT_MUST_USE enum merit_status merit_seen_find(struct merit_ledger *ledger, const struct merit_caller *caller,
						 struct merit_text text, const struct merit_value *currency,
						 struct merit_seen *seen_out);

/* A member's four balances: members of an object. */
void merit_put_balances(struct merit_buffer *out, const int64_t balance[MERIT_BALANCES_MAX]);

/* ---- Events of an order or settlement ---- */

#define MERIT_EVENTS_MAX 100 /* told of one */

/* The seqs of the newest events of what the entry first began, the newest first, and how many; last_event is seq + 1 of
 * the last of them. *more_out says whether there are older ones. */
size_t merit_events_find(struct merit_model *model, uint64_t first, uint64_t last_event,
			 uint64_t seqs_out[MERIT_EVENTS_MAX], bool *more_out);

/* Reads one; an approval as what it carried out. Returns CORRUPT or NO_MEMORY. */
enum merit_status merit_event_read(struct merit_model *model, uint64_t seq, struct merit_arena *arena,
				   struct merit_entry *event_out);

/* Its seq, time, accounting day and operation, and by whom: members of an object. */
void merit_put_event(struct merit_buffer *out, const struct merit_entry *event);

/* What was told with it: reason, carrier, tracking, invoice and the like, and amounts. */
void merit_put_event_told(struct merit_buffer *out, const struct merit_entry *event);

/* ---- Printing ---- */

void merit_put_text(struct merit_buffer *out, const char *name, struct merit_text text);
void merit_put_text_or_null(struct merit_buffer *out, const char *name, struct merit_text text); /* null: size 0 */
void merit_put_integer(struct merit_buffer *out, const char *name, int64_t integer);
void merit_put_flag(struct merit_buffer *out, const char *name, bool flag);
void merit_put_day(struct merit_buffer *out, const char *name, int32_t day); /* "YYYY-MM-DD" or null */
void merit_put_word(struct merit_buffer *out, const char *name, enum merit_type type, int64_t place);

/* A campaign by its number or name, and who sponsors it: members of an object. */
void merit_put_campaign(struct merit_buffer *out, struct merit_model *model, uint32_t campaign);
void merit_put_campaign_named(struct merit_buffer *out, struct merit_model *model, struct merit_text campaign);

/* query_award.c: what is disclosed of a payment, its product, nature, form and income: as the earn says it, else as its
 * rule did, whose entry is read into scratch. */
void merit_put_disclosed(struct merit_model *model, struct merit_buffer *out, const struct merit_entry *earn);

/* The seq and time an answer is as of. */
void merit_put_as_of(struct merit_buffer *out, const struct merit_ledger *ledger);

/* A list of rows by name: {"rows":[...],"next":name|null}. put prints one row, or nothing when it is not for the caller's
 * eyes. */
struct merit_list {
	struct merit_ledger *ledger;
	const struct merit_caller *caller;
	const struct merit_value *values; /* LIST_FROM and LIST_LIMIT stand first */
	struct merit_buffer *out;
	void (*put)(struct merit_list *list, struct merit_text name, const void *row);
	size_t left;
	bool has_next;
};

/* All rows of a table, from LIST_FROM on. */
enum merit_status merit_put_list(struct merit_list *list, enum merit_table table);

/* The same row by row, for lists in another order; row says false when the page is full. */
void merit_list_begin(struct merit_list *list);
bool merit_list_row(struct merit_list *list, struct merit_text name, const void *row);
void merit_list_stop(struct merit_list *list, struct merit_text next); /* ends the page before that row */
enum merit_status merit_list_end(struct merit_list *list);

#endif
