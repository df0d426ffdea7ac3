/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Simulated likelihood: value against loops written out, gradient against differences for every
 * distribution and part, threads, memory, names.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "unit/msl_fixture.h"

/* ---- value ---- */

static void value_as_written_out(void **state)
{
    survey s = survey_make(&everything);
    hbl_msl *msl = alloc(s.model, "halton", DRAWS, 1);
    double p[MOST], u[DRAWS * 3], z[DRAWS * 3], person[PERSONS], total = 0, value;

    (void)state;
    s.panel->weight = weights_of(PERSONS);
    somewhere(msl, p);
    assert_int_equal(hbl_msl_evaluate(msl, p, &value, NULL, NULL, person, NULL), HBL_OK);
    for (size_t n = 0; n < PERSONS; n++) {
        double sum = 0, beta[8];
        hbl_points_normals(&msl->draws.points, n, DRAWS, false, u, z);
        for (size_t r = 0; r < DRAWS; r++) {
            plain_beta(msl, n, p, z + r * 3, beta);
            sum += exp(plain_likelihood(s.model, n, beta)) / DRAWS;
        }
        assert_true(fabs(person[n] - log(sum)) < 1e-11 * fabs(log(sum)));
        total += s.panel->weight[n] * log(sum);
    }
    assert_true(fabs(value - total) < 1e-11 * fabs(total));
    hbl_msl_free(msl);
    survey_free(&s);
}

/* Likelihoods whose exp underflows for every draw: the sum is taken on the log scale. */
static void far_out_in_the_tails(void **state)
{
    const survey_shape shape = {.persons = 20,
                                .tasks_min = 10,
                                .tasks_max = 10,
                                .alternatives_min = 3,
                                .alternatives_max = 3,
                                .n_random = 2,
                                .seed = 2};
    survey s = survey_make(&shape);
    hbl_msl *msl = alloc(s.model, "pseudo", 64, 1);
    double p[MOST], person[20], value, u[128], z[128];

    (void)state;
    somewhere(msl, p);
    p[0] = -900, p[1] = 700;
    assert_int_equal(hbl_msl_evaluate(msl, p, &value, NULL, NULL, person, NULL), HBL_OK);
    for (size_t n = 0; n < 20; n++) {
        double ll[64], most = -INFINITY, sum = 0, beta[2];
        hbl_points_normals(&msl->draws.points, n, 64, false, u, z);
        for (size_t r = 0; r < 64; r++) {
            plain_beta(msl, n, p, z + r * 2, beta);
            ll[r] = 0;
            for (size_t t = s.panel->person_task[n]; t < s.panel->person_task[n + 1]; t++) {
                double over = 0;
                const double *x = s.model->x, *c = x + 2 * s.panel->task_chosen[t];
                for (size_t row = s.panel->task_row[t]; row < s.panel->task_row[t + 1]; row++)
                    over = fmax(over,
                                (x[2 * row] - c[0]) * beta[0] + (x[2 * row + 1] - c[1]) * beta[1]);
                double below = 0;
                for (size_t row = s.panel->task_row[t]; row < s.panel->task_row[t + 1]; row++)
                    below += exp((x[2 * row] - c[0]) * beta[0] + (x[2 * row + 1] - c[1]) * beta[1] -
                                 over);
                ll[r] -= over + log(below);
            }
            most = fmax(most, ll[r]);
        }
        for (size_t r = 0; r < 64; r++)
            sum += exp(ll[r] - most) / 64;
        assert_true(fabs(person[n] - (most + log(sum))) < 1e-10 * fabs(most));
    }
    assert_true(value < -5000);
    hbl_msl_free(msl);
    survey_free(&s);
}

/* ---- gradient ---- */

/* Central differences of the fourth order. */
static double difference(hbl_msl *msl, const double *parameter, size_t i)
{
    const double h = 1e-4;
    double p[MOST], value[4];

    memcpy(p, parameter, msl->n_parameters * sizeof *p);
    for (int j = 0; j < 4; j++) {
        p[i] = parameter[i] + h * (double[]){-2, -1, 1, 2}[j];
        value[j] = at(msl, p);
    }
    return (value[0] - 8 * value[1] + 8 * value[2] - value[3]) / (12 * h);
}

