/* model_rows.h - the rows of every table of state: what stands in them, and nothing of how to reach them (model.h).
 *
 * Rows are structs of fixed layout, little-endian as on the machines we build for; state/ is derived, so a directory that
 * moves between kinds of machine is rebuilt from the log. doc/format.md, section 7, lists them. */
#ifndef MERIT_LEDGER_MODEL_ROWS_H
#define MERIT_LEDGER_MODEL_ROWS_H

#include "ledger/key.h"
#include "ledger/limits.h"
#include "ledger/value.h"

#define MERIT_STATE_VERSION 7 /* raise it when a row's layout changes: old state/ directories are then derived afresh */

/* X(TABLE, 'letter', "key -> row") */
#define MERIT_TABLE_MAP(X)                                                                                             \
	X(PROGRAM, 'G', "(one row) -> settings and counters")                                                          \
	X(PARTY, 'P', "party -> role, number, keys")                                                                   \
	X(KEY, 'K', "party/key -> public key, when added, when revoked")                                               \
	X(PUBLIC, 'U', "public key -> the seq that added it")                                                          \
	X(TOKEN, 'J', "service/jti -> the seq that used it")                                                           \
	X(SPONSOR, 'S', "sponsor -> balance, owed")                                                                       \
	X(MERCHANT, 'X', "merchant -> balance")                                                                        \
	X(CAMPAIGN, 'C', "campaign -> what it promises, its balances")                                                 \
	X(CAMPAIGN_NAME, 'c', "campaign number -> campaign")                                                           \
	X(RULE, 'R', "campaign number, event -> its rule in force")                                                    \
	X(RULE_VERSION, 'r', "campaign number, event, version -> the seq that set it")                                 \
	X(TERMS, 'u', "campaign number -> what it pays for referrals")                                                 \
	X(ELIGIBILITY, 'e', "campaign number, class -> whether its points may buy it")                                 \
	X(SPONSOR_CAP, 'k', "sponsor number, currency -> what a member's year may be worth")                           \
	X(TIERS, 'q', "(one row) -> the program's tiers")                                                              \
	X(COUNT, 'N', "what is counted, of whom, period -> points, awards, pieces or money so far")                    \
	X(MEMBER, 'M', "member -> balances, lots, debts")                                                              \
	X(TAGS, 'g', "member -> its tags")                                                                             \
	X(AWARD, 'A', "an earn's seq -> where its award stands, when it had to wait")                                  \
	X(MEMBER_AWARD, 'a', "member number, an earn's seq -> (nothing): the award waits")                       \
	X(REVIEW, 'W', "an earn's seq -> (nothing): the award waits for a reviewer")                                   \
	X(REFERRAL, 'Y', "member -> who referred it, and those it hangs together with")                                \
	X(REFERRED, 'y', "referrer number, seq -> referee")                                                            \
	X(FLAGGED, 'w', "seq -> referee: the referral waits for a reviewer")                                           \
	X(BALANCE, 'B', "account, campaign number, day, holder -> points in that lot")                                 \
	X(EVIDENCE, 'E', "hash more than one earn brought -> the seq of the first of them, and how many did")          \
	X(REVERSED, 'V', "an earn's seq -> the seq that reversed it")                                                  \
	X(GIVEN, '+', "member number, campaign number, seq + 1 -> points given up to that entry; 0: so far")           \
	X(ITEM, 'T', "item -> version in force, stock")                                                                \
	X(ITEM_VERSION, 't', "item, version -> price")                                                                 \
	X(CODE, 'Z', "commitment -> item, whether it was given away")                                                  \
	X(POOL, 'z', "item, place -> commitment of a code nobody has; at an end of places without, the other")         \
	X(ORDER, 'O', "order -> lines, what is held, captured, received")                                              \
	X(MEMBER_ORDER, 'L', "member number, seq -> order")                                                            \
	X(EVENT, 'o', "seq that began an order, settlement or break, seq -> the seq before it that changed it") \
	X(PROPOSAL, 'Q', "proposal -> who asked for what")                                                             \
	X(MARK, 'h', "holder, place -> the seq of every 64th entry in its history")                                    \
	X(LATE, 'd', "holder, day an entry was made, an earlier day it is dated -> what it changed, the row before")   \
	X(TOTAL, 'l', "account, campaign number -> what all such accounts hold of a campaign")                         \
	X(MONEY, 'm', "account, currency, holder -> balance in money")                                                 \
	X(CREDIT, 'b', "sponsor number, currency -> credit limit, what its points are worth")                          \
	X(WORTH, 'f', "currency -> what all points ever funded in it were worth")                                      \
	X(CURRENCIES, '3', "(one row) -> the currencies of MONEY, CREDIT and SPONSOR_CAP, in order")                   \
	X(BANK, 'i', "party number, currency, a bank's reference -> seq that booked it")                               \
	X(BATCH, 'j', "party number, currency, day -> postings that fell due then and are in no settlement")           \
	X(BATCH_LINES, 'n', "batch, place -> so many of its lines")                                                    \
	X(WAITING, 'v', "seq, place among its money -> a sale or refund that waits for receipt")                       \
	X(SETTLEMENT, 's', "settlement -> what it takes, and where it stands")                                         \
	X(SETTLEMENT_BATCH, 'x', "settlement number, place -> a batch it took")                                        \
	X(SETTLED, '2', "party number, currency -> its latest settlement, its newest batch")                           \
	X(PERIOD, 'p', "a month's first day -> when it was closed, and opened again")                                  \
	X(SOURCE, '4', "source -> which files are due when")                                                           \
	X(COVERED, '5', "source number, day -> run")                                                                   \
	X(FILE, '0', "source number, SHA-256 of a file -> run")                                                        \
	X(RUN, '6', "run -> what it covers, its counts, where it stands")                                              \
	X(RUN_BREAK, '7', "run number, place -> a break it opened or resolved")                                        \
	X(BREAK, '8', "break -> its run, amounts, where it stands")                                                    \
	X(UNEXPLAINED, '9', "first day, break -> (nothing): it is open and not explained")                             \
	X(INCOMPLETE, '1', "run -> (nothing): breaks it counted are not recorded yet")                                 \
	X(DUE, 'D', "time, kind, name -> (nothing): what happens by itself then")

