/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From files to panel: each clause of "data" on a table small enough to see what must come out. A
 * panel is written as "person:task alternative=value alternative=value* ...", * the one chosen.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "data/persons.h"
#include "hblogit/data.h"
#include "unit/scratch_files.h"

#include <string.h>

static char *word(const char *text)
{
    char *changeable;
    memcpy(&changeable, &text, sizeof text);
    return changeable;
}

static hbl_data *load(const char *csv, const hbl_data_spec *spec, const char *column,
                      hbl_error *error)
{
    const hbl_data_needs needs = {.n_columns = column ? 1 : 0, .column = &column};
    hbl_data *data = NULL;

    scratch_write("t.csv", csv);
    hbl_data_read(spec, &needs, &data, error);
    return data;
}

/* column: of numbers, whose values are shown; NULL: none. */
static void show(const hbl_data *data, const char *column, char *text)
{
    const hbl_panel *p = data->panel;
    const hbl_column *x = column ? hbl_table_column(data->table, column) : NULL;

    *text = '\0';
    for (size_t n = 0; n < p->n_persons; n++)
        for (size_t t = p->person_task[n]; t < p->person_task[n + 1]; t++) {
            text += sprintf(text, "%s%s:%s", t ? " " : "", p->person_label[n], p->task_label[t]);
            for (size_t i = p->task_row[t]; i < p->task_row[t + 1]; i++) {
                text += sprintf(text, " %s", p->alternative_label[p->row_alternative[i]]);
                if (x)
                    text += sprintf(text, "=%g", x->number[p->row_source[i]]);
                text += sprintf(text, "%s", p->task_chosen[t] == i ? "*" : "");
            }
        }
}

static void assert_panel(const char *csv, const hbl_data_spec *spec, const char *column,
                         const char *expected)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_data *data = load(csv, spec, column, &error);
    char text[4000];

    if (!data)
        fail_msg("%s", error.message);
    show(data, column, text);
    assert_string_equal(text, expected);
    hbl_data_free(data);
}

static void assert_refused(const char *csv, const hbl_data_spec *spec, const char *column,
                           const char *message)
{
    hbl_error error = HBL_ERROR_INIT;

    assert_null(load(csv, spec, column, &error));
    assert_int_equal(error.status, HBL_ERR_INPUT);
    assert_string_equal(error.message, message);
}

static hbl_data_spec long_spec(void)
{
    return (hbl_data_spec){.file = word("t.csv"),
                           .person = word("id"),
                           .task = word("t"),
                           .alternative = word("alt"),
                           .choice = word("y")};
}

static hbl_data_spec wide_spec(void)
{
    return (hbl_data_spec){
        .file = word("t.csv"), .shape = word("wide"), .person = word("id"), .choice = word("y")};
}

/* ---- derived columns, filter ---- */

static const char two_tasks[] = "id,t,alt,y,x,z\n1,1,bus,0,1,5\n1,1,car,1,2,6\n"
                                "2,1,bus,1,3,7\n2,1,car,0,4,8\n";

static void test_derived(void **unused)
{
    hbl_derived_spec derived[] = {{word("w"), word("x + 10 * z")},
                                  {word("x"), word("w - 1")},
                                  {word("x"), word("alt == 'car' ? -x : x")}};
    hbl_data_spec spec = long_spec();
    (void)unused;

    spec.derived = derived;
    spec.n_derived = 3;
    assert_panel(two_tasks, &spec, "x", "1:1 bus=50 car=-61* 2:1 bus=72* car=-83");
    assert_panel(two_tasks, &spec, "w", "1:1 bus=51 car=62* 2:1 bus=73* car=84");
    derived[1].expression = word("wx + 1");
    assert_refused(
        two_tasks, &spec, "x",
        "data.derived.x \"wx + 1\", character 1: no column \"wx\" in t.csv; did you mean "
        "\"x\"?");
    derived[1].expression = word("log(x - 3)");
    derived[2].expression = word("x");
    assert_refused(
        two_tasks, &spec, "x",
        "t.csv:2: column \"x\" is missing or not finite (data.derived) here; data.missing "
        "can be \"drop-task\" or \"drop-person\"");
}

