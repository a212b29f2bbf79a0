/* state_claim.c - see state.h: what may be used once, as 8-byte slots in shards of open addressing. The list of
 * them on the disk state_disk.c reads and state_flush.c writes.
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
#include <sys/mman.h>

#define SEQ_BITS        36
#define TAG_BITS        28
#define CAPACITY_MAX    (1U << TAG_BITS)

/* Larger tables grow by half: all shards reach their limits at much the same time, and a claim is moved twice. By a
 * quarter it was moved four times, which was a twentieth of the ledger thread's time. */
#define CAPACITY_MIN    16
#define CAPACITY_DOUBLE 1024

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25 /* Linux 6.1 has it, the libc of Debian 12 has no name for it. */
#endif

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

/* Where the slot of this hash belongs, for who asks memory for it ahead: by itself, as gcc takes a function that does
 * nothing but prefetch for one without effect, and drops the call. */
static const uint64_t *place_of(struct claims *claims, uint64_t hash)
{
	const struct claim_shard *shard = shard_of(claims, hash);

	return &shard->slots[home_of(slot_of(hash, 0), shard->capacity)];
}

static void place_slot(struct claim_shard *shard, uint64_t slot)
{
	uint32_t index = home_of(slot, shard->capacity);

	while (shard->slots[index] != 0)
		index = next_index(shard, index);
	shard->slots[index] = slot;
	shard->count++;
}

/* ---- Tables ---- */

static size_t tables_size(const struct claim_tables *tables)
{
	size_t size = (size_t)CLAIM_SHARDS * tables->capacity * sizeof(*tables->slots);

	return size < HUGE_PAGE_SIZE ? size : merit_state_huge_size(size);
}

/* Shared memory, so that who watches the process can tell what grows with the log (RssShmem) from what must not grow
 * (RssAnon). */
static void *map_at(void *address, size_t size, int flags)
{
	return mmap(address, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | flags, -1, 0);
}

/* Memory that begins where a huge page can: put into a range that is longer by one. Cutting the front off longer memory
 * would not do, as its offset in what is mapped must be a huge page's, too. */
