/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs for tests of the words of `compare`: fitted by the program to a small survey, and then,
 * where a test wants to know the figures beforehand, with these in the place of its own. To be
 * included after cmocka.h.
 */
#ifndef HBL_TESTS_EXPLAIN_RUNS_H
#define HBL_TESTS_EXPLAIN_RUNS_H

#include <cjson/cJSON.h>

#include "hblogit/compare.h"
#include "hblogit/diagnose.h"
#include "hblogit/run.h"
#include "unit/run_fixture.h"

/* ---- the survey, in memory as well ---- */

enum { PERSONS = 20, TASKS = 5, ALTERNATIVES = 3, ATTRIBUTES = 3 };

static double attribute[PERSONS * TASKS][ALTERNATIVES][ATTRIBUTES]; /* price, speed, size */
static int chosen[PERSONS * TASKS];

static uint64_t random_state;

static inline double uniform(void) /* splitmix64 */
{
    uint64_t x = random_state += 0x9e3779b97f4a7c15u;

    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return ((double)((x ^ (x >> 31)) >> 11) + 0.5) * 0x1p-53;
}

static inline double normal(void)
{
    const double radius = sqrt(-2 * log(uniform()));
    return radius * cos(2 * acos(-1) * uniform());
}

/* Choices by a mixed logit: tastes for price around -3 and for speed around 1, sd 2 and 1. */
static inline void draw_survey(const char *path)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    random_state = 2026;
    fputs("who,question,choice,price,speed,size\n", file);
    for (int n = 0; n < PERSONS; n++) {
        const double taste[ATTRIBUTES] = {-3 + 2 * normal(), 1 + normal(), 0.5};
        for (int t = n * TASKS; t < (n + 1) * TASKS; t++) {
            double best = -INFINITY;
            for (int j = 0; j < ALTERNATIVES; j++) {
                double utility = -log(-log(uniform()));
                for (int k = 0; k < ATTRIBUTES; k++) {
                    attribute[t][j][k] = floor(uniform() * 1000) / 1000;
                    utility += taste[k] * attribute[t][j][k];
                }
                if (utility > best) {
                    best = utility;
                    chosen[t] = j;
                }
            }
            for (int j = 0; j < ALTERNATIVES; j++)
                fprintf(file, "p%d,%d,%d,%g,%g,%g\n", n, t, j == chosen[t], attribute[t][j][0],
                        attribute[t][j][1], attribute[t][j][2]);
        }
    }
    assert_int_equal(fclose(file), 0);
}

/* ln of the product over a person's tasks of the probabilities of what they chose. */
static inline double log_probability(int n, const double *taste)
{
    double sum = 0;

    for (int t = n * TASKS; t < (n + 1) * TASKS; t++) {
        double V[ALTERNATIVES], all = 0;
        for (int j = 0; j < ALTERNATIVES; j++) {
            V[j] = 0;
            for (int k = 0; k < ATTRIBUTES; k++)
                V[j] += taste[k] * attribute[t][j][k];
            all += exp(V[j]);
        }
        sum += V[chosen[t]] - log(all);
    }
    return sum;
}

/* The log-likelihood of a mixed logit with independent normal tastes for price and speed, by the
 * trapezoidal rule, which for such integrals is as good as exact. */
static inline double integrated_log_likelihood(const double *mean, const double *sd)
{
    const double h = 0.25;
    double sum = 0;

    for (int n = 0; n < PERSONS; n++) {
        double integral = 0;
        for (double x = -6; x <= 6; x += h)
            for (double y = -6; y <= 6; y += h) {
                const double taste[] = {mean[0] + sd[0] * x, mean[1] + sd[1] * y, mean[2]};
                integral += exp(log_probability(n, taste) - (x * x + y * y) / 2);
            }
        sum += log(integral * h * h / (2 * acos(-1)));
    }
    return sum;
}

/* ---- fitted runs ---- */

#define TWO_RANDOM "\"price\": \"normal\", \"speed\": \"normal\""

