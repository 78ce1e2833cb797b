"""An attack earns nothing, costs nobody anything, and reaches nothing outside."""

import os
import select
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from tests.grading import runner
from tests.grading.desk import Result
from tests.grading_tests.attacks import ATTACKS, BEGINNINGS, REACHING, TRICKS
from tests.grading_tests.processes import descendants, processes
from tests.grading_tests.submitted import (
    PROJECT,
    REFERENCE,
    Named,
    assert_lost_alone,
    filled,
    graded,
    graded_all,
    graded_together,
    lost,
)
from tests.test_programs import eventually

# Of what reaches out of the process, each wall alone meets one in so many.
SHARE = 4

REDEFINITIONS = b"def register_client(server, username):\n    return None\nusers = None\n"
# For a sleep that it knows of, the desk does not wait.
SLEEP = "import select\nselect.select([], [], [], 600)"
needs_a_wall = pytest.mark.skipif(
    not runner.namespaces() and not runner.is_root(), reason="this system has no such wall"
)
needs_ps = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no ps")


class Outside:
    """What an attack may not reach: a file of results, and a server on this machine."""

    def __init__(self, folder: Path) -> None:
        self.results = folder / "results.json"
        self.results.write_text("untouched")
        self.server = socket.create_server(("127.0.0.1", 0))

    def attacked(self, *attacks: Named) -> dict[str, bytes]:
        """Return the submission with some attacks in it."""
        bodies: dict[str, str] = {}
        for attack in attacks:
            body = attack.body.replace("REFERENCE", repr(str(PROJECT)))
            body = body.replace("RESULTS", repr(str(self.results)))
            body = body.replace("PORTS", repr([self.server.getsockname()[1]]))
            bodies[attack.function] = body
        files = filled(bodies)
        return {name: text.replace(b"    OUTSIDE\n", REDEFINITIONS) for name, text in files.items()}

    def assert_untouched(self) -> None:
        """Assert that nothing was written, reached or left behind."""
        assert [path.name for path in self.results.parent.iterdir()] == ["results.json"]
        assert self.results.read_text() == "untouched"
        assert not select.select([self.server], [], [], 0)[0]
        places = {Path(tempfile.gettempdir()), Path("/"), Path("/var/tmp"), Path("/dev/shm")}
        assert not [place for place in places if (place / "left-behind").is_symlink()]
        assert not [place for place in places if (place / "left-behind").exists()]
        assert not runner.LIVE


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    """Give what no attack may reach."""
    made = Outside(tmp_path_factory.mktemp("results"))
    with made.server:
        yield made


@pytest.fixture(scope="module")
def results(outside: Outside) -> dict[Named, tuple[list[Named], Result]]:
    """Give what attacks earn, of which some are in one submission."""
    return graded_together(ATTACKS, lambda row: outside.attacked(*row))


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_loses_its_own_points_alone(
    attack: Named, results: dict[Named, tuple[list[Named], Result]]
) -> None:
    assert_lost_alone(*results[attack])


def test_nothing_outside_is_reached(outside: Outside, results: dict[Named, object]) -> None:
    assert results
    outside.assert_untouched()


