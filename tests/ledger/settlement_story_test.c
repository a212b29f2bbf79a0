/* settlement_story_test.c
 * Goal    whatever happens in whatever order, every posting to a party is in exactly one settlement: the first of its
 *         party and currency that was opened behind the entry that made it due, up to its day or later. What is
 *         settled, unsettled and paid is each party's balance.
 * Method  a story of chance with a fixed seed; then the log's records are read again and what should be due when is
 *         found from them alone, and compared with all lines that settlement.lines tells. */
#include "ledger/settlement.h"
#include "tests/ledger/settling.h"

#define STEPS         4000
#define POSTINGS_MAX  8000
#define SETTLED_MAX   600
#define ORDERS_MAX    600
#define LINES_MAX     3
#define RECEIVE_DAYS  9

static const char *const parties[] = { "acme", "beta", "shop", "other" };
static const char *const currencies[] = { "CNY", "USD" };
enum { PARTIES = 4, CURRENCIES = 2 };

static uint64_t chance_state;

/* A number from 0 to below count. */
static unsigned chance(unsigned count)
{
	chance_state ^= chance_state << 13;
	chance_state ^= chance_state >> 7;
	chance_state ^= chance_state << 17;
	return (unsigned)(chance_state % count);
}

/* The place of one of the last few; 0 where there is none. */
static unsigned one_of_the_last(unsigned few, unsigned count)
{
	return count == 0 ? 0 : count - 1 - chance(count < few ? count : few);
}

/* ---- The story ---- */

static struct {
	struct fixture *f;
	unsigned orders, codes, settlements;
} story;

/* What a settlement came to when it was opened. */
static struct settled {
	char name[16];
	unsigned party, currency;
	int32_t cutoff;
	uint64_t seq;
	int64_t lines, sum, carried;
} settled[SETTLED_MAX];

static void campaign_add(const char *name, const char *sponsor, const char *currency, const char *value,
                         const char *contract, int months)
{
	struct fixture *f = story.f;

	must(f, fixture_call(f, "ops", "campaign.create",
	                     "'campaign':'%s','sponsor':'%s','starts':'2026-01-01','ends':'2199-12-31',"
	                     "'currency':'%s',%s,'contract':'%s','months':%d,'round':'none','from':'occurred'",
	                     name, sponsor, currency, value, contract, months));
	must(f, fixture_call(f, "ops", "campaign.rule",
	                     "'campaign':'%s','event':'gift','maximum':1000,'evidence':'none'", name));
	must(f, fixture_call(f, "fin", "campaign.fund", "'campaign':'%s','points':10000000", name));
}

static void item_add(const char *item, const char *merchant, const char *class_, const char *currency, int price)
{
	must(story.f, fixture_call(story.f, "ops", "item.create",
	                           "'item':'%s','merchant':'%s','class':'%s','points':10,'currency':'%s',"
	                           "'price_minor':%d,'stock':100000",
	                           item, merchant, class_, currency, price));
}

static void short_receipt(struct merit_ledger_birth *birth)
{
	birth->receive_days = RECEIVE_DAYS;
}

static void story_begin(void)
{
	story.f = fixture_new_with(short_receipt);
	struct fixture *f = story.f;
	fixture_world(f);
	fixture_party(f, "fin2", "finance");
	must(f, fixture_call(f, "ops", "sponsor.create", "'sponsor':'beta'"));
	fixture_credit(f, "beta", "CNY");
	fixture_credit(f, "beta", "USD");
	must(f, fixture_call(f, "ops", "merchant.create", "'merchant':'other'"));
	campaign_add("k1", "acme", "CNY", "'value_minor':1,'value_points':1", "sponsor", 12);
	campaign_add("k2", "beta", "CNY", "'value_minor':3,'value_points':7", "breakage", 1);
	campaign_add("k3", "beta", "USD", "'value_minor':5,'value_points':2", "breakage", 2);
	item_add("i0", "shop", "goods", "CNY", 9);
	item_add("i1", "shop", "service", "CNY", 4);
	item_add("i2", "shop", "goods", "USD", 30);
	item_add("i3", "other", "goods", "CNY", 12);
	must(f, fixture_call(f, "ops", "item.create",
	                     "'item':'i4','merchant':'other','class':'code','points':10,'currency':'CNY',"
	                     "'price_minor':8"));
}