static void check_gradient(hbl_msl *msl, const double *p, const char *what)
{
    const size_t n = msl->n_parameters, N = msl->model->panel->n_persons;
    double *scores = survey_allocate(N * n, sizeof *scores), gradient[MOST], value;

    assert_int_equal(hbl_msl_evaluate(msl, p, &value, gradient, scores, NULL, NULL), HBL_OK);
    assert_true(value == at(msl, p));
    for (size_t i = 0; i < n; i++) {
        const double wanted = difference(msl, p, i);
        double sum = 0;

        if (!(fabs(gradient[i] - wanted) < 1e-7 * fmax(1, fabs(wanted))))
            fail_msg("%s: d LL / d %s is %.12g, by differences %.12g", what, msl->parameter[i].name,
                     gradient[i], wanted);
        for (size_t j = 0; j < N; j++)
            sum +=
                (msl->model->panel->weight ? msl->model->panel->weight[j] : 1) * scores[j * n + i];
        assert_true(fabs(sum - gradient[i]) < 1e-10 * fmax(1, fabs(wanted)));
    }
    free(scores);
}

static void gradients_of_every_distribution(void **state)
{
    (void)state;
    for (size_t d = 0; hbl_mixings[d]; d++) {
        survey s = survey_make(&everything);
        hbl_msl *msl;
        double p[MOST];

        s.panel->weight = weights_of(PERSONS);
        s.model->mixing[0] = hbl_mixings[d];
        msl = alloc(s.model, "mlhs", DRAWS, 1);
        somewhere(msl, p);
        check_gradient(msl, p, hbl_mixings[d]->name);
        p[hbl_msl_diagonal(msl, 0)] *= -1; /* on the way a spread may be negative */
        check_gradient(msl, p, hbl_mixings[d]->name);
        hbl_msl_free(msl);
        survey_free(&s);
    }
}

/* A full covariance of transformed coefficients. */
static void gradient_of_a_full_covariance(void **state)
{
    static const char *const names[] = {"lognormal", "johnson-sb", "normal", "negative-normal"};
    survey_shape shape = everything;
    survey s;
    hbl_msl *msl;
    double p[MOST];

    (void)state;
    shape.n_random = 4;
    shape.distribution = names;
    shape.block_of = NULL;
    s = survey_make(&shape);
    msl = alloc(s.model, "sobol", DRAWS, 1);
    somewhere(msl, p);
    check_gradient(msl, p, "full covariance");
    hbl_msl_free(msl);
    survey_free(&s);
}

/* ---- threads and memory ---- */

static void threads_give_the_same_bits(void **state)
{
    survey s = survey_make(&everything);
    hbl_msl *one = alloc(s.model, "halton", 133, 1), *two = alloc(s.model, "halton", 133, 2);
    double p[MOST], a[MOST + 1], b[MOST + 1];

    (void)state;
    somewhere(one, p);
    assert_int_equal(hbl_msl_evaluate(one, p, a, a + 1, NULL, NULL, NULL), HBL_OK);
    assert_int_equal(hbl_msl_evaluate(two, p, b, b + 1, NULL, NULL, NULL), HBL_OK);
    assert_memory_equal(a, b, (1 + one->n_parameters) * sizeof *a);
    hbl_msl_free(one);
    hbl_msl_free(two);
    survey_free(&s);
}

