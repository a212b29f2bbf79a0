/* record_test.c
 * Goal    an entry that moves money prints as two lines, its leaf and what it keeps sealed; what is read back is
 *         both, to the byte, and nothing that merely looks like it.
 * Method  one record by hand, its hash by another program. Each row changes one thing in the sealed line, whose hash
 *         is put into the leaf again so that the line itself is what is refused; then the hash, the halves, every
 *         prefix, every bit; then sizes. */
#include "tests/ledger/records.h"

#include "ledger/encode.h"

#define LEAF                                                                                                           \
	"{\"seq\":19,\"time\":1767225600000,\"day\":\"2026-01-01\",\"id\":\"i19\",\"op\":\"order.fulfil\","            \
	"\"by\":\"shop/k1\",\"request\":[19,0,\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"],"  \
	"\"params\":{\"order\":\"o\",\"lines\":[{\"line\":0,\"quantity\":1}]},\"status\":\"accepted\",\"result\":{"    \
	"\"member\":\"m1\",\"done\":[{\"line\":0,\"quantity\":1}],\"state\":\"open\"},\"postings\":["                  \
	"[\"member/m1/held\",\"points\",[[\"c1\",\"2027-01-01\",-30,0]]],"                                             \
	"[\"redeemed/shop\",\"points\",[[\"c1\",\"2027-01-01\",30,0]]]]"
#define SALT "000102030405060708090a0b0c0d0e0f"
#define SEALED                                                                                                         \
	"{\"salt\":\"" SALT "\",\"seq\":19,\"postings\":[[\"merchant/shop\",\"CNY\",[[null,null,-25,0]]],"             \
	"[\"margin\",\"CNY\",[[null,null,-5,0]]],[\"sponsor/acme\",\"CNY\",[[\"c1\",null,30,0]]]]}"
#define SEALED_HASH "9d3dc1175b0f90cff3c764264b5a13984b0cefb3708854017cfc016ca1471aa8"

static const char golden[] = LEAF ",\"sealed\":\"" SEALED_HASH "\"}\n" SEALED;

/* The record of a sealed line, with its hash in a leaf that is LEAF but for what it is given. */
static void record_make(struct merit_buffer *record, const char *leaf, const char *sealed, size_t sealed_size)
{
	uint8_t hash[MERIT_HASH_SIZE];

	merit_sha256(sealed, sealed_size, hash);
	merit_buffer_clear(record);
	merit_buffer_put_text(record, leaf);
	merit_buffer_put_text(record, ",\"sealed\":\"");
	merit_buffer_put_hex(record, hash, sizeof(hash));
	merit_buffer_put_text(record, "\"}\n");
	merit_buffer_put(record, sealed, sealed_size);
	assert_false(record->bad);
}

/* ---- What is one ---- */

static void money_is(const struct merit_posting *posting, enum merit_account account, const char *holder,
                     const char *campaign, int64_t amount)
{
	assert_true(merit_posting_is_money(posting));
	assert_int_equal(posting->account, account);
	assert_true(merit_text_equal(posting->holder, merit_text_of(holder)));
	assert_true(merit_text_equal(posting->campaign, merit_text_of(campaign)));
	assert_true(merit_text_equal(posting->currency, MERIT_TEXT("CNY")));
	assert_int_equal(posting->day, MERIT_DAY_NONE);
	assert_int_equal(posting->line, 0);
	assert_int_equal(posting->amount, amount);
}

static void money_is_read_posting_by_posting(void **state)
{
	struct merit_arena arena = { 0 };
	struct merit_entry entry;

	(void)state;
	assert_int_equal(record_read(golden, strlen(golden)), MERIT_OK);
	assert_int_equal(merit_entry_read(golden, strlen(golden), &arena, &entry), MERIT_OK);
	assert_true(merit_entry_has_money(&entry));
	assert_int_equal(entry.salt[15], 15);
	assert_int_equal(entry.postings_count, 5);
	assert_false(merit_posting_is_money(&entry.postings[1]));
	money_is(&entry.postings[2], MERIT_ACCOUNT_MERCHANT, "shop", "", -25);
	money_is(&entry.postings[3], MERIT_ACCOUNT_MARGIN, "", "", -5);
	money_is(&entry.postings[4], MERIT_ACCOUNT_SPONSOR, "acme", "c1", 30);
	assert_null(merit_postings_fault(&entry));
	merit_arena_free(&arena);
}

