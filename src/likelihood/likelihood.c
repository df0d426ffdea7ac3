/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "likelihood/likelihood.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/isa.h"
#include "core/memory.h"
#include "likelihood/exact.h"
#include "likelihood/internal.h"
#include "likelihood/units.h"

/* ---- instruction sets ---- */

HBL_BY_ISA(const hbl_pass, hbl_pass);

static const hbl_pass *choose_pass(const char *isa, hbl_error *error)
{
    const hbl_isa best = hbl_isa_best();
    char known[64] = "";

    if (!isa)
        return by_isa[best];
    for (int i = 0; i <= (int)best; i++) {
        if (strcmp(isa, by_isa[i]->isa) == 0)
            return by_isa[i];
        snprintf(known + strlen(known), sizeof known - strlen(known), " %s", by_isa[i]->isa);
    }
    hbl_fail(error, HBL_ERR_INPUT, "instruction set \"%s\" is not available here; choose from:%s",
             isa, known);
    return NULL;
}

/* ---- life ---- */

static hbl_pass_function *function_for(hbl_pass_function *const *by_columns, size_t n)
{
    return by_columns[n <= HBL_PASS_SPECIALISED && by_columns[n] ? n : 0];
}

static hbl_reader reader_of(const hbl_pack *pack, const hbl_pass_kernels *const kernels[2],
                            size_t n_columns)
{
    const hbl_pass_kernels *k = kernels[pack->kind == HBL_PACK_UNITS];

    return (hbl_reader){.pack = pack,
                        .lanes = k->lanes,
                        .n_columns = n_columns,
                        .strip = pack->strip,
                        .per_block = HBL_LANES / k->lanes,
                        .value = function_for(k->value, n_columns),
                        .gradient = function_for(k->gradient, n_columns),
                        .both = function_for(k->both, n_columns),
                        .hessian = k->hessian};
}

static int pack_in_reals(hbl_likelihood *l, size_t cached, hbl_error *error)
{
    int status = hbl_pack_init(&l->pack[0], &l->packing, l->model, l->pass->in_double[0]->lanes,
                               HBL_PACK_DOUBLE, NULL, cached, error);

    l->in_double = reader_of(&l->pack[0], l->pass->in_double, l->model->n_columns);
    if (status || l->precision == HBL_PRECISION_DOUBLE)
        return status;
    status = hbl_pack_init(&l->pack[1], &l->packing, l->model, l->pass->in_float[0]->lanes,
                           HBL_PACK_FLOAT, NULL, cached, error);
    l->in_float = reader_of(&l->pack[1], l->pass->in_float, l->model->n_columns);
    return status;
}

/* A strip in units has as many lanes as float, of which double takes some at a time. */
static int cut_strips(hbl_likelihood *l, hbl_error *error)
{
    const hbl_pack *pack = &l->pack[0];
    const size_t lanes = l->in_double.lanes, parts = pack->lanes / lanes;

    l->part = hbl_calloc(pack->n_strips * parts, sizeof *l->part, "packed data", error);
    if (!l->part)
        return HBL_ERR_MEMORY;
    for (size_t i = 0; i < pack->n_strips * parts; i++) {
        l->part[i] = pack->strip[i / parts];
        l->part[i].stream = (const int16_t *)l->part[i].stream + i % parts * lanes;
    }
    l->in_double.strip = l->part;
    return HBL_OK;
}

static int pack_in_units(hbl_likelihood *l, const double *unit, size_t cached, hbl_error *error)
{
    const int status =
        hbl_pack_init(&l->pack[0], &l->packing, l->model, l->pass->in_float[0]->lanes,
                      HBL_PACK_UNITS, unit, cached, error);

    l->in_float = reader_of(&l->pack[0], l->pass->in_float, l->model->n_columns);
    l->in_double = reader_of(&l->pack[0], l->pass->in_double, l->model->n_columns);
    return status ? status : cut_strips(l, error);
}

/* Data that the caches hold are read fastest as what they are computed in; beyond them the pass
 * waits for memory, which passes twice as many differences in units. */
static int pack_all(hbl_likelihood *l, size_t cached, hbl_error *error)
{
    const bool large =
        hbl_pack_size(&l->packing, l->model, l->pass->in_float[0]->lanes, HBL_PACK_FLOAT) > cached;
    double *unit = hbl_calloc(l->model->n_columns, sizeof *unit, "packed data", error);
    int status;

    if (!unit)
        return HBL_ERR_MEMORY;
    status = large && l->precision != HBL_PRECISION_DOUBLE && hbl_units_find(l->model, unit)
                 ? pack_in_units(l, unit, cached, error)
                 : pack_in_reals(l, cached, error);
    free(unit);
    return status;
}

