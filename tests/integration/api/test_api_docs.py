"""The examples of docs/api.md, run in their order against the application: what the page says is what happens."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.testclient import TestClient

PAGE = Path(__file__).parents[3] / "docs" / "api.md"
_EXAMPLE = re.compile(r"```sh\n(?P<commands>curl .*?)```\n```json\n(?P<answer>.*?)```", re.DOTALL)


def ask(client: TestClient, command: str) -> Any:
    """Make the request that a curl command would make."""
    words = shlex.split(command)
    address = next(word for word in words[1:] if word.startswith("$API"))
    headers = dict(words[n + 1].split(": ", 1) for n, word in enumerate(words) if word == "-H")
    assert headers.pop("Authorization") == "Bearer $TOKEN"
    body = next((words[n + 1] for n, word in enumerate(words) if word == "-d"), None)
    split = urlsplit(address.removeprefix("$API"))
    path = f"{split.path}?{split.query}" if split.query else split.path
    return client.request("POST" if body else "GET", path, content=body, headers=headers).json()


def is_within(told: Any, answer: Any) -> bool:
    """Return whether everything that is told stands in the answer."""
    if isinstance(told, dict):
        return all(name in answer and is_within(value, answer[name]) for name, value in told.items())
    if isinstance(told, list):
        return len(told) == len(answer) and all(map(is_within, told, answer))
    return bool(told == answer)


def test_every_example_of_the_page_is_true(client: TestClient) -> None:
    examples = list(_EXAMPLE.finditer(PAGE.read_text(encoding="utf-8")))
    assert len(examples) == PAGE.read_text(encoding="utf-8").count("```sh\ncurl")
    for example in examples:
        commands = re.split(r"\n(?=curl )", example["commands"].replace("\\\n", " "))
        answers = [ask(client, command) for command in commands]
        assert is_within(json.loads(example["answer"]), answers[-1]), answers[-1]


def test_every_address_is_on_the_page(client: TestClient) -> None:
    page = PAGE.read_text(encoding="utf-8")
    paths = client.get("/openapi.json").json()["paths"]
    assert [path for path in paths if re.sub(r"\{id\}", "1", path) not in page and path not in page] == []
