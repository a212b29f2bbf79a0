/* operation_params.h - what the operations of operation.h take, and what their entries say: lists of parameters and of
 * results, and behind them the places of both in an entry. */
#ifndef MERIT_LEDGER_OPERATION_PARAMS_H
#define MERIT_LEDGER_OPERATION_PARAMS_H

/* X(CONSTANT, "name", TYPE, required, "about") */
#define MERIT_PROGRAM_CREATE_PARAMS(X)                                                                                 \
	X(PROGRAM_ORIGIN, "origin", ORIGIN, true, "the ledger's name in every checkpoint and signature")               \
	X(PROGRAM_FORMAT, "format", VERSION, true, "version of the bytes of entries")                                  \
	X(PROGRAM_RULES, "rules", VERSION, true, "version of the rules that decide")                                   \
	X(PROGRAM_LOG_KEY, "log_key", PUBLIC, true, "signs checkpoints")                                               \
	X(PROGRAM_SYSTEM_KEY, "system_key", PUBLIC, true, "signs what happens by the clock")                           \
	X(PROGRAM_ADMIN, "admin", NAME, true, "the first party")                                                       \
	X(PROGRAM_ADMIN_KEY_NAME, "key", NAME, true, "the name of its key")                                            \
	X(PROGRAM_ADMIN_KEY, "public", PUBLIC, true, "its key; it signs this entry")                                   \
	X(PROGRAM_OFFSET, "offset_minutes", OFFSET, true, "where the program's days begin and end")                    \
	X(PROGRAM_POLICY, "refund_policy", POLICY, true, "what a refund into a dead lot does")                         \
	X(PROGRAM_GRACE, "grace_days", DAYS, true, "policy grace: the lot lives on from the refund for so long")       \
	X(PROGRAM_HOLD, "hold_minutes", MINUTES, true, "how long an order waits to be fulfilled")                      \
	X(PROGRAM_RECEIVE, "receive_days", DAYS, true, "days after shipping an order counts as received")              \
	X(PROGRAM_LATE, "late_days", DAYS, true, "how many days late an earn may arrive")                              \
	X(PROGRAM_ERASE, "erase_days", DAYS, true, "days after an order ended its recipient is erased")                \
	X(PROGRAM_OLD_ORIGIN, "old_origin", ORIGIN, false, "the ledger this one continues")                            \
	X(PROGRAM_OLD_SIZE, "old_size", SEQ, false, "and the size")                                                    \
	X(PROGRAM_OLD_ROOT, "old_root", HASH, false, "and root of its last known head")

#define MERIT_PARTY_CREATE_PARAMS(X)                                                                                   \
	X(PARTY_PARTY, "party", NAME, true, "the new party's name, never used before")                                 \
	X(PARTY_ROLE, "role", ROLE, true, "what it may do")                                                            \
	X(PARTY_KEY, "key", NAME, false, "the name of its first key")                                                  \
	X(PARTY_PUBLIC, "public", PUBLIC, false, "its first key")

#define MERIT_KEY_ADD_PARAMS(X)                                                                                        \
	X(KEY_ADD_PARTY, "party", NAME, true, "whose key")                                                             \
	X(KEY_ADD_KEY, "key", NAME, true, "the key's name, never used by this party before")                           \
	X(KEY_ADD_PUBLIC, "public", PUBLIC, true, "the key, never used by anybody before")

#define MERIT_KEY_ROTATE_PARAMS(X)                                                                                     \
	X(KEY_ROTATE_KEY, "key", NAME, true, "the new key's name; the key that signs this call is revoked")            \
	X(KEY_ROTATE_PUBLIC, "public", PUBLIC, true, "the new key")

#define MERIT_KEY_REVOKE_PARAMS(X)                                                                                     \
	X(KEY_REVOKE_PARTY, "party", NAME, true, "whose key")                                                          \
	X(KEY_REVOKE_KEY, "key", NAME, true, "which key")                                                              \
	X(KEY_REVOKE_REASON, "reason", TEXT, false, "why")

#define MERIT_KEY_BIND_PARAMS(X)                                                                                       \
	X(KEY_BIND_TOKEN, "token", TOKEN, true, "the platform's one-time token: compact JWS of member, aud, jti, exp") \
	X(KEY_BIND_DEVICE, "device", NAME, false, "the kind of device, such as android-chrome; not whose it is")       \
	X(KEY_BIND_SOFTWARE, "software", FLAG, false, "whether a page's own code keeps the key, not the browser's key store")

#define MERIT_KEY_BIND_RESULTS(X)                                                                                      \
	X(KEY_BIND_MEMBER, "member", NAME, true, "whose key")                                                          \
	X(KEY_BIND_KEY, "key", NAME, true, "the key's name: the first 22 characters of its JWK thumbprint")            \
	X(KEY_BIND_PUBLIC, "public", PUBLIC, true, "the key, from the header's jwk")                                   \
	X(KEY_BIND_SERVICE, "service", NAME, true, "who signed the token")                                             \
	X(KEY_BIND_SERVICE_KEY, "service_key", NAME, true, "with which key")                                           \
	X(KEY_BIND_JTI, "jti", ID, true, "the token's id, used up by this entry")

#define MERIT_SPONSOR_CREATE_PARAMS(X)                                                                                 \
	X(SPONSOR_SPONSOR, "sponsor", NAME, true, "the new party's name")                                              \
	X(SPONSOR_PLATFORM, "platform", FLAG, false, "the platform itself: its points are an expense, and need no deposit")
#define MERIT_MERCHANT_CREATE_PARAMS(X) X(MERCHANT_MERCHANT, "merchant", NAME, true, "the new party's name")
#define MERIT_MEMBER_CREATE_PARAMS(X) X(MEMBER_MEMBER, "member", NAME, true, "an opaque id: no name, phone or address")

#define MERIT_PROGRAM_TIER_PARAMS(X)                                                                                   \
	X(TIER_TIER, "tier", NAME, true, "a new tier, or one to change")                                               \
	X(TIER_POINTS, "points", CAP, true, "points earned in a calendar year from which on it holds")

#define MERIT_MEMBER_OPENING_PARAMS(X)                                                                                 \
	X(OPENING_MEMBER, "member", NAME, true, "who had points before this ledger")                                   \
	X(OPENING_CAMPAIGN, "campaign", NAME, true, "whose budget stands for them")                                    \
	X(OPENING_POINTS, "points", POINTS, true, "how many")                                                          \
	X(OPENING_REFERENCE, "reference", REFERENCE, true, "the old system's; a member is given it once")              \
	X(OPENING_LAST_DAY, "last_day", DAY, false, "their last day; by the campaign's months from today when absent")

