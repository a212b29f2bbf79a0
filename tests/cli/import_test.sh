#!/bin/sh
# import_test.sh
# Goal    a file is imported once, whatever happens: run twice, killed midway, grown, mended, refused and tried again.
# Method  a service of its own; counts from --json summaries, and the campaign's balance as the witness.
# shellcheck disable=SC2086 # $as_lms and $earn are several words.

# shellcheck source=tests/cli/service.sh
. "$(dirname "$0")/service.sh"
ledger_start 1000

budget()
{
	merit balance campaign/C --json | sed -n 's/.*"points":\([0-9-]*\).*/\1/p'
}

cat >"$work/members.csv" <<'CSV'
id
M1
M2
M3
M4
CSV
cat >"$work/results.csv" <<'CSV'
student,course,"points, all",result,ended
M1,AAA,100,Pass,2026-01-05
M2,AAA,200,Pass,2026-01-05 10:00
M3,AAA,300,Fail,2026-01-05
M9,AAA,50,Pass,2026-01-05
M4,AAA,600,Distinction,2026-01-05T10:00:00Z
M4,BBB,150,Pass,2026-01-06
CSV
earn="import earn --map member=student --map reference=run-{course|lower} --map occurred=ended --set campaign=C
	--set event=course --where result=Pass,Distinction"
columns="points=points, all"

# ---- Once, and again ----
ends "members" 0 merit $as_lms import member.create "$work/members.csv" --map member=id --json
is "members accepted" 4 "$(count accepted "$said")"

ends "dry run" 0 merit $as_lms $earn --map "$columns" "$work/results.csv" --dry-run
has "dry run" "5 of 6 rows would be sent" "$said"
is "a dry run posts nothing" 1000 "$(budget)"

ends "first run" 1 merit $as_lms $earn --map "$columns" "$work/results.csv" --rejects "$work/rejects.csv" --json
is "accepted" 3 "$(count accepted "$said")"
is "refused" 2 "$(count refused "$said")"
has "unknown member" '{"status":"member_unknown","now":1,"before":0,"lines":[5]}' "$said"
has "short budget" '{"status":"short_budget","now":1,"before":0,"lines":[7]}' "$said"
is "budget" 100 "$(budget)"

ends "second run" 1 merit $as_lms $earn --map "$columns" "$work/results.csv" --json
is "nothing is accepted twice" 0 "$(count accepted "$said")"
is "accepted before" 3 "$(count accepted_before "$said")"
is "nothing is refused anew" 0 "$(count refused "$said")"
is "refused before" 2 "$(count refused_before "$said")"
is "budget" 100 "$(budget)"

# ---- A refusal is final for its id; trying again is the next id ----
merit $as_op call campaign.fund campaign=C points=100 >/dev/null || fail "fund"
ends "refused rows stay refused" 1 merit $as_lms $earn --map "$columns" "$work/results.csv" --json
is "refused before" 2 "$(count refused_before "$said")"
ends "retry" 1 merit $as_lms $earn --map "$columns" "$work/results.csv" --retry-refused --json
is "retry accepts the row with budget now" 1 "$(count accepted "$said")"
is "retry keeps the others" 3 "$(count accepted_before "$said")"
is "the unknown member is refused anew" 1 "$(count refused "$said")"
is "budget" 50 "$(budget)"
ends "retry again" 1 merit $as_lms $earn --map "$columns" "$work/results.csv" --retry-refused --json
is "nothing more is accepted" 0 "$(count accepted "$said")"
is "all four accepted before" 4 "$(count accepted_before "$said")"
is "budget" 50 "$(budget)"

# ---- The rejects, mended, are a file to import ----
is "rejects" 3 "$(wc -l <"$work/rejects.csv" | tr -d ' ')"
has "rejects" "5,member_unknown,," "$(cat "$work/rejects.csv")"
sed -n '1p;2s/M9/M3/p' "$work/rejects.csv" >"$work/mended.csv"
ends "mended rejects" 0 merit $as_lms import earn "$work/mended.csv" --json
is "accepted" 1 "$(count accepted "$said")"
is "budget" 0 "$(budget)"

