"""Folders and archives are read within bounds, whatever is in them; what cannot be read is told."""

import bz2
import gzip
import io
import lzma
import os
import socket
import stat
import subprocess
import sys
import tarfile
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.grading.archives import STUDENT, ArchiveError, Limits, is_archive, members
from tests.grading.submissions import choose, in_folder
from tests.grading.tree import Tree
from tests.grading_tests.exported import Files, lay_out, tarred, under, work, zipped
from tests.grading_tests.submitted import PROJECT

COMPRESSIONS = {
    "stored": zipfile.ZIP_STORED,
    "deflated": zipfile.ZIP_DEFLATED,
    "bzip2": zipfile.ZIP_BZIP2,
    "lzma": zipfile.ZIP_LZMA,
}
ARCHIVES = {
    **{f"{name}.zip": zipped(work("ada"), kind) for name, kind in COMPRESSIONS.items()},
    "plain.tar": tarred(work("ada"), "w"),
    "gz.tar.gz": tarred(work("ada"), "w:gz"),
    "bz2.tar.bz2": tarred(work("ada"), "w:bz2"),
    "xz.tar.xz": tarred(work("ada"), "w:xz"),
}
needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


def flags_of(folder: Path, files: Files) -> tuple[str, ...]:
    return in_folder("ada", lay_out(folder, files)).flags


@pytest.mark.parametrize("name", ARCHIVES)
def test_every_kind_of_archive_is_read(tmp_path: Path, name: str) -> None:
    folder = lay_out(tmp_path, {f"ada/{name}": ARCHIVES[name], "alan/server_logic.py": b""})
    with Tree() as found:
        entries = [entry for entry in found.entries(folder) if entry.path.parts[0] == "ada"]
        assert choose("ada", entries).files == work("ada")
    assert in_folder("ada", folder / "ada").files == work("ada")


@settings(max_examples=150)
@given(st.sampled_from(sorted(ARCHIVES)), st.data())
def test_flipped_bits_cost_at_most_that_archive(name: str, data: st.DataObject) -> None:
    content = bytearray(ARCHIVES[name])
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    content = content[: data.draw(st.integers(0, len(content)))]
    read_all(name, bytes(content))


@given(st.sampled_from(sorted(ARCHIVES)), st.binary(max_size=600))
def test_any_bytes_are_read_as_an_archive_or_refused(name: str, content: bytes) -> None:
    read_all(name, content)


def read_all(name: str, content: bytes) -> None:
    """Read what is in an archive, as far as it can be."""
    with suppress(ArchiveError):
        for member in members(name, io.BytesIO(content), STUDENT):
            with suppress(ArchiveError):
                assert len(member.read(1000)) <= 1000


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nonsense", b"\x1f\x8b\x08"])
@pytest.mark.parametrize("ending", [".zip", ".tar.gz"])
def test_what_is_no_archive_is_told(tmp_path: Path, content: bytes, ending: str) -> None:
    submission = in_folder("ada", lay_out(tmp_path, {f"a{ending}": content, "b/notes.md": b""}))
    assert submission.flags == (f"a{ending} is damaged",)
    assert submission.unread


def test_the_only_archive_of_a_student_may_be_damaged(tmp_path: Path) -> None:
    submission = in_folder("ada", lay_out(tmp_path, {"a.zip": b"PK nonsense"}))
    assert (submission.files, submission.flags) == ({}, ("a.zip is damaged",))


def test_a_damaged_archive_inside_another_costs_nothing_else(tmp_path: Path) -> None:
    inner = bytearray(zipped(work("eve"), zipfile.ZIP_STORED))
    content = bytearray(zipped({"eve.zip": bytes(inner), **work("ada")}, zipfile.ZIP_STORED))
    content[content.index(b"server of eve")] ^= 1
    submission = in_folder("ada", lay_out(tmp_path, {"a.zip": bytes(content), "b/notes.md": b""}))
    assert submission.files == work("ada")


