#!/bin/sh
# Sourced by install.sh, tests/run and .ci/run: finds a cargo that works.

# 0 once `cargo` runs. With a HOME of its own (a clean machine, `env -i`) rustup's `cargo` finds no toolchain:
# those it was installed with lie beside it. And a cargo that rustup installed may not be on PATH yet.
find_cargo() {
  if [ -d "${RUSTUP_HOME:-${HOME:-}/.rustup}/toolchains" ] && cargo --version >/dev/null 2>&1; then
    return 0
  fi
  cargo_home=${CARGO_HOME:-${HOME:-}/.cargo}
  if ! command -v cargo >/dev/null 2>&1 && [ -x "$cargo_home/bin/cargo" ]; then
    PATH=$cargo_home/bin:$PATH
    export PATH
  fi
  cargo=$(command -v cargo) || return 1
  for rustup_home in "${cargo%/bin/cargo}/../.rustup" "${cargo%/bin/cargo}/../rustup"; do
    if [ -d "$rustup_home/toolchains" ] && RUSTUP_HOME=$rustup_home cargo --version >/dev/null 2>&1; then
      RUSTUP_HOME=$(cd "$rustup_home" && pwd)
      export RUSTUP_HOME
      return 0
    fi
  done
  cargo --version >/dev/null 2>&1
}
