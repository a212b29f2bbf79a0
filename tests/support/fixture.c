/* fixture.c - see fixture.h. */
#include "tests/support/fixture.h"

#include <ftw.h>
#include <inttypes.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ledger/calendar.h"
#include "ledger/encode.h"
#include "ledger/json.h"
#include "ledger/private.h"

#define MAP_SIZE ((size_t)1 << 30)

/* ---- Keys ---- */

struct merit_secret_key fixture_key(const char *kid)
{
	uint8_t seed[MERIT_SEED_SIZE];
	struct merit_secret_key key;

	merit_sha256(kid, strlen(kid), seed);
	merit_secret_key_from_seed(seed, &key);
	return key;
}

const char *fixture_public(const char *kid)
{
	static char texts[4][MERIT_BASE64URL_SIZE(MERIT_PUBLIC_KEY_SIZE) + 1];
	static unsigned next;
	struct merit_secret_key secret = fixture_key(kid);
	struct merit_public_key key = merit_secret_key_public(&secret);
	char *text = texts[next++ % 4];

	merit_base64url_encode(key.bytes, sizeof(key.bytes), text);
	return text;
}

void fixture_private_key(uint8_t key_out[MERIT_PLAIN_KEY_SIZE])
{
	merit_sha256("private", strlen("private"), key_out);
}

const char *fixture_private(struct fixture *f, const char *text)
{
	static char texts[4][MERIT_HEX_SIZE(MERIT_HASH_SIZE) + 1];
	static unsigned next;
	uint8_t salt[MERIT_PRIVATE_SALT_SIZE];
	struct merit_hash commitment;
	char *hex = texts[next++ % 4];

	merit_sha256(text, strlen(text), salt);
	if (f->private_lines.size > 0)
		merit_buffer_put_char(&f->private_lines, '\n');
	assert_true(merit_private_put(&f->private_lines, salt, text, strlen(text), &commitment));
	merit_hex_encode(commitment.bytes, sizeof(commitment.bytes), hex);
	return hex;
}

/* ---- The directory ---- */

void fixture_open(struct fixture *f)
{
	struct merit_secret_key log_key = fixture_key("log"), system_key = fixture_key("system");
	uint8_t key[MERIT_PLAIN_KEY_SIZE];
	struct merit_ledger_options options = {
		.directory = f->directory,
		.log_key = &log_key,
		.system_key = &system_key,
		.private_key = key,
		.map_size = MAP_SIZE,
		.state_rows_max = f->state_rows_max,
	};

	assert_null(f->ledger);
	fixture_private_key(key);
	assert_int_equal(merit_ledger_open(&options, &f->ledger), MERIT_OK);
}

void fixture_close(struct fixture *f)
{
	merit_ledger_close(f->ledger);
	f->ledger = NULL;
}

void fixture_flush(struct fixture *f)
{
	merit_ledger_freeze(f->ledger);
	assert_int_equal(merit_ledger_flush(f->ledger), MERIT_OK);
	merit_ledger_flushed(f->ledger);
}

static void no_change(struct merit_ledger_birth *birth)
{
	(void)birth;
}

struct fixture *fixture_new(void)
{
	return fixture_new_with(no_change);
}

struct fixture *fixture_new_with(void (*change)(struct merit_ledger_birth *birth))
{
	struct merit_secret_key log_key = fixture_key("log"), system_key = fixture_key("system");
	struct merit_secret_key admin_key = fixture_key("root/k1");
	uint8_t key[MERIT_PLAIN_KEY_SIZE];
	struct merit_ledger_birth birth = {
		.origin = FIXTURE_ORIGIN, .log_key = &log_key, .system_key = &system_key, .admin_key = &admin_key,
		.private_key = key,
		.admin = "root", .admin_key_name = "k1", .refund_policy = "restore", .grace_days = 30,
		.hold_minutes = 60, .receive_days = 30, .late_days = 30, .erase_days = 30, .time_ms = FIXTURE_BIRTH_MS,
	};
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	assert_true(sodium_init() >= 0);
	const char *scratch = getenv("TMPDIR");
	snprintf(f->root, sizeof(f->root), "%.40s/merit-fixture-XXXXXX", scratch == NULL ? "/tmp" : scratch);
	assert_non_null(mkdtemp(f->root));
	snprintf(f->directory, sizeof(f->directory), "%s/data", f->root);
	fixture_private_key(key);
	change(&birth);
	f->now_ms = birth.time_ms;
	assert_int_equal(merit_ledger_create(f->directory, &birth), MERIT_OK);
	fixture_open(f);
	return f;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
	(void)status;
	(void)kind;
	(void)walk;
	return remove(path);
}

