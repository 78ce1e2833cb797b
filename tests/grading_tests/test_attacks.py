"""An attack earns nothing, costs the other functions nothing, and reaches nothing outside."""

from pathlib import Path

import pytest

from tests.grading import runner
from tests.grading.desk import Result
from tests.grading_tests.attacks import ATTACKS, Attack
from tests.grading_tests.submitted import PROJECT, filled, graded, graded_all, lost

REDEFINITIONS = b"def register_client(server, username):\n    return None\nusers = None\n"


def attacked(attack: Attack, folder: Path) -> dict[str, bytes]:
    """Return the submission with an attack in it.

    Parameters:
        folder: the one in which it tries to change `results.json`.
    """
    body = attack.body.replace("REFERENCE", repr(str(PROJECT)))
    body = body.replace("RESULTS", repr(str(folder / "results.json")))
    files = filled({attack.function: body})
    return {name: source.replace(b"    OUTSIDE\n", REDEFINITIONS) for name, source in files.items()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with results in it that no attack may change."""
    made = tmp_path_factory.mktemp("results")
    (made / "results.json").write_text("untouched")
    return made


@pytest.fixture(scope="module")
def results(folder: Path) -> list[Result]:
    """Give what the attacks earn."""
    return graded_all(attacked(attack, folder) for attack in ATTACKS)


@pytest.mark.parametrize("number", range(len(ATTACKS)), ids=lambda n: ATTACKS[n].name)
def test_an_attack_loses_its_own_points_alone(number: int, results: list[Result]) -> None:
    assert lost(results[number]) == {ATTACKS[number].function}


def test_nothing_is_written(folder: Path, results: list[Result]) -> None:
    assert results
    assert [path.name for path in folder.iterdir()] == ["results.json"]
    assert (folder / "results.json").read_text() == "untouched"


def test_what_is_unusual_is_flagged_and_costs_nothing() -> None:
    body = "import os\nreturn getattr(users, '__contains__')(key) and bool(os.name)"
    result = graded(filled({"server_logic.registered": body}))
    assert lost(result) == set()
    uses = [flag for flag in result.flags if flag.startswith("server_logic.registered: uses")]
    assert [flag.rpartition(" ")[2] for flag in uses] == ["import", "getattr", "__contains__"]


@pytest.mark.skipif(not runner.is_root(), reason="only root can start other users' processes")
def test_under_root_students_code_is_another_user_that_sees_no_file() -> None:
    spy = "import os\nif os.getuid() == 0 or os.listdir('/'):\n    return None\nreturn key in users"
    result = graded(filled({"server_logic.registered": spy}))
    assert result.sandboxed
    assert lost(result) == set()


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


def test_nothing_runs_on_when_a_submission_is_graded() -> None:
    graded(filled({"client_logic.login": "import os\nos.setsid()\nwhile True:\n    pass"}))
    assert not runner.LIVE
