"""Portions that try to earn points without doing what is asked, or to hurt others."""

from typing import NamedTuple


class Attack(NamedTuple):
    """An attack from within one portion: it earns nothing, and the others lose nothing.

    Parameters:
        name: what it tries.
        function: the full name of the function that it is in.
        body: what stands between the markers.
    """

    name: str
    function: str
    body: str


FRAMES = """\
import sys
frame = sys._getframe()
found = []
while frame is not None:
    found.append((frame.f_locals, frame.f_globals))
    frame = frame.f_back
"""

FORGED_ANSWERS = (
    FRAMES
    + """\
import json, os
job = next(where["job"] for where, _ in found if "job" in where)
for number in range(len(job["scenarios"])):
    for value in (True, False):
        forged = {"scenario": number, "value": value, "calls": [],
                  "line": 1, "error": None, "local": [], "printed": "", "passed": True,
                  **job["settings"][job["scenarios"][number]["setting"]]}
        for descriptor in range(64):
            try:
                os.write(descriptor, json.dumps(forged).encode() + b"\\n")
            except OSError:
                pass
os._exit(0)
"""
)

ATTACKS = [
    Attack("ends the process", "server_logic.registered", "import os\nos._exit(0)"),
    Attack("ends the program", "server_logic.register_client", "import sys\nsys.exit(0)"),
    Attack(
        "overflows the stack",
        "server_logic.username_exists",
        "import sys\nsys.setrecursionlimit(10**9)\ndef down(n):\n    return down(n + 1) + 1\n"
        "return down(0)",
    ),
    Attack(
        "fills the memory",
        "server_logic.register_user",
        "kept = []\nwhile True:\n    kept.append(bytearray(10**7))",
    ),
    Attack(
        "floods the output",
        "server_logic.logged_in",
        "import os, sys\nfor _ in range(20000):\n    print('x' * 1000)\n"
        "    os.write(1, b'x' * 1000)\n    os.write(2, b'x' * 1000)\n"
        "    sys.__stdout__.write('x' * 1000)",
    ),
    Attack(
        "leaves threads behind",
        "server_logic.login_client",
        "import threading\nfor _ in range(50):\n"
        "    threading.Thread(target=lambda: threading.Event().wait()).start()",
    ),
    Attack(
        "starts processes",
        "server_logic.login_client",
        "import os, subprocess\ntry:\n    os.fork()\nexcept BaseException:\n    pass\n"
        "subprocess.Popen(['sleep', '100'])",
    ),
    Attack(
        "returns what is equal to everything",
        "server_logic.registered",
        "class Equal:\n    __eq__ = lambda self, other: True\n    __hash__ = lambda self: 0\n"
        "    __bool__ = lambda self: True\n    __class__ = bool\nreturn Equal()",
    ),
    Attack(
        "sends what is equal to everything",
        "client_logic.register",
        "class Equal(str):\n    __eq__ = lambda self, other: True\n"
        "    __hash__ = lambda self: 0\nif username:\n    await client.register(Equal('x'))",
    ),
    Attack(
        "puts a false dictionary in place",
        "server_logic.register_user",
        "class Full(dict):\n    __eq__ = lambda self, other: True\n"
        "    items = lambda self: [(key, username)]\nglobal users\nusers = Full()",
    ),
    Attack(
        "patches the builtins",
        "server_logic.logged_in",
        "import builtins\nfor name in ('all', 'any', 'type', 'len', 'isinstance', 'list', 'zip'):\n"
        "    setattr(builtins, name, lambda *given, **named: True)\nreturn True",
    ),
    Attack(
        "patches what writes the answers",
        "server_logic.username_matches_record",
        "import json, sys\njson.dumps = lambda *given: '{\"passed\": true}'\n"
        "sys.modules['json'] = None\nreturn True",
    ),
    Attack(
        "looks for what is expected in the frames",
        "server_logic.username_exists",
        FRAMES
        + "for where, _ in found:\n    for name in ('expected', 'expect', 'value', 'answer'):\n"
        "        if isinstance(where.get(name), bool):\n            return where[name]",
    ),
    Attack(
        "asks the doubles in the frames",
        "server_logic.registered",
        FRAMES + "for where, everywhere in found:\n    if 'add_doubles' in everywhere:\n"
        "        doubles = {'users': users, 'active_users': active_users}\n"
        "        everywhere['add_doubles'](doubles, where['job'], [], [0])\n"
        "        return doubles['registered'](key)",
    ),
    Attack("forges answers on every descriptor", "server_logic.registered", FORGED_ANSWERS),
    Attack(
        "claims everything was sent",
        "server_logic.send_registry_to_client",
        FRAMES + "for where, _ in found:\n    if 'calls' in where:\n"
        "        for name in ('send_registry', 'request_denied'):\n"
        "            where['calls'].append("
        "{'name': name, 'arguments': [], 'awaited': 1, 'line': 1})",
    ),
    Attack(
        "kills the grader",
        "server_logic.register_client",
        "import os, signal\nfor number in range(2, os.getpid() + 1):\n    try:\n"
        "        os.kill(number, signal.SIGKILL)\n    except BaseException:\n        pass",
    ),
    Attack(
        "kills the grader by descriptor",
        "server_logic.registered",
        "import os, signal\nparent = os.pidfd_open(os.getppid())\n"
        "signal.pidfd_send_signal(parent, signal.SIGKILL)\nreturn True",
    ),
    Attack(
        "takes the grader's time away",
        "server_logic.registered",
        "import os, resource\n"
        "resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (0, 0))\nreturn True",
    ),
    Attack(
        "starts an interpreter without a guard",
        "server_logic.registered",
        "try:\n    import _interpreters as interpreters\nexcept ImportError:\n"
        "    import _xxsubinterpreters as interpreters\nreturn bool(interpreters.create())",
    ),
    Attack(
        "kills its group",
        "server_logic.login_client",
        "import os, signal\nos.killpg(0, signal.SIGKILL)",
    ),
    Attack(
        "reads the reference",
        "server_logic.logged_in",
        "import os, sys\nfolders = ['.', '..', '/', *sys.path]\n"
        "folders += [f'/proc/{n}/cwd' for n in (os.getpid(), os.getppid())]\n"
        "for folder in [REFERENCE, *folders]:\n    try:\n"
        "        source = open(os.path.join(folder, 'server_logic.py')).read()\n"
        "    except OSError:\n        continue\n    made = {}\n    exec(source, made)\n"
        "    made['active_users'].update(active_users)\n    return made['logged_in'](key)",
    ),
    Attack(
        "rewrites files",
        "client_logic.login",
        "import os\nfor name in ('results.json', '/autograder/results/results.json', RESULTS):\n"
        "    try:\n        with open(name, 'w') as file:\n"
        "            file.write('{\"score\": 100}')\n"
        "    except OSError:\n        pass\n"
        "    try:\n        os.close(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC))\n"
        "    except OSError:\n        pass",
    ),
    Attack(
        "cannot be interrupted",
        "server_logic.register_client",
        "import os, signal\nfor number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):\n"
        "    signal.signal(number, signal.SIG_IGN)\nos.setsid()\nwhile True:\n    try:\n"
        "        while True:\n            pass\n    except BaseException:\n        pass",
    ),
    Attack(
        "raises what cannot be told",
        "server_logic.login_client",
        "class Silent(BaseException):\n    def __str__(self):\n"
        "        import os\n        os._exit(0)\n"
        "raise Silent",
    ),
    Attack(
        "never ends being deleted",
        "client_logic.request_registry",
        "class Undying:\n    def __del__(self):\n        while True:\n            pass\nUndying()",
    ),
    Attack(
        "fills the dictionary with odd things",
        "server_logic.log_in_client",
        "class Odd:\n    __repr__ = __str__ = __hash__ = lambda self: 1 // 0\n"
        "active_users.update({n: Odd for n in range(100000)})\nactive_users[None] = [users]\n"
        "users[key] = users",
    ),
    Attack(
        "leaves its function",
        "server_logic.registered",
        "return True\nOUTSIDE",
    ),
    Attack(
        "looks for the guard",
        "server_logic.username_exists",
        "import gc\nfor thing in gc.get_objects():\n"
        "    if getattr(thing, '__name__', '') == 'guard':\n"
        "        thing.__code__ = (lambda event, arguments: None).__code__\nreturn True",
    ),
    Attack(
        "calls the system through ctypes",
        "server_logic.username_exists",
        "import ctypes\nctypes.CDLL(None).kill(-1, 9)\nreturn True",
    ),
    Attack(
        "answers at random",
        "server_logic.logged_in",
        "import random\nreturn random.random() < 0.5",
    ),
    Attack(
        "answers in turn",
        "server_logic.registered",
        "import builtins\nbuiltins.turn = not getattr(builtins, 'turn', False)\n"
        "return builtins.turn",
    ),
    Attack(
        "answers before it is asked",
        "server_logic.logged_in",
        "import os\nfor descriptor in range(3, 20):\n    try:\n"
        "        os.write(descriptor, b'{\"ended\": 0}\\n' * 50)\n"
        "    except OSError:\n        pass\n"
        "return True",
    ),
    Attack(
        "floods the answers",
        "server_logic.logged_in",
        "import os\nfor descriptor in range(3, 20):\n    try:\n        for _ in range(500):\n"
        "            os.write(descriptor, b'x' * 100000)\n    except OSError:\n        pass\n"
        "return True",
    ),
]
