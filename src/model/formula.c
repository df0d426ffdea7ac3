/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 *     formula: name ~ part { | part }
 *     part:    [sign] term { sign term }        sign: + or -
 *     term:    name | `any name` | 0 | 1
 *
 * As in R, "0" and "- 1" take the intercepts away and "1" gives them back; they are those of the
 * second part, whichever parts are written.
 */
#include "model/formula.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"

typedef struct {
    const char *text;
    size_t at;
    hbl_formula *formula;
    hbl_error *error;
} reader;

static char peek(reader *r)
{
    while (isspace((unsigned char)r->text[r->at]))
        r->at++;
    return r->text[r->at];
}

/* Bytes above 127 belong to letters of other alphabets. */
static bool begins_name(char c)
{
    return isalpha((unsigned char)c) || c == '.' || c == '_' || (unsigned char)c > 127;
}

static bool is_in_name(char c)
{
    return begins_name(c) || isdigit((unsigned char)c);
}

static int copy_name(reader *r, size_t start, size_t length, hbl_term *term)
{
    term->position = start;
    term->name = hbl_calloc(length + 1, 1, "the formula", r->error);
    if (term->name == NULL)
        return HBL_ERR_MEMORY;
    memcpy(term->name, r->text + start, length);
    return HBL_OK;
}

static int read_quoted(reader *r, hbl_term *term)
{
    const char *end = strchr(r->text + r->at + 1, '`');
    const size_t start = r->at + 1;

    if (end == NULL || end == r->text + start)
        return hbl_fail(r->error, HBL_ERR_INPUT, "%s",
                        end == NULL ? "this backtick is not closed" : "no name between backticks");
    r->at = (size_t)(end - r->text) + 1;
    return copy_name(r, start, (size_t)(end - r->text) - start, term);
}

/* Reads a name; what an R formula could hold instead is named as such. */
static int read_name(reader *r, const char *wanted, hbl_term *term)
{
    const char first = peek(r);
    const size_t start = r->at;
    size_t end = start;

    if (first == '`')
        return read_quoted(r, term);
    if (!begins_name(first))
        return hbl_fail(r->error, HBL_ERR_INPUT, "expected %s, found %s%.1s%s", wanted,
                        first == '\0' ? "the end" : "\"", r->text + start,
                        first == '\0' ? "" : "\"");
    while (is_in_name(r->text[end]))
        end++;
    if (end == start + 1 && first == '.')
        return hbl_fail(r->error, HBL_ERR_INPUT,
                        "\".\" for all columns is not available in this version; name them");
    if (r->text[end] == '(')
        return hbl_fail(r->error, HBL_ERR_INPUT,
                        "functions such as %.*s() are not available in this version; put the "
                        "result into a column of the data",
                        (int)(end - start), r->text + start);
    r->at = end;
    return copy_name(r, start, end - start, term);
}

static int add_term(reader *r, hbl_part part, const hbl_term *term)
{
    hbl_formula *f = r->formula;
    const size_t n = f->n_terms[part];
    hbl_term *longer;

    for (size_t i = 0; i < n; i++) {
        if (strcmp(f->term[part][i].name, term->name) == 0) {
            r->at = term->position;
            return hbl_fail(r->error, HBL_ERR_INPUT, "\"%s\" is given twice in this part",
                            term->name);
        }
    }
    longer = realloc(f->term[part], (n + 1) * sizeof *longer);
    if (longer == NULL)
        return hbl_fail_memory(r->error, "the formula");
    f->term[part] = longer;
    longer[f->n_terms[part]++] = *term;
    return HBL_OK;
}

/* "0" or "1" */
static int read_intercept(reader *r, hbl_part part, bool minus)
{
    const bool one = r->text[r->at] == '1';

    if (isdigit((unsigned char)r->text[r->at + 1]) || r->text[r->at + 1] == '.')
        return hbl_fail(r->error, HBL_ERR_INPUT,
                        "the only numbers in a formula are 0 and 1, for no intercepts or some");
    r->at++;
    if (part == HBL_PART_INDIVIDUAL)
        r->formula->intercepts = one != minus;
    return HBL_OK;
}

