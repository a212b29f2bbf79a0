/* retail.h - what the tests on Online Retail (UCI, CC-BY 4.0) share: its files, things found by name, calls in batches.
 *
 * There is a file a month, 2010-12 to 2011-06. What cannot go wrong ends the test. */
#ifndef MERIT_TESTS_DATA_RETAIL_H
#define MERIT_TESTS_DATA_RETAIL_H

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

#define DECEMBER_MS  1291161600000LL /* 2010-12-01T00:00Z */
#define BATCH_CALLS  500
#define INVOICE_SIZE 16
#define NAME_SIZE    (MERIT_NAME_SIZE_MAX + 1)

#define good(call) assert_int_equal(call, MERIT_OK)

/* Columns of a file. */
enum { INVOICE, CODE, DESCRIPTION, QUANTITY, DATE, PRICE, CUSTOMER, COUNTRY, COLUMNS };

/* ---- Things by their name ---- */

struct thing {
	char name[NAME_SIZE]; /* first: what trees compare */
};

static inline int compare_things(const void *a, const void *b)
{
	return strcmp(((const struct thing *)a)->name, ((const struct thing *)b)->name);
}

/* The thing of this name in the tree; made, with size bytes, where there is none. */
static inline void *thing_of(void **tree, const char *name, size_t size, size_t *count)
{
	struct thing *fresh = calloc(1, size);

	assert_true(fresh != NULL && strlen(name) < NAME_SIZE);
	memcpy(fresh->name, name, strlen(name));
	struct thing *found = *(struct thing **)tsearch(fresh, tree, compare_things);
	if (found == fresh)
		++*count;
	else
		free(fresh);
	return found;
}

static void **listed; /* twalk takes no context */

static inline void list_one(const void *node, VISIT visit, int depth)
{
	(void)depth;
	if (visit == postorder || visit == leaf)
		*listed++ = *(void *const *)node;
}

/* The tree's count things in order, in an array the caller frees. */
static inline void *list_of(const void *tree, size_t count)
{
	void **list = calloc(count, sizeof(*list));

	assert_non_null(list);
	listed = list;
	twalk(tree, list_one);
	return list;
}

/* ---- Files ---- */

/* Pence of a price such as 2.5 or 10.25; -1 where it has parts of a penny. */
static inline int64_t pence_of(const char *price)
{
	char *end;
	int64_t pence = 100 * strtoll(price, &end, 10);

	if (*end == '.')
		end++;
	for (int64_t worth = 10; *end >= '0' && *end <= '9'; worth /= 10, end++) {
		if (worth == 0 && *end != '0')
			return -1;
		pence += worth * (*end - '0');
	}
	assert_int_equal(*end, '\0');
	return *price == '-' ? -1 : pence;
}

static inline int64_t time_of(const char *date)
{
	struct tm parts = { 0 };

	assert_non_null(strptime(date, "%Y-%m-%d %H:%M:%S", &parts));
	return (int64_t)timegm(&parts) * 1000;
}

/* A name of a stock code at a price: what costs another price is another item. */
static inline void item_name(const char *code, int64_t pence, char name_out[static 64])
{
	(void)snprintf(name_out, 64, "%s:%" PRId64, code, pence);
	for (char *byte = name_out; *byte != '\0'; byte++)
		*byte = *byte == ' ' ? '_' : *byte;
}

/* A customer's name, of 17850.0; NULL: none is named. */
static inline const char *customer_name(const struct merit_csv *csv, char name_out[static NAME_SIZE])
{
	const char *customer = merit_csv_field(csv, CUSTOMER);

	(void)snprintf(name_out, NAME_SIZE, "%.*s", (int)strcspn(customer, "."), customer);
	return *name_out == '\0' ? NULL : name_out;
}

/* Every line of a month such as "2010-12", in order. */
static inline void month_read(const char *month, void (*line)(void *context, const struct merit_csv *csv), void *context)
{
	struct merit_csv csv = { .delimiter = ',' };
	char command[512];

	(void)snprintf(command, sizeof(command), "zcat '%s/online-retail/online-retail-%s.csv.gz'", shared_data(), month);
	csv.file = popen(command, "r");
	assert_non_null(csv.file);
	assert_int_equal(merit_csv_next(&csv), MERIT_OK);
	assert_string_equal(merit_csv_field(&csv, CUSTOMER), "CustomerID");
	while (merit_csv_next(&csv) == MERIT_OK) {
		assert_int_equal(csv.fields_count, COLUMNS);
		line(context, &csv);
	}
	merit_csv_free(&csv);
	assert_int_equal(pclose(csv.file), 0);
}

/* ---- Calls ---- */

struct batch {
	struct fixture *f;
	struct merit_buffer json;
	size_t calls; /* in json */
};

static inline void batch_send(struct batch *batch, const char *kid)
{
	if (batch->calls == 0)
		return;
	merit_buffer_put(&batch->json, "]", 2); /* With its NUL. */
	assert_false(batch->json.bad);
	good(fixture_send(batch->f, kid, batch->json.data));
	good(fixture_status(batch->f));
	merit_buffer_clear(&batch->json);
	batch->calls = 0;
}

/* Begins a call of a batch: the caller puts the rest of its parameters and "}}". */
static inline struct merit_buffer *batch_call(struct batch *batch, const char *kid, const char *method, const char *name)
{
	if (batch->calls == BATCH_CALLS)
		batch_send(batch, kid);
	merit_buffer_put_format(&batch->json,
	                        "%c{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":{\"id\":\"%s:%s\",",
	                        batch->calls == 0 ? '[' : ',', method, method, name);
	batch->calls++;
	return &batch->json;
}

static inline void born_in_december(struct merit_ledger_birth *birth)
{
	birth->time_ms = DECEMBER_MS;
}

#endif
