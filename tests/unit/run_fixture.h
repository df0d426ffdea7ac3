/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A folder of its own for a test, with a small survey and a model file in it.
 */
#ifndef HBL_TESTS_RUN_FIXTURE_H
#define HBL_TESTS_RUN_FIXTURE_H

#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hblogit/model.h"

typedef struct {
    char folder[64];
    char run[96]; /* a directory in it for a run; does not exist yet */
    hbl_spec *spec;
    hbl_model *model;
} run_fixture;

static inline char *read_whole(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;

    if (!file)
        return NULL;
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    text = malloc(*size + 1);
    if (text) {
        *size = fread(text, 1, *size, file);
        text[*size] = '\0';
    }
    fclose(file);
    return text;
}

static inline void write_whole(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");

    if (file) {
        fputs(text, file);
        fclose(file);
    }
}

/* 20 persons, 5 tasks, 3 alternatives; the first person's name needs quotes in a CSV file. Choices
 * go mostly, but not always, to the alternative with the least 2 price - speed. */
static inline void write_survey(const char *path)
{
    FILE *file = fopen(path, "wb");
    uint32_t x = 12345;

    if (!file)
        return;
    fputs("who,question,choice,price,speed,size\n", file);
    for (int task = 0; task < 100; task++) {
        double attribute[3][3], best = 1e9;
        int chosen = 0;
        for (int j = 0; j < 3; j++) {
            for (int k = 0; k < 3; k++) {
                x = x * 1664525u + 1013904223u;
                attribute[j][k] = (x >> 16) / 65536.0;
            }
            x = x * 1664525u + 1013904223u;
            const double cost = 2 * attribute[j][0] - attribute[j][1] + 1.5 * ((x >> 16) / 65536.0);
            if (cost < best) {
                best = cost;
                chosen = j;
            }
        }
        for (int j = 0; j < 3; j++) {
            fprintf(file, task < 5 ? "\"Ana \"\"A\"\", Lisbon\"" : "p%d", task / 5);
            fprintf(file, ",%d,%d,%g,%g,%g\n", task, j == chosen, attribute[j][0], attribute[j][1],
                    attribute[j][2]);
        }
    }
    fclose(file);
}

#define FIXTURE_MODEL                                                                              \
    "{ \"title\": \"Test\","                                                                       \
    "  \"data\": { \"file\": \"survey.csv\", \"shape\": \"long\", \"person\": \"who\","            \
    "              \"task\": \"question\", \"choice\": \"choice\" },"                              \
    "  \"formula\": \"choice ~ price + speed + size | 0\","                                        \
    "  \"random\": { \"price\": \"normal\", \"speed\": \"normal\" },"                              \
    "  \"hb\": { \"chains\": 3, \"warmup\": 40, \"draws\": 60, \"seed\": 9007199254740991 } }"

/* Makes folder, survey and model file, and reads them with overrides. false: no such luck. */
static inline bool fixture_open(run_fixture *fixture, const char *const *overrides, size_t n)
{
    hbl_error error = HBL_ERROR_INIT;
    char path[128];

    memset(fixture, 0, sizeof *fixture);
    strcpy(fixture->folder, "/tmp/hblogit-test-XXXXXX");
    if (!mkdtemp(fixture->folder))
        return false;
    snprintf(fixture->run, sizeof fixture->run, "%s/run", fixture->folder);
    snprintf(path, sizeof path, "%s/survey.csv", fixture->folder);
    write_survey(path);
    snprintf(path, sizeof path, "%s/model.json", fixture->folder);
    write_whole(path, FIXTURE_MODEL);
    if (!hbl_spec_read(path, overrides, n, &fixture->spec, &error) &&
        !hbl_model_build(fixture->spec, NULL, &fixture->model, &error))
        return true;
    fprintf(stderr, "%s\n", error.message);
    return false;
}

static inline void fixture_close(run_fixture *fixture)
{
    char command[128];

    hbl_model_free(fixture->model);
    hbl_spec_free(fixture->spec);
    snprintf(command, sizeof command, "rm -r %s", fixture->folder);
    if (system(command))
        fprintf(stderr, "%s failed\n", command);
}

#endif