static int fill(hbl_likelihood *l, size_t cached, hbl_error *error)
{
    const hbl_panel *panel = l->model->panel;
    int status;

    l->task_chosen = hbl_calloc(panel->n_tasks, sizeof *l->task_chosen, "choices", error);
    if (!l->task_chosen)
        return HBL_ERR_MEMORY;
    status = hbl_packing_init(&l->packing, panel, error);
    if (!status)
        status = pack_all(l, cached, error);
    if (!status)
        status = hbl_columns_init(l, error);
    if (!status)
        hbl_likelihood_set_choices(l, panel->task_chosen);
    return status;
}

int hbl_likelihood_alloc(const hbl_model *model, hbl_precision precision, const char *isa,
                         hbl_likelihood **likelihood, hbl_error *error)
{
    return hbl_likelihood_alloc_cached(model, precision, isa, HBL_PACK_CACHED, likelihood, error);
}

int hbl_likelihood_alloc_cached(const hbl_model *model, hbl_precision precision, const char *isa,
                                size_t cached, hbl_likelihood **likelihood, hbl_error *error)
{
    static const char *const precision_name[] = {"double", "mixed", "float"};
    const hbl_pass *pass = choose_pass(isa, error);
    hbl_likelihood *l;
    int status;

    *likelihood = NULL;
    if (!pass)
        return HBL_ERR_INPUT;
    if (model->n_columns == 0 || model->n_coefficients == 0)
        return hbl_fail(error, HBL_ERR_INPUT, "the model has no coefficients to estimate");
    l = hbl_calloc(1, sizeof *l, "the likelihood", error);
    if (!l)
        return HBL_ERR_MEMORY;
    l->model = model;
    l->precision = precision;
    l->pass = pass;
    snprintf(l->name, sizeof l->name, "%s %s", pass->isa, precision_name[precision]);
    status = fill(l, cached, error);
    if (status)
        hbl_likelihood_free(l);
    else
        *likelihood = l;
    return status;
}

void hbl_likelihood_free(hbl_likelihood *likelihood)
{
    if (!likelihood)
        return;
    hbl_packing_clear(&likelihood->packing);
    hbl_pack_clear(&likelihood->pack[0]);
    hbl_pack_clear(&likelihood->pack[1]);
    free(likelihood->part);
    free(likelihood->task_chosen);
    free(likelihood->v);
    free(likelihood);
}

void hbl_likelihood_set_choices(hbl_likelihood *likelihood, const size_t *task_chosen)
{
    hbl_likelihood *l = likelihood;

    memcpy(l->task_chosen, task_chosen, l->model->panel->n_tasks * sizeof *task_chosen);
    hbl_pack_fill(&l->pack[0], &l->packing, l->model, l->task_chosen);
    hbl_pack_fill(&l->pack[1], &l->packing, l->model, l->task_chosen);
}

/* ---- what it is ---- */

const char *hbl_likelihood_name(const hbl_likelihood *likelihood)
{
    return likelihood->name;
}

size_t hbl_likelihood_n_blocks(const hbl_likelihood *likelihood)
{
    return likelihood->packing.n_blocks;
}

size_t hbl_likelihood_n_coefficients(const hbl_likelihood *likelihood)
{
    return likelihood->model->n_coefficients;
}

size_t hbl_likelihood_person(const hbl_likelihood *likelihood, size_t block, size_t lane)
{
    return likelihood->packing.person[block * HBL_LANES + lane];
}

size_t hbl_likelihood_bytes(const hbl_likelihood *likelihood)
{
    const size_t v = likelihood->packing.n_blocks * HBL_LANES * likelihood->model->n_scale;

    return likelihood->pack[0].bytes + likelihood->pack[1].bytes + v * sizeof(double);
}

size_t hbl_likelihood_n_rows(const hbl_likelihood *likelihood)
{
    return likelihood->model->panel->n_rows;
}

/* ---- the pass ---- */

/* A strip of a block: its first lane, the results at which it begins. */
typedef struct {
    const double *beta;
    double *log_likelihood, *gradient, *hessian;
} strip_arrays;

static double *at_lane(double *array, size_t lane)
{
    return array ? array + lane : NULL;
}

