#!/usr/bin/env python3
"""A gatehook plugin: TODO and FIXME in added lines that name no ticket. See docs/plugins.md."""

import json
import os
import re
import sys

LOOSE = re.compile(rb"\b(TODO|FIXME)\b(?!\s*\(?[A-Z]+-\d+)")


def tell(line):
    print(json.dumps(line), flush=True)


def main():
    tell({"gatehook": 1})
    request = json.load(sys.stdin)
    if request.get("gatehook") != 1:
        tell({"error": "this plugin speaks version 1 of the protocol"})
        return
    files = 0
    for change in request["changes"]:
        if change["kind"] == "deleted":
            continue
        # The bytes of a name that is not UTF-8 come as base64 in `path_b64`; such files are left to others.
        path = os.path.join(request["directory"], change["path"])
        try:
            with open(path, "rb") as file:
                lines = file.read().split(b"\n")
        except OSError as error:
            tell({"error": f"{change['path']}: {error.strerror}"})
            return
        files += 1
        for first, last in change["added"] or [[1, len(lines)]]:
            for number in range(first, last + 1):
                found = LOOSE.search(lines[number - 1])
                if found:
                    word = found.group(1).decode()
                    tell(
                        {
                            "finding": {
                                "rule": word.lower(),
                                "message": f"{word} without a ticket",
                                "path": change["path"],
                                "line": number,
                                "column": found.start() + 1,
                                "severity": "low",
                                "fix": "name a ticket, as TODO(ABC-123)",
                            }
                        }
                    )
    tell({"done": {"files": files}})


main()
