/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Panels from long tables.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdint.h>

#include "hblogit/data.h"
#include "unit/scratch.h"

static hbl_table *read_table(const char *text)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_table *table = NULL;

    scratch_write(text, strlen(text));
    if (hbl_table_read("t.csv", NULL, &table, &error))
        fail_msg("%s", error.message);
    return table;
}

/* A model file's strings, which the library does not change. */
static char *word(const char *text)
{
    char *changeable;
    memcpy(&changeable, &text, sizeof text);
    return changeable;
}

static hbl_data_spec make_spec(const char *person, const char *alternative)
{
    const hbl_data_spec spec = {
        .file = word("t.csv"),
        .shape = word("long"),
        .person = word(person),
        .task = word("task"),
        .alternative = word(alternative),
        .choice = word("choice"),
    };
    return spec;
}

static hbl_panel *build_panel(const char *text, const hbl_data_spec *spec)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_table *table = read_table(text);
    hbl_panel *panel = NULL;

    if (hbl_panel_build(table, spec, &panel, NULL, &error))
        fail_msg("%s", error.message);
    hbl_table_free(table);
    return panel;
}

static void assert_sizes(const size_t *x, const size_t *expected, size_t n)
{
    for (size_t i = 0; i < n; i++)
        assert_int_equal(x[i], expected[i]);
}

static void assert_labels(char *const *label, const char *const *expected, size_t n)
{
    for (size_t i = 0; i < n; i++)
        assert_string_equal(label[i], expected[i]);
}

/* Persons, tasks of the same number, ragged tasks and alternatives, and rows all mixed up. */
static void test_grouping(void **unused)
{
    const hbl_data_spec spec = make_spec("person", "alt");
    hbl_panel *panel = build_panel("person,task,alt,choice\n"
                                   "7,2,bus,0\n"   /* row 0 */
                                   "7,2,car,1\n"   /* row 1 */
                                   "bob,2,car,1\n" /* row 2 */
                                   "7,1,car,0\n"   /* row 3 */
                                   "bob,2,bus,0\n" /* row 4 */
                                   "7,1,train,1\n" /* row 5 */
                                   "7,1,bus,0\n"   /* row 6 */
                                   "7,2,walk,0\n"  /* row 7 */
                                   "07,2,car,0\n"  /* row 8 */
                                   "07,2,bus,1\n", /* row 9 */
                                   &spec);
    (void)unused;

    assert_int_equal(panel->n_persons, 3);
    assert_int_equal(panel->n_tasks, 4);
    assert_int_equal(panel->n_rows, 10);
    assert_int_equal(panel->n_alternatives, 4);
    assert_int_equal(panel->reference, 0);
    assert_labels(panel->person_label, (const char *const[]){"7", "bob", "07"}, 3);
    assert_labels(panel->task_label, (const char *const[]){"2", "1", "2", "2"}, 4);
    assert_labels(panel->alternative_label, (const char *const[]){"bus", "car", "train", "walk"},
                  4);
    assert_sizes(panel->person_task, (const size_t[]){0, 2, 3, 4}, 4);
    assert_sizes(panel->task_row, (const size_t[]){0, 3, 6, 8, 10}, 5);
    assert_sizes(panel->row_source, (const size_t[]){0, 1, 7, 3, 5, 6, 2, 4, 8, 9}, 10);
    assert_sizes(panel->task_chosen, (const size_t[]){1, 4, 6, 9}, 4);
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(panel->row_alternative[i],
                         ((const int32_t[]){0, 1, 3, 1, 2, 0, 1, 0, 1, 0})[i]);
    hbl_panel_free(panel);
}

static void test_without_persons(void **unused)
{
    const hbl_data_spec spec = make_spec(NULL, "alt");
    hbl_panel *panel = build_panel("task,alt,choice\n"
                                   "10,2,0\n10,1,1\n"
                                   "0.5,1,0\n0.5,2,1\n"
                                   "-0,1,1\n0,2,0\n", /* minus 0 is 0 */
                                   &spec);
    (void)unused;

    assert_int_equal(panel->n_persons, 3);
    assert_int_equal(panel->n_tasks, 3);
    assert_labels(panel->person_label, (const char *const[]){"10", "0.5", "0"}, 3);
    assert_labels(panel->task_label, (const char *const[]){"10", "0.5", "0"}, 3);
    assert_labels(panel->alternative_label, (const char *const[]){"2", "1"}, 2);
    assert_sizes(panel->person_task, (const size_t[]){0, 1, 2, 3}, 4);
    assert_sizes(panel->task_chosen, (const size_t[]){1, 3, 4}, 3);
    hbl_panel_free(panel);
}

