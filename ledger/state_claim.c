/* state_claim.c - see state.h: what may be used once, as 8-byte slots in shards of open addressing, which stand in the
 * file of state_claim_file.c. The list of them on the disk state_disk.c reads and state_flush.c writes.
 *
 * Hash  64 bits: 10 choose the shard, 28 stand in the slot, and where in its shard a slot belongs follows from these 28
 *       alone, so that a shard can grow from what it holds. Two keys of 30 million share all 38 bits one time in 9,000.
 * Slot  the 28 bits, then seq + 1 in 36; 0 is free. Searched from where it belongs to the next free slot. */
#include "ledger/state_hash.h"
#include "ledger/state_inner.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SEQ_BITS   36
#define TAG_BITS   28
#define LOAD_AHEAD 16 /* the slot of a change is fetched while so many before it are brought in */

static_assert(SEQ_BITS + TAG_BITS == 64 && MERIT_STATE_SEQ_MAX == (1ULL << SEQ_BITS) - 2, "a slot is 64 bits");
static_assert(CLAIM_SHARDS == 1 << 10, "ten bits of the hash choose the shard");

static struct claim_shard *shard_of(struct claims *claims, uint64_t hash)
{
	return &claims->shards[hash >> 54];
}

static uint64_t slot_of(uint64_t hash, uint64_t seq)
{
	uint64_t tag = hash >> (54 - TAG_BITS) & ((1 << TAG_BITS) - 1);
	return tag << SEQ_BITS | (seq + 1);
}

/* Where the slot belongs: in the order of the 28 bits, so that growing is a walk through both arrays. */
static uint32_t home_of(uint64_t slot, uint32_t capacity)
{
	return (uint32_t)((slot >> SEQ_BITS) * capacity >> TAG_BITS);
}

static uint32_t next_index(const struct claim_shard *shard, uint32_t index)
{
	return index + 1 == shard->capacity ? 0 : index + 1;
}

/* Asks memory for where the slot of this hash belongs. */
static void expect_slot(struct claims *claims, uint64_t hash)
{
	const struct claim_shard *shard = shard_of(claims, hash);

	__builtin_prefetch(&shard->slots[home_of(slot_of(hash, 0), shard->capacity)], 1);
}

static void place_slot(struct claim_shard *shard, uint64_t slot)
{
	uint32_t index = home_of(slot, shard->capacity);

	while (shard->slots[index] != 0)
		index = next_index(shard, index);
	shard->slots[index] = slot;
	shard->count++;
}

/* Takes the shard to a larger area. */
static int shard_move(struct claims *claims, struct claim_shard *shard, unsigned area_index)
{
	struct claim_shard moved = { .area_index = area_index };

	int rc = merit_state_claim_file_table(&claims->file, (size_t)(shard - claims->shards), area_index, &moved.slots,
	                                      &moved.capacity);
	if (rc != 0)
		return rc;
	for (uint32_t i = 0; i < shard->capacity; i++) {
		if (shard->slots[i] != 0)
			place_slot(&moved, shard->slots[i]);
	}
	merit_state_claim_file_leave(&claims->file, shard->area_index);
	*shard = moved;
	return 0;
}

/* Three quarters full: looking for a key that is not there then takes nine slots, which are side by side. */
static uint32_t most_of(uint32_t capacity)
{
	return capacity - capacity / 4;
}

/* Fuller than this no shard may be, room on the disk or not: looking takes 130 slots. */
static bool is_crammed(const struct claim_shard *shard, uint32_t count)
{
	return count > shard->capacity - shard->capacity / 16;
}

/* Room for one more. Without room on the disk the shard goes on for a quarter more claims in what it has, so that the
 * log, which needs more, comes to its end first: writes are then refused, and nothing fails here. */
static int make_room(struct claims *claims, struct claim_shard *shard)
{
	if (shard->count < most_of(shard->capacity))
		return 0;
	int rc = shard_move(claims, shard, shard->area_index + 1);
	claims->is_cramped = rc == ENOSPC || rc == EDQUOT;
	return claims->is_cramped && !is_crammed(shard, shard->count + 1) ? 0 : rc;
}

