/* match.c - see match.h: the call, and findings in their order. The steps are in the other files: match_inner.h. */
#include "recon/match.h"

#include <assert.h>
#include <stdlib.h>

#include "recon/match_inner.h"

static const char *const class_words[MERIT_CLASS_COUNT] = {
	"matched",   "within_tolerance", "theirs_only", "ours_only", "amount",     "status",
	"duplicate", "timing",           "fee",         "refund",    "unreadable",
};

const char *merit_class_word(enum merit_class class_)
{
	return class_words[class_];
}

bool merit_class_is_break(enum merit_class class_)
{
	return class_ > MERIT_CLASS_WITHIN_TOLERANCE;
}

/* ---- Claiming ---- */

uint32_t merit_match_find(struct merit_match *match, enum merit_class class_, int32_t pass, bool is_suggested)
{
	/* There is room: every finding has an item, and no item is in two. */
	match->found[match->found_count] = (struct merit_match_finding){ (uint8_t)class_, (int8_t)pass, is_suggested };
	return match->found_count++;
}

void merit_match_claim(struct merit_match *match, enum merit_side side, uint32_t rank, uint32_t finding)
{
	assert(match->items[side][rank].finding == MERIT_NO_FINDING);
	match->items[side][rank].finding = finding;
}

/* ---- Passes ---- */

static enum merit_status run_passes(struct merit_match *match)
{
	enum merit_status status = MERIT_OK;

	for (int32_t i = 0; status == MERIT_OK && i < (int32_t)match->rules->passes_count; i++) {
		const struct merit_pass *pass = &match->rules->passes[i];
		if (pass->by != MERIT_BY_SUM)
			status = merit_match_pass(match, i);
		else if (pass->group == MERIT_GROUP_ANY)
			status = merit_match_any(match, i);
		else
			status = merit_match_sum(match, i);
	}
	return status;
}

/* ---- Findings in order ---- */

/* Both sides' items as one row, by day, reference, theirs before ours, line: visits each that is in a finding. */
static void walk(const struct merit_match *match, void *context,
                 void (*visit)(void *context, enum merit_side side, const struct merit_match_item *item))
{
	uint32_t at[MERIT_SIDES] = { 0 };

	while (at[MERIT_THEIRS] < match->count[MERIT_THEIRS] || at[MERIT_OURS] < match->count[MERIT_OURS]) {
		enum merit_side side = MERIT_THEIRS;
		if (at[MERIT_THEIRS] == match->count[MERIT_THEIRS]) {
			side = MERIT_OURS;
		} else if (at[MERIT_OURS] < match->count[MERIT_OURS]) {
			const struct merit_match_item *theirs = &match->items[MERIT_THEIRS][at[MERIT_THEIRS]];
			const struct merit_match_item *ours = &match->items[MERIT_OURS][at[MERIT_OURS]];
			bool is_later = theirs->day > ours->day ||
			                (theirs->day == ours->day && theirs->reference > ours->reference);
			side = is_later ? MERIT_OURS : MERIT_THEIRS;
		}
		const struct merit_match_item *item = &match->items[side][at[side]++];
		if (item->finding != MERIT_NO_FINDING)
			visit(context, side, item);
	}
}

struct output {
	const struct merit_match *match;
	uint32_t *places; /* of findings as they were found, in the result */
	uint32_t placed;
	struct merit_findings *findings;
};

/* First walk: places by the earliest item, and counts. */
static void count_item(void *context, enum merit_side side, const struct merit_match_item *item)
{
	struct output *output = context;
	uint32_t *place = &output->places[item->finding];

	if (*place == UINT32_MAX) {
		const struct merit_match_finding *found = &output->match->found[item->finding];
		*place = output->placed++;
		output->findings->findings[*place] = (struct merit_finding){
			.class_ = found->class_,
			.pass = found->pass,
			.is_suggested = found->is_suggested,
		};
	}
	struct merit_finding *finding = &output->findings->findings[*place];
	if (side == MERIT_THEIRS)
		finding->theirs_count++;
	else
		finding->ours_count++;
}

