"""The autograder for Gradescope, unpacked and run as it is there."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.grading.autograder import UNFINISHED
from tests.grading.gradescope import write_autograder
from tests.grading.runner import STUDENT_USER, UNCONFINED_ROOT, is_root
from tests.grading_tests.attacks import ATTACKS
from tests.grading_tests.submitted import PROJECT, REFERENCE, SKELETONS, filled

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Gradescope runs Linux")

TIMEOUT_SECONDS = 120
STATUSES = {"passed", "failed"}
VISIBILITIES = {"visible", "hidden", "after_due_date", "after_published"}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the zip that is uploaded."""
    path = tmp_path_factory.mktemp("upload") / "autograder.zip"
    write_autograder(PROJECT, path)
    return path


@pytest.fixture
def autograder(archive: Path, tmp_path: Path) -> Path:
    """Give a folder as /autograder is there, set up."""
    folder = tmp_path / "autograder"
    for name in ("source", "submission"):
        (folder / name).mkdir(parents=True)
    with zipfile.ZipFile(archive) as files:
        for entry in files.infolist():
            files.extract(entry, folder / "source")
            (folder / "source" / entry.filename).chmod(entry.external_attr >> 16 & 0o777)
    (folder / "submission_metadata.json").write_text("{}")
    # The machine that runs this test must not get a user from it: what would make one notes it.
    commands = tmp_path / "commands"
    commands.mkdir()
    for name, body in (("useradd", 'echo "$@" > "$AUTOGRADER/useradd"'), ("id", "exit 1")):
        (commands / name).write_text(f"#!/bin/sh\n{body}\n")
        (commands / name).chmod(0o755)
    # Python as the test has it, under the name that the autograder calls.
    (commands / "python3").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (commands / "python3").chmod(0o755)
    run(folder, "source/setup.sh")
    (folder / "run_autograder").write_bytes((folder / "source/run_autograder").read_bytes())
    (folder / "run_autograder").chmod(0o755)
    return folder


def run(folder: Path, command: str, stderr: int | None = None) -> None:
    """Run one of the two scripts, with `/autograder` elsewhere."""
    path = f"{folder.parent / 'commands'}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(
        [str(folder / command)],
        cwd="/",
        env={"AUTOGRADER": str(folder), "PATH": path},
        timeout=TIMEOUT_SECONDS,
        check=True,
        stdin=subprocess.DEVNULL,
        stderr=stderr,
    )


