#!/bin/sh
# Builds libmcsim.so and its self-test into bin/ (or bin-sanitized/ with --sanitize). Needs g++ and nothing else.
# CXX and CXXFLAGS are respected.
set -eu
cd "$(dirname "$0")"

out=bin
flags="-O2"
if [ "${1:-}" = "--sanitize" ]; then
    out=bin-sanitized
    flags="-O1 -g -fsanitize=address,undefined -fno-sanitize=vptr -fno-omit-frame-pointer"
fi
common="-std=c++17 -Wall -Wextra -Wno-psabi -U_FORTIFY_SOURCE $flags ${CXXFLAGS:-}"
compiler="${CXX:-g++}"
mkdir -p "$out/objects"

# A file is compiled again if it or any header is newer than its object.
newest=$(ls -t api/*.h kernel/*.h source/*.h selftest/*.h build.sh 2>/dev/null | head -n 1)
compile() {
    object="$out/objects/$(basename "$1" .cpp).$2.o"
    if [ -e "$object" ] && [ "$object" -nt "$1" ] && [ "$object" -nt "$newest" ]; then return; fi
    # shellcheck disable=SC2086
    "$compiler" $common -fPIC -fvisibility=hidden -c "$1" -o "$object"
}
for file in source/*.cpp; do compile "$file" lib; done
for file in selftest/*.cpp; do compile "$file" test; done

# shellcheck disable=SC2086
"$compiler" $common -shared "$out"/objects/*.lib.o -o "$out/libmcsim.so" -Wl,--no-undefined -ldl -lrt -lpthread
# shellcheck disable=SC2086
"$compiler" $common "$out"/objects/*.test.o -o "$out/selftest" -L"$out" -lmcsim -Wl,-rpath,'$ORIGIN' -lpthread
mkdir -p "$out/kernel"
cp kernel/*.h "$out/kernel/"
