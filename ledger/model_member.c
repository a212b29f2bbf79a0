/* model_member.c - see model.h: members' rows, and what postings do to them. It never decides: what does not fit is a
 * fault of ours and ends the process. */
#include <assert.h>
#include <string.h>

#include "ledger/model_move.h"

/* ---- Rows ---- */

const struct merit_member_head *merit_model_member_head(struct merit_model *model, struct merit_text member)
{
	return merit_model_get(model, MERIT_TABLE_MEMBER, member, NULL);
}

bool merit_model_has_member(struct merit_model *model, struct merit_text member)
{
	return merit_model_has(model, MERIT_TABLE_MEMBER, member);
}

void merit_model_expect_member(struct merit_model *model, struct merit_text member)
{
	merit_state_expect(model->state, MERIT_TABLE_MEMBER, member.data, member.size);
}

bool merit_model_view_member(struct merit_model *model, struct merit_text member, struct merit_member *member_out)
{
	const struct merit_member_head *head = merit_model_member_head(model, member);

	if (head == NULL)
		return false;
	member_out->head = *head;
	member_out->lots = (struct merit_lot *)(uintptr_t)(head + 1); /* in the row itself: to look at */
	member_out->debts = (struct merit_debt *)(member_out->lots + head->lots_count);
	member_out->lots_capacity = head->lots_count;
	member_out->debts_capacity = head->debts_count;
	return true;
}

bool merit_model_member(struct merit_model *model, struct merit_text member, size_t room,
                        struct merit_member *member_out)
{
	struct merit_member row;

	if (!merit_model_view_member(model, member, &row))
		return false;
	size_t lots = row.head.lots_count, debts = row.head.debts_count;
	*member_out = row;
	member_out->lots_capacity = lots + room;
	member_out->debts_capacity = debts + room;
	member_out->lots = merit_model_scratch(model, (lots + room) * sizeof(struct merit_lot));
	member_out->debts = merit_model_scratch(model, (debts + room) * sizeof(struct merit_debt));
	memcpy(member_out->lots, row.lots, lots * sizeof(struct merit_lot));
	memcpy(member_out->debts, row.debts, debts * sizeof(struct merit_debt));
	return true;
}

/* ---- Lots and debts ---- */

static int lot_order(const struct merit_lot *lot, int32_t day, uint32_t campaign)
{
	if (lot->day != day)
		return lot->day < day ? -1 : 1;
	if (lot->campaign != campaign)
		return lot->campaign < campaign ? -1 : 1;
	return 0;
}

/* The place of a lot, or where it would stand: the first lot not before it. */
static size_t lot_place(const struct merit_member *member, int32_t day, uint32_t campaign)
{
	size_t low = 0, high = member->head.lots_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (lot_order(&member->lots[middle], day, campaign) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool has_lot(const struct merit_member *member, size_t place, int32_t day, uint32_t campaign)
{
	return place < member->head.lots_count && lot_order(&member->lots[place], day, campaign) == 0;
}

static struct merit_lot *lot_insert(struct merit_member *member, size_t place, int32_t day, uint32_t campaign)
{
	size_t count = member->head.lots_count++;

	assert(count < member->lots_capacity);
	memmove(&member->lots[place + 1], &member->lots[place], (count - place) * sizeof(member->lots[0]));
	member->lots[place] = (struct merit_lot){ campaign, day, 0, 0, 0 };
	return &member->lots[place];
}

struct merit_lot *merit_member_lot(struct merit_member *member, int32_t day, uint32_t campaign)
{
	size_t place = lot_place(member, day, campaign);

	return has_lot(member, place, day, campaign) ? &member->lots[place] : lot_insert(member, place, day, campaign);
}

/* ---- A row while it is changed, where it stands ---- */

/* Its head, then room for lots_capacity lots, then for debts_capacity debts. The head is a copy until the row is
 * closed. */
struct row {
	struct merit_model *model;
	struct merit_text name;
	struct merit_member_head *head;
	struct merit_member member;
};

static size_t size_of(size_t lots, size_t debts)
{
	return sizeof(struct merit_member_head) + lots * sizeof(struct merit_lot) + debts * sizeof(struct merit_debt);
}

/* The row with other capacities; its debts still stand where they stood. */
static void row_resize(struct row *row, size_t lots, size_t debts)
{
	row->head = merit_model_edit(row->model, MERIT_TABLE_MEMBER, row->name, size_of(lots, debts));
	row->member.lots = (struct merit_lot *)(row->head + 1);
	row->member.debts = (struct merit_debt *)(row->member.lots + row->member.lots_capacity);
	row->member.lots_capacity = lots;
	row->member.debts_capacity = debts;
}

static void debts_move(struct merit_member *member, struct merit_lot *behind)
{
	struct merit_debt *debts = (struct merit_debt *)behind;

	if (debts != member->debts)
		memmove(debts, member->debts, member->head.debts_count * sizeof(*debts));
	member->debts = debts;
}

static struct row row_open(struct merit_model *model, struct merit_text name)
{
	struct row row = { .model = model, .name = name };
	bool found = merit_model_view_member(model, name, &row.member);

	assert(found);
	row_resize(&row, row.member.lots_capacity, row.member.debts_capacity);
	return row;
}

static void row_grow(struct row *row, size_t lots_more, size_t debts_more)
{
	struct merit_member *member = &row->member;

	row_resize(row, member->lots_capacity + lots_more, member->debts_capacity + debts_more);
	debts_move(member, member->lots + member->lots_capacity);
}

static void lots_drop_empty(struct merit_member *member)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < member->head.lots_count; i++) {
		const struct merit_lot *lot = &member->lots[i];
		if (lot->available == 0 && lot->held == 0 && lot->pending == 0)
			continue;
		if (kept != i)
			member->lots[kept] = *lot;
		kept++;
	}
	member->head.lots_count = kept;
}

