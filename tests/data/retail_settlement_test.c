/* retail_settlement_test.c
 * Goal    a real shop's months are settled with each of its merchants and sponsors to the penny: what a second,
 *         simple set of books says fell due is what a settlement comes to, every posting to a party is in one
 *         settlement, and all of it adds up to zero.
 * Method  Online Retail (UCI, CC-BY 4.0), December 2010 and January 2011. A merchant sells the stock codes that begin
 *         with its digit or letter; a piece's settlement price is the file's, its price in points a tenth more. Two
 *         sponsors pay: acme in advance, a penny a point; bolt on credit, three pence for two points, which has to be
 *         rounded. Invoices are placed, fulfilled and received at once, or by the clock 30 days later; cancellations
 *         are refunded against that customer's earlier lines of the item. Months are settled as they end, and two
 *         more, for what falls due late. The books here know lines, pieces and days, and nothing of entries. Other
 *         people's programs read the journals from late January on, with MERIT_NIGHTLY=1 from the first entry; then each
 *         merchant has its statement compared, else one. */
#include "ledger/calendar.h"
#include "ledger/json.h"
#include "ledger/verify.h"
#include "tests/data/retail.h"
#include "tests/report/reports.h"
#include "tests/support/journals.h"

#define DAY_MS        86400000LL
#define RECEIVE_DAYS  30 /* until the clock receives what nobody did */
#define SETTLE_DAYS   14 /* of the merchants who have to wait */
#define DEPOSIT_MINOR 500000000
#define MERCHANTS_MAX 36
#define REFUNDS_MAX   8 /* of a line */

enum { ACME, BOLT, SPONSORS };

static const char *const sponsors[SPONSORS] = { "acme", "bolt" };
static const char *const files[] = { "2010-12", "2011-01" };
static const char *const months[] = { "2010-12", "2011-01", "2011-02", "2011-03" };
#define MONTHS (sizeof(months) / sizeof(months[0]))

struct item {
	struct thing thing;
	int64_t pence, points, sold;
	char merchant[3]; /* m2, mP */
};

struct customer {
	struct thing thing;
	int64_t cost;  /* of all it ever buys */
	int number;    /* sponsors take turns, and so does who receives at once */
};

struct line {
	char invoice[INVOICE_SIZE];
	struct customer *customer;
	struct item *item;
	int64_t quantity, time_ms; /* quantity below 0: so many are cancelled */
};

/* A line of an order, as these books have it. Days count from 1970-01-01. */
struct bought {
	const struct customer *customer;
	const struct item *item;
	char order[NAME_SIZE];
	int line;
	int64_t quantity, left;
	int32_t sold_day, received_day;
	struct { int32_t day; int64_t pieces; } refunds[REFUNDS_MAX];
	size_t refunds_count;
};

struct found {
	int64_t seq, place, amount; /* as posted */
};

struct shop {
	struct batch batch;
	struct line *lines;
	struct bought *bought;
	size_t lines_count, capacity, bought_count;
	void *items, *customers, *merchants; /* trees */
	struct item **item_list;
	struct customer **customer_list;
	struct thing **merchant_list;
	size_t items_count, customers_count, merchants_count;
	size_t month; /* the next to be settled */
	struct found *settled, *posted;
	size_t settled_count, posted_count;
	int64_t carried[MERCHANTS_MAX + SPONSORS]; /* of each party's last settlement */
	unsigned orders, refunds, settlements, paid;
};

/* ---- Reading ---- */

static bool takes_line(const char *customer, int64_t pence, int64_t quantity, bool is_cancelled)
{
	return customer != NULL && pence > 0 && (is_cancelled ? quantity < 0 : quantity > 0);
}

static struct item *item_of(struct shop *shop, const char *code, int64_t pence)
{
	char name[64];

	item_name(code, pence, name);
	struct item *item = thing_of(&shop->items, name, sizeof(*item), &shop->items_count);
	item->pence = pence;
	item->points = pence + pence / 10;
	(void)snprintf(item->merchant, sizeof(item->merchant), "m%c", name[0]);
	(void)thing_of(&shop->merchants, item->merchant, sizeof(struct thing), &shop->merchants_count);
	return item;
}

