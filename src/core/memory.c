/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"

void *hbl_calloc(size_t count, size_t size, const char *what, hbl_error *error)
{
    void *memory = calloc(count ? count : 1, size ? size : 1);
    if (!memory)
        hbl_fail_memory(error, what);
    return memory;
}

void *hbl_calloc_aligned(size_t count, size_t size, const char *what, hbl_error *error)
{
    enum { ALIGNMENT = 64 };
    void *memory = NULL;
    size_t bytes;

    if (!__builtin_mul_overflow(count ? count : 1, size ? size : 1, &bytes) &&
        bytes <= SIZE_MAX - ALIGNMENT) {
        bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        memory = aligned_alloc(ALIGNMENT, bytes);
    }
    if (!memory) {
        hbl_fail_memory(error, what);
        return NULL;
    }
    return memset(memory, 0, bytes);
}

char *hbl_strdup(const char *text, hbl_error *error)
{
    const size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    if (!copy) {
        hbl_fail_memory(error, "a name");
        return NULL;
    }
    return memcpy(copy, text, size);
}

int hbl_grow(void *array, size_t *capacity, size_t needed, size_t size, const char *what,
             hbl_error *error)
{
    size_t larger = *capacity ? *capacity : 16, bytes;
    void *old, *memory = NULL;

    if (needed <= *capacity)
        return HBL_OK;
    while (larger < needed)
        larger *= 2;
    memcpy(&old, array, sizeof old);
    if (!__builtin_mul_overflow(larger, size, &bytes))
        memory = realloc(old, bytes);
    if (!memory)
        return hbl_fail_memory(error, what);
    memcpy(array, &memory, sizeof memory);
    *capacity = larger;
    return HBL_OK;
}
