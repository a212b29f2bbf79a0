/* format_csv.c - CSV by a mapping: finds the header by its names, goes through the rows, keeps items. See csv_inner.h.
 *
 * Cost    one pass over the bytes (two where they are not UTF-8); one piece of the arena for an item's texts */
#include <stdlib.h>
#include <string.h>

#include "ledger/entry.h"
#include "recon/csv_inner.h"
#include "recon/encoding.h"

#define HEAD_SIZE          ((size_t)64 * 1024) /* how far a header is looked for when the format is not told */
#define SKIP_TEXT_SIZE_MAX 80

/* ---- The header ---- */

/* How many of the header's names the row has; *missing_out is the first that it has not. */
static size_t names_in_row(const struct merit_mapping_file *mapping, const struct merit_csv_rows *rows,
                           struct merit_text *missing_out)
{
	size_t count = 0;

	for (size_t i = 0; i < mapping->header_count; i++) {
		if (merit_csv_rows_place(rows, mapping->header[i]) < rows->fields_count)
			count++;
		else if (i == count)
			*missing_out = mapping->header[i];
	}
	return count;
}

/* Goes to the header, with what stands above it looked at. */
static enum merit_status find_header(struct merit_csv_reading *reading)
{
	const struct merit_mapping_file *mapping = reading->mapping;
	struct merit_text missing = { "", 0 }, nearest_missing = { "", 0 };
	size_t nearest_count = 0;
	uint64_t nearest_line = 0;
	enum merit_status status;

	while ((status = merit_csv_rows_next(&reading->rows, reading->fault)) == MERIT_OK) {
		size_t count = names_in_row(mapping, &reading->rows, &missing);
		if (count == mapping->header_count && !reading->rows.is_blank)
			return MERIT_OK;
		if (count > nearest_count) {
			nearest_count = count;
			nearest_line = reading->rows.line;
			nearest_missing = missing;
		}
		status = merit_csv_preamble(reading);
		if (status != MERIT_OK)
			return status;
	}
	if (status != MERIT_NOT_FOUND)
		return status;
	if (nearest_count > 0)
		return merit_file_refuse(reading->fault, nearest_line, 0, "the header has no column \"%.*s\"",
		                         (int)merit_text_cut(nearest_missing, 64).size, nearest_missing.data);
	return merit_file_refuse(reading->fault, 0, 0, "no row is the header that the mapping describes");
}

static enum merit_status refuse_column(const struct merit_csv_reading *reading, struct merit_text name, const char *why)
{
	return merit_file_refuse(reading->fault, reading->header_line, 0, "the header has %s \"%.*s\"", why,
	                         (int)merit_text_cut(name, 64).size, name.data);
}

/* Finds where the mapping's columns stand, once for all rows. */
static enum merit_status resolve_names(struct merit_csv_reading *reading)
{
	const struct merit_mapping_file *mapping = reading->mapping;
	const struct merit_csv_rows *rows = &reading->rows;
	bool no_memory = false;

	reading->header_line = rows->line;
	for (size_t i = 0; i < rows->fields_count; i++) {
		struct merit_text name = rows->fields[i].value;
		reading->header[i] = merit_file_keep(reading->file, name.data, name.size, &no_memory);
		if (name.size > 0)
			reading->header_size = i + 1;
	}
	if (no_memory)
		return MERIT_NO_MEMORY;
	for (size_t i = 0; i < mapping->names_count; i++) {
		size_t place = merit_csv_rows_place(rows, mapping->names[i]);
		reading->places[i] = place < rows->fields_count ? place : MERIT_CSV_ABSENT;
		for (size_t again = place + 1; again < rows->fields_count; again++) {
			if (merit_text_equal(rows->fields[again].value, mapping->names[i]))
				return refuse_column(reading, mapping->names[i], "two columns");
		}
	}
	return MERIT_OK;
}

static enum merit_status check_columns(const struct merit_csv_reading *reading, const struct merit_columns *columns)
{
	for (size_t i = 0; i < columns->count; i++) {
		if (reading->places[columns->at[i]] != MERIT_CSV_ABSENT)
			return MERIT_OK;
	}
	return columns->count == 0 ? MERIT_OK
	                           : refuse_column(reading, reading->mapping->names[columns->at[0]], "no column");
}

