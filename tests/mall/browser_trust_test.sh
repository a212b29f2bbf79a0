#!/bin/sh
# What a browser must not believe, run or show: tampered answers, hostile texts, other members' data.
. "$(dirname "$0")/browser.sh"
browser trusting.mjs
