/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model file, a zero byte, its data, a zero byte, its table of persons: from bytes to panel,
 * model, and what check says of them.
 */
#ifndef HBL_TESTS_FUZZ_DATA_H
#define HBL_TESTS_FUZZ_DATA_H

static inline void fuzz_must(bool holds)
{
    if (!holds)
        abort();
}

/* What data.h promises of a panel. */
static inline void fuzz_check_panel(const hbl_data *data)
{
    const hbl_panel *p = data->panel;

    fuzz_must(p->n_persons > 0 && p->person_task[0] == 0 && p->task_row[0] == 0);
    fuzz_must(p->person_task[p->n_persons] == p->n_tasks && p->task_row[p->n_tasks] == p->n_rows);
    fuzz_must(p->reference >= 0 && (size_t)p->reference < p->n_alternatives);
    for (size_t n = 0; n < p->n_persons; n++) {
        fuzz_must(p->person_task[n] < p->person_task[n + 1] && p->person_label[n]);
        fuzz_must(!p->weight || p->weight[n] > 0);
        fuzz_must(!data->persons || data->person_row[n] < data->persons->n_rows);
    }
    for (size_t t = 0; t < p->n_tasks; t++) {
        fuzz_must(p->task_row[t] + 2 <= p->task_row[t + 1] && p->task_label[t]);
        fuzz_must(p->task_row[t] <= p->task_chosen[t] && p->task_chosen[t] < p->task_row[t + 1]);
        for (size_t i = p->task_row[t]; i < p->task_row[t + 1]; i++) {
            fuzz_must(p->row_source[i] < data->table->n_rows);
            fuzz_must(p->row_alternative[i] >= 0 &&
                      (size_t)p->row_alternative[i] < p->n_alternatives);
            for (size_t j = p->task_row[t]; j < i; j++)
                fuzz_must(p->row_alternative[i] != p->row_alternative[j]);
        }
    }
}

static inline void fuzz_build(const hbl_spec *spec)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_model *model = NULL;
    hbl_findings *findings = NULL;

    if (!hbl_model_build(spec, NULL, &model, &error) &&
        !hbl_model_check(model, &spec->hb.prior, &findings, &error) &&
        !hbl_report_check(fuzz_sink(), spec, model, findings, &error))
        hbl_model_write_design(model, fuzz_sink(), &error);
    fuzz_told(error.status, &error);
    hbl_findings_free(findings);
    hbl_model_free(model);
}

static inline void fuzz_read(const hbl_spec *spec)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_data *data = NULL;

    fuzz_told(hbl_data_read(&spec->data, NULL, &data, &error), &error);
    if (data)
        fuzz_check_panel(data);
    hbl_data_free(data);
}

static inline void fuzz_put_path(char **at, const char *path)
{
    if (!*at)
        return;
    free(*at);
    *at = strdup(path);
    fuzz_must(*at != NULL);
}

static inline void fuzz_data(const uint8_t *data, size_t size)
{
    hbl_error error = HBL_ERROR_INIT;
    hbl_spec *spec = NULL;
    const uint8_t *part;
    char path[3][64];
    int file[3];

    for (int i = 0; i < 3; i++) {
        const size_t n = fuzz_part(&data, &size, &part);
        file[i] = fuzz_file(part, n, path[i]);
    }
    fuzz_told(hbl_spec_read(path[0], NULL, 0, &spec, &error), &error);
    if (spec) {
        fuzz_put_path(&spec->data.file, path[1]);
        fuzz_put_path(&spec->data.persons, path[2]);
    }
    if (spec && spec->data.file) {
        fuzz_read(spec);
        fuzz_build(spec);
    }
    hbl_spec_free(spec);
    for (int i = 0; i < 3; i++)
        close(file[i]);
}

#endif
