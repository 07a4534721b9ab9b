#!/bin/sh
# Makes build/aarch64-sysroot: what a cross build for 64-bit Arm needs beyond the cross compiler.
#
# Debian's arm64 libraries are fetched and unpacked there by an apt of its own: the system's
# package lists and architectures stay as they are, and no privileges are needed. FlatBuffers,
# Boost, Highway and stb are used as headers, which are the same on every machine, and are linked
# from the host.
set -eu

cd "$(dirname "$0")/.."
sysroot=$PWD/build/aarch64-sysroot
packages="libpthreadpool0 libpthreadpool-dev libgtest-dev"
headers="boost flatbuffers hwy stb"

# The file says what is there: a longer list than last time is fetched anew.
if [ "$(cat "$sysroot/complete" 2>/dev/null)" = "$packages $headers" ]; then
  exit 0
fi
echo "Fetching $packages for arm64 into build/aarch64-sysroot."

rm -rf "$sysroot"
work=$sysroot/apt
mkdir -p "$sysroot/usr/include" "$work/state/lists/partial" "$work/cache/archives/partial" \
  "$work/debs"
: >"$work/status"

private_apt() {
  apt-get -q -o Dir::State="$work/state" -o Dir::State::status="$work/status" \
    -o Dir::Cache="$work/cache" -o APT::Architecture=arm64 -o APT::Architectures=arm64 \
    -o APT::Sandbox::User=root "$@"
}
# A source that is down matters only if it is the one with the packages.
private_apt update || echo "Some package lists could not be fetched; going on with the others."
# shellcheck disable=SC2086 # one word per package
(cd "$work/debs" && private_apt download $packages)
for package in "$work"/debs/*.deb; do
  dpkg -x "$package" "$sysroot"
done
rm -rf "$work"

for folder in $headers; do
  ln -s "/usr/include/$folder" "$sysroot/usr/include/$folder"
done
echo "$packages $headers" >"$sysroot/complete"
