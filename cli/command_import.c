/* command_import.c - merit import: a file of rows onto any method that writes.
 *
 * Two readings: the first understands every row and sends nothing, the second sends. So a file with a bad row posts
 * nothing unless --skip-bad says so.
 *
 * Ids     Run again, on the same file or one that has grown, it posts nothing twice: a row's id is made of the import's
 *         name, the method, its parameters, and how many rows of the file said the same before it. The name is the
 *         file's, without its folder, or what --name says: so a row that another month's file repeats is posted, and
 *         one of the same file, copied elsewhere, is not. --id makes ids from columns instead.
 *         No file of progress is kept, so none can be lost, or believed against another ledger. */
#include <string.h>

#include "cli/mapping.h"
#include "cli/seen.h"
#include "cli/sender.h"
#include "cli/tally.h"
#include "ledger/encode.h"
#include "ledger/hash.h"

#define BATCH_DEFAULT  1000
#define ID_HASH_SIZE   15 /* bytes: 20 characters of base64url, 120 bits */
#define COMPLAINTS_MAX 10

struct import {
	const struct merit_arguments *arguments;
	struct merit_session session;
	struct merit_rows rows;
	struct merit_mapping mapping;
	struct merit_tally tally;
	struct merit_sender sender;
	struct merit_seen seen;
	struct merit_buffer params; /* of one row */
	struct merit_buffer lines;  /* of its private texts */
	struct merit_buffer said;   /* what its id is made of */
	const char *name;           /* in every id made here */
	int64_t batch_rows, in_flight;
	bool is_skipping_bad;
};

/* ---- What the options say ---- */

static bool mapping_read(struct import *import)
{
	const struct merit_arguments *arguments = import->arguments;
	const char *text;

	for (size_t i = 0; (text = merit_argument_at(arguments, "map", i)) != NULL; i++) {
		if (!merit_mapping_map(&import->mapping, text))
			return false;
	}
	for (size_t i = 0; (text = merit_argument_at(arguments, "set", i)) != NULL; i++) {
		if (!merit_mapping_set(&import->mapping, text))
			return false;
	}
	for (size_t i = 0; (text = merit_argument_at(arguments, "where", i)) != NULL; i++) {
		if (!merit_mapping_add_where(&import->mapping, text))
			return false;
	}
	text = merit_argument(arguments, "id", NULL);
	return text == NULL || merit_mapping_id(&import->mapping, text);
}

static bool rows_open(struct import *import)
{
	const char *path = import->arguments->operands[1];
	const char *format = merit_argument(import->arguments, "format", NULL);
	const char *delimiter = merit_argument(import->arguments, "delimiter", ",");

	if (format != NULL && strcmp(format, "csv") != 0 && strcmp(format, "jsonl") != 0) {
		merit_complain("--format is csv or jsonl, not \"%s\"", format);
		return false;
	}
	if (strcmp(delimiter, "tab") == 0)
		delimiter = "\t";
	if (strlen(delimiter) != 1 || strchr("\"\r\n", *delimiter) != NULL) {
		merit_complain("--delimiter is one character, or tab");
		return false;
	}
	enum merit_status status = merit_rows_open(&import->rows, path, format, *delimiter);
	if (status == MERIT_BAD_FORMAT)
		merit_complain("%s, line %llu: %s", path, (unsigned long long)import->rows.fault_line,
		               import->rows.fault);
	else if (status != MERIT_OK)
		merit_complain_status(path, status);
	return status == MERIT_OK;
}

static bool method_find(struct import *import)
{
	const char *name = import->arguments->operands[0];

	if (merit_method_find(name, &import->mapping.method) && import->mapping.method.operation != NULL)
		return true;
	merit_complain("\"%s\" is no method that writes; merit methods lists them", name);
	return false;
}

