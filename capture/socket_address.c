/* SPDX-License-Identifier: MIT */
/*
 * See socket_address.h. What is not as long as its family wants it is named by its family alone.
 */
#include "socket_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define FAMILY_BYTES sizeof(sa_family_t)
#define UNIX_BYTES_MAX (FAMILY_BYTES + 108)

static void text__of_ipv4(const struct sockaddr_in *address, char *text)
{
	char host[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &address->sin_addr, host, sizeof(host));
	snprintf(text, SOCKET_ADDRESS_TEXT_BYTES, "%s:%u", host, ntohs(address->sin_port));
}

static void text__of_ipv6(const struct sockaddr_in6 *address, char *text)
{
	char host[INET6_ADDRSTRLEN], scope[12] = "";

	inet_ntop(AF_INET6, &address->sin6_addr, host, sizeof(host));
	if (address->sin6_scope_id)
		snprintf(scope, sizeof(scope), "%%%u", address->sin6_scope_id);
	snprintf(text, SOCKET_ADDRESS_TEXT_BYTES, "[%s%s]:%u", host, scope,
		 ntohs(address->sin6_port));
}

/* A path ends at its NUL; an abstract name begins with one and may have more: shown as @. */
static void text__of_unix(const uint8_t *name, size_t length, char *text)
{
	size_t used = strlen(strcpy(text, "unix:"));
	size_t name_bytes = length && name[0] ? strnlen((const char *)name, length) : length;

	for (size_t i = 0; i < name_bytes; i++)
		text[used++] = name[i] ? (char)name[i] : '@';
	text[used] = '\0';
}

void socket_address__text(const uint8_t *bytes, size_t length,
			  char text[SOCKET_ADDRESS_TEXT_BYTES])
{
	struct sockaddr_storage address = { 0 };
	size_t scope_at = offsetof(struct sockaddr_in6, sin6_scope_id); /* older programs end here */

	if (length > sizeof(address))
		length = sizeof(address);
	memcpy(&address, bytes, length);
	if (address.ss_family == AF_INET && length >= sizeof(struct sockaddr_in))
		text__of_ipv4((const struct sockaddr_in *)&address, text);
	else if (address.ss_family == AF_INET6 && length >= scope_at)
		text__of_ipv6((const struct sockaddr_in6 *)&address, text);
	else if (address.ss_family == AF_UNIX && length >= FAMILY_BYTES)
		text__of_unix(bytes + FAMILY_BYTES,
			      (length < UNIX_BYTES_MAX ? length : UNIX_BYTES_MAX) - FAMILY_BYTES, text);
	else
		snprintf(text, SOCKET_ADDRESS_TEXT_BYTES, "family %u", address.ss_family);
}
