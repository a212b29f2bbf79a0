/* query.c - the table of reads. What each answers is in query_*.c; doc/protocol.md has examples. */
#include "ledger/query.h"

#include <string.h>

#include "ledger/query_inner.h"

#define EVERYBODY (MERIT_MAY_ANYBODY & ~MERIT_MAY(SYSTEM))
#define NO_PARAMETERS { NULL, 0, false, NULL }

static const struct merit_parameter none[] = { NO_PARAMETERS };
static const struct merit_parameter party[] = { { "party", MERIT_TYPE_NAME, true, "which" }, NO_PARAMETERS };
static const struct merit_parameter sponsor[] = { { "sponsor", MERIT_TYPE_NAME, true, "which" }, NO_PARAMETERS };
static const struct merit_parameter merchant[] = { { "merchant", MERIT_TYPE_NAME, true, "which" }, NO_PARAMETERS };
static const struct merit_parameter campaign[] = { { "campaign", MERIT_TYPE_NAME, true, "which" }, NO_PARAMETERS };
static const struct merit_parameter rule[] = {
	[RULE_GET_CAMPAIGN] = { "campaign", MERIT_TYPE_NAME, true, "which campaign" },
	[RULE_GET_EVENT] = { "event", MERIT_TYPE_NAME, true, "which event" },
	[RULE_GET_VERSION] = { "version", MERIT_TYPE_VERSION, false, "the one in force when absent" },
	NO_PARAMETERS,
};
static const struct merit_parameter member[] = { { "member", MERIT_TYPE_NAME, true, "which" }, NO_PARAMETERS };
static const struct merit_parameter member_campaigns[] = {
	[MEMBER_CAMPAIGNS_FROM] = { "from", MERIT_TYPE_NAME, false, "the first campaign, or the next one behind it" },
	[MEMBER_CAMPAIGNS_LIMIT] = { "limit", MERIT_TYPE_ROWS, false, "campaigns at most, 100 when absent" },
	[MEMBER_CAMPAIGNS_MEMBER] = { "member", MERIT_TYPE_NAME, true, "whom they would pay" },
	NO_PARAMETERS,
};
static const struct merit_parameter member_disclosure[] = {
	[DISCLOSURE_MEMBER] = { "member", MERIT_TYPE_NAME, true, "of whom" },
	[DISCLOSURE_BEFORE] = { "before", MERIT_TYPE_SEQ, false, "the last answer's next; any other seq is not_found" },
	[DISCLOSURE_LIMIT] = { "limit", MERIT_TYPE_ROWS, false, "rows at most, 100 when absent" },
	NO_PARAMETERS,
};
static const struct merit_parameter item[] = {
	[ITEM_GET_ITEM] = { "item", MERIT_TYPE_NAME, true, "which" },
	[ITEM_GET_VERSION] = { "version", MERIT_TYPE_VERSION, false, "its price then; as it is now when absent" },
	[ITEM_GET_MEMBER] = { "member", MERIT_TYPE_NAME, false, "also what it is to this member; signed" },
	NO_PARAMETERS,
};
static const struct merit_parameter items[] = {
	[ITEMS_FROM] = { "from", MERIT_TYPE_NAME, false, "the first name, or the next one behind it" },
	[ITEMS_LIMIT] = { "limit", MERIT_TYPE_ROWS, false, "rows at most, 100 when absent" },
	[ITEMS_MEMBER] = { "member", MERIT_TYPE_NAME, false, "also what each is to this member; signed" },
	NO_PARAMETERS,
};
static const struct merit_parameter order[] = { { "order", MERIT_TYPE_NAME, true, "which" }, NO_PARAMETERS };
static const struct merit_parameter proposal[] = { { "proposal", MERIT_TYPE_NAME, true, "which" }, NO_PARAMETERS };
static const struct merit_parameter names[] = {
	[LIST_FROM] = { "from", MERIT_TYPE_NAME, false, "the first name, or the next one behind it" },
	[LIST_LIMIT] = { "limit", MERIT_TYPE_ROWS, false, "rows at most, 100 when absent" },
	NO_PARAMETERS,
};
static const struct merit_parameter orders[] = {
	[ORDERS_FROM] = { "from", MERIT_TYPE_NAME, false, "the first order's name, or the next one behind it" },
	[ORDERS_LIMIT] = { "limit", MERIT_TYPE_ROWS, false, "rows at most, 100 when absent" },
	[ORDERS_MEMBER] = { "member", MERIT_TYPE_NAME, false, "only this member's" },
	[ORDERS_MERCHANT] = { "merchant", MERIT_TYPE_NAME, false, "only those with a line of this merchant's" },
	[ORDERS_STATE] = { "state", MERIT_TYPE_ORDER_STATE, false, "only those that are open, or ended" },
	NO_PARAMETERS,
};
static const struct merit_parameter referee[] = { { "referee", MERIT_TYPE_NAME, true, "which" }, NO_PARAMETERS };
static const struct merit_parameter referrals[] = {
	[REFERRALS_FROM] = { "from", MERIT_TYPE_SEQ, false, "the first record's seq, or the next one behind it" },
	[REFERRALS_LIMIT] = { "limit", MERIT_TYPE_ROWS, false, "rows at most, 100 when absent" },
	[REFERRALS_REFERRER] = { "referrer", MERIT_TYPE_NAME, false, "this member's; those that wait when absent" },
	NO_PARAMETERS,
};
static const struct merit_parameter balance[] = {
	[BALANCE_MEMBER] = { "member", MERIT_TYPE_NAME, false, "a member, with lots; either this or account" },
	[BALANCE_ACCOUNT] = { "account", MERIT_TYPE_ACCOUNT, false, "an account such as campaign/C" },
	[BALANCE_CURRENCY] = { "currency", MERIT_TYPE_CURRENCY, false, "of an account in money; points when absent" },
	[BALANCE_SEQ] = { "seq", MERIT_TYPE_SEQ, false, "as known behind this entry" },
	[BALANCE_TIME] = { "time", MERIT_TYPE_TIME, false, "as known at this time" },
	[BALANCE_DAY] = { "day", MERIT_TYPE_DAY, false,
	                  "as dated, at the end of this day; of a member a coming one: if nothing is done" },
	NO_PARAMETERS,
};
static const struct merit_parameter trial[] = {
	[TRIAL_FROM] = { "from", MERIT_TYPE_NAME, false, "the first campaign, or the next one behind it" },
	[TRIAL_LIMIT] = { "limit", MERIT_TYPE_ROWS, false, "campaigns at most, 100 when absent" },
	[TRIAL_SEQ] = { "seq", MERIT_TYPE_SEQ, false, "as known behind this entry; at most one of these three" },
	[TRIAL_TIME] = { "time", MERIT_TYPE_TIME, false, "as known at this time" },
	[TRIAL_DAY] = { "day", MERIT_TYPE_DAY, false, "as dated, at the end of this day" },
	NO_PARAMETERS,
};
static const struct merit_parameter quote[] = {
	[QUOTE_MEMBER] = { "member", MERIT_TYPE_NAME, true, "whose points" },
	[QUOTE_LINES] = { "lines", MERIT_TYPE_PLACE_LINES, true, "as of order.place" },
	NO_PARAMETERS,
};
static const struct merit_parameter settlement[] = { { "settlement", MERIT_TYPE_NAME, true, "which" }, NO_PARAMETERS };
static const struct merit_parameter settlements[] = {
	[SETTLEMENTS_FROM] = { "from", MERIT_TYPE_NAME, false, "the first name, or the next one behind it" },
	[SETTLEMENTS_LIMIT] = { "limit", MERIT_TYPE_ROWS, false, "rows at most, 100 when absent" },
	[SETTLEMENTS_PARTY] = { "party", MERIT_TYPE_NAME, false, "only this sponsor's or merchant's" },
	[SETTLEMENTS_CURRENCY] = { "currency", MERIT_TYPE_CURRENCY, false, "only in this currency" },
	[SETTLEMENTS_STATE] = { "state", MERIT_TYPE_SETTLEMENT_STATE, false, "only those that stand there" },
	NO_PARAMETERS,
};
static const struct merit_parameter settlement_lines[] = {
	[SETTLEMENT_LINES_SETTLEMENT] = { "settlement", MERIT_TYPE_NAME, true, "which" },
	[SETTLEMENT_LINES_FROM] = { "from", MERIT_TYPE_SEQ, false, "the first line, from 0; the last answer's next" },
	[SETTLEMENT_LINES_LIMIT] = { "limit", MERIT_TYPE_ROWS, false, "lines at most, 100 when absent" },
	NO_PARAMETERS,
};
static const struct merit_parameter run[] = { { "run", MERIT_TYPE_NAME, true, "which" }, NO_PARAMETERS };
static const struct merit_parameter runs[] = {
	[RUNS_FROM] = { "from", MERIT_TYPE_NAME, false, "the first name, or the next one behind it" },
	[RUNS_LIMIT] = { "limit", MERIT_TYPE_ROWS, false, "rows at most, 100 when absent" },
	[RUNS_SOURCE] = { "source", MERIT_TYPE_NAME, false, "only of this source" },
	NO_PARAMETERS,
};
static const struct merit_parameter break_[] = { { "break", MERIT_TYPE_NAME, true, "which" }, NO_PARAMETERS };
static const struct merit_parameter breaks[] = {
	[BREAKS_FROM] = { "from", MERIT_TYPE_NAME, false, "the first name, or the next one behind it" },
	[BREAKS_LIMIT] = { "limit", MERIT_TYPE_ROWS, false, "rows at most, 100 when absent" },
	[BREAKS_SOURCE] = { "source", MERIT_TYPE_NAME, false, "only of this source" },
	[BREAKS_RUN] = { "run", MERIT_TYPE_NAME, false, "only those this run found" },
	[BREAKS_STATE] = { "state", MERIT_TYPE_BREAK_STATE, false, "only those that stand there" },
	NO_PARAMETERS,
};
static const struct merit_parameter missing[] = {
	[MISSING_PERIOD] = { "period", MERIT_TYPE_PERIOD, false, "to close this month; what is due by now when absent" },
	NO_PARAMETERS,
};
static const struct merit_parameter statement[] = {
	[STATEMENT_MEMBER] = { "member", MERIT_TYPE_NAME, false, "a member; either this or account" },
	[STATEMENT_ACCOUNT] = { "account", MERIT_TYPE_ACCOUNT, false, "an account such as campaign/C" },
	[STATEMENT_BEFORE] = { "before", MERIT_TYPE_SEQ, false, "the last answer's next; any other seq is not_found" },
	[STATEMENT_LIMIT] = { "limit", MERIT_TYPE_ROWS, false, "rows at most, 100 when absent" },
	[STATEMENT_CURRENCY] = { "currency", MERIT_TYPE_CURRENCY, false, "of an account in money; points when absent" },
	[STATEMENT_OP] = { "op", MERIT_TYPE_NAME, false, "only entries of this operation, such as order.place" },
	NO_PARAMETERS,
};
static const struct merit_parameter entry[] = { { "seq", MERIT_TYPE_SEQ, true, "which" }, NO_PARAMETERS };
static const struct merit_parameter entries[] = {
	[ENTRIES_FROM] = { "from", MERIT_TYPE_SEQ, false, "the first seq, 0 when absent" },
	[ENTRIES_LIMIT] = { "limit", MERIT_TYPE_ROWS, false, "entries at most, 100 when absent" },
	NO_PARAMETERS,
};
static const struct merit_parameter award[] = { { "entry", MERIT_TYPE_SEQ, true, "the earn's seq" }, NO_PARAMETERS };
static const struct merit_parameter awards[] = {
	[AWARDS_FROM] = { "from", MERIT_TYPE_SEQ, false, "the first earn's seq, or the next one behind it" },
	[AWARDS_LIMIT] = { "limit", MERIT_TYPE_ROWS, false, "rows at most, 100 when absent" },
	[AWARDS_MEMBER] = { "member", MERIT_TYPE_NAME, false, "only this member's, those that mature too" },
	NO_PARAMETERS,
};
static const struct merit_parameter proof[] = {
	[PROOF_SEQ] = { "seq", MERIT_TYPE_SEQ, false, "the entry: a receipt under the newest checkpoint" },
	[PROOF_FROM] = { "from_size", MERIT_TYPE_SEQ, false, "in place of seq: that the log only grew since this size" },
	NO_PARAMETERS,
};
static const struct merit_parameter tile[] = {
	[TILE_LEVEL] = { "level", MERIT_TYPE_SEQ, true, "level of the tile, from 0" },
	[TILE_INDEX] = { "index", MERIT_TYPE_SEQ, true, "place in its level, from 0" },
	[TILE_WIDTH] = { "width", MERIT_TYPE_ROWS, false, "hashes, 256 when absent" },
	NO_PARAMETERS,
};
static const struct merit_parameter feed[] = {
	{ "from_seq", MERIT_TYPE_SEQ, true, "the first seq not yet read" },
	{ "wait_ms", MERIT_TYPE_WAIT, false, "how long to wait for one, 0 when absent" },
	{ "rows", MERIT_TYPE_ROWS, false, "entries at most, 1000 when absent" },
	NO_PARAMETERS,
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]) - 1)
#define ROW(name, list, may, is_public, waits, answer, about) { name, list, COUNT(list), may, is_public, waits, answer, about }

