"""Compile the screens once, into ``ar_cockpit/_web``, so that the running product needs no Node.

``python -m ar_cockpit.web_build`` does nothing when no source of the screens has changed.
"""

from __future__ import annotations

import base64
import fcntl
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ar_cockpit.routes import WEB_MANIFEST

PACKAGE = Path(__file__).parent
PROJECT = PACKAGE.parent
WEB = PACKAGE / "_web"
# Everything whose content ends up in the compiled screens.
SOURCES = (
    "rxconfig.py",
    "assets",
    "ar_cockpit/ar_cockpit.py",
    "ar_cockpit/routes.py",
    "ar_cockpit/web_build.py",
    "ar_cockpit/components",
    "ar_cockpit/i18n",
    "ar_cockpit/pages",
    "ar_cockpit/state",
)
LOCK = ("reflex.lock",)
_API_ADDRESS = re.compile(r"`(?:http|ws)://[^`/]+(/[^`]*)`")
_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)


class BuildError(Exception):
    """The screens could not be compiled; the message says what the compiler said."""


def sources_digest() -> str:
    """Return one digest over everything the compiled screens are made of."""
    return _together(_digest(SOURCES), _digest(LOCK))


def _together(sources: str, lock: str) -> str:
    return hashlib.sha256(f"{sources} {lock}".encode()).hexdigest()


def _digest(names: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    for name in names:
        top = PROJECT / name
        files = [top] if top.is_file() else sorted(path for path in top.rglob("*") if path.is_file())
        for path in files:
            if "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(PROJECT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def built_digest() -> str | None:
    """Return the digest the present screens were compiled from, or ``None`` without any."""
    manifest = WEB / WEB_MANIFEST
    return json.loads(manifest.read_text())["sources"] if manifest.is_file() else None


@contextmanager
def only_one_build() -> Iterator[None]:
    """Wait for a build of another process on this checkout, then hold the lock."""
    folder = PROJECT / ".make"
    folder.mkdir(exist_ok=True)
    with (folder / "web.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def build() -> None:
    """Compile the screens and put them in place whole, or raise ``BuildError``."""
    compiled = _digest(SOURCES)
    locked = {path: path.read_text() for path in (PROJECT / LOCK[0]).glob("*.json")}
    _export()
    _keep_order(locked)
    # The compiler may have brought the lock up to date; what it was compiled from is known before.
    digest = _together(compiled, _digest(LOCK))
    fresh = PACKAGE / "_web.new"
    shutil.rmtree(fresh, ignore_errors=True)
    # Shared assets are symlinks into site-packages: copy what they point at.
    shutil.copytree(PROJECT / ".web/build/client", fresh / "build/client", symlinks=False)
    shutil.copytree(PROJECT / ".web/backend", fresh / "backend", symlinks=False)
    _speak_to_own_origin(fresh / "build/client")
    manifest = {"sources": digest, "script_hashes": script_hashes(fresh / "build/client")}
    (fresh / WEB_MANIFEST).write_text(json.dumps(manifest, indent=1))
    shutil.rmtree(WEB, ignore_errors=True)
    fresh.rename(WEB)


def _keep_order(locked: dict[Path, str]) -> None:
    """Undo what npm only sorted anew, so that a build leaves a clean checkout clean."""
    for path, before in locked.items():
        if path.is_file() and json.loads(path.read_text()) == json.loads(before):
            path.write_text(before)


def script_hashes(folder: Path) -> list[str]:
    """Return the CSP source of every inline script in the pages of ``folder``."""
    found: set[str] = set()
    for page in folder.rglob("*.html"):
        for script in _INLINE_SCRIPT.findall(page.read_bytes()):
            found.add("sha256-" + base64.b64encode(hashlib.sha256(script).digest()).decode())
    return sorted(found)


def _export() -> None:
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"]
    done = subprocess.run(command, cwd=PROJECT, env=_environment(), capture_output=True, text=True, check=False)  # noqa: S603 (fixed words)
    if done.returncode or not (PROJECT / ".web/build/client/index.html").is_file():
        raise BuildError((done.stdout + done.stderr)[-6000:])


def _environment() -> dict[str, str]:
    binaries = Path(sys.executable).parent
    environment = os.environ | {
        "PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}",
        "REFLEX_USE_NPM": "1",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_CHECK_LATEST_VERSION": "false",
        "REFLEX_DIR": str(PROJECT / ".reflex"),
        "NPM_CONFIG_OMIT_LOCKFILE_REGISTRY_RESOLVED": "true",
        "NPM_CONFIG_UPDATE_NOTIFIER": "false",
        "COLUMNS": "200",
    }
    # Reflex otherwise races several registries and picks one by itself.
    asked = subprocess.run(  # noqa: S603 (fixed words)
        [str(binaries / "npm"), "config", "get", "registry"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode:
        raise BuildError(f"npm is missing beside {sys.executable}: install the extra 'dev'.\n{asked.stderr}")
    return environment | {"NPM_CONFIG_REGISTRY": asked.stdout.strip()}


def _speak_to_own_origin(client: Path) -> None:
    """Replace the address baked in at compile time by the page's own origin; another port would break the socket."""
    changed = [path for path in client.glob("assets/*.js") if _rewrite(path)]
    if len(changed) != 1:
        raise BuildError(f"expected the server's address in one script, found it in {len(changed)}")


def _rewrite(script: Path) -> bool:
    before = script.read_text()
    if not script.name.startswith("reflex-env-"):
        return "`ws://localhost:8000" in before
    after = _API_ADDRESS.sub(lambda match: f"location.origin+`{match[1]}`", before)
    script.write_text(after)
    packed = script.with_name(script.name + ".gz")
    if packed.is_file():
        packed.write_bytes(gzip.compress(after.encode(), 9, mtime=0))
    return after != before


def main() -> int:
    """Build when a source changed; return the exit code."""
    with only_one_build():
        if built_digest() == sources_digest():
            return 0
        sys.stderr.write("Compiling the screens, once (half a minute the first time)…\n")
        try:
            build()
        except BuildError as error:
            sys.stderr.write(f"{error}\nThe screens could not be compiled.\n")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
