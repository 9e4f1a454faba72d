/* SPDX-License-Identifier: MIT */
/*
 * The recording's constants, enums and fixed layouts. Generated from FORMAT.md by
 * generate-format.ts: change that document, then run `npm run build:format`.
 */
#ifndef OFFCUT_FORMAT_H
#define OFFCUT_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#define OFFCUT_FILE_MAGIC 0xA54554346464F89ull
#define OFFCUT_VERSION_MAJOR 1u
#define OFFCUT_VERSION_MINOR 2u
#define OFFCUT_BLOCK_MAGIC 1262633807u
#define OFFCUT_TRAILER_MAGIC 0xA444E4554554346ull
#define OFFCUT_CPU_NONE 65535u
#define OFFCUT_TID_OTHER 4294967295u
#define OFFCUT_BLOCK_RECORDS_MAX 65536u
#define OFFCUT_BLOCK_RAW_BYTES_MAX 4194304u
#define OFFCUT_BLOCK_STORED_BYTES_MAX 4210752u
#define OFFCUT_STRING_BYTES_MAX 4096u
#define OFFCUT_STRING_ID_MAX 16777215u
#define OFFCUT_OBJECT_ID_MAX 4194303u
#define OFFCUT_STACK_ID_MAX 16777215u
#define OFFCUT_STACK_DEPTH_MAX 127u
#define OFFCUT_BUILD_ID_BYTES_MAX 32u
#define OFFCUT_TID_MAX 4194304u
#define OFFCUT_CPU_MAX 65534u
#define OFFCUT_COLUMNS_MAX 32u
#define OFFCUT_DICTIONARY_MAX 131072u
#define OFFCUT_DUMP_REGISTERS_MAX 33u
#define OFFCUT_DUMP_BYTES_MAX 65536u
#define OFFCUT_BLOCK_WORDS_MAX 2097152u
#define OFFCUT_SECTION_BYTES_MAX 268435456u
#define OFFCUT_INLINE_DEPTH_MAX 64u
#define OFFCUT_PERIODS_WAITING_MAX 64u
#define OFFCUT_GENERATIONS_MAX 64u
#define OFFCUT_CLASS_UNKNOWN 7u
#define OFFCUT_UNWIND_STEPS_MAX 65536u

struct offcut_file_header {
	uint64_t magic;
	uint16_t version_major;
	uint16_t version_minor;
	uint32_t header_bytes;
	uint16_t arch;
	uint16_t flags;
	uint32_t page_bytes;
	uint64_t start_monotonic_ns;
	uint64_t start_realtime_ns;
	uint8_t boot_id[16];
	uint32_t cpus;
	uint32_t crc32c;
};
_Static_assert(sizeof(struct offcut_file_header) == 64, "FileHeader");
_Static_assert(offsetof(struct offcut_file_header, magic) == 0, "FileHeader.magic");
_Static_assert(offsetof(struct offcut_file_header, version_major) == 8, "FileHeader.versionMajor");
_Static_assert(offsetof(struct offcut_file_header, version_minor) == 10, "FileHeader.versionMinor");
_Static_assert(offsetof(struct offcut_file_header, header_bytes) == 12, "FileHeader.headerBytes");
_Static_assert(offsetof(struct offcut_file_header, arch) == 16, "FileHeader.arch");
_Static_assert(offsetof(struct offcut_file_header, flags) == 18, "FileHeader.flags");
_Static_assert(offsetof(struct offcut_file_header, page_bytes) == 20, "FileHeader.pageBytes");
_Static_assert(offsetof(struct offcut_file_header, start_monotonic_ns) == 24, "FileHeader.startMonotonicNs");
_Static_assert(offsetof(struct offcut_file_header, start_realtime_ns) == 32, "FileHeader.startRealtimeNs");
_Static_assert(offsetof(struct offcut_file_header, boot_id) == 40, "FileHeader.bootId");
_Static_assert(offsetof(struct offcut_file_header, cpus) == 56, "FileHeader.cpus");
_Static_assert(offsetof(struct offcut_file_header, crc32c) == 60, "FileHeader.crc32c");

