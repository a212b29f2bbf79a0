/* entry.h - an entry: one outcome, with postings that sum to zero; and its bytes, the leaf of the Merkle tree.
 *
 * The leaf is one JSON object in UTF-8 without spaces, keys in a fixed order: doc/format.md, section 2. Money is nobody's
 * business but the platform's and its auditors', while members and partners are shown leaves: so an entry that moves
 * money has a second line behind its leaf, the sealed line, and the leaf its SHA-256. Both lines are the entry's record,
 * and what the log stores; a proof is of the leaf, and thereby of both.
 * Printing and reading are each other's inverse: what is read prints to the same bytes, or is not read at all. */
#ifndef MERIT_LEDGER_ENTRY_H
#define MERIT_LEDGER_ENTRY_H

#include "ledger/hash.h"
#include "ledger/operation.h"

/* Days besides the civil ones (days since 1970-01-01). */
#define MERIT_DAY_NONE INT32_MIN  /* points in a budget, not earned yet */
#define MERIT_DAY_NEVER INT32_MAX /* points that do not expire */

/* Kinds of account, in points and in money. Numbers are stored. */
enum merit_account {
	MERIT_ACCOUNT_SPONSOR,  /* sponsor/S: below zero, what it has granted; above, it got back what members owe */
	MERIT_ACCOUNT_CAMPAIGN, /* campaign/C: budget left */
	MERIT_ACCOUNT_MEMBER,   /* member/M: available */
	MERIT_ACCOUNT_PENDING,  /* member/M/pending */
	MERIT_ACCOUNT_HELD,     /* member/M/held */
	MERIT_ACCOUNT_DEBT,     /* member/M/debt: below zero, what the member owes */
	MERIT_ACCOUNT_REDEEMED, /* redeemed/X: what merchant X was paid with */
	MERIT_ACCOUNT_EXPIRED,  /* expired/C */
	MERIT_ACCOUNT_WRITEOFF, /* writeoff/C: below zero, debts given up */
	/* In money, debit above zero and credit below; sponsor/S too: below zero prepaid, above a receivable. */
	MERIT_ACCOUNT_MERCHANT,  /* merchant/X: below zero, what it is due */
	MERIT_ACCOUNT_CASH,      /* cash */
	MERIT_ACCOUNT_MARGIN,    /* margin: below zero, what the platform made */
	MERIT_ACCOUNT_BREAKAGE,  /* breakage: below zero, what expired points brought the platform */
	MERIT_ACCOUNT_MARKETING, /* expense/marketing: what the platform spent as a sponsor of its own */
	MERIT_ACCOUNT_OPENING,   /* opening: against it balances from before this ledger are brought in */
	MERIT_ACCOUNT_COUNT
};

/* Whether such an account exists in points, or in money; and whether it is somebody's, as sponsor/S, or one, as cash. */
bool merit_account_takes(enum merit_account account, bool is_money);
bool merit_account_has_holder(enum merit_account account);

/* Whether it is one of a member's four. */
bool merit_account_is_members(enum merit_account account);

/* One movement of points or money. In a record, postings in a row of one account and unit share its name. */
struct merit_posting {
	enum merit_account account;
	struct merit_text holder;   /* the S, C, M or X of the account; empty where it is one */
	struct merit_text campaign; /* of the lot; of money, which one it was spent for, or empty */
	int32_t day;                /* of the lot: its last day, NONE or NEVER; of money NONE */
	int32_t line;               /* the order's line it belongs to, or -1 */
	int64_t amount;             /* points, or minor units; never 0 */
	struct merit_text currency; /* of money; empty: points */
};

static inline bool merit_posting_is_money(const struct merit_posting *posting)
{
	return posting->currency.size > 0;
}

/* Whether both move one account, in one unit. */
bool merit_posting_same_account(const struct merit_posting *a, const struct merit_posting *b);

#define MERIT_SALT_SIZE 16

/* A number that explains a refusal, such as {"have":10}. name is a literal or borrowed from the leaf. */
struct merit_why {
	const char *name;
	int64_t number;
};

#define MERIT_WHY_MAX 4

struct merit_entry {
	uint64_t seq;
	int64_t time_ms;
	int32_t day;        /* the accounting date */
	bool has_belongs_to; /* its period is closed: */
	int32_t belongs_to;  /* the day it would be dated else */
	struct merit_text id;
	const struct merit_operation *operation;
	struct merit_text party, key; /* by whom */
	enum merit_role role;         /* the party's; not in the leaf */
	uint64_t request;             /* the request's number: the seq of the first entry it caused */
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
	uint8_t salt[MERIT_SALT_SIZE]; /* of the sealed line, where there is one: nobody can guess its way to the hash */
	struct merit_arena *arena; /* holds postings and lists of results */
	bool no_memory;            /* a put below found no memory: the entry must not be used */
};

