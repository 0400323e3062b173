"""Tests of the background thread and how it ends."""

import subprocess
import sys
import threading

from cafe_site.outbox.worker import Worker

ENDS = """
import threading
from django.conf import settings
from cafe_site.outbox.worker import Worker

settings.configure()
began = threading.Event()

def send():
    began.set()
    # Until the process waits for this thread.
    while threading.main_thread().is_alive():
        threading.Event().wait(0.01)
    print("sent")

worker = Worker()
worker.submit(send)
worker.submit(print, "sent too")
began.wait(20)
"""


def test_a_process_that_ends_waits_for_what_was_begun_and_begins_nothing_more() -> None:
    ended = subprocess.run(  # noqa: S603 - the code is the one above.
        [sys.executable, "-c", ENDS], capture_output=True, text=True, timeout=60, check=True
    )

    assert (ended.stdout, ended.stderr) == ("sent\n", "")


def test_work_is_done_one_after_the_other_by_a_thread_that_ends_and_comes_back() -> None:
    hold = threading.Event()
    done: list[tuple[int, bool]] = []
    threads: list[threading.Thread] = []

    def work(number: int) -> None:
        threads.append(threading.current_thread())
        hold.wait(20)
        done.append((number, threading.current_thread() is threads[0]))

    worker = Worker()
    for number in range(3):
        worker.submit(work, number)
    hold.set()
    worker.wait(20)
    worker.submit(work, 3)
    worker.wait(20)

    assert done == [(0, True), (1, True), (2, True), (3, False)]
    assert [thread.is_alive() for thread in threads] == [False] * 4
