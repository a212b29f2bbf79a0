/* model.h - where every point is and what is promised, kept a second time and as plainly as can be.
 *
 * It shares nothing with the ledger but names of statuses: its own calendar, lots, debts, counts, orders, referrals.
 * Nothing is looked up that can be searched, nothing counted that can be added again. What it decides, it decides from
 * the text of the design. It never calls the ledger. One model, in one program; times are Unix milliseconds, days are
 * days since 1970-01-01. People, campaigns and things are known by their place here: m0, c0, e0, i0 and so on in the
 * ledger. */
#ifndef MERIT_TESTS_MODEL_MODEL_H
#define MERIT_TESTS_MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ledger/status.h"

#define MEMBERS     48 /* the most; they come one by one */
#define SPONSORS    2
#define CAMPAIGNS   5
#define EVENTS      3
#define TAGS        3
#define TIERS       3
#define MERCHANTS   2
#define ITEMS       8
#define CODES       512
#define ORDERS      2048
#define LINES       3
#define PARTS       128
#define LOTS        180 /* below what a member may have: limits_test.c has that */
#define AWARDS      4096
#define REFERENCES  64
#define EVIDENCES   64
#define CURRENCIES  2
#define YEARS       64
#define POSTINGS    32768
#define SETTLEMENTS 2048
#define CHANGES     131072
#define FIRST_YEAR  2026

#define MONEY_MOST  ((1LL << 52) - 1) /* that a call may bring an account to, either side of 0 */

#define NEVER       INT32_MAX
#define NO_DAY      INT32_MIN

/* What a program sets; the same for every run but the policy. */
#define LATE_DAYS   20
#define GRACE_DAYS  9
#define DAY_MS      86400000LL
#define HOLD_MS     (8 * 3600000LL)
#define RECEIVE_MS  (5 * DAY_MS)
#define OFFSET_MS   (8 * 3600000LL)

enum policy { RESTORE, GRACE, FORFEIT, POLICIES };
enum period { DAY, MONTH, YEAR, LIFETIME, PERIODS };
enum award_state { AVAILABLE, REVIEW, MATURING, REJECTED, REVERSED };
enum referral_state { NOBODY, RECORDED, FLAGGED, PAID, TURNED_DOWN };
enum class { GOODS, CODE, SERVICE, CASH, MEDICINE, CLASSES };
enum evidence { NONE, REQUIRED, UNIQUE };
enum party { SVC, OPS, FIN };
enum verb { FULFIL, CANCEL, REFUND, RECEIVE, REQUEST, DECLINE };
/* Accounts in money; of all parties together, or of one each. */
enum account { OF_SPONSOR, OF_MERCHANT, IN_CASH, MARGIN, BREAKAGE, MARKETING, OPENING, ACCOUNTS };
enum stand { OPENED, ISSUED, CONFIRMED, IN_DISPUTE, SETTLED };

struct lot {
	int campaign;
	int32_t day;
	int64_t available, held;
};

/* Bits of what a rule counts: by period, then these. */
#define COUNTS_REFERENCE (1u << PERIODS)
#define COUNTS_EVENT     (1u << (PERIODS + 1))

struct multiplier {
	bool is_tag;
	int name;
	int64_t basis_points;
};

struct rule {
	int version; /* 0 = there is none */
	int64_t points, maximum, minimum;
	enum evidence evidence;
	int delay_days, multipliers_count;
	bool review, clip;
	int64_t caps[PERIODS], quotas[PERIODS], quota_reference, quota_event;
	struct multiplier multipliers[2];
	unsigned counted; /* what this version or one before it limits */
};

struct terms {
	int version, event, window_days; /* window -1 = any */
	int64_t referrer_points, referee_points, flag_day, caps[PERIODS];
	unsigned counted;
};

struct eligibility {
	bool is_set, is_allowed;
	int tag, tier; /* -1 = of any member */
};

struct campaign {
	/* Promised for ever. */
	int sponsor, currency, months;
	bool is_rounded, to_sponsor, from_available;
	int64_t value_minor, value_points;
	int32_t starts, ends;
	/* As it stands. */
	int64_t budget, expired, granted, redeemed, written_off;
	bool is_closed;
	struct rule rules[EVENTS];
	struct terms terms;
	struct eligibility eligibility[CLASSES];
};

/* A reward somebody got for a referral, so that it can be counted. */
struct reward {
	int campaign;
	int32_t day;
	int64_t points;
	unsigned counted;
};

