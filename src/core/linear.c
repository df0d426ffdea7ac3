/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers that depend linearly on K: sums of products of numbers, K and brackets, in which K may
 * not multiply K. A pair is constant + k K.
 */
#include "core/options.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"

typedef struct {
    double constant, k;
} pair;

typedef struct {
    const char *at;
    int depth; /* of brackets, bounded so that no text exhausts the stack */
    bool bad;
} reader;

static pair read_sum(reader *r);

static char peek(reader *r)
{
    while (isspace((unsigned char)*r->at))
        r->at++;
    return *r->at;
}

static pair read_factor(reader *r)
{
    const char first = peek(r);
    pair result = {0.0, 0.0};
    char *end;

    if (first == 'K') {
        r->at++;
        result.k = 1.0;
    } else if (first == '(' && r->depth < 16) {
        r->at++;
        r->depth++;
        result = read_sum(r);
        r->depth--;
        if (peek(r) != ')')
            r->bad = true;
        else
            r->at++;
    } else if (isdigit((unsigned char)first) || first == '.') {
        result.constant = strtod(r->at, &end);
        r->bad = r->bad || end == r->at;
        r->at = end;
    } else {
        r->bad = true;
    }
    return result;
}

static pair read_product(reader *r)
{
    pair left = read_factor(r);

    while (!r->bad) {
        const char next = peek(r);
        pair right;

        if (next == '*')
            r->at++;
        else if (next != 'K' && next != '(')
            break;
        right = read_factor(r);
        r->bad = r->bad || (left.k != 0.0 && right.k != 0.0);
        left = (pair){left.constant * right.constant,
                      left.constant * right.k + left.k * right.constant};
    }
    return left;
}

static pair read_sum(reader *r)
{
    double sign = 1.0;
    pair sum = {0.0, 0.0};

    if (peek(r) == '-') {
        sign = -1.0;
        r->at++;
    }
    while (!r->bad) {
        const pair term = read_product(r);

        sum.constant += sign * term.constant;
        sum.k += sign * term.k;
        if (peek(r) != '+' && peek(r) != '-')
            break;
        sign = *r->at == '-' ? -1.0 : 1.0;
        r->at++;
    }
    return sum;
}

int hbl_linear_parse(const char *text, double *result, hbl_error *error)
{
    reader r = {.at = text};
    const pair value = read_sum(&r);

    if (r.bad || peek(&r) != '\0' || !isfinite(value.constant) || !isfinite(value.k))
        return hbl_fail(error, HBL_ERR_INPUT,
                        "must be a number or a form such as \"K+3\", \"2K\" or \"2(K+5)\" (K: the "
                        "number of coefficients in the block), not \"%.40s\", which goes wrong at "
                        "character %d",
                        text, (int)(r.at - text) + 1);
    result[0] = value.constant;
    result[1] = value.k;
    return HBL_OK;
}
