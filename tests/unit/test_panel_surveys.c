/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Panels of real surveys, which lie beside the project and not in it: skipped where they are absent
 * (exit 77). The counts and sums were taken with Python's csv module.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "hblogit/data.h"

typedef struct {
    const char *file, *person, *task, *alternative, *choice;
    size_t n_persons, n_tasks, n_rows, n_alternatives;
    size_t fewest_tasks, most_tasks;               /* of a person */
    size_t fewest_alternatives, most_alternatives; /* of a task */
    size_t chosen[8];       /* tasks in which the k-th alternative is chosen */
    const char *column;     /* a column of numbers */
    double sum, sum_chosen; /* of that column over all rows, and over the chosen */
} survey;

static char *word(const char *text)
{
    char *changeable;
    memcpy(&changeable, &text, sizeof text);
    return changeable;
}

static void assert_range(const size_t *start, size_t n, size_t least, size_t most)
{
    size_t min = SIZE_MAX, max = 0;

    for (size_t i = 0; i < n; i++) {
        const size_t size = start[i + 1] - start[i];
        min = size < min ? size : min;
        max = size > max ? size : max;
    }
    assert_int_equal(min, least);
    assert_int_equal(max, most);
}

static void assert_sums(const survey *s, const hbl_table *table, const hbl_panel *panel)
{
    const hbl_column *column = hbl_table_column(table, s->column);
    double sum = 0, sum_chosen = 0;
    size_t chosen[8] = {0};

    assert_non_null(column);
    assert_int_equal(column->type, HBL_COLUMN_NUMBER);
    for (size_t i = 0; i < panel->n_rows; i++)
        sum += column->number[panel->row_source[i]];
    for (size_t t = 0; t < panel->n_tasks; t++) {
        sum_chosen += column->number[panel->row_source[panel->task_chosen[t]]];
        chosen[panel->row_alternative[panel->task_chosen[t]]]++;
    }
    assert_true(sum - s->sum < 1e-6 && s->sum - sum < 1e-6);
    assert_true(sum_chosen - s->sum_chosen < 1e-6 && s->sum_chosen - sum_chosen < 1e-6);
    for (size_t k = 0; k < s->n_alternatives; k++)
        assert_int_equal(chosen[k], s->chosen[k]);
}

static void check_survey(const survey *s)
{
    const hbl_data_spec spec = {
        .shape = word("long"),
        .person = word(s->person),
        .task = word(s->task),
        .alternative = word(s->alternative),
        .choice = word(s->choice),
    };
    hbl_error error = HBL_ERROR_INIT;
    hbl_table *table = NULL;
    hbl_panel *panel = NULL;

    if (hbl_table_read(s->file, NULL, &table, &error) ||
        hbl_panel_build(table, &spec, &panel, NULL, &error))
        fail_msg("%s", error.message);
    assert_int_equal(panel->n_persons, s->n_persons);
    assert_int_equal(panel->n_tasks, s->n_tasks);
    assert_int_equal(panel->n_rows, s->n_rows);
    assert_int_equal(panel->n_alternatives, s->n_alternatives);
    assert_range(panel->person_task, panel->n_persons, s->fewest_tasks, s->most_tasks);
    assert_range(panel->task_row, panel->n_tasks, s->fewest_alternatives, s->most_alternatives);
    assert_sums(s, table, panel);
    hbl_panel_free(panel);
    hbl_table_free(table);
}

