#!/bin/sh
# Goal    what README.md, in both languages, doc/operations.md, doc/month-end.md and doc/reconcile.md show in ```console
#         blocks is what happens.
# Method  a document's blocks are one session of a shell, in a new folder that looks like the project behind
#         script/server (which here starts the demo only). A line that begins with "$ " is a command, "> " continues it,
#         the lines up to the next one are its output. There "..." stands for anything, other lines included; times,
#         hashes, keys and ids made by chance are compared by their form alone, so that the documents can show real ones.
#         doc/month-end.md and doc/reconcile.md need a ledger that is a month old: month_end.sh makes it, where libfaketime
#         is installed.
set -u

documents="README.md README.zh-CN.md doc/operations.md doc/month-end.md doc/reconcile.md"
project=$MERIT_SOURCE_DIR
bin=$MERIT_BIN_DIR
folder=$(mktemp -d)
failed=0 count=0

# Ends only what was started here: whatever wrote its process number into a pid file below the folder.
end() {
	find "$folder" -name meritd.pid -o -name merit-mall.pid | while read -r file; do
		kill -TERM "$(cat "$file")" 2>/dev/null && sleep 0.5
	done
	rm -rf "$folder"
}
trap end EXIT

# A document's commands and their outputs, as 001.command, 001.wanted and so on.
split() { # document, folder
	awk -v folder="$2" '
		/^```console$/ { inside = 1; next }
		/^```/ { inside = 0 }
		!inside { next }
		/^\$ / { name = sprintf("%s/%03d", folder, ++count); printf "" >(name ".wanted")
			print substr($0, 3) >(name ".command"); next }
		/^> / { print substr($0, 3) >(name ".command"); next }
		{ print >(name ".wanted") }' "$1"
}

# Runs the commands of a folder in one shell; their outputs become 001.got and so on. The addresses of meritd and
# merit-mall may be taken on this machine: others are put in their place.
run() { # folder with commands, folder to work in, address of meritd, of merit-mall
	(
		cd "$2" || exit 1
		unset MERIT_PROFILE MERIT_ORIGIN MERIT_AS MERIT_KEY MERIT_LOG_KEY MERIT_CA MERIT_TIMEOUT
		export HOME="$2" TZ=UTC
		export MERIT_URL="$3" MERIT_DEMO_URL="$3" MERIT_DEMO_MALL="$4" MERIT_DEMO="$2/demo" MERIT_BIN_DIR="$bin"
		case ${2##*/} in
		month-end | reconcile) (PATH="$bin:$PATH" && month_end_make "$3") || cat made ;;
		esac
		for command in "$1"/*.command; do
			text=$(sed -e "s#tcp://127.0.0.1:7420#$3#" -e "s#127.0.0.1:7480#$4#" \
				-e "s#127.0.0.1:7481#127.0.0.1:$((${4##*:} + 1))#" "$command")
			eval "$text" >"${command%.command}.got" 2>&1 </dev/null
		done
	)
}

# A file with what differs from run to run replaced by its form, the folder above the session's own by "/...".
by_form() { # file
	sed -E -e "s#$folder/[A-Za-z.-]+/#/.../#g" \
		-e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2}))?/<time>/g' \
		-e 's/<time> +/<time> /g' \
		-e 's/\<20[0-9]{2}-[0-9]{2}\>/<month>/g' -e 's/\<b-[0-9a-f]{16}\>/<break>/g' \
		-e 's#/in/[A-Za-z0-9_.-]{200,}#/in/<token>#g' \
		-e 's/[0-9a-f]{64}/<hash>/g' -e 's/\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}/<vkey>/g' \
		-e 's/[A-Za-z0-9_-]{43}|[A-Za-z0-9+/]{40,}={0,2}/<bytes>/g' -e 's/01[0-9A-HJKMNP-TV-Z]{24}/<id>/g' \
		-e 's/[A-Za-z0-9_-]{20}:[0-9]+/<id>/g' -e 's#((tcp|http)://)?127\.0\.0\.1:[0-9]+#<url>#g' \
		-e 's/\<1[0-9]{12}\>|\<1(,[0-9]{3}){4}\>/<ms>/g' "$1"
}

# Whether the text in a file is as wanted: what is special to the shell stands for itself, "..." for anything.
matches() { # file, file with what is wanted
	pattern=$(by_form "$2" | sed -e 's/[[*?]/[&]/g' -e 's/\\/?/g' -e 's/\.\.\./*/g')
	text=$(by_form "$1")
	# shellcheck disable=SC2254
	case $text in
	$pattern) return 0 ;;
	esac
	return 1
}

compare() { # document, folder with commands
	for wanted in "$2"/*.wanted; do
		got=${wanted%.wanted}.got
		count=$((count + 1))
		matches "$got" "$wanted" && continue
		failed=$((failed + 1))
		echo "$1: $(cat "${wanted%.wanted}.command")"
		echo "---- says"
		cat "$got"
		echo "---- in place of"
		cat "$wanted"
		echo "----"
	done
}

# A folder that looks like the project, with the demo where the documents have it.
place() { # folder
	mkdir -p "$1/build/release" "$1/script"
	ln -s "$bin" "$1/build/release/bin"
	ln -s "$bin/../web" "$1/build/release/web"
	printf '#!/bin/sh\nexec "%s/script/demo" "$@"\n' "$project" >"$1/script/server"
	chmod +x "$1/script/server"
	ln -s server "$1/script/demo"
}

# shellcheck source=tests/doc/month_end.sh
. "$project/tests/doc/month_end.sh"
port=$((20000 + $$ % 12000)) # below those the system gives out
for document in $documents; do
	name=$(basename "$document" .md)
	case $name in
	month-end | reconcile)
		[ -n "$(faketime_library)" ] || {
			echo "$document is not tested: no libfaketime (script/install-packages test)"
			continue
		}
		;;
	*)
		[ -x "$bin/merit-mall" ] || {
			echo "$document is not tested: merit-mall was not built"
			continue
		}
		;;
	esac
	mkdir -p "$folder/$name" "$folder/$name.commands"
	place "$folder/$name"
	split "$project/$document" "$folder/$name.commands"
	port=$((port + 2)) # merit-mall takes two: its metrics are at the next one
	run "$folder/$name.commands" "$folder/$name" "tcp://127.0.0.1:$port" "127.0.0.1:$((port - 12000))"
	compare "$document" "$folder/$name.commands"
done

echo "$count commands, $failed not as documented"
[ "$count" -gt 20 ] && [ "$failed" -eq 0 ]
