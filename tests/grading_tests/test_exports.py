"""Each student's work is found under that student's name, or it is said why it cannot be."""

from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.grading.exports import found_in, recognised
from tests.grading.students import CannotTell, Export
from tests.grading.submissions import choose
from tests.grading.tree import Entry, Tree, inside
from tests.grading_tests.exported import Files, lay_out, tarred, under, work, zipped

HANDOUT = under("tests/grading/skeleton/", work("nobody")) | {"protocol.py": b"", "README.md": b""}

GRADESCOPE = b"""\
---
submission_101:
  :submitters:
  - :name: "Zo\\u00EB M\\xFCller"
    :sid: '7'
    :email: zoe@example.org
  :created_at: 2026-10-05 14:22:31.000000000 Z
  :score: 10.0
  :history:
  - :id: 99
    :name: nobody
submission_102:
  :submitters:
  - :name: 'Miles O''Brien'
    :sid:
  - :name: Alan Turing
  :status: processed
"""

SHAPES: dict[str, tuple[str, Files, dict[str, str]]] = {
    "moodle, a folder each": (
        "Moodle",
        under("Ada Lovelace_123456_assignsubmission_file_/", work("ada"))
        | under("Alan Turing_123457_assignsubmission_file_/project/", work("alan"))
        | {"Grace Hopper_123458_assignsubmission_onlinetext_/onlinetext.html": b"hello"},
        {
            "Ada Lovelace (123456)": "ada",
            "Alan Turing (123457)": "alan",
            "Grace Hopper (123458)": "",
        },
    ),
    "moodle, flat": (
        "Moodle",
        under("Ada Lovelace_123456_assignsubmission_file_", work("ada"))
        | under("Alan Turing_123457_assignsubmission_file_", work("alan")),
        {"Ada Lovelace (123456)": "ada", "Alan Turing (123457)": "alan"},
    ),
    "moodle, marked blind, without the last underscore": (
        "Moodle",
        under("Teilnehmer_41_assignsubmission_file/", work("ada"))
        | under("Teilnehmer_42_assignsubmission_file/", work("alan")),
        {"Teilnehmer (41)": "ada", "Teilnehmer (42)": "alan"},
    ),
    "moodle, with feedback that is never graded": (
        "Moodle",
        under("李 明_5_assignsubmission_file_/", work("ming"))
        | under("李 明_5_assignfeedback_file_/", work("teacher")),
        {"李 明 (5)": "ming"},
    ),
    "canvas": (
        "Canvas",
        {
            "lovelaceada_12_9001_server_logic.py": work("ada")["server_logic.py"],
            "lovelaceada_12_9002_client_logic.py": work("ada")["client_logic.py"],
            "turingalan_LATE_13_9004_server_logic-1.py": work("alan")["server_logic.py"],
            "turingalan_LATE_13_9003_server_logic.py": work("an earlier alan")["server_logic.py"],
            "turingalan_LATE_13_9005_client_logic.py": work("alan")["client_logic.py"],
            "hoppergrace_14_text.html": b"hello",
            "lovelaceada_15_9006_server_logic.py": work("another ada")["server_logic.py"],
            "lovelaceada_15_9007_client_logic.py": work("another ada")["client_logic.py"],
        },
        {
            "lovelaceada (12)": "ada",
            "lovelaceada (15)": "another ada",
            "turingalan (13)": "alan",
            "hoppergrace (14)": "",
        },
    ),
    "canvas, marked blind": (
        "Canvas",
        under("anon_x7Kq2_9001_", work("ada")) | under("LATE_anon_12345_9003_", work("alan")),
        {"anonymous x7Kq2": "ada", "anonymous 12345": "alan"},
    ),
    "blackboard": (
        "Blackboard",
        {"Lab 1_al123_attempt_2026-10-05-14-22-31.txt": b"Name: Ada Lovelace (al123)\n"}
        | under("Lab 1_al123_attempt_2026-10-05-14-22-31_", work("an earlier ada"))
        | under("Lab 1_al123_attempt_2026-10-06-09-00-00_", work("ada"))
        | under("Lab 1_a_turing_attempt_2026-10-05-14-22-31_", work("alan"))
        | {"Lab 1_gh9_attempt_2026-10-05-14-22-31.txt": b""},
        {"Ada Lovelace (al123)": "ada", "a_turing": "alan", "gh9": ""},
    ),
    "blackboard, in another language": (
        "Blackboard",
        under("TP_1_al123_tentative_2026-10-05-14-22-31_", work("ada"))
        | under("TP_1_at9_tentative_2026-10-05-14-22-31_", work("alan")),
        {"al123": "ada", "at9": "alan"},
    ),
    "brightspace": (
        "Brightspace",
        under("12345-67890 - Ada Lovelace - Oct 5, 2026 1022 PM/", work("an earlier ada"))
        | under("12345-67890 - Ada Lovelace - Oct 6, 2026 922 AM/", work("ada"))
        | under("12346-67890 - Ada Lovelace - Oct 6, 2026 922 AM/", work("another ada"))
        | under("12347-67890 - Jean-Luc - 5 oct. 2026 22h22/", work("luc"))
        | {"index.html": b""},
        {
            "Ada Lovelace (12345)": "ada",
            "Ada Lovelace (12346)": "another ada",
            "Jean-Luc (12347)": "luc",
        },
    ),
    "brightspace, flat": (
        "Brightspace",
        under("1-2 - Ada Lovelace - Oct 5, 2026 1022 PM - ", work("ada"))
        | under("3-2 - Alan Turing - Oct 5, 2026 1022 PM - ", work("alan")),
        {"Ada Lovelace (1)": "ada", "Alan Turing (3)": "alan"},
    ),
    "sakai": (
        "Sakai",
        under("Lab 1/Lovelace, Ada(al123)/Submission attachment(s)/", work("ada"))
        | under("Lab 1/Lovelace, Ada(al123)/Feedback Attachment(s)/", work("teacher"))
        | {"Lab 1/Lovelace, Ada(al123)/timestamp.txt": b"2026"}
        | {"Lab 1/Hopper, Grace(gh9)/timestamp.txt": b"2026", "Lab 1/grades.csv": b""},
        {"Lovelace, Ada (al123)": "ada", "Hopper, Grace (gh9)": ""},
    ),
    "sakai, in another language": (
        "Sakai",
        under("TP/Lovelace, Ada(al1)/Rétroaction/", work("teacher"))
        | under("TP/Lovelace, Ada(al1)/Fichiers joints/", work("ada"))
        | {"TP/Lovelace, Ada(al1)/timestamp.txt": b"2026"},
        {"Lovelace, Ada (al1)": "ada"},
    ),
    "sakai, without folders": (
        "Sakai",
        under("Lab/Lovelace, Ada(al1)_Submission attachment(s)_", work("ada"))
        | under("Lab/Turing, Alan(at2)_Submission attachment(s)_", work("alan")),
        {"Lovelace, Ada (al1)": "ada", "Turing, Alan (at2)": "alan"},
    ),
    "gradescope": (
        "Gradescope",
        {"assignment_9_export/submission_metadata.yml": GRADESCOPE}
        | under("assignment_9_export/submission_101/", work("zoë"))
        | under("assignment_9_export/submission_102/src/", work("the group")),
        {"Zoë Müller (7)": "zoë", "Miles O'Brien & Alan Turing": "the group"},
    ),
    "gradescope, without the file of names": (
        "Gradescope",
        under("submission_101/", work("one")) | under("submission_102/", work("two")),
        {"submission_101": "one", "submission_102": "two"},
    ),
    "google drive, with names": (
        "Files named after students",
        under("Ada Lovelace - ", work("ada")) | under("Alan Turing - ", work("alan")),
        {"Ada Lovelace": "ada", "Alan Turing": "alan"},
    ),
    "github classroom": (
        "GitHub Classroom",
        under("lab-1-ada/", {**HANDOUT, **work("ada")})
        | under("lab-1-alan-t/", {**HANDOUT, **work("alan")})
        | under("lab-1-grace/", HANDOUT),
        {"lab-1-ada": "ada", "lab-1-alan-t": "alan", "lab-1-grace": ""},
    ),
    "a folder each": (
        "Folders",
        under("ada/", work("ada")) | under("alan/", work("alan")) | {"grace/essay.pdf": b""},
        {"ada": "ada", "alan": "alan", "grace": ""},
    ),
    "sections": (
        "Folders",
        under("Monday/ada/", work("ada"))
        | under("Monday/alan/", work("alan"))
        | under("Friday/ada/lab/", work("another ada")),
        {"Monday/ada": "ada", "Monday/alan": "alan", "Friday/ada": "another ada"},
    ),
    "sections of several": (
        "Folders",
        under("Monday/ada/", work("ada"))
        | under("Monday/alan/", work("alan"))
        | under("Friday/grace/", work("grace"))
        | under("Friday/joan/", work("joan")),
        {name: name for name in ("ada", "alan", "grace", "joan")},
    ),
    "numbers for names": (
        "Folders",
        under("1/", work("one")) | under("2/", work("two")),
        {"1": "one", "2": "two"},
    ),
    "versions of one student's": (
        "Folders",
        under("ada/v1/", work("an earlier ada"))
        | under("ada/v2/", work("ada"))
        | under("alan/", work("alan")),
        {"ada": "ada", "alan": "alan"},
    ),
    "the two files apart": (
        "Folders",
        {"ada/server/server_logic.py": work("ada")["server_logic.py"]}
        | {"ada/client/client_logic.py": work("ada")["client_logic.py"]}
        | under("alan/", work("alan")),
        {"ada": "ada", "alan": "alan"},
    ),
    "archives": (
        "Folders",
        {
            "ada.zip": zipped(work("ada")),
            "alan.tar.gz": tarred(under("./client-registry/", {**HANDOUT, **work("alan")})),
            "grace.tar.xz": tarred(work("grace"), "w:xz"),
            "joan.tar.bz2": tarred(work("joan"), "w:bz2"),
            "mary.tar": tarred(work("mary"), "w"),
        },
        {name: name for name in ("ada", "alan", "grace", "joan", "mary")},
    ),
    "the handout, zipped once more in the student's folder": (
        "Folders",
        {"ada/homework.zip": zipped({"deep.zip": zipped(under("x/", {**HANDOUT, **work("ada")}))})}
        | under("alan/", work("alan")),
        {"ada": "ada", "alan": "alan"},
    ),
    "names before or after the files' own": (
        "Files named after students",
        under("ada_", work("ada"))
        | {name.replace(".py", "_alan.py"): data for name, data in work("alan").items()},
        {"ada": "ada", "alan": "alan"},
    ),
    "what systems leave": (
        "Folders",
        under("ada/", work("ada"))
        | under("alan/", work("alan"))
        | under("__MACOSX/ada/._", work("mac"))
        | under("alan/.git/", work("git"))
        | {".DS_Store": b"", "ada/Thumbs.db": b""},
        {"ada": "ada", "alan": "alan"},
    ),
}


