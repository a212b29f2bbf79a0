#!/bin/sh
# From a sign-in link to an order that is shipped, received and verified, in a real browser.
. "$(dirname "$0")/browser.sh"
browser redeeming.mjs
