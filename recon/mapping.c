/* mapping.c - see mapping.h: the members of a mapping, one reader each, and what must hold between them. */
#include "recon/mapping.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/text.h"
#include "recon/encoding.h"
#include "recon/mapping_read.h"

/* ---- Rows left out ---- */

/* "why" is the rule's, where the rule is one condition. */
static enum merit_status read_condition(struct merit_mapping_reading *reading, const cJSON *node, void *each)
{
	static const char *const known[] = { "column", "is", "why", NULL };
	struct merit_condition *condition = each;
	enum merit_status status = merit_mapping_check_members(reading, node, known);

	if (status == MERIT_OK)
		status = merit_mapping_read_columns(reading, merit_json_member(node, "column"), &condition->columns);
	if (status != MERIT_OK)
		return status;
	return merit_mapping_read_words(reading, merit_json_member(node, "is"), &condition->is);
}

static enum merit_status read_skip_rule(struct merit_mapping_reading *reading, const cJSON *node, void *each)
{
	static const char *const known[] = { "column", "is", "all", "why", NULL };
	struct merit_skip_rule *rule = each;
	const cJSON *all = merit_json_member(node, "all");
	enum merit_status status = merit_mapping_check_members(reading, node, known);

	if (status != MERIT_OK)
		return status;
	if (all != NULL && merit_json_member(node, "column") != NULL)
		return merit_mapping_wrong(reading, "has both \"all\" and a column");
	status = merit_mapping_read_text(reading, merit_json_member(node, "why"), &rule->why);
	if (status == MERIT_OK && !merit_text_is_printable(rule->why.data, rule->why.size, MERIT_TEXT_SIZE_MAX))
		return merit_mapping_wrong(reading, "needs a \"why\" of 1-200 bytes");
	if (status != MERIT_OK)
		return status;
	return merit_mapping_read_each(reading, all != NULL ? all : node, sizeof(*rule->conditions), &rule->conditions,
	                               &rule->conditions_count, read_condition);
}

static enum merit_status read_skip(struct merit_mapping_reading *reading, const cJSON *node)
{
	return merit_mapping_read_each(reading, node, sizeof(*reading->mapping->skips), &reading->mapping->skips,
	                               &reading->mapping->skips_count, read_skip_rule);
}

static enum merit_status read_undone(struct merit_mapping_reading *reading, const cJSON *node)
{
	return read_skip_rule(reading, node, &reading->mapping->undone);
}

/* ---- What the file says of itself ---- */

static enum merit_status read_total_of(struct merit_mapping_reading *reading, const cJSON *node, bool is_sum,
                                       enum merit_total_of *of_out)
{
	static const char *const words[MERIT_TOTAL_COUNT] = {
		"", "rows", "items", "in", "out", "net", "payments", "refunds", "fees",
	};

	if (node == NULL)
		return MERIT_OK;
	size_t place = merit_mapping_word_place(node, words, MERIT_TOTAL_COUNT);
	bool is_known = place > MERIT_TOTAL_NONE && place < MERIT_TOTAL_COUNT;
	bool fits = is_sum ? place >= MERIT_TOTAL_IN : place != MERIT_TOTAL_NET && place != MERIT_TOTAL_FEES;
	if (!is_known || !fits)
		return merit_mapping_wrong(reading, is_sum ? "can sum in, out, net, payments, refunds or fees"
		                                           : "can count rows, items, in, out, payments or refunds");
	*of_out = (enum merit_total_of)place;
	return MERIT_OK;
}

/* A total that stands in a column: one number, of which it is told what it is. */
static enum merit_status read_total_column(struct merit_mapping_reading *reading, const cJSON *node,
                                           struct merit_total *total)
{
	const cJSON *row = merit_json_member(node, "row");
	enum merit_status status = merit_mapping_read_text(reading, merit_json_member(node, "column"), &total->column);

	if (status == MERIT_OK && (total->count == MERIT_TOTAL_NONE) == (total->sum == MERIT_TOTAL_NONE))
		return merit_mapping_wrong(reading, "needs either a count or a sum for each column");
	if (status != MERIT_OK)
		return status;
	return row != NULL ? merit_mapping_read_words(reading, row, &total->row)
	                   : merit_mapping_read_texts(reading, merit_json_member(node, "header"), &total->header,
	                                              &total->header_count);
}

