/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The text of an expression as tokens, with parentheses and conditionals matched.
 */
#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"
#include "core/number.h"
#include "data/expression_parts.h"

enum { MOST_TOKENS = 10000, DEEPEST = 100 };

int hbl_tokens_fail(const hbl_tokens *tokens, size_t at, hbl_error *error, const char *format, ...)
{
    char what[700];
    size_t character = 1;
    va_list arguments;

    for (size_t i = 0; i < at; i++)
        character += ((unsigned char)tokens->text[i] & 0xc0) != 0x80;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    return hbl_fail(error, HBL_ERR_INPUT, "%.80s \"%.150s%s\", character %zu: %s", tokens->key,
                    tokens->text, strlen(tokens->text) > 150 ? "..." : "", character, what);
}

static bool begins_name(const char *p)
{
    const unsigned char c = (unsigned char)*p;

    return isalpha(c) || c == '_' || c >= 0x80 ||
           (c == '.' && !isdigit((unsigned char)p[1]) && p[1] != '\0');
}

static bool is_in_name(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.' || (unsigned char)c >= 0x80;
}

static char *copy(const char *from, size_t n, hbl_error *error)
{
    char *text = hbl_calloc(n + 1, 1, "an expression", error);

    return text ? memcpy(text, from, n) : NULL;
}

static int add(hbl_tokens *tokens, hbl_token token, hbl_error *error)
{
    int status;

    if (tokens->n_tokens == MOST_TOKENS) {
        free(token.text);
        return hbl_tokens_fail(tokens, token.start, error, "the expression is too long");
    }
    status = hbl_grow(&tokens->token, &tokens->capacity, tokens->n_tokens + 1,
                      sizeof *tokens->token, "an expression", error);
    if (status)
        free(token.text);
    else
        tokens->token[tokens->n_tokens++] = token;
    return status;
}

/* ---- one token: each takes it at p, adds it and moves p behind it ---- */

static int scan_name(hbl_tokens *tokens, const char **p, hbl_error *error)
{
    static const struct {
        const char *name;
        double value;
    } constants[] = {{"TRUE", 1}, {"FALSE", 0}, {"NA", NAN}};
    const char *end = *p;
    hbl_token token = {.kind = HBL_TOKEN_NAME, .start = (size_t)(*p - tokens->text)};

    while (is_in_name(*end))
        end++;
    token.text = copy(*p, (size_t)(end - *p), error);
    if (!token.text)
        return HBL_ERR_MEMORY;
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        if (strcmp(token.text, constants[i].name) == 0) {
            token.kind = HBL_TOKEN_NUMBER;
            token.number = constants[i].value;
        }
    *p = end;
    return add(tokens, token, error);
}

/* "text", 'text' or `name`, which ends at the same sign. */
static int scan_quoted(hbl_tokens *tokens, const char **p, hbl_error *error)
{
    const char *end = strchr(*p + 1, **p);
    hbl_token token = {.kind = **p == '`' ? HBL_TOKEN_NAME : HBL_TOKEN_STRING,
                       .start = (size_t)(*p - tokens->text),
                       .quoted = true};

    if (!end)
        return hbl_tokens_fail(tokens, token.start, error, "the %c has no end", **p);
    token.text = copy(*p + 1, (size_t)(end - *p - 1), error);
    if (!token.text)
        return HBL_ERR_MEMORY;
    *p = end + 1;
    return add(tokens, token, error);
}

static int scan_number(hbl_tokens *tokens, const char **p, hbl_error *error)
{
    const char *end = *p;
    hbl_token token = {.kind = HBL_TOKEN_NUMBER, .start = (size_t)(*p - tokens->text)};
    char *digits;
    bool is_number;

    while (is_in_name(*end) || ((*end == '-' || *end == '+') && (end[-1] == 'e' || end[-1] == 'E')))
        end++;
    digits = copy(*p, (size_t)(end - *p), error);
    if (!digits)
        return HBL_ERR_MEMORY;
    is_number = hbl_number_read(digits, &token.number);
    if (!is_number)
        hbl_tokens_fail(tokens, token.start, error,
                        "\"%.60s\" is no number; a name like that goes in backticks", digits);
    free(digits);
    *p = end;
    return is_number ? add(tokens, token, error) : HBL_ERR_INPUT;
}

