/* redis.c - merit-peer-redis: the transfers of peer.h as calls of the script in redis.lua.
 *
 * A message is a pipeline of calls, --bundle transfers each, made before the clock; it is answered when its last call
 * is. Redis runs each call as a whole and, with appendfsync always, flushes before it answers. */
#include <errno.h>
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "bench/peers/loop.h"
#include "ledger/buffer.h"

#define TEXT_SIZE 256
#define READ_SIZE ((size_t)64 * 1024)

static const char usage[] =
	"usage: merit-peer-redis --port PORT --program redis.lua [option]...\n"
	"Measures durable transfers by a Redis on 127.0.0.1, password from REDISCLI_AUTH. Removes what it holds.\n"
	"\n"
	"  --batch N        transfers in a pipeline (default 1000)\n"
	"  --bundle N       transfers in a call of the script (default 1)\n"
	"  --connections N  (default 1)\n"
	"  --in-flight N    pipelines outstanding on each connection (default 1)\n"
	"  --operations N   transfers in all, rounded up to whole pipelines (default 100000)\n"
	"  --accounts N     (default 10000)\n"
	"  --one-source     all points come from one account\n"
	"  --claims         references and evidence are unique, too\n"
	"  --dir DIR        where control files go (default /var/tmp)\n";

struct messages {
	struct merit_buffer bytes;
	size_t *ends;
	uint32_t calls; /* in a message */
};

struct connection {
	redisContext *redis;
	const struct messages *messages;
	struct merit_buffer out; /* what is not yet written starts at written */
	size_t written;
	size_t replies; /* how many so far */
	char *piece;    /* READ_SIZE */
};

/* ---- Messages, in the protocol of Redis ---- */

/* A word of a call: a letter for the kind of key, a colon, the name; or the bare text where letter is 0. */
static void put_word(struct merit_buffer *out, char letter, const void *bytes, size_t size)
{
	const char prefix[] = { letter, ':' };

	merit_buffer_put_format(out, "$%zu\r\n", letter == 0 ? size : size + sizeof(prefix));
	if (letter != 0)
		merit_buffer_put(out, prefix, sizeof(prefix));
	merit_buffer_put(out, bytes, size);
	merit_buffer_put_text(out, "\r\n");
}

static void put_number(struct merit_buffer *out, char letter, uint32_t number)
{
	char digits[16];

	int size = snprintf(digits, sizeof(digits), "%" PRIu32, number);
	put_word(out, letter, digits, (size_t)size);
}

static uint32_t keys_count(const struct peer_shape *shape)
{
	return shape->with_claims ? 5 : 3;
}

static void put_keys(struct merit_buffer *out, const struct peer_shape *shape, const struct peer_transfer *transfer)
{
	put_number(out, 'a', transfer->source);
	put_number(out, 'a', transfer->target);
	put_word(out, 't', transfer->id, sizeof(transfer->id));
	if (!shape->with_claims)
		return;
	put_word(out, 'r', transfer->reference, PEER_REFERENCE_SIZE);
	put_word(out, 'e', transfer->evidence, sizeof(transfer->evidence));
}

static void put_call(struct merit_buffer *out, const struct peer_shape *shape, const char *script, uint64_t first,
                     uint32_t count)
{
	struct peer_transfer transfer;

	merit_buffer_put_format(out, "*%" PRIu32 "\r\n", 3 + count * (keys_count(shape) + 1));
	put_word(out, 0, "EVALSHA", 7);
	put_word(out, 0, script, strlen(script));
	put_number(out, 0, count * keys_count(shape));
	for (uint32_t i = 0; i < count; i++) {
		peer_transfer_make(shape, first + i, &transfer);
		put_keys(out, shape, &transfer);
	}
	for (uint32_t i = 0; i < count; i++) {
		peer_transfer_make(shape, first + i, &transfer);
		put_number(out, 0, transfer.points);
	}
}

static void make_messages(const struct peer_shape *shape, const char *script, struct messages *messages)
{
	size_t count = peer_message_count(shape);

	messages->calls = (shape->batch + shape->bundle - 1) / shape->bundle;
	messages->ends = bench_allocate(count, sizeof(*messages->ends));
	for (size_t i = 0; i < count; i++) {
		for (uint32_t at = 0; at < shape->batch; at += shape->bundle) {
			uint32_t left = shape->batch - at;
			put_call(&messages->bytes, shape, script, (uint64_t)i * shape->batch + at,
			         left < shape->bundle ? left : shape->bundle);
		}
		messages->ends[i] = messages->bytes.size;
	}
	if (messages->bytes.bad)
		bench_fail("no memory for messages");
}

