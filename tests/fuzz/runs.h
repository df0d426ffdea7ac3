/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Run directories in which one file is not as it was left: what `resume` makes of a run by hb with
 * persons' draws, and what `compare`, `test`, `summary` and `diagnose` make of runs by hb, msl and
 * mnl side by side.
 *
 * Which file, by the first byte. Where the second is even, the rest stands in its place; where it
 * is odd, the third byte says where the file is cut short (0: nowhere) and the rest are changes,
 * each a place (two bytes) and what is put there. Checksums of checkpoints are put right
 * (checkpoint.h).
 */
#ifndef HBL_TESTS_FUZZ_RUNS_H
#define HBL_TESTS_FUZZ_RUNS_H

#include <ftw.h>

#include "fuzz/checkpoint.h"

enum { FUZZ_RUNS_FILES = 48 };

/* The files of a folder and those in it, as they were. */
typedef struct {
    char folder[64], model[96], runs[3][96];
    size_t n;
    struct {
        char *path, *data;
        size_t size;
    } file[FUZZ_RUNS_FILES];
} fuzz_kept;

/* ---- making ---- */

/* Six persons, three tasks of two alternatives each. */
static inline void fuzz_write_little_survey(const char *folder)
{
    char text[2048] = "who,question,choice,price,speed\n";
    size_t at = strlen(text);

    for (int row = 0; row < 36; row++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%c,%d,%d,%d,%d\n", 'a' + row / 6,
                               row / 2, row % 2 == row / 2 * (row / 2) / 3 % 2, row * 7 % 5,
                               row * row % 11);
    fuzz_put(folder, "survey.csv", text, at);
}

#define FUZZ_LITTLE_MODEL                                                                          \
    "{ \"title\": \"Little\","                                                                     \
    "  \"data\": { \"file\": \"survey.csv\", \"person\": \"who\", \"task\": \"question\" },"       \
    "  \"formula\": \"choice ~ price + speed | 0\", \"random\": { \"price\": \"normal\" },"        \
    "  \"hb\": { \"chains\": 2, \"warmup\": 4, \"draws\": 6, \"save_persons\": true,"              \
    "            \"save_warmup\": true, \"prior\": { \"fixed\": { \"precision\": 1 } } },"         \
    "  \"msl\": { \"draws\": 20 } }"

static inline void fuzz_fit(const fuzz_kept *kept, const char *method, const char *run)
{
    const hbl_fit_options options = {.directory = run, .threads = 1};
    hbl_error error = HBL_ERROR_INIT;
    char setting[32];
    const char *const overrides[] = {setting};
    hbl_spec *spec = NULL;
    hbl_model *model = NULL;

    snprintf(setting, sizeof setting, "method=%s", method);
    if (hbl_spec_read(kept->model, overrides, 1, &spec, &error) ||
        hbl_model_build(spec, NULL, &model, &error) || hbl_fit(spec, model, &options, &error)) {
        fprintf(stderr, "%s\n", error.message);
        abort();
    }
    hbl_model_free(model);
    hbl_spec_free(spec);
}

static fuzz_kept *fuzz_keeping;

static inline int fuzz_keep_file(const char *path, const struct stat *unused, int kind)
{
    fuzz_kept *kept = fuzz_keeping;

    (void)unused;
    if (kind != FTW_F || !strstr(path, ".run/") || strstr(path, "/.lock"))
        return 0;
    fuzz_must(kept->n < FUZZ_RUNS_FILES);
    kept->file[kept->n].path = strdup(path);
    kept->file[kept->n].data = read_whole(path, &kept->file[kept->n].size);
    fuzz_must(kept->file[kept->n].path && kept->file[kept->n].data);
    kept->n++;
    return 0;
}

