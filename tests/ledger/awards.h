/* awards.h - the world of the tests of awards: the fixture's, with events that are reviewed or delayed, and two campaigns
 * more. */
#ifndef MERIT_TESTS_LEDGER_AWARDS_H
#define MERIT_TESTS_LEDGER_AWARDS_H

#include "tests/ledger/steps.h"

#include <inttypes.h>

#define HASH "00000000000000000000000000000000000000000000000000000000000000aa"

/* Events besides the world's: talk is reviewed, visit waits ten days, case does both and wants new evidence. */
static inline struct fixture *world_new(void)
{
	static const struct step rules[] = {
		{ "reviewed", "ops", "campaign.rule",
		  "'campaign':'c1','event':'talk','maximum':1000,'evidence':'none','review':true", MERIT_OK },
		{ "delayed", "ops", "campaign.rule",
		  "'campaign':'c1','event':'visit','maximum':1000,'evidence':'none','delay_days':10", MERIT_OK },
		{ "both", "ops", "campaign.rule",
		  "'campaign':'c1','event':'case','maximum':1000,'evidence':'unique','review':true,'delay_days':10",
		  MERIT_OK },
		{ "a campaign that counts from availability", "ops", "campaign.create",
		  "'campaign':'c2','sponsor':'acme','starts':'2026-01-01','ends':'2031-12-31','currency':'CNY',"
		  "'value_minor':1,'value_points':1,'contract':'sponsor','months':1,'round':'none','from':'available'",
		  MERIT_OK },
		{ "one that lives a month", "ops", "campaign.create",
		  "'campaign':'c3','sponsor':'acme','starts':'2026-01-01','ends':'2031-12-31','currency':'CNY',"
		  "'value_minor':1,'value_points':1,'contract':'sponsor','months':1,'round':'none','from':'occurred'",
		  MERIT_OK },
	};
	static const struct step more[] = {
		{ "reviewed", "ops", "campaign.rule",
		  "'campaign':'c2','event':'talk','maximum':1000,'evidence':'none','review':true", MERIT_OK },
		{ "delayed", "ops", "campaign.rule",
		  "'campaign':'c2','event':'visit','maximum':1000,'evidence':'none','delay_days':10", MERIT_OK },
		{ "neither", "ops", "campaign.rule", "'campaign':'c2','event':'gift','maximum':1000,'evidence':'none'",
		  MERIT_OK },
		{ "reviewed", "ops", "campaign.rule",
		  "'campaign':'c3','event':'talk','maximum':1000,'evidence':'none','review':true", MERIT_OK },
		{ "a budget", "fin", "campaign.fund", "'campaign':'c2','points':100000", MERIT_OK },
		{ "a budget", "fin", "campaign.fund", "'campaign':'c3','points':100000", MERIT_OK },
	};
	struct fixture *f = fixture_new();

	fixture_world(f);
	STEPS_RUN(f, rules);
	STEPS_RUN(f, more);
	return f;
}

static inline enum merit_status earn(struct fixture *f, const char *campaign, const char *event, const char *reference,
                              int64_t points)
{
	return fixture_call(f, "svc", "earn",
	                    "'member':'m1','campaign':'%s','event':'%s','reference':'%s','occurred':%" PRId64
	                    ",'points':%" PRId64 "%s",
	                    campaign, event, reference, f->now_ms, points,
	                    strcmp(event, "case") == 0 ? ",'evidence':'" HASH "'" : "");
}

/* The same, accepted: its seq. */
static inline int64_t award(struct fixture *f, const char *campaign, const char *event, const char *reference, int64_t points)
{
	must(f, earn(f, campaign, event, reference, points));
	return fixture_integer(f, "seq");
}

static inline enum merit_status review(struct fixture *f, const char *kid, int64_t seq, const char *decision)
{
	return fixture_call(f, kid, "earn.review", "'entry':%" PRId64 ",'decision':'%s','reason':'seen'", seq,
	                    decision);
}

static inline enum merit_status reverse(struct fixture *f, int64_t seq)
{
	return fixture_call(f, "svc", "reverse", "'entry':%" PRId64 ",'reason':'wrong'", seq);
}

static inline const char *standing(struct fixture *f, int64_t seq)
{
	must(f, fixture_query(f, "svc", "award.get", "'entry':%" PRId64, seq));
	return fixture_text(f, "state");
}

static inline int64_t earned_in_2026(struct fixture *f)
{
	struct merit_member member;

	merit_arena_reset(&f->ledger->model.scratch);
	assert_true(merit_model_member(&f->ledger->model, MERIT_TEXT("m1"), 0, &member));
	return member.head.year == 2026 ? member.head.earned[0] : 0;
}

static inline void points_are(struct fixture *f, int64_t available, int64_t pending, const char *campaign, int64_t budget)
{
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", available);
	balance_is(f, MERIT_ACCOUNT_PENDING, "m1", pending);
	balance_is(f, MERIT_ACCOUNT_CAMPAIGN, campaign, budget);
}

#endif
