/* service.h - a real meritd for tests: a ledger in a scratch directory, the program in MERIT_BIN_DIR, clients over TCP.
 *
 * The ledger is a fixture's (fixture.h), born now, with a small world in it. While meritd runs the directory is its
 * own; between service_end and service_start the fixture may be opened, and everything in it looked at from inside.
 *
 *   struct service *s = service_new();
 *   service_start(s);
 *   struct merit_client *svc = service_client(s, "svc/k1", 1);
 *   assert_int_equal(service_call(s, svc, "member.create", "'id':'a','member':'m9'"), MERIT_OK);
 *   service_close(s, svc);
 *   assert_int_equal(service_end(s, SIGTERM), 0);
 *   service_free(s);
 *
 * The world: parties ops, fin, svc, aud with their keys k1; sponsor acme; campaign c1 for ever, whose points never
 * expire and whose event gift pays up to 1000, with a budget of SERVICE_BUDGET; members m0 to m7; merchant shop; item
 * cup of 30 points, SERVICE_STOCK in stock. */
#ifndef MERIT_TESTS_SUPPORT_SERVICE_H
#define MERIT_TESTS_SUPPORT_SERVICE_H

#include "rpc/client.h"
#include "tests/support/fixture.h"

#include <stdio.h>
#include <sys/types.h>

#define SERVICE_BUDGET  INT64_C(1000000000)
#define SERVICE_STOCK   1000000
#define SERVICE_MEMBERS 8
#define SERVICE_WAIT_MS 60000 /* for an answer or a line in the log: only a failing test waits so long */

#define SERVICE_OPTIONS_MAX 16
#define SERVICE_CLIENTS_MAX 80

struct service {
	struct fixture *fixture; /* closed while meritd runs */
	const char *options[SERVICE_OPTIONS_MAX]; /* more words for meritd; NULL ends them */
	const char *before[SERVICE_OPTIONS_MAX];  /* words in front of it, such as env and its own; NULL ends them */
	char url[64];            /* where it listens; the same port after every start */
	char log_path[96];       /* of all starts */
	long log_start;          /* where the last start's lines begin */
	pid_t pid;               /* 0 while none runs */
	struct merit_client *clients[SERVICE_CLIENTS_MAX]; /* open ones */
	size_t clients_count;
	int patience_ms;         /* of clients opened from now on; SERVICE_WAIT_MS at first */
	struct merit_buffer reply; /* the last answer's JSON, with a NUL behind it */
};

/* A ledger and its world, not served yet. Skips the test where the program is not to be found. */
struct service *service_new(void);
/* The same without a world: only the admin root/k1. */
struct service *service_new_bare(void);
void service_free(struct service *s); /* ends meritd too */

/* Starts meritd; begin does not wait until it is ready, start does. */
void service_begin(struct service *s);
void service_start(struct service *s);

/* Waits for a line with text in it; false when meritd ends without one. */
bool service_said(struct service *s, const char *text);

/* Sends the signal, unless 0, and waits for the end: the exit code, or the signal's number below 0. */
int service_end(struct service *s, int signal_number);

/* A client that signs as kid, "party/key" (see fixture_key); NULL: unsigned. Those still open are closed by free. */
struct merit_client *service_client(struct service *s, const char *kid, unsigned in_flight);
void service_close(struct service *s, struct merit_client *client);

/* One call and the status of its answer, which is in s->reply: UNREACHABLE when none came. ' stands for ". */
enum merit_status service_call(struct service *s, struct merit_client *client, const char *method,
			       const char *format, ...) __attribute__((format(printf, 4, 5)));
/* The same for a whole message's JSON; and for the oldest message in flight. */
enum merit_status service_send(struct service *s, struct merit_client *client, const char *json);
enum merit_status service_wait(struct service *s, struct merit_client *client);

/* The integer behind the first "name": in the last answer. Ends the test when there is none. */
int64_t service_integer(const struct service *s, const char *name);

/* Sends bytes as they are, without a client, and keeps the answer's JSON: its first status. */
enum merit_status service_exchange(struct service *s, const void *bytes, size_t size);
/* The same for JSON signed as kid, NULL: unsigned, by the key of another name, for an origin, so long ago. */
enum merit_status service_exchange_json(struct service *s, const char *kid, const char *key, const char *origin,
					int64_t age_s, const char *json);

/* 100 points for m1, by the earn of this number: the same call whenever it is made. */
enum merit_status service_earn(struct service *s, struct merit_client *client, int number);

/* What a member holds, asked of the running service. */
int64_t service_points(struct service *s, const char *member);

/* The entries in the log, asked of the running service. */
int64_t service_entries(struct service *s);

/* Runs `merit` with these words: its exit code. Its output goes to this process's. NULL ends the words. */
int service_merit(const char *const *words);

void service_nap_ms(long ms);

#endif
