/* private.c - see private.h. */
#include "cli/private.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "cli/output.h"
#include "ledger/encode.h"
#include "ledger/json.h"
#include "ledger/private.h"

bool merit_parameter_is_private(const struct merit_parameter *parameter)
{
	return parameter->type == MERIT_TYPE_COMMITMENT;
}

bool merit_private_given(struct merit_buffer *text, const char *given)
{
	char bytes[MERIT_PRIVATE_SIZE_MAX + 2]; /* One more than may be, and a line feed. */

	if (given[0] != '@') {
		merit_buffer_put_text(text, given);
		return true;
	}
	FILE *file = strcmp(given, "@-") == 0 ? stdin : fopen(given + 1, "re");
	if (file == NULL) {
		merit_complain("cannot read %s: %s", given + 1, strerror(errno));
		return false;
	}
	size_t size = fread(bytes, 1, sizeof(bytes), file);
	if (file != stdin)
		(void)fclose(file);
	if (size > 0 && bytes[size - 1] == '\n')
		size--;
	merit_buffer_put(text, bytes, size);
	sodium_memzero(bytes, sizeof(bytes));
	return true;
}

const char *merit_private_conceal(struct merit_client *client, const struct merit_method *method,
                                  const struct merit_parameter *parameter, const struct merit_buffer *text,
                                  struct merit_buffer *params, struct merit_buffer *lines)
{
	struct merit_client_private private;
	struct merit_buffer context = { 0 };

	merit_buffer_put_format(&context, "%s %s ", method->name, parameter->name);
	merit_buffer_put(&context, params->data, params->size);
	enum merit_status status = merit_client_conceal(client, merit_buffer_text(&context),
	                                                text->data == NULL ? "" : text->data, text->size, &private);
	merit_buffer_free(&context);
	if (status == MERIT_NOT_SIGNED)
		return "private text is sent in a signed call only; name a --key";
	if (status != MERIT_OK)
		return "private text is 1 to 2048 bytes of UTF-8";
	merit_buffer_put_text_member(params, parameter->name, private.commitment);
	if (lines->size > 0)
		merit_buffer_put_char(lines, '\n');
	merit_buffer_put_text(lines, private.line);
	sodium_memzero(&private, sizeof(private));
	return NULL;
}

/* The text of the line at *at, with a NUL; moves *at behind it. False when there is none. */
static bool line_decode(const struct merit_call_text *call, size_t *at, char text_out[MERIT_PRIVATE_SIZE_MAX + 1])
{
	char joined[MERIT_PRIVATE_SALT_SIZE + MERIT_PRIVATE_SIZE_MAX];
	const char *line = call->lines + *at;
	size_t size = 0, left = call->lines_size - *at;

	if (left == 0)
		return false;
	const char *feed = memchr(line, '\n', left);
	size_t line_size = feed == NULL ? left : (size_t)(feed - line);
	*at += line_size + (feed != NULL);
	if (!merit_base64url_decode(line, line_size, joined, sizeof(joined), &size) || size < MERIT_PRIVATE_SALT_SIZE)
		return false;
	memcpy(text_out, joined + MERIT_PRIVATE_SALT_SIZE, size - MERIT_PRIVATE_SALT_SIZE);
	text_out[size - MERIT_PRIVATE_SALT_SIZE] = '\0';
	return true;
}

void merit_private_reveal(const struct merit_method *method, const struct merit_call_text *call, cJSON *params)
{
	char text[MERIT_PRIVATE_SIZE_MAX + 1];
	size_t at = 0;

	for (size_t i = 0; i < method->params_count; i++) {
		const char *name = method->params[i].name;
		if (!merit_parameter_is_private(&method->params[i]) || merit_json_member(params, name) == NULL ||
		    !line_decode(call, &at, text))
			continue;
		cJSON *revealed = cJSON_CreateString(text);
		merit_need(revealed);
		(void)cJSON_ReplaceItemInObjectCaseSensitive(params, name, revealed);
	}
}
