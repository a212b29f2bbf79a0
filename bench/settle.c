/* settle.c - merit-settle: a settlement of a million postings.
 *
 * Does     10,000 orders of 100 lines of a service are placed and fulfilled: 1,000,000 postings to the merchant and as
 *          many to the sponsor, which pays in a little on each of 366 days besides. Then both are settled, each in
 *          an entry, and the merchant's lines are read in pages of 1,000.
 * Counts   a group from begin to commit, as the ledger's thread is kept by it: id, decide, leaf, evolve, reply, hashes
 *          and flush; not signing or reading the message, nor writing state back, which is another thread's.
 * Compare  only under equal first lines. What is not accepted ends the bench: a fast refusal is no result. */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "bench/local.h"
#include "ledger/calendar.h"

#define ORDERS   10000
#define LINES    100
#define BATCH    10  /* orders of a message */
#define DAYS     366 /* as late as the bench's world takes a deposit */
#define PAGE     1000
#define POSTINGS (ORDERS * LINES)

/* ---- Groups ---- */

static void state_write_back(struct bench_local *local)
{
	if (!merit_ledger_flush_due(local->ledger))
		return;
	merit_ledger_freeze(local->ledger);
	bench_check(merit_ledger_flush(local->ledger), "write-back");
	merit_ledger_flushed(local->ledger);
}

/* One message as a group: how long it kept the ledger. */
static uint64_t group_ns(struct bench_local *local, const char *kid, const char *json, size_t size)
{
	struct merit_request request = { 0 };

	bench_local_sign(local, kid, json, size);
	bench_local_read(local, &request);
	merit_buffer_clear(&local->reply);
	uint64_t start_ns = bench_clock_ns();
	bench_local_begin(local, &request);
	if (request.is_write)
		bench_check(merit_ledger_execute(local->ledger, &request, &local->reply), "execute");
	else
		bench_check(merit_ledger_query(local->ledger, &request, &local->reply), "query");
	bench_check(merit_ledger_commit(local->ledger), "commit");
	uint64_t spent_ns = bench_clock_ns() - start_ns;
	if (request.is_write)
		bench_expect_accepted(local->reply.data, local->reply.size, (uint32_t)request.calls_count);
	state_write_back(local);
	return spent_ns;
}

/* The same for one call; params is JSON with ' for ". */
static uint64_t call_ns(struct bench_local *local, const char *kid, const char *method, const char *params)
{
	char json[1024];
	int size = snprintf(json, sizeof(json), "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":{%s}}",
	                    method, params);

	for (int i = 0; i < size; i++)
		json[i] = json[i] == '\'' ? '"' : json[i];
	return group_ns(local, kid, json, (size_t)size);
}

/* ---- The world ---- */

static void prepare(struct bench_local *local)
{
	char params[512];

	(void)call_ns(local, "ops/k1", "campaign.create",
	              "'id':'r1','campaign':'mall','sponsor':'acme','starts':'2020-01-01','ends':'2199-12-31',"
	              "'currency':'CNY','value_minor':1,'value_points':1,'contract':'sponsor','months':12,"
	              "'round':'none','from':'occurred'");
	(void)call_ns(local, "ops/k1", "campaign.rule",
	              "'id':'r2','campaign':'mall','event':'course','maximum':100000000,'evidence':'none'");
	(void)call_ns(local, "fin/k1", "campaign.fund", "'id':'r3','campaign':'mall','points':100000000");
	(void)call_ns(local, "ops/k1", "merchant.create", "'id':'r4','merchant':'shop'");
	(void)call_ns(local, "ops/k1", "item.create",
	              "'id':'r5','item':'wash','merchant':'shop','class':'service','points':2,'currency':'CNY',"
	              "'price_minor':1,'stock':100000000");
	(void)snprintf(params, sizeof(params),
	               "'id':'r6','member':'m0000000','campaign':'mall','event':'course','reference':'r',"
	               "'points':%d,'occurred':%" PRId64,
	               2 * POSTINGS, bench_wall_ms());
	(void)call_ns(local, BENCH_SERVICE, "earn", params);
}

static void deposits_send(struct bench_local *local)
{
	int32_t today = merit_day_of_ms(bench_wall_ms(), 0);
	struct merit_buffer json = { 0 };
	char day[MERIT_DAY_TEXT_SIZE];

	for (int i = 0; i < DAYS; i++) {
		merit_day_format(today - i, day);
		merit_buffer_put_char(&json, i == 0 ? '[' : ',');
		merit_buffer_put_format(&json,
		                        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"sponsor.deposit\",\"params\":{"
		                        "\"id\":\"d%d\",\"sponsor\":\"acme\",\"currency\":\"CNY\",\"amount_minor\":1,"
		                        "\"bank_reference\":\"b%d\",\"day\":\"%s\"}}",
		                        i, i, day);
	}
	merit_buffer_put_char(&json, ']');
	(void)group_ns(local, "fin/k1", json.data, json.size);
	merit_buffer_free(&json);
}

