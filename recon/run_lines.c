/* run_lines.c - see run_inner.h: findings become lines of the report, new breaks, cleared ones, counts and sums.
 *
 * New  of a finding that is not clean the items that stand in the window are one new break; those carried stay what
 *      they were. Items outside the window make none: the run whose days they are of will see them.
 * Name a break's name follows from what it is about, not from where in a file it stands: the same file makes the same
 *      names, and of things that are alike in all the next one in turn. */
#include <stdlib.h>
#include <string.h>

#include "ledger/text.h"
#include "recon/run_inner.h"
#include "recon/list.h"

/* So that all legs together are still an amount. */
#define CLASS_MAX (MERIT_AMOUNT_MAX / MERIT_RECON_LEGS_MAX)

struct lining {
	struct merit_recon_run *run;
	struct merit_index names; /* of new breaks, and of contents: how often there was one like it */
	struct merit_arena arena;
	size_t lines_capacity, breaks_capacity;
};

/* ---- A finding's items ---- */

/* What of a finding counts, added up. */
struct sides {
	int64_t theirs, ours;
	size_t theirs_count, ours_count;
	const struct merit_recon_item *first_theirs, *first_ours;
	struct merit_past_break *past; /* of the first carried one */
	int32_t first_day;
	bool is_mixed;  /* others are carried too */
	bool is_beyond; /* of what an amount can be */
};

static const struct merit_recon_item *item_at(const struct merit_recon_leg *leg, bool is_theirs,
                                              const struct merit_finding *finding, size_t place)
{
	return is_theirs ? &leg->theirs[leg->findings.theirs[finding->theirs + place]]
	                 : &leg->ours[leg->findings.ours[finding->ours + place]];
}

static void side_add(const struct merit_recon_run *run, struct sides *sides, bool is_theirs,
                     const struct merit_recon_item *item)
{
	const struct merit_recon_item **first = is_theirs ? &sides->first_theirs : &sides->first_ours;
	int64_t *sum = is_theirs ? &sides->theirs : &sides->ours;

	*first = *first == NULL ? item : *first;
	*(is_theirs ? &sides->theirs_count : &sides->ours_count) += 1;
	sides->is_beyond |= __builtin_add_overflow(*sum, item->amount, sum);
	if (item->first_day < sides->first_day && item->kind != MERIT_ITEM_UNREADABLE)
		sides->first_day = item->first_day;
	if (item->carried.size == 0)
		return;
	struct merit_past_break *past = merit_index_find(&run->history.breaks, item->carried);
	sides->is_mixed |= sides->past != NULL && sides->past != past;
	sides->past = sides->past == NULL ? past : sides->past;
}

/* Which of a finding's items to add up. */
enum which { ALL, INSIDE, NEW_ONES };

static bool counts(const struct merit_recon_run *run, const struct merit_recon_item *item, enum which which)
{
	return which == ALL || (merit_recon_is_inside(run, item) && (which == INSIDE || item->carried.size == 0));
}

static struct sides sides_of(const struct merit_recon_run *run, int leg_index, const struct merit_finding *finding,
                             enum which which)
{
	const struct merit_recon_leg *leg = &run->legs[leg_index];
	struct sides sides = { .first_day = INT32_MAX };

	for (size_t i = 0; i < finding->theirs_count + finding->ours_count; i++) {
		bool is_theirs = i < finding->theirs_count;
		const struct merit_recon_item *item =
			item_at(leg, is_theirs, finding, is_theirs ? i : i - finding->theirs_count);
		if (counts(run, item, which))
			side_add(run, &sides, is_theirs, item);
	}
	if (sides.first_day == INT32_MAX) /* an unreadable row alone */
		sides.first_day = run->window.last_day;
	return sides;
}

static bool is_clean(const struct merit_finding *finding)
{
	return !merit_class_is_break(finding->class_) && !finding->is_suggested;
}

/* ---- New breaks ---- */

static void content_put_item(struct merit_buffer *out, const struct merit_recon_item *item, char side)
{
	merit_buffer_put_format(out, "%c%zu:", side, item->reference.size);
	merit_buffer_put(out, item->reference.data, item->reference.size);
	merit_buffer_put_format(out, ",%zu:", item->group.size);
	merit_buffer_put(out, item->group.data, item->group.size);
	merit_buffer_put_format(out, ",%lld,%s,%d\n", (long long)item->amount, item->currency, item->day);
}

/* What the break is known by: its source, leg and items, but not their lines. */
static void content_put(struct merit_buffer *out, const struct merit_recon_run *run, int leg_index,
                        const struct merit_finding *finding)
{
	const struct merit_recon_leg *leg = &run->legs[leg_index];

	merit_buffer_put(out, run->history.source.name.data, run->history.source.name.size);
	merit_buffer_put_format(out, " %d\n", leg_index + 1);
	for (size_t i = 0; i < finding->theirs_count + finding->ours_count; i++) {
		bool is_theirs = i < finding->theirs_count;
		const struct merit_recon_item *item =
			item_at(leg, is_theirs, finding, is_theirs ? i : i - finding->theirs_count);
		if (counts(run, item, NEW_ONES))
			content_put_item(out, item, is_theirs ? 't' : 'o');
	}
}

