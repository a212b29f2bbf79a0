/* query_past.c - balances as they were: as known behind an entry or at a time, and as dated at the end of a day.
 *
 * Nobody's balances are added up from all entries. A holder's history has them behind each of its entries, and marks
 * lead to any place in it; what was dated back since is summed by the days between, in rows of LATE. A member's lots
 * are in no history: its row is taken back entry by entry, which is a walk through its own history alone. */
#include <stdlib.h>
#include <string.h>

#include "ledger/calendar.h"
#include "ledger/query_inner.h"

/* ---- Moments ---- */

/* Reads the entry at seq into arena, which is reset first. */
static enum merit_status entry_at(struct merit_model *model, uint64_t seq, struct merit_arena *arena,
                                  struct merit_entry *entry_out)
{
	merit_arena_reset(arena);
	return merit_event_read(model, seq, arena, entry_out);
}

/* How many entries were made before a time: their times never fall, so it is found by halving. */
static enum merit_status count_before(struct merit_ledger *ledger, int64_t time_ms, uint64_t *count_out)
{
	uint64_t low = 0, high = merit_ledger_next_seq(ledger);
	struct merit_arena arena = { 0 };
	enum merit_status status = MERIT_OK;

	while (low < high && status == MERIT_OK) {
		uint64_t middle = low + (high - low) / 2;
		struct merit_entry entry;
		status = entry_at(&ledger->model, middle, &arena, &entry);
		if (status == MERIT_OK && entry.time_ms < time_ms)
			low = middle + 1;
		else
			high = middle;
	}
	merit_arena_free(&arena);
	*count_out = low;
	return status;
}

static enum merit_status known_at(struct merit_ledger *ledger, uint64_t count, struct merit_moment *moment)
{
	struct merit_arena arena = { 0 };
	struct merit_entry last;

	if (count == 0 || count > merit_ledger_next_seq(ledger))
		return MERIT_NOT_FOUND;
	enum merit_status status = entry_at(&ledger->model, count - 1, &arena, &last);
	if (status == MERIT_OK)
		*moment = (struct merit_moment){ .count = count, .time_ms = last.time_ms };
	merit_arena_free(&arena);
	return status;
}

static enum merit_status dated_on(struct merit_ledger *ledger, int32_t day, struct merit_moment *moment)
{
	int32_t today = merit_model_day(&ledger->model, ledger->group_ms);

	*moment = (struct merit_moment){ .is_dated = true, .day = day, .is_coming = day > today };
	if (day >= today) {
		moment->count = merit_ledger_next_seq(ledger);
		return MERIT_OK;
	}
	return count_before(ledger, merit_model_day_end_ms(&ledger->model, day), &moment->count);
}

enum merit_status merit_moment_read(struct merit_ledger *ledger, const struct merit_value *seq,
                                    const struct merit_value *time, const struct merit_value *day,
                                    struct merit_moment *moment_out)
{
	uint64_t count;

	if (seq->present + time->present + day->present > 1 || (time->present && time->integer > ledger->group_ms))
		return MERIT_BAD_PARAMS;
	if (seq->present)
		return known_at(ledger, (uint64_t)seq->integer + 1, moment_out);
	if (day->present)
		return dated_on(ledger, (int32_t)day->integer, moment_out);
	if (time->present) {
		enum merit_status status = count_before(ledger, time->integer + 1, &count);
		return status == MERIT_OK ? known_at(ledger, count, moment_out) : status;
	}
	*moment_out = (struct merit_moment){ .count = merit_ledger_next_seq(ledger), .time_ms = ledger->time_ms };
	return MERIT_OK;
}

void merit_put_moment(struct merit_buffer *out, const struct merit_ledger *ledger, const struct merit_moment *moment)
{
	if (moment->is_dated) {
		merit_put_day(out, "day", moment->day);
		merit_put_as_of(out, ledger);
		return;
	}
	merit_put_integer(out, "seq", (int64_t)moment->count - 1);
	merit_put_integer(out, "time", moment->time_ms);
}

/* ---- Balances of holders ---- */

/* Adds what was made behind the day and dated up to it. The newest of it stand first in the holder's chain. */
static void late_add(struct merit_model *model, const struct merit_moment *moment, struct merit_asked *asked)
{
	uint32_t number = asked->holder->number;
	const struct merit_late *row = merit_model_late(model, number, MERIT_DAY_NONE, MERIT_DAY_NONE);

	while (row != NULL && row->before_made_day > moment->day) {
		int32_t day = row->before_day;
		row = merit_model_late(model, number, row->before_made_day, day);
		for (int slot = 0; row != NULL && day <= moment->day && slot < MERIT_BALANCES_MAX; slot++)
			asked->balance[slot] += row->change[slot];
	}
}

enum merit_status merit_moment_balances(struct merit_model *model, const struct merit_moment *moment,
                                        struct merit_asked *asked, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct merit_history history = { 0 };
		if (asked[i].holder != NULL && moment->count > 0 &&
		    !merit_model_balances_before(model, asked[i].holder, moment->count - 1, &history))
			return MERIT_CORRUPT;
		memcpy(asked[i].balance, history.balance, sizeof(asked[i].balance));
		if (asked[i].holder != NULL && moment->is_dated)
			late_add(model, moment, &asked[i]);
	}
	return merit_state_failure(model->state);
}

