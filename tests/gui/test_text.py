"""The words in which things are told."""

from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.bridge import LogLine
from gui.text import clock, loaded_text, log_text, registry_row, registry_text, shown
from gui.tutor.loaded import Loaded
from protocol import RegisteredClient


def test_a_file_that_was_loaded_is_told_with_the_time_and_what_is_not_graded() -> None:
    loaded = Loaded("server_logic.py", 0, remark="More.")
    assert loaded_text(loaded) == f"server_logic.py was loaded at {clock(0)}. More."
    gone = Loaded("server_logic.py", 0, is_there=False)
    assert loaded_text(gone) == f"server_logic.py was not there at {clock(0)}."


@pytest.mark.parametrize("second", [1_700_000_000, 1_700_000_001, 1_700_003_600])
def test_a_line_of_the_log_tells_when_which_way_with_whom_and_what(second: int) -> None:
    line = LogLine(second + 0.9, "→", "127.0.0.1:50412", b'{"type": "request_denied"}\n')
    clock = datetime.fromtimestamp(second, timezone.utc).astimezone().strftime("%H:%M:%S")
    assert log_text(line) == f'{clock} → 127.0.0.1:50412 {{"type": "request_denied"}}'


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (b"", ""),
        (b"ada\n", "ada"),
        (b"ada\r\n", "ada"),
        ("李 é 💡\n".encode(), "李 é 💡"),
        (b"a\tb\x00\x07\x1b[2J\n", r"a\tb\x00\x07\x1b[2J"),
        (b"two\nlines\rand\x0bmore\n", r"two\nlines\rand\x0bmore"),
        ("left\u202eright\u200d\ufeff\n".encode(), r"left\u202eright\u200d\ufeff"),
        ("\u2028\u2029\x85\n".encode(), r"\u2028\u2029\x85"),
        ("\U000e0041\n".encode(), r"\U000e0041"),
        (b"\xff\xfe\n", r"\xff\xfe"),
        (b"\xed\xa0\x80\n", r"\xed\xa0\x80"),
    ],
)
def test_what_can_not_be_printed_is_shown_by_its_number(line: bytes, text: str) -> None:
    assert shown(line) == text


def test_what_was_left_out_of_a_line_is_counted() -> None:
    line = LogLine(0.0, "←", "127.0.0.1:1", b'{"type": "regis', left_out=2003)
    assert log_text(line).endswith('127.0.0.1:1 {"type": "regis … and 2003 bytes more')


@given(st.binary() | st.text().map(str.encode))
def test_whatever_the_bytes_are_one_printable_line_is_shown(line: bytes) -> None:
    assert shown(line).isprintable()


def test_a_row_of_the_registry_tells_in_words_who_is_logged_in() -> None:
    ada = RegisteredClient("ada", "127.0.0.1:50412", True)
    grace = RegisteredClient("grace", "[::1]:50413", False)
    assert registry_row(ada) == ("ada", "127.0.0.1:50412", "yes")
    assert registry_row(grace) == ("grace", "[::1]:50413", "no")


@pytest.mark.parametrize("address", ["\x1b[2J", "10.0.0.1:1\u202e2:1.0.0.721", "a\nb"])
def test_an_address_can_not_reach_beyond_its_place_in_the_table(address: str) -> None:
    row = registry_row(RegisteredClient("ada", address, True))
    assert row == ("ada", ascii(address)[1:-1], "yes")


def test_the_registry_is_written_as_a_table_in_its_own_order() -> None:
    clients = [
        RegisteredClient("grace hopper", "127.0.0.1:50413", False),
        RegisteredClient("ada", "[::1]:50412", True),
    ]
    assert registry_text(clients) == (
        "username      address          logged in\n"
        "grace hopper  127.0.0.1:50413  no\n"
        "ada           [::1]:50412      yes\n"
    )


def test_an_empty_registry_is_written_as_the_headings_alone() -> None:
    assert registry_text([]) == "username  address  logged in\n"
