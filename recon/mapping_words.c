/* mapping_words.c - the members of a mapping that say what a word of theirs means; see mapping_read.h. */
#include <string.h>

#include "ledger/text.h"
#include "recon/mapping_read.h"

/* {"column":COLUMN, word: WORDS, ...}; the places of the words are the caller's to fill. */
static enum merit_status read_rule(struct merit_mapping_reading *reading, const cJSON *node, void *each)
{
	struct merit_word_rule *rule = each;

	if (!cJSON_IsObject(node) || merit_json_member(node, "column") == NULL)
		return merit_mapping_wrong(reading, "must be {\"column\":..., word: [...]} or a list of those");
	size_t count = (size_t)cJSON_GetArraySize(node);
	if (count > MERIT_MAPPING_LIST_MAX)
		return merit_mapping_wrong(reading, "has more than 64 words");
	rule->choices = merit_arena_allocate(&reading->mapping->arena, count * sizeof(*rule->choices));
	enum merit_status status = rule->choices == NULL ? MERIT_NO_MEMORY : MERIT_OK;
	for (const cJSON *member = node->child; status == MERIT_OK && member != NULL; member = member->next) {
		if (strcmp(member->string, "column") == 0) {
			status = merit_mapping_read_columns(reading, member, &rule->columns);
			continue;
		}
		struct merit_choice *choice = &rule->choices[rule->choices_count++];
		size_t size = strlen(member->string);
		choice->word.data = merit_arena_copy(&reading->mapping->arena, member->string, size);
		choice->word.size = size;
		status = choice->word.data == NULL ? MERIT_NO_MEMORY
		                                   : merit_mapping_read_words(reading, member, &choice->is);
	}
	return status;
}

static enum merit_status read_rules(struct merit_mapping_reading *reading, const cJSON *node,
                                    struct merit_word_rules *rules)
{
	return merit_mapping_read_each(reading, node, sizeof(*rules->list), &rules->list, &rules->count, read_rule);
}

/* Rules whose words are all of this list, and then stand for these places. */
static enum merit_status read_placed_rules(struct merit_mapping_reading *reading, const cJSON *node,
                                           struct merit_word_rules *rules, const char *const *words, const int *places,
                                           size_t count)
{
	enum merit_status status = read_rules(reading, node, rules);

	for (size_t i = 0; status == MERIT_OK && i < rules->count; i++) {
		for (size_t j = 0; j < rules->list[i].choices_count; j++) {
			struct merit_choice *choice = &rules->list[i].choices[j];
			size_t place = 0;
			while (place < count && strcmp(choice->word.data, words[place]) != 0)
				place++;
			if (place == count)
				return merit_mapping_wrong(reading, "has a word that means nothing here");
			choice->place = places[place];
		}
	}
	return status;
}

enum merit_status merit_mapping_read_direction(struct merit_mapping_reading *reading, const cJSON *node)
{
	static const char *const words[] = { "in", "out" };
	static const int signs[] = { 1, -1 };

	return read_placed_rules(reading, node, &reading->mapping->direction, words, signs, 2);
}

enum merit_status merit_mapping_read_kind(struct merit_mapping_reading *reading, const cJSON *node)
{
	static const char *const words[] = { "payment", "refund", "fee" };
	static const int kinds[] = { MERIT_ITEM_PAYMENT, MERIT_ITEM_REFUND, MERIT_ITEM_FEE };

	return read_placed_rules(reading, node, &reading->mapping->kind, words, kinds, 3);
}

/* Gives each word of status its place in the list of all of them. */
static enum merit_status place_status(struct merit_mapping_reading *reading, struct merit_choice *choice)
{
	struct merit_mapping_file *mapping = reading->mapping;
	size_t place = 0;

	if (choice->word.size > 0 && !merit_text_is_id(choice->word.data, choice->word.size, MERIT_NAME_SIZE_MAX))
		return merit_mapping_wrong(reading, "has a word that is not 1-32 of [A-Za-z0-9._:-]");
	while (place < mapping->statuses_count && !merit_text_equal(mapping->statuses[place], choice->word))
		place++;
	if (place == MERIT_MAPPING_STATUSES_MAX)
		return merit_mapping_wrong(reading, "has more than 32 words");
	if (place == mapping->statuses_count)
		mapping->statuses[mapping->statuses_count++] = choice->word;
	choice->place = (int)place;
	return MERIT_OK;
}

enum merit_status merit_mapping_read_status(struct merit_mapping_reading *reading, const cJSON *node)
{
	struct merit_word_rules *rules = &reading->mapping->status;
	enum merit_status status = read_rules(reading, node, rules);

	for (size_t i = 0; status == MERIT_OK && i < rules->count; i++) {
		for (size_t j = 0; status == MERIT_OK && j < rules->list[i].choices_count; j++)
			status = place_status(reading, &rules->list[i].choices[j]);
	}
	return status;
}

enum merit_status merit_mapping_read_currency(struct merit_mapping_reading *reading, const cJSON *node)
{
	struct merit_mapping_file *mapping = reading->mapping;
	const char *code;
	size_t size;

	if (merit_json_text(node, &code, &size)) {
		if (!merit_text_is_currency(code, size))
			return merit_mapping_wrong(reading, "must be three capital letters");
		memcpy(mapping->currency, code, size + 1);
		return MERIT_OK;
	}
	enum merit_status status = read_rule(reading, node, &mapping->currencies);
	for (size_t i = 0; status == MERIT_OK && i < mapping->currencies.choices_count; i++) {
		struct merit_text word = mapping->currencies.choices[i].word;
		if (!merit_text_is_currency(word.data, word.size))
			return merit_mapping_wrong(reading, "has a word that is not three capital letters");
	}
	return status;
}
