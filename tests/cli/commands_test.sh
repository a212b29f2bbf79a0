#!/bin/sh
# commands_test.sh
# Goal    a person can make a ledger, use it, prove it, back it up and bring it back, with merit and meritd alone; and
#         every way to fail says so with its exit code.
# shellcheck disable=SC2086 # $as_lms and $as_op are several words.

# shellcheck source=tests/cli/service.sh
. "$(dirname "$0")/service.sh"
ledger_start 1000
log_key=$(sed -n 's/^log-key = //p' "$work/data/keys/admin.profile")

# ---- What init made ----
is "modes" "700 700 600 600 600 600" \
	"$(stat -c %a "$work/data" "$work/data/keys" "$work/data/keys/log.pem" "$work/data/keys/system.pem" \
		"$work/data/keys/private.key" "$work/data/keys/admin.pem" | tr '\n' ' ' | sed 's/ $//')"
has "init prints the log's key" "$log_key" "$(cat "$work/init.out")"
ends "init refuses what exists" 2 merit init "$work/data" --origin merit.example/test
ends "init needs an origin" 2 merit init "$work/other"
ends "a bad policy leaves nothing behind" 2 merit init "$work/other" --origin merit.example/x --refund-policy maybe
ends "so the same folder can be used" 0 merit init "$work/other" --origin merit.example/x
mkdir "$work/used"
echo mine >"$work/used/file"
ends "a folder with other things is left alone" 2 merit init "$work/used" --origin merit.example/x
is "nothing is put there" file "$(ls "$work/used")"
mkdir "$work/empty"
has "paths are absolute" "meritd --data $(cd "$work" && pwd -P)/empty" \
	"$(cd "$work" && merit init empty --origin merit.example/x)"
ends "a key is not overwritten" 2 merit key new "$work/op.pem"

# ---- Calls ----
ends "an id is made" 0 merit $as_lms call member.create member=M1
has "status" "status  accepted" "$said"
ends "an id is kept" 0 merit $as_lms call member.create member=M2 --id mine --json
first=$said
ends "the same call again" 0 merit $as_lms call member.create member=M2 --id mine --json
is "has the same outcome" "$first" "$said"
ends "other content" 1 merit $as_lms call member.create member=M3 --id mine
has "is a conflict" "id_conflict" "$said"
printf '{"member":"M1","campaign":"C","event":"course","reference":"r1","occurred":1764000000000,"points":60}' \
	>"$work/p.json"
ends "params as JSON" 0 merit $as_lms call earn --params "$(cat "$work/p.json")" --json
seq=$(printf '%s\n' "$said" | sed -n 's/.*"seq":\([0-9]*\).*/\1/p')
ends "an id in params" 0 merit $as_lms call member.create --params '{"id":"inside","member":"M4"}' --json
has "an id in params" '"id":"inside"' "$said"
ends "two ids" 2 merit $as_lms call member.create --params '{"id":"inside","member":"M4"}' --id other
ends "a refusal" 1 merit $as_lms call earn --params "@$work/p.json"
has "a refusal" "already_earned" "$said"
ends "a local time" 0 merit $as_lms call earn member=M1 campaign=C event=course reference=r2 points=5 \
	"occurred=2025-11-25 08:00"
ends "a role that may not" 1 merit $as_op call party.create party=p role=service
has "a role that may not" "not_permitted" "$said"
ends "an unknown method" 2 merit call no.such.method
ends "an unknown parameter" 2 merit $as_lms call member.create name=M5
ends "a bad value" 2 merit $as_lms call member.create 'member=M 5'
has "a bad value" 'member: "M 5" is not its form: name' "$said"
ends "a missing one" 2 merit $as_lms call earn member=M1
ends "a bad option" 2 merit $as_lms call member.create --loud
ends "a bad command" 2 merit frobnicate
ends "a bad day" 2 merit $as_lms call earn member=M1 campaign=C event=course reference=r9 occurred=20.11.2026
has "a bad day" "write 2026-11-20" "$said"
ends "no service" 3 merit call program.get --url tcp://127.0.0.1:1 --timeout 1
ends "no service for a write" 3 merit $as_lms call member.create member=M5 --url tcp://127.0.0.1:1 --timeout 1
has "no service for a write" "repeat it safely with --id" "$said"
# Not through the function: the process to interrupt must be merit itself.
"$bin/merit" $as_lms call member.create member=M5 --id kept --url tcp://127.0.0.1:1 2>"$work/interrupted" &
call_pid=$!
sleep 0.5
kill -TERM "$call_pid"
wait "$call_pid" 2>/dev/null
is "an interrupted call ends by its signal" 143 $?
has "an interrupted call leaves its id" "repeat it safely with --id kept" "$(cat "$work/interrupted")"

