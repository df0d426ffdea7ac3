/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/verdict.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "report/text.h"

void hbl_verdict_heading(FILE *out, const hbl_summary *s)
{
    char people[HBL_NUMBER_SIZE], tasks[HBL_NUMBER_SIZE], draws[HBL_NUMBER_SIZE];

    if (s->title[0]) {
        hbl_put_text(out, s->title);
        fputc('\n', out);
    }
    hbl_format_count((double)s->n_persons, people);
    hbl_format_count((double)s->n_tasks, tasks);
    hbl_format_count((double)s->n_draws, draws);
    fputs("Hierarchical Bayes: ", out);
    if (s->n_persons > 0)
        fprintf(out, "%s people, %s tasks; ", people, tasks);
    fprintf(out, "%zu chain%s of %s draws", s->n_chains, s->n_chains == 1 ? "" : "s", draws);
    if (s->pass[0]) {
        fputs(" (", out);
        hbl_put_text(out, s->pass);
        fputc(')', out);
    }
    fputc('\n', out);
    if (s->status[0] && strcmp(s->status, "done") != 0)
        fprintf(out, "The run is not complete: its status is \"%s\".\n", s->status);
    if (s->stride > 1)
        fprintf(out, "A long run: means and sds are of every draw, all else of one draw in %zu.\n",
                s->stride);
}

/* " 1.003 (mu.price)" */
static void put_figure(FILE *out, const hbl_summary *s, const char *text, size_t at)
{
    fprintf(out, " %s", text);
    if (at != SIZE_MAX) {
        fputs(" (", out);
        hbl_put_text(out, s->parameter[at].name);
        fputc(')', out);
    }
}

void hbl_verdict_print(FILE *out, const hbl_summary *s)
{
    char text[HBL_NUMBER_SIZE];

    fputs(s->converged ? "Converged: worst R-hat" : "NOT converged: worst R-hat", out);
    hbl_format_rhat(s->worst_rhat, text);
    put_figure(out, s, text, s->worst_rhat_at);
    fputs(",\n  least bulk ESS", out);
    hbl_format_count(s->least_ess_bulk, text);
    put_figure(out, s, text, s->least_ess_bulk_at);
    fputs(", least tail ESS", out);
    hbl_format_count(s->least_ess_tail, text);
    put_figure(out, s, text, s->least_ess_tail_at);
    fputs(".\n", out);
}

/* ESS grows with the draws, and R-hat - 1 shrinks as they grow. */
double hbl_verdict_shortfall(const hbl_convergence *c)
{
    if (isnan(c->rhat) || isnan(c->ess_bulk) || isnan(c->ess_tail))
        return INFINITY;
    return fmax((c->rhat - 1) / (HBL_RHAT_LIMIT - 1),
                fmax(HBL_ESS_LIMIT / c->ess_bulk, HBL_ESS_LIMIT / c->ess_tail));
}

/* Up to the next number with two significant digits. */
static double round_up(double x)
{
    const double unit = pow(10, floor(log10(x)) - 1);

    return ceil(x / unit - 1e-9) * unit;
}

static void advise_more_draws(FILE *out, const hbl_summary *s, double shortfall)
{
    const double draws = round_up(1.25 * shortfall * (double)s->n_draws);
    const double more = draws / (double)s->n_draws;
    char bulk[HBL_NUMBER_SIZE], tail[HBL_NUMBER_SIZE];

    hbl_format_count(round_up(more * s->least_ess_bulk), bulk);
    hbl_format_count(round_up(more * s->least_ess_tail), tail);
    fprintf(
        out,
        "  Run more draws: hblogit resume DIR --draws %.0f would give about %s bulk and %s tail "
        "ESS.\n",
        draws, bulk, tail);
}

void hbl_verdict_advise(FILE *out, const hbl_summary *s)
{
    double shortfall = 0;

    for (size_t i = 0; i < s->n_parameters; i++) {
        const double its = hbl_verdict_shortfall(&s->parameter[i].convergence);
        if (isfinite(its))
            shortfall = fmax(shortfall, its);
    }
    if (s->converged)
        return;
    if (s->n_undefined > 0)
        fprintf(out,
                "  %zu of %zu parameters have no figures: their draws are constant, not finite, or "
                "fewer than 6 a chain.\n",
                s->n_undefined, s->n_parameters);
    if (s->worst_rhat > 1.1)
        fprintf(out,
                "  %s: a longer warm-up may help (--set hb.warmup=...), and hblogit\n"
                "  check says what the data cannot tell apart.\n",
                s->n_chains > 1 ? "The chains are in different places" : "The chain still drifts");
    if (shortfall > 1 && shortfall <= 100)
        advise_more_draws(out, s, shortfall);
    else if (shortfall > 100)
        fputs("  More draws alone will not do: try another kernel (hblogit help kernels) or a "
              "tighter prior.\n",
              out);
}
