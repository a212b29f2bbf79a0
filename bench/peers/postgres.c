/* postgres.c - merit-peer-postgres: the transfers of peer.h as calls of the functions in postgres.sql.
 *
 * A message is one call of a prepared statement, all parameters binary and made before the clock, and one transaction.
 * Connections are in libpq's pipeline mode, each message with a sync point of its own. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/peers/loop.h"
#include "ledger/buffer.h"

#define PARAMETERS 6
#define TEXT_SIZE  256

static const char usage[] =
	"usage: merit-peer-postgres --port PORT --program postgres.sql [option]...\n"
	"Measures durable transfers by a PostgreSQL on 127.0.0.1, user postgres, password from PGPASSWORD.\n"
	"\n"
	"  --batch N        transfers in a call (default 1000)\n"
	"  --connections N  (default 1)\n"
	"  --in-flight N    calls outstanding on each connection (default 1)\n"
	"  --operations N   transfers in all, rounded up to whole calls (default 100000)\n"
	"  --accounts N     (default 10000)\n"
	"  --one-source     all points come from one account\n"
	"  --claims         references and evidence are unique, too\n"
	"  --loop           a call of many is a loop over single transfers\n"
	"  --dir DIR        where control files go (default /var/tmp)\n";

enum parameter { ID, SOURCE, TARGET, POINTS, REFERENCE, EVIDENCE };

/* Types by their number in pg_type; array parameters name their element's. */
static const uint32_t types[PARAMETERS] = {
	[ID] = 2950, [SOURCE] = 23, [TARGET] = 23, [POINTS] = 23, [REFERENCE] = 25, [EVIDENCE] = 17,
};

/* Parameters of all messages, one behind the other. */
struct messages {
	struct merit_buffer bytes;
	size_t *ends; /* PARAMETERS a message */
};

struct connection {
	PGconn *postgres;
	const struct messages *messages;
	const struct merit_buffer *expected; /* what a call in which all is done answers */
	size_t waiting;                      /* messages without their sync point */
};

/* ---- Messages ---- */

static void put_number(struct merit_buffer *out, uint32_t number)
{
	uint32_t big_endian = htonl(number);

	merit_buffer_put(out, &big_endian, sizeof(big_endian));
}

static void put_value(struct merit_buffer *out, const struct peer_transfer *transfer, enum parameter parameter)
{
	switch (parameter) {
	case ID: merit_buffer_put(out, transfer->id, sizeof(transfer->id)); break;
	case SOURCE: put_number(out, transfer->source); break;
	case TARGET: put_number(out, transfer->target); break;
	case POINTS: put_number(out, transfer->points); break;
	case REFERENCE: merit_buffer_put(out, transfer->reference, PEER_REFERENCE_SIZE); break;
	case EVIDENCE: merit_buffer_put(out, transfer->evidence, sizeof(transfer->evidence)); break;
	}
}

static uint32_t value_size(enum parameter parameter)
{
	static const uint32_t sizes[PARAMETERS] = {
		[ID] = PEER_ID_SIZE,
		[SOURCE] = 4,
		[TARGET] = 4,
		[POINTS] = 4,
		[REFERENCE] = PEER_REFERENCE_SIZE,
		[EVIDENCE] = PEER_EVIDENCE_SIZE,
	};

	return sizes[parameter];
}

/* An array of one dimension that starts at 1 and has no null in it, as array_recv of PostgreSQL reads it. */
static void put_array(struct merit_buffer *out, const struct peer_shape *shape, size_t message,
                      enum parameter parameter)
{
	struct peer_transfer transfer;

	put_number(out, 1);
	put_number(out, 0);
	put_number(out, types[parameter]);
	put_number(out, shape->batch);
	put_number(out, 1);
	for (uint32_t i = 0; i < shape->batch; i++) {
		peer_transfer_make(shape, (uint64_t)message * shape->batch + i, &transfer);
		put_number(out, value_size(parameter));
		put_value(out, &transfer, parameter);
	}
}

static void make_messages(const struct peer_shape *shape, struct messages *messages)
{
	size_t count = peer_message_count(shape);
	struct peer_transfer transfer;

	messages->ends = bench_allocate(count, PARAMETERS * sizeof(*messages->ends));
	for (size_t i = 0; i < count * PARAMETERS; i++) {
		enum parameter parameter = (enum parameter)(i % PARAMETERS);
		bool is_null = parameter >= REFERENCE && !shape->with_claims;
		if (shape->batch > 1 && !is_null) {
			put_array(&messages->bytes, shape, i / PARAMETERS, parameter);
		} else if (!is_null) {
			peer_transfer_make(shape, i / PARAMETERS, &transfer);
			put_value(&messages->bytes, &transfer, parameter);
		}
		messages->ends[i] = messages->bytes.size;
	}
	if (messages->bytes.bad)
		bench_fail("no memory for messages");
}

