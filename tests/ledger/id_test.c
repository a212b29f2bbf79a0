/* id_test.c
 * Goal    one id, one outcome, for ever: the same content gets the first answer again, other content is told which field
 *         differs, a refusal stays one, and an atomic group is one thing.
 * Method  calls sent again at once, years later, and once state was derived afresh. */
#include "tests/ledger/steps.h"

#include <inttypes.h>

static struct fixture *world_new(void)
{
	struct fixture *f = fixture_new();

	fixture_world(f);
	return f;
}

static void derive_afresh(struct fixture *f)
{
	fixture_close(f);
	assert_int_equal(merit_state_destroy(f->directory), MERIT_OK);
	fixture_open(f);
}

static enum merit_status earn_as(struct fixture *f, const char *id, const char *more)
{
	return fixture_call_id(
		f, "svc", id, "earn",
		"'member':'m1','campaign':'c1','event':'gift','reference':'r','occurred':1767225600000,%s", more);
}

static void the_same_call_again_gets_its_first_answer(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, earn_as(f, "x", "'points':50"));
	char *first = strdup(f->reply.data);
	assert_non_null(first);
	assert_non_null(strstr(first, "\"member/m1\":50"));
	uint64_t size = fixture_size(f);
	must(f, earn_as(f, "x", "'points':50"));
	assert_string_equal(f->reply.data, first);
	must(f, fixture_gift(f, "m1", "more", 7)); /* the balances are those behind the entry, not today's */
	size++;
	fixture_advance(f, 3 * 365 * FIXTURE_DAY_MS); /* in between the points die: one entry */
	size++;
	must(f, earn_as(f, "x", "'points':50"));
	assert_string_equal(f->reply.data, first);
	derive_afresh(f);
	must(f, earn_as(f, "x", "'points':50"));
	assert_string_equal(f->reply.data, first);
	assert_int_equal(fixture_size(f), size);
	free(first);
	fixture_free(f);
}

static void the_order_of_parameters_and_the_key_do_not_matter(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	fixture_key_add(f, "svc", "k2");
	must(f, earn_as(f, "x", "'points':50"));
	int64_t seq = fixture_integer(f, "seq");
	must(f, fixture_call_id(f, "svc/k2", "x", "earn",
	                        "'points':50,'occurred':1767225600000,'reference':'r','event':'gift','campaign':'c1','"
	                        "member':'m1'"));
	assert_int_equal(fixture_integer(f, "seq"), seq);
	fixture_free(f);
}

static void other_content_is_told_what_differs(void **state)
{
	static const struct {
		const char *field, *method, *params;
	} rows[] = {
		{ "member", "earn",
		  "'member':'m2','campaign':'c1','event':'gift','reference':'r','occurred':1767225600000,'points':50" },
		{ "campaign", "earn",
		  "'member':'m1','campaign':'c2','event':'gift','reference':'r','occurred':1767225600000,'points':50" },
		{ "event", "earn",
		  "'member':'m1','campaign':'c1','event':'x','reference':'r','occurred':1767225600000,'points':50" },
		{ "occurred", "earn",
		  "'member':'m1','campaign':'c1','event':'gift','reference':'r','occurred':1767225600001,'points':50" },
		{ "points", "earn",
		  "'member':'m1','campaign':'c1','event':'gift','reference':'r','occurred':1767225600000,'points':51" },
		{ "points", "earn",
		  "'member':'m1','campaign':'c1','event':'gift','reference':'r','occurred':1767225600000" },
		{ "actor", "earn",
		  "'member':'m1','campaign':'c1','event':'gift','reference':'r','occurred':1767225600000,'points':50,'"
		  "actor':'a'" },
		{ "method", "member.create", "'member':'m3'" },
	};
	struct fixture *f = world_new();

	(void)state;
	must(f, earn_as(f, "x", "'points':50"));
	uint64_t size = fixture_size(f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(fixture_call_id(f, "svc", "x", rows[i].method, "%s", rows[i].params),
		                 MERIT_ID_CONFLICT);
		assert_string_equal(fixture_text(f, "field"), rows[i].field);
	}
	assert_int_equal(fixture_size(f), size);
	fixture_free(f);
}

