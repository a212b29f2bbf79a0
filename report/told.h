/* told.h - what an entry tells about itself, for a line of a statement: the document it rests on, the earn, the
 * pieces. */
#ifndef MERIT_REPORT_TOLD_H
#define MERIT_REPORT_TOLD_H

#include "ledger/entry.h"

/* The text given for the parameter of this name; empty where the operation has none or it was not given. */
struct merit_text merit_told(const struct merit_entry *entry, const char *parameter);

/* What to look it up by: the caller's reference, the bank's, the settlement or proposal; else empty. */
struct merit_text merit_told_reference(const struct merit_entry *entry);

/* The seq of the earn that the entry is about; -1 where it is about none. */
int64_t merit_told_earn(const struct merit_entry *entry);

/* What the entry did to the pieces of an order's line: below 0, taken back; 0 where it says nothing of them. lines are
 * those of order.place, which moves all of them. */
int64_t merit_told_quantity(const struct merit_entry *entry, int32_t line);

#endif
