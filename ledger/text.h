/* text.h - which characters a text may hold: the strict UTF-8 walker and the checks made of it.
 *
 * Never   changes, trims or normalises a text: it is taken as it came or refused.
 * Args    text is size bytes, need not end in NUL, and may hold NUL bytes (every check refuses them).
 * Source  UTF-8: RFC 3629; control and format characters: Unicode chapters 23.1 and 23.2; noncharacters: 23.7. */
#ifndef MERIT_LEDGER_TEXT_H
#define MERIT_LEDGER_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bytes of the first character of text, 1 to 4, and its code point in *point_out. 0, with *point_out untouched,
 * when size is 0 or the bytes are not the shortest UTF-8 form of a character (surrogates are not characters). */
size_t merit_text_first(const char *text, size_t size, uint32_t *point_out);

/* An id, name or reference: 1 to size_max bytes of [A-Za-z0-9._:-]. */
bool merit_text_is_id(const char *text, size_t size, size_t size_max);

/* Lowercase hex digits and nothing else. */
bool merit_text_is_hex(const char *text, size_t size);

/* Who signs: "party/key", each an id of at most name_size_max bytes. */
bool merit_text_is_kid(const char *text, size_t size, size_t name_size_max);

/* What may be shown to a person: 1 to size_max bytes of UTF-8 without control characters (C0, DEL, C1), characters that
 * turn the direction of the text around them (U+202A to U+202E, U+2066 to U+2069), and noncharacters. */
bool merit_text_is_printable(const char *text, size_t size, size_t size_max);

/* ISO 4217: three capital letters. Whether such a currency exists is not asked. */
bool merit_text_is_currency(const char *text, size_t size);

/* A ledger's name in checkpoints, such as merit.example/ledger1: 1 to size_max bytes of a URL without its scheme, that
 * is letters, digits and -._~:/% starting with a letter or digit. A note's key name allows no space and no '+'. */
bool merit_text_is_origin(const char *text, size_t size, size_t size_max);

#endif
