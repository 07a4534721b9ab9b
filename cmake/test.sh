#!/bin/bash
# Every check that a change must pass, in stages; a stage's output goes to build/logs/STAGE.log.
#
#   cmake/test.sh                 the usual stages
#   cmake/test.sh --all           also the slow ones
#   cmake/test.sh STAGE...        these stages only
#   cmake/test.sh --list          print the stages, run nothing
#
# Ends with the time of each stage and one line `N passed, N failed`, which counts every ctest
# test and, where a stage runs none, the stage itself. Exit status 0 when nothing failed.
set -u
cd "$(dirname "$0")/.." || exit 1

stages=(setup source release install asan tsan static aarch64)
slow_stages=(core debug asan_all aarch64_ops tidy)
jobs=$(nproc)
logs=$PWD/build/logs
sample=$PWD/examples/shapes_classifier/shapes.tflite

# Each stage is a function run with `set -e` in a shell of its own.

stage_setup() { # Debian packages
  cmake/setup.sh
}

stage_source() { # formatting; generated files follow their source
  cmake/check_format.sh
  python3 core/schema/generate_headers.py --check
}

stage_release() { # everything, optimised, by g++
  cmake --preset release -DBATON_WERROR=ON
  cmake --build --preset release
  local foreign
  foreign=$(nm -D --defined-only build/release/lib/libbaton.so | awk '{print $3}' |
    grep -v '^baton_' || true)
  if [ -n "$foreign" ]; then
    echo "libbaton.so exports symbols that are not baton_*: $foreign"
    return 1
  fi
  ctest --preset release -j "$jobs"
}

stage_install() { # installed package, as plugins' and programs' authors use it
  tests/install/run.sh build/release build/install_test
}

stage_asan() { # address and undefined-behaviour sanitizers, by clang
  cmake --preset asan
  cmake --build --preset asan
  ctest --preset asan -j "$jobs"
}

stage_tsan() { # thread sanitizer on the tests labelled tsan
  cmake --preset tsan
  cmake --build --preset tsan --target tests_tsan
  # The sanitizer cannot place its shadow memory under every address space randomisation.
  local fixed_addresses=()
  if setarch "$(uname -m)" -R true 2>/dev/null; then
    fixed_addresses=(setarch "$(uname -m)" -R)
  fi
  "${fixed_addresses[@]}" ctest --preset tsan -j "$jobs"
}

stage_static() { # static libbaton, and its installed package
  cmake --preset static -DBATON_WERROR=ON
  cmake --build --preset static
  tests/install/run.sh build/static build/install_test_static
}

stage_aarch64() { # cross build; kernels, and a model with the same bits under qemu as here
  cmake/aarch64_sysroot.sh
  cmake --preset aarch64 -DBATON_BUILD_PLUGINS=ON -DBATON_BUILD_CONVERTER=ON -DBATON_BUILD_TESTS=ON \
    "-DBATON_TEST_SUITES=kernels;smoke"
  local test tests=(kernels_f32_gemm_test kernels_int8_gemm_test kernels_depthwise_test)
  cmake --build --preset aarch64 --target baton baton_smoke baton_plugin_cpu "${tests[@]}"
  for test in "${tests[@]}"; do
    for processor in cortex-a53 max; do
      qemu-aarch64 -L /usr/aarch64-linux-gnu -cpu $processor \
        -E LD_LIBRARY_PATH=build/aarch64-sysroot/usr/lib/aarch64-linux-gnu "build/aarch64/tests/$test"
    done
  done
  # Configured as in the stage `release`: nothing is to be built again.
  cmake --preset release -DBATON_WERROR=ON
  cmake --build --preset release --target baton_smoke
  tests/smoke/compare.sh build/release build/aarch64 "$sample"
}

stage_core() { # libbaton alone, as it ships on a phone
  cmake --preset core -DBATON_WERROR=ON
  cmake --build --preset core
  local library=build/core/lib/libbaton.so
  echo "libbaton.so: $(stat -L -c %s $library) bytes, needs" \
    "$(readelf -d $library | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | tr '\n' ' ')"
}

stage_debug() { # everything, asserts on
  cmake --preset debug
  cmake --build --preset debug
  ctest --preset debug -j "$jobs"
}

