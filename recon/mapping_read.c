/* mapping_read.c - see mapping_read.h. */
#include "recon/mapping_read.h"

#include <string.h>

enum merit_status merit_mapping_wrong(struct merit_mapping_reading *reading, const char *why)
{
	return merit_file_refuse(reading->fault, 0, 0, "mapping: \"%.40s\" %s", reading->member, why);
}

enum merit_status merit_mapping_read_text(struct merit_mapping_reading *reading, const cJSON *node,
                                          struct merit_text *text_out)
{
	const char *text;
	size_t size;

	if (!merit_json_text(node, &text, &size))
		return merit_mapping_wrong(reading, "must be a text");
	text_out->data = merit_arena_copy(&reading->mapping->arena, text, size);
	text_out->size = size;
	return text_out->data == NULL ? MERIT_NO_MEMORY : MERIT_OK;
}

enum merit_status merit_mapping_read_flag(struct merit_mapping_reading *reading, const cJSON *node, bool *flag_out)
{
	if (!cJSON_IsBool(node))
		return merit_mapping_wrong(reading, "must be true or false");
	*flag_out = cJSON_IsTrue(node);
	return MERIT_OK;
}

size_t merit_mapping_word_place(const cJSON *node, const char *const *words, size_t count)
{
	size_t place = 0;

	while (place < count && !(cJSON_IsString(node) && strcmp(node->valuestring, words[place]) == 0))
		place++;
	return place;
}

/* The members of a list, zeroed, size bytes each. */
static enum merit_status list_make(struct merit_mapping_reading *reading, const cJSON *node, size_t size,
                                   void *list_out, size_t *count_out)
{
	int count = cJSON_GetArraySize(node);

	if (!cJSON_IsArray(node) || count == 0)
		return merit_mapping_wrong(reading, "must be a list that is not empty");
	if (count > MERIT_MAPPING_LIST_MAX)
		return merit_mapping_wrong(reading, "is a list of more than 64");
	void *list = merit_arena_allocate(&reading->mapping->arena, (size_t)count * size);
	if (list == NULL)
		return MERIT_NO_MEMORY;
	memcpy(list_out, &list, sizeof(list));
	*count_out = (size_t)count;
	return MERIT_OK;
}

enum merit_status merit_mapping_read_texts(struct merit_mapping_reading *reading, const cJSON *node,
                                           struct merit_text **list_out, size_t *count_out)
{
	enum merit_status status = list_make(reading, node, sizeof(**list_out), list_out, count_out);
	const cJSON *each = status == MERIT_OK ? node->child : NULL;

	for (size_t i = 0; status == MERIT_OK && each != NULL; each = each->next)
		status = merit_mapping_read_text(reading, each, &(*list_out)[i++]);
	return status;
}

enum merit_status merit_mapping_read_words(struct merit_mapping_reading *reading, const cJSON *node,
                                           struct merit_words *words)
{
	struct merit_text *texts;
	enum merit_status status = merit_mapping_read_texts(reading, node, &texts, &words->count);

	if (status != MERIT_OK)
		return status;
	words->list = merit_arena_allocate(&reading->mapping->arena, words->count * sizeof(*words->list));
	for (size_t i = 0; words->list != NULL && i < words->count; i++)
		words->list[i] = merit_word_of(texts[i]);
	return words->list == NULL ? MERIT_NO_MEMORY : MERIT_OK;
}

/* The place of a column's name among those the mapping knows. */
static enum merit_status read_column(struct merit_mapping_reading *reading, const cJSON *node, size_t *at_out)
{
	struct merit_mapping_file *mapping = reading->mapping;
	struct merit_text name;
	enum merit_status status = merit_mapping_read_text(reading, node, &name);

	if (status != MERIT_OK)
		return status;
	if (name.size == 0)
		return merit_mapping_wrong(reading, "names a column without a name");
	for (size_t i = 0; i < mapping->names_count; i++) {
		if (merit_text_equal(mapping->names[i], name)) {
			*at_out = i;
			return MERIT_OK;
		}
	}
	if (mapping->names_count == MERIT_MAPPING_COLUMNS_MAX)
		return merit_mapping_wrong(reading, "names one column more than the 64 there may be");
	mapping->names[mapping->names_count] = name;
	*at_out = mapping->names_count++;
	return MERIT_OK;
}

enum merit_status merit_mapping_read_columns(struct merit_mapping_reading *reading, const cJSON *node,
                                             struct merit_columns *columns)
{
	enum merit_status status = MERIT_OK;

	if (!cJSON_IsArray(node)) {
		columns->count = 1;
		return read_column(reading, node, &columns->at[0]);
	}
	if (node->child == NULL)
		return merit_mapping_wrong(reading, "must be a column or a list of columns");
	for (const cJSON *each = node->child; status == MERIT_OK && each != NULL; each = each->next) {
		if (columns->count == MERIT_MAPPING_CHOICES_MAX)
			return merit_mapping_wrong(reading, "is a list of more than 8 columns");
		status = read_column(reading, each, &columns->at[columns->count++]);
	}
	return status;
}

enum merit_status merit_mapping_read_pattern(struct merit_mapping_reading *reading, const cJSON *node,
                                             const char *needed, struct merit_pattern *pattern)
{
	static const char letters[MERIT_PATTERN_PLACES_COUNT] = { 'a', 'c', 'y', 'm', 'f', 'l', '*' };
	struct merit_text text;
	const char *why;
	enum merit_status status = merit_mapping_read_text(reading, node, &text);

	if (status != MERIT_OK)
		return status;
	if (!merit_pattern_of(text, pattern, &why))
		return merit_file_refuse(reading->fault, 0, 0, "mapping: \"%.40s\" has a pattern with %s",
		                         reading->member, why);
	for (size_t place = 0; place < MERIT_PATTERN_PLACES_COUNT; place++) {
		if (strchr(needed, letters[place]) != NULL && !pattern->has[place])
			return merit_mapping_wrong(reading, "has a pattern without a place it needs");
	}
	return MERIT_OK;
}

enum merit_status merit_mapping_check_members(struct merit_mapping_reading *reading, const cJSON *node,
                                              const char *const *known)
{
	if (!cJSON_IsObject(node))
		return merit_mapping_wrong(reading, "must be an object");
	for (const cJSON *each = node->child; each != NULL; each = each->next) {
		size_t i = 0;
		while (known[i] != NULL && strcmp(known[i], each->string) != 0)
			i++;
		if (known[i] == NULL)
			return merit_file_refuse(reading->fault, 0, 0, "mapping: \"%.40s\" has no member \"%.40s\"",
			                         reading->member, each->string);
	}
	return MERIT_OK;
}

enum merit_status merit_mapping_read_each(struct merit_mapping_reading *reading, const cJSON *node, size_t size,
                                          void *list_out, size_t *count_out,
                                          enum merit_status (*read)(struct merit_mapping_reading *reading,
                                                                    const cJSON *node, void *each))
{
	char *list = NULL;

	if (cJSON_IsObject(node)) {
		list = merit_arena_allocate(&reading->mapping->arena, size);
		*count_out = 1;
		memcpy(list_out, &list, sizeof(list));
		return list == NULL ? MERIT_NO_MEMORY : read(reading, node, list);
	}
	enum merit_status status = list_make(reading, node, size, &list, count_out);
	memcpy(list_out, &list, sizeof(list));
	for (const cJSON *each = status == MERIT_OK ? node->child : NULL; status == MERIT_OK && each != NULL;
	     each = each->next, list += size)
		status = read(reading, each, list);
	return status;
}
