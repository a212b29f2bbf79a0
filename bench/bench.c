/* bench.c - see bench.h. */
#include "bench/bench.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

static const char *scratch; /* for bench_fail alone */

void bench_scratch(const char *directory)
{
	scratch = directory;
}

void bench_fail(const char *format, ...)
{
	va_list arguments;

	(void)fflush(stdout);
	(void)fputs("failed: ", stderr);
	va_start(arguments, format);
	(void)vfprintf(stderr, format, arguments);
	va_end(arguments);
	(void)fputc('\n', stderr);
	if (scratch != NULL)
		(void)fprintf(stderr, "kept: %s\n", scratch);
	_exit(1); /* Other threads may still be at work. */
}

void bench_check(enum merit_status status, const char *doing)
{
	if (status != MERIT_OK)
		bench_fail("%s: %s (%s)", doing, merit_status_word(status), merit_status_text(status));
}

void *bench_allocate(size_t count, size_t size)
{
	void *memory = calloc(count, size);

	if (memory == NULL)
		bench_fail("no memory for %zu x %zu bytes", count, size);
	return memory;
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	if (clock_gettime(clock, &now) != 0)
		bench_fail("a clock cannot be read");
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

uint64_t bench_clock_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

int64_t bench_wall_ms(void)
{
	return (int64_t)(clock_ns(CLOCK_REALTIME) / 1000000);
}

uint64_t bench_own_cpu_ns(void)
{
	return clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

uint64_t bench_process_cpu_ns(pid_t process)
{
	clockid_t clock;

	if (clock_getcpuclockid(process, &clock) != 0)
		bench_fail("process %d is gone", (int)process);
	return clock_ns(clock);
}

uint64_t bench_process_anonymous_size(pid_t process)
{
	char path[64], line[256];
	unsigned long long kib = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)process);
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return 0;
	while (fgets(line, sizeof(line), file) != NULL && sscanf(line, "Anonymous: %llu kB", &kib) != 1)
		continue;
	(void)fclose(file);
	return (uint64_t)kib * 1024;
}

uint64_t bench_disk_size(const char *path)
{
	struct stat status;

	if (stat(path, &status) != 0)
		bench_fail("%s is missing", path);
	return (uint64_t)status.st_blocks * 512;
}

uint64_t bench_divide(uint64_t amount, uint64_t by)
{
	return by == 0 ? 0 : amount / by;
}

/* ---- The machine ---- */

static void read_cpu(char *text, size_t size)
{
	char line[256];
	FILE *file = fopen("/proc/cpuinfo", "re");

	(void)snprintf(text, size, "unknown processor");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		const char *colon = strchr(line, ':');
		if (strncmp(line, "model name", 10) != 0 || colon == NULL)
			continue;
		(void)snprintf(text, size, "%.*s", (int)strcspn(colon + 2, "\n"), colon + 2);
		break;
	}
	if (file != NULL)
		(void)fclose(file);
}

/* The type behind " - " on the line of mountinfo whose third field is the directory's device. */
static void read_file_system(const char *directory, char *text, size_t size)
{
	struct stat status;
	char line[1024], device[32];
	FILE *file = fopen("/proc/self/mountinfo", "re");

	(void)snprintf(text, size, "unknown");
	if (stat(directory, &status) != 0)
		bench_fail("%s is missing", directory);
	(void)snprintf(device, sizeof(device), " %u:%u ", major(status.st_dev), minor(status.st_dev));
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		const char *type = strstr(line, " - ");
		if (strstr(line, device) == NULL || type == NULL)
			continue;
		(void)snprintf(text, size, "%.*s", (int)strcspn(type + 3, " "), type + 3);
		break;
	}
	if (file != NULL)
		(void)fclose(file);
}

void bench_machine_describe(const char *directory, struct bench_machine *machine_out)
{
	struct utsname name;

	read_cpu(machine_out->cpu, sizeof(machine_out->cpu));
	read_file_system(directory, machine_out->file_system, sizeof(machine_out->file_system));
	if (uname(&name) != 0)
		bench_fail("uname");
	(void)snprintf(machine_out->kernel, sizeof(machine_out->kernel), "%s %s", name.sysname, name.release);
	machine_out->cores_count = sysconf(_SC_NPROCESSORS_ONLN);
	machine_out->build_type = *MERIT_BUILD_TYPE == '\0' ? "no build type" : MERIT_BUILD_TYPE;
}

void bench_machine_print(const char *directory)
{
	struct bench_machine machine;

	bench_machine_describe(directory, &machine);
	printf("machine: %s, %ld cores; %s; %s; %s; load %u.%02u\n", machine.cpu, machine.cores_count, machine.kernel,
	       machine.file_system, machine.build_type, bench_load_percent() / 100, bench_load_percent() % 100);
}

unsigned bench_load_percent(void)
{
	unsigned whole = 0, hundredths = 0;
	FILE *file = fopen("/proc/loadavg", "re");

	if (file == NULL || fscanf(file, "%u.%2u", &whole, &hundredths) != 2)
		bench_fail("/proc/loadavg cannot be read");
	(void)fclose(file);
	return whole * 100 + hundredths;
}
