/* keyring.c - see keyring.h. */
#include "rpc/keyring.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS_FIRST  ((size_t)16)

/* Names have at most MERIT_NAME_SIZE_MAX bytes, so that a kid fits here whole. */
#define KID_SIZE_MAX ((size_t)(2 * MERIT_NAME_SIZE_MAX + 1))

struct merit_keyring_key {
	struct merit_keyring_key *next; /* of the noted, then of the chain */
	uint64_t hash;
	struct merit_keyring_fact fact;
	size_t kid_size;
	char kid[]; /* "party/key" */
};

struct kid {
	char text[KID_SIZE_MAX];
	size_t size;
};

static bool kid_make(struct merit_text party, struct merit_text key, struct kid *kid_out)
{
	if (party.size == 0 || party.size > MERIT_NAME_SIZE_MAX || key.size == 0 || key.size > MERIT_NAME_SIZE_MAX)
		return false;
	memcpy(kid_out->text, party.data, party.size);
	kid_out->text[party.size] = '/';
	memcpy(kid_out->text + party.size + 1, key.data, key.size);
	kid_out->size = party.size + 1 + key.size;
	return true;
}

static uint64_t kid_hash(const struct merit_keyring *keyring, const struct kid *kid)
{
	uint64_t hash = 0;

	static_assert(crypto_shorthash_BYTES == sizeof(hash), "one word of hash");
	static_assert(crypto_shorthash_KEYBYTES == sizeof(keyring->hash_key), "one key");
	(void)crypto_shorthash((unsigned char *)&hash, (const unsigned char *)kid->text, kid->size, keyring->hash_key);
	return hash;
}

/* The shard from the low bits, the chain from those above: independent of each other. */
static struct merit_keyring_shard *shard_of(struct merit_keyring *keyring, uint64_t hash)
{
	return &keyring->shards[hash % MERIT_KEYRING_SHARDS];
}

static size_t slot_of(const struct merit_keyring_shard *shard, uint64_t hash)
{
	return (size_t)(hash / MERIT_KEYRING_SHARDS) & (shard->slots_count - 1);
}

void merit_keyring_init(struct merit_keyring *keyring)
{
	*keyring = (struct merit_keyring){ 0 };
	randombytes_buf(keyring->hash_key, sizeof(keyring->hash_key));
	for (size_t i = 0; i < MERIT_KEYRING_SHARDS; i++) {
		int rc = pthread_rwlock_init(&keyring->shards[i].lock, NULL);
		assert(rc == 0);
	}
}

static void chain_free(struct merit_keyring_key *key)
{
	while (key != NULL) {
		struct merit_keyring_key *next = key->next;
		free(key);
		key = next;
	}
}

void merit_keyring_free(struct merit_keyring *keyring)
{
	for (size_t i = 0; i < MERIT_KEYRING_SHARDS; i++) {
		struct merit_keyring_shard *shard = &keyring->shards[i];
		for (size_t slot = 0; slot < shard->slots_count; slot++)
			chain_free(shard->slots[slot]);
		free(shard->slots);
		(void)pthread_rwlock_destroy(&shard->lock);
	}
	chain_free(keyring->noted);
	chain_free(keyring->sealed);
}

void merit_keyring_note(void *context, const struct merit_key_fact *fact)
{
	struct merit_keyring *keyring = context;
	struct kid kid;

	bool named = kid_make(fact->party, fact->key, &kid);
	assert(named); /* The ledger checked the names. */
	struct merit_keyring_key *key = malloc(sizeof(*key) + kid.size);
	if (key == NULL) {
		keyring->no_memory = true;
		return;
	}
	*key = (struct merit_keyring_key){ .next = keyring->noted, .kid_size = kid.size };
	key->hash = kid_hash(keyring, &kid);
	key->fact = (struct merit_keyring_fact){ fact->public_key, fact->role, fact->revoked };
	memcpy(key->kid, kid.text, kid.size);
	keyring->noted = key;
}