#define MERIT_OPENING_RESULTS(X)                                                                                       \
	X(OPENING_LAST, "last_day", DAY, false, "the lot's last day; absent = never expires")

#define MERIT_MEMBER_TAG_PARAMS(X)                                                                                     \
	X(TAG_MEMBER, "member", NAME, true, "which member")                                                            \
	X(TAG_TAG, "tag", NAME, true, "a word of the program, such as cardiology")                                     \
	X(TAG_ON, "on", FLAG, true, "to put it on, or take it off")

#define MERIT_MEMBER_TIER_PARAMS(X)                                                                                    \
	X(MEMBER_TIER_MEMBER, "member", NAME, true, "which member")                                                    \
	X(MEMBER_TIER_TIER, "tier", NAME, false, "stays until changed; by points earned again when absent")

#define MERIT_MEMBER_FREEZE_PARAMS(X)                                                                                  \
	X(FREEZE_MEMBER, "member", NAME, true, "neither earns nor orders until unfrozen")                              \
	X(FREEZE_REASON, "reason", TEXT, true, "why")

#define MERIT_MEMBER_UNFREEZE_PARAMS(X)                                                                                \
	X(UNFREEZE_MEMBER, "member", NAME, true, "may earn and order again")                                           \
	X(UNFREEZE_REASON, "reason", TEXT, true, "why")

#define MERIT_MEMBER_CLOSE_PARAMS(X)                                                                                   \
	X(MEMBER_CLOSE_MEMBER, "member", NAME, true, "for ever; what is available expires")                            \
	X(MEMBER_CLOSE_REASON, "reason", TEXT, true, "why")

#define MERIT_CAMPAIGN_CREATE_PARAMS(X)                                                                                \
	X(CAMPAIGN_CAMPAIGN, "campaign", NAME, true, "the new campaign's name")                                        \
	X(CAMPAIGN_SPONSOR, "sponsor", NAME, true, "who funds it")                                                     \
	X(CAMPAIGN_STARTS, "starts", DAY, true, "first day on which something may occur")                              \
	X(CAMPAIGN_ENDS, "ends", DAY, true, "last such day")                                                           \
	X(CAMPAIGN_CURRENCY, "currency", CURRENCY, true, "of the points' value")                                       \
	X(CAMPAIGN_VALUE_MINOR, "value_minor", MINOR, true, "so many minor units")                                     \
	X(CAMPAIGN_VALUE_POINTS, "value_points", POINTS, true, "are the value of so many points")                      \
	X(CAMPAIGN_CONTRACT, "contract", CONTRACT, true, "where expired points go")                                    \
	X(CAMPAIGN_MONTHS, "months", MONTHS, true, "how long points live; 0 = for ever")                               \
	X(CAMPAIGN_ROUND, "round", ROUND, true, "last days are rounded up to the end of")                              \
	X(CAMPAIGN_FROM, "from", FROM, true, "months count from occurrence or from availability")

#define MERIT_CAMPAIGN_RULE_PARAMS(X)                                                                                  \
	X(RULE_CAMPAIGN, "campaign", NAME, true, "which campaign")                                                     \
	X(RULE_EVENT, "event", NAME, true, "the event type, such as course_completion")                                \
	X(RULE_POINTS, "points", POINTS, false, "fixed points; either this or maximum")                                \
	X(RULE_MAXIMUM, "maximum", POINTS, false, "the caller names the points, up to this many")                      \
	X(RULE_EVIDENCE, "evidence", EVIDENCE, true, "whether an earn must bring evidence, and new evidence")          \
	X(RULE_MINIMUM, "minimum", MEASURE, false, "the least quantity of an earn, such as minutes watched")           \
	X(RULE_REVIEW, "review", FLAG, false, "awards wait for earn.review")                                           \
	X(RULE_DELAY, "delay_days", DAYS, false, "days from the day it occurred until the points can be used")         \
	X(RULE_CLIP, "clip", FLAG, false, "over a cap, pay what is left of it in place of refusing")                   \
	X(RULE_CAP_DAY, "cap_day", CAP, false, "points a member gets by this rule in a day")                           \
	X(RULE_CAP_MONTH, "cap_month", CAP, false, "in a month")                                                       \
	X(RULE_CAP_YEAR, "cap_year", CAP, false, "in a year")                                                          \
	X(RULE_CAP_LIFETIME, "cap_lifetime", CAP, false, "ever")                                                       \
	X(RULE_QUOTA_DAY, "quota_day", LIMIT, false, "awards a member gets by this rule in a day")                     \
	X(RULE_QUOTA_MONTH, "quota_month", LIMIT, false, "in a month")                                                 \
	X(RULE_QUOTA_YEAR, "quota_year", LIMIT, false, "in a year")                                                    \
	X(RULE_QUOTA_LIFETIME, "quota_lifetime", LIMIT, false, "ever")                                                 \
	X(RULE_QUOTA_REFERENCE, "quota_reference", LIMIT, false, "awards for one reference, all members together")     \
	X(RULE_QUOTA_EVENT, "quota_event", LIMIT, false, "awards for the event, all members together")                 \
	X(RULE_MULTIPLIERS, "multipliers", MULTIPLIERS, false, "by tier or tag; the highest that applies, before caps") \
	X(RULE_NATURE, "nature", TEXT, false, "nature of payment, for disclosure")                                     \
	X(RULE_FORM, "form", TEXT, false, "form of payment, for disclosure")                                           \
	X(RULE_INCOME, "income", TEXT, false, "class of income, for tax reports")

#define MERIT_VERSION_RESULTS(X) X(RESULT_VERSION, "version", VERSION, true, "the version this made")

#define MERIT_CAMPAIGN_FUND_PARAMS(X)                                                                                  \
	X(FUND_CAMPAIGN, "campaign", NAME, true, "which campaign")                                                     \
	X(FUND_POINTS, "points", POINTS, true, "added to its budget")                                                  \
	X(FUND_REFERENCE, "reference", REFERENCE, false, "the sponsor's order or contract number")

#define MERIT_CAMPAIGN_CLOSE_PARAMS(X) X(CLOSE_CAMPAIGN, "campaign", NAME, true, "which; its budget goes back")

