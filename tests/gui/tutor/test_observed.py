"""What the tutors tell of calls: when each begins and ends, and which line sent the message."""

import asyncio
from typing import Any

import pytest

from client import ClientHandle
from gui.tutor.observed import TimedCall
from gui.tutor.tutor import ClientTutor, ServerTutor
from protocol import ConnectionEnded, Message, Register, RegistrationFailed, Registry
from server import ServerHandle

ADA = "127.0.0.1:50412"


class FakeConnection:
    """Stands for the connection to a client, or to a server: takes every message."""

    def __init__(self) -> None:
        self.peer = self.key = ADA
        self.server = self
        self.sent: list[Message] = []

    def registry(self) -> Registry:
        """Return an empty list."""
        return Registry(())

    async def send_message(self, msg: Message) -> None:
        """Keep a message."""
        self.sent.append(msg)


FILE = "students.py"
PLAIN = "    await server.registration_failed(username)"
BY_MESSAGE = "    await server.send_message(RegistrationFailed(username))"
BY_HELPER = """\
    async def answer():
        await server.registration_failed(username)
    await answer()"""
BY_TASK_OF_THEIRS = """\
    async def answer():
        await server.registration_failed(username)
    await asyncio.create_task(answer())"""
BY_TASK = "    await asyncio.create_task(server.registration_failed(username))"
SILENT = "    pass"
LOST = "    raise ConnectionEnded"


def observed(body: str, told: list[Any]) -> None:
    """Collect what is told of a handler that answers a request."""
    names = {
        "asyncio": asyncio, "RegistrationFailed": RegistrationFailed,
        "ConnectionEnded": ConnectionEnded,
    }  # fmt: skip
    text = f"async def register_client(server, username):\n{body}\n"
    exec(compile(text, FILE, "exec"), names)
    tutor = ServerTutor(ServerHandle, lambda *_: None)
    tutor.observe = told.append

    async def answer() -> None:
        tutor.dictionaries()
        logic = tutor._supervisor.logic
        logic.functions["register_client"] = names["register_client"]  # type: ignore[assignment]
        logic.source.path = FILE
        await tutor.answer(FakeConnection(), Register("ada"))

    asyncio.run(answer())


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (PLAIN, 2),
        (BY_MESSAGE, 2),
        (BY_HELPER, 3),
        (BY_TASK_OF_THEIRS, 3),
        (BY_TASK, 0),
        (SILENT, 0),
    ],
)
def test_the_line_that_sent_is_told_where_it_is_known(body: str, line: int) -> None:
    told: list[Any] = []
    observed(body, told)
    began, ended = told
    assert began is ended
    assert isinstance(ended, TimedCall)
    assert (ended.key, ended.function, ended.line) == (ADA, "register_client", line)
    assert 0 < ended.seconds < 20


def test_a_call_whose_client_goes_ends_too() -> None:
    told: list[Any] = []
    with pytest.raises(ConnectionEnded):
        observed(LOST, told)
    assert [type(event) for event in told] == [TimedCall, TimedCall]


def test_a_clients_step_is_told_too() -> None:
    told: list[Any] = []

    async def take() -> None:
        tutor = ClientTutor(ClientHandle, lambda *_: None, told.append)
        await tutor.take_step(FakeConnection(), Register, "ada")

    asyncio.run(take())
    _, ended = told
    assert (ended.key, ended.function) == (ADA, "register")
    assert ended.source.line(ended.line) == "await client.register(username)"


def test_nothing_is_told_where_nobody_wants_to_know() -> None:
    tutor = ServerTutor(ServerHandle, lambda *_: None)
    connection = FakeConnection()
    asyncio.run(tutor.answer(connection, Register("ada")))
    assert tutor.observe is None
    assert len(connection.sent) == 1
