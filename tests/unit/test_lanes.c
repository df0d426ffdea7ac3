/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Arithmetic on blocks of persons against plain code of one person at a time, on every instruction
 * set that the machine has.
 */
#include "unit/lanes_fixture.h"

/* Where a K x K matrix has its lower triangle, with a diagonal well away from 0. */
static void fill_lower(size_t K, double *a)
{
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j < K; j++)
            a[i * K + j] = i == j ? 2 + number() : j < i ? number() : 0;
}

/* ---- the functions ---- */

/* out = W x, W a lower triangle a lane. */
static void check_whiten(const hbl_lanes *lanes, size_t K)
{
    double *w = rows_of(HBL_TRIANGLE(K)), *x = rows_of(K), *out = rows_of(K);

    lanes->whiten(K, w, x, out);
    for (size_t l = 0; l < L; l++)
        for (size_t i = 0; i < K; i++) {
            double wanted = 0;
            for (size_t j = 0; j <= i; j++)
                wanted += w[(HBL_TRIANGLE(i) + j) * L + l] * x[j * L + l];
            near(out[i * L + l], wanted, (double)K);
        }
    free(w), free(x), free(out);
}

/* theta += step W'p */
static void check_drift(const hbl_lanes *lanes, size_t K)
{
    double *w = rows_of(HBL_TRIANGLE(K)), *p = rows_of(K), *step = rows_of(1);
    double *theta = rows_of(K), *old = rows_of(K);

    memcpy(old, theta, K * L * sizeof *theta);
    lanes->drift(K, w, p, step, theta);
    for (size_t l = 0; l < L; l++)
        for (size_t j = 0; j < K; j++) {
            double wanted = old[j * L + l];
            for (size_t i = j; i < K; i++)
                wanted += step[l] * w[(HBL_TRIANGLE(i) + j) * L + l] * p[i * L + l];
            near(theta[j * L + l], wanted, (double)K);
        }
    free(w), free(p), free(step), free(theta), free(old);
}

/* (theta - mu)' precision (theta - mu) */
static void check_quadratic(const hbl_lanes *lanes, size_t K)
{
    double mu[MOST], precision[MOST * MOST], *theta = rows_of(K), *out = rows_of(1);

    for (size_t i = 0; i < K; i++) {
        mu[i] = number();
        for (size_t j = 0; j <= i; j++)
            precision[i * K + j] = precision[j * K + i] = number();
    }
    lanes->quadratic(K, mu, precision, theta, out);
    for (size_t l = 0; l < L; l++) {
        double total = 0;
        for (size_t i = 0; i < K; i++)
            for (size_t j = 0; j < K; j++)
                total +=
                    (theta[i * L + l] - mu[i]) * precision[i * K + j] * (theta[j * L + l] - mu[j]);
        near(out[l], total, (double)(K * K));
    }
    free(theta), free(out);
}

static void check_add_lower(const hbl_lanes *lanes, size_t K)
{
    double lower[MOST * MOST];
    double *x = rows_of(K), *step = rows_of(1), *theta = rows_of(K), *old = rows_of(K);

    fill_lower(K, lower);
    memcpy(old, theta, K * L * sizeof *theta);
    lanes->add_lower(K, lower, x, step, theta);
    for (size_t l = 0; l < L; l++)
        for (size_t i = 0; i < K; i++) {
            double wanted = old[i * L + l];
            for (size_t j = 0; j < K; j++)
                wanted += step[l] * lower[i * K + j] * x[j * L + l];
            near(theta[i * L + l], wanted, (double)K);
        }
    free(x), free(step), free(theta), free(old);
}

