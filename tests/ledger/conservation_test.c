/* conservation_test.c
 * Goal    whatever happens in whatever order, every point is where a second, smaller program says it is; and whatever
 *         is written back, closed or derived afresh, the ledger stays the same to the byte.
 * Method  a seeded stream of operations, many of them wrong on purpose, at times that jump, runs through the ledger and
 *         through a model that keeps its own lots, debts, budgets, stock and orders. Outcomes are compared at every
 *         step, everything at every 64th. MERIT_SEED runs one seed again; MERIT_NIGHTLY runs a million steps. */
#include "tests/ledger/random_steps.h"

#include <sodium.h>

/* ---- The two, side by side ---- */

static void equal(const char *what, const char *name, int64_t got, int64_t want)
{
	if (got != want)
		fail_msg("behind %s: %s of %s is %" PRId64 ", not %" PRId64, kind_names[kind], what, name, got, want);
}

static void members_equal(struct fixture *f)
{
	struct merit_model *rows = &f->ledger->model;

	for (int i = 0; i < MEMBERS; i++) {
		struct merit_member row;
		char name[16];
		int64_t available = 0, held = 0, debt = 0;
		snprintf(name, sizeof(name), "m%d", i);
		lots_tidy(i, f->now_ms);
		merit_arena_reset(&rows->scratch);
		assert_true(merit_model_member(rows, merit_text_of(name), 0, &row));
		equal("lots", name, row.head.lots_count, model.members[i].count);
		for (int lot = 0; lot < model.members[i].count; lot++) {
			equal("last day", name, row.lots[lot].day, model.members[i].lots[lot].day);
			equal("available", name, row.lots[lot].available, model.members[i].lots[lot].available);
			equal("held", name, row.lots[lot].held, model.members[i].lots[lot].held);
			available += row.lots[lot].available;
			held += row.lots[lot].held;
		}
		for (int campaign = 0; campaign < CAMPAIGNS; campaign++)
			debt -= model.members[i].debt[campaign];
		equal("balance", name, fixture_balance(f, MERIT_ACCOUNT_MEMBER, name), available);
		equal("held balance", name, fixture_balance(f, MERIT_ACCOUNT_HELD, name), held);
		equal("debt", name, fixture_balance(f, MERIT_ACCOUNT_DEBT, name), debt);
	}
}

static void orders_equal(struct fixture *f)
{
	struct merit_model *rows = &f->ledger->model;

	for (int i = 0; i < ORDERS; i++) {
		const struct order *order = &model.orders[i];
		struct merit_order row;
		if (order->lines_count == 0)
			continue;
		merit_arena_reset(&rows->scratch);
		assert_true(merit_model_order(rows, merit_text_of(order->name), &row));
		for (int line = 0; line < order->lines_count; line++) {
			equal("held pieces", order->name, row.lines[line].held, order->lines[line].held);
			equal("fulfilled", order->name, row.lines[line].fulfilled, order->lines[line].fulfilled);
			equal("received", order->name, row.lines[line].received, order->lines[line].received);
			equal("refunded", order->name, row.lines[line].refunded, order->lines[line].refunded);
		}
		int64_t held = 0, captured = 0;
		for (uint32_t part = 0; part < row.head.parts_count; part++) {
			held += row.parts[part].held;
			captured += row.parts[part].captured;
		}
		for (int part = 0; part < order->parts_count; part++) {
			held -= order->parts[part].held;
			captured -= order->parts[part].captured;
		}
		equal("held points", order->name, held, 0);
		equal("captured points", order->name, captured, 0);
	}
}

static void all_equal(struct fixture *f)
{
	char name[16];
	int64_t sum = 0;

	members_equal(f);
	orders_equal(f);
	for (int i = 0; i < CAMPAIGNS; i++) {
		snprintf(name, sizeof(name), "c%d", i);
		equal("budget", name, fixture_balance(f, MERIT_ACCOUNT_CAMPAIGN, name), model.campaigns[i].budget);
		equal("expired", name, fixture_balance(f, MERIT_ACCOUNT_EXPIRED, name), model.campaigns[i].expired);
		sum += model.campaigns[i].budget + model.campaigns[i].expired;
	}
	for (int i = 0; i < 2; i++) {
		snprintf(name, sizeof(name), "s%d", i);
		equal("granted", name, -fixture_balance(f, MERIT_ACCOUNT_SPONSOR, name), model.granted[i]);
		sum -= model.granted[i];
	}
	int64_t owed[2] = { 0 };
	for (int i = 0; i < MEMBERS; i++) {
		for (int campaign = 0; campaign < CAMPAIGNS; campaign++)
			owed[terms[campaign].sponsor] += model.members[i].debt[campaign];
	}
	equal("owed", "s0", merit_model_sponsor(&f->ledger->model, MERIT_TEXT("s0"))->owed, owed[0]);
	equal("owed", "s1", merit_model_sponsor(&f->ledger->model, MERIT_TEXT("s1"))->owed, owed[1]);
	equal("owed", "the program", f->ledger->model.program.owed, owed[0] + owed[1]);
	equal("granted", "the program", f->ledger->model.program.granted, model.granted[0] + model.granted[1]);
	for (int i = 0; i < MERCHANTS; i++) {
		snprintf(name, sizeof(name), "x%d", i);
		equal("redeemed", name, fixture_balance(f, MERIT_ACCOUNT_REDEEMED, name), model.redeemed[i]);
		sum += model.redeemed[i];
	}
	for (int i = 0; i < ITEMS; i++) {
		snprintf(name, sizeof(name), "i%d", i);
		const struct merit_item *item = merit_model_item(&f->ledger->model, merit_text_of(name));
		equal("stock", name, item->stock, model.items[i].stock);
		equal("reserved", name, item->reserved, model.items[i].reserved);
	}
	for (int i = 0; i < MEMBERS; i++) {
		for (int lot = 0; lot < model.members[i].count; lot++)
			sum += model.members[i].lots[lot].available + model.members[i].lots[lot].held;
		for (int campaign = 0; campaign < CAMPAIGNS; campaign++)
			sum -= model.members[i].debt[campaign];
	}
	equal("sum", "all points", sum, 0);
}

