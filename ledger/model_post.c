/* model_post.c - what postings do to balances, lots, debts and histories; and evolve, which every entry goes through.
 *
 * It never decides: amounts were found right before the entry was made, so what does not fit here is a fault of ours and
 * ends the process. */
#include <assert.h>
#include <string.h>

#include "ledger/model.h"

/* ---- A member's lots and debts ---- */

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

struct merit_lot *merit_member_lot(struct merit_member *member, int32_t day, uint32_t campaign)
{
	size_t place = lot_place(member, day, campaign), count = member->head.lots_count;

	if (place < count && lot_order(&member->lots[place], day, campaign) == 0)
		return &member->lots[place];
	assert(count < member->lots_capacity);
	memmove(&member->lots[place + 1], &member->lots[place], (count - place) * sizeof(member->lots[0]));
	member->lots[place] = (struct merit_lot){ campaign, day, 0, 0, 0 };
	member->head.lots_count++;
	return &member->lots[place];
}

static void lots_drop_empty(struct merit_member *member)
{
	size_t kept = 0;

	for (size_t i = 0; i < member->head.lots_count; i++) {
		const struct merit_lot *lot = &member->lots[i];
		if (lot->available != 0 || lot->held != 0 || lot->pending != 0)
			member->lots[kept++] = member->lots[i];
	}
	member->head.lots_count = (uint32_t)kept;
}

