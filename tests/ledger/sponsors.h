/* sponsors.h - the world of the tests of sponsors' money: the fixture's, and sponsor beta without credit. */
#ifndef MERIT_TESTS_LEDGER_SPONSORS_H
#define MERIT_TESTS_LEDGER_SPONSORS_H

#include "ledger/calendar.h"
#include "ledger/money.h"
#include "tests/ledger/steps.h"

#include <inttypes.h>

#define BETA_CAMPAIGN(name, currency, contract, minor, points)                                                         \
	"'campaign':'" name "','sponsor':'beta','starts':'2026-01-01','ends':'2026-12-31','currency':'" currency       \
	"','value_minor':" minor ",'value_points':" points ",'contract':'" contract                                    \
	"','months':1,'round':'none','from':'occurred'"
#define GIFT(campaign) "'campaign':'" campaign "','event':'gift','maximum':1000,'evidence':'none'"

/* Besides the fixture's world: fin/k2 and fin2, a second finance party; sponsor beta with its key k1, neither prepaid
 * nor credited; its campaigns b1 (a minor unit a point, contract sponsor) and b2 (three for two points, contract
 * breakage), both in CNY and without a budget, whose points live a month. */
static inline struct fixture *sponsors_new(void)
{
	static const struct step steps[] = {
		{ "a sponsor", "ops", "sponsor.create", "'sponsor':'beta'", MERIT_OK },
		{ "one point is one minor unit", "ops", "campaign.create",
		  BETA_CAMPAIGN("b1", "CNY", "sponsor", "1", "1"), MERIT_OK },
		{ "two points are three", "ops", "campaign.create", BETA_CAMPAIGN("b2", "CNY", "breakage", "3", "2"),
		  MERIT_OK },
		{ "a rule", "ops", "campaign.rule", GIFT("b1"), MERIT_OK },
		{ "a rule", "ops", "campaign.rule", GIFT("b2"), MERIT_OK },
	};
	struct fixture *f = fixture_new();

	fixture_world(f);
	fixture_key_add(f, "fin", "k2");
	fixture_party(f, "fin2", "finance");
	STEPS_RUN(f, steps);
	fixture_key_add(f, "beta", "k1");
	return f;
}

/* beta pays in so much CNY. */
static inline void pay_in(struct fixture *f, int64_t amount)
{
	must(f, fixture_call(f, "fin", "sponsor.deposit",
	                     "'sponsor':'beta','currency':'CNY','amount_minor':%" PRId64 ",'bank_reference':'in-%u'",
	                     amount, f->ids));
}

static inline enum merit_status fund(struct fixture *f, const char *campaign, int64_t points)
{
	return fixture_call(f, "fin", "campaign.fund", "'campaign':'%s','points':%" PRId64, campaign, points);
}

static inline enum merit_status gift(struct fixture *f, const char *campaign, const char *member, int64_t points)
{
	return fixture_call(f, "svc", "earn",
	                    "'member':'%s','campaign':'%s','event':'gift','reference':'r%u','occurred':%" PRId64
	                    ",'points':%" PRId64,
	                    member, campaign, f->ids, f->now_ms, points);
}

/* fin proposes a call and fin2 approves it: the status of its outcome. */
static inline enum merit_status agree(struct fixture *f, const char *method, const char *params)
{
	char proposal[MERIT_NAME_SIZE_MAX];

	snprintf(proposal, sizeof(proposal), "p%u", f->ids);
	must(f, fixture_call(f, "fin", "proposal.create",
	                     "'proposal':'%s','reason':'agreed','call':{'method':'%s','params':{%s}}", proposal, method,
	                     params));
	return fixture_call(f, "fin2", "proposal.approve", "'proposal':'%s'", proposal);
}

static inline void money_is(struct fixture *f, enum merit_account account, const char *holder, int64_t want)
{
	int64_t got = fixture_money(f, account, holder, "CNY");

	if (got != want)
		fail_msg("%s has %" PRId64 ", not %" PRId64 " minor units, in account %d", holder, got, want,
		         (int)account);
}

