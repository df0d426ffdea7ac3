/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Priors and the tables of settings: presets as the contract spells them, expressions in K, ranges,
 * defaults, the list for help.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "core/options.h"
#include "hblogit/hb.h"
#include "hblogit/model.h"
#include "hblogit/msl.h"
#include "model/settings.h"

/* bayesm IW(K+3, (K+3)I), conjugate .01; train IW(K, K I), flat; rsghb IW(K+5, 2I), flat, and
 * IW(1, 1) for a block of one; choicemodelr IW(K+5, 2(K+5)I), conjugate .01. */
static void presets(void **state)
{
    static const struct {
        hbl_preset preset;
        hbl_mean_prior mean;
        double precision, df6, scale6, df1, scale1;
    } wanted[] = {
        {HBL_PRESET_BAYESM, HBL_MEAN_CONJUGATE, 0.01, 9, 9, 4, 4},
        {HBL_PRESET_TRAIN, HBL_MEAN_FLAT, 0, 6, 6, 1, 1},
        {HBL_PRESET_RSGHB, HBL_MEAN_FLAT, 0, 11, 2, 1, 1},
        {HBL_PRESET_CHOICEMODELR, HBL_MEAN_CONJUGATE, 0.01, 11, 22, 6, 12},
    };

    (void)state;
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        hbl_prior prior = {.fixed_location = 3.0, .fixed_precision = 2.0};

        hbl_prior_preset(&prior, wanted[i].preset);
        assert_int_equal(prior.mean, wanted[i].mean);
        assert_true(prior.mean_precision == wanted[i].precision && prior.mean_location == 0.0);
        assert_int_equal(prior.covariance, HBL_COVARIANCE_INVERSE_WISHART);
        assert_true(hbl_prior_df(&prior, 6) == wanted[i].df6);
        assert_true(hbl_prior_scale(&prior, 6) == wanted[i].scale6);
        assert_true(hbl_prior_df(&prior, 1) == wanted[i].df1);
        assert_true(hbl_prior_scale(&prior, 1) == wanted[i].scale1);
        assert_true(prior.fixed_location == 3.0 && prior.fixed_precision == 2.0);
    }
}

static void single_defaults_to_all(void **state)
{
    const hbl_prior prior = {.df = {3.0, 1.0}, .scale = {0.5, 2.0}};

    (void)state;
    assert_true(hbl_prior_df(&prior, 1) == 4.0);
    assert_true(hbl_prior_scale(&prior, 1) == 2.5);
    assert_true(hbl_prior_scale(&prior, 3) == 6.5);
}

static void expressions_in_k(void **state)
{
    static const struct {
        const char *text;
        double constant, k;
    } good[] = {
        {"K", 0, 1},         {"K+3", 3, 1},     {" K + 3 ", 3, 1},  {"2K", 0, 2},
        {"2*K+4", 4, 2},     {"2(K+5)", 10, 2}, {"2*(K+5)", 10, 2}, {"5", 5, 0},
        {"(K+1)*3-K", 3, 2}, {"-1", -1, 0},     {"K-1", -1, 1},     {"0.5K", 0, 0.5},
        {"3 + K", 3, 1},     {"1e2", 100, 0},
    };
    static const char *const bad[] = {
        "",    "k",   "K K",  "K*K", "2(K",   "2)", "K+",
        "K^2", "K/2", "1..2", "x",   "1e999", "*K", "((((((((((((((((((1))))))))))))))))))"};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        double result[2] = {NAN, NAN};

        assert_int_equal(hbl_linear_parse(good[i].text, result, NULL), HBL_OK);
        assert_true(result[0] == good[i].constant && result[1] == good[i].k);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        double result[2];
        hbl_error error = HBL_ERROR_INIT;

        assert_int_equal(hbl_linear_parse(bad[i], result, &error), HBL_ERR_INPUT);
        assert_non_null(strstr(error.message, "must be a number or a form such as \"K+3\""));
    }
}

static void expression_error_says_where(void **state)
{
    hbl_error error = HBL_ERROR_INIT;
    double result[2];

    (void)state;
    hbl_linear_parse("K+3x", result, &error);
    assert_string_equal(error.message,
                        "must be a number or a form such as \"K+3\", \"2K\" or \"2(K+5)\" (K: the "
                        "number of coefficients in the block), not \"K+3x\", which goes wrong at "
                        "character 4");
}

