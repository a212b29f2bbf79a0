/* referral_steps.h - records of referrals, and what they pay, for tests. */
#ifndef MERIT_TESTS_LEDGER_REFERRAL_STEPS_H
#define MERIT_TESTS_LEDGER_REFERRAL_STEPS_H

#include "tests/ledger/steps.h"

#define TERMS "'campaign':'c1','event':'course','referrer_points':50,'referee_points':20"

/* A step of its own: who brought in whom, and the rest of the parameters from the campaign's name on. */
#define RECORD(referrer, referee, more)                                                                                \
	"svc", "referral.record", "'referrer':'" referrer "','referee':'" referee "','campaign':" more

/* The fixture's world with members m1 to m4, and terms for campaign c1 unless they are NULL. */
static inline struct fixture *world_new(const char *terms)
{
	struct fixture *f = fixture_new();

	fixture_world(f);
	fixture_member(f, "m2");
	fixture_member(f, "m3");
	fixture_member(f, "m4");
	if (terms != NULL)
		must(f, fixture_call(f, "ops", "campaign.referral", "%s", terms));
	return f;
}

static inline enum merit_status record(struct fixture *f, const char *referrer, const char *referee)
{
	return fixture_call(f, "svc", "referral.record", "'referrer':'%s','referee':'%s','campaign':'c1'", referrer,
	                    referee);
}

/* Makes the member's row say that, whatever the log says. */
static inline void member_put(struct fixture *f, const char *member, const struct merit_member *content)
{
	size_t lots_size = content->head.lots_count * sizeof(struct merit_lot);
	size_t debts_size = content->head.debts_count * sizeof(struct merit_debt);
	char *row = merit_model_edit(&f->ledger->model, MERIT_TABLE_MEMBER, merit_text_of(member),
				     sizeof(content->head) + lots_size + debts_size);

	memcpy(row, &content->head, sizeof(content->head));
	if (lots_size > 0)
		memcpy(row + sizeof(content->head), content->lots, lots_size);
	if (debts_size > 0)
		memcpy(row + sizeof(content->head) + lots_size, content->debts, debts_size);
}

static inline void word_is(const struct merit_value *value, const char *want)
{
	assert_int_equal(value->present, want != NULL);
	if (want != NULL)
		assert_true(merit_text_equal(value->text, merit_text_of(want)));
}

/* The newest entry is a reward that paid so much, with these reasons; NULL = none. */
static inline void reward_is(struct fixture *f, int64_t referrer, const char *referrer_why, int64_t referee,
                             const char *referee_why, const char *state)
{
	struct merit_entry entry;

	fixture_entry(f, fixture_size(f) - 1, &entry);
	assert_int_equal(entry.operation->number, MERIT_OP_REFERRAL);
	assert_int_equal(entry.results[REFERRAL_REFERRER_PAID].integer, referrer);
	assert_int_equal(entry.results[REFERRAL_REFEREE_PAID].integer, referee);
	word_is(&entry.results[REFERRAL_REFERRER_WHY], referrer_why);
	word_is(&entry.results[REFERRAL_REFEREE_WHY], referee_why);
	word_is(&entry.results[REFERRAL_STATE], state);
}

/* The state of a member's referral, as a read tells it. */
static inline void state_is(struct fixture *f, const char *referee, const char *state)
{
	must(f, fixture_query(f, "aud", "referral.get", "'referee':'%s'", referee));
	assert_string_equal(fixture_text(f, "state"), state);
}

#endif
