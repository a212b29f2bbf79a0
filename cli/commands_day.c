/* commands_day.c - the commands of a day: reviews, orders, items, campaigns, members. */
#include "cli/commands_inner.h"

/* The tables read better by hand. */
/* clang-format off */
static const struct merit_option list_options[] = {
	MERIT_OPTIONS_LIST,
	{ NULL, NULL, NULL },
};

static const struct merit_option order_list_options[] = {
	{ "state", "open|ended", "only these" },
	{ "merchant", "MERCHANT", "only those with a line of this merchant's" },
	{ "member", "MEMBER", "only this member's, in the order they were placed" },
	MERIT_OPTIONS_LIST,
	{ NULL, NULL, NULL },
};

static const struct merit_option referral_list_options[] = {
	{ "referrer", "MEMBER", "all of this member's; default those that wait for a reviewer" },
	MERIT_OPTIONS_LIST,
	{ NULL, NULL, NULL },
};

static const struct merit_option review_show_options[] = {
	{ "referral", "REFEREE", "in place of SEQ: the referral of this member" },
	{ NULL, NULL, NULL },
};

static const struct merit_option review_options[] = {
	{ "referral", "REFEREE", "in place of SEQ: the flagged referral of this member" },
	{ "reason", "TEXT", "why; required" },
	MERIT_OPTION_ID,
	{ NULL, NULL, NULL },
};

static const struct merit_option reason_options[] = {
	{ "reason", "TEXT", "why; required" },
	MERIT_OPTION_ID,
	{ NULL, NULL, NULL },
};

static const struct merit_option tag_options[] = {
	{ "off", NULL, "take it off" },
	MERIT_OPTION_ID,
	{ NULL, NULL, NULL },
};

static const struct merit_option link_options[] = {
	{ "mall", "URL", "where the mall is; default print the token alone" },
	{ "to", "PATH", "the screen to go on to, such as /orders/o1" },
	{ "seconds", "SECONDS", "how long it lives, up to 300, the default" },
	{ "origin", "NAME", "the ledger's name [$MERIT_ORIGIN]" },
	{ "as", "PARTY/KEY", "who signs: a service or an operator [$MERIT_AS]" },
	{ "key", "FILE", "PEM file of that key [$MERIT_KEY]" },
	{ "profile", "FILE", "take these from a profile [$MERIT_PROFILE]" },
	{ NULL, NULL, NULL },
};

static const struct merit_option ship_options[] = {
	{ "carrier", "TEXT", "who carries it" },
	{ "tracking", "NUMBER", "under which number" },
	{ "line", "LINE=QUANTITY", "so much of a line, counted from 0; may be repeated; default all that is held" },
	MERIT_OPTION_ID,
	{ "file", "FILE", "in place of ORDER: a CSV file with a row a shipment" },
	{ "name", "NAME", "with --file: the import's name in ids; default the file's, without its folder" },
	{ "retry-refused", NULL, "with --file: try rows again that an earlier run had refused" },
	{ "rejects", "FILE", "with --file: write rows that were not accepted, with their status, as CSV" },
	{ "skip-bad", NULL, "with --file: send the rest although some rows are not understood" },
	{ "dry-run", NULL, "with --file: understand every row, send nothing" },
	{ "delimiter", "CHARACTER", "with --file: of CSV; default a comma; tab is a word" },
	{ NULL, NULL, NULL },
};

static const struct merit_option code_import_options[] = {
	{ "column", "COLUMN", "of a CSV file; default a code a line and no line of names" },
	{ "name", "NAME", "the import's name in ids; default the file's, without its folder" },
	{ "retry-refused", NULL, "try codes again that an earlier run had refused" },
	{ "dry-run", NULL, "understand every row, send nothing" },
	{ "delimiter", "CHARACTER", "of CSV; default a comma; tab is a word" },
	{ NULL, NULL, NULL },
};

