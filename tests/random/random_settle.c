/* random_settle.c - see random.h: settlements from opening to payment; months, closed and reopened. */
#include "ledger/calendar.h"
#include "ledger/json.h"
#include "tests/random/random.h"

/* ---- The lines of a settlement ---- */

/* Whatever order lines stand in, they come to the same. */
static uint64_t line_mixed(int32_t day, int32_t due, int order, int line, int64_t minor)
{
	uint64_t number = (uint64_t)day * 31 + (uint64_t)due;

	number = number * 1000003 + (uint64_t)(order + 1);
	number = number * 1000003 + (uint64_t)(line + 1);
	number = (number * 1000003 + (uint64_t)minor) * 0xbf58476d1ce4e5b9u;
	return number ^ number >> 29;
}

static uint64_t lines_wanted(int settlement)
{
	int64_t sign = model.settlements[settlement].is_merchant ? -1 : 1;
	uint64_t sum = 0;

	for (int i = 0; i < model.postings_count; i++) {
		const struct posting *row = &model.postings[i];
		if (row->settlement == settlement)
			sum += line_mixed(row->day, row->due, row->order, row->line, sign * row->amount);
	}
	return sum;
}

static int32_t day_of(const cJSON *row, const char *name)
{
	const char *text = "";
	size_t size = 0;
	int32_t day = NO_DAY;

	assert_true(merit_json_text(merit_json_member(row, name), &text, &size));
	assert_true(merit_day_parse(text, size, &day));
	return day;
}

/* That of a merchant's sale, -1 of anything else. */
static int order_of(const cJSON *row)
{
	const char *text;
	size_t size;

	return merit_json_text(merit_json_member(row, "order"), &text, &size) ? atoi(text + 1) : -1;
}

static uint64_t line_got(const cJSON *row, bool is_merchant)
{
	int64_t minor = 0, line = -1;

	assert_true(merit_json_integer(merit_json_member(row, "amount_minor"), &minor));
	bool is_sale = is_merchant && merit_json_integer(merit_json_member(row, "order_line"), &line);
	return line_mixed(day_of(row, "day"), day_of(row, "due_day"), is_sale ? order_of(row) : -1, (int)line, minor);
}

/* A page of lines, added to sum: how many. */
static int64_t page_add(struct fixture *f, int settlement, int64_t from, uint64_t *sum)
{
	cJSON *reply = NULL, *row;
	int64_t lines = 0;

	assert_int_equal(fixture_query(f, "fin", "settlement.lines",
	                               "'settlement':'z%d','from':%" PRId64 ",'limit':1000", settlement, from),
	                 MERIT_OK);
	assert_int_equal(merit_json_read(f->reply.data, strlen(f->reply.data), &reply), MERIT_OK);
	cJSON_ArrayForEach(row, merit_json_member(merit_json_member(reply, "result"), "rows"))
	{
		*sum += line_got(row, model.settlements[settlement].is_merchant);
		lines++;
	}
	merit_json_free(reply);
	return lines;
}

void random_lines_equal(struct fixture *f, int settlement)
{
	int64_t lines = 0, page = 1;
	uint64_t sum = 0;

	while (page > 0) {
		page = page_add(f, settlement, lines, &sum);
		lines += page;
	}
	if (lines != model.settlements[settlement].lines || sum != lines_wanted(settlement))
		fail_msg("the lines of z%d are others", settlement);
}

/* ---- Settlements ---- */

