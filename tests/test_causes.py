"""Causes in portions that students write: found alike in a window and at the desk."""

import asyncio
import re
import time
from pathlib import Path
from typing import Any

import pytest

from client import ClientHandle
from gui.tutor.assignment import SERVER_FILE
from gui.tutor.problem import Problem
from gui.tutor.tutor import ClientTutor, ServerTutor
from protocol import REQUESTS, Login, Message, Register, Registry, RequestRegistry
from server import ServerHandle
from tests.grading_tests.submitted import filled, graded_all, in_rows
from tests.students_files import imported_from
from tests.test_mistakes import title_in, without_names
from tests.written import Written, entries

# Of the processor's time: a busy machine does not count.
LONGEST_SECONDS, LONGEST_HOLD_UP_SECONDS = 0.5, 0.05
PLAIN = "\n".join(f"if key == 'k{n}':\n    print(key)" for n in range(15))
ODD = {
    "forty lines": (PLAIN, LONGEST_HOLD_UP_SECONDS),
    "many lines": (PLAIN * 20, LONGEST_HOLD_UP_SECONDS),
    "a thousand conditions": (
        "return " + " or ".join(["key in active_users"] * 1000),
        LONGEST_HOLD_UP_SECONDS,
    ),
    "a long comparison": (f"return {' == '.join(['key'] * 500)} == 1", LONGEST_HOLD_UP_SECONDS),
    "many values in a text": (f"return f'{'{key}' * 800}' in users", LONGEST_HOLD_UP_SECONDS),
    "many choices": (f"return {'True if key is None else ' * 80}False", LONGEST_SECONDS),
    "deep branches": (
        "".join(f"{'  ' * n}if key != {n}:\n" for n in range(18)) + f"{'  ' * 18}return False",
        LONGEST_SECONDS,
    ),
    "a loop of many rounds": (
        "n = 0\nfor i in range(20_000):\n    n += i * 2\nreturn n < 0",
        LONGEST_SECONDS,
    ),
}

CAUSES = list(entries("written_causes.txt"))


class Peer:
    """What stands for a connection: it has a key, and takes every message.

    Parameters:
        key: the client's.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        self.server = self

    def registry(self) -> Registry:
        """Return a registry of nobody."""
        return Registry(())

    async def send_message(self, msg: Message) -> None:
        """Take a message."""


async def talk(found: list[object]) -> None:
    """Let three clients ask a server for everything, rightly and wrongly."""
    tutor = ServerTutor(ServerHandle, found.append)
    ada, grace, nobody = (Peer(f"127.0.0.1:{port}") for port in (50412, 50413, 50414))
    tutor.dictionaries()
    for peer, request in (
        (nobody, RequestRegistry()),
        (nobody, Login("ada")),
        (ada, Register("ada")),
        (grace, Register("ada")),
        (grace, Register("grace")),
        (ada, Register("bob")),
        (ada, Login("grace")),
        (ada, Login("ada")),
        (grace, RequestRegistry()),
        (ada, RequestRegistry()),
    ):
        await tutor.answer(peer, request)


async def take_steps(found: list[object]) -> None:
    """Let a client take its steps."""
    tutor = ClientTutor(ClientHandle, found.append)
    for step, *typed in (("register", ""), ("register", "ada"), ("login", "ada")):
        await tutor.take_step(Peer(""), REQUESTS[step], *typed)
    await tutor.take_step(Peer(""), REQUESTS["request_registry"])


def told(written: Written, folder: Path) -> list[Problem]:
    """Return the problems that a program reports of a portion."""
    (folder / written.file).write_bytes(filled({written.function: written.body})[written.file])
    found: list[object] = []
    with imported_from(folder, written.file.removesuffix(".py")):
        asyncio.run(talk(found) if written.file == SERVER_FILE else take_steps(found))
    return [problem for problem in found if isinstance(problem, Problem) and not problem.ongoing]


@pytest.mark.parametrize(("body", "most_seconds"), ODD.values(), ids=ODD.keys())
def test_whatever_is_wrong_is_explained_in_time(
    body: str, most_seconds: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[float] = []
    explain = ServerTutor._explain

    def timed(*arguments: Any) -> bool:
        began = time.thread_time()
        is_wrong = explain(*arguments)
        taken.append(time.thread_time() - began)
        return is_wrong

    monkeypatch.setattr(ServerTutor, "_explain", timed)
    longest: list[float] = []
    # A processor is slower, too, while it has other work.
    while len(longest) < 3 and min(longest, default=most_seconds) >= most_seconds:
        taken.clear()
        assert told(Written("server_logic.registered", body), tmp_path)
        longest.append(max(taken))
    assert min(longest) < most_seconds


@pytest.fixture(scope="module")
def messages() -> dict[Written, tuple[str, str]]:
    """Give what the desk says of each portion, and the text of the line that it names."""
    rows = in_rows(CAUSES)
    submissions = [filled({w.function: w.body for w in row}) for row in rows]
    found: dict[Written, tuple[str, str]] = {}
    for row, files, result in zip(rows, submissions, graded_all(submissions), strict=True):
        for w in row:
            message = result.marks[w.function].message
            place = re.search(rf"\({w.file}, line (\d+)\)$", message)
            lines = files[w.file].decode().split("\n")
            found[w] = message, lines[int(place[1]) - 1].strip() if place else ""
    return found


@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("written", CAUSES, ids=repr)
def test_a_cause_is_found_in_a_window_and_at_the_desk(
    written: Written, messages: dict[Written, tuple[str, str]], tmp_path: Path
) -> None:
    message, line = messages[written]
    assert line == written.line, message
    assert written.advice in message
    if written.graded_only:
        assert re.search(written.pattern, message), message
        assert told(written, tmp_path) == []
        return
    problem, *_ = told(written, tmp_path)
    title, advice, cause = problem.explanation
    assert cause == written.cause
    assert written.is_told_by(title), title
    assert problem.code == written.line
    assert title_in(message, advice) == without_names(title)
