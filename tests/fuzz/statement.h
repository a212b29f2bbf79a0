/* statement.h - what holds of a bank statement's file however its bytes are: for the fuzzers of its readers. */
#ifndef MERIT_TESTS_STATEMENT_H
#define MERIT_TESTS_STATEMENT_H

#include <assert.h>
#include <string.h>

#include "ledger/calendar.h"
#include "ledger/text.h"
#include "recon/file.h"

static inline void statement_check_text(struct merit_text text)
{
	uint32_t point;

	for (size_t at = 0, step; at < text.size; at += step) {
		step = merit_text_first(text.data + at, text.size - at, &point);
		assert(step > 0);
	}
}

static inline void statement_check_item(const struct merit_recon_item *item)
{
	assert(item->line > 0 && item->kind <= MERIT_ITEM_FEE);
	assert(item->amount >= -MERIT_AMOUNT_MAX && item->amount <= MERIT_AMOUNT_MAX);
	assert(merit_text_is_currency(item->currency, strlen(item->currency)));
	assert(item->day >= 0 && item->day <= MERIT_DAY_MAX && item->first_day == item->day);
	statement_check_text(item->reference);
	statement_check_text(item->group);
	statement_check_text(item->text);
}

static inline void statement_check_file(const struct merit_file *file)
{
	for (size_t i = 0; i < file->items_count; i++) {
		statement_check_item(&file->items[i]);
		assert(file->items[i].day >= file->first_day && file->items[i].day <= file->last_day);
	}
	for (size_t i = 0; i < file->skips_count; i++) {
		assert(file->skips[i].line > 0 && file->skips[i].why != NULL);
		statement_check_text(file->skips[i].text);
	}
	for (size_t i = 0; i < file->controls_count; i++)
		assert(file->controls[i].line > 0 && file->controls[i].what != NULL);
}

/* Parses bytes as a format, with and without a promised currency. */
static inline void statement_try(const char *format, const uint8_t *data, size_t size)
{
	static const char *const promised[] = { "", "EUR" };

	for (size_t i = 0; i < 2; i++) {
		struct merit_file_options options = { .format = format, .offset_minutes = 480 };
		struct merit_file file;
		struct merit_file_fault fault = { .why = "" };
		memcpy(options.currency, promised[i], strlen(promised[i]) + 1);
		enum merit_status status = merit_file_parse(data, size, &options, &file, &fault);
		if (status != MERIT_OK) {
			assert(status == MERIT_BAD_FORMAT && fault.why[0] != '\0');
			continue;
		}
		statement_check_file(&file);
		if (!merit_file_check(&file, &fault))
			assert(fault.line > 0 && fault.why[0] != '\0');
		merit_file_free(&file);
	}
}

#endif
