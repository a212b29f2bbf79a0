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
#define RANDOM_KINDS(X)                                      \
	X(FUND, "fund", 4, random_fund)                      \
	X(RULE, "rule", 3, random_rule)                      \
	X(SPONSOR_CAP, "sponsor cap", 1, random_sponsor_cap) \
	X(TERMS, "terms", 2, random_terms)                   \
	X(ELIGIBILITY, "eligibility", 2, random_eligibility) \
	X(EARN, "earn", 40, random_earn)                     \
	X(EARN_REVIEW, "earn review", 7, random_earn_review) \
	X(REVERSE, "reverse", 6, random_reverse)             \
	X(RECORD, "record", 10, random_record)                \
	X(RELEASE, "release", 6, random_release)             \
	X(MEMBER, "member", 3, random_member_create)         \
	X(TAG, "tag", 3, random_tag)                         \
	X(TIER, "tier", 1, random_tier)                      \
	X(MEMBER_TIER, "member tier", 1, random_member_tier) \
	X(FREEZE, "freeze", 3, random_freeze)                \
	X(CLOSE, "close", 2, random_close)                   \
	X(OPENING, "opening", 3, random_opening)             \
	X(PLACE, "place", 20, random_place)                  \
	X(FULFIL_, "fulfil", 9, random_fulfil)               \
	X(CANCEL_, "cancel", 6, random_cancel)               \
	X(REFUND_, "refund", 7, random_refund)               \
	X(RECEIVE_, "receive", 3, random_receive)            \
	X(REQUEST_, "request", 5, random_request)            \
	X(DECLINE_, "decline", 3, random_decline)            \
	X(ITEM, "item", 4, random_item)                      \
	X(CODES_, "codes", 6, random_codes)

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
int random_member(void); /* mostly one of the last to come, active; now and then one that is not there */
int64_t random_occurred_ms(void);

/* ---- Steps ---- */

/* What became of a run so far. */
struct run {
	bool is_loud; /* every call is printed */
	enum kind kind; /* of the step at hand */
	int last_referrer;
	unsigned accepted[KINDS]; /* a story in which nothing is accepted proves nothing */
	unsigned reversed_late; /* of the reversals, those of points that were dead */
	unsigned matured, rewarded; /* awards whose delay ended; referrals that were paid */
};
extern struct run run;

/* One call, with ' in its parameters as ". Ends the test when the outcome is not the one the model wants. Whether it
 * was accepted. */
bool random_call(struct fixture *f, enum merit_status want, const char *kid, const char *method, const char *format,
                 ...) __attribute__((format(printf, 5, 6)));
const char *random_party(enum party party);
const char *random_kind_name(enum kind kind);

/* The ledger of a run: the model's campaigns, items and first members; the policy is the model's. */
struct fixture *random_world(void);
void random_step(struct fixture *f, uint64_t number);
/* Lets time pass, ends all that can still be ended, and finds nothing left of it. */
void random_end(struct fixture *f);

/* Ends the test where the ledger and the model differ. */
void random_compare(struct fixture *f);

#endif