@pytest.mark.parametrize("name", [name for name in ARCHIVES if ".tar" in name])
def test_an_archive_that_is_cut_off_anywhere_costs_nobody_else(tmp_path: Path, name: str) -> None:
    content = ARCHIVES[name]
    if name == "plain.tar":  # of which the end is padding otherwise
        content = tarred({"server_logic.py": bytes(5000)}, "w")
    for size in range(0, len(content), max(len(content) // 40, 1)):
        folder = lay_out(tmp_path, {f"eve/{name}": content[:size], **under("ada/", work("ada"))})
        with Tree() as found:
            entries = [entry for entry in found.entries(folder) if entry.path.parts[0] == "ada"]
            assert choose("ada", entries).files == work("ada")


def test_an_archive_with_a_password_is_told(tmp_path: Path) -> None:
    content = bytearray(zipped(work("ada"), zipfile.ZIP_STORED))
    for place in range(len(content)):
        if content[place : place + 4] == b"PK\x01\x02":
            content[place + 8] |= 1  # as a zip says that a member is encrypted
    (first, *_) = flags_of(tmp_path, {"a.zip": bytes(content), "b/notes.md": b""})
    assert first.endswith("needs a password")


def test_an_empty_archive_is_told_and_is_no_fault_of_the_desk(tmp_path: Path) -> None:
    submission = in_folder("ada", lay_out(tmp_path, {"a.zip": zipped({}), "b/notes.md": b""}))
    assert submission.flags == ("a.zip is empty",)
    assert not submission.unread


def many_files(count: int) -> bytes:
    return zipped({f"{n}_server_logic.py": bytes(1024 * 1024) for n in range(count)})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.zip", many_files(80)),
        ("a.tar.gz", tarred({"picture.png": bytes(80 * 1024 * 1024)})),
        ("a.tar.xz", tarred({"picture.png": bytes(80 * 1024 * 1024)}, "w:xz")),
        ("a.zip", zipped({f"{n}.zip": many_files(30) for n in range(3)})),
    ],
)
def test_what_would_fill_the_memory_is_not_unpacked(
    tmp_path: Path, name: str, content: bytes
) -> None:
    files = {name: content, "b/notes.md": b""}
    (*_, last) = flags_of(tmp_path, files)
    assert last.startswith(name)
    assert last.endswith("is too large unpacked")


@pytest.mark.parametrize("name", ARCHIVES)
def test_too_many_members_are_told(name: str) -> None:
    with pytest.raises(ArchiveError, match="holds too many files"):
        list(members(name, io.BytesIO(ARCHIVES[name]), Limits(1, 1_000_000)))


def test_more_members_than_any_project_has_are_not_even_listed(tmp_path: Path) -> None:
    content = zipped({f"{n}.txt": b"" for n in range(STUDENT.members + 1)}, zipfile.ZIP_STORED)
    assert flags_of(tmp_path, {"a.zip": content, "b/notes.md": b""}) == (
        "a.zip holds too many files",
    )


def test_an_archive_within_itself_ends(tmp_path: Path) -> None:
    content = zipped(work("ada"))
    for _ in range(40):
        content = zipped({"a.zip": content})
    (flag,) = flags_of(tmp_path, {"a.zip": content, "b/notes.md": b""})
    assert flag.endswith("is nested too deeply")


@pytest.mark.parametrize(
    "name",
    [
        "../../server_logic.py",
        "/etc/server_logic.py",
        "C:\\ada\\server_logic.py",
        "a/./../b//server_logic.py",
        "/".join(["deep"] * 20) + "/server_logic.py",
        "ä" * 360 + "/server_logic.py",
        "\x1b]0;title\x07/server_logic.py",
    ],
)
def test_no_name_in_an_archive_leads_out_of_it(tmp_path: Path, name: str) -> None:
    before = set(tmp_path.parent.rglob("*"))
    submission = in_folder(
        "ada", lay_out(tmp_path / "ada", {"a.zip": zipped({name: b"+"}), "x": b""})
    )
    assert submission.files == {"server_logic.py": b"+"}
    assert {path.name for path in set(tmp_path.parent.rglob("*")) - before} == {"ada", "a.zip", "x"}


@pytest.mark.parametrize("length", [360, 5000, 60_000])
def test_names_of_any_length_are_read(tmp_path: Path, length: int) -> None:
    content = zipped({"x" * length + "_server_logic.py": b"+", **work("ada")})
    assert in_folder("ada", lay_out(tmp_path, {"a.zip": content})).files == work("ada")


