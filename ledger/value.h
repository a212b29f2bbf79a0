/* value.h - typed parameters: what a method takes, and what a call gave.
 *
 * One list of types makes the shape check, the JSON in entries, the OpenRPC document and the help texts.
 * A shape check looks at the bytes alone, never at state: what it refuses makes no entry and uses up no id. */
#ifndef MERIT_LEDGER_VALUE_H
#define MERIT_LEDGER_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "ledger/arena.h"
#include "ledger/buffer.h"
#include "ledger/limits.h"
#include "ledger/status.h"

struct merit_json_pull; /* See json_pull.h. */

/* Borrowed bytes of UTF-8; not always NUL-terminated. */
struct merit_text {
	const char *data;
	size_t size;
};

#define MERIT_TEXT(literal) ((struct merit_text){ (literal), sizeof(literal) - 1 })

/* Whether a text is this literal: a comparison of a size that is known, which costs no call. */
#define MERIT_TEXT_IS(text, literal)                                                                                   \
	((text).size == sizeof(literal) - 1 && memcmp((text).data, literal, sizeof(literal) - 1) == 0)

bool merit_text_equal(struct merit_text a, struct merit_text b);
int merit_text_order(struct merit_text a, struct merit_text b); /* by their bytes, as memcmp; a beginning goes first */
struct merit_text merit_text_of(const char *text); /* up to its NUL */

/* A copy in arena, with a NUL behind it; an empty text is "". False without memory. */
MERIT_MUST_USE bool merit_text_keep(struct merit_arena *arena, struct merit_text text, struct merit_text *kept_out);

enum merit_kind {
	MERIT_KIND_INTEGER, /* JSON integer within min and max */
	MERIT_KIND_FLAG,    /* true or false */
	MERIT_KIND_ID,      /* text of [A-Za-z0-9._:-], up to max bytes */
	MERIT_KIND_TEXT,    /* printable UTF-8, up to max bytes */
	MERIT_KIND_WORD,    /* one of words, kept as its place in the list */
	MERIT_KIND_DAY,     /* "YYYY-MM-DD", kept as days since 1970-01-01 */
	MERIT_KIND_MONTH,   /* "YYYY-MM", kept as its first day */
	MERIT_KIND_HEX,     /* lowercase hex of max bytes */
	MERIT_KIND_BASE64,  /* base64url without padding, up to max characters */
	MERIT_KIND_LIST,    /* array of objects with the type's columns, 1 to max of them */
	MERIT_KIND_CALL,    /* {"method":...,"params":{...}}: an operation inside an operation */
	MERIT_KIND_CALLS,   /* array of those, each with its own id in params: the method atomic */
};

