/* operation.h - the table of operations: everything that can become an entry.
 *
 * One row an operation: its name, its parameters, its results, who may call it, and its two functions. From this table
 * come dispatch, the shape check, the bytes of entries, the OpenRPC document, the command line's help and completion.
 * To add an operation: its parameters in operation_params.h, its row here, and its two functions in an op_*.c file. */
#ifndef MERIT_LEDGER_OPERATION_H
#define MERIT_LEDGER_OPERATION_H

#include "ledger/operation_params.h"
#include "ledger/value.h"

/* Roles. A party has one. Numbers are stored: never change one. */
#define MERIT_ROLE_MAP(X)                                                                                              \
	X(ADMIN, 0, "admin", "adds parties and keys")                                                                  \
	X(OPERATOR, 1, "operator", "runs campaigns, items and orders")                                                 \
	X(FINANCE, 2, "finance", "funds, settles, reconciles and closes")                                              \
	X(SERVICE, 3, "service", "a program of the platform: pays, orders, signs members in")                          \
	X(AUDITOR, 4, "auditor", "reads everything, changes nothing")                                                  \
	X(SPONSOR, 5, "sponsor", "funds campaigns; reads its own")                                                     \
	X(MERCHANT, 6, "merchant", "supplies items; reads and ships its own orders")                                   \
	X(MEMBER, 7, "member", "earns and redeems; reads its own")                                                     \
	X(SYSTEM, 8, "system", "meritd itself: what happens by the clock")

#define X(name, number, word, about) MERIT_ROLE_##name = (number),
enum merit_role { MERIT_ROLE_MAP(X) MERIT_ROLE_COUNT };
#undef X

/* "admin" and so on; never NULL. */
const char *merit_role_word(enum merit_role role);

/* Sets of roles, for the permission columns. */
#define MERIT_MAY(role) (1u << MERIT_ROLE_##role)
#define MERIT_MAY_NOBODY 0u
#define MERIT_MAY_ANYBODY 0x1ffu
#define MERIT_MAY_STAFF (MERIT_MAY(ADMIN) | MERIT_MAY(OPERATOR) | MERIT_MAY(FINANCE))
#define MERIT_MAY_READ_ALL (MERIT_MAY_STAFF | MERIT_MAY(SERVICE) | MERIT_MAY(AUDITOR))

