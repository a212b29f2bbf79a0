/* work.c - see work.h. Printed with plain stores where it matters: an operation takes a few tenths of a microsecond. */
#include "bench/work.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bench/pick.h"
#include "ledger/hash.h"

const char *const bench_workload_words[BENCH_WORKLOAD_COUNT] = { "earn",    "redeem",    "referral", "mixed",
	                                                         "balance", "statement", "receipt",  "past" };
const char *const bench_form_words[BENCH_FORM_COUNT] = { "single", "batch", "bulk" };

#define CYCLE_CANCELLED    0 /* of eight orders; the others are fulfilled */
#define CYCLE_REFUNDED     1
#define CYCLE_PHASES       5                             /* at most */
#define YEAR_MS            (365LL * 24 * 60 * 60 * 1000) /* how long points of daily live, but for leap days */
#define POINTS_MIN         10
#define POINTS_SPREAD      991

/* ---- Pieces ---- */

#define PUT(json, literal) merit_buffer_put(json, literal, sizeof(literal) - 1)

/* number in exactly count digits. */
static void put_digits(struct merit_buffer *json, uint64_t number, size_t count)
{
	if (!merit_buffer_reserve(json, count))
		return;
	for (size_t i = count; i-- > 0; number /= 10)
		json->data[json->size + i] = (char)('0' + number % 10);
	json->size += count;
}

static void put_member(struct merit_buffer *json, const struct bench_work *work, uint64_t cycle)
{
	PUT(json, "\"m");
	put_digits(json, bench_pick_member(&work->load, cycle), BENCH_MEMBER_DIGITS);
	PUT(json, "\"");
}

static void put_new_member(struct merit_buffer *json, uint64_t cycle)
{
	PUT(json, "\"n");
	put_digits(json, cycle, 15);
	PUT(json, "\"");
}

static void put_order(struct merit_buffer *json, uint64_t cycle)
{
	PUT(json, "\"o");
	put_digits(json, cycle, 15);
	PUT(json, "\"");
}

static void put_id(struct merit_buffer *json, const struct bench_work *work, uint64_t number)
{
	PUT(json, "\"01K");
	put_digits(json, work->load.has_random_ids ? bench_scatter(number) : number, 23);
	PUT(json, "\"");
}

/* 32 bytes that no other number has. */
static void put_evidence(struct merit_buffer *json, uint64_t number)
{
	uint64_t words[MERIT_HASH_SIZE / sizeof(uint64_t)];

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		words[i] = bench_scatter(number + (i << 60));
	PUT(json, "\"");
	merit_buffer_put_hex(json, words, sizeof(words));
	PUT(json, "\"");
}

/* ---- Methods: what differs from operation to operation is a row of columns, the rest stands once ---- */

enum method { EARN, PLAIN_EARN, DYING_EARN, FIRST_EARN, PLACE, FULFIL, CANCEL, REFUND, MEMBER, RECORD, METHOD_COUNT };

static const struct {
	const char *name, *common, *columns[6]; /* columns behind the id, which all have */
} methods[METHOD_COUNT] = {
	[EARN] = { "earn",
	           "\"campaign\":\"spring\",\"event\":\"course\"",
	           { "member", "reference", "occurred", "points", "evidence" } },
	[PLAIN_EARN] = { "earn",
	                 "\"campaign\":\"spring\",\"event\":\"survey\"",
	                 { "member", "reference", "occurred", "points" } },
	[DYING_EARN] = { "earn",
	                 "\"campaign\":\"daily\",\"event\":\"survey\"",
	                 { "member", "reference", "occurred", "points" } },
	[FIRST_EARN] = { "earn",
	                 "\"campaign\":\"refer\",\"event\":\"course\"",
	                 { "member", "reference", "occurred", "points", "evidence" } },
	[PLACE] = { "order.place",
	            "\"lines\":[{\"item\":\"cup\",\"version\":1,\"points\":2,\"quantity\":1}]",
	            { "order", "member" } },
	[FULFIL] = { "order.fulfil", "", { "order" } },
	[CANCEL] = { "order.cancel", "\"reason\":\"changed mind\"", { "order" } },
	[REFUND] = { "order.refund", "\"reason\":\"sent back\"", { "order" } },
	[MEMBER] = { "member.create", "", { "member" } },
	[RECORD] = { "referral.record", "\"campaign\":\"refer\"", { "referrer", "referee" } },
};

