/* kill_test.c
 * Goal    kill -9 at any moment loses nothing that was acknowledged, and leaves everything else whole or not at all;
 *         the next start is ready by itself.
 * Method  one client keeps 16 messages in flight, through every kill, as a client should: same message, same ids,
 *         until it is answered. Singles, batches and atomic groups take turns, and every fifth message is an old one
 *         again. Beside it meritd is killed at moments drawn at random, serving or still starting, writing its state
 *         back all the time. Any answer that differs from the first one to the same message, and any entry too many,
 *         is a failure.
 * Length  20 kills; 200 with MERIT_NIGHTLY=1. */
#include "tests/support/service.h"

#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* nng 1.5.2 loses the message it is sending when the connection dies under it, which is what this test is about. What
 * our own code leaks from nng shows in client_test and adversary_test. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libnng\n";
}

#define IN_FLIGHT     16
#define BATCH_CALLS   10
#define ORDER_OF_FOUR 3      /* messages 3, 7, 11 and so on are orders, by members who earn with 0, 4, 8 and so on */
#define MESSAGES_MAX  100000 /* then only old ones come again */
#define UNDER_LOAD    200    /* answers since the start: what the last kill held up is behind */
#define SERVING_MS    200    /* a kill comes within so long after that, */
#define STARTING_MS   60     /* or after meritd was begun */

/* A message's first answer. */
struct answer {
	bool is_known;
	uint8_t hash[MERIT_HASH_SIZE]; /* of its JSON */
	uint32_t calls;
};

/* The client, in a thread of its own, which may not use cmocka: it says what went wrong, and ends. */
struct load {
	pthread_t thread;
	bool is_running;
	struct merit_client *client;
	struct answer *answers;
	unsigned sent_count; /* different messages, numbered from 0 */
	unsigned again_count;
	unsigned flying[IN_FLIGHT]; /* numbers, the oldest first */
	unsigned flying_count;
	uint64_t random;
	int64_t occurred_ms;
	atomic_bool is_stopping;
	atomic_uint answered_count;
	struct merit_buffer json;
	char fault[400]; /* empty while all is well */
};

/* xorshift64: the moments differ from run to run anyway, the messages need not. */
static unsigned random_below(uint64_t *random, unsigned end)
{
	*random ^= *random << 13;
	*random ^= *random >> 7;
	*random ^= *random << 17;
	return (unsigned)(*random % end);
}

/* ---- Messages ---- */

static void put_earn(struct load *load, unsigned number, unsigned part)
{
	merit_buffer_put_format(
		&load->json,
		"{\"jsonrpc\":\"2.0\",\"id\":%u,\"method\":\"earn\",\"params\":{\"id\":\"e%u-%u\",\"member\":\"m%u\","
		"\"campaign\":\"c1\",\"event\":\"gift\",\"reference\":\"r%u-%u\",\"occurred\":%" PRId64
		",\"points\":%u}}",
		part, number, part, number % SERVICE_MEMBERS, number, part, load->occurred_ms, 50 + number % 7);
}

/* An order placed and fulfilled, or neither: two entries, one behind the other. */
static void put_order(struct load *load, unsigned number)
{
	merit_buffer_put_format(
		&load->json,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"atomic\",\"params\":{\"calls\":["
		"{\"method\":\"order.place\",\"params\":{\"id\":\"p%u\",\"order\":\"o%u\",\"member\":\"m%u\","
		"\"lines\":[{\"item\":\"cup\",\"version\":1,\"points\":30,\"quantity\":1}]}},"
		"{\"method\":\"order.fulfil\",\"params\":{\"id\":\"f%u\",\"order\":\"o%u\"}}]}}",
		number, number, (number - ORDER_OF_FOUR) % SERVICE_MEMBERS, number, number);
}

/* The message of this number, the same whenever it is asked for: how many calls it has. */
static uint32_t put_message(struct load *load, unsigned number)
{
	merit_buffer_clear(&load->json);
	switch (number % 4) {
	case 1:
		for (unsigned part = 0; part < BATCH_CALLS; part++) {
			merit_buffer_put_char(&load->json, part == 0 ? '[' : ',');
			put_earn(load, number, part);
		}
		merit_buffer_put_char(&load->json, ']');
		return BATCH_CALLS;
	case ORDER_OF_FOUR: put_order(load, number); return 2;
	default: put_earn(load, number, 0); return 1;
	}
}

