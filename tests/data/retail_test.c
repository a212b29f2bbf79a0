/* retail_test.c
 * Goal    a month of a real shop goes through the mall: orders, refusals and refunds end as a second, simple set of
 *         books kept here says, and stock and points never fall below zero.
 * Method  Online Retail (UCI, CC-BY 4.0), December 2010. A piece costs its price in pence as points, so an item is a
 *         stock code at a price. Each customer gets one opening earn of what the month will cost, every tenth only
 *         half of it; each item is stocked with what will be sold, every twenty-fifth with two thirds of it. Each
 *         invoice of a customer is placed and fulfilled, in parts of 100 lines. The data does not say which invoice a
 *         cancellation undoes: it is refunded against that customer's earlier lines of the item, as far as they go,
 *         and refused beyond. In the end everything is added again from the postings in the log. */
#include "ledger/verify.h"
#include "tests/data/retail.h"

struct item {
	struct thing thing;
	int64_t points, sold, stock; /* stock as these books have it */
};

struct customer {
	struct thing thing;
	int64_t cost, points;
};

struct line {
	char invoice[INVOICE_SIZE];
	struct customer *customer; /* NULL: none is named */
	struct item *item;         /* NULL: no price to sell at */
	int64_t quantity, time_ms;
	bool is_cancelled;
};

/* A line of an order that was fulfilled. */
struct bought {
	const struct customer *customer;
	struct item *item;
	char order[NAME_SIZE];
	int line;
	int64_t left; /* not refunded */
};

struct shop {
	struct fixture *f;
	struct line *lines;
	size_t lines_count;
	struct bought *bought;
	size_t bought_count;
	void *items, *customers; /* trees */
	struct item **item_list;
	struct customer **customer_list;
	size_t items_count, customers_count;
	struct batch batch;
	size_t capacity; /* of lines */
	/* What the file holds. */
	unsigned invoices, without_customer, free_lines, empty_lines;
	/* What came of it, by these books. */
	unsigned placed, short_points, short_stock, refunds, refund_refusals;
	int64_t opened_points, placed_points, refunded_points;
};

/* ---- Reading ---- */

static struct item *item_of(struct shop *shop, const char *code, int64_t pence)
{
	char name[64];

	item_name(code, pence, name);
	struct item *item = thing_of(&shop->items, name, sizeof(*item), &shop->items_count);
	item->points = pence;
	return item;
}

static void line_read(void *context, const struct merit_csv *csv)
{
	struct shop *shop = context;
	char name[NAME_SIZE];
	const char *customer = customer_name(csv, name);
	int64_t pence = pence_of(merit_csv_field(csv, PRICE));

	if (shop->lines_count == shop->capacity) {
		shop->capacity = shop->capacity == 0 ? 65536 : 2 * shop->capacity;
		shop->lines = realloc(shop->lines, shop->capacity * sizeof(*shop->lines));
		assert_non_null(shop->lines);
	}
	struct line *line = &shop->lines[shop->lines_count];
	*line = (struct line){ .time_ms = time_of(merit_csv_field(csv, DATE)),
		               .quantity = strtoll(merit_csv_field(csv, QUANTITY), NULL, 10) };
	(void)snprintf(line->invoice, INVOICE_SIZE, "%s", merit_csv_field(csv, INVOICE));
	line->is_cancelled = line->invoice[0] == 'C';
	bool is_next = shop->lines_count == 0 || strcmp(line[-1].invoice, line->invoice) != 0;
	shop->lines_count++;
	shop->invoices += is_next;
	shop->without_customer += is_next && customer == NULL;
	shop->free_lines += pence == 0;
	shop->empty_lines += !line->is_cancelled && line->quantity <= 0;
	if (customer != NULL)
		line->customer = thing_of(&shop->customers, customer, sizeof(struct customer), &shop->customers_count);
	if (pence > 0 && (line->is_cancelled ? line->quantity < 0 : line->quantity > 0))
		line->item = item_of(shop, merit_csv_field(csv, CODE), pence);
	if (line->item != NULL && line->customer != NULL && !line->is_cancelled) {
		line->item->sold += line->quantity;
		line->customer->cost += line->quantity * pence;
	}
}