#define X(name, letter, about) MERIT_TABLE_##name = (letter),
enum merit_table { MERIT_TABLE_MAP(X) };
#undef X

/* What state keeps as claims: names that are used up by the entry that used them. Letters of their own. */
enum merit_claim {
	MERIT_CLAIM_ID = 'I',        /* party number, id */
	MERIT_CLAIM_REFERENCE = 'F', /* campaign number, event, member, reference; of an opening balance no event */
	MERIT_CLAIM_EVIDENCE = 'E',  /* hash: by the first earn that brought it */
};

struct merit_name {
	uint8_t size;
	char text[MERIT_NAME_SIZE_MAX];
};

/* Whoever holds points keeps up to four balances and the seq of the last entry that changed them. */
#define MERIT_BALANCES_MAX 4
enum { MERIT_AVAILABLE, MERIT_PENDING, MERIT_HELD, MERIT_DEBT }; /* of a member; debt is 0 or below */
enum { MERIT_BUDGET, MERIT_EXPIRED, MERIT_WRITTEN_OFF };         /* of a campaign; the last is 0 or below */
enum { MERIT_POINTS };                                           /* of a sponsor or merchant; money and totals too */

struct merit_holder {
	uint64_t last;   /* seq + 1 of the last entry with a posting here; 0 = none */
	uint32_t number; /* unique among all holders, from 1: known by it in histories */
	uint32_t count;  /* entries in its history */
	int64_t balance[MERIT_BALANCES_MAX];
};

