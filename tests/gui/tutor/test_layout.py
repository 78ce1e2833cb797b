"""What is wrong with a file as a whole is told, with the way to mend it."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gui.tutor.assignment import CLIENT_FILE, SERVER_FILE, functions_of
from gui.tutor.layout import flaws, missing_functions
from gui.tutor.problem import Problem
from gui.tutor.source import Source
from tests.grading import top_level
from tests.grading.check import CANNOT_RUN, check, flaws_in, report
from tests.students_files import PROJECT

TEXT = (PROJECT / SERVER_FILE).read_text(encoding="utf-8")
START, END = "    # *** start ***\n", "    # *** end ***\n"
REGISTERED = "def registered(key: str) -> bool:"
FUNCTION = TEXT[TEXT.index(REGISTERED) : TEXT.index("def username_exists")]
REGISTER = "async def register_client(server, username: str) -> None:"
DICTIONARY = "users: dict[str, str] = {}\n"


def changed(before: str, after: str) -> str:
    """Return the server's file with one piece of it replaced, where it is first."""
    assert before in TEXT
    return TEXT.replace(before, after, 1)


def in_registered(before: str, after: str) -> str:
    """Return the server's file with a piece of its first function replaced, wherever it is."""
    assert before in FUNCTION
    return TEXT.replace(FUNCTION, FUNCTION.replace(before, after))


def source_of(data: bytes, folder: Path) -> Source:
    """Return a file of the server's functions."""
    (folder / SERVER_FILE).write_bytes(data)
    return Source(folder / SERVER_FILE, functions_of(SERVER_FILE))


def told_of(source: Source) -> list[tuple[str, str, int]]:
    """Return rule, function and line of what is wrong with a file."""
    return [(p.explanation.rule, p.function, p.line) for p in flaws(source)]


