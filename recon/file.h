/* file.h - somebody else's file as items: what a merchant, a platform or a bank says happened.
 *
 * Formats  csv by a mapping (recon/mapping.h); camt.053 and MT940 statements; wechat, alipay, cmb, icbc, hsbchk, jd: the
 *          exports people download, each a built-in mapping. What a file is, is found out by looking at it, or told; one
 *          that is none of these is refused by name.
 * First    the reader compares what the file says of itself (opening + lines = closing, counts, sums) with its rows. A
 *          file that says nothing has no controls, which is reported and is no fault.
 * Signs    amounts are minor units of the item's currency, or points. Of money that moves at a bank: above zero in, below
 *          zero out. Of a merchant's file: above zero what was supplied, below what was given back.
 * Days     in the program's offset. A time without a zone is taken for the program's own.
 * Faults   are of the whole file, with line and column, and then nothing of it is used; where a mapping lists unreadable
 *          rows they are items of that kind instead.
 * Never    guesses: a decimal comma where the mapping does not say so, more digits than the currency has, two currencies
 *          where one is promised, bytes that are not of the encoding. */
#ifndef MERIT_RECON_FILE_H
#define MERIT_RECON_FILE_H

#include "ledger/arena.h"
#include "ledger/hash.h"
#include "ledger/value.h"

#define MERIT_FILE_SIZE_MAX (1LL << 30) /* bytes: it is read whole */

enum merit_item_kind {
	MERIT_ITEM_PAYMENT, /* sale, deposit, transfer: the usual */
	MERIT_ITEM_REFUND,
	MERIT_ITEM_FEE,
	MERIT_ITEM_UNREADABLE, /* of theirs only: a row that says something nobody can read; text holds the reason */
};

/* One row of a file, or one thing of ours. Texts are borrowed from whoever holds the items. */
struct merit_recon_item {
	struct merit_text reference; /* what both sides know it by; empty: nothing */
	struct merit_text group;     /* what several rows share: an order, a payout; empty: nothing */
	struct merit_text status;    /* a word of ours, by the mapping: "done", "refunded", "open"; empty: not told */
	struct merit_text text;      /* for people; never goes into the log */
	struct merit_text carried;   /* the name of the open break it was before; empty: new */
	int64_t amount;
	int64_t fee;                 /* what the row says was kept back from amount; 0: nothing */
	uint64_t line;               /* theirs: of the file, from 1; ours: the entry's seq */
	int32_t place;               /* ours: which of the entry's parts: an order's line, or 0 */
	int32_t day;
	int32_t first_day;           /* when it was first seen unmatched; day when new */
	char currency[4];            /* "" = points */
	uint8_t kind;                /* enum merit_item_kind */
	bool is_late;                /* ours: of days before the run's, booked behind the run that covers them */
};

/* A row that is no item, and why: a closed order nobody paid, a heading. */
struct merit_file_skip {
	uint64_t line;
	const char *why;        /* a literal, or in the arena */
	struct merit_text text; /* the beginning of the row */
};

enum merit_control_kind {
	MERIT_CONTROL_COUNT,
	MERIT_CONTROL_SUM,
	MERIT_CONTROL_CLOSING,  /* computed is opening and the lines */
	MERIT_CONTROL_UNCLOSED, /* there is an opening and no closing balance: it never agrees */
	MERIT_CONTROL_UNOPENED, /* a closing and no opening one: neither does it */
};

/* Something the file says of itself. */
struct merit_file_control {
	const char *what; /* "closing balance", "count of rows", "sum of credits" */
	int64_t opening;  /* of CLOSING and UNCLOSED */
	int64_t stated, computed;
	char currency[4]; /* "" = a count, or points */
	uint64_t line;
	uint8_t kind; /* enum merit_control_kind */
};

/* A statement of a bank: whose it is, and what it opens and closes with in one currency. Pages are statements. */
struct merit_file_balance {
	struct merit_text account; /* as the bank writes it: an IBAN, or its own number; empty: not told */
	struct merit_text number;  /* of the statement; empty: not told */
	char currency[4];          /* "" where it names none */
	bool has_opening, has_closing;
	int64_t opening, closing;  /* 0 where it has none */
	int32_t last_day;          /* of the closing balance; MERIT_DAY_NONE: not told */
	uint64_t line;             /* of the closing balance, or else the opening one; 0: it has neither */
};

