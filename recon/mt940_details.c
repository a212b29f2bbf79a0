/* mt940_details.c - the field :86:, what the bank tells of an entry; see mt940.h.
 *
 * Three forms are in use, told apart by how they begin:
 *   166?00GUTSCHRIFT?20EREF+X?21SVWZ+Y   a code of three digits, a separator of the bank's choice, and numbered parts;
 *                                        20 to 29 and 60 to 63 are one text, whose words EREF+ and the like begin
 *                                        fields
 *   /EREF/X/REMI/Y                       words between slashes
 *   anything else                        a text, in which words such as EREF+ may stand as well
 * Lines break wherever they are full, within a word too. A bank that cut blanks at their ends took them for good. */
#include <ctype.h>
#include <string.h>

#include "recon/bank.h"
#include "recon/mt940.h"

#define LINE_SIZE_FULL 65 /* bytes: a line of this size goes on in the next, */
#define PART_SIZE_FULL 27 /* and a numbered part of this size as well */

/* Between numbered parts: the first goes on in the second, or ends there. */
#define GOES_ON        '\n'
#define ENDS           '\v'

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* Appends text without its line breaks; with a blank for each break where blanks is set, but for that of a full line.
 * */
static void put_joined(struct merit_buffer *out, struct merit_text text, bool blanks)
{
	const char *end = text.data + text.size;

	for (const char *at = text.data; at < end;) {
		const char *next = memchr(at, '\n', (size_t)(end - at));
		size_t size = (size_t)((next != NULL ? next : end) - at);
		size_t shown_size = size > 0 && at[size - 1] == '\r' ? size - 1 : size;
		merit_buffer_put(out, at, shown_size);
		if (blanks && next != NULL && shown_size != LINE_SIZE_FULL)
			merit_buffer_put_char(out, ' ');
		at += size + (next != NULL);
	}
}

/* ---- Words that begin a field: EREF+ ---- */

static const char *const words[] = {
	"EREF", "KREF", "MREF", "PREF", "CRED", "DEBT", "COAM", "OAMT", "SVWZ",
	"ABWA", "ABWE", "IBAN", "BIC",  "BREF", "RREF", "PURP", "ANAM", "MTLG",
};

/* The size of the word with its + or :, when a field begins here; else 0. */
static size_t word_size(struct merit_text text, size_t at)
{
	if (at > 0 && strchr("\n\v ", text.data[at - 1]) == NULL)
		return 0;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t size = strlen(words[i]);
		if (text.size - at > size && memcmp(text.data + at, words[i], size) == 0 &&
		    (text.data[at + size] == '+' || text.data[at + size] == ':'))
			return size + 1;
	}
	return 0;
}

/* The first field of this word, up to the next one. */
static struct merit_text find_word(struct merit_text text, const char *word)
{
	struct merit_text found = { "", 0 };

	for (size_t at = 0; at < text.size; at++) {
		size_t size = word_size(text, at);
		if (size == 0)
			continue;
		if (found.size > 0)
			return merit_bank_trim(
				(struct merit_text){ found.data, (size_t)(text.data + at - found.data) });
		if (size == strlen(word) + 1 && memcmp(text.data + at, word, size - 1) == 0)
			found = (struct merit_text){ text.data + at + size, text.size - at - size };
	}
	return merit_bank_trim(found);
}

/* Takes the breaks between numbered parts out of a field. With blanks one that ends becomes a blank, for people; a
 * reference has none: banks differ in where they break it. The text lies in the buffer, which has room enough. */
static struct merit_text without_breaks(struct merit_buffer *buffer, struct merit_text text, bool blanks)
{
	size_t start = buffer->size;

	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] != GOES_ON && text.data[i] != ENDS)
			merit_buffer_put_char(buffer, text.data[i]);
		else if (text.data[i] == ENDS && blanks)
			merit_buffer_put_char(buffer, ' ');
	}
	return merit_bank_trim((struct merit_text){ buffer->data + start, buffer->size - start });
}

/* ---- Numbered parts ---- */

/* The separator, when the field begins with a code of three digits, it, and the number of a part; else NUL. */
static char separator_of(struct merit_text text)
{
	bool fits = text.size >= 6 && is_digit(text.data[0]) && is_digit(text.data[1]) && is_digit(text.data[2]) &&
	            is_digit(text.data[4]) && is_digit(text.data[5]);

	return fits && ispunct((unsigned char)text.data[3]) ? text.data[3] : '\0';
}

static bool is_part(struct merit_text text, size_t at, char separator)
{
	return text.size - at >= 3 && text.data[at] == separator && is_digit(text.data[at + 1]) &&
	       is_digit(text.data[at + 2]);
}

/* The parts 20 to 29 and 60 to 63, with breaks between; where there are none, part 00, which names the kind of
 * booking. */
