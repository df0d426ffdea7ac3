/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Model files and what stands in them: overrides, formulas, forms such as "2(K+5)".
 */
#ifndef HBL_TESTS_FUZZ_MODEL_FILE_H
#define HBL_TESTS_FUZZ_MODEL_FILE_H

#include "core/options.h"
#include "model/formula.h"

static inline void fuzz_spec(const uint8_t *data, size_t size)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_spec *spec = NULL;
    char path[64];
    const int file = fuzz_file(data, size, path);

    fuzz_told(hbl_spec_read(path, NULL, 0, &spec, &error), &error);
    if (spec)
        free(hbl_spec_to_json(spec));
    hbl_spec_free(spec);
    close(file);
}

/* One --set a line. */
static inline void fuzz_override(const uint8_t *data, size_t size)
{
    static const char model[] = "{\"formula\":\"y ~ a + b | c\",\"data\":{\"file\":\"d.csv\"},"
                                "\"random\":{\"a\":\"normal\"},\"hb\":{\"seed\":3}}";
    enum { MOST = 8 };
    hbl_error error = HBL_ERROR_INIT;
    hbl_spec *spec = NULL;
    char *text = fuzz_text(data, size), *at = text, path[64];
    const char *overrides[MOST];
    size_t n = 0;
    const int file = fuzz_file((const uint8_t *)model, sizeof model - 1, path);

    while (n < MOST && at) {
        char *end = strchr(at, '\n');
        if (end)
            *end++ = '\0';
        overrides[n++] = at;
        at = end;
    }
    fuzz_told(hbl_spec_read(path, overrides, n, &spec, &error), &error);
    if (spec)
        free(hbl_spec_to_json(spec));
    hbl_spec_free(spec);
    free(text);
    close(file);
}

/* Terms of columns that the part has, in ascending order and told apart. */
static inline void fuzz_check_formula(const hbl_formula *formula, size_t length)
{
    for (int p = 0; p < HBL_N_PARTS; p++) {
        const hbl_formula_part *part = &formula->part[p];
        for (size_t v = 0; v < part->n_variables; v++)
            if (!part->variable[v].name || part->variable[v].position >= length)
                abort();
        for (size_t i = 0; i < part->n_terms; i++) {
            const hbl_term *term = &part->term[i];
            if (term->n > HBL_TERM_VARIABLES || (i > 0 && term->n < part->term[i - 1].n && term->n))
                abort();
            for (size_t v = 0; v < term->n; v++)
                if (term->variable[v] >= part->n_variables ||
                    (v > 0 && term->variable[v] <= term->variable[v - 1]))
                    abort();
            for (size_t j = 0; j < i; j++)
                if (hbl_term_same(term, &part->term[j]))
                    abort();
        }
    }
    hbl_formula_dot(formula);
    hbl_formula_dot_holds(formula, HBL_PART_GENERIC, "a");
}

static inline void fuzz_formula(const uint8_t *data, size_t size)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_formula *formula = NULL;
    size_t position = 0;
    char *text = fuzz_text(data, size);
    const int status = hbl_formula_parse(text, &formula, &position, &error);

    fuzz_told(status, &error);
    if (status && position > strlen(text))
        abort();
    if (!status)
        fuzz_check_formula(formula, strlen(text));
    if (!status)
        hbl_formula_free(formula);
    free(text);
}

static inline void fuzz_linear(const uint8_t *data, size_t size)
{
    hbl_error error = HBL_ERROR_INIT;
    double pair[2];
    char *text = fuzz_text(data, size);

    fuzz_told(hbl_linear_parse(text, pair, &error), &error);
    free(text);
}

#endif
