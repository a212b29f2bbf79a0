/* story.h - operations of every kind by chance, over half a year: most of them right, many refused. */
#ifndef MERIT_TESTS_LEDGER_STORY_H
#define MERIT_TESTS_LEDGER_STORY_H

#include <inttypes.h>

#include <cjson/cJSON.h>

#include "ledger/calendar.h"
#include "tests/ledger/steps.h"

#define STORY_MEMBERS 3
#define STORY_ORDERS  400

struct story {
	struct fixture *f;
	uint64_t chance;
	unsigned names;           /* given out: orders, references, proposals */
	unsigned orders, periods; /* placed; closed */
	int64_t earns[400], reviews[400];
	unsigned earns_count, reviews_count;
	unsigned accepted[16]; /* by step */
};

static inline unsigned story_below(struct story *story, unsigned limit)
{
	story->chance = story->chance * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(story->chance >> 33) % limit;
}

static inline const char *story_day(struct story *story, int back)
{
	int32_t day = merit_day_of_ms(story->f->now_ms, 0) - (int32_t)story_below(story, (unsigned)back + 1);
	char *text = merit_arena_allocate(&story->f->arena, MERIT_DAY_TEXT_SIZE); /* until the next message is read */

	merit_day_format(day, text);
	return text;
}

static inline const char *story_member(struct story *story)
{
	static const char *const members[STORY_MEMBERS] = { "m1", "m2", "m3" };

	return members[story_below(story, STORY_MEMBERS)];
}

static inline const char *story_campaign(struct story *story)
{
	static const char *const campaigns[] = { "c1", "c2", "c3", "c4" };

	return campaigns[story_below(story, 4)];
}

/* ---- The world ---- */

static inline void story_campaign_add(struct fixture *f, const char *campaign, const char *sponsor,
                                      const char *contract, int months, const char *from)
{
	static const char *const events[] = { "'event':'gift'", "'event':'visit','delay_days':10",
		                              "'event':'talk','review':true" };

	must(f,
	     fixture_call(f, "ops", "campaign.create",
	                  "'campaign':'%s','sponsor':'%s','starts':'2026-01-01','ends':'2026-12-31','currency':'CNY',"
	                  "'value_minor':7,'value_points':3,'contract':'%s','months':%d,'round':'none','from':'%s'",
	                  campaign, sponsor, contract, months, from));
	must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'%s','points':5000", campaign));
	for (size_t i = 0; i < 3; i++)
		must(f, fixture_call(f, "ops", "campaign.rule", "'campaign':'%s','maximum':1000,'evidence':'none',%s",
		                     campaign, events[i]));
}

static inline void story_world(struct fixture *f)
{
	static const struct step steps[] = {
		{ "the platform's own", "ops", "sponsor.create", "'sponsor':'plat','platform':true", MERIT_OK },
		{ "another merchant", "ops", "merchant.create", "'merchant':'other'", MERIT_OK },
		{ "with days to wait", "fin", "merchant.terms", "'merchant':'other','settle_days':3", MERIT_OK },
		{ "goods", "ops", "item.create",
		  "'item':'lamp','merchant':'other','class':'goods','points':17,'currency':'CNY','price_minor':41,"
		  "'stock':100000",
		  MERIT_OK },
		{ "a service", "ops", "item.create",
		  "'item':'visit','merchant':'shop','class':'service','points':11,'currency':'CNY','price_minor':20,"
		  "'stock':100000",
		  MERIT_OK },
		{ "codes", "ops", "item.create",
		  "'item':'voucher','merchant':'shop','class':'code','points':20,'currency':'CNY','price_minor':50",
		  MERIT_OK },
	};

	fixture_world(f);
	fixture_party(f, "fin2", "finance");
	fixture_member(f, "m2");
	fixture_member(f, "m3");
	STEPS_RUN(f, steps);
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c1','event':'visit','maximum':1000,'evidence':'none','delay_days':10"));
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c1','event':'talk','maximum':1000,'evidence':'none','review':true"));
	story_campaign_add(f, "c2", "acme", "breakage", 1, "occurred");
	story_campaign_add(f, "c3", "plat", "breakage", 1, "available");
	story_campaign_add(f, "c4", "acme", "sponsor", 2, "occurred");
	f->now_ms += 31 * FIXTURE_DAY_MS; /* so that nothing is dated before the first month */
}

