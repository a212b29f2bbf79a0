/* service.c - the reads the service answers itself, without the ledger's thread: rows of the table of reads that have
 * no function of their own. None of them looks at state. */
#include "rpc/server_inner.h"

#include "ledger/entry.h"
#include "ledger/reply.h"

#include <inttypes.h>
#include <string.h>

#define FEED_SIZE_MAX ((size_t)1024 * 1024) /* bytes of entries in one answer; the first entry always fits */

/* What an answer is made from. */
struct asked {
	struct merit_job *job;
	const struct merit_call *call;
	struct merit_store_reader *reader;
};

/* The call's parameter of this name, or otherwise where it was not given. */
static int64_t integer_of(const struct merit_call *call, const char *name, int64_t otherwise)
{
	for (size_t i = 0; i < call->query->params_count; i++)
		if (strcmp(call->query->params[i].name, name) == 0)
			return call->values[i].present ? call->values[i].integer : otherwise;
	return otherwise;
}

static enum merit_status answer_discover(const struct asked *asked, struct merit_buffer *out)
{
	const struct merit_buffer *description = &asked->job->server->description;

	merit_buffer_put(out, description->data, description->size);
	return MERIT_OK;
}

/* Why writes are refused, as a word; "accepted" while they are not. */
static const char *writes_word(const struct merit_server *server)
{
	return merit_status_word((enum merit_status)server->refusal);
}

static enum merit_status answer_health(const struct asked *asked, struct merit_buffer *out)
{
	struct merit_server *server = asked->job->server;

	if (!asked->job->peer.is_local)
		return MERIT_NOT_PERMITTED;
	merit_buffer_put_format(out, "{\"version\":\"%s\",\"writes\":\"%s\",\"entries\":%" PRIu64 ",", MERIT_VERSION,
	                        writes_word(server), merit_feed_entries(&server->feed));
	merit_buffer_put_format(out, "\"entry_time\":%" PRIu64 ",\"time\":%" PRId64 "}",
	                        merit_metrics_value(&server->metrics, MERIT_METRIC_ENTRY_TIME),
	                        merit_clock_wall_ms(&server->clock));
	return MERIT_OK;
}

/* Brings the gauges up to date that nobody else sets. */
static void measure(struct merit_server *server)
{
	struct merit_store_usage usage;

	merit_metrics_set(&server->metrics, MERIT_METRIC_QUEUED, merit_queue_depth(&server->queue));
	merit_metrics_set(&server->metrics, MERIT_METRIC_WAITERS, merit_feed_waiters(&server->feed));
	if (merit_store_measure(merit_ledger_store(server->options.ledger), &usage) != MERIT_OK)
		return;
	merit_metrics_set(&server->metrics, MERIT_METRIC_STORE_USED, usage.used_size);
	merit_metrics_set(&server->metrics, MERIT_METRIC_STORE_SIZE, usage.map_size);
}

static enum merit_status answer_metrics(const struct asked *asked, struct merit_buffer *out)
{
	struct merit_server *server = asked->job->server;
	struct merit_buffer text = { 0 };

	if (!asked->job->peer.is_local)
		return MERIT_NOT_PERMITTED;
	measure(server);
	merit_metrics_print(&server->metrics, &text);
	merit_buffer_put_text(out, "{\"text\":");
	if (!text.bad)
		merit_buffer_put_json(out, text.data, text.size);
	merit_buffer_put_char(out, '}');
	out->bad = out->bad || text.bad;
	merit_buffer_free(&text);
	return MERIT_OK;
}

/* Appends entries from seq up to end_seq, as they stand in the log. */
static enum merit_status put_entries(const struct asked *asked, uint64_t *seq, uint64_t end_seq,
                                     struct merit_buffer *out, struct merit_buffer *sealed)
{
	size_t start_size = out->size;

	while (*seq < end_seq) {
		const void *bytes = NULL;
		size_t size = 0;
		enum merit_status status = merit_store_read_entry(asked->reader, *seq, &bytes, &size);
		if (status != MERIT_OK) /* It was there when the feed was told of it. */
			return status == MERIT_NOT_FOUND ? MERIT_CORRUPT : status;
		if (out->size != start_size && out->size - start_size + sealed->size + size > FEED_SIZE_MAX)
			return MERIT_OK;
		merit_record_put(out, sealed, bytes, size);
		++*seq;
	}
	return MERIT_OK;
}

