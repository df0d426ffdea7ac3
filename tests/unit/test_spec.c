/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The model file: what a spec holds after reading, overrides, round trips, and the message of every
 * kind of mistake.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>
#include <string.h>

#include "hblogit/model.h"
#include "model/spec.h"
#include "unit/scratch_files.h"

static hbl_spec *read_with(const char *path, const char *const *set, size_t n)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_spec *spec = NULL;

    if (hbl_spec_read(path, set, n, &spec, &error))
        fail_msg("%s", error.message);
    return spec;
}

static hbl_spec *read_text(const char *text)
{
    scratch_write("m.json", text);
    return read_with("m.json", NULL, 0);
}

#define DISTRIBUTIONS                                                                              \
    "normal, lognormal, negative-lognormal, censored-normal, positive-normal, negative-normal, "   \
    "johnson-sb, truncated-normal, uniform, triangular, exponential"

#define SMALL                                                                                      \
    "{\"data\": {\"file\": \"d.csv\", \"task\": \"t\"},\n"                                         \
    " \"formula\": \"y ~ a + b | 0\",\n"                                                           \
    " \"random\": {\"a\": \"normal\"}"

static void smallest(void **state)
{
    hbl_spec *s = read_text(SMALL "}");

    (void)state;
    assert_string_equal(s->path, "m.json");
    assert_string_equal(s->title, "");
    assert_string_equal(s->data.file, "d.csv");
    assert_string_equal(s->data.shape, "long");
    assert_string_equal(s->data.choice, "y");
    assert_null(s->data.person);
    assert_null(s->data.alternative);
    assert_string_equal(s->method, "hb");
    assert_int_equal(s->correlation, HBL_CORRELATION_FULL);
    assert_int_equal(s->n_random, 1);
    assert_string_equal(s->random[0].name, "a");
    assert_ptr_equal(s->random[0].mixing, hbl_mixing_find("normal"));
    assert_true(s->hb.chains == 4 && s->hb.draws == 1000);
    assert_false(s->simulate.present);
    assert_string_equal(s->data.delimiter, ",");
    assert_string_equal(s->data.decimal, ".");
    assert_null(s->data.separator);
    assert_int_equal(s->data.missing, HBL_MISSING_ERROR);
    assert_true(s->msl.draws == 1000 && s->msl.seed == 1 && s->msl.drop == 100);
    assert_string_equal(s->msl.sequence, "halton");
    assert_string_equal(s->msl.standard_errors, "hessian");
    assert_true(!s->msl.scramble && !s->msl.antithetic && s->msl.starts == 1);
    assert_true(s->msl.iterations == 500 && s->msl.tolerance == 1e-6 && s->msl.repeats == 0);
    hbl_spec_free(s);
}

/* Persons, tasks and alternatives may all be left out. */
static void without_indexes(void **state)
{
    hbl_spec *s = read_text("{\"data\": {\"file\": \"d.csv\"}, \"formula\": \"y ~ a\"}");

    (void)state;
    assert_null(s->data.person);
    assert_null(s->data.task);
    assert_null(s->data.alternative);
    hbl_spec_free(s);
}

static void everything(void **state)
{
    hbl_spec *s = read_text(
        "\xEF\xBB\xBF{\"title\": \"T\", \"formula\": \"y ~ a + b + `c.d`\",\n"
        "\"data\": {\"file\": \"/x/d.csv\", \"shape\": \"long\", \"person\": \"id\", \"task\": "
        "\"t\",\n \"alternative\": \"alt\", \"choice\": \"y\", \"reference\": \"bus\"},\n"
        "\"random\": {\"a\": {\"distribution\": \"johnson-sb\", \"lower\": -1, \"upper\": 3},\n"
        "\"b\": {\"distribution\": \"lognormal\"}, \"c.d\": \"censored-normal\"},\n"
        "\"correlation\": [[\"a\", \"b\"], [\"c.d\"]], \"method\": \"hb\",\n"
        "\"hb\": {\"chains\": 2, \"warmup\": 0, \"draws\": 7, \"thin\": 3, \"seed\": "
        "9007199254740991,\n \"kernel\": \"random-walk\", \"interweave\": false, "
        "\"over_relaxation\": 0, \"persistence\": 0.25, \"precision\": \"mixed\",\n "
        "\"save_persons\": true, "
        "\"save_warmup\": true, \"trace\": true,\n \"prior\": {\"preset\": \"train\",\n"
        "  \"mean\": {\"type\": \"normal\", \"location\": -1, \"precision\": 0.25},\n"
        "  \"covariance\": {\"type\": \"inverse-wishart\", \"df\": \"K+7\", \"scale\": 3},\n"
        "  \"fixed\": {\"location\": 2, \"precision\": 4}}}}");

    (void)state;
    assert_string_equal(s->title, "T");
    assert_string_equal(s->data.file, "/x/d.csv");
    assert_string_equal(s->data.reference, "bus");
    assert_true(s->random[0].lower == -1.0 && s->random[0].upper == 3.0);
    assert_string_equal(s->random[1].mixing->name, "lognormal");
    assert_string_equal(s->random[2].name, "c.d");
    assert_int_equal(s->correlation, HBL_CORRELATION_BLOCKS);
    assert_int_equal(s->n_blocks, 2);
    assert_int_equal(s->block_size[0], 2);
    assert_string_equal(s->block[0][1], "b");
    assert_true(s->hb.seed == UINT64_C(9007199254740991) && s->hb.thin == 3 && s->hb.warmup == 0);
    assert_string_equal(s->hb.kernel, "random-walk");
    assert_true(!s->hb.interweave && s->hb.over_relaxation == 0.0 && s->hb.trace);
    assert_true(s->hb.persistence == 0.25);
    assert_int_equal(s->hb.precision, HBL_PRECISION_MIXED);
    assert_int_equal(s->hb.prior.mean, HBL_MEAN_NORMAL);
    assert_true(s->hb.prior.mean_location == -1.0 && s->hb.prior.mean_precision == 0.25);
    assert_true(hbl_prior_df(&s->hb.prior, 6) == 13.0 && hbl_prior_df(&s->hb.prior, 1) == 8.0);
    assert_true(hbl_prior_scale(&s->hb.prior, 1) == 3.0);
    assert_true(s->hb.prior.fixed_location == 2.0 && s->hb.prior.fixed_precision == 4.0);
    hbl_spec_free(s);
}

static void simulated_likelihood(void **state)
{
    hbl_spec *s = read_text(
        SMALL ", \"method\": \"msl\", \"msl\": {\"draws\": 600, \"sequence\": \"sobol\", "
              "\"seed\": 7,\n\"drop\": 0, \"scramble\": true, \"antithetic\": true, \"starts\": 5, "
              "\"iterations\": 50,\n\"tolerance\": 1e-8, \"standard_errors\": \"robust\", "
              "\"repeats\": 10}}");

    (void)state;
    assert_string_equal(s->method, "msl");
    assert_true(s->msl.draws == 600 && s->msl.seed == 7 && s->msl.drop == 0);
    assert_string_equal(s->msl.sequence, "sobol");
    assert_true(s->msl.scramble && s->msl.antithetic && s->msl.starts == 5);
    assert_true(s->msl.iterations == 50 && s->msl.tolerance == 1e-8 && s->msl.repeats == 10);
    assert_string_equal(s->msl.standard_errors, "robust");
    hbl_spec_free(s);
}

/* ---- data */