/* ---- The protocol ---- */

static void expect(const redisReply *reply, long long outcome)
{
	if (reply == NULL || reply->type != REDIS_REPLY_ARRAY)
		bench_fail("redis: %s", reply != NULL && reply->type == REDIS_REPLY_ERROR ? reply->str : "no answer");
	for (size_t i = 0; i < reply->elements; i++)
		if (reply->element[i]->integer != outcome)
			bench_fail("a transfer ended with %lld", reply->element[i]->integer);
}

static int protocol_socket(void *context)
{
	struct connection *connection = context;

	return connection->redis->fd;
}

static void protocol_send(void *context, size_t message)
{
	struct connection *connection = context;
	const struct messages *messages = connection->messages;
	size_t start = message == 0 ? 0 : messages->ends[message - 1];

	merit_buffer_put(&connection->out, messages->bytes.data + start, messages->ends[message] - start);
	if (connection->out.bad)
		bench_fail("no memory");
}

static bool protocol_flush(void *context)
{
	struct connection *connection = context;
	size_t left = connection->out.size - connection->written;

	while (left > 0) {
		ssize_t size = send(connection->redis->fd, connection->out.data + connection->written, left,
		                    MSG_DONTWAIT | MSG_NOSIGNAL);
		if (size < 0 && errno == EAGAIN)
			return false;
		if (size < 0)
			bench_fail("redis: %s", strerror(errno));
		connection->written += (size_t)size;
		left -= (size_t)size;
	}
	merit_buffer_clear(&connection->out);
	connection->written = 0;
	return true;
}

static size_t protocol_receive(void *context)
{
	struct connection *connection = context;
	size_t before = connection->replies / connection->messages->calls;
	void *reply = NULL;

	ssize_t size = recv(connection->redis->fd, connection->piece, READ_SIZE, MSG_DONTWAIT);
	if (size < 0 && errno == EAGAIN)
		return 0;
	if (size <= 0)
		bench_fail("redis: %s", size == 0 ? "it closed the connection" : strerror(errno));
	if (redisReaderFeed(connection->redis->reader, connection->piece, (size_t)size) != REDIS_OK)
		bench_fail("redis: %s", connection->redis->reader->errstr);
	while (redisReaderGetReply(connection->redis->reader, &reply) == REDIS_OK && reply != NULL) {
		expect(reply, 0);
		freeReplyObject(reply);
		connection->replies++;
	}
	if (connection->redis->reader->err != 0)
		bench_fail("redis: %s", connection->redis->reader->errstr);
	return connection->replies / connection->messages->calls - before;
}

static const struct peer_protocol protocol = { protocol_socket, protocol_send, protocol_flush, protocol_receive };

/* ---- Before and after the clock ---- */

/* The answer to one command, which the caller frees; an error ends the bench. */
static redisReply *command(redisContext *redis, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	redisReply *reply = redisvCommand(redis, format, arguments);
	va_end(arguments);
	if (reply == NULL || reply->type == REDIS_REPLY_ERROR)
		bench_fail("redis: %s: %s", format, reply == NULL ? redis->errstr : reply->str);
	return reply;
}

static redisContext *connect_to(const struct peer_shape *shape)
{
	const char *password = getenv("REDISCLI_AUTH");

	redisContext *redis = redisConnect("127.0.0.1", shape->port == NULL ? 6379 : atoi(shape->port));
	if (redis == NULL || redis->err != 0)
		bench_fail("redis: %s", redis == NULL ? "no memory" : redis->errstr);
	if (password != NULL)
		freeReplyObject(command(redis, "AUTH %s", password));
	return redis;
}

/* Loads the script, whose name is returned, and opens the accounts. */
static char *fill(redisContext *redis, const struct peer_shape *shape)
{
	char *program = peer_read_file(shape->program);

	freeReplyObject(command(redis, "FLUSHALL"));
	redisReply *reply = command(redis, "SCRIPT LOAD %s", program);
	char *script = strdup(reply->str);
	freeReplyObject(reply);
	free(program);
	for (uint32_t i = 0; i < shape->accounts; i++)
		freeReplyObject(command(redis, "SET a:%u %lld", i, (long long)PEER_BALANCE));
	freeReplyObject(command(redis, "SET a:%u %lld", shape->accounts, (long long)PEER_SOURCE_BALANCE));
	return script;
}

static void check_number(const char *what, long long number, long long expected)
{
	if (number != expected)
		bench_fail("%s: %lld instead of %lld", what, number, expected);
}

