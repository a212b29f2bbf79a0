/* command_reconcile.c - merit reconcile: a file somebody sent against the ledger. A preview without --commit. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli/arguments.h"
#include "cli/output.h"
#include "cli/reconcile.h"
#include "ledger/calendar.h"
#include "ledger/text.h"
#include "recon/mapping.h"

/* ---- Files of ours: mappings and rules ---- */

/* "merit: shop.csv:12:7: ..." */
static enum merit_exit complain_fault(const char *path, const struct merit_file_fault *fault)
{
	if (fault->line == 0)
		merit_complain("%s: %s", path, fault->why);
	else if (fault->column == 0)
		merit_complain("%s:%llu: %s", path, (unsigned long long)fault->line, fault->why);
	else
		merit_complain("%s:%llu:%llu: %s", path, (unsigned long long)fault->line,
		               (unsigned long long)fault->column, fault->why);
	return MERIT_EXIT_USAGE;
}

static enum merit_exit text_read(const char *path, size_t size_max, struct merit_buffer *text)
{
	FILE *file = fopen(path, "re");
	size_t got = 1;

	while (file != NULL && got > 0 && text->size <= size_max && merit_buffer_reserve(text, 4096)) {
		got = fread(text->data + text->size, 1, 4096, file);
		text->size += got;
	}
	bool is_good = file != NULL && ferror(file) == 0;
	int why = errno;
	if (file != NULL)
		(void)fclose(file);
	merit_buffer_need(text);
	if (!is_good)
		merit_complain("%s: %s", path, strerror(why));
	else if (text->size > size_max)
		merit_complain("%s: over %zu bytes", path, size_max);
	return is_good && text->size <= size_max ? MERIT_EXIT_DONE : MERIT_EXIT_USAGE;
}

static enum merit_exit rules_read(struct merit_reconcile *reconcile)
{
	const char *path = merit_argument(reconcile->arguments, "rules", NULL);
	struct merit_file_fault fault;
	struct merit_buffer text = { 0 };
	enum merit_exit end = path == NULL ? MERIT_EXIT_DONE : text_read(path, MERIT_RULES_SIZE_MAX, &text);

	if (end == MERIT_EXIT_DONE) {
		enum merit_status status = merit_rules_parse(path == NULL ? NULL : merit_buffer_text(&text), text.size,
		                                             &reconcile->rules, &fault);
		if (status == MERIT_BAD_FORMAT)
			end = complain_fault(path, &fault);
		else
			merit_need(status == MERIT_OK ? reconcile : NULL);
	}
	merit_buffer_free(&text);
	return end;
}

/* Of two mappings the hash is that of both hashes, one behind the other. */
static void mapping_hash(struct merit_reconcile *reconcile, const struct merit_buffer *text)
{
	uint8_t both[2 * MERIT_HASH_SIZE];

	merit_sha256(text->data, text->size, both + MERIT_HASH_SIZE);
	if (!reconcile->has_mapping) {
		memcpy(reconcile->mapping.bytes, both + MERIT_HASH_SIZE, MERIT_HASH_SIZE);
	} else {
		memcpy(both, reconcile->mapping.bytes, MERIT_HASH_SIZE);
		merit_sha256(both, sizeof(both), reconcile->mapping.bytes);
	}
	reconcile->has_mapping = true;
}

static enum merit_exit mapping_read(struct merit_reconcile *reconcile, int leg, const char *path)
{
	struct merit_file_fault fault;
	struct merit_buffer text = { 0 };
	enum merit_exit end = text_read(path, MERIT_MAPPING_SIZE_MAX, &text);

	if (end == MERIT_EXIT_DONE) {
		enum merit_status status = merit_mapping_file_parse(merit_buffer_text(&text), text.size,
		                                                    &reconcile->mappings[leg], &fault);
		if (status == MERIT_BAD_FORMAT)
			end = complain_fault(path, &fault);
		else
			merit_need(status == MERIT_OK ? reconcile : NULL);
		mapping_hash(reconcile, &text);
	}
	merit_buffer_free(&text);
	return end;
}

/* ---- Files of theirs ---- */

static enum merit_exit file_read(struct merit_reconcile *reconcile, int leg, const char *path,
                                 const char *format_option, const char *mapping_option)
{
	const char *mapping = merit_argument(reconcile->arguments, mapping_option, NULL);
	struct merit_file_fault fault;
	enum merit_exit end = mapping == NULL ? MERIT_EXIT_DONE : mapping_read(reconcile, leg, mapping);

	if (end != MERIT_EXIT_DONE)
		return end;
	const struct merit_file_options options = {
		.format = merit_argument(reconcile->arguments, format_option, NULL),
		.mapping = reconcile->mappings[leg],
		.offset_minutes = reconcile->reading.journal->offset_minutes,
	};
	if (merit_file_read(path, &options, &reconcile->files[leg], &fault) != MERIT_OK)
		return complain_fault(path, &fault);
	reconcile->names[leg] = path;
	reconcile->files_count = leg + 1;
	return merit_file_check(&reconcile->files[leg], &fault) ? MERIT_EXIT_DONE : complain_fault(path, &fault);
}