def graded(autograder: Path, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Hand in files, and return what `results.json` says."""
    for name, content in files.items():
        path = autograder / "submission" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    run(autograder, "run_autograder")
    results = json.loads((autograder / "results" / "results.json").read_text(encoding="utf-8"))
    validate(results)
    return dict(results)


def validate(results: dict[str, Any]) -> None:
    """Assert that every field is as Gradescope's specification says."""
    assert set(results) == {
        "score",
        "execution_time",
        "output",
        "stdout_visibility",
        "extra_data",
        "tests",
    }
    assert type(results["score"]) is float
    assert type(results["execution_time"]) is float
    assert 0 < results["execution_time"] < TIMEOUT_SECONDS
    assert type(results["output"]) is str
    assert results["stdout_visibility"] in VISIBILITIES
    assert type(results["extra_data"]) is dict
    for number, test in enumerate(results["tests"], 1):
        assert set(test) == {
            "score",
            "max_score",
            "status",
            "name",
            "number",
            "output",
            "output_format",
            "visibility",
        }
        assert type(test["score"]) is type(test["max_score"]) is float
        assert 0 <= test["score"] <= test["max_score"]
        assert test["status"] in STATUSES
        assert test["name"]
        assert test["number"] == str(number)
        assert test["output"]
        assert test["output_format"] == "text"
        assert test["visibility"] in VISIBILITIES
    assert results["score"] == sum(test["score"] for test in results["tests"])


def test_the_reference_earns_all_points(autograder: Path) -> None:
    results = graded(autograder, REFERENCE)
    assert results["score"] == 100.0
    visible = [test for test in results["tests"] if test["visibility"] == "visible"]
    assert len(visible) == 12
    assert {test["status"] for test in visible} == {"passed"}


def test_files_may_lie_in_a_folder_of_the_submission(autograder: Path) -> None:
    nested = {f"work/{name}": content for name, content in REFERENCE.items()}
    assert graded(autograder, nested)["score"] == 100.0


def test_a_wrong_portion_is_explained(autograder: Path) -> None:
    results = graded(autograder, filled({"client_logic.login": "client.login(username)"}))
    assert results["score"] == 94.0
    (failed,) = [test for test in results["tests"] if test["status"] == "failed"]
    assert failed["name"] == "login (client_logic.py)"
    assert "called login without await" in failed["output"]


def test_the_handout_earns_nothing(autograder: Path) -> None:
    assert graded(autograder, SKELETONS)["score"] == 0.0


def test_an_empty_submission_is_graded(autograder: Path) -> None:
    results = graded(autograder, {})
    assert results["score"] == 0.0
    assert results["tests"][-1]["visibility"] == "hidden"


def test_a_submissions_own_modules_are_not_loaded(autograder: Path) -> None:
    own = dict.fromkeys(("conftest.py", "json.py", "tests/__init__.py"), b"raise SystemExit(1)")
    assert graded(autograder, REFERENCE | own)["score"] == 100.0


def test_an_attack_cannot_reach_the_results(autograder: Path) -> None:
    attack = next(attack for attack in ATTACKS if attack.name == "rewrites files")
    target = repr(str(autograder / "results" / "results.json"))
    files = filled({attack.function: attack.body.replace("RESULTS", target)})
    assert graded(autograder, files)["score"] == 94.0


@pytest.mark.skipif(not is_root(), reason="only root can start other users' processes")
def test_the_grader_and_the_results_cannot_be_read_by_others(autograder: Path) -> None:
    results = graded(autograder, REFERENCE)
    assert results["extra_data"]["flags"] == []
    for folder in ("source", "results"):
        assert (autograder / folder).stat().st_mode & 0o077 == 0


def test_setting_up_makes_a_user_that_can_do_nothing(autograder: Path) -> None:
    options = (autograder / "useradd").read_text().split()
    assert options[-1] == STUDENT_USER
    assert {"--system", "--no-create-home", "/usr/sbin/nologin"} <= set(options)


def test_a_grader_that_is_stopped_has_said_that_it_did_not_finish(autograder: Path) -> None:
    (autograder / "source/tests/grading/secret").unlink()
    with pytest.raises(subprocess.CalledProcessError):
        run(autograder, "run_autograder")
    results = json.loads((autograder / "results/results.json").read_text(encoding="utf-8"))
    assert results == {"score": 0.0, "output": UNFINISHED, "tests": []}


def test_a_python_that_is_too_old_is_told_when_it_is_set_up(
    autograder: Path, tmp_path: Path
) -> None:
    python = tmp_path / "commands" / "python3"
    python.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.8.10\nexit 1\n')
    with pytest.raises(subprocess.CalledProcessError) as told:
        run(autograder, "source/setup.sh", stderr=subprocess.PIPE)
    assert b"needs Python 3.10 or newer, and this is Python 3.8.10" in told.value.stderr
    # Whoever runs it all the same is told, too.
    with pytest.raises(subprocess.CalledProcessError):
        run(autograder, "run_autograder")
    results = json.loads((autograder / "results/results.json").read_text(encoding="utf-8"))
    assert results == {"score": 0.0, "output": UNFINISHED, "tests": []}


@pytest.mark.skipif(not is_root(), reason="only root may be told that it may not")
@pytest.mark.skipif(not shutil.which("setpriv"), reason="setpriv takes rights away")
def test_root_without_the_right_to_lock_up_refuses(autograder: Path) -> None:
    script = autograder / "run_autograder"
    script.write_text(
        script.read_text().replace("exec ", "exec setpriv --bounding-set=-sys_chroot ")
    )
    for name, content in REFERENCE.items():
        (autograder / "submission" / name).write_bytes(content)
    with pytest.raises(subprocess.CalledProcessError):
        run(autograder, "run_autograder")
    results = json.loads((autograder / "results/results.json").read_text(encoding="utf-8"))
    assert results == {"score": 0.0, "output": UNCONFINED_ROOT, "tests": []}


def test_the_zip_has_the_scripts_and_not_the_solution(archive: Path) -> None:
    with zipfile.ZipFile(archive) as files:
        names = files.namelist()
        for script in ("setup.sh", "run_autograder"):
            assert files.getinfo(script).external_attr >> 16 & 0o777 == 0o755
            assert b"\r" not in files.read(script)
        contents = b"".join(files.read(name) for name in names)
    assert "tests/grading/skeleton/server_logic.py" in names
    assert "server_logic.py" not in names
    assert b"return key in users" not in contents
    assert b"if registered(key)" not in contents