static void test_filter(void **unused)
{
    static const char csv[] = "id,t,alt,y,x\n1,1,bus,0,1\n1,1,car,1,2\n1,2,bus,0,NA\n1,2,car,1,4\n"
                              "1,,bus,,-1\n";
    hbl_data_spec spec = long_spec();
    hbl_error error = HBL_ERROR_INIT;
    (void)unused;

    spec.filter = word("x > 0");
    hbl_data *data = load(csv, &spec, "x", &error);
    assert_non_null(data);
    assert_int_equal(data->account.rows_read, 5);
    assert_int_equal(data->account.rows_filtered, 2);
    assert_int_equal(data->account.tasks_single, 1);
    hbl_data_free(data);
    assert_panel(csv, &spec, "x", "1:1 bus=1 car=2*");
    spec.filter = word("x > 9");
    assert_refused(
        csv, &spec, "x",
        "t.csv: data.filter \"x > 9\" leaves out every row; it must be true for the rows "
        "to keep");
    spec.filter = word("x >= 1 & !(alt == 'car' & x == 2)");
    assert_refused(
        "id,t,alt,y,x\n1,1,bus,0,1\n1,1,car,1,2\n1,1,rail,0,2\n", &spec, "x",
        "t.csv:2: person 1, task 1 has no alternative chosen; it must be one (the filter "
        "may have left it out)");
}

/* ---- indexes that are inferred ---- */

static void test_inferred(void **unused)
{
    char *modes[] = {word("bus"), word("car")};
    hbl_data_spec spec = long_spec();
    (void)unused;

    spec.task = NULL;
    assert_panel(two_tasks, &spec, "x", "1:1 bus=1 car=2* 2:2 bus=3* car=4");
    spec.alternative = NULL;
    spec.alternatives = modes;
    spec.n_alternatives = 2;
    assert_panel(two_tasks, &spec, "x", "1:1 bus=1 car=2* 2:2 bus=3* car=4");
    spec.person = NULL;
    assert_panel(two_tasks, &spec, "x", "1:1 bus=1 car=2* 2:2 bus=3* car=4");
    spec.n_alternatives = 0;
    assert_panel("t,alt,y\n7,bus,0\n7,car,1\n9,car,1\n9,bus,0\n", &spec, NULL,
                 "7:7 bus car* 9:9 car* bus");
    spec.person = word("id"); /* passed over */
    assert_panel("id,t,alt,y\n7,1,bus,0\n7,1,car,1\n", &spec, NULL, "7:1 bus car*");
    spec.alternative = word("alt");
    assert_refused("id,alt,y\n1,bus,0\n1,car,1\n1,bus,1\n", &spec, NULL,
                   "t.csv:4: the last task has 1 rows, and there are 2 alternatives; where tasks "
                   "offer different numbers of them, data.task must name the column of tasks");
    assert_refused("id,alt,y\n1,bus,0\n2,car,1\n", &spec, NULL,
                   "t.csv:3: another person within the task that begins on line 2, as every 2 rows "
                   "are taken for one; data.task must name the column of tasks");
    spec = long_spec();
    spec.alternative = NULL;
    spec.alternatives = modes;
    spec.n_alternatives = 2;
    assert_refused(
        "id,t,y\n1,1,0\n1,1,1\n1,2,0\n1,2,1\n1,2,0\n", &spec, NULL,
        "t.csv:4: person 1, task 2 has 3 rows, and data.alternatives lists 2; where tasks "
        "offer different ones, data.alternative must name the column of alternatives");
}

/* ---- choices ---- */

