#!/bin/sh
# Dependencies: what the stage `sca` costs for one changed package of ten thousand, and a Cargo.lock beside cargo-audit.
#
#   benches/sca.sh [PROGRAM]     the program is target/quick/gatehook unless another is named
#
# Compiles 200,000 records, changes one package in a `package-lock.json` of 10,000, and prints for each case the median and the 95th
# percentile of the wall time, the median CPU time, and the peak memory, `git diff --numstat` of the same change first. With AUDIT=DIR
# (where `cargo-audit` lies), DB=DIR (a RustSec advisory-db) and LOCK=FILE it also takes the Cargo.lock against all of RustSec.
# Needs git and python3. Never a verdict: a busy machine is noisy.
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

cat > make.py <<'END'
import json, random, zipfile
random.seed(7)
letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
names = [f"pkg-{i}" for i in range(9000)] + [f"@scope{i % 50}/mod-{i}" for i in range(1000)]
packages = {}
for i, name in enumerate(names):
    version = f"{random.randint(0, 9)}.{random.randint(0, 20)}.{random.randint(0, 20)}"
    packages["node_modules/" + name] = {
        "version": version,
        "resolved": f"https://registry.npmjs.org/{name}/-/{name.split('/')[-1]}-{version}.tgz",
        "integrity": "sha512-" + "".join(random.choices(letters, k=86)) + "==",
        **({"dev": True} if i > 7000 else {}), "license": "MIT", "engines": {"node": ">=10"},
        "dependencies": {random.choice(names): "^1.0.0" for _ in range(3)},
    }
root = {"name": "bench", "dependencies": {name: "^1.0.0" for name in names[:300]}}
lock = {"name": "bench", "lockfileVersion": 3, "requires": True, "packages": {"": root, **dict(sorted(packages.items()))}}
open("one.json", "w").write(json.dumps(lock, indent=2) + "\n")
one = lock["packages"]["node_modules/" + names[5000]]
one["version"], one["resolved"] = "99.0.1", f"https://registry.npmjs.org/{names[5000]}/-/{names[5000]}-99.0.1.tgz"
open("two.json", "w").write(json.dumps(lock, indent=2) + "\n")
open("package.json", "w").write(json.dumps(root))
with zipfile.ZipFile("all.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
    for i in range(200_000):
        name = names[5000] if i == 3 else names[i % 10_000] if i % 10 == 0 else f"other-{i % 90_000}"
        events = [{"introduced": "99.0.0"}, {"fixed": "100.0.0"}] if i == 3 else [{"introduced": "0"}, {"fixed": "0.0.1"}]
        archive.writestr(f"{i}.json", json.dumps({
            "id": f"GHSA-{i:04d}", "modified": "2024-01-01T00:00:00Z", "aliases": [f"CVE-2024-{i}"], "summary": f"A flaw in {name}",
            "details": "Text about the flaw. " * 20,
            "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
            "affected": [{"package": {"ecosystem": "npm", "name": name}, "ranges": [{"type": "SEMVER", "events": events}]}]}))
END
cat > measure.py <<'END'
import os, subprocess, sys, time
def run(label, command, times):
    walls, cpus, peak = [], [], 0
    for _ in range(times):
        start = time.monotonic()
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(child.pid, 0)
        walls.append(time.monotonic() - start)
        cpus.append(used.ru_utime + used.ru_stime)
        peak = max(peak, used.ru_maxrss)
    walls.sort(); cpus.sort()
    ms = lambda seconds: f"{seconds * 1000:7.1f} ms"
    print(f"{label:44} {ms(walls[times // 2])} {ms(walls[int(times * .95)])} {ms(cpus[times // 2])} {peak / 1024:6.0f} MB  exit {os.waitstatus_to_exitcode(status)}")
run(sys.argv[1], sys.argv[3:], int(sys.argv[2]))
END
python3 make.py
printf '%-44s %10s %10s %10s %9s\n' case median p95 CPU peak
python3 measure.py "compile 200,000 records" 1 "$program" advisories import all.zip
git init -q lock && cd lock
printf '[gate.ci]\nstages = ["sca"]\n' > gatehook.toml
cp ../one.json package-lock.json && cp ../package.json . && git add . && git commit -qm one
cp ../two.json package-lock.json && git commit -qam two
runs=${RUNS:-40}
python3 ../measure.py "git diff --numstat" "$runs" git diff --numstat HEAD~1 HEAD
python3 ../measure.py "gatehook ci, one of 10,000 changed" "$runs" "$program" ci --base HEAD~1 --head HEAD
cd ..
if [ -n "${AUDIT:-}" ]; then
    rm -rf .local && git init -q crates && cd crates && cp "$LOCK" Cargo.lock && git add . && git commit -qm one
    "$program" advisories import "$DB" > ../import.log
    python3 ../measure.py "cargo audit --no-fetch --stale" 10 "$AUDIT/cargo-audit" audit --no-fetch --stale --no-yanked --db "$DB" --file Cargo.lock
    python3 ../measure.py "gatehook scan --stage sca, Cargo.lock" 10 "$program" scan --stage sca
fi
