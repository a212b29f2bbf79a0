/* model_post.c - what postings do to balances, lots, debts and histories; and evolve, which every entry goes through.
 *
 * It never decides: amounts were found right before the entry was made, so what does not fit here is a fault of ours and
 * ends the process. */
#include <assert.h>
#include <string.h>

#include "ledger/closing.h"
#include "ledger/given.h"
#include "ledger/model.h"
#include "ledger/settlement.h"

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
	return merit_account_is_members(posting->account) && merit_text_equal(posting->holder, member); /* never in money */
}

static uint32_t campaign_number(struct merit_model *model, struct merit_text campaign)
{
	const struct merit_campaign *row = merit_model_campaign(model, campaign);

	assert(row != NULL);
	return row->holder.number;
}

/* What members owe, and what was written off of it, counts with the sponsor whose campaign they owe it to. */
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

/* How many balances a holder of this kind has; history keeps no more. */
enum { ONE_BALANCE = 1, CAMPAIGN_BALANCES = 3, MEMBER_BALANCES = 4 };

static void history_put(struct merit_model *model, struct merit_holder *holder, size_t balances, uint64_t seq)
{
	struct merit_text key = merit_model_history_key(model, holder->number, seq);
	size_t size = balances * sizeof(holder->balance[0]);
	struct merit_history *row = merit_model_add(model, MERIT_TABLE_HISTORY, key, sizeof(row->previous) + size);

	row->previous = holder->last;
	memcpy(row->balance, holder->balance, size);
	holder->last = seq + 1;
	if (++holder->count % MERIT_MARK_EVERY != 0)
		return;
	key = merit_model_history_key(model, holder->number, holder->count / MERIT_MARK_EVERY - 1);
	*(uint64_t *)merit_model_add(model, MERIT_TABLE_MARK, key, sizeof(seq)) = seq;
}

static struct merit_late *late_edit(struct merit_model *model, uint32_t holder, int32_t made_day, int32_t day)
{
	struct merit_text key = merit_model_late_key(model, holder, made_day, day);

	return merit_model_edit(model, MERIT_TABLE_LATE, key, sizeof(struct merit_late));
}

/* Puts a new row in front of the holder's chain. */
static void late_link(struct merit_model *model, uint32_t holder, int32_t made_day, int32_t day)
{
	bool is_first = merit_model_late(model, holder, MERIT_DAY_NONE, MERIT_DAY_NONE) == NULL;
	struct merit_late *head = late_edit(model, holder, MERIT_DAY_NONE, MERIT_DAY_NONE);
	int32_t before_made_day = is_first ? MERIT_DAY_NONE : head->before_made_day;
	int32_t before_day = is_first ? MERIT_DAY_NONE : head->before_day;

	head->before_made_day = made_day;
	head->before_day = day;
	struct merit_late *row = late_edit(model, holder, made_day, day);
	row->before_made_day = before_made_day;
	row->before_day = before_day;
}

/* An entry dated before the day on which it was made changes what the days between them show. Members' are few enough to
 * be walked: see query_past.c. */
static void late_add(struct merit_model *model, const struct merit_entry *entry, uint32_t holder,
		     const int64_t change[MERIT_BALANCES_MAX])
{
	int32_t made_day = merit_model_day(model, entry->time_ms);

	if (entry->day >= made_day)
		return;
	if (merit_model_late(model, holder, made_day, entry->day) == NULL)
		late_link(model, holder, made_day, entry->day);
	struct merit_late *row = late_edit(model, holder, made_day, entry->day);
	for (int slot = 0; slot < MERIT_BALANCES_MAX; slot++)
		row->change[slot] += change[slot];
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
	history_put(model, &member.head.holder, MEMBER_BALANCES, entry->seq);
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

	return !merit_posting_is_money(a) && !merit_posting_is_money(b) &&
	       holder_table(a->account, &size) == holder_table(b->account, &size) &&
	       merit_text_equal(a->holder, b->holder);
}

static int holder_slot(enum merit_account account)
{
	switch (account) {
	case MERIT_ACCOUNT_EXPIRED: return MERIT_EXPIRED;
	case MERIT_ACCOUNT_WRITEOFF: return MERIT_WRITTEN_OFF;
	default: return 0;
	}
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
		change[holder_slot(posting->account)] += posting->amount;
		if (posting->account == MERIT_ACCOUNT_WRITEOFF)
			owed_add(model, posting);
		else if (posting->account != MERIT_ACCOUNT_CAMPAIGN) /* whose one lot is its budget */
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
	history_put(model, &behind, table == MERIT_TABLE_CAMPAIGN ? CAMPAIGN_BALANCES : ONE_BALANCE, entry->seq);
	late_add(model, entry, behind.number, change);
	*(struct merit_holder *)merit_model_edit(model, table, first->holder, size) = behind;
}

