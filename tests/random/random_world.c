/* random_world.c - see random.h: how a run begins and how it ends. */
#include "tests/random/random.h"

/* By campaign: months, rounded, to the sponsor, from available; sponsor, currency; value; window. Day 20454 is
 * 2026-01-01, 21183 the last of the year behind it. */
static const struct campaign promises[CAMPAIGNS] = {
	{ .months = 1, .to_sponsor = true, .value_minor = 1, .value_points = 1, .starts = 20454, .ends = NEVER },
	{ .months = 2,
	  .is_rounded = true,
	  .from_available = true,
	  .sponsor = 1,
	  .value_minor = 1,
	  .value_points = 3,
	  .starts = 20454,
	  .ends = NEVER },
	{ .months = 0, .to_sponsor = true, .value_minor = 5, .value_points = 2, .starts = 20454, .ends = NEVER },
	{ .months = 1,
	  .is_rounded = true,
	  .to_sponsor = true,
	  .sponsor = 1,
	  .currency = 1,
	  .value_minor = 1,
	  .value_points = 2,
	  .starts = 20454,
	  .ends = NEVER },
	{ .months = 3, .from_available = true, .value_minor = 1, .value_points = 1, .starts = 20468, .ends = 21183 },
};
static const struct item goods[ITEMS] = {
	{ .class_ = GOODS },
	{ .class_ = GOODS, .merchant = 1 },
	{ .class_ = GOODS, .currency = 1 },
	{ .class_ = SERVICE, .merchant = 1 },
	{ .class_ = CODE },
	{ .class_ = CASH },
	{ .class_ = MEDICINE, .merchant = 1 },
	{ .class_ = CODE, .merchant = 1, .currency = 1 },
};
static void settings(struct merit_ledger_birth *birth)
{
	static const char *const policies[] = { "restore", "grace", "forfeit" };

	birth->refund_policy = policies[model.policy];
	birth->grace_days = GRACE_DAYS;
	birth->late_days = LATE_DAYS;
	birth->hold_minutes = HOLD_MS / 60000;
	birth->receive_days = RECEIVE_MS / DAY_MS;
	birth->offset_minutes = OFFSET_MS / 60000;
}

static void made(struct fixture *f, enum merit_status status)
{
	if (status != MERIT_OK)
		fail_msg("%s: %s", merit_status_word(status), f->reply.data);
}

static void day_put(int32_t day, char *text, size_t size)
{
	int month, place, year = day == NEVER ? 2999 : model_date(day, &month, &place);

	(void)snprintf(text, size, "%04d-%02d-%02d", year, day == NEVER ? 12 : month, day == NEVER ? 31 : place);
}

