"""What students change around the portions costs no other function its points."""

import re
from collections.abc import Callable

import pytest

from tests.grading_tests.submitted import REFERENCE, SKELETONS, filled, graded, lost

SERVER = "server_logic.py"
Change = Callable[[str], str]


def changed(change: Change) -> dict[str, bytes]:
    """Return the reference with the text of the server's file changed."""
    return {**REFERENCE, SERVER: change(REFERENCE[SERVER].decode()).encode()}


HARMLESS: dict[str, Change] = {
    "Windows line ends": lambda text: text.replace("\n", "\r\n"),
    "old Mac line ends": lambda text: text.replace("\n", "\r"),
    "a byte order mark": lambda text: "\ufeff" + text,
    "tabs": lambda text: re.sub(
        "^( {4})+", lambda m: "\t" * (len(m[0]) // 4), text, flags=re.MULTILINE
    ),
    "two spaces": lambda text: re.sub(
        "^( {4})+", lambda m: "  " * (len(m[0]) // 4), text, flags=re.MULTILINE
    ),
    "no line end at the end": lambda text: text.rstrip("\n"),
    "markers in capitals": lambda text: text.replace("*** start ***", "*** START ***  "),
    "the markers deleted": lambda text: re.sub(r" *# \*\*\* \w+ \*\*\*\n", "", text),
    "an end marker deleted": lambda text: text.replace("    # *** end ***\n", "", 1),
    "the docstrings deleted": lambda text: re.sub(r'    """.*?"""\n', "", text, flags=re.DOTALL),
    "a print outside": lambda text: "print('hello')\n" + text,
    "an exit outside": lambda text: text + "\nraise SystemExit\n",
    "a syntax error outside": lambda text: text + "\ndef (\n",
    "other dictionaries": lambda text: text.replace("str] = {}", "str] = None"),
    "functions in another order": lambda text: "\n\n\n".join(
        [*reversed(re.split(r"\n\n\n(?=(?:async )?def )", text))]
    ),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_a_change_around_the_portions_costs_nothing(name: str) -> None:
    result = graded(changed(HARMLESS[name]))
    assert {f: result.marks[f].message for f in lost(result)} == {}


def test_a_change_outside_the_markers_is_flagged() -> None:
    result = graded(changed(HARMLESS["a print outside"]))
    assert "server_logic.py: changed outside the markers" in result.flags


def test_the_reference_has_no_flags() -> None:
    assert graded(REFERENCE).flags == ()


def test_an_import_outside_the_markers_can_be_used() -> None:
    files = filled(
        {"client_logic.request_registry": "await asyncio.sleep(0)\nawait client.request_registry()"}
    )
    files["client_logic.py"] = b"import asyncio\n" + files["client_logic.py"]
    assert lost(graded(files)) == set()


def test_imports_outside_the_markers_are_found_in_any_form() -> None:
    files = filled(
        {
            "server_logic.username_exists": "dumps(users)\nreturn username in users.values()",
            "server_logic.send_registry_to_client": "await sleep(0)\n"
            "await (server.send_registry() if logged_in(server.get_addr_key())"
            " else server.request_denied())",
        }
    )
    imports = "from asyncio import (  # waits\n    sleep,\n)\nfrom json import dumps  # shows\n"
    files[SERVER] = imports.encode() + files[SERVER]
    assert lost(graded(files)) == set()


def test_a_definition_over_several_lines_costs_nothing() -> None:
    result = graded(
        changed(
            lambda text: text.replace(
                "def registered(key: str) -> bool:",
                "def registered(\n        key: str,  # whose\n        ) -> bool:  # or not",
            )
        )
    )
    assert lost(result) == set()


def test_a_helper_outside_the_markers_is_told_to_be_moved() -> None:
    files = filled({"server_logic.registered": "return has(key)"})
    files[SERVER] += b"\n\ndef has(key):\n    return bool(users.get(key))\n"
    result = graded(files)
    assert lost(result) == {"server_logic.registered"}
    assert (
        "uses has, which stands outside the markers"
        in result.marks["server_logic.registered"].message
    )


def test_a_helper_inside_the_markers_is_fine() -> None:
    body = "def has(wanted):\n    return wanted in users\nreturn has(key)"
    assert lost(graded(filled({"server_logic.registered": body}))) == set()


def test_what_a_function_receives_may_be_renamed_with_its_uses() -> None:
    files = dict(REFERENCE)
    for old, new in (
        (b"async def login_client(server, username", b"async def login_client(s, who"),
        (b"def registered(key", b"def registered(k"),
        (b"return key in users\n", b"return k in users\n"),
        (b"def log_in_client(key", b"def log_in_client(k"),
        (b"active_users[key] =", b"active_users[k] ="),
    ):
        assert old in files[SERVER]
        files[SERVER] = files[SERVER].replace(old, new)
    start, end = files[SERVER].index(b"(s, who"), files[SERVER].index(b"async def send_registry")
    login = files[SERVER][start:end].replace(b"username)", b"who)").replace(b"server.", b"s.")
    files[SERVER] = files[SERVER][:start] + login + files[SERVER][end:]
    assert lost(graded(files)) == set()


def test_an_unclosed_quote_in_one_portion_costs_the_others_nothing() -> None:
    result = graded(filled({"server_logic.registered": 'return """key in users'}))
    assert lost(result) == {"server_logic.registered"}
    mark = result.marks["server_logic.registered"]
    assert "Python cannot read" in mark.message
    assert mark.steps == 'return """key in users\n       ^'


def test_a_missing_file_costs_its_own_functions_alone() -> None:
    result = graded({SERVER: REFERENCE[SERVER]})
    assert lost(result) == {f for f in result.marks if f.startswith("client_logic")}
    assert "client_logic.py is missing" in result.flags


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 100, b"\xff\xfe\x00", bytes(range(256)) * 50], ids=len
)
def test_a_file_of_nonsense_earns_nothing(content: bytes) -> None:
    assert graded(dict.fromkeys(REFERENCE, content)).score == 0


def test_the_same_submission_is_graded_in_the_same_words() -> None:
    files = filled({"server_logic.registered": "return True"})
    assert graded(files).marks == graded(files).marks


def test_the_handout_earns_nothing_and_the_reference_everything() -> None:
    assert graded(SKELETONS).score == 0
    assert graded(REFERENCE).score == 100


def test_each_function_of_the_handout_says_that_it_is_not_filled_in() -> None:
    for mark in graded(SKELETONS).marks.values():
        assert "is not filled in yet" in mark.message
