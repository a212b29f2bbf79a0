#!/bin/sh
# close_test.sh
# Goal    a month goes from its files to its close through the command line: every planted fault is found, classed right,
#         and nothing else; close lists what is missing until nothing is; a closed month's reports are the same bytes
#         whatever comes later, from the service, its data and a backup; a closing entry that says something else is told.
# Method  the program of doc/month-end.md (tests/doc/month_end.sh), a month old by a clock that was put back; a merchant's
#         file with a fault of each class, a bank's file with one.
# shellcheck disable=SC2086,SC2154 # $shop and its like are several words; work and said come from service.sh.

# shellcheck source=tests/cli/service.sh
. "$(dirname "$0")/service.sh"
# shellcheck source=tests/doc/month_end.sh
. "$MERIT_SOURCE_DIR/tests/doc/month_end.sh"
[ -n "$(faketime_library)" ] || { echo "close: no libfaketime"; exit 77; }

unset MERIT_PROFILE MERIT_KEY MERIT_AS MERIT_ORIGIN MERIT_LOG_KEY MERIT_CA MERIT_TIMEOUT
cd "$work" || exit 1
MERIT_URL=tcp://127.0.0.1:$((20000 + $$ % 12000)) HOME=$work PATH=$bin:$PATH TZ=UTC
export MERIT_URL HOME PATH TZ
month_end_make "$MERIT_URL" || fail "$(cat made)"
service_pid=$(cat meritd.pid)
MERIT_PROFILE=people/fin.profile
export MERIT_PROFILE
as_books="--profile people/books.profile"
last=$(month_last) this=$(date -u +%Y-%m) today=$(date -u +%Y-%m-%d) tomorrow=$(date -u -d tomorrow +%Y-%m-%d)
month=${last%-*}

approve()
{
	ends "approve $1" 0 merit proposal approve "$1" $as_books
}

# The count of the entries.
entries()
{
	merit checkpoint --json | sed 's/.*"size":\([0-9]*\).*/\1/'
}

# A month ahead of its time, and none.
ends "no month" 2 merit close 2026-13
ends "not over" 1 merit close "$this"
has "not over" "period_" "$said"
ends "long ago" 1 merit close 2020-01
has "long ago" "2020-01 is before the ledger's first month" "$said"
has "long ago" "the month to close next is $month" "$said"
ends "nothing to check" 1 merit close "$month" --check
has "nothing to check" "$month is not closed" "$said"

# ---- Sources ----
declare="--currency CNY --every month --starts $month-01 --due-days 0"
ends "no subject" 2 merit source declare shop --direction out $declare
has "no subject" "source declare needs --subject" "$said"
ends "a limit in parts of a fen" 2 merit source declare shop --subject fulfilments --direction out $declare --limit 1.001
ends "nobody's" 1 merit source declare shop --subject fulfilments --party nobody --direction out $declare
has "nobody's" "party_unknown" "$said"
ends "not finance" 1 merit source declare shop --subject fulfilments --direction out $declare --profile people/desk.profile
ends "no sources" 0 merit source list
has "no sources" "There are no sources of files" "$said"
ends "nothing due" 0 merit source due
ends "declare" 0 merit source declare shop --subject fulfilments --party shop --direction out $declare --break-rate 500 \
	--limit 100.00
ends "declare" 0 merit source declare bank --subject cash --direction in $declare
ends "sources" 0 merit source list --csv
has "sources" "shop,fulfilments,shop,CNY,out,month,$month-01,,0,500,,100.00" "$said"
ends "in points" 0 merit source declare earns --subject earns --direction out --every none --starts "$month-01" \
	--limit 1500
ends "sources" 0 merit source list --csv
has "in points" "earns,earns,,,out,none,$month-01,,1,,,1500" "$said"
ends "sources" 0 merit source list
has "in points" " 1,500" "$said"
changed="--subject earns --direction out --every none --starts $month-02"
ends "not changed by one" 1 merit source declare earns $changed
has "not changed by one" "proposal_required" "$said"
has "not changed by one" "add --proposal NAME" "$said"
ends "no reason" 2 merit source declare earns $changed --proposal earns-2
has "no reason" "source declare needs --reason" "$said"
ends "not a word" 2 merit source declare earns --subject coins --direction out --every none --starts "$month-02" \
	--proposal earns-2 --reason later
