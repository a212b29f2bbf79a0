/* state_append_test.c
 * Goal    series and claims hold what was appended and claimed, whatever is flushed, undone, reopened or killed in
 *         between, and nothing that is read depends on the hash key.
 * Method  random operations on state and on plain arrays, compared piece by piece and as a dump; shards grown until
 *         hashes collide; a child that dies at random moments of a flush. */
#include "tests/ledger/state_fixture.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "ledger/state_hash.h"

#include <sodium.h>

#define STEP_COUNT   40000
#define RECORD_COUNT 6000
#define CLAIM_COUNT  6000
#define KEY_COUNT    300
#define TABLE        'I'

/* What state must hold: records by number, and claims as a list without order. */
struct model_record {
	uint32_t size;
	uint32_t seed; /* of its bytes */
};
struct model_claim {
	uint32_t key;
	uint64_t seq;
};
struct model {
	struct model_record records[RECORD_COUNT];
	uint64_t number; /* of the last record */
	struct model_claim claims[CLAIM_COUNT];
	size_t claim_count;
};

static uint64_t word_of(uint32_t seed, size_t index)
{
	return (seed + 1) * 0x9e3779b97f4a7c15 + index;
}

static void check_record(struct merit_state *state, const struct model *model, uint64_t number)
{
	const struct model_record *want = &model->records[number];
	size_t size = 0;

	const uint64_t *words = merit_state_record(state, number, &size);
	assert_int_equal(words != NULL, want->size > 0);
	if (words == NULL)
		return;
	assert_int_equal((uintptr_t)words % 8, 0);
	assert_int_equal(size, want->size);
	for (size_t i = 0; i < size / 8; i++)
		assert_int_equal(words[i], word_of(want->seed, i));
}

static void append(struct merit_state *state, struct model *model, size_t word_count)
{
	struct model_record *record = &model->records[model->number];
	size_t old = record->size / 8;

	if (record->size == 0)
		record->seed = (uint32_t)next_random();
	uint64_t *words = merit_state_append(state, model->number, word_count * 8);
	for (size_t i = 0; i < word_count; i++) {
		assert_int_equal(words[i], 0);
		words[i] = word_of(record->seed, old + i);
	}
	record->size += (uint32_t)word_count * 8;
}

static void step_append(struct merit_state *state, struct model *model)
{
	if (random_below(3) > 0)
		model->number += 1 + random_below(2);
	if (model->number < RECORD_COUNT)
		append(state, model, random_below(200) == 0 ? 1 + random_below(8000) : 1 + random_below(10));
	else
		model->number = RECORD_COUNT;
}

/* Every claim of the key is among the candidates. */
static void check_key(struct merit_state *state, const struct model *model, uint32_t key)
{
	struct merit_claim_walk walk = { 0 };
	uint64_t found[CLAIM_COUNT];
	size_t found_count = 0;

	while (merit_state_claimed(state, TABLE, &key, sizeof(key), &walk, &found[found_count]))
		assert_true(++found_count < CLAIM_COUNT);
	for (size_t i = 0; i < model->claim_count; i++) {
		if (model->claims[i].key != key)
			continue;
		size_t at = 0;
		while (at < found_count && found[at] != model->claims[i].seq)
			at++;
		assert_true(at < found_count);
		found[at] = found[--found_count];
	}
	assert_int_equal(found_count, 0); /* With so few keys none looks like another. */
}

static void step_claim(struct merit_state *state, struct model *model)
{
	struct model_claim claim = { (uint32_t)random_below(KEY_COUNT), random_below(RECORD_COUNT) };

	if (model->claim_count == CLAIM_COUNT - 1 || (model->claim_count > 0 && random_below(3) == 0)) {
		size_t at = random_below(model->claim_count);
		claim = model->claims[at];
		merit_state_unclaim(state, TABLE, &claim.key, sizeof(claim.key), claim.seq);
		model->claims[at] = model->claims[--model->claim_count];
	} else {
		merit_state_claim(state, TABLE, &claim.key, sizeof(claim.key), claim.seq);
		model->claims[model->claim_count++] = claim;
	}
	if (random_below(10) == 0) /* What is not there may be given back. */
		merit_state_unclaim(state, 'x', "nobody's", 8, 1);
}

