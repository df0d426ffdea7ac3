/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Checkpoints: the state of a chain as bytes, the file, what is done about a damaged one, and runs
 * that go on from it. The rule everywhere: what went on is, byte by byte, what was never stopped.
 */
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "hb/chain.h"
#include "hblogit/run.h"
#include "run/checkpoint.h"
#include "unit/run_fixture.h"

static run_fixture fixture;

static int set_up(void **state)
{
    (void)state;
    return fixture_open(&fixture, NULL, 0) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_close(&fixture);
    return 0;
}

/* ---- the state of a chain */

static hbl_chain *new_chain(const hbl_hb *hb, int threads)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_chain *chain = NULL;

    if (hbl_chain_alloc(hb, 2, threads, &chain, &error))
        fail_msg("%s", error.message);
    return chain;
}

static void sweep_to(hbl_chain *chain, uint64_t end)
{
    hbl_error error = HBL_ERROR_INIT;

    while (chain->sweep < end) {
        if (hbl_chain_sweep(chain, &error))
            fail_msg("%s", error.message);
        if (chain->sweep > 40)
            hbl_chain_accumulate(chain);
    }
}

static void *saved(const hbl_chain *chain)
{
    void *state = malloc(hbl_chain_state_size(chain));

    assert_non_null(state);
    hbl_chain_save(chain, state);
    return state;
}

/* A chain that is nothing but what was loaded: all the rest is not a number. */
static hbl_chain *loaded(const hbl_hb *hb, const void *state, size_t size)
{
    hbl_chain *chain = new_chain(hb, 2);
    hbl_chain_array list[HBL_CHAIN_ARRAYS];
    const size_t n = hbl_chain_arrays(chain, list);

    for (size_t i = 0; i < n; i++)
        for (size_t e = 0; e < list[i].n; e++)
            (*list[i].array)[e] = NAN;
    assert_int_equal(hbl_chain_load(chain, state, size, NULL), HBL_OK);
    return chain;
}

/* Stops at several places, in warm-up and after it, and compares the whole state at the end. */
static void check_model(const char *const *overrides, size_t n)
{
    static const uint64_t stops[] = {0, 1, 7, 39, 40, 41, 63};
    hbl_error error = HBL_ERROR_INIT;
    hbl_hb *hb = NULL;
    run_fixture f;

    assert_true(fixture_open(&f, overrides, n));
    assert_int_equal(hbl_hb_alloc(f.model, &f.spec->hb, 1, &hb, &error), HBL_OK);
    hbl_chain *whole = new_chain(hb, 1), *parts = new_chain(hb, 1);
    const size_t size = hbl_chain_state_size(whole);
    assert_int_equal(hbl_chain_start(whole, &error), HBL_OK);
    assert_int_equal(hbl_chain_start(parts, &error), HBL_OK);
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
        sweep_to(parts, stops[i]);
        void *state = saved(parts);
        hbl_chain_free(parts);
        parts = loaded(hb, state, size);
        free(state);
    }
    sweep_to(whole, 90);
    sweep_to(parts, 90);
    void *a = saved(whole), *b = saved(parts);
    assert_memory_equal(a, b, size);
    free(a);
    free(b);
    hbl_chain_free(whole);
    hbl_chain_free(parts);
    hbl_hb_free(hb);
    fixture_close(&f);
}

static void test_states(void **state)
{
    static const char *const hmc[] = {"hb.kernel=hmc"}, *const hessian[] = {"hb.kernel=hessian"},
                             *const walk[] = {"hb.kernel=random-walk"};
    static const char *const half_t[] = {"hb.prior.covariance.type=huang-wand", "correlation=none"};
    static const char *const plain[] = {"hb.interweave=false", "hb.over_relaxation=0",
                                        "hb.precision=double"};
    static const char *const anew[] = {"hb.persistence=0"}, *const lasting[] = {
                                                                "hb.persistence=0.95"};
    static const char *const fixed[] = {"random={}"};
    static const char *const no_fixed[] = {"formula=choice ~ price + speed | 0",
                                           "random.price=lognormal"};

    (void)state;
    check_model(hmc, 1);
    check_model(hessian, 1);
    check_model(walk, 1);
    check_model(half_t, 2);
    check_model(plain, 3);
    check_model(anew, 1);
    check_model(lasting, 1);
    check_model(fixed, 1);
    check_model(no_fixed, 2);
}

