"""The desk and the running program say the same sentence for the same mistake."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.grading.handout import PROGRAMS
from tests.grading_tests.corpus import LOGIN, REGISTER
from tests.grading_tests.submitted import PROJECT, filled, graded

TIMEOUT_SECONDS = 20

MISTAKES = {
    "not filled in": ("registered", 'raise NotImplementedError("fill in registered")'),
    "no return": ("registered", "key in users"),
    "another function's parameter": ("registered", "return username in users"),
    "the wrong dictionary": ("registered", "return key in active_users"),
    "a method not called": ("username_exists", "return username in users.values"),
    "an early return": (
        "username_exists",
        "for name in users.values():\n    if name == username:\n        return True\n"
        "    else:\n        return False\nreturn False",
    ),
    "a list's method": ("register_user", "users.append(username)"),
    "a local dictionary": ("register_user", "users = {key: username}"),
    "a comparison": ("register_user", "users[key] == username"),
    "anyone's name": ("username_matches_record", "return username in users.values()"),
    "a forgotten await": (
        "register_client",
        REGISTER.replace("await server.registration_s", "server.registration_s"),
    ),
    "a forgotten handle": (
        "register_client",
        REGISTER.replace("server.registration_s", "registration_s"),
    ),
    "two answers": (
        "register_client",
        REGISTER.replace("else:\n    register_user(key, username)\n    await", "await"),
    ),
    "a missing check": ("register_client", REGISTER.replace("registered(key) or ", "")),
    "and for or": ("register_client", REGISTER.replace(" or ", " & ")),
    "an await too many": ("register_client", REGISTER.replace("= server", "= await server")),
    "no answer": (
        "register_client",
        REGISTER.replace("await server.registration_failed(username)", "print('failed')"),
    ),
    "another client's name": (
        "login_client",
        LOGIN.replace("registered(key) and username_matches_record(key, username)",
                      "username_exists(username)"),
    ),
    "a registry for everybody": ("send_registry_to_client", "await server.send_registry()"),
}  # fmt: skip

REQUESTS = [
    (1, {"type": "request_registry"}),
    (0, {"type": "register", "username": "ada"}),
    (1, {"type": "register", "username": "ada"}),
    (0, {"type": "register", "username": "alan"}),
    (1, {"type": "register", "username": "grace"}),
    (2, {"type": "register", "username": "grace"}),
    (1, {"type": "login", "username": "ada"}),
    (0, {"type": "login", "username": "ada"}),
    (0, {"type": "request_registry"}),
]


def told_by_the_server(files: dict[str, bytes], folder: Path, message: str) -> list[str]:
    """Run the server with a student's files, ask it this and that, and see what it writes.

    Parameters:
        message: what the desk says: once the server has said it too, it is stopped.

    Returns:
        The lines it wrote that the message has in it.
    """
    for name in PROGRAMS:
        shutil.copy(PROJECT / name, folder)
    shutil.copytree(PROJECT / "gui", folder / "gui")
    for name, content in files.items():
        (folder / name).write_bytes(content)
    running = subprocess.Popen(
        [sys.executable, "server.py", "--no-window", "--port", "0"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert running.stdout is not None
    deadline = threading.Timer(TIMEOUT_SECONDS, running.kill)
    deadline.start()
    said: list[str] = []
    try:
        first = next(line for line in running.stdout if line.startswith("Server listening on"))
        address = ("127.0.0.1", int(first.rpartition(":")[2]))
        with ExitStack() as stack:
            clients = [socket.create_connection(address, TIMEOUT_SECONDS) for _ in range(3)]
            streams = [stack.enter_context(client.makefile("rwb")) for client in clients]
            for client in clients:
                stack.enter_context(client)
            for number, request in REQUESTS:
                streams[number].write(json.dumps(request).encode() + b"\n")
                streams[number].flush()
                assert streams[number].readline()
        for line in running.stdout:
            words = without_names(line.strip())
            if words in without_names(message) and " " in words:
                said.append(words)
            if len(said) == 2:
                break
    finally:
        deadline.cancel()
        running.kill()
        running.communicate()
    return said


def without_names(text: str) -> str:
    """Return a text without the usernames in quotes, which are made up."""
    return re.sub(r"'\w+\d*'", "''", text)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, list[str]]]:
    """For each mistake: the desk's message, and what of it the server wrote."""

    def both(mistake: tuple[str, str]) -> tuple[str, list[str]]:
        function, body = mistake
        files = filled({f"server_logic.{function}": body})
        message = graded(files).marks[f"server_logic.{function}"].message
        return message, told_by_the_server(files, tmp_path_factory.mktemp("server"), message)

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return dict(zip(MISTAKES, threads.map(both, MISTAKES.values()), strict=True))


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_desk_and_the_program_say_the_same(
    mistake: str, told: dict[str, tuple[str, list[str]]]
) -> None:
    message, said = told[mistake]
    # What happened, and what to try; the desk has the situation before it and the line after.
    assert len(said) == 2, message
    sentence = without_names(message).rpartition(" (server_logic.py, line ")[0]
    assert sentence.endswith(" ".join(said))
    assert said[0].startswith(f"{MISTAKES[mistake][0]}() ")
