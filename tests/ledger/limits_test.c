/* limits_test.c
 * Goal    each limit of limits.h that a ledger's caller can meet holds at n and is refused at n + 1.
 * Method  one row or story a limit. Those of bytes and messages are met where bytes are read: json_test.c,
 *         envelope_test.c, request_test.c, private_test.c and tests/rpc. */
#include "tests/ledger/steps.h"

#include <inttypes.h>

#define LETTERS 256

/* size letters, in a text of its own until the next fourth call. */
static const char *letters(size_t size)
{
	static char texts[4][LETTERS + 1];
	static unsigned next;
	char *text = texts[next++ % 4];

	assert_true(size <= LETTERS);
	memset(text, 'a', size);
	text[size] = '\0';
	return text;
}

/* ---- Texts ---- */

static void names_and_texts_have_their_sizes(void **state)
{
	static const struct {
		const char *name, *kid, *method, *before, *behind;
		size_t size;
	} rows[] = {
		{ "a name", "svc", "member.create", "'member':'", "'", MERIT_NAME_SIZE_MAX },
		{ "an order's name", "svc", "order.cancel", "'order':'", "'", MERIT_NAME_SIZE_MAX },
		{ "an event", "ops", "campaign.rule", "'campaign':'c1','points':1,'evidence':'none','event':'", "'",
		  MERIT_NAME_SIZE_MAX },
		{ "a tag", "svc", "member.tag", "'member':'m1','on':true,'tag':'", "'", MERIT_NAME_SIZE_MAX },
		{ "a tier", "ops", "program.tier", "'points':1,'tier':'", "'", MERIT_NAME_SIZE_MAX },
		{ "a reference", "fin", "campaign.fund", "'campaign':'c1','points':1,'reference':'", "'",
		  MERIT_REFERENCE_SIZE_MAX },
		{ "a title", "ops", "item.update", "'item':'cup','title':'", "'", MERIT_TEXT_SIZE_MAX },
		{ "a reason", "svc", "item.stock", "'item':'cup','quantity':1,'reason':'", "'", MERIT_TEXT_SIZE_MAX },
	};
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(fixture_call(f, rows[i].kid, rows[i].method, "%s%s%s", rows[i].before,
		                              letters(rows[i].size + 1), rows[i].behind),
		                 MERIT_BAD_PARAMS);
		must(f, fixture_call(f, rows[i].kid, rows[i].method, "%s%s%s", rows[i].before, letters(rows[i].size),
		                     rows[i].behind));
		assert_int_equal(fixture_call(f, rows[i].kid, rows[i].method, "%s%s", rows[i].before, rows[i].behind),
		                 MERIT_BAD_PARAMS);
	}
	fixture_free(f);
}

static void an_operations_id_has_its_size(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	assert_int_equal(fixture_call_id(f, "root", letters(MERIT_ID_SIZE_MAX + 1), "member.create", "'member':'m'"),
	                 MERIT_BAD_PARAMS);
	must(f, fixture_call_id(f, "root", letters(MERIT_ID_SIZE_MAX), "member.create", "'member':'m'"));
	assert_int_equal(fixture_call_id(f, "root", letters(MERIT_ID_SIZE_MAX), "member.create", "'member':'n'"),
	                 MERIT_ID_CONFLICT);
	fixture_free(f);
}

/* ---- Numbers ---- */

