/* log.c - see log.h. */
#include "rpc/log.h"

#include "ledger/buffer.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

static enum merit_log_level level_max = MERIT_LOG_INFO;

static const char *const level_words[] = { "error", "warning", "info", "debug" };

void merit_log_set_level(enum merit_log_level level)
{
	level_max = level;
}

static void put_time(struct merit_buffer *line)
{
	struct timespec now;
	struct tm parts;
	char text[32];

	(void)clock_gettime(CLOCK_REALTIME, &now);
	(void)gmtime_r(&now.tv_sec, &parts);
	(void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &parts);
	merit_buffer_put_format(line, "time=%s.%03ldZ", text, now.tv_nsec / 1000000L);
}

/* Bare where logfmt allows it, else quoted: a value must not be able to begin a field or a line of its own. */
static void put_value(struct merit_buffer *line, const char *text)
{
	bool bare = *text != '\0';

	for (const char *at = text; *at != '\0'; at++)
		bare = bare && *at > ' ' && *at < 0x7f && *at != '"' && *at != '=' && *at != '\\';
	if (bare)
		merit_buffer_put_text(line, text);
	else
		merit_buffer_put_json(line, text, strlen(text));
}

void merit_log_fields(enum merit_log_level level, const char *event, const struct merit_log_field *fields)
{
	struct merit_buffer line = { 0 };

	if (level > level_max)
		return;
	put_time(&line);
	merit_buffer_put_format(&line, " level=%s event=%s", level_words[level], event);
	for (; fields->name != NULL; fields++) {
		merit_buffer_put_format(&line, " %s=", fields->name);
		if (fields->text != NULL)
			put_value(&line, fields->text);
		else
			merit_buffer_put_integer(&line, fields->number);
	}
	merit_buffer_put_char(&line, '\n');
	if (!line.bad && write(STDERR_FILENO, line.data, line.size) < 0) {
		/* There is nowhere left to complain. */
	}
	merit_buffer_free(&line);
}