struct offcut_block_header {
	uint32_t magic;
	uint8_t type;
	uint8_t codec;
	uint16_t cpu;
	uint32_t records;
	uint32_t raw_bytes;
	uint32_t stored_bytes;
	uint32_t sequence;
	uint64_t first_seq;
	uint64_t first_ns;
	uint64_t last_ns;
	uint32_t reserved;
	uint32_t crc32c;
};
_Static_assert(sizeof(struct offcut_block_header) == 56, "BlockHeader");
_Static_assert(offsetof(struct offcut_block_header, magic) == 0, "BlockHeader.magic");
_Static_assert(offsetof(struct offcut_block_header, type) == 4, "BlockHeader.type");
_Static_assert(offsetof(struct offcut_block_header, codec) == 5, "BlockHeader.codec");
_Static_assert(offsetof(struct offcut_block_header, cpu) == 6, "BlockHeader.cpu");
_Static_assert(offsetof(struct offcut_block_header, records) == 8, "BlockHeader.records");
_Static_assert(offsetof(struct offcut_block_header, raw_bytes) == 12, "BlockHeader.rawBytes");
_Static_assert(offsetof(struct offcut_block_header, stored_bytes) == 16, "BlockHeader.storedBytes");
_Static_assert(offsetof(struct offcut_block_header, sequence) == 20, "BlockHeader.sequence");
_Static_assert(offsetof(struct offcut_block_header, first_seq) == 24, "BlockHeader.firstSeq");
_Static_assert(offsetof(struct offcut_block_header, first_ns) == 32, "BlockHeader.firstNs");
_Static_assert(offsetof(struct offcut_block_header, last_ns) == 40, "BlockHeader.lastNs");
_Static_assert(offsetof(struct offcut_block_header, reserved) == 48, "BlockHeader.reserved");
_Static_assert(offsetof(struct offcut_block_header, crc32c) == 52, "BlockHeader.crc32c");

struct offcut_trailer {
	uint64_t magic;
	uint64_t index_offset;
	uint32_t blocks;
	uint32_t ended;
	uint32_t reserved;
	uint32_t crc32c;
};
_Static_assert(sizeof(struct offcut_trailer) == 32, "Trailer");
_Static_assert(offsetof(struct offcut_trailer, magic) == 0, "Trailer.magic");
_Static_assert(offsetof(struct offcut_trailer, index_offset) == 8, "Trailer.indexOffset");
_Static_assert(offsetof(struct offcut_trailer, blocks) == 16, "Trailer.blocks");
_Static_assert(offsetof(struct offcut_trailer, ended) == 20, "Trailer.ended");
_Static_assert(offsetof(struct offcut_trailer, reserved) == 24, "Trailer.reserved");
_Static_assert(offsetof(struct offcut_trailer, crc32c) == 28, "Trailer.crc32c");

enum offcut_arch {
	OFFCUT_ARCH_X86_64 = 1,
	OFFCUT_ARCH_AARCH64 = 2,
};

enum offcut_codec {
	OFFCUT_CODEC_RAW = 0,
	OFFCUT_CODEC_LZ4 = 1,
};