static void debt_add(struct merit_member *member, uint32_t campaign, int64_t amount)
{
	size_t count = member->head.debts_count, place = 0;

	while (place < count && member->debts[place].campaign < campaign)
		place++;
	if (place == count || member->debts[place].campaign != campaign) {
		assert(count < member->debts_capacity);
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

/* A day is due while one of the member's lots with that last day has points to lose. */
static void day_set_due(struct merit_model *model, struct merit_text name, const struct merit_member *member,
                        int32_t day)
{
	bool due = false;

	if (day == MERIT_DAY_NEVER)
		return;
	for (size_t i = lot_place(member, day, 0); i < member->head.lots_count && member->lots[i].day == day; i++)
		due = due || member->lots[i].available > 0;
	merit_model_set_due(model, merit_model_day_end_ms(model, day), MERIT_DUE_EXPIRE, name, due);
}

static bool is_of_member(const struct merit_posting *posting, struct merit_text member)
{
	return merit_account_is_members(posting->account) && merit_text_equal(posting->holder, member);
}

static uint32_t campaign_number(struct merit_model *model, struct merit_text campaign)
{
	const struct merit_campaign *row = merit_model_campaign(model, campaign);

	assert(row != NULL);
	return row->holder.number;
}

/* What members owe counts with the sponsor whose campaign they owe it to. */
static void owed_add(struct merit_model *model, const struct merit_posting *posting)
{
	struct merit_name sponsor = merit_model_campaign(model, posting->campaign)->sponsor;
	struct merit_sponsor *row;

	row = merit_model_edit(model, MERIT_TABLE_SPONSOR, merit_name_text(&sponsor), sizeof(*row));
	row->owed -= posting->amount; /* the account is below zero by what is owed */
	model->program.owed -= posting->amount;
	merit_model_edit_program(model);
}

static void member_add(struct merit_model *model, struct merit_member *member, const struct merit_posting *posting)
{
	uint32_t campaign = campaign_number(model, posting->campaign);
	int slot = MERIT_AVAILABLE;

	switch (posting->account) {
	case MERIT_ACCOUNT_MEMBER:
		merit_member_lot(member, posting->day, campaign)->available += posting->amount;
		break;
	case MERIT_ACCOUNT_HELD:
		merit_member_lot(member, posting->day, campaign)->held += posting->amount;
		slot = MERIT_HELD;
		break;
	case MERIT_ACCOUNT_PENDING:
		assert(posting->day == MERIT_DAY_NONE);
		merit_member_lot(member, posting->day, campaign)->pending += posting->amount;
		slot = MERIT_PENDING;
		break;
	case MERIT_ACCOUNT_DEBT:
		debt_add(member, campaign, posting->amount);
		owed_add(model, posting);
		slot = MERIT_DEBT;
		break;
	default: assert(!"a posting to a member's account that no operation makes");
	}
	member->head.holder.balance[slot] += posting->amount;
}

/* ---- Holders ---- */

static void history_put(struct merit_model *model, struct merit_holder *holder, uint64_t seq)
{
	struct merit_text key = merit_model_history_key(model, holder->number, seq);
	struct merit_history *row = merit_model_add(model, MERIT_TABLE_HISTORY, key, sizeof(*row));

	row->previous = holder->last;
	memcpy(row->balance, holder->balance, sizeof(row->balance));
	holder->last = seq + 1;
}

/* All postings of one member in one go: the row is copied out and back once. A closed member keeps nothing: forfeit is
 * due while anything is available. */
static void post_member(struct merit_model *model, const struct merit_entry *entry, struct merit_text name)
{
	struct merit_member member;
	bool found = merit_model_member(model, name, entry->postings_count, &member);

	assert(found);
	for (size_t i = 0; i < entry->postings_count; i++) {
		if (is_of_member(&entry->postings[i], name))
			member_add(model, &member, &entry->postings[i]);
	}
	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		if (posting->account == MERIT_ACCOUNT_MEMBER && is_of_member(posting, name))
			day_set_due(model, name, &member, posting->day);
	}
	if (member.head.closed)
		merit_model_set_due(model, MERIT_DUE_AT_ONCE_MS, MERIT_DUE_FORFEIT, name,
		                    member.head.holder.balance[MERIT_AVAILABLE] > 0);
	lots_drop_empty(&member);
	history_put(model, &member.head.holder, entry->seq);
	merit_model_store_member(model, name, &member);
}

/* Points in a lot, for the accounts whose rows do not hold their lots. */
static void balance_add(struct merit_model *model, const struct merit_posting *posting)
{
	uint32_t campaign = campaign_number(model, posting->campaign);
	struct merit_text key =
		merit_model_balance_key(model, posting->account, campaign, posting->day, posting->holder);
	int64_t *row = merit_model_edit(model, MERIT_TABLE_BALANCE, key, sizeof(*row));

	*row += posting->amount;
	if (*row == 0)
		merit_state_delete(model->state, MERIT_TABLE_BALANCE, key.data, key.size);
}

static enum merit_table holder_table(enum merit_account account, size_t *size_out)
{
	switch (account) {
	case MERIT_ACCOUNT_SPONSOR: *size_out = sizeof(struct merit_sponsor); return MERIT_TABLE_SPONSOR;
	case MERIT_ACCOUNT_REDEEMED: *size_out = sizeof(struct merit_merchant); return MERIT_TABLE_MERCHANT;
	default: *size_out = sizeof(struct merit_campaign); return MERIT_TABLE_CAMPAIGN;
	}
}

static bool same_holder(const struct merit_posting *a, const struct merit_posting *b)
{
	size_t size;

	return holder_table(a->account, &size) == holder_table(b->account, &size) &&
	       merit_text_equal(a->holder, b->holder);
}

/* All postings of one sponsor, merchant or campaign. */
static void post_holder(struct merit_model *model, const struct merit_entry *entry, const struct merit_posting *first)
{
	size_t size;
	enum merit_table table = holder_table(first->account, &size);
	int64_t change[MERIT_BALANCES_MAX] = { 0 };

	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		if (merit_account_is_members(posting->account) || !same_holder(posting, first))
			continue;
		change[posting->account == MERIT_ACCOUNT_EXPIRED ? MERIT_EXPIRED : 0] += posting->amount;
		if (posting->account != MERIT_ACCOUNT_CAMPAIGN) /* whose one lot is its budget */
			balance_add(model, posting);
	}
	if (table == MERIT_TABLE_SPONSOR) {
		model->program.granted -= change[MERIT_POINTS];
		merit_model_edit_program(model);
	}
	const struct merit_holder *before = merit_model_get(model, table, first->holder, NULL);
	assert(before != NULL);
	struct merit_holder behind = *before;
	for (int slot = 0; slot < MERIT_BALANCES_MAX; slot++)
		behind.balance[slot] += change[slot];
	history_put(model, &behind, entry->seq);
	*(struct merit_holder *)merit_model_edit(model, table, first->holder, size) = behind;
}

