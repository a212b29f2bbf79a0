/* model_history.c - see model.h: the balances that every entry left behind, kept and found again.
 *
 * The record of an entry in the state's series holds, of each holder it touched: the holder's number; by how many
 * entries the one before that touched it is earlier; a byte with bit i set where balance i is not zero; and those
 * balances, as zigzag. Numbers are varints: seven bits a byte from the lowest on, the highest bit set where more
 * follow. Zeros between holders fill up to multiples of 8 bytes. */
#include <assert.h>
#include <string.h>

#include "ledger/model.h"

/* ---- Keeping ---- */

#define VARINT_SIZE_MAX  10
#define HISTORY_SIZE_MAX ((size_t)(1 + VARINT_SIZE_MAX * (2 + MERIT_BALANCES_MAX)))

static unsigned char *put_varint(unsigned char *at, uint64_t number)
{
	for (; number >= 0x80; number >>= 7)
		*at++ = (unsigned char)(number | 0x80);
	*at++ = (unsigned char)number;
	return at;
}

/* Numbers near zero, on either side of it, are short. */
static uint64_t zigzag(int64_t number)
{
	return (uint64_t)number << 1 ^ (uint64_t)(number >> 63);
}

static int64_t unzigzag(uint64_t number)
{
	return (int64_t)(number >> 1 ^ (0 - (number & 1)));
}

void merit_histories_end(struct merit_model *model, struct merit_histories *histories)
{
	size_t size = (histories->size + 7) & ~(size_t)7;

	if (size > 0)
		memcpy(merit_state_append(model->state, histories->seq, size), histories->bytes, histories->size);
	histories->size = 0;
}

/* Every 64th entry of a holder leaves its seq in a row of its own. */
static void mark_put(struct merit_model *model, const struct merit_holder *holder, uint64_t seq)
{
	struct merit_text key = merit_model_holder_key(model, holder->number, holder->count / MERIT_MARK_EVERY - 1);

	*(uint64_t *)merit_model_add(model, MERIT_TABLE_MARK, key, sizeof(seq)) = seq;
}

void merit_histories_put(struct merit_model *model, struct merit_histories *histories, struct merit_holder *holder)
{
	if (histories->size + HISTORY_SIZE_MAX > sizeof(histories->bytes))
		merit_histories_end(model, histories);
	unsigned char *at = histories->bytes + histories->size;
	at = put_varint(at, holder->number);
	at = put_varint(at, histories->seq + 1 - holder->last);
	unsigned char *mask = at++;
	*mask = 0;
	for (int slot = 0; slot < MERIT_BALANCES_MAX; slot++) {
		if (holder->balance[slot] == 0)
			continue;
		*mask |= (unsigned char)(1u << slot);
		at = put_varint(at, zigzag(holder->balance[slot]));
	}
	histories->size = (size_t)(at - histories->bytes);
	holder->last = histories->seq + 1;
	if (++holder->count % MERIT_MARK_EVERY == 0)
		mark_put(model, holder, histories->seq);
}

/* ---- Finding ---- */

struct reader {
	const unsigned char *at, *end;
};

static uint64_t take_varint(struct reader *reader)
{
	uint64_t number = 0;

	for (unsigned shift = 0; reader->at < reader->end && shift < 64; shift += 7) {
		unsigned char byte = *reader->at++;
		number |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			break;
	}
	return number;
}

/* The history at the reader; its holder. */
static uint32_t take_history(struct reader *reader, uint64_t seq, struct merit_history *history_out)
{
	uint32_t holder = (uint32_t)take_varint(reader);

	history_out->previous = seq + 1 - take_varint(reader);
	unsigned mask = reader->at < reader->end ? *reader->at++ : 0;
	for (int slot = 0; slot < MERIT_BALANCES_MAX; slot++)
		history_out->balance[slot] = (mask & 1u << slot) != 0 ? unzigzag(take_varint(reader)) : 0;
	return holder;
}

bool merit_model_balances_at(struct merit_model *model, uint32_t holder, uint64_t seq,
                             struct merit_history *history_out)
{
	size_t size = 0;
	const unsigned char *record = merit_state_record(model->state, seq, &size);
	struct reader reader = { record, record == NULL ? NULL : record + size };
	struct merit_history history;

	while (reader.at < reader.end) {
		if (*reader.at == 0) { /* between holders: none has number 0 */
			reader.at++;
		} else if (take_history(&reader, seq, &history) == holder) {
			*history_out = history;
			return history.previous <= seq; /* Or it is damaged, and following it might never end. */
		}
	}
	return false;
}

/* The place of the first mark behind seq, or how many marks there are. False after a failure of the store. */
static bool mark_find(struct merit_model *model, const struct merit_holder *holder, uint64_t seq, uint32_t *place_out)
{
	uint32_t low = 0, high = holder->count / MERIT_MARK_EVERY; /* marks before low are not behind seq */

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		struct merit_text key = merit_model_holder_key(model, holder->number, middle);
		const uint64_t *mark = merit_model_get(model, MERIT_TABLE_MARK, key, NULL);
		if (mark == NULL) /* a failure of the store, which ends the group */
			return false;
		if (*mark <= seq)
			low = middle + 1;
		else
			high = middle;
	}
	*place_out = low;
	return true;
}

bool merit_model_balances_before(struct merit_model *model, const struct merit_holder *holder, uint64_t seq,
                                 struct merit_history *history_out)
{
	uint64_t at = holder->last; /* seq + 1 */
	uint32_t place;

	memset(history_out, 0, sizeof(*history_out));
	if (!mark_find(model, holder, seq, &place))
		return false;
	if (place < holder->count / MERIT_MARK_EVERY) { /* the first mark behind seq: what is looked for is before it */
		struct merit_text key = merit_model_holder_key(model, holder->number, place);
		const uint64_t *mark = merit_model_get(model, MERIT_TABLE_MARK, key, NULL);
		at = mark == NULL ? 0 : *mark + 1;
	}
	while (at != 0) {
		struct merit_history history;
		if (!merit_model_balances_at(model, holder->number, at - 1, &history))
			return false;
		if (at - 1 <= seq) {
			*history_out = history;
			return true;
		}
		at = history.previous;
	}
	return true;
}
