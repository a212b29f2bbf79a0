/* template.h - texts made out of a row's fields: "{code_module}-{code_presentation}".
 *
 * Form     {column} is the field of that name, {#} the row's number; {column|filter|filter} passes it through filters.
 *          {{ and }} are the braces themselves.
 * Filters  see MERIT_FILTER_MAP. A text a filter cannot take is a fault, never a guess.
 * Memory   a template borrows its text. */
#ifndef MERIT_CLI_TEMPLATE_H
#define MERIT_CLI_TEMPLATE_H

#include "cli/rows.h"

#define MERIT_TEMPLATE_PIECES_MAX  16
#define MERIT_TEMPLATE_FILTERS_MAX 4

/* X(NAME, "name", "about") */
#define MERIT_FILTER_MAP(X)                                                                                            \
	X(LOWER, "lower", "ASCII letters in lower case")                                                               \
	X(UPPER, "upper", "ASCII letters in upper case")                                                               \
	X(TRIM, "trim", "without blanks around it")                                                                    \
	X(INTEGER, "integer", "a decimal number without its fraction, which must be 0: 17850.0 is 17850")              \
	X(MINOR, "minor", "an amount of money in hundredths: 2.5 is 250; a third digit must be 0")

#define X(name, text, about) MERIT_FILTER_##name,
enum merit_filter { MERIT_FILTER_MAP(X) MERIT_FILTER_COUNT };
#undef X

struct merit_template_piece {
	const char *text; /* literal text, or a column's name */
	size_t size;
	bool is_column;
	size_t filters_count;
	enum merit_filter filters[MERIT_TEMPLATE_FILTERS_MAX];
};

struct merit_template {
	size_t pieces_count;
	struct merit_template_piece pieces[MERIT_TEMPLATE_PIECES_MAX];
};

/* Whether a piece that is a column is {#}, the row's number. */
bool merit_template_is_number(const struct merit_template_piece *piece);

/* Reads a template. False with *why_out set: a sentence for the person who wrote it. */
MERIT_MUST_USE bool merit_template_parse(const char *text, struct merit_template *template_out, const char **why_out);

/* The template that is one column; name is borrowed. */
struct merit_template merit_template_of_column(const char *name);

/* Appends the text the template makes of the reader's last row. False when it cannot: why_out says why, and column_out,
 * column_size_out name the column at fault, which lies in the template's text. */
MERIT_MUST_USE bool merit_template_put(struct merit_buffer *out, const struct merit_template *template,
                                       struct merit_rows *rows, const char **why_out, const char **column_out,
                                       size_t *column_size_out);

/* Passes text through one filter. False when it cannot take it. */
MERIT_MUST_USE bool merit_filter_put(struct merit_buffer *out, enum merit_filter filter, const char *text);

#endif
