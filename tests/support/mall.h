/* mall.h - a mall in this process for tests: a meritd (serving.h), folders with files, and requests as bytes.
 *
 *   struct mall *m = mall_new();
 *   m->options.body_max = 100;                        what the test wants otherwise
 *   mall_open(m);
 *   mall_ask(m, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
 *   assert_int_equal(m->reply.code, 200);
 *   mall_free(m);
 *
 * Browsers' limits of time are long by default, so that a slow machine fails no test; what cannot go wrong ends the
 * test. */
#ifndef MERIT_TESTS_SUPPORT_MALL_H
#define MERIT_TESTS_SUPPORT_MALL_H

#include "mall/front.h"
#include "tests/support/serving.h"

#define MALL_CHECKPOINT_GET "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"checkpoint.get\"}"
#define MALL_WAIT_MS        20000 /* for an answer: only a failing test waits so long */

/* One answer. */
struct mall_reply {
	int code;
	char head[8192]; /* status line and fields, up to the empty line */
	struct merit_buffer body;
	bool is_closed; /* the connection ended before an answer was complete */
};

struct mall {
	struct serving *ledger;
	char directory[64]; /* web and content are folders in it */
	char web[80], content[80], ledger_url[64];
	const char *listen[1];
	struct merit_front_options options;
	struct merit_front *front; /* NULL while closed */
	struct mall_reply reply;   /* the last one */
};

/* A started meritd, and folders with a few files; the front is not open yet. */
struct mall *mall_new(void);
void mall_free(struct mall *m);

void mall_open(struct mall *m);
void mall_close(struct mall *m);

/* Ends meritd, and starts one at the same address. */
void mall_stop_ledger(struct mall *m);
void mall_start_ledger(struct mall *m);

/* Writes a file below the directory, such as "web/index.html". */
void mall_write(struct mall *m, const char *name, const char *text);

/* A connection to the front; bytes into it, as many as it takes; the answer to a request on it. */
int mall_connect(struct mall *m);
int mall_connect_from(struct mall *m, const char *address);
void mall_send(int fd, const void *bytes, size_t size);
void mall_say(int fd, const char *text);
void mall_hear(struct mall *m, int fd);
void mall_hear_head(struct mall *m, int fd); /* to HEAD: no body follows */

/* Whether the other end closes the connection within MALL_WAIT_MS. */
bool mall_is_ended(int fd);

/* A request on a connection of its own, and its answer. */
void mall_ask(struct mall *m, const char *request);

/* POST /rpc with this JSON; fields are more lines of the head, each with its CRLF. */
void mall_call(struct mall *m, const char *fields, const char *json);
/* The same signed as kid with the key of a number; NULL: the key itself is shown. lines stand behind the JSON. */
void mall_call_signed(struct mall *m, const char *kid, uint8_t key, const char *json, const char *lines);

/* A field of the last answer's head, without space around; NULL when it is not there. Valid until the next call. */
const char *mall_field(struct mall *m, const char *name);

/* The last answer's body as text. */
const char *mall_body(struct mall *m);

#endif
