#!/bin/sh
# What five external stages that do nothing cost at a push, beside the same five commands under `xargs -P2`.
#
#   benches/stages.sh [PROGRAM]     the program is target/quick/gatehook unless another is named
#
# Two rows a command, wall time and CPU time (user and system, of all processes): the median of the push gate without
# and with the stages, of xargs, and the ratio of what the stages add to what xargs takes, which should be 1.5 at most.
# Nothing is taken from a cache. Needs git, python3 and xargs. Never a verdict: a busy machine is noisy.
set -eu
cd "$(dirname "$0")/.."
program=${1:-target/quick/gatehook}
[ -x "$program" ] || { echo "no program at $program: cargo build --profile quick" >&2; exit 2; }
program=$(cd "$(dirname "$program")" && pwd)/$(basename "$program")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work"
export HOME="$work" GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org

# repository NAME WORDS…: one whose five stages run that command, and one commit to push
repository() {
    name=$1
    shift
    git init -q --bare "$name.git"
    git init -q "$name"
    cd "$name"
    git remote add origin "../$name.git"
    words=$(python3 -c 'import json, sys; print(json.dumps(sys.argv[1:]))' "$@")
    {
        echo '[gate.push]'
        echo 'stages = ["secrets", "insecure", "one", "two", "three", "four", "five"]'
        for stage in one two three four five; do printf '[stage.%s]\ncommand = %s\n' "$stage" "$words"; done
    } >gatehook.toml
    for number in $(seq 30); do
        seq "$number" 200 >"file$number.py"
    done
    git add -A
    git commit -qm one
    git push -q origin HEAD
    echo 'x = 1' >>file1.py
    git commit -qam two
    "$program" trust >/dev/null
    cd ..
}

: >none.toml
repository true true
repository python python3 -c pass

python3 - "$program" <<'PYTHON'
import os, resource, shutil, statistics, subprocess, sys, time

program = sys.argv[1]

def took(words, directory, given=None):
    shutil.rmtree(".cache", ignore_errors=True)
    def cpu():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime
    begin, before = time.perf_counter(), cpu()
    ended = subprocess.run(words, cwd=directory, input=given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert ended.returncode == 0, (words, ended.returncode)
    return (time.perf_counter() - begin) * 1000, (cpu() - before) * 1000

print(f"{'command':12} {'time':4} {'gate':>8} {'+ five':>8} {'xargs':>8} {'ratio':>6}  (ms; at most 1.5)")
for name, command in [("true", ["true"]), ("python", ["python3", "-c", "pass"])]:
    push = [program, "hook", "-q", "pre-push", "origin", f"../{name}.git"]
    rows = []
    for _ in range(25):
        without = took([program, "hook", "-q", "--config", "../none.toml", "pre-push", "origin", f"../{name}.git"], name)
        with_five = took(push, name)
        xargs = took(["xargs", "-P2", "-I{}", *command], name, b"1\n2\n3\n4\n5\n")
        rows.append((without, with_five, xargs))
    for number, kind in enumerate(("wall", "cpu")):
        own = [[side[number] for side in row] for row in rows]
        median = [statistics.median(column) for column in zip(*own)]
        ratio = statistics.median([(five - gate) / xargs for gate, five, xargs in own])
        print(f"{name:12} {kind:4} {median[0]:8.1f} {median[1]:8.1f} {median[2]:8.1f} {ratio:6.2f}", flush=True)
PYTHON
