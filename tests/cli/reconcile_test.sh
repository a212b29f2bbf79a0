#!/bin/sh
# reconcile_test.sh
# Goal    every fault that is planted in a merchant's file is found, classed right, and nothing else is told; a run
#         becomes part of the record once, is gone on with, carries its breaks, clears them and can be superseded; what
#         cannot be read is refused with file, line and column, and nothing is written.
# Method  one walk through a ledger of its own: orders shipped today, a merchant's file of yesterday and one of today,
#         then a bank's statement of deposits that are dated back.
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

hasnt()
{
	case "$3" in
	*"$2"*) fail "$1: \"$2\" is in: $3" ;;
	esac
}

# The program's day, so many days ahead: day_of DAYS [FORMAT]
day_of()
{
	date -u -d "@$(($(date +%s) + 8 * 3600 + ${1:-0} * 86400))" +"${2:-%Y-%m-%d}"
}

# How many entries there are: what a refusal leaves as it is.
entries()
{
	merit $as_fin checkpoint | sed -n 2p
}
today=$(day_of) yesterday=$(day_of -1)
cd "$work" || exit 1

# ---- Orders shipped today: 15 pence a mug ----
{
	merit $as_op call merchant.create merchant=X1
	merit $as_lms call member.create member=M1
	merit $as_lms call earn campaign=C event=course reference=r1 member=M1 points=1000 \
		"occurred=$(date -u +%Y-%m-%dT%H:%M:%SZ)"
	merit $as_op call item.create item=mug merchant=X1 class=goods points=20 currency=GBP price_minor=15 stock=100
} >setup.out 2>&1 || fail "setup: $(cat setup.out)"

# ship ORDER QUANTITY...: a line each
ship()
{
	order=$1 lines=
	shift
	for quantity; do
		lines="$lines${lines:+,}{\"item\":\"mug\",\"version\":1,\"points\":20,\"quantity\":$quantity}"
	done
	{
		merit $as_lms call order.place order="$order" member=M1 lines="[$lines]"
		merit $as_op call order.fulfil order="$order"
	} >ship.out 2>&1 || fail "order $order: $(cat ship.out)"
}
ship good 1
ship missing 1
ship amount 2
ship duplicate 1
ship status 1
ship fee 2
ship refund 1
ship back 3
ship late 1
ship ourparts 1 2
ship theirparts 3
merit $as_op call order.refund order=back lines='[{"line":0,"quantity":1}]' reason=broken >/dev/null || fail "refund"

# ---- The source, and what cannot be read ----
cat >map.json <<'END'
{"format":"csv","header":["order","amount"],"currency":"GBP","reference":"order","group":"order","day":"day",
 "amount":"amount","fee":"fee","text":"note","kind":{"column":"type","payment":["sale"],"refund":["return"]},
 "status":{"column":"state","done":["shipped"],"refunded":["returned"],"open":["new"]},
 "skip":[{"column":"state","is":["closed"],"why":"was never paid"}]}
END
cat >rules.json <<'END'
{"passes":[{"name":"reference","by":"reference","confirm":true},
 {"name":"theirs in parts","by":"sum","share":"reference","many":"theirs","confirm":true},
 {"name":"ours in parts","by":"sum","share":"reference","many":"ours","confirm":true}],"timing_days":0}
END
head="order,type,state,day,amount,fee,note"
printf '%s\nlate,sale,shipped,%s,0.15,,\n' "$head" "$yesterday" >day1.csv
reconcile="reconcile day1.csv --source X1 --mapping map.json"
ends "no source yet" 2 merit $as_fin $reconcile
has "no source yet" "X1: source_unknown" "$said"
declare="source declare X1 --subject fulfilments --party X1 --currency GBP --direction out --every day"
declare="$declare --starts $yesterday"
ends "declare" 0 merit $as_fin $declare --break-rate 10000
before=$(entries)
ends "no source given" 2 merit $as_fin reconcile day1.csv --mapping map.json
has "no source given" "reconcile needs --source NAME" "$said"
ends "no file" 2 merit $as_fin reconcile none.csv --source X1 --mapping map.json
has "no file" "merit: none.csv: No such file" "$said"
ends "one day of two" 2 merit $as_fin $reconcile --from "$yesterday"
ends "no day" 2 merit $as_fin $reconcile --from yesterday --to "$yesterday"
ends "two forms" 2 merit $as_fin $reconcile --json --csv
ends "a run's name" 2 merit $as_fin $reconcile --commit 'a b'
ends "nothing to supersede" 2 merit $as_fin $reconcile --supersedes R9
has "nothing to supersede" "R9: run_unknown" "$said"

