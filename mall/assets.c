/* assets.c - see assets.h. First the files on the disk, then what is made of them, then the look-up. */
#include "mall/assets.h"

#include "ledger/encode.h"
#include "ledger/hash.h"
#include "mall/answer.h"
#include "mall/fields.h"
#include "rpc/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 8  /* folders in folders */
#define TAG_BYTES 12 /* of the hash */
#define TAG_SIZE  (2 * TAG_BYTES + 2)

enum coding { PLAIN, GZIP, BROTLI, CODINGS_COUNT };

static const struct {
	const char *suffix, *name;
} codings[CODINGS_COUNT] = { { "", NULL }, { ".gz", "gzip" }, { ".br", "br" } };

/* One way to send an asset. */
struct form {
	struct MHD_Response *whole, *unchanged;
	size_t size;
	char tag[TAG_SIZE + 1];
};

struct asset {
	char *path;
	struct form forms[CODINGS_COUNT]; /* whole NULL: not there */
};

struct merit_assets {
	struct asset *rows; /* sorted by path */
	size_t count, capacity;
	size_t size; /* bytes of files */
	bool is_secure;
};

/* Where a walk through folders stands. */
struct walk {
	struct merit_assets *assets;
	const char *root; /* real path of the folder it began at */
	size_t depth;
};

/* ---- Kinds ---- */

static const struct {
	const char *suffix, *type;
	enum merit_answer_kind kind;
} kinds[] = {
	{ ".html", "text/html; charset=utf-8", MERIT_ANSWER_PAGE },
	{ ".js", "text/javascript; charset=utf-8", MERIT_ANSWER_DATA },
	{ ".mjs", "text/javascript; charset=utf-8", MERIT_ANSWER_DATA },
	{ ".css", "text/css; charset=utf-8", MERIT_ANSWER_DATA },
	{ ".json", "application/json", MERIT_ANSWER_DATA },
	{ ".webmanifest", "application/manifest+json", MERIT_ANSWER_DATA },
	{ ".txt", "text/plain; charset=utf-8", MERIT_ANSWER_DATA },
	{ ".map", "application/json", MERIT_ANSWER_DATA },
	{ ".svg", "image/svg+xml", MERIT_ANSWER_PICTURE },
	{ ".png", "image/png", MERIT_ANSWER_PICTURE },
	{ ".jpg", "image/jpeg", MERIT_ANSWER_PICTURE },
	{ ".webp", "image/webp", MERIT_ANSWER_PICTURE },
	{ ".ico", "image/x-icon", MERIT_ANSWER_PICTURE },
	{ ".woff2", "font/woff2", MERIT_ANSWER_DATA },
};

static bool ends_in(const char *text, const char *suffix)
{
	size_t size = strlen(text), suffix_size = strlen(suffix);

	return size > suffix_size && strcmp(text + size - suffix_size, suffix) == 0;
}

/* The place of a file's kind in the list, or one behind its end. */
static size_t kind_of(const char *path)
{
	size_t i = 0;

	while (i < sizeof(kinds) / sizeof(kinds[0]) && !ends_in(path, kinds[i].suffix))
		i++;
	return i;
}

/* ---- Responses ---- */

static bool add(struct MHD_Response *response, const char *name, const char *value)
{
	return value == NULL || MHD_add_response_header(response, name, value) == MHD_YES;
}

/* What 200 and 304 both say. */
static bool add_fields(struct MHD_Response *response, const char *path, const struct form *form, bool is_secure)
{
	bool is_hashed = strncmp(path, "/assets/", 8) == 0;

	return add(response, "ETag", form->tag) && add(response, "Vary", "Accept-Encoding") &&
	       add(response, "Cache-Control", is_hashed ? "public, max-age=31536000, immutable" : "no-cache") &&
	       merit_answer_guard(response, kinds[kind_of(path)].kind, is_secure);
}

static void name_tag(struct form *form, const char *bytes, size_t size)
{
	uint8_t hash[MERIT_HASH_SIZE];

	merit_sha256(bytes, size, hash);
	form->tag[0] = '"';
	merit_hex_encode(hash, TAG_BYTES, form->tag + 1);
	form->tag[TAG_SIZE - 1] = '"';
	form->tag[TAG_SIZE] = '\0';
}

/* Makes a form of an asset out of a file's bytes, which belong to its response from then on. False without memory. */
static bool make_form(struct form *form, const char *path, enum coding coding, char *bytes, size_t size, bool is_secure)
{
	name_tag(form, bytes, size);
	form->size = size;
	form->whole = MHD_create_response_from_buffer_with_free_callback(size, bytes, free);
	if (form->whole == NULL) {
		free(bytes);
		return false;
	}
	form->unchanged = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	return form->unchanged != NULL && add_fields(form->whole, path, form, is_secure) &&
	       add_fields(form->unchanged, path, form, is_secure) &&
	       add(form->whole, "Content-Type", kinds[kind_of(path)].type) &&
	       add(form->whole, "Content-Encoding", codings[coding].name);
}