static void place_put(struct merit_buffer *json, int order)
{
	merit_buffer_put_format(json,
	                        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"order.place\",\"params\":{\"id\":\"p%d\","
	                        "\"order\":\"o%d\",\"member\":\"m0000000\",\"lines\":",
	                        order, order);
	for (int line = 0; line < LINES; line++) {
		merit_buffer_put_char(json, line == 0 ? '[' : ',');
		merit_buffer_put_text(json, "{\"item\":\"wash\",\"version\":1,\"points\":2,\"quantity\":1}");
	}
	merit_buffer_put_text(json, "]}}");
}

static void fulfil_put(struct merit_buffer *json, int order)
{
	merit_buffer_put_format(json,
	                        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"order.fulfil\",\"params\":{\"id\":\"f%d\","
	                        "\"order\":\"o%d\"}}",
	                        order, order);
}

/* All orders: how long the longest group took. */
static uint64_t orders_send(struct bench_local *local, void (*put)(struct merit_buffer *json, int order))
{
	struct merit_buffer json = { 0 };
	uint64_t longest_ns = 0;

	for (int order = 0; order < ORDERS; order++) {
		merit_buffer_put_char(&json, order % BATCH == 0 ? '[' : ',');
		put(&json, order);
		if (order % BATCH != BATCH - 1)
			continue;
		merit_buffer_put_char(&json, ']');
		uint64_t spent_ns = group_ns(local, BENCH_SERVICE, json.data, json.size);
		longest_ns = spent_ns > longest_ns ? spent_ns : longest_ns;
		merit_buffer_clear(&json);
	}
	merit_buffer_free(&json);
	return longest_ns;
}

/* ---- Settling ---- */

static uint64_t open_ns(struct bench_local *local, const char *name, const char *party)
{
	char params[256], day[MERIT_DAY_TEXT_SIZE];

	merit_day_format(merit_day_of_ms(bench_wall_ms(), 0), day);
	(void)snprintf(params, sizeof(params),
	               "'id':'%s','settlement':'%s','party':'%s','currency':'CNY','cutoff':'%s'", name, name, party,
	               day);
	return call_ns(local, "fin/k1", "settlement.open", params);
}

static uint64_t page_ns(struct bench_local *local, int from)
{
	char params[128];

	(void)snprintf(params, sizeof(params), "'settlement':'s1','from':%d,'limit':%d", from, PAGE);
	uint64_t spent_ns = call_ns(local, "fin/k1", "settlement.lines", params);
	if (memmem(local->reply.data, local->reply.size, "\"amount_minor\"", strlen("\"amount_minor\"")) == NULL)
		bench_fail("a page without lines");
	return spent_ns;
}

static void print_row(const char *name, uint64_t spent_ns)
{
	printf("%-44s %10" PRIu64 "\n", name, spent_ns / 1000);
}

static void settle(struct bench_local *local)
{
	uint64_t longest_ns = 0;

	print_row("open, the merchant's", open_ns(local, "s1", "shop"));
	print_row("open, the sponsor's, over 366 days", open_ns(local, "s2", "acme"));
	(void)call_ns(local, "fin/k1", "settlement.issue", "'id':'i1','settlement':'s1'");
	print_row("the first page of lines", page_ns(local, 0));
	for (int from = PAGE; from < POSTINGS; from += PAGE) {
		uint64_t spent_ns = page_ns(local, from);
		longest_ns = spent_ns > longest_ns ? spent_ns : longest_ns;
	}
	print_row("the longest of all others", longest_ns);
}

int main(int argc, char **argv)
{
	static struct bench_local local;
	const char *parent = argc > 1 ? argv[1] : "/var/tmp";

	if (argc > 2) {
		(void)fputs("usage: merit-settle [DIR]\n", stderr);
		return 2;
	}
	if (sodium_init() < 0)
		bench_fail("libsodium does not start");
	bench_machine_print(parent);
	bench_local_open(&local, parent, 1, 0);
	prepare(&local);
	deposits_send(&local);
	printf("%d orders of %d lines, %d in a group; microseconds a group\n", ORDERS, LINES, BATCH);
	print_row("place, the longest", orders_send(&local, place_put));
	print_row("fulfil, the longest", orders_send(&local, fulfil_put));
	settle(&local);
	bench_local_close(&local);
	return 0;
}
