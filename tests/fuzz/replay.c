/* replay.c - runs a fuzzer's test over the files of its corpus, where there is no libFuzzer.
 * Each file goes in whole, and a small one in each of its prefixes too, from blocks of their exact size.
 *
 * Usage: <parser>_fuzz CORPUS-FOLDER */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_SIZE_MAX ((size_t)8 * 1024 * 1024)
#define PREFIXES_SIZE_MAX ((size_t)1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run_exact(const uint8_t *bytes, size_t size)
{
	uint8_t *exact = malloc(size + (size == 0));

	if (exact == NULL)
		abort();
	memcpy(exact, bytes, size);
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
}

/* False when the file cannot be read whole. */
static int run_file(const char *path, uint8_t *bytes)
{
	FILE *stream = fopen(path, "rb");

	if (stream == NULL)
		return 0;
	size_t size = fread(bytes, 1, FILE_SIZE_MAX, stream);
	int is_whole = !ferror(stream) && size < FILE_SIZE_MAX;
	fclose(stream);
	run_exact(bytes, size);
	for (size_t prefix = 0; size <= PREFIXES_SIZE_MAX && prefix < size; prefix++)
		run_exact(bytes, prefix);
	return is_whole;
}

static unsigned long run_folder(const char *folder, uint8_t *bytes)
{
	unsigned long count = 0;
	DIR *dir = opendir(folder);

	if (dir == NULL)
		return 0;
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		char path[4096];
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (!run_file(path, bytes)) {
			fprintf(stderr, "%s: cannot be read\n", path);
			exit(1);
		}
		count++;
	}
	closedir(dir);
	return count;
}

int main(int argc, char **argv)
{
	uint8_t *bytes = malloc(FILE_SIZE_MAX);

	if (argc != 2 || bytes == NULL) {
		fprintf(stderr, "usage: %s CORPUS-FOLDER\n", argv[0]);
		return 2;
	}
	unsigned long count = run_folder(argv[1], bytes);
	free(bytes);
	printf("%lu inputs\n", count);
	return count > 0 ? 0 : 1; /* A test of nothing must not pass. */
}
