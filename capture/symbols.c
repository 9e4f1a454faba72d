/* SPDX-License-Identifier: MIT */
/*
 * Kernel symbols: see symbols.h. 60,000 symbols in one sorted array, 16 bytes each, their names in
 * one string of bytes: 3 MB, and a binary search for each address of a stack not met before.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "read_file.h"
#include "symbols.h"

#define SYMBOLS_MAX (1u << 20) /* kernels of today have 60,000 to 120,000 */
#define NAMES_BYTES_MAX (32u << 20)
#define MODULES_MAX 4096
#define MODULE_NAME_BYTES 64 /* MODULE_NAME_LEN of the kernel is 56 on 64-bit hosts */
/* Twice as long after each reading that was in vain: some code is in no list, and stays so. */
#define REREAD_INTERVAL_NS 5000000000ull
#define REREAD_INTERVAL_NS_MAX 600000000000ull
#define HEAD_LINES_MAX 16384u /* of kallsyms: per-cpu symbols come before the text, where they are in it */
#define LAST_SYMBOL_BYTES_MAX 4096 /* of a symbol that nothing is known to follow */

struct symbol {
	uint64_t address;
	uint32_t name; /* offset in names */
	uint16_t module;
	uint8_t rank;  /* among symbols of one address: global, weak, local */
	bool is_known; /* to the recording */
};

_Static_assert(sizeof(struct symbol) == 16, "there are many of them");

struct module {
	char name[MODULE_NAME_BYTES];
	uint64_t start, length;
	struct build_id build_id;
};

/* What one reading of kallsyms gave; sorted by address, one symbol per address. */
struct symbol_table {
	struct symbol *symbols;
	char *names;
	uint32_t count, capacity;
	uint32_t names_used, names_capacity;
};

struct symbols {
	const char *kallsyms;
	struct symbol_table table;
	struct module *modules; /* 0 is the kernel proper; a module keeps its index */
	uint32_t modules_count;
	uint64_t read_ns, reread_interval_ns;
	uint64_t stext; /* 0: not known */
	bool are_hidden;
};

static uint64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

/* Room for one more of `bytes`, doubling; false when `max` or memory does not allow it. */
static bool make_room(void **array, uint32_t *capacity, uint32_t used, uint32_t more, uint32_t max,
		      size_t bytes)
{
	uint32_t wanted = *capacity ? *capacity : 1024;
	void *larger;

	if (used + more <= *capacity)
		return true;
	while (wanted < used + more)
		wanted *= 2;
	if (wanted > max)
		return false;
	larger = realloc(*array, wanted * bytes);
	if (!larger)
		return false;
	*array = larger;
	*capacity = wanted;
	return true;
}

static uint32_t symbols__module_index(struct symbols *symbols, const char *name)
{
	for (uint32_t i = 1; i < symbols->modules_count; i++)
		if (!strcmp(symbols->modules[i].name, name))
			return i;
	if (symbols->modules_count == MODULES_MAX || strlen(name) >= MODULE_NAME_BYTES)
		return 0;
	memset(&symbols->modules[symbols->modules_count], 0, sizeof(*symbols->modules));
	strcpy(symbols->modules[symbols->modules_count].name, name);
	return symbols->modules_count++;
}

static uint8_t symbol__rank(char type)
{
	switch (type) {
	case 'T':
		return 0;
	case 't':
		return 2;
	default:
		return 1;
	}
}

static bool table__add(struct symbol_table *table, uint64_t address, char type, const char *name,
		       uint16_t module)
{
	uint32_t name_bytes = (uint32_t)strlen(name) + 1;

	if (!make_room((void **)&table->symbols, &table->capacity, table->count, 1, SYMBOLS_MAX,
		       sizeof(*table->symbols)) ||
	    !make_room((void **)&table->names, &table->names_capacity, table->names_used,
		       name_bytes, NAMES_BYTES_MAX, 1))
		return false;
	memcpy(table->names + table->names_used, name, name_bytes);
	table->symbols[table->count++] = (struct symbol){
		.address = address,
		.name = table->names_used,
		.module = module,
		.rank = symbol__rank(type),
	};
	table->names_used += name_bytes;
	return true;
}

