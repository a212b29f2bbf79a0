#!/bin/sh
# core_test.sh - the web's core without a browser: signatures, proofs, outbox, session, texts; receipts of a real
# ledger.
here=$(cd "$(dirname "$0")" && pwd)
bin=${MERIT_BIN_DIR:?the folder with merit and meritd}
packages=$bin/../mall/packages/node_modules
if [ ! -x "$packages/.bin/esbuild" ]; then
	echo "the web's packages are not installed: nothing to test"
	exit 77
fi
# shellcheck source=tests/cli/service.sh
. "$here/../cli/service.sh"

NODE_PATH=$packages "$packages/.bin/esbuild" "$here/core/core.js" --bundle --format=iife --global-name=core \
	--log-level=warning --outfile="$work/core.js" || fail "the core does not build"

# A ledger whose tree has several levels, and receipts of its first, a middle and its last entry.
ledger_start 1000000
number=0
while [ "$number" -lt 40 ]; do
	# shellcheck disable=SC2086,SC2154 # Options are two words, set by service.sh.
	merit $as_op call sponsor.create sponsor="s$number" >/dev/null || fail "entries"
	number=$((number + 1))
done
mkdir "$work/receipts"
for seq in 0 17 40; do
	merit receipt "$seq" -o "$work/receipts/$seq.tlog-proof" >/dev/null || fail "receipt $seq"
done
sed -n 's/^log-key = //p' "$work/data/keys/admin.profile" >"$work/receipts/key"

MERIT_WEB_CORE=$work/core.js MERIT_WEB_SOURCE=${here%/tests/mall}/mall/web/src MERIT_RECEIPTS=$work/receipts \
	node --no-warnings --test --test-reporter=tap "$here"/core/*.test.mjs >"$work/tap" 2>&1
code=$?
[ "$code" -eq 0 ] || grep -v '^ *duration_ms' "$work/tap"
awk '/^# pass /{ print "[  PASSED  ] " $3 " test(s)." } /^# fail /{ if ($3 > 0) print "[  FAILED  ] " $3 " test(s)" }
	/^# skipped /{ if ($3 > 0) print "[  SKIPPED ] " $3 " test(s)" }' "$work/tap"
exit "$code"
