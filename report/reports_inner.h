/* reports_inner.h - the rows of the table of reports, each in a file of its own; and what several of them share. */
#ifndef MERIT_REPORT_REPORTS_INNER_H
#define MERIT_REPORT_REPORTS_INNER_H

#include "report/index.h"
#include "report/report.h"

extern const struct merit_report_kind merit_report_trial_balance; /* trial_balance.c */
extern const struct merit_report_kind merit_report_liability;     /* liability.c */
extern const struct merit_report_kind merit_report_lots;          /* lots.c */
extern const struct merit_report_kind merit_report_campaigns;     /* campaigns.c */
extern const struct merit_report_kind merit_report_statement;     /* statement.c */
extern const struct merit_report_kind merit_report_member;        /* member_statement.c */
extern const struct merit_report_kind merit_report_disclosure;    /* disclosure.c */
extern const struct merit_report_kind merit_report_tax;           /* tax.c */
extern const struct merit_report_kind merit_report_reconciliation; /* reconciliation.c */

#endif