static enum merit_status read_total(struct merit_mapping_reading *reading, const cJSON *node, void *each)
{
	static const char *const known[] = { "like", "row", "header", "column", "count", "sum", "required", NULL };
	struct merit_total *total = each;
	const cJSON *like = merit_json_member(node, "like"), *required = merit_json_member(node, "required");
	enum merit_status status = merit_mapping_check_members(reading, node, known);

	if (status == MERIT_OK && required != NULL)
		status = merit_mapping_read_flag(reading, required, &total->is_required);
	if (status == MERIT_OK)
		status = read_total_of(reading, merit_json_member(node, "count"), false, &total->count);
	if (status == MERIT_OK)
		status = read_total_of(reading, merit_json_member(node, "sum"), true, &total->sum);
	if (status != MERIT_OK || like == NULL)
		return status != MERIT_OK ? status : read_total_column(reading, node, total);
	total->has_like = true;
	status = merit_mapping_read_pattern(reading, like, "", &total->like);
	if (status == MERIT_OK && (total->like.has[MERIT_PATTERN_COUNT] != (total->count != MERIT_TOTAL_NONE) ||
	                           total->like.has[MERIT_PATTERN_AMOUNT] != (total->sum != MERIT_TOTAL_NONE)))
		return merit_mapping_wrong(reading, "needs {count} for its count and {amount} for its sum");
	return status;
}

static enum merit_status read_totals(struct merit_mapping_reading *reading, const cJSON *node)
{
	return merit_mapping_read_each(reading, node, sizeof(*reading->mapping->totals), &reading->mapping->totals,
	                               &reading->mapping->totals_count, read_total);
}

static enum merit_status read_balance(struct merit_mapping_reading *reading, const cJSON *node)
{
	static const char *const known[] = { "column", "newest", NULL }, *const ends[] = { "first", "last" };
	enum merit_status status = merit_mapping_check_members(reading, node, known);

	if (status != MERIT_OK)
		return status;
	size_t end = merit_mapping_word_place(merit_json_member(node, "newest"), ends, 2);
	if (end == 2)
		return merit_mapping_wrong(reading, "needs \"newest\", which is first or last");
	reading->mapping->balance_newest_first = end == 0;
	return merit_mapping_read_columns(reading, merit_json_member(node, "column"), &reading->mapping->balance);
}

static enum merit_status read_covers(struct merit_mapping_reading *reading, const cJSON *node)
{
	reading->mapping->has_covers = true;
	return merit_mapping_read_pattern(reading, node, "fl", &reading->mapping->covers);
}

/* ---- Values ---- */

static enum merit_status read_like(struct merit_mapping_reading *reading, const cJSON *node, void *each)
{
	return merit_mapping_read_pattern(reading, node, "a", each);
}

static enum merit_status read_amount_columns(struct merit_mapping_reading *reading, const cJSON *node,
                                             struct merit_amount_columns *amount)
{
	static const char *const known[] = { "column", "like", NULL };

	if (!cJSON_IsObject(node))
		return merit_mapping_read_columns(reading, node, &amount->columns);
	enum merit_status status = merit_mapping_check_members(reading, node, known);
	if (status == MERIT_OK)
		status = merit_mapping_read_columns(reading, merit_json_member(node, "column"), &amount->columns);
	if (status != MERIT_OK)
		return status;
	return merit_mapping_read_each(reading, merit_json_member(node, "like"), sizeof(*amount->likes), &amount->likes,
	                               &amount->likes_count, read_like);
}

/* Whether a format of days has a month and a day once each, and a year of four digits once or not at all. */
static bool is_day_format(const char *format)
{
	size_t counts[3] = { 0 }, runs[3] = { 0 };
	char before = '\0';

	for (; *format != '\0'; before = *format++) {
		const char *letter = strchr("YMD", *format);
		if (letter == NULL)
			continue;
		size_t place = (size_t)(letter - "YMD");
		counts[place]++;
		runs[place] += *format != before;
	}
	return (runs[0] == 0 || (runs[0] == 1 && counts[0] == 4)) && runs[1] == 1 && counts[1] <= 2 && runs[2] == 1 &&
	       counts[2] <= 2;
}

