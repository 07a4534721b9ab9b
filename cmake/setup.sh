#!/bin/sh
# Installs the Debian packages that Baton is built from.
#
#   cmake/setup.sh             everything: build, tests, sanitizers, Arm cross build
#   cmake/setup.sh --minimal   what building and running the baton command needs
#   cmake/setup.sh --list      print the packages, install nothing
#
# Asks for nothing. Quick when all is there.
set -eu

minimal="g++ cmake ninja-build ccache \
  flatbuffers-compiler libflatbuffers-dev libpthreadpool-dev libboost-dev libeigen3-dev libhwy-dev \
  libcli11-dev libspdlog-dev libfmt-dev libtomlplusplus-dev nlohmann-json3-dev libstb-dev"
tests="git python3 pkg-config libgtest-dev libbenchmark-dev \
  clang clang-format clang-tidy libclang-rt-14-dev llvm \
  g++-aarch64-linux-gnu qemu-user chromium"

wanted="$minimal $tests"
list_only=
for argument in "$@"; do
  case $argument in
    --minimal) wanted=$minimal ;;
    --list) list_only=yes ;;
    -h | --help)
      sed -n '2,8s/^# \{0,1\}//p' "$0"
      exit 0
      ;;
    *)
      echo "setup.sh: unknown option '$argument': use --minimal, --list or nothing." >&2
      exit 2
      ;;
  esac
done

if [ -n "$list_only" ]; then
  # shellcheck disable=SC2086 # one word per package
  printf '%s\n' $wanted
  exit 0
fi

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "setup.sh: this is not a Debian system; install what 'cmake/setup.sh --list' prints by" \
    "its own means." >&2
  exit 1
fi

missing=
for package in $wanted; do
  status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing="$missing $package"
done
if [ -z "$missing" ]; then
  echo "All packages that Baton needs are installed."
  exit 0
fi

as_root=
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "setup.sh: these packages are missing, and installing them needs root or sudo:$missing." \
      "As root, run: apt-get install$missing" >&2
    exit 1
  fi
  # Without a terminal nobody can type a password.
  if [ ! -t 0 ] && ! sudo -n true 2>/dev/null; then
    echo "setup.sh: these packages are missing, and sudo wants a password:$missing." \
      "Run cmake/setup.sh from a terminal, or as root: apt-get install$missing" >&2
    exit 1
  fi
  as_root=sudo
fi

echo "Installing from Debian:$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install_missing() {
  # shellcheck disable=SC2086 # one word per package; sudo and its option
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
    $missing </dev/null >>"$log" 2>&1
}
# A machine's package lists may be absent or out of date; one that has good ones is not kept
# waiting for new ones. A source that is down matters only if it is the one with the packages.
# shellcheck disable=SC2086
if ! install_missing; then
  $as_root apt-get update -q </dev/null >>"$log" 2>&1 || true
  if ! install_missing; then
    tail -n 20 "$log" >&2
    echo "setup.sh: apt-get could not install:$missing. Its last words stand above." >&2
    exit 1
  fi
fi
echo "Installed."
