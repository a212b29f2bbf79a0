#!/bin/sh
# verbs_test.sh
# Goal    what people do in a day, review awards, import items and codes, ship orders, look after members, goes through
#         the short commands alone, and each of them says what happened.
# Method  one walk through a ledger of its own; files are imported twice, and the ledger is proven at the end.
# shellcheck disable=SC2086 # $as_op and its like are several words.

# shellcheck source=tests/cli/service.sh
. "$(dirname "$0")/service.sh"
ledger_start 100000

# The seq in the answer of the last call with --json.
seq_of()
{
	printf '%s\n' "$said" | sed -n 's/.*"seq":\([0-9]*\).*/\1/p'
}

# ---- Nothing there yet ----
ends "no review" 0 merit $as_op review list
has "no review" "No award waits for a reviewer." "$said"
has "no review" "No referral waits for a reviewer." "$said"
ends "no members" 0 merit $as_op member list
has "no members" "There are no members yet." "$said"
ends "no items" 0 merit $as_op item list
has "no items" "There are no items yet." "$said"
ends "no orders" 0 merit $as_op order list
has "no orders" "There are no such orders." "$said"

# ---- A campaign ----
{
	merit $as_op call program.tier tier=silver points=100
	merit $as_op call campaign.rule campaign=C event=article points=40 evidence=none review=true cap_month=500 \
		quota_day=3 'multipliers=[{"tag":"cardiology","basis_points":15000}]'
	merit $as_op call campaign.referral campaign=C event=course referrer_points=30 referee_points=10 window_days=30 \
		flag_day=1
	merit $as_op call campaign.eligibility campaign=C class=goods allowed=true tier=silver
} >"$work/setup.out" 2>&1 || fail "setup: $(cat "$work/setup.out")"
ends "campaigns" 0 merit $as_op campaign list
has "campaigns" "100,000" "$said"
ends "campaigns as CSV" 0 merit $as_op campaign list --csv
has "campaigns as CSV" "C,S1,2012-01-01,2099-12-31,GBP,100000,0," "$said"
ends "a campaign" 0 merit $as_op campaign show C
has "what it promises" "points live           for ever" "$said"
has "what it promises" "1 points = 0.01 GBP" "$said"
has "its rules" "cap_month=500 quota_day=3" "$said"
has "its rules" "cardiology x1.5" "$said"
has "its rules" "up to 1,000" "$said"
has "its terms" "for the referrer  30" "$said"
has "its terms" "flag_day=1" "$said"
has "its eligibility" "silver" "$said"
ends "a campaign as JSON" 0 merit $as_op campaign show C --json
has "a campaign as JSON" '"window_days":30' "$said"
ends "no campaign" 1 merit $as_op campaign show D

# ---- Members ----
for member in M1 M2 M3 M4; do
	merit $as_lms call member.create member=$member >/dev/null || fail "member $member"
done
ends "tag" 0 merit $as_op member tag M1 cardiology
ends "tag again" 1 merit $as_op member tag M1 cardiology
has "tag again" nothing_to_do "$said"
merit $as_op member tag M1 mistake >/dev/null || fail "tag"
ends "tag off" 0 merit $as_op member tag M1 mistake --off
now="occurred=$(date -u +%Y-%m-%dT%H:%M:%SZ)"
course="call earn campaign=C event=course reference=r1 $now"
ends "freeze without a reason" 2 merit $as_op member freeze M3
has "freeze without a reason" "member freeze needs --reason TEXT" "$said"
ends "freeze" 0 merit $as_op member freeze M3 --reason 'account shared'
ends "frozen" 1 merit $as_lms $course member=M3 points=10
has "frozen" member_frozen "$said"
ends "unfreeze" 0 merit $as_op member unfreeze M3 --reason 'cleared up'
ends "not frozen" 0 merit $as_lms $course member=M3 points=10
ends "close" 0 merit $as_op member close M3 --reason 'left the program'
ends "closed" 0 merit $as_op member show M3
has "closed" "state             closed" "$said"
has "closed" "since entry" "$said"
has "what it had expires" "forfeit" "$said"
ends "members" 0 merit $as_op member list --limit 2
has "members" "more rows: the same with --from M3" "$said"
ends "all members" 0 merit $as_op member list --csv
is "all members" 5 "$(printf '%s\n' "$said" | wc -l | tr -d ' ')"
ends "nobody" 1 merit $as_op member show M9

