/* verify.c - see verify.h: one walk over the entries, in which every proof takes its step. What each step proves is in
 * the verify_*.c files that verify_inner.h lists.
 *
 * The replayed tables live in a directory of their own under $TMPDIR and are written there now and then, so that a long
 * log needs no more memory than a short one. The directory under proof is only read. */
#include "ledger/verify.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ledger/verify_inner.h"

#define PROGRESS_STEP  4096    /* entries between two calls of progress, and two views of the log */
#define STATE_ROWS_MAX 1000000 /* changed rows kept in memory */
#define STATE_SIZE_MAX (256ULL * 1024 * 1024) /* and of what is appended */

/* ---- Faults ---- */

/* The first fault stays: what follows from it is noise. */
static void fault_put(struct merit_verify *verify, const char *format, va_list arguments)
{
	struct merit_verify_report *report = verify->report;
	size_t at = strlen(report->fault);

	(void)vsnprintf(report->fault + at, sizeof(report->fault) - at, format, arguments);
}

enum merit_status merit_verify_fault(struct merit_verify *verify, const char *format, ...)
{
	va_list arguments;

	if (verify->report->fault[0] != '\0')
		return MERIT_CORRUPT;
	va_start(arguments, format);
	fault_put(verify, format, arguments);
	va_end(arguments);
	return MERIT_CORRUPT;
}

enum merit_status merit_verify_entry_fault(struct merit_verify *verify, uint64_t seq, const char *format, ...)
{
	struct merit_verify_report *report = verify->report;
	va_list arguments;

	if (report->fault[0] != '\0')
		return MERIT_CORRUPT;
	snprintf(report->fault, sizeof(report->fault), "entry %llu: ", (unsigned long long)seq);
	va_start(arguments, format);
	fault_put(verify, format, arguments);
	va_end(arguments);
	return MERIT_CORRUPT;
}

/* ---- The walk ---- */

/* Keeps the memory of the replayed tables bounded. */
static enum merit_status replay_flush(struct merit_verify *verify, uint64_t count)
{
	static const unsigned char anchor[MERIT_STATE_ANCHOR_SIZE]; /* It is never opened again. */
	struct merit_state *state = verify->model.state;

	struct merit_state_load load = merit_state_load(state);
	if (load.row_count < STATE_ROWS_MAX && load.appended_size < STATE_SIZE_MAX)
		return MERIT_OK;
	if (!merit_state_freeze(state, count, anchor))
		return merit_state_failure(state);
	merit_state_flushed(state, merit_state_flush(state));
	return merit_state_failure(state);
}

/* The entry at seq, or the atomic group that begins there: *count_out entries. */
static enum merit_status step(struct merit_verify *verify, uint64_t seq, size_t *count_out)
{
	struct merit_verify_request *request = NULL;
	enum merit_status status = merit_verify_entry(verify, seq);

	if (status == MERIT_OK)
		status = merit_verify_author(verify, &request);
	if (status == MERIT_OK)
		status = merit_verify_decide(verify, request);
	*count_out = verify->decided.count;
	for (size_t i = 0; i < *count_out && status == MERIT_OK; i++) {
		if (i > 0)
			status = merit_verify_leaf(verify, seq + i);
		if (status == MERIT_OK)
			status = merit_verify_compare(verify, i);
		if (status == MERIT_OK)
			status = merit_verify_append(verify, seq + i);
	}
	return status;
}

static void progress(const struct merit_verify *verify, uint64_t done)
{
	if (verify->options->progress != NULL)
		verify->options->progress(verify->options->progress_context, done, verify->size);
}

static enum merit_status walk(struct merit_verify *verify)
{
	uint64_t reported = 0;
	size_t count = 0;

	for (uint64_t seq = 0; seq < verify->size; seq += count) {
		enum merit_status status = step(verify, seq, &count);
		if (status == MERIT_OK)
			status = merit_verify_state_compare(verify, seq + count);
		if (status == MERIT_OK)
			status = replay_flush(verify, seq + count);
		if (status == MERIT_OK && seq - reported >= PROGRESS_STEP) {
			progress(verify, reported = seq);
			status = merit_verify_structure_renew(verify);
		}
		if (status != MERIT_OK)
			return status;
	}
	progress(verify, verify->size);
	if (verify->stored != NULL)
		return merit_verify_fault(verify, "state: it holds the effects of %llu entries, the log has %llu",
					  (unsigned long long)merit_state_cut(verify->stored),
					  (unsigned long long)verify->size);
	return merit_verify_structure_end(verify);
}

/* ---- Opening ---- */

