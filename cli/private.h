/* private.h - private texts on the command line: what a person gives for a parameter of type COMMITMENT is the text
 * itself, an address or a code. Here it becomes the commitment in the JSON and the line behind it.
 *
 * Salts    follow from key, method, parameter, the parameters in front of it and the text (merit_client_conceal), not from
 *          the operation's id: so a call made again is the same call, and a code added twice is refused as code_exists.
 * Never    prints a text, or sends one without its commitment. */
#ifndef MERIT_CLI_PRIVATE_H
#define MERIT_CLI_PRIVATE_H

#include "cli/parameter.h"
#include "rpc/client.h"

struct cJSON;

/* What a call says. */
struct merit_call_text {
	const char *params; /* a JSON object without an id */
	size_t params_size;
	const char *lines; /* of its private texts, a line feed between two; mostly none */
	size_t lines_size;
};

/* Whether the parameter's value is given as private text. */
bool merit_parameter_is_private(const struct merit_parameter *parameter);

/* Appends what a person gave: the text, or the content of @FILE without the line feed at its end. False, with the reason
 * printed, when there is no such file. */
MERIT_MUST_USE bool merit_private_given(struct merit_buffer *text, const char *given);

/* Conceals a text: appends "parameter":"commitment" to params, an object begun with { that holds the parameters in front
 * of this one, and the line to lines. Returns NULL, or why not, in words for the person who gave it. */
MERIT_MUST_USE const char *merit_private_conceal(struct merit_client *client, const struct merit_method *method,
                                                 const struct merit_parameter *parameter,
                                                 const struct merit_buffer *text, struct merit_buffer *params,
                                                 struct merit_buffer *lines);

/* Puts the texts back in the place of their commitments: params is an object of the method's parameters, lines are its
 * lines. What does not fit stays as it is. */
void merit_private_reveal(const struct merit_method *method, const struct merit_call_text *call, struct cJSON *params);

#endif
