/* keyring.h - the keys signatures are checked against before a message may queue: a copy of the ledger's, for reading
 * from many threads.
 *
 * Stale    a copy may lag behind. That is safe: the ledger checks key and role again at each call's own turn, and a kid
 *          never changes its public key. To refuse nobody falsely, changes are published after the commit that made
 *          them durable and before any reply of that group leaves; not earlier, since a refusal here must not tell of
 *          an entry the disk does not have.
 * Threads  note and seal: the ledger's thread. publish: any one thread, after seal and before the next. find: any number;
 *          it waits at most for one shard to grow.
 * Memory   about 150 bytes a key. Shards grow one by one, so no growth stops everybody. */
#ifndef MERIT_RPC_KEYRING_H
#define MERIT_RPC_KEYRING_H

#include "ledger/ledger.h"

#include <pthread.h>

#define MERIT_KEYRING_SHARDS 256

struct merit_keyring_key; /* One key: see keyring.c. */

struct merit_keyring_shard {
	pthread_rwlock_t lock;
	struct merit_keyring_key **slots; /* chains; slots_count is a power of two, or 0 */
	size_t slots_count, keys_count;
};

struct merit_keyring {
	struct merit_keyring_shard shards[MERIT_KEYRING_SHARDS];
	uint8_t hash_key[16];            /* names come from outside: nobody may aim at one chain */
	struct merit_keyring_key *noted;  /* of the group at hand, newest first */
	struct merit_keyring_key *sealed; /* to be published next; likewise */
	bool no_memory;                   /* a change was lost that was to be noted, */
	bool sealed_no_memory;            /* or published */
};

/* What a signature is checked against. */
struct merit_keyring_fact {
	struct merit_public_key public_key;
	enum merit_role role;
	bool revoked;
};

void merit_keyring_init(struct merit_keyring *keyring);
void merit_keyring_free(struct merit_keyring *keyring);

/* Remembers a change for the next seal. Its form is merit_ledger_watch_keys' visit; keyring is the context. */
void merit_keyring_note(void *keyring, const struct merit_key_fact *fact);

/* What was noted until now belongs to one group: the next publish shows it, and nothing noted later. */
void merit_keyring_seal(struct merit_keyring *keyring);

/* Shows what was sealed to every thread. Returns NO_MEMORY when a change was lost: the copy is wrong, the process must
 * end. */
MERIT_MUST_USE enum merit_status merit_keyring_publish(struct merit_keyring *keyring);

/* The key party/key. False when there is none. A revoked key is found, and says so. */
MERIT_MUST_USE bool merit_keyring_find(struct merit_keyring *keyring, struct merit_text party, struct merit_text key,
                                       struct merit_keyring_fact *fact_out);

#endif
