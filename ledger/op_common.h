/* op_common.h - what several operations decide alike. */
#ifndef MERIT_LEDGER_OP_COMMON_H
#define MERIT_LEDGER_OP_COMMON_H

#include "ledger/model.h"

/* ZERO_AMOUNT or NEGATIVE_AMOUNT for an amount that moves nothing, else OK. */
enum merit_status merit_amount_fault(int64_t amount);

/* a * b. False when it is beyond MERIT_AMOUNT_MAX; a and b are not below 0. */
MERIT_MUST_USE bool merit_amount_multiply(int64_t a, int64_t b, int64_t *product_out);

/* How many points more all accounts together may hold. */
int64_t merit_points_left(const struct merit_program *program);

/* A refusal that names the line of an order. */
void merit_refuse_line(struct merit_entry *entry, enum merit_status status, int64_t line);

/* MEMBER_CLOSED or MEMBER_FROZEN, else OK: whether the member may earn and order. */
enum merit_status merit_member_fault(const struct merit_member_head *head);

/* What the member owes to a campaign. */
int64_t merit_member_debt(const struct merit_member *member, uint32_t campaign);

/* Whether the member has the tag. */
bool merit_member_has_tag(struct merit_model *model, struct merit_text member, struct merit_text tag);

/* The program's tiers, NULL when there are none; the place of one, or -1. */
const struct merit_tiers *merit_model_tiers(struct merit_model *model);
int merit_tier_place(const struct merit_tiers *tiers, struct merit_text name);

/* What the member earned in a calendar year, as far as tiers go: this year and the last one earned in are known. */
int64_t merit_member_earned_in(const struct merit_member_head *head, int32_t year);

/* The place of the member's tier in a calendar year: the one it was given, else the highest that the points earned in
 * that year reach; -1 = none. */
int merit_member_tier(struct merit_model *model, const struct merit_member_head *head, int32_t year);

/* Whether its tier is this one or begins at more points. A tier that does not exist is nobody's. */
bool merit_member_reaches(struct merit_model *model, const struct merit_member_head *head, int32_t year,
			  struct merit_text tier);

/* Adds to what the member earned in the year, up to MERIT_AMOUNT_MAX; for evolve. A year before the last but one counts
 * for no tier any more. */
void merit_member_earned(struct merit_model *model, struct merit_text member, int32_t year, int64_t points);

/* Whether the member has this lot: something available, held or pending in it. */
bool merit_member_has_lot(const struct merit_member *member, uint32_t campaign, int32_t day);

/* Whether points that become the member's find a place in its row: what pays down a debt needs none, a lot that is
 * there takes any, and a new one is within MERIT_MEMBER_LOTS_MAX. */
bool merit_lot_fits(const struct merit_member *member, uint32_t campaign, int32_t day, int64_t points);

/* The lot in which points land that come back or become available: the one of day, or when the member holds as many lots
 * as one may the campaign's next later one, else its last, else one more. One whose day is over lives on only in what is
 * held of it, and is no place to land. */
int32_t merit_landing_day(const struct merit_member *member, uint32_t campaign, int32_t day, int32_t today);

/* Posts points that become a member's to use: out of an account's lot without a day, first to what the member owes the
 * campaign, the rest to the lot of day. */
void merit_post_award(struct merit_entry *entry, enum merit_account from, struct merit_text from_holder,
		      struct merit_text name, const struct merit_member *member, struct merit_text campaign_name,
		      uint32_t campaign, int32_t day, int64_t points);

/* Posts points back to where a campaign's points come from: its budget, or the sponsor once it is closed. */
void merit_post_back(struct merit_entry *entry, const struct merit_campaign *campaign, struct merit_text campaign_name,
		     int64_t points);

/* The last day of points that the campaign's months start to count for on from_day: NEVER, or a day. */
int32_t merit_campaign_last_day(const struct merit_campaign *campaign, int32_t from_day);

/* Posts points of a dead lot out of an account to expired/C and, where the contract says so, on to the sponsor. */
void merit_post_expired(struct merit_entry *entry, enum merit_account account, struct merit_text holder,
			const struct merit_campaign *campaign, struct merit_text campaign_name, int32_t day, int32_t line,
			int64_t points);

#endif