/* ---- Closing, writing back, deriving afresh ---- */

static bool dump_row(void *context, uint8_t table, const void *key, size_t key_size, const void *value, size_t size)
{
	crypto_generichash_state *hash = context;
	uint64_t sizes[] = { table, key_size, size };

	crypto_generichash_update(hash, (const void *)sizes, sizeof(sizes));
	crypto_generichash_update(hash, key, key_size);
	crypto_generichash_update(hash, value, size);
	return true;
}

static void dump(struct fixture *f, unsigned char hash_out[32])
{
	crypto_generichash_state hash;

	crypto_generichash_init(&hash, NULL, 0, 32);
	merit_ledger_dump(f->ledger, dump_row, &hash);
	crypto_generichash_final(&hash, hash_out, 32);
}

static void do_restart(struct fixture *f, bool afresh)
{
	unsigned char before[32], behind[32];

	if (chance(2) == 0)
		fixture_flush(f);
	dump(f, before);
	fixture_close(f);
	if (afresh)
		assert_int_equal(merit_state_destroy(f->directory), MERIT_OK);
	f->state_rows_max = chance(2) == 0 ? 0 : 1 + chance(50);
	fixture_open(f);
	dump(f, behind);
	if (memcmp(before, behind, sizeof(before)) != 0)
		fail_msg("%s made another state", afresh ? "deriving state afresh" : "closing and opening");
}

/* The same bytes again get the same answer and make no entry. */
static void do_again(struct fixture *f)
{
	char *answer = strdup(f->reply.data), *message = malloc(f->message.size + 1);
	uint64_t size = fixture_size(f);

	assert_non_null(answer);
	assert_non_null(message);
	memcpy(message, f->message.data, f->message.size);
	assert_int_equal(fixture_send_message(f, message, f->message.size), MERIT_OK);
	assert_string_equal(f->reply.data, answer);
	assert_int_equal(fixture_size(f), size);
	free(answer);
	free(message);
}

/* Some of the entries as they lie in the log: none moves points from one campaign to another, and the accounts they moved
 * are within their bounds. */
static void entries_sum_to_zero(struct fixture *f)
{
	struct merit_entry entry;

	for (uint64_t seq = 0; seq < fixture_size(f); seq += 1 + chance(20)) {
		fixture_entry(f, seq, &entry);
		assert_null(merit_postings_fault(&entry));
		assert_null(merit_floors_fault(&f->ledger->model, &entry));
	}
}

/* ---- The run ---- */

static void settings(struct merit_ledger_birth *birth)
{
	static const char *const policies[] = { "restore", "grace", "forfeit" };

	birth->refund_policy = policies[model.policy];
	birth->grace_days = GRACE_DAYS;
	birth->late_days = LATE_DAYS;
	birth->hold_minutes = HOLD_MS / 60000;
	birth->receive_days = RECEIVE_MS / FIXTURE_DAY_MS;
	birth->offset_minutes = OFFSET_MS / 60000;
}

static struct fixture *world_new(void)
{
	struct fixture *f = fixture_new_with(settings);

