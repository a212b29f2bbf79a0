/* mapping_read.h - the pieces that a mapping's members are made of, read from its JSON; and those of words.
 *
 * Every call returns BAD_FORMAT with a fault that names the member, or NO_MEMORY. A node may be NULL: it is not there,
 * and of the wrong type then. What is made is the mapping's arena's. */
#ifndef MERIT_RECON_MAPPING_READ_H
#define MERIT_RECON_MAPPING_READ_H

#include "ledger/json.h"
#include "recon/mapping_inner.h"

/* What is being read, for faults to name. */
struct merit_mapping_reading {
	struct merit_mapping_file *mapping;
	struct merit_file_fault *fault;
	const char *member;
};

/* Refuses the member; why goes on after its name. */
enum merit_status merit_mapping_wrong(struct merit_mapping_reading *reading, const char *why);

enum merit_status merit_mapping_read_text(struct merit_mapping_reading *reading, const cJSON *node,
                                          struct merit_text *text_out);
enum merit_status merit_mapping_read_flag(struct merit_mapping_reading *reading, const cJSON *node, bool *flag_out);

/* The place of a text among count words; count when it is none. */
size_t merit_mapping_word_place(const cJSON *node, const char *const *words, size_t count);

/* Lists of 1 to MERIT_MAPPING_LIST_MAX. */
enum merit_status merit_mapping_read_texts(struct merit_mapping_reading *reading, const cJSON *node,
                                           struct merit_text **list_out, size_t *count_out);
enum merit_status merit_mapping_read_words(struct merit_mapping_reading *reading, const cJSON *node,
                                           struct merit_words *words);

/* A column, or a list of them. */
enum merit_status merit_mapping_read_columns(struct merit_mapping_reading *reading, const cJSON *node,
                                             struct merit_columns *columns);

/* A pattern with all of the places in needed, one letter each: a amount, c count, y year, m month, f first, l last. */
enum merit_status merit_mapping_read_pattern(struct merit_mapping_reading *reading, const cJSON *node,
                                             const char *needed, struct merit_pattern *pattern);

/* Whether node is an object with no other members than these; NULL ends the list. */
enum merit_status merit_mapping_check_members(struct merit_mapping_reading *reading, const cJSON *node,
                                              const char *const *known);

/* Calls read for node, if it is an object, or for each of a list, with a zeroed place of size bytes. */
enum merit_status merit_mapping_read_each(struct merit_mapping_reading *reading, const cJSON *node, size_t size,
                                          void *list_out, size_t *count_out,
                                          enum merit_status (*read)(struct merit_mapping_reading *reading,
                                                                    const cJSON *node, void *each));

/* ---- mapping_words.c: members of rules ---- */

enum merit_status merit_mapping_read_direction(struct merit_mapping_reading *reading, const cJSON *node);
enum merit_status merit_mapping_read_kind(struct merit_mapping_reading *reading, const cJSON *node);
enum merit_status merit_mapping_read_status(struct merit_mapping_reading *reading, const cJSON *node);
enum merit_status merit_mapping_read_currency(struct merit_mapping_reading *reading, const cJSON *node);

#endif
