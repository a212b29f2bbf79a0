/* parameter.h - what a person writes for a parameter, as the JSON a method takes.
 *
 * Times   Unix milliseconds, RFC 3339, or without a zone "2026-11-21", "2026-11-21 10:00", "2026-11-21T10:00:05": those
 *         are read in the zone the caller names. A day alone means its first millisecond.
 * Lists   of objects, and calls inside calls, are given as JSON.
 * Never   sends what it does not understand: a text that does not fit the parameter's type is refused here. */
#ifndef MERIT_CLI_PARAMETER_H
#define MERIT_CLI_PARAMETER_H

#include "ledger/operation.h"
#include "ledger/query.h"

/* In place of an offset: a time without a zone is refused. */
#define MERIT_OFFSET_UNKNOWN INT32_MIN

/* The parameters of a method, be it an operation or a query. */
struct merit_method {
	const char *name;
	const struct merit_operation *operation; /* a write, or NULL */
	const struct merit_query *query;         /* a read, or NULL */
	const struct merit_parameter *params;
	size_t params_count;
};

/* False when no method has this name. */
MERIT_MUST_USE bool merit_method_find(const char *name, struct merit_method *method_out);

/* Every method by its place: operations first. False past the last. */
MERIT_MUST_USE bool merit_method_at(size_t index, struct merit_method *method_out);

/* The parameter of this name; NULL when there is none. */
const struct merit_parameter *merit_method_parameter(const struct merit_method *method, const char *name, size_t size);

/* How its value is written, for the person who wrote another. */
const char *merit_parameter_form(const struct merit_parameter *parameter);

/* The same of its value in JSON. */
const char *merit_parameter_json_form(const struct merit_parameter *parameter);

/* Appends text as the parameter's JSON value. False, with nothing appended, when it does not fit the type. */
MERIT_MUST_USE bool merit_parameter_put(struct merit_buffer *out, const struct merit_parameter *parameter,
                                        const char *text, int32_t offset_minutes);

/* Checks params, a JSON object without an id, as the service will: nothing malformed need be sent.
 *
 * arena          holds the cells of lists, and texts that are written with escapes
 * parameter_out  the parameter at fault; NULL where it is unknown, or the text is no JSON
 * Returns        what merit_json_pull_end and merit_values_pull return */
MERIT_MUST_USE enum merit_status merit_method_check(const struct merit_method *method, const char *params, size_t size,
                                                    struct merit_arena *arena,
                                                    const struct merit_parameter **parameter_out);

/* A whole text as an integer within +-(2^53-1): digits and at most one sign. */
MERIT_MUST_USE bool merit_integer_parse(const char *text, int64_t *value_out);

/* A whole text as a time, in one of the forms above. */
MERIT_MUST_USE bool merit_moment_parse(const char *text, int32_t offset_minutes, int64_t *time_ms_out);

/* "+08:00", "-03:30" or "Z" as minutes east of UTC. */
MERIT_MUST_USE bool merit_offset_parse(const char *text, int32_t *offset_minutes_out);

#endif
