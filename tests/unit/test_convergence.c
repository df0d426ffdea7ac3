/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * R-hat, effective sample sizes and Monte Carlo errors against R's posterior, version 1.4.0. The
 * draws are made here by the same formulas as in R; goldens are what this prints (i <- 1:200 goes
 * down a column, a chain a column):
 *
 * suppressMessages(library(posterior))
 * ar1 <- function(n, m, phi, seed, shift = 0) {
 *   s <- seed
 *   x <- matrix(0, n, m)
 *   for (k in 1:m) {
 *     v <- 0
 *     for (i in 1:n) {
 *       s <- (16807 * s) %% 2147483647
 *       v <- phi * v + (s / 2147483647 - 0.5)
 *       x[i, k] <- v + shift * k
 *     }
 *   }
 *   x
 * }
 * row <- function(x) {
 *   q <- as.numeric(quantile(x, c(.05, .5, .95)))
 *   suppressWarnings(r <- c(mean(x), sd(x), q, mcse_mean(x), mcse_sd(x), mcse_quantile(x, c(.05,
 * .5, .95)), ess_bulk(x), ess_tail(x), rhat(x))) paste(sapply(r, function(v) if (is.na(v)) "NAN"
 * else sprintf("%.16g", v)), collapse = ", ")
 * }
 * i <- matrix(1:200, 200, 4); k <- matrix(rep(1:4, each = 200), 200, 4)
 * u <- ar1(300, 4, 0, 5)
 * cases <- list(
 *   table = sin(0.7 * i + k) + 0.3 * cos(k * i^1.3) + 0.2 * (k == 4),
 *   ar_short = ar1(100, 4, 0.6, 1),
 *   ar_odd = ar1(101, 3, 0.9, 2),
 *   ar_long_odd = ar1(4001, 2, 0.5, 3),
 *   antithetic = ar1(1000, 4, -0.7, 4),
 *   far_lags = ar1(1000, 4, 0.97, 6),
 *   apart = ar1(1001, 4, 0.8, 7, 0.3),
 *   one_chain = ar1(500, 1, 0.3, 8),
 *   slow = ar1(1001, 4, 0.999, 9),
 *   many = ar1(20000, 4, 0.2, 10),
 *   discrete = floor(3 * ar1(250, 4, 0.6, 11)),
 *   binary = (ar1(501, 4, 0.4, 12) > 0.2) + 0,
 *   heavy = 1e12 / (ar1(400, 4, 0, 13) + 0.5),
 *   alternating = (-1)^matrix(1:300, 300, 4) * (1 + 0.1 * u),
 *   seven = ar1(7, 2, 0.5, 14),
 *   eleven = ar1(11, 4, 0.5, 15),
 *   twelve = ar1(12, 4, 0.5, 16),
 *   four = ar1(4, 2, 0.5, 17))
 * cat(sprintf("    {\"%s\", {%s}},\n", names(cases), sapply(cases, function(x) {y<-x; row(y)})),
 * sep = "")
 *
 * Below four draws a chain R drops a dimension of its matrix on splitting; nothing is compared.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "hblogit/diagnose.h"

enum { N_FIGURES = 13 };

typedef struct {
    const char *name;
    double figure[N_FIGURES]; /* mean, sd, q5, median, q95, their MCSEs, bulk, tail, R-hat */
} golden_case;

