/* note_test.c
 * Goal    notes are byte for byte C2SP's, a forged or malformed one is refused for its true reason, and the limits hold
 *         at n and n + 1.
 * Method  the specification's example and the golden log and witness; then rows that each break one rule of a
 *         good note. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "ledger/checkpoint.h"
#include "tests/ledger/golden.h"

#define DASH             "\xe2\x80\x94 "
#define COSIGNATURE_SIZE 76 /* bytes: id, time, signature */

/* Source: C2SP signed-note, "Example". */
#define EXAMPLE_VERIFIER  "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
#define EXAMPLE_TEXT      "This is an example message.\n"
#define EXAMPLE_SIGNATURE "U" EXAMPLE_REST
#define EXAMPLE_REST                                                                                               \
	"w2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
#define EXAMPLE_LINE      DASH "example.com/foo " EXAMPLE_SIGNATURE "\n"

static struct merit_verifier verifier(const char *text)
{
	struct merit_verifier made;

	assert_int_equal(merit_verifier_parse(text, &made), MERIT_OK);
	return made;
}

/* What reading the note and asking for one signer comes to. */
static enum merit_status read_note(const char *bytes, size_t size, const char *signer, uint64_t *time_s_out)
{
	struct merit_verifier by = verifier(signer);
	struct merit_note note;
	enum merit_status status = merit_note_parse(bytes, size, &note);

	return status != MERIT_OK ? status : merit_note_verify(&note, &by, time_s_out);
}

static enum merit_status read_text(const char *text, const char *signer)
{
	return read_note(text, strlen(text), signer, NULL);
}

static void the_standards_example_verifies(void **state)
{
	struct merit_note note;
	const char *text = EXAMPLE_TEXT "\n" EXAMPLE_LINE;

	(void)state;
	assert_int_equal(read_text(text, EXAMPLE_VERIFIER), MERIT_OK);
	assert_int_equal(merit_note_parse(text, strlen(text), &note), MERIT_OK);
	assert_int_equal(note.text.size, strlen(EXAMPLE_TEXT));
	assert_int_equal(note.signature_count, 1);
	assert_memory_equal(note.signatures[0].id, "\x53\x0d\x90\x3a", MERIT_KEY_ID_SIZE);
}

static void verifiers_are_written_and_read(void **state)
{
	static const struct { const char *name; enum merit_note_type type; uint8_t seed; const char *text; } rows[] = {
		{ GOLDEN_ORIGIN, MERIT_NOTE_ED25519, 0x00, GOLDEN_LOG },
		{ "witness.example/w1", MERIT_NOTE_COSIGNATURE, 0x20, GOLDEN_WITNESS },
	};
	struct merit_buffer text = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct merit_secret_key key = golden_key(rows[i].seed);
		struct merit_public_key public_key = merit_secret_key_public(&key);
		struct merit_verifier made, read = verifier(rows[i].text);
		assert_int_equal(merit_verifier_make(rows[i].name, rows[i].type, &public_key, &made), MERIT_OK);
		merit_buffer_clear(&text);
		merit_verifier_put(&text, &made);
		merit_buffer_put_char(&text, '\0');
		assert_string_equal(text.data, rows[i].text);
		assert_string_equal(read.name, rows[i].name);
		assert_int_equal(read.type, rows[i].type);
		assert_memory_equal(read.key.bytes, public_key.bytes, sizeof(public_key.bytes));
	}
	merit_buffer_free(&text);
}