def wrapped(folder: Path, files: Files) -> Path:
    return lay_out(folder / "a wrapper" / "another", files).parent.parent


def as_zip(folder: Path, files: Files) -> Path:
    return lay_out(folder, {"export.zip": zipped(files)}) / "export.zip"


def as_tar(folder: Path, files: Files) -> Path:
    return lay_out(folder, {"export.tar.gz": tarred(files)}) / "export.tar.gz"


def in_folder(folder: Path, files: Files) -> Path:
    return lay_out(folder, {"export.zip": zipped(under("wrapper/", files)), "grades.csv": b""})


def export_of(*folders: Path) -> tuple[list[Export], dict[str, str]]:
    """Return the exports, and who is named in the files of each student."""
    with Tree() as tree:
        exports = found_in(list(folders), tree)
        whose = {}
        for handed in (handed for export in exports for handed in export.handed):
            files = choose(handed.name, handed.entries).files
            named = {text.decode().strip().partition(" of ")[2] for text in files.values()}
            assert len(named) <= 1, "files of several students are mixed"
            whose[handed.name] = named.pop() if named else ""
    return exports, whose


def one_export(folder: Path) -> tuple[Export, dict[str, str]]:
    (export,), whose = export_of(folder)
    return export, whose


@pytest.mark.parametrize("way", [lay_out, wrapped, as_zip, as_tar, in_folder])
@pytest.mark.parametrize("shape", SHAPES)
def test_each_students_work_is_found_under_the_students_name(
    tmp_path: Path, shape: str, way: Callable[[Path, Files], Path]
) -> None:
    platform, files, students = SHAPES[shape]
    export, whose = one_export(way(tmp_path / "export", files))
    assert whose == students
    assert export.platform == platform
    assert export.sentence().startswith(f"{platform}: {len(students)} student")


