#!/bin/sh
# Coming in by links, several devices, guests, no connection, and people who use no mouse, eyes or motion.
. "$(dirname "$0")/browser.sh"
browser sessions.mjs
