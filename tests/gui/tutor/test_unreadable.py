"""Why Python cannot read a text: the cause, at its place, alike on every version of Python."""

import textwrap
import time
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gui.tutor.tokens import FIELDS_NEST, logical_lines
from gui.tutor.unreadable import Cause, why_unreadable
from tests.students_files import PROJECT
from tests.written import entries, sections

MARK = "⟨"
# Of the processor's time: a busy machine does not count.
LONGEST_SECONDS = 0.5


class Unreadable(NamedTuple):
    """A portion that Python cannot read.

    Parameters:
        rule: the name of the cause.
        body: the portion, in which the mark stands before the place that is shown.
        is_async: whether it is one of an async function.
        as_it_stands: whether it is indented as it is to be in the file.
    """

    rule: str
    body: str
    is_async: bool = False
    as_it_stands: bool = False

    def __repr__(self) -> str:
        return f"{self.rule}: {' '.join(self.body.split())}"

    @property
    def text(self) -> str:
        """The function that the portion is in, with the mark."""
        return function(self.body, self.is_async, "" if self.as_it_stands else "    ")


def function(body: str, is_async: bool = False, indent: str = "    ") -> str:
    """Return a function with a body that stands in the third line."""
    definition = f'{"async " if is_async else ""}def f(server, key, username):\n    ""\n'
    return f"{definition}{textwrap.indent(body, indent, lambda _: True)}\n"


UNREADABLE = [
    Unreadable(rule, "\n".join(lines), kind == "in an async function", kind == "as it stands")
    for kind, text in sections(Path(__file__).with_name("unreadable.txt"))
    for rule, lines in entries(text)
]


def cause_of(text: str) -> Cause:
    """Return why Python cannot read a text."""
    cause = why_unreadable(text)
    assert cause is not None, "Python can read it"
    return cause


def assert_found(unreadable: Unreadable) -> None:
    """Assert that the cause is found at its place, and told of the function."""
    before, _, after = unreadable.text.partition(MARK)
    cause = cause_of(before + after)
    line, column = before.count("\n") + 1, len(before.rpartition("\n")[2])
    assert (cause.rule, cause.line) == (unreadable.rule, line)
    # Where nothing is sure, the place is Python's, which differs with its version.
    assert cause.column == column or cause.rule in ("stops_here", "not_here")
    title, advice, rule = cause.explanation("f()")
    assert title.startswith("Python cannot read f(): ")
    assert title.isprintable()
    assert advice.isprintable()
    assert rule == unreadable.rule


@pytest.mark.parametrize("rule", sorted({unreadable.rule for unreadable in UNREADABLE}))
def test_the_cause_is_found_at_its_place_and_told_of_the_function(rule: str) -> None:
    for unreadable in UNREADABLE:
        if unreadable.rule == rule:
            assert_found(unreadable)


def test_most_causes_are_in_the_table() -> None:
    assert len(UNREADABLE) >= 500
    assert len({unreadable.rule for unreadable in UNREADABLE}) >= 70
    unsure = [u for u in UNREADABLE if u.rule in ("stops_here", "sentence")]
    assert len(unsure) < len(UNREADABLE) / 20


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("return key\u00a0in users", "no-break space (U+00A0)"),
        ("\u2003return key", "em space (U+2003)"),
        ("return key in us\u200bers", "zero width space (U+200B)"),
        ("return \u202ekey", "right-to-left override (U+202E)"),
        ("return key\0", "control character (U+0000)"),
    ],
)
def test_an_invisible_sign_is_told_by_its_name_and_seen_in_its_line(line: str, name: str) -> None:
    cause = cause_of(function(line))
    assert (cause.rule, cause.text) == ("invisible", name)
    shown, caret = cause.marked(f"    {line}\n").split("\n")
    assert shown[caret.index("^") :].startswith(("\\x", "\\u"))


# --- f-strings, which differ from 3.12 on -----------------------------------------------


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ('return f"{users["ada"]}"', "f_quotes"),
        ("print(f'{users['ada']} is here')", "f_quotes"),
        ("print(f\"{'\\n'.join(users)}\")", "f_backslash"),
    ],
)
def test_what_an_f_string_may_hold_since_3_12_is_told_before_it(line: str, rule: str) -> None:
    cause = why_unreadable(function(line))
    assert (cause.rule if cause else "") == ("" if FIELDS_NEST else rule)


def test_a_fault_after_an_f_string_that_holds_its_own_quotes_is_found_where_they_may() -> None:
    cause = cause_of(function('x = f"{users["ada"]}"\nif x\n    pass'))
    assert cause.rule == ("no_colon" if FIELDS_NEST else "f_quotes")


def test_several_exceptions_without_brackets_are_told_where_they_may_not_stand() -> None:
    """From 3.14 on they may, if no name follows (PEP 758)."""
    text = function("try:\n    pass\nexcept KeyError, ValueError:\n    pass")
    cause = why_unreadable(text)
    assert cause is None or (cause.rule, cause.line) == ("except_brackets", 5)
    named = text.replace("ValueError:", "ValueError as error:")
    assert cause_of(named).rule == "except_brackets"