/* ---- Steps ---- */

static inline enum merit_status story_earn(struct story *story)
{
	static const char *const events[] = { "gift", "gift", "visit", "talk" };
	struct fixture *f = story->f;
	const char *event = events[story_below(story, 4)];
	int64_t back_ms = story_below(story, 3) == 0 ? story_below(story, 25) * FIXTURE_DAY_MS : 0;
	enum merit_status status = fixture_call(
		f, "svc", "earn",
		"'member':'%s','campaign':'%s','event':'%s','reference':'r%u','occurred':%" PRId64 ",'points':%u",
		story_member(story), story_campaign(story), event, ++story->names, f->now_ms - back_ms,
		1 + story_below(story, 120));

	if (status == MERIT_OK && story->earns_count < 400)
		story->earns[story->earns_count++] = fixture_integer(f, "seq");
	if (status == MERIT_OK && strcmp(event, "talk") == 0 && story->reviews_count < 400)
		story->reviews[story->reviews_count++] = fixture_integer(f, "seq");
	return status;
}

static inline enum merit_status story_review(struct story *story)
{
	if (story->reviews_count == 0)
		return MERIT_NOT_FOUND;
	return fixture_call(story->f, "ops", "earn.review", "'entry':%" PRId64 ",'decision':'%s','reason':'r'",
	                    story->reviews[--story->reviews_count], story_below(story, 4) == 0 ? "reject" : "approve");
}

static inline enum merit_status story_reverse(struct story *story)
{
	if (story->earns_count == 0)
		return MERIT_NOT_FOUND;
	return fixture_call(story->f, "svc", "reverse", "'entry':%" PRId64 ",'reason':'r'",
	                    story->earns[story_below(story, story->earns_count)]);
}

static inline enum merit_status story_code(struct story *story)
{
	char code[32];

	snprintf(code, sizeof(code), "CODE-%u", ++story->names);
	return fixture_call(story->f, "shop", "code.add", "'item':'voucher','code':'%s'",
	                    fixture_private(story->f, code));
}

/* One or two lines, as parameters. */
static inline void story_lines(struct story *story, char lines[256])
{
	static const struct {
		const char *item;
		int points;
	} items[] = { { "cup", 30 }, { "lamp", 17 }, { "visit", 11 }, { "voucher", 20 } };
	int size = 0;

	for (unsigned left = 1 + story_below(story, 2); left > 0; left--) {
		unsigned item = story_below(story, 4);
		size += snprintf(lines + size, (size_t)(256 - size),
		                 "%s{'item':'%s','version':1,'points':%d,'quantity':%u}", size == 0 ? "" : ",",
		                 items[item].item, items[item].points, 1 + story_below(story, 3));
	}
}

/* What a quote said, and then the order: which must come to the same, to the last lot. */
static inline enum merit_status story_place(struct story *story)
{
	struct fixture *f = story->f;
	const char *member = story_member(story);
	char lines[256], *quoted;
	struct merit_buffer want = { 0 };
	struct merit_entry entry;

	story_lines(story, lines);
	enum merit_status quote = fixture_query(f, "svc", "order.quote", "'member':'%s','lines':[%s]", member, lines);
	const char *at = strstr(f->reply.data, "\"lots\":[");
	assert_non_null(at);
	quoted = strndup(at + 8, strcspn(at + 8, "]"));
	enum merit_status status = fixture_call(f, "svc", "order.place", "'order':'o%u','member':'%s','lines':[%s]",
	                                        story->orders + 1, member, lines);
	assert_int_equal(quote, status);
	fixture_entry(f, fixture_size(f) - 1, &entry);
	for (size_t i = 0; i < entry.postings_count; i++) {
		const struct merit_posting *posting = &entry.postings[i];
		char day[MERIT_DAY_TEXT_SIZE] = "null";
		if (posting->account != MERIT_ACCOUNT_MEMBER)
			continue;
		merit_day_format(posting->day, day);
		const char *sponsor = merit_text_equal(posting->campaign, MERIT_TEXT("c3")) ? "plat" : "acme";
		merit_buffer_put_format(
			&want,
			"%s{\"line\":%d,\"campaign\":\"%.*s\",\"sponsor\":\"%s\",\"last_day\":\"%s\",\"points\":%" PRId64
			"}",
			want.size == 0 ? "" : ",", posting->line, (int)posting->campaign.size, posting->campaign.data,
			sponsor, day, -posting->amount);
	}
	merit_buffer_put_char(&want, '\0');
	assert_string_equal(quoted, want.data);
	free(quoted);
	merit_buffer_free(&want);
	story->orders += status == MERIT_OK;
	return status;
}

