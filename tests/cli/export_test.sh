#!/bin/sh
# export_test.sh
# Goal    merit export writes the same bytes from a service, from its data directory beside it, and from a backup; to a
#         file or to standard output; what it cannot do it says, and leaves no file behind.
# Method  a ledger of its own with a few earns; tests/report/export_test.c has the forms.
# shellcheck disable=SC2086 # $as_lms is several words.

# shellcheck source=tests/cli/service.sh
. "$(dirname "$0")/service.sh"
ledger_start 1000
party aud auditor
as_aud="--profile $work/aud.profile"
{
	merit $as_lms call member.create member=M1
	merit $as_lms call earn member=M1 campaign=C event=course reference=r1 occurred=2026-01-15 points=60
	merit $as_lms call earn member=M1 campaign=C event=course reference=r2 occurred=2026-02-15 points=7
} >"$work/earns.out" 2>&1 || fail "earns: $(cat "$work/earns.out")"

# ---- The same from everywhere ----
for form in hledger beancount json payout; do
	ends "$form, service" 0 merit $as_aud export $form "$work/$form.service"
	is "$form, service: says nothing" "" "$said"
	ends "$form, directory" 0 merit export $form --data "$work/data"
	printf '%s\n' "$said" >"$work/$form.directory"
	cmp -s "$work/$form.service" "$work/$form.directory" || fail "$form: a service and its directory differ"
done
ends "backup" 0 merit backup "$work/data" "$work/backup"
ends "from a backup" 0 merit export json --data "$work/backup" "$work/json.backup"
cmp -s "$work/json.service" "$work/json.backup" || fail "json: a service and a backup differ"

# ---- Other programs ----
if command -v hledger >/dev/null; then
	ends "hledger" 0 hledger -f "$work/hledger.service" check --strict
	has "hledger" '"points:member:M1:available","67 POINTS"' \
		"$(hledger -f "$work/hledger.service" balance --flat -N -O csv)"
else
	echo "skipped: hledger is not installed"
fi
if command -v bean-check >/dev/null; then
	ends "bean-check" 0 bean-check --no-cache "$work/beancount.service"
else
	echo "skipped: bean-check is not installed"
fi

# ---- Which entries ----
ends "january" 0 merit export json --data "$work/data" --period 2026-01
has "january" '"amount":60' "$said"
case "$said" in *'"amount":7}'*) fail "january: february's earn is in it" ;; esac
ends "february's journal" 0 merit export hledger --data "$work/data" --from 2026-02-01 --to 2026-02-28
has "february's journal" "opening balances" "$said"
has "february's journal" "points:member:M1:available  0 POINTS = 67 POINTS" "$said"
ends "as of entry 0" 0 merit export json --data "$work/data" --as-of 0
is "as of entry 0" "" "$said"
has "no payments" "settlement,party,currency,amount,invoice,cutoff,paid,reference" "$(cat "$work/payout.service")"

# ---- What it cannot do ----
ends "another form" 2 merit export qif --data "$work/data"
has "another form" "there are hledger, beancount, json, payout" "$said"
ends "both periods" 2 merit export json --data "$work/data" --period 2026-01 --from 2026-01-01
ends "no such month" 2 merit export json --data "$work/data" --period 2026-13
ends "no folder" 2 merit export json --data "$work/data" "$work/none/file"
has "no folder" "cannot write" "$said"
ends "no room" 2 merit export json --data "$work/data" /dev/full
[ -c /dev/full ] || fail "no room: the device was removed"
no_room() # what follows may write no byte to a file
(
	trap '' XFSZ
	ulimit -f 0
	"$@"
)
ends "no room for a file" 2 no_room merit export json --data "$work/data" "$work/whole"
has "no room for a file" "cannot write $work/whole" "$said"
[ ! -e "$work/whole" ] || fail "no room for a file: a part was left behind"
ln -s "$work/behind" "$work/link"
ends "no room behind a link" 2 no_room merit export json --data "$work/data" "$work/link"
[ -L "$work/link" ] || fail "no room behind a link: the link was removed"
[ -L "$work/link" ] || fail "no room behind a link: the link was removed"
service_stop
ends "nobody there" 3 merit $as_aud export json --timeout 1 "$work/left"
[ ! -e "$work/left" ] || fail "nobody there: a file was left behind"
echo "export: all good"
