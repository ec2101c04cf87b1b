#!/usr/bin/env bash
# PostgreSQL's programs, from which the tests start a private server of their own.
source "$(dirname "${BASH_SOURCE[0]}")/shell.sh"

command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || debian_install postgresql
