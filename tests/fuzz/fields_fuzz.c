/* fields_fuzz.c - any bytes as what a browser writes into a request line and its fields.
 * Holds   a path that is taken begins with '/', is within its limit, and has no character that could mislead; an
 *         address that is taken has one text, and is the same for meritd; a tag and a coding are found where they
 *         stand. */
#include "mall/fields.h"

#include "ledger/limits.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_path(const char *text)
{
	char path[MERIT_PATH_SIZE_MAX + 1];

	if (!merit_fields_path(text, path))
		return;
	assert(path[0] == '/' && strlen(path) <= strlen(text));
	for (const char *at = path; *at != '\0'; at++)
		assert((unsigned char)*at > ' ' && *at != '\\' && *at != 0x7f);
}

/* It begins a line to meritd, which reads it again. */
static void check_address(const char *address, const struct merit_peer *peer)
{
	char again[MERIT_ADDRESS_SIZE];
	struct merit_peer read;

	assert(address[strspn(address, "0123456789abcdef:.")] == '\0');
	bool is_address = merit_fields_address(merit_text_of(address), again, &read);
	assert(is_address && strcmp(again, address) == 0);
	assert(read.size == peer->size && memcmp(read.address, peer->address, read.size) == 0);
}

static void try_address(const char *text, size_t size)
{
	char address[MERIT_ADDRESS_SIZE];
	struct merit_peer peer;

	if (merit_fields_address((struct merit_text){ text, size }, address, &peer))
		check_address(address, &peer);
	if (merit_fields_last_hop(text, address, &peer))
		check_address(address, &peer);
}

static void try_rest(const char *text)
{
	if (merit_fields_is_host(text))
		assert(merit_fields_is_origin(text, "http", "a") == false);
	if (merit_fields_is_envelope(text))
		assert(strlen(text) <= MERIT_ENVELOPE_SIZE_MAX && strpbrk(text, "@\r\n ") == NULL);
	if (merit_fields_accepts(text, "br"))
		assert(strlen(text) >= 2);
	if (merit_fields_names_tag(text, "\"a\""))
		assert(strchr(text, '*') != NULL || strstr(text, "\"a\"") != NULL);
	if (merit_fields_is_json(text))
		assert(strlen(text) >= strlen("application/json"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	assert(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	try_path(text);
	try_address(text, size);
	try_rest(text);
	free(text);
	return 0;
}