static void lists_make(struct shop *shop)
{
	shop->item_list = list_of(shop->items, shop->items_count);
	shop->customer_list = list_of(shop->customers, shop->customers_count);
	shop->bought = calloc(shop->lines_count, sizeof(*shop->bought));
	assert_non_null(shop->bought);
}

/* ---- Opening the shop ---- */

static void items_open(struct shop *shop)
{
	for (size_t i = 0; i < shop->items_count; i++) {
		struct item *item = shop->item_list[i];
		item->stock = i % 25 == 24 ? item->sold - item->sold / 3 : item->sold;
		batch_call(&shop->batch, "ops", "item.create", item->thing.name);
		merit_buffer_put_format(&shop->batch.json,
		                        "\"item\":\"%s\",\"merchant\":\"shop\",\"class\":\"goods\",\"points\":%" PRId64
		                        ",\"currency\":\"GBP\",\"price_minor\":%" PRId64,
		                        item->thing.name, item->points, item->points);
		if (item->stock > 0)
			merit_buffer_put_format(&shop->batch.json, ",\"stock\":%" PRId64, item->stock);
		merit_buffer_put_text(&shop->batch.json, "}}");
	}
	batch_send(&shop->batch, "ops");
}

static void customers_open(struct shop *shop)
{
	for (size_t i = 0; i < shop->customers_count; i++) {
		const char *name = shop->customer_list[i]->thing.name;
		batch_call(&shop->batch, "svc", "member.create", name);
		merit_buffer_put_format(&shop->batch.json, "\"member\":\"%s\"}}", name);
	}
	batch_send(&shop->batch, "svc");
	for (size_t i = 0; i < shop->customers_count; i++) {
		struct customer *customer = shop->customer_list[i];
		customer->points = i % 10 == 9 ? customer->cost / 2 : customer->cost;
		shop->opened_points += customer->points;
		if (customer->points == 0)
			continue; /* It only ever brings things back. */
		batch_call(&shop->batch, "svc", "earn", customer->thing.name);
		merit_buffer_put_format(&shop->batch.json,
		                        "\"member\":\"%s\",\"campaign\":\"retail\",\"event\":\"opening\",\"reference\":"
		                        "\"opening\",\"occurred\":%lld,\"points\":%" PRId64 "}}",
		                        customer->thing.name, DECEMBER_MS, customer->points);
	}
	batch_send(&shop->batch, "svc");
}

static void shop_open(struct shop *shop)
{
	struct fixture *f = shop->f;

	fixture_party(f, "ops", "operator");
	fixture_party(f, "fin", "finance");
	fixture_party(f, "svc", "service");
	good(fixture_call(f, "ops", "sponsor.create", "'sponsor':'acme'"));
	fixture_credit(f, "acme", "GBP");
	good(fixture_call(f, "ops", "merchant.create", "'merchant':'shop'"));
	good(fixture_call(
		f, "ops", "campaign.create",
		"'campaign':'retail','sponsor':'acme','starts':'2010-12-01','ends':'2010-12-31','currency':'GBP',"
		"'value_minor':1,'value_points':1,'contract':'sponsor','months':0,'round':'none','from':'occurred'"));
	good(fixture_call(f, "ops", "campaign.rule",
	                  "'campaign':'retail','event':'opening','maximum':%lld,'evidence':'none'", MERIT_AMOUNT_MAX));
	good(fixture_call(f, "fin", "campaign.fund", "'campaign':'retail','points':%lld", MERIT_WORTH_MAX));
	items_open(shop);
	customers_open(shop);
}

/* ---- Orders ---- */

/* What these books say of the order. */
static enum merit_status order_foresee(const struct line *const *lines, size_t count)
{
	int64_t cost = 0;
	enum merit_status status = MERIT_OK;

