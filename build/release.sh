#!/bin/sh
# Makes what install.sh takes: an archive for each system, then one signed checksum file over all of them.
#
#   build/release.sh archive [--target TRIPLE] [--binary FILE] DIR   builds (or takes FILE) and packs into DIR
#   build/release.sh sign --key PRIVATE.pem DIR                      writes DIR/SHA256SUMS and DIR/SHA256SUMS.sig
#
# CONTRIBUTING.md, "Release", says where the key comes from.

set -eu

main() {
  root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
  verb=${1:-} dir='' target='' binary='' key=''
  [ $# -eq 0 ] || shift
  while [ $# -gt 0 ]; do
    case $1 in
      --target) target=$2 && shift ;;
      --binary) binary=$2 && shift ;;
      --key) key=$2 && shift ;;
      -*) usage ;;
      *) dir=$1 ;;
    esac
    shift
  done
  [ -n "$dir" ] || usage
  mkdir -p "$dir"
  dir=$(CDPATH='' cd -- "$dir" && pwd)
  case $verb in
    archive) archive ;;
    sign) sign ;;
    *) usage ;;
  esac
}

usage() {
  sed -n '/^#   /s/^#   /usage: /p' "$0" >&2
  exit 2
}

err() {
  printf 'error: %s\n' "$1" >&2
  exit 1
}

archive() {
  version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$root/Cargo.toml" | head -n 1)
  if [ -z "$target" ]; then target=$(rustc -vV | sed -n 's/^host: //p'); fi
  if [ -z "$binary" ]; then
    cargo build --manifest-path "$root/Cargo.toml" --release --locked --target "$target"
    binary=$root/target/$target/release/gatehook
  fi
  name=gatehook-v$version-$target
  tmp=$(mktemp -d)
  trap 'rm -rf "$tmp"' EXIT
  mkdir "$tmp/$name"
  cp "$binary" "$tmp/$name/gatehook"
  chmod 755 "$tmp/$name/gatehook"
  for text in README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE; do
    cp "$root/$text" "$tmp/$name/$text"
    chmod 644 "$tmp/$name/$text"
  done
  pack | gzip -9n >"$dir/$name.tar.gz"
  printf '%s\n' "$dir/$name.tar.gz"
}

# The same bytes for the same files, where tar is GNU's.
pack() {
  time=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || echo 0)}
  case $(tar --version) in
    *GNU*) tar -C "$tmp" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$time" -cf - "$name" ;;
    *) tar -C "$tmp" -cf - "$name" ;;
  esac
}

sign() {
  [ -n "$key" ] || usage
  case $key in /*) ;; *) key=$PWD/$key ;; esac
  pinned=$(sed -n "/^release_public_key='/,/END PUBLIC KEY/p" "$root/install.sh" | sed "s/^release_public_key='//; s/'\$//")
  [ "$(openssl pkey -in "$key" -pubout)" = "$pinned" ] ||
    err "\`$key\` does not belong to the public key in install.sh, which would refuse what it signs"
  cd -- "$dir"
  for archive in gatehook-v*.tar.gz; do
    [ -f "$archive" ] || err "there is no archive in \`$dir\`"
    openssl dgst -sha256 "$archive" | sed "s/^.*= *\(.*\)\$/\1  $archive/"
  done >SHA256SUMS
  openssl dgst -sha256 -sign "$key" -out SHA256SUMS.sig SHA256SUMS
  printf '%s\n' "$dir/SHA256SUMS" "$dir/SHA256SUMS.sig"
}

main "$@"
