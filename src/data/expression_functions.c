/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What expressions compute with. Comparisons, && and || are our own and not muParser's, which takes
 * a missing value (NaN) for one that is not equal and for one that is true.
 */
#include <math.h>

#include "data/expression_parts.h"

static bool any_missing(double a, double b)
{
    return isnan(a) || isnan(b);
}

static double equal(double a, double b)
{
    return any_missing(a, b) ? (double)NAN : a == b;
}

static double unequal(double a, double b)
{
    return any_missing(a, b) ? (double)NAN : a != b;
}

static double less(double a, double b)
{
    return any_missing(a, b) ? (double)NAN : a < b;
}

static double greater(double a, double b)
{
    return any_missing(a, b) ? (double)NAN : a > b;
}

static double at_most(double a, double b)
{
    return any_missing(a, b) ? (double)NAN : a <= b;
}

static double at_least(double a, double b)
{
    return any_missing(a, b) ? (double)NAN : a >= b;
}

static double both(double a, double b)
{
    if (a == 0 || b == 0)
        return 0;
    return any_missing(a, b) ? (double)NAN : 1;
}

static double either(double a, double b)
{
    if ((a != 0 && !isnan(a)) || (b != 0 && !isnan(b)))
        return 1;
    return any_missing(a, b) ? (double)NAN : 0;
}

static double power(double a, double b)
{
    return any_missing(a, b) ? (double)NAN : pow(a, b); /* pow(NaN, 0) is 1 */
}

const hbl_operator hbl_operators[] = {
    {"==", "~==", HBL_LEVEL_COMPARE, equal},   {"!=", "~!=", HBL_LEVEL_COMPARE, unequal},
    {"<=", "~<=", HBL_LEVEL_COMPARE, at_most}, {">=", "~>=", HBL_LEVEL_COMPARE, at_least},
    {"<", "~<", HBL_LEVEL_COMPARE, less},      {">", "~>", HBL_LEVEL_COMPARE, greater},
    {"&&", "~&", HBL_LEVEL_AND, both},         {"&", "~&", HBL_LEVEL_AND, both},
    {"||", "~|", HBL_LEVEL_OR, either},        {"|", "~|", HBL_LEVEL_OR, either},
    {"^", "~^", HBL_LEVEL_POWER, power},       {"+", "+", HBL_LEVEL_SUM, NULL},
    {"-", "-", HBL_LEVEL_SUM, NULL},           {"*", "*", HBL_LEVEL_PRODUCT, NULL},
    {"/", "/", HBL_LEVEL_PRODUCT, NULL},       {NULL, NULL, HBL_LEVEL_OR, NULL},
};

/* ---- functions ---- */

static double negation(double a)
{
    return isnan(a) ? (double)NAN : a == 0;
}

static double conditional(double condition, double yes, double no)
{
    if (isnan(condition))
        return NAN;
    return condition != 0 ? yes : no;
}

static double is_missing(double a)
{
    return isnan(a);
}

static double sign(double a)
{
    return isnan(a) ? (double)NAN : (a > 0) - (a < 0);
}

/* To so many digits behind the point; halves to the even neighbour, as R does. */
static double round_to(const double *argument, int n)
{
    const double scale = n > 1 ? pow(10.0, rint(argument[1])) : 1.0;

    return n > 1 && isnan(argument[1]) ? (double)NAN : rint(argument[0] * scale) / scale;
}

static double least(const double *argument, int n)
{
    double value = argument[0];

    for (int i = 1; i < n && !isnan(value); i++)
        if (isnan(argument[i]) || argument[i] < value)
            value = argument[i];
    return value;
}

static double most(const double *argument, int n)
{
    double value = argument[0];

    for (int i = 1; i < n && !isnan(value); i++)
        if (isnan(argument[i]) || argument[i] > value)
            value = argument[i];
    return value;
}

enum { ANY_NUMBER = 1000 };

static const struct {
    hbl_function is;
    double (*of_1)(double);
    double (*of_many)(const double *, int);
} definitions[] = {
    {{"abs", "abs", 1, 1}, fabs, NULL},
    {{"ceiling", "ceiling", 1, 1}, ceil, NULL},
    {{"exp", "exp", 1, 1}, exp, NULL},
    {{"floor", "floor", 1, 1}, floor, NULL},
    {{"ifelse", "ifelse", 3, 3}, NULL, NULL},
    {{"is.na", "missing", 1, 1}, is_missing, NULL},
    {{"log", "log", 1, 1}, log, NULL},
    {{"log10", "log10", 1, 1}, log10, NULL},
    {{"log2", "log2", 1, 1}, log2, NULL},
    {{"max", "max", 1, ANY_NUMBER}, NULL, most},
    {{"min", "min", 1, ANY_NUMBER}, NULL, least},
    {{"round", "round", 1, 2}, NULL, round_to},
    {{"sign", "sign", 1, 1}, sign, NULL},
    {{"sqrt", "sqrt", 1, 1}, sqrt, NULL},
};
enum { N_FUNCTIONS = sizeof definitions / sizeof *definitions };

size_t hbl_functions_count(void)
{
    return N_FUNCTIONS;
}

const hbl_function *hbl_functions_get(size_t i)
{
    return &definitions[i].is;
}

void hbl_functions_define(muParserHandle_t parser)
{
    mupClearOprt(parser);
    mupClearConst(parser);
    mupClearFun(parser);
    mupDefineOprtChars(parser, "~=!<>&|^+-*/");
    for (const hbl_operator *o = hbl_operators; o->written; o++)
        if (o->compute && (o == hbl_operators || o->compute != o[-1].compute))
            mupDefineOprt(parser, o->emitted, o->compute, o->level,
                          o->level == HBL_LEVEL_POWER ? muOPRT_ASCT_RIGHT : muOPRT_ASCT_LEFT, 1);
    for (size_t i = 0; i < N_FUNCTIONS; i++) {
        if (definitions[i].of_1)
            mupDefineFun1(parser, definitions[i].is.emitted, definitions[i].of_1, 1);
        if (definitions[i].of_many)
            mupDefineMultFun(parser, definitions[i].is.emitted, definitions[i].of_many, 1);
    }
    mupDefineFun1(parser, "not", negation, 1);
    mupDefineFun3(parser, "ifelse", conditional, 1);
}
