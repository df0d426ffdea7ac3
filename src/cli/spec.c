/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From the command line to a spec and a model.
 */
#include <unistd.h>

#include "cli/cli.h"

int cli_spec_read(const cli_arguments *arguments, hbl_spec **spec)
{
    hbl_error error = HBL_ERROR_INIT;

    if (hbl_spec_read(arguments->operand[0], (const char *const *)arguments->setting,
                      arguments->n_settings, spec, &error))
        return cli_fail(&error);
    return CLI_DONE;
}

int cli_model_build(const hbl_spec *spec, hbl_model **model)
{
    hbl_error error = HBL_ERROR_INIT;
    const char *file = spec->data.file;

    if (spec->simulate.n_persons > 0 && file && access(file, F_OK)) {
        cli_error("%s is not there yet; make it with: hblogit simulate %s --output %s", file,
                  spec->path, file);
        return CLI_USAGE;
    }
    return hbl_model_build(spec, NULL, model, &error) ? cli_fail(&error) : CLI_DONE;
}
