#!/bin/sh
# Everything between a fresh clone and a running demo, test or bench: npm packages, the Debian
# packages that build the capture program (and, by argument, the peer tools that tests and bench
# measure beside it), then every build step whose sources are newer than its last success. Says
# nothing when there is nothing to do. Root is needed for apt-get, and for what tests and bench
# record: what for is said before sudo is asked. Where the capture program cannot be built, the
# analysis half is, and one sentence says what was missing; demo and tests say themselves what they
# cannot do without it.
#
# usage: sh test/set-up.sh [demo | test | bench]
set -eu
cd "$(dirname "$0")/.."

purpose=${1:-demo}
build_packages="clang bpftool libbpf-dev musl-tools liblz4-dev make gcc libc6-dev linux-libc-dev"
case $purpose in
demo) peer_packages="" ;;
test) # g++, python3: for node-gyp
	peer_packages="libbpf-tools strace g++ python3 perl elfutils chromium firefox-esr llvm lld dwz binutils xz-utils debuginfod"
	peer_packages="$peer_packages libc6-dbg libstdc++6-12-dbg python3-dbg"
	command -v rustc >/dev/null || peer_packages="$peer_packages rustc" ;;
bench)
	peer_packages="libbpf-tools strace bpftrace linux-perf nginx-light chromium llvm elfutils"
	peer_packages="$peer_packages libc6-dbg libstdc++6-12-dbg python3-dbg" ;;
*)
	echo "usage: sh test/set-up.sh [demo | test | bench]" >&2
	exit 2
	;;
esac

stamps=build/stamps
log=build/set-up.log
PATH=$PATH:/usr/sbin:/sbin # bpftool and the peers live there, outside a user's PATH

say() { echo "set-up: $*" >&2; }

# Runs a command quietly; shows what it said only if it failed.
quietly() {
	if ! "$@" >"$log" 2>&1; then
		cat "$log" >&2
		say "failed: $*"
		return 1
	fi
}

node__check() {
	if ! command -v node >/dev/null || [ "$(node -p 'parseInt(process.versions.node)')" -lt 20 ]; then
		say "Node 20 or newer is needed, and npm with it."
		exit 1
	fi
}

npm__install() {
	if [ -f node_modules/.package-lock.json ] &&
		[ -z "$(find package-lock.json -newer node_modules/.package-lock.json)" ]; then
		return
	fi
	say "installing npm packages (npm ci)"
	quietly npm ci --no-audit --no-fund --loglevel=error
	touch node_modules/.package-lock.json
}

packages__missing() {
	for package in "$@"; do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
			printf ' %s' "$package"
	done
}

# The package lists are fetched only when there are none or they are too old to install from.
apt__install() {
	as_root=$1
	shift
	install="$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends"
	if ls /var/lib/apt/lists/*Packages* >/dev/null 2>&1 && $install "$@" >"$log" 2>&1; then
		return 0
	fi
	quietly $as_root apt-get update && quietly $install "$@"
}

packages__install() {
	[ "$(uname -s)" = Linux ] || return 0
	if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
		return 0 # not a Debian: whatever compilers are here will have to do
	fi
	missing=$(packages__missing $build_packages $peer_packages)
	[ -n "$missing" ] || return 0
	as_root=
	if [ "$(id -u)" != 0 ]; then
		if ! command -v sudo >/dev/null; then
			say "Debian packages are missing and there is neither root nor sudo to install them:$missing."
			return 0
		fi
		say "root is needed for: apt-get install$missing (asking sudo)"
		as_root=sudo
	fi
	say "installing Debian packages:$missing"
	apt__install "$as_root" $missing ||
		say "Debian packages could not be installed (above is why), going on without:$missing."
}

# stale STEP SOURCES: has anything changed since this step last went well? (A failing step ends the
# script: its stamp is not touched, and what it said is shown.)
stale() {
	stamp=$stamps/$1
	shift
	[ ! -f "$stamp" ] || [ -n "$(find "$@" -type f -newer "$stamp" | head -n 1)" ]
}

build__portable() {
	if stale format capture/FORMAT.md capture/generate-format.ts; then
		quietly npm run --silent build:format
		touch $stamps/format
	fi
	if [ ! -f build/offcut.wasm ] || stale engine assembly package-lock.json; then
		say "building the engine (AssemblyScript)"
		quietly npm run --silent build:engine
		touch $stamps/engine
	fi
	if [ ! -f build/symbols.wasm ] || stale symbols assembly package-lock.json; then
		say "building the symbolizer (AssemblyScript)"
		quietly npm run --silent build:symbols
		touch $stamps/symbols
	fi
	if [ ! -f build/analyzer/node.js ] || stale analyzer analyzer assembly tsconfig.json package-lock.json; then
		say "building the analyzer (TypeScript)"
		quietly npm run --silent build:analyzer
		touch $stamps/analyzer
	fi
	if [ ! -f build/offcut.html ] || stale page analyzer assembly test/data/redis.offcut package-lock.json; then
		say "building the page"
		quietly npm run --silent build:page
		touch $stamps/page
	fi
}

# make knows by itself what is stale; it is only asked where its tools are.
build__capture() {
	[ "$(uname -s)" = Linux ] || return 0
	for tool in make cc clang bpftool musl-gcc; do
		if ! command -v "$tool" >/dev/null; then
			say "the capture program cannot be built here: $tool is missing."
			return 0
		fi
	done
	if [ ! -x build/offcut-capture ]; then say "building the capture program (C, eBPF)"; fi
	quietly make -s -C capture
	quietly make -s -C test/workloads
	if [ "$purpose" = test ]; then build__addon; fi
}

# Only tests need it: everywhere else the capture program records. node-gyp wants a C++ compiler,
# Python and, where they do not lie beside the node binary, headers from the network.
build__addon() {
	for tool in c++ python3; do
		if ! command -v "$tool" >/dev/null; then
			say "the Node addon cannot be built here: $tool is missing."
			return 0
		fi
	done
	quietly make -s -C capture addon || say "going on without the Node addon: its tests will fail."
}

# Tests and bench record, as root; whoever is at a terminal is asked once, here, and told why.
sudo__ask() {
	[ "$purpose" != demo ] && [ "$(uname -s)" = Linux ] && [ "$(id -u)" != 0 ] || return 0
	if ! command -v sudo >/dev/null || sudo -n true 2>/dev/null || [ ! -t 0 ]; then return 0; fi
	say "root is needed for: recording from this kernel in the ${purpose} (asking sudo)"
	sudo -v || say "sudo was refused: what records will be skipped."
}

# Under sudo everything above was made by root in somebody's clone: give it back.
ownership__restore() {
	[ "$(id -u)" = 0 ] && [ -n "${SUDO_UID:-}" ] || return 0
	chown -R "$(ls -nd . | awk '{ print $3 ":" $4 }')" build node_modules
}

node__check
mkdir -p $stamps
npm__install
packages__install
build__portable
build__capture
ownership__restore
sudo__ask