#define MERIT_CAMPAIGN_REFERRAL_PARAMS(X)                                                                              \
	X(TERMS_CAMPAIGN, "campaign", NAME, true, "which campaign")                                                    \
	X(TERMS_EVENT, "event", NAME, true, "the referee qualifies with the first earn for this event")                \
	X(TERMS_REFERRER_POINTS, "referrer_points", CAP, true, "for who referred; 0 = nothing")                        \
	X(TERMS_REFEREE_POINTS, "referee_points", CAP, true, "for who was referred; 0 = nothing")                      \
	X(TERMS_WINDOW, "window_days", DAYS, false, "days from the referral in which to qualify; any when absent")     \
	X(TERMS_CAP_DAY, "cap_day", CAP, false, "points a referrer gets in a day")                                     \
	X(TERMS_CAP_MONTH, "cap_month", CAP, false, "in a month")                                                      \
	X(TERMS_CAP_YEAR, "cap_year", CAP, false, "in a year")                                                         \
	X(TERMS_CAP_LIFETIME, "cap_lifetime", CAP, false, "ever")                                                      \
	X(TERMS_FLAG_DAY, "flag_day", LIMIT, false, "referrals of one referrer in a day beyond which they wait for a reviewer")

#define MERIT_CAMPAIGN_ELIGIBILITY_PARAMS(X)                                                                           \
	X(ELIGIBILITY_CAMPAIGN, "campaign", NAME, true, "whose points")                                                \
	X(ELIGIBILITY_CLASS, "class", CLASS, true, "may buy items of this class")                                      \
	X(ELIGIBILITY_ALLOWED, "allowed", FLAG, true, "or may not; cash and medicine need a proposal to be allowed")   \
	X(ELIGIBILITY_TAG, "tag", NAME, false, "only for members with this tag")                                       \
	X(ELIGIBILITY_TIER, "tier", NAME, false, "only for members of this tier or a higher one")

#define MERIT_SPONSOR_CAP_PARAMS(X)                                                                                    \
	X(CAP_SPONSOR, "sponsor", NAME, true, "whose campaigns, all together")                                         \
	X(CAP_CURRENCY, "currency", CURRENCY, true, "those in this currency")                                          \
	X(CAP_MINOR, "cap_minor", CAP, true, "what a member's awards of a calendar year may be worth; 0 = any")

#define MERIT_ITEM_CREATE_PARAMS(X)                                                                                    \
	X(ITEM_ITEM, "item", NAME, true, "the new item's name")                                                        \
	X(ITEM_MERCHANT, "merchant", NAME, true, "who supplies it")                                                    \
	X(ITEM_CLASS, "class", CLASS, true, "decides which points may buy it")                                         \
	X(ITEM_POINTS, "points", POINTS, true, "price of a piece")                                                     \
	X(ITEM_CURRENCY, "currency", CURRENCY, true, "of the settlement price")                                        \
	X(ITEM_PRICE_MINOR, "price_minor", MINOR, true, "what the merchant is due for a piece")                        \
	X(ITEM_STOCK, "stock", CHANGE, false, "pieces on hand")                                                        \
	X(ITEM_TITLE, "title", TEXT, false, "what people read")                                                        \
	X(ITEM_DELIVERY, "delivery", DELIVERY, false, "what an order must say: none when absent")                      \
	X(ITEM_LIMIT_DAY, "limit_day", LIMIT, false, "pieces a member may order in a day")                             \
	X(ITEM_LIMIT_MONTH, "limit_month", LIMIT, false, "in a month")                                                 \
	X(ITEM_LIMIT_YEAR, "limit_year", LIMIT, false, "in a year")                                                    \
	X(ITEM_LIMIT_LIFETIME, "limit_lifetime", LIMIT, false, "ever")                                                 \
	X(ITEM_CATEGORY, "category", NAME, false, "what it is found under")

#define MERIT_ITEM_CREATE_RESULTS(X)                                                                                   \
	X(ITEM_OFFERED, "offered", FLAG, true, "whether it can be ordered; a merchant's waits for an operator")

#define MERIT_ITEM_UPDATE_PARAMS(X)                                                                                    \
	X(ITEM_UPDATE_ITEM, "item", NAME, true, "which item; the change is its next version")                          \
	X(ITEM_UPDATE_POINTS, "points", POINTS, false, "new price of a piece")                                         \
	X(ITEM_UPDATE_PRICE_MINOR, "price_minor", MINOR, false, "new settlement price")                                \
	X(ITEM_UPDATE_TITLE, "title", TEXT, false, "new title")                                                        \
	X(ITEM_UPDATE_OFFERED, "offered", FLAG, false, "whether it can be ordered")                                    \
	X(ITEM_UPDATE_DELIVERY, "delivery", DELIVERY, false, "what an order must say")                                 \
	X(ITEM_UPDATE_LIMIT_DAY, "limit_day", LIMIT, false, "pieces a member may order in a day")                      \
	X(ITEM_UPDATE_LIMIT_MONTH, "limit_month", LIMIT, false, "in a month")                                          \
	X(ITEM_UPDATE_LIMIT_YEAR, "limit_year", LIMIT, false, "in a year")                                             \
	X(ITEM_UPDATE_LIMIT_LIFETIME, "limit_lifetime", LIMIT, false, "ever")                                          \
	X(ITEM_UPDATE_CATEGORY, "category", NAME, false, "what it is found under")

#define MERIT_ITEM_STOCK_PARAMS(X)                                                                                     \
	X(STOCK_ITEM, "item", NAME, true, "which item")                                                                \
	X(STOCK_QUANTITY, "quantity", CHANGE, true, "pieces added, or taken away below 0")                             \
	X(STOCK_REASON, "reason", TEXT, false, "why")

#define MERIT_CODE_ADD_PARAMS(X)                                                                                       \
	X(CODE_ADD_ITEM, "item", NAME, true, "an item of class code")                                                  \
	X(CODE_ADD_CODE, "code", COMMITMENT, true, "the code itself follows the JSON")

#define MERIT_CODE_WITHDRAW_PARAMS(X)                                                                                  \
	X(CODE_WITHDRAW_ITEM, "item", NAME, true, "which item")                                                        \
	X(CODE_WITHDRAW_CODE, "code", HASH, true, "the commitment of a code that is not given away yet")               \
	X(CODE_WITHDRAW_REASON, "reason", TEXT, false, "why")

