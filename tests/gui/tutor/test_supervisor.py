"""The supervisor: students' code that is stuck, goes wrong while it waits, or is interrupted."""

import asyncio
import contextlib
import itertools
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gui.bridge import NetworkThread
from gui.tutor import supervisor, watchdog
from gui.tutor.assignment import SERVER_FILE, Function
from gui.tutor.call import Call
from gui.tutor.exceptions import problem_of, why_it_ended
from gui.tutor.problem import Problem
from gui.tutor.supervisor import Supervisor
from gui.tutor.watchdog import StuckLoop, Watchdog
from protocol import ConnectionEnded, Handle, Message, RequestDenied
from tests.conftest import DEADLINE_SECONDS, hasten
from tests.instructions import interrupted
from tests.students_files import imported_from

FILE = "students_code.py"
ANSWER = Function(SERVER_FILE, "answer", 0, ("server", "about"), sends=("request_denied",))
DENY = "await server.send_message(about)"


class Scene:
    """A supervisor of one file, and a network in which its functions run.

    Parameters:
        problems: what was reported, the call's own problems included.
        sent: what was delivered to the peer.
    """

    def __init__(self, folder: Path, body: str) -> None:
        self.file = folder / FILE
        lines = "".join(f"    {line}\n" for line in body.splitlines())
        text = "import asyncio, time\n\nis_going_on = True\n\nasync def answer(server, about):\n"
        text += f"    # *** start ***\n{lines}    # *** end ***\n"
        self.file.write_text(text, encoding="utf-8")
        self.problems: list[Problem] = []
        self.sent: list[Message] = []
        self.supervisor = Supervisor(
            "students_code", {"answer": ANSWER}, "server", self.problems.append, lambda _: None
        )
        self._is_loaded = False

    def load(self) -> None:
        """Load the file, in the thread that runs its functions."""
        if not self._is_loaded:
            with imported_from(self.file.parent, "students_code"):
                _, flaws = self.supervisor.load()
            self.problems += flaws
            self._is_loaded = True

    async def deliver(self, message: Message) -> None:
        """Deliver a message at once."""
        self.sent.append(message)

    async def call(
        self,
        about: object = RequestDenied(),
        deliver: Callable[[Message], Coroutine[Any, Any, None]] | None = None,
    ) -> Call:
        """Run the function once, and return what became of it."""
        self.load()
        connection = SimpleNamespace(send_message=deliver or self.deliver)
        call = Call("answer", (RequestDenied,), connection, self.supervisor.logic)
        end = await self.supervisor.run(call, Handle(call), about)
        if end is not None:
            source = call.logic.source
            found = why_it_ended(end, ANSWER, source)
            self.problems.append(problem_of(found, source, end))
        return call

    @property
    def ongoing(self) -> list[str]:
        """The titles of what lasted a while."""
        return [p.explanation.title for p in self.problems if p.ongoing]

    @property
    def found(self) -> list[tuple[str, str]]:
        """The other titles, each with the line that is shown."""
        return [(p.explanation.title, p.code) for p in self.problems if not p.ongoing]


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Report what is stuck after 1 s, and break it off a moment later."""
    hasten(monkeypatch, report_seconds=1, break_seconds=1.2)


@pytest.fixture
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Break off what waits for something after a moment."""
    monkeypatch.setattr(supervisor, "BREAK_SECONDS", 0.3)


@pytest.fixture
def network() -> Iterator[NetworkThread]:
    """Run a network."""
    with NetworkThread() as network:
        yield network


