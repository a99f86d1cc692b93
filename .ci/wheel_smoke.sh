#!/usr/bin/env bash
# Install the wheel into an empty environment, without Node on the path, and see that `up` answers and ends cleanly.
set -euo pipefail
wheel=$(realpath "$1")
python=$(realpath .venv/bin/python)
lock=$(realpath requirements.lock)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

"$python" -m venv venv
# The same versions as everywhere else, so that a new release of somebody else cannot break this check.
# A constraint names no extras.
grep -E '^[A-Za-z0-9]' "$lock" | sed -E 's/ \\$//; s/\[[^]]*\]//' > constraints.txt
venv/bin/pip install --quiet --disable-pip-version-check --no-compile -c constraints.txt "$wheel"

port=$(venv/bin/python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
env -i PATH="$folder/venv/bin:/bin" HOME="$folder" AR_HOME="$folder/home" venv/bin/ar-cockpit up --port "$port" > up.log 2>&1 &
up=$!
answered=no
for _ in $(seq 300); do
  if venv/bin/python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:$port/sign-in/', timeout=2)" 2>/dev/null; then answered=yes; break; fi
  kill -0 "$up" 2>/dev/null || break
  sleep 0.2
done
kill -INT "$up" 2>/dev/null || true
wait "$up" || { cat up.log; exit 1; }
cat up.log
[ "$answered" = yes ] || { echo "the wheel did not answer"; exit 1; }
if pgrep -f "$folder" > /dev/null; then echo "a process was left:"; pgrep -af "$folder"; exit 1; fi
echo "the wheel runs and ends"