# refused WHAT MESSAGE ROWS...: a file of these rows is refused with the message, and nothing is written
refused()
{
	what=$1 message=$2
	shift 2
	printf '%s\n' "$@" >bad.csv
	ends "$what" 2 merit $as_fin reconcile bad.csv --source X1 --mapping map.json --commit bad
	has "$what" "$message" "$said"
}
sale="sale,shipped,$yesterday"
refused "a decimal comma" "merit: bad.csv:2:" "$head" "o1,$sale,\"12,50\",,"
has "a decimal comma" "12,50" "$said"
refused "too many decimals" "merit: bad.csv:3:" "$head" "o1,$sale,0.15,," "o2,$sale,0.155,,"
refused "a missing column" "merit: bad.csv" "order,type,state,day,fee,note" "o1,$sale,,"
refused "a row cut short" "merit: bad.csv:3" "$head" "o1,$sale,0.15,," "o2,sale,shipp"
refused "an unknown word" "merit: bad.csv:2:" "$head" "o1,gift,shipped,$yesterday,0.15,,"
refused "no such day" "merit: bad.csv:2:" "$head" "o1,sale,shipped,2026-02-30,0.15,,"
refused "the wrong encoding" "merit: bad.csv:2:" "$head" "$(printf 'o1\377,%s,0.15,,' "$sale")"
old=$(day_of -40)
refused "another period" "merit: bad.csv:3: a row of $old, where the source is of $yesterday to" "$head" \
	"o1,$sale,0.15,," "o2,sale,shipped,$old,0.15,,"
ends "another period than asked" 2 merit $as_fin reconcile bad.csv --source X1 --mapping map.json --from "$yesterday" \
	--to "$today"
has "another period than asked" "merit: bad.csv:3: a row of $old, where the run is of $yesterday to $today" "$said"
refused "years" "a run covers a year at most, not 2020-01-31 to" "$head" "o1,$sale,0.15,," \
	"o2,sale,shipped,2020-01-31,0.15,,"
refused "nothing in it" "merit: bad.csv" "$head"
{
	printf '%s\no1,%s,0.15,,' "$head" "$sale"
	head -c 10485760 /dev/zero | tr '\0' x
	echo
} >bad.csv
ends "a line of 10 MB" 2 merit $as_fin reconcile bad.csv --source X1 --mapping map.json
has "a line of 10 MB" "merit: bad.csv:2" "$said"
sed 's/"GBP"/{"column":"type","GBP":["sale"],"CNY":["gift"]}/; s/"payment":\["sale"\]/"payment":["sale","gift"]/' \
	map.json >two.json
printf '%s\no1,%s,0.15,,\no2,gift,shipped,%s,0.15,,\n' "$head" "$sale" "$yesterday" >bad.csv
ends "mixed currencies" 2 merit $as_fin reconcile bad.csv --source X1 --mapping two.json
has "mixed currencies" "merit: bad.csv:3: an amount in CNY, where the source is in GBP" "$said"
ends "no mapping" 2 merit $as_fin reconcile day1.csv --source X1
ends "no format" 2 merit $as_fin reconcile day1.csv --source X1 --format ofx
has "no format" "no such format" "$said"
echo '{"passes":[{"name":"a","by":"luck"}]}' >luck.json
ends "bad rules" 2 merit $as_fin $reconcile --rules luck.json
has "bad rules" "merit: luck.json:1:" "$said"
echo '{"format":"csv","amounts":"amount"}' >bad.json
ends "a bad mapping" 2 merit $as_fin reconcile day1.csv --source X1 --mapping bad.json
has "a bad mapping" "merit: bad.json: mapping: \"amounts\"" "$said"
is "nothing was written" "$before" "$(entries)"

