/* refund_matrix_test.c
 * Goal    an order may be fulfilled, lapse, die, be refunded and have its earn reversed in any combination and in any
 *         parts: lots, debts, points, money and days come out as arithmetic says.
 * Method  every cell of the matrix is a member with a sponsor, two campaigns, a merchant and an order of its own. What
 *         must come of a cell is computed here from its description, without any of the ledger's code. Cells of one
 *         program live side by side, and each step is one message for all of them.
 *
 *   1 January    earns of 15 points (campaign a) and 8 (campaign b); an order of 4 pieces of 5 points; some are fulfilled
 *                and the rest lapses within the day
 *   20 January   the earn of 15 is reversed in some cells
 *   31 January   the order counts as received
 *   1 February   campaign a's points of 1 January die at the end of it in some cells
 *   5 February   January is closed in some programs; a late earn of 4 points (campaign a) that occurred on 25 January;
 *                refunds; the earn of 15 is reversed in other cells */
#include "tests/ledger/sales.h"

#include <stdarg.h>

#include "ledger/calendar.h"

#define JANUARY_1  20454 /* days since 1970 */
#define JANUARY_20 (JANUARY_1 + 19)
#define JANUARY_25 (JANUARY_1 + 24)
#define JANUARY_31 (JANUARY_1 + 30)
#define FEBRUARY_1 (JANUARY_1 + 31)
#define FEBRUARY_5 (JANUARY_1 + 35)
#define JULY_1     (JANUARY_1 + 181)
#define JULY_25    (JANUARY_1 + 205)
#define NEXT_YEAR  (JANUARY_1 + 365)
#define MARCH_5    (JANUARY_1 + 63) /* restored on 5 February for a month */
#define GRACE_DAYS 10

#define BUDGET     100
#define EARN_A     15
#define EARN_B     8
#define LATE_A     4
#define PIECES     4
#define POINTS     5 /* of a piece */

enum policy { RESTORE, GRACE, FORFEIT };
enum reversal { NOT_REVERSED, BEFORE_REFUND, BEHIND_REFUND };

struct cell {
	int fulfilled, refunded;           /* pieces */
	unsigned fulfil_cuts, refund_cuts; /* bit n: a part ends behind piece n + 1 */
	enum reversal reversal;
	bool dies, is_breakage, is_dollars;
	int64_t earn; /* seq of the earn of 15 */
};

struct program {
	struct fixture *f;
	enum policy policy;
	bool closes;
	struct cell *cells;
	int count;
};

/* Two currencies, in which the points of both campaigns are worth what comes out even nowhere. */
static const struct {
	const char *code;
	int64_t price;
	struct deal a, b;
} currencies[] = {
	{ "CNY", 13, { .value_minor = 1, .value_points = 3 }, { .value_minor = 5, .value_points = 2 } },
	{ "USD", 31, { .value_minor = 7, .value_points = 4 }, { .value_minor = 2, .value_points = 9 } },
};

static const char *currency_of(const struct cell *cell)
{
	return currencies[cell->is_dollars].code;
}

/* ---- What must come of a cell ---- */

struct lot {
	int32_t day;
	int64_t available;
};

/* Of campaign a the lots are its own (0), that of the late earn, and what a refund brought into a new one. */
enum { OWN, LATE, REFUNDED, LOTS };

struct outcome {
	struct lot a[LOTS];
	int64_t b, debt, budget_a;
	int64_t sold_a, sold_b; /* points that stay with the merchant */
	int64_t expired;        /* of campaign a, wherever they went */
	bool expires;           /* some of them by the calendar */
};

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* The earn of 15 goes back: out of its own lot, then the others by day, and what is missing is owed. */
static void reverse(struct outcome *outcome)
{
	bool refunded_first = outcome->a[REFUNDED].day < outcome->a[LATE].day;
	int order[LOTS] = { OWN, refunded_first ? REFUNDED : LATE, refunded_first ? LATE : REFUNDED };
	int64_t left = EARN_A;

	for (int i = 0; i < LOTS; i++) {
		int64_t taken = smaller(left, outcome->a[order[i]].available);
		outcome->a[order[i]].available -= taken;
		left -= taken;
	}
	outcome->debt += left;
	outcome->budget_a += EARN_A;
}

