/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sweep. Each step leaves p(theta_1..N, mu, Delta, Omega, alpha | choices) invariant; the order
 * is that of Rossi, Allenby and McCulloch (2005, ch. 5) and Train (2009, ch. 12), with the
 * ancillarity- sufficiency interweaving of Yu and Meng (2011) added at the end.
 */
#include "hb/chain.h"

/* Acceptance is counted anew once nothing adapts any more. */
static void begin_sampling(hbl_chain *chain)
{
    const hbl_count none = {0};
    chain->person_count = chain->interweave_count = none;
    chain->population_count = chain->scale_count = none;
}

static void trace_state(const hbl_chain *chain)
{
    const hbl_hb *hb = chain->hb;
    const hbl_trace_field field[] = {
        {"mu", chain->mu, hb->K, 1},
        {"L", chain->L, hb->K * hb->K, 1},
        {"delta", chain->delta, hb->Q * hb->K, 1},
        {"alpha", chain->alpha, hb->F, 1},
        {"lambda", chain->lambda, hb->K, 1},
    };
    hbl_trace(chain, "state", -1, field, sizeof field / sizeof *field);
}

int hbl_chain_sweep(hbl_chain *chain, hbl_error *error)
{
    int status;

    if (chain->sweep == (uint64_t)chain->hb->settings.warmup)
        begin_sampling(chain);
    if (chain->trace)
        trace_state(chain);
    hbl_person_step(chain);                     /* theta_n | mu, Delta, Omega, alpha, choices */
    status = hbl_population_step(chain, error); /* mu, Omega | theta - Delta'w, Delta */
    if (!status)
        status = hbl_slope_step(chain, error); /* Delta | theta, mu, Omega */
    if (status)
        return status;
    hbl_interweave_step(chain); /* mu, L, Delta, alpha | L^-1 (theta - Delta'w - mu), choices */
    hbl_scale_step(chain);      /* L, lambda | the same */
    hbl_adapt(chain);           /* in warm-up only */
    chain->sweep++;
    return HBL_OK;
}
