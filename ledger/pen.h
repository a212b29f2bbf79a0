/* pen.h - writing bytes where there is room for them for certain.
 *
 * Use     at = merit_buffer_begin(buffer, room); at = merit_pen_...(at, ...), as often as room allows;
 *         merit_buffer_end(buffer, at). So a line of an entry asks for room a few times and not at every byte.
 * Args    at is where the piece goes; what is returned is the place behind it
 * Room    a piece takes its own size; others what the constants below say
 * Never   allocates, checks for room or fails: that is the caller's, and merit_buffer_end asserts it afterwards. */
#ifndef MERIT_LEDGER_PEN_H
#define MERIT_LEDGER_PEN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MERIT_PEN_INTEGER_SIZE 20 /* 19 digits and a sign */
#define MERIT_PEN_ESCAPE_SIZE 6   /* a byte of a text as \u00XX */

/* A literal, of a size the compiler knows: a few stores. */
#define merit_pen_literal(at, literal) ((char *)memcpy((at), (literal), sizeof(literal) - 1) + (sizeof(literal) - 1))

static inline char *merit_pen_char(char *at, char byte)
{
	*at = byte;
	return at + 1;
}

/* Most names, ids and keys have 4 to 16 bytes: two moves that overlap cost 1 ns, a call of memcpy 4. */
static inline char *merit_pen_bytes(char *at, const void *bytes, size_t size)
{
	const char *from = bytes;

	if (size >= 8 && size <= 16) {
		uint64_t first, last;
		memcpy(&first, from, sizeof(first));
		memcpy(&last, from + size - sizeof(last), sizeof(last));
		memcpy(at, &first, sizeof(first));
		memcpy(at + size - sizeof(last), &last, sizeof(last));
	} else if (size >= 4 && size < 8) {
		uint32_t first, last;
		memcpy(&first, from, sizeof(first));
		memcpy(&last, from + size - sizeof(last), sizeof(last));
		memcpy(at, &first, sizeof(first));
		memcpy(at + size - sizeof(last), &last, sizeof(last));
	} else if (size > 0) {
		memcpy(at, from, size);
	}
	return at + size;
}

extern const char merit_pen_pairs[]; /* "000102...99" */

/* Two digits, of 0 to 99. */
static inline char *merit_pen_pair(char *at, uint32_t value)
{
	return (char *)memcpy(at, merit_pen_pairs + 2 * (size_t)value, 2) + 2;
}

char *merit_pen_integer(char *at, int64_t value); /* decimal, every digit */
char *merit_pen_hex(char *at, const void *bytes, size_t size);

/* text of size bytes, valid UTF-8, as it stands within the quotes of a JSON string: escapes only ", \ and control
 * characters. */
char *merit_pen_escaped(char *at, const char *text, size_t size);

#endif