/* name, operands, least, most, calls, options, function, about, details, examples */
const struct merit_command merit_commands_day[] = {
	{ "review list", "", 0, 0, true, list_options, merit_command_review_list,
	  "awards and referrals that wait for a reviewer",
	  "Both in the order they came in. Who submitted one cannot decide it.",
	  "merit review list" },
	{ "review show", "[SEQ]", 0, 1, true, review_show_options, merit_command_review_show,
	  "one of them, or any other award or referral", NULL, "merit review show 17\nmerit review show --referral M2" },
	{ "review approve", "[SEQ]", 0, 1, true, review_options, merit_command_review_approve,
	  "let an award or a referral be paid", NULL,
	  "merit review approve 17 --reason 'certificate seen'\n"
	  "merit review approve --referral M2 --reason 'known to us'" },
	{ "review reject", "[SEQ]", 0, 1, true, review_options, merit_command_review_reject, "refuse it",
	  "A rejected award frees its reference, its evidence, its budget and what it counted.",
	  "merit review reject 17 --reason 'certificate of somebody else'" },
	{ "order list", "", 0, 0, true, order_list_options, merit_command_order_list, "orders", NULL,
	  "merit order list --state open --merchant X1\nmerit order list --member M1 --csv" },
	{ "order show", "ORDER", 1, 1, true, NULL, merit_command_order_show,
	  "one order: lines, points, what happened", NULL, "merit order show O1" },
	{ "order ship", "[ORDER]", 0, 1, true, ship_options, merit_command_order_ship,
	  "say that an order, or a file of them, was shipped",
	  "FILE has the columns order, carrier, tracking and, to ship orders in parts, line and quantity: then every row "
	  "names both. Run again, it ships nothing twice; see merit import --help.",
	  "merit order ship O1 --carrier SF --tracking SF1234567890\n"
	  "merit order ship O1 --line 0=2 --line 3=1\n"
	  "merit order ship --file shipped.csv --rejects rejects.csv" },
	{ "order recipient", "ORDER", 1, 1, true, NULL, merit_command_order_recipient, "where an order goes",
	  "For its member, and for the merchants who ship some of it.", "merit order recipient O1" },
	{ "order code", "ORDER", 1, 1, true, NULL, merit_command_order_code, "the codes of an order, for its member", NULL,
	  "merit order code O1" },
	{ "quote", "MEMBER ITEM[=QUANTITY]...", 2, MERIT_OPERANDS_MANY, true, NULL, merit_command_quote,
	  "which points an order would take, and what remains",
	  "Decided as order.place decides it, and thrown away. Exit code 1: it would be refused, and why.",
	  "merit quote M1 mug=2 card" },
	{ "item list", "", 0, 0, true, list_options, merit_command_item_list, "the items of the mall", NULL,
	  "merit item list\nmerit item list --csv" },
	{ "item show", "ITEM", 1, 1, true, NULL, merit_command_item_show, "one item", NULL, "merit item show mug" },
	{ "item import", "FILE", 1, 1, true, merit_import_options, merit_command_item_import, "add the items of a file",
	  "As merit import item.create: points are the price, price_minor what the merchant is due in minor units.",
	  "merit item import catalogue.csv --set merchant=X1 --set currency=CNY\n"
	  "merit item import catalogue.csv --map item=sku --map title=name --map points=points "
	  "--map 'price_minor={price|minor}' --set class=goods --set merchant=X1 --set currency=CNY" },
	{ "code import", "ITEM FILE", 2, 2, true, code_import_options, merit_command_code_import,
	  "add the voucher codes of a file to an item",
	  "FILE has a code a line, - is standard input; empty lines are passed over. The same file twice adds nothing, "
	  "if by the same key: keys hide a code differently, so that another one, of the same party too, adds it "
	  "again. Only who is given a code can read it, so there is no file of rejects: the lines are named.",
	  "merit code import coffee codes.txt\nmerit code import coffee codes.csv --column voucher" },
	{ "campaign list", "", 0, 0, true, list_options, merit_command_campaign_list, "campaigns", NULL,
	  "merit campaign list" },
	{ "campaign show", "CAMPAIGN", 1, 1, true, NULL, merit_command_campaign_show,
	  "what a campaign promises and pays",
	  "Promises, budget, rules in force, terms of referrals, and what its points may buy. merit call campaign.rule "
	  "and its like set them.",
	  "merit campaign show C1" },
	{ "referral list", "", 0, 0, true, referral_list_options, merit_command_referral_list,
	  "referrals of a member, or those that wait", NULL, "merit referral list\nmerit referral list --referrer M1" },
	{ "referral show", "REFEREE", 1, 1, true, NULL, merit_command_referral_show, "who referred a member", NULL,
	  "merit referral show M2" },
	{ "member list", "", 0, 0, true, list_options, merit_command_member_list, "members",
	  "this_year is what a member earned in the calendar year: what its tier follows from.",
	  "merit member list --from M1000\nmerit member list --csv" },
	{ "member show", "MEMBER", 1, 1, true, NULL, merit_command_member_show,
	  "one member: balances, lots, tags, tier, last movements", NULL, "merit member show M1" },
	{ "member freeze", "MEMBER", 1, 1, true, reason_options, merit_command_member_freeze,
	  "keep a member from earning and ordering", NULL, "merit member freeze M1 --reason 'account shared'" },
	{ "member unfreeze", "MEMBER", 1, 1, true, reason_options, merit_command_member_unfreeze, "end that", NULL,
	  "merit member unfreeze M1 --reason 'cleared up'" },
	{ "member close", "MEMBER", 1, 1, true, reason_options, merit_command_member_close,
	  "end a member for ever; what is available expires", NULL, "merit member close M1 --reason 'left the program'" },
	{ "member tag", "MEMBER TAG", 2, 2, true, tag_options, merit_command_member_tag,
	  "put a tag on a member, or take it off", NULL,
	  "merit member tag M1 cardiology\nmerit member tag M1 cardiology --off" },
	{ "link", "MEMBER", 1, 1, false, link_options, merit_command_link,
	  "a one-time link that signs a member in to the mall",
	  "Made and signed here; no service is asked. Whoever opens it first is the member in that browser from then on, "
	  "so hand it to nobody else, and keep it out of logs. A platform makes its own in the same way: doc/protocol.md, "
	  "section 3, or merit_client_token of libmerit.",
	  "merit link M1 --mall https://mall.example\n"
	  "merit link M1 --mall https://mall.example --to /orders/o1 --seconds 60" },
	{ .name = NULL },
};
/* clang-format on */
