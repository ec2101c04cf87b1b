#!/usr/bin/env bash
# Chromium for the browser journeys, and a Chinese face so that their screenshots can be read.
source "$(dirname "${BASH_SOURCE[0]}")/shell.sh"

wanted=()
command -v chromium >/dev/null || wanted+=(chromium)
command -v fc-list >/dev/null || wanted+=(fontconfig)
{ command -v fc-list >/dev/null && fc-list :lang=zh-cn family | grep -q .; } || wanted+=(fonts-noto-cjk)
[ ${#wanted[@]} = 0 ] || debian_install "${wanted[@]}"
