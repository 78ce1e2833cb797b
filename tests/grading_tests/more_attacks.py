"""More attacks from within a portion: on the walls, on what is told through them, on time."""

from tests.grading_tests.attacks import Attack

# Written on every descriptor that is open, whatever it is.
SAY = """\
import json, os
def say(data):
    for descriptor in range(3, 40):
        try:
            os.write(descriptor, data)
        except OSError:
            pass
def forge(number, **changes):
    answer = {"scenario": number, "value": True, "calls": [], "line": 1, "error": None,
              "local": [], "printed": "", "users": [], "users_replaced": False,
              "active_users": [], "active_users_replaced": False}
    say(json.dumps({**answer, **changes}).encode() + b"\\n")
"""
# What the guard refuses, so that it is seen whether it is there; and where it has raised, its
# frames can be reached.
POKE = """\
import os
off = []
def poke(change=None):
    try:
        os.putenv('a', 'b')
        off.append('off')
    except BaseException as error:
        step = error.__traceback__
        while change and step:
            try:
                change(step.tb_frame)
            except BaseException:
                pass
            step = step.tb_next
"""
LIAR = """\
class Liar(str):
    __class__ = str
    __hash__ = str.__hash__
    startswith = lambda self, *given: True
    __contains__ = __eq__ = lambda self, other: False
    partition = lambda self, separator: ("math", "", "")
"""
# The C library, past the guard where it can be got at.
LIBRARY = """\
def library():
    try:
        import ctypes
        return ctypes.CDLL(None, use_errno=True)
    except BaseException:
        return None
libc = library()
"""

# What would switch the guard off, if it leaned on anything that a portion can reach.
TRICKS = {
    "changes the guard's variables": """\
def change(frame):
    for name in list(frame.f_locals):
        if type(frame.f_locals[name]) in (frozenset, tuple, set):
            frame.f_locals[name] = type(frame.f_locals[name])()
for _ in range(3):
    poke(change)
""",
    "changes the guard's globals": """\
before = []
def change(frame):
    before.append((frame.f_globals, dict(frame.f_globals)))
    for name in ('type', 'str', 'PermissionError', 'FORBIDDEN', 'HARMLESS', 'frozenset'):
        frame.f_globals[name] = lambda *given: ()
for _ in range(3):
    poke(change)
for changed, names in reversed(before):
    changed.clear()
    changed.update(names)
""",
    "changes the worker's globals": """\
import sys
main = vars(sys.modules['__main__'])
before = dict(main)
main.update({name: lambda *given: () for name in main if name != 'os'})
poke()
main.update(before)
""",
    "changes the builtins": """\
import builtins
before = dict(vars(builtins))
builtins.type = builtins.str = lambda *given: builtins.str
builtins.PermissionError = builtins.tuple = builtins.frozenset = lambda *given: ()
poke()
vars(builtins).update(before)
""",
    "changes the guard's code": """\
def change(frame):
    frame.f_code.__class__.replace(frame.f_code, co_consts=())
def change_again(frame):
    function = type(change)(frame.f_code, {})
    function.__code__ = (lambda *given: None).__code__
    function.__defaults__ = ()
poke(change)
poke(change_again)
poke()
""",
    "runs in the midst of the guard by collecting": """\
import gc, sys
def collected(*given):
    sys._getframe(1).f_locals.update(event='harmless')
try:
    gc.callbacks.append(collected)
except AttributeError:
    pass
try:
    gc.set_threshold(1)
    gc.enable()
except AttributeError:
    pass
for _ in range(20):
    [[] for _ in range(50)]
    poke()
""",
    "runs in the midst of the guard by deleting": """\
import sys
class Deleted:
    def __del__(self):
        frame = sys._getframe(1)
        if 'event' in frame.f_locals:
            frame.f_locals['event'] = 'harmless'
for _ in range(20):
    odd = Deleted()
    odd.itself = odd
    del odd
    poke()
""",
    "runs in the midst of the guard by signals": """\
import signal
def signalled(number, frame):
    frame.f_locals['event'] = 'harmless'
try:
    signal.signal(signal.SIGALRM, signalled)
    signal.setitimer(signal.ITIMER_REAL, 0.0001, 0.0001)
except AttributeError:
    pass
for _ in range(50):
    poke()
""",
    "watches the guard": """\
import sys
def watch(frame, event, argument):
    if 'event' in frame.f_locals:
        frame.f_locals['event'] = 'harmless'
    return watch
before = sys.gettrace()
sys.settrace(watch)
if hasattr(sys, 'monitoring') and not sys.monitoring.get_tool(3):
    sys.monitoring.use_tool_id(3, 'x')
    started = sys.monitoring.events.PY_START
    sys.monitoring.register_callback(3, started, lambda *given: watch(sys._getframe(1), 0, 0))
    sys.monitoring.set_events(3, started)
poke()
sys.settrace(before)
""",
    "opens with a name that lies": f"""\
{LIAR}
for path in (REFERENCE + '/server_logic.py', '/etc/passwd'):
    try:
        off.append(open(Liar(path)).read())
    except OSError:
        pass
""",
    "imports with a name that lies": f"""\
{LIAR}
import builtins, importlib
for load in (builtins.__import__, importlib.import_module):
    try:
        off.append(load(Liar('ctypes')).CDLL)
    except BaseException:
        pass
""",
    "makes modules anew": """\
import _imp
for name in ('posix', '_signal', 'gc', '_posixsubprocess', '_ctypes'):
    try:
        off.append(_imp.create_builtin(type(_imp.__spec__)(name, _imp.__loader__)))
    except (ImportError, AttributeError, OSError):
        pass
""",
    "makes code of its own": """\
import marshal
code = (lambda: None).__code__
for make in (lambda: code.replace(co_code=bytes(40)), lambda: marshal.loads(marshal.dumps(code))):
    try:
        off.append(make())
    except PermissionError:
        pass
""",
    "finds ctypes among the classes": """\
for kind in object.__subclasses__():
    if 'ctypes' in kind.__module__:
        for derived in kind.__subclasses__():
            try:
                off.append(derived.from_address(id(off)))
            except BaseException:
                pass
""",
}