struct member {
	bool is_frozen, is_closed, tags[TAGS];
	int tier; /* given by an operator; -1 = by points earned */
	struct lot lots[LOTS];
	int lots_count;
	int64_t debt[CAMPAIGNS], pending[CAMPAIGNS];
	int64_t earned[YEARS];                      /* what became available, by the year it is for */
	int64_t money[SPONSORS][CURRENCIES][YEARS]; /* millionths promised since there is a cap */
	bool opened[CAMPAIGNS][REFERENCES];
	/* As a referee. */
	int referrer, referral_campaign;
	enum referral_state referral;
	bool qualified, due;
	enum party recorded_by;
	int64_t referred_ms;
	uint64_t recorded_seq;
	/* As a referrer. */
	struct reward rewards[MEMBERS];
	int rewards_count;
};

struct award {
	uint64_t seq;
	int member, campaign, event, reference, evidence; /* evidence -1 = none */
	int64_t points, occurred_ms, due_ms;              /* due 0 = never waits for the calendar */
	int64_t worth;                                    /* millionths that were counted for the sponsor's cap */
	int32_t day;                                      /* last day, once available */
	enum award_state state;
	bool is_reversed;
	enum party by;
	unsigned counted;
};

struct item {
	/* For ever. */
	enum class class_;
	int merchant, currency;
	/* As it stands. */
	bool is_offered;
	int version;
	bool wants_recipient;
	int64_t points, price, stock, reserved, limits[PERIODS];
	unsigned counted; /* periods that were ever limited */
};

struct code {
	int item;
	bool is_given;
};

struct line {
	int item;
	int64_t points, price, quantity, held, fulfilled, received, refunded, requested;
	unsigned counted; /* as the item's when it was placed */
	int32_t due;      /* the latest day on which a receipt makes something of it due; NO_DAY before the first */
};

/* Points of one lot that pay for one line. */
struct part {
	int line, campaign;
	int32_t day;
	int64_t held, captured;
};

struct order {
	int member, lines_count, parts_count; /* lines 0: cancelled before it came */
	int64_t placed_ms, deadline_ms, shipped_ms;
	struct line lines[LINES];
	struct part parts[PARTS];
};

/* One movement of money, debit above zero. */
struct posting {
	enum account account;
	int holder, currency;
	int order, line; /* of a merchant's sale or refund; -1 = of none */
	int64_t amount;
	int32_t day;
	int32_t due;    /* when it may be settled; NEVER while it waits for receipt */
	int settlement; /* that took it */
};

/* Postings that are in no settlement: not yet, or never, as what pays one. */
enum { UNSETTLED = -1, PAYMENT = -2 };

/* Amounts as the party sees them. */
struct settlement {
	bool is_merchant;
	int party, currency;
	int32_t cutoff;
	enum stand stand;
	int64_t lines, sum, carried, paid;
};

/* What accounts in points hold: of each campaign by kind, of each member available, pending, held, owed. */
enum total {
	TOTAL_GRANTED,
	TOTAL_BUDGET,
	TOTAL_AVAILABLE,
	TOTAL_PENDING,
	TOTAL_HELD,
	TOTAL_DEBT,
	TOTAL_REDEEMED,
	TOTAL_EXPIRED,
	TOTAL_WRITTEN_OFF,
	TOTALS
};
struct totals {
	int64_t campaigns[CAMPAIGNS][TOTALS]; /* with their signs: a campaign's sum to 0 */
	int64_t members[MEMBERS][4];
};

/* One of these numbers, changed by entries of a day. */
struct change {
	int32_t day;
	int place;
	int64_t by;
};

struct model {
	enum policy policy;
	int platform; /* the sponsor that is the platform itself; -1 = none is */
	int64_t now_ms;
	/* The entry at hand: the day it is dated, and what had expired before it. */
	int32_t day;
	int64_t expired_before[CAMPAIGNS];
	int32_t first_day;      /* the earliest on which anything is dated */
	int32_t closed_through; /* NO_DAY: no period is closed */
	struct posting postings[POSTINGS];
	int postings_count;
	int64_t credit[SPONSORS][CURRENCIES];
	int references[SPONSORS][CURRENCIES], merchant_references[MERCHANTS][CURRENCIES]; /* of banks, used so far */
	int settle_days[MERCHANTS];
	struct settlement settlements[SETTLEMENTS];
	int settlements_count;
	struct change changes[CHANGES];
	int changes_count;
	struct totals booked; /* what the changes come to */
	struct member members[MEMBERS];
	int members_count;
	struct campaign campaigns[CAMPAIGNS];
	int64_t redeemed[MERCHANTS];
	struct {
		bool is_set;   /* ever: then money is counted */
		int64_t minor; /* 0 = any */
	} caps[SPONSORS][CURRENCIES];
	int64_t tiers[TIERS]; /* points from which on, in the order they were added */
	int tiers_count;
	struct award awards[AWARDS];
	int awards_count;
	int evidence[EVIDENCES]; /* awards that brought it and were not rejected */
	struct item items[ITEMS];
	struct code codes[CODES];
	int codes_count;
	struct order orders[ORDERS];
	int orders_count;
};