/* ---- Rows of one balance: money, and what all accounts of a kind hold of a campaign ---- */

static void single_add(struct merit_model *model, const struct merit_entry *entry, enum merit_table table,
		       struct merit_text key, int64_t amount)
{
	const struct merit_holder *before = merit_model_get(model, table, key, NULL);
	int64_t change[MERIT_BALANCES_MAX] = { amount };
	struct merit_holder behind = { 0 };

	if (before != NULL) {
		behind = *before;
	} else {
		behind.number = ++model->program.numbers;
		merit_model_edit_program(model);
	}
	behind.balance[0] += amount;
	history_put(model, &behind, ONE_BALANCE, entry->seq);
	late_add(model, entry, behind.number, change);
	*(struct merit_holder *)merit_model_edit(model, table, key, sizeof(behind)) = behind;
}

static bool same_money(const struct merit_posting *a, const struct merit_posting *b)
{
	return merit_posting_is_money(a) && merit_posting_same_account(a, b);
}

static void post_money(struct merit_model *model, const struct merit_entry *entry, const struct merit_posting *first)
{
	struct merit_text key = merit_model_money_key(model, first->account, first->currency, first->holder);
	int64_t amount = 0;

	for (size_t i = 0; i < entry->postings_count; i++) {
		if (same_money(&entry->postings[i], first))
			amount += entry->postings[i].amount;
	}
	if (amount == 0)
		return;
	merit_model_add_currency(model, first->currency);
	single_add(model, entry, MERIT_TABLE_MONEY, key, amount);
}

/* A campaign has its own row for its budget, for what expired and for what was written off; and with all others known,
 * what members have available is known too. */
static bool is_totalled(enum merit_account account)
{
	switch (account) {
	case MERIT_ACCOUNT_SPONSOR:
	case MERIT_ACCOUNT_PENDING:
	case MERIT_ACCOUNT_HELD:
	case MERIT_ACCOUNT_DEBT:
	case MERIT_ACCOUNT_REDEEMED: return true;
	default: return false;
	}
}

static bool same_total(const struct merit_posting *a, const struct merit_posting *b)
{
	return !merit_posting_is_money(a) && a->account == b->account && merit_text_equal(a->campaign, b->campaign);
}

static void post_total(struct merit_model *model, const struct merit_entry *entry, const struct merit_posting *first)
{
	int64_t amount = 0;

	for (size_t i = 0; i < entry->postings_count; i++) {
		if (same_total(&entry->postings[i], first))
			amount += entry->postings[i].amount;
	}
	struct merit_text key = merit_model_total_key(model, first->account, campaign_number(model, first->campaign));
	if (amount != 0)
		single_add(model, entry, MERIT_TABLE_TOTAL, key, amount);
}

/* ---- What backs a sponsor's points ---- */

/* Points that leave a campaign's budget and members, or come to them. */
static bool is_outside(const struct merit_posting *posting)
{
	switch (posting->account) {
	case MERIT_ACCOUNT_SPONSOR:
	case MERIT_ACCOUNT_REDEEMED:
	case MERIT_ACCOUNT_EXPIRED:
	case MERIT_ACCOUNT_DEBT:
	case MERIT_ACCOUNT_WRITEOFF: return !merit_posting_is_money(posting);
	default: return false;
	}
}

static void outstanding_add(struct merit_model *model, struct merit_text name, int64_t points)
{
	struct merit_campaign *campaign = merit_model_edit(model, MERIT_TABLE_CAMPAIGN, name, sizeof(*campaign));
	int64_t before = merit_points_worth(campaign, campaign->outstanding);

	campaign->outstanding += points;
	int64_t change = merit_points_worth(campaign, campaign->outstanding) - before;
	uint32_t sponsor = merit_model_sponsor(model, merit_name_text(&campaign->sponsor))->holder.number;
	struct merit_text currency = { campaign->currency, sizeof(campaign->currency) };
	struct merit_text key = merit_model_currency_key(model, sponsor, currency);
	if (change == 0)
		return;
	merit_model_add_currency(model, currency);
	((struct merit_credit *)merit_model_edit(model, MERIT_TABLE_CREDIT, key, sizeof(struct merit_credit)))
		->exposure_minor += change;
}

static void post_outside(struct merit_model *model, const struct merit_entry *entry, const struct merit_posting *first)
{
	int64_t points = 0;

	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		if (is_outside(posting) && merit_text_equal(posting->campaign, first->campaign))
			points -= posting->amount;
	}
	if (points != 0)
		outstanding_add(model, first->campaign, points);
}

/* ---- All of an entry's postings ---- */

static bool in_one_campaign(const struct merit_posting *a, const struct merit_posting *b)
{
	return is_outside(a) && is_outside(b) && merit_text_equal(a->campaign, b->campaign);
}