static int shard_add(struct claims *claims, uint64_t hash, uint64_t seq)
{
	struct claim_shard *shard = shard_of(claims, hash);

	int rc = make_room(claims, shard);
	if (rc != 0)
		return rc;
	place_slot(shard, slot_of(hash, seq));
	claims->count++;
	return 0;
}

/* A claim that stood there before: there is room. */
static bool shard_restore(struct claims *claims, uint64_t hash, uint64_t seq)
{
	struct claim_shard *shard = shard_of(claims, hash);

	if (shard->count + 1 == shard->capacity)
		return false;
	place_slot(shard, slot_of(hash, seq));
	claims->count++;
	return true;
}

/* Frees the slot and moves up those behind it that were pushed away from where they belong. */
static void free_slot(struct claim_shard *shard, uint32_t index)
{
	for (uint32_t next = next_index(shard, index); shard->slots[next] != 0; next = next_index(shard, next)) {
		uint32_t home = home_of(shard->slots[next], shard->capacity);
		bool between = index < next ? home > index && home <= next : home > index || home <= next;
		if (between)
			continue;
		shard->slots[index] = shard->slots[next];
		index = next;
	}
	shard->slots[index] = 0;
	shard->count--;
}

/* False when there is no such claim. */
static bool shard_remove(struct claims *claims, uint64_t hash, uint64_t seq)
{
	struct claim_shard *shard = shard_of(claims, hash);
	uint64_t slot = slot_of(hash, seq);

	uint32_t index = home_of(slot, shard->capacity);
	while (shard->slots[index] != 0 && shard->slots[index] != slot)
		index = next_index(shard, index);
	if (shard->slots[index] == 0)
		return false;
	free_slot(shard, index);
	claims->count--;
	return true;
}

void merit_state_claims_init(struct claims *claims)
{
	*claims = (struct claims){ .file = { .fd = -1 },
		                   .changes = { { .item_size = sizeof(struct claim_change) },
		                                { .item_size = sizeof(struct claim_change) } } };
}

void merit_state_claims_free(struct claims *claims)
{
	merit_state_claim_file_close(&claims->file);
	merit_state_list_free(&claims->changes[0]);
	merit_state_list_free(&claims->changes[1]);
	merit_state_claims_init(claims);
}

int merit_state_claims_open(struct claims *claims, const char *env_path, uint64_t map_size, struct merit_fault *fault)
{
	int rc = merit_state_claim_file_open(&claims->file, env_path, map_size, fault);

	for (size_t i = 0; rc == 0 && i < CLAIM_SHARDS; i++)
		rc = merit_state_claim_file_table(&claims->file, i, 0, &claims->shards[i].slots,
		                                  &claims->shards[i].capacity);
	return rc;
}

uint64_t merit_state_claims_memory_size(const struct claims *claims)
{
	return merit_state_list_memory_size(&claims->changes[0]) + merit_state_list_memory_size(&claims->changes[1]);
}

uint64_t merit_state_claims_growth_size(const struct claims *claims)
{
	uint64_t soon = claims->count / CLAIM_SHARDS + claims->count / CLAIM_SHARDS / 16;
	unsigned area_index = 0;

	while (area_index < claims->file.area_count && soon > most_of(claims->file.areas[area_index].capacity))
		area_index++;
	if (area_index == claims->file.area_count)
		return UINT64_MAX;
	return claims->file.areas[area_index].has_room ? 0 : claims->file.areas[area_index].size;
}

/* ---- From the disk ---- */

/* Room for count claims, while there are none: so that no shard moves on the way. */
static int reserve(struct claims *claims, uint64_t count)
{
	uint64_t share = count / CLAIM_SHARDS + count / CLAIM_SHARDS / 32; /* No shard gets much more than its share. */
	unsigned area_index = 0;
	int rc = 0;

	while (area_index < claims->file.area_count && share > most_of(claims->file.areas[area_index].capacity))
		area_index++;
	for (size_t i = 0; rc == 0 && area_index > 0 && i < CLAIM_SHARDS; i++)
		rc = shard_move(claims, &claims->shards[i], area_index);
	return rc;
}

