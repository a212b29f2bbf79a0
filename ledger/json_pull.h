/* json_pull.h - reading JSON strictly, value by value from its bytes, without a tree.
 *
 * The caller says what it expects next; what is something else stays where it is. It never goes back: to read members
 * in another order than the bytes have, keep a copy of the pull where a value begins.
 *
 *   if (merit_json_pull_open(pull, '{'))
 *       while (merit_json_pull_key(pull, &key))
 *           take the one value behind it: text, integer, flag, null, or open; or skip it
 *
 * Faults  the first byte that cannot be JSON ends the reading: from then on every call returns false, as if nothing
 *         were left. So callers need not tell the end of an array from a fault; they ask merit_json_pull_end once, at last.
 * Keys    are not compared with each other: the caller knows each key it takes, and takes none twice.
 * Memory  texts are borrowed from the bytes, without a NUL behind them; from the arena where an escape stood in them.
 *         Without an arena they are what stands between the quotes, escapes and all, even that of U+0000
 * Threads any; a pull belongs to one thread at a time
 * Source  RFC 8259; RFC 7493 (I-JSON) for surrogates and the range of integers */
#ifndef MERIT_LEDGER_JSON_PULL_H
#define MERIT_LEDGER_JSON_PULL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ledger/arena.h"
#include "ledger/status.h"
#include "ledger/value.h"

struct merit_json_pull {
	const char *at, *end;      /* what is left to read */
	struct merit_arena *arena; /* where escapes are resolved; NULL: they are not */
	unsigned depth;            /* arrays and objects open at this place */
	bool is_first;             /* nothing has been read yet of the array or object opened last */
	bool is_broken;            /* a fault ended the reading */
	enum merit_status fault;   /* the upper in MERIT_STATUS_MAP of those met so far */
};

/* Begins at the first byte that is not space. */
struct merit_json_pull merit_json_pull_begin(const char *bytes, size_t size, struct merit_arena *arena);

/* The first byte of the next value: { [ " t f n, - or a digit when it may be one. NUL when nothing is left. */
char merit_json_pull_next(const struct merit_json_pull *pull);

/* Enters the object '{' or the array '['. False when something else comes next. */
bool merit_json_pull_open(struct merit_json_pull *pull, char bracket);

/* Steps to the next member's value and gives its key; false behind the last one, with the object closed. */
bool merit_json_pull_key(struct merit_json_pull *pull, struct merit_text *key_out);

/* Steps to the next item; false behind the last one, with the array closed. */
bool merit_json_pull_item(struct merit_json_pull *pull);

/* Takes the next value. False, and nothing taken, when it is of another kind; false, too, on a text with U+0000 or a
 * number that is no integer within +-MERIT_AMOUNT_MAX. -0 reads as 0. */
bool merit_json_pull_text(struct merit_json_pull *pull, struct merit_text *text_out);
bool merit_json_pull_integer(struct merit_json_pull *pull, int64_t *integer_out);
bool merit_json_pull_flag(struct merit_json_pull *pull, bool *flag_out);
bool merit_json_pull_null(struct merit_json_pull *pull);

/* Steps into the object that comes next, as far as the value of this key. False when there is none of that name. */
bool merit_json_pull_find(struct merit_json_pull *pull, const char *name);

/* Takes the next value, whatever it is. False when it is broken. */
bool merit_json_pull_skip(struct merit_json_pull *pull);

/* How many items the array that comes next has, without taking it; 0 when none comes, or a broken one. */
size_t merit_json_pull_count(const struct merit_json_pull *pull);

/* Behind the last value. OK when nothing but space is left and no fault was met; else the first in precedence of
 * BAD_JSON, NOT_INTEGER, NUMBER_RANGE, NUL_IN_TEXT, TOO_DEEP, or NO_MEMORY. */
MERIT_MUST_USE enum merit_status merit_json_pull_end(struct merit_json_pull *pull);

#endif
