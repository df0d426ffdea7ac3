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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_surveys)};

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