static void step_earn(void)
{
	(void)fixture_call(story.f, "svc", "earn",
	                   "'member':'m1','campaign':'k%u','event':'gift','reference':'e%u','occurred':%" PRId64
	                   ",'points':%u",
	                   1 + chance(3), story.f->ids, story.f->now_ms, 1 + chance(400));
}

static void step_place(void)
{
	char lines[512];
	size_t size = 0;
	unsigned count = 1 + chance(LINES_MAX);

	if (story.orders == ORDERS_MAX)
		return;
	for (unsigned i = 0; i < count; i++) {
		unsigned item = chance(5);
		if (item == 4)
			must(story.f, fixture_call(story.f, "ops", "code.add", "'item':'i4','code':'%s'",
			                           fixture_private(story.f, day_text((int32_t)story.codes++))));
		size += (size_t)snprintf(lines + size, sizeof(lines) - size,
		                         "%s{'item':'i%u','version':1,'points':10,'quantity':%u}", i == 0 ? "" : ",",
		                         item, item == 4 ? 1 : 1 + chance(4));
	}
	story.orders += fixture_call(story.f, "svc", "order.place", "'order':'o%u','member':'m1','lines':[%s]",
	                             story.orders, lines) == MERIT_OK;
}

/* Something of a late order. */
static void step_order(const char *method, const char *more)
{
	unsigned order = one_of_the_last(12, story.orders);

	if (chance(3) == 0)
		(void)fixture_call(story.f, "ops", method, "'order':'o%u'%s", order, more);
	else
		(void)fixture_call(story.f, "ops", method, "'order':'o%u'%s,'lines':[{'line':%u,'quantity':%u}]", order,
		                   more, chance(LINES_MAX), 1 + chance(3));
}

static void step_money(void)
{
	struct fixture *f = story.f;
	int32_t day = today(f) - (int32_t)chance(6);
	char account[32];
	unsigned party = chance(PARTIES);

	snprintf(account, sizeof(account), "%s/%s", party < 2 ? "sponsor" : "merchant", parties[party]);
	if (chance(2) == 0)
		must(f, fixture_call(f, "fin", "sponsor.deposit",
		                     "'sponsor':'%s','currency':'%s','amount_minor':%u,'bank_reference':'b%u',"
		                     "'day':'%s'",
		                     parties[chance(2)], currencies[chance(2)], 1 + chance(50), f->ids, day_text(day)));
	else if (chance(2) == 0)
		must(f, adjust(f, account, "margin", currencies[chance(2)], 1 + chance(20), day));
	else
		must(f, adjust(f, "opening", account, currencies[chance(2)], 1 + chance(20), day));
}

static void step_terms(void)
{
	must(story.f, fixture_call(story.f, "fin", "merchant.terms", "'merchant':'%s','settle_days':%u",
	                           parties[2 + chance(2)], chance(6)));
}

static void open_in(unsigned party, unsigned currency, int32_t cutoff)
{
	struct settled *row = &settled[story.settlements];
	struct fixture *f = story.f;

	assert_true(story.settlements < SETTLED_MAX);
	snprintf(row->name, sizeof(row->name), "s%u", story.settlements);
	if (settle_in(f, row->name, parties[party], currencies[currency], cutoff) != MERIT_OK)
		return;
	row->party = party;
	row->currency = currency;
	row->cutoff = cutoff;
	row->seq = (uint64_t)fixture_integer(f, "seq");
	row->lines = fixture_integer(f, "lines");
	row->sum = fixture_integer(f, "sum_minor");
	row->carried = fixture_integer(f, "carried_minor");
	story.settlements++;
}