static const struct merit_query rows[] = {
	ROW("rpc.discover", none, EVERYBODY, true, false, NULL, "this service as an OpenRPC document"),
	ROW("health.get", none, EVERYBODY, true, false, NULL, "whether the service takes writes; on loopback only"),
	ROW("metrics.get", none, EVERYBODY, true, false, NULL, "counters as Prometheus text; on loopback only"),
	ROW("program.get", none, EVERYBODY, true, false, merit_query_program, "what this ledger is"),
	ROW("checkpoint.get", none, EVERYBODY, true, false, merit_query_checkpoint, "the newest signed checkpoint"),
	ROW("proof.get", proof, EVERYBODY, true, false, merit_query_proof,
	    "a receipt of an entry one may see, or a proof of consistency"),
	ROW("tile.get", tile, EVERYBODY, true, false, merit_query_tile, "hashes of the tree (C2SP tlog-tiles), base64"),
	ROW("item.get", item, EVERYBODY, true, false, merit_query_item, "an item"),
	ROW("item.list", items, EVERYBODY, true, false, merit_query_items, "the catalogue, by name"),
	ROW("party.get", party, MERIT_MAY_READ_ALL, false, false, merit_query_party, "a party"),
	ROW("party.list", names, MERIT_MAY_READ_ALL, false, false, merit_query_parties, "parties, by name"),
	ROW("key.list", party, EVERYBODY, false, false, merit_query_keys, "a party's keys, revoked ones too"),
	ROW("sponsor.get", sponsor, MERIT_MAY_READ_ALL | MERIT_MAY(SPONSOR), false, false, merit_query_sponsor,
	    "a sponsor's points"),
	ROW("merchant.get", merchant, MERIT_MAY_READ_ALL | MERIT_MAY(MERCHANT), false, false, merit_query_merchant,
	    "a merchant's points"),
	ROW("campaign.get", campaign, MERIT_MAY_READ_ALL | MERIT_MAY(SPONSOR), false, false, merit_query_campaign,
	    "a campaign: promises, rules, balances"),
	ROW("rule.get", rule, MERIT_MAY_READ_ALL | MERIT_MAY(SPONSOR), false, false, merit_query_rule,
	    "what an event pays, or paid: a version of its rule"),
	ROW("campaign.list", names, MERIT_MAY_READ_ALL | MERIT_MAY(SPONSOR), false, false, merit_query_campaigns,
	    "campaigns, by name"),
	ROW("member.get", member, MERIT_MAY_READ_ALL | MERIT_MAY(MEMBER), false, false, merit_query_member,
	    "a member: state, tier, tags, balances, lots, debts"),
	ROW("member.campaigns", member_campaigns, MERIT_MAY_READ_ALL | MERIT_MAY(MEMBER), false, false,
	    merit_query_member_campaigns,
	    "campaigns that pay now: rules, what is left of their limits to a member, what their points buy"),
	ROW("member.disclosure", member_disclosure, MERIT_MAY_READ_ALL | MERIT_MAY(MEMBER), false, false,
	    merit_query_member_disclosure, "what is disclosed of a member, payment by payment, newest first"),
	ROW("member.list", names, MERIT_MAY_READ_ALL, false, false, merit_query_members, "members, by name"),
	ROW("balance.get", balance, EVERYBODY, false, false, merit_query_balance,
	    "what an account holds, held, or would hold"),
	ROW("trial_balance.get", trial, MERIT_MAY_READ_ALL, false, false, merit_query_trial_balance,
	    "every account, now or as it was: zero a campaign, zero a currency"),
	ROW("period.list", none, MERIT_MAY_READ_ALL, false, false, merit_query_periods, "months, closed and open"),
	ROW("settlement.get", settlement, MERIT_MAY_READ_ALL | MERIT_MAY(SPONSOR) | MERIT_MAY(MERCHANT), false, false,
	    merit_query_settlement, "a settlement: what it takes, where it stands, what was paid"),
	ROW("settlement.list", settlements, MERIT_MAY_READ_ALL | MERIT_MAY(SPONSOR) | MERIT_MAY(MERCHANT), false, false,
	    merit_query_settlements, "settlements, by name"),
	ROW("settlement.lines", settlement_lines, MERIT_MAY_READ_ALL | MERIT_MAY(SPONSOR) | MERIT_MAY(MERCHANT), false,
	    false, merit_query_settlement_lines, "the postings a settlement takes, in their order"),
	ROW("period.missing", missing, MERIT_MAY_READ_ALL, false, false, merit_query_missing,
	    "files, breaks and settlements that a period waits for"),
	ROW("source.list", names, MERIT_MAY_READ_ALL, false, false, merit_query_sources, "sources of files, by name"),
	ROW("recon.get", run, MERIT_MAY_READ_ALL, false, false, merit_query_run, "a run of a reconciliation"),
	ROW("recon.list", runs, MERIT_MAY_READ_ALL, false, false, merit_query_runs, "runs, by name"),
	ROW("break.get", break_, MERIT_MAY_READ_ALL, false, false, merit_query_break, "a break, and what became of it"),
	ROW("break.list", breaks, MERIT_MAY_READ_ALL, false, false, merit_query_breaks, "breaks, by name"),
	ROW("order.quote", quote, MERIT_MAY(MEMBER) | MERIT_MAY(SERVICE) | MERIT_MAY(OPERATOR), false, false,
	    merit_query_quote, "which points an order would take, and whether it could be placed now"),
	ROW("statement.get", statement, EVERYBODY, false, false, merit_query_statement,
	    "an account's movements with running balances, newest first"),
	ROW("entry.get", entry, EVERYBODY, false, false, merit_query_entry, "an entry, as it is in the log"),
	ROW("entry.list", entries, MERIT_MAY_READ_ALL, false, false, merit_query_entries, "entries in order of seq"),
	ROW("award.get", award, MERIT_MAY_READ_ALL | MERIT_MAY(MEMBER) | MERIT_MAY(SPONSOR), false, false,
	    merit_query_award, "an award: what it is for, and where it stands"),
	ROW("award.list", awards, MERIT_MAY_READ_ALL | MERIT_MAY(MEMBER), false, false, merit_query_awards,
	    "awards that wait for a reviewer, or all of a member's that wait, in order of seq"),
	ROW("order.get", order, EVERYBODY, false, false, merit_query_order,
	    "an order: lines, what is held, shipped, received, and its events"),
	ROW("order.list", orders, EVERYBODY, false, false, merit_query_orders, "orders by name; a member's in the order they were placed"),
	ROW("order.recipient", order, MERIT_MAY(MEMBER) | MERIT_MAY(MERCHANT), false, false, merit_query_recipient,
	    "where an order goes, for its member and who ships it"),
	ROW("order.code", order, MERIT_MAY(MEMBER), false, false, merit_query_code, "an order's codes, for its member"),
	ROW("proposal.get", proposal, MERIT_MAY_STAFF | MERIT_MAY(AUDITOR), false, false, merit_query_proposal, "a proposal"),
	ROW("proposal.list", names, MERIT_MAY_STAFF | MERIT_MAY(AUDITOR), false, false, merit_query_proposals,
	    "proposals, by name"),
	ROW("referral.get", referee, MERIT_MAY_READ_ALL | MERIT_MAY(MEMBER), false, false, merit_query_referral,
	    "who referred a member, and whether it was paid"),
	ROW("referral.list", referrals, MERIT_MAY_READ_ALL | MERIT_MAY(MEMBER), false, false, merit_query_referrals,
	    "referrals that wait for a reviewer, or those of one referrer, in order of seq"),
	ROW("feed.read", feed, MERIT_MAY_READ_ALL, false, true, NULL, "new entries as they become durable"),
};

#define ROWS_COUNT (sizeof(rows) / sizeof(rows[0]))

const struct merit_query *merit_query_named(const char *name, size_t size)
{
	for (size_t i = 0; i < ROWS_COUNT; i++) {
		if (strlen(rows[i].name) == size && memcmp(rows[i].name, name, size) == 0)
			return &rows[i];
	}
	return NULL;
}

const struct merit_query *merit_query_at(size_t index)
{
	return index < ROWS_COUNT ? &rows[index] : NULL;
}
