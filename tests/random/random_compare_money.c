/* random_compare_money.c - see random.h: balances in money, what backs points, settlements, periods. */
#include "tests/random/random.h"

#include "ledger/settlement.h"

void random_money(int32_t day, int64_t money_out[MONEY_PLACES])
{
	memset(money_out, 0, MONEY_PLACES * sizeof(money_out[0]));
	for (int i = 0; i < model.postings_count; i++) {
		const struct posting *row = &model.postings[i];
		if (row->day <= day)
			money_out[((int)row->account * 2 + row->holder) * CURRENCIES + row->currency] += row->amount;
	}
}

/* The account at a place of money, and its name behind the /; the currency's, where there is but one. */
static const char *account_at(int place, char name[16], enum merit_account *account_out, struct merit_text *holder_out)
{
	static const enum merit_account accounts[ACCOUNTS] = {
		[OF_SPONSOR] = MERIT_ACCOUNT_SPONSOR, [OF_MERCHANT] = MERIT_ACCOUNT_MERCHANT,
		[IN_CASH] = MERIT_ACCOUNT_CASH,       [MARGIN] = MERIT_ACCOUNT_MARGIN,
		[BREAKAGE] = MERIT_ACCOUNT_BREAKAGE,  [MARKETING] = MERIT_ACCOUNT_MARKETING,
		[OPENING] = MERIT_ACCOUNT_OPENING,
	};
	int account = place / 2 / CURRENCIES, holder = place / CURRENCIES % 2;

	*account_out = accounts[account];
	*holder_out = MERIT_TEXT("");
	if (account == OF_SPONSOR || account == OF_MERCHANT) {
		*holder_out = random_name(name, account == OF_SPONSOR ? 's' : 'x', holder);
		return name;
	}
	return random_currencies[place % CURRENCIES];
}

static void balances_equal(struct merit_model *rows)
{
	int64_t want[MONEY_PLACES], sum[CURRENCIES] = { 0 };
	enum merit_account account;
	struct merit_text holder;
	char name[16];

	random_money(NEVER, want);
	for (int place = 0; place < MONEY_PLACES; place++) {
		const char *what = account_at(place, name, &account, &holder);
		int64_t got = merit_model_money_balance(rows, account, holder,
		                                        merit_text_of(random_currencies[place % CURRENCIES]));
		if (place / 2 / CURRENCIES > OF_MERCHANT && place / CURRENCIES % 2 == 1)
			continue; /* Of these there is one. */
		random_equal("money", what, got, want[place]);
		sum[place % CURRENCIES] += got;
	}
	for (int i = 0; i < CURRENCIES; i++)
		random_equal("sum of all accounts", random_currencies[i], sum[i], 0);
}

static void backing_equal(struct merit_model *rows)
{
	char name[16];

	for (int i = 0; i < SPONSORS * CURRENCIES; i++) {
		int sponsor = i / CURRENCIES, currency = i % CURRENCIES;
		const struct merit_sponsor *row = merit_model_sponsor(rows, random_name(name, 's', sponsor));
		const struct merit_credit *credit =
			merit_model_credit(rows, row->holder.number, merit_text_of(random_currencies[currency]));
		random_equal("exposure", name, credit == NULL ? 0 : credit->exposure_minor,
		             model_exposure(sponsor, currency));
		random_equal("credit", name, credit == NULL ? 0 : credit->limit_minor, model.credit[sponsor][currency]);
	}
}

static void settlements_equal(struct merit_model *rows)
{
	char name[16];

	for (int i = 0; i < model.settlements_count; i++) {
		const struct settlement *want = &model.settlements[i];
		const struct merit_settlement *row = merit_model_settlement(rows, random_name(name, 'z', i));
		assert_non_null(row);
		random_equal("state", name, row->state, want->stand);
		random_equal("lines", name, (int64_t)row->lines_count, want->lines);
		random_equal("sum", name, row->sum, want->sum);
		random_equal("carried", name, row->carried, want->carried);
		random_equal("paid", name, row->paid, want->paid);
	}
}

/* ---- What is in no settlement yet ---- */

struct open_lines {
	int64_t lines, sum;
};

static bool batch_visit(void *context, const void *key, size_t key_size, const void *value, size_t size)
{
	struct open_lines *open = context;
	const struct merit_batch *batch = value;

	(void)key;
	(void)key_size;
	assert_int_equal(size, sizeof(*batch));
	open->lines += (int64_t)batch->lines_count;
	open->sum += (int64_t)batch->sum;
	return true;
}

static void batches_equal(struct merit_model *rows)
{
	struct open_lines open = { 0, 0 }, want = { 0, 0 };

	merit_state_scan(rows->state, MERIT_TABLE_BATCH, "", 0, batch_visit, &open);
	for (int i = 0; i < model.postings_count; i++) {
		const struct posting *row = &model.postings[i];
		if ((row->account != OF_SPONSOR && row->account != OF_MERCHANT) || row->settlement != UNSETTLED ||
		    row->due == NEVER)
			continue;
		want.lines++;
		want.sum += row->amount;
	}
	random_equal("number", "unsettled postings", open.lines, want.lines);
	random_equal("sum", "unsettled postings", open.sum, want.sum);
}

void random_compare_money(struct fixture *f)
{
	struct merit_model *rows = &f->ledger->model;

	balances_equal(rows);
	backing_equal(rows);
	settlements_equal(rows);
	batches_equal(rows);
	random_equal("first day", "the program", rows->program.first_day, model.first_day);
	random_equal("closed", "the program", rows->program.closed_through, model.closed_through);
}
