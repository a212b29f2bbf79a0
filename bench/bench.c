/* bench.c - see bench.h. */
#include "bench/bench.h"

#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- Ending early ---- */

/* What a failure names and an interrupt clears away; the handler reads them whenever it likes. */
static const char *volatile scratch;
static volatile pid_t children[BENCH_CHILDREN_MAX]; /* 0: none */

/* Only what a signal handler may call: hence another program removes the directory. */
static void clear_away(int signal_number)
{
	const char *directory = scratch;

	for (size_t i = 0; i < BENCH_CHILDREN_MAX; i++) {
		if (children[i] > 0 && kill(children[i], SIGKILL) == 0)
			(void)waitpid(children[i], NULL, 0);
	}
	pid_t remover = directory == NULL ? -1 : _Fork();
	if (remover == 0) {
		(void)execl("/bin/rm", "rm", "-rf", "--", directory, (char *)NULL);
		_exit(127);
	}
	if (remover > 0)
		(void)waitpid(remover, NULL, 0);
	(void)raise(signal_number); /* By now its default again, and delivered when this returns. */
}

static void watch_interrupts(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = clear_away, .sa_flags = (int)SA_RESETHAND };

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		(void)sigaddset(&action.sa_mask, signals[i]);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		if (sigaction(signals[i], &action, NULL) != 0)
			bench_fail("signals cannot be watched");
	}
}

void bench_scratch_begins(const char *directory)
{
	if (scratch != NULL)
		return;
	scratch = directory;
	watch_interrupts();
}

void bench_scratch_ended(const char *directory)
{
	if (scratch == directory)
		scratch = NULL;
}

static void replace_child(pid_t child, pid_t by)
{
	for (size_t i = 0; i < BENCH_CHILDREN_MAX; i++) {
		if (children[i] != child)
			continue;
		children[i] = by;
		return;
	}
	bench_fail("more children than there is room for");
}

void bench_child_begins(pid_t child)
{
	replace_child(0, child);
}

void bench_child_ended(pid_t child)
{
	replace_child(child, 0);
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

/* The number behind name in a file of a process; 0 when there is none, or it is shown to root only. */
static uint64_t process_number(pid_t process, const char *file_name, const char *name)
{
	char path[64], line[256];
	size_t name_size = strlen(name);
	unsigned long long number = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)process, file_name);
	FILE *file = fopen(path, "re");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		if (strncmp(line, name, name_size) == 0 && sscanf(line + name_size, ": %llu", &number) == 1)
			break;
	}
	if (file != NULL)
		(void)fclose(file);
	return number;
}

uint64_t bench_process_anonymous_size(pid_t process)
{
	return process_number(process, "smaps_rollup", "Anonymous") * 1024;
}

uint64_t bench_process_shared_size(pid_t process)
{
	return process_number(process, "status", "RssShmem") * 1024;
}

uint64_t bench_process_written_size(pid_t process)
{
	return process_number(process, "io", "write_bytes");
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

uint64_t bench_per_second(uint64_t count, uint64_t spent_ns)
{
	unsigned __int128 product = (unsigned __int128)count * 1000000000; /* a day's load does not fit in 64 bits */

	return spent_ns == 0 ? 0 : (uint64_t)(product / spent_ns);
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

/* proc(5): the first line's numbers are user, nice, system, idle, waiting for the disk, two kinds of interrupts, stolen. */
struct bench_cores bench_cores_now(void)
{
	uint64_t ticks[8];
	FILE *file = fopen("/proc/stat", "re");

	if (file == NULL || fscanf(file, "cpu") != 0)
		bench_fail("/proc/stat cannot be read");
	for (size_t i = 0; i < 8; i++) {
		if (fscanf(file, "%" SCNu64, &ticks[i]) != 1)
			bench_fail("/proc/stat is not as expected");
	}
	(void)fclose(file);
	return (struct bench_cores){ ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6], ticks[7] };
}

unsigned bench_stolen_percent(const struct bench_cores *since)
{
	struct bench_cores now = bench_cores_now();
	uint64_t stolen = now.stolen - since->stolen;

	return (unsigned)bench_divide(stolen * 100, now.worked - since->worked + stolen);
}
