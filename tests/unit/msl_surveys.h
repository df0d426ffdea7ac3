/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The surveys of ../shared/data as models of simulated likelihood, put together by hand: rows of a
 * person and of a task stand together in these files. Tests without the data skip.
 */
#ifndef HBL_TESTS_MSL_SURVEYS_H
#define HBL_TESTS_MSL_SURVEYS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hblogit/hblogit.h"

typedef struct {
    hbl_panel *panel; /* the model points to it, wherever the survey is copied */
    hbl_model *model;
} msl_survey;

/* How a survey is read. Columns "brand=hiland" are 1 where text is that level. */
typedef struct {
    const char *path, *person, *task;
    size_t n_random, n_fixed, n_held;
    const char *column[12];
    const char *random; /* distribution; NULL: normal */
    bool full;          /* one covariance block; otherwise a block a coefficient */
    const double *held; /* of the last columns */
    bool scale;         /* a constant in the scale: the willingness-to-pay form */
} msl_survey_plan;

static inline double survey_cell(const hbl_table *table, const char *name, size_t row)
{
    char head[64];
    const char *level = strchr(name, '=');
    const hbl_column *column;

    snprintf(head, sizeof head, "%.*s", level ? (int)(level - name) : (int)strlen(name), name);
    column = hbl_table_column(table, head);
    if (!column)
        abort();
    if (column->type == HBL_COLUMN_NUMBER)
        return column->number[row];
    return level ? strcmp(column->label[column->code[row]], level + 1) == 0
                 : (double)column->code[row];
}

static inline size_t *survey_sizes(size_t n)
{
    size_t *list = calloc(n, sizeof *list);
    if (!list)
        abort();
    return list;
}

static inline void survey_group(const hbl_table *table, const msl_survey_plan *plan, hbl_panel *p)
{
    p->person_task = survey_sizes(table->n_rows + 1);
    p->task_row = survey_sizes(table->n_rows + 1);
    p->task_chosen = survey_sizes(table->n_rows);
    for (size_t r = 0; r < table->n_rows; r++) {
        const double person = survey_cell(table, plan->person, r);
        const double task = survey_cell(table, plan->task, r);
        const bool new_person = !r || person != survey_cell(table, plan->person, r - 1);
        if (new_person)
            p->person_task[p->n_persons++] = p->n_tasks;
        if (new_person || task != survey_cell(table, plan->task, r - 1))
            p->task_row[p->n_tasks++] = r;
        if (survey_cell(table, "choice", r) > 0)
            p->task_chosen[p->n_tasks - 1] = r;
    }
    p->n_rows = table->n_rows;
    p->person_task[p->n_persons] = p->n_tasks;
    p->task_row[p->n_tasks] = p->n_rows;
}

static inline int survey_model(const hbl_table *table, const msl_survey_plan *plan,
                               msl_survey *made)
{
    const size_t columns = plan->n_random + plan->n_fixed + plan->n_held;
    double *x = malloc(table->n_rows * columns * sizeof *x);
    double *v = malloc(made->panel->n_persons * sizeof *v);
    const char *name[12], *held_name[12];
    const hbl_mixing *mixing[12];
    size_t block[12];
    int status;

    for (size_t r = 0; x && r < table->n_rows; r++)
        for (size_t k = 0; k < columns; k++)
            x[r * columns + k] = survey_cell(table, plan->column[k], r);
    for (size_t n = 0; v && n < made->panel->n_persons; n++)
        v[n] = 1;
    for (size_t k = 0; k < columns; k++) {
        name[k] = plan->column[k];
        block[k] = plan->full ? 0 : k;
        mixing[k] = hbl_mixing_find(plan->random ? plan->random : "normal");
    }
    name[plan->n_random + plan->n_fixed] = "scale:(intercept)";
    for (size_t h = 0; h < plan->n_held; h++)
        held_name[h] = plan->column[plan->n_random + plan->n_fixed + h];
    status = hbl_model_from_parts(made->panel,
                                  &(hbl_model_parts){.n_random = plan->n_random,
                                                     .n_fixed = plan->n_fixed,
                                                     .n_held = plan->n_held,
                                                     .n_scale = plan->scale,
                                                     .name = name,
                                                     .x = x,
                                                     .mixing = mixing,
                                                     .block_of = block,
                                                     .held_name = held_name,
                                                     .held = plan->held,
                                                     .v = v},
                                  &made->model, NULL);
    free(x);
    free(v);
    return status;
}

/* false where the file is not there. */
static inline bool survey_read(const msl_survey_plan *plan, msl_survey *made)
{
    hbl_table *table = NULL;
    FILE *there = fopen(plan->path, "r");

    *made = (msl_survey){.model = NULL};
    if (!there)
        return false;
    fclose(there);
    made->panel = calloc(1, sizeof *made->panel);
    if (!made->panel)
        abort();
    if (hbl_table_read(plan->path, NULL, &table, NULL))
        abort();
    survey_group(table, plan, made->panel);
    if (survey_model(table, plan, made))
        abort();
    hbl_table_free(table);
    return true;
}

static inline void survey_clear(msl_survey *made)
{
    hbl_model_free(made->model);
    free(made->panel->person_task);
    free(made->panel->task_row);
    free(made->panel->task_chosen);
    free(made->panel);
}

/* ---- the models of the published figures ---- */

static const msl_survey_plan electricity_plan = {
    .path = "../shared/data/electricity.csv",
    .person = "id",
    .task = "obsID",
    .n_random = 6,
    .column = {"pf", "cl", "loc", "wk", "tod", "seas"},
};
/* meals, petfr, emipp random; the rest fixed. */
static const msl_survey_plan artificial_plan = {
    .path = "../shared/data/artificial.csv",
    .person = "id",
    .task = "id",
    .n_random = 3,
    .n_fixed = 7,
    .column = {"meals", "petfr", "emipp", "price", "time", "conven", "comfort", "nonsig1",
               "nonsig2", "nonsig3"},
};
static const msl_survey_plan yogurt_plan = {
    .path = "../shared/data/yogurt.csv",
    .person = "id",
    .task = "obsID",
    .n_random = 4,
    .n_fixed = 1,
    .column = {"feat", "brand=yoplait", "brand=hiland", "brand=weight", "price"},
};
static const msl_survey_plan yogurt_other_plan = {
    .path = "../shared/data/yogurt.csv",
    .person = "id",
    .task = "obsID",
    .n_random = 4,
    .n_fixed = 1,
    .column = {"feat", "brand=hiland", "brand=weight", "brand=yoplait", "price"},
};

static inline hbl_msl_settings survey_settings(int64_t draws)
{
    static char sequence[] = "halton", errors[] = "hessian";

    return (hbl_msl_settings){.draws = draws,
                              .sequence = sequence,
                              .seed = 1,
                              .drop = 100,
                              .starts = 1,
                              .iterations = 500,
                              .tolerance = 1e-6,
                              .standard_errors = errors};
}

#endif