static void wide_data(void **state)
{
    hbl_spec *s = read_text(
        "{\"formula\": \"y ~ cost\", \"data\": {\"file\": \"d.csv\", \"shape\": \"wide\",\n"
        "\"delimiter\": \";\", \"decimal\": \",\", \"separator\": \"\", \"varying\": [\"cost\", "
        "\"time\"],\n\"alternatives\": [1, \"bus\", 2.5], \"reference\": 2.5, \"available\": "
        "\"avail\",\n\"missing\": \"drop-person\"}}");
    const hbl_data_spec *d = &s->data;

    (void)state;
    assert_string_equal(d->shape, "wide");
    assert_string_equal(d->delimiter, ";");
    assert_string_equal(d->decimal, ",");
    assert_string_equal(d->separator, "");
    assert_int_equal(d->n_varying, 2);
    assert_string_equal(d->varying[1].name, "time");
    assert_int_equal(d->varying[1].n_columns, 0);
    assert_int_equal(d->n_alternatives, 3);
    assert_string_equal(d->alternatives[0], "1");
    assert_string_equal(d->alternatives[2], "2.5");
    assert_string_equal(d->reference, "2.5");
    assert_string_equal(d->available, "avail");
    assert_int_equal(d->n_available, 0);
    assert_int_equal(d->missing, HBL_MISSING_DROP_PERSON);
    hbl_spec_free(s);
}

static void wide_columns(void **state)
{
    hbl_spec *s = read_text(
        "{\"formula\": \"y ~ cost\", \"data\": {\"file\": \"d.csv\", \"shape\": \"wide\",\n"
        "\"alternatives\": [\"car\", \"bus\"], \"delimiter\": \"tab\",\n"
        "\"varying\": {\"cost\": [\"c1\", \"c2\"], \"t\": [\"x\", \"x\"]},\n"
        "\"available\": {\"car\": \"has_car\", \"bus\": \"near\"}}}");
    const hbl_data_spec *d = &s->data;

    (void)state;
    assert_string_equal(d->delimiter, "tab");
    assert_null(d->separator);
    assert_int_equal(d->n_varying, 2);
    assert_string_equal(d->varying[0].name, "cost");
    assert_int_equal(d->varying[0].n_columns, 2);
    assert_string_equal(d->varying[0].column[1], "c2");
    assert_string_equal(d->varying[1].column[0], "x");
    assert_null(d->available);
    assert_int_equal(d->n_available, 2);
    assert_string_equal(d->available_of[0].alternative, "car");
    assert_string_equal(d->available_of[0].column, "has_car");
    hbl_spec_free(s);
}

static void columns_of_data(void **state)
{
    hbl_spec *s = read_text(
        "{\"formula\": \"y ~ time\", \"data\": {\"file\": \"d.csv\", \"person\": \"id\",\n"
        "\"filter\": \"noalt == 4\", \"weight\": \"w\", \"missing\": \"drop-task\",\n"
        "\"derived\": {\"time\": \"ivt + ovt\", \"one\": 1},\n"
        "\"categorical\": {\"brand\": \"effects\", \"size\": {\"base\": 2}, \"x.y\": {\"coding\": "
        "\"effects\", \"base\": \"blue\"}},\n"
        "\"persons\": {\"file\": \"p.csv\", \"person\": \"pid\"}}}");
    const hbl_data_spec *d = &s->data;

    (void)state;
    assert_string_equal(d->filter, "noalt == 4");
    assert_string_equal(d->weight, "w");
    assert_int_equal(d->missing, HBL_MISSING_DROP_TASK);
    assert_int_equal(d->n_derived, 2);
    assert_string_equal(d->derived[0].name, "time");
    assert_string_equal(d->derived[0].expression, "ivt + ovt");
    assert_string_equal(d->derived[1].expression, "1");
    assert_int_equal(d->n_categorical, 3);
    assert_true(d->categorical[0].effects && d->categorical[0].base == NULL);
    assert_false(d->categorical[1].effects);
    assert_string_equal(d->categorical[1].base, "2");
    assert_true(d->categorical[2].effects);
    assert_string_equal(d->categorical[2].base, "blue");
    assert_string_equal(d->persons, "p.csv");
    assert_string_equal(d->persons_key, "pid");
    hbl_spec_free(s);
}

/* ---- coefficients */

static void coefficients(void **state)
{
    hbl_spec *s = read_text(
        "{\"formula\": \"y ~ a + b + c + d + p\", \"data\": {\"file\": \"d.csv\"},\n"
        "\"random\": {\"b*\": \"normal\", \"a\": \"normal\", \"c\": \"normal\", \"d\": "
        "\"lognormal\"},\n"
        "\"order\": [[0, \"a\", \"b\"], [\"c\", \"bb\", 0]], \"held\": {\"p\": -1, \"q:r\": 0.5},\n"
        "\"covariates\": [\"income\", \"age\"]}");

    (void)state;
    assert_int_equal(s->n_orders, 2);
    assert_int_equal(s->order[0].n, 3);
    assert_null(s->order[0].name[0]);
    assert_string_equal(s->order[0].name[2], "b");
    assert_string_equal(s->order[1].name[0], "c");
    assert_null(s->order[1].name[2]);
    assert_int_equal(s->n_held, 2);
    assert_string_equal(s->held[1].name, "q:r");
    assert_true(s->held[0].value == -1.0 && s->held[1].value == 0.5);
    assert_int_equal(s->n_covariates, 2);
    assert_string_equal(s->covariate[1], "age");
    hbl_spec_free(s);
}

/* Names win over patterns, earlier patterns over later ones. */
static void patterns(void **state)
{
    static const struct {
        const char *pattern, *name;
        bool matches;
    } cases[] = {
        {"*", "", true},
        {"*", "abc", true},
        {"a*c", "abbc", true},
        {"a*c", "abcb", false},
        {"a?c", "abc", true},
        {"a?c", "ac", false},
        {"a*b*c", "aXbYbZc", true},
        {"*:air", "income:air", true},
        {"*:air", "income:airy", false},
        {"(Intercept):*", "(Intercept):air", true},
        {"?", "\xC3\xA9", true},
        {"??", "\xC3\xA9", false},
        {"a", "a", true},
        {"a", "ab", false},
        {"**a", "a", true},
    };
    hbl_spec *s = read_text("{\"formula\": \"y ~ a\", \"data\": {\"file\": \"d.csv\"},\n"
                            "\"random\": {\"p*\": \"normal\", \"*\": \"censored-normal\", \"pf\": "
                            "\"lognormal\"}}");

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(hbl_pattern_matches(cases[i].pattern, cases[i].name), cases[i].matches);
    assert_string_equal(hbl_spec_random_of(s, "pf")->mixing->name, "lognormal");
    assert_string_equal(hbl_spec_random_of(s, "price")->mixing->name, "normal");
    assert_string_equal(hbl_spec_random_of(s, "tod")->mixing->name, "censored-normal");
    s->n_random = 1;
    assert_null(hbl_spec_random_of(s, "tod"));
    s->n_random = 3;
    hbl_spec_free(s);
}