# --- the first fault --------------------------------------------------------------------


def test_the_first_of_two_faults_is_told() -> None:
    cause = cause_of(function("if key in users\n    return True\nreturn key && True"))
    assert (cause.rule, cause.line) == ("no_colon", 3)


def test_a_bracket_left_open_is_told_where_it_was_opened() -> None:
    lines = ["x = users.get(key", "", "# more", "if x == username:", "    return True"]
    cause = cause_of(function("\n".join(lines)))
    assert (cause.rule, cause.line, cause.column) == ("never_closed", 3, 17)


def test_brackets_that_are_closed_in_a_later_line_are_no_fault() -> None:
    cause = cause_of(function("x = (\nkey\n)\nfor x users:\n    pass"))
    assert (cause.rule, cause.line) == ("no_in", 6)


SOUND = """\
match key:
    case "a" | "b":
        return True
    case [first, *rest] if first: return rest
try:
    x = users[key]; y = 2;
except (KeyError, IndexError) as error:
    raise ValueError("it's gone") from None
else:
    pass
finally: pass
for x in users:
    if x: continue
    elif y: break
else:
    y = {
        "a": 1,
  "b": [2,
3]}
async def send():
    async with a as b, c:
        async for d in await e(*f, **g):
            yield d
@decorated.by(one)
class Two(Three, metaclass=Four):
    x: int = -1
    def one(self, /, a, *, b=1, **c) -> "Two":
        \'\'\'A text
  of two lines.\'\'\'
z = (x
and y) if not x else [n for n in users if n] + \\
    [lambda *a: a, ...]
    # A remark that stands anywhere.
print(*x, sep="", end=f"{x!r:>{y}} {y=} {{}}")
del x[1:2, ...], y.z
a, *b = c[d], e.f = 0x1F, 1_000.5e-5, .5
x @= 1; y //= 2; z **= 3 << 1
(w := 3)
match = case = 3
return x if a is not b else c not in d
"""


def test_lines_that_python_can_read_are_no_fault() -> None:
    compile(function(SOUND), "", "exec")
    cause = cause_of(function(f"{SOUND}if last\n    pass"))
    assert (cause.rule, cause.line) == ("no_colon", 3 + SOUND.count("\n"))


def test_names_that_are_words_elsewhere_are_no_fault() -> None:
    cause = cause_of(function("case = 3\nmatch = [case]\nif match\n    pass"))
    assert (cause.rule, cause.line) == ("no_colon", 5)


def test_two_slips_in_one_line_are_told_one_after_the_other() -> None:
    cause = cause_of(function("if users[key] = username\n    return True"))
    assert cause.rule in ("equals_in_condition", "no_colon")


def test_what_python_can_read_has_no_cause() -> None:
    for name in ("server_logic.py", "client_logic.py"):
        assert why_unreadable((PROJECT / name).read_text(encoding="utf-8")) is None


def test_a_text_that_was_written_is_quoted_in_part() -> None:
    cause = cause_of(function(f"f({'x' * 500}) = 3"))
    assert cause.rule == "target_call"
    assert len(cause.text) < 50


# --- whatever it is ---------------------------------------------------------------------

PIECES = [
    line for unreadable in UNREADABLE for line in unreadable.body.replace(MARK, "").split("\n")
]
CODE = st.lists(st.sampled_from(PIECES) | st.text(max_size=20), max_size=12).map("\n".join)


@settings(max_examples=30)
@given(CODE)
def test_whatever_stands_there_is_explained_soon(body: str) -> None:
    began = time.thread_time()
    cause = why_unreadable(function(body))
    assert time.thread_time() - began < LONGEST_SECONDS
    if cause is not None:
        assert cause.line <= function(body).count("\n") + 1
        assert cause.explanation("f()").title.isprintable()


@pytest.mark.parametrize(
    "body",
    [
        "(" * 4000,
        "x" + " x" * 2000,
        "x = " + "f(" * 300 + ")" * 299,
        "- " * 2000 + "=",
        "\n".join("if x:" for _ in range(500)),
        "\n".join(" " * n + "if x:" for n in range(200)),
        "'" * 3001,
        'f"' + "{" * 2001 + '"',
        "a = b " * 150,
        "x = 'a'b" * 120,
        "\\\n" * 2000 + "=",
        "\0",
        "\ud800",
    ],
    ids=lambda body: repr(body[:12]),
)
def test_what_is_long_or_nests_deep_is_explained_soon(body: str) -> None:
    began = time.thread_time()
    cause = cause_of(function(body))
    assert time.thread_time() - began < LONGEST_SECONDS
    assert cause.explanation("f()").title.startswith("Python cannot read f(): ")


@given(st.text(alphabet="ab01 \t\n\"'{}()[]f\\#=:.,", max_size=60))
def test_logical_lines_hold_every_sign_that_is_no_blank_or_comment(text: str) -> None:
    tokens = "".join(token.text for line in logical_lines(text) for token in line.tokens)
    assert len(tokens) <= len(text)
    for line in logical_lines(text):
        for token in line.tokens:
            assert line.text[token.start : token.end] == token.text
