/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/options.h"

#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"

#define LARGEST 9007199254740991.0 /* 2^53 - 1 */

enum { WORDS = 160, DESCRIPTION = 320 };

static bool is_whole(const hbl_option *option)
{
    return option->type == HBL_OPTION_INTEGER || option->type == HBL_OPTION_UNSIGNED ||
           option->type == HBL_OPTION_SIZE;
}

void hbl_format_number(double value, char *text, size_t size)
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, size, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            return;
    }
}

/* ---- what a value may be */

/* "a", "b" or "c" */
static void list_words(const char *const *words, char *text, size_t size)
{
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; words[i] != NULL && used < size; i++) {
        const char *joint = i == 0 ? "" : words[i + 1] != NULL ? ", " : " or ";
        const int n = snprintf(text + used, size - used, "%s\"%s\"", joint, words[i]);

        used += n > 0 ? (size_t)n : 0;
    }
}

static void describe_range(const hbl_option *option, const char *what, char *text, size_t size)
{
    char low[32], high[32];

    hbl_format_number(option->low, low, sizeof low);
    hbl_format_number(option->high, high, sizeof high);
    if (option->low == 0.0 && option->high == 0.0)
        snprintf(text, size, "%s", what);
    else if (isinf(option->high))
        snprintf(text, size, "%s %s %s", what, option->low_open ? "above" : "of at least", low);
    else if (option->low_open)
        snprintf(text, size, "%s above %s and %s %s", what, low,
                 option->high_open ? "below" : "at most", high);
    else
        snprintf(text, size, "%s from %s to %s%s", what, low, option->high_open ? "below " : "",
                 high);
}

void hbl_option_describe(const hbl_option *option, char *text, size_t size)
{
    switch (option->type) {
    case HBL_OPTION_INTEGER:
    case HBL_OPTION_UNSIGNED:
    case HBL_OPTION_SIZE:
        describe_range(option, "a whole number", text, size);
        break;
    case HBL_OPTION_REAL:
        describe_range(option, "a number", text, size);
        break;
    case HBL_OPTION_BOOLEAN:
        snprintf(text, size, "true or false");
        break;
    case HBL_OPTION_CHOICE:
    case HBL_OPTION_WORD:
        list_words(option->choices, text, size);
        break;
    case HBL_OPTION_STRING:
        snprintf(text, size, "text");
        break;
    case HBL_OPTION_NAME:
        snprintf(text, size, "a name or number");
        break;
    case HBL_OPTION_LINEAR:
        snprintf(text, size, "a number or a form such as \"K+3\"");
        break;
    }
}

/* ---- text to value */

static int fail_range(const hbl_option *option, const char *text, hbl_error *error)
{
    char what[DESCRIPTION];

    hbl_option_describe(option, what, sizeof what);
    return hbl_fail(error, HBL_ERR_INPUT, "must be %s, not %.60s", what, text);
}

/* A decimal number: none of strtod's hexadecimal, infinity and NaN. */
static bool read_decimal(const char *text, double *value)
{
    char *end;

    if (text[0] == '\0' || text[strspn(text, "0123456789+-.eE")] != '\0')
        return false;
    *value = strtod(text, &end);
    return *end == '\0' && isfinite(*value);
}

static bool in_range(const hbl_option *option, double value)
{
    if (option->low == 0.0 && option->high == 0.0)
        return true;
    if (value < option->low || (option->low_open && value == option->low))
        return false;
    return value < option->high || (!option->high_open && value == option->high);
}

static int set_number(const hbl_option *option, void *field, const char *text, hbl_error *error)
{
    double value = 0.0;

    if (!read_decimal(text, &value) || !in_range(option, value))
        return fail_range(option, text, error);
    if (is_whole(option) && (value != floor(value) || fabs(value) > LARGEST))
        return fail_range(option, text, error);
    if (option->type == HBL_OPTION_INTEGER)
        *(int64_t *)field = (int64_t)value;
    else if (option->type == HBL_OPTION_REAL)
        *(double *)field = value;
    else if (value < 0.0)
        return fail_range(option, text, error);
    else if (option->type == HBL_OPTION_UNSIGNED)
        *(uint64_t *)field = (uint64_t)value;
    else
        *(size_t *)field = (size_t)value;
    return HBL_OK;
}

static int set_boolean(const hbl_option *option, bool *field, const char *text, hbl_error *error)
{
    if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
        return fail_range(option, text, error);
    *field = text[0] == 't';
    return HBL_OK;
}

static size_t count_words(const char *const *words)
{
    size_t n = 0;

    while (words != NULL && words[n] != NULL)
        n++;
    return n;
}

static size_t find_word(const char *const *words, const char *word)
{
    size_t i = 0;

    while (words != NULL && words[i] != NULL && strcmp(words[i], word) != 0)
        i++;
    return i;
}

