# SPDX-License-Identifier: MIT
"""Python threads that wait in locks, queues, sleeps and polls, a few calls deep.

usage: python3 waiting.py SECONDS
"""

import queue
import select
import socket
import sys
import threading
import time

over = threading.Event()
lock = threading.Lock()
items = queue.Queue()


def nested(depth, wait):
    return nested(depth - 1, wait) if depth else wait()


def sleeper():
    nested(6, lambda: time.sleep(0.002))


def locker():
    with lock:
        time.sleep(0.002)
    time.sleep(0.001)


def putter():
    time.sleep(0.003)
    items.put(1)


def getter():
    try:
        items.get(timeout=0.01)
    except queue.Empty:
        pass


def poller(ends=socket.socketpair()):
    # Not select(): its frame of 49 KB is mostly memory that was never touched, which cannot be read.
    asked = select.poll()
    asked.register(ends[0], select.POLLIN)
    asked.poll(4)


def repeat(role):
    while not over.is_set():
        role()


threads = [threading.Thread(target=repeat, args=(role,)) for role in (sleeper, locker, locker, putter, getter, poller)]
for thread in threads:
    thread.start()
time.sleep(float(sys.argv[1]) if len(sys.argv) > 1 else 5)
over.set()
for thread in threads:
    thread.join()
