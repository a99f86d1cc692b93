"""Find a Chromium for the browser tests, or get one: Debian's package when root, else Playwright's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

# The shell is Chromium without windows, which nobody would see here: a quarter of the work is saved.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APPLE = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def installed() -> str:
    """Return the path of a browser that is there already, or an empty string."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    return str(APPLE) if APPLE.exists() else _playwrights_own()


def install() -> str:
    """Try to install one and return its path, or an empty string."""
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        _quietly("apt-get", "update")
        for package in ("chromium-headless-shell", "chromium"):
            _quietly("apt-get", "install", "-y", "--no-install-recommends", package, "fonts-liberation")
            if found := shutil.which(package):
                return found
    _quietly(sys.executable, "-m", "playwright", "install", "chromium")
    return _playwrights_own()


def _playwrights_own() -> str:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 (only when no other browser is there)

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else ""


def _quietly(*command: str) -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def main() -> int:
    """Make sure that a browser is there; say in one line when there is none to be had."""
    if installed():
        return 0
    sys.stderr.write("No Chromium for the browser tests yet: installing one.\n")
    if install():
        return 0
    sys.stderr.write("No Chromium or Chrome is installed and none could be installed: install one, then try again.\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
