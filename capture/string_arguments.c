/* SPDX-License-Identifier: MIT */
/* See string_arguments.h. Calls are listed by name, as options.c takes them: numbers differ by ABI. */
#include "string_arguments.h"

#include <stdlib.h>
#include <string.h>

#include "syscall_names.h"

#define NAME_BYTES_MAX 32

_Static_assert(CONFIG_CALL_WORDS * 64 == SYSCALL_NR_MAX && CONFIG_CALL_ABIS == ABIS, "call sets");
_Static_assert(WANT_ADDRESS_1 == 16 && WANT_ADDRESS_4 == 32, "the table below");

/*
 * Sums of 1, 2, 4, 8 for strings at arguments 0 to 3, 16 and 32 for addresses at 1 and 4. Old 32-bit
 * names stand beside what they became. ia32's socketcall is not taken apart.
 */
static const char calls_with_strings[] =
	"open=1;openat=2;openat2=2;creat=1;stat=1;lstat=1;stat64=1;lstat64=1;statx=2;"
	"newfstatat=2;fstatat64=2;access=1;faccessat=2;faccessat2=2;execve=1;execveat=2;"
	"unlink=1;unlinkat=2;rename=3;renameat=10;renameat2=10;mkdir=1;mkdirat=2;rmdir=1;"
	"chdir=1;readlink=1;readlinkat=2;link=3;linkat=10;symlink=3;symlinkat=5;truncate=1;"
	"truncate64=1;chmod=1;fchmodat=2;fchmodat2=2;chown=1;chown32=1;lchown=1;lchown32=1;"
	"fchownat=2;mount=7;umount=1;umount2=1;connect=16;bind=16;sendto=32;";

static void want__add(__u8 wants[SYSCALL_NR_MAX], int nr, unsigned long strings)
{
	if (nr >= 0 && nr < SYSCALL_NR_MAX && wants[nr])
		wants[nr] |= (uint8_t)strings;
}

void argument_wants__fill(struct argument_wants *all, const struct capture_config *config)
{
	__u8 (*wants)[SYSCALL_NR_MAX] = all->of;
	char name[NAME_BYTES_MAX];

	for (int abi = 0; abi < ABIS; abi++)
		for (int nr = 0; nr < SYSCALL_NR_MAX; nr++)
			wants[abi][nr] = config->argument_calls[abi][nr / 64] >> (nr % 64) & 1 ?
						 WANT_ARGUMENTS : 0;
	for (const char *at = calls_with_strings; config->string_bytes && *at;) {
		size_t length = strcspn(at, "=");
		char *end;
		unsigned long strings = strtoul(at + length + 1, &end, 10);

		memcpy(name, at, length);
		name[length] = '\0';
		want__add(wants[ABI_NATIVE], syscall_name__nr(syscall_numbers_native, name), strings);
		want__add(wants[ABI_COMPAT], syscall_name__nr(syscall_numbers_compat, name), strings);
		at = end + 1;
	}
}
