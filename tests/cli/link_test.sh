#!/bin/sh
# link_test.sh
# Goal    a link holds a token that names its member, its ledger and its end, signed by the profile's key; what could
#         not work is refused. That a browser is let in by it is tested with the mall (tests/mall).
# Method  OpenSSL takes the token apart and checks the signature.
# shellcheck disable=SC2086 # $as_lms and $as_op are several words.

# shellcheck source=tests/cli/service.sh
. "$(dirname "$0")/service.sh"
ledger_start 1000
mall=https://mall.example

# A part of a token, decoded: part NUMBER TOKEN
part()
{
	padded=$(printf '%s\n' "$2" | cut -d . -f "$1" | tr '_-' '/+')
	while [ $((${#padded} % 4)) -ne 0 ]; do padded=$padded=; done
	printf '%s' "$padded" | openssl base64 -d -A
}

# ---- What is printed ----
MERIT_URL=tcp://127.0.0.1:1 ends "no service is asked" 0 merit $as_lms link M1
token=$said
is "a token has three parts" 3 "$(printf '%s\n' "$token" | awk -F . '{ print NF }')"
ends "with the mall" 0 merit $as_lms link M1 --mall $mall
has "it is in the fragment" "$mall/#/in/" "$said"
[ "$said" != "$mall/#/in/$token" ] || fail "the same token twice"
ends "a path below the mall's address, and a screen" 0 merit $as_lms link M1 --mall $mall/shop// --to /orders/o1
has "one slash" "$mall/shop/#/in/" "$said"
is "the screen is behind the token" "$mall/shop/#/in//orders/o1" "$(printf '%s\n' "$said" | sed 's#/in/[^/]*#/in/#')"
ends "JSON" 0 merit $as_lms link M1 --mall $mall --seconds 60 --json
has "JSON" '{"member":"M1","expires":' "$said"
has "JSON" "\"link\":\"$mall/#/in/$(printf '%s\n' "$said" | sed 's/.*"token":"\([^"]*\)".*/\1/')\"}" "$said"
ends "JSON without a mall" 0 merit $as_lms link M1 --json
has "JSON without a mall" '"}' "${said##*\"token\":\"}"

# ---- What cannot work ----
ends "too long a life" 2 merit $as_lms link M1 --seconds 301
ends "no life" 2 merit $as_lms link M1 --seconds 0
ends "no name" 2 merit $as_lms link 'M 1'
ends "no address" 2 merit $as_lms link M1 --mall mall.example
ends "no address" 2 merit $as_lms link M1 --mall 'https://mall.example/#/'
ends "no path" 2 merit $as_lms link M1 --mall $mall --to orders
ends "what ends a link" 2 merit $as_lms link M1 --mall $mall --to '/orders/o 1'
ends "a screen without a mall" 2 merit $as_lms link M1 --to /orders
ends "nobody signs" 2 env -u MERIT_PROFILE "$bin/merit" link M1
has "nobody signs" "--as PARTY/KEY" "$said"
ends "no such key" 2 merit $as_lms link M1 --key "$work/none.pem"
has "no such key" "not_found" "$said"

# ---- What it says ----
now=$(date +%s)
token=$(merit $as_lms link M1 --seconds 60)
is "who signed" '{"alg":"Ed25519","kid":"lms/k1"}' "$(part 1 "$token")"
has "for whom, and for which ledger" '{"member":"M1","aud":"merit.example/test","jti":"' "$(part 2 "$token")"
expires=$(part 2 "$token" | sed 's/.*"exp":\([0-9]*\)}$/\1/')
[ "$expires" -ge $((now + 60)) ] && [ "$expires" -le $((now + 90)) ] || fail "it lives until $expires, made at $now"
printf '%s' "${token%.*}" >"$work/signed"
part 3 "$token" >"$work/signature"
openssl pkey -in "$work/lms.pem" -pubout -out "$work/lms.pub"
ends "the profile's key signed it" 0 openssl pkeyutl -verify -rawin -pubin -inkey "$work/lms.pub" -in "$work/signed" \
	-sigfile "$work/signature"
ends "another ledger" 0 merit $as_lms link M1 --origin merit.example/other
has "another ledger" '"aud":"merit.example/other"' "$(part 2 "$said")"
echo "link: all good"
