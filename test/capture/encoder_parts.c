/* SPDX-License-Identifier: MIT */
/*
 * Parts of the encoder that a whole recording exercises too tamely: CRC32C in hardware against the
 * tables, LZ4 on inputs of every small length and kind. The second are printed for another decoder
 * to judge: per input two lines of hexadecimal, the input and what lz4__compress made of it.
 *
 *   encoder_parts crc | lz4
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crc32c.h"
#include "lz4.h"

#define INPUT_BYTES_MAX 70000

static uint64_t state = 88172645463325252ull;

static uint32_t random_below(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32) % below;
}

static int check_crc(void)
{
	static uint8_t bytes[4096];
	/* RFC 3720, B.4: 32 bytes of zeros, of ones, counting up. */
	static const uint32_t known[] = { 0x8a9136aa, 0x62a8ab43, 0x46dd794e };

	for (uint32_t kind = 0; kind < 3; kind++) {
		for (uint32_t i = 0; i < 32; i++)
			bytes[i] = kind == 0 ? 0 : kind == 1 ? 0xff : (uint8_t)i;
		if (crc32c(0, bytes, 32) != known[kind] ||
		    crc32c__portable(0, bytes, 32) != known[kind]) {
			printf("known value %u differs\n", kind);
			return 1;
		}
	}
	for (uint32_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)random_below(256);
	for (uint32_t length = 0; length < 1024; length++) {
		uint32_t start = random_below(64), cut = random_below(length + 1);
		uint32_t whole = crc32c__portable(0, bytes + start, length);

		if (crc32c(0, bytes + start, length) != whole ||
		    crc32c(crc32c(0, bytes + start, cut), bytes + start + cut, length - cut) != whole) {
			printf("length %u, cut %u differs\n", length, cut);
			return 1;
		}
	}
	printf("ok\n");
	return 0;
}

static void print_hex(const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		printf("%02x", bytes[i]);
	printf("\n");
}

static void compress_and_print(const uint8_t *in, size_t length)
{
	static struct lz4 lz4;
	static uint8_t out[INPUT_BYTES_MAX * 2];
	size_t stored = lz4__compress(&lz4, in, length, out, sizeof(out));

	print_hex(in, length);
	print_hex(out, stored);
	/* With one byte less than it needs it must refuse, not write beyond. */
	if (stored && lz4__compress(&lz4, in, length, out, stored - 1)) {
		printf("it does not keep to its room\n");
		exit(1);
	}
}

static int print_lz4(void)
{
	static uint8_t in[INPUT_BYTES_MAX];

	for (uint32_t length = 0; length < 300; length++) {
		uint32_t symbols = 1 + random_below(4);

		for (uint32_t i = 0; i < length; i++)
			in[i] = (uint8_t)random_below(symbols);
		compress_and_print(in, length);
	}
	/* Nothing repeats; everything does; what repeats lies just within and beyond the window. */
	for (uint32_t i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)random_below(256);
	compress_and_print(in, sizeof(in));
	memcpy(in + 65535 + 10, in + 10, 300);
	compress_and_print(in, sizeof(in));
	memcpy(in + 65536 + 1000, in + 1000, 300);
	compress_and_print(in, sizeof(in));
	memset(in, 7, sizeof(in));
	compress_and_print(in, sizeof(in));
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "crc"))
		return check_crc();
	if (argc == 2 && !strcmp(argv[1], "lz4"))
		return print_lz4();
	fprintf(stderr, "usage: encoder_parts crc | lz4\n");
	return 2;
}
