# `just` lists the recipes. `just check` is what CI runs.

default:
    @just --list

# format, tests, lints, shellcheck: the same as CI
check:
    bash .ci/run

# one test, or all whose name holds NAME
t NAME:
    cargo test --test it {{NAME}}

# one scenario, or all whose path holds NAME
scenario NAME:
    cargo test --test scenarios {{NAME}}

# write expected outputs and generated pages anew; look at the diff
bless:
    BLESS=1 cargo test --test it docs
    BLESS=1 cargo test --test it config
    BLESS=1 cargo test --test scenarios

# run every example of the rules whose id begins with PREFIX
rule PREFIX="":
    cargo run -q -- rules check {{PREFIX}}

# the commit gate against `git diff --cached`, as ratios
bench:
    cargo build --release
    sh benches/commit.sh target/release/gatehook

# our hooks on our own repository
dogfood:
    cargo run -q -- install
    cargo run -q -- scan

# the generated pages
docs:
    BLESS=1 cargo test --test it docs
    BLESS=1 cargo test --test it config

# the development corpus: recall and false alarms of generic secrets
corpus:
    cargo test --test it corpus

# false alarms over popular packages from the registries: writes tests/clean-code.md
clean-code:
    cargo build --profile quick
    tests/clean-code

# an archive of this version for this system, in DIR; `build/release.sh sign` signs all of them
release DIR:
    build/release.sh archive {{quote(DIR)}}

# fuzz TARGET (or `all`) for so many seconds
fuzz TARGET="all" SECONDS="600":
    cd fuzz && cargo run --release -- {{TARGET}} {{SECONDS}}