/* What an adjustment prints: no points in the leaf, two accounts that are one, and the day its period would have been. */
static void money_stands_alone_where_no_points_move(void **state)
{
	struct merit_arena arena = { 0 };
	struct merit_buffer record = { 0 };
	struct merit_entry entry, again;

	(void)state;
	assert_int_equal(merit_entry_read(golden, strlen(golden), &arena, &entry), MERIT_OK);
	entry.postings_count = 0;
	entry.has_belongs_to = true;
	entry.belongs_to = entry.day - 1;
	merit_entry_post_money(&entry, MERIT_ACCOUNT_CASH, MERIT_TEXT(""), MERIT_TEXT("USD"), MERIT_TEXT(""), -1, 7);
	merit_entry_post_money(&entry, MERIT_ACCOUNT_OPENING, MERIT_TEXT(""), MERIT_TEXT("USD"), MERIT_TEXT(""), -1, -7);
	merit_entry_gather(&entry);
	merit_entry_put(&record, &entry);
	assert_false(record.bad);
	size_t leaf_size = merit_record_leaf_size(record.data, record.size);
	assert_null(memmem(record.data, leaf_size, "postings", 8));
	assert_null(memmem(record.data, leaf_size, "USD", 3));
	assert_int_equal(record_read(record.data, record.size), MERIT_OK);
	assert_int_equal(merit_entry_read(record.data, record.size, &arena, &again), MERIT_OK);
	assert_int_equal(again.postings_count, 2);
	assert_int_equal(again.postings[0].account, MERIT_ACCOUNT_OPENING); /* what it leaves stands first */
	assert_int_equal(again.postings[0].line, -1);
	assert_int_equal(merit_entry_true_day(&again), entry.day - 1);
	merit_buffer_free(&record);
	merit_arena_free(&arena);
}

static void money_is_gathered_behind_points(void **state)
{
	static const struct { bool is_money; enum merit_account account; int64_t amount; } want[] = {
		{ false, MERIT_ACCOUNT_CAMPAIGN, -4 }, { false, MERIT_ACCOUNT_EXPIRED, 4 },
		{ true, MERIT_ACCOUNT_CASH, -3 },      { true, MERIT_ACCOUNT_BREAKAGE, -2 },
		{ true, MERIT_ACCOUNT_SPONSOR, 2 },    { true, MERIT_ACCOUNT_SPONSOR, 3 },
	};
	struct merit_arena arena = { 0 };
	struct merit_entry entry = { .arena = &arena };
	struct merit_text none = MERIT_TEXT(""), c = MERIT_TEXT("c"), s = MERIT_TEXT("s");
	struct merit_text cny = MERIT_TEXT("CNY"), usd = MERIT_TEXT("USD");

	(void)state;
	merit_entry_post_money(&entry, MERIT_ACCOUNT_SPONSOR, s, usd, none, -1, 3);
	merit_entry_post_money(&entry, MERIT_ACCOUNT_SPONSOR, s, cny, c, -1, 2);
	merit_entry_post_money(&entry, MERIT_ACCOUNT_CASH, none, usd, none, -1, -3);
	merit_entry_post_money(&entry, MERIT_ACCOUNT_BREAKAGE, none, cny, c, -1, -2);
	merit_entry_post(&entry, MERIT_ACCOUNT_EXPIRED, c, c, 1, -1, 4);
	merit_entry_post(&entry, MERIT_ACCOUNT_CAMPAIGN, c, c, MERIT_DAY_NONE, -1, -4);
	merit_entry_gather(&entry);
	assert_int_equal(entry.postings_count, sizeof(want) / sizeof(want[0]));
	for (size_t i = 0; i < entry.postings_count; i++) {
		assert_int_equal(merit_posting_is_money(&entry.postings[i]), want[i].is_money);
		assert_int_equal(entry.postings[i].account, want[i].account);
		assert_int_equal(entry.postings[i].amount, want[i].amount);
	}
	assert_null(merit_postings_fault(&entry));
	merit_arena_free(&arena);
}