/* X(NAME, kind, min, max, "words|of|a|word", "what it is, for documents") */
#define MERIT_TYPE_MAP(X)                                                                                              \
	X(ID, ID, 1, MERIT_ID_SIZE_MAX, NULL, "operation id: 1-64 of [A-Za-z0-9._:-]")                                 \
	X(NAME, ID, 1, MERIT_NAME_SIZE_MAX, NULL, "name: 1-32 of [A-Za-z0-9._:-]")                                     \
	X(REFERENCE, ID, 1, MERIT_REFERENCE_SIZE_MAX, NULL, "reference: 1-64 of [A-Za-z0-9._:-]")                      \
	X(TEXT, TEXT, 1, MERIT_TEXT_SIZE_MAX, NULL, "printable text of up to 200 bytes of UTF-8")                      \
	X(ORIGIN, TEXT, 1, MERIT_ORIGIN_SIZE_MAX, NULL, "the ledger's name, a schema-less URL")                        \
	X(POINTS, INTEGER, -MERIT_AMOUNT_MAX, MERIT_AMOUNT_MAX, NULL, "points; 0 or below is refused")                 \
	X(MINOR, INTEGER, -MERIT_AMOUNT_MAX, MERIT_AMOUNT_MAX, NULL, "money in minor units; below 0 is refused")       \
	X(QUANTITY, INTEGER, -MERIT_AMOUNT_MAX, MERIT_LINE_QUANTITY_MAX, NULL, "pieces; 0 or below is refused")        \
	X(CHANGE, INTEGER, -MERIT_AMOUNT_MAX, MERIT_AMOUNT_MAX, NULL, "so many added, or below 0 taken away")          \
	X(INTEGER, INTEGER, -MERIT_AMOUNT_MAX, MERIT_AMOUNT_MAX, NULL, "an integer")                                   \
	X(SEQ, INTEGER, 0, MERIT_AMOUNT_MAX, NULL, "the seq of an entry, from 0")                                      \
	X(VERSION, INTEGER, 1, 1000000000, NULL, "a version, from 1")                                                  \
	X(LINE, INTEGER, 0, MERIT_ORDER_LINES_MAX - 1, NULL, "an order's line, from 0")                                \
	X(TIME, INTEGER, 0, 253402300799999, NULL, "milliseconds since 1970-01-01T00:00Z")                             \
	X(WAIT, INTEGER, 0, MERIT_FEED_WAIT_MS_MAX, NULL, "milliseconds to wait, up to 30000")                         \
	X(ROWS, INTEGER, 1, MERIT_PAGE_ROWS_MAX, NULL, "rows of an answer, 1 to 1000")                                 \
	X(MONTHS, INTEGER, 0, MERIT_MONTHS_MAX, NULL, "months; 0 = never")                                             \
	X(DAYS, INTEGER, 0, MERIT_DAYS_MAX, NULL, "days, 0 to 36525")                                                  \
	X(MINUTES, INTEGER, 1, MERIT_HOLD_MINUTES_MAX, NULL, "minutes, 1 to 527040")                                   \
	X(OFFSET, INTEGER, -720, 840, NULL, "minutes east of UTC")                                                     \
	X(DAY, DAY, 0, 0, NULL, "a day, YYYY-MM-DD")                                                                   \
	X(PERIOD, MONTH, 0, 0, NULL, "a month, YYYY-MM")                                                              \
	X(HASH, HEX, 32, 32, NULL, "SHA-256 in lowercase hex")                                                         \
	X(PUBLIC, BASE64, 43, 43, NULL, "Ed25519 public key, base64url (the x of a JWK)")                              \
	X(TOKEN, TEXT, 1, MERIT_TOKEN_SIZE_MAX, NULL, "a compact JWS")                                                 \
	X(ACCOUNT, TEXT, 1, 8 + MERIT_NAME_SIZE_MAX + 9, NULL, "an account, such as member/M/held")                    \
	X(CURRENCY, ID, 3, 3, NULL, "ISO 4217 letters")                                                                \
	X(FLAG, FLAG, 0, 0, NULL, "true or false")                                                                     \
	X(ROLE, WORD, 0, 0, "admin|operator|finance|service|auditor", "a role that is no business partner")            \
	X(CONTRACT, WORD, 0, 0, "sponsor|breakage", "where expired points go")                                         \
	X(ROUND, WORD, 0, 0, "none|month|quarter|year", "last days are rounded up to its end")                         \
	X(FROM, WORD, 0, 0, "occurred|available", "what the months are counted from")                                  \
	X(POLICY, WORD, 0, 0, "restore|grace|forfeit", "what a refund into a dead lot does")                           \
	X(CLASS, WORD, 0, 0, "goods|code|service|cash|medicine", "class of an item")                                   \
	X(EVIDENCE, WORD, 0, 0, "none|required|unique", "what an earn must prove")                                     \
	X(CAP, INTEGER, 0, MERIT_AMOUNT_MAX, NULL, "the most there may be; 0 = any")                                   \
	X(LIMIT, INTEGER, 0, 1000000000, NULL, "so many; 0 = any")                                                     \
	X(MEASURE, INTEGER, 0, 1000000000, NULL, "a measure, such as minutes watched or a score")                      \
	X(BASIS, INTEGER, 1, 1000000, NULL, "basis points: 10000 = once")                                              \
	X(COMMITMENT, HEX, 32, 32, NULL, "SHA-256 of salt and private bytes in lowercase hex; they follow the JSON")   \
	X(DECISION, WORD, 0, 0, "approve|reject", "what a reviewer decides")                                           \
	X(AWARD_STATE, WORD, 0, 0, "available|review|maturing|rejected|reversed", "where an award stands")             \
	X(REFERRAL_STATE, WORD, 0, 0, "recorded|flagged|paid|rejected", "where a referral stands")                     \
	X(DELIVERY, WORD, 0, 0, "none|address|account", "what an order of it must say: where to")                      \
	X(ORDER_STATE, WORD, 0, 0, "open|ended", "whether anything of the order can still change")                     \
	X(SETTLEMENT_STATE, WORD, 0, 0, "open|issued|confirmed|disputed|paid", "where a settlement stands")            \
	X(BALANCE, INTEGER, -MERIT_AMOUNT_MAX, MERIT_AMOUNT_MAX, NULL, "minor units, below 0 too")                     \
	X(NUMBER, INTEGER, 0, 1000000000, NULL, "so many")                                                             \
	X(RATE, INTEGER, 0, 10000, NULL, "so many of 10,000")                                                          \
	X(LEG, INTEGER, 1, 2, NULL, "1 or 2")                                                                          \
	X(DIRECTION, WORD, 0, 0, "in|out", "which way the money goes")                                                 \
	X(EVERY, WORD, 0, 0, "none|day|week|month", "how often a file is due; weeks begin on Mondays")                 \
	X(SIDE, WORD, 0, 0, "theirs|ours|both", "the file's side, or the ledger's")                                    \
	X(RECON_SUBJECT, WORD, 0, 0, "orders|fulfilments|settlements|deposits|earns|cash", "what of the ledger")           \
	X(RECON_CLASS, WORD, 0, 0,                                                                                       \
	  "matched|within_tolerance|theirs_only|ours_only|amount|status|duplicate|timing|fee|refund|unreadable",       \
	  "what became of an item")                                                                                    \
	X(BREAK_STATE, WORD, 0, 0, "open|explained|resolved|withdrawn", "where a break stands")                        \
	X(RUN_STATE, WORD, 0, 0, "live|superseded", "whether a run still counts")                                      \
	X(CLASSES, LIST, 1, 11, NULL, "classes: class, count, theirs, ours")                                           \
	X(TOTALS, LIST, 1, MERIT_CLOSE_TOTALS_MAX, NULL, "totals: unit, debit, opening, closing")                      \
	X(REPORTS, LIST, 1, MERIT_CLOSE_REPORTS_MAX, NULL, "reports: report, hash, rows")                              \
	X(PLACE_LINES, LIST, 1, MERIT_ORDER_LINES_MAX, NULL, "lines: item, version, points each, quantity")            \
	X(LINES, LIST, 1, MERIT_ORDER_LINES_MAX, NULL, "lines: line from 0, quantity")                                 \
	X(MULTIPLIERS, LIST, 1, MERIT_MULTIPLIERS_MAX, NULL, "multipliers: tier or tag, basis_points")                 \
	X(CODES, LIST, 1, MERIT_ORDER_CODES_MAX, NULL, "codes: line from 0, code")                                     \
	X(CALL, CALL, 0, 0, NULL, "a call: method and params")                                                         \
	X(DONE, CALL, 0, 1, NULL, "a call that was carried out: method, params, result")                               \
	X(CALLS, CALLS, 1, MERIT_CALLS_MAX, NULL, "calls, each with its own id in params")

