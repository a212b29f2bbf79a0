#!/bin/sh
# peers_test.sh - bench/peers/run works: each peer is installed, started, driven, proved and ended, and nothing is left.
# Figures are not looked at; a run that is stopped is for the nightly mode alone. Skipped where a peer or its client is
# missing: script/install-packages peers, and build again.
set -eu

run=$MERIT_SOURCE_DIR/bench/peers/run
for program in merit-peer-postgres merit-peer-redis merit-peer-sqlite; do
	if [ ! -x "$MERIT_BIN_DIR/$program" ]; then
		echo "skipped: $program was not built; script/install-packages peers has what it needs"
		exit 77
	fi
done
if [ ! -x /usr/lib/postgresql/15/bin/postgres ] || ! command -v redis-server >/dev/null; then
	echo "skipped: no PostgreSQL 15 or no Redis; script/install-packages peers has them"
	exit 77
fi

work=$(mktemp -d /var/tmp/merit-peers-test-XXXXXX)
pid=''
clean() {
	[ -z "$pid" ] || kill "$pid" 2>/dev/null || true
	wait
	rm -rf "$work"
}
trap clean EXIT
trap 'exit 1' INT TERM

give_up() {
	echo "failed: $*" >&2
	exit 1
}

# Nothing of a run is left: no folder, and no process that names one.
expect_nothing_left() {
	[ -z "$(ls "$work/scratch")" ] || give_up "$1 leaves $(ls "$work/scratch")"
	for arguments in /proc/[0-9]*/cmdline; do
		if { tr '\0' ' ' <"$arguments"; } 2>/dev/null | grep -qF "$work/scratch/"; then
			give_up "$1 leaves a process: $(tr '\0' ' ' <"$arguments")"
		fi
	done
}

mkdir "$work/scratch"
chmod 711 "$work" "$work/scratch" # The servers' users pass through.
"$run" --smoke --rows all --dir "$work/scratch" --json "$work/json" "$MERIT_BIN_DIR" >"$work/table" ||
	give_up "a smoke run"
cat "$work/table"
expect_nothing_left "a run"
for what in postgres postgres-loop postgres-same redis redis-same sqlite sqlite-same; do
	[ "$(grep -o "\"what\":\"$what\",\"batch\":1000,\"connections\":2" "$work/json" | wc -l)" = 2 ] ||
		give_up "no figures and ratios of $what in the JSON"
done

[ "${MERIT_NIGHTLY:-0}" != 0 ] || exit 0

# A run that is stopped while a server is at work.
"$run" --smoke --dir "$work/scratch" "$MERIT_BIN_DIR" >"$work/stopped" 2>&1 &
pid=$!
tries=0
until grep -qs ' merit ' "$work/stopped"; do
	tries=$((tries + 1))
	[ "$tries" -lt 1000 ] || give_up "the second run does not get going: $(cat "$work/stopped")"
	sleep 0.1
done
sleep 1
kill -TERM "$pid"
if wait "$pid"; then
	give_up "a run that was stopped says it is done"
fi
pid=''
expect_nothing_left "a run that was stopped"
