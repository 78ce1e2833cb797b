"""Causes in portions that students write: found alike in a window and at the desk."""

import asyncio
import re
from pathlib import Path

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
