/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a hierarchical Bayes fit adds to run.json.
 */
#include <stdio.h>

#include "run/fit_hb.h"
#include "run/tree.h"

static cJSON *numbered_names(const char *stem, size_t n, const char *suffix)
{
    cJSON *names = cJSON_CreateArray();
    char name[64];

    for (size_t c = 1; c <= n; c++) {
        snprintf(name, sizeof name, "%s-%zu%s", stem, c, suffix);
        hbl_tree_append(names, cJSON_CreateString(name));
    }
    return names;
}

void hbl_hb_describe(const hbl_hb_fit *fit)
{
    hbl_manifest *manifest = fit->run->manifest;

    hbl_tree_put(hbl_manifest_get(manifest, "machine"), "pass",
                 cJSON_CreateString(hbl_hb_pass_name(fit->hb)));
    hbl_manifest_set(manifest, "chains", cJSON_CreateNumber((double)fit->n_chains));
    hbl_manifest_set(manifest, "files", numbered_names("chain", fit->n_chains, ".csv"));
    if (fit->settings->save_warmup)
        hbl_manifest_set(manifest, "warmup_files", numbered_names("warmup", fit->n_chains, ".csv"));
    if (fit->settings->trace)
        hbl_manifest_set(manifest, "trace_files", numbered_names("trace", fit->n_chains, ".jsonl"));
    if (hbl_hb_keeps_persons(fit))
        hbl_manifest_set(manifest, "person_draws", cJSON_CreateString("persons"));
    hbl_manifest_set_pooled(manifest, fit->run->model, hbl_hb_pooled(fit->hb));
}

static cJSON *describe_kernels(const hbl_chain *chain)
{
    enum { MOST = 16 };
    hbl_kernel_report report[MOST];
    const size_t n = chain ? hbl_chain_kernels(chain, report, MOST) : 0;
    cJSON *kernels = cJSON_CreateArray();

    for (size_t i = 0; i < n && i < MOST; i++) {
        cJSON *kernel = cJSON_CreateObject();
        hbl_tree_put(kernel, "name", cJSON_CreateString(report[i].name));
        hbl_tree_put(kernel, "acceptance", cJSON_CreateNumber(report[i].acceptance));
        hbl_tree_put(kernel, "step", cJSON_CreateNumber(report[i].step));
        hbl_tree_put(kernel, "non_finite", hbl_manifest_integer(report[i].non_finite));
        hbl_tree_append(kernels, kernel);
    }
    return kernels;
}

/* Wall-clock time of the phases. Chains that share threads are in different phases at the same
 * time; then the time of all is divided as the chains' own times are. */
static cJSON *describe_seconds(const hbl_hb_fit *fit)
{
    double warmup = 0, sampling = 0;
    cJSON *seconds = cJSON_CreateObject();

    for (size_t c = 0; c < fit->n_chains; c++) {
        warmup += fit->chain[c].warmup_seconds;
        sampling += fit->chain[c].sampling_seconds;
    }
    const double share = warmup > 0 ? warmup / (warmup + sampling) : 0;
    hbl_tree_put(seconds, "start", cJSON_CreateNumber(fit->start_seconds));
    hbl_tree_put(seconds, "warmup", cJSON_CreateNumber(share * fit->sampling_wall_seconds));
    hbl_tree_put(seconds, "sampling", cJSON_CreateNumber((1 - share) * fit->sampling_wall_seconds));
    hbl_tree_put(seconds, "total", cJSON_CreateNumber(hbl_seconds() - fit->total_from));
    return seconds;
}

static cJSON *describe_chain_seconds(const hbl_chain_run *run)
{
    cJSON *seconds = cJSON_CreateObject();
    hbl_tree_put(seconds, "warmup", cJSON_CreateNumber(run->warmup_seconds));
    hbl_tree_put(seconds, "sampling", cJSON_CreateNumber(run->sampling_seconds));
    return seconds;
}

void hbl_hb_describe_chains(const hbl_hb_fit *fit)
{
    cJSON *draws = cJSON_CreateArray(), *sweeps = cJSON_CreateArray();
    cJSON *kernels = cJSON_CreateArray(), *chain_seconds = cJSON_CreateArray();
    uint64_t n_sweeps = 0;

    for (size_t c = 0; c < fit->n_chains; c++) {
        const hbl_chain_run *run = &fit->chain[c];
        hbl_tree_append(draws, hbl_manifest_integer(run->n_draws));
        hbl_tree_append(sweeps, hbl_manifest_integer(run->sweep));
        hbl_tree_append(kernels, describe_kernels(run->chain));
        hbl_tree_append(chain_seconds, describe_chain_seconds(run));
        n_sweeps += run->sweep;
    }
    hbl_manifest *manifest = fit->run->manifest;
    hbl_manifest_set(manifest, "draws_written", draws);
    hbl_manifest_set(manifest, "sweeps", sweeps);
    hbl_manifest_set(manifest, "kernels", kernels);
    hbl_manifest_set(manifest, "chain_seconds", chain_seconds);
    hbl_manifest_set(manifest, "seconds", describe_seconds(fit));
    /* of all chains together, by the clock on the wall */
    hbl_manifest_set(manifest, "sweeps_per_second",
                     cJSON_CreateNumber(fit->sampling_wall_seconds > 0
                                            ? (double)n_sweeps / fit->sampling_wall_seconds
                                            : 0));
}
