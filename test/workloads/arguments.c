/* SPDX-License-Identifier: MIT */
/*
 * System calls of known arguments: registers with values that tell which is which, paths of every
 * length around the limit, pointers to nothing, socket addresses of every kind; where there are any,
 * 32-bit calls. All of them fail or change nothing. Prints, as JSON, each call in its order with what
 * a recording must say of it.
 *
 *   arguments STRING_BYTES   the recorder's --strings
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "clocks.h"

#define CALLS_MAX 64
#define PATH_BYTES 300
#define FUTEX_NO_SUCH_OP 127

struct call {
	long nr;
	int compat;
	uint64_t arguments[6];
	struct {
		int argument; /* -1: none */
		const char *text; /* NULL: unreadable */
	} strings[2];
};

static struct call calls[CALLS_MAX];
static int calls_used;
static size_t string_bytes;

static struct call *call__make(long nr, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e,
			       uint64_t f)
{
	struct call *call = &calls[calls_used++];

	must(calls_used < CALLS_MAX, "calls");
	*call = (struct call){nr, 0, {a, b, c, d, e, f}, {{-1, NULL}, {-1, NULL}}};
	syscall(nr, a, b, c, d, e, f);
	return call;
}

static void call__expect(struct call *call, int index, int argument, const char *text)
{
	call->strings[index].argument = argument;
	call->strings[index].text = text;
}

/* A path of that many bytes, which is not there. */
static const char *path__of(size_t bytes)
{
	char *path = malloc(bytes + 1);

	must(path != NULL, "memory");
	memset(path, 'x', bytes);
	path[bytes] = '\0';
	if (bytes > 1)
		memcpy(path, "/x", 2);
	return path;
}

static void call__open(const char *path, const char *expected)
{
	struct call *call = call__make(SYS_openat, (uint32_t)AT_FDCWD, (uintptr_t)path,
				       O_RDONLY | O_DIRECTORY, 0, 0x5555, 0x6666);

	if (path)
		call__expect(call, 0, 1, expected);
}

static void calls__of_paths(void)
{
	static const char *const nowhere = (const char *)8;
	size_t bytes[] = { 0, 1, string_bytes - 1, string_bytes, string_bytes + 1, PATH_BYTES };
	struct call *call;

	for (size_t i = 0; i < sizeof(bytes) / sizeof(*bytes); i++) {
		const char *path = path__of(bytes[i]);

		call__open(path, path);
	}
	call__open(nowhere, NULL);
	call__open(NULL, NULL);
	call = call__make(SYS_renameat2, (uint32_t)AT_FDCWD, (uintptr_t)"/x/from", (uint32_t)AT_FDCWD,
			  (uintptr_t)"/x/to", 0, 0);
	call__expect(call, 0, 1, "/x/from");
	call__expect(call, 1, 3, "/x/to");
}

static void call__connect(const void *address, size_t bytes, const char *text)
{
	int fd = *(const sa_family_t *)address == AF_UNIX ? 1000 : 1001; /* neither is open */

	call__expect(call__make(SYS_connect, fd, (uintptr_t)address, bytes, 0, 0, 0), 0, 1, text);
}

static void calls__of_addresses(void)
{
	static struct sockaddr_in ipv4 = {.sin_family = AF_INET};
	static struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6}, scoped;
	static struct sockaddr_un path = {AF_UNIX, "/run/x.sock"}, abstract = {AF_UNIX, "\0name"};
	static sa_family_t packet = AF_PACKET;
	size_t head = offsetof(struct sockaddr_un, sun_path);
	struct call *call;

	ipv4.sin_port = htons(5432);
	ipv4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ipv6.sin6_port = htons(80);
	ipv6.sin6_addr = in6addr_loopback;
	scoped = ipv6;
	inet_pton(AF_INET6, "fe80::1", &scoped.sin6_addr);
	scoped.sin6_scope_id = 2;
	call__connect(&ipv4, sizeof(ipv4), "127.0.0.1:5432");
	call__connect(&ipv6, sizeof(ipv6), "[::1]:80");
	call__connect(&scoped, sizeof(scoped), "[fe80::1%2]:80");
	call__connect(&path, sizeof(path), "unix:/run/x.sock");
	call__connect(&abstract, head + 5, "unix:@name");
	call__connect(&path, head, "unix:");
	call__connect(&packet, sizeof(packet), "family 17");
	call__connect(&ipv4, 4, "family 2");
	call = call__make(SYS_sendto, 1001, (uintptr_t)"x", 1, MSG_DONTWAIT, (uintptr_t)&ipv4, sizeof(ipv4));
	call__expect(call, 0, 4, "127.0.0.1:5432");
	call__make(SYS_sendto, 1001, (uintptr_t)"x", 1, MSG_DONTWAIT, 0, 0);
}