/* The preset comes first wherever it stands in the file; other keys go on top of it. */
static void preset_first(void **state)
{
    hbl_spec *s = read_text(SMALL ", \"hb\": {\"prior\": {\"covariance\": {\"df\": \"K+9\"}, "
                                  "\"preset\": \"rsghb\"}}}");

    (void)state;
    assert_int_equal(s->hb.prior.mean, HBL_MEAN_FLAT);
    assert_true(hbl_prior_df(&s->hb.prior, 4) == 13.0 && hbl_prior_scale(&s->hb.prior, 4) == 2.0);
    assert_true(hbl_prior_df(&s->hb.prior, 1) == 10.0 && hbl_prior_scale(&s->hb.prior, 1) == 1.0);
    hbl_spec_free(s);
}

static void overrides(void **state)
{
    static const char *const set[] = {
        "hb.draws=5000",        "hb.prior.covariance.df=2(K+5)", "correlation=none",
        "random.b=lognormal",   "random.c.d=censored-normal",    "formula=y ~ a + b + c.d | 0",
        "data.person=7",        "hb.interweave=false",           "hb.draws=6000",
        "data.file=/other.csv", "hb.kernel=\"hessian\"",         "title=1=1",
    };
    hbl_spec *s;

    (void)state;
    scratch_write("m.json", SMALL ", \"hb\": {\"draws\": 3}}");
    s = read_with("m.json", set, sizeof set / sizeof set[0]);
    assert_true(s->hb.draws == 6000);
    assert_true(hbl_prior_df(&s->hb.prior, 2) == 14.0);
    assert_int_equal(s->correlation, HBL_CORRELATION_NONE);
    assert_int_equal(s->n_random, 3);
    assert_string_equal(s->random[2].name, "c.d");
    assert_string_equal(s->data.person, "7");
    assert_string_equal(s->data.file, "/other.csv");
    assert_false(s->hb.interweave);
    assert_string_equal(s->hb.kernel, "hessian");
    assert_string_equal(s->title, "1=1");
    hbl_spec_free(s);
}

static void blocks_by_override(void **state)
{
    static const char *const set[] = {"correlation=[[\"a\"]]", "random.b={\"distribution\": "
                                                               "\"johnson-sb\", \"upper\": 2}"};
    hbl_spec *s;

    (void)state;
    scratch_write("m.json", SMALL "}");
    s = read_with("m.json", set, 2);
    assert_int_equal(s->n_blocks, 1);
    assert_true(s->random[1].upper == 2.0);
    hbl_spec_free(s);
}

static void lists_by_override(void **state)
{
    static const char *const set[] = {
        "data.alternatives=[\"car\", \"bus\", 3]",
        "data.reference=3",
        "data.derived.x.y=a + 1",
        "data.derived.two=2",
        "data.categorical.brand={\"coding\": \"effects\"}",
        "data.available={\"car\": \"c\"}",
        "data.available.bus=b",
        "data.filter=a > 2",
        "data.weight=w",
        "held.b.c=-1",
        "order=[[0, \"a\"]]",
        "covariates=[\"income\"]",
        "msl.draws=50",
        "msl.tolerance=0.001",
        "method=msl",
        "simulate.slope.a:income=0.25",
        "data.missing=drop-task",
    };
    hbl_spec *s;

    (void)state;
    scratch_write("m.json", SMALL "}");
    s = read_with("m.json", set, sizeof set / sizeof set[0]);
    assert_int_equal(s->data.n_alternatives, 3);
    assert_string_equal(s->data.alternatives[2], "3");
    assert_string_equal(s->data.reference, "3");
    assert_string_equal(s->data.derived[0].name, "x.y");
    assert_string_equal(s->data.derived[1].expression, "2");
    assert_true(s->data.categorical[0].effects);
    assert_int_equal(s->data.n_available, 2);
    assert_string_equal(s->data.available_of[1].column, "b");
    assert_string_equal(s->data.filter, "a > 2");
    assert_string_equal(s->held[0].name, "b.c");
    assert_string_equal(s->order[0].name[1], "a");
    assert_string_equal(s->covariate[0], "income");
    assert_true(s->msl.draws == 50 && s->msl.tolerance == 0.001);
    assert_string_equal(s->simulate.slope[0].name, "a:income");
    assert_true(s->simulate.slope[0].value == 0.25);
    assert_int_equal(s->data.missing, HBL_MISSING_DROP_TASK);
    hbl_spec_free(s);
}

static void relative_to_the_model(void **state)
{
    static const char *const set[] = {"data.file=e.csv"};
    hbl_spec *s;
    char wanted[544];

    (void)state;
    if (system("mkdir -p sub") != 0)
        fail();
    scratch_write("sub/m.json", SMALL "}");
    s = read_with("sub/m.json", NULL, 0);
    assert_string_equal(s->data.file, "sub/d.csv");
    hbl_spec_free(s);
    s = read_with("sub/m.json", set, 1);
    snprintf(wanted, sizeof wanted, "%s/e.csv", scratch_folder);
    assert_string_equal(s->data.file, wanted);
    hbl_spec_free(s);
    scratch_write("sub/m.json", "{\"formula\": \"y ~ a\", \"data\": {\"file\": \"/x/d.csv\", "
                                "\"person\": \"id\", \"persons\": \"p.csv\"}}");
    s = read_with("sub/m.json", NULL, 0);
    assert_string_equal(s->data.file, "/x/d.csv");
    assert_string_equal(s->data.persons, "sub/p.csv");
    assert_null(s->data.persons_key);
    hbl_spec_free(s);
    s = read_with("sub/m.json", (const char *const[]){"data.persons=q.csv"}, 1);
    snprintf(wanted, sizeof wanted, "%s/q.csv", scratch_folder);
    assert_string_equal(s->data.persons, wanted);
    hbl_spec_free(s);
}

static void simulation(void **state)
{
    hbl_spec *s = read_text(
        "{\"formula\": \"choice ~ a + b | 0\", \"random\": {\"a\": \"normal\"},\n"
        "\"simulate\": {\"persons\": 5, \"tasks\": [2, 4], \"alternatives\": 3, \"seed\": 9,\n"
        "\"attributes\": {\"a\": {\"levels\": [1, 2, 3]}, \"b\": {\"normal\": [0, 2], \"of\": "
        "\"person\"}},\n"
        "\"mean\": {\"a\": -1}, \"sd\": {\"a\": 0}, \"correlation\": [[1]], \"fixed\": {\"b\": "
        "0.5},\n\"slope\": {\"a:income\": 0.3}}}");
    const hbl_simulation_spec *t = &s->simulate;

    (void)state;
    assert_true(t->present && t->n_persons == 5 && t->seed == 9);
    assert_true(t->tasks_min == 2 && t->tasks_max == 4);
    assert_true(t->alternatives_min == 3 && t->alternatives_max == 3);
    assert_true(t->n_attributes == 2 && t->attribute[0].n_values == 3);
    assert_int_equal(t->attribute[0].of, HBL_ATTRIBUTE_OF_ALTERNATIVE);
    assert_int_equal(t->attribute[1].kind, HBL_ATTRIBUTE_NORMAL);
    assert_int_equal(t->attribute[1].of, HBL_ATTRIBUTE_OF_PERSON);
    assert_true(t->attribute[1].value[1] == 2.0);
    assert_true(t->n_means == 1 && t->mean[0].value == -1.0 && t->sd[0].value == 0.0);
    assert_true(t->n_fixed == 1 && t->fixed[0].value == 0.5 && t->correlation_size == 1);
    assert_true(t->n_slopes == 1 && t->slope[0].value == 0.3);
    assert_string_equal(t->slope[0].name, "a:income");
    assert_null(s->data.file);
    assert_string_equal(s->data.person, "person");
    assert_string_equal(s->data.task, "task");
    assert_string_equal(s->data.alternative, "alternative");
    hbl_spec_free(s);
}

