/* csv_undone.c - rows that were undone within their file: see csv_inner.h.
 *
 * A platform lists an order that was paid and closed again twice: as it was paid, and as it was paid back under the
 * same reference with something behind it. Neither is an item then. Where the refund is in another file both are. */
#include <stdlib.h>
#include <string.h>

#include "recon/csv_inner.h"
#include "recon/list.h"

#define REFERENCE_SIZE_MAX 256 /* bytes of a refund's reference that are looked at */

/* An item that may be undone, by what its refund must have. */
struct candidate {
	struct merit_text reference;
	int64_t amount;
	char currency[4];
	size_t item;
	size_t taken_count; /* of the first of those alike: how many of them have their refund */
};

enum merit_status merit_csv_undone_note(struct merit_csv_reading *reading)
{
	size_t *added = merit_recon_list_add(&reading->undone, &reading->undone_count, &reading->undone_capacity,
	                                     sizeof(*added));

	if (added == NULL)
		return MERIT_NO_MEMORY;
	*added = reading->file->items_count - 1;
	return MERIT_OK;
}

static int order_alike(const struct candidate *a, const struct candidate *b)
{
	int order = merit_text_order(a->reference, b->reference);

	if (order == 0)
		order = (a->amount > b->amount) - (a->amount < b->amount);
	return order != 0 ? order : strcmp(a->currency, b->currency);
}

static int order_candidates(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	int order = order_alike(x, y);

	return order != 0 ? order : (x->item > y->item) - (x->item < y->item);
}

/* The first candidate alike that has no refund yet; NULL without one. */
static struct candidate *candidate_take(struct candidate *candidates, size_t count, const struct candidate *wanted)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (order_alike(&candidates[middle], wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == count || order_alike(&candidates[low], wanted) != 0)
		return NULL;
	size_t at = low + candidates[low].taken_count;
	if (at >= count || order_alike(&candidates[at], wanted) != 0)
		return NULL;
	candidates[low].taken_count++;
	return &candidates[at];
}

/* The candidate with the longest reference that this refund's begins with. */
static struct candidate *candidate_of(struct candidate *candidates, size_t count, const struct merit_recon_item *refund)
{
	struct candidate wanted = { .reference = merit_text_cut(refund->reference, REFERENCE_SIZE_MAX),
		                    .amount = -refund->amount,
		                    .item = 0 };

	memcpy(wanted.currency, refund->currency, sizeof(wanted.currency));
	for (; wanted.reference.size > 0; wanted.reference.size--) {
		struct candidate *found = candidate_take(candidates, count, &wanted);
		if (found != NULL)
			return found;
	}
	return NULL;
}

/* Turns an item into a skip, and marks it with a line of 0. */
static enum merit_status item_drop(struct merit_csv_reading *reading, struct merit_recon_item *item, const char *why)
{
	struct merit_file_skip *skip = merit_file_add_skip(reading->file);

	if (skip == NULL)
		return MERIT_NO_MEMORY;
	*skip = (struct merit_file_skip){ .line = item->line, .why = why, .text = item->text };
	item->line = 0;
	return MERIT_OK;
}

static enum merit_status drop_pairs(struct merit_csv_reading *reading, struct candidate *candidates, const char *why)
{
	struct merit_file *file = reading->file;

	for (size_t i = 0; i < file->items_count; i++) {
		struct merit_recon_item *item = &file->items[i];
		if (item->kind != MERIT_ITEM_REFUND || item->line == 0)
			continue;
		struct candidate *candidate = candidate_of(candidates, reading->undone_count, item);
		if (candidate == NULL)
			continue;
		enum merit_status status = item_drop(reading, item, why);
		if (status == MERIT_OK)
			status = item_drop(reading, &file->items[candidate->item], why);
		if (status != MERIT_OK)
			return status;
	}
	return MERIT_OK;
}

static int order_skips(const void *a, const void *b)
{
	const struct merit_file_skip *x = a, *y = b;

	return (x->line > y->line) - (x->line < y->line);
}

static void tidy(struct merit_file *file)
{
	size_t kept_count = 0;

	for (size_t i = 0; i < file->items_count; i++) {
		if (file->items[i].line != 0)
			file->items[kept_count++] = file->items[i];
	}
	file->items_count = kept_count;
	if (file->skips_count > 0)
		qsort(file->skips, file->skips_count, sizeof(*file->skips), order_skips);
}

enum merit_status merit_csv_undone_settle(struct merit_csv_reading *reading)
{
	bool no_memory = false;

	if (reading->undone_count == 0)
		return MERIT_OK;
	struct merit_text why = reading->mapping->undone.why;
	why = merit_file_keep(reading->file, why.data, why.size, &no_memory);
	struct candidate *candidates = calloc(reading->undone_count, sizeof(*candidates));
	if (no_memory || candidates == NULL) {
		free(candidates);
		return MERIT_NO_MEMORY;
	}
	for (size_t i = 0; i < reading->undone_count; i++) {
		const struct merit_recon_item *item = &reading->file->items[reading->undone[i]];
		candidates[i] = (struct candidate){ .reference = item->reference,
			                            .amount = item->amount,
			                            .item = reading->undone[i] };
		memcpy(candidates[i].currency, item->currency, sizeof(item->currency));
	}
	qsort(candidates, reading->undone_count, sizeof(*candidates), order_candidates);
	enum merit_status status = drop_pairs(reading, candidates, why.data);
	free(candidates);
	tidy(reading->file);
	return status;
}