# ---- Yesterday's file: an order that the ledger has today ----
ends "a preview" 1 merit $as_fin $reconcile
shows "a preview" "timing 短款 late $yesterday 2 0.15 $today"
has "a preview" "0 of ours; breaks: 1 new, 0 carried, 0 cleared." "$said"
has "a preview" "no control totals" "$said"
has "a preview" "A preview. --commit RUN would write an entry, and one for each break: 1 new" "$said"
is "a preview writes nothing" "$before" "$(entries)"
ends "commit" 1 merit $as_fin $reconcile --commit day1
has "commit" "Committed as run day1 in entry" "$said"
late=$(merit $as_fin break list --csv | sed -n '2s/,.*//p')
ends "the break" 0 merit $as_fin break show "$late" --json
has "the break" '"class":"timing"' "$said"
has "the break" '"side":"theirs","first_day":"'"$yesterday"'","currency":"GBP","theirs":15,"ours":null' "$said"
has "the break" '"reference":"late"' "$said"
after=$(entries)
ends "commit again" 1 merit $as_fin $reconcile --commit day1
is "the same run is there already" "$after" "$(entries)"
ends "the same file twice" 2 merit $as_fin $reconcile --commit day1b
has "the same file twice" "merit: day1.csv: the same file twice: run day1 was made of it" "$said"
printf '%s\nlate,sale,shipped,%s,0.16,,\n' "$head" "$yesterday" >day1b.csv
ends "its days again" 2 merit $as_fin reconcile day1b.csv --source X1 --mapping map.json
has "its days again" "$yesterday is covered by run day1; --supersedes day1 where this file takes its place" "$said"
ends "another file under its name" 2 merit $as_fin reconcile day1b.csv --source X1 --mapping map.json --commit day1
has "another file under its name" "run day1 is there already and came to something else" "$said"
hasnt "another file under its name" "Committed" "$said"

# ---- Today's file: one of every fault ----
cat >day2.csv <<END
$head
good,sale,shipped,$today,0.15,,
extra,sale,shipped,$today,0.45,,a secret text of theirs
amount,sale,shipped,$today,0.25,,
duplicate,sale,shipped,$today,0.15,,
duplicate,sale,shipped,$today,0.15,,
status,sale,new,$today,0.15,,
fee,sale,shipped,$today,0.28,0.02,
refund,sale,shipped,$today,0.15,,
refund,return,returned,$today,-0.15,,
back,sale,shipped,$today,0.45,,
back,return,returned,$today,-0.15,,
ourparts,sale,shipped,$today,0.45,,
theirparts,sale,shipped,$today,0.30,,
theirparts,sale,shipped,$today,0.15,,
never,sale,closed,$today,9.99,,
END
reconcile="reconcile day2.csv --source X1 --mapping map.json --rules rules.json"
ends "today" 1 merit $as_fin $reconcile
shows "today" "ours_only 长款 missing $today"
shows "today" "theirs_only 短款 extra $today 3 0.45 0.45"
shows "today" "amount 长款 amount $today 4 0.25 $today"
shows "today" "duplicate 短款 duplicate $today 6 0.15 0.15"
shows "today" "status status $today 7 0.15 $today"
shows "today" "fee 长款 fee $today 8 0.28 $today"
shows "today" "refund 长款 refund $today 10 -0.15 -0.15"
shows "today" "matched late"
shows "today" "cleared $late"
has "today" "breaks: 7 new, 0 carried, 1 cleared; 1 rows are no items" "$said"
hasnt "today" "good" "$said"
hasnt "today" "parts" "$said"
hasnt "today" "secret" "$said"
ends "all of it" 1 merit $as_fin $reconcile --all
shows "all of it" "matched good $today 2 0.15 $today"
has "all of it" "ours in parts" "$said"
has "all of it" "day2.csv:16: was never paid" "$said"
ends "as JSON" 1 merit $as_fin $reconcile --json
has "as JSON" '"theirs":14,"ours":13,"breaks":7,"carried":0,"cleared":1,"skipped":1' "$said"
has "as JSON" '"class":"matched","count":8,"theirs":180,"ours":180' "$said"
ends "beside the service" 1 merit $as_fin $reconcile --data data --csv
data=$said
ends "over it" 1 merit $as_fin $reconcile --csv
is "the same bytes" "$data" "$said"
hash=$(printf '%s\n' "$said" | sha256sum | cut -d ' ' -f 1)
ends "a page" 1 merit $as_fin $reconcile --html page.html
has "a page" "<svg" "$(cat page.html)"
has "a page" "长款" "$(cat page.html)"

