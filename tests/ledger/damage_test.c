/* damage_test.c
 * Goal    bytes that are not those of the signed tree never become state or a decision: opening finds them where they must
 *         be evolved again, the service ends where something was decided over them, and who reads them is told.
 * Method  a log whose entries are partly under a complete tile and partly in the open one, changed behind its back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "ledger/state.h"
#include "tests/ledger/behind.h"
#include "tests/support/fixture.h"

#define HASH "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

/* ---- The log ---- */

/* Entries until so many. */
static void fill(struct fixture *f, uint64_t size)
{
	char member[32];

	while (fixture_size(f) < size) {
		snprintf(member, sizeof(member), "p%llu", (unsigned long long)fixture_size(f));
		fixture_member(f, member);
	}
}

static struct fixture *new_log(void)
{
	struct fixture *f = fixture_new();

	fixture_world(f);
	assert_int_equal(fixture_call(f, "ops", "campaign.rule",
	                              "'campaign':'c1','event':'case','points':7,'evidence':'required'"),
	                 MERIT_OK);
	return f;
}

/* An earn, and an order that moved money, with a sealed line. */
static void live(struct fixture *f, const char *reference, const char *order)
{
	assert_int_equal(fixture_earn(f, "m1", reference), MERIT_OK);
	assert_int_equal(fixture_order(f, order, "m1", 1), MERIT_OK);
	assert_int_equal(fixture_call(f, "shop", "order.fulfil", "'order':'%s'", order), MERIT_OK);
}

static struct row entry_row(const struct fixture *f, uint64_t seq)
{
	struct change change = change_begin(f, "log", "entries");
	struct row row = row_at(&change, seq);

	change_end(&change);
	return row;
}

/* The newest entry before seq whose record has these bytes; where they are in it. */
static struct row row_with(const struct fixture *f, uint64_t seq, const char *bytes, size_t *at_out)
{
	while (seq-- > 0) {
		struct row row = entry_row(f, seq);
		const unsigned char *at = memmem(row.value, row.size, bytes, strlen(bytes));
		if (at != NULL) {
			*at_out = (size_t)(at - row.value);
			return row;
		}
		free(row.value);
	}
	fail_msg("no entry with %s", bytes);
	return (struct row){ .size = 0 };
}

/* ---- Opening ---- */

/* Each would be believed: it reads, and prints the same again. Or it would bring a rule to where its asserts do not hold. */
static const struct {
	const char *name, *bytes;
	size_t ahead; /* of the byte that changes */
} changes[] = {
	{ "points in a posting", "\"c1\",null,-100]", 11 },
	{ "points in the result", "\"paid\":100", 7 },
	{ "a campaign nobody made", "\"campaign\":\"c1\",\"event\"", 13 },
	{ "a reference", "\"reference\":\"r", 13 },
	{ "a stock of nothing", "\"stock\":10", 8 },
	{ "money in a sealed line", "\"CNY\",[[", 14 },
	{ "the salt of a sealed line", "{\"salt\":\"", 9 },
	{ "a seq", "{\"seq\":", 7 },
};

static void check_change(struct fixture *f, size_t number, uint64_t before)
{
	size_t at = 0;
	struct row row = row_with(f, before, changes[number].bytes, &at);
	unsigned char *byte = &row.value[at + changes[number].ahead], was = *byte;

	print_message("           %s, entry %llu\n", changes[number].name, (unsigned long long)row_seq(&row));
	*byte = was == '5' ? '6' : '5';
	row_write(f, "log", "entries", &row, true);
	assert_int_equal(merit_state_destroy(f->directory), MERIT_OK); /* All of the log has to be evolved again. */
	assert_int_equal(reopen(f), MERIT_CORRUPT);
	*byte = was;
	row_write(f, "log", "entries", &row, true);
	free(row.value);
}

static void a_changed_entry_is_never_caught_up_with(void **state)
{
	struct fixture *f = new_log();
	uint64_t sizes[2];

	(void)state;
	f->state_rows_max = 10; /* Catching up writes back as it goes: of what it found until then nothing may stay. */
	live(f, "r1", "o1");
	sizes[0] = fixture_size(f);
	fill(f, sizes[0] + 300);
	live(f, "r2", "o2");
	sizes[1] = fixture_size(f);
	fixture_close(f);
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		check_change(f, i, sizes[0]);
		check_change(f, i, sizes[1]);
		must_be_proven(f);
	}
	assert_int_equal(reopen(f), MERIT_OK);
	must_be_proven(f);
	fixture_free(f);
}

/* Somebody removes a tile, or changes it. */
static void entries_without_their_tile_are_not_caught_up_with(void **state)
{
	struct fixture *f = new_log();

	(void)state;
	live(f, "r1", "o1");
	fill(f, 300);
	fixture_close(f);
	struct row tile = row_read(f, "log", "tiles", 0);
	row_write(f, "log", "tiles", &tile, false);
	assert_int_equal(reopen(f), MERIT_CORRUPT);
	tile.value[32 * 20] ^= 1;
	row_write(f, "log", "tiles", &tile, true);
	assert_int_equal(reopen(f), MERIT_CORRUPT);
	tile.value[32 * 20] ^= 1;
	row_write(f, "log", "tiles", &tile, true);
	assert_int_equal(reopen(f), MERIT_OK);
	must_be_proven(f);
	free(tile.value);
	fixture_free(f);
}

static void use_evidence(struct fixture *f, const char *reference)
{
	assert_int_equal(fixture_call(f, "svc", "earn",
	                              "'member':'m1','campaign':'c1','event':'case','reference':'%s','evidence':'" HASH
	                              "','occurred':%lld",
	                              reference, (long long)f->now_ms),
	                 MERIT_OK);
}