static const golden_case golden[] = {
    /* clang-format off */
    {"table", {0.06557525581495451, 0.7296348175394358, -1.07405140720006, 0.06950801711341192, 1.183619041456702, 0.04123379356676889, 0.01284020981248968, 0.02214290268087094, 0.1071648771263725, 0.02766978578932311, 330.5785870458208, 641.7212229629408, 1.004707260662879}},
    {"ar_short", {0.0121028897330354, 0.3492089866362137, -0.591846966982599, 0.01707694443512613, 0.567302861111792, 0.03163930246438522, 0.01352122348021634, 0.05450733252567513, 0.03775689758695457, 0.03248827284922962, 120.4664623305594, 241.5688543560917, 1.029617289354828}},
    {"ar_odd", {0.0717334904598637, 0.5966201641526093, -0.9650189522529173, 0.09290830998257635, 1.002432969019388, 0.2014054989419929, 0.07303432885036848, 0.2460113605606418, 0.2225827604411394, 0.1239836409010566, 8.98351126783241, 38.55674659291123, 1.306563923931711}},
    {"ar_long_odd", {0.006746925047944924, 0.3309797952745196, -0.5312329379903112, 0.004779251960057893, 0.5431063228744253, 0.006227060215166905, 0.002664205333143587, 0.008775293624449232, 0.006383119536671714, 0.007453066667266917, 2771.590439578585, 4279.1961187314, 1.001679021150786}},
    {"antithetic", {-0.001271881211987506, 0.4140256910767238, -0.7013766903460275, -0.003399274324030803, 0.6780381479870683, 0.00344922737531819, 0.007144934284855506, 0.01973950073703079, 0.006210730047871066, 0.01065477550719485, 14408.23996531185, 2929.657529057312, 1.00201161529819}},
    {"far_lags", {0.05058091644616381, 1.162416715685071, -1.869770593352241, 0.02931002688839345, 2.026139870743207, 0.1304078267212674, 0.06206051305156884, 0.1636275079627911, 0.1293821716648335, 0.164263973208005, 79.49639773625037, 151.0827798741223, 1.017375026596813}},
    {"apart", {0.7736571023090763, 0.598709936690258, -0.2344073045540872, 0.7924992354320218, 1.73909010392169, 0.1562187371309968, 0.01965734112592542, 0.11619105937079, 0.1634820281609823, 0.08789905012134847, 14.75447409369445, 96.73801506461021, 1.215772110598079}},
    {"one_chain", {-0.04528558649688418, 0.3078740935900123, -0.5201406885636415, -0.03584918404816066, 0.4585529800176018, 0.01734924352666518, 0.007273539551109597, 0.01930092969297134, 0.03539527364799663, 0.02251004432543818, 302.8952416842283, 438.9538334005869, 1.001263859964477}},
    {"slow", {-0.865672734786391, 3.696400347508196, -8.591265970262688, 0.05940825015335333, 3.786637247812854, 1.489415743912348, 0.6977185773572191, 1.461100478429816, 1.082735771931896, 0.5678130227580729, 6.968408980373095, 43.62291805291023, 1.587064216391413}},
    {"many", {0.001819389743640884, 0.293979526060603, -0.4573156241086926, 0.002151775239956608, 0.4583677301957677, 0.001265200879321469, 0.0005106844567653321, 0.001167884430673227, 0.002178785925341212, 0.001044750106185849, 50842.20960690278, 63344.85095673961, 1.000060038303263}},
    {"discrete", {-0.488, 1.103210348516126, -2, -1, 1, 0.06219632728153845, 0.0288120685919236, 0, 0.5, 0, 313.3916681028535, 510.6754764295673, 1.023118745204694}},
    {"binary", {0.3068862275449102, 0.4613168814732903, 0, 0, 1, 0.01348575529778637, 0.005645327939538071, 0, 0, NAN, 1170.167804517988, NAN, 1.000625128614597}},
    {"heavy", {18174381476175.5, 291908777182894.3, 1051076926379.187, 1914354636804.206, 20168518901087.77, 7293228530177.928, 110778365791977.6, 4302525915.407227, 52696981125.37, 2258068041356.098, 1538.036074556254, 1566.841026209849, 1.003193577014904}},
    {"alternating", {0.0007913798418011125, 1.000224081615257, -1.03968854393097, 3.12062679003744e-05, 1.037998214705381, 0.01645466545664524, 0.0007923095570936526, 0.001535984618373232, 0.9542296945835602, 0.001031305059339571, 3595.52629861033, 1299.034248976179, 0.9992591401690819}},
    {"seven", {-0.1511480167627808, 0.21747194433281, -0.4735664282267553, -0.05698959493127282, 0.1030227290917061, 0.08878254949772207, 0.03400931996270533, 0.05209232773874764, 0.1894704161468406, 0.07051568154211423, 6, 6, 0.9898228595084194}},
    {"eleven", {0.09759726842398304, 0.3465544444011528, -0.4829367670242287, 0.1284137248146615, 0.6225224235090823, 0.0774919295585649, 0.04564875936581365, 0.139086892733269, 0.09774249522801634, 0.1217962186150177, 20, 20, 1.257747182007674}},
    {"twelve", {-0.06231201825135942, 0.3873910128177316, -0.6501910928022009, -0.05874627547571262, 0.5783664601661016, 0.08123683140905982, 0.03625683825213072, 0.05836945186389142, 0.1088493769626492, 0.115072089942866, 22.45365761401368, 39.05735882614494, 1.173154546328415}},
    {"four", {-0.06689799906803434, 0.363519490757806, -0.5089176334307611, 0.0446113120914024, 0.3268726242525724, NAN, NAN, NAN, NAN, NAN, NAN, NAN, 1.860284621202699}},
    /* clang-format on */
};

/* ---- the draws ---- */

typedef struct {
    size_t n, m;
    double *x;
} draws;