#define MERIT_EARN_PARAMS(X)                                                                                           \
	X(EARN_MEMBER, "member", NAME, true, "who earns")                                                              \
	X(EARN_CAMPAIGN, "campaign", NAME, true, "who pays")                                                           \
	X(EARN_EVENT, "event", NAME, true, "for what kind of thing")                                                   \
	X(EARN_REFERENCE, "reference", REFERENCE, true, "for which one; a member is paid once for it")                 \
	X(EARN_OCCURRED, "occurred", TIME, true, "when it happened")                                                   \
	X(EARN_POINTS, "points", POINTS, false, "where the rule leaves it to the caller")                              \
	X(EARN_EVIDENCE, "evidence", HASH, false, "SHA-256 of what proves it")                                         \
	X(EARN_ACTOR, "actor", NAME, false, "who triggered it, where not the member")                                  \
	X(EARN_QUANTITY, "quantity", MEASURE, false, "what the rule has a minimum of, such as minutes watched")        \
	X(EARN_PRODUCT, "product", TEXT, false, "what it was about, for disclosure")                                   \
	X(EARN_NATURE, "nature", TEXT, false, "nature of payment, in place of the rule's")                             \
	X(EARN_FORM, "form", TEXT, false, "form of payment, in place of the rule's")                                   \
	X(EARN_INCOME, "income", TEXT, false, "class of income, in place of the rule's")

#define MERIT_EARN_RESULTS(X)                                                                                          \
	X(EARN_RULE, "rule", VERSION, true, "the version of the rule that paid")                                       \
	X(EARN_PAID, "paid", POINTS, true, "points, debt paid down included")                                          \
	X(EARN_LAST_DAY, "last_day", DAY, false, "the lot's last day; absent = never expires")                         \
	X(EARN_STATE, "state", AWARD_STATE, false, "review or maturing; absent = available")                           \
	X(EARN_MATURES, "matures", TIME, false, "when an award that waits becomes available, at the earliest")            \
	X(EARN_MULTIPLIER, "multiplier", BASIS, false, "that applied, where not once")                                 \
	X(EARN_ASKED, "asked", POINTS, false, "where a cap clipped it: the points before")

#define MERIT_REVERSE_PARAMS(X)                                                                                        \
	X(REVERSE_ENTRY, "entry", SEQ, true, "the earn's seq")                                                         \
	X(REVERSE_REASON, "reason", TEXT, true, "why")

#define MERIT_REVERSE_RESULTS(X)                                                                                       \
	X(REVERSE_MEMBER, "member", NAME, true, "whose earn it was")                                                   \
	X(REVERSE_POINTS, "points", POINTS, true, "clawed back")                                                       \
	X(REVERSE_OWED, "owed", INTEGER, true, "of them now a debt")

#define MERIT_EARN_REVIEW_PARAMS(X)                                                                                    \
	X(REVIEW_ENTRY, "entry", SEQ, true, "the earn's seq")                                                          \
	X(REVIEW_DECISION, "decision", DECISION, true, "rejecting frees reference, evidence, budget and caps")         \
	X(REVIEW_REASON, "reason", TEXT, true, "why")

#define MERIT_AWARD_RESULTS(X)                                                                                         \
	X(AWARD_MEMBER, "member", NAME, true, "whose award it is")                                                     \
	X(AWARD_CAMPAIGN, "campaign", NAME, true, "who pays")                                                          \
	X(AWARD_POINTS, "points", POINTS, true, "debt paid down included")                                             \
	X(AWARD_STATE, "state", AWARD_STATE, true, "behind this entry")                                                \
	X(AWARD_LAST_DAY, "last_day", DAY, false, "the lot's last day; absent = not available, or never expires")      \
	X(AWARD_MATURES, "matures", TIME, false, "when a maturing award becomes available")

#define MERIT_MATURE_PARAMS(X)                                                                                         \
	X(MATURE_ENTRY, "entry", SEQ, true, "the earn's seq")

#define MERIT_REFERRAL_RECORD_PARAMS(X)                                                                                \
	X(RECORD_REFERRER, "referrer", NAME, true, "the member who brought somebody in")                               \
	X(RECORD_REFEREE, "referee", NAME, true, "the member brought in; has one referrer for ever")                   \
	X(RECORD_CAMPAIGN, "campaign", NAME, true, "whose terms apply")                                                \
	X(RECORD_OCCURRED, "occurred", TIME, false, "when; now when absent")

#define MERIT_REFERRAL_RECORD_RESULTS(X)                                                                               \
	X(RECORD_STATE, "state", REFERRAL_STATE, true, "recorded, or flagged for a reviewer")

#define MERIT_REFERRAL_REVIEW_PARAMS(X)                                                                                \
	X(RELEASE_REFEREE, "referee", NAME, true, "whose referral")                                                    \
	X(RELEASE_DECISION, "decision", DECISION, true, "a rejected referral is never paid")                           \
	X(RELEASE_REASON, "reason", TEXT, true, "why")

#define MERIT_REFERRAL_REVIEW_RESULTS(X)                                                                               \
	X(RELEASE_STATE, "state", REFERRAL_STATE, true, "behind this entry")

#define MERIT_REFERRAL_PARAMS(X)                                                                                       \
	X(REFERRAL_REFEREE, "referee", NAME, true, "who qualified")

#define MERIT_REFERRAL_RESULTS(X)                                                                                      \
	X(REFERRAL_REFERRER, "referrer", NAME, true, "who referred")                                                   \
	X(REFERRAL_CAMPAIGN, "campaign", NAME, true, "who pays")                                                       \
	X(REFERRAL_TERMS, "terms", VERSION, true, "the version of the terms that paid")                                \
	X(REFERRAL_REFERRER_PAID, "referrer_paid", INTEGER, true, "points, debt paid down included")                   \
	X(REFERRAL_REFEREE_PAID, "referee_paid", INTEGER, true, "points, debt paid down included")                     \
	X(REFERRAL_REFERRER_WHY, "referrer_why", NAME, false, "the status that kept the referrer from more")           \
	X(REFERRAL_REFEREE_WHY, "referee_why", NAME, false, "the status that kept the referee from it")                \
	X(REFERRAL_STATE, "state", REFERRAL_STATE, true, "paid; flagged when the budget was short")

#define MERIT_ORDER_PLACE_PARAMS(X)                                                                                    \
	X(PLACE_ORDER, "order", NAME, true, "the new order's name")                                                    \
	X(PLACE_MEMBER, "member", NAME, true, "whose points")                                                          \
	X(PLACE_LINES, "lines", PLACE_LINES, true, "what, at which version and price, how many")                       \
	X(PLACE_RECIPIENT, "recipient", COMMITMENT, false, "where to; the recipient itself follows the JSON")

#define MERIT_ORDER_PLACE_RESULTS(X)                                                                                   \
	X(PLACE_DEADLINE, "deadline", TIME, false, "when what is unfulfilled is released; absent: nothing is held")    \
	X(PLACE_CODES, "codes", CODES, false, "handed over by this entry; only the owner can open them")               \
	X(PLACE_STATE, "state", ORDER_STATE, true, "ended when all of it was codes")