has "not a word" "orders|fulfilments|settlements|deposits|earns|cash" "$said"
ends "proposed" 0 merit source declare earns $changed --proposal earns-2 --reason 'they begin a day later'
has "proposed" "source.declare" "$said"
approve earns-2
ends "sources" 0 merit source list --csv
has "changed" "earns,earns,,,out,none,$month-02,,1,,,0" "$said"
ends "due" 1 merit source due --csv
is "due" "source,from,to
bank,$month-01,$last
shop,$month-01,$last" "$said"
ends "missing" 1 merit close "$month"
has "missing" "merit reconcile FILE --source shop --from $month-01 --to $last --commit RUN" "$said"
has "missing" "merit settlement open SETTLEMENT shop CNY --cutoff $last" "$said"
case $said in *period.close*) fail "the ledger was asked in vain" ;; esac
ends "missing as JSON" 1 merit close "$month" --json
has "missing as JSON" '"runs":0,"breaks":0,"settlements":2' "$said"

# ---- The merchant's file: a fault of each class ----
cat >shop.json <<'END'
{"header":["order","state","shipped","amount","fee"],"currency":"CNY",
 "reference":"order","day":"shipped","amount":"amount","fee":"fee",
 "kind":{"column":"state","payment":["shipped","packed"],"refund":["returned"]},
 "status":{"column":"state","done":["shipped"],"open":["packed"],"refunded":["returned"]}}
END
cat >shop.csv <<END
order,state,shipped,amount,fee
o-1,shipped,$month-10,560.00,
o-1,returned,$month-12,-280.00,
o-2,shipped,$month-10,276.00,
o-2,returned,$month-10,-92.00,
o-4,shipped,$month-10,95.00,
o-5,shipped,$month-10,9.50,
o-5,shipped,$month-10,9.50,
o-6,packed,$month-10,92.00,
o-7,shipped,$month-10,372.00,
o-8,shipped,$month-10,92.00,
o-8,shipped,$month-11,92.00,
o-9,shipped,$month-10,90.00,2.00
o-99,shipped,$month-20,150.00,
END
shop="--source shop --mapping shop.json --from $month-01 --to $last"
before=$(entries)
ends "preview" 1 merit reconcile shop.csv $shop --csv
is "every fault, and nothing else" "amount,o-4,3.00
duplicate,o-5,9.50
fee,o-9,-2.00
matched,o-1,0.00
matched,o-2,0.00
matched,o-2,0.00
matched,o-5,0.00
matched,o-7,0.00
matched,o-8,0.00
ours_only,o-3,-19.00
refund,o-1,-280.00
status,o-6,0.00
theirs_only,o-99,150.00
timing,o-10,-92.00" "$(printf '%s\n' "$said" | tail -n +2 | cut -d, -f1,3,10 | sort)"
is "a preview writes nothing" "$before" "$(entries)"
ends "above the rate" 1 merit reconcile shop.csv $shop --commit shop-1
has "above the rate" "add --reason TEXT" "$said"
ends "proposed" 1 merit reconcile shop.csv $shop --commit shop-1 --reason 'a new program'
ends "not by itself" 1 merit proposal approve shop-1
approve shop-1
ends "unfinished" 1 merit close "$month"
has "unfinished" "0 of 8 breaks recorded" "$said"
has "unfinished" "merit reconcile FILE --source shop --commit shop-1" "$said"
ends "committed" 1 merit reconcile shop.csv $shop --commit shop-1
before=$(entries)
ends "committed again" 1 merit reconcile shop.csv $shop --commit shop-1
is "once only" "$before" "$(entries)"
ends "the same file twice" 2 merit reconcile shop.csv $shop

