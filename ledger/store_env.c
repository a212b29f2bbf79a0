/* store_env.c - see store_env.h. */
#include "ledger/store_env.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define TABLES_MAX          4 /* named tables in one environment */

/* What a group writes besides its rows: the path to each table's last page, copied, and the list of freed pages. */
#define COPY_ON_WRITE_PAGES 128

/* A row costs its node header, its place in the page and its key, beside its value. */
#define ROW_OVERHEAD_SIZE   24

int merit_fault_pass(struct merit_fault *fault)
{
	if (fault == NULL || fault->calls_left == 0)
		return 0;
	fault->calls_left--;
	return fault->calls_left == 0 ? fault->rc : 0;
}

bool merit_env_path(char path_out[PATH_MAX], const char *dir, const char *name)
{
	int size = snprintf(path_out, PATH_MAX, "%s/%s", dir, name);
	return size >= 0 && size < PATH_MAX;
}

enum merit_status merit_env_status(int rc)
{
	switch (rc) {
	case 0: return MERIT_OK;
	case MDB_NOTFOUND:
	case ENOENT: return MERIT_NOT_FOUND;
	case MDB_MAP_FULL:
	case MDB_TXN_FULL:
	case ENOSPC:
	case EDQUOT: return MERIT_STORE_FULL;
	case MDB_CORRUPTED:
	case MDB_PAGE_NOTFOUND:
	case MDB_INVALID:
	case MDB_VERSION_MISMATCH:
	case MDB_PANIC:
	case MDB_INCOMPATIBLE: return MERIT_CORRUPT;
	case ENOMEM: return MERIT_NO_MEMORY;
	case EEXIST: return MERIT_EXISTS;
	default: return MERIT_IO_FAILED;
	}
}

/* A file cut short would end the process at the first read behind its end. The newest meta page says how long it is. */
static int check_file_size(MDB_env *env)
{
	MDB_envinfo info;
	MDB_stat stat;
	struct stat file;
	int fd = -1;

	int rc = mdb_env_info(env, &info);
	if (rc == 0)
		rc = mdb_env_stat(env, &stat);
	if (rc == 0)
		rc = mdb_env_get_fd(env, &fd);
	if (rc == 0 && fstat(fd, &file) != 0)
		rc = errno;
	if (rc == 0 && (uint64_t)file.st_size / stat.ms_psize <= info.me_last_pgno)
		rc = MDB_CORRUPTED;
	return rc;
}

/* Who only reads takes the writer's map, which the file names, so that what is added meanwhile can be read; a new file may
 * still name a smaller one. */
static int map_no_less(MDB_env *env, uint64_t map_size)
{
	MDB_envinfo info;
	int rc = mdb_env_info(env, &info);

	return rc == 0 && info.me_mapsize < map_size ? mdb_env_set_mapsize(env, map_size) : rc;
}

static int env_make(const char *path, uint64_t map_size, unsigned flags, MDB_env **env_out)
{
	MDB_env *env = NULL;

	int rc = mdb_env_create(&env);
	if (rc != 0)
		return rc;
	rc = mdb_env_set_maxdbs(env, TABLES_MAX);
	if (rc == 0)
		rc = mdb_env_set_maxreaders(env, MERIT_ENV_READERS_MAX);
	if (rc == 0 && (flags & MDB_RDONLY) == 0)
		rc = mdb_env_set_mapsize(env, map_size);
	if (rc == 0)
		rc = mdb_env_open(env, path, flags | MDB_NOTLS, 0640);
	if (rc == 0 && (flags & MDB_RDONLY) != 0)
		rc = map_no_less(env, map_size);
	if (rc == 0)
		rc = check_file_size(env);
	if (rc != 0) {
		mdb_env_close(env);
		return rc;
	}
	*env_out = env;
	return 0;
}

/* Whether path is an environment of a backup: nobody writes there, so its lock may be done without. */
static bool is_in_copy(const char *path)
{
	char dir[PATH_MAX];

	return merit_env_path(dir, path, "..") && merit_env_is_copy(dir);
}

int merit_env_open(const char *path, uint64_t map_size, unsigned flags, struct merit_fault *fault, MDB_env **env_out)
{
	MDB_env *env = NULL;

	int rc = merit_fault_pass(fault);
	if (rc == 0)
		rc = env_make(path, map_size, flags, &env);
	if (rc == EACCES && (flags & MDB_RDONLY) != 0 && is_in_copy(path)) /* who may read it may not write its lock */
		rc = env_make(path, map_size, flags | MDB_NOLOCK, &env);
	if (rc != 0)
		return rc;
	merit_env_drop_dead_readers(env);
	*env_out = env;
	return 0;
}

void merit_env_drop_dead_readers(MDB_env *env)
{
	int dead_count = 0;

	(void)mdb_reader_check(env, &dead_count);
}

bool merit_env_sync_dir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	bool synced = fsync(fd) == 0;
	int saved_errno = errno;
	close(fd);
	errno = saved_errno;
	return synced;
}

static bool sync_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	bool synced = fsync(fd) == 0;
	int saved_errno = errno;
	close(fd);
	errno = saved_errno;
	return synced;
}

static bool remove_file(const char *dir, const char *name)
{
	char path[PATH_MAX];
	if (!merit_env_path(path, dir, name)) {
		errno = ENAMETOOLONG;
		return false;
	}
	return unlink(path) == 0 || errno == ENOENT;
}

bool merit_env_remove(const char *path)
{
	if (access(path, F_OK) != 0)
		return errno == ENOENT;
	return remove_file(path, "data.mdb") && remove_file(path, "lock.mdb") && rmdir(path) == 0;
}

