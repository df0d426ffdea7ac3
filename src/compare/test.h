/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the tests share.
 */
#ifndef HBL_COMPARE_TEST_H
#define HBL_COMPARE_TEST_H

#include "hblogit/test.h"

int hbl_test_alloc(const char *name, hbl_test **test, hbl_error *error);
int hbl_test_note(hbl_test *test, hbl_error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Sets the p-values of test->statistic with df and n_variances; V: of the n_variances standard
 * deviations, NULL where covariances are tested with several of them, for which there is a bound.
 */
int hbl_test_weigh(hbl_test *test, const double *V, hbl_error *error);

#endif