stage_asan_all() { # everything under the sanitizers: tools and real models, too
  cmake --preset asan_all
  cmake --build --preset asan_all
  ctest --preset asan_all -j "$jobs"
}

stage_aarch64_ops() { # operators' tests, cross-compiled, under qemu
  cmake/aarch64_sysroot.sh
  cmake --preset aarch64 -B build/aarch64_ops -DBATON_BUILD_CONVERTER=ON -DBATON_BUILD_TESTS=ON \
    "-DBATON_TEST_SUITES=fixed_point;ops;smoke"
  cmake --build build/aarch64_ops
  ctest --test-dir build/aarch64_ops -LE golden --output-on-failure -j "$jobs"
}

stage_tidy() { # clang-tidy
  cmake --preset asan_all
  cmake --build --preset asan_all --target baton_schema_header
  git ls-files -z -- 'core/*.cpp' 'converter/*.cpp' 'tools/*.cpp' |
    xargs -0 -r -n 1 -P "$jobs" clang-tidy --quiet -p build/asan_all
}

describe() { declare -f "stage_$1" >/dev/null && sed -n "s/^stage_$1() { # //p" cmake/test.sh; }

usage_error() {
  echo "test.sh: $1; use --all, --list or stages among: ${stages[*]} ${slow_stages[*]}." >&2
  exit 2
}

chosen=()
for argument in "$@"; do
  case $argument in
    --all) chosen=("${stages[@]}" "${slow_stages[@]}") ;;
    --list)
      for stage in "${stages[@]}" "${slow_stages[@]}"; do
        printf '%-12s %s\n' "$stage" "$(describe "$stage")"
      done
      exit 0
      ;;
    -h | --help)
      sed -n '2,10s/^# \{0,1\}//p' "$0"
      exit 0
      ;;
    -*) usage_error "unknown option '$argument'" ;;
    *)
      describe "$argument" >/dev/null || usage_error "unknown stage '$argument'"
      chosen+=("$argument")
      ;;
  esac
done
[ ${#chosen[@]} -gt 0 ] || chosen=("${stages[@]}")

mkdir -p "$logs"
total_passed=0
total_failed=0
total_skipped=0
table=
started=$SECONDS

for stage in "${chosen[@]}"; do
  log=$logs/$stage.log
  printf '%-12s %-60s ' "$stage" "$(describe "$stage")"
  stage_started=$SECONDS
  (
    set -e
    "stage_$stage"
  ) >"$log" 2>&1 </dev/null
  status=$?
  seconds=$((SECONDS - stage_started))

  # ctest counts a skipped test among the passed ones.
  read -r failed run < <(
    sed -n 's/^[0-9]*% tests passed, \([0-9]*\) tests\{0,1\} failed out of \([0-9]*\)$/\1 \2/p' \
      "$log" | awk '{f += $1; n += $2} END {print f + 0, n + 0}'
  )
  skipped=$(grep -c '\*\*\*Skipped' "$log")
  if [ "$run" -eq 0 ]; then
    run=1
    failed=$((status != 0))
  elif [ $status -ne 0 ] && [ "$failed" -eq 0 ]; then
    run=$((run + 1))
    failed=1
  fi
  passed=$((run - failed - skipped))
  total_passed=$((total_passed + passed))
  total_failed=$((total_failed + failed))
  total_skipped=$((total_skipped + skipped))

  verdict=ok
  [ $status -eq 0 ] || verdict=FAILED
  printf '%-6s %4d s\n' "$verdict" "$seconds"
  table+=$(printf '%-12s %-6s %5d s %6d passed %4d failed %4d skipped' "$stage" "$verdict" \
    "$seconds" "$passed" "$failed" "$skipped")$'\n'
  if [ $status -ne 0 ]; then
    echo "--- the end of build/logs/$stage.log"
    tail -n 80 "$log"
    echo "---"
    # Nothing can be built without the packages.
    [ "$stage" != setup ] || break
  fi
done

printf '\n%sAll stages: %d s\n' "$table" $((SECONDS - started))
[ "$total_skipped" -eq 0 ] || echo "$total_skipped skipped"
echo "$total_passed passed, $total_failed failed"
[ "$total_failed" -eq 0 ]