static bool posted_before(const struct merit_entry *entry, size_t index)
{
	const struct merit_posting *posting = &entry->postings[index];
	bool is_members = merit_account_is_members(posting->account);

	for (size_t i = 0; i < index; i++) {
		const struct merit_posting *earlier = &entry->postings[i];
		bool same = is_members ? is_of_member(earlier, posting->holder)
		                       : !merit_account_is_members(earlier->account) && same_holder(earlier, posting);
		if (same)
			return true;
	}
	return false;
}

void merit_model_post(struct merit_model *model, const struct merit_entry *entry)
{
	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		if (posted_before(entry, i))
			continue;
		if (merit_account_is_members(posting->account))
			post_member(model, entry, posting->holder);
		else
			post_holder(model, entry, posting);
	}
}

/* ---- Conservation ---- */

static __int128 campaign_sum(const struct merit_entry *entry, struct merit_text campaign)
{
	__int128 sum = 0; /* amounts are below 2^53 and there are few: no sum overflows */

	for (size_t i = 0; i < entry->postings_count; i++) {
		if (merit_text_equal(entry->postings[i].campaign, campaign))
			sum += entry->postings[i].amount;
	}
	return sum;
}

const char *merit_postings_fault(const struct merit_entry *entry)
{
	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		if (posting->account == MERIT_ACCOUNT_CAMPAIGN && posting->day != MERIT_DAY_NONE)
			return "a budget holds a dated lot";
		/* Postings of one campaign mostly stand together: each run of them is summed once. */
		if (i > 0 && merit_text_equal(posting->campaign, entry->postings[i - 1].campaign))
			continue;
		if (campaign_sum(entry, posting->campaign) != 0) /* with every campaign at zero the whole is, too */
			return "postings of a campaign do not sum to zero";
	}
	return NULL;
}

/* The highest an account may stand at. A debt is as many points elsewhere, and they may be back with the sponsor. */
static int64_t ceiling(struct merit_model *model, const struct merit_posting *posting)
{
	if (posting->account == MERIT_ACCOUNT_SPONSOR)
		return merit_model_sponsor(model, posting->holder)->owed;
	return posting->account == MERIT_ACCOUNT_DEBT ? 0 : MERIT_AMOUNT_MAX;
}

const char *merit_floors_fault(struct merit_model *model, const struct merit_entry *entry)
{
	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		bool below_zero = posting->account == MERIT_ACCOUNT_SPONSOR || posting->account == MERIT_ACCOUNT_DEBT;
		int64_t lowest = below_zero ? -MERIT_AMOUNT_MAX : 0;
		int slot;
		const struct merit_holder *holder = merit_model_holder(model, posting->account, posting->holder, &slot);
		if (holder == NULL)
			return "a posting names an account that does not exist";
		if (holder->balance[slot] < lowest || holder->balance[slot] > ceiling(model, posting))
			return "a balance left its bounds";
	}
	return NULL;
}

/* ---- Evolve ---- */

void merit_evolve(struct merit_model *model, const struct merit_entry *entry)
{
	const struct merit_party *party;

	if (entry->status == MERIT_OK) {
		merit_model_post(model, entry);
		entry->operation->evolve(model, entry);
	}
	party = merit_model_party(model, entry->party);
	assert(party != NULL); /* the first entry makes its own */
	struct merit_text key = merit_model_id_key(model, party->number, entry->id);
	uint64_t *row = merit_model_add(model, MERIT_TABLE_ID, key, sizeof(*row));
	*row = entry->seq;
}
