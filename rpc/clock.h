/* clock.h - whether the wall clock may be believed. The ledger's time never falls, so one wrong hour cannot be undone:
 * in doubt, writes wait until an operator says that the clock is right.
 *
 * Doubt    at start: the clock stands more than a minute before the last entry, or more than 400 days past it;
 *          while running: it has moved by more than a minute against CLOCK_BOOTTIME, which nobody can set.
 * Drift    a difference of up to a second between two looks is the slow correction NTP makes: it is forgotten.
 * Confirm  merit clock confirm writes the wall time in milliseconds, decimal, into a file that it then renames to
 *          DIR/clock.confirm; it counts when it is within a minute of this clock, and the file is removed either way.
 * Believed the time by CLOCK_BOOTTIME since the clock was last believed: what a jump does not touch.
 * Threads  one looks and takes confirmations; merit_clock_wall_ms and merit_clock_believed_ms may be called by any. */
#ifndef MERIT_RPC_CLOCK_H
#define MERIT_RPC_CLOCK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define MERIT_CLOCK_STEP_MS      INT64_C(60000)                    /* what counts as a jump */
#define MERIT_CLOCK_DRIFT_MS     INT64_C(1000)                     /* what counts as none */
#define MERIT_CLOCK_ABSENCE_MS   (INT64_C(400) * 24 * 3600 * 1000) /* how long a ledger may have been asleep */
#define MERIT_CLOCK_CONFIRM_FILE "clock.confirm"

/* Where time comes from; tests bring their own. Both in milliseconds. */
struct merit_clock_source {
	int64_t (*wall_ms)(void *context);
	int64_t (*boot_ms)(void *context);
	void *context;
};

extern const struct merit_clock_source merit_clock_system; /* CLOCK_REALTIME and CLOCK_BOOTTIME */

struct merit_clock {
	struct merit_clock_source source;
	_Atomic int64_t offset_ms; /* wall - boot, as last believed */
	bool sure;
};

/* entry_ms is the time of the last entry. */
void merit_clock_start(struct merit_clock *clock, const struct merit_clock_source *source, int64_t entry_ms);

/* Reads the wall clock into *wall_ms_out and says whether it may be believed. Once in doubt it stays so until
 * confirmed, even when the clock jumps back: what happened in between is for a person to judge. */
bool merit_clock_look(struct merit_clock *clock, int64_t *wall_ms_out);

/* Only read. */
int64_t merit_clock_wall_ms(const struct merit_clock *clock);
int64_t merit_clock_believed_ms(const struct merit_clock *clock);

/* Looks for DIR/clock.confirm and takes it. True when it settled the doubt. False also without the file; where there
 * was one, *reason_out says why it does not count. */
bool merit_clock_take_confirmation(struct merit_clock *clock, const char *directory, const char **reason_out);

#endif