/* ---- round trip: what is echoed reads back to the same echo, with every default in it */

static void round_trip(const char *path, const char *copy)
{
    hbl_spec *first = read_with(path, NULL, 0), *second;
    char *once = hbl_spec_to_json(first), *twice;

    scratch_write(copy, once);
    second = read_with(copy, NULL, 0);
    twice = hbl_spec_to_json(second);
    assert_string_equal(once, twice);
    assert_int_equal(first->n_random, second->n_random);
    assert_memory_equal(&first->hb.prior, &second->hb.prior, sizeof first->hb.prior);
    assert_true(first->simulate.n_persons == second->simulate.n_persons);
    if (first->data.file != NULL)
        assert_string_equal(first->data.file, second->data.file);
    assert_non_null(strstr(once, "\"over_relaxation\":\t0.9"));
    assert_non_null(strstr(once, "\"persistence\":\t0.4"));
    free(once);
    free(twice);
    hbl_spec_free(first);
    hbl_spec_free(second);
}

static void all_models_parse(void **state)
{
    char pattern[4200];
    glob_t found;

    (void)state;
    snprintf(pattern, sizeof pattern, "%s/models/*.json", scratch_home);
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    snprintf(pattern, sizeof pattern, "%s/models/published/*.json", scratch_home);
    assert_int_equal(glob(pattern, GLOB_APPEND, NULL, &found), 0);
    assert_true(found.gl_pathc >= 30);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        hbl_spec *spec = read_with(found.gl_pathv[i], NULL, 0);
        char *text = hbl_spec_to_json(spec);

        /* a copy in a folder of its own, beside which the data's relative paths hold again */
        scratch_write("copy.json", text);
        free(text);
        hbl_spec_free(spec);
        round_trip("copy.json", "copy-2.json");
    }
    globfree(&found);
}

static void round_trips(void **state)
{
    static const char *const more[] = {
        ", \"hb\": {\"prior\": {\"preset\": \"rsghb\"}}}",
        ", \"hb\": {\"prior\": {\"preset\": \"rsghb\", \"mean\": {\"type\": \"conjugate\"}}}}",
        ", \"hb\": {\"prior\": {\"covariance\": {\"type\": \"huang-wand\", \"scale\": 2.5}}}}",
        ", \"hb\": {\"prior\": {\"covariance\": {\"df\": \"2K-0.1\", \"df_single\": 3}}}}",
        ", \"correlation\": [[\"a\"]], \"hb\": {\"over_relaxation\": 0.9, \"seed\": "
        "9007199254740991}}",
        ", \"correlation\": \"none\", \"simulate\": {\"mean\": {\"a\": 0.1}, \"sd\": {\"a\": "
        "0.30000000000000004}}}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
        char text[512];

        snprintf(text, sizeof text, "%s%s", SMALL, more[i]);
        scratch_write("m.json", text);
        round_trip("m.json", "m-2.json");
    }
}

/* What stands under key in object, printed. */
static char *part_of(const char *text, const char *section, const char *key)
{
    cJSON *root = cJSON_Parse(text);
    const cJSON *node = section != NULL ? cJSON_GetObjectItemCaseSensitive(root, section) : root;
    char *part;

    node = key != NULL ? cJSON_GetObjectItemCaseSensitive(node, key) : node;
    part = node != NULL ? cJSON_PrintUnformatted(node) : NULL;
    cJSON_Delete(root);
    return part;
}

/* The key with that value reads, and is echoed as wanted. */
static void comes_back(const char *section, const char *key, const char *given, const char *wanted,
                       const char *beside, const char *top)
{
    const bool in_data = section != NULL && strcmp(section, "data") == 0;
    char own[256], text[1024], *once, *part;
    hbl_spec *spec;

    snprintf(own, sizeof own,
             section != NULL && !in_data ? ", \"%s\": {\"%s\": %s}" : ", %s\"%s\": %s",
             section != NULL && !in_data ? section : "", key, given);
    snprintf(text, sizeof text,
             "{\"formula\": \"y ~ a\", \"data\": {\"file\": \"d.csv\", %s%s}, %s%s}", beside,
             in_data ? own : "", top, in_data ? "" : own);
    spec = read_text(text);
    once = hbl_spec_to_json(spec);
    part = part_of(once, section, key);
    assert_non_null(part);
    assert_string_equal(part, wanted);
    free(part);
    free(once);
    hbl_spec_free(spec);
    round_trip("m.json", "m-2.json");
}

/* Every key that is a list or an object comes back as it was given (in its full form), and a second
 * time. */