ends "an auditor" 0 merit reconcile day1.csv --source X1 --mapping map.json --check day1 --data data
has "an auditor" "Made again as run day1, which is in entry" "$said"
ends "of another file" 1 merit reconcile day1b.csv --source X1 --mapping map.json --check day1 --data data
has "of another file" "run day1 was made of another file" "$said"
sed 's/"amount":"amount"/"amount":"amount","invert":true/' map.json >invert.json
ends "by another mapping" 1 merit $as_fin reconcile day1.csv --source X1 --mapping invert.json --check day1
has "by another mapping" "made again, run day1 comes to something else" "$said"
ends "no such run" 2 merit $as_fin $reconcile --check day9
has "no such run" "source X1 has no run day9" "$said"
ends "both" 2 merit $as_fin $reconcile --check day1 --commit day9

# ---- More breaks than the source allows: a second party ----
ends "a stricter source" 0 merit $as_fin $declare --break-rate 1000 --proposal stricter --reason 'too many'
ends "both agree" 0 merit $as_second proposal approve stricter
before=$(entries)
ends "too many breaks" 1 merit $as_fin $reconcile --commit day2
has "too many breaks" "7 new breaks in 14 rows are more than the source's break rate allows" "$said"
is "nothing was written" "$before" "$(entries)"
ends "propose" 1 merit $as_fin $reconcile --commit day2 --reason 'the shop confirmed it'
has "propose" "Proposed, not committed: another finance party runs merit proposal approve day2" "$said"
ends "it waits" 1 merit $as_fin $reconcile --commit day2
has "it waits" "Proposed, not committed" "$said"
sed 's/^extra/other/' day2.csv >day2c.csv
other="${reconcile%day2.csv*}day2c.csv${reconcile#*day2.csv}"
ends "another file proposed under its name" 2 merit $as_fin $other --commit day2 --reason 'this one too'
has "another file proposed under its name" "a proposal day2 of something else is there" "$said"
hasnt "another file proposed under its name" "Proposed" "$said"
{
	merit $as_fin call proposal.create proposal=col reason=x \
		'call={"method":"adjust.money","params":{"debit":"margin","credit":"cash","currency":"CNY","amount_minor":1,"reason":"x","reference":"x"}}'
} >setup.out 2>&1 || fail "a proposal: $(cat setup.out)"
ends "a proposal that is no run" 2 merit $as_fin $reconcile --commit col --reason 'the shop confirmed it'
has "a proposal that is no run" "a proposal col of something else is there" "$said"
hasnt "a proposal that is no run" "Proposed" "$said"
ends "reject" 0 merit $as_second proposal reject col --reason 'not this one'
ends "a rejected proposal" 2 merit $as_fin $reconcile --commit col --reason 'the shop confirmed it'
has "a rejected proposal" "a proposal col was rejected by second" "$said"
ends "no run yet" 1 merit $as_fin recon show day2
ends "approve" 0 merit $as_second proposal approve day2
ends "its breaks" 1 merit $as_fin $reconcile --commit day2
has "its breaks" "Committed as run day2" "$said"
ends "the run" 0 merit $as_fin recon show day2
shows "the run" "recorded 7"
shows "the run" "cleared 1"
shows "the run" "amount 1 0.25 0.30 GBP"
shows "the run" "hash of the report $hash"
ends "runs" 0 merit $as_fin recon list --source X1 --csv
has "runs" "day2,live,X1,$today,$today,14,13,7,7,0,1,1" "$said"
ends "it is cleared" 0 merit $as_fin break show "$late"
shows "it is cleared" "resolved by run day2"