static void check_affine(const hbl_lanes *lanes, size_t K)
{
    double t[MOST * MOST], from[MOST], to[MOST];
    double *theta = rows_of(K), *out = rows_of(K);

    fill_lower(K, t);
    for (size_t k = 0; k < K; k++)
        from[k] = number(), to[k] = number();
    lanes->affine(K, t, from, to, theta, out);
    for (size_t l = 0; l < L; l++)
        for (size_t i = 0; i < K; i++) {
            double wanted = to[i];
            for (size_t j = 0; j < K; j++)
                wanted += t[i * K + j] * (theta[j * L + l] - from[j]);
            near(out[i * L + l], wanted, (double)K);
        }
    free(theta), free(out);
}

/* W a W' = I, lane by lane; a lane whose matrix is not positive definite gives NaN on its own. */
static void check_inverse_factor(const hbl_lanes *lanes, size_t K)
{
    enum { BAD = 5 };
    double *a = rows_of(HBL_TRIANGLE(K)), *w = rows_of(HBL_TRIANGLE(K));
    double lower[MOST * MOST];

    for (size_t l = 0; l < L; l++) {
        fill_lower(K, lower);
        for (size_t i = 0; i < K; i++)
            for (size_t j = 0; j <= i; j++) {
                double sum = 0;
                for (size_t k = 0; k <= j; k++)
                    sum += lower[i * K + k] * lower[j * K + k];
                a[(HBL_TRIANGLE(i) + j) * L + l] = l == BAD && i == K - 1 && j == i ? -sum : sum;
            }
    }
    lanes->inverse_factor(K, a, w);
    assert_true(isnan(w[(HBL_TRIANGLE(K) - 1) * L + BAD]));
    for (size_t l = 0; l < L; l++)
        for (size_t i = 0; l != BAD && i < K; i++) {
            assert_true(w[(HBL_TRIANGLE(i) + i) * L + l] > 0);
            for (size_t j = 0; j <= i; j++) {
                double sum = 0;
                for (size_t k = 0; k <= i; k++)
                    for (size_t m = 0; m <= j; m++) {
                        const size_t at = k >= m ? HBL_TRIANGLE(k) + m : HBL_TRIANGLE(m) + k;
                        sum += w[(HBL_TRIANGLE(i) + k) * L + l] * a[at * L + l] *
                               w[(HBL_TRIANGLE(j) + m) * L + l];
                    }
                near(sum, i == j, 1e4);
            }
        }
    free(a), free(w);
}

/* Copies bits: what was not chosen may be NaN without a trace. */
static void check_select(const hbl_lanes *lanes, size_t K)
{
    double *mask = rows_of(1), *from = rows_of(K), *to = rows_of(K), *old = rows_of(K);

    for (size_t l = 0; l < L; l++) {
        mask[l] = l % 3 == 0;
        for (size_t k = 0; k < K; k++)
            if (mask[l] > 0)
                to[k * L + l] = NAN;
            else
                from[k * L + l] = NAN;
    }
    memcpy(old, to, K * L * sizeof *to);
    lanes->select(K, mask, from, to);
    for (size_t l = 0; l < L; l++)
        for (size_t k = 0; k < K; k++)
            assert_true(to[k * L + l] == (mask[l] > 0 ? from : old)[k * L + l]);
    free(mask), free(from), free(to), free(old);
}

static void check_rows(const hbl_lanes *lanes)
{
    double *x = rows_of(1), *y = rows_of(1), *out = rows_of(1), *sum = rows_of(1),
           *old = rows_of(1);

    memcpy(sum, old, L * sizeof *sum);
    lanes->add(x, sum);
    lanes->scale(0.7, x, out);
    for (size_t l = 0; l < L; l++)
        assert_true(sum[l] == old[l] + x[l] && out[l] == 0.7 * x[l]);
    lanes->divide(x, y, out);
    for (size_t l = 0; l < L; l++)
        assert_true(out[l] == x[l] / y[l]);
    free(x), free(y), free(out), free(sum), free(old);
}

/* The sum over its folds that a call has added to sum s. */
static double added(const double *after, const double *before, size_t fold, size_t s)
{
    double sum = 0;
    for (size_t f = 0; f < fold; f++)
        sum += after[s * fold + f] - before[s * fold + f];
    return sum;
}

