/* disclosure_random_test.c
 * Goal    whatever happens, what members are told to be disclosed of them sums, by sponsor, currency, nature, form and
 *         year, to what the disclosure says.
 * Method  stories of tests/random, a policy each; then every member's pages against the report of every year.
 *         MERIT_SEED tells one seed's. */
#include "tests/random/random.h"
#include "tests/report/disclosed.h"

#define STORY_STEPS 800
#define SUMS_LEAST  20 /* a story in which little is given proves little */

static void story_tell(enum policy policy)
{
	const char *text = getenv("MERIT_SEED");
	uint64_t seed = text == NULL ? 1 : strtoull(text, NULL, 10);

	model_reset(policy, (int)(seed % SPONSORS));
	run = (struct run){ .day = NO_DAY };
	struct fixture *f = random_world();
	for (uint64_t i = 0; i < STORY_STEPS; i++)
		random_step(f, seed * 1000003 + i);
	random_end(f);
	assert_true(disclosed_agree(f) >= SUMS_LEAST);
	fixture_free(f);
}

static void members_are_told_what_is_disclosed_with_policy_restore(void **state)
{
	(void)state;
	story_tell(RESTORE);
}

static void members_are_told_what_is_disclosed_with_policy_grace(void **state)
{
	(void)state;
	story_tell(GRACE);
}

static void members_are_told_what_is_disclosed_with_policy_forfeit(void **state)
{
	(void)state;
	story_tell(FORFEIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_told_what_is_disclosed_with_policy_restore),
		cmocka_unit_test(members_are_told_what_is_disclosed_with_policy_grace),
		cmocka_unit_test(members_are_told_what_is_disclosed_with_policy_forfeit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
