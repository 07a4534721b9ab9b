#!/bin/sh
# Uses an installation as its users do: moved to another prefix, through find_package and
# pkg-config, from copies of the sources outside this tree.
#
#   tests/install/run.sh BUILD WORK     BUILD: a built tree; WORK: a folder that is made anew
set -eu

build=$(realpath "$1")
rm -rf "$2"
mkdir -p "$2"
work=$(realpath "$2")
source=$(realpath "$(dirname "$0")/../..")
prefix=$work/prefix

echo "== install, then move the prefix"
cmake --install "$build" --prefix "$work/before" >"$work/install.log"
mv "$work/before" "$prefix"

echo "== no installed text names the source or build folder"
if grep -rIl -e "$source" "$prefix"; then
  echo "the files above would break on another machine" >&2
  exit 1
fi

echo "== each public header compiles alone, as C99 and C++17"
warnings="-Wall -Wextra -pedantic -Werror -fsyntax-only -I$prefix/include"
for header in "$prefix"/include/baton/*; do
  name=baton/$(basename "$header")
  case $name in
    # Part of another header, which checks its own layout with it.
    */*_layout.h) continue ;;
  esac
  for compiler in gcc clang; do
    # shellcheck disable=SC2086 # one word per option
    case $name in
      */fixed_point.h | *.hpp) ;;
      *) echo "#include <$name>" | $compiler -x c -std=c99 $warnings - ;;
    esac
    # shellcheck disable=SC2086
    echo "#include <$name>" | $compiler -x c++ -std=c++17 $warnings -
  done
done

# consume FOLDER [OPTION...]: builds and tests a project of this tree against the package alone.
consume() {
  name=$(basename "$1")
  echo "== $1 against the installed package"
  mkdir -p "$work/sources"
  cp -r "$source/$1" "$work/sources/$name"
  shift
  cmake -S "$work/sources/$name" -B "$work/$name" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" \
    -DCMAKE_BUILD_TYPE=Release "$@" >"$work/$name.log"
  cmake --build "$work/$name"
  ctest --test-dir "$work/$name" --output-on-failure --no-tests=ignore
}

consume tests/install/consumer
consume plugins/template
consume examples/minimal

# The package without the tools has none of these.
if [ -e "$prefix/bin/baton" ]; then
  echo "== the installed CPU delegate"
  "$prefix/bin/baton" delegate_check --delegate=cpu --max-cases=300 | tee "$work/cpu.txt"
  grep -q "^cpu conforms: [1-9]" "$work/cpu.txt"

  # That it can be built is what matters here, and -O3 takes twice as long.
  consume delegates -DCMAKE_CXX_FLAGS_RELEASE=-O1
  "$prefix/bin/baton" delegate_check --delegate="$work/delegates/cpu/libbaton_cpu.so" \
    --max-cases=300 | tee "$work/cpu_of_its_own.txt"
  grep -q "^cpu conforms: [1-9]" "$work/cpu_of_its_own.txt"
fi

echo "== pkg-config"
flags=$(PKG_CONFIG_PATH=$prefix/lib/pkgconfig pkg-config --cflags --libs baton)
# shellcheck disable=SC2086 # one word per flag
cc "$source/tests/install/consumer/consumer.c" $flags -Wl,-rpath,"$prefix/lib" \
  -o "$work/pkg_config_consumer"
"$work/pkg_config_consumer"

echo "== the guide, by the letter"
if [ -e "$prefix/bin/baton" ]; then
  "$source/tests/install/follow_guide.sh" "$prefix" "$work/guide"
fi

# In float32 the sample has nodes that the template takes.
sample=$source/examples/shapes_classifier/shapes_float.tflite
template=$work/template/libbaton_template.so

echo "== the minimal programs, in C and C++, say the same"
for program in minimal_c minimal_cpp; do
  "$work/minimal/$program" "$sample" "$template" >"$work/$program.txt"
  grep -q "^output 0 'probabilities', float32: [0-9]" "$work/$program.txt"
  grep -q "^node [0-9]* [A-Z].*: template$" "$work/$program.txt"
done
cmp "$work/minimal_c.txt" "$work/minimal_cpp.txt"

echo "== the installed command with the plugin built outside the tree"
if [ -e "$prefix/bin/baton" ]; then
  "$prefix/bin/baton" run "$sample" --delegate=reference --out-dir="$work/expected"
  "$prefix/bin/baton" run "$sample" --delegate="$template" --strict --out-dir="$work/actual" |
    tee "$work/actual.txt"
  grep -q "^template .*ran [1-9]" "$work/actual.txt"
  cmp "$work/expected/output_0.bin" "$work/actual/output_0.bin"
fi

echo "== the installed conformance suite on it"
if [ -e "$prefix/bin/baton" ]; then
  "$prefix/bin/baton" delegate_check --plugin="$template" --filter='^operators/(MUL|RELU)/' |
    tee "$work/conformance.txt"
  grep -q "^template conforms: [1-9]" "$work/conformance.txt"
fi
