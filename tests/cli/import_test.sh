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
ends "and the table says of which attempt" 1 merit $as_lms $earn --map "$columns" "$work/results.csv"
has "before" "5 rows had their answer before this run" "$said"
has "first attempt" "2 were refused at their first attempt; attempts made later with --retry-refused are not" "$said"
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
[ ! -e "$work/rejects.csv.new" ] || fail "the rejects' draft is left"
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
ends "grown" 0 merit $as_lms $earn --map "$columns" "$work/grown.csv" --name results.csv --json
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
has "bad time" "line 3, column ended, parameter occurred: \"05/01/2026\" is not its form: write 2026-11-20" "$said"
has "bad record" "bad.csv, line 4: more fields than columns" "$said"
has "nothing sent" "3 of 4 rows are not understood; nothing was sent" "$said"
is "budget" 490 "$(budget)"
echo 'of yesterday' >"$work/old.csv"
ends "bad rows" 2 merit $as_lms $earn --map points=points "$work/bad.csv" --rejects "$work/old.csv"
ends "dry run" 0 merit $as_lms $earn --map points=points "$work/bad.csv" --rejects "$work/old.csv" --skip-bad --dry-run
is "neither touches the rejects of before" "of yesterday" "$(cat "$work/old.csv")"
ln "$work/bad.csv" "$work/link.csv"
ends "rejects into the file itself" 2 merit $as_lms $earn --map points=points "$work/bad.csv" --skip-bad \
	--rejects "$work/link.csv"
has "rejects into the file itself" "would overwrite the file of rows" "$said"
is "the file is whole" 5 "$(wc -l <"$work/bad.csv" | tr -d ' ')"
ends "the good ones" 0 merit $as_lms $earn --map points=points "$work/bad.csv" --skip-bad --json
is "accepted" 1 "$(count accepted "$said")"
is "bad" 3 "$(count bad "$said")"
ends "no such column" 2 merit $as_lms $earn --map points=credits "$work/bad.csv"
has "no such column" 'has no column "credits"' "$said"
printf 'member;points\nM1;5\n' >"$work/semicolons.csv"
ends "another delimiter" 2 merit $as_lms $earn --map points=points "$work/semicolons.csv"
has "another delimiter" "try --delimiter ';'" "$said"
ends "row numbers are no content" 2 merit $as_lms import earn "$work/bad.csv" --map 'reference={#}'
has "row numbers are no content" "only --id takes it" "$said"
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

mkdir "$work/copy"
cp "$work/same.csv" "$work/copy/same.csv"
ends "a copy is the same file" 0 merit $as_op import item.stock "$work/copy/same.csv" --json
is "none is posted again" 3 "$(count accepted_before "$said")"
cp "$work/same.csv" "$work/february.csv"
ends "another file's rows are others" 0 merit $as_op import item.stock "$work/february.csv" --json
is "all are posted" 3 "$(count accepted "$said")"
ends "a renamed file with its name" 0 merit $as_op import item.stock "$work/february.csv" --name same.csv --json
is "none is posted again" 3 "$(count accepted_before "$said")"
ends "standard input has no name" 2 merit $as_op import item.stock - <"$work/same.csv"
has "standard input has no name" "add --name" "$said"

# ---- Begun by a merit that sent every row as a call of its own: ids are the same ----
printf 'member\nOLD-1\nOLD-2\n' >"$work/old-form.csv"
cp "$work/old-form.csv" "$work/old.csv"
ends "a row sent alone" 0 merit $as_lms call member.create member=OLD-1 --id QzhM7F_7_WjVscwmqueN:1
ends "its file" 0 merit $as_lms import member.create "$work/old.csv" --json
is "the row is known" 1 "$(count accepted_before "$said")"
is "the other is new" 1 "$(count accepted "$said")"

# ---- As many rows as a message takes, one more, and more than its bytes ----
awk 'BEGIN { print "member"; for (i = 0; i < 8192; i++) print "B" i }' >"$work/bulk.csv"
ends "8,193 rows a message" 2 merit $as_lms import member.create "$work/bulk.csv" --batch 8193
ends "8,192 rows a message" 0 merit $as_lms import member.create "$work/bulk.csv" --batch 8192 --json
is "all are accepted" 8192 "$(count accepted "$said")"
echo B8192 >>"$work/bulk.csv"
ends "and one row more" 0 merit $as_lms import member.create "$work/bulk.csv" --batch 8192 --json
is "only that is new" 1 "$(count accepted "$said")"
is "the others are known" 8192 "$(count accepted_before "$said")"
ends "a row a message" 1 merit $as_lms $earn --map "$columns" "$work/results.csv" --batch 1 --json
is "the rows of the first run" 3 "$(count accepted_before "$said")"
merit $as_op call item.create item=long merchant=X1 class=code points=5 currency=GBP price_minor=5 >/dev/null || fail "item"
awk 'BEGIN { print "code"; for (i = 0; i < 1600; i++) printf "%02044d\n", i }' >"$work/codes.csv" # 4.4 MB of lines
ends "more than a message takes" 0 merit $as_op import code.add "$work/codes.csv" --set item=long --batch 8192 --json
is "all are added" 1600 "$(count accepted "$said")"

# ---- A bulk of a script's own ----
cat >"$work/rows.json" <<'JSON'
{"method": "member.create", "columns": ["id", "member"],
 "rows": [["s-1", "T-1"], ["s-2", "T-2"]]}
JSON
ends "a bulk" 0 merit $as_lms call bulk --params @"$work/rows.json" --json
has "a bulk" '"accepted":2,"refused":0,"failed":0' "$said"
first=$said
ends "the bulk again" 0 merit $as_lms call bulk --params @"$work/rows.json" --json
is "the bulk again" "$first" "$said"
sed -i 's/"T-2"/"T-3"/' "$work/rows.json"
ends "a row that says something else now" 1 merit $as_lms call bulk --params @"$work/rows.json" --json
has "a row that says something else now" '{"status":"id_conflict","field":"member"}' "$said"

# ---- Refused as a whole: rows without an outcome are not rows refused ----
echo 'of yesterday' >"$work/old.csv"
printf 'origin = merit.example/test\nas = lms/k1\nkey = op.pem\n' >"$work/wrong.profile"
ends "a wrong key" 3 merit --profile "$work/wrong.profile" import member.create "$work/members.csv" --map member=id \
	--rejects "$work/old.csv"
has "a wrong key" "bad_signature" "$said"
is "an import that ended early leaves the rejects of before" "of yesterday" "$(cat "$work/old.csv")"

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
