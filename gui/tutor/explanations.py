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
NO_ATTRIBUTE = "{function}() uses .{name} on {kind}, which has nothing of that name."
NOT_IN_HANDLE = "{function}() uses {handle}.{name}, which does not exist."
SEEN = "{symptom}"
"""The title of a cause that explains what shows from outside."""
WRONG_RESULT = "{function}() answered {result}, although {situation}."
FIRST_LINE = "The first line of each function must stay as it was handed out."
BY_HAND = (
    "Take the line with the values of this moment: what does each part of it come to, and what "
    "does the docstring say?"
)
STEP_1 = (
    "Compare the way to this line with step 1 of the docstring: what does it say of this client?"
)
AS_UTF_8 = (
    'Python reads text as UTF-8 only. In your editor choose "Save as", and UTF-8 as the encoding.'
)
CANNOT_READ = "Python cannot read {where}: "
FOR_FORM = "It is written: for, a name, in, and the collection that it goes through."
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
    "raised": (
        "{function}() stopped itself: {said}.",
        "raise ends the function at once. What is to happen here instead, by the docstring?",
    ),
    "name_of_handle": (
        NO_NAME,
        "This function belongs to the {handle} handle: put {handle}. before it.",
    ),
    "name_like_handle": (NO_NAME, "Did you mean {handle}.{meant}?"),
    "name_not_received": (
        NO_NAME,
        "This function receives {received}. Where can the rest come from?",
    ),
    "key_by_another_name": (
        NO_NAME,
        "Line {line} stores the client's key under the name {variable}. A value is reached only by "
        "the name that it was stored under.",
    ),
    "received_by_another": (
        NO_NAME,
        "The first line of the function was handed out with {name} in it, and has {other} there "
        "now. The two must agree.",
    ),
    "name_of_other_handle": (
        NO_NAME,
        "Here the handle is called {handle}: that is the name under which the function receives "
        "it.",
    ),
    "name_of_end": (
        NO_NAME,
        "Other languages begin or end a block with it. In Python the indentation alone tells which "
        "lines belong to a block.",
    ),
    "name_of_constant": (NO_NAME, "Other languages write {name}. Python's word is {meant}."),
    "name_of_class": (
        NO_NAME,
        "Only functions inside a class receive it. The function uses what it received, and the "
        "names of this file, just by their names.",
    ),
    "name_of_module": (NO_NAME, "{name} is a module: import it before it is used."),
    "name_of_server": (
        NO_NAME,
        "{name} stands in {other}, which only the server has. A client knows what its function "
        "received, and learns all else from the server's answers.",
    ),
    "name_of_print": (NO_NAME, "Other languages show text with {name}. Python's word is print."),
    "name_of_function": (
        NO_NAME,
        "No function of that name is there: not in this file, not in Python. The first lines of "
        "the file and the docstring tell which ones are.",
    ),
    "name_misspelt": (NO_NAME, "Did you mean {meant}? Names must match letter by letter."),
    "name_looks_alike": (
        NO_NAME,
        "It looks like {meant}, and has another letter in it: {sign}. Such a letter comes from a "
        "keyboard of another script, or along with copied text. Type the name anew.",
    ),
    "name_unknown": (
        NO_NAME,
        "Nothing on the lines before has made it. Is it something that the function received, or "
        "should it be a text, in quotes?",
    ),
    "no_value_yet": (
        "{function}() uses {name} before it has a value.",
        "Follow each path through the function: on one of them nothing has been stored in it yet.",
    ),
    "function_of_file": (
        NOT_IN_HANDLE,
        "{name} is a function of this file: call it without {handle}.",
    ),
    "own_name": (
        NOT_IN_HANDLE,
        "{name} does not belong to the handle. The function has it by its name alone, with nothing "
        "before it.",
    ),
    "handle_misspelt": (NOT_IN_HANDLE, "Did you mean {handle}.{meant}?"),
    "not_in_handle": (NOT_IN_HANDLE, "The docstring of {function} lists what the handle offers."),
    "no_attribute": (
        NO_ATTRIBUTE,
        "What stands before the dot is {kind} at this moment. Where does it come from?",
    ),
    "method_misspelt": (NO_ATTRIBUTE, "Did you mean .{meant}?"),
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
    "no_with": (
        "{function}() uses with for something that it is not for.",
        "with is for what has to be closed again, such as a file. What stands after it here cannot "
        "be used in this way: is with needed?",
    ),
    "lambda_uncalled": (
        SEEN,
        "lambda makes a function of what stands after it. That is worked out only when somebody "
        "calls the function, and nobody does.",
    ),
    "no_async_for": (
        "{function}() goes through {kind} with async for.",
        "async for waits for what comes later. What stands after in here is there at once, and for "
        "alone goes through it.",
    ),
    "task_not_done": (
        "{function}() asks for the result of a task that has not been done yet.",
        "A task does its work only while something is awaited. await before a call does the work, "
        "and gives the result.",
    ),
    "no_function": (
        "{function}() calls {kind}, which is no function.",
        "Round brackets after something call it. What stands before them here?",
    ),
    "no_key": (
        "{function}() uses {kind} as a key, which it cannot be.",
        "A key is a piece of text here. What does the line use instead?",
    ),
    "not_awaited": (
        "{function}() calls {name}() without await, and uses what it gives.",
        "Without await an async function does not even begin, and gives no result.",
    ),
    "not_together": (
        "{function}() joins {kind} and {other} with {name}, which Python cannot.",
        "What does each side of {name} hold at this moment?",
    ),
    "not_compared": (
        "{function}() compares {kind} with {other} by {name}, which Python cannot.",
        "What does each side of {name} hold at this moment?",
    ),
    "not_joined": (
        "{function}() joins a text and {kind} with +, which Python cannot.",
        "What does each side of + hold at this moment?",
    ),
    "nothing_inside": (
        "{function}() looks something up with [ ] in {kind}, where [ ] finds nothing.",
        "What stands before the [ ], and where does it come from?",
    ),
    "nothing_to_store_in": (
        "{function}() stores something with [ ] in {kind}, which cannot hold it.",
        "What stands before the [ ], and where does it come from?",
    ),
    "nothing_to_look_through": (
        "{function}() goes through {kind} as if there were several things in it.",
        "What does the line go through, and where does that come from?",
    ),
    "no_length": (
        "{function}() asks for the length of {kind}, which has none.",
        "What stands in the brackets of len, and where does it come from?",
    ),
    "looks_in_text": (
        "{function}() looks for {kind} in a text, in which only a text can be.",
        "in has what is looked for on its left, and where it is looked for on its right.",
    ),
    "text_by_name": (
        "{function}() looks something up with [ ] in a text, which has only numbered letters.",
        "What stands before the [ ], and where does it come from?",
    ),
    "list_by_name": (
        "{function}() looks up {kind} with [ ] in a list, which has only numbered places.",
        "What stands before the [ ], and where does it come from?",
    ),
    "no_number": (
        "{function}() gives {kind} where Python needs a whole number.",
        "What stands in the brackets, and where does it come from?",
    ),
    "not_of_number": (
        "{function}() puts {name} before {kind}, where only a number can be.",
        "What is {name} to do in this line?",
    ),
    "unpacks": (
        "{function}() takes something apart into several names, and the number does not fit.",
        "What is taken apart there, and how many values are in it?",
    ),
    "not_found": (
        "{function}() uses .{name} for something that is not there.",
        "Where it does not find what it looks for, .{name}( ) ends the function with an error. "
        "What should happen in that case, by the docstring?",
    ),
    "none_of_them": (
        "{function}() uses {name} for something in which there is nothing.",
        "{name}( ) needs at least one value. What should happen where there is none, by the "
        "docstring?",
    ),
    "no_digits": (
        "{function}() makes a number of a text that is none.",
        "int( ) and float( ) can read digits. What stands in the brackets here, and does it have "
        "to be a number?",
    ),
    "pairs_expected": (
        "{function}() makes dictionary entries of something that is no pairs.",
        "An entry has a key and a value. What is given here?",
    ),
    "no_such_number": (
        "{function}() asks for a numbered place that is not there.",
        "How many things are there at this moment, and which number has the first one?",
    ),
    "nothing_next": (
        "{function}() asks for the next one where there is none.",
        "next needs at least one that fits. What is to happen where there is none?",
    ),
    "missing_key": (
        "{function}() looks up a key that the dictionary does not have.",
        "Which key does the line look up, and is it in the dictionary at this moment?",
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
    "sends_in_endless_loop": (
        "{function}() did not finish: a loop in it was broken off after {seconds:g} s.",
        "Each round of the loop sends once more, and nothing ends it. One message is all that is "
        "to be sent: is a loop needed?",
    ),
    "endless_wait": (
        "{function}() did not finish: it was broken off after waiting for {seconds:g} s.",
        "What the line waits for does not come. No step of the assignment has to wait.",
    ),
    "endless_sleep": (
        "{function}() did not finish: it was broken off after waiting for {seconds:g} s.",
        "{code} lets time pass, and does nothing else. No step of the assignment has to wait.",
    ),
    "held_already": (
        "{function}() did not finish: it was broken off after waiting for {seconds:g} s.",
        "The line asks for a lock that the function holds already, in the with around it. It waits "
        "for itself.",
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
        "Where its condition is false, assert ends the function with an error. What should happen "
        "in that case, by the docstring?",
    ),
    # --- the file and its functions -------------------------------------------------------
    "no_file": (
        "There is no {file} that can be read.",
        "It must stand beside the programs, under exactly this name: {file}. Until it does, none "
        "of its functions can run.",
    ),
    "other_name": (
        "There is no {file}, but there is a file {other}.",
        "The programs read {file} alone. Give the file its name back: {file}.",
    ),
    "utf16": ("Python cannot read {file}: it is saved as UTF-16.", AS_UTF_8),
    "not_utf8": ("Python cannot read {file}: it is not saved as UTF-8.", AS_UTF_8),
    "no_text": (
        "Python cannot read {file}: it is no text.",
        "A word processor saves more than the text, and so does an archive. Save it as plain text, "
        "with UTF-8 as the encoding.",
    ),
    "other_format": (
        "Python cannot read {file}: it is {kind}.",
        "Get the file itself: download or save it as plain text, with UTF-8 as the encoding.",
    ),
    "nul": (
        "Python cannot read {file}: it holds signs with the number 0, which no text has.",
        "Something went wrong when it was saved or copied. Copy what you see of it into a new "
        "file, and save that as UTF-8.",
    ),
    "other_file": (
        "{file} holds the functions of {other}.",
        "Was the one file saved or copied under the name of the other? If your own {file} is lost, "
        "begin with the one that was handed out.",
    ),
    "no_functions": (
        "{file} has none of the functions of the assignment.",
        "Is it the right file, and is it saved? If they are lost, begin with the file that was "
        "handed out.",
    ),
    "in_class": (
        "The functions of {file} stand inside the class {name}.",
        "The program calls them by their names alone. So they begin at the left margin, as they "
        "were handed out.",
    ),
    "in_block": (
        "The functions of {file} stand inside another block.",
        "They are further in than the line with which it begins, and so a part of it. Each begins "
        "at the left margin, as it was handed out.",
    ),
    "top_end": (
        "Python cannot read {file}: the text at its top has no end.",
        "Three quotes end it, in a line of their own, before the first line of code.",
    ),
    "top_begin": (
        "Python cannot read {file}: the text at its top has no beginning.",
        "Three quotes begin it, before its first word.",
    ),
    "docstring_end": (
        "Python cannot read {file}: the docstring of {function}() has no end.",
        "Three quotes end it, in a line of their own above the first marker.",
    ),
    "docstring_begin": (
        "Python cannot read {file}: the docstring of {function}() has no beginning.",
        "Three quotes begin it, before its first word, in the line after the one with def.",
    ),
    "not_at_margin": (
        "The first line of {functions} does not begin at the very left.",
        "Nothing stands before a def, and nothing is around the function: no blanks, no class, "
        "no other function.",
    ),
    "first_line_gone": (
        "The first line of {function}() is missing in {file}.",
        "It begins with def, and stands above the docstring. Copy it from the file that was handed "
        "out.",
    ),
    "markers": (
        "The markers of {functions} are not as they were handed out: {why}.",
        "What is between them is graded. Above your code stands a line with # *** start ***, below "
        "it one with # *** end ***, each once.",
    ),
    "dictionary_gone": (
        "{file} does not begin with the dictionary {dictionary}.",
        "The program looks into it under this name. It stands above the functions, empty: put its "
        "line back as it was handed out.",
    ),
    "one_dictionary": (
        "In {file}, users and active_users are one and the same dictionary.",
        "What is stored in one of them is in the other, too. Each has a line of its own above the "
        "functions: put both back as they were handed out.",
    ),
    "stops_while_read": (
        "{file} stops while it is read: {said}.",
        "What stands outside the functions runs when the file is loaded. Mend it, or take it out.",
    ),
    "endless_start": (
        "{file} does not come to its end while it is read.",
        "What stands outside the functions runs when the file is loaded, and the program waits for "
        "it. Take out what loops or waits there.",
    ),
    "no_dictionary": (
        "{dictionary} must be a dictionary, and is something else.",
        "The two dictionaries at the top of the file must stay as they were handed out.",
    ),
    "second_copy": (
        "All functions of {file} are there a second time.",
        "Those that run and are graded are the ones with the two markers in them that stand first. "
        "Move there what you want to keep, and delete the others, from here on.",
    ),
    "second_definition": (
        "{function}() is defined a second time, without need.",
        "The one that runs and is graded begins in line {first}, with the two markers in it. Move "
        "there what you want to keep, and delete this one.",
    ),
    "renamed": (
        "There is no {functions} in {file}.",
        "Was it renamed to {meant}? The program finds a function only by the name with which it "
        "was handed out.",
    ),
    "missing_function": (
        "There is no {functions} in {file}.",
        "Copy it from the file that was handed out: its first line, its docstring, its markers.",
    ),
    "not_async": (
        "{functions} must be async.",
        f"{FIRST_LINE.removesuffix('.')}: async def.",
    ),
    "async": (
        "{functions} must not be async.",
        f"{FIRST_LINE.removesuffix('.')}: def, without async.",
    ),
    "uses_yield": (
        "{function}() uses yield, which makes it another kind of function.",
        "Which keyword hands back a value, and ends the function?",
    ),
    "wrong_parameters": ("{functions} must receive {parameters}.", FIRST_LINE),
    "outside_markers": (
        "{function}() uses {name}, which stands outside the markers.",
        "Only what is between the markers is taken from your file. Move what you need there.",
    ),
    "not_allowed": (
        "{function}() does what cannot be tried where it is checked: {what}.",
        "That need not be a mistake: the program itself may allow it. Ask your teacher to look at "
        "it, or leave it out: no step of the assignment needs it.",
    ),
    "not_judged": (
        "{function}() could not be judged.",
        "That is no fault that can be told here: ask your teacher to look at it.",
    ),
    # --- what Python cannot read ----------------------------------------------------------
    "merge_mark": (
        f"{CANNOT_READ}this line is the mark of a merge conflict.",
        "Between these marks stand two versions of the same lines. Keep one, and delete the marks.",
    ),
    "prompt": (
        f"{CANNOT_READ}{{text}} was copied along from a session with Python.",
        "Python itself shows it there. It is no part of the code: delete it.",
    ),
    "copied_mark": (
        f"{CANNOT_READ}{{text}} was copied along from a page that shows code.",
        "It is no part of the code: delete it.",
    ),
    "bare_marker": (
        f"{CANNOT_READ}{{text}} has lost its #.",
        "With # before it a marker is a remark, which Python leaves out.",
    ),
    "end_of_block": (
        f"{CANNOT_READ}it does not know {{text}}.",
        "Other languages begin or end a block with it. In Python the indentation alone tells which "
        "lines belong to a block.",
    ),
    "begins_in_middle": (
        f"{CANNOT_READ}a line cannot begin with {{text}}.",
        "The condition above it ended with its line. In round brackets a condition can go on in "
        "the next line.",
    ),
    "notebook_line": (
        f"{CANNOT_READ}only a notebook knows lines that begin with {{text}}.",
        "In a file such a line has no meaning. Delete it.",
    ),
    "shell_command": (
        f"{CANNOT_READ}this line is a command for a terminal.",
        "It is typed into a terminal, and is no part of the code. Delete it here.",
    ),
    "curly_quote": (
        f"{CANNOT_READ}{{text}} is no quote of Python's.",
        'Word processors and web pages write such quotes. In code a text begins and ends with " '
        "or with '.",
    ),
    "invisible": (
        f"{CANNOT_READ}there is an invisible sign in it, {{text}}.",
        "Such a sign comes along when text is copied. Delete it, and what looks blank beside it; "
        "then type the blanks again.",
    ),
    "stray": (
        f"{CANNOT_READ}it has no use for {{text}} here.",
        "Only in quotes, or in a comment after #, may there be any sign.",
    ),
    "of_others": (
        f"{CANNOT_READ}it does not know {{text}}.",
        "For what is meant here, Python writes {meant}.",
    ),
    "choice": (
        f"{CANNOT_READ}it has no use for {{text}} here.",
        "In other languages it chooses between two values. Python writes: one value, if, the "
        "condition, else, the other value.",
    ),
    "backslash": (
        f"{CANNOT_READ}something follows the backslash.",
        "Outside of quotes a backslash says that the line goes on below, and nothing may follow "
        "it, not even a blank. Should it be / or stand in quotes?",
    ),
    "backslash_joins": (
        f"{CANNOT_READ}the backslash at its end joins this line and the next one.",
        "Without it the next line is one of its own.",
    ),
    "open_text": (
        f"{CANNOT_READ}a text that begins with {{text}} has no end.",
        "All that comes after it belongs to this text, until {text} ends it. Where should it end?",
    ),
    "f_quotes": (
        f"{CANNOT_READ}the {{text}} inside of the curly brackets ends the f-string.",
        "This Python takes the next quote of the same kind for the end. Write {meant} inside of "
        "the curly brackets.",
    ),
    "inner_quote": (
        f"{CANNOT_READ}the {{text}} in the middle of a text ends it.",
        "A text ends at the next quote of the kind that it began with. If there is a quote in it, "
        "begin and end it with the other kind.",
    ),
    "backslash_quote": (
        f"{CANNOT_READ}the backslash takes {{text}} into the text, so that it has no end.",
        "A backslash makes the quote after it a part of the text. Leave it out, or write it twice.",
    ),
    "quotes_differ": (
        f"{CANNOT_READ}a text begins with {{text}} and ends with {{meant}}.",
        "Both must be of the same kind.",
    ),
    "open_quote": (
        f"{CANNOT_READ}a {{text}} has no partner in its line.",
        "A text begins and ends with the same quote, in one line. Where should this one begin, and "
        "where end?",
    ),
    "string_letters": (
        f"{CANNOT_READ}{{text}} cannot stand directly before a quote.",
        "Only a few letters can, such as f. What should join the name and the text?",
    ),
    "bytes": (
        f"{CANNOT_READ}a text with b before its quote cannot hold all letters.",
        "Keys and usernames are plain texts, without b.",
    ),
    "escape": (
        f"{CANNOT_READ}the {{text}} in a text is not complete.",
        "A backslash in a text, with the letter after it, stands for some other sign. For a "
        "backslash itself write two.",
    ),
    "f_empty": (
        f"{CANNOT_READ}there is nothing in the curly brackets of an f-string.",
        "Between them stands the name of what is to be shown.",
    ),
    "f_open": (
        f"{CANNOT_READ}a curly bracket in an f-string is never closed.",
        "Each of them needs its partner. For a curly bracket itself write two.",
    ),
    "f_closed": (
        f"{CANNOT_READ}a curly bracket in an f-string closes nothing.",
        "Each of them needs its partner. For a curly bracket itself write two.",
    ),
    "f_backslash": (
        f"{CANNOT_READ}there is a backslash in the curly brackets of an f-string.",
        "This Python does not take it there. Give the text a name first, and use that name.",
    ),
    "f_field": (
        f"{CANNOT_READ}it cannot work out what stands in the curly brackets of an f-string.",
        "Between them stands one value: look at its quotes and brackets.",
    ),
    "never_closed": (
        f"{CANNOT_READ}a {{text}} is never closed.",
        "Each {text} needs its {meant}. Where should it stand?",
    ),
    "never_opened": (
        f"{CANNOT_READ}the {{text}} closes a bracket that was never opened.",
        "Count the brackets in this line: one is too many, or one is missing before it.",
    ),
    "wrong_bracket": (
        f"{CANNOT_READ}{{text}} closes a bracket of another kind.",
        "Python expects {meant} here.",
    ),
    "braces": (
        f"{CANNOT_READ}Python's blocks have no curly brackets.",
        "A block begins after a colon, and its lines are indented, with no brackets around them.",
    ),
    "number_points": (
        f"{CANNOT_READ}{{text}} is no number.",
        "A number has at most one point. A text, such as an address, stands in quotes.",
    ),
    "leading_zero": (
        f"{CANNOT_READ}the number {{text}} begins with 0.",
        "A whole number is written without 0 in front. A text stands in quotes.",
    ),
    "digit_first": (
        f"{CANNOT_READ}{{text}} is no number, and no name begins with a digit.",
        "A name begins with a letter. A text stands in quotes.",
    ),
    "needless_colon": (
        f"{CANNOT_READ}the line ends with a colon, but begins no block.",
        "A colon at the end belongs to a line that begins with a word such as if, for or def.",
    ),
    "comma_in_condition": (
        f"{CANNOT_READ}a comma cannot stand in a condition.",
        "Two conditions are joined with and, if both must be so, or with or, if one is enough.",
    ),
    "no_name": (
        f"{CANNOT_READ}there is no name after {{text}}.",
        "What is defined needs a name, between {text} and what follows.",
    ),
    "no_condition": (
        f"{CANNOT_READ}there is no condition after {{text}}.",
        "Between {text} and the colon stands what is to be looked at.",
    ),
    "no_in": (f"{CANNOT_READ}the word in is missing after for.", FOR_FORM),
    "for_form": (f"{CANNOT_READ}this for does not say what it goes through.", FOR_FORM),
    "for_target": (
        f"{CANNOT_READ}{{text}} after for is no name that can get values.",
        FOR_FORM,
    ),
    "other_for_colon": (
        f"{CANNOT_READ}{{text}} stands where it expects a colon.",
        "A line that begins a block ends with a colon.",
    ),
    "no_colon": (
        f"{CANNOT_READ}a colon is missing.",
        "A line that begins with a word such as if, else, for or def has a colon at its end, and "
        "what it does stands below, indented.",
    ),
    "block_in_line": (
        f"{CANNOT_READ}{{text}} cannot follow a colon in the same line.",
        "A block inside of a block begins in a line of its own, indented further.",
    ),
    "else_in_line": (
        f"{CANNOT_READ}{{text}} stands in the same line as what comes before it.",
        "It begins a line of its own, in the same column as the word that it belongs to.",
    ),
    "else_condition": (
        f"{CANNOT_READ}there is something between else and the colon.",
        "else stands for all the other cases, without a condition. With one, the word is elif.",
    ),
    "except_brackets": (
        f"{CANNOT_READ}it cannot read what stands after except.",
        "Several kinds of exceptions stand in round brackets, with commas between them. A name for "
        "the exception comes after the word as.",
    ),
    "def_brackets": (
        f"{CANNOT_READ}the brackets after the name of a function are missing.",
        "Between them stand the names of what it receives; they are there even if it is nothing.",
    ),
    "parameters": (
        f"{CANNOT_READ}what stands in the brackets after def is no list of names.",
        "There stand names, with commas between them, those with a = last. Values are given in the "
        "call.",
    ),
    "def_name": (
        f"{CANNOT_READ}{{text}} cannot be the name of a function.",
        "A name is one word of letters, digits and _ that is none of Python's own.",
    ),
    "declared": (
        f"{CANNOT_READ}it needs no {{text}} before a name.",
        "In Python a name is there as soon as a value is stored in it.",
    ),
    "needless_word": (
        f"{CANNOT_READ}it does not know the word {{text}} here.",
        "Other languages have it. Python can read the line without it.",
    ),
    "async_for_await": (
        f"{CANNOT_READ}async cannot stand before a call.",
        "async belongs before def. Which word sends what the call makes, and waits for it?",
    ),
    "point_after_word": (
        f"{CANNOT_READ}a point cannot follow {{text}}.",
        "{text} is a word of Python's own: after it comes a blank, or nothing.",
    ),
    "await_place": (
        f"{CANNOT_READ}await cannot follow a point.",
        "It stands before the whole call.",
    ),
    "print_brackets": (
        f"{CANNOT_READ}the brackets after print are missing.",
        "print is a function: what it is to show stands in round brackets.",
    ),
    "is_in": (
        f"{CANNOT_READ}is cannot be joined with in.",
        "Whether something is in a collection is asked with in alone, or with not in.",
    ),
    "word_order": (f"{CANNOT_READ}{{text}} is the wrong order.", "Python writes {meant}."),
    "not_without_in": (
        f"{CANNOT_READ}not cannot stand between two values.",
        "not in asks whether something is missing in a collection; != asks whether two values "
        "differ.",
    ),
    "not_place": (
        f"{CANNOT_READ}not cannot follow {{text}}.",
        "Put not and what belongs to it into round brackets, or use != instead.",
    ),
    "capital": (
        f"{CANNOT_READ}it does not know {{text}}.",
        "It writes {meant}: capital letters count.",
    ),
    "return_equals": (
        f"{CANNOT_READ}= cannot follow return.",
        "What is to be given back stands directly after return.",
    ),
    "half_choice": (
        f"{CANNOT_READ}the if in the middle of a line has no else.",
        "There it chooses between two values, and needs both. To do something in one case only, "
        "begin a line with if.",
    ),
    "else_alone": (
        f"{CANNOT_READ}the else in the middle of a line has no if.",
        "There if and else together choose between two values. To do something in the other case, "
        "begin a line with else.",
    ),
    "misspelt": (f"{CANNOT_READ}it does not know {{text}} here.", "Did you mean {meant}?"),
    "equals_in_condition": (
        f"{CANNOT_READ}= cannot stand in a condition.",
        "= stores a value. == asks whether two are equal.",
    ),
    "equals_in_return": (
        f"{CANNOT_READ}= cannot stand after return.",
        "= stores a value, and that is done in a line of its own. == asks whether two are equal.",
    ),
    "walrus": (
        f"{CANNOT_READ}:= cannot store a value in a line of its own.",
        "There Python writes = without the colon.",
    ),
    "walrus_target": (
        f"{CANNOT_READ}:= stores a value in a name only.",
        "What stands before it is no name. == asks whether two values are equal.",
    ),
    "order_in_call": (
        f"{CANNOT_READ}after {{text}}= a value without a name follows.",
        "In the brackets of a call, values without a name come first.",
    ),
    "target_call": (
        f"{CANNOT_READ}{{text}} is a call, and nothing can be stored in a call.",
        "Before = stands where the value goes: a name, or a dictionary with the key in [ ]. == "
        "asks whether two are equal.",
    ),
    "target_value": (
        f"{CANNOT_READ}{{text}} is a value, and nothing can be stored in it.",
        "Before = stands where the value goes, after it the value. == asks whether two are equal.",
    ),
    "target_hyphen": (
        f"{CANNOT_READ}{{text}} is no name: - takes one value from another.",
        "Words in a name are joined with _.",
    ),
    "target_other": (
        f"{CANNOT_READ}nothing can be stored in {{text}}.",
        "Before = stands one name, or a dictionary with the key in [ ]. == asks whether two are "
        "equal.",
    ),
    "equals_in_dictionary": (
        f"{CANNOT_READ}= cannot stand between key and value in curly brackets.",
        "There Python expects a colon.",
    ),
    "equals_in_brackets": (
        f"{CANNOT_READ}= cannot stand here, inside of brackets.",
        "A value is stored in a line of its own. == asks whether two are equal.",
    ),
    "split_operator": (
        f"{CANNOT_READ}{{text}} is in two pieces.",
        "Python writes {meant}, with no blank in it.",
    ),
    "other_for_comma": (
        f"{CANNOT_READ}{{text}} cannot stand here, inside of brackets.",
        "Python expects a comma between two values.",
    ),
    "colon_in_brackets": (
        f"{CANNOT_READ}a colon cannot stand here, inside of brackets.",
        "Two values in round brackets have a comma between them. A key with a colon and its value "
        "stands in curly ones.",
    ),
    "point_before_bracket": (
        f"{CANNOT_READ}a point cannot stand before {{meant}}.",
        "After a point comes a name. Without the point Python can read the line.",
    ),
    "empty_index": (
        f"{CANNOT_READ}there is nothing between [ and ].",
        "Square brackets look something up: between them stands the key. A call has round ones.",
    ),
    "square_for_round": (
        f"{CANNOT_READ}square brackets cannot hold this.",
        "Square brackets look up one key. A call has round ones.",
    ),
    "braces_for_square": (
        f"{CANNOT_READ}curly brackets cannot follow a name.",
        "Square brackets look up what a dictionary holds for a key.",
    ),
    "needless_comma": (
        f"{CANNOT_READ}there is a comma too many.",
        "A comma separates two values: is one of them missing here?",
    ),
    "no_value": (
        f"{CANNOT_READ}an entry in curly brackets is not complete.",
        "Each entry of a dictionary has a key, a colon and a value.",
    ),
    "blank_in_name": (
        f"{CANNOT_READ}{{text}} is no name: there is a blank in it.",
        "Words in a name are joined with _.",
    ),
    "ends_in_middle": (
        f"{CANNOT_READ}the line ends with {{text}}, and its other side is missing.",
        "Python takes the end of the line for the end of the condition. In round brackets a "
        "condition can go on in the next line.",
    ),
    "return_again": (
        f"{CANNOT_READ}return stands a second time in its line.",
        "One return hands back the one value or the other. It stands before the first of them.",
    ),
    "two_statements": (
        f"{CANNOT_READ}a second statement begins in the same line.",
        "Each begins in a line of its own. Or is something missing before the marked place?",
    ),
    "nothing_between": (
        f"{CANNOT_READ}something is missing between {{text}} and {{meant}}.",
        "Two values cannot stand side by side. Is it an operator, a comma, a point or a bracket?",
    ),
    "import_form": (
        f"{CANNOT_READ}an import is not written like this.",
        "There are two forms: import and a module; or from and a module, then import and names "
        "with commas between them.",
    ),
    "global_form": (
        f"{CANNOT_READ}after {{text}} there can be only names.",
        "A value is stored in a line of its own.",
    ),
    "del_form": (
        f"{CANNOT_READ}del cannot take away what stands after it.",
        "It takes away a name, or an entry of a dictionary: its key in [ ].",
    ),
    "keyword_as_name": (
        f"{CANNOT_READ}{{text}} is a word of Python's own, and cannot be a name.",
        "Choose another name. Or is something missing beside it?",
    ),
    "nothing_after": (
        f"{CANNOT_READ}something is missing after {{text}}.",
        "What does it belong to on its right side?",
    ),
    "nothing_before": (
        f"{CANNOT_READ}something is missing before {{text}}.",
        "What does it belong to on its left side?",
    ),
    "one_too_many": (
        f"{CANNOT_READ}{{text}} cannot stand here.",
        "It is one too many, or something beside it is missing.",
    ),
    "tabs_and_spaces": (
        f"{CANNOT_READ}tabs and spaces are mixed at the beginning of its lines.",
        "They look alike, but Python cannot tell how far in such a line is. Delete the blanks "
        "before it, and type spaces.",
    ),
    "not_indented": (
        f"{CANNOT_READ}the line below the {{text}} of line {{meant}} is not indented further.",
        "What belongs to a line that ends with a colon is indented further than it, by four "
        "spaces.",
    ),
    "no_block": (
        f"{CANNOT_READ}nothing belongs to this line, which ends with a colon.",
        "At least one line that does something must follow, indented further. A comment does "
        "nothing.",
    ),
    "too_deep_in": (
        f"{CANNOT_READ}a line is indented further than the one before it.",
        "Only below a line that ends with a colon are lines indented further. All others of a "
        "block begin in the same column.",
    ),
    "fits_no_line": (
        f"{CANNOT_READ}a line begins in a column in which none above it does.",
        "Lines of one block begin in the same column. What follows a block begins where the line "
        "with the colon does.",
    ),
    "try_alone": (
        f"{CANNOT_READ}no except belongs to this try.",
        "The line after its block begins with except, or finally, in the same column as try.",
    ),
    "no_case": (
        f"{CANNOT_READ}the block of match does not begin with case.",
        "A match looks at one value, and each case in its block names what that may be.",
    ),
    "no_partner": (
        f"{CANNOT_READ}there is no {{meant}} that this {{text}} belongs to.",
        "It begins in the same column as its {meant}, and only what is indented further stands "
        "between the two.",
    ),
    "outside_function": (
        f"{CANNOT_READ}{{text}} stands outside of every function.",
        "A line that begins at the very left ends the function. Begin it where the docstring does.",
    ),
    "left_function": (
        f"{CANNOT_READ}a line of it begins at the very left.",
        "Such a line ends the function. Begin it where the docstring does.",
    ),
    "begun_in_itself": (
        f"{CANNOT_READ}this line begins {{text}}() once more, inside itself.",
        "The function is begun above the docstring already. Between the markers stands only what "
        "it does.",
    ),
    "await_outside": (
        f"{CANNOT_READ}{{text}} stands in a function that is not async.",
        "The first line of a function says whether it is. What is in the dictionaries, and what "
        "the helpers answer, is there at once, without await.",
    ),
    "no_loop": (
        f"{CANNOT_READ}the {{text}} is in no loop.",
        "It belongs inside of a for or while. Which word ends a function?",
    ),
    "global_parameter": (
        f"{CANNOT_READ}{{text}} is what the function receives, and cannot be {{meant}} too.",
        "What a function receives can be used at once. Is this line needed?",
    ),
    "global_late": (
        f"{CANNOT_READ}{{text}} is used before the line with {{meant}}.",
        "A dictionary can be changed without such a line. Is it needed?",
    ),
    "nonlocal_unknown": (
        f"{CANNOT_READ}no function around this one has {{text}}.",
        "The dictionaries and functions of the file can be used at once. Is this line needed?",
    ),
    "import_star": (
        f"{CANNOT_READ}an import with * cannot stand inside of a function.",
        "Write the names that are needed in place of the *.",
    ),
    "given_twice": (
        f"{CANNOT_READ}the name {{text}} stands twice in the same brackets.",
        "Each name can be there only once.",
    ),
    "sentence": (
        f"{CANNOT_READ}words stand side by side, as in a sentence.",
        "A remark begins with #. In code something must join two names: is it missing here?",
    ),
    "stops_here": (
        f"{CANNOT_READ}something in this line is missing, too much, or in another order.",
        "Look at the marked place, what is before it, and the end of the line above. Try a part of "
        "the line by itself.",
    ),
    "takes_all": (
        f"{CANNOT_READ}after case {{text}} no other case is ever tried.",
        "After case, a bare name compares nothing: it takes whatever comes. Where it is to be "
        "compared with what a variable holds, begin a line with if. A case for all that is left "
        "stands last.",
    ),
    "not_here": (
        f"{CANNOT_READ}something in this line cannot stand in this place.",
        "The line is written as Python expects it. Is it needed here?",
    ),
    "stops_somewhere": (
        f"{CANNOT_READ}it is no text that could be code.",
        "Save it as plain text.",
    ),
    "nests_too_deep": (
        f"{CANNOT_READ}a line is too long, or too much stands inside of something else.",
        "Make several lines of it, each with a value that the next one uses.",
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
    "wrong_result": (WRONG_RESULT, BY_HAND),
    "early_return": (
        "{function}() looks at the first user only: its loop returns at once, either way.",
        "return ends the function, and the loop with it. The other users are never looked at.",
    ),
    "not_stored": (
        "{function}() ended, but {dictionary} does not hold the username under the key.",
        "Which line is to store it? What does that line do, as it stands?",
    ),
    "wrong_value": (
        "{function}() stored {shown} in {dictionary} for this client.",
        "A dictionary leads from the client's key to its username. What does the line store "
        "there, and where does that come from?",
    ),
    "swapped": (
        "{function}() stored the key under the username: {dictionary} leads the wrong way.",
        "In a dictionary a key leads to a value. Here the username was taken for the key, and the "
        "key for the value.",
    ),
    "local_dictionary": (
        "{function}() makes a new, local {dictionary}; the shared one is unchanged.",
        "{dictionary} = … inside a function creates another variable. Change the dictionary, "
        "don't replace it.",
    ),
    "local_to_look": (
        "{function}() makes a new, local {dictionary}; the shared one is unchanged.",
        "{dictionary} = … inside a function creates another variable, and the function looks into "
        "that one. The shared {dictionary} is there already.",
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
        "{function}() changed an entry of {dictionary} that is not this client's.",
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
        "send?",
    ),
    "two_answers": (
        "{function}() sent two answers, {first} and {second}.",
        "The first one went out, the second was held back. Which way leads from the one line to "
        "the other?",
    ),
    "wrong_answer": (
        "{function}() answered with {name}, which is no answer to this request.",
        "It was held back. The docstring names the answers that this request may get.",
    ),
    "wrong_name": (
        "{function}() answered about the username {sent!r}; the request was about {username!r}.",
        "What stands in the brackets of the call, and what did the function receive?",
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
        "What stands in the brackets of the call, and what did the function receive?",
    ),
    # --- how a handler decided ------------------------------------------------------------
    "wrong_argument": (
        "{function}() calls {name}() with {shown} as the {parameter}.",
        "{name} receives {received}, and does its work only with the right {parameter}. Where does "
        "the value on this line come from?",
    ),
    "exchanged_argument": (
        "{function}() calls {name}() with {shown} as the {parameter}.",
        "{name} receives {received}. Which value stands in the place of {parameter} on this line?",
    ),
    "registered_twice": (
        "{function}() registered the same client twice, and its first name was lost.",
        STEP_1,
    ),
    "taken_name": (
        "{function}() registered {username!r}, a name that another client has.",
        STEP_1,
    ),
    "refused_registration": (
        "{function}() refused {username!r}, though the name is free and this client has not "
        "registered.",
        STEP_1,
    ),
    "refused_after_storing": (
        "{function}() stored the client in {dictionary} and then refused it.",
        "What is checked must be checked before anything is stored: in which order do the lines "
        "run?",
    ),
    "wrong_login": (
        "{function}() logged in {username!r} for a client that {who}.",
        STEP_1,
    ),
    "refused_login": (
        "{function}() refused {username!r}, though this client registered under that name.",
        STEP_1,
    ),
    "held_twice": (
        "{function}() registered {username!r} for two clients, {first} and {second}: two calls of "
        "it ran at the same time.",
        "Each call looked whether the name is free, then waited, and then stored it. While one "
        "waits, another runs, looks too, and finds the name free. What must not stand between "
        "looking and storing?",
    ),
    "held_twice_between": (
        "{function}() registered {username!r} for two clients, {first} and {second}: two calls of "
        "it ran at the same time.",
        "Each call looked whether the name is free (line {look}), then waited (line {wait}: "
        "{code}), and then stored it (line {store}). While one waits, the other runs, looks too, "
        "and finds the name free. What must not stand between looking and storing?",
    ),
    "wrong_registry": (
        "{function}() sent the registry to a client that is not logged in.",
        STEP_1,
    ),
    "refused_registry": (
        "{function}() denied the registry to a client that is logged in.",
        STEP_1,
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
    "was_long_loop": (
        "{who} held up the {program} for more than {seconds} s: a loop took so long.",
        "Nothing else could happen meanwhile. No step of the assignment takes long. How often does "
        "the loop run, and what for?",
    ),
    "was_long_call": (
        "{who} held up the {program} for more than {seconds} s: a call did not return.",
        "Nothing else could happen meanwhile. The line waited, for time to pass or for somebody to "
        "type. No step of the assignment has to wait.",
    ),
    # --- causes: what stands in the line ------------------------------------------------------
    "sign_first": (
        SEEN,
        "{code} is a number with its sign: {name} gets this value each time, whatever it held. To "
        "add to what is there, the + stands before the equals sign.",
    ),
    "chained": (
        SEEN,
        "Python reads {code} as two questions: {first}, and {second}. Both would have to be so.",
    ),
    "chained_with_answer": (
        SEEN,
        "Python reads {code} as two questions: {first}, and {second}. Both would have to be so. "
        "What one comparison comes to is True or False already, without a second one.",
    ),
    "binds_first": (
        SEEN,
        "{sign} comes before every comparison: Python works out {code} first. Between two "
        "conditions Python has words, and and or.",
    ),
    "both_sides": (
        SEEN,
        "{sign} works out both sides, always. So {code} is worked out even where the left side is "
        "{stops}. The word {word} would stop there.",
    ),
    "looked_up_first": (
        SEEN,
        "Python goes from left to right: {code} comes first, and looks the key up. Only then it is "
        "asked whether the key is there.",
    ),
    "looked_up_else": (
        SEEN,
        "or goes on to its right side where the left one is False. So the key is looked up just "
        "where {code} is False.",
    ),
    "answer_and_text": (
        SEEN,
        "{code} is True or False. In quotes, {other} is a text, and a text is never equal to the "
        "one or the other.",
    ),
    "answer_and_none": (
        SEEN,
        "{code} is True or False, and never None.",
    ),
    "text_and_none": (
        SEEN,
        "{code} is a text, even where nothing was typed. It is never equal to {other}.",
    ),
    "blank_for_empty": (
        SEEN,
        "{code} is a text with a blank in it. The empty text has nothing between its quotes, not "
        "even a blank.",
    ),
    "text_and_true": (
        SEEN,
        "{code} is no answer. It is a text, such as a key or a username, or None where a look-up "
        "finds nothing: never equal to {other}.",
    ),
    "came_to_answer": (
        SEEN,
        "{code} came to True or False, and {text} is a text. The two are never equal.",
    ),
    "whole_dictionary": (
        SEEN,
        "{code} is one text, and {whole} is everything at once. The two are never equal. Which "
        "word asks whether something is in it?",
    ),
    "whole_for_entry": (
        SEEN,
        "{code} is one text, and {whole} is everything at once. The two are never equal. What "
        "stands under this one key?",
    ),
    "wrapped_text": (
        SEEN,
        "{code} is a group with one text in it, and no text. It is never equal to one of the texts "
        "among which it is looked for.",
    ),
    "adds_nowhere": (
        SEEN,
        "The line works out {code}, and stores that nowhere: {name} stays as it was.",
    ),
    "new_one": (
        SEEN,
        "{code} makes a new dictionary, and leaves {dictionary} itself as it was.",
    ),
    "looked_up_for_answer": (
        "{function}() handed back what it looked up, where True or False is expected.",
        "{code} is what stands under the key, or None where nothing does. The question is only "
        "whether something does: its answer is True or False.",
    ),
    "entry_for_answer": (
        "{function}() handed back what it looked up, where True or False is expected.",
        "{code} is what stands under the key. The question is only whether something does: its "
        "answer is True or False.",
    ),
    "collected_for_answer": (
        SEEN,
        "{code} holds all that was found. The question is only whether something was: its answer "
        "is True or False.",
    ),
    "way_for_answer": (
        SEEN,
        "{code} is only a way to go through something: nothing has been looked at yet. The "
        "question is whether something is found: its answer is True or False.",
    ),
    "wrapped_alone": (
        SEEN,
        "{code} is a list with one thing in it, the whole of {inner}. No text is equal to that one "
        "thing.",
    ),
    "identity": (
        SEEN,
        "{code}: is does not compare what two texts say. It asks whether they are the very same "
        "thing, which two equal texts need not be.",
    ),
    "only_lengths": (
        SEEN,
        "len tells how long a text is, not what it says. Two different texts may be as long.",
    ),
    "same_thing": (
        SEEN,
        "{code}: id tells which thing it is, not what it says. Two equal texts may be two things.",
    ),
    "with_itself": (
        SEEN,
        "The line compares {name} with itself, and that comes out the same for everybody.",
    ),
    "side_alone": (
        SEEN,
        "Python takes each side of {word} by itself. {code} alone is no question: a text that is "
        "not empty counts as true.",
    ),
    "group_as_condition": (
        SEEN,
        "A comma between conditions makes one group of them. A group that is not empty counts as "
        "true, whatever is in it.",
    ),
    "loop_as_condition": (
        SEEN,
        "{code} holds no answer yet, only a way to go through something. As a condition it always "
        "counts as true, whatever it would find.",
    ),
    "answers_as_condition": (
        SEEN,
        "{code} is a list with one answer for each entry. A list that is not empty counts as true, "
        "even if every answer in it is False.",
    ),
    "every_one": (
        SEEN,
        "all( ) asks whether every single one of them is equal. Where there is nothing to compare "
        "with, it says True.",
    ),
    "nothing_compared": (
        SEEN,
        "{name}( ) asks of each round whether it counts as true. {code} is a text that is not "
        "empty, and always does: nothing is compared.",
    ),
    "text_as_condition": (
        SEEN,
        "In quotes, {code} is a text, and no question. A text that is not empty counts as true.",
    ),
    "stores_condition": (
        SEEN,
        ":= stores everything that stands to its right. So {name} holds what {code} comes to, True "
        "or False.",
    ),
    "closed_too_late": (
        SEEN,
        "The brackets of {name}( ) hold all of {code}. So Python works that out first, and gives "
        "{name} the answer.",
    ),
    "inverted_bits": (
        SEEN,
        "~ is for numbers: it makes -2 of True, and -1 of False. Both count as true.",
    ),
    "part_of_text": (
        SEEN,
        "{whole} is a text. Between two texts, in asks whether the left one is a part of the right "
        "one, and a part is not the whole name.",
    ),
    "part_by_method": (
        SEEN,
        "{name} looks at a part of the text only. Another name may have the same part.",
    ),
    "colon_stores_nothing": (
        SEEN,
        "A colon after {code} stores nothing: it only notes what kind of value is meant. Which "
        "sign stores?",
    ),
    "compared": (
        SEEN,
        "== compares {code} with what stands to its right, and stores nothing. Which sign stores?",
    ),
    "adds_to_nothing": (
        SEEN,
        "The sign += first looks up what {code} holds already. For this key nothing is there yet. "
        "Which sign only stores?",
    ),
    "sign_for_equals": (
        SEEN,
        "Python reads ={sign} as =, and then {sign} before {code}.",
    ),
    "comma_at_end": (
        SEEN,
        "The comma at the end makes a group (a tuple) with one thing in it. A group is something "
        "else than the {code} in it.",
    ),
    "comma_between": (
        SEEN,
        "The comma makes one group (a tuple) of several values: {code}.",
    ),
    # --- causes: dictionaries -----------------------------------------------------------------
    "entry_of_loop": (
        NO_ATTRIBUTE,
        "A loop through {dictionary} here gives {side}, one after the other. So {code} is {kind}, "
        "and has no parts with names.",
    ),
    "asks_with_in": (
        NO_ATTRIBUTE,
        "Other languages say .{name}. Python asks with a word between the two: in.",
    ),
    "stores_with_brackets": (
        NO_ATTRIBUTE,
        ".{name} belongs to other kinds of collections. Python stores a dictionary's value under a "
        "key, with [ ] and =.",
    ),
    "looks_up_with_brackets": (
        NO_ATTRIBUTE,
        ".{name} belongs to other kinds of values. Python looks up what is under a key with [ ] or "
        ".get( ).",
    ),
    "counts_with_len": (NO_ATTRIBUTE, "Other languages say .{name}. Python asks with len( )."),
    "compares_with_equals": (NO_ATTRIBUTE, "Other languages say .{name}. Python compares with ==."),
    "compares_with_empty": (
        NO_ATTRIBUTE,
        'Other languages say .{name}. In Python an empty text is equal to "".',
    ),
    "dictionary_has": (
        NO_ATTRIBUTE,
        "{code} is a dictionary: a loop can go through it, in asks whether a key is in it, and "
        "[ ] reaches what is under a key.",
    ),
    "dot_for_key": (
        NO_ATTRIBUTE,
        "After a dot stands something that every dictionary has, such as .values( ). What is under "
        "a key stands in [ ].",
    ),
    "entry_is_text": (
        NO_ATTRIBUTE,
        "{code} is the username itself, a text. There is nothing further in it.",
    ),
    "part_of_loop": (
        SEEN,
        "A loop through {dictionary} here gives {side}, one after the other. So {code} is one "
        "text, and has no part {index}.",
    ),
    "part_of_entry": (
        SEEN,
        "{code} is the username itself, a text. There is nothing further in it.",
    ),
    "pairs_of_loop": (
        SEEN,
        "A loop through {code} gives {side}, one after the other. Each is one text, and the line "
        "takes it apart into two names.",
    ),
    "no_numbers": (
        "{function}() looks up a number in {dictionary}, which has no such key.",
        "A dictionary's entries have no numbers. {code} looks for a number as the key, and the "
        "keys are texts.",
    ),
    "no_numbers_in_side": (
        SEEN,
        "What {code} gives has no numbered places. A loop can go through it, and in can look into "
        "it.",
    ),
    "range_of_dictionary": (
        SEEN,
        "range counts up to a number, and {code} is none. A loop can go through {code} itself.",
    ),
    "name_among_keys": (
        SEEN,
        "{code} looks among the keys of {dictionary}. {name} is the username, and no key.",
    ),
    "key_among_names": (
        SEEN,
        "{code} looks among the usernames in {dictionary}. {name} is the client's key, and no "
        "username.",
    ),
    "pair_among_texts": (
        SEEN,
        "{code} looks among {side}, and each of them is one text. {name} is a pair, and never "
        "equal to one text.",
    ),
    "few_methods": (
        NO_ATTRIBUTE,
        "A loop can go through what {code} gives, and the word in can look into it. It has few "
        "methods of its own.",
    ),
    "list_among_pairs": (
        SEEN,
        "{dictionary}.items() gives pairs, which are no lists. A list such as {name} is never "
        "equal to a pair.",
    ),
    "text_among_pairs": (
        SEEN,
        "{dictionary}.items() gives pairs of a key and its username. {name} is one text, and never "
        "equal to a pair.",
    ),
    "name_and_key": (
        SEEN,
        "A loop through {dictionary} gives its keys. So {code} is a client's key, and {name} a "
        "username: the two are never equal.",
    ),
    "key_and_name": (
        SEEN,
        "A loop through {dictionary}.values() gives the usernames. So {code} is a username, and "
        "{name} a key: the two are never equal.",
    ),
    "text_and_pair": (
        SEEN,
        "A loop through {dictionary}.items() gives pairs of a key and its username. So {code} is a "
        "pair, and never equal to one text.",
    ),
    "looked_up_by_name": (
        SEEN,
        "{code} takes the username for the key. {dictionary} leads from keys to usernames.",
    ),
    "other_dictionary": (
        SEEN,
        "The line looks into {dictionary}. Read the docstring again: which of the two dictionaries "
        "does it name?",
    ),
    "other_helper": (
        SEEN,
        "{name}() looks into {dictionary}. Read step 1 again: which of the two dictionaries tells "
        "that?",
    ),
    "of_any_client": (
        SEEN,
        "{code} tells whether any client at all has this name. Here it was another client that has "
        "it. Whose name is in question?",
    ),
    "anybody": (
        SEEN,
        "{code} tells only whether anybody is in {dictionary}, or how many. It does not ask for "
        "the one in question.",
    ),
    "pair_exchanged": (
        SEEN,
        "{dictionary}.items() gives pairs with the key first, then its username. {code} has them "
        "the other way round.",
    ),
    "stores_elsewhere": (
        SEEN,
        "The line stores in {dictionary}. Read the docstring again: which of the two dictionaries "
        "does it name?",
    ),
    "looked_up_blindly": (
        SEEN,
        "{code} works only for a key that {dictionary} holds. Where the key is not there, [ ] ends "
        "the function with an error.",
    ),
    "default_for_none": (
        SEEN,
        "Where the key is not there, {code} gives {given} instead, and never None.",
    ),
    "default_passes": (
        SEEN,
        "Where the key is not there, {code} gives {given} instead. Then {given} is compared with "
        "itself.",
    ),
    "copied": (
        SEEN,
        "The line makes a second dictionary, {name}, with the same entries. What is stored in "
        "{name} does not come into {dictionary}.",
    ),
    "looks_only": (SEEN, "{code} looks something up, and stores nothing."),
    "keyword_as_key": (
        SEEN,
        "{name}= in the brackets makes the text '{name}' the key, not what {name} holds.",
    ),
    "set_for_dictionary": (
        SEEN,
        "{code} is a set: some things in no order, of which none leads to another. In a dictionary "
        "a colon stands between a key and its value.",
    ),
    "update_takes": (
        SEEN,
        "{dictionary}.update( ) takes another dictionary, with entries of its own. What stands in "
        "its brackets here is none.",
    ),
    "stores_collection": (
        SEEN,
        "{code} is {kind}, and no text. What the docstring wants stored is the username itself.",
    ),
    "key_of_several": (
        SEEN,
        "The comma in the [ ] after {code} makes one key of two values. Every key here is one "
        "text.",
    ),
    "key_in_brackets": (
        SEEN,
        "Brackets inside the [ ] make something else of the key: {code}. Every key here is one "
        "text.",
    ),
    "called_dictionary": (
        "{function}() calls {dictionary}, which is a dictionary and no function.",
        "Round brackets call a function. What is under a key is looked up with [ ].",
    ),
    "nothing_below": (
        SEEN,
        "{code} ends the function with an error where {dictionary} does not hold the key. Where it "
        "does, this gives one text, the username, with nothing further in it.",
    ),
    "key_taken_apart": (
        SEEN,
        "{code} is the client's key, one text. Several names before the = take a text apart letter "
        "by letter.",
    ),
    "stores_none": (
        SEEN,
        "setdefault with nothing but a key stores None under it. What the docstring wants stored "
        "is the username.",
    ),
    "stores_no_text": (
        SEEN,
        "{code} is no text. What the docstring wants stored is the username itself.",
    ),
    "takes_out": (
        SEEN,
        "{code} takes something out of {dictionary}. Once registered, a client stays in users; the "
        "server takes it out of active_users by itself.",
    ),
    "setdefault_stores": (
        SEEN,
        "setdefault looks a key up, and where it is not there stores it. This function only looks: "
        "it leaves both dictionaries as they are.",
    ),
    "stores_to_look": (
        SEEN,
        "The = after {code} stores something there. This function only looks: it leaves both "
        "dictionaries as they are.",
    ),
    "handed_back_only": (
        SEEN,
        "return hands {code} back, and stores nothing. Which line changes {dictionary} itself?",
    ),
    "ends_before": (
        SEEN,
        "return ends the function here, and the username is not stored yet. What led to this line?",
    ),
    "in_variable_only": (
        SEEN,
        "The line stores in {name}, a variable of this function alone, which is gone when the "
        "function ends. Which line changes {dictionary} itself?",
    ),
    "key_no_text": (
        SEEN,
        "{code} is no text, and every key here is one. Which key did the function receive?",
    ),
    "under_other_key": (
        SEEN,
        "Each client has a key of its own, and {code} is another one than this client's.",
    ),
    "changes_nowhere": (
        SEEN,
        "No line of the function names {dictionary}, in which the username is to be stored.",
    ),
    "first_difference": (
        SEEN,
        "The loop answers False as soon as it meets one name that is another. The names after it "
        "are never looked at, and without any name the answer is True.",
    ),
    "last_turn": (
        SEEN,
        "Each round of the loop gives {name} a new value. At the end it tells about the last user "
        "alone.",
    ),
    # --- causes: what values turned out to be --------------------------------------------------
    "two_kinds": (
        SEEN,
        "{code} holds a client's key here, and {name} a username. The two are never equal.",
    ),
    "name_among_others": (
        SEEN,
        "{whole} holds clients' keys here. What is looked for among them, {name}, is a username.",
    ),
    "key_among_others": (
        SEEN,
        "{whole} holds usernames here. What is looked for among them, {name}, is a client's key.",
    ),
    "answer_among_texts": (
        SEEN,
        "{code} came to True or False, and {whole} holds texts. None of them is equal to that.",
    ),
    "another_text": (
        SEEN,
        "{code} makes another text of {name}. Two texts are equal only letter by letter: what is "
        "compared, looked up or stored has to be {name} as it is.",
    ),
    "all_the_same": (
        SEEN,
        "{left} and {right} are collections. The two are equal only if they hold the same, all of "
        "it.",
    ),
    "several_and_true": (
        SEEN,
        "{code} is a collection, and no answer. It is never equal to {other}.",
    ),
    "no_text_among_texts": (
        SEEN,
        "{whole} holds texts here. {code} is no text, and never equal to one of them.",
    ),
    "into_letters": (
        SEEN,
        "{code} takes the text {name} apart, and holds its letters, one by one.",
    ),
    "loop_through_letters": (
        SEEN,
        "{code} is one text. A loop through a text gives its letters, one by one.",
    ),
    "number_compared": (
        SEEN,
        "{left} is {shown} here, so that {code} is {result}. Which number tells that something "
        "was found?",
    ),
    "leaves_out_first": (
        SEEN,
        "{code} leaves out what comes first: its number is 0.",
    ),
    "leaves_out_last": (
        SEEN,
        "{code} leaves out what comes last: the number at which it ends does not belong to it.",
    ),
    # --- causes: names ------------------------------------------------------------------------
    "hidden_by_loop": (
        SEEN,
        "The loop gives {name} a new value in each round, from {code}. What the function received "
        "as {name} is gone.",
    ),
    "hidden_turn": (
        SEEN,
        "The loop gives {name} a value from {where} in each round. This line gives it another "
        "one, {code}, before it is looked at.",
    ),
    "inner_variable": (
        SEEN,
        "Inside {inner}() this line makes another {name}, which is gone when {inner}() ends. The "
        "{name} outside of it stays as it was.",
    ),
    "captured": (
        SEEN,
        "After case, the bare name {name} compares nothing: it takes whatever comes, and {name} is "
        "that from then on. Which sign compares with what {name} was?",
    ),
    "hidden_handle": (
        "{function}() uses {name} as the handle, after it was given another value.",
        "Line {line} stores something else in {name}. From there on {name} is no handle any more.",
    ),
    "hidden_function": (
        "{function}() has a variable {name}, which hides the function of that name.",
        "A name means one thing in a function, in all of its lines. Here {name} is a variable, so "
        "that {name}( ) cannot be called. Another name for the variable leaves the function alone.",
    ),
    "quoted": (
        SEEN,
        "In quotes, '{name}' is just this text. Without them it is the name of what the function "
        "has under {name}.",
    ),
    "without_f": (
        SEEN,
        "{code} is a text just as it stands, curly brackets and all. What {name} holds gets into a "
        "text only if an f stands before the quotes; alone it needs no quotes.",
    ),
    "remark_of_others": (
        SEEN,
        "The sign // divides one number by another. A remark begins with #.",
    ),
    "given_another_value": (
        SEEN,
        "This line gives {name} a new value, {code}. What the function received as {name} is gone.",
    ),
    "code_in_quotes": (
        SEEN,
        "In quotes, {code} is just a text. Nothing in it runs.",
    ),
    "sent_constant": (
        SEEN,
        "What stands in the brackets is {code}, whoever asks. The docstring wants the username "
        "that the function received.",
    ),
    "changed_on_its_way": (
        SEEN,
        "What goes out is {code}, which is {shown} here. The docstring wants the username as the "
        "function received it.",
    ),
    "changed_locally": (
        "{function}() makes a new, local {dictionary}; the shared one is unchanged.",
        "{sign} after a name makes it a variable of this function, in all of its lines. That "
        "variable has no value yet. What changes a dictionary leaves its name alone.",
    ),
    # --- causes: calls ------------------------------------------------------------------------
    "left_from_handout": (
        "{function}() still has the line that raises NotImplementedError.",
        "That line stood in the handout in place of yours, and ends the function with an error. "
        "Your own lines are there: take it out, and see that they are between the two markers.",
    ),
    "begun_again": (
        SEEN,
        "The line begins {name}() once more, inside itself. Nobody calls this inner one, so that "
        "its lines never run. The function is begun above the docstring already.",
    ),
    "inner_uncalled": (
        SEEN,
        "def only says what {name}() does. Its lines run when it is called, and nothing calls it.",
    ),
    "inner_not_awaited": (
        SEEN,
        "{name}() is an async function: without await its lines do not run.",
    ),
    "answer_dropped": (
        SEEN,
        "{name}() gives its answer back to this line, and the line does nothing with it.",
    ),
    "answer_kept": (
        SEEN,
        "The answer of {name}() is stored in {variable}, and no line asks for {variable}.",
    ),
    "method_named_only": (
        "{function}() names {code} without calling it.",
        "{name} does its work only when it is called, with brackets: .{name}( ).",
    ),
    "rest_never_runs": (
        SEEN,
        "{word} ends it here. Line {line}, just after it, never runs.",
    ),
    "of_other_request": (
        "{function}() calls {name}(), which belongs to another step.",
        "Each step has one function, and what that sends is no answer to another one. Which calls "
        "of the handle does the docstring of {function} name?",
    ),
    "own_for_handle": (
        SEEN,
        "The name {name} alone means this function itself. The one that sends belongs to the "
        "{handle} handle: put {handle}. before it.",
    ),
    "ends_last": (
        SEEN,
        "What stands in the block of finally is done in any case. This return takes the place of "
        "every other one.",
    ),
    "other_exception": (
        SEEN,
        "This except waits for {caught}. A key that is not there, as in line {line}, is another "
        "exception: KeyError.",
    ),
    "of_another_step": (
        SEEN,
        "{name} belongs to another step. Which message does the docstring of this function name?",
    ),
    "returns_print": (
        SEEN,
        "print shows a value, and gives nothing back. So there is nothing for return to hand back.",
    ),
    "printed": (
        SEEN,
        "print shows the answer on the screen of this program. It does not hand it back. Which "
        "keyword does?",
    ),
    "kept": (SEEN, "The answer is stored in {name}, and no line hands {name} back."),
    "worked_out_only": (
        SEEN,
        "The line works out {code}, and does nothing with the answer. Which keyword hands a value "
        "back?",
    ),
    "returns_nothing": (
        SEEN,
        "{code} ends the function, and hands back neither True nor False. What should be the "
        "answer in that case, by the docstring?",
    ),
    "after_try": (
        SEEN,
        "Nothing went wrong in the block of try, so that the function went on to its end. What "
        "should it do in that case, by the docstring?",
    ),
    "no_else": (
        SEEN,
        "{code} was False, so that the function went on to its end. What should it do in that "
        "case, by the docstring?",
    ),
    "loop_never_began": (
        SEEN,
        "None of the loop's lines ran, although somebody is there. What does {code} come to for "
        "one client?",
    ),
    "no_case_fits": (
        SEEN,
        "No case fitted {code}, so that the function went on to its end. What does each case "
        "compare it with?",
    ),
    "after_loop": (
        SEEN,
        "When the loop was through, the function went on to its end. What should it do in that "
        "case, by the docstring?",
    ),
    "loop_over_nothing": (
        SEEN,
        "The loop goes through {code}, where nobody was at this moment. So none of its lines ran, "
        "and the function went on to its end. What should it do in that case, by the docstring?",
    ),
    "holds_place": (
        SEEN,
        "{code} does nothing: it holds the place of lines that are still to come. What should the "
        "function do in this case, by the docstring?",
    ),
    "ends_here": (
        SEEN,
        "The function came to its end at this line, and nothing was sent on the way.",
    ),
    "question_in_quotes": (
        SEEN,
        "{code} is a text. Python does not work out what a text says, so that it is no answer to "
        "the question in it.",
    ),
    "answer_made_text": (
        SEEN,
        "{code} makes a text of the answer. In a text, True and False are words like any other.",
    ),
    "answer_in_quotes": (SEEN, "In quotes, {code} is a text. Without them it is the answer."),
    "returned_to_nobody": (
        SEEN,
        "What {function}() hands back with return goes to nobody. The client gets only what is "
        "sent, by a function of the handle.",
    ),
    "shown_here_only": (
        SEEN,
        "print shows text in this program only. The other side gets only what is sent, by a "
        "function of the handle.",
    ),
    "asks_again": (
        SEEN,
        "The first one went out in line {first}. The if in line {second} does not belong to the "
        "one before it, so that it is asked as well.",
    ),
    "both_in_line": (
        SEEN,
        "The first one went out, the second was held back. This line sends both of them.",
    ),
    "goes_on_caught": (
        SEEN,
        "The first one went out in line {first}. Something went wrong after it, still inside the "
        "try, so that the lines below except ran as well.",
    ),
    "goes_on_finally": (
        SEEN,
        "The first one went out in line {first}. The lines below finally run whatever happened "
        "before, even after a return.",
    ),
    "goes_on": (
        SEEN,
        "The first one went out in line {first}. Nothing ends the function there, so that it goes "
        "on to line {second}.",
    ),
    "swallowed": (
        SEEN,
        "except caught what went wrong in this line, so that nobody saw it: {title} {advice}",
    ),
    # --- causes: waiting ----------------------------------------------------------------------
    "answers_at_once": (
        "{function}() awaits {name}(), which answers at once.",
        "await is for functions that send. {name}() has done its work when it comes back, and "
        "leaves nothing to wait for.",
    ),
    "helper_stores_elsewhere": (
        SEEN,
        "{name}() stores in {dictionary}. Which of the docstring's steps asks for that?",
    ),
    "result_of_storing": (
        SEEN,
        "{name}() stores, and hands nothing back. So {code} is None here, which counts as false.",
    ),
    "nothing_comes_back": (
        SEEN,
        "{name}() sends, and gives None back. So {code} is None here. What the other side answers "
        "comes later, and the window shows it.",
    ),
    "runs_inside": (
        "{function}() starts to run async functions, which the program does already.",
        "This function is one of those that are running. Inside it, await is what waits for a "
        "call.",
    ),
    "handle_awaited": (
        "{function}() awaits {name}, which is the handle itself.",
        "After await stands a call of one of its functions: {name}, a point, the function's name, "
        "and brackets.",
    ),
    "with_for_async": (
        SEEN,
        "To get hold of {code} may take a while, and has to be waited for: async stands before "
        "this with. No step of the assignment needs it.",
    ),
    "called_elsewhere": (
        "{function}() lets {code} call {name}, so that nobody awaits it and nothing was sent.",
        "A function of the handle that sends does its work only when it is awaited, here, in the "
        "function itself.",
    ),
    "answers_in_loop": (
        "{function}() sends again in each round of a loop.",
        "The first message went out, the second was held back. Line {line} runs in every round, "
        "and one message is all that is to be sent.",
    ),
    # --- causes: conditions -------------------------------------------------------------------
    "unused": (
        SEEN,
        "No line of the function uses {name}. So it comes to the same for every {name}.",
    ),
    "same_for_everybody": (
        SEEN,
        "There is no condition on the way to this line, so that it is the same for everybody.",
    ),
    "no_other_answer": (
        SEEN,
        "Each return of the function hands back {result}, whatever was found before it. Which one "
        "should hand back {other}?",
    ),
    "true_in_the_end": (
        SEEN,
        "The loop was through, and no round of it had answered. Then this line answers True, "
        "whatever was looked for.",
    ),
    "looks_nowhere": (
        SEEN,
        "No line of the function looks into {dictionary}, and nothing else tells what is asked.",
    ),
    "all_opposite": (
        "{function}() answers the opposite of what its docstring says.",
        "It answers True just where it should answer False, and the other way round. Which of its "
        "lines hand back True, and what is so there?",
    ),
    "flipped_branches": (
        "{function}() asks one of its questions the wrong way round.",
        "What the function does where {code} is True belongs where it is False, and the other way "
        "round.",
    ),
    "flipped": (
        "{function}() asks one of its questions the wrong way round.",
        "{code} is True just where it should be False, and the other way round.",
    ),
    "opposite": (
        "{function}() answers the opposite of what its docstring says.",
        "{code} is True just where it should be False, and the other way round.",
    ),
    "exchanged_branches": (
        SEEN,
        "{code} is True for those clients to whom {due} is due, and there the function sends "
        "{sent}. For the others it is the other way round.",
    ),
    "exchanged_answers": (
        SEEN,
        "Where {code} is True, the function answers {first}, else {last}. By the docstring it is "
        "the other way round.",
    ),
    "joined": (
        SEEN,
        "Here {left} is {first}, and {right} is {second}. {word} makes {result} of them. What "
        "should it be, by the docstring?",
    ),
    "decided_by_one": (
        SEEN,
        "Here {left} is {first}. That is enough for {word}, so that {right} is not even looked at. "
        "Is it enough by the docstring?",
    ),
    "came_by_except": (
        SEEN,
        "Line {line} ended with a {kind}, so that the lines below except ran. What does the "
        "docstring say of that case?",
    ),
    "came_to": (
        SEEN,
        "Here {code} is {result}, and this decides what is sent. What does the docstring say of "
        "that case?",
    ),
}
