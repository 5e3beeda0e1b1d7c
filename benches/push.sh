#!/bin/sh
# The push gate beside git: user and system CPU of both, taken in turn.
#
#   benches/push.sh [PROGRAM [REPOSITORY]]     the program is target/quick/gatehook unless another is named
#
# Without a REPOSITORY a history of 1,000 commits is made; of one that is named the last 1,000 commits
# (fewer where it has fewer) are pushed. Prints one row a case: the median CPU time of each side, the
# median of the ratios pair by pair, the median wall time of gatehook, and the most the ratio should be.
# Needs git, python3 and awk. Never a verdict: a busy machine is noisy.
set -eu
here=$PWD
cd "$(dirname "$0")/.."
program=${1:-target/quick/gatehook}
[ -x "$program" ] || { echo "no program at $program: cargo build --profile quick" >&2; exit 2; }
program=$(cd "$(dirname "$program")" && pwd)/$(basename "$program")
named=${2:-}
[ -z "$named" ] || named=$(cd "$here" && cd "$named" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work"
export HOME="$work/home" GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
unset XDG_CONFIG_HOME XDG_CACHE_HOME XDG_STATE_HOME
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
mkdir home

# 1,000 commits, each of which adds some lines to some of 100 files
made() {
    git init -q repo && cd repo && mkdir src
    awk 'BEGIN {
        srand(1); print "feature done"
        for (commit = 0; commit < 1001; commit++) {
            printf "commit refs/heads/main\ncommitter a <a@example.org> %d +0000\ndata 5\nstep\n\n", 1700000000 + commit
            files = commit ? 1 + int(rand() * 4) : 100
            for (number = 0; number < files; number++) {
                file = commit ? int(rand() * 100) : number
                for (line = 0; line < 20; line++)
                    text[file] = text[file] sprintf("    let value_%d = compute(%d, \"%x\");\n", int(rand() * 1000),
                        int(rand() * 100000), int(rand() * 1000000))
                printf "M 100644 inline src/f%d.rs\ndata %d\n%s\n", file, length(text[file]), text[file]
            }
        }
        print "done"
    }' | git fast-import --quiet
    git symbolic-ref HEAD refs/heads/main
    git reset -q --hard
    cd ..
}

copied() {
    git clone -q --no-hardlinks "$named" repo
    git -C repo for-each-ref --format='delete %(refname)' refs/remotes | git -C repo update-ref --no-deref --stdin
}

if [ -n "$named" ]; then copied; else made; fi
cd repo
git repack -adq
commits=$(git rev-list --count HEAD)
[ "$commits" -le 1001 ] || commits=1001
base=$(git rev-list --max-count="$commits" --first-parent HEAD | tail -n 1)
git remote remove origin 2>/dev/null || :
git remote add origin ../origin.git
none=$(git rev-parse HEAD | tr '0-9a-f' 0)
head=$(git rev-parse HEAD)
printf 'refs/heads/main %s refs/heads/main %s\n' "$head" "$base" > ../outgoing
git update-ref refs/remotes/origin/main "$head"
printf 'refs/heads/new %s refs/heads/new %s\n' "$head" "$none" > ../known
near=$(git rev-list --max-count=101 --first-parent HEAD | tail -n 1)
printf 'refs/heads/new %s refs/heads/new %s\n' "$near" "$none" > ../near
printf 'refs/heads/new %s refs/heads/new %s\n' "$base" "$none" > ../older
printf '(delete) %s refs/heads/old %s\n' "$none" "$near" > ../deletion
: > ../empty

# in_turn RUNS INPUT KEEP LIMIT NAME -- PROGRAM… -- OTHER…    without KEEP=keep each run is a first one
in_turn() {
    python3 - "$@" <<'PYTHON'
import os, shutil, statistics, sys, time
runs, given, keep, limit, name = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4], sys.argv[5]
rest = sys.argv[7:]
split = rest.index("--")
sides = rest[:split], rest[split + 1:]
state = os.path.join(os.environ["HOME"], ".local", "state")
def once(command, given):
    if keep != "keep":
        shutil.rmtree(state, ignore_errors=True)
    actions = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_WRONLY, 0) for fd in (1, 2)]
    actions.append((os.POSIX_SPAWN_OPEN, 0, given, os.O_RDONLY, 0))
    begin = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ, file_actions=actions)
    _, status, usage = os.wait4(child, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        sys.exit(f"{name}: {command} ended with {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime, time.perf_counter() - begin
for side in sides:
    once(side, given)
pairs = [(once(sides[0], given), once(sides[1], os.devnull)) for _ in range(runs)]
ours = statistics.median(one[0] for one, _ in pairs) * 1000
theirs = statistics.median(other[0] for _, other in pairs) * 1000
ratio = statistics.median(one[0] / max(other[0], 1e-6) for one, other in pairs)
wall = statistics.median(one[1] for one, _ in pairs) * 1000
passed = statistics.median(one[1] / other[1] for one, other in pairs)
print(f"{name:<44} {ours:9.2f} {theirs:9.2f} {ratio:7.2f} {limit:>6} {wall:9.2f} {passed:7.2f}", flush=True)
PYTHON
}

hook="$program hook --hooks-dir .git/hooks pre-push origin ../origin.git"
printf '%-44s %9s %9s %7s %6s %9s %7s\n' case 'ours ms' 'git ms' ratio 'most' 'wall ms' ratio
# shellcheck disable=SC2086 # a command and its arguments
{
    in_turn 61 ../empty keep 3 'up to date, beside git rev-parse' -- $hook -- git rev-parse HEAD
    in_turn 61 ../known keep 3 'a new branch on a known commit, the same' -- $hook -- git rev-parse HEAD
    in_turn 61 ../deletion keep 3 'a deletion, the same' -- $hook -- git rev-parse HEAD
    in_turn 61 ../near keep 3 'a new branch 100 commits back, the same' -- $hook -- git rev-parse HEAD
    in_turn 31 ../older keep '-' 'and as far back as all of them, the same' -- $hook -- git rev-parse HEAD
    git commit-graph write --reachable
    in_turn 61 ../older keep 3 'and where git keeps a commit graph, the same' -- $hook -- git rev-parse HEAD
    git update-ref -d refs/remotes/origin/main
    in_turn 5 ../outgoing first 1 "$((commits - 1)) commits, beside git log -p" -- $hook -- git log -p --full-history "$base..HEAD"
    in_turn 21 ../outgoing keep '-' 'the same again, beside git rev-list' -- $hook -- git rev-list "$base..HEAD"
}
