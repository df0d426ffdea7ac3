/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every write made to fail in turn: once with an input/output error, and with a disk that is full
 * from then on. The program must exit with 4 and say so in one sentence with the reason; what it
 * leaves must be whole as far as it goes; and the same command must succeed when there is room. A
 * write that takes only half of what it was given is no failure.
 *
 * With an argument, "all", every call is tried; otherwise a sample of some dozens a command.
 */
#define _GNU_SOURCE /* ptrace's structures */
#include <dirent.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "hblogit/diagnose.h"
#include "unit/run_fixture.h"

#if !defined __x86_64__ || defined __clang__

int main(void)
{
    puts("faults are injected into x86-64 programs only, and not where clang's OpenMP runtime has "
         "files of its own");
    return 77;
}

#else

#include "faults/inject.h"

enum { SAMPLE = 16, PATH = 256, CHAINS = 2, DRAWS = 30 };

static char folder[] = "/tmp/hblogit-faults-XXXXXX";
static bool every;
static uint64_t tried, halved;

static const char *in_folder(const char *name)
{
    static char path[8][PATH];
    static size_t next;
    char *to = path[next++ % 8];

    snprintf(to, PATH, "%s/%s", folder, name);
    return to;
}

static void shell(const char *format, ...)
{
    char command[1024];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(command, sizeof command, format, arguments);
    va_end(arguments);
    if (system(command) != 0)
        fail_msg("%s failed", command);
}

/* ---- what a command leaves ---- */

/* What is wrong with a file of draws, or NULL: every line whole, the header's count of rows there.
 * *rows: that count. A file without a header holds nothing that a reader would take. */
static const char *csv_fault(const char *path, uint64_t *rows)
{
    size_t size = 0, columns = 0;
    char *text = read_whole(path, &size);
    const char *count = text ? strstr(text, "num_samples = ") : NULL, *fault = NULL;
    uint64_t lines = 0;

    *rows = count ? strtoull(count + strlen("num_samples = "), NULL, 10) : 0;
    for (char *line = text, *end; line && *line; line = end + 1) {
        size_t cells = 1;

        end = strchr(line, '\n');
        if (!end) {
            fault = *rows > 0 ? "ends within a line" : NULL;
            break;
        }
        if (*line == '#')
            continue;
        for (const char *c = line; c < end; c++)
            cells += *c == ',';
        if (columns == 0)
            columns = cells;
        else if (cells != columns)
            fault = "has a row of another width";
        else
            lines++;
    }
    if (!fault && lines < *rows)
        fault = "has fewer rows than it says";
    free(text);
    return fault;
}

static const char *manifest_fault(char status[32])
{
    size_t size = 0;
    char *text = read_whole(in_folder("run/run.json"), &size);
    cJSON *root = text ? cJSON_Parse(text) : NULL;
    const char *word = cJSON_GetStringValue(cJSON_GetObjectItem(root, "status"));
    const char *fault = text && !word ? "run.json is not whole" : NULL;

    snprintf(status, 32, "%s", word ? word : "");
    cJSON_Delete(root);
    free(text);
    return fault;
}

/* The run directory by itself, then as the reader of draws takes it. */
static const char *run_fault(void)
{
    static char text[1200];
    char status[32];
    const char *fault = manifest_fault(status);
    hbl_error error = HBL_ERROR_INIT;
    hbl_summary *summary = NULL;

    for (int c = 1; c <= CHAINS && !fault; c++) {
        uint64_t rows;
        char name[64];
        snprintf(name, sizeof name, "run/chain-%d.csv", c);
        fault = csv_fault(in_folder(name), &rows);
        if (!fault && strcmp(status, "done") == 0 && rows < DRAWS)
            fault = "run.json says done, and draws are missing";
    }
    if (fault || !*status)
        return fault;
    if (hbl_summary_read(in_folder("run"), &summary, &error) == HBL_OK) {
        hbl_summary_free(summary);
        return NULL;
    }
    snprintf(text, sizeof text, "the reader says \"%s\"", error.message);
    return strcmp(status, "done") == 0 || !*error.message ? text : NULL;
}