# ---- The file is issued again: what it set right is gone, what it had cleared is cleared again ----
sed '/^extra/d; s/^amount,\(.*\),0.25,/amount,\1,0.30,/' day2.csv >day2b.csv
reconcile="reconcile day2b.csv --source X1 --mapping map.json --rules rules.json --supersedes day2"
ends "the file again" 1 merit $as_fin $reconcile
has "the file again" "breaks: 5 new, 0 carried, 1 cleared" "$said"
ends "in its place" 1 merit $as_fin $reconcile --commit day2b --reason 'issued again'
ends "approve" 0 merit $as_second proposal approve day2b
ends "in its place" 1 merit $as_fin ${reconcile% --supersedes day2} --commit day2b
has "in its place" "Committed as run day2b" "$said"
ends "what it found before" 0 merit $as_fin break list --run day2 --csv
is "is withdrawn" 7 "$(printf '%s\n' "$said" | grep -c ',withdrawn,')"
ends "runs" 0 merit $as_fin recon list --csv
has "runs" "day2,superseded,X1" "$said"
ends "its name is used" 2 merit $as_fin $reconcile --commit day2
has "its name is used" "run day2 was superseded" "$said"

ends "made again, superseded or not" 0 merit $as_fin reconcile day2.csv --source X1 --mapping map.json --rules rules.json \
	--check day2
ends "and what took its place" 0 merit $as_fin reconcile day2b.csv --source X1 --mapping map.json --rules rules.json \
	--check day2b

# ---- A bank's statement against deposits that are dated back ----
deposit="sponsor deposit S1"
three=$(day_of -3) two=$(day_of -2)
{
	merit $as_fin $deposit 100 CNY --bank-reference D1 --day "$three"
	merit $as_fin $deposit 200 CNY --bank-reference D2 --day "$three"
	merit $as_fin $deposit 300 CNY --bank-reference D3 --day "$two"
	merit $as_fin sponsor withdraw S1 50 CNY --bank-reference W1 --day "$two"
	merit $as_fin source declare bank --subject cash --currency CNY --direction in --every day --starts "$three"
} >setup.out 2>&1 || fail "deposits: $(cat setup.out)"

# statement DAYS OPENING CLOSING LINES...: an MT940 of a day
statement()
{
	printf ':20:S%s\n:25:GB00BANK\n:28C:1/1\n:60F:C%sCNY%s\n' "$1" "$(day_of "$1" %y%m%d)" "$2"
	closing=$3 days=$1
	shift 3
	for line; do
		printf ':61:%s%s\n:86:a payer\n' "$(day_of "$days" %y%m%d%m%d)" "$line"
	done
	printf ':62F:C%sCNY%s\n-\n' "$(day_of "$days" %y%m%d)" "$closing"
}
statement -3 '1000,00' '1100,00' 'C100,00NTRFD1' >bank1.sta
statement -2 '1100,00' '1550,00' 'C200,00NTRFD2' 'C300,00NTRFD3' 'D50,00NTRFW1' >bank2.sta
statement -2 '1100,00' '1560,00' 'C200,00NTRFD2' 'C300,00NTRFD3' 'D50,00NTRFW1' >bank3.sta
ends "totals that are wrong" 2 merit $as_fin reconcile bank3.sta --source bank
has "totals that are wrong" "merit: bank3.sta:" "$said"
has "totals that are wrong" "1,560.00 CNY" "$said"
ends "the bank's first day" 1 merit $as_fin reconcile bank1.sta --source bank --commit bank1
shows "the bank's first day" "timing 短款 D2 $three"
has "the bank's first day" "1,100.00" "$said"
ends "explained" 0 merit $as_fin break explain "$(merit $as_fin break list --run bank1 --csv | sed -n '2s/,.*//p')" \
	--class timing --reason 'sent in the evening' --expected "$(day_of 1)"