#define MERIT_ORDER_FULFIL_PARAMS(X)                                                                                   \
	X(FULFIL_ORDER, "order", NAME, true, "which order")                                                            \
	X(FULFIL_LINES, "lines", LINES, false, "which lines and how many; all that is held when absent")               \
	X(FULFIL_CARRIER, "carrier", TEXT, false, "who carries it")                                                    \
	X(FULFIL_TRACKING, "tracking", REFERENCE, false, "and under which number")

#define MERIT_ORDER_RECEIVE_PARAMS(X) X(RECEIVE_ORDER, "order", NAME, true, "which order; all that was shipped")

#define MERIT_ORDER_CANCEL_PARAMS(X)                                                                                   \
	X(CANCEL_ORDER, "order", NAME, true, "which order; unknown: the name is used up, so it cannot come later")     \
	X(CANCEL_LINES, "lines", LINES, false, "which lines and how many; all that is held when absent")               \
	X(CANCEL_REASON, "reason", TEXT, false, "why")

#define MERIT_ORDER_REFUND_PARAMS(X)                                                                                   \
	X(REFUND_ORDER, "order", NAME, true, "which order")                                                            \
	X(REFUND_LINES, "lines", LINES, false, "which lines and how many; all that was fulfilled when absent")         \
	X(REFUND_RESTOCK, "restock", FLAG, false, "whether the pieces are on the shelf again")                         \
	X(REFUND_REASON, "reason", TEXT, true, "why")

#define MERIT_ORDER_REFUND_REQUEST_PARAMS(X)                                                                           \
	X(REQUEST_ORDER, "order", NAME, true, "which order")                                                           \
	X(REQUEST_LINES, "lines", LINES, false, "which lines and how many; all that was fulfilled when absent")        \
	X(REQUEST_REASON, "reason", TEXT, true, "why")

#define MERIT_ORDER_REFUND_DECLINE_PARAMS(X)                                                                           \
	X(DECLINE_ORDER, "order", NAME, true, "which order")                                                           \
	X(DECLINE_LINES, "lines", LINES, false, "which lines and how many; all that was asked for when absent")        \
	X(DECLINE_REASON, "reason", TEXT, true, "why")

#define MERIT_ORDER_ERASE_PARAMS(X)                                                                                    \
	X(ERASE_ORDER, "order", NAME, true, "which order")                                                             \
	X(ERASE_CODES, "codes", FLAG, false, "its codes too, which nobody can open from then on")                      \
	X(ERASE_REASON, "reason", TEXT, false, "why; the system gives none")

/* What an operation on some of an order's lines did, with absent lines spelled out. */
#define MERIT_ORDER_LINES_RESULTS(X)                                                                                   \
	X(DONE_MEMBER, "member", NAME, false, "whose order; absent when it was not known")                             \
	X(DONE_LINES, "done", LINES, false, "the lines and how many of each")                                          \
	X(DONE_STATE, "state", ORDER_STATE, false, "the order after it")

#define MERIT_PROPOSAL_CREATE_PARAMS(X)                                                                                \
	X(PROPOSAL_PROPOSAL, "proposal", NAME, true, "the new proposal's name")                                        \
	X(PROPOSAL_CALL, "call", CALL, true, "what another party is to agree to; its params without id")               \
	X(PROPOSAL_REASON, "reason", TEXT, true, "why")

#define MERIT_PROPOSAL_APPROVE_PARAMS(X) X(APPROVE_PROPOSAL, "proposal", NAME, true, "which; it is carried out here")

#define MERIT_PROPOSAL_APPROVE_RESULTS(X) X(APPROVE_DONE, "done", DONE, true, "the call, and what came of it")

#define MERIT_PROPOSAL_REJECT_PARAMS(X)                                                                                \
	X(REJECT_PROPOSAL, "proposal", NAME, true, "which")                                                            \
	X(REJECT_REASON, "reason", TEXT, false, "why")

#define MERIT_SPONSOR_DEPOSIT_PARAMS(X)                                                                                \
	X(DEPOSIT_SPONSOR, "sponsor", NAME, true, "who paid in")                                                       \
	X(DEPOSIT_CURRENCY, "currency", CURRENCY, true, "in which currency")                                           \
	X(DEPOSIT_AMOUNT, "amount_minor", MINOR, true, "how much")                                                     \
	X(DEPOSIT_REFERENCE, "bank_reference", REFERENCE, true, "the bank's; a sponsor's is booked once")              \
	X(DEPOSIT_DAY, "day", DAY, false, "the day to date it, in an open period; today when absent")

#define MERIT_SPONSOR_WITHDRAW_PARAMS(X)                                                                               \
	X(WITHDRAW_SPONSOR, "sponsor", NAME, true, "who is paid back")                                                 \
	X(WITHDRAW_CURRENCY, "currency", CURRENCY, true, "in which currency")                                          \
	X(WITHDRAW_AMOUNT, "amount_minor", MINOR, true, "how much, of what is prepaid and backs no points")            \
	X(WITHDRAW_REFERENCE, "bank_reference", REFERENCE, true, "the bank's; a sponsor's is booked once")             \
	X(WITHDRAW_DAY, "day", DAY, false, "the day to date it, in an open period; today when absent")

#define MERIT_SPONSOR_CREDIT_PARAMS(X)                                                                                 \
	X(CREDIT_SPONSOR, "sponsor", NAME, true, "who may owe")                                                        \
	X(CREDIT_CURRENCY, "currency", CURRENCY, true, "in which currency")                                            \
	X(CREDIT_LIMIT, "credit_minor", MINOR, true, "how much, at most; what is out already stays")

#define MERIT_MERCHANT_TERMS_PARAMS(X)                                                                                 \
	X(MERCHANT_TERMS_MERCHANT, "merchant", NAME, true, "which merchant")                                           \
	X(MERCHANT_TERMS_SETTLE, "settle_days", DAYS, true, "days from receipt until a sale may be settled; 0 at first")

#define MERIT_ADJUST_POINTS_PARAMS(X)                                                                                  \
	X(ADJUST_MEMBER, "member", NAME, true, "whose points")                                                         \
	X(ADJUST_CAMPAIGN, "campaign", NAME, true, "whose points they are")                                            \
	X(ADJUST_AMOUNT, "points", CHANGE, true, "given, or below 0 taken back of what is available")                  \
	X(ADJUST_LAST_DAY, "last_day", DAY, false, "of points given; by the campaign's months from today when absent") \
	X(ADJUST_REASON, "reason", TEXT, true, "why")                                                                  \
	X(ADJUST_REFERENCE, "reference", REFERENCE, true, "the case, ticket or document it rests on")                  \
	X(ADJUST_DAY, "day", DAY, false, "the day to date it, in an open period; today when absent")

