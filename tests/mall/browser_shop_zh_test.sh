#!/bin/sh
# Every screen of the shop in every state it has, in Chinese: accessible, not too wide, and kept as a picture.
. "$(dirname "$0")/browser.sh"
browser screens_shop.mjs zh