/* "ffffffffc0201000 t name\t[module]": a text symbol goes into the table. */
static bool symbols__line(struct symbols *symbols, struct symbol_table *table, char *line)
{
	char *at;
	uint64_t address = strtoull(line, &at, 16);
	char type, *name, *module_name;
	uint32_t module = 0;

	if (at[0] != ' ' || !at[1] || at[2] != ' ' || !strchr("TtWw", at[1]) || !address)
		return true;
	type = at[1];
	name = at + 3;
	module_name = strchr(name, '\t');
	if (module_name) {
		*module_name++ = '\0';
		module_name += *module_name == '[';
		module_name[strcspn(module_name, "]")] = '\0';
		module = symbols__module_index(symbols, module_name);
	}
	/* Padding before functions, half of all symbols of a recent kernel: nothing runs there. */
	if (!strncmp(name, "__pfx_", 6) || !strncmp(name, "__cfi_", 6))
		return true;
	if (!module && !strcmp(name, "_stext"))
		symbols->modules[0].start = address;
	if (!module && !strcmp(name, "_etext"))
		symbols->modules[0].length = address - symbols->modules[0].start;
	return table__add(table, address, type, name, (uint16_t)module);
}

static int symbol__compare(const void *a, const void *b)
{
	const struct symbol *left = a, *right = b;

	if (left->address != right->address)
		return left->address < right->address ? -1 : 1;
	if (left->rank != right->rank)
		return left->rank < right->rank ? -1 : 1;
	return left->name < right->name ? -1 : left->name > right->name;
}

static void table__sort(struct symbol_table *table)
{
	uint32_t kept = 0;

	qsort(table->symbols, table->count, sizeof(*table->symbols), symbol__compare);
	for (uint32_t i = 0; i < table->count; i++)
		if (!kept || table->symbols[i].address != table->symbols[kept - 1].address)
			table->symbols[kept++] = table->symbols[i];
	table->count = kept;
}

/* What the recording already has, it keeps: same address, same name. */
static void table__keep_known(struct symbol_table *table, const struct symbol_table *old)
{
	uint32_t at = 0;

	for (uint32_t i = 0; i < old->count; i++) {
		const struct symbol *symbol = &old->symbols[i];

		while (at < table->count && table->symbols[at].address < symbol->address)
			at++;
		if (at < table->count && table->symbols[at].address == symbol->address &&
		    !strcmp(table->names + table->symbols[at].name, old->names + symbol->name))
			table->symbols[at].is_known = symbol->is_known;
	}
}

static void table__close(struct symbol_table *table)
{
	free(table->symbols);
	free(table->names);
	memset(table, 0, sizeof(*table));
}

/* "ext4 1200128 1 - Live 0xffffffffc0500000" */
static void symbols__read_modules(struct symbols *symbols)
{
	struct line_reader *reader = malloc(sizeof(*reader));
	char *line;

	if (!reader || line_reader__open(reader, AT_FDCWD, "/proc/modules")) {
		free(reader);
		return;
	}
	while ((line = line_reader__next(reader))) {
		char *address = strrchr(line, ' ');
		char *size = strchr(line, ' ');
		struct module *module;
		uint32_t index;

		/* Tainted ones end in " (OE)": the address is the word before. */
		if (address && address[1] == '(') {
			*address = '\0';
			address = strrchr(line, ' ');
		}
		if (!size || !address || size == address)
			continue;
		*size = '\0';
		index = symbols__module_index(symbols, line);
		module = &symbols->modules[index];
		if (!index)
			continue;
		module->start = strtoull(address + 1, NULL, 16);
		module->length = module->start ? strtoull(size + 1, NULL, 10) : 0;
	}
	line_reader__close(reader);
	free(reader);
}

static void symbols__read(struct symbols *symbols)
{
	struct line_reader *reader = malloc(sizeof(*reader));
	struct symbol_table table = { 0 };
	char *line;

	symbols->read_ns = monotonic_ns();
	if (!reader || line_reader__open(reader, AT_FDCWD, symbols->kallsyms)) {
		free(reader);
		return;
	}
	symbols__read_modules(symbols);
	while ((line = line_reader__next(reader)))
		if (!symbols__line(symbols, &table, line))
			break;
	line_reader__close(reader);
	free(reader);
	table__sort(&table);
	table__keep_known(&table, &symbols->table);
	table__close(&symbols->table);
	symbols->table = table;
}

/*
 * Without CAP_SYSLOG all addresses read as 0. Symbols are in order, but for those of per-cpu data,
 * which some kernels have first: the text's beginning is near the list's.
 */