static int fail_word(const hbl_option *option, const char *text, hbl_error *error)
{
    const char *nearest = hbl_nearest(text, option->choices, count_words(option->choices));
    char what[WORDS];

    list_words(option->choices, what, sizeof what);
    if (nearest != NULL)
        return hbl_fail(error, HBL_ERR_INPUT, "must be %s, not \"%.60s\"; did you mean \"%s\"?",
                        what, text, nearest);
    return hbl_fail(error, HBL_ERR_INPUT, "must be %s, not \"%.60s\"", what, text);
}

static int set_text(char **field, const char *text, hbl_error *error)
{
    char *copy = hbl_strdup(text, error);

    if (copy == NULL)
        return HBL_ERR_MEMORY;
    free(*field);
    *field = copy;
    return HBL_OK;
}

static int set_word(const hbl_option *option, void *field, const char *text, hbl_error *error)
{
    const size_t i = find_word(option->choices, text);

    if (option->choices[i] == NULL)
        return fail_word(option, text, error);
    if (option->type == HBL_OPTION_WORD)
        return set_text(field, text, error);
    *(int *)field = (int)i;
    return HBL_OK;
}

int hbl_option_set(const hbl_option *option, void *section, const char *text, hbl_error *error)
{
    void *field = (char *)section + option->offset;
    int status = HBL_OK;

    switch (option->type) {
    case HBL_OPTION_INTEGER:
    case HBL_OPTION_UNSIGNED:
    case HBL_OPTION_SIZE:
    case HBL_OPTION_REAL:
        status = set_number(option, field, text, error);
        break;
    case HBL_OPTION_BOOLEAN:
        status = set_boolean(option, field, text, error);
        break;
    case HBL_OPTION_CHOICE:
    case HBL_OPTION_WORD:
        status = set_word(option, field, text, error);
        break;
    case HBL_OPTION_STRING:
    case HBL_OPTION_NAME:
        status = set_text(field, text, error);
        break;
    case HBL_OPTION_LINEAR:
        status = hbl_linear_parse(text, field, error);
        break;
    }
    if (!status && option->after != NULL)
        option->after(section);
    return status;
}

/* ---- whole tables */

int hbl_options_default(const hbl_option *options, size_t n, void *section, hbl_error *error)
{
    for (size_t i = 0; i < n; i++) {
        if (options[i].otherwise == NULL)
            continue;
        const int status = hbl_option_set(&options[i], section, options[i].otherwise, error);

        if (status)
            return status;
    }
    return HBL_OK;
}

void hbl_options_clear(const hbl_option *options, size_t n, void *section)
{
    for (size_t i = 0; i < n; i++) {
        const hbl_option_type type = options[i].type;

        if (type == HBL_OPTION_WORD || type == HBL_OPTION_STRING || type == HBL_OPTION_NAME) {
            char **field = (char **)(void *)((char *)section + options[i].offset);

            free(*field);
            *field = NULL;
        }
    }
}

/* ---- value to text */

static void format_linear(const double *value, char *text, size_t size)
{
    char constant[32], k[32];

    hbl_format_number(fabs(value[0]), constant, sizeof constant);
    hbl_format_number(fabs(value[1]), k, sizeof k);
    if (value[1] == 0.0)
        snprintf(text, size, "%s%s", value[0] < 0.0 ? "-" : "", constant);
    else
        snprintf(text, size, "%s%s%sK%s%s", value[1] < 0.0 ? "-" : "",
                 fabs(value[1]) == 1.0 ? "" : k, fabs(value[1]) == 1.0 ? "" : "*",
                 value[0] == 0.0  ? ""
                 : value[0] < 0.0 ? "-"
                                  : "+",
                 value[0] == 0.0 ? "" : constant);
}

bool hbl_option_format(const hbl_option *option, const void *section, char *text, size_t size)
{
    const void *field = (const char *)section + option->offset;
    const char *word = NULL;

    switch (option->type) {
    case HBL_OPTION_INTEGER:
        hbl_format_number((double)*(const int64_t *)field, text, size);
        return true;
    case HBL_OPTION_UNSIGNED:
        snprintf(text, size, "%" PRIu64, *(const uint64_t *)field);
        return true;
    case HBL_OPTION_SIZE:
        hbl_format_number((double)*(const size_t *)field, text, size);
        return true;
    case HBL_OPTION_REAL:
        hbl_format_number(*(const double *)field, text, size);
        return true;
    case HBL_OPTION_BOOLEAN:
        word = *(const bool *)field ? "true" : "false";
        break;
    case HBL_OPTION_CHOICE:
        word = option->choices[*(const int *)field];
        break;
    case HBL_OPTION_WORD:
    case HBL_OPTION_STRING:
    case HBL_OPTION_NAME:
        word = *(char *const *)field;
        break;
    case HBL_OPTION_LINEAR:
        format_linear(field, text, size);
        return true;
    }
    if (word == NULL)
        return false;
    snprintf(text, size, "%s", word);
    return true;
}
