# service.sh - sourced by the tests: a ledger of its own, its service, its people; all gone at the end.
#
# work      a new folder, removed at exit; the service is ended by its process id
# merit     the program under test; MERIT_PROFILE is the admin's, $as_op and $as_lms are options for the others
# is WHAT WANT GOT, has WHAT WANTED TEXT, ends WHAT CODE COMMAND...: checks that print what differs and end the test

bin=${MERIT_BIN_DIR:?the folder with merit and meritd}
work=$(mktemp -d)
service_pid=

service_stop()
{
	if [ -n "$service_pid" ]; then
		kill "$service_pid" 2>/dev/null
		wait "$service_pid" 2>/dev/null
		service_pid=
	fi
}

finish()
{
	code=$?
	service_stop
	rm -rf "$work"
	exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM

fail()
{
	echo "FAILED: $*" >&2
	[ ! -f "$work/meritd.log" ] || tail -5 "$work/meritd.log" >&2
	exit 1
}

is()
{
	[ "$2" = "$3" ] || fail "$1: wanted \"$2\", got \"$3\""
}

has()
{
	case "$3" in
	*"$2"*) ;;
	*) fail "$1: \"$2\" is not in: $3" ;;
	esac
}

# What the command printed, on both outputs, is in $said.
ends()
{
	ends_what=$1 ends_code=$2
	shift 2
	said=$("$@" 2>&1)
	ends_got=$?
	[ "$ends_got" -eq "$ends_code" ] || fail "$ends_what: wanted exit $ends_code, got $ends_got: $said"
}

merit()
{
	"$bin/merit" "$@"
}

# service_start DIR [URL]: there, or on a free port; sets MERIT_URL.
service_start()
{
	: >"$work/meritd.log" # Here, not by the redirection behind: an earlier start's "ready" must not be taken for this one's.
	"$bin/meritd" --data "$1" --listen "${2:-tcp://127.0.0.1:0}" >>"$work/meritd.log" 2>&1 &
	service_pid=$!
	tries=0
	until grep -q event=ready "$work/meritd.log" 2>/dev/null; do
		tries=$((tries + 1))
		[ "$tries" -lt 300 ] || fail "meritd is not ready"
		kill -0 "$service_pid" 2>/dev/null || fail "meritd ended"
		sleep 0.1
	done
	MERIT_URL=$(sed -n 's/.*event=ready.* listen=\([^ ]*\).*/\1/p' "$work/meritd.log")
	export MERIT_URL
}

# party NAME ROLE: made by the admin, with a key and a profile of its own.
party()
{
	merit key new "$work/$1.pem" >/dev/null || fail "key new $1"
	merit call party.create party="$1" role="$2" key=k1 \
		public="$(merit key show "$work/$1.pem" | sed -n 's/^public  *//p')" >/dev/null || fail "party $1"
	printf 'origin = merit.example/test\nas = %s/k1\nkey = %s.pem\n' "$1" "$1" >"$work/$1.profile"
}

# A ledger with a campaign C that pays event course what the caller says, and these points: ledger_start POINTS
ledger_start()
{
	unset MERIT_URL MERIT_KEY MERIT_AS MERIT_ORIGIN MERIT_LOG_KEY MERIT_CA MERIT_TIMEOUT
	HOME=$work
	merit init "$work/data" --origin merit.example/test --offset +08:00 --late-days 36525 >"$work/init.out" ||
		fail "init"
	service_start "$work/data"
	MERIT_PROFILE=$work/data/keys/admin.profile
	export HOME MERIT_PROFILE
	party op operator
	party lms service
	party fin finance
	# shellcheck disable=SC2034 # For the tests.
	as_op="--profile $work/op.profile" as_lms="--profile $work/lms.profile"
	# shellcheck disable=SC2086 # Options are two words.
	{
		merit $as_op call sponsor.create sponsor=S1
		merit --profile "$work/fin.profile" call sponsor.deposit sponsor=S1 currency=GBP amount_minor=1000000000 \
			bank_reference=B-1
		merit $as_op call campaign.create campaign=C sponsor=S1 starts=2012-01-01 ends=2099-12-31 currency=GBP \
			value_minor=1 value_points=1 contract=sponsor months=0 round=none from=occurred
		merit $as_op call campaign.rule campaign=C event=course maximum=1000 evidence=none
		merit $as_op call campaign.fund campaign=C points="$1"
	} >"$work/setup.out" 2>&1 || fail "setup: $(cat "$work/setup.out")"
}

# The count in column "now" or "before" of an outcome of an import's --json summary: count NAME JSON
count()
{
	printf '%s\n' "$2" | sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p"
}
