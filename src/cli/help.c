/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Help, all of it from the tables that the program itself works by.
 */
#include <string.h>

#include "cli/cli.h"
#include "hblogit/hb.h"
#include "hblogit/model.h"
#include "hblogit/msl.h"
#include "hblogit/run.h"
#include "hblogit/settings.h"

/* ---- commands ---- */

void cli_help_overview(FILE *out)
{
    fprintf(out,
            "hblogit %s: mixed logit models of discrete choice, by hierarchical Bayes and by\n"
            "maximum simulated likelihood\n\n"
            "usage: hblogit COMMAND [OPTION...]\n\n",
            hbl_version());
    for (size_t i = 0; cli_commands[i]; i++) {
        char usage[64];
        snprintf(usage, sizeof usage, "%s %s", cli_commands[i]->name, cli_commands[i]->operands);
        fprintf(out, "  hblogit %-22s %s\n", usage, cli_commands[i]->help);
    }
    fprintf(out, "\n"
                 "hblogit help COMMAND lists a command's options; hblogit help settings, help\n"
                 "distributions, help kernels and help sequences what a model file may say.\n");
}

void cli_help_command_page(FILE *out, const cli_command *command)
{
    fprintf(out, "hblogit %s: %s\n\nusage: hblogit %s [OPTION...] %s\n", command->name,
            command->help, command->name, command->operands);
    if (command->options[0].name)
        fputc('\n', out);
    for (size_t i = 0; command->options[i].name; i++) {
        const cli_option *option = &command->options[i];
        char usage[64];
        snprintf(usage, sizeof usage, "--%s %s", option->name,
                 option->argument ? option->argument : "");
        fprintf(out, "  %-20s %s\n", usage, option->help);
    }
    if (command->details)
        fprintf(out, "\n%s", command->details);
}

/* ---- what a model file may say ---- */

static void list_settings(FILE *out)
{
    const hbl_setting_info *list;
    const size_t n = hbl_settings_list(&list);

    fprintf(out, "Settings of a model file; --set KEY=VALUE changes one for this run.\n");
    for (size_t i = 0; i < n; i++) {
        const hbl_setting_info *info = &list[i];
        fprintf(out, "\n%s\n    %s\n    %s", info->key, info->help, info->value);
        if (info->unit[0])
            fprintf(out, ", in %s", info->unit);
        if (info->otherwise[0])
            fprintf(out, "; default %s", info->otherwise);
        fputc('\n', out);
    }
}

static void list_distributions(FILE *out)
{
    fprintf(out, "Distributions of a random coefficient beta = g(theta), theta normal:\n\n");
    for (size_t i = 0; hbl_mixings[i]; i++)
        if (!hbl_mixings[i]->mix)
            fprintf(out, "  %-20s %s\n", hbl_mixings[i]->name, hbl_mixings[i]->help);
    fprintf(out, "\nWith location m and spread s, by simulated likelihood (method msl) only:\n\n");
    for (size_t i = 0; hbl_mixings[i]; i++)
        if (hbl_mixings[i]->mix)
            fprintf(out, "  %-20s %s\n", hbl_mixings[i]->name, hbl_mixings[i]->help);
}

static void list_kernels(FILE *out)
{
    fprintf(out, "Kernels for theta_n (hb.kernel), the default first:\n\n");
    for (size_t i = 0; hbl_person_kernels[i].name; i++)
        fprintf(out, "  %-20s %s\n", hbl_person_kernels[i].name, hbl_person_kernels[i].help);
}

static void list_sequences(FILE *out)
{
    fprintf(out,
            "Sequences of points for simulated likelihood (msl.sequence), the default first:\n\n");
    for (size_t i = 0; hbl_sequences[i].name; i++)
        fprintf(out, "  %-20s %s\n", hbl_sequences[i].name, hbl_sequences[i].help);
}

static const struct {
    const char *name;
    void (*list)(FILE *out);
} topics[] = {{"settings", list_settings},
              {"distributions", list_distributions},
              {"kernels", list_kernels},
              {"sequences", list_sequences}};
enum { N_TOPICS = sizeof topics / sizeof *topics };

/* ---- the command ---- */

static int run(const cli_arguments *arguments)
{
    const char *names[32];
    size_t n = 0;

    if (arguments->n_operands == 0) {
        cli_help_overview(stdout);
        return CLI_DONE;
    }
    const char *word = arguments->operand[0];
    const cli_command *command = cli_command_find(word);
    if (command) {
        cli_help_command_page(stdout, command);
        return CLI_DONE;
    }
    for (size_t i = 0; i < N_TOPICS; i++) {
        if (strcmp(topics[i].name, word) == 0) {
            topics[i].list(stdout);
            return CLI_DONE;
        }
        names[n++] = topics[i].name;
    }
    for (size_t i = 0; cli_commands[i]; i++)
        names[n++] = cli_commands[i]->name;
    return cli_unknown("help on", word, names, n);
}

static const cli_option options[] = {{NULL, NULL, NULL, NULL}};

const cli_command cli_help_command = {
    .name = "help",
    .operands = "[COMMAND]",
    .help = "help on a command; or on settings, distributions, kernels, sequences",
    .least_operands = 0,
    .most_operands = 1,
    .options = options,
    .run = run,
};
