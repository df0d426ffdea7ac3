/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * run.json: what was run, on what, and how it went. Written at the start with the status "running"
 * and replaced, in one step, at the end.
 */
#ifndef HBL_RUN_MANIFEST_H
#define HBL_RUN_MANIFEST_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "hblogit/error.h"
#include "hblogit/mnl.h"
#include "hblogit/model.h"
#include "hblogit/run.h"

typedef struct hbl_manifest hbl_manifest;

/* Describes program, machine, model and data, and notes the time as that of the start. */
int hbl_manifest_alloc(const hbl_spec *spec, const hbl_model *model, const hbl_fit_options *options,
                       int threads, hbl_manifest **manifest, hbl_error *error);
void hbl_manifest_free(hbl_manifest *manifest);

/* Puts item, which the manifest then owns, in the place of key. A NULL item, for want of memory, is
 * remembered and reported by hbl_manifest_write. */
void hbl_manifest_set(hbl_manifest *manifest, const char *key, cJSON *item);

/* Takes over from the run.json of the run that is gone on with: when and by what command it began,
 * the hash of the model file, and who went on before; notes that we do. */
void hbl_manifest_inherit(hbl_manifest *manifest, const cJSON *before, const hbl_spec *spec,
                          const hbl_fit_options *options, int threads);

/* What stands at key, or NULL. */
cJSON *hbl_manifest_get(const hbl_manifest *manifest, const char *key);

/* An exact whole number, which a double may not be. */
cJSON *hbl_manifest_integer(uint64_t value);

/* "pooled": the multinomial logit with every coefficient the same for everyone. */
void hbl_manifest_set_pooled(hbl_manifest *manifest, const hbl_model *model, const hbl_mnl *mnl);

/* "running" */
int hbl_manifest_write_start(hbl_manifest *manifest, const char *directory, hbl_error *error);

/* "done", "interrupted" or "failed" by status; why: the message of a failure. */
int hbl_manifest_write_end(hbl_manifest *manifest, const char *directory, int status,
                           const char *why, hbl_error *error);

/* The text of directory/run.json; NULL where it cannot be read. free it. */
char *hbl_manifest_text(const char *directory);

/* directory/run.json; NULL where there is none, or it is not this program's, or, with ENOMEM in
 * errno, where memory ran out. cJSON_Delete it. */
cJSON *hbl_manifest_read(const char *directory);

/* Whether directory/run.json was written by this program. As above. */
bool hbl_manifest_is_ours(const char *directory);

#endif
