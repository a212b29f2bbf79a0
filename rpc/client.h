/* client.h - calling a merit ledger: libmerit's whole face.
 *
 * A client signs JSON-RPC messages, sends them, and sends the same bytes again until an answer comes or the deadline
 * passes. That is always safe: a write carries its own id, and an id has one outcome for ever.
 *
 *   struct merit_client_options options = { .url = "tcp://127.0.0.1:7420", .origin = "merit.example/ledger1",
 *                                           .kid = "lms/k1", .key_path = "lms.pem" };
 *   merit_client_open(&options, &client);                     (statuses left out here)
 *   merit_client_id(client, id);                              for params.id
 *   merit_client_call(client, json, json_size, &reply);
 *   merit_client_close(client);
 *
 * What must be erasable, such as an address, goes as private bytes: merit_client_conceal makes its commitment, which
 * stands in the JSON in its place, and its line, which merit_client_call_private sends behind the JSON.
 *
 * Order    open; any number of calls; close. close(NULL) does nothing.
 * Memory   what is passed in is copied or used up before a call returns; a reply is the client's, until its next call.
 * Threads  one client is one thread's at a time; any number of clients. Not carried across fork().
 * Never    judges an answer: MERIT_OK means that one came. Whether a call was accepted stands in its JSON.
 * Source   doc/protocol.md */
#ifndef MERIT_RPC_CLIENT_H
#define MERIT_RPC_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "ledger/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MERIT_CLIENT_IN_FLIGHT_MAX 64
#define MERIT_CLIENT_ID_SIZE       26 /* characters of an id made here, without its NUL */
#define MERIT_CLIENT_COMMITMENT_SIZE  64   /* characters of a commitment, without its NUL */
#define MERIT_CLIENT_PRIVATE_SIZE_MAX 2048 /* private bytes behind one */
#define MERIT_CLIENT_LINE_SIZE_MAX    2774 /* characters of their line, without its NUL */
#define MERIT_CLIENT_ROWS_MAX         8192 /* rows of a bulk: the ledger's limit of calls in a message */
#define MERIT_CLIENT_COLUMNS_MAX      32   /* columns of a bulk and parameters common to its rows, together */
#define MERIT_CLIENT_TOKEN_SECONDS_MAX 300 /* how long a sign-in token lives at most */
#define MERIT_CLIENT_TOKEN_SIZE_MAX    512 /* characters of one, without its NUL */

struct merit_client; /* Opaque. */

/* Everything is copied by open. What is left 0 or NULL has the value or the meaning in brackets. */
struct merit_client_options {
	const char *url;       /* tcp://host:port, tls+tcp://host:port or ipc:///path */
	const char *origin;    /* the ledger's name; signed into every message [NULL only where nothing is signed] */
	const char *kid;       /* "party/key" [with a key: the key itself is shown, as key.bind wants it] */
	const char *key_path;  /* PEM file of the Ed25519 secret key [no signature: public reads only] */
	const uint8_t *seed;   /* the key's 32 secret bytes, where it is not in a file */
	const char *log_vkey;  /* the log's verifier key, "name+hash+base64": replies must bear its signature [unchecked] */
	const char *ca_path;   /* PEM file of the authorities to believe; tls+tcp needs it */
	const char *tls_name;  /* the server's name in its certificate [the host in url] */
	int timeout_ms;        /* wait for one answer, then send again [35,000: longer than feed.read may wait] */
	int deadline_ms;       /* wait in all, then give up [60,000] */
	unsigned in_flight;    /* messages submitted and not waited for, up to MERIT_CLIENT_IN_FLIGHT_MAX [1] */
};

/* Neither text is NUL-terminated. Both are gone after the client's next call, submit, wait or close. */
struct merit_client_reply {
	const char *checkpoint; /* the signed note that covers the answer; size 0 when the service sent none */
	size_t checkpoint_size;
	const char *json;
	size_t json_size;
};

/* Makes a client. It does not wait for the service: that is found, or not, by the first call.
 *
 * Returns  BAD_FORMAT for a url, kid, origin, vkey or authority that is none
 *          what merit_secret_key_read says of the key file: NOT_FOUND, KEY_EXPOSED, BAD_FORMAT, IO_FAILED
 *          NO_MEMORY */
