/* SPDX-License-Identifier: MIT */
/*
 * Threads that sleep with secrets on their stacks and in their registers: text, keys, and numbers
 * that look like pointers and are none. Each knows its own stack pointer and what lies where above
 * it, so that a test can look for every word in a recording: for those that must be there, and for
 * those that must not. `deep` has 20 KB between its stack pointer and the secrets of its caller;
 * `forever` never wakes up.
 *
 * usage: secrets [NAPS]
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <string.h>

#include "clocks.h"

#define NAP_US 5000
#define SECRETS 4
#define WORDS 12
#define FRAME __attribute__((noinline, noclone))

static const char text[SECRETS][9] = { "hunter2!", "passw0rd", "4111-111", "-----BEG" };
static uint64_t keys[SECRETS]; /* below 2^63: the format keeps no more of a word */
#define UNMAPPED_ADDRESS 0x510000000008ull /* below all that the kernel gives away by itself */
static uint64_t heap;
static int naps;

enum { TEXT_POINTER, STACK_POINTER, BELOW, UNMAPPED, HEAP, FIRST_TEXT, FIRST_KEY = FIRST_TEXT + 2,
       COUNT = FIRST_KEY + SECRETS };

struct known {
	const char *name;
	int tid;
	uint64_t sp, words_at;
	uint64_t words[WORDS];
};

static struct known known[3];
static _Thread_local struct known *own;

/* Sleeps in a system call of its own, with keys in the registers that calls leave alone. */
FRAME static long nap(const struct timespec *t)
{
	long result;
#if defined(__x86_64__)
	register long flags __asm__("r10") = 0;
	register uint64_t r12 __asm__("r12") = keys[0], r13 __asm__("r13") = keys[1];
	register uint64_t r14 __asm__("r14") = keys[2], r15 __asm__("r15") = keys[3];

	__asm__ volatile("mov %%rsp, %1\n\tsyscall"
			 : "=a"(result), "=m"(own->sp)
			 : "0"(SYS_clock_nanosleep), "D"(CLOCK_MONOTONIC), "S"(0), "d"(t), "r"(flags),
			   "r"(r12), "r"(r13), "r"(r14), "r"(r15)
			 : "rcx", "r11", "memory");
#elif defined(__aarch64__)
	register long x8 __asm__("x8") = SYS_clock_nanosleep;
	register long x0 __asm__("x0") = CLOCK_MONOTONIC;
	register long x1 __asm__("x1") = 0;
	register long x2 __asm__("x2") = (long)t;
	register long x3 __asm__("x3") = 0;
	register uint64_t x20 __asm__("x20") = keys[0], x21 __asm__("x21") = keys[1];
	register uint64_t sp;

	__asm__ volatile("mov %1, sp\n\tsvc 0"
			 : "+r"(x0), "=&r"(sp)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x20), "r"(x21)
			 : "memory");
	own->sp = sp;
	result = x0;
#endif
	return result;
}

/* Sleeps with a frame pointer to what is no frame, in its caller's: not below the stack pointer. */
FRAME static long nap_misled(const struct timespec *t, const volatile uint64_t *frame)
{
	long result = 0;
#if defined(__x86_64__)
	register long flags __asm__("r10") = 0;

	__asm__ volatile("mov %%rbp, %%r12\n\tmov %[frame], %%rbp\n\tsyscall\n\tmov %%r12, %%rbp"
			 : "=a"(result)
			 : "0"(SYS_clock_nanosleep), "D"(CLOCK_MONOTONIC), "S"(0), "d"(t), "r"(flags),
			   [frame] "r"(frame)
			 : "rcx", "r11", "r12", "memory");
#else
	(void)frame;
	nap(t);
#endif
	return result;
}

/* What a test looks for, at a place that is known. */
FRAME static void sleep_with_secrets(long times, long us)
{
	struct timespec t = { us / 1000000, us % 1000000 * 1000 };
	volatile uint64_t words[WORDS], not_a_frame[2] = { 0, keys[1] };

	words[TEXT_POINTER] = (uint64_t)nap;
	words[STACK_POINTER] = (uint64_t)&words[STACK_POINTER];
	words[BELOW] = (uint64_t)__builtin_frame_address(0) - 65536;
	words[UNMAPPED] = UNMAPPED_ADDRESS;
	words[HEAP] = heap;
	for (int i = 0; i < 2; i++) {
		uint64_t word;

		memcpy(&word, text[i], sizeof(word));
		words[FIRST_TEXT + i] = word;
	}
	for (int i = 0; i < SECRETS; i++)
		words[FIRST_KEY + i] = keys[i];
	words[COUNT] = 0;
	own->words_at = (uint64_t)words;
	for (int i = 0; i < WORDS; i++)
		own->words[i] = words[i];
	for (long i = 0; i < times; i++) {
		words[COUNT] = i;
		nap(&t);
		nap_misled(&t, not_a_frame);
	}
}

/* Its caller's frame lies behind 20 KB that an 8 KB dump does not reach across. */
FRAME static void sleep_deep(long times, long us)
{
	volatile char room[20480];

	for (size_t i = 0; i < sizeof(room); i += 8)
		memcpy((char *)room + i, text[i / 8 % SECRETS], 8);
	for (long i = 0; i < times; i++) {
		struct timespec t = { 0, us * 1000 };

		nap(&t);
	}
	room[0]++;
}

static void *run(void *argument)
{
	own = argument;
	own->tid = (int)syscall(SYS_gettid);
	thread__name(own->name);
	if (!strcmp(own->name, "forever"))
		sleep_with_secrets(1, 3600000000);
	else if (!strcmp(own->name, "deep"))
		sleep_deep(naps, NAP_US);
	else
		sleep_with_secrets(naps, NAP_US);
	return NULL;
}

static void print_hex(const char *name, const uint64_t *words, int count)
{
	printf("\"%s\":[", name);
	for (int i = 0; i < count; i++)
		printf("%s\"%llx\"", i ? "," : "", (unsigned long long)words[i]);
	printf("]");
}

static void print_known(void)
{
	uint64_t texts[SECRETS];

	for (int i = 0; i < SECRETS; i++)
		memcpy(&texts[i], text[i], 8);
	printf("{");
	print_hex("texts", texts, SECRETS);
	printf(",");
	print_hex("keys", keys, SECRETS);
	printf(",\"threads\":[");
	for (int i = 0; i < 3; i++) {
		printf("%s{\"name\":\"%s\",\"tid\":%d,\"sp\":\"%llx\",\"wordsAt\":\"%llx\",", i ? "," : "",
		       known[i].name, known[i].tid, (unsigned long long)known[i].sp,
		       (unsigned long long)known[i].words_at);
		print_hex("words", known[i].words, WORDS);
		printf("}");
	}
	printf("]}\n");
}

int main(int argc, char **argv)
{
	const char *names[] = { "napper", "deep", "forever" };
	pthread_t threads[3];
	uint64_t state = 0x9e3779b97f4a7c15 ^ (uint64_t)getpid();

	naps = argc > 1 ? atoi(argv[1]) : 20;
	heap = (uint64_t)malloc(100);
	for (int i = 0; i < SECRETS; i++) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		keys[i] = (state | 1ull << 62) & ~(1ull << 63);
	}
	for (int i = 0; i < 3; i++)
		known[i].name = names[i];
	pthread_create(&threads[2], NULL, run, &known[2]);
	gate__wait();
	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, run, &known[i]);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	print_known();
	return 0;
}