/* Draws that do not fit are made anew, and are the same. */
static void draws_kept_or_made_anew(void **state)
{
    survey s = survey_make(&everything);
    const hbl_msl_settings settings = settings_of("halton", 77);
    hbl_msl *msl = alloc(s.model, "halton", 77, 1);
    hbl_msl_draws draws = {.kept = NULL};
    double *scratch;

    (void)state;
    assert_int_equal(
        hbl_msl_draws_init(&draws, msl->likelihood, 3, &settings, PERSONS, 1000, 1, NULL), HBL_OK);
    assert_null(draws.kept);
    scratch = survey_allocate(hbl_msl_draws_scratch(&draws), sizeof *scratch);
    for (size_t block = 0; block < hbl_likelihood_n_blocks(msl->likelihood); block++)
        assert_memory_equal(hbl_msl_draws_block(&draws, msl->likelihood, block, scratch),
                            hbl_msl_draws_block(&msl->draws, msl->likelihood, block, NULL),
                            77 * 3 * HBL_LANES * sizeof(double));
    free(scratch);
    hbl_msl_draws_clear(&draws);
    hbl_msl_free(msl);
    survey_free(&s);
}

/* An evaluation with draws that are made block by block has the same bits. */
static void evaluated_without_keeping_draws(void **state)
{
    survey s = survey_make(&everything);
    const hbl_msl_settings settings = settings_of("mlhs", 77);
    double p[MOST], kept[MOST + 1], anew[MOST + 1];

    (void)state;
    for (int threads = 1; threads <= 2; threads++) {
        hbl_msl *msl = alloc(s.model, "mlhs", 77, threads);
        somewhere(msl, p);
        assert_int_equal(hbl_msl_evaluate(msl, p, kept, kept + 1, NULL, NULL, NULL), HBL_OK);
        hbl_msl_objective_clear(msl);
        hbl_msl_draws_clear(&msl->draws);
        assert_int_equal(hbl_msl_draws_init(&msl->draws, msl->likelihood, 3, &settings, PERSONS,
                                            1000, threads, NULL),
                         HBL_OK);
        assert_int_equal(hbl_msl_objective_init(msl, NULL), HBL_OK);
        assert_null(msl->draws.kept);
        assert_int_equal(hbl_msl_evaluate(msl, p, anew, anew + 1, NULL, NULL, NULL), HBL_OK);
        assert_memory_equal(kept, anew, (1 + msl->n_parameters) * sizeof *kept);
        hbl_msl_free(msl);
    }
    survey_free(&s);
}

/* ---- parameters ---- */

static void names_and_packing(void **state)
{
    static const char *const names[] = {"x1",         "x2",         "x3",        "x1:x1", "x2:x1",
                                        "x3:x1",      "x1:x2",      "x2:x2",     "x3:x2", "sd.x1",
                                        "chol.x2:x2", "chol.x3:x2", "chol.x3:x3"};
    const double mu[] = {1, 2, 3}, delta[] = {4, 5, 6, 7, 8, 9}, fixed[] = {10, 11};
    const double omega[] = {4, 99, 99, 99, 9, 3, 99, 3, 5};
    double bad[9], p[MOST];
    survey s = survey_make(&everything);
    hbl_msl *msl = alloc(s.model, "halton", 10, 1);

    (void)state;
    assert_int_equal(hbl_msl_n_parameters(msl), 15);
    for (size_t i = 0; i < 13; i++)
        assert_string_equal(hbl_msl_parameters(msl)[i].name, names[i]);
    assert_int_equal(hbl_msl_pack(msl, mu, delta, omega, fixed, p, NULL), HBL_OK);
    for (size_t i = 0; i < 9; i++)
        assert_true(p[i] == (double)(i + 1));
    assert_true(p[9] == 2 && p[10] == 3 && p[11] == 1 && p[12] == 2);
    assert_true(p[13] == 10 && p[14] == 11);
    memcpy(bad, omega, sizeof bad);
    bad[8] = 0.5;
    assert_int_equal(hbl_msl_pack(msl, mu, NULL, bad, fixed, p, NULL), HBL_ERR_NUMERIC);
    hbl_msl_free(msl);
    survey_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(value_as_written_out),
        cmocka_unit_test(far_out_in_the_tails),
        cmocka_unit_test(gradients_of_every_distribution),
        cmocka_unit_test(gradient_of_a_full_covariance),
        cmocka_unit_test(threads_give_the_same_bits),
        cmocka_unit_test(draws_kept_or_made_anew),
        cmocka_unit_test(evaluated_without_keeping_draws),
        cmocka_unit_test(names_and_packing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
