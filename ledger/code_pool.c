/* code_pool.c - see code_pool.h. */
#include "ledger/code_pool.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/eligibility.h"
#include "ledger/encode.h"

/* What stands at a place of a pool: a commitment, NULL where the code is gone; or, at either end of a run of places
 * whose codes are gone, the place of its other end, so that a run is passed in one step however long it is. */
static const void *row_at(struct merit_model *model, struct merit_text item, uint64_t place, size_t size)
{
	size_t row_size = 0;
	struct merit_text key = merit_model_numbered_key(model, item, place);
	const void *row = merit_model_get(model, MERIT_TABLE_POOL, key, &row_size);

	return row != NULL && row_size == size ? row : NULL;
}

static const void *code_at(struct merit_model *model, struct merit_text item, uint64_t place)
{
	return row_at(model, item, place, MERIT_HASH_SIZE);
}

/* The other end of the run that ends at a place; where none does, beside. */
static uint64_t run_end(struct merit_model *model, struct merit_text item, uint64_t place, uint64_t beside)
{
	const void *row = row_at(model, item, place, sizeof(uint64_t));
	uint64_t end = beside;

	if (row != NULL)
		memcpy(&end, row, sizeof(end));
	return end;
}

struct merit_text merit_commitment_of(struct merit_model *model, const struct merit_value *value)
{
	char *bytes = merit_arena_allocate(&model->scratch, MERIT_HASH_SIZE);
	size_t size = 0;

	if (bytes == NULL)
		abort(); /* Without memory nothing can be decided or undone. */
	bool read = merit_hex_decode(value->text.data, value->text.size, bytes, MERIT_HASH_SIZE, &size);
	assert(read && size == MERIT_HASH_SIZE);
	return (struct merit_text){ bytes, size };
}

/* ---- In and out of the pool ---- */

void merit_code_put(struct merit_model *model, struct merit_text item, struct merit_text commitment)
{
	struct merit_item *row = merit_model_edit(model, MERIT_TABLE_ITEM, item, sizeof(*row));
	struct merit_code *code = merit_model_add(model, MERIT_TABLE_CODE, commitment, sizeof(*code));

	code->item = merit_name_of(item);
	code->place = row->codes_next++;
	row->stock++;
	struct merit_text key = merit_model_numbered_key(model, item, code->place);
	memcpy(merit_model_add(model, MERIT_TABLE_POOL, key, commitment.size), commitment.data, commitment.size);
}

static void row_delete(struct merit_model *model, struct merit_text item, uint64_t place)
{
	struct merit_text key = merit_model_numbered_key(model, item, place);

	merit_state_delete(model->state, MERIT_TABLE_POOL, key.data, key.size);
}

static void run_end_put(struct merit_model *model, struct merit_text item, uint64_t place, uint64_t end)
{
	struct merit_text key = merit_model_numbered_key(model, item, place);

	memcpy(merit_model_edit(model, MERIT_TABLE_POOL, key, sizeof(end)), &end, sizeof(end));
}

/* Empties a place, and makes one run of it and those beside it. The pool begins behind a run at its front. */
static void place_clear(struct merit_model *model, struct merit_text item, struct merit_item *row, uint64_t place)
{
	uint64_t first = place > 0 ? run_end(model, item, place - 1, place) : place;
	uint64_t last = run_end(model, item, place + 1, place);

	row_delete(model, item, place);
	if (first < place)
		row_delete(model, item, place - 1);
	if (last > place)
		row_delete(model, item, place + 1);
	row_delete(model, item, first);
	row_delete(model, item, last);
	if (first == row->codes_first) {
		row->codes_first = last + 1;
		return;
	}
	run_end_put(model, item, first, last);
	run_end_put(model, item, last, first);
}

void merit_code_take(struct merit_model *model, struct merit_text item, struct merit_text commitment)
{
	struct merit_item *row = merit_model_edit(model, MERIT_TABLE_ITEM, item, sizeof(*row));
	struct merit_code *code = merit_model_edit(model, MERIT_TABLE_CODE, commitment, sizeof(*code));
	uint64_t place = code->place;

	assert(!code->given && row->stock > 0);
	code->given = 1;
	row->stock--;
	place_clear(model, item, row, place);
}

