/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Trajectories of a block of persons against plain code of one person at a time, and what they are
 * for: with a quadratic log-likelihood, in its own metric, they are rotations; on every instruction
 * set.
 */
#include "hb/trajectory.h"

#include "unit/lanes_fixture.h"

/* A block whose log-likelihoods are -(theta - peak)'H(theta - peak)/2, H + P = (W'W)^-1 or another
 * shape. */
typedef struct {
    size_t K;
    double mu[MOST], precision[MOST * MOST];
    double *theta, *momentum, *noise, *gradient, *log_likelihood; /* where it starts */
    double *factor, *step, *peak, *hessian;                       /* [K * K][lane] the last */
    hbl_trajectory t;
    double *end_log_likelihood, *log_ratio;
} block;

static block block_of(size_t K)
{
    block b = {.K = K,
               .theta = rows_of(K),
               .momentum = rows_of(K),
               .noise = rows_of(K),
               .gradient = rows_of(K),
               .log_likelihood = rows_of(1),
               .factor = rows_of(HBL_TRIANGLE(K)),
               .step = rows_of(1),
               .peak = rows_of(K),
               .hessian = rows_of(K * K),
               .end_log_likelihood = rows_of(1),
               .log_ratio = rows_of(1)};

    for (size_t i = 0; i < K; i++) {
        b.mu[i] = number();
        for (size_t j = 0; j <= i; j++)
            b.precision[i * K + j] = b.precision[j * K + i] =
                0.3 * number() + (i == j ? (double)K : 0);
        for (size_t l = 0; l < L; l++)
            b.factor[(HBL_TRIANGLE(i) + i) * L + l] += 2;
    }
    for (size_t l = 0; l < L; l++)
        b.step[l] = 0.8 + 0.7 * number();
    b.t = (hbl_trajectory){.factor = b.factor,
                           .step = b.step,
                           .theta = rows_of(K),
                           .momentum = rows_of(K),
                           .gradient = rows_of(K),
                           .energy = rows_of(1)};
    return b;
}

static void block_free(block *b)
{
    free(b->theta), free(b->momentum), free(b->noise), free(b->gradient), free(b->log_likelihood);
    free(b->factor), free(b->step), free(b->peak), free(b->hessian);
    free(b->t.theta), free(b->t.momentum), free(b->t.gradient), free(b->t.energy);
    free(b->end_log_likelihood), free(b->log_ratio);
}

static double factor_at(const block *b, size_t i, size_t j, size_t l)
{
    return j <= i ? b->factor[(HBL_TRIANGLE(i) + j) * L + l] : 0;
}

/* H = (W'W)^-1 - P by solving W'W x = e_j with two substitutions. */
static void fit_hessian(block *b)
{
    const size_t K = b->K;

    for (size_t l = 0; l < L; l++)
        for (size_t j = 0; j < K; j++) {
            double x[MOST] = {0};
            x[j] = 1;
            for (size_t i = K; i-- > 0;) { /* W'y = e_j */
                for (size_t m = i + 1; m < K; m++)
                    x[i] -= factor_at(b, m, i, l) * x[m];
                x[i] /= factor_at(b, i, i, l);
            }
            for (size_t i = 0; i < K; i++) { /* W x = y */
                for (size_t m = 0; m < i; m++)
                    x[i] -= factor_at(b, i, m, l) * x[m];
                x[i] /= factor_at(b, i, i, l);
            }
            for (size_t i = 0; i < K; i++)
                b->hessian[(i * K + j) * L + l] = x[i] - b->precision[i * K + j];
        }
}

static void evaluate(const block *b, const double *theta, double *log_likelihood, double *gradient)
{
    for (size_t l = 0; l < L; l++) {
        log_likelihood[l] = 0;
        for (size_t i = 0; i < b->K; i++) {
            gradient[i * L + l] = 0;
            for (size_t j = 0; j < b->K; j++)
                gradient[i * L + l] -=
                    b->hessian[(i * b->K + j) * L + l] * (theta[j * L + l] - b->peak[j * L + l]);
            log_likelihood[l] +=
                0.5 * gradient[i * L + l] * (theta[i * L + l] - b->peak[i * L + l]);
        }
    }
}

static void run(const hbl_trajectory_steps *steps, block *b, double keep, int n_steps)
{
    b->t.mu = b->mu;
    b->t.precision = b->precision;
    evaluate(b, b->theta, b->log_likelihood, b->gradient);
    steps->start(b->K, &b->t, keep, b->noise, b->momentum, b->theta, b->gradient);
    for (int step = 1; step < n_steps; step++) {
        evaluate(b, b->t.theta, b->end_log_likelihood, b->t.gradient);
        steps->next(b->K, &b->t);
    }
    evaluate(b, b->t.theta, b->end_log_likelihood, b->t.gradient);
    steps->finish(b->K, &b->t, b->log_likelihood, b->end_log_likelihood, b->log_ratio);
}

/* ---- against plain code ---- */

typedef struct {
    double theta[MOST], momentum[MOST], log_likelihood, quadratic;
} person;

