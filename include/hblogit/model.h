/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Model: a model file becomes a spec (plain structs, names still strings); spec and data together
 * become a model (names resolved to columns), which the estimators read and never change.
 *
 *     U_njt = x_njt' beta_n + z_njt' alpha + epsilon,   beta_n = g(theta_n),  theta_n ~ N(mu,
 * Omega)
 */
#ifndef HBLOGIT_MODEL_H
#define HBLOGIT_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hblogit/data.h"
#include "hblogit/error.h"
#include "hblogit/settings.h"

/* ---- random-coefficient distributions ---- */

/* A distribution of a random coefficient, beta = g(theta) with theta normal. */
typedef struct {
    const char *name; /* as the model file writes it */
    const char *help; /* one line, with the formula */
    bool has_bounds;  /* takes "lower" and "upper" (with defaults 0 and 1) */
    /* For i < n: beta[i] = g(theta[i]) and slope[i] = g'(theta[i]). */
    void (*transform)(size_t n, const double *theta, double lower, double upper, double *beta,
                      double *slope);
    /* A theta with g(theta) near beta, always finite: starting values. */
    double (*inverse)(double beta, double lower, double upper);
} hbl_mixing;

/* The registry: a NULL-terminated array, "normal" first. */
extern const hbl_mixing *const hbl_mixings[];
const hbl_mixing *hbl_mixing_find(const char *name);

/* ---- spec ---- */

typedef struct {
    char *name;
    const hbl_mixing *mixing;
    double lower, upper; /* bounds of the distributions that have them */
} hbl_random_spec;

typedef enum { HBL_CORRELATION_NONE, HBL_CORRELATION_FULL, HBL_CORRELATION_BLOCKS } hbl_correlation;

/* How an attribute is drawn by `simulate`. */
typedef enum {
    HBL_ATTRIBUTE_LEVELS,
    HBL_ATTRIBUTE_UNIFORM,
    HBL_ATTRIBUTE_NORMAL
} hbl_attribute_kind;
typedef struct {
    char *name;
    hbl_attribute_kind kind;
    size_t n_values; /* LEVELS: the levels, equally likely; UNIFORM: low, high; NORMAL: mean, sd */
    double *value;
} hbl_attribute_spec;

typedef struct {
    char *name;
    double value;
} hbl_named_value;

/* The "simulate" object: the truth, and, where no data are given, people and tasks to draw. */
typedef struct {
    bool present;
    size_t n_persons;            /* 0: choices are drawn on the rows of data.file */
    size_t tasks_min, tasks_max; /* a person's number of tasks, uniform between */
    size_t alternatives_min, alternatives_max;
    uint64_t seed;
    size_t n_attributes;
    hbl_attribute_spec *attribute;
    size_t n_means, n_sds, n_fixed;     /* truth by coefficient name */
    hbl_named_value *mean, *sd, *fixed; /* mean, sd of theta; value of fixed coefficients */
    size_t correlation_size;            /* rows of correlation, 0: none */
    double *correlation;                /* row-major, in the order of the "mean" object */
} hbl_simulation_spec;

typedef struct {
    char *path;  /* of the model file */
    char *title; /* "" where the file has none */
    hbl_data_spec data;
    char *formula;
    size_t n_random;
    hbl_random_spec *random;
    hbl_correlation correlation;
    size_t n_blocks; /* BLOCKS: names of the coefficients of each block */
    size_t *block_size;
    char ***block;
    char *method; /* "hb" */
    hbl_hb_settings hb;
    hbl_simulation_spec simulate;
} hbl_spec;

/* Reads a model file. overrides are "section.key=value" as the command line's --set gives them.
 * HBL_ERR_INPUT: no such file, not JSON (path:line:column), an unknown key or value (with the
 * JSON path, its line and the nearest right word), a number out of range. */
int hbl_spec_read(const char *path, const char *const *overrides, size_t n_overrides,
                  hbl_spec **spec, hbl_error *error);

/* The same of the model that a run's run.json records, as if it stood in the file at path. run is
 * the text of that file, run_path its name for messages. */
int hbl_spec_from_run(const char *path, const char *run_path, const char *run,
                      const char *const *overrides, size_t n_overrides, hbl_spec **spec,
                      hbl_error *error);
void hbl_spec_free(hbl_spec *spec);

/* The spec as JSON text, every default filled in; the caller frees it. NULL: out of memory. */
char *hbl_spec_to_json(const hbl_spec *spec);

/* ---- model ---- */

/* Columns 0..n_random-1 are random, in formula order, then n_fixed fixed ones in formula order. */
typedef struct {
    const hbl_panel *panel;
    size_t n_random, n_fixed, n_columns;
    char **name;               /* n_columns: coefficient names as mlogit gives them */
    const double *x;           /* panel->n_rows x n_columns, row-major */
    const hbl_mixing **mixing; /* n_random */
    double *lower, *upper;     /* n_random */
    size_t *block_of;          /* n_random: covariance block of the coefficient, 0..n_blocks-1 */
    size_t n_blocks;
} hbl_model;

/* Reads the data that spec names and resolves formula, random coefficients and blocks.
 * HBL_ERR_INPUT: everything hbl_table_read and hbl_panel_build say; a name that is no column (with
 * the nearest one); text or a missing value where a number is needed (path:line); a "random"
 * entry or block member that is no coefficient of the formula. */
int hbl_model_build(const hbl_spec *spec, hbl_model **model, hbl_error *error);

/* The same from parts in memory, for programs that have no files: x is copied, panel is kept by
 * reference and must outlive the model. block_of NULL: one full block. lower, upper NULL: 0, 1. */
int hbl_model_from_arrays(const hbl_panel *panel, size_t n_random, size_t n_fixed,
                          const char *const *name, const double *x, const hbl_mixing *const *mixing,
                          const double *lower, const double *upper, const size_t *block_of,
                          hbl_model **model, hbl_error *error);
void hbl_model_free(hbl_model *model);

/* HBL_ERR_INPUT where the prior is none for the model's covariance blocks: an inverse-Wishart needs
 * df > m - 1 and scale > 0 for a block of m coefficients. hbl_model_build has done so for a spec's.
 */
int hbl_prior_check(const hbl_prior *prior, const hbl_model *model, hbl_error *error);

/* ---- check ---- */

typedef enum { HBL_FINDING_NOTE, HBL_FINDING_WARNING, HBL_FINDING_ERROR } hbl_severity;

typedef struct {
    hbl_severity severity;
    char *text; /* one sentence: what, why it matters, the cure */
} hbl_finding;

typedef struct {
    size_t n_findings;
    hbl_finding *finding;
} hbl_findings;

/* Looks for what cannot be estimated: columns that never vary within a task, collinear columns
 * (named), a column that separates the choices, an alternative never chosen, badly scaled columns,
 * fewer persons than a full covariance has parameters, random intercepts with one task a person.
 * prior may be NULL, where it is not known: with it, what a flat prior leaves without bound is an
 * ERROR. ERROR findings make a fit meaningless (an improper posterior or no maximum). */
int hbl_model_check(const hbl_model *model, const hbl_prior *prior, hbl_findings **findings,
                    hbl_error *error);
void hbl_findings_free(hbl_findings *findings);

#endif
