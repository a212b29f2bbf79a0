/* export_inner.h - what the exports' files share. For report/export*.c only.
 *
 *   export.c            the passes over the entries, accounts and their sums
 *   export_hledger.c    a journal of hledger's
 *   export_beancount.c  a journal of beancount's
 *   export_json.c       a line of JSON an entry
 *   export_payout.c     settlements with something left to pay */
#ifndef MERIT_REPORT_EXPORT_INNER_H
#define MERIT_REPORT_EXPORT_INNER_H

#include "ledger/calendar.h"
#include "report/export.h"
#include "report/index.h"

/* An account that some entry moves. */
struct merit_export_account {
	enum merit_account account;
	struct merit_text holder, currency; /* currency empty: points */
	int64_t opening, closing;           /* before the first exported entry, and behind the last */
};

struct merit_export_job {
	struct merit_journal *journal;
	const struct merit_report_options *options;
	FILE *file;
	struct merit_buffer text; /* goes to file when it is large, and at the end */
	struct merit_arena arena;
	struct merit_index accounts;    /* of struct merit_export_account, in order once collected */
	struct merit_index currencies;  /* of struct merit_text, in order; of points none */
	struct merit_index settlements; /* of export_payout.c */
	int32_t first_day, last_day;    /* of what is exported; first_day is NEVER where there is nothing */
	bool has_opening;               /* some account was not at 0 before the period */
	bool no_memory;                 /* a put below found none */
};

/* One form. Parts that are NULL are left out. Texts go to job->text. */
struct merit_export_kind {
	const char *word;
	bool needs_accounts; /* a pass before: accounts, currencies and days are there from begin on */
	bool takes_all;      /* put is given every accepted entry of any day, not just the movement's with postings */
	void (*begin)(struct merit_export_job *job);
	void (*put)(struct merit_export_job *job, const struct merit_entry *entry);
	void (*end)(struct merit_export_job *job);
};

extern const struct merit_export_kind merit_export_hledger, merit_export_beancount, merit_export_json,
	merit_export_payout;

/* ---- export.c ---- */

const struct merit_export_account *merit_export_account_at(const struct merit_export_job *job, size_t place);

/* Whether the account before it in order is the same in another currency. */
bool merit_export_is_again(const struct merit_export_job *job, size_t place);

/* A day, a text, "party/key", and an amount as plain digits with its unit behind: 100 POINTS, 12.00 CNY. */
void merit_export_put_day(struct merit_buffer *out, int32_t day);
void merit_export_put_text(struct merit_buffer *out, struct merit_text text);
void merit_export_put_by(struct merit_buffer *out, const struct merit_entry *entry);
void merit_export_put_amount(struct merit_buffer *out, int64_t amount, struct merit_text currency);

#endif