static enum merit_exit files_read(struct merit_reconcile *reconcile)
{
	const char *second = merit_argument(reconcile->arguments, "second", NULL);
	enum merit_exit end = file_read(reconcile, 0, reconcile->arguments->operands[0], "format", "mapping");

	if (end == MERIT_EXIT_DONE && second != NULL)
		end = file_read(reconcile, 1, second, "second-format", "second-mapping");
	return end;
}

/* ---- Comparing ---- */

static void progress_tell(void *context, const char *what, uint64_t done, uint64_t of)
{
	(void)context;
	fprintf(stderr, "\r%s: %llu of %llu\033[K%s", what, (unsigned long long)done, (unsigned long long)of,
	        done == of ? "\r\033[K" : "");
}

static bool day_option(const struct merit_arguments *arguments, const char *name, int32_t *day_out)
{
	const char *text = merit_argument(arguments, name, NULL);

	*day_out = MERIT_DAY_NONE;
	if (text == NULL || merit_day_parse(text, strlen(text), day_out))
		return true;
	merit_complain("--%s: \"%s\" is no day, YYYY-MM-DD", name, text);
	return false;
}

/* Everything that is wrong before both sides can be compared is the command line's, or the file's. */
static enum merit_exit run_end(const struct merit_reconcile *reconcile, enum merit_status status,
                               const struct merit_file_fault *fault, int leg)
{
	const char *source = merit_argument(reconcile->arguments, "source", "");

	switch (status) {
	case MERIT_SOURCE_UNKNOWN: merit_complain_status(source, status); return MERIT_EXIT_USAGE;
	case MERIT_RUN_UNKNOWN:
	case MERIT_OTHER_SOURCE:
	case MERIT_SUPERSEDED: merit_complain_status(reconcile->supersedes, status); return MERIT_EXIT_USAGE;
	case MERIT_AMOUNT_RANGE:
	case MERIT_TOO_LARGE: merit_complain_status(reconcile->names[0], status); return MERIT_EXIT_USAGE;
	case MERIT_BAD_FORMAT:
		if (fault->why[0] != '\0')
			return complain_fault(leg < 0 ? source : reconcile->names[leg], fault);
		break;
	default: break;
	}
	return merit_reading_end(&reconcile->reading, status);
}

static enum merit_exit report_hash_make(struct merit_reconcile *reconcile)
{
	struct merit_buffer csv = { 0 };

	merit_recon_put_csv(&csv, &reconcile->run);
	merit_buffer_need(&csv);
	merit_sha256(csv.data, csv.size, reconcile->report.bytes);
	merit_buffer_free(&csv);
	return MERIT_EXIT_DONE;
}

static enum merit_exit run_make(struct merit_reconcile *reconcile)
{
	const struct merit_arguments *arguments = reconcile->arguments;
	struct merit_recon_options options = {
		.source = merit_text_of(merit_argument(arguments, "source", "")),
		.files = { &reconcile->files[0], reconcile->files_count > 1 ? &reconcile->files[1] : NULL },
		.rules = &reconcile->rules,
		.first_day = reconcile->first_day,
		.last_day = reconcile->last_day,
		.supersedes = merit_text_of(reconcile->supersedes),
		.size = reconcile->size,
		.tell = isatty(STDERR_FILENO) == 1 ? progress_tell : NULL,
	};
	struct merit_file_fault fault;
	int leg;

	enum merit_status status =
		merit_recon_make(reconcile->reading.journal, &options, &reconcile->run, &fault, &leg);
	return status == MERIT_OK ? report_hash_make(reconcile) : run_end(reconcile, status, &fault, leg);
}

/* ---- The command ---- */

static bool is_name(const struct merit_arguments *arguments, const char *option)
{
	const char *text = merit_argument(arguments, option, NULL);

	if (text == NULL || merit_text_is_id(text, strlen(text), MERIT_NAME_SIZE_MAX))
		return true;
	merit_complain("--%s: \"%s\" is no name, 1-%d of [A-Za-z0-9._:-]", option, text, MERIT_NAME_SIZE_MAX);
	return false;
}

