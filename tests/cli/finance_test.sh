#!/bin/sh
# finance_test.sh
# Goal    the finance lead's work, deposits, credit, settlements, adjustments, trial balances, periods, goes through the
#         short commands alone; money is read and printed with its currency's digits.
# Method  one walk through a ledger of its own, its amounts worked out by hand; months end by a clock that is put ahead.
# shellcheck disable=SC2086 # $as_op and its like are several words.

# shellcheck source=tests/cli/service.sh
. "$(dirname "$0")/service.sh"
ledger_start 100000
party second finance
as_fin="--profile $work/fin.profile" as_second="--profile $work/second.profile"

# has, where a table's blanks count as one.
shows()
{
	has "$1" "$2" "$(printf '%s' "$said" | tr -s ' ')"
}

# The day and the month of the program, so many days ahead.
day_of()
{
	date -u -d "@$(($(date +%s) + 8 * 3600 + ${1:-0} * 86400))" +%Y-%m-%d
}
today=$(day_of) month=$(day_of | cut -c1-7)

# ---- Amounts ----
pay="sponsor deposit S1"
for wrong in '12.345 CNY' '0.1 JPY' '1.0001 KWD' '1,000 CNY' '1. CNY' '.5 CNY' '1e3 CNY' '+1 CNY' '90071992547409.92 CNY'; do
	ends "amount $wrong" 2 merit $as_fin $pay $wrong --bank-reference wrong
	has "amount $wrong" "is no amount in ${wrong#* }" "$said"
done
has "how it is written" "write 1234.00, with at most 2 digits behind a point" "$said"
ends "no currency" 2 merit $as_fin $pay 1 yuan --bank-reference wrong
has "no currency" "three capital letters" "$said"
ends "no reference" 2 merit $as_fin $pay 1 CNY
has "no reference" "sponsor deposit needs --bank-reference REFERENCE" "$said"
ends "half of it" 2 merit $as_fin $pay 1
ends "a tenth" 0 merit $as_fin $pay 0.1 CNY --bank-reference B1 --id deposit-1
shows "a tenth" "CNY 0.10 0.00 0.00"
ends "the same again" 0 merit $as_fin $pay 0.10 CNY --bank-reference B1 --id deposit-1
ends "yen" 0 merit $as_fin $pay 12345 JPY --bank-reference B2 --day "$today"
shows "yen" "JPY 12,345 0 0"
ends "dinars" 0 merit $as_fin $pay 1.005 KWD --bank-reference B3
shows "dinars" "KWD 1.005 0.000"

# ---- Sponsors and merchants ----
ends "the same reference" 1 merit $as_fin $pay 5 CNY --bank-reference B1
has "the same reference" "reference_used" "$said"
ends "below zero" 1 merit $as_fin $pay -5 CNY --bank-reference B4
has "below zero" "negative_amount" "$said"
ends "nothing" 1 merit $as_fin $pay 0 CNY --bank-reference B4
has "nothing" "zero_amount" "$said"
ends "tomorrow" 1 merit $as_fin $pay 5 CNY --bank-reference B4 --day "$(day_of 1)"
has "tomorrow" "in_future" "$said"
ends "no day" 2 merit $as_fin $pay 5 CNY --bank-reference B4 --day tomorrow
ends "nobody" 1 merit $as_fin sponsor deposit S9 5 CNY --bank-reference B4
has "nobody" "sponsor_unknown" "$said"
ends "not finance" 1 merit $as_op $pay 5 CNY --bank-reference B4
has "not finance" "not_permitted" "$said"
ends "withdraw" 0 merit $as_fin sponsor withdraw S1 345 JPY --bank-reference B5
shows "withdraw" "JPY 12,000 0 0"
ends "too much" 1 merit $as_fin sponsor withdraw S1 12001 JPY --bank-reference B6
has "too much" "short_prepaid" "$said"
ends "credit" 0 merit $as_fin sponsor credit S1 2000 GBP
shows "credit" "GBP 10,000,000.00 0.00 2,000.00 1,000.00 10,001,000.00"
ends "over credit" 1 merit $as_op call campaign.fund campaign=C points=1000100001
has "over credit" "over_credit" "$said"
ends "a sponsor" 0 merit $as_fin sponsor show S1
shows "a sponsor" "points granted 100,000"
ends "a sponsor as JSON" 0 merit $as_fin sponsor show S1 --json
has "a sponsor as JSON" '"currency":"JPY","balance_minor":-12000,"prepaid_minor":12000' "$said"
ends "no sponsor" 1 merit $as_fin sponsor show S9
merit $as_op call sponsor.create sponsor=US platform=true >/dev/null || fail "platform"
ends "the platform" 0 merit $as_fin sponsor show US
has "the platform" "the platform itself" "$said"
ends "its deposit" 1 merit $as_fin sponsor deposit US 5 CNY --bank-reference B7
has "its deposit" "sponsor_is_platform" "$said"
{
	merit $as_op call merchant.create merchant=X1
	merit key new "$work/x1.pem"
	merit key add X1 k1 "$work/x1.pem"
} >/dev/null || fail "merchant"
as_x1="--as X1/k1 --key $work/x1.pem --origin merit.example/test"
ends "a merchant" 0 merit $as_fin merchant show X1
has "a merchant" "It has sold nothing yet." "$said"
ends "terms" 0 merit $as_fin merchant terms X1 15
ends "no terms" 2 merit $as_fin merchant terms X1 soon
ends "its terms" 0 merit $as_x1 merchant show X1 --json
has "its terms" '"settle_days":15' "$said"
merit $as_fin merchant terms X1 0 >/dev/null || fail "terms"

