/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/csv.h"

#include "run/format.h"

void hbl_csv_put_number(FILE *file, double x)
{
    char text[HBL_FORMAT_LONGEST + 1] = ",";
    const size_t length = hbl_format_double(x, text + 1);
    fwrite(text, 1, length + 1, file);
}
