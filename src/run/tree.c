/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/tree.h"

static _Thread_local bool failed;

static cJSON *keep(bool put, cJSON *item)
{
    if (put)
        return item;
    failed = true;
    cJSON_Delete(item);
    return NULL;
}

cJSON *hbl_tree_put(cJSON *object, const char *key, cJSON *item)
{
    if (!object || !item)
        return keep(false, item);
    if (cJSON_GetObjectItemCaseSensitive(object, key)) {
        if (!cJSON_ReplaceItemInObjectCaseSensitive(object, key, item))
            return keep(false, item);
        failed = failed || !item->string; /* replaced, and its name lost for want of memory */
        return item;
    }
    return keep(cJSON_AddItemToObject(object, key, item), item);
}

cJSON *hbl_tree_append(cJSON *array, cJSON *item)
{
    return keep(array && item && cJSON_AddItemToArray(array, item), item);
}

cJSON *hbl_tree_copy(const cJSON *item)
{
    cJSON *copy = item ? cJSON_Duplicate(item, 1) : NULL;

    failed = failed || (item && !copy);
    return copy;
}

bool hbl_tree_failed(void)
{
    const bool answer = failed;

    failed = false;
    return answer;
}