static enum merit_status read_day_format(struct merit_mapping_reading *reading, const cJSON *node)
{
	struct merit_text format;
	enum merit_status status = merit_mapping_read_text(reading, node, &format);

	if (status == MERIT_OK && !is_day_format(format.data))
		return merit_mapping_wrong(reading, "must be such as YYYY-MM-DD, DD/MM/YYYY or MM/DD");
	reading->mapping->day_format = format.data;
	return status;
}

static enum merit_status read_year(struct merit_mapping_reading *reading, const cJSON *node)
{
	reading->mapping->has_year = true;
	return merit_mapping_read_pattern(reading, node, "ym", &reading->mapping->year);
}

static enum merit_status read_offset(struct merit_mapping_reading *reading, const cJSON *node)
{
	int64_t minutes;

	if (!merit_json_integer(node, &minutes) || minutes < -720 || minutes > 840)
		return merit_mapping_wrong(reading, "must be minutes, -720 to 840");
	reading->mapping->has_offset = true;
	reading->mapping->offset_minutes = (int32_t)minutes;
	return MERIT_OK;
}

/* ---- The file ---- */

static enum merit_status add_encoding(struct merit_mapping_reading *reading, const cJSON *node)
{
	struct merit_mapping_file *mapping = reading->mapping;
	const char *encoding = cJSON_IsString(node) ? merit_encoding_find(node->valuestring) : NULL;

	if (encoding == NULL)
		return merit_mapping_wrong(reading, "names an encoding that merit does not read");
	if (mapping->encodings_count == MERIT_MAPPING_ENCODINGS_MAX)
		return merit_mapping_wrong(reading, "is a list of more than 4");
	mapping->encodings[mapping->encodings_count++] = encoding;
	return MERIT_OK;
}

static enum merit_status read_encoding(struct merit_mapping_reading *reading, const cJSON *node)
{
	enum merit_status status = MERIT_OK;

	if (!cJSON_IsArray(node))
		return add_encoding(reading, node);
	for (const cJSON *each = node->child; status == MERIT_OK && each != NULL; each = each->next)
		status = add_encoding(reading, each);
	return reading->mapping->encodings_count == 0 && status == MERIT_OK ? merit_mapping_wrong(reading, "is empty")
	                                                                    : status;
}

/* One character of a few; empty is '\0' where that is one of them. */
static enum merit_status read_one_of(struct merit_mapping_reading *reading, const cJSON *node, const char *allowed,
                                     bool may_be_empty, char *byte_out)
{
	const char *text;
	size_t size;

	if (!merit_json_text(node, &text, &size) || size > 1 || (size == 0 && !may_be_empty) ||
	    (size == 1 && strchr(allowed, text[0]) == NULL))
		return merit_mapping_wrong(reading, "is none of the characters that can be there");
	*byte_out = text[0];
	return MERIT_OK;
}

static enum merit_status read_format(struct merit_mapping_reading *reading, const cJSON *node)
{
	static const char *const words[] = { "csv" };

	return merit_mapping_word_place(node, words, 1) == 0 ? MERIT_OK : merit_mapping_wrong(reading, "must be csv");
}

static enum merit_status read_separator(struct merit_mapping_reading *reading, const cJSON *node)
{
	return read_one_of(reading, node, ",;|\t:^~", false, &reading->mapping->separator);
}

static enum merit_status read_lead(struct merit_mapping_reading *reading, const cJSON *node)
{
	return read_one_of(reading, node, "`'=", true, &reading->mapping->lead);
}

static enum merit_status read_decimal(struct merit_mapping_reading *reading, const cJSON *node)
{
	return read_one_of(reading, node, ".,", false, &reading->mapping->decimal);
}

static enum merit_status read_thousands(struct merit_mapping_reading *reading, const cJSON *node)
{
	return read_one_of(reading, node, ".,' ", true, &reading->mapping->thousands);
}

static enum merit_status read_choice_of_two(struct merit_mapping_reading *reading, const cJSON *node,
                                            const char *const *words, bool *is_second_out)
{
	size_t place = merit_mapping_word_place(node, words, 2);

	*is_second_out = place == 1;
	return place < 2 ? MERIT_OK : merit_mapping_wrong(reading, "is none of the words that can be there");
}