class Unmarked(zipfile.ZipInfo):
    """A member whose name is UTF-8, and does not say so."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802  # zipfile's
        return self.filename.encode(), 0


def test_names_in_utf8_that_do_not_say_so_are_understood(tmp_path: Path) -> None:
    name = "Zoë Müller_12_assignsubmission_file_/server_logic.py"
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.writestr(Unmarked(name), b"")
    with Tree() as found:
        (entry,) = found.entries(tmp_path / "export.zip")
    assert str(entry.path) == name


def test_links_and_devices_in_archives_are_told(tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        entry = zipfile.ZipInfo("server_logic.py")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive_:
        for name, kind in (
            ("server_logic.py", tarfile.SYMTYPE),
            ("client_logic.py", tarfile.CHRTYPE),
        ):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            archive_.addfile(member)
    files = {"a.zip": content.getvalue(), "b.tar": tar.getvalue()}
    submission = in_folder("ada", lay_out(tmp_path, files))
    assert submission.files == {}
    assert submission.unread
    assert submission.flags == (
        "a.zip/server_logic.py is a link",
        "b.tar/server_logic.py is not a file",
        "b.tar/client_logic.py is not a file",
    )


@needs_posix
def test_pipes_sockets_links_and_devices_are_told_and_never_waited_for(tmp_path: Path) -> None:
    folder = lay_out(tmp_path, {"secret.py": b"secret", "ada/x.md": b""}) / "ada"
    os.mkfifo(folder / "server_logic.py")
    os.mkfifo(folder / "homework.zip")
    (folder / "client_logic.py").symlink_to(tmp_path / "secret.py")
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(os.path.relpath(folder / "server_logic (1).py"))
    listening.close()
    submission = in_folder("ada", folder)
    assert submission.files == {}
    assert set(submission.flags) == {
        "server_logic.py is not a file",
        "server_logic (1).py is not a file",
        "client_logic.py is a link",
        "homework.zip is not a file",
    }


@needs_posix
def test_a_file_that_becomes_a_pipe_meanwhile_is_told(tmp_path: Path) -> None:
    lay_out(tmp_path, work("ada"))
    with Tree() as found:
        entries = found.entries(tmp_path)
        (tmp_path / "server_logic.py").unlink()
        os.mkfifo(tmp_path / "server_logic.py")
        submission = choose("ada", entries)
    assert list(submission.files) == ["client_logic.py"]
    assert "server_logic.py is not a file" in submission.flags


@needs_posix
def test_what_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {**work("ada"), "inner/client_logic.py": b"", "homework.zip": zipped(work("ada"))}
    lay_out(tmp_path, files)
    if os.geteuid() == 0:
        # Root may read all: the system's answer to anybody else is put in its place.
        forbidden = {str(tmp_path / name) for name in ("server_logic.py", "homework.zip", "inner")}
        for name in ("open", "scandir"):
            asked = getattr(os, name)

            def refusing(path: object, *rest: object, asked: object = asked) -> object:
                if str(path) in forbidden:
                    raise PermissionError(13, "Permission denied")
                return asked(path, *rest)  # type: ignore[operator]

            monkeypatch.setattr(os, name, refusing)
    else:
        for name in ("server_logic.py", "homework.zip", "inner"):
            (tmp_path / name).chmod(0)
    submission = in_folder("ada", tmp_path)
    assert list(submission.files) == ["client_logic.py"]
    assert set(submission.flags) == {
        "server_logic.py cannot be read",
        "homework.zip cannot be read",
        "inner cannot be opened",
    }
    monkeypatch.undo()
    (tmp_path / "inner").chmod(0o700)


def test_folders_named_like_archives_and_files_are_folders(tmp_path: Path) -> None:
    files = under("a.zip/", work("ada")) | {"server_logic.py/notes.md": b""}
    assert in_folder("ada", lay_out(tmp_path, files)).files == work("ada")


def test_a_student_with_an_empty_folder_is_there(tmp_path: Path) -> None:
    lay_out(tmp_path, under("ada/", work("ada")))
    (tmp_path / "alan").mkdir()
    with Tree() as found:
        entries = found.entries(tmp_path)
    assert [(entry.name, entry.problem) for entry in entries if entry.problem] == [
        ("alan", "is empty")
    ]


def test_a_deep_folder_ends(tmp_path: Path) -> None:
    folder = lay_out(tmp_path, {"/".join("d" * 40) + "/server_logic.py": b""})
    (flag,) = in_folder("ada", folder).flags
    assert flag.endswith("is nested too deeply")


def test_what_is_not_there_or_no_archive_is_refused(tmp_path: Path) -> None:
    with Tree() as found:
        with pytest.raises(FileNotFoundError, match="There is no folder"):
            found.entries(tmp_path / "nowhere")
        with pytest.raises(ArchiveError, match="neither a folder nor an archive"):
            found.entries(lay_out(tmp_path, {"a.txt": b""}) / "a.txt")


@pytest.mark.parametrize(
    "compress", [gzip.compress, bz2.compress, lzma.compress], ids=["gz", "bz2", "xz"]
)
def test_a_compressed_file_that_is_no_tar_is_told(tmp_path: Path, compress: object) -> None:
    content = compress(b"no tar at all" * 100)  # type: ignore[operator]
    assert flags_of(tmp_path, {"a.tar.gz": content, "b/x": b""}) == ("a.tar.gz is damaged",)


def test_names_of_archives_are_known_in_any_case() -> None:
    assert is_archive("A.ZIP")
    assert is_archive("a.Tar.Gz")
    assert not is_archive("a.gz")


@pytest.mark.long
def test_the_long_run_says_what_it_saw() -> None:
    command = [sys.executable, "-m", "tests.endurance.handed_in", "--count", "20"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "names: the slowest" in done.stdout
