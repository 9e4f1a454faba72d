/* SPDX-License-Identifier: MIT */
/*
 * A user stack that is known frame by frame: main calls outer, outer calls middle, middle calls
 * descend as many times into itself as asked, and at the bottom nap sleeps in a system call made
 * without libc, so that every frame has a frame pointer. Compiled with -fno-omit-frame-pointer and
 * -fno-optimize-sibling-calls; nothing may be inlined.
 *
 * usage: deep [DEPTH [NAPS]]
 */
#define _GNU_SOURCE
#include "clocks.h"

#define NAP_US 5000

#define FRAME __attribute__((noinline, noclone))

FRAME long nap(void)
{
	struct timespec t = {0, NAP_US * 1000};
	long result;
#if defined(__x86_64__)
	register long flags __asm__("r10") = 0;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "0"(SYS_clock_nanosleep), "D"(CLOCK_MONOTONIC), "S"(0), "d"(&t), "r"(flags)
			 : "rcx", "r11", "memory");
#elif defined(__aarch64__)
	register long x8 __asm__("x8") = SYS_clock_nanosleep;
	register long x0 __asm__("x0") = CLOCK_MONOTONIC;
	register long x1 __asm__("x1") = 0;
	register long x2 __asm__("x2") = (long)&t;
	register long x3 __asm__("x3") = 0;

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
	result = x0;
#endif
	return result;
}

FRAME long descend(int depth)
{
	return depth > 1 ? descend(depth - 1) + 1 : nap() + 1;
}

FRAME long middle(int depth)
{
	return descend(depth) + 1;
}

FRAME long outer(int depth)
{
	return middle(depth) + 1;
}

int main(int argc, char **argv)
{
	int depth = argc > 1 ? atoi(argv[1]) : 1;
	int naps = argc > 2 ? atoi(argv[2]) : 20;
	long sum = 0;

	gate__wait();
	for (int i = 0; i < naps; i++)
		sum += outer(depth);
	printf("%ld\n", sum);
	return 0;
}