static inline int fuzz_by_path(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static inline void fuzz_open_runs(fuzz_kept *kept, const char *const *method, size_t n)
{
    strcpy(kept->folder, "/tmp/hblogit-fuzz-XXXXXX");
    fuzz_must(mkdtemp(kept->folder) != NULL);
    snprintf(kept->model, sizeof kept->model, "%s/model.json", kept->folder);
    fuzz_write_little_survey(kept->folder);
    fuzz_put(kept->folder, "model.json", FUZZ_LITTLE_MODEL, strlen(FUZZ_LITTLE_MODEL));
    for (size_t i = 0; i < n; i++) {
        snprintf(kept->runs[i], sizeof kept->runs[i], "%s/%s.run", kept->folder, method[i]);
        fuzz_fit(kept, method[i], kept->runs[i]);
    }
    fuzz_keeping = kept;
    fuzz_must(ftw(kept->folder, fuzz_keep_file, 8) == 0);
    qsort(kept->file, kept->n, sizeof *kept->file, fuzz_by_path); /* the same on every machine */
}

static inline void fuzz_close_runs(fuzz_kept *kept)
{
    char command[96];

    for (size_t i = 0; i < kept->n; i++) {
        free(kept->file[i].path);
        free(kept->file[i].data);
    }
    snprintf(command, sizeof command, "rm -rf %s", kept->folder);
    if (*kept->folder && system(command))
        fprintf(stderr, "%s failed\n", command);
}

/* ---- changing ---- */

static inline void fuzz_write_at(const char *path, const void *data, size_t size)
{
    FILE *file = fopen(path, "wb");

    fuzz_must(file && fwrite(data, 1, size, file) == size && fclose(file) == 0);
}

/* Puts into the place of one of the files what the input says; the place is told. */
static inline size_t fuzz_change(const fuzz_kept *kept, const uint8_t *data, size_t size)
{
    const size_t which = size ? data[0] % kept->n : 0;
    const char *path = kept->file[which].path;
    const bool changes = size > 2 && data[1] % 2 == 1;
    const size_t old = kept->file[which].size;
    size_t made = changes ? old : size > 2 ? size - 2 : 0;
    unsigned char *now = malloc(made + 1);

    fuzz_must(now != NULL);
    if (made)
        memcpy(now, changes ? (const void *)kept->file[which].data : data + 2, made);
    for (size_t i = 3; changes && old > 0 && i + 2 < size; i += 3)
        now[(size_t)(data[i] | data[i + 1] << 8) % old] = data[i + 2];
    if (changes && data[2])
        made = made * data[2] / 256;
    if (strstr(path, "/checkpoint"))
        fuzz_seal(now, made);
    fuzz_write_at(path, now, made);
    free(now);
    return which;
}

/* ---- going on with a run ---- */

static fuzz_kept fuzz_resumed;

static inline void fuzz_close_resumed(void)
{
    fuzz_close_runs(&fuzz_resumed);
}

/* Numbers that would only take long, in a run.json that says otherwise than the files. */
static inline bool fuzz_is_little(const hbl_spec *spec)
{
    return strcmp(spec->method, "hb") == 0 && spec->hb.chains <= 4 && spec->hb.warmup <= 8 &&
           spec->hb.thin <= 4 && spec->data.file && strstr(spec->data.file, "survey.csv");
}

static inline void fuzz_resume(const uint8_t *data, size_t size)
{
    static const char *const method[] = {"hb"}, *const overrides[] = {"hb.draws=8"};
    const hbl_fit_options options = {.directory = fuzz_resumed.runs[0], .threads = 1};
    hbl_error error = HBL_ERROR_INIT, of_summary = HBL_ERROR_INIT;
    hbl_run_status status;
    hbl_spec *spec = NULL;
    hbl_model *model = NULL;
    hbl_summary *summary = NULL;
    char older[128];

    if (!fuzz_resumed.n) {
        fuzz_open_runs(&fuzz_resumed, method, 1);
        fuzz_must(atexit(fuzz_close_resumed) == 0);
    }
    snprintf(older, sizeof older, "%s/checkpoint.1", fuzz_resumed.runs[0]);
    unlink(older);
    for (size_t i = 0; i < fuzz_resumed.n; i++)
        fuzz_write_at(fuzz_resumed.file[i].path, fuzz_resumed.file[i].data,
                      fuzz_resumed.file[i].size);
    fuzz_change(&fuzz_resumed, data, size);
    if (!hbl_resume_read(fuzz_resumed.runs[0], overrides, 1, &spec, &status, &error) &&
        fuzz_is_little(spec) && !hbl_model_build(spec, NULL, &model, &error))
        hbl_resume(spec, model, &options, &error);
    fuzz_told(error.status, &error);
    fuzz_told(hbl_summary_read(fuzz_resumed.runs[0], &summary, &of_summary), &of_summary);
    hbl_summary_free(summary);
    hbl_model_free(model);
    hbl_spec_free(spec);
}

/* ---- runs side by side ---- */

static fuzz_kept fuzz_compared;

static inline void fuzz_close_compared(void)
{
    fuzz_close_runs(&fuzz_compared);
}

static inline void fuzz_compare_all(void)
{
    const char *const run[] = {fuzz_compared.runs[0], fuzz_compared.runs[1], fuzz_compared.runs[2]};
    const hbl_compare_options options = {.threads = 1};
    hbl_error error = HBL_ERROR_INIT;
    hbl_comparison *comparison = NULL;

    if (!hbl_compare(run, 3, &options, &comparison, &error) &&
        !hbl_report_comparison(fuzz_sink(), comparison, &error) &&
        !hbl_report_comparison_csv(fuzz_sink(), comparison, &error))
        hbl_report_comparison_json(fuzz_sink(), comparison, &error);
    fuzz_told(error.status, &error);
    hbl_comparison_free(comparison);
}

static inline void fuzz_test_all(void)
{
    static const char *const hypothesis[] = {"price > speed", "sd.price < 0.3"};
    hbl_error of_posterior = HBL_ERROR_INIT, of_ratio = HBL_ERROR_INIT;
    hbl_posterior *posterior = NULL;
    hbl_test *test = NULL;

    if (!hbl_posterior_test(fuzz_compared.runs[0], hypothesis, 2, &posterior, &of_posterior) &&
        !hbl_report_posterior(fuzz_sink(), posterior, &of_posterior))
        hbl_report_posterior_json(fuzz_sink(), posterior, &of_posterior);
    fuzz_told(of_posterior.status, &of_posterior);
    hbl_posterior_free(posterior);
    if (!hbl_test_likelihood_ratio(fuzz_compared.runs[2], fuzz_compared.runs[1], &test, &of_ratio))
        hbl_report_test(fuzz_sink(), test, &of_ratio);
    fuzz_told(of_ratio.status, &of_ratio);
    hbl_test_free(test);
}

static inline void fuzz_score(void)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_test *test = NULL;

    if (!hbl_test_score(fuzz_compared.runs[2], fuzz_compared.model, NULL, 0, 1, &test, &error))
        hbl_report_test_json(fuzz_sink(), test, &error);
    fuzz_told(error.status, &error);
    hbl_test_free(test);
}

static inline void fuzz_compare(const uint8_t *data, size_t size)
{
    static const char *const method[] = {"hb", "msl", "mnl"};
    size_t which;

    if (!fuzz_compared.n) {
        fuzz_open_runs(&fuzz_compared, method, 3);
        fuzz_must(atexit(fuzz_close_compared) == 0);
    }
    which = fuzz_change(&fuzz_compared, data, size);
    fuzz_compare_all();
    fuzz_test_all();
    fuzz_score();
    fuzz_write_at(fuzz_compared.file[which].path, fuzz_compared.file[which].data,
                  fuzz_compared.file[which].size);
}

#endif