static void row_close(struct row *row)
{
	struct merit_member *member = &row->member;

	lots_drop_empty(member);
	size_t lots = member->head.lots_count, debts = member->head.debts_count;
	if (lots < member->lots_capacity || debts < member->debts_capacity) {
		debts_move(member, member->lots + lots);
		row_resize(row, lots, debts);
	}
	*row->head = member->head;
}

/* ---- Postings ---- */

static bool is_any_available(const struct merit_member *member, int32_t day)
{
	for (size_t i = lot_place(member, day, 0); i < member->head.lots_count && member->lots[i].day == day; i++) {
		if (member->lots[i].available > 0)
			return true;
	}
	return false;
}

static struct merit_lot *lot_edit(struct row *row, int32_t day, uint32_t campaign)
{
	size_t place = lot_place(&row->member, day, campaign);

	if (has_lot(&row->member, place, day, campaign))
		return &row->member.lots[place];
	if (row->member.head.lots_count == row->member.lots_capacity)
		row_grow(row, 1, 0);
	return lot_insert(&row->member, place, day, campaign);
}

/* A day is due while one of the member's lots with that last day has points to lose: that changes with the first of
 * them to come and the last of them to go. */
static void available_add(struct row *row, int32_t day, uint32_t campaign, int64_t amount)
{
	struct merit_lot *lot = lot_edit(row, day, campaign);
	int64_t before = lot->available, behind = before + amount;

	lot->available = 0;
	bool is_alone = !is_any_available(&row->member, day);
	lot->available = behind;
	if ((before > 0) != (behind > 0) && is_alone && day != MERIT_DAY_NEVER)
		merit_model_set_due(row->model, merit_model_day_end_ms(row->model, day), MERIT_DUE_EXPIRE, row->name,
		                    behind > 0);
}

static void debt_add(struct row *row, uint32_t campaign, int64_t amount)
{
	struct merit_member *member = &row->member;
	size_t count = member->head.debts_count, place = 0;

	while (place < count && member->debts[place].campaign < campaign)
		place++;
	if (place == count || member->debts[place].campaign != campaign) {
		if (count == member->debts_capacity)
			row_grow(row, 0, 1);
		memmove(&member->debts[place + 1], &member->debts[place], (count - place) * sizeof(member->debts[0]));
		member->debts[place] = (struct merit_debt){ campaign, 0, 0 };
		member->head.debts_count++;
	}
	member->debts[place].owed -= amount; /* the account is below zero by what is owed */
	assert(member->debts[place].owed >= 0);
	if (member->debts[place].owed == 0) {
		member->head.debts_count--;
		memmove(&member->debts[place], &member->debts[place + 1],
		        (member->head.debts_count - place) * sizeof(member->debts[0]));
	}
}

static void posting_add(struct merit_move *move, struct row *row, const struct merit_posting *posting)
{
	uint32_t campaign = merit_move_campaign(move, posting->campaign);
	int slot = MERIT_AVAILABLE;

	switch (posting->account) {
	case MERIT_ACCOUNT_MEMBER: available_add(row, posting->day, campaign, posting->amount); break;
	case MERIT_ACCOUNT_HELD:
		lot_edit(row, posting->day, campaign)->held += posting->amount;
		slot = MERIT_HELD;
		break;
	case MERIT_ACCOUNT_PENDING:
		assert(posting->day == MERIT_DAY_NONE);
		lot_edit(row, posting->day, campaign)->pending += posting->amount;
		slot = MERIT_PENDING;
		break;
	case MERIT_ACCOUNT_DEBT:
		debt_add(row, campaign, posting->amount);
		merit_move_owed(move, posting);
		slot = MERIT_DEBT;
		break;
	default: assert(!"a posting to a member's account that no operation makes");
	}
	row->member.head.holder.balance[slot] += posting->amount;
}

/* A closed member keeps nothing: forfeit is due while anything is available. */
void merit_move_member(struct merit_move *move, struct merit_text name)
{
	const struct merit_entry *entry = move->entry;
	struct row row = row_open(move->model, name);

	for (size_t i = 0; i < entry->postings_count; i++) {
		if (merit_posting_is_members(&entry->postings[i], name))
			posting_add(move, &row, &entry->postings[i]);
	}
	struct merit_member_head *head = &row.member.head;
	if (head->closed)
		merit_model_set_due(move->model, MERIT_DUE_AT_ONCE_MS, MERIT_DUE_FORFEIT, name,
		                    head->holder.balance[MERIT_AVAILABLE] > 0);
	merit_histories_put(move->model, &move->histories, &head->holder);
	row_close(&row);
}
