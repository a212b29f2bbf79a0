/* backup.c - see backup.h. A copy is made beside its name and renamed onto it when it is whole and on the disk. */
#include "ledger/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/store.h"
#include "ledger/verify_inner.h"

/* The two names a copied directory has, and the folder they are in. */
struct place {
	char path[PATH_MAX];
	char draft[PATH_MAX];
	char parent[PATH_MAX];
};

static enum merit_status place_name(const char *target, struct place *place)
{
	size_t size = strlen(target);

	while (size > 1 && target[size - 1] == '/')
		size--;
	if (size == 0 || size + sizeof(".new") > PATH_MAX)
		return MERIT_IO_FAILED;
	snprintf(place->path, sizeof(place->path), "%.*s", (int)size, target);
	snprintf(place->draft, sizeof(place->draft), "%.*s.new", (int)size, target);
	snprintf(place->parent, sizeof(place->parent), "%.*s", (int)size, target);
	char *slash = strrchr(place->parent, '/');
	if (slash == NULL)
		snprintf(place->parent, sizeof(place->parent), ".");
	else
		slash[slash == place->parent ? 1 : 0] = '\0';
	return MERIT_OK;
}

static bool remove_name(const char *directory, const char *name, int (*remove)(const char *path))
{
	char path[PATH_MAX];

	return merit_env_path(path, directory, name) && (remove(path) == 0 || errno == ENOENT);
}

static bool remove_env(const char *directory, const char *name)
{
	char path[PATH_MAX];

	return merit_env_path(path, directory, name) && merit_env_remove(path);
}

/* Removes what an earlier copy left behind: only what a copy makes, so nothing else can be lost. */
static bool draft_remove(const char *draft)
{
	static const char *const names[] = { "log", "log.new", "private", "private.new" };

	if (access(draft, F_OK) != 0)
		return errno == ENOENT;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!remove_env(draft, names[i]))
			return false;
	}
	return remove_name(draft, MERIT_COPY_MARKER, unlink) && rmdir(draft) == 0;
}

/* ---- Copying ---- */

static enum merit_status log_copy(const char *from, const char *draft)
{
	struct merit_store_options options = { 0 };
	struct merit_store *store;
	bool compact;
	enum merit_status status = merit_store_open(from, MERIT_STORE_READ_ONLY, &options, &store, NULL);

	if (status != MERIT_OK)
		return status;
	status = merit_store_backup(store, draft, &compact);
	merit_store_close(store);
	return status;
}

/* Private rows are written before the log's that need them: copied behind the log, none is missing. No key is needed. */
static enum merit_status private_copy(const char *from, const char *draft)
{
	char path[PATH_MAX];
	MDB_env *env;
	bool compact;

	if (!merit_env_path(path, from, "private"))
		return MERIT_IO_FAILED;
	if (access(path, F_OK) != 0)
		return errno == ENOENT ? MERIT_OK : MERIT_IO_FAILED;
	int rc = merit_env_open(path, MERIT_STORE_MAP_SIZE_DEFAULT, MDB_RDONLY, NULL, &env);
	if (rc != 0)
		return merit_env_status(rc);
	enum merit_status status = merit_env_copy(env, draft, "private", &compact);
	mdb_env_close(env);
	return status;
}

static enum merit_status marker_write(const char *directory)
{
	static const char text[] = "A copy: read-only until merit restore is shown the newest checkpoint.\n";
	char path[PATH_MAX];

	if (!merit_env_path(path, directory, MERIT_COPY_MARKER))
		return MERIT_IO_FAILED;
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	if (fd < 0)
		return MERIT_IO_FAILED;
	bool written = write(fd, text, sizeof(text) - 1) == (ssize_t)sizeof(text) - 1 && fsync(fd) == 0;
	if (close(fd) != 0)
		written = false;
	return written ? MERIT_OK : MERIT_IO_FAILED;
}

static enum merit_status draft_fill(const char *from, const char *draft)
{
	enum merit_status status = log_copy(from, draft);

	if (status == MERIT_OK)
		status = private_copy(from, draft);
	if (status == MERIT_OK)
		status = marker_write(draft);
	if (status == MERIT_OK && !merit_env_sync_dir(draft))
		status = MERIT_IO_FAILED;
	return status;
}

static enum merit_status copy(const char *from, const char *target)
{
	struct place place;
	enum merit_status status = place_name(target, &place);

	if (status != MERIT_OK)
		return status;
	if (access(place.path, F_OK) == 0)
		return MERIT_EXISTS;
	if (!draft_remove(place.draft))
		return MERIT_IO_FAILED;
	status = draft_fill(from, place.draft);
	if (status == MERIT_OK && (rename(place.draft, place.path) != 0 || !merit_env_sync_dir(place.parent)))
		status = MERIT_IO_FAILED;
	if (status != MERIT_OK)
		(void)!draft_remove(place.draft); /* The reason is the failure above; the next attempt tries again. */
	return status;
}

enum merit_status merit_backup(const char *directory, const char *target)
{
	return copy(directory, target);
}

enum merit_status merit_restore(const char *backup, const char *directory)
{
	return copy(backup, directory);
}

/* ---- Writing again ---- */

/* Whether the log under reader is the checkpoint's tree, or that tree and more. */
static enum merit_status holds_tree(struct merit_store_reader *reader, const struct merit_checkpoint *newest)
{
	struct merit_tree tree;
	struct merit_hash root;
	uint64_t size;
	enum merit_status status = merit_store_entry_count(reader, &size);

	if (status == MERIT_OK && size < newest->size)
		return MERIT_PROOF_FAILED;
	if (status == MERIT_OK)
		status = merit_verify_tree(reader, size, &tree);
	if (status == MERIT_OK)
		status = merit_tree_root_at(&tree, newest->size, &root);
	if (status != MERIT_OK)
		return status;
	return merit_hash_equal(&root, &newest->root) ? MERIT_OK : MERIT_PROOF_FAILED;
}

static enum merit_status newest_check(struct merit_store_reader *reader, struct merit_slice newest)
{
	struct merit_arena arena = { 0 };
	struct merit_checkpoint checkpoint;
	struct merit_verifier log;
	struct merit_entry birth;
	enum merit_status status = merit_birth_read(reader, &arena, &birth, &log);

	merit_arena_free(&arena);
	if (status == MERIT_OK)
		status = merit_checkpoint_open(newest, &log, &checkpoint);
	return status == MERIT_OK ? holds_tree(reader, &checkpoint) : status;
}

static enum merit_status marker_remove(const char *directory)
{
	if (!remove_name(directory, MERIT_COPY_MARKER, unlink) || !merit_env_sync_dir(directory))
		return MERIT_IO_FAILED;
	return MERIT_OK;
}

enum merit_status merit_restore_confirm(const char *directory, const char *newest, size_t newest_size)
{
	struct merit_store_options options = { 0 };
	struct merit_store_reader *reader = NULL;
	struct merit_store *store;
	enum merit_status status = merit_store_open(directory, MERIT_STORE_READ_ONLY, &options, &store, NULL);

	if (status != MERIT_OK)
		return status;
	status = merit_store_reader_open(store, &reader);
	if (status == MERIT_OK)
		status = merit_store_reader_begin(reader);
	if (status == MERIT_OK) {
		status = newest_check(reader, (struct merit_slice){ newest, newest_size });
		merit_store_reader_end(reader);
	}
	merit_store_reader_close(reader);
	merit_store_close(store);
	return status == MERIT_OK ? marker_remove(directory) : status;
}
