/* status.c - the words and texts of status.h, made from its one list. */
#include "ledger/status.h"

#include <stddef.h>
#include <string.h>

#define X(name, number, word, text) { MERIT_##name, word, text },
static const struct { enum merit_status status; const char *word; const char *text; } rows[] = { MERIT_STATUS_MAP(X) };
#undef X

const char *merit_status_word(enum merit_status status)
{
#define X(name, number, word, text) case MERIT_##name: return word;
	switch (status) { MERIT_STATUS_MAP(X) }
#undef X
	return "unknown"; /* A newer peer may send a number this build does not know. */
}

const char *merit_status_text(enum merit_status status)
{
#define X(name, number, word, text) case MERIT_##name: return text;
	switch (status) { MERIT_STATUS_MAP(X) }
#undef X
	return "this build does not know the status";
}

bool merit_status_from_word(const char *word, enum merit_status *status_out)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(rows[i].word, word) == 0) {
			*status_out = rows[i].status;
			return true;
		}
	}
	return false;
}

bool merit_status_at(unsigned index, enum merit_status *status_out)
{
	if (index >= sizeof(rows) / sizeof(rows[0]))
		return false;
	*status_out = rows[index].status;
	return true;
}
