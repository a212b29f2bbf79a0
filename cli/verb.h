/* verb.h - the short commands: each is one method under a name people use for it.
 *
 * Write   is `merit call` with the operands in their parameters' places: ids, complaints and answers are the same.
 * Import  is `merit import` of one method.
 * List    is a read in pages under chosen headings: a table, --csv, or --json as it came.
 * Options of a command that are called like a parameter of its method are that parameter: --bank-reference is
 *         bank_reference. */
#ifndef MERIT_CLI_VERB_H
#define MERIT_CLI_VERB_H

#include "cli/session.h"
#include "cli/view.h"

/* A parameter, or an option, and the text a person would write for it. Lists of them end with a name NULL; a value NULL
 * is left out. */
struct merit_verb_value {
	const char *name;
	const char *value;
};

/* Shows an answer to a person. */
typedef enum merit_exit merit_verb_print_fn(struct merit_session *session, const cJSON *result);

/* Calls a method that writes. Says which option is missing before anything is sent. */
enum merit_exit merit_verb_write(const struct merit_arguments *arguments, const char *method,
                                 const struct merit_verb_value *values);

/* The same where print tells people what came of it; --json prints the answer as it came. */
enum merit_exit merit_verb_write_show(const struct merit_arguments *arguments, const char *method,
                                      const struct merit_verb_value *values, merit_verb_print_fn *print);

/* merit call, of which the two above are made: call is its command line, command what a person typed; print may be
 * NULL. In command_call.c. */
enum merit_exit merit_call(const struct merit_arguments *call, const struct merit_arguments *command,
                           merit_verb_print_fn *print);

/* Whether the options that the method requires were given. False with the first that was not printed. */
MERIT_MUST_USE bool merit_verb_options_suffice(const struct merit_arguments *arguments, const char *method);

/* Imports path with method, under options beside those given; one given wins. */
enum merit_exit merit_verb_import(const struct merit_arguments *arguments, const char *method, const char *path,
                                  const struct merit_verb_value *options);

/* Opens a session and reads. On DONE both are the caller's, to be given to merit_verb_end. */
MERIT_MUST_USE enum merit_exit merit_verb_ask(const struct merit_arguments *arguments, const char *method,
                                              const struct merit_verb_value *values, struct merit_session *session_out,
                                              struct merit_answer *answer_out);
void merit_verb_end(struct merit_session *session, struct merit_answer *answer);

/* The same in a session that is open; the answer is freed by merit_answer_free. */
MERIT_MUST_USE enum merit_exit merit_verb_ask_in(struct merit_session *session, const char *method,
                                                 const struct merit_verb_value *values,
                                                 struct merit_answer *answer_out);

/* --at SEQ|TIME and --day DAY as values of a read that can look back: two, then a name NULL. False, with the reason
 * printed, when both were given. */
MERIT_MUST_USE bool merit_verb_moment(const struct merit_arguments *arguments, struct merit_verb_value values_out[3]);

/* A read whose answer print shows; --json prints it as it came. */
enum merit_exit merit_verb_show(const struct merit_arguments *arguments, const char *method,
                                const struct merit_verb_value *values, merit_verb_print_fn *print);

/* Prints whatever the answer holds but as of which entry it is: that number is too easily taken for the thing's own. */
merit_verb_print_fn merit_verb_print_all;

/* Appends a method's params, a JSON object: the values, and of a person's options those that are called like one of its
 * parameters and are in no value. False with the reason printed. */
MERIT_MUST_USE bool merit_verb_params_put(const struct merit_arguments *arguments, const char *method,
                                          const struct merit_verb_value *values, struct merit_buffer *out);

/* ---- Lists ---- */

/* Gives every page of a read to take, which may change it, until the last one. On anything but DONE the list is not
 * whole. */
typedef void merit_verb_take_fn(void *context, cJSON *result);
MERIT_MUST_USE enum merit_exit merit_verb_each_page(struct merit_session *session, const char *method,
                                                    const struct merit_verb_value *values, merit_verb_take_fn *take,
                                                    void *context);

/* Whether --csv was given. False, with the reason printed, when --json was too. */
MERIT_MUST_USE bool merit_verb_csv(const struct merit_arguments *arguments, bool *is_csv_out);

struct merit_verb_list {
	const char *method; /* answers with rows and next */
	const char *title;  /* where a command has several lists */
	const struct merit_view_column *columns;
	const struct merit_view_column *csv; /* NULL: the same; several lists have the same headings here */
	const char *none;                    /* the sentence where there are no rows */
};

/* Prints up to --limit rows of each list from --from on: one page, or with --csv as many as there are. */
enum merit_exit merit_verb_list(const struct merit_arguments *arguments, const struct merit_verb_list *lists,
                                size_t lists_count);

#endif
