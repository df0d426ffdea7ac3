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
        "\"over_relaxation\": 0, \"precision\": \"mixed\",\n \"save_persons\": true, "
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
    assert_int_equal(s->hb.precision, HBL_PRECISION_MIXED);
    assert_int_equal(s->hb.prior.mean, HBL_MEAN_NORMAL);
    assert_true(s->hb.prior.mean_location == -1.0 && s->hb.prior.mean_precision == 0.25);
    assert_true(hbl_prior_df(&s->hb.prior, 6) == 13.0 && hbl_prior_df(&s->hb.prior, 1) == 8.0);
    assert_true(hbl_prior_scale(&s->hb.prior, 1) == 3.0);
    assert_true(s->hb.prior.fixed_location == 2.0 && s->hb.prior.fixed_precision == 4.0);
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
}

static void simulation(void **state)
{
    hbl_spec *s = read_text(
        "{\"formula\": \"choice ~ a + b | 0\", \"random\": {\"a\": \"normal\"},\n"
        "\"simulate\": {\"persons\": 5, \"tasks\": [2, 4], \"alternatives\": 3, \"seed\": 9,\n"
        "\"attributes\": {\"a\": {\"levels\": [1, 2, 3]}, \"b\": {\"normal\": [0, 2]}},\n"
        "\"mean\": {\"a\": -1}, \"sd\": {\"a\": 0}, \"correlation\": [[1]], \"fixed\": {\"b\": "
        "0.5}}}");
    const hbl_simulation_spec *t = &s->simulate;

    (void)state;
    assert_true(t->present && t->n_persons == 5 && t->seed == 9);
    assert_true(t->tasks_min == 2 && t->tasks_max == 4);
    assert_true(t->alternatives_min == 3 && t->alternatives_max == 3);
    assert_true(t->n_attributes == 2 && t->attribute[0].n_values == 3);
    assert_int_equal(t->attribute[1].kind, HBL_ATTRIBUTE_NORMAL);
    assert_true(t->attribute[1].value[1] == 2.0);
    assert_true(t->n_means == 1 && t->mean[0].value == -1.0 && t->sd[0].value == 0.0);
    assert_true(t->n_fixed == 1 && t->fixed[0].value == 0.5 && t->correlation_size == 1);
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
    assert_non_null(strstr(once, "\"over_relaxation\":\t0.85"));
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
    assert_true(found.gl_pathc >= 5);
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
        ", \"correlation\": [[\"a\"]], \"hb\": {\"over_relaxation\": 0.85, \"seed\": "
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
                          "correlation, hb, simulate, title, formula, method");
    refused("\"hb\": {\"drawz\": 1}",
            "m.json:4: hb.drawz is not a known key; did you mean \"draws\"?");
    refused("\"hb\": {\"prior\":\n {\"mean\": {\"typ\": 1}}}",
            "m.json:5: hb.prior.mean.typ is not a known key; did you mean \"type\"?");
    refused("\"msl\": {}", "m.json:4: msl is not available in this version");
    refused("\"hb\": {\"checkpoint\": -1}",
            "m.json:4: hb.checkpoint must be a number from 0 to 1000000000, not -1");
    refused("\"method\": \"msl\"",
            "m.json:4: method \"msl\" is not available in this version: use \"hb\"");
    refused("\"method\": \"bh\"", "m.json:4: method must be \"hb\", not \"bh\"");
    refused("\"title\": \"x\", \"formula\": \"y ~ a\"",
            "m.json:4: formula is given twice, first on "
            "line 2");
    refused_with("{\"data\": {\"weight\": \"w\"}}", NULL, 0,
                 "m.json:1: data.weight is not available in this version");
    refused_with("{\"data\": {\"shape\": \"wide\"}}", NULL, 0,
                 "m.json:1: data.shape \"wide\" is not available in this version: use \"long\"");
    refused_with("{\"data\": {\"taks\": \"t\"}}", NULL, 0,
                 "m.json:1: data.taks is not a known key; did you mean \"task\"?");
}

static void kinds(void **state)
{
    (void)state;
    refused("\"hb\": []", "m.json:4: hb must be an object { ... }, not a list");
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
    refused("\"correlation\": [[\"a\"],\n [3]]",
            "m.json:5: correlation[1][0] must be text, not the number 3");
    refused("\"correlation\": [[]]",
            "m.json:4: correlation[0] must be a list of coefficients, such "
            "as [\"pf\", \"cl\"], not a list");
}

static void random_entries(void **state)
{
    static const struct {
        const char *entry, *message;
    } cases[] = {
        {"\"lognorml\"", "m.json:1: random.a has no distribution \"lognorml\"; did you mean "
                         "\"lognormal\"?"},
        {"\"xyz\"", "m.json:1: random.a has no distribution \"xyz\"; there are normal, lognormal, "
                    "negative-lognormal, censored-normal, johnson-sb"},
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
    refused_with("{\"formula\": \"y ~ a\", \"data\": {\"file\": \"x\"}}", NULL, 0,
                 "m.json:1: data has no \"task\", the column that tells tasks apart");
    refused_with("{\"data\": {\"file\": \"x\", \"task\": \"t\",\n \"choice\": \"z\"}, \"formula\": "
                 "\"y ~ a\"}",
                 NULL, 0,
                 "m.json:2: data.choice is \"z\", but the formula's left side is \"y\"; they must "
                 "be the same");
    refused_with("{\"data\": {},\n \"formula\": \"y ~ log(a)\"}", NULL, 0,
                 "m.json:2:18: formula: functions such as log() are not available in this version; "
                 "put the result into a column of the data");
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
         "[low, high]}, {\"normal\": [mean, sd]}"},
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
                            "are normal, lognormal, negative-lognormal, censored-normal, "
                            "johnson-sb"},
        {"correlation=[[\"a\", {}]]", "--set correlation=[[\"a\", {}]]: correlation[0][1] must be "
                                      "text, not an object"},
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
        cmocka_unit_test(everything),
        cmocka_unit_test(preset_first),
        cmocka_unit_test(overrides),
        cmocka_unit_test(blocks_by_override),
        cmocka_unit_test(relative_to_the_model),
        cmocka_unit_test(simulation),
        cmocka_unit_test(all_models_parse),
        cmocka_unit_test(round_trips),
        cmocka_unit_test(not_json),
        cmocka_unit_test(no_file),
        cmocka_unit_test(keys),
        cmocka_unit_test(kinds),
        cmocka_unit_test(random_entries),
        cmocka_unit_test(missing),
        cmocka_unit_test(simulations),
        cmocka_unit_test(wrong_overrides),
    };
    return cmocka_run_group_tests(tests, scratch_enter, scratch_leave);
}
