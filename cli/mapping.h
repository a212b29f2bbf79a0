/* mapping.h - which of a file's rows become calls, and what each call says.
 *
 * Map      member=id_student takes a column, 'reference={module}-{run}' a template, into a parameter.
 * Set      campaign=OULAD gives every row the same.
 * Where    result=Pass,Distinction keeps rows whose field is one of these, result!=Fail those where it is not; a row
 *          must pass every condition.
 * Without a map, columns named like parameters go to them.
 * Empty    a field that comes out empty leaves its parameter out.
 * Never    sends a row whose parameters do not have the method's shape: see merit_mapping_params. */
#ifndef MERIT_CLI_MAPPING_H
#define MERIT_CLI_MAPPING_H

#include "cli/private.h"
#include "cli/template.h"

#define MERIT_MAPPING_WHERE_MAX 16

/* One parameter's source. */
struct merit_mapping_source {
	bool is_set;
	const char *literal; /* --set; NULL: the template */
	struct merit_template template;
};

struct merit_mapping_where {
	const char *column;
	size_t column_size;
	bool is_not;
	const char *values; /* separated by commas */
};

/* Where a value stands among a row's parameters; size 0: it is left out. */
struct merit_place {
	uint32_t start, size;
};

struct merit_mapping {
	struct merit_method method;
	int32_t offset_minutes;                                    /* in which times without a zone are read */
	struct merit_mapping_source sources[MERIT_PARAMETERS_MAX]; /* after the method's parameters */
	bool has_map;
	struct merit_mapping_where where[MERIT_MAPPING_WHERE_MAX];
	size_t where_count;
	bool has_id;
	struct merit_template id;
	struct merit_client *client; /* that conceals private texts; NULL: none can be given */
	struct merit_place places[MERIT_PARAMETERS_MAX]; /* of the last row's values, after the method's parameters */
	struct merit_arena arena; /* of one row's shape check */
	struct merit_buffer text; /* one field at a time */
};

/* What is wrong with a row. Texts are borrowed: from literals, the mapping, or the command line. */
struct merit_row_fault {
	const char *parameter; /* or NULL */
	const char *column;    /* or NULL; not NUL-terminated */
	size_t column_size;
	const char *why;
	char value[64]; /* what stood there, shortened */
};

/* Each takes one option's text, and prints what is wrong with it before returning false. */
MERIT_MUST_USE bool merit_mapping_map(struct merit_mapping *mapping, const char *text);
MERIT_MUST_USE bool merit_mapping_set(struct merit_mapping *mapping, const char *text);
MERIT_MUST_USE bool merit_mapping_add_where(struct merit_mapping *mapping, const char *text);
MERIT_MUST_USE bool merit_mapping_id(struct merit_mapping *mapping, const char *text);

/* Once all are taken: maps columns by name where nothing was mapped, and checks that the columns exist and the required
 * parameters have a source. Prints what is wrong before returning false. */
MERIT_MUST_USE bool merit_mapping_finish(struct merit_mapping *mapping, const struct merit_rows *rows);

/* Whether rows can say the parameter themselves; and whether all of them say the same of it. */
bool merit_mapping_is_column(const struct merit_mapping *mapping, size_t index);
bool merit_mapping_is_common(const struct merit_mapping *mapping, size_t index);

/* Whether the last row passes the conditions. */
bool merit_mapping_keeps(const struct merit_mapping *mapping, struct merit_rows *rows);

/* Puts the last row's parameters as a JSON object without an id, checked as the service will check it, and the lines of
 * its private texts. Both buffers are empty before; afterwards mapping->places say where the values are. False with the
 * fault set; the buffers are then empty again. */
MERIT_MUST_USE bool merit_mapping_params(struct merit_mapping *mapping, struct merit_rows *rows,
                                         struct merit_buffer *out, struct merit_buffer *lines,
                                         struct merit_row_fault *fault_out);

/* Puts the id the --id template makes of the last row, without the attempt. False with the fault set. */
MERIT_MUST_USE bool merit_mapping_id_put(struct merit_mapping *mapping, struct merit_rows *rows,
                                         struct merit_buffer *out, struct merit_row_fault *fault_out);

void merit_mapping_free(struct merit_mapping *mapping);

#endif