static void a_verifier_with_one_fault_is_refused(void **state)
{
	static const struct { const char *fault, *text; enum merit_status want; } rows[] = {
		{ "empty", "", MERIT_BAD_FORMAT },
		{ "no name", "+5a9e62b9+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4", MERIT_BAD_FORMAT },
		{ "no key", "merit.example/ledger1+5a9e62b9", MERIT_BAD_FORMAT },
		{ "another id", "merit.example/ledger1+5a9e62b8+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
		  MERIT_BAD_FORMAT },
		{ "another name", "merit.example/ledger2+5a9e62b9+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
		  MERIT_BAD_FORMAT },
		{ "a short id", "merit.example/ledger1+5a9e62+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
		  MERIT_BAD_FORMAT },
		{ "a capital", "merit.example/ledger1+5A9e62b9+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
		  MERIT_BAD_FORMAT },
		{ "an unknown type", "merit.example/ledger1+5a9e62b9+AgOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
		  MERIT_BAD_FORMAT },
		{ "a short key", "merit.example/ledger1+5a9e62b9+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTE=",
		  MERIT_BAD_FORMAT },
		{ "a newline", GOLDEN_LOG "\n", MERIT_BAD_FORMAT },
		{ "a space in the name", "merit example+5a9e62b9+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
		  MERIT_BAD_FORMAT },
		{ "a key of small order", "a+00000000+AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		  MERIT_PUBLIC_KEY_WEAK },
	};
	struct merit_verifier made;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum merit_status got = merit_verifier_parse(rows[i].text, &made);
		if (got != rows[i].want)
			fail_msg("%s: %s", rows[i].fault, merit_status_word(got));
	}
}

static void names_are_bounded(void **state)
{
	static const char *const bad[] = { "", "a b", "a+b", "a\tb", "a\nb", "a\xc2\xa0" "b", "a\xe2\x80\xa8" "b",
		                           "a\xe3\x80\x80" "b", "a\xff", "a\xc0\xaf" };
	struct merit_secret_key key = golden_log_key();
	struct merit_public_key public_key = merit_secret_key_public(&key);
	struct merit_verifier made;
	char name[MERIT_ORIGIN_SIZE_MAX + 2] = "";

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(merit_verifier_make(bad[i], MERIT_NOTE_ED25519, &public_key, &made), MERIT_BAD_FORMAT);
	assert_int_equal(merit_verifier_make("\xe4\xba\x92", MERIT_NOTE_ED25519, &public_key, &made), MERIT_OK);
	memset(name, 'a', MERIT_ORIGIN_SIZE_MAX);
	assert_int_equal(merit_verifier_make(name, MERIT_NOTE_ED25519, &public_key, &made), MERIT_OK);
	memset(name, 'a', MERIT_ORIGIN_SIZE_MAX + 1);
	assert_int_equal(merit_verifier_make(name, MERIT_NOTE_ED25519, &public_key, &made), MERIT_BAD_FORMAT);
}

