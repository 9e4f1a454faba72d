/* SPDX-License-Identifier: MIT */
/* Strings of arguments, from the ring to a definition: see string_record.h. */
#include "string_record.h"

#include <string.h>

#include "socket_address.h"

void string_record__define(struct definitions *definitions, const struct string_record *string,
			   size_t bytes)
{
	char text[SOCKET_ADDRESS_TEXT_BYTES];
	const char *from = text;
	struct string_argument argument;
	size_t head = offsetof(struct string_record, bytes), length;

	if (bytes < head || string->length > STRING_BYTES_MAX || bytes < head + string->length)
		return;
	length = string->length;
	argument = (struct string_argument){
		.time_ns = string->time_ns,
		.tid = string->tid,
		.argument = string->argument,
		.flags = string->flags & (STRING_TRUNCATED | STRING_UNREADABLE),
	};
	if (string->flags & STRING_ADDRESS && length) {
		socket_address__text(string->bytes, length, text);
		length = strlen(text);
	} else {
		from = (const char *)string->bytes;
	}
	definitions__string_argument(definitions, &argument, from, length);
}
