#!/usr/bin/env bash
# Writes the locks anew from pyproject.toml and package.json, without addresses of where things were found.
# UPGRADE=1 moves every package to its newest version; without it only what changed in the sources moves.
source "$(dirname "${BASH_SOURCE[0]}")/shell.sh"

compile() {
    .run/tools/uv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --custom-compile-command "make lock" ${UPGRADE:+--upgrade} "$@"
}
compile pyproject.toml -o requirements.lock
compile pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
[ -z "${UPGRADE:-}" ] || echo uv | compile - -o requirements-uv.lock
npm install --package-lock-only --silent
