/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * scaling --write FOLDER PERSONS: makes up people with 10 tasks of 5 alternatives and 10
 * attributes, as FOLDER/survey.csv and a model file, survey.json, that sets nothing. scaling FOLDER
 * FIGURES.csv: reads them, starts a chain and lets it sweep, on one thread and on all: a line of
 * the table. README.md in this folder says how to read it.
 */
#include <sys/resource.h>

#include "bench/bench.h"
#include "core/parallel.h"
#include "likelihood/likelihood.h"

enum { TASKS = 10, ALTERNATIVES = 5, ATTRIBUTES = 10 };
enum { WARMUP = 20, FEWEST = 20, AIM = 200 }; /* sweeps; AIM: start-up takes no longer */
static const double least_seconds = 0.5;

/* ---- the survey ---- */

static void write_model(const char *folder)
{
    char path[4096];
    FILE *out;

    snprintf(path, sizeof path, "%s/survey.json", folder);
    out = fopen(path, "w");
    if (!out)
        abort();
    fputs("{ \"data\": { \"file\": \"survey.csv\", \"person\": \"id\", \"task\": \"task\",\n"
          "            \"alternative\": \"alt\" },\n  \"formula\": \"choice ~ ",
          out);
    for (int k = 1; k <= ATTRIBUTES; k++)
        fprintf(out, "%sx%d", k > 1 ? " + " : "", k);
    fputs(" | 0\", \"random\": { \"*\": \"normal\" } }\n", out);
    if (fclose(out))
        abort();
}

/* Attributes in hundredths from -1 to 1; printf would take longer than all the rest. */
static char *put_attribute(char *to, int hundredths)
{
    const int size = abs(hundredths);

    *to++ = ',';
    if (hundredths < 0)
        *to++ = '-';
    *to++ = (char)('0' + size / 100);
    *to++ = '.';
    *to++ = (char)('0' + size / 10 % 10);
    *to++ = (char)('0' + size % 10);
    return to;
}

static void write_task(FILE *out, size_t person, int task, const double *beta, uint64_t *generator)
{
    int x[ALTERNATIVES][ATTRIBUTES], chosen = 0;
    double best = -INFINITY;

    for (int j = 0; j < ALTERNATIVES; j++) {
        double utility = -log(-log(survey_uniform(generator)));
        for (int k = 0; k < ATTRIBUTES; k++) {
            x[j][k] = (int)survey_between(generator, 0, 200) - 100;
            utility += beta[k] * x[j][k] / 100;
        }
        if (utility > best) {
            best = utility;
            chosen = j;
        }
    }
    for (int j = 0; j < ALTERNATIVES; j++) {
        char line[ATTRIBUTES * 6 + 1], *end = line;
        for (int k = 0; k < ATTRIBUTES; k++)
            end = put_attribute(end, x[j][k]);
        *end = '\0';
        fprintf(out, "%zu,%d,%d,%d%s\n", person, task, j + 1, j == chosen, line);
    }
}

static int write_survey(const char *folder, size_t persons)
{
    uint64_t generator = 1;
    char path[4096];
    FILE *out;

    snprintf(path, sizeof path, "%s/survey.csv", folder);
    if (!(out = fopen(path, "w"))) {
        perror(path);
        return 4;
    }
    fputs("id,task,alt,choice", out);
    for (int k = 1; k <= ATTRIBUTES; k++)
        fprintf(out, ",x%d", k);
    fputs("\n", out);
    for (size_t n = 1; n <= persons; n++) {
        double beta[ATTRIBUTES];
        for (int k = 0; k < ATTRIBUTES; k++)
            beta[k] = (k % 2 ? -1 : 1) + 0.7 * survey_normal(&generator);
        for (int t = 1; t <= TASKS; t++)
            write_task(out, n, t, beta, &generator);
    }
    if (fclose(out)) {
        perror(path);
        return 4;
    }
    write_model(folder);
    return 0;
}

/* ---- the measurement ---- */

typedef struct {
    double read, pack, start; /* seconds; pack with the pooled fit, start with the warm start */
    double sweeps[2];         /* a second, on one thread and on all */
    size_t persons, rows;
    double most_memory; /* bytes, of the whole process at its largest */
} scaling_figures;

