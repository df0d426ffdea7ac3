/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/out_of_memory.h"

#include <stdlib.h>

#include "core/fail.h"

typedef void (*new_handler)(void);

/* std::set_new_handler, by its name in the Itanium C++ ABI; libmuparser brings libstdc++ along. */
extern new_handler set_new_handler(new_handler handler) __asm__("_ZSt15set_new_handlerPFvvE")
    __attribute__((weak));

enum { RESERVE = 100000 }; /* several times what an expression takes */

static _Thread_local hbl_memory_reserve *current;

/* Called by operator new when there is no memory: it tries again afterwards. Where the reserve is
 * spent, the exception takes its course. */
static void give_back(void)
{
    if (current && current->block) {
        free(current->block);
        current->block = NULL;
    } else {
        set_new_handler(NULL);
    }
}

int hbl_memory_reserve_set(hbl_memory_reserve *reserve, hbl_error *error)
{
    reserve->block = malloc(RESERVE);
    if (!reserve->block)
        return hbl_fail_memory(error, "an expression");
    current = reserve;
    reserve->before = set_new_handler ? set_new_handler(give_back) : NULL;
    return HBL_OK;
}

int hbl_memory_reserve_end(hbl_memory_reserve *reserve, hbl_error *error)
{
    const int spent = reserve->block == NULL;

    if (set_new_handler)
        set_new_handler(reserve->before);
    current = NULL;
    free(reserve->block);
    return spent ? hbl_fail_memory(error, "an expression") : HBL_OK;
}
