"""The words for what is wrong with a portion of students' code: each rule's title and advice.

The windows, the console and a grader all read them here. They say what happened and where to
look; they never give the solution, never blame, and use no word that the assignment has not
introduced.
"""

from typing import NamedTuple


class Explanation(NamedTuple):
    """A title of one sentence, and what to try.

    Parameters:
        rule: the name of the rule that found it, a key of `WORDS`.
    """

    title: str
    advice: str
    rule: str = ""


def explain(rule: str, **values: object) -> Explanation:
    """Return the words of a rule, with the names and values that belong in them."""
    title, advice = (text.format(**values) for text in WORDS[rule])
    # What Python says may be a question already.
    return Explanation(title.replace("?.", "?"), advice, rule)


NO_NAME = "{function}() uses the name {name}, which does not exist there."
NO_ATTRIBUTE = "{function}() uses .{name} on a dictionary, which has nothing of that name."
NOT_IN_HANDLE = "{function}() uses {handle}.{name}, which does not exist."
WRONG_RESULT = "{function}() answered {result}, although {situation}."
FIRST_LINE = "The first line of each function must stay as it was handed out."
READ_STEP_1 = (
    "Read step 1 again: it names two reasons to refuse. Which check is missing, and which word "
    "joins the two?"
)
WHOM = "Whom may you send it to? Which helper tells, and for which answer of it?"
JUST_THAT_TEXT = (
    "In quotes a word is just that text; without them it is the name of what the function received."
)
TO_END = (
    "The program goes on: other clients need it. To end the function early, which keyword hands "
    "back control?"
)
FILL_IN = "Its docstring says step by step what it has to do. Write that between the two markers"