static void numbers_have_their_ranges(void **state)
{
	static const struct step steps[] = {
		{ "points", "fin", "campaign.fund", "'campaign':'c1','points':9007199254740992", MERIT_NUMBER_RANGE },
		{ "points below zero", "fin", "campaign.fund", "'campaign':'c1','points':-9007199254740992",
		  MERIT_NUMBER_RANGE },
		{ "the lowest", "fin", "campaign.fund", "'campaign':'c1','points':-9007199254740991",
		  MERIT_NEGATIVE_AMOUNT },
		{ "the highest, over what is granted", "fin", "campaign.fund",
		  "'campaign':'c1','points':9007199254740991", MERIT_AMOUNT_RANGE },
		{ "a fraction", "fin", "campaign.fund", "'campaign':'c1','points':1.0", MERIT_NOT_INTEGER },
		{ "stock", "svc", "item.stock", "'item':'cup','quantity':1000000", MERIT_OK },
		{ "pieces of a line", "svc", "order.place",
		  "'order':'o','member':'m1','lines':[{'item':'cup','version':1,'points':30,'quantity':1000000}]",
		  MERIT_SHORT_POINTS },
		{ "one piece more", "svc", "order.place",
		  "'order':'o','member':'m1','lines':[{'item':'cup','version':1,'points':30,'quantity':1000001}]",
		  MERIT_BAD_PARAMS },
		{ "months", "ops", "campaign.create",
		  "'campaign':'c2','sponsor':'acme','starts':'2026-01-01','ends':'2026-12-31','currency':'CNY','value_"
		  "minor':1,"
		  "'value_points':1,'contract':'sponsor','months':1200,'round':'none','from':'occurred'",
		  MERIT_OK },
		{ "one month more", "ops", "campaign.create",
		  "'campaign':'c3','sponsor':'acme','starts':'2026-01-01','ends':'2026-12-31','currency':'CNY','value_"
		  "minor':1,"
		  "'value_points':1,'contract':'sponsor','months':1201,'round':'none','from':'occurred'",
		  MERIT_BAD_PARAMS },
	};
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	STEPS_RUN(f, steps);
	fixture_free(f);
}

static void pages_have_their_rows(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	must(f, fixture_query(f, "root", "party.list", "'limit':%d", MERIT_PAGE_ROWS_MAX));
	assert_int_equal(fixture_query(f, "root", "party.list", "'limit':%d", MERIT_PAGE_ROWS_MAX + 1),
	                 MERIT_BAD_PARAMS);
	assert_int_equal(fixture_query(f, "root", "party.list", "'limit':0"), MERIT_BAD_PARAMS);
	fixture_free(f);
}

/* ---- A ledger's birth ---- */

static enum merit_status birth(const char *origin, int hold_minutes, int days, int offset_minutes)
{
	struct merit_secret_key log_key = fixture_key("log"), system_key = fixture_key("system"),
				admin_key = fixture_key("root/k1");
	struct merit_ledger_birth birth = {
		.origin = origin,
		.log_key = &log_key,
		.system_key = &system_key,
		.admin_key = &admin_key,
		.admin = "root",
		.admin_key_name = "k1",
		.refund_policy = "grace",
		.grace_days = days,
		.hold_minutes = hold_minutes,
		.receive_days = days,
		.late_days = days,
		.erase_days = days,
		.offset_minutes = offset_minutes,
		.time_ms = FIXTURE_BIRTH_MS,
	};
	struct fixture *f = fixture_new(); /* for its directory */
	char directory[96];

	snprintf(directory, sizeof(directory), "%s/other", f->root);
	enum merit_status status = merit_ledger_create(directory, &birth);
	fixture_free(f);
	return status;
}

static void a_programs_settings_have_their_ranges(void **state)
{
	(void)state;
	assert_int_equal(birth(letters(MERIT_ORIGIN_SIZE_MAX), 1, 0, 0), MERIT_OK);
	assert_int_equal(birth(letters(MERIT_ORIGIN_SIZE_MAX + 1), 1, 0, 0), MERIT_BAD_PARAMS);
	assert_int_equal(birth("o", MERIT_HOLD_MINUTES_MAX, MERIT_DAYS_MAX, 840), MERIT_OK);
	assert_int_equal(birth("o", MERIT_HOLD_MINUTES_MAX + 1, 0, 0), MERIT_BAD_PARAMS);
	assert_int_equal(birth("o", 0, 0, 0), MERIT_BAD_PARAMS);
	assert_int_equal(birth("o", 1, MERIT_DAYS_MAX + 1, 0), MERIT_BAD_PARAMS);
	assert_int_equal(birth("o", 1, 0, 841), MERIT_BAD_PARAMS);
	assert_int_equal(birth("o", 1, 0, -720), MERIT_OK);
	assert_int_equal(birth("o", 1, 0, -721), MERIT_BAD_PARAMS);
}

