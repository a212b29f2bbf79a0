/* document.c - see document.h. */
#include "tests/support/document.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DOCUMENT_SIZE_MAX ((size_t)1024 * 1024)

struct document document_open(const char *path)
{
	const char *root = getenv("MERIT_SOURCE_DIR");
	struct document document = { .path = path };
	char whole[4096];

	assert_non_null(root);
	assert_true(snprintf(whole, sizeof(whole), "%s/%s", root, path) < (int)sizeof(whole));
	FILE *file = fopen(whole, "re");
	if (file == NULL)
		fail_msg("there is no %s", whole);
	document.text = malloc(DOCUMENT_SIZE_MAX + 1);
	assert_non_null(document.text);
	document.size = fread(document.text, 1, DOCUMENT_SIZE_MAX, file);
	assert_true(feof(file) != 0);
	document.text[document.size] = '\0';
	fclose(file);
	return document;
}

void document_close(struct document *document)
{
	free(document->text);
	document->text = NULL;
}

bool document_holds(const struct document *document, const struct merit_buffer *text)
{
	assert_false(text->bad);
	for (const char *at = document->text; at != NULL && *at != '\0'; at = strchr(at, '\n'), at += at != NULL) {
		size_t left = document->size - (size_t)(at - document->text);
		if (left >= text->size && memcmp(at, text->data, text->size) == 0)
			return true;
	}
	/* Not print_message, which cuts long texts. */
	printf("%s lacks:\n%.*s\n", document->path, (int)text->size, text->data);
	fflush(stdout);
	return false;
}

unsigned document_line(const struct document *document, const char *at)
{
	unsigned line = 1;

	for (const char *byte = document->text; byte < at; byte++)
		line += *byte == '\n';
	return line;
}

const char *document_block(const char *at, const char *language, struct merit_buffer *out)
{
	char fence[32];

	snprintf(fence, sizeof(fence), "\n```%s\n", language);
	const char *start = strstr(at, fence);
	if (start == NULL)
		return NULL;
	start += strlen(fence);
	const char *end = strstr(start - 1, "\n```\n");
	assert_non_null(end);
	merit_buffer_clear(out);
	for (const char *byte = start; byte < end; byte++) {
		if (*byte != '\n')
			merit_buffer_put_char(out, *byte);
		else
			byte += strspn(byte + 1, " \t");
	}
	merit_buffer_put_char(out, '\0');
	assert_false(out->bad);
	out->size--;
	return end + 1;
}

void document_block_below(const struct document *document, const char *heading, const char *language,
                          struct merit_buffer *out)
{
	char line[128];

	snprintf(line, sizeof(line), "\n%s", heading);
	const char *at = strstr(document->text, line);
	if (at == NULL || document_block(at, language, out) == NULL)
		fail_msg("%s has no block of %s below \"%s\"", document->path, language, heading);
}
