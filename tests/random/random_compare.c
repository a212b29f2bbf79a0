/* random_compare.c - see random.h: the ledger's rows and the model, side by side. */
#include "tests/random/random.h"

void random_equal(const char *what, const char *name, int64_t got, int64_t want)
{
	if (got != want)
		fail_msg("%s of %s is %" PRId64 ", not %" PRId64, what, name, got, want);
}

struct merit_text random_name(char name[16], char letter, int place)
{
	(void)snprintf(name, 16, "%c%d", letter, place);
	return merit_text_of(name);
}

/* ---- Members ---- */

static uint32_t campaign_number(struct merit_model *rows, int campaign)
{
	char name[16];

	return merit_model_campaign(rows, random_name(name, 'c', campaign))->holder.number;
}

/* The lots without a day are what is pending. */
static void lots_equal(struct merit_model *rows, int place, const char *name, const struct merit_member *row)
{
	const struct member *want = &model.members[place];
	int64_t pending[CAMPAIGNS] = { 0 };
	int lots = 0;

	for (uint32_t i = 0; i < row->head.lots_count; i++) {
		int campaign = 0;
		while (campaign_number(rows, campaign) != row->lots[i].campaign)
			campaign++;
		if (row->lots[i].day == MERIT_DAY_NONE) {
			pending[campaign] += row->lots[i].pending;
			continue;
		}
		if (lots == want->lots_count)
			fail_msg("%s has a lot too many, of c%d and day %d", name, campaign, row->lots[i].day);
		const struct lot *lot = &want->lots[lots++];
		random_equal("campaign of a lot", name, campaign, lot->campaign);
		random_equal("last day", name, row->lots[i].day, lot->day);
		random_equal("available in a lot", name, row->lots[i].available, lot->available);
		random_equal("held in a lot", name, row->lots[i].held, lot->held);
	}
	random_equal("number of lots", name, lots, want->lots_count);
	for (int i = 0; i < CAMPAIGNS; i++)
		random_equal("pending", name, pending[i], want->pending[i]);
}

static void debts_equal(struct merit_model *rows, int place, const char *name, const struct merit_member *row)
{
	int64_t debt[CAMPAIGNS] = { 0 };

	for (uint32_t i = 0; i < row->head.debts_count; i++) {
		int campaign = 0;
		while (campaign_number(rows, campaign) != row->debts[i].campaign)
			campaign++;
		debt[campaign] = row->debts[i].owed;
	}
	for (int i = 0; i < CAMPAIGNS; i++)
		random_equal("debt", name, debt[i], model.members[place].debt[i]);
}

static void referral_equal(struct merit_model *rows, int place, const char *name)
{
	const struct member *want = &model.members[place];
	const struct merit_referral *row = merit_model_referral(rows, merit_text_of(name));
	char referrer[16];

	if (row == NULL || row->referrer.size == 0) {
		random_equal("referral", name, NOBODY, want->referral);
		return;
	}
	random_equal("state of the referral", name, row->state + RECORDED, want->referral);
	random_equal("qualified", name, row->qualified, want->qualified);
	if (!merit_text_equal(merit_name_text(&row->referrer), random_name(referrer, 'm', want->referrer)))
		fail_msg("the referrer of %s is not %s", name, referrer);
}

static void member_equal(struct fixture *f, int place)
{
	const struct member *want = &model.members[place];
	struct merit_model *rows = &f->ledger->model;
	struct merit_member row;
	char name[16], tag[16];
	struct merit_text text = random_name(name, 'm', place);
	int64_t debt = 0;

	merit_arena_reset(&rows->scratch);
	assert_true(merit_model_member(rows, text, 0, &row));
	lots_equal(rows, place, name, &row);
	debts_equal(rows, place, name, &row);
	referral_equal(rows, place, name);
	for (int i = 0; i < CAMPAIGNS; i++)
		debt += want->debt[i];
	random_equal("available", name, fixture_balance(f, MERIT_ACCOUNT_MEMBER, name), model_available(place));
	random_equal("held", name, fixture_balance(f, MERIT_ACCOUNT_HELD, name), model_held(place));
	random_equal("pending", name, fixture_balance(f, MERIT_ACCOUNT_PENDING, name), model_pending(place));
	random_equal("all debts", name, fixture_balance(f, MERIT_ACCOUNT_DEBT, name), -debt);
	random_equal("frozen", name, row.head.frozen != 0, want->is_frozen);
	random_equal("closed", name, row.head.closed != 0, want->is_closed);
	int year = model_year(model_day(model.now_ms));
	random_equal("tier", name, merit_member_tier(rows, &row.head, year), model_tier(place, year));
	random_equal("last year's tier", name, merit_member_tier(rows, &row.head, year - 1),
	             model_tier(place, year - 1));
	for (int i = 0; i < 2; i++)
		random_equal("earned", name, merit_member_earned_in(&row.head, year - i),
		             model_earned(place, year - i));
	for (int i = 0; i < TAGS; i++)
		random_equal("tag", name, merit_member_has_tag(rows, text, random_name(tag, 'g', i)), want->tags[i]);
}

/* ---- Orders, items, codes ---- */