static void lists_are_compared_row_by_row(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_gift(f, "m1", "r", 500));
#define LINE(quantity) "{'item':'cup','version':1,'points':30,'quantity':" quantity "}"
	must(f, fixture_call_id(f, "svc", "x", "order.place",
	                        "'order':'o','member':'m1','lines':[" LINE("1") "," LINE("2") "]"));
	assert_int_equal(fixture_call_id(f, "svc", "x", "order.place",
	                                 "'order':'o','member':'m1','lines':[" LINE("1") "," LINE("3") "]"),
	                 MERIT_ID_CONFLICT);
	assert_string_equal(fixture_text(f, "field"), "lines");
	assert_int_equal(
		fixture_call_id(f, "svc", "x", "order.place", "'order':'o','member':'m1','lines':[" LINE("1") "]"),
		MERIT_ID_CONFLICT);
	must(f, fixture_call_id(f, "svc", "x", "order.place",
	                        "'order':'o','member':'m1','lines':[" LINE("1") "," LINE("2") "]"));
#undef LINE
	fixture_free(f);
}

static void a_refusal_stays_one_when_its_cause_is_gone(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	assert_int_equal(fixture_call_id(f, "svc", "x", "member.create", "'member':'m1'"), MERIT_PARTY_EXISTS);
	assert_int_equal(
		fixture_call_id(
			f, "m1", "buy", "order.place",
			"'order':'o','member':'m1','lines':[{'item':'cup','version':1,'points':30,'quantity':1}]"),
		MERIT_SHORT_POINTS);
	char *first = strdup(f->reply.data);
	assert_non_null(first);
	must(f, fixture_gift(f, "m1", "r", 500));
	for (int i = 0; i < 2; i++) {
		assert_int_equal(
			fixture_call_id(f, "m1", "buy", "order.place",
		                        "'order':'o','member':'m1','lines':[{'item':'cup','version':1,'points':30,"
		                        "'quantity':1}]"),
			MERIT_SHORT_POINTS);
		assert_string_equal(f->reply.data, first);
		derive_afresh(f);
	}
	must(f, fixture_order(f, "o", "m1", 1)); /* the order's name was not used up, only the id */
	free(first);
	fixture_free(f);
}

static void ids_are_each_partys_own(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_call_id(f, "ops", "x", "sponsor.create", "'sponsor':'s1'"));
	must(f, fixture_call_id(f, "svc", "x", "member.create", "'member':'m2'"));
	must(f, fixture_call_id(f, "root", "x", "member.create", "'member':'m3'"));
	fixture_free(f);
}

static void what_was_not_taken_uses_no_id_up(void **state)
{
	struct fixture *f = world_new();
	uint64_t size = fixture_size(f);

	(void)state;
	assert_int_equal(fixture_call_id(f, "svc", "x", "member.create", "'member':5"), MERIT_BAD_PARAMS);
	assert_int_equal(fixture_call_id(f, "fin", "x", "member.create", "'member':'m2'"), MERIT_NOT_PERMITTED);
	assert_int_equal(fixture_call_id(f, "svc", "x", "sponsor.create", "'sponsor':'m2'"), MERIT_NOT_PERMITTED);
	assert_int_equal(fixture_size(f), size);
	must(f, fixture_call_id(f, "svc", "x", "member.create", "'member':'m2'"));
	must(f, fixture_call_id(f, "fin", "x", "campaign.fund", "'campaign':'c1','points':1"));
	/* Authorisation comes before the id: who may no longer ask is not told what became of it. */
	assert_int_equal(fixture_call_id(f, "svc", "x", "sponsor.create", "'sponsor':'m2'"), MERIT_NOT_PERMITTED);
	fixture_free(f);
}

static void a_batch_may_hold_a_call_and_its_repetition(void **state)
{
	struct fixture *f = world_new();
	uint64_t size = fixture_size(f);

	(void)state;
#define CALL "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"member.create\",\"params\":{\"id\":\"x\",\"member\":\"m2\"}}"
	assert_int_equal(fixture_send(f, "svc", "[" CALL "," CALL "]"), MERIT_OK);
#undef CALL
	assert_int_equal(fixture_status(f), MERIT_OK);
	assert_int_equal(fixture_size(f), size + 1);
	fixture_free(f);
}

static struct merit_text bind_json(struct merit_buffer *json, const struct merit_buffer *token)
{
	merit_buffer_put_text(json, "{\"jsonrpc\":\"2.0\",\"method\":\"key.bind\",\"params\":{\"id\":\"bind\",\"token\":\"");
	merit_buffer_put(json, token->data, token->size);
	merit_buffer_put_text(json, "\"},\"id\":1}");
	return (struct merit_text){ json->data, json->size };
}