	for (size_t i = 0; i < count; i++) {
		cost += lines[i]->quantity * lines[i]->item->points;
		lines[i]->item->stock -= lines[i]->quantity;
	}
	for (size_t i = 0; i < count; i++) {
		if (lines[i]->item->stock < 0)
			status = MERIT_SHORT_STOCK;
	}
	if (status == MERIT_OK && cost > lines[0]->customer->points)
		status = MERIT_SHORT_POINTS;
	if (status == MERIT_OK)
		lines[0]->customer->points -= cost;
	for (size_t i = 0; i < count && status != MERIT_OK; i++)
		lines[i]->item->stock += lines[i]->quantity;
	return status;
}

static void order_sold(struct shop *shop, const char *order, const struct line *const *lines, size_t count)
{
	good(fixture_call(shop->f, "svc", "order.fulfil", "'order':'%s'", order));
	shop->placed++;
	for (size_t i = 0; i < count; i++) {
		struct bought *bought = &shop->bought[shop->bought_count++];
		*bought = (struct bought){ .customer = lines[i]->customer,
			                   .item = lines[i]->item,
			                   .line = (int)i,
			                   .left = lines[i]->quantity };
		(void)snprintf(bought->order, NAME_SIZE, "%s", order);
		shop->placed_points += lines[i]->quantity * lines[i]->item->points;
	}
}

static void order_place(struct shop *shop, const char *order, const struct line *const *lines, size_t count)
{
	struct merit_buffer *json = &shop->batch.json;

	merit_buffer_clear(json);
	for (size_t i = 0; i < count; i++)
		merit_buffer_put_format(json, "%s{'item':'%s','version':1,'points':%" PRId64 ",'quantity':%" PRId64 "}",
		                        i == 0 ? "" : ",", lines[i]->item->thing.name, lines[i]->item->points,
		                        lines[i]->quantity);
	merit_buffer_put_char(json, '\0');
	assert_false(json->bad);
	enum merit_status want = order_foresee(lines, count);
	enum merit_status got = fixture_call(shop->f, "svc", "order.place", "'order':'%s','member':'%s','lines':[%s]",
	                                     order, lines[0]->customer->thing.name, json->data);
	merit_buffer_clear(json);
	if (got != want)
		fail_msg("order %s: %s in place of %s", order, merit_status_word(got), merit_status_word(want));
	shop->short_stock += got == MERIT_SHORT_STOCK;
	shop->short_points += got == MERIT_SHORT_POINTS;
	if (got == MERIT_OK)
		order_sold(shop, order, lines, count);
}

/* An invoice's good lines, in orders of up to 100. */
static void invoice_place(struct shop *shop, const struct line *lines, size_t count)
{
	const struct line *part[MERIT_ORDER_LINES_MAX];
	size_t part_count = 0, parts = 0;
	char order[NAME_SIZE];

	for (size_t i = 0; i <= count; i++) {
		if (part_count == MERIT_ORDER_LINES_MAX || (i == count && part_count > 0)) {
			(void)snprintf(order, sizeof(order), "%s.%zu", lines->invoice, parts++);
			order_place(shop, order, part, part_count);
			part_count = 0;
		}
		if (i < count && lines[i].item != NULL)
			part[part_count++] = &lines[i];
	}
}

/* ---- Cancellations ---- */

static enum merit_status refund(struct shop *shop, const struct bought *bought, int64_t quantity)
{
	return fixture_call(shop->f, "ops", "order.refund",
	                    "'order':'%s','lines':[{'line':%d,'quantity':%" PRId64
	                    "}],'restock':true,'reason':'cancelled'",
	                    bought->order, bought->line, quantity);
}

