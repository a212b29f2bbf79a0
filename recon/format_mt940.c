/* format_mt940.c - MT940 bank statements: the fields in the lines of a file.
 *
 * Files      of one statement or many, in SWIFT's blocks {1:}{4: ... -} or bare, with whatever banks put in front of
 *            the first field. A statement may go on in the next one: :62M: there, :60M: here.
 * Bytes      UTF-8, or ISO-8859-1 where they are not that. */
#include <string.h>

#include "recon/encoding.h"
#include "recon/mt940.h"

#define TAG_SIZE_MAX 3      /* 62F */
#define LOOKS_SIZE   8192   /* bytes of a file in which its first field begins */
#define DOS_END      '\x1a' /* the end of a file, as DOS had it */

/* Control characters have no place in a field. */
static enum merit_status check_bytes(struct merit_mt940_reader *reader, const char *end)
{
	for (const char *at = reader->field_start; at < end; at++) {
		unsigned char byte = (unsigned char)*at;
		if ((byte < 0x20 && byte != '\t' && byte != '\r' && byte != '\n') || byte == 0x7f)
			return MERIT_MT940_REFUSE(reader, at, "byte 0x%02x is no text", byte);
		if (byte == '\r' && at + 1 < end && at[1] != '\r' && at[1] != '\n')
			return MERIT_MT940_REFUSE(reader, at, "a carriage return without a line feed");
	}
	return MERIT_OK;
}

/* The field that was begun ends here. */
static enum merit_status finish_field(struct merit_mt940_reader *reader, const char *end)
{
	enum merit_status status;
	struct merit_text content = { reader->field_start, 0 };

	if (reader->tag.size == 0)
		return MERIT_OK;
	status = check_bytes(reader, end);
	content.size = (size_t)(end - reader->field_start);
	while (content.size > 0 && strchr(" \t\r\n", content.data[content.size - 1]) != NULL)
		content.size--;
	if (status == MERIT_OK)
		status = merit_mt940_field(reader, content);
	reader->tag.size = 0;
	return status;
}

/* ---- Lines ---- */

/* The tag of a line such as :62F:...; size 0 when it is none. Banks have tags of their own, such as :NS:. */
static struct merit_text tag_of(const char *line, size_t size)
{
	struct merit_text tag = { line + 1, 0 };
	size_t at = 1;

	if (size == 0 || line[0] != ':')
		return tag;
	while (at < size && at <= TAG_SIZE_MAX &&
	       ((line[at] >= '0' && line[at] <= '9') || (line[at] >= 'A' && line[at] <= 'Z')))
		at++;
	if (at < size && at >= 3 && line[at] == ':')
		tag.size = at - 1;
	return tag;
}

/* Whether a line ends a statement: - alone, -} of SWIFT's blocks, or -XXX of one bank. */
static bool is_end(const char *line, size_t size)
{
	return size > 0 && line[0] == '-' &&
	       (size == 1 || line[1] == '}' || (size == 4 && memcmp(line, "-XXX", 4) == 0));
}

/* Blocks stand in front of the first field, or between statements: {1:F01...}{2:O940...}{4: */
static enum merit_status on_blocks(struct merit_mt940_reader *reader, const char *line, size_t size)
{
	const char *two = memmem(line, size, "{2:", 3);

	if (two != NULL && line + size - two >= 7 && memcmp(two + 4, "942", 3) == 0)
		return MERIT_MT940_REFUSE(reader, two, MERIT_MT940_INTERIM);
	return MERIT_OK;
}

static enum merit_status on_line(struct merit_mt940_reader *reader, const char *line, size_t size, uint64_t number)
{
	struct merit_text tag;
	enum merit_status status = MERIT_OK;

	if (size > MERIT_BANK_TEXT_SIZE_MAX)
		return merit_file_refuse(reader->fault, number, MERIT_BANK_TEXT_SIZE_MAX + 1,
		                         "a line of %zu bytes: no statement has such", size);
	if (size >= 3 && memcmp(line, "{1:", 3) == 0) {
		const char *four = memmem(line, size, "{4:", 3);
		status = finish_field(reader, line);
		if (status == MERIT_OK)
			status = on_blocks(reader, line, size);
		if (status != MERIT_OK || four == NULL)
			return status;
		size -= (size_t)(four + 3 - line);
		line = four + 3;
	}
	tag = tag_of(line, size);
	if (tag.size == 0 && !is_end(line, size))
		return status; /* Goes on with the field, or is outside of all. */
	status = finish_field(reader, line);
	reader->tag = tag;
	reader->field_start = line + tag.size + 2;
	reader->field_line = number;
	return status;
}

static enum merit_status read_lines(struct merit_mt940_reader *reader)
{
	const char *end = reader->bytes + reader->size, *next;
	enum merit_status status = MERIT_OK;
	uint64_t number = 1;

	for (const char *line = reader->bytes; status == MERIT_OK && line < end; line = next, number++) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		next = stop != NULL ? stop + 1 : end;
		size_t size = (size_t)((stop != NULL ? stop : end) - line);
		while (size > 0 && (line[size - 1] == '\r' || line[size - 1] == ' '))
			size--;
		status = on_line(reader, line, size, number);
	}
	if (status == MERIT_OK)
		status = finish_field(reader, end);
	return status == MERIT_OK ? merit_mt940_statement_end(reader) : status;
}

/* Whether one of the first lines begins a field of a statement. */
static unsigned looks(const char *bytes, size_t size)
{
	const char *end = bytes + (size < LOOKS_SIZE ? size : LOOKS_SIZE);

	for (const char *line = bytes; line < end;) {
		struct merit_text tag = tag_of(line, (size_t)(end - line));
		if (merit_mt940_is_field(tag) || (end - line >= 6 && memcmp(line, "{1:F01", 6) == 0))
			return MERIT_FILE_LIKENESS_MAX;
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		line = stop != NULL ? stop + 1 : end;
	}
	return 0;
}

static enum merit_status parse(const char *bytes, size_t size, const struct merit_file_options *options,
                               struct merit_file *file, struct merit_file_fault *fault)
{
	struct merit_mt940_reader reader = {
		.bytes = bytes, .size = size, .options = options, .file = file, .fault = fault
	};

	if (looks(bytes, size) == 0)
		return merit_file_refuse(fault, 1, 1, "no MT940: none of its first lines begins a field such as :20:");
	if (bytes[size - 1] == DOS_END)
		reader.size--;
	reader.is_latin1 = !merit_encoding_is_utf8(bytes, size);
	enum merit_status status = read_lines(&reader);
	merit_buffer_free(&reader.told);
	merit_buffer_free(&reader.scratch);
	return status;
}

const struct merit_file_format merit_format_mt940 = {
	.name = "mt940",
	.about = "bank statements as SWIFT has them, MT940",
	.looks = looks,
	.parse = parse,
};