def in_time(network: NetworkThread, coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine in the network, with a deadline."""
    return network.call(asyncio.wait_for(coroutine, DEADLINE_SECONDS))


BROKEN_OFF = "answer() did not finish: a loop in it was broken off after 5 s."
WAITED = "answer() did not finish: it was broken off after waiting for 5 s."
LOOP = "answer() has been holding up the server for 1 s: a loop does not end."
BLOCKED = "answer() has been holding up the server for 1 s: a call does not return."


# Python 3.10 gives way, at the first step of a try, neither to another thread nor to an
# exception from there: no other thread can do anything about such a loop.
breakable = pytest.mark.skipif(
    sys.version_info < (3, 11), reason="Python 3.10 cannot break off a loop that begins with try"
)


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "while True: time.sleep(0.01)",
        pytest.param("while True:\n    try: pass\n    except: pass", marks=breakable),
        "[None for _ in iter(int, 1)]",
    ],
)
def test_a_loop_is_reported_broken_off_and_explained(
    body: str, hurry: None, tmp_path: Path, network: NetworkThread
) -> None:
    scene = Scene(tmp_path, body)
    in_time(network, scene.call())
    assert scene.ongoing[0] == LOOP
    ((title, line),) = scene.found
    assert title == BROKEN_OFF
    assert line in [part.strip() for part in body.splitlines()]


def test_a_loop_that_calls_a_function_of_the_file_is_the_one_that_is_explained(
    hurry: None, tmp_path: Path, network: NetworkThread
) -> None:
    body = "def help():\n    return sum((1, 2, 3))\nwhile True: help()"
    scene = Scene(tmp_path, body)
    in_time(network, scene.call())
    assert scene.ongoing[0] == LOOP
    assert scene.found == [(BROKEN_OFF, "while True: help()")]


def test_a_blocking_call_is_reported_and_ends_by_itself(
    hurry: None, tmp_path: Path, network: NetworkThread
) -> None:
    scene = Scene(tmp_path, f"time.sleep(1.5)\n{DENY}")
    in_time(network, scene.call())
    assert scene.ongoing == [BLOCKED]
    assert scene.problems[0].code == "time.sleep(1.5)"
    assert scene.found == []
    assert scene.sent == [RequestDenied()]


@pytest.mark.parametrize(
    ("body", "title", "line"),
    [
        ("await asyncio.sleep(1000)", WAITED, "await asyncio.sleep(1000)"),
        ("await asyncio.Event().wait()", WAITED, "await asyncio.Event().wait()"),
        ("while True: await asyncio.sleep(0)", BROKEN_OFF, "while True: await asyncio.sleep(0)"),
        (
            "while is_going_on:\n    try: await asyncio.sleep(9)\n    except: pass",
            BROKEN_OFF,
            "while is_going_on:",
        ),
        ("while True: await asyncio.sleep(1)", BROKEN_OFF, "while True: await asyncio.sleep(1)"),
    ],
)
def test_waiting_for_what_does_not_come_is_broken_off(
    body: str, title: str, line: str, impatience: None, tmp_path: Path, network: NetworkThread
) -> None:
    scene = Scene(tmp_path, body)
    in_time(network, scene.call())
    assert scene.found == [(title, line)]
    # Let it end: as this process ends, Python itself would try to, as long as it catches that.
    vars(scene.supervisor.logic.module)["is_going_on"] = False
    supervisor.UNENDING.clear()


def test_waiting_that_catches_everything_is_broken_off_once_it_can_be(
    impatience: None, tmp_path: Path, network: NetworkThread
) -> None:
    body = "try:\n    await asyncio.sleep(1000)\nexcept BaseException:\n    pass"
    scene = Scene(tmp_path, body)
    in_time(network, scene.call())
    assert scene.found == []


def test_a_peer_that_is_slow_to_take_its_message_is_no_problem(
    impatience: None, tmp_path: Path, network: NetworkThread
) -> None:
    async def deliver(_message: Message) -> None:
        await asyncio.sleep(0.6)

    scene = Scene(tmp_path, DENY)
    call = in_time(network, scene.call(deliver=deliver))
    assert scene.problems == []
    assert call.sent == RequestDenied()


def test_a_peer_that_has_gone_ends_the_call_and_is_no_problem(
    tmp_path: Path, network: NetworkThread
) -> None:
    async def deliver(_message: Message) -> None:
        raise ConnectionEnded

    scene = Scene(tmp_path, DENY)
    with pytest.raises(ConnectionEnded):
        in_time(network, scene.call(deliver=deliver))
    assert scene.problems == []


def test_being_cancelled_from_outside_is_no_problem(tmp_path: Path, network: NetworkThread) -> None:
    scene = Scene(tmp_path, "await asyncio.Event().wait()")

    async def cancel() -> bool:
        task = asyncio.ensure_future(scene.call())
        await asyncio.sleep(0)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        return task.cancelled()

    assert in_time(network, cancel())
    assert scene.problems == []


def test_code_that_is_stuck_holds_up_no_other_supervisor(
    hurry: None, tmp_path: Path, network: NetworkThread
) -> None:
    stuck_folder, other_folder = tmp_path / "stuck", tmp_path / "other"
    stuck_folder.mkdir()
    other_folder.mkdir()
    stuck, other = Scene(stuck_folder, "while True: pass"), Scene(other_folder, DENY)
    held_up = threading.Thread(target=lambda: in_time(network, stuck.call()))
    with NetworkThread() as free:
        in_time(free, other.call())
        held_up.start()
        while held_up.is_alive():
            in_time(free, other.call())
    assert stuck.found == [(BROKEN_OFF, "while True: pass")]
    assert other.problems == []
    assert set(other.sent) == {RequestDenied()}


def test_a_loop_outside_of_any_function_is_broken_off(hurry: None, tmp_path: Path) -> None:
    scene = Scene(tmp_path, f"{DENY}\n\n")
    scene.file.write_text("while True: pass\n", encoding="utf-8")
    scene.load()
    assert scene.ongoing[0].endswith(
        " has been holding up the server for 1 s: a loop does not end."
    )
    assert "<module>" not in scene.ongoing[0]
    (title, line) = scene.found[-1]
    assert title == "students_code.py does not come to its end while it is read."
    assert line == "while True: pass"


def test_the_line_is_shown_as_it_was_when_the_file_was_loaded(
    tmp_path: Path, network: NetworkThread
) -> None:
    scene = Scene(tmp_path, "1 / 0")
    scene.load()
    scene.file.write_text("# another text\n" * 10, encoding="utf-8")
    in_time(network, scene.call())
    assert [line for _, line in scene.found] == ["1 / 0"]


FAILED = "answer() stopped: ZeroDivisionError: division by zero."


@pytest.mark.parametrize(
    ("body", "uninterrupted"),
    [
        ("about()", []),
        ("about()\n1 / 0", [FAILED]),
        ("await asyncio.sleep(0)\nabout()", []),
        ("await asyncio.sleep(0)\nabout()\n1 / 0", [FAILED]),
    ],
)
def test_an_interruption_as_the_function_ends_ends_its_call_and_nothing_else(
    body: str, uninterrupted: list[str], tmp_path: Path
) -> None:
    scene = Scene(tmp_path, body)
    scene.load()
    dog = scene.supervisor._watchdog

    def be_broken_off() -> None:
        dog._hand_raised = True

    functions = (Supervisor.run, Supervisor._go_on, Watchdog.end, watchdog.let_arrive)
    codes = [function.__code__ for function in functions]
    told = []
    for number in itertools.count():
        scene.problems.clear()
        with interrupted(number, StuckLoop(), codes, lambda: dog._hand_raised) as interruption:
            asyncio.run(scene.call(be_broken_off))
        assert (dog.since, dog._hand_raised) == (None, False)
        told.append([title for title, _ in scene.found])
        if not interruption.came:
            break
    assert told[-1] == uninterrupted
    # What comes early ends the call; what comes as `end` waits for it does nothing more.
    assert [BROKEN_OFF] in told
    assert all(titles in ([BROKEN_OFF], uninterrupted) for titles in told)