static enum merit_status scratch_make(struct merit_verify *verify)
{
	const char *parent = getenv("TMPDIR");

	if (parent == NULL || parent[0] == '\0')
		parent = "/tmp";
	if (!merit_env_path(verify->scratch_directory, parent, "merit-verify-XXXXXX") ||
	    mkdtemp(verify->scratch_directory) == NULL) {
		verify->scratch_directory[0] = '\0';
		return MERIT_IO_FAILED;
	}
	return MERIT_OK;
}

static void scratch_remove(struct merit_verify *verify)
{
	char copy_directory[PATH_MAX];

	if (verify->scratch_directory[0] == '\0')
		return;
	if (merit_env_path(copy_directory, verify->scratch_directory, "stored") &&
	    merit_state_destroy(copy_directory) == MERIT_OK)
		(void)rmdir(copy_directory);
	if (merit_state_destroy(verify->scratch_directory) == MERIT_OK)
		(void)rmdir(verify->scratch_directory);
}

/* The tables of the replay. Nobody who chose an id of the log knew its newest checkpoint: none was chosen to collide. */
static enum merit_status replay_open(struct merit_verify *verify)
{
	struct merit_state_options options = { .version = MERIT_STATE_VERSION, .ordered_table = MERIT_TABLE_DUE };
	struct merit_store_checkpoint newest;
	uint8_t hash[MERIT_HASH_SIZE];

	if (merit_store_read_newest_checkpoint(verify->reader, &newest) == MERIT_OK) {
		merit_sha256(newest.note, newest.note_size, hash);
		memcpy(options.hash_key, hash, sizeof(options.hash_key));
	}
	if (verify->stored != NULL)
		options.claims_key = merit_state_claims_key(verify->stored); /* Or the hashes could not be compared. */
	verify->model.record = merit_verify_leaf_read;
	verify->model.context = verify;
	return merit_state_open(verify->scratch_directory, &options, &verify->model.state);
}

static enum merit_status open_all(struct merit_verify *verify)
{
	struct merit_store_options options = { 0 };
	enum merit_status status =
		merit_store_open(verify->options->directory, MERIT_STORE_READ_ONLY, &options, &verify->store, NULL);

	if (status == MERIT_OK)
		status = merit_store_reader_open(verify->store, &verify->reader);
	if (status == MERIT_OK)
		status = scratch_make(verify);
	if (status == MERIT_OK && !verify->options->skip_state)
		status = merit_verify_state_begin(verify); /* Before the view of the log, which then has all it needs. */
	if (status == MERIT_OK)
		status = merit_store_reader_begin(verify->reader);
	if (status == MERIT_CORRUPT)
		return merit_verify_fault(verify, "log: it cannot be opened; its file is damaged");
	return status;
}

static enum merit_status prove(struct merit_verify *verify)
{
	enum merit_status status = replay_open(verify);

	if (status == MERIT_OK)
		status = merit_verify_structure_begin(verify);
	return status == MERIT_OK ? walk(verify) : status;
}

static void close_all(struct merit_verify *verify)
{
	merit_state_close(verify->stored);
	merit_state_close(verify->model.state);
	merit_store_reader_close(verify->reader);
	merit_store_close(verify->store);
	scratch_remove(verify);
	merit_verify_author_free(verify);
	merit_buffer_free(&verify->decided.bytes);
	merit_arena_free(&verify->leaf_arena);
	merit_arena_free(&verify->model.scratch);
	free(verify);
}

/* Statuses of the files the proof itself makes are no fault of the log's. */
static enum merit_status outcome(const struct merit_verify *verify, enum merit_status status)
{
	if (status == MERIT_CORRUPT && verify->report->fault[0] == '\0')
		snprintf(verify->report->fault, sizeof(verify->report->fault),
			 "log: a row cannot be read; its file is damaged");
	return status == MERIT_STORE_FULL || status == MERIT_STORE_FAILED ? MERIT_IO_FAILED : status;
}

enum merit_status merit_verify(const struct merit_verify_options *options, struct merit_verify_report *report_out)
{
	struct merit_verify *verify = calloc(1, sizeof(*verify));

	memset(report_out, 0, sizeof(*report_out));
	if (verify == NULL)
		return MERIT_NO_MEMORY;
	verify->options = options;
	verify->report = report_out;
	enum merit_status status = open_all(verify);
	if (status == MERIT_OK) {
		status = prove(verify);
		merit_store_reader_end(verify->reader);
	}
	status = outcome(verify, status);
	if (status == MERIT_OK)
		report_out->structure = report_out->authorship = report_out->arithmetic = report_out->rules = true;
	close_all(verify);
	return status;
}
