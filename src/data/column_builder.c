/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/column_builder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "core/number.h"
#include "core/number_short.h"

static bool is_missing(const hbl_cell *cell)
{
    return cell->size == 0 || (cell->size == 1 && cell->text[0] == '.') ||
           (cell->size == 2 && memcmp(cell->text, "NA", 2) == 0);
}

/* ---- labels */

/* Open addressing, at most half of the slots in use. */
struct hbl_label_slot {
    uint32_t hash;
    int32_t code_plus_1; /* 0: empty */
};

/* Eight bytes at a time, each word multiplied into the hash and its upper half folded down. */
static uint32_t hash_text(const char *text, size_t size)
{
    const uint64_t multiplier = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t hash = size, word;

    for (; size >= sizeof word; text += sizeof word, size -= sizeof word) {
        memcpy(&word, text, sizeof word);
        hash = (hash ^ word) * multiplier;
        hash ^= hash >> 32;
    }
    word = 0;
    for (size_t i = 0; i < size; i++)
        word = word << 8 | (unsigned char)text[i];
    hash = (hash ^ word) * multiplier;
    return (uint32_t)(hash ^ hash >> 32);
}

static bool is_label(const char *label, const hbl_cell *cell)
{
    return strncmp(label, cell->text, cell->size) == 0 && label[cell->size] == '\0';
}

/* The slot that holds the text, or the empty one where it belongs. */
static hbl_label_slot *find_slot(const hbl_column_builder *b, const hbl_cell *cell, uint32_t hash)
{
    size_t at = hash & (b->n_slots - 1);

    for (;; at = (at + 1) & (b->n_slots - 1)) {
        const hbl_label_slot *slot = &b->slot[at];
        if (slot->code_plus_1 == 0 ||
            (slot->hash == hash && is_label(b->column->label[slot->code_plus_1 - 1], cell)))
            return &b->slot[at];
    }
}

static int widen(hbl_column_builder *b, hbl_error *error)
{
    const size_t n_slots = b->n_slots ? 2 * b->n_slots : 64;
    hbl_label_slot *slot = hbl_calloc(n_slots, sizeof *slot, "an index of texts", error);

    if (!slot)
        return HBL_ERR_MEMORY;
    for (size_t i = 0; i < b->n_slots; i++) {
        size_t at = b->slot[i].hash & (n_slots - 1);
        if (b->slot[i].code_plus_1 == 0)
            continue;
        while (slot[at].code_plus_1)
            at = (at + 1) & (n_slots - 1);
        slot[at] = b->slot[i];
    }
    free(b->slot);
    b->slot = slot;
    b->n_slots = n_slots;
    return HBL_OK;
}

static int add_label(hbl_column_builder *b, const hbl_cell *cell, hbl_error *error)
{
    hbl_column *column = b->column;
    char *label;
    int status;

    if (column->n_labels == INT32_MAX - 1)
        return hbl_fail(error, HBL_ERR_INPUT, "column \"%s\" has too many different texts",
                        column->name);
    status = hbl_grow(&column->label, &b->label_capacity, (size_t)column->n_labels + 1,
                      sizeof *column->label, "labels", error);
    if (status)
        return status;
    label = malloc(cell->size + 1);
    if (!label)
        return hbl_fail_memory(error, "a label");
    memcpy(label, cell->text, cell->size);
    label[cell->size] = '\0';
    column->label[column->n_labels++] = label;
    return HBL_OK;
}

/* code = that of the text, which becomes a new label where it is not one yet. */
static int encode(hbl_column_builder *b, const hbl_cell *cell, int32_t *code, hbl_error *error)
{
    const uint32_t hash = hash_text(cell->text, cell->size);
    hbl_label_slot *slot;
    int status;

    if (2 * ((size_t)b->column->n_labels + 1) > b->n_slots && (status = widen(b, error)))
        return status;
    slot = find_slot(b, cell, hash);
    if (slot->code_plus_1 == 0) {
        if ((status = add_label(b, cell, error)))
            return status;
        *slot = (hbl_label_slot){hash, b->column->n_labels};
    }
    *code = slot->code_plus_1 - 1;
    return HBL_OK;
}

/* Rows to have room for: those of the batch and, at first, all that are expected. */
static size_t rows_to_hold(const hbl_column_builder *b, size_t row, const hbl_batch *batch)
{
    const size_t n = row + batch->n_records;

    return b->capacity == 0 && n < b->expected ? b->expected : n;
}

/* ---- cells: each takes those of the batch from the i-th on */

static int take_texts(hbl_column_builder *b, size_t row, const hbl_batch *batch, size_t i,
                      hbl_error *error)
{
    int status = hbl_grow(&b->column->code, &b->capacity, rows_to_hold(b, row, batch),
                          sizeof *b->column->code, "a column of texts", error);

    for (; i < batch->n_records && !status; i++) {
        const hbl_cell cell = hbl_batch_cell(batch, i, b->cell);
        int32_t *code = &b->column->code[row + i];

        *code = -1;
        if (is_missing(&cell))
            b->has_missing = true;
        else
            status = encode(b, &cell, code, error);
    }
    return status;
}

/* The first text of a column. Where all before it is missing the rows before have no code; where
 * there are numbers, their spelling is gone. */
static int meet_text(hbl_column_builder *b, size_t row, const hbl_batch *batch, size_t i,
                     hbl_error *error)
{
    int status;

    free(b->column->number);
    b->column->number = NULL;
    b->column->type = HBL_COLUMN_TEXT;
    b->capacity = 0;
    b->again = b->has_number;
    if (b->again)
        return HBL_OK;
    status = take_texts(b, row, batch, i, error);
    for (size_t k = 0; k < row + i && !status; k++)
        b->column->code[k] = -1;
    return status;
}

static int take_numbers(hbl_column_builder *b, size_t row, const hbl_batch *batch, char mark,
                        hbl_error *error)
{
    const int status = hbl_grow(&b->column->number, &b->capacity, rows_to_hold(b, row, batch),
                                sizeof *b->column->number, "a column of numbers", error);

    for (size_t i = 0; i < batch->n_records && !status; i++) {
        const hbl_cell cell = hbl_batch_cell(batch, i, b->cell);
        double *value = &b->column->number[row + i];

        if (hbl_number_parse_short(cell.text, cell.size, mark, value) ||
            hbl_number_parse(cell.text, cell.size, mark, value)) {
            b->has_number = true;
        } else {
            if (!is_missing(&cell))
                return meet_text(b, row, batch, i, error);
            b->has_missing = true;
            *value = NAN;
        }
    }
    return status;
}

int hbl_column_take(hbl_column_builder *b, size_t row, const hbl_batch *batch, char mark,
                    hbl_error *error)
{
    return b->column->type == HBL_COLUMN_TEXT ? take_texts(b, row, batch, 0, error)
                                              : take_numbers(b, row, batch, mark, error);
}

/* ---- the end */

static void *shrink(void *array, size_t n, size_t size)
{
    void *smaller = array && n > 0 ? realloc(array, n * size) : NULL;

    return smaller ? smaller : array;
}

void hbl_column_finish(hbl_column_builder *b, size_t n_rows)
{
    b->column->number = shrink(b->column->number, n_rows, sizeof *b->column->number);
    b->column->code = shrink(b->column->code, n_rows, sizeof *b->column->code);
    b->column->label =
        shrink(b->column->label, (size_t)b->column->n_labels, sizeof *b->column->label);
    b->column->complete = !b->has_missing;
}

void hbl_column_release(hbl_column_builder *b)
{
    free(b->slot);
    b->slot = NULL;
}
