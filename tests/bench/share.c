/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * share [--quick] FIGURES.csv: what share of the machine's peak the likelihood pass reaches, over
 * numbers of columns, alternatives and tasks. README.md in this folder says how to read it.
 */
#include "bench/bench.h"
#include "bench/peak.h"
#include "core/isa.h"
#include "likelihood/internal.h"

/* ---- the machine ---- */

/* What else the machine does can only make a repetition longer: the shortest of several counts. */
enum { PEAK_REPEATS = 40, PASS_REPEATS = 7, LARGEST_BUFFER = 256 << 20 };
static const double repetition = 2e-3; /* seconds, at least */

typedef struct {
    const peak_kernels *kernels;
    double multiply_adds[2], exponentials[2]; /* a nanosecond; float, double */
    double *buffer;                           /* LARGEST_BUFFER bytes */
    double sum;
} machine;

static const peak_kernels *find_kernels(void)
{
#if defined __x86_64__
    const hbl_isa isa = hbl_isa_best();
    return isa == HBL_ISA_AVX512 ? &peak_avx512 : isa == HBL_ISA_AVX2 ? &peak_avx2 : &peak_sse2;
#else
    return &peak_baseline;
#endif
}

static double highest_rate(machine *m, peak_function *work)
{
    double best = 0;

    for (int i = 0; i < PEAK_REPEATS; i++) {
        const double start = bench_now(), done = work(&m->sum);
        best = fmax(best, 1e-9 * done / (bench_now() - start));
    }
    return best;
}

/* Bytes a nanosecond, reading size bytes again and again: as fast as the pass could get its data.
 */
static double reading_rate(machine *m, size_t size)
{
    const size_t whole = (size > LARGEST_BUFFER ? LARGEST_BUFFER : size + 4095) / 4096 * 4096;
    double best = 0, start = bench_now(), once;
    size_t rounds;

    m->sum += m->kernels->read(m->buffer, whole);
    once = bench_now() - start;
    rounds = (size_t)(repetition / (once + 1e-9)) + 1;
    for (int r = 0; r < PASS_REPEATS; r++) {
        start = bench_now();
        for (size_t i = 0; i < rounds; i++)
            m->sum += m->kernels->read(m->buffer, whole);
        best = fmax(best, 1e-9 * (double)(whole * rounds) / (bench_now() - start));
    }
    return best;
}

static machine measure_machine(void)
{
    machine m = {.kernels = find_kernels(), .buffer = aligned_alloc(64, LARGEST_BUFFER)};

    if (!m.buffer)
        abort();
    memset(m.buffer, 0, LARGEST_BUFFER);
    for (size_t p = 0; p < 2; p++) {
        m.multiply_adds[p] = highest_rate(&m, m.kernels->multiply_adds[p]);
        for (size_t w = 0; w < PEAK_WAYS; w++)
            m.exponentials[p] =
                fmax(m.exponentials[p], highest_rate(&m, m.kernels->exponentials[p][w]));
        printf("Peak of a thread, %s %s: %.1f fused multiply-adds and %.2f exponentials a "
               "nanosecond\n",
               m.kernels->isa, p ? "double" : "float", m.multiply_adds[p], m.exponentials[p]);
    }
    return m;
}

/* ---- the pass ---- */

typedef struct {
    const hbl_likelihood *likelihood;
    double *beta, *log_likelihood, *gradient;
    bool with_gradient;
} pass_work;

static double pass_once(const pass_work *work)
{
    const size_t P = hbl_likelihood_n_coefficients(work->likelihood);
    double total = 0;

    for (size_t b = 0; b < hbl_likelihood_n_blocks(work->likelihood); b++) {
        hbl_likelihood_block(work->likelihood, b, work->beta + b * P * HBL_LANES,
                             work->log_likelihood, work->with_gradient ? work->gradient : NULL,
                             NULL);
        total += work->log_likelihood[0];
    }
    return total;
}

static double pass_nanoseconds(const pass_work *work, double *keep)
{
    double best = INFINITY, start = bench_now();
    size_t rounds;

    *keep += pass_once(work);
    start = bench_now();
    *keep += pass_once(work);
    rounds = (size_t)(repetition / (bench_now() - start + 1e-9)) + 1;
    for (int r = 0; r < PASS_REPEATS; r++) {
        start = bench_now();
        for (size_t i = 0; i < rounds; i++)
            *keep += pass_once(work);
        best = fmin(best, 1e9 * (bench_now() - start) / (double)rounds);
    }
    return best;
}

