/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From tokens to the text that muParser is given. What is wrong with an expression is found here,
 * where its characters are known: muParser sees only what it can compute.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "core/number.h"
#include "data/columns.h"
#include "data/expression_parts.h"

enum { DEEPEST = 100, LONGEST = 19000 }; /* muParser takes less than 20,000 characters */

typedef struct {
    const hbl_tokens *tokens;
    const hbl_table *table;
    hbl_emitted *out;
    hbl_error *error;
    size_t depth;
} emitter;

static int put(emitter *e, const char *text)
{
    const size_t n = strlen(text);
    const int status = hbl_grow(&e->out->text, &e->out->capacity, e->out->size + n + 1, 1,
                                "an expression", e->error);

    if (status)
        return status;
    if (e->out->size + n > LONGEST)
        return hbl_tokens_fail(e->tokens, strlen(e->tokens->text), e->error,
                               "the expression is too long");
    memcpy(e->out->text + e->out->size, text, n + 1);
    e->out->size += n;
    return HBL_OK;
}

static int put_constant(emitter *e, double value)
{
    hbl_emitted *out = e->out;
    char name[32];
    const int status = hbl_grow(&out->constant, &out->constant_capacity, out->n_constants + 1,
                                sizeof *out->constant, "an expression", e->error);

    if (status)
        return status;
    out->constant[out->n_constants] = value;
    snprintf(name, sizeof name, " c%zu ", out->n_constants++);
    return put(e, name);
}

/* ---- columns ---- */

static const hbl_token *token_at(const emitter *e, size_t i)
{
    return &e->tokens->token[i];
}

static int find_column(emitter *e, size_t i, const hbl_column **column)
{
    const hbl_token *t = token_at(e, i);
    char hint[HBL_COLUMNS_HINT];

    *column = hbl_table_column(e->table, t->text);
    if (*column)
        return HBL_OK;
    hbl_columns_hint(e->table, t->text, hint);
    return hbl_tokens_fail(e->tokens, t->start, e->error, "no column \"%.100s\" in %.100s%s",
                           t->text, e->table->path, hint);
}

static int put_variable(emitter *e, hbl_variable variable)
{
    hbl_emitted *out = e->out;
    char name[32];
    size_t i = 0;
    int status;

    while (i < out->n_variables && (out->variable[i].column != variable.column ||
                                    out->variable[i].logical != variable.logical))
        i++;
    if (i == out->n_variables) {
        status = hbl_grow(&out->variable, &out->variable_capacity, i + 1, sizeof *out->variable,
                          "an expression", e->error);
        if (status)
            return status;
        out->variable[out->n_variables++] = variable;
    }
    snprintf(name, sizeof name, " v%zu ", i);
    return put(e, name);
}

/* 1 and 0 for the codes of a column that holds TRUE and FALSE only, in the order in which they
 * appear; NULL for others. */
static const double *logical_codes(const hbl_column *column)
{
    static const double true_first[] = {1, 0}, false_first[] = {0, 1};
    const int first = column->n_labels > 0 ? hbl_columns_logical(column->label[0]) : -1;
    const int second = column->n_labels > 1 ? hbl_columns_logical(column->label[1]) : !first;

    if (first < 0 || second != !first || column->n_labels > 2)
        return NULL;
    return first ? true_first : false_first;
}

static int put_column(emitter *e, size_t i)
{
    const hbl_token *t = token_at(e, i);
    const hbl_column *column;
    int status = find_column(e, i, &column);

    if (status)
        return status;
    if (column->type == HBL_COLUMN_NUMBER)
        return put_variable(e, (hbl_variable){column, NULL});
    if (!logical_codes(column))
        return hbl_tokens_fail(e->tokens, t->start, e->error,
                               "column \"%.100s\" holds text, such as \"%.60s\"; compare it with a "
                               "quoted text, by == or !=",
                               t->text, column->n_labels > 0 ? column->label[0] : "");
    return put_variable(e, (hbl_variable){column, logical_codes(column)});
}

/* ---- a column compared with a quoted text ---- */

static bool binds_no_closer(const hbl_token *t)
{
    return t->kind != HBL_TOKEN_OPERATOR || t->operator_of->level < HBL_LEVEL_COMPARE;
}

/* Whether tokens lo .. lo + 2 are name == "text" or "text" == name, on their own. */
static bool is_text_comparison(const emitter *e, size_t begin, size_t lo, size_t hi)
{
    const hbl_token *t = token_at(e, lo);

    if (lo + 3 > hi || t[1].kind != HBL_TOKEN_OPERATOR ||
        (strcmp(t[1].operator_of->written, "==") != 0 &&
         strcmp(t[1].operator_of->written, "!=") != 0))
        return false;
    return ((t[0].kind == HBL_TOKEN_NAME && t[2].kind == HBL_TOKEN_STRING) ||
            (t[0].kind == HBL_TOKEN_STRING && t[2].kind == HBL_TOKEN_NAME)) &&
           (lo == begin || binds_no_closer(&t[-1])) && (lo + 3 == hi || binds_no_closer(&t[3]));
}

