/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The model file becomes a spec.
 */
#include "model/spec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/fail.h"
#include "core/memory.h"
#include "model/formula.h"

/* Keys of the file that are objects or lists of their own. */
static const char *const parts[] = {"data", "random", "correlation", "hb", "simulate", NULL};

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

/* ---- data */

static int default_name(char **name, const char *otherwise, hbl_error *error)
{
    if (*name == NULL)
        *name = hbl_strdup(otherwise, error);
    return *name != NULL ? HBL_OK : HBL_ERR_MEMORY;
}

/* People that are drawn need names for the columns of what is written. */
static int name_simulated_columns(hbl_data_spec *data, hbl_error *error)
{
    int status = default_name(&data->person, "person", error);

    if (!status)
        status = default_name(&data->task, "task", error);
    if (!status)
        status = default_name(&data->alternative, "alternative", error);
    return status;
}

static int join_path(const char *folder, size_t length, const char *file, char **path,
                     hbl_error *error)
{
    const size_t size = length + strlen(file) + 1;
    char *joined = hbl_calloc(size, 1, "the data's path", error);

    if (joined == NULL)
        return HBL_ERR_MEMORY;
    snprintf(joined, size, "%.*s%s", (int)length, folder, file);
    free(*path);
    *path = joined;
    return HBL_OK;
}

/* Length of the folder in path, with its last slash; 0 where path names none. */
static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

/* Relative to the model file's folder; where the command line gave it, to the working directory. */
static int resolve_file(const hbl_json *json, const cJSON *node, hbl_spec *spec, hbl_error *error)
{
    char *file = spec->data.file, folder[4096];

    if (file[0] == '\0')
        return hbl_json_fail(json, node, error, "is empty; name a CSV file");
    if (file[0] == '/')
        return HBL_OK;
    if (hbl_json_overridden(json, node) == NULL)
        return join_path(spec->path, folder_length(spec->path), file, &spec->data.file, error);
    if (getcwd(folder, sizeof folder - 1) == NULL)
        return HBL_OK;
    strcat(folder, "/");
    return join_path(folder, strlen(folder), file, &spec->data.file, error);
}

static int check_data(const hbl_json *json, hbl_spec *spec, hbl_error *error)
{
    const cJSON *root = hbl_json_root(json), *node = hbl_json_member(root, "data");
    int status = HBL_OK;

    if (spec->simulate.n_persons > 0)
        status = name_simulated_columns(&spec->data, error);
    else if (node == NULL)
        return hbl_json_fail(json, root, error,
                             "\"data\" is missing, such as { \"file\": \"choices.csv\", "
                             "\"person\": \"id\", \"task\": \"task\" }");
    else if (spec->data.file == NULL)
        return hbl_json_fail(json, node, error, "has no \"file\", the name of a CSV file");
    else if (spec->data.task == NULL)
        return hbl_json_fail(json, node, error,
                             "has no \"task\", the column that tells tasks apart");
    if (!status && spec->data.file != NULL)
        status = resolve_file(json, hbl_json_member(node, "file"), spec, error);
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
    spec->correlation = HBL_CORRELATION_FULL;
    return status;
}

static int read_spec(const hbl_json *json, hbl_spec *spec, hbl_error *error)
{
    const cJSON *root = hbl_json_root(json);
    int status = read_defaults(spec, error);

    if (!status)
        status = hbl_json_settings(json, root, &hbl_section_top, parts, spec, error);
    if (!status)
        status = read_section(json, &hbl_section_data, &spec->data, error);
    if (!status)
        status = read_section(json, &hbl_section_hb, &spec->hb, error);
    if (!status)
        status = check_prior(json, hbl_json_member(root, "hb"), &spec->hb.prior, error);
    if (!status)
        status = hbl_spec_read_random(json, hbl_json_member(root, "random"), spec, error);
    if (!status)
        status = hbl_spec_read_correlation(json, hbl_json_member(root, "correlation"), spec, error);
    if (!status)
        status = hbl_spec_read_simulation(json, hbl_json_member(root, "simulate"), spec, error);
    if (!status)
        status = check_formula(json, spec, error);
    if (!status)
        status = check_data(json, spec, error);
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
        status = s == NULL ? HBL_ERR_MEMORY : default_name(&s->path, path, error);
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

/* ---- release */

static void free_values(hbl_named_value *value, size_t n)
{
    for (size_t i = 0; value != NULL && i < n; i++)
        free(value[i].name);
    free(value);
}

static void free_simulation(hbl_simulation_spec *s)
{
    for (size_t i = 0; s->attribute != NULL && i < s->n_attributes; i++) {
        free(s->attribute[i].name);
        free(s->attribute[i].value);
    }
    free(s->attribute);
    free_values(s->mean, s->n_means);
    free_values(s->sd, s->n_sds);
    free_values(s->fixed, s->n_fixed);
    free(s->correlation);
}

static void free_blocks(hbl_spec *spec)
{
    for (size_t b = 0; spec->block != NULL && b < spec->n_blocks; b++) {
        for (size_t i = 0; spec->block[b] != NULL && i < spec->block_size[b]; i++)
            free(spec->block[b][i]);
        free(spec->block[b]);
    }
    free(spec->block);
    free(spec->block_size);
}

void hbl_spec_free(hbl_spec *spec)
{
    if (spec == NULL)
        return;
    for (size_t i = 0; spec->random != NULL && i < spec->n_random; i++)
        free(spec->random[i].name);
    free(spec->random);
    free_blocks(spec);
    free_simulation(&spec->simulate);
    hbl_options_clear(hbl_section_top.option, hbl_section_top.n, spec);
    hbl_options_clear(hbl_section_data.option, hbl_section_data.n, &spec->data);
    hbl_hb_settings_clear(&spec->hb);
    free(spec->path);
    free(spec);
}
