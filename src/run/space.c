/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How much disk a run will take, told before it starts.
 */
#include <sys/statvfs.h>

#include "run/fit_hb.h"

/* Bytes of a number with seventeen digits, its sign, exponent and comma; the average is less. */
enum { CELL = 21 };

/* Roughly; in double, in which nothing overflows. */
static double estimate(const hbl_hb_fit *fit)
{
    const hbl_hb_settings *settings = fit->settings;
    const hbl_model *model = fit->run->model;
    const double K = (double)model->n_random, F = (double)(model->n_fixed + model->n_scale);
    const double Q = (double)model->n_covariates;
    const double N = (double)model->panel->n_persons, chains = (double)fit->n_chains;
    const double rows =
        (double)settings->draws + (settings->save_warmup ? (double)settings->warmup : 0);
    double bytes = chains * rows * CELL * (3 + K + K * K + Q * K + F);

    if (hbl_hb_keeps_persons(fit))
        bytes += chains * (double)settings->draws * N * K * sizeof(double);
    bytes += N * (2 * K + 3) * CELL;                                /* persons.csv */
    bytes += 3 * chains * N * (K * K + 8 * K + 8) * sizeof(double); /* checkpoints, one in work */
    return bytes;
}

void hbl_hb_check_space(const hbl_hb_fit *fit)
{
    const char *directory = hbl_directory_path(fit->run->directory);
    const double needed = estimate(fit);
    struct statvfs disk;

    if (statvfs(directory, &disk))
        return;
    const double free_bytes = (double)disk.f_bavail * (double)disk.f_frsize;
    if (needed > free_bytes)
        hbl_fit_notice(fit->run,
                       "%s: the run will need about %.0f MB of disk, and %.0f MB are free there",
                       directory, needed / 1e6, free_bytes / 1e6);
}