/* The import's name: --name, or the file's without its folder. */
static bool name_read(struct import *import)
{
	const char *path = import->arguments->operands[1], *slash = strrchr(path, '/');

	import->name = merit_argument(import->arguments, "name", NULL);
	if (import->name == NULL && !import->mapping.has_id && strcmp(path, "-") == 0) {
		merit_complain("standard input has no name to make ids of; add --name NAME, another for each file, or "
		               "--id TEMPLATE");
		return false;
	}
	if (import->name == NULL)
		import->name = slash == NULL ? path : slash + 1;
	return true;
}

static bool options_read(struct import *import)
{
	const struct merit_arguments *arguments = import->arguments;
	const char *offset = merit_argument(arguments, "offset", NULL);

	if (!name_read(import))
		return false;
	import->is_skipping_bad = merit_argument_flag(arguments, "skip-bad");
	import->mapping.offset_minutes = MERIT_OFFSET_UNKNOWN;
	if (offset != NULL && !merit_offset_parse(offset, &import->mapping.offset_minutes)) {
		merit_complain("--offset is the zone of times without one, such as +08:00; not \"%s\"", offset);
		return false;
	}
	return merit_argument_integer(arguments, "batch", 1, MERIT_CALLS_MAX, BATCH_DEFAULT, &import->batch_rows) &&
	       merit_argument_integer(arguments, "in-flight", 1, MERIT_CLIENT_IN_FLIGHT_MAX, 1, &import->in_flight);
}

static bool takes_time(const struct merit_method *method)
{
	for (size_t i = 0; i < method->params_count; i++) {
		if (method->params[i].type == MERIT_TYPE_TIME)
			return true;
	}
	return false;
}

/* Codes are bearer money and begin as they like: a second copy would be one too many, and a quote before them another
 * code. */
static bool rejects_are_allowed(const struct import *import)
{
	bool is_code = import->mapping.method.operation->number == MERIT_OP_CODE_ADD;

	if (!is_code || merit_argument(import->arguments, "rejects", NULL) == NULL)
		return true;
	merit_complain("there is no file of rejects for codes; the summary names the lines");
	return false;
}

/* ---- First reading ---- */

static void complain_row(const struct import *import, const struct merit_row_fault *fault)
{
	struct merit_buffer text = { 0 };

	merit_buffer_put_format(&text, "%s, line %llu", import->rows.path, (unsigned long long)import->rows.line);
	if (fault->column != NULL)
		merit_buffer_put_format(&text, ", column %.*s", (int)fault->column_size, fault->column);
	if (fault->parameter != NULL)
		merit_buffer_put_format(&text, ", parameter %s", fault->parameter);
	if (fault->value[0] != '\0')
		merit_buffer_put_format(&text, ": \"%s\" is not its form: %s", fault->value, fault->why);
	else
		merit_buffer_put_format(&text, ": %s", fault->why);
	merit_complain("%s", merit_buffer_text(&text));
	merit_buffer_free(&text);
}

static void row_is_bad(struct import *import, const struct merit_row_fault *fault)
{
	if (import->tally.bad_count < COMPLAINTS_MAX)
		complain_row(import, fault);
	merit_tally_bad(&import->tally, import->rows.line, fault->why);
}

/* A row that could not even be read. */
static void row_is_torn(struct import *import)
{
	if (import->tally.bad_count < COMPLAINTS_MAX) {
		if (import->rows.fault_column > 0)
			merit_complain("%s, line %llu, character %llu: %s", import->rows.path,
			               (unsigned long long)import->rows.fault_line,
			               (unsigned long long)import->rows.fault_column, import->rows.fault);
		else
			merit_complain("%s, line %llu: %s", import->rows.path,
			               (unsigned long long)import->rows.fault_line, import->rows.fault);
	}
	merit_tally_bad(&import->tally, import->rows.fault_line, import->rows.fault);
}

