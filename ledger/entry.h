/* entry.h - an entry: one outcome, with postings that sum to zero; and its bytes, the leaf of the Merkle tree.
 *
 * The leaf is one JSON object in UTF-8 without spaces, keys in a fixed order: doc/format.md, section 2.
 * Printing and reading are each other's inverse: what is read prints to the same bytes, or is not read at all. */
#ifndef MERIT_LEDGER_ENTRY_H
#define MERIT_LEDGER_ENTRY_H

#include "ledger/hash.h"
#include "ledger/operation.h"

/* Days besides the civil ones (days since 1970-01-01). */
#define MERIT_DAY_NONE INT32_MIN  /* points in a budget, not earned yet */
#define MERIT_DAY_NEVER INT32_MAX /* points that do not expire */

/* Kinds of account in points. Numbers are stored. */
enum merit_account {
	MERIT_ACCOUNT_SPONSOR,  /* sponsor/S: below zero, what it has granted; above, it got back what members owe */
	MERIT_ACCOUNT_CAMPAIGN, /* campaign/C: budget left */
	MERIT_ACCOUNT_MEMBER,   /* member/M: available */
	MERIT_ACCOUNT_PENDING,  /* member/M/pending */
	MERIT_ACCOUNT_HELD,     /* member/M/held */
	MERIT_ACCOUNT_DEBT,     /* member/M/debt: below zero, what the member owes */
	MERIT_ACCOUNT_REDEEMED, /* redeemed/X: what merchant X was paid with */
	MERIT_ACCOUNT_EXPIRED,  /* expired/C */
	MERIT_ACCOUNT_COUNT
};

/* Whether it is one of a member's four. */
bool merit_account_is_members(enum merit_account account);

/* One movement of points. In the leaf, postings in a row of one account share its name. */
struct merit_posting {
	enum merit_account account;
	struct merit_text holder;   /* the S, C, M or X of the account */
	struct merit_text campaign; /* of the lot */
	int32_t day;                /* of the lot: its last day, NONE or NEVER */
	int32_t line;               /* the order's line it belongs to, or -1 */
	int64_t amount;             /* points; never 0 */
};

/* A number that explains a refusal, such as {"have":10}. name is a literal or borrowed from the leaf. */
struct merit_why {
	const char *name;
	int64_t number;
};

#define MERIT_WHY_MAX 4

struct merit_entry {
	uint64_t seq;
	int64_t time_ms;
	int32_t day; /* the accounting date */
	struct merit_text id;
	const struct merit_operation *operation;
	struct merit_text party, key; /* by whom */
	enum merit_role role;         /* the party's; not in the leaf */
	uint64_t request;             /* the request's number in the log */
	uint32_t request_index;       /* which of its calls, from 0, those inside atomic counted one by one */
	struct merit_hash request_hash;
	uint32_t group_index, group_count; /* place in an atomic group; count 0 = in none */
	struct merit_value values[MERIT_PARAMETERS_MAX];
	enum merit_status status;
	struct merit_why why[MERIT_WHY_MAX];
	size_t why_count;
	struct merit_value results[MERIT_RESULTS_MAX]; /* of an accepted entry */
	struct merit_posting *postings;
	size_t postings_count, postings_capacity;
	struct merit_arena *arena; /* holds postings and lists of results */
	bool no_memory;            /* a put below found no memory: the entry must not be used */
};

/* Adds a posting. An amount of 0 is left out; one that continues the last posting's account, lot and line is added to it. */
void merit_entry_post(struct merit_entry *entry, enum merit_account account, struct merit_text holder,
		      struct merit_text campaign, int32_t day, int32_t line, int64_t amount);

/* Puts postings in order: what leaves an account, then what comes to one; those of one account behind one another, as they
 * were added. So an account's name stands in the leaf twice at most, however many lots move. */
void merit_entry_gather(struct merit_entry *entry);

/* Makes the entry a refusal: status, no postings, no results, no reasons but those added behind this. */
void merit_entry_refuse(struct merit_entry *entry, enum merit_status status);
void merit_entry_why(struct merit_entry *entry, const char *name, int64_t number);

void merit_entry_result_integer(struct merit_entry *entry, size_t index, int64_t integer);
void merit_entry_result_text(struct merit_entry *entry, size_t index, struct merit_text text);

/* Prints ,"why":{...}, or nothing where there are no reasons: the same in the leaf and in replies. */
void merit_entry_put_why(struct merit_buffer *out, const struct merit_entry *entry);

/* Prints the leaf. The caller checks out->bad and MERIT_ENTRY_SIZE_MAX. */
void merit_entry_put(struct merit_buffer *out, const struct merit_entry *entry);

/* Reads a leaf; texts are borrowed from copies in arena. Anything but what merit_entry_put prints is BAD_FORMAT.
 * Returns BAD_FORMAT or NO_MEMORY. role is left at 0. */
MERIT_MUST_USE enum merit_status merit_entry_read(const void *leaf, size_t size, struct merit_arena *arena,
						  struct merit_entry *entry_out);

/* "member/M/held" and so on. */
void merit_account_put(struct merit_buffer *out, enum merit_account account, struct merit_text holder);

/* The account in a text such as "member/M/held": false when it is none. holder_out is borrowed from text. */
MERIT_MUST_USE bool merit_account_read(struct merit_text text, enum merit_account *account_out,
				       struct merit_text *holder_out);

#endif
