/* state_claim_file.c - see state_inner.h: where the slots of claims stand. A file that no name leads to, mapped: the
 * kernel writes slots out when memory is short, as it would swap, and nothing of it outlives the process. It holds
 * nothing that the list in DIR/state does not.
 *
 * Layout  areas, one behind the other, of which each has a table for every shard and is larger than the one before by
 *         half. A shard moves to the next by itself; an area that all have left goes back to the disk. So the
 *         file is a few long pieces: made of 11,000 small ones, each shard's own, it took 9 s to close (ext4 with
 *         discard).
 * Room    is on the disk before it is touched: a full disk is an error here, not a SIGBUS there. An attempt that fails
 *         takes nothing, and one that succeeds leaves what others were promised. */
#include "ledger/state_inner.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define CAPACITY_MIN    16
/* Larger tables grow by half: all shards reach their limits at much the same time, and a claim is moved twice. By a quarter
 * it was moved four times, which was a twentieth of the ledger thread's time. */
#define CAPACITY_DOUBLE 1024
#define CAPACITY_MAX    (1U << 28)
#define MAPPED_SIZE_MIN (256ULL * 1024 * 1024) /* address space: the largest area takes a third of it */

static uint32_t next_capacity(uint32_t capacity)
{
	return capacity < CAPACITY_DOUBLE ? 2 * capacity : capacity + capacity / 2;
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

static int give_back(const struct claim_file *file, uint64_t offset, uint64_t size)
{
	return fallocate(file->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)size);
}

/* ENOSPC when size bytes would not leave free what is to be. */
static int check_disk(const struct claim_file *file, uint64_t size)
{
	struct statvfs disk;

	if (file->kept_free_size == 0)
		return 0;
	if (fstatvfs(file->fd, &disk) != 0)
		return errno;
	uint64_t free_size = (uint64_t)disk.f_bavail * disk.f_frsize;
	return free_size < size || free_size - size < file->kept_free_size ? ENOSPC : 0;
}

static int take_room(struct claim_file *file, const struct claim_area *area)
{
	int rc = merit_fault_pass(file->fault);

	if (rc == 0)
		rc = check_disk(file, area->size);
	if (rc != 0)
		return rc;
	do {
		rc = posix_fallocate(file->fd, (off_t)area->offset, (off_t)area->size);
	} while (rc == EINTR);
	if (rc != 0)
		(void)give_back(file, area->offset, area->size); /* ext4 keeps what it had found until then. */
	return rc;
}

int merit_state_claim_file_make_room(struct claim_file *file, unsigned area_index)
{
	if (area_index >= file->area_count)
		return ENOSPC;
	struct claim_area *area = &file->areas[area_index];
	int rc = area->has_room ? 0 : take_room(file, area);
	if (rc != 0 || area->has_room)
		return rc;
	area->has_room = true;
	file->size += area->size;
	return 0;
}

static uint64_t table_offset(const struct claim_area *area, size_t shard_index)
{
	return area->offset + shard_index * area->capacity * sizeof(uint64_t);
}

int merit_state_claim_file_table(struct claim_file *file, size_t shard_index, unsigned area_index, uint64_t **slots_out,
                                 uint32_t *capacity_out)
{
	assert(shard_index < CLAIM_SHARDS);
	int rc = merit_state_claim_file_make_room(file, area_index);
	if (rc != 0)
		return rc;
	struct claim_area *area = &file->areas[area_index];
	area->table_count++;
	*capacity_out = area->capacity;
	*slots_out = file->slots + table_offset(area, shard_index) / sizeof(uint64_t);
	return 0;
}

int merit_state_claim_file_write(struct claim_file *file, size_t shard_index, unsigned area_index,
                                 const uint64_t *slots)
{
	const struct claim_area *area = &file->areas[area_index];
	const char *bytes = (const char *)slots;
	size_t size = area->capacity * sizeof(*slots);

	int rc = merit_fault_pass(file->fault);
	for (size_t done = 0; rc == 0 && done < size;) {
		ssize_t written =
			pwrite(file->fd, bytes + done, size - done, (off_t)(table_offset(area, shard_index) + done));
		if (written >= 0)
			done += (size_t)written;
		else if (errno != EINTR)
			rc = errno;
	}
	return rc;
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
	(void)give_back(file, file->returned_size, file->retired_size - file->returned_size);
	file->returned_size = file->retired_size;
}
