/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A hierarchical Bayes fit goes on from a checkpoint, the newest that is whole. hb_checkpoint.c
 * writes what is read here, in the same order.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "run/file.h"
#include "run/fit_hb.h"

/* ---- what was saved */

/* A chain as the checkpoint has it; pointers lead into the checkpoint's memory. */
typedef struct {
    uint64_t sweep, n_draws;
    double warmup_seconds, sampling_seconds;
    hbl_chain_files_mark files;
    hbl_zarr_mark persons;
    const void *state;
    size_t size;
} saved_chain;

static hbl_stan_csv_mark get_csv(hbl_reader *reader)
{
    hbl_stan_csv_mark mark;

    mark.end = hbl_unpack_u64(reader);
    mark.n_rows = hbl_unpack_u64(reader);
    mark.crc = hbl_unpack_u32(reader);
    mark.pending = hbl_unpack_block(reader, &mark.n_pending);
    return mark;
}

static void get_chain(hbl_reader *reader, saved_chain *saved)
{
    saved->sweep = hbl_unpack_u64(reader);
    saved->n_draws = hbl_unpack_u64(reader);
    saved->warmup_seconds = hbl_unpack_double(reader);
    saved->sampling_seconds = hbl_unpack_double(reader);
    saved->files.draws = get_csv(reader);
    saved->files.warmup = get_csv(reader);
    saved->files.trace = hbl_unpack_u64(reader);
    saved->persons.n_written = (size_t)hbl_unpack_u64(reader);
    saved->persons.n_held = (size_t)hbl_unpack_u64(reader);
    saved->persons.held = hbl_unpack_block(reader, &saved->persons.size);
    saved->state = hbl_unpack_block(reader, &saved->size);
}

/* Whether the numbers agree with one another and with the settings. */
static bool is_sound(const hbl_hb_fit *fit, const saved_chain *saved)
{
    const uint64_t warmup = (uint64_t)fit->settings->warmup, thin = (uint64_t)fit->settings->thin;
    const uint64_t draws = saved->sweep > warmup ? (saved->sweep - warmup) / thin : 0;
    const uint64_t adapted = saved->sweep < warmup ? saved->sweep : warmup;

    return saved->n_draws == draws && saved->files.draws.n_rows == draws &&
           saved->files.warmup.n_rows == (fit->settings->save_warmup ? adapted : 0) &&
           saved->persons.n_written + saved->persons.n_held ==
               (hbl_hb_keeps_persons(fit) ? draws : 0) &&
           (saved->size > 0) == (saved->sweep > 0);
}

static int check_chain(const hbl_hb_fit *fit, const char *path, size_t c, const saved_chain *saved,
                       hbl_error *error)
{
    if (!is_sound(fit, saved))
        return hbl_fail(error, HBL_ERR_INPUT, "%s: damaged: its numbers contradict one another",
                        path);
    return hbl_chain_files_check(hbl_directory_path(fit->run->directory), (uint32_t)c + 1,
                                 fit->settings, fit->run->model, &saved->files, error);
}

/* Takes a whole checkpoint apart, and compares it with the files it refers to. */
static int unpack(hbl_hb_fit *fit, const char *path, hbl_checkpoint *checkpoint, saved_chain *saved,
                  hbl_error *error)
{
    hbl_reader *body = &checkpoint->body;
    int status = HBL_OK;

    checkpoint->state = HBL_CHECKPOINT_DAMAGED;
    fit->earlier_seconds = hbl_unpack_double(body);
    for (size_t c = 0; c < fit->n_chains; c++)
        get_chain(body, &saved[c]);
    if (body->over || body->at != body->end)
        return hbl_fail(error, HBL_ERR_INPUT, "%s: damaged: its parts do not fit together", path);
    for (size_t c = 0; !status && c < fit->n_chains; c++)
        status = check_chain(fit, path, c, &saved[c], error);
    if (!status)
        checkpoint->state = HBL_CHECKPOINT_WHOLE;
    return status;
}

static int read_one(hbl_hb_fit *fit, size_t which, hbl_checkpoint *checkpoint, saved_chain *saved,
                    hbl_error *error)
{
    char *path =
        hbl_path_join(hbl_directory_path(fit->run->directory), hbl_checkpoint_names[which], error);
    int status = HBL_ERR_MEMORY;

    *checkpoint = (hbl_checkpoint){0};
    if (path)
        status = hbl_checkpoint_read(path, &fit->identity, checkpoint, error);
    if (!status)
        status = unpack(fit, path, checkpoint, saved, error);
    if (status) {
        free(checkpoint->memory);
        checkpoint->memory = NULL;
    }
    free(path);
    return status;
}

/* ---- choosing */