# ---- Awards under review ----
article="call earn campaign=C event=article member=M1 $now --json"
ends "an article" 0 merit $as_lms $article reference=a1
first=$(seq_of)
ends "another" 0 merit $as_lms $article reference=a2
second=$(seq_of)
ends "review list" 0 merit $as_op review list
has "review list" "a1" "$said"
has "review list" "60" "$said"
ends "review list as CSV" 0 merit $as_op review list --csv
has "review list as CSV" "award,$second,M1,,C,article,a2,60," "$said"
ends "who waits" 0 merit $as_op member show M1
has "who waits" "awards that wait" "$said"
has "who waits" "a2" "$said"
ends "review show" 0 merit $as_op review show "$first"
has "review show" "state       review" "$said"
ends "who submitted it" 1 merit $as_lms review approve "$first" --reason mine
has "who submitted it" same_party "$said"
ends "no reason" 2 merit $as_op review approve "$first"
has "no reason" "review approve needs --reason TEXT" "$said"
ends "which" 2 merit $as_op review approve --reason good
ends "approve" 0 merit $as_op review approve "$first" --reason 'read it'
ends "reject" 0 merit $as_op review reject "$second" --reason 'copied'
ends "again" 1 merit $as_op review reject "$second" --reason 'copied'
has "again" not_pending "$said"
ends "not a number" 2 merit $as_op review approve a1 --reason 'read it'
ends "nothing left" 0 merit $as_op review list --json
has "nothing left" '"awards":{"rows":[],"next":null}' "$said"
ends "who earned" 0 merit $as_op member show M1
has "who earned" "available         60" "$said"
has "who earned" "cardiology" "$said"
has "who earned" "earn.review" "$said"

# ---- Referrals ----
ends "no referrals" 0 merit $as_op referral list --referrer M1
has "no referrals" "has referred nobody" "$said"
for referee in M2 M4; do
	ends "referral" 0 merit $as_lms call referral.record referrer=M1 referee=$referee campaign=C "$now"
done
ends "referrals" 0 merit $as_op referral list --referrer M1
has "referrals" "recorded" "$said"
has "referrals" "flagged" "$said"
ends "flagged" 0 merit $as_op review list --csv
has "flagged" ",M4,M1,C," "$said"
ends "it qualifies" 0 merit $as_lms $course member=M2 points=100
ends "referral" 0 merit $as_op referral show M2
has "referral" "paid by entry" "$said"
ends "reject" 0 merit $as_op review reject --referral M4 --reason 'same person'
ends "rejected" 0 merit $as_op review show --referral M4
has "rejected" "rejected" "$said"
ends "no referral" 1 merit $as_op referral show M1

# ---- Items ----
merit $as_op call merchant.create merchant=X1 >/dev/null || fail "merchant"
cat >"$work/items.csv" <<'CSV'
sku,name,class,points,price,stock,delivery
mug,"Mug, blue",goods,20,2.50,10,address
咖啡,Kaffee,goods,1,1,1,none
card,咖啡卡,goods,5,0.5,100,none
coffee,Coffee voucher,code,10,3,,account
CSV
items="item import $work/items.csv --map item=sku --map title=name --map class=class --map points=points --map
	price_minor={price|minor} --map stock=stock --map delivery=delivery --set merchant=X1 --set currency=GBP"
ends "a bad name" 2 merit $as_op $items
has "a bad name" "items.csv, line 3, column sku, parameter item" "$said"
ends "items" 0 merit $as_op $items --skip-bad --json
is "items" 3 "$(count accepted "$said")"
ends "items again" 0 merit $as_op $items --skip-bad --json
is "none twice" 3 "$(count accepted_before "$said")"
ends "item list" 0 merit $as_op item list
has "Chinese titles align" "card    咖啡卡          X1" "$said"
has "Chinese titles align" "coffee  Coffee voucher  X1" "$said"
ends "item show" 0 merit $as_op item show mug
has "item show" "merchant gets  2.50 GBP" "$said"

