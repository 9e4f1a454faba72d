/* A stopped thread's registers and the bytes of its stack, to standard output: what a UserDump is
 * made of. In: a thread id and how many bytes at most. Out: u64 registers in DWARF's order, u64
 * length, the bytes. For tests: the recorder takes dumps in the kernel. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **words)
{
	if (count != 3)
		return 2;
	pid_t tid = (pid_t)atoi(words[1]);
	size_t bytes_max = (size_t)atol(words[2]);
	struct user_regs_struct r;
	if (ptrace(PTRACE_SEIZE, tid, 0, 0) || ptrace(PTRACE_INTERRUPT, tid, 0, 0) || waitpid(tid, NULL, __WALL) != tid ||
	    ptrace(PTRACE_GETREGS, tid, 0, &r)) {
		perror("ptrace");
		return 1;
	}
	uint64_t registers[17] = {r.rax, r.rdx, r.rcx, r.rbx, r.rsi, r.rdi, r.rbp, r.rsp, r.r8,
				  r.r9,	 r.r10, r.r11, r.r12, r.r13, r.r14, r.r15, r.rip};
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/mem", tid);
	int memory = open(path, O_RDONLY);
	char *bytes = malloc(bytes_max);
	uint64_t length = 0;
	uint64_t from = r.rsp & ~7ULL;
	while (length < bytes_max) {
		size_t step = 4096 - (from + length) % 4096;
		if (step > bytes_max - length)
			step = bytes_max - length;
		ssize_t got = pread(memory, bytes + length, step, (off_t)(from + length));
		if (got <= 0)
			break;
		length += (uint64_t)got;
	}
	fwrite(registers, sizeof registers, 1, stdout);
	fwrite(&length, sizeof length, 1, stdout);
	fwrite(bytes, length, 1, stdout);
	return 0;
}