# False things told of what a function did, and of its end.
TELLING = [
    Attack(
        "tells of an argument too many",
        "server_logic.register_client",
        SAY
        + """\
forge(0, calls=[{'name': 'registration_successful', 'awaited': 1, 'line': 1,
                  'arguments': ['a', 'b', 'c']}])
await server.register(1)
""",
    ),
    Attack(
        "tells of an argument too few",
        "server_logic.login_client",
        SAY
        + """\
forge(0, calls=[{'name': 'login_failed', 'awaited': 1, 'line': 1,
                  'arguments': []}])
os._exit(0)
""",
    ),
    Attack(
        "tells of a call that there is not",
        "client_logic.register",
        SAY
        + """\
forge(0, calls=[{'name': 'full_points', 'awaited': 1, 'line': 1,
                  'arguments': ['a']}])
os._exit(0)
""",
    ),
    Attack(
        "tells of a helper that there is not",
        "server_logic.send_registry_to_client",
        SAY
        + """\
forge(0, calls=[{'name': 'judge', 'double': True, 'line': 1,
                  'arguments': [{}]}])
os._exit(0)
""",
    ),
    Attack(
        "tells of entries that cannot be keys",
        "server_logic.log_in_client",
        SAY
        + """\
odd = {'type': 'int', 'shown': '1'}
forge(0, users=[[odd, odd], [None, True]], active_users=odd)
os._exit(0)
""",
    ),
    Attack(
        "stores numbers as keys",
        "server_logic.register_user",
        """\
users.clear()
users.update({5: 6, 1.5: 2, (1, 2): 3, None: None, True: False})
""",
    ),
    Attack(
        "tells of lines and calls without end",
        "server_logic.registered",
        SAY
        + """\
forge(0, line=10 ** 4000)
forge(0, line=-1)
forge(0, calls=[{}] * 5000)
return True
""",
    ),
    Attack(
        "tells of what is no number",
        "server_logic.logged_in",
        SAY
        + """\
say(b'{"scenario": NaN}\\n{"scenario": ' + b'9' * 5000 + b'}\\n')
return True
""",
    ),
    Attack(
        "tells of texts without end",
        "server_logic.username_exists",
        SAY
        + """\
forge(0, printed='x' * 100_000, value='y' * 100_000)
return True
""",
    ),
    Attack(
        "tells of what a screen obeys",
        "server_logic.username_exists",
        SAY
        + """\
forge(0, value='\\x1b[2J\\u202e\\ud800')
os._exit(0)
""",
    ),
    Attack(
        "tells in brackets without end",
        "server_logic.logged_in",
        SAY
        + """\
say(b'[' * 100_000 + b'\\n')
say(b'{"a":' * 20_000 + b'\\n')
return True
""",
    ),
    Attack(
        "tells of a fault of its syntax",
        "server_logic.registered",
        SAY
        + """\
say(json.dumps({'syntax': {'kind': [], 'message': {}, 'line': 'x'}}).encode()
    + b'\\n')
return True
""",
    ),
    Attack(
        "tells the end of its job",
        "server_logic.registered",
        SAY
        + """\
say(b'\\0\\0\\0\\0' * 5)
say(b'\\n\\n\\n')
say(b'{"ended": 0}\\n')
import time
time.sleep(30)
""",
    ),
    Attack(
        "tells the end and goes on",
        "server_logic.register_user",
        SAY
        + """\
say(b'\\n')
while True:
    pass
""",
    ),
    Attack(
        "leaves half a line behind",
        "server_logic.registered",
        SAY
        + """\
say(b'{"scenario": 0, "value": ')
os._exit(0)
""",
    ),
    Attack(
        "leaves a length behind",
        "server_logic.username_matches_record",
        SAY
        + """\
say(b'\\xff\\xff\\xff\\xff')
return True
""",
    ),
    Attack(
        "tells everything twice",
        "server_logic.logged_in",
        SAY
        + """\
for number in range(40):
    forge(number)
    forge(number)
return True
""",
    ),
    Attack(
        "answers fewer questions",
        "server_logic.username_exists",
        """\
import sys
frame = sys._getframe()
while frame:
    job = frame.f_locals.get('job')
    if type(job) is dict:
        del job['scenarios'][1:]
    frame = frame.f_back
return username in users.values()
""",
    ),
    Attack(
        "closes its mouth and stays",
        "server_logic.log_in_client",
        """\
import os, time
os.closerange(0, 200)
time.sleep(30)
""",
    ),
]

