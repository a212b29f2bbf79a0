#!/bin/sh
# oulad_test.sh
# Goal    a university's results earn once: marks carried over from an earlier sitting (is_banked) earn nothing, and a
#         row sent again has the entry it had.
# Method  Open University Learning Analytics (MERIT_SHARED_DATA/oulad): a result of 40 or more earns 10 points on the
#         day it was handed in, counted from the start of its run. The runs are moved to the last two years by whole
#         years, so that no program finds them too late. tests/cli/oulad_test.sh has the completions.
# shellcheck disable=SC2086 # $as_lms and $earn are several words.

data=${MERIT_SHARED_DATA:-}/oulad
if [ ! -f "$data/studentAssessment.csv" ]; then
	echo "skipped: MERIT_SHARED_DATA names no folder with oulad/studentAssessment.csv"
	exit 77
fi
# shellcheck source=tests/cli/service.sh
. "$(dirname "$0")/../cli/service.sh"
budget=1000000
ledger_start $budget

# Known of the data: 87,559 results of 40 or more, 1,112 banked results; 1,073 are both.
results=87559 banked=1112 both=1073
earning=$((results - both))

TZ=UTC awk -v years=$(($(date +%Y) - 2016)) 'BEGIN { FS = OFS = "," }
	FNR == 1 { file++ }
	file == 1 { run[$3] = $2; next }
	FNR == 1 { print $0, "passed", "day"; next }
	{
		start = (substr(run[$1], 1, 4) + years) " " (substr(run[$1], 5) == "B" ? 2 : 10) " 1 12 0 0"
		passed = $5 != "?" && $5 + 0 >= 40 ? 1 : 0
		print $0, passed, strftime("%Y-%m-%d", mktime(start) + $3 * 86400)
	}' "$data/assessments.csv" "$data/studentAssessment.csv" >"$work/results.csv"
awk -F, 'NR == 1 || !seen[$2]++' "$work/results.csv" >"$work/members.csv"
earn="import earn $work/results.csv --map member=id_student --map reference=assessment-{id_assessment}
	--map occurred=day --set campaign=C --set event=course --set points=10
	--where passed=1 --where is_banked=0 --json"

# The log's size, and what the campaign has left.
size() { merit call checkpoint.get --json | sed -n 's/.*"size":\([0-9]*\).*/\1/p'; }
left() { merit balance campaign/C --json | sed -n 's/.*"points":\([0-9]*\).*/\1/p'; }

ends "members" 0 merit $as_lms import member.create "$work/members.csv" --map member=id_student --json
members=$(count accepted "$said")
before=$(size)
ends "results" 0 merit $as_lms $earn
is "results" "$earning" "$(count accepted "$said")"
is "one entry for each" $((before + earning)) "$(size)"
is "their points" $((budget - 10 * earning)) "$(left)"

# ---- What was carried over earns nothing ----
is "banked results" "$banked" "$(awk -F, '$4 == 1' "$work/results.csv" | wc -l)"
merit tail --from "$before" --json >"$work/entries" || fail "tail"
is "entries read" "$earning" "$(wc -l <"$work/entries")"
sed -n 's/.*"member":"\([^"]*\)".*"reference":"assessment-\([^"]*\)".*/\2,\1/p' "$work/entries" | sort >"$work/paid"
is "entries understood" "$earning" "$(wc -l <"$work/paid")"
awk -F, '$4 == 1 { print $1 "," $2 }' "$work/results.csv" | sort >"$work/banked"
is "banked and paid" "" "$(comm -12 "$work/paid" "$work/banked" | head -1)"

# ---- Sent again ----
ends "results again" 0 merit $as_lms $earn --batch 1000 --in-flight 4
is "all were known" "$earning" "$(count accepted_before "$said")"
is "nothing is added" $((before + earning)) "$(size)"
is "nothing is paid" $((budget - 10 * earning)) "$(left)"
for line in 1 1000 "$earning"; do
	entry=$(sed -n "${line}p" "$work/entries")
	seq=$(printf '%s\n' "$entry" | sed -n 's/^{"seq":\([0-9]*\),.*/\1/p')
	time=$(printf '%s\n' "$entry" | sed -n 's/.*,"time":\([0-9]*\),.*/\1/p')
	id=$(printf '%s\n' "$entry" | sed -n 's/.*,"id":"\([^"]*\)".*/\1/p')
	params=$(printf '%s\n' "$entry" | sed -n 's/.*"params":\({[^}]*}\).*/\1/p')
	ends "entry $seq again" 0 merit $as_lms call earn --params "$params" --id "$id" --json
	has "entry $seq again" "\"seq\":$seq,\"time\":$time," "$said"
done
is "nothing is added" $((before + earning)) "$(size)"
echo "oulad: $members members, $earning results: all good"