static void step_settlement(void)
{
	struct fixture *f = story.f;
	unsigned late = one_of_the_last(9, story.settlements);

	switch (chance(6)) {
	case 0: open_in(chance(PARTIES), chance(CURRENCIES), today(f) - (int32_t)chance(8)); break;
	case 1:
	case 2: (void)fixture_call(f, "fin", "settlement.issue", "'settlement':'s%u'", late); break;
	case 3: (void)fixture_call(f, "fin", "settlement.confirm", "'settlement':'s%u'", late); break;
	case 4:
		(void)fixture_call(f, "fin", "settlement.dispute", "'settlement':'s%u','reason':'r'", late);
		break;
	default:
		(void)fixture_call(f, "fin", "settlement.pay",
		                   "'settlement':'s%u','currency':'CNY','amount_minor':%u,'bank_reference':'p%u'", late,
		                   1 + chance(40), f->ids);
	}
}

static void story_step(void)
{
	switch (chance(16)) {
	case 0:
	case 1: step_earn(); break;
	case 2:
	case 3: step_place(); break;
	case 4:
	case 5:
	case 6: step_order("order.fulfil", ""); break;
	case 7:
	case 8: (void)fixture_call(story.f, "ops", "order.receive", "'order':'o%u'", chance(story.orders + 1)); break;
	case 9: step_order("order.refund", ",'reason':'r'"); break;
	case 10: step_money(); break;
	case 11: step_terms(); break;
	case 12: story.f->now_ms += (int64_t)chance(30) * 3600000; break;
	default: step_settlement();
	}
}

/* Everything comes, falls due, and is settled. */
static void story_end(void)
{
	fixture_advance(story.f, 40 * FIXTURE_DAY_MS);
	fixture_advance(story.f, 40 * FIXTURE_DAY_MS);
	for (unsigned i = 0; i < story.settlements; i++)
		(void)fixture_call(story.f, "fin", "settlement.issue", "'settlement':'%s'", settled[i].name);
	for (unsigned i = 0; i < PARTIES * CURRENCIES; i++)
		open_in(i / CURRENCIES, i % CURRENCIES, today(story.f));
}

/* ---- What the log says ---- */

/* A posting to a party that some settlement must take. */
static struct due {
	uint64_t seq, place, known; /* known: the entry that made it due */
	unsigned party, currency;
	int64_t amount;
	int32_t day; /* on which it falls due */
	bool is_known, is_settled;
} dues[POSTINGS_MAX];
static size_t dues_count;

/* A line of an order, as far as receipts go. */
static struct sold {
	int64_t under_way;
	int32_t due_day;
	bool is_instant;      /* a code or service */
	unsigned merchant;    /* place among the parties */
	size_t waiting[64];   /* places among the dues */
	size_t waiting_count;
} sold[ORDERS_MAX][LINES_MAX];

static int32_t settle_days[PARTIES];
static int64_t paid[PARTIES][CURRENCIES];

static unsigned place_of(const char *const *names, unsigned count, struct merit_text name)
{
	for (unsigned i = 0; i < count; i++) {
		if (merit_text_equal(merit_text_of(names[i]), name))
			return i;
	}
	fail_msg("%.*s is nobody", (int)name.size, name.data);
	return 0;
}

static struct sold *sold_of(struct merit_text order)
{
	return sold[atoi(order.data + 1)];
}

static void release(const struct merit_entry *entry, struct sold *line, bool is_refund)
{
	int32_t day = is_refund ? entry->day : entry->day + settle_days[line->merchant];

	if (is_refund && line->due_day > day)
		day = line->due_day;
	if (!is_refund && day > line->due_day)
		line->due_day = day;
	for (size_t i = 0; i < line->waiting_count; i++) {
		struct due *due = &dues[line->waiting[i]];
		due->day = day;
		due->known = entry->seq;
		due->is_known = true;
	}
	line->waiting_count = 0;
}

static void lines_begin(const struct merit_entry *entry)
{
	const struct merit_value *lines = &entry->values[PLACE_LINES];
	struct sold *rows = sold_of(entry->values[PLACE_ORDER].text);

	for (size_t i = 0; i < lines->row_count; i++) {
		char item = lines->cells[i * PLACE_LINE_COLUMNS + PLACE_LINE_ITEM].text.data[1];
		rows[i].due_day = MERIT_DAY_NONE;
		rows[i].is_instant = item == '1' || item == '4';
		rows[i].merchant = item >= '3' ? 3 : 2;
	}
}