struct dump_check {
	struct merit_state *state;
	const struct model *model;
	uint64_t number; /* of the next record */
	uint64_t claim_count;
};

static bool check_dumped(void *context, uint8_t table, const void *key, size_t key_size, const void *value, size_t size)
{
	struct dump_check *check = context;
	uint64_t number = 0;

	if (table == MERIT_STATE_SERIES) {
		assert_int_equal(key_size, 8);
		for (size_t i = 0; i < 8; i++)
			number = number << 8 | ((const unsigned char *)key)[i];
		while (check->number < number)
			assert_int_equal(check->model->records[check->number++].size, 0);
		assert_int_equal(size, check->model->records[number].size);
		assert_int_equal(*(const uint64_t *)value, word_of(check->model->records[number].seed, 0));
		check->number = number + 1;
		size_t got_size = 0;
		assert_ptr_equal(merit_state_get(check->state, table, key, key_size, &got_size), value);
		assert_int_equal(got_size, size);
	} else {
		assert_int_equal(table, MERIT_STATE_CLAIMS);
		assert_int_equal(key_size, 0);
		memcpy(&check->claim_count, value, sizeof(check->claim_count));
	}
	return true;
}

static void check_dump(struct merit_state *state, const struct model *model)
{
	struct dump_check check = { .state = state, .model = model };

	merit_state_dump(state, check_dumped, &check);
	while (check.number < RECORD_COUNT)
		assert_int_equal(model->records[check.number++].size, 0);
	assert_int_equal(check.claim_count, model->claim_count);
	assert_int_equal(merit_state_claim_count(state), model->claim_count);
}

/* The model at the moments state can go back to. */
static struct model now, at_mark, at_freeze, on_disk;
static bool marked, flushed;
static uint64_t cut;

static void step_mark(struct merit_state *state)
{
	if (!marked) {
		merit_state_mark(state);
		at_mark = now;
	} else if (random_below(2) == 0) {
		merit_state_rollback(state);
		now = at_mark;
	} else {
		merit_state_release(state);
	}
	marked = !marked;
}

static void step_flush(struct merit_state *state)
{
	if (!merit_state_is_frozen(state)) {
		if (marked)
			step_mark(state);
		assert_true(merit_state_freeze(state, ++cut, no_anchor));
		at_freeze = now;
		now.number++; /* A freeze ends a record. */
		flushed = false;
	} else if (!flushed) {
		assert_int_equal(merit_state_flush(state), MERIT_OK);
		on_disk = at_freeze;
		flushed = true;
	} else if (!marked) {
		merit_state_flushed(state, MERIT_OK);
	}
}

/* With another key each time: what the disk holds must not depend on it. */
static struct merit_state *reopen(struct merit_state *state)
{
	struct merit_state_options options = options_of(NULL);

	merit_state_close(state);
	options.hash_key[0] = (unsigned char)random_below(256);
	assert_int_equal(merit_state_open(dir, &options, &state), MERIT_OK);
	now = on_disk;
	now.number++;
	marked = false;
	return state;
}

static void random_operations_agree_with_the_model(void **fixture)
{
	struct merit_state *state = open_state();

	(void)fixture;
	random_state = 4;
	for (size_t step = 0; step < STEP_COUNT; step++) {
		size_t kind = random_below(1000);
		if (kind < 300)
			step_append(state, &now);
		else if (kind < 600)
			step_claim(state, &now);
		else if (kind < 750)
			check_record(state, &now, random_below(RECORD_COUNT));
		else if (kind < 900)
			check_key(state, &now, (uint32_t)random_below(KEY_COUNT));
		else if (kind < 980)
			step_mark(state);
		else if (kind < 995)
			step_flush(state);
		else if (kind < 998)
			check_dump(state, &now);
		else
			state = reopen(state);
	}
	for (uint64_t number = 0; number < RECORD_COUNT; number++)
		check_record(state, &now, number);
	check_dump(state, &now);
	assert_int_equal(merit_state_failure(state), MERIT_OK);
	merit_state_close(state);
}