ends "its second" 0 merit $as_fin reconcile bank2.sta --source bank --commit bank2
has "its second" "breaks: 0 new, 0 carried, 1 cleared" "$said"
ends "nothing is open" 0 merit $as_fin break list --run bank1 --state resolved --csv
has "nothing is open" ",D2," "$said"

# ---- The statement beside the account, and what is booked behind its run ----
{
	merit $as_fin $deposit 5 USD --bank-reference U1 --day "$three"
	merit $as_fin source declare usd --subject cash --currency USD --direction in --every none --starts "$three"
} >setup.out 2>&1 || fail "dollars: $(cat setup.out)"
statement -3 '0,00' '4,00' 'C5,00NTRFU1' 'D1,00NTRFFEE' | sed s/CNY/USD/ >usd1.sta
statement -2 '4,00' '4,00' | sed s/CNY/USD/ >usd2.sta
statement -2 '4,00' '4,00' >cny.sta
reconcile="reconcile usd1.sta --source usd"
ends "a bank reconciliation" 1 merit $as_fin $reconcile
shows "the account" "usd1.sta mt940 GB00BANK 1 closing balance 4.00 4.00 USD"
shows "the ledger" "cash in the ledger 5.00 USD"
shows "the breaks" "open breaks -1.00 USD"
shows "the bank" "the file's balance 4.00 USD"
shows "nothing is left" "unexplained 0.00 USD"
ends "a bank reconciliation" 1 merit $as_fin $reconcile --json
has "in JSON" '"balance":{' "$said"
json=$said
ends "a bank reconciliation" 1 merit $as_fin $reconcile --html page.html
has "on the page" "Bank reconciliation" "$(cat page.html)"
ends "a statement of another currency" 2 merit $as_fin reconcile cny.sta --source usd
has "a statement of another currency" "a balance in CNY, where the source is in USD" "$said"

# A run that somebody records by hand, with a break that is not what the file says.
member()
{
	printf '%s' "$json" | tr ',{}' '\n\n\n' | sed -n "s/^\"$1\"://p" | head -1 | tr -d '"'
}
by_hand()
{
	merit $as_fin call recon.commit run="$1" source=usd from="$three" to="$three" size="$(member size)" \
		file="$(member file)" rules="$(member rules)" report="$(member report_hash)" theirs=2 ours=1 breaks="$2" \
		carried=0 cleared=0 "$3" $4 >setup.out 2>&1 || fail "by hand: $(cat setup.out)"
}
classes='classes=[{"class":"matched","count":1,"theirs":500,"ours":500},{"class":"timing","count":1,"theirs":-100,"ours":0}]'
by_hand hand0 0 "$classes"
ends "a run without its break" 1 merit $as_fin $reconcile --check hand0
has "a run without its break" 'says {"breaks":0}, and it is {"breaks":1}' "$said"
hasnt "a run without its break" "Made again as" "$said"
ends "what takes its place" 1 merit $as_fin $reconcile --supersedes hand0 --json
json=$said
by_hand hand1 1 "$classes" supersedes=hand0
ends "a break that is not there" 1 merit $as_fin $reconcile --check hand1
name=$(printf '%s' "$json" | sed 's/.*"break":"\(b-[^"]*\)".*/\1/')
has "a break that is not there" "run hand1 finds break $name, which the record does not have" "$said"
merit $as_fin call recon.break run=hand1 break="$name" class=timing side=theirs first_day="$three" currency=USD theirs=-1 \
	reference=FEE leg=1 line=7 item="$(member file)" >setup.out 2>&1 || fail "by hand: $(cat setup.out)"
ends "a break that says less" 1 merit $as_fin $reconcile --check hand1
has "a break that says less" 'says {"theirs":-1}, and it is {"theirs":-100}' "$said"