static void a_record_is_its_leaf_and_its_sealed_line(void **state)
{
	size_t size = strlen(golden), leaf_size = size - strlen(SEALED) - 1;
	struct merit_buffer leaves = { 0 }, sealed = { 0 };
	uint8_t salt[MERIT_SALT_SIZE];

	(void)state;
	assert_int_equal(merit_record_leaf_size(golden, size), leaf_size);
	assert_true(merit_text_equal(merit_record_sealed(golden, size), merit_text_of(SEALED)));
	assert_int_equal(merit_record_sealed(golden, leaf_size).size, 0);
	assert_true(merit_record_salt(golden, size, salt));
	assert_int_equal(salt[10], 10);
	assert_false(merit_record_salt(golden, leaf_size, salt));
	/* The tree is over leaves: the proof of an entry shows none of its money. */
	struct merit_hash whole = merit_record_hash(golden, size), leaf = merit_hash_leaf(golden, leaf_size);
	assert_memory_equal(whole.bytes, leaf.bytes, MERIT_HASH_SIZE);
	merit_record_put(&leaves, &sealed, golden, leaf_size);
	assert_int_equal(sealed.size, 0);
	merit_record_put(&leaves, &sealed, golden, size);
	assert_int_equal(leaves.size, 2 * leaf_size + 1);
	assert_int_equal(leaves.data[leaf_size], ',');
	assert_true(merit_text_equal((struct merit_text){ sealed.data, sealed.size }, merit_text_of(SEALED)));
	merit_record_put(&leaves, &sealed, golden, size);
	assert_int_equal(sealed.size, 2 * strlen(SEALED) + 1);
	merit_buffer_free(&leaves);
	merit_buffer_free(&sealed);
}

/* ---- What is none ---- */

static void what_is_no_sealed_line_is_refused(void **state)
{
	static const struct {
		const char *name, *find, *put;
	} rows[] = {
		{ "a space", "{\"salt\"", "{ \"salt\"" },
		{ "a space behind", "30,0]]]]}", "30,0]]]]} " },
		{ "a line behind", "30,0]]]]}", "30,0]]]]}\n" },
		{ "no salt", "\"salt\":\"" SALT "\",", "" },
		{ "a short salt", "0e0f", "0e" },
		{ "a long salt", "0e0f", "0e0f10" },
		{ "a salt in capitals", "0a0b", "0A0B" },
		{ "another seq", "\"seq\":19", "\"seq\":18" },
		{ "no seq", "\"seq\":19,", "" },
		{ "another order", "\"salt\":\"" SALT "\",\"seq\":19", "\"seq\":19,\"salt\":\"" SALT "\"" },
		{ "an unknown key", "\"seq\":19,", "\"seq\":19,\"x\":1," },
		{ "postings of another kind", "\"postings\":[", "\"postings\":{}[" },
		{ "a currency in small letters", "\"margin\",\"CNY\"", "\"margin\",\"cny\"" },
		{ "a currency of four letters", "\"margin\",\"CNY\"", "\"margin\",\"CNYX\"" },
		{ "a currency of two", "\"margin\",\"CNY\"", "\"margin\",\"CN\"" },
		{ "a currency in another script", "\"margin\",\"CNY\"", "\"margin\",\"元\"" },
		{ "a currency that is a number", "\"margin\",\"CNY\"", "\"margin\",156" },
		{ "points", "\"margin\",\"CNY\"", "\"margin\",\"points\"" },
		{ "an account in points", "\"merchant/shop\"", "\"redeemed/shop\"" },
		{ "a member's account", "\"merchant/shop\"", "\"member/shop\"" },
		{ "a budget", "\"merchant/shop\"", "\"campaign/shop\"" },
		{ "an account of nobody", "\"merchant/shop\"", "\"merchant/\"" },
		{ "somebody's account that is one", "\"margin\"", "\"margin/shop\"" },
		{ "a holder of 33 letters", "\"merchant/shop\"", "\"merchant/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"" },
		{ "no such account", "\"margin\"", "\"profit\"" },
		{ "a day of money", "null,null,-5,0", "null,\"2027-01-01\",-5,0" },
		{ "money for ever", "null,null,-5,0", "null,\"never\",-5,0" },
		{ "an empty campaign", "[\"c1\",null", "[\"\",null" },
		{ "a campaign with a space", "[\"c1\",null", "[\"c 1\",null" },
		{ "a campaign that is a number", "[\"c1\",null", "[1,null" },
		{ "an amount of 0", "-5,0", "0,0" },
		{ "a fraction", "-5,0", "-5.0,0" },
		{ "an amount beyond the safe integers", "-25,0", "-9007199254740992,0" },
		{ "a line below zero", "-5,0", "-5,-1" },
		{ "a line no order has", "-5,0", "-5,100" },
		{ "a lot of five", "-5,0", "-5,0,0" },
		{ "no lots", "[[null,null,-5,0]]", "[]" },
		{ "one lot twice in a row", "[null,null,-5,0]", "[null,null,-2,0],[null,null,-3,0]" },
		{ "one account twice in a row", "[\"margin\",\"CNY\",[[null,null,-5,0]]]",
		  "[\"margin\",\"CNY\",[[null,null,-5,0]]],[\"margin\",\"CNY\",[[\"c1\",null,-5,0]]]" },
	};
	struct merit_buffer sealed = { 0 }, record = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		changed(SEALED, rows[i].find, rows[i].put, &sealed);
		record_make(&record, LEAF, sealed.data, sealed.size - 1);
		if (record_read(record.data, record.size) != MERIT_BAD_FORMAT)
			fail_msg("%s was read", rows[i].name);
	}
	record_make(&record, LEAF, SEALED, strlen(SEALED)); /* none of which is the method's doing */
	assert_int_equal(record_read(record.data, record.size), MERIT_OK);
	record_make(&record, LEAF, "{\"salt\":\"" SALT "\",\"seq\":19,\"postings\":[]}",
	            strlen("{\"salt\":\"" SALT "\",\"seq\":19,\"postings\":[]}"));
	assert_int_equal(record_read(record.data, record.size), MERIT_BAD_FORMAT);
	record_make(&record, LEAF, "", 0);
	assert_int_equal(record_read(record.data, record.size), MERIT_BAD_FORMAT);
	merit_buffer_free(&sealed);
	merit_buffer_free(&record);
}

