"""The words for what is wrong with a portion of students' code.

Plain functions on plain data, so that the windows and a grader say the same sentence for
the same mistake. They say what happened and where to look; they never give the solution,
never blame, and use no word that the assignment has not introduced.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

SERVER_HANDLE = (
    "registration_successful",
    "registration_failed",
    "login_successful",
    "login_failed",
    "request_denied",
    "send_registry",
    "get_addr_key",
    "send_message",
)
CLIENT_HANDLE = ("register", "login", "request_registry", "send_message")


class Explanation(NamedTuple):
    """A title of one sentence, and what to try."""

    title: str
    advice: str


# --- exceptions -------------------------------------------------------------------------


class Failure(NamedTuple):
    """An exception in a portion, as plain data.

    Parameters:
        kind: the name of the exception's class.
        message: its text.
        function: the function in which it was raised.
        code: the text of the line.
        name: the name or attribute that was not found, if that is what happened.
        owner: the type of the object that lacks the attribute, as the class's name.
        known: names that would have been found there.
        parameters: what the function receives.
    """

    kind: str
    message: str
    function: str
    code: str = ""
    name: str = ""
    owner: str = ""
    known: Iterable[str] = ()
    parameters: Sequence[str] = ()


def explain_exception(failure: Failure) -> Explanation:
    """Explain an exception that ended a portion."""
    explain = EXCEPTIONS.get(failure.kind)
    found = explain(failure) if explain else None
    return found or Explanation(
        f"{failure.function}() stopped: {failure.kind}: {failure.message}".rstrip(": ") + ".",
        "Read that line, and think through what each name on it holds at that moment.",
    )


def explain_not_implemented(failure: Failure) -> Explanation | None:
    """Explain a portion that still holds its first line."""
    return Explanation(
        f"{failure.function}() is not filled in yet.",
        "Its docstring says step by step what it has to do. Write that between the two markers, "
        "in place of the line that says NotImplementedError.",
    )


def explain_name(failure: Failure) -> Explanation | None:
    """Explain a name that does not exist where it is used."""
    name, function = failure.name, failure.function
    title = f"{function}() uses the name {name}, which does not exist there."
    handle = next((p for p in failure.parameters if p in ("server", "client")), "")
    methods = {"server": SERVER_HANDLE, "client": CLIENT_HANDLE}.get(handle, ())
    if name in methods:
        return Explanation(
            title, f"This function belongs to the {handle} handle: put {handle}. before it."
        )
    if meant := nearest(name, methods):
        return Explanation(title, f"Did you mean {handle}.{meant}?")
    if name in ("key", "username", "server", "client"):
        received = " and ".join(failure.parameters) or "nothing"
        return Explanation(
            title, f"This function receives only {received}. Where can the rest come from?"
        )
    if name in ("true", "false", "none", "null"):
        return Explanation(title, f"Python writes it with a capital letter: {name.capitalize()}.")
    if meant := nearest(name, failure.known):
        return Explanation(title, f"Did you mean {meant}? Names must match letter by letter.")
    return Explanation(
        title, "Look for a slip in the spelling. A text, unlike a name, stands in quotes."
    )


def explain_unbound(failure: Failure) -> Explanation | None:
    """Explain a local name that has no value yet."""
    if failure.name in ("users", "active_users"):
        return local_dictionary(failure.function, failure.name)
    return Explanation(
        f"{failure.function}() uses {failure.name} before it has a value.",
        "Follow each path through the function: on one of them nothing has been stored in it yet.",
    )


def explain_attribute(failure: Failure) -> Explanation | None:
    """Explain something after a dot that is not there."""
    name, function = failure.name, failure.function
    if failure.owner in ("ServerHandle", "ClientHandle"):
        handle = failure.owner.removesuffix("Handle").lower()
        title = f"{function}() uses {handle}.{name}, which does not exist."
        if name in failure.parameters or name in failure.known:
            return Explanation(
                title, f"{name} is a function of this file: call it without {handle}."
            )
        methods = SERVER_HANDLE if handle == "server" else CLIENT_HANDLE
        if meant := nearest(name, methods):
            return Explanation(title, f"Did you mean {handle}.{meant}?")
        return Explanation(title, f"The docstring of {function} lists what the handle offers.")
    if failure.owner == "dict":
        title = f"{function}() uses .{name} on a dictionary, which has nothing of that name."
        if name in ("append", "add", "insert", "push", "extend"):
            return Explanation(
                title, f"{name} belongs to other collections. How do you set a value for a key?"
            )
        if meant := nearest(name, dir(dict)):
            return Explanation(title, f"Did you mean .{meant}?")
        return Explanation(title, "How do you look up, or set, the value for a key?")
    if failure.owner == "NoneType":
        return Explanation(
            f"{function}() uses .{name} on None.",
            "What stands before the dot holds None, as what a function gives that hands nothing "
            "back.",
        )
    return None


def explain_type(failure: Failure) -> Explanation | None:
    """Explain a value of the wrong kind."""
    function, message = failure.function, failure.message
    if "await" in message and "method" in message:
        return Explanation(
            f"{function}() uses a method without calling it.",
            "A function of the handle does its work only when it is called, with ().",
        )
    if "await" in message and ("used in" in message or "be awaited" in message):
        return Explanation(
            f"{function}() awaits something that answers at once.",
            "What stands after await here needs no await: get_addr_key and the functions of this "
            "file that are not async hand their value back immediately.",
        )
    if "method" in message and ("not iterable" in message or "subscriptable" in message):
        return Explanation(
            f"{function}() uses a method without calling it.",
            "A method, such as values or keys, does its work only when it is called with ().",
        )
    if "positional argument" in message or "keyword argument" in message:
        called = message.partition("(")[0].rpartition(".")[2]
        amount = "fewer values than it needs" if "missing" in message else "values it does not take"
        return Explanation(
            f"{function}() calls {called}() with {amount}.",
            f"Compare the call with the description of {called}: as many values, in the same "
            "order.",
        )
    if "send_message takes a message" in message:
        return Explanation(
            f"{function}() gives send_message something that is no message.",
            "The handle has a function for each message, which makes it in the proper form.",
        )
    if "not callable" in message:
        return Explanation(
            f"{function}() calls something that is no function: {message}.",
            "Round brackets after a name call it. A dictionary's value is looked up with [ ].",
        )
    if "unhashable" in message:
        return Explanation(
            f"{function}() uses a value as a key that cannot be one: {message}.",
            "A key is a piece of text here. What does the line use instead?",
        )
    if "coroutine" in message:
        return Explanation(
            f"{function}() uses an async function's call as if it were its result: {message}.",
            "An async function does its work only when it is awaited.",
        )
    return None


def explain_key(failure: Failure) -> Explanation | None:
    """Explain a look-up of a key that is not there."""
    compared = "==" in failure.code and not failure.code.lstrip().startswith(
        ("if", "elif", "while", "return", "assert")
    )
    return Explanation(
        f"{failure.function}() looks up a key that the dictionary does not have.",
        "== compares. What stores a value under a key?"
        if compared
        else "A client that has not registered is in no dictionary. Look first whether the key is "
        "there.",
    )


def explain_exit(failure: Failure) -> Explanation | None:
    """Explain code that wants to end the program."""
    return Explanation(
        f"{failure.function}() asked the whole program to end.",
        "The program goes on: other clients need it. To end the function early, which keyword "
        "hands back control?",
    )


def explain_recursion(failure: Failure) -> Explanation | None:
    """Explain a function that calls itself without end."""
    return Explanation(
        f"{failure.function}() calls itself again and again, without an end.",
        "Look for the call that leads back into the same function. Was another one meant?",
    )


def explain_stuck_loop(failure: Failure) -> Explanation | None:
    """Explain a loop that was broken off."""
    return Explanation(
        f"{failure.function}() did not finish: a loop in it was broken off after 5 s.",
        "Nothing in the loop makes its condition false. What should change each time round?",
    )


def explain_stuck_wait(failure: Failure) -> Explanation | None:
    """Explain a function that awaited something that does not come."""
    return Explanation(
        f"{failure.function}() did not finish: it was broken off after waiting for 5 s.",
        "What is awaited there does not come. No step of the assignment has to wait for anything.",
    )


def explain_runtime(failure: Failure) -> Explanation | None:
    """Explain a mistake that Python notices only as it happens."""
    if "changed size during iteration" in failure.message:
        return Explanation(
            f"{failure.function}() changes a dictionary while a loop goes through it.",
            "Find out first what is to be changed; change it after the loop.",
        )
    if "already awaited" in failure.message:
        return Explanation(
            f"{failure.function}() awaits the same call twice.",
            "One call, one await. To send again, call again.",
        )
    return None


def explain_protocol(failure: Failure) -> Explanation | None:
    """Explain a message that cannot be sent."""
    if "client" in failure.parameters and "at least 1" in failure.message:
        return empty_sent(failure.function)
    return Explanation(
        f"{failure.function}() sends a message that breaks a rule: {failure.message}",
        "What does the line put into the message, and what do the dictionaries hold?",
    )


def explain_assertion(failure: Failure) -> Explanation | None:
    """Explain an assert that did not hold."""
    return Explanation(
        f"{failure.function}() asserts something that is not so.",
        "The condition after assert was false. What did you expect there, and why?",
    )


EXCEPTIONS = {
    "NotImplementedError": explain_not_implemented,
    "NameError": explain_name,
    "UnboundLocalError": explain_unbound,
    "AttributeError": explain_attribute,
    "TypeError": explain_type,
    "KeyError": explain_key,
    "SystemExit": explain_exit,
    "KeyboardInterrupt": explain_exit,
    "RecursionError": explain_recursion,
    "StuckLoop": explain_stuck_loop,
    "StuckWait": explain_stuck_wait,
    "RuntimeError": explain_runtime,
    "ProtocolError": explain_protocol,
    "AssertionError": explain_assertion,
}


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name that was probably meant, or "" if none is near."""
    # Here, not above: it is hardly ever needed, and takes its time to import.
    import difflib

    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=0.65)), "")


