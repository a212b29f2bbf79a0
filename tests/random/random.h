/* random.h - operations by chance, run through the ledger and the model alike.
 *
 * A step is one number: all that happens in it is drawn from that and from what the model holds. So a story is a seed,
 * and one with steps left out is still a story: that is how a long one that fails is made short. Many calls are wrong
 * on purpose. The model says first what the outcome must be. */
#ifndef MERIT_TESTS_RANDOM_RANDOM_H
#define MERIT_TESTS_RANDOM_RANDOM_H

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ledger/op_common.h"
#include "tests/model/model.h"
#include "tests/support/fixture.h"

/* X(NAME, "name", share of all steps, function) */
#define RANDOM_KINDS(X)                                                                                                \
	X(FUND, "fund", 4, random_fund)                                                                                \
	X(RULE, "rule", 3, random_rule)                                                                                \
	X(SPONSOR_CAP, "sponsor cap", 1, random_sponsor_cap)                                                           \
	X(TERMS, "terms", 2, random_terms)                                                                             \
	X(ELIGIBILITY, "eligibility", 2, random_eligibility)                                                           \
	X(EARN, "earn", 40, random_earn)                                                                               \
	X(EARN_REVIEW, "earn review", 7, random_earn_review)                                                           \
	X(REVERSE, "reverse", 6, random_reverse)                                                                       \
	X(RECORD, "record", 10, random_record)                                                                         \
	X(RELEASE, "release", 6, random_release)                                                                       \
	X(MEMBER, "member", 3, random_member_create)                                                                   \
	X(TAG, "tag", 3, random_tag)                                                                                   \
	X(TIER, "tier", 1, random_tier)                                                                                \
	X(MEMBER_TIER, "member tier", 1, random_member_tier)                                                           \
	X(FREEZE, "freeze", 3, random_freeze)                                                                          \
	X(CLOSE, "close", 2, random_close)                                                                             \
	X(OPENING, "opening", 3, random_opening)                                                                       \
	X(PLACE, "place", 20, random_place)                                                                            \
	X(FULFIL_, "fulfil", 9, random_fulfil)                                                                         \
	X(CANCEL_, "cancel", 6, random_cancel)                                                                         \
	X(REFUND_, "refund", 7, random_refund)                                                                         \
	X(RECEIVE_, "receive", 3, random_receive)                                                                      \
	X(REQUEST_, "request", 5, random_request)                                                                      \
	X(DECLINE_, "decline", 3, random_decline)                                                                      \
	X(ITEM, "item", 4, random_item)                                                                                \
	X(CODES_, "codes", 6, random_codes)                                                                            \
	X(TRANSFER, "transfer", 8, random_transfer)                                                                    \
	X(CREDIT_, "credit", 2, random_credit)                                                                         \
	X(MERCHANT_TERMS, "merchant's terms", 2, random_merchant_terms)                                                \
	X(ADJUST_POINTS, "adjustment of points", 4, random_adjust_points)                                              \
	X(ADJUST_DEBT, "adjustment of a debt", 3, random_adjust_debt)                                                  \
	X(ADJUST_MONEY, "adjustment of money", 4, random_adjust_money)                                                 \
	X(SETTLE, "settlement", 7, random_settle)                                                                      \
	X(ISSUE, "issue", 5, random_issue)                                                                             \
	X(CONFIRM, "confirmation", 3, random_confirm)                                                                  \
	X(DISPUTE_, "dispute", 2, random_dispute)                                                                      \
	X(PAY, "payment", 7, random_pay)                                                                               \
	X(PERIOD_CLOSE, "closing of a period", 6, random_period_close)                                                 \
	X(PERIOD_REOPEN, "reopening of a period", 1, random_period_reopen)

#define X(name, text, share, function) KIND_##name,
enum kind { RANDOM_KINDS(X) KINDS };
#undef X

#define X(name, text, share, function) void function(struct fixture *f);
RANDOM_KINDS(X)
#undef X

/* ---- Chance ---- */

void chance_seed(uint64_t number);
uint64_t chance(uint64_t below);
bool chance_one_in(uint64_t count);
int64_t chance_between(int64_t least, int64_t most);
int random_member(void); /* mostly one of the last to come, active; now and then one that is not there */
int64_t random_occurred_ms(void);

/* ---- Steps ---- */

/* What became of a run so far. */
struct run {
	bool is_loud;   /* every call is printed */
	enum kind kind; /* of the step at hand */
	int last_referrer;
	unsigned accepted[KINDS];   /* a story in which nothing is accepted proves nothing */
	unsigned reversed_late;     /* of the reversals, those of points that were dead */
	unsigned matured, rewarded; /* awards whose delay ended; referrals that were paid */
	int32_t day;                /* that the next accepted entry is of, where it is not today */
	unsigned moved;             /* entries of a closed period, dated behind it */
	unsigned paid_to, paid_by;  /* payments to merchants, and by sponsors */
	unsigned carried, reopened; /* settlements that carry something; months opened again */
	unsigned kept;              /* pasts to ask for */
};
extern struct run run;

/* One call, with ' in its parameters as ". Ends the test when the outcome is not the one the model wants. Whether it
 * was accepted. */
bool random_call(struct fixture *f, enum merit_status want, const char *kid, const char *method, const char *format,
                 ...) __attribute__((format(printf, 5, 6)));
/* The next call of an entry that is not of today. */
void random_of_day(int32_t day);
/* The same for a call that one party asks for, and another carries out. */
bool random_agree(struct fixture *f, enum merit_status want, const char *by, const char *other, const char *method,
                  const char *format, ...) __attribute__((format(printf, 6, 7)));
/* Appends to a text of fixed size; a day, as ,"name":"YYYY-MM-DD". */
void random_put(char *text, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
void random_put_day(char *text, size_t size, const char *name, int32_t day);
/* A day to date something: mostly a day before, now and then a coming one. NO_DAY: none is asked for. */
int32_t random_day(void);
extern const char *const random_currencies[CURRENCIES];
const char *random_party(enum party party);
const char *random_kind_name(enum kind kind);

/* The ledger of a run: the model's campaigns, items and first members; the policy is the model's. */
struct fixture *random_world(void);
void random_step(struct fixture *f, uint64_t number);
void random_wait(struct fixture *f, int64_t wait_ms); /* in a step: lets time pass, unseen by the ledger */
/* Lets time pass, ends all that can still be ended, and finds nothing left of it. */
void random_end(struct fixture *f);

/* Ends the test where the ledger and the model differ. */
void random_compare(struct fixture *f);
void random_compare_money(struct fixture *f);
void random_lines_equal(struct fixture *f, int settlement);

/* Balances in money by account, holder and currency, as dated. */
#define MONEY_PLACES (ACCOUNTS * 2 * CURRENCIES)
void random_money(int32_t day, int64_t money_out[MONEY_PLACES]);

/* Keeps what stands where behind the newest entry; asks for some past, and ends the test where it differs from what was
 * kept, or from what the model has as dated. */
void random_remember(struct fixture *f);
void random_compare_past(struct fixture *f);
/* What the ledger says a member had at a day's end, or will have if nothing is done: from available on to its debts. */
void random_as_dated(struct fixture *f, int member, int32_t day, char *text, size_t size);
void random_equal(const char *what, const char *name, int64_t got, int64_t want);
struct merit_text random_name(char name[16], char letter, int place);

#endif