/* The two names an environment has while it is made. */
struct place {
	char path[PATH_MAX];       /* DIR/name */
	char draft_path[PATH_MAX]; /* DIR/name.new */
};

/* DIR with an empty DIR/name.new in it. Refuses with EEXIST when DIR/name is there. */
static int prepare_place(const char *dir, const char *name, struct place *place)
{
	char draft_name[NAME_MAX];

	if (snprintf(draft_name, sizeof(draft_name), "%s.new", name) >= (int)sizeof(draft_name) ||
	    !merit_env_path(place->path, dir, name) || !merit_env_path(place->draft_path, dir, draft_name))
		return ENAMETOOLONG;
	if (mkdir(dir, 0750) != 0 && errno != EEXIST)
		return errno;
	if (access(place->path, F_OK) == 0)
		return EEXIST;
	if (!merit_env_remove(place->draft_path) || mkdir(place->draft_path, 0750) != 0)
		return errno;
	return 0;
}

/* Gives the finished draft its name; after this line it exists. */
static int publish_place(const char *dir, const struct place *place)
{
	char data_path[PATH_MAX];

	if (!merit_env_path(data_path, place->draft_path, "data.mdb"))
		return ENAMETOOLONG;
	if (!sync_file(data_path) || !merit_env_sync_dir(place->draft_path))
		return errno;
	if (rename(place->draft_path, place->path) != 0 || !merit_env_sync_dir(dir))
		return errno;
	return 0;
}

static int fill_draft(const char *path, uint64_t map_size, struct merit_fault *fault,
                      int (*fill)(MDB_txn *txn, void *context), void *context)
{
	MDB_env *env = NULL;
	MDB_txn *txn = NULL;

	int rc = merit_env_open(path, map_size, 0, fault, &env);
	if (rc != 0)
		return rc;
	rc = mdb_txn_begin(env, NULL, 0, &txn);
	if (rc == 0) {
		rc = fill(txn, context);
		if (rc == 0)
			rc = merit_fault_pass(fault);
		if (rc == 0)
			rc = mdb_txn_commit(txn); /* Frees txn even when it fails. */
		else
			mdb_txn_abort(txn);
	}
	mdb_env_close(env);
	return rc;
}

enum merit_status merit_env_create(const char *dir, const char *name, uint64_t map_size, struct merit_fault *fault,
                                   int (*fill)(MDB_txn *txn, void *context), void *context)
{
	struct place place;

	int rc = prepare_place(dir, name, &place);
	if (rc == 0)
		rc = fill_draft(place.draft_path, map_size, fault, fill, context);
	if (rc == 0)
		rc = publish_place(dir, &place);
	return merit_env_status(rc);
}

static int copy_to_draft(MDB_env *env, const struct place *place, bool *compact_out)
{
	int rc = mdb_env_copy2(env, place->draft_path, MDB_CP_COMPACT);
	*compact_out = rc == 0;
	if (rc != MDB_INCOMPATIBLE && rc != MDB_CORRUPTED) /* what it calls pages that belong to nobody, by its version */
		return rc;
	if (!remove_file(place->draft_path, "data.mdb"))
		return errno;
	/* Pages that belong to nobody: only the plain copy takes them. */
	return mdb_env_copy2(env, place->draft_path, 0);
}

enum merit_status merit_env_copy(MDB_env *env, const char *target_dir, const char *name, bool *compact_out)
{
	struct place place;
	bool compact = false;

	int rc = prepare_place(target_dir, name, &place);
	if (rc == 0)
		rc = copy_to_draft(env, &place, &compact);
	if (rc == 0)
		rc = publish_place(target_dir, &place);
	if (rc == 0)
		*compact_out = compact;
	return merit_env_status(rc);
}

/* a + b, or the largest number there is. */
static uint64_t add_capped(uint64_t a, uint64_t b)
{
	uint64_t sum;
	return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

/* The most bytes the rows can take in the file: a page may stay half empty, since a row is not split over pages. */
static uint64_t pages_size(uint64_t size, uint64_t row_count, uint64_t page_size)
{
	uint64_t overhead;
	if (__builtin_mul_overflow(row_count, ROW_OVERHEAD_SIZE, &overhead))
		return UINT64_MAX;
	uint64_t half = add_capped(size, overhead);
	return add_capped(add_capped(half, half), COPY_ON_WRITE_PAGES * page_size);
}

enum merit_status merit_env_room(MDB_env *env, uint64_t size, uint64_t row_count,
                                 const struct merit_env_reserve *reserve)
{
	MDB_envinfo info;
	MDB_stat stat;
	struct statvfs disk;
	int fd = -1;

	if (mdb_env_info(env, &info) != 0 || mdb_env_stat(env, &stat) != 0 || mdb_env_get_fd(env, &fd) != 0)
		return MERIT_IO_FAILED;
	if (fstatvfs(fd, &disk) != 0)
		return MERIT_IO_FAILED;
	uint64_t needed_size = pages_size(size, row_count, stat.ms_psize);
	uint64_t used_size = (info.me_last_pgno + 1) * (uint64_t)stat.ms_psize;
	if (add_capped(add_capped(used_size, needed_size), reserve->map_size) > info.me_mapsize)
		return MERIT_STORE_FULL;
	uint64_t free_size = (uint64_t)disk.f_bavail * disk.f_frsize;
	return add_capped(needed_size, reserve->disk_size) > free_size ? MERIT_STORE_FULL : MERIT_OK;
}

bool merit_env_is_copy(const char *dir)
{
	char path[PATH_MAX];

	if (!merit_env_path(path, dir, MERIT_COPY_MARKER))
		return true;
	return access(path, F_OK) == 0 || errno != ENOENT;
}
