#!/bin/sh
# Makes recordings of this directory anew, from real programs on this machine: needs root, the built
# capture program, and the Debian packages redis-server, redis-tools and gcc. Each function is one
# recording and is named for it; README.md says what they are for. They are of processes that were
# started for them, from a directory of their own, so that nothing of the host that made them is in
# them. Answers are made afterwards by BLESS=1 (see recordings.test.ts), and read before they are
# committed.
#
# usage: sh test/data/record.sh [NAME ...]
set -eu
data=$(cd "$(dirname "$0")" && pwd)
workloads=$data/../../build/workloads

scratch=/tmp/offcut-recordings
mkdir -m 700 "$scratch" # fails where it exists
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
cp "$data/../../build/offcut-capture" .

# The demo's workload, for whoever cannot record.
mixed() {
	cp "$workloads/mixed" .
	mkfifo gate
	./mixed 1.5 disk <gate >ready &
	program=$!
	exec 3>gate
	until grep -qs ready ready; do sleep 0.1; done
	./offcut-capture -q -o mixed.offcut -p $program -d 1.5 &
	recorder=$!
	sleep 0.5
	echo >&3
	exec 3>&-
	wait $recorder
	wait $program
}

# A database under load from its start to its end: eight clients over a socket, and an append-only
# file with an fsync for every write, so that the server waits for sockets as well as for the disk.
redis() {
	cat >load.sh <<-'END'
		redis-server --port 0 --unixsocket redis.sock --save '' \
			--appendonly yes --appendfsync always >/dev/null &
		until redis-cli -s redis.sock ping >/dev/null 2>&1; do sleep 0.1; done
		redis-benchmark -s redis.sock -t set,get -n 4000 -c 8 -q >/dev/null
		redis-cli -s redis.sock shutdown
		wait
	END
	./offcut-capture -q -o redis.offcut -- sh load.sh
}

# A compiler from its first call to its last: processes that start one another and are gone.
compiler() {
	cp "$data/../workloads/waits.c" "$data/../workloads/clocks.h" .
	./offcut-capture -q -o compiler.offcut -- gcc -O2 -pthread -o waits waits.c
}

# Small programs that read, write, wait and fail, with the arguments of their calls.
arguments() {
	cat >small.sh <<-'END'
		ls /usr >/dev/null
		cat /etc/passwd /nonexistent >copy 2>/dev/null
		dd if=/dev/zero of=blocks bs=4096 count=64 2>/dev/null
		dd if=blocks of=/dev/null bs=512 2>/dev/null
		sleep 0.05
	END
	./offcut-capture -q --args all --strings 128 -o arguments.offcut -- sh small.sh
}

# An interpreter without frame pointers, whose threads wait in it for a queue, a socket and the clock: whole
# user stacks, and what unwinds and names them.
python() {
	cat >threads.py <<-'END'
		import queue, socket, threading, time
		jobs, (near, far) = queue.Queue(), socket.socketpair()
		def take():
		    while jobs.get(): pass
		def receive():
		    while far.recv(1): pass
		threads = [threading.Thread(target=take), threading.Thread(target=receive)]
		for thread in threads: thread.start()
		for step in range(20):
		    time.sleep(0.05)
		    jobs.put(1)
		    near.send(b"x")
		jobs.put(0)
		near.close()
		for thread in threads: thread.join()
	END
	./offcut-capture -q -o python.offcut -- /usr/bin/python3 threads.py
}

for name in ${*:-mixed redis compiler arguments python}; do
	"$name"
	mv "$name.offcut" "$data/"
	chmod 644 "$data/$name.offcut"
	ls -l "$data/$name.offcut"
done
