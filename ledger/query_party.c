/* query_party.c - reads of parties, keys, sponsors, merchants and proposals. */
#include <string.h>

#include "ledger/award.h"
#include "ledger/encode.h"
#include "ledger/money.h"
#include "ledger/query_inner.h"

static bool reads_all(const struct merit_caller *caller)
{
	return (MERIT_MAY_READ_ALL & (1u << caller->role)) != 0;
}

static bool is_own(const struct merit_caller *caller, struct merit_text name)
{
	return merit_text_equal(caller->party, name);
}

/* ---- party.get, party.list, key.list ---- */

static void put_party(struct merit_list *list, struct merit_text name, const void *row)
{
	const struct merit_party *party = row;

	merit_buffer_put_comma(list->out);
	merit_buffer_put_char(list->out, '{');
	merit_put_text(list->out, "party", name);
	merit_put_text(list->out, "role", merit_text_of(merit_role_word((enum merit_role)party->role)));
	merit_put_integer(list->out, "live_keys", party->live_keys);
	merit_put_integer(list->out, "created", (int64_t)party->seq);
	merit_buffer_put_char(list->out, '}');
}

enum merit_status merit_query_party(struct merit_ledger *ledger, const struct merit_caller *caller,
                                    const struct merit_value *values, struct merit_buffer *out)
{
	struct merit_list list = { .ledger = ledger, .caller = caller, .out = out };
	const struct merit_party *party = merit_model_party(&ledger->model, values[0].text);

	if (party == NULL)
		return MERIT_PARTY_UNKNOWN;
	put_party(&list, values[0].text, party);
	return MERIT_OK;
}

enum merit_status merit_query_parties(struct merit_ledger *ledger, const struct merit_caller *caller,
                                      const struct merit_value *values, struct merit_buffer *out)
{
	struct merit_list list = { .ledger = ledger, .caller = caller, .values = values, .out = out, .put = put_party };

	return merit_put_list(&list, MERIT_TABLE_PARTY);
}

/* A party's keys while they are listed. */
struct keys {
	struct merit_model *model;
	struct merit_text party;
	struct merit_buffer *out;
	struct merit_arena arena; /* of the entry at hand */
	enum merit_status status;
};

/* When it was added; of one that was bound what it was told to be. */
static enum merit_status put_added(struct keys *keys, const struct merit_key *row)
{
	struct merit_entry entry;

	merit_arena_reset(&keys->arena);
	enum merit_status status = merit_event_read(keys->model, row->added - 1, &keys->arena, &entry);
	if (status != MERIT_OK)
		return status;
	merit_put_integer(keys->out, "added", entry.time_ms);
	merit_put_integer(keys->out, "entry", (int64_t)entry.seq);
	if (entry.operation->number != MERIT_OP_KEY_BIND)
		return MERIT_OK;
	if (entry.values[KEY_BIND_DEVICE].present)
		merit_put_text(keys->out, "device", entry.values[KEY_BIND_DEVICE].text);
	if (entry.values[KEY_BIND_SOFTWARE].present)
		merit_put_flag(keys->out, "software", entry.values[KEY_BIND_SOFTWARE].integer != 0);
	return MERIT_OK;
}

static bool key_visit(void *context, const void *key, size_t key_size, const void *value, size_t size)
{
	struct keys *keys = context;
	const struct merit_key *row = value;
	const char *name = key;

	(void)size;
	if (key_size <= keys->party.size || memcmp(name, keys->party.data, keys->party.size) != 0 ||
	    name[keys->party.size] != '/')
		return false;
	merit_buffer_put_comma(keys->out);
	merit_buffer_put_char(keys->out, '{');
	merit_put_text(keys->out, "key",
	               (struct merit_text){ name + keys->party.size + 1, key_size - keys->party.size - 1 });
	merit_buffer_put_key(keys->out, "public");
	merit_buffer_put_char(keys->out, '"');
	merit_base64url_put(keys->out, row->public_key.bytes, sizeof(row->public_key.bytes));
	merit_buffer_put_char(keys->out, '"');
	keys->status = put_added(keys, row);
	merit_buffer_put_key(keys->out, "revoked");
	if (row->revoked == 0)
		merit_buffer_put_text(keys->out, "null");
	else
		merit_buffer_put_integer(keys->out, (int64_t)row->revoked - 1);
	merit_buffer_put_char(keys->out, '}');
	return keys->status == MERIT_OK;
}

