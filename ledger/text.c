/* text.c - see text.h. */
#include "ledger/text.h"

#include <string.h>

/* The size of a character by its first byte, and the code points that size is for. */
static const struct form {
	unsigned char lead_mask, lead;
	size_t size;
	uint32_t point_min, point_max;
} forms[] = {
	{ 0x80, 0x00, 1, 0x0, 0x7F },
	{ 0xE0, 0xC0, 2, 0x80, 0x7FF },
	{ 0xF0, 0xE0, 3, 0x800, 0xFFFF },
	{ 0xF8, 0xF0, 4, 0x10000, 0x10FFFF },
};

static const struct form *form_of(unsigned char lead)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if ((lead & forms[i].lead_mask) == forms[i].lead)
			return &forms[i];
	}
	return NULL;
}

size_t merit_text_first(const char *text, size_t size, uint32_t *point_out)
{
	const unsigned char *bytes = (const unsigned char *)text;

	if (size == 0)
		return 0;
	const struct form *form = form_of(bytes[0]);
	if (form == NULL || form->size > size)
		return 0;
	uint32_t point = bytes[0] & (unsigned char)~form->lead_mask;
	for (size_t i = 1; i < form->size; i++) {
		if ((bytes[i] & 0xC0) != 0x80)
			return 0;
		point = point << 6 | (bytes[i] & 0x3FU);
	}
	bool is_surrogate = point >= 0xD800 && point <= 0xDFFF;
	if (point < form->point_min || point > form->point_max || is_surrogate)
		return 0;
	*point_out = point;
	return form->size;
}

/* What a letter may be part of. */
enum { OF_ID = 1, OF_ORIGIN = 2, OF_HEX = 4 };

static const uint8_t letters[256] = {
	['0' ... '9'] = OF_ID | OF_ORIGIN | OF_HEX,
	['A' ... 'Z'] = OF_ID | OF_ORIGIN,
	['a' ... 'f'] = OF_ID | OF_ORIGIN | OF_HEX,
	['g' ... 'z'] = OF_ID | OF_ORIGIN,
	['.'] = OF_ID | OF_ORIGIN,
	['_'] = OF_ID | OF_ORIGIN,
	[':'] = OF_ID | OF_ORIGIN,
	['-'] = OF_ID | OF_ORIGIN,
	['~'] = OF_ORIGIN,
	['/'] = OF_ORIGIN,
	['%'] = OF_ORIGIN,
};

/* Without a branch a letter: nobody foresees whether a digit or a letter comes next in a hash, and calls have those. */
static bool is_made_of(const char *text, size_t size, unsigned part)
{
	for (size_t i = 0; i < size; i++)
		part &= letters[(unsigned char)text[i]];
	return part != 0;
}

static bool is_letter_or_digit(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
}

bool merit_text_is_id(const char *text, size_t size, size_t size_max)
{
	return size >= 1 && size <= size_max && is_made_of(text, size, OF_ID);
}

/* Sixteen letters side by side: a hash costs 60 steps in place of 390. */
bool merit_text_is_hex(const char *text, size_t size)
{
	typedef unsigned char sixteen __attribute__((vector_size(16)));
	sixteen these, others = { 0 };
	uint64_t is_other[2];

	for (; size >= sizeof(these); size -= sizeof(these), text += sizeof(these)) {
		memcpy(&these, text, sizeof(these));
		others |= (sixteen)(these - '0' > 9) & (sixteen)(these - 'a' > 5);
	}
	memcpy(is_other, &others, sizeof(others));
	return (is_other[0] | is_other[1]) == 0 && is_made_of(text, size, OF_HEX);
}

bool merit_text_is_kid(const char *text, size_t size, size_t name_size_max)
{
	const char *slash = memchr(text, '/', size);
	size_t party_size = slash == NULL ? 0 : (size_t)(slash - text);

	return slash != NULL && merit_text_is_id(text, party_size, name_size_max) &&
	       merit_text_is_id(slash + 1, size - party_size - 1, name_size_max);
}

static bool is_printable(uint32_t point)
{
	if (point < 0x20 || (point >= 0x7F && point <= 0x9F))
		return false;
	if ((point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069))
		return false;
	bool is_nonchar = (point >= 0xFDD0 && point <= 0xFDEF) || (point & 0xFFFE) == 0xFFFE;
	return !is_nonchar;
}

bool merit_text_is_printable(const char *text, size_t size, size_t size_max)
{
	if (size < 1 || size > size_max)
		return false;
	for (size_t at = 0; at < size;) {
		uint32_t point;
		size_t step = merit_text_first(text + at, size - at, &point);
		if (step == 0 || !is_printable(point))
			return false;
		at += step;
	}
	return true;
}

bool merit_text_is_origin(const char *text, size_t size, size_t size_max)
{
	if (size < 1 || size > size_max || !is_letter_or_digit(text[0]))
		return false;
	return is_made_of(text, size, OF_ORIGIN) && memmem(text, size, "://", 3) == NULL;
}

bool merit_text_is_currency(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (text[i] < 'A' || text[i] > 'Z')
			return false;
	}
	return size == 3;
}