WORDS: dict[str, tuple[str, str]] = {
    # --- what is not there ----------------------------------------------------------------
    "not_filled_in": (
        "{function}() is not filled in yet.",
        f"{FILL_IN}, in place of the line that says NotImplementedError.",
    ),
    "empty": ("{function}() has nothing between its markers yet.", f"{FILL_IN}."),
    # --- exceptions -----------------------------------------------------------------------
    "stopped": (
        "{function}() stopped: {said}.",
        "Read that line, and think through what each name on it holds at that moment.",
    ),
    "name_of_handle": (
        NO_NAME,
        "This function belongs to the {handle} handle: put {handle}. before it.",
    ),
    "name_like_handle": (NO_NAME, "Did you mean {handle}.{meant}?"),
    "name_not_received": (
        NO_NAME,
        "This function receives only {received}. Where can the rest come from?",
    ),
    "name_of_constant": (NO_NAME, "Python writes it with a capital letter: {meant}."),
    "name_misspelt": (NO_NAME, "Did you mean {meant}? Names must match letter by letter."),
    "name_unknown": (
        NO_NAME,
        "Look for a slip in the spelling. A text, unlike a name, stands in quotes.",
    ),
    "no_value_yet": (
        "{function}() uses {name} before it has a value.",
        "Follow each path through the function: on one of them nothing has been stored in it yet.",
    ),
    "function_of_file": (
        NOT_IN_HANDLE,
        "{name} is a function of this file: call it without {handle}.",
    ),
    "handle_misspelt": (NOT_IN_HANDLE, "Did you mean {handle}.{meant}?"),
    "not_in_handle": (NOT_IN_HANDLE, "The docstring of {function} lists what the handle offers."),
    "method_of_others": (
        NO_ATTRIBUTE,
        "{name} belongs to other collections. How do you set a value for a key?",
    ),
    "method_misspelt": (NO_ATTRIBUTE, "Did you mean .{meant}?"),
    "no_such_method": (NO_ATTRIBUTE, "How do you look up, or set, the value for a key?"),
    "attribute_of_none": (
        "{function}() uses .{name} on None.",
        "What stands before the dot holds None, as what a function gives that hands nothing back.",
    ),
    "uncalled": (
        "{function}() names {name} without calling it.",
        "A function does its work only when it is called: brackets after its name, with what it "
        "receives in them.",
    ),
    "method_uncalled": (
        "{function}() uses a method without calling it.",
        "A method, such as values or keys, does its work only when it is called with ().",
    ),
    "needless_await": (
        "{function}() awaits something that answers at once.",
        "What stands after await here needs no await: get_addr_key and the functions of this file "
        "that are not async hand their value back immediately.",
    ),
    "wrong_call": (
        "{function}() calls {name}() with {amount}.",
        "Compare the call with the description of {name}: as many values, in the same order.",
    ),
    "no_function": (
        "{function}() calls something that is no function: {message}.",
        "Round brackets after a name call it. A dictionary's value is looked up with [ ].",
    ),
    "no_key": (
        "{function}() uses a value as a key that cannot be one: {message}.",
        "A key is a piece of text here. What does the line use instead?",
    ),
    "not_awaited": (
        "{function}() uses an async function's call as if it were its result: {message}.",
        "An async function does its work only when it is awaited.",
    ),
    "missing_key": (
        "{function}() looks up a key that the dictionary does not have.",
        "A client that has not registered is in no dictionary. Look first whether the key is "
        "there.",
    ),
    "compared": (
        "{function}() looks up a key that the dictionary does not have.",
        "== compares. What stores a value under a key?",
    ),
    "asks_to_end": ("{function}() asked the whole program to end.", TO_END),
    "ended_process": (
        "{function}() ended the whole program, so that it could not be seen what it does.",
        TO_END,
    ),
    "calls_itself": (
        "{function}() calls itself again and again, without an end.",
        "Look for the call that leads back into the same function. Was another one meant?",
    ),
    "endless_loop": (
        "{function}() did not finish: a loop in it was broken off after {seconds:g} s.",
        "Nothing in the loop makes its condition false. What should change each time round?",
    ),
    "endless_wait": (
        "{function}() did not finish: it was broken off after waiting for {seconds:g} s.",
        "What the line waits for does not come: time that passes, somebody who types, a message. "
        "No step of the assignment has to wait.",
    ),
    "waits_for_input": (
        "{function}() waits for somebody to type, with input().",
        "Everything that the function needs has come with its call. What does it receive?",
    ),
    "changed_in_loop": (
        "{function}() changes a dictionary while a loop goes through it.",
        "Find out first what is to be changed; change it after the loop.",
    ),
    "awaited_twice": (
        "{function}() awaits the same call twice.",
        "One call, one await. To send again, call again.",
    ),
    "breaks_a_rule": (
        "{function}() sends a message that breaks a rule: {message}",
        "What does the line put into the message, and what do the dictionaries hold?",
    ),
    "not_so": (
        "{function}() asserts something that is not so.",
        "The condition after assert was false. What did you expect there, and why?",
    ),
    # --- the file and its functions -------------------------------------------------------
    "unreadable": (
        "Python cannot read {file}: {message}.",
        "Look at the marked place, and at the end of the line before it. Until it is mended, only "
        "what is between the markers runs. Save the file, then start the program again.",
    ),
    "unreadable_somewhere": (
        "Python cannot read {file}: {message}.",
        "Until it is mended, only what is between the markers runs. Save the file, then start the "
        "program again.",
    ),
    "no_file": (
        "There is no {file} that can be read.",
        "It must stand beside the programs, under exactly this name: {file}. Until it does, none "
        "of its functions can run. Put it there, then start the program again.",
    ),
    "not_utf8": (
        "Python cannot read {file}: it is not saved as UTF-8.",
        'Python reads text as UTF-8 only. In your editor choose "Save as", and UTF-8 as the '
        "encoding. Then start the program again.",
    ),
    "unreadable_portion": (
        "Python cannot read what is between the markers of {function}(): {message}.",
        "Look at this line, and at the end of the line before it.",
    ),
    "wrong_indent": (
        "Python cannot read what is between the markers of {function}(): {message}.",
        "Lines of one block begin in the same column, with spaces; the first one where its "
        "docstring does, and what belongs to a line that ends with a colon, further in.",
    ),
    "stops_while_read": (
        "{file} stops while it is read: {said}.",
        "What stands outside the functions runs when the program starts. Mend it, save the file, "
        "then start the program again.",
    ),
    "no_dictionary": (
        "{dictionary} must be a dictionary, and is something else.",
        "The two dictionaries at the top of the file must stay as they were handed out.",
    ),
    "second_definition": (
        "{function}() is defined a second time, without need.",
        "The one that runs and is graded begins in line {first}, with the two markers in it. Move "
        "there what you want to keep, and delete this one.",
    ),
    "renamed": (
        "There is no function {function}() in the file.",
        "Was {meant} renamed? The program calls it {function}.",
    ),
    "missing_function": ("There is no function {function}() in the file.", FIRST_LINE),
    "missing_portion": (
        "{function}() was not found in {file}.",
        "Hand in both files, with the first line and the markers of each function as they were.",
    ),
    "not_async": (
        "{function}() must be an async function.",
        f"{FIRST_LINE.removesuffix('.')}: async def.",
    ),
    "async": (
        "{function}() must not be an async function.",
        f"{FIRST_LINE.removesuffix('.')}: def, without async.",
    ),
    "uses_yield": (
        "{function}() uses yield, which makes it another kind of function.",
        "Which keyword hands back a value, and ends the function?",
    ),
    "wrong_parameters": ("{function}() must receive {parameters}.", FIRST_LINE),
    "outside_markers": (
        "{function}() uses {name}, which stands outside the markers.",
        "Only what is between the markers is taken from your file. Move what you need there.",
    ),
    "not_judged": (
        "{function}() could not be judged.",
        "That is no fault that can be told here: ask your teacher to look at it.",
    ),
    # --- helpers --------------------------------------------------------------------------
    "no_result": (
        "{function}() hands nothing back, where True or False is expected.",
        "You may well work out the answer. Which keyword gives a value back, and does every path "
        "reach it?",
    ),
    "no_truth_value": (
        "{function}() handed back {shown}, where True or False is expected.",
        "Which question does the docstring ask, and which values may answer it?",
    ),
    "wrong_result_users_key": (
        WRONG_RESULT,
        "Which dictionary, and which side of it, the keys or the values, tells that?",
    ),
    "wrong_result_users_username": (
        WRONG_RESULT,
        "Every user counts. If there is a loop: when can you be sure that nobody has the name?",
    ),
    "wrong_result_users_key_username": (
        WRONG_RESULT,
        "Only the username stored for this very key matters, not anyone's.",
    ),
    "wrong_result_active_users_key": (
        WRONG_RESULT,
        "Which of the two dictionaries tells who is logged in now?",
    ),
    "early_return": (
        "{function}() looks at the first user only: its loop returns at once, either way.",
        "Every user counts. When can you be sure that nobody has the name?",
    ),
    "not_stored": (
        "{function}() ended, but {dictionary} does not hold the username under the key.",
        "How do you set a value for a key? = stores, == compares, and [ ] take the key.",
    ),
    "wrong_value": (
        "{function}() stored {shown} in {dictionary} for this client.",
        "A dictionary leads from the client's key to its username. Which of the two is stored, and "
        "is it in quotes?",
    ),
    "swapped": (
        "{function}() stored the key under the username: {dictionary} leads the wrong way.",
        "A dictionary leads from what stands in [ ] to what is stored. Which one is the key?",
    ),
    "local_dictionary": (
        "{function}() makes a new, local {dictionary}; the shared one is unchanged.",
        "{dictionary} = … inside a function creates another variable. Change the dictionary, "
        "don't replace it.",
    ),
    "replaced": (
        "{function}() replaced the shared {dictionary} by {other}.",
        "Everything that {dictionary} held is lost. Change the dictionary, don't replace it.",
    ),
    "wrong_kind": (
        "{function}() put something into {dictionary} that is no text.",
        "Both the key and the username are pieces of text. Which of them is something else, and "
        "where does it come from?",
    ),
    "lost_entry": (
        "{function}() removed a client from {dictionary}.",
        "Once registered, a client stays in users; the server takes it out of active_users by "
        "itself. Nothing has to be removed.",
    ),
    "foreign_entry": (
        "{function}() changed an entry of {dictionary} that belongs to another client.",
        "Each client has a key of its own. Under which key does the line store?",
    ),
    "unexpected_entry": (
        "{function}() changed {dictionary}, which this step leaves alone.",
        "Registering is remembered in users, being logged in in active_users. Which is meant?",
    ),
    # --- what is sent ---------------------------------------------------------------------
    "forgotten_await": (
        "{function}() called {name} without await, so nothing was sent.",
        "A function of the handle that sends does its work only when it is awaited.",
    ),
    "no_message": (
        "{function}() gives send_message something that is no message.",
        "The handle has a function for each message, which makes it in the proper form.",
    ),
    "no_username": (
        "{function}() gave {name} {shown}, where a username is expected.",
        "What does the name in the brackets hold? The function received the username itself.",
    ),
    "no_answer": (
        "{function}() ended without an answer to the client.",
        "A path through it sends nothing. Follow each branch to its end: which message does it "
        "send? print shows text on this side only.",
    ),
    "two_answers": (
        "{function}() sent two answers, {first} and {second}.",
        "The first one went out, the second was held back. Only one branch may run: is the other "
        "one under an else?",
    ),
    "wrong_answer": (
        "{function}() answered with {name}, which is no answer to this request.",
        "It was held back. The docstring names the answers that this request may get.",
    ),
    "wrong_name": (
        "{function}() answered about the username {sent!r}; the request was about {username!r}.",
        JUST_THAT_TEXT,
    ),
    "nothing_sent": (
        "{function}() ended without sending anything.",
        "Which call of the client handle sends the message, and does every path reach it?",
    ),
    "empty_sent": (
        "{function}() tried to send an empty username.",
        "Read step 1 again: what is to happen when the username is the empty text?",
    ),
    "sent_twice": (
        "{function}() sent more than one message: after the first came {second}.",
        "The first one went out, the second was held back. One press of the button, one message.",
    ),
    "sent_wrong": (
        "{function}() sent {name}, which belongs to another step.",
        "It was held back. The docstring names the message that this step sends.",
    ),
    "sent_wrong_name": (
        "{function}() sent the username {sent!r}, not {username!r}, which was typed.",
        JUST_THAT_TEXT,
    ),
    # --- how a handler decided ------------------------------------------------------------
    "wrong_argument": (
        "{function}() calls {name}() with {shown} as the {parameter}.",
        "{name} can answer rightly only for the right {parameter}. In which order does it receive "
        "what, and which function of the handle gives the client's key?",
    ),
    "registered_twice": (
        "{function}() registered the same client twice, and its first name was lost.",
        READ_STEP_1,
    ),
    "taken_name": (
        "{function}() registered {username!r}, a name that another client has.",
        READ_STEP_1,
    ),
    "refused_registration": (
        "{function}() refused {username!r}, though the name is free and this client has not "
        "registered.",
        "Read step 1 again: in which cases is a client refused, and what do the helpers answer in "
        "the others?",
    ),
    "refused_after_storing": (
        "{function}() stored the client in users and then refused it.",
        "What is checked must be checked before anything is stored: in which order do the lines "
        "run?",
    ),
    "wrong_login": (
        "{function}() logged in {username!r} for a client that {who}.",
        "It is not enough that somebody has the name: must it match this client's key?",
    ),
    "refused_login": (
        "{function}() refused {username!r}, though this client registered under that name.",
        "Read step 1 again: what must be so for a login to succeed?",
    ),
    "wrong_registry": (
        "{function}() sent the registry to a client that is not logged in.",
        WHOM,
    ),
    "refused_registry": (
        "{function}() denied the registry to a client that is logged in.",
        WHOM,
    ),
    "empty_promise": (
        "{function}() said {name}, but {dictionary} has no such entry for this client.",
        "Storing it is the job of {helper}: is it called, with which values, before the answer?",
    ),
    # --- while it lasts -------------------------------------------------------------------
    "stuck_loop": (
        "{who} has been holding up the {program} for {seconds} s: a loop does not end.",
        "Nothing else can happen meanwhile. After {limit} s the loop is broken off. What makes its "
        "condition false?",
    ),
    "stuck_call": (
        "{who} has been holding up the {program} for {seconds} s: a call does not return.",
        "Nothing else can happen meanwhile. The line waits, for time to pass or for somebody to "
        "type. No step of the assignment has to wait.",
    ),
}