enum merit_status merit_query_keys(struct merit_ledger *ledger, const struct merit_caller *caller,
                                   const struct merit_value *values, struct merit_buffer *out)
{
	struct merit_text party = values[0].text;
	struct keys keys = { .model = &ledger->model, .party = party, .out = out };

	if (!reads_all(caller) && !is_own(caller, party))
		return MERIT_NOT_PERMITTED;
	if (merit_model_party(&ledger->model, party) == NULL)
		return MERIT_PARTY_UNKNOWN;
	struct merit_text from = merit_model_key_of(&ledger->model, party, MERIT_TEXT(""));
	merit_buffer_put_text(out, "{\"keys\":[");
	merit_state_scan(ledger->model.state, MERIT_TABLE_KEY, from.data, from.size, key_visit, &keys);
	merit_buffer_put_text(out, "]}");
	merit_arena_free(&keys.arena);
	return keys.status;
}

/* ---- sponsor.get, merchant.get ---- */

/* Prints what a party has in a currency, nothing where that is none. */
typedef void put_currency_fn(struct merit_model *model, struct merit_buffer *out, struct merit_text party,
                             struct merit_text currency);

static void put_currencies(struct merit_model *model, struct merit_buffer *out, struct merit_text party,
                           put_currency_fn *put)
{
	struct merit_text all = merit_model_currencies(model);

	merit_buffer_put_char(out, '[');
	for (size_t at = 0; at < all.size; at += MERIT_CURRENCY_SIZE)
		put(model, out, party, (struct merit_text){ all.data + at, MERIT_CURRENCY_SIZE });
	merit_buffer_put_char(out, ']');
}

static void put_cap(struct merit_model *model, struct merit_buffer *out, struct merit_text sponsor,
                    struct merit_text currency)
{
	struct merit_text key =
		merit_model_id_key(model, merit_model_sponsor(model, sponsor)->holder.number, currency);
	const struct merit_sponsor_cap *row = merit_model_get(model, MERIT_TABLE_SPONSOR_CAP, key, NULL);

	if (row == NULL)
		return;
	merit_buffer_put_comma(out);
	merit_buffer_put_char(out, '{');
	merit_put_text(out, "currency", currency);
	merit_put_integer(out, "cap_minor", row->minor);
	merit_put_integer(out, "entry", (int64_t)row->seq);
	merit_buffer_put_char(out, '}');
}

/* The platform's own money is its expense: nothing limits it. */
static void put_sponsor_money(struct merit_model *model, struct merit_buffer *out, struct merit_text sponsor,
                              struct merit_text currency)
{
	const struct merit_sponsor *row = merit_model_sponsor(model, sponsor);
	const struct merit_credit *credit = merit_model_credit(model, row->holder.number, currency);
	int64_t balance = merit_model_money_balance(model, MERIT_ACCOUNT_SPONSOR, sponsor, currency);

	if (credit == NULL && merit_model_money(model, MERIT_ACCOUNT_SPONSOR, sponsor, currency) == NULL)
		return;
	merit_buffer_put_comma(out);
	merit_buffer_put_char(out, '{');
	merit_put_text(out, "currency", currency);
	merit_put_integer(out, "balance_minor", balance);
	merit_put_integer(out, "prepaid_minor", balance < 0 ? -balance : 0);
	merit_put_integer(out, "receivable_minor", balance > 0 ? balance : 0);
	merit_put_integer(out, "credit_minor", credit == NULL ? 0 : credit->limit_minor);
	merit_put_integer(out, "exposure_minor", credit == NULL ? 0 : credit->exposure_minor);
	merit_buffer_put_key(out, "free_minor");
	if (row->is_platform)
		merit_buffer_put_text(out, "null");
	else
		merit_buffer_put_integer(out, merit_sponsor_free(model, sponsor, currency));
	merit_buffer_put_char(out, '}');
}

static void put_merchant_money(struct merit_model *model, struct merit_buffer *out, struct merit_text merchant,
                               struct merit_text currency)
{
	int64_t balance = merit_model_money_balance(model, MERIT_ACCOUNT_MERCHANT, merchant, currency);

	if (merit_model_money(model, MERIT_ACCOUNT_MERCHANT, merchant, currency) == NULL)
		return;
	merit_buffer_put_comma(out);
	merit_buffer_put_char(out, '{');
	merit_put_text(out, "currency", currency);
	merit_put_integer(out, "balance_minor", balance);
	merit_put_integer(out, "due_minor", balance < 0 ? -balance : 0);
	merit_put_integer(out, "receivable_minor", balance > 0 ? balance : 0);
	merit_buffer_put_char(out, '}');
}

