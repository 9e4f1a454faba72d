/* SPDX-License-Identifier: MIT */
/*
 * CRC32C: see crc32c.h. Both halves take eight bytes a step; which one is used is decided once, by
 * what the CPU says of itself.
 */
#include <stdbool.h>
#include <string.h>

#include "crc32c.h"

#define POLYNOMIAL 0x82F63B78u

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "recordings are little-endian");

static uint32_t tables[8][256];

static void tables__fill(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t crc = i;

		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ POLYNOMIAL : crc >> 1;
		tables[0][i] = crc;
	}
	for (uint32_t i = 0; i < 256; i++)
		for (int t = 1; t < 8; t++)
			tables[t][i] = tables[t - 1][i] >> 8 ^ tables[0][tables[t - 1][i] & 0xff];
}

uint32_t crc32c__portable(uint32_t crc, const void *bytes, size_t length)
{
	const uint8_t *at = bytes;

	if (!tables[0][1])
		tables__fill();
	crc = ~crc;
	for (; length >= 8; length -= 8, at += 8) {
		uint64_t word;

		memcpy(&word, at, 8);
		word ^= crc;
		crc = 0;
		for (int t = 0; t < 8; t++)
			crc ^= tables[7 - t][word >> 8 * t & 0xff];
	}
	for (; length; length--)
		crc = crc >> 8 ^ tables[0][(crc ^ *at++) & 0xff];
	return ~crc;
}

#if defined(__x86_64__)

#include <cpuid.h>

/* Asked of the CPU itself: libgcc's answer knows the name of every model and weighs 5 KB. */
static bool cpu_has_crc32c(void)
{
	unsigned eax, ebx, ecx = 0, edx;

	return __get_cpuid(1, &eax, &ebx, &ecx, &edx) && ecx & bit_SSE4_2;
}

__attribute__((target("sse4.2"))) static uint32_t crc32c__hardware(uint32_t crc, const void *bytes,
								   size_t length)
{
	const uint8_t *at = bytes;
	uint64_t state = ~crc;

	for (; length >= 8; length -= 8, at += 8) {
		uint64_t word;

		memcpy(&word, at, 8);
		state = __builtin_ia32_crc32di(state, word);
	}
	for (; length; length--)
		state = __builtin_ia32_crc32qi((uint32_t)state, *at++);
	return ~(uint32_t)state;
}

#elif defined(__aarch64__)

#include <sys/auxv.h>

#define HWCAP_CRC32_BIT (1ul << 7)

static bool cpu_has_crc32c(void)
{
	return getauxval(AT_HWCAP) & HWCAP_CRC32_BIT;
}

/* In assembly: the intrinsics want the whole file compiled for CPUs that have the instruction. */
static uint32_t crc32c__hardware(uint32_t crc, const void *bytes, size_t length)
{
	const uint8_t *at = bytes;

	crc = ~crc;
	for (; length >= 8; length -= 8, at += 8) {
		uint64_t word;

		memcpy(&word, at, 8);
		__asm__(".arch_extension crc\n\tcrc32cx %w0, %w0, %x1" : "+r"(crc) : "r"(word));
	}
	for (; length; length--, at++)
		__asm__(".arch_extension crc\n\tcrc32cb %w0, %w0, %w1" : "+r"(crc) : "r"(*at));
	return ~crc;
}

#else

static bool cpu_has_crc32c(void)
{
	return false;
}

static uint32_t crc32c__hardware(uint32_t crc, const void *bytes, size_t length)
{
	return crc32c__portable(crc, bytes, length);
}

#endif

uint32_t crc32c(uint32_t crc, const void *bytes, size_t length)
{
	static int hardware = -1; /* not asked yet */

	if (hardware < 0)
		hardware = cpu_has_crc32c();
	return hardware ? crc32c__hardware(crc, bytes, length)
			: crc32c__portable(crc, bytes, length);
}