static bool name_is_free(const struct lining *lining, struct merit_text name)
{
	return merit_index_find(&lining->names, name) == NULL &&
	       merit_index_find(&lining->run->history.breaks, name) == NULL;
}

/* The hash of the content and of the number of those like it that came before, and the name that follows from it. */
static enum merit_status break_name(struct lining *lining, struct merit_buffer *content, struct merit_recon_break *made)
{
	size_t size = content->size;
	uint64_t *alike = merit_index_get(&lining->names, &lining->arena, (struct merit_text){ content->data, size },
	                                  sizeof(*alike));
	struct merit_buffer name = { 0 };
	bool is_free = false;

	while (alike != NULL && !is_free && !content->bad && !name.bad) {
		content->size = size;
		merit_buffer_put_format(content, "%llu\n", (unsigned long long)(*alike)++);
		merit_sha256(content->data, content->size, made->item.bytes);
		merit_buffer_clear(&name);
		merit_buffer_put_text(&name, "b-");
		merit_buffer_put_hex(&name, made->item.bytes, 8);
		is_free = name_is_free(lining, (struct merit_text){ name.data, name.size });
	}
	if (is_free)
		memcpy(made->name, name.data, name.size);
	if (is_free &&
	    merit_index_get(&lining->names, &lining->arena, (struct merit_text){ name.data, name.size }, 1) == NULL)
		is_free = false;
	merit_buffer_free(&name);
	return is_free ? MERIT_OK : MERIT_NO_MEMORY;
}

/* What may go into the log of a reference: its printable characters, up to so many bytes, cut at a character. */
static void reference_set(char out[MERIT_TEXT_SIZE_MAX + 1], struct merit_text reference)
{
	size_t size = 0;

	for (size_t at = 0; at < reference.size;) {
		uint32_t point;
		size_t step = merit_text_first(reference.data + at, reference.size - at, &point);
		if (step == 0 || size + step > MERIT_TEXT_SIZE_MAX)
			break;
		if (merit_text_is_printable(reference.data + at, step, step)) {
			memcpy(out + size, reference.data + at, step);
			size += step;
		}
		at += step;
	}
	out[size] = '\0';
}

static enum merit_status break_add(struct lining *lining, int leg_index, const struct merit_finding *finding,
                                   const struct sides *sides, int32_t *index_out)
{
	struct merit_recon_run *run = lining->run;
	struct merit_recon_break *made =
		merit_recon_list_add(&run->breaks, &run->breaks_count, &lining->breaks_capacity, sizeof(*made));
	struct merit_buffer content = { 0 };

	if (made == NULL)
		return MERIT_NO_MEMORY;
	content_put(&content, run, leg_index, finding);
	enum merit_status status = content.bad ? MERIT_NO_MEMORY : break_name(lining, &content, made);
	merit_buffer_free(&content);
	made->class_ = finding->class_;
	made->leg = leg_index + 1;
	made->first_day = sides->first_day;
	made->has_theirs = sides->theirs_count > 0;
	made->has_ours = sides->ours_count > 0;
	made->theirs = sides->theirs;
	made->ours = sides->ours;
	made->line = made->has_theirs ? sides->first_theirs->line : 0;
	made->entry = made->has_ours ? (int64_t)sides->first_ours->line : -1;
	reference_set(made->reference, made->has_theirs && sides->first_theirs->reference.size > 0
	                                       ? sides->first_theirs->reference
	                               : made->has_ours ? sides->first_ours->reference
	                                                : MERIT_TEXT(""));
	*index_out = (int32_t)run->breaks_count - 1;
	return status;
}

/* ---- Lines ---- */

/* Of a clean finding: counts the carried items it ends. */
static void carried_clean(const struct merit_recon_run *run, const struct merit_recon_leg *leg,
                          const struct merit_finding *finding)
{
	for (size_t i = 0; i < finding->theirs_count + finding->ours_count; i++) {
		bool is_theirs = i < finding->theirs_count;
		const struct merit_recon_item *item =
			item_at(leg, is_theirs, finding, is_theirs ? i : i - finding->theirs_count);
		struct merit_past_break *past =
			item->carried.size == 0 ? NULL : merit_index_find(&run->history.breaks, item->carried);
		if (past != NULL)
			past->items_clean++;
	}
}

static struct merit_recon_line *line_add(struct lining *lining, int leg_index)
{
	struct merit_recon_run *run = lining->run;
	struct merit_recon_line *line =
		merit_recon_list_add(&run->lines, &run->lines_count, &lining->lines_capacity, sizeof(*line));

