/* SPDX-License-Identifier: MIT */
/*
 * CRC32C (Castagnoli), as RFC 3720 has it: what the format checks headers and blocks with. Uses the
 * CPU's own instruction where there is one (about 8 GB/s), eight tables else (1.6 GB/s).
 */
#ifndef OFFCUT_CRC32C_H
#define OFFCUT_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Of `bytes` following what gave `crc`; 0 to start with. Parts may be cut anywhere. */
uint32_t crc32c(uint32_t crc, const void *bytes, size_t length);

/* The table half alone, so that a test can hold the two against each other. */
uint32_t crc32c__portable(uint32_t crc, const void *bytes, size_t length);

#endif