static void defaults(void **state)
{
    hbl_hb_settings s;

    (void)state;
    assert_int_equal(hbl_hb_settings_default(&s, NULL), HBL_OK);
    assert_true(s.chains == 4 && s.warmup == 1000 && s.draws == 1000 && s.thin == 1 && s.seed == 1);
    assert_string_equal(s.kernel, "hmc");
    assert_true(s.interweave && s.over_relaxation == 0.9 && s.persistence == 0.4);
    assert_int_equal(s.precision, HBL_PRECISION_FLOAT);
    assert_false(s.save_persons || s.save_warmup || s.trace);
    assert_int_equal(s.prior.preset, HBL_PRESET_BAYESM);
    assert_true(hbl_prior_df(&s.prior, 6) == 9.0);
    assert_true(s.prior.fixed_location == 0.0 && s.prior.fixed_precision == 0.0);
    hbl_hb_settings_clear(&s);
    assert_null(s.kernel);
}

static const hbl_option *find(const char *key)
{
    for (size_t i = 0; i < hbl_section_hb.n; i++) {
        if (strcmp(hbl_section_hb.option[i].key, key) == 0)
            return &hbl_section_hb.option[i];
    }
    fail_msg("no setting %s", key);
    return NULL;
}

static void refused(const char *key, const char *text, const char *message)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_hb_settings s = {0};

    assert_int_equal(hbl_option_set(find(key), &s, text, &error), HBL_ERR_INPUT);
    assert_string_equal(error.message, message);
}

static void ranges(void **state)
{
    (void)state;
    refused("chains", "0", "must be a whole number from 1 to 1000, not 0");
    refused("chains", "1001", "must be a whole number from 1 to 1000, not 1001");
    refused("chains", "2.5", "must be a whole number from 1 to 1000, not 2.5");
    refused("chains", "nan", "must be a whole number from 1 to 1000, not nan");
    refused("chains", "0x4", "must be a whole number from 1 to 1000, not 0x4");
    refused("chains", "", "must be a whole number from 1 to 1000, not ");
    refused("seed", "-1", "must be a whole number from 0 to 9007199254740991, not -1");
    refused("over_relaxation", "1", "must be a number from 0 to below 1, not 1");
    refused("persistence", "1", "must be a number from 0 to below 1, not 1");
    refused("persistence", "-0.1", "must be a number from 0 to below 1, not -0.1");
    refused("persistence", "nan", "must be a number from 0 to below 1, not nan");
    refused("prior.fixed.precision", "-0.1", "must be a number of at least 0, not -0.1");
    refused("trace", "yes", "must be true or false, not yes");
    refused("kernel", "hcm",
            "must be \"hmc\", \"hessian\" or \"random-walk\", not \"hcm\"; did you "
            "mean \"hmc\"?");
    refused("precision", "half", "must be \"double\", \"mixed\" or \"float\", not \"half\"");
}