/* ---- what it says ---- */

/* One sentence that names the reason, besides warnings. */
static const char *message_fault(int reason)
{
    size_t size = 0, n = 0;
    char *text = read_whole(in_folder("err"), &size);
    bool named = false;

    for (char *line = text, *end; line && *line; line = end + 1) {
        end = strchr(line, '\n');
        if (!end)
            break;
        *end = '\0';
        if (strncmp(line, "hblogit: warning: ", 18) == 0)
            continue;
        n++;
        named = strncmp(line, "hblogit: ", 9) == 0 && strstr(line, strerror(reason));
    }
    free(text);
    return n != 1 ? "not one message" : named ? NULL : "the message does not name the reason";
}

/* ---- a command, again and again ---- */

typedef struct {
    const char *name;
    const char *const *argv;
    void (*prepare)(void); /* what was there before */
    const char *(*fault)(void);
} command;

static void run_plan(const command *c, const inject_plan *plan, inject_outcome *outcome)
{
    c->prepare();
    if (!inject_run(c->argv, in_folder("out"), in_folder("err"), plan, outcome)) {
        print_message("tracing of processes is not allowed here\n");
        exit(77);
    }
}

static void complain(const command *c, const inject_plan *plan, const inject_outcome *o,
                     const char *what)
{
    size_t size = 0;
    char *text = read_whole(in_folder("err"), &size);

    print_error("%s: call %" PRIu64 " of them, %s, %s%s: %s (exit %d)\n%s", c->name, plan->failing,
                o->call, plan->error ? strerror(plan->error) : "halved",
                plan->disk_full ? " from then on" : "", what, o->exit_status, text ? text : "");
    free(text);
}

static bool fail_one(const command *c, const inject_plan *plan)
{
    inject_outcome outcome;
    const char *what = NULL;

    run_plan(c, plan, &outcome);
    if (!outcome.injected)
        return true;
    if (plan->error == 0) {
        halved++;
        what = outcome.exit_status == 0 ? c->fault() : "it failed";
    } else {
        tried++;
        what = outcome.exit_status == 4 ? message_fault(plan->error) : "not exit code 4";
        what = what ? what : c->fault();
    }
    if (what)
        complain(c, plan, &outcome, what);
    return !what;
}

static void fail_in_turn(const command *c)
{
    const inject_plan none = {0};
    inject_outcome outcome;
    size_t wrong = 0;
    uint64_t n, stride;

    run_plan(c, &none, &outcome);
    if (outcome.exit_status != 0 || c->fault()) {
        complain(c, &none, &outcome, "it fails without a fault");
        fail();
    }
    n = outcome.n;
    stride = every || n <= SAMPLE ? 1 : n / SAMPLE;
    for (uint64_t k = 1; k <= n; k += stride) {
        const inject_plan plans[] = {
            {.failing = k, .error = EIO},
            {.failing = k + stride / 2, .error = ENOSPC, .disk_full = true},
            {.failing = k + stride / 3, .error = 0},
        };
        for (size_t p = 0; p < sizeof plans / sizeof *plans; p++)
            wrong += !fail_one(c, &plans[p]);
    }
    print_message("    %-18s %4" PRIu64 " calls that write\n", c->name, n);
    assert_int_equal(wrong, 0);
    run_plan(c, &none, &outcome);
    assert_int_equal(outcome.exit_status, 0);
}

/* ---- the commands ---- */

static char program[PATH], model[PATH], directory[PATH], simulated[PATH], data[PATH];

static const char *no_fault(void)
{
    return NULL;
}

static void prepare_nothing(void)
{
    shell("rm -rf %s", directory);
}

static void prepare_run(void)
{
    shell("rm -rf %s && cp -r %s.kept %s", directory, directory, directory);
}

static void test_fit(void **state)
{
    const char *const argv[] = {program,     "fit", model,     "--output", directory,
                                "--threads", "1",   "--quiet", NULL};

    (void)state;
    fail_in_turn(&(command){"fit", argv, prepare_nothing, run_fault});
}

