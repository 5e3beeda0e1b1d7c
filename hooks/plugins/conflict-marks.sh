#!/bin/sh
# A gatehook plugin: marks of a merge that was not finished. It is given the changed files as arguments
# ("{files}" in its command), so that it need not read JSON. See docs/plugins.md.
set -eu
cat >/dev/null
printf '{"gatehook": 1}\n'
quoted() { printf '%s' "$1" | sed 's/\\/\\\\/g; s/"/\\"/g'; }
for file in "$@"; do
    { grep -n '^\(<<<<<<<\|>>>>>>>\) ' <"$file" || true; } | cut -d: -f1 | while read -r line; do
        printf '{"finding": {"rule": "conflict-mark", "message": "a merge was not finished", "path": "%s", "line": %s, "severity": "high"}}\n' \
            "$(quoted "${file#./}")" "$line"
    done
done
printf '{"done": {"files": %s}}\n' "$#"
