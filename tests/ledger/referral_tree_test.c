/* referral_tree_test.c
 * Goal    whether a referral would close a circle is known in a few steps, however long the chain and in whatever order
 *         its links were recorded.
 * Method  chains of thousands, recorded from the end, from the start, and by halves; steps are counted in the rows,
 *         where each leads to the next. */
#include "tests/ledger/steps.h"

#define CHAIN      20000
#define BATCH      5000
#define CYCLES     1000
#define HEIGHT_MAX 15 /* 2^15 > CHAIN: each step up at least doubles the members led */

static struct fixture *world_new(void)
{
	struct fixture *f = fixture_new();

	fixture_world(f);
	must(f, fixture_call(f, "ops", "campaign.referral",
	                     "'campaign':'c1','event':'course','referrer_points':1,'referee_points':1"));
	return f;
}

/* Calls of the service's, sent by thousands. */
struct batch {
	struct fixture *f;
	struct merit_buffer json;
	int calls, ids;
};

static void batch_send(struct batch *batch)
{
	if (batch->calls == 0)
		return;
	merit_buffer_put(&batch->json, "]", 2); /* with its NUL */
	assert_false(batch->json.bad);
	must(batch->f, fixture_send(batch->f, "svc", batch->json.data));
	merit_buffer_clear(&batch->json);
	batch->calls = 0;
}

static void batch_put(struct batch *batch, const char *method, const char *params)
{
	merit_buffer_put_format(&batch->json,
	                        "%c{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":{\"id\":\"b%d\",%s}}",
	                        batch->calls == 0 ? '[' : ',', method, batch->ids++, params);
	if (++batch->calls == BATCH)
		batch_send(batch);
}

static void link_put(struct batch *batch, int referrer, int referee)
{
	char params[100];

	snprintf(params, sizeof(params), "\"referrer\":\"k%d\",\"referee\":\"k%d\",\"campaign\":\"c1\"", referrer,
	         referee);
	batch_put(batch, "referral.record", params);
}

static void members_create(struct batch *batch, int count)
{
	for (int i = 0; i < count; i++) {
		char params[40];
		snprintf(params, sizeof(params), "\"member\":\"k%d\"", i);
		batch_put(batch, "member.create", params);
	}
	batch_send(batch);
}

/* Of everybody in the chain, the most steps to who leads it. */
static int height_of(struct fixture *f, int count)
{
	int highest = 0;

	for (int i = 0; i < count; i++) {
		char member[16];
		int height = 0;
		snprintf(member, sizeof(member), "k%d", i);
		const struct merit_referral *row = merit_model_referral(&f->ledger->model, merit_text_of(member));
		for (; row->leader.size > 0; height++)
			row = merit_model_referral(&f->ledger->model, merit_name_text(&row->leader));
		assert_true(row->size == (uint32_t)count);
		highest = height > highest ? height : highest;
	}
	return highest;
}

static void from_the_end(struct batch *batch, int count)
{
	for (int i = count - 1; i > 0; i--)
		link_put(batch, i - 1, i);
}

static void from_the_start(struct batch *batch, int count)
{
	for (int i = 1; i < count; i++)
		link_put(batch, i - 1, i);
}

/* Trees of like size each time, which is what makes the highest. */
static void by_halves(struct batch *batch, int count)
{
	for (int step = 1; step < count; step *= 2) {
		for (int i = step; i < count; i += 2 * step)
			link_put(batch, i - 1, i);
	}
}

/* Those at its end, as referrers of its start. */
static void circles_are_refused(struct batch *batch, int count)
{
	uint64_t first = fixture_size(batch->f);

	for (int i = 0; i < CYCLES; i++)
		link_put(batch, count - 1 - i, 0);
	batch_send(batch);
	for (int i = 0; i < CYCLES; i++) {
		struct merit_entry entry;
		fixture_entry(batch->f, first + (uint64_t)i, &entry);
		assert_int_equal(entry.status, MERIT_REFERRAL_CYCLE);
	}
}

static void a_long_chain_is_a_low_tree(void **state)
{
	static const struct {
		const char *name;
		void (*record)(struct batch *batch, int count);
		int count, height_min, height_max;
	} rows[] = {
		{ "from the end", from_the_end, CHAIN, 1, 1 },
		{ "from the start", from_the_start, CHAIN, 1, 1 },
		{ "by halves", by_halves, CHAIN, 2, HEIGHT_MAX },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct batch batch = { .f = world_new() };
		members_create(&batch, rows[i].count);
		rows[i].record(&batch, rows[i].count);
		batch_send(&batch);
		int height = height_of(batch.f, rows[i].count);
		if (height < rows[i].height_min || height > rows[i].height_max)
			fail_msg("%s: %d steps", rows[i].name, height);
		circles_are_refused(&batch, rows[i].count);
		merit_buffer_free(&batch.json);
		fixture_free(batch.f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_long_chain_is_a_low_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
