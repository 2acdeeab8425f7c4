#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

/// Whether the C library lets itself be counted: glibc only.
bool allocation_counter_works(void);

/// Blocks that the calling thread has asked for since it began; a `realloc` counts as one.
uint64_t allocation_counter_read(void);

#endif