/* Takes back up to quantity pieces of one bought line: how many. More than it has is refused first. */
static int64_t refund_line(struct shop *shop, struct bought *bought, int64_t quantity)
{
	if (quantity > bought->left) {
		enum merit_status status = refund(shop, bought, quantity);
		if (status != MERIT_OVER_FULFILLED)
			fail_msg("refund over %s: %s", bought->order, merit_status_word(status));
		shop->refund_refusals++;
		quantity = bought->left;
	}
	if (quantity == 0)
		return 0;
	good(refund(shop, bought, quantity));
	shop->refunds++;
	bought->left -= quantity;
	bought->item->stock += quantity;
	shop->refunded_points += quantity * bought->item->points;
	return quantity;
}

static void line_cancel(struct shop *shop, const struct line *line)
{
	int64_t quantity = -line->quantity;

	for (size_t i = 0; i < shop->bought_count && quantity > 0; i++) {
		struct bought *bought = &shop->bought[i];
		if (bought->customer != line->customer || bought->item != line->item)
			continue;
		int64_t refunded = refund_line(shop, bought, quantity);
		line->customer->points += refunded * line->item->points;
		quantity -= refunded;
	}
}

static void invoices_run(struct shop *shop)
{
	for (size_t i = 0, end; i < shop->lines_count; i = end) {
		const struct line *first = &shop->lines[i];
		for (end = i; end < shop->lines_count && strcmp(shop->lines[end].invoice, first->invoice) == 0;)
			end++;
		if (first->time_ms > shop->f->now_ms)
			shop->f->now_ms = first->time_ms;
		if (first->customer == NULL)
			continue;
		if (!first->is_cancelled)
			invoice_place(shop, first, end - i);
		for (size_t j = i; first->is_cancelled && j < end; j++) {
			if (shop->lines[j].item != NULL)
				line_cancel(shop, &shop->lines[j]);
		}
	}
}

/* ---- Adding up again ---- */

struct balance {
	struct thing thing;
	int64_t points;
};

struct sums {
	void *balances; /* tree */
	size_t balances_count;
	int64_t redeemed, returned; /* by what came to and went from redeemed/shop */
};

static void posting_add(struct sums *sums, const struct merit_posting *posting)
{
	char name[NAME_SIZE + 2];

	(void)snprintf(name, sizeof(name), "%d%.*s", (int)posting->account, (int)posting->holder.size,
	               posting->holder.data);
	struct balance *balance = thing_of(&sums->balances, name, sizeof(*balance), &sums->balances_count);
	balance->points += posting->amount;
	if (posting->account == MERIT_ACCOUNT_REDEEMED && posting->amount > 0)
		sums->redeemed += posting->amount;
	if (posting->account == MERIT_ACCOUNT_REDEEMED && posting->amount < 0)
		sums->returned -= posting->amount;
}

/* An entry moves points and makes none, and leaves nobody but the sponsor below zero. */
static void entry_add(struct sums *sums, const struct merit_entry *entry)
{
	char name[NAME_SIZE + 2];
	int64_t sum = 0;
	size_t count = 0;

	while (count < entry->postings_count && !merit_posting_is_money(&entry->postings[count]))
		count++; /* Money stands behind. */
	for (size_t i = 0; i < count; i++) {
		sum += entry->postings[i].amount;
		posting_add(sums, &entry->postings[i]);
	}
	assert_int_equal(sum, 0);
	assert_true(entry->status == MERIT_OK || entry->postings_count == 0);
	for (size_t i = 0; i < count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		(void)snprintf(name, sizeof(name), "%d%.*s", (int)posting->account, (int)posting->holder.size,
		               posting->holder.data);
		struct balance *balance = thing_of(&sums->balances, name, sizeof(*balance), &sums->balances_count);
		assert_true(balance->points >= 0 || posting->account == MERIT_ACCOUNT_SPONSOR);
	}
}

static void log_add(struct shop *shop, struct sums *sums)
{
	struct merit_store_reader *reader;
	struct merit_arena arena = { 0 };
	struct merit_entry entry;
	const void *leaf_bytes;
	size_t size;

	good(merit_store_reader_open(shop->f->ledger->store, &reader));
	good(merit_store_reader_begin(reader));
	for (uint64_t seq = 0; seq < fixture_size(shop->f); seq++) {
		merit_arena_reset(&arena);
		good(merit_store_read_entry(reader, seq, &leaf_bytes, &size));
		good(merit_entry_read(leaf_bytes, size, &arena, &entry));
		entry_add(sums, &entry);
	}
	merit_store_reader_end(reader);
	merit_store_reader_close(reader);
	merit_arena_free(&arena);
}

