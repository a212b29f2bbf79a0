/* random_money.c - see random.h: what sponsors pay in and take out, their credit, merchants' terms, adjustments. */
#include "tests/random/random.h"

/* ---- Sponsors and merchants ---- */

static int sponsor_draw(void)
{
	int sponsor = (int)chance(SPONSORS);

	if (sponsor == model.platform && !chance_one_in(8))
		sponsor = 1 - sponsor;
	return chance_one_in(60) ? SPONSORS : sponsor;
}

static int64_t minor_draw(int64_t most)
{
	return chance_one_in(30) ? chance_between(-1, 0) : chance_between(1, most < 1 ? 1 : most);
}

/* Half of the withdrawals are of all there is, or of all but a little. */
static struct transfer transfer_draw(void)
{
	struct transfer transfer = { .is_withdrawal = chance_one_in(2),
		                     .sponsor = sponsor_draw(),
		                     .currency = (int)chance(CURRENCIES),
		                     .minor = minor_draw(900),
		                     .day = random_day() };
	int sponsor = transfer.sponsor == SPONSORS ? 0 : transfer.sponsor;
	int used = model.references[sponsor][transfer.currency];
	int64_t prepaid = -model_balance(OF_SPONSOR, sponsor, transfer.currency);
	int64_t left = model_free(sponsor, transfer.currency);

	transfer.reference = used > 0 && chance_one_in(15) ? (int)chance((uint64_t)used) : used;
	if (!transfer.is_withdrawal && chance_one_in(30))
		transfer.minor = MONEY_MOST - model_balance(IN_CASH, 0, transfer.currency) + 1;
	else if (transfer.is_withdrawal && chance_one_in(2))
		transfer.minor = model_least(left, prepaid) + chance_between(-1, 1);
	return transfer;
}

void random_transfer(struct fixture *f)
{
	struct transfer transfer = transfer_draw();
	char text[64] = "";

	random_put_day(text, sizeof(text), "day", transfer.day);
	random_of_day(transfer.day);
	random_call(f, model_transfer(&transfer), "fin",
	            transfer.is_withdrawal ? "sponsor.withdraw" : "sponsor.deposit",
	            "'sponsor':'s%d','currency':'%s','amount_minor':%" PRId64 ",'bank_reference':'b%d'%s",
	            transfer.sponsor, random_currencies[transfer.currency], transfer.minor, transfer.reference, text);
}

void random_credit(struct fixture *f)
{
	int sponsor = sponsor_draw(), currency = (int)chance(CURRENCIES);
	int64_t minor = chance_one_in(10) ? chance_between(-1, 3000) : chance_between(12000, 40000);

	random_call(f, model_credit(sponsor, currency, minor), "fin", "sponsor.credit",
	            "'sponsor':'s%d','currency':'%s','credit_minor':%" PRId64, sponsor, random_currencies[currency],
	            minor);
}

/* Often when something has arrived that the ledger did not see yet: the terms before count for that. */
void random_merchant_terms(struct fixture *f)
{
	int merchant = (int)chance(MERCHANTS), days = chance_one_in(3) ? 0 : (int)chance(12);
	bool is_unknown = chance_one_in(30);

	if (chance_one_in(3))
		random_wait(f, RECEIVE_MS);
	if (random_call(f, is_unknown ? MERIT_MERCHANT_UNKNOWN : MERIT_OK, "fin", "merchant.terms",
	                "'merchant':'%s%d','settle_days':%d", is_unknown ? "s" : "x", merchant, days))
		model.settle_days[merchant] = days;
}

/* ---- Adjustments ---- */

/* Asked for by a party alone now and then; mostly by one, and agreed to by another. */
static void adjust(struct fixture *f, enum merit_status want, const struct adjustment *adjustment, const char *method,
                   const char *params)
{
	random_of_day(adjustment->day);
	if (adjustment->is_agreed)
		random_agree(f, want, "fin", "fi2", method, "%s", params);
	else
		random_call(f, want, "fin", method, "%s", params);
}

static struct adjustment adjustment_draw(void)
{
	return (struct adjustment){ .is_agreed = !chance_one_in(6),
		                    .day = random_day(),
		                    .last_day = NO_DAY,
		                    .member = random_member(),
		                    .campaign = (int)chance(CAMPAIGNS) };
}

