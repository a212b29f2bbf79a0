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

/* The last day of points that the campaign's months start to count for on from_day: NEVER, or a day. */
int32_t merit_campaign_last_day(const struct merit_campaign *campaign, int32_t from_day);

/* Posts points of a dead lot out of an account to expired/C and, where the contract says so, on to the sponsor. */
void merit_post_expired(struct merit_entry *entry, enum merit_account account, struct merit_text holder,
			const struct merit_campaign *campaign, struct merit_text campaign_name, int32_t day, int32_t line,
			int64_t points);

#endif