/* The code of text in a column of texts, or its number in one of numbers. */
static int find_code(emitter *e, const hbl_column *column, const hbl_token *text, double *code)
{
    const char *nearest;

    if (column->type == HBL_COLUMN_NUMBER) {
        if (hbl_number_read(text->text, code))
            return HBL_OK;
        return hbl_tokens_fail(e->tokens, text->start, e->error,
                               "column \"%.100s\" holds numbers; \"%.100s\" is none", column->name,
                               text->text);
    }
    for (int32_t i = 0; i < column->n_labels; i++)
        if (strcmp(column->label[i], text->text) == 0) {
            *code = i;
            return HBL_OK;
        }
    nearest = hbl_nearest(text->text, (const char *const *)column->label, (size_t)column->n_labels);
    return hbl_tokens_fail(e->tokens, text->start, e->error,
                           "column \"%.100s\" never holds \"%.100s\"%s%.100s%s", column->name,
                           text->text, nearest ? "; did you mean \"" : "", nearest ? nearest : "",
                           nearest ? "\"?" : "");
}

static int put_text_comparison(emitter *e, size_t lo)
{
    const size_t name = token_at(e, lo)->kind == HBL_TOKEN_NAME ? lo : lo + 2;
    const hbl_column *column;
    double code;
    int status;

    if ((status = find_column(e, name, &column)) ||
        (status = find_code(e, column, token_at(e, 2 * lo + 2 - name), &code)) ||
        (status = put_variable(e, (hbl_variable){column, NULL})) ||
        (status = put(e, token_at(e, lo + 1)->operator_of->emitted)))
        return status;
    return put_constant(e, code);
}

/* ---- operands ---- */

static int put_whole(emitter *e, size_t lo, size_t hi);
static int put_sequence(emitter *e, size_t lo, size_t hi);

static int fail_function(emitter *e, const hbl_token *t)
{
    const char *names[64], *nearest;
    char list[HBL_COLUMNS_LIST];
    size_t n = 0;

    while (n < hbl_functions_count() && n < sizeof names / sizeof *names) {
        names[n] = hbl_functions_get(n)->name;
        n++;
    }
    nearest = hbl_nearest(t->text, names, n);
    hbl_columns_list(names, n, list);
    return hbl_tokens_fail(e->tokens, t->start, e->error, "no function \"%.100s\"; %s%s%s", t->text,
                           nearest ? "did you mean \"" : "there are: ", nearest ? nearest : list,
                           nearest ? "\"?" : "");
}

static const hbl_function *find_function(const char *name)
{
    for (size_t i = 0; i < hbl_functions_count(); i++)
        if (strcmp(hbl_functions_get(i)->name, name) == 0)
            return hbl_functions_get(i);
    return NULL;
}

/* The end of the argument that begins at lo: a comma between parentheses, or hi. */
static size_t end_of_argument(const emitter *e, size_t lo, size_t hi)
{
    for (; lo < hi && token_at(e, lo)->kind != HBL_TOKEN_COMMA; lo++)
        if (token_at(e, lo)->kind == HBL_TOKEN_OPEN)
            lo = token_at(e, lo)->match;
    return lo;
}

/* The call that begins at i, which ends before *next. */
static int put_call(emitter *e, size_t i, size_t *next)
{
    const hbl_token *t = token_at(e, i);
    const hbl_function *function = find_function(t->text);
    const size_t close = token_at(e, i + 1)->match;
    size_t n = 0, at = i + 2;
    int status;

    if (!function)
        return fail_function(e, t);
    if ((status = put(e, function->emitted)) || (status = put(e, "(")))
        return status;
    while (at < close || n == 0) {
        const size_t end = end_of_argument(e, at, close);

        if ((n > 0 && (status = put(e, ","))) || (status = put_whole(e, at, end)))
            return status;
        n++;
        if (end < close && end + 1 == close) /* a comma before the ) */
            return put_whole(e, close, close);
        at = end + 1;
    }
    if (n < function->least || n > function->most)
        return hbl_tokens_fail(
            e->tokens, t->start, e->error, "%s takes %zu argument%s, not %zu", function->name,
            n < function->least ? function->least : function->most,
            (n < function->least ? function->least : function->most) == 1 ? "" : "s", n);
    *next = close + 1;
    return put(e, ")");
}

static int put_parenthesis(emitter *e, size_t i, size_t *next)
{
    const size_t close = token_at(e, i)->match;
    int status;

    *next = close + 1;
    if ((status = put(e, "(")) || (status = put_whole(e, i + 1, close)))
        return status;
    return put(e, ")");
}

/* ! and what it stands before: all up to the next && or ||. */
static int put_negation(emitter *e, size_t i, size_t hi, size_t *next)
{
    size_t end = i + 1;
    int status;

    for (; end < hi; end++) {
        const hbl_token *t = token_at(e, end);
        if (t->kind == HBL_TOKEN_OPEN)
            end = t->match;
        else if (t->kind == HBL_TOKEN_OPERATOR && t->operator_of->level < HBL_LEVEL_COMPARE)
            break;
    }
    *next = end;
    if ((status = put(e, " not(")) || (status = put_sequence(e, i + 1, end)))
        return status;
    return put(e, ")");
}