enum offcut_block_type {
	OFFCUT_BLOCK_TYPE_META = 1,
	OFFCUT_BLOCK_TYPE_CLOCK = 2,
	OFFCUT_BLOCK_TYPE_STRING = 3,
	OFFCUT_BLOCK_TYPE_TASK = 4,
	OFFCUT_BLOCK_TYPE_OBJECT = 5,
	OFFCUT_BLOCK_TYPE_MAP = 6,
	OFFCUT_BLOCK_TYPE_STACK = 7,
	OFFCUT_BLOCK_TYPE_KERNEL_SYMBOL = 8,
	OFFCUT_BLOCK_TYPE_SWITCH = 9,
	OFFCUT_BLOCK_TYPE_WAKE = 10,
	OFFCUT_BLOCK_TYPE_SYSCALL = 11,
	OFFCUT_BLOCK_TYPE_SYSCALL_COUNT = 12,
	OFFCUT_BLOCK_TYPE_OFFCPU_COUNT = 13,
	OFFCUT_BLOCK_TYPE_LOST = 14,
	OFFCUT_BLOCK_TYPE_SYNC = 15,
	OFFCUT_BLOCK_TYPE_TOTALS = 16,
	OFFCUT_BLOCK_TYPE_INDEX = 17,
	OFFCUT_BLOCK_TYPE_ARGUMENTS = 18,
	OFFCUT_BLOCK_TYPE_STRING_ARGUMENT = 19,
	OFFCUT_BLOCK_TYPE_CGROUP = 20,
	OFFCUT_BLOCK_TYPE_USER_DUMP = 21,
	OFFCUT_BLOCK_TYPE_SNAPSHOT = 22,
	OFFCUT_BLOCK_TYPE_SECTION = 23,
	OFFCUT_BLOCK_TYPE_OBJECT_SYMBOL = 24,
	OFFCUT_BLOCK_TYPE_PROCESS_SYMBOL = 25,
	OFFCUT_BLOCK_TYPE_SOURCE_FRAME = 26,
};

enum offcut_encoding {
	OFFCUT_ENCODING_UNSIGNED = 0,
	OFFCUT_ENCODING_SIGNED = 1,
	OFFCUT_ENCODING_DELTA = 2,
	OFFCUT_ENCODING_TIME = 3,
	OFFCUT_ENCODING_BYTES = 4,
};

enum offcut_ended {
	OFFCUT_ENDED_DURATION = 1,
	OFFCUT_ENDED_SIGNAL = 2,
	OFFCUT_ENDED_SIZE_MAX = 3,
	OFFCUT_ENDED_COMMAND_EXIT = 4,
	OFFCUT_ENDED_STOPPED = 5,
	OFFCUT_ENDED_WRITE_ERROR = 6,
};

enum offcut_object_kind {
	OFFCUT_OBJECT_KIND_FILE = 1,
	OFFCUT_OBJECT_KIND_KERNEL = 2,
	OFFCUT_OBJECT_KIND_MODULE = 3,
	OFFCUT_OBJECT_KIND_VDSO = 4,
	OFFCUT_OBJECT_KIND_ANONYMOUS = 5,
};

enum offcut_task_kind {
	OFFCUT_TASK_KIND_SEEN = 1,
	OFFCUT_TASK_KIND_FORK = 2,
	OFFCUT_TASK_KIND_EXEC = 3,
	OFFCUT_TASK_KIND_COMM = 4,
	OFFCUT_TASK_KIND_EXIT = 5,
};

enum offcut_task_flag {
	OFFCUT_TASK_FLAG_KERNEL_THREAD = 1,
};

enum offcut_stack_kind {
	OFFCUT_STACK_KIND_KERNEL = 1,
	OFFCUT_STACK_KIND_USER = 2,
};

enum offcut_stack_flag {
	OFFCUT_STACK_FLAG_TRUNCATED = 1,
	OFFCUT_STACK_FLAG_EXACT_IP = 2,
};

enum offcut_dump_flag {
	OFFCUT_DUMP_FLAG_TRUNCATED = 1,
	OFFCUT_DUMP_FLAG_EXACT_IP = 2,
};

enum offcut_section_kind {
	OFFCUT_SECTION_KIND_PROGRAM_HEADERS = 1,
	OFFCUT_SECTION_KIND_EH_FRAME = 2,
	OFFCUT_SECTION_KIND_SYMTAB = 3,
	OFFCUT_SECTION_KIND_STRTAB = 4,
	OFFCUT_SECTION_KIND_DYNSYM = 5,
	OFFCUT_SECTION_KIND_DYNSTR = 6,
	OFFCUT_SECTION_KIND_GNU_DEBUGDATA = 7,
};

