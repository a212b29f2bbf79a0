/* csv_item.c - one row as an item: see csv_inner.h. */
#include <string.h>

#include "ledger/currency.h"
#include "ledger/entry.h"
#include "ledger/text.h"
#include "recon/csv_inner.h"

#define SHOWN_SIZE_MAX 48 /* bytes of theirs that a fault quotes */

bool merit_csv_words_fit(const struct merit_words *words, struct merit_text text)
{
	for (size_t i = 0; i < words->count; i++) {
		if (merit_word_fits(&words->list[i], text))
			return true;
	}
	return false;
}

static bool is_blank(const struct merit_csv_reading *reading, struct merit_text value)
{
	return value.size == 0 || merit_csv_words_fit(&reading->mapping->blank, value);
}

/* The field of a column in this row; NULL where the file has no such column. */
static const struct merit_csv_cell *field_of(const struct merit_csv_reading *reading, size_t column)
{
	size_t place = reading->places[column];

	return place == MERIT_CSV_ABSENT || place >= reading->rows.fields_count ? NULL : &reading->rows.fields[place];
}

const struct merit_csv_cell *merit_csv_column(const struct merit_csv_reading *reading,
                                              const struct merit_columns *columns)
{
	for (size_t i = 0; i < columns->count; i++) {
		const struct merit_csv_cell *field = field_of(reading, columns->at[i]);
		if (field != NULL && !is_blank(reading, field->value))
			return field;
	}
	return NULL;
}

/* What stands there as it is, blank words too: what rules of words look at. */
static const struct merit_csv_cell *first_field(const struct merit_csv_reading *reading,
                                                const struct merit_columns *columns)
{
	const struct merit_csv_cell *field = merit_csv_column(reading, columns);

	for (size_t i = 0; field == NULL && i < columns->count; i++)
		field = field_of(reading, columns->at[i]);
	return field;
}

enum merit_status merit_csv_refuse(struct merit_csv_reading *reading, const struct merit_csv_cell *field,
                                   const char *why, struct merit_text shown)
{
	uint64_t line = field == NULL ? reading->rows.line : field->line, column = field == NULL ? 0 : field->column;

	shown = merit_text_cut(shown, SHOWN_SIZE_MAX);
	if (!merit_text_is_printable(shown.data, shown.size, SHOWN_SIZE_MAX))
		return merit_file_refuse(reading->fault, line, column, "this value: %s", why);
	return merit_file_refuse(reading->fault, line, column, "\"%.*s\": %s", (int)shown.size, shown.data, why);
}

bool merit_csv_conditions_hold(const struct merit_csv_reading *reading, const struct merit_skip_rule *rule)
{
	for (size_t i = 0; i < rule->conditions_count; i++) {
		const struct merit_condition *condition = &rule->conditions[i];
		const struct merit_csv_cell *field = first_field(reading, &condition->columns);
		if (field == NULL || !merit_csv_words_fit(&condition->is, field->value))
			return false;
	}
	return rule->conditions_count > 0;
}

/* A fault of a row in which all of these columns are blank, at the first that the file has. */
static enum merit_status refuse_blank(struct merit_csv_reading *reading, const struct merit_columns *columns,
                                      const char *why)
{
	const struct merit_csv_cell *field = first_field(reading, columns);

	return merit_file_refuse(reading->fault, field == NULL ? reading->rows.line : field->line,
	                         field == NULL ? 0 : field->column, "%s", why);
}

/* ---- Words ---- */

static const struct merit_choice *rule_choice(const struct merit_csv_reading *reading,
                                              const struct merit_word_rule *rule)
{
	const struct merit_csv_cell *field = first_field(reading, &rule->columns);

	for (size_t i = 0; field != NULL && i < rule->choices_count; i++) {
		if (merit_csv_words_fit(&rule->choices[i].is, field->value))
			return &rule->choices[i];
	}
	return NULL;
}

