/* serving.c - see serving.h. */
#include "tests/support/serving.h"

#include "ledger/encode.h"
#include "rpc/server_inner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static void seed_of(uint8_t fill, uint8_t seed_out[MERIT_SEED_SIZE])
{
	memset(seed_out, fill, MERIT_SEED_SIZE);
}

struct merit_secret_key serving_key(uint8_t fill)
{
	struct merit_secret_key key;
	uint8_t seed[MERIT_SEED_SIZE];

	seed_of(fill, seed);
	merit_secret_key_from_seed(seed, &key);
	return key;
}

int64_t serving_wall_ms(void *context)
{
	(void)context;
	return merit_clock_system.wall_ms(NULL);
}

static int64_t wall_shifted_ms(void *context)
{
	return serving_wall_ms(NULL) + ((struct serving *)context)->wall_shift_ms;
}

static int64_t boot_shifted_ms(void *context)
{
	return merit_clock_system.boot_ms(NULL) + ((struct serving *)context)->boot_shift_ms;
}

void serving_nap_ms(long ms)
{
	struct timespec nap = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	(void)nanosleep(&nap, NULL);
}

/* ---- The ledger and the server ---- */

static void create_ledger(struct serving *f)
{
	(void)snprintf(f->directory, sizeof(f->directory), "/tmp/merit-server-XXXXXX");
	assert_non_null(mkdtemp(f->directory));
	f->log_key = serving_key(LOG_KEY);
	f->system_key = serving_key(SYSTEM_KEY);
	f->admin_key = serving_key(ADMIN_KEY);
	memset(f->private_key, PRIVATE_KEY, sizeof(f->private_key));
	struct merit_ledger_birth birth = {
		.origin = SERVING_ORIGIN,
		.log_key = &f->log_key,
		.system_key = &f->system_key,
		.admin_key = &f->admin_key,
		.private_key = f->private_key,
		.admin = "root",
		.admin_key_name = "k1",
		.offset_minutes = 480,
		.refund_policy = "restore",
		.grace_days = 30,
		.hold_minutes = 60,
		.receive_days = 10,
		.late_days = 30,
		.erase_days = 30,
		.time_ms = serving_wall_ms(NULL),
	};
	assert_int_equal(merit_ledger_create(f->directory, &birth), MERIT_OK);
}

void serving_open_ledger(struct serving *f, size_t map_size)
{
	struct merit_ledger_options options = { .directory = f->directory,
		                                .log_key = &f->log_key,
		                                .system_key = &f->system_key,
		                                .private_key = f->private_key,
		                                .map_size = map_size };

	assert_int_equal(merit_ledger_open(&options, &f->ledger), MERIT_OK);
}

void serving_open(struct serving *f)
{
	assert_int_equal(merit_server_open(&f->options, &f->server, NULL), MERIT_OK);
}

void serving_close(struct serving *f)
{
	if (f->server != NULL)
		merit_server_stop(f->server);
	merit_server_free(f->server);
	f->server = NULL;
}

int serving_make_ledger(void **state)
{
	struct serving *f = calloc(1, sizeof(*f));
	static struct merit_clock_source clock;

	*state = f;
	create_ledger(f);
	clock = (struct merit_clock_source){ wall_shifted_ms, boot_shifted_ms, f };
	merit_server_options_default(&f->options);
	f->urls[0] = "tcp://127.0.0.1:0";
	f->options.urls = f->urls;
	f->options.urls_count = 1;
	f->options.directory = f->directory;
	f->options.clock = &clock;
	f->options.rates[MERIT_ROLE_ADMIN] = (struct merit_rate){ MERIT_RATE_MAX, MERIT_RATE_MAX };
	return 0;
}

/* A ledger with an open server whose ledger thread does not run yet. */
int serving_make(void **state)
{
	serving_make_ledger(state);
	struct serving *f = *state;
	serving_open_ledger(f, 0);
	f->options.ledger = f->ledger;
	serving_open(f);
	return 0;
}

int serving_drop(void **state)
{
	struct serving *f = *state;
	char command[128];

	serving_close(f);
	merit_ledger_close(f->ledger);
	(void)snprintf(command, sizeof(command), "rm -r %s", f->directory);
	int rc = system(command);
	free(f);
	return rc;
}

void serving_reopen(struct serving *f)
{
	serving_close(f);
	serving_open(f);
}

/* ---- Clients ---- */

struct merit_client *serving_client_patient(const char *url, const char *kid, uint8_t key, unsigned in_flight,
                                            int deadline_ms)
{
	uint8_t seed[MERIT_SEED_SIZE];
	struct merit_client *client = NULL;
	struct merit_client_options options = { .url = url,
		                                .origin = SERVING_ORIGIN,
		                                .kid = kid,
		                                .seed = seed,
		                                .deadline_ms = deadline_ms,
		                                .in_flight = in_flight };

	seed_of(key, seed);
	assert_int_equal(merit_client_open(&options, &client), MERIT_OK);
	return client;
}