enum offcut_symbol_source {
	OFFCUT_SYMBOL_SOURCE_SYMTAB = 1,
	OFFCUT_SYMBOL_SOURCE_DYNSYM = 2,
	OFFCUT_SYMBOL_SOURCE_DEBUGDATA = 3,
	OFFCUT_SYMBOL_SOURCE_DEBUG_FILE = 4,
};

enum offcut_switch_flag {
	OFFCUT_SWITCH_FLAG_PREEMPTED = 1,
	OFFCUT_SWITCH_FLAG_COMPAT = 2,
};

enum offcut_wake_flag {
	OFFCUT_WAKE_FLAG_INTERRUPT = 1,
};

enum offcut_syscall_flag {
	OFFCUT_SYSCALL_FLAG_COMPAT = 1,
	OFFCUT_SYSCALL_FLAG_NO_ENTER = 2,
};

enum offcut_string_argument_flag {
	OFFCUT_STRING_ARGUMENT_FLAG_TRUNCATED = 1,
	OFFCUT_STRING_ARGUMENT_FLAG_UNREADABLE = 2,
};

enum offcut_offcpu_class {
	OFFCUT_OFFCPU_CLASS_PREEMPTED = 0,
	OFFCUT_OFFCPU_CLASS_RUNNABLE = 1,
	OFFCUT_OFFCPU_CLASS_DEAD = 2,
	OFFCUT_OFFCPU_CLASS_IDLE_KERNEL = 3,
	OFFCUT_OFFCPU_CLASS_UNINTERRUPTIBLE = 4,
	OFFCUT_OFFCPU_CLASS_INTERRUPTIBLE = 5,
	OFFCUT_OFFCPU_CLASS_OTHER = 6,
};

enum offcut_lost_reason {
	OFFCUT_LOST_REASON_RING_FULL = 1,
	OFFCUT_LOST_REASON_RECURSION = 2,
	OFFCUT_LOST_REASON_PERF_RING_FULL = 3,
	OFFCUT_LOST_REASON_TASK_STORAGE = 4,
	OFFCUT_LOST_REASON_STACK_REFUSED = 5,
	OFFCUT_LOST_REASON_WRITE_ERROR = 6,
	OFFCUT_LOST_REASON_LIMIT_REACHED = 7,
	OFFCUT_LOST_REASON_STACK_BUDGET = 8,
};

enum offcut_meta_column {
	OFFCUT_META_COLUMN_KEY_LENGTH = 0, /* Unsigned */
	OFFCUT_META_COLUMN_KEY = 1, /* Bytes */
	OFFCUT_META_COLUMN_VALUE_LENGTH = 2, /* Unsigned */
	OFFCUT_META_COLUMN_VALUE = 3, /* Bytes */
	OFFCUT_META_COLUMNS = 4,
};

enum offcut_clock_column {
	OFFCUT_CLOCK_COLUMN_MONOTONIC = 0, /* Unsigned */
	OFFCUT_CLOCK_COLUMN_BOOTTIME = 1, /* Unsigned */
	OFFCUT_CLOCK_COLUMN_REALTIME = 2, /* Unsigned */
	OFFCUT_CLOCK_COLUMNS = 3,
};

enum offcut_string_column {
	OFFCUT_STRING_COLUMN_FIRST_ID = 0, /* Unsigned */
	OFFCUT_STRING_COLUMN_LENGTH = 1, /* Unsigned */
	OFFCUT_STRING_COLUMN_BYTES = 2, /* Bytes */
	OFFCUT_STRING_COLUMNS = 3,
};

