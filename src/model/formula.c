/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 *     formula:  name ~ part { | part }              one to four parts
 *     part:     [sign] term { sign term }           sign: + or -
 *     term:     0 | 1 | . | product { * product }   a * b is a + b + a:b
 *     product:  name { : name }
 *     name:     letters, digits, "." and "_" | `any name`
 *
 * As in R, "0" and "- 1" take the intercepts away and "1" gives them back, and "- a" takes a term
 * out again. The intercepts are those of the second part, or, as mlogit has it, those of the first
 * where it is the only one. In the fourth part, "1" adds a constant.
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
    hbl_part part;
    enum { UNSAID, NO, YES } intercept[HBL_N_PARTS];
    hbl_error *error;
} reader;

/* ---- names */

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

static int copy_name(reader *r, size_t start, size_t length, hbl_variable_name *name)
{
    name->position = start;
    name->name = hbl_calloc(length + 1, 1, "the formula", r->error);
    if (name->name == NULL)
        return HBL_ERR_MEMORY;
    memcpy(name->name, r->text + start, length);
    return HBL_OK;
}

static int read_quoted(reader *r, hbl_variable_name *name)
{
    const char *end = strchr(r->text + r->at + 1, '`');
    const size_t start = r->at + 1;

    if (end == NULL || end == r->text + start)
        return hbl_fail(r->error, HBL_ERR_INPUT, "%s",
                        end == NULL ? "this backtick is not closed" : "no name between backticks");
    r->at = (size_t)(end - r->text) + 1;
    return copy_name(r, start, (size_t)(end - r->text) - start, name);
}

/* What an R formula could hold instead is named as such. */
static int refuse(reader *r, const char *wanted)
{
    const char c = r->text[r->at];

    if (c == '(')
        return hbl_fail(r->error, HBL_ERR_INPUT,
                        "a formula has no parentheses; write its terms out");
    if (c == '\0')
        return hbl_fail(r->error, HBL_ERR_INPUT, "expected %s, found the end", wanted);
    return hbl_fail(r->error, HBL_ERR_INPUT, "expected %s, found \"%c\"", wanted, c);
}

static int read_name(reader *r, const char *wanted, hbl_variable_name *name)
{
    const char first = peek(r);
    const size_t start = r->at;
    size_t end = start;

    if (first == '`')
        return read_quoted(r, name);
    if (!begins_name(first))
        return refuse(r, wanted);
    while (is_in_name(r->text[end]))
        end++;
    if (end == start + 1 && first == '.')
        return hbl_fail(r->error, HBL_ERR_INPUT,
                        "\".\" stands alone for all columns; it cannot be part of a product");
    if (r->text[end] == '(')
        return hbl_fail(r->error, HBL_ERR_INPUT,
                        "a formula has no functions such as %.*s(); compute a column under "
                        "\"derived\" of \"data\" and name it here",
                        (int)(end - start < 80 ? end - start : 80), r->text + start);
    r->at = end;
    return copy_name(r, start, end - start, name);
}

/* ---- terms */

static int fail_long(reader *r)
{
    return hbl_fail(r->error, HBL_ERR_INPUT, "a product of more than %d columns",
                    HBL_TERM_VARIABLES);
}

static int read_product(reader *r, const char *wanted, hbl_term *product)
{
    hbl_formula_part *part = &r->formula->part[r->part];
    bool more = true;

    *product = (hbl_term){.n = 0};
    while (more) {
        hbl_variable_name name = {NULL, 0};
        hbl_term single = {.n = 1};
        const size_t start = r->at;
        int status = read_name(r, wanted, &name);

        if (!status && product->n == 0)
            product->position = name.position;
        if (!status)
            status = hbl_part_variable(part, name, &single.variable[0], r->error);
        if (status)
            return status;
        if (!hbl_term_multiply(product, &single)) {
            r->at = start;
            return fail_long(r);
        }
        more = peek(r) == ':';
        r->at += more;
        wanted = "a name";
    }
    return HBL_OK;
}

/* Adds, or takes out, a term where it stands. */
static int put_term(reader *r, const hbl_term *term, bool minus)
{
    hbl_formula_part *part = &r->formula->part[r->part];
    bool found = false;
    int status;

    if (!minus)
        return hbl_part_add(part, term, r->error);
    status = hbl_part_remove(part, term, &found, r->error);
    if (!status && !found) {
        r->at = term->position;
        return hbl_fail(r->error, HBL_ERR_INPUT,
                        "nothing to take out: this is none of the terms before it in this part");
    }
    return status;
}

/* a * b * c: the products of every choice of them. */
static int put_crossing(reader *r, const hbl_term *product, size_t n, bool minus)
{
    int status = HBL_OK;

    for (size_t size = 1; !status && size <= n; size++) {
        for (size_t set = 1; !status && set < (size_t)1 << n; set++) {
            hbl_term term = {.n = 0, .position = product[0].position};
            size_t count = 0;

            for (size_t i = 0; i < n; i++)
                count += set >> i & 1;
            for (size_t i = 0; count == size && i < n; i++) {
                if ((set >> i & 1) && !hbl_term_multiply(&term, &product[i]))
                    return fail_long(r);
            }
            if (count == size)
                status = put_term(r, &term, minus);
        }
    }
    return status;
}

static int read_crossing(reader *r, bool minus)
{
    hbl_term product[HBL_TERM_VARIABLES];
    size_t n = 0;
    bool more = true;

    while (more) {
        int status;

        if (n == HBL_TERM_VARIABLES)
            return fail_long(r);
        status = read_product(r, n == 0 ? "a name, 0 or 1" : "a name", &product[n]);
        if (status)
            return status;
        n++;
        more = peek(r) == '*';
        r->at += more;
    }
    return put_crossing(r, product, n, minus);
}

