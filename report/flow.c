/* flow.c - see flow.h. */
#include "report/flow.h"

#include <stdlib.h>

static const struct {
	const char *name, *heading;
} kinds[MERIT_FLOW_COUNT] = {
	[MERIT_FLOW_ISSUED] = { "issued", "issued" },
	[MERIT_FLOW_MATURED] = { "matured", "matured" },
	[MERIT_FLOW_BROUGHT_IN] = { "brought_in", "brought in" },
	[MERIT_FLOW_REFUNDED] = { "refunded", "refunded" },
	[MERIT_FLOW_RESTORED] = { "restored", "restored" },
	[MERIT_FLOW_REDEEMED] = { "redeemed", "redeemed" },
	[MERIT_FLOW_EXPIRED] = { "expired", "expired" },
	[MERIT_FLOW_CLAWED_BACK] = { "clawed_back", "clawed back" },
	[MERIT_FLOW_ADJUSTED] = { "adjusted", "adjusted" },
};

const char *merit_flow_name(enum merit_flow_kind kind)
{
	return kinds[kind].name;
}

const char *merit_flow_heading(enum merit_flow_kind kind)
{
	return kinds[kind].heading;
}

/* ---- Rows ---- */

static bool is_same(const struct merit_flow *flow, const struct merit_posting *posting)
{
	return flow->day == posting->day && flow->line == posting->line &&
	       merit_text_equal(flow->campaign, posting->campaign);
}

/* The posting's row: from the newest on, since postings of one lot often stand together. NULL without memory. */
static struct merit_flow *row_of(struct merit_flows *flows, const struct merit_posting *posting)
{
	for (size_t i = flows->count; i-- > 0;) {
		if (is_same(&flows->rows[i], posting))
			return &flows->rows[i];
	}
	if (flows->count == flows->capacity) {
		size_t capacity = flows->capacity == 0 ? 16 : 2 * flows->capacity;
		struct merit_flow *rows = realloc(flows->rows, capacity * sizeof(rows[0]));
		if (rows == NULL)
			return NULL;
		flows->rows = rows;
		flows->capacity = capacity;
	}
	struct merit_flow *row = &flows->rows[flows->count++];
	*row = (struct merit_flow){ .campaign = posting->campaign, .day = posting->day, .line = posting->line };
	return row;
}

static void posting_add(struct merit_flow *row, const struct merit_posting *posting)
{
	int64_t amount = posting->amount;

	switch (posting->account) {
	case MERIT_ACCOUNT_MEMBER: row->available += amount; break;
	case MERIT_ACCOUNT_HELD: row->held += amount; break;
	case MERIT_ACCOUNT_PENDING: row->pending += amount; break;
	case MERIT_ACCOUNT_DEBT: row->debt += amount; break;
	case MERIT_ACCOUNT_REDEEMED: row->redeemed += amount; break;
	case MERIT_ACCOUNT_EXPIRED:
		row->dead += amount > 0 ? amount : 0;
		row->breakage += amount;
		break;
	default: break;
	}
}

/* ---- By what ---- */

static int64_t lesser(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t above_zero(int64_t amount)
{
	return amount > 0 ? amount : 0;
}

/* Of a lot of an order's line: what was captured and what died went out of it; what came in from redeemed/X was its
 * own up to as much as left there, and another lot's beyond that. */
static void order_split(struct merit_flow *row)
{
	int64_t captured = above_zero(row->redeemed), given_back = above_zero(-row->redeemed);
	int64_t rest = row->available + row->held + captured;
	int64_t died = lesser(row->dead, above_zero(-rest));
	int64_t came = above_zero(rest + died);

	row->by[MERIT_FLOW_REDEEMED] = -captured;
	row->by[MERIT_FLOW_EXPIRED] = -died;
	row->by[MERIT_FLOW_REFUNDED] = lesser(came, given_back);
	row->by[MERIT_FLOW_RESTORED] = came - row->by[MERIT_FLOW_REFUNDED];
}

/* Which flow all of an operation's points are; MERIT_FLOW_COUNT for orders, and for what moves no points of members. */
static enum merit_flow_kind kind_of(enum merit_operation_number operation)
{
	switch (operation) {
	case MERIT_OP_EARN:
	case MERIT_OP_REFERRAL:
	case MERIT_OP_REFERRAL_REVIEW: return MERIT_FLOW_ISSUED;
	case MERIT_OP_MATURE:
	case MERIT_OP_EARN_REVIEW: return MERIT_FLOW_MATURED;
	case MERIT_OP_MEMBER_OPENING: return MERIT_FLOW_BROUGHT_IN;
	case MERIT_OP_EXPIRE:
	case MERIT_OP_FORFEIT:
	case MERIT_OP_MEMBER_CLOSE: return MERIT_FLOW_EXPIRED;
	case MERIT_OP_REVERSE: return MERIT_FLOW_CLAWED_BACK;
	case MERIT_OP_ADJUST_POINTS: return MERIT_FLOW_ADJUSTED;
	default: return MERIT_FLOW_COUNT;
	}
}

enum merit_status merit_flows_read(struct merit_flows *flows, const struct merit_entry *entry)
{
	enum merit_flow_kind kind = kind_of(entry->operation->number);

	flows->count = 0;
	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		if (merit_posting_is_money(posting))
			continue;
		struct merit_flow *row = row_of(flows, posting);
		if (row == NULL)
			return MERIT_NO_MEMORY;
		posting_add(row, posting);
	}
	for (size_t i = 0; i < flows->count; i++) {
		struct merit_flow *row = &flows->rows[i];
		if (kind == MERIT_FLOW_COUNT)
			order_split(row);
		else
			row->by[kind] = row->available + row->held;
	}
	return MERIT_OK;
}

void merit_flows_free(struct merit_flows *flows)
{
	free(flows->rows);
	*flows = (struct merit_flows){ 0 };
}