#define MERIT_ADJUST_DEBT_PARAMS(X)                                                                                    \
	X(WRITEOFF_MEMBER, "member", NAME, true, "who owes")                                                           \
	X(WRITEOFF_CAMPAIGN, "campaign", NAME, true, "to which campaign")                                              \
	X(WRITEOFF_POINTS, "points", POINTS, true, "given up")                                                         \
	X(WRITEOFF_REASON, "reason", TEXT, true, "why")                                                                \
	X(WRITEOFF_REFERENCE, "reference", REFERENCE, true, "the case, ticket or document it rests on")                \
	X(WRITEOFF_DAY, "day", DAY, false, "the day to date it, in an open period; today when absent")

#define MERIT_ADJUST_MONEY_PARAMS(X)                                                                                   \
	X(MONEY_DEBIT, "debit", ACCOUNT, true, "sponsor/S, merchant/X, cash, margin, breakage, expense/marketing, opening") \
	X(MONEY_CREDIT, "credit", ACCOUNT, true, "another of these")                                                   \
	X(MONEY_CURRENCY, "currency", CURRENCY, true, "in which currency")                                             \
	X(MONEY_AMOUNT, "amount_minor", MINOR, true, "how much")                                                       \
	X(MONEY_REASON, "reason", TEXT, true, "why")                                                                   \
	X(MONEY_REFERENCE, "reference", REFERENCE, true, "the case, ticket or document it rests on")                   \
	X(MONEY_DAY, "day", DAY, false, "the day to date it, in an open period; today when absent")

#define MERIT_SETTLEMENT_OPEN_PARAMS(X)                                                                                \
	X(OPEN_SETTLEMENT, "settlement", NAME, true, "the new settlement's name")                                      \
	X(OPEN_PARTY, "party", NAME, true, "a sponsor or merchant")                                                    \
	X(OPEN_CURRENCY, "currency", CURRENCY, true, "in which currency")                                              \
	X(OPEN_CUTOFF, "cutoff", DAY, true, "takes all that fell due up to the end of this day and is in none yet")

#define MERIT_SETTLEMENT_OPEN_RESULTS(X)                                                                               \
	X(OPEN_LINES, "lines", INTEGER, true, "how many postings it takes")                                            \
	X(OPEN_SUM, "sum_minor", BALANCE, true, "of them: what the party is due, or of a sponsor what it owes")        \
	X(OPEN_CARRIED, "carried_minor", BALANCE, true, "from the settlement before, where that came to less than 0")  \
	X(OPEN_TOTAL, "total_minor", BALANCE, true, "both; below 0 it is carried to the next")                         \
	X(OPEN_HASH, "hash", HASH, true, "of its lines: doc/format.md")

#define MERIT_SETTLEMENT_ISSUE_PARAMS(X)                                                                               \
	X(ISSUE_SETTLEMENT, "settlement", NAME, true, "which; the next may then be opened")                            \
	X(ISSUE_INVOICE, "invoice", REFERENCE, false, "the number of the invoice")

#define MERIT_SETTLEMENT_CONFIRM_PARAMS(X) X(CONFIRM_SETTLEMENT, "settlement", NAME, true, "which")

#define MERIT_SETTLEMENT_DISPUTE_PARAMS(X)                                                                             \
	X(DISPUTE_SETTLEMENT, "settlement", NAME, true, "which; a correction is an adjustment, a line of the next")    \
	X(DISPUTE_REASON, "reason", TEXT, true, "what is wrong")

#define MERIT_SETTLEMENT_PAY_PARAMS(X)                                                                                 \
	X(PAY_SETTLEMENT, "settlement", NAME, true, "which")                                                           \
	X(PAY_CURRENCY, "currency", CURRENCY, true, "of the settlement")                                               \
	X(PAY_AMOUNT, "amount_minor", MINOR, true, "all that is left, or a part")                                      \
	X(PAY_REFERENCE, "bank_reference", REFERENCE, true, "the bank's; a party's is booked once")                    \
	X(PAY_INVOICE, "invoice", REFERENCE, false, "the number of the invoice it pays")                               \
	X(PAY_DAY, "day", DAY, false, "the day to date it, in an open period; today when absent")

#define MERIT_SETTLEMENT_PAY_RESULTS(X)                                                                                \
	X(PAY_LEFT, "left_minor", MINOR, true, "to pay still")                                                         \
	X(PAY_STATE, "state", SETTLEMENT_STATE, true, "behind this entry")

#define MERIT_PERIOD_CLOSE_PARAMS(X)                                                                                   \
	X(CLOSE_PERIOD, "period", PERIOD, true, "which month; nothing is dated in it from then on")                    \
	X(CLOSE_SIZE, "size", SEQ, true, "its reports were made from the entries before this one")                     \
	X(CLOSE_ROOT, "root", HASH, true, "of the checkpoint of this size")                                            \
	X(CLOSE_TOTALS, "totals", TOTALS, true, "the books of the month in points and in each currency")               \
	X(CLOSE_REPORTS, "reports", REPORTS, true, "the month's reports, each by the hash of its CSV")

#define MERIT_PERIOD_REOPEN_PARAMS(X)                                                                                  \
	X(REOPEN_PERIOD, "period", PERIOD, true, "which month; all later ones open again too")                         \
	X(REOPEN_REASON, "reason", TEXT, true, "why")

#define MERIT_SOURCE_DECLARE_PARAMS(X)                                                                                 \
	X(SOURCE_SOURCE, "source", NAME, true, "a new source of files, or one to change")                              \
	X(SOURCE_SUBJECT, "subject", RECON_SUBJECT, true, "what of the ledger its files speak of")                     \
	X(SOURCE_PARTY, "party", NAME, false, "the merchant or sponsor they are about; all when absent")               \
	X(SOURCE_CURRENCY, "currency", CURRENCY, false, "of their amounts; points when absent")                        \
	X(SOURCE_DIRECTION, "direction", DIRECTION, true, "whether they tell of what comes in or of what goes out")    \
	X(SOURCE_EVERY, "every", EVERY, true, "how often a file is due")                                               \
	X(SOURCE_STARTS, "starts", DAY, true, "the first day a file must cover")                                       \
	X(SOURCE_ENDS, "ends", DAY, false, "the last such day")                                                        \
	X(SOURCE_DUE, "due_days", DAYS, true, "days behind the end of what a file covers until it is due")             \
	X(SOURCE_RATE, "break_rate", RATE, false, "new breaks for 10,000 rows above which a second party must agree to a run") \
	X(SOURCE_LIMIT, "limit", CAP, false, "minor units or points above which one must agree to a break's end; 0 = none")

