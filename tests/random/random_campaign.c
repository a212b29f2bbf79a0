/* random_campaign.c - see random.h: what operators and finance set: budgets, rules, terms, caps, eligibility. */
#include "tests/random/random.h"

static const char *const period_names[PERIODS] = { "day", "month", "year", "lifetime" };

/* ---- Budgets ---- */

static void campaign_close(struct fixture *f, int campaign)
{
	struct campaign *row = &model.campaigns[campaign];

	random_call(f, row->is_closed ? MERIT_CAMPAIGN_CLOSED : MERIT_OK, "fin", "campaign.close", "'campaign':'c%d'",
	            campaign);
	row->is_closed = true;
	row->granted -= row->budget;
	row->budget = 0;
}

void random_fund(struct fixture *f)
{
	int campaign = (int)chance(CAMPAIGNS);
	int64_t points = chance_one_in(20) ? chance_between(-1, 0) : chance_between(1, 4000);

	if (campaign != 0 && chance_one_in(60)) { /* the first stays open */
		campaign_close(f, campaign);
		return;
	}
	random_call(f, model_fund(campaign, points), "fin", "campaign.fund", "'campaign':'c%d','points':%" PRId64,
	            campaign, points);
}

void random_sponsor_cap(struct fixture *f)
{
	int sponsor = (int)chance(SPONSORS), currency = (int)chance(CURRENCIES);
	int64_t cap = chance_one_in(4) ? 0 : chance_between(20, 600);

	random_call(f, MERIT_OK, chance_one_in(2) ? "ops" : "fin", "sponsor.cap",
	            "'sponsor':'s%d','currency':'%s','cap_minor':%" PRId64, sponsor, currency == 0 ? "CNY" : "USD",
	            cap);
	model.caps[sponsor][currency].is_set = true;
	model.caps[sponsor][currency].minor = cap;
}

/* ---- Rules ---- */

static void caps_draw(struct rule *rule)
{
	static const int64_t caps[PERIODS] = { 160, 300, 500, 800 }, quotas[PERIODS] = { 2, 3, 5, 8 };

	for (int period = 0; period < PERIODS; period++) {
		rule->caps[period] = chance_one_in(5) ? chance_between(caps[period] / 4, caps[period]) : 0;
		if (rule->caps[period] != 0 && chance_one_in(2)) /* used up to the last point */
			rule->caps[period] = chance_between(1, 4) * rule->points;
		rule->quotas[period] = chance_one_in(8) ? chance_between(1, quotas[period]) : 0;
		if (rule->caps[period] != 0 || rule->quotas[period] != 0)
			rule->counted |= 1u << period;
	}
	rule->quota_reference = chance_one_in(8) ? chance_between(1, 3) : 0;
	rule->quota_event = chance_one_in(10) ? chance_between(5, 40) : 0;
	rule->counted |= rule->quota_reference != 0 ? COUNTS_REFERENCE : 0;
	rule->counted |= rule->quota_event != 0 ? COUNTS_EVENT : 0;
}

/* The next version of a rule: what was counted stays counted. */
static struct rule rule_draw(const struct rule *before)
{
	struct rule rule = { .version = before->version + 1, .counted = before->counted };

	if (chance_one_in(2))
		rule.points = chance_between(1, 120);
	else
		rule.maximum = chance_between(50, 400);
	rule.evidence = !chance_one_in(3) ? NONE : (enum evidence)chance(3);
	rule.minimum = chance_one_in(8) ? chance_between(1, 4) : 0;
	rule.delay_days = chance_one_in(3) ? (int)chance_between(1, 40) : 0;
	rule.review = chance_one_in(4);
	rule.clip = chance_one_in(2);
	caps_draw(&rule);
	rule.multipliers_count = chance_one_in(3) ? (int)chance_between(1, 2) : 0;
	for (int i = 0; i < rule.multipliers_count; i++) {
		bool is_tag = chance_one_in(2);
		rule.multipliers[i] =
			(struct multiplier){ is_tag, (int)chance(is_tag ? TAGS : TIERS), chance_between(3000, 25000) };
	}
	return rule;
}