enum offcut_object_column {
	OFFCUT_OBJECT_COLUMN_ID = 0, /* Delta */
	OFFCUT_OBJECT_COLUMN_KIND = 1, /* Unsigned */
	OFFCUT_OBJECT_COLUMN_PATH = 2, /* Unsigned */
	OFFCUT_OBJECT_COLUMN_DEVICE = 3, /* Unsigned */
	OFFCUT_OBJECT_COLUMN_INODE = 4, /* Unsigned */
	OFFCUT_OBJECT_COLUMN_BUILD_ID_LENGTH = 5, /* Unsigned */
	OFFCUT_OBJECT_COLUMN_BUILD_ID = 6, /* Bytes */
	OFFCUT_OBJECT_COLUMNS = 7,
};

enum offcut_map_column {
	OFFCUT_MAP_COLUMN_TIME = 0, /* Delta */
	OFFCUT_MAP_COLUMN_PID = 1, /* Unsigned */
	OFFCUT_MAP_COLUMN_START = 2, /* Delta */
	OFFCUT_MAP_COLUMN_LENGTH = 3, /* Unsigned */
	OFFCUT_MAP_COLUMN_FILE_OFFSET = 4, /* Unsigned */
	OFFCUT_MAP_COLUMN_OBJECT = 5, /* Unsigned */
	OFFCUT_MAP_COLUMNS = 6,
};

enum offcut_task_column {
	OFFCUT_TASK_COLUMN_TIME = 0, /* Delta */
	OFFCUT_TASK_COLUMN_KIND = 1, /* Unsigned */
	OFFCUT_TASK_COLUMN_TID = 2, /* Unsigned */
	OFFCUT_TASK_COLUMN_PID = 3, /* Unsigned */
	OFFCUT_TASK_COLUMN_PARENT = 4, /* Unsigned */
	OFFCUT_TASK_COLUMN_START_TIME = 5, /* Unsigned */
	OFFCUT_TASK_COLUMN_COMM = 6, /* Unsigned */
	OFFCUT_TASK_COLUMN_FLAGS = 7, /* Unsigned */
	OFFCUT_TASK_COLUMN_CGROUP = 8, /* Unsigned */
	OFFCUT_TASK_COLUMNS = 9,
};

enum offcut_stack_column {
	OFFCUT_STACK_COLUMN_ID = 0, /* Delta */
	OFFCUT_STACK_COLUMN_KIND = 1, /* Unsigned */
	OFFCUT_STACK_COLUMN_FLAGS = 2, /* Unsigned */
	OFFCUT_STACK_COLUMN_PID = 3, /* Unsigned */
	OFFCUT_STACK_COLUMN_TIME = 4, /* Delta */
	OFFCUT_STACK_COLUMN_DEPTH = 5, /* Unsigned */
	OFFCUT_STACK_COLUMN_ADDRESS = 6, /* Delta */
	OFFCUT_STACK_COLUMNS = 7,
};

enum offcut_user_dump_column {
	OFFCUT_USER_DUMP_COLUMN_ID = 0, /* Delta */
	OFFCUT_USER_DUMP_COLUMN_FLAGS = 1, /* Unsigned */
	OFFCUT_USER_DUMP_COLUMN_PID = 2, /* Unsigned */
	OFFCUT_USER_DUMP_COLUMN_TIME = 3, /* Delta */
	OFFCUT_USER_DUMP_COLUMN_REGISTERS = 4, /* Unsigned */
	OFFCUT_USER_DUMP_COLUMN_LENGTH = 5, /* Unsigned */
	OFFCUT_USER_DUMP_COLUMN_WORDS = 6, /* Unsigned */
	OFFCUT_USER_DUMP_COLUMN_REGISTER = 7, /* Unsigned */
	OFFCUT_USER_DUMP_COLUMN_GAP = 8, /* Unsigned */
	OFFCUT_USER_DUMP_COLUMN_WORD = 9, /* Unsigned */
	OFFCUT_USER_DUMP_COLUMNS = 10,
};

