/* ledger_permit.c - which object a role may touch. Which method it may call at all is the tables' may column. */
#include "ledger/ledger_inner.h"

static bool is_own(struct merit_text party, struct merit_text name)
{
	return merit_text_equal(party, name);
}

/* Names nobody has are left to decide, which says so. */
static bool owns_item(struct merit_model *model, struct merit_text party, struct merit_text name)
{
	const struct merit_item *item = merit_model_item(model, name);

	return item == NULL || is_own(party, merit_name_text(&item->merchant));
}

/* Prices, limits and what is on offer are the platform's; a merchant renames its own. */
static bool renames_own_item(struct merit_model *model, struct merit_text party, const struct merit_value *values)
{
	for (size_t i = ITEM_UPDATE_ITEM + 1; i < MERIT_item_update_params_count; i++) {
		if (values[i].present && i != ITEM_UPDATE_TITLE)
			return false;
	}
	return owns_item(model, party, values[ITEM_UPDATE_ITEM].text);
}

static bool is_member_of_order(struct merit_model *model, struct merit_text party, struct merit_text name)
{
	struct merit_order order;

	return !merit_model_order(model, name, &order) || order.head.cancelled_unknown ||
	       is_own(party, merit_name_text(&order.head.member));
}

static bool line_is_named(const struct merit_value *lines, uint32_t line)
{
	if (!lines->present)
		return true;
	for (size_t i = 0; i < lines->row_count; i++) {
		if (lines->cells[i * LINE_COLUMNS + LINE_LINE].integer == (int64_t)line)
			return true;
	}
	return false;
}

/* Whether every line meant is the merchant's own. */
static bool supplies_lines(struct merit_model *model, struct merit_text party, struct merit_text name,
                           const struct merit_value *lines)
{
	struct merit_order order;

	if (!merit_model_order(model, name, &order))
		return true;
	for (uint32_t i = 0; i < order.head.lines_count; i++) {
		if (line_is_named(lines, i) && !is_own(party, merit_name_text(&order.lines[i].merchant)))
			return false;
	}
	return true;
}

static bool permit_member(struct merit_model *model, struct merit_text party, enum merit_operation_number number,
                          const struct merit_value *values)
{
	switch (number) {
	case MERIT_OP_ORDER_PLACE: return is_own(party, values[PLACE_MEMBER].text);
	case MERIT_OP_ORDER_RECEIVE: return is_member_of_order(model, party, values[RECEIVE_ORDER].text);
	case MERIT_OP_ORDER_CANCEL: /* not of a name that no order has: that would use up other people's */
		return merit_model_has_order(model, values[CANCEL_ORDER].text) &&
		       is_member_of_order(model, party, values[CANCEL_ORDER].text);
	case MERIT_OP_ORDER_REFUND_REQUEST: return is_member_of_order(model, party, values[REQUEST_ORDER].text);
	default: return true;
	}
}

static bool permit_merchant(struct merit_model *model, struct merit_text party, enum merit_operation_number number,
                            const struct merit_value *values)
{
	switch (number) {
	case MERIT_OP_ITEM_CREATE: return is_own(party, values[ITEM_MERCHANT].text);
	case MERIT_OP_ITEM_UPDATE: return renames_own_item(model, party, values);
	case MERIT_OP_ITEM_STOCK: return owns_item(model, party, values[STOCK_ITEM].text);
	case MERIT_OP_CODE_ADD: return owns_item(model, party, values[CODE_ADD_ITEM].text);
	case MERIT_OP_CODE_WITHDRAW: return owns_item(model, party, values[CODE_WITHDRAW_ITEM].text);
	case MERIT_OP_ORDER_FULFIL:
		return supplies_lines(model, party, values[FULFIL_ORDER].text, &values[FULFIL_LINES]);
	case MERIT_OP_ORDER_CANCEL:
		return merit_model_has_order(model, values[CANCEL_ORDER].text) &&
		       supplies_lines(model, party, values[CANCEL_ORDER].text, &values[CANCEL_LINES]);
	case MERIT_OP_ORDER_REFUND:
		return supplies_lines(model, party, values[REFUND_ORDER].text, &values[REFUND_LINES]);
	case MERIT_OP_ORDER_REFUND_DECLINE:
		return supplies_lines(model, party, values[DECLINE_ORDER].text, &values[DECLINE_LINES]);
	default: return true;
	}
}