/* Lane by lane, where the pass gave up. */
static void exact_strip(const hbl_likelihood *likelihood, const size_t *person, size_t lanes,
                        const strip_arrays *at)
{
    const size_t n = likelihood->model->n_columns;

    for (size_t l = 0; l < lanes; l++) {
        if (person[l] != SIZE_MAX) {
            hbl_exact_person(likelihood->model, likelihood->task_chosen, person[l], at->beta + l,
                             at_lane(at->log_likelihood, l), at_lane(at->gradient, l),
                             at_lane(at->hessian, l));
            continue;
        }
        if (at->log_likelihood)
            at->log_likelihood[l] = 0;
        for (size_t k = 0; at->gradient && k < n; k++)
            at->gradient[k * HBL_LANES + l] = 0;
        for (size_t i = 0; at->hessian && i < n * (n + 1) / 2; i++)
            at->hessian[i * HBL_LANES + l] = 0;
    }
}

static bool fast_strip(const hbl_reader *reader, size_t block, size_t lane, const strip_arrays *at)
{
    const hbl_pass_strip *strip =
        reader->strip + (block * HBL_LANES + lane) * reader->per_block / HBL_LANES;
    hbl_pass_function *function;

    if (at->hessian)
        return reader->hessian(strip, reader->n_columns, at->beta, at->hessian);
    function = !at->gradient ? reader->value : at->log_likelihood ? reader->both : reader->gradient;
    return function(strip, reader->n_columns, at->beta, at->log_likelihood, at->gradient);
}

static strip_arrays lanes_from(const strip_arrays *block, size_t lane)
{
    return (strip_arrays){block->beta + lane, at_lane(block->log_likelihood, lane),
                          at_lane(block->gradient, lane), at_lane(block->hessian, lane)};
}

/* Lanes first to end of a block in double, person by person where even that does not do. */
static void strips_in_double(const hbl_likelihood *likelihood, size_t block, size_t first,
                             size_t end, const strip_arrays *arrays)
{
    const hbl_reader *reader = &likelihood->in_double;
    const size_t lanes = reader->lanes;

    for (size_t lane = first; lane < end; lane += lanes) {
        const strip_arrays at = lanes_from(arrays, lane);
        if (!fast_strip(reader, block, lane, &at))
            exact_strip(likelihood, likelihood->packing.person + block * HBL_LANES + lane, lanes,
                        &at);
    }
}

static void pass_in_double(const hbl_likelihood *likelihood, size_t block, const double *beta,
                           double *log_likelihood, double *gradient)
{
    const strip_arrays arrays = {beta, log_likelihood, gradient, NULL};

    if (log_likelihood || gradient)
        strips_in_double(likelihood, block, 0, HBL_LANES, &arrays);
}

/* In double where a utility is too large for float. */
static void pass_in_float(const hbl_likelihood *likelihood, size_t block, const double *beta,
                          double *log_likelihood, double *gradient)
{
    const strip_arrays arrays = {beta, log_likelihood, gradient, NULL};
    const hbl_reader *reader = &likelihood->in_float;
    const size_t lanes = reader->lanes;

    for (size_t lane = 0; (log_likelihood || gradient) && lane < HBL_LANES; lane += lanes) {
        const strip_arrays at = lanes_from(&arrays, lane);
        if (!fast_strip(reader, block, lane, &at))
            strips_in_double(likelihood, block, lane, lane + lanes, &arrays);
    }
}

void hbl_likelihood_pass(const hbl_likelihood *likelihood, hbl_precision precision, size_t block,
                         const double *beta, double *log_likelihood, double *gradient)
{
    switch (precision) {
    case HBL_PRECISION_DOUBLE:
        pass_in_double(likelihood, block, beta, log_likelihood, gradient);
        break;
    case HBL_PRECISION_FLOAT:
        pass_in_float(likelihood, block, beta, log_likelihood, gradient);
        break;
    case HBL_PRECISION_MIXED:
        pass_in_double(likelihood, block, beta, log_likelihood, NULL);
        pass_in_float(likelihood, block, beta, NULL, gradient);
        break;
    }
}

void hbl_likelihood_pass_hessian(const hbl_likelihood *likelihood, size_t block, const double *beta,
                                 double *hessian)
{
    const strip_arrays arrays = {beta, NULL, NULL, hessian};

    strips_in_double(likelihood, block, 0, HBL_LANES, &arrays);
}