static enum merit_status rule_wanted(int campaign, const struct rule *rule)
{
	if (rule->points < 0)
		return MERIT_NEGATIVE_AMOUNT;
	for (int i = 0; i < rule->multipliers_count; i++) {
		if (!rule->multipliers[i].is_tag && rule->multipliers[i].name >= model.tiers_count)
			return MERIT_TIER_UNKNOWN;
	}
	if (model.campaigns[campaign].is_closed)
		return MERIT_CAMPAIGN_CLOSED;
	if (rule->points != 0 && rule->maximum != 0)
		return MERIT_POINTS_FIXED;
	return rule->points == 0 && rule->maximum == 0 ? MERIT_POINTS_MISSING : MERIT_OK;
}

static void limits_put(const struct rule *rule, char *text, size_t size)
{
	for (int period = 0; period < PERIODS; period++) {
		if (rule->caps[period] != 0)
			random_put(text, size, ",'cap_%s':%" PRId64, period_names[period], rule->caps[period]);
		if (rule->quotas[period] != 0)
			random_put(text, size, ",'quota_%s':%" PRId64, period_names[period], rule->quotas[period]);
	}
	if (rule->quota_reference != 0)
		random_put(text, size, ",'quota_reference':%" PRId64, rule->quota_reference);
	if (rule->quota_event != 0)
		random_put(text, size, ",'quota_event':%" PRId64, rule->quota_event);
	for (int i = 0; i < rule->multipliers_count; i++) {
		const struct multiplier *row = &rule->multipliers[i];
		random_put(text, size, "%s{'%s':'%s%d','basis_points':%" PRId64 "}", i == 0 ? ",'multipliers':[" : ",",
		           row->is_tag ? "tag" : "tier", row->is_tag ? "g" : "t", row->name, row->basis_points);
	}
	if (rule->multipliers_count > 0)
		random_put(text, size, "]");
}

void random_rule(struct fixture *f)
{
	static const char *const evidences[] = { "none", "required", "unique" };
	int campaign = (int)chance(CAMPAIGNS), event = (int)chance(EVENTS);
	struct rule *row = &model.campaigns[campaign].rules[event], rule = rule_draw(row);
	char text[1024] = "";

	if (chance_one_in(15)) {
		rule.points = chance_between(-1, 1);
		rule.maximum = rule.points == 0 ? 0 : 10;
	}
	if (rule.points != 0)
		random_put(text, sizeof(text), ",'points':%" PRId64, rule.points);
	if (rule.maximum != 0)
		random_put(text, sizeof(text), ",'maximum':%" PRId64, rule.maximum);
	if (rule.minimum != 0)
		random_put(text, sizeof(text), ",'minimum':%" PRId64, rule.minimum);
	if (rule.delay_days != 0)
		random_put(text, sizeof(text), ",'delay_days':%d", rule.delay_days);
	if (rule.review || chance_one_in(4))
		random_put(text, sizeof(text), ",'review':%s", rule.review ? "true" : "false");
	if (rule.clip || chance_one_in(4))
		random_put(text, sizeof(text), ",'clip':%s", rule.clip ? "true" : "false");
	limits_put(&rule, text, sizeof(text));
	if (rule.version % 2 != 0) /* for disclosure, of which the model knows nothing */
		random_put(text, sizeof(text), ",'nature':'n%d','form':'points'", event % 2);
	if (random_call(f, rule_wanted(campaign, &rule), "ops", "campaign.rule",
	                "'campaign':'c%d','event':'e%d','evidence':'%s'%s", campaign, event, evidences[rule.evidence],
	                text))
		*row = rule;
}

/* ---- Terms of referrals ---- */

static struct terms terms_draw(const struct terms *before)
{
	static const int64_t caps[PERIODS] = { 100, 200, 400, 800 };
	struct terms terms = { .version = before->version + 1, .counted = before->counted };

