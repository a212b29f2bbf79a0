#!/bin/sh
# What may come between a member and an order, in a real browser: taps, lost connections, other people, other prices.
. "$(dirname "$0")/browser.sh"
browser mishaps.mjs
