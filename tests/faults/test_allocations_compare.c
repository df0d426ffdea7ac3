/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Allocations of comparisons, tests and posterior probabilities made to fail in turn: it is told,
 * and nothing is left behind.
 */
#define _GNU_SOURCE /* RTLD_NEXT, sched_setaffinity */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "faults/own_allocator.h"

#ifdef OWN_ALLOCATOR

int main(void)
{
    puts("a sanitizer's allocator cannot be stood in for");
    return 77;
}

#else

#include "faults/allocations.h"
#include "hblogit/compare.h"
#include "hblogit/run.h"
#include "hblogit/test.h"
#include "unit/run_fixture.h"

static run_fixture fixture;
static char folder[3][128]; /* of runs by mnl, msl and hb */
enum { MNL, MSL, HB };

static int fit_all(void **state)
{
    static const char *const independent[] = {"correlation=none"};
    static const char *const method[] = {"method=mnl", "method=msl", "method=hb"};

    cpu_set_t one;

    (void)state;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one); /* one processor, one thread: then allocations have an order */
    if (sched_setaffinity(0, sizeof one, &one) || !fixture_open(&fixture, independent, 1))
        return -1;
    for (int m = 0; m < 3; m++) {
        const char *const setting[] = {method[m], "correlation=none", "msl.draws=50",
                                       "hb.chains=2"};
        const hbl_fit_options options = {.directory = folder[m], .threads = 1};
        hbl_spec *spec = NULL;
        int status;

        snprintf(folder[m], sizeof folder[m], "%s/%d", fixture.folder, m);
        status = hbl_spec_read(fixture.spec->path, setting, 4, &spec, NULL);
        if (!status)
            status = hbl_fit(spec, fixture.model, &options, NULL);
        hbl_spec_free(spec);
        if (status)
            return -1;
    }
    return 0;
}

static int clean_up(void **state)
{
    (void)state;
    fixture_close(&fixture);
    return 0;
}

/* ---- stages ---- */

static int compare_runs(hbl_error *error)
{
    const char *const runs[] = {folder[HB], folder[MSL], folder[MNL]};
    const hbl_compare_options options = {.threads = 1};
    hbl_comparison *c = NULL;
    const int status = hbl_compare(runs, 3, &options, &c, error);

    hbl_comparison_free(c);
    return status;
}

static int test_wald(hbl_error *error)
{
    static const char *const hypothesis[] = {"price = speed", "sd.price"};
    hbl_estimates *e = NULL;
    hbl_test *test = NULL;
    int status = hbl_estimates_read(folder[MSL], &e, error);

    if (!status)
        status = hbl_test_wald(e, hypothesis, 2, &test, error);
    hbl_test_free(test);
    hbl_estimates_free(e);
    return status;
}

static int test_likelihood_ratio(hbl_error *error)
{
    hbl_test *test = NULL;
    const int status = hbl_test_likelihood_ratio(folder[MNL], folder[MSL], &test, error);

    hbl_test_free(test);
    return status;
}

static int test_score(hbl_error *error)
{
    static const char *const setting[] = {"correlation=none", "msl.draws=50"};
    hbl_test *test = NULL;
    const int status = hbl_test_score(folder[MNL], fixture.spec->path, setting, 2, 1, &test, error);

    hbl_test_free(test);
    return status;
}

static int test_posterior(hbl_error *error)
{
    static const char *const hypothesis[] = {"price < speed", "sd.price > 1"};
    hbl_posterior *posterior = NULL;
    const int status = hbl_posterior_test(folder[HB], hypothesis, 2, &posterior, error);

    hbl_posterior_free(posterior);
    return status;
}

/* A buffer that the C library does not get for a stream, a block of the file system, it does
 * without, and a block that cannot be made smaller serves as it is; a file that cannot be opened
 * for want of memory is a file that cannot be opened; libcsv, refused a longer buffer, asks for
 * half of it. */
static bool is_told(int status, const hbl_error *error)
{
    enum { BUFFER = 4096, OF_LIBCSV = 128 };

    return status == HBL_ERR_MEMORY || (status && strstr(error->message, strerror(ENOMEM))) ||
           (!status &&
            (allocations.size == BUFFER || allocations.size == OF_LIBCSV || allocations.shrinking));
}

/* Every allocation of a stage, or as many of them, evenly, as a second or so allows. */
static void fail_in_turn(int (*stage)(hbl_error *))
{
    enum { MOST = 250 };
    hbl_error error = HBL_ERROR_INIT;
    int64_t live;
    uint64_t n;

    if (stage(&error)) /* once for what the C library keeps */
        fail_msg("%s", error.message);
    live = allocations.live;
    allocations_begin(0);
    assert_int_equal(stage(&error), HBL_OK);
    n = allocations.n;
    assert_int_equal(allocations.live, live);
    if (n == 0)
        skip(); /* another program, such as valgrind, has taken them over */
    for (uint64_t k = 1; k <= n; k += 1 + n / MOST) {
        int status;
        error = (hbl_error)HBL_ERROR_INIT;
        allocations_begin(k);
        status = stage(&error);
        assert_true(allocations_end());
        if (!is_told(status, &error))
            fail_msg("allocation %" PRIu64 " of %" PRIu64 ", %zu bytes: status %d, \"%s\"", k, n,
                     allocations.size, status, error.message);
        assert_true(!status == !*error.message);
        if (allocations.live != live)
            fail_msg("allocation %" PRIu64 " of %" PRIu64 " failed: %" PRId64 " blocks are left", k,
                     n, allocations.live - live);
    }
}

static void of_comparisons(void **state)
{
    (void)state;
    fail_in_turn(compare_runs);
}

static void of_tests(void **state)
{
    (void)state;
    fail_in_turn(test_wald);
    fail_in_turn(test_likelihood_ratio);
    fail_in_turn(test_score);
}

static void of_posterior_probabilities(void **state)
{
    (void)state;
    fail_in_turn(test_posterior);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_comparisons),
        cmocka_unit_test(of_tests),
        cmocka_unit_test(of_posterior_probabilities),
    };
    return cmocka_run_group_tests(tests, fit_all, clean_up);
}

#endif