static void a_leaf_and_a_line_that_do_not_belong_together_are_refused(void **state)
{
	static const struct {
		const char *name, *find, *put;
	} rows[] = {
		{ "another hash", SEALED_HASH, "8d3dc1175b0f90cff3c764264b5a13984b0cefb3708854017cfc016ca1471aa8" },
		{ "a short hash", SEALED_HASH, "9d3dc1175b0f90cff3c764264b5a13984b0cefb3708854017cfc016ca1471a" },
		{ "a hash in capitals", SEALED_HASH,
		  "9D3DC1175B0F90CFF3C764264B5A13984B0CEFB3708854017CFC016CA1471AA8" },
		{ "no hash", ",\"sealed\":\"" SEALED_HASH "\"", "" },
		{ "two hashes", "\"" SEALED_HASH "\"", "\"" SEALED_HASH "\",\"sealed\":\"" SEALED_HASH "\"" },
		{ "another salt", SALT, "000102030405060708090a0b0c0d0e10" },
		{ "another amount", "-25,0]", "-24,0]" },
		{ "another seq", "{\"seq\":19", "{\"seq\":20" },
		{ "no sealed line", "\n" SEALED, "" },
		{ "an empty sealed line", "\n" SEALED, "\n" },
		{ "a line between", "\n", "\n\n" },
		{ "money in the leaf", "[\"redeemed/shop\",\"points\"", "[\"sponsor/acme\",\"CNY\"" },
	};
	struct merit_buffer record = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		changed(golden, rows[i].find, rows[i].put, &record);
		if (record_read(record.data, record.size - 1) != MERIT_BAD_FORMAT)
			fail_msg("%s was read", rows[i].name);
	}
	merit_buffer_free(&record);
}

static void a_refusal_moves_no_money(void **state)
{
	static const char refused[] =
		"{\"seq\":19,\"time\":1767225600000,\"day\":\"2026-01-01\",\"id\":\"i19\",\"op\":\"order.fulfil\","
		"\"by\":\"shop/k1\",\"request\":[19,0,\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"],"
		"\"params\":{\"order\":\"o\"},\"status\":\"over_held\"";
	struct merit_buffer record = { 0 };

	(void)state;
	merit_buffer_put_text(&record, refused);
	merit_buffer_put_char(&record, '}');
	assert_int_equal(record_read(record.data, record.size), MERIT_OK);
	record_make(&record, refused, SEALED, strlen(SEALED));
	assert_int_equal(record_read(record.data, record.size), MERIT_BAD_FORMAT);
	merit_buffer_free(&record);
}

static void no_prefix_of_a_record_is_one(void **state)
{
	(void)state;
	for (size_t size = 0; size < strlen(golden); size++)
		assert_int_equal(record_read(golden, size), MERIT_BAD_FORMAT);
}

static void a_sealed_line_is_the_one_its_leaf_names(void **state)
{
	char text[sizeof(golden)];
	const char *hash = strstr(golden, SEALED_HASH), *line = strchr(golden, '\n') + 1;
	size_t leaf_size = (size_t)(line - 1 - golden);

	(void)state;
	assert_true(merit_record_is_sealed(golden, strlen(golden)));
	assert_false(merit_record_is_sealed(golden, leaf_size));
	assert_true(merit_record_is_sealed(golden, leaf_size - 2)); /* no leaf, but none that names a line either */
	assert_true(merit_record_is_sealed("{}", 2));
	assert_false(merit_record_is_sealed("{}\n{}", 5));
	for (size_t i = (size_t)(hash - golden); i < strlen(golden); i++) {
		if (i >= (size_t)(hash - golden) + strlen(SEALED_HASH) && i < (size_t)(line - golden))
			continue; /* the leaf's end */
		memcpy(text, golden, sizeof(golden));
		text[i] ^= 1;
		assert_false(merit_record_is_sealed(text, strlen(golden)));
	}
}

