/* file.c - see file.h: the file's bytes, the table of formats, and the lists readers fill. */
#include "recon/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/currency.h"
#include "ledger/entry.h"
#include "recon/list.h"

/* In the order in which they are asked. The last one looks like nothing: it needs a mapping, or its name. */
static const struct merit_file_format *const formats[] = {
	&merit_format_camt053, &merit_format_mt940,  &merit_format_wechat, &merit_format_alipay, &merit_format_cmb,
	&merit_format_icbc,    &merit_format_hsbchk, &merit_format_jd,     &merit_format_csv,
};
#define FORMATS_COUNT (sizeof(formats) / sizeof(formats[0]))
#define LIKENESS_MIN  60 /* what is less like a format than this is none that merit knows */

const struct merit_file_format *merit_file_format_at(size_t index)
{
	return index < FORMATS_COUNT ? formats[index] : NULL;
}

/* ---- Faults ---- */

/* Cuts a text that was too long for its place back to a whole character. */
static void text_end_cleanly(char *text, size_t size)
{
	while (size > 0 && ((unsigned char)text[size - 1] & 0xc0) == 0x80)
		size--;
	text[size > 0 ? size - 1 : 0] = '\0';
}

enum merit_status merit_file_refuse(struct merit_file_fault *fault, uint64_t line, uint64_t column, const char *format,
                                    ...)
{
	va_list arguments;

	fault->line = line;
	fault->column = column;
	va_start(arguments, format);
	int size = vsnprintf(fault->why, sizeof(fault->why), format, arguments);
	va_end(arguments);
	if (size >= (int)sizeof(fault->why))
		text_end_cleanly(fault->why, sizeof(fault->why) - 1);
	return MERIT_BAD_FORMAT;
}

/* A fault of the whole file whose status is not BAD_FORMAT. */
static enum merit_status fail(struct merit_file_fault *fault, enum merit_status status, const char *why)
{
	(void)merit_file_refuse(fault, 0, 0, "%s", why);
	return status;
}

/* "camt.053, mt940, ..." into text. */
static void list_formats(char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < FORMATS_COUNT && used < size; i++) {
		int more = snprintf(text + used, size - used, "%s%s", i == 0 ? "" : ", ", formats[i]->name);
		used += more > 0 ? (size_t)more : 0;
	}
}

/* ---- Parsing ---- */

static const struct merit_file_format *format_named(const char *name)
{
	for (size_t i = 0; i < FORMATS_COUNT; i++) {
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	}
	return NULL;
}

/* What people send in place of the text that merit reads; NULL when it begins like none of these. */
static const char *name_of_other(const char *bytes, size_t size)
{
	static const struct {
		const char *bytes, *name;
	} others[] = {
		{ "PK\3\4", "an Excel workbook (.xlsx) or a zip archive: save it as CSV, or unpack it" },
		{ "\xd0\xcf\x11\xe0", "an Excel workbook (.xls): save it as CSV" },
		{ "\x1f\x8b", "packed with gzip: unpack it" },
		{ "%PDF", "a PDF: ask for the same as a file of data" },
		{ "OFXHEADER", "OFX, not a format merit knows: ask the bank for camt.053 or MT940" },
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		size_t beginning_size = strlen(others[i].bytes);
		if (size >= beginning_size && memcmp(bytes, others[i].bytes, beginning_size) == 0)
			return others[i].name;
	}
	return NULL;
}

/* NULL when nothing is like it. */
static const struct merit_file_format *format_most_like(const char *bytes, size_t size)
{
	const struct merit_file_format *found = NULL;
	unsigned most = LIKENESS_MIN - 1;

	for (size_t i = 0; i < FORMATS_COUNT && most < MERIT_FILE_LIKENESS_MAX; i++) {
		unsigned likeness = formats[i]->looks(bytes, size);
		if (likeness > most) {
			most = likeness;
			found = formats[i];
		}
	}
	return found;
}

/* The format that was told, or what the bytes look like; NULL with the fault set. */
static const struct merit_file_format *
format_choose(const char *bytes, size_t size, const struct merit_file_options *options, struct merit_file_fault *fault)
{
	char known[120];

	list_formats(known, sizeof(known));
	if (options->format != NULL) {
		const struct merit_file_format *format = format_named(options->format);
		if (format == NULL)
			(void)merit_file_refuse(fault, 0, 0, "no such format: %.32s; known are %s", options->format,
			                        known);
		return format;
	}
	if (options->mapping != NULL)
		return &merit_format_csv;
	const struct merit_file_format *found = format_most_like(bytes, size);
	if (found != NULL)
		return found;
	(void)merit_file_refuse(fault, 0, 0, "not a format merit knows: CSV needs a mapping; known are %s", known);
	return NULL;
}