static const survey surveys[] = {
    {"../shared/data/electricity.csv",
     "id",
     "obsID",
     "alt",
     "choice",
     361,
     4308,
     17232,
     4,
     8,
     12,
     4,
     4,
     {978, 1137, 1026, 1167},
     "pf",
     68384.0,
     20956.0},
    {"../shared/data/camera.csv",
     "id",
     "task",
     "alt",
     "choice",
     332,
     5312,
     26560,
     5,
     16,
     16,
     5,
     5,
     {1100, 936, 1035, 898, 1343},
     "price",
     38415.92000001444,
     5011.509999999874},
    {"../shared/data/mode_canada.csv",
     NULL,
     "case",
     "alt",
     "choice",
     4324,
     4324,
     15520,
     4,
     1,
     1,
     2,
     4,
     {623, 2213, 16, 1472},
     "ivt",
     2874919.0,
     588232.0},
    {"../shared/data/yogurt.csv",
     "id",
     "obsID",
     "alt",
     "choice",
     100,
     2412,
     9648,
     4,
     4,
     185,
     4,
     4,
     {970, 71, 553, 818},
     "price",
     77564.20107661912,
     20489.80025032029},
    {"../shared/data/cars_us.csv",
     "id",
     "obsnum",
     NULL,
     "choice",
     384,
     5760,
     17280,
     3,
     15,
     15,
     3,
     3,
     {1977, 1930, 1853},
     "price",
     476823.0,
     130124.0},
    {"../shared/data/artificial.csv",
     NULL,
     "id",
     "alt",
     "choice",
     4000,
     4000,
     12000,
     3,
     1,
     1,
     3,
     3,
     {237, 3001, 762},
     "price",
     47975.48999999983,
     14724.244999999999},
};

static void test_surveys(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof surveys / sizeof *surveys; i++)
        check_survey(&surveys[i]);
}

/* ---- mlogit's six ways to index ModeCanada, cases with four alternatives only ---- */

static hbl_data *read_data(const hbl_data_spec *spec)
{
    static const char *const names[] = {"cost", "ivt"};
    const hbl_data_needs needs = {.n_columns = 2, .column = names};
    hbl_error error = HBL_ERROR_INIT;
    hbl_data *data = NULL;

    if (hbl_data_read(spec, &needs, &data, &error))
        fail_msg("%s", error.message);
    return data;
}

static void assert_same_panel(const hbl_panel *a, const hbl_panel *b)
{
    assert_int_equal(a->n_persons, b->n_persons);
    assert_int_equal(a->n_tasks, b->n_tasks);
    assert_int_equal(a->n_rows, b->n_rows);
    assert_int_equal(a->n_alternatives, b->n_alternatives);
    for (size_t j = 0; j < a->n_alternatives; j++)
        assert_string_equal(a->alternative_label[j], b->alternative_label[j]);
    assert_memory_equal(a->person_task, b->person_task, (a->n_persons + 1) * sizeof(size_t));
    assert_memory_equal(a->task_row, b->task_row, (a->n_tasks + 1) * sizeof(size_t));
    assert_memory_equal(a->task_chosen, b->task_chosen, a->n_tasks * sizeof(size_t));
    assert_memory_equal(a->row_alternative, b->row_alternative, a->n_rows * sizeof(int32_t));
}

static void test_six_ways(void **unused)
{
    char *const modes[] = {word("train"), word("air"), word("bus"), word("car")};
    hbl_data_spec spec = {
        .file = word("../shared/data/mode_canada.csv"),
        .choice = word("choice"),
        .filter = word("noalt == 4"),
    };
    struct {
        const char *task, *alternative;
        bool named;
    } ways[] = {{NULL, NULL, true},     {NULL, "alt", false}, {"case", NULL, true},
                {"case", "alt", false}, {NULL, NULL, false},  {"case", "alt", true}};
    hbl_data *first = NULL;
    (void)unused;

    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        hbl_data *data;
        spec.task = word(ways[i].task);
        spec.alternative = word(ways[i].alternative);
        /* in the order of the file's rows */
        spec.alternatives = (char *[]){modes[0], modes[1], modes[2], modes[3]};
        spec.n_alternatives = ways[i].named ? 4 : 0;
        data = read_data(&spec);
        assert_int_equal(data->panel->n_tasks, 2779);
        assert_int_equal(data->panel->n_rows, 11116);
        assert_int_equal(data->account.rows_read, 15520);
        assert_int_equal(data->account.rows_filtered, 15520 - 11116);
        if (!first)
            first = data;
        assert_same_panel(first->panel, data->panel);
        assert_memory_equal(first->panel->row_source, data->panel->row_source,
                            11116 * sizeof(size_t));
        if (data != first)
            hbl_data_free(data);
    }
    hbl_data_free(first);
}

/* ---- the same survey long and wide ---- */