# ---- An order, quoted and sold ----
now="occurred=$(date -u +%Y-%m-%dT%H:%M:%SZ)"
{
	merit $as_lms call member.create member=M1
	merit $as_lms call earn campaign=C event=course reference=r1 member=M1 points=500 "$now"
	merit $as_op call item.create item=mug merchant=X1 class=goods points=20 currency=GBP price_minor=15 stock=100
	merit $as_op call item.create item=card merchant=X1 class=goods points=5 currency=GBP price_minor=7 stock=100
} >"$work/setup.out" 2>&1 || fail "setup: $(cat "$work/setup.out")"
ends "an item" 0 merit $as_op item show mug
shows "an item" "merchant gets 0.15 GBP"
ends "a quote" 0 merit $as_lms quote M1 mug=2 card
shows "a quote" "mug=2 C never 40"
shows "a quote" "it takes 45"
shows "a quote" "left behind it 455"
ends "a quote as JSON" 0 merit $as_lms quote M1 card --json
has "a quote as JSON" '"lots":[{"line":0,"campaign":"C","sponsor":"S1","last_day":null,"points":5}]' "$said"
ends "too many" 1 merit $as_lms quote M1 mug=26
has "too many" "the order would be refused: short_points" "$said"
ends "what" 1 merit $as_lms quote M1 cup
ends "how many" 2 merit $as_lms quote M1 mug=two
has "how many" "write ITEM or ITEM=QUANTITY" "$said"

# sell ORDER LINES: placed, shipped and received.
sell()
{
	{
		merit $as_lms call order.place order="$1" member=M1 lines="$2"
		merit $as_op call order.fulfil order="$1"
		merit $as_op call order.receive order="$1"
	} >"$work/sell.out" 2>&1 || fail "order $1: $(cat "$work/sell.out")"
}
mugs='{"item":"mug","version":1,"points":20,"quantity":2}' cards='{"item":"card","version":1,"points":5,"quantity":3}'
sell -O1 "[$mugs,$cards]"
ends "its money" 0 merit $as_fin entry "$(merit $as_fin statement merchant/X1 --currency GBP --csv | sed -n '2s/,.*//p')"
shows "its money" "margin GBP - - 0 -0.10"
ends "not the merchant's" 0 merit $as_x1 entry "$(merit $as_fin statement merchant/X1 --currency GBP --csv |
	sed -n '2s/,.*//p')"
case "$said" in *margin*) fail "a merchant sees the margin" ;; esac
ends "what it is due" 0 merit $as_fin merchant show X1
shows "what it is due" "GBP 0.51"

