#!/bin/sh
# Every format of a report of 25,000 findings: seconds and peak memory of the whole program, which reads the JSON report
# first; the first row is that reading alone.
#
#   benches/reports.sh [PROGRAM [FINDINGS]]     the program is target/quick/gatehook unless another is named
#
# Needs python3. Never a verdict: a busy machine is noisy.
set -eu
cd "$(dirname "$0")/.."
program=${1:-target/quick/gatehook}
[ -x "$program" ] || { echo "no program at $program: cargo build --profile quick" >&2; exit 2; }
program=$(cd "$(dirname "$program")" && pwd)/$(basename "$program")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work"
python3 -c 'import random; random.seed(1); print("key = \"AKIA%s\"" % "".join(random.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=16)))' >a.py
"$program" scan a.py -q --exit-zero --report json=one.json >/dev/null
python3 - "$program" "${2:-25000}" <<'PYTHON'
import hashlib, json, os, subprocess, sys, time

program, count = sys.argv[1], int(sys.argv[2])
report = json.load(open("one.json"))
first = report["findings"][0]
report["findings"] = [
    {**first, "path": f"services/api/module_{n // 20}/settings_{n}.py", "rule": f"rule-{n % 150}",
     "fingerprint": hashlib.md5(str(n).encode()).hexdigest()}
    for n in range(count)
]
json.dump(report, open("many.json", "w"), separators=(",", ":"))
print(f"{'format':20} {'seconds':>8} {'MiB':>6} {'bytes':>12}")
formats = "text json jsonl sarif gitlab-secrets codequality junit checkstyle github github-summary rdjson rdjsonl markdown html"
for format in [None, *formats.split()]:
    out = ["--report", f"{format}=out"] if format else []
    times, peak = [], 0
    for _ in range(5):
        begin = time.perf_counter()
        child = subprocess.Popen([program, "report", "convert", "many.json", "--format", "github", *out], stdout=subprocess.DEVNULL)
        _, _, used = os.wait4(child.pid, 0)
        times.append(time.perf_counter() - begin)
        peak = max(peak, used.ru_maxrss // 1024)
    size = os.path.getsize("out") if format else os.path.getsize("many.json")
    print(f"{format or '(reading)':20} {sorted(times)[2]:8.3f} {peak:6} {size:12}")
PYTHON
