/* SPDX-License-Identifier: MIT */
/* How a failure becomes a sentence: see error.h. */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>

int error__set(struct capture_error *error, int code, const char *format, ...)
{
	va_list arguments;

	error->code = code;
	va_start(arguments, format);
	vsnprintf(error->text, sizeof(error->text), format, arguments);
	va_end(arguments);
	return -code;
}