# --- the file and its functions ---------------------------------------------------------


def no_file(file: str) -> Explanation:
    """Explain a file that is not there, or that may not be read."""
    return Explanation(
        f"There is no {file} that can be read.",
        f"It must stand beside the programs, under exactly this name: {file}. Until it does, none "
        "of its functions can run. Put it there, then start the program again.",
    )


def not_utf8(file: str) -> Explanation:
    """Explain a file whose bytes are no text as Python reads it."""
    return Explanation(
        f"Python cannot read {file}: it is not saved as UTF-8.",
        'Python reads text as UTF-8 only. In your editor choose "Save as", and UTF-8 as the '
        "encoding. Then start the program again.",
    )


def no_place(file: str, message: str) -> Explanation:
    """Explain a file that Python cannot read, where it does not say in which line."""
    return Explanation(
        f"Python cannot read {file}: {message}.",
        "Until it is mended, none of its functions can run. Save the file, then start the program "
        "again.",
    )


def no_import(file: str, kind: str, message: str) -> Explanation:
    """Explain a file that Python cannot read or run."""
    if kind in ("SyntaxError", "IndentationError", "TabError"):
        return Explanation(
            f"Python cannot read {file}: {message}.",
            "Look at the marked place, and at the end of the line before it. Until it is mended, "
            "every request is answered with an error. Save the file, then start the program again.",
        )
    return Explanation(
        f"{file} stops while it is read: {kind}: {message}".rstrip(": ") + ".",
        "What stands outside the functions runs when the program starts. Mend it, save the file, "
        "then start the program again.",
    )