static void line_read(void *context, const struct merit_csv *csv)
{
	struct shop *shop = context;
	char name[NAME_SIZE];
	const char *customer = customer_name(csv, name), *invoice = merit_csv_field(csv, INVOICE);
	int64_t pence = pence_of(merit_csv_field(csv, PRICE));
	int64_t quantity = strtoll(merit_csv_field(csv, QUANTITY), NULL, 10);

	if (!takes_line(customer, pence, quantity, invoice[0] == 'C'))
		return;
	if (shop->lines_count == shop->capacity) {
		shop->capacity = shop->capacity == 0 ? 65536 : 2 * shop->capacity;
		shop->lines = realloc(shop->lines, shop->capacity * sizeof(*shop->lines));
		assert_non_null(shop->lines);
	}
	struct line *line = &shop->lines[shop->lines_count++];
	*line = (struct line){ .quantity = quantity, .time_ms = time_of(merit_csv_field(csv, DATE)) };
	(void)snprintf(line->invoice, INVOICE_SIZE, "%s", invoice);
	line->customer = thing_of(&shop->customers, customer, sizeof(struct customer), &shop->customers_count);
	line->item = item_of(shop, merit_csv_field(csv, CODE), pence);
	if (quantity > 0) {
		line->item->sold += quantity;
		line->customer->cost += quantity * line->item->points;
	}
}

static void files_read(struct shop *shop)
{
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		month_read(files[i], line_read, shop);
	shop->item_list = list_of(shop->items, shop->items_count);
	shop->customer_list = list_of(shop->customers, shop->customers_count);
	shop->merchant_list = list_of(shop->merchants, shop->merchants_count);
	shop->bought = calloc(shop->lines_count, sizeof(*shop->bought));
	assert_true(shop->bought != NULL && shop->merchants_count <= MERCHANTS_MAX);
	for (size_t i = 0; i < shop->customers_count; i++)
		shop->customer_list[i]->number = (int)i;
}

/* ---- Opening the shop ---- */

static int sponsor_of(const struct customer *customer)
{
	return customer->number % SPONSORS;
}

static bool receives_at_once(const struct customer *customer)
{
	return customer->number % 4 < 2;
}

static int32_t settle_days(const char *merchant)
{
	return merchant[1] == '2' || merchant[1] == 'P' ? SETTLE_DAYS : 0;
}

static void campaigns_open(struct fixture *f)
{
	for (int i = 0; i < SPONSORS; i++) {
		good(fixture_call(f, "ops", "sponsor.create", "'sponsor':'%s'", sponsors[i]));
		if (i == ACME)
			good(fixture_call(f, "fin", "sponsor.deposit",
			                  "'sponsor':'acme','currency':'GBP','amount_minor':%d,'bank_reference':'b'",
			                  DEPOSIT_MINOR));
		else
			fixture_credit(f, sponsors[i], "GBP");
		good(fixture_call(f, "ops", "campaign.create",
		                  "'campaign':'%s','sponsor':'%s','starts':'2010-12-01','ends':'2010-12-31',"
		                  "'currency':'GBP','value_minor':%d,'value_points':%d,'contract':'sponsor','months':0,"
		                  "'round':'none','from':'occurred'",
		                  sponsors[i], sponsors[i], i == ACME ? 1 : 3, i == ACME ? 1 : 2));
		good(fixture_call(f, "ops", "campaign.rule",
		                  "'campaign':'%s','event':'opening','maximum':%lld,'evidence':'none'", sponsors[i],
		                  MERIT_AMOUNT_MAX));
		good(fixture_call(f, "fin", "campaign.fund", "'campaign':'%s','points':%d", sponsors[i], DEPOSIT_MINOR));
	}
}

static void items_open(struct shop *shop)
{
	for (size_t i = 0; i < shop->items_count; i++) {
		const struct item *item = shop->item_list[i];
		struct merit_buffer *json = batch_call(&shop->batch, "ops", "item.create", item->thing.name);
		merit_buffer_put_format(json,
		                        "\"item\":\"%s\",\"merchant\":\"%s\",\"class\":\"goods\",\"points\":%" PRId64
		                        ",\"currency\":\"GBP\",\"price_minor\":%" PRId64,
		                        item->thing.name, item->merchant, item->points, item->pence);
		if (item->sold > 0)
			merit_buffer_put_format(json, ",\"stock\":%" PRId64, item->sold);
		merit_buffer_put_text(json, "}}");
	}
	batch_send(&shop->batch, "ops");
}