static void test_choices(void **unused)
{
    static const char *const csv[] = {
        "id,t,alt,y\n1,1,bus,car\n1,1,car,car\n2,1,bus,bus\n2,1,car,bus\n",
        "id,t,alt,y\n1,1,bus,2\n1,1,car,2\n2,1,bus,1\n2,1,car,1\n",
        "id,t,alt,y\n1,1,bus,FALSE\n1,1,car,TRUE\n2,1,bus,TRUE\n2,1,car,FALSE\n",
        "id,t,alt,y\n1,1,bus,0.0\n1,1,car,1.0\n2,1,bus,1.0\n2,1,car,0.0\n",
    };
    const hbl_data_spec spec = long_spec();
    (void)unused;

    for (size_t i = 0; i < sizeof csv / sizeof *csv; i++)
        assert_panel(csv[i], &spec, NULL, "1:1 bus car* 2:1 bus* car");
    assert_panel("id,t,alt,y\n1,1,20,10\n1,1,10,10\n", &spec, NULL, "1:1 20 10*");
    assert_refused("id,t,alt,y\n1,1,bus,rail\n1,1,car,rail\n2,1,bus,bus\n2,1,rail,bus\n", &spec,
                   NULL,
                   "t.csv:2: person 1, task 1 chose alternative rail, which it does not offer");
}

/* ---- alternatives, availability ---- */

static const char ragged[] = "id,t,alt,y,av,x\n"
                             "1,1,bus,0,1,1\n1,1,car,1,1,2\n1,1,rail,0,0,NA\n"
                             "1,2,bus,0,1,4\n1,2,car,0,1,5\n1,2,rail,1,1,6\n"
                             "2,1,bus,1,1,7\n2,1,rail,0,1,8\n";

static void test_alternatives(void **unused)
{
    char *modes[] = {word("rail"), word("bus")}, *bad[] = {word("bus"), word("rial")};
    hbl_data_spec spec = long_spec();
    hbl_error error = HBL_ERROR_INIT;
    (void)unused;

    spec.alternatives = modes;
    spec.n_alternatives = 2;
    hbl_data *data = load(ragged, &spec, NULL, &error);
    assert_non_null(data);
    assert_int_equal(data->account.tasks_chose_other, 1);
    assert_int_equal(data->account.rows_of_other_alternatives, 1);
    assert_string_equal(data->panel->alternative_label[0], "rail");
    assert_int_equal(data->panel->n_alternatives, 2);
    hbl_data_free(data);
    assert_panel(ragged, &spec, "x", "1:2 bus=4 rail=6* 2:1 bus=7* rail=8");
    spec.alternatives = bad;
    assert_refused(ragged, &spec, "x",
                   "data.alternatives: no alternative \"rial\" in t.csv; did you mean \"rail\"?");
    /* a number is no place among alternatives that are not all listed */
    spec.alternatives = modes;
    assert_refused(
        "id,t,alt,y\n1,1,bus,2\n1,1,car,2\n1,1,rail,2\n", &spec, NULL,
        "t.csv:2: choice (column \"y\") is \"2\"; it must be 1 or TRUE where the "
        "alternative is chosen, 0 or FALSE elsewhere, or on every row of a task the name "
        "of the one chosen (rail, bus, car)");
}

static void test_availability(void **unused)
{
    hbl_available_spec of[] = {{word("rail"), word("av")}};
    hbl_data_spec spec = long_spec();
    hbl_error error = HBL_ERROR_INIT;
    (void)unused;

    spec.available = word("av");
    assert_panel(ragged, &spec, "x", "1:1 bus=1 car=2* 1:2 bus=4 car=5 rail=6* 2:1 bus=7* rail=8");
    hbl_data *data = load(ragged, &spec, "x", &error);
    assert_int_equal(data->account.rows_not_offered, 1);
    hbl_data_free(data);
    spec.available = NULL;
    spec.available_of = of;
    spec.n_available = 1;
    assert_panel(ragged, &spec, "x", "1:1 bus=1 car=2* 1:2 bus=4 car=5 rail=6* 2:1 bus=7* rail=8");
    assert_refused("id,t,alt,y,av\n1,1,bus,0,1\n1,1,rail,1,0\n", &spec, NULL,
                   "t.csv:3: person 1, task 1 chose alternative rail, which is not available");
    assert_refused(
        "id,t,alt,y,av\n1,1,bus,1,1\n1,1,rail,0,2\n", &spec, NULL,
        "t.csv:3: column \"av\" (data.available) must be 1 or TRUE where the alternative "
        "is offered, 0 or FALSE elsewhere");
    of[0].alternative = word("tram");
    assert_refused(ragged, &spec, NULL,
                   "data.available: no alternative \"tram\" in t.csv; there are: bus, car, rail");
}

