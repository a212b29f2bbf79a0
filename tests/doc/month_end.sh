# shellcheck shell=sh
# month_end.sh - sourced by commands_test.sh: the small program that doc/month-end.md closes a month of.
#
# It is made in the month before, by a clock that is put back (libfaketime): its people, a deposit, budgets, members and
# their points, orders that are shipped. What the clock makes of that until today, the ledger writes by itself once it
# runs by the true clock: points expire, orders count as received.

faketime_library() {
	for library in /usr/lib/*/faketime/libfaketimeMT.so.1; do
		[ ! -f "$library" ] || echo "$library"
	done
}

# The 10th of the month before, as days back from today.
days_back() {
	today=$(date -u +%Y-%m-%d)
	then=$(date -u -d "$(date -u +%Y-%m-15) -1 month" +%Y-%m-10)
	echo $((($(date -u -d "$today" +%s) - $(date -u -d "$then" +%s)) / 86400))
}

service_start() { # address
	meritd --data ledger --listen "$1" >>meritd.log 2>&1 </dev/null &
	echo $! >meritd.pid
	until merit call program.get --timeout 1 >out 2>&1; do
		kill -0 "$(cat meritd.pid)" || return 1
		sleep 0.1
	done
}

service_stop() {
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
}

# M1 spends what an earn paid that is reversed later, and owes it since. 40 points of M2 die with the month.
members_make() { # the last day of the month
	for member in M1 M2; do
		as lms call member.create member=$member
		as lms call earn member=$member campaign=heart event=course reference=course-1 occurred="$(date +%s)000" --json \
			>"$member.earn"
	done
	as lms call order.place order=o-1 member=M1 lines='[{"item":"book","version":1,"points":300,"quantity":2}]'
	as lms call order.place order=o-2 member=M2 lines='[{"item":"mug","version":1,"points":100,"quantity":3}]'
	as shop order ship o-1
	as shop order ship o-2
	as desk call order.refund order=o-2 lines='[{"line":0,"quantity":1}]' reason='broken on the way'
	as lms call reverse entry="$(sed 's/.*"seq":\([0-9]*\).*/\1/' M1.earn)" reason='the course was not finished'
	as fin call member.opening member=M2 campaign=carried points=40 reference=old-2 last_day="$1"
	as fin call member.opening member=M2 campaign=carried points=60 reference=old-3
}

# Makes the ledger in the folder it is called in, and leaves its service running by the true clock.
month_end_make() { # address
	last=$(date -u -d "$(date -u +%Y-%m-01) -1 day" +%Y-%m-%d)
	(
		FAKETIME=-$(days_back)d DONT_FAKE_MONOTONIC=1 LD_PRELOAD=$(faketime_library)
		ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0
		export FAKETIME DONT_FAKE_MONOTONIC LD_PRELOAD ASAN_OPTIONS
		merit init ledger --origin merit.example/ledger1 --offset Z --refund-policy restore
		MERIT_PROFILE=ledger/keys/admin.profile
		export MERIT_PROFILE
		service_start "$1"
		people_make
		campaigns_make
		members_make "$last"
		service_stop
	) >made 2>&1
	MERIT_PROFILE=ledger/keys/admin.profile service_start "$1"
}