@pytest.mark.parametrize("way", [lay_out, wrapped, as_zip])
@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({**work("a"), "server_logic (1).py": b"", "client_logic (1).py": b""}, "(1)"),
        ({**work("the solution"), **under("ada/", work("ada"))}, "ada"),
        ({"homework.zip": zipped(work("a")), "homework (1).zip": zipped(work("b"))}, "(1).zip"),
        ({"essay.txt": b"", "notes/picture.png": b""}, "essay.txt"),
        (
            {
                "week 1.zip": zipped(under("lovelaceada_1_2_", work("a"))),
                "week 2.zip": zipped(under("lovelaceada_1_3_", work("b"))),
            },
            "week 1.zip",
        ),
    ],
)
def test_what_cannot_be_told_is_refused_with_the_names_found(
    tmp_path: Path, files: Files, said: str, way: Callable[[Path, Files], Path]
) -> None:
    with pytest.raises(CannotTell) as refusal:
        one_export(way(tmp_path / "export", files))
    assert said in str(refusal.value)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            under("ada/bob/", work("bob"))
            | under("ada/eve/", work("eve"))
            | under("alan/", work("alan")),
            "bob, eve",
        ),
        (
            under("ada_", work("a"))
            | {"ada_server_logic (1).py": b""}
            | under("alan_", work("alan")),
            "ada_server_logic (1).py",
        ),
        (
            under("9-2 - ada - 5 wrz 2026 1022/", work("a"))
            | under("9-2 - ada - 5 paź 2026 1022/", work("b"))
            | under("7-2 - alan - Oct 5, 2026 1022 PM/", work("alan")),
            "which of these attempts",
        ),
    ],
)
def test_a_student_whose_work_cannot_be_told_is_refused_alone(
    tmp_path: Path, files: Files, said: str
) -> None:
    export, whose = one_export(lay_out(tmp_path, files))
    (refused,) = [handed for handed in export.handed if handed.refused]
    assert refused.name.startswith("ada")
    assert said in refused.refused
    assert whose[refused.name] == ""
    assert [name.split()[0] for name, who in whose.items() if who] == ["alan"]
    assert "1 not graded" in export.sentence()