static enum merit_status bind_send(struct fixture *f, struct merit_text json)
{
	struct merit_secret_key device_key = fixture_key("phone");
	struct merit_buffer message = { 0 };

	assert_int_equal(merit_envelope_make(&message, &device_key, NULL, FIXTURE_ORIGIN, f->now_ms / 1000, json.data,
	                                     json.size),
	                 MERIT_OK);
	enum merit_status status = fixture_send_message(f, message.data, message.size);
	merit_buffer_free(&message);
	return status == MERIT_OK ? fixture_status(f) : status;
}

static void a_binding_is_told_again_when_its_token_is_over(void **state)
{
	struct merit_secret_key service_key = fixture_key("svc/k1");
	struct merit_buffer token = { 0 }, other = { 0 }, json = { 0 }, other_json = { 0 };
	struct fixture *f = world_new();
	int64_t expires_s = f->now_ms / 1000 + MERIT_TOKEN_LIFE_S;

	(void)state;
	assert_int_equal(
		merit_token_make(&token, &service_key, "svc/k1", "m1", FIXTURE_ORIGIN, "j1", expires_s), MERIT_OK);
	assert_int_equal(
		merit_token_make(&other, &service_key, "svc/k1", "m2", FIXTURE_ORIGIN, "j2", expires_s), MERIT_OK);
	fixture_member(f, "m2");
	struct merit_text bind = bind_json(&json, &token), late = bind_json(&other_json, &other);
	must(f, bind_send(f, bind));
	char *first = strdup(f->reply.data);
	assert_non_null(first);
	fixture_advance(f, 2 * 1000 * MERIT_TOKEN_LIFE_S);
	uint64_t size = fixture_size(f);
	must(f, bind_send(f, bind));
	assert_string_equal(f->reply.data, first);
	assert_int_equal(bind_send(f, late), MERIT_BAD_TOKEN); /* a new one is not made */
	assert_int_equal(fixture_size(f), size);
	free(first);
	merit_buffer_free(&token);
	merit_buffer_free(&other);
	merit_buffer_free(&json);
	merit_buffer_free(&other_json);
	fixture_free(f);
}

/* ---- Requests and their numbers ---- */

/* An entry like an accepted one, for a new member. */
static void another(struct fixture *f, uint64_t like, const char *name, struct merit_entry *entry_out)
{
	fixture_entry(f, like, entry_out);
	entry_out->seq = merit_ledger_next_seq(f->ledger);
	entry_out->id = merit_text_of(name);
	entry_out->values[MEMBER_MEMBER].text = merit_text_of(name);
}

/* The stored request of the first entry seq; NULL: there is none. */
static void request_is(struct fixture *f, uint64_t seq, struct merit_text bytes)
{
	struct merit_store_reader *reader = NULL;
	const void *found = NULL;
	size_t size = 0;

	assert_int_equal(merit_store_reader_open(merit_ledger_store(f->ledger), &reader), MERIT_OK);
	assert_int_equal(merit_store_reader_begin(reader), MERIT_OK);
	enum merit_status status = merit_store_read_request(reader, seq, &found, &size);
	assert_int_equal(status, bytes.data == NULL ? MERIT_NOT_FOUND : MERIT_OK);
	if (bytes.data != NULL) {
		assert_int_equal(size, bytes.size);
		assert_memory_equal(found, bytes.data, size);
	}
	merit_store_reader_end(reader);
	merit_store_reader_close(reader);
}

/* A source's number is the seq of the first entry it caused: one whose entry did not fit has none, the next source takes
 * it, and the first gets one of its own later. */
