/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From files to panel, step by step.
 */
#include <stdlib.h>

#include "core/memory.h"
#include "hblogit/data.h"

int hbl_data_from_table(const hbl_data_spec *spec, const hbl_data_needs *needs, hbl_table *table,
                        hbl_data **data, hbl_error *error)
{
    hbl_data *d = hbl_calloc(1, sizeof *d, "the data", error);
    int status = HBL_ERR_MEMORY;

    (void)needs;
    *data = NULL;
    if (!d) {
        hbl_table_free(table);
        return status;
    }
    d->table = table;
    status = hbl_panel_build(table, spec, &d->panel, &d->account, error);
    if (status)
        hbl_data_free(d);
    else
        *data = d;
    return status;
}

int hbl_data_read(const hbl_data_spec *spec, const hbl_data_needs *needs, hbl_data **data,
                  hbl_error *error)
{
    hbl_table *table = NULL;
    const int status = hbl_table_read(spec->file, NULL, &table, error);

    return status ? status : hbl_data_from_table(spec, needs, table, data, error);
}

void hbl_data_free(hbl_data *data)
{
    if (!data)
        return;
    hbl_table_free(data->table);
    hbl_table_free(data->persons);
    free(data->person_row);
    hbl_panel_free(data->panel);
    free(data);
}