/* "0" or "{0,0,...}". */
static void make_expected(const struct peer_shape *shape, const char *outcome, struct merit_buffer *expected)
{
	merit_buffer_clear(expected);
	if (shape->batch > 1)
		merit_buffer_put_char(expected, '{');
	for (uint32_t i = 0; i < shape->batch; i++) {
		if (i > 0)
			merit_buffer_put_char(expected, ',');
		merit_buffer_put_text(expected, outcome);
	}
	if (shape->batch > 1)
		merit_buffer_put_char(expected, '}');
	if (expected->bad)
		bench_fail("no memory");
}

static void expect(const PGresult *result, const struct merit_buffer *expected)
{
	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		bench_fail("postgres: %s", PQresultErrorMessage(result));
	if ((size_t)PQgetlength(result, 0, 0) != expected->size ||
	    memcmp(PQgetvalue(result, 0, 0), expected->data, expected->size) != 0)
		bench_fail("not every transfer was done: %.400s", PQgetvalue(result, 0, 0));
}

/* ---- The protocol ---- */

static int protocol_socket(void *context)
{
	struct connection *connection = context;

	return PQsocket(connection->postgres);
}

/* One message's parameters as libpq takes them. */
struct parameters {
	const char *values[PARAMETERS];
	int sizes[PARAMETERS], formats[PARAMETERS];
};

static void take_parameters(const struct messages *messages, size_t message, struct parameters *parameters_out)
{
	size_t start = message == 0 ? 0 : messages->ends[message * PARAMETERS - 1];

	for (size_t i = 0; i < PARAMETERS; i++) {
		size_t end = messages->ends[message * PARAMETERS + i];
		parameters_out->values[i] = end == start ? NULL : messages->bytes.data + start;
		parameters_out->sizes[i] = (int)(end - start);
		parameters_out->formats[i] = 1;
		start = end;
	}
}

static void protocol_send(void *context, size_t message)
{
	struct connection *connection = context;
	struct parameters parameters;

	take_parameters(connection->messages, message, &parameters);
	if (PQsendQueryPrepared(connection->postgres, "transfer", PARAMETERS, parameters.values, parameters.sizes,
	                        parameters.formats, 0) != 1 ||
	    PQpipelineSync(connection->postgres) != 1)
		bench_fail("postgres: %s", PQerrorMessage(connection->postgres));
	connection->waiting++;
}

static bool protocol_flush(void *context)
{
	struct connection *connection = context;
	int left = PQflush(connection->postgres);

	if (left < 0)
		bench_fail("postgres: %s", PQerrorMessage(connection->postgres));
	return left == 0;
}

static size_t protocol_receive(void *context)
{
	struct connection *connection = context;
	size_t before = connection->waiting;

	if (PQconsumeInput(connection->postgres) != 1)
		bench_fail("postgres: %s", PQerrorMessage(connection->postgres));
	while (connection->waiting > 0 && !PQisBusy(connection->postgres)) {
		PGresult *result = PQgetResult(connection->postgres);
		if (result == NULL) /* the end of a statement's results */
			continue;
		if (PQresultStatus(result) == PGRES_PIPELINE_SYNC)
			connection->waiting--;
		else
			expect(result, connection->expected);
		PQclear(result);
	}
	return before - connection->waiting;
}

static const struct peer_protocol protocol = { protocol_socket, protocol_send, protocol_flush, protocol_receive };

/* ---- Before and after the clock ---- */

/* The first value of the last statement's result, if it has one; or the bench ends. */
static void query(PGconn *postgres, const char *sql, char *text_out, size_t size)
{
	PGresult *result = PQexec(postgres, sql);
	ExecStatusType status = PQresultStatus(result);

	if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
		bench_fail("%.100s: %s", sql, PQerrorMessage(postgres));
	if (text_out != NULL)
		(void)snprintf(text_out, size, "%s", PQgetvalue(result, 0, 0));
	PQclear(result);
}

/* The function that takes arrays. */
static const char *array_function(const struct peer_shape *shape)
{
	return shape->loop ? "transfer_each" : "transfer_many";
}

static void prepare(PGconn *postgres, const struct peer_shape *shape)
{
	char sql[TEXT_SIZE];

	(void)snprintf(sql, sizeof(sql), "SELECT %s($1, $2, $3, $4, $5, $6)",
	               shape->batch > 1 ? array_function(shape) : "transfer");
	PGresult *result = PQprepare(postgres, "transfer", sql, 0, NULL);
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		bench_fail("postgres: %s", PQerrorMessage(postgres));
	PQclear(result);
}

static PGconn *connect_to(const struct peer_shape *shape)
{
	char where[TEXT_SIZE];

	(void)snprintf(where, sizeof(where),
	               "host=127.0.0.1 port=%s user=postgres dbname=postgres sslmode=disable "
	               "gssencmode=disable",
	               shape->port == NULL ? "5432" : shape->port);
	PGconn *postgres = PQconnectdb(where);
	if (PQstatus(postgres) != CONNECTION_OK)
		bench_fail("postgres: %s", PQerrorMessage(postgres));
	return postgres;
}