# Ways out of the process, and out of all that is around it.
REACHING = [
    *(
        Attack(name, "server_logic.registered", f"{trick}return True")
        for name, trick in TRICKS.items()
    ),
    Attack(
        "kills everybody",
        "server_logic.registered",
        LIBRARY
        + """\
import os
if libc:
    for number in (9, 15, 19):
        libc.kill(-1, number)
        for process in range(1, 5000):
            if process != os.getpid():
                libc.kill(process, number)
return True
""",
    ),
    Attack(
        "has others signalled",
        "server_logic.registered",
        """\
import fcntl, os
listening, saying = os.pipe()
for process in range(1, 5000):
    if process == os.getpid():
        continue
    try:
        fcntl.fcntl(listening, fcntl.F_SETOWN, process)
        fcntl.fcntl(listening, 10, 9)
        fcntl.fcntl(listening, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
        os.write(saying, b'x')
    except OSError:
        pass
return True
""",
    ),
    Attack(
        "puts others last",
        "server_logic.logged_in",
        LIBRARY
        + """\
import os
if hasattr(os, 'setpriority'):
    os.setpriority(os.PRIO_USER, 0, 19)
if libc:
    libc.setpriority(2, 0, 19)
return True
""",
    ),
    Attack(
        "takes others' memory away",
        "server_logic.logged_in",
        LIBRARY
        + """\
if libc:
    for process in range(1, 5000):
        libc.prlimit(process, 9, bytes(16), None)
return True
""",
    ),
    Attack(
        "traces its parent",
        "server_logic.username_exists",
        LIBRARY
        + """\
import os
if libc:
    for process in {1, os.getppid()} - {0}:
        libc.ptrace(16, process, None, None)
        libc.ptrace(8, process, None, None)
return True
""",
    ),
    Attack(
        "climbs out of its root",
        "server_logic.logged_in",
        LIBRARY
        + """\
import os
try:
    os.mkdir('x')
except OSError:
    pass
if libc:
    libc.chroot(b'x')
    libc.chroot(b'/')
for _ in range(50):
    try:
        os.chdir('..')
    except OSError:
        pass
try:
    open(REFERENCE[1:] + '/server_logic.py').read()
    return key in active_users
except OSError:
    return True
""",
    ),
    Attack(
        "wants namespaces of its own",
        "server_logic.registered",
        LIBRARY
        + """\
if libc:
    libc.unshare(0x10000000)
    libc.unshare(0x00020000)
    libc.setuid(0)
    libc.setresuid(0, 0, 0)
    libc.mount(b'none', b'/', b'tmpfs', 0, None)
return True
""",
    ),
    Attack(
        "takes its rights back",
        "server_logic.registered",
        LIBRARY
        + """\
if libc:
    libc.capset(b'\\x22\\x05\\x08 ' + bytes(4), b'\\xff' * 24)
    libc.prctl(8, 1, 0, 0, 0)
    libc.kill(1, 9)
return True
""",
    ),
    Attack(
        "does not die with its parent",
        "server_logic.register_client",
        LIBRARY
        + """\
import os, time
if libc:
    libc.prctl(1, 0, 0, 0, 0)
os.setsid()
time.sleep(60)
""",
    ),
    Attack(
        "calls over the network",
        "server_logic.username_exists",
        """\
import socket
for port in PORTS:
    try:
        socket.create_connection(('127.0.0.1', port), 0.2).send(b'here')
    except OSError:
        pass
return True
""",
    ),
    Attack(
        "listens on the network",
        "server_logic.username_exists",
        """\
import socket
try:
    socket.create_server(('127.0.0.1', 0))
    socket.socket(socket.AF_UNIX).bind('\\0desk')
except OSError:
    pass
return True
""",
    ),
    Attack(
        "leaves files and pipes behind",
        "client_logic.login",
        """\
import os
for make in (os.mkdir, getattr(os, 'mkfifo', os.mkdir),
             lambda name: os.symlink('/', name), lambda name: open(name, 'w')):
    for folder in ('', '/', '/tmp/', '/dev/shm/', '/var/tmp/', '../'):
        try:
            make(folder + 'left-behind')
        except OSError:
            pass
""",
    ),
    Attack(
        "leaves memory behind",
        "client_logic.login",
        LIBRARY
        + """\
if libc:
    libc.shmget(0x1eaf, 1 << 20, 0o1666)
    libc.shm_open(b'/left-behind', 66, 0o666)
    libc.mq_open(b'/left', 66, 0o666, None)
""",
    ),
    Attack(
        "runs a program out of its memory",
        "server_logic.registered",
        """\
import os
try:
    program = os.memfd_create('x')
    os.write(program, b'#!/bin/sh\\n')
    os.execve(program, ['x'], {})
except (OSError, AttributeError):
    pass
return True
""",
    ),
    Attack(
        "reads what the system tells",
        "server_logic.logged_in",
        """\
import os
seen = ''
for path in ('/proc/1/environ', '/proc/self/mountinfo', '/proc/1/cwd',
             os.path.join('/proc', '1', 'root', 'etc', 'passwd'), '/etc/passwd', '/proc/self/mem'):
    try:
        seen += open(path, errors='replace').read(100)
    except OSError:
        pass
return bool(seen) or True
""",
    ),
    Attack(
        "loads the reference as a module",
        "server_logic.logged_in",
        """\
import importlib.util, runpy, sys
sys.path[:0] = [REFERENCE, '.', '..']
sys.modules.pop('server_logic')
for load in (lambda: __import__('server_logic').active_users,
             lambda: runpy.run_path(REFERENCE + '/server_logic.py'),
             lambda: importlib.util.spec_from_file_location(
                 'server_logic', REFERENCE + '/server_logic.py').loader.get_code('x')):
    try:
        load()
        return key in active_users
    except BaseException:
        pass
return True
""",
    ),
]