/* The days it covers, where the reader did not hear the file say so. */
static void set_days(struct merit_file *file)
{
	for (size_t i = 0; file->first_day == MERIT_DAY_NONE && i < file->items_count; i++) {
		if (file->items[i].kind != MERIT_ITEM_UNREADABLE)
			file->first_day = file->last_day = file->items[i].day;
	}
	for (size_t i = 0; i < file->items_count; i++) {
		const struct merit_recon_item *item = &file->items[i];
		if (item->kind == MERIT_ITEM_UNREADABLE)
			continue;
		file->first_day = item->day < file->first_day ? item->day : file->first_day;
		file->last_day = item->day > file->last_day ? item->day : file->last_day;
	}
}

static enum merit_status parse_into(const char *bytes, size_t size, const struct merit_file_options *options,
                                    struct merit_file *file, struct merit_file_fault *fault)
{
	if (size == 0)
		return merit_file_refuse(fault, 0, 0, "the file is empty");
	const char *other = name_of_other(bytes, size);
	if (other != NULL)
		return merit_file_refuse(fault, 0, 0, "%s", other);
	const struct merit_file_format *format = format_choose(bytes, size, options, fault);
	if (format == NULL)
		return MERIT_BAD_FORMAT;
	file->format = format->name;
	enum merit_status status = format->parse(bytes, size, options, file, fault);
	if (status == MERIT_OK)
		set_days(file);
	return status;
}

enum merit_status merit_file_parse(const void *bytes, size_t size, const struct merit_file_options *options,
                                   struct merit_file *file_out, struct merit_file_fault *fault_out)
{
	struct merit_file file = { .first_day = MERIT_DAY_NONE, .last_day = MERIT_DAY_NONE };

	*fault_out = (struct merit_file_fault){ 0 };
	enum merit_status status = parse_into(bytes, size, options, &file, fault_out);
	if (status != MERIT_OK) {
		assert(status != MERIT_BAD_FORMAT || fault_out->why[0] != '\0');
		merit_file_free(&file);
		return status == MERIT_BAD_FORMAT ? status : fail(fault_out, status, merit_status_text(status));
	}
	merit_sha256(bytes, size, file.hash.bytes);
	*file_out = file;
	return MERIT_OK;
}

/* ---- Reading ---- */

/* Everything up to the end of the file: a pipe has no size to go by. */
static enum merit_status read_all(int fd, size_t size_hint, struct merit_buffer *bytes, struct merit_file_fault *fault)
{
	if (!merit_buffer_reserve(bytes, size_hint + 1))
		return fail(fault, MERIT_NO_MEMORY, merit_status_text(MERIT_NO_MEMORY));
	for (;;) {
		if (!merit_buffer_reserve(bytes, 1))
			return fail(fault, MERIT_NO_MEMORY, merit_status_text(MERIT_NO_MEMORY));
		ssize_t got = read(fd, bytes->data + bytes->size, bytes->capacity - bytes->size);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail(fault, MERIT_IO_FAILED, strerror(errno));
		if (got == 0)
			return MERIT_OK;
		bytes->size += (size_t)got;
		if (bytes->size > MERIT_FILE_SIZE_MAX)
			return merit_file_refuse(fault, 0, 0, "the file is over 1 GiB; split it");
	}
}

static enum merit_status read_open(int fd, struct merit_buffer *bytes, struct merit_file_fault *fault)
{
	struct stat about;

	if (fstat(fd, &about) != 0)
		return fail(fault, MERIT_IO_FAILED, strerror(errno));
	if (S_ISDIR(about.st_mode))
		return fail(fault, MERIT_IO_FAILED, "it is a directory");
	if (about.st_size > MERIT_FILE_SIZE_MAX)
		return merit_file_refuse(fault, 0, 0, "the file is over 1 GiB; split it");
	return read_all(fd, about.st_size > 0 ? (size_t)about.st_size : 0, bytes, fault);
}

enum merit_status merit_file_read(const char *path, const struct merit_file_options *options,
                                  struct merit_file *file_out, struct merit_file_fault *fault_out)
{
	struct merit_buffer bytes = { 0 };

