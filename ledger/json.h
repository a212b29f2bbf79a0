/* json.h - reading JSON strictly: what two readers could understand differently is refused.
 *
 * cJSON builds the tree; it would also take duplicate keys, fractions, bad UTF-8 and bytes behind the end, and finds
 * members without regard to case. So the bytes are checked before cJSON sees them, keys afterwards, and members are
 * looked up here. What comes by the thousand, requests and records, is read without a tree: see json_pull.h. Printing
 * is not its business either: see buffer.h.
 *
 * Args    outputs end in _out and are set only on MERIT_OK or true
 * Memory  a tree lives until merit_json_free, or, when read between arena_begin and arena_end, as long as the arena's
 *         pieces; texts are borrowed from the tree
 * Threads any; a tree belongs to one thread at a time
 * Source  RFC 8259; RFC 7493 (I-JSON) for keys, surrogates and the range of integers */
#ifndef MERIT_LEDGER_JSON_H
#define MERIT_LEDGER_JSON_H

#include <cjson/cJSON.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ledger/arena.h"
#include "ledger/status.h"

/* Reads size bytes that must be one JSON text and nothing else.
 *
 * Numbers  integers within +-MERIT_AMOUNT_MAX; -0 is valid and reads as 0
 * Returns  BAD_JSON for what is not JSON, whatever else is wrong with it: bad UTF-8 and lone surrogate escapes included
 *          NOT_INTEGER, NUMBER_RANGE, NUL_IN_TEXT for JSON that says what a request cannot mean, in this order
 *          TOO_DEEP beyond MERIT_JSON_DEPTH_MAX open arrays and objects; what stands behind that place is not read
 *          DUPLICATE_KEY, compared unescaped; looked for in the tree, so only in a text without the faults above
 *          NO_MEMORY
 * Cost     one pass over the bytes, cJSON's parse, one pass over the tree; n log n in the keys of one object */
MERIT_MUST_USE enum merit_status merit_json_read(const char *bytes, size_t size, cJSON **root_out);

/* Frees a tree. Does nothing while this thread has an arena begun: the arena frees what was read into it. */
void merit_json_free(cJSON *root);

/* The member of object with exactly this name. NULL without one, or when object is NULL or not an object. */
cJSON *merit_json_member(const cJSON *object, const char *name);

/* The integer of a number node. False when node is NULL or not a number. */
MERIT_MUST_USE bool merit_json_integer(const cJSON *node, int64_t *value_out);

/* The bytes of a string node, a NUL behind them and none within. False when node is NULL or not a string. */
MERIT_MUST_USE bool merit_json_text(const cJSON *node, const char **text_out, size_t *size_out);

/* From begin to end, what this thread makes with cJSON comes from arena, and freeing it does nothing: a message's tree
 * costs no malloc. The caller resets the arena when the tree is done with. Between the two, free nothing that was made
 * before; afterwards, never merit_json_free or cJSON_Delete what was read between them.
 *
 * The process's first begin sets cJSON's hooks for the whole process: call it before other threads use cJSON. Hence a
 * program that sets those hooks itself cannot use arenas; the client library does not. */
void merit_json_arena_begin(struct merit_arena *arena);
void merit_json_arena_end(void);

#endif
