#!/usr/bin/env bash
# The Python environment in .venv: exactly what the lock names, each file checked by its hash.
# PYTHON_LOCK=requirements.lock leaves out what only development needs.
source "$(dirname "${BASH_SOURCE[0]}")/shell.sh"

python=$(command -v python3.11 || command -v python3 || true)
[ -n "$python" ] && "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    refuse "Python 3.11 or later is needed" "sudo apt-get install -y python3 python3-venv"

uv=.run/tools/uv/bin/uv
if ! [ -x $uv ] || ! grep -q "^uv==$($uv --version | cut -d' ' -f2) " requirements-uv.lock; then
    say "uv"
    "$python" -m venv --clear .run/tools/uv ||
        refuse "Python's venv module is needed" "sudo apt-get install -y python3-venv"
    .run/tools/uv/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements-uv.lock
fi

say "Python packages"
[ -x .venv/bin/python ] || $uv venv -q --python "$python" .venv
# Compiled now, once: where Python may not write byte code every process would compile it all anew, in seconds.
$uv pip sync -q --compile-bytecode --python .venv/bin/python --require-hashes "${PYTHON_LOCK:-requirements-dev.lock}"
