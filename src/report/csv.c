/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * summary.csv.
 */
#include <math.h>

#include "core/csv.h"
#include "hblogit/report.h"
#include "report/csv.h"
#include "report/text.h"

void hbl_csv_put_figure(FILE *out, double x)
{
    if (isnan(x))
        fputs(",NaN", out); /* whatever the sign, which printf would show */
    else
        fprintf(out, ",%.17g", x);
}

static void put_parameter(FILE *out, const hbl_parameter *p)
{
    const hbl_convergence *c = &p->convergence;
    const double figure[] = {c->mean, c->mcse_mean, c->sd,       c->q5,  c->median,
                             c->q95,  c->ess_bulk,  c->ess_tail, c->rhat};

    hbl_csv_put_text(out, p->column);
    fputc(',', out);
    hbl_csv_put_text(out, p->name);
    for (size_t i = 0; i < sizeof figure / sizeof *figure; i++)
        hbl_csv_put_figure(out, figure[i]);
    fputc('\n', out);
}

int hbl_report_summary_csv(FILE *file, const hbl_summary *s, hbl_error *error)
{
    hbl_output out;
    int status = hbl_output_begin(&out, file, error);

    if (status)
        return status;
    fputs("parameter,name,mean,mcse,sd,q5,median,q95,ess_bulk,ess_tail,rhat\n", file);
    for (size_t i = 0; i < s->n_parameters; i++)
        put_parameter(file, &s->parameter[i]);
    return hbl_output_end(&out, status, "summary.csv", error);
}