/* X(CONSTANT, number, "name", PARAMS, RESULTS, may, proposable, function, "about"). Numbers are stored. */
#define MERIT_OPERATION_MAP(X)                                                                                         \
	X(PROGRAM_CREATE, 1, "program.create", PROGRAM_CREATE_PARAMS, NO_PARAMS, MERIT_MAY_NOBODY, false,              \
	  program_create, "the first entry: what this ledger is")                                                      \
	X(PARTY_CREATE, 2, "party.create", PARTY_CREATE_PARAMS, NO_PARAMS, MERIT_MAY(ADMIN), true, party_create,       \
	  "adds a party; admin and finance need a second admin once there are two")                                    \
	X(KEY_ADD, 3, "key.add", KEY_ADD_PARAMS, NO_PARAMS, MERIT_MAY_ANYBODY & ~MERIT_MAY(SYSTEM), true, key_add,     \
	  "adds a key, by an admin or by the party itself")                                                            \
	X(KEY_ROTATE, 4, "key.rotate", KEY_ROTATE_PARAMS, NO_PARAMS, MERIT_MAY_ANYBODY & ~MERIT_MAY(SYSTEM), false,    \
	  key_rotate, "replaces the key that signs this call")                                                         \
	X(KEY_REVOKE, 5, "key.revoke", KEY_REVOKE_PARAMS, NO_PARAMS, MERIT_MAY_ANYBODY & ~MERIT_MAY(SYSTEM), true,     \
	  key_revoke, "ends a key, by an admin or by the party itself")                                                \
	X(KEY_BIND, 6, "key.bind", KEY_BIND_PARAMS, KEY_BIND_RESULTS, MERIT_MAY(MEMBER), false, key_bind,              \
	  "binds a member's new key, shown as jwk in the header, by a one-time token")                                 \
	X(SPONSOR_CREATE, 10, "sponsor.create", SPONSOR_CREATE_PARAMS, NO_PARAMS,                                      \
	  MERIT_MAY(ADMIN) | MERIT_MAY(OPERATOR), false, sponsor_create, "adds a sponsor")                             \
	X(MERCHANT_CREATE, 11, "merchant.create", MERCHANT_CREATE_PARAMS, NO_PARAMS,                                   \
	  MERIT_MAY(ADMIN) | MERIT_MAY(OPERATOR), false, merchant_create, "adds a merchant")                           \
	X(MEMBER_CREATE, 12, "member.create", MEMBER_CREATE_PARAMS, NO_PARAMS,                                         \
	  MERIT_MAY(ADMIN) | MERIT_MAY(OPERATOR) | MERIT_MAY(SERVICE), false, member_create, "adds a member")          \
	X(MEMBER_OPENING, 13, "member.opening", MEMBER_OPENING_PARAMS, OPENING_RESULTS,                                \
	  MERIT_MAY(OPERATOR) | MERIT_MAY(FINANCE), true, member_opening,                                              \
	  "points from before this ledger, out of a budget that stands for them")                                      \
	X(PROGRAM_TIER, 14, "program.tier", PROGRAM_TIER_PARAMS, NO_PARAMS,                                            \
	  MERIT_MAY(ADMIN) | MERIT_MAY(OPERATOR), true, program_tier, "adds a tier, or moves where it begins")         \
	X(MEMBER_TAG, 15, "member.tag", MEMBER_TAG_PARAMS, NO_PARAMS,                                                  \
	  MERIT_MAY(OPERATOR) | MERIT_MAY(SERVICE), false, member_tag, "puts a tag on a member, or takes it off")      \
	X(MEMBER_TIER, 16, "member.tier", MEMBER_TIER_PARAMS, NO_PARAMS, MERIT_MAY(OPERATOR), true,                    \
	  member_tier, "gives a member a tier whatever was earned")                                                    \
	X(MEMBER_FREEZE, 17, "member.freeze", MEMBER_FREEZE_PARAMS, NO_PARAMS,                                         \
	  MERIT_MAY(ADMIN) | MERIT_MAY(OPERATOR), true, member_freeze, "keeps a member from earning and ordering")     \
	X(MEMBER_UNFREEZE, 18, "member.unfreeze", MEMBER_UNFREEZE_PARAMS, NO_PARAMS,                                   \
	  MERIT_MAY(ADMIN) | MERIT_MAY(OPERATOR), true, member_unfreeze, "ends that")                                  \
	X(MEMBER_CLOSE, 19, "member.close", MEMBER_CLOSE_PARAMS, NO_PARAMS,                                            \
	  MERIT_MAY(ADMIN) | MERIT_MAY(OPERATOR), true, member_close, "ends a member; what is available expires")      \
	X(CAMPAIGN_CREATE, 20, "campaign.create", CAMPAIGN_CREATE_PARAMS, NO_PARAMS, MERIT_MAY(OPERATOR), true,        \
	  campaign_create, "adds a campaign; what it promises never changes")                                          \
	X(CAMPAIGN_RULE, 21, "campaign.rule", CAMPAIGN_RULE_PARAMS, VERSION_RESULTS, MERIT_MAY(OPERATOR), true,        \
	  campaign_rule, "sets what an event pays: the next version of its rule")                                      \
	X(CAMPAIGN_FUND, 22, "campaign.fund", CAMPAIGN_FUND_PARAMS, NO_PARAMS,                                         \
	  MERIT_MAY(OPERATOR) | MERIT_MAY(FINANCE), true, campaign_fund, "adds to a campaign's budget")                \
	X(CAMPAIGN_CLOSE, 23, "campaign.close", CAMPAIGN_CLOSE_PARAMS, NO_PARAMS,                                      \
	  MERIT_MAY(OPERATOR) | MERIT_MAY(FINANCE), true, campaign_close, "ends a campaign; its budget goes back")     \
	X(CAMPAIGN_REFERRAL, 24, "campaign.referral", CAMPAIGN_REFERRAL_PARAMS, VERSION_RESULTS,                       \
	  MERIT_MAY(OPERATOR), true, campaign_referral,                                                                \
	  "sets what bringing somebody in pays: the next version of the terms")                                        \
	X(CAMPAIGN_ELIGIBILITY, 25, "campaign.eligibility", CAMPAIGN_ELIGIBILITY_PARAMS, NO_PARAMS,                    \
	  MERIT_MAY(OPERATOR), true, campaign_eligibility, "sets whether its points may buy a class of item")          \
	X(SPONSOR_CAP, 26, "sponsor.cap", SPONSOR_CAP_PARAMS, NO_PARAMS,                                               \
	  MERIT_MAY(OPERATOR) | MERIT_MAY(FINANCE), true, sponsor_cap,                                                 \
	  "limits what a member may get from a sponsor in a year")                                                     \
	X(ITEM_CREATE, 30, "item.create", ITEM_CREATE_PARAMS, ITEM_CREATE_RESULTS,                                      \
	  MERIT_MAY(OPERATOR) | MERIT_MAY(MERCHANT), false, item_create, "adds an item to the mall")                                                              \
	X(ITEM_UPDATE, 31, "item.update", ITEM_UPDATE_PARAMS, VERSION_RESULTS,                                         \
	  MERIT_MAY(OPERATOR) | MERIT_MAY(MERCHANT), false, item_update, "changes an item: its next version")          \
	X(ITEM_STOCK, 32, "item.stock", ITEM_STOCK_PARAMS, NO_PARAMS,                                                  \
	  MERIT_MAY(OPERATOR) | MERIT_MAY(MERCHANT) | MERIT_MAY(SERVICE), false, item_stock, "changes the stock")      \
	X(CODE_ADD, 33, "code.add", CODE_ADD_PARAMS, NO_PARAMS,                                                        \
	  MERIT_MAY(OPERATOR) | MERIT_MAY(MERCHANT) | MERIT_MAY(SERVICE), false, code_add,                             \
	  "adds a voucher code to the stock of its item")                                                              \
	X(CODE_WITHDRAW, 34, "code.withdraw", CODE_WITHDRAW_PARAMS, NO_PARAMS,                                         \
	  MERIT_MAY(OPERATOR) | MERIT_MAY(MERCHANT) | MERIT_MAY(SERVICE), false, code_withdraw,                        \
	  "takes a code back that nobody has")                                                                         \
	X(EARN, 40, "earn", EARN_PARAMS, EARN_RESULTS, MERIT_MAY(SERVICE) | MERIT_MAY(OPERATOR), false, earn,          \
	  "pays a member once for what happened")                                                                      \
	X(REVERSE, 41, "reverse", REVERSE_PARAMS, REVERSE_RESULTS, MERIT_MAY(SERVICE) | MERIT_MAY(OPERATOR), true,     \
	  reverse, "takes an earn back, what was spent as a debt")                                                     \
	X(EARN_REVIEW, 42, "earn.review", EARN_REVIEW_PARAMS, AWARD_RESULTS,                                           \
	  MERIT_MAY(OPERATOR) | MERIT_MAY(SERVICE), false, earn_review,                                                \
	  "approves or rejects an award; never by who submitted it")                                                   \
	X(MATURE, 43, "mature", MATURE_PARAMS, AWARD_RESULTS, MERIT_MAY(SYSTEM), false,                                \
	  mature, "an award whose delay is over")                                                                      \
	X(REFERRAL_RECORD, 44, "referral.record", REFERRAL_RECORD_PARAMS, REFERRAL_RECORD_RESULTS,                     \
	  MERIT_MAY(OPERATOR) | MERIT_MAY(SERVICE), false, referral_record, "says who brought whom in")                \
	X(REFERRAL_REVIEW, 45, "referral.review", REFERRAL_REVIEW_PARAMS, REFERRAL_REVIEW_RESULTS,                     \
	  MERIT_MAY(OPERATOR) | MERIT_MAY(SERVICE), false, referral_review,                                            \
	  "releases or rejects a flagged referral; never by who recorded it")                                          \
	X(REFERRAL, 46, "referral", REFERRAL_PARAMS, REFERRAL_RESULTS, MERIT_MAY(SYSTEM), false,                       \
	  referral, "pays both sides, once")                                                                           \
	X(ORDER_PLACE, 50, "order.place", ORDER_PLACE_PARAMS, ORDER_PLACE_RESULTS,                                     \
	  MERIT_MAY(MEMBER) | MERIT_MAY(SERVICE) | MERIT_MAY(OPERATOR), false, order_place, "holds points and stock")  \
	X(ORDER_FULFIL, 51, "order.fulfil", ORDER_FULFIL_PARAMS, ORDER_LINES_RESULTS,                                  \
	  MERIT_MAY(MERCHANT) | MERIT_MAY(SERVICE) | MERIT_MAY(OPERATOR), false, order_fulfil,                         \
	  "captures held points for what is shipped or used")                                                          \
	X(ORDER_RECEIVE, 52, "order.receive", ORDER_RECEIVE_PARAMS, ORDER_LINES_RESULTS,                               \
	  MERIT_MAY(MEMBER) | MERIT_MAY(SERVICE) | MERIT_MAY(OPERATOR) | MERIT_MAY(SYSTEM), false, order_receive,      \
	  "confirms that what was shipped arrived")                                                                    \
	X(ORDER_CANCEL, 53, "order.cancel", ORDER_CANCEL_PARAMS, ORDER_LINES_RESULTS,                                  \
	  MERIT_MAY(MEMBER) | MERIT_MAY(MERCHANT) | MERIT_MAY(SERVICE) | MERIT_MAY(OPERATOR), false, order_cancel,     \
	  "releases what is held and not fulfilled")                                                                   \
	X(ORDER_REFUND, 54, "order.refund", ORDER_REFUND_PARAMS, ORDER_LINES_RESULTS,                                  \
	  MERIT_MAY(MERCHANT) | MERIT_MAY(OPERATOR), false, order_refund,                                              \
	  "gives points back for what was fulfilled")                                                                  \
	X(ORDER_REFUND_REQUEST, 55, "order.refund_request", ORDER_REFUND_REQUEST_PARAMS, ORDER_LINES_RESULTS,          \
	  MERIT_MAY(MEMBER) | MERIT_MAY(SERVICE) | MERIT_MAY(OPERATOR), false, order_refund_request,                   \
	  "asks the merchant for a refund")                                                                            \
	X(ORDER_REFUND_DECLINE, 56, "order.refund_decline", ORDER_REFUND_DECLINE_PARAMS, ORDER_LINES_RESULTS,          \
	  MERIT_MAY(MERCHANT) | MERIT_MAY(OPERATOR), false, order_refund_decline,                                      \
	  "ends such a request without a refund")                                                                      \
	X(ORDER_ERASE, 57, "order.erase", ORDER_ERASE_PARAMS, NO_PARAMS,                                               \
	  MERIT_MAY(OPERATOR) | MERIT_MAY(SYSTEM), true, order_erase, "erases where an order went, for good")         \
	X(PROPOSAL_CREATE, 60, "proposal.create", PROPOSAL_CREATE_PARAMS, NO_PARAMS, MERIT_MAY_STAFF, false,           \
	  proposal_create, "asks another party to agree to a call")                                                    \
	X(PROPOSAL_APPROVE, 61, "proposal.approve", PROPOSAL_APPROVE_PARAMS, PROPOSAL_APPROVE_RESULTS,                           \
	  MERIT_MAY_STAFF, false, proposal_approve, "agrees, and carries the call out in this entry")                                          \
	X(PROPOSAL_REJECT, 62, "proposal.reject", PROPOSAL_REJECT_PARAMS, NO_PARAMS, MERIT_MAY_STAFF, false,           \
	  proposal_reject, "ends a proposal; its own party may withdraw it")                                           \
	X(SPONSOR_DEPOSIT, 80, "sponsor.deposit", SPONSOR_DEPOSIT_PARAMS, NO_PARAMS, MERIT_MAY(FINANCE), true,         \
	  sponsor_deposit, "books what a sponsor paid in")                                                             \
	X(SPONSOR_WITHDRAW, 81, "sponsor.withdraw", SPONSOR_WITHDRAW_PARAMS, NO_PARAMS, MERIT_MAY(FINANCE), true,      \
	  sponsor_withdraw, "books what a sponsor was paid back")                                                      \
	X(SPONSOR_CREDIT, 82, "sponsor.credit", SPONSOR_CREDIT_PARAMS, NO_PARAMS, MERIT_MAY(FINANCE), true,            \
	  sponsor_credit, "sets how much a sponsor may owe")                                                           \
	X(MERCHANT_TERMS, 83, "merchant.terms", MERCHANT_TERMS_PARAMS, NO_PARAMS, MERIT_MAY(FINANCE), true,            \
	  merchant_terms, "sets when a merchant's sales may be settled")                                               \
	X(ADJUST_POINTS, 84, "adjust.points", ADJUST_POINTS_PARAMS, OPENING_RESULTS,                                   \
	  MERIT_MAY(FINANCE) | MERIT_MAY(OPERATOR), true, adjust_points, "corrects a member's points; needs two parties") \
	X(ADJUST_DEBT, 85, "adjust.debt", ADJUST_DEBT_PARAMS, NO_PARAMS, MERIT_MAY(FINANCE) | MERIT_MAY(OPERATOR),     \
	  true, adjust_debt, "writes a member's debt off; needs two parties")                                          \
	X(ADJUST_MONEY, 86, "adjust.money", ADJUST_MONEY_PARAMS, NO_PARAMS, MERIT_MAY(FINANCE), true, adjust_money,    \
	  "corrects or opens balances in money; needs two parties")                                                    \
	X(SETTLEMENT_OPEN, 90, "settlement.open", SETTLEMENT_OPEN_PARAMS, SETTLEMENT_OPEN_RESULTS, MERIT_MAY(FINANCE), \
	  true, settlement_open, "takes all of a party's unsettled postings up to a day")                              \
	X(SETTLEMENT_ISSUE, 91, "settlement.issue", SETTLEMENT_ISSUE_PARAMS, NO_PARAMS, MERIT_MAY(FINANCE), true,      \
	  settlement_issue, "sends a settlement to its party")                                                         \
	X(SETTLEMENT_CONFIRM, 92, "settlement.confirm", SETTLEMENT_CONFIRM_PARAMS, NO_PARAMS,                          \
	  MERIT_MAY(FINANCE) | MERIT_MAY(SPONSOR) | MERIT_MAY(MERCHANT), false, settlement_confirm,                    \
	  "says that an issued settlement is right")                                                                   \
	X(SETTLEMENT_DISPUTE, 93, "settlement.dispute", SETTLEMENT_DISPUTE_PARAMS, NO_PARAMS,                          \
	  MERIT_MAY(FINANCE) | MERIT_MAY(SPONSOR) | MERIT_MAY(MERCHANT), false, settlement_dispute,                    \
	  "says that an issued settlement is wrong")                                                                   \
	X(SETTLEMENT_PAY, 94, "settlement.pay", SETTLEMENT_PAY_PARAMS, SETTLEMENT_PAY_RESULTS, MERIT_MAY(FINANCE),     \
	  true, settlement_pay, "books a payment of a settlement, or a part of it")                                    \
	X(PERIOD_CLOSE, 95, "period.close", PERIOD_CLOSE_PARAMS, NO_PARAMS, MERIT_MAY(FINANCE), true, period_close,    \
	  "closes a month: nothing is dated in it from then on")                                                       \
	X(PERIOD_REOPEN, 96, "period.reopen", PERIOD_REOPEN_PARAMS, NO_PARAMS, MERIT_MAY(FINANCE), true,               \
	  period_reopen, "opens a month again, and all later ones; needs two parties")                                 \
	X(SOURCE_DECLARE, 100, "source.declare", SOURCE_DECLARE_PARAMS, NO_PARAMS, MERIT_MAY(FINANCE), true,           \
	  source_declare, "says which files are due when")                                                             \
	X(RECON_COMMIT, 101, "recon.commit", RECON_COMMIT_PARAMS, NO_PARAMS, MERIT_MAY(FINANCE), true, recon_commit,   \
	  "makes a reconciliation of a file part of the record")                                                       \
	X(RECON_BREAK, 102, "recon.break", RECON_BREAK_PARAMS, NO_PARAMS, MERIT_MAY(FINANCE), false, recon_break,      \
	  "records a break that a run found")                                                                          \
	X(BREAK_EXPLAIN, 103, "break.explain", BREAK_EXPLAIN_PARAMS, NO_PARAMS, MERIT_MAY(FINANCE), true,              \
	  break_explain, "says what a break is and when it should be gone")                                            \
	X(BREAK_RESOLVE, 104, "break.resolve", BREAK_RESOLVE_PARAMS, NO_PARAMS, MERIT_MAY(FINANCE), true,              \
	  break_resolve, "ends a break")                                                                               \
	X(EXPIRE, 70, "expire", EXPIRE_PARAMS, NO_PARAMS, MERIT_MAY(SYSTEM), false, expire,                            \
	  "a member's lots whose last day ended")                                                                      \
	X(FORFEIT, 72, "forfeit", FORFEIT_PARAMS, NO_PARAMS, MERIT_MAY(SYSTEM), false, forfeit,                        \
	  "what a closed member still held")                                                                           \
	X(ORDER_LAPSE, 71, "order.lapse", ORDER_LAPSE_PARAMS, ORDER_LINES_RESULTS, MERIT_MAY(SYSTEM), false,           \
	  order_lapse, "releases what an order still holds at its deadline")

