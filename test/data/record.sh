#!/bin/sh
# Makes the recordings of this directory anew, from real programs on this machine: needs root, the
# built capture program, and the Debian packages redis-server, redis-tools and gcc. Each function is
# one recording and is named for it; README.md says what they are for. Expected output is made
# afterwards by BLESS=1 (see recordings.test.ts) and is to be read before it is committed.
#
# usage: sh test/data/record.sh [NAME ...]
set -eu
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)
capture=$root/build/offcut-capture
workloads=$root/build/workloads

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The demo's workload, for a host that cannot record.
mixed() {
	mkfifo "$scratch/gate"
	"$workloads/mixed" 2 "$scratch/disk" <"$scratch/gate" >"$scratch/ready" &
	exec 3>"$scratch/gate"
	until grep -q ready "$scratch/ready"; do sleep 0.1; done
	"$capture" -q --force -o mixed.offcut -p $! -d 1.5 &
	recorder=$!
	sleep 0.7
	echo >&3
	exec 3>&-
	wait "$recorder"
	wait
}

# A server under load, and whoever else is on the host: two client threads, small values, then AOF
# with an fsync for every write, so that it waits for sockets as well as for the disk.
redis() {
	redis-server --port 0 --unixsocket "$scratch/redis.sock" --dir "$scratch" --save '' \
		--appendonly yes --appendfsync always --daemonize no >/dev/null &
	server=$!
	sleep 1
	"$capture" -q --force -o redis.offcut -d 2 --max-size 1500K &
	recorder=$!
	sleep 0.5
	redis-benchmark -s "$scratch/redis.sock" -t set,get -n 1500 -c 8 -q >/dev/null
	wait "$recorder"
	kill "$server"
	wait "$server" || true
}

# A compiler run from its first call to its last: processes that start one another and are gone.
compiler() {
	"$capture" -q --force -o compiler.offcut -- \
		gcc -O2 -pipe -pthread -o "$scratch/waits" "$root/test/workloads/waits.c"
}

# A host on which nothing was started: timers, kernel threads, daemons.
idle() {
	sleep 2
	"$capture" -q --force -o idle.offcut -d 5
}

for name in ${*:-mixed redis compiler idle}; do
	"$name"
	chmod 644 "$name.offcut"
	ls -l "$name.offcut"
done