enum offcut_section_column {
	OFFCUT_SECTION_COLUMN_OBJECT = 0, /* Unsigned */
	OFFCUT_SECTION_COLUMN_KIND = 1, /* Unsigned */
	OFFCUT_SECTION_COLUMN_ADDRESS = 2, /* Unsigned */
	OFFCUT_SECTION_COLUMN_TOTAL = 3, /* Unsigned */
	OFFCUT_SECTION_COLUMN_OFFSET = 4, /* Unsigned */
	OFFCUT_SECTION_COLUMN_LENGTH = 5, /* Unsigned */
	OFFCUT_SECTION_COLUMN_BYTES = 6, /* Bytes */
	OFFCUT_SECTION_COLUMNS = 7,
};

enum offcut_object_symbol_column {
	OFFCUT_OBJECT_SYMBOL_COLUMN_OBJECT = 0, /* Unsigned */
	OFFCUT_OBJECT_SYMBOL_COLUMN_ADDRESS = 1, /* Delta */
	OFFCUT_OBJECT_SYMBOL_COLUMN_LENGTH = 2, /* Unsigned */
	OFFCUT_OBJECT_SYMBOL_COLUMN_NAME = 3, /* Unsigned */
	OFFCUT_OBJECT_SYMBOL_COLUMN_SOURCE = 4, /* Unsigned */
	OFFCUT_OBJECT_SYMBOL_COLUMNS = 5,
};

enum offcut_process_symbol_column {
	OFFCUT_PROCESS_SYMBOL_COLUMN_PID = 0, /* Unsigned */
	OFFCUT_PROCESS_SYMBOL_COLUMN_TIME = 1, /* Delta */
	OFFCUT_PROCESS_SYMBOL_COLUMN_ADDRESS = 2, /* Delta */
	OFFCUT_PROCESS_SYMBOL_COLUMN_LENGTH = 3, /* Unsigned */
	OFFCUT_PROCESS_SYMBOL_COLUMN_NAME = 4, /* Unsigned */
	OFFCUT_PROCESS_SYMBOL_COLUMNS = 5,
};

enum offcut_source_frame_column {
	OFFCUT_SOURCE_FRAME_COLUMN_OBJECT = 0, /* Unsigned */
	OFFCUT_SOURCE_FRAME_COLUMN_ADDRESS = 1, /* Delta */
	OFFCUT_SOURCE_FRAME_COLUMN_DEPTH = 2, /* Unsigned */
	OFFCUT_SOURCE_FRAME_COLUMN_NAME = 3, /* Unsigned */
	OFFCUT_SOURCE_FRAME_COLUMN_FILE = 4, /* Unsigned */
	OFFCUT_SOURCE_FRAME_COLUMN_LINE = 5, /* Unsigned */
	OFFCUT_SOURCE_FRAME_COLUMNS = 6,
};

enum offcut_cgroup_column {
	OFFCUT_CGROUP_COLUMN_CGROUP = 0, /* Unsigned */
	OFFCUT_CGROUP_COLUMN_PATH = 1, /* Unsigned */
	OFFCUT_CGROUP_COLUMNS = 2,
};

enum offcut_kernel_symbol_column {
	OFFCUT_KERNEL_SYMBOL_COLUMN_ADDRESS = 0, /* Delta */
	OFFCUT_KERNEL_SYMBOL_COLUMN_LENGTH = 1, /* Unsigned */
	OFFCUT_KERNEL_SYMBOL_COLUMN_NAME = 2, /* Unsigned */
	OFFCUT_KERNEL_SYMBOL_COLUMN_OBJECT = 3, /* Unsigned */
	OFFCUT_KERNEL_SYMBOL_COLUMNS = 4,
};

