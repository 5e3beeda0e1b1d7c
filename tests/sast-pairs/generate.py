#!/usr/bin/env python3
"""Pairs of unsafe and safe code, as lines of JSON: sources, carriers, sanitizers and sinks put together.

`python3 generate.py LANGUAGE` prints every pair of the language. Each pair differs in one thing only: what reaches
the sink. The order is fixed, so that the committed table can be compared.
"""

import importlib
import itertools
import json
import sys


class Part:
    """A piece of code with what it needs around it."""

    def __init__(self, name, unsafe, safe=None, top="", imports="", members=""):
        self.name, self.unsafe, self.safe = name, unsafe, safe
        self.top, self.imports, self.members = top, imports, members

    def side(self, which):
        """`top` and `members` may have two sides as well, as a pair."""
        pick = lambda text: text[which] if isinstance(text, tuple) else text
        return pick(self.imports), pick(self.top), pick(self.members)


def indented(code, by):
    return "\n".join(by + line if line else line for line in code.strip("\n").splitlines())


def join(*texts):
    """Lines of all, each import once."""
    seen, out = set(), []
    for line in itertools.chain.from_iterable(text.strip("\n").splitlines() for text in texts if text):
        if line not in seen:
            seen.add(line)
            out.append(line)
    return "\n".join(out)


def pairs(language):
    """Each sink with each carrier, and each of its sanitizers; sources and frames in turn."""
    module = importlib.import_module("lang_" + language)
    turn = 0

    def emit(category, kind, name, unsafe, safe):
        return {"category": category, "cwe": module.CWE[category], "kind": kind, "name": name, "unsafe": unsafe, "safe": safe}

    for category, sinks in module.SINKS.items():
        for number, sink in enumerate(sinks):
            for at, carrier in enumerate(module.CARRIERS):
                # The first sink of a category meets every carrier, the others every third one.
                if number > 0 and (at + number) % 3:
                    continue
                turn += 1
                unsafe = module.whole(turn, sink, [(carrier, 0)])
                safe = module.whole(turn, sink, [(carrier, 1)])
                yield emit(category, "carrier", carrier.name, unsafe, safe)
        for sink in sinks[:2]:
            for cleaner in module.CLEANERS.get("*", []) + module.CLEANERS.get(category, []):
                turn += 1
                unsafe = module.whole(turn, sink, [(cleaner, 0)])
                safe = module.whole(turn, sink, [(cleaner, 1)])
                yield emit(category, "sanitizer", cleaner.name, unsafe, safe)
        for twin in module.TWINS.get(category, []):
            for at in range(3):
                turn += 1
                carrier = module.CARRIERS[(turn * 7) % len(module.CARRIERS)]
                unsafe = module.whole(turn, Part(twin.name, twin.unsafe, top=twin.top, imports=twin.imports, members=twin.members), [(carrier, 0)])
                safe = module.whole(turn, Part(twin.name, twin.safe, top=twin.top, imports=twin.imports, members=twin.members), [(carrier, 0)])
                yield emit(category, "sink", twin.name, unsafe, safe)
    for category, name, unsafe, safe in module.plain():
        yield emit(category, "plain", name, unsafe, safe)


def main():
    language = sys.argv[1]
    for pair in pairs(language):
        print(json.dumps(pair))


if __name__ == "__main__":
    main()
