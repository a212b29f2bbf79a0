#!/bin/sh
# demo_test.sh
# Goal    the demo ends and believes its own meritd only, wherever its folder is named from; it shows what it says it
#         does, and a second run of it changes nothing.
# Method  beside another ledger's meritd: its process number in the demo's pid file, its address as the demo's. Its data
#         is looked at through the commands it tells people to try.

# shellcheck disable=SC2086 # $as_desk is several words.

# shellcheck source=tests/cli/service.sh
. "$(dirname "$0")/service.sh"
ledger_start 1000
other_url=$MERIT_URL
demo_script=${MERIT_SOURCE_DIR:?the project}/script/demo
MERIT_BIN_DIR=$bin
export MERIT_BIN_DIR

demo_end()
{
	demo_code=$?
	(cd "$work" && MERIT_DEMO=demo "$demo_script" stop >/dev/null 2>&1)
	return "$demo_code"
}
trap 'demo_end; finish' EXIT

demo()
{
	(cd "$work" && MERIT_DEMO=demo MERIT_DEMO_URL="$demo_url" "$demo_script" "$@")
}

demo_url=$other_url
ends "another ledger at the address" 1 demo start
has "another ledger at the address" "our meritd does not answer" "$said"

demo_url=tcp://127.0.0.1:$((20000 + $$ % 12000))
ends "start" 0 demo start
has "what is printed works from every folder" "MERIT_PROFILE=\"$work/demo/desk.profile\"" "$said"
as_desk="--profile $work/demo/desk.profile --url $demo_url"
head=$(merit checkpoint $as_desk | sed -n 2,3p)
ends "start again" 0 demo start
has "start again" "meritd runs already" "$said"
is "start again changes nothing" "$head" "$(merit checkpoint $as_desk | sed -n 2,3p)"

# ---- What it shows ----
ends "awards and referrals wait" 0 merit review list $as_desk --csv
is "awards and referrals wait" "award,d-b8f4 referral,d-5d22 " \
	"$(printf '%s\n' "$said" | sed 1d | cut -d , -f 1,3 | tr '\n' ' ')"
ends "members" 0 merit member list $as_desk --csv
is "members" 12 "$(printf '%s\n' "$said" | sed 1d | wc -l | tr -d ' ')"
has "one is frozen" "d-0e5a,frozen," "$said"
has "one has a tier" "d-b8f4,active,gold," "$said"
has "a cap left 10 points of 40" "d-9f18,active,,180," "$said"
ends "a referral was paid" 0 merit referral show d-71d3 $as_desk
has "a referral was paid" "paid by entry" "$said"
ends "an order was shipped" 0 merit order show order-1 $as_desk
has "an order was shipped" "SF0001" "$said"
ends "a refund is asked for" 0 merit order show order-2 $as_desk
has "a refund is asked for" "order.refund_request" "$said"
ends "what a sponsor paid in" 0 merit sponsor show northwind $as_desk
has "of what a sponsor paid in, a part is spent" "119,600.00" "$said"
ends "a settlement was sent" 0 merit settlement show bookshop-1 $as_desk
has "a settlement was sent" "197.00" "$said"
ends "who gets it" 0 merit order recipient order-1 --profile "$work/demo/bookshop.profile" --url "$demo_url"
has "who gets it" "王芳" "$said"
ends "a code" 0 merit order code order-3 --profile "$work/demo/d-19fe.profile" --url "$demo_url"
has "a code" "DEMO-COFFEE-01" "$said"
ends "only for its member" 1 merit order code order-3 $as_desk
ends "its merchant sees it" 0 merit settlement show bookshop-1 --profile "$work/demo/bookshop.profile" --url "$demo_url"
has "its merchant sees it" "sum of 2 lines: 197.00 CNY" "$said"
ends "an adjustment waits" 0 merit proposal show adjust-1 $as_desk
has "an adjustment waits" "another party than desk" "$said"
ends "the books" 0 merit trial-balance $as_desk
has "the books" "every campaign and every currency comes to 0" "$said"
ends "the entry that is to be proven" 0 merit entry 64 $as_desk --json
has "the entry that is to be proven" '"op":"earn"' "$said"
ends "all of it is proven" 0 merit verify "$work/demo/data" --profile "$work/demo/desk.profile"

# ---- Stopping ----

own_pid=$(cat "$work/demo/meritd.pid")
echo "$service_pid" >"$work/demo/meritd.pid"
ends "stop with another's process number" 0 demo stop
has "stop with another's process number" "meritd does not run" "$said"
kill -0 "$service_pid" || fail "the other meritd was ended"
echo "$own_pid" >"$work/demo/meritd.pid"
ends "stop" 0 demo stop
has "stop" "meritd has stopped" "$said"
echo "demo: all good"
