/* status.h - every outcome merit can report, from a torn message to a sold-out item.
 *
 * Rows stand in order of precedence: when two apply, the upper one is returned.
 * Numbers are stored in entries and sent to clients: never change one, never reuse one. One used twice does not compile.
 *
 * Numbers  0        accepted
 *          1-99     the message was not taken: no entry was made and no id is used up; send it again once mended
 *          100-     the operation was decided and refused: its entry is in the log and its id is used up for ever
 * Source   doc/protocol.md lists them; a test keeps that list and this one equal. */
#ifndef MERIT_LEDGER_STATUS_H
#define MERIT_LEDGER_STATUS_H

#include <stdbool.h>

#define MERIT_MUST_USE __attribute__((warn_unused_result))

/* X(NAME, number, "word", "what happened and what to do next") */
#define MERIT_STATUS_MAP(X)                                                                                            \
	X(OK, 0, "accepted", "done")                                                                                   \
	/* The message as bytes. */                                                                                    \
	X(TOO_LARGE, 1, "too_large", "the message is over a limit; split it and send the parts")                       \
	X(BAD_JSON, 2, "bad_json", "the text is not JSON (RFC 8259, UTF-8); nothing was read")                         \
	X(NOT_INTEGER, 4, "not_integer", "a number has a fraction or an exponent; send integers in minor units")       \
	X(NUMBER_RANGE, 5, "number_range", "a number lies outside -(2^53-1) to 2^53-1")                                \
	X(NUL_IN_TEXT, 6, "nul_in_text", "a text holds the character U+0000; remove it")                               \
	X(TOO_DEEP, 7, "too_deep", "the JSON is nested deeper than any request needs")                                 \
	X(DUPLICATE_KEY, 3, "duplicate_key", "an object names the same key twice; name it once")                       \
	/* The envelope and who sent it. */                                                                            \
	X(BAD_ENVELOPE, 10, "bad_envelope", "the first line is not a detached JWS with an unencoded payload")          \
	X(NOT_SIGNED, 11, "not_signed", "this call must be signed; an empty first line serves public reads only")      \
	X(WRONG_AUDIENCE, 12, "wrong_audience", "aud names another ledger; sign for the origin of this one")           \
	X(STALE, 13, "stale", "iat is too far from the ledger's clock; set the clock right and sign again")            \
	X(UNKNOWN_KEY, 14, "unknown_key", "no such party and key; ask an admin to add the key")                        \
	X(REVOKED_KEY, 15, "revoked_key", "the key was revoked; sign with a live key of this party")                   \
	X(BAD_SIGNATURE, 16, "bad_signature", "the signature does not match the key named in kid")                     \
	X(BAD_TOKEN, 17, "bad_token", "the one-time token is malformed, expired, used, or for somebody else")          \
	/* JSON-RPC and its parameters. */                                                                             \
	X(BAD_REQUEST, 20, "bad_request", "not a JSON-RPC 2.0 call or batch with ids; see doc/protocol.md")            \
	X(UNKNOWN_METHOD, 21, "unknown_method", "no such method; rpc.discover lists them")                             \
	X(BAD_PARAMS, 22, "bad_params", "a parameter is missing, unknown, or of the wrong type or range")              \
	X(MIXED_BATCH, 23, "mixed_batch", "reads and writes cannot share a message; send two")                         \
	X(TOO_MANY_CALLS, 24, "too_many_calls", "the message holds more calls than this role may send at once")        \
	X(NOT_PERMITTED, 25, "not_permitted", "this role may not call this method, or not for this object")            \
	X(PRIVATE_MISMATCH, 26, "private_mismatch", "a line behind the JSON does not match its commitment")            \
	/* The service. */                                                                                             \
	X(RATE_LIMITED, 30, "rate_limited", "too many calls from this party; wait and send again with the same id")    \
	X(BUSY, 31, "busy", "the ledger is behind; wait and send again with the same id")                              \
	X(READ_ONLY, 32, "read_only", "restored from a backup; show it the newest checkpoint with merit restore")      \
	X(CLOCK_UNSURE, 33, "clock_unsure", "the clock jumped; an operator must run merit clock confirm")              \
	X(STORE_FULL, 34, "store_full", "no room for another entry; reads go on; give the disk or the map room")       \
	X(STORE_FAILED, 35, "store_failed", "the store refused a write; its reason is in the service's log")           \
	X(STOPPING, 36, "stopping", "the service is shutting down; send again with the same id")                       \
	X(UNREACHABLE, 37, "unreachable", "no answer from the service; send again with the same id")                   \
	X(BAD_REPLY, 38, "bad_reply", "the answer does not carry a valid checkpoint of this ledger")                   \
	X(NO_MEMORY, 39, "no_memory", "the process is out of memory")                                                  \
	X(PRIVATE_CLOSED, 51, "private_closed", "the service runs without the key of private data; give it that")      \
	X(CODE_REPEATED, 52, "code_repeated", "the same code was added before under another salt; leave it out")       \
	/* Files and proofs. */                                                                                        \
	X(NOT_FOUND, 40, "not_found", "there is no such thing")                                                        \
	X(BAD_FORMAT, 41, "bad_format", "the file or text is not in the form it should have")                          \
	X(FORMAT_VERSION, 42, "format_version", "the data directory has another format; use the merit that wrote it")  \
	X(IN_USE, 43, "in_use", "another process has the data directory open")                                         \
	X(EXISTS, 44, "exists", "it is there already and is not overwritten")                                          \
	X(PROOF_FAILED, 45, "proof_failed", "the proof does not lead from the entry to the signed checkpoint")         \
	X(CORRUPT, 46, "corrupt", "stored bytes contradict each other; run merit verify")                              \
	X(IO_FAILED, 47, "io_failed", "the operating system refused to read or write")                                 \
	X(KEY_EXPOSED, 48, "key_exposed", "others can read the key file; chmod 600 it, and think of a new key")        \
	X(SIGNER_MISSING, 49, "signer_missing", "no signature by the key you trust; is it from that log?")             \
	X(WRONG_KEY, 50, "wrong_key", "the data was encrypted with another key; start with that one")                  \
	/* One id, one outcome. */                                                                                     \
	X(ID_CONFLICT, 60, "id_conflict", "this id was used with other content; choose a new id")                      \
	X(GROUP_CONFLICT, 61, "group_conflict", "some of these ids were used outside this atomic group")               \
	/* Decided and refused. Shape of amounts. */                                                                   \
	X(GROUP_FAILED, 100, "group_failed", "another call of the atomic group was refused")                           \
	X(ZERO_AMOUNT, 101, "zero_amount", "an amount of 0 moves nothing")                                             \
	X(NEGATIVE_AMOUNT, 102, "negative_amount", "amounts are above 0; the operation gives the direction")           \
	X(AMOUNT_RANGE, 103, "amount_range", "a sum would leave the range of safe integers")                           \
	/* Names. */                                                                                                   \
	X(PARTY_EXISTS, 110, "party_exists", "a party has this name; names are never reused")                          \
	X(PARTY_UNKNOWN, 111, "party_unknown", "no such party")                                                        \
	X(KEY_EXISTS, 112, "key_exists", "this key name or public key was used before; make a new key")                \
	X(KEY_UNKNOWN, 113, "key_unknown", "no such live key")                                                         \
	X(LAST_ADMIN_KEY, 114, "last_admin_key", "the last admin key cannot go; add another first")                    \
	X(TOO_MANY_KEYS, 115, "too_many_keys", "the party has as many keys as it may: 32 live, 1,000 ever")          \
	X(TOKEN_USED, 116, "token_used", "the one-time token was used; ask for a new link")                            \
	X(SPONSOR_UNKNOWN, 120, "sponsor_unknown", "no such sponsor")                                                  \
	X(MERCHANT_UNKNOWN, 121, "merchant_unknown", "no such merchant")                                               \
	X(MEMBER_UNKNOWN, 122, "member_unknown", "no such member")                                                     \
	X(CAMPAIGN_EXISTS, 123, "campaign_exists", "a campaign has this name")                                         \
	X(CAMPAIGN_UNKNOWN, 124, "campaign_unknown", "no such campaign")                                               \
	X(ITEM_EXISTS, 125, "item_exists", "an item has this name; item.update makes a new version")                   \
	X(ITEM_UNKNOWN, 126, "item_unknown", "no such item")                                                           \
	X(ORDER_EXISTS, 127, "order_exists", "an order has this name, or it was cancelled before it came")             \
	X(ORDER_UNKNOWN, 128, "order_unknown", "no such order")                                                        \
	X(LINE_UNKNOWN, 129, "line_unknown", "the order has no such line")                                             \
	X(ENTRY_UNKNOWN, 130, "entry_unknown", "no such entry, or not of the kind this needs")                         \
	X(TIER_UNKNOWN, 131, "tier_unknown", "no such tier; program.tier adds it")                                     \
	X(REFERRAL_UNKNOWN, 132, "referral_unknown", "nobody has referred this member")                                \
	X(CODE_UNKNOWN, 133, "code_unknown", "no such code among those not given away")                                \
	X(CODE_EXISTS, 134, "code_exists", "this code was added before")                                               \
	X(SETTLEMENT_EXISTS, 210, "settlement_exists", "a settlement has this name")                                   \
	X(SETTLEMENT_UNKNOWN, 211, "settlement_unknown", "no such settlement")                                         \
	X(ACCOUNT_UNKNOWN, 212, "account_unknown", "no such account in money; see doc/protocol.md")                    \
	/* Members. */                                                                                                 \
	X(MEMBER_CLOSED, 190, "member_closed", "the member is closed")                                                 \
	X(MEMBER_FROZEN, 191, "member_frozen", "the member is frozen; member.unfreeze ends that")                      \
	X(MEMBER_BUSY, 192, "member_busy", "orders or awards are under way; end them first")                           \
	X(TOO_MANY_TAGS, 193, "too_many_tags", "the member has as many tags as one may")                               \
	X(TOO_MANY_TIERS, 194, "too_many_tiers", "the program has as many tiers as it may")                            \
	/* Reconciliation. */                                                                                          \
	X(SOURCE_UNKNOWN, 242, "source_unknown", "no such source of files; source.declare adds it")                    \
	X(TOO_MANY_SOURCES, 243, "too_many_sources", "there are as many sources as there may be")                      \
	X(RUN_EXISTS, 244, "run_exists", "a run has this name")                                                        \
	X(RUN_UNKNOWN, 245, "run_unknown", "no such run")                                                              \
	X(SUPERSEDED, 246, "superseded", "a later run took this one's place")                                          \
	X(OTHER_SOURCE, 247, "other_source", "the runs are of two sources")                                            \
	X(BREAK_EXISTS, 248, "break_exists", "a break has this name")                                                  \
	X(BREAK_UNKNOWN, 249, "break_unknown", "no such break")                                                        \
	X(DAYS_REVERSED, 250, "days_reversed", "the last day is before the first")                                     \
	X(TOO_MANY_DAYS, 251, "too_many_days", "a file covers a year at most")                                         \
	X(DAY_COVERED, 252, "day_covered", "a run of this source covers such a day; name the run this one supersedes") \
	X(FILE_USED, 253, "file_used", "a run of this source was made of the same file")                               \
	X(TOO_MANY_BREAKS, 254, "too_many_breaks", "more breaks than a run may have; is it the right file?")           \
	X(BREAK_ENDED, 256, "break_ended", "the break was resolved, or withdrawn with its run")                        \
	X(RUN_COMPLETE, 255, "run_complete", "the run has as many of these as it said")                                \
	X(EXPECTED_PAST, 257, "expected_past", "the day by which it should be gone is past")                           \
	X(CLASS_UNFIT, 258, "class_unfit", "only what a run found so is explained as matched, within_tolerance, unreadable") \
	/* Second parties. */                                                                                          \
	X(PROPOSAL_REQUIRED, 140, "proposal_required", "this needs two parties; use proposal.create")                  \
	X(PROPOSAL_EXISTS, 141, "proposal_exists", "a proposal has this name")                                         \
	X(PROPOSAL_UNKNOWN, 142, "proposal_unknown", "no such proposal")                                               \
	X(PROPOSAL_ENDED, 143, "proposal_ended", "the proposal was approved or rejected already")                      \
	X(SAME_PARTY, 144, "same_party", "another party must agree, not another key of the same one")                  \
	/* Periods. */                                                                                                 \
	X(PERIOD_CLOSED, 220, "period_closed", "the day's period is closed; date it later, or reopen the period")      \
	X(PERIOD_NOT_OVER, 221, "period_not_over", "the period has not ended yet")                                     \
	X(PERIOD_ORDER, 222, "period_order", "periods close in order; close the one before it first")                  \
	X(PERIOD_OPEN, 223, "period_open", "the period is open")                                                       \
	X(BOOKS_MOVED, 241, "books_moved", "something was dated in the period since its reports were made; make them again") \
	X(NOT_READY, 240, "not_ready", "files, breaks or settlements of the period are missing; period.missing lists them") \
	/* Money. */                                                                                                   \
	X(SPONSOR_IS_PLATFORM, 224, "sponsor_is_platform", "the platform pays for its own points: it has no account")  \
	X(REFERENCE_USED, 225, "reference_used", "this bank reference was booked before")                              \
	X(CURRENCY_MISMATCH, 226, "currency_mismatch", "the settlement is in another currency")                        \
	X(SHORT_PREPAID, 227, "short_prepaid", "the sponsor's account holds less")                                     \
	X(OVER_CREDIT, 228, "over_credit", "its points would be worth more than prepaid and credit; deposit first")    \
	/* Settlements. */                                                                                             \
	X(NOT_ISSUED, 230, "not_issued", "the settlement is open; issue it first")                                     \
	X(ALREADY_ISSUED, 231, "already_issued", "the settlement was issued")                                          \
	X(ANOTHER_OPEN, 232, "another_open", "a settlement of this party and currency is open; issue it first")        \
	X(DISPUTED, 233, "disputed", "the settlement is disputed; adjust and confirm it")                              \
	X(ALREADY_CONFIRMED, 234, "already_confirmed", "the settlement was confirmed")                                 \
	X(ALREADY_PAID, 235, "already_paid", "the settlement is paid")                                                 \
	X(OVER_TOTAL, 236, "over_total", "more than is left to pay of the settlement")                                 \
	/* Campaigns and earning. */                                                                                   \
	X(CAMPAIGN_CLOSED, 150, "campaign_closed", "the campaign is closed")                                           \
	X(NO_RULE, 151, "no_rule", "the campaign has no rule for this event")                                          \
	X(OUTSIDE_WINDOW, 152, "outside_window", "it occurred outside the campaign's window")                          \
	X(IN_FUTURE, 153, "in_future", "it would have occurred after the ledger's time")                               \
	X(TOO_LATE, 154, "too_late", "longer ago than the program accepts")                                            \
	X(POINTS_FIXED, 155, "points_fixed", "the rule fixes the points; leave them out or name the same")             \
	X(POINTS_MISSING, 156, "points_missing", "the rule asks the caller for the points")                            \
	X(MULTIPLIER_UNCLEAR, 195, "multiplier_unclear", "a multiplier names one tier or one tag")                     \
	X(OVER_MAXIMUM, 157, "over_maximum", "more points than the rule allows at once")                               \
	X(BELOW_MINIMUM, 166, "below_minimum", "the quantity is below what the rule asks for")                         \
	X(EVIDENCE_MISSING, 158, "evidence_missing", "the rule asks for evidence")                                     \
	X(EVIDENCE_USED, 159, "evidence_used", "this evidence paid before")                                            \
	X(ALREADY_EARNED, 160, "already_earned", "this member was paid for this reference before")                     \
	X(ACTOR_IS_MEMBER, 161, "actor_is_member", "who triggers an award cannot receive it")                          \
	X(CAP_REACHED, 167, "cap_reached", "the member has as many points by this rule as it gives")                   \
	X(QUOTA_REACHED, 168, "quota_reached", "as many awards were made by this rule as it allows")                   \
	X(SPONSOR_CAP_REACHED, 169, "sponsor_cap_reached", "the member is worth what the sponsor allows in a year")    \
	X(SHORT_BUDGET, 162, "short_budget", "the campaign's budget holds fewer points")                               \
	X(LOT_EXPIRED, 163, "lot_expired", "the points would be past their last day; reject or reverse the award")     \
	X(TOO_MANY_LOTS, 164, "too_many_lots", "the member has as many lots, or lots and debts, as one may")                             \
	X(ALREADY_REVERSED, 165, "already_reversed", "the earn was reversed already")                                  \
	X(NOT_PENDING, 185, "not_pending", "the award does not wait for this")                                         \
	/* Referrals, in the order of their checks. */                                                                 \
	X(NO_TERMS, 200, "no_terms", "the campaign pays for no referrals; campaign.referral sets that")                \
	X(SELF_REFERRAL, 201, "self_referral", "nobody refers themselves")                                             \
	X(ALREADY_REFERRED, 202, "already_referred", "this referral was recorded before")                              \
	X(OTHER_REFERRER, 203, "other_referrer", "somebody else referred this member first")                           \
	X(REFERRAL_CYCLE, 204, "referral_cycle", "the referrer goes back to this member")                              \
	X(NOT_FLAGGED, 205, "not_flagged", "the referral does not wait for a reviewer")                                \
	/* Items and orders. */                                                                                        \
	X(ITEM_CLOSED, 170, "item_closed", "the item is not on offer")                                                 \
	X(ITEM_BARRED, 171, "item_barred", "no points of the member may buy this class of item")                             \
	X(PRICE_CHANGED, 172, "price_changed", "the item's version or price is another now; show it and ask again")    \
	X(RECIPIENT_MISSING, 206, "recipient_missing", "the item needs to know where to; name a recipient")            \
	X(LIMIT_REACHED, 207, "limit_reached", "a member may have fewer of this item in the period")                   \
	X(SHORT_STOCK, 173, "short_stock", "fewer pieces are left")                                                    \
	X(STOCK_IS_CODES, 209, "stock_is_codes", "the stock of codes is code.add and code.withdraw")                   \
	X(SHORT_POINTS, 174, "short_points", "the member has fewer points that can buy this")                          \
	X(ORDER_TOO_LARGE, 175, "order_too_large", "an entry of this order would be too long; order in parts")         \
	X(OVER_HELD, 177, "over_held", "the line holds fewer pieces that are neither shipped nor cancelled")           \
	X(OVER_FULFILLED, 178, "over_fulfilled", "the line has fewer fulfilled pieces that are not refunded")          \
	X(OVER_REQUESTED, 208, "over_requested", "a refund was asked for fewer pieces of the line")                    \
	X(NOTHING_TO_DO, 179, "nothing_to_do", "nothing is left that this could change")                               \
	X(LINE_TWICE, 180, "line_twice", "name each line once")                                                        \
	/* Looked at last, when all the entry moves is known. */                                                       \
	X(MONEY_RANGE, 237, "money_range", "an account in money would leave its range")                                \
	X(ENTRY_TOO_LARGE, 181, "entry_too_large", "the outcome does not fit an entry; do it in parts")                \
	X(PUBLIC_KEY_WEAK, 183, "public_key_weak", "not a usable Ed25519 public key")                                  \
	X(NOT_DUE, 184, "not_due", "it is not due yet")

#define X(name, number, word, text) MERIT_##name = (number),
enum merit_status { MERIT_STATUS_MAP(X) };
#undef X

/* The first number whose outcome is an entry. Below it nothing was decided. */
#define MERIT_STATUS_FIRST_REFUSAL 100

/* The stable word clients compare, such as "short_points". Never NULL; "unknown" for a number this build does not know. */
const char *merit_status_word(enum merit_status status);

/* One English sentence that says what to do next. Never NULL. */
const char *merit_status_text(enum merit_status status);

/* The status with this word, into *status_out. False, with *status_out untouched, when there is none. */
MERIT_MUST_USE bool merit_status_from_word(const char *word, enum merit_status *status_out);

/* Walks the list in order of precedence: the status in place index, or false past the end. */
MERIT_MUST_USE bool merit_status_at(unsigned index, enum merit_status *status_out);

#endif