static draws draws_alloc(size_t n, size_t m)
{
    draws d = {n, m, malloc(n * m * sizeof(double))};

    assert_non_null(d.x);
    return d;
}

/* v_i = phi v_{i-1} + u_i, u from Lehmer's generator, whose integers doubles hold exactly. */
static draws ar1(size_t n, size_t m, double phi, long seed, double shift)
{
    draws d = draws_alloc(n, m);
    long long s = seed;

    for (size_t k = 0; k < m; k++) {
        double v = 0;
        for (size_t i = 0; i < n; i++) {
            s = 16807 * s % 2147483647;
            v = phi * v + ((double)s / 2147483647 - 0.5);
            d.x[k * n + i] = v + shift * (double)(k + 1);
        }
    }
    return d;
}

static draws of_table(void)
{
    draws d = draws_alloc(200, 4);

    for (size_t k = 1; k <= 4; k++)
        for (size_t i = 1; i <= 200; i++)
            d.x[(k - 1) * 200 + i - 1] = sin(0.7 * (double)i + (double)k) +
                                         0.3 * cos((double)k * pow((double)i, 1.3)) +
                                         (k == 4 ? 0.2 : 0);
    return d;
}

static draws mapped(draws d, double (*f)(double x, size_t i))
{
    for (size_t j = 0; j < d.n * d.m; j++)
        d.x[j] = f(d.x[j], j % d.n);
    return d;
}

static double in_thirds(double x, size_t i)
{
    (void)i;
    return floor(3 * x);
}

static double is_high(double x, size_t i)
{
    (void)i;
    return x > 0.2;
}

static double reciprocal(double x, size_t i)
{
    (void)i;
    return 1e12 / (x + 0.5);
}

static double turned(double x, size_t i)
{
    return (i % 2 ? 1 : -1) * (1 + 0.1 * x);
}

static draws draws_of_case(size_t number)
{
    switch (number) {
    case 0:
        return of_table();
    case 1:
        return ar1(100, 4, 0.6, 1, 0);
    case 2:
        return ar1(101, 3, 0.9, 2, 0);
    case 3:
        return ar1(4001, 2, 0.5, 3, 0);
    case 4:
        return ar1(1000, 4, -0.7, 4, 0);
    case 5:
        return ar1(1000, 4, 0.97, 6, 0);
    case 6:
        return ar1(1001, 4, 0.8, 7, 0.3);
    case 7:
        return ar1(500, 1, 0.3, 8, 0);
    case 8:
        return ar1(1001, 4, 0.999, 9, 0);
    case 9:
        return ar1(20000, 4, 0.2, 10, 0);
    case 10:
        return mapped(ar1(250, 4, 0.6, 11, 0), in_thirds);
    case 11:
        return mapped(ar1(501, 4, 0.4, 12, 0), is_high);
    case 12:
        return mapped(ar1(400, 4, 0, 13, 0), reciprocal);
    case 13:
        return mapped(ar1(300, 4, 0, 5, 0), turned);
    case 14:
        return ar1(7, 2, 0.5, 14, 0);
    case 15:
        return ar1(11, 4, 0.5, 15, 0);
    case 16:
        return ar1(12, 4, 0.5, 16, 0);
    default:
        return ar1(4, 2, 0.5, 17, 0);
    }
}

/* ---- tests ---- */

static void figures_of(const hbl_convergence *r, double f[N_FIGURES])
{
    const double list[N_FIGURES] = {
        r->mean,    r->sd,          r->q5,       r->median,   r->q95,      r->mcse_mean, r->mcse_sd,
        r->mcse_q5, r->mcse_median, r->mcse_q95, r->ess_bulk, r->ess_tail, r->rhat};
    for (size_t j = 0; j < N_FIGURES; j++)
        f[j] = list[j];
}

static hbl_convergence computed(const double *x, size_t n, size_t m)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_convergence result;

    assert_int_equal(hbl_convergence_compute(x, n, m, &result, &error), HBL_OK);
    return result;
}

static void equals_posterior(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof golden / sizeof *golden; c++) {
        draws d = draws_of_case(c);
        const hbl_convergence result = computed(d.x, d.n, d.m);
        double f[N_FIGURES];

        figures_of(&result, f);
        for (size_t j = 0; j < N_FIGURES; j++) {
            const double want = golden[c].figure[j], scale = fmax(fabs(want), 1e-3);
            if (isnan(want) != isnan(f[j]) || fabs(f[j] - want) > 1e-9 * scale)
                fail_msg("%s, figure %zu: %.16g instead of %.16g", golden[c].name, j, f[j], want);
        }
        free(d.x);
    }
}

