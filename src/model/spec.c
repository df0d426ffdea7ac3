/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The model file becomes a spec.
 */
#include "model/spec.h"

#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "model/formula.h"

/* Keys of the file that are objects or lists of their own. */
static const char *const parts[] = {"data",       "random", "correlation", "order",    "held",
                                    "covariates", "hb",     "msl",         "simulate", NULL};

/* ---- formula and choice */

static int check_choice(const hbl_json *json, const hbl_formula *formula, hbl_spec *spec,
                        hbl_error *error)
{
    const cJSON *data = hbl_json_member(hbl_json_root(json), "data");

    if (spec->data.choice == NULL) {
        spec->data.choice = hbl_strdup(formula->choice.name, error);
        return spec->data.choice != NULL ? HBL_OK : HBL_ERR_MEMORY;
    }
    if (strcmp(spec->data.choice, formula->choice.name) != 0)
        return hbl_json_fail(json, hbl_json_member(data, "choice"), error,
                             "is \"%s\", but the formula's left side is \"%s\"; they must be the "
                             "same",
                             spec->data.choice, formula->choice.name);
    return HBL_OK;
}

static int check_formula(const hbl_json *json, hbl_spec *spec, hbl_error *error)
{
    const cJSON *root = hbl_json_root(json);
    hbl_error complaint = HBL_ERROR_INIT;
    hbl_formula *formula = NULL;
    size_t position = 0;
    int status;

    if (spec->formula == NULL)
        return hbl_json_fail(json, root, error,
                             "\"formula\" is missing, such as \"choice ~ price + time | 0\"");
    status = hbl_formula_parse(spec->formula, &formula, &position, &complaint);
    if (status == HBL_ERR_INPUT)
        return hbl_json_fail_within(json, hbl_json_member(root, "formula"), position, error,
                                    complaint.message);
    if (status)
        return hbl_fail(error, complaint.status, "%s", complaint.message);
    status = check_choice(json, formula, spec, error);
    hbl_formula_free(formula);
    return status;
}

/* ---- prior */

/* A location or precision that a flat prior would silently ignore. */
static int check_prior(const hbl_json *json, const cJSON *hb, const hbl_prior *prior,
                       hbl_error *error)
{
    const cJSON *mean = hbl_json_member(hbl_json_member(hb, "prior"), "mean");
    const cJSON *given = hbl_json_member(mean, "precision");

    if (prior->mean == HBL_MEAN_FLAT &&
        (prior->mean_precision != 0.0 || prior->mean_location != 0.0))
        return hbl_json_fail(json, given != NULL ? given : mean, error,
                             "has no meaning: the mean's prior is flat; give its type, "
                             "\"conjugate\" or \"normal\"");
    if (prior->mean != HBL_MEAN_FLAT && prior->mean_precision == 0.0)
        return hbl_json_fail(json, given != NULL ? given : mean, error,
                             "must be a number above 0; for a constant prior give the mean's type "
                             "\"flat\"");
    return HBL_OK;
}

/* ---- all */

static int read_section(const hbl_json *json, const hbl_section *section, void *target,
                        hbl_error *error)
{
    const cJSON *node = hbl_json_member(hbl_json_root(json), section->name);

    return node == NULL ? HBL_OK : hbl_json_settings(json, node, section, NULL, target, error);
}

static int read_defaults(hbl_spec *spec, hbl_error *error)
{
    int status = hbl_options_default(hbl_section_top.option, hbl_section_top.n, spec, error);

    if (!status)
        status =
            hbl_options_default(hbl_section_data.option, hbl_section_data.n, &spec->data, error);
    if (!status)
        status = hbl_hb_settings_default(&spec->hb, error);
    if (!status)
        status = hbl_msl_settings_default(&spec->msl, error);
    spec->correlation = HBL_CORRELATION_FULL;
    return status;
}

static int read_estimators(const hbl_json *json, hbl_spec *spec, hbl_error *error)
{
    int status = read_section(json, &hbl_section_hb, &spec->hb, error);

    if (!status)
        status = read_section(json, &hbl_section_msl, &spec->msl, error);
    if (!status)
        status =
            check_prior(json, hbl_json_member(hbl_json_root(json), "hb"), &spec->hb.prior, error);
    return status;
}

/* What the file says of coefficients by name. */
static int read_coefficients(const hbl_json *json, hbl_spec *spec, hbl_error *error)
{
    static const struct {
        const char *key;
        int (*read)(const hbl_json *json, const cJSON *node, hbl_spec *spec, hbl_error *error);
    } readers[] = {
        {"random", hbl_spec_read_random},         {"correlation", hbl_spec_read_correlation},
        {"order", hbl_spec_read_orders},          {"held", hbl_spec_read_held},
        {"covariates", hbl_spec_read_covariates}, {"simulate", hbl_spec_read_simulation},
    };
    int status = HBL_OK;

    for (size_t i = 0; !status && i < HBL_COUNT(readers); i++)
        status = readers[i].read(json, hbl_json_member(hbl_json_root(json), readers[i].key), spec,
                                 error);
    return status;
}

static int read_spec(const hbl_json *json, hbl_spec *spec, hbl_error *error)
{
    const cJSON *root = hbl_json_root(json), *data = hbl_json_member(root, "data");
    int status = read_defaults(spec, error);

    if (!status)
        status = hbl_json_settings(json, root, &hbl_section_top, parts, spec, error);
    if (!status)
        status = hbl_spec_read_data(json, data, spec, error);
    if (!status)
        status = read_estimators(json, spec, error);
    if (!status)
        status = read_coefficients(json, spec, error);
    if (!status)
        status = check_formula(json, spec, error);
    if (!status)
        status = hbl_spec_check(json, spec, error);
    if (!status)
        status = hbl_spec_check_data(json, data, spec, error);
    return status;
}

/* Of json, which it frees, as if it stood in the file at path. */
static int make_spec(const char *path, hbl_json *json, const char *const *overrides,
                     size_t n_overrides, hbl_spec **spec, hbl_error *error)
{
    hbl_spec *s = NULL;
    int status = HBL_OK;

    for (size_t i = 0; !status && i < n_overrides; i++)
        status = hbl_json_override(json, overrides[i], error);
    if (!status) {
        s = hbl_calloc(1, sizeof *s, "the model file", error);
        status = s != NULL && (s->path = hbl_strdup(path, error)) != NULL ? HBL_OK : HBL_ERR_MEMORY;
    }
    if (!status)
        status = read_spec(json, s, error);
    hbl_json_free(json);
    if (status) {
        hbl_spec_free(s);
        return status;
    }
    *spec = s;
    return HBL_OK;
}

int hbl_spec_read(const char *path, const char *const *overrides, size_t n_overrides,
                  hbl_spec **spec, hbl_error *error)
{
    hbl_json *json = NULL;
    const int status = hbl_json_read(path, &json, error);

    return status ? status : make_spec(path, json, overrides, n_overrides, spec, error);
}

int hbl_spec_from_run(const char *path, const char *run_path, const char *run,
                      const char *const *overrides, size_t n_overrides, hbl_spec **spec,
                      hbl_error *error)
{
    hbl_json *json = NULL;
    const int status = hbl_json_from_text(run_path, run, "model", &json, error);

    return status ? status : make_spec(path, json, overrides, n_overrides, spec, error);
}