/* What hbl_option_format writes, hbl_option_set reads back. */
static void format_and_back(void **state)
{
    static const struct {
        const char *key, *text, *formatted;
    } cases[] = {
        {"seed", "9007199254740991", "9007199254740991"},
        {"draws", "1e3", "1000"},
        {"over_relaxation", "0.1", "0.1"},
        {"persistence", "0.999", "0.999"},
        {"trace", "true", "true"},
        {"prior.covariance.df", "2(K+5)", "2*K+10"},
        {"prior.covariance.df", "K-0.5", "K-0.5"},
        {"prior.covariance.df", "K", "K"},
        {"prior.covariance.df", "-K", "-K"},
        {"prior.covariance.df", "7", "7"},
        {"prior.covariance.df", "-7", "-7"},
        {"prior.preset", "rsghb", "rsghb"},
        {"kernel", "hessian", "hessian"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        hbl_hb_settings s = {0};
        char text[64];

        assert_int_equal(hbl_option_set(find(cases[i].key), &s, cases[i].text, NULL), HBL_OK);
        assert_true(hbl_option_format(find(cases[i].key), &s, text, sizeof text));
        assert_string_equal(text, cases[i].formatted);
        assert_int_equal(hbl_option_set(find(cases[i].key), &s, text, NULL), HBL_OK);
        hbl_hb_settings_clear(&s);
    }
}

/* Huang and Wand's defaults come with the type; the preset's mean stays. */
static void huang_wand(void **state)
{
    hbl_hb_settings s;

    (void)state;
    hbl_hb_settings_default(&s, NULL);
    hbl_option_set(find("prior.covariance.type"), &s, "huang-wand", NULL);
    assert_true(hbl_prior_df(&s.prior, 6) == 2.0 && hbl_prior_df(&s.prior, 1) == 2.0);
    assert_true(hbl_prior_scale(&s.prior, 6) == 10.0 && hbl_prior_scale(&s.prior, 1) == 10.0);
    assert_int_equal(s.prior.mean, HBL_MEAN_CONJUGATE);
    hbl_option_set(find("prior.covariance.scale"), &s, "2", NULL);
    assert_true(hbl_prior_scale(&s.prior, 1) == 2.0);
    hbl_hb_settings_clear(&s);
}

static void check_against_blocks(void **state)
{
    size_t block_of[3] = {0, 0, 1};
    const hbl_model model = {.n_random = 3, .n_blocks = 2, .block_of = block_of};
    hbl_prior prior = {.df = {1.0, 0.0}, .scale = {1.0, 0.0}, .mean_precision = 0.01};
    hbl_error error = HBL_ERROR_INIT;

    (void)state;
    assert_int_equal(hbl_prior_check(&prior, &model, &error), HBL_ERR_INPUT);
    assert_string_equal(error.message,
                        "hb.prior.covariance.df is 1 for a block of 2 random coefficients: an "
                        "inverse-Wishart needs more than 1, such as \"K+3\"");
    prior.df.constant = 1.5;
    assert_int_equal(hbl_prior_check(&prior, &model, NULL), HBL_OK);
    prior.scale.constant = 0.0;
    assert_int_equal(hbl_prior_check(&prior, &model, NULL), HBL_ERR_INPUT);
    prior.scale.constant = NAN;
    assert_int_equal(hbl_prior_check(&prior, &model, NULL), HBL_ERR_INPUT);
    prior.scale.constant = 1.0;
    prior.df.constant = 0.5;
    prior.covariance = HBL_COVARIANCE_HUANG_WAND;
    assert_int_equal(hbl_prior_check(&prior, &model, NULL), HBL_OK);
    prior.mean_precision = 0.0;
    assert_int_equal(hbl_prior_check(&prior, &model, NULL), HBL_ERR_INPUT);
    prior.mean = HBL_MEAN_FLAT;
    assert_int_equal(hbl_prior_check(&prior, &model, NULL), HBL_OK);
}

/* Every setting can be shown, has help, and its default is one that it takes. */
static void list_for_help(void **state)
{
    const hbl_setting_info *list = NULL;
    const size_t n = hbl_settings_list(&list);
    bool seen = false;
    int lists = 0;

    (void)state;
    assert_true(n > 70);
    for (size_t i = 0; i < n; i++) {
        assert_true(strlen(list[i].key) > 0 && strlen(list[i].value) > 0);
        assert_true(strlen(list[i].help) > 0 && strlen(list[i].help) < 90);
        if (strcmp(list[i].key, "hb.draws") == 0) {
            seen = true;
            assert_string_equal(list[i].value, "a whole number from 1 to 1000000000");
            assert_string_equal(list[i].otherwise, "1000");
            assert_string_equal(list[i].unit, "draws");
        }
        lists += strcmp(list[i].key, "data.varying") == 0 || strcmp(list[i].key, "order") == 0 ||
                 strcmp(list[i].key, "simulate.slope") == 0;
    }
    assert_true(seen && lists == 3);
    assert_int_equal(hbl_settings_list(&list), n);
}

/* The kernels that the sampler has and those that the setting takes are the same. */
static void kernels_agree(void **state)
{
    const char *const *choices = find("kernel")->choices;
    size_t n = 0;

    (void)state;
    for (; hbl_person_kernels[n].name != NULL; n++)
        assert_string_equal(hbl_person_kernels[n].name, choices[n]);
    assert_null(choices[n]);
}

/* So are the sequences of simulated likelihood. */
static void sequences_agree(void **state)
{
    size_t n = 0;

    (void)state;
    for (size_t i = 0; i < hbl_section_msl.n; i++) {
        const hbl_option *option = &hbl_section_msl.option[i];

        if (strcmp(option->key, "sequence") != 0)
            continue;
        for (; hbl_sequences[n].name != NULL; n++)
            assert_string_equal(hbl_sequences[n].name, option->choices[n]);
        assert_null(option->choices[n]);
        assert_string_equal(option->otherwise, hbl_sequences[0].name);
    }
    assert_true(n > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(presets),
        cmocka_unit_test(single_defaults_to_all),
        cmocka_unit_test(expressions_in_k),
        cmocka_unit_test(expression_error_says_where),
        cmocka_unit_test(defaults),
        cmocka_unit_test(ranges),
        cmocka_unit_test(format_and_back),
        cmocka_unit_test(huang_wand),
        cmocka_unit_test(check_against_blocks),
        cmocka_unit_test(list_for_help),
        cmocka_unit_test(kernels_agree),
        cmocka_unit_test(sequences_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
