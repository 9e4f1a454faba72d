/* SPDX-License-Identifier: MIT */
/*
 * LZ4 block format, the compressing half. Written here because liblz4's archive is one object of
 * 57 KB, a quarter of what the whole recorder may weigh, of which this needs one function. Any LZ4
 * decoder reads the result.
 */
#ifndef OFFCUT_LZ4_H
#define OFFCUT_LZ4_H

#include <stddef.h>
#include <stdint.h>

#define LZ4_HASH_LOG2 13
#define LZ4_INPUT_BYTES_MAX (64u << 20) /* positions have 32 bits */

struct lz4 {
	uint32_t positions[1 << LZ4_HASH_LOG2]; /* by hash of what stands there; last seen */
};

/* The length of `out`, or 0 if it would be more than `room`. */
size_t lz4__compress(struct lz4 *, const uint8_t *in, size_t bytes, uint8_t *out, size_t room);

#endif
