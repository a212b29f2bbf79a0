#!/bin/sh
# Every screen of points, earning and trust in every state it has, in English: accessible, not too wide, and in a picture.
. "$(dirname "$0")/browser.sh"
browser screens_points.mjs en