static enum merit_status check_rules(const struct merit_csv_reading *reading, const struct merit_word_rules *rules)
{
	enum merit_status status = MERIT_OK;

	for (size_t i = 0; status == MERIT_OK && i < rules->count; i++)
		status = check_columns(reading, &rules->list[i].columns);
	return status;
}

static enum merit_status check_conditions(const struct merit_csv_reading *reading, const struct merit_skip_rule *rule)
{
	enum merit_status status = MERIT_OK;

	for (size_t i = 0; status == MERIT_OK && i < rule->conditions_count; i++)
		status = check_columns(reading, &rule->conditions[i].columns);
	return status;
}

/* Whether the file has every column that the mapping needs: a misspelt name must not pass for a blank. */
static enum merit_status check_header(const struct merit_csv_reading *reading)
{
	const struct merit_mapping_file *mapping = reading->mapping;
	const struct merit_columns *all[] = {
		&mapping->reference,
		&mapping->group,
		&mapping->day,
		&mapping->time,
		&mapping->text,
		&mapping->amount.columns,
		&mapping->credit.columns,
		&mapping->debit.columns,
		&mapping->fee.columns,
		&mapping->currencies.columns,
		&mapping->balance,
	};
	enum merit_status status = MERIT_OK;

	for (size_t i = 0; status == MERIT_OK && i < sizeof(all) / sizeof(all[0]); i++)
		status = check_columns(reading, all[i]);
	if (status == MERIT_OK)
		status = check_rules(reading, &mapping->direction);
	if (status == MERIT_OK)
		status = check_rules(reading, &mapping->kind);
	if (status == MERIT_OK)
		status = check_rules(reading, &mapping->status);
	for (size_t i = 0; status == MERIT_OK && i < mapping->skips_count; i++)
		status = check_conditions(reading, &mapping->skips[i]);
	return status == MERIT_OK ? check_conditions(reading, &mapping->undone) : status;
}

/* ---- Rows ---- */

/* Whether the row has a field for each name, nothing behind the last, and no more than the first row: one more comma
 * would have moved what stands behind it. */
static enum merit_status check_row_size(struct merit_csv_reading *reading)
{
	const struct merit_csv_rows *rows = &reading->rows;
	const struct merit_csv_cell *last = &rows->fields[rows->fields_count - 1];

	if (rows->fields_count < reading->header_size)
		return merit_file_refuse(reading->fault, last->line, last->column,
		                         "the row ends after %zu of %zu fields: is the file cut off?",
		                         rows->fields_count, reading->header_size);
	if (reading->row_size == 0)
		reading->row_size = rows->fields_count;
	for (size_t i = reading->header_size; i < rows->fields_count; i++) {
		if (rows->fields[i].value.size > 0)
			return merit_file_refuse(reading->fault, rows->fields[i].line, rows->fields[i].column,
			                         "the row has more fields than the header's %zu", reading->header_size);
	}
	if (rows->fields_count > reading->row_size)
		return merit_file_refuse(reading->fault, last->line, last->column,
		                         "the row has more fields than the %zu of the first row", reading->row_size);
	return MERIT_OK;
}

/* The why of a skip rule as the file keeps it; NULL without memory. */
static const char *why_kept(struct merit_csv_reading *reading, size_t rule)
{
	struct merit_text why = reading->mapping->skips[rule].why;

	if (reading->whys[rule] == NULL)
		reading->whys[rule] = merit_arena_copy(&reading->file->arena, why.data, why.size);
	return reading->whys[rule];
}

static enum merit_status skip_add(struct merit_csv_reading *reading, size_t rule)
{
	struct merit_file_skip *skip = merit_file_add_skip(reading->file);
	struct merit_text text = merit_text_cut(reading->rows.raw, SKIP_TEXT_SIZE_MAX);
	bool no_memory = false;

	if (skip == NULL)
		return MERIT_NO_MEMORY;
	skip->line = reading->rows.line;
	skip->why = why_kept(reading, rule);
	skip->text = merit_file_keep(reading->file, text.data, text.size, &no_memory);
	return no_memory || skip->why == NULL ? MERIT_NO_MEMORY : MERIT_OK;
}

