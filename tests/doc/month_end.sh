# shellcheck shell=sh
# month_end.sh - sourced by commands_test.sh, and by tests/cli/close_test.sh: the small program that doc/month-end.md closes
# a month of.
#
# It is made in the month before, by a clock that is put back (libfaketime): its people, a deposit, budgets, members and
# their points, orders that are shipped; one on the month's last day. What the clock makes of that until today, the ledger
# writes by itself once it runs by the true clock: points expire, orders count as received.

faketime_library() {
	for library in /usr/lib/*/faketime/libfaketimeMT.so.1; do
		[ ! -f "$library" ] || echo "$library"
	done
}

# The 10th of the month before, and its last day.
month_tenth() {
	date -u -d "$(date -u +%Y-%m-15) -1 month" +%Y-%m-10
}

month_last() {
	date -u -d "$(date -u +%Y-%m-01) -1 day" +%Y-%m-%d
}

# Commands by a clock that stands at this time of a day.
on_day() { # day, words of a command
	back=$((($(date -u -d "$(date -u +%Y-%m-%d)" +%s) - $(date -u -d "$1" +%s)) / 86400))
	shift
	(
		FAKETIME=-${back}d DONT_FAKE_MONOTONIC=1 LD_PRELOAD=$(faketime_library)
		ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0
		export FAKETIME DONT_FAKE_MONOTONIC LD_PRELOAD ASAN_OPTIONS
		"$@"
	)
}

books_start() { # address
	meritd --data ledger --listen "$1" >>meritd.log 2>&1 </dev/null &
	echo $! >meritd.pid
	until merit call program.get --timeout 1 >out 2>&1; do
		kill -0 "$(cat meritd.pid)" || return 1
		sleep 0.1
	done
}

books_stop() {
	kill -TERM "$(cat meritd.pid)"
	while kill -0 "$(cat meritd.pid)" 2>/dev/null; do sleep 0.1; done
	rm meritd.pid
}

people_make() {
	mkdir people
	for who in desk:operator fin:finance books:finance lms:service; do
		merit call party.create party="${who%:*}" role="${who#*:}"
	done
	merit call sponsor.create sponsor=acme
	merit call merchant.create merchant=shop
	for who in desk fin books lms shop; do
		merit key new "people/$who.pem"
		merit key add "$who" k1 "people/$who.pem"
		sed -e "s#^as = .*#as = $who/k1#" -e "s#^key = .*#key = $who.pem#" ledger/keys/admin.profile \
			>"people/$who.profile"
	done
}

as() { # who, words of merit
	who=$1
	shift
	merit "$@" --profile "people/$who.profile"
}

campaigns_make() {
	as fin sponsor deposit acme 20000.00 CNY --bank-reference B-1001
	as fin merchant terms shop 5
	for campaign in heart:sponsor carried:breakage; do
		as desk call campaign.create campaign="${campaign%:*}" sponsor=acme starts=2026-01-01 ends=2199-12-31 \
			currency=CNY value_minor=100 value_points=1 contract="${campaign#*:}" months=12 round=month from=occurred
	done
	as fin call campaign.fund campaign=heart points=15000
	as fin call campaign.fund campaign=carried points=500
	as desk call campaign.rule campaign=heart event=course points=600 evidence=none
	as desk call item.create item=book merchant=shop class=goods points=300 currency=CNY price_minor=28000 stock=20
	as desk call item.create item=mug merchant=shop class=goods points=100 currency=CNY price_minor=9200 stock=50
	as desk call item.create item=pen merchant=shop class=goods points=10 currency=CNY price_minor=950 stock=500
}

earn() { # member, reference
	as lms call earn member="$1" campaign=heart event=course reference="$2" occurred="$(date +%s)000" --json
}

# An order that is shipped at once; each line is ITEM:POINTS:QUANTITY.
order() { # order, member, lines
	order=$1 member=$2 lines=
	shift 2
	for line; do
		item=${line%%:*} quantity=${line##*:} points=${line#*:}
		lines="$lines${lines:+,}{\"item\":\"$item\",\"version\":1,\"points\":${points%:*},\"quantity\":$quantity}"
	done
	as lms call order.place order="$order" member="$member" lines="[$lines]"
	as shop order ship "$order"
}

# M1 spends what an earn paid that is reversed later, and owes it since. 40 points of M2 die with the month. The orders of
# M3 are what the merchant's file gets wrong.
members_make() { # the last day of the month
	for member in M1 M2 M3; do
		as lms call member.create member=$member
		earn $member course-1 >$member.earn
	done
	earn M3 course-2
	order o-1 M1 book:300:2
	order o-2 M2 mug:100:3
	as desk call order.refund order=o-2 lines='[{"line":0,"quantity":1}]' reason='broken on the way'
	as lms call reverse entry="$(sed 's/.*"seq":\([0-9]*\).*/\1/' M1.earn)" reason='the course was not finished'
	as fin call member.opening member=M2 campaign=carried points=40 reference=old-2 last_day="$1"
	as fin call member.opening member=M2 campaign=carried points=60 reference=old-3
	order o-3 M3 pen:10:2
	order o-4 M3 mug:100:1
	order o-5 M3 pen:10:1
	order o-6 M3 mug:100:1
	order o-7 M3 book:300:1 mug:100:1
	order o-8 M3 mug:100:2
	order o-9 M3 mug:100:1
}

tenth_make() { # address, the last day of the month
	merit init ledger --origin merit.example/ledger1 --offset Z --refund-policy restore
	books_start "$1"
	people_make
	campaigns_make
	members_make "$2"
	books_stop
}

last_day_make() { # address
	books_start "$1"
	order o-10 M3 mug:100:1
	as desk call order.receive order=o-10
	books_stop
}

# Makes the ledger in the folder it is called in, and leaves its service running by the true clock.
month_end_make() { # address
	profile=${MERIT_PROFILE:-} # The admin's here, as nobody has another yet.
	MERIT_PROFILE=ledger/keys/admin.profile
	export MERIT_PROFILE
	{
		on_day "$(month_tenth)" tenth_make "$1" "$(month_last)"
		on_day "$(month_last)" last_day_make "$1"
	} >made 2>&1
	books_start "$1"
	unset MERIT_PROFILE
	[ -z "$profile" ] || export MERIT_PROFILE="$profile"
}
