#!/bin/sh
# bench/mall.sh - how many small public calls merit-mall relays, and whether it grows.
# Counts   wrk -> merit-mall -> meritd and back, all on this machine: checkpoint.get, kept-alive connections; not signatures,
#          https or members' reads. Before them files, which never reach meritd.
# Prints   a first line that names machine, kernel, file system and build, then a row a run: what, connections, results a
#          second, p50, p99, answers that were none and failed connections, MiB of merit-mall behind the run. Only rows
#          under equal first lines may be compared.
# Ends     with 1 behind the first run in which a connection failed, or an answer was neither 2xx nor 3xx or was a JSON-RPC error.
#
# Usage: bench/mall.sh [BIN_DIR [SECONDS [CONNECTIONS]]]     default build/release/bin, 10, 256; needs wrk
set -eu

root=$(cd "$(dirname "$0")/.." && pwd -P)
bin=${1:-$root/build/release/bin} seconds=${2:-10} connections=${3:-256}
command -v wrk >/dev/null || { echo "bench/mall.sh: wrk is missing: apt-get install wrk" >&2; exit 77; }

work=$(mktemp -d /var/tmp/merit-mall-bench-XXXXXX)
meritd_pid='' mall_pid='' kept=''
clean() {
	for pid in $mall_pid $meritd_pid; do
		kill "$pid" 2>/dev/null || true
	done
	wait
	[ -n "$kept" ] || rm -r "$work"
}
trap clean EXIT
trap 'exit 1' INT TERM

give_up() {
	kept=$work
	printf 'failed: %s\nkept: %s\n' "$*" "$kept" >&2
	exit 1
}

# The address in a log's line of this event, once it is there.
address() { # log, event
	tries=0
	until grep -qs "event=$2 " "$1"; do
		tries=$((tries + 1))
		[ "$tries" -lt 100 ] || { cat "$1" >&2; exit 1; }
		sleep 0.1
	done
	sed -n "s/.*event=$2 .*listen=\\([^ ]*\\).*/\\1/p" "$1" | head -n 1
}

# Limits are for clients, and here is one that asks for all.
"$bin/merit" init "$work/data" --origin merit.bench/mall >/dev/null
"$bin/meritd" --data "$work/data" --listen tcp://127.0.0.1:0 --rate public=1000000000/1000000000 2>"$work/meritd.log" &
meritd_pid=$!
url=$(address "$work/meritd.log" ready)
mkdir -p "$work/web"
echo '<!doctype html><title>bench</title>' >"$work/web/index.html"
"$bin/merit-mall" --listen 127.0.0.1:0 --ledger "$url" --web "$work/web" --rate 1000000000/1000000000 \
	--connections 8192 --address-connections 8192 --relays 1024 2>"$work/mall.log" &
mall_pid=$!
at=$(address "$work/mall.log" ready)
cat >"$work/call.lua" <<'END'
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"jsonrpc":"2.0","id":1,"method":"checkpoint.get"}'

local threads = {}
function setup(thread)
	table.insert(threads, thread)
end

refused = 0 -- of this thread; a global, for done asks for it
function response(status, headers, body)
	if status == 200 and not body:find('"result":', 1, true) then
		refused = refused + 1
	end
end

function done()
	local sum = 0
	for _, thread in ipairs(threads) do
		sum = sum + thread:get("refused")
	end
	print("Without result: " .. sum)
end
END

count=0
run() { # what, path, more words for wrk
	what=$1 path=$2 count=$((count + 1))
	shift 2
	wrk -t2 -c"$connections" -d"${seconds}s" --latency "$@" "http://$at$path" >"$work/wrk" ||
		give_up "run $count, $what: wrk ended with $?"
	resident=$(awk '/^VmRSS/ { printf "%.1f", $2 / 1024 }' "/proc/$mall_pid/status") ||
		give_up "run $count, $what: merit-mall has ended"
	awk -v what="$what" -v connections="$connections" -v resident="$resident" '
		/ requests in / { answers = $1 }
		/^Requests\/sec/ { rate = $2 }
		/^ +50%/ { p50 = $2 }
		/^ +99%/ { p99 = $2 }
		/Non-2xx/ || /^Without result:/ { bad += $NF }
		/Socket errors:/ { broken = $4 + $6 + $8 + $10 }
		END {
			rate *= answers > 0 ? 1 - bad / answers : 0
			printf "%-6s %6d %10.0f %9s %9s %7d %8s\n", what, connections, rate, p50, p99, bad + broken, resident
			exit bad + broken > 0 || rate == 0
		}' "$work/wrk" ||
		give_up "run $count, $what: $(grep -E ' requests in |Non-2xx|^Without result|Socket errors' "$work/wrk" | xargs)"
}

cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
file_system=$(df --output=fstype "$work" | tail -n 1)
build=$(sed -n 's/^CMAKE_BUILD_TYPE:[^=]*=//p' "$bin/../CMakeCache.txt" 2>/dev/null || true)
echo "machine: ${cpu:-unknown processor}, $(nproc) cores; Linux $(uname -r); $file_system; ${build:-no build type};" \
	"load $(cut -d' ' -f1 /proc/loadavg)"
echo "what   conns      per s       p50       p99   other      MiB"
run files /
run calls /rpc -s "$work/call.lua"
run calls /rpc -s "$work/call.lua"
run calls /rpc -s "$work/call.lua"
