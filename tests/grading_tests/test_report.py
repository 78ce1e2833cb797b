"""The report says how a class did, names nobody, and needs nothing else."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.tutor.assignment import FUNCTIONS, MAX_SCORE
from tests.grading.desk import Mark, Result
from tests.grading.report import report, title
from tests.grading_tests.submitted import REFERENCE, SKELETONS, filled, graded_all


def result(
    *wrong: str, message: str = "registered() is not filled in yet. Read. (a.py, line 1)"
) -> Result:
    """Return the result of a submission in which some functions are wrong."""
    marks = {
        f.full_name: Mark(0, f.points, message) if f.name in wrong else Mark(f.points, f.points, "")
        for f in FUNCTIONS
    }
    return Result(marks, (), 0.1)


class Page(HTMLParser):
    """Reads a report: the rows of its tables, and what it refers to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.references: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self.rows[-1].append("")
        if tag not in ("meta", "rect", "wbr"):
            self.open.append(tag)
        self.references += [value or "" for name, value in attrs if name in ("src", "href", "data")]
        assert tag not in ("script", "link", "img", "iframe", "object")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag == "rect"

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] in (["th"], ["td"], ["code"]):
            self.rows[-1][-1] += data


def rows_of(text: str) -> dict[str, str]:
    """Return what the tables say, by the first cell."""
    page = Page(text)
    assert page.open == []
    return {row[0]: row[1] for row in page.rows}


def test_it_says_how_many_earned_each_function_and_how_many_points() -> None:
    rows = rows_of(report([result(), result("registered"), result("registered", "login")]))
    assert rows["registered"] == "1 of 3"
    assert rows["login"] == "2 of 3"
    assert rows["send_registry_to_client"] == "3 of 3"
    assert rows["90–100"] == "2"
    assert rows["80–89"] == "1"
    assert rows["0–9"] == "0"


def test_a_student_counts_once_for_a_title() -> None:
    told = "registered() is not filled in yet."
    assert rows_of(report([result("registered", "login"), result("registered")]))[told] == "2"


def test_a_report_on_nobody_says_so() -> None:
    assert "No submission was graded." in report([])


def test_it_needs_nothing_from_elsewhere() -> None:
    text = report([result("registered")])
    assert Page(text).references == []
    assert not re.search(r"https?:|url\(|@import", text)


def test_what_students_call_things_and_say_is_left_out() -> None:
    secret = "adalovelace1815"
    portions = (
        {"server_logic.registered": f"return {secret}"},
        {"server_logic.registered": f"raise ValueError('{secret}')"},
        {"server_logic.registered": f"class {secret}(Exception): pass\nraise {secret}('{secret}')"},
        {"server_logic.registered": f"return '{secret}'"},
        {"server_logic.registered": f"return users.{secret}"},
        {"server_logic.register_user": f"users[key] = '{secret}'"},
        {"server_logic.login_client": f"await server.{secret}(username)"},
        {"client_logic.login": f"await client.login('{secret}')"},
        {"client_logic.login": f"if {secret}\n    pass"},
    )
    results = graded_all(map(filled, portions))
    assert all(result.score < MAX_SCORE for result in results)
    assert secret not in report(results)
    # The same mistake under other names is the same title.
    other = graded_all([filled({"server_logic.registered": "return grace"})])
    assert len([row for row in rows_of(report([results[0], *other])) if "the name …" in row]) == 1


def test_every_title_is_a_sentence_about_a_function() -> None:
    for one in graded_all([SKELETONS, REFERENCE]):
        for name, mark in one.marks.items():
            if mark.message:
                assert title(mark.message) == f"{name.partition('.')[2]}() is not filled in yet."


def test_a_title_keeps_the_words_of_a_cause() -> None:
    told = "login() calls register() with fewer values than it needs."
    assert title(f"{told} Compare. (client_logic.py, line 1)") == told


@given(st.text())
def test_any_message_has_a_harmless_title(message: str) -> None:
    rows = rows_of(report([result("login", message=message or "x")]))
    assert len(rows) >= len(FUNCTIONS)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_the_median_is_the_middle(count: int) -> None:
    results = [result(*(["registered"] * (n > 0))) for n in range(count)]
    assert f"median {({1: 100, 2: 97, 5: 94})[count]}" in report(results)
