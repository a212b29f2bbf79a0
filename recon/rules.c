/* rules.c - see match.h: the rules file, read strictly, and the rules where there is none.
 *
 * What the file says is looked up member by member in a table; what is not in it is refused by name. The JSON reader
 * knows no places, so where a fault is, is looked for in the text afterwards: it is JSON then, and short. */
#include <stdio.h>
#include <string.h>

#include "ledger/json.h"
#include "ledger/text.h"
#include "recon/match.h"

static const char built_in[] =
	"{\"passes\":["
	"{\"name\":\"reference\",\"by\":\"reference\",\"confirm\":true},"
	"{\"name\":\"reference, days\",\"by\":\"reference\",\"days\":3,\"confirm\":true},"
	"{\"name\":\"sum by reference\",\"by\":\"sum\",\"share\":\"reference\",\"many\":\"theirs\",\"days\":3,"
	"\"confirm\":true},"
	"{\"name\":\"our sum by reference\",\"by\":\"sum\",\"share\":\"reference\",\"many\":\"ours\",\"days\":3,"
	"\"confirm\":true},"
	"{\"name\":\"sum by "
	"group\",\"by\":\"sum\",\"share\":\"group\",\"many\":\"theirs\",\"days\":3,\"confirm\":true},"
	"{\"name\":\"our sum by "
	"group\",\"by\":\"sum\",\"share\":\"group\",\"many\":\"ours\",\"days\":3,\"confirm\":true}"
	"],\"timing_days\":1}";

#define MEMBER_SHOWN_MAX 64 /* bytes of an unknown member's name that a fault repeats */

struct reading {
	const char *text;
	size_t size;
	struct merit_file_fault *fault;
	const cJSON *object; /* being read */
	int pass;            /* which it is, from 0; -1: the whole */
};

/* ---- Where a fault is ---- */

static const char *skip_text(const char *at, const char *end)
{
	for (at++; at < end && *at != '"'; at++)
		at += *at == '\\';
	return at;
}

/* Whether the text at is a key, and this one. */
static bool is_key(const char *at, const char *end, const char *name)
{
	size_t size = strlen(name);

	if ((size_t)(end - at) <= size + 1 || memcmp(at + 1, name, size) != 0 || at[size + 1] != '"')
		return false;
	for (at += size + 2; at < end && strchr(" \t\r\n", *at) != NULL;)
		at++;
	return at < end && *at == ':';
}

/* The member of this name of the pass, or of the whole; else where the pass begins, or the whole. Text is JSON. A pass
 * is an object that opens within one object and one array. */
static const char *find_member(const struct reading *reading, const char *name)
{
	const char *end = reading->text + reading->size, *begins = NULL;
	int depth = 0, passes = 0;

	for (const char *at = reading->text; at < end; at++) {
		int wanted_depth = reading->pass < 0 ? 1 : 3;
		bool is_inside = depth == wanted_depth && (reading->pass < 0 || passes == reading->pass + 1);
		if (*at == '"') {
			if (is_inside && name != NULL && is_key(at, end, name))
				return at;
			at = skip_text(at, end);
		} else if (*at == '{' || *at == '[') {
			passes += depth == 2;
			depth++;
			is_inside = depth == wanted_depth && (reading->pass < 0 || passes == reading->pass + 1);
			if (begins == NULL && is_inside)
				begins = at;
		} else if (*at == '}' || *at == ']') {
			depth--;
		}
	}
	return begins != NULL ? begins : reading->text;
}

static enum merit_status refuse_at(const struct reading *reading, const char *at, const char *why)
{
	uint64_t line = 1, column = 1;

	for (const char *c = reading->text; c < at; c++) {
		column = *c == '\n' ? 1 : column + 1;
		line += *c == '\n';
	}
	return merit_file_refuse(reading->fault, line, column, "%s", why);
}

/* name NULL: the pass itself, or the whole. */
static enum merit_status refuse(const struct reading *reading, const char *name, const char *why)
{
	char text[200], of[32] = "";

	if (reading->pass >= 0)
		(void)snprintf(of, sizeof(of), name == NULL ? "pass %d" : " of pass %d", reading->pass + 1);
	if (name == NULL)
		(void)snprintf(text, sizeof(text), "%s %s", reading->pass < 0 ? "the file" : of, why);
	else
		(void)snprintf(text, sizeof(text), "\"%s\"%s %s", name, of, why);
	return refuse_at(reading, find_member(reading, name), text);
}

static enum merit_status refuse_whole(const struct reading *reading, const char *name, const char *why)
{
	struct reading whole = *reading;

	whole.pass = -1;
	return refuse(&whole, name, why);
}

