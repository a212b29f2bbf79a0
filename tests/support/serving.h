/* serving.h - a server in this process for tests: a ledger in a scratch directory, clients over TCP.
 *
 * A server that was opened but not started checks and queues, and decides nothing yet: so a test can fill the queue as
 * it likes. Keys follow from a number; the first admin is root/k1 with ADMIN_KEY. What cannot go wrong ends the test. */
#ifndef MERIT_TESTS_SUPPORT_SERVING_H
#define MERIT_TESTS_SUPPORT_SERVING_H

#include "ledger/ledger.h"
#include "rpc/client.h"
#include "rpc/server.h"

#define SERVING_ORIGIN    "merit.test/server"
#define SERVING_IN_FLIGHT 64
#define SERVING_WAIT_MS   20000

enum { LOG_KEY = 1, SYSTEM_KEY, ADMIN_KEY, SERVICE_KEY, OTHER_KEY, PRIVATE_KEY };

struct serving {
	char directory[64];
	struct merit_secret_key log_key, system_key, admin_key;
	uint8_t private_key[MERIT_PLAIN_KEY_SIZE];
	struct merit_ledger *ledger;
	struct merit_server_options options;
	struct merit_server *server;
	const char *urls[1];
	_Atomic int64_t boot_shift_ms, wall_shift_ms; /* what the test adds to CLOCK_BOOTTIME and to the wall clock */
};

/* The key a number stands for; the wall clock as the server's source has it. */
struct merit_secret_key serving_key(uint8_t fill);
int64_t serving_wall_ms(void *context);
void serving_nap_ms(long ms);

/* Set-up and tear-down of cmocka: a closed ledger; a ledger with an open server, not started; the end of both. */
int serving_make_ledger(void **state);
int serving_make(void **state);
int serving_drop(void **state);

/* map_size 0 is the default. reopen: with the options as they are now. */
void serving_open_ledger(struct serving *f, size_t map_size);
void serving_open(struct serving *f);
void serving_close(struct serving *f);
void serving_reopen(struct serving *f);
void serving_wait_until_queued(struct serving *f, size_t count);
void serving_wait_until_connected(struct serving *f, size_t count);

/* Queues SERVING_IN_FLIGHT calls of a client of an administrator, each of which creates a member. */
void serving_queue_members(struct serving *f, struct merit_client *admin);

/* A client that signs as kid with the key of a number; kid NULL shows the key itself. */
struct merit_client *serving_client(struct serving *f, const char *kid, uint8_t key, unsigned in_flight);
struct merit_client *serving_client_at(const char *url, const char *kid, uint8_t key, unsigned in_flight);
struct merit_client *serving_client_patient(const char *url, const char *kid, uint8_t key, unsigned in_flight,
                                            int deadline_ms);
struct merit_client_reply serving_call(struct merit_client *client, const char *json);
void serving_submit(struct merit_client *client, const char *json);
struct merit_client_reply serving_wait(struct merit_client *client);

/* A call of member.create; a batch of count of them, named after number; a party with a key k1; the party lms, a service
 * with SERVICE_KEY. */
const char *serving_member_create(char text[160], const char *id, const char *member);
void serving_members_create(struct merit_buffer *json, int number, int count);
void serving_add_party(struct merit_client *admin, const char *party, const char *role, uint8_t key);
void serving_add_service(struct merit_client *admin);

/* The text behind the first "name": in a reply, without its quotes. */
void serving_member_of(struct merit_client_reply reply, const char *name, char *value_out, size_t value_size);

#define assert_member(reply, name, want)                                                                               \
	do {                                                                                                           \
		char value_[64];                                                                                       \
		serving_member_of(reply, name, value_, sizeof(value_));                                                \
		assert_string_equal(value_, want);                                                                     \
	} while (0)

#endif