#define MANY 1500000 /* of twice as many keys looked up, a dozen share 38 bits of their hash with a claim */

static size_t candidate_count(struct merit_state *state, uint64_t key)
{
	struct merit_claim_walk walk = { 0 };
	size_t count = 0;
	uint64_t seq;
	bool found = false;

	for (; merit_state_claimed(state, TABLE, &key, sizeof(key), &walk, &seq); count++)
		found = found || seq == key;
	assert_int_equal(found, key < MANY && key % 4 != 3);
	return count;
}

/* Each shard grows many times, by doubling and by half; a fourth of the claims is given back. */
static void many_claims_are_found_and_a_few_look_like_others(void **fixture)
{
	struct merit_state *state = open_state();

	(void)fixture;
	for (uint64_t i = 0; i < MANY; i++) {
		merit_state_claim(state, TABLE, &i, sizeof(i), i);
		if (i % 4 == 3)
			merit_state_unclaim(state, TABLE, &i, sizeof(i), i);
	}
	flush(state, 1);
	assert_true(merit_state_memory_size(state) < 80ULL * 1024 * 1024);
	for (unsigned pass = 0; pass < 2; pass++) {
		size_t strange = 0;
		assert_int_equal(merit_state_claim_count(state), MANY - MANY / 4);
		for (uint64_t i = 0; i < 2 * MANY; i++)
			strange += candidate_count(state, i) - (i < MANY && i % 4 != 3);
		assert_in_range(strange, 1, 40);
		merit_state_close(state);
		state = open_state();
	}
	merit_state_close(state);
}

static void check_digests(struct merit_state *left, struct merit_state *right, bool equal)
{
	size_t left_size = 0, right_size = 0;
	const void *left_digest = merit_state_get(left, MERIT_STATE_CLAIMS, "", 0, &left_size);
	const void *right_digest = merit_state_get(right, MERIT_STATE_CLAIMS, "", 0, &right_size);

	assert_int_equal(left_size, right_size);
	assert_int_equal(memcmp(left_digest, right_digest, left_size) == 0, equal);
}

/* Two states that hash with different keys. Both get the same claims, the other one from the last to the first. */
struct pair {
	struct merit_state *state, *other;
	char other_dir[sizeof(dir) + 8];
};

/* The key of claims is the state's in both, or each has its own. */
static struct pair pair_open(bool is_claims_key_shared)
{
	struct merit_state_options options = options_of(NULL);
	struct pair pair = { .state = open_state() };

	snprintf(pair.other_dir, sizeof(pair.other_dir), "%s/other", dir);
	assert_int_equal(mkdir(pair.other_dir, 0700), 0);
	options.hash_key[3] ^= 1;
	if (is_claims_key_shared)
		options.claims_key = merit_state_claims_key(pair.state);
	assert_int_equal(merit_state_open(pair.other_dir, &options, &pair.other), MERIT_OK);
	for (uint64_t i = 0; i < 5000; i++) {
		merit_state_claim(pair.state, TABLE, &i, sizeof(i), i);
		merit_state_claim(pair.other, TABLE, &(uint64_t){ 4999 - i }, sizeof(i), 4999 - i);
	}
	return pair;
}

static void pair_close(struct pair *pair)
{
	merit_state_close(pair->other);
	merit_state_close(pair->state);
	assert_int_equal(merit_state_destroy(pair->other_dir), MERIT_OK);
	assert_int_equal(rmdir(pair->other_dir), 0);
}

