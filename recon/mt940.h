/* mt940.h - the parts of reading MT940: format_mt940.c finds the fields in the lines and hands them to
 * mt940_statement.c, which makes items and controls of them. Two fields need reading of their own: an entry (:61:,
 * mt940_entry.c) and what the bank tells of it (:86:, mt940_details.c).
 *
 * Texts   point into the field, or into the buffer where that is said; their bytes are as the file has them.
 * Source  SWIFT Standards, Category 9, MT940; for :86: what Dutch, German and Swiss banks publish of theirs */
#ifndef MERIT_RECON_MT940_H
#define MERIT_RECON_MT940_H

#include "recon/bank.h"

struct merit_mt940_entry {
	int32_t day; /* of booking; the value day where no other is named */
	bool is_debit;
	bool is_reversal;             /* RC or RD: of a credit, which takes it back, or of a debit */
	bool is_expected;             /* EC or ED: not booked yet */
	bool is_charge;               /* of type CHG or COM */
	struct merit_text amount;     /* its digits */
	struct merit_text customer;   /* reference for the account's owner, up to // */
	struct merit_text bank;       /* reference behind // */
	struct merit_text supplement; /* what follows on the next line */
};

/* Reads the content of :61:. False with a reason and the place of the fault in the field. */
MERIT_MUST_USE bool merit_mt940_entry_read(struct merit_text field, struct merit_mt940_entry *entry_out,
                                           const char **why_out, size_t *place_out);

/* Six digits YYMMDD: 1980 to 2079. False for a day that does not exist. */
MERIT_MUST_USE bool merit_mt940_day_read(const char *digits, int32_t *day_out);

struct merit_mt940_details {
	struct merit_text end_to_end; /* EREF */
	struct merit_text customer;   /* KREF, which banks abroad call PREF */
	struct merit_text mandate;    /* MREF, MARF */
	struct merit_text remittance; /* for people */
};

/* Reads the content of one or several :86: fields, their lines parted by \n. Texts that are not there are empty; those
 * found point into buffer, which this fills. False when it runs out of memory. */
MERIT_MUST_USE bool merit_mt940_details_read(struct merit_text field, struct merit_buffer *buffer,
                                             struct merit_mt940_details *details_out);

struct merit_mt940_balance {
	bool is_known, is_page; /* page: intermediate, M */
	int64_t amount;
	int32_t day;
	uint64_t line;
};

/* Counts and sums a statement states of itself (:90D:, :90C:). */
struct merit_mt940_summary {
	bool is_known;
	int64_t count, sum;
	uint64_t line;
};

struct merit_mt940_reader {
	const char *bytes;
	size_t size;
	const struct merit_file_options *options;
	struct merit_file *file;
	struct merit_file_fault *fault;
	bool is_latin1, no_memory;
	/* The field being read. */
	struct merit_text tag;   /* size 0: outside of fields */
	const char *field_start; /* of its content */
	uint64_t field_line;
	/* The statement being read. */
	struct merit_text account, number;
	char currency[4];
	struct merit_mt940_balance opening, closing;
	int64_t debits_sum, credits_sum; /* both above zero */
	int64_t debits_count, credits_count;
	struct merit_mt940_summary debits, credits;
	/* The page before, when it said that it goes on. */
	struct merit_mt940_balance page;
	struct merit_text page_account, page_number;
	/* The entry being read: its :86: may follow. */
	bool has_entry;
	struct merit_mt940_entry entry;
	int64_t entry_amount;
	uint64_t entry_line;
	struct merit_buffer told; /* its :86: fields, a line break between them */
	struct merit_buffer scratch;
};

/* Refuses at a byte of the file. */
#define MERIT_MT940_REFUSE(reader, at, ...)                                                                            \
	merit_bank_refuse((reader)->bytes, (size_t)((at) - (reader)->bytes), (reader)->fault, __VA_ARGS__)

#define MERIT_MT940_INTERIM "MT942, a report within the day: ask the bank for MT940"

/* Whether a tag, such as 62F, is one that is read. */
bool merit_mt940_is_field(struct merit_text tag);

/* Takes in the field reader.tag, if it is one that is read; its content ends where the field does, blanks cut off. */
MERIT_MUST_USE enum merit_status merit_mt940_field(struct merit_mt940_reader *reader, struct merit_text content);

/* Ends the statement that was begun, if any. */
MERIT_MUST_USE enum merit_status merit_mt940_statement_end(struct merit_mt940_reader *reader);

#endif
