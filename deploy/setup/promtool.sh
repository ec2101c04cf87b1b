#!/usr/bin/env bash
# promtool in .run/tools, which checks the alert rules; taken out of Debian's package without its service.
source "$(dirname "${BASH_SOURCE[0]}")/shell.sh"

command -v promtool >/dev/null && promtool=$(command -v promtool) || promtool=
mkdir -p .run/tools
if [ -n "$promtool" ]; then
    ln -sf "$promtool" .run/tools/promtool
else
    say "promtool"
    dpkg-deb --fsys-tarfile "$(debian_fetch prometheus)" | tar -x -C .run/tools --transform='s|.*/||' ./usr/bin/promtool
    rm -f .run/downloads/prometheus_*.deb
fi