extern struct model model;

/* A fresh one: nobody, and nothing but what the world below holds. */
void model_reset(enum policy policy, int platform);

/* ---- The calendar (model_calendar.c) ---- */

int32_t model_day(int64_t ms);
int64_t model_day_start_ms(int32_t day);
int model_year(int32_t day);
int model_date(int32_t day, int *month_out, int *day_out);   /* both from 1; returns the year */
int32_t model_period_first(enum period period, int32_t day); /* lifetime: the same for all */
/* The last day of a campaign's points that begin to count on from. */
int32_t model_last_day(int campaign, int32_t from);
bool model_is_dead(int32_t day);
int32_t model_today(void);
int32_t model_month_first(int32_t day), model_month_last(int32_t day);

/* ---- Points (model_points.c) ---- */

struct lot *model_lot(int member, int campaign, int32_t day); /* made where there is none */
void model_die(int campaign, int64_t points);                 /* where a campaign's expired points go */
void model_pay_back(int campaign, int64_t points);            /* to the budget, or the sponsor once it is closed */
/* Points that become a member's to use: its debt first. */
void model_give(int member, int campaign, int32_t last_day, int64_t points);
/* The same of earned ones: they count for its tier in the year of day_for. */
void model_pay(int member, int campaign, int32_t last_day, int32_t day_for, int64_t points);
/* Removes lots that hold nothing. */
void model_lots_tidy(int member);
int64_t model_held(int member), model_available(int member), model_pending(int member);
/* What the clock has made due by now_ms, and what follows at once. */
void model_settle(int64_t now_ms);

/* ---- Members (model_member.c) ---- */

enum merit_status model_member_fault(int member); /* unknown, closed, frozen */
int64_t model_earned(int member, int year); /* as far as tiers go: this year and the last one earned in */
int model_tier(int member, int year);             /* -1 = none */
bool model_reaches(int member, int year, int tier);
enum merit_status model_tier_set(int tier, int64_t points);
enum merit_status model_tag(int member, int tag, bool on);
enum merit_status model_member_tier(int member, int tier); /* -1 = by points again */
enum merit_status model_freeze(int member, bool is_frozen);
enum merit_status model_close(int member);
/* last_day NO_DAY = by the campaign. */
enum merit_status model_open(int member, int campaign, int64_t points, int reference, int32_t last_day);
/* Whether a campaign's points may buy a class for the member. */
bool model_may_buy(int campaign, enum class class_, int member);

/* ---- Earning (model_earn.c, model_award.c) ---- */

struct earn {
	int member, campaign, event, reference, evidence, actor; /* evidence, actor -1 = none */
	int64_t occurred_ms, quantity;                           /* quantity -1 = none */
	bool has_points;
	int64_t points;
	enum party by;
	/* Worked out. */
	int64_t left; /* of what refused it */
};

enum merit_status model_earn_wanted(struct earn *earn, struct award *award_out);
void model_earn(const struct award *award); /* with its seq */
/* Millionths of a minor unit that a campaign's points are worth, rounded up. */
int64_t model_worth(int campaign, int64_t points);
/* What is left of a sponsor's cap for a member in a year; INT64_MAX = any. */
int64_t model_money_left(int campaign, int member, int year);
bool model_money_counts(int campaign);
void model_money_add(int campaign, int member, int32_t day, int64_t worth);

enum merit_status model_review(struct award *award, enum party by, bool approve);
enum merit_status model_reverse(struct award *award);
void model_mature(struct award *award);

/* ---- Referrals (model_referral.c) ---- */

enum merit_status model_record(int referrer, int referee, int campaign, int64_t occurred_ms, enum party by);
enum merit_status model_referral_review(int referee, enum party by, bool approve);
void model_qualify(const struct award *award);
void model_referral_pay(int referee);

/* ---- Orders (model_place.c, model_order.c) ---- */

struct place {
	struct order order; /* its lines: item, quantity; points as the caller believes them */
	int version[LINES];
	bool has_recipient;
	bool is_named_again; /* the name of an order there is */
};

/* What it comes to, with the lots it would take; and the same, carried out. */
enum merit_status model_place_wanted(struct place *place);
enum merit_status model_place(struct place *place);
/* What an order of one piece of the item would come to; the points that may buy it; the pieces its limits leave, or -1
 * where there are none. The member is one there is. */
