/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Settings as tables: a setting's key, type, place in its struct, default, range and help stand
 * once, in an hbl_option; defaults, reading, range errors, help and echo are all worked from it.
 */
#ifndef HBL_CORE_OPTIONS_H
#define HBL_CORE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "hblogit/error.h"

typedef enum {
    HBL_OPTION_INTEGER,  /* int64_t */
    HBL_OPTION_UNSIGNED, /* uint64_t, at most 2^53 - 1: what a JSON number holds exactly */
    HBL_OPTION_SIZE,     /* size_t, likewise */
    HBL_OPTION_REAL,     /* double, finite */
    HBL_OPTION_BOOLEAN,  /* bool */
    HBL_OPTION_CHOICE,   /* an enum: the index of the word in choices */
    HBL_OPTION_WORD,     /* char *, owned: one of choices */
    HBL_OPTION_STRING,   /* char *, owned; NULL where not given */
    HBL_OPTION_NAME,     /* likewise; the model file may give a number for it */
    HBL_OPTION_LINEAR,   /* double[2]: constant, coefficient of K; written "K+3", "2(K+5)" or 4 */
} hbl_option_type;

typedef struct {
    const char *key; /* within its section; a dot for an object within: "prior.mean.type" */
    hbl_option_type type;
    size_t offset;                /* of the field in the section's struct */
    const char *otherwise;        /* default, as text; NULL: none, or set by an option before it */
    double low, high;             /* range of numbers, inclusive; both 0: any */
    bool low_open;                /* low itself is outside */
    bool high_open;               /* high itself is outside */
    const char *const *choices;   /* CHOICE, WORD: NULL-terminated */
    const char *unit;             /* of the value, for help; NULL: none */
    const char *help;             /* one line */
    void (*after)(void *section); /* what a value brings with it; NULL: nothing */
} hbl_option;

/* Reads text into the option's field. The message of a failure says what the value must be, without
 * naming the key: the caller knows where it stands. */
int hbl_option_set(const hbl_option *option, void *section, const char *text, hbl_error *error);

/* Every default of a table, in the table's order. */
int hbl_options_default(const hbl_option *options, size_t n, void *section, hbl_error *error);

/* Frees what WORD, STRING and NAME options own. */
void hbl_options_clear(const hbl_option *options, size_t n, void *section);

/* The field's value as text that hbl_option_set reads back to the same value. false: no value. */
bool hbl_option_format(const hbl_option *option, const void *section, char *text, size_t size);

/* What a value may be: "a whole number from 1 to 1000". */
void hbl_option_describe(const hbl_option *option, char *text, size_t size);

/* The shortest decimal that reads back as value. */
void hbl_format_number(double value, char *text, size_t size);

/* constant + coefficient * K from "K+3", "2K", "2*(K+5)", "4"; result[2] as in LINEAR. */
int hbl_linear_parse(const char *text, double *result, hbl_error *error);

#endif
