/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Model: a model file becomes a spec (plain structs, names still strings); spec and data together
 * become a model (names resolved to columns), which the estimators read and never change.
 *
 *     U_njt = exp(v_n'lambda) (x_njt'beta_n + z_njt'alpha + h_njt'c) + epsilon,
 *     beta_n = g(theta_n),   theta_n ~ N(mu + Delta'w_n, Omega)
 *
 * with epsilon extreme value I; c are coefficients held at a value, v_n and w_n describe a person.
 */
#ifndef HBLOGIT_MODEL_H
#define HBLOGIT_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "hblogit/data.h"
#include "hblogit/error.h"
#include "hblogit/settings.h"

/* ---- random-coefficient distributions ---- */

/* A distribution of a random coefficient: beta = g(theta) with theta normal, or, where `mix` is
 * set, a form of its own that only simulated likelihood can use (mix replaces transform, which is
 * NULL, as is inverse; such a coefficient stands in a covariance block of its own). */
typedef struct {
    const char *name; /* as the model file writes it */
    const char *help; /* one line, with the formula */
    bool has_bounds;  /* takes "lower" and "upper" (with defaults 0 and 1) */
    /* For i < n, from the location m[i] (mu plus what covariates add), the spread s > 0 (the square
     * root of Omega_kk) and z[i] standard normal: beta[i], and its derivatives by m and by s. */
    void (*mix)(size_t n, const double *m, double s, const double *z, double *beta, double *by_m,
                double *by_s);
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
    char *name; /* of a coefficient, or a pattern with * and ? that stands for several */
    const hbl_mixing *mixing;
    double lower, upper; /* bounds of the distributions that have them */
} hbl_random_spec;

/* Random coefficients in ascending order: beta_1 <= beta_2 <= ...; by cumulated exponentials, so
 * that theta stays free. The number 0 may stand first or last (the base level of dummies). */
typedef struct {
    size_t n;
    char **name; /* NULL stands for the number 0 */
} hbl_order_spec;

typedef enum { HBL_CORRELATION_NONE, HBL_CORRELATION_FULL, HBL_CORRELATION_BLOCKS } hbl_correlation;

/* How an attribute is drawn by `simulate`. */
typedef enum {
    HBL_ATTRIBUTE_LEVELS,
    HBL_ATTRIBUTE_UNIFORM,
    HBL_ATTRIBUTE_NORMAL
} hbl_attribute_kind;

/* What has one value of it: each alternative of each task, all of a task, all of a person's. */
typedef enum {
    HBL_ATTRIBUTE_OF_ALTERNATIVE,
    HBL_ATTRIBUTE_OF_TASK,
    HBL_ATTRIBUTE_OF_PERSON
} hbl_attribute_owner;

typedef struct {
    char *name;
    hbl_attribute_kind kind;
    hbl_attribute_owner of;
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
    size_t n_means, n_sds, n_slopes, n_fixed; /* truth by coefficient name */
    hbl_named_value *mean, *sd;               /* of theta */
    hbl_named_value *slope;                   /* Delta, by "coefficient:covariate"; others 0 */
    hbl_named_value *fixed;                   /* fixed coefficients, those of the scale too */
    size_t correlation_size;                  /* rows of correlation, 0: none */
    double *correlation;                      /* row-major, in the order of the "mean" object */
} hbl_simulation_spec;

typedef struct {
    char *path;  /* of the model file */
    char *title; /* "" where the file has none */
    hbl_data_spec data;
    char *formula;
    size_t n_random;
    hbl_random_spec *random;
    size_t n_orders;
    hbl_order_spec *order;
    size_t n_held; /* coefficients held at a value, by name */
    hbl_named_value *held;
    size_t n_covariates; /* columns that describe persons, on which the means of theta depend */
    char **covariate;
    hbl_correlation correlation;
    size_t n_blocks; /* BLOCKS: names of the coefficients of each block */
    size_t *block_size;
    char ***block;
    char *method; /* "hb", "msl" or "mnl" */
    hbl_hb_settings hb;
    hbl_msl_settings msl;
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

/* The coefficients are n_random random ones in formula order, n_fixed fixed ones in formula order,
 * then n_scale of the scale of utility (the formula's fourth part), fixed too: n_coefficients in
 * all, one order for every estimator. The columns of x are those of the random ones, of the fixed
 * ones, then n_held whose coefficient is held at a value: n_columns in all.
 *
 * Ordered coefficients: x holds the columns recombined, so that utility is linear in the increments
 * g(theta), and what a user calls beta_k is g(theta_k), plus beta of base[k] where k has a base. */
typedef struct {
    const hbl_panel *panel;
    size_t n_random, n_fixed, n_held, n_columns;
    size_t n_scale, n_coefficients;
    char **name;               /* n_coefficients: names as mlogit gives them; "scale:income" */
    const double *x;           /* panel->n_rows x n_columns, row-major */
    const hbl_mixing **mixing; /* n_random */
    double *lower, *upper;     /* n_random */
    size_t *block_of;          /* n_random: covariance block of the coefficient, 0..n_blocks-1 */
    size_t n_blocks;
    size_t *base;     /* n_random: the coefficient below in an order, or SIZE_MAX */
    char **held_name; /* n_held */
    double *held;     /* n_held: c */
    const double *v;  /* panel->n_persons x n_scale, row-major */
    size_t n_covariates;
    char **covariate_name;  /* n_covariates, as "income" or, for a level, "regionwest" */
    double *covariate_mean; /* n_covariates: over persons; taken out of w */
    const double *w;        /* panel->n_persons x n_covariates, row-major, centred */
} hbl_model;

/* Reads the data that spec names and resolves formula, random coefficients and blocks. needs is
 * told of progress; its columns are filled in here; it may be NULL.
 * HBL_ERR_INPUT: everything hbl_data_read says; a name that is no column (with the nearest one);
 * text or a missing value where a number is needed (path:line); a "random" entry, block member,
 * order or held coefficient that is no coefficient of the formula; a covariate or a term of the
 * formula's fourth part that varies within a person. */
int hbl_model_build(const hbl_spec *spec, const hbl_data_needs *needs, hbl_model **model,
                    hbl_error *error);

/* What was left out of the data that hbl_model_build read; NULL for a model from parts. */
const hbl_data_account *hbl_model_account(const hbl_model *model);

/* Sentences about choices that were made for the user, in order: indexes inferred, base levels,
 * reference. *n of them, owned by the model. */
const char *const *hbl_model_remarks(const hbl_model *model, size_t *n);

/* beta_k += beta_base[k] for every ordered coefficient: from increments g(theta) to what users call
 * beta. Element k at beta[k * stride]. */
void hbl_model_cumulate(const hbl_model *model, double *beta, size_t stride);

/* A model from parts in memory, for programs that have no files: arrays are copied, panel is kept
 * by reference and must outlive the model. Zeroed members have their plain meaning: block_of NULL,
 * one full block; lower, upper NULL: 0, 1; base NULL: no orders. covariates are centred here. */
typedef struct {
    size_t n_random, n_fixed, n_held, n_scale, n_covariates;
    const char *const *name; /* n_random + n_fixed + n_scale */
    const double *x;         /* n_rows x (n_random + n_fixed + n_held) */
    const hbl_mixing *const *mixing;
    const double *lower, *upper;
    const size_t *block_of, *base;
    const char *const *held_name;
    const double *held;
    const double *v; /* n_persons x n_scale */
    const char *const *covariate_name;
    const double *w; /* n_persons x n_covariates */
} hbl_model_parts;
int hbl_model_from_parts(const hbl_panel *panel, const hbl_model_parts *parts, hbl_model **model,
                         hbl_error *error);
void hbl_model_free(hbl_model *model);

/* Writes the design matrix as CSV: person, task, alternative, chosen, the columns of x by the names
 * of their coefficients (ordered ones as recombined), those of v, and those of w, centred, as
 * "covariate:income". HBL_ERR_WRITE: not written whole. */
int hbl_model_write_design(const hbl_model *model, FILE *out, hbl_error *error);

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
 * (named), columns that separate the choices alone or together, an alternative never chosen, badly
 * scaled columns, fewer persons than a full covariance has parameters, random intercepts with one
 * task a person, a scale that nothing ties down. prior: of hierarchical Bayes; what a flat one
 * leaves without bound is an ERROR, as are person weights, which hb does not use. NULL: estimation
 * by maximum likelihood. ERROR findings make a fit meaningless (an improper posterior or no
 * maximum). */
int hbl_model_check(const hbl_model *model, const hbl_prior *prior, hbl_findings **findings,
                    hbl_error *error);
void hbl_findings_free(hbl_findings *findings);

#endif