/* ---- A member ---- */

static bool has_room(struct merit_model *model, struct merit_member *member)
{
	size_t lots = member->head.lots_count, debts = member->head.debts_count, more = lots + debts + 16;

	if (lots < member->lots_capacity && debts < member->debts_capacity)
		return true;
	struct merit_lot *new_lots = merit_arena_allocate(&model->scratch, (lots + more) * sizeof(*new_lots));
	struct merit_debt *new_debts = merit_arena_allocate(&model->scratch, (debts + more) * sizeof(*new_debts));
	if (new_lots == NULL || new_debts == NULL)
		return false;
	if (lots > 0)
		memcpy(new_lots, member->lots, lots * sizeof(*new_lots));
	if (debts > 0)
		memcpy(new_debts, member->debts, debts * sizeof(*new_debts));
	member->lots = new_lots;
	member->debts = new_debts;
	member->lots_capacity = lots + more;
	member->debts_capacity = debts + more;
	return true;
}

static void lot_apply(struct merit_member *member, const struct merit_posting *posting, uint32_t campaign,
                      int64_t amount)
{
	struct merit_lot *lot = merit_member_lot(member, posting->day, campaign);

	if (posting->account == MERIT_ACCOUNT_MEMBER)
		lot->available += amount;
	else if (posting->account == MERIT_ACCOUNT_HELD)
		lot->held += amount;
	else
		lot->pending += amount;
	if (lot->available != 0 || lot->held != 0 || lot->pending != 0)
		return;
	size_t behind = (size_t)(member->lots + member->head.lots_count - (lot + 1));
	memmove(lot, lot + 1, behind * sizeof(*lot));
	member->head.lots_count--;
}

static void debt_apply(struct merit_member *member, uint32_t campaign, int64_t amount)
{
	size_t count = member->head.debts_count, place = 0;

	while (place < count && member->debts[place].campaign < campaign)
		place++;
	struct merit_debt *debt = &member->debts[place];
	if (place == count || debt->campaign != campaign) {
		memmove(debt + 1, debt, (count - place) * sizeof(*debt));
		*debt = (struct merit_debt){ .campaign = campaign };
		count = ++member->head.debts_count;
	}
	debt->owed -= amount; /* the account is below zero by what is owed */
	if (debt->owed == 0) {
		memmove(debt, debt + 1, (count - place - 1) * sizeof(*debt));
		member->head.debts_count--;
	}
}

bool merit_member_apply(struct merit_model *model, struct merit_member *member, const struct merit_posting *posting,
                        int sign)
{
	uint32_t campaign = merit_model_campaign(model, posting->campaign)->holder.number;
	int64_t amount = sign * posting->amount;
	int slot;

	if (!has_room(model, member))
		return false;
	switch (posting->account) {
	case MERIT_ACCOUNT_PENDING: slot = MERIT_PENDING; break;
	case MERIT_ACCOUNT_HELD: slot = MERIT_HELD; break;
	case MERIT_ACCOUNT_DEBT: slot = MERIT_DEBT; break;
	default: slot = MERIT_AVAILABLE; break;
	}
	member->head.holder.balance[slot] += amount;
	if (slot == MERIT_DEBT)
		debt_apply(member, campaign, amount);
	else
		lot_apply(member, posting, campaign, amount);
	return true;
}

static enum merit_status entry_undo(struct merit_model *model, struct merit_text name, const struct merit_entry *entry,
                                    struct merit_member *member)
{
	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		if (!merit_account_is_members(posting->account) || !merit_text_equal(posting->holder, name))
			continue;
		if (!merit_member_apply(model, member, posting, -1))
			return MERIT_NO_MEMORY;
	}
	return MERIT_OK;
}

/* No entry is dated behind the day on which it was made: the walk ends at the first made by the moment, either way.
 * Others wait for it, so it is bounded. */
static enum merit_status history_undo(struct merit_model *model, struct merit_text name,
                                      const struct merit_moment *moment, struct merit_arena *arena,
                                      struct merit_member *member)
{
	enum merit_status status = MERIT_OK;
	unsigned left = MERIT_PAST_ENTRIES_MAX;

	for (uint64_t at = member->head.holder.last; at > moment->count && status == MERIT_OK;) {
		struct merit_history history;
		struct merit_entry entry;
		if (left-- == 0)
			return MERIT_TOO_LARGE;
		if (!merit_model_balances_at(model, member->head.holder.number, at - 1, &history))
			return MERIT_CORRUPT;
		status = entry_at(model, at - 1, arena, &entry);
		if (status == MERIT_OK && (!moment->is_dated || entry.day > moment->day))
			status = entry_undo(model, name, &entry, member);
		at = history.previous;
	}
	return status;
}

enum merit_status merit_moment_member(struct merit_ledger *ledger, struct merit_text member,
                                      const struct merit_moment *moment, struct merit_member *member_out)
{
	struct merit_arena arena = { 0 };

	if (!merit_model_member(&ledger->model, member, 0, member_out))
		return MERIT_MEMBER_UNKNOWN;
	enum merit_status status = history_undo(&ledger->model, member, moment, &arena, member_out);
	merit_arena_free(&arena);
	return status;
}