/* Settings: up to NULL. */
static inline void fit_run(const char *run, const char *method, const char *random,
                           const char *const *setting)
{
    const hbl_fit_options options = {.directory = run, .overwrite = true, .threads = 1};
    hbl_error error = HBL_ERROR_INIT;
    hbl_spec *spec = NULL;
    hbl_model *model = NULL;
    char path[64], text[1024];
    size_t n = 0;

    snprintf(path, sizeof path, "%s.json", run);
    snprintf(text, sizeof text,
             "{ \"data\": { \"file\": \"survey.csv\", \"person\": \"who\", \"task\": \"question\", "
             "\"choice\": \"choice\" }, \"formula\": \"choice ~ price + speed + size | 0\", "
             "\"random\": { %s }, \"correlation\": \"none\", \"method\": \"%s\", "
             "\"hb\": { \"chains\": 4, \"warmup\": 20, \"draws\": 20, \"lengthen\": 1 }, "
             "\"msl\": { \"draws\": 100 } }",
             random, method);
    write_whole(path, text);
    while (setting && setting[n])
        n++;
    if (hbl_spec_read(path, setting, n, &spec, &error) ||
        hbl_model_build(spec, NULL, &model, &error) || hbl_fit(spec, model, &options, &error))
        fail_msg("%s: %s", run, error.message);
    hbl_model_free(model);
    hbl_spec_free(spec);
}

static inline char *file_of(const char *run, const char *name)
{
    static char path[128];

    snprintf(path, sizeof path, "%s/%s", run, name);
    return path;
}

/* ---- run.json ---- */

static inline cJSON *read_manifest(const char *run)
{
    size_t size;
    char *text = read_whole(file_of(run, "run.json"), &size);
    cJSON *root = text ? cJSON_Parse(text) : NULL;

    assert_non_null(root);
    free(text);
    return root;
}

/* Puts an item into an object of run.json. */
static inline void put_item(const char *run, const char *object, const char *key, cJSON *item)
{
    cJSON *root = read_manifest(run), *parent = cJSON_GetObjectItem(root, object);
    char *text;

    if (!parent)
        parent = cJSON_AddObjectToObject(root, object);
    cJSON_DeleteItemFromObject(parent, key);
    assert_true(cJSON_AddItemToObject(parent, key, item));
    text = cJSON_Print(root);
    write_whole(file_of(run, "run.json"), text);
    free(text);
    cJSON_Delete(root);
}

/* ---- estimates ---- */

typedef struct {
    const char *parameter, *name;
    double estimate, error;
} estimated;

/* The first n of the rows are parameters, the others derived from them. */
static inline void put_estimates(const char *run, const estimated *row, size_t n, size_t n_rows)
{
    FILE *estimates = fopen(file_of(run, "estimates.csv"), "wb");
    FILE *variance = fopen(file_of(run, "vcov.csv"), "wb");

    assert_true(estimates && variance);
    fputs("parameter,name,estimate,standard_error,robust_standard_error,t,p\n", estimates);
    for (size_t i = 0; i < n_rows; i++)
        fprintf(estimates, "%s,%s,%.17g,%.17g,1,1,1\n", row[i].parameter, row[i].name,
                row[i].estimate, row[i].error);
    fputs("name", variance);
    for (size_t i = 0; i < n; i++)
        fprintf(variance, ",%s", row[i].name);
    for (size_t i = 0; i < n; i++) {
        fprintf(variance, "\n%s", row[i].name);
        for (size_t j = 0; j < n; j++)
            fprintf(variance, ",%.17g", i == j ? row[i].error * row[i].error : 0.0);
    }
    fputs("\n", variance);
    assert_true(fclose(estimates) == 0 && fclose(variance) == 0);
}

/* The runs of most tests: tastes for price and speed random, for size fixed; figures in this order.
 */
enum { PRICE, SPEED, SD_PRICE, SD_SPEED, SIZE, FIGURES };