/* The text for people: all of its columns that are not blank. Returns its size; out has MERIT_TEXT_SIZE_MAX bytes. */
static size_t join_text(const struct merit_csv_reading *reading, char *out)
{
	const struct merit_columns *columns = &reading->mapping->text;
	size_t size = 0;

	for (size_t i = 0; i < columns->count; i++) {
		struct merit_columns one = { 1, { columns->at[i] } };
		const struct merit_csv_cell *field = merit_csv_column(reading, &one);
		if (field == NULL || size + 2 > MERIT_TEXT_SIZE_MAX)
			continue;
		if (size > 0)
			out[size++] = ' ';
		struct merit_text part = merit_text_cut(field->value, MERIT_TEXT_SIZE_MAX - size);
		memcpy(out + size, part.data, part.size);
		size += part.size;
	}
	return size;
}

/* Gives an item's texts a place in the file: all of them in one piece. */
static bool item_keep(struct merit_csv_reading *reading, struct merit_recon_item *item)
{
	char text[MERIT_TEXT_SIZE_MAX];
	size_t text_size = join_text(reading, text);
	size_t reference_size = item->reference.size;
	bool is_shared = merit_text_equal(item->reference, item->group);
	size_t group_size = is_shared ? 0 : item->group.size;

	if (reference_size + group_size + text_size == 0)
		return true;
	char *piece = merit_arena_allocate(&reading->file->arena, reference_size + group_size + text_size);
	if (piece == NULL)
		return false;
	memcpy(piece, item->reference.data, reference_size);
	memcpy(piece + reference_size, item->group.data, group_size);
	memcpy(piece + reference_size + group_size, text, text_size);
	item->reference.data = piece;
	item->group.data = is_shared ? piece : piece + reference_size;
	item->text = (struct merit_text){ piece + reference_size + group_size, text_size };
	return true;
}

/* The status word as the file keeps it; the mapping may go. */
static bool status_keep(struct merit_csv_reading *reading, struct merit_recon_item *item)
{
	const struct merit_text *words = reading->mapping->statuses;
	bool no_memory = false;
	size_t place = 0;

	if (item->status.size == 0)
		return true;
	while (words[place].data != item->status.data)
		place++;
	if (reading->statuses[place].size == 0)
		reading->statuses[place] =
			merit_file_keep(reading->file, item->status.data, item->status.size, &no_memory);
	item->status = reading->statuses[place];
	return !no_memory;
}

static enum merit_status item_add(struct merit_csv_reading *reading, struct merit_recon_item *item)
{
	struct merit_recon_item *added = merit_file_add_item(reading->file);

	if (added == NULL || !item_keep(reading, item) || !status_keep(reading, item))
		return MERIT_NO_MEMORY;
	*added = *item;
	if (item->kind != MERIT_ITEM_REFUND && merit_csv_conditions_hold(reading, &reading->mapping->undone))
		return merit_csv_undone_note(reading);
	return MERIT_OK;
}

/* A row that nobody can read as an item that says why. */
static enum merit_status unreadable_add(struct merit_csv_reading *reading)
{
	struct merit_recon_item *item = merit_file_add_item(reading->file);
	bool no_memory = false;

	if (item == NULL)
		return MERIT_NO_MEMORY;
	*item = (struct merit_recon_item){ .line = reading->rows.line,
		                           .kind = MERIT_ITEM_UNREADABLE,
		                           .day = MERIT_DAY_NONE,
		                           .first_day = MERIT_DAY_NONE };
	item->reference = item->group = item->status = item->carried = MERIT_TEXT("");
	item->text = merit_file_keep(reading->file, reading->fault->why, strlen(reading->fault->why), &no_memory);
	*reading->fault = (struct merit_file_fault){ 0 };
	return no_memory ? MERIT_NO_MEMORY : MERIT_OK;
}

static enum merit_status read_row(struct merit_csv_reading *reading)
{
	struct merit_recon_item item;
	enum merit_status status = check_row_size(reading);

