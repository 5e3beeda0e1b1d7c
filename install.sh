#!/bin/sh
# Installs gatehook, and its hooks into a repository; `sh install.sh --help` says how. It asks for no root, says what it
# changes, and runs nothing before its last line has arrived.
#
# From a checkout it builds with cargo. Otherwise it takes a release, and only one whose SHA-256 stands in a checksum
# file that the key below has signed: where it was downloaded from is then no matter of trust. The names in that file
# hold version and system, so an old release cannot be passed off as a new one.

# shellcheck disable=SC2016,SC2088 # backticks and `~` in single quotes are for people

set -eu

version=0.1.0
default_releases=https://github.com/gatehook/gatehook/releases/download

# Who may sign releases: ECDSA P-256, which `openssl` verifies on every system. It stands here only; no variable and no
# flag replaces it. `build/release.sh sign` refuses a private key that does not belong to it.
release_public_key='-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAExsT8xIn4PoQFjkVeSgN2zEyoC4Xq
LNyfH/lmEf3PcdwDgovSVHwmDB3fBvAhG2FJASq69hWeC0PwabYhmh5k8w==
-----END PUBLIC KEY-----'

main() {
  to='' repo='' tag='' archive='' from='' missing='' tmp='' staged=''
  hooks=yes dry_run=no uninstall=no
  flags "$@"
  settle
  if [ "$uninstall" = yes ]; then
    remove_all
    return
  fi
  tmp=$(mktemp -d "${TMPDIR:-/tmp}/gatehook-install.XXXXXX")
  trap 'rm -rf "$tmp"; [ -z "$staged" ] || rm -f "$staged"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  refuse_strangers
  if [ -n "$archive" ]; then
    from_archive
  elif [ -n "$tag" ]; then
    from_release
  elif is_checkout; then
    from_checkout
  else
    tag=v$version
    from_release
  fi
  into_repository
  on_path
}

help() {
  cat <<'END'
Install gatehook, and its hooks into a repository

Usage: install.sh [OPTIONS]

From a checkout of gatehook, cargo builds it. Otherwise the release of this script's version is downloaded; its checksum
file must be signed by the key in this script. Existing hooks are kept and run after gatehook.

Options:
  --to DIR         Install the binary into DIR/bin [default: ~/.local]
  --repo DIR       Repository to install the hooks into, and to scan [default: the one around the current directory]
  --no-hooks       Leave the hooks out; `gatehook install` puts them into a repository later
  --tag vX.Y.Z     Download this release
  --from URL       Download releases from URL/vX.Y.Z/ [default: $GATEHOOK_RELEASES, or GitHub]
  --archive FILE   Install this release archive, offline; SHA256SUMS and SHA256SUMS.sig must lie beside it
  --uninstall      Remove the binary, and the hooks from every repository that this script put them into
  --dry-run        Say what would be done and do nothing
  -h, --help       Print this
END
}

say() {
  printf '%s\n' "$1"
}

# Stops with the reason; further arguments are hints.
err() {
  printf 'error: %s\n' "$1" >&2
  shift
  for hint; do
    printf 'hint: %s\n' "$hint" >&2
  done
  exit 1
}

usage() {
  printf 'error: %s\nhint: `install.sh --help` lists the options\n' "$1" >&2
  exit 2
}

flags() {
  while [ $# -gt 0 ]; do
    case $1 in
      --to | --repo | --tag | --from | --archive)
        if [ $# -lt 2 ] || [ -z "$2" ]; then usage "\`$1\` needs a value"; fi
        case $1 in
          --to) to=$2 ;;
          --repo) repo=$2 ;;
          --tag) tag=$2 ;;
          --from) from=$2 ;;
          --archive) archive=$2 ;;
        esac
        shift
        ;;
      --no-hooks) hooks=no ;;
      --uninstall) uninstall=yes ;;
      --dry-run) dry_run=yes ;;
      -h | --help) help && exit 0 ;;
      *) usage "\`$1\` is no option" ;;
    esac
    shift
  done
  if [ -n "$archive" ] && [ -n "$tag$from" ]; then usage '`--archive` is offline: it takes neither `--tag` nor `--from`'; fi
  case $tag in
    '') ;;
    v[0-9]*) case $tag in *[!0-9A-Za-z.+-]*) usage "\`$tag\` is no tag of a release" ;; esac ;;
    *) usage "\`$tag\` is no tag of a release: they look like v$version" ;;
  esac
}

