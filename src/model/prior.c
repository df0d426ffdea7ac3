/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Priors: the presets, and figures that depend on the size of a covariance block.
 */
#include <stdbool.h>

#include "core/fail.h"
#include "hblogit/model.h"

/* What each program does, in the convention of settings.h. Sources: bayesm's rhierMnlRwMixture
 * (nu = K + 3, V = nu I, Amu = 0.01); Train (2009), section 12.6; RSGHB's degreesOfFreedom = 5 and
 * priorVariance = 2, whose diagonal draw is sigma^2 = (1 + sum d^2) / chi^2_{N+1}; ChoiceModelR's
 * df = 5, v = 2, Amu = 0.01. */
static const hbl_prior presets[] = {
    [HBL_PRESET_BAYESM] = {.mean = HBL_MEAN_CONJUGATE,
                           .mean_precision = 0.01,
                           .df = {3.0, 1.0},
                           .scale = {3.0, 1.0},
                           .df_single = {3.0, 1.0},
                           .scale_single = {3.0, 1.0}},
    [HBL_PRESET_TRAIN] = {.mean = HBL_MEAN_FLAT,
                          .df = {0.0, 1.0},
                          .scale = {0.0, 1.0},
                          .df_single = {0.0, 1.0},
                          .scale_single = {0.0, 1.0}},
    [HBL_PRESET_RSGHB] = {.mean = HBL_MEAN_FLAT,
                          .df = {5.0, 1.0},
                          .scale = {2.0, 0.0},
                          .df_single = {1.0, 0.0},
                          .scale_single = {1.0, 0.0}},
    [HBL_PRESET_CHOICEMODELR] = {.mean = HBL_MEAN_CONJUGATE,
                                 .mean_precision = 0.01,
                                 .df = {5.0, 1.0},
                                 .scale = {10.0, 2.0},
                                 .df_single = {5.0, 1.0},
                                 .scale_single = {10.0, 2.0}},
};

void hbl_prior_preset(hbl_prior *prior, hbl_preset preset)
{
    const double location = prior->fixed_location, precision = prior->fixed_precision;

    *prior = presets[preset];
    prior->preset = preset;
    prior->fixed_location = location;
    prior->fixed_precision = precision;
}

static double linear(const hbl_linear_in_k *value, size_t m)
{
    return value->constant + value->per_coefficient * (double)m;
}

static bool is_given(const hbl_linear_in_k *value)
{
    return value->constant != 0.0 || value->per_coefficient != 0.0;
}

/* Neither df nor scale can be 0, so a pair left at 0 means that a block of one is no exception. */
double hbl_prior_df(const hbl_prior *prior, size_t m)
{
    return linear(m == 1 && is_given(&prior->df_single) ? &prior->df_single : &prior->df, m);
}

double hbl_prior_scale(const hbl_prior *prior, size_t m)
{
    return linear(m == 1 && is_given(&prior->scale_single) ? &prior->scale_single : &prior->scale,
                  m);
}

static int check_block(const hbl_prior *prior, size_t m, hbl_error *error)
{
    const bool wishart = prior->covariance == HBL_COVARIANCE_INVERSE_WISHART;
    const double df = hbl_prior_df(prior, m), scale = hbl_prior_scale(prior, m);
    const double least = wishart ? (double)m - 1.0 : 0.0;

    if (!(df > least))
        return hbl_fail(error, HBL_ERR_INPUT,
                        "hb.prior.covariance.df is %g for a block of %zu random coefficients: %s "
                        "needs more than %g, such as \"K+3\"",
                        df, m, wishart ? "an inverse-Wishart" : "huang-wand", least);
    if (!(scale > 0.0))
        return hbl_fail(error, HBL_ERR_INPUT,
                        "hb.prior.covariance.scale is %g for a block of %zu random coefficients: "
                        "it must be above 0",
                        scale, m);
    return HBL_OK;
}

int hbl_prior_check(const hbl_prior *prior, const hbl_model *model, hbl_error *error)
{
    for (size_t b = 0; b < model->n_blocks; b++) {
        size_t m = 0;

        for (size_t i = 0; i < model->n_random; i++)
            m += model->block_of[i] == b;
        const int status = check_block(prior, m, error);

        if (status)
            return status;
    }
    if (prior->mean != HBL_MEAN_FLAT && !(prior->mean_precision > 0.0))
        return hbl_fail(error, HBL_ERR_INPUT,
                        "hb.prior.mean.precision is %g: it must be above 0, or the mean's type "
                        "\"flat\"",
                        prior->mean_precision);
    return HBL_OK;
}
