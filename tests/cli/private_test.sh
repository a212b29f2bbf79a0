#!/bin/sh
# private_test.sh
# Goal    private text goes from the command line to who may read it and nowhere else; the same call again is the same
#         call, and a code is added once however often its file is imported.
# Method  codes and an order by the real programs; refusals, rejects and every file of the ledger looked through.
# shellcheck disable=SC2086 # $as_lms and $as_op are several words.

# shellcheck source=tests/cli/service.sh
. "$(dirname "$0")/service.sh"
ledger_start 1000
{
	merit $as_op call merchant.create merchant=shop
	merit key new "$work/shop.pem"
	merit call key.add party=shop key=k1 public="$(merit key show "$work/shop.pem" | sed -n 's/^public  *//p')"
	merit $as_op call item.create item=voucher merchant=shop class=code points=20 currency=GBP price_minor=15
	merit $as_op call item.create item=cup merchant=shop class=goods points=30 currency=GBP price_minor=25 stock=10 \
		delivery=address
	merit $as_lms call member.create member=M1
	merit key new "$work/m1.pem"
	merit call key.add party=M1 key=k1 public="$(merit key show "$work/m1.pem" | sed -n 's/^public  *//p')"
	merit $as_lms call earn member=M1 campaign=C event=course reference=r1 occurred=2026-01-01 points=100
} >"$work/mall.out" 2>&1 || fail "mall: $(cat "$work/mall.out")"
for who in shop m1; do
	party=$who
	[ "$who" = shop ] || party=M1
	printf 'origin = merit.example/test\nas = %s/k1\nkey = %s.pem\n' "$party" "$who" >"$work/$who.profile"
done
as_shop="--profile $work/shop.profile" as_m1="--profile $work/m1.profile"

# ---- Codes ----
ends "a code" 0 merit $as_shop call --id c1 code.add item=voucher code=GIFT-AAAA-1
ends "the same call again" 0 merit $as_shop call --id c1 code.add code=GIFT-AAAA-1 item=voucher
ends "as JSON" 0 merit $as_shop call --id c1 code.add --params '{"code":"GIFT-AAAA-1","item":"voucher"}'
ends "another id" 1 merit $as_shop call --id c2 code.add item=voucher code=GIFT-AAAA-1
has "another id" "code_exists" "$said"
ends "another code" 1 merit $as_shop call --id c1 code.add item=voucher code=GIFT-AAAA-2
has "another code" "id_conflict" "$said"
ends "nothing" 2 merit $as_shop call code.add item=voucher code=
ends "no key" 2 merit --profile /dev/null call code.add item=voucher code=GIFT-AAAA-3
has "no key" "--key" "$said"

printf 'item,code\nvoucher,GIFT-BBBB-1\nvoucher,"GIFT-BBBB-2"\nvoucher,GIFT-AAAA-1\ncup,GIFT-BBBB-3\n' >"$work/codes.csv"
ends "no rejects of codes" 2 merit $as_shop import --json code.add "$work/codes.csv" --rejects "$work/rejects.csv"
has "no rejects of codes" "no file of rejects for codes" "$said"
[ ! -e "$work/rejects.csv" ] || fail "rejects of codes were written"
ends "an import" 1 merit $as_shop import --json code.add "$work/codes.csv"
is "accepted" 2 "$(count accepted "$said")"
ends "another party's salt" 1 merit $as_op import --json code.add "$work/codes.csv"
is "another party's salt" 0 "$(count accepted "$said")"
has "another party's salt" '"status":"code_repeated","now":3,"before":0,"lines":[2,3,4]' "$said"
ends "the import again" 1 merit $as_shop import --json code.add "$work/codes.csv"
cp "$work/codes.csv" "$work/other.csv"
ends "and under another name" 1 merit $as_shop import --json code.add "$work/other.csv"
is "adds nothing" 0 "$(count accepted "$said")"
has "stock" "3" "$(merit call item.get item=voucher | sed -n 's/^stock  *//p')"

# ---- An order ----
printf 'Li Si, 13900139000\nZhongshan Road 7\n' >"$work/address"
lines='lines=[{"item":"cup","version":1,"points":30,"quantity":1},{"item":"voucher","version":1,"points":20,"quantity":1}]'
ends "no such file" 2 merit $as_m1 call order.place order=o1 member=M1 "$lines" recipient=@"$work/nowhere"
ends "an order" 0 merit $as_m1 call --id o1 order.place order=o1 member=M1 "$lines" recipient=@"$work/address"
ends "the same order again" 0 merit $as_m1 call --id o1 order.place recipient=@"$work/address" "$lines" member=M1 order=o1
ends "its recipient, to who ships" 0 merit $as_shop call order.recipient order=o1
has "its recipient" "Zhongshan Road 7" "$said"
ends "its code, to the member" 0 merit $as_m1 call order.code order=o1
has "its code" "GIFT-AAAA-1" "$said"
ends "not to staff" 1 merit $as_op call order.recipient order=o1
ends "not to a service" 1 merit $as_lms call order.code order=o1
ends "verify" 0 merit verify "$work/data"

printf 'order,recipient\nx1,=13900139000\n' >"$work/orders.csv"
ends "orders refused" 1 merit $as_m1 import order.place "$work/orders.csv" --set member=M1 --set "$(printf %s "$lines" | sed s/1,\"points\":30/2,\"points\":30/)" \
	--rejects "$work/rejects.csv"
has "rejects hold the recipients" "13900139000" "$(cat "$work/rejects.csv")"
has "rejects say why" "price_changed" "$(cat "$work/rejects.csv")"
is "rejects are for their owner alone" "600" "$(stat -c %a "$work/rejects.csv")"

# ---- Nowhere else ----
service_stop
for secret in 13900139000 Zhongshan GIFT-; do
	[ -z "$(grep -rla "$secret" "$work/data" "$work/meritd.log")" ] || fail "$secret is in the ledger or its log"
	[ -z "$(merit dump "$work/data" | grep "$(printf %s "$secret" | od -An -tx1 | tr -d ' \n')")" ] ||
		fail "$secret is in the state"
done
mv "$work/data/keys/private.key" "$work/private.key"
ends "without its key" 1 "$bin/meritd" --data "$work/data" --listen tcp://127.0.0.1:0
has "without its key" "private.key" "$said"
