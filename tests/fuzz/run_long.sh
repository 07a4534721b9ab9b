#!/bin/bash
# Runs a fuzz target for long, and goes on after each finding:
#
#   tests/fuzz/run_long.sh TARGET SECONDS [BUILD]
#
# TARGET is fuzz_reader, fuzz_model or fuzz_operator; BUILD the folder of the asan preset's build
# (build/asan unless given). Starts from the seeds, from what former runs found, and, for whole
# files, from the small models of BATON_SHARED_DIR, where that is set. Keeps a copy of the program,
# so that building goes on beside it. All is left in build/fuzz/TARGET: `corpus`, `artifacts` (an
# input for each crash, leak, time-out and allocation too large) and `log`.
set -eu
if [ $# -lt 2 ]; then
  sed -n '2,11s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
target=$1
seconds=$2
cd "$(dirname "$0")/../.."
program=${3:-build/asan}/tests/$target
if [ ! -x "$program" ]; then
  echo "run_long.sh: $program is not there; build it with: cmake --preset asan &&" \
    "cmake --build --preset asan --target $target" >&2
  exit 1
fi

place=build/fuzz/$target
mkdir -p "$place/corpus" "$place/artifacts"
cp -f "$program" "$place/$target"
folders=("$place/corpus" "tests/fuzz/corpus/$target")
if [ "$target" != fuzz_operator ] && [ -d "${BATON_SHARED_DIR:-}/models/tflite" ]; then
  mkdir -p "$place/models"
  find "$BATON_SHARED_DIR/models/tflite" -type f -size -32k -printf '%P\n' |
    while read -r model; do
      cat "$BATON_SHARED_DIR/models/tflite/$model" >"$place/models/${model//\//_}"
    done
  folders+=("$place/models")
fi

"$place/$target" -fork=1 -ignore_crashes=1 -ignore_timeouts=1 -ignore_ooms=1 \
  -rss_limit_mb=2048 -timeout=10 -max_len=32768 -max_total_time="$seconds" \
  -artifact_prefix="$place/artifacts/" "${folders[@]}" >"$place/log" 2>&1 || true
tail -n 1 "$place/log"
found=$(find "$place/artifacts" -type f | wc -l)
echo "$target: $found files in $place/artifacts"
[ "$found" -eq 0 ]
