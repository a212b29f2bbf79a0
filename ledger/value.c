/* value.c - see value.h: the table of types, and comparing values. Reading them is value_read.c, printing value_put.c. */
#include "ledger/value.h"

#include <string.h>

#include "ledger/operation.h"

static const struct merit_parameter place_columns[PLACE_LINE_COLUMNS] = {
	[PLACE_LINE_ITEM] = { "item", MERIT_TYPE_NAME, true, "which item" },
	[PLACE_LINE_VERSION] = { "version", MERIT_TYPE_VERSION, true, "the version that was shown" },
	[PLACE_LINE_POINTS] = { "points", MERIT_TYPE_POINTS, true, "the price of a piece that was shown" },
	[PLACE_LINE_QUANTITY] = { "quantity", MERIT_TYPE_QUANTITY, true, "how many" },
};

static const struct merit_parameter line_columns[LINE_COLUMNS] = {
	[LINE_LINE] = { "line", MERIT_TYPE_LINE, true, "place in the order, from 0" },
	[LINE_QUANTITY] = { "quantity", MERIT_TYPE_QUANTITY, true, "how many" },
};

static const struct merit_parameter multiplier_columns[MULTIPLIER_COLUMNS] = {
	[MULTIPLIER_TIER] = { "tier", MERIT_TYPE_NAME, false, "for members of this tier" },
	[MULTIPLIER_TAG] = { "tag", MERIT_TYPE_NAME, false, "for members with this tag" },
	[MULTIPLIER_BASIS_POINTS] = { "basis_points", MERIT_TYPE_BASIS, true, "10000 = once" },
};

static const struct merit_parameter class_columns[CLASS_COLUMNS] = {
	[CLASS_CLASS] = { "class", MERIT_TYPE_RECON_CLASS, true, "which class" },
	[CLASS_COUNT] = { "count", MERIT_TYPE_NUMBER, true, "how many findings" },
	[CLASS_THEIRS] = { "theirs", MERIT_TYPE_BALANCE, true, "the sum of the file's amounts" },
	[CLASS_OURS] = { "ours", MERIT_TYPE_BALANCE, true, "and of the ledger's" },
};

static const struct merit_parameter total_columns[TOTAL_COLUMNS] = {
	[TOTAL_UNIT] = { "unit", MERIT_TYPE_REFERENCE, true, "points, or a currency" },
	[TOTAL_DEBIT] = { "debit", MERIT_TYPE_BALANCE, true, "of the trial balance; credit is as much" },
	[TOTAL_OPENING] = { "opening", MERIT_TYPE_BALANCE, true, "the liability before the month" },
	[TOTAL_CLOSING] = { "closing", MERIT_TYPE_BALANCE, true, "and behind it" },
};

static const struct merit_parameter report_columns[REPORT_COLUMNS] = {
	[REPORT_REPORT] = { "report", MERIT_TYPE_NAME, true, "its name" },
	[REPORT_HASH] = { "hash", MERIT_TYPE_HASH, true, "of its bytes as CSV" },
	[REPORT_ROWS] = { "rows", MERIT_TYPE_NUMBER, true, "of it" },
};

static const struct merit_parameter code_columns[CODE_COLUMNS] = {
	[CODE_LINE] = { "line", MERIT_TYPE_LINE, true, "place in the order, from 0" },
	[CODE_CODE] = { "code", MERIT_TYPE_HASH, true, "the code's commitment" },
};

#define X(name, kind, min, max, words, about) { #name, MERIT_KIND_##kind, min, max, words, about, NULL, 0 },
static const struct merit_type_row plain_rows[MERIT_TYPE_COUNT] = { MERIT_TYPE_MAP(X) };
#undef X

/* Rows with columns: the lists. */
#define LIST(name, max, about, columns) [MERIT_TYPE_##name] = { #name, MERIT_KIND_LIST, 1, max, NULL, about, columns, sizeof(columns) / sizeof((columns)[0]) }
static const struct merit_type_row list_rows[MERIT_TYPE_COUNT] = {
	LIST(PLACE_LINES, MERIT_ORDER_LINES_MAX, "lines of an order", place_columns),
	LIST(LINES, MERIT_ORDER_LINES_MAX, "lines and how many of each", line_columns),
	LIST(MULTIPLIERS, MERIT_MULTIPLIERS_MAX, "multipliers: a tier or a tag, and its basis points", multiplier_columns),
	LIST(CLASSES, 11, "classes: how many findings, and their sums", class_columns),
	LIST(TOTALS, MERIT_CLOSE_TOTALS_MAX, "totals of the books by unit", total_columns),
	LIST(REPORTS, MERIT_CLOSE_REPORTS_MAX, "reports and their hashes", report_columns),
	LIST(CODES, MERIT_ORDER_CODES_MAX, "codes and the lines they are for", code_columns),
};
#undef LIST

const struct merit_type_row *merit_type_row(enum merit_type type)
{
	return list_rows[type].columns != NULL ? &list_rows[type] : &plain_rows[type];
}

struct merit_text merit_type_word(enum merit_type type, int64_t place)
{
	const char *word = merit_type_row(type)->words;

	for (; place > 0; place--)
		word += strcspn(word, "|") + 1;
	return (struct merit_text){ word, strcspn(word, "|") };
}

struct merit_value merit_type_word_value(enum merit_type type, int64_t place)
{
	return (struct merit_value){ .present = true, .integer = place, .text = merit_type_word(type, place) };
}

bool merit_text_equal(struct merit_text a, struct merit_text b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

int merit_text_order(struct merit_text a, struct merit_text b)
{
	size_t size = a.size < b.size ? a.size : b.size;
	int order = size == 0 ? 0 : memcmp(a.data, b.data, size); /* the data of an empty text may be NULL */

	return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

struct merit_text merit_text_of(const char *text)
{
	return (struct merit_text){ text, strlen(text) };
}

bool merit_text_keep(struct merit_arena *arena, struct merit_text text, struct merit_text *kept_out)
{
	const char *copy = text.size == 0 ? "" : merit_arena_copy(arena, text.data, text.size);

	*kept_out = (struct merit_text){ copy, text.size };
	return copy != NULL;
}

/* ---- Comparing ---- */

static bool value_equal(enum merit_type type, const struct merit_value *a, const struct merit_value *b)
{
	const struct merit_type_row *row = merit_type_row(type);

	if (a->present != b->present)
		return false;
	if (!a->present)
		return true;
	switch (row->kind) {
	case MERIT_KIND_INTEGER:
	case MERIT_KIND_FLAG:
	case MERIT_KIND_DAY:
	case MERIT_KIND_MONTH:
	case MERIT_KIND_WORD:
		return a->integer == b->integer;
	case MERIT_KIND_LIST:
		if (a->row_count != b->row_count)
			return false;
		for (size_t i = 0; i < a->row_count; i++) {
			size_t at = i * row->column_count;
			if (merit_values_compare(row->columns, row->column_count, a->cells + at, b->cells + at) !=
			    row->column_count)
				return false;
		}
		return true;
	case MERIT_KIND_CALL:
		return a->call == b->call && merit_values_compare(a->call->params, a->call->params_count, a->cells,
								  b->cells) == a->call->params_count;
	default:
		return merit_text_equal(a->text, b->text);
	}
}

size_t merit_values_compare(const struct merit_parameter *parameters, size_t count, const struct merit_value *a,
			    const struct merit_value *b)
{
	for (size_t i = 0; i < count; i++) {
		if (!value_equal(parameters[i].type, &a[i], &b[i]))
			return i;
	}
	return count;
}
