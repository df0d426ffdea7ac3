/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a checkpoint of a hierarchical Bayes fit holds: of every chain its state, how far it is, and
 * where its files stand.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "core/fail.h"
#include "core/memory.h"
#include "run/file.h"
#include "run/fit_hb.h"

/* ---- what the fit is */

/* CRC-32 of the model file with its defaults, but for what may change when a run goes on: the
 * number of draws, whether it may become longer by itself, the time between checkpoints, and where
 * the data lie. */
static int fingerprint(const hbl_spec *spec, uint32_t *crc, hbl_error *error)
{
    hbl_spec lasting = *spec;
    char *text;

    lasting.data.file = NULL;
    lasting.hb.draws = lasting.hb.lengthen = 1;
    lasting.hb.checkpoint = 0;
    text = hbl_spec_to_json(&lasting);
    if (!text)
        return hbl_fail_memory(error, "the model's text");
    *crc = (uint32_t)crc32_z(0, (const void *)text, strlen(text));
    free(text);
    return HBL_OK;
}

/* Size and checksum of the data file, which run.json has already. */
static int identify_data(const hbl_hb_fit *fit, hbl_identity *identity, hbl_error *error)
{
    const cJSON *data =
        cJSON_GetObjectItemCaseSensitive(hbl_manifest_get(fit->run->manifest, "hashes"), "data");
    const cJSON *bytes = cJSON_GetObjectItemCaseSensitive(data, "bytes");
    const cJSON *hash = cJSON_GetObjectItemCaseSensitive(data, "hash");

    if (cJSON_IsNull(data))
        return hbl_fail(error, HBL_ERR_INPUT, "%s: cannot be read", fit->run->spec->data.file);
    if (!bytes || !bytes->valuestring || !hash || !hash->valuestring)
        return hbl_fail_memory(error, "run.json");
    identity->data_bytes = strtoull(bytes->valuestring, NULL, 10);
    identity->data = (uint32_t)strtoul(hash->valuestring, NULL, 16);
    return HBL_OK;
}

int hbl_hb_identify(hbl_hb_fit *fit, hbl_error *error)
{
    const hbl_spec *spec = fit->run->spec;
    const hbl_model *model = fit->run->model;
    hbl_identity *identity = &fit->identity;
    int status = HBL_OK;

    *identity = (hbl_identity){.n_persons = model->panel->n_persons,
                               .n_tasks = model->panel->n_tasks,
                               .n_rows = model->panel->n_rows,
                               .n_random = model->n_random,
                               .n_fixed = model->n_fixed,
                               .n_chains = fit->n_chains};
    snprintf(identity->version, sizeof identity->version, "%s", hbl_version());
    snprintf(identity->pass, sizeof identity->pass, "%s", hbl_hb_pass_name(fit->hb));
    /* a model made in memory has no data file */
    if (spec->data.file)
        status = identify_data(fit, identity, error);
    return status ? status : fingerprint(spec, &identity->model, error);
}

/* ---- saving */

struct hbl_hb_saving {
    hbl_hb_fit *fit;
    hbl_chain_files_mark *mark; /* a chain each */
    void *state;                /* room for that of one chain */
};

static void put_csv(hbl_writer *writer, const hbl_stan_csv_mark *mark)
{
    hbl_pack_u64(writer, mark->end);
    hbl_pack_u64(writer, mark->n_rows);
    hbl_pack_u32(writer, mark->crc);
    hbl_pack_block(writer, mark->pending, mark->n_pending);
}

static void put_zarr(hbl_writer *writer, const hbl_zarr *zarr, size_t c)
{
    hbl_zarr_mark mark = {0};

    if (zarr)
        hbl_zarr_where(zarr, c, &mark);
    hbl_pack_u64(writer, mark.n_written);
    hbl_pack_u64(writer, mark.n_held);
    hbl_pack_block(writer, mark.held, mark.size);
}

/* A chain that has not been started yet has a state of no bytes. */
static void put_state(hbl_writer *writer, const hbl_chain *chain, void *room)
{
    const size_t size = chain ? hbl_chain_state_size(chain) : 0;

    if (chain && writer->file) /* not where bytes are only counted */
        hbl_chain_save(chain, room);
    hbl_pack_block(writer, room, size);
}