static void test_without_alternatives(void **unused)
{
    hbl_data_spec spec = make_spec("person", NULL);
    hbl_panel *panel;
    (void)unused;

    spec.reference = word("3");
    panel = build_panel("person,task,choice\n"
                        "1,1,0\n1,1,1\n1,2,0\n1,2,0\n1,2,1\n2,1,1\n2,1,0\n",
                        &spec);
    assert_int_equal(panel->n_alternatives, 3);
    assert_labels(panel->alternative_label, (const char *const[]){"1", "2", "3"}, 3);
    assert_int_equal(panel->reference, 2);
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(panel->row_alternative[i], ((const int32_t[]){0, 1, 0, 1, 2, 0, 1})[i]);
    assert_sizes(panel->task_chosen, (const size_t[]){1, 4, 5}, 3);
    hbl_panel_free(panel);
}

static void test_choice_spellings(void **unused)
{
    static const char *const spelling[][2] = {
        {"0", "1"},        {"0.0", "1.0"}, {"FALSE", "TRUE"}, {"false", "true"},
        {"False", "True"}, {"F", "T"},     {"0", "TRUE"},     {"\"0\"", "\"1\""},
    };
    const hbl_data_spec spec = make_spec("person", "alt");
    (void)unused;

    for (size_t i = 0; i < sizeof spelling / sizeof *spelling; i++) {
        const char *no = spelling[i][0], *yes = spelling[i][1];
        char text[200];
        hbl_panel *panel;

        snprintf(text, sizeof text, "person,task,alt,choice\n1,1,a,%s\n1,1,b,%s\n1,1,c,%s\n", no,
                 yes, no);
        panel = build_panel(text, &spec);
        assert_int_equal(panel->task_chosen[0], 1);
        hbl_panel_free(panel);
    }
}

static void test_reference(void **unused)
{
    hbl_data_spec spec = make_spec("person", "alt");
    hbl_panel *panel;
    (void)unused;

    spec.reference = word("car");
    panel = build_panel("person,task,alt,choice\n1,1,bus,0\n1,1,car,1\n", &spec);
    assert_int_equal(panel->reference, 1);
    hbl_panel_free(panel);
}

/* Many persons whose numbers a poor hash would send to the same place. */
static void test_many_persons(void **unused)
{
    enum { PERSONS = 5000 };
    const hbl_data_spec spec = make_spec("person", "alt");
    char *text = malloc((size_t)PERSONS * 4 * 40), *end = text;
    hbl_panel *panel;
    (void)unused;

    assert_non_null(text);
    end += sprintf(end, "person,task,alt,choice\n");
    for (int round = 0; round < 2; round++) /* each task's rows lie far apart */
        for (int n = 0; n < PERSONS; n++)
            for (int t = 0; t < 2; t++)
                end += sprintf(end, "%d,%d,%d,%d\n", n * 1024, t, round, round);
    panel = build_panel(text, &spec);
    free(text);
    assert_int_equal(panel->n_persons, PERSONS);
    assert_int_equal(panel->n_tasks, 2 * PERSONS);
    for (size_t t = 0; t < panel->n_tasks; t++) {
        assert_int_equal(panel->row_source[2 * t], t);
        assert_int_equal(panel->row_source[2 * t + 1], 2 * PERSONS + t);
        assert_int_equal(panel->task_chosen[t], 2 * t + 1);
    }
    hbl_panel_free(panel);
}

/* ---- what is refused ---- */

static void assert_refused(const char *text, const hbl_data_spec *spec, const char *message)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_table *table = read_table(text);
    hbl_panel *panel = (hbl_panel *)&error;

    assert_int_equal(hbl_panel_build(table, spec, &panel, NULL, &error), HBL_ERR_INPUT);
    assert_null(panel);
    assert_string_equal(error.message, message);
    assert_int_equal(hbl_panel_build(table, spec, &panel, NULL, NULL), HBL_ERR_INPUT);
    hbl_table_free(table);
}

static const char good[] = "person,task,alt,choice\n1,1,bus,0\n1,1,car,1\n";