/* Whether a posting before this one is like it. */
static bool is_again(const struct merit_entry *entry, size_t index,
		     bool (*alike)(const struct merit_posting *a, const struct merit_posting *b))
{
	for (size_t i = 0; i < index; i++) {
		if (alike(&entry->postings[i], &entry->postings[index]))
			return true;
	}
	return false;
}

static bool same_party(const struct merit_posting *a, const struct merit_posting *b)
{
	return merit_account_is_members(a->account) ? is_of_member(b, a->holder)
						    : !merit_account_is_members(b->account) && same_holder(a, b);
}

/* Each holder, each total and each campaign once, at the first posting of it. */
void merit_model_post(struct merit_model *model, const struct merit_entry *entry)
{
	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		if (merit_posting_is_money(posting)) {
			if (!is_again(entry, i, same_money))
				post_money(model, entry, posting);
			continue;
		}
		if (!is_again(entry, i, same_party)) {
			if (merit_account_is_members(posting->account))
				post_member(model, entry, posting->holder);
			else
				post_holder(model, entry, posting);
		}
		if (is_totalled(posting->account) && !is_again(entry, i, same_total))
			post_total(model, entry, posting);
		if (is_outside(posting) && !is_again(entry, i, in_one_campaign))
			post_outside(model, entry, posting);
	}
}

/* ---- Conservation ---- */

static __int128 campaign_sum(const struct merit_entry *entry, struct merit_text campaign)
{
	__int128 sum = 0; /* amounts are below 2^53 and there are few: no sum overflows */

	for (size_t i = 0; i < entry->postings_count; i++) {
		if (!merit_posting_is_money(&entry->postings[i]) &&
		    merit_text_equal(entry->postings[i].campaign, campaign))
			sum += entry->postings[i].amount;
	}
	return sum;
}

static __int128 currency_sum(const struct merit_entry *entry, struct merit_text currency)
{
	__int128 sum = 0;

	for (size_t i = 0; i < entry->postings_count; i++) {
		if (merit_text_equal(entry->postings[i].currency, currency))
			sum += entry->postings[i].amount;
	}
	return sum;
}

const char *merit_postings_fault(const struct merit_entry *entry)
{
	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		bool is_money = merit_posting_is_money(posting);
		if (!merit_account_takes(posting->account, is_money))
			return is_money ? "money is posted to an account in points"
					: "points are posted to an account in money";
		if (is_money && i > 0 && merit_text_equal(posting->currency, entry->postings[i - 1].currency))
			continue;
		if (is_money && currency_sum(entry, posting->currency) != 0)
			return "postings of a currency do not sum to zero";
		if (is_money)
			continue;
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
	switch (posting->account) {
	case MERIT_ACCOUNT_SPONSOR: return merit_model_sponsor(model, posting->holder)->owed;
	case MERIT_ACCOUNT_DEBT:
	case MERIT_ACCOUNT_WRITEOFF: return 0;
	default: return MERIT_AMOUNT_MAX;
	}
}

static bool is_below_zero(enum merit_account account)
{
	return account == MERIT_ACCOUNT_SPONSOR || account == MERIT_ACCOUNT_DEBT || account == MERIT_ACCOUNT_WRITEOFF;
}

static const char *money_fault(struct merit_model *model, const struct merit_posting *posting)
{
	int64_t balance = merit_model_money_balance(model, posting->account, posting->holder, posting->currency);

	return balance < -MERIT_AMOUNT_MAX || balance > MERIT_AMOUNT_MAX ? "a balance in money left its bounds" : NULL;
}

const char *merit_floors_fault(struct merit_model *model, const struct merit_entry *entry)
{
	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		if (merit_posting_is_money(posting)) {
			const char *fault = money_fault(model, posting);
			if (fault != NULL)
				return fault;
			continue;
		}
		int64_t lowest = is_below_zero(posting->account) ? -MERIT_AMOUNT_MAX : 0;
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

static void first_day_follow(struct merit_model *model, const struct merit_entry *entry)
{
	if (entry->day >= model->program.first_day)
		return;
	model->program.first_day = entry->day;
	merit_model_edit_program(model);
}

void merit_evolve(struct merit_model *model, const struct merit_entry *entry)
{
	const struct merit_party *party;

	if (entry->status == MERIT_OK) {
		merit_model_post(model, entry);
		entry->operation->evolve(model, entry);
		merit_given_follow(model, entry);
		merit_settlement_follow(model, entry);
		merit_closing_follow(model, entry);
		first_day_follow(model, entry);
	}
	party = merit_model_party(model, entry->party);
	assert(party != NULL); /* the first entry makes its own */
	struct merit_text key = merit_model_id_key(model, party->number, entry->id);
	uint64_t *row = merit_model_add(model, MERIT_TABLE_ID, key, sizeof(*row));
	*row = entry->seq;
}