/* Between two values: with the name of the next in a call, without in a row. */
static void put_separator(struct merit_buffer *json, enum method method, size_t column, bool is_row)
{
	if (is_row) {
		PUT(json, ",");
		return;
	}
	PUT(json, ",\"");
	merit_buffer_put_text(json, methods[method].columns[column]);
	PUT(json, "\":");
}

static void put_earn(struct merit_buffer *json, const struct bench_work *work, enum method method, uint64_t cycle,
                     bool is_row)
{
	put_separator(json, method, 0, is_row);
	if (method == FIRST_EARN)
		put_new_member(json, cycle);
	else
		put_member(json, work, cycle);
	put_separator(json, method, 1, is_row);
	PUT(json, "\"course-");
	put_digits(json, cycle, 15);
	PUT(json, "\"");
	put_separator(json, method, 2, is_row);
	put_digits(json, (uint64_t)work->occurred_ms, 13);
	put_separator(json, method, 3, is_row);
	merit_buffer_put_integer(json, (int64_t)(POINTS_MIN + cycle % POINTS_SPREAD));
	if (methods[method].columns[4] == NULL)
		return;
	put_separator(json, method, 4, is_row);
	put_evidence(json, cycle);
}

/* The values of one operation, id first; a call's have their names in front. */
static void put_values(struct merit_buffer *json, const struct bench_work *work, enum method method, uint64_t cycle,
                       bool is_row)
{
	if (!is_row)
		PUT(json, "\"id\":");
	put_id(json, work, cycle * METHOD_COUNT + method);
	if (method <= FIRST_EARN) {
		put_earn(json, work, method, cycle, is_row);
		return;
	}
	put_separator(json, method, 0, is_row);
	if (method == MEMBER)
		put_new_member(json, cycle);
	else if (method == RECORD)
		put_member(json, work, cycle);
	else
		put_order(json, cycle);
	if (method != PLACE && method != RECORD)
		return;
	put_separator(json, method, 1, is_row);
	if (method == PLACE)
		put_member(json, work, cycle);
	else
		put_new_member(json, cycle);
}

static void put_call(struct merit_buffer *json, const struct bench_work *work, enum method method, uint64_t cycle,
                     uint32_t index)
{
	PUT(json, "{\"jsonrpc\":\"2.0\",\"id\":");
	merit_buffer_put_integer(json, index);
	PUT(json, ",\"method\":\"");
	merit_buffer_put_text(json, methods[method].name);
	PUT(json, "\",\"params\":{");
	put_values(json, work, method, cycle, false);
	if (*methods[method].common != '\0')
		PUT(json, ",");
	merit_buffer_put_text(json, methods[method].common);
	PUT(json, "}}");
}

/* ---- Cycles ---- */

static const struct {
	size_t count;
	enum method phases[CYCLE_PHASES];
	uint32_t eighths; /* of an operation in a cycle on average */
} cycles[] = {
	[BENCH_EARN] = { 1, { EARN }, 8 },
	[BENCH_REDEEM] = { 5, { EARN, PLACE, FULFIL, CANCEL, REFUND }, 25 },
	[BENCH_REFERRAL] = { 3, { MEMBER, RECORD, FIRST_EARN }, 24 },
};

static bool takes_part(enum method method, uint64_t cycle)
{
	switch (method) {
	case FULFIL: return cycle % 8 != CYCLE_CANCELLED;
	case CANCEL: return cycle % 8 == CYCLE_CANCELLED;
	case REFUND: return cycle % 8 == CYCLE_REFUNDED;
	default: return true;
	}
}

static enum method phase_of(const struct bench_work *work, enum bench_workload workload, size_t phase)
{
	enum method method = cycles[workload].phases[phase];

	if (method != EARN)
		return method;
	return work->load.is_dying ? DYING_EARN : work->load.no_evidence ? PLAIN_EARN : EARN;
}

static void put_bulk_head(struct merit_buffer *json, enum method method, uint32_t index)
{
	PUT(json, "{\"jsonrpc\":\"2.0\",\"id\":");
	merit_buffer_put_integer(json, index);
	PUT(json, ",\"method\":\"bulk\",\"params\":{\"method\":\"");
	merit_buffer_put_text(json, methods[method].name);
	PUT(json, "\",\"params\":{");
	merit_buffer_put_text(json, methods[method].common);
	PUT(json, "},\"columns\":[\"id\"");
	for (size_t i = 0; methods[method].columns[i] != NULL; i++) {
		PUT(json, ",\"");
		merit_buffer_put_text(json, methods[method].columns[i]);
		PUT(json, "\"");
	}
	PUT(json, "],\"rows\":[");
}

