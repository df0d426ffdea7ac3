/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/grouping.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "core/number.h"

/* What makes rows equal. */
typedef struct {
    uint64_t cell; /* code, or the bits of the number */
    size_t outer;  /* group of the outer grouping, or 0 */
} key;

/* Groups by the hash of their key: open addressing, slots hold group + 1, at most half of them in
 * use. There are none for as long as each new key comes after those before it, as in a file that is
 * sorted. */
typedef struct {
    key *keys;      /* n_groups */
    uint32_t *next; /* n_groups: the group that followed this one, the last time */
    size_t key_capacity, next_capacity, first_capacity;
    size_t *slot;
    size_t n_slots;
} index_of_keys;

static key make_key(const hbl_column *column, size_t row, const hbl_grouping *outer)
{
    key k = {.cell = 0, .outer = outer ? outer->group[row] : 0};

    if (column->type == HBL_COLUMN_TEXT) {
        k.cell = (uint64_t)column->code[row];
    } else {
        const double x = column->number[row];
        const double canonical = isnan(x) ? (double)NAN : x == 0 ? 0.0 : x; /* -0 is 0 */
        memcpy(&k.cell, &canonical, sizeof k.cell);
    }
    return k;
}

static uint64_t hash_key(key k)
{
    uint64_t hash = k.cell * UINT64_C(0x9e3779b97f4a7c15);

    hash = (hash ^ hash >> 32 ^ k.outer) * UINT64_C(0xbf58476d1ce4e5b9);
    return hash ^ hash >> 32;
}

/* The slot that holds k, or the empty one where it belongs. */
static size_t *find_slot(const index_of_keys *index, key k)
{
    size_t at = hash_key(k) & (index->n_slots - 1);

    while (index->slot[at]) {
        const key other = index->keys[index->slot[at] - 1];
        if (other.cell == k.cell && other.outer == k.outer)
            break;
        at = (at + 1) & (index->n_slots - 1);
    }
    return &index->slot[at];
}

/* Slots for n_groups and one more. */
static int widen(index_of_keys *index, size_t n_groups, hbl_error *error)
{
    size_t n_slots = index->n_slots ? index->n_slots : 64, *slot;

    while (2 * (n_groups + 1) > n_slots)
        n_slots *= 2;
    if (n_slots == index->n_slots)
        return HBL_OK;
    slot = hbl_calloc(n_slots, sizeof *slot, "an index of rows", error);
    if (!slot)
        return HBL_ERR_MEMORY;
    free(index->slot);
    index->slot = slot;
    index->n_slots = n_slots;
    for (size_t g = 0; g < n_groups; g++)
        *find_slot(index, index->keys[g]) = g + 1;
    return HBL_OK;
}

static int add_group(hbl_grouping *grouping, index_of_keys *index, key k, size_t row,
                     hbl_error *error)
{
    const size_t n = grouping->n_groups;
    int status;

    if (n >= HBL_GROUP_NONE - 1)
        return hbl_fail(error, HBL_ERR_INPUT, "the table has too many persons or tasks");
    if ((status = hbl_grow(&index->keys, &index->key_capacity, n + 1, sizeof *index->keys,
                           "an index of rows", error)) ||
        (status = hbl_grow(&index->next, &index->next_capacity, n + 1, sizeof *index->next,
                           "an index of rows", error)) ||
        (status = hbl_grow(&grouping->first, &index->first_capacity, n + 1, sizeof(size_t),
                           "an index of rows", error)))
        return status;
    index->keys[n] = k;
    index->next[n] = 0;
    grouping->first[n] = row;
    grouping->n_groups++;
    return HBL_OK;
}

static bool is_same(key a, key b)
{
    return a.cell == b.cell && a.outer == b.outer;
}

static double number_of(key k)
{
    double x;

    memcpy(&x, &k.cell, sizeof x);
    return x;
}

/* Codes of texts are in order too, that of first appearance; NaN comes after nothing. */
static bool comes_after(key a, key b, bool numbers)
{
    if (a.outer != b.outer)
        return a.outer > b.outer;
    return numbers ? number_of(a) > number_of(b) : a.cell > b.cell;
}