static void test_long_and_wide(void **unused)
{
    static const char *const attributes[] = {"pf", "cl", "loc", "wk", "tod", "seas"};
    const hbl_data_needs needs = {.n_columns = 6, .column = attributes};
    hbl_data_spec spec = {.file = word("../shared/data/electricity.csv"),
                          .person = word("id"),
                          .task = word("obsID"),
                          .alternative = word("alt"),
                          .choice = word("choice")};
    hbl_error error = HBL_ERROR_INIT;
    hbl_data *a = NULL, *b = NULL;
    (void)unused;

    if (hbl_data_read(&spec, &needs, &a, &error))
        fail_msg("%s", error.message);
    spec.file = word("../shared/data/electricity_wide.csv");
    spec.shape = word("wide");
    spec.separator = word("");
    spec.task = spec.alternative = NULL;
    if (hbl_data_read(&spec, &needs, &b, &error))
        fail_msg("%s", error.message);
    assert_same_panel(a->panel, b->panel);
    assert_int_equal(a->panel->n_rows, 17232);
    for (size_t n = 0; n < a->panel->n_persons; n++)
        assert_string_equal(a->panel->person_label[n], b->panel->person_label[n]);
    for (size_t k = 0; k < 6; k++) {
        const hbl_column *x = hbl_table_column(a->table, attributes[k]);
        const hbl_column *y = hbl_table_column(b->table, attributes[k]);
        assert_non_null(y);
        for (size_t i = 0; i < a->panel->n_rows; i++)
            assert_true(x->number[a->panel->row_source[i]] == y->number[b->panel->row_source[i]]);
    }
    hbl_data_free(a);
    hbl_data_free(b);
}

/* The other wide surveys: counts of choices as Python's csv module finds them. */
static void test_wide(void **unused)
{
    static const struct {
        const char *file, *choice, *separator, *person;
        size_t n_persons, n_tasks, n_alternatives;
        const char *alternative[7];
        size_t chosen[7];
    } wide[] = {
        {"../shared/data/fishing.csv",
         "mode",
         NULL,
         NULL,
         1182,
         1182,
         4,
         {"beach", "pier", "boat", "charter"},
         {134, 178, 418, 452}},
        {"../shared/data/heating.csv",
         "depvar",
         NULL,
         NULL,
         900,
         900,
         5,
         {"gc", "gr", "ec", "er", "hp"},
         {573, 129, 64, 84, 50}},
        {"../shared/data/hc.csv",
         "depvar",
         NULL,
         NULL,
         250,
         250,
         7,
         {"gcc", "ecc", "erc", "hpc", "gc", "ec", "er"},
         {186, 4, 1, 26, 24, 1, 8}},
        {"../shared/data/train.csv", "choice", "_", "id", 235, 2929, 2, {"A", "B"}, {1474, 1455}},
    };
    (void)unused;

    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++) {
        const hbl_data_spec spec = {.file = word(wide[i].file),
                                    .shape = word("wide"),
                                    .choice = word(wide[i].choice),
                                    .separator = word(wide[i].separator),
                                    .person = word(wide[i].person)};
        hbl_error error = HBL_ERROR_INIT;
        hbl_data *data = NULL;
        size_t chosen[7] = {0};

        if (hbl_data_read(&spec, NULL, &data, &error))
            fail_msg("%s", error.message);
        assert_int_equal(data->panel->n_persons, wide[i].n_persons);
        assert_int_equal(data->panel->n_tasks, wide[i].n_tasks);
        assert_int_equal(data->panel->n_alternatives, wide[i].n_alternatives);
        for (size_t t = 0; t < data->panel->n_tasks; t++)
            chosen[data->panel->row_alternative[data->panel->task_chosen[t]]]++;
        for (size_t j = 0; j < wide[i].n_alternatives; j++) {
            assert_string_equal(data->panel->alternative_label[j], wide[i].alternative[j]);
            assert_int_equal(chosen[j], wide[i].chosen[j]);
        }
        hbl_data_free(data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_surveys),
        cmocka_unit_test(test_six_ways),
        cmocka_unit_test(test_long_and_wide),
        cmocka_unit_test(test_wide),
    };

    for (size_t i = 0; i < sizeof surveys / sizeof *surveys; i++) {
        FILE *file = fopen(surveys[i].file, "rb");
        if (!file) {
            printf("skipped: %s is not there\n", surveys[i].file);
            return 77;
        }
        fclose(file);
    }
    return cmocka_run_group_tests_name("panel of surveys", tests, NULL, NULL);
}