/* Below zero mostly what a member has of one lot, or one point more than it has. */
void random_adjust_points(struct fixture *f)
{
	struct adjustment adjustment = adjustment_draw();
	char params[512] = "";

	adjustment.points = chance_one_in(20) ? 0 : chance_between(1, 120);
	if (chance_one_in(2)) {
		const struct member *member = &model.members[adjustment.member % MEMBERS];
		adjustment.points = -adjustment.points;
		if (member->lots_count > 0 && chance_one_in(2)) {
			const struct lot *lot = &member->lots[chance((uint64_t)member->lots_count)];
			adjustment.campaign = lot->campaign;
			adjustment.points = -lot->available - (int64_t)chance(2);
		}
	} else if (chance_one_in(3)) {
		adjustment.last_day = model_today() - 3 + (int32_t)chance(60);
	}
	random_put(params, sizeof(params),
	           "'member':'m%d','campaign':'c%d','points':%" PRId64 ",'reason':'x','reference':'r'",
	           adjustment.member, adjustment.campaign, adjustment.points);
	random_put_day(params, sizeof(params), "last_day", adjustment.last_day);
	random_put_day(params, sizeof(params), "day", adjustment.day);
	adjust(f, model_adjust_points(&adjustment), &adjustment, "adjust.points", params);
}

/* Rather of somebody who owes something. */
void random_adjust_debt(struct fixture *f)
{
	struct adjustment adjustment = adjustment_draw();
	char params[512] = "";

	for (int i = 0; i < 200 && (adjustment.member >= model.members_count ||
	                            model.members[adjustment.member].debt[adjustment.campaign] == 0);
	     i++) {
		adjustment.member = (int)chance((uint64_t)model.members_count);
		adjustment.campaign = (int)chance(CAMPAIGNS);
	}
	int64_t owed = model.members[adjustment.member % MEMBERS].debt[adjustment.campaign];
	adjustment.points = chance_one_in(10) ? chance_between(-1, 0) : chance_between(1, owed + 1);
	random_put(params, sizeof(params),
	           "'member':'m%d','campaign':'c%d','points':%" PRId64 ",'reason':'x','reference':'r'",
	           adjustment.member, adjustment.campaign, adjustment.points);
	random_put_day(params, sizeof(params), "day", adjustment.day);
	adjust(f, model_adjust_debt(&adjustment), &adjustment, "adjust.debt", params);
}

/* One of those in money, or one that is none or nobody's. */
static enum account account_draw(int *holder_out, char *text, size_t size)
{
	static const char *const names[ACCOUNTS] = { "sponsor/s", "merchant/x",        "cash",   "margin",
		                                     "breakage",  "expense/marketing", "opening" };
	static const char *const others[] = { "sponsor/s7", "merchant/s0", "redeemed/x0", "member/m0",
		                              "expired/c0", "campaign/c0", "cash/s0",     "margins" };
	enum account account = chance_one_in(30) ? ACCOUNTS : (enum account)chance(chance_one_in(2) ? 2 : ACCOUNTS);

	*holder_out = account == OF_SPONSOR    ? (int)chance(SPONSORS)
	              : account == OF_MERCHANT ? (int)chance(MERCHANTS)
	                                       : 0;
	if (account == ACCOUNTS)
		random_put(text, size, "%s", others[chance(sizeof(others) / sizeof(others[0]))]);
	else if (account == OF_SPONSOR || account == OF_MERCHANT)
		random_put(text, size, "%s%d", names[account], *holder_out);
	else
		random_put(text, size, "%s", names[account]);
	return account;
}

void random_adjust_money(struct fixture *f)
{
	struct adjustment adjustment = adjustment_draw();
	char params[512] = "", debit[64] = "", credit[64] = "";

	adjustment.debit = account_draw(&adjustment.debit_holder, debit, sizeof(debit));
	adjustment.credit = account_draw(&adjustment.credit_holder, credit, sizeof(credit));
	adjustment.currency = (int)chance(CURRENCIES);
	adjustment.minor = minor_draw(1500);
	if (adjustment.debit != ACCOUNTS && chance_one_in(20))
		adjustment.minor =
			MONEY_MOST - model_balance(adjustment.debit, adjustment.debit_holder, adjustment.currency) + 1;
	random_put(params, sizeof(params),
	           "'debit':'%s','credit':'%s','currency':'%s','amount_minor':%" PRId64 ",'reason':'x','reference':'r'",
	           debit, credit, random_currencies[adjustment.currency], adjustment.minor);
	random_put_day(params, sizeof(params), "day", adjustment.day);
	adjust(f, model_adjust_money(&adjustment), &adjustment, "adjust.money", params);
}
