/* mapping_inner.h - a mapping as whoever reads CSV sees it. Members as in recon/mapping.h, by the same names.
 *
 * Columns are numbers into names[]; where each stands in a file is found once, at its header.
 * Memory  all of it is the mapping's arena's. */
#ifndef MERIT_RECON_MAPPING_INNER_H
#define MERIT_RECON_MAPPING_INNER_H

#include "recon/mapping.h"
#include "recon/pattern.h"

#define MERIT_MAPPING_COLUMNS_MAX   64 /* different columns of one mapping */
#define MERIT_MAPPING_CHOICES_MAX   8 /* columns of one member, of which the first that is there and not blank counts */
#define MERIT_MAPPING_LIST_MAX      64 /* entries of any list */
#define MERIT_MAPPING_ENCODINGS_MAX 4
#define MERIT_MAPPING_STATUSES_MAX  32 /* different words of status */

/* One or several columns; none: the member is not there. */
struct merit_columns {
	size_t count;
	size_t at[MERIT_MAPPING_CHOICES_MAX]; /* places in names[] */
};

struct merit_words {
	size_t count;
	struct merit_word *list;
};

/* A word of ours, and what of theirs means it. */
struct merit_choice {
	struct merit_text word;
	int place; /* of kind: enum merit_item_kind; of direction: 1 in, -1 out; of status: its place in statuses[] */
	struct merit_words is;
};

struct merit_word_rule {
	struct merit_columns columns;
	size_t choices_count;
	struct merit_choice *choices;
};

/* The first rule whose column holds a word it knows decides. */
struct merit_word_rules {
	size_t count;
	struct merit_word_rule *list;
};

struct merit_condition {
	struct merit_columns columns;
	struct merit_words is;
};

/* A row that meets all conditions is no item. */
struct merit_skip_rule {
	size_t conditions_count;
	struct merit_condition *conditions;
	struct merit_text why;
};

struct merit_amount_columns {
	struct merit_columns columns;
	size_t likes_count;
	struct merit_pattern *likes; /* the first that fits holds the amount; none: the field is the amount */
};

/* What a stated number counts or sums up. */
enum merit_total_of {
	MERIT_TOTAL_NONE,
	MERIT_TOTAL_ROWS,
	MERIT_TOTAL_ITEMS,
	MERIT_TOTAL_IN,
	MERIT_TOTAL_OUT,
	MERIT_TOTAL_NET,
	MERIT_TOTAL_PAYMENTS,
	MERIT_TOTAL_REFUNDS,
	MERIT_TOTAL_FEES,
	MERIT_TOTAL_COUNT,
};

/* Where it is stated: in a line like a pattern, in a column of a row that begins with a word, or in a column of a
 * little table with a header of its own. */
struct merit_total {
	bool has_like, is_required;
	struct merit_pattern like;
	struct merit_words row;
	size_t header_count;
	struct merit_text *header;
	struct merit_text column; /* of row or header */
	enum merit_total_of count, sum;
};

struct merit_mapping_file {
	struct merit_arena arena;
	size_t encodings_count;
	const char *encodings[MERIT_MAPPING_ENCODINGS_MAX];
	char separator, lead, decimal, thousands; /* lead, thousands 0: none */
	bool is_loose, takes_zeros, takes_empty, lists_unreadable;
	const char *strip;
	struct merit_words blank;
	size_t header_count;
	struct merit_text *header;
	struct merit_words stop;

	size_t names_count;
	struct merit_text names[MERIT_MAPPING_COLUMNS_MAX];

	bool is_points;
	char currency[4];                  /* "" = from the column, or points */
	struct merit_word_rule currencies; /* the column, and words for codes; no columns: fixed */
	struct merit_columns reference, group, day, time, text;
	const char *day_format;
	bool has_year, has_covers, has_offset;
	struct merit_pattern year, covers;
	int32_t offset_minutes;
	struct merit_amount_columns amount, credit, debit, fee;
	bool is_inverted;
	struct merit_word_rules direction, kind, status;
	size_t statuses_count;
	struct merit_text statuses[MERIT_MAPPING_STATUSES_MAX];
	size_t skips_count;
	struct merit_skip_rule *skips;
	struct merit_skip_rule undone; /* conditions_count 0: none */
	struct merit_columns balance;
	bool balance_newest_first;
	size_t totals_count;
	struct merit_total *totals;
};

#endif
