/* pem.c - see pem.h. */
#include "rpc/pem.h"

#include "rpc/log.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_SIZE_MAX ((size_t)256 * 1024)

char *merit_pem_read(const char *path)
{
	FILE *file = fopen(path, "re");
	const char *reason = file == NULL ? strerror(errno) : "empty or too large";
	char *text = file == NULL ? NULL : calloc(1, FILE_SIZE_MAX + 1);
	size_t size = text == NULL ? 0 : fread(text, 1, FILE_SIZE_MAX + 1, file);

	if (file != NULL)
		(void)fclose(file);
	if (size > 0 && size <= FILE_SIZE_MAX)
		return text;
	merit_log(MERIT_LOG_ERROR, "certificate", MERIT_LOG_TEXT("file", path), MERIT_LOG_TEXT("reason", reason));
	merit_pem_free(text);
	return NULL;
}

void merit_pem_free(char *text)
{
	if (text != NULL)
		sodium_memzero(text, FILE_SIZE_MAX + 1);
	free(text);
}