static void test_columns(void **unused)
{
    hbl_data_spec spec = make_spec("persn", "alt");
    (void)unused;

    assert_refused(good, &spec,
                   "t.csv:1: no column \"persn\" (data.person); did you mean \"person\"?");
    spec = make_spec("household", "alt");
    assert_refused(good, &spec,
                   "t.csv:1: no column \"household\" (data.person); there are: person, task, alt, "
                   "choice");
    spec = make_spec("person", "Alt");
    assert_refused(good, &spec,
                   "t.csv:1: no column \"Alt\" (data.alternative); did you mean \"alt\"?");
    spec = make_spec("person", "alt");
    spec.task = word("tasks");
    assert_refused(good, &spec, "t.csv:1: no column \"tasks\" (data.task); did you mean \"task\"?");
    spec = make_spec("person", "alt");
    spec.choice = word("chioce");
    assert_refused(good, &spec,
                   "t.csv:1: no column \"chioce\" (data.choice); did you mean \"choice\"?");
}

static void test_unnamed_columns(void **unused)
{
    hbl_data_spec spec = make_spec("person", "alt");
    (void)unused;

    spec.choice = NULL;
    assert_refused(good, &spec,
                   "data.choice is missing: the name of the column that is 1 where an alternative "
                   "is chosen and 0 elsewhere, or that names the one chosen");
    spec = make_spec("person", "alt");
    spec.shape = word("wide");
    assert_refused(good, &spec,
                   "data.shape is \"wide\"; a table in memory must be long, or be handed to "
                   "hbl_data_from_table");
}

static void test_long_list_of_columns(void **unused)
{
    const hbl_data_spec spec = make_spec("household", "alt");
    hbl_error error = HBL_ERROR_INIT;
    char text[4000], *end = text;
    hbl_table *table;
    hbl_panel *panel;
    (void)unused;

    for (int j = 0; j < 200; j++)
        end += sprintf(end, "%scolumn%d", j ? "," : "", j);
    end += sprintf(end, "\n");
    for (int j = 1; j < 200; j++)
        end += sprintf(end, ",");
    sprintf(end, "\n");
    table = read_table(text);
    assert_int_equal(hbl_panel_build(table, &spec, &panel, NULL, &error), HBL_ERR_INPUT);
    assert_true(strlen(error.message) < 500);
    assert_string_equal(error.message + strlen(error.message) - 5, ", ...");
    hbl_table_free(table);
}

static void test_missing_cells(void **unused)
{
    const hbl_data_spec spec = make_spec("person", "alt");
    (void)unused;

    assert_refused("person,task,alt,choice\n1,1,bus,0\n,1,car,1\n", &spec,
                   "t.csv:3: the person is missing (column \"person\"); every row needs one");
    assert_refused("person,task,alt,choice\n1,NA,bus,0\n1,1,car,1\n", &spec,
                   "t.csv:2: the task is missing (column \"task\"); every row needs one");
    assert_refused("person,task,alt,choice\n1,1,.,0\n1,1,car,1\n", &spec,
                   "t.csv:2: the alternative is missing (column \"alt\"); every row needs one");
    assert_refused("person,task,alt,choice\n1,1,bus,0\n1,1,car,\n", &spec,
                   "t.csv:3: the choice is missing (column \"choice\"); data.missing can be "
                   "\"drop-task\" or \"drop-person\"");
    assert_refused("person,task,alt,choice\n1,1,bus,FALSE\n1,1,car,NA\n", &spec,
                   "t.csv:3: the choice is missing (column \"choice\"); data.missing can be "
                   "\"drop-task\" or \"drop-person\"");
}