def test_of_several_attempts_the_latest_is_taken_and_both_are_told(tmp_path: Path) -> None:
    export, _ = one_export(lay_out(tmp_path, SHAPES["brightspace"][1]))
    assert export.sentence() == (
        "Brightspace: 3 students, 1 with several attempts, the latest taken"
    )
    (ada,) = [handed for handed in export.handed if handed.name == "Ada Lovelace (12345)"]
    assert ada.flags == ("2 attempts; graded: the latest, Oct 6, 2026 922 AM",)


def test_a_file_of_an_earlier_attempt_alone_is_told_and_never_mixed_in(tmp_path: Path) -> None:
    first, second = (f"Lab_ada_attempt_2026-10-0{day}-14-22-31_" for day in (5, 6))
    files = {f"{first}server_logic.py": b"", f"{second}client_logic.py": b""}
    export, _ = one_export(lay_out(tmp_path, files))
    (ada,) = export.handed
    assert list(choose("", ada.entries).files) == ["client_logic.py"]
    assert "server_logic.py is in an earlier attempt alone, which is not graded" in ada.flags


def test_nobody_named_by_gradescope_is_left_out(tmp_path: Path) -> None:
    files = {"submission_metadata.yml": GRADESCOPE} | under("submission_101/", work("zoë"))
    export, whose = one_export(lay_out(tmp_path, files))
    assert whose == {"Zoë Müller (7)": "zoë", "Miles O'Brien & Alan Turing": ""}
    (missing,) = [handed for handed in export.handed if "Alan" in handed.name]
    submission = choose("", missing.entries)
    assert submission.unread
    assert submission.flags == ("submission_102 is not in the export",)


def test_what_stands_under_no_students_name_is_told(tmp_path: Path) -> None:
    files = {
        **SHAPES["moodle, flat"][1],
        "server_logic.py": b"",
        "late.zip": zipped({"a.txt": b""}),
    }
    export, _ = one_export(lay_out(tmp_path, files))
    assert export.aside == ("late.zip", "server_logic.py")
    assert "Left aside, for it stands under no student's name: late.zip" in export.sentence()


