"""Stripping empties the portions, keeps every other byte, and refuses markers that are wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.grading.portions import FILES, MarkerError, read, strip
from tests.grading_tests.submitted import REFERENCE, SKELETONS

FUNCTION = """\
def first(key):
    \"\"\"Tell.\"\"\"
    # *** start ***
    return key
    # *** end ***


def second():
    # *** start ***
    return 2
    # *** end ***
"""


def stripped(text: str) -> str:
    """Return a text stripped."""
    return strip(text.encode(), "file.py").decode()


def test_a_portion_becomes_one_line_that_names_the_function() -> None:
    assert stripped(FUNCTION) == FUNCTION.replace(
        "return key", 'raise NotImplementedError("fill in first")'
    ).replace("return 2", 'raise NotImplementedError("fill in second")')


@pytest.mark.parametrize("name", FILES)
def test_stripping_twice_is_stripping_once(name: str) -> None:
    once = strip(REFERENCE[name], name)
    assert strip(once, name) == once == SKELETONS[name]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_line_ends_and_a_byte_order_mark_are_kept(start: str, end: str) -> None:
    expected = start + stripped(FUNCTION).replace("\n", end)
    assert stripped(start + FUNCTION.replace("\n", end)) == expected


@pytest.mark.parametrize(
    "marker",
    [
        "# *** start ***",
        "#*** START ***",
        "# `*** start ***`",
        "#\t*** Start ***  \t",
        "# ***start***",
    ],
)
def test_a_marker_may_be_written_in_several_ways(marker: str) -> None:
    text = FUNCTION.replace("# *** start ***", marker)
    assert "return" not in stripped(text)
    assert stripped(text).count(marker) == 2


@pytest.mark.parametrize("text", ["x = 1  # *** start ***\n", '"""# *** start *** and so on"""\n'])
def test_what_is_not_a_whole_comment_line_is_no_marker(text: str) -> None:
    assert stripped(text + FUNCTION) == text + stripped(FUNCTION)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (FUNCTION.replace("return key", "# *** start ***"), "line 4: a start marker inside"),
        (FUNCTION.replace("    return 2\n    # *** end ***\n", ""), "line 9: a start marker with"),
        (FUNCTION.replace("    # *** start ***\n", "", 1), "line 4: an end marker without"),
        (FUNCTION.replace("    # *** end ***", "  # *** end ***", 1), "line 5: indented differ"),
        (FUNCTION.replace("\n\ndef second():", ""), "line 7: a second portion in first()"),
        ("# *** start ***\nx = 1\n# *** end ***\n", "line 1: a start marker outside"),
        ("x = 1\n", "there is no marker"),
        ("", "there is no marker"),
        (FUNCTION + "def (:\n", "what is left is not Python"),
    ],
)
def test_wrong_markers_are_refused_with_the_line(text: str, words: str) -> None:
    with pytest.raises(MarkerError, match=r"file\.py") as refused:
        stripped(text)
    assert words in str(refused.value)


LINES = st.lists(
    st.sampled_from(
        [
            "def registered(key):",
            "    # *** start ***",
            "    # *** end ***",
            "    return 1",
            "",
            "# *** end ***",
            "async def login_client(server, username):",
            '    """',
            "\tx",
            "}",
        ]
    )
)


@given(LINES)
def test_stripping_ends_in_a_stripped_file_or_in_an_error(lines: list[str]) -> None:
    source = "\n".join(lines).encode()
    try:
        once = strip(source, "file.py")
    except MarkerError:
        return
    assert strip(once, "file.py") == once


@given(st.one_of(st.binary(), LINES.map(lambda lines: "\n".join(lines).encode())))
def test_any_file_can_be_read(source: bytes) -> None:
    name = "server_logic.py"
    for portion in read(source, SKELETONS[name], name).portions.values():
        assert portion.function.startswith("server_logic.")
        assert not portion.body or portion.body.endswith("\n")