/* Sums with two covariates; and what they add to theta. */
static void check_covariates(const hbl_lanes *lanes, size_t K)
{
    const hbl_moment_layout layout = hbl_moment_layout_of(K, K, 2);
    double delta[2 * MOST], *w = rows_of(2), *value = rows_of(K), *old = rows_of(K);
    double *sums = rows_of(layout.n), *before = rows_of(layout.n);

    for (size_t e = 0; e < 2 * K; e++)
        delta[e] = number();
    memcpy(before, sums, layout.n * L * sizeof *sums);
    lanes->cross(&layout, w, value, layout.wg, sums);
    for (size_t s = 0; s < layout.n; s++) {
        const size_t e = s - layout.wg;
        double wanted = 0;
        for (size_t l = 0; s >= layout.wg && e < 2 * K && l < L; l++)
            wanted += w[e / K * L + l] * value[e % K * L + l];
        near(added(sums, before, lanes->fold, s), wanted, L);
    }
    memcpy(old, value, K * L * sizeof *value);
    lanes->shift(2, K, w, delta, -1, value);
    for (size_t k = 0; k < K; k++)
        for (size_t l = 0; l < L; l++)
            near(value[k * L + l], old[k * L + l] - w[l] * delta[k] - w[L + l] * delta[K + k], L);
    free(w), free(value), free(old), free(sums), free(before);
}

enum { PADDED = 11 }; /* the first lane of padding */

/* What each of the sums should have grown by; padding's gradients are 0, as the likelihood leaves
 * them, its theta is left out by `valid`. */
static double moment_of(const hbl_moment_layout *layout, size_t s, const double *ll,
                        const double *gradient, const double *d)
{
    const size_t of_gd = s - layout->gd, of_dd = s - layout->dd,
                 tri = HBL_TRIANGLE(layout->n_random);
    double sum = 0;

    for (size_t i = 0, e = 0; i < layout->n_random; i++)
        for (size_t j = 0; j <= i; j++, e++)
            for (size_t l = 0; l < PADDED; l++)
                sum += ((e == of_gd && of_gd < tri ? gradient[i * L + l] : 0) +
                        (e == of_dd && of_dd < tri ? d[i * L + l] : 0)) *
                       d[j * L + l];
    for (size_t l = 0; l < PADDED; l++)
        sum += s == layout->ll                     ? ll[l]
               : s - layout->g < layout->n_columns ? gradient[(s - layout->g) * L + l]
               : s - layout->d < layout->n_random  ? d[(s - layout->d) * L + l]
                                                   : 0;
    return sum;
}

static void check_moments(const hbl_lanes *lanes, size_t K, size_t fixed)
{
    const size_t P = K + fixed;
    const hbl_moment_layout layout = hbl_moment_layout_of(K, P, 2);
    double mu[MOST] = {0}, *valid = rows_of(1), *theta = rows_of(K), *gradient = rows_of(P);
    double *ll = rows_of(1), *deviation = rows_of(K);
    double *sums = rows_of(layout.n), *before = rows_of(layout.n);

    for (size_t k = 0; k < K; k++)
        mu[k] = number();
    for (size_t l = 0; l < L; l++) {
        valid[l] = l < PADDED;
        ll[l] *= valid[l];
        for (size_t i = 0; i < P && l >= PADDED; i++)
            gradient[i * L + l] = 0;
    }
    lanes->deviations(K, mu, valid, theta, deviation);
    for (size_t i = 0; i < K * L; i++)
        near(deviation[i], i % L < PADDED ? theta[i] - mu[i / L] : 0, 1);
    memcpy(before, sums, layout.n * L * sizeof *sums);
    lanes->slopes(&layout, ll, gradient, deviation, sums);
    for (size_t i = layout.wg * lanes->fold; i < layout.n * lanes->fold; i++)
        assert_true(sums[i] == before[i]);
    lanes->spread(&layout, deviation, sums);
    for (size_t s = 0; s < layout.n; s++)
        near(added(sums, before, lanes->fold, s), moment_of(&layout, s, ll, gradient, deviation),
             4 * L);
    free(valid), free(theta), free(gradient), free(sums), free(before), free(deviation), free(ll);
}