/* Rows in the stream, padding and all. */
static double packed_rows(const hbl_pack *pack)
{
    double rows = 0;

    for (size_t s = 0; s < pack->n_strips; s++)
        for (size_t r = 0; r < pack->strip[s].n_runs; r++)
            rows += (double)pack->strip[s].run[r].tasks * pack->strip[s].run[r].rows *
                    (double)pack->lanes;
    return rows;
}

/* ---- a case ---- */

typedef struct {
    const char *name;
    survey_shape shape;
    size_t bytes; /* of the packed data in float, about */
} share_case;

/* As many persons as fill the bytes, whole blocks of lanes. */
static size_t persons_of(const share_case *c)
{
    const survey_shape *s = &c->shape;
    const double tasks = 0.5 * (double)(s->tasks_min + s->tasks_max);
    const double others = 0.5 * (double)(s->alternatives_min + s->alternatives_max) - 1;
    const double block = HBL_LANES * tasks * (others * (double)s->n_random + 1) * sizeof(float);
    const size_t blocks = (size_t)((double)c->bytes / block);

    return HBL_LANES * (blocks ? blocks : 1);
}

/* Multiply-adds: K a row for the utility, K for the gradient; one exponential a row; the chosen
 * alternative, which the pass leaves out, and padding do not count. */
static void print_share(machine *m, FILE *csv, const share_case *c,
                        const hbl_likelihood *likelihood, size_t precision, bool with_gradient,
                        double ns)
{
    const hbl_panel *panel = likelihood->model->panel;
    const hbl_pack *pack = precision ? likelihood->in_double.pack : likelihood->in_float.pack;
    const double others = (double)(panel->n_rows - panel->n_tasks);
    const double multiply_adds =
        others * (double)(likelihood->model->n_columns * (with_gradient ? 2 : 1));
    const double least =
        multiply_adds / m->multiply_adds[precision] + others / m->exponentials[precision];
    const double reading = (double)pack->bytes / reading_rate(m, pack->bytes);
    const double filled = others / packed_rows(pack);

    printf(" %5.0f%% %4.0f%%", 100 * least / ns, 100 * reading / ns);
    fprintf(csv, "%s,%zu,%s,%s,%s,%zu,%zu,%zu,%zu,%zu,%zu,%.4f,%.4f,%.4f,%.4f\n", c->name,
            panel->n_persons, m->kernels->isa, precision ? "double" : "float",
            with_gradient ? "gradient" : "value", c->shape.n_random, c->shape.tasks_min,
            c->shape.tasks_max, c->shape.alternatives_min, c->shape.alternatives_max, pack->bytes,
            ns / (double)panel->n_rows, least / ns, reading / ns, filled);
    if (precision && with_gradient)
        printf(" %6.0f%%", 100 * filled);
}

static double *array_of(size_t n)
{
    double *array = aligned_alloc(64, (n * sizeof *array + 63) / 64 * 64);
    if (!array)
        abort();
    return array;
}

static void measure(machine *m, FILE *csv, const share_case *c)
{
    survey_shape shape = c->shape;
    hbl_error error = HBL_ERROR_INIT;
    survey made;

    shape.persons = persons_of(c);
    made = survey_make(&shape);
    const size_t P = made.model->n_columns, n = (shape.persons + HBL_LANES) * P;
    pass_work work = {NULL, array_of(n), array_of(HBL_LANES), array_of(P * HBL_LANES), false};
    uint64_t generator = 1;

    for (size_t i = 0; i < n; i++)
        work.beta[i] = 0.3 * survey_normal(&generator);
    printf("%-16s %3zu %4zu %4zu", c->name, c->shape.n_random, c->shape.alternatives_max,
           c->shape.tasks_max);
    for (size_t precision = 0; precision < 2; precision++) {
        hbl_likelihood *likelihood;
        bench_check(hbl_likelihood_alloc(made.model,
                                         precision ? HBL_PRECISION_DOUBLE : HBL_PRECISION_FLOAT,
                                         NULL, &likelihood, &error),
                    &error);
        if (!precision)
            printf(" %8.0f", 1e-3 * (double)likelihood->in_float.pack->bytes);
        work.likelihood = likelihood;
        for (int with = 0; with < 2; with++) {
            work.with_gradient = with;
            print_share(m, csv, c, likelihood, precision, with, pass_nanoseconds(&work, &m->sum));
        }
        hbl_likelihood_free(likelihood);
    }
    puts("");
    fflush(stdout);
    free(work.beta), free(work.log_likelihood), free(work.gradient);
    survey_free(&made);
}