static void a_source_without_an_entry_takes_no_number(void **state)
{
	static char long_bytes[(size_t)1 << 25];
	struct merit_secret_key log_key = fixture_key("log"), system_key = fixture_key("system");
	struct merit_ledger_options options = { .log_key = &log_key, .system_key = &system_key, .map_size = 1 << 24 };
	struct merit_cause first = { .bytes = { long_bytes, sizeof(long_bytes) } }, second = { .bytes = { "second", 6 } };
	struct fixture *f = world_new();
	struct merit_entry entry;

	(void)state;
	fixture_member(f, "m2");
	uint64_t size = fixture_size(f);
	fixture_close(f);
	options.directory = f->directory;
	assert_int_equal(merit_ledger_open(&options, &f->ledger), MERIT_OK);
	assert_int_equal(merit_ledger_begin(f->ledger, f->now_ms, 0, 1), MERIT_OK);
	another(f, size - 1, "m3", &entry);
	assert_int_equal(merit_pending_entry(f->ledger, &entry, &first), MERIT_STORE_FULL);
	assert_false(first.has_number);
	assert_int_equal(merit_pending_entry(f->ledger, &entry, &second), MERIT_OK);
	assert_int_equal(entry.request, size);
	first.bytes.size = 5;
	another(f, size - 1, "m4", &entry);
	assert_int_equal(merit_pending_entry(f->ledger, &entry, &first), MERIT_OK);
	assert_int_equal(entry.request, size + 1);
	another(f, size - 1, "m5", &entry);
	assert_int_equal(merit_pending_entry(f->ledger, &entry, &second), MERIT_OK);
	assert_int_equal(entry.request, size);
	assert_int_equal(merit_ledger_commit(f->ledger), MERIT_OK);
	assert_int_equal(fixture_size(f), size + 3);
	request_is(f, size, MERIT_TEXT("second"));
	request_is(f, size + 1, first.bytes);
	request_is(f, size + 2, (struct merit_text){ NULL, 0 });
	fixture_free(f);
}

/* As an atomic group does that is not accepted: state, pending bytes and source go back to what they were. */
static void a_request_goes_with_the_entries_that_are_cut(void **state)
{
	struct merit_cause before = { .bytes = MERIT_TEXT("before") }, source = { .bytes = MERIT_TEXT("the message") };
	struct fixture *f = world_new();
	struct merit_pending *pending = &f->ledger->pending;
	struct merit_entry entry;

	(void)state;
	fixture_member(f, "m2");
	uint64_t size = fixture_size(f);
	assert_int_equal(merit_ledger_begin(f->ledger, f->now_ms, 0, 1), MERIT_OK);
	for (int round = 0; round < 2; round++) { /* with nothing in front of it, then behind another message's entry */
		size_t count = pending->count, bytes_size = pending->bytes.size;
		struct merit_cause mark = source;
		merit_state_mark(f->ledger->model.state);
		another(f, size - 1, "m3", &entry);
		assert_int_equal(merit_pending_entry(f->ledger, &entry, &source), MERIT_OK);
		another(f, size - 1, "m4", &entry);
		assert_int_equal(merit_pending_entry(f->ledger, &entry, &source), MERIT_OK);
		assert_true(source.has_number);
		assert_int_equal(pending->count, count + 2);
		merit_state_rollback(f->ledger->model.state);
		merit_model_refresh(&f->ledger->model);
		merit_pending_cut(f->ledger, count, 0);
		source = mark;
		assert_int_equal(pending->count, count);
		assert_int_equal(pending->bytes.size, bytes_size);
		if (round > 0)
			continue;
		another(f, size - 1, "m5", &entry);
		assert_int_equal(merit_pending_entry(f->ledger, &entry, &before), MERIT_OK);
	}
	another(f, size - 1, "m6", &entry);
	assert_int_equal(merit_pending_entry(f->ledger, &entry, &source), MERIT_OK);
	assert_int_equal(entry.request, size + 1);
	another(f, size - 1, "m7", &entry);
	assert_int_equal(merit_pending_entry(f->ledger, &entry, &source), MERIT_OK);
	assert_int_equal(entry.request, size + 1);
	assert_int_equal(merit_ledger_commit(f->ledger), MERIT_OK);
	assert_int_equal(fixture_size(f), size + 3);
	request_is(f, size, before.bytes);
	request_is(f, size + 1, source.bytes);
	request_is(f, size + 2, (struct merit_text){ NULL, 0 });
	fixture_entry(f, size + 2, &entry);
	assert_int_equal(entry.seq, size + 2);
	fixture_free(f);
}

/* ---- Atomic groups ---- */

#define ATOMIC(calls)    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"atomic\",\"params\":{\"calls\":[" calls "]}}"
#define MEMBER(id, name) "{\"method\":\"member.create\",\"params\":{\"id\":\"" id "\",\"member\":\"" name "\"}}"

static enum merit_status send(struct fixture *f, const char *json)
{
	enum merit_status status = fixture_send(f, "svc", json);

