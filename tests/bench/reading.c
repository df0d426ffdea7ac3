/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * reading FILE.csv: writes a table of some 100 MB into the file and says how fast it is read, with
 * all of its columns kept and with half of them. tests/bench/reading.R reads the same file.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/parallel.h"
#include "hblogit/data.h"

enum { ROWS = 1400000, REPEATS = 3 };

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double uniform(void)
{
    static uint64_t bits = 1;

    bits = bits * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(bits >> 11) * 0x1p-53;
}

/* Identifiers, words, prices with two decimals, numbers with 4 to 15 digits. false: not written. */
static bool write_rows(FILE *file)
{
    static const char *const modes[] = {"car", "train", "bus", "bicycle"};

    fputs("person,task,alternative,choice,price,time,comfort,x1,x2,x3,x4,region\n", file);
    for (int i = 0; i < ROWS; i++) {
        const int task = i / 4;
        fprintf(file, "%d,%d,%s,%d,%.2f,%d,", task / 12 + 1, task % 12 + 1, modes[i % 4],
                i % 4 == task % 4, 100 * uniform(), (int)(200 * uniform()));
        fprintf(file, "%d,%.4f,%.6f,%.15g,%d,region %d\n", (int)(5 * uniform()), 2 * uniform() - 1,
                10 * uniform() - 5, uniform(), (int)(2 * uniform()), (int)(20 * uniform()));
    }
    return !ferror(file);
}

static bool is_wanted(const void *unused, const char *name)
{
    static const char *const wanted[] = {"person", "task",  "alternative",
                                         "choice", "price", "time"};

    (void)unused;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (strcmp(name, wanted[i]) == 0)
            return true;
    return false;
}

/* The fastest of a few, on one thread and on all. */
static bool measure(const char *path, hbl_table_options options, int threads, double megabytes)
{
    double best = 1e9;
    size_t columns = 0;

    options.threads = threads;
    for (int i = 0; i < REPEATS; i++) {
        hbl_error error = HBL_ERROR_INIT;
        hbl_table *table;
        const double start = now();
        if (hbl_table_read(path, &options, &table, &error)) {
            fprintf(stderr, "%s\n", error.message);
            return false;
        }
        best = now() - start < best ? now() - start : best;
        columns = table->n_columns;
        hbl_table_free(table);
    }
    printf("%-16s %8d %8zu %9.0f %9.0f\n", "hblogit", threads, columns, megabytes / best,
           ROWS / best / 1000);
    return true;
}

int main(int argc, char **argv)
{
    FILE *file = argc == 2 ? fopen(argv[1], "wb") : NULL;
    bool good = file && write_rows(file);
    const int n = hbl_processors();
    const double megabytes = file ? (double)ftell(file) / 1e6 : 0;

    if (!file || fclose(file) || !good) {
        fprintf(stderr, "reading FILE.csv: the file cannot be written\n");
        return 1;
    }
    printf("\nReading a CSV file of %.0f MB with 12 columns: MB and thousands of rows a second\n"
           "%-16s %8s %8s %9s %9s\n",
           megabytes, "reader", "threads", "kept", "MB/s", "rows/ms");
    for (int all = 0; good && all < 1 + (n > 1); all++)
        good = measure(argv[1], (hbl_table_options){0}, all ? n : 1, megabytes) &&
               measure(argv[1], (hbl_table_options){.wanted = is_wanted}, all ? n : 1, megabytes);
    return good ? 0 : 1;
}
