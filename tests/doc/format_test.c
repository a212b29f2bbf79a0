/* format_test.c
 * Goal    the worked example of doc/format.md is what the code makes: entries, sealed lines, hashes, checkpoint,
 *         receipt, request; and a settlement's hash follows from its lines as the document says.
 * Method  a ledger with the document's keys and times gets the document's calls; what it stored is compared with the
 *         blocks of the document, byte for byte, and the receipt is checked with nothing but the document's key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ledger/encode.h"
#include "ledger/json.h"
#include "ledger/receipt.h"
#include "tests/support/document.h"
#include "tests/support/fixture.h"

#define DEPOSIT_SEQ    5
#define EARN_SEQ       10
#define REFUSED_SEQ    11
#define EXAMPLE_SIZE   12
#define WAITING_SEQ    13
#define MATURE_SEQ     14
#define FULFIL_SEQ     18
#define SETTLEMENT_SEQ 20
#define SECOND_MS      1000

struct call {
	const char *by, *method, *params;
};

/* One call a second. */
static void calls_send(struct fixture *f, const struct call *calls, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		f->now_ms += SECOND_MS;
		(void)!fixture_call(f, calls[i].by, calls[i].method, "%s", calls[i].params);
	}
}

/* The ledger of the document: twelve entries, one second apart. */
static struct fixture *example_new(void)
{
	static const struct call calls[] = {
		{ "ops", "sponsor.create", "'sponsor':'acme'" },
		{ "fin", "sponsor.deposit",
		  "'sponsor':'acme','currency':'CNY','amount_minor':100000,'bank_reference':'B-1'" },
		{ "ops", "campaign.create",
		  "'campaign':'c1','sponsor':'acme','starts':'2026-01-01','ends':'2026-12-31','currency':'CNY',"
		  "'value_minor':1,'value_points':1,'contract':'sponsor','months':12,'round':'month','from':'"
		  "occurred'" },
		{ "ops", "campaign.rule", "'campaign':'c1','event':'course','points':100,'evidence':'none'" },
		{ "ops", "campaign.fund", "'campaign':'c1','points':100000" },
		{ "svc", "member.create", "'member':'m1'" },
		{ "svc", "earn",
		  "'member':'m1','campaign':'c1','event':'course','reference':'course-17','occurred':1767225600000" },
		{ "svc", "earn",
		  "'member':'m1','campaign':'c9','event':'course','reference':'course-18','occurred':1767225600000" },
	};
	static const char *const parties[][2] = { { "ops", "operator" }, { "fin", "finance" }, { "svc", "service" } };
	struct fixture *f = fixture_new();

	for (size_t i = 0; i < sizeof(parties) / sizeof(parties[0]); i++) {
		f->now_ms += SECOND_MS;
		fixture_party(f, parties[i][0], parties[i][1]);
	}
	calls_send(f, calls, sizeof(calls) / sizeof(calls[0]));
	assert_int_equal(fixture_size(f), EXAMPLE_SIZE);
	return f;
}

/* It goes on: points that wait a day, and the entry that ends their wait. */
static void example_wait(struct fixture *f)
{
	static const struct call calls[] = {
		{ "ops", "campaign.rule",
		  "'campaign':'c1','event':'case','points':300,'evidence':'none','delay_days':1" },
		{ "svc", "earn",
		  "'member':'m1','campaign':'c1','event':'case','reference':'case-1','occurred':1767225600000" },
	};

	calls_send(f, calls, sizeof(calls) / sizeof(calls[0]));
	f->now_ms = FIXTURE_BIRTH_MS + FIXTURE_DAY_MS;
	fixture_tick(f);
	assert_int_equal(fixture_size(f), MATURE_SEQ + 1);
}