# ---- Breaks ----
break_of()
{
	merit break list --csv | awk -F, -v reference="$1" '$10 == reference && $2 != "withdrawn" { print $1 }'
}
explain="--reason asked --expected $tomorrow"
ends "unexplained" 1 merit close "$month" --json
has "unexplained" '"runs":0,"breaks":8,"settlements":2' "$said"
ends "no reason" 2 merit break explain "$(break_of o-4)" --class amount --expected "$today"
ends "no such class" 2 merit break explain "$(break_of o-4)" --class wrong $explain
has "no such class" "|theirs_only|ours_only|amount|" "$said"
ends "a run's class" 1 merit break explain "$(break_of o-4)" --class matched $explain
has "a run's class" "class_unfit" "$said"
ends "past" 1 merit break explain "$(break_of o-4)" --class amount --reason asked --expected "$month-01"
has "past" "expected_past" "$said"
ends "by nothing" 1 merit break resolve "$(break_of o-4)" --reason asked --entry 0
has "by nothing" "entry_unknown" "$said"
ends "no such break" 1 merit break explain nothing --class amount $explain
has "no such break" "break_unknown" "$said"
for order in o-3:ours_only o-4:amount o-5:duplicate o-9:fee o-10:timing; do
	ends "explain $order" 0 merit break explain "$(break_of "${order%:*}")" --class "${order#*:}" $explain
done
ends "resolve" 0 merit break resolve "$(break_of o-6)" --reason 'it was shipped'
has "resolve" "resolved" "$said"
ends "ended" 1 merit break explain "$(break_of o-6)" --class status $explain
has "ended" "break_ended" "$said"
for order in o-1:refund o-99:theirs_only; do
	name=$(break_of "${order%:*}")
	ends "above the limit" 1 merit break explain "$name" --class "${order#*:}" $explain
	has "above the limit" "proposal_required" "$said"
	has "above the limit" "add --proposal NAME" "$said"
	ends "nor end it" 1 merit break resolve "$name" --reason gone
	ends "proposed" 0 merit break explain "$name" --class "${order#*:}" $explain --proposal "${order%:*}"
	ends "not by itself" 1 merit proposal approve "${order%:*}"
	has "not by itself" "same_party" "$said"
	approve "${order%:*}"
	ends "explained" 0 merit break show "$name" --json
	has "explained" '"state":"explained"' "$said"
done
ends "none is open" 0 merit break list --state open
has "none is open" "There are no such breaks." "$said"

# ---- The bank's file ----
day()
{
	date -u -d "$1" +%y%m%d
}
cat >bank.sta <<END
:20:$month
:25:12345678/0001
:28C:10/1
:60F:C$(day "$month-01")CNY0,00
:61:$(day "$month-10")C20000,00NTRFB-1001
:61:$(day "$month-20")C10,00NTRFB-1003
:62F:C$(day "$last")CNY20010,00
-
END
bank="--source bank --from $month-01 --to $last"
sed 's/CNY20010,00/CNY20011,00/' bank.sta >torn.sta
ends "it does not add up" 2 merit reconcile torn.sta $bank --commit torn
has "it does not add up" "torn.sta:" "$said"
ends "bank" 1 merit reconcile bank.sta $bank --commit bank-1
ends "its break" 1 merit close "$month"
has "its break" "merit break explain $(break_of B-1003) --class theirs_only" "$said"
ends "explain it" 0 merit break explain "$(break_of B-1003)" --class theirs_only $explain
ends "issued again" 1 merit reconcile bank.sta $bank --commit bank-2 --supersedes bank-1
ends "one is withdrawn" 0 merit break list --source bank --csv
is "one is withdrawn" "open withdrawn" "$(printf '%s\n' "$said" | tail -n +2 | cut -d, -f2 | sort | tr '\n' ' ' | sed 's/ $//')"
ends "explain it anew" 0 merit break explain "$(break_of B-1003)" --class theirs_only $explain

# ---- Settlements, and the close ----
for party in shop acme; do
	ends "open $party" 0 merit settlement open "$party-1" "$party" CNY --cutoff "$last"
done
ends "not issued" 1 merit close "$month"
has "not issued" "merit settlement issue acme-1" "$said"
has "not issued" "$month waits for 2 settlements." "$said"
for party in shop acme; do
	ends "issue $party" 0 merit settlement issue "$party-1"
