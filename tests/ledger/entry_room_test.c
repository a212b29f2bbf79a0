/* entry_room_test.c
 * Goal    no entry, however long its parts, is printed beyond the room that was asked for it.
 * Method  every operation with the longest value of each kind, days, names and numbers as long as they get, is printed
 *         as a record and as a reply into memory of every size up to STEPS: whatever piece asks for room, at some size
 *         there is exactly that much, and a byte beyond is one beyond the memory (AddressSanitizer, or the assertion of
 *         merit_buffer_end). */
#include "ledger/ledger_inner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ledger/calendar.h"

#define STEPS     600 /* bytes; more than the longest head, the longest posting and the longest name with a number */
#define TEXT_SIZE 30  /* of free text, each of its bytes printed as six */

static char letters[256], controls[TEXT_SIZE];

static struct merit_text longest_name(size_t size)
{
	return (struct merit_text){ letters, size };
}

static struct merit_text longest_word(enum merit_type type)
{
	struct merit_text longest = { "", 0 };
	size_t bars = 0;

	for (const char *at = merit_type_row(type)->words; *at != '\0'; at++)
		bars += *at == '|';
	for (size_t place = 0; place <= bars; place++) {
		struct merit_text word = merit_type_word(type, (int64_t)place);
		longest = word.size > longest.size ? word : longest;
	}
	return longest;
}

static void values_fill(struct merit_arena *arena, const struct merit_parameter *parameters, size_t count,
                        struct merit_value *values);

static void value_fill(struct merit_arena *arena, enum merit_type type, struct merit_value *value)
{
	const struct merit_type_row *row = merit_type_row(type);

	*value = (struct merit_value){ .present = true };
	switch (row->kind) {
	case MERIT_KIND_INTEGER: value->integer = INT64_MIN; break;
	case MERIT_KIND_FLAG: break; /* "false" is the longer one. */
	case MERIT_KIND_DAY:
	case MERIT_KIND_MONTH: value->integer = MERIT_DAY_MAX; break;
	case MERIT_KIND_WORD: value->text = longest_word(type); break;
	case MERIT_KIND_TEXT: value->text = (struct merit_text){ controls, TEXT_SIZE }; break;
	case MERIT_KIND_HEX: value->text = longest_name(2 * (size_t)row->max); break;
	case MERIT_KIND_LIST:
		value->row_count = 1;
		value->cells = merit_arena_allocate(arena, row->column_count * sizeof(*value->cells));
		assert_non_null(value->cells);
		values_fill(arena, row->columns, row->column_count, value->cells);
		break;
	case MERIT_KIND_CALL: value->present = false; break; /* made of the others */
	default: value->text = longest_name((size_t)row->max);
	}
}

static void values_fill(struct merit_arena *arena, const struct merit_parameter *parameters, size_t count,
                        struct merit_value *values)
{
	for (size_t i = 0; i < count; i++)
		value_fill(arena, parameters[i].type, &values[i]);
}

/* One posting of every account, so that each is a list of its own; and a second lot of the last of them. */
static void postings_fill(struct merit_entry *entry, struct merit_text name)
{
	for (int money = 0; money < 2; money++) {
		for (int number = 0; number < MERIT_ACCOUNT_COUNT; number++) {
			enum merit_account account = (enum merit_account)number;
			struct merit_text holder = merit_account_has_holder(account) ? name : MERIT_TEXT("");
			if (!merit_account_takes(account, money == 1))
				continue;
			if (money == 1)
				merit_entry_post_money(entry, account, holder, MERIT_TEXT("EUR"), name, INT32_MAX,
				                       INT64_MIN);
			else
				merit_entry_post(entry, account, holder, name, MERIT_DAY_MAX, INT32_MAX, INT64_MIN);
		}
		if (money == 0)
			merit_entry_post(entry, MERIT_ACCOUNT_WRITEOFF, name, name, MERIT_DAY_NEVER, INT32_MAX,
			                 INT64_MIN);
	}
	assert_false(entry->no_memory);
}

static void longest_entry(struct merit_arena *arena, const struct merit_operation *operation, struct merit_entry *entry)
{
	struct merit_text name = longest_name(MERIT_NAME_SIZE_MAX);

	*entry = (struct merit_entry){
		.seq = INT64_MAX,
		.time_ms = INT64_MIN,
		.day = MERIT_DAY_MAX,
		.has_belongs_to = true,
		.belongs_to = MERIT_DAY_MAX,
		.id = longest_name(MERIT_ID_SIZE_MAX),
		.operation = operation,
		.party = name,
		.key = name,
		.request = INT64_MAX,
		.request_index = UINT32_MAX,
		.group_index = UINT32_MAX,
		.group_count = UINT32_MAX,
		.arena = arena,
	};
	values_fill(arena, operation->params, operation->params_count, entry->values);
	values_fill(arena, operation->results, operation->results_count, entry->results);
}

static void print_record(struct merit_buffer *out, const struct merit_entry *entry)
{
	merit_entry_put(out, entry);
}

/* Without postings, whose balances only a ledger knows. */
static void print_reply(struct merit_buffer *out, const struct merit_entry *entry)
{
	merit_reply_outcome(NULL, out, entry, MERIT_TEXT("root"), MERIT_ROLE_ADMIN);
}

static void print_into_every_room(void (*print)(struct merit_buffer *out, const struct merit_entry *entry),
                                  const struct merit_entry *entry)
{
	struct merit_buffer want = { 0 };

	print(&want, entry);
	assert_false(want.bad);
	for (size_t size = 1; size <= STEPS; size++) {
		struct merit_buffer out = { .data = malloc(size), .capacity = size };
		assert_non_null(out.data);
		print(&out, entry);
		assert_false(out.bad);
		assert_int_equal(out.size, want.size);
		assert_memory_equal(out.data, want.data, want.size);
		merit_buffer_free(&out);
	}
	merit_buffer_free(&want);
}

static void the_longest_entry_keeps_to_its_room(void **state)
{
	struct merit_arena arena = { 0 };
	struct merit_entry entry;

	(void)state;
	for (size_t i = 0; merit_operation_at(i) != NULL; i++) {
		longest_entry(&arena, merit_operation_at(i), &entry);
		print_into_every_room(print_reply, &entry);
		if (i == 0)
			postings_fill(&entry, longest_name(MERIT_NAME_SIZE_MAX));
		print_into_every_room(print_record, &entry);
		merit_arena_reset(&arena);
	}
	merit_arena_free(&arena);
}

static void the_longest_account_keeps_to_its_room(void **state)
{
	(void)state;
	for (int account = 0; account < MERIT_ACCOUNT_COUNT; account++) {
		for (size_t size = 1; size <= STEPS; size++) {
			struct merit_buffer out = { .data = malloc(size), .capacity = size };
			assert_non_null(out.data);
			merit_account_put(&out, (enum merit_account)account, longest_name(MERIT_NAME_SIZE_MAX));
			assert_false(out.bad);
			merit_buffer_free(&out);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_longest_entry_keeps_to_its_room),
		cmocka_unit_test(the_longest_account_keeps_to_its_room),
	};

	memset(letters, 'a', sizeof(letters));
	memset(controls, 1, sizeof(controls));
	return cmocka_run_group_tests_name("entry_room", tests, NULL, NULL);
}