/* ---- wide tables ---- */

static void test_wide(void **unused)
{
    char *modes[] = {word("bus"), word("car")};
    char *times[] = {word("bus_tt"), word("car_tt")};
    hbl_varying_spec varying[] = {{word("x"), 0, NULL}, {word("time"), 2, times}};
    hbl_data_spec spec = wide_spec();
    (void)unused;

    /* by the separator, and by any other */
    assert_panel("id,y,x.bus,x.car,z\n1,car,1,2,9\n1,bus,3,4,8\n2,bus,5,6,7\n", &spec, "x",
                 "1:1 bus=1 car=2* 1:2 bus=3* car=4 2:3 bus=5* car=6");
    assert_panel("id,y,x.bus,x.car,z\n1,car,1,2,9\n1,bus,3,4,8\n", &spec, "z",
                 "1:1 bus=9 car=9* 1:2 bus=8* car=8");
    spec.separator = word("_");
    assert_panel("id,y,x_bus,x_car\n1,2,1,2\n1,1,3,4\n", &spec, "x",
                 "1:1 bus=1 car=2* 1:2 bus=3* car=4");
    spec.separator = word("");
    assert_panel("id,y,x1,x2,z\n1,2,1,2,0\n1,1,3,4,0\n", &spec, "x", "1:1 1=1 2=2* 1:2 1=3* 2=4");
    /* 0 and 1 are names here */
    assert_panel("id,y,x0,x1\n1,1,1,2\n1,0,3,4\n", &spec, "x", "1:1 0=1 1=2* 1:2 0=3* 1=4");
    /* listed columns and alternatives, the task's column */
    spec.separator = NULL;
    spec.varying = varying;
    spec.n_varying = 2;
    spec.alternatives = modes;
    spec.n_alternatives = 2;
    spec.task = word("t");
    assert_panel("id,t,y,car_tt,bus_tt,x.car,x.bus\n1,5,2,1,2,3,4\n1,6,1,3,4,5,6\n", &spec, "time",
                 "1:5 bus=2 car=1* 1:6 bus=4* car=3");
    assert_refused("id,t,y,car_tt,bus_t,x.car,x.bus\n1,5,2,1,2,3,4\n", &spec, "time",
                   "t.csv:1: no column \"bus_tt\" (data.varying); did you mean \"bus_t\"?");
    assert_refused("id,t,y,car_tt,bus_tt,x.car,x.bsu\n1,5,2,1,2,3,4\n", &spec, "x",
                   "t.csv:1: no column \"x.bus\", which attribute \"x\" needs for alternative "
                   "\"bus\" (data.varying); did you mean \"x.bsu\"?");
    assert_refused("id,t,y,car_tt,bus_tt,x.car,x.bus\n1,5,2,1,2,3,4\n1,5,2,1,2,3,4\n", &spec, "x",
                   "t.csv:3: person 1, task 5 offers alternative bus twice; each has one row");
    assert_refused(
        "id,t,y,car_tt,bus_tt,x.car,x.bus\n1,5,rail,1,2,3,4\n", &spec, "x",
        "t.csv:2: choice (column \"y\") is \"rail\", which is no alternative; there are: "
        "bus, car");
    spec = wide_spec();
    spec.separator = word(".");
    assert_refused(
        "id,y,x_bus,x_car\n1,2,1,2\n", &spec, "x",
        "t.csv:1: no two columns are named as one attribute of two alternatives, such as "
        "\"price.car\" and \"price.bus\"; data.separator, data.varying and "
        "data.alternatives can say which belong together");
}

/* The separator where none is named: the first of ".", "_" and "" that makes an attribute which is
 * wanted; names that split elsewhere do not mislead. */
