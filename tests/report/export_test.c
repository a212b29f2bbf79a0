/* export_test.c
 * Goal    journals say what the ledger says, under names that no two accounts share; other people's programs take them
 *         and come to the same balances; the payment file names what may be paid and nothing else.
 * Method  a story with every kind of movement, and members, campaigns and merchants whose names hold all that names
 *         may. Short exports are compared whole. */
#include "tests/ledger/settling.h"
#include "tests/report/reports.h"
#include "tests/support/journals.h"

/* ---- Names ---- */

static void a_name_becomes_one_that_both_programs_take(void **state)
{
	static const struct {
		enum merit_account account;
		const char *holder;
		bool is_money;
		const char *hledger, *beancount;
	} rows[] = {
		{ MERIT_ACCOUNT_MEMBER, "M1", false, "points:member:M1:available",
		  "Assets:Points:Member:M1:Available" },
		{ MERIT_ACCOUNT_HELD, "M1", false, "points:member:M1:held", "Assets:Points:Member:M1:Held" },
		{ MERIT_ACCOUNT_HELD, "m1", false, "points:member:m1:held", "Assets:Points:Member:M1-l:Held" },
		{ MERIT_ACCOUNT_DEBT, "m:1", false, "points:member:m%3A1:debt",
		  "Liabilities:Points:Member:M-c1-l:Debt" },
		{ MERIT_ACCOUNT_SPONSOR, "1.a", false, "points:sponsor:1.a", "Equity:Points:Sponsor:1-da" },
		{ MERIT_ACCOUNT_SPONSOR, "1.a", true, "money:sponsor:1.a", "Liabilities:Sponsor:1-da" },
		{ MERIT_ACCOUNT_MERCHANT, "-_", true, "money:merchant:-_", "Liabilities:Merchant:X---u-x" },
		{ MERIT_ACCOUNT_CASH, "", true, "money:cash", "Assets:Cash" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct merit_buffer text = { 0 };
		merit_export_put_hledger(&text, rows[i].account, merit_text_of(rows[i].holder), rows[i].is_money);
		merit_buffer_put_char(&text, '\0');
		assert_string_equal(text.data, rows[i].hledger);
		merit_buffer_clear(&text);
		merit_export_put_beancount(&text, rows[i].account, merit_text_of(rows[i].holder), rows[i].is_money);
		merit_buffer_put_char(&text, '\0');
		assert_string_equal(text.data, rows[i].beancount);
		merit_buffer_free(&text);
	}
}

/* Every name of up to three of these characters, as a member's four accounts. */
#define ALPHABET "aAXlx1-._:"
#define NAMES    (10 + 100 + 1000)

static void name_at(size_t index, char name_out[4])
{
	size_t size = index < 10 ? 1 : index < 110 ? 2 : 3, rest = index - (size == 1 ? 0 : size == 2 ? 10 : 110);

	for (size_t i = 0; i < size; i++, rest /= 10)
		name_out[i] = ALPHABET[rest % 10];
	name_out[size] = '\0';
}

static void no_two_names_become_one(void **state)
{
	static void (*const forms[])(struct merit_buffer *, enum merit_account, struct merit_text, bool) = {
		merit_export_put_hledger,
		merit_export_put_beancount,
	};

	(void)state;
	for (size_t form = 0; form < 2; form++) {
		struct merit_index names = { .count = 0 };
		struct merit_arena arena = { 0 };
		struct merit_buffer text = { 0 };
		for (size_t i = 0; i < NAMES; i++) {
			char name[4];
			name_at(i, name);
			for (int account = MERIT_ACCOUNT_MEMBER; account <= MERIT_ACCOUNT_DEBT; account++) {
				merit_buffer_clear(&text);
				forms[form](&text, (enum merit_account)account, merit_text_of(name), false);
				assert_non_null(merit_index_get(&names, &arena,
				                                (struct merit_text){ text.data, text.size }, 1));
			}
		}
		assert_int_equal(names.count, 4 * NAMES);
		merit_index_free(&names);
		merit_arena_free(&arena);
		merit_buffer_free(&text);
	}
}

/* ---- Journals ---- */

/* One deposit, one budget, one earn, on one day; the world's own entries are before first_day. */
static struct fixture *short_story(void)
{
	struct fixture *f = fixture_new();

	fixture_world(f);
	f->now_ms += FIXTURE_DAY_MS;
	must(f, fixture_call_id(f, "fin", "dep:1", "sponsor.deposit",
	                        "'sponsor':'acme','currency':'CNY','amount_minor':123450,'bank_reference':'b1'"));
	must(f, fixture_call_id(f, "svc", "earn:1", "earn",
	                        "'member':'m1','campaign':'c1','event':'course','reference':'r1','occurred':%lld",
	                        (long long)f->now_ms));
	return f;
}

static void a_journal_of_hledgers_reads_like_this(void **state)
{
	struct fixture *f = short_story();
	struct merit_report_options options = REPORT_ALL;

	(void)state;
	options.first_day = the_day("2026-01-02");
	char *journal = export_of(f, MERIT_EXPORT_HLEDGER, options), want[2048];
	unsigned long long seq = fixture_size(f) - 1;
	(void)snprintf(want, sizeof(want),
	               "; merit.test/ledger\n\n"
	               "commodity 1000. POINTS\ncommodity 1000.00 CNY\n\n"
	               "account points:sponsor:acme\naccount points:campaign:c1\naccount points:member:m1:available\n"
	               "account money:sponsor:acme  ; type:L\naccount money:cash  ; type:C\n\n"
	               "2026-01-02 opening balances\n"
	               "    points:sponsor:acme  -100000 POINTS\n    points:campaign:c1  100000 POINTS\n\n"
	               "2026-01-02 (%llu) sponsor.deposit | dep:1\n    ; by:fin/k1\n"
	               "    money:cash  1234.50 CNY\n    money:sponsor:acme  -1234.50 CNY\n\n"
	               "2026-01-02 (%llu) earn | earn:1\n    ; by:svc/k1\n"
	               "    points:campaign:c1  -100 POINTS  ; campaign:c1\n"
	               "    points:member:m1:available  100 POINTS  ; campaign:c1, last_day:2027-01-02\n\n"
	               "2026-01-02 closing balances\n"
	               "    points:sponsor:acme  0 POINTS = -100000 POINTS\n"
	               "    points:campaign:c1  0 POINTS = 99900 POINTS\n"
	               "    points:member:m1:available  0 POINTS = 100 POINTS\n"
	               "    money:sponsor:acme  0.00 CNY = -1234.50 CNY\n    money:cash  0.00 CNY = 1234.50 CNY\n",
	               seq - 1, seq);
	assert_string_equal(journal, want);
	free(journal);
	fixture_free(f);
}

static void a_journal_of_beancounts_reads_like_this(void **state)
{
	struct fixture *f = short_story();
	struct merit_report_options options = REPORT_ALL;

	(void)state;
	options.first_day = the_day("2026-01-02");
	char *journal = export_of(f, MERIT_EXPORT_BEANCOUNT, options), want[2048];
	unsigned long long seq = fixture_size(f) - 1;
	(void)snprintf(want, sizeof(want),
	               "option \"title\" \"merit.test/ledger\"\noption \"operating_currency\" \"CNY\"\n"
	               "option \"inferred_tolerance_multiplier\" \"0\"\n\n"
	               "2026-01-02 open Equity:Points:Sponsor:Acme-l\n2026-01-02 open Assets:Points:Campaign:C1-l\n"
	               "2026-01-02 open Assets:Points:Member:M1-l:Available\n"
	               "2026-01-02 open Liabilities:Sponsor:Acme-l\n2026-01-02 open Assets:Cash\n\n"
	               "2026-01-02 * \"opening balances\"\n"
	               "  Equity:Points:Sponsor:Acme-l  -100000 POINTS\n"
	               "  Assets:Points:Campaign:C1-l  100000 POINTS\n\n"
	               "2026-01-02 * \"sponsor.deposit\" \"dep:1\"\n  seq: %llu\n  by: \"fin/k1\"\n"
	               "  Assets:Cash  1234.50 CNY\n  Liabilities:Sponsor:Acme-l  -1234.50 CNY\n\n"
	               "2026-01-02 * \"earn\" \"earn:1\"\n  seq: %llu\n  by: \"svc/k1\"\n"
	               "  Assets:Points:Campaign:C1-l  -100 POINTS\n    campaign: \"c1\"\n"
	               "  Assets:Points:Member:M1-l:Available  100 POINTS\n    campaign: \"c1\"\n"
	               "    last_day: 2027-01-02\n\n"
	               "2026-01-03 balance Equity:Points:Sponsor:Acme-l  -100000 POINTS\n"
	               "2026-01-03 balance Assets:Points:Campaign:C1-l  99900 POINTS\n"
	               "2026-01-03 balance Assets:Points:Member:M1-l:Available  100 POINTS\n"
	               "2026-01-03 balance Liabilities:Sponsor:Acme-l  -1234.50 CNY\n"
	               "2026-01-03 balance Assets:Cash  1234.50 CNY\n",
	               seq - 1, seq);
	assert_string_equal(journal, want);
	free(journal);
	fixture_free(f);
}

static void a_line_of_json_holds_the_sealed_postings_too(void **state)
{
	struct fixture *f = short_story();
	struct merit_report_options options = REPORT_ALL;

	(void)state;
	options.first_day = the_day("2026-01-02");
	char *lines = export_of(f, MERIT_EXPORT_JSON, options), want[1024];
	unsigned long long seq = fixture_size(f) - 1;
	(void)snprintf(
		want, sizeof(want),
		"{\"seq\":%llu,\"time\":%lld,\"day\":\"2026-01-02\",\"belongs_to\":null,\"id\":\"dep:1\","
		"\"op\":\"sponsor.deposit\",\"by\":\"fin/k1\",\"postings\":[{\"account\":\"cash\","
		"\"unit\":\"CNY\",\"campaign\":null,\"last_day\":null,\"line\":null,\"amount\":123450},"
		"{\"account\":\"sponsor/acme\",\"unit\":\"CNY\",\"campaign\":null,\"last_day\":null,\"line\":null,"
		"\"amount\":-123450}]}\n",
		seq - 1, (long long)f->now_ms);
	assert_memory_equal(lines, want, strlen(want));
	assert_non_null(strstr(lines, "\"amount\":100}]}\n"));
	free(lines);
	fixture_free(f);
}

static void a_period_without_entries_is_its_opening(void **state)
{
	struct fixture *f = short_story();
	char *journal = export_of(f, MERIT_EXPORT_JSON, period_of("2026-02", "2026-02"));

	(void)state;
	assert_string_equal(journal, "");
	free(journal);
	journal = export_of(f, MERIT_EXPORT_HLEDGER, period_of("2026-02", "2026-02"));
	assert_non_null(strstr(journal, "2026-02-01 opening balances\n    points:sponsor:acme  -100000 POINTS\n"));
	assert_non_null(strstr(journal, "2026-02-01 closing balances\n"));
	free(journal);
	fixture_free(f);
}

/* ---- Other people's programs ---- */

/* Names with everything in them, a currency without decimals, and every kind of movement. */
static struct fixture *long_story(void)
{
	struct fixture *f = settling_new();

	must(f, fixture_call(f, "ops", "merchant.create", "'merchant':'-_x:.'"));
	must(f, fixture_call(f, "ops", "item.create",
	                     "'item':'pen','merchant':'-_x:.','class':'goods','points':7,'currency':'CNY',"
	                     "'price_minor':333,'stock':100"));
	fixture_credit(f, "acme", "JPY");
	must(f, fixture_call(
			f, "ops", "campaign.create",
			"'campaign':'C:1','sponsor':'acme','starts':'2026-01-01','ends':'2026-12-31','currency':'JPY',"
			"'value_minor':2,'value_points':3,'contract':'breakage','months':1,'round':'none',"
			"'from':'occurred'"));
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'C:1','event':'wait','points':50,'evidence':'none','review':true"));
	must(f,
	     fixture_call(f, "ops", "campaign.rule", "'campaign':'C:1','event':'now','points':31,'evidence':'none'"));
	must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'C:1','points':1000"));
	fixture_member(f, "_m:.-");
	must(f, fixture_call(f, "svc", "earn",
	                     "'member':'_m:.-','campaign':'C:1','event':'wait','reference':'w','occurred':%lld",
	                     (long long)f->now_ms));
	must(f, fixture_call(f, "svc", "earn",
	                     "'member':'_m:.-','campaign':'C:1','event':'now','reference':'n','occurred':%lld",
	                     (long long)f->now_ms));
	must(f, deposit(f, 100000, today(f)));
	must(f, fixture_order(f, "o1", "m1", 3));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o1','lines':[{'line':0,'quantity':2}]"));
	must(f,
	     fixture_call(f, "svc", "order.place",
	                  "'order':'o2','member':'m1','lines':[{'item':'pen','version':1,'points':7,'quantity':3}]"));
	must(f, fixture_call(f, "ops", "order.fulfil", "'order':'o2'"));
	f->now_ms += 40 * FIXTURE_DAY_MS; /* The lots of C:1 expire, the cup that was not shipped is given back. */
	fixture_tick(f);
	must(f, fixture_call(f, "ops", "order.refund",
	                     "'order':'o1','lines':[{'line':0,'quantity':1}],'reason':'broken'"));
	must(f, adjust(f, "cash", "opening", "JPY", 77, today(f)));
	return f;
}

static void other_programs_find_the_same_balances(void **state)
{
	struct fixture *f = long_story();

	(void)state;
	journals_agree(f, MERIT_DAY_NONE);
	journals_agree(f, the_day("2026-01-20"));
	journals_agree(f, the_day("2027-01-01"));
	fixture_free(f);
}

#define LONGEST_NAME "._:-aZ09._:-aZ09._:-aZ09._:-aZ09"

static void the_largest_amounts_and_the_longest_names_are_taken(void **state)
{
	static const char *const currencies[] = { "KWD", "JPY", "CNY" };
	struct fixture *f = settling_new();

	(void)state;
	_Static_assert(sizeof(LONGEST_NAME) == MERIT_NAME_SIZE_MAX + 1, "as long as a name may be");
	must(f, fixture_call(f, "ops", "merchant.create", "'merchant':'" LONGEST_NAME "'"));
	for (size_t i = 0; i < sizeof(currencies) / sizeof(currencies[0]); i++) {
		must(f, adjust(f, "merchant/" LONGEST_NAME, "margin", currencies[i], MERIT_MONEY_MAX, today(f)));
		f->now_ms += FIXTURE_DAY_MS;
		must(f, adjust(f, "cash", "opening", currencies[i], 1, today(f)));
	}
	journals_agree(f, MERIT_DAY_NONE);
	journals_agree(f, the_day("2026-01-02"));
	fixture_free(f);
}

/* ---- Payments to be made ---- */

static void the_payment_file_names_what_merchants_are_still_to_be_paid(void **state)
{
	struct fixture *f = long_story();
	const char *heading = "settlement,party,currency,amount,invoice,cutoff,paid,reference\n";
	char want[512];

	(void)state;
	int32_t cutoff = today(f);
	must(f, settle(f, "s-open", "shop", cutoff));
	char *text = export_of(f, MERIT_EXPORT_PAYOUT, REPORT_ALL);
	assert_string_equal(text, heading); /* Open: its party has not seen it. */
	free(text);
	int64_t total = fixture_money(f, MERIT_ACCOUNT_MERCHANT, "shop", "CNY");
	assert_true(total < -10);
	must(f, fixture_call(f, "fin", "settlement.issue", "'settlement':'s-open','invoice':'INV-7'"));
	must(f, fixture_call(f, "shop", "settlement.dispute", "'settlement':'s-open','reason':'wrong'"));
	text = export_of(f, MERIT_EXPORT_PAYOUT, REPORT_ALL);
	assert_string_equal(text, heading);
	free(text);
	must(f, fixture_call(f, "shop", "settlement.confirm", "'settlement':'s-open'"));
	must(f, pay(f, "s-open", 10));
	(void)snprintf(want, sizeof(want), "%ss-open,shop,CNY,%lld.%02lld,INV-7,%s,0.10,s-open INV-7\n", heading,
	               (long long)(-total - 10) / 100, (long long)(-total - 10) % 100, day_text(cutoff));
	text = export_of(f, MERIT_EXPORT_PAYOUT, REPORT_ALL);
	assert_string_equal(text, want);
	free(text);
	must(f, pay(f, "s-open", -total - 10));
	text = export_of(f, MERIT_EXPORT_PAYOUT, REPORT_ALL);
	assert_string_equal(text, heading);
	free(text);
	fixture_free(f);
}

static void what_sponsors_owe_is_nothing_to_pay(void **state)
{
	struct fixture *f = settling_new();

	(void)state;
	must(f, fixture_order(f, "o1", "m1", 3));
	must(f, fixture_call(f, "shop", "order.fulfil", "'order':'o1'"));
	must(f, settle(f, "bill", "acme", today(f)));
	assert_true(fixture_integer(f, "total_minor") > 0);
	must(f, issue(f, "bill"));
	char *text = export_of(f, MERIT_EXPORT_PAYOUT, REPORT_ALL);
	assert_null(strstr(text, "bill"));
	free(text);
	fixture_free(f);
}

/* ---- Failures ---- */

static void a_full_disk_is_told(void **state)
{
	struct fixture *f = short_story();
	struct merit_report_options options = REPORT_ALL;
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	if (full == NULL)
		skip();
	struct merit_journal *source = source_begin(f);
	assert_int_equal(merit_export(source, MERIT_EXPORT_JSON, &options, NULL, full), MERIT_IO_FAILED);
	source_end(f, source);
	(void)fclose(full);
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_becomes_one_that_both_programs_take),
		cmocka_unit_test(no_two_names_become_one),
		cmocka_unit_test(a_journal_of_hledgers_reads_like_this),
		cmocka_unit_test(a_journal_of_beancounts_reads_like_this),
		cmocka_unit_test(a_line_of_json_holds_the_sealed_postings_too),
		cmocka_unit_test(a_period_without_entries_is_its_opening),
		cmocka_unit_test(other_programs_find_the_same_balances),
		cmocka_unit_test(the_largest_amounts_and_the_longest_names_are_taken),
		cmocka_unit_test(the_payment_file_names_what_merchants_are_still_to_be_paid),
		cmocka_unit_test(what_sponsors_owe_is_nothing_to_pay),
		cmocka_unit_test(a_full_disk_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