/* One phase of all the message's cycles as a bulk; nothing where none takes part. How many do. */
static uint32_t put_bulk(struct merit_buffer *json, const struct bench_work *work, enum method method, uint64_t first,
                         uint64_t count, uint32_t index)
{
	size_t start = json->size;
	uint32_t rows = 0;

	if (index > 0)
		PUT(json, ",");
	put_bulk_head(json, method, index);
	for (uint64_t cycle = first; cycle < first + count; cycle++) {
		if (!takes_part(method, cycle))
			continue;
		merit_buffer_put_char(json, rows++ == 0 ? ' ' : ',');
		PUT(json, "[");
		put_values(json, work, method, cycle, true);
		PUT(json, "]");
	}
	PUT(json, "]}}");
	if (rows == 0)
		json->size = start;
	return rows;
}

static uint32_t put_calls(struct merit_buffer *json, const struct bench_work *work, enum method method, uint64_t first,
                          uint64_t count, uint32_t index)
{
	uint32_t calls = 0;

	for (uint64_t cycle = first; cycle < first + count; cycle++) {
		if (!takes_part(method, cycle))
			continue;
		if (index + calls > 0)
			PUT(json, ",");
		put_call(json, work, method, cycle, index + calls);
		calls++;
	}
	return calls;
}

static void put_cycles(struct bench_work *work, struct merit_buffer *json, enum bench_workload workload,
                       struct bench_message *message)
{
	bool is_bulk = work->load.form == BENCH_BULK;
	bool is_array = !is_bulk || cycles[workload].count > 1;
	uint64_t count = (uint64_t)work->load.batch * 8 / cycles[workload].eighths;

	count = count == 0 ? 1 : count;
	*message = (struct bench_message){ .kind = workload, .is_bulk = is_bulk };
	if (is_array)
		PUT(json, "[");
	for (size_t i = 0; i < cycles[workload].count; i++) {
		enum method method = phase_of(work, workload, i);
		message->operations += is_bulk ? put_bulk(json, work, method, work->next, count, message->operations)
		                               : put_calls(json, work, method, work->next, count, message->operations);
	}
	if (is_array)
		PUT(json, "]");
	work->next += count;
}

/* The next operation of the cycle at hand by itself. */
static void put_single(struct bench_work *work, struct merit_buffer *json, enum bench_workload workload,
                       struct bench_message *message)
{
	*message = (struct bench_message){ .kind = workload, .follows = work->phase > 0, .operations = 1 };
	put_call(json, work, phase_of(work, workload, work->phase), work->next, 0);
	do
		work->phase++;
	while (work->phase < cycles[workload].count && !takes_part(cycles[workload].phases[work->phase], work->next));
	if (work->phase < cycles[workload].count)
		return;
	work->phase = 0;
	work->next++;
}

/* ---- Reads ---- */

static void put_read(struct bench_work *work, struct merit_buffer *json, enum bench_workload kind, uint32_t index)
{
	const struct bench_load *load = &work->load;
	uint64_t number = work->next++;

	merit_buffer_put_format(json, "{\"jsonrpc\":\"2.0\",\"id\":%" PRIu32 ",\"method\":", index);
	switch (kind) {
	case BENCH_BALANCE:
		PUT(json, "\"balance.get\",\"params\":{\"member\":");
		put_member(json, work, number);
		break;
	case BENCH_STATEMENT:
		PUT(json, "\"statement.get\",\"params\":{\"member\":");
		put_member(json, work, number);
		if (load->pages_first == 0)
			break;
		PUT(json, ",\"before\":");
		merit_buffer_put_integer(json, (int64_t)(load->pages_first + bench_scatter(number) % load->entries));
		break;
	case BENCH_RECEIPT:
		PUT(json, "\"proof.get\",\"params\":{\"seq\":");
		merit_buffer_put_integer(json, (int64_t)(bench_scatter(number) % load->entries));
		break;
	default:
		PUT(json, "\"balance.get\",\"params\":{\"account\":\"campaign/spring\",\"time\":");
		merit_buffer_put_integer(json, load->past_ms);
		break;
	}
	PUT(json, "}}");
}

