/* journal_service.c - see journal_service.h. */
#include "cli/journal_service.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/arguments.h"
#include "cli/output.h"
#include "cli/show.h"
#include "ledger/checkpoint.h"
#include "ledger/tree.h"

struct journal_service {
	struct merit_journal journal; /* first: it is what the others know */
	struct merit_session *session;
	struct merit_buffer page, one;
	struct merit_journal_record records[MERIT_JOURNAL_PAGE_RECORDS];
	size_t starts[MERIT_JOURNAL_PAGE_RECORDS + 1]; /* in page, which may move while it grows */
	struct merit_tree tree;                        /* of what was read from the first entry on without a gap */
};

static struct journal_service *service_of(struct merit_journal *journal)
{
	return (struct journal_service *)(void *)journal;
}

/* ---- Records ---- */

/* The sealed line of seq, from those of a page: they come in the entries' order, and place_io is how far they are
 * used. */
static const cJSON *sealed_of(const cJSON **place_io, int64_t seq)
{
	const cJSON *sealed = *place_io;

	if (sealed == NULL || merit_show_integer(sealed, "seq") != seq)
		return NULL;
	*place_io = sealed->next;
	return sealed;
}

/* Appends one record; no more than a page's records are kept of what a service sends. */
static void record_put(struct merit_buffer *out, const cJSON *leaf, const cJSON *sealed)
{
	merit_json_put(out, leaf);
	if (sealed == NULL)
		return;
	merit_buffer_put_char(out, '\n');
	merit_json_put(out, sealed);
}

static size_t records_take(const cJSON *result, struct merit_buffer *out, size_t *starts, size_t count_max)
{
	const cJSON *entries = merit_json_member(result, "entries"), *sealed = merit_json_member(result, "sealed");
	const cJSON *place = sealed == NULL ? NULL : sealed->child;
	size_t count = 0;

	merit_buffer_clear(out);
	for (const cJSON *leaf = entries == NULL ? NULL : entries->child; leaf != NULL && count < count_max;
	     leaf = leaf->next) {
		starts[count++] = out->size;
		record_put(out, leaf, sealed_of(&place, merit_show_integer(leaf, "seq")));
	}
	starts[count] = out->size;
	return count;
}

/* What a call's end is as a status. */
static enum merit_status status_of(enum merit_exit end)
{
	switch (end) {
	case MERIT_EXIT_DONE: return MERIT_OK;
	case MERIT_EXIT_REFUSED: return MERIT_NOT_PERMITTED;
	case MERIT_EXIT_USAGE: return MERIT_BAD_REQUEST;
	default: return MERIT_UNREACHABLE;
	}
}

/* Whether the session complained already. */
static bool is_told(enum merit_status status)
{
	return status == MERIT_NOT_PERMITTED || status == MERIT_BAD_REQUEST || status == MERIT_UNREACHABLE;
}

static enum merit_status ask(struct journal_service *service, uint64_t from, size_t count_max, struct merit_buffer *out,
                             size_t *starts, size_t *count_out)
{
	struct merit_answer answer;
	char params[80];

	snprintf(params, sizeof(params), "{\"from\":%llu,\"limit\":%zu}", (unsigned long long)from, count_max);
	enum merit_status status = status_of(merit_session_call(service->session, "entry.list", params, &answer));
	if (status != MERIT_OK)
		return status;
	size_t count = records_take(answer.result, out, starts, count_max);
	merit_answer_free(&answer);
	if (out->bad)
		return MERIT_NO_MEMORY;
	*count_out = count;
	return count == 0 ? MERIT_BAD_REPLY : MERIT_OK;
}

/* ---- The root ---- */

static bool tile_drop(void *context, unsigned level, uint64_t index, const struct merit_hash *hashes)
{
	(void)context;
	(void)level;
	(void)index;
	(void)hashes;
	return true;
}

static enum merit_status tree_begin(struct merit_tree *tree)
{
	static const struct merit_tree_store store = { .write_tile = tile_drop };

	return merit_tree_open(tree, 0, &store);
}

/* Whole passes are checked, each anew: what begins at the first entry and goes on without a gap. */
static enum merit_status tree_take(struct journal_service *service, uint64_t from, size_t count)
{
	enum merit_status status = from == 0 ? tree_begin(&service->tree) : MERIT_OK;

	if (from != service->tree.size)
		return MERIT_OK;
	for (size_t i = 0; i < count && status == MERIT_OK; i++) {
		struct merit_hash leaf = merit_record_hash(service->records[i].bytes, service->records[i].size);
		status = merit_tree_append(&service->tree, &leaf);
	}
	if (status != MERIT_OK || service->tree.size != service->journal.size)
		return status;
	struct merit_hash root = merit_tree_root(&service->tree);
	return merit_hash_equal(&root, &service->journal.root) ? MERIT_OK : MERIT_PROOF_FAILED;
}

/* ---- Fetching ---- */

static enum merit_status fetch(struct merit_journal *journal, uint64_t from,
                               const struct merit_journal_record **records_out, size_t *count_out)
{
	struct journal_service *service = service_of(journal);
	uint64_t left = journal->size - from;
	size_t count = 0, count_max = left < MERIT_JOURNAL_PAGE_RECORDS ? (size_t)left : MERIT_JOURNAL_PAGE_RECORDS;
	enum merit_status status = ask(service, from, count_max, &service->page, service->starts, &count);

	for (size_t i = 0; i < count && status == MERIT_OK; i++)
		service->records[i] = (struct merit_journal_record){ service->page.data + service->starts[i],
			                                             service->starts[i + 1] - service->starts[i] };
	if (status == MERIT_OK)
		status = tree_take(service, from, count);
	*records_out = service->records;
	*count_out = count;
	return status;
}