int merit_state_claims_load_begin(struct claims *claims, struct claim_load *load, uint64_t count)
{
	memset(load->counts, 0, sizeof(load->counts));
	load->baskets = malloc(CLAIM_SHARDS * CLAIM_BASKET_COUNT * sizeof(*load->baskets));
	return load->baskets == NULL ? ENOMEM : reserve(claims, count);
}

static int apply(struct claims *claims, const struct claim_change *change)
{
	uint64_t seq = change->seq & ~CLAIM_GIVEN_BACK;

	if ((change->seq & CLAIM_GIVEN_BACK) == 0)
		return shard_add(claims, change->hash, seq);
	(void)shard_remove(claims, change->hash, seq);
	return 0;
}

static int empty_basket(struct claims *claims, struct claim_load *load, size_t shard_index)
{
	const struct claim_change *basket = load->baskets + shard_index * CLAIM_BASKET_COUNT;
	size_t count = load->counts[shard_index];
	int rc = 0;

	load->counts[shard_index] = 0;
	for (size_t i = 0; rc == 0 && i < count; i++) {
		if (i + LOAD_AHEAD < count)
			expect_slot(claims, basket[i + LOAD_AHEAD].hash);
		rc = apply(claims, &basket[i]);
	}
	return rc;
}

int merit_state_claims_load(struct claims *claims, struct claim_load *load, const struct claim_change *changes,
                            size_t count)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < count; i++) {
		size_t shard_index = (size_t)(shard_of(claims, changes[i].hash) - claims->shards);
		load->baskets[shard_index * CLAIM_BASKET_COUNT + load->counts[shard_index]++] = changes[i];
		if (load->counts[shard_index] == CLAIM_BASKET_COUNT)
			rc = empty_basket(claims, load, shard_index);
	}
	return rc;
}

int merit_state_claims_load_end(struct claims *claims, struct claim_load *load)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && load->baskets != NULL && i < CLAIM_SHARDS; i++)
		rc = empty_basket(claims, load, i);
	free(load->baskets);
	load->baskets = NULL;
	return rc;
}

/* ---- The calls ---- */

/* The hash, remembered: it takes 250 instructions for a key of 50 bytes. */
static uint64_t hash_key(struct claims *claims, uint8_t table, const void *key, size_t key_size)
{
	uint64_t tail = 0;

	assert(key_size <= MERIT_STATE_KEY_SIZE_MAX);
	if (key_size >= sizeof(tail))
		memcpy(&tail, (const unsigned char *)key + key_size - sizeof(tail), sizeof(tail));
	uint64_t place = (tail + table) * 0x9e3779b97f4a7c15 >> 32;
	struct hashed_key *hashed = &claims->hashed[place & (HASHED_COUNT - 1)];
	if (hashed->size == key_size + 1 && hashed->name[0] == table &&
	    (key_size == 0 || memcmp(hashed->name + 1, key, key_size) == 0))
		return hashed->hash;
	hashed->name[0] = table;
	if (key_size > 0)
		memcpy(hashed->name + 1, key, key_size);
	hashed->size = key_size + 1;
	hashed->hash = siphash(1, 3, claims->hash_key, hashed->name, hashed->size);
	return hashed->hash;
}

static void note_change(struct merit_state *state, uint64_t hash, uint64_t seq)
{
	struct claim_change *change = merit_state_list_push(&state->claims.changes[state->active->index]);

	if (change == NULL)
		merit_state_fail(state, MERIT_NO_MEMORY);
	else
		*change = (struct claim_change){ hash, seq };
}

void merit_state_claim(struct merit_state *state, uint8_t table, const void *key, size_t key_size, uint64_t seq)
{
	assert(seq <= MERIT_STATE_SEQ_MAX && !state->visiting);
	if (state->failure != MERIT_OK)
		return;
	uint64_t hash = hash_key(&state->claims, table, key, key_size);
	int rc = shard_add(&state->claims, hash, seq);
	if (rc == 0)
		note_change(state, hash, seq);
	else
		merit_state_fail(state, merit_env_status(rc));
}

