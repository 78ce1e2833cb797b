"""The words of the desk that the windows do not need; the others: gui.tutor.explanations."""

from gui.tutor.explanations import Explanation


def empty_portion(function: str) -> Explanation:
    """Explain a portion with nothing in it."""
    return Explanation(
        f"{function}() has nothing between its markers yet.",
        "Its docstring says step by step what it has to do. Write that between the two markers.",
    )


def missing_portion(function: str, file: str) -> Explanation:
    """Explain a function that is not there."""
    return Explanation(
        f"{function}() was not found in {file}.",
        "Hand in both files, with the first line and the markers of each function as they were.",
    )


def not_judged(function: str) -> Explanation:
    """Explain a function that the desk itself failed at."""
    return Explanation(
        f"{function}() could not be judged.",
        "That is no fault that can be told here: ask your teacher to look at it.",
    )


def unreadable_portion(function: str, message: str) -> Explanation:
    """Explain a portion that is not Python."""
    return Explanation(
        f"Python cannot read what is between the markers of {function}(): {message}.",
        "Look at this line, and at the end of the line before it.",
    )


def wrong_indent(function: str, message: str) -> Explanation:
    """Explain a portion whose lines do not begin where they should."""
    return Explanation(
        f"Python cannot read what is between the markers of {function}(): {message}.",
        "Lines of one block begin in the same column, with spaces; the first one where its "
        "docstring does, and what belongs to a line that ends with a colon, further in.",
    )


def did_not_finish(function: str, seconds: float, in_loop: bool) -> Explanation:
    """Explain a function that was broken off."""
    if in_loop:
        return Explanation(
            f"{function}() did not finish: a loop in it was broken off after {seconds:g} s.",
            "Nothing in the loop makes its condition false. What should change each time round?",
        )
    return Explanation(
        f"{function}() did not finish: it was broken off after {seconds:g} s.",
        "Some line waits, for time to pass or for somebody to type. No step has to wait.",
    )


def ended_process(function: str) -> Explanation:
    """Explain a function that took the whole process with it."""
    return Explanation(
        f"{function}() ended the whole program, so that it could not be seen what it does.",
        "The program goes on: other clients need it. To end the function early, which keyword "
        "hands back control?",
    )


def no_truth_value(function: str, shown: str, kind: str) -> Explanation:
    """Explain a helper that answers something else than True or False."""
    return Explanation(
        f"{function}() handed back {shown} ({kind}), where True or False is expected.",
        "Which question does the docstring ask, and which values may answer it?",
    )


def uncalled(function: str, helper: str) -> Explanation:
    """Explain a function that is named and not called."""
    return Explanation(
        f"{function}() names {helper} without calling it.",
        "A function does its work only when it is called: brackets after its name, with what it "
        "receives in them.",
    )


def outside_markers(function: str, name: str) -> Explanation:
    """Explain a name that is defined where nothing is kept."""
    return Explanation(
        f"{function}() uses {name}, which stands outside the markers.",
        "Only what is between the markers is taken from your file. Move what you need there.",
    )


def waits_for_input(function: str) -> Explanation:
    """Explain a function that asks somebody to type."""
    return Explanation(
        f"{function}() waits for somebody to type, with input().",
        "Everything that the function needs has come with its call. What does it receive?",
    )


def not_sendable(function: str, message: str, shown: str) -> Explanation:
    """Explain a message with something in it that is no username."""
    return Explanation(
        f"{function}() gave {message} {shown}, where a username is expected.",
        "What does the name in the brackets hold? The function received the username itself.",
    )