# ---- A file that has grown, in another order, posts only what is new ----
merit $as_op call campaign.fund campaign=C points=500 >/dev/null || fail "fund"
{
	sed -n 1p "$work/results.csv"
	echo 'M2,CCC,10,Pass,2026-01-07'
	sed -n '6p;2,3p' "$work/results.csv"
} >"$work/grown.csv"
ends "grown" 0 merit $as_lms $earn --map "$columns" "$work/grown.csv" --json
is "only the new row" 1 "$(count accepted "$said")"
is "accepted before" 3 "$(count accepted_before "$said")"
is "budget" 490 "$(budget)"

# ---- Rows that are not understood ----
cat >"$work/bad.csv" <<'CSV'
student,course,points,result,ended
M1,DDD,1.5,Pass,2026-01-05
M1,EEE,10,Pass,05/01/2026
M1,FFF,10,Pass,2026-01-05,more
M1,GGG,10,Pass,2026-01-05
CSV
ends "bad rows" 2 merit $as_lms $earn --map points=points "$work/bad.csv"
has "bad points" "bad.csv, line 2, column points, parameter points: \"1.5\" is not its form" "$said"
has "bad time" "bad.csv, line 3, column ended, parameter occurred: \"05/01/2026\" is not its form" "$said"
has "bad record" "bad.csv, line 4: more fields than columns" "$said"
has "nothing sent" "3 of 4 rows are not understood; nothing was sent" "$said"
is "budget" 490 "$(budget)"
ends "the good ones" 0 merit $as_lms $earn --map points=points "$work/bad.csv" --skip-bad --json
is "accepted" 1 "$(count accepted "$said")"
is "bad" 3 "$(count bad "$said")"
ends "no such column" 2 merit $as_lms $earn --map points=credits "$work/bad.csv"
has "no such column" 'has no column "credits"' "$said"
ends "no such file" 2 merit $as_lms $earn "$work/nothing.csv"
ends "no such method" 2 merit $as_lms import balance.get "$work/bad.csv"

# ---- Ids from columns: rows that look alike under different keys are different ----
printf '{"key":"a1","item":"m","quantity":1}\n{"key":"a2","item":"m","quantity":1}\n' >"$work/stock.jsonl"
merit $as_op call merchant.create merchant=X1 >/dev/null || fail "merchant"
merit $as_op call item.create item=m merchant=X1 class=goods points=5 currency=GBP price_minor=5 >/dev/null ||
	fail "item"
ends "ids" 0 merit $as_op import item.stock "$work/stock.jsonl" --id 'delivery:{key}' --json
is "both are posted" 2 "$(count accepted "$said")"
ends "ids again" 0 merit $as_op import item.stock - --format jsonl --id 'delivery:{key}' --json <"$work/stock.jsonl"
is "neither is posted twice" 2 "$(count accepted_before "$said")"
sed 's/"quantity":1/"quantity":2/' "$work/stock.jsonl" >"$work/other.jsonl"
ends "other content under the same id" 1 merit $as_op import item.stock "$work/other.jsonl" --id 'delivery:{key}'
has "other content" "id_conflict" "$said"

# ---- Rows that say the same are told apart by how many came before ----
printf 'item,quantity\nm,3\nm,3\nm,4\n' >"$work/same.csv"
ends "same rows" 0 merit $as_op import item.stock "$work/same.csv" --json
is "all three are posted" 3 "$(count accepted "$said")"
ends "same rows again" 0 merit $as_op import item.stock "$work/same.csv" --json
is "none is posted twice" 3 "$(count accepted_before "$said")"

# ---- Killed midway, run again ----
awk 'BEGIN { print "member"; for (i = 0; i < 20000; i++) print "K" i }' >"$work/many.csv"
# Not through the function: the process to kill must be merit itself.
"$bin/merit" $as_lms import member.create "$work/many.csv" --batch 20 >/dev/null 2>&1 &
import_pid=$!
sleep 0.3
kill -KILL "$import_pid" 2>/dev/null
wait "$import_pid" 2>/dev/null
ends "after the kill" 0 merit $as_lms import member.create "$work/many.csv" --in-flight 4 --json
[ "$(count accepted "$said")" -gt 0 ] || echo "the import was done before it was killed"
is "every row has one outcome" 20000 "$(($(count accepted "$said") + $(count accepted_before "$said")))"
ends "and again" 0 merit $as_lms import member.create "$work/many.csv" --json
is "all are there" 20000 "$(count accepted_before "$said")"

# ---- No service ----
service_stop
ends "no service" 3 merit $as_lms import member.create "$work/members.csv" --map member=id --timeout 1
echo "import: all good"
