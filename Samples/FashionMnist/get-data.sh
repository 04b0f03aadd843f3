#!/bin/sh
# Brings the four files of Fashion-MNIST into a folder (default: data beside this script), 31 MB, and checks them.
# usage: get-data.sh [FOLDER]
# Source: Xiao, Rasul and Vollgraf, Fashion-MNIST (2017), MIT licence; the authors' server, or else Debian's package
# dataset-fashion-mnist, which holds the same four files and is unpacked without being installed.
set -eu
source=http://fashion-mnist.s3-website.eu-central-1.amazonaws.com
folder=${1:-$(dirname "$0")/data}
mkdir -p "$folder"
cd "$folder"
# Of what is compressed: the two sources compress it differently.
sums='c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888  train-images-idx3-ubyte
bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9  train-labels-idx1-ubyte
5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b  t10k-images-idx3-ubyte
0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34  t10k-labels-idx1-ubyte'
complete() {
  echo "$sums" | while read -r sum file; do
    [ -f "$file.gz" ] && [ "$(gzip -dc "$file.gz" 2>/dev/null | sha256sum | cut -c1-64)" = "$sum" ] || exit 1
  done
}
download() {
  for file in $(echo "$sums" | cut -c67-); do
    curl --fail --silent --show-error --location --max-time 120 --output "$file.gz" "$source/$file.gz" || return 1
  done
}
unpack() {
  package=$(mktemp -d)
  (cd "$package" && apt-get download dataset-fashion-mnist >/dev/null 2>&1 && dpkg -x ./*.deb .) &&
    cp "$package"/usr/share/datasets/fashion-mnist/*.gz .
  status=$?
  rm -rf "$package"
  return $status
}
complete && { echo "all four files are in $PWD"; exit 0; }
{ download && complete; } || { unpack && complete; } || {
  echo "get-data.sh: neither $source nor Debian's dataset-fashion-mnist gave the four files with their checksums." >&2
  echo "Put them into $PWD by hand; their SHA-256 are in this script." >&2
  exit 1
}
echo "four files in $PWD, checksums right"