static void *map_aligned(size_t size)
{
	size_t range_size = size + HUGE_PAGE_SIZE;
	unsigned char *range = mmap(NULL, range_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (range == MAP_FAILED)
		return MAP_FAILED;
	size_t before = HUGE_PAGE_SIZE - (uintptr_t)range % HUGE_PAGE_SIZE;
	void *memory = map_at(range + before, size, MAP_FIXED);
	if (memory == MAP_FAILED) {
		(void)munmap(range, range_size);
		return MAP_FAILED;
	}
	(void)munmap(range, before);
	if (before < HUGE_PAGE_SIZE)
		(void)munmap(range + before + size, HUGE_PAGE_SIZE - before);
	return memory;
}

/* Memory for tables of one size: the kernel gives it when it is touched. */
static int tables_begin(struct claims *claims, struct claim_tables *tables)
{
	size_t size = tables_size(tables);
	void *slots = size < HUGE_PAGE_SIZE ? map_at(NULL, size, 0) : map_aligned(size);

	if (slots == MAP_FAILED)
		return ENOMEM;
	tables->slots = slots;
	tables->small_pages = size < HUGE_PAGE_SIZE;
	claims->tables_size += size;
	return 0;
}

static void tables_end(struct claims *claims, struct claim_tables *tables)
{
	if (tables->slots == NULL)
		return;
	(void)munmap(tables->slots, tables_size(tables));
	tables->slots = NULL;
	claims->tables_size -= tables_size(tables);
}

/* Asks for huge pages, which the kernel does not give shared memory of itself: claims are looked for all over the
 * tables. It takes half the time of a fault for each small page. Where it is refused, small pages serve. */
static void ask_huge_pages(struct claim_tables *tables, size_t shard_index)
{
	size_t table_size = tables->capacity * sizeof(*tables->slots);
	size_t first = shard_index * table_size / HUGE_PAGE_SIZE * HUGE_PAGE_SIZE;
	size_t end = (shard_index + 1) * table_size;

	for (size_t at = first; at < end && !tables->small_pages; at += HUGE_PAGE_SIZE) {
		unsigned char *page = (unsigned char *)tables->slots + at;
		(void)*(volatile unsigned char *)page; /* Only where one small page is are all made one. */
		if (madvise(page, HUGE_PAGE_SIZE, MADV_COLLAPSE) != 0 && errno != EAGAIN)
			tables->small_pages = true;
	}
}

/* Gives the shard, which has none of that size, an empty table. */
static int table_take(struct claims *claims, struct claim_shard *shard, size_t shard_index, uint32_t size_index)
{
	struct claim_tables *tables = &claims->tables[size_index];

	int rc = tables->capacity == 0 ? ENOMEM : 0;
	if (rc == 0 && tables->slots == NULL)
		rc = tables_begin(claims, tables);
	if (rc != 0)
		return rc;
	ask_huge_pages(tables, shard_index);
	tables->used_count++;
	*shard = (struct claim_shard){ .slots = tables->slots + shard_index * tables->capacity,
		                       .capacity = tables->capacity,
		                       .size_index = size_index };
	return 0;
}

static void table_leave(struct claims *claims, const struct claim_shard *shard)
{
	struct claim_tables *tables = &claims->tables[shard->size_index];

	tables->used_count--;
	if (tables->used_count == 0)
		tables_end(claims, tables);
}

/* Takes the shard to a larger table. */
static int shard_move(struct claims *claims, struct claim_shard *shard, uint32_t size_index)
{
	struct claim_shard moved;

	int rc = table_take(claims, &moved, (size_t)(shard - claims->shards), size_index);
	if (rc != 0)
		return rc;
	for (uint32_t i = 0; i < shard->capacity; i++) {
		if (shard->slots[i] != 0)
			place_slot(&moved, shard->slots[i]);
	}
	table_leave(claims, shard);
	*shard = moved;
	return 0;
}

/* Three quarters full: looking for a key that is not there then takes nine slots, which are side by side. */
static uint32_t most_of(uint32_t capacity)
{
	return capacity - capacity / 4;
}

static int shard_make_room(struct claims *claims, struct claim_shard *shard, uint32_t count)
{
	uint64_t wanted = (uint64_t)shard->count + count;
	int rc = 0;

	while (rc == 0 && wanted > most_of(shard->capacity))
		rc = shard_move(claims, shard, shard->size_index + 1);
	return rc;
}

static int shard_add(struct claims *claims, uint64_t hash, uint64_t seq)
{
	struct claim_shard *shard = shard_of(claims, hash);

	int rc = shard_make_room(claims, shard, 1);
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

static uint32_t next_capacity(uint32_t capacity)
{
	return capacity < CAPACITY_DOUBLE ? 2 * capacity : capacity + capacity / 2;
}

void merit_state_claims_init(struct claims *claims)
{
	*claims = (struct claims){ .changes = { { .item_size = sizeof(struct claim_change) },
		                                { .item_size = sizeof(struct claim_change) } } };
	for (uint32_t i = 0, capacity = CAPACITY_MIN; capacity <= CAPACITY_MAX;
	     i++, capacity = next_capacity(capacity)) {
		assert(i + 1 < CLAIM_SIZES);
		claims->tables[i].capacity = capacity;
	}
}

void merit_state_claims_free(struct claims *claims)
{
	for (uint32_t i = 0; i < CLAIM_SIZES; i++)
		tables_end(claims, &claims->tables[i]);
	merit_state_list_free(&claims->changes[0]);
	merit_state_list_free(&claims->changes[1]);
	merit_state_claims_init(claims);
}

int merit_state_claims_open(struct claims *claims)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < CLAIM_SHARDS; i++)
		rc = table_take(claims, &claims->shards[i], i, 0);
	return rc;
}

uint64_t merit_state_claims_memory_size(const struct claims *claims)
{
	return claims->tables_size + merit_state_list_memory_size(&claims->changes[0]) +
	       merit_state_list_memory_size(&claims->changes[1]);
}

/* ---- From the disk ---- */