	if (line != NULL) {
		line->leg = leg_index + 1;
		line->break_index = -1;
	}
	return line;
}

static void line_set(struct merit_recon_line *line, const struct sides *sides, const struct sides *shown)
{
	line->past = sides->past;
	line->theirs = shown->first_theirs;
	line->ours = shown->first_ours;
	line->has_theirs = sides->theirs_count > 0;
	line->has_ours = sides->ours_count > 0;
	line->theirs_sum = sides->theirs;
	line->ours_sum = sides->ours;
	line->first_day = sides->first_day;
}

/* What is carried alone stays of the class it has in the record. */
static enum merit_class class_of(const struct merit_finding *finding, const struct sides *inside,
                                 const struct sides *fresh)
{
	const struct merit_past_break *past = inside->past;
	bool is_alone = fresh->theirs_count + fresh->ours_count == 0 && !inside->is_mixed;

	return past != NULL && !is_clean(finding) && (past->is_explained || is_alone) ? past->class_ : finding->class_;
}

static enum merit_status finding_tell(struct lining *lining, int leg_index, const struct merit_finding *finding)
{
	struct merit_recon_run *run = lining->run;
	bool clean = is_clean(finding);
	struct sides inside = sides_of(run, leg_index, finding, INSIDE);
	struct sides all = sides_of(run, leg_index, finding, ALL);
	struct sides fresh = sides_of(run, leg_index, finding, NEW_ONES);

	if (inside.theirs_count + inside.ours_count == 0)
		return MERIT_OK;
	if (all.is_beyond)
		return MERIT_AMOUNT_RANGE;
	struct merit_recon_line *line = line_add(lining, leg_index);
	if (line == NULL)
		return MERIT_NO_MEMORY;
	line_set(line, clean ? &all : &inside, &all);
	line->finding = finding;
	line->is_suggested = finding->is_suggested;
	line->class_ = class_of(finding, &inside, &fresh);
	if (__builtin_sub_overflow(line->theirs_sum, line->ours_sum, &line->difference))
		return MERIT_AMOUNT_RANGE;
	if (clean) {
		line->state = line->past == NULL ? MERIT_LINE_CLEAN : MERIT_LINE_CLEARED;
		carried_clean(run, &run->legs[leg_index], finding);
		return MERIT_OK;
	}
	line->state = line->past == NULL ? MERIT_LINE_NEW : MERIT_LINE_CARRIED;
	return fresh.theirs_count + fresh.ours_count == 0
	               ? MERIT_OK
	               : break_add(lining, leg_index, finding, &fresh, &line->break_index);
}

/* An open break that no finding speaks of. */
static enum merit_status past_tell(struct lining *lining, struct merit_past_break *past)
{
	struct merit_recon_line *line = line_add(lining, past->leg - 1);

	if (line == NULL)
		return MERIT_NO_MEMORY;
	line->state = MERIT_LINE_CARRIED;
	line->class_ = past->class_;
	line->is_suggested = !merit_class_is_break(past->found_class);
	line->past = past;
	line->has_theirs = past->side != MERIT_SIDE_OURS && past->found_class != MERIT_CLASS_UNREADABLE;
	line->has_ours = past->side != MERIT_SIDE_THEIRS;
	line->theirs_sum = past->theirs;
	line->ours_sum = past->ours;
	line->difference = past->theirs - past->ours; /* both within the range of amounts */
	line->first_day = past->first_day;
	return MERIT_OK;
}

/* ---- Three ways ---- */

/* Marks in bits what of ours a leg's clean findings hold. */
static void mark_clean(const struct merit_recon_run *run, int leg_index, uint8_t *marks)
{
	const struct merit_findings *findings = &run->legs[leg_index].findings;

	for (size_t i = 0; i < findings->count; i++) {
		const struct merit_finding *finding = &findings->findings[i];
		for (size_t place = 0; is_clean(finding) && place < finding->ours_count; place++) {
			uint32_t index = findings->ours[finding->ours + place];
			if (index < run->ours.count)
				marks[index] |= (uint8_t)(1 << leg_index);
		}
	}
}

/* Whether all that a clean line holds of ours in the window is clean in both legs. */
static bool is_whole(const struct merit_recon_run *run, const struct merit_recon_line *line, const uint8_t *marks)
{
	const struct merit_findings *findings = &run->legs[line->leg - 1].findings;

	for (size_t place = 0; place < line->finding->ours_count; place++) {
		uint32_t index = findings->ours[line->finding->ours + place];
		if (index < run->ours.count && merit_recon_is_inside(run, &run->ours.items[index]) && marks[index] != 3)
			return false;
	}
	return true;
}

