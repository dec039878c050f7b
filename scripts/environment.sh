# Makes the virtual environment .venv from a lock file; sourced by ./run and ./test from the project's folder.

python_of_this_machine() {
  for name in python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
      echo "$name"
      return
    fi
  done
  echo "Hanse needs Python 3.11 or newer; this machine has $(python3 --version 2>/dev/null || echo none)." >&2
  exit 2
}

# install LOCK: install exactly what the lock file names, unless that was done before.
install() {
  local lock="$1" python stamp
  python="$(python_of_this_machine)"
  stamp="$(cat requirements/base.txt "$lock" | cksum) $PWD $("$python" --version)"
  if [ "$(cat ".venv/${lock##*/}.installed" 2>/dev/null)" = "$stamp" ]; then
    return
  fi
  if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Making a virtual environment in .venv …"
    "$python" -m venv --clear .venv || {
      echo "Python's venv module is missing; on Debian or Ubuntu: apt install python3-venv" >&2
      exit 2
    }
  fi
  echo "Installing the locked packages of $lock …"
  .venv/bin/python -m pip install -qq --disable-pip-version-check --no-compile --no-deps --require-hashes -r "$lock"
  echo "$PWD/src" >"$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/hanse.pth"
  printf '#!/bin/sh\nexec "%s" -m hanse.runtime.cli "$@"\n' "$PWD/.venv/bin/python" >.venv/bin/hanse
  chmod +x .venv/bin/hanse
  echo "$stamp" >".venv/${lock##*/}.installed"
}