# Makes all places absolute, before anything is changed.
settle() {
  if [ -z "$to" ]; then
    [ -n "${HOME:-}" ] || usage 'HOME is not set, so `--to DIR` has to say where to install'
    to=$HOME/.local
  fi
  case $to in /*) ;; *) to=$PWD/$to ;; esac
  bin=$to/bin/gatehook
  receipt=$to/share/gatehook/repositories
  if [ -n "$from" ] && [ -z "$tag" ]; then tag=v$version; fi
  from=${from:-${GATEHOOK_RELEASES:-$default_releases}}
  from=${from%/}
  need git 'runs the hooks'
  enough
  find_repository
}

# Sets `repo` to the repository's top (a bare one: its directory) or to nothing, and `bare`.
find_repository() {
  bare=no
  if said=$(LC_ALL=C git -C "${repo:-.}" rev-parse --is-bare-repository 2>&1); then
    if [ "$said" = true ]; then
      bare=yes
      repo=$(git -C "${repo:-.}" rev-parse --absolute-git-dir)
    else
      repo=$(git -C "${repo:-.}" rev-parse --show-toplevel)
    fi
  elif [ -n "$repo" ]; then
    err "\`$repo\` is no repository that git opens: $said"
  else
    case $said in
      *'not a git repository'*) ;;
      *) err "git does not open the repository here: $said" '`--repo DIR` names another one' ;;
    esac
  fi
}

# --- what is needed ---

# Notes that a program is missing, with what it is for and how to get it.
need() {
  command -v "$1" >/dev/null 2>&1 || lacks "$1" "$2"
}

lacks() {
  missing="$missing
  $1: $2
    $(how_to_get "$1")"
}

how_to_get() {
  package=$1
  if [ "$1" = cargo ]; then
    echo 'get it: https://rustup.rs installs it for one user'
    return
  elif [ "$(uname -s)" = Darwin ]; then
    echo 'get it: xcode-select --install'
    return
  elif [ "$1" = cc ]; then
    package=gcc
    if command -v apt-get >/dev/null 2>&1; then package=build-essential; fi
    if command -v apk >/dev/null 2>&1; then package=build-base; fi
  fi
  for manager in 'apt-get install' 'apk add' 'dnf install' 'pacman -S' 'zypper install' 'brew install'; do
    if command -v "${manager%% *}" >/dev/null 2>&1; then
      echo "get it: $manager $package"
      return
    fi
  done
  echo "get it: from the package \`$package\` of this system"
}

# Stops if anything is missing, and names all of it at once.
enough() {
  [ -z "$missing" ] || err "nothing was installed, because this is missing:$missing"
}

# --- from where ---

# Never takes the place of a program that only has the same name.
refuse_strangers() {
  [ -e "$bin" ] || [ -L "$bin" ] || return 0
  case $("$bin" --version </dev/null 2>/dev/null) in
    'gatehook '[0-9]*) ;;
    *) err "\`$bin\` is there and does not say that it is gatehook, so it stays" 'move it away, or choose another place with `--to DIR`' ;;
  esac
}

# Whether this script lies in a checkout (read from a pipe it lies nowhere); sets `checkout`.
is_checkout() {
  [ "${0##*/}" = install.sh ] && [ -f "$0" ] || return 1
  case $0 in */*) checkout=${0%/*} ;; *) checkout=. ;; esac
  checkout=$(CDPATH='' cd -- "${checkout:-/}" && pwd)
  grep -q '^name = "gatehook"$' "$checkout/Cargo.toml" 2>/dev/null
}

from_checkout() {
  # shellcheck source=build/rust.sh
  . "$checkout/build/rust.sh"
  find_cargo || lacks cargo 'builds gatehook (`cargo --version` has to work)'
  cc_works || lacks cc 'a C compiler that makes a program; libgit2 is built from source'
  enough
  # `quick` is built in a third of the time of a release, and hardly slower.
  run cargo install --locked --force --profile quick --path "$checkout" --root "$to"
}

cc_works() {
  echo 'int main(void) { return 0; }' >"$tmp/try.c"
  "${CC:-cc}" -o "$tmp/try" "$tmp/try.c" >/dev/null 2>&1 </dev/null
}

from_release() {
  need openssl 'verifies the signature'
  need tar 'unpacks the release'
  command -v curl >/dev/null 2>&1 || command -v wget >/dev/null 2>&1 || lacks curl 'downloads the release (wget will do)'
  enough
  target
  name=gatehook-$tag-$target.tar.gz
  if [ "$dry_run" = yes ]; then
    say "would download $from/$tag/$name and verify it"
  else
    for file in SHA256SUMS SHA256SUMS.sig "$name"; do
      download "$from/$tag/$file" "$tmp/$file"
    done
    verify
  fi
  put
}

from_archive() {
  need openssl 'verifies the signature'
  need tar 'unpacks the release'
  enough
  name=${archive##*/}
  case $archive in */*) beside=${archive%/*} ;; *) beside=. ;; esac
  for file in "$name" SHA256SUMS SHA256SUMS.sig; do
    [ -f "$beside/$file" ] || err "\`$beside/$file\` is not there, so \`$name\` cannot be trusted" \
      'an archive, SHA256SUMS and SHA256SUMS.sig of its release belong together: download all three'
    cp "$beside/$file" "$tmp/$file"
  done
  verify
  put
}

# Sets `target` to this system's name.
target() {
  case $(uname -s) in
    Darwin) system=apple-darwin ;;
    Linux) case $(ldd --version 2>&1 || true) in *musl*) system=unknown-linux-musl ;; *) system=unknown-linux-gnu ;; esac ;;
    *) err "there is no release for $(uname -s)" 'build it from a checkout: `sh install.sh` in it' ;;
  esac
  case $(uname -m) in
    x86_64 | amd64) target=x86_64-$system ;;
    aarch64 | arm64) target=aarch64-$system ;;
    *) err "there is no release for $(uname -m)" 'build it from a checkout: `sh install.sh` in it' ;;
  esac
  # A shell under Rosetta is told that the processor is another one.
  if [ "$system" = apple-darwin ] && [ "$(sysctl -n sysctl.proc_translated 2>/dev/null || true)" = 1 ]; then
    target=aarch64-apple-darwin
  fi
}

# Downloads URL to FILE: over HTTPS, or from this machine itself.
download() {
  case $1 in
    *@* | *[[:space:]]*) err "\`$1\` is not downloaded: it has a name, a password or a space in it" ;;
    https://*) protocol='=https' ;;
    http://127.0.0.1[:/]* | http://localhost[:/]* | "http://[::1]"[:/]*) protocol='=http' ;;
    *) err "\`$1\` is not downloaded: it is no HTTPS address" ;;
  esac
  say "downloading $1"
  if command -v curl >/dev/null 2>&1; then
    curl --proto "$protocol" --proto-redir '=https' --tlsv1.2 --fail --silent --show-error --location --retry 2 \
      --output "$2" "$1" </dev/null && return
  else
    wget -q -t 2 -T 30 -O "$2" "$1" </dev/null && return
  fi
  err "\`$1\` could not be downloaded, so nothing was installed" 'is there such a release? `--tag` and `--from` name another'
}

# Whether $tmp/$name is what the signer made; stops where it is not.
verify() {
  printf '%s\n' "$release_public_key" >"$tmp/key.pem"
  openssl dgst -sha256 -verify "$tmp/key.pem" -signature "$tmp/SHA256SUMS.sig" "$tmp/SHA256SUMS" >/dev/null 2>&1 ||
    err 'the signature of SHA256SUMS is not by the key in this script, so nothing was installed' \
      'download it again from where gatehook is published; if that does not help, report it'
  expected=$(awk -v name="$name" '$2 == name || $2 == "*" name { print $1 }' "$tmp/SHA256SUMS")
  [ -n "$expected" ] || err "the signed SHA256SUMS does not name \`$name\`, so nothing was installed" \
    'it belongs to another version, or the archive was renamed'
  actual=$(openssl dgst -sha256 "$tmp/$name" | sed 's/^.*= *//')
  [ "$expected" = "$actual" ] || err "the SHA-256 of \`$name\` is $actual, signed is $expected: nothing was installed" \
    'it was cut or changed on the way: download it again'
  say "verified $name"
}

