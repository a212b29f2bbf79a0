/* clock.c - see clock.h. */
#include "rpc/clock.h"

#include "ledger/lines.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static int64_t read_ms(clockid_t id)
{
	struct timespec now;

	(void)clock_gettime(id, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t system_wall_ms(void *context)
{
	(void)context;
	return read_ms(CLOCK_REALTIME);
}

static int64_t system_boot_ms(void *context)
{
	(void)context;
	return read_ms(CLOCK_BOOTTIME);
}

const struct merit_clock_source merit_clock_system = { system_wall_ms, system_boot_ms, NULL };

static int64_t distance_ms(int64_t a, int64_t b)
{
	return a > b ? a - b : b - a;
}

/* Wall minus boot: the same for as long as nobody sets the clock. */
static int64_t offset_ms(const struct merit_clock *clock, int64_t wall_ms)
{
	return wall_ms - clock->source.boot_ms(clock->source.context);
}

void merit_clock_start(struct merit_clock *clock, const struct merit_clock_source *source, int64_t entry_ms)
{
	clock->source = *source;
	int64_t wall_ms = merit_clock_wall_ms(clock);
	clock->offset_ms = offset_ms(clock, wall_ms);
	clock->sure = wall_ms >= entry_ms - MERIT_CLOCK_STEP_MS && wall_ms - entry_ms <= MERIT_CLOCK_ABSENCE_MS;
}

bool merit_clock_look(struct merit_clock *clock, int64_t *wall_ms_out)
{
	int64_t wall_ms = merit_clock_wall_ms(clock);
	int64_t offset = offset_ms(clock, wall_ms);
	int64_t moved_ms = distance_ms(offset, clock->offset_ms);

	if (moved_ms > MERIT_CLOCK_STEP_MS)
		clock->sure = false;
	else if (moved_ms <= MERIT_CLOCK_DRIFT_MS)
		clock->offset_ms = offset; /* Steps in between are kept, so that many small ones add up. */
	*wall_ms_out = wall_ms;
	return clock->sure;
}

int64_t merit_clock_wall_ms(const struct merit_clock *clock)
{
	return clock->source.wall_ms(clock->source.context);
}

int64_t merit_clock_believed_ms(const struct merit_clock *clock)
{
	return clock->source.boot_ms(clock->source.context) + clock->offset_ms;
}

/* The number in the file, which must hold nothing else but one newline behind it. NULL, or why not. */
static const char *confirmation_read(const char *path, uint64_t *wall_ms_out)
{
	char text[32];

	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return "clock.confirm cannot be read: run merit clock confirm as the user of meritd";
	ssize_t size = read(fd, text, sizeof(text));
	(void)close(fd);
	if (size > 0 && text[size - 1] == '\n')
		size--;
	bool is_time = size > 0 && size < (ssize_t)sizeof(text) &&
	               merit_line_decimal((struct merit_slice){ text, (size_t)size }, wall_ms_out);
	return is_time ? NULL : "clock.confirm holds no time";
}

bool merit_clock_take_confirmation(struct merit_clock *clock, const char *directory, const char **reason_out)
{
	char path[PATH_MAX];
	uint64_t confirmed_ms = 0;
	int64_t wall_ms = merit_clock_wall_ms(clock);

	*reason_out = NULL;
	int size = snprintf(path, sizeof(path), "%s/%s", directory, MERIT_CLOCK_CONFIRM_FILE);
	if (size < 0 || (size_t)size >= sizeof(path) || access(path, F_OK) != 0)
		return false;
	*reason_out = confirmation_read(path, &confirmed_ms);
	(void)unlink(path);
	if (*reason_out == NULL && distance_ms((int64_t)confirmed_ms, wall_ms) > MERIT_CLOCK_STEP_MS)
		*reason_out = "the time confirmed is more than a minute from this machine's clock";
	if (*reason_out != NULL)
		return false;
	clock->offset_ms = offset_ms(clock, wall_ms);
	clock->sure = true;
	return true;
}