MERIT_MUST_USE enum merit_status merit_client_open(const struct merit_client_options *options,
						   struct merit_client **client_out);
void merit_client_close(struct merit_client *client);

/* Signs json, a JSON-RPC call or batch in size bytes, sends it and waits for the answer. A new signature is made when
 * the first has grown old. May be used while nothing is in flight.
 *
 * Returns  UNREACHABLE  no answer by the deadline: whether the calls were carried out is unknown; call again with the
 *                       same ids
 *          BAD_REPLY    the answer is torn, or log_vkey did not sign its checkpoint. Without a checkpoint, which is how
 *                       a message is refused before it reaches the ledger, only a JSON-RPC error is taken
 *          TOO_LARGE    json does not fit a message: nothing was sent
 *          BUSY         messages are in flight: wait for them first
 *          NO_MEMORY */
MERIT_MUST_USE enum merit_status merit_client_call(struct merit_client *client, const char *json, size_t size,
						   struct merit_client_reply *reply_out);

/* Signs json and sends it without waiting. Messages in flight are independent: they may be decided in any order.
 * Returns BUSY when options->in_flight messages are in flight; TOO_LARGE, NO_MEMORY. */
MERIT_MUST_USE enum merit_status merit_client_submit(struct merit_client *client, const char *json, size_t size);

/* Waits for the answer to the oldest message in flight, and takes that out of flight whatever comes.
 * Returns as merit_client_call, and NOT_FOUND when nothing is in flight. The deadline counts from here. */
MERIT_MUST_USE enum merit_status merit_client_wait(struct merit_client *client, struct merit_client_reply *reply_out);

/* Private bytes in the two forms in which a call carries them. */
struct merit_client_private {
	char commitment[MERIT_CLIENT_COMMITMENT_SIZE + 1]; /* the parameter's value in the JSON */
	char line[MERIT_CLIENT_LINE_SIZE_MAX + 1];         /* for behind the JSON; secret: not to be logged or kept */
};

/* Conceals size bytes of UTF-8 without NUL. The salt is made of the client's key, context and bytes: the same call made
 * again, after a crash too, is the same bytes and so the same operation; by another key, or for another context, nobody
 * can tell that the bytes are the same.
 *
 * context  what the bytes are for, such as "order.place recipient o1": method, parameter, and what names the call. It
 *          must differ for every use: the same bytes in the same context have one commitment, and are erased together
 * Returns  BAD_PARAMS for bytes that no ledger takes: none, over MERIT_CLIENT_PRIVATE_SIZE_MAX, or not UTF-8
 *          NOT_SIGNED when the client has no key; NO_MEMORY */
MERIT_MUST_USE enum merit_status merit_client_conceal(struct merit_client *client, const char *context,
						      const void *bytes, size_t size,
						      struct merit_client_private *private_out);

/* As merit_client_call and merit_client_submit, with lines_size bytes of lines behind the JSON: one for every commitment
 * in it, in the order of the calls, with a line feed between two. */
MERIT_MUST_USE enum merit_status merit_client_call_private(struct merit_client *client, const char *json, size_t size,
							   const char *lines, size_t lines_size,
							   struct merit_client_reply *reply_out);
MERIT_MUST_USE enum merit_status merit_client_submit_private(struct merit_client *client, const char *json,
							     size_t size, const char *lines, size_t lines_size);

/* ---- Bulk ---- */

/* Many calls of one method in one message: what costs the ledger least, and the way to send more than a few. Method and
 * names are said once, a row says its values, and an accepted row costs a few bytes of the answer.
 *
 *   static const char *const columns[] = { "id", "member", "reference", "occurred", NULL };
 *   merit_client_bulk_open("earn", columns, &bulk);                     (statuses left out here)
 *   merit_client_bulk_set(bulk, "campaign", merit_client_text("c1"));   the same in every row
 *   merit_client_bulk_set(bulk, "event", merit_client_text("course"));
 *   for each row:
 *       struct merit_client_cell cells[] = { merit_client_text(id), merit_client_text("m1"),
 *                                            merit_client_text("course-17"), merit_client_integer(now_ms) };
 *       merit_client_bulk_add(bulk, cells);             TOO_LARGE: it is full; call, clear, and add the row again
 *   merit_client_bulk_call(client, bulk, &answer);
 *   for each row_index:
 *       merit_client_bulk_outcome(bulk, row_index, &outcome);
 *   merit_client_bulk_clear(bulk);                      for the next rows
 *   merit_client_bulk_close(bulk);
 *
 * Each row is a call of its own, with its own id, entry and outcome, decided in the order of rows. When no answer came,
 * call again with the same bulk: ids have one outcome for ever, so nothing is done twice.
 *
 * Memory   a bulk copies what it is given, and keeps its answer until the next one or clear; no row costs a malloc
 * Threads  as a client; building one needs no client, so one may be built while another is in flight */