static void customers_open(struct shop *shop)
{
	for (size_t i = 0; i < shop->customers_count; i++) {
		const char *name = shop->customer_list[i]->thing.name;
		merit_buffer_put_format(batch_call(&shop->batch, "svc", "member.create", name), "\"member\":\"%s\"}}", name);
	}
	batch_send(&shop->batch, "svc");
	for (size_t i = 0; i < shop->customers_count; i++) {
		const struct customer *customer = shop->customer_list[i];
		if (customer->cost == 0)
			continue; /* It only ever brings things back. */
		merit_buffer_put_format(batch_call(&shop->batch, "svc", "earn", customer->thing.name),
		                        "\"member\":\"%s\",\"campaign\":\"%s\",\"event\":\"opening\",\"reference\":"
		                        "\"opening\",\"occurred\":%lld,\"points\":%" PRId64 "}}",
		                        customer->thing.name, sponsors[sponsor_of(customer)], DECEMBER_MS, customer->cost);
	}
	batch_send(&shop->batch, "svc");
}

static void shop_open(struct shop *shop)
{
	struct fixture *f = shop->batch.f = fixture_new_with(born_in_december);

	fixture_party(f, "ops", "operator");
	fixture_party(f, "fin", "finance");
	fixture_party(f, "svc", "service");
	campaigns_open(f);
	for (size_t i = 0; i < shop->merchants_count; i++) {
		const char *merchant = shop->merchant_list[i]->name;
		good(fixture_call(f, "ops", "merchant.create", "'merchant':'%s'", merchant));
		if (settle_days(merchant) > 0)
			good(fixture_call(f, "fin", "merchant.terms", "'merchant':'%s','settle_days':%d", merchant,
			                  settle_days(merchant)));
	}
	items_open(shop);
	customers_open(shop);
}

/* ---- What these books say ---- */

static int32_t today(const struct shop *shop)
{
	return (int32_t)(shop->batch.f->now_ms / DAY_MS);
}

/* Half-even, of three pence for two points or a penny for one. */
static int64_t worth_of(int sponsor, int64_t points)
{
	int64_t thrice = 3 * points;

	if (sponsor == ACME)
		return points;
	return thrice / 2 + (thrice % 2 != 0 && thrice / 2 % 2 != 0);
}