static int scan_sign(hbl_tokens *tokens, const char **p, hbl_error *error)
{
    static const char signs[] = "!(),?:";
    static const hbl_token_kind kinds[] = {HBL_TOKEN_NOT,   HBL_TOKEN_OPEN,     HBL_TOKEN_CLOSE,
                                           HBL_TOKEN_COMMA, HBL_TOKEN_QUESTION, HBL_TOKEN_COLON};
    hbl_token token = {.kind = HBL_TOKEN_OPERATOR, .start = (size_t)(*p - tokens->text)};
    const char *sign;

    for (const hbl_operator *o = hbl_operators; o->written; o++)
        if (strncmp(*p, o->written, strlen(o->written)) == 0) {
            token.operator_of = o;
            *p += strlen(o->written);
            return add(tokens, token, error);
        }
    sign = strchr(signs, **p);
    if (sign) {
        token.kind = kinds[sign - signs];
        ++*p;
        return add(tokens, token, error);
    }
    if (**p == '=')
        return hbl_tokens_fail(tokens, token.start, error, "= is no comparison; write ==");
    return hbl_tokens_fail(tokens, token.start, error, "'%c' means nothing in an expression",
                           isprint((unsigned char)**p) ? **p : '?');
}

/* ---- all of them ---- */

/* Each ( its ), each ? its :, one within the other; open has room for DEEPEST. */
static int match(hbl_tokens *tokens, size_t *open, hbl_error *error)
{
    size_t depth = 0;

    for (size_t i = 0; i < tokens->n_tokens; i++) {
        const hbl_token *t = &tokens->token[i];
        const bool closes = t->kind == HBL_TOKEN_CLOSE || t->kind == HBL_TOKEN_COLON;
        const hbl_token_kind opener =
            t->kind == HBL_TOKEN_CLOSE ? HBL_TOKEN_OPEN : HBL_TOKEN_QUESTION;

        if (t->kind == HBL_TOKEN_OPEN || t->kind == HBL_TOKEN_QUESTION) {
            if (depth == DEEPEST)
                return hbl_tokens_fail(tokens, t->start, error, "nested too deeply");
            open[depth++] = i;
        } else if (closes) {
            if (depth == 0 || tokens->token[open[depth - 1]].kind != opener)
                return hbl_tokens_fail(tokens, t->start, error, "this %s",
                                       t->kind == HBL_TOKEN_CLOSE
                                           ? ") closes nothing, or a ? before it has no :"
                                           : ": has no ? before it");
            tokens->token[open[--depth]].match = i;
        }
    }
    if (depth == 0)
        return HBL_OK;
    return hbl_tokens_fail(tokens, tokens->token[open[depth - 1]].start, error, "this %s",
                           tokens->token[open[depth - 1]].kind == HBL_TOKEN_OPEN ? "( has no )"
                                                                                 : "? has no :");
}

int hbl_tokens_scan(const char *key, const char *text, hbl_tokens *tokens, hbl_error *error)
{
    const char *p = text;
    size_t open[DEEPEST];
    int status = HBL_OK;

    *tokens = (hbl_tokens){.key = key, .text = text};
    while (!status) {
        p += strspn(p, " \t\r\n");
        if (*p == '\0')
            break;
        if (begins_name(p))
            status = scan_name(tokens, &p, error);
        else if (*p == '"' || *p == '\'' || *p == '`')
            status = scan_quoted(tokens, &p, error);
        else if (isdigit((unsigned char)*p) || *p == '.')
            status = scan_number(tokens, &p, error);
        else
            status = scan_sign(tokens, &p, error);
    }
    if (!status)
        status = match(tokens, open, error);
    if (!status)
        status = add(tokens, (hbl_token){.kind = HBL_TOKEN_END, .start = strlen(text)}, error);
    return status;
}

void hbl_tokens_release(hbl_tokens *tokens)
{
    for (size_t i = 0; i < tokens->n_tokens; i++)
        free(tokens->token[i].text);
    free(tokens->token);
    tokens->token = NULL;
    tokens->n_tokens = 0;
}
