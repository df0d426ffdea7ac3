/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The trace: one JSON object a line for each kernel, with all that a reader needs to compute the
 * decision again from the model and the data.
 *
 *   {"sweep":0,"step":"state","mu":[..],"L":[..],"delta":[..],"alpha":[..]}   before the persons
 *   {"sweep":0,"step":"person","person":3,"theta":[..],"proposal":[..],...}
 *   {"sweep":0,"step":"population","mu":[..],"L":[..],...}
 *   {"sweep":0,"step":"slopes","drawn":[..],"delta":[..]}                     with covariates
 *   {"sweep":0,"step":"interweave","v":[..],...}
 */
#include <inttypes.h>

#include "hb/chain.h"

void hbl_trace(const hbl_chain *chain, const char *step, int64_t person,
               const hbl_trace_field *field, size_t n_fields)
{
    FILE *out = chain->trace;

    fprintf(out, "{\"sweep\":%" PRIu64 ",\"step\":\"%s\"", chain->sweep, step);
    if (person >= 0)
        fprintf(out, ",\"person\":%" PRId64, person);
    for (size_t f = 0; f < n_fields; f++) {
        fprintf(out, ",\"%s\":[", field[f].name);
        for (size_t i = 0; i < field[f].n; i++) {
            const double value = field[f].value[i * field[f].stride];
            if (value - value == 0)
                fprintf(out, "%s%.17g", i ? "," : "", value);
            else /* JSON has no infinities */
                fprintf(out, "%s\"%g\"", i ? "," : "", value);
        }
        fputc(']', out);
    }
    fputs("}\n", out);
}