#define X(name, kind, min, max, words, about) MERIT_TYPE_##name,
enum merit_type { MERIT_TYPE_MAP(X) MERIT_TYPE_COUNT };
#undef X

/* A parameter of a method, or a column of a list. */
struct merit_parameter {
	const char *name;
	enum merit_type type;
	bool required;
	const char *about;
};

struct merit_type_row {
	const char *name;
	enum merit_kind kind;
	int64_t min, max;
	const char *words;
	const char *about;
	const struct merit_parameter *columns; /* of a list */
	size_t column_count;
};

struct merit_operation;

/* One value. Which members hold it follows from the parameter's kind. In 32 bytes, as a bulk's calls are handed from one
 * thread to another by the thousand: in 64, clearing and copying them took 200 instructions of an earn more. */
struct merit_value {
	bool present;
	union {
		int64_t integer;                    /* INTEGER, FLAG, WORD (its place), DAY, MONTH */
		const struct merit_operation *call; /* CALL: the operation; its values are cells[0..] */
	};
	union {
		struct merit_text text; /* ID, TEXT, HEX, BASE64, and the word of a WORD */
		struct {
			struct merit_value *cells; /* LIST: row_count rows of column_count cells; CALL: the call's values */
			union {
				size_t row_count;
				struct merit_value *results; /* CALL: the call's results, where the type has them */
			};
		};
	};
};

