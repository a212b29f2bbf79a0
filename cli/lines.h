/* lines.h - a settlement's lines, added up and hashed here again: a statement is signed for what they come to.
 *
 * Source  the hash: doc/format.md, Settlements */
#ifndef MERIT_CLI_LINES_H
#define MERIT_CLI_LINES_H

#include "ledger/buffer.h"
#include "ledger/calendar.h"
#include "ledger/hash.h"
#include "ledger/json.h"

/* Start from { 0 } with is_merchant set. */
struct merit_lines {
	bool is_merchant; /* whose amounts have the sign turned round */
	int64_t count, sum_minor;
	char due_day[MERIT_DAY_TEXT_SIZE]; /* of the batch that lines are added to; empty before the first */
	uint8_t batch_hash[MERIT_HASH_SIZE];
	struct merit_buffer hashes; /* of the batches before it */
};

/* Takes the next row of settlement.lines; all are to be taken, in their order. */
void merit_lines_add(struct merit_lines *lines, const cJSON *row);

/* Whether head, what settlement.get answers, says what all of them come to. */
bool merit_lines_agree(struct merit_lines *lines, const cJSON *head);

void merit_lines_free(struct merit_lines *lines);

#endif
