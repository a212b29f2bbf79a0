/* conservation_test.c
 * Goal    whatever happens in whatever order, every outcome is what a second, smaller program says, and every point,
 *         piece, promise and minor unit of money is where it says, now, as known then and as dated; whatever is
 *         written back, closed or derived afresh, the ledger stays the same to the byte; and nothing is left that
 *         nobody can end.
 * Method  stories of random steps (tests/random) run through the ledger and a model (tests/model) that knows only the
 *         design. Outcomes and days are compared at every step, everything at every fourth or so, some past now and
 *         then: to compare, the clock ticks, and what is due must also be found late. Each story runs in a process of
 *         its own; one that fails is told again with steps left out until none can go, and printed. MERIT_SEED tells
 *         one seed's story alone, MERIT_STEPS its length, MERIT_LOUD all of its calls; MERIT_NIGHTLY a million
 *         steps. */
#include "ledger/verify.h"
#include "tests/random/random.h"
#include "tests/random/shrink.h"

#include <fcntl.h>
#include <ftw.h>
#include <sodium.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define STORY_STEPS   2400
#define STEPS_MAX     5000 /* what the model has room for */
#define STORIES       6    /* of each policy, so 43,200 steps in all */
#define STORIES_NIGHT 140  /* 1,008,000 */
#define MEMORY        "/dev/shm"
#define SHRINK_TRIES  400
#define COMPARE_EVERY 4
#define COMPARE_PAST_EVERY 14

/* ---- Closing, writing back, deriving afresh ---- */

static bool dump_row(void *context, uint8_t table, const void *key, size_t key_size, const void *value, size_t size)
{
	crypto_generichash_state *hash = context;
	uint64_t sizes[] = { table, key_size, size };

	crypto_generichash_update(hash, (const void *)sizes, sizeof(sizes));
	crypto_generichash_update(hash, key, key_size);
	crypto_generichash_update(hash, value, size);
	return true;
}

static void dump(struct fixture *f, unsigned char hash_out[32])
{
	crypto_generichash_state hash;

	crypto_generichash_init(&hash, NULL, 0, 32);
	merit_ledger_dump(f->ledger, dump_row, &hash);
	crypto_generichash_final(&hash, hash_out, 32);
}

static void restart(struct fixture *f, bool afresh)
{
	unsigned char before[32], behind[32];

	if (chance_one_in(2))
		fixture_flush(f);
	dump(f, before);
	fixture_close(f);
	if (afresh)
		assert_int_equal(merit_state_destroy(f->directory), MERIT_OK);
	f->state_rows_max = chance_one_in(2) ? 0 : 1 + chance(50);
	fixture_open(f);
	dump(f, behind);
	if (memcmp(before, behind, sizeof(before)) != 0)
		fail_msg("%s made another state", afresh ? "deriving state afresh" : "closing and opening");
}

/* Some of the entries as they lie in the log: none moves points from one campaign to another, and the accounts they
 * moved are within their bounds. */
static void entries_sum_to_zero(struct fixture *f)
{
	struct merit_entry entry;

	for (uint64_t seq = 0; seq < fixture_size(f); seq += 1 + chance(20)) {
		fixture_entry(f, seq, &entry);
		assert_null(merit_postings_fault(&entry));
		assert_null(merit_floors_fault(&f->ledger->model, &entry));
	}
}

/* ---- A story ---- */

/* Shared with the process that tells it. */
struct told {
	uint32_t at;   /* the step it was at */
	char root[64]; /* its scratch directory: a story that fails leaves it behind */
	struct run run;
};

struct story {
	enum policy policy;
	uint64_t seed;
	const uint32_t *steps; /* the steps to tell of all there are */
	size_t steps_count;
	struct told *told;
};

static void story_end(struct fixture *f)
{
	struct merit_verify_options options = { .directory = f->directory };
	struct merit_verify_report report;

	random_end(f);
	entries_sum_to_zero(f);
	restart(f, true);
	fixture_close(f);
	if (merit_verify(&options, &report) != MERIT_OK)
		fail_msg("verify: %s", report.fault);
	fixture_free(f);
}

static void story_tell(void **state)
{
	const struct story *story = *state;

	uint64_t turn = story->seed / POLICIES;
	model_reset(story->policy, turn % 3 == 0 ? (int)(turn / 3 % SPONSORS) : -1);
	run = (struct run){ .day = NO_DAY, .is_loud = getenv("MERIT_LOUD") != NULL };
	struct fixture *f = random_world();
	memcpy(story->told->root, f->root, sizeof(f->root));
	for (size_t i = 0; i < story->steps_count; i++) {
		story->told->at = (uint32_t)i;
		random_step(f, story->seed * 1000003 + story->steps[i]);
		if (story->steps[i] % COMPARE_PAST_EVERY == 0)
			random_compare_past(f); /* What is due is found late. */
		if (story->steps[i] % COMPARE_EVERY == 0) {
			fixture_tick(f);
			random_compare(f);
			random_remember(f);
		}
		if (chance_one_in(1200))
			restart(f, chance_one_in(3));
	}
	story->told->at = (uint32_t)story->steps_count;
	story_end(f);
	story->told->run = run;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
	(void)status;
	(void)kind;
	(void)walk;
	return remove(path);
}