/* Something about one of the last orders. */
static inline enum merit_status story_order(struct story *story)
{
	static const char *const methods[] = { "order.fulfil", "order.fulfil", "order.cancel", "order.receive",
		                               "order.refund" };
	unsigned recent = story->orders < 12 ? story->orders : 12, which = story_below(story, 5);

	if (recent == 0)
		return MERIT_NOT_FOUND;
	unsigned order = story->orders - story_below(story, recent);
	const char *part = story_below(story, 2) == 0 ? ",'lines':[{'line':0,'quantity':1}]" : "";
	return fixture_call(story->f, "ops", methods[which], "'order':'o%u'%s%s", order, which == 3 ? "" : part,
	                    which == 4 ? ",'reason':'r'" : "");
}

static inline enum merit_status story_fund(struct story *story)
{
	return fixture_call(story->f, "fin", "campaign.fund", "'campaign':'%s','points':%u", story_campaign(story),
	                    1 + story_below(story, 500));
}

static inline enum merit_status story_bank(struct story *story)
{
	return fixture_call(story->f, "fin", story_below(story, 3) == 0 ? "sponsor.withdraw" : "sponsor.deposit",
	                    "'sponsor':'acme','currency':'CNY','amount_minor':%u,'bank_reference':'b%u','day':'%s'",
	                    1 + story_below(story, 900), ++story->names, story_day(story, 12));
}

/* A correction that fin proposes and fin2 agrees to, often of some days ago. */
static inline enum merit_status story_adjust(struct story *story)
{
	struct fixture *f = story->f;
	unsigned name = ++story->names, which = story_below(story, 3);
	char call[400];

	if (which == 0)
		snprintf(call, sizeof(call),
		         "'method':'adjust.points','params':{'member':'%s','campaign':'%s','points':%d,'reason':'r',"
		         "'reference':'x','day':'%s'}",
		         story_member(story), story_campaign(story), (int)story_below(story, 80) - 30,
		         story_day(story, 12));
	else if (which == 1)
		snprintf(call, sizeof(call),
		         "'method':'adjust.debt','params':{'member':'%s','campaign':'%s','points':1,'reason':'r',"
		         "'reference':'x','day':'%s'}",
		         story_member(story), story_campaign(story), story_day(story, 12));
	else
		snprintf(call, sizeof(call),
		         "'method':'adjust.money','params':{'debit':'%s','credit':'margin','currency':'%s',"
		         "'amount_minor':%u,'reason':'r','reference':'x','day':'%s'}",
		         story_below(story, 2) == 0 ? "merchant/shop" : "opening",
		         story_below(story, 2) == 0 ? "CNY" : "USD", 1 + story_below(story, 99), story_day(story, 12));
	must(f, fixture_call(f, "fin", "proposal.create", "'proposal':'p%u','reason':'r','call':{%s}", name, call));
	return fixture_call(f, "fin2", "proposal.approve", "'proposal':'p%u'", name);
}

static inline enum merit_status story_period(struct story *story)
{
	struct fixture *f = story->f;
	char period[MERIT_MONTH_TEXT_SIZE];

	snprintf(period, sizeof(period), "2026-%02u", story->periods % 12 + 1);
	enum merit_status status = fixture_close_month(f, period);
	story->periods += status == MERIT_OK;
	if (story->periods == 0 || story_below(story, 4) != 0)
		return status;
	unsigned name = ++story->names;
	must(f, fixture_call(f, "fin", "proposal.create",
	                     "'proposal':'p%u','reason':'r','call':{'method':'period.reopen','params':"
	                     "{'period':'2026-%02u','reason':'r'}}",
	                     name, story->periods));
	status = fixture_call(f, "fin2", "proposal.approve", "'proposal':'p%u'", name);
	story->periods -= status == MERIT_OK;
	return status;
}