# ---- Settlements ----
ends "no settlements" 0 merit $as_fin settlement list
has "no settlements" "There are no such settlements." "$said"
ends "no cut-off" 2 merit $as_fin settlement open ST1 X1 GBP
has "no cut-off" "settlement open needs --cutoff DAY" "$said"
ends "tomorrow" 1 merit $as_fin settlement open ST1 X1 GBP --cutoff "$(day_of 1)"
has "tomorrow" "in_future" "$said"
ends "not of a member" 1 merit $as_fin settlement open ST1 M1 GBP --cutoff "$today"
has "not of a member" "party_unknown" "$said"
ends "not in yen" 1 merit $as_fin settlement open ST1 X1 JPY --cutoff "$today"
has "not in yen" "nothing_to_do" "$said"
ends "open" 0 merit $as_fin settlement open ST1 X1 GBP --cutoff "$today"
shows "open" "party X1 (merchant)"
shows "open" "total 0.51 GBP, due to X1"
ends "again" 1 merit $as_fin settlement open ST1 X1 GBP --cutoff "$today"
has "again" "settlement_exists" "$said"
ends "another" 1 merit $as_fin settlement open ST2 X1 GBP --cutoff "$today"
has "another" "another_open" "$said"
ends "not the merchant's yet" 1 merit $as_x1 settlement show ST1
ends "not issued" 1 merit $as_fin settlement pay ST1 0.51 GBP --bank-reference P1
has "not issued" "not_issued" "$said"
ends "issue" 0 merit $as_fin settlement issue ST1 --invoice I1
shows "issue" "invoice I1"
ends "a statement" 0 merit $as_x1 settlement show ST1
shows "a statement" "-O1 mug 2"
shows "a statement" "0.21 0.51"
has "a statement" "sum of 2 lines: 0.51 GBP" "$said"
ends "as CSV" 0 merit $as_fin settlement show ST1 --csv
is "no formula" "'-O1" "$(printf '%s\n' "$said" | sed -n 2p | cut -d, -f10)"
has "amounts of lines" ",card,3,,,,0.21" "$said"
is "as CSV" 3 "$(printf '%s\n' "$said" | wc -l | tr -d ' ')"
lines=$said
ends "dispute without a reason" 2 merit $as_x1 settlement dispute ST1
ends "dispute" 0 merit $as_x1 settlement dispute ST1 --reason 'too little'
shows "dispute" "state disputed"
has "dispute" "too little" "$said"
ends "disputed" 1 merit $as_fin settlement pay ST1 0.51 GBP --bank-reference P1
has "disputed" "disputed" "$said"
ends "confirm" 0 merit $as_x1 settlement confirm ST1
shows "confirm" "state confirmed"
ends "not a merchant's" 1 merit $as_x1 settlement pay ST1 0.51 GBP --bank-reference P1
ends "in parts of a penny" 2 merit $as_fin settlement pay ST1 0.515 GBP --bank-reference P1
ends "in yen" 1 merit $as_fin settlement pay ST1 51 JPY --bank-reference P1
has "in yen" "currency_mismatch" "$said"
ends "a part" 0 merit $as_fin settlement pay ST1 0.1 GBP --bank-reference P1 --invoice I1
shows "a part" "left to pay 0.41 GBP"
ends "twice" 1 merit $as_fin settlement pay ST1 0.1 GBP --bank-reference P1
has "twice" "reference_used" "$said"
ends "too much" 1 merit $as_fin settlement pay ST1 0.42 GBP --bank-reference P2
has "too much" "over_total" "$said"
ends "the rest" 0 merit $as_fin settlement pay ST1 0.41 GBP --bank-reference P2 --day "$today"
shows "the rest" "state paid"
ends "paid" 1 merit $as_fin settlement pay ST1 0.01 GBP --bank-reference P3
has "paid" "already_paid" "$said"
ends "as CSV still" 0 merit $as_fin settlement show ST1 --csv
is "the same bytes" "$lines" "$said"
ends "as JSON" 0 merit $as_fin settlement show ST1 --json
has "as JSON" '"lines":[{"line":0,' "$said"
has "as JSON" '"amount_minor":21}]}' "$said"
ends "two forms" 2 merit $as_fin settlement show ST1 --json --csv
ends "no settlement" 1 merit $as_fin settlement show ST9
has "no settlement" "settlement_unknown" "$said"
ends "of the sponsor" 0 merit $as_fin settlement open SP1 S1 GBP --cutoff "$today"
shows "of the sponsor" "total -9,999,999.45 GBP, carried to the next settlement"
ends "the open ones" 0 merit $as_fin settlement list --state open
has "the open ones" "SP1" "$said"
ends "the merchant's" 0 merit $as_fin settlement list --party X1 --currency GBP --csv
has "the merchant's" "ST1,X1,GBP,$today,paid,2,0.51,0.00,0.51,0.51,0.00" "$said"
is "the merchant's" 2 "$(printf '%s\n' "$said" | wc -l | tr -d ' ')"
ends "as JSON" 0 merit $as_fin settlement list --json
has "as JSON" '"total_minor":51' "$said"
ends "no such state" 2 merit $as_fin settlement list --state lost

