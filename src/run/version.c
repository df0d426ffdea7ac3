/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hblogit/run.h"

const char *hbl_version(void)
{
    return HBL_VERSION;
}