static enum merit_status legs_combine(struct merit_recon_run *run)
{
	if (run->legs_count < 2 || run->ours.count == 0)
		return MERIT_OK;
	uint8_t *marks = calloc(run->ours.count, 1);
	if (marks == NULL)
		return MERIT_NO_MEMORY;
	for (int leg = 0; leg < run->legs_count; leg++)
		mark_clean(run, leg, marks);
	for (size_t i = 0; i < run->lines_count; i++) {
		if (run->lines[i].state == MERIT_LINE_CLEAN && !is_whole(run, &run->lines[i], marks))
			run->lines[i].state = MERIT_LINE_HALF;
	}
	free(marks);
	return MERIT_OK;
}

/* ---- What it comes to ---- */

static bool is_cleared(const struct merit_past_break *past)
{
	return past->items > 0 && past->items_clean == past->items;
}

/* A break of two sides of which one alone is matched now stands as it was. */
static enum merit_status breaks_end(struct merit_recon_run *run)
{
	size_t capacity = 0;

	for (size_t i = 0; i < run->lines_count; i++) {
		struct merit_recon_line *line = &run->lines[i];
		if (line->state == MERIT_LINE_CLEARED && !is_cleared(line->past))
			line->state = MERIT_LINE_CARRIED;
	}
	for (size_t i = 0; i < run->history.breaks.count; i++) {
		struct merit_past_break *past = merit_index_at(&run->history.breaks, i);
		if (!merit_past_break_stands(past))
			continue;
		if (!is_cleared(past)) {
			run->carried_count++;
			continue;
		}
		struct merit_past_break **place =
			merit_recon_list_add(&run->cleared, &run->cleared_count, &capacity, sizeof(*place));
		if (place == NULL)
			return MERIT_NO_MEMORY;
		*place = past;
	}
	return MERIT_OK;
}

static enum merit_status sums_make(struct merit_recon_run *run)
{
	bool is_beyond = false;

	for (size_t i = 0; i < run->lines_count; i++) {
		const struct merit_recon_line *line = &run->lines[i];
		struct merit_class_sum *sum = &run->classes[line->leg - 1][line->class_];
		sum->count++;
		is_beyond |= __builtin_add_overflow(sum->theirs, line->theirs_sum, &sum->theirs);
		is_beyond |= __builtin_add_overflow(sum->ours, line->ours_sum, &sum->ours);
		is_beyond |= llabs(sum->theirs) > CLASS_MAX || llabs(sum->ours) > CLASS_MAX;
	}
	return is_beyond ? MERIT_AMOUNT_RANGE : MERIT_OK;
}

/* Items of the window, of all files; of ours once. */
static void items_count(struct merit_recon_run *run)
{
	for (int leg = 0; leg < run->legs_count; leg++) {
		for (size_t i = 0; i < run->legs[leg].theirs_count; i++) {
			const struct merit_recon_item *item = &run->legs[leg].theirs[i];
			run->theirs_count += item->carried.size == 0 && merit_recon_is_inside(run, item);
		}
	}
	for (size_t i = 0; i < run->ours.count; i++)
		run->ours_count += merit_recon_is_inside(run, &run->ours.items[i]);
}

static enum merit_status lines_make(struct lining *lining)
{
	struct merit_recon_run *run = lining->run;
	enum merit_status status = MERIT_OK;

	for (int leg = 0; leg < run->legs_count; leg++) {
		const struct merit_findings *findings = &run->legs[leg].findings;
		for (size_t i = 0; i < findings->count && status == MERIT_OK; i++)
			status = finding_tell(lining, leg, &findings->findings[i]);
	}
	for (size_t i = 0; i < run->history.breaks.count && status == MERIT_OK; i++) {
		struct merit_past_break *past = merit_index_at(&run->history.breaks, i);
		/* A leg that this run has no file for leaves its breaks as they are. */
		if (merit_past_break_stands(past) && past->items == 0)
			status = past_tell(lining, past);
	}
	return status;
}

struct merit_class_sum merit_recon_class_sum(const struct merit_recon_run *run, enum merit_class class_)
{
	struct merit_class_sum sum = { 0 };

	for (int leg = 0; leg < MERIT_RECON_LEGS_MAX; leg++) {
		sum.count += run->classes[leg][class_].count;
		sum.theirs += run->classes[leg][class_].theirs;
		sum.ours += run->classes[leg][class_].ours;
	}
	return sum;
}

enum merit_status merit_recon_tell(struct merit_recon_run *run)
{
	struct lining lining = { .run = run };
	enum merit_status status = lines_make(&lining);

	merit_index_free(&lining.names);
	merit_arena_free(&lining.arena);
	if (status == MERIT_OK)
		status = legs_combine(run);
	if (status == MERIT_OK)
		status = breaks_end(run);
	if (status == MERIT_OK)
		status = sums_make(run);
	items_count(run);
	return status;
}