/* Between them: where each finding's items begin. The counts start again. */
static void begin_items(struct merit_findings *findings)
{
	size_t theirs = 0, ours = 0;

	for (size_t i = 0; i < findings->count; i++) {
		struct merit_finding *finding = &findings->findings[i];
		finding->theirs = theirs;
		finding->ours = ours;
		theirs += finding->theirs_count;
		ours += finding->ours_count;
		finding->theirs_count = finding->ours_count = 0;
	}
}

/* Second walk: the items themselves. What lies outside the window is of no amount here. */
static void put_item(void *context, enum merit_side side, const struct merit_match_item *item)
{
	struct output *output = context;
	struct merit_finding *finding = &output->findings->findings[output->places[item->finding]];
	int64_t amount = item->is_inside ? item->amount : 0;

	if (side == MERIT_THEIRS)
		output->findings->theirs[finding->theirs + finding->theirs_count++] = item->index;
	else
		output->findings->ours[finding->ours + finding->ours_count++] = item->index;
	/* Unsigned: a sum may leave 64 bits on the way, and comes back. */
	finding->difference =
		(int64_t)((uint64_t)finding->difference + (uint64_t)(side == MERIT_THEIRS ? amount : -amount));
}

static enum merit_status write_findings(const struct merit_match *match, struct merit_findings *findings)
{
	struct output output = { .match = match, .findings = findings };

	findings->count = match->found_count;
	findings->unsearched = match->unsearched;
	findings->findings = malloc((findings->count + 1) * sizeof(*findings->findings));
	findings->theirs = malloc((match->count[MERIT_THEIRS] + (size_t)1) * sizeof(*findings->theirs));
	findings->ours = malloc((match->count[MERIT_OURS] + (size_t)1) * sizeof(*findings->ours));
	output.places = malloc((findings->count + 1) * sizeof(*output.places));
	if (findings->findings == NULL || findings->theirs == NULL || findings->ours == NULL || output.places == NULL) {
		free(output.places);
		return MERIT_NO_MEMORY;
	}
	for (size_t i = 0; i < findings->count; i++)
		output.places[i] = UINT32_MAX;
	walk(match, &output, count_item);
	assert(output.placed == findings->count);
	begin_items(findings);
	walk(match, &output, put_item);
	free(output.places);
	return MERIT_OK;
}

/* ---- The call ---- */

static enum merit_status match_all(struct merit_match *match, struct merit_findings *findings)
{
	size_t count = (size_t)match->count[MERIT_THEIRS] + match->count[MERIT_OURS];

	match->found = malloc((count + 1) * sizeof(*match->found));
	enum merit_status status = match->found == NULL ? MERIT_NO_MEMORY : merit_match_index(match);
	if (status == MERIT_OK)
		status = run_passes(match);
	if (status == MERIT_OK)
		status = merit_match_classify(match);
	if (status == MERIT_OK)
		status = write_findings(match, findings);
	free(match->found);
	free(match->items[MERIT_THEIRS]);
	free(match->items[MERIT_OURS]);
	return status;
}

enum merit_status merit_match(const struct merit_rules *rules, const struct merit_window *window,
                              const struct merit_recon_item *theirs, size_t theirs_count,
                              const struct merit_recon_item *ours, size_t ours_count,
                              void (*tell)(void *context, const char *what, uint64_t done, uint64_t of), void *context,
                              struct merit_findings *findings_out)
{
	struct merit_findings findings = { 0 };
	struct merit_match match = { .rules = rules, .window = window, .tell = tell, .context = context };

	if (theirs_count > MERIT_MATCH_ITEMS_MAX || ours_count > MERIT_MATCH_ITEMS_MAX)
		return MERIT_TOO_LARGE;
	match.given[MERIT_THEIRS] = theirs;
	match.given[MERIT_OURS] = ours;
	match.count[MERIT_THEIRS] = (uint32_t)theirs_count;
	match.count[MERIT_OURS] = (uint32_t)ours_count;
	enum merit_status status = match_all(&match, &findings);
	if (status == MERIT_OK)
		*findings_out = findings;
	else
		merit_findings_free(&findings);
	return status;
}

void merit_findings_free(struct merit_findings *findings)
{
	free(findings->findings);
	free(findings->theirs);
	free(findings->ours);
	*findings = (struct merit_findings){ 0 };
}
