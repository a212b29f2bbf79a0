/* matching.h - items and findings as short texts, for the tests of the matching.
 *
 * Items     "REFERENCE AMOUNT DAY [options]; ...", lines numbered from 1; - is no reference. Options: g=GROUP s=STATUS
 *           c=CURRENCY (CNY unless said; c= is points) k=fee|refund|unreadable f=FEE t=CARRIED l=LINE p=PLACE
 * Findings  "CLASS THEIRS=OURS DIFFERENCE; ..." in their order: lines joined by +, ? behind a class that is suggested,
 *           a difference of 0 left out: "matched 1=1; amount 2=3 -5; ours_only =2 -100" */
#ifndef MERIT_TESTS_RECON_MATCHING_H
#define MERIT_TESTS_RECON_MATCHING_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/buffer.h"
#include "recon/match.h"

#define MATCHING_ITEMS_MAX 400

struct matching_side {
	char text[64 * MATCHING_ITEMS_MAX]; /* what the items borrow from */
	struct merit_recon_item items[MATCHING_ITEMS_MAX];
	size_t count;
};

static inline void matching_option(struct merit_recon_item *item, const char *word)
{
	struct merit_text value = merit_text_of(word + 2);

	switch (word[0]) {
	case 'g': item->group = value; break;
	case 's': item->status = value; break;
	case 't': item->carried = value; break;
	case 'f': item->fee = atoll(value.data); break;
	case 'l': item->line = (uint64_t)atoll(value.data); break;
	case 'p': item->place = atoi(value.data); break;
	case 'k': item->kind = value.data[0] == 'f' ? MERIT_ITEM_FEE :
			       value.data[0] == 'r' ? MERIT_ITEM_REFUND : MERIT_ITEM_UNREADABLE; break;
	case 'c':
		memset(item->currency, 0, sizeof(item->currency));
		memcpy(item->currency, value.data, value.size < 4 ? value.size : 3);
		break;
	default: fprintf(stderr, "option %s\n", word); abort();
	}
}

static inline void matching_items(const char *text, struct matching_side *side)
{
	char *rows = NULL, *words = NULL;

	side->count = 0;
	snprintf(side->text, sizeof(side->text), "%s", text);
	for (char *row = strtok_r(side->text, ";", &rows); row != NULL; row = strtok_r(NULL, ";", &rows)) {
		struct merit_recon_item *item = &side->items[side->count++];
		*item = (struct merit_recon_item){ .line = side->count, .currency = "CNY" };
		char *word = strtok_r(row, " ", &words);
		item->reference = strcmp(word, "-") == 0 ? merit_text_of("") : merit_text_of(word);
		item->amount = atoll(strtok_r(NULL, " ", &words));
		item->day = item->first_day = atoi(strtok_r(NULL, " ", &words));
		while ((word = strtok_r(NULL, " ", &words)) != NULL)
			matching_option(item, word);
	}
}

static inline void matching_put_lines(struct merit_buffer *out, const struct merit_recon_item *items, const uint32_t *places,
				      size_t count)
{
	for (size_t i = 0; i < count; i++)
		merit_buffer_put_format(out, "%s%" PRIu64, i == 0 ? "" : "+", items[places[i]].line);
}

static inline void matching_put(struct merit_buffer *out, const struct merit_findings *findings,
				const struct merit_recon_item *theirs, const struct merit_recon_item *ours)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct merit_finding *finding = &findings->findings[i];
		merit_buffer_put_format(out, "%s%s%s ", i == 0 ? "" : "; ", merit_class_word(finding->class_),
		                        finding->is_suggested ? "?" : "");
		matching_put_lines(out, theirs, findings->theirs + finding->theirs, finding->theirs_count);
		merit_buffer_put_char(out, '=');
		matching_put_lines(out, ours, findings->ours + finding->ours, finding->ours_count);
		if (finding->difference != 0)
			merit_buffer_put_format(out, " %" PRId64, finding->difference);
	}
	merit_buffer_put(out, "", 1);
}

/* Rules of JSON with ' for ". Ends the test on a fault. NULL: the built-in ones. */
static inline struct merit_rules matching_rules(const char *text)
{
	struct merit_file_fault fault = { 0 };
	struct merit_rules rules;
	char json[4096] = "";

	snprintf(json, sizeof(json), "%s", text == NULL ? "" : text);
	for (char *c = json; *c != '\0'; c++)
		*c = *c == '\'' ? '"' : *c;
	if (merit_rules_parse(text == NULL ? NULL : json, strlen(json), &rules, &fault) != MERIT_OK) {
		fprintf(stderr, "%s: %s\n", json, fault.why);
		abort();
	}
	return rules;
}

#endif
