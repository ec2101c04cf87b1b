#!/usr/bin/env bash
# libeatmydata in .run/tools: what tests write need not survive a power cut, so a slow disk no longer decides how long they take.
source "$(dirname "${BASH_SOURCE[0]}")/shell.sh"

say "libeatmydata"
mkdir -p .run/tools
dpkg-deb --fsys-tarfile "$(debian_fetch libeatmydata1)" |
    tar -x -C .run/tools --wildcards --transform='s|.*/.*|libeatmydata.so|' './usr/lib/*/libeatmydata.so.*.*.*'
rm -f .run/downloads/libeatmydata1_*.deb
