#!/bin/sh
# The commit gate beside `git diff --cached -U0`: user and system CPU of both, taken in turn.
#
#   benches/commit.sh [PROGRAM]     the program is target/quick/gatehook unless another is named
#
# Builds its repositories under $TMPDIR, prints one row a case: the median CPU time of each side, the
# median of the ratios pair by pair, the most the ratio should be, gatehook's peak memory, and how many
# times it starts git. SHORT=1 leaves the largest case out. Needs git, python3 and awk. Never a verdict: a busy machine is noisy.
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

# lines COUNT SEED: lines of code that resemble no secret
lines() {
    awk -v n="$1" -v seed="$2" 'BEGIN { srand(seed); for (i = 0; i < n; i++)
        printf "    let value_%d = compute(%d, \"%x\"); // step %d of the run\n",
            int(rand() * 1000), int(rand() * 100000), int(rand() * 1000000), i }'
}

# files COUNT DIRECTORIES LINES: src/m<number>/f<number>.rs
files() {
    for number in $(seq "$1"); do
        mkdir -p "src/m$((number % $2))"
        lines "$3" "$number" > "src/m$((number % $2))/f$number.rs"
    done
    git add -A
}

small() {
    git init -q small && cd small
    files 30 5 60
    git commit -qm one
    lines 20 99 >> src/m1/f1.rs
    git add -A
}

large() {
    git init -q large && cd large
    blob=$(echo x | git hash-object -w --stdin)
    awk -v blob="$blob" 'BEGIN { for (i = 0; i < 57000; i++)
        printf "100644 %s\tsrc/d%d/e%d/file%d.rs\n", blob, int(i / 1500), int(i / 15) % 100, i }' |
        git update-index --index-info
    git commit -qm one
    git repack -adq
    mkdir -p src/d1/e1
    lines 60 1 > src/d1/e1/new.rs
    git update-index --add src/d1/e1/new.rs
    git commit -qm two
    lines 20 2 >> src/d1/e1/new.rs
    git update-index --add src/d1/e1/new.rs
}

twenty() {
    git init -q twenty && cd twenty
    files 200 20 120
    git commit -qm one
    git repack -adq
    for number in $(seq 20); do lines 50 "10$number" >> "src/m$((number % 20))/f$number.rs"; done
    git add -A
}

many() {
    git init -q many && cd many
    echo x > README
    git add -A
    git commit -qm one
    files 2000 40 165
}

reindented() {
    git init -q reindented && cd reindented
    files 500 20 200
    git commit -qm one
    git repack -adq
    for file in src/*/*.rs; do sed 's/^    /        /' "$file" > ../new && cat ../new > "$file"; done
    git add -A
}

replaced() {
    git init -q replaced && cd replaced
    files 200 20 700
    git commit -qm one
    git repack -adq
    for file in src/*/*.rs; do awk 'NR % 2 == 0 && NR <= 680 { sub(/value/, "other") } { print }' "$file" > ../new && cat ../new > "$file"; done
    git add -A
}

# modified NAME COUNT: a line added to each of so many files
modified() {
    git init -q "$1" && cd "$1"
    files "$2" 100 40
    git commit -qm one
    git repack -adq
    for file in src/*/*.rs; do echo '    let added = 1;' >> "$file"; done
    git add -A
}

# started DIRECTORY: how many times the gate starts git there
mkdir bin
git=$(command -v git)
printf '#!/bin/sh\necho "$1" >> "%s/started"\nexec "%s" "$@"\n' "$work" "$git" > bin/git
chmod +x bin/git
started() {
    : > "$work/started"
    (cd "$1" && PATH="$work/bin:$PATH" "$program" scan --staged > "$work/told" 2>&1) || :
    wc -l < "$work/started"
}

# in_turn RUNS DIRECTORY LIMIT NAME -- PROGRAM… -- OTHER…
in_turn() {
    python3 - "$@" <<'PYTHON'
import os, statistics, sys
runs, directory, limit, name = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
rest = sys.argv[6:]
split = rest.index("--")
sides = rest[:split], rest[split + 1:]
os.chdir(directory)
quiet = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_WRONLY, 0) for fd in (1, 2)]
def once(command):
    # Not a fork: a copy of this process would count as the program's own time.
    child = os.posix_spawnp(command[0], command, os.environ, file_actions=quiet)
    _, status, usage = os.wait4(child, 0)
    if status:
        sys.exit(f"{name}: {command} ended with {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
for side in sides:
    once(side)
pairs = [(once(sides[0]), once(sides[1])) for _ in range(runs)]
ours = statistics.median(one[0] for one, _ in pairs) * 1000
theirs = statistics.median(other[0] for _, other in pairs) * 1000
ratio = statistics.median(one[0] / max(other[0], 1e-6) for one, other in pairs)
peak = max(one[1] for one, _ in pairs)
started = os.environ.get("STARTED", "")
print(f"{name:<44} {ours:9.2f} {theirs:9.2f} {ratio:7.2f} {limit:>6} {peak:8.1f} {started:>4}", flush=True)
PYTHON
}

(small) && (large) && (twenty) && (many) && (reindented) && (replaced) && (modified thousand 1000)
[ -n "${SHORT:-}" ] || (modified ten 10000)
printf '%-44s %9s %9s %7s %6s %8s %4s\n' case 'ours ms' 'git ms' ratio 'most' 'peak MiB' git
against() { STARTED=$(started "$2") in_turn "$1" "$2" "$3" "$4" -- "$program" scan --staged -- git diff --cached -U0; }
against 61 small 2.5 '1 file, 20 lines, small repository'
against 61 large 0.5 '1 file, 20 lines, index of 57,000 entries'
against 41 twenty 2 '20 files, 1,000 lines'
against 15 many 1 '2,000 added files, 22 MB'
against 15 reindented 1.5 '500 re-indented files'
against 15 replaced 1.5 '200 files with 340 replaced lines each'
against 15 thousand 1 '1,000 modified files'
[ -n "${SHORT:-}" ] || against 5 ten 1 '10,000 modified files'
in_turn 61 . 4 'gatehook --version beside true' -- "$program" --version -- "$(command -v true)"
