#!/bin/sh
# demo_test.sh
# Goal    the demo ends and believes its own meritd only, wherever its folder is named from.
# Method  beside another ledger's meritd: its process number in the demo's pid file, its address as the demo's.

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
has "what is printed works from every folder" "MERIT_PROFILE=\"$work/demo/finance.profile\"" "$said"
ends "start again" 0 demo start
has "start again" "meritd runs already" "$said"

own_pid=$(cat "$work/demo/meritd.pid")
echo "$service_pid" >"$work/demo/meritd.pid"
ends "stop with another's process number" 0 demo stop
has "stop with another's process number" "meritd does not run" "$said"
kill -0 "$service_pid" || fail "the other meritd was ended"
echo "$own_pid" >"$work/demo/meritd.pid"
ends "stop" 0 demo stop
has "stop" "meritd has stopped" "$said"
echo "demo: all good"
