/* query_party.c - reads of parties, keys, sponsors, merchants and proposals. */
#include <string.h>

#include "ledger/award.h"
#include "ledger/encode.h"
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
	struct merit_text party;
	struct merit_buffer *out;
};

static bool key_visit(void *context, const void *key, size_t key_size, const void *value, size_t size)
{
	const struct keys *keys = context;
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
	merit_put_integer(keys->out, "added", (int64_t)row->added - 1);
	merit_buffer_put_key(keys->out, "revoked");
	if (row->revoked == 0)
		merit_buffer_put_text(keys->out, "null");
	else
		merit_buffer_put_integer(keys->out, (int64_t)row->revoked - 1);
	merit_buffer_put_char(keys->out, '}');
	return true;
}

enum merit_status merit_query_keys(struct merit_ledger *ledger, const struct merit_caller *caller,
                                   const struct merit_value *values, struct merit_buffer *out)
{
	struct merit_text party = values[0].text;
	struct keys keys = { party, out };

	if (!reads_all(caller) && !is_own(caller, party))
		return MERIT_NOT_PERMITTED;
	if (merit_model_party(&ledger->model, party) == NULL)
		return MERIT_PARTY_UNKNOWN;
	struct merit_text from = merit_model_key_of(&ledger->model, party, MERIT_TEXT(""));
	merit_buffer_put_text(out, "{\"keys\":[");
	merit_state_scan(ledger->model.state, MERIT_TABLE_KEY, from.data, from.size, key_visit, &keys);
	merit_buffer_put_text(out, "]}");
	return MERIT_OK;
}

/* ---- sponsor.get, merchant.get ---- */

/* A sponsor's caps while they are listed. */
struct caps {
	char prefix[4]; /* the sponsor's number, as keys begin with it; the currency follows */
	struct merit_buffer *out;
};

static bool cap_visit(void *context, const void *key, size_t key_size, const void *value, size_t size)
{
	const struct caps *caps = context;
	const struct merit_sponsor_cap *row = value;

	(void)size;
	if (memcmp(key, caps->prefix, sizeof(caps->prefix)) != 0)
		return false;
	merit_buffer_put_comma(caps->out);
	merit_buffer_put_char(caps->out, '{');
	merit_put_text(
		caps->out, "currency",
		(struct merit_text){ (const char *)key + sizeof(caps->prefix), key_size - sizeof(caps->prefix) });
	merit_put_integer(caps->out, "cap_minor", row->minor);
	merit_put_integer(caps->out, "entry", (int64_t)row->seq);
	merit_buffer_put_char(caps->out, '}');
	return true;
}

static void put_caps(struct merit_model *model, struct merit_buffer *out, uint32_t sponsor)
{
	struct caps caps = { .out = out };

	memcpy(caps.prefix, merit_model_id_key(model, sponsor, MERIT_TEXT("")).data, sizeof(caps.prefix));
	merit_buffer_put_text(out, ",\"caps\":[");
	merit_state_scan(model->state, MERIT_TABLE_SPONSOR_CAP, caps.prefix, sizeof(caps.prefix), cap_visit, &caps);
	merit_buffer_put_char(out, ']');
}

enum merit_status merit_query_sponsor(struct merit_ledger *ledger, const struct merit_caller *caller,
                                      const struct merit_value *values, struct merit_buffer *out)
{
	const struct merit_sponsor *sponsor = merit_model_sponsor(&ledger->model, values[0].text);

	if (!reads_all(caller) && !is_own(caller, values[0].text))
		return MERIT_NOT_PERMITTED;
	if (sponsor == NULL)
		return MERIT_SPONSOR_UNKNOWN;
	merit_buffer_put_char(out, '{');
	merit_put_text(out, "sponsor", values[0].text);
	merit_put_integer(out, "granted", -sponsor->holder.balance[MERIT_POINTS]);
	put_caps(&ledger->model, out, sponsor->holder.number);
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
	merit_put_as_of(out, ledger);
	merit_buffer_put_char(out, '}');
	return MERIT_OK;
}

/* ---- proposal.get, proposal.list ---- */

static void put_proposal(struct merit_list *list, struct merit_text name, const void *row)
{
	static const char *const states[] = { "open", "approved", "rejected" };
	const struct merit_proposal *proposal = row;
	struct merit_model *model = &list->ledger->model;
	struct merit_entry entry;
	size_t size = 0;

	merit_buffer_put_comma(list->out);
	merit_buffer_put_char(list->out, '{');
	merit_put_text(list->out, "proposal", name);
	merit_put_text(list->out, "party", merit_name_text(&proposal->party));
	merit_put_text(list->out, "state", merit_text_of(states[proposal->state]));
	merit_put_integer(list->out, "created", (int64_t)proposal->seq);
	const void *leaf = model->leaf(model->context, proposal->seq, &size);
	if (leaf != NULL && merit_entry_read(leaf, size, &model->scratch, &entry) == MERIT_OK) {
		merit_put_text(list->out, "method", merit_text_of(entry.values[PROPOSAL_CALL].call->name));
		merit_buffer_put_key(list->out, "params");
		merit_values_put(list->out, entry.values[PROPOSAL_CALL].call->params,
		                 entry.values[PROPOSAL_CALL].call->params_count, entry.values[PROPOSAL_CALL].cells);
		merit_put_text(list->out, "reason", entry.values[PROPOSAL_REASON].text);
	}
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