/* In a process of its own, so that a broken assertion of the ledger's ends the story, not the test. */
static bool story_fails(const struct story *story, bool is_silent)
{
	const struct CMUnitTest tests[] = {
		{ "a story", story_tell, NULL, NULL, (void *)(uintptr_t)story },
	};
	int status = 0;

	(void)fflush(NULL);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		int nowhere = is_silent ? open("/dev/null", O_WRONLY) : -1;
		if (nowhere >= 0 && (dup2(nowhere, STDOUT_FILENO) < 0 || dup2(nowhere, STDERR_FILENO) < 0))
			_exit(2);
		int failed = cmocka_run_group_tests(tests, NULL, NULL);
		(void)fflush(NULL);
		_exit(failed == 0 ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (status != 0 && story->told->root[0] != '\0')
		(void)nftw(story->told->root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	story->told->root[0] = '\0';
	return status != 0;
}

static bool fewer_fails(void *context, const uint32_t *steps, size_t count)
{
	struct story story = *(const struct story *)context;

	story.steps = steps;
	story.steps_count = count;
	return story_fails(&story, true);
}

/* Tells the shortest story that still fails, aloud, and ends the test. */
static void story_shrink(struct story *story, uint32_t *kept)
{
	size_t failed_at = story->told->at, count = failed_at + (failed_at < story->steps_count);

	print_message("MERIT_SEED=%" PRIu64 ", policy %d fails at step %zu: leaving steps out\n", story->seed,
	              story->policy, failed_at);
	count = shrink(kept, count, SHRINK_TRIES, fewer_fails, story);
	story->steps = kept;
	story->steps_count = count;
	(void)setenv("MERIT_LOUD", "1", 1);
	(void)story_fails(story, false);
	(void)unsetenv("MERIT_LOUD");
	for (size_t i = 0; i < count; i++)
		print_message("%s%" PRIu32, i == 0 ? "steps " : ", ", kept[i]);
	fail_msg("\nMERIT_SEED=%" PRIu64 ", policy %d: %zu steps are enough", story->seed, story->policy, count);
}

/* ---- Many stories ---- */

static void told_add(struct run *sum, const struct run *told)
{
	for (int i = 0; i < KINDS; i++)
		sum->accepted[i] += told->accepted[i];
	sum->reversed_late += told->reversed_late;
	sum->matured += told->matured;
	sum->rewarded += told->rewarded;
	sum->moved += told->moved;
	sum->paid_to += told->paid_to;
	sum->paid_by += told->paid_by;
	sum->carried += told->carried;
	sum->reopened += told->reopened;
}

static uint32_t steps[STEPS_MAX]; /* not on the heap: a test that fails is left by a jump */

static void stories_tell(enum policy policy)
{
	const char *seed = getenv("MERIT_SEED"), *length = getenv("MERIT_STEPS");
	unsigned stories = seed != NULL ? 1 : getenv("MERIT_NIGHTLY") != NULL ? STORIES_NIGHT : STORIES;
	size_t count = length != NULL ? strtoull(length, NULL, 10) : STORY_STEPS;
	struct run sum = { 0 };
	struct story story = { .policy = policy, .steps = steps, .steps_count = count };

	assert_true(count <= STEPS_MAX);
	story.told = mmap(NULL, sizeof(*story.told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(story.told != MAP_FAILED);
	for (size_t i = 0; i < count; i++)
		steps[i] = (uint32_t)i;
	for (unsigned i = 0; i < stories; i++) {
		story.seed = seed != NULL ? strtoull(seed, NULL, 10) : 20260101u + i * POLICIES + policy;
		if (story_fails(&story, getenv("MERIT_LOUD") == NULL))
			story_shrink(&story, steps);
		told_add(&sum, &story.told->run);
	}
	bool is_whole = seed == NULL && length == NULL;
	for (int i = 0; i < KINDS && is_whole; i++) {
		if (sum.accepted[i] < (stories + 1) / 2)
			fail_msg("only %u times %s: no trial of it", sum.accepted[i], random_kind_name((enum kind)i));
	}
	print_message(
		"policy %d: %u stories of %zu steps; %u awards matured, %u referrals paid, %u dead points taken back\n",
		policy, stories, count, sum.matured, sum.rewarded, sum.reversed_late);
	print_message("  %u entries of closed periods, %u periods reopened, %u payments to merchants, %u by sponsors, "
	              "%u settlements carried on\n",
	              sum.moved, sum.reopened, sum.paid_to, sum.paid_by, sum.carried);
	assert_true(!is_whole || (sum.matured > stories && sum.rewarded > stories && sum.reversed_late > stories));
	assert_true(!is_whole || (sum.moved > stories && sum.reopened > stories / 2 && sum.paid_to > stories &&
	                          sum.paid_by > stories / 2 && sum.carried > stories));
	assert_int_equal(munmap(story.told, sizeof(*story.told)), 0);
}

static void all_is_where_the_model_says_with_policy_restore(void **state)
{
	(void)state;
	stories_tell(RESTORE);
}

static void all_is_where_the_model_says_with_policy_grace(void **state)
{
	(void)state;
	stories_tell(GRACE);
}

static void all_is_where_the_model_says_with_policy_forfeit(void **state)
{
	(void)state;
	stories_tell(FORFEIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_is_where_the_model_says_with_policy_restore),
		cmocka_unit_test(all_is_where_the_model_says_with_policy_grace),
		cmocka_unit_test(all_is_where_the_model_says_with_policy_forfeit),
	};

	/* What a disk does with a flush is not on trial here, and takes most of the time. */
	if (access(MEMORY, W_OK) == 0)
		(void)setenv("TMPDIR", MEMORY, 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