static void put_purpose(struct merit_buffer *out, struct merit_text text, char separator)
{
	struct merit_text kind = { "", 0 };
	size_t start = out->size, before_size = 0, next;

	for (size_t at = 3; at < text.size; at = next) {
		int number = (text.data[at + 1] - '0') * 10 + (text.data[at + 2] - '0');
		for (next = at + 3; next < text.size && !is_part(text, next, separator); next++)
			;
		struct merit_text part = { text.data + at + 3, next - at - 3 };
		if ((number >= 20 && number <= 29) || (number >= 60 && number <= 63)) {
			if (out->size > start)
				merit_buffer_put_char(out, before_size == PART_SIZE_FULL ? GOES_ON : ENDS);
			merit_buffer_put(out, part.data, part.size);
			before_size = part.size;
		} else if (number == 0) {
			kind = part;
		}
	}
	if (out->size == start)
		merit_buffer_put(out, kind.data, kind.size);
}

/* ---- Words between slashes ---- */

static const char *const slashed[] = {
	"EREF", "PREF", "KREF", "MARF", "REMI", "BENM", "ORDP", "NAME", "ISDT", "TRTP", "IBAN", "BIC",  "CNTP", "CSID",
	"RTRN", "ULTD", "ULTB", "ULTC", "PURP", "ADDR", "ID",   "ACCW", "TRCD", "USTD", "STRD", "SVCL", "CREF", "OCMT",
};

static bool is_slashed(struct merit_text text, size_t at, const char *word)
{
	size_t size = strlen(word);

	return text.size - at >= size + 2 && text.data[at] == '/' && text.data[at + 1 + size] == '/' &&
	       memcmp(text.data + at + 1, word, size) == 0;
}

/* The size of the word with its slashes, when one begins here; else 0. */
static size_t slashed_size(struct merit_text text, size_t at)
{
	for (size_t i = 0; text.data[at] == '/' && i < sizeof(slashed) / sizeof(slashed[0]); i++) {
		if (is_slashed(text, at, slashed[i]))
			return strlen(slashed[i]) + 2;
	}
	return 0;
}

static struct merit_text trim_slashes(struct merit_text text)
{
	text = merit_bank_trim(text);
	while (text.size > 0 && text.data[text.size - 1] == '/')
		text.size--;
	while (text.size > 0 && text.data[0] == '/') {
		text.data++;
		text.size--;
	}
	return merit_bank_trim(text);
}

/* What stands between /word/ and the next word. Within a remittance USTD and STRD only say what kind it is. */
static struct merit_text find_slashed(struct merit_text text, const char *word)
{
	size_t start = 0; /* of the value; 0: not found yet */

	for (size_t at = 0; at < text.size; at++) {
		size_t size = slashed_size(text, at);
		if (size == 0)
			continue;
		struct merit_text value = { text.data + start, at > start ? at - start : 0 };
		if (start > 0 && trim_slashes(value).size > 0)
			return trim_slashes(value);
		bool is_kind = is_slashed(text, at, "USTD") || is_slashed(text, at, "STRD");
		if (is_slashed(text, at, word) || (start > 0 && is_kind))
			start = at + size;
		else
			start = 0;
		at += size - 2; /* The slash behind a word may begin the next one. */
	}
	return start > 0 ? trim_slashes((struct merit_text){ text.data + start, text.size - start })
	                 : (struct merit_text){ "", 0 };
}

static void read_slashed(struct merit_text text, struct merit_mt940_details *details)
{
	details->end_to_end = find_slashed(text, "EREF");
	details->customer = find_slashed(text, "PREF");
	if (details->customer.size == 0)
		details->customer = find_slashed(text, "KREF");
	details->mandate = find_slashed(text, "MARF");
	details->remittance = find_slashed(text, "REMI");
	if (details->remittance.size == 0)
		details->remittance = text;
}

/* ---- All forms ---- */

static void read_words(struct merit_buffer *buffer, struct merit_text text, struct merit_mt940_details *details)
{
	struct merit_text remittance = find_word(text, "SVWZ");

	if (remittance.size == 0)
		remittance = find_word(text, "MTLG"); /* What the bank itself says. */
	details->end_to_end = without_breaks(buffer, find_word(text, "EREF"), false);
	details->customer = without_breaks(buffer, find_word(text, "KREF"), false);
	details->mandate = without_breaks(buffer, find_word(text, "MREF"), false);
	details->remittance = without_breaks(buffer, remittance.size > 0 ? remittance : text, true);
}

static bool begins_slashed(struct merit_text text)
{
	return text.size > 0 && slashed_size(text, 0) > 0;
}

bool merit_mt940_details_read(struct merit_text field, struct merit_buffer *buffer,
                              struct merit_mt940_details *details_out)
{
	*details_out = (struct merit_mt940_details){ 0 };
	field = merit_bank_trim(field);
	merit_buffer_clear(buffer);
	/* All that is ever put: the text joined, its purpose, and the fields of that without breaks. Nothing moves. */
	if (!merit_buffer_reserve(buffer, 8 * (field.size + 64)))
		return false;
	put_joined(buffer, field, false);
	struct merit_text text = { buffer->data, buffer->size };
	char separator = separator_of(text);
	if (separator == '\0' && begins_slashed(text)) {
		read_slashed(text, details_out);
		return !buffer->bad;
	}
	size_t start = buffer->size;
	if (separator != '\0')
		put_purpose(buffer, text, separator);
	else
		put_joined(buffer, field, true);
	read_words(buffer, (struct merit_text){ buffer->data + start, buffer->size - start }, details_out);
	return !buffer->bad;
}