static void symbols__look(struct symbols *symbols)
{
	struct line_reader *reader = malloc(sizeof(*reader));
	const char *line;

	symbols->are_hidden = true;
	if (!reader || line_reader__open(reader, AT_FDCWD, symbols->kallsyms)) {
		free(reader);
		return;
	}
	for (uint32_t i = 0; i < HEAD_LINES_MAX && !symbols->stext; i++) {
		line = line_reader__next(reader);
		if (!line)
			break;
		if (strtoull(line, NULL, 16))
			symbols->are_hidden = false;
		if (strlen(line) > 9 && !strcmp(line + strlen(line) - 9, " T _stext"))
			symbols->stext = strtoull(line, NULL, 16);
	}
	line_reader__close(reader);
	free(reader);
}

int symbols__open(struct symbols **out, const char *kallsyms)
{
	struct symbols *symbols = calloc(1, sizeof(*symbols));

	if (!symbols)
		return -ENOMEM;
	symbols->modules = calloc(MODULES_MAX, sizeof(*symbols->modules));
	if (!symbols->modules) {
		free(symbols);
		return -ENOMEM;
	}
	symbols->kallsyms = kallsyms;
	symbols->reread_interval_ns = REREAD_INTERVAL_NS;
	symbols->modules_count = 1;
	strcpy(symbols->modules[0].name, "[kernel]");
	symbols->modules[0].build_id = build_id__of_notes_file("/sys/kernel/notes");
	symbols__look(symbols);
	*out = symbols;
	return 0;
}

void symbols__close(struct symbols *symbols)
{
	if (!symbols)
		return;
	table__close(&symbols->table);
	free(symbols->modules);
	free(symbols);
}

/* Where the code of `symbol` ends at the latest. */
static uint64_t symbols__end(const struct symbols *symbols, uint32_t at)
{
	const struct symbol *symbol = &symbols->table.symbols[at];
	const struct module *module = &symbols->modules[symbol->module];
	uint64_t end = symbol->address + LAST_SYMBOL_BYTES_MAX;

	if (symbol->address - module->start < module->length)
		end = module->start + module->length;
	else if (at + 1 < symbols->table.count && symbol[1].module == symbol->module)
		end = symbol[1].address;
	if (at + 1 < symbols->table.count && symbol[1].address < end)
		end = symbol[1].address;
	return end;
}

static struct symbol *symbols__lookup(const struct symbols *symbols, uint64_t address,
				      uint64_t *length)
{
	const struct symbol_table *table = &symbols->table;
	uint32_t low = 0, high = table->count;

	while (low < high) { /* the first symbol above the address */
		uint32_t middle = low + (high - low) / 2;

		if (table->symbols[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || address >= symbols__end(symbols, low - 1))
		return NULL;
	*length = symbols__end(symbols, low - 1) - table->symbols[low - 1].address;
	return &table->symbols[low - 1];
}

static bool symbols__may_have_changed(const struct symbols *symbols)
{
	if (symbols->are_hidden)
		return false;
	return !symbols->read_ns || monotonic_ns() - symbols->read_ns > symbols->reread_interval_ns;
}

bool symbols__find(struct symbols *symbols, uint64_t address, struct kernel_symbol *found)
{
	uint64_t length;
	struct symbol *symbol = symbols__lookup(symbols, address, &length);

	if (!symbol && symbols__may_have_changed(symbols)) {
		symbols__read(symbols);
		symbol = symbols__lookup(symbols, address, &length);
		if (symbol)
			symbols->reread_interval_ns = REREAD_INTERVAL_NS;
		else if (symbols->reread_interval_ns < REREAD_INTERVAL_NS_MAX)
			symbols->reread_interval_ns *= 2;
	}
	if (!symbol)
		return false;
	*found = (struct kernel_symbol){
		.address = symbol->address,
		.length = length,
		.name = symbols->table.names + symbol->name,
		.module = symbol->module,
		.is_new = !symbol->is_known,
	};
	symbol->is_known = true;
	return true;
}

struct kernel_module symbols__module(const struct symbols *symbols, uint32_t index)
{
	struct module *module = &symbols->modules[index];
	char path[sizeof("/sys/module//notes/.note.gnu.build-id") + MODULE_NAME_BYTES];

	if (index && !module->build_id.length) {
		snprintf(path, sizeof(path), "/sys/module/%s/notes/.note.gnu.build-id",
			 module->name);
		module->build_id = build_id__of_notes_file(path);
	}
	return (struct kernel_module){ module->name, module->start, module->length,
				       module->build_id };
}

bool symbols__are_hidden(const struct symbols *symbols)
{
	return symbols->are_hidden;
}

uint64_t symbols__stext(const struct symbols *symbols)
{
	return symbols->stext;
}
