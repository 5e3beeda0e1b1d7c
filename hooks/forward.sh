#!/bin/sh
# gatehook shim @VERSION@: core.hooksPath leads here, so this runs the repository's own @HOOK@ hook
own=$(git rev-parse --git-common-dir)/hooks/@HOOK@
[ -x "$own" ] || exit 0
exec "$own" "$@"