static void every_key_comes_back(void **state)
{
    static const struct {
        const char *section, *key, *given, *echoed; /* echoed NULL: as given */
        const char *beside;                         /* what it needs in data, or ... */
        const char *top;                            /* ... at the top */
    } cases[] = {
        {"data", "shape", "\"wide\"", NULL, NULL, NULL},
        {"data", "delimiter", "\"tab\"", NULL, NULL, NULL},
        {"data", "delimiter", "\";\"", NULL, NULL, NULL},
        {"data", "decimal", "\",\"", NULL, "\"delimiter\": \";\"", NULL},
        {"data", "task", "\"t\"", NULL, NULL, NULL},
        {"data", "separator", "\"\"", NULL, "\"shape\": \"wide\"", NULL},
        {"data", "separator", "\".\"", NULL, "\"shape\": \"wide\"", NULL},
        {"data", "varying", "[\"x\",\"y\"]", NULL, "\"shape\": \"wide\"", NULL},
        {"data", "varying", "{\"x\":[\"a\",\"b\"],\"y\":[\"c\",\"c\"]}", NULL,
         "\"shape\": \"wide\", \"alternatives\": [1, 2]", NULL},
        {"data", "alternatives", "[1,\"b\"]", "[\"1\",\"b\"]", NULL, NULL},
        {"data", "reference", "2", "\"2\"", NULL, NULL},
        {"data", "available", "\"av\"", NULL, NULL, NULL},
        {"data", "available", "{\"car\":\"c\",\"bus\":\"d\"}", NULL, NULL, NULL},
        {"data", "filter", "\"x > 1 && y == 2\"", NULL, NULL, NULL},
        {"data", "derived", "{\"x\":\"a + 1\",\"y\":\"-x\"}", NULL, NULL, NULL},
        {"data", "categorical", "{\"b\":\"dummy\",\"c\":{\"coding\":\"effects\",\"base\":3}}",
         "{\"b\":{\"coding\":\"dummy\"},\"c\":{\"coding\":\"effects\",\"base\":\"3\"}}", NULL,
         NULL},
        {"data", "weight", "\"w\"", NULL, NULL, NULL},
        {"data", "persons", "\"p.csv\"", "{\"file\":\"p.csv\"}", "\"person\": \"id\"", NULL},
        {"data", "persons", "{\"file\":\"/p/q.csv\",\"person\":\"pid\"}", NULL,
         "\"person\": \"id\"", NULL},
        {"data", "missing", "\"drop-task\"", NULL, "\"task\": \"t\"", NULL},
        {NULL, "order", "[[0,\"a\"],[\"b\",\"c\"],[\"d\",0]]", NULL, NULL,
         "\"random\": {\"*\": \"normal\"}"},
        {NULL, "held", "{\"p\":-1,\"q\":0.25}", NULL, NULL, NULL},
        {NULL, "covariates", "[\"w\",\"v\"]", NULL, NULL, "\"random\": {\"a\": \"normal\"}"},
        {NULL, "correlation", "[[\"a\",\"b\"],[\"c\"]]", NULL, NULL, NULL},
        {NULL, "random", "{\"a\":\"triangular\",\"b*\":\"normal\"}", NULL, NULL,
         "\"method\": \"msl\""},
        {NULL, "method", "\"mnl\"", NULL, NULL, NULL},
        {"msl", "draws", "77", NULL, NULL, NULL},
        {"msl", "sequence", "\"mlhs\"", NULL, NULL, NULL},
        {"msl", "seed", "12345", NULL, NULL, NULL},
        {"msl", "drop", "0", NULL, NULL, NULL},
        {"msl", "scramble", "true", NULL, NULL, NULL},
        {"msl", "antithetic", "true", NULL, NULL, NULL},
        {"msl", "starts", "9", NULL, NULL, NULL},
        {"msl", "iterations", "3", NULL, NULL, NULL},
        {"msl", "tolerance", "1e-09", NULL, NULL, NULL},
        {"msl", "standard_errors", "\"opg\"", NULL, NULL, NULL},
        {"msl", "repeats", "4", NULL, NULL, NULL},
        {"simulate", "slope", "{\"a:w\":0.25}", NULL, NULL, NULL},
        {"simulate", "fixed", "{\"v\":0.1}", NULL, NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        comes_back(cases[i].section, cases[i].key, cases[i].given,
                   cases[i].echoed != NULL ? cases[i].echoed : cases[i].given,
                   cases[i].beside != NULL ? cases[i].beside : "\"missing\": \"error\"",
                   cases[i].top != NULL ? cases[i].top : "\"title\": \"\"");
}

/* To the last digit. */
static void exact_numbers(void **state)
{
    hbl_spec *s = read_text(SMALL ", \"held\": {\"p\": 0.30000000000000004}, \"simulate\": "
                                  "{\"correlation\": [],\n\"slope\": {\"a:w\": "
                                  "0.10000000000000002}}}");
    char *text = hbl_spec_to_json(s);

    (void)state;
    assert_non_null(strstr(text, "0.30000000000000004"));
    assert_non_null(strstr(text, "0.10000000000000002"));
    free(text);
    hbl_spec_free(s);
}

/* ---- mistakes */

static void refused_with(const char *text, const char *const *set, size_t n, const char *message)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_spec *spec = NULL;

    scratch_write("m.json", text);
    assert_int_equal(hbl_spec_read("m.json", set, n, &spec, &error), HBL_ERR_INPUT);
    assert_int_equal(error.status, HBL_ERR_INPUT);
    assert_string_equal(error.message, message);
    assert_null(spec);
}

static void refused(const char *more, const char *message)
{
    char text[1024];

    snprintf(text, sizeof text, "%s,\n%s}", SMALL, more);
    refused_with(text, NULL, 0, message);
}

static void not_json(void **state)
{
    (void)state;
    refused_with("", NULL, 0,
                 "m.json:1:1: not valid JSON: the file ends too soon; is a bracket or brace not "
                 "closed?");
    refused_with("{\n \"a\": 1", NULL, 0,
                 "m.json:2:8: not valid JSON: the file ends too soon; is a bracket or brace not "
                 "closed?");
    refused_with("{\n \"a\": 1,\n}", NULL, 0,
                 "m.json:3:1: not valid JSON: is there a comma too many before this, or a bracket "
                 "of the wrong kind?");
    refused_with("{\n \"a\": 1\n \"b\": 2}", NULL, 0,
                 "m.json:3:2: not valid JSON: is a comma missing before this?");
    refused_with("{\n \"a\": \"x,\n \"b\" 2}", NULL, 0,
                 "m.json:3:3: not valid JSON: is a comma, colon or quote missing?");
    refused_with("{\n \"a\": 1, // one\n \"b\": 2}", NULL, 0,
                 "m.json:2:10: not valid JSON: comments are not allowed");
    refused_with("{\n \"a\": tru}", NULL, 0,
                 "m.json:2:7: not valid JSON: is a comma, colon or quote missing?");
    refused_with("{} {}", NULL, 0,
                 "m.json:1:4: not valid JSON: is a comma, colon or quote missing?");
    refused_with("[1]", NULL, 0, "m.json: a model file is an object: { ... }");
    refused_with("{\"a\": 1,\n \"b\": {\"c\": 1, \"c\": 2}}", NULL, 0,
                 "m.json:2: b.c is given twice, first on line 2");
}

static void no_file(void **state)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_spec *spec = NULL;

    (void)state;
    assert_int_equal(hbl_spec_read("none.json", NULL, 0, &spec, &error), HBL_ERR_INPUT);
    assert_string_equal(error.message,
                        "none.json: cannot be opened: No such file or directory; is the "
                        "name right?");
    error = (hbl_error)HBL_ERROR_INIT;
    assert_int_equal(hbl_spec_read(".", NULL, 0, &spec, &error), HBL_ERR_INPUT);
    assert_string_equal(error.message, ".: cannot be read; is it a file?");
}

static void keys(void **state)
{
    (void)state;
    refused("\"metod\": 1", "m.json:4: metod is not a known key; did you mean \"method\"?");
    refused("\"draws\": 1", "m.json:4: draws is not a known key; did you mean \"hb.draws\"?");
    refused("\"qqq\": 1", "m.json:4: qqq is not a known key; those known here are data, random, "
                          "correlation, order, held, covariates, hb, msl, simulate, title, "
                          "formula, method");
    refused("\"hb\": {\"drawz\": 1}",
            "m.json:4: hb.drawz is not a known key; did you mean \"draws\"?");
    refused("\"hb\": {\"prior\":\n {\"mean\": {\"typ\": 1}}}",
            "m.json:5: hb.prior.mean.typ is not a known key; did you mean \"type\"?");
    refused("\"sequence\": 1", "m.json:4: sequence is not a known key; did you mean "
                               "\"msl.sequence\"?");
    refused("\"file\": 1", "m.json:4: file is not a known key; did you mean \"data.file\"?");
    refused("\"hb\": {\"checkpoint\": -1}",
            "m.json:4: hb.checkpoint must be a number from 0 to 1000000000, not -1");
    refused("\"method\": \"mns\"", "m.json:4: method must be \"hb\", \"msl\" or \"mnl\", not "
                                   "\"mns\"; did you mean \"mnl\"?");
    refused("\"title\": \"x\", \"formula\": \"y ~ a\"",
            "m.json:4: formula is given twice, first on "
            "line 2");
    refused_with("{\"data\": {\"shape\": \"widw\"}}", NULL, 0,
                 "m.json:1: data.shape must be \"long\" or \"wide\", not \"widw\"; did you mean "
                 "\"wide\"?");
    refused_with("{\"data\": {\"varyin\": []}}", NULL, 0,
                 "m.json:1: data.varyin is not a known key; did you mean \"varying\"?");
    refused_with("{\"data\": {\"taks\": \"t\"}}", NULL, 0,
                 "m.json:1: data.taks is not a known key; did you mean \"task\"?");
}