# ---- Adjustments ----
why="--reason mistake --reference T1"
ends "no proposals" 0 merit $as_fin proposal list
has "no proposals" "There are no proposals." "$said"
ends "no reason" 2 merit $as_fin adjust points M1 C 50 --reference T1
has "no reason" "adjust points needs --reason TEXT" "$said"
ends "no points" 2 merit $as_fin adjust points M1 C many $why
has "no points" 'points: "many" is not its form' "$said"
ends "no such day" 2 merit $as_fin adjust points M1 C 50 $why --last-day never
ends "points" 0 merit $as_fin adjust points M1 C 50 $why --id case-1
shows "points" "call adjust.points"
shows "points" "points 50"
has "points" "another party than fin, of role operator or finance: merit proposal approve case-1" "$said"
ends "the same again" 0 merit $as_fin adjust points M1 C 50 $why --id case-1
ends "two keys of one party" 1 merit $as_fin proposal approve case-1
has "two keys of one party" "same_party" "$said"
ends "approve" 0 merit $as_op proposal approve case-1
shows "approve" "state approved"
ends "ended" 1 merit $as_op proposal approve case-1
has "ended" "proposal_ended" "$said"
ends "it is there" 0 merit $as_fin balance M1 --json
has "it is there" '"available":495' "$said"
ends "back" 0 merit $as_fin adjust points M1 C -20 $why --proposal P2
ends "approve" 0 merit $as_second proposal approve P2
ends "more than there is" 0 merit $as_fin adjust points M1 C -1000 $why --proposal P3
ends "short" 1 merit $as_second proposal approve P3
has "short" "short_points" "$said"
ends "reject" 0 merit $as_second proposal reject P3 --reason 'not so much'
shows "reject" "state rejected"
ends "no debt" 0 merit $as_fin adjust debt M1 C 5 $why --proposal P4
ends "no debt" 1 merit $as_second proposal approve P4
ends "a bad amount" 2 merit $as_fin adjust money margin merchant/X1 1.505 GBP $why
ends "money" 0 merit $as_fin adjust money margin merchant/X1 1.5 GBP $why --proposal P5
shows "money" "call adjust.money"
shows "money" "credit merchant/X1"
shows "money" "amount 1.50"
has "money" "of role finance: merit proposal approve P5" "$said"
ends "no operator" 1 merit $as_op proposal approve P5
ends "approve" 0 merit $as_second proposal approve P5
ends "no such account" 0 merit $as_fin adjust money margin merchant/X9 1.5 GBP $why --proposal P6
ends "no such account" 1 merit $as_second proposal approve P6
has "no such account" "account_unknown" "$said"
ends "a name of its own" 0 merit $as_fin adjust points M1 C 1 $why --json
ends "a long id" 2 merit $as_fin adjust points M1 C 1 $why --id 123456789-123456789-123456789-123
has "a long id" "give one with --proposal" "$said"
ends "proposals" 0 merit $as_second proposal list
shows "proposals" "P5 approved fin adjust.money debit=margin credit=merchant/X1 currency=GBP amount=1.50 ... mistake"
shows "proposals" "adjust-"
ends "as CSV" 0 merit $as_second proposal list --csv
is "as CSV" 8 "$(printf '%s\n' "$said" | wc -l | tr -d ' ')"
ends "one" 0 merit $as_second proposal show P5 --json
has "one" '"amount_minor":150' "$said"
ends "none" 1 merit $as_second proposal show P9

