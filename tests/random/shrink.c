/* shrink.c - see shrink.h. */
#include "tests/random/shrink.h"

#include <stdlib.h>
#include <string.h>

size_t shrink(uint32_t *steps, size_t count, unsigned tries_max, shrink_fails_fn *fails, void *context)
{
	uint32_t *fewer = malloc((count + 1) * sizeof(*fewer));
	size_t size = count / 2 > 0 ? count / 2 : 1;

	while (fewer != NULL && size > 0 && tries_max > 0) {
		bool any = false;
		for (size_t at = 0; at < count && tries_max > 0; tries_max--) {
			size_t cut = size < count - at ? size : count - at;
			memcpy(fewer, steps, at * sizeof(*fewer));
			memcpy(fewer + at, steps + at + cut, (count - at - cut) * sizeof(*fewer));
			if (!fails(context, fewer, count - cut)) {
				at += cut;
				continue;
			}
			count -= cut;
			memcpy(steps, fewer, count * sizeof(*steps));
			any = true;
		}
		if (!any || size > 1)
			size /= 2;
	}
	free(fewer);
	return count;
}
