"""Bad surroundings: one clear line with the mend, exit 2, no traceback, nothing changed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import run


def process(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run the command as a user's shell does."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AR_")}
    command = [sys.executable, "-m", "ar_cockpit.cli", *arguments]
    surroundings = clean | {"AR_HOME": str(home)}
    return subprocess.run(command, env=surroundings, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        pytest.param({"AR_DATABASE_URL": "nonsense"}, "AR_DATABASE_URL cannot be read", id="no address"),
        pytest.param({"AR_DATABASE_URL": "mysql://a/b"}, "not a database this product runs on", id="another database"),
        pytest.param(
            {"AR_DATABASE_URL": "postgresql://x@127.0.0.1:1/y"}, "Check AR_DATABASE_URL", id="nobody listens there"
        ),
        pytest.param({"AR_DATABASE_URL": "sqlite:////no/such/folder/a.db"}, "Check AR_DATABASE_URL", id="no folder"),
        pytest.param({"AR_HOME": "/proc/nowhere"}, "AR_HOME /proc/nowhere cannot be written", id="unwritable home"),
        pytest.param({"AR_TIMEZONE": "Mars/Olympus"}, "AR_TIMEZONE is wrong", id="unknown zone"),
        pytest.param({"AR_PORT": "many"}, "AR_PORT is wrong", id="a port that is no number"),
        pytest.param({"AR_DEFAULT_CURRENCY": "euro"}, "AR_DEFAULT_CURRENCY is wrong", id="no currency"),
    ],
)
def test_a_bad_setting_is_one_line_with_the_mend(tmp_path: Path, environment: dict[str, str], expected: str) -> None:
    answer = run("user", "list", cwd=tmp_path, **({"AR_HOME": str(tmp_path)} | environment))
    assert answer.returncode == 2
    assert expected in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1
    assert answer.stdout == ""


@pytest.mark.parametrize("url", ["gs://bucket/folder", "nonsense://x"])
def test_a_document_store_that_nothing_here_can_open_is_one_line(tmp_path: Path, url: str) -> None:
    answer = run("documents", "import", tmp_path, cwd=tmp_path, AR_HOME=tmp_path / "home", AR_DOCUMENTS_URL=url)
    assert answer.returncode == 2
    assert answer.stderr.startswith("AR_DOCUMENTS_URL cannot be used")
    assert len(answer.stderr.strip().splitlines()) == 1


def test_a_port_in_use_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        answer = process("up", "--port", port, home=tmp_path)
    assert answer.returncode == 2
    assert f"Port {port} is in use" in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_password_is_read_from_standard_input_and_the_user_is_listed(tmp_path: Path) -> None:
    home = {"AR_HOME": tmp_path, "cwd": tmp_path}
    added = run("user", "add", "Ines@velmora.example", "--role", "collector", given="correct horse\n", **home)
    assert added.returncode == 0
    listed = run("user", "list", "--json", **home)
    assert '"email": "ines@velmora.example"' in listed.stdout


def test_an_unknown_command_exits_with_two(tmp_path: Path) -> None:
    answer = process("standings", home=tmp_path)
    assert (answer.returncode, answer.stderr) == (2, "There is no command 'standings'. Did you mean 'standing'?\n")