static void put_fit(void *context, hbl_writer *writer)
{
    const hbl_hb_saving *s = context;
    const hbl_hb_fit *fit = s->fit;

    hbl_pack_double(writer, fit->sampling_wall_seconds);
    for (size_t c = 0; c < fit->n_chains; c++) {
        const hbl_chain_run *run = &fit->chain[c];
        hbl_pack_u64(writer, run->sweep);
        hbl_pack_u64(writer, run->n_draws);
        hbl_pack_double(writer, run->warmup_seconds);
        hbl_pack_double(writer, run->sampling_seconds);
        put_csv(writer, &s->mark[c].draws);
        put_csv(writer, &s->mark[c].warmup);
        hbl_pack_u64(writer, s->mark[c].trace);
        put_zarr(writer, fit->zarr, c);
        put_state(writer, run->sweep > 0 ? run->chain : NULL, s->state);
    }
}

static size_t largest_state(const hbl_hb_fit *fit)
{
    size_t largest = 0;

    for (size_t c = 0; c < fit->n_chains; c++) {
        const hbl_chain *chain = fit->chain[c].chain;
        const size_t size = chain ? hbl_chain_state_size(chain) : 0;
        largest = size > largest ? size : largest;
    }
    return largest;
}

int hbl_hb_saving_alloc(hbl_hb_fit *fit, hbl_hb_saving **out, hbl_error *error)
{
    hbl_hb_saving *s = hbl_calloc(1, sizeof *s, "a checkpoint", error);
    int status = HBL_ERR_MEMORY;

    *out = NULL;
    if (!s)
        return HBL_ERR_MEMORY;
    s->fit = fit;
    s->mark = hbl_calloc(fit->n_chains, sizeof *s->mark, "a checkpoint", error);
    s->state = hbl_calloc(largest_state(fit), 1, "a checkpoint", error);
    if (s->mark && s->state)
        status = HBL_OK;
    for (size_t c = 0; !status && c < fit->n_chains; c++)
        status = hbl_chain_files_where(&fit->chain[c].files, &s->mark[c], error);
    if (status)
        hbl_hb_saving_free(s);
    else
        *out = s;
    return status;
}

void hbl_hb_saving_free(hbl_hb_saving *s)
{
    if (!s)
        return;
    free(s->mark);
    free(s->state);
    free(s);
}

int hbl_hb_saving_write(hbl_hb_saving *s, hbl_error *error)
{
    hbl_hb_fit *fit = s->fit;
    const int status = fit->zarr ? hbl_zarr_sync(fit->zarr, error) : HBL_OK;

    return status ? status
                  : hbl_checkpoint_prepare(hbl_directory_path(fit->run->directory), &fit->identity,
                                           put_fit, s, error);
}

int hbl_hb_saving_commit(hbl_hb_saving *s, hbl_error *error)
{
    return hbl_checkpoint_commit(hbl_directory_path(s->fit->run->directory), error);
}

/* A checkpoint must not be on the disk before what it refers to is. */
static int sync_outputs(hbl_hb_fit *fit, hbl_error *error)
{
    char *manifest = hbl_path_join(hbl_directory_path(fit->run->directory), "run.json", error);
    int status = manifest ? hbl_file_sync(manifest, error) : HBL_ERR_MEMORY;

    for (size_t c = 0; !status && c < fit->n_chains; c++)
        status = hbl_chain_files_sync(&fit->chain[c].files, error);
    free(manifest);
    return status;
}

int hbl_hb_checkpoint(hbl_hb_fit *fit, hbl_error *error)
{
    hbl_hb_saving *saving = NULL;
    int status = hbl_hb_saving_alloc(fit, &saving, error);

    if (!status)
        status = sync_outputs(fit, error);
    if (!status)
        status = hbl_hb_saving_write(saving, error);
    if (!status)
        status = hbl_hb_saving_commit(saving, error);
    hbl_hb_saving_free(saving);
    return status;
}