enum merit_status model_one_piece(int member, int item, int64_t *eligible_out, int64_t *left_out);
int64_t model_line_can(const struct line *line, enum verb verb);
/* pieces by line. The caller has asked model_line_can. */
void model_lines(struct order *order, enum verb verb, const int64_t pieces[LINES], bool restock);
/* What was dead by then dies; the rest can be used again, until it does. */
void model_line_release(struct order *order, int line, int64_t pieces, int64_t then_ms);
int64_t model_least(int64_t a, int64_t b);

/* ---- Money (model_money.c) ---- */

/* Around all that one entry does, with the day it happened on: it is dated that day, or if that is closed the first
 * open one. The end adds what the platform gains by points that expired in it. */
void model_begin(int32_t day);
void model_end(void);
int32_t model_dated(int32_t day);
bool model_is_closed(int32_t day);
/* What a day asked for comes to, but for closed ones: IN_FUTURE, TOO_LATE, or OK. */
enum merit_status model_day_fault(int32_t day);

struct posting *model_post(enum account account, int holder, int currency, int64_t amount);
int64_t model_balance(enum account account, int holder, int currency);
/* Whether so much more would bring one of two accounts further than a call may. */
bool model_is_beyond(int64_t debit_balance, int64_t credit_balance, int64_t minor);
int64_t model_balance_on(enum account account, int holder, int currency, int32_t day); /* as dated */
/* What points come to, rounded half to even; and what must back them, rounded up. */
int64_t model_value(int campaign, int64_t points), model_backing(int campaign, int64_t points);
int64_t model_outstanding(int campaign); /* points in its budget and with members */
int64_t model_exposure(int sponsor, int currency);
int64_t model_free(int sponsor, int currency); /* INT64_MAX: it is the platform */
/* What an order's lines have come to since before. */
void model_sell(const struct order *before, struct order *order);
/* What waits of lines that are received in full becomes due: by a receipt, or by a refund of what was under way. */
void model_sales_due(struct order *order, bool is_receipt);

/* ---- The past (model_past.c) ---- */

void model_book(int32_t day); /* what changed since the last time: begin and end do it, and whoever lets time pass */
void model_totals(struct totals *totals_out);
void model_totals_on(int32_t day, struct totals *totals_out); /* as dated */

/* ---- Sponsors, merchants, adjustments (model_sponsor.c). Days: NO_DAY where none is asked for. ---- */

struct transfer {
	bool is_withdrawal;
	int sponsor, currency, reference; /* SPONSORS: one that does not exist */
	int64_t minor;
	int32_t day;
};
enum merit_status model_transfer(const struct transfer *transfer);
enum merit_status model_credit(int sponsor, int currency, int64_t minor);
enum merit_status model_fund(int campaign, int64_t points);

struct adjustment {
	int member, campaign;
	int64_t points;
	int32_t last_day, day; /* last_day NO_DAY = by the campaign */
	bool is_agreed;        /* by a second party */
	/* Of money: */
	enum account debit, credit; /* ACCOUNTS: one that does not exist, or not in money */
	int debit_holder, credit_holder, currency;
	int64_t minor;
};
enum merit_status model_adjust_points(const struct adjustment *adjustment);
enum merit_status model_adjust_debt(const struct adjustment *adjustment);
enum merit_status model_adjust_money(const struct adjustment *adjustment);

/* ---- Settlements and periods (model_settlement.c) ---- */

/* The next one, of a party: party -1 = one that is no partner; is_named_again: the name of one there is. */
enum merit_status model_settlement_open(const struct settlement *asked, bool is_named_again);
enum merit_status model_settlement_issue(int settlement);
enum merit_status model_settlement_confirm(int settlement);
enum merit_status model_settlement_dispute(int settlement);

struct payment {
	int settlement, currency, reference;
	int64_t minor;
	int32_t day;
};
enum merit_status model_settlement_pay(const struct payment *payment);
int64_t model_settlement_total(const struct settlement *settlement);
/* How many of its party's bank references were used so far: each is the next number. */
int *model_settlement_references(const struct settlement *row);

/* By any day of the month. */
/* The settlement that a party in a currency waits for up to a day: which place names, 0 to 2 x 2 x CURRENCIES - 1. */
struct settlement model_settlement_of(int place, int32_t cutoff);
bool model_waits_for_settlement(const struct settlement *asked);
/* The reports of a close were made of all entries so far, of none, or of more than there are. */
enum closing_size { SIZE_ALL, SIZE_NONE, SIZE_BEYOND };
enum merit_status model_period_close(int32_t day, enum closing_size size);
enum merit_status model_period_reopen(int32_t day, bool is_agreed);

#endif
