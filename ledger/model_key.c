/* model_key.c - see model.h: the keys of rows and claims, made of their parts. */
#include <endian.h>
#include <string.h>

#include "ledger/model.h"

static size_t put_big_endian(char *to, uint64_t number, size_t size)
{
	uint64_t bytes = htobe64(number << (64 - 8 * size)); /* sizes are 4 and 8 */

	memcpy(to, &bytes, size);
	return size;
}

/* Days as they sort: NONE first, NEVER last. */
static size_t put_day(char *bytes, int32_t day)
{
	return put_big_endian(bytes, (uint32_t)day ^ 0x80000000u, 4);
}

static size_t put_text(char *to, struct merit_text text)
{
	memcpy(to, text.data, text.size);
	return text.size;
}

struct merit_text merit_model_key_of(struct merit_model *model, struct merit_text party, struct merit_text key)
{
	char *bytes = merit_model_scratch(model, party.size + 1 + key.size);
	size_t at = put_text(bytes, party);

	bytes[at++] = '/';
	at += put_text(bytes + at, key);
	return (struct merit_text){ bytes, at };
}

struct merit_text merit_model_id_key(struct merit_model *model, uint32_t party, struct merit_text id)
{
	char *bytes = merit_model_scratch(model, 4 + id.size);
	size_t at = put_big_endian(bytes, party, 4);

	at += put_text(bytes + at, id);
	return (struct merit_text){ bytes, at };
}

struct merit_text merit_model_rule_key(struct merit_model *model, uint32_t campaign, struct merit_text event)
{
	return merit_model_id_key(model, campaign, event);
}

/* Names and references hold no NUL, so one between them keeps apart what is apart. */
struct merit_text merit_model_reference_key(struct merit_model *model, uint32_t campaign, struct merit_text event,
                                            struct merit_text member, struct merit_text reference)
{
	char *bytes = merit_model_scratch(model, 4 + event.size + 1 + member.size + 1 + reference.size);
	size_t at = put_big_endian(bytes, campaign, 4);

	at += put_text(bytes + at, event);
	bytes[at++] = '\0';
	at += put_text(bytes + at, member);
	bytes[at++] = '\0';
	at += put_text(bytes + at, reference);
	return (struct merit_text){ bytes, at };
}

struct merit_text merit_model_due_key(struct merit_model *model, int64_t due_ms, enum merit_due kind,
                                      struct merit_text name)
{
	char *bytes = merit_model_scratch(model, 8 + 1 + name.size);
	size_t at = put_big_endian(bytes, (uint64_t)due_ms, 8);

	bytes[at++] = (char)kind;
	at += put_text(bytes + at, name);
	return (struct merit_text){ bytes, at };
}

struct merit_text merit_model_holder_key(struct merit_model *model, uint32_t holder, uint64_t number)
{
	char *bytes = merit_model_scratch(model, 12);

	put_big_endian(bytes, holder, 4);
	put_big_endian(bytes + 4, number, 8);
	return (struct merit_text){ bytes, 12 };
}

struct merit_text merit_model_balance_key(struct merit_model *model, enum merit_account account, uint32_t campaign,
                                          int32_t day, struct merit_text holder)
{
	char *bytes = merit_model_scratch(model, 1 + 4 + 4 + holder.size);
	size_t at = 1;

	bytes[0] = (char)account;
	at += put_big_endian(bytes + at, campaign, 4);
	at += put_day(bytes + at, day);
	at += put_text(bytes + at, holder);
	return (struct merit_text){ bytes, at };
}

struct merit_text merit_model_money_key(struct merit_model *model, enum merit_account account,
                                        struct merit_text currency, struct merit_text holder)
{
	char *bytes = merit_model_scratch(model, 1 + currency.size + holder.size);
	size_t at = 1;

	bytes[0] = (char)account;
	at += put_text(bytes + at, currency);
	at += put_text(bytes + at, holder);
	return (struct merit_text){ bytes, at };
}

struct merit_text merit_model_total_key(struct merit_model *model, enum merit_account account, uint32_t campaign)
{
	char *bytes = merit_model_scratch(model, 5);

	bytes[0] = (char)account;
	put_big_endian(bytes + 1, campaign, 4);
	return (struct merit_text){ bytes, 5 };
}

struct merit_text merit_model_currency_key(struct merit_model *model, uint32_t party, struct merit_text currency)
{
	return merit_model_id_key(model, party, currency);
}

struct merit_text merit_model_batch_key(struct merit_model *model, uint32_t party, struct merit_text currency,
                                        int32_t day)
{
	char *bytes = merit_model_scratch(model, 4 + currency.size + 4);
	size_t at = put_big_endian(bytes, party, 4);

	at += put_text(bytes + at, currency);
	at += put_day(bytes + at, day);
	return (struct merit_text){ bytes, at };
}

struct merit_text merit_model_late_key(struct merit_model *model, uint32_t holder, int32_t made_day, int32_t day)
{
	char *bytes = merit_model_scratch(model, 12);

	put_big_endian(bytes, holder, 4);
	put_day(bytes + 4, made_day);
	put_day(bytes + 8, day);
	return (struct merit_text){ bytes, 12 };
}

struct merit_text merit_model_covered_key(struct merit_model *model, uint32_t source, int32_t day)
{
	char *bytes = merit_model_scratch(model, 8);

	put_big_endian(bytes, source, 4);
	put_day(bytes + 4, day);
	return (struct merit_text){ bytes, 8 };
}

struct merit_text merit_model_unexplained_key(struct merit_model *model, int32_t day, struct merit_text name)
{
	char *bytes = merit_model_scratch(model, 4 + name.size);
	size_t at = put_day(bytes, day);

	at += put_text(bytes + at, name);
	return (struct merit_text){ bytes, at };
}

struct merit_text merit_model_number_key(struct merit_model *model, uint64_t number)
{
	char *bytes = merit_model_scratch(model, 8);

	put_big_endian(bytes, number, 8);
	return (struct merit_text){ bytes, 8 };
}

uint64_t merit_model_key_number(const void *bytes)
{
	uint64_t number;

	memcpy(&number, bytes, sizeof(number));
	return be64toh(number);
}

struct merit_text merit_model_pair_key(struct merit_model *model, uint64_t first, uint64_t second)
{
	char *bytes = merit_model_scratch(model, 16);

	put_big_endian(bytes, first, 8);
	put_big_endian(bytes + 8, second, 8);
	return (struct merit_text){ bytes, 16 };
}

struct merit_text merit_model_numbered_key(struct merit_model *model, struct merit_text name, uint64_t number)
{
	char *bytes = merit_model_scratch(model, name.size + 1 + 8);
	size_t at = put_text(bytes, name);

	bytes[at++] = '\0';
	at += put_big_endian(bytes + at, number, 8);
	return (struct merit_text){ bytes, at };
}

struct merit_text merit_model_count_key(struct merit_model *model, uint8_t counter, uint32_t number,
                                        struct merit_text a, struct merit_text b, uint8_t period, int32_t first_day)
{
	char *bytes = merit_model_scratch(model, 1 + 4 + a.size + 1 + b.size + 1 + 1 + 4);
	size_t at = 1;

	bytes[0] = (char)counter;
	at += put_big_endian(bytes + at, number, 4);
	at += put_text(bytes + at, a);
	bytes[at++] = '\0';
	at += put_text(bytes + at, b);
	bytes[at++] = '\0';
	bytes[at++] = (char)period;
	at += put_day(bytes + at, first_day);
	return (struct merit_text){ bytes, at };
}
