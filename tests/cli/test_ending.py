"""A process that is told to end does so in time, whatever it waits for; others end at once."""

import os
import signal
import subprocess
import sys
import time

import pytest

from foundsound.cli import ending
from tests.process import END_S

CODE = """
import sys, threading, time
from foundsound.cli import ending
ending.LAST_S, ending.ALARM_S = map(float, sys.argv[1:])
ending.end_on_sigterm()
threading.Thread(target=time.sleep, args=(60,)).start()  # loads a model, say
try:
    print("ready", flush=True)
    ending.wait_for_end(threading.Event())
finally:
    print("closed", flush=True)
"""


LOADED = """
import sys
from foundsound.__main__ import main
class CtrlC:
    def find_spec(self, name, *_):
        if name == "typer":
            raise KeyboardInterrupt
sys.meta_path.insert(0, CtrlC())
main()
"""
MISTAKEN = """
import os, signal
from foundsound.cli import app
from foundsound.cli.ending import end_on_sigterm

def run():
    end_on_sigterm()
    try:
        os.kill(os.getpid(), signal.SIGTERM)
        signal.pause()
    except SystemExit:
        raise ValueError("the schema cannot be built")

app.app = run
app.main()
"""
# A system may choose any thread of a process that is told to end.
ELSEWHERE = CODE.replace("time.sleep, args=(60,)", "take, daemon=True").replace(
    "ending.end_on_sigterm()",
    """
ending.end_on_sigterm()
import signal
def take():
    sys.stdin.readline()
    time.sleep(0.2)  # the main thread waits by now
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
""",
)
LOCKED = CODE.replace('print("closed", flush=True)', "import ctypes; ctypes.PyDLL(None).sleep(60)")
# What Python itself would take apart says so.
LEAVING = """
import atexit, os, sys, threading, time
from foundsound.cli.ending import leaving

class Kept:
    def __del__(self, write=os.write):
        write(2, b"taken apart")

kept = Kept()
with leaving():
    atexit.register(print, "registered")
    threading.Thread(target=lambda: time.sleep(0.2) or print("a thread")).start()
    print("said")
    {}
"""


@pytest.mark.parametrize(
    ("end", "code", "said"),
    [
        ("pass", 0, ""),
        ("sys.exit()", 0, ""),
        ("sys.exit(7)", 7, ""),
        ("sys.exit('a sentence')", 1, "a sentence\n"),
        ("raise ValueError('a bug')", 1, "ValueError: a bug\n"),
    ],
)
def test_a_command_ends_without_being_taken_apart(end: str, code: int, said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LEAVING.format(end)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (code, "said\na thread\nregistered\n")
    assert done.stderr.endswith(said)
    assert "taken apart" not in done.stderr


def test_output_that_cannot_be_written_is_told() -> None:
    done = _written_to("/dev/full")
    assert done.returncode == 120
    assert done.stderr == "Error: The output cannot be written: No space left on device.\n"


def test_nothing_is_told_where_nobody_reads() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = _written_to(f"/dev/fd/{writing}")
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (120, "")


def test_a_process_without_output_ends_as_well() -> None:
    code = LEAVING.format("sys.stdout = None; sys.exit(7)").replace('print, "registered"', "int")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (7, "")


def _written_to(path: str) -> subprocess.CompletedProcess[str]:
    """Its output waits in a buffer until the end."""
    buffered = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"}
    with open(os.open(path, os.O_WRONLY), "w") as output:
        return subprocess.run(
            [sys.executable, "-c", LEAVING.format("pass")],
            env=buffered,
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )


def test_the_promise_is_kept() -> None:
    assert ending.LAST_S < ending.ALARM_S < 10


def test_the_system_ends_what_holds_pythons_lock() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", LOCKED, "0.5", "1.5"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    started = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=END_S)
    assert process.returncode == -signal.SIGALRM
    assert 1.4 < time.monotonic() - started < END_S


def test_what_cannot_be_interrupted_is_not_waited_for() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", CODE, "1.5", "30"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    started = time.monotonic()
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=END_S)
    assert output == "closed\n"  # in order, as far as that goes
    assert process.returncode == 0
    assert 1.4 < time.monotonic() - started < END_S


def test_a_signal_that_another_thread_is_given_ends_it() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", ELSEWHERE, "60", "90"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    output, _ = process.communicate("now\n", timeout=END_S)
    assert (process.returncode, output) == (0, "closed\n")


def test_a_library_that_makes_an_error_of_the_end_is_not_believed() -> None:
    done = subprocess.run(
        [sys.executable, "-c", MISTAKEN], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_ctrl_c_while_the_command_is_loaded_is_no_traceback() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, timeout=240)
    assert (done.returncode, done.stderr) == (130, b"")