	return status == MERIT_OK ? fixture_status(f) : status;
}

static void a_group_is_accepted_whole(void **state)
{
	struct fixture *f = world_new();
	uint64_t size = fixture_size(f);
	struct merit_entry entry;

	(void)state;
	must(f, send(f, ATOMIC(MEMBER("a", "m2") "," MEMBER("b", "m3"))));
	assert_int_equal(fixture_size(f), size + 2);
	fixture_entry(f, size + 1, &entry);
	assert_int_equal(entry.group_index, 1);
	assert_int_equal(entry.group_count, 2);
	char *first = (must(f, send(f, ATOMIC(MEMBER("a", "m2") "," MEMBER("b", "m3")))), strdup(f->reply.data));
	derive_afresh(f);
	must(f, send(f, ATOMIC(MEMBER("a", "m2") "," MEMBER("b", "m3"))));
	assert_string_equal(f->reply.data, first);
	assert_int_equal(fixture_size(f), size + 2);
	free(first);
	fixture_free(f);
}

static void a_group_with_one_refusal_is_refused_whole(void **state)
{
	struct fixture *f = world_new();
	uint64_t size = fixture_size(f);
	struct merit_entry entry;

	(void)state;
	assert_int_equal(send(f, ATOMIC(MEMBER("a", "m2") "," MEMBER("b", "m1") "," MEMBER("c", "m3"))),
	                 MERIT_PARTY_EXISTS);
	static const enum merit_status want[] = { MERIT_GROUP_FAILED, MERIT_PARTY_EXISTS, MERIT_GROUP_FAILED };
	for (uint64_t i = 0; i < 3; i++) {
		fixture_entry(f, size + i, &entry);
		assert_int_equal(entry.status, want[i]);
	}
	assert_int_equal(fixture_size(f), size + 3);
	request_is(f, size, (struct merit_text){ f->message.data, f->message.size }); /* kept with the refusals, once */
	request_is(f, size + 1, (struct merit_text){ NULL, 0 });
	request_is(f, size + 2, (struct merit_text){ NULL, 0 });
	assert_int_equal(fixture_query(f, "svc", "member.get", "'member':'m2'"), MERIT_MEMBER_UNKNOWN);
	/* Every id is used up, and what each would have made is free. */
	assert_int_equal(fixture_call_id(f, "svc", "a", "member.create", "'member':'m2'"), MERIT_GROUP_CONFLICT);
	must(f, fixture_call_id(f, "svc", "d", "member.create", "'member':'m2'"));
	assert_int_equal(send(f, ATOMIC(MEMBER("a", "m2") "," MEMBER("b", "m1") "," MEMBER("c", "m3"))),
	                 MERIT_PARTY_EXISTS);
	assert_int_equal(fixture_size(f), size + 4);
	fixture_free(f);
}

static void each_call_of_a_group_sees_the_ones_before_it(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, send(f, ATOMIC(MEMBER("a", "m2") ","
	                                         "{\"method\":\"earn\",\"params\":{\"id\":\"b\",\"member\":\"m2\","
	                                         "\"campaign\":\"c1\",\"event\":\"course\","
	                                         "\"reference\":\"r\",\"occurred\":1767225600000}},"
	                                         "{\"method\":\"order.place\",\"params\":{\"id\":\"c\",\"order\":\"o\","
	                                         "\"member\":\"m2\",\"lines\":["
	                                         "{\"item\":\"cup\",\"version\":1,\"points\":30,\"quantity\":3}]}}")));
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m2", 10);
	balance_is(f, MERIT_ACCOUNT_HELD, "m2", 90);
	fixture_free(f);
}

static void a_failed_group_leaves_state_as_it_was(void **state)
{
	struct fixture *f = world_new();

	(void)state;
	must(f, fixture_gift(f, "m1", "r", 100));
	assert_int_equal(
		send(f, ATOMIC("{\"method\":\"order.place\",\"params\":{\"id\":\"a\",\"order\":\"o\",\"member\":\"m1\","
	                       "\"lines\":["
	                       "{\"item\":\"cup\",\"version\":1,\"points\":30,\"quantity\":3}]}}," MEMBER("b", "m1"))),
		MERIT_PARTY_EXISTS);
	balance_is(f, MERIT_ACCOUNT_MEMBER, "m1", 100);
	balance_is(f, MERIT_ACCOUNT_HELD, "m1", 0);
	must(f, fixture_query(f, "svc", "item.get", "'item':'cup'"));
	assert_int_equal(fixture_integer(f, "stock"), 10);
	assert_int_equal(fixture_integer(f, "reserved"), 0);
	must(f, fixture_order(f, "o", "m1", 3));
	fixture_free(f);
}