static void order_equal(struct merit_model *rows, int place)
{
	const struct order *order = &model.orders[place];
	struct merit_order row;
	char name[16];

	merit_arena_reset(&rows->scratch);
	assert_true(merit_model_order(rows, random_name(name, 'o', place), &row));
	random_equal("cancelled before it came", name, row.head.cancelled_unknown != 0, order->lines_count == 0);
	for (int line = 0; line < order->lines_count; line++) {
		random_equal("held pieces", name, row.lines[line].held, order->lines[line].held);
		random_equal("fulfilled", name, row.lines[line].fulfilled, order->lines[line].fulfilled);
		random_equal("received", name, row.lines[line].received, order->lines[line].received);
		random_equal("refunded", name, row.lines[line].refunded, order->lines[line].refunded);
		random_equal("requested", name, row.lines[line].requested, order->lines[line].requested);
	}
	int64_t held = 0, captured = 0;
	for (uint32_t part = 0; part < row.head.parts_count; part++) {
		held += row.parts[part].held;
		captured += row.parts[part].captured;
	}
	for (int part = 0; part < order->parts_count; part++) {
		held -= order->parts[part].held;
		captured -= order->parts[part].captured;
	}
	random_equal("held points", name, held, 0);
	random_equal("captured points", name, captured, 0);
}

static void things_equal(struct merit_model *rows)
{
	char name[16], hex[65];
	uint8_t commitment[32];

	for (int i = 0; i < ITEMS; i++) {
		const struct merit_item *item = merit_model_item(rows, random_name(name, 'i', i));
		random_equal("stock", name, item->stock, model.items[i].stock);
		random_equal("reserved", name, item->reserved, model.items[i].reserved);
		random_equal("version", name, item->version, model.items[i].version);
	}
	for (int i = 0; i < model.codes_count; i++) {
		(void)snprintf(hex, sizeof(hex), "%064x", 0xc0de0000u + (unsigned)i);
		for (int byte = 0; byte < 32; byte++) {
			char pair[3] = { hex[2 * byte], hex[2 * byte + 1], '\0' };
			commitment[byte] = (uint8_t)strtoul(pair, NULL, 16);
		}
		const struct merit_code *code =
			merit_model_code(rows, (struct merit_text){ (const char *)commitment, sizeof(commitment) });
		assert_non_null(code);
		random_equal("given", hex, code->given, model.codes[i].is_given);
	}
}

/* ---- Sums ---- */

/* What was written off is still owed to nobody: it bounds the same. */
static void owed_equal(struct merit_model *rows)
{
	int64_t owed[SPONSORS] = { 0 }, all_owed = 0, granted = 0;
	char name[16];

	for (int campaign = 0; campaign < CAMPAIGNS; campaign++) {
		owed[model.campaigns[campaign].sponsor] += model.campaigns[campaign].written_off;
		granted += model.campaigns[campaign].granted;
		for (int i = 0; i < model.members_count; i++)
			owed[model.campaigns[campaign].sponsor] += model.members[i].debt[campaign];
	}
	for (int i = 0; i < SPONSORS; i++) {
		int64_t got = merit_model_sponsor(rows, random_name(name, 's', i))->owed;
		random_equal("owed", name, got, owed[i]);
		all_owed += owed[i];
	}
	random_equal("owed", "the program", rows->program.owed, all_owed);
	random_equal("granted", "the program", rows->program.granted, granted);
}

/* All of a campaign's points are somewhere. */
static int64_t campaign_sum(int campaign)
{
	const struct campaign *row = &model.campaigns[campaign];
	int64_t sum = model_outstanding(campaign) + row->redeemed + row->expired - row->written_off - row->granted;

	for (int i = 0; i < model.members_count; i++)
		sum -= model.members[i].debt[campaign];
	return sum;
}

static void campaigns_equal(struct fixture *f)
{
	int64_t granted[SPONSORS] = { 0 };
	char name[16];

	for (int i = 0; i < CAMPAIGNS; i++) {
		const struct campaign *row = &model.campaigns[i];
		struct merit_text text = random_name(name, 'c', i);
		random_equal("budget", name, fixture_balance(f, MERIT_ACCOUNT_CAMPAIGN, name), row->budget);
		random_equal("expired", name, fixture_balance(f, MERIT_ACCOUNT_EXPIRED, name), row->expired);
		random_equal("written off", name, -fixture_balance(f, MERIT_ACCOUNT_WRITEOFF, name), row->written_off);
		random_equal("outstanding", name, merit_model_campaign(&f->ledger->model, text)->outstanding,
		             model_outstanding(i));
		random_equal("sum of all points", name, campaign_sum(i), 0);
		granted[row->sponsor] += row->granted;
	}
	for (int i = 0; i < SPONSORS; i++) {
		(void)random_name(name, 's', i);
		random_equal("granted", name, -fixture_balance(f, MERIT_ACCOUNT_SPONSOR, name), granted[i]);
	}
	for (int i = 0; i < MERCHANTS; i++) {
		(void)random_name(name, 'x', i);
		random_equal("redeemed", name, fixture_balance(f, MERIT_ACCOUNT_REDEEMED, name), model.redeemed[i]);
	}
}

void random_compare(struct fixture *f)
{
	for (int i = 0; i < model.members_count; i++)
		member_equal(f, i);
	for (int i = 0; i < model.orders_count; i++)
		order_equal(&f->ledger->model, i);
	things_equal(&f->ledger->model);
	campaigns_equal(f);
	owed_equal(&f->ledger->model);
	random_compare_money(f);
}