struct merit_file {
	const char *format;      /* "camt.053" */
	struct merit_hash hash;  /* SHA-256 of its bytes as they are */
	struct merit_recon_item *items;
	size_t items_count, items_capacity;
	struct merit_file_skip *skips;
	size_t skips_count, skips_capacity;
	struct merit_file_control *controls;
	size_t controls_count, controls_capacity;
	struct merit_file_balance *balances; /* of bank statements, in their order */
	size_t balances_count, balances_capacity;
	int32_t first_day, last_day; /* of its items, or what it says it covers; MERIT_DAY_NONE when it has none */
	struct merit_arena arena;
};

/* What is wrong with a file, or with one of ours (a mapping, a rules file). */
struct merit_file_fault {
	uint64_t line, column; /* from 1; column in bytes, 0 = the whole line; line 0 = the whole file */
	char why[200];         /* a sentence without the place */
};

struct merit_mapping_file; /* recon/mapping.h */

struct merit_file_options {
	const char *format; /* NULL: found out */
	const struct merit_mapping_file *mapping; /* of format csv; NULL otherwise */
	int32_t offset_minutes;
	char currency[4]; /* what the source promises; "" = whatever the file says. Another one, of a row or of a stated
			   * balance, is a fault */
};

/* Reads it whole. On OK the file is the caller's, to be freed; its controls may still fail: merit_file_check.
 * Returns BAD_FORMAT with the fault set; NOT_FOUND or IO_FAILED (the fault says which), NO_MEMORY */
MERIT_MUST_USE enum merit_status merit_file_read(const char *path, const struct merit_file_options *options,
						 struct merit_file *file_out, struct merit_file_fault *fault_out);

/* The same of bytes in memory; what readers implement, and fuzzing calls. */
MERIT_MUST_USE enum merit_status merit_file_parse(const void *bytes, size_t size,
						  const struct merit_file_options *options, struct merit_file *file_out,
						  struct merit_file_fault *fault_out);

/* Whether every control agrees; else false with the first that does not as a fault. */
bool merit_file_check(const struct merit_file *file, struct merit_file_fault *fault_out);

void merit_file_free(struct merit_file *file);

/* ---- For readers ---- */

#define MERIT_FILE_LIKENESS_MAX 100 /* it is this format */

/* A reader: how much the first bytes look like its format, and the parsing. In recon/file.c the table of them. A file is
 * taken for what it is most like, so that one that misses a column is told which. */
struct merit_file_format {
	const char *name;  /* "mt940" */
	const char *about; /* for help */
	unsigned (*looks)(const char *bytes, size_t size); /* 0 to MERIT_FILE_LIKENESS_MAX */
	enum merit_status (*parse)(const char *bytes, size_t size, const struct merit_file_options *options,
				   struct merit_file *file, struct merit_file_fault *fault);
};
const struct merit_file_format *merit_file_format_at(size_t index);

/* A zeroed item, skip, control or balance at the end of its list; NULL without memory. */
struct merit_recon_item *merit_file_add_item(struct merit_file *file);
struct merit_file_skip *merit_file_add_skip(struct merit_file *file);
struct merit_file_control *merit_file_add_control(struct merit_file *file);
struct merit_file_balance *merit_file_add_balance(struct merit_file *file);

/* Copies text into the file's arena; size 0 in one that is empty on failure too, and then *no_memory is set. */
struct merit_text merit_file_keep(struct merit_file *file, const char *text, size_t size, bool *no_memory);

/* Sets the fault and returns BAD_FORMAT. */
enum merit_status merit_file_refuse(struct merit_file_fault *fault, uint64_t line, uint64_t column, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Minor units of a decimal text: digits, at most one decimal mark and at most as many digits behind it as the currency
 * has (ledger/currency.h); thousands, where that is not 0, between groups of three. A sign in front. No exponent, no
 * blank. False with a reason (a literal). */
MERIT_MUST_USE bool merit_decimal_parse(const char *text, size_t size, char mark, char thousands, unsigned digits,
					int64_t *minor_out, const char **why_out);

/* readers */
extern const struct merit_file_format merit_format_camt053, merit_format_mt940, merit_format_csv;
extern const struct merit_file_format merit_format_wechat, merit_format_alipay, merit_format_cmb, merit_format_icbc,
	merit_format_hsbchk, merit_format_jd;

#endif