@pytest.fixture(params=["as this user", "in a user namespace"])
def first_wall(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Have portions run behind the first wall alone: the guard in their process is gone."""
    worker = runner.WORKER.read_text(encoding="utf-8")
    open_worker = worker.replace("    close_modules()\n", "", 1)
    open_worker = open_worker.replace("    sys.addaudithook(", "    (lambda hook: None)(", 1)
    assert len(open_worker) < len(worker)
    monkeypatch.setattr(runner, "WORKER", tmp_path / "worker.py")
    runner.WORKER.write_text(open_worker, encoding="utf-8")
    if request.param == "in a user namespace":
        monkeypatch.setattr(runner, "is_root", lambda: False)
        monkeypatch.setattr(runner, "namespaces", lru_cache(runner.namespaces.__wrapped__))
    worker_now = runner.Worker()
    worker_now.close()
    if not worker_now.locked:
        pytest.skip("this system has no such wall")


@pytest.fixture
def no_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have portions run where the guard alone holds them back."""
    monkeypatch.setattr(runner, "user_of", lambda process: None)


@pytest.mark.usefixtures("no_wall")
def test_the_guard_leans_on_nothing_that_a_portion_can_reach(outside: Outside) -> None:
    held = "return key in users and not off"
    results = graded_all(
        outside.attacked(trick._replace(body=f"{trick.body}{held}")) for trick in TRICKS
    )
    for trick, result in zip(TRICKS, results, strict=True):
        assert lost(result) == set(), (trick.name, result.marks)


@pytest.mark.long
@needs_a_wall
@pytest.mark.usefixtures("first_wall")
def test_the_first_wall_holds_alone(outside: Outside) -> None:
    niceness = os.getpriority(os.PRIO_PROCESS, 0)
    # Beside each attack an honest student is graded. All of them would take a minute each time.
    some = REACHING[::SHARE]
    graded_now = graded_all(
        files for attack in some for files in (outside.attacked(attack), REFERENCE)
    )
    for attack, result, honest in zip(some, graded_now[::2], graded_now[1::2], strict=True):
        assert lost(result) == {attack.function}, attack.name
        assert lost(honest) == set(), attack.name
        assert honest.flags == (), attack.name
        assert result.sandboxed
    outside.assert_untouched()
    assert os.getpriority(os.PRIO_PROCESS, 0) == niceness


@needs_a_wall
def test_two_workers_never_share_a_user_and_a_namespace() -> None:
    workers = [runner.Worker() for _ in range(3)]
    try:
        users = {runner.user_of(worker._process.pid) for worker in workers}
        assert users == {0} or len(users) == len(workers)
        assert all(worker.locked for worker in workers)
    finally:
        for worker in workers:
            worker.close()


def test_what_is_unusual_is_flagged_and_costs_nothing() -> None:
    body = "import os\nreturn getattr(users, '__contains__')(key) and bool(os.name)"
    result = graded(filled({"server_logic.registered": body}))
    assert lost(result) == set()
    uses = [flag for flag in result.flags if flag.startswith("server_logic.registered: uses")]
    assert [flag.rpartition(" ")[2] for flag in uses] == ["import", "getattr", "__contains__"]


@needs_a_wall
def test_behind_the_wall_students_code_is_nobody_and_sees_no_file() -> None:
    spy = (
        "import os\nif os.listdir('/') or os.getgroups() or os.getpid() < 2:\n    return None\n"
        "return key in users"
    )
    result = graded(filled({"server_logic.registered": spy}))
    assert result.sandboxed
    assert lost(result) == set()


@pytest.mark.usefixtures("no_wall")
def test_where_there_is_no_wall_no_descriptor_can_be_opened_and_it_is_said() -> None:
    spy = "import os\ntry:\n    os.pipe()\nexcept OSError:\n    return key in users"
    waits = "import asyncio\nawait asyncio.sleep(0)\nawait client.request_registry()"
    result = graded(
        filled({"server_logic.registered": spy, "client_logic.request_registry": waits})
    )
    assert lost(result) == set() if sys.platform != "win32" else {"server_logic.registered"}
    assert not result.sandboxed


def test_what_never_ran_is_not_said_to_be_unsandboxed() -> None:
    assert graded({}).sandboxed


def test_where_no_process_can_be_forked_each_function_has_a_worker_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runner, "CAN_FORK", False)
    monkeypatch.setattr(runner, "user_of", lambda process: None)
    bodies = {
        "server_logic.registered": "import os\nos._exit(0)",
        "server_logic.logged_in": "import builtins\nbuiltins.len = builtins.dict = None\nreturn 1",
        "client_logic.login": "while True:\n    pass",
    }
    result = graded(filled(bodies))
    assert lost(result) == set(bodies)
    assert not result.sandboxed


@needs_ps
def test_nothing_runs_on_when_a_submission_is_graded() -> None:
    before = descendants(os.getpid())
    graded(filled({"client_logic.login": "import os\nos.setsid()\nwhile True:\n    pass"}))
    assert not runner.LIVE
    assert len(descendants(os.getpid())) == len(before)


@needs_ps
@pytest.mark.parametrize("walls", ["as they are", "none"])
@pytest.mark.parametrize(
    "body",
    [
        "while True:\n    pass",
        SLEEP,
        f"import os\nos.setsid()\n{SLEEP}",
        f"{BEGINNINGS['SAY']}say(b'x' * 10**5)\n{SLEEP}",
        "class Silent:\n    def __del__(self):\n        while True:\n            pass\nSilent()",
    ],
    ids=["computes", "sleeps", "has left", "has spoken", "is being deleted"],
)
def test_a_desk_that_is_killed_leaves_no_worker_behind(body: str, walls: str) -> None:
    program = (
        "from tests.grading import runner\n"
        "from tests.grading_tests.submitted import filled, graded\n"
        f"if {walls == 'none'}:\n    runner.user_of = lambda process: None\n"
        "    runner.namespaces = tuple\n"
        f"graded(filled({{'server_logic.registered': {body!r}}}), 300)"
    )
    desk = subprocess.Popen([sys.executable, "-c", program], cwd=PROJECT)
    try:
        # A worker, and in it the process of the portion; before them what makes namespaces.
        count = 2 + (walls != "none" and bool(runner.namespaces()))
        eventually(lambda: len(descendants(desk.pid)) >= count)
        started = descendants(desk.pid)
    finally:
        desk.kill()
        desk.wait()
    eventually(lambda: not started & set(processes()))
