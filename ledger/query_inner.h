/* query_inner.h - the reads' functions and the places of their parameters. For ledger/ only. */
#ifndef MERIT_LEDGER_QUERY_INNER_H
#define MERIT_LEDGER_QUERY_INNER_H

#include "ledger/ledger_inner.h"
#include "ledger/query.h"

enum { LIST_FROM, LIST_LIMIT };
enum { RULE_GET_CAMPAIGN, RULE_GET_EVENT, RULE_GET_VERSION };
enum { ORDERS_FROM, ORDERS_LIMIT, ORDERS_MEMBER, ORDERS_MERCHANT, ORDERS_STATE };
enum { REFERRALS_FROM, REFERRALS_LIMIT, REFERRALS_REFERRER };
enum { AWARDS_FROM, AWARDS_LIMIT, AWARDS_MEMBER };
enum { ITEM_GET_ITEM, ITEM_GET_VERSION };
enum { BALANCE_MEMBER, BALANCE_ACCOUNT };
enum { STATEMENT_MEMBER, STATEMENT_ACCOUNT, STATEMENT_BEFORE, STATEMENT_LIMIT };
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
merit_query_fn merit_query_member, merit_query_members, merit_query_balance, merit_query_statement;

/* query_award.c */
merit_query_fn merit_query_award, merit_query_awards;

/* query_order.c */
merit_query_fn merit_query_item, merit_query_items, merit_query_order, merit_query_orders;

/* query_referral.c */
merit_query_fn merit_query_referral, merit_query_referrals;

/* query_private.c */
merit_query_fn merit_query_recipient, merit_query_code;

/* ---- Printing ---- */

void merit_put_text(struct merit_buffer *out, const char *name, struct merit_text text);
void merit_put_integer(struct merit_buffer *out, const char *name, int64_t integer);
void merit_put_flag(struct merit_buffer *out, const char *name, bool flag);
void merit_put_day(struct merit_buffer *out, const char *name, int32_t day); /* "YYYY-MM-DD" or null */
void merit_put_word(struct merit_buffer *out, const char *name, enum merit_type type, int64_t place);

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
enum merit_status merit_list_end(struct merit_list *list);

#endif
