/* encode.c - see encode.h. libsodium does the work; this file makes it as strict as encode.h says. */
#include "ledger/encode.h"

#include <sodium.h>

enum { BASE64 = sodium_base64_VARIANT_ORIGINAL, BASE64URL = sodium_base64_VARIANT_URLSAFE_NO_PADDING };

void merit_hex_encode(const void *bytes, size_t size, char *text_out)
{
	sodium_bin2hex(text_out, MERIT_HEX_SIZE(size) + 1, bytes, size);
}

void merit_base64_encode(const void *bytes, size_t size, char *text_out)
{
	sodium_bin2base64(text_out, MERIT_BASE64_SIZE(size) + 1, bytes, size, BASE64);
}

void merit_base64url_encode(const void *bytes, size_t size, char *text_out)
{
	sodium_bin2base64(text_out, MERIT_BASE64URL_SIZE(size) + 1, bytes, size, BASE64URL);
}

void merit_base64_put(struct merit_buffer *buffer, const void *bytes, size_t size)
{
	if (!merit_buffer_reserve(buffer, MERIT_BASE64_SIZE(size) + 1))
		return;
	merit_base64_encode(bytes, size, buffer->data + buffer->size);
	buffer->size += MERIT_BASE64_SIZE(size);
}

void merit_base64url_put(struct merit_buffer *buffer, const void *bytes, size_t size)
{
	if (!merit_buffer_reserve(buffer, MERIT_BASE64URL_SIZE(size) + 1))
		return;
	merit_base64url_encode(bytes, size, buffer->data + buffer->size);
	buffer->size += MERIT_BASE64URL_SIZE(size);
}

bool merit_hex_decode(const char *text, size_t text_size, void *bytes_out, size_t capacity, size_t *size_out)
{
	for (size_t i = 0; i < text_size; i++) {
		if (text[i] >= 'A' && text[i] <= 'F') /* libsodium takes capitals too. */
			return false;
	}
	/* Without an end pointer, libsodium fails on anything it did not consume. */
	return sodium_hex2bin(bytes_out, capacity, text, text_size, NULL, size_out, NULL) == 0;
}

/* Some versions of libsodium, 1.0.18 among them, take certain bytes above 0x7f for the last letters of the alphabet. */
static bool base64_decode(const char *text, size_t text_size, void *bytes_out, size_t capacity, size_t *size_out,
                          int variant)
{
	for (size_t i = 0; i < text_size; i++) {
		if (((unsigned char)text[i] & 0x80) != 0)
			return false;
	}
	return sodium_base642bin(bytes_out, capacity, text, text_size, NULL, size_out, NULL, variant) == 0;
}

bool merit_base64_decode(const char *text, size_t text_size, void *bytes_out, size_t capacity, size_t *size_out)
{
	return base64_decode(text, text_size, bytes_out, capacity, size_out, BASE64);
}

bool merit_base64url_decode(const char *text, size_t text_size, void *bytes_out, size_t capacity, size_t *size_out)
{
	return base64_decode(text, text_size, bytes_out, capacity, size_out, BASE64URL);
}