static void free_form(struct form *form)
{
	if (form->whole != NULL)
		MHD_destroy_response(form->whole);
	if (form->unchanged != NULL)
		MHD_destroy_response(form->unchanged);
}

/* ---- The list ---- */

static int order(const void *a, const void *b)
{
	return strcmp(((const struct asset *)a)->path, ((const struct asset *)b)->path);
}

/* A new row. While loading, each file has one of its own. NULL without memory. */
static struct asset *add_row(struct merit_assets *assets, const char *path)
{
	if (assets->count == assets->capacity) {
		size_t capacity = assets->capacity == 0 ? 64 : 2 * assets->capacity;
		struct asset *rows = realloc(assets->rows, capacity * sizeof(*rows));
		if (rows == NULL)
			return NULL;
		assets->rows = rows;
		assets->capacity = capacity;
	}
	struct asset *row = &assets->rows[assets->count];
	*row = (struct asset){ .path = strdup(path) };
	if (row->path == NULL)
		return NULL;
	assets->count++;
	return row;
}

static void free_row(struct asset *row)
{
	for (enum coding coding = PLAIN; coding < CODINGS_COUNT; coding++)
		free_form(&row->forms[coding]);
	free(row->path);
}

static void leave_out(const char *path, const char *reason)
{
	merit_log(MERIT_LOG_WARNING, "left out", MERIT_LOG_TEXT("file", path), MERIT_LOG_TEXT("reason", reason));
}

/* Moves the forms of a row to the one before it of the same path. */
static void join(struct asset *row, struct asset *same)
{
	for (enum coding coding = PLAIN; coding < CODINGS_COUNT; coding++) {
		if (row->forms[coding].whole != NULL || same->forms[coding].whole == NULL)
			continue;
		row->forms[coding] = same->forms[coding];
		same->forms[coding] = (struct form){ .whole = NULL };
	}
	free_row(same);
}

/* Sorts the rows and makes them one a path. Compressed forms without the file itself would serve nobody who takes no
 * compression. */
static void put_in_order(struct merit_assets *assets)
{
	struct asset *rows = assets->rows;
	size_t count = 0;

	if (assets->count > 0)
		qsort(rows, assets->count, sizeof(*rows), order);
	for (size_t i = 0; i < assets->count; i++) {
		if (count > 0 && strcmp(rows[count - 1].path, rows[i].path) == 0)
			join(&rows[count - 1], &rows[i]);
		else
			rows[count++] = rows[i];
	}
	assets->count = 0;
	for (size_t i = 0; i < count; i++) {
		if (rows[i].forms[PLAIN].whole != NULL) {
			rows[assets->count++] = rows[i];
			continue;
		}
		leave_out(rows[i].path, "only its compressed form is there");
		free_row(&rows[i]);
	}
}

/* ---- Files ---- */

static enum merit_status complain(const char *path, enum merit_status status)
{
	const char *reason = status == MERIT_IO_FAILED ? strerror(errno) : merit_status_text(status);

	merit_log(MERIT_LOG_ERROR, "content", MERIT_LOG_TEXT("file", path), MERIT_LOG_TEXT("reason", reason));
	return status;
}

/* A whole regular file, whose bytes the caller frees. */
static enum merit_status read_file(const char *path, size_t size_max, char **bytes_out, size_t *size_out)
{
	struct stat facts;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* Nobody shall hold us up with a pipe. */

	if (fd < 0)
		return MERIT_IO_FAILED;
	if (fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode)) {
		(void)close(fd);
		return MERIT_IO_FAILED;
	}
	size_t size = 0, expected = (size_t)facts.st_size;
	char *bytes = expected > size_max ? NULL : malloc(expected + 1);
	ssize_t got = bytes == NULL ? 0 : 1;
	while (got > 0 && size < expected) {
		got = read(fd, bytes + size, expected - size);
		size += got > 0 ? (size_t)got : 0;
	}
	(void)close(fd);
	if (bytes == NULL)
		return expected > size_max ? MERIT_TOO_LARGE : MERIT_NO_MEMORY;
	if (size < expected) {
		free(bytes);
		return MERIT_IO_FAILED;
	}
	*bytes_out = bytes;
	*size_out = size;
	return MERIT_OK;
}

/* Which compressed form a file's name says it is. */
static enum coding coding_of(const char *name)
{
	for (enum coding coding = GZIP; coding < CODINGS_COUNT; coding++)
		if (ends_in(name, codings[coding].suffix))
			return coding;
	return PLAIN;
}

/* Reads one file, served as path with its coding's suffix. */
static enum merit_status take_file(struct walk *walk, const char *file, char *path)
{
	struct merit_assets *assets = walk->assets;
	enum coding coding = coding_of(path);
	char *bytes = NULL;
	size_t size = 0;