void merit_state_unclaim(struct merit_state *state, uint8_t table, const void *key, size_t key_size, uint64_t seq)
{
	assert(seq <= MERIT_STATE_SEQ_MAX && !state->visiting);
	if (state->failure != MERIT_OK)
		return;
	uint64_t hash = hash_key(&state->claims, table, key, key_size);
	if (shard_remove(&state->claims, hash, seq))
		note_change(state, hash, seq | CLAIM_GIVEN_BACK);
}

bool merit_state_claimed(struct merit_state *state, uint8_t table, const void *key, size_t key_size,
                         struct merit_claim_walk *walk, uint64_t *seq_out)
{
	if (state->failure != MERIT_OK)
		return false;
	if (walk->step_count == 0)
		walk->hash = hash_key(&state->claims, table, key, key_size);
	const struct claim_shard *shard = shard_of(&state->claims, walk->hash);
	uint64_t wanted = slot_of(walk->hash, 0) >> SEQ_BITS;
	uint32_t home = home_of(wanted << SEQ_BITS, shard->capacity);
	for (;;) {
		uint64_t index = (uint64_t)home + walk->step_count++;
		uint64_t slot = shard->slots[index < shard->capacity ? index : index - shard->capacity];
		if (slot == 0)
			return false;
		if (slot >> SEQ_BITS == wanted) {
			*seq_out = (slot & ((1ULL << SEQ_BITS) - 1)) - 1;
			return true;
		}
	}
}

uint64_t merit_state_claims_file_size(const struct merit_state *state)
{
	return state->claims.file.size;
}

uint64_t merit_state_claim_count(const struct merit_state *state)
{
	return state->claims.count;
}

/* Backwards, since a claim may have been made and given back more than once. */
void merit_state_claims_rollback(struct claims *claims, struct list *changes, size_t count)
{
	while (changes->count > count) {
		const struct claim_change *change = merit_state_list_at(changes, changes->count - 1);
		bool undone = (change->seq & CLAIM_GIVEN_BACK) == 0
		                      ? shard_remove(claims, change->hash, change->seq)
		                      : shard_restore(claims, change->hash, change->seq & ~CLAIM_GIVEN_BACK);
		assert(undone); /* A shard that held a claim has room for it: none ever shrinks. */
		merit_state_list_cut(changes, changes->count - 1);
	}
}

const unsigned char *merit_state_claims_key(const struct merit_state *state)
{
	return state->claims.hash_key;
}

/* Mixes all bits of a number into all bits of the result: the last step of MurmurHash3, which is a bijection. */
static uint64_t mix(uint64_t bits)
{
	bits = (bits ^ bits >> 33) * 0xff51afd7ed558ccd;
	bits = (bits ^ bits >> 33) * 0xc4ceb9fe1a85ec53;
	return bits ^ bits >> 33;
}

const struct claims_digest *merit_state_claims_digest(struct claims *claims)
{
	struct claims_digest digest = { .count = claims->count };

	for (size_t i = 0; i < CLAIM_SHARDS; i++) {
		const struct claim_shard *shard = &claims->shards[i];
		for (uint32_t j = 0; j < shard->capacity; j++) {
			uint64_t seq_bits = shard->slots[j] & ((1ULL << SEQ_BITS) - 1);
			if (shard->slots[j] == 0)
				continue;
			digest.sum += mix(seq_bits);
			digest.other_sum += mix(~seq_bits);
		}
	}
	claims->digest = digest;
	return &claims->digest;
}

/* Of all that is kept of each claim, in no order. */
static uint64_t sum_of_slots(const struct claims *claims)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < CLAIM_SHARDS; i++) {
		const struct claim_shard *shard = &claims->shards[i];
		for (uint32_t j = 0; j < shard->capacity; j++) {
			if (shard->slots[j] != 0)
				sum += mix(mix(shard->slots[j]) + i);
		}
	}
	return sum;
}

bool merit_state_claims_agree(const struct merit_state *left, const struct merit_state *right)
{
	assert(memcmp(left->claims.hash_key, right->claims.hash_key, sizeof(left->claims.hash_key)) == 0);
	return left->claims.count == right->claims.count && sum_of_slots(&left->claims) == sum_of_slots(&right->claims);
}
