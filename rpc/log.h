/* log.h - the service's log: one line of logfmt on stderr for each event.
 *
 *   time=2026-01-31T08:15:04.123Z level=info event=ready listen=tcp://127.0.0.1:7420 entries=12
 *
 * Never    the content of a message, a key, a token: names, numbers and statuses only.
 * Threads  any number at once: a line is one write. */
#ifndef MERIT_RPC_LOG_H
#define MERIT_RPC_LOG_H

#include <stdint.h>

enum merit_log_level { MERIT_LOG_ERROR, MERIT_LOG_WARNING, MERIT_LOG_INFO, MERIT_LOG_DEBUG };

/* One name=value. text NULL: the number is the value. */
struct merit_log_field {
	const char *name;
	const char *text;
	int64_t number;
};

#define MERIT_LOG_TEXT(field, value)   ((struct merit_log_field){ .name = (field), .text = (value) })
#define MERIT_LOG_NUMBER(field, value) ((struct merit_log_field){ .name = (field), .number = (int64_t)(value) })

/* Writes one line: merit_log(MERIT_LOG_INFO, "ready", MERIT_LOG_TEXT("listen", url)). Fields may be left out. */
/* clang-format off */
#define merit_log(level, ...) merit_log_fields(level, MERIT_LOG_SPLIT(__VA_ARGS__, ))
#define MERIT_LOG_SPLIT(event, ...) event, (const struct merit_log_field[]){ __VA_ARGS__ { .name = NULL } }
/* clang-format on */

/* The call behind the macro; fields end with a NULL name. */
void merit_log_fields(enum merit_log_level level, const char *event, const struct merit_log_field *fields);

/* Lines above level are left out. The default is MERIT_LOG_INFO. Set before other threads log. */
void merit_log_set_level(enum merit_log_level level);

#endif
