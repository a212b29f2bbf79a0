/* format_test.c
 * Goal    the worked example of doc/format.md is what the code makes: entries, hashes, checkpoint, receipt, request.
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

#define EARN_SEQ  8
#define SECOND_MS 1000

/* The ledger of the document: ten entries, one second apart. */
static struct fixture *example_new(void)
{
	static const struct {
		const char *by, *method, *params;
	} calls[] = {
		{ "ops", "sponsor.create", "'sponsor':'acme'" },
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
	struct fixture *f = fixture_new();

	f->now_ms += SECOND_MS;
	fixture_party(f, "ops", "operator");
	f->now_ms += SECOND_MS;
	fixture_party(f, "svc", "service");
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		f->now_ms += SECOND_MS;
		(void)!fixture_call(f, calls[i].by, calls[i].method, "%s", calls[i].params);
	}
	assert_int_equal(fixture_size(f), 10);
	return f;
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

static void leaf_read(struct fixture *f, uint64_t seq, struct merit_buffer *out)
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

static void the_entries_are_those_of_the_document(void **state)
{
	static const struct {
		const char *heading;
		uint64_t seq;
	} rows[] = {
		{ "**Entry 0**", 0 },
		{ "**Entry 8**", EARN_SEQ },
		{ "**Entry 9**", 9 },
	};
	struct document document = document_open("doc/format.md");
	struct fixture *f = example_new();
	struct merit_buffer leaf = { 0 };
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		leaf_read(f, rows[i].seq, &leaf);
		wrong += differs(&document, rows[i].heading, "json", leaf.data, leaf.size, true);
	}
	assert_int_equal(wrong, 0);
	merit_buffer_free(&leaf);
	fixture_free(f);
	document_close(&document);
}

/* The document's ledger goes on: points that wait a day, and the entry that ends their wait. */
static void points_that_wait_are_those_of_the_document(void **state)
{
	struct document document = document_open("doc/format.md");
	struct fixture *f = example_new();
	struct merit_buffer leaf = { 0 };
	unsigned wrong = 0;

	(void)state;
	f->now_ms += SECOND_MS;
	(void)!fixture_call(f, "ops", "campaign.rule",
	                    "'campaign':'c1','event':'case','points':300,'evidence':'none','delay_days':1");
	f->now_ms += SECOND_MS;
	(void)!fixture_call(
		f, "svc", "earn",
		"'member':'m1','campaign':'c1','event':'case','reference':'case-1','occurred':1767225600000");
	f->now_ms = FIXTURE_BIRTH_MS + FIXTURE_DAY_MS;
	fixture_tick(f);
	assert_int_equal(fixture_size(f), 13);
	leaf_read(f, 11, &leaf);
	wrong += differs(&document, "**Entry 11**", "json", leaf.data, leaf.size, true);
	leaf_read(f, 12, &leaf);
	wrong += differs(&document, "**Entry 12**", "json", leaf.data, leaf.size, true);
	assert_int_equal(wrong, 0);
	merit_buffer_free(&leaf);
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
	unsigned wrong = differs(&document, "**Request 8, its first line**", "text", bytes, line_size, true);
	wrong += differs(&document, "**Request 8, its JSON**", "json", json + 1, size - line_size - 1, true);
	wrong += differs(&document, "**Request 8, its SHA-256**", "text", hex, strlen(hex), true);
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
	struct merit_buffer leaf = { 0 }, text = { 0 };
	unsigned wrong = 0;

	(void)state;
	for (uint64_t seq = 0; seq < 10; seq++) {
		leaf_read(f, seq, &leaf);
		struct merit_hash hash = merit_hash_leaf(leaf.data, leaf.size);
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
	merit_buffer_free(&leaf);
	merit_buffer_free(&text);
	fixture_free(f);
	document_close(&document);
}

static void the_receipt_proves_entry_8_to_who_has_the_documents_key(void **state)
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
		cmocka_unit_test(the_request_is_that_of_the_document),
		cmocka_unit_test(the_tree_is_that_of_the_document),
		cmocka_unit_test(the_receipt_proves_entry_8_to_who_has_the_documents_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