LINE = TEXT[: TEXT.index(REGISTERED)].count("\n") + 1
WRONG: dict[str, tuple[str | bytes, str, str, int]] = {
    "saved as UTF-16": (TEXT.encode("utf-16"), "utf16", "", 0),
    "saved as UTF-16 that does not say so": (TEXT.encode("utf-16-be"), "utf16", "", 0),
    "saved as Windows saves it": (
        changed("Tell whether", "Tell déjà").encode("cp1252"),
        "not_utf8",
        "",
        LINE + 1,
    ),
    "with NUL at its end": (f"{TEXT}\0".encode(), "nul", "", TEXT.count("\n") + 1),
    "an archive": (bytes(range(256)), "no_text", "", 0),
    "a document": (b"PK\x03\x04" + TEXT.encode(), "other_format", "", 0),
    "a web page": (b"\n<!DOCTYPE html>\n" + TEXT.encode(), "other_format", "", 0),
    "a notebook": (b'{\n "cells": []}', "other_format", "", 0),
    "empty": (b"", "no_functions", "", 0),
    "another program": (b"print('hello')\n", "no_functions", "", 0),
    "the other file": ((PROJECT / CLIENT_FILE).read_bytes(), "other_file", "", 0),
    "without one marker": (in_registered(START, ""), "markers", "registered", LINE),
    "without the other": (in_registered(END, ""), "markers", "registered", LINE),
    "with a marker twice": (in_registered(END, END * 2), "markers", "registered", LINE),
    "with markers exchanged": (
        in_registered(FUNCTION[FUNCTION.index(START) :], f"{END}    return key in users\n{START}"),
        "markers",
        "registered",
        LINE,
    ),
    "without any marker": (TEXT.replace(START, "").replace(END, ""), "markers", "", 0),
    "a docstring without its end": (
        in_registered('    """\n', ""),
        "docstring_end",
        "registered",
        LINE + 1,
    ),
    "a docstring without its beginning": (
        in_registered('"""Tell', "Tell"),
        "docstring_begin",
        "registered",
        LINE + 1,
    ),
    "without a colon in a first line": (
        in_registered("bool:", "bool"),
        "no_colon",
        "registered",
        LINE,
    ),
    "without a first line": (
        in_registered(f"{REGISTERED}\n", ""),
        "first_line_gone",
        "registered",
        LINE + FUNCTION[: FUNCTION.index(START)].count("\n") - 1,
    ),
    "a first line further in": (
        in_registered(REGISTERED, f"  {REGISTERED}"),
        "not_at_margin",
        "registered",
        LINE,
    ),
    "async where it was not": (
        changed(REGISTERED, f"async {REGISTERED}"),
        "async",
        "registered",
        LINE,
    ),
    "async no more": (
        changed(REGISTER, REGISTER.removeprefix("async ")),
        "not_async",
        "register_client",
        TEXT[: TEXT.index(REGISTER)].count("\n") + 1,
    ),
    "a parameter less": (
        changed(REGISTER, REGISTER.replace(", username: str", "")),
        "wrong_parameters",
        "register_client",
        TEXT[: TEXT.index(REGISTER)].count("\n") + 1,
    ),
    "parameters in another order": (
        changed("def log_in_client(key: str, username: str)", "def log_in_client(username, key)"),
        "wrong_parameters",
        "log_in_client",
        TEXT[: TEXT.index("def log_in_client")].count("\n") + 1,
    ),
    "a dictionary renamed": (changed(DICTIONARY, "people = {}\n"), "dictionary_gone", "", 0),
    "a call that is cut off at the end": (
        f"{TEXT}\nprint(registered('x')\n",
        "never_closed",
        "",
        TEXT.count("\n") + 2,
    ),
    "all functions in a class": (
        "class Logic:\n" + re.sub("(?m)^(?=.)", "    ", TEXT),
        "in_class",
        "",
        1,
    ),
    "all functions in another block": (
        TEXT[: TEXT.index(REGISTERED)]
        + "if users is not None:\n"
        + re.sub("(?m)^(?=.)", "    ", TEXT[TEXT.index(REGISTERED) :]),
        "in_block",
        "",
        LINE,
    ),
    "all functions further in": (
        TEXT[: TEXT.index(REGISTERED)] + re.sub("(?m)^(?=.)", "  ", TEXT[TEXT.index(REGISTERED) :]),
        "not_at_margin",
        "",
        LINE,
    ),
    "all functions renamed": (
        re.sub(r"(?<=def )(\w+)", r"my_\1", TEXT),
        "renamed",
        "",
        LINE,
    ),
    "several async where they were not": (
        re.sub("(?m)^def ", "async def ", TEXT),
        "async",
        "",
        LINE,
    ),
    "two first lines further in": (
        changed(f"\n{REGISTERED}", f"\n  {REGISTERED}").replace("\ndef user", "\n def user", 1),
        "not_at_margin",
        "",
        LINE,
    ),
    "the text at its top without its end": (
        changed('"""\n\nusers', "\n\nusers"),
        "top_end",
        "",
        1,
    ),
    "the text at its top without its beginning": (TEXT.removeprefix('"""'), "top_begin", "", 1),
    "def lost from a first line": (
        changed(REGISTER, REGISTER.replace(" def", "")),
        "first_line_gone",
        "register_client",
        TEXT[: TEXT.index(START, TEXT.index(REGISTER))].count("\n") + 1,
    ),
    "one dictionary under both names": (
        changed(f"{DICTIONARY}active_users: dict[str, str] = {{}}", "users = active_users = {}"),
        "one_dictionary",
        "",
        TEXT[: TEXT.index(DICTIONARY)].count("\n") + 1,
    ),
    "a word too many in a first line": (
        changed(REGISTER, f"async {REGISTER}"),
        "one_too_many",
        "register_client",
        TEXT[: TEXT.index(REGISTER)].count("\n") + 1,
    ),
    "all of it twice": (f"{TEXT}\n{TEXT}", "second_copy", "", TEXT.count("\n") + 1 + LINE),
    "a second function of one name": (
        f"{TEXT}\ndef registered(key):\n    return False\n",
        "second_definition",
        "registered",
        TEXT.count("\n") + 2,
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_with_a_file_is_told_once_at_its_place(name: str, tmp_path: Path) -> None:
    text, rule, function, line = WRONG[name]
    data = text if isinstance(text, bytes) else text.encode()
    source = source_of(data, tmp_path)
    assert told_of(source) == [(rule, function, line)]
    lost = [name for name in source.functions if name not in source.portions]
    others = missing_functions(source, lost).values()
    assert {*others} <= {*flaws(source)}, "the same fault is told in two ways"


RIGHT = {
    "as it was handed out": TEXT,
    "a byte order mark": "\ufeff" + TEXT,
    "other ends of lines": TEXT.replace("\n", "\r\n"),
    "without a docstring": re.sub(
        r'    """Tell whether this client has(?s:.*?)"""\n', "", TEXT, count=1
    ),
    "a parameter renamed with its uses": in_registered("key", "k"),
    "another value for a dictionary": changed(DICTIONARY, "users = dict()\n"),
    "a parameter with a default": changed(
        REGISTER, REGISTER.replace("username: str", "username: str, loud=False")
    ),
    "indented by tabs": TEXT.replace("    ", "\t"),
}


@pytest.mark.parametrize("name", RIGHT)
def test_of_a_right_file_nothing_is_told(name: str, tmp_path: Path) -> None:
    assert told_of(source_of(RIGHT[name].encode(), tmp_path)) == []


@pytest.mark.parametrize(
    "name", ["server_logic (1).py", "server_logic.py.txt", "Server-Logic.py", "server_logic_old.py"]
)
def test_a_file_under_another_name_is_told_with_it(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(TEXT, encoding="utf-8")
    (flaw,) = flaws(Source(tmp_path / SERVER_FILE, functions_of(SERVER_FILE)))
    assert flaw.explanation.title == f"There is no {SERVER_FILE}, but there is a file {name}."


def test_a_file_that_is_not_there_at_all_is_told(tmp_path: Path) -> None:
    (tmp_path / "client_logic (1).py").write_text("", encoding="utf-8")
    (flaw,) = flaws(Source(tmp_path / SERVER_FILE, functions_of(SERVER_FILE)))
    assert flaw.explanation.rule == "no_file"


def test_functions_that_were_renamed_and_deleted_are_told_apart(tmp_path: Path) -> None:
    text = TEXT.replace(FUNCTION, "").replace("def logged_in(", "def is_logged_in(")
    source = source_of(text.encode(), tmp_path)
    found = missing_functions(source, ["registered", "logged_in"])
    assert {name: p.explanation.rule for name, p in found.items()} == {
        "registered": "missing_function",
        "logged_in": "renamed",
    }
    assert found["logged_in"].code.startswith("def is_logged_in(")


def test_functions_that_are_gone_are_one_problem(tmp_path: Path) -> None:
    source = source_of(TEXT.replace(FUNCTION, "").encode(), tmp_path)
    found = missing_functions(source, ["registered", "username_exists", "logged_in"])
    assert len({*found.values()}) == 1
    (title,) = {problem.explanation.title for problem in found.values()}
    assert title == f"There is no registered(), username_exists() or logged_in() in {SERVER_FILE}."


@settings(max_examples=60)
@given(
    st.binary(max_size=200)
    | st.text(max_size=200).map(str.encode)
    | st.tuples(st.integers(0, len(TEXT)), st.integers(0, 300)).map(
        lambda cut: (TEXT[: cut[0]] + TEXT[cut[0] + cut[1] :]).encode()
    )
)
def test_whatever_a_file_holds_is_told_and_nothing_raised(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    source = source_of(data, tmp_path_factory.getbasetemp())
    for flaw in [*flaws(source), *missing_functions(source, list(source.functions)).values()]:
        assert isinstance(flaw, Problem)
        assert flaw.explanation.title.isprintable()
        assert 0 <= flaw.line <= len(source.lines)


# --- the self-check ---------------------------------------------------------------------


def handed_in(folder: Path, server: str | bytes) -> Path:
    """Put a server's file beside the client's as it should be; return their folder."""
    data = server if isinstance(server, bytes) else server.encode()
    (folder / SERVER_FILE).write_bytes(data)
    (folder / CLIENT_FILE).write_bytes((PROJECT / CLIENT_FILE).read_bytes())
    return folder


def test_the_self_check_tells_what_keeps_the_program_from_running(tmp_path: Path) -> None:
    handed_in(tmp_path, changed("Tell whether", "Tell déjà").encode("cp1252"))
    result = check(tmp_path)
    text = report(result, flaws_in(tmp_path))
    assert result.score == 100
    assert f"  ! Python cannot read {SERVER_FILE}: it is not saved as UTF-8." in text
    assert f"({SERVER_FILE}, line {LINE + 1})" in text
    assert text.endswith(CANNOT_RUN)


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("print(users['ada'])", "KeyError: 'ada'"),
        ("assert registered('ada')", "AssertionError"),
        ("exit()", "SystemExit"),
        ("register_client()", "TypeError: register_client() missing 2 required positional"),
    ],
)
def test_the_self_check_tells_of_a_call_at_the_end_that_stops_the_program(
    end: str, said: str, tmp_path: Path
) -> None:
    flaw, remark = flaws_in(handed_in(tmp_path, f"{TEXT}\n{end}\n"))
    assert remark.explanation.title.endswith(f"not graded: {end}.")
    assert flaw.explanation.title.startswith(f"{SERVER_FILE} stops while it is read: {said}")
    assert (flaw.line, flaw.code) == (TEXT.count("\n") + 2, end)


def test_the_self_check_tells_what_a_call_at_the_end_does_in_the_program(tmp_path: Path) -> None:
    end = "import asyncio\nasyncio.run(register_client(None, 'ada'))\n"
    flaw, _ = flaws_in(handed_in(tmp_path, f"{TEXT}\n{end}"))
    assert "cannot be called from a running event loop" in flaw.explanation.title
    assert flaw.code.startswith("asyncio.run(")


def test_the_self_check_tells_of_a_module_that_is_nowhere(tmp_path: Path) -> None:
    (flaw,) = flaws_in(handed_in(tmp_path, f"import regsitry\n{TEXT}"))
    assert flaw.explanation.title.endswith("No module named 'regsitry'.")
    assert (flaw.line, flaw.code) == (1, "import regsitry")


def test_the_self_check_tells_of_what_waits_for_somebody_to_type(tmp_path: Path) -> None:
    flaw, _ = flaws_in(handed_in(tmp_path, f"{TEXT}\nname = input('Name? ')\n"))
    assert (flaw.explanation.rule, flaw.code) == ("endless_start", "name = input('Name? ')")


def test_the_self_check_tells_of_a_loop_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(top_level, "LIMIT_SECONDS", 0.3)
    flaw, _ = flaws_in(handed_in(tmp_path, f"{TEXT}\nwhile True:\n    pass\n"))
    assert flaw.explanation.rule == "endless_start"
    assert report(check(tmp_path), [flaw]).endswith(CANNOT_RUN)


def test_the_self_check_tells_of_a_dictionary_that_is_none(tmp_path: Path) -> None:
    # What stands last is so.
    (flaw,) = flaws_in(handed_in(tmp_path, f"{TEXT}\nusers = []\n"))
    assert (flaw.explanation.rule, flaw.code) == ("no_dictionary", "users = []")


def test_the_self_check_tells_one_fault_of_many_functions_once(tmp_path: Path) -> None:
    in_a_class = "class Logic:\n" + re.sub("(?m)^(?=.)", "    ", TEXT)
    client = (PROJECT / CLIENT_FILE).read_text(encoding="utf-8")
    (tmp_path / SERVER_FILE).write_text(in_a_class, encoding="utf-8")
    # Each at a place of its own, and said of all in one sentence.
    (tmp_path / CLIENT_FILE).write_text(
        client.replace("    if username", "\tif username"), encoding="utf-8"
    )
    result = check(tmp_path)
    text = report(result, flaws_in(tmp_path))
    assert text.count("stand inside the class Logic") == 1
    assert text.count("tabs and spaces are mixed") == 1
    assert re.search(r"The same is so of login \(line \d+\)\.", text)
    assert report(result).count("stand inside the class Logic") == 1


def test_the_self_check_of_right_files_tells_nothing_more(tmp_path: Path) -> None:
    handed_in(tmp_path, TEXT)
    text = report(check(tmp_path), flaws_in(tmp_path))
    assert "!" not in text
    assert text.endswith("100 of 100 points")