static int32_t later_day(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

/* The day the sale of a line falls due. What was all brought back before anybody received it is received no more. */
static int32_t due_day(const struct bought *bought)
{
	int32_t settled_days = settle_days(bought->item->merchant);
	int64_t left = bought->quantity;

	for (size_t i = 0; i < bought->refunds_count; i++) {
		left -= bought->refunds[i].pieces;
		if (left == 0 && bought->refunds[i].day < bought->received_day)
			return bought->refunds[i].day;
	}
	return bought->received_day + settled_days;
}

static bool is_between(int32_t day, int32_t behind, int32_t cutoff)
{
	return day > behind && day <= cutoff;
}

/* What a merchant is due of days behind one and up to another. */
static int64_t merchant_sum(const struct shop *shop, const char *merchant, int32_t behind, int32_t cutoff)
{
	int64_t sum = 0;

	for (size_t i = 0; i < shop->bought_count; i++) {
		const struct bought *bought = &shop->bought[i];
		if (strcmp(bought->item->merchant, merchant) != 0)
			continue;
		int32_t due = due_day(bought);
		if (is_between(due, behind, cutoff))
			sum += bought->quantity * bought->item->pence;
		for (size_t j = 0; j < bought->refunds_count; j++) {
			if (is_between(later_day(due, bought->refunds[j].day), behind, cutoff))
				sum -= bought->refunds[j].pieces * bought->item->pence;
		}
	}
	return sum;
}

/* What a sponsor owes of those days, less what it paid in. */
static int64_t sponsor_sum(const struct shop *shop, int sponsor, int32_t behind, int32_t cutoff)
{
	int64_t sum = sponsor == ACME && is_between(DECEMBER_MS / DAY_MS, behind, cutoff) ? -DEPOSIT_MINOR : 0;

	for (size_t i = 0; i < shop->bought_count; i++) {
		const struct bought *bought = &shop->bought[i];
		int64_t points = bought->quantity * bought->item->points;
		if (sponsor_of(bought->customer) != sponsor)
			continue;
		if (is_between(bought->sold_day, behind, cutoff))
			sum += worth_of(sponsor, points);
		for (size_t j = 0; j < bought->refunds_count; j++) {
			int64_t before = worth_of(sponsor, points);
			points -= bought->refunds[j].pieces * bought->item->points;
			if (is_between(bought->refunds[j].day, behind, cutoff))
				sum -= before - worth_of(sponsor, points);
		}
	}
	return sum;
}

/* ---- Settlements ---- */

static const cJSON *reply_rows(struct fixture *f)
{
	cJSON *root;

	merit_json_arena_begin(&f->arena);
	good(merit_json_read(f->reply.data, strlen(f->reply.data), &root));
	merit_json_arena_end();
	const cJSON *rows = merit_json_member(merit_json_member(root, "result"), "rows");
	assert_non_null(rows);
	return rows;
}

static int64_t row_integer(const cJSON *row, const char *name)
{
	int64_t integer = 0;

	assert_true(merit_json_integer(merit_json_member(row, name), &integer));
	return integer;
}

/* Keeps every line of the settlement; their sum, as the party sees it, is what it says. */
static void lines_keep(struct shop *shop, const char *name, int sign, int64_t lines, int64_t want)
{
	struct fixture *f = shop->batch.f;
	int64_t sum = 0, count = 0;

	while (count < lines) {
		good(fixture_query(f, "fin", "settlement.lines", "'settlement':'%s','from':%" PRId64 ",'limit':1000", name,
		                   count));
		int64_t before = count;
		for (const cJSON *row = reply_rows(f)->child; row != NULL; row = row->next, count++) {
			int64_t amount = row_integer(row, "amount_minor");
			assert_int_equal(row_integer(row, "line"), count);
			shop->settled[shop->settled_count++] =
				(struct found){ row_integer(row, "seq"), row_integer(row, "place"), sign * amount };
			sum += amount;
		}
		assert_true(count > before);
	}
	assert_int_equal(count, lines);
	assert_int_equal(sum, want);
}

static void settlement_close(struct shop *shop, const char *name, int64_t total)
{
	struct fixture *f = shop->batch.f;

	good(fixture_call(f, "fin", "settlement.issue", "'settlement':'%s','invoice':'I-%s'", name, name));
	if (total <= 0)
		return; /* It is carried to the next. */
	good(fixture_call(f, "fin", "settlement.pay",
	                  "'settlement':'%s','currency':'GBP','amount_minor':%" PRId64 ",'bank_reference':'p-%s'", name, total,
	                  name));
	good(fixture_query(f, "fin", "settlement.get", "'settlement':'%s'", name));
	assert_string_equal(fixture_text(f, "state"), "paid");
	assert_int_equal(fixture_integer(f, "left_minor"), 0);
	shop->paid++;
}

static void party_settle(struct shop *shop, const char *party, int sign, int64_t *carried, int64_t want)
{
	struct fixture *f = shop->batch.f;
	char name[NAME_SIZE], cutoff[MERIT_DAY_TEXT_SIZE];

	(void)snprintf(name, sizeof(name), "%.8s-%s", party, months[shop->month]);
	merit_day_format(today(shop) - 1, cutoff);
	enum merit_status status = fixture_call(f, "fin", "settlement.open",
	                                        "'settlement':'%s','party':'%s','currency':'GBP','cutoff':'%s'", name,
	                                        party, cutoff);
	if (status == MERIT_NOTHING_TO_DO) {
		assert_int_equal(want, 0);
		assert_int_equal(*carried, 0);
		return;
	}
	good(status);
	int64_t lines = fixture_integer(f, "lines"), total = fixture_integer(f, "total_minor");
	if (fixture_integer(f, "sum_minor") != want || fixture_integer(f, "carried_minor") != *carried)
		fail_msg("%s: %" PRId64 " and %" PRId64 " carried, in place of %" PRId64 " and %" PRId64, name,
		         fixture_integer(f, "sum_minor"), fixture_integer(f, "carried_minor"), want, *carried);
	assert_int_equal(total, want + *carried);
	*carried = total < 0 ? total : 0;
	shop->settlements++;
	lines_keep(shop, name, sign, lines, want);
	settlement_close(shop, name, total);
}

/* The first thing done in a month: everybody's settlement up to the end of the last. */
static void month_settle(struct shop *shop, int32_t first_day)
{
	struct fixture *f = shop->batch.f;
	int32_t cutoff = first_day - 1, behind = merit_day_span_first(cutoff, MERIT_SPAN_MONTH) - 1;

	f->now_ms = first_day * DAY_MS;
	fixture_tick(f); /* what the clock receives in the month */
	for (size_t i = 0; i < shop->merchants_count; i++) {
		const char *merchant = shop->merchant_list[i]->name;
		party_settle(shop, merchant, -1, &shop->carried[i], merchant_sum(shop, merchant, behind, cutoff));
	}
	for (int i = 0; i < SPONSORS; i++)
		party_settle(shop, sponsors[i], 1, &shop->carried[MERCHANTS_MAX + i],
		             sponsor_sum(shop, i, behind, cutoff));
	shop->month++;
}

/* Moves the clock on, and settles the months that end. */
static void time_pass(struct shop *shop, int64_t time_ms)
{
	int32_t first_day;

	while (shop->month < MONTHS) {
		good(merit_month_parse(months[shop->month], strlen(months[shop->month]), &first_day) ? MERIT_OK : MERIT_CORRUPT);
		int32_t next_day = merit_day_span_last(first_day, MERIT_SPAN_MONTH) + 1;
		if (time_ms < next_day * DAY_MS)
			break;
		month_settle(shop, next_day);
	}
	if (time_ms > shop->batch.f->now_ms)
		shop->batch.f->now_ms = time_ms;
}

/* ---- Orders and cancellations ---- */

static void order_run(struct shop *shop, const char *order, const struct line *const *lines, size_t count)
{
	const struct customer *customer = lines[0]->customer;
	struct merit_buffer *json = &shop->batch.json;

	merit_buffer_clear(json);
	for (size_t i = 0; i < count; i++) {
		const struct item *item = lines[i]->item;
		struct bought *bought = &shop->bought[shop->bought_count++];
		*bought = (struct bought){
			.customer = customer, .item = item, .line = (int)i, .quantity = lines[i]->quantity,
			.left = lines[i]->quantity, .sold_day = today(shop),
			.received_day = today(shop) + (receives_at_once(customer) ? 0 : RECEIVE_DAYS),
		};
		memcpy(bought->order, order, strlen(order));
		merit_buffer_put_format(json, "%s{'item':'%s','version':1,'points':%" PRId64 ",'quantity':%" PRId64 "}",
		                        i == 0 ? "" : ",", item->thing.name, item->points, lines[i]->quantity);
	}
	merit_buffer_put_char(json, '\0');
	assert_false(json->bad);
	good(fixture_call(shop->batch.f, "svc", "order.place", "'order':'%s','member':'%s','lines':[%s]", order,
	                  customer->thing.name, json->data));
	merit_buffer_clear(json);
	good(fixture_call(shop->batch.f, "svc", "order.fulfil", "'order':'%s'", order));
	if (receives_at_once(customer))
		good(fixture_call(shop->batch.f, "svc", "order.receive", "'order':'%s'", order));
	shop->orders++;
}

/* An invoice's lines, in orders of up to 100. */
static void invoice_run(struct shop *shop, const struct line *lines, size_t count)
{
	const struct line *part[MERIT_ORDER_LINES_MAX];
	char order[NAME_SIZE];

	for (size_t i = 0; i < count; i += MERIT_ORDER_LINES_MAX) {
		size_t part_count = 0;
		while (part_count < MERIT_ORDER_LINES_MAX && i + part_count < count) {
			part[part_count] = &lines[i + part_count];
			part_count++;
		}
		(void)snprintf(order, sizeof(order), "%.15s.%u", lines->invoice,
		               (unsigned)(i / MERIT_ORDER_LINES_MAX));
		order_run(shop, order, part, part_count);
	}
}

/* The data does not say which invoice a cancellation undoes: that customer's earlier lines of the item, as far as they go. */
static void line_cancel(struct shop *shop, const struct line *line)
{
	int64_t quantity = -line->quantity;

	for (size_t i = 0; i < shop->bought_count && quantity > 0; i++) {
		struct bought *bought = &shop->bought[i];
		if (bought->customer != line->customer || bought->item != line->item || bought->left == 0)
			continue;
		int64_t pieces = quantity < bought->left ? quantity : bought->left;
		good(fixture_call(shop->batch.f, "ops", "order.refund",
		                  "'order':'%s','lines':[{'line':%d,'quantity':%" PRId64 "}],'reason':'cancelled'",
		                  bought->order, bought->line, pieces));
		assert_true(bought->refunds_count < REFUNDS_MAX);
		bought->refunds[bought->refunds_count].day = today(shop);
		bought->refunds[bought->refunds_count++].pieces = pieces;
		bought->left -= pieces;
		quantity -= pieces;
		shop->refunds++;
	}
}

static void invoices_run(struct shop *shop)
{
	for (size_t i = 0, end; i < shop->lines_count; i = end) {
		const struct line *first = &shop->lines[i];
		for (end = i; end < shop->lines_count && strcmp(shop->lines[end].invoice, first->invoice) == 0;)
			end++;
		time_pass(shop, first->time_ms);
		if (first->quantity > 0)
			invoice_run(shop, first, end - i);
		for (size_t j = i; first->quantity < 0 && j < end; j++)
			line_cancel(shop, &shop->lines[j]);
	}
}

/* ---- Adding up again ---- */

static int compare_found(const void *left, const void *right)
{
	const struct found *a = left, *b = right;

	if (a->seq != b->seq)
		return a->seq < b->seq ? -1 : 1;
	return (a->place > b->place) - (a->place < b->place);
}

/* Every posting to a party but what paid a settlement. */
static void log_read(struct shop *shop)
{
	struct merit_entry entry;

	for (uint64_t seq = 0; seq < fixture_size(shop->batch.f); seq++) {
		fixture_entry(shop->batch.f, seq, &entry);
		int64_t place = 0;
		for (size_t i = 0; i < entry.postings_count; i++) {
			const struct merit_posting *posting = &entry.postings[i];
			bool is_party = posting->account == MERIT_ACCOUNT_MERCHANT || posting->account == MERIT_ACCOUNT_SPONSOR;
			if (!merit_posting_is_money(posting))
				continue;
			if (is_party && entry.operation->number != MERIT_OP_SETTLEMENT_PAY) {
				assert_true(shop->posted_count < 2 * shop->lines_count * SPONSORS);
				shop->posted[shop->posted_count++] = (struct found){ (int64_t)seq, place, posting->amount };
			}
			place++;
		}
	}
}

static void every_posting_is_in_one_settlement(struct shop *shop)
{
	log_read(shop);
	qsort(shop->settled, shop->settled_count, sizeof(shop->settled[0]), compare_found);
	assert_int_equal(shop->settled_count, shop->posted_count);
	for (size_t i = 0; i < shop->posted_count; i++) {
		assert_int_equal(shop->settled[i].seq, shop->posted[i].seq);
		assert_int_equal(shop->settled[i].place, shop->posted[i].place);
		assert_int_equal(shop->settled[i].amount, shop->posted[i].amount);
	}
}

/* Nobody is due anything but what was carried; margin and cash are what the books here come to. */
static void money_adds_up(struct shop *shop)
{
	struct fixture *f = shop->batch.f;
	int64_t sold = 0, paid = 0, sum = 0;

	for (size_t i = 0; i < shop->merchants_count; i++) {
		int64_t balance = fixture_money(f, MERIT_ACCOUNT_MERCHANT, shop->merchant_list[i]->name, "GBP");
		assert_int_equal(balance, -shop->carried[i]);
		sold += merchant_sum(shop, shop->merchant_list[i]->name, 0, today(shop));
		sum += balance;
	}
	for (int i = 0; i < SPONSORS; i++) {
		int64_t balance = fixture_money(f, MERIT_ACCOUNT_SPONSOR, sponsors[i], "GBP");
		assert_int_equal(balance, shop->carried[MERCHANTS_MAX + i]);
		paid += sponsor_sum(shop, i, 0, today(shop)) + (i == ACME ? DEPOSIT_MINOR : 0);
		sum += balance;
	}
	assert_int_equal(fixture_money(f, MERIT_ACCOUNT_MARGIN, "", "GBP"), sold - paid);
	sum += fixture_money(f, MERIT_ACCOUNT_MARGIN, "", "GBP") + fixture_money(f, MERIT_ACCOUNT_CASH, "", "GBP");
	assert_int_equal(sum, 0);
	assert_true(sold > 0 && paid > sold);
	good(fixture_query(f, "fin", "trial_balance.get", "'limit':1000"));
	assert_non_null(strstr(f->reply.data, "\"sums\":[{\"unit\":\"points\",\"sum\":0},{\"unit\":\"GBP\",\"sum\":0}],"
	                                      "\"next\":null"));
}

/* A statement of account reckons due days and settlements from the entries alone: it must put as many postings into each
 * settlement, and come to the same, as its entry says. */
static void a_statement_agrees(struct shop *shop, const char *party)
{
	struct merit_report_options options = REPORT_ALL;
	struct merit_sheet sheet;

	options.party = merit_text_of(party);
	good(sheet_of(shop->batch.f, "statement", &options, &sheet));
	if (sheet.differs)
		fail_msg("%s: %s", party, sheet.notes[sheet.notes_count - 1]);
	assert_true(sheet.rows_count > 0);
	merit_sheet_free(&sheet);
}

static void reports_agree(struct shop *shop)
{
	bool is_nightly = getenv("MERIT_NIGHTLY") != NULL;

	a_statement_agrees(shop, "m2"); /* It waits for two weeks behind the receipt. */
	a_statement_agrees(shop, sponsors[BOLT]);
	journals_agree(shop->batch.f, is_nightly ? MERIT_DAY_NONE : the_day("2011-01-24"));
	for (size_t i = 0; i < shop->merchants_count && is_nightly; i++)
		a_statement_agrees(shop, shop->merchant_list[i]->name);
}

static void the_months_of_a_real_shop_are_settled_to_the_penny(void **state)
{
	struct shop *shop = *state;
	struct merit_verify_options options = { 0 };
	struct merit_verify_report report;

	files_read(shop);
	shop->settled = calloc(2 * shop->lines_count, SPONSORS * sizeof(*shop->settled));
	shop->posted = calloc(2 * shop->lines_count, SPONSORS * sizeof(*shop->posted));
	assert_true(shop->settled != NULL && shop->posted != NULL);
	shop_open(shop);
	invoices_run(shop);
	time_pass(shop, 1301616000000LL); /* 2011-04-01: all is received and due */
	assert_int_equal(shop->month, MONTHS);
	print_message("%u orders of %zu merchants, %u refunds; %zu postings in %u settlements, %u of them paid\n",
	              shop->orders, shop->merchants_count, shop->refunds, shop->settled_count, shop->settlements,
	              shop->paid);
	assert_true(shop->refunds > 100 && shop->merchants_count > 5);
	every_posting_is_in_one_settlement(shop);
	money_adds_up(shop);
	reports_agree(shop);
	fixture_close(shop->batch.f);
	options.directory = shop->batch.f->directory;
	if (merit_verify(&options, &report) != MERIT_OK)
		fail_msg("%s", report.fault);
}

static int setup(void **state)
{
	*state = calloc(1, sizeof(struct shop));
	return *state == NULL;
}

static int teardown(void **state)
{
	struct shop *shop = *state;

	if (shop->batch.f != NULL)
		fixture_free(shop->batch.f);
	tdestroy(shop->items, free);
	tdestroy(shop->customers, free);
	tdestroy(shop->merchants, free);
	free(shop->item_list);
	free(shop->customer_list);
	free(shop->merchant_list);
	free(shop->lines);
	free(shop->bought);
	free(shop->settled);
	free(shop->posted);
	merit_buffer_free(&shop->batch.json);
	free(shop);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_months_of_a_real_shop_are_settled_to_the_penny, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