/* Campaign a died first, so it paid first, and is given back last. */
static void refund(const struct cell *cell, enum policy policy, struct outcome *outcome)
{
	int64_t points = cell->refunded * POINTS, b = smaller(points, outcome->sold_b), a = points - b;

	outcome->sold_b -= b;
	outcome->b += b;
	outcome->sold_a -= a;
	if (!cell->dies)
		outcome->a[OWN].available += a;
	else if (policy == FORFEIT)
		outcome->expired += a;
	else
		outcome->a[REFUNDED].available += a;
}

static struct outcome outcome_of(const struct cell *cell, enum policy policy)
{
	int64_t captured = cell->fulfilled * POINTS;
	struct outcome outcome = { .sold_a = smaller(captured, EARN_A), .budget_a = BUDGET - EARN_A - LATE_A };

	outcome.sold_b = captured - outcome.sold_a;
	outcome.b = EARN_B - outcome.sold_b;
	outcome.a[OWN] = (struct lot){ cell->dies ? FEBRUARY_1 : JULY_1, EARN_A - outcome.sold_a };
	outcome.a[LATE].day = cell->dies ? JANUARY_25 + 31 : JULY_25;
	outcome.a[REFUNDED].day = policy == GRACE ? FEBRUARY_5 + GRACE_DAYS : MARCH_5;
	if (cell->reversal == BEFORE_REFUND)
		reverse(&outcome);
	if (cell->dies) {
		outcome.expired = outcome.a[OWN].available;
		outcome.expires = outcome.expired > 0;
		outcome.a[OWN].available = 0;
	}
	int64_t paid_down = smaller(outcome.debt, LATE_A);
	outcome.debt -= paid_down;
	outcome.a[LATE].available = LATE_A - paid_down;
	refund(cell, policy, &outcome);
	if (cell->reversal == BEHIND_REFUND)
		reverse(&outcome);
	return outcome;
}

/* ---- A message for all cells ---- */

struct batch {
	struct merit_buffer json;
};

