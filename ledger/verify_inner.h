/* verify_inner.h - what the files of verify share. For ledger/ only.
 *
 *   verify.c             opening, the walk over the entries, the report
 *   verify_structure.c   leaves, tiles, checkpoints, rows
 *   verify_authorship.c  requests: bytes, signatures, the calls they hold
 *   verify_rules.c       every entry decided again
 *   verify_state.c       the tables against those of state/
 *
 * The replay believes nothing: an entry changes the replayed state only once its bytes were found to be what the rules
 * decide, so no stored byte can bring the rules to where their asserts do not hold. */
#ifndef MERIT_LEDGER_VERIFY_INNER_H
#define MERIT_LEDGER_VERIFY_INNER_H

#include <limits.h>

#include "ledger/ledger_inner.h"
#include "ledger/verify.h"

/* A request whose entries are being walked. */
struct merit_verify_request {
	bool is_open;
	bool is_system;       /* a tick: it has no calls */
	uint64_t number;
	struct merit_hash hash;
	uint32_t next_index;  /* the lowest place its next entry may have: places rise */
	int64_t tick_ms;      /* what a tick says */
	struct merit_arena arena;
	struct merit_request request; /* its calls, borrowed from arena */
};

/* Leaves as decided again: one, or those of a whole atomic group. */
struct merit_verify_leaves {
	struct merit_buffer bytes;
	size_t ends[MERIT_CALLS_MAX];
	size_t count;
	uint64_t first; /* the seq of the first */
};

struct merit_verify {
	const struct merit_verify_options *options;
	struct merit_verify_report *report;
	struct merit_store *store;
	struct merit_store_reader *reader;
	char scratch_directory[PATH_MAX]; /* empty: none was made */
	struct merit_model model;
	struct merit_verifier log;
	uint64_t size;                    /* entries, as the log's last key said when the walk began: it may grow meanwhile */
	struct merit_store_rows rows;     /* that the tables had then, */
	uint64_t newest;                  /* and how many entries the newest checkpoint covered; 0: there was none */
	struct merit_tree tree;
	struct merit_store_checkpoint checkpoint; /* the next to come by */
	bool has_checkpoint;
	uint64_t covered;                 /* entries under the last that came by: a group has one time and one of them */

	struct merit_verify_request client, system; /* the newest of either kind: entries of both may alternate */
	struct merit_arena leaf_arena;
	struct merit_entry entry;               /* the one at hand as stored: whole the first and the system's, of others
						 * seq, time and request only */
	struct merit_text leaf;                 /* its bytes */
	int64_t time_ms;                        /* of the entry before */
	bool time_stood;                        /* this group has the time of the one before it */
	struct merit_verify_leaves decided;

	struct merit_state *stored;             /* a copy of state/; NULL = not compared, or done */
};

/* Writes the fault into the report and returns CORRUPT. */
enum merit_status merit_verify_fault(struct merit_verify *verify, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
enum merit_status merit_verify_entry_fault(struct merit_verify *verify, uint64_t seq, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A text with a size, for %.*s. */
#define MERIT_VERIFY_TEXT(text) (int)(text).size, (text).data

/* ---- verify_structure.c: also what backup.c needs to know of a log ---- */

/* The tree as tiles and leaves of the log have it. reader is begun and stays so while tree is used; CORRUPT. */
MERIT_MUST_USE enum merit_status merit_verify_tree(struct merit_store_reader *reader, uint64_t size,
						   struct merit_tree *tree_out);

MERIT_MUST_USE enum merit_status merit_verify_structure_begin(struct merit_verify *verify);

/* Between two entries: looks at the log as it is by now. Pages that an old view may need could not be used again, and a log
 * that is written to would grow with every commit. What is left of verify->leaf is gone. */
MERIT_MUST_USE enum merit_status merit_verify_structure_renew(struct merit_verify *verify);

/* Sets verify->leaf to the stored bytes; the other also reads verify->entry, whose seq and time must fit. */
MERIT_MUST_USE enum merit_status merit_verify_leaf(struct merit_verify *verify, uint64_t seq);
MERIT_MUST_USE enum merit_status merit_verify_entry(struct merit_verify *verify, uint64_t seq);

/* Adds verify->leaf to the tree, comparing the tiles and the checkpoint it completes. */
MERIT_MUST_USE enum merit_status merit_verify_append(struct merit_verify *verify, uint64_t seq);

/* Every checkpoint there is came by, the newest covers every entry, and no table has rows that were not walked. */
MERIT_MUST_USE enum merit_status merit_verify_structure_end(struct merit_verify *verify);

/* ---- verify_authorship.c ---- */

/* Finds the request of verify->entry, reading one that is new and verifying its signature: the entry must name its hash
 * and a call of it that no entry before it took. */
MERIT_MUST_USE enum merit_status merit_verify_author(struct merit_verify *verify,
						     struct merit_verify_request **request_out);
void merit_verify_author_free(struct merit_verify *verify);

/* ---- verify_rules.c ---- */

/* Decides verify->entry again into verify->decided and evolves that: with an atomic group's first entry, all of them. */
MERIT_MUST_USE enum merit_status merit_verify_decide(struct merit_verify *verify, struct merit_verify_request *request);

/* Whether verify->leaf is what was decided at place index. */
MERIT_MUST_USE enum merit_status merit_verify_compare(struct merit_verify *verify, size_t index);

/* model->leaf of the replay: what was walked, and what is being decided. */
const void *merit_verify_leaf_read(void *context, uint64_t seq, size_t *size_out);

/* ---- verify_state.c ---- */

/* Copies state/ to the scratch directory, where there is one. */
MERIT_MUST_USE enum merit_status merit_verify_state_begin(struct merit_verify *verify);

/* Compares the tables once the replay has come to the copy's cut: count entries are evolved. */
MERIT_MUST_USE enum merit_status merit_verify_state_compare(struct merit_verify *verify, uint64_t count);

#endif