struct merit_client *serving_client_at(const char *url, const char *kid, uint8_t key, unsigned in_flight)
{
	return serving_client_patient(url, kid, key, in_flight, SERVING_WAIT_MS);
}

struct merit_client *serving_client(struct serving *f, const char *kid, uint8_t key, unsigned in_flight)
{
	return serving_client_at(merit_server_url(f->server, 0), kid, key, in_flight);
}

/* The text behind "name": in a reply, up to its end; without its quotes. */
void serving_member_of(struct merit_client_reply reply, const char *name, char *value_out, size_t value_size)
{
	char key[40];
	size_t size = 0;

	int key_size = snprintf(key, sizeof(key), "\"%s\":", name);
	const char *at = memmem(reply.json, reply.json_size, key, (size_t)key_size);
	const char *end = reply.json + reply.json_size;
	for (at = at == NULL ? end : at + key_size; at < end && strchr(",}]", *at) == NULL; at++)
		if (*at != '"' && size + 1 < value_size)
			value_out[size++] = *at;
	value_out[size] = '\0';
}

struct merit_client_reply serving_call(struct merit_client *client, const char *json)
{
	struct merit_client_reply reply;

	assert_int_equal(merit_client_call(client, json, strlen(json), &reply), MERIT_OK);
	return reply;
}

void serving_submit(struct merit_client *client, const char *json)
{
	assert_int_equal(merit_client_submit(client, json, strlen(json)), MERIT_OK);
}

struct merit_client_reply serving_wait(struct merit_client *client)
{
	struct merit_client_reply reply;

	assert_int_equal(merit_client_wait(client, &reply), MERIT_OK);
	return reply;
}

const char *serving_member_create(char text[160], const char *id, const char *member)
{
	(void)snprintf(text, 160,
	               "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"member.create\",\"params\":{\"id\":\"%s\","
	               "\"member\":\"%s\"}}",
	               id, member);
	return text;
}

void serving_add_party(struct merit_client *admin, const char *party, const char *role, uint8_t key)
{
	char json[320], public_text[MERIT_BASE64URL_SIZE(MERIT_PUBLIC_KEY_SIZE) + 1];
	struct merit_secret_key secret = serving_key(key);
	struct merit_public_key public_key = merit_secret_key_public(&secret);

	merit_base64url_encode(public_key.bytes, sizeof(public_key.bytes), public_text);
	(void)snprintf(json, sizeof(json),
	               "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"party.create\",\"params\":{\"id\":\"p-%s\","
	               "\"party\":\"%s\",\"role\":\"%s\",\"key\":\"k1\",\"public\":\"%s\"}}",
	               party, party, role, public_text);
	assert_member(serving_call(admin, json), "status", "accepted");
}

void serving_add_service(struct merit_client *admin)
{
	serving_add_party(admin, "lms", "service", SERVICE_KEY);
}

void serving_wait_until_queued(struct serving *f, size_t count)
{
	for (int waited_ms = 0; merit_queue_depth(&f->server->queue) < count; waited_ms += 5) {
		assert_true(waited_ms < SERVING_WAIT_MS);
		serving_nap_ms(5);
	}
}

void serving_wait_until_connected(struct serving *f, size_t count)
{
	for (int waited_ms = 0; merit_connections_count(&f->server->connections) != count; waited_ms += 5) {
		assert_true(waited_ms < SERVING_WAIT_MS);
		serving_nap_ms(5);
	}
}

void serving_queue_members(struct serving *f, struct merit_client *admin)
{
	char json[160], name[16];

	for (int i = 0; i < SERVING_IN_FLIGHT; i++) {
		(void)snprintf(name, sizeof(name), "m%d", i);
		serving_submit(admin, serving_member_create(json, name, name));
	}
	serving_wait_until_queued(f, SERVING_IN_FLIGHT);
}

/* A batch of member.create calls, members named after number. */
void serving_members_create(struct merit_buffer *json, int number, int count)
{
	char text[160], name[32];

	merit_buffer_clear(json);
	merit_buffer_put_char(json, '[');
	for (int i = 0; i < count; i++) {
		(void)snprintf(name, sizeof(name), "m%d-%d", number, i);
		merit_buffer_put_comma(json);
		merit_buffer_put_text(json, serving_member_create(text, name, name));
	}
	merit_buffer_put_text(json, "]");
	merit_buffer_put_char(json, '\0');
	assert_false(json->bad);
}
