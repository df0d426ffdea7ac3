# SPDX-License-Identifier: GPL-3.0-or-later
#
# bayesm.R SURVEY DATA.csv FIGURES.csv: bayesm's rhierMnlRwMixture, one normal component, default
# prior (which is hblogit's too), on the same data; least bulk and tail effective sample size a second
# over mu and the lower triangle of Omega, and hblogit's as a multiple of it.
suppressPackageStartupMessages({
    library(bayesm)
    library(posterior)
})
arguments <- commandArgs(trailingOnly = TRUE)
survey <- arguments[1]
table <- read.csv(arguments[2])
figures <- read.csv(arguments[3])
task <- if ("obsID" %in% names(table)) "obsID" else "task"
attributes <- setdiff(names(table), c("id", task, "alt", "choice"))
table <- table[order(table$id, table[[task]]), ] # alternatives stay in order within a task
K <- length(attributes)
J <- max(table(paste(table$id, table[[task]])))

persons <- lapply(split(table, table$id), function(rows) {
    choice <- matrix(rows$choice, nrow = J)
    list(y = apply(choice, 2, which.max), X = as.matrix(rows[, attributes]))
})
warmup <- 1000
draws <- if (K > 8) 9000 else 6000

set.seed(1)
sampled <- function(R) {
    sink(tempfile())
    on.exit(sink())
    seconds <- system.time(out <- rhierMnlRwMixture(
        Data = list(p = J, lgtdata = unname(persons)), Prior = list(ncomp = 1),
        Mcmc = list(R = R, keep = 1, nprint = 0)))[["elapsed"]]
    list(seconds = seconds, out = out)
}
start <- sampled(2)$seconds # the fits that bayesm begins with
run <- sampled(warmup + draws)
seconds <- (run$seconds - start) * draws / (warmup + draws)

components <- run$out$nmix$compdraw[-seq_len(warmup)]
values <- t(sapply(components, function(component) {
    root <- backsolve(component[[1]]$rooti, diag(K)) # Sigma = root' root
    omega <- crossprod(root)
    c(component[[1]]$mu, omega[lower.tri(omega, diag = TRUE)])
}))
bulk <- min(apply(values, 2, ess_bulk)) / seconds
tail <- min(apply(values, 2, ess_tail)) / seconds

mine <- figures[figures$data == survey & figures$kernel == "hmc" & figures$interweave == 1 &
    figures$over_relaxation > 0, ]
cat(sprintf("\nbayesm %s on %s: %.0f sweeps a second, bulk ESS %.2f a second, tail %.2f (%d draws)\n",
    packageVersion("bayesm"), survey, draws / seconds, bulk, tail, draws))
for (i in seq_len(nrow(mine)))
    cat(sprintf("hblogit hmc, %s: %.0f times its bulk ESS a second\n",
        mine$precision[i], mine$bulk[i] / bulk))
