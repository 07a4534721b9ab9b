#!/bin/sh
# Checks, or with --fix mends, the formatting of every C and C++ file that git knows.
set -eu
cd "$(dirname "$0")/.."

mode="--dry-run --Werror"
case ${1:-} in
  "") ;;
  --fix) mode=-i ;;
  *)
    echo "check_format.sh: unknown option '$1': use --fix or nothing." >&2
    exit 2
    ;;
esac
# The two headers that core/schema/generate_headers.py writes look as it leaves them.
# shellcheck disable=SC2086 # two words
git ls-files -z -- '*.c' '*.cc' '*.cpp' '*.h' '*.hpp' \
  ':!core/include/baton/attributes.h' ':!core/include/baton/builtin_ops.h' |
  xargs -0 -r clang-format $mode
