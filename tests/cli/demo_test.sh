#!/bin/sh
# demo_test.sh
# Goal    the demo ends and believes its own meritd only, wherever its folder is named from; it shows what it says it
#         does, in the mall too, and a second run of it changes nothing.
# Method  beside another ledger's meritd: its process number in the demo's pid file, its address as the demo's. Its data
#         is looked at through the commands it tells people to try.

# shellcheck disable=SC2086 # $as_desk is several words.

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
	(cd "$work" && MERIT_DEMO=demo MERIT_DEMO_URL="$demo_url" MERIT_DEMO_MALL="$demo_mall" "$demo_script" "$@")
}

demo_url=$other_url demo_mall=127.0.0.1:$((8000 + $$ % 6000 * 2)) # and its metrics at the next one
ends "another ledger at the address" 1 demo start
has "another ledger at the address" "our meritd does not answer" "$said"

demo_url=tcp://127.0.0.1:$((20000 + $$ % 12000))
ends "start" 0 demo start
has "what is printed works from every folder" "MERIT_PROFILE=\"$work/demo/desk.profile\"" "$said"
as_desk="--profile $work/demo/desk.profile --url $demo_url"
first_said=$said
head=$(merit checkpoint $as_desk | sed -n 2,3p)
ends "start again" 0 demo start
has "start again" "meritd runs already" "$said"
is "start again changes nothing" "$head" "$(merit checkpoint $as_desk | sed -n 2,3p)"

# ---- The mall ----
if [ -x "$bin/merit-mall" ]; then
	has "a link is printed" "http://$demo_mall/#/in/" "$first_said"
	has "start again" "merit-mall runs already" "$said"
	ends "another link" 0 demo link d-19fe
	has "another link" "http://$demo_mall/#/in/" "$said"
	ends "the pages are served" 0 node -e 'fetch(process.argv[1]).then(async (answer) => {
		console.log(answer.status, await answer.text());
	})' "http://$demo_mall/"
	has "the pages are served" "200 <!" "$said"
	ends "each picture that is named is there" 0 node -e '
		const mall = process.argv[1];
		const content = await (await fetch(mall + "/content/mall.json")).json();
		for (const { picture } of Object.values(content.items)) {
			const answer = await fetch(mall + "/content/pictures/" + picture);
			if (answer.status !== 200)
				throw new Error(picture + " " + answer.status);
		}' --input-type=module "http://$demo_mall"
	! grep -q eyJ "$work/demo/merit-mall.log" "$work/demo/meritd.log" || fail "a token stands in a log"
fi
if command -v node >/dev/null; then
	ends "everything has a name in both languages, and each item a picture" 0 node -e '
		const fs = require("fs");
		const [folder, ...answers] = process.argv.slice(1);
		const [items, ways, program] = answers.map((text) => JSON.parse(text));
		const content = JSON.parse(fs.readFileSync(folder + "/mall.json"));
		const need = (kind, id, text) => {
			if (!text?.en || !text?.zh)
				throw new Error(kind + " " + id);
		};
		for (const { item, merchant, category } of items.rows) {
			need("title", item, content.items[item]?.title);
			need("about", item, content.items[item]?.about);
			need("merchant", merchant, content.merchants[merchant]);
			need("category", category, content.categories[category]);
			fs.accessSync(folder + "/pictures/" + content.items[item].picture);
		}
		for (const { campaign, sponsor, rules } of ways.rows) {
			need("campaign", campaign, content.campaigns[campaign]);
			need("sponsor", sponsor, content.sponsors[sponsor]);
			rules.forEach(({ event }) => need("event", event, content.events[event]));
		}
		program.tiers.forEach(({ tier }) => need("tier", tier, content.tiers[tier]));' \
		"$MERIT_SOURCE_DIR/mall/demo" "$(merit call item.list limit=100 $as_desk --json)" \
		"$(merit call member.campaigns member=d-4c81 $as_desk --json)" "$(merit call program.get $as_desk --json)"
fi

# ---- What it shows ----
ends "awards and referrals wait" 0 merit review list $as_desk --csv
is "awards and referrals wait" "award,d-b8f4 award,d-4c81 referral,d-5d22 " \
	"$(printf '%s\n' "$said" | sed 1d | cut -d , -f 1,3 | tr '\n' ' ')"
ends "members" 0 merit member list $as_desk --csv
is "members" 12 "$(printf '%s\n' "$said" | sed 1d | wc -l | tr -d ' ')"
has "one is frozen" "d-0e5a,frozen," "$said"
has "one has a tier" "d-b8f4,active,gold," "$said"
has "a cap left 10 points of 40" "d-9f18,active,,180," "$said"
ends "one has a history" 0 merit statement d-4c81 $as_desk --limit 100
has "points expired" "expire  " "$said"
has "an order lapsed" "order.lapse" "$said"
has "points were refunded" "order.refund  " "$said"
ends "and what comes" 0 merit member show d-4c81 $as_desk
has "an award under review" "review" "$said"
has "one that matures" "maturing" "$said"
ends "orders in each state" 0 merit order list --member d-4c81 $as_desk --csv
is "orders in each state" 11 "$(printf '%s\n' "$said" | sed 1d | wc -l | tr -d ' ')"
ends "a referral was paid" 0 merit referral show d-71d3 $as_desk
has "a referral was paid" "paid by entry" "$said"
ends "an order was shipped" 0 merit order show order-1 $as_desk
has "an order was shipped" "SF0001" "$said"
ends "a refund is asked for" 0 merit order show order-2 $as_desk
has "a refund is asked for" "order.refund_request" "$said"
ends "what a sponsor paid in" 0 merit sponsor show northwind $as_desk
has "of what a sponsor paid in, a part is spent" "119,600.00" "$said"
ends "a settlement was sent" 0 merit settlement show bookshop-1 $as_desk
has "a settlement was sent" "197.00" "$said"
ends "who gets it" 0 merit order recipient order-1 --profile "$work/demo/bookshop.profile" --url "$demo_url"
has "who gets it" "王芳" "$said"
ends "a code" 0 merit order code order-3 --profile "$work/demo/d-19fe.profile" --url "$demo_url"
has "a code" "DEMO-COFFEE-01" "$said"
ends "only for its member" 1 merit order code order-3 $as_desk
ends "its merchant sees it" 0 merit settlement show bookshop-1 --profile "$work/demo/bookshop.profile" --url "$demo_url"
has "its merchant sees it" "sum of 2 lines: 197.00 CNY" "$said"
ends "an adjustment waits" 0 merit proposal show adjust-1 $as_desk
has "an adjustment waits" "another party than desk" "$said"
ends "the books" 0 merit trial-balance $as_desk
has "the books" "every campaign and every currency comes to 0" "$said"
ends "the entry that is to be proven" 0 merit entry 97 $as_desk --json
has "the entry that is to be proven" '"op":"earn"' "$said"
ends "all of it is proven" 0 merit verify "$work/demo/data" --profile "$work/demo/desk.profile"

# ---- Stopping ----

own_pid=$(cat "$work/demo/meritd.pid")
echo "$service_pid" >"$work/demo/meritd.pid"
ends "stop with another's process number" 0 demo stop
has "stop with another's process number" "meritd does not run" "$said"
kill -0 "$service_pid" || fail "the other meritd was ended"
echo "$own_pid" >"$work/demo/meritd.pid"
ends "stop" 0 demo stop
has "stop" "meritd has stopped" "$said"
[ ! -e "$work/demo/merit-mall.pid" ] || fail "merit-mall is left"
ends "no link without the mall" 1 demo link
echo "demo: all good"
