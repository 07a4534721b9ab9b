#!/bin/sh
# Runs each MODEL here and, under qemu, as cross-compiled for 64-bit Arm: the outputs must have the
# same bits.
#
#   tests/smoke/compare.sh BUILD BUILD_AARCH64 MODEL...
set -eu

here=$1/bin/baton_smoke
there=$2/bin/baton_smoke
shift 2
differ=0
for model in "$@"; do
  expected=$("$here" "$model")
  actual=$(qemu-aarch64 -L /usr/aarch64-linux-gnu "$there" "$model")
  if [ -n "$expected" ] && [ "$expected" = "$actual" ]; then
    printf '%s: same bits\n%s\n' "$model" "$actual"
  else
    printf '%s: differs\nhere:\n%s\naarch64:\n%s\n' "$model" "$expected" "$actual"
    differ=1
  fi
done
exit $differ
