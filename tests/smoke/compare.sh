#!/bin/sh
# Runs each MODEL here and, under qemu, as cross-compiled for 64-bit Arm: the outputs must have the
# same bits. There also on the CPU delegate, on an old processor and on the newest.
#
#   tests/smoke/compare.sh BUILD BUILD_AARCH64 MODEL...
set -eu

here=$1/bin/baton_smoke
there=$2/bin/baton_smoke
cpu=$2/lib/baton/plugins/libbaton_cpu.so
shift 2
differ=0

# compare PROCESSOR MODEL [PLUGIN]
compare() {
  processor=$1
  shift
  actual=$(qemu-aarch64 -L /usr/aarch64-linux-gnu -cpu "$processor" "$there" "$@")
  if [ -n "$expected" ] && [ "$expected" = "$actual" ]; then
    printf '%s on %s: same bits\n%s\n' "$*" "$processor" "$actual"
  else
    printf '%s on %s: differs\nhere:\n%s\naarch64:\n%s\n' "$*" "$processor" "$expected" "$actual"
    differ=1
  fi
}

for model in "$@"; do
  expected=$("$here" "$model")
  compare max "$model"
  compare cortex-a53 "$model" "$cpu"
  compare max "$model" "$cpu"
done
exit $differ