	terms.event = (int)chance(EVENTS);
	terms.window_days = chance_one_in(2) ? -1 : (int)chance_between(0, 10);
	terms.referrer_points = chance_one_in(6) ? 0 : chance_between(1, 90);
	terms.referee_points = chance_one_in(6) ? 0 : chance_between(1, 90);
	terms.flag_day = chance_one_in(4) ? 0 : chance_between(1, 2);
	for (int period = 0; period < PERIODS; period++) {
		terms.caps[period] = chance_one_in(4) ? chance_between(caps[period] / 4, caps[period]) : 0;
		if (terms.caps[period] != 0 && chance_one_in(2)) /* used up to the last point */
			terms.caps[period] = chance_between(1, 3) * terms.referrer_points;
		terms.counted |= terms.caps[period] != 0 ? 1u << period : 0;
	}
	return terms;
}

static enum merit_status terms_wanted(int campaign, const struct terms *terms)
{
	if (terms->referrer_points == 0 && terms->referee_points == 0)
		return MERIT_ZERO_AMOUNT;
	if (model.campaigns[campaign].is_closed)
		return MERIT_CAMPAIGN_CLOSED;
	return model.campaigns[campaign].rules[terms->event].version == 0 ? MERIT_NO_RULE : MERIT_OK;
}

void random_terms(struct fixture *f)
{
	int campaign = (int)chance(CAMPAIGNS);
	struct terms *row = &model.campaigns[campaign].terms, terms = terms_draw(row);
	char text[512] = "";

	if (terms.window_days >= 0)
		random_put(text, sizeof(text), ",'window_days':%d", terms.window_days);
	if (terms.flag_day > 0)
		random_put(text, sizeof(text), ",'flag_day':%" PRId64, terms.flag_day);
	for (int period = 0; period < PERIODS; period++) {
		if (terms.caps[period] != 0)
			random_put(text, sizeof(text), ",'cap_%s':%" PRId64, period_names[period], terms.caps[period]);
	}
	if (random_call(f, terms_wanted(campaign, &terms), "ops", "campaign.referral",
	                "'campaign':'c%d','event':'e%d','referrer_points':%" PRId64 ",'referee_points':%" PRId64 "%s",
	                campaign, terms.event, terms.referrer_points, terms.referee_points, text))
		*row = terms;
}

/* ---- Eligibility ---- */

void random_eligibility(struct fixture *f)
{
	static const char *const classes[CLASSES] = { "goods", "code", "service", "cash", "medicine" };
	int campaign = (int)chance(CAMPAIGNS);
	enum class class_ = (enum class)chance(CLASSES);
	struct eligibility row = { .is_set = true, .is_allowed = !chance_one_in(4), .tag = -1, .tier = -1 };
	char text[256] = "";

	row.tag = chance_one_in(5) ? (int)chance(TAGS) : -1;
	row.tier = chance_one_in(5) ? (int)chance(TIERS) : -1;
	random_put(text, sizeof(text), "'class':'%s','allowed':%s", classes[class_], row.is_allowed ? "true" : "false");
	if (row.tag >= 0)
		random_put(text, sizeof(text), ",'tag':'g%d'", row.tag);
	if (row.tier >= 0)
		random_put(text, sizeof(text), ",'tier':'t%d'", row.tier);
	enum merit_status want = row.tier >= model.tiers_count                              ? MERIT_TIER_UNKNOWN
	                         : row.is_allowed && (class_ == CASH || class_ == MEDICINE) ? MERIT_PROPOSAL_REQUIRED
	                                                                                    : MERIT_OK;
	bool is_set = random_call(f, want, "ops", "campaign.eligibility", "'campaign':'c%d',%s", campaign, text);
	if (want == MERIT_PROPOSAL_REQUIRED)
		is_set = random_agree(f, MERIT_OK, "ops", "op2", "campaign.eligibility", "'campaign':'c%d',%s",
		                      campaign, text);
	if (is_set)
		model.campaigns[campaign].eligibility[class_] = row;
}