# Time and memory taken, and endings that are none.
TAKING = [
    Attack(
        "sleeps a little each time",
        "server_logic.username_exists",
        """\
import time
for _ in range(4):
    time.sleep(0.6)
return username in users.values()
""",
    ),
    Attack(
        "sleeps where no exception comes through",
        "server_logic.login_client",
        """\
import time
while True:
    try:
        time.sleep(60)
    except BaseException:
        pass
""",
    ),
    Attack(
        "waits in a loop of asyncio",
        "server_logic.register_client",
        """\
import asyncio
async def spin():
    while True:
        await asyncio.sleep(0)
asyncio.get_running_loop().create_task(spin())
""",
    ),
    Attack(
        "never ends being told",
        "server_logic.register_user",
        """\
class Endless(Exception):
    def __str__(self):
        while True:
            pass
raise Endless
""",
    ),
    Attack(
        "has a name that never ends",
        "server_logic.logged_in",
        """\
class Kind(type):
    @property
    def __name__(cls):
        return 'x' * 10 ** 7
    @property
    def __mro__(cls):
        raise ValueError
class Odd(Exception, metaclass=Kind):
    obj = name = property(lambda self: 'y' * 10 ** 7)
raise Odd('z' * 10 ** 7)
""",
    ),
    Attack(
        "calls without end",
        "server_logic.send_registry_to_client",
        """\
for _ in range(5000):
    await server.send_registry()
    logged_in('x' * 400)
""",
    ),
    Attack(
        "takes memory that is not counted",
        "server_logic.registered",
        """\
import mmap, os
kept = []
for _ in range(200):
    kept.append(mmap.mmap(-1, 1 << 24))
    kept.append(os.pipe())
return True
""",
    ),
    Attack(
        "crashes the interpreter",
        "server_logic.registered",
        """\
import faulthandler
faulthandler._sigsegv()
""",
    ),
    Attack(
        "ends while it is being ended",
        "server_logic.login_client",
        """\
import os
class Last:
    def __del__(self):
        os._exit(7)
last = Last()
raise SystemExit(0)
""",
    ),
    Attack(
        "interrupts whoever runs it",
        "server_logic.log_in_client",
        """\
import _thread
for _ in range(100):
    try:
        _thread.interrupt_main()
        for _ in range(100):
            pass
    except KeyboardInterrupt:
        pass
""",
    ),
]

WALLS = [*TELLING, *REACHING, *TAKING]
