"""A process that is tied to another ends with it, however that one ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil

CHILD = "import sys, time; from twin.lifeline import end_with_parent; end_with_parent(int(sys.argv[1])); time.sleep(60)"
PARENT = (
    "import os, subprocess, sys; child = subprocess.Popen([sys.executable, '-c', sys.argv[1], str(os.getpid())]);"
    " print(child.pid, flush=True); child.wait()"
)


def test_a_tied_process_is_killed_with_the_one_that_started_it(root: Path) -> None:
    command = [sys.executable, "-c", PARENT, CHILD]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        assert child.is_running()
        parent.kill()
    psutil.wait_procs([child], timeout=10)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_it_ends_at_once_where_that_one_is_gone_already(root: Path) -> None:
    done = subprocess.run([sys.executable, "-c", CHILD, "1"], cwd=root, check=False, timeout=30)
    assert done.returncode == 1
