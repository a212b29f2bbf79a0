/* model_post.c - what postings do to balances and histories, those of members in model_member.c; and evolve, which
 * every entry goes through.
 *
 * It never decides: amounts were found right before the entry was made, so what does not fit here is a fault of
 * ours and ends the process. */
#include <assert.h>
#include <string.h>

#include "ledger/closing.h"
#include "ledger/given.h"
#include "ledger/model_move.h"
#include "ledger/settlement.h"

static void campaign_keep(struct merit_move *move, struct merit_text campaign, uint32_t number)
{
	move->campaign = campaign;
	move->campaign_number = number;
}

uint32_t merit_move_campaign(struct merit_move *move, struct merit_text campaign)
{
	if (merit_text_equal(move->campaign, campaign))
		return move->campaign_number;
	const struct merit_campaign *row = merit_model_campaign(move->model, campaign);
	assert(row != NULL);
	campaign_keep(move, campaign, row->holder.number);
	return move->campaign_number;
}

void merit_move_owed(struct merit_move *move, const struct merit_posting *posting)
{
	struct merit_model *model = move->model;
	struct merit_name sponsor = merit_model_campaign(model, posting->campaign)->sponsor;
	struct merit_sponsor *row;

	row = merit_model_edit(model, MERIT_TABLE_SPONSOR, merit_name_text(&sponsor), sizeof(*row));
	row->owed -= posting->amount; /* the account is below zero by what is owed */
	model->program.owed -= posting->amount;
	merit_model_edit_program(model);
}

/* ---- Holders ---- */

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

/* An entry dated before the day on which it was made changes what the days between them show. Members' are few
 * enough to be walked: see query_past.c. */
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

/* Points in a lot, for the accounts whose rows do not hold their lots. */
static void balance_add(struct merit_move *move, const struct merit_posting *posting)
{
	struct merit_model *model = move->model;
	uint32_t campaign = merit_move_campaign(move, posting->campaign);
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

/* The holder's row behind a change of its balances. */
static void holder_add(struct merit_move *move, struct merit_holder *holder, const int64_t change[MERIT_BALANCES_MAX])
{
	for (int slot = 0; slot < MERIT_BALANCES_MAX; slot++)
		holder->balance[slot] += change[slot];
	merit_histories_put(move->model, &move->histories, holder);
	late_add(move->model, move->entry, holder->number, change);
}

/* All postings of one sponsor, merchant or campaign. */
static void post_holder(struct merit_move *move, const struct merit_posting *first)
{
	struct merit_model *model = move->model;
	const struct merit_entry *entry = move->entry;
	size_t size;
	enum merit_table table = holder_table(first->account, &size);
	int64_t change[MERIT_BALANCES_MAX] = { 0 };

	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		if (merit_account_is_members(posting->account) || !same_holder(posting, first))
			continue;
		change[holder_slot(posting->account)] += posting->amount;
		if (posting->account == MERIT_ACCOUNT_WRITEOFF)
			merit_move_owed(move, posting);
		else if (posting->account != MERIT_ACCOUNT_CAMPAIGN) /* whose one lot is its budget */
			balance_add(move, posting);
	}
	if (table == MERIT_TABLE_SPONSOR) {
		model->program.granted -= change[MERIT_POINTS];
		merit_model_edit_program(model);
	}
	struct merit_holder *holder = merit_model_edit(model, table, first->holder, size); /* which begins its row */
	assert(holder->number != 0 || merit_state_failure(model->state) != MERIT_OK);
	if (table == MERIT_TABLE_CAMPAIGN)
		campaign_keep(move, first->holder, holder->number);
	holder_add(move, holder, change);
}

/* ---- Rows of one balance: money, and what all accounts of a kind hold of a campaign ---- */

static void single_add(struct merit_move *move, enum merit_table table, struct merit_text key, int64_t amount)
{
	struct merit_model *model = move->model;
	struct merit_holder *holder = merit_model_edit(model, table, key, sizeof(*holder));

	if (holder->number == 0) {
		holder->number = ++model->program.numbers;
		merit_model_edit_program(model);
	}
	holder_add(move, holder, (int64_t[MERIT_BALANCES_MAX]){ amount });
}

static bool same_money(const struct merit_posting *a, const struct merit_posting *b)
{
	return merit_posting_is_money(a) && merit_posting_same_account(a, b);
}

static void post_money(struct merit_move *move, const struct merit_posting *first)
{
	struct merit_model *model = move->model;
	const struct merit_entry *entry = move->entry;
	struct merit_text key = merit_model_money_key(model, first->account, first->currency, first->holder);
	int64_t amount = 0;

	for (size_t i = 0; i < entry->postings_count; i++) {
		if (same_money(&entry->postings[i], first))
			amount += entry->postings[i].amount;
	}
	if (amount == 0)
		return;
	merit_model_add_currency(model, first->currency);
	single_add(move, MERIT_TABLE_MONEY, key, amount);
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

static void post_total(struct merit_move *move, const struct merit_posting *first)
{
	const struct merit_entry *entry = move->entry;
	int64_t amount = 0;

	for (size_t i = 0; i < entry->postings_count; i++) {
		if (same_total(&entry->postings[i], first))
			amount += entry->postings[i].amount;
	}
	uint32_t campaign = merit_move_campaign(move, first->campaign);
	if (amount != 0)
		single_add(move, MERIT_TABLE_TOTAL, merit_model_total_key(move->model, first->account, campaign), amount);
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

static void post_outside(struct merit_move *move, const struct merit_posting *first)
{
	const struct merit_entry *entry = move->entry;
	int64_t points = 0;

	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		if (is_outside(posting) && merit_text_equal(posting->campaign, first->campaign))
			points -= posting->amount;
	}
	if (points != 0)
		outstanding_add(move->model, first->campaign, points);
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
	return merit_account_is_members(a->account) ? merit_posting_is_members(b, a->holder)
						    : !merit_account_is_members(b->account) && same_holder(a, b);
}

/* Each holder, each total and each campaign once, at the first posting of it. */
void merit_model_post(struct merit_model *model, const struct merit_entry *entry)
{
	struct merit_move move;

	move.model = model;
	move.entry = entry;
	move.histories.seq = entry->seq;
	move.histories.size = 0;
	move.campaign = MERIT_TEXT("");
	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		if (merit_posting_is_money(posting)) {
			if (!is_again(entry, i, same_money))
				post_money(&move, posting);
			continue;
		}
		if (!is_again(entry, i, same_party)) {
			if (merit_account_is_members(posting->account))
				merit_move_member(&move, posting->holder);
			else
				post_holder(&move, posting);
		}
		if (is_totalled(posting->account) && !is_again(entry, i, same_total))
			post_total(&move, posting);
		if (is_outside(posting) && !is_again(entry, i, in_one_campaign))
			post_outside(&move, posting);
	}
	merit_histories_end(model, &move.histories);
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
	merit_model_use_id(model, party->number, entry);
}
