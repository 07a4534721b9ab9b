#!/bin/sh
# Follows docs/writing-a-delegate.md as its reader does: writes the listings, types the commands, with
# an installed package and nothing else of this tree.
#
#   tests/install/follow_guide.sh PREFIX WORK     WORK: a folder that is made anew
set -eu

prefix=$(realpath "$1")
guide=$(realpath "$(dirname "$0")/../../docs/writing-a-delegate.md")
rm -rf "$2"
mkdir -p "$2/home" "$2/listings" "$2/scratch"
work=$(realpath "$2")
ln -s "$prefix" "$work/home/baton"

# A fenced block is a listing when a file's name stands behind its language, else commands, which
# must work, or, as `sh fails`, must not.
awk -v listings="$work/listings" '
  !inside && /^```/ {
    inside = 1
    language = substr($1, 4)
    name = $2
    if (language != "sh") print "cp \"" listings "/" name "\" mul_delegate/"
    if (name == "fails") print "if ("
    next
  }
  inside && /^```$/ {
    inside = 0
    if (name == "fails") print "); then echo \"this should have failed\" >&2; exit 1; fi"
    next
  }
  inside && language == "sh" { print }
  inside && language != "sh" { print > (listings "/" name) }
' "$guide" >"$work/commands.sh"
test "$(grep -c delegate_check "$work/commands.sh")" -ge 3

lines=$(grep -cvE '^ *(//.*)?$' "$work/listings/mul_delegate.cpp")
echo "mul_delegate.cpp has $lines lines of code"
test "$lines" -lt 150

if ! (cd "$work/scratch" && env -u BATON_PLUGIN_PATH HOME="$work/home" sh -euxc ". '$work/commands.sh'") \
  >"$work/log" 2>&1; then
  cat "$work/log"
  exit 1
fi
grep " conforms: " "$work/log"
grep -m 1 "^mismatch operators/MUL/uint8/" "$work/log"

# Cases that the rules name are there.
"$prefix/bin/baton" delegate_check --list >"$work/cases"
grep '^| [0-9]' "$guide" | grep -o '`[a-z_]*/[a-z_/]*`' | tr -d '`' | while read -r name; do
  if ! grep -q "^$name" "$work/cases"; then
    echo "the guide names $name, there is no such case" >&2
    exit 1
  fi
done