# ---- Balances: now, then, and to come ----
ends "money" 0 merit $as_fin balance merchant/X1 --currency GBP
shows "money" "balance -1.50 GBP"
ends "cash" 0 merit $as_fin balance cash --currency JPY
shows "cash" "balance 12,000 JPY"
ends "as it was" 0 merit $as_fin balance merchant/X1 --currency GBP --at 1
shows "as it was" "balance 0.00 GBP"
ends "today" 0 merit $as_fin balance merchant/X1 --currency GBP --day "$today" --json
has "today" '"balance_minor":-150,"day":' "$said"
ends "now" 0 merit $as_fin balance M1 --at "$(date -u +%Y-%m-%dT%H:%M:%SZ)" --json
has "now" '"available":475' "$said"
ends "to come" 0 merit $as_fin balance M1 --day 2999-01-01
shows "to come" "projected true"
ends "of others nothing is known" 2 merit $as_fin balance campaign/C --day 2999-01-01
ends "two moments" 2 merit $as_fin balance M1 --at 5 --day "$today"
has "two moments" "give one" "$said"
ends "no moment" 2 merit $as_fin balance M1 --at soon
ends "statement" 0 merit $as_fin statement merchant/X1 --currency GBP
shows "statement" "settlement.pay"
shows "statement" "-1.50 -1.50"
ends "statement as CSV" 0 merit $as_fin statement cash --currency GBP --csv
has "statement as CSV" ",-0.41,9999999.49" "$said"

# ---- The trial balance ----
ends "trial balance" 0 merit $as_fin trial-balance
shows "trial balance" "C sum points 100,000 100,000"
shows "trial balance" "cash GBP 9,999,999.49"
shows "trial balance" "cash JPY 12,000"
shows "trial balance" "sum KWD 1.005 1.005"
has "trial balance" "every campaign and every currency comes to 0" "$said"
ends "as CSV" 0 merit $as_fin trial-balance --csv
has "as CSV" ",merchant/X1,GBP,-1.50" "$said"
is "it is even" 0 "$(printf '%s\n' "$said" | awk -F, '$3 == "points" { sum += $4 } END { print sum + 0 }')"
ends "at its beginning" 0 merit $as_fin trial-balance --at 1
has "at its beginning" "as of entry 1:" "$said"
ends "of today" 0 merit $as_fin trial-balance --day "$today"
has "of today" "as dated on $today" "$said"
ends "as JSON" 0 merit $as_fin trial-balance --json
has "as JSON" '{"unit":"JPY","sum":0}' "$said"
ends "of a day to come" 2 merit $as_fin trial-balance --day 2999-01-01
ends "two moments" 2 merit $as_fin trial-balance --at 5 --day "$today"
awk 'BEGIN { print "campaign"; for (i = 1; i <= 1100; i++) print "D" i }' >"$work/campaigns.csv"
merit $as_op import campaign.create "$work/campaigns.csv" --set sponsor=S1 --set starts=2012-01-01 --set ends=2099-12-31 \
	--set currency=GBP --set value_minor=1 --set value_points=1 --set contract=sponsor --set months=0 --set round=none \
	--set from=occurred >/dev/null || fail "campaigns"
ends "more than a page" 0 merit $as_fin trial-balance --csv
is "more than a page" 1101 "$(printf '%s\n' "$said" | grep -c ',member,points,')"
ends "more than a page" 0 merit $as_fin trial-balance --json
is "its JSON is one" 1101 "$(printf '%s' "$said" | grep -o '"account":"member"' | wc -l | tr -d ' ')"

# ---- Periods ----
ends "periods" 0 merit $as_fin period list
shows "periods" "$month open"
ends "as CSV" 0 merit $as_fin period list --csv
has "as CSV" "$month,open,,," "$said"
ends "not over" 1 merit $as_fin close "$month"
has "not over" "period_not_over" "$said"
ends "not closed" 1 merit $as_fin close "$month" --check
has "not closed" "$month is not closed" "$said"
ends "no month" 2 merit $as_fin close November
has "no month" "write 2026-10" "$said"
ends "reopen without a reason" 2 merit $as_fin period reopen "$month"

