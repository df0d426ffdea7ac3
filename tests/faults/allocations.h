/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every allocation of the process, counted, and one of them made to fail: malloc and its kin
 * defined here stand in for the C library's in all libraries too. To be included once, by a program
 * with one thread.
 */
#ifndef HBL_TESTS_FAULTS_ALLOCATIONS_H
#define HBL_TESTS_FAULTS_ALLOCATIONS_H

#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    uint64_t n;       /* allocations since allocations_begin */
    uint64_t failing; /* the one that fails, from 1; 0: none */
    size_t size;      /* that was asked for when it failed */
    bool shrinking;   /* it would have made a block smaller */
    int64_t live;     /* blocks not freed */
} allocations;

static void allocations_begin(uint64_t failing)
{
    allocations.n = 0;
    allocations.failing = failing;
}

/* Whether the failing one was reached. */
static bool allocations_end(void)
{
    const bool reached = allocations.failing > 0 && allocations.n >= allocations.failing;

    allocations.failing = 0;
    return reached;
}

/* ---- what the linker would otherwise have found */

static struct {
    void *(*malloc)(size_t);
    void *(*calloc)(size_t, size_t);
    void *(*realloc)(void *, size_t);
    void *(*aligned_alloc)(size_t, size_t);
    int (*posix_memalign)(void **, size_t, size_t);
    void (*free)(void *);
} next;

/* For the few that the dynamic linker itself needs while it looks those up. */
static _Alignas(64) char early[1 << 16];
static size_t early_used;

static bool is_early(const void *block)
{
    return (const char *)block >= early && (const char *)block < early + sizeof early;
}

static void *early_block(size_t size)
{
    void *block = early + early_used;

    early_used += (size + 63) / 64 * 64;
    if (early_used > sizeof early)
        abort();
    return block;
}

static void look_up(const char *name, void *to)
{
    void *symbol = dlsym(RTLD_NEXT, name);

    if (!symbol)
        abort();
    memcpy(to, &symbol, sizeof symbol);
}

/* false: too early. */
static bool ready(void)
{
    static bool looking;

    if (next.free)
        return true;
    if (looking)
        return false;
    looking = true;
    look_up("malloc", &next.malloc);
    look_up("calloc", &next.calloc);
    look_up("realloc", &next.realloc);
    look_up("aligned_alloc", &next.aligned_alloc);
    look_up("posix_memalign", &next.posix_memalign);
    look_up("free", &next.free);
    return true;
}

static bool fails(size_t size)
{
    if (++allocations.n != allocations.failing)
        return false;
    allocations.size = size;
    allocations.shrinking = false;
    errno = ENOMEM;
    return true;
}

static void *counted(void *block)
{
    allocations.live += block != NULL;
    return block;
}

void *malloc(size_t size)
{
    if (!ready())
        return early_block(size);
    return fails(size) ? NULL : counted(next.malloc(size));
}

void *calloc(size_t count, size_t size)
{
    if (!ready())
        return early_block(count * size);
    return fails(count * size) ? NULL : counted(next.calloc(count, size));
}

void *realloc(void *block, size_t size)
{
    void *moved;

    if (!ready() || is_early(block))
        abort();
    if (fails(size)) {
        allocations.shrinking = block && size <= malloc_usable_size(block);
        return NULL;
    }
    moved = next.realloc(block, size);
    allocations.live += !block && moved;
    allocations.live -= block && !moved && size == 0;
    return moved;
}

void *aligned_alloc(size_t alignment, size_t size)
{
    if (!ready())
        abort();
    return fails(size) ? NULL : counted(next.aligned_alloc(alignment, size));
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    int status;

    if (!ready())
        abort();
    if (fails(size))
        return ENOMEM;
    status = next.posix_memalign(block, alignment, size);
    allocations.live += status == 0;
    return status;
}

void free(void *block)
{
    if (!block || is_early(block))
        return;
    if (!ready())
        abort();
    allocations.live--;
    next.free(block);
}

#endif