static void a_note_with_one_fault_is_refused(void **state)
{
	static const struct { const char *fault, *text; enum merit_status want; } rows[] = {
		{ "empty", "", MERIT_BAD_FORMAT },
		{ "one newline", "\n", MERIT_BAD_FORMAT },
		{ "no signature", EXAMPLE_TEXT "\n", MERIT_BAD_FORMAT },
		{ "no empty line", EXAMPLE_TEXT EXAMPLE_LINE, MERIT_BAD_FORMAT },
		{ "no last newline", EXAMPLE_TEXT "\n" DASH "example.com/foo " EXAMPLE_SIGNATURE, MERIT_BAD_FORMAT },
		{ "more after the last newline", EXAMPLE_TEXT "\n" EXAMPLE_LINE DASH "a AAAAAAA=", MERIT_BAD_FORMAT },
		{ "an empty line at the end", EXAMPLE_TEXT "\n" EXAMPLE_LINE "\n", MERIT_BAD_FORMAT },
		{ "a hyphen for the dash", EXAMPLE_TEXT "\n- example.com/foo " EXAMPLE_SIGNATURE "\n",
		  MERIT_BAD_FORMAT },
		{ "no name", EXAMPLE_TEXT "\n" DASH " " EXAMPLE_SIGNATURE "\n", MERIT_BAD_FORMAT },
		{ "a plus in a name", EXAMPLE_TEXT "\n" DASH "a+b AAAAAAA=\n" EXAMPLE_LINE, MERIT_BAD_FORMAT },
		{ "two spaces", EXAMPLE_TEXT "\n" DASH "example.com/foo  " EXAMPLE_SIGNATURE "\n", MERIT_BAD_FORMAT },
		{ "a space behind", EXAMPLE_TEXT "\n" DASH "example.com/foo " EXAMPLE_SIGNATURE " \n",
		  MERIT_BAD_FORMAT },
		{ "an id alone", EXAMPLE_TEXT "\n" DASH "a AAAAAA==\n" EXAMPLE_LINE, MERIT_BAD_FORMAT },
		{ "loose base64", EXAMPLE_TEXT "\n" DASH "a AAAAAAB=\n" EXAMPLE_LINE, MERIT_BAD_FORMAT },
		{ "a tab", "This is an\texample message.\n\n" EXAMPLE_LINE, MERIT_BAD_FORMAT },
		{ "a carriage return", "This is an example message.\r\n\n" EXAMPLE_LINE, MERIT_BAD_FORMAT },
		{ "no UTF-8", "This is an example message\xff\n\n" EXAMPLE_LINE, MERIT_BAD_FORMAT },
		{ "another text", "This is an example message!\n\n" EXAMPLE_LINE, MERIT_BAD_SIGNATURE },
		{ "one more line", EXAMPLE_TEXT "\n\n" EXAMPLE_LINE, MERIT_BAD_SIGNATURE },
		{ "another name", EXAMPLE_TEXT "\n" DASH "example.com/bar " EXAMPLE_SIGNATURE "\n",
		  MERIT_SIGNER_MISSING },
		{ "a name that is cut", EXAMPLE_TEXT "\n" DASH "example.com/fo " EXAMPLE_SIGNATURE "\n",
		  MERIT_SIGNER_MISSING },
		{ "a name that goes on", EXAMPLE_TEXT "\n" DASH "example.com/fool " EXAMPLE_SIGNATURE "\n",
		  MERIT_SIGNER_MISSING },
		{ "another id", EXAMPLE_TEXT "\n" DASH "example.com/foo V" EXAMPLE_REST "\n", MERIT_SIGNER_MISSING },
		{ "a signature too short", EXAMPLE_TEXT "\n" DASH "example.com/foo Uw2QOkn8\n", MERIT_BAD_SIGNATURE },
		{ "a false line of the same key before",
		  EXAMPLE_TEXT "\n" DASH "example.com/foo Uw2QOkn8\n" EXAMPLE_LINE,
		  MERIT_BAD_SIGNATURE },
		{ "a false line of the same key behind",
		  EXAMPLE_TEXT "\n" EXAMPLE_LINE DASH "example.com/foo Uw2QOkn8\n",
		  MERIT_BAD_SIGNATURE },
		{ "nothing, but an unknown line", EXAMPLE_TEXT "\n" DASH "a AAAAAAA=\n" EXAMPLE_LINE, MERIT_OK },
		{ "nothing, but the id under another name",
		  EXAMPLE_TEXT "\n" DASH "example.com/bar Uw2QOkn8\n" EXAMPLE_LINE, MERIT_OK },
		{ "nothing, but twice the same line", EXAMPLE_TEXT "\n" EXAMPLE_LINE EXAMPLE_LINE, MERIT_OK },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum merit_status got = read_text(rows[i].text, EXAMPLE_VERIFIER);
		if (got != rows[i].want)
			fail_msg("%s: %s", rows[i].fault, merit_status_word(got));
	}
	assert_int_equal(read_note("a\0b\n\n" EXAMPLE_LINE, 5 + strlen(EXAMPLE_LINE), EXAMPLE_VERIFIER, NULL),
	                 MERIT_BAD_FORMAT);
}

/* Signed here, since the text's own empty lines are signed too. */
static void a_text_may_hold_empty_lines(void **state)
{
	static const char text[] = "one\n\n\ntwo\n";
	struct merit_secret_key key = golden_log_key();
	struct merit_verifier log = verifier(GOLDEN_LOG);
	struct merit_buffer note = { 0 };

	(void)state;
	merit_buffer_put_text(&note, text);
	merit_buffer_put_char(&note, '\n');
	merit_note_put_signature(&note, &log, &key, (struct merit_slice){ text, strlen(text) });
	assert_int_equal(read_note(note.data, note.size, GOLDEN_LOG, NULL), MERIT_OK);
	merit_buffer_free(&note);
}