static inline void free_is(struct fixture *f, int64_t want)
{
	int64_t got = merit_sponsor_free(&f->ledger->model, MERIT_TEXT("beta"), MERIT_TEXT("CNY"));

	if (got != want)
		fail_msg("beta has %" PRId64 " free, not %" PRId64, got, want);
}

/* ---- The books, computed afresh ---- */

/* The names that key a table's rows. */
struct names {
	size_t count;
	struct merit_name names[32];
};

static inline bool names_visit(void *context, const void *key, size_t key_size, const void *value, size_t size)
{
	struct names *names = context;

	(void)value;
	(void)size;
	assert_true(names->count < sizeof(names->names) / sizeof(names->names[0]));
	names->names[names->count++] = merit_name_of((struct merit_text){ key, key_size });
	return true;
}

static inline struct names names_in(struct fixture *f, enum merit_table table)
{
	struct names names = { 0 };

	merit_state_scan(f->ledger->model.state, (uint8_t)table, "", 0, names_visit, &names);
	return names;
}

/* What a campaign has out: its budget, and every lot of every member. */
static inline int64_t points_out(struct fixture *f, const struct merit_campaign *campaign)
{
	struct names members = names_in(f, MERIT_TABLE_MEMBER);
	int64_t points = campaign->holder.balance[MERIT_BUDGET];

	for (size_t i = 0; i < members.count; i++) {
		struct merit_member member;
		assert_true(merit_model_member(&f->ledger->model, merit_name_text(&members.names[i]), 0, &member));
		for (size_t j = 0; j < member.head.lots_count; j++) {
			const struct merit_lot *lot = &member.lots[j];
			if (lot->campaign == campaign->holder.number)
				points += lot->available + lot->pending + lot->held;
		}
	}
	return points;
}

/* What a sponsor's points in a currency are worth. */
static inline int64_t worth_out(struct fixture *f, struct merit_text sponsor, const char *currency)
{
	struct names campaigns = names_in(f, MERIT_TABLE_CAMPAIGN);
	int64_t worth = 0;

	for (size_t i = 0; i < campaigns.count; i++) {
		const struct merit_campaign *campaign =
			merit_model_campaign(&f->ledger->model, merit_name_text(&campaigns.names[i]));
		int64_t points = points_out(f, campaign);
		assert_int_equal(points, campaign->outstanding);
		if (merit_text_equal(merit_name_text(&campaign->sponsor), sponsor) &&
		    memcmp(campaign->currency, currency, sizeof(campaign->currency)) == 0)
			worth += merit_points_worth(campaign, points);
	}
	return worth;
}

struct money {
	const char *currency;
	int64_t sum;
};

static inline bool money_visit(void *context, const void *key, size_t key_size, const void *value, size_t size)
{
	struct money *money = context;

	(void)key_size;
	(void)size;
	if (memcmp((const char *)key + 1, money->currency, strlen(money->currency)) == 0)
		money->sum += ((const struct merit_holder *)value)->balance[MERIT_POINTS];
	return true;
}

/* Whether what every sponsor's points are said to be worth is so lot by lot, and all money sums to zero. */
static inline void books_are_right(struct fixture *f)
{
	static const char *const currencies[] = { "CNY", "USD" };
	struct merit_model *model = &f->ledger->model;
	struct names sponsors = names_in(f, MERIT_TABLE_SPONSOR);

	for (size_t i = 0; i < sizeof(currencies) / sizeof(currencies[0]); i++) {
		struct money money = { .currency = currencies[i] };
		merit_state_scan(model->state, MERIT_TABLE_MONEY, "", 0, money_visit, &money);
		assert_int_equal(money.sum, 0);
		for (size_t j = 0; j < sponsors.count; j++) {
			struct merit_text sponsor = merit_name_text(&sponsors.names[j]);
			const struct merit_credit *credit =
				merit_model_credit(model, merit_model_sponsor(model, sponsor)->holder.number,
			                           merit_text_of(currencies[i]));
			assert_int_equal(worth_out(f, sponsor, currencies[i]),
			                 credit == NULL ? 0 : credit->exposure_minor);
		}
	}
}

#endif
