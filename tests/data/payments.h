/* payments.h - what the tests on CMS Open Payments (US public domain) share: general payments to Iowa physicians,
 * August 2013 to 2015, as earns in a ledger, and the totals that a newspaper added up on its own.
 *
 * A cent is a point; a company, by its id, is a sponsor with one campaign that is funded with exactly what it paid. A
 * record's id is its reference and its operation's id. What cannot go wrong ends the test. */
#ifndef MERIT_TESTS_DATA_PAYMENTS_H
#define MERIT_TESTS_DATA_PAYMENTS_H

#include "ledger/csv.h"
#include "tests/ledger/shared_data.h"
#include "tests/support/fixture.h"

#include <inttypes.h>
#include <search.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define FOLDER      "openpayments-iowa"
#define BIRTH_MS    1451606400000LL /* 2016-01-01T00:00Z */
#define BATCH_CALLS 500
#define NAME_SIZE   (MERIT_NAME_SIZE_MAX + 1)

/* Columns of the payments. */
enum {
	RECORD,
	PHYSICIAN,
	SPONSOR,
	SPONSOR_NAME,
	SPONSOR_STATE,
	AMOUNT,
	DATE,
	FORM,
	NATURE,
	PRODUCT,
	PRODUCT_2,
	COLUMNS
};
/* And of the control totals. */
enum { CONTROL_PHYSICIAN, CONTROL_TOTAL, CONTROL_COUNT, CONTROL_RESEARCH, CONTROL_COLUMNS };

static const struct {
	int year;
	unsigned rows;
	int64_t cents;
} years[] = {
	{ 2013, 8849, 174336623 },
	{ 2014, 25624, 435007592 },
	{ 2015, 25995, 376470181 },
};

/* A physician or a sponsor. */
struct party {
	char name[NAME_SIZE]; /* first: what trees compare */
	int64_t cents;        /* of its rows */
	unsigned posted, refused;
	int64_t points; /* by entries */
};

struct payments {
	struct fixture *f;
	void *physicians, *sponsors; /* trees */
	struct merit_buffer json;
	size_t calls;    /* in json */
	const char *kid; /* who signs them */
	unsigned rows, zeros, refused;
	int64_t cents;
};

/* twalk takes no context. */
static struct payments *walked;

/* ---- Reading ---- */

static inline int compare_parties(const void *a, const void *b)
{
	return strcmp(((const struct party *)a)->name, ((const struct party *)b)->name);
}

static inline struct party *party_find(void *const *tree, const char *id)
{
	struct party key = { .cents = 0 };

	(void)snprintf(key.name, sizeof(key.name), "%s", id);
	struct party **found = tfind(&key, tree, compare_parties);
	return found == NULL ? NULL : *found;
}

static inline struct party *party_of(void **tree, const char *id)
{
	struct party *party = party_find(tree, id);

	if (party != NULL)
		return party;
	party = calloc(1, sizeof(*party));
	assert_true(party != NULL && strlen(id) < NAME_SIZE);
	(void)snprintf(party->name, sizeof(party->name), "%s", id);
	assert_non_null(tsearch(party, tree, compare_parties));
	return party;
}

/* Cents of an amount such as 6.9; of one with the noise of floats, such as 5470.39000000001 or 72.2999999999, the
 * nearest. */
static inline int64_t cents_of(const char *amount)
{
	char *end;
	int64_t cents = 100 * strtoll(amount, &end, 10);
	int digits = 0;

	if (*end == '.')
		end++;
	for (; *end >= '0' && *end <= '9'; end++, digits++) {
		if (digits < 2)
			cents += (digits == 0 ? 10 : 1) * (*end - '0');
		else if (digits == 2)
			cents += *end >= '5';
	}
	assert_int_equal(*end, '\0');
	return cents;
}

static inline int64_t time_of(const char *date)
{
	struct tm parts = { 0 };

	assert_non_null(strptime(date, "%m/%d/%Y", &parts));
	return (int64_t)timegm(&parts) * 1000;
}

