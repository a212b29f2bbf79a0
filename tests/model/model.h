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
#include <stdint.h>

#include "ledger/status.h"

#define MEMBERS    48 /* the most; they come one by one */
#define SPONSORS   2
#define CAMPAIGNS  5
#define EVENTS     3
#define TAGS       3
#define TIERS      3
#define MERCHANTS  2
#define ITEMS      8
#define CODES      512
#define ORDERS     2048
#define LINES      3
#define PARTS      128
#define LOTS       180 /* below what a member may have: limits_test.c has that */
#define AWARDS     4096
#define REFERENCES 64
#define EVIDENCES  64
#define CURRENCIES 2
#define YEARS      64
#define FIRST_YEAR 2026

#define NEVER      INT32_MAX

/* What a program sets; the same for every run but the policy. */
#define LATE_DAYS  20
#define GRACE_DAYS 9
#define DAY_MS     86400000LL
#define HOLD_MS    (8 * 3600000LL)
#define RECEIVE_MS (5 * DAY_MS)
#define OFFSET_MS  (8 * 3600000LL)

enum policy { RESTORE, GRACE, FORFEIT, POLICIES };
enum period { DAY, MONTH, YEAR, LIFETIME, PERIODS };
enum award_state { AVAILABLE, REVIEW, MATURING, REJECTED, REVERSED };
enum referral_state { NOBODY, RECORDED, FLAGGED, PAID, TURNED_DOWN };
enum class { GOODS, CODE, SERVICE, CASH, MEDICINE, CLASSES };
enum evidence { NONE, REQUIRED, UNIQUE };
enum party { SVC, OPS, FIN };
enum verb { FULFIL, CANCEL, REFUND, RECEIVE, REQUEST, DECLINE };

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
	int64_t budget, expired;
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
	int64_t points, stock, reserved, limits[PERIODS];
	unsigned counted; /* periods that were ever limited */
};

struct code {
	int item;
	bool is_given;
};

struct line {
	int item;
	int64_t points, quantity, held, fulfilled, received, refunded, requested;
	unsigned counted; /* as the item's when it was placed */
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

struct model {
	enum policy policy;
	int64_t now_ms;
	struct member members[MEMBERS];
	int members_count;
	struct campaign campaigns[CAMPAIGNS];
	int64_t granted[SPONSORS], redeemed[MERCHANTS];
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
void model_reset(enum policy policy);

/* ---- The calendar (model_calendar.c) ---- */

int32_t model_day(int64_t ms);
int64_t model_day_start_ms(int32_t day);
int model_year(int32_t day);
int model_date(int32_t day, int *month_out, int *day_out);   /* both from 1; returns the year */
int32_t model_period_first(enum period period, int32_t day); /* lifetime: the same for all */
/* The last day of a campaign's points that begin to count on from. */
int32_t model_last_day(int campaign, int32_t from);
bool model_is_dead(int32_t day);

/* ---- Points (model_points.c) ---- */

struct lot *model_lot(int member, int campaign, int32_t day); /* made where there is none */
void model_die(int campaign, int64_t points);                 /* where a campaign's expired points go */
void model_pay_back(int campaign, int64_t points);            /* to the budget, or the sponsor once it is closed */
/* Points that become a member's to use: its debt first. They count for its tier in the year of day_for. */
void model_pay(int member, int campaign, int32_t last_day, int32_t day_for, int64_t points);
/* Removes lots that hold nothing. */
void model_lots_tidy(int member);
int64_t model_held(int member), model_available(int member), model_pending(int member);
/* What the clock has made due by now_ms, and what follows at once. */
void model_settle(int64_t now_ms);

/* ---- Members (model_member.c) ---- */

enum merit_status model_member_fault(int member); /* unknown, closed, frozen */
int model_tier(int member, int year);             /* -1 = none */
bool model_reaches(int member, int year, int tier);
enum merit_status model_tier_set(int tier, int64_t points);
enum merit_status model_tag(int member, int tag, bool on);
enum merit_status model_member_tier(int member, int tier); /* -1 = by points again */
enum merit_status model_freeze(int member, bool is_frozen);
enum merit_status model_close(int member);
/* last_day -1 = by the campaign. */
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

enum merit_status model_place(struct place *place);
int64_t model_line_can(const struct line *line, enum verb verb);
/* pieces by line. The caller has asked model_line_can. */
void model_lines(struct order *order, enum verb verb, const int64_t pieces[LINES], bool restock);
void model_line_release(struct order *order, int line, int64_t pieces);
int64_t model_least(int64_t a, int64_t b);

#endif
