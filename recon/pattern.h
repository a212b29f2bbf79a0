/* pattern.h - what a mapping says a text looks like: words, and patterns with places for values.
 *
 * Word      a literal; a * at its beginning or end stands for anything there: "退款*", "*(已全额退款)", "*".
 * Pattern  literal text with placeholders in braces; it must fit the whole text:
 *           {amount}  digits with marks and a sign
 *           {count}   digits, perhaps with a comma or a point between thousands
 *           {year} {month}  up to four digits, up to two
 *           {first} {last}  a day, YYYY-MM-DD or with / or . between
 *           {any}     anything, up to what comes next in the pattern
 * Cost      one pass: nothing is tried twice. No regular expressions. */
#ifndef MERIT_RECON_PATTERN_H
#define MERIT_RECON_PATTERN_H

#include "recon/file.h"

struct merit_word {
	struct merit_text text;
	bool any_before, any_behind;
};

/* Borrows from text. */
struct merit_word merit_word_of(struct merit_text text);
bool merit_word_fits(const struct merit_word *word, struct merit_text text);

enum merit_pattern_place {
	MERIT_PATTERN_AMOUNT,
	MERIT_PATTERN_COUNT,
	MERIT_PATTERN_YEAR,
	MERIT_PATTERN_MONTH,
	MERIT_PATTERN_FIRST,
	MERIT_PATTERN_LAST,
	MERIT_PATTERN_ANY,
	MERIT_PATTERN_LITERAL,
	MERIT_PATTERN_PLACES_COUNT = MERIT_PATTERN_LITERAL,
};

#define MERIT_PATTERN_PIECES_MAX 16

struct merit_pattern_piece {
	enum merit_pattern_place place;
	struct merit_text literal;
};

struct merit_pattern {
	struct merit_pattern_piece pieces[MERIT_PATTERN_PIECES_MAX];
	size_t pieces_count;
	bool has[MERIT_PATTERN_PLACES_COUNT];
};

/* Borrows from text. False with a reason (a literal) for an unknown placeholder, one that comes twice (but {any}), or
 * more pieces than there may be. */
MERIT_MUST_USE bool merit_pattern_of(struct merit_text text, struct merit_pattern *pattern_out, const char **why_out);

/* Whether the whole text fits, with what stands in each place borrowed from it. */
bool merit_pattern_fits(const struct merit_pattern *pattern, struct merit_text text,
                        struct merit_text places_out[static MERIT_PATTERN_PLACES_COUNT]);

#endif
