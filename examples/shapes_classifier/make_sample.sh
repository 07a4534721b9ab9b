#!/bin/sh
# Draws, trains and writes the sample anew: shapes.tflite, shapes_float.tflite, labels.txt and
# pictures/, in the folder given, else where they are in the tree. Takes some minutes.
#
#   examples/shapes_classifier/make_sample.sh [FOLDER]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$here}
source=$here/../..
build=$source/build/make_sample

cmake -S "$source" -B "$build" -G Ninja --log-level=WARNING -DCMAKE_BUILD_TYPE=Release \
  -DBATON_BUILD_TOOLS=OFF -DBATON_BUILD_PLUGINS=OFF -DBATON_BUILD_TESTS=OFF \
  -DBATON_BUILD_BENCHMARKS=OFF -DBATON_BUILD_CONVERTER=ON -DBATON_BUILD_EXAMPLES=ON
cmake --build "$build" --target make_sample
"$build/bin/make_sample" "$folder"