/* And on: an order, and the settlement of what it came to. */
static void example_settle(struct fixture *f)
{
	static const struct call calls[] = {
		{ "ops", "merchant.create", "'merchant':'shop'" },
		{ "ops", "item.create",
		  "'item':'cup','merchant':'shop','class':'goods','points':30,'currency':'CNY','price_minor':28,'stock':9" },
		{ "svc", "order.place",
		  "'order':'n1','member':'m1','lines':[{'item':'cup','version':1,'points':30,'quantity':3}]" },
		{ "svc", "order.fulfil", "'order':'n1'" },
		{ "svc", "order.receive", "'order':'n1'" },
		{ "fin", "settlement.open",
		  "'settlement':'shop-1','party':'shop','currency':'CNY','cutoff':'2026-01-02'" },
	};

	calls_send(f, calls, sizeof(calls) / sizeof(calls[0]));
	assert_int_equal(fixture_size(f), SETTLEMENT_SEQ + 1);
}

/* Compares a block with what the code made; a wrong one is printed as it should be. */
static unsigned differs(const struct document *document, const char *heading, const char *language, const void *want,
                        size_t size, bool is_joined)
{
	struct merit_buffer block = { 0 };
	bool same;

	document_block_below(document, heading, language, &block);
	if (is_joined) {
		same = block.size == size && memcmp(block.data, want, size) == 0;
	} else { /* Lines count: the text as it stands. */
		merit_buffer_clear(&block);
		merit_buffer_put_format(&block, "```%s\n", language);
		merit_buffer_put(&block, want, size);
		merit_buffer_put_text(&block, "```\n");
		same = document_holds(document, &block);
	}
	merit_buffer_free(&block);
	if (!same)
		printf("%s, \"%s\": should be\n%.*s\n", document->path, heading, (int)size, (const char *)want);
	fflush(stdout);
	return !same;
}

static void record_read(struct fixture *f, uint64_t seq, struct merit_buffer *out)
{
	struct merit_store_reader *reader;
	const void *bytes;
	size_t size;

	merit_buffer_clear(out);
	assert_int_equal(merit_store_reader_open(merit_ledger_store(f->ledger), &reader), MERIT_OK);
	assert_int_equal(merit_store_reader_begin(reader), MERIT_OK);
	assert_int_equal(merit_store_read_entry(reader, seq, &bytes, &size), MERIT_OK);
	merit_buffer_put(out, bytes, size);
	merit_store_reader_end(reader);
	merit_store_reader_close(reader);
}

/* Compares both lines of a record with the document's: the sealed line is there when sealed_heading is. */
static unsigned record_differs(const struct document *document, struct fixture *f, uint64_t seq, const char *heading,
                               const char *sealed_heading)
{
	struct merit_buffer record = { 0 };
	unsigned wrong;

	record_read(f, seq, &record);
	struct merit_text sealed = merit_record_sealed(record.data, record.size);
	wrong = differs(document, heading, "json", record.data, merit_record_leaf_size(record.data, record.size), true);
	assert_int_equal(sealed.size > 0, sealed_heading != NULL);
	if (sealed_heading != NULL)
		wrong += differs(document, sealed_heading, "json", sealed.data, sealed.size, true);
	merit_buffer_free(&record);
	return wrong;
}

static void the_entries_are_those_of_the_document(void **state)
{
	struct document document = document_open("doc/format.md");
	struct fixture *f = example_new();
	unsigned wrong = record_differs(&document, f, 0, "**Entry 0**", NULL);

	(void)state;
	wrong += record_differs(&document, f, DEPOSIT_SEQ, "**Entry 5**", "**Entry 5, its sealed line**");
	wrong += record_differs(&document, f, EARN_SEQ, "**Entry 10**", NULL);
	wrong += record_differs(&document, f, REFUSED_SEQ, "**Entry 11**", NULL);
	assert_int_equal(wrong, 0);
	fixture_free(f);
	document_close(&document);
}