struct merit_client_bulk; /* Opaque. */

enum merit_client_kind { MERIT_CLIENT_ABSENT, MERIT_CLIENT_TEXT, MERIT_CLIENT_INTEGER, MERIT_CLIENT_JSON };

/* One value of a row, made by the functions below; text is borrowed until the row is added. */
struct merit_client_cell {
	enum merit_client_kind kind;
	int64_t integer;
	const char *text; /* size bytes */
	size_t size;
	const char *line; /* its private line, line_size bytes; mostly none */
	size_t line_size;
};

/* Of a parameter that this row leaves out. */
static inline struct merit_client_cell merit_client_absent(void)
{
	struct merit_client_cell cell;

	memset(&cell, 0, sizeof(cell));
	return cell;
}

static inline struct merit_client_cell merit_client_bytes(const char *text, size_t size)
{
	struct merit_client_cell cell = merit_client_absent();

	cell.kind = MERIT_CLIENT_TEXT;
	cell.text = text;
	cell.size = size;
	return cell;
}

/* Up to its NUL. */
static inline struct merit_client_cell merit_client_text(const char *text)
{
	return merit_client_bytes(text, strlen(text));
}

static inline struct merit_client_cell merit_client_integer(int64_t integer)
{
	struct merit_client_cell cell = merit_client_absent();

	cell.kind = MERIT_CLIENT_INTEGER;
	cell.integer = integer;
	return cell;
}

/* JSON as it is: true, false, a list. Nobody looks at it here; what is none makes the ledger refuse all rows. */
static inline struct merit_client_cell merit_client_json(const char *json, size_t size)
{
	struct merit_client_cell cell = merit_client_bytes(json, size);

	cell.kind = MERIT_CLIENT_JSON;
	return cell;
}

/* The commitment, and behind the JSON its line. */
static inline struct merit_client_cell merit_client_private_cell(const struct merit_client_private *concealed)
{
	struct merit_client_cell cell = merit_client_text(concealed->commitment);

	cell.line = concealed->line;
	cell.line_size = strlen(concealed->line);
	return cell;
}

/* Makes a bulk without rows. columns ends in NULL; "id" is one of them, once; the others are names of parameters.
 * Returns BAD_PARAMS for names that cannot be, or more than MERIT_CLIENT_COLUMNS_MAX; NO_MEMORY. */
MERIT_MUST_USE enum merit_status merit_client_bulk_open(const char *method, const char *const *columns,
							struct merit_client_bulk **bulk_out);
void merit_client_bulk_close(struct merit_client_bulk *bulk);

/* A parameter that is the same in every row; before the first of them. No private one: its commitment would be too.
 * Returns BAD_PARAMS for a name given before, and as merit_client_bulk_add; BUSY when there are rows. */
MERIT_MUST_USE enum merit_status merit_client_bulk_set(struct merit_client_bulk *bulk, const char *name,
						       struct merit_client_cell cell);

/* Asks for whole outcomes, those of single calls with results and balances, in outcome.json. Before the first row.
 * Returns BUSY when there are rows. */
MERIT_MUST_USE enum merit_status merit_client_bulk_detail(struct merit_client_bulk *bulk);

/* Adds a row, cells in the order of columns, or changes nothing. Private cells stand in the order of the method's
 * parameters.
 *
 * Returns  TOO_LARGE   it does not fit into the message any more; of a bulk without rows: into none
 *          BAD_PARAMS  a row without an id, a text that is not UTF-8 or holds NUL, an integer beyond 2^53-1
 *          NO_MEMORY */
MERIT_MUST_USE enum merit_status merit_client_bulk_add(struct merit_client_bulk *bulk,
						       const struct merit_client_cell *cells);