static enum merit_status read_quotes(struct merit_mapping_reading *reading, const cJSON *node)
{
	static const char *const words[] = { "strict", "loose" };

	return read_choice_of_two(reading, node, words, &reading->mapping->is_loose);
}

static enum merit_status read_unit(struct merit_mapping_reading *reading, const cJSON *node)
{
	static const char *const words[] = { "money", "points" };

	return read_choice_of_two(reading, node, words, &reading->mapping->is_points);
}

static enum merit_status read_unreadable(struct merit_mapping_reading *reading, const cJSON *node)
{
	static const char *const words[] = { "refuse", "list" };

	return read_choice_of_two(reading, node, words, &reading->mapping->lists_unreadable);
}

static enum merit_status read_strip(struct merit_mapping_reading *reading, const cJSON *node)
{
	struct merit_text strip;
	enum merit_status status = merit_mapping_read_text(reading, node, &strip);

	for (size_t i = 0; status == MERIT_OK && i < strip.size; i++) {
		if ((unsigned char)strip.data[i] >= 0x80)
			return merit_mapping_wrong(reading, "can hold ASCII characters only");
	}
	reading->mapping->strip = strip.data;
	return status;
}

static enum merit_status read_header(struct merit_mapping_reading *reading, const cJSON *node)
{
	return merit_mapping_read_texts(reading, node, &reading->mapping->header, &reading->mapping->header_count);
}

/* Members that are one of the pieces above, of the member of the same name. */
#define MEMBER(name, read)                                                                                             \
	static enum merit_status member_##name(struct merit_mapping_reading *reading, const cJSON *node)               \
	{                                                                                                              \
		return read(reading, node, &reading->mapping->name);                                                   \
	}
MEMBER(blank, merit_mapping_read_words)
MEMBER(stop, merit_mapping_read_words)
MEMBER(reference, merit_mapping_read_columns)
MEMBER(group, merit_mapping_read_columns)
MEMBER(text, merit_mapping_read_columns)
MEMBER(day, merit_mapping_read_columns)
MEMBER(time, merit_mapping_read_columns)
MEMBER(amount, read_amount_columns)
MEMBER(credit, read_amount_columns)
MEMBER(debit, read_amount_columns)
MEMBER(fee, read_amount_columns)
MEMBER(is_inverted, merit_mapping_read_flag)
MEMBER(takes_zeros, merit_mapping_read_flag)
MEMBER(takes_empty, merit_mapping_read_flag)
#undef MEMBER

static const struct {
	const char *name;
	enum merit_status (*read)(struct merit_mapping_reading *reading, const cJSON *node);
} members[] = {
	{ "format", read_format },
	{ "encoding", read_encoding },
	{ "separator", read_separator },
	{ "quotes", read_quotes },
	{ "strip", read_strip },
	{ "lead", read_lead },
	{ "blank", member_blank },
	{ "header", read_header },
	{ "stop", member_stop },
	{ "empty", member_takes_empty },
	{ "unreadable", read_unreadable },
	{ "unit", read_unit },
	{ "currency", merit_mapping_read_currency },
	{ "reference", member_reference },
	{ "group", member_group },
	{ "text", member_text },
	{ "day", member_day },
	{ "day_format", read_day_format },
	{ "time", member_time },
	{ "offset", read_offset },
	{ "year", read_year },
	{ "amount", member_amount },
	{ "credit", member_credit },
	{ "debit", member_debit },
	{ "direction", merit_mapping_read_direction },
	{ "invert", member_is_inverted },
	{ "fee", member_fee },
	{ "decimal", read_decimal },
	{ "thousands", read_thousands },
	{ "zeros", member_takes_zeros },
	{ "kind", merit_mapping_read_kind },
	{ "status", merit_mapping_read_status },
	{ "skip", read_skip },
	{ "undone", read_undone },
	{ "totals", read_totals },
	{ "balance", read_balance },
	{ "covers", read_covers },
};

static enum merit_status read_member(struct merit_mapping_reading *reading, const cJSON *node)
{
	reading->member = node->string;
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		if (strcmp(members[i].name, node->string) == 0)
			return members[i].read(reading, node);
	}
	return merit_mapping_wrong(reading, "is no member of a mapping");
}