/* Which way pieces of a line go by an entry about its order. */
static void lines_move(const struct merit_entry *entry, struct sold *rows)
{
	const struct merit_value *done = &entry->results[DONE_LINES];
	unsigned operation = entry->operation->number;

	for (size_t i = 0; operation != MERIT_OP_ORDER_PLACE && i < done->row_count; i++) {
		struct sold *line = &rows[done->cells[i * LINE_COLUMNS + LINE_LINE].integer];
		int64_t pieces = done->cells[i * LINE_COLUMNS + LINE_QUANTITY].integer;
		if (operation == MERIT_OP_ORDER_FULFIL && !line->is_instant)
			line->under_way += pieces;
		if (operation == MERIT_OP_ORDER_RECEIVE)
			line->under_way -= pieces;
		if (operation == MERIT_OP_ORDER_REFUND && line->under_way > 0) /* what has not come goes back first */
			line->under_way -= pieces < line->under_way ? pieces : line->under_way;
	}
}

static bool is_about_goods(unsigned operation)
{
	return operation == MERIT_OP_ORDER_PLACE || operation == MERIT_OP_ORDER_FULFIL ||
	       operation == MERIT_OP_ORDER_RECEIVE || operation == MERIT_OP_ORDER_REFUND;
}

static void posting_read(const struct merit_entry *entry, const struct merit_posting *posting, uint64_t place)
{
	unsigned party = place_of(parties, PARTIES, posting->holder);
	unsigned currency = place_of(currencies, CURRENCIES, posting->currency);

	if (merit_entry_done(entry)->number == MERIT_OP_SETTLEMENT_PAY) {
		paid[party][currency] += party < 2 ? -posting->amount : posting->amount;
		return;
	}
	bool waits = party >= 2 && posting->line >= 0;
	assert_true(dues_count < POSTINGS_MAX);
	dues[dues_count] = (struct due){ entry->seq, place, entry->seq, party, currency, posting->amount, entry->day,
		                         !waits, false };
	if (waits) {
		struct sold *line = &sold_of(entry->values[0].text)[posting->line];
		assert_true(line->waiting_count < 64);
		line->waiting[line->waiting_count++] = dues_count;
	}
	dues_count++;
}

static void entry_follow(const struct merit_entry *entry)
{
	unsigned operation = entry->operation->number;
	uint64_t place = 0;

	if (operation == MERIT_OP_MERCHANT_TERMS)
		settle_days[place_of(parties, PARTIES, entry->values[MERCHANT_TERMS_MERCHANT].text)] =
			(int32_t)entry->values[MERCHANT_TERMS_SETTLE].integer;
	if (operation == MERIT_OP_ORDER_PLACE)
		lines_begin(entry);
	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		if (merit_posting_is_money(posting) &&
		    (posting->account == MERIT_ACCOUNT_SPONSOR || posting->account == MERIT_ACCOUNT_MERCHANT))
			posting_read(entry, posting, place);
		place += merit_posting_is_money(posting);
	}
	if (!is_about_goods(operation))
		return;
	struct sold *rows = sold_of(entry->values[0].text); /* the order stands first with all four */
	lines_move(entry, rows);
	for (int i = 0; i < LINES_MAX; i++) {
		if (rows[i].under_way == 0 && rows[i].waiting_count > 0)
			release(entry, &rows[i], operation == MERIT_OP_ORDER_REFUND);
	}
}

static void log_read(void)
{
	struct merit_entry entry;

	dues_count = 0;
	memset(sold, 0, sizeof(sold));
	memset(paid, 0, sizeof(paid));
	memset(settle_days, 0, sizeof(settle_days));
	for (uint64_t seq = 0; seq < fixture_size(story.f); seq++) {
		fixture_entry(story.f, seq, &entry);
		if (entry.status == MERIT_OK)
			entry_follow(&entry);
	}
}

/* ---- Comparing ---- */

static struct due *due_at(uint64_t seq, uint64_t place)
{
	for (size_t i = 0; i < dues_count; i++) {
		if (dues[i].seq == seq && dues[i].place == place)
			return &dues[i];
	}
	fail_msg("no posting %" PRIu64 " of entry %" PRIu64, place, seq);
	return NULL;
}

