/* SPDX-License-Identifier: MIT */
/*
 * The kernel's answer to "what is mapped here", by ioctl on /proc/PID/maps. It is in linux/fs.h from
 * Linux 6.11 on; older headers do not have it, and older kernels answer ENOTTY.
 */
#ifndef OFFCUT_PROCMAP_QUERY_H
#define OFFCUT_PROCMAP_QUERY_H

#include <linux/types.h>
#include <sys/ioctl.h>

struct procmap_query {
	__u64 size, query_flags, query_addr;
	__u64 vma_start, vma_end, vma_flags, vma_page_size, vma_offset, inode;
	__u32 dev_major, dev_minor;
	__u32 vma_name_size, build_id_size;
	__u64 vma_name_addr, build_id_addr;
};
#define PROCMAP_QUERY_IOCTL _IOWR('f', 17, struct procmap_query)
#define PROCMAP_EXECUTABLE 0x04
#define PROCMAP_COVERING_OR_NEXT 0x10

#endif
