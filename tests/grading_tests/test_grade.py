"""`grade` writes what was asked for, and goes on where it was stopped."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.grading import batch, desk, runner
from tests.grading.assignment import FUNCTIONS
from tests.grading.batch import Outputs
from tests.grading.desk import Result
from tests.grading_tests.processes import descendants
from tests.grading_tests.submitted import PROJECT, REFERENCE, SKELETONS, filled
from tests.test_programs import eventually

TIMEOUT_SECONDS = 60
NAMES = [function.full_name for function in FUNCTIONS]
FIELDS = {"name", "score", "max_score", "functions", "flags", "seconds", "sandboxed"}
WRONG = {"server_logic.registered": "return True"}


@pytest.fixture
def class_folder(tmp_path: Path) -> Path:
    """Three submissions: all right, one function wrong, not filled in."""
    submissions = {"ada": REFERENCE, "=alan()": filled(WRONG), "grace": SKELETONS}
    for name, files in submissions.items():
        for file_name, content in files.items():
            path = tmp_path / "class" / name / file_name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return tmp_path / "class"


def run(*arguments: str | Path, status: int = 0) -> str:
    """Run the desk's command line; return its standard output."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.grading", *map(str, arguments)],
        cwd=PROJECT,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    assert done.returncode == status, done.stderr
    return done.stdout


def results_in(path: Path) -> dict[str, Any]:
    """Return the submissions in a file of results, by name."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return {submission["name"]: submission for submission in content["submissions"]}


def test_results_are_written_as_json_csv_and_feedback(class_folder: Path, tmp_path: Path) -> None:
    table, feedback = tmp_path / "out" / "results.csv", tmp_path / "feedback"
    file = tmp_path / "out" / "results.json"
    printed = run(
        "grade", class_folder, "--json", file, "--csv", table, "--feedback", feedback, "--jobs", "2"
    )
    assert "3 submissions" in printed
    results = results_in(file)
    assert {name: result["score"] for name, result in results.items()} == {
        "=alan()": 94,
        "ada": 100,
        "grace": 0,
    }
    for result in results.values():
        assert set(result) == FIELDS
        assert result["max_score"] == 100
        assert list(result["functions"]) == NAMES
        assert result["score"] == sum(mark["score"] for mark in result["functions"].values())
        assert result["flags"] == []
        for mark in result["functions"].values():
            assert set(mark) == {"score", "max_score", "message"}
            assert bool(mark["message"]) == (mark["score"] < mark["max_score"])
    with table.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    assert rows[0] == ["submission", "total", *NAMES, "flags", "seconds"]
    assert [row[:3] for row in rows[1:]] == [
        ["'=alan()", "94", "0"],
        ["ada", "100", "6"],
        ["grace", "0", "0"],
    ]
    assert sorted(path.name for path in feedback.iterdir()) == [
        "=alan().txt",
        "ada.txt",
        "grace.txt",
    ]
    text = (feedback / "=alan().txt").read_text(encoding="utf-8")
    assert results["=alan()"]["functions"]["server_logic.registered"]["message"] in text


def test_grading_again_tells_the_same(class_folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    run("grade", class_folder, "--json", file)
    first = results_in(file)
    run("grade", class_folder, "--json", file)
    assert {name: result["functions"] for name, result in results_in(file).items()} == {
        name: result["functions"] for name, result in first.items()
    }


def test_a_run_that_was_stopped_goes_on_where_it_was(
    class_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs = Outputs(tmp_path / "results.json", None, None)
    graded: list[bytes] = []
    grade = desk.grade

    def stopping(files: dict[str, bytes], *arguments: Any) -> Result:
        if len(graded) == 2:
            raise KeyboardInterrupt
        graded.append(files["server_logic.py"])
        return grade(files, *arguments)

    monkeypatch.setattr(batch, "grade", stopping)
    with pytest.raises(KeyboardInterrupt):
        batch.run([class_folder], outputs, 1, 1.0)
    assert not (tmp_path / "results.json").exists()
    already, graded[:] = list(graded), []
    batch.run([class_folder], outputs, 1, 1.0)
    assert len(already) == 2
    assert len(graded) == 1
    assert graded[0] not in already
    assert len(results_in(tmp_path / "results.json")) == 3
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["results.json"]


def test_what_was_changed_since_is_graded_again(
    class_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs = Outputs(tmp_path / "results.json", None, None)
    monkeypatch.setattr(batch, "write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        batch.run([class_folder], outputs, 2, 1.0)
    monkeypatch.undo()
    (class_folder / "grace" / "server_logic.py").write_bytes(REFERENCE["server_logic.py"])
    batch.run([class_folder], outputs, 2, 1.0)
    assert results_in(tmp_path / "results.json")["grace"]["score"] == 82


def test_a_journal_cut_off_in_a_line_is_used_up_to_there(
    class_folder: Path, tmp_path: Path
) -> None:
    journal = tmp_path / "results.json.unfinished"
    journal.write_text('{"limit": 1.0, "desk": "anoth', encoding="utf-8")
    batch.run([class_folder], Outputs(tmp_path / "results.json", None, None), 2, 1.0)
    assert len(results_in(tmp_path / "results.json")) == 3


@pytest.mark.skipif(not runner.is_root(), reason="only root may be told that it may not")
@pytest.mark.skipif(not shutil.which("setpriv"), reason="setpriv takes rights away")
def test_root_without_the_right_to_lock_up_refuses_to_grade_and_checks(class_folder: Path) -> None:
    def unrighteous(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        command = ["setpriv", "--bounding-set=-setuid", sys.executable, "-m", "tests.grading"]
        return subprocess.run(
            [*command, *map(str, arguments)],
            cwd=PROJECT,
            capture_output=True,
            encoding="utf-8",
            timeout=TIMEOUT_SECONDS,
            check=False,
        )

    refused = unrighteous("grade", class_folder)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == f"{runner.UNCONFINED_ROOT}\n"
    checked = unrighteous("check", class_folder / "ada")
    assert checked.returncode == 0
    assert "100 of 100 points" in checked.stdout
    assert checked.stderr == f"{runner.UNSANDBOXED}\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to catch")
def test_a_run_told_to_stop_says_so_and_leaves_nothing_running(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "class" / "slow"
    folder.mkdir(parents=True)
    for name, content in filled({"server_logic.registered": "while True:\n    pass"}).items():
        (folder / name).write_bytes(content)
    command = [sys.executable, "-m", "tests.grading", "grade", str(folder), "--limit", "600"]
    running = subprocess.Popen(
        [*command, "--json", str(tmp_path / "results.json")],
        cwd=PROJECT,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    eventually(lambda: descendants(running.pid))
    running.send_signal(signal.SIGTERM)
    _, errors = running.communicate(timeout=TIMEOUT_SECONDS)
    assert running.returncode == 130
    assert b"goes on from here" in errors
    assert not list(tmp_path.glob("grading-*"))
    assert not descendants(running.pid)


@pytest.mark.parametrize(
    "arguments",
    [
        ["grade", "/no/such/folder"],
        ["grade", ".", "--jobs", "0"],
        ["grade", ".", "--limit", "never"],
        ["grade"],
        ["nonsense"],
        ["check", "/no/such/folder"],
    ],
)
def test_a_wrong_command_is_told_with_status_2(arguments: list[str]) -> None:
    run(*arguments, status=2)