static void put_reads(struct bench_work *work, struct merit_buffer *json, enum bench_workload kind, uint32_t count,
                      struct bench_message *message)
{
	*message = (struct bench_message){ .kind = kind, .operations = count };
	if (count > 1)
		PUT(json, "[");
	for (uint32_t i = 0; i < count; i++) {
		if (i > 0)
			PUT(json, ",");
		put_read(work, json, kind, i);
	}
	if (count > 1)
		PUT(json, "]");
}

/* What mixed sends next: its shares are drawn by lot, the same lots in every run. */
static enum bench_workload draw(struct bench_work *work)
{
	static const enum bench_workload kinds[] = { BENCH_EARN, BENCH_BALANCE, BENCH_STATEMENT, BENCH_RECEIPT };
	uint32_t lot = (uint32_t)(bench_scatter(~work->next) % 100);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (lot < work->load.shares[i])
			return kinds[i];
		lot -= work->load.shares[i];
	}
	return BENCH_EARN;
}

/* ---- All of it ---- */

void bench_work_start(struct bench_work *work, const struct bench_load *load)
{
	int64_t ago_ms = load->is_dying ? YEAR_MS : 0;

	*work = (struct bench_work){ .load = *load, .next = load->first, .occurred_ms = bench_wall_ms() - ago_ms };
}

const char *bench_work_kid(const struct bench_load *load)
{
	return load->workload == BENCH_REDEEM ? "ops/k1" : BENCH_SERVICE; /* No service may refund. */
}

bool bench_work_in_chain(const struct bench_work *work)
{
	return work->phase > 0;
}

void bench_work_next(struct bench_work *work, struct merit_buffer *json, struct bench_message *message_out)
{
	const struct bench_load *load = &work->load;
	enum bench_workload kind = load->workload == BENCH_MIXED ? draw(work) : load->workload;
	uint32_t reads = load->batch;

	if (load->workload == BENCH_MIXED && reads > BENCH_READ_CALLS_MAX)
		reads = BENCH_READ_CALLS_MAX;
	if (load->workload == BENCH_MIXED && kind != BENCH_BALANCE)
		reads = 1;
	if (kind >= BENCH_BALANCE)
		put_reads(work, json, kind, reads, message_out);
	else if (load->form == BENCH_SINGLE)
		put_single(work, json, kind, message_out);
	else
		put_cycles(work, json, kind, message_out);
	if (json->bad)
		bench_fail("no memory for messages");
}

/* ---- Answers ---- */

/* How often text is there. Answers of a batch are mostly of one length, so the next text is looked for first as far away
 * as the last one was: a third of the bench's time in batches of 1,000 went into searching. Too few found fail it. */
static uint32_t count_of(const char *json, size_t size, const char *text)
{
	size_t length = strlen(text), distance = SIZE_MAX / 2;
	const char *end = json + size;

	for (uint32_t count = 0;; count++) {
		bool is_there = distance + length <= (size_t)(end - json) && memcmp(json + distance, text, length) == 0;
		const char *found = is_there ? json + distance : memmem(json, (size_t)(end - json), text, length);
		if (found == NULL)
			return count;
		distance = (size_t)(found - json);
		json = found + length;
	}
}

/* The sum of what a reply's bulks say they accepted. */
static uint32_t bulk_accepted(const char *json, size_t size)
{
	static const char word[] = "\"accepted\":";
	const char *end = json + size;
	uint32_t sum = 0;

	while ((json = memmem(json, (size_t)(end - json), word, sizeof(word) - 1)) != NULL) {
		uint32_t count = 0;
		json += sizeof(word) - 1;
		while (json < end && *json >= '0' && *json <= '9')
			count = count * 10 + (uint32_t)(*json++ - '0');
		sum += count;
	}
	return sum;
}

void bench_work_judge(const struct bench_message *message, const char *json, size_t size)
{
	uint32_t good;

	if (message->is_bulk)
		good = bulk_accepted(json, size);
	else if (message->kind >= BENCH_BALANCE)
		good = count_of(json, size, "{\"jsonrpc\":\"2.0\",\"result\":");
	else
		good = count_of(json, size, "\"status\":\"accepted\"");
	if (good != message->operations)
		bench_fail("%" PRIu32 " of %" PRIu32 " accepted: %.*s", good, message->operations,
		           size < 400 ? (int)size : 400, json);
}