void fixture_free(struct fixture *f)
{
	fixture_close(f);
	assert_int_equal(nftw(f->root, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
	merit_buffer_free(&f->reply);
	merit_buffer_free(&f->message);
	merit_buffer_free(&f->private_lines);
	merit_arena_free(&f->arena);
	free(f);
}

/* ---- Messages ---- */

/* OK when the envelope's own key, or the one it names, made the signature. */
static enum merit_status signature_check(struct fixture *f, const struct merit_envelope *envelope)
{
	if (envelope->has_jwk)
		return merit_envelope_verify(envelope, &envelope->jwk);
	const struct merit_key *key = merit_model_key(&f->ledger->model, envelope->party, envelope->key);
	return key == NULL ? MERIT_UNKNOWN_KEY : merit_envelope_verify(envelope, &key->public_key);
}

/* What the service checks before a message is queued. */
static enum merit_status message_read(struct fixture *f, const char *message, size_t size, struct merit_request *request)
{
	const struct merit_envelope *envelope = &request->envelope;

	enum merit_status status = merit_envelope_read(message, size, &f->arena, &request->envelope);
	if (status == MERIT_OK && envelope->is_signed)
		status = merit_envelope_check(envelope, MERIT_TEXT(FIXTURE_ORIGIN), f->now_ms / 1000);
	if (status == MERIT_OK && envelope->is_signed)
		status = signature_check(f, envelope);
	if (status != MERIT_OK)
		return status;
	request->bytes = (struct merit_text){ message, (size_t)(envelope->json.data + envelope->json.size - message) };
	status = merit_request_read(request, &f->arena);
	if (status == MERIT_OK && envelope->private_lines.size > 0)
		status = merit_private_read(request, &f->arena);
	return status;
}

enum merit_status fixture_send_message(struct fixture *f, const char *message, size_t size)
{
	struct merit_request request = { 0 };

	merit_arena_reset(&f->arena);
	merit_buffer_clear(&f->reply);
	enum merit_status status = message_read(f, message, size, &request);
	if (status == MERIT_OK && request.is_write && !request.envelope.is_signed)
		status = MERIT_NOT_SIGNED;
	if (status != MERIT_OK) {
		struct merit_reply_fault fault = { .correlation = request.bad_correlation, .field = request.bad_field };
		merit_reply_error(&f->reply, status, &fault);
	} else {
		if (!f->in_group)
			assert_int_equal(merit_ledger_begin(f->ledger, f->now_ms, size, request.calls_count), MERIT_OK);
		if (request.is_write)
			assert_int_equal(merit_ledger_execute(f->ledger, &request, &f->reply), MERIT_OK);
		else
			assert_int_equal(merit_ledger_query(f->ledger, &request, &f->reply), MERIT_OK);
		if (!f->in_group)
			assert_int_equal(merit_ledger_commit(f->ledger), MERIT_OK);
	}
	merit_buffer_put_char(&f->reply, '\0');
	assert_false(f->reply.bad);
	f->now_ms += f->step_ms;
	return status;
}

enum merit_status fixture_send(struct fixture *f, const char *kid, const char *json)
{
	char whole[2 * MERIT_NAME_SIZE_MAX + 2];
	struct merit_secret_key key = { { 0 } };

	if (kid != NULL) {
		snprintf(whole, sizeof(whole), strchr(kid, '/') == NULL ? "%s/k1" : "%s", kid);
		key = fixture_key(whole);
	}
	merit_buffer_clear(&f->message);
	assert_int_equal(merit_envelope_make(&f->message, kid == NULL ? NULL : &key, kid == NULL ? NULL : whole,
					     FIXTURE_ORIGIN, f->now_ms / 1000, json, strlen(json)),
			 MERIT_OK);
	if (f->private_lines.size > 0) {
		merit_buffer_put_char(&f->message, '\n');
		merit_buffer_put(&f->message, f->private_lines.data, f->private_lines.size);
		merit_buffer_clear(&f->private_lines);
		assert_false(f->message.bad);
	}
	return fixture_send_message(f, f->message.data, f->message.size);
}

/* {"jsonrpc":"2.0","method":method,"params":{"id":id,...},"id":1} with ' in the parameters as ". */
static enum merit_status call_send(struct fixture *f, const char *kid, const char *id, const char *method,
				   const char *format, va_list arguments)
{
	struct merit_buffer json = { 0 };
	char *params;

	assert_true(vasprintf(&params, format, arguments) >= 0);
	for (char *byte = params; *byte != '\0'; byte++)
		*byte = *byte == '\'' ? '"' : *byte;
	merit_buffer_put_format(&json, "{\"jsonrpc\":\"2.0\",\"method\":\"%s\",\"params\":{", method);
	if (id != NULL)
		merit_buffer_put_format(&json, "\"id\":\"%s\"%s", id, *params == '\0' ? "" : ",");
	merit_buffer_put_text(&json, params);
	merit_buffer_put_text(&json, "},\"id\":1}");
	merit_buffer_put_char(&json, '\0');
	assert_false(json.bad);
	enum merit_status status = fixture_send(f, kid, json.data);
	merit_buffer_free(&json);
	free(params);
	return status == MERIT_OK ? fixture_status(f) : status;
}

enum merit_status fixture_call(struct fixture *f, const char *kid, const char *method, const char *format, ...)
{
	char id[16];
	va_list arguments;

	snprintf(id, sizeof(id), "i%u", ++f->ids);
	va_start(arguments, format);
	enum merit_status status = call_send(f, kid, id, method, format, arguments);
	va_end(arguments);
	return status;
}

enum merit_status fixture_call_id(struct fixture *f, const char *kid, const char *id, const char *method,
				  const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	enum merit_status status = call_send(f, kid, id, method, format, arguments);
	va_end(arguments);
	return status;
}

enum merit_status fixture_query(struct fixture *f, const char *kid, const char *method, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	enum merit_status status = call_send(f, kid, NULL, method, format, arguments);
	va_end(arguments);
	return status;
}

void fixture_tick(struct fixture *f)
{
	assert_int_equal(merit_ledger_begin(f->ledger, f->now_ms, 0, 0), MERIT_OK);
	assert_int_equal(merit_ledger_commit(f->ledger), MERIT_OK);
}

void fixture_advance(struct fixture *f, int64_t ms)
{
	f->now_ms += ms;
	fixture_tick(f);
}

/* ---- Answers ---- */

enum merit_status fixture_status(const struct fixture *f)
{
	static const char name[] = "\"status\":\"";

	for (const char *at = f->reply.data; (at = strstr(at, name)) != NULL;) {
		char word[64] = "";
		enum merit_status status = MERIT_OK;
		at += sizeof(name) - 1;
		memcpy(word, at, strcspn(at, "\"") < sizeof(word) ? strcspn(at, "\"") : 0);
		assert_true(merit_status_from_word(word, &status));
		if (status != MERIT_OK)
			return status;
	}
	return MERIT_OK;
}

static const char *value_find(const struct fixture *f, const char *name)
{
	char key[64];

	snprintf(key, sizeof(key), "\"%s\":", name);
	const char *at = strstr(f->reply.data, key);
	if (at == NULL)
		fail_msg("no %s in %s", key, f->reply.data);
	return at + strlen(key);
}

int64_t fixture_integer(const struct fixture *f, const char *name)
{
	return strtoll(value_find(f, name), NULL, 10);
}

const char *fixture_text(struct fixture *f, const char *name)
{
	const char *text = value_find(f, name);

	assert_int_equal(*text, '"');
	return merit_arena_copy(&f->arena, text + 1, strcspn(text + 1, "\""));
}

/* Whether text, with its ' as ", stands at the beginning. */
static bool begins(const char *at, const char *text)
{
	while (*text != '\0' && *at == (*text == '\'' ? '"' : *text)) {
		at++;
		text++;
	}
	return *text == '\0';
}

bool fixture_holds(const struct fixture *f, const char *text)
{
	const char *at = f->reply.data;

	while (*at != '\0' && !begins(at, text))
		at++;
	return *at != '\0';
}

/* ---- The ledger's own view ---- */

int64_t fixture_balance(struct fixture *f, enum merit_account account, const char *holder)
{
	int slot;
	const struct merit_holder *row = merit_model_holder(&f->ledger->model, account, merit_text_of(holder), &slot);

	return row == NULL ? 0 : row->balance[slot];
}

int64_t fixture_money(struct fixture *f, enum merit_account account, const char *holder, const char *currency)
{
	return merit_model_money_balance(&f->ledger->model, account, merit_text_of(holder), merit_text_of(currency));
}

void fixture_entry(struct fixture *f, uint64_t seq, struct merit_entry *entry_out)
{
	struct merit_store_reader *reader;
	const void *leaf;
	size_t size;

	merit_arena_reset(&f->arena);
	assert_int_equal(merit_store_reader_open(f->ledger->store, &reader), MERIT_OK);
	assert_int_equal(merit_store_reader_begin(reader), MERIT_OK);
	assert_int_equal(merit_store_read_entry(reader, seq, &leaf, &size), MERIT_OK);
	assert_int_equal(merit_entry_read(leaf, size, &f->arena, entry_out), MERIT_OK);
	merit_store_reader_end(reader);
	merit_store_reader_close(reader);
}

uint64_t fixture_size(const struct fixture *f)
{
	return merit_ledger_size(f->ledger);
}

/* ---- Worlds ---- */

static void accepted(enum merit_status status, const struct fixture *f)
{
	if (status != MERIT_OK)
		fail_msg("%s: %s", merit_status_word(status), f->reply.data);
}

void fixture_party(struct fixture *f, const char *party, const char *role)
{
	char kid[MERIT_NAME_SIZE_MAX + 4];

	snprintf(kid, sizeof(kid), "%s/k1", party);
	accepted(fixture_call(f, "root", "party.create", "'party':'%s','role':'%s','key':'k1','public':'%s'", party, role,
			      fixture_public(kid)),
		 f);
}

void fixture_key_add(struct fixture *f, const char *party, const char *key)
{
	char kid[2 * MERIT_NAME_SIZE_MAX + 2];

	snprintf(kid, sizeof(kid), "%s/%s", party, key);
	accepted(fixture_call(f, "root", "key.add", "'party':'%s','key':'%s','public':'%s'", party, key,
			      fixture_public(kid)),
		 f);
}

void fixture_member(struct fixture *f, const char *member)
{
	accepted(fixture_call(f, "svc", "member.create", "'member':'%s'", member), f);
}

void fixture_credit(struct fixture *f, const char *sponsor, const char *currency)
{
	accepted(fixture_call(f, "fin", "sponsor.credit", "'sponsor':'%s','currency':'%s','credit_minor':%lld", sponsor,
			      currency, MERIT_MONEY_MAX),
		 f);
}

void fixture_world(struct fixture *f)
{
	fixture_party(f, "ops", "operator");
	fixture_party(f, "fin", "finance");
	fixture_party(f, "svc", "service");
	fixture_party(f, "aud", "auditor");
	accepted(fixture_call(f, "ops", "sponsor.create", "'sponsor':'acme'"), f);
	fixture_credit(f, "acme", "CNY");
	fixture_credit(f, "acme", "USD");
	accepted(fixture_call(f, "ops", "campaign.create",
			      "'campaign':'c1','sponsor':'acme','starts':'2026-01-01','ends':'2026-12-31','currency':'CNY',"
			      "'value_minor':1,'value_points':1,'contract':'sponsor','months':12,'round':'none',"
			      "'from':'occurred'"),
		 f);
	accepted(fixture_call(f, "ops", "campaign.rule",
			      "'campaign':'c1','event':'course','points':100,'evidence':'none'"),
		 f);
	accepted(fixture_call(f, "ops", "campaign.rule",
			      "'campaign':'c1','event':'gift','maximum':1000,'evidence':'none'"),
		 f);
	accepted(fixture_call(f, "fin", "campaign.fund", "'campaign':'c1','points':100000"), f);
	fixture_member(f, "m1");
	fixture_key_add(f, "m1", "k1");
	accepted(fixture_call(f, "ops", "merchant.create", "'merchant':'shop'"), f);
	fixture_key_add(f, "shop", "k1");
	accepted(fixture_call(f, "ops", "item.create",
			      "'item':'cup','merchant':'shop','class':'goods','points':30,'currency':'CNY',"
			      "'price_minor':25,'stock':10"),
		 f);
}

enum merit_status fixture_bind(struct fixture *f, const char *member, const char *device, const char *jti)
{
	return fixture_bind_with(f, member, device, jti, "");
}

enum merit_status fixture_bind_with(struct fixture *f, const char *member, const char *device, const char *jti,
				    const char *more)
{
	struct merit_secret_key service_key = fixture_key("svc/k1"), device_key = fixture_key(device);
	struct merit_buffer token = { 0 }, json = { 0 }, message = { 0 };

	assert_int_equal(merit_token_make(&token, &service_key, "svc/k1", member, FIXTURE_ORIGIN, jti,
					  f->now_ms / 1000 + MERIT_TOKEN_LIFE_S),
			 MERIT_OK);
	merit_buffer_put_format(&json, "{\"jsonrpc\":\"2.0\",\"method\":\"key.bind\",\"params\":{\"id\":\"i%u\",\"token\":\"",
				++f->ids);
	merit_buffer_put(&json, token.data, token.size);
	merit_buffer_put_char(&json, '"');
	for (; *more != '\0'; more++)
		merit_buffer_put_char(&json, *more == '\'' ? '"' : *more);
	merit_buffer_put_text(&json, "},\"id\":1}");
	assert_int_equal(merit_envelope_make(&message, &device_key, NULL, FIXTURE_ORIGIN, f->now_ms / 1000, json.data,
					     json.size),
			 MERIT_OK);
	enum merit_status status = fixture_send_message(f, message.data, message.size);
	merit_buffer_free(&token);
	merit_buffer_free(&json);
	merit_buffer_free(&message);
	return status == MERIT_OK ? fixture_status(f) : status;
}

enum merit_status fixture_earn(struct fixture *f, const char *member, const char *reference)
{
	return fixture_call(f, "svc", "earn",
			    "'member':'%s','campaign':'c1','event':'course','reference':'%s','occurred':%" PRId64,
			    member, reference, f->now_ms);
}

enum merit_status fixture_gift(struct fixture *f, const char *member, const char *reference, int64_t points)
{
	return fixture_call(f, "svc", "earn",
			    "'member':'%s','campaign':'c1','event':'gift','reference':'%s','occurred':%" PRId64
			    ",'points':%" PRId64,
			    member, reference, f->now_ms, points);
}

enum merit_status fixture_order(struct fixture *f, const char *order, const char *member, int quantity)
{
	return fixture_call(f, "svc", "order.place",
			    "'order':'%s','member':'%s','lines':"
			    "[{'item':'cup','version':1,'points':30,'quantity':%d}]",
			    order, member, quantity);
}

/* ---- Closing ---- */

#define CLOSING_HASH "00000000000000000000000000000000000000000000000000000000000000cc"

const char *fixture_closing(const char *period, uint64_t size)
{
	static char texts[4][512];
	static unsigned next;
	char *text = texts[next++ % 4];

	snprintf(text, sizeof(texts[0]),
		 "'period':'%s','size':%" PRIu64 ",'root':'" CLOSING_HASH "','totals':[{'unit':'points','debit':0,"
		 "'opening':0,'closing':0}],'reports':[{'report':'trial','hash':'" CLOSING_HASH "','rows':0}]",
		 period, size);
	return text;
}

/* Opens, where none is, and issues the settlement that a party waits for. */
static void settle_missing(struct fixture *f, const cJSON *row, const char *cutoff)
{
	const char *open = cJSON_GetStringValue(merit_json_member(row, "settlement"));
	char name[32];

	snprintf(name, sizeof(name), "closing-%u", f->ids);
	if (open == NULL)
		assert_int_equal(fixture_call(f, "fin", "settlement.open",
					      "'settlement':'%s','party':'%s','currency':'%s','cutoff':'%s'", name,
					      merit_json_member(row, "party")->valuestring,
					      merit_json_member(row, "currency")->valuestring, cutoff),
				 MERIT_OK);
	assert_int_equal(fixture_call(f, "fin", "settlement.issue", "'settlement':'%s'", open == NULL ? name : open),
			 MERIT_OK);
}

/* One round: how many settlements were missing. One that was open may have left something to the next. */
static int64_t settle_round(struct fixture *f, const char *period, const char *cutoff)
{
	cJSON *root = NULL;
	const cJSON *row;

	assert_int_equal(fixture_query(f, "fin", "period.missing", "'period':'%s'", period), MERIT_OK);
	int64_t missing = fixture_integer(f, "settlements");
	assert_int_equal(merit_json_read(f->reply.data, strlen(f->reply.data), &root), MERIT_OK);
	cJSON_ArrayForEach(row, merit_json_member(merit_json_member(root, "result"), "rows"))
	{
		if (strcmp(merit_json_member(row, "what")->valuestring, "settlement") == 0)
			settle_missing(f, row, cutoff);
	}
	merit_json_free(root);
	return missing;
}

enum merit_status fixture_close_month(struct fixture *f, const char *period)
{
	char cutoff[MERIT_DAY_TEXT_SIZE];
	int32_t first;

	assert_true(merit_month_parse(period, strlen(period), &first));
	int32_t last = merit_day_span_last(first, MERIT_SPAN_MONTH);
	merit_day_format(last, cutoff);
	if (last < merit_day_of_ms(f->now_ms, 0)) {
		while (settle_round(f, period, cutoff) > 0)
			continue;
	}
	return fixture_call(f, "fin", "period.close", "%s", fixture_closing(period, fixture_size(f)));
}
