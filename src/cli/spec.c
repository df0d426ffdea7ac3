/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From the command line to a spec and a model.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/reading.h"
#include "cli/sampling.h"
#include "hblogit/settings.h"

static int read_with(const cli_arguments *arguments, char *const *setting, size_t n,
                     hbl_spec **spec)
{
    hbl_error error = HBL_ERROR_INIT;

    if (hbl_spec_read(arguments->operand[0], (const char *const *)setting, n, spec, &error))
        return cli_fail(&error);
    return CLI_DONE;
}

static bool has_setting(const char *key)
{
    const hbl_setting_info *list;
    const size_t n = hbl_settings_list(&list);

    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i].key, key) == 0)
            return true;
    return false;
}

/* "*.draws=5" as "msl.draws=5"; free it. NULL after saying why not. */
static char *of_method(const char *setting, const char *method)
{
    const char *key = setting + 2;
    const size_t size = strlen(setting) + strlen(method) + 1;
    char *text = malloc(size);

    if (!text) {
        cli_error("out of memory for the command line");
        return NULL;
    }
    snprintf(text, size, "%s.%.*s", method, (int)strcspn(key, "="), key);
    if (!has_setting(text)) {
        cli_error("the method \"%s\" has no %.*s; leave out --%.*s", method, (int)strcspn(key, "="),
                  key, (int)strcspn(key, "="), key);
        free(text);
        return NULL;
    }
    snprintf(text, size, "%s.%s", method, key);
    return text;
}

/* The settings with those of "*" last. Returns how many come before. */
static size_t sort_settings(const cli_arguments *arguments, char **sorted)
{
    size_t n = 0, end = 0;

    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < arguments->n_settings; i++)
            if ((arguments->setting[i][0] == '*') == (pass == 1))
                sorted[end++] = arguments->setting[i];
        if (pass == 0)
            n = end;
    }
    return n;
}

/* First to learn the method, then with its settings. */
static int read_twice(const cli_arguments *arguments, char **setting, size_t n, hbl_spec **spec)
{
    const size_t n_all = arguments->n_settings;
    size_t known = n;
    hbl_spec *first = NULL;
    int status = read_with(arguments, setting, n, &first);

    if (status || n == n_all) {
        *spec = first;
        return status;
    }
    for (; !status && known < n_all; known++) {
        setting[known] = of_method(setting[known], first->method);
        if (!setting[known])
            status = CLI_USAGE;
    }
    if (!status)
        status = read_with(arguments, setting, n_all, spec);
    for (size_t i = n; i < known; i++)
        free(setting[i]);
    hbl_spec_free(first);
    return status;
}

int cli_spec_read(const cli_arguments *arguments, hbl_spec **spec)
{
    char **setting = calloc(arguments->n_settings + 1, sizeof *setting);
    int status;

    *spec = NULL;
    if (!setting) {
        cli_error("out of memory for the command line");
        return CLI_FAILED;
    }
    status = read_twice(arguments, setting, sort_settings(arguments, setting), spec);
    free(setting);
    return status;
}

int cli_model_build(const cli_arguments *arguments, const hbl_spec *spec, hbl_model **model)
{
    hbl_error error = HBL_ERROR_INIT;
    const char *file = spec->data.file;
    cli_reading reading;
    hbl_data_needs needs = {.progress = cli_reading_progress, .context = &reading};
    int status = cli_threads_read(arguments, &needs.threads);

    if (status)
        return status;
    if (spec->simulate.n_persons > 0 && file && access(file, F_OK)) {
        cli_error("%s is not there yet; make it with: hblogit simulate %s --output %s", file,
                  spec->path, file);
        return CLI_USAGE;
    }
    if (cli_option_given(arguments, "quiet"))
        needs.progress = NULL;
    cli_reading_open(&reading, file ? file : "");
    status = hbl_model_build(spec, &needs, model, &error);
    cli_reading_close(&reading);
    return status ? cli_fail(&error) : CLI_DONE;
}