/* Doubles the shard's chains when they hold two keys each. Without memory they get longer, but for the first. */
static bool shard_grow(struct merit_keyring_shard *shard)
{
	size_t count = shard->slots_count == 0 ? SLOTS_FIRST : shard->slots_count * 2;
	size_t old_count = shard->slots_count;

	if (shard->keys_count < 2 * old_count)
		return true;
	struct merit_keyring_key **slots = calloc(count, sizeof(struct merit_keyring_key *));
	if (slots == NULL)
		return old_count != 0;
	struct merit_keyring_key **old = shard->slots;
	shard->slots = slots;
	shard->slots_count = count;
	for (size_t i = 0; i < old_count; i++) {
		while (old[i] != NULL) {
			struct merit_keyring_key *key = old[i];
			old[i] = key->next;
			size_t slot = slot_of(shard, key->hash);
			key->next = slots[slot];
			slots[slot] = key;
		}
	}
	free(old);
	return true;
}

static struct merit_keyring_key *shard_find(struct merit_keyring_shard *shard, uint64_t hash, const char *kid,
                                            size_t size)
{
	struct merit_keyring_key *key = shard->slots_count == 0 ? NULL : shard->slots[slot_of(shard, hash)];

	while (key != NULL && (key->hash != hash || key->kid_size != size || memcmp(key->kid, kid, size) != 0))
		key = key->next;
	return key;
}

/* Takes change over: its fact goes into the key that is there, or it becomes that key. */
static bool shard_put(struct merit_keyring_shard *shard, struct merit_keyring_key *change)
{
	struct merit_keyring_key *known = shard_find(shard, change->hash, change->kid, change->kid_size);

	if (known != NULL) {
		known->fact = change->fact;
		free(change);
		return true;
	}
	if (!shard_grow(shard)) {
		free(change);
		return false;
	}
	size_t slot = slot_of(shard, change->hash);
	change->next = shard->slots[slot];
	shard->slots[slot] = change;
	shard->keys_count++;
	return true;
}

/* Oldest first, so that a key added and revoked in one group ends revoked. */
static struct merit_keyring_key *reversed(struct merit_keyring_key *list)
{
	struct merit_keyring_key *turned = NULL;

	while (list != NULL) {
		struct merit_keyring_key *next = list->next;
		list->next = turned;
		turned = list;
		list = next;
	}
	return turned;
}

void merit_keyring_seal(struct merit_keyring *keyring)
{
	assert(keyring->sealed == NULL);
	keyring->sealed = keyring->noted;
	keyring->noted = NULL;
	keyring->sealed_no_memory |= keyring->no_memory;
}

enum merit_status merit_keyring_publish(struct merit_keyring *keyring)
{
	struct merit_keyring_key *change = reversed(keyring->sealed);

	keyring->sealed = NULL;
	while (change != NULL) {
		struct merit_keyring_key *next = change->next;
		struct merit_keyring_shard *shard = shard_of(keyring, change->hash);
		pthread_rwlock_wrlock(&shard->lock);
		if (!shard_put(shard, change))
			keyring->sealed_no_memory = true;
		pthread_rwlock_unlock(&shard->lock);
		change = next;
	}
	return keyring->sealed_no_memory ? MERIT_NO_MEMORY : MERIT_OK;
}

bool merit_keyring_find(struct merit_keyring *keyring, struct merit_text party, struct merit_text key,
                        struct merit_keyring_fact *fact_out)
{
	struct kid kid;

	if (!kid_make(party, key, &kid))
		return false;
	uint64_t hash = kid_hash(keyring, &kid);
	struct merit_keyring_shard *shard = shard_of(keyring, hash);
	pthread_rwlock_rdlock(&shard->lock);
	struct merit_keyring_key *found = shard_find(shard, hash, kid.text, kid.size);
	if (found != NULL)
		*fact_out = found->fact;
	pthread_rwlock_unlock(&shard->lock);
	return found != NULL;
}
