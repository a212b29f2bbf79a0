/* work.h - what is asked of a ledger under load: messages of a workload, made one after the other from a counter.
 *
 * Workloads  earn      each with an id, a reference and evidence of its own
 *            redeem    cycles: earn, place, fulfil; one in eight cancelled instead, one in eight refunded behind
 *            referral  cycles: a new member, who brought it in, its first earn, which pays both
 *            mixed     messages of earns among messages of the reads below, at given shares
 *            balance, statement, receipt, past   reads alone; past: a campaign's balance as it was
 * Forms      single: one call a message. batch: an array of calls. bulk: rows of calls of one method (doc/protocol.md)
 * Order      is promised within a message only. A cycle stands in one message; sent singly its messages form a chain,
 *            each to be sent when the one before is answered.
 * Never      uses a name twice under one first number, so every write must be accepted. */
#ifndef MERIT_BENCH_WORK_H
#define MERIT_BENCH_WORK_H

#include "bench/world.h"

enum bench_workload {
	BENCH_EARN,
	BENCH_REDEEM,
	BENCH_REFERRAL,
	BENCH_MIXED,
	BENCH_BALANCE,
	BENCH_STATEMENT,
	BENCH_RECEIPT,
	BENCH_PAST,
	BENCH_WORKLOAD_COUNT
};
enum bench_form { BENCH_SINGLE, BENCH_BATCH, BENCH_BULK, BENCH_FORM_COUNT };

/* Their words on the command line and in results, in order. */
extern const char *const bench_workload_words[BENCH_WORKLOAD_COUNT];
extern const char *const bench_form_words[BENCH_FORM_COUNT];

#define BENCH_READ_CALLS_MAX 100 /* balances in a message of mixed; pages and receipts are asked for one by one */

struct bench_load {
	enum bench_workload workload;
	enum bench_form form;
	uint32_t batch;       /* operations in a message, about: whole cycles */
	uint32_t members;     /* that there are */
	bool is_zipf;         /* some members far more often than others; else all alike */
	bool has_random_ids;  /* else they rise */
	bool no_evidence;
	bool is_dying;        /* earns of points that die tonight, in a campaign of their own */
	uint32_t shares[4];   /* of mixed, in percent of messages: earns, balances, statements, receipts */
	uint64_t first;       /* cycles and reads are counted from here: two loads need two */
	uint64_t entries;     /* that surely exist: receipts are of these, and pages where pages_first is given */
	uint64_t pages_first; /* with entries: statement's pages begin before any of so many entries from this one on */
	int64_t past_ms;      /* the time of past */
};

/* What a message is, for sending it and for judging its answer. */
struct bench_message {
	enum bench_workload kind; /* earn, redeem, referral, or one of the reads */
	bool is_bulk;
	bool follows;             /* the message before it must be answered first */
	uint32_t operations;
};

struct bench_work {
	struct bench_load load;
	uint64_t next;            /* cycle or read */
	uint32_t phase;           /* of the cycle at hand, where messages are single */
	int64_t occurred_ms;
};

void bench_work_start(struct bench_work *work, const struct bench_load *load);

/* Appends the JSON of the next message. */
void bench_work_next(struct bench_work *work, struct merit_buffer *json, struct bench_message *message_out);

/* Whether the next message belongs to a chain begun before. */
bool bench_work_in_chain(const struct bench_work *work);

/* The kid whose key signs the messages. */
const char *bench_work_kid(const struct bench_load *load);

/* Fails the bench unless the answer says that every operation of the message was accepted, or every read answered. */
void bench_work_judge(const struct bench_message *message, const char *json, size_t size);

#endif