# ---- Help ----
ends "half a command" 2 merit settlement
has "half a command" "settlement pay" "$said"
ends "help" 0 merit settlement pay --help
has "help" "--bank-reference REFERENCE" "$said"
ends "all of it" 0 merit --help
has "all of it" "trial-balance" "$said"
ends "the manual" 0 merit man
has "the manual" '.SS "merit settlement open SETTLEMENT PARTY CURRENCY"' "$said"
merit completion bash >"$work/completion" || fail "completion"
if command -v bash >/dev/null; then
	is "completion" "confirm" "$(bash -c ". '$work/completion'; COMP_WORDS=(merit settlement c) COMP_CWORD=2; _merit
		echo \"\${COMPREPLY[*]}\"")"
	is "completion" "--bank-reference" "$(bash -c ". '$work/completion'; COMP_WORDS=(merit settlement pay --b)
		COMP_CWORD=3; _merit; echo \"\${COMPREPLY[*]}\"")"
fi
service_stop

# ---- Months that ended: by a clock that is 70 days ahead, for the service and for those who sign ----
for library in /usr/lib/*/faketime/libfaketimeMT.so.1; do
	[ -f "$library" ] || continue
	next=$(day_of 35 | cut -c1-7)
	DONT_FAKE_MONOTONIC=1 FAKETIME=+70d ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 LD_PRELOAD=$library
	export DONT_FAKE_MONOTONIC FAKETIME ASAN_OPTIONS LD_PRELOAD
	service_start "$work/data"
	sell O2 "[$cards]"
	ends "two days" 0 merit $as_fin settlement open ST2 X1 GBP --cutoff "$(day_of)"
	shows "two days" "total 1.71 GBP, due to X1"
	ends "their hash" 0 merit $as_fin settlement show ST2
	shows "their hash" "adjust.money T1"
	has "their hash" "sum of 2 lines: 1.71 GBP" "$said"
	ends "unsettled" 1 merit $as_fin close "$month"
	shows "unsettled" "settlement SP1 $month-"
	has "unsettled" "merit settlement issue SP1" "$said"
	has "unsettled" "merit settlement open SETTLEMENT S1 JPY --cutoff $month-" "$said"
	has "unsettled" "$month waits for 5 settlements." "$said"
	for currency in CNY JPY KWD; do
		ends "settle $currency" 0 merit $as_fin settlement open "SP-$currency" S1 "$currency" --cutoff "$today"
		ends "issue $currency" 0 merit $as_fin settlement issue "SP-$currency"
	done
	for settlement in SP1 ST2; do
		ends "issue $settlement" 0 merit $as_fin settlement issue "$settlement"
	done
	ends "not finance" 1 merit $as_op close "$month"
	has "not finance" "not_permitted" "$said"
	ends "close" 0 merit $as_fin close "$month"
	ends "closed" 0 merit $as_fin period list
	shows "closed" "$month closed"
	ends "close again" 1 merit $as_fin close "$month"
	has "close again" "period_closed" "$said"
	ends "nothing is dated in it" 1 merit $as_fin $pay 5 CNY --bank-reference B8 --day "$today"
	has "nothing is dated in it" "period_closed" "$said"
	ends "close the next" 0 merit $as_fin close "$next"
	ends "propose to reopen" 0 merit $as_fin period reopen "$month" --reason 'a late deposit' --proposal R1
	has "propose to reopen" "of role finance: merit proposal approve R1" "$said"
	ends "reopen" 0 merit $as_second proposal approve R1
	ends "both are open" 0 merit $as_fin period list --csv
	has "both are open" "$month,open," "$said"
	has "both are open" "$next,open," "$said"
	ends "not in order" 1 merit $as_fin close "$next"
	has "not in order" "period_order" "$said"
	ends "dated back" 0 merit $as_fin $pay 5 CNY --bank-reference B8 --day "$today"
	ends "as it was known" 0 merit $as_fin balance cash --currency CNY --at 40
	shows "as it was known" "balance 0.10 CNY"
	ends "as it is dated" 0 merit $as_fin balance cash --currency CNY --day "$today"
	shows "as it is dated" "balance 5.10 CNY"
	service_stop
	unset LD_PRELOAD ASAN_OPTIONS FAKETIME DONT_FAKE_MONOTONIC
	break
done
ends "the ledger is proven" 0 merit verify "$work/data"
ends "no service" 3 merit $as_fin settlement show ST1 --timeout 1
ends "no service for a write" 3 merit $as_fin settlement confirm ST1 --timeout 1
has "no service for a write" "repeat it safely with --id" "$said"
echo "finance: all good"
