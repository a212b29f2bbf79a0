/* age.c - see age.h. */
#include "report/age.h"

static const struct {
	int32_t up_to;
	const char *word;
} ages[MERIT_AGES_COUNT] = {
	{ 1, "0-1" }, { 3, "2-3" }, { 7, "4-7" }, { 30, "8-30" }, { INT32_MAX, "over 30" },
};

size_t merit_age_of(int64_t days)
{
	size_t age = 0;

	while (days > ages[age].up_to)
		age++;
	return age;
}

const char *merit_age_word(size_t age)
{
	return ages[age].word;
}