static long long ask_number(redisContext *redis, const char *text)
{
	redisReply *reply = command(redis, text);
	long long number = reply->type == REDIS_REPLY_STRING ? atoll(reply->str) : reply->integer;

	freeReplyObject(reply);
	return number;
}

static void check_points(redisContext *redis, const struct peer_shape *shape)
{
	char text[TEXT_SIZE];
	long long points = 0;

	for (uint32_t i = 0; i <= shape->accounts; i++) {
		(void)snprintf(text, sizeof(text), "GET a:%" PRIu32, i);
		points += ask_number(redis, text);
	}
	check_number("points", points, peer_points(shape));
}

/* That what was refused would not have been counted: an id again, and more points than there are; and that every point
 * and every posting is there. */
static void prove(redisContext *redis, const struct peer_shape *shape, const char *script)
{
	struct merit_buffer again = { 0 };
	void *reply = NULL;
	long long operations = (long long)shape->operations;

	put_call(&again, shape, script, 0, 1);
	if (again.bad || redisAppendFormattedCommand(redis, again.data, again.size) != REDIS_OK ||
	    redisGetReply(redis, &reply) != REDIS_OK)
		bench_fail("redis: %s", redis->errstr);
	expect(reply, 1);
	freeReplyObject(reply);
	merit_buffer_free(&again);
	reply = command(redis, "EVALSHA %s 3 a:0 a:1 t:overdraft 2000000000", script);
	expect(reply, 2);
	freeReplyObject(reply);
	check_points(redis, shape);
	check_number("postings", ask_number(redis, "LLEN postings"), 2 * operations);
	check_number("keys", ask_number(redis, "DBSIZE"), shape->accounts + 2 + operations * (keys_count(shape) - 2));
}

static void put_setting(redisContext *redis, struct merit_buffer *settings, const char *name)
{
	redisReply *reply = command(redis, "CONFIG GET %s", name);

	if (reply->elements == 2)
		merit_buffer_put_format(settings, "%s%s=%s", settings->size == 0 ? "" : " ", name,
		                        reply->element[1]->str);
	freeReplyObject(reply);
}

static void report(redisContext *redis, const struct peer_shape *shape, const struct peer_timing *timing)
{
	static const char *const names[] = {
		"appendonly", "appendfsync", "save", "auto-aof-rewrite-percentage", "no-appendfsync-on-rewrite",
		"io-threads"
	};
	struct merit_buffer settings = { 0 };
	char version[TEXT_SIZE];

	redisReply *reply = command(redis, "INFO server");
	const char *number = strstr(reply->str, "redis_version:");
	if (number == NULL)
		bench_fail("redis does not say its version");
	number += strlen("redis_version:");
	(void)snprintf(version, sizeof(version), "Redis %.*s", (int)strcspn(number, "\r\n"), number);
	freeReplyObject(reply);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		put_setting(redis, &settings, names[i]);
	merit_buffer_put_format(&settings, " bundle=%" PRIu32, shape->bundle);
	merit_buffer_put_char(&settings, '\0');
	if (settings.bad)
		bench_fail("no memory");
	peer_report(shape, "redis", version, settings.data, timing);
	merit_buffer_free(&settings);
}

static void measure(const struct peer_shape *shape, const struct messages *messages, struct peer_timing *timing)
{
	struct connection *connections = bench_allocate(shape->connections, sizeof(*connections));
	void **all = bench_allocate(shape->connections, sizeof(*all));
	char *piece = bench_allocate(READ_SIZE, 1);

	for (uint32_t i = 0; i < shape->connections; i++) {
		connections[i].redis = connect_to(shape);
		connections[i].messages = messages;
		connections[i].piece = piece;
		all[i] = &connections[i];
	}
	peer_loop(shape, &protocol, all, timing);
	for (uint32_t i = 0; i < shape->connections; i++) {
		redisFree(connections[i].redis);
		merit_buffer_free(&connections[i].out);
	}
	free(connections);
	free(all);
	free(piece);
}

int main(int argc, char **argv)
{
	struct peer_shape shape;
	struct messages messages = { 0 };
	struct peer_timing timing;

	peer_arguments(argc, argv, usage, &shape);
	redisContext *redis = connect_to(&shape);
	char *script = fill(redis, &shape);
	make_messages(&shape, script, &messages);
	measure(&shape, &messages, &timing);
	prove(redis, &shape, script);
	report(redis, &shape, &timing);
	redisFree(redis);
	free(script);
	free(timing.latencies_ns);
	free(messages.ends);
	merit_buffer_free(&messages.bytes);
	return 0;
}
