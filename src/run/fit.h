/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What hbl_fit, hbl_resume and the estimators' drivers share.
 */
#ifndef HBL_RUN_FIT_H
#define HBL_RUN_FIT_H

#include "hblogit/run.h"
#include "run/directory.h"
#include "run/manifest.h"

/* A fit in its run directory, as a driver finds it. */
typedef struct {
    const hbl_spec *spec;
    const hbl_model *model;
    const hbl_fit_options *options;
    int threads;
    hbl_directory *directory; /* locked; still holds what it held */
    hbl_manifest *manifest;   /* the driver adds its part; hbl_fit writes it at the end */
    const cJSON *before;      /* run.json of the run that is gone on with; NULL: a new run */
    bool begun;               /* the directory is this run's */
} hbl_fit_run;

/* The directory is the driver's from here on: clears it, unless `keep` says that the run goes on
 * with what is there, and writes run.json with the status "running". To be called once nothing but
 * bad luck can stop the fit. */
int hbl_fit_begin(hbl_fit_run *run, bool keep, hbl_error *error);

/* Tells the caller something that is no failure. */
void hbl_fit_notice(const hbl_fit_run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Samples and leaves chain files, persons.csv and a checkpoint. */
int hbl_fit_hb(hbl_fit_run *run, hbl_error *error);

/* Maximum likelihood, and maximum simulated likelihood: leave estimates.csv, vcov.csv,
 * iterations.csv and, for the latter, persons.csv. */
int hbl_fit_mnl(hbl_fit_run *run, hbl_error *error);
int hbl_fit_msl(hbl_fit_run *run, hbl_error *error);

#endif