/* Of the leaf's bits some make another leaf; the hash lets none of the sealed line's pass, nor any of its own. */
static void a_changed_bit_of_a_sealed_line_is_refused(void **state)
{
	char text[sizeof(golden)];
	const char *hash = strstr(golden, SEALED_HASH);

	(void)state;
	for (size_t i = (size_t)(hash - golden); i < strlen(golden); i++) {
		for (int bit = 1; bit < 256; bit <<= 1) {
			memcpy(text, golden, sizeof(golden));
			text[i] = (char)(text[i] ^ bit);
			assert_int_equal(record_read(text, strlen(golden)), MERIT_BAD_FORMAT);
		}
	}
}

/* ---- Sizes ---- */

static void each_line_has_its_size(void **state)
{
	size_t size = 2 * (MERIT_ENTRY_SIZE_MAX + 1) + 1;
	char *record = malloc(size);

	(void)state;
	assert_non_null(record);
	memset(record, 'x', size);
	assert_true(merit_record_fits(record, MERIT_ENTRY_SIZE_MAX));
	assert_false(merit_record_fits(record, MERIT_ENTRY_SIZE_MAX + 1));
	record[MERIT_ENTRY_SIZE_MAX] = '\n';
	assert_true(merit_record_fits(record, 2 * MERIT_ENTRY_SIZE_MAX + 1));
	assert_false(merit_record_fits(record, 2 * MERIT_ENTRY_SIZE_MAX + 2));
	record[MERIT_ENTRY_SIZE_MAX] = 'x';
	record[MERIT_ENTRY_SIZE_MAX + 1] = '\n';
	assert_false(merit_record_fits(record, MERIT_ENTRY_SIZE_MAX + 3));
	free(record);
}

/* A sealed line of so many bytes: lots of margin of so many campaigns, the last one's name as long as it takes. */
static void sealed_make(struct merit_buffer *sealed, size_t want)
{
	merit_buffer_clear(sealed);
	merit_buffer_put_text(sealed, "{\"salt\":\"" SALT "\",\"seq\":19,\"postings\":[[\"margin\",\"CNY\",[");
	while (want - sealed->size > 55) /* room for one that fills up, and the end */
		merit_buffer_put_text(sealed, (sealed->size & 1) != 0 ? "[\"a\",null,1]," : "[\"bb\",null,-1],");
	merit_buffer_put_text(sealed, "[\"");
	size_t behind = strlen("\",null,7],[\"c\",null,7]]]]}");
	while (sealed->size + behind < want)
		merit_buffer_put_char(sealed, 'z');
	merit_buffer_put_text(sealed, "\",null,7],[\"c\",null,7]]]]}");
	assert_int_equal(sealed->size, want);
}

static void a_sealed_line_is_read_up_to_its_size(void **state)
{
	struct merit_buffer sealed = { 0 }, record = { 0 };

	(void)state;
	for (size_t over = 0; over <= 1; over++) {
		sealed_make(&sealed, MERIT_ENTRY_SIZE_MAX + over);
		record_make(&record, LEAF, sealed.data, sealed.size);
		assert_int_equal(record_read(record.data, record.size), over == 0 ? MERIT_OK : MERIT_BAD_FORMAT);
	}
	merit_buffer_free(&sealed);
	merit_buffer_free(&record);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(money_is_read_posting_by_posting),
		cmocka_unit_test(money_stands_alone_where_no_points_move),
		cmocka_unit_test(money_is_gathered_behind_points),
		cmocka_unit_test(a_record_is_its_leaf_and_its_sealed_line),
		cmocka_unit_test(what_is_no_sealed_line_is_refused),
		cmocka_unit_test(a_leaf_and_a_line_that_do_not_belong_together_are_refused),
		cmocka_unit_test(a_refusal_moves_no_money),
		cmocka_unit_test(no_prefix_of_a_record_is_one),
		cmocka_unit_test(a_sealed_line_is_the_one_its_leaf_names),
		cmocka_unit_test(a_changed_bit_of_a_sealed_line_is_refused),
		cmocka_unit_test(each_line_has_its_size),
		cmocka_unit_test(a_sealed_line_is_read_up_to_its_size),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