static int put_operand(emitter *e, size_t lo, size_t i, size_t hi, size_t *next)
{
    const hbl_token *t = token_at(e, i);

    *next = i + 1;
    if (is_text_comparison(e, lo, i, hi)) {
        *next = i + 3;
        return put_text_comparison(e, i);
    }
    switch (t->kind) {
    case HBL_TOKEN_NUMBER:
        return put_constant(e, t->number);
    case HBL_TOKEN_NAME:
        if (!t->quoted && i + 1 < hi && t[1].kind == HBL_TOKEN_OPEN)
            return put_call(e, i, next);
        return put_column(e, i);
    case HBL_TOKEN_OPEN:
        return put_parenthesis(e, i, next);
    case HBL_TOKEN_NOT:
        return put_negation(e, i, hi, next);
    case HBL_TOKEN_STRING:
        return hbl_tokens_fail(e->tokens, t->start, e->error,
                               "a text can be compared, by == or !=, with a column of text; "
                               "nothing else");
    default:
        return hbl_tokens_fail(e->tokens, t->start, e->error,
                               "a number or the name of a column is missing here");
    }
}

/* ---- operands and operators ---- */

static int put_operator(emitter *e, size_t i, bool *compared)
{
    const hbl_token *t = token_at(e, i);
    int status;

    if (t->kind == HBL_TOKEN_COMMA)
        return hbl_tokens_fail(e->tokens, t->start, e->error,
                               "commas stand between the arguments of a function only; a decimal "
                               "point is .");
    if (t->kind != HBL_TOKEN_OPERATOR)
        return hbl_tokens_fail(e->tokens, t->start, e->error,
                               "an operator is missing here, such as + or ==");
    if (t->operator_of->level == HBL_LEVEL_COMPARE && *compared)
        return hbl_tokens_fail(e->tokens, t->start, e->error,
                               "comparisons make no chains; write a < b && b < c");
    if (t->operator_of->level <= HBL_LEVEL_COMPARE)
        *compared = t->operator_of->level == HBL_LEVEL_COMPARE;
    if ((status = put(e, " ")) || (status = put(e, t->operator_of->emitted)))
        return status;
    return put(e, " ");
}

/* Signs before an operand, as one: *i is the place behind them. */
static int put_signs(emitter *e, size_t *i, size_t hi)
{
    bool minus = false;

    for (; *i < hi && token_at(e, *i)->kind == HBL_TOKEN_OPERATOR; ++*i) {
        const char *sign = token_at(e, *i)->operator_of->written;

        if (strcmp(sign, "-") != 0 && strcmp(sign, "+") != 0)
            break;
        minus ^= *sign == '-';
    }
    return minus ? put(e, " -") : HBL_OK;
}

static int put_sequence(emitter *e, size_t lo, size_t hi)
{
    bool compared = false;
    size_t i = lo;
    int status = HBL_OK;

    if (++e->depth > DEEPEST)
        return hbl_tokens_fail(e->tokens, token_at(e, lo)->start, e->error, "nested too deeply");
    while (!status) {
        status = put_signs(e, &i, hi);
        if (status)
            break;
        if (i >= hi)
            return hbl_tokens_fail(e->tokens, token_at(e, hi)->start, e->error,
                                   "a number or the name of a column is missing here");
        status = put_operand(e, lo, i, hi, &i);
        if (status || i >= hi)
            break;
        status = put_operator(e, i++, &compared);
    }
    e->depth--;
    return status;
}

/* The tokens lo .. hi - 1: c ? a : b, or operands and operators. */
static int put_whole(emitter *e, size_t lo, size_t hi)
{
    size_t question = lo, colon;
    int status;

    while (question < hi && token_at(e, question)->kind != HBL_TOKEN_QUESTION)
        question += token_at(e, question)->kind == HBL_TOKEN_OPEN
                        ? token_at(e, question)->match - question + 1
                        : 1;
    if (question >= hi)
        return put_sequence(e, lo, hi);
    if (++e->depth > DEEPEST)
        return hbl_tokens_fail(e->tokens, token_at(e, lo)->start, e->error, "nested too deeply");
    colon = token_at(e, question)->match;
    if ((status = put(e, " ifelse(")) || (status = put_sequence(e, lo, question)) ||
        (status = put(e, ",")) || (status = put_whole(e, question + 1, colon)) ||
        (status = put(e, ",")) || (status = put_whole(e, colon + 1, hi)))
        return status;
    e->depth--;
    return put(e, ")");
}

int hbl_emit(const hbl_tokens *tokens, const hbl_table *table, hbl_emitted *out, hbl_error *error)
{
    emitter e = {.tokens = tokens, .table = table, .out = out, .error = error};

    return put_whole(&e, 0, tokens->n_tokens - 1);
}

void hbl_emitted_release(hbl_emitted *out)
{
    free(out->text);
    free(out->variable);
    free(out->constant);
    *out = (hbl_emitted){0};
}