static bool is_proposer(struct merit_model *model, struct merit_text party, struct merit_text name)
{
	const struct merit_proposal *proposal = merit_model_proposal(model, name);

	return proposal != NULL && is_own(party, merit_name_text(&proposal->party));
}

/* Who approves or rejects must be allowed to make the call itself, for its objects too. */
static bool permit_approval(struct merit_model *model, struct merit_text party, enum merit_role role,
                            struct merit_text name)
{
	const struct merit_proposal *proposal = merit_model_proposal(model, name);
	struct merit_entry asked;

	if (proposal == NULL)
		return true;
	if (merit_model_entry(model, proposal->seq, &model->scratch, &asked) != MERIT_OK)
		return false;
	return merit_permit_call(model, party, role, asked.values[PROPOSAL_CALL].call,
	                         asked.values[PROPOSAL_CALL].cells);
}

bool merit_permit_call(struct merit_model *model, struct merit_text party, enum merit_role role,
                       const struct merit_operation *operation, const struct merit_value *values)
{
	if ((operation->may & (1u << role)) == 0)
		return false;
	switch (operation->number) {
	case MERIT_OP_KEY_ADD: return role == MERIT_ROLE_ADMIN || is_own(party, values[KEY_ADD_PARTY].text);
	case MERIT_OP_KEY_REVOKE: return role == MERIT_ROLE_ADMIN || is_own(party, values[KEY_REVOKE_PARTY].text);
	case MERIT_OP_PROPOSAL_CREATE:
		return merit_permit_call(model, party, role, values[PROPOSAL_CALL].call, values[PROPOSAL_CALL].cells);
	case MERIT_OP_PROPOSAL_APPROVE: return permit_approval(model, party, role, values[APPROVE_PROPOSAL].text);
	case MERIT_OP_PROPOSAL_REJECT:
		return is_proposer(model, party, values[REJECT_PROPOSAL].text) ||
		       permit_approval(model, party, role, values[REJECT_PROPOSAL].text);
	default: break;
	}
	if (role == MERIT_ROLE_MEMBER)
		return permit_member(model, party, operation->number, values);
	if (role == MERIT_ROLE_MERCHANT)
		return permit_merchant(model, party, operation->number, values);
	return true;
}

/* ---- Seeing ---- */

static bool sponsors(struct merit_model *model, struct merit_text party, struct merit_text name)
{
	const struct merit_campaign *campaign = merit_model_campaign(model, name);

	return campaign != NULL && is_own(party, merit_name_text(&campaign->sponsor));
}

bool merit_permit_account(struct merit_model *model, struct merit_text party, enum merit_role role,
                          enum merit_account account, struct merit_text holder)
{
	switch (role) {
	case MERIT_ROLE_MEMBER: return merit_account_is_members(account) && is_own(party, holder);
	case MERIT_ROLE_MERCHANT:
		return (account == MERIT_ACCOUNT_REDEEMED || account == MERIT_ACCOUNT_MERCHANT) && is_own(party, holder);
	case MERIT_ROLE_SPONSOR:
		if (account == MERIT_ACCOUNT_SPONSOR)
			return is_own(party, holder);
		return (account == MERIT_ACCOUNT_CAMPAIGN || account == MERIT_ACCOUNT_EXPIRED) &&
		       sponsors(model, party, holder);
	default: return true;
	}
}