static void batch_add(struct fixture *f, struct batch *batch, const char *method, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static void batch_add(struct fixture *f, struct batch *batch, const char *method, const char *format, ...)
{
	char params[512];
	va_list arguments;

	va_start(arguments, format);
	int size = vsnprintf(params, sizeof(params), format, arguments);
	va_end(arguments);
	assert_true(size > 0 && (size_t)size < sizeof(params));
	for (char *byte = params; *byte != '\0'; byte++)
		*byte = *byte == '\'' ? '"' : *byte;
	f->ids++;
	merit_buffer_put_format(&batch->json, "%s{\"jsonrpc\":\"2.0\",\"method\":\"%s\",\"params\":{\"id\":\"i%u\",",
	                        batch->json.size == 0 ? "[" : ",", method, f->ids);
	merit_buffer_put_text(&batch->json, params);
	merit_buffer_put_format(&batch->json, "},\"id\":%u}", f->ids);
}

/* All of it must be accepted. */
static void batch_send(struct fixture *f, struct batch *batch, const char *kid)
{
	if (batch->json.size == 0)
		return;
	merit_buffer_put_char(&batch->json, ']');
	merit_buffer_put_char(&batch->json, '\0');
	assert_false(batch->json.bad);
	assert_int_equal(fixture_send(f, kid, batch->json.data), MERIT_OK);
	const char *error = strstr(f->reply.data, "\"error\":{");
	if (error != NULL)
		fail_msg("%.500s", error);
	merit_buffer_free(&batch->json);
}

/* ---- The story ---- */

static void campaign_add(struct fixture *f, struct batch *batch, char letter, int number, const struct cell *cell)
{
	const struct deal *deal = letter == 'a' ? &currencies[cell->is_dollars].a : &currencies[cell->is_dollars].b;
	int months = letter == 'b' ? 12 : cell->dies ? 1 : 6;

	batch_add(f, batch, "campaign.create",
	          "'campaign':'%c%d','sponsor':'s%d','starts':'2026-01-01','ends':'2026-12-31','currency':'%s',"
	          "'value_minor':%" PRId64 ",'value_points':%" PRId64
	          ",'contract':'%s','months':%d,'round':'none','from':'occurred'",
	          letter, number, number, currency_of(cell), deal->value_minor, deal->value_points,
	          cell->is_breakage ? "breakage" : "sponsor", months);
	batch_add(f, batch, "campaign.rule", "'campaign':'%c%d','event':'gift','maximum':100,'evidence':'none'", letter,
	          number);
}

static void cells_create(const struct program *program)
{
	struct batch ops = { 0 }, fin = { 0 }, svc = { 0 };
	struct fixture *f = program->f;

	for (int i = 0; i < program->count; i++) {
		const struct cell *cell = &program->cells[i];
		batch_add(f, &ops, "sponsor.create", "'sponsor':'s%d'", i);
		campaign_add(f, &ops, 'a', i, cell);
		campaign_add(f, &ops, 'b', i, cell);
		batch_add(f, &ops, "merchant.create", "'merchant':'x%d'", i);
		batch_add(f, &ops, "item.create",
		          "'item':'i%d','merchant':'x%d','class':'goods','points':%d,'currency':'%s',"
		          "'price_minor':%" PRId64 ",'stock':%d",
		          i, i, POINTS, currency_of(cell), currencies[cell->is_dollars].price, PIECES);
		batch_add(f, &fin, "sponsor.credit", "'sponsor':'s%d','currency':'%s','credit_minor':1000", i,
		          currency_of(cell));
		batch_add(f, &fin, "campaign.fund", "'campaign':'a%d','points':%d", i, BUDGET);
		batch_add(f, &fin, "campaign.fund", "'campaign':'b%d','points':%d", i, BUDGET);
		batch_add(f, &svc, "member.create", "'member':'h%d'", i);
	}
	batch_send(f, &ops, "ops");
	batch_send(f, &fin, "fin");
	batch_send(f, &svc, "svc");
}

static void earn_add(struct fixture *f, struct batch *batch, char letter, int number, const char *reference,
                     int32_t day, int64_t points)
{
	batch_add(f, batch, "earn",
	          "'member':'h%d','campaign':'%c%d','event':'gift','reference':'%s','occurred':%" PRId64
	          ",'points':%" PRId64,
	          number, letter, number, reference, (int64_t)(day * FIXTURE_DAY_MS), points);
}

static void cells_order(const struct program *program)
{
	struct batch svc = { 0 };
	struct fixture *f = program->f;

	for (int i = 0; i < program->count; i++) {
		program->cells[i].earn = (int64_t)fixture_size(f) + 3 * i;
		earn_add(f, &svc, 'a', i, "first", JANUARY_1, EARN_A);
		earn_add(f, &svc, 'b', i, "first", JANUARY_1, EARN_B);
		batch_add(f, &svc, "order.place",
		          "'order':'o%d','member':'h%d','lines':[{'item':'i%d','version':1,'points':%d,'quantity':%d}]",
		          i, i, i, POINTS, PIECES);
	}
	batch_send(f, &svc, "svc");
}

/* The pieces of a part, 0 behind the last: those up to each cut and up to the end. */
static int part_of(int pieces, unsigned cuts, int part)
{
	int first = 0;

	for (int piece = 0; piece < pieces; piece++) {
		bool ends = piece == pieces - 1 || (cuts & (1u << piece)) != 0;
		if (ends && part-- == 0)
			return piece + 1 - first;
		if (ends)
			first = piece + 1;
	}
	return 0;
}

static void cells_move(const struct program *program, bool is_refund)
{
	struct fixture *f = program->f;

	for (int part = 0; part < PIECES; part++) {
		struct batch ops = { 0 };
		for (int i = 0; i < program->count; i++) {
			const struct cell *cell = &program->cells[i];
			int pieces = is_refund ? part_of(cell->refunded, cell->refund_cuts, part)
			                       : part_of(cell->fulfilled, cell->fulfil_cuts, part);
			if (pieces > 0)
				batch_add(f, &ops, is_refund ? "order.refund" : "order.fulfil",
				          "'order':'o%d','lines':[{'line':0,'quantity':%d}]%s", i, pieces,
				          is_refund ? ",'reason':'r'" : "");
		}
		batch_send(f, &ops, "ops");
	}
}

static void cells_reverse(const struct program *program, enum reversal reversal)
{
	struct batch ops = { 0 };

	for (int i = 0; i < program->count; i++) {
		if (program->cells[i].reversal == reversal)
			batch_add(program->f, &ops, "reverse", "'entry':%" PRId64 ",'reason':'r'",
			          program->cells[i].earn);
	}
	batch_send(program->f, &ops, "ops");
}

static void time_pass(struct fixture *f, int32_t day)
{
	f->now_ms = day * FIXTURE_DAY_MS + FIXTURE_DAY_MS / 2;
	for (int tick = 0; tick < 3; tick++) /* each writes as much as a group may hold */
		fixture_tick(f);
}

static void restore(struct merit_ledger_birth *birth)
{
	birth->refund_policy = "restore";
}

static void grace(struct merit_ledger_birth *birth)
{
	birth->refund_policy = "grace";
	birth->grace_days = GRACE_DAYS;
}

static void program_run(struct program *program)
{
	static void (*const policies[])(struct merit_ledger_birth * birth) = { restore, grace, forfeit };
	struct batch svc = { 0 };

	struct fixture *f = program->f = fixture_new_with(policies[program->policy]);
	fixture_world(f);
	cells_create(program);
	cells_order(program);
	cells_move(program, false);
	time_pass(f, JANUARY_1);
	time_pass(f, JANUARY_20);
	cells_reverse(program, BEFORE_REFUND);
	time_pass(f, FEBRUARY_5);
	if (program->closes)
		must(f, fixture_close_month(f, "2026-01"));
	for (int i = 0; i < program->count; i++)
		earn_add(f, &svc, 'a', i, "late", JANUARY_25, LATE_A);
	batch_send(f, &svc, "svc");
	cells_move(program, true);
	cells_reverse(program, BEHIND_REFUND);
}

/* ---- Checks ---- */

/* Which cell is looked at, for the message of a failure. */
static const struct program *at_program;
static int at_cell;

static void same(const char *what, int64_t got, int64_t want)
{
	const struct cell *cell = &at_program->cells[at_cell];

	if (got != want)
		fail_msg("%s: %" PRId64 ", not %" PRId64
		         "; policy %d, closes %d, fulfilled %d cut %u, refunded %d cut %u, reversed %d, dies %d, "
		         "breakage %d, %s",
		         what, got, want, (int)at_program->policy, at_program->closes, cell->fulfilled,
		         cell->fulfil_cuts, cell->refunded, cell->refund_cuts, (int)cell->reversal, cell->dies,
		         cell->is_breakage, currency_of(cell));
}

static struct merit_text name_of(char letter)
{
	static char name[16];
	int size = snprintf(name, sizeof(name), "%c%d", letter, at_cell);

	return (struct merit_text){ name, (size_t)size };
}

static int64_t points_in(enum merit_account account, char letter)
{
	return fixture_balance(at_program->f, account, name_of(letter).data);
}

static int64_t money_in(enum merit_account account, char letter)
{
	const struct cell *cell = &at_program->cells[at_cell];

	return fixture_money(at_program->f, account, letter == '\0' ? "" : name_of(letter).data, currency_of(cell));
}

static void lot_is(const struct merit_member *member, uint32_t campaign, int32_t day, int64_t available, size_t *count)
{
	int64_t got = 0;

	for (size_t i = 0; i < member->head.lots_count; i++) {
		if (member->lots[i].campaign == campaign && member->lots[i].day == day)
			got = member->lots[i].available;
	}
	same("a lot", got, available);
	*count += available > 0;
}

static void member_is(struct merit_model *model, const struct outcome *want)
{
	struct merit_member member;
	size_t lots = 0;
	uint32_t a = merit_model_campaign(model, name_of('a'))->holder.number;
	uint32_t b = merit_model_campaign(model, name_of('b'))->holder.number;
	int64_t available = want->b;

	assert_true(merit_model_member(model, name_of('h'), 0, &member));
	for (int i = 0; i < LOTS; i++) {
		lot_is(&member, a, want->a[i].day, want->a[i].available, &lots);
		available += want->a[i].available;
	}
	lot_is(&member, b, NEXT_YEAR, want->b, &lots);
	same("lots", member.head.lots_count, (int64_t)lots);
	same("debts", member.head.debts_count, want->debt > 0);
	same("owed", -points_in(MERIT_ACCOUNT_DEBT, 'h'), want->debt);
	same("available", points_in(MERIT_ACCOUNT_MEMBER, 'h'), available);
	same("held", points_in(MERIT_ACCOUNT_HELD, 'h'), 0);
}

static void points_are(const struct cell *cell, const struct outcome *want)
{
	int64_t back = cell->is_breakage ? 0 : want->expired;

	same("redeemed", points_in(MERIT_ACCOUNT_REDEEMED, 'x'), want->sold_a + want->sold_b);
	same("expired", points_in(MERIT_ACCOUNT_EXPIRED, 'a'), want->expired - back);
	same("a budget", points_in(MERIT_ACCOUNT_CAMPAIGN, 'a'), want->budget_a);
	same("the other budget", points_in(MERIT_ACCOUNT_CAMPAIGN, 'b'), BUDGET - EARN_B);
	same("granted", points_in(MERIT_ACCOUNT_SPONSOR, 's'), back - 2 * BUDGET);
}

/* What the sponsor owes for what was bought, and for what died. */
static int64_t spent(const struct cell *cell, const struct outcome *want)
{
	return value_of(&currencies[cell->is_dollars].a, want->sold_a) +
	       value_of(&currencies[cell->is_dollars].b, want->sold_b);
}

static int64_t broken(const struct cell *cell, const struct outcome *want)
{
	return cell->is_breakage ? value_of(&currencies[cell->is_dollars].a, want->expired) : 0;
}

static int64_t due(const struct cell *cell)
{
	return currencies[cell->is_dollars].price * (cell->fulfilled - cell->refunded);
}

static void order_is(struct merit_model *model, const struct cell *cell)
{
	struct merit_order order;

	assert_true(merit_model_order(model, name_of('o'), &order));
	same("lines", order.head.lines_count, 1);
	same("held pieces", order.lines[0].held, 0);
	same("fulfilled pieces", order.lines[0].fulfilled, cell->fulfilled - cell->refunded);
	same("received pieces", order.lines[0].received, cell->fulfilled - cell->refunded);
	same("refunded pieces", order.lines[0].refunded, cell->refunded);
	same("an end", merit_order_is_over(&order), true);
}

static void cells_are(const struct program *program)
{
	int64_t margin[2] = { 0 }, breakage[2] = { 0 };

	at_program = program;
	for (at_cell = 0; at_cell < program->count; at_cell++) {
		const struct cell *cell = &program->cells[at_cell];
		struct outcome want = outcome_of(cell, program->policy);
		merit_arena_reset(&program->f->ledger->model.scratch);
		member_is(&program->f->ledger->model, &want);
		points_are(cell, &want);
		order_is(&program->f->ledger->model, cell);
		same("the sponsor's money", money_in(MERIT_ACCOUNT_SPONSOR, 's'),
		     spent(cell, &want) + broken(cell, &want));
		same("the merchant's money", money_in(MERIT_ACCOUNT_MERCHANT, 'x'), -due(cell));
		margin[cell->is_dollars] += due(cell) - spent(cell, &want);
		breakage[cell->is_dollars] -= broken(cell, &want);
	}
	for (int i = 0; i < 2; i++) {
		money_is(program->f, MERIT_ACCOUNT_MARGIN, "", currencies[i].code, margin[i]);
		money_is(program->f, MERIT_ACCOUNT_BREAKAGE, "", currencies[i].code, breakage[i]);
		money_is(program->f, MERIT_ACCOUNT_CASH, "", currencies[i].code, 0);
	}
}

/* The days of an entry: what the calendar caused is dated by it, a late earn by when it occurred unless that month is
 * closed, and all else by when it was written. */
static void entry_is(const struct program *program, const struct merit_entry *entry)
{
	int32_t written = merit_day_of_ms(entry->time_ms, 0), want = written;
	bool is_late = entry->operation->number == MERIT_OP_EARN && written == FEBRUARY_5;

	if (is_late)
		want = program->closes ? FEBRUARY_1 : JANUARY_25;
	else if (entry->operation->number == MERIT_OP_ORDER_LAPSE)
		want = JANUARY_1;
	else if (entry->operation->number == MERIT_OP_ORDER_RECEIVE)
		want = JANUARY_31;
	else if (entry->operation->number == MERIT_OP_EXPIRE)
		want = FEBRUARY_1;
	assert_int_equal(entry->day, want);
	assert_int_equal(entry->has_belongs_to, is_late && program->closes);
	assert_int_equal(entry->belongs_to, entry->has_belongs_to ? JANUARY_25 : 0);
}

/* And there are as many of those the calendar caused as there must be. */
static void entries_are(const struct program *program)
{
	int counts[128] = { 0 }, lapses = 0, receipts = 0, expiries = 0;

	for (uint64_t seq = 0; seq < fixture_size(program->f); seq++) {
		struct merit_entry entry;
		fixture_entry(program->f, seq, &entry);
		entry_is(program, &entry);
		counts[entry.operation->number]++;
	}
	for (int i = 0; i < program->count; i++) {
		const struct cell *cell = &program->cells[i];
		lapses += cell->fulfilled < PIECES;
		receipts += cell->fulfilled > 0;
		expiries += outcome_of(cell, program->policy).expires;
	}
	assert_int_equal(counts[MERIT_OP_ORDER_LAPSE], lapses);
	assert_int_equal(counts[MERIT_OP_ORDER_RECEIVE], receipts);
	assert_int_equal(counts[MERIT_OP_EXPIRE], expiries);
}

/* ---- The matrix ---- */

#define CELLS_MAX 512

static void cell_add(struct program *program, struct cell cell)
{
	assert_true(program->count < CELLS_MAX);
	program->cells[program->count++] = cell;
}

/* What is the same for any number of pieces: whether the earn is reversed, the lot dies, to whom, in which currency. */
static struct cell kind_of(int kind)
{
	return (struct cell){
		.reversal = (enum reversal)(kind % 3),
		.dies = kind / 3 % 2 != 0,
		.is_breakage = kind / 6 % 2 != 0,
		.is_dollars = kind / 12 % 2 != 0,
	};
}

#define KINDS 24

static void cells_of_pieces(struct program *program, int kind)
{
	struct cell cell = kind_of(kind);

	for (cell.fulfilled = 0; cell.fulfilled <= PIECES; cell.fulfilled++) {
		for (cell.refunded = 0; cell.refunded <= cell.fulfilled; cell.refunded++)
			cell_add(program, cell);
	}
}

static void every_cell_comes_out_as_arithmetic_says(void **state)
{
	static struct cell cells[CELLS_MAX];

	(void)state;
	for (int i = 0; i < 6; i++) {
		struct program program = { .policy = (enum policy)(i % 3), .closes = i >= 3, .cells = cells };
		for (int kind = 0; kind < KINDS; kind++)
			cells_of_pieces(&program, kind);
		program_run(&program);
		cells_are(&program);
		entries_are(&program);
		if (program.closes)
			world_free(program.f);
		else
			fixture_free(program.f); /* to prove it takes as long as all of the above */
	}
}

/* All ways to cut what is fulfilled, and all to cut what is refunded of it. */
static void cells_of_parts(struct program *program)
{
	for (int fulfilled = 1; fulfilled <= PIECES; fulfilled++) {
		for (unsigned fulfil_cuts = 0; fulfil_cuts < 1u << (fulfilled - 1); fulfil_cuts++) {
			for (int refunded = 1; refunded <= fulfilled; refunded++) {
				for (unsigned cuts = 0; cuts < 1u << (refunded - 1); cuts++) {
					struct cell cell = kind_of(program->count * 7 % KINDS); /* each comes by */
					cell.fulfilled = fulfilled;
					cell.fulfil_cuts = fulfil_cuts;
					cell.refunded = refunded;
					cell.refund_cuts = cuts;
					cell_add(program, cell);
				}
			}
		}
	}
}

static void any_parts_come_to_the_same(void **state)
{
	static struct cell cells[CELLS_MAX];

	(void)state;
	for (int policy = RESTORE; policy <= FORFEIT; policy++) {
		struct program program = { .policy = (enum policy)policy, .cells = cells };
		cells_of_parts(&program);
		program_run(&program);
		cells_are(&program);
		entries_are(&program);
		world_free(program.f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cell_comes_out_as_arithmetic_says),
		cmocka_unit_test(any_parts_come_to_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