void random_settle(struct fixture *f)
{
	struct settlement asked = { .is_merchant = chance_one_in(2),
		                    .party = (int)chance(2),
		                    .currency = chance_one_in(3) ? 1 : 0,
		                    .cutoff = model_today() - (int32_t)chance(chance_one_in(2) ? 2 : 40) };
	int name = model.settlements_count;
	bool is_named_again = name > 0 && chance_one_in(20);
	char party[16], text[64] = "";

	(void)snprintf(party, sizeof(party), "%s%d", asked.is_merchant ? "x" : "s", asked.party);
	if (chance_one_in(30)) {
		asked.party = -1;
		(void)snprintf(party, sizeof(party), "%s", chance_one_in(2) ? "m0" : "ops");
	}
	if (chance_one_in(20))
		asked.cutoff = model_today() + 1;
	random_put_day(text, sizeof(text), "cutoff", asked.cutoff);
	if (!random_call(f, model_settlement_open(&asked, is_named_again), "fin", "settlement.open",
	                 "'settlement':'z%d','party':'%s','currency':'%s'%s", is_named_again ? name - 1 : name, party,
	                 random_currencies[asked.currency], text))
		return;
	const struct settlement *row = &model.settlements[name];
	run.carried += row->carried != 0;
	assert_int_equal(fixture_integer(f, "lines"), row->lines);
	assert_int_equal(fixture_integer(f, "sum_minor"), row->sum);
	assert_int_equal(fixture_integer(f, "carried_minor"), row->carried);
	assert_int_equal(fixture_integer(f, "total_minor"), model_settlement_total(row));
}

/* A settlement, rather one that stands there; one in many is not known. */
static int settlement_pick(unsigned stands)
{
	int count = model.settlements_count, settlement = count;

	for (int i = 0; i < 12 && count > 0; i++) {
		settlement = (int)chance((uint64_t)count);
		if ((1u << model.settlements[settlement].stand & stands) != 0)
			break;
	}
	return chance_one_in(40) ? count : settlement;
}

void random_issue(struct fixture *f)
{
	int settlement = settlement_pick(1u << OPENED);
	bool has_invoice = chance_one_in(2);

	if (random_call(f, model_settlement_issue(settlement), "fin", "settlement.issue", "'settlement':'z%d'%s",
	                settlement, has_invoice ? ",'invoice':'n1'" : ""))
		random_lines_equal(f, settlement);
}

void random_confirm(struct fixture *f)
{
	int settlement = settlement_pick(1u << ISSUED | 1u << IN_DISPUTE);

	random_call(f, model_settlement_confirm(settlement), "fin", "settlement.confirm", "'settlement':'z%d'",
	            settlement);
}

void random_dispute(struct fixture *f)
{
	int settlement = settlement_pick(1u << ISSUED | 1u << CONFIRMED);

	random_call(f, model_settlement_dispute(settlement), "fin", "settlement.dispute",
	            "'settlement':'z%d','reason':'x'", settlement);
}

/* Rather one of which something is left to pay; all of it, a part, or one minor unit too many or too few. */
void random_pay(struct fixture *f)
{
	struct payment payment = { .settlement = settlement_pick(1u << ISSUED | 1u << CONFIRMED), .day = random_day() };
	const struct settlement *row = &model.settlements[payment.settlement];
	char text[64] = "";

	for (int i = 0; i < 10 && model_settlement_total(row) <= row->paid; i++) {
		payment.settlement = settlement_pick(1u << ISSUED | 1u << CONFIRMED);
		row = &model.settlements[payment.settlement];
	}
	int64_t left = model_settlement_total(row) - row->paid;
	payment.minor = chance_one_in(30) ? chance_between(-1, 0) : left < 1 ? 1 : left;
	if (payment.minor > 1 && chance_one_in(2))
		payment.minor = chance_one_in(3) ? left + 1 - 2 * (int64_t)chance(2) : chance_between(1, left);
	payment.currency = chance_one_in(30) ? 1 - row->currency : row->currency;
	int used = *model_settlement_references(row);
	payment.reference = used > 0 && chance_one_in(10) ? (int)chance((uint64_t)used) : used;
	random_put_day(text, sizeof(text), "day", payment.day);
	random_of_day(payment.day);
	if (!random_call(f, model_settlement_pay(&payment), "fin", "settlement.pay",
	                 "'settlement':'z%d','currency':'%s','amount_minor':%" PRId64 ",'bank_reference':'b%d'%s",
	                 payment.settlement, random_currencies[payment.currency], payment.minor, payment.reference,
	                 text))
		return;
	run.paid_to += row->is_merchant;
	run.paid_by += !row->is_merchant;
	assert_int_equal(fixture_integer(f, "left_minor"), model_settlement_total(row) - row->paid);
}

