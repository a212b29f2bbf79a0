/* propose.h - calls that two parties must agree on: proposed here, and shown to the one who is to approve them. */
#ifndef MERIT_CLI_PROPOSE_H
#define MERIT_CLI_PROPOSE_H

#include "cli/verb.h"

/* Proposes a call of method, whose params are values and a person's options, and says who must approve it and how. The
 * proposal's name is --proposal, or else the operation's id, so that one --id repeats the whole safely. */
enum merit_exit merit_propose(const struct merit_arguments *arguments, const char *method,
                              const struct merit_verb_value *values);

/* Shows what proposal.get answers; of an open one, who may approve it. */
merit_verb_print_fn merit_proposal_print;

#endif