ends "the run" 1 merit $as_fin $reconcile --supersedes hand1 --commit usd1
ends "made again" 0 merit $as_fin $reconcile --check usd1
has "made again" "Made again as run usd1" "$said"
merit $as_fin $deposit 7 USD --bank-reference B-77 --day "$three" >setup.out 2>&1 || fail "$(cat setup.out)"
ends "booked behind the run" 1 merit $as_fin reconcile usd2.sta --source usd --commit usd2
shows "booked behind the run" "ours_only 短款 B-77 $three"
shows "what waits" "-1.00 USD $three 0-1 open"
shows "the ledger" "cash in the ledger 5.00 12.00 USD"
shows "the breaks" "open breaks -1.00 -8.00 USD"
shows "nothing is left" "unexplained 0.00 0.00 USD"
ends "its run made again" 0 merit reconcile usd2.sta --source usd --check usd2 --data data
fee=$(merit $as_fin break list --run usd1 --csv | sed -n '2s/,.*//p')
ends "explained" 0 merit $as_fin break explain "$fee" --class fee --reason 'charges' --expected "$today"
statement -1 '4,00' '4,00' | sed s/CNY/USD/ >usd3.sta
ends "what is open yet" 1 merit $as_fin reconcile usd3.sta --source usd
shows "what is open yet" "2-3 open b-"
shows "and what is explained" "-1.00 USD $three 2-3 explained $fee"

# ---- Three ways: a thing is clean only where both files have it ----
{
	merit $as_fin $deposit 70 KWD --bank-reference K1 --day "$two"
	merit $as_fin $deposit 80 KWD --bank-reference K2 --day "$two"
	merit $as_fin source declare three --subject deposits --party S1 --currency KWD --direction in --every none \
		--starts "$three"
} >setup.out 2>&1 || fail "three: $(cat setup.out)"
sed 's/"GBP"/"KWD"/' map.json >kwd.json
printf '%s\nK1,sale,shipped,%s,70,,\nK2,sale,shipped,%s,80,,\n' "$head" "$two" "$two" >party.csv
printf '%s\nK1,sale,shipped,%s,70,,\nK2,sale,shipped,%s,81,,\n' "$head" "$two" "$two" >paid.csv
reconcile="reconcile party.csv --source three --mapping kwd.json --second paid.csv --second-mapping kwd.json"
ends "two ways" 0 merit $as_fin reconcile party.csv --source three --mapping kwd.json
has "two ways" "No differences." "$said"
ends "three ways" 1 merit $as_fin $reconcile --json
has "three ways" '"leg":1,"class":"matched","count":2,"theirs":150000,"ours":150000' "$said"
has "three ways" '"leg":2,"class":"matched","count":1,"theirs":70000,"ours":70000' "$said"
has "three ways" '"class":"amount","count":1,"theirs":81000,"ours":80000' "$said"
ends "half is not clean" 1 merit $as_fin $reconcile --all
shows "half is not clean" "half"

{
	merit $as_fin source declare monthly --subject deposits --party S1 --currency KWD --direction in --every month \
		--starts "$(day_of -3 %Y-%m)-01"
	merit $as_fin source declare weekly --subject deposits --party S1 --currency KWD --direction in --every week \
		--starts "$three"
} >setup.out 2>&1 || fail "sources: $(cat setup.out)"
ends "a month's file" 0 merit $as_fin reconcile party.csv --source monthly --mapping kwd.json
has "a month's file" "files are of a month each: to cover it whole give --from $(day_of -2 %Y-%m)-01 --to" "$said"
ends "a week's file" 0 merit $as_fin reconcile party.csv --source weekly --mapping kwd.json
has "a week's file" "give --from $(day_of $((-1 - $(day_of -2 %u)))) --to $(day_of $((5 - $(day_of -2 %u))))" "$said"

# ---- What the log says of them ----
ends "the log" 0 merit $as_fin call entry.list limit=1000 --json
has "a reference" '"reference":"extra"' "$said"
hasnt "no texts of theirs" "secret" "$said"

# ---- Without a service ----
service_stop
ends "from the directory" 0 merit reconcile party.csv --source three --mapping kwd.json --data data
ends "no service" 3 merit $as_fin reconcile party.csv --source three --mapping kwd.json --timeout 1
ends "the ledger is proven" 0 merit verify data
echo "reconcile: all good"