struct merit_program {
	char origin[MERIT_ORIGIN_SIZE_MAX + 1];
	struct merit_public_key log_key, system_key;
	int32_t offset_minutes, policy, grace_days, hold_minutes, receive_days, late_days, rules;
	uint32_t numbers;       /* parties, campaigns and holders numbered so far */
	uint32_t admin_parties; /* admins with a live key */
	int32_t erase_days;
	uint32_t sponsor_caps;  /* caps set so far, of all sponsors: without any, none need be looked for */
	int64_t granted;        /* points funded and not taken back */
	int64_t owed;           /* by all members, and written off; granted + owed is what all others hold: their bound */
	int32_t first_day;      /* the earliest on which anything was ever dated */
	int32_t closed_through; /* the last day of the last closed period; MERIT_DAY_NONE: none is closed */
	uint64_t batches;       /* numbered so far */
};

struct merit_party {
	uint64_t seq; /* that created it */
	uint32_t number;
	uint32_t live_keys, keys; /* those not revoked; all there ever were */
	uint8_t role;
	uint8_t reserved[3];
};

struct merit_key {
	uint64_t added, revoked; /* seq + 1; revoked 0 = live */
	struct merit_public_key public_key;
};

struct merit_sponsor {
	struct merit_holder holder;
	int64_t owed; /* by members to its campaigns, and written off: so far may its balance be above 0 */
	uint8_t is_platform;
};

struct merit_merchant {
	struct merit_holder holder;
	int32_t settle_days; /* from receipt until a sale may be settled */
};

/* What backs a sponsor's points in a currency. */
struct merit_credit {
	int64_t limit_minor;
	int64_t exposure_minor; /* worth of its points in budgets, pending, available, held: a campaign's rounded up */
};

/* History keeps the seq of every so many entries of a holder: from there a past balance is a short walk. */
#define MERIT_MARK_EVERY 64

/* What entries made on one day and dated an earlier one changed of a holder; and the row before it in the holder's chain,
 * whose days they were made on never rise. The head of a chain is the row of no days: before it is the newest. */
struct merit_late {
	int32_t before_made_day, before_day; /* MERIT_DAY_NONE: there is none */
	int64_t change[MERIT_BALANCES_MAX];
};

struct merit_campaign {
	struct merit_holder holder;
	struct merit_name sponsor;
	char currency[3];
	uint8_t contract, round, from, closed;
	int32_t starts, ends, months;
	int64_t value_minor, value_points;
	int64_t outstanding; /* points in its budget, pending, available and held */
};

/* The periods in which a rule counts, in the order of its caps and quotas. */
enum merit_period { MERIT_PERIOD_DAY, MERIT_PERIOD_MONTH, MERIT_PERIOD_YEAR, MERIT_PERIOD_LIFETIME, MERIT_PERIOD_COUNT };

/* The most there may be in each period; 0 = any. */
struct merit_caps { int64_t most[MERIT_PERIOD_COUNT]; };

/* Multiplies what members of a tier, or with a tag, get. */
struct merit_multiplier {
	struct merit_name name;
	uint8_t is_tag;
	uint8_t reserved[2];
	int32_t basis_points;
};

struct merit_rule {
	int64_t points, maximum; /* one of them is 0 */
	int64_t minimum;         /* of an earn's quantity */
	struct merit_caps caps;  /* points of a member */
	struct merit_caps quotas; /* awards of a member */
	int64_t quota_reference, quota_event; /* awards of all members */
	uint64_t seq;            /* of the entry that set this version: all of its parameters are there */
	int32_t version, evidence, delay_days;
	uint8_t review, clip;
	uint8_t qualifies;       /* the campaign's terms name this event */
	uint8_t counted;         /* MERIT_COUNTED bits: what this version or one before it limits, so what is counted */
	uint32_t multipliers_count;
	uint32_t reserved;
	struct merit_multiplier multipliers[]; /* MERIT_MULTIPLIERS_MAX at most */
};

/* Periods by their place, then these. */
#define MERIT_COUNTED_REFERENCE (1u << MERIT_PERIOD_COUNT)
#define MERIT_COUNTED_EVENT (1u << (MERIT_PERIOD_COUNT + 1))

