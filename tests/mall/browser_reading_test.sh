#!/bin/sh
# Finding one's way in a real browser: filters, pages back to the first movement, files and copies.
. "$(dirname "$0")/browser.sh"
browser reading.mjs