static void any_other_mix_of_a_groups_ids_is_a_conflict(void **state)
{
	static const struct {
		const char *name, *json;
		enum merit_status want;
	} rows[] = {
		{ "one more", ATOMIC(MEMBER("a", "m2") "," MEMBER("b", "m3") "," MEMBER("c", "m4")),
		  MERIT_GROUP_CONFLICT },
		{ "one fewer", ATOMIC(MEMBER("a", "m2")), MERIT_GROUP_CONFLICT },
		{ "another order", ATOMIC(MEMBER("b", "m3") "," MEMBER("a", "m2")), MERIT_GROUP_CONFLICT },
		{ "other content", ATOMIC(MEMBER("a", "m2") "," MEMBER("b", "m9")), MERIT_GROUP_CONFLICT },
		{ "a stranger", ATOMIC(MEMBER("a", "m2") "," MEMBER("c", "m4")), MERIT_GROUP_CONFLICT },
		{ "one used alone", ATOMIC(MEMBER("alone", "m5") "," MEMBER("c", "m4")), MERIT_GROUP_CONFLICT },
		{ "an id twice", ATOMIC(MEMBER("e", "m6") "," MEMBER("e", "m6")), MERIT_ID_CONFLICT },
		{ "the whole", ATOMIC(MEMBER("a", "m2") "," MEMBER("b", "m3")), MERIT_OK },
	};
	struct fixture *f = world_new();

	(void)state;
	must(f, send(f, ATOMIC(MEMBER("a", "m2") "," MEMBER("b", "m3"))));
	must(f, fixture_call_id(f, "svc", "alone", "member.create", "'member':'m5'"));
	assert_int_equal(fixture_call_id(f, "svc", "a", "member.create", "'member':'m2'"), MERIT_GROUP_CONFLICT);
	uint64_t size = fixture_size(f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum merit_status got = send(f, rows[i].json);
		if (got != rows[i].want)
			fail_msg("%s: %s", rows[i].name, f->reply.data);
	}
	assert_int_equal(fixture_size(f), size);
	fixture_free(f);
}

static void a_group_a_role_may_not_send_makes_no_entry(void **state)
{
	struct fixture *f = world_new();
	uint64_t size = fixture_size(f);

	(void)state;
	assert_int_equal(
		send(f, ATOMIC(MEMBER(
				"a",
				"m2") ",{\"method\":\"sponsor.create\",\"params\":{\"id\":\"b\",\"sponsor\":\"s\"}}")),
		MERIT_NOT_PERMITTED);
	assert_int_equal(fixture_size(f), size);
	must(f, fixture_call_id(f, "svc", "a", "member.create", "'member':'m2'"));
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_call_again_gets_its_first_answer),
		cmocka_unit_test(the_order_of_parameters_and_the_key_do_not_matter),
		cmocka_unit_test(other_content_is_told_what_differs),
		cmocka_unit_test(lists_are_compared_row_by_row),
		cmocka_unit_test(a_refusal_stays_one_when_its_cause_is_gone),
		cmocka_unit_test(ids_are_each_partys_own),
		cmocka_unit_test(what_was_not_taken_uses_no_id_up),
		cmocka_unit_test(a_batch_may_hold_a_call_and_its_repetition),
		cmocka_unit_test(a_binding_is_told_again_when_its_token_is_over),
		cmocka_unit_test(a_source_without_an_entry_takes_no_number),
		cmocka_unit_test(a_request_goes_with_the_entries_that_are_cut),
		cmocka_unit_test(a_group_is_accepted_whole),
		cmocka_unit_test(a_group_with_one_refusal_is_refused_whole),
		cmocka_unit_test(each_call_of_a_group_sees_the_ones_before_it),
		cmocka_unit_test(a_failed_group_leaves_state_as_it_was),
		cmocka_unit_test(any_other_mix_of_a_groups_ids_is_a_conflict),
		cmocka_unit_test(a_group_a_role_may_not_send_makes_no_entry),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