static void the_digest_tells_who_claimed_whatever_order_and_key(void **fixture)
{
	struct pair pair = pair_open(false);
	struct merit_state *state = pair.state, *other = pair.other;

	(void)fixture;
	check_digests(state, other, true);
	merit_state_claim(state, TABLE, "x", 1, 3);
	check_digests(state, other, false);
	merit_state_claim(other, TABLE, "x", 1, 4);
	check_digests(state, other, false);
	merit_state_unclaim(other, TABLE, "x", 1, 4);
	merit_state_claim(other, TABLE, "x", 1, 3);
	check_digests(state, other, true);
	pair_close(&pair);
}

/* The digest of dump leaves out what is claimed; under one key that can be compared too. */
static void states_of_one_claims_key_agree_on_what_is_claimed(void **fixture)
{
	struct pair pair = pair_open(true);
	struct merit_state *state = pair.state, *other = pair.other;

	(void)fixture;
	assert_true(merit_state_claims_agree(state, other));
	merit_state_claim(state, TABLE, "x", 1, 3);
	assert_false(merit_state_claims_agree(state, other));
	merit_state_claim(other, TABLE, "y", 1, 3);
	check_digests(state, other, true);
	assert_false(merit_state_claims_agree(state, other));
	merit_state_unclaim(other, TABLE, "y", 1, 3);
	merit_state_claim(other, TABLE, "x", 1, 3);
	assert_true(merit_state_claims_agree(state, other));
	pair_close(&pair);
}

static void a_key_may_be_claimed_often_and_by_the_last_entry_there_can_be(void **fixture)
{
	struct merit_state *state = open_state();
	struct merit_claim_walk walk = { 0 };
	uint64_t seq = 0, sum = 0;

	(void)fixture;
	assert_false(merit_state_claimed(state, TABLE, "", 0, &walk, &seq));
	merit_state_claim(state, TABLE, "", 0, 0);
	merit_state_claim(state, TABLE, "", 0, MERIT_STATE_SEQ_MAX);
	merit_state_claim(state, TABLE, "", 0, 0);
	for (walk = (struct merit_claim_walk){ 0 }; merit_state_claimed(state, TABLE, "", 0, &walk, &seq);)
		sum += seq + 1;
	assert_int_equal(sum, MERIT_STATE_SEQ_MAX + 3);
	merit_state_unclaim(state, TABLE, "", 0, 0);
	merit_state_unclaim(state, TABLE, "", 0, MERIT_STATE_SEQ_MAX);
	merit_state_unclaim(state, 'x', "", 0, 0); /* another table's */
	walk = (struct merit_claim_walk){ 0 };
	assert_true(merit_state_claimed(state, TABLE, "", 0, &walk, &seq));
	assert_int_equal(seq, 0);
	assert_false(merit_state_claimed(state, TABLE, "", 0, &walk, &seq));
	merit_state_close(state);
}

static void a_record_of_megabytes_comes_back_whole(void **fixture)
{
	struct merit_state *state = open_state();
	size_t size = 0;

	(void)fixture;
	(void)merit_state_append(state, 3, 8);
	for (unsigned pass = 0; pass < 2; pass++) { /* First undone, then kept. */
		merit_state_mark(state);
		for (unsigned i = 0; i < 100; i++)
			memset(merit_state_append(state, 3, MERIT_STATE_VALUE_SIZE_MAX), (int)i + 1,
			       MERIT_STATE_VALUE_SIZE_MAX);
		if (pass == 0)
			merit_state_rollback(state);
		else
			merit_state_release(state);
	}
	for (unsigned level = 0; level < 2; level++) {
		const unsigned char *bytes = merit_state_record(state, 3, &size);
		assert_int_equal(size, 8 + 100 * MERIT_STATE_VALUE_SIZE_MAX);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(bytes[i], i < 8 ? 0 : (i - 8) / MERIT_STATE_VALUE_SIZE_MAX + 1);
		flush(state, level + 1);
	}
	assert_null(merit_state_record(state, 2, &size));
	assert_null(merit_state_record(state, 4, &size));
	merit_state_close(state);
}