/* What a campaign pays for referrals. */
struct merit_terms {
	struct merit_name event;
	uint8_t counted;       /* as a rule's */
	uint8_t reserved[6];
	int32_t version;
	int32_t window_days;   /* -1 = any */
	int64_t referrer_points, referee_points;
	int64_t flag_day;      /* 0 = none are flagged */
	struct merit_caps caps; /* points of a referrer */
	uint64_t seq;          /* of the entry that set this version */
};

/* Whether a campaign's points may buy a class. Without a row: goods, codes and services may, cash and medicine not. */
struct merit_eligibility {
	uint8_t allowed;
	struct merit_name tag, tier; /* size 0 = of any member */
};

struct merit_tier {
	struct merit_name name;
	uint8_t reserved[7];
	int64_t points; /* earned in a calendar year from which on it holds */
};

/* In the order they were added, so that a place in the row names a tier for ever. */
struct merit_tiers {
	uint64_t count;
	struct merit_tier tiers[MERIT_TIERS_MAX];
};

struct merit_lot {
	uint32_t campaign; /* number */
	int32_t day;       /* last day, NEVER, or NONE while pending */
	int64_t available, held;
	int64_t pending;   /* in the lot without a day; the others are 0 there, as it is in them */
};

struct merit_debt {
	uint32_t campaign;
	uint32_t reserved;
	int64_t owed; /* above 0 */
};

/* The row's head; lots (by day, then campaign number) and debts (by campaign number) follow it. */
struct merit_member_head {
	struct merit_holder holder;
	uint32_t lots_count, debts_count;
	uint8_t frozen, closed;
	uint8_t tier;           /* 1 + its place among the tiers, set by an operator; 0 = by points earned */
	uint8_t reserved;
	int32_t year;           /* the latest in which something was earned */
	uint64_t stands_since;  /* seq + 1 of the entry that froze, unfroze or closed it last; 0 = none did */
	int64_t earned[2];      /* points that became available by awards of that year, and of the one before it */
};

/* An award that had to wait. What it is for stands in the earn's leaf. */
struct merit_award {
	uint8_t state;    /* place among the words of AWARD_STATE */
	uint8_t counted;  /* what the rule counted when it was made, so what a rejection gives back */
	uint8_t reserved[2];
	int32_t last_day; /* once available */
	int64_t due_ms;   /* when it matures; 0 = as soon as it is approved */
	uint64_t reviewed; /* seq + 1 of its review; 0 = none */
};

/* What proves something. It is free again once every award that brought it was rejected. Brought once, it has no row: its
 * claim says as much. */
struct merit_evidence {
	uint64_t seq;  /* of the first earn that brought it */
	uint64_t uses; /* earns that brought it and were not rejected */
};

/* A member in the tree of referrals, as referee, referrer or both. */
struct merit_referral {
	struct merit_name referrer; /* size 0 = nobody referred it */
	struct merit_name leader;   /* a member of the same tree with more members behind it; size 0 = it leads */
	uint8_t state;              /* place among the words of REFERRAL_STATE */
	uint8_t qualified;          /* the qualifying earn has happened; flagged, it waits for the reviewer only */
	uint32_t campaign;          /* number */
	uint32_t size;              /* members it leads, itself one of them */
	uint64_t seq;               /* that recorded the referral, + 1 */
	uint64_t paid;              /* that paid it, + 1; 0 = not yet */
	int64_t occurred_ms;
};

struct merit_code {
	struct merit_name item;
	uint8_t given;     /* to an order, or withdrawn */
	uint64_t place;    /* in its item's pool */
};