	fixture_party(f, "ops", "operator");
	fixture_party(f, "fin", "finance");
	fixture_party(f, "svc", "service");
	for (int i = 0; i < 2; i++) {
		must(f, fixture_call(f, "ops", "sponsor.create", "'sponsor':'s%d'", i));
		must(f, fixture_call(f, "ops", "merchant.create", "'merchant':'x%d'", i));
	}
	for (int i = 0; i < CAMPAIGNS; i++) {
		must(f, fixture_call(f, "ops", "campaign.create",
		                     "'campaign':'c%d','sponsor':'s%d','starts':'2026-01-01','ends':'2999-12-31',"
		                     "'currency':'%s','value_minor':1,'value_points':1,'contract':'%s','months':%d,"
		                     "'round':'%s','from':'occurred'",
		                     i, terms[i].sponsor, terms[i].currency == 0 ? "CNY" : "USD",
		                     terms[i].to_sponsor ? "sponsor" : "breakage", terms[i].months,
		                     terms[i].is_rounded ? "month" : "none"));
		must(f, fixture_call(f, "ops", "campaign.rule",
		                     "'campaign':'c%d','event':'gift','maximum':1000,'evidence':'none'", i));
	}
	for (int i = 0; i < MEMBERS; i++)
		must(f, fixture_call(f, "svc", "member.create", "'member':'m%d'", i));
	for (int i = 0; i < ITEMS; i++) {
		must(f, fixture_call(f, "ops", "item.create",
		                     "'item':'i%d','merchant':'x%d','class':'goods','points':40,'currency':'%s',"
		                     "'price_minor':1,'stock':20",
		                     i, goods[i].merchant, goods[i].currency == 0 ? "CNY" : "USD"));
		model.items[i].stock = 20;
		model.items[i].points = 40;
		model.items[i].version = 1;
		model.items[i].is_offered = true;
	}
	return f;
}

/* Mostly many things happen in an hour, so that orders are worked on before they lapse; and now and then weeks pass. */
static void time_jump(struct fixture *f)
{
	uint64_t size = chance(200);

	if (size < 185)
		f->now_ms += (int64_t)chance(60000);
	else if (size < 195)
		f->now_ms += (int64_t)chance(3 * 3600000);
	else if (size < 199)
		f->now_ms += (int64_t)chance(36 * 3600000);
	else
		f->now_ms += (int64_t)chance(50) * FIXTURE_DAY_MS;
	settle(f->now_ms);
}

static void step(struct fixture *f)
{
	static const enum kind kinds[] = { FUND,   EARN,   EARN,   EARN,   EARN,   REVERSE, PLACE,   PLACE, PLACE,
		                           FULFIL, FULFIL, CANCEL, CANCEL, REFUND, REFUND,  RECEIVE, ITEM };
	unsigned calls = f->ids;

	time_jump(f);
	kind = chance(3000) == 0 ? CLOSE : kinds[chance(sizeof(kinds) / sizeof(kinds[0]))];
	switch (kind) {
	case FUND: do_fund(f); break;
	case EARN: do_earn(f); break;
	case REVERSE: do_reverse(f); break;
	case PLACE: do_place(f); break;
	case RECEIVE: do_receive(f); break;
	case ITEM: do_item(f); break;
	case CLOSE: do_close(f); break;
	default: do_lines(f, kind); break;
	}
	if (chance(40) == 0 && f->ids > calls)
		do_again(f);
}

static void run(int policy, uint64_t seed, unsigned steps)
{
	chance_state = seed;
	memset(&model, 0, sizeof(model));
	memset(accepted, 0, sizeof(accepted));
	reversed_late = 0;
	model.policy = policy;
	print_message("policy %d, MERIT_SEED=%" PRIu64 ", %u steps\n", policy, seed, steps);
	struct fixture *f = world_new();
	for (unsigned i = 0; i < steps; i++) {
		step(f);
		if (i % 64 == 0) {
			fixture_tick(f);
			all_equal(f);
		}
		if (chance(1500) == 0)
			do_restart(f, chance(3) == 0);
	}
	/* Nothing stays held for ever, and all that can die does. */
	fixture_advance(f, 4000 * FIXTURE_DAY_MS);
	settle(f->now_ms);
	all_equal(f);
	for (int i = 0; i < MEMBERS; i++) {
		for (int lot = 0; lot < model.members[i].count; lot++) {
			assert_int_equal(model.members[i].lots[lot].day, NEVER);
			assert_int_equal(model.members[i].lots[lot].held, 0);
		}
	}
	for (int i = 0; i < CLOSE; i++) {
		if (accepted[i] < steps / 500)
			fail_msg("only %u times %s: no trial of it", accepted[i], kind_names[i]);
	}
	assert_true(reversed_late > steps / 500);
	entries_sum_to_zero(f);
	do_restart(f, true);
	fixture_free(f);
}

static uint64_t seed_get(int policy)
{
	const char *text = getenv("MERIT_SEED");

	return text != NULL ? strtoull(text, NULL, 10) : 20260101u + (uint64_t)policy;
}

static unsigned steps_get(void)
{
	return getenv("MERIT_NIGHTLY") != NULL ? 1000000 / 3 : 15000 / 3;
}

static void every_point_is_where_the_model_says_with_policy_restore(void **state)
{
	(void)state;
	run(0, seed_get(0), steps_get());
}

static void every_point_is_where_the_model_says_with_policy_grace(void **state)
{
	(void)state;
	run(1, seed_get(1), steps_get());
}

static void every_point_is_where_the_model_says_with_policy_forfeit(void **state)
{
	(void)state;
	run(2, seed_get(2), steps_get());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_point_is_where_the_model_says_with_policy_restore),
		cmocka_unit_test(every_point_is_where_the_model_says_with_policy_grace),
		cmocka_unit_test(every_point_is_where_the_model_says_with_policy_forfeit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