static enum merit_status fetch_one(struct merit_journal *journal, uint64_t seq, struct merit_journal_record *record_out)
{
	struct journal_service *service = service_of(journal);
	size_t starts[2], count = 0;
	enum merit_status status = ask(service, seq, 1, &service->one, starts, &count);

	if (status == MERIT_OK)
		*record_out = (struct merit_journal_record){ service->one.data, service->one.size };
	return status;
}

static void service_close(struct merit_journal *journal)
{
	struct journal_service *service = service_of(journal);

	merit_buffer_free(&service->page);
	merit_buffer_free(&service->one);
	free(service);
}

/* ---- Opening ---- */

static enum merit_status head_take(struct merit_journal *journal, const char *text)
{
	struct merit_checkpoint head;

	if (text == NULL || merit_checkpoint_read((struct merit_slice){ text, strlen(text) }, &head) != MERIT_OK)
		return MERIT_BAD_REPLY;
	journal->size = head.size;
	journal->root = head.root;
	memcpy(journal->origin, head.origin, sizeof(journal->origin));
	return MERIT_OK;
}

static enum merit_status service_learn(struct journal_service *service)
{
	struct merit_answer answer;

	enum merit_status status = status_of(merit_session_call(service->session, "checkpoint.get", "{}", &answer));
	if (status != MERIT_OK)
		return status;
	status = head_take(&service->journal, merit_show_text(answer.result, "checkpoint"));
	merit_answer_free(&answer);
	return status == MERIT_OK ? merit_journal_learn(&service->journal) : status;
}

enum merit_status merit_journal_open_service(struct merit_session *session, struct merit_journal **journal_out)
{
	struct journal_service *service = calloc(1, sizeof(*service));

	merit_need(service);
	service->session = session;
	service->journal = (struct merit_journal){ .fetch = fetch, .fetch_one = fetch_one, .close = service_close };
	enum merit_status status = service_learn(service);
	if (status == MERIT_OK)
		*journal_out = &service->journal;
	else
		service_close(&service->journal);
	return status;
}

/* ---- What a command reads from ---- */

static enum merit_exit status_tell(const char *dir, enum merit_status status)
{
	if (status != MERIT_OK && (dir != NULL || !is_told(status)))
		merit_complain_status(dir == NULL ? "the service's entries" : dir, status);
	return merit_exit_of(status);
}

/* What of DIR's log stands in the way; false where nothing is seen to. A live log's lock is written by its readers. */
static bool obstacle_tell(const char *dir)
{
	static const struct {
		const char *name;
		int mode;
		const char *verb;
	} files[] = { { "data.mdb", R_OK, "read" }, { "lock.mdb", W_OK, "write" } };
	bool is_told = false;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && !is_told; i++) {
		struct merit_buffer path = { 0 };
		merit_buffer_put_format(&path, "%s/log/%s", dir, files[i].name);
		is_told = access(merit_buffer_text(&path), files[i].mode) != 0;
		if (is_told)
			merit_complain("cannot %s %s: %s", files[i].verb, merit_buffer_text(&path), strerror(errno));
		merit_buffer_free(&path);
	}
	return is_told;
}

static enum merit_exit directory_open(struct merit_reading *reading)
{
	enum merit_status status = merit_journal_open_directory(reading->dir, &reading->journal);

	if (status == MERIT_NOT_FOUND)
		merit_complain("%s: it holds no ledger", reading->dir);
	else if (status != MERIT_IO_FAILED || !obstacle_tell(reading->dir))
		return status_tell(reading->dir, status);
	return merit_exit_of(status);
}

enum merit_exit merit_reading_open(const struct merit_arguments *arguments, struct merit_reading *reading_out)
{
	*reading_out = (struct merit_reading){ .dir = merit_argument(arguments, "data", NULL) };
	if (reading_out->dir != NULL)
		return directory_open(reading_out);
	enum merit_exit end = merit_session_open(arguments, 1, &reading_out->session);
	if (end != MERIT_EXIT_DONE)
		return end;
	end = status_tell(NULL, merit_journal_open_service(&reading_out->session, &reading_out->journal));
	if (end != MERIT_EXIT_DONE)
		merit_session_close(&reading_out->session);
	return end;
}

void merit_reading_close(struct merit_reading *reading)
{
	merit_journal_close(reading->journal);
	if (reading->dir == NULL)
		merit_session_close(&reading->session);
}

enum merit_exit merit_reading_end(const struct merit_reading *reading, enum merit_status status)
{
	return status_tell(reading->dir, status);
}

static void progress_tell(void *context, uint64_t done, uint64_t of)
{
	(void)context;
	fprintf(stderr, "\r%llu of %llu entries\033[K%s", (unsigned long long)done, (unsigned long long)of,
	        done == of ? "\r\033[K" : "");
}

const struct merit_journal_progress *merit_reading_progress(void)
{
	static const struct merit_journal_progress progress = { .tell = progress_tell };

	return isatty(STDERR_FILENO) == 1 ? &progress : NULL;
}
