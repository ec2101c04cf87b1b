#!/usr/bin/env bash
# The pages' scripts in services/kernel/static/vendor, as package-lock.json pins them.
source "$(dirname "${BASH_SOURCE[0]}")/shell.sh"

command -v npm >/dev/null || debian_install npm
say "front-end packages"
npm ci --silent
vendor=services/kernel/static/vendor
mkdir -p $vendor
cp node_modules/htmx.org/dist/htmx.min.js node_modules/idiomorph/dist/idiomorph-ext.min.js $vendor/