static void test_separator(void **unused)
{
    static const struct {
        const char *csv, *separator;
    } files[] = {
        {"id,y,x.bus,x.car\n1,car,1,2\n", "."},
        {"id,y,x_bus,x_car\n1,car,1,2\n", "_"},
        {"id,y,town.code,town.size,x_bus,x_car\n1,car,1,2,1,2\n", "_"},
        {"id,y,x.bus,x.car,x_a,x_b\n1,car,1,2,3,4\n", "."},
        {"id,y,x1,x2\n1,2,1,2\n", ""},
        {"id,y,is_old,is_new,x1,x2\n1,2,0,1,1,2\n", ""},
    };
    hbl_data_spec spec = wide_spec();
    hbl_error error = HBL_ERROR_INIT;
    (void)unused;

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        hbl_data *data = load(files[i].csv, &spec, "x", &error);
        const hbl_column *x = data ? hbl_table_column(data->table, "x") : NULL;

        if (!x)
            fail_msg("%s", error.message);
        assert_string_equal(data->separator, files[i].separator);
        assert_true(x->number[0] == 1 && x->number[1] == 2);
        assert_int_equal(data->table->n_columns, 1); /* the others have served */
        hbl_data_free(data);
    }
    spec.separator = word("_");
    hbl_data *data = load(files[1].csv, &spec, "x", &error);
    assert_null(data->separator); /* given */
    hbl_data_free(data);
}

/* A column of choices for each alternative; availability; a subset; expressions over the long
 * table. */
static void test_wide_more(void **unused)
{
    char *modes[] = {word("car"), word("bus")};
    hbl_derived_spec derived = {word("x"), word("alt == 'car' ? 10 * x : x")};
    hbl_available_spec of = {word("rail"), word("av.rail")};
    hbl_data_spec spec = wide_spec();
    (void)unused;

    assert_panel("id,y.bus,y.car,x.bus,x.car\n1,0,1,1,2\n1,1,0,3,4\n", &spec, "x",
                 "1:1 bus=1 car=2* 1:2 bus=3* car=4");
    spec.available = word("av");
    spec.alternative = word("alt");
    spec.derived = &derived;
    spec.n_derived = 1;
    assert_panel("id,y,x.bus,x.car,x.rail,av.bus,av.car,av.rail\n"
                 "1,car,1,2,NA,1,1,0\n1,rail,3,4,5,1,0,1\n",
                 &spec, "x", "1:1 bus=1 car=20* 1:2 bus=3 rail=5*");
    spec.available = NULL;
    spec.available_of = &of;
    spec.n_available = 1;
    assert_panel("id,y,x.bus,x.car,x.rail,av.rail\n1,car,1,2,NA,0\n1,rail,3,4,5,1\n", &spec, "x",
                 "1:1 bus=1 car=20* 1:2 bus=3 car=40 rail=5*");
    spec.n_available = 0;
    spec.alternatives = modes;
    spec.n_alternatives = 2;
    assert_panel("id,y,x.bus,x.car,x.rail\n1,car,1,2,NA\n1,rail,3,4,5\n1,bus,6,7,8\n", &spec, "x",
                 "1:1 car=20* bus=1 1:3 car=70 bus=6*");
}

static void test_wide_texts(void **unused)
{
    const hbl_data_spec spec = wide_spec();
    hbl_error error = HBL_ERROR_INIT;
    static const char *const expected[] = {"red", "2", "2", "blue", NULL, "red"};
    hbl_data *data = load("id,y,x.a,x.b\n1,a,red,2\n1,b,2,blue\n1,b,,red\n", &spec, NULL, &error);
    (void)unused;

    hbl_data_free(data);
    data = NULL;
    assert_int_equal(hbl_data_read(&spec, NULL, &data, &error), 0);
    const hbl_column *x = hbl_table_column(data->table, "x");
    assert_int_equal(x->type, HBL_COLUMN_TEXT);
    assert_int_equal(x->n_labels, 3);
    for (size_t i = 0; i < 6; i++)
        if (expected[i])
            assert_string_equal(x->label[x->code[i]], expected[i]);
        else
            assert_int_equal(x->code[i], -1);
    assert_int_equal(data->table->line[5], 4);
    hbl_data_free(data);
}