	reading->rows_count++;
	if (status != MERIT_OK)
		return status;
	for (size_t i = 0; i < reading->mapping->skips_count; i++) {
		if (merit_csv_conditions_hold(reading, &reading->mapping->skips[i]))
			return skip_add(reading, i);
	}
	status = merit_csv_item(reading, &item);
	if (status == MERIT_OK)
		status = merit_csv_balance(reading, &item);
	if (status == MERIT_BAD_FORMAT && reading->mapping->lists_unreadable)
		return unreadable_add(reading);
	if (status == MERIT_OK)
		status = merit_csv_promise(reading, &item);
	return status == MERIT_OK ? item_add(reading, &item) : status;
}

static enum merit_status read_rows(struct merit_csv_reading *reading)
{
	bool is_behind = false;
	enum merit_status status;

	while ((status = merit_csv_rows_next(&reading->rows, reading->fault)) == MERIT_OK) {
		if (reading->rows.is_blank)
			continue;
		is_behind = is_behind || merit_csv_words_fit(&reading->mapping->stop, reading->rows.fields[0].value);
		status = is_behind ? merit_csv_footer(reading) : read_row(reading);
		if (status != MERIT_OK)
			return status;
	}
	return status == MERIT_NOT_FOUND ? MERIT_OK : status;
}

/* An unreadable row stands at the day of the row before it, or of the first that could be read. */
static void give_unreadable_days(struct merit_file *file)
{
	int32_t day = 0;

	for (size_t i = file->items_count; i-- > 0;) {
		if (file->items[i].day != MERIT_DAY_NONE)
			day = file->items[i].day;
	}
	for (size_t i = 0; i < file->items_count; i++) {
		struct merit_recon_item *item = &file->items[i];
		day = item->day == MERIT_DAY_NONE ? day : item->day;
		item->day = item->first_day = day;
	}
}

/* Gives back the room that the list of items did not need. */
static void items_fit(struct merit_file *file)
{
	struct merit_recon_item *items = realloc(file->items, file->items_count * sizeof(*items));

	if (items != NULL) {
		file->items = items;
		file->items_capacity = file->items_count;
	}
}

static enum merit_status read_text(struct merit_csv_reading *reading)
{
	enum merit_status status = find_header(reading);

	if (status == MERIT_OK)
		status = resolve_names(reading);
	if (status == MERIT_OK)
		status = check_header(reading);
	if (status == MERIT_OK)
		status = read_rows(reading);
	if (status == MERIT_OK && reading->rows_count == 0 && !reading->mapping->takes_empty)
		return merit_file_refuse(reading->fault, reading->header_line, 0, "no row follows the header");
	if (status == MERIT_OK)
		status = merit_csv_undone_settle(reading);
	if (status == MERIT_OK)
		status = merit_csv_controls(reading);
	if (status != MERIT_OK)
		return status;
	give_unreadable_days(reading->file);
	if (reading->file->items_count > 0)
		items_fit(reading->file);
	return MERIT_OK;
}

/* ---- Bytes ---- */

/* Decodes by the first of the mapping's encodings in which all bytes are valid. Where there is none, the fault is of the
 * one that came furthest. */
static enum merit_status decode(struct merit_csv_reading *reading, const char *bytes, size_t size,
                                struct merit_buffer *buffer, struct merit_text *text_out)
{
	const struct merit_mapping_file *mapping = reading->mapping;
	enum merit_status status = MERIT_BAD_FORMAT;

	for (size_t i = 0; status == MERIT_BAD_FORMAT && i < mapping->encodings_count; i++) {
		struct merit_file_fault fault;
		reading->encoding = mapping->encodings[i];
		status = merit_encoding_decode(reading->encoding, bytes, size, false, buffer, text_out, &fault);
		if (status == MERIT_BAD_FORMAT && (i == 0 || fault.line > reading->fault->line))
			*reading->fault = fault;
	}
	return status;
}

/* Columns were counted in UTF-8; whoever looks at the file counts its own bytes. */
static void fault_in_file_bytes(const struct merit_csv_reading *reading, struct merit_file_fault *fault)
{
	const char *at = reading->rows.text.data, *end = at + reading->rows.text.size;

	if (fault->column == 0)
		return;
	for (uint64_t line = 1; line < fault->line && at != NULL; line++) {
		at = memchr(at, '\n', (size_t)(end - at));
		at = at == NULL ? NULL : at + 1;
	}
	if (at != NULL && fault->column - 1 <= (uint64_t)(end - at))
		fault->column =
			merit_encoding_size(reading->encoding, (struct merit_text){ at, fault->column - 1 }) + 1;
}