/* Log-likelihood and d'P d at the person's theta; kicks its momentum. */
static void plain_kick(const block *b, size_t l, double by, person *p)
{
    double force[MOST];

    p->log_likelihood = p->quadratic = 0;
    for (size_t i = 0; i < b->K; i++) {
        double g = 0, q = 0;
        for (size_t j = 0; j < b->K; j++) {
            g -= b->hessian[(i * b->K + j) * L + l] * (p->theta[j] - b->peak[j * L + l]);
            q += b->precision[i * b->K + j] * (p->theta[j] - b->mu[j]);
        }
        force[i] = g - q;
        p->log_likelihood += 0.5 * g * (p->theta[i] - b->peak[i * L + l]);
        p->quadratic += q * (p->theta[i] - b->mu[i]);
    }
    for (size_t i = 0; i < b->K; i++)
        for (size_t j = 0; j <= i; j++)
            p->momentum[i] += by * factor_at(b, i, j, l) * force[j];
}

static void plain_drift(const block *b, size_t l, double by, person *p)
{
    for (size_t i = 0; i < b->K; i++)
        for (size_t j = 0; j <= i; j++)
            p->theta[j] += by * factor_at(b, i, j, l) * p->momentum[i];
}

/* ln posterior density less the kinetic energy, of what plain_kick left. */
static double plain_density(const block *b, const person *p, const double *momentum)
{
    double density = p->log_likelihood - 0.5 * p->quadratic;

    for (size_t k = 0; k < b->K; k++)
        density -= 0.5 * momentum[k] * momentum[k];
    return density;
}

static void check_person(const block *b, const double *kept, double keep, int n_steps, size_t l)
{
    const double angle = 2 * atan(b->step[l] / 2);
    double refreshed[MOST], start;
    person p;

    for (size_t k = 0; k < b->K; k++) {
        refreshed[k] = keep * kept[k * L + l] + sqrt(1 - keep * keep) * b->noise[k * L + l];
        near(b->momentum[k * L + l], refreshed[k], 1);
        p.theta[k] = b->theta[k * L + l];
        p.momentum[k] = refreshed[k];
    }
    plain_kick(b, l, tan(angle / 2), &p);
    start = plain_density(b, &p, refreshed);
    for (int step = 1; step <= n_steps; step++) {
        plain_drift(b, l, sin(angle), &p);
        plain_kick(b, l, (step == n_steps ? 1 : 2) * tan(angle / 2), &p);
    }
    for (size_t k = 0; k < b->K; k++) {
        near(b->t.theta[k * L + l], p.theta[k], 1e3 * (1 + fabs(p.theta[k])));
        near(b->t.momentum[k * L + l], p.momentum[k], 1e3 * (1 + fabs(p.momentum[k])));
    }
    near(b->log_ratio[l], plain_density(b, &p, p.momentum) - start,
         1e4 * (fabs(start) + fabs(b->log_ratio[l])));
}

static void check_plain(const hbl_trajectory_steps *steps, size_t K, double keep, int n_steps)
{
    block b = block_of(K);
    double *kept = rows_of(K);

    memcpy(kept, b.momentum, K * L * sizeof *kept);
    for (size_t i = 0; i < K; i++) /* any symmetric Hessian */
        for (size_t j = 0; j < i; j++)
            memcpy(b.hessian + (i * K + j) * L, b.hessian + (j * K + i) * L, L * sizeof *b.hessian);
    run(steps, &b, keep, n_steps);
    for (size_t l = 0; l < L; l++)
        check_person(&b, kept, keep, n_steps, l);
    free(kept);
    block_free(&b);
}

/* ---- what they are for ---- */

/* In the metric of a quadratic target no step is too long, and forth and back is where it began. */
static void check_rotation(const hbl_trajectory_steps *steps, size_t K)
{
    block b = block_of(K);
    double *start = rows_of(K);

    fit_hessian(&b);
    memcpy(start, b.theta, K * L * sizeof *start);
    run(steps, &b, 0.4, 3);
    for (size_t l = 0; l < L; l++)
        near(b.log_ratio[l], 0, 1e4 * (double)(K * K));
    memcpy(b.theta, b.t.theta, K * L * sizeof *start);
    for (size_t i = 0; i < K * L; i++)
        b.momentum[i] = -b.t.momentum[i];
    run(steps, &b, 1, 3);
    for (size_t i = 0; i < K * L; i++)
        near(b.t.theta[i], start[i], 1e4 * (double)(K * K));
    free(start);
    block_free(&b);
}

/* ---- on every instruction set ---- */

static void check_table(const hbl_lanes *lanes)
{
    const hbl_trajectory_steps *steps = hbl_trajectory_steps_best();

    (void)lanes;
    for (size_t s = 0; s < N_SIZES; s++) {
        check_plain(steps, sizes[s], 0, 1);
        check_plain(steps, sizes[s], 0.4, 3);
        check_rotation(steps, sizes[s]);
    }
}

static void test_every_isa(void **state)
{
    (void)state;
    check_on_every_isa(check_table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_isa)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