/* What is no JSON, or none of ours: where cJSON stops, which is less strict, or else the whole file. */
static enum merit_status refuse_json(const struct reading *reading, enum merit_status status)
{
	const char *stopped = NULL, *end = reading->text + reading->size;

	cJSON_Delete(cJSON_ParseWithLengthOpts(reading->text, reading->size, &stopped, false));
	while (stopped != NULL && stopped < end && strchr(" \t\r\n", *stopped) != NULL)
		stopped++;
	if (status != MERIT_BAD_JSON || stopped == NULL || stopped >= end)
		return merit_file_refuse(reading->fault, 0, 0, "%s", merit_status_text(status));
	return refuse_at(reading, stopped, "this is not JSON");
}

/* ---- Members ---- */

/* Places in these lists are the numbers of the enums in match.h. */
static const char *const by_words[] = { "reference", "amount", "sum", NULL };
static const char *const share_words[] = { "reference", "group", "day", "any", NULL };
static const char *const many_words[] = { "theirs", "ours", NULL };

static enum merit_status check_members(const struct reading *reading, const char *const *names)
{
	for (const cJSON *child = reading->object->child; child != NULL; child = child->next) {
		size_t i = 0;
		while (names[i] != NULL && strcmp(names[i], child->string) != 0)
			i++;
		if (names[i] == NULL && merit_text_is_printable(child->string, strlen(child->string), MEMBER_SHOWN_MAX))
			return refuse(reading, child->string, "is no member of a rules file");
		if (names[i] == NULL)
			return refuse(reading, NULL, "has a member that no rules file has");
	}
	return MERIT_OK;
}

/* 0 where it is absent. */
static enum merit_status read_integer(const struct reading *reading, const char *name, int64_t max, int64_t *value_out)
{
	const cJSON *node = merit_json_member(reading->object, name);
	char why[64];
	int64_t value = 0;

	if (node != NULL && (!merit_json_integer(node, &value) || value < 0 || value > max)) {
		(void)snprintf(why, sizeof(why), "is not an integer from 0 to %lld", (long long)max);
		return refuse(reading, name, why);
	}
	*value_out = value;
	return MERIT_OK;
}

static enum merit_status read_days(const struct reading *reading, const char *name, int32_t *days_out)
{
	int64_t days = 0;
	enum merit_status status = read_integer(reading, name, MERIT_PASS_DAYS_MAX, &days);

	*days_out = (int32_t)days;
	return status;
}

static enum merit_status read_flag(const struct reading *reading, const char *name, bool *value_out)
{
	const cJSON *node = merit_json_member(reading->object, name);

	if (node != NULL && !cJSON_IsBool(node))
		return refuse(reading, name, "is neither true nor false");
	*value_out = cJSON_IsTrue(node);
	return MERIT_OK;
}

static enum merit_status read_word(const struct reading *reading, const char *name, const char *const *words,
                                   unsigned *place_out)
{
	const char *text = "";
	size_t size = 0;
	char why[128] = "is none of";

	bool is_text = merit_json_text(merit_json_member(reading->object, name), &text, &size);
	for (unsigned i = 0; words[i] != NULL; i++) {
		if (is_text && strcmp(words[i], text) == 0) {
			*place_out = i;
			return MERIT_OK;
		}
		size_t used = strlen(why);
		(void)snprintf(why + used, sizeof(why) - used, "%s %s", i == 0 ? "" : ",", words[i]);
	}
	return refuse(reading, name, why);
}

static enum merit_status read_name(const struct reading *reading, struct merit_pass *pass)
{
	const char *text;
	size_t size;

	if (!merit_json_text(merit_json_member(reading->object, "name"), &text, &size) ||
	    !merit_text_is_printable(text, size, sizeof(pass->name) - 1))
		return refuse(reading, "name", "is not a text of 1 to 32 bytes");
	memcpy(pass->name, text, size + 1);
	return MERIT_OK;
}

/* ---- Passes ---- */

static enum merit_status read_sum(const struct reading *reading, struct merit_pass *pass)
{
	unsigned place = 0;

	enum merit_status status = read_word(reading, "share", share_words, &place);
	pass->group = (enum merit_pass_group)place;
	if (status == MERIT_OK)
		status = read_word(reading, "many", many_words, &place);
	pass->many_ours = place == 1;
	return status;
}

static enum merit_status refuse_sum(const struct reading *reading)
{
	if (merit_json_member(reading->object, "share") != NULL)
		return refuse(reading, "share", "belongs to passes by sum alone");
	if (merit_json_member(reading->object, "many") != NULL)
		return refuse(reading, "many", "belongs to passes by sum alone");
	return MERIT_OK;
}