static int64_t sum_of(struct sums *sums, enum merit_account account, const char *holder)
{
	char name[NAME_SIZE + 2];

	(void)snprintf(name, sizeof(name), "%d%s", (int)account, holder);
	return ((struct balance *)thing_of(&sums->balances, name, sizeof(struct balance), &sums->balances_count))
	        ->points;
}

static void books_compare(struct shop *shop)
{
	struct fixture *f = shop->f;
	struct sums sums = { 0 };

	log_add(shop, &sums);
	for (size_t i = 0; i < shop->customers_count; i++) {
		const struct customer *customer = shop->customer_list[i];
		assert_int_equal(fixture_balance(f, MERIT_ACCOUNT_MEMBER, customer->thing.name), customer->points);
		assert_int_equal(sum_of(&sums, MERIT_ACCOUNT_MEMBER, customer->thing.name), customer->points);
		assert_int_equal(fixture_balance(f, MERIT_ACCOUNT_HELD, customer->thing.name), 0);
	}
	for (size_t i = 0; i < shop->items_count; i++) {
		const struct merit_item *item =
			merit_model_item(&f->ledger->model, merit_text_of(shop->item_list[i]->thing.name));
		assert_non_null(item);
		assert_true(item->stock >= 0);
		assert_int_equal(item->stock, shop->item_list[i]->stock);
		assert_int_equal(item->reserved, 0);
	}
	assert_int_equal(sums.redeemed, shop->placed_points);
	assert_int_equal(sums.returned, shop->refunded_points);
	assert_int_equal(sum_of(&sums, MERIT_ACCOUNT_REDEEMED, "shop"), shop->placed_points - shop->refunded_points);
	assert_int_equal(fixture_balance(f, MERIT_ACCOUNT_REDEEMED, "shop"),
	                 shop->placed_points - shop->refunded_points);
	assert_int_equal(sum_of(&sums, MERIT_ACCOUNT_CAMPAIGN, "retail"), MERIT_WORTH_MAX - shop->opened_points);
	tdestroy(sums.balances, free);
}

static void a_month_of_a_real_shop_adds_up(void **state)
{
	struct shop *shop = *state;
	struct merit_verify_options options = { 0 };
	struct merit_verify_report report;

	month_read("2010-12", line_read, shop);
	assert_int_equal(shop->invoices, 2025);
	assert_int_equal(shop->without_customer, 317);
	assert_int_equal(shop->free_lines, 273);
	assert_int_equal(shop->empty_lines, 70);
	lists_make(shop);
	shop->f = shop->batch.f = fixture_new_with(born_in_december);
	shop_open(shop);
	invoices_run(shop);
	print_message("%u orders fulfilled, %u short of points, %u short of stock; %u refunds, %u refused\n",
	              shop->placed, shop->short_points, shop->short_stock, shop->refunds, shop->refund_refusals);
	print_message("%" PRId64 " points for goods, %" PRId64 " of them given back\n", shop->placed_points,
	              shop->refunded_points);
	assert_true(shop->short_points > 0 && shop->short_stock > 0 && shop->refunds > 0 && shop->refund_refusals > 0);
	books_compare(shop);
	fixture_close(shop->f);
	options.directory = shop->f->directory;
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

	if (shop->f != NULL)
		fixture_free(shop->f);
	tdestroy(shop->items, free);
	tdestroy(shop->customers, free);
	free(shop->item_list);
	free(shop->customer_list);
	free(shop->lines);
	free(shop->bought);
	merit_buffer_free(&shop->batch.json);
	free(shop);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_month_of_a_real_shop_adds_up, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