done
ends "no invoice" 0 merit export payout
has "no invoice" "shop-1,shop,CNY," "$said"
ends "before the close" 0 merit report liability --period "$month"
has "before the close" ", not closed: may still change" "$said"
merit init other --origin merit.example/ledger1 --offset Z >/dev/null || fail "init"
ends "of another ledger" 1 merit close "$month" --data other
has "of another ledger" "other is not the ledger of the service" "$said"
ends "no directory" 2 merit close "$month" --data nowhere
has "no directory" "nowhere: it holds no ledger" "$said"
ends "no report of nothing" 2 merit report liability --data people
has "no report of nothing" "people: it holds no ledger" "$said"
ends "a file for a directory" 2 merit close "$month" --out shop.json
has "a file for a directory" "nothing was closed" "$said"
mkdir -p "books/$month-lots.csv.new"
ends "not all can be written" 2 merit close "$month" --out books
has "not all can be written" "nothing was closed" "$said"
rmdir "books/$month-lots.csv.new"
is "nothing is left" "" "$(ls books)"
ends "not finance" 1 merit close "$month" --profile people/desk.profile
has "not finance" "not_permitted" "$said"
ends "close" 0 merit close "$month" --out books --data ledger --json
closed=$said
has "close" '"unit":"points","debit":16100,"opening":0,"closing":630' "$closed"
has "close" '"unit":"CNY","debit":2000000,"opening":0,"closing":63000' "$closed"
is "as it says" "$(printf '%s' "$closed" | sed 's/.*"report":"liability","hash":"\([0-9a-f]*\)".*/\1/')" \
	"$(sha256sum <"books/$month-liability.csv" | cut -d' ' -f1)"
is "files under their own names" "" "$(find books -name '*.new')"
page=$(cat "books/$month.html")
has "the page" "<h1>Books of $month</h1>" "$page"
has "the page" ", the close of $month, from the entries before" "$page"
has "the page" "$(sha256sum <"books/$month-liability.csv" | cut -d' ' -f1)" "$page"
has "the page" "$(printf '%s' "$closed" | sed 's/.*"root":"\([0-9a-f]*\)".*/\1/')" "$page"
has "the page" "20,000.00" "$page"
ends "behind the close" 0 merit report liability --period "$month"
has "behind the close" ", as closed" "$said"
ends "closed" 1 merit close "$month"
has "closed" "period_closed" "$said"
ends "nothing is dated in it" 1 merit sponsor deposit acme 10 CNY --bank-reference B-1003 --day "$month-20"

# ---- The same bytes, whatever comes later ----
merit sponsor deposit acme 500 CNY --bank-reference B-2000 >/dev/null || fail "deposit"
merit --profile people/lms.profile call earn member=M2 campaign=heart event=course reference=late \
	occurred="$last 10:00" >late || fail "earn"