/* The last row's parameters and, with --id, its id's base; the latter is "" without. */
static bool row_read(struct import *import, char base_out[MERIT_ROW_BASE_SIZE_MAX + 1], struct merit_row_fault *fault)
{
	struct merit_buffer id = { 0 };
	bool is_good = true;

	base_out[0] = '\0';
	merit_buffer_clear(&import->params);
	merit_buffer_clear(&import->lines);
	if (!merit_mapping_params(&import->mapping, &import->rows, &import->params, &import->lines, fault))
		return false;
	if (import->mapping.has_id) {
		is_good = merit_mapping_id_put(&import->mapping, &import->rows, &id, fault);
		if (is_good)
			memcpy(base_out, merit_buffer_text(&id), id.size + 1);
		merit_buffer_free(&id);
	}
	return is_good;
}

/* Understands every row; sends nothing. */
static enum merit_exit check_all(struct import *import)
{
	struct merit_tally *tally = &import->tally;
	char base[MERIT_ROW_BASE_SIZE_MAX + 1];
	struct merit_row_fault fault;
	enum merit_status status;

	while ((status = merit_rows_next(&import->rows)) == MERIT_OK || status == MERIT_BAD_FORMAT) {
		tally->rows_count++;
		if (status == MERIT_BAD_FORMAT) {
			row_is_torn(import);
			if (merit_rows_is_torn(&import->rows)) {
				merit_complain("the rest of %s cannot be told apart; mend it first", import->rows.path);
				return MERIT_EXIT_USAGE;
			}
		} else if (!merit_mapping_keeps(&import->mapping, &import->rows)) {
			tally->left_out_count++;
		} else if (!row_read(import, base, &fault)) {
			row_is_bad(import, &fault);
		} else {
			tally->kept_count++;
		}
	}
	if (status != MERIT_NOT_FOUND) {
		merit_complain_status(import->rows.path, status);
		return MERIT_EXIT_USAGE;
	}
	if (tally->bad_count > COMPLAINTS_MAX)
		merit_complain("and %llu rows more", (unsigned long long)(tally->bad_count - COMPLAINTS_MAX));
	if (tally->bad_count > 0 && !import->is_skipping_bad) {
		merit_complain("%llu of %llu rows are not understood; nothing was sent. Mend them, or add --skip-bad",
		               (unsigned long long)tally->bad_count, (unsigned long long)tally->rows_count);
		return MERIT_EXIT_USAGE;
	}
	return MERIT_EXIT_DONE;
}

/* ---- Second reading ---- */

/* 20 characters from what the row says and how many said the same before it. */
static void base_make(struct import *import, char base_out[MERIT_ROW_BASE_SIZE_MAX + 1])
{
	struct merit_buffer *said = &import->said;
	uint8_t hash[MERIT_HASH_SIZE];

	merit_buffer_clear(said);
	merit_buffer_put_text(said, import->name);
	merit_buffer_put_char(said, '/');
	merit_buffer_put_text(said, import->mapping.method.name);
	merit_buffer_put(said, import->params.data, import->params.size);
	merit_buffer_need(said);
	merit_sha256(said->data, said->size, hash);
	merit_buffer_put_integer(said, (int64_t)merit_seen_add(&import->seen, hash));
	merit_buffer_need(said);
	merit_sha256(said->data, said->size, hash);
	merit_base64url_encode(hash, ID_HASH_SIZE, base_out);
}

static enum merit_exit send_all(struct import *import)
{
	char base[MERIT_ROW_BASE_SIZE_MAX + 1];
	struct merit_row_fault fault;
	enum merit_status status = merit_rows_rewind(&import->rows);
	enum merit_exit end = MERIT_EXIT_DONE;

	merit_tally_start(&import->tally);
	while (status == MERIT_OK && end == MERIT_EXIT_DONE) {
		status = merit_rows_next(&import->rows);
		if (status == MERIT_BAD_FORMAT) {
			status = MERIT_OK; /* Complained of in the first reading. */
			continue;
		}
		if (status != MERIT_OK || !merit_mapping_keeps(&import->mapping, &import->rows) ||
		    !row_read(import, base, &fault))
			continue;
		if (base[0] == '\0')
			base_make(import, base);
		const struct merit_call_text call = { import->params.data, import->params.size, import->lines.data,
			                              import->lines.size };
		end = merit_sender_add(&import->sender, import->rows.line, base, &call, import->mapping.places);
	}
	if (status != MERIT_OK && status != MERIT_NOT_FOUND) {
		merit_complain_status(import->rows.path, status);
		end = MERIT_EXIT_USAGE;
	}
	return end == MERIT_EXIT_DONE ? merit_sender_finish(&import->sender) : end;
}