/* The group of a key that is not that of the row before. */
static int place_key(hbl_grouping *grouping, index_of_keys *index, key k, size_t row, bool numbers,
                     uint32_t *group, hbl_error *error)
{
    const size_t n = grouping->n_groups;
    size_t *slot = NULL;
    int status = HBL_OK;

    if (index->slot || (n > 0 && !comes_after(k, index->keys[n - 1], numbers))) {
        if ((status = widen(index, n, error)))
            return status;
        slot = find_slot(index, k);
    }
    if (slot && *slot) {
        *group = (uint32_t)(*slot - 1);
        return HBL_OK;
    }
    status = add_group(grouping, index, k, row, error);
    if (slot)
        *slot = grouping->n_groups;
    *group = (uint32_t)n;
    return status;
}

/* Rows of a group mostly follow one another, and groups the one that they followed before: these
 * are tried first. */
static int group_rows(hbl_grouping *grouping, index_of_keys *index, const hbl_column *column,
                      size_t n_rows, const bool *left_out, const hbl_grouping *outer,
                      hbl_error *error)
{
    const bool numbers = column->type == HBL_COLUMN_NUMBER;
    uint32_t group = HBL_GROUP_NONE;
    int status = HBL_OK;

    for (size_t i = 0; i < n_rows && !status; i++) {
        const uint32_t before = group;

        if (left_out && left_out[i]) {
            grouping->group[i] = HBL_GROUP_NONE;
            continue;
        }
        const key k = make_key(column, i, outer);
        if (before == HBL_GROUP_NONE || !is_same(k, index->keys[before])) {
            if (before != HBL_GROUP_NONE && is_same(k, index->keys[index->next[before]]))
                group = index->next[before];
            else
                status = place_key(grouping, index, k, i, numbers, &group, error);
            if (before != HBL_GROUP_NONE && !status)
                index->next[before] = group;
        }
        grouping->group[i] = group;
    }
    return status;
}

int hbl_grouping_make(hbl_grouping *grouping, const hbl_column *column, size_t n_rows,
                      const bool *left_out, const hbl_grouping *outer, hbl_error *error)
{
    index_of_keys index = {0};
    int status;

    grouping->group = hbl_calloc(n_rows, sizeof *grouping->group, "an index of rows", error);
    if (!grouping->group)
        return HBL_ERR_MEMORY;
    status = group_rows(grouping, &index, column, n_rows, left_out, outer, error);
    free(index.keys);
    free(index.next);
    free(index.slot);
    return status;
}

int hbl_grouping_blocks(hbl_grouping *grouping, size_t n_rows, const bool *left_out,
                        size_t per_group, size_t *n_last, hbl_error *error)
{
    size_t n = 0;

    grouping->group = hbl_calloc(n_rows, sizeof *grouping->group, "an index of rows", error);
    grouping->first =
        hbl_calloc(n_rows / per_group + 1, sizeof *grouping->first, "an index of rows", error);
    if (!grouping->group || !grouping->first)
        return HBL_ERR_MEMORY;
    for (size_t i = 0; i < n_rows; i++) {
        grouping->group[i] = HBL_GROUP_NONE;
        if (left_out && left_out[i])
            continue;
        if (n % per_group == 0)
            grouping->first[n / per_group] = i;
        grouping->group[i] = (uint32_t)(n++ / per_group);
    }
    grouping->n_groups = (n + per_group - 1) / per_group;
    *n_last = n == 0 ? 0 : (n - 1) % per_group + 1;
    return HBL_OK;
}

void hbl_grouping_release(hbl_grouping *grouping)
{
    free(grouping->group);
    free(grouping->first);
    *grouping = (hbl_grouping){0};
}

char *hbl_cell_label(const hbl_column *column, size_t row, hbl_error *error)
{
    char number[HBL_NUMBER_SIZE];

    if (column->type == HBL_COLUMN_TEXT)
        return hbl_strdup(column->code[row] < 0 ? "NA" : column->label[column->code[row]], error);
    hbl_number_write(column->number[row], number);
    return hbl_strdup(number, error);
}