/* ---- The client ---- */

static bool failed(struct load *load, unsigned number, const char *what, struct merit_client_reply reply)
{
	(void)snprintf(load->fault, sizeof(load->fault), "message %u: %s: %.*s", number, what,
	               (int)(reply.json_size < 300 ? reply.json_size : 300), reply.json);
	return false;
}

static bool take_answer(struct load *load)
{
	struct merit_client_reply reply = { .json = "" };
	uint8_t hash[MERIT_HASH_SIZE];
	unsigned number = load->flying[0];
	struct answer *answer = &load->answers[number];

	load->flying_count--;
	memmove(load->flying, load->flying + 1, load->flying_count * sizeof(load->flying[0]));
	enum merit_status status = merit_client_wait(load->client, &reply);
	if (status != MERIT_OK)
		return failed(load, number, merit_status_word(status), reply);
	if (memmem(reply.json, reply.json_size, "\"error\"", 7) != NULL)
		return failed(load, number, "refused", reply);
	merit_sha256(reply.json, reply.json_size, hash);
	if (answer->is_known && memcmp(answer->hash, hash, sizeof(hash)) != 0)
		return failed(load, number, "answered another time with", reply);
	load->answered_count++;
	answer->is_known = true;
	memcpy(answer->hash, hash, sizeof(hash));
	return true;
}

static bool send_message(struct load *load, unsigned number)
{
	load->answers[number].calls = put_message(load, number);
	if (load->flying_count == IN_FLIGHT && !take_answer(load))
		return false;
	enum merit_status status = merit_client_submit(load->client, load->json.data, load->json.size);
	if (status != MERIT_OK)
		return failed(load, number, merit_status_word(status), (struct merit_client_reply){ .json = "" });
	load->flying[load->flying_count++] = number;
	return true;
}

/* Every fifth message is an old one again, answered or still in flight. */
static bool send_next(struct load *load)
{
	bool is_full = load->sent_count == MESSAGES_MAX;

	if (is_full || (load->sent_count > 100 && random_below(&load->random, 5) == 0)) {
		load->again_count++;
		return send_message(load, random_below(&load->random, load->sent_count));
	}
	return send_message(load, load->sent_count++);
}

static void *load_run(void *argument)
{
	struct load *load = argument;
	bool is_well = true;

	while (is_well && !load->is_stopping)
		is_well = send_next(load);
	while (is_well && load->flying_count > 0)
		is_well = take_answer(load);
	for (unsigned number = 0; is_well && number < load->sent_count; number++)
		is_well = send_message(load, number); /* After the last kill: all of them once more. */
	while (is_well && load->flying_count > 0)
		is_well = take_answer(load);
	return NULL;
}

/* ---- The kills ---- */

/* Waits until so many messages are answered. */
static void wait_for_answers(struct load *load, unsigned count)
{
	unsigned wanted = load->answered_count + count;

	for (int waited_ms = 0; load->answered_count < wanted && load->fault[0] == '\0'; waited_ms += 5) {
		assert_true(waited_ms < SERVICE_WAIT_MS);
		service_nap_ms(5);
	}
}

static void kill_and_start(struct service *s, uint64_t *random)
{
	service_nap_ms(random_below(random, SERVING_MS));
	assert_int_equal(service_end(s, SIGKILL), -SIGKILL);
	while (random_below(random, 3) == 0) {
		service_begin(s);
		service_nap_ms(random_below(random, STARTING_MS));
		assert_int_equal(service_end(s, SIGKILL), -SIGKILL);
	}
	service_start(s);
}