/* ---- the cases ---- */

enum { IN_CACHE = 200 << 10, BEYOND_CACHES = 200 << 20, LARGEST_BLOCK = 16 << 20 };

static share_case even_case(size_t K, size_t J, size_t T, size_t bytes)
{
    return (share_case){bytes > IN_CACHE ? "in memory" : "even",
                        {.tasks_min = T,
                         .tasks_max = T,
                         .alternatives_min = J,
                         .alternatives_max = J,
                         .n_random = K,
                         .size = 0.5,
                         .seed = 1},
                        bytes};
}

/* Every K with every J and every T; when quick, one of them varied at a time. */
static void measure_even(machine *m, FILE *csv, bool quick)
{
    static const size_t Ks[] = {2, 6, 10, 30}, Js[] = {2, 4, 10, 100}, Ts[] = {1, 10, 50, 200};

    for (size_t k = 0; k < 4; k++)
        for (size_t j = 0; j < 4; j++)
            for (size_t t = 0; t < 4; t++) {
                const share_case c = even_case(Ks[k], Js[j], Ts[t], IN_CACHE);
                const bool large = Ks[k] * (Js[j] - 1) * Ts[t] * HBL_LANES * sizeof(float) >
                                   LARGEST_BLOCK; /* not in any cache */
                if (!large && (!quick || (k != 1) + (j != 1) + (t != 1) <= 1))
                    measure(m, csv, &c);
            }
}

static void measure_ragged(machine *m, FILE *csv)
{
    static const size_t Ks[] = {2, 6, 10, 30};

    for (size_t k = 0; k < 4; k++) {
        const share_case tasks = {"ragged tasks",
                                  {.tasks_min = 1,
                                   .tasks_max = 20,
                                   .alternatives_min = 4,
                                   .alternatives_max = 4,
                                   .n_random = Ks[k],
                                   .size = 0.5,
                                   .seed = 2},
                                  IN_CACHE};
        share_case both = tasks;

        both.name = "ragged, both";
        both.shape.alternatives_min = 2, both.shape.alternatives_max = 8;
        measure(m, csv, &tasks);
        measure(m, csv, &both);
    }
}

int main(int argc, char **argv)
{
    const bool quick = argc > 2 && strcmp(argv[1], "--quick") == 0;
    FILE *csv = argc > 1 ? fopen(argv[argc - 1], "w") : NULL;
    machine m;

    if (!csv) {
        fputs("usage: share [--quick] FIGURES.csv\n", stderr);
        return 2;
    }
    m = measure_machine();
    fputs("case,persons,isa,precision,what,columns,tasks_min,tasks_max,alternatives_min,"
          "alternatives_max,bytes,ns_row,of_peak,reading,filled\n",
          csv);
    printf("\n%-16s %3s %4s %4s %8s %12s %12s %12s %12s\n", "", "", "", "", "", "float value",
           "and gradient", "double value", "and gradient");
    printf("%-16s %3s %4s %4s %8s", "tasks", "K", "J", "T", "kB float");
    for (int i = 0; i < 4; i++)
        printf(" %6s %5s", "peak", "read");
    printf(" %7s\n", "filled");
    measure_even(&m, csv, quick);
    measure_ragged(&m, csv);
    for (size_t k = 0; k < 2; k++) {
        const share_case c = even_case(k ? 10 : 6, k ? 5 : 4, 10, BEYOND_CACHES);
        measure(&m, csv, &c);
    }
    free(m.buffer);
    if (m.sum == 1) /* so that the compiler leaves nothing out */
        puts("");
    if (fclose(csv)) {
        perror("the figures");
        return 4;
    }
    return 0;
}
