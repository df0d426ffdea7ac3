# SPDX-License-Identifier: GPL-3.0-or-later
#
# bayesm.R SURVEY DATA.csv FIGURES.csv PROGRAM.csv RATIOS.csv: bayesm on the same data, least bulk and
# tail effective sample size a second over mu and the lower triangle of Omega; hblogit's as multiples
# of it, one chain on one thread (FIGURES.csv) and the program on all (PROGRAM.csv).
source("tests/bench/bayesm_run.R")
arguments <- commandArgs(trailingOnly = TRUE)
name <- arguments[1]
survey <- survey_of(arguments[2])
bayesm <- measured(survey, 1000, if (survey$K > 8) 9000 else 6000)

kernels <- read.csv(arguments[3])
kernels <- kernels[kernels$data == name & kernels$kernel == "hmc" & kernels$interweave == 1 &
    kernels$over_relaxation > 0, ]
program <- read.csv(arguments[4])
program <- program[program$data == name, ]
mine <- rbind(
    data.frame(what = sprintf("one chain, one thread, %s", kernels$precision), bulk = kernels$bulk,
        tail = kernels$tail),
    data.frame(what = rep("the program as it ships, all threads", nrow(program)),
        bulk = program$bulk, tail = program$tail))

cat(sprintf("\nbayesm %s on %s: %.0f sweeps a second, bulk ESS %.2f a second, tail %.2f (%d draws)\n",
    packageVersion("bayesm"), name, bayesm$sweeps, bayesm$bulk, bayesm$tail, bayesm$draws))
cat(sprintf("%-38s %10s %10s %8s %8s\n", paste("hblogit on", name), "bulk/s", "tail/s", "times",
    "times"))
for (i in seq_len(nrow(mine)))
    cat(sprintf("%-38s %10.0f %10.0f %8.0f %8.0f\n", mine$what[i], mine$bulk[i], mine$tail[i],
        mine$bulk[i] / bayesm$bulk, mine$tail[i] / bayesm$tail))
write.table(
    data.frame(data = rep(name, nrow(mine)), mine, bayesm_bulk = bayesm$bulk,
        bayesm_tail = bayesm$tail),
    arguments[5], sep = ",", append = file.exists(arguments[5]), row.names = FALSE,
    col.names = !file.exists(arguments[5]))
