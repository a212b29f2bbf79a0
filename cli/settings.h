/* settings.h - how to reach a ledger and as whom: from the command line, the environment, or a profile.
 *
 * Order    an option wins over its environment variable, that over the profile's line.
 * Profile  lines of "name = value", the names being the options'; '#' begins a comment. It is --profile FILE, or
 *          $MERIT_PROFILE, or ~/.config/merit/profile where that exists. A key's path is taken from the profile's own
 *          folder, so that profile and key can move together.
 * Never    holds a secret: the key stays in its own file. */
#ifndef MERIT_CLI_SETTINGS_H
#define MERIT_CLI_SETTINGS_H

#include "cli/arguments.h"
#include "ledger/arena.h"

#define MERIT_DEFAULT_URL "tcp://127.0.0.1:7420"

/* X(member, "option", "ENVIRONMENT", "VALUE", "about") */
#define MERIT_SETTING_MAP(X)                                                                                           \
	X(url, "url", "MERIT_URL", "URL", "where meritd listens; default " MERIT_DEFAULT_URL)                          \
	X(origin, "origin", "MERIT_ORIGIN", "NAME", "the ledger's name, such as merit.example/ledger1")                \
	X(as, "as", "MERIT_AS", "PARTY/KEY", "who signs, and with which of its keys")                                  \
	X(key, "key", "MERIT_KEY", "FILE", "PEM file of that key")                                                     \
	X(log_key, "log-key", "MERIT_LOG_KEY", "VKEY", "the ledger's own key: every answer must bear its signature")   \
	X(ca, "ca", "MERIT_CA", "FILE", "PEM file of the authorities to believe, for tls+tcp")                         \
	X(timeout, "timeout", "MERIT_TIMEOUT", "SECONDS", "how long to try in all; default 60")

struct merit_settings {
#define X(member, option, environment, value, about) const char *member;
	MERIT_SETTING_MAP(X)
#undef X
	struct merit_arena arena; /* holds what came from a profile */
};

/* Gathers the settings; those found nowhere are NULL. False, with the reason printed. Free them either way. */
MERIT_MUST_USE bool merit_settings_read(const struct merit_arguments *arguments, struct merit_settings *settings_out);
void merit_settings_free(struct merit_settings *settings);

/* Reads one profile line. False for a line that is neither empty, a comment, nor a known name with a value. folder is
 * the profile's, with its '/', or "". Exposed for its test. */
MERIT_MUST_USE bool merit_settings_line(struct merit_settings *settings, char *line, const char *folder);

#endif