/* A page that nobody has touched: its string, the beginning of an ELF file, is there only once the
 * kernel has looked for it. */
static const char *page__map(const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	void *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);

	must(fd >= 0 && page != MAP_FAILED, file);
	close(fd);
	return page;
}

#if defined(__x86_64__)
#define IA32_OPEN 5
#define IA32_FUTEX 240
#define IA32_FUTEX_GARBAGE 0xdeadbeef00000000ull

static sigjmp_buf refusal;

static void refused(int signal)
{
	(void)signal;
	siglongjmp(refusal, 1);
}

/* The sixth argument is in ebp, which the compiler keeps for itself. */
static void call__make32(long nr, const uint64_t arguments[6])
{
	register uint64_t sixth __asm__("r12") = arguments[5];
	long result;

	__asm__ volatile("xchg %%rbp, %%r12; int $0x80; xchg %%rbp, %%r12"
			 : "=a"(result), "+r"(sixth)
			 : "0"(nr), "b"(arguments[0]), "c"(arguments[1]), "d"(arguments[2]),
			   "S"(arguments[3]), "D"(arguments[4])
			 : "r8", "r9", "r10", "r11", "memory");
}

static void call__compat(long nr, uint64_t a, uint64_t b, uint64_t c, const char *text)
{
	uint64_t arguments[6] = {a, b, c, 4, 5, 6};
	struct call *call = &calls[calls_used];

	call__make32(nr, arguments);
	calls_used++; /* not if it was refused */
	*call = (struct call){nr, 1, {(uint32_t)a, b, c, 4, 5, 6}, {{-1, NULL}, {-1, NULL}}};
	if (text)
		call__expect(call, 0, 0, text);
}

static void calls__of_compat(void)
{
	char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	must(low != MAP_FAILED, "memory below 4 GB");
	strcpy(low, "/x/compat");
	signal(SIGSEGV, refused);
	if (sigsetjmp(refusal, 1))
		return;
	call__compat(IA32_FUTEX, IA32_FUTEX_GARBAGE | 0x1000, FUTEX_NO_SUCH_OP, 3, NULL);
	call__compat(IA32_OPEN, (uintptr_t)low, 0, 0, "/x/compat");
}
#else
static void calls__of_compat(void)
{
}
#endif

static void string__print(const struct call *call, int index)
{
	const char *text = call->strings[index].text;
	bool is_path = call->nr != SYS_connect && call->nr != SYS_sendto;
	size_t length = text ? strlen(text) : 0;
	bool truncated = is_path && length > string_bytes;

	printf("%s{\"argument\":%d,\"text\":\"", index ? "," : "", call->strings[index].argument);
	for (size_t i = 0; i < length && !(truncated && i == string_bytes); i++)
		printf((unsigned char)text[i] < ' ' || text[i] == 127 ? "\\u%04x" : "%c", text[i]);
	printf("\",\"truncated\":%s,\"unreadable\":%s}", truncated ? "true" : "false",
	       text ? "false" : "true");
}

static void call__print(const struct call *call)
{
	printf("{\"nr\":%ld,\"compat\":%s,\"values\":[", call->nr, call->compat ? "true" : "false");
	for (int i = 0; i < 6; i++)
		printf("%s\"%llu\"", i ? "," : "", (unsigned long long)call->arguments[i]);
	printf("],\"strings\":[");
	for (int i = 0; i < 2 && call->strings[i].argument >= 0; i++)
		string__print(call, i);
	printf("]}");
}

int main(int argc, char **argv)
{
	const char *untouched;

	must(argc == 2, "usage: arguments STRING_BYTES");
	string_bytes = strtoul(argv[1], NULL, 10);
	untouched = page__map("/proc/self/exe");
	gate__wait();
	call__open(untouched, "\177ELF\2\1\1");
	call__make(SYS_futex, 0x1000, FUTEX_NO_SUCH_OP, 0x3333333333333333, 0, 0x5555555555555555, ~0ull);
	calls__of_paths();
	calls__of_addresses();
	calls__of_compat();
	printf("[");
	for (int i = 0; i < calls_used; i++) {
		printf("%s", i ? ",\n" : "");
		call__print(&calls[i]);
	}
	printf("]\n");
	return 0;
}
