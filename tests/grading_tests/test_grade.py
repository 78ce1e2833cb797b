"""`grade` writes what was asked for, and goes on where it was stopped."""

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.tutor.assignment import FUNCTIONS
from tests.grading import batch, desk, runner
from tests.grading.batch import Outputs
from tests.grading.desk import Result
from tests.grading.submissions import shown
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
            assert set(mark) == {"score", "max_score", "message", "steps"}
            assert bool(mark["message"]) == (mark["score"] < mark["max_score"])
    with table.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.reader(lines))
    assert rows[0] == ["submission", "total", *NAMES, "flags", "seconds"]
    registered = rows[0].index("server_logic.registered")
    assert [[*row[:2], row[registered]] for row in rows[1:]] == [
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
    wrong = results["=alan()"]["functions"]["server_logic.registered"]
    assert wrong["message"] in text
    for line in wrong["steps"].splitlines():
        assert line in text


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
    grade_next = desk.grade_next

    def stopping(files: dict[str, bytes], *arguments: Any) -> Result:
        if len(graded) == 2:
            raise KeyboardInterrupt
        graded.append(files["server_logic.py"])
        return grade_next(files, *arguments)

    monkeypatch.setattr(batch, "grade_next", stopping)
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


@pytest.mark.parametrize("content", ['{"limit": 1.0, "desk": "anoth', "3\n", "[]\n{}\n", "\0"])
def test_a_journal_that_is_cut_off_or_none_is_used_as_far_as_it_can_be(
    class_folder: Path, tmp_path: Path, content: str
) -> None:
    journal = tmp_path / "results.json.unfinished"
    journal.write_text(content, encoding="utf-8")
    batch.run([class_folder], Outputs(tmp_path / "results.json", None, None), 2, 1.0)
    assert len(results_in(tmp_path / "results.json")) == 3


def test_whatever_judges_makes_another_desk_when_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tutor = Path("gui", "tutor")
    shutil.copytree(PROJECT / tutor, tmp_path / tutor)
    for name in REFERENCE:
        shutil.copy(PROJECT / name, tmp_path)
    monkeypatch.setattr(batch, "PROJECT", tmp_path)
    before = batch.desk_version()
    (tmp_path / tutor / "causes" / "calls.py").write_text("", encoding="utf-8")
    assert batch.desk_version() != before


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


SHEET = (
    'Identifier,"Full name",Grade,"Last modified (grade)"\r\n'
    '"Participant 1","Ada Lovelace",{},"-"\r\n"Participant 9","Grace Hopper",,-\r\n'
)
ROSTER = "name,email\nAda Lovelace,ada@x.edu\nJoan Clarke,joan@x.edu\n"


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Three students as Moodle exports them: two right, one's file cannot be read."""
    for number, name in enumerate(("Ada Lovelace", "Alan Turing", "Joan Clarke"), 1):
        folder = tmp_path / "export" / f"{name}_{number}_assignsubmission_file_"
        folder.mkdir(parents=True)
        for file_name, content in REFERENCE.items():
            if name == "Joan Clarke":
                (folder / "homework.rar").write_bytes(b"Rar!")
            else:
                (folder / file_name).write_bytes(content)
    return tmp_path / "export"


def test_a_sheet_is_filled_in_beside_the_one_that_was_given(export: Path, tmp_path: Path) -> None:
    sheet, roster, page = (tmp_path / name for name in ("sheet.csv", "roster.csv", "report.html"))
    sheet.write_bytes(SHEET.format("").encode())
    roster.write_text(ROSTER, encoding="utf-8")
    printed = run("grade", export, "--sheet", sheet, "--roster", roster, "--report", page)
    lines = printed.splitlines()
    assert lines[0] == "Moodle: 3 students"
    assert sheet.read_bytes() == SHEET.format("").encode()
    assert (tmp_path / "sheet.graded.csv").read_bytes() == SHEET.format("100").encode()
    assert "3 submissions, mean 100.0 of 100, without 1 that could not be read" in printed
    filled_in = f"Moodle: 1 grades under 'Grade', in {tmp_path / 'sheet.graded.csv'}"
    after = lines[lines.index(filled_in) :]
    assert after[1:] == [
        "Without a submission (1):",
        "  Participant 9, Grace Hopper, -",
        "Not filled in (2):",
        "  Alan Turing (2): no row, or no single one, is this student's",
        "  Joan Clarke (3): no row, or no single one, is this student's",
        "Not in the roster (1):",
        "  Alan Turing",
    ]
    assert "2 submissions" in page.read_text(encoding="utf-8")


def test_a_row_says_what_could_not_be_read(export: Path, tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    run("grade", export, "--json", file)
    (joan,) = [result for name, result in results_in(file).items() if "Joan" in name]
    assert joan["score"] == 0
    assert "homework.rar cannot be read: it is neither Python nor a zip" in joan["flags"]


def test_another_sheet_is_told_before_anything_is_graded(export: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("Name,Points\nAda,\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "tests.grading", "grade", str(export), "--sheet", str(sheet)],
        cwd=PROJECT,
        capture_output=True,
        encoding="utf-8",
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(f"{sheet} is left as it is: it is not one that Moodle")
    assert done.stdout == ""
    assert not (tmp_path / "sheet.graded.csv").exists()


def test_work_that_cannot_be_told_apart_is_refused(tmp_path: Path) -> None:
    for name in ("server_logic.py", "server_logic (1).py"):
        (tmp_path / name).write_bytes(b"")
    done = run("grade", tmp_path, status=2)
    assert done == ""


def test_regrading_says_what_differs(class_folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    run("grade", class_folder, "--json", file)
    (class_folder / "ada" / "server_logic.py").write_bytes(
        filled({"server_logic.logged_in": "return key in users"})["server_logic.py"]
    )
    printed = run("regrade", file, class_folder)
    assert printed.splitlines()[-3:] == [
        "ada: 100 → 94",
        "    logged_in: 6 → 0",
        "2 of 3 submissions as before",
    ]
    run("regrade", class_folder / "ada" / "server_logic.py", class_folder, status=2)


def test_a_desk_that_fails_at_one_submission_goes_on(
    class_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grade_next = desk.grade_next

    def failing(files: dict[str, bytes], *arguments: Any) -> Result:
        if files == REFERENCE:
            raise IndexError("tuple index out of range")
        return grade_next(files, *arguments)

    monkeypatch.setattr(batch, "grade_next", failing)
    batch.run([class_folder], Outputs(tmp_path / "results.json", None, None), 2, 1.0)
    results = results_in(tmp_path / "results.json")
    assert {name: result["score"] for name, result in results.items()} == {
        "=alan()": 94,
        "ada": 0,
        "grace": 0,
    }
    (flag,) = results["ada"]["flags"]
    assert flag.startswith("not graded: the desk could not judge it: IndexError")


FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@x",
    " =1+1",
    ";=1+1",
    "a;-1",
    "a, @x",
    "＝1+1",
    "\t=1",
    "x|=1",
    "'=1",
)


@pytest.mark.parametrize("text", FORMULAS)
def test_no_spreadsheet_finds_a_formula(text: str) -> None:
    harmless = unicodedata.normalize("NFKC", batch.without_formulas(text))
    for cell in re.split(r"[;,|\t]", harmless):
        assert not cell.strip(" ").startswith(tuple("=+-@"))


@given(st.text(max_size=50))
def test_nothing_that_leaves_the_desk_commands_a_terminal(text: str) -> None:
    assert batch.without_formulas(text).isprintable()
    assert shown(text).isprintable()


@given(st.lists(st.text(max_size=400), max_size=6))
def test_every_submission_has_a_file_name_that_every_system_takes(names: list[str]) -> None:
    found = list(batch.file_names(names))
    assert len({name.casefold() for name in found}) == len(names)
    for name in found:
        assert len(name.encode()) <= 255
        assert not re.search(r'[\x00-\x1f<>:"/\\|?*]', name)
        assert not re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)", name.partition(".")[0])


def test_files_for_names_of_any_length_are_written(tmp_path: Path) -> None:
    # As a zip may hold them; no folder can be called so.
    name = "ж" * 3000
    content = tmp_path / "class.zip"
    with zipfile.ZipFile(content, "w") as archive:
        for student in (f"{name}a", f"{name}b"):
            archive.writestr(f"{student}/server_logic.py", SKELETONS["server_logic.py"])
    batch.run([content], Outputs(tmp_path / "r.json", tmp_path / "r.csv", tmp_path / "f"), 2, 1.0)
    assert len(list((tmp_path / "f").iterdir())) == 2
    assert len(results_in(tmp_path / "r.json")) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["grade", "/no/such/folder"],
        ["grade", ".", "--jobs", "0"],
        ["grade", ".", "--limit", "never"],
        ["grade"],
        ["nonsense"],
        ["check", "/no/such/folder"],
        ["grade", ".", "--sheet", "/no/such/sheet.csv"],
        ["grade", ".", "--roster", "/no/such/roster.csv"],
        ["regrade", "/no/such/results.json", "."],
        ["regrade", "pyproject.toml", "."],
    ],
)
def test_a_wrong_command_is_told_with_status_2(arguments: list[str]) -> None:
    run(*arguments, status=2)
