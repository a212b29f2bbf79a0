/* camt.h - what of a camt.053 document is read, and what becomes of it. format_camt.c walks the XML and fills these;
 * camt_entry.c makes items of an entry, camt_controls.c controls of a statement.
 *
 * Texts   live until the entry or balance that they belong to ends, in reader.arena.
 * Source  ISO 20022 camt.053.001.02 to .13, message definition reports */
#ifndef MERIT_RECON_CAMT_H
#define MERIT_RECON_CAMT_H

#include "recon/file.h"

/* The leaves that matter. Those of an entry's details stand in a row of their own, one row for each TxDtls. */
enum merit_camt_leaf {
	CAMT_NONE,
	/* Of a balance. */
	CAMT_BALANCE_CODE,
	CAMT_BALANCE_AMOUNT,
	CAMT_BALANCE_SIDE,
	CAMT_BALANCE_DAY,
	/* Of an entry. */
	CAMT_ENTRY_REFERENCE,
	CAMT_ENTRY_AMOUNT,
	CAMT_ENTRY_SIDE,
	CAMT_ENTRY_REVERSAL,
	CAMT_ENTRY_STATUS,
	CAMT_ENTRY_BOOKED_DAY,
	CAMT_ENTRY_BOOKED_TIME,
	CAMT_ENTRY_VALUE_DAY,
	CAMT_ENTRY_VALUE_TIME,
	CAMT_ENTRY_BANK_REFERENCE,
	CAMT_ENTRY_FAMILY,
	CAMT_ENTRY_BATCH,
	CAMT_ENTRY_TEXT,
	/* Of the file and of a statement: what they say of themselves, kept as text until all rows were counted. */
	CAMT_FILE_COUNT,
	CAMT_FILE_SUM,
	CAMT_FROM_TIME,
	CAMT_TO_TIME,
	CAMT_ACCOUNT,
	CAMT_STATEMENT,
	CAMT_ALL_COUNT,
	CAMT_ALL_SUM,
	CAMT_NET_AMOUNT,
	CAMT_NET_SIDE,
	CAMT_CREDITS_COUNT,
	CAMT_CREDITS_SUM,
	CAMT_DEBITS_COUNT,
	CAMT_DEBITS_SUM,
	CAMT_LEAVES_COUNT,
	/* Of a TxDtls, in struct merit_camt_details. */
	CAMT_DETAILS = CAMT_LEAVES_COUNT,
	CAMT_END_TO_END = CAMT_DETAILS,
	CAMT_CREDITOR_REFERENCE,
	CAMT_DETAILS_BANK_REFERENCE,
	CAMT_TRANSACTION,
	CAMT_INSTRUCTION,
	CAMT_PAYMENT,
	CAMT_DETAILS_AMOUNT,
	CAMT_TRANSACTION_AMOUNT,
	CAMT_INSTRUCTED_AMOUNT,
	CAMT_DETAILS_SIDE,
	CAMT_REMITTANCE,
	CAMT_DETAILS_TEXT,
	CAMT_END
};

struct merit_camt_value {
	struct merit_text text; /* trimmed; size 0: not there, or empty */
	size_t offset;          /* of the element in the file, */
	uint64_t line;          /* and its line */
	char currency[4];       /* its attribute Ccy; "" without one of three bytes */
};

struct merit_camt_details {
	struct merit_camt_value values[CAMT_END - CAMT_DETAILS];
	uint64_t line;
};

/* Entries counted and summed: those that are booked, and all. Debits are summed above zero. */
struct merit_camt_totals {
	int64_t count, all_count;
	int64_t credits, all_credits, credits_count, all_credits_count;
	int64_t debits, all_debits, debits_count, all_debits_count;
};

struct merit_camt_balance {
	bool is_known;
	int64_t amount;
	int32_t day; /* MERIT_DAY_NONE: not told */
	uint64_t line;
};

/* A statement's money of one currency. */
struct merit_camt_purse {
	char currency[4];
	bool opening_is_previous; /* PRCD, which OPBD replaces */
	struct merit_camt_balance opening, closing;
	struct merit_camt_balance first_interim, last_interim;
	int64_t net;
};
#define CAMT_PURSES_MAX 16 /* currencies of one statement */

struct merit_camt_reader {
	const char *bytes;
	const struct merit_file_options *options;
	struct merit_file *file;
	struct merit_file_fault *fault;
	enum merit_status status; /* the first that was not OK; nothing is read any more */
	struct merit_arena arena; /* texts of the entry or balance being read */
	struct merit_arena said;  /* texts of the file and the statement being read */
	struct merit_camt_value values[CAMT_LEAVES_COUNT];
	struct merit_camt_details *details;
	size_t details_count, details_capacity;
	uint64_t part_line; /* of the entry or balance being read */
	size_t part_offset;
	size_t statements_count;
	struct merit_camt_purse purses[CAMT_PURSES_MAX];
	size_t purses_count;
	struct merit_camt_totals totals, file_totals; /* of the statement; of the file, without the one being read */
	int64_t transactions_count;                   /* TxDtls of the file; 1 for an entry without */
	char currency[4];                             /* of the file's entries; "*" when there are several */
};

/* Refuses at the byte in place offset; the first fault counts. */
void merit_camt_refuse(struct merit_camt_reader *reader, size_t offset, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void merit_camt_fail(struct merit_camt_reader *reader, enum merit_status status); /* OK changes nothing */

/* An amount with its currency, below zero for side DBIT. False when the file was refused. promised: also when it is not
 * of the currency the caller promises. */
MERIT_MUST_USE bool merit_camt_amount(struct merit_camt_reader *reader, const struct merit_camt_value *amount,
                                      const struct merit_camt_value *side, bool promised, int64_t *minor_out);

/* The day of a date, or of a time in the program's offset. False when the file was refused. */
MERIT_MUST_USE bool merit_camt_day(struct merit_camt_reader *reader, const struct merit_camt_value *value,
                                   int32_t *day_out);

/* The statement's money of a currency; NULL when the file was refused. */
struct merit_camt_purse *merit_camt_purse(struct merit_camt_reader *reader, const char *currency, size_t offset);

void merit_camt_entry_end(struct merit_camt_reader *reader);
void merit_camt_balance_end(struct merit_camt_reader *reader);
void merit_camt_period_end(struct merit_camt_reader *reader);
void merit_camt_statement_end(struct merit_camt_reader *reader);
void merit_camt_file_end(struct merit_camt_reader *reader);

#endif