# Puts the program in the archive into its place, in one step and only if it runs here.
put() {
  if [ "$dry_run" = yes ]; then
    say "would write $bin"
    return
  fi
  top=${name%.tar.gz}
  tar -tzf "$tmp/$name" >"$tmp/paths" || err "\`$name\` could not be unpacked, so nothing was installed"
  while IFS= read -r path; do
    case /$path/ in
      */../*) err "\`$name\` holds the path \`$path\`, which leads out of it: nothing was installed" ;;
      "/$top/"*) ;;
      *) err "\`$name\` holds the path \`$path\` outside of \`$top/\`: nothing was installed" ;;
    esac
  done <"$tmp/paths"
  tar -xzOf "$tmp/$name" "$top/gatehook" >"$tmp/gatehook" || err "\`$name\` holds no program, so nothing was installed"
  chmod 755 "$tmp/gatehook"
  says=$("$tmp/gatehook" --version </dev/null) || err "the gatehook in \`$name\` does not run here, so nothing was installed" \
    "if programs may not run in \`${TMPDIR:-/tmp}\`, set TMPDIR; else build it from a checkout: \`sh install.sh\` in it"
  mkdir -p "$to/bin"
  staged=$to/bin/.gatehook-$$
  cp "$tmp/gatehook" "$staged"
  mv -f "$staged" "$bin"
  say "wrote $bin ($says)"
}

# --- into the repository ---

# Says the command and runs it, without standard input (which may be this script); under --dry-run it only says it.
run() {
  if [ "$dry_run" = yes ]; then
    say "would run: $(shown "$@")"
  else
    say "running: $(shown "$@")"
    "$@" </dev/null
  fi
}

# The arguments as one line that a shell would read as them.
shown() {
  line=''
  for word; do
    case $word in
      '' | *[!A-Za-z0-9_./:=@%+,-]*) word="'$(printf '%s' "$word" | sed "s/'/'\\\\''/g")'" ;;
    esac
    line="$line${line:+ }$word"
  done
  printf '%s' "$line"
}

into_repository() {
  if [ -z "$repo" ]; then
    say 'no repository here: `gatehook install` in one puts the hooks there'
    return
  fi
  if [ "$hooks" = yes ]; then
    # Written down first: what is not written down is not taken out again.
    remember
    run "$bin" install --repo "$repo" || {
      code=$?
      printf 'error: %s is installed, its hooks are not: see above\n' "$bin" >&2
      exit "$code"
    }
  fi
  if [ "$bare" = no ]; then first_scan; fi
}

remember() {
  if [ "$dry_run" = yes ] || grep -qxF -- "$repo" "$receipt" 2>/dev/null; then return 0; fi
  mkdir -p "${receipt%/*}"
  printf '%s\n' "$repo" >>"$receipt"
}

# Findings are no fault of the installation; a scan that did not happen is told.
first_scan() {
  cd -- "$repo"
  code=0
  run "$bin" scan || code=$?
  case $code in
    0) ;;
    1) say "The scan of $repo found what stands above. It is there already, so it blocks no commit that leaves it alone." ;;
    3) printf 'warning: the scan could not look at all of %s: see above\n' "$repo" >&2 ;;
    *)
      printf 'error: gatehook is installed, but its first scan of %s did not happen (exit code %s)\n' "$repo" "$code" >&2
      exit "$code"
      ;;
  esac
}

on_path() {
  found=$(command -v gatehook || true)
  if [ "$found" = "$bin" ]; then return; fi
  case ${SHELL:-} in
    */fish) line="fish_add_path $(shown "$to/bin")" file='~/.config/fish/config.fish' ;;
    */zsh) line="export PATH=$(shown "$to/bin"):\"\$PATH\"" file='~/.zshrc' ;;
    */bash) line="export PATH=$(shown "$to/bin"):\"\$PATH\"" file='~/.bashrc' ;;
    *) line="export PATH=$(shown "$to/bin"):\"\$PATH\"" file='~/.profile' ;;
  esac
  if [ -n "$found" ]; then
    say "warning: \`gatehook\` is $found here, not the new one; add this line to $file:"
  else
    say "warning: $to/bin is not on PATH, so \`gatehook\` is not found; add this line to $file:"
  fi
  say "  $line"
}

