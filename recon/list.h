/* list.h - lists that grow: an array, how many rows it has, and how many it has room for. */
#ifndef MERIT_RECON_LIST_H
#define MERIT_RECON_LIST_H

#include <stddef.h>

/* A zeroed row of size bytes at the end of the list, which grows by half: a file's last growth may be of its million
 * rows. list_io points to the pointer to its first row, NULL at first. NULL without memory: the list stays as it was. */
void *merit_recon_list_add(void *list_io, size_t *count_io, size_t *capacity_io, size_t size);

#endif