	path[strlen(path) - strlen(codings[coding].suffix)] = '\0';
	if (kind_of(path) == sizeof(kinds) / sizeof(kinds[0])) {
		leave_out(file, "not a kind of file that is served");
		return MERIT_OK;
	}
	if (assets->count == MERIT_ASSETS_MAX)
		return complain(file, MERIT_TOO_LARGE);
	enum merit_status status = read_file(file, MERIT_ASSETS_SIZE_MAX - assets->size, &bytes, &size);
	if (status != MERIT_OK)
		return complain(file, status);
	assets->size += size;
	struct asset *row = add_row(assets, path);
	if (row == NULL) {
		free(bytes);
		return MERIT_NO_MEMORY;
	}
	bool is_made = make_form(&row->forms[coding], path, coding, bytes, size, assets->is_secure);
	return is_made ? MERIT_OK : MERIT_NO_MEMORY;
}

/* A name that stands the same in a path and in a URL. */
static bool is_plain_name(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:@+";

	return name[0] != '.' && name[strspn(name, letters)] == '\0';
}

/* Whether a file or folder lies in the folder the walk began at, wherever links to it lie. */
static bool is_inside(const struct walk *walk, const char *file)
{
	char real[PATH_MAX];
	size_t size = strlen(walk->root);

	return realpath(file, real) != NULL && strncmp(real, walk->root, size) == 0 &&
	       (real[size] == '/' || real[size] == '\0');
}

static enum merit_status take_folder(struct walk *walk, const char *folder, const char *path);

static enum merit_status take_entry(struct walk *walk, const char *folder, const char *path, const char *name)
{
	char file[PATH_MAX], served[PATH_MAX];
	struct stat facts;

	if (name[0] == '.')
		return MERIT_OK;
	int file_size = snprintf(file, sizeof(file), "%s/%s", folder, name);
	int served_size = snprintf(served, sizeof(served), "%s/%s", path, name);
	if (file_size >= (int)sizeof(file) || served_size > MERIT_PATH_SIZE_MAX || !is_plain_name(name)) {
		leave_out(folder, "a name in it is too long, or has characters that paths do not have");
		return MERIT_OK;
	}
	if (!is_inside(walk, file) || stat(file, &facts) != 0) {
		leave_out(file, "a link that leads out of the folder, or nowhere");
		return MERIT_OK;
	}
	if (S_ISDIR(facts.st_mode))
		return take_folder(walk, file, served);
	return S_ISREG(facts.st_mode) ? take_file(walk, file, served) : MERIT_OK;
}

static enum merit_status take_folder(struct walk *walk, const char *folder, const char *path)
{
	enum merit_status status = MERIT_OK;
	const struct dirent *entry = NULL;

	if (walk->depth == DEPTH_MAX)
		return complain(folder, MERIT_TOO_DEEP);
	DIR *directory = opendir(folder);
	if (directory == NULL)
		return complain(folder, MERIT_IO_FAILED);
	walk->depth++;
	while (status == MERIT_OK && (entry = readdir(directory)) != NULL)
		status = take_entry(walk, folder, path, entry->d_name);
	walk->depth--;
	(void)closedir(directory);
	return status;
}

static enum merit_status take_root(struct merit_assets *assets, const char *folder, const char *mount)
{
	char root[PATH_MAX];

	if (folder == NULL)
		return MERIT_OK;
	if (realpath(folder, root) == NULL)
		return complain(folder, MERIT_IO_FAILED);
	struct walk walk = { assets, root, 0 };
	return take_folder(&walk, root, mount);
}

enum merit_status merit_assets_load(const char *web, const char *content, bool is_secure,
                                    struct merit_assets **assets_out)
{
	struct merit_assets *assets = calloc(1, sizeof(*assets));

	if (assets == NULL)
		return MERIT_NO_MEMORY;
	assets->is_secure = is_secure;
	enum merit_status status = take_root(assets, web, "");
	if (status == MERIT_OK)
		status = take_root(assets, content, "/content");
	if (status != MERIT_OK) {
		merit_assets_free(assets);
		return status;
	}
	put_in_order(assets);
	*assets_out = assets;
	return MERIT_OK;
}

void merit_assets_free(struct merit_assets *assets)
{
	if (assets == NULL)
		return;
	for (size_t i = 0; i < assets->count; i++)
		free_row(&assets->rows[i]);
	free(assets->rows);
	free(assets);
}

size_t merit_assets_count(const struct merit_assets *assets)
{
	return assets->count;
}

struct merit_found merit_assets_find(const struct merit_assets *assets, const char *path, const char *accept_encoding,
                                     const char *if_none_match)
{
	static char index[] = "/index.html";
	struct asset wanted = { .path = strcmp(path, "/") == 0 ? index : (char *)(uintptr_t)path };
	enum coding coding = BROTLI;

	const struct asset *asset =
		assets->count == 0 ? NULL : bsearch(&wanted, assets->rows, assets->count, sizeof(*assets->rows), order);
	if (asset == NULL)
		return (struct merit_found){ .response = NULL };
	while (coding != PLAIN &&
	       (asset->forms[coding].whole == NULL || !merit_fields_accepts(accept_encoding, codings[coding].name)))
		coding--;
	const struct form *form = &asset->forms[coding];
	if (merit_fields_names_tag(if_none_match, form->tag))
		return (struct merit_found){ form->unchanged, MHD_HTTP_NOT_MODIFIED, 0 };
	return (struct merit_found){ form->whole, MHD_HTTP_OK, form->size };
}