/* The choice that the first rule with a word for this row makes; without any, a fault at the last rule's column. */
static enum merit_status rules_choice(struct merit_csv_reading *reading, const struct merit_word_rules *rules,
                                      const char *why, const struct merit_choice **choice_out)
{
	for (size_t i = 0; i < rules->count; i++) {
		*choice_out = rule_choice(reading, &rules->list[i]);
		if (*choice_out != NULL)
			return MERIT_OK;
	}
	const struct merit_csv_cell *field = first_field(reading, &rules->list[rules->count - 1].columns);
	struct merit_text nothing = { "", 0 };
	return merit_csv_refuse(reading, field, why, field == NULL ? nothing : field->value);
}

static enum merit_status read_currency(struct merit_csv_reading *reading, struct merit_recon_item *item)
{
	const struct merit_mapping_file *mapping = reading->mapping;

	if (mapping->is_points || mapping->currency[0] != '\0') {
		memcpy(item->currency, mapping->currency, sizeof(item->currency));
		return MERIT_OK;
	}
	const struct merit_choice *choice = rule_choice(reading, &mapping->currencies);
	const struct merit_csv_cell *field = first_field(reading, &mapping->currencies.columns);
	struct merit_text code = choice != NULL ? choice->word : field != NULL ? field->value : MERIT_TEXT("");
	if (!merit_text_is_currency(code.data, code.size))
		return merit_csv_refuse(reading, field, "no currency that the mapping knows", code);
	memcpy(item->currency, code.data, code.size);
	return MERIT_OK;
}

enum merit_status merit_csv_promise(struct merit_csv_reading *reading, const struct merit_recon_item *item)
{
	const char *promised = reading->options->currency;
	const struct merit_csv_cell *field = first_field(reading, &reading->mapping->currencies.columns);

	if (promised[0] == '\0' || strcmp(item->currency, promised) == 0)
		return MERIT_OK;
	return merit_file_refuse(reading->fault, field == NULL ? item->line : field->line,
	                         field == NULL ? 0 : field->column, "an amount in %s, where all should be in %s",
	                         item->currency[0] == '\0' ? "points" : item->currency, promised);
}

static enum merit_status read_kind(struct merit_csv_reading *reading, struct merit_recon_item *item)
{
	const struct merit_choice *choice;

	if (reading->mapping->kind.count == 0)
		return MERIT_OK;
	enum merit_status status = rules_choice(reading, &reading->mapping->kind, "no kind the mapping knows", &choice);
	if (status == MERIT_OK)
		item->kind = (uint8_t)choice->place;
	return status;
}

static enum merit_status read_status(struct merit_csv_reading *reading, struct merit_recon_item *item)
{
	const struct merit_choice *choice;

	if (reading->mapping->status.count == 0)
		return MERIT_OK;
	enum merit_status status =
		rules_choice(reading, &reading->mapping->status, "no status the mapping knows", &choice);
	if (status == MERIT_OK)
		item->status = reading->mapping->statuses[choice->place];
	return status;
}

/* ---- Amounts ---- */

/* Without the zeros at the end that stand behind the digits the currency has. */
static struct merit_text trim_zeros(struct merit_text text, char mark, unsigned digits)
{
	const char *at = memchr(text.data, mark, text.size);

	if (at == NULL)
		return text;
	size_t keep = (size_t)(at - text.data) + (digits == 0 ? 0 : digits + 1);
	while (text.size > keep && text.data[text.size - 1] == '0')
		text.size--;
	if (digits == 0 && text.size == keep + 1)
		text.size = keep; /* The mark itself. */
	return text;
}

bool merit_csv_amount(const struct merit_csv_reading *reading, const char *currency, struct merit_text text,
                      int64_t *amount_out, const char **why_out)
{
	const struct merit_mapping_file *mapping = reading->mapping;
	unsigned digits = mapping->is_points ? 0 : merit_money_digits(currency);

	if (mapping->takes_zeros)
		text = trim_zeros(text, mapping->decimal, digits);
	return merit_decimal_parse(text.data, text.size, mapping->decimal, mapping->thousands, digits, amount_out,
	                           why_out);
}