static void kinds(void **state)
{
    (void)state;
    refused("\"hb\": [1]", "m.json:4: hb must be an object { ... }, not a list");
    refused("\"hb\": {\"draws\": \"10\"}", "m.json:4: hb.draws must be a whole number from 1 to "
                                           "1000000000, not the text \"10\"");
    refused("\"hb\": {\"draws\": 0}",
            "m.json:4: hb.draws must be a whole number from 1 to 1000000000, not 0");
    refused("\"hb\": {\"draws\": 1e999}",
            "m.json:4: hb.draws must be a whole number from 1 to 1000000000, not inf");
    refused("\"hb\": {\"trace\": 1}", "m.json:4: hb.trace must be true or false, not the number 1");
    refused("\"hb\": {\"kernel\": null}", "m.json:4: hb.kernel must be \"hmc\", \"hessian\" or "
                                          "\"random-walk\", not null");
    refused("\"title\": 5", "m.json:4: title must be text, not the number 5");
    refused("\"hb\": {\"prior\": 5}",
            "m.json:4: hb.prior must be an object { ... }, not the number 5");
    refused("\"hb\": {\"prior\": {\"preset\": \"tain\"}}",
            "m.json:4: hb.prior.preset must be \"bayesm\", \"train\", \"rsghb\" or "
            "\"choicemodelr\", not \"tain\"; did you mean \"train\"?");
    refused("\"hb\": {\"prior\": {\"preset\": \"train\", \"mean\": {\n\"precision\": 1}}}",
            "m.json:5: hb.prior.mean.precision has no meaning: the mean's prior is flat; give its "
            "type, \"conjugate\" or \"normal\"");
    refused("\"hb\": {\"prior\": {\"mean\": {\"precision\": 0}}}",
            "m.json:4: hb.prior.mean.precision must be a number above 0; for a constant prior give "
            "the mean's type \"flat\"");
    refused("\"correlation\": \"ful\"",
            "m.json:4: correlation must be \"full\", \"none\" or a list of blocks, such as "
            "[[\"pf\", \"cl\"], [\"loc\", \"wk\"]], not the text \"ful\"");
    refused("\"correlation\": [[\"a\"],\n [true]]",
            "m.json:5: correlation[1][0] must be a name, not true");
    refused("\"correlation\": [[]]",
            "m.json:4: correlation[0] must be a list of coefficients, such "
            "as [\"pf\", \"cl\"], not an empty list");
}

