"""What platforms write into names and files is read, in any language, and whatever it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.grading.platforms import moment, submitters


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("Oct 5, 2026 1022 AM", "Oct 5, 2026 122 PM"),
        ("Oct 5, 2026 1222 AM", "Oct 5, 2026 122 AM"),
        ("Oct 5, 2026 1259 PM", "Oct 5, 2026 100 PM"),
        ("Dec 31, 2026 1159 PM", "Jan 1, 2027 1200 AM"),
        ("5 févr. 2026 22h22", "5 mars 2026 08h00"),
        ("30. September 2026 2359", "1. Oktober 2026 0001"),
        ("9 juin 2026 1000", "1 juil. 2026 1000"),
        ("2026-09-30 2359", "2026-10-01 0000"),
    ],
)
def test_attempts_are_ordered_by_date_in_several_languages(earlier: str, later: str) -> None:
    first, second = moment(earlier), moment(later)
    assert first is not None
    assert second is not None
    assert first < second


@given(st.text())
def test_any_metadata_is_read(text: str) -> None:
    submitters(text)
    submitters(f"submission_1:\n  :submitters:\n  - :name: {text}\n")
    moment(text)