struct merit_item {
	struct merit_name merchant;
	char currency[3];
	uint8_t class_, offered;
	int32_t version;
	int64_t points, price_minor;
	int64_t stock, reserved; /* pieces free to order; pieces held by orders */
	uint64_t codes_first, codes_next; /* of class code: the places in its pool from the oldest, and behind the newest */
	struct merit_caps limits;         /* pieces of one member */
	uint8_t counted;                  /* bits of the periods this version or one before it limits */
	uint8_t delivery;
	struct merit_name category; /* size 0 = none */
	uint8_t title_size;
	char title[MERIT_TEXT_SIZE_MAX];
};

struct merit_item_version {
	int64_t points, price_minor;
	uint64_t seq;
};

struct merit_order_line {
	struct merit_name item, merchant;
	uint8_t counted; /* the item's, when it was placed: what a piece that is not kept gives back */
	int32_t version;
	int64_t points; /* of a piece */
	int64_t quantity, held, fulfilled, received, refunded; /* pieces; what is none of these was cancelled */
	int64_t requested; /* of those fulfilled, pieces for which a refund was asked */
	uint64_t waiting_seq; /* seq + 1 of its latest sale or refund that waits for receipt; 0 = none */
	uint32_t waiting_place;
	int32_t due_day;      /* the latest on which receipt made something of it due; MERIT_DAY_NONE = none yet */
};

/* Points of one lot that pay for one line. */
struct merit_order_part {
	uint32_t line, campaign;
	int32_t day;
	uint32_t reserved;
	int64_t held, captured;
};

struct merit_order_head {
	struct merit_name member;
	uint8_t cancelled_unknown; /* the name was used up by a cancellation that came first */
	uint8_t has_recipient, erased;
	uint8_t recipient[32];     /* commitment */
	uint64_t last_event;       /* seq + 1 of the last entry that changed the order */
	int64_t over_ms;           /* when nothing was held or under way any more; 0 = not yet */
	uint64_t seq;
	int64_t placed_ms;
	int64_t deadline_ms; /* 0: nothing was ever held */
	int64_t shipped_ms;  /* the last time; 0 = never */
	uint32_t lines_count, parts_count;
};

/* A posting to a party's account in money that settlements are made of. */
struct merit_batch_line {
	uint64_t seq;
	uint32_t place; /* among the postings of that entry that are money */
	uint32_t reserved;
	int64_t amount; /* as posted: debit above zero */
};

/* Lines of a batch stand in rows of so many. */
#define MERIT_BATCH_ROW_LINES 32

/* A sum of any number of postings; rows are aligned to 8 bytes. */
typedef __int128 merit_sum __attribute__((aligned(8)));

/* Postings of a party in a currency that fell due on one day, in the order in which they did. */
struct merit_batch {
	uint64_t number;
	uint64_t lines_count;
	merit_sum sum;
	uint8_t hash[32];   /* of its lines so far: doc/format.md */
	int32_t before_day; /* of the batch made before it that is in no settlement either; MERIT_DAY_NONE: none is */
	uint32_t reserved;
};

/* A sale or refund whose goods have not been received. */
struct merit_waiting {
	uint64_t before_seq; /* seq + 1 of the one before it of the same line; 0 = none */
	uint32_t before_place;
	uint32_t reserved;
	int64_t amount;
};

/* A batch as a settlement took it. */
struct merit_settled_batch {
	struct merit_batch batch;
	int32_t day;
	uint32_t reserved;
};

enum merit_settlement_state {
	MERIT_SETTLEMENT_OPEN, MERIT_SETTLEMENT_ISSUED, MERIT_SETTLEMENT_CONFIRMED, MERIT_SETTLEMENT_DISPUTED,
	MERIT_SETTLEMENT_PAID,
};

/* Amounts as the party sees them: a merchant's above zero is due to it, a sponsor's is owed by it. */
struct merit_settlement {
	struct merit_name party;
	char currency[3];
	uint8_t state;         /* place among the words of SETTLEMENT_STATE */
	uint8_t is_merchant;
	int32_t cutoff;
	uint32_t number;       /* among all holders; keys its batches */
	uint32_t batches_count;
	uint64_t lines_count;
	int64_t sum, carried, paid;
	uint64_t opened, issued, last_event; /* seq; seq + 1; seq + 1 of the last entry about it: a chain, as an order's */
};

