#!/bin/sh
# oulad_test.sh
# Goal    the completions of a real university, imported twice, earn what the data's own totals say, once.
# Method  Open University Learning Analytics (MERIT_SHARED_DATA/oulad): Pass and Distinction earn their credits when the
#         run ends, as reckoned here.
# shellcheck disable=SC2086 # $as_lms and $earn are several words.

data=${MERIT_SHARED_DATA:-}/oulad
if [ ! -f "$data/studentInfo.csv" ]; then
	echo "skipped: MERIT_SHARED_DATA names no folder with oulad/studentInfo.csv"
	exit 77
fi
# shellcheck source=tests/cli/service.sh
. "$(dirname "$0")/service.sh"
ledger_start 600000

TZ=UTC awk 'BEGIN { FS = OFS = "," }
	FNR == 1 { file++ }
	file == 1 { size[$1 "-" $2] = $3; next }
	FNR == 1 { print $0, "ended"; next }
	{
		start = substr($2, 1, 4) " " (substr($2, 5) == "B" ? 2 : 10) " 1 12 0 0"
		print $0, strftime("%Y-%m-%d", mktime(start) + size[$1 "-" $2] * 86400)
	}' "$data/courses.csv" "$data/studentInfo.csv" >"$work/completions.csv"
earn="import earn $work/completions.csv --map member=id_student --map reference={code_module}-{code_presentation}
	--map points=studied_credits --map occurred=ended --set campaign=C --set event=course
	--where final_result=Pass,Distinction --json"

# Students sit several runs: the second row of one is refused, the member being there.
ends "members" 1 merit $as_lms import member.create "$work/completions.csv" --map member=id_student --json
is "registrations" 17463 "$(count rows "$said")"
ends "completions" 0 merit $as_lms $earn
is "completions" 8409 "$(count accepted "$said")"
is "credits" $((600000 - 598950)) "$(merit balance campaign/C --json | sed -n 's/.*"points":\([0-9]*\).*/\1/p')"
ends "completions again" 0 merit $as_lms $earn --in-flight 8 --batch 100
is "nothing is posted twice" 8409 "$(count accepted_before "$said")"
is "credits" $((600000 - 598950)) "$(merit balance campaign/C --json | sed -n 's/.*"points":\([0-9]*\).*/\1/p')"
is "the statement has every page" 8411 "$(merit statement campaign/C --csv | wc -l | tr -d ' ')"
ends "verify" 0 merit verify "$work/data"
echo "oulad: all good"
