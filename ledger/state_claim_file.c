/* state_claim_file.c - see state_inner.h: where the slots of claims stand. A file that no name leads to, mapped: the
 * kernel writes slots out when memory is short, as it would swap, and nothing of it outlives the process. It holds
 * nothing that the list in DIR/state does not.
 *
 * Layout  areas, one behind the other, of which each has a table for every shard and is larger than the one before by
 *         a quarter. A shard moves to the next by itself; an area that all have left goes back to the disk. So the
 *         file is a few long pieces: made of 11,000 small ones, each shard's own, it took 9 s to close (ext4 with
 *         discard).
 * Room    is on the disk before it is touched: a full disk is an error here, not a SIGBUS there. */
#include "ledger/state_inner.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#define CAPACITY_MIN    16
#define CAPACITY_DOUBLE 1024 /* Larger tables grow by a quarter: all shards reach their limits at much the same time. */
#define CAPACITY_MAX    (1U << 28)
#define MAPPED_SIZE_MIN (256ULL * 1024 * 1024) /* address space: the largest area takes a fifth of it */

static uint32_t next_capacity(uint32_t capacity)
{
	return capacity < CAPACITY_DOUBLE ? 2 * capacity : capacity + capacity / 4;
}

/* How the address space is divided. */
static void lay_out(struct claim_file *file)
{
	uint64_t offset = 0;
	uint32_t capacity = CAPACITY_MIN;

	for (;; capacity = next_capacity(capacity)) {
		uint64_t size = (uint64_t)CLAIM_SHARDS * capacity * sizeof(uint64_t);
		if (file->area_count == CLAIM_AREAS || capacity > CAPACITY_MAX || size > file->mapped_size - offset)
			return;
		file->areas[file->area_count++] =
			(struct claim_area){ .offset = offset, .size = size, .capacity = capacity };
		offset += size;
	}
}

/* A new file that is gone when it is closed, however that comes about. */
static int open_nameless(const char *env_path, int *fd_out)
{
	char path[PATH_MAX];

	if (!merit_env_path(path, env_path, MERIT_CLAIM_FILE))
		return ENAMETOOLONG;
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	if (unlink(path) != 0) {
		int rc = errno;
		close(fd);
		return rc;
	}
	*fd_out = fd;
	return 0;
}

int merit_state_claim_file_open(struct claim_file *file, const char *env_path, uint64_t map_size,
                                struct merit_fault *fault)
{
	*file = (struct claim_file){ .fd = -1, .fault = fault };
	int rc = merit_fault_pass(fault);
	if (rc == 0)
		rc = open_nameless(env_path, &file->fd);
	if (rc != 0)
		return rc;
	uint64_t size = map_size < MAPPED_SIZE_MIN ? MAPPED_SIZE_MIN : map_size;
	void *slots = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, file->fd, 0);
	if (slots == MAP_FAILED)
		return errno;
	file->slots = slots;
	file->mapped_size = size;
	lay_out(file);
	(void)madvise(slots, size, MADV_RANDOM); /* A page in demand says nothing about its neighbours. */
	return 0;
}

void merit_state_claim_file_close(struct claim_file *file)
{
	if (file->slots != NULL)
		(void)munmap(file->slots, file->mapped_size);
	if (file->fd >= 0)
		(void)close(file->fd);
	*file = (struct claim_file){ .fd = -1 };
}

static int make_room(struct claim_file *file, struct claim_area *area)
{
	int rc = merit_fault_pass(file->fault);

	if (rc != 0)
		return rc;
	do {
		rc = posix_fallocate(file->fd, (off_t)area->offset, (off_t)area->size);
	} while (rc == EINTR);
	if (rc != 0)
		return rc;
	area->has_room = true;
	file->size += area->size;
	return 0;
}

int merit_state_claim_file_table(struct claim_file *file, size_t shard_index, unsigned area_index, uint64_t **slots_out,
                                 uint32_t *capacity_out)
{
	assert(shard_index < CLAIM_SHARDS);
	if (area_index >= file->area_count)
		return ENOSPC;
	struct claim_area *area = &file->areas[area_index];
	int rc = area->has_room ? 0 : make_room(file, area);
	if (rc != 0)
		return rc;
	area->table_count++;
	*capacity_out = area->capacity;
	*slots_out = file->slots + area->offset / sizeof(uint64_t) + shard_index * area->capacity;
	return 0;
}

void merit_state_claim_file_leave(struct claim_file *file, unsigned area_index)
{
	assert(file->areas[area_index].table_count > 0);
	file->areas[area_index].table_count--;
}

void merit_state_claim_file_retire(struct claim_file *file)
{
	for (unsigned i = 0; i < file->area_count && file->areas[i].table_count == 0; i++) {
		struct claim_area *area = &file->areas[i];
		if (area->has_room)
			file->size -= area->size;
		area->has_room = false;
		file->retired_size = area->offset + area->size;
	}
}

void merit_state_claim_file_give_back(struct claim_file *file)
{
	if (file->returned_size == file->retired_size)
		return;
	/* Where the file system cannot, it stays until close. */
	(void)fallocate(file->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)file->returned_size,
	                (off_t)(file->retired_size - file->returned_size));
	file->returned_size = file->retired_size;
}