static inline void put_figures(const char *run, const double *estimate, const double *error)
{
    estimated row[FIGURES] = {{"mu.1", "price", 0, 0},
                              {"mu.2", "speed", 0, 0},
                              {"L.1.1", "sd.price", 0, 0},
                              {"L.2.2", "sd.speed", 0, 0},
                              {"alpha.1", "size", 0, 0}};

    for (size_t i = 0; i < FIGURES; i++) {
        row[i].estimate = estimate[i];
        row[i].error = error[i];
    }
    put_estimates(run, row, FIGURES, FIGURES);
}

/* Standard deviations of the estimates over sequences, as msl.repeats leaves them. */
static inline void put_spread(const char *run, const double *sd)
{
    put_item(run, "simulation", "sd", cJSON_CreateDoubleArray(sd, FIGURES));
}

/* ---- draws ---- */

enum { CHAINS = 4, EACH = 500, DRAWS = CHAINS * EACH };

typedef enum { EVEN, STICKY, SKEWED } shape; /* normal, autocorrelated at 0.95, exponential */

static double drawn[FIGURES][DRAWS]; /* chain after chain, as written last */

/* Draws of exactly that mean and standard deviation. */
static inline void draw_figure(double *x, double mean, double sd, shape form)
{
    double sum = 0, square = 0;

    for (size_t i = 0; i < DRAWS; i++) {
        x[i] = form == SKEWED ? -log(uniform()) : normal();
        if (form == STICKY && i % EACH > 0)
            x[i] = 0.95 * x[i - 1] + sqrt(1 - 0.95 * 0.95) * x[i];
        sum += x[i];
    }
    for (size_t i = 0; i < DRAWS; i++)
        square += (x[i] - sum / DRAWS) * (x[i] - sum / DRAWS);
    for (size_t i = 0; i < DRAWS; i++)
        x[i] = mean + sd * (x[i] - sum / DRAWS) / sqrt(square / (DRAWS - 1));
}

static inline void put_draws(const char *run, const double *mean, const double *sd,
                             const shape *form)
{
    random_state = 7;
    for (size_t f = 0; f < FIGURES; f++)
        draw_figure(drawn[f], mean[f], sd[f], form[f]);
    for (size_t i = 0; i < DRAWS; i++)
        assert_true(drawn[SD_PRICE][i] > 0 && drawn[SD_SPEED][i] > 0);
    for (int c = 0; c < CHAINS; c++) {
        char name[32];
        FILE *file;
        snprintf(name, sizeof name, "chain-%d.csv", c + 1);
        file = fopen(file_of(run, name), "wb");
        assert_non_null(file);
        fputs("mu.1,mu.2,Omega.1.1,Omega.2.1,Omega.1.2,Omega.2.2,alpha.1\n", file);
        for (size_t i = (size_t)c * EACH; i < (size_t)(c + 1) * EACH; i++)
            fprintf(file, "%.17g,%.17g,%.17g,0,0,%.17g,%.17g\n", drawn[PRICE][i], drawn[SPEED][i],
                    drawn[SD_PRICE][i] * drawn[SD_PRICE][i],
                    drawn[SD_SPEED][i] * drawn[SD_SPEED][i], drawn[SIZE][i]);
        assert_int_equal(fclose(file), 0);
    }
}

/* Bulk effective sample size, and skewness m3 / m2^1.5, of the draws written last. */
static inline double sample_size(size_t figure)
{
    hbl_convergence c;

    assert_int_equal(hbl_convergence_compute(drawn[figure], EACH, CHAINS, &c, NULL), HBL_OK);
    return c.ess_bulk;
}

static inline double skewness_of(size_t figure)
{
    double mean = 0, m2 = 0, m3 = 0;

    for (size_t i = 0; i < DRAWS; i++)
        mean += drawn[figure][i] / DRAWS;
    for (size_t i = 0; i < DRAWS; i++) {
        m2 += pow(drawn[figure][i] - mean, 2) / DRAWS;
        m3 += pow(drawn[figure][i] - mean, 3) / DRAWS;
    }
    return m3 / pow(m2, 1.5);
}

#endif