static void the_load_counts_what_is_appended(void **fixture)
{
	struct merit_state *state = open_state();

	(void)fixture;
	struct merit_state_load before = merit_state_load(state);
	assert_int_equal(before.appended_size, 0);
	for (uint64_t i = 0; i < 10000; i++) {
		(void)merit_state_append(state, i, 104);
		merit_state_claim(state, TABLE, &i, sizeof(i), i);
	}
	struct merit_state_load load = merit_state_load(state);
	assert_int_equal(load.row_count, 0);
	assert_int_equal(load.appended_size, 10000 * (104 + 16));
	assert_true(load.page_count >= before.page_count + load.appended_size / 4096);
	assert_true(merit_state_memory_size(state) > load.appended_size);
	flush(state, 1);
	assert_int_equal(merit_state_load(state).appended_size, 0);
	merit_state_close(state);
}

/* Cut n: records and claims numbered below 500 n are there. */
static void flush_until_killed(long delay_us)
{
	struct merit_state *state = open_state();

	signal(SIGALRM, _exit);
	setitimer(ITIMER_REAL, &(struct itimerval){ .it_value = { .tv_usec = delay_us } }, NULL);
	for (uint64_t i = merit_state_cut(state) * 500;; i++) {
		*(uint64_t *)merit_state_append(state, i, 16) = i;
		merit_state_claim(state, TABLE, &i, sizeof(i), i);
		if (i % 500 == 499)
			flush(state, i / 500 + 1);
	}
}

static void a_kill_leaves_one_cut_whole(void **fixture)
{
	(void)fixture;
	random_state = 5;
	for (unsigned round = 0; round < 40; round++) {
		int status;
		pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0)
			flush_until_killed((long)(1 + random_below(12000)));
		assert_int_equal(waitpid(child, &status, 0), child);
		struct merit_state *state = open_state();
		uint64_t count = merit_state_cut(state) * 500;
		assert_int_equal(merit_state_claim_count(state), count);
		for (uint64_t i = 0; i < count + 500; i++) {
			struct merit_claim_walk walk = { 0 };
			uint64_t seq;
			size_t size;
			const uint64_t *record = merit_state_record(state, i, &size);
			assert_int_equal(record != NULL, i < count);
			assert_true(record == NULL || *record == i);
			assert_int_equal(merit_state_claimed(state, TABLE, &i, sizeof(i), &walk, &seq), i < count);
		}
		merit_state_close(state);
	}
	struct merit_state *state = open_state();
	assert_true(merit_state_cut(state) > 0);
	merit_state_close(state);
}

static void the_hash_is_siphash(void **fixture)
{
	unsigned char key[16], bytes[80], want[crypto_shorthash_BYTES];

	(void)fixture;
	random_state = 6;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)next_random();
	memcpy(key, bytes + 3, sizeof(key));
	for (size_t size = 0; size < sizeof(bytes); size++) {
		crypto_shorthash(want, bytes, size, key);
		assert_int_equal(siphash(2, 4, key, bytes, size), siphash_word(want));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(random_operations_agree_with_the_model),
		TEST(many_claims_are_found_and_a_few_look_like_others),
		TEST(the_digest_tells_who_claimed_whatever_order_and_key),
		TEST(states_of_one_claims_key_agree_on_what_is_claimed),
		TEST(a_key_may_be_claimed_often_and_by_the_last_entry_there_can_be),
		TEST(a_record_of_megabytes_comes_back_whole),
		TEST(the_load_counts_what_is_appended),
		TEST(a_kill_leaves_one_cut_whole),
		TEST(the_hash_is_siphash),
	};

	return cmocka_run_group_tests_name("state: series and claims", tests, NULL, NULL);
}
