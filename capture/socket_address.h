/* SPDX-License-Identifier: MIT */
/* A struct sockaddr of any family, as somebody else's program gave it to the kernel, as text. */
#ifndef OFFCUT_SOCKET_ADDRESS_H
#define OFFCUT_SOCKET_ADDRESS_H

#include <stddef.h>
#include <stdint.h>

#define SOCKET_ADDRESS_TEXT_BYTES 160

/*
 * 127.0.0.1:5432, [::1]:80, [fe80::1%2]:80, unix:/run/x.sock, unix:@abstract; unix: for one without a
 * name, family N for what else there is or what is too short for its family.
 */
void socket_address__text(const uint8_t *bytes, size_t length,
			  char text[SOCKET_ADDRESS_TEXT_BYTES]);

#endif