@pytest.mark.parametrize(
    "shape", ["moodle, a folder each", "canvas", "blackboard", "a folder each"]
)
@pytest.mark.parametrize(
    "inside",
    [
        under("Alan Turing_123457_assignsubmission_file_", work("eve")),
        under("1-2 - Alan Turing - Oct 5, 2027 1022 PM - ", work("eve")),
        {"submission_metadata.yml": GRADESCOPE} | under("submission_101/", work("eve")),
        under("Alan Turing(at1)/Submission attachment(s)/", work("eve")),
        {f"turingalan_13_{n}_server_logic.py": b"# server of eve" for n in range(50)},
        {f"alan_{n}/server_logic.py": b"# server of eve" for n in range(50)},
    ],
)
def test_names_inside_what_a_student_hands_in_make_nobody_else(
    tmp_path: Path, shape: str, inside: Files
) -> None:
    _, files, students = SHAPES[shape]
    prefix = {
        "moodle, a folder each": "Eve_7_assignsubmission_file_/",
        "canvas": "eve_7_8001_",
        "blackboard": "Lab 1_eve_attempt_2026-10-05-14-22-31_",
        "a folder each": "eve/",
    }[shape]
    lay_out(tmp_path / "folder", {**files, **under(f"{prefix}x/", inside)})
    lay_out(tmp_path / "zip", {**files, f"{prefix}homework.zip": zipped(inside)})
    for way in ("folder", "zip"):
        _, whose = one_export(tmp_path / way)
        assert {name: who for name, who in whose.items() if "eve" not in name.lower()} == students
        assert len(whose) == len(students) + 1


def test_the_same_names_in_several_folders_are_told_apart(tmp_path: Path) -> None:
    for section in ("Monday", "Friday"):
        lay_out(tmp_path / section, under("ada/", work(section)) | under("alan/", work("alan")))
    _, whose = export_of(tmp_path / "Monday", tmp_path / "Friday")
    assert whose == {
        "Monday/ada": "Monday",
        "Monday/alan": "alan",
        "Friday/ada": "Friday",
        "Friday/alan": "alan",
    }


def test_students_are_known_by_what_the_platform_says_of_them(tmp_path: Path) -> None:
    def student(shape: str, name: str) -> tuple[str, tuple[str, ...]]:
        export, _ = one_export(lay_out(tmp_path / shape, SHAPES[shape][1]))
        (handed,) = [handed for handed in export.handed if handed.name == name]
        return handed.students[0].number, handed.students[0].usernames

    assert student("moodle, flat", "Ada Lovelace (123456)") == ("123456", ())
    assert student("canvas", "turingalan (13)") == ("13", ())
    assert student("blackboard", "Ada Lovelace (al123)") == ("", ("al123",))
    assert student("sakai", "Hopper, Grace (gh9)") == ("", ("gh9",))
    assert student("gradescope", "Zoë Müller (7)") == ("", ("7", "zoe@example.org"))
    # Where the assignment's name ends and the username begins is left open.
    assert student("github classroom", "lab-1-alan-t") == ("", ("alan-t", "1-alan-t"))


PARTS = (
    *(
        "ada",
        "alan",
        "server_logic",
        "client_logic",
        ".py",
        ".zip",
        "_",
        "-",
        " - ",
        "/",
        "12",
        "(1)",
    ),
    *("_assignsubmission_file_", "_attempt_", "2026-10-05-14-22-31", "12345-678", "2026", "1022"),
    *(
        "submission_7",
        "timestamp.txt",
        "Submission attachment(s)",
        "LATE",
        "anon",
        "é",
        "old",
        "\n",
    ),
)


@settings(max_examples=200)
@given(
    st.lists(
        st.lists(
            st.sampled_from(PARTS),
            min_size=1,
            max_size=8,
        ).map("".join),
        min_size=1,
        max_size=8,
    )
)
def test_any_tree_is_told_apart_or_refused(paths: list[str]) -> None:
    found = dict.fromkeys(filter(None, (inside(PurePosixPath(), path) for path in paths)))
    try:
        export = recognised("given", [Entry(path) for path in found])
    except CannotTell:
        return
    handed = [entry for one in export.handed for entry in one.entries]
    assert len(handed) <= len(found)
    assert all(entry.path.parts for entry in handed)
