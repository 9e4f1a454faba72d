/* SPDX-License-Identifier: MIT */
/*
 * A 64-bit program that makes 32-bit system calls: int 0x80 enters the ia32 table, whose numbers
 * mean other calls (20 is getpid there, writev here). Prints what it made, as JSON; exits 77 where
 * the kernel or the architecture has no such calls.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>

#include "clocks.h"

#define UNSUPPORTED 77
#define GETPIDS 500
#define CLOSES 300
#define IA32_CLOSE 6
#define IA32_GETPID 20

#if defined(__x86_64__)
static long call32(long nr, long a)
{
	long result;

	__asm__ volatile("int $0x80" : "=a"(result) : "0"(nr), "b"(a) : "r8", "r9", "r10", "r11", "memory");
	return (int)result;
}

static void refused(int signal)
{
	(void)signal;
	_exit(UNSUPPORTED);
}

int main(void)
{
	signal(SIGSEGV, refused);
	if (call32(IA32_GETPID, 0) != getpid())
		return UNSUPPORTED;
	gate__wait();
	for (int i = 0; i < GETPIDS; i++)
		must(call32(IA32_GETPID, 0) == getpid(), "getpid");
	for (int i = 0; i < CLOSES; i++)
		must(call32(IA32_CLOSE, -1) == -EBADF, "close");
	printf("[{\"nr\":%d,\"errno\":0,\"count\":%d},{\"nr\":%d,\"errno\":%d,\"count\":%d}]\n",
	       IA32_GETPID, GETPIDS, IA32_CLOSE, EBADF, CLOSES);
	return 0;
}
#else
int main(void)
{
	return UNSUPPORTED;
}
#endif