static void test_other_state(void **state)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_hb *hb = NULL;

    (void)state;
    assert_int_equal(hbl_hb_alloc(fixture.model, &fixture.spec->hb, 1, &hb, &error), HBL_OK);
    hbl_chain *chain = new_chain(hb, 1);
    assert_int_equal(hbl_chain_start(chain, &error), HBL_OK);
    void *bytes = saved(chain);
    assert_int_equal(hbl_chain_load(chain, bytes, hbl_chain_state_size(chain) - 8, &error),
                     HBL_ERR_INPUT);
    assert_non_null(strstr(error.message, "chain 2: a saved state of"));
    free(bytes);
    hbl_chain_free(chain);
    hbl_hb_free(hb);
}

/* ---- the file */

static const hbl_identity ours = {.version = "1.2.3",
                                  .pass = "avx2 float",
                                  .model = 11,
                                  .data = 22,
                                  .data_bytes = 33,
                                  .n_persons = 4,
                                  .n_tasks = 5,
                                  .n_rows = 6,
                                  .n_random = 7,
                                  .n_fixed = 8,
                                  .n_chains = 9};

static void put_word(void *context, hbl_writer *writer)
{
    hbl_pack_text(writer, context);
}

static void write_word(char *word)
{
    hbl_error error = HBL_ERROR_INIT;
    if (hbl_checkpoint_write(fixture.folder, &ours, put_word, word, &error))
        fail_msg("%s", error.message);
}

static char *path_in(const char *folder, const char *name)
{
    static char path[2][256];
    static int turn;

    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
    return path[turn];
}

static void expect_word(const char *name, const char *word)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_checkpoint checkpoint;
    char text[32];

    if (hbl_checkpoint_read(path_in(fixture.folder, name), &ours, &checkpoint, &error))
        fail_msg("%s", error.message);
    hbl_unpack_text(&checkpoint.body, text, sizeof text);
    assert_string_equal(text, word);
    assert_false(checkpoint.body.over);
    assert_ptr_equal(checkpoint.body.at, checkpoint.body.end);
    assert_int_equal(checkpoint.state, HBL_CHECKPOINT_WHOLE);
    free(checkpoint.memory);
}

static void expect_bad(const char *path, const hbl_identity *identity, hbl_checkpoint_state wanted,
                       const char *words)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_checkpoint checkpoint;

    assert_int_equal(hbl_checkpoint_read(path, identity, &checkpoint, &error), HBL_ERR_INPUT);
    assert_int_equal(checkpoint.state, wanted);
    assert_null(checkpoint.memory);
    assert_memory_equal(error.message, path, strlen(path));
    if (!strstr(error.message, words))
        fail_msg("\"%s\" does not say \"%s\"", error.message, words);
}

static void test_two_are_kept(void **state)
{
    char first[] = "first", second[] = "second", third[] = "third";

    (void)state;
    expect_bad(path_in(fixture.folder, "checkpoint"), &ours, HBL_CHECKPOINT_ABSENT, "No such file");
    write_word(first);
    expect_word("checkpoint", "first");
    write_word(second);
    expect_word("checkpoint", "second");
    expect_word("checkpoint.1", "first");
    write_word(third);
    expect_word("checkpoint", "third");
    expect_word("checkpoint.1", "second");
    assert_int_equal(access(path_in(fixture.folder, "checkpoint.tmp"), F_OK), -1);
}

