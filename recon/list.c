/* list.c - see list.h. */
#include "recon/list.h"

#include <stdlib.h>
#include <string.h>

void *merit_recon_list_add(void *list_io, size_t *count_io, size_t *capacity_io, size_t size)
{
	char *list;

	memcpy(&list, list_io, sizeof(list));
	if (*count_io == *capacity_io) {
		size_t capacity = *capacity_io < 64 ? 64 : *capacity_io + *capacity_io / 2;
		list = realloc(list, capacity * size);
		if (list == NULL)
			return NULL;
		memcpy(list_io, &list, sizeof(list));
		*capacity_io = capacity;
	}
	return memset(list + size * (*count_io)++, 0, size);
}
