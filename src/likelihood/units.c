/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A unit is first looked for with tolerance, by Euclid's algorithm over the offsets of rows from
 * the first row of their task, and made exact from the longest offset; then every offset must lie
 * on its grid. The search may miss a unit, but what passes the test at the end is one.
 */
#include "likelihood/units.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>

/* What an offset may be off the grid: a few roundings, as a part of the column's largest value, and
 * of the unit at most so much. */
static const double off_grid = 0x1.8p-49, off_unit = 0x1p-26;
/* The largest multiple from a task's first row; from any row it is twice that. */
enum { MOST_MULTIPLE = INT16_MAX / 2 };

typedef struct {
    double unit, inverse;
    double longest;   /* offset */
    double tolerance; /* of the test at the end */
} grid;

/* The whole number nearest to one that is not too large. */
static double nearest(double x)
{
    const double shift = 0x1.8p52;

    return (x + shift) - shift;
}

/* fmax is a call. */
static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* ---- the search ---- */

/* The greatest common measure of two lengths; what is no longer than the tolerance is 0. */
static double common_measure(double a, double b, double tolerance)
{
    while (b > tolerance) {
        const double rest = fabs(a - nearest(a / b) * b);
        a = b;
        b = rest;
    }
    return a;
}

/* From the longest offset, which tells it best. */
static void settle(grid *g)
{
    g->unit = g->longest > 0 ? g->longest / nearest(g->longest / g->unit) : 1;
    g->inverse = 1 / g->unit;
}

/* Makes the unit a measure of this offset too. A rest well below the least unit that would do is
 * rounding; settled each time, the unit does not let it grow. */
static void take_in(grid *g, double offset)
{
    const double tolerance = larger(g->longest, offset) / (4 * MOST_MULTIPLE);

    g->longest = larger(g->longest, offset);
    if (offset <= tolerance || fabs(offset - nearest(offset * g->inverse) * g->unit) <= tolerance)
        return;
    g->unit = g->unit > 0 ? common_measure(offset, g->unit, tolerance) : offset;
    settle(g);
}

static bool fits(const grid *g)
{
    return g->longest < (MOST_MULTIPLE + 0.5) * g->unit && g->tolerance <= off_unit * g->unit;
}

/* ---- over the data ---- */

/* Shows every element of x with its offset from the first row of its task to its column's grid,
 * until one is refused. */
static inline __attribute__((always_inline)) bool
each_offset(const hbl_model *model, grid *columns, bool (*take)(grid *, double x, double offset))
{
    const hbl_panel *panel = model->panel;
    const size_t n = model->n_columns;

    for (size_t t = 0; t < panel->n_tasks; t++) {
        const double *const first = model->x + panel->task_row[t] * n;
        const double *const end = model->x + panel->task_row[t + 1] * n;
        for (const double *x = first; x < end; x += n)
            for (size_t k = 0; k < n; k++)
                if (!take(&columns[k], x[k], x[k] - first[k]))
                    return false;
    }
    return true;
}

static bool search(grid *g, double x, double offset)
{
    g->tolerance = larger(g->tolerance, off_grid * fabs(x));
    take_in(g, fabs(offset));
    return true;
}

static bool is_on_grid(grid *g, double x, double offset)
{
    (void)x;
    return fabs(offset - nearest(offset * g->inverse) * g->unit) <= g->tolerance;
}

static bool has_long_task(const hbl_panel *panel)
{
    for (size_t t = 0; t < panel->n_tasks; t++)
        if (panel->task_row[t + 1] - panel->task_row[t] > INT16_MAX)
            return true;
    return false;
}

bool hbl_units_find(const hbl_model *model, double *unit)
{
    grid *const columns = __builtin_alloca(model->n_columns * sizeof *columns);

    if (has_long_task(model->panel))
        return false;
    for (size_t k = 0; k < model->n_columns; k++)
        columns[k] = (grid){0};
    each_offset(model, columns, search);
    for (size_t k = 0; k < model->n_columns; k++) {
        settle(&columns[k]);
        if (!fits(&columns[k]))
            return false;
        unit[k] = columns[k].unit;
    }
    return each_offset(model, columns, is_on_grid);
}
