#!/bin/sh
# gatehook shim @VERSION@: `gatehook uninstall` removes it and brings back what was here before
gatehook=@BINARY@
[ -x "$gatehook" ] || gatehook=$(command -v gatehook) || {
  echo 'error: gatehook is not installed, so nothing was scanned and @WHAT@ is stopped' >&2
  echo 'hint: install it with `cargo install gatehook`, then try again' >&2
  echo 'hint: `@BYPASS@` goes on without any check' >&2
  exit 3
}
exec "$gatehook" hook @FLAGS@--hooks-dir "${0%/*}" @HOOK@ "$@"