/* ---- How many ---- */

static enum merit_status send_members(struct fixture *f, int count, int batch)
{
	struct merit_buffer json = { 0 };

	merit_buffer_put_char(&json, '[');
	for (int i = 0; i < count; i++)
		merit_buffer_put_format(
			&json,
			"%s{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"member.create\",\"params\":{\"id\":\"%d-%d\","
			"\"member\":\"b%d-%d\"}}",
			i > 0 ? "," : "", batch, i, batch, i);
	merit_buffer_put_char(&json, ']');
	merit_buffer_put_char(&json, '\0');
	enum merit_status status = fixture_send(f, "root", json.data);
	merit_buffer_free(&json);
	return status == MERIT_OK ? fixture_status(f) : status;
}

static void a_message_has_its_calls(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	assert_int_equal(send_members(f, MERIT_CALLS_MAX + 1, 1), MERIT_TOO_MANY_CALLS);
	assert_int_equal(fixture_size(f), 1);
	must(f, send_members(f, MERIT_CALLS_MAX, 2));
	assert_int_equal(fixture_size(f), 1 + MERIT_CALLS_MAX);
	fixture_free(f);
}

static void a_party_has_its_live_keys(void **state)
{
	struct fixture *f = fixture_new();
	char key[16], kid[32];

	(void)state;
	fixture_party(f, "a", "service");
	for (unsigned i = 2; i <= MERIT_PARTY_KEYS_MAX; i++) {
		snprintf(key, sizeof(key), "k%u", i);
		fixture_key_add(f, "a", key);
	}
	snprintf(kid, sizeof(kid), "a/k%d", MERIT_PARTY_KEYS_MAX + 1);
	assert_int_equal(fixture_call(f, "a", "key.add", "'party':'a','key':'more','public':'%s'", fixture_public(kid)),
	                 MERIT_TOO_MANY_KEYS);
	must(f,
	     fixture_call(f, "a", "key.rotate", "'key':'more','public':'%s'", fixture_public(kid))); /* one for one */
	must(f, fixture_call(f, "a/k2", "key.revoke", "'party':'a','key':'k3'"));
	must(f, fixture_call(f, "a/k2", "key.add", "'party':'a','key':'last','public':'%s'", fixture_public("a/last")));
	fixture_free(f);
}

static void a_party_has_its_keys_ever(void **state)
{
	struct fixture *f = fixture_new();
	char key[16], next[16], kid[32];

	(void)state;
	fixture_party(f, "a", "service");
	for (unsigned i = 1; i <= MERIT_PARTY_KEYS_EVER_MAX; i++) {
		snprintf(kid, sizeof(kid), "a/k%u", i + 1);
		snprintf(key, sizeof(key), "a/k%u", i);
		snprintf(next, sizeof(next), "k%u", i + 1);
		enum merit_status got =
			fixture_call(f, key, "key.rotate", "'key':'%s','public':'%s'", next, fixture_public(kid));
		assert_int_equal(got, i < MERIT_PARTY_KEYS_EVER_MAX ? MERIT_OK : MERIT_TOO_MANY_KEYS);
	}
	assert_int_equal(
		fixture_call(f, "root", "key.add", "'party':'a','key':'x','public':'%s'", fixture_public("a/x")),
		MERIT_TOO_MANY_KEYS);
	must(f, fixture_call(f, key, "member.create", "'member':'m'")); /* the last one goes on */
	fixture_free(f);
}

