/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts of an expression's way from text to muParser: tokens, functions, the text that muParser
 * is given.
 */
#ifndef HBL_DATA_EXPRESSION_PARTS_H
#define HBL_DATA_EXPRESSION_PARTS_H

#include <muParserDLL.h>
#include <stdbool.h>

#include "hblogit/data.h"

/* ---- expression_tokens.c ---- */

typedef enum {
    HBL_TOKEN_END,
    HBL_TOKEN_NUMBER,   /* also TRUE, FALSE, NA */
    HBL_TOKEN_NAME,     /* of a column, or of a function where ( follows */
    HBL_TOKEN_STRING,   /* "quoted" or 'quoted' */
    HBL_TOKEN_OPERATOR, /* between two operands; - and + also before one */
    HBL_TOKEN_NOT,
    HBL_TOKEN_OPEN,
    HBL_TOKEN_CLOSE,
    HBL_TOKEN_COMMA,
    HBL_TOKEN_QUESTION,
    HBL_TOKEN_COLON
} hbl_token_kind;

typedef enum {
    HBL_LEVEL_OR = 1, /* as muParser orders its own operators */
    HBL_LEVEL_AND = 2,
    HBL_LEVEL_COMPARE = 4,
    HBL_LEVEL_SUM = 5,
    HBL_LEVEL_PRODUCT = 6,
    HBL_LEVEL_POWER = 7
} hbl_operator_level;

/* An operator: how it is written, what muParser is told, and what it computes (NULL: muParser's).
 */
typedef struct {
    const char *written, *emitted;
    hbl_operator_level level;
    double (*compute)(double a, double b);
} hbl_operator;

typedef struct {
    hbl_token_kind kind;
    size_t start; /* byte of the text */
    char *text;   /* NAME, STRING: owned */
    bool quoted;  /* NAME: in backticks, so never a function */
    double number;
    const hbl_operator *operator_of;
    size_t match; /* OPEN, QUESTION: the CLOSE, COLON that belongs to it */
} hbl_token;

typedef struct {
    const char *key, *text; /* for messages */
    hbl_token *token;       /* n_tokens, the last one END */
    size_t n_tokens, capacity;
} hbl_tokens;

int hbl_tokens_scan(const char *key, const char *text, hbl_tokens *tokens, hbl_error *error);
void hbl_tokens_release(hbl_tokens *tokens);

/* HBL_ERR_INPUT with key, text, the character of byte at, and what is wrong. */
int hbl_tokens_fail(const hbl_tokens *tokens, size_t at, hbl_error *error, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* ---- expression_functions.c ---- */

extern const hbl_operator hbl_operators[]; /* the last has written NULL */

/* A function: its name, in muParser too, and how many arguments it takes. */
typedef struct {
    const char *name, *emitted;
    size_t least, most;
} hbl_function;

size_t hbl_functions_count(void);
const hbl_function *hbl_functions_get(size_t i);

/* Takes away what muParser defines and defines operators and functions. */
void hbl_functions_define(muParserHandle_t parser);

/* ---- expression_text.c ---- */

/* A column as muParser sees it: number, the code of a text, or a text TRUE as 1, FALSE as 0. */
typedef struct {
    const hbl_column *column;
    const double *logical; /* by code; NULL: the code itself */
} hbl_variable;

/* What muParser is to be given: v0, v1, ... stand for variables, c0, c1, ... for constants. */
typedef struct {
    char *text;
    size_t size, capacity;
    hbl_variable *variable;
    size_t n_variables, variable_capacity;
    double *constant;
    size_t n_constants, constant_capacity;
} hbl_emitted;

int hbl_emit(const hbl_tokens *tokens, const hbl_table *table, hbl_emitted *out, hbl_error *error);
void hbl_emitted_release(hbl_emitted *out);

#endif