#define MERIT_PARAMETERS_MAX 24 /* the most a method has; checked when the table is built */
#define MERIT_RESULTS_MAX 8     /* the most results an operation has */

/* The row of a type. */
const struct merit_type_row *merit_type_row(enum merit_type type);

/* The word in this place, from 0, of a type of words; and that word as a value. */
struct merit_text merit_type_word(enum merit_type type, int64_t place);
struct merit_value merit_type_word_value(enum merit_type type, int64_t place);

/* Columns of the lists. */
enum merit_place_column { PLACE_LINE_ITEM, PLACE_LINE_VERSION, PLACE_LINE_POINTS, PLACE_LINE_QUANTITY, PLACE_LINE_COLUMNS };
enum merit_line_column { LINE_LINE, LINE_QUANTITY, LINE_COLUMNS };
enum merit_multiplier_column { MULTIPLIER_TIER, MULTIPLIER_TAG, MULTIPLIER_BASIS_POINTS, MULTIPLIER_COLUMNS };
enum merit_class_column { CLASS_CLASS, CLASS_COUNT, CLASS_THEIRS, CLASS_OURS, CLASS_COLUMNS };
enum merit_total_column { TOTAL_UNIT, TOTAL_DEBIT, TOTAL_OPENING, TOTAL_CLOSING, TOTAL_COLUMNS };
enum merit_report_column { REPORT_REPORT, REPORT_HASH, REPORT_ROWS, REPORT_COLUMNS };
enum merit_code_column { CODE_LINE, CODE_CODE, CODE_COLUMNS };

/* Reads the JSON object that comes next in pull into values[0..count) after parameters[0..count): every member known,
 * every required one there, every type and range right. Texts are borrowed as json_pull.h says.
 *
 * pull      its arena holds the cells of lists
 * id_out    NULL: "id" is no member. Otherwise { 0 } at first, and the text of a member "id" on return, as it came
 * values    zeroed by the caller
 * field_out on BAD_PARAMS the name of the parameter at fault, borrowed from the table or from the arena; untouched when
 *           none is
 * Returns   BAD_PARAMS, for a member named twice too, or NO_MEMORY. That the bytes were JSON, merit_json_pull_end says */
MERIT_MUST_USE enum merit_status merit_values_pull(struct merit_json_pull *pull, const struct merit_parameter *parameters,
						   size_t count, struct merit_text *id_out, struct merit_value *values,
						   const char **field_out);

/* The parts of it, for values that come by other ways too: the members without asking for the required ones; one value;
 * the place of a parameter, looked for from hint on, or count; the first required parameter without a value, or count. */
MERIT_MUST_USE enum merit_status merit_values_pull_some(struct merit_json_pull *pull,
							const struct merit_parameter *parameters, size_t count,
							struct merit_text *id_out, struct merit_value *values,
							const char **field_out);
MERIT_MUST_USE enum merit_status merit_value_pull(struct merit_json_pull *pull, enum merit_type type,
						  struct merit_value *value, const char **field_out);
size_t merit_parameter_index(const struct merit_parameter *parameters, size_t count, size_t hint, struct merit_text name);
size_t merit_values_missing(const struct merit_parameter *parameters, size_t count, const struct merit_value *values);

/* Prints the present values as one JSON object in the order of the parameters: the form entries hold. */
void merit_values_put(struct merit_buffer *out, const struct merit_parameter *parameters, size_t count,
		      const struct merit_value *values);

/* The index of the first parameter whose two values differ, or count when none does. */
size_t merit_values_compare(const struct merit_parameter *parameters, size_t count, const struct merit_value *a,
			    const struct merit_value *b);

#endif