/* Every point is where it should be, and there is one entry for every call. */
static void check_books(struct service *s, const struct load *load, uint64_t entries_before)
{
	struct fixture *f = s->fixture;
	uint64_t calls = 0;
	int64_t held = 0, redeemed;
	char member[16];

	for (unsigned i = 0; i < load->sent_count; i++)
		calls += load->answers[i].calls;
	fixture_open(f);
	assert_int_equal(fixture_size(f), entries_before + calls);
	for (int i = 0; i < SERVICE_MEMBERS; i++) {
		(void)snprintf(member, sizeof(member), "m%d", i);
		held += fixture_balance(f, MERIT_ACCOUNT_MEMBER, member);
		assert_int_equal(fixture_balance(f, MERIT_ACCOUNT_HELD, member), 0);
	}
	redeemed = fixture_balance(f, MERIT_ACCOUNT_REDEEMED, "shop");
	assert_int_equal(redeemed, 30 * (int64_t)((load->sent_count) / 4)); /* Numbers 3, 7, 11 and so on are orders. */
	assert_int_equal(fixture_balance(f, MERIT_ACCOUNT_CAMPAIGN, "c1") + held + redeemed, SERVICE_BUDGET);
	fixture_close(f);
}

struct test {
	struct service *s;
	struct load load;
};

static void load_start(struct test *test)
{
	struct load *load = &test->load;
	struct merit_client *client = service_client(test->s, "svc/k1", 1);

	/* Messages in flight may be decided in any order: whoever orders has points from the start. */
	for (unsigned i = 0; i < SERVICE_MEMBERS; i++)
		assert_int_equal(
			service_call(test->s, client, "earn",
		                     "'id':'g%u','member':'m%u','campaign':'c1','event':'gift','reference':'g',"
		                     "'occurred':%" PRId64 ",'points':1000",
		                     i, i, load->occurred_ms),
			MERIT_OK);
	service_close(test->s, client);
	load->client = service_client(test->s, "svc/k1", IN_FLIGHT);
	assert_int_equal(pthread_create(&load->thread, NULL, load_run, load), 0);
	load->is_running = true;
}

static void load_stop(struct load *load)
{
	load->is_stopping = true;
	if (load->is_running)
		assert_int_equal(pthread_join(load->thread, NULL), 0);
	load->is_running = false;
}

static void what_was_answered_survives_kill_9(void **state)
{
	struct test *test = *state;
	struct service *s = test->s;
	struct load *load = &test->load;
	const char *nightly = getenv("MERIT_NIGHTLY");
	unsigned kills = nightly != NULL && strcmp(nightly, "1") == 0 ? 200 : 20;
	uint64_t random = 0x9e3779b97f4a7c15ULL;

	s->options[0] = "--state-rows";
	s->options[1] = "50";
	service_start(s);
	uint64_t entries_before = (uint64_t)service_entries(s) + SERVICE_MEMBERS;
	load_start(test);
	for (unsigned i = 0; i < kills && load->fault[0] == '\0'; i++) {
		/* A kill while the client still looks for meritd, when it has just found it, or under full load. */
		wait_for_answers(load, (unsigned[]){ 0, 1, UNDER_LOAD, UNDER_LOAD }[i % 4]);
		kill_and_start(s, &random);
	}
	load_stop(load);
	if (load->fault[0] != '\0')
		fail_msg("%s", load->fault);
	print_message("%u messages, %u of them again, through %u kills\n", load->sent_count + load->again_count,
	              load->again_count, kills);
	assert_true(load->sent_count > kills);
	assert_int_equal(service_end(s, SIGTERM), 0);
	check_books(s, load, entries_before);
	assert_int_equal(service_merit((const char *[]){ "verify", s->fixture->directory, NULL }), 0);
}

static int setup(void **state)
{
	struct test *test = calloc(1, sizeof(*test));

	assert_non_null(test);
	test->s = service_new();
	test->load = (struct load){ .random = 1, .occurred_ms = test->s->fixture->now_ms };
	test->load.answers = calloc(MESSAGES_MAX, sizeof(*test->load.answers));
	assert_non_null(test->load.answers);
	*state = test;
	return 0;
}

static int teardown(void **state)
{
	struct test *test = *state;

	load_stop(&test->load);
	merit_buffer_free(&test->load.json);
	free(test->load.answers);
	service_free(test->s);
	free(test);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_was_answered_survives_kill_9, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