static void signatures_are_counted(void **state)
{
	struct merit_buffer note = { 0 };

	(void)state;
	assert_true(MERIT_NOTE_SIGNATURES_MAX >= 16); /* What the format asks of every reader. */
	merit_buffer_put_text(&note, EXAMPLE_TEXT "\n");
	for (unsigned i = 1; i < MERIT_NOTE_SIGNATURES_MAX; i++)
		merit_buffer_put_text(&note, DASH "a AAAAAAA=\n");
	merit_buffer_put_text(&note, EXAMPLE_LINE);
	assert_int_equal(read_note(note.data, note.size, EXAMPLE_VERIFIER, NULL), MERIT_OK);
	merit_buffer_put_text(&note, EXAMPLE_LINE);
	assert_int_equal(read_note(note.data, note.size, EXAMPLE_VERIFIER, NULL), MERIT_TOO_LARGE);
	merit_buffer_free(&note);
}

static void notes_are_bounded(void **state)
{
	static const char end[] = "\n\n" EXAMPLE_LINE;
	struct merit_buffer note = { 0 };

	(void)state;
	while (note.size < MERIT_NOTE_SIZE_MAX - strlen(end))
		merit_buffer_put_char(&note, 'a');
	merit_buffer_put_text(&note, end);
	assert_int_equal(read_note(note.data, note.size, EXAMPLE_VERIFIER, NULL), MERIT_BAD_SIGNATURE);
	merit_buffer_put_char(&note, '\n');
	assert_int_equal(read_note(note.data, note.size, EXAMPLE_VERIFIER, NULL), MERIT_TOO_LARGE);
	merit_buffer_free(&note);
}

/* The golden checkpoint with the log's line and, where asked, the witness's. */
static void put_golden(struct merit_buffer *note, bool cosigned)
{
	struct merit_secret_key log_key = golden_log_key(), witness_key = golden_witness_key();
	struct merit_verifier log = verifier(GOLDEN_LOG), witness = verifier(GOLDEN_WITNESS);
	struct merit_checkpoint checkpoint = { .origin = GOLDEN_ORIGIN, .size = GOLDEN_LEAVES };
	size_t size = 0;

	assert_true(merit_hex_decode(golden_leaves[GOLDEN_LEAVES - 1].root, 64, checkpoint.root.bytes, 32, &size));
	merit_checkpoint_put_signed(note, &checkpoint, &log, &log_key);
	if (cosigned)
		merit_note_put_cosignature(note, &witness, &witness_key,
		                           (struct merit_slice){ GOLDEN_BODY, strlen(GOLDEN_BODY) },
		                           GOLDEN_WITNESS_TIME);
}

static void the_golden_checkpoint_is_met_to_the_byte(void **state)
{
	struct merit_buffer note = { 0 };
	uint64_t time_s = 0;

	(void)state;
	put_golden(&note, true);
	assert_int_equal(note.size, 317);
	assert_memory_equal(note.data, GOLDEN_BODY "\n" GOLDEN_LOG_LINE GOLDEN_WITNESS_LINE, note.size);
	assert_true(sha256_is(note.data, note.size,
	                      "feb7c8c6c40a25b3342c290f4df871abc81555d8ccf9afabb21bed21b89bb2b0"));
	assert_true(sha256_is(GOLDEN_ORIGIN, strlen(GOLDEN_ORIGIN),
	                      "7a33f7b9e76d3f1b286e152aadf37139e554795d516c8e170b98818fe6706ed5"));
	assert_int_equal(read_note(note.data, note.size, GOLDEN_LOG, &time_s), MERIT_OK);
	assert_int_equal(time_s, 0);
	assert_int_equal(read_note(note.data, note.size, GOLDEN_WITNESS, &time_s), MERIT_OK);
	assert_int_equal(time_s, GOLDEN_WITNESS_TIME);
	merit_buffer_free(&note);
}