static void an_order_has_its_lines(void **state)
{
	struct fixture *f = fixture_new();
	struct merit_buffer lines = { 0 };

	(void)state;
	fixture_world(f);
	must(f, fixture_call(f, "svc", "item.stock", "'item':'cup','quantity':1000"));
	must(f, fixture_call(f, "ops", "item.update", "'item':'cup','points':1"));
	must(f, fixture_gift(f, "m1", "r", 1000));
	for (int i = 0; i <= MERIT_ORDER_LINES_MAX; i++)
		merit_buffer_put_text(&lines, "{'item':'cup','version':2,'points':1,'quantity':1},");
	int one = (int)(lines.size / (MERIT_ORDER_LINES_MAX + 1));
	assert_int_equal(fixture_call(f, "svc", "order.place", "'order':'o','member':'m1','lines':[%.*s]",
	                              (int)lines.size - 1, lines.data),
	                 MERIT_BAD_PARAMS);
	must(f, fixture_call(f, "svc", "order.place", "'order':'o','member':'m1','lines':[%.*s]",
	                     (int)lines.size - one - 1, lines.data));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o','lines':[{'line':99,'quantity':1}]"));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o'"));
	must(f, fixture_call(f, "shop", "order.refund", "'order':'o','reason':'%s'", letters(MERIT_TEXT_SIZE_MAX)));
	merit_buffer_free(&lines);
	fixture_free(f);
}

static enum merit_status tag_set(struct fixture *f, int number, const char *on)
{
	return fixture_call(f, "svc", "member.tag", "'member':'m1','tag':'t%d','on':%s", number, on);
}

static void a_member_has_its_tags(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	for (int i = 0; i < MERIT_MEMBER_TAGS_MAX; i++)
		must(f, tag_set(f, i, "true"));
	assert_int_equal(tag_set(f, MERIT_MEMBER_TAGS_MAX, "true"), MERIT_TOO_MANY_TAGS);
	assert_int_equal(tag_set(f, 0, "true"), MERIT_NOTHING_TO_DO); /* it is no more */
	must(f, tag_set(f, 0, "false"));
	must(f, tag_set(f, MERIT_MEMBER_TAGS_MAX, "true"));
	fixture_free(f);
}

static void a_program_has_its_tiers(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	fixture_world(f);
	for (int i = 0; i < MERIT_TIERS_MAX; i++)
		must(f, fixture_call(f, "ops", "program.tier", "'tier':'t%d','points':%d", i, i));
	assert_int_equal(fixture_call(f, "ops", "program.tier", "'tier':'more','points':1"), MERIT_TOO_MANY_TIERS);
	must(f, fixture_call(f, "ops", "program.tier", "'tier':'t0','points':5")); /* one there is may change */
	fixture_free(f);
}

static enum merit_status rule_with(struct fixture *f, const struct merit_buffer *multipliers)
{
	return fixture_call(f, "ops", "campaign.rule",
	                    "'campaign':'c1','event':'e','points':1,'evidence':'none','multipliers':[%.*s]",
	                    (int)multipliers->size, multipliers->data);
}

static void a_rule_has_its_multipliers(void **state)
{
	struct fixture *f = fixture_new();
	struct merit_buffer rows = { 0 };

	(void)state;
	fixture_world(f);
	for (int i = 0; i < MERIT_MULTIPLIERS_MAX; i++)
		merit_buffer_put_format(&rows, "%s{'tag':'t%d','basis_points':%d}", i > 0 ? "," : "", i, 10000 + i);
	must(f, rule_with(f, &rows));
	merit_buffer_put_text(&rows, ",{'tag':'more','basis_points':1}");
	assert_int_equal(rule_with(f, &rows), MERIT_BAD_PARAMS);
	merit_buffer_free(&rows);
	fixture_free(f);
}

static enum merit_status order_vouchers(struct fixture *f, const char *order, int quantity)
{
	return fixture_call(
		f, "svc", "order.place",
		"'order':'%s','member':'m1','lines':[{'item':'voucher','version':1,'points':1,'quantity':%d}]", order,
		quantity);
}

static void an_order_has_its_codes(void **state)
{
	struct fixture *f = fixture_new();
	char code[32];

	(void)state;
	fixture_world(f);
	must(f, fixture_call(f, "ops", "item.create",
	                     "'item':'voucher','merchant':'shop','class':'code','points':1,'currency':'CNY',"
	                     "'price_minor':1"));
	must(f, fixture_gift(f, "m1", "r", 1000));
	for (int i = 0; i <= MERIT_ORDER_CODES_MAX; i++) {
		snprintf(code, sizeof(code), "code-%d", i);
		must(f, fixture_call(f, "shop", "code.add", "'item':'voucher','code':'%s'", fixture_private(f, code)));
	}
	assert_int_equal(order_vouchers(f, "o", MERIT_ORDER_CODES_MAX + 1), MERIT_ORDER_TOO_LARGE);
	must(f, order_vouchers(f, "o", MERIT_ORDER_CODES_MAX));
	must(f, order_vouchers(f, "last", 1));
	fixture_free(f);
}