/* The day on which it occurred or fell due, whatever day it is dated. */
static inline int32_t merit_entry_true_day(const struct merit_entry *entry)
{
	return entry->has_belongs_to ? entry->belongs_to : entry->day;
}

/* Adds a posting. An amount of 0 is left out; one that continues the last posting's account, lot and line is added to it. */
void merit_entry_post(struct merit_entry *entry, enum merit_account account, struct merit_text holder,
		      struct merit_text campaign, int32_t day, int32_t line, int64_t amount);

/* The same in money. Of an account that is one, holder is empty; campaign may be. */
void merit_entry_post_money(struct merit_entry *entry, enum merit_account account, struct merit_text holder,
			    struct merit_text currency, struct merit_text campaign, int32_t line, int64_t amount);

/* Whether any of it is money. */
bool merit_entry_has_money(const struct merit_entry *entry);

/* Puts postings in order: points, then money; of each what leaves an account, then what comes to one; those of one account
 * behind one another, as they were added. So an account's name stands in a line twice at most, however many lots move. */
void merit_entry_gather(struct merit_entry *entry);

/* Makes the entry a refusal: status, no postings, no results, no reasons but those added behind this. */
void merit_entry_refuse(struct merit_entry *entry, enum merit_status status);
void merit_entry_why(struct merit_entry *entry, const char *name, int64_t number);

void merit_entry_result_integer(struct merit_entry *entry, size_t index, int64_t integer);
void merit_entry_result_text(struct merit_entry *entry, size_t index, struct merit_text text);

/* What the entry did: of an approval, the operation that it carried out; and makes an approval look like that, by who
 * approved it. */
const struct merit_operation *merit_entry_done(const struct merit_entry *entry);
void merit_entry_unwrap(struct merit_entry *entry);

/* Writes "seq":N,"time":N,"day":"...","id":"..." with "belongs_to" behind the day where it has one: the same in the leaf
 * and in replies. It needs room for so many bytes. */
#define MERIT_ENTRY_PLACE_ROOM(entry) ((entry)->id.size + 160)
char *merit_entry_pen_place(char *at, const struct merit_entry *entry);

/* Prints ,"why":{...}, or nothing where there are no reasons: the same in the leaf and in replies. */
void merit_entry_put_why(struct merit_buffer *out, const struct merit_entry *entry);

/* Prints the record. The caller checks out->bad and merit_record_fits. */
void merit_entry_put(struct merit_buffer *out, const struct merit_entry *entry);

/* The leaf of a record is its first so many bytes; the sealed line, without the newline between, is the rest: size 0 when
 * there is none. Whether each line is within MERIT_ENTRY_SIZE_MAX. */
size_t merit_record_leaf_size(const void *record, size_t size);
struct merit_text merit_record_sealed(const void *record, size_t size);
bool merit_record_fits(const void *record, size_t size);

/* Its operation, found without reading the rest of it: nothing before it holds a text of free form. NULL when there is
 * none. */
const struct merit_operation *merit_record_operation(const void *record, size_t size);

/* Appends its leaf, and its sealed line where there is one, as elements of two JSON arrays. */
void merit_record_put(struct merit_buffer *leaves, struct merit_buffer *sealed, const void *record, size_t size);

/* The hash in the tree: of the leaf. */
struct merit_hash merit_record_hash(const void *record, size_t size);

/* Whether the sealed line is the one whose hash the leaf names; where it names none, whether there is none. */
bool merit_record_is_sealed(const void *record, size_t size);

/* The salt of a record's sealed line; false when it has none. */
MERIT_MUST_USE bool merit_record_salt(const void *record, size_t size, uint8_t salt_out[MERIT_SALT_SIZE]);

/* Reads a record; texts are borrowed from its copy in arena, without a NUL behind them. Anything but what merit_entry_put
 * prints is BAD_FORMAT. Returns BAD_FORMAT or NO_MEMORY. role is left at 0. */
MERIT_MUST_USE enum merit_status merit_entry_read(const void *record, size_t size, struct merit_arena *arena,
						  struct merit_entry *entry_out);

/* "member/M/held" and so on. */
void merit_account_put(struct merit_buffer *out, enum merit_account account, struct merit_text holder);

/* The account in a text such as "member/M/held" or "cash": false when it is none. holder_out is borrowed from text. */
MERIT_MUST_USE bool merit_account_read(struct merit_text text, enum merit_account *account_out,
				       struct merit_text *holder_out);

#endif