/* The part of a field that is the amount; false when no pattern fits. */
static bool amount_part(const struct merit_amount_columns *amount, struct merit_text *text)
{
	struct merit_text places[MERIT_PATTERN_PLACES_COUNT];

	for (size_t i = 0; i < amount->likes_count; i++) {
		if (merit_pattern_fits(&amount->likes[i], *text, places)) {
			*text = places[MERIT_PATTERN_AMOUNT];
			return true;
		}
	}
	return amount->likes_count == 0;
}

/* The amount of the first of these columns that is not blank, and its field; NULL and 0 when all are. */
static enum merit_status read_amount_of(struct merit_csv_reading *reading, const struct merit_amount_columns *amount,
                                        const char *currency, const struct merit_csv_cell **field_out,
                                        int64_t *amount_out)
{
	const struct merit_csv_cell *field = merit_csv_column(reading, &amount->columns);
	const char *why;

	*field_out = field;
	*amount_out = 0;
	if (field == NULL)
		return MERIT_OK;
	struct merit_text text = field->value;
	if (!amount_part(amount, &text)) {
		*field_out = NULL;
		return amount == &reading->mapping->fee
		               ? MERIT_OK
		               : merit_csv_refuse(reading, field, "not an amount as the mapping describes it", text);
	}
	if (!merit_csv_amount(reading, currency, text, amount_out, &why))
		return merit_csv_refuse(reading, field, why, field->value);
	return MERIT_OK;
}

/* credit less debit, of which only one is other than 0. */
static enum merit_status read_sides(struct merit_csv_reading *reading, struct merit_recon_item *item)
{
	const struct merit_csv_cell *credit_field, *debit_field;
	int64_t credit, debit;
	enum merit_status status =
		read_amount_of(reading, &reading->mapping->credit, item->currency, &credit_field, &credit);

	if (status == MERIT_OK)
		status = read_amount_of(reading, &reading->mapping->debit, item->currency, &debit_field, &debit);
	if (status != MERIT_OK)
		return status;
	if (credit_field == NULL && debit_field == NULL)
		return refuse_blank(reading,
		                    reading->mapping->credit.columns.count > 0 ? &reading->mapping->credit.columns
		                                                               : &reading->mapping->debit.columns,
		                    "the row has no amount, neither credit nor debit");
	if (credit != 0 && debit != 0)
		return merit_csv_refuse(reading, debit_field, "a debit in a row that has a credit too",
		                        debit_field->value);
	item->amount = credit - debit;
	return MERIT_OK;
}

/* Gives an amount the sign of its row's word. */
static enum merit_status turn(struct merit_csv_reading *reading, const struct merit_csv_cell *field, int64_t *amount)
{
	const struct merit_choice *choice;

	if (reading->mapping->direction.count == 0)
		return MERIT_OK;
	enum merit_status status =
		rules_choice(reading, &reading->mapping->direction, "no direction the mapping knows", &choice);
	if (status != MERIT_OK)
		return status;
	if (*amount < 0 && choice->place > 0)
		return merit_csv_refuse(reading, field, "below 0 where the direction is in", field->value);
	if (*amount > 0)
		*amount *= choice->place;
	return MERIT_OK;
}

static enum merit_status read_amount(struct merit_csv_reading *reading, struct merit_recon_item *item)
{
	const struct merit_csv_cell *field;
	enum merit_status status;

	if (reading->mapping->amount.columns.count == 0) {
		status = read_sides(reading, item);
	} else {
		status = read_amount_of(reading, &reading->mapping->amount, item->currency, &field, &item->amount);
		if (status == MERIT_OK && field == NULL)
			return refuse_blank(reading, &reading->mapping->amount.columns, "the row has no amount");
		if (status == MERIT_OK)
			status = turn(reading, field, &item->amount);
	}
	if (status == MERIT_OK && reading->mapping->is_inverted)
		item->amount = -item->amount;
	return status;
}

