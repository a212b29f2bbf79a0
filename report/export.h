/* export.h - the books in other programs' forms: journals for hledger and beancount, JSON lines, payments to be made.
 *
 * What     accepted entries that have postings, in their order; of an approval what it carried out. Refusals never.
 * Which    as for reports (report/report.h): the entries before options.size; with a period those dated in it, and what
 *          was before as one transaction of opening balances. Both journals end by asserting every account's balance.
 * Bytes    the same entries make the same bytes, for ever: no clock, no locale, no floats. Money is printed in its
 *          currency, with its digits; points as the commodity POINTS, whole.
 * Names    each of our accounts has one name there, and no two share one:
 *
 *   ours                hledger                      beancount
 *   sponsor/S           points:sponsor:S             Equity:Points:Sponsor:S
 *   campaign/C          points:campaign:C            Assets:Points:Campaign:C
 *   member/M            points:member:M:available    Assets:Points:Member:M:Available
 *   member/M/pending    points:member:M:pending      Assets:Points:Member:M:Pending
 *   member/M/held       points:member:M:held         Assets:Points:Member:M:Held
 *   member/M/debt       points:member:M:debt         Liabilities:Points:Member:M:Debt
 *   redeemed/X          points:redeemed:X            Expenses:Points:Redeemed:X
 *   expired/C           points:expired:C             Expenses:Points:Expired:C
 *   writeoff/C          points:writeoff:C            Income:Points:Writeoff:C
 *   sponsor/S in money  money:sponsor:S              Liabilities:Sponsor:S
 *   merchant/X          money:merchant:X             Liabilities:Merchant:X
 *   cash                money:cash                   Assets:Cash
 *   margin              money:margin                 Income:Margin
 *   breakage            money:breakage               Income:Breakage
 *   expense/marketing   money:marketing              Expenses:Marketing
 *   opening             money:opening                Equity:Opening
 *
 *   hledger    a colon in a name is %3A: it would begin a sub-account. All else a name may hold stands for itself.
 *   beancount  takes letters, digits and dashes, and a capital or digit first. So - . _ : become -- -d -u -c; a name
 *              that begins with a small letter begins with its capital and ends in -l; one that begins with a sign has
 *              an X in front and ends in -x. No other -l or -x occurs, so each can be read back.
 *
 * Threads  one at a time. */
#ifndef MERIT_REPORT_EXPORT_H
#define MERIT_REPORT_EXPORT_H

#include <stdio.h>

#include "report/report.h"

enum merit_export_form {
	MERIT_EXPORT_HLEDGER,
	MERIT_EXPORT_BEANCOUNT,
	MERIT_EXPORT_JSON,   /* a line an entry: report/export_json.c */
	MERIT_EXPORT_PAYOUT, /* CSV, a line a settlement that is issued or confirmed and leaves a merchant something to
	                      * be paid; disputed ones wait. Of a period: those with their cutoff in it */
	MERIT_EXPORT_COUNT
};

/* "hledger" and so on, and its form; false when there is none of this name. */
const char *merit_export_word(enum merit_export_form form);
MERIT_MUST_USE bool merit_export_named(const char *word, enum merit_export_form *form_out);

/* Writes the entries of journal in a form. Of options first_day, last_day and size count.
 *
 * progress  may be NULL; told of the second pass, where there are two
 * Returns   IO_FAILED when file takes no more, and what merit_journal_each does */
MERIT_MUST_USE enum merit_status merit_export(struct merit_journal *journal, enum merit_export_form form,
					      const struct merit_report_options *options,
					      const struct merit_journal_progress *progress, FILE *file);

/* Appends our account's name there. is_money: sponsor/S exists in both. */
void merit_export_put_hledger(struct merit_buffer *out, enum merit_account account, struct merit_text holder,
			      bool is_money);
void merit_export_put_beancount(struct merit_buffer *out, enum merit_account account, struct merit_text holder,
				bool is_money);

#endif
