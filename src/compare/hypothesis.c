/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 *     hypothesis = side [('=' | '<' | '>') side]
 *     side       = ['+' | '-'] term {('+' | '-') term}
 *     term       = number ['*' name] | name ['*' number]
 *
 * A name is the longest of the known ones that stands there, so that names may hold colons, dots,
 * brackets, and even signs.
 */
#include "compare/hypothesis.h"

#include <ctype.h>
#include <locale.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"

typedef struct {
    const char *text, *at;
    const char *const *name;
    size_t n;
    double *coefficient, *value;
    double side;    /* 1 left of the equals sign, -1 right of it */
    char *relation; /* NULL: inequalities are refused */
    hbl_error *error;
} parser;

static void skip_blanks(parser *p)
{
    while (isspace((unsigned char)*p->at))
        p->at++;
}

static int refuse(const parser *p, const char *wanted)
{
    return hbl_fail(p->error, HBL_ERR_INPUT, "hypothesis \"%s\", character %td: %s is wanted here",
                    p->text, p->at - p->text + 1, wanted);
}

/* Whether a name may end before c. */
static bool is_end(char c)
{
    return c == '\0' || isspace((unsigned char)c) || strchr("+-*=<>`", c);
}

static size_t find_name(const parser *p, const char *at, size_t *length)
{
    size_t best = SIZE_MAX;

    *length = 0;
    for (size_t i = 0; i < p->n; i++) {
        const size_t its = strlen(p->name[i]);
        if (its > *length && strncmp(at, p->name[i], its) == 0 && is_end(at[its])) {
            best = i;
            *length = its;
        }
    }
    return best;
}

static int unknown_name(const parser *p)
{
    char word[64];
    size_t length = 0;
    const char *nearest;

    while (!is_end(p->at[length]) && length < sizeof word - 1)
        length++;
    snprintf(word, sizeof word, "%.*s", (int)length, p->at);
    if (length == 0)
        return refuse(p, "a number or the name of a parameter");
    nearest = hbl_nearest(word, p->name, p->n);
    return hbl_fail(p->error, HBL_ERR_INPUT,
                    "hypothesis \"%s\", character %td: the run has no parameter \"%s\"%s%s%s",
                    p->text, p->at - p->text + 1, word, nearest ? "; did you mean \"" : "",
                    nearest ? nearest : "", nearest ? "\"?" : "");
}

static int take_name(parser *p, size_t *name)
{
    const bool quoted = *p->at == '`';
    size_t length;

    p->at += quoted;
    *name = find_name(p, p->at, &length);
    if (*name == SIZE_MAX || (quoted && p->at[length] != '`'))
        return unknown_name(p);
    p->at += length + quoted;
    return HBL_OK;
}

static bool take_number(parser *p, double *x)
{
    char *end;

    if (!isdigit((unsigned char)*p->at) && *p->at != '.')
        return false;
    *x = strtod(p->at, &end);
    if (end == p->at)
        return false;
    p->at = end;
    return true;
}

static bool take_star(parser *p)
{
    skip_blanks(p);
    if (*p->at != '*')
        return false;
    p->at++;
    skip_blanks(p);
    return true;
}

static int take_term(parser *p, double sign)
{
    size_t name = SIZE_MAX, length;
    double x = 1;
    const bool is_name = *p->at == '`' || find_name(p, p->at, &length) != SIZE_MAX;
    int status = HBL_OK;

    if (is_name) {
        status = take_name(p, &name);
        if (!status && take_star(p) && !take_number(p, &x))
            status = refuse(p, "a number");
    } else if (take_number(p, &x)) {
        if (take_star(p))
            status = take_name(p, &name);
    } else {
        return unknown_name(p);
    }
    if (status)
        return status;
    if (name == SIZE_MAX)
        *p->value -= p->side * sign * x;
    else
        p->coefficient[name] += p->side * sign * x;
    return HBL_OK;
}

static bool is_relation(const parser *p)
{
    return *p->at && strchr(p->relation ? "=<>" : "=", *p->at);
}

static int take_side(parser *p)
{
    int status = HBL_OK;

    for (bool first = true; !status; first = false) {
        double sign = 1;
        skip_blanks(p);
        if (!first && (*p->at == '\0' || is_relation(p)))
            return HBL_OK;
        if (*p->at == '+' || *p->at == '-') {
            sign = *p->at == '-' ? -1 : 1;
            p->at++;
            skip_blanks(p);
        } else if (!first) {
            return refuse(p, p->relation ? "+, -, =, < or >"
                             : *p->at == '<' || *p->at == '>'
                                 ? "= (inequalities have a probability in runs by hb only)"
                                 : "+, - or =");
        }
        status = take_term(p, sign);
    }
    return status;
}

static int parse(parser *p)
{
    bool any = false;
    int status = take_side(p);

    if (!status && is_relation(p)) {
        if (p->relation)
            *p->relation = *p->at;
        p->at++;
        p->side = -1;
        status = take_side(p);
        if (!status && *p->at)
            status = refuse(p, "the end");
    }
    for (size_t i = 0; i < p->n; i++)
        any |= p->coefficient[i] != 0;
    if (!status && !any)
        status = hbl_fail(p->error, HBL_ERR_INPUT, "hypothesis \"%s\": says nothing of a parameter",
                          p->text);
    return status;
}

int hbl_hypothesis_parse(const char *text, const char *const *name, size_t n, double *coefficient,
                         double *value, char *relation, hbl_error *error)
{
    const locale_t c_locale = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    parser p = {text, text, name, n, coefficient, value, 1, relation, error};
    locale_t before;
    int status;

    if (c_locale == (locale_t)0)
        return hbl_fail_memory(error, "a locale");
    for (size_t i = 0; i < n; i++)
        coefficient[i] = 0;
    *value = 0;
    if (relation)
        *relation = '=';
    before = uselocale(c_locale);
    status = parse(&p);
    uselocale(before);
    freelocale(c_locale);
    return status;
}
