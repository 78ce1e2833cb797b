"""What is shown of the server's two dictionaries."""

from hypothesis import given
from hypothesis import strategies as st

from gui.dictionaries import differences

few_texts = st.dictionaries(st.sampled_from("abcd"), st.sampled_from("xyz"))


@given(few_texts, few_texts)
def test_the_differences_lead_from_one_dictionary_to_the_other(
    before: dict[str, str], now: dict[str, str]
) -> None:
    changes = differences(before, now)
    changed = {key: value for key, value in {**before, **changes}.items() if value is not None}
    assert changed == now
    assert all(before.get(key) != value for key, value in changes.items())