/* ---- What must hold between members ---- */

static bool sums_money(const struct merit_mapping_file *mapping)
{
	for (size_t i = 0; i < mapping->totals_count; i++) {
		if (mapping->totals[i].sum != MERIT_TOTAL_NONE)
			return true;
	}
	return mapping->balance.count > 0;
}

static enum merit_status check_together(const struct merit_mapping_file *mapping, struct merit_file_fault *fault)
{
	bool has_amount = mapping->amount.columns.count > 0, has_year = strchr(mapping->day_format, 'Y') != NULL;
	bool has_sides = mapping->credit.columns.count > 0 || mapping->debit.columns.count > 0;
	bool has_currency = mapping->currency[0] != '\0' || mapping->currencies.columns.count > 0;
	const struct {
		bool is_wrong;
		const char *why;
	} rules[] = {
		{ mapping->day.count == 0, "\"day\" is missing" },
		{ !has_amount && !has_sides, "\"amount\" is missing, or \"credit\" and \"debit\"" },
		{ has_amount && has_sides, "\"amount\" and \"credit\" or \"debit\" exclude each other" },
		{ has_sides && mapping->direction.count > 0, "\"direction\" is of \"amount\" only" },
		{ !mapping->is_points && !has_currency, "\"currency\" is missing" },
		{ mapping->is_points && has_currency, "points have no \"currency\"" },
		{ mapping->decimal == mapping->thousands, "\"decimal\" and \"thousands\" are the same" },
		{ has_year == mapping->has_year, "\"year\" is for days without a year, and then it must be there" },
		{ mapping->undone.conditions_count > 0 && mapping->reference.count == 0,
		  "\"undone\" needs a \"reference\"" },
		{ sums_money(mapping) && mapping->currencies.columns.count > 0,
		  "sums and balances need a \"currency\" that is fixed" },
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (rules[i].is_wrong)
			return merit_file_refuse(fault, 0, 0, "mapping: %s", rules[i].why);
	}
	return MERIT_OK;
}

static enum merit_status read_all_members(struct merit_mapping_file *mapping, const cJSON *root,
                                          struct merit_file_fault *fault)
{
	struct merit_mapping_reading reading = { .mapping = mapping, .fault = fault };
	enum merit_status status = MERIT_OK;

	if (!cJSON_IsObject(root))
		return merit_file_refuse(fault, 0, 0, "mapping: it must be a JSON object");
	for (const cJSON *node = root->child; status == MERIT_OK && node != NULL; node = node->next)
		status = read_member(&reading, node);
	if (status != MERIT_OK)
		return status;
	if (mapping->encodings_count == 0)
		mapping->encodings[mapping->encodings_count++] = "UTF-8";
	return check_together(mapping, fault);
}

enum merit_status merit_mapping_file_parse(const char *text, size_t size, struct merit_mapping_file **mapping_out,
                                           struct merit_file_fault *fault_out)
{
	cJSON *root;

	*fault_out = (struct merit_file_fault){ 0 };
	if (size > MERIT_MAPPING_SIZE_MAX)
		return merit_file_refuse(fault_out, 0, 0, "mapping: it is over 64 KiB");
	enum merit_status status = merit_json_read(text, size, &root);
	if (status == MERIT_NO_MEMORY)
		return status;
	if (status != MERIT_OK)
		return merit_file_refuse(fault_out, 0, 0, "mapping: %s", merit_status_text(status));
	struct merit_mapping_file *mapping = calloc(1, sizeof(*mapping));
	if (mapping == NULL) {
		merit_json_free(root);
		return MERIT_NO_MEMORY;
	}
	mapping->separator = ',';
	mapping->decimal = '.';
	mapping->strip = " \t";
	mapping->day_format = "YYYY-MM-DD";
	status = read_all_members(mapping, root, fault_out);
	merit_json_free(root);
	if (status != MERIT_OK) {
		merit_mapping_file_free(mapping);
		return status;
	}
	*mapping_out = mapping;
	return MERIT_OK;
}

void merit_mapping_file_free(struct merit_mapping_file *mapping)
{
	if (mapping == NULL)
		return;
	merit_arena_free(&mapping->arena);
	free(mapping);
}
