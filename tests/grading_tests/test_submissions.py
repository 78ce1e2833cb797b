"""The two files are picked out of what a student handed in, whatever they are called."""

import gc
import time
from contextlib import suppress
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.grading.exports import recognised
from tests.grading.students import CannotTell
from tests.grading.submissions import choose, in_folder, named
from tests.grading.tree import Entry
from tests.grading_tests.exported import Files, lay_out, under, work, zipped

NAME_SECONDS = 0.05


@pytest.mark.parametrize(
    ("name", "module", "exact"),
    [
        ("server_logic.py", "server_logic", True),
        ("Client_Logic.PY", "client_logic", True),
        ("server-logic.py", "server_logic", True),
        ("server logic.py", "server_logic", True),
        ("serverlogic.py", "server_logic", True),
        ("server_logic (1).py", "server_logic", True),
        ("server_logic-2.py", "server_logic", True),
        ("server_logic - Copy (3).py", "server_logic", True),
        ("client_logic - Kopie.py", "client_logic", True),
        ("client_logic.py.txt", "client_logic", True),
        ("client_logic.txt", "client_logic", True),
        ("server_logic_final.py", "server_logic", False),
        ("my server_logic.py", "server_logic", False),
        ("client_logic_server_logic.py", "server_logic", False),
    ],
)
def test_a_name_says_which_file_is_meant(name: str, module: str, exact: bool) -> None:
    found = named(name)
    assert found is not None
    assert (found.module, found.exact) == (module, exact)


@pytest.mark.parametrize(
    "name",
    [
        "test_server_logic.py",
        "server.py",
        "server_logic.docx",
        "my server_logic.txt",
        ".py",
        "logic",
    ],
)
def test_other_names_are_neither_file(name: str) -> None:
    assert named(name) is None


NAME_PARTS = st.one_of(
    st.sampled_from(
        ("server_logic", "client_logic", ".py", "_", "-", " ", "(", ")", "copy", "LATE")
    ),
    st.sampled_from(
        (" - ", "2026-10-05-14-22-31", "_assignsubmission_", "attempt", "[", "<", ":", "#")
    ),
    st.text("0123456789", min_size=1, max_size=60),
    st.text(" _-()", min_size=1, max_size=60),
    st.text(max_size=30),
)


def within_the_time(name: str) -> None:
    """Have a name judged every way that a name is."""
    # To look through what earlier tests have left, or to run other threads, is none of its time.
    gc.disable()
    began = time.thread_time()
    named(name)
    with suppress(CannotTell):
        recognised("given", [Entry(PurePosixPath(name.replace("/", "_")))])
    taken = time.thread_time() - began
    gc.enable()
    assert taken < NAME_SECONDS


@settings(max_examples=300)
@given(st.lists(NAME_PARTS, min_size=1, max_size=30).map("".join))
def test_any_name_is_judged_at_once(name: str) -> None:
    within_the_time(name or "x")


@pytest.mark.parametrize(
    "name",
    [
        "1" * 45,
        "server_logic" + "1" * 400 + ".py",
        "server_logic" + " (1)" * 100 + ".py!",
        "server_logic" + " - Copy" * 60 + "!.py",
        "a_1" * 130 + "_server_logic.py",
        "2026-10-05-14-22-31_" * 20 + "2026-10-05-14-22-31",
        "1-2 - " + "a - " * 100 + "server_logic.py",
        "(" * 200 + ")" * 200,
        "server_logic" * 300,
        "_1" * 2000 + ".py",
    ],
)
def test_names_that_invite_a_search_without_end_are_judged_at_once(name: str) -> None:
    within_the_time(name)


def chosen(folder: Path, files: Files) -> tuple[dict[str, bytes], tuple[str, ...]]:
    submission = in_folder("ada", lay_out(folder, files))
    return submission.files, submission.flags


def test_names_of_their_own_are_understood_and_told(tmp_path: Path) -> None:
    files = {"server_logic_final.py": b"s", "Client-Logic.py.txt": b"c"}
    assert chosen(tmp_path, files) == (
        {"server_logic.py": b"s", "client_logic.py": b"c"},
        (
            "server_logic.py is named server_logic_final.py",
            "client_logic.py is named Client-Logic.py.txt",
        ),
    )


@pytest.mark.parametrize(
    ("files", "graded"),
    [
        ({"server_logic.py": b"", "server_logic (1).py": b"+"}, "server_logic (1).py"),
        ({"server_logic.py": b"+", "server_logic - Copy.py": b""}, "server_logic.py"),
        ({"server_logic.py": b"+", "old/server_logic.py": b""}, "server_logic.py"),
        ({"old/server_logic.py": b"", "new/server_logic.py": b"+"}, "new/server_logic.py"),
        ({"v2/server_logic.py": b"", "v10/server_logic.py": b"+"}, "v10/server_logic.py"),
        ({"server_logic_old.py": b"", "a/server_logic.py": b"+"}, "a/server_logic.py"),
    ],
)
def test_of_several_the_last_is_graded_and_that_is_told(
    tmp_path: Path, files: Files, graded: str
) -> None:
    found, flags = chosen(tmp_path, files)
    assert found == {"server_logic.py": b"+"}
    assert flags == (f"server_logic.py is there 2 times; graded: {graded}",)


def test_what_the_handout_keeps_is_never_graded(tmp_path: Path) -> None:
    files = under("lab/tests/grading/skeleton/", work("nobody"))
    assert chosen(tmp_path, files) == ({}, ())


@pytest.mark.parametrize("ending", [".7z", ".rar", ".docx", ".ipynb"])
def test_what_is_neither_python_nor_a_zip_is_told(tmp_path: Path, ending: str) -> None:
    submission = in_folder("ada", lay_out(tmp_path, {f"homework{ending}": b"x"}))
    assert submission.unread
    assert submission.flags == (f"homework{ending} cannot be read: it is neither Python nor a zip",)


def test_a_report_beside_both_files_is_no_matter(tmp_path: Path) -> None:
    submission = in_folder("ada", lay_out(tmp_path, {**work("ada"), "report.docx": b"x"}))
    assert (submission.unread, submission.flags) == (False, ())


def test_another_name_altogether_is_told(tmp_path: Path) -> None:
    assert chosen(tmp_path, {"homework.py": b""}) == (
        {},
        ("neither file is there, but homework.py",),
    )


def test_a_file_longer_than_any_honest_one_is_told(tmp_path: Path) -> None:
    files = {"server_logic.py": b"#" * (1024 * 1024 + 1), "a.zip": zipped(work("ada"))}
    found, flags = chosen(tmp_path, files)
    assert found == work("ada")
    assert flags[0] == "server_logic.py is too large"
    assert flags[1] == "server_logic.py is there 2 times; graded: a.zip/server_logic.py"


def test_what_is_told_of_a_name_is_short_and_harmless() -> None:
    name = "\x1b[31m" + "ä" * 100 + "server_logic.py"
    (flag, *_) = choose("ada", [Entry(PurePosixPath(name))]).flags
    assert flag.isprintable()
    assert len(flag) < 120
    link = Entry(PurePosixPath("\x1b/server_logic.py"), problem="is a link")
    assert choose("ada", [link]).flags == ("\\x1b/server_logic.py is a link",)