has "it belongs to the month" "$last" "$(cat late)"
merit backup ledger backup >/dev/null || fail "backup"
for from in "" "--data ledger" "--data backup"; do
	rm -rf again
	ends "check $from" 0 merit close "$month" --check --out again $from
	diff -r books again >/dev/null || fail "other bytes $from"
	for report in books/*.csv; do
		name=${report#books/"$month"-}
		merit report "${name%.csv}" --period "$month" --csv $from | cmp -s - "$report" || fail "$name $from"
	done
done
ends "of another ledger" 1 merit close "$month" --check --data other
has "of another ledger" "$month is not closed" "$said"

# ---- The late file ----
cat >late.csv <<END
order,state,shipped,amount,fee
o-10,shipped,$this-01,92.00,
o-3,shipped,$this-01,19.00,
END
late="--source shop --mapping shop.json --from $this-01 --to $today"
ends "committed" 1 merit reconcile late.csv $late --commit late
has "committed" "0 new, 5 carried, 2 cleared" "$said"
ends "cleared" 0 merit break show "$(break_of o-10)"
has "cleared" "late" "$said"
has "cleared" "resolved" "$said"
ends "its first day" 0 merit break show "$(break_of o-10)" --json
has "its first day" "\"first_day\":\"$last\"" "$said"

# ---- Opened again: a closing entry that says something else is told ----
reopen()
{
	merit period reopen "$month" --reason 'to be corrected' --proposal "$1" >/dev/null || fail "reopen"
	approve "$1"
}

# Closes with what the first close said but for what a command of sed changes, of the newest checkpoint.
close_falsely()
{
	head=$(merit checkpoint --json)
	printf '%s' "$closed" | sed "$1" >false.json
	merit call period.close period="$month" size="$(printf '%s' "$head" | sed 's/.*"size":\([0-9]*\).*/\1/')" \
		root="$(printf '%s' "$head" | sed 's/.*"root":"\([0-9a-f]*\)".*/\1/' | sed "$2")" \
		totals="$(sed 's/.*"totals":\(\[.*\]\),"reports".*/\1/' false.json)" \
		reports="$(sed 's/.*"reports":\(\[[^]]*\]\).*/\1/' false.json)" >/dev/null || fail "close by hand"
}
reopen again-1
ends "open" 1 merit close "$month" --check
close_falsely 's/"report":"liability","hash":"./"report":"liability","hash":"x/; s/"hash":"x/"hash":"0/' 's/x/x/'
first=$(printf '%s' "$closed" | sed 's/.*"report":"liability","hash":"\(.\).*/\1/')
if [ "$first" != 0 ]; then
	ends "another report" 1 merit close "$month" --check --json
	has "another report" "the report liability is not the one that was closed" "$said"
	has "another report" '"same":false' "$said"
fi
reopen again-2
close_falsely 's/"debit":16100/"debit":16101/' 's/x/x/'
ends "another total" 1 merit close "$month" --check --data ledger
has "another total" "the debit of the trial balance in points is 16100, not 16101" "$said"
reopen again-3
close_falsely 's/x/x/' 's/^../00/'
ends "another root" 1 merit close "$month" --check
has "another root" "have another root" "$said"
reopen again-4
ends "what was missing" 0 merit sponsor deposit acme 10 CNY --bank-reference B-1003 --day "$month-20"
ends "unsettled" 1 merit close "$month"
ends "settle" 0 merit settlement open acme-2 acme CNY --cutoff "$last"
ends "issue" 0 merit settlement issue acme-2
for from in "" "--data ledger"; do
	ends "booked behind a run $from" 1 merit close "$month" $from
	has "booked behind a run" "merit reconcile FILE --source bank --from $month-01 --to $last --commit NEW" "$said"
	has "booked behind a run" "--supersedes bank-2" "$said"
	has "booked behind a run" "made of the entries before " "$said"
	has "booked behind a run" "$month waits for 1 run that something was booked behind." "$said"
	ends "as JSON $from" 1 merit close "$month" --json $from
	has "as JSON" '"what":"stale","run":"bank-2","source":"bank"' "$said"
	has "as JSON" '"stale":1' "$said"
done
ends "a run that has seen it" 0 merit reconcile bank.sta $bank --commit bank-3 --supersedes bank-2
ends "close again" 0 merit close "$month" --out books-2
ends "as closed last" 0 merit close "$month" --check --data ledger
cmp -s "books/$month-trial-balance.csv" "books-2/$month-trial-balance.csv" && fail "the deposit is not in it"
cmp -s "books/$month-liability.csv" "books-2/$month-liability.csv" || fail "another liability"

reopen again-5
mkdir -p "books-3/$month.html"
ends "closed, and not written" 1 merit close "$month" --out books-3
has "closed, and not written" "$month is closed all the same: merit close $month --check --out books-3" "$said"
rmdir "books-3/$month.html"
ends "as it says" 0 merit close "$month" --check --out books-3
is "the page is there" 1 "$(find books-3 -name "$month.html" | wc -l | tr -d ' ')"

ends "the ledger is proven" 0 merit verify ledger
service_stop
ends "no service" 3 merit close "$month" --check --timeout 1
ends "nor to close" 3 merit close "$month" --timeout 1
ends "its data suffice" 0 merit close "$month" --check --data ledger
echo "close: all good"