static void test_fit_again(void **state)
{
    const char *const argv[] = {program,   "fit",       model, "--output", directory,
                                "--force", "--threads", "1",   "--quiet",  NULL};

    (void)state;
    prepare_nothing();
    shell("%s fit %s --output %s --threads 1 --quiet >/dev/null 2>&1", program, model, directory);
    shell("rm -rf %s.kept && mv %s %s.kept", directory, directory, directory);
    fail_in_turn(&(command){"fit --force", argv, prepare_run, run_fault});
}

static void test_resume(void **state)
{
    const char *const argv[] = {program,     "resume", directory, "--draws", "40",
                                "--threads", "1",      "--quiet", NULL};

    (void)state;
    fail_in_turn(&(command){"resume", argv, prepare_run, run_fault});
}

static void test_summary(void **state)
{
    const char *const argv[] = {program, "summary", directory, NULL};

    (void)state;
    fail_in_turn(&(command){"summary", argv, prepare_run, run_fault});
}

static void prepare_simulation(void)
{
    shell("rm -f %s/data.*", folder);
}

/* Each file whole or not there, and no unfinished one. */
static const char *simulation_fault(void)
{
    static const char *const names[] = {"data.csv", "data.truth.csv", "data.persons.csv"};
    char text[4 * PATH];

    for (size_t i = 0; i < 3; i++) {
        snprintf(text, sizeof text, "test ! -e %s || cmp -s %s %s", in_folder(names[i]),
                 in_folder(names[i]),
                 in_folder(i == 0   ? "kept.csv"
                           : i == 1 ? "kept.truth.csv"
                                    : "kept.persons.csv"));
        if (system(text) != 0)
            return "a file is there and not whole";
    }
    snprintf(text, sizeof text, "test $(ls -A %s | grep -c '^data') -le 3", folder);
    return system(text) == 0 ? NULL : "an unfinished file is left";
}

static void test_simulate(void **state)
{
    const char *const argv[] = {program, "simulate", simulated, "--output", data, NULL};

    (void)state;
    shell("%s simulate %s --output %s/kept.csv", program, simulated, folder);
    fail_in_turn(&(command){"simulate", argv, prepare_simulation, simulation_fault});
}

static void test_check(void **state)
{
    const char *const argv[] = {program, "check", model, NULL};

    (void)state;
    fail_in_turn(&(command){"check", argv, prepare_nothing, no_fault});
}

/* ---- */

#define MODEL                                                                                      \
    "{ \"data\": { \"file\": \"survey.csv\", \"person\": \"who\", \"task\": \"question\" },"       \
    "  \"formula\": \"choice ~ price + speed | 0\","                                               \
    "  \"random\": { \"price\": \"normal\", \"speed\": \"normal\" },"                              \
    "  \"hb\": { \"chains\": 2, \"warmup\": 10, \"draws\": 30, \"save_warmup\": true,"             \
    "            \"save_persons\": true, \"trace\": true } }"

static int set_up(void **state)
{
    const char *hblogit = getenv("HBLOGIT");

    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(program, PATH, "%s", hblogit ? hblogit : "build/hblogit");
    snprintf(model, PATH, "%s/model.json", folder);
    snprintf(directory, PATH, "%s/run", folder);
    snprintf(data, PATH, "%s/data.csv", folder);
    snprintf(simulated, PATH, "models/simulated.json");
    write_survey(in_folder("survey.csv"));
    write_whole(model, MODEL);
    setenv("LC_ALL", "C", 1);
    setenv("ASAN_OPTIONS", "detect_leaks=0", 1); /* it cannot look under ptrace */
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    shell("rm -rf %s", folder);
    print_message("    %" PRIu64 " calls made to fail, %" PRIu64 " cut in half\n", tried, halved);
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fit),      cmocka_unit_test(test_fit_again),
        cmocka_unit_test(test_resume),   cmocka_unit_test(test_summary),
        cmocka_unit_test(test_simulate), cmocka_unit_test(test_check),
    };

    every = argc > 1 && strcmp(argv[1], "all") == 0;
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

#endif