static enum merit_status read_fee(struct merit_csv_reading *reading, struct merit_recon_item *item)
{
	const struct merit_csv_cell *field;
	enum merit_status status = read_amount_of(reading, &reading->mapping->fee, item->currency, &field, &item->fee);

	if (status == MERIT_OK && item->fee < 0 && item->amount >= 0) /* Of what is given back, the fee may be too. */
		return merit_csv_refuse(reading, field, "a fee below 0", field->value);
	return status;
}

enum merit_status merit_csv_balance(struct merit_csv_reading *reading, const struct merit_recon_item *item)
{
	const struct merit_csv_cell *field = merit_csv_column(reading, &reading->mapping->balance);
	const char *why;
	int64_t balance;

	if (reading->mapping->balance.count == 0)
		return MERIT_OK;
	if (__builtin_add_overflow(reading->amounts_sum, item->amount, &reading->amounts_sum))
		return merit_file_refuse(reading->fault, reading->rows.line, 0,
		                         "the amounts add up to more than there is");
	if (field == NULL)
		return MERIT_OK;
	if (!merit_csv_amount(reading, item->currency, field->value, &balance, &why))
		return merit_csv_refuse(reading, field, why, field->value);
	if (!reading->has_balance) {
		reading->has_balance = true;
		reading->first_balance = balance;
		reading->first_balance_line = item->line;
		reading->first_amount = reading->amounts_sum = item->amount;
	}
	reading->last_balance = balance;
	reading->last_balance_line = item->line;
	reading->last_amount = item->amount;
	reading->last_sum = reading->amounts_sum;
	return MERIT_OK;
}

/* ---- The rest ---- */

static enum merit_status read_day(struct merit_csv_reading *reading, struct merit_recon_item *item)
{
	const struct merit_mapping_file *mapping = reading->mapping;
	const struct merit_csv_cell *field = merit_csv_column(reading, &mapping->day);
	const struct merit_csv_cell *time = merit_csv_column(reading, &mapping->time);
	int32_t offset = reading->options->offset_minutes;
	const char *why;

	if (field == NULL)
		return refuse_blank(reading, &mapping->day, "the row has no day");
	if (!merit_csv_day(mapping->day_format, field->value, time == NULL ? MERIT_TEXT("") : time->value,
	                   reading->year, reading->month, mapping->has_offset ? mapping->offset_minutes : offset,
	                   offset, &item->day, &why))
		return merit_csv_refuse(reading, field, why, field->value);
	item->first_day = item->day;
	return MERIT_OK;
}

static struct merit_text value_of(const struct merit_csv_reading *reading, const struct merit_columns *columns)
{
	const struct merit_csv_cell *field = merit_csv_column(reading, columns);

	return field == NULL ? MERIT_TEXT("") : field->value;
}

enum merit_status merit_csv_item(struct merit_csv_reading *reading, struct merit_recon_item *item)
{
	*item = (struct merit_recon_item){ .line = reading->rows.line,
		                           .day = MERIT_DAY_NONE,
		                           .first_day = MERIT_DAY_NONE };
	item->reference = value_of(reading, &reading->mapping->reference);
	item->group = value_of(reading, &reading->mapping->group);
	item->status = MERIT_TEXT("");
	item->text = item->carried = MERIT_TEXT("");
	enum merit_status status = read_day(reading, item);
	if (status == MERIT_OK)
		status = read_currency(reading, item);
	if (status == MERIT_OK)
		status = read_amount(reading, item);
	if (status == MERIT_OK)
		status = read_fee(reading, item);
	if (status == MERIT_OK)
		status = read_kind(reading, item);
	return status == MERIT_OK ? read_status(reading, item) : status;
}