# ---- Reading ----
ends "balance" 0 merit balance M1
has "balance" "available    65" "$said"
ends "balance as JSON" 0 merit --json balance campaign/C
has "balance as JSON" '"points":935' "$said"
ends "nobody" 1 merit balance M9
ends "statement" 0 merit statement M1
has "statement" "r2" "$said"
has "statement" "+08:00" "$said"
ends "statement of an account" 0 merit statement campaign/C --limit 1
has "statement of an account" "935" "$said"
has "statement of an account" "older rows: merit statement campaign/C --before" "$said"
today=$(TZ=UTC-8 date +%Y-%m-%d)
ends "statement of other days" 0 merit statement campaign/C --to 2001-01-01
is "statement of other days" 1 "$(printf '%s\n' "$said" | wc -l | tr -d ' ')"
ends "statement since tomorrow" 0 merit statement M1 --from 9999-01-01 --csv
is "statement since tomorrow" "entry,time,day,operation,for,by,id,change,available,pending,held,debt" "$said"
ends "statement of its days" 0 merit statement M1 --from 2025-11-25 --to 2025-11-25 --csv
is "statement of its days" 3 "$(printf '%s\n' "$said" | wc -l | tr -d ' ')"
has "statement as CSV" ",2025-11-25,earn,r2,lms," "$said"
has "statement as CSV" ",5,65,0,0,0" "$said"
ends "statement to a day" 0 merit statement M1 --to 2025-11-24 --csv
is "statement to a day" 1 "$(printf '%s\n' "$said" | wc -l | tr -d ' ')"
ends "statement from a day" 0 merit statement campaign/C --from "$today"
has "statement from a day" "campaign.fund" "$said"
ends "no day" 2 merit statement M1 --from 20.11.2026
ends "entry" 0 merit entry "$seq" --json
has "entry" '"reference":"r1"' "$said"
ends "entry for people" 0 merit entry "$seq"
has "its postings are a table" "member/M1   points  C         never" "$said"
ends "no such entry" 1 merit entry 99999
ends "tail" 0 merit tail --from 0 --json
is "tail prints the log" "$(($(merit checkpoint | sed -n 2p)))" "$(printf '%s\n' "$said" | wc -l | tr -d ' ')"
ends "methods" 0 merit methods earn
has "methods" "reference" "$said"

# ---- Keys ----
merit key new "$work/lms2.pem" >/dev/null
ends "rotate" 0 merit $as_lms key rotate k2 "$work/lms2.pem"
ends "the old key is over" 1 merit $as_lms call member.create member=M6
has "the old key is over" "revoked_key" "$said"
printf 'origin = merit.example/test\nas = lms/k2\nkey = lms2.pem\n' >"$work/lms.profile"
ends "the new one works" 0 merit $as_lms call member.create member=M6
merit key new "$work/lms3.pem" >/dev/null
ends "add" 0 merit key add lms k3 "$work/lms3.pem"
ends "revoke" 0 merit key revoke lms k3 --reason 'never used'
ends "list" 0 merit key list lms
has "list" "k3" "$said"
chmod 644 "$work/lms2.pem"
ends "an exposed key is not used" 2 merit $as_lms call member.create member=M7
has "an exposed key" "key_exposed" "$said"
chmod 600 "$work/lms2.pem"
merit init "$work/twin" --origin merit.example/test >/dev/null || fail "twin"
ends "another log's key" 1 merit balance M1 \
	--log-key "$(sed -n 's/^log-key = //p' "$work/twin/keys/admin.profile")"
has "another log's key" "bad_reply" "$said"

