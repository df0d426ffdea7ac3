/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sorting, ranks and normal scores. The draws are sorted once; everything else is a walk over that
 * order.
 */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

#include "diagnose/workspace.h"

/* ---- radix sort, least significant digit first ---- */

enum { DIGIT_BITS = 11, N_DIGITS = 6, N_BUCKETS = 1 << DIGIT_BITS };

/* IEEE doubles of positive sign order as their bits; those of negative sign the other way round. */
static uint64_t sort_key(double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

static size_t digit(uint64_t key, int d)
{
    return (size_t)(key >> (d * DIGIT_BITS)) & (N_BUCKETS - 1);
}

/* Counts to starting positions; whether all n entries share one bucket. */
static int starting_positions(uint32_t *count, size_t n)
{
    uint32_t position = 0;
    int single = 0;

    for (size_t b = 0; b < N_BUCKETS; b++) {
        const uint32_t here = count[b];
        single |= here == n;
        count[b] = position;
        position += here;
    }
    return single;
}

void hbl_rank_sort(hbl_diagnose_workspace *w, const double *x)
{
    const size_t n = w->n_total;
    hbl_sort_entry *from = w->entry, *to = w->entry_other;

    memset(w->histogram, 0, sizeof *w->histogram * N_DIGITS * N_BUCKETS);
    for (size_t i = 0; i < n; i++) {
        const uint64_t key = sort_key(x[i]);
        from[i] = (hbl_sort_entry){key, (uint32_t)i};
        for (int d = 0; d < N_DIGITS; d++)
            w->histogram[(size_t)d * N_BUCKETS + digit(key, d)]++;
    }
    for (int d = 0; d < N_DIGITS; d++) {
        uint32_t *position = w->histogram + (size_t)d * N_BUCKETS;
        hbl_sort_entry *swap = from;

        if (starting_positions(position, n))
            continue;
        for (size_t i = 0; i < n; i++)
            to[position[digit(from[i].key, d)]++] = from[i];
        from = to;
        to = swap;
    }
    for (size_t i = 0; i < n; i++) {
        w->order[i] = from[i].draw;
        w->sorted[i] = x[from[i].draw];
    }
}

/* ---- folding ---- */

/* The smallest |x - median| lie in the middle of the sorted draws: a merge from there outwards. */
void hbl_rank_fold(hbl_diagnose_workspace *w, double median)
{
    const size_t n = w->n_total;
    size_t up = 0, down;

    while (up < n && w->sorted[up] < median)
        up++;
    down = up;
    for (size_t i = 0; i < n; i++) {
        const double above = up < n ? w->sorted[up] - median : INFINITY;
        const double below = down > 0 ? median - w->sorted[down - 1] : INFINITY;
        if (up < n && above <= below) {
            w->folded[i] = above;
            w->folded_order[i] = w->order[up++];
        } else {
            down--;
            w->folded[i] = below;
            w->folded_order[i] = w->order[down];
        }
    }
}

/* ---- normal scores ---- */

/* z = Phi^-1((r - 3/8) / (S + 1/4)), Blom's approximation to the expected normal order statistics.
 */
static double normal_score(double rank, size_t n)
{
    return gsl_cdf_ugaussian_Pinv((rank - 0.375) / ((double)n + 0.25));
}

static void fill_normal_scores(hbl_diagnose_workspace *w)
{
    const size_t n = w->n_series;

    for (size_t r = 1; 2 * r <= n + 1; r++) {
        w->normal_score[r] = normal_score((double)r, n);
        w->normal_score[n + 1 - r] = -w->normal_score[r];
    }
    w->normal_score[0] = 1; /* rank 0 does not occur: a mark that the rest is filled in */
}

void hbl_rank_normal_scores(hbl_diagnose_workspace *w, const double *value, const uint32_t *order)
{
    const size_t n = w->n_total;
    size_t ranked = 0;

    if (w->normal_score[0] == 0)
        fill_normal_scores(w);
    for (size_t i = 0, end; i < n; i = end) {
        size_t ties = 0;
        double z;

        for (end = i; end < n && value[end] == value[i]; end++)
            ties += w->place[order[end]] != HBL_NO_PLACE;
        /* Tied draws share the mean of their ranks, ranked + 1 .. ranked + ties. */
        if (ties % 2 == 1)
            z = w->normal_score[ranked + (ties + 1) / 2];
        else
            z = ties ? normal_score((double)ranked + 0.5 * (double)(ties + 1), w->n_series) : 0;
        for (size_t k = i; k < end; k++)
            if (w->place[order[k]] != HBL_NO_PLACE)
                w->series[w->place[order[k]]] = z;
        ranked += ties;
    }
}
