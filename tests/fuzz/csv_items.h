/* csv_items.h - what holds of a CSV file read by any mapping, however its bytes are: for the fuzzers. */
#ifndef MERIT_TESTS_CSV_ITEMS_H
#define MERIT_TESTS_CSV_ITEMS_H

#include "tests/fuzz/statement.h"

static inline void csv_check_item(const struct merit_recon_item *item)
{
	assert(item->line > 0 && item->kind <= MERIT_ITEM_UNREADABLE);
	assert(item->amount >= -MERIT_AMOUNT_MAX && item->amount <= MERIT_AMOUNT_MAX);
	assert(item->day >= 0 && item->day <= MERIT_DAY_MAX && item->first_day == item->day);
	assert(item->currency[0] == '\0' || merit_text_is_currency(item->currency, strlen(item->currency)));
	statement_check_text(item->reference);
	statement_check_text(item->group);
	statement_check_text(item->status);
	statement_check_text(item->text);
}

static inline void csv_try(const void *bytes, size_t size, const struct merit_file_options *options)
{
	struct merit_file file;
	struct merit_file_fault fault = { .why = "" };
	enum merit_status status = merit_file_parse(bytes, size, options, &file, &fault);

	if (status != MERIT_OK) {
		assert(status == MERIT_BAD_FORMAT && fault.why[0] != '\0');
		return;
	}
	for (size_t i = 0; i < file.items_count; i++) {
		csv_check_item(&file.items[i]);
		assert(i == 0 || file.items[i].line > file.items[i - 1].line);
	}
	for (size_t i = 0; i < file.skips_count; i++) {
		assert(file.skips[i].line > 0 && file.skips[i].why[0] != '\0');
		assert(i == 0 || file.skips[i].line > file.skips[i - 1].line);
		statement_check_text(file.skips[i].text);
	}
	if (!merit_file_check(&file, &fault))
		assert(fault.line > 0 && fault.why[0] != '\0');
	merit_file_free(&file);
}

#endif
