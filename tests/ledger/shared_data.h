/* shared_data.h - reading the real data that lies beside the project, for tests.
 *
 * MERIT_SHARED_DATA names the data folder. Where it is unset or absent a test says so and is skipped. */
#ifndef MERIT_TESTS_SHARED_DATA_H
#define MERIT_TESTS_SHARED_DATA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* The data folder. Skips the running test where there is none. */
static inline const char *shared_data(void)
{
	const char *folder = getenv("MERIT_SHARED_DATA");
	FILE *file = NULL;

	if (folder != NULL)
		file = fopen(folder, "r");
	if (file == NULL) {
		print_message("skipped: MERIT_SHARED_DATA does not name a folder of data\n");
		skip();
	}
	fclose(file);
	return folder;
}

/* A whole file with a NUL behind it; the caller frees it. Fails the test when it cannot be read. */
static inline char *file_read(const char *path, size_t *size_out)
{
	FILE *file = fopen(path, "rb");
	size_t capacity = 1 << 20, size = 0;

	if (file == NULL)
		fail_msg("cannot open %s", path);
	char *bytes = malloc(capacity);
	assert_non_null(bytes);
	size = fread(bytes, 1, capacity - 1, file);
	assert_true(feof(file) != 0);
	fclose(file);
	bytes[size] = '\0';
	if (size_out != NULL)
		*size_out = size;
	return bytes;
}

/* The same for a file in the data folder, which is given as for printf. */
__attribute__((format(printf, 2, 3))) static inline char *shared_read(size_t *size_out, const char *format, ...)
{
	char path[4096];
	int size = snprintf(path, sizeof(path), "%s/", shared_data());
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(path + size, sizeof(path) - (size_t)size, format, arguments);
	va_end(arguments);
	return file_read(path, size_out);
}

#endif