static inline enum merit_status story_settle(struct story *story)
{
	static const char *const parties[] = { "shop", "other", "acme" };
	struct fixture *f = story->f;
	unsigned name = ++story->names;

	enum merit_status status = fixture_call(f, "fin", "settlement.open",
	                                        "'settlement':'s%u','party':'%s','currency':'CNY','cutoff':'%s'", name,
	                                        parties[story_below(story, 3)], story_day(story, 3));
	if (status != MERIT_OK)
		return status;
	int64_t total = fixture_integer(f, "total_minor");
	must(f, fixture_call(f, "fin", "settlement.issue", "'settlement':'s%u'", name));
	return fixture_call(f, "fin", "settlement.pay",
	                    "'settlement':'s%u','currency':'CNY','amount_minor':%" PRId64
	                    ",'bank_reference':'b%u','day':'%s'",
	                    name, total, name, story_day(story, 5));
}

struct story_kind {
	const char *name;
	unsigned share;
	enum merit_status (*tell)(struct story *story);
};

static const struct story_kind story_kinds[] = {
	{ "earn", 30, story_earn },    { "review", 5, story_review }, { "reverse", 4, story_reverse },
	{ "code", 8, story_code },     { "place", 18, story_place },  { "order", 22, story_order },
	{ "fund", 2, story_fund },     { "bank", 4, story_bank },     { "adjust", 8, story_adjust },
	{ "period", 3, story_period }, { "settle", 4, story_settle },
};

#define STORY_KINDS (sizeof(story_kinds) / sizeof(story_kinds[0]))

/* One step, of a kind by its share; the clock goes on by up to a day and a half, often not at all. */
static inline void story_step(struct story *story)
{
	unsigned all = 0, kind = 0;

	for (size_t i = 0; i < STORY_KINDS; i++)
		all += story_kinds[i].share;
	unsigned draw = story_below(story, all);
	while (draw >= story_kinds[kind].share)
		draw -= story_kinds[kind++].share;
	story->accepted[kind] += story_kinds[kind].tell(story) == MERIT_OK;
	if (story_below(story, 3) == 0)
		story->f->now_ms += story_below(story, 36) * FIXTURE_DAY_MS / 24;
}

static inline void story_tell(struct story *story, unsigned steps)
{
	for (unsigned i = 0; i < steps; i++)
		story_step(story);
}

/* ---- Beginning ---- */

static inline void is_restore(struct merit_ledger_birth *birth)
{
	birth->hold_minutes = 12 * 24 * 60;
	birth->receive_days = 9;
}

static inline void is_grace(struct merit_ledger_birth *birth)
{
	is_restore(birth);
	birth->refund_policy = "grace";
	birth->grace_days = 5;
}

static inline void is_forfeit(struct merit_ledger_birth *birth)
{
	is_restore(birth);
	birth->refund_policy = "forfeit";
}

static inline struct story story_begin(uint64_t chance, void (*policy)(struct merit_ledger_birth *birth))
{
	struct story story = { .f = fixture_new_with(policy), .chance = chance };

	story_world(story.f);
	return story;
}

/* ---- Answers ---- */

static inline cJSON *answer(const struct fixture *f)
{
	cJSON *reply = cJSON_Parse(f->reply.data);

	assert_non_null(reply);
	cJSON *result = cJSON_DetachItemFromObject(reply, "result");
	assert_non_null(result);
	cJSON_Delete(reply);
	return result;
}

static inline const char *text_of(const cJSON *object, const char *name)
{
	const cJSON *member = cJSON_GetObjectItem(object, name);

	return cJSON_IsString(member) ? member->valuestring : NULL;
}

static inline int64_t number_of(const cJSON *object, const char *name)
{
	const cJSON *member = cJSON_GetObjectItem(object, name);

	assert_true(cJSON_IsNumber(member));
	return (int64_t)member->valuedouble; /* balances of a story are far below 2^53 */
}

static inline int32_t day_of(const cJSON *object, const char *name, int32_t none)
{
	const char *text = text_of(object, name);
	int32_t day = none;

	if (text != NULL)
		assert_true(merit_day_parse(text, strlen(text), &day));
	return day;
}

#endif