static void points_that_wait_are_those_of_the_document(void **state)
{
	struct document document = document_open("doc/format.md");
	struct fixture *f = example_new();

	(void)state;
	example_wait(f);
	unsigned wrong = record_differs(&document, f, WAITING_SEQ, "**Entry 13**", NULL);
	wrong += record_differs(&document, f, MATURE_SEQ, "**Entry 14**", NULL);
	assert_int_equal(wrong, 0);
	fixture_free(f);
	document_close(&document);
}

/* The hash in a leaf is that of the line that the document shows for it. */
static void the_sale_is_that_of_the_document(void **state)
{
	struct document document = document_open("doc/format.md");
	struct fixture *f = example_new();
	struct merit_buffer leaf = { 0 }, sealed = { 0 }, said = { 0 };
	uint8_t hash[MERIT_HASH_SIZE];

	(void)state;
	example_wait(f);
	example_settle(f);
	assert_int_equal(record_differs(&document, f, FULFIL_SEQ, "**Entry 18**", "**Entry 18, its sealed line**"), 0);
	document_block_below(&document, "**Entry 18**", "json", &leaf);
	document_block_below(&document, "**Entry 18, its sealed line**", "json", &sealed);
	merit_sha256(sealed.data, sealed.size, hash);
	merit_buffer_put_text(&said, "\"sealed\":\"");
	merit_buffer_put_hex(&said, hash, sizeof(hash));
	merit_buffer_put_text(&said, "\"}");
	assert_true(leaf.size > said.size);
	assert_memory_equal(leaf.data + leaf.size - said.size, said.data, said.size);
	merit_buffer_free(&leaf);
	merit_buffer_free(&sealed);
	merit_buffer_free(&said);
	fixture_free(f);
	document_close(&document);
}

/* From the document's only line: SHA-256 over the batch's hash, which is SHA-256(zeros, line). */
static void the_settlements_hash_follows_from_the_documents_lines(void **state)
{
	struct document document = document_open("doc/format.md");
	struct fixture *f = example_new();
	struct merit_buffer line = { 0 }, batch = { 0 }, record = { 0 }, said = { 0 };
	uint8_t hash[MERIT_HASH_SIZE] = { 0 };

	(void)state;
	example_wait(f);
	example_settle(f);
	assert_int_equal(record_differs(&document, f, SETTLEMENT_SEQ, "**Entry 20**", NULL), 0);
	document_block_below(&document, "**The settlement's lines**", "text", &line);
	merit_buffer_put(&batch, hash, sizeof(hash));
	merit_buffer_put(&batch, line.data, line.size);
	merit_buffer_put_char(&batch, '\n');
	merit_sha256(batch.data, batch.size, hash);
	merit_sha256(hash, sizeof(hash), hash);
	merit_buffer_put_text(&said, "\"hash\":\"");
	merit_buffer_put_hex(&said, hash, sizeof(hash));
	merit_buffer_put_text(&said, "\"}}");
	record_read(f, SETTLEMENT_SEQ, &record);
	assert_true(record.size > said.size);
	assert_memory_equal(record.data + record.size - said.size, said.data, said.size);
	merit_buffer_free(&line);
	merit_buffer_free(&batch);
	merit_buffer_free(&record);
	merit_buffer_free(&said);
	fixture_free(f);
	document_close(&document);
}

static void the_request_is_that_of_the_document(void **state)
{
	struct document document = document_open("doc/format.md");
	struct fixture *f = example_new();
	struct merit_store_reader *reader;
	const void *bytes;
	size_t size;
	uint8_t hash[MERIT_HASH_SIZE];
	char hex[MERIT_HEX_SIZE(MERIT_HASH_SIZE) + 1];

	(void)state;
	assert_int_equal(merit_store_reader_open(merit_ledger_store(f->ledger), &reader), MERIT_OK);
	assert_int_equal(merit_store_reader_begin(reader), MERIT_OK);
	assert_int_equal(merit_store_read_request(reader, EARN_SEQ, &bytes, &size), MERIT_OK);
	merit_sha256(bytes, size, hash);
	merit_hex_encode(hash, sizeof(hash), hex);
	const char *json = memchr(bytes, '\n', size);
	size_t line_size = (size_t)(json - (const char *)bytes);
	unsigned wrong = differs(&document, "**Request 10, its first line**", "text", bytes, line_size, true);
	wrong += differs(&document, "**Request 10, its JSON**", "json", json + 1, size - line_size - 1, true);
	wrong += differs(&document, "**Request 10, its SHA-256**", "text", hex, strlen(hex), true);
	assert_int_equal(wrong, 0);
	merit_store_reader_end(reader);
	merit_store_reader_close(reader);
	fixture_free(f);
	document_close(&document);
}