# ---- Proofs ----
ends "receipt" 0 merit receipt "$seq" -o "$work/receipt"
ends "verify the receipt" 0 merit verify "$work/receipt" --log-key "$log_key"
has "verify the receipt" "proven: entry $seq of merit.example/test" "$said"
unset MERIT_PROFILE
ends "without a key" 2 merit verify "$work/receipt"
ends "a log without a key" 0 merit verify "$work/data"
has "a log without a key" "proven under the key in its own first entry" "$said"
has "a log without a key" "$log_key" "$said"
MERIT_PROFILE=$work/data/keys/admin.profile
export MERIT_PROFILE
sed 's/^index .*/index 1/' "$work/receipt" >"$work/forged"
ends "a forged receipt" 1 merit verify "$work/forged" --log-key "$log_key"
ends "verify beside the service" 0 merit verify "$work/data"
has "verify" "rules        proven" "$said"

# ---- Backup and back ----
ends "backup" 0 merit backup "$work/data" "$work/backup"
ends "backup again" 2 merit backup "$work/data" "$work/backup"
ends "verify the backup" 0 merit verify "$work/backup"
merit checkpoint -o "$work/early" || fail "checkpoint"
merit $as_lms call member.create member=M8 >/dev/null || fail "member"
merit checkpoint -o "$work/late" || fail "checkpoint"
service_stop
ends "restore" 0 merit restore "$work/backup" "$work/restored"
dump=$(merit dump "$work/data") || fail "dump"
has "dump" '{"table":' "$dump"
ends "restore over something" 2 merit restore "$work/backup" "$work/restored"
mkdir -p "$work/restored/keys"
cp "$work/data/keys/"* "$work/restored/keys/" || fail "keys"
service_start "$work/restored"
ends "a restored ledger reads" 0 merit balance M1
has "a restored ledger reads" "available    65" "$said"
ends "and does not write" 3 merit $as_lms call member.create member=M8
has "and does not write" "read_only" "$said"
service_stop
ends "with something lost it stays so" 1 merit restore --confirm "$work/restored" --checkpoint "$work/late"
has "with something lost" "the backup is older than this checkpoint" "$said"
ends "with nothing lost it writes" 0 merit restore --confirm "$work/restored" --checkpoint "$work/early"
service_start "$work/restored"
ends "again" 0 merit $as_lms call member.create member=M8

# ---- Following over a restart ----
"$bin/merit" tail --follow --json >"$work/tail" 2>"$work/tail.err" &
tail_pid=$!
until [ -s "$work/tail" ]; do sleep 0.1; done
service_stop
service_start "$work/restored" "$MERIT_URL"
ends "after a restart" 0 merit $as_lms call member.create member=M10
tries=0
until grep -q '"member":"M10"' "$work/tail"; do
	tries=$((tries + 1))
	[ "$tries" -lt 300 ] || fail "tail has not come back: $(cat "$work/tail.err")"
	sleep 0.1
done
kill "$tail_pid"
wait "$tail_pid" 2>/dev/null

# ---- The rest ----
ends "no ledger's clock" 2 merit clock confirm "$work"
ends "a clock nobody doubts" 3 merit clock confirm "$work/restored"
has "a clock nobody doubts" "not taken" "$said"
[ ! -e "$work/restored/clock.confirm" ] || fail "a confirmation is left to count later"
# In place of a meritd in doubt: takes the file, if others may read it.
(
	until [ -f "$work/data/clock.confirm" ]; do sleep 0.05; done
	stat -c %a "$work/data/clock.confirm" >"$work/mode"
	rm "$work/data/clock.confirm"
) &
taker_pid=$!
ends "clock confirm" 0 sh -c "umask 077; '$bin/merit' clock confirm '$work/data'"
wait "$taker_pid"
is "meritd can read it" 644 "$(cat "$work/mode")"
ends "help" 0 merit import --help
has "help has examples" "merit import earn" "$said"
for command in init call import balance verify restore; do
	ends "help $command" 0 merit help "$command"
done
ends "completion" 0 merit completion bash
printf '%s\n' "$said" >"$work/completion"
if command -v bash >/dev/null; then
	bash -n "$work/completion" || fail "the completion is no bash"
fi
ends "man" 0 merit man
has "man" ".TH MERIT 1" "$said"
ends "a full disk" 2 sh -c "'$bin/merit' man >/dev/full"
echo "commands: all good"