static void fill(PGconn *postgres, const struct peer_shape *shape)
{
	char sql[TEXT_SIZE];
	char *program = peer_read_file(shape->program);

	query(postgres, "SET client_min_messages = warning", NULL, 0);
	query(postgres, program, NULL, 0);
	free(program);
	(void)snprintf(sql, sizeof(sql),
	               "INSERT INTO account SELECT number, %" PRId64 " FROM generate_series(0, "
	               "%" PRIu32 " - 1) AS number UNION ALL SELECT %" PRIu32 ", %" PRId64,
	               PEER_BALANCE, shape->accounts, shape->accounts, PEER_SOURCE_BALANCE);
	query(postgres, sql, NULL, 0);
	if (shape->with_claims)
		query(postgres,
		      "CREATE UNIQUE INDEX ON transfer (reference);"
		      "CREATE UNIQUE INDEX ON transfer (evidence)",
		      NULL, 0);
	query(postgres, "VACUUM ANALYZE", NULL, 0);
	query(postgres, "CHECKPOINT", NULL, 0);
}

static void check_text(PGconn *postgres, const char *sql, const char *expected)
{
	char text[TEXT_SIZE];

	query(postgres, sql, text, sizeof(text));
	if (strcmp(text, expected) != 0)
		bench_fail("%s: %s instead of %s", sql, text, expected);
}

/* That what was refused would not have been counted: an id again, and more points than there are; and that every point
 * is where the postings say. */
static void prove(PGconn *postgres, const struct peer_shape *shape, const struct messages *messages)
{
	struct merit_buffer again = { 0 };
	struct parameters parameters;
	char sql[TEXT_SIZE], expected[TEXT_SIZE];

	make_expected(shape, "1", &again);
	prepare(postgres, shape);
	take_parameters(messages, 0, &parameters);
	PGresult *result = PQexecPrepared(postgres, "transfer", PARAMETERS, parameters.values, parameters.sizes,
	                                  parameters.formats, 0);
	expect(result, &again);
	PQclear(result);
	(void)snprintf(sql, sizeof(sql),
	               "SELECT %s(ARRAY[gen_random_uuid(), gen_random_uuid()], ARRAY[0, 0], "
	               "ARRAY[1, 1], ARRAY[2000000000, 0], ARRAY['a', 'b'], ARRAY['a', 'b']::bytea[])",
	               array_function(shape));
	check_text(postgres, sql, "{2,0}");
	(void)snprintf(expected, sizeof(expected), "%" PRIu64 " %" PRIu64 " 0 %" PRId64, shape->operations + 1,
	               2 * shape->operations + 2, peer_points(shape));
	check_text(postgres,
	           "SELECT concat_ws(' ', (SELECT count(*) FROM transfer), count(*), sum(points), "
	           "(SELECT sum(balance) FROM account)) FROM posting",
	           expected);
	merit_buffer_free(&again);
}

static void report(PGconn *postgres, const struct peer_shape *shape, const struct peer_timing *timing)
{
	char version[TEXT_SIZE], settings[4 * TEXT_SIZE];

	query(postgres, "SELECT 'PostgreSQL ' || current_setting('server_version')", version, sizeof(version));
	query(postgres,
	      "SELECT string_agg(name || '=' || current_setting(name), ' ' ORDER BY name) FROM pg_settings "
	      "WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit', 'wal_sync_method', 'wal_level', "
	      "'shared_buffers', 'wal_buffers', 'max_wal_size', 'checkpoint_timeout', 'plan_cache_mode', 'jit')",
	      settings, sizeof(settings));
	peer_report(shape, "postgres", version, settings, timing);
}

static void measure(const struct peer_shape *shape, const struct messages *messages, struct peer_timing *timing)
{
	struct connection *connections = bench_allocate(shape->connections, sizeof(*connections));
	void **all = bench_allocate(shape->connections, sizeof(*all));
	struct merit_buffer expected = { 0 };

	make_expected(shape, "0", &expected);
	for (uint32_t i = 0; i < shape->connections; i++) {
		PGconn *postgres = connect_to(shape);
		prepare(postgres, shape);
		if (PQsetnonblocking(postgres, 1) != 0 || PQenterPipelineMode(postgres) != 1)
			bench_fail("postgres: %s", PQerrorMessage(postgres));
		connections[i] = (struct connection){ postgres, messages, &expected, 0 };
		all[i] = &connections[i];
	}
	peer_loop(shape, &protocol, all, timing);
	for (uint32_t i = 0; i < shape->connections; i++)
		PQfinish(connections[i].postgres);
	merit_buffer_free(&expected);
	free(connections);
	free(all);
}

int main(int argc, char **argv)
{
	struct peer_shape shape;
	struct messages messages = { 0 };
	struct peer_timing timing;

	peer_arguments(argc, argv, usage, &shape);
	PGconn *postgres = connect_to(&shape);
	fill(postgres, &shape);
	make_messages(&shape, &messages);
	measure(&shape, &messages, &timing);
	prove(postgres, &shape, &messages);
	report(postgres, &shape, &timing);
	PQfinish(postgres);
	free(timing.latencies_ns);
	free(messages.ends);
	merit_buffer_free(&messages.bytes);
	return 0;
}
