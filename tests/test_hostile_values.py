"""What students put into the dictionaries, with special methods that do harm."""

import textwrap
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.peers import Peer
from tests.students_files import filled, problems, server_from

FILE = "server_logic.py"
# What a special method does, whatever it is called with.
HARM = {
    "raises": "raise RuntimeError('no')",
    "exits": "raise SystemExit",
    "lies": "return True",
    "answers nonsense": "return 'nonsense'",
    "recurses": "return self == self or hash(self) or repr(self)",
    "changes the dictionaries": "users.clear(); active_users[self.harm] = self; return True",
    "takes its time": "time.sleep(0.01); return False",
}
METHODS = ("eq", "ne", "hash", "repr", "str", "len", "iter", "bool", "getattribute", "format")
BASES = ("object", "str", "int", "dict", "list")
PLACES = (
    "users[key] = bad",
    "users[bad] = username",
    "users[key] = [bad]",
    "users[key] = username; users['other'] = bad",
    "active_users[key] = bad",
    "users[key] = 'before'; await server.registration_successful(username); users[key] = bad",
    "globals()['users'] = Bad({key: username})",
)


def text_with(methods: dict[str, str], base: str, place: str) -> str:
    """Return a server_logic in which a portion stores an object with these methods."""
    body = f"key = server.get_addr_key()\nbad = Bad()\n{place}\n"
    if "await" not in place:
        body += "await server.registration_successful(username)\n"
    text = filled(FILE, "register_client", body)
    lines = [f"class Bad({base}):"]
    for name, harm in methods.items():
        lines += [f"    def __{name}__(self, *_):", textwrap.indent(HARM[harm], 8 * " ")]
    head, middle, tail = text.partition("users: dict[str, str] = {}")
    return "\n".join([head, "import time", *lines, "    harm = True", middle]) + tail


def converse(client: Peer, username: str) -> list[str]:
    """Let a client take its three steps; return what it is answered."""
    steps: list[tuple[str, dict[str, Any]]] = [
        ("register", {"username": username}),
        ("login", {"username": username}),
        ("request_registry", {}),
    ]
    return [client.ask(step, **fields)["type"] for step, fields in steps]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    methods=st.dictionaries(st.sampled_from(METHODS), st.sampled_from(sorted(HARM)), max_size=4),
    base=st.sampled_from(BASES),
    place=st.sampled_from(PLACES),
)
def test_whatever_is_stored_every_client_is_answered_and_the_fault_explained(
    tmp_path: Path, methods: dict[str, str], base: str, place: str
) -> None:
    (tmp_path / FILE).write_text(text_with(methods, base, place), encoding="utf-8")
    with server_from(tmp_path) as server:
        for username in ("ada", "grace"):
            client = server.connect()
            assert len(converse(client, username)) == 3
            client.close()
        # The log-off of both is done when a third is answered.
        last = server.connect()
        assert last.ask("request_registry")["type"] in ("request_denied", "error", "registry")
        server.news.read()
        assert problems(server.news)


def test_what_takes_its_time_to_be_compared_is_told_while_it_does(tmp_path: Path) -> None:
    text = text_with({}, "object", PLACES[5]).replace(
        "harm = True", "__eq__ = lambda self, other: time.sleep(3)"
    )
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with server_from(tmp_path) as server:
        client = server.connect()
        assert client.ask("register", username="ada")["type"] == "registration_successful"
        server.news.wait_until(
            lambda: any("holding up the server" in str(event) for event in server.news.events)
        )


@pytest.mark.parametrize("value", ["'\\ud800'", "7", "None", "10 ** 5000", "b''", "{1: [2, (3,)]}"])
def test_what_is_no_text_is_shown_and_explained(tmp_path: Path, value: str) -> None:
    (tmp_path / FILE).write_text(text_with({}, "object", f"users[key] = {value}"), encoding="utf-8")
    with server_from(tmp_path) as server:
        client = server.connect()
        converse(client, "ada")
        server.news.read()
        titles = [problem.explanation.title for problem in problems(server.news)]
        assert titles[0] in (
            "register_client() put something into users that is no text.",
            f"register_client() stored {value} in users for this client.",
        )