#define X(constant, number, name, params, results, may, proposable, function, about) MERIT_OP_##constant = (number),
enum merit_operation_number { MERIT_OPERATION_MAP(X) };
#undef X

struct merit_state;
struct merit_entry;
struct merit_model;

/* Fills the entry's status, reasons, results and postings from state, values and time. Changes no state. */
typedef void merit_decide_fn(struct merit_model *model, struct merit_entry *entry);

/* Changes state as an accepted entry says: its values, results and postings, never a decision of its own. Balances and
 * lots have been moved from the postings already. */
typedef void merit_evolve_fn(struct merit_model *model, const struct merit_entry *entry);

struct merit_operation {
	enum merit_operation_number number;
	const char *name;
	size_t name_size;
	const struct merit_parameter *params;
	size_t params_count;
	const struct merit_parameter *results;
	size_t results_count;
	unsigned may;    /* MERIT_MAY bits */
	bool proposable; /* may be the call of a proposal */
	merit_decide_fn *decide;
	merit_evolve_fn *evolve;
	const char *about;
};

/* Whether anybody outside may call it: not the first entry, nor what happens by the clock. */
bool merit_operation_is_callable(const struct merit_operation *operation);

/* By name, by number, by place in the table; NULL when there is none. */
const struct merit_operation *merit_operation_named(const char *name, size_t size);
const struct merit_operation *merit_operation_numbered(unsigned number);
const struct merit_operation *merit_operation_at(size_t index);

#endif