def no_dictionary(dictionary: str) -> Explanation:
    """Explain a file in which a dictionary is something else from the start."""
    return Explanation(
        f"{dictionary} must be a dictionary, and is something else.",
        "The two dictionaries at the top of the file must stay as they were handed out.",
    )


def missing_function(function: str, found: Iterable[str]) -> Explanation:
    """Explain a function of the assignment that the file does not have."""
    meant = nearest(function, found)
    return Explanation(
        f"There is no function {function}() in the file.",
        f"Was {meant} renamed? The program calls it {function}."
        if meant
        else "The first line of each function must stay as it was handed out.",
    )


def wrong_async(function: str, should_be: bool) -> Explanation:
    """Explain a function that gained or lost its async."""
    return Explanation(
        f"{function}() must {'' if should_be else 'not '}be an async function.",
        "The first line of each function must stay as it was handed out: "
        + ("async def." if should_be else "def, without async."),
    )


def uses_yield(function: str) -> Explanation:
    """Explain a function that became a generator."""
    return Explanation(
        f"{function}() uses yield, which makes it another kind of function.",
        "Which keyword hands back a value, and ends the function?",
    )


def wrong_parameters(function: str, parameters: Sequence[str]) -> Explanation:
    """Explain a function that cannot be called as the program calls it."""
    return Explanation(
        f"{function}() must receive {' and '.join(parameters)}.",
        "The first line of each function must stay as it was handed out.",
    )