/* "0" or "1" */
static int read_intercept(reader *r, bool minus)
{
    const bool one = r->text[r->at] == '1';

    if (isdigit((unsigned char)r->text[r->at + 1]) || r->text[r->at + 1] == '.')
        return hbl_fail(r->error, HBL_ERR_INPUT,
                        "the only numbers in a formula are 0 and 1, for no intercepts or some");
    r->at++;
    r->intercept[r->part] = one != minus ? YES : NO;
    return HBL_OK;
}

static int read_dot(reader *r, bool minus)
{
    const hbl_term dot = {.n = 0, .position = r->at};

    if (minus)
        return hbl_fail(r->error, HBL_ERR_INPUT, "\".\" cannot be taken out");
    if (r->part == HBL_PART_SCALE)
        return hbl_fail(r->error, HBL_ERR_INPUT,
                        "\".\" is not possible in the fourth part; name its columns");
    if (hbl_formula_dot(r->formula) < r->part)
        return hbl_fail(r->error, HBL_ERR_INPUT, "\".\" is possible in one part only");
    r->at++;
    return hbl_part_add(&r->formula->part[r->part], &dot, r->error);
}

static int read_term(reader *r, bool minus)
{
    const char first = peek(r), second = first == '\0' ? '\0' : r->text[r->at + 1];

    if (first == '0' || first == '1')
        return read_intercept(r, minus);
    if (first == '.' && !is_in_name(second) && second != ':' && second != '*')
        return read_dot(r, minus);
    return read_crossing(r, minus);
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
    if (strchr("^/%*:", c) != NULL)
        return hbl_fail(r->error, HBL_ERR_INPUT,
                        "\"%c\" has no place here; compute a column under \"derived\" of \"data\" "
                        "and name it in the formula",
                        c);
    return refuse(r, "+, | or the end");
}

/* ---- parts */

static int read_part(reader *r)
{
    bool more = true, minus = false;
    int status = HBL_OK;

    if (peek(r) == '|' || peek(r) == '\0')
        return hbl_fail(r->error, HBL_ERR_INPUT, "this part is empty; write 0 for no terms");
    if (peek(r) == '-' || peek(r) == '+')
        minus = r->text[r->at++] == '-';
    while (!status && more) {
        status = read_term(r, minus);
        if (!status)
            status = read_sign(r, &more, &minus);
    }
    hbl_part_sort(&r->formula->part[r->part]);
    return status;
}

static int read_formula(reader *r)
{
    int status = read_name(r, "the column of choices", &r->formula->choice), n_parts = 0;

    if (status)
        return status;
    if (peek(r) != '~')
        return hbl_fail(r->error, HBL_ERR_INPUT,
                        "expected \"~\" after the column of choices, as in \"choice ~ price\"");
    while (!status && peek(r) != '\0') {
        r->at++; /* the tilde or bar */
        if (n_parts == HBL_N_PARTS)
            return hbl_fail(r->error, HBL_ERR_INPUT,
                            "a fifth part; a formula has at most four: x | z | w | v");
        r->part = (hbl_part)n_parts++;
        status = read_part(r);
    }
    r->formula->intercepts =
        r->intercept[n_parts == 1 ? HBL_PART_GENERIC : HBL_PART_INDIVIDUAL] != NO;
    r->formula->scale_intercept = r->intercept[HBL_PART_SCALE] == YES;
    return status;
}

static bool same_across(const hbl_formula_part *p, const hbl_term *a, const hbl_formula_part *q,
                        const hbl_term *b)
{
    size_t found = 0;

    for (size_t i = 0; i < a->n; i++) {
        for (size_t j = 0; j < b->n; j++)
            found +=
                strcmp(p->variable[a->variable[i]].name, q->variable[b->variable[j]].name) == 0;
    }
    return a->n == b->n && found == a->n;
}

/* z:alternative and w:alternative would be the same coefficient. */
static int check_overlap(reader *r)
{
    const hbl_formula_part *z = &r->formula->part[HBL_PART_INDIVIDUAL],
                           *w = &r->formula->part[HBL_PART_ALTERNATIVE];

    for (size_t i = 0; i < w->n_terms; i++) {
        for (size_t j = 0; j < z->n_terms; j++) {
            if (!same_across(w, &w->term[i], z, &z->term[j]))
                continue;
            r->at = w->term[i].position;
            return hbl_fail(r->error, HBL_ERR_INPUT,
                            "this is in the second part already, with a coefficient for each "
                            "alternative but the reference");
        }
    }
    return HBL_OK;
}

/* What is explained must not explain itself. */
static int check_choice(reader *r)
{
    for (int p = 0; p < HBL_N_PARTS; p++) {
        const hbl_formula_part *part = &r->formula->part[p];

        for (size_t i = 0; i < part->n_variables; i++) {
            if (strcmp(part->variable[i].name, r->formula->choice.name) != 0)
                continue;
            r->at = part->variable[i].position;
            return hbl_fail(r->error, HBL_ERR_INPUT,
                            "this is the column of choices, left of \"~\"; leave it out here");
        }
    }
    return HBL_OK;
}

static bool has_terms(const hbl_formula *f)
{
    size_t n = f->intercepts;

    for (int part = 0; part < HBL_PART_SCALE; part++)
        n += f->part[part].n_terms;
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
    if (!status)
        status = check_choice(&r);
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
