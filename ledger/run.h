/* run.h - rows of reconciliations: sources of files, runs, and the breaks runs find.
 *
 * What always holds of them: a day of a source is covered by one live run at most, and a file is of one live run of it;
 * a run stands among the incomplete ones until all the breaks it announced are recorded and all it clears are resolved;
 * a break stands among the unexplained ones while it is open. What is superseded stands in none of these tables. */
#ifndef MERIT_LEDGER_RUN_H
#define MERIT_LEDGER_RUN_H

#include "ledger/model.h"

/* Rows by name; NULL when there is none. */
const struct merit_declared *merit_model_source(struct merit_model *model, struct merit_text source);
const struct merit_run *merit_model_run(struct merit_model *model, struct merit_text run);
const struct merit_break *merit_model_break(struct merit_model *model, struct merit_text name);

/* The live run that covers a day of a source, by its number, and the one that was made of a file (MERIT_HASH_SIZE
 * bytes): borrowed from the row; empty when there is none. */
struct merit_text merit_run_covering(struct merit_model *model, uint32_t source, int32_t day);
struct merit_text merit_run_of_file(struct merit_model *model, uint32_t source, struct merit_text file);

/* A break that the run found or resolved, by its place: those it found from 0 on, those it resolved from run->breaks
 * on. Borrowed from the row. */
struct merit_text merit_run_break(struct merit_model *model, const struct merit_run *run, uint32_t place);

/* Theirs less ours, by the values of recon.break; a side without an amount counts as 0. */
int64_t merit_break_difference(const struct merit_value *values);

/* Whether all that the run announced is in the log. */
bool merit_run_is_complete(const struct merit_run *run);

/* The last day of what a file of the source covers that covers this day. */
int32_t merit_source_span_last(const struct merit_declared *source, int32_t day);

/* Whether some file must cover the day. */
bool merit_source_requires(const struct merit_declared *source, int32_t day);

/* ---- For evolve only ---- */

/* Puts the run among the incomplete ones or takes it out, as its counts say. */
void merit_run_follow(struct merit_model *model, struct merit_text name, const struct merit_run *run);

/* Writes down a break at its place of the run. */
void merit_run_add_break(struct merit_model *model, const struct merit_run *run, uint32_t place,
			 struct merit_text name);

/* Puts the break into a state, and among the unexplained ones or out of them. */
void merit_break_set_state(struct merit_model *model, struct merit_text name, struct merit_break *row,
			   enum merit_break_state state);

#endif