/* Whether the posting is of an order just placed, for a line that another merchant sells: it is held, so it names none. */
static bool is_held_for_another(struct merit_model *model, struct merit_text party, const struct merit_entry *entry,
                                const struct merit_posting *posting)
{
	if (entry->operation->number != MERIT_OP_ORDER_PLACE || posting->account != MERIT_ACCOUNT_HELD)
		return false;
	const struct merit_value *line = &entry->values[PLACE_LINES].cells[posting->line * PLACE_LINE_COLUMNS];
	return !owns_item(model, party, line[PLACE_LINE_ITEM].text);
}

/* Money behind points is sealed: it shows nothing, and lets nobody see what was sold for it. Moved by itself, the entry's
 * parameters tell all of it. */
static bool is_shown(const struct merit_entry *entry, const struct merit_posting *posting)
{
	return !merit_posting_is_money(posting) || merit_posting_is_money(&entry->postings[0]);
}

/* Whether the posting shows a partner somebody else's business: a sponsor points of a campaign that is not its own, a
 * merchant the sale of another, either of them money of others. */
static bool is_anothers(struct merit_model *model, struct merit_text party, enum merit_role role,
                        const struct merit_entry *entry, const struct merit_posting *posting)
{
	if (merit_posting_is_money(posting))
		return merit_account_has_holder(posting->account) && !is_own(party, posting->holder);
	if (role == MERIT_ROLE_SPONSOR)
		return !sponsors(model, party, posting->campaign);
	if (role != MERIT_ROLE_MERCHANT)
		return false;
	return is_held_for_another(model, party, entry, posting) ||
	       (posting->account == MERIT_ACCOUNT_REDEEMED && !is_own(party, posting->holder));
}

/* Whether the entry tells a member how another one stands: what it owes, or what keeps it from a reward. */
static bool tells_of_another(struct merit_text party, const struct merit_entry *entry)
{
	const struct merit_value *results = entry->results;

	for (size_t i = 0; i < entry->postings_count; i++) {
		if (entry->postings[i].account == MERIT_ACCOUNT_DEBT && !is_own(party, entry->postings[i].holder))
			return true;
	}
	if (entry->operation->number != MERIT_OP_REFERRAL || entry->status != MERIT_OK)
		return false;
	return results[is_own(party, results[REFERRAL_REFERRER].text) ? REFERRAL_REFEREE_WHY : REFERRAL_REFERRER_WHY]
	        .present;
}

/* Whether something became of an order of the member's, though no points moved: it was received, say. Refusals have no
 * results. */
static bool is_of_own_order(struct merit_text party, const struct merit_entry *entry)
{
	switch (entry->operation->number) {
	case MERIT_OP_ORDER_FULFIL:
	case MERIT_OP_ORDER_RECEIVE:
	case MERIT_OP_ORDER_CANCEL:
	case MERIT_OP_ORDER_REFUND:
	case MERIT_OP_ORDER_REFUND_REQUEST:
	case MERIT_OP_ORDER_REFUND_DECLINE:
		return entry->results[DONE_MEMBER].present && is_own(party, entry->results[DONE_MEMBER].text);
	default: return false;
	}
}

bool merit_permit_entry(struct merit_model *model, struct merit_text party, enum merit_role role,
                        const struct merit_entry *entry)
{
	if ((MERIT_MAY_READ_ALL & (1u << role)) != 0 || is_own(party, entry->party))
		return true;
	/* Others see an entry that moves points of theirs and none that are another partner's: it is shown whole. */
	bool any = false;
	if (role == MERIT_ROLE_MEMBER && tells_of_another(party, entry))
		return false;
	if (role == MERIT_ROLE_MEMBER && is_of_own_order(party, entry))
		return true;
	for (size_t i = 0; i < entry->postings_count; i++) {
		const struct merit_posting *posting = &entry->postings[i];
		if (!is_shown(entry, posting))
			continue;
		if (is_anothers(model, party, role, entry, posting))
			return false;
		any = any || merit_permit_account(model, party, role, posting->account, posting->holder);
	}
	return any;
}
