/* match_text.c - see match_inner.h: texts sorted, eight bytes at a time.
 *
 * References often begin alike ("2026103122001..."), so a comparison of whole texts would read the same bytes over and
 * over. Here eight bytes of each are read, sorted as a number, and those that are equal are sorted by their next
 * eight. */
#include <stdlib.h>
#include <string.h>

#include "recon/match_inner.h"

#define STEP      8
#define DEPTH_MAX 64 /* bytes: behind them texts are compared whole, which bounds the recursion */

/* The bytes of text from depth on as a number, those it has not as 0. */
static uint64_t prefix_at(const struct merit_match_text *text, uint32_t depth)
{
	uint32_t rest = text->size > depth ? text->size - depth : 0;
	uint64_t prefix = 0;

	for (uint32_t i = 0; i < STEP; i++)
		prefix = prefix << 8 | (i < rest ? (uint8_t)text->data[depth + i] : 0);
	return prefix;
}

static int size_order(const struct merit_match_text *a, const struct merit_match_text *b)
{
	return (a->size > b->size) - (a->size < b->size);
}

static int compare_prefixes(const void *left, const void *right)
{
	const struct merit_match_text *a = left, *b = right;

	return (a->prefix > b->prefix) - (a->prefix < b->prefix);
}

static int compare_sizes(const void *left, const void *right)
{
	return size_order(left, right);
}

static int compare_whole(const void *left, const void *right)
{
	const struct merit_match_text *a = left, *b = right;
	int order = memcmp(a->data, b->data, a->size < b->size ? a->size : b->size);

	return order != 0 ? order : size_order(a, b);
}

static void sort_from(struct merit_match_text *texts, uint32_t count, uint32_t depth);

/* Texts that agree up to depth + STEP, in what they have: those that end there go first, the shorter before. */
static void sort_run(struct merit_match_text *texts, uint32_t count, uint32_t depth)
{
	uint32_t ended = 0;

	for (uint32_t i = 0; i < count; i++)
		ended += texts[i].size <= depth + STEP;
	if (ended > 0)
		qsort(texts, count, sizeof(*texts), compare_sizes);
	sort_from(texts + ended, count - ended, depth + STEP);
}

static void sort_from(struct merit_match_text *texts, uint32_t count, uint32_t depth)
{
	uint32_t begin = 0;

	if (count < 2)
		return;
	if (depth >= DEPTH_MAX) {
		qsort(texts, count, sizeof(*texts), compare_whole);
		return;
	}
	for (uint32_t i = 0; i < count; i++)
		texts[i].prefix = prefix_at(&texts[i], depth);
	qsort(texts, count, sizeof(*texts), compare_prefixes);
	for (uint32_t i = 1; i <= count; i++)
		if (i == count || texts[i].prefix != texts[begin].prefix) {
			sort_run(texts + begin, i - begin, depth);
			begin = i;
		}
}

void merit_match_texts_sort(struct merit_match_text *texts, uint32_t count)
{
	sort_from(texts, count, 0);
}