static bool days_read(struct merit_reconcile *reconcile)
{
	if (!day_option(reconcile->arguments, "from", &reconcile->first_day) ||
	    !day_option(reconcile->arguments, "to", &reconcile->last_day))
		return false;
	if ((reconcile->first_day == MERIT_DAY_NONE) == (reconcile->last_day == MERIT_DAY_NONE))
		return true;
	merit_complain("give both --from and --to, or neither: then the file's own days are those of the run");
	return false;
}

static bool options_fit(const struct merit_arguments *arguments)
{
	if (merit_argument(arguments, "source", NULL) == NULL) {
		merit_complain("reconcile needs --source NAME: whose file it is; see merit source list");
		return false;
	}
	if (merit_argument(arguments, "second", NULL) == NULL &&
	    (merit_argument(arguments, "second-format", NULL) != NULL ||
	     merit_argument(arguments, "second-mapping", NULL) != NULL)) {
		merit_complain("--second-format and --second-mapping are of the file that --second names");
		return false;
	}
	if (merit_argument(arguments, "check", NULL) != NULL && merit_argument(arguments, "commit", NULL) != NULL) {
		merit_complain("--check makes a run again, --commit makes a new one; give one");
		return false;
	}
	if (merit_argument_flag(arguments, "json") && merit_argument_flag(arguments, "csv")) {
		merit_complain("--json and --csv are two forms; give one");
		return false;
	}
	return is_name(arguments, "source") && is_name(arguments, "commit") && is_name(arguments, "check") &&
	       is_name(arguments, "supersedes");
}

/* What is in the record of the run already; and opens what is to be written to, beside a directory that is read. */
static enum merit_exit record_open(struct merit_reconcile *reconcile)
{
	reconcile->commit = merit_argument(reconcile->arguments, "commit", NULL);
	reconcile->check = merit_argument(reconcile->arguments, "check", NULL);
	reconcile->size = reconcile->reading.journal->size;
	reconcile->seq = -1;
	if (reconcile->check != NULL)
		return merit_reconcile_recall(reconcile);
	if (reconcile->commit == NULL)
		return MERIT_EXIT_DONE;
	reconcile->session = &reconcile->reading.session;
	if (reconcile->reading.dir != NULL) {
		enum merit_exit end = merit_session_open(reconcile->arguments, 1, &reconcile->own);
		if (end != MERIT_EXIT_DONE)
			return end;
		reconcile->session = &reconcile->own;
	}
	const char *origin = reconcile->session->settings.origin;
	if (origin != NULL && strcmp(origin, reconcile->reading.journal->origin) != 0) {
		merit_complain("%s is the ledger %s, and the service is %s",
		               reconcile->reading.dir == NULL ? "the log" : reconcile->reading.dir,
		               reconcile->reading.journal->origin, origin);
		return MERIT_EXIT_USAGE;
	}
	return merit_reconcile_find(reconcile);
}

static enum merit_exit reconcile_all(struct merit_reconcile *reconcile)
{
	enum merit_exit end = rules_read(reconcile), committed = MERIT_EXIT_DONE;

	if (end == MERIT_EXIT_DONE)
		end = files_read(reconcile);
	if (end == MERIT_EXIT_DONE)
		end = record_open(reconcile);
	if (end == MERIT_EXIT_DONE)
		end = run_make(reconcile);
	if (end != MERIT_EXIT_DONE)
		return end;
	if (reconcile->commit != NULL)
		committed = merit_reconcile_commit(reconcile);
	else if (reconcile->check != NULL)
		committed = merit_reconcile_compare(reconcile);
	end = merit_reconcile_show(reconcile);
	if (reconcile->check != NULL && end == MERIT_EXIT_REFUSED)
		end = MERIT_EXIT_DONE; /* differences are no fault of a run that was made again */
	return committed != MERIT_EXIT_DONE ? committed : end;
}

enum merit_exit merit_command_reconcile(const struct merit_arguments *arguments)
{
	struct merit_reconcile reconcile = { .arguments = arguments };

	if (!options_fit(arguments) || !days_read(&reconcile))
		return MERIT_EXIT_USAGE;
	snprintf(reconcile.supersedes, sizeof(reconcile.supersedes), "%s", merit_argument(arguments, "supersedes", ""));
	enum merit_exit end = merit_reading_open(arguments, &reconcile.reading);
	if (end != MERIT_EXIT_DONE)
		return end;
	end = reconcile_all(&reconcile);
	merit_recon_free(&reconcile.run);
	for (int leg = 0; leg < MERIT_RECON_LEGS_MAX; leg++) {
		merit_file_free(&reconcile.files[leg]);
		merit_mapping_file_free(reconcile.mappings[leg]);
	}
	if (reconcile.proposal != NULL)
		merit_answer_free(&reconcile.answer);
	if (reconcile.session == &reconcile.own)
		merit_session_close(&reconcile.own);
	merit_reading_close(&reconcile.reading);
	return end;
}
