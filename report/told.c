/* told.c - see told.h. Parameters of one name mean one thing in all operations. */
#include "report/told.h"

#include <string.h>

struct merit_text merit_told(const struct merit_entry *entry, const char *parameter)
{
	const struct merit_operation *operation = entry->operation;

	for (size_t i = 0; i < operation->params_count; i++) {
		if (strcmp(operation->params[i].name, parameter) == 0 && entry->values[i].present)
			return entry->values[i].text;
	}
	return (struct merit_text){ "", 0 };
}

struct merit_text merit_told_reference(const struct merit_entry *entry)
{
	static const char *const names[] = { "reference", "bank_reference", "invoice", "settlement", "referee" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct merit_text text = merit_told(entry, names[i]);
		if (text.size > 0)
			return text;
	}
	return (struct merit_text){ "", 0 };
}

int64_t merit_told_earn(const struct merit_entry *entry)
{
	switch (entry->operation->number) {
	case MERIT_OP_REVERSE: return entry->values[REVERSE_ENTRY].integer;
	case MERIT_OP_EARN_REVIEW: return entry->values[REVIEW_ENTRY].integer;
	case MERIT_OP_MATURE: return entry->values[MATURE_ENTRY].integer;
	default: return -1;
	}
}

int64_t merit_told_quantity(const struct merit_entry *entry, int32_t line)
{
	const struct merit_value *done = &entry->results[DONE_LINES];

	switch (entry->operation->number) {
	case MERIT_OP_ORDER_PLACE:
		if (line < 0 || (size_t)line >= entry->values[PLACE_LINES].row_count)
			return 0;
		return entry->values[PLACE_LINES].cells[line * PLACE_LINE_COLUMNS + PLACE_LINE_QUANTITY].integer;
	case MERIT_OP_ORDER_FULFIL:
	case MERIT_OP_ORDER_CANCEL:
	case MERIT_OP_ORDER_LAPSE:
	case MERIT_OP_ORDER_REFUND: break;
	default: return 0;
	}
	for (size_t i = 0; i < done->row_count; i++) {
		const struct merit_value *cells = &done->cells[i * LINE_COLUMNS];
		if (cells[LINE_LINE].integer == line)
			return entry->operation->number == MERIT_OP_ORDER_FULFIL ? cells[LINE_QUANTITY].integer
			                                                         : -cells[LINE_QUANTITY].integer;
	}
	return 0;
}