static void campaigns_make(struct fixture *f)
{
	char starts[40], ends[40];

	for (int i = 0; i < CAMPAIGNS; i++) {
		const struct campaign *row = &promises[i];
		day_put(row->starts, starts, sizeof(starts));
		day_put(row->ends, ends, sizeof(ends));
		made(f,
		     fixture_call(f, "ops", "campaign.create",
		                  "'campaign':'c%d','sponsor':'s%d','starts':'%s','ends':'%s','currency':'%s',"
		                  "'value_minor':%" PRId64 ",'value_points':%" PRId64 ",'contract':'%s','months':%d,"
		                  "'round':'%s','from':'%s'",
		                  i, row->sponsor, starts, ends, random_currencies[row->currency], row->value_minor,
		                  row->value_points, row->to_sponsor ? "sponsor" : "breakage", row->months,
		                  row->is_rounded ? "month" : "none", row->from_available ? "available" : "occurred"));
		made(f, fixture_call(f, "ops", "campaign.rule",
		                     "'campaign':'c%d','event':'e0','maximum':300,'evidence':'none'", i));
		made(f, fixture_call(f, "ops", "campaign.rule",
		                     "'campaign':'c%d','event':'e1','points':100,'evidence':'none'", i));
		made(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'c%d','points':2000", i));
		model.campaigns[i].budget = 2000;
		model.campaigns[i].granted = 2000;
		model.campaigns[i].rules[0] = (struct rule){ .version = 1, .maximum = 300 };
		model.campaigns[i].rules[1] = (struct rule){ .version = 1, .points = 100 };
	}
}

static void items_make(struct fixture *f)
{
	static const char *const classes[CLASSES] = { "goods", "code", "service", "cash", "medicine" };

	for (int i = 0; i < ITEMS; i++) {
		model.items[i] = goods[i];
		model.items[i].is_offered = true;
		model.items[i].version = 1;
		model.items[i].points = 40;
		model.items[i].price = 30;
		model.items[i].stock = goods[i].class_ == CODE ? 0 : 20;
		made(f,
		     fixture_call(f, "ops", "item.create",
		                  "'item':'i%d','merchant':'x%d','class':'%s','points':40,'currency':'%s',"
		                  "'price_minor':30%s",
		                  i, goods[i].merchant, classes[goods[i].class_], random_currencies[goods[i].currency],
		                  goods[i].class_ == CODE ? "" : ",'stock':20"));
	}
}

/* What backs the first budgets. */
static void sponsors_make(struct fixture *f)
{
	for (int i = 0; i < SPONSORS; i++) {
		bool is_platform = i == model.platform;
		made(f, fixture_call(f, "ops", "sponsor.create", "'sponsor':'s%d'%s", i,
		                     is_platform ? ",'platform':true" : ""));
		for (int currency = 0; currency < CURRENCIES && !is_platform; currency++) {
			struct transfer transfer = { .sponsor = i, .currency = currency, .minor = 300, .day = NO_DAY };
			made(f, model_transfer(&transfer));
			made(f, model_credit(i, currency, 15000));
			made(f, fixture_call(f, "fin", "sponsor.deposit",
			                     "'sponsor':'s%d','currency':'%s','amount_minor':300,'bank_reference':'b0'",
			                     i, random_currencies[currency]));
			made(f, fixture_call(f, "fin", "sponsor.credit",
			                     "'sponsor':'s%d','currency':'%s','credit_minor':15000", i,
			                     random_currencies[currency]));
		}
	}
}

struct fixture *random_world(void)
{
	struct fixture *f = fixture_new_with(settings);

	model.now_ms = f->now_ms;
	model.first_day = model_today();
	memcpy(model.campaigns, promises, sizeof(promises));
	fixture_party(f, "ops", "operator");
	fixture_party(f, "fin", "finance");
	fixture_party(f, "svc", "service");
	fixture_party(f, "op2", "operator");
	fixture_party(f, "fi2", "finance");
	sponsors_make(f);
	for (int i = 0; i < MERCHANTS; i++)
		made(f, fixture_call(f, "ops", "merchant.create", "'merchant':'x%d'", i));
	campaigns_make(f);
	items_make(f);
	for (model.members_count = 0; model.members_count < 8; model.members_count++) {
		made(f, fixture_call(f, "svc", "member.create", "'member':'m%d'", model.members_count));
		model.members[model.members_count].tier = -1;
	}
	return f;
}

/* ---- The end ---- */

static void members_end(struct fixture *f)
{
	for (int i = 0; i < model.members_count; i++) {
		assert_int_equal(model_held(i), 0);
		assert_int_equal(model_pending(i), 0);
		if (!model.members[i].is_closed)
			random_call(f, model_close(i), "ops", "member.close", "'member':'m%d','reason':'x'", i);
		model_settle(f->now_ms);
		assert_int_equal(model_available(i), 0);
	}
}

static void ends_count(void)
{
	for (int i = 0; i < model.awards_count; i++)
		run.matured += model.awards[i].state == AVAILABLE && model.awards[i].due_ms != 0;
	for (int i = 0; i < model.members_count; i++)
		run.rewarded += model.members[i].referral == PAID;
}

/* Lets days pass in which nothing is done: what the ledger said of the last of them before is what it says behind. */
static void time_pass(struct fixture *f)
{
	static char told[MEMBERS][16384];
	char came[16384];
	int32_t day = model_today() + 400;

	for (int i = 0; i < model.members_count; i++)
		random_as_dated(f, i, day, told[i], sizeof(told[i]));
	f->now_ms = model_day_start_ms(day + 1);
	fixture_tick(f);
	model_settle(f->now_ms);
	for (int i = 0; i < model.members_count; i++) {
		random_as_dated(f, i, day, came, sizeof(came));
		if (strcmp(told[i], came) != 0)
			fail_msg("m%d would have %s\nand had %s", i, told[i], came);
	}
}

void random_end(struct fixture *f)
{
	time_pass(f);
	random_compare(f);
	random_compare_past(f);
	ends_count();
	for (int i = 0; i < model.awards_count; i++) {
		struct award *award = &model.awards[i];
		if (award->state == REVIEW)
			random_call(f, model_review(award, FIN, false), award->by == OPS ? "svc" : "ops", "earn.review",
			            "'entry':%" PRIu64 ",'decision':'reject','reason':'x'", award->seq);
	}
	members_end(f);
	for (int i = 0; i < CAMPAIGNS; i++) {
		struct campaign *row = &model.campaigns[i];
		random_call(f, row->is_closed ? MERIT_CAMPAIGN_CLOSED : MERIT_OK, "fin", "campaign.close",
		            "'campaign':'c%d'", i);
		row->is_closed = true;
		row->granted -= row->budget;
		row->budget = 0;
	}
	random_compare(f);
}
