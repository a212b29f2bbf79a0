/* sender.h - rows on their way to a ledger: gathered into signed bulks, kept in flight, answered.
 *
 * Order    open; add rows; finish; close. When a call returns anything but MERIT_EXIT_DONE the reason has been printed;
 *          what was not answered may be sent again: ids make sure that nothing is posted twice.
 * Rows     of one batch are decided in their order. With one batch in flight that holds for the whole file: while one
 *          is decided, the next is being made ready.
 * Ids      <base>:<attempt>. A refusal is final for its id, so trying again means the next attempt: where retry is set,
 *          a row whose answer is a refusal from before this run goes out again under the next one, until it is
 *          accepted or refused anew. No record is kept: the ledger remembers every attempt. */
#ifndef MERIT_CLI_SENDER_H
#define MERIT_CLI_SENDER_H

#include "cli/mapping.h"
#include "cli/session.h"
#include "cli/tally.h"

#define MERIT_ROW_BASE_SIZE_MAX 61
#define MERIT_ATTEMPTS_MAX      99

struct merit_sender_row {
	uint64_t line;
	uint32_t attempt;
	char base[MERIT_ROW_BASE_SIZE_MAX + 1];
	size_t params_start, params_size; /* in the batch's params */
	size_t lines_start, lines_size;   /* and in its lines */
};

/* Rows with what they say: for those that are refused. When sent, one message, which its bulk holds. */
struct merit_sender_batch {
	struct merit_sender_row *rows;
	size_t rows_count, rows_capacity;
	struct merit_buffer params;
	struct merit_buffer places; /* of each row's values: a merit_place for every parameter of the method */
	struct merit_buffer lines;  /* private ones, a line feed behind those of a row */
	struct merit_client_bulk *bulk; /* made with the first row; NULL until then, and of rows that only wait */
};

struct merit_sender {
	struct merit_session *session;
	struct merit_tally *tally;
	const struct merit_mapping *mapping;
	size_t rows_max; /* in a batch */
	bool is_retrying;
	uint64_t start_size; /* entries of the log when the run began: an answer below was given before */
	struct merit_sender_batch pool[MERIT_CLIENT_IN_FLIGHT_MAX + 1];
	struct merit_sender_batch *flying[MERIT_CLIENT_IN_FLIGHT_MAX]; /* oldest first */
	size_t flying_count, flying_max;
	struct merit_sender_batch *spare[MERIT_CLIENT_IN_FLIGHT_MAX + 1];
	size_t spare_count;
	struct merit_sender_batch *current;
	struct merit_sender_batch again; /* rows for their next attempt */
};

/* Asks how long the log is. session has flying_max messages in flight at most; mapping was finished. */
MERIT_MUST_USE enum merit_exit merit_sender_open(struct merit_sender *sender, struct merit_session *session,
                                                 struct merit_tally *tally, const struct merit_mapping *mapping,
                                                 size_t rows_max, size_t flying_max, bool is_retrying);

/* Sends a row, now or with those that follow: call is what the mapping made of it, places where its values stand in it.
 * base fits its limit above. */
MERIT_MUST_USE enum merit_exit merit_sender_add(struct merit_sender *sender, uint64_t line, const char *base,
                                                const struct merit_call_text *call, const struct merit_place *places);

/* Waits until every row, retried ones included, has its answer. */
MERIT_MUST_USE enum merit_exit merit_sender_finish(struct merit_sender *sender);
void merit_sender_close(struct merit_sender *sender);

#endif