static int read_term(reader *r, hbl_part part, bool minus)
{
    hbl_term term = {NULL, 0};
    const char first = peek(r);
    int status;

    if (first == '0' || first == '1')
        return read_intercept(r, part, minus);
    if (minus)
        return hbl_fail(r->error, HBL_ERR_INPUT,
                        "only \"- 1\" is possible after a minus; leave other terms out instead");
    status = read_name(r, "a name, 0 or 1", &term);
    if (!status)
        status = add_term(r, part, &term);
    if (status)
        free(term.name);
    return status;
}

/* After a term: a sign goes on, "|" or the end stops, everything else is refused by name. */
static int read_sign(reader *r, bool *more, bool *minus)
{
    const char c = peek(r);

    *more = c == '+' || c == '-';
    *minus = c == '-';
    if (*more)
        r->at++;
    if (*more || c == '|' || c == '\0')
        return HBL_OK;
    if (strchr(":*^/%", c) != NULL)
        return hbl_fail(r->error, HBL_ERR_INPUT,
                        "interactions and operators such as \"%c\" are not available in this "
                        "version; put the result into a column of the data",
                        c);
    return hbl_fail(r->error, HBL_ERR_INPUT, "expected +, | or the end, found \"%c\"", c);
}

static int read_part(reader *r, hbl_part part)
{
    bool more = true, minus = false;
    int status = HBL_OK;

    if (peek(r) == '|' || peek(r) == '\0')
        return hbl_fail(r->error, HBL_ERR_INPUT, "this part is empty; write 0 for no terms");
    if (peek(r) == '-' || peek(r) == '+')
        minus = r->text[r->at++] == '-';
    while (!status && more) {
        status = read_term(r, part, minus);
        if (!status)
            status = read_sign(r, &more, &minus);
    }
    return status;
}

static int read_formula(reader *r)
{
    int status = read_name(r, "the column of choices", &r->formula->choice);

    if (status)
        return status;
    if (peek(r) != '~')
        return hbl_fail(r->error, HBL_ERR_INPUT,
                        "expected \"~\" after the column of choices, as in \"choice ~ price\"");
    r->formula->intercepts = true;
    for (int part = 0; !status; part++) {
        r->at++; /* the tilde or bar */
        if (part == HBL_N_PARTS)
            return hbl_fail(r->error, HBL_ERR_INPUT,
                            "a fourth part is not available in this version");
        status = read_part(r, (hbl_part)part);
        if (!status && peek(r) == '\0')
            break;
    }
    return status;
}

/* z:alternative and w:alternative would be the same coefficient. */
static int check_overlap(reader *r)
{
    const hbl_formula *f = r->formula;

    for (size_t i = 0; i < f->n_terms[HBL_PART_ALTERNATIVE]; i++) {
        const hbl_term *w = &f->term[HBL_PART_ALTERNATIVE][i];

        for (size_t j = 0; j < f->n_terms[HBL_PART_INDIVIDUAL]; j++) {
            if (strcmp(w->name, f->term[HBL_PART_INDIVIDUAL][j].name) == 0) {
                r->at = w->position;
                return hbl_fail(r->error, HBL_ERR_INPUT,
                                "\"%s\" is in the second part already, with a coefficient for "
                                "each alternative but the reference",
                                w->name);
            }
        }
    }
    return HBL_OK;
}

static bool has_terms(const hbl_formula *f)
{
    size_t n = f->intercepts;

    for (int part = 0; part < HBL_N_PARTS; part++)
        n += f->n_terms[part];
    return n > 0;
}

int hbl_formula_parse(const char *text, hbl_formula **formula, size_t *position, hbl_error *error)
{
    reader r = {.text = text, .error = error};
    int status;

    *position = 0;
    r.formula = hbl_calloc(1, sizeof *r.formula, "the formula", error);
    if (r.formula == NULL)
        return HBL_ERR_MEMORY;
    status = read_formula(&r);
    if (!status)
        status = check_overlap(&r);
    if (!status && !has_terms(r.formula))
        status = hbl_fail(error, HBL_ERR_INPUT, "no coefficient is left to estimate");
    *position = r.at;
    if (status) {
        hbl_formula_free(r.formula);
        return status;
    }
    *formula = r.formula;
    return HBL_OK;
}

void hbl_formula_free(hbl_formula *formula)
{
    if (formula == NULL)
        return;
    for (int part = 0; part < HBL_N_PARTS; part++) {
        for (size_t i = 0; i < formula->n_terms[part]; i++)
            free(formula->term[part][i].name);
        free(formula->term[part]);
    }
    free(formula->choice.name);
    free(formula);
}