size_t merit_client_bulk_rows(const struct merit_client_bulk *bulk);

/* Takes the rows out, and the answer; method, columns and common parameters stay. */
void merit_client_bulk_clear(struct merit_client_bulk *bulk);

/* What became of a bulk. */
struct merit_client_bulk_answer {
	enum merit_status status; /* MERIT_OK: every row has its outcome; else why none was looked at: BUSY, say */
	size_t row_index;         /* then of the row at fault; MERIT_CLIENT_ROWS_MAX when it is none of them */
	const char *field;        /* and its parameter, field_size bytes; size 0: none is named. The bulk's */
	size_t field_size;
	size_t accepted_count, refused_count; /* rows that are entries of the log now, or were before */
	size_t failed_count;                  /* rows without an entry */
};

/* Signs a bulk with rows, sends it and waits for the answer. A message that was refused as a whole, busy say, was
 * answered too.
 * Returns as merit_client_call; BAD_REPLY also for an answer that does not fit the bulk; BAD_PARAMS without rows. */
MERIT_MUST_USE enum merit_status merit_client_bulk_call(struct merit_client *client, struct merit_client_bulk *bulk,
							struct merit_client_bulk_answer *answer_out);

/* The same in two steps, as merit_client_submit and merit_client_wait: between them the bulk is left alone. Bulks in
 * flight are independent: rows of one may be decided before those of the other.
 * Wait returns NOT_FOUND unless this bulk is the oldest message in flight. */
MERIT_MUST_USE enum merit_status merit_client_bulk_submit(struct merit_client *client,
							  struct merit_client_bulk *bulk);
MERIT_MUST_USE enum merit_status merit_client_bulk_wait(struct merit_client *client, struct merit_client_bulk *bulk,
							struct merit_client_bulk_answer *answer_out);

/* A row's outcome. Texts are the bulk's, as its answer has them between their quotes: not NUL-terminated, of size 0
 * where there are none. A ledger's own words and names hold no escapes; what else came may hold them, and letters that
 * are not to be shown. */
struct merit_client_outcome {
	enum merit_status status; /* MERIT_OK: accepted. BAD_REPLY: word is one that this build does not know */
	bool has_seq;             /* the row is an entry, now or since earlier; its id is used up */
	uint64_t seq;
	const char *word;         /* the status as the ledger wrote it, such as short_budget */
	size_t word_size;
	const char *why;          /* numbers behind a refusal, a JSON object: {"have":10,"need":20} */
	size_t why_size;
	const char *field;        /* the parameter at fault */
	size_t field_size;
	const char *json;         /* all of it */
	size_t json_size;
};

/* row_index is below the rows of the bulk, whose answer's status was MERIT_OK. */
void merit_client_bulk_outcome(struct merit_client_bulk *bulk, size_t row_index,
			       struct merit_client_outcome *outcome_out);

/* The number of that name in outcome->why. False when there is none. */
MERIT_MUST_USE bool merit_client_outcome_number(const struct merit_client_outcome *outcome, const char *name,
						int64_t *number_out);

/* ---- Tokens and ids ---- */

/* Makes a one-time token with which a member's browser binds a key of its own; seconds is how long it lives, 1 to
 * MERIT_CLIENT_TOKEN_SECONDS_MAX. It is made here: no service is asked. Hand it over in the fragment of a link,
 * https://mall.example/#/in/TOKEN, behind your own sign-in. Whoever has it is the member until it is used or too old:
 * it belongs in no log, no path and no query.
 *
 * Returns  BAD_PARAMS for a member that cannot be one, or other seconds
 *          NOT_SIGNED without a key and its kid: that of a service or an operator, as the ledger takes no other's
 *          NO_MEMORY */
MERIT_MUST_USE enum merit_status merit_client_token(struct merit_client *client, const char *member, int seconds,
						    char token_out[MERIT_CLIENT_TOKEN_SIZE_MAX + 1]);

/* Messages submitted and not waited for. */
unsigned merit_client_in_flight(const struct merit_client *client);

/* A new id and its NUL: a ULID, each above the one before. Written down before the first send, it makes a call that can
 * be repeated after any crash. */
void merit_client_id(struct merit_client *client, char id_out[MERIT_CLIENT_ID_SIZE + 1]);

#ifdef __cplusplus
}
#endif

#endif