/* ---- For order.place ---- */

static const struct merit_value *line_of(const struct merit_entry *entry, size_t index)
{
	return &entry->values[PLACE_LINES].cells[index * PLACE_LINE_COLUMNS];
}

/* The item of a line of class code, else NULL. */
static const struct merit_item *code_item(struct merit_model *model, const struct merit_entry *entry, size_t index)
{
	const struct merit_item *item = merit_model_item(model, line_of(entry, index)[PLACE_LINE_ITEM].text);

	return item->class_ == MERIT_CLASS_CODE ? item : NULL;
}

/* The first place from here on that has a code. */
static uint64_t place_of_code(struct merit_model *model, struct merit_text name, uint64_t place)
{
	return code_at(model, name, place) != NULL ? place : run_end(model, name, place, place) + 1;
}

/* Codes that the lines of the same item before this one take. */
static int64_t taken_before(const struct merit_entry *entry, size_t index)
{
	struct merit_text item = line_of(entry, index)[PLACE_LINE_ITEM].text;
	int64_t quantity = 0;

	for (size_t i = 0; i < index; i++) {
		const struct merit_value *line = line_of(entry, i);
		quantity += merit_text_equal(line[PLACE_LINE_ITEM].text, item) ? line[PLACE_LINE_QUANTITY].integer : 0;
	}
	return quantity;
}

static void row_put(struct merit_entry *entry, size_t line, const void *commitment)
{
	struct merit_value *codes = &entry->results[PLACE_CODES];
	struct merit_value *row = &codes->cells[codes->row_count++ * CODE_COLUMNS];
	char *text = merit_arena_allocate(entry->arena, MERIT_HEX_SIZE(MERIT_HASH_SIZE) + 1);

	assert(codes->row_count <= MERIT_ORDER_CODES_MAX);
	if (text == NULL) {
		entry->no_memory = true;
		return;
	}
	merit_hex_encode(commitment, MERIT_HASH_SIZE, text);
	row[CODE_LINE] = (struct merit_value){ .present = true, .integer = (int64_t)line };
	row[CODE_CODE] = (struct merit_value){ .present = true, .text = { text, MERIT_HEX_SIZE(MERIT_HASH_SIZE) } };
	codes->present = true;
}

static void line_choose(struct merit_model *model, struct merit_entry *entry, size_t index,
                        const struct merit_item *item)
{
	struct merit_text name = line_of(entry, index)[PLACE_LINE_ITEM].text;
	int64_t skipped = taken_before(entry, index), quantity = line_of(entry, index)[PLACE_LINE_QUANTITY].integer;
	uint64_t place = item->codes_first;

	for (int64_t i = 0; i < skipped + quantity; i++, place++) {
		place = place_of_code(model, name, place);
		assert(place < item->codes_next);
		if (i >= skipped)
			row_put(entry, index, code_at(model, name, place));
	}
}

void merit_codes_choose(struct merit_model *model, struct merit_entry *entry)
{
	size_t lines_count = entry->values[PLACE_LINES].row_count;
	size_t size = MERIT_ORDER_CODES_MAX * CODE_COLUMNS * sizeof(struct merit_value);

	for (size_t i = 0; i < lines_count && !entry->no_memory; i++) {
		const struct merit_item *item = code_item(model, entry, i);
		if (item == NULL)
			continue;
		if (entry->results[PLACE_CODES].cells == NULL)
			entry->results[PLACE_CODES].cells = merit_arena_allocate(entry->arena, size);
		if (entry->results[PLACE_CODES].cells == NULL)
			entry->no_memory = true;
		else
			line_choose(model, entry, i, item);
	}
}

void merit_codes_give(struct merit_model *model, const struct merit_entry *entry)
{
	const struct merit_value *codes = &entry->results[PLACE_CODES];

	for (size_t i = 0; i < codes->row_count; i++) {
		const struct merit_value *cells = &codes->cells[i * CODE_COLUMNS];
		const struct merit_value *line = line_of(entry, (size_t)cells[CODE_LINE].integer);
		merit_code_take(model, line[PLACE_LINE_ITEM].text, merit_commitment_of(model, &cells[CODE_CODE]));
	}
}
