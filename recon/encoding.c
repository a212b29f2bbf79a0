/* encoding.c - see encoding.h. */
#include "recon/encoding.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>

#include "ledger/text.h"

#define CHUNK_SIZE ((size_t)64 * 1024)

static const char *const encodings[] = {
	"UTF-8",    "GB18030",  "GBK",        "BIG5",        "UTF-16",
	"UTF-16LE", "UTF-16BE", "ISO-8859-1", "ISO-8859-15", "WINDOWS-1252",
};

const char *merit_encoding_find(const char *name)
{
	for (size_t i = 0; i < sizeof(encodings) / sizeof(encodings[0]); i++) {
		if (strcasecmp(encodings[i], name) == 0)
			return encodings[i];
	}
	return NULL;
}

static bool is_utf8(const char *encoding)
{
	return strcmp(encoding, "UTF-8") == 0;
}

/* Where the first byte stands that is not of a whole character of UTF-8; size when there is none. */
static size_t utf8_end(const char *text, size_t size)
{
	size_t at = 0;
	uint32_t point;

	while (at < size) {
		uint64_t eight;
		if (size - at >= sizeof(eight)) {
			memcpy(&eight, text + at, sizeof(eight));
			if ((eight & 0x8080808080808080u) == 0) {
				at += sizeof(eight);
				continue;
			}
		}
		size_t step = merit_text_first(text + at, size - at, &point);
		if (step == 0)
			return at;
		at += step;
	}
	return size;
}

bool merit_encoding_is_utf8(const char *bytes, size_t size)
{
	return utf8_end(bytes, size) == size;
}

/* Refuses what stands behind the part that could be read. */
static enum merit_status refuse_behind(const char *encoding, struct merit_text read, struct merit_file_fault *fault)
{
	const char *line = read.data;
	uint64_t line_count = 1;

	for (size_t i = 0; i < read.size; i++) {
		if (read.data[i] == '\n') {
			line = read.data + i + 1;
			line_count++;
		}
	}
	struct merit_text part = { line, (size_t)(read.data + read.size - line) };
	return merit_file_refuse(fault, line_count, merit_encoding_size(encoding, part) + 1,
	                         "bytes that are not %s: is the file in another encoding, or cut off?", encoding);
}

static enum merit_status decode_utf8(const char *bytes, size_t size, bool is_head, struct merit_text *text_out,
                                     struct merit_file_fault *fault)
{
	size_t end = utf8_end(bytes, size);

	if (end < size && !is_head)
		return refuse_behind("UTF-8", (struct merit_text){ bytes, end }, fault);
	*text_out = (struct merit_text){ bytes, end };
	return MERIT_OK;
}

/* Everything that can be converted; *left_out is how many bytes cannot. */
static enum merit_status convert(iconv_t converter, const char *bytes, size_t size, struct merit_buffer *buffer,
                                 size_t *left_out)
{
	char *in = (char *)(uintptr_t)bytes; /* iconv never writes there. */
	size_t left = size;

	while (left > 0) {
		if (!merit_buffer_reserve(buffer, CHUNK_SIZE))
			return MERIT_NO_MEMORY;
		char *out = buffer->data + buffer->size;
		size_t room = buffer->capacity - buffer->size;
		size_t done = iconv(converter, &in, &left, &out, &room);
		int reason = done == (size_t)-1 ? errno : 0;
		buffer->size = (size_t)(out - buffer->data);
		if (reason != 0 && reason != E2BIG)
			break;
	}
	*left_out = left;
	return MERIT_OK;
}

static enum merit_status decode_other(const char *encoding, const char *bytes, size_t size, bool is_head,
                                      struct merit_buffer *buffer, struct merit_text *text_out,
                                      struct merit_file_fault *fault)
{
	iconv_t converter = iconv_open("UTF-8", encoding);
	size_t left;

	if (converter == (iconv_t)-1)
		return merit_file_refuse(fault, 0, 0, "this system cannot read %s", encoding);
	merit_buffer_clear(buffer);
	enum merit_status status = convert(converter, bytes, size, buffer, &left);
	(void)iconv_close(converter);
	if (status != MERIT_OK)
		return status;
	struct merit_text text = { buffer->data == NULL ? "" : buffer->data, buffer->size };
	if (left > 0 && !is_head)
		return refuse_behind(encoding, text, fault);
	*text_out = text;
	return MERIT_OK;
}

enum merit_status merit_encoding_decode(const char *encoding, const char *bytes, size_t size, bool is_head,
                                        struct merit_buffer *buffer, struct merit_text *text_out,
                                        struct merit_file_fault *fault)
{
	enum merit_status status = is_utf8(encoding)
	                                   ? decode_utf8(bytes, size, is_head, text_out, fault)
	                                   : decode_other(encoding, bytes, size, is_head, buffer, text_out, fault);

	if (status == MERIT_OK && text_out->size >= 3 && memcmp(text_out->data, "\xef\xbb\xbf", 3) == 0) {
		text_out->data += 3;
		text_out->size -= 3;
	}
	return status;
}

size_t merit_encoding_size(const char *encoding, struct merit_text part)
{
	char *in = (char *)(uintptr_t)part.data, scratch[256];
	size_t left = part.size, total = 0;

	if (is_utf8(encoding))
		return part.size;
	/* Named without an order of bytes, UTF-16 would put a mark in front. */
	iconv_t converter = iconv_open(strcmp(encoding, "UTF-16") == 0 ? "UTF-16LE" : encoding, "UTF-8");
	if (converter == (iconv_t)-1)
		return part.size;
	while (left > 0) {
		char *out = scratch;
		size_t room = sizeof(scratch);
		size_t done = iconv(converter, &in, &left, &out, &room);
		total += sizeof(scratch) - room;
		if (done == (size_t)-1 && errno != E2BIG)
			break;
	}
	(void)iconv_close(converter);
	return total;
}