static void rows_begin(struct merit_csv_reading *reading, struct merit_text text)
{
	const struct merit_mapping_file *mapping = reading->mapping;

	reading->rows.text = text;
	reading->rows.separator = mapping->separator;
	reading->rows.is_loose = mapping->is_loose;
	reading->rows.strip = mapping->strip;
	reading->rows.lead = mapping->lead;
}

enum merit_status merit_csv_parse(const struct merit_mapping_file *mapping, const char *bytes, size_t size,
                                  const struct merit_file_options *options, struct merit_file *file,
                                  struct merit_file_fault *fault)
{
	struct merit_csv_reading *reading = calloc(1, sizeof(*reading)); /* Too large for a stack. */
	struct merit_buffer buffer = { 0 };
	struct merit_text text = { "", 0 };

	if (reading == NULL)
		return MERIT_NO_MEMORY;
	reading->mapping = mapping;
	reading->options = options;
	reading->file = file;
	reading->fault = fault;
	enum merit_status status = decode(reading, bytes, size, &buffer, &text);
	if (status == MERIT_OK) {
		*fault = (struct merit_file_fault){ 0 };
		rows_begin(reading, text);
		status = read_text(reading);
		if (status == MERIT_BAD_FORMAT)
			fault_in_file_bytes(reading, fault);
	}
	merit_csv_rows_free(&reading->rows);
	merit_buffer_free(&buffer);
	free(reading->undone);
	free(reading);
	return status;
}

/* How many of the header's names, in hundredths, the row has that has most of them. */
static unsigned text_likeness(struct merit_csv_reading *reading, struct merit_text text)
{
	size_t most = 0, all = reading->mapping->header_count;
	struct merit_text missing;

	reading->rows = (struct merit_csv_rows){ .unquoted = reading->rows.unquoted };
	rows_begin(reading, text);
	while (most < all && merit_csv_rows_next(&reading->rows, reading->fault) == MERIT_OK) {
		size_t count = names_in_row(reading->mapping, &reading->rows, &missing);
		most = count > most ? count : most;
	}
	return (unsigned)(most * MERIT_FILE_LIKENESS_MAX / all);
}

unsigned merit_csv_likeness(const struct merit_mapping_file *mapping, const char *bytes, size_t size)
{
	struct merit_csv_reading *reading = calloc(1, sizeof(*reading));
	struct merit_file_fault fault;
	struct merit_buffer buffer = { 0 };
	struct merit_text text;
	unsigned most = 0;

	if (reading == NULL)
		return 0;
	reading->mapping = mapping;
	reading->fault = &fault;
	size = size < HEAD_SIZE ? size : HEAD_SIZE;
	for (size_t i = 0; most < MERIT_FILE_LIKENESS_MAX && i < mapping->encodings_count; i++) {
		if (merit_encoding_decode(mapping->encodings[i], bytes, size, true, &buffer, &text, &fault) != MERIT_OK)
			continue;
		unsigned likeness = text_likeness(reading, text);
		most = likeness > most ? likeness : most;
	}
	merit_csv_rows_free(&reading->rows);
	merit_buffer_free(&buffer);
	free(reading);
	return most;
}

/* ---- The format ---- */

/* Any text may be CSV: it takes a mapping to tell. */
static unsigned looks_never(const char *bytes, size_t size)
{
	(void)bytes;
	(void)size;
	return 0;
}

static enum merit_status parse(const char *bytes, size_t size, const struct merit_file_options *options,
                               struct merit_file *file, struct merit_file_fault *fault)
{
	if (options->mapping == NULL)
		return merit_file_refuse(fault, 0, 0, "CSV needs a mapping, which says what its columns are");
	return merit_csv_parse(options->mapping, bytes, size, options, file, fault);
}

const struct merit_file_format merit_format_csv = {
	.name = "csv",
	.about = "comma-separated values, by a mapping file",
	.looks = looks_never,
	.parse = parse,
};