# --- helpers ----------------------------------------------------------------------------

# What is so when a helper should answer True, and when it should answer False.
SITUATIONS = {
    "registered": ("this client's key is in users", "this client's key is not in users"),
    "username_exists": ("somebody in users has the name", "nobody in users has the name"),
    "username_matches_record": (
        "users holds this username for this client",
        "users does not hold this username for this client",
    ),
    "logged_in": (
        "this client's key is in active_users",
        "this client's key is not in active_users",
    ),
}


def no_result(function: str) -> Explanation:
    """Explain a helper that should answer True or False and gives None."""
    return Explanation(
        f"{function}() hands nothing back, where True or False is expected.",
        "You may well work out the answer. Which keyword gives a value back, and does every path "
        "reach it?",
    )


def wrong_result(function: str, situation: str, result: object) -> Explanation:
    """Explain a helper whose answer is not true."""
    return Explanation(
        f"{function}() answered {result!r}, although {situation}.",
        LOOKS.get(function, "Compare what it looks at with what its docstring says."),
    )


LOOKS = {
    "registered": "Which dictionary, and which side of it, the keys or the values, tells that?",
    "username_exists": "Every user counts. If there is a loop: when can you be sure that nobody "
    "has the name?",
    "username_matches_record": "Only the username stored for this very key matters, not anyone's.",
    "logged_in": "Which of the two dictionaries tells who is logged in now?",
}


def not_stored(function: str, dictionary: str) -> Explanation:
    """Explain a helper that should store an entry and does not."""
    return Explanation(
        f"{function}() ended, but {dictionary} does not hold the username under the key.",
        "How do you set a value for a key? = stores, == compares, and [ ] take the key.",
    )


def wrong_value(function: str, dictionary: str, shown: str) -> Explanation:
    """Explain an entry with another value than the username."""
    return Explanation(
        f"{function}() stored {shown} in {dictionary} for this client.",
        "A dictionary leads from the client's key to its username. Which of the two is stored, "
        "and is it in quotes?",
    )


def swapped(function: str, dictionary: str) -> Explanation:
    """Explain an entry with key and value the wrong way round."""
    return Explanation(
        f"{function}() stored the key under the username: {dictionary} leads the wrong way.",
        "A dictionary leads from what stands in [ ] to what is stored. Which one is the key?",
    )


def local_dictionary(function: str, dictionary: str) -> Explanation:
    """Explain a local variable that hides a dictionary."""
    return Explanation(
        f"{function}() makes a new, local {dictionary}; the shared one is unchanged.",
        f"{dictionary} = … inside a function creates another variable. Change the dictionary, "
        "don't replace it.",
    )