static void of_constant_draws_only_location_is_known(void **state)
{
    double x[40], f[N_FIGURES];
    hbl_convergence result;

    (void)state;
    for (size_t i = 0; i < 40; i++)
        x[i] = 0.1;
    result = computed(x, 20, 2);
    figures_of(&result, f);
    assert_true(f[0] == 0.1 && f[1] == 0 && f[2] == 0.1 && f[3] == 0.1 && f[4] == 0.1);
    for (size_t j = 5; j < N_FIGURES; j++)
        assert_true(isnan(f[j]));
}

/* Each chain stuck at a value of its own: within-chain variance 0, and R-hat knows no bound. */
static void stuck_chains_do_not_pass(void **state)
{
    double x[80];
    hbl_convergence result;

    (void)state;
    for (size_t i = 0; i < 80; i++)
        x[i] = (double)((i / 20) * (i / 20));
    result = computed(x, 20, 4);
    assert_true(isinf(result.rhat));
    assert_true(result.ess_bulk < 10);
}

static void not_finite_gives_nan(void **state)
{
    const double bad[] = {NAN, INFINITY, -INFINITY};
    draws d = ar1(50, 2, 0.5, 1, 0);

    (void)state;
    for (size_t b = 0; b < 3; b++) {
        hbl_convergence result;
        double f[N_FIGURES];

        d.x[77] = bad[b];
        result = computed(d.x, d.n, d.m);
        figures_of(&result, f);
        for (size_t j = 0; j < N_FIGURES; j++)
            assert_true(isnan(f[j]));
    }
    free(d.x);
}

static void few_draws_give_nan(void **state)
{
    draws d = ar1(3, 4, 0.5, 18, 0);

    (void)state;
    for (size_t n = 1; n <= 3; n++) {
        const hbl_convergence result = computed(d.x, n, 4);
        assert_true(isnan(result.rhat) && isnan(result.ess_bulk) && isnan(result.ess_tail));
        assert_true(isnan(result.mcse_mean) && isfinite(result.mean));
    }
    free(d.x);
}

static void no_draws_is_an_error(void **state)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_convergence result;

    (void)state;
    assert_int_equal(hbl_convergence_compute(NULL, 0, 4, &result, &error), HBL_ERR_INPUT);
    assert_string_equal(error.message, "no draws to diagnose");
}

/* Ranks do not care for scale or sign of zero, order of chains does not matter. */
static void invariances(void **state)
{
    draws d = ar1(200, 4, 0.7, 3, 0), e = ar1(200, 4, 0.7, 3, 0);
    hbl_convergence a, b;

    (void)state;
    for (size_t k = 0; k < 4; k++)
        for (size_t i = 0; i < 200; i++)
            e.x[k * 200 + i] = 1e-200 * d.x[(3 - k) * 200 + i];
    a = computed(d.x, 200, 4);
    b = computed(e.x, 200, 4);
    assert_true(fabs(a.rhat - b.rhat) < 1e-12);
    assert_true(fabs(a.ess_bulk / b.ess_bulk - 1) < 1e-10);
    assert_true(fabs(a.ess_tail / b.ess_tail - 1) < 1e-10);
    for (size_t i = 0; i < 800; i++) {
        d.x[i] = i % 3 ? 0.0 : (double)i;
        e.x[i] = i % 3 ? (i % 2 ? 0.0 : -0.0) : (double)i;
    }
    a = computed(d.x, 200, 4);
    b = computed(e.x, 200, 4);
    assert_true(a.rhat == b.rhat && a.ess_bulk == b.ess_bulk);
    free(d.x);
    free(e.x);
}

/* Every instruction set gives the same bits: the same draws have the same figures on all machines.
 * Names that a machine does not know leave it at its best. */
static void of_every_isa(void **state)
{
    static const char *const names[] = {"sse2", "avx2", "avx512", "baseline"};
    draws d = ar1(200, 4, 0.9, 3, 0);
    const hbl_convergence best = computed(d.x, 200, 4);

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        hbl_convergence a;
        assert_int_equal(setenv("HBLOGIT_ISA", names[i], 1), 0);
        a = computed(d.x, 200, 4);
        assert_memory_equal(&a, &best, sizeof a);
    }
    unsetenv("HBLOGIT_ISA");
    free(d.x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_posterior),
        cmocka_unit_test(of_constant_draws_only_location_is_known),
        cmocka_unit_test(stuck_chains_do_not_pass),
        cmocka_unit_test(not_finite_gives_nan),
        cmocka_unit_test(few_draws_give_nan),
        cmocka_unit_test(no_draws_is_an_error),
        cmocka_unit_test(invariances),
        cmocka_unit_test(of_every_isa),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