	*fault_out = (struct merit_file_fault){ 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(fault_out, errno == ENOENT ? MERIT_NOT_FOUND : MERIT_IO_FAILED, strerror(errno));
	enum merit_status status = read_open(fd, &bytes, fault_out);
	(void)close(fd);
	if (status == MERIT_OK)
		status = merit_file_parse(bytes.data, bytes.size, options, file_out, fault_out);
	merit_buffer_free(&bytes);
	return status;
}

/* ---- Controls ---- */

static void put_amount(struct merit_buffer *out, const char *before, const struct merit_file_control *control,
                       int64_t amount)
{
	merit_buffer_put_text(out, before);
	if (control->currency[0] == '\0') {
		merit_put_thousands(out, amount);
		return;
	}
	merit_money_put(out, amount, control->currency, false);
	merit_buffer_put_format(out, " %s", control->currency);
}

/* In what a control does not agree, as a sentence. */
static void put_disagreement(struct merit_buffer *out, const struct merit_file_control *control)
{
	if (control->kind == MERIT_CONTROL_UNCLOSED) {
		put_amount(out, "it opens with ", control, control->opening);
		merit_buffer_put_format(out, " and has no closing balance in %s: is it cut off?", control->currency);
	} else if (control->kind == MERIT_CONTROL_UNOPENED) {
		put_amount(out, "it closes with ", control, control->stated);
		merit_buffer_put_format(out, " and has no opening balance in %s: is its beginning missing?",
		                        control->currency);
	} else if (control->kind == MERIT_CONTROL_CLOSING) {
		put_amount(out, "it opens with ", control, control->opening);
		put_amount(out, ", its lines come to ", control, control->computed - control->opening);
		put_amount(out, ", and it closes with ", control, control->stated);
		put_amount(out, " in place of ", control, control->computed);
	} else {
		merit_buffer_put_text(out, control->what);
		put_amount(out, ": the file says ", control, control->stated);
		put_amount(out, control->kind == MERIT_CONTROL_COUNT ? ", and has " : ", its lines come to ", control,
		           control->computed);
	}
}

static bool agrees(const struct merit_file_control *control)
{
	return control->kind != MERIT_CONTROL_UNCLOSED && control->kind != MERIT_CONTROL_UNOPENED &&
	       control->stated == control->computed;
}

bool merit_file_check(const struct merit_file *file, struct merit_file_fault *fault_out)
{
	struct merit_buffer why = { 0 };
	size_t i = 0;

	while (i < file->controls_count && agrees(&file->controls[i]))
		i++;
	if (i == file->controls_count)
		return true;
	put_disagreement(&why, &file->controls[i]);
	(void)merit_file_refuse(fault_out, file->controls[i].line, 0, "%.*s", why.bad ? 0 : (int)why.size, why.data);
	merit_buffer_free(&why);
	return false;
}

void merit_file_free(struct merit_file *file)
{
	free(file->items);
	free(file->skips);
	free(file->controls);
	free(file->balances);
	merit_arena_free(&file->arena);
	*file = (struct merit_file){ 0 };
}

/* ---- For readers ---- */

struct merit_recon_item *merit_file_add_item(struct merit_file *file)
{
	return merit_recon_list_add(&file->items, &file->items_count, &file->items_capacity, sizeof(*file->items));
}

struct merit_file_skip *merit_file_add_skip(struct merit_file *file)
{
	return merit_recon_list_add(&file->skips, &file->skips_count, &file->skips_capacity, sizeof(*file->skips));
}

struct merit_file_control *merit_file_add_control(struct merit_file *file)
{
	return merit_recon_list_add(&file->controls, &file->controls_count, &file->controls_capacity,
	                            sizeof(*file->controls));
}

struct merit_file_balance *merit_file_add_balance(struct merit_file *file)
{
	return merit_recon_list_add(&file->balances, &file->balances_count, &file->balances_capacity,
	                            sizeof(*file->balances));
}

struct merit_text merit_file_keep(struct merit_file *file, const char *text, size_t size, bool *no_memory)
{
	struct merit_text kept = { "", 0 };

	if (size == 0)
		return kept;
	const char *copy = merit_arena_copy(&file->arena, text, size);
	if (copy == NULL) {
		*no_memory = true;
		return kept;
	}
	return (struct merit_text){ copy, size };
}