enum offcut_switch_column {
	OFFCUT_SWITCH_COLUMN_THREADS = 0, /* Delta */
	OFFCUT_SWITCH_COLUMN_REASON_STATE = 1, /* Unsigned */
	OFFCUT_SWITCH_COLUMN_REASON_NR = 2, /* Signed */
	OFFCUT_SWITCH_COLUMN_REASON_FLAGS = 3, /* Unsigned */
	OFFCUT_SWITCH_COLUMN_TIME = 4, /* Time */
	OFFCUT_SWITCH_COLUMN_PREV = 5, /* Unsigned */
	OFFCUT_SWITCH_COLUMN_NEXT = 6, /* Unsigned */
	OFFCUT_SWITCH_COLUMN_REASON = 7, /* Unsigned */
	OFFCUT_SWITCH_COLUMN_KERNEL_STACK = 8, /* Unsigned */
	OFFCUT_SWITCH_COLUMN_USER_STACK = 9, /* Unsigned */
	OFFCUT_SWITCH_COLUMNS = 10,
};

enum offcut_wake_column {
	OFFCUT_WAKE_COLUMN_THREADS = 0, /* Delta */
	OFFCUT_WAKE_COLUMN_TIME = 1, /* Time */
	OFFCUT_WAKE_COLUMN_WAKER = 2, /* Unsigned */
	OFFCUT_WAKE_COLUMN_WAKEE = 3, /* Unsigned */
	OFFCUT_WAKE_COLUMN_TARGET_CPU = 4, /* Unsigned */
	OFFCUT_WAKE_COLUMN_FLAGS = 5, /* Unsigned */
	OFFCUT_WAKE_COLUMNS = 6,
};

enum offcut_syscall_column {
	OFFCUT_SYSCALL_COLUMN_THREADS = 0, /* Delta */
	OFFCUT_SYSCALL_COLUMN_CALL_NR = 1, /* Signed */
	OFFCUT_SYSCALL_COLUMN_CALL_FLAGS = 2, /* Unsigned */
	OFFCUT_SYSCALL_COLUMN_TIME = 3, /* Time */
	OFFCUT_SYSCALL_COLUMN_THREAD = 4, /* Unsigned */
	OFFCUT_SYSCALL_COLUMN_CALL = 5, /* Unsigned */
	OFFCUT_SYSCALL_COLUMN_RESULT = 6, /* Signed */
	OFFCUT_SYSCALL_COLUMN_DURATION = 7, /* Unsigned */
	OFFCUT_SYSCALL_COLUMN_OFFCPU = 8, /* Unsigned */
	OFFCUT_SYSCALL_COLUMN_USER_STACK = 9, /* Unsigned */
	OFFCUT_SYSCALL_COLUMNS = 10,
};

enum offcut_snapshot_column {
	OFFCUT_SNAPSHOT_COLUMN_TIME = 0, /* Delta */
	OFFCUT_SNAPSHOT_COLUMN_THREAD = 1, /* Unsigned */
	OFFCUT_SNAPSHOT_COLUMN_STATE = 2, /* Unsigned */
	OFFCUT_SNAPSHOT_COLUMN_NR = 3, /* Signed */
	OFFCUT_SNAPSHOT_COLUMN_FLAGS = 4, /* Unsigned */
	OFFCUT_SNAPSHOT_COLUMN_KERNEL_STACK = 5, /* Unsigned */
	OFFCUT_SNAPSHOT_COLUMN_USER_STACK = 6, /* Unsigned */
	OFFCUT_SNAPSHOT_COLUMNS = 7,
};

enum offcut_arguments_column {
	OFFCUT_ARGUMENTS_COLUMN_THREADS = 0, /* Delta */
	OFFCUT_ARGUMENTS_COLUMN_CALL_NR = 1, /* Signed */
	OFFCUT_ARGUMENTS_COLUMN_CALL_FLAGS = 2, /* Unsigned */
	OFFCUT_ARGUMENTS_COLUMN_TIME = 3, /* Time */
	OFFCUT_ARGUMENTS_COLUMN_THREAD = 4, /* Unsigned */
	OFFCUT_ARGUMENTS_COLUMN_CALL = 5, /* Unsigned */
	OFFCUT_ARGUMENTS_COLUMN_ARG0 = 6, /* Delta */
	OFFCUT_ARGUMENTS_COLUMN_ARG1 = 7, /* Delta */
	OFFCUT_ARGUMENTS_COLUMN_ARG2 = 8, /* Delta */
	OFFCUT_ARGUMENTS_COLUMN_ARG3 = 9, /* Delta */
	OFFCUT_ARGUMENTS_COLUMN_ARG4 = 10, /* Delta */
	OFFCUT_ARGUMENTS_COLUMN_ARG5 = 11, /* Delta */
	OFFCUT_ARGUMENTS_COLUMNS = 12,
};