/* The damaged entry is in state already, but one behind it asks for it once more, as it is evolved. */
static void what_is_evolved_over_a_damaged_entry_is_never_written_back(void **state)
{
	struct fixture *f = new_log();

	(void)state;
	use_evidence(f, "r1");
	uint64_t seq = fixture_size(f) - 1;
	fill(f, seq + 300);
	fixture_flush(f);
	use_evidence(f, "r2");
	fill(f, seq + 330);
	fixture_close(f);
	f->state_rows_max = 2;
	struct row row = entry_row(f, seq);
	row_write(f, "log", "entries", &row, false);
	assert_int_equal(reopen(f), MERIT_CORRUPT);
	row_write(f, "log", "entries", &row, true);
	assert_int_equal(reopen(f), MERIT_OK);
	must_be_proven(f);
	free(row.value);
	fixture_free(f);
}

/* ---- Deciding ---- */

enum damage { LOST, CHANGED, REPLACED };
static const char *const damages[] = { "lost", "changed", "another one" };

static void damage(const struct fixture *f, const struct row *row, enum damage damage)
{
	struct row other = damage == REPLACED ? entry_row(f, row_seq(row) - 1) : entry_row(f, row_seq(row));

	memcpy(other.key, row->key, row->key_size);
	if (damage == CHANGED)
		other.value[other.size - 2] ^= 1;
	row_write(f, "log", "entries", &other, damage != LOST);
	free(other.value);
}

/* The call is decided over the damaged entry in a group of its own: that is not sealed. Then the row comes back. */
static void check_decision(struct fixture *f, const struct row *row, const char *kid, const char *method,
                           const char *params)
{
	uint64_t size = fixture_size(f);

	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		print_message("           %s: %s\n", method, damages[i]);
		fixture_close(f);
		damage(f, row, (enum damage)i);
		fixture_open(f);
		f->in_group = true;
		assert_int_equal(merit_ledger_begin(f->ledger, f->now_ms, 0, 0), MERIT_OK);
		(void)fixture_call(f, kid, method, "%s", params);
		assert_int_equal(merit_ledger_seal(f->ledger), MERIT_CORRUPT);
		assert_int_equal(fixture_size(f), size);
		f->in_group = false;
		fixture_close(f);
		row_write(f, "log", "entries", row, true);
		must_be_proven(f);
		fixture_open(f);
	}
}

/* A row may come back from a copy: what was decided without it would stand beside it for ever. */
static void what_is_decided_over_a_damaged_entry_is_never_made_durable(void **state)
{
	struct fixture *f = new_log();
	char params[200];

	(void)state;
	live(f, "r1", "o1");
	use_evidence(f, "r3");
	uint64_t seq = fixture_size(f) - 1;
	fill(f, seq + 300); /* An entry that no complete tile covers is read at open, and missed. */
	fixture_flush(f);
	fixture_close(f);
	struct row row = entry_row(f, seq);
	fixture_open(f);
	snprintf(params, sizeof(params), "'entry':%llu,'reason':'a mistake'", (unsigned long long)seq);
	check_decision(f, &row, "ops", "reverse", params);
	snprintf(params, sizeof(params),
	         "'member':'m1','campaign':'c1','event':'case','reference':'r3','evidence':'" HASH "','occurred':%lld",
	         (long long)f->now_ms);
	check_decision(f, &row, "svc", "earn", params); /* the reference was used */
	snprintf(params, sizeof(params),
	         "'member':'m1','campaign':'c1','event':'case','reference':'r4','evidence':'" HASH "','occurred':%lld",
	         (long long)f->now_ms);
	check_decision(f, &row, "svc", "earn", params); /* the evidence was, which this rule allows */
	assert_int_equal(
		fixture_call(f, "ops", "reverse", "'entry':%llu,'reason':'a mistake'", (unsigned long long)seq),
		MERIT_OK);
	free(row.value);
	fixture_free(f);
}

/* ---- Reading ---- */

static void who_reads_a_damaged_entry_is_told_and_the_rest_goes_on(void **state)
{
	struct fixture *f = new_log();

	(void)state;
	live(f, "r1", "o1");
	uint64_t seq = fixture_size(f) - 1;
	fill(f, seq + 300);
	fixture_flush(f);
	fixture_close(f);
	struct row row = entry_row(f, seq);
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		print_message("           %s\n", damages[i]);
		damage(f, &row, (enum damage)i);
		fixture_open(f);
		assert_int_equal(fixture_query(f, "aud", "entry.get", "'seq':%d", (int)seq), MERIT_CORRUPT);
		assert_int_equal(fixture_query(f, "aud", "proof.get", "'seq':%d", (int)seq), MERIT_CORRUPT);
		assert_int_equal(fixture_query(f, "aud", "entry.list", "'from':%d", (int)seq - 3), MERIT_CORRUPT);
		assert_int_equal(fixture_query(f, NULL, "proof.get", "'seq':%d", (int)seq), MERIT_NOT_SIGNED);
		assert_int_equal(fixture_query(f, "aud", "entry.get", "'seq':%d", (int)seq + 1), MERIT_OK);
		assert_true(fixture_holds(f, "\"result\""));
		fill(f, fixture_size(f) + 1);
		fixture_flush(f);
		fixture_close(f);
		row_write(f, "log", "entries", &row, true);
		must_be_proven(f);
	}
	free(row.value);
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_changed_entry_is_never_caught_up_with),
		cmocka_unit_test(entries_without_their_tile_are_not_caught_up_with),
		cmocka_unit_test(what_is_evolved_over_a_damaged_entry_is_never_written_back),
		cmocka_unit_test(what_is_decided_over_a_damaged_entry_is_never_made_durable),
		cmocka_unit_test(who_reads_a_damaged_entry_is_told_and_the_rest_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