/* Room for count claims, while there are none: so that no shard moves on the way. */
static int reserve(struct claims *claims, uint64_t count)
{
	uint64_t share = count / CLAIM_SHARDS + count / CLAIM_SHARDS / 32; /* No shard gets much more than its share. */
	uint32_t size_index = 0;
	int rc = 0;

	while (claims->tables[size_index].capacity != 0 && share > most_of(claims->tables[size_index].capacity))
		size_index++;
	for (size_t i = 0; rc == 0 && size_index > 0 && i < CLAIM_SHARDS; i++)
		rc = shard_move(claims, &claims->shards[i], size_index);
	return rc;
}

int merit_state_claims_load_begin(struct claims *claims, struct claim_load *load, uint64_t count)
{
	uint64_t share = count / CLAIM_SHARDS + count / CLAIM_SHARDS / 16 + 64; /* Few shards get more. */

	*load = (struct claim_load){ .given_back = { .item_size = sizeof(struct claim_change) } };
	load->basket_capacity = share < CLAIM_BASKET_MAX ? (uint32_t)share : CLAIM_BASKET_MAX;
	/* 1,024 places are written to in turn: without huge pages opening takes a tenth longer. */
	load->baskets = merit_state_huge_allocate(CLAIM_SHARDS * sizeof(*load->baskets) * load->basket_capacity);
	return load->baskets == NULL ? ENOMEM : reserve(claims, count);
}

static int empty_basket(struct claims *claims, struct claim_load *load, size_t shard_index)
{
	const uint64_t *basket = load->baskets + shard_index * load->basket_capacity;
	struct claim_shard *shard = &claims->shards[shard_index];
	uint32_t count = load->counts[shard_index];

	int rc = shard_make_room(claims, shard, count);
	if (rc != 0)
		return rc;
	for (uint32_t i = 0; i < count; i++)
		place_slot(shard, basket[i]);
	claims->count += count;
	load->counts[shard_index] = 0;
	return 0;
}

static bool note_given_back(struct claim_load *load, const struct claim_change *change)
{
	struct claim_change *noted = merit_state_list_push(&load->given_back);

	if (noted != NULL)
		*noted = *change;
	return noted != NULL;
}

int merit_state_claims_load(struct claims *claims, struct claim_load *load, const struct claim_change *changes,
                            size_t count)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < count; i++) {
		if ((changes[i].seq & CLAIM_GIVEN_BACK) != 0) {
			rc = note_given_back(load, &changes[i]) ? 0 : ENOMEM;
			continue;
		}
		size_t shard_index = (size_t)(shard_of(claims, changes[i].hash) - claims->shards);
		uint64_t *basket = load->baskets + shard_index * load->basket_capacity;
		basket[load->counts[shard_index]++] = slot_of(changes[i].hash, changes[i].seq);
		if (load->counts[shard_index] == load->basket_capacity)
			rc = empty_basket(claims, load, shard_index);
	}
	return rc;
}

static void take_back(struct claims *claims, const struct list *given_back)
{
	for (size_t i = 0; i < given_back->count; i++) {
		const struct claim_change *change = merit_state_list_at(given_back, i);
		(void)shard_remove(claims, change->hash, change->seq & ~CLAIM_GIVEN_BACK);
	}
}

int merit_state_claims_load_end(struct claims *claims, struct claim_load *load)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && load->baskets != NULL && i < CLAIM_SHARDS; i++)
		rc = empty_basket(claims, load, i);
	if (rc == 0)
		take_back(claims, &load->given_back);
	merit_state_list_free(&load->given_back);
	free(load->baskets);
	*load = (struct claim_load){ .baskets = NULL };
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
	/* The product's highest bits: alone they depend on all of the tail, whose highest byte is the key's last. */
	uint64_t place = (tail + table) * 0x9e3779b97f4a7c15 >> (64 - HASHED_BITS);
	struct hashed_key *hashed = &claims->hashed[place];
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

void merit_state_expect_claim(struct merit_state *state, uint8_t table, const void *key, size_t key_size)
{
	__builtin_prefetch(place_of(&state->claims, hash_key(&state->claims, table, key, key_size)), 1);
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