static void random_entries(void **state)
{
    static const struct {
        const char *entry, *message;
    } cases[] = {
        {"\"lognorml\"", "m.json:1: random.a has no distribution \"lognorml\"; did you mean "
                         "\"lognormal\"?"},
        {"\"xyz\"", "m.json:1: random.a has no distribution \"xyz\"; there are " DISTRIBUTIONS},
        {"5", "m.json:1: random.a must be a distribution, such as \"normal\", or an object with "
              "one, not the number 5"},
        {"{\"lower\": 1}",
         "m.json:1: random.a has no \"distribution\", such as \"normal\" or \"johnson-sb\""},
        {"{\"distribution\": \"normal\", \"lower\": 1}",
         "m.json:1: random.a.lower has no meaning: normal has no bounds"},
        {"{\"distribution\": \"johnson-sb\", \"lower\": 1}",
         "m.json:1: random.a has lower bound 1, not below its upper 1"},
        {"{\"distribution\": \"johnson-sb\", \"lower\": \"0\"}",
         "m.json:1: random.a.lower must be a number, not the text \"0\""},
        {"{\"distribution\": \"johnson-sb\", \"uper\": 1}",
         "m.json:1: random.a.uper is not a known key; did you mean \"upper\"?"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[256];

        snprintf(text, sizeof text, "{\"random\": {\"a\": %s}}", cases[i].entry);
        refused_with(text, NULL, 0, cases[i].message);
    }
}

static void missing(void **state)
{
    (void)state;
    refused_with("{}", NULL, 0,
                 "m.json: \"formula\" is missing, such as \"choice ~ price + time | 0\"");
    refused_with("{\"formula\": \"y ~ a\"}", NULL, 0,
                 "m.json: \"data\" is missing, such as { \"file\": \"choices.csv\", \"person\": "
                 "\"id\", \"task\": \"task\" }");
    refused_with("{\"formula\": \"y ~ a\", \"data\": {}}", NULL, 0,
                 "m.json:1: data has no \"file\", the name of a CSV file");
    refused_with("{\"formula\": \"y ~ a\", \"data\": {\"file\": \"\", \"task\": \"t\"}}", NULL, 0,
                 "m.json:1: data.file is empty; name a CSV file");
    refused_with("{\"data\": {\"file\": \"x\", \"task\": \"t\",\n \"choice\": \"z\"}, \"formula\": "
                 "\"y ~ a\"}",
                 NULL, 0,
                 "m.json:2: data.choice is \"z\", but the formula's left side is \"y\"; they must "
                 "be the same");
    refused_with("{\"data\": {},\n \"formula\": \"y ~ log(a)\"}", NULL, 0,
                 "m.json:2:18: formula: a formula has no functions such as log(); compute a column "
                 "under \"derived\" of \"data\" and name it here");
}

/* What is wrong with an entry of "data". */
static void data_entries(void **state)
{
    static const struct {
        const char *entry, *message;
    } cases[] = {
        {"\"delimiter\": \"||\"",
         "m.json:1: data.delimiter must be one character, such as \";\", or "
         "\"tab\", not \"||\""},
        {"\"delimiter\": \"\"", "m.json:1: data.delimiter must be one character, such as \";\", or "
                                "\"tab\", not \"\""},
        {"\"delimiter\": \"1\"",
         "m.json:1: data.delimiter must be one character, such as \";\", or "
         "\"tab\", not \"1\""},
        {"\"decimal\": \";\"", "m.json:1: data.decimal must be \".\" or \",\", not \";\""},
        {"\"decimal\": \",\"", "m.json:1: data.decimal is \",\", which stands between the cells "
                               "too; give their \"delimiter\", such as \";\""},
        {"\"separator\": \"_\"", "m.json:1: data.separator belongs to a wide file, a row a task; "
                                 "leave it out, or give \"shape\": \"wide\""},
        {"\"shape\": \"wide\", \"alternative\": \"alt\"",
         "m.json:1: data.alternative belongs to a long file, a row an alternative; a wide one has "
         "the alternatives in the names of its columns, or in data.alternatives"},
        {"\"shape\": \"wide\", \"varying\": {\"c\": [\"c1\", \"c2\"]}",
         "m.json:1: data.varying lists columns, one for each alternative: name these in that "
         "order, such as \"alternatives\": [\"car\", \"bus\"]"},
        {"\"shape\": \"wide\", \"alternatives\": [1, 2, 3], \"varying\": {\"c\": [\"c1\", "
         "\"c2\"]}",
         "m.json:1: data.varying.c lists 2 columns, but data.alternatives names 3 alternatives"},
        {"\"varying\": \"c\"", "m.json:1: data.varying must be a list of attributes, such as "
                               "[\"price\"], or an object attribute -> list of columns, not the "
                               "text \"c\""},
        {"\"varying\": {}", "m.json:1: data.varying is empty; leave the key out"},
        {"\"varying\": {\"c\": \"c1\"}",
         "m.json:1: data.varying.c must be a list of columns, one for each alternative, such as "
         "[\"cost1\", \"cost2\"], not the text \"c1\""},
        {"\"varying\": [\"c\", \"d\",\n \"c\"]",
         "m.json:2: data.varying[2] names \"c\" a second time"},
        {"\"alternatives\": [\"a\", \"b\", \"a\"]",
         "m.json:1: data.alternatives[2] names \"a\" a second time"},
        {"\"alternatives\": [\"a\", \"\"]",
         "m.json:1: data.alternatives[1] is empty; it must be a name"},
        {"\"alternatives\": [\"a\", null]",
         "m.json:1: data.alternatives[1] must be a name, not null"},
        {"\"alternatives\": [\"car\", \"bus\"], \"reference\": \"buss\"",
         "m.json:1: data.reference names \"buss\", which is not among data.alternatives; did you "
         "mean \"bus\"?"},
        {"\"alternatives\": [\"car\", \"bus\"],\n \"available\": {\"caar\": \"x\"}",
         "m.json:2: data.available.caar names \"caar\", which is not among data.alternatives; did "
         "you mean \"car\"?"},
        {"\"available\": [1]",
         "m.json:1: data.available must be a column, or an object alternative "
         "-> column, such as { \"car\": \"has_car\" }, not a list"},
        {"\"derived\": {\"t\": [1]}",
         "m.json:1: data.derived.t must be an expression, such as \"ivt + ovt\", not a list"},
        {"\"derived\": {\"\": \"1\"}", "m.json:1: data.derived. has an empty name"},
        {"\"derived\": \"t\"",
         "m.json:1: data.derived must be an object { ... }, not the text \"t\""},
        {"\"categorical\": {\"b\": \"dumy\"}", "m.json:1: data.categorical.b must be \"dummy\" or "
                                               "\"effects\", not \"dumy\"; did you mean "
                                               "\"dummy\"?"},
        {"\"categorical\": {\"b\": {\"bas\": 1}}",
         "m.json:1: data.categorical.b.bas is not a known key; did you mean \"base\"?"},
        {"\"categorical\": {\"b\": 1}",
         "m.json:1: data.categorical.b must be \"dummy\", \"effects\" or an object such as { "
         "\"coding\": \"dummy\", \"base\": \"blue\" }, not the number 1"},
        {"\"persons\": \"p.csv\"",
         "m.json:1: data.persons needs \"person\", the column of data.file "
         "that says who chose"},
        {"\"persons\": {\"person\": \"id\"}",
         "m.json:1: data.persons has no \"file\", the name of a CSV file"},
        {"\"persons\": {\"file\": \"p.csv\", \"key\": \"id\"}",
         "m.json:1: data.persons.key is not a known key; those known here are file, person"},
        {"\"persons\": 3", "m.json:1: data.persons must be the name of a CSV file, or { \"file\": "
                           "\"people.csv\", \"person\": \"id\" }, not the number 3"},
        {"\"missing\": \"drop\"", "m.json:1: data.missing must be \"error\", \"drop-task\" or "
                                  "\"drop-person\", not \"drop\""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[512];

        snprintf(text, sizeof text, "{\"formula\": \"y ~ a\", \"data\": {\"file\": \"d.csv\", %s}}",
                 cases[i].entry);
        refused_with(text, NULL, 0, cases[i].message);
    }
}

/* Coefficients, distributions and settings that do not go together. */
static void contradictions(void **state)
{
    static const struct {
        const char *entry, *message;
    } cases[] = {
        {"\"random\": {\"a\": \"uniform\"}",
         "m.json:2: random.a is uniform, which needs \"method\": \"msl\"; with \"hb\" there are "
         "normal, lognormal, negative-lognormal, censored-normal, positive-normal, "
         "negative-normal, johnson-sb"},
        {"\"method\": \"msl\", \"random\": {\"a*\": \"uniform\", \"b\": \"normal\"}, "
         "\"correlation\": [[\"b\",\n \"ab\"]]",
         "m.json:3: correlation[0][1] is \"ab\", whose distribution, uniform, has no correlations; "
         "leave it out of the block"},
        {"\"correlation\": [[\"a\", \"b\"], [\"a\"]]",
         "m.json:2: correlation[1][0] names \"a\" a second time"},
        {"\"correlation\": [[\"b\", \"b\"]]",
         "m.json:2: correlation[0][1] names \"b\" a second time"},
        {"\"order\": [\"a\", \"b\"]",
         "m.json:2: order[0] must be a list of coefficients, ascending, "
         "such as [0, \"two\", \"three\"], not the text \"a\""},
        {"\"order\": \"a\"", "m.json:2: order must be a list of orders, such as [[0, \"two\", "
                             "\"three\"]], not the text \"a\""},
        {"\"order\": [[\"a\"]]", "m.json:2: order[0] has one member; an order needs two"},
        {"\"order\": [[\"a\", 0, \"b\"]]",
         "m.json:2: order[0][1] is 0 between coefficients; 0 may stand first or last"},
        {"\"order\": [[0, \"a\", 0]]",
         "m.json:2: order[0] has 0 at both ends, so that all would be 0; leave one out"},
        {"\"order\": [[0, 0]]", "m.json:2: order[0] names no coefficient"},
        {"\"order\": [[1, \"a\"]]",
         "m.json:2: order[0][0] must be a coefficient, or 0, not the number 1"},
        {"\"order\": [[0, \"a\"], [\"a\", \"b\"]]",
         "m.json:2: order[1][0] names \"a\" a second time"},
        {"\"order\": [[0, \"a\"]]",
         "m.json:2: order[0][1] is \"a\", which is not random; add \"a\": "
         "\"normal\" to \"random\""},
        {"\"random\": {\"a\": \"lognormal\"},\n \"order\": [[0, \"a\"]]",
         "m.json:3: order[0][1] is \"a\", whose distribution is lognormal; in an order it must be "
         "normal"},
        {"\"random\": {\"a\": \"normal\"}, \"held\": {\"a\": 1}",
         "m.json:2: held.a is held and random; leave it out of one of the two"},
        {"\"held\": {\"a\": \"1\"}", "m.json:2: held.a must be a number, not the text \"1\""},
        {"\"held\": [\"a\"]", "m.json:2: held must be an object { ... }, not a list"},
        {"\"covariates\": [\"w\"]",
         "m.json:2: covariates move the means of random coefficients, but nothing is \"random\"; a "
         "fixed effect is an interaction in the formula, such as price:income"},
        {"\"covariates\": \"w\"", "m.json:2: covariates must be a list of columns, such as "
                                  "[\"income\", \"age\"], not the text \"w\""},
        {"\"covariates\": [\"w\", \"w\"]", "m.json:2: covariates[1] names \"w\" a second time"},
        {"\"msl\": {\"sequence\": \"haltn\"}",
         "m.json:2: msl.sequence must be \"halton\", \"sobol\", \"mlhs\" or \"pseudo\", not "
         "\"haltn\"; did you mean \"halton\"?"},
        {"\"msl\": {\"draws\": 0}",
         "m.json:2: msl.draws must be a whole number from 1 to 10000000, not 0"},
        {"\"msl\": {\"tolerance\": 0}",
         "m.json:2: msl.tolerance must be a number above 0 and at most 1, not 0"},
        {"\"msl\": {\"sequence\": \"mlhs\", \"scramble\": true}",
         "m.json:2: msl.scramble has no meaning with the sequence \"mlhs\", which is random "
         "already; it is for \"halton\" and \"sobol\""},
        {"\"simulate\": {\"slope\": {\"a\": 1}}",
         "m.json:2: simulate.slope.a must be a coefficient and a covariate, such as "
         "\"price:income\""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[512];

        snprintf(text, sizeof text,
                 "{\"formula\": \"y ~ a\", \"data\": {\"file\": \"d.csv\"},\n%s}", cases[i].entry);
        refused_with(text, NULL, 0, cases[i].message);
    }
}

static void simulations(void **state)
{
    static const struct {
        const char *entry, *message;
    } cases[] = {
        {"\"persons\": 5", "m.json:1: simulate states persons but not \"tasks\"; give their "
                           "number, such as 8, or its range, such as [5, 8]"},
        {"\"persons\": 5, \"tasks\": [3, 2]", "m.json:1: simulate.tasks goes from 3 down to 2"},
        {"\"persons\": 5, \"tasks\": \"3\"", "m.json:1: simulate.tasks must be a whole number or a "
                                             "pair [least, most], not the text \"3\""},
        {"\"persons\": 5, \"tasks\": 1, \"alternatives\": 1",
         "m.json:1: simulate.alternatives must be a whole number from 2 to 1000000, not 1"},
        {"\"persons\": -1",
         "m.json:1: simulate.persons must be a whole number from 0 to 1000000000, not -1"},
        {"\"tasks\": 3", "m.json:1: simulate.tasks needs \"persons\", the number of people to "
                         "draw; without it choices are drawn on the rows of data.file"},
        {"\"sd\": {\"a\": -1}",
         "m.json:1: simulate.sd.a is a standard deviation: it must be at least 0, not -1"},
        {"\"mean\": {\"a\": 1}, \"correlation\": [[1, 0]]",
         "m.json:1: simulate.correlation[0] has 2 numbers; \"mean\" has 1 coefficients"},
        {"\"mean\": {\"a\": 1}, \"correlation\": [[1], [1]]",
         "m.json:1: simulate.correlation has 2 rows; \"mean\" has 1 coefficients"},
        {"\"mean\": {\"a\": 1}, \"correlation\": [[2]]",
         "m.json:1: simulate.correlation[0] holds 2, which is no correlation"},
        {"\"mean\": {\"a\": \"1\"}",
         "m.json:1: simulate.mean.a must be a number, not the text \"1\""},
        {"\"persons\": 5, \"tasks\": 1, \"alternatives\": 2, \"attributes\": {\"a\": {\"uniform\": "
         "[2, 1]}}",
         "m.json:1: simulate.attributes.a.uniform needs low < high, not 2 and 1"},
        {"\"persons\": 5, \"tasks\": 1, \"alternatives\": 2, \"attributes\": {\"a\": {\"normal\": "
         "[2, 0]}}",
         "m.json:1: simulate.attributes.a.normal needs a standard deviation above 0, not 0"},
        {"\"persons\": 5, \"tasks\": 1, \"alternatives\": 2, \"attributes\": {\"a\": {\"levels\": "
         "[]}}",
         "m.json:1: simulate.attributes.a.levels must be a list of at least 1 number, not of 0"},
        {"\"persons\": 5, \"tasks\": 1, \"alternatives\": 2, \"attributes\": {\"a\": [1, 2]}",
         "m.json:1: simulate.attributes.a must be one of {\"levels\": [1, 2, 3]}, {\"uniform\": "
         "[low, high]}, {\"normal\": [mean, sd]}, and may add \"of\": \"person\""},
        {"\"persons\": 5, \"tasks\": 1, \"alternatives\": 2, \"attributes\": {\"a\": {\"levels\": "
         "[1], \"of\": \"row\"}}",
         "m.json:1: simulate.attributes.a.of must be \"alternative\", \"task\" or \"person\", not "
         "\"row\""},
        {"\"atributes\": {}",
         "m.json:1: simulate.atributes is not a known key; did you mean \"attributes\"?"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[512];

        snprintf(text, sizeof text, "{\"formula\": \"y ~ a\", \"simulate\": {%s}}", cases[i].entry);
        refused_with(text, NULL, 0, cases[i].message);
    }
}

static void wrong_overrides(void **state)
{
    static const struct {
        const char *set, *message;
    } cases[] = {
        {"hb.draws", "--set hb.draws: write it as key=value, such as hb.draws=5000"},
        {"=3", "--set =3: write it as key=value, such as hb.draws=5000"},
        {"hb.draws=0",
         "--set hb.draws=0: hb.draws must be a whole number from 1 to 1000000000, not 0"},
        {"hb.draws=many", "--set hb.draws=many: hb.draws must be a whole number from 1 to "
                          "1000000000, not the text \"many\""},
        {"hb.drawz=5", "--set hb.drawz=5: hb.drawz is not a known key; did you mean \"draws\"?"},
        {"draws=5", "--set draws=5: draws is not a known key; did you mean \"hb.draws\"?"},
        {"formula.x=5", "--set formula.x=5: \"formula\" has no settings within: in m.json it is "
                        "not an object"},
        {"random.a=cauchy", "--set random.a=cauchy: random.a has no distribution \"cauchy\"; there "
                            "are " DISTRIBUTIONS},
        {"correlation=[[\"a\", {}]]", "--set correlation=[[\"a\", {}]]: correlation[0][1] must be "
                                      "a name, not an object"},
        {"data.alternatives=[\"a\"]",
         "--set data.alternatives=[\"a\"]: data.alternatives names one "
         "alternative; a choice needs two"},
        {"data.alternatives=a", "--set data.alternatives=a: data.alternatives must be a list of "
                                "alternatives, such as [\"car\", \"bus\"], not the text \"a\""},
        {"msl.drws=5", "--set msl.drws=5: msl.drws is not a known key; did you mean \"draws\"?"},
        {"held.a=2", "--set held.a=2: held.a is held and random; leave it out of one of the two"},
        {"data.varying=[\"a\"]",
         "--set data.varying=[\"a\"]: data.varying belongs to a wide file, a "
         "row a task; leave it out, or give \"shape\": \"wide\""},
        {"formula=y ~ a +", "--set formula=y ~ a +: formula at character 8: expected a name, 0 or "
                            "1, found the end"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        refused_with(SMALL "}", &cases[i].set, 1, cases[i].message);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(smallest),
        cmocka_unit_test(without_indexes),
        cmocka_unit_test(everything),
        cmocka_unit_test(simulated_likelihood),
        cmocka_unit_test(wide_data),
        cmocka_unit_test(wide_columns),
        cmocka_unit_test(columns_of_data),
        cmocka_unit_test(coefficients),
        cmocka_unit_test(patterns),
        cmocka_unit_test(preset_first),
        cmocka_unit_test(overrides),
        cmocka_unit_test(blocks_by_override),
        cmocka_unit_test(lists_by_override),
        cmocka_unit_test(relative_to_the_model),
        cmocka_unit_test(simulation),
        cmocka_unit_test(all_models_parse),
        cmocka_unit_test(round_trips),
        cmocka_unit_test(every_key_comes_back),
        cmocka_unit_test(exact_numbers),
        cmocka_unit_test(not_json),
        cmocka_unit_test(no_file),
        cmocka_unit_test(keys),
        cmocka_unit_test(kinds),
        cmocka_unit_test(random_entries),
        cmocka_unit_test(missing),
        cmocka_unit_test(data_entries),
        cmocka_unit_test(contradictions),
        cmocka_unit_test(simulations),
        cmocka_unit_test(wrong_overrides),
    };
    return cmocka_run_group_tests(tests, scratch_enter, scratch_leave);
}