#define MERIT_RECON_COMMIT_PARAMS(X)                                                                                   \
	X(RUN_RUN, "run", NAME, true, "the new run's name")                                                            \
	X(RUN_SOURCE, "source", NAME, true, "whose file")                                                              \
	X(RUN_FROM, "from", DAY, true, "the first day it covers")                                                      \
	X(RUN_TO, "to", DAY, true, "the last: the cut-off of both sides")                                              \
	X(RUN_SIZE, "size", SEQ, true, "the file was compared with the entries before this one")                       \
	X(RUN_FILE, "file", HASH, true, "of the file's bytes")                                                         \
	X(RUN_SECOND, "second_file", HASH, false, "of the payment file's, in a three-way run")                         \
	X(RUN_MAPPING, "mapping", HASH, false, "of the mapping's bytes, where the file needed one")                    \
	X(RUN_RULES, "rules", HASH, true, "of the rules' bytes")                                                       \
	X(RUN_REPORT, "report", HASH, true, "of the run's report as CSV")                                              \
	X(RUN_THEIRS, "theirs", NUMBER, true, "items of the file")                                                      \
	X(RUN_OURS, "ours", NUMBER, true, "items of the ledger")                                                        \
	X(RUN_CLASSES, "classes", CLASSES, false, "how many of each class, and their sums")                            \
	X(RUN_BREAKS, "breaks", NUMBER, true, "new breaks: a recon.break of each follows")                              \
	X(RUN_CARRIED, "carried", NUMBER, true, "breaks of earlier runs that stay")                                     \
	X(RUN_CLEARED, "cleared", NUMBER, true, "and that this run ends: a break.resolve of each follows")              \
	X(RUN_SUPERSEDES, "supersedes", NAME, false, "the run whose file was issued again")

#define MERIT_RECON_BREAK_PARAMS(X)                                                                                    \
	X(BREAK_RUN, "run", NAME, true, "which run found it")                                                          \
	X(BREAK_BREAK, "break", NAME, true, "the new break's name")                                                    \
	X(BREAK_CLASS, "class", RECON_CLASS, true, "what is wrong; matched and within_tolerance: only suggested")      \
	X(BREAK_SIDE, "side", SIDE, true, "who has it")                                                                \
	X(BREAK_FIRST_DAY, "first_day", DAY, true, "of its item")                                                      \
	X(BREAK_CURRENCY, "currency", CURRENCY, false, "of its amounts; points when absent")                           \
	X(BREAK_THEIRS, "theirs", BALANCE, false, "the file's amount")                                                 \
	X(BREAK_OURS, "ours", BALANCE, false, "the ledger's amount")                                                   \
	X(BREAK_REFERENCE, "reference", TEXT, false, "what both sides know it by")                                     \
	X(BREAK_LEG, "leg", LEG, false, "1: the party's file, 2: the payment file; 1 when absent")                     \
	X(BREAK_LINE, "line", NUMBER, false, "of the file")                                                             \
	X(BREAK_ENTRY, "entry", SEQ, false, "the ledger's")                                                            \
	X(BREAK_ITEM, "item", HASH, true, "what the item is known by in later runs")

#define MERIT_BREAK_EXPLAIN_PARAMS(X)                                                                                  \
	X(EXPLAIN_BREAK, "break", NAME, true, "which break")                                                           \
	X(EXPLAIN_CLASS, "class", RECON_CLASS, true, "what it turned out to be")                                       \
	X(EXPLAIN_REASON, "reason", TEXT, true, "why")                                                                 \
	X(EXPLAIN_EXPECTED, "expected", DAY, true, "the day by which it should be gone")

#define MERIT_BREAK_RESOLVE_PARAMS(X)                                                                                  \
	X(RESOLVE_BREAK, "break", NAME, true, "which break")                                                           \
	X(RESOLVE_REASON, "reason", TEXT, true, "what ended it")                                                       \
	X(RESOLVE_RUN, "run", NAME, false, "the later run that matched it")                                            \
	X(RESOLVE_ENTRY, "entry", SEQ, false, "the entry that set it right")

#define MERIT_EXPIRE_PARAMS(X)                                                                                         \
	X(EXPIRE_MEMBER, "member", NAME, true, "whose lots")                                                           \
	X(EXPIRE_DAY, "last_day", DAY, true, "the last day that ended")

#define MERIT_FORFEIT_PARAMS(X)                                                                                        \
	X(FORFEIT_MEMBER, "member", NAME, true, "whose points; the member is closed")

#define MERIT_ORDER_LAPSE_PARAMS(X) X(LAPSE_ORDER, "order", NAME, true, "whose deadline passed")

#define MERIT_NO_PARAMS(X)

