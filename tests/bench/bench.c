/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bench [--quick] [FIGURES.csv] | --msl: how fast the likelihood pass and the sampler are on this
 * machine, each beside a reference run in the same go. README.md in this folder says how to read
 * it.
 */
#include "bench/bench.h"
#include "bench/msl.h"
#include "bench/pass.h"
#include "bench/sampler.h"

/* Surveys made up in the shapes of the two real ones. */
static const survey_shape electricity_shape = {.persons = 361,
                                               .tasks_min = 8,
                                               .tasks_max = 12,
                                               .alternatives_min = 4,
                                               .alternatives_max = 4,
                                               .n_random = 6,
                                               .seed = 1};
static const survey_shape camera_shape = {.persons = 332,
                                          .tasks_min = 16,
                                          .tasks_max = 16,
                                          .alternatives_min = 5,
                                          .alternatives_max = 5,
                                          .n_random = 10,
                                          .size = 0.7,
                                          .seed = 2};

enum { MOST_CASES = 4 };

typedef struct {
    bench_case list[MOST_CASES];
    size_t n;
    survey made[2];
    hbl_model *real[2];
} cases;

/* A real survey by its model file; false where its data are not there. */
static bool read_case(const char *path, bench_case *data, hbl_model **model)
{
    hbl_spec *spec = NULL;
    hbl_error error = HBL_ERROR_INIT;
    const double start = bench_now();
    const int status =
        hbl_spec_read(path, NULL, 0, &spec, &error) || hbl_model_build(spec, NULL, model, &error);

    hbl_spec_free(spec);
    if (status)
        fprintf(stderr, "left out: %s\n", error.message);
    data->model = *model;
    data->read_seconds = bench_now() - start;
    return !status;
}

static void find_cases(cases *all)
{
    static const char *const files[] = {"models/electricity.json", "models/camera.json"};
    static const char *const names[] = {"electricity", "camera"};

    all->made[0] = survey_make(&electricity_shape);
    all->made[1] = survey_make(&camera_shape);
    all->list[all->n++] = (bench_case){"like electricity", all->made[0].model, 0};
    all->list[all->n++] = (bench_case){"like camera", all->made[1].model, 0};
    for (size_t i = 0; i < 2; i++) {
        all->list[all->n].name = names[i];
        if (read_case(files[i], &all->list[all->n], &all->real[i]))
            all->n++;
    }
}

static void free_cases(cases *all)
{
    for (size_t i = 0; i < 2; i++) {
        survey_free(&all->made[i]);
        hbl_model_free(all->real[i]);
    }
}

static void bench_all(const bench_options *options, const cases *all)
{
    const size_t first_sampled = all->n > 2 ? 2 : 0; /* the real ones where there are any */

    puts("The pass over the likelihood: nanoseconds a row, and how many times the plain pass's "
         "speed");
    printf("%-16s %-16s %8s %7s %8s %7s %8s\n", "data", "pass", "value", "times", "gradient",
           "times", "bytes");
    for (size_t i = 0; i < all->n; i++)
        bench_pass(options, &all->list[i]);

    puts("\nBefore the first sweep: seconds to read, to pack and fit the pooled logit, to start");
    printf("%-16s %9s %9s %9s %9s\n", "data", "rows", "read", "pack", "start");
    for (size_t i = 0; i < all->n; i++)
        bench_before(&all->list[i]);

    puts("\nThe sampler, one thread: sweeps a second; least effective sample size a second over mu "
         "and\nOmega, bulk and tail; bulk as a multiple of the first line's");
    printf("%-16s %-12s %-4s %5s %-7s %9s %9s %9s %9s\n", "data", "kernel", "asis", "rho", "pass",
           "sweeps/s", "bulk/s", "tail/s", "times");
    for (size_t i = first_sampled; i < all->n && i < first_sampled + 2; i++)
        bench_sampler(options, &all->list[i]);

    puts("\nThreads");
    for (size_t i = first_sampled; i < all->n && i < first_sampled + 2; i++)
        bench_threads(options, &all->list[i]);
}

int main(int argc, char **argv)
{
    bench_options options = {0};
    cases all = {.n = 0};

    if (argc == 2 && strcmp(argv[1], "--msl") == 0) {
        bench_msl();
        return 0;
    }
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--quick") == 0)
            options.quick = true;
        else if (!(options.csv = fopen(argv[i], "w")))
            perror(argv[i]);
    }
    if (options.csv)
        fputs("data,kernel,interweave,over_relaxation,precision,sweeps,bulk,tail\n", options.csv);
    find_cases(&all);
    bench_all(&options, &all);
    free_cases(&all);
    if (options.csv && fclose(options.csv)) {
        perror("the figures");
        return 4;
    }
    return 0;
}
