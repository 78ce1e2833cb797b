"""What is shown of the server's two dictionaries."""

from hypothesis import given
from hypothesis import strategies as st

from gui.bridge import ClientGone
from gui.dictionaries import DictionaryChanged, ShownDictionaries, as_text, differences
from gui.tutor.assignment import Dictionaries

ADA = "127.0.0.1:50412"
few_entries = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["x", "y", None, 3]))


@given(few_entries, few_entries)
def test_the_differences_lead_from_one_dictionary_to_the_other(
    before: dict[str, object], now: dict[str, object]
) -> None:
    shown = {key: as_text(value) for key, value in before.items()}
    changes = differences(before, now)
    changed = {key: text for key, text in {**shown, **changes}.items() if text is not None}
    assert changed == {key: as_text(value) for key, value in now.items()}
    assert all(shown.get(key) != text for key, text in changes.items())


def test_a_client_that_goes_is_told_before_what_that_changes_to_whoever_wants_to_know() -> None:
    told: list[object] = []
    shown = ShownDictionaries(told.append)
    shown.show(Dictionaries({}, {ADA: "ada"}), "127.0.0.1:9")
    shown.observe = told.append
    shown.show(Dictionaries({}, {}), ADA)
    logged_in, gone, logged_off = told
    assert logged_in == DictionaryChanged("active_users", {ADA: "ada"})
    assert isinstance(gone, ClientGone)
    assert gone.key == ADA
    assert logged_off == DictionaryChanged("active_users", {ADA: None})
