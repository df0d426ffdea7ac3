# SPDX-License-Identifier: GPL-3.0-or-later
#
# hard.R DATA.csv SECONDS [NEGATIVE...]: "sweeps bulk tail" a second of bayesm, sampling for so long.
# NEGATIVE: attributes whose coefficient is minus a lognormal.
source("tests/bench/bayesm_run.R")
arguments <- commandArgs(trailingOnly = TRUE)
figures <- measured(survey_of(arguments[1]), 500, 0, arguments[-(1:2)],
    budget = as.numeric(arguments[2]))
cat(figures$sweeps, figures$bulk, figures$tail, "\n")