/* Every row, with its outcome; an exit other than DONE and REFUSED means that some have none. */
static enum merit_exit send_and_report(struct import *import)
{
	bool is_retrying = merit_argument_flag(import->arguments, "retry-refused");
	enum merit_exit end =
		merit_sender_open(&import->sender, &import->session, &import->tally, &import->mapping,
	                          (size_t)import->batch_rows, (size_t)import->in_flight, is_retrying);

	if (end == MERIT_EXIT_DONE) {
		import->tally.is_retrying = is_retrying;
		end = send_all(import);
		merit_tally_progress(&import->tally, true);
		merit_tally_print(&import->tally, stdout, import->session.is_json);
	}
	merit_sender_close(&import->sender);
	if (end != MERIT_EXIT_DONE)
		return MERIT_EXIT_UNREACHABLE;
	return import->tally.refused_count + import->tally.refused_before_count > 0 ? MERIT_EXIT_REFUSED
	                                                                            : MERIT_EXIT_DONE;
}

/* ---- The command ---- */

static void print_dry(struct import *import)
{
	printf("%llu of %llu rows would be sent; %llu are left out by --where, %llu are not understood\n",
	       (unsigned long long)import->tally.kept_count, (unsigned long long)import->tally.rows_count,
	       (unsigned long long)import->tally.left_out_count, (unsigned long long)import->tally.bad_count);
	if (import->params.size == 0)
		return;
	fputs("the last of them says ", stdout);
	merit_print_plain(stdout, merit_buffer_text(&import->params));
	putchar('\n');
}

static enum merit_exit import_run(struct import *import)
{
	const char *rejects = merit_argument(import->arguments, "rejects", NULL);
	bool is_dry = merit_argument_flag(import->arguments, "dry-run");
	enum merit_exit end = merit_session_open(import->arguments, (unsigned)import->in_flight, &import->session);

	if (end != MERIT_EXIT_DONE)
		return end;
	import->mapping.client = import->session.client;
	if (import->mapping.offset_minutes == MERIT_OFFSET_UNKNOWN && takes_time(&import->mapping.method))
		import->mapping.offset_minutes = merit_session_offset(&import->session);
	if (merit_tally_open(&import->tally, &import->mapping.method, rejects, &import->rows.source))
		end = check_all(import);
	else
		end = MERIT_EXIT_USAGE;
	if (end == MERIT_EXIT_DONE && is_dry)
		print_dry(import);
	else if (end == MERIT_EXIT_DONE)
		end = send_and_report(import);
	/* Only a run that came to its end has all the rejects. */
	bool is_whole = !is_dry && (end == MERIT_EXIT_DONE || end == MERIT_EXIT_REFUSED);
	if (!merit_tally_close(&import->tally, is_whole) && end == MERIT_EXIT_DONE)
		end = MERIT_EXIT_USAGE;
	merit_session_close(&import->session);
	return end;
}

enum merit_exit merit_command_import(const struct merit_arguments *arguments)
{
	static struct import import; /* One a process; too large for the stack's taste. */
	enum merit_exit end = MERIT_EXIT_USAGE;

	import.arguments = arguments;
	if (method_find(&import) && rejects_are_allowed(&import) && mapping_read(&import) && options_read(&import) &&
	    rows_open(&import) && merit_mapping_finish(&import.mapping, &import.rows))
		end = import_run(&import);
	merit_rows_close(&import.rows);
	merit_mapping_free(&import.mapping);
	merit_buffer_free(&import.params);
	merit_buffer_free(&import.lines);
	merit_buffer_free(&import.said);
	merit_seen_free(&import.seen);
	return end;
}