/* C2SP tlog-witness: what is sent to a witness that knows size 3. */
static void the_golden_witness_request_is_met_to_the_byte(void **state)
{
	static const char *const proof[] = {
		"0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7",
		"07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
	};
	struct merit_buffer request = { 0 };
	struct merit_hash hash;
	size_t size = 0;

	(void)state;
	merit_buffer_put_text(&request, "old 3\n");
	for (size_t i = 0; i < sizeof(proof) / sizeof(proof[0]); i++) {
		assert_true(merit_hex_decode(proof[i], 64, hash.bytes, sizeof(hash.bytes), &size));
		merit_base64_put(&request, hash.bytes, sizeof(hash.bytes));
		merit_buffer_put_char(&request, '\n');
	}
	merit_buffer_put_char(&request, '\n');
	put_golden(&request, false);
	assert_int_equal(request.size, 376);
	assert_true(sha256_is(request.data, request.size,
	                      "5a97c85510aa93f68826b682fbbf44f759723cd016a4a3a716d4879f6011e192"));
	merit_buffer_free(&request);
}

/* A note with the golden text and one witness line of these 76 bytes. */
static enum merit_status read_cosignature(const uint8_t *blob)
{
	struct merit_buffer note = { 0 };

	merit_buffer_put_text(&note, GOLDEN_BODY "\n" DASH "witness.example/w1 ");
	merit_base64_put(&note, blob, COSIGNATURE_SIZE);
	merit_buffer_put_char(&note, '\n');
	enum merit_status status = read_note(note.data, note.size, GOLDEN_WITNESS, NULL);
	merit_buffer_free(&note);
	return status;
}

static void a_cosignature_covers_its_time(void **state)
{
	static const char line[] = GOLDEN_WITNESS_LINE;
	const char *base64 = &line[strlen(DASH "witness.example/w1 ")];
	uint8_t blob[COSIGNATURE_SIZE];
	size_t size = 0;

	(void)state;
	assert_true(merit_base64_decode(base64, MERIT_BASE64_SIZE(COSIGNATURE_SIZE), blob, sizeof(blob), &size));
	assert_int_equal(size, sizeof(blob));
	assert_int_equal(read_cosignature(blob), MERIT_OK);
	for (unsigned i = MERIT_KEY_ID_SIZE; i < MERIT_KEY_ID_SIZE + 8; i++) {
		blob[i] ^= 0x40;
		assert_int_equal(read_cosignature(blob), MERIT_BAD_SIGNATURE);
		blob[i] ^= 0x40;
	}
}

/* Both are rightly signed; only the first is a time the format allows. */
static void a_cosignatures_time_is_below_2_to_the_63(void **state)
{
	static const struct { const char *message; uint8_t first, rest; enum merit_status want; } rows[] = {
		{ "cosignature/v1\ntime 9223372036854775807\n" GOLDEN_BODY, 0x7f, 0xff, MERIT_OK },
		{ "cosignature/v1\ntime 9223372036854775808\n" GOLDEN_BODY, 0x80, 0x00, MERIT_BAD_SIGNATURE },
	};
	struct merit_secret_key key = golden_witness_key();
	struct merit_verifier witness = verifier(GOLDEN_WITNESS);
	uint8_t blob[COSIGNATURE_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memcpy(blob, witness.id, MERIT_KEY_ID_SIZE);
		memset(blob + MERIT_KEY_ID_SIZE, rows[i].rest, 8);
		blob[MERIT_KEY_ID_SIZE] = rows[i].first;
		merit_key_sign(&key, rows[i].message, strlen(rows[i].message), blob + MERIT_KEY_ID_SIZE + 8);
		assert_int_equal(read_cosignature(blob), rows[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_standards_example_verifies),
		cmocka_unit_test(verifiers_are_written_and_read),
		cmocka_unit_test(a_verifier_with_one_fault_is_refused),
		cmocka_unit_test(names_are_bounded),
		cmocka_unit_test(a_note_with_one_fault_is_refused),
		cmocka_unit_test(a_text_may_hold_empty_lines),
		cmocka_unit_test(signatures_are_counted),
		cmocka_unit_test(notes_are_bounded),
		cmocka_unit_test(the_golden_checkpoint_is_met_to_the_byte),
		cmocka_unit_test(the_golden_witness_request_is_met_to_the_byte),
		cmocka_unit_test(a_cosignature_covers_its_time),
		cmocka_unit_test(a_cosignatures_time_is_below_2_to_the_63),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