/* The settlement that must take it; NULL: none yet. */
static const struct settled *taker(const struct due *due)
{
	for (unsigned i = 0; i < story.settlements && due->is_known; i++) {
		const struct settled *row = &settled[i];
		if (row->party == due->party && row->currency == due->currency && row->seq > due->known &&
		    row->cutoff >= due->day)
			return row;
	}
	return NULL;
}

static void lines_compare(const struct settled *row)
{
	static struct told_line lines[POSTINGS_MAX];
	size_t count = lines_told(story.f, row->name, 7, lines, POSTINGS_MAX);
	int64_t sum = 0;

	assert_int_equal(count, row->lines);
	for (size_t i = 0; i < count; i++) {
		struct due *due = due_at(lines[i].seq, lines[i].place);
		assert_false(due->is_settled);
		due->is_settled = true;
		assert_ptr_equal(taker(due), row);
		assert_string_equal(lines[i].due_day, day_text(due->day));
		assert_int_equal(lines[i].amount, row->party < 2 ? due->amount : -due->amount);
		sum += lines[i].amount;
	}
	assert_int_equal(sum, row->sum);
}

/* What each settlement brought of the one before it. */
static void carried_compare(unsigned party, unsigned currency)
{
	int64_t carried = 0;

	for (unsigned i = 0; i < story.settlements; i++) {
		const struct settled *row = &settled[i];
		if (row->party != party || row->currency != currency)
			continue;
		assert_int_equal(row->carried, carried);
		int64_t total = row->sum + carried;
		carried = total < 0 ? total : 0;
	}
}

static void balances_compare(void)
{
	for (unsigned i = 0; i < PARTIES * CURRENCIES; i++) {
		unsigned party = i / CURRENCIES, currency = i % CURRENCIES;
		int64_t side = party < 2 ? 1 : -1, owed = -paid[party][currency];
		for (size_t due = 0; due < dues_count; due++) {
			if (dues[due].party == party && dues[due].currency == currency && !dues[due].is_settled)
				owed += side * dues[due].amount;
		}
		for (unsigned row = 0; row < story.settlements; row++) {
			if (settled[row].party == party && settled[row].currency == currency)
				owed += settled[row].sum;
		}
		assert_int_equal(side * merit_model_money_balance(
						&story.f->ledger->model,
						party < 2 ? MERIT_ACCOUNT_SPONSOR : MERIT_ACCOUNT_MERCHANT,
						merit_text_of(parties[party]), merit_text_of(currencies[currency])),
		                 owed);
		carried_compare(party, currency);
	}
}

static void story_compare(void)
{
	log_read();
	for (unsigned i = 0; i < story.settlements; i++)
		lines_compare(&settled[i]);
	for (size_t i = 0; i < dues_count; i++)
		assert_true(dues[i].is_settled == (taker(&dues[i]) != NULL));
	balances_compare();
}

static void every_posting_is_in_exactly_one_settlement(void **state)
{
	unsigned given_back = 0, carried = 0;
	int64_t paid_minor = 0;

	(void)state;
	chance_state = 20261122;
	memset(&story, 0, sizeof(story));
	story_begin();
	for (int i = 0; i < STEPS; i++) {
		story_step();
		if (i % 1000 == 700)
			story_compare();
	}
	story_end();
	story_compare();
	for (size_t i = 0; i < dues_count; i++) {
		assert_true(dues[i].is_settled);
		given_back += dues[i].party >= 2 && dues[i].amount > 0;
	}
	for (unsigned i = 0; i < story.settlements; i++)
		carried += settled[i].carried < 0;
	for (unsigned i = 0; i < PARTIES; i++)
		paid_minor += paid[i][0];
	print_message("%zu postings, %u back from merchants, in %u settlements, %u with something carried; %" PRId64
	              " paid; %u orders, %u codes\n",
	              dues_count, given_back, story.settlements, carried, paid_minor, story.orders, story.codes);
	/* A story worth comparing. */
	assert_true(dues_count > 1000 && given_back > 50 && story.settlements > 60 && carried > 20 && paid_minor > 0);
	world_free(story.f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_posting_is_in_exactly_one_settlement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