static inline void payments_read(struct payments *payments, int year,
                                 void (*row)(struct payments *, const struct merit_csv *))
{
	struct merit_csv csv = { .delimiter = ',' };
	char command[512];

	(void)snprintf(command, sizeof(command), "zcat '%s/" FOLDER "/general-payments-%d.csv.gz'", shared_data(),
	               year);
	csv.file = popen(command, "r");
	assert_non_null(csv.file);
	assert_int_equal(merit_csv_next(&csv), MERIT_OK);
	assert_string_equal(merit_csv_field(&csv, RECORD), "Record_ID");
	while (merit_csv_next(&csv) == MERIT_OK) {
		assert_int_equal(csv.fields_count, COLUMNS);
		row(payments, &csv);
	}
	merit_csv_free(&csv);
	assert_int_equal(pclose(csv.file), 0);
}

static inline void row_count(struct payments *payments, const struct merit_csv *csv)
{
	int64_t cents = cents_of(merit_csv_field(csv, AMOUNT));

	party_of(&payments->physicians, merit_csv_field(csv, PHYSICIAN))->cents += cents;
	party_of(&payments->sponsors, merit_csv_field(csv, SPONSOR))->cents += cents;
	payments->rows++;
	payments->zeros += cents == 0;
	payments->cents += cents;
}

/* ---- Calls, in batches ---- */

#define good(call) assert_int_equal(call, MERIT_OK)

static inline unsigned count_of(const char *text, const char *word)
{
	unsigned count = 0;

	for (const char *at = text; (at = strstr(at, word)) != NULL; at += strlen(word))
		count++;
	return count;
}

/* Every call is accepted, or refused for an amount of 0. */
static inline void batch_send(struct payments *payments)
{
	if (payments->calls == 0)
		return;
	merit_buffer_put(&payments->json, "]", 2); /* With its NUL. */
	assert_false(payments->json.bad);
	good(fixture_send(payments->f, payments->kid, payments->json.data));
	unsigned refused = count_of(payments->f->reply.data, "\"status\":\"zero_amount\"");
	unsigned accepted = count_of(payments->f->reply.data, "\"status\":\"accepted\"");
	if (refused + accepted != payments->calls)
		fail_msg("%s", merit_status_word(fixture_status(payments->f)));
	payments->refused += refused;
	merit_buffer_clear(&payments->json);
	payments->calls = 0;
}

