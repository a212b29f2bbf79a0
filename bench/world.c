/* world.c - see world.h. */
#include "bench/world.h"

#include <errno.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ledger/encode.h"
#include "ledger/hash.h"
#include "ledger/ledger.h"

#define MEMBERS_BATCH 1000

/* ---- Keys and directories ---- */

void bench_seed(const char *name, uint8_t seed_out[MERIT_SEED_SIZE])
{
	merit_sha256(name, strlen(name), seed_out);
}

struct merit_secret_key bench_key(const char *name)
{
	uint8_t seed[MERIT_SEED_SIZE];
	struct merit_secret_key key;

	bench_seed(name, seed);
	merit_secret_key_from_seed(seed, &key);
	return key;
}

void bench_world_path(const struct bench_world *world, const char *name, char path_out[PATH_MAX])
{
	(void)snprintf(path_out, PATH_MAX, "%s/%s", world->directory, name);
}

static void make_directory(const char *path)
{
	if (mkdir(path, 0700) != 0)
		bench_fail("cannot make %s: %s", path, strerror(errno));
}

static void write_key(const struct bench_world *world, const char *name)
{
	char path[PATH_MAX], file[64];
	struct merit_secret_key key = bench_key(name);

	(void)snprintf(file, sizeof(file), "keys/%s.pem", name);
	bench_world_path(world, file, path);
	bench_check(merit_secret_key_write(path, &key), path);
}

void bench_world_create(struct bench_world *world, const char *parent, int offset_minutes)
{
	struct merit_secret_key log_key = bench_key("log"), system_key = bench_key("system");
	struct merit_secret_key admin_key = bench_key("root/k1");
	struct merit_ledger_birth birth = {
		.origin = BENCH_ORIGIN, .log_key = &log_key, .system_key = &system_key, .admin_key = &admin_key,
		.admin = "root", .admin_key_name = "k1", .refund_policy = "restore", .grace_days = 30,
		.hold_minutes = 60, .receive_days = 30, .late_days = 366, .erase_days = 30, .time_ms = bench_wall_ms(),
		.offset_minutes = offset_minutes,
	};
	char path[PATH_MAX];

	(void)snprintf(world->root, sizeof(world->root), "%s/merit-bench-XXXXXX", parent);
	if (mkdtemp(world->root) == NULL)
		bench_fail("cannot make %s: %s", world->root, strerror(errno));
	bench_scratch_begins(world->root);
	(void)snprintf(world->directory, sizeof(world->directory), "%s/data", world->root);
	make_directory(world->directory);
	bench_world_path(world, "keys", path);
	make_directory(path);
	write_key(world, "log");
	write_key(world, "system");
	bench_check(merit_ledger_create(world->directory, &birth), world->directory);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
	(void)status;
	(void)kind;
	(void)walk;
	return remove(path);
}

void bench_world_remove(struct bench_world *world)
{
	if (nftw(world->root, remove_one, 8, FTW_DEPTH | FTW_PHYS) != 0)
		bench_fail("cannot remove %s: %s", world->root, strerror(errno));
	bench_scratch_ended(world->root);
}

/* ---- Setting up ---- */

/* Where setting up stands: ids are counted. */
struct setup {
	bench_send_fn *send;
	void *context;
	struct merit_buffer json;
	unsigned ids_count;
};

/* Starts one call; the caller prints its other parameters and ends it with call_end. */
static void call_begin(struct setup *setup, const char *method)
{
	merit_buffer_put_format(&setup->json, "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"%s\",\"params\":{", method);
	merit_buffer_put_format(&setup->json, "\"id\":\"setup-%07u\"", setup->ids_count++);
}

static void call_end(struct setup *setup)
{
	merit_buffer_put_text(&setup->json, "}}");
}

static void send_all(struct setup *setup, const char *kid)
{
	if (setup->json.bad)
		bench_fail("no memory");
	setup->send(setup->context, kid, setup->json.data, setup->json.size);
	merit_buffer_clear(&setup->json);
}

/* One call; params is JSON with ' for ". */
static void call(struct setup *setup, const char *kid, const char *method, const char *params)
{
	call_begin(setup, method);
	size_t start = setup->json.size;
	merit_buffer_put_text(&setup->json, params);
	for (size_t i = start; i < setup->json.size; i++)
		setup->json.data[i] = setup->json.data[i] == '\'' ? '"' : setup->json.data[i];
	call_end(setup);
	send_all(setup, kid);
}

