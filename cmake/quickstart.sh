#!/bin/sh
# From a fresh clone to a first answer: installs what is missing, builds the release preset, and
# has the sample classifier name what a picture shows.
set -eu
cd "$(dirname "$0")/.."

echo "== 1/3 Packages"
cmake/setup.sh --minimal

echo "== 2/3 Build (into build/release)"
cmake --preset release -DBATON_BUILD_TESTS=OFF -DBATON_BUILD_BENCHMARKS=OFF \
  -DBATON_BUILD_EXAMPLES=OFF -DBATON_BUILD_SMOKE_RUNNER=OFF
cmake --build --preset release

sample=examples/shapes_classifier
set -- build/release/bin/baton label_image --graph=$sample/shapes.tflite \
  --image=$sample/pictures/star.png --labels=$sample/labels.txt
echo "== 3/3 What is in this picture?"
echo "$*"
exec "$@"
