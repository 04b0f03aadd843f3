#!/usr/bin/env bash
# Fetches the run-time compiler NVRTC 11.8 for the tests that compile kernels for real: two packages of Debian's
# non-free section, unpacked into Tests/Cuda/nvrtc. Needs no root, installs nothing, and asks only the mirrors that
# this machine's apt is set up with.
#
#   Tests/Cuda/get-nvrtc.sh [folder]
#
# Exit code 0: the libraries are there. 1: they could not be had; the message says why, and the tests are skipped.
set -uo pipefail
cd "$(dirname "$0")"

folder=${1:-nvrtc}
packages=(libnvrtc11.2 libnvrtc-builtins11.8)

fail() { echo "get-nvrtc.sh: $1; the tests of the real CUDA compiler will be skipped" >&2; exit 1; }
whole() { [ -e "$folder/libnvrtc.so.11.2" ] && [ -e "$folder/libnvrtc-builtins.so.11.8" ]; }

if whole; then exit 0; fi
[ "$(uname -m)" = x86_64 ] || fail "the packages are for x86-64, this machine is $(uname -m)"
for tool in apt-get dpkg-deb; do
    command -v "$tool" > /dev/null || fail "there is no $tool on this machine"
done

work=$(mktemp -d) || fail "no temporary folder"
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists,cache,unpacked}/partial "$work/parts"

# A private apt: the machine's own mirrors and keys, with the section non-free, and no file of the system written.
mirrors() {
    apt-get "$@" indextargets --format '$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(IDENTIFIER)|$(LABEL)' 2> /dev/null \
        | awk -F'|' '$3 == "main" && $4 == "Packages" && $5 == "Debian" {
            print "deb [arch=amd64] " $1 " " $2 " non-free" }' | sort -u > "$work/sources.list"
    [ -s "$work/sources.list" ]
}
network=(-o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 -o Acquire::Languages=none)
if ! mirrors; then
    # Nobody has asked for lists on this machine yet: which mirror is Debian's, only they tell.
    mkdir -p "$work/own/partial"
    own=(-o Dir::State::Lists="$work/own" -o Dir::Cache="$work/cache" -o APT::Sandbox::User=)
    apt-get -q "${own[@]}" "${network[@]}" update > "$work/update" 2>&1 || true
    mirrors "${own[@]}" || fail "apt finds no Debian mirror: $(grep -E '^(E|W|Err)' "$work/update" | head -n 1)"
fi
options=(
    -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts="$work/parts"
    -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache" -o Dir::Cache::Archives="$work/cache"
    -o APT::Sandbox::User= -o APT::Architecture=amd64 -o APT::Architectures=amd64 "${network[@]}")

# Mirrors of others that have no such section make this fail; what counts is whether the packages are found.
apt-get -q "${options[@]}" update > "$work/update" 2>&1 || true
(cd "$work/cache" && apt-get -q "${options[@]}" download "${packages[@]}") > "$work/log" 2>&1 \
    || fail "${packages[*]} cannot be downloaded: $(cat "$work/update" "$work/log" | grep '^E:' | tail -n 1)"
for package in "$work"/cache/*.deb; do
    dpkg-deb --extract "$package" "$work/unpacked" || fail "$(basename "$package") is damaged"
done

# Only whole sets under the final name: tests may start while this runs.
mkdir -p "$work/nvrtc" && find "$work/unpacked" -name 'libnvrtc*.so*' -exec cp -P {} "$work/nvrtc/" \;
find "$work/unpacked" -name copyright -path '*nvrtc*' -exec cp -L {} "$work/nvrtc/copyright" \; 2> /dev/null
rm -rf "$folder.new" && cp -a "$work/nvrtc" "$folder.new" && rm -rf "$folder" && mv "$folder.new" "$folder"
whole || fail "the packages do not hold the expected libraries: $(ls "$folder" | tr '\n' ' ')"
echo "NVRTC 11.8 is in $(pwd)/$folder: MODELCOMPILER_CUDA_LIBRARIES=$(pwd)/$folder makes other programs find it"