/* ---- Lots ---- */

static void patient(struct merit_ledger_birth *birth)
{
	birth->late_days = 300;
}

static enum merit_status earn_on(struct fixture *f, int day, int64_t points)
{
	return fixture_call(
		f, "svc", "earn",
		"'member':'m1','campaign':'c1','event':'gift','reference':'r%u','occurred':%lld,'points':%" PRId64,
		f->ids, FIXTURE_BIRTH_MS + day * FIXTURE_DAY_MS, points);
}

/* A member with as many lots as one may have, of one point each: one a day from the first on. */
static struct fixture *lots_new(void)
{
	struct fixture *f = fixture_new_with(patient);

	fixture_world(f);
	must(f, fixture_call(f, "ops", "item.update", "'item':'cup','points':1"));
	must(f, fixture_call(f, "svc", "item.stock", "'item':'cup','quantity':1000"));
	fixture_advance(f, 250 * FIXTURE_DAY_MS);
	for (int day = 0; day < MERIT_MEMBER_LOTS_MAX; day++)
		must(f, earn_on(f, day, 1));
	return f;
}

static enum merit_status order_cups(struct fixture *f, const char *order, int quantity)
{
	return fixture_call(f, "svc", "order.place",
	                    "'order':'%s','member':'m1','lines':[{'item':'cup','version':2,'points':1,'quantity':%d}]",
	                    order, quantity);
}

static void a_member_has_its_lots(void **state)
{
	struct fixture *f = lots_new();

	(void)state;
	assert_int_equal(earn_on(f, MERIT_MEMBER_LOTS_MAX, 1), MERIT_TOO_MANY_LOTS);
	must(f, earn_on(f, 17, 1));     /* into one there is */
	must(f, order_cups(f, "o", 1)); /* what is held counts still */
	assert_int_equal(earn_on(f, MERIT_MEMBER_LOTS_MAX, 1), MERIT_TOO_MANY_LOTS);
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o'"));
	must(f, earn_on(f, MERIT_MEMBER_LOTS_MAX, 1));
	/* The lot the refund would bring back is one too many: it joins the next later one. */
	must(f, fixture_call(f, "shop", "order.refund", "'order':'o','reason':'r'"));
	must(f, fixture_query(f, "m1", "member.get", "'member':'m1'"));
	assert_string_equal(fixture_text(f, "last_day"), "2027-01-02");
	assert_non_null(strstr(f->reply.data, "\"lots\":[{\"campaign\":\"c1\",\"sponsor\":\"acme\",\"last_day\":"
	                                      "\"2027-01-02\",\"available\":2,"));
	fixture_free(f);
}

static enum merit_status opening_until(struct fixture *f, const char *last_day)
{
	return fixture_call(f, "fin", "member.opening",
	                    "'member':'m1','campaign':'c1','points':1,'reference':'o%u','last_day':'%s'", f->ids,
	                    last_day);
}

static void an_opening_balance_keeps_to_the_lots(void **state)
{
	struct fixture *f = lots_new();

	(void)state;
	assert_int_equal(opening_until(f, "2028-01-01"), MERIT_TOO_MANY_LOTS);
	must(f, opening_until(f, "2027-07-19")); /* into the last there is */
	must(f, order_cups(f, "o", 1));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o'"));
	must(f, opening_until(f, "2028-01-01"));
	assert_int_equal(opening_until(f, "2028-01-02"), MERIT_TOO_MANY_LOTS);
	fixture_free(f);
}