/* ---- missing cells ---- */

static void test_missing(void **unused)
{
    static const char csv[] = "id,t,alt,y,x\n1,1,bus,0,1\n1,1,car,1,2\n1,2,bus,0,\n1,2,car,1,4\n"
                              "2,1,bus,1,5\n2,1,car,0,6\n3,1,bus,,5\n3,1,car,1,6\n";
    hbl_data_spec spec = long_spec();
    hbl_error error = HBL_ERROR_INIT;
    hbl_data *data;
    (void)unused;

    assert_refused(csv, &spec, "x",
                   "t.csv:4: column \"x\" is missing here; data.missing can be \"drop-task\" or "
                   "\"drop-person\"");
    spec.missing = HBL_MISSING_DROP_TASK;
    assert_panel(csv, &spec, "x", "1:1 bus=1 car=2* 2:1 bus=5* car=6");
    data = load(csv, &spec, "x", &error);
    assert_int_equal(data->account.tasks_missing, 2);
    assert_int_equal(data->account.persons_missing, 1);
    hbl_data_free(data);
    spec.missing = HBL_MISSING_DROP_PERSON;
    assert_panel(csv, &spec, "x", "2:1 bus=5* car=6");
    data = load(csv, &spec, "x", &error);
    assert_int_equal(data->account.tasks_missing, 3);
    assert_int_equal(data->account.persons_missing, 2);
    hbl_data_free(data);
    assert_refused("id,t,alt,y,x\n1,1,bus,0,\n1,1,car,1,2\n", &spec, "x",
                   "t.csv: no task is left: 0 chose an alternative that data.alternatives does not "
                   "list, 0 had one alternative left, 1 had missing cells");
}

/* ---- persons ---- */

static const char of_persons[] = "id,t,alt,y,age,w\n1,1,bus,0,30,2\n2,1,bus,1,40,0.5\n"
                                 "1,1,car,1,30,2\n2,1,car,0,40,0.5\n";

static void test_weights(void **unused)
{
    hbl_data_spec spec = long_spec();
    hbl_error error = HBL_ERROR_INIT;
    hbl_data *data;
    (void)unused;

    spec.weight = word("w");
    data = load(of_persons, &spec, NULL, &error);
    assert_non_null(data);
    assert_true(data->panel->weight[0] == 2 && data->panel->weight[1] == 0.5);
    hbl_data_free(data);
    spec.weight = word("y");
    assert_refused(
        of_persons, &spec, NULL,
        "t.csv:4: column \"y\" differs from line 2, though both are of person 1; it must "
        "be the same on all rows of a person");
    spec.weight = word("w");
    assert_refused(
        "id,t,alt,y,w\n1,1,bus,0,-1\n1,1,car,1,-1\n", &spec, NULL,
        "t.csv:2: the weight of person 1 (column \"w\") is -1; it must be a number above "
        "0");
    spec.weight = word("wt");
    assert_refused(of_persons, &spec, NULL,
                   "t.csv:1: no column \"wt\" (data.weight); did you mean \"t\"?");
}

/* From a table in memory as from its file. */
static void test_from_table(void **unused)
{
    const hbl_data_spec spec = wide_spec();
    hbl_error error = HBL_ERROR_INIT;
    hbl_table *table = NULL;
    hbl_data *data = NULL;
    char text[4000];
    (void)unused;

    scratch_write("t.csv", "id,y,x_bus,x_car\n1,car,1,2\n1,bus,3,4\n");
    assert_int_equal(hbl_table_read("t.csv", NULL, &table, &error), 0);
    assert_int_equal(hbl_data_from_table(&spec, NULL, table, &data, &error), 0);
    show(data, "x", text);
    assert_string_equal(text, "1:1 bus=1 car=2* 1:2 bus=3* car=4");
    hbl_data_free(data);
}