static void add_party(struct setup *setup, const char *party, const char *role)
{
	char kid[MERIT_NAME_SIZE_MAX + 4], text[MERIT_BASE64URL_SIZE(MERIT_PUBLIC_KEY_SIZE) + 1], params[256];

	(void)snprintf(kid, sizeof(kid), "%s/k1", party);
	struct merit_secret_key key = bench_key(kid);
	struct merit_public_key public_key = merit_secret_key_public(&key);
	merit_base64url_encode(public_key.bytes, sizeof(public_key.bytes), text);
	(void)snprintf(params, sizeof(params), ",'party':'%s','role':'%s','key':'k1','public':'%s'", party, role, text);
	call(setup, "root/k1", "party.create", params);
}

static void add_members(struct setup *setup, uint32_t count)
{
	for (uint32_t member = 0; member < count;) {
		merit_buffer_put_char(&setup->json, '[');
		for (uint32_t i = 0; i < MEMBERS_BATCH && member < count; i++, member++) {
			if (i > 0)
				merit_buffer_put_char(&setup->json, ',');
			call_begin(setup, "member.create");
			merit_buffer_put_format(&setup->json, ",\"member\":\"m%07" PRIu32 "\"", member);
			call_end(setup);
		}
		merit_buffer_put_char(&setup->json, ']');
		send_all(setup, BENCH_SERVICE);
	}
}

static void add_campaign(struct setup *setup, const char *campaign, const char *round)
{
	char params[512];

	(void)snprintf(params, sizeof(params),
	               ",'campaign':'%s','sponsor':'acme','starts':'2020-01-01','ends':'2199-12-31','currency':'CNY',"
	               "'value_minor':1,'value_points':1,'contract':'sponsor','months':12,'round':'%s',"
	               "'from':'occurred'",
	               campaign, round);
	call(setup, "ops/k1", "campaign.create", params);
	(void)snprintf(params, sizeof(params),
	               ",'campaign':'%s','event':'course','maximum':1000,'evidence':'unique'", campaign);
	call(setup, "ops/k1", "campaign.rule", params);
	(void)snprintf(params, sizeof(params),
	               ",'campaign':'%s','event':'survey','maximum':1000,'evidence':'none'", campaign);
	call(setup, "ops/k1", "campaign.rule", params);
	(void)snprintf(params, sizeof(params), ",'campaign':'%s','points':500000000000", campaign);
	call(setup, "ops/k1", "campaign.fund", params);
}

void bench_world_populate(uint32_t members_count, bench_send_fn *send, void *context)
{
	struct setup setup = { .send = send, .context = context };

	add_party(&setup, "ops", "operator");
	add_party(&setup, "lms", "service");
	add_party(&setup, "fin", "finance");
	call(&setup, "ops/k1", "sponsor.create", ",'sponsor':'acme'");
	call(&setup, "fin/k1", "sponsor.credit",
	     ",'sponsor':'acme','currency':'CNY','credit_minor':2000000000000000"); /* more than benches fund */
	add_campaign(&setup, "spring", "month");
	add_campaign(&setup, "refer", "month");
	add_campaign(&setup, "daily", "none");
	call(&setup, "ops/k1", "campaign.referral",
	     ",'campaign':'refer','event':'course','referrer_points':5,'referee_points':2");
	call(&setup, "ops/k1", "merchant.create", ",'merchant':'store'");
	call(&setup, "ops/k1", "item.create",
	     ",'item':'cup','merchant':'store','class':'goods','points':2,'currency':'CNY','price_minor':1,"
	     "'stock':1000000000");
	add_members(&setup, members_count);
	merit_buffer_free(&setup.json);
}

/* ---- Answers ---- */

bool bench_all_accepted(const char *json, size_t size, uint32_t count)
{
	static const char accepted[] = "\"status\":\"accepted\"";
	const char *end = json + size;
	uint32_t found = 0;

	while ((json = memmem(json, (size_t)(end - json), accepted, sizeof(accepted) - 1)) != NULL) {
		json += sizeof(accepted) - 1;
		found++;
	}
	return found == count;
}

void bench_expect_accepted(const char *json, size_t size, uint32_t count)
{
	if (!bench_all_accepted(json, size, count))
		bench_fail("not everything was accepted: %.*s", size < 400 ? (int)size : 400, json);
}
