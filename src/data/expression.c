/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Expressions, computed by muParser. Each row's values are put where muParser looks for its
 * variables; its bulk mode would set the number of OpenMP's threads behind our back.
 */
#include "data/expression.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "data/expression_parts.h"
#include "data/out_of_memory.h"

struct hbl_expression {
    muParserHandle_t parser;
    hbl_variable *variable;
    size_t n_variables;
    double *value; /* n_variables: of the row at hand */
};

/* Without a handler, an exception within muParser ends there and raises a flag. */
static bool define(hbl_expression *e, const hbl_emitted *emitted)
{
    char name[32];

    e->parser = mupCreate(muBASETYPE_FLOAT);
    if (!e->parser)
        return false;
    hbl_functions_define(e->parser);
    for (size_t i = 0; i < e->n_variables; i++) {
        snprintf(name, sizeof name, "v%zu", i);
        mupDefineVar(e->parser, name, &e->value[i]);
    }
    for (size_t i = 0; i < emitted->n_constants; i++) {
        snprintf(name, sizeof name, "c%zu", i);
        mupDefineConst(e->parser, name, emitted->constant[i]);
    }
    mupSetExpr(e->parser, emitted->text);
    if (mupError(e->parser)) /* asking lowers the flag */
        return false;
    mupEval(e->parser);
    return !mupError(e->parser);
}

static int compile(hbl_expression *e, const hbl_tokens *tokens, const hbl_table *table,
                   hbl_emitted *emitted, hbl_error *error)
{
    hbl_memory_reserve reserve;
    bool defined;
    int status = hbl_emit(tokens, table, emitted, error);

    if (status)
        return status;
    e->variable = emitted->variable;
    e->n_variables = emitted->n_variables;
    emitted->variable = NULL;
    e->value = hbl_calloc(e->n_variables, sizeof *e->value, "an expression", error);
    if (!e->value || hbl_memory_reserve_set(&reserve, error))
        return HBL_ERR_MEMORY;
    defined = define(e, emitted);
    if (hbl_memory_reserve_end(&reserve, error))
        return HBL_ERR_MEMORY;
    return defined ? HBL_OK : hbl_tokens_fail(tokens, 0, error, "this cannot be computed");
}

int hbl_expression_compile(const char *key, const char *text, const hbl_table *table,
                           hbl_expression **expression, hbl_error *error)
{
    hbl_expression *e = hbl_calloc(1, sizeof *e, "an expression", error);
    hbl_emitted emitted = {0};
    hbl_tokens tokens;
    int status;

    *expression = NULL;
    if (!e)
        return HBL_ERR_MEMORY;
    status = hbl_tokens_scan(key, text, &tokens, error);
    if (!status)
        status = compile(e, &tokens, table, &emitted, error);
    hbl_tokens_release(&tokens);
    hbl_emitted_release(&emitted);
    if (status)
        hbl_expression_free(e);
    else
        *expression = e;
    return status;
}

static double read_value(const hbl_variable *variable, size_t row)
{
    const hbl_column *column = variable->column;

    if (column->type == HBL_COLUMN_NUMBER)
        return column->number[row];
    if (column->code[row] < 0)
        return NAN;
    return variable->logical ? variable->logical[column->code[row]] : column->code[row];
}

int hbl_expression_evaluate(hbl_expression *e, size_t first, size_t n, double *value,
                            hbl_error *error)
{
    for (size_t i = 0; i < n; i++) {
        double x;

        for (size_t k = 0; k < e->n_variables; k++)
            e->value[k] = read_value(&e->variable[k], first + i);
        x = mupEval(e->parser);
        value[i] = isfinite(x) ? x : (double)NAN;
    }
    if (mupError(e->parser))
        return hbl_fail(error, HBL_ERR_NUMERIC, "an expression could not be computed");
    return HBL_OK;
}

void hbl_expression_free(hbl_expression *e)
{
    if (!e)
        return;
    if (e->parser)
        mupRelease(e->parser);
    free(e->variable);
    free(e->value);
    free(e);
}

int hbl_expression_names(const char *key, const char *text,
                         int (*take)(void *context, const char *name, hbl_error *error),
                         void *context, hbl_error *error)
{
    hbl_tokens tokens;
    int status = hbl_tokens_scan(key, text, &tokens, error);

    for (size_t i = 0; !status && i < tokens.n_tokens; i++) {
        const hbl_token *t = &tokens.token[i];
        if (t->kind == HBL_TOKEN_NAME && (t->quoted || t[1].kind != HBL_TOKEN_OPEN))
            status = take(context, t->text, error);
    }
    hbl_tokens_release(&tokens);
    return status;
}