static enum merit_status read_flags(const struct reading *reading, struct merit_pass *pass)
{
	if (merit_json_member(reading->object, "confirm") == NULL)
		return refuse(reading, NULL, "does not say whether to \"confirm\"");
	enum merit_status status = read_flag(reading, "confirm", &pass->confirms);
	return status == MERIT_OK ? read_flag(reading, "unambiguous", &pass->unambiguous) : status;
}

static enum merit_status read_pass(const struct reading *reading, struct merit_pass *pass)
{
	static const char *const names[] = {
		"name", "by", "amount", "amount_basis", "days", "share", "many", "unambiguous", "confirm", NULL,
	};
	enum merit_status status;
	unsigned by = 0;
	int64_t basis = 0;

	if ((status = check_members(reading, names)) != MERIT_OK || (status = read_name(reading, pass)) != MERIT_OK ||
	    (status = read_word(reading, "by", by_words, &by)) != MERIT_OK ||
	    (status = read_integer(reading, "amount", MERIT_AMOUNT_MAX, &pass->amount)) != MERIT_OK ||
	    (status = read_integer(reading, "amount_basis", MERIT_PASS_BASIS_MAX, &basis)) != MERIT_OK ||
	    (status = read_days(reading, "days", &pass->days)) != MERIT_OK)
		return status;
	pass->by = (enum merit_pass_by)by;
	pass->amount_basis = (int32_t)basis;
	status = pass->by == MERIT_BY_SUM ? read_sum(reading, pass) : refuse_sum(reading);
	return status == MERIT_OK ? read_flags(reading, pass) : status;
}

static bool is_named_before(const struct merit_rules *rules, const char *name)
{
	for (size_t i = 0; i < rules->passes_count; i++)
		if (strcmp(rules->passes[i].name, name) == 0)
			return true;
	return false;
}

static enum merit_status read_passes(struct reading *reading, const cJSON *list, struct merit_rules *rules)
{
	for (const cJSON *node = list->child; node != NULL; node = node->next) {
		struct merit_pass *pass = &rules->passes[rules->passes_count];
		if (!cJSON_IsObject(node))
			return refuse_whole(reading, "passes", "holds something else than objects");
		reading->object = node;
		reading->pass++;
		enum merit_status status = read_pass(reading, pass);
		if (status != MERIT_OK)
			return status;
		if (is_named_before(rules, pass->name))
			return refuse(reading, "name", "is that of a pass before");
		rules->passes_count++;
	}
	return MERIT_OK;
}

static enum merit_status read_rules(struct reading *reading, struct merit_rules *rules)
{
	static const char *const names[] = { "passes", "timing_days", NULL };
	const cJSON *list = merit_json_member(reading->object, "passes");
	char why[64];

	if (!cJSON_IsObject(reading->object))
		return merit_file_refuse(reading->fault, 0, 0, "a rules file is one JSON object");
	enum merit_status status = check_members(reading, names);
	if (status != MERIT_OK)
		return status;
	if (!cJSON_IsArray(list) || list->child == NULL || cJSON_GetArraySize(list) > MERIT_PASSES_MAX) {
		(void)snprintf(why, sizeof(why), "is not a list of 1 to %d passes", MERIT_PASSES_MAX);
		return refuse(reading, "passes", why);
	}
	rules->timing_days = 1;
	if (merit_json_member(reading->object, "timing_days") != NULL)
		status = read_days(reading, "timing_days", &rules->timing_days);
	return status == MERIT_OK ? read_passes(reading, list, rules) : status;
}

enum merit_status merit_rules_parse(const char *text, size_t size, struct merit_rules *rules_out,
                                    struct merit_file_fault *fault_out)
{
	struct reading reading = { text, size, fault_out, NULL, -1 };
	struct merit_rules rules = { 0 };
	cJSON *root = NULL;

	if (text == NULL) {
		reading.text = built_in;
		reading.size = sizeof(built_in) - 1;
	}
	if (size > MERIT_RULES_SIZE_MAX)
		return merit_file_refuse(fault_out, 0, 0, "a rules file has at most %d bytes", MERIT_RULES_SIZE_MAX);
	enum merit_status status = merit_json_read(reading.text, reading.size, &root);
	if (status != MERIT_OK)
		return status == MERIT_NO_MEMORY ? status : refuse_json(&reading, status);
	reading.object = root;
	status = read_rules(&reading, &rules);
	merit_json_free(root);
	if (status != MERIT_OK)
		return status;
	merit_sha256(reading.text, reading.size, rules.hash.bytes);
	*rules_out = rules;
	return MERIT_OK;
}
