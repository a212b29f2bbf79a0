/* encode.h - bytes as text and back: hex, base64, base64url.
 *
 * Strict  every value has exactly one text. Refused: any character outside the alphabet (white space too), missing or
 *         extra padding, unused bits that are not zero, capital hex digits.
 * Args    texts are given with their size and need no NUL; a NUL inside is a wrong character like any other.
 * Never   allocates, but for the buffer the caller hands in.
 * Source  RFC 4648: base64 is section 4 with padding, base64url section 5 without, hex section 8 in lower case.
 *         Hex into a merit_buffer is merit_buffer_put_hex in buffer.h. */
#ifndef MERIT_LEDGER_ENCODE_H
#define MERIT_LEDGER_ENCODE_H

#include "ledger/buffer.h"
#include "ledger/status.h"

/* Characters that size bytes take, without a NUL. */
#define MERIT_HEX_SIZE(size)       ((size) * 2)
#define MERIT_BASE64_SIZE(size)    (((size) + 2) / 3 * 4)
#define MERIT_BASE64URL_SIZE(size) (((size) * 4 + 2) / 3)

/* The text of size bytes and a NUL into text_out, which has room for MERIT_..._SIZE(size) + 1. */
void merit_hex_encode(const void *bytes, size_t size, char *text_out);
void merit_base64_encode(const void *bytes, size_t size, char *text_out);
void merit_base64url_encode(const void *bytes, size_t size, char *text_out);

/* The same behind what the buffer holds. */
void merit_base64_put(struct merit_buffer *buffer, const void *bytes, size_t size);
void merit_base64url_put(struct merit_buffer *buffer, const void *bytes, size_t size);

/* The bytes of text into bytes_out, which holds capacity, and their number into *size_out.
 * False when the text is not strict or its bytes do not fit; bytes_out may then hold a part of them. */
MERIT_MUST_USE bool merit_hex_decode(const char *text, size_t text_size, void *bytes_out, size_t capacity,
                                     size_t *size_out);
MERIT_MUST_USE bool merit_base64_decode(const char *text, size_t text_size, void *bytes_out, size_t capacity,
                                        size_t *size_out);
MERIT_MUST_USE bool merit_base64url_decode(const char *text, size_t text_size, void *bytes_out, size_t capacity,
                                           size_t *size_out);

#endif