/* Of a party in a currency: its latest settlement, and where the chain of its batches that are in none begins. */
struct merit_settled {
	int32_t newest_day; /* of the batch made last; MERIT_DAY_NONE: there is none */
	struct merit_name settlement; /* size 0 = it had none yet */
	uint8_t reserved[3];
};

/* A month that was closed at some time, or in which something was dated after its end. */
struct merit_closing {
	uint64_t closed, reopened; /* seq + 1 of the last that did; closed is the later one while it is closed */
	uint64_t late;             /* seq + 1 of the last entry dated in it and made after its end; 0 = none */
};

/* Where files come from. */
struct merit_declared {
	uint32_t number; /* among all holders; keys its days and files */
	struct merit_name party; /* size 0 = all */
	char currency[3];        /* zeros = points */
	uint8_t subject, direction, every;
	int32_t starts, ends;    /* MERIT_DAY_NEVER: no end */
	int32_t due_days;
	int32_t break_rate;      /* -1 = any */
	int64_t limit;           /* 0 = none */
	uint64_t seq;            /* of the declaration in force */
};

enum merit_run_state { MERIT_RUN_LIVE, MERIT_RUN_SUPERSEDED };

/* A reconciliation. What else it said stands in its leaf. */
struct merit_run {
	struct merit_name source, superseded_by; /* size 0 = by none */
	uint8_t state;
	uint32_t number; /* among all holders; keys its breaks */
	int32_t from, to;
	uint8_t file[32];           /* SHA-256 of the file it was made of */
	uint64_t seq;
	uint32_t breaks, recorded;  /* new breaks it counted, and those recorded */
	uint32_t cleared, resolved; /* carried ones it said it clears, and those resolved by it */
};

enum merit_break_state { MERIT_BREAK_OPEN, MERIT_BREAK_EXPLAINED, MERIT_BREAK_RESOLVED, MERIT_BREAK_WITHDRAWN };

/* Something a run could not match. Its texts stand in the leaf of the entry that recorded it. */
struct merit_break {
	struct merit_name run, resolved_by; /* the run that found it, and the one that matched it; size 0 = none */
	uint8_t state;      /* place among the words of BREAK_STATE */
	uint8_t class_;     /* as found; and as explained, where it is */
	uint8_t before;     /* the state before it was resolved by a run, should that be superseded */
	int32_t first_day;
	int32_t expected;   /* MERIT_DAY_NONE: not explained */
	int64_t amount;     /* how much it is about: what limits go by; not below 0 */
	uint64_t seq, last_event; /* that recorded it; seq + 1 of the last entry about it: a chain, as an order's */
	uint64_t explained; /* seq + 1 of the last that explained it; 0 = none did */
};

enum merit_proposal_state { MERIT_PROPOSAL_OPEN, MERIT_PROPOSAL_APPROVED, MERIT_PROPOSAL_REJECTED };

/* The proposal's call stays in the leaf of the entry that made it. */
struct merit_proposal {
	uint64_t seq;
	uint64_t ended; /* seq + 1 of what approved or rejected it; 0 = open */
	struct merit_name party; /* that asked */
	uint8_t state;
};

/* Kinds of what is due. Part of keys, and the order in which things due at one time happen. */
enum merit_due {
	MERIT_DUE_ORDER_LAPSE = 1,
	MERIT_DUE_ORDER_RECEIVE = 2,
	MERIT_DUE_EXPIRE = 3,
	MERIT_DUE_MATURE = 4,      /* the name is the earn's seq in decimal digits */
	MERIT_DUE_ORDER_ERASE = 5,
	MERIT_DUE_REFERRAL = 6,    /* at once: the name is the referee */
	MERIT_DUE_FORFEIT = 7,     /* at once */
};

/* The time of what must happen right behind the entry that caused it, before any other: first in the due table. */
#define MERIT_DUE_AT_ONCE_MS 0

#endif
