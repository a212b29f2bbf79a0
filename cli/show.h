/* show.h - JSON for people: an object as lines of names and values, a list of objects as a table; and JSON as it came.
 *
 * Names   what lies deeper carries its path: "balances.member/M1". A list of objects is a table of its own behind the
 *         lines.
 * Times   members the method tables call a time are shown as RFC 3339 in the program's offset. */
#ifndef MERIT_CLI_SHOW_H
#define MERIT_CLI_SHOW_H

#include "ledger/json.h"
#include "cli/output.h"

/* Prints node for a person. */
void merit_show(FILE *file, const cJSON *node, int32_t offset_minutes);

/* Prints the postings of an entry, of points or of money, under name. */
void merit_show_postings(FILE *file, const char *name, const cJSON *postings);

/* Appends node as JSON without spaces, members in their order, every digit of an integer. */
void merit_json_put(struct merit_buffer *out, const cJSON *node);

/* Prints that and a newline. */
void merit_json_print(FILE *file, const cJSON *node);

/* Appends a scalar as plain text; null, and a list of nothing, as "-"; another list or an object as JSON. */
void merit_show_scalar_put(struct merit_buffer *out, const cJSON *node);

/* The same of a member of an object, but a time, which its name tells, as a date. */
void merit_show_member_put(struct merit_buffer *out, const cJSON *member, int32_t offset_minutes);

/* Appends what a row of a statement is for: a reference, an order, or the entry it decided about; else nothing. */
void merit_show_subject_put(struct merit_buffer *out, const cJSON *row);

/* Members as C values: 0, "" or NULL where absent or of another type. */
int64_t merit_show_integer(const cJSON *object, const char *name);
const char *merit_show_text(const cJSON *object, const char *name);

#endif
