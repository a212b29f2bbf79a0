/* redeem.c - merit-redeem: one order paid out of as many lots as a member may hold.
 *
 * Does     10,000 earns of one member merge into 200 lots (one a last day); then one order takes all of their points,
 *          is fulfilled, and is refunded. Each of the three is one entry that touches 200 lots.
 * Counts   merit_ledger_execute (id, decide, leaf, evolve, reply) and merit_ledger_commit (hashes, flush) of each, by
 *          itself; not signing or reading the message.
 * Compare  only under equal first lines. What is not accepted ends the bench: a fast refusal is no result. */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "bench/local.h"
#include "ledger/calendar.h"

#define EARNS  10000
#define LOTS   200
#define BATCH  1000
#define POINTS 7 /* of an earn */

static void send_text(struct bench_local *local, const char *kid, const char *method, const char *params)
{
	char json[1024];
	int size = snprintf(json, sizeof(json), "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":{%s}}",
	                    method, params);

	for (int i = 0; i < size; i++)
		json[i] = json[i] == '\'' ? '"' : json[i];
	bench_local_send(local, kid, json, (size_t)size);
}

/* A campaign whose points die to the day, and an item that costs all that is earned. */
static void prepare(struct bench_local *local)
{
	char item[256];

	send_text(local, "ops/k1", "campaign.create",
	          "'id':'r1','campaign':'lots','sponsor':'acme','starts':'2020-01-01','ends':'2199-12-31',"
	          "'currency':'CNY','value_minor':1,'value_points':1,'contract':'sponsor','months':12,'round':'none',"
	          "'from':'occurred'");
	send_text(local, "ops/k1", "campaign.rule",
	          "'id':'r2','campaign':'lots','event':'course','maximum':1000,'evidence':'none'");
	send_text(local, "ops/k1", "campaign.fund", "'id':'r3','campaign':'lots','points':1000000000");
	send_text(local, "ops/k1", "merchant.create", "'id':'r4','merchant':'shop'");
	(void)snprintf(item, sizeof(item),
	               "'id':'r5','item':'all','merchant':'shop','class':'goods','points':%d,'currency':'CNY',"
	               "'price_minor':1,'stock':1",
	               EARNS * POINTS);
	send_text(local, "ops/k1", "item.create", item);
}

static void earn_all(struct bench_local *local)
{
	struct merit_buffer json = { 0 };
	int64_t now_ms = bench_wall_ms();

	for (int number = 0; number < EARNS; number++) {
		merit_buffer_put_char(&json, number % BATCH == 0 ? '[' : ',');
		merit_buffer_put_format(&json, "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"earn\",\"params\":{",
		                        number);
		merit_buffer_put_format(&json, "\"id\":\"e%05d\",\"member\":\"m0000000\",\"campaign\":\"lots\",",
		                        number);
		merit_buffer_put_format(&json, "\"event\":\"course\",\"reference\":\"c%05d\",\"points\":%d,", number,
		                        POINTS);
		merit_buffer_put_format(&json, "\"occurred\":%lld}}",
		                        (long long)(now_ms - number % LOTS * MERIT_DAY_MS));
		if (number % BATCH != BATCH - 1)
			continue;
		merit_buffer_put_char(&json, ']');
		bench_local_send(local, BENCH_SERVICE, json.data, json.size);
		merit_buffer_clear(&json);
	}
	merit_buffer_free(&json);
}

/* One call with its two clocks. */
static void time_call(struct bench_local *local, const char *kid, const char *method, const char *params)
{
	struct merit_request request = { 0 };
	char json[512];
	int size = snprintf(json, sizeof(json), "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":{%s}}",
	                    method, params);

	for (int i = 0; i < size; i++)
		json[i] = json[i] == '\'' ? '"' : json[i];
	bench_local_sign(local, kid, json, (size_t)size);
	bench_local_read(local, &request);
	merit_buffer_clear(&local->reply);
	bench_local_begin(local, &request);
	uint64_t start_ns = bench_clock_ns();
	bench_check(merit_ledger_execute(local->ledger, &request, &local->reply), method);
	uint64_t executed_ns = bench_clock_ns();
	bench_check(merit_ledger_commit(local->ledger), "commit");
	uint64_t committed_ns = bench_clock_ns();
	bench_expect_accepted(local->reply.data, local->reply.size, 1);
	printf("%-14s %10" PRIu64 " %10" PRIu64 "\n", method, (executed_ns - start_ns) / 1000,
	       (committed_ns - executed_ns) / 1000);
}

int main(int argc, char **argv)
{
	static struct bench_local local;
	const char *parent = argc > 1 ? argv[1] : "/var/tmp";

	if (argc > 2) {
		(void)fputs("usage: merit-redeem [DIR]\n", stderr);
		return 2;
	}
	if (sodium_init() < 0)
		bench_fail("libsodium does not start");
	bench_machine_print(parent);
	bench_local_open(&local, parent, 1, 0);
	prepare(&local);
	earn_all(&local);
	printf("%d earns in %d lots; microseconds\n%-14s %10s %10s\n", EARNS, LOTS, "", "execute", "commit");
	time_call(&local, BENCH_SERVICE, "order.place",
	          "'id':'o1','order':'o1','member':'m0000000',"
	          "'lines':[{'item':'all','version':1,'points':70000,'quantity':1}]");
	time_call(&local, BENCH_SERVICE, "order.fulfil", "'id':'o2','order':'o1'");
	time_call(&local, "ops/k1", "order.refund", "'id':'o3','order':'o1','reason':'sent back'");
	bench_local_close(&local);
	return 0;
}