# ---- Codes ----
printf '\357\273\277COFFEE-1\r\n\nCOFFEE-2\n  COFFEE-3  \n' >"$work/codes.txt"
ends "codes" 0 merit $as_op code import coffee "$work/codes.txt" --json
is "codes" 3 "$(count accepted "$said")"
ends "codes again" 0 merit $as_op code import coffee "$work/codes.txt" --json
is "no code twice" 3 "$(count accepted_before "$said")"
printf 'voucher\nCOFFEE-4\n' >"$work/codes.csv"
ends "a column of codes" 0 merit $as_op code import coffee "$work/codes.csv" --column voucher --json
is "a column of codes" 1 "$(count accepted "$said")"
ends "codes from elsewhere" 0 sh -c "echo COFFEE-5 | '$bin/merit' $as_op code import coffee - --name five --json"
is "codes from elsewhere" 1 "$(count accepted "$said")"
ends "they are the stock" 0 merit $as_op item show coffee
has "they are the stock" "stock          5" "$said"
printf 'COFFEE-6\nCOFFEE-\377\n' >"$work/latin.txt"
ends "codes that are no text" 2 merit $as_op code import coffee "$work/latin.txt"
has "codes that are no text" "latin.txt, line 2: a code is 1 to 2048 bytes of printable UTF-8" "$said"
ends "no such file" 2 merit $as_op code import coffee "$work/nothing"
if merit tail --from 0 --json | grep -q COFFEE; then fail "a code is in the log"; fi

# ---- Orders ----
# place ORDER MEMBER LINES [RECIPIENT]
place()
{
	ends "order $1" 0 merit $as_lms call order.place order="$1" member="$2" lines="$3" ${4:+"recipient=$4"}
}
cards='[{"item":"card","version":1,"points":5,"quantity":2},{"item":"card","version":1,"points":5,"quantity":1}]'
ends "points" 0 merit $as_lms $course member=M1 points=400
ends "points" 0 merit $as_lms $course member=M4 points=100
printf '上海市 1 号\nM1\n' >"$work/address"
place O1 M1 '[{"item":"mug","version":1,"points":20,"quantity":1}]' "@$work/address"
for order in O2 O3 O4; do
	place $order M1 "$cards"
done
place O5 M4 '[{"item":"coffee","version":1,"points":10,"quantity":2}]' mail@merit.example
ends "orders" 0 merit $as_op order list --state open
has "orders" "O1     M1      open" "$said"
has "orders" "2 x card, 1 x card" "$said"
ends "one member's" 0 merit $as_op order list --member M4 --csv
is "one member's" 2 "$(printf '%s\n' "$said" | wc -l | tr -d ' ')"
ends "no such state" 2 merit $as_op order list --state lost
ends "order" 0 merit $as_op order show O1
has "order" "order recipient" "$said"
has "order" "what happened:" "$said"

# What is private is for the member and who ships.
merit key new "$work/x1.pem" >/dev/null || fail "key"
merit key add X1 k1 "$work/x1.pem" >/dev/null || fail "key add"
merit key new "$work/m4.pem" >/dev/null || fail "key"
merit key add M4 k1 "$work/m4.pem" >/dev/null || fail "key add"
as_x1="--as X1/k1 --key $work/x1.pem --origin merit.example/test"
as_m4="--as M4/k1 --key $work/m4.pem --origin merit.example/test"
ends "recipient" 0 merit $as_x1 order recipient O1
is "recipient" "上海市 1 号
M1" "$said"
ends "not for staff" 1 merit $as_op order recipient O1
ends "code" 0 merit $as_m4 order code O5
has "code" "0  coffee  COFFEE-1" "$said"
has "code" "0  coffee  COFFEE-2" "$said"
ends "not for the merchant" 1 merit $as_x1 order code O5

