/* disclosed.h - what all members together are told by member.disclosure, against the disclosure of each year. */
#ifndef MERIT_TESTS_REPORT_DISCLOSED_H
#define MERIT_TESTS_REPORT_DISCLOSED_H

#include <cjson/cJSON.h>

#include "tests/report/memory.h"

#define DISCLOSED_MAX  4096
#define DISCLOSED_PAGE 7 /* rows: not a divisor of much */

/* What one member is told of a sponsor, nature, form and currency in a year. */
struct disclosed_sum {
	char key[400];
	int year;
	int64_t awards, points, gross, reversed;
};

struct disclosed {
	struct disclosed_sum *sums;
	size_t count;
};

static inline struct disclosed_sum *disclosed_sum_of(struct disclosed *disclosed, int year, const char *key)
{
	for (size_t i = 0; i < disclosed->count; i++) {
		if (disclosed->sums[i].year == year && strcmp(disclosed->sums[i].key, key) == 0)
			return &disclosed->sums[i];
	}
	assert_true(disclosed->count < DISCLOSED_MAX);
	struct disclosed_sum *sum = &disclosed->sums[disclosed->count++];
	*sum = (struct disclosed_sum){ .year = year };
	(void)snprintf(sum->key, sizeof(sum->key), "%s", key);
	return sum;
}

static inline const char *disclosed_text(const cJSON *row, const char *name)
{
	const cJSON *text = cJSON_GetObjectItemCaseSensitive(row, name);

	return text == NULL ? "" : text->valuestring;
}

static inline int64_t disclosed_number(const cJSON *row, const char *name)
{
	return (int64_t)cJSON_GetObjectItemCaseSensitive(row, name)->valuedouble;
}

static inline void disclosed_row_add(struct disclosed *disclosed, const char *member, const cJSON *row)
{
	int64_t points = disclosed_number(row, "points"), value = disclosed_number(row, "value_minor");
	char key[sizeof(disclosed->sums[0].key)];

	(void)snprintf(key, sizeof(key), "%s|%s|%s|%s|%s", member, disclosed_text(row, "sponsor"),
	               disclosed_text(row, "nature"), disclosed_text(row, "form"), disclosed_text(row, "currency"));
	struct disclosed_sum *sum = disclosed_sum_of(disclosed, atoi(disclosed_text(row, "day")), key);
	sum->points += points;
	if (points > 0) {
		sum->awards++;
		sum->gross += value;
	} else {
		sum->reversed -= value;
	}
}

static inline const cJSON *disclosed_rows(struct fixture *f, cJSON **answer_out)
{
	*answer_out = cJSON_Parse(f->reply.data);
	const cJSON *result = cJSON_GetObjectItemCaseSensitive(*answer_out, "result");
	const cJSON *rows = cJSON_GetObjectItemCaseSensitive(result, "rows");

	assert_true(cJSON_IsArray(rows));
	return rows;
}

/* All a member is told, newest first, page by page. */
static inline void disclosed_member_add(struct fixture *f, struct disclosed *disclosed, const char *member)
{
	char before[64] = "";
	int64_t last = INT64_MAX;

	for (bool goes_on = true; goes_on;) {
		cJSON *answer;
		must(f, fixture_query(f, "ops", "member.disclosure", "'member':'%s','limit':%d%s", member,
		                      DISCLOSED_PAGE, before));
		const cJSON *row, *rows = disclosed_rows(f, &answer);
		cJSON_ArrayForEach(row, rows)
		{
			assert_true(disclosed_number(row, "seq") < last);
			last = disclosed_number(row, "seq");
			disclosed_row_add(disclosed, member, row);
		}
		goes_on = strstr(f->reply.data, "\"next\":null") == NULL;
		if (goes_on)
			(void)snprintf(before, sizeof(before), ",'before':%lld", (long long)fixture_integer(f, "next"));
		cJSON_Delete(answer);
	}
}

static inline void disclosed_equal(const char *what, const struct disclosed_sum *sum, int64_t got, int64_t want)
{
	if (got != want)
		fail_msg("%s of %s in %d: members are told %lld, the report says %lld", what, sum->key, sum->year,
		         (long long)got, (long long)want);
}

/* The year's report has these rows and no others; what was told is cleared. */
static inline void disclosed_year_equal(struct memory *memory, struct disclosed *disclosed, int year)
{
	char first[16], last[16], key[sizeof(disclosed->sums[0].key)];

	(void)snprintf(first, sizeof(first), "%d-01-01", year);
	(void)snprintf(last, sizeof(last), "%d-12-31", year);
	struct merit_sheet sheet = memory_sheet(memory, "disclosure", memory_days(first, last));
	for (size_t i = 0; i < sheet.rows_count; i++) {
		if (sheet.is_total[i])
			continue;
		(void)snprintf(key, sizeof(key), "%s|%s|%s|%s|%s", cell_text(&sheet, i, "recipient"),
		               cell_text(&sheet, i, "sponsor"), cell_text(&sheet, i, "nature"),
		               cell_text(&sheet, i, "form"), cell_text(&sheet, i, "currency"));
		struct disclosed_sum *sum = disclosed_sum_of(disclosed, year, key);
		disclosed_equal("awards", sum, sum->awards, cell_number(&sheet, i, "awards"));
		disclosed_equal("points", sum, sum->points, cell_number(&sheet, i, "points"));
		disclosed_equal("gross", sum, sum->gross, cell_number(&sheet, i, "gross"));
		disclosed_equal("reversed", sum, sum->reversed, cell_number(&sheet, i, "reversed"));
		sum->awards = sum->points = sum->gross = sum->reversed = 0;
	}
	merit_sheet_free(&sheet);
}

/* Ends the test where they differ. Returns how many sums were compared. */
static inline size_t disclosed_agree(struct fixture *f)
{
	struct disclosed disclosed = { .sums = calloc(DISCLOSED_MAX, sizeof(disclosed.sums[0])) };
	cJSON *answer;
	const cJSON *row;

	assert_non_null(disclosed.sums);
	must(f, fixture_query(f, "ops", "member.list", "'limit':1000"));
	const cJSON *rows = disclosed_rows(f, &answer);
	cJSON_ArrayForEach(row, rows)
		disclosed_member_add(f, &disclosed, disclosed_text(row, "member"));
	cJSON_Delete(answer);
	struct memory *memory = memory_of(f);
	for (int year = 2025; year <= 2040; year++)
		disclosed_year_equal(memory, &disclosed, year);
	merit_journal_close(&memory->journal);
	size_t count = disclosed.count;
	for (size_t i = 0; i < count; i++)
		disclosed_equal("points", &disclosed.sums[i], disclosed.sums[i].points, 0);
	free(disclosed.sums);
	return count;
}

#endif
