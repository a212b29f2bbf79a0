/* random_earn.c - see random.h: earning, reviewing, taking back, referring. */
#include "tests/random/random.h"

/* ---- earn ---- */

static struct earn earn_draw(void)
{
	struct earn earn = { .member = random_member(),
		             .campaign = (int)chance(CAMPAIGNS),
		             .event = (int)chance(EVENTS),
		             .reference = (int)chance(24),
		             .evidence = chance_one_in(2) ? (int)chance(EVIDENCES) : -1,
		             .actor = chance_one_in(4) ? random_member() : -1,
		             .occurred_ms = random_occurred_ms(),
		             .quantity = chance_one_in(3) ? -1 : (int64_t)chance(9),
		             .by = chance_one_in(5) ? OPS : SVC };
	const struct rule *rule = &model.campaigns[earn.campaign].rules[earn.event];

	earn.has_points = (rule->points == 0) != chance_one_in(15);
	earn.points = rule->points != 0 && chance_one_in(2) ? rule->points : 1 + (int64_t)chance(150);
	if (chance_one_in(25))
		earn.points = chance_one_in(2) ? (int64_t)chance(3) - 1 : rule->maximum + (int64_t)chance(3) - 1;
	return earn;
}

static void earn_put(const struct earn *earn, char *text, size_t size)
{
	int at = snprintf(text, size,
	                  "'member':'m%d','campaign':'c%d','event':'e%d','reference':'r%d','occurred':%" PRId64,
	                  earn->member, earn->campaign, earn->event, earn->reference, earn->occurred_ms);

	if (earn->has_points)
		at += snprintf(text + at, size - (size_t)at, ",'points':%" PRId64, earn->points);
	if (earn->evidence >= 0)
		at += snprintf(text + at, size - (size_t)at, ",'evidence':'%064x'", (unsigned)earn->evidence);
	if (earn->actor >= 0)
		at += snprintf(text + at, size - (size_t)at, ",'actor':'m%d'", earn->actor);
	if (earn->quantity >= 0)
		(void)snprintf(text + at, size - (size_t)at, ",'quantity':%" PRId64, earn->quantity);
}

void random_earn(struct fixture *f)
{
	struct earn earn = earn_draw();
	struct award award;
	char params[512];

	earn_put(&earn, params, sizeof(params));
	enum merit_status want = model_earn_wanted(&earn, &award);
	random_of_day(model_day(earn.occurred_ms));
	if (!random_call(f, want, random_party(earn.by), "earn", "%s", params)) {
		if (want == MERIT_CAP_REACHED || want == MERIT_QUOTA_REACHED)
			assert_int_equal(fixture_integer(f, "left"), earn.left);
		return;
	}
	assert_int_equal(fixture_integer(f, "paid"), award.points);
	award.seq = (uint64_t)fixture_integer(f, "seq");
	model_earn(&award);
}

/* ---- What becomes of it ---- */

/* An award, rather one that is_wanted, and rather a late one. */
static struct award *award_pick(bool (*is_wanted)(const struct award *))
{
	uint64_t count = (uint64_t)model.awards_count;
	struct award *award = NULL;

	for (int i = 0; i < 30 && count > 0; i++) {
		uint64_t back = chance(chance_one_in(3) ? count : count < 60 ? count : 60);
		award = &model.awards[count - 1 - back];
		if (is_wanted(award))
			break;
	}
	return award;
}

static bool is_under_review(const struct award *award)
{
	return award->state == REVIEW;
}

/* Every second time one whose points are dead, so that all of it becomes a debt. */
static bool is_dead_or_lucky(const struct award *award)
{
	if (award->is_reversed)
		return false;
	return chance_one_in(6) || (award->state == AVAILABLE && model_is_dead(award->day));
}

void random_earn_review(struct fixture *f)
{
	struct award *award = award_pick(is_under_review);
	enum party by = chance_one_in(4) ? SVC : OPS;
	bool approve = !chance_one_in(3);

	if (award == NULL)
		return;
	uint64_t seq = award->seq;
	bool is_unknown = chance_one_in(50);
	random_call(f, is_unknown ? MERIT_ENTRY_UNKNOWN : model_review(award, by, approve), random_party(by),
	            "earn.review", "'entry':%" PRIu64 ",'decision':'%s','reason':'x'", is_unknown ? 0 : seq,
	            approve ? "approve" : "reject");
}

void random_reverse(struct fixture *f)
{
	struct award *award = award_pick(is_dead_or_lucky);

	if (award == NULL)
		return;
	bool is_late = award->state == AVAILABLE && model_is_dead(award->day), is_unknown = chance_one_in(50);
	enum merit_status want = is_unknown ? MERIT_ENTRY_UNKNOWN : model_reverse(award);
	if (random_call(f, want, "svc", "reverse", "'entry':%" PRIu64 ",'reason':'x'", is_unknown ? 0 : award->seq))
		run.reversed_late += is_late;
}

/* ---- Referrals ---- */

/* Somebody nobody brought whose award waits for a reviewer: brought in before it, but recorded behind it. */
static const struct award *award_of_unbrought(void)
{
	for (int i = model.awards_count - 1; i >= 0 && i > model.awards_count - 60; i--) {
		const struct award *award = &model.awards[i];
		const struct campaign *campaign = &model.campaigns[award->campaign];
		if (award->state == REVIEW && model.members[award->member].referral == NOBODY &&
		    campaign->terms.version != 0 && campaign->terms.event == award->event)
			return award;
	}
	return NULL;
}

/* Mostly whoever did it last brings another in, and somebody that nobody brought yet. */
void random_record(struct fixture *f)
{
	int referrer = random_member(), referee = random_member(), campaign = (int)chance(CAMPAIGNS);
	int64_t occurred_ms = chance_one_in(5) ? random_occurred_ms() : model.now_ms;
	int last_referrer = run.last_referrer;

	for (int i = 0; i < 8 && referee < MEMBERS && model.members[referee].referral != NOBODY; i++)
		referee = random_member();
	for (int i = 0; i < 4 && model.campaigns[campaign].terms.version == 0; i++)
		campaign = (int)chance(CAMPAIGNS);
	const struct award *award = chance_one_in(3) ? award_of_unbrought() : NULL;
	if (award != NULL) {
		referee = award->member;
		campaign = award->campaign;
		occurred_ms = award->occurred_ms - (int64_t)chance(2);
	}
	if (last_referrer < model.members_count && !chance_one_in(3))
		referrer = last_referrer;
	run.last_referrer = referrer;
	enum party by = chance_one_in(3) ? OPS : SVC;
	char occurred[48] = "";
	if (occurred_ms != model.now_ms)
		(void)snprintf(occurred, sizeof(occurred), ",'occurred':%" PRId64, occurred_ms);
	if (random_call(f, model_record(referrer, referee, campaign, occurred_ms, by), random_party(by),
	                "referral.record", "'referrer':'m%d','referee':'m%d','campaign':'c%d'%s", referrer, referee,
	                campaign, occurred))
		model.members[referee].recorded_seq = (uint64_t)fixture_integer(f, "seq");
}

void random_release(struct fixture *f)
{
	int referee = random_member();
	enum party by = chance_one_in(3) ? SVC : OPS;
	bool approve = !chance_one_in(4);

	for (int i = 0; i < model.members_count; i++) {
		if (model.members[i].referral == FLAGGED && !chance_one_in(4))
			referee = i;
	}
	random_call(f, model_referral_review(referee, by, approve), random_party(by), "referral.review",
	            "'referee':'m%d','decision':'%s','reason':'x'", referee, approve ? "approve" : "reject");
}