/* The places of parameters and results in an entry's values and results. */
#define ENUM_ROW(constant, name, type, required, about) constant,
#define ENUM_OF(tag, list) enum merit_##tag { list(ENUM_ROW) MERIT_##tag##_count }
ENUM_OF(program_create_params, MERIT_PROGRAM_CREATE_PARAMS);
ENUM_OF(party_create_params, MERIT_PARTY_CREATE_PARAMS);
ENUM_OF(key_add_params, MERIT_KEY_ADD_PARAMS);
ENUM_OF(key_rotate_params, MERIT_KEY_ROTATE_PARAMS);
ENUM_OF(key_revoke_params, MERIT_KEY_REVOKE_PARAMS);
ENUM_OF(key_bind_params, MERIT_KEY_BIND_PARAMS);
ENUM_OF(key_bind_results, MERIT_KEY_BIND_RESULTS);
ENUM_OF(sponsor_create_params, MERIT_SPONSOR_CREATE_PARAMS);
ENUM_OF(merchant_create_params, MERIT_MERCHANT_CREATE_PARAMS);
ENUM_OF(member_create_params, MERIT_MEMBER_CREATE_PARAMS);
ENUM_OF(campaign_create_params, MERIT_CAMPAIGN_CREATE_PARAMS);
ENUM_OF(campaign_rule_params, MERIT_CAMPAIGN_RULE_PARAMS);
ENUM_OF(version_results, MERIT_VERSION_RESULTS);
ENUM_OF(campaign_fund_params, MERIT_CAMPAIGN_FUND_PARAMS);
ENUM_OF(campaign_close_params, MERIT_CAMPAIGN_CLOSE_PARAMS);
ENUM_OF(item_create_params, MERIT_ITEM_CREATE_PARAMS);
ENUM_OF(item_create_results, MERIT_ITEM_CREATE_RESULTS);
ENUM_OF(item_update_params, MERIT_ITEM_UPDATE_PARAMS);
ENUM_OF(item_stock_params, MERIT_ITEM_STOCK_PARAMS);
ENUM_OF(earn_params, MERIT_EARN_PARAMS);
ENUM_OF(earn_results, MERIT_EARN_RESULTS);
ENUM_OF(reverse_params, MERIT_REVERSE_PARAMS);
ENUM_OF(reverse_results, MERIT_REVERSE_RESULTS);
ENUM_OF(order_place_params, MERIT_ORDER_PLACE_PARAMS);
ENUM_OF(order_place_results, MERIT_ORDER_PLACE_RESULTS);
ENUM_OF(order_fulfil_params, MERIT_ORDER_FULFIL_PARAMS);
ENUM_OF(order_receive_params, MERIT_ORDER_RECEIVE_PARAMS);
ENUM_OF(order_cancel_params, MERIT_ORDER_CANCEL_PARAMS);
ENUM_OF(order_refund_params, MERIT_ORDER_REFUND_PARAMS);
ENUM_OF(order_lines_results, MERIT_ORDER_LINES_RESULTS);
ENUM_OF(proposal_create_params, MERIT_PROPOSAL_CREATE_PARAMS);
ENUM_OF(proposal_approve_params, MERIT_PROPOSAL_APPROVE_PARAMS);
ENUM_OF(proposal_approve_results, MERIT_PROPOSAL_APPROVE_RESULTS);
ENUM_OF(proposal_reject_params, MERIT_PROPOSAL_REJECT_PARAMS);
ENUM_OF(expire_params, MERIT_EXPIRE_PARAMS);
ENUM_OF(order_lapse_params, MERIT_ORDER_LAPSE_PARAMS);
ENUM_OF(program_tier_params, MERIT_PROGRAM_TIER_PARAMS);
ENUM_OF(member_opening_params, MERIT_MEMBER_OPENING_PARAMS);
ENUM_OF(opening_results, MERIT_OPENING_RESULTS);
ENUM_OF(member_tag_params, MERIT_MEMBER_TAG_PARAMS);
ENUM_OF(member_tier_params, MERIT_MEMBER_TIER_PARAMS);
ENUM_OF(member_freeze_params, MERIT_MEMBER_FREEZE_PARAMS);
ENUM_OF(member_unfreeze_params, MERIT_MEMBER_UNFREEZE_PARAMS);
ENUM_OF(member_close_params, MERIT_MEMBER_CLOSE_PARAMS);
ENUM_OF(campaign_referral_params, MERIT_CAMPAIGN_REFERRAL_PARAMS);
ENUM_OF(campaign_eligibility_params, MERIT_CAMPAIGN_ELIGIBILITY_PARAMS);
ENUM_OF(sponsor_cap_params, MERIT_SPONSOR_CAP_PARAMS);
ENUM_OF(code_add_params, MERIT_CODE_ADD_PARAMS);
ENUM_OF(code_withdraw_params, MERIT_CODE_WITHDRAW_PARAMS);
ENUM_OF(earn_review_params, MERIT_EARN_REVIEW_PARAMS);
ENUM_OF(award_results, MERIT_AWARD_RESULTS);
ENUM_OF(mature_params, MERIT_MATURE_PARAMS);
ENUM_OF(referral_record_params, MERIT_REFERRAL_RECORD_PARAMS);
ENUM_OF(referral_record_results, MERIT_REFERRAL_RECORD_RESULTS);
ENUM_OF(referral_review_params, MERIT_REFERRAL_REVIEW_PARAMS);
ENUM_OF(referral_review_results, MERIT_REFERRAL_REVIEW_RESULTS);
ENUM_OF(referral_params, MERIT_REFERRAL_PARAMS);
ENUM_OF(referral_results, MERIT_REFERRAL_RESULTS);
ENUM_OF(order_refund_request_params, MERIT_ORDER_REFUND_REQUEST_PARAMS);
ENUM_OF(order_refund_decline_params, MERIT_ORDER_REFUND_DECLINE_PARAMS);
ENUM_OF(order_erase_params, MERIT_ORDER_ERASE_PARAMS);
ENUM_OF(forfeit_params, MERIT_FORFEIT_PARAMS);
ENUM_OF(sponsor_deposit_params, MERIT_SPONSOR_DEPOSIT_PARAMS);
ENUM_OF(sponsor_withdraw_params, MERIT_SPONSOR_WITHDRAW_PARAMS);
ENUM_OF(sponsor_credit_params, MERIT_SPONSOR_CREDIT_PARAMS);
ENUM_OF(merchant_terms_params, MERIT_MERCHANT_TERMS_PARAMS);
ENUM_OF(adjust_points_params, MERIT_ADJUST_POINTS_PARAMS);
ENUM_OF(adjust_debt_params, MERIT_ADJUST_DEBT_PARAMS);
ENUM_OF(adjust_money_params, MERIT_ADJUST_MONEY_PARAMS);
ENUM_OF(settlement_open_params, MERIT_SETTLEMENT_OPEN_PARAMS);
ENUM_OF(settlement_open_results, MERIT_SETTLEMENT_OPEN_RESULTS);
ENUM_OF(settlement_issue_params, MERIT_SETTLEMENT_ISSUE_PARAMS);
ENUM_OF(settlement_confirm_params, MERIT_SETTLEMENT_CONFIRM_PARAMS);
ENUM_OF(settlement_dispute_params, MERIT_SETTLEMENT_DISPUTE_PARAMS);
ENUM_OF(settlement_pay_params, MERIT_SETTLEMENT_PAY_PARAMS);
ENUM_OF(settlement_pay_results, MERIT_SETTLEMENT_PAY_RESULTS);
ENUM_OF(period_close_params, MERIT_PERIOD_CLOSE_PARAMS);
ENUM_OF(period_reopen_params, MERIT_PERIOD_REOPEN_PARAMS);
ENUM_OF(source_declare_params, MERIT_SOURCE_DECLARE_PARAMS);
ENUM_OF(recon_commit_params, MERIT_RECON_COMMIT_PARAMS);
ENUM_OF(recon_break_params, MERIT_RECON_BREAK_PARAMS);
ENUM_OF(break_explain_params, MERIT_BREAK_EXPLAIN_PARAMS);
ENUM_OF(break_resolve_params, MERIT_BREAK_RESOLVE_PARAMS);
#undef ENUM_OF
#undef ENUM_ROW

#endif