# --- out again ---

# Hooks first: a hook whose program is gone stops every commit. So the program stays while one hook is left.
remove_all() {
  [ -x "$bin" ] || err "there is no gatehook in \`$to/bin\`, so nothing was removed" '`--to DIR` says where it was installed'
  refuse_strangers
  if [ "$hooks" = yes ]; then remove_hooks; fi
  if grep -q '^"gatehook ' "$to/.crates.toml" 2>/dev/null && cargo --version >/dev/null 2>&1; then
    run cargo uninstall --root "$to" gatehook
  else
    run rm -f "$bin"
  fi
  if [ -f "$receipt" ] && [ "$hooks" = yes ]; then
    run rm -f "$receipt"
    if [ "$dry_run" = no ]; then rmdir "${receipt%/*}" 2>/dev/null || true; fi
  fi
  forget
}

# What the binary kept for this user to save work: receipts, and the key that tells its own from others'.
forget() {
  key=${XDG_STATE_HOME:-${HOME:-}/.local/state}/gatehook/key
  kept=${XDG_CACHE_HOME:-${HOME:-}/.cache}/gatehook
  if [ -f "$key" ]; then
    run rm -f "$key"
    if [ "$dry_run" = no ]; then rmdir "${key%/*}" 2>/dev/null || true; fi
  fi
  if [ -d "$kept" ]; then run rm -rf "$kept"; fi
}

remove_hooks() {
  left=no
  if [ -n "$repo" ] && ! grep -qxF -- "$repo" "$receipt" 2>/dev/null; then remove_from "$repo"; fi
  if [ -f "$receipt" ]; then
    while IFS= read -r known; do
      remove_from "$known"
    done <"$receipt"
  fi
  [ "$left" = no ] || err "some hooks are left, so $bin stays: without it they would stop every commit"
}

remove_from() {
  if [ ! -d "$1" ]; then
    say "$1 is gone, and its hooks with it"
    return
  fi
  # It can plan without doing, so under --dry-run it says more than its name.
  if [ "$dry_run" = yes ]; then
    "$bin" uninstall --dry-run --repo "$1" </dev/null || left=yes
  else
    run "$bin" uninstall --repo "$1" || left=yes
  fi
}

{ main "$@"; }