# Shipped by hand, then by file, twice.
ends "ship" 0 merit $as_x1 order ship O1 --carrier 顺丰 --tracking SF1
ends "shipped" 0 merit $as_op order show O1
has "shipped" "顺丰" "$said"
has "shipped" "SF1" "$said"
ends "a part" 0 merit $as_x1 order ship O2 --line 0=1 --line 1=1
ends "a bad part" 2 merit $as_x1 order ship O2 --line 0
has "a bad part" "write --line LINE=QUANTITY" "$said"
ends "which" 2 merit $as_x1 order ship
printf 'order,carrier,tracking\nO3,SF,SF3\nO9,SF,SF9\n' >"$work/ship.csv"
ends "a file" 1 merit $as_x1 order ship --file "$work/ship.csv" --rejects "$work/rejects.csv" --json
is "a file" 1 "$(count accepted "$said")"
has "a file" "3,order_unknown,," "$(cat "$work/rejects.csv")"
ends "again" 1 merit $as_x1 order ship --file "$work/ship.csv" --json
is "nothing is shipped twice" 1 "$(count accepted_before "$said")"
is "nothing is refused anew" 1 "$(count refused_before "$said")"
printf 'order,carrier,tracking,line,quantity\nO2,SF,SF2,0,1\nO4,SF,SF4,0,2\nO4,YT,YT4,1,1\n' >"$work/parts.csv"
ends "parts" 0 merit $as_x1 order ship --file "$work/parts.csv" --json
is "parts" 3 "$(count accepted "$said")"
ends "parts again" 0 merit $as_x1 order ship --file "$work/parts.csv" --json
is "no part twice" 3 "$(count accepted_before "$said")"
ends "shipped" 0 merit $as_op order show O4
has "shipped" "YT4" "$said"
printf 'order,line,quantity\nO4,0,1\nO4,,\n' >"$work/mixed.csv"
ends "rows of both kinds" 2 merit $as_x1 order ship --file "$work/mixed.csv"
has "rows of both kinds" "line 3: some rows name line and quantity and some do not" "$said"
ends "no such file" 2 merit $as_x1 order ship --file "$work/nothing.csv"
ends "a refund is asked for" 0 merit $as_lms call order.refund_request order=O3 reason='too late'
ends "requested" 0 merit $as_op order show O3
has "requested" "too late" "$said"
ends "movements" 0 merit $as_op member show M1
has "movements" "order.fulfil" "$said"

# ---- More than a page ----
awk 'BEGIN { print "member"; for (i = 1000; i < 2200; i++) print "P" i }' >"$work/many.csv"
merit $as_lms import member.create "$work/many.csv" >/dev/null || fail "many"
ends "all of them" 0 merit $as_op member list --csv
is "all of them" 1205 "$(printf '%s\n' "$said" | wc -l | tr -d ' ')"
ends "some of them" 0 merit $as_op member list --csv --from P1005 --limit 3
has "some of them" "more rows: the same with --from P1008" "$said"
is "some of them" "member P1005 P1006 P1007 " "$(printf '%s\n' "$said" | sed '/^more/d;s/,.*//' | tr '\n' ' ')"
ends "no limit" 2 merit $as_op member list --limit 0
ends "two forms" 2 merit $as_op member list --csv --json
ends "no place to begin" 2 merit $as_op review list --from P1005
has "no place to begin" 'from: "P1005" is not its form' "$said"

# ---- Half a command, and the tables of commands ----
ends "half a command" 2 merit review
has "half a command" "review approve" "$said"
ends "another half" 2 merit review aprove
has "another half" "merit help review lists them" "$said"
ends "its help" 0 merit help order
has "its help" "order ship" "$said"
ends "help" 0 merit order ship --help
has "help" "merit order ship --file shipped.csv" "$said"
merit completion bash >"$work/completion" || fail "completion"
if command -v bash >/dev/null; then
	is "completion" "show ship" "$(bash -c ". '$work/completion'; COMP_WORDS=(merit order s) COMP_CWORD=2; _merit
		echo \"\${COMPREPLY[*]}\"")"
fi
ends "the ledger is proven" 0 merit verify "$work/data"
service_stop
ends "no service" 3 merit $as_op member list --timeout 1
ends "no service for a write" 3 merit $as_op member tag M1 x --timeout 1
has "no service for a write" "repeat it safely with --id" "$said"
echo "verbs: all good"