def replaced(function: str, dictionary: str, kind: str) -> Explanation:
    """Explain a dictionary that was replaced by something else."""
    other = "another dictionary" if kind == "dict" else f"something else, of type {kind}"
    return Explanation(
        f"{function}() replaced the shared {dictionary} by {other}.",
        f"Everything that {dictionary} held is lost. Change the dictionary, don't replace it.",
    )


def wrong_kind(function: str, dictionary: str) -> Explanation:
    """Explain an entry that is not text."""
    return Explanation(
        f"{function}() put something into {dictionary} that is no text.",
        "Both the key and the username are pieces of text. Which of them is something else, and "
        "where does it come from?",
    )


def early_return(function: str) -> Explanation:
    """Explain a loop that ends at its first turn."""
    return Explanation(
        f"{function}() looks at the first user only: its loop returns at once, either way.",
        "Every user counts. When can you be sure that nobody has the name?",
    )


def lost_entry(function: str, dictionary: str) -> Explanation:
    """Explain an entry that must stay and is gone."""
    return Explanation(
        f"{function}() removed a client from {dictionary}.",
        "Once registered, a client stays in users; the server takes it out of active_users by "
        "itself. Nothing has to be removed.",
    )


def foreign_entry(function: str, dictionary: str) -> Explanation:
    """Explain an entry of another client that changed."""
    return Explanation(
        f"{function}() changed an entry of {dictionary} that belongs to another client.",
        "Each client has a key of its own. Under which key does the line store?",
    )


def unexpected_entry(function: str, dictionary: str) -> Explanation:
    """Explain an entry in the wrong dictionary or at the wrong time."""
    return Explanation(
        f"{function}() changed {dictionary}, which this step leaves alone.",
        "Registering is remembered in users, being logged in in active_users. Which is meant?",
    )


# --- handlers ---------------------------------------------------------------------------


def forgotten_await(function: str, method: str) -> Explanation:
    """Explain a message that was prepared and not sent."""
    return Explanation(
        f"{function}() called {method} without await, so nothing was sent.",
        "A function of the handle that sends does its work only when it is awaited.",
    )


def no_answer(function: str) -> Explanation:
    """Explain a handler that ended without an answer."""
    return Explanation(
        f"{function}() ended without an answer to the client.",
        "A path through it sends nothing. Follow each branch to its end: which message does it "
        "send? print shows text on this side only.",
    )


def two_answers(function: str, first: str, second: str) -> Explanation:
    """Explain a handler that answered twice."""
    return Explanation(
        f"{function}() sent two answers, {first} and {second}.",
        "The first one went out, the second was held back. Only one branch may run: is the other "
        "one under an else?",
    )


def wrong_answer(function: str, message: str) -> Explanation:
    """Explain an answer to something that was not asked."""
    return Explanation(
        f"{function}() answered with {message}, which is no answer to this request.",
        "It was held back. The docstring names the answers that this request may get.",
    )


def wrong_name(function: str, sent: str, asked: str) -> Explanation:
    """Explain an answer about another username."""
    return Explanation(
        f"{function}() answered about the username {sent!r}; the request was about {asked!r}.",
        "In quotes a word is just that text; without them it is the name of what the function "
        "received.",
    )


def refused_wrongly(function: str, username: str) -> Explanation:
    """Explain a request that was refused without reason."""
    look = {
        "register_client": (
            f"register_client() refused {username!r}, though the name is free and this client has "
            "not registered.",
            "Read step 1 again: in which cases is a client refused, and what do the helpers answer "
            "in the others?",
        ),
        "login_client": (
            f"login_client() refused {username!r}, though this client registered under that name.",
            "Read step 1 again: what must be so for a login to succeed?",
        ),
        "send_registry_to_client": (
            "send_registry_to_client() denied the registry to a client that is logged in.",
            "Whom may you send it to? Which helper tells, and for which answer of it?",
        ),
    }
    return Explanation(*look[function])


def wrong_argument(function: str, helper: str, parameter: str, given: str) -> Explanation:
    """Explain a helper that was called with something else than it is meant for."""
    return Explanation(
        f"{function}() calls {helper}() with {given} as the {parameter}.",
        f"{helper} can answer rightly only for the right {parameter}. In which order does it "
        "receive what, and which function of the handle gives the client's key?",
    )