enum merit_status merit_query_sponsor(struct merit_ledger *ledger, const struct merit_caller *caller,
                                      const struct merit_value *values, struct merit_buffer *out)
{
	struct merit_model *model = &ledger->model;
	const struct merit_sponsor *sponsor = merit_model_sponsor(model, values[0].text);

	if (!reads_all(caller) && !is_own(caller, values[0].text))
		return MERIT_NOT_PERMITTED;
	if (sponsor == NULL)
		return MERIT_SPONSOR_UNKNOWN;
	merit_buffer_put_char(out, '{');
	merit_put_text(out, "sponsor", values[0].text);
	merit_put_flag(out, "platform", sponsor->is_platform != 0);
	merit_put_integer(out, "granted", -sponsor->holder.balance[MERIT_POINTS]);
	merit_buffer_put_key(out, "caps");
	put_currencies(model, out, values[0].text, put_cap);
	merit_buffer_put_key(out, "money");
	put_currencies(model, out, values[0].text, put_sponsor_money);
	merit_put_as_of(out, ledger);
	merit_buffer_put_char(out, '}');
	return MERIT_OK;
}

enum merit_status merit_query_merchant(struct merit_ledger *ledger, const struct merit_caller *caller,
                                       const struct merit_value *values, struct merit_buffer *out)
{
	const struct merit_merchant *merchant = merit_model_merchant(&ledger->model, values[0].text);

	if (!reads_all(caller) && !is_own(caller, values[0].text))
		return MERIT_NOT_PERMITTED;
	if (merchant == NULL)
		return MERIT_MERCHANT_UNKNOWN;
	merit_buffer_put_char(out, '{');
	merit_put_text(out, "merchant", values[0].text);
	merit_put_integer(out, "redeemed", merchant->holder.balance[MERIT_POINTS]);
	merit_put_integer(out, "settle_days", merchant->settle_days);
	merit_buffer_put_key(out, "money");
	put_currencies(&ledger->model, out, values[0].text, put_merchant_money);
	merit_put_as_of(out, ledger);
	merit_buffer_put_char(out, '}');
	return MERIT_OK;
}

/* ---- proposal.get, proposal.list ---- */

/* Who approved or rejected it, in which entry. */
static void put_ended(struct merit_model *model, struct merit_buffer *out, const struct merit_proposal *proposal)
{
	struct merit_entry entry;

	if (proposal->ended == 0 ||
	    merit_model_entry(model, proposal->ended - 1, &model->scratch, &entry) != MERIT_OK)
		return;
	merit_buffer_put_text(out, ",\"ended\":{");
	merit_put_event(out, &entry);
	merit_put_event_told(out, &entry);
	merit_buffer_put_char(out, '}');
}

static void put_proposal(struct merit_list *list, struct merit_text name, const void *row)
{
	static const char *const states[] = { "open", "approved", "rejected" };
	const struct merit_proposal *proposal = row;
	struct merit_model *model = &list->ledger->model;
	struct merit_entry entry;

	merit_buffer_put_comma(list->out);
	merit_buffer_put_char(list->out, '{');
	merit_put_text(list->out, "proposal", name);
	merit_put_text(list->out, "party", merit_name_text(&proposal->party));
	merit_put_text(list->out, "state", merit_text_of(states[proposal->state]));
	merit_put_integer(list->out, "created", (int64_t)proposal->seq);
	if (merit_model_entry(model, proposal->seq, &model->scratch, &entry) == MERIT_OK) {
		merit_put_text(list->out, "method", merit_text_of(entry.values[PROPOSAL_CALL].call->name));
		merit_buffer_put_key(list->out, "params");
		merit_values_put(list->out, entry.values[PROPOSAL_CALL].call->params,
		                 entry.values[PROPOSAL_CALL].call->params_count, entry.values[PROPOSAL_CALL].cells);
		merit_put_text(list->out, "reason", entry.values[PROPOSAL_REASON].text);
	}
	put_ended(model, list->out, proposal);
	merit_buffer_put_char(list->out, '}');
}

enum merit_status merit_query_proposal(struct merit_ledger *ledger, const struct merit_caller *caller,
                                       const struct merit_value *values, struct merit_buffer *out)
{
	struct merit_list list = { .ledger = ledger, .caller = caller, .out = out };
	const struct merit_proposal *proposal = merit_model_proposal(&ledger->model, values[0].text);

	if (proposal == NULL)
		return MERIT_PROPOSAL_UNKNOWN;
	put_proposal(&list, values[0].text, proposal);
	return MERIT_OK;
}

enum merit_status merit_query_proposals(struct merit_ledger *ledger, const struct merit_caller *caller,
                                        const struct merit_value *values, struct merit_buffer *out)
{
	struct merit_list list = {
		.ledger = ledger, .caller = caller, .values = values, .out = out, .put = put_proposal
	};

	return merit_put_list(&list, MERIT_TABLE_PROPOSAL);
}