/* sums[i] = the total of all folds of all pieces. */
static void check_total(const hbl_lanes *lanes, size_t n)
{
    enum { PIECES = 5 };
    double *partial = rows_of((PIECES * n * lanes->fold + L - 1) / L), *sums = rows_of(n);

    lanes->total(PIECES, n, partial, sums);
    for (size_t i = 0; i < n; i++) {
        double wanted = 0;
        for (size_t piece = 0; piece < PIECES; piece++)
            for (size_t f = 0; f < lanes->fold; f++)
                wanted += partial[(piece * n + i) * lanes->fold + f];
        near(sums[i], wanted, PIECES * L);
    }
    free(partial), free(sums);
}

/* sums += J'HJ, its lower triangle, J a row a coefficient and a column an entry. */
static void check_pooled(const hbl_lanes *lanes, size_t K)
{
    enum { ENTRIES = 9 };
    size_t row[ENTRIES];
    const double *factor[ENTRIES];
    double *factors = rows_of(ENTRIES), *hessian = rows_of(HBL_TRIANGLE(K));
    double sums[ENTRIES * ENTRIES], before[ENTRIES * ENTRIES];

    for (size_t e = 0; e < ENTRIES; e++) {
        row[e] = (e * e + 1) % K;
        factor[e] = factors + e * L;
    }
    for (size_t e = 0; e < ENTRIES * ENTRIES; e++)
        sums[e] = before[e] = number();
    lanes->pooled(ENTRIES, row, factor, hessian, sums);
    for (size_t e = 0; e < ENTRIES; e++)
        for (size_t f = 0; f <= e; f++) {
            const size_t i = row[e] > row[f] ? row[e] : row[f], j = row[e] + row[f] - i;
            double wanted = before[e * ENTRIES + f];
            for (size_t l = 0; l < L; l++)
                wanted += factor[e][l] * hessian[(HBL_TRIANGLE(i) + j) * L + l] * factor[f][l];
            near(sums[e * ENTRIES + f], wanted, L);
        }
    free(factors), free(hessian);
}

/* ---- on every instruction set ---- */

static void check_table(const hbl_lanes *lanes)
{
    assert_in_range(lanes->fold, 1, HBL_MOST_FOLD);
    for (size_t s = 0; s < N_SIZES; s++) {
        check_whiten(lanes, sizes[s]);
        check_drift(lanes, sizes[s]);
        check_quadratic(lanes, sizes[s]);
        check_add_lower(lanes, sizes[s]);
        check_affine(lanes, sizes[s]);
        check_inverse_factor(lanes, sizes[s]);
        check_select(lanes, sizes[s]);
        check_moments(lanes, sizes[s], 0);
        check_moments(lanes, sizes[s], 2);
        check_covariates(lanes, sizes[s]);
        check_total(lanes, sizes[s]);
        check_pooled(lanes, sizes[s]);
    }
    check_moments(lanes, 0, 3);
    check_rows(lanes);
}

static void test_every_isa(void **state)
{
    (void)state;
    check_on_every_isa(check_table);
}

/* The layout's pieces lie one after the other, none over another. */
static void test_layout(void **state)
{
    const hbl_moment_layout layout = hbl_moment_layout_of(3, 5, 2);

    (void)state;
    assert_int_equal(layout.ll, 0);
    assert_int_equal(layout.g, 1);
    assert_int_equal(layout.gd, 6);
    assert_int_equal(layout.wg, 12);
    assert_int_equal(layout.d, 18);
    assert_int_equal(layout.dd, 21);
    assert_int_equal(layout.wd, 27);
    assert_int_equal(layout.n, 33);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_isa),
        cmocka_unit_test(test_layout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