/* ---- Periods ---- */

/* Month, entries. */
#define CLOSE_FORMAT                                                                                                   \
	"'period':'%s','size':%" PRIu64 ","                                                                            \
	"'root':'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',"                                  \
	"'totals':[{'unit':'points','debit':0,'opening':0,'closing':0}],"                                              \
	"'reports':[{'report':'liability','hash':'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'," \
	"'rows':0}]"

static void month_put(int32_t day, char *text, size_t size)
{
	int month, place, year = model_date(day, &month, &place);

	(void)snprintf(text, size, "%04d-%02d", year, month);
}

static void issue_of(struct fixture *f, int settlement)
{
	random_call(f, model_settlement_issue(settlement), "fin", "settlement.issue", "'settlement':'z%d'", settlement);
}

/* Sends every settlement that a close waits for. */
static void settle_up(struct fixture *f, int32_t last)
{
	char cutoff[64] = "";

	random_put_day(cutoff, sizeof(cutoff), "cutoff", last);
	for (int i = 0; i < model.settlements_count; i++) {
		if (model.settlements[i].stand == OPENED)
			issue_of(f, i);
	}
	for (int i = 0; i < 2 * 2 * CURRENCIES; i++) {
		struct settlement asked = model_settlement_of(i, last);
		int name = model.settlements_count;
		if (model_waits_for_settlement(&asked) &&
		    random_call(f, model_settlement_open(&asked, false), "fin", "settlement.open",
		                "'settlement':'z%d','party':'%s%d','currency':'%s'%s", name, asked.is_merchant ? "x" : "s",
		                asked.party, random_currencies[asked.currency], cutoff))
			issue_of(f, name);
	}
}

static void close_month(struct fixture *f, int32_t day)
{
	enum closing_size size = !chance_one_in(20) ? SIZE_ALL : chance_one_in(2) ? SIZE_NONE : SIZE_BEYOND;
	char month[16];

	month_put(day, month, sizeof(month));
	if (model_month_last(day) < model_today() && !chance_one_in(6))
		settle_up(f, model_month_last(day));
	/* Has all written that is due, so that nothing is dated in the month behind the size. */
	assert_int_equal(fixture_query(f, "fin", "period.missing", "%s", ""), MERIT_OK);
	uint64_t entries = size == SIZE_ALL ? fixture_size(f) : size == SIZE_NONE ? 0 : fixture_size(f) + 1000000;
	random_call(f, model_period_close(day, size), "fin", "period.close", CLOSE_FORMAT, month, entries);
}

static void next_close(struct fixture *f)
{
	close_month(f, model.closed_through == NO_DAY ? model.first_day : model.closed_through + 1);
}

/* Waits for the next year, and closes the old one while there is still to come what belongs there. */
static void year_close(struct fixture *f)
{
	int32_t day = model_today();

	while (model_year(day) == model_year(model_today()))
		day++;
	random_wait(f, model_day_start_ms(day + 2) - model.now_ms);
	while (model.closed_through < day - 1)
		next_close(f);
}

/* Mostly the next one; now and then any of the last half year, or one that is not over. */
void random_period_close(struct fixture *f)
{
	if (chance_one_in(30)) {
		year_close(f);
		return;
	}
	if (!chance_one_in(4)) {
		next_close(f);
		return;
	}
	close_month(f, model_today() - (int32_t)chance(180) + 10);
}

void random_period_reopen(struct fixture *f)
{
	int32_t day = model.closed_through != NO_DAY && !chance_one_in(4) ? model.closed_through : model_today();
	bool is_agreed = !chance_one_in(6);
	char month[16];

	day -= chance_one_in(3) ? (int32_t)chance(90) : 0;
	month_put(day, month, sizeof(month));
	enum merit_status want = model_period_reopen(day, is_agreed);
	if (is_agreed)
		random_agree(f, want, "fin", "fi2", "period.reopen", "'period':'%s','reason':'x'", month);
	else
		random_call(f, want, "fin", "period.reopen", "'period':'%s','reason':'x'", month);
	run.reopened += want == MERIT_OK;
}