def registered_twice(function: str) -> Explanation:
    """Explain a client that was registered a second time."""
    return Explanation(
        f"{function}() registered the same client twice, and its first name was lost.",
        "Read step 1 again: it names two reasons to refuse. Which check is missing, and which word "
        "joins the two?",
    )


def taken_name(function: str, username: str) -> Explanation:
    """Explain a username that two clients have."""
    return Explanation(
        f"{function}() registered {username!r}, a name that another client has.",
        "Read step 1 again: it names two reasons to refuse. Which check is missing, and which word "
        "joins the two?",
    )


def wrong_login(function: str, username: str, was_registered: bool) -> Explanation:
    """Explain a login that should have been refused."""
    who = "registered another name" if was_registered else "has not registered"
    return Explanation(
        f"{function}() logged in {username!r} for a client that {who}.",
        "It is not enough that somebody has the name: must it match this client's key?",
    )


def wrong_registry(function: str) -> Explanation:
    """Explain a registry for a client that may not have it."""
    return Explanation(
        f"{function}() sent the registry to a client that is not logged in.",
        "Whom may you send it to? Which helper tells, and for which answer of it?",
    )


def empty_promise(function: str, message: str, dictionary: str, helper: str) -> Explanation:
    """Explain an answer that the dictionaries do not bear out."""
    return Explanation(
        f"{function}() said {message}, but {dictionary} has no such entry for this client.",
        f"Storing it is the job of {helper}: is it called, with which values, before the answer?",
    )


def refused_after_storing(function: str) -> Explanation:
    """Explain a client that was registered and then refused."""
    return Explanation(
        f"{function}() stored the client in users and then refused it.",
        "What is checked must be checked before anything is stored: in which order do the lines "
        "run?",
    )


# --- the client's steps -----------------------------------------------------------------


def nothing_sent(function: str) -> Explanation:
    """Explain a step that sent nothing."""
    return Explanation(
        f"{function}() ended without sending anything.",
        "Which call of the client handle sends the message, and does every path reach it?",
    )


def empty_sent(function: str) -> Explanation:
    """Explain a step that sends although the username is empty."""
    return Explanation(
        f"{function}() tried to send an empty username.",
        "Read step 1 again: what is to happen when the username is the empty text?",
    )


def sent_twice(function: str, message: str) -> Explanation:
    """Explain a step that sent more than one message."""
    return Explanation(
        f"{function}() sent more than one message: after the first came {message}.",
        "The first one went out, the second was held back. One press of the button, one message.",
    )


def sent_wrong(function: str, message: str) -> Explanation:
    """Explain a step that sent the message of another one."""
    return Explanation(
        f"{function}() sent {message}, which belongs to another step.",
        "It was held back. The docstring names the message that this step sends.",
    )


def sent_wrong_name(function: str, sent: str, typed: str) -> Explanation:
    """Explain a step that sent another username than the one typed."""
    return Explanation(
        f"{function}() sent the username {sent!r}, not {typed!r}, which was typed.",
        "In quotes a word is just that text; without them it is the name of what the function "
        "received.",
    )


# --- stuck code -------------------------------------------------------------------------


def stuck(function: str, seconds: int, in_loop: bool, program: str) -> Explanation:
    """Explain code that holds up its program, while it does."""
    who = "What stands outside the functions" if function == "<module>" else f"{function}()"
    if in_loop:
        return Explanation(
            f"{who} has been holding up the {program} for {seconds} s: a loop does not end.",
            "Nothing else can happen meanwhile. After 5 s the loop is broken off. What makes its "
            "condition false?",
        )
    return Explanation(
        f"{who} has been holding up the {program} for {seconds} s: a call does not return.",
        "Nothing else can happen meanwhile. The line waits, for time to pass or for somebody to "
        "type. No step of the assignment has to wait.",
    )
