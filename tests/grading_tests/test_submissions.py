"""Submissions are found in whatever layout a learning platform exports."""

import io
import zipfile
from pathlib import Path

import pytest

from tests.grading.submissions import Submission, submissions

SERVER, CLIENT = b"# server", b"# client"
BOTH = {"server_logic.py": SERVER, "client_logic.py": CLIENT}


def lay_out(folder: Path, files: dict[str, bytes]) -> Path:
    """Write files below a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def zipped(files: dict[str, bytes]) -> bytes:
    """Return a zip of files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def found(*folders: Path) -> dict[str, dict[str, bytes]]:
    """Return the files found, by the name of the submission."""
    return {submission.name: submission.files for submission in submissions(folders)}


def under(prefix: str, files: dict[str, bytes] = BOTH) -> dict[str, bytes]:
    """Return files with something before their names."""
    return {f"{prefix}{name}": content for name, content in files.items()}


def test_a_folder_with_the_files_is_one_submission(tmp_path: Path) -> None:
    assert found(lay_out(tmp_path / "ada", BOTH)) == {"ada": BOTH}


def test_a_folder_of_folders_is_one_submission_each(tmp_path: Path) -> None:
    lay_out(tmp_path, under("ada/") | under("alan/"))
    assert found(tmp_path) == {"ada": BOTH, "alan": BOTH}


def test_the_files_may_be_nested(tmp_path: Path) -> None:
    lay_out(tmp_path, under("Ada Lovelace_12_assignsubmission_file_/project/src/"))
    assert found(tmp_path) == {"Ada Lovelace_12_assignsubmission_file_": BOTH}


def test_a_zip_is_a_submission(tmp_path: Path) -> None:
    lay_out(tmp_path, {"ada.zip": zipped(BOTH), "alan.zip": zipped(under("work/"))})
    assert found(tmp_path) == {"ada": BOTH, "alan": BOTH}
    assert found(tmp_path / "ada.zip") == {"ada": BOTH}


def test_a_zip_may_lie_in_a_students_folder(tmp_path: Path) -> None:
    lay_out(tmp_path, {"ada/homework.zip": zipped(under("homework/"))})
    assert found(tmp_path) == {"ada": BOTH}


def test_the_whole_export_may_be_one_zip(tmp_path: Path) -> None:
    lay_out(tmp_path, {"export.zip": zipped(under("class/ada/") | under("class/alan/"))})
    assert found(tmp_path / "export.zip") == {"ada": BOTH, "alan": BOTH}


def test_names_of_copies_are_understood(tmp_path: Path) -> None:
    names = ("server_logic (1).py", "client_logic-2.py", "server_logic - Copy.py")
    for number, name in enumerate(names):
        lay_out(tmp_path, {f"student{number}/{name}": SERVER})
    assert [list(files) for files in found(tmp_path).values()] == [
        ["server_logic.py"],
        ["client_logic.py"],
        ["server_logic.py"],
    ]


def test_of_two_copies_the_last_one_counts_and_is_flagged(tmp_path: Path) -> None:
    lay_out(tmp_path, {"ada/server_logic.py": b"old", "ada/server_logic (1).py": b"new"})
    (submission,) = submissions([tmp_path])
    assert submission.files == {"server_logic.py": b"new"}
    assert submission.flags == ("server_logic.py is there 2 times; graded: server_logic (1).py",)


def test_a_flat_export_is_told_apart_by_what_stands_before_the_names(tmp_path: Path) -> None:
    lay_out(tmp_path, under("ada_123_456_") | under("alan_LATE_124_457_"))
    assert found(tmp_path) == {"ada_123_456": BOTH, "alan_LATE_124_457": BOTH}


def test_a_student_without_files_is_a_submission_too(tmp_path: Path) -> None:
    lay_out(tmp_path, {"ada/essay.txt": b"", **under("alan/")})
    assert found(tmp_path) == {"ada": {}, "alan": BOTH}


def test_several_folders_with_the_same_name_inside_are_told_apart(tmp_path: Path) -> None:
    lay_out(tmp_path, under("ada/project/") | under("alan/project/"))
    assert len(found(tmp_path / "ada", tmp_path / "alan")) == 2


def test_what_systems_leave_behind_is_ignored(tmp_path: Path) -> None:
    left = {"__MACOSX/ada/._server_logic.py": b"x", ".DS_Store": b"", "notes.txt": b""}
    lay_out(tmp_path, under("ada/") | left)
    assert found(tmp_path) == {"ada": BOTH}


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    lay_out(tmp_path, {"secret.py": b"secret", "class/ada/client_logic.py": CLIENT})
    (tmp_path / "class/ada/server_logic.py").symlink_to(tmp_path / "secret.py")
    assert found(tmp_path / "class") == {"ada": {"client_logic.py": CLIENT}}


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nonsense", zipped({"a.zip": b"no zip"})])
def test_a_broken_zip_is_an_empty_submission(tmp_path: Path, content: bytes) -> None:
    lay_out(tmp_path, {"class/ada.zip": content})
    assert submissions([tmp_path / "class"]) == [Submission("ada", {}, ())]


def test_a_zip_that_would_fill_the_memory_is_not_unpacked(tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("server_logic.py", bytes(50 * 1024 * 1024))
    lay_out(tmp_path, {"class/ada.zip": content.getvalue()})
    assert found(tmp_path / "class") == {"ada": {}}


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="There is no folder"):
        submissions([tmp_path / "nowhere"])