/* Begins a call: the caller puts the rest of its parameters and "}}". */
static inline void batch_call(struct payments *payments, const char *kid, const char *method, const char *id)
{
	if (payments->calls == BATCH_CALLS)
		batch_send(payments);
	payments->kid = kid;
	merit_buffer_put_format(&payments->json,
	                        "%c{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":{\"id\":\"%s\",",
	                        payments->calls == 0 ? '[' : ',', method, id);
	payments->calls++;
}

/* ---- Who pays, who is paid ---- */

static inline void physician_add(const void *node, VISIT visit, int depth)
{
	const struct party *physician = *(const struct party *const *)node;

	(void)depth;
	if (visit != postorder && visit != leaf)
		return;
	batch_call(walked, "svc", "member.create", physician->name);
	merit_buffer_put_format(&walked->json, "\"member\":\"p%s\"}}", physician->name);
}

static inline void sponsor_add(const void *node, VISIT visit, int depth)
{
	const struct party *sponsor = *(const struct party *const *)node;
	struct fixture *f = walked->f;

	(void)depth;
	if (visit != postorder && visit != leaf)
		return;
	char name[NAME_SIZE + 1];
	(void)snprintf(name, sizeof(name), "s%s", sponsor->name);
	good(fixture_call(f, "ops", "sponsor.create", "'sponsor':'%s'", name));
	fixture_credit(f, name, "USD");
	good(fixture_call(f, "ops", "campaign.create",
	                  "'campaign':'c%s','sponsor':'s%s','starts':'2013-08-01','ends':'2015-12-31','currency':'USD',"
	                  "'value_minor':1,'value_points':1,'contract':'sponsor','months':0,'round':'none',"
	                  "'from':'occurred'",
	                  sponsor->name, sponsor->name));
	good(fixture_call(f, "ops", "campaign.rule",
	                  "'campaign':'c%s','event':'payment','maximum':%lld,'evidence':'none'", sponsor->name,
	                  MERIT_AMOUNT_MAX));
	if (sponsor->cents > 0)
		good(fixture_call(f, "fin", "campaign.fund", "'campaign':'c%s','points':%" PRId64, sponsor->name,
		                  sponsor->cents));
}

static inline void world_open(struct payments *payments)
{
	fixture_party(payments->f, "ops", "operator");
	fixture_party(payments->f, "fin", "finance");
	fixture_party(payments->f, "svc", "service");
	walked = payments;
	twalk(payments->sponsors, sponsor_add);
	twalk(payments->physicians, physician_add);
	batch_send(payments);
}

/* ---- Paying ---- */

static inline void text_put(struct merit_buffer *json, const char *name, const char *text)
{
	if (*text == '\0')
		return;
	assert_true(strlen(text) <= MERIT_TEXT_SIZE_MAX);
	merit_buffer_put_format(json, ",\"%s\":", name);
	merit_buffer_put_json(json, text, strlen(text));
}

static inline void row_pay(struct payments *payments, const struct merit_csv *csv)
{
	const char *record = merit_csv_field(csv, RECORD);
	struct merit_buffer *json = &payments->json;

	batch_call(payments, "svc", "earn", record);
	merit_buffer_put_format(json,
	                        "\"member\":\"p%s\",\"campaign\":\"c%s\",\"event\":\"payment\",\"reference\":\"%s\","
	                        "\"occurred\":%" PRId64 ",\"points\":%" PRId64,
	                        merit_csv_field(csv, PHYSICIAN), merit_csv_field(csv, SPONSOR), record,
	                        time_of(merit_csv_field(csv, DATE)), cents_of(merit_csv_field(csv, AMOUNT)));
	text_put(json, "product", merit_csv_field(csv, PRODUCT));
	text_put(json, "nature", merit_csv_field(csv, NATURE));
	text_put(json, "form", merit_csv_field(csv, FORM));
	merit_buffer_put_text(json, "}}");
}

/* ---- Somebody else's totals ---- */

/* Returns how many physicians the control file and the ledger agree on: all without research. */
static inline unsigned control_compare(const struct payments *payments)
{
	struct merit_csv csv = { .delimiter = ',' };
	char path[512];
	unsigned agreed = 0;

	(void)snprintf(path, sizeof(path), "%s/" FOLDER "/control-totals-by-physician.csv", shared_data());
	csv.file = fopen(path, "r");
	assert_non_null(csv.file);
	assert_int_equal(merit_csv_next(&csv), MERIT_OK);
	while (merit_csv_next(&csv) == MERIT_OK) {
		assert_int_equal(csv.fields_count, CONTROL_COLUMNS);
		if (strcmp(merit_csv_field(&csv, CONTROL_RESEARCH), "0") != 0)
			continue;
		const char *id = merit_csv_field(&csv, CONTROL_PHYSICIAN);
		const struct party *physician = party_find(&payments->physicians, id);
		int64_t total = cents_of(merit_csv_field(&csv, CONTROL_TOTAL));
		long count = strtol(merit_csv_field(&csv, CONTROL_COUNT), NULL, 10);
		if (physician == NULL || physician->posted + physician->refused != count || physician->points != total)
			fail_msg("physician %s: not %ld payments of %" PRId64 " cents", id, count, total);
		agreed++;
	}
	merit_csv_free(&csv);
	(void)fclose(csv.file);
	return agreed;
}

/* ---- The whole ---- */

static inline void born_behind_the_payments(struct merit_ledger_birth *birth)
{
	birth->time_ms = BIRTH_MS;
	birth->late_days = MERIT_DAYS_MAX;
}

static inline int payments_setup(void **state)
{
	*state = calloc(1, sizeof(struct payments));
	return *state == NULL;
}

static inline int payments_teardown(void **state)
{
	struct payments *payments = *state;

	if (payments->f != NULL)
		fixture_free(payments->f);
	tdestroy(payments->physicians, free);
	tdestroy(payments->sponsors, free);
	merit_buffer_free(&payments->json);
	free(payments);
	return 0;
}

#endif