static int refuse_damaged(const hbl_hb_fit *fit, const hbl_error *why, hbl_error *error)
{
    return hbl_fail(error, HBL_ERR_INPUT,
                    "%.700s; there is no other whole checkpoint: hblogit fit --force, with the "
                    "output %.200s, starts over",
                    why->message, hbl_directory_path(fit->run->directory));
}

/* The newest that is whole. checkpoint->memory NULL with HBL_OK: there is none at all. One that is
 * damaged is removed once an older one has been found to be good, lest it take its place. */
static int choose(hbl_hb_fit *fit, hbl_checkpoint *checkpoint, saved_chain *saved, hbl_error *error)
{
    hbl_error damage = HBL_ERROR_INIT;

    for (size_t which = 0; which < HBL_CHECKPOINTS; which++) {
        hbl_error why = HBL_ERROR_INIT;
        const int status = read_one(fit, which, checkpoint, saved, &why);

        if (!status && damage.status) {
            hbl_fit_notice(fit->run, "%.700s; going on from the one before, %s", damage.message,
                           hbl_checkpoint_names[which]);
            return hbl_checkpoint_drop(hbl_directory_path(fit->run->directory), 0, error);
        }
        if (!status)
            return HBL_OK;
        if (status != HBL_ERR_INPUT || checkpoint->state == HBL_CHECKPOINT_FOREIGN)
            return hbl_fail(error, status, "%s", why.message);
        if (checkpoint->state == HBL_CHECKPOINT_DAMAGED && !damage.status)
            damage = why;
    }
    return damage.status ? refuse_damaged(fit, &damage, error) : HBL_OK;
}

/* ---- going on */

static int load_chain(hbl_hb_fit *fit, size_t c, const saved_chain *saved, hbl_error *error)
{
    hbl_chain_run *run = &fit->chain[c];
    hbl_draw draw;
    int status =
        hbl_chain_files_reopen(hbl_directory_path(fit->run->directory), (uint32_t)c + 1,
                               fit->settings, fit->run->model, &saved->files, &run->files, error);

    if (!status && fit->zarr)
        status = hbl_zarr_restore(fit->zarr, c, &saved->persons, error);
    if (status || !saved->size)
        return status;
    status = hbl_hb_make_chain(fit, c, error);
    if (!status)
        status = hbl_chain_load(run->chain, saved->state, saved->size, error);
    if (status)
        return status;
    hbl_chain_draw(run->chain, &draw);
    if (draw.sweep != saved->sweep)
        return hbl_fail(error, HBL_ERR_INPUT, "chain %zu: its state is of another sweep", c + 1);
    run->sweep = saved->sweep;
    run->n_draws = saved->n_draws;
    run->warmup_seconds = saved->warmup_seconds;
    run->sampling_seconds = saved->sampling_seconds;
    hbl_reporter_skip(fit->reporter, c, saved->sweep);
    return HBL_OK;
}

static int go_on(hbl_hb_fit *fit, const saved_chain *saved, hbl_error *error)
{
    int status = HBL_OK;

    for (size_t c = 0; !status && c < fit->n_chains; c++)
        if (saved[c].sweep > fit->n_sweeps)
            status = hbl_fail(error, HBL_ERR_INPUT,
                              "%s: has %" PRIu64 " draws a chain already; ask for more than those",
                              hbl_directory_path(fit->run->directory), saved[c].n_draws);
    if (!status)
        status = hbl_fit_begin(fit->run, true, error);
    if (!status && hbl_hb_keeps_persons(fit))
        status = hbl_hb_open_zarr(fit, error);
    for (size_t c = 0; !status && c < fit->n_chains; c++)
        status = load_chain(fit, c, &saved[c], error);
    return status;
}

/* A finished run whose checkpoint is gone has draws that must not be thrown away. */
static int check_unfinished(const hbl_hb_fit *fit, hbl_error *error)
{
    const char *status =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(fit->run->before, "status"));

    if (!status || strcmp(status, "done") != 0)
        return HBL_OK;
    return hbl_fail(error, HBL_ERR_INPUT,
                    "%s: a finished run whose checkpoint is gone; fit it anew with more draws, "
                    "into another directory",
                    hbl_directory_path(fit->run->directory));
}

int hbl_hb_restore(hbl_hb_fit *fit, bool *restored, hbl_error *error)
{
    saved_chain *saved = hbl_calloc(fit->n_chains, sizeof *saved, "a checkpoint", error);
    hbl_checkpoint checkpoint = {0};
    int status = saved ? choose(fit, &checkpoint, saved, error) : HBL_ERR_MEMORY;

    *restored = !status && checkpoint.memory;
    if (*restored)
        status = go_on(fit, saved, error);
    else if (!status)
        status = check_unfinished(fit, error);
    free(checkpoint.memory);
    free(saved);
    return status;
}
