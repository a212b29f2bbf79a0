/* settings.c - see settings.h. */
#include "cli/settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/output.h"

#define PROFILE_LINE_SIZE_MAX 1024

/* The text without blanks around it; changes it in place. */
static char *trim(char *text)
{
	text += strspn(text, " \t");
	size_t size = strlen(text);
	while (size > 0 && strchr(" \t\r\n", text[size - 1]) != NULL)
		text[--size] = '\0';
	return text;
}

/* folder/path where path is relative, with ~/ taken as the home folder. */
static const char *path_in(struct merit_arena *arena, const char *folder, const char *path)
{
	const char *home = getenv("HOME");
	struct merit_buffer joined = { 0 };

	if (strncmp(path, "~/", 2) == 0 && home != NULL)
		merit_buffer_put_format(&joined, "%s%s", home, path + 1);
	else
		merit_buffer_put_format(&joined, "%s%s", path[0] == '/' ? "" : folder, path);
	merit_buffer_need(&joined);
	const char *copy = merit_arena_copy(arena, joined.data, joined.size);
	merit_buffer_free(&joined);
	return copy;
}

bool merit_settings_line(struct merit_settings *settings, char *line, const char *folder)
{
	const char **slot = NULL;

	line = trim(line);
	if (*line == '\0' || *line == '#')
		return true;
	char *equals = strchr(line, '=');
	if (equals == NULL)
		return false;
	*equals = '\0';
	const char *name = trim(line), *value = trim(equals + 1);
#define X(member, option, environment, placeholder, about)                                                             \
	if (strcmp(name, option) == 0)                                                                                 \
		slot = &settings->member;
	MERIT_SETTING_MAP(X)
#undef X
	if (slot == NULL || *value == '\0')
		return false;
	bool is_path = slot == &settings->key || slot == &settings->ca;
	*slot = is_path ? path_in(&settings->arena, folder, value)
	                : merit_arena_copy(&settings->arena, value, strlen(value));
	merit_need(*slot);
	return true;
}

static bool profile_read(struct merit_settings *settings, const char *path, bool may_be_absent)
{
	char line[PROFILE_LINE_SIZE_MAX];
	unsigned number = 0;
	bool is_good = true;

	FILE *file = fopen(path, "re");
	if (file == NULL) {
		if (may_be_absent && errno == ENOENT)
			return true;
		merit_complain("cannot read the profile %s: %s", path, strerror(errno));
		return false;
	}
	const char *slash = strrchr(path, '/');
	const char *folder = merit_arena_copy(&settings->arena, path, slash == NULL ? 0 : (size_t)(slash + 1 - path));
	merit_need(folder);
	while (is_good && fgets(line, sizeof(line), file) != NULL) {
		number++;
		is_good = merit_settings_line(settings, line, folder);
	}
	fclose(file);
	if (!is_good)
		merit_complain("%s, line %u: write name = value with one of url, origin, as, key, log-key, ca, timeout",
		               path, number);
	return is_good;
}

static bool usual_profile_read(struct merit_settings *settings)
{
	const char *home = getenv("HOME");
	const char *config = getenv("XDG_CONFIG_HOME");
	struct merit_buffer path = { 0 };

	if (config != NULL && *config != '\0')
		merit_buffer_put_format(&path, "%s/merit/profile", config);
	else if (home != NULL && *home != '\0')
		merit_buffer_put_format(&path, "%s/.config/merit/profile", home);
	else
		return true;
	bool is_good = profile_read(settings, merit_buffer_text(&path), true);
	merit_buffer_free(&path);
	return is_good;
}

bool merit_settings_read(const struct merit_arguments *arguments, struct merit_settings *settings_out)
{
	const char *profile = merit_argument(arguments, "profile", getenv("MERIT_PROFILE"));
	const char *value;

	*settings_out = (struct merit_settings){ 0 };
	if (profile != NULL && *profile != '\0' ? !profile_read(settings_out, profile, false)
	                                        : !usual_profile_read(settings_out))
		return false;
#define X(member, option, environment, placeholder, about)                                                             \
	value = merit_argument(arguments, option, getenv(environment));                                                \
	if (value != NULL && *value != '\0')                                                                           \
		settings_out->member = value;
	MERIT_SETTING_MAP(X)
#undef X
	return true;
}

void merit_settings_free(struct merit_settings *settings)
{
	merit_arena_free(&settings->arena);
}