enum offcut_string_argument_column {
	OFFCUT_STRING_ARGUMENT_COLUMN_TIME = 0, /* Delta */
	OFFCUT_STRING_ARGUMENT_COLUMN_THREAD = 1, /* Unsigned */
	OFFCUT_STRING_ARGUMENT_COLUMN_ARGUMENT = 2, /* Unsigned */
	OFFCUT_STRING_ARGUMENT_COLUMN_FLAGS = 3, /* Unsigned */
	OFFCUT_STRING_ARGUMENT_COLUMN_TEXT = 4, /* Unsigned */
	OFFCUT_STRING_ARGUMENT_COLUMNS = 5,
};

enum offcut_syscall_count_column {
	OFFCUT_SYSCALL_COUNT_COLUMN_NR = 0, /* Signed */
	OFFCUT_SYSCALL_COUNT_COLUMN_FLAGS = 1, /* Unsigned */
	OFFCUT_SYSCALL_COUNT_COLUMN_COUNT = 2, /* Unsigned */
	OFFCUT_SYSCALL_COUNT_COLUMN_ERRORS = 3, /* Unsigned */
	OFFCUT_SYSCALL_COUNT_COLUMN_TIME = 4, /* Unsigned */
	OFFCUT_SYSCALL_COUNT_COLUMNS = 5,
};

enum offcut_offcpu_count_column {
	OFFCUT_OFFCPU_COUNT_COLUMN_CLASS = 0, /* Unsigned */
	OFFCUT_OFFCPU_COUNT_COLUMN_PERIODS = 1, /* Unsigned */
	OFFCUT_OFFCPU_COUNT_COLUMN_TIME = 2, /* Unsigned */
	OFFCUT_OFFCPU_COUNT_COLUMNS = 3,
};

enum offcut_lost_column {
	OFFCUT_LOST_COLUMN_CPU = 0, /* Unsigned */
	OFFCUT_LOST_COLUMN_STREAM = 1, /* Unsigned */
	OFFCUT_LOST_COLUMN_REASON = 2, /* Unsigned */
	OFFCUT_LOST_COLUMN_FROM = 3, /* Delta */
	OFFCUT_LOST_COLUMN_SPAN = 4, /* Unsigned */
	OFFCUT_LOST_COLUMN_COUNT = 5, /* Unsigned */
	OFFCUT_LOST_COLUMNS = 6,
};

enum offcut_totals_column {
	OFFCUT_TOTALS_COLUMN_CPU = 0, /* Unsigned */
	OFFCUT_TOTALS_COLUMN_STREAM = 1, /* Unsigned */
	OFFCUT_TOTALS_COLUMN_SEEN = 2, /* Unsigned */
	OFFCUT_TOTALS_COLUMN_WRITTEN = 3, /* Unsigned */
	OFFCUT_TOTALS_COLUMN_LOST = 4, /* Unsigned */
	OFFCUT_TOTALS_COLUMNS = 5,
};

enum offcut_index_column {
	OFFCUT_INDEX_COLUMN_TYPE = 0, /* Unsigned */
	OFFCUT_INDEX_COLUMN_CPU = 1, /* Unsigned */
	OFFCUT_INDEX_COLUMN_OFFSET = 2, /* Delta */
	OFFCUT_INDEX_COLUMN_FIRST_NS = 3, /* Delta */
	OFFCUT_INDEX_COLUMN_SPAN = 4, /* Unsigned */
	OFFCUT_INDEX_COLUMNS = 5,
};

#endif