/* Whatever of a campaign's is pending is one lot. */
static void pending_awards_count_as_a_lot(void **state)
{
	static const char study[] = "'member':'m1','campaign':'c1','event':'study','reference':'s%u','occurred':%lld";
	struct fixture *f = lots_new();

	(void)state;
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'c1','event':'study','points':1,'evidence':'none','review':true"));
	assert_int_equal(fixture_call(f, "svc", "earn", study, f->ids, (long long)f->now_ms), MERIT_TOO_MANY_LOTS);
	must(f, order_cups(f, "o", 1));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o'"));
	must(f, fixture_call(f, "svc", "earn", study, f->ids, (long long)f->now_ms));
	must(f, fixture_call(f, "svc", "earn", study, f->ids, (long long)f->now_ms));
	assert_int_equal(earn_on(f, MERIT_MEMBER_LOTS_MAX, 1), MERIT_TOO_MANY_LOTS);
	fixture_free(f);
}

/* A refund of many lots at once counts those it brings itself. */
static void a_refund_fills_the_lots_and_no_more(void **state)
{
	struct fixture *f = lots_new();
	struct merit_member member;

	(void)state;
	must(f, order_cups(f, "o", 3));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o'"));
	must(f, earn_on(f, MERIT_MEMBER_LOTS_MAX, 1)); /* 198 lots now */
	must(f, fixture_call(f, "shop", "order.refund", "'order':'o','reason':'r'"));
	merit_arena_reset(&f->ledger->model.scratch);
	assert_true(merit_model_member(&f->ledger->model, MERIT_TEXT("m1"), 0, &member));
	assert_int_equal(member.head.lots_count, MERIT_MEMBER_LOTS_MAX);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", MERIT_MEMBER_LOTS_MAX + 1);
	fixture_free(f);
}

/* A campaign that pays m1 its one point; returns the earn's seq. */
static long long campaign_of_one_point(struct fixture *f, const char *name)
{
	must(f,
	     fixture_call(f, "ops", "campaign.create",
	                  "'campaign':'%s','sponsor':'acme','starts':'2026-01-01','ends':'2026-12-31','currency':'CNY',"
	                  "'value_minor':1,'value_points':1,'contract':'sponsor','months':12,'round':'none',"
	                  "'from':'occurred'",
	                  name));
	must(f,
	     fixture_call(f, "ops", "campaign.rule", "'campaign':'%s','event':'e','points':1,'evidence':'none'", name));
	must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'%s','points':1", name));
	must(f,
	     fixture_call(f, "svc", "earn", "'member':'m1','campaign':'%s','event':'e','reference':'r','occurred':%lld",
	                  name, FIXTURE_BIRTH_MS));
	return (long long)fixture_integer(f, "seq");
}

/* The same, and an order for a cup that takes the point. */
static long long campaign_spent(struct fixture *f, int number)
{
	char name[16];

	snprintf(name, sizeof(name), "d%d", number);
	long long seq = campaign_of_one_point(f, name);
	must(f, order_cups(f, name, 1));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'%s'", name));
	return seq;
}

/* Lots that come back where nothing of their campaign lives, and debts, are more than 200: up to here. */
static void a_members_row_has_its_lots_and_debts(void **state)
{
	struct fixture *f = fixture_new();
	long long earns[MERIT_MEMBER_ROWS_MAX];

	(void)state;
	fixture_world(f);
	must(f, fixture_call(f, "ops", "item.update", "'item':'cup','points':1"));
	must(f, fixture_call(f, "svc", "item.stock", "'item':'cup','quantity':1000"));
	for (int i = 0; i < MERIT_MEMBER_ROWS_MAX - 1; i++) {
		earns[i] = campaign_spent(f, i);
		if (i < 250)
			must(f, fixture_call(f, "svc", "reverse", "'entry':%lld,'reason':'r'", earns[i]));
	}
	for (int i = 250; i < MERIT_MEMBER_ROWS_MAX - 1; i++) /* each a lot of its own, beyond the 200 too */
		must(f, fixture_call(f, "shop", "order.refund", "'order':'d%d','reason':'r'", i));
	balance_is(f, MERIT_ACCOUNT_DEBT, "m1", -250);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", MERIT_MEMBER_ROWS_MAX - 1 - 250);
	must(f, order_cups(f, "o", 2)); /* the points of d250 and d251 */
	must(f, fixture_call(f, "svc", "reverse", "'entry':%lld,'reason':'r'", earns[250]));
	assert_int_equal(fixture_call(f, "svc", "reverse", "'entry':%lld,'reason':'r'", earns[251]),
	                 MERIT_TOO_MANY_LOTS);
	assert_int_equal(fixture_call(f, "shop", "order.refund", "'order':'d0','reason':'r'"), MERIT_TOO_MANY_LOTS);
	must(f, fixture_call(f, "svc", "order.cancel", "'order':'o'")); /* what is held comes back whatever there is */
	must(f, fixture_call(f, "svc", "reverse", "'entry':%lld,'reason':'r'", earns[251]));
	must(f, fixture_call(f, "shop", "order.refund", "'order':'d0','reason':'r'"));
	fixture_free(f);
}

