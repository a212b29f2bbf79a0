#!/bin/sh
# report_test.sh
# Goal    merit report says the same, byte for byte, over the service, from its data directory beside it, and from a
#         backup; as table, CSV, JSON and page; as dated and as known; and says what is wrong with what it was asked.
# Method  a small ledger; each report of everything; sums against merit trial-balance.
# shellcheck disable=SC2086 # $as_fin and its like are several words.

# shellcheck source=tests/cli/service.sh
. "$(dirname "$0")/service.sh"
ledger_start 100000
as_fin="--profile $work/fin.profile"
month=$(date -u -d "@$(($(date +%s) + 8 * 3600))" +%Y-%m)
now="occurred=$(date -u +%Y-%m-%dT%H:%M:%SZ)"
{
	merit $as_op call merchant.create merchant=X1
	merit $as_op call item.create item=mug merchant=X1 class=goods points=20 currency=GBP price_minor=15 stock=100
	for member in M1 M2; do
		merit $as_lms call member.create member=$member
		merit $as_lms call earn campaign=C event=course reference=r1 member=$member points=500 "$now"
	done
	merit $as_lms call order.place order=O1 member=M1 lines='[{"item":"mug","version":1,"points":20,"quantity":3}]'
	merit $as_op call order.fulfil order=O1
	merit $as_lms call order.place order=O2 member=M2 lines='[{"item":"mug","version":1,"points":20,"quantity":1}]'
} >"$work/setup.out" 2>&1 || fail "setup: $(cat "$work/setup.out")"

# ---- The same from everywhere ----
merit backup "$work/data" "$work/copy" >/dev/null || fail "backup"
for report in trial-balance liability lots campaigns; do
	for form in --csv --json; do
		for when in "" "--period $month" "--as-of 12"; do
			merit $as_fin report $report $form $when >"$work/service.out" || fail "$report $form $when"
			merit report $report $form $when --data "$work/data" >"$work/data.out" || fail "$report: data"
			merit report $report $form $when --data "$work/copy" >"$work/copy.out" || fail "$report: copy"
			cmp "$work/service.out" "$work/data.out" || fail "$report $form $when: the directory differs"
			cmp "$work/service.out" "$work/copy.out" || fail "$report $form $when: the backup differs"
			[ -s "$work/copy.out" ] || fail "$report $form $when is empty"
		done
	done
	ends "$report as a table" 0 merit report $report --data "$work/copy"
	has "$report as a table" "merit.example/test, from the entries before" "$said"
	ends "$report as a page" 0 merit report $report --data "$work/copy" --html "$work/$report.html"
	is "$report as a page" "" "$said"
	has "$report as a page" "</html>" "$(cat "$work/$report.html")"
	merit $as_fin report $report --html "$work/again.html" || fail "page over the service"
	cmp "$work/$report.html" "$work/again.html" || fail "$report: the page differs"
done

# ---- It agrees with what the service adds up ----
merit $as_fin trial-balance --csv | grep -v ',0$' | grep -v ',0\.00$' | cut -d, -f1-4 | sort >"$work/want"
merit report trial-balance --data "$work/data" --csv | awk -F, -v OFS=, '{ print $1, $2, $3, $7 }' |
	sed 's/closing$/balance/' | grep -v ',0$' | grep -v ',0\.00$' | sort >"$work/got"
cmp "$work/want" "$work/got" || fail "the trial balances differ: $(diff "$work/want" "$work/got")"
said=$(merit report liability --data "$work/data" --csv | tail -1)
has "liability" "S1,C,never,GBP,0,1000,0,0,0,0,-60,0,0,0,940,0.00,10.00,0.00" "$said"
has "liability" "9.40,920,20,0,0" "$said"

# ---- As known ----
ends "the first entry" 0 merit report campaigns --data "$work/data" --as-of 0 --csv
is "the first entry" 1 "$(printf '%s\n' "$said" | wc -l)"
ends "long ago" 0 merit report campaigns --data "$work/data" --as-of 2020-01-01 --csv
ends "now" 0 merit report campaigns --data "$work/data" --as-of 2099-01-01 --csv
has "now" "S1,C,2012-01-01,2099-12-31,open,GBP,100000,1000,0,99000" "$said"
ends "not yet" 2 merit report campaigns --data "$work/data" --as-of 99999
has "not yet" "there is no entry 99999 yet" "$said"

# ---- What there is stands in the help ----
ends "help" 0 merit report --help
help=$said
ends "no such report" 2 merit report nonsense
has "no such report" "no report is called nonsense; there are trial-balance, liability" "$said"
for report in $(printf '%s\n' "$said" | sed 's/.*there are //; s/,//g'); do
	has "help of $report" "$report " "$help"
done

# ---- What is wrong ----
ends "no such month" 2 merit report lots --data "$work/data" --period 2026-13
has "no such month" "neither a month such as 2026-10 nor a year" "$said"
ends "two periods" 2 merit report lots --data "$work/data" --period 2026 --from 2026-01-01
ends "backwards" 2 merit report lots --data "$work/data" --from 2026-02-01 --to 2026-01-31
ends "two forms" 2 merit report lots --data "$work/data" --csv --json
ends "nobody's" 2 merit report lots X1 --data "$work/data"
has "nobody's" "is of nobody in particular" "$said"
ends "no directory" 2 merit report lots --data "$work/nowhere"
ends "no place" 2 merit report lots --data "$work/data" --html "$work/nowhere/x.html"
has "no place" "cannot write" "$said"
merit key new "$work/x1.pem" >/dev/null || fail "a merchant's key"
merit key add X1 k1 "$work/x1.pem" >/dev/null || fail "a merchant's key"
ends "a merchant" 1 merit --as X1/k1 --key "$work/x1.pem" --origin merit.example/test report lots
has "a merchant" "not_permitted" "$said"
service_stop
ends "nobody there" 3 merit $as_fin --timeout 1 report lots
ends "without its service" 0 merit report lots --data "$work/data" --csv