static void sweep(hbl_chain *chain, size_t n)
{
    hbl_error error = HBL_ERROR_INIT;

    for (size_t s = 0; s < n; s++)
        bench_check(hbl_chain_sweep(chain, &error), &error);
}

/* Sweeps a second once warm-up is over: the most of three goes. */
static double sweeps_per_second(const hbl_hb *hb, int threads, double *start_seconds)
{
    hbl_error error = HBL_ERROR_INIT;
    double start = bench_now(), best = 0;
    hbl_chain *chain;

    bench_check(hbl_chain_alloc(hb, 1, threads, &chain, &error), &error);
    bench_check(hbl_chain_start(chain, &error), &error);
    *start_seconds = bench_now() - start;
    sweep(chain, WARMUP);
    for (int r = 0; r < 3; r++) {
        size_t done = 0;
        for (start = bench_now(); done < FEWEST || bench_now() - start < least_seconds; done += 5)
            sweep(chain, 5);
        best = fmax(best, (double)done / (bench_now() - start));
    }
    hbl_chain_free(chain);
    return best;
}

static scaling_figures measure(const char *folder)
{
    const int threads = hbl_processors();
    scaling_figures figures = {0};
    hbl_hb_settings settings;
    hbl_error error = HBL_ERROR_INIT;
    hbl_spec *spec;
    hbl_model *model;
    hbl_hb *hb;
    struct rusage usage;
    char path[4096];
    double start = bench_now();

    snprintf(path, sizeof path, "%s/survey.json", folder);
    bench_check(hbl_spec_read(path, NULL, 0, &spec, &error), &error);
    bench_check(hbl_model_build(spec, NULL, &model, &error), &error);
    figures.read = bench_now() - start;
    hbl_spec_free(spec);
    figures.persons = model->panel->n_persons, figures.rows = model->panel->n_rows;
    bench_check(hbl_hb_settings_default(&settings, &error), &error);
    settings.warmup = WARMUP;
    start = bench_now();
    bench_check(hbl_hb_alloc(model, &settings, threads, &hb, &error), &error);
    figures.pack = bench_now() - start;
    figures.sweeps[0] = sweeps_per_second(hb, 1, &start);
    figures.sweeps[1] = sweeps_per_second(hb, threads, &figures.start);
    getrusage(RUSAGE_SELF, &usage);
    figures.most_memory = 1024.0 * (double)usage.ru_maxrss;
    hbl_hb_free(hb);
    hbl_hb_settings_clear(&settings);
    hbl_model_free(model);
    return figures;
}

int main(int argc, char **argv)
{
    scaling_figures f;
    double before, rows;
    FILE *csv;

    if (argc == 4 && strcmp(argv[1], "--write") == 0)
        return write_survey(argv[2], strtoul(argv[3], NULL, 10));
    if (argc != 3 || !(csv = fopen(argv[2], "a"))) {
        fputs("usage: scaling --write FOLDER PERSONS | FOLDER FIGURES.csv\n", stderr);
        return 2;
    }
    f = measure(argv[1]);
    rows = (double)f.rows;
    before = (f.read + f.pack + f.start) * f.sweeps[1];
    printf("%9zu %9zu %9.2f %9.2f %7.2f %7.2f %7.2f %8.0f %8.3f %8.3f %8.3f %7.0f%s\n", f.persons,
           f.rows, f.sweeps[0], f.sweeps[1], f.sweeps[1] / f.sweeps[0], 1e9 / f.sweeps[0] / rows,
           1e9 / f.sweeps[1] / rows, f.most_memory / rows, f.read, f.pack, f.start, before,
           before > AIM ? " *" : "");
    fprintf(csv, "%zu,%zu,%d,%.4f,%.4f,%.1f,%.4f,%.4f,%.4f,%.1f\n", f.persons, f.rows,
            hbl_processors(), f.sweeps[0], f.sweeps[1], f.most_memory / rows, f.read, f.pack,
            f.start, before);
    if (fclose(csv)) {
        perror(argv[2]);
        return 4;
    }
    return 0;
}