/* The longest entry of an order is a refund of all of it into dead lots: 2,272 bytes and 480 for each lot of such a
 * campaign. All the lots a member may have of one campaign are far below that. */
static void an_order_whose_later_entries_would_not_fit_is_refused(void **state)
{
	struct fixture *f = fixture_new();
	int most = (MERIT_ENTRY_SIZE_MAX - 2272) / 480;

	(void)state;
	fixture_world(f);
	must(f, fixture_call(f, "ops", "item.update", "'item':'cup','points':1"));
	must(f, fixture_call(f, "svc", "item.stock", "'item':'cup','quantity':1000"));
	for (int i = 0; i <= most; i++) {
		char name[MERIT_NAME_SIZE_MAX + 1]; /* as long as there may be */
		snprintf(name, sizeof(name), "c%0*d", MERIT_NAME_SIZE_MAX - 1, i);
		campaign_of_one_point(f, name);
	}
	assert_int_equal(order_cups(f, "o", most + 1), MERIT_ORDER_TOO_LARGE);
	must(f, order_cups(f, "o", most));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o'"));
	must(f, fixture_call(f, "shop", "order.refund", "'order':'o','reason':'%s'", letters(MERIT_TEXT_SIZE_MAX)));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", most + 1);
	fixture_free(f);
}

static void all_the_lots_of_a_campaign_fit_one_order(void **state)
{
	struct fixture *f = lots_new();

	(void)state;
	must(f, order_cups(f, "o", MERIT_MEMBER_LOTS_MAX));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o'"));
	must(f, fixture_call(f, "shop", "order.refund", "'order':'o','reason':'%s'", letters(MERIT_TEXT_SIZE_MAX)));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", MERIT_MEMBER_LOTS_MAX);
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_texts_have_their_sizes),
		cmocka_unit_test(an_operations_id_has_its_size),
		cmocka_unit_test(numbers_have_their_ranges),
		cmocka_unit_test(pages_have_their_rows),
		cmocka_unit_test(a_programs_settings_have_their_ranges),
		cmocka_unit_test(a_message_has_its_calls),
		cmocka_unit_test(a_party_has_its_live_keys),
		cmocka_unit_test(a_party_has_its_keys_ever),
		cmocka_unit_test(an_order_has_its_lines),
		cmocka_unit_test(a_member_has_its_tags),
		cmocka_unit_test(a_program_has_its_tiers),
		cmocka_unit_test(a_rule_has_its_multipliers),
		cmocka_unit_test(an_order_has_its_codes),
		cmocka_unit_test(a_member_has_its_lots),
		cmocka_unit_test(an_opening_balance_keeps_to_the_lots),
		cmocka_unit_test(pending_awards_count_as_a_lot),
		cmocka_unit_test(a_refund_fills_the_lots_and_no_more),
		cmocka_unit_test(a_members_row_has_its_lots_and_debts),
		cmocka_unit_test(an_order_whose_later_entries_would_not_fit_is_refused),
		cmocka_unit_test(all_the_lots_of_a_campaign_fit_one_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