static void test_bad_choices(void **unused)
{
    static const char *const bad[][2] = {
        {"1,1,bus,3\n1,1,car,1\n", "t.csv:2: choice (column \"choice\") is \"3\""},
        {"1,1,bus,0\n\n1,1,car,yes\n", "t.csv:4: choice (column \"choice\") is \"yes\""},
        {"1,1,bus,0.5\n1,1,car,1\n", "t.csv:2: choice (column \"choice\") is \"0.5\""},
        {"1,1,bus,0\n1,1,car,2\n", "t.csv:3: choice (column \"choice\") is \"2\""},
    };
    const hbl_data_spec spec = make_spec("person", "alt");
    (void)unused;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[200], message[400];
        snprintf(text, sizeof text, "person,task,alt,choice\n%s", bad[i][0]);
        snprintf(message, sizeof message,
                 "%s; it must be 1 or TRUE where the alternative is chosen, 0 or FALSE elsewhere, "
                 "or on every row of a task the name of the one chosen (bus, car)",
                 bad[i][1]);
        assert_refused(text, &spec, message);
    }
    assert_refused("person,task,alt,choice\n1,1,bus,2\n1,1,car,1\n", &spec,
                   "t.csv:3: person 1, task 1 chose car on line 2 and bus here; its rows must "
                   "agree, or hold 1 where the alternative is chosen and 0 elsewhere");
    assert_refused("person,task,alt,choice\n1,1,bus,car\n1,1,car,car\n1,2,car,cra\n1,2,bus,car\n",
                   &spec,
                   "t.csv:4: choice (column \"choice\") is \"cra\", which is no alternative; there "
                   "are: bus, car");
}

static void test_bad_tasks(void **unused)
{
    static const struct {
        const char *text, *message;
    } bad[] = {
        {"p1,1,bus,0\np1,1,car,1\np1,2,car,0\np1,2,bus,0\n",
         "t.csv:4: person p1, task 2 has no alternative chosen; it must be one"},
        {"p1,1,bus,0\np1,1,car,1\np1,2,car,1\np2,2,bus,0\np1,2,bus,1\n",
         "t.csv:6: person p1, task 2 has two alternatives chosen; it must be one"},
        {"p1,1,bus,0\np1,1,car,1\np2,1.5,bus,1\n",
         "t.csv:4: person p2, task 1.5 offers one alternative only; a choice needs two"},
        {"p1,1,bus,0\np1,1,car,1\np1,1,bus,0\n",
         "t.csv:4: person p1, task 1 offers alternative bus twice; each has one row"},
    };
    const hbl_data_spec spec = make_spec("person", "alt");
    (void)unused;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[300];
        snprintf(text, sizeof text, "person,task,alt,choice\n%s", bad[i].text);
        assert_refused(text, &spec, bad[i].message);
    }
}

static void test_bad_tasks_without_persons(void **unused)
{
    hbl_data_spec spec = make_spec(NULL, "alt");
    (void)unused;

    assert_refused("task,alt,choice\n1,a,1\n1,b,0\n1,a,0\n1,b,1\n", &spec,
                   "t.csv:4: task 1 offers alternative a twice; each has one row (where tasks are "
                   "numbered anew for "
                   "each person, data.person must name the column of persons)");
    assert_refused("task,alt,choice\n1,a,0\n1,b,0\n", &spec,
                   "t.csv:2: task 1 has no alternative chosen; it must be one");
    spec = make_spec(NULL, NULL);
    assert_refused("task,choice\n1,1\n1,0\n1,0\n1,1\n", &spec,
                   "t.csv:5: task 1 has two alternatives chosen; it must be one (where tasks are "
                   "numbered anew for each person, data.person must name the column of persons)");
}

static void test_bad_reference(void **unused)
{
    hbl_data_spec spec = make_spec("person", "alt");
    (void)unused;

    spec.reference = word("cars");
    assert_refused(good, &spec,
                   "data.reference: no alternative \"cars\" in t.csv; did you mean \"car\"?");
    spec.reference = word("aeroplane");
    assert_refused(good, &spec,
                   "data.reference: no alternative \"aeroplane\" in t.csv; there are: bus, car");
}

static void test_freeing_nothing(void **unused)
{
    hbl_panel *empty = calloc(1, sizeof *empty);
    (void)unused;

    hbl_panel_free(NULL);
    hbl_panel_free(empty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grouping),
        cmocka_unit_test(test_without_persons),
        cmocka_unit_test(test_without_alternatives),
        cmocka_unit_test(test_choice_spellings),
        cmocka_unit_test(test_reference),
        cmocka_unit_test(test_many_persons),
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_unnamed_columns),
        cmocka_unit_test(test_long_list_of_columns),
        cmocka_unit_test(test_missing_cells),
        cmocka_unit_test(test_bad_choices),
        cmocka_unit_test(test_bad_tasks),
        cmocka_unit_test(test_bad_tasks_without_persons),
        cmocka_unit_test(test_bad_reference),
        cmocka_unit_test(test_freeing_nothing),
    };
    return cmocka_run_group_tests_name("panel", tests, scratch_enter, scratch_leave);
}
