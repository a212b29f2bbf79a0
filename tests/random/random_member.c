/* random_member.c - see random.h: members, their tags and tiers, freezing and closing. */
#include "tests/random/random.h"

void random_member_create(struct fixture *f)
{
	if (model.members_count == MEMBERS)
		return;
	random_call(f, MERIT_OK, "svc", "member.create", "'member':'m%d'", model.members_count);
	model.members[model.members_count++].tier = -1;
}

void random_tag(struct fixture *f)
{
	int member = random_member(), tag = (int)chance(TAGS);
	bool on = !chance_one_in(3);

	random_call(f, model_tag(member, tag, on), "svc", "member.tag", "'member':'m%d','tag':'g%d','on':%s", member,
	            tag, on ? "true" : "false");
}

void random_tier(struct fixture *f)
{
	int tier = (int)chance((uint64_t)model.tiers_count + 1);
	int64_t points = (int64_t)chance(1000) * TIERS + tier; /* never two of the same */

	if (tier < TIERS)
		random_call(f, model_tier_set(tier, points), "ops", "program.tier", "'tier':'t%d','points':%" PRId64,
		            tier, points);
}

void random_member_tier(struct fixture *f)
{
	int member = random_member(), tier = (int)chance(TIERS + 2) - 2;
	char text[32] = "";

	tier = tier < -1 ? -1 : tier;
	if (tier >= 0)
		(void)snprintf(text, sizeof(text), ",'tier':'t%d'", tier);
	random_call(f, model_member_tier(member, tier), "ops", "member.tier", "'member':'m%d'%s", member, text);
}

void random_freeze(struct fixture *f)
{
	int member = random_member();
	bool is_frozen = chance_one_in(3);

	for (int i = 0; i < model.members_count && !is_frozen; i++)
		member = model.members[i].is_frozen && chance_one_in(2) ? i : member;
	random_call(f, model_freeze(member, is_frozen), "ops", is_frozen ? "member.freeze" : "member.unfreeze",
	            "'member':'m%d','reason':'x'", member);
}

/* Mostly those that leave have been here for long; never so many that nobody is left. */
void random_close(struct fixture *f)
{
	int member = chance_one_in(2) ? random_member() : (int)chance((uint64_t)(model.members_count + 1) / 2),
	    open = 0;

	for (int i = 0; i < model.members_count; i++)
		open += !model.members[i].is_closed;
	if (open > 8)
		random_call(f, model_close(member), "ops", "member.close", "'member':'m%d','reason':'x'", member);
}

void random_opening(struct fixture *f)
{
	int member = random_member(), campaign = (int)chance(CAMPAIGNS), reference = (int)chance(6);
	int64_t points = chance_one_in(15) ? (int64_t)chance(3) - 1 : 1 + (int64_t)chance(200);
	int32_t day = chance_one_in(2) ? model_today() - 3 + (int32_t)chance(100) : NO_DAY;
	char text[64] = "";

	random_put_day(text, sizeof(text), "last_day", day);
	random_call(f, model_open(member, campaign, points, reference, day), chance_one_in(2) ? "ops" : "fin",
	            "member.opening", "'member':'m%d','campaign':'c%d','points':%" PRId64 ",'reference':'r%d'%s",
	            member, campaign, points, reference, text);
}