static void test_person_rows(void **unused)
{
    const hbl_data_spec spec = long_spec();
    hbl_error error = HBL_ERROR_INIT;
    hbl_data *data = load(of_persons, &spec, NULL, &error);
    const hbl_column *column;
    const size_t *row;
    (void)unused;

    hbl_data_free(data);
    assert_int_equal(hbl_data_read(&spec, NULL, &data, &error), 0);
    assert_int_equal(hbl_data_person_rows(data, "age", &column, &row, &error), 0);
    assert_true(column->number[row[0]] == 30 && column->number[row[1]] == 40);
    assert_int_equal(hbl_data_person_rows(data, "agge", &column, &row, &error), HBL_ERR_INPUT);
    assert_string_equal(error.message, "no column \"agge\" in t.csv; did you mean \"age\"?");
    error = (hbl_error)HBL_ERROR_INIT;
    assert_int_equal(hbl_data_person_rows(data, "alt", &column, &row, &error), HBL_ERR_INPUT);
    assert_string_equal(error.message,
                        "t.csv:4: column \"alt\" differs from line 2, though both are of person 1; "
                        "it must be the same on all rows of a person");
    hbl_data_free(data);
}

static void test_table_of_persons(void **unused)
{
    hbl_data_spec spec = long_spec();
    hbl_error error = HBL_ERROR_INIT;
    const hbl_column *column;
    const size_t *row;
    hbl_data *data;
    (void)unused;

    spec.persons = word("p.csv");
    spec.persons_key = word("who");
    spec.weight = word("wt");
    scratch_write("p.csv", "who,income,wt\n9,90,9\n2,20,3\n1,10,4\n");
    data = load(of_persons, &spec, "income", &error);
    if (!data)
        fail_msg("%s", error.message);
    assert_int_equal(hbl_data_person_rows(data, "income", &column, &row, &error), 0);
    assert_true(column->number[row[0]] == 10 && column->number[row[1]] == 20);
    assert_int_equal(hbl_data_person_rows(data, "age", &column, &row, &error), HBL_ERR_INPUT);
    assert_string_equal(error.message,
                        "no column \"age\" in p.csv or t.csv; there are: who, income, "
                        "wt");
    assert_true(data->panel->weight[0] == 4 && data->panel->weight[1] == 3);
    hbl_data_free(data);
    scratch_write("p.csv", "who,wt\n2,1\n1,1\n2,1\n");
    assert_refused(of_persons, &spec, NULL,
                   "p.csv:4: person 2 stands on line 2 already; the table of persons has a row for "
                   "each");
    scratch_write("p.csv", "who,wt\n2,1\n");
    assert_refused(of_persons, &spec, NULL,
                   "t.csv:2: person 1 is not in the table of persons, p.csv; add a row");
    spec.persons_key = NULL;
    assert_refused(of_persons, &spec, NULL,
                   "p.csv:1: no column \"id\" (data.persons); there are: who, wt");
}

static void test_shape(void **unused)
{
    hbl_data_spec spec = long_spec();
    (void)unused;

    spec.shape = word("tall");
    assert_refused(of_persons, &spec, NULL,
                   "data.shape is \"tall\"; it must be \"long\", a row for each alternative, or "
                   "\"wide\", a row for each task");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_derived),
        cmocka_unit_test(test_filter),
        cmocka_unit_test(test_inferred),
        cmocka_unit_test(test_choices),
        cmocka_unit_test(test_alternatives),
        cmocka_unit_test(test_availability),
        cmocka_unit_test(test_wide),
        cmocka_unit_test(test_separator),
        cmocka_unit_test(test_from_table),
        cmocka_unit_test(test_wide_more),
        cmocka_unit_test(test_wide_texts),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_weights),
        cmocka_unit_test(test_person_rows),
        cmocka_unit_test(test_table_of_persons),
        cmocka_unit_test(test_shape),
    };

    return cmocka_run_group_tests_name("data", tests, scratch_enter, scratch_leave);
}
