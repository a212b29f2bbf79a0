/* limits.h - every limit of merit, in one place. Each is tested at n and at n + 1.
 * doc/protocol.md lists those a client can meet. */
#ifndef MERIT_LEDGER_LIMITS_H
#define MERIT_LEDGER_LIMITS_H

/* Amounts: the integers every JSON reader keeps exactly. */
#define MERIT_AMOUNT_MAX 9007199254740991LL /* 2^53 - 1, points or minor units of money */

/* Money: what a call may bring an account to, either side of zero; and what a currency's points may have been worth when
 * funded, all campaigns and times together. The rest up to MERIT_AMOUNT_MAX is left to what the system posts, which nobody
 * can refuse. */
#define MERIT_MONEY_MAX          4503599627370495LL /* 2^52 - 1 minor units */
#define MERIT_WORTH_MAX          2251799813685247LL /* 2^51 - 1 */

/* Names and texts, in bytes of UTF-8. */
#define MERIT_ID_SIZE_MAX        64 /* an operation's id: [A-Za-z0-9._:-] */
#define MERIT_NAME_SIZE_MAX      32 /* a party, key, campaign, item, order, event: the same characters */
#define MERIT_REFERENCE_SIZE_MAX 64 /* what an earn was for: the same characters */
#define MERIT_TEXT_SIZE_MAX     200 /* a reason, a carrier: printable UTF-8, no control characters */
#define MERIT_ORIGIN_SIZE_MAX   100 /* the ledger's name in checkpoints, such as merit.example/ledger1 */

/* Messages. */
#define MERIT_MESSAGE_SIZE_MAX   (4 * 1024 * 1024) /* bytes, envelope and all */
#define MERIT_REPLY_SIZE_MAX     (64 * 1024 * 1024) /* bytes of an answer: a page of the longest entries */
#define MERIT_STRANGER_SIZE_MAX  (64 * 1024)       /* bytes of a message no known key has signed */
#define MERIT_ANSWER_SIZE_MAX    (16 * 1024 * 1024) /* bytes of the answers to one message of reads; too_large behind */
#define MERIT_CALLS_MAX          8192              /* calls in one message */
#define MERIT_MEMBER_CALLS_MAX   16                /* calls in one message signed by a member's key, or not signed */
#define MERIT_JSON_DEPTH_MAX     16                /* nested arrays and objects */
#define MERIT_ENVELOPE_SIZE_MAX  4096              /* bytes of the first line */
#define MERIT_TOKEN_SIZE_MAX     2048              /* bytes of a sign-in token */
#define MERIT_IAT_WINDOW_S       300               /* seconds a signature may be old or early */
#define MERIT_TOKEN_LIFE_S       300               /* seconds a sign-in token lives at most */

/* Groups: what one flush of the log may carry. */
#define MERIT_GROUP_CALLS_MAX    16384
#define MERIT_GROUP_SIZE_MAX     (16 * 1024 * 1024) /* bytes of requests */
#define MERIT_TICK_EFFECTS_MAX   1000               /* entries the system writes by itself as a group begins */

/* Entries and what they describe. */
#define MERIT_ENTRY_SIZE_MAX     65535 /* bytes of a leaf, and of a sealed line: C2SP tlog-tiles has 16 bits */
#define MERIT_MEMBER_LOTS_MAX    200   /* live lots of one member over available, pending and held */
#define MERIT_MEMBER_ROWS_MAX    500   /* lots and debts of one member: how far returns may pass the limit of lots */
#define MERIT_ORDER_LINES_MAX    100
#define MERIT_PARTY_KEYS_MAX     32    /* live keys of one party */
#define MERIT_PARTY_KEYS_EVER_MAX 1000 /* keys of one party, revoked ones counted, from where it can add none itself */
#define MERIT_LINE_QUANTITY_MAX  1000000
#define MERIT_ORDER_CODES_MAX    100   /* codes handed over in one order */
#define MERIT_MEMBER_TAGS_MAX    32
#define MERIT_TIERS_MAX          16
#define MERIT_MULTIPLIERS_MAX    16    /* of one rule */
#define MERIT_PRIVATE_SIZE_MAX   2048  /* bytes behind one commitment: a recipient, a code */
#define MERIT_MONTHS_MAX         1200  /* how long points may live */
#define MERIT_HOLD_MINUTES_MAX   527040 /* a year and a day: how long an order may wait to be fulfilled */
#define MERIT_DAYS_MAX           36525 /* any other span a program sets in days: a century, for late imports */

/* Reconciliation and closing. */
#define MERIT_SOURCES_MAX        1000
#define MERIT_RUN_DAYS_MAX       366   /* that one file covers */
#define MERIT_RUN_BREAKS_MAX     10000 /* new ones of a run, and cleared ones: a wrong file must not flood the log */
#define MERIT_CLOSE_TOTALS_MAX   33    /* points, and currencies */
#define MERIT_CLOSE_REPORTS_MAX  16

/* Signed notes, checkpoints and receipts: room for 16 signatures of 5 kB, as C2SP signed-note asks. */
#define MERIT_NOTE_SIGNATURES_MAX 32
#define MERIT_NOTE_SIZE_MAX      (128 * 1024) /* bytes, signatures and all */
#define MERIT_RECEIPT_SIZE_MAX   (256 * 1024) /* bytes: a note, a leaf in base64 and its proof */

/* Pages of answers. */
#define MERIT_PAGE_ROWS_MAX      1000
#define MERIT_PAST_ENTRIES_MAX   4096 /* entries of a member looked at for one answer: undone, or searched */
#define MERIT_FEED_WAIT_MS_MAX   30000
#define MERIT_FEED_PARTY_WAITERS_MAX 8 /* calls of feed.read of one party that wait at once */

#endif