static void the_tree_is_that_of_the_document(void **state)
{
	struct document document = document_open("doc/format.md");
	struct fixture *f = example_new();
	struct merit_buffer record = { 0 }, text = { 0 };
	unsigned wrong = 0;

	(void)state;
	for (uint64_t seq = 0; seq < EXAMPLE_SIZE; seq++) {
		record_read(f, seq, &record);
		struct merit_hash hash =
			merit_hash_leaf(record.data, merit_record_leaf_size(record.data, record.size));
		merit_buffer_put_format(&text, "%llu ", (unsigned long long)seq);
		merit_buffer_put_hex(&text, hash.bytes, sizeof(hash.bytes));
		merit_buffer_put_char(&text, '\n');
	}
	struct merit_hash root = merit_tree_root(&f->ledger->tree);
	merit_buffer_put_text(&text, "root ");
	merit_buffer_put_hex(&text, root.bytes, sizeof(root.bytes));
	merit_buffer_put_char(&text, '\n');
	wrong += differs(&document, "**The hashes**", "text", text.data, text.size, false);
	struct merit_text note = merit_ledger_checkpoint(f->ledger);
	wrong += differs(&document, "**The checkpoint**", "text", note.data, note.size, false);
	assert_int_equal(wrong, 0);
	merit_buffer_free(&record);
	merit_buffer_free(&text);
	fixture_free(f);
	document_close(&document);
}

static void the_receipt_proves_entry_10_to_who_has_the_documents_key(void **state)
{
	struct document document = document_open("doc/format.md");
	struct fixture *f = example_new();
	struct merit_buffer vkey = { 0 }, leaf = { 0 };
	struct merit_checkpoint checkpoint;
	struct merit_verifier log;
	uint64_t index;
	cJSON *reply;

	(void)state;
	assert_int_equal(fixture_query(f, "svc", "proof.get", "'seq':%d", EARN_SEQ), MERIT_OK);
	assert_int_equal(merit_json_read(f->reply.data, strlen(f->reply.data), &reply), MERIT_OK);
	const char *receipt;
	size_t size;
	assert_true(merit_json_text(merit_json_member(merit_json_member(reply, "result"), "receipt"), &receipt, &size));
	assert_int_equal(differs(&document, "**The receipt**", "text", receipt, size, false), 0);
	document_block_below(&document, "**The ledger's key**", "text", &vkey);
	assert_int_equal(merit_verifier_parse(vkey.data, &log), MERIT_OK);
	assert_int_equal(merit_receipt_verify(receipt, size, &log, &leaf, &index, &checkpoint), MERIT_OK);
	assert_int_equal(index, EARN_SEQ);
	merit_json_free(reply);
	merit_buffer_free(&vkey);
	merit_buffer_free(&leaf);
	fixture_free(f);
	document_close(&document);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_entries_are_those_of_the_document),
		cmocka_unit_test(points_that_wait_are_those_of_the_document),
		cmocka_unit_test(the_sale_is_that_of_the_document),
		cmocka_unit_test(the_settlements_hash_follows_from_the_documents_lines),
		cmocka_unit_test(the_request_is_that_of_the_document),
		cmocka_unit_test(the_tree_is_that_of_the_document),
		cmocka_unit_test(the_receipt_proves_entry_10_to_who_has_the_documents_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