static void write_bytes(const char *path, const char *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* Cut off anywhere, with any bit the other way round, or with something behind its end. */
static void test_damage(void **state)
{
    char word[] = "word", *path;
    size_t size = 0;

    (void)state;
    write_word(word);
    path = path_in(fixture.folder, "checkpoint");
    char *bytes = read_whole(path, &size);
    assert_non_null(bytes);
    for (size_t n = 0; n < size; n++) {
        write_bytes(path, bytes, n);
        expect_bad(path, &ours, HBL_CHECKPOINT_DAMAGED, n < 28 ? "" : "cut off: it has ");
    }
    for (size_t bit = 0; bit < 8 * size; bit++) {
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ (1 << bit % 8));
        write_bytes(path, bytes, size);
        expect_bad(path, &ours, HBL_CHECKPOINT_DAMAGED, "damaged");
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ (1 << bit % 8));
    }
    write_bytes(path, bytes, size + 1); /* the NUL that read_whole adds */
    expect_bad(path, &ours, HBL_CHECKPOINT_DAMAGED, "its checksum is wrong");
    write_bytes(path, bytes, size);
    expect_word("checkpoint", "word");
    free(bytes);
}

/* CRC-32, bit by bit from its definition. */
static uint32_t plain_crc(const char *bytes, size_t n)
{
    uint32_t crc = 0xffffffffu;

    for (size_t i = 0; i < n; i++) {
        crc ^= (unsigned char)bytes[i];
        for (int k = 0; k < 8; k++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

static void test_foreign(void **state)
{
    char word[] = "word", *path;
    hbl_identity other = ours;
    size_t size = 0;

    (void)state;
    write_word(word);
    path = path_in(fixture.folder, "checkpoint");
    strcpy(other.version, "1.3.0");
    expect_bad(path, &other, HBL_CHECKPOINT_FOREIGN, "written by hblogit 1.2.3, and this is 1.3.0");
    other = ours;
    other.model++;
    expect_bad(path, &other, HBL_CHECKPOINT_FOREIGN, "of a run of another model");
    other = ours;
    other.n_fixed++;
    expect_bad(path, &other, HBL_CHECKPOINT_FOREIGN, "of a run of another model");
    other = ours;
    other.data++;
    expect_bad(path, &other, HBL_CHECKPOINT_FOREIGN, "of a run on other data (33 bytes");
    other = ours;
    strcpy(other.pass, "avx512 float");
    expect_bad(path, &other, HBL_CHECKPOINT_FOREIGN,
               "sampled with \"avx2 float\", and this machine is set to \"avx512 float\"");
    /* a format of the future, whole as far as one can tell */
    char *bytes = read_whole(path, &size);
    uint32_t format = 2, crc;
    memcpy(bytes + 8, &format, sizeof format);
    crc = plain_crc(bytes, 12);
    memcpy(bytes + 12, &crc, sizeof crc);
    write_bytes(path, bytes, size);
    expect_bad(path, &ours, HBL_CHECKPOINT_FOREIGN, "in format 2, and this version reads format 1");
    free(bytes);
}

/* A limit on the size of files stands for a full disk. */
static void set_limit(rlim_t bytes)
{
    struct rlimit limit;

    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes ? bytes : limit.rlim_max;
    setrlimit(RLIMIT_FSIZE, &limit);
}

static void test_failed_write(void **state)
{
    hbl_error error = HBL_ERROR_INIT;
    char first[] = "first", second[] = "second", third[] = "third";

    (void)state;
    write_word(first);
    write_word(second);
    set_limit(100);
    const int status = hbl_checkpoint_write(fixture.folder, &ours, put_word, third, &error);
    set_limit(0);
    assert_int_equal(status, HBL_ERR_WRITE);
    assert_non_null(strstr(error.message, "checkpoint.tmp: File too large"));
    expect_word("checkpoint", "second");
    expect_word("checkpoint.1", "first");
    assert_int_equal(access(path_in(fixture.folder, "checkpoint.tmp"), F_OK), -1);
}

/* ---- runs */

static volatile sig_atomic_t stop;
static char noticed[1024];

typedef struct {
    uint64_t stop_at; /* sweep of any chain; 0: never */
} watcher;

static void watch(void *context, const hbl_progress *progress)
{
    const watcher *w = context;
    if (w->stop_at && progress->sweep >= w->stop_at)
        stop = 1;
}

static void note(void *context, const char *message)
{
    (void)context;
    snprintf(noticed, sizeof noticed, "%s", message);
}

static int run_into(const char *run, int threads, uint64_t stop_at, hbl_error *error)
{
    watcher w = {stop_at};
    const hbl_fit_options options = {.directory = run,
                                     .threads = threads,
                                     .progress = watch,
                                     .notice = note,
                                     .context = &w,
                                     .stop = &stop};
    stop = 0;
    return hbl_fit(fixture.spec, fixture.model, &options, error);
}

/* resume as the program does it; draws 0: as many as before */
static int resume(const char *run, int threads, int draws, hbl_error *error)
{
    watcher w = {0};
    const hbl_fit_options options = {.directory = run,
                                     .threads = threads,
                                     .progress = watch,
                                     .notice = note,
                                     .context = &w,
                                     .stop = &stop};
    char more[32];
    const char *const overrides[] = {more};
    hbl_run_status before;
    hbl_spec *spec = NULL;
    hbl_model *model = NULL;

    stop = 0;
    noticed[0] = '\0';
    snprintf(more, sizeof more, "hb.draws=%d", draws);
    int status = hbl_resume_read(run, overrides, draws > 0, &spec, &before, error);
    if (!status)
        status = hbl_model_build(spec, NULL, &model, error);
    if (!status)
        status = hbl_resume(spec, model, &options, error);
    hbl_model_free(model);
    hbl_spec_free(spec);
    return status;
}

static void expect_resumed(const char *run, int threads, int draws)
{
    hbl_error error = HBL_ERROR_INIT;
    if (resume(run, threads, draws, &error))
        fail_msg("%s", error.message);
}

static void expect_refused(const char *run, int draws, const char *words)
{
    hbl_error error = HBL_ERROR_INIT;

    assert_int_equal(resume(run, 1, draws, &error), HBL_ERR_INPUT);
    if (!strstr(error.message, words))
        fail_msg("\"%s\" does not say \"%s\"", error.message, words);
}

static void expect_same_file(const char *a, const char *b, const char *name)
{
    char path[2][256];
    size_t size[2] = {0};

    snprintf(path[0], sizeof path[0], "%s/%s", a, name);
    snprintf(path[1], sizeof path[1], "%s/%s", b, name);
    char *text[2] = {read_whole(path[0], &size[0]), read_whole(path[1], &size[1])};
    assert_non_null(text[0]);
    assert_non_null(text[1]);
    if (size[0] != size[1] || memcmp(text[0], text[1], size[0]) != 0)
        fail_msg("%s and %s differ", path[0], path[1]);
    free(text[0]);
    free(text[1]);
}

static void expect_same_run(const char *a, const char *b)
{
    static const char *const name[] = {
        "chain-1.csv",          "chain-2.csv",         "chain-3.csv", "warmup-1.csv",
        "warmup-3.csv",         "trace-1.jsonl",       "persons.csv", "persons/.zmetadata",
        "persons/beta/0.0.0.0", "persons/beta/2.1.0.0"};
    for (size_t i = 0; i < sizeof name / sizeof *name; i++)
        expect_same_file(a, b, name[i]);
}

/* Every output there is, and a chunk of persons' draws that is not full. */
static void want_everything(void)
{
    fixture.spec->hb.save_persons = true;
    fixture.spec->hb.save_warmup = true;
    fixture.spec->hb.trace = true;
    fixture.spec->hb.draws = 100;
}

static char whole[128];

static void make_whole(void)
{
    hbl_error error = HBL_ERROR_INIT;

    snprintf(whole, sizeof whole, "%s/whole", fixture.folder);
    if (run_into(whole, 1, 0, &error))
        fail_msg("%s", error.message);
}

/* Interrupted where the phases change, which is when progress is told for sure. */
static void make_interrupted(double checkpoint)
{
    hbl_error error = HBL_ERROR_INIT;

    fixture.spec->hb.checkpoint = checkpoint;
    assert_int_equal(run_into(fixture.run, 1, 40, &error), HBL_ERR_INTERRUPTED);
    assert_non_null(strstr(error.message, "hblogit resume"));
    assert_int_equal(access(path_in(fixture.run, "checkpoint"), F_OK), 0);
}

static void test_interrupted(void **state)
{
    (void)state;
    want_everything();
    make_whole();
    make_interrupted(0);
    expect_resumed(fixture.run, 3, 0);
    assert_string_equal(noticed, "");
    expect_same_run(whole, fixture.run);
    expect_refused(fixture.run, 50, "has 100 draws a chain already");
}

/* A new run of 60 draws, to which 40 are added, twice. */
static void test_extended(void **state)
{
    hbl_error error = HBL_ERROR_INIT;

    (void)state;
    want_everything();
    make_whole();
    fixture.spec->hb.draws = 60;
    assert_int_equal(run_into(fixture.run, 2, 0, &error), HBL_OK);
    assert_int_equal(access(path_in(fixture.run, "checkpoint.1"), F_OK), -1);
    expect_resumed(fixture.run, 1, 75);
    expect_resumed(fixture.run, 3, 100);
    expect_same_run(whole, fixture.run);
    assert_int_equal(unlink(path_in(fixture.run, "checkpoint")), 0);
    expect_refused(fixture.run, 200, "a finished run whose checkpoint is gone");
    expect_same_run(whole, fixture.run);
}

static void flip(const char *path, long offset)
{
    FILE *file = fopen(path, "r+b");

    assert_non_null(file);
    fseek(file, offset, offset < 0 ? SEEK_END : SEEK_SET);
    const int c = getc(file);
    fseek(file, -1, SEEK_CUR);
    putc(c ^ 4, file);
    assert_int_equal(fclose(file), 0);
}

static void test_damaged_newest(void **state)
{
    (void)state;
    want_everything();
    make_whole();
    make_interrupted(1e-6);
    flip(path_in(fixture.run, "checkpoint"), 1000);
    expect_resumed(fixture.run, 2, 0);
    assert_non_null(strstr(noticed, "going on from the one before, checkpoint.1"));
    expect_same_run(whole, fixture.run);
}

static void test_all_damaged(void **state)
{
    (void)state;
    make_interrupted(1e-6);
    flip(path_in(fixture.run, "checkpoint"), 1000);
    flip(path_in(fixture.run, "checkpoint.1"), -7);
    expect_refused(fixture.run, 0, "checkpoint: damaged: its checksum is wrong; there is no other");
    flip(path_in(fixture.run, "checkpoint"), 1000);
    expect_resumed(fixture.run, 1, 0);
}

/* Draws that were changed, cut or removed since. */
static void test_changed_draws(void **state)
{
    static const char words[] = "chain-2.csv: not as it was when the checkpoint was written";
    hbl_error error = HBL_ERROR_INIT;
    struct stat about;

    (void)state;
    fixture.spec->hb.draws = 2000;
    make_whole();
    assert_int_equal(run_into(fixture.run, 1, 0, &error), HBL_OK);
    char *path = path_in(fixture.run, "chain-2.csv");
    flip(path, 3000);
    expect_refused(fixture.run, 2010, words);
    flip(path, 3000);
    flip(path, 30); /* a comment */
    expect_refused(fixture.run, 2010, words);
    flip(path, 30);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(truncate(path, 5000), 0);
    expect_refused(fixture.run, 2010, words);
    unlink(path);
    expect_refused(fixture.run, 2010, "chain-2.csv: cannot be read: No such file");
    expect_same_file(whole, fixture.run, "chain-1.csv"); /* nothing was cut back */
}

static void test_started_over(void **state)
{
    (void)state;
    want_everything();
    make_whole();
    make_interrupted(0);
    unlink(path_in(fixture.run, "checkpoint"));
    expect_resumed(fixture.run, 2, 0);
    assert_non_null(strstr(noticed, "no checkpoint was written yet; the run starts over"));
    expect_same_run(whole, fixture.run);
}

/* The disk is full in the middle of the run; nothing that was sampled is lost. */
static void test_full_disk(void **state)
{
    hbl_error error = HBL_ERROR_INIT;

    (void)state;
    fixture.spec->hb.draws = 6000;
    make_whole();
    set_limit(900000);
    const int status = run_into(fixture.run, 2, 0, &error);
    set_limit(0);
    assert_int_equal(status, HBL_ERR_WRITE);
    assert_non_null(strstr(error.message, ".csv: File too large; once that is mended, hblogit "
                                          "resume"));
    expect_resumed(fixture.run, 1, 0);
    assert_string_equal(noticed, "");
    expect_same_file(whole, fixture.run, "chain-1.csv");
    expect_same_file(whole, fixture.run, "chain-3.csv");
    expect_same_file(whole, fixture.run, "persons.csv");
}

static void test_other_data(void **state)
{
    char path[128];

    (void)state;
    make_interrupted(0);
    snprintf(path, sizeof path, "%s/survey.csv", fixture.folder);
    FILE *file = fopen(path, "a");
    assert_non_null(file);
    fputs("p20,100,1,0,0,0\n", file);
    fclose(file);
    expect_refused(fixture.run, 0, "survey.csv: has changed since the run began");
    unlink(path);
    expect_refused(fixture.run, 0, "--data names them");
}

/* A checkpoint from the run of another model that lies in the same place. */
static void test_other_run(void **state)
{
    char name[2][256];

    (void)state;
    make_interrupted(0);
    snprintf(name[0], sizeof name[0], "%s/checkpoint", fixture.run);
    snprintf(name[1], sizeof name[1], "%s/checkpoint", fixture.folder);
    assert_int_equal(rename(name[0], name[1]), 0);
    hbl_error error = HBL_ERROR_INIT;
    const hbl_fit_options options = {.directory = fixture.run, .overwrite = true, .stop = &stop};
    stop = 0;
    fixture.spec->hb.seed = 7;
    assert_int_equal(hbl_fit(fixture.spec, fixture.model, &options, &error), HBL_OK);
    assert_int_equal(rename(name[1], name[0]), 0);
    expect_refused(fixture.run, 70, "checkpoint: of a run of another model");
    expect_refused(fixture.folder, 0, "holds no run of hblogit");
}

static void test_little_space(void **state)
{
    hbl_error error = HBL_ERROR_INIT;

    (void)state;
    noticed[0] = '\0';
    fixture.spec->hb.draws = 1000000000;
    fixture.spec->hb.save_persons = true;
    assert_int_equal(run_into(fixture.run, 1, 1, &error), HBL_ERR_INTERRUPTED);
    assert_non_null(strstr(noticed, "the run will need about"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_states),       TEST(test_other_state),   TEST(test_two_are_kept),
        TEST(test_damage),       TEST(test_foreign),       TEST(test_failed_write),
        TEST(test_interrupted),  TEST(test_extended),      TEST(test_damaged_newest),
        TEST(test_all_damaged),  TEST(test_changed_draws), TEST(test_started_over),
        TEST(test_full_disk),    TEST(test_other_data),    TEST(test_other_run),
        TEST(test_little_space),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
