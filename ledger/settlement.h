/* settlement.h - what settlements are made of: a party's postings in money, gathered by the day on which they fall due.
 *
 * A posting to sponsor/S falls due on the day it is dated. A sale of merchant/X, and its refund, fall due once nothing of
 * that order's line is under way any more: the merchant's settle_days behind the receipt. Those of a day are a batch; an
 * open batch takes more lines, and a settlement takes batches whole. So each posting is in exactly one batch, and each
 * batch in one settlement at most: opening one costs as much as it has days, however many postings they hold.
 * Payments of settlements are in none. doc/format.md says how lines are hashed. */
#ifndef MERIT_LEDGER_SETTLEMENT_H
#define MERIT_LEDGER_SETTLEMENT_H

#include "ledger/model.h"

/* The part of evolve every entry shares: puts its postings to parties into batches, or lets them wait for receipt; and
 * what an entry about an order makes due. */
void merit_settlement_follow(struct merit_model *model, const struct merit_entry *entry);

/* The order of an entry that may sell or give back some of it, or says that it was received; empty for any other. */
struct merit_text merit_entry_order_sold(const struct merit_entry *entry);

/* A party's batches up to a cutoff that are in no settlement, in the order of their days. */
struct merit_batches {
	struct merit_settled_batch *rows; /* in scratch */
	uint32_t count;
	uint64_t lines_count;
	merit_sum sum; /* as posted: debit above zero */
};

/* party is its number. False without memory. */
MERIT_MUST_USE bool merit_batches_gather(struct merit_model *model, uint32_t party, struct merit_text currency,
					 int32_t cutoff, struct merit_batches *batches_out);

/* SHA-256 of the hashes of all of them. False without memory. */
MERIT_MUST_USE bool merit_batches_hash(struct merit_model *model, const struct merit_batches *batches,
				       struct merit_hash *hash_out);

/* Gives them to the settlement with this number. For evolve only. */
void merit_batches_take(struct merit_model *model, uint32_t party, struct merit_text currency, int32_t cutoff,
			const struct merit_batches *batches, uint32_t settlement);

/* A batch of a settlement, by its place; NULL only when the state has failed. */
const struct merit_settled_batch *merit_settlement_batch(struct merit_model *model,
							 const struct merit_settlement *settlement, uint32_t place);

/* A line of a batch; false only when the state has failed. */
bool merit_batch_line(struct merit_model *model, const struct merit_batch *batch, uint64_t index,
		      struct merit_batch_line *line_out);

/* The row of a party in a currency, NULL while it had neither batch nor settlement; for evolve the same to change. */
const struct merit_settled *merit_model_settled(struct merit_model *model, uint32_t party, struct merit_text currency);
struct merit_settled *merit_model_edit_settled(struct merit_model *model, uint32_t party, struct merit_text currency);

/* What it comes to, and what is left to pay of it: nothing where that is below 0, which the next one takes over. */
int64_t merit_settlement_total(const struct merit_settlement *settlement);
int64_t merit_settlement_left(const struct merit_settlement *settlement);

#endif