/* {"entries":[..],"sealed":[..],"next_seq":n}. Ends where the newest checkpoint does, though a reader may see more. */
static enum merit_status answer_feed(const struct asked *asked, struct merit_buffer *out)
{
	uint64_t seq = (uint64_t)integer_of(asked->call, "from_seq", 0);
	uint64_t rows = (uint64_t)integer_of(asked->call, "rows", MERIT_PAGE_ROWS_MAX);
	uint64_t end_seq = merit_feed_entries(&asked->job->server->feed);

	if (seq < end_seq && end_seq - seq > rows)
		end_seq = seq + rows;
	struct merit_buffer sealed = { 0 };
	enum merit_status status = merit_store_reader_begin(asked->reader);
	if (status != MERIT_OK)
		return status;
	merit_buffer_put_text(out, "{\"entries\":[");
	status = put_entries(asked, &seq, end_seq, out, &sealed);
	merit_store_reader_end(asked->reader);
	merit_buffer_put_text(out, "],\"sealed\":[");
	merit_buffer_put(out, sealed.data, sealed.size);
	merit_buffer_put_format(out, "],\"next_seq\":%" PRIu64 "}", seq);
	out->bad = out->bad || sealed.bad;
	merit_buffer_free(&sealed);
	return status;
}

static const struct {
	const char *name;
	enum merit_status (*answer)(const struct asked *asked, struct merit_buffer *out);
} rows[] = {
	{ "rpc.discover", answer_discover },
	{ "health.get", answer_health },
	{ "metrics.get", answer_metrics },
	{ "feed.read", answer_feed },
};

bool merit_service_answers(const struct merit_query *query)
{
	return query->answer == NULL;
}

static enum merit_status answer(const struct asked *asked, struct merit_buffer *out)
{
	const struct merit_query *query = asked->call->query;
	const struct merit_job *job = asked->job;

	if (out->size > MERIT_ANSWER_SIZE_MAX)
		return MERIT_TOO_LARGE;
	if (!query->is_public && (query->may & (1u << job->signer.role)) == 0)
		return MERIT_NOT_PERMITTED;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].name, query->name) == 0)
			return rows[i].answer(asked, out);
	return MERIT_UNKNOWN_METHOD;
}

static void put_reply(const struct asked *asked, struct merit_buffer *out)
{
	size_t start_size = out->size;

	merit_reply_result_begin(out);
	enum merit_status status = answer(asked, out);
	if (status == MERIT_OK) {
		merit_reply_result_end(out, asked->call->correlation);
		return;
	}
	out->size = start_size; /* Nothing of a failed answer may be used. */
	merit_reply_error(out, status, &(struct merit_reply_fault){ .correlation = asked->call->correlation });
}

/* Whether the job, alone in its message, asks to wait for entries and may. */
static bool park(struct merit_job *job)
{
	const struct merit_request *request = &job->request;
	int64_t wait_ms = request->calls[0].query->waits ? integer_of(&request->calls[0], "wait_ms", 0) : 0;

	if (request->calls_count != 1 || wait_ms <= 0 || job->has_waited)
		return false;
	if ((request->calls[0].query->may & (1u << job->signer.role)) == 0)
		return false;
	job->waiter.party = request->envelope.party;
	job->waiter.from_seq = (uint64_t)integer_of(&request->calls[0], "from_seq", 0);
	job->waiter.until_ms = merit_server_uptime_ms() + wait_ms;
	return merit_feed_park(&job->server->feed, &job->waiter);
}

bool merit_service_answer(struct merit_job *job, struct merit_store_reader *reader)
{
	const struct merit_request *request = &job->request;
	struct merit_buffer *out = &job->workspace->reply;

	if (park(job))
		return false;
	if (request->is_batch)
		merit_buffer_put_char(out, '[');
	for (size_t i = 0; i < request->calls_count; i++) {
		if (i != 0)
			merit_buffer_put_char(out, ',');
		put_reply(&(struct asked){ job, &request->calls[i], reader }, out);
	}
	if (request->is_batch)
		merit_buffer_put_char(out, ']');
	merit_metrics_add(&job->server->metrics, MERIT_METRIC_READS, request->calls_count);
	return true;
}
