# SPDX-License-Identifier: GPL-3.0-or-later
#
# The reference of tests/statistical/test_posterior_covariates.c, by bayesm and posterior:
#
#   HBLOGIT_WRITE_DATA=data.csv build/tests/statistical/test_posterior_covariates
#   for i in 1 2 3 4; do Rscript tests/support/bayesm_covariates.R data.csv $i 60000 run$i.rds; done
#   Rscript tests/support/bayesm_covariates.R run1.rds run2.rds run3.rds run4.rds
#
# The last call prints mean, sd and their Monte Carlo standard errors, a row a parameter: mu, Delta
# by rows (a covariate each), Omega's lower triangle by rows.
arguments <- commandArgs(TRUE)

run <- function(data, seed, draws) {
    people <- split(data, data$person)
    lgtdata <- lapply(people, function(d) list(
        y = matrix(d$chosen, 3)[1, ] * 1 + matrix(d$chosen, 3)[2, ] * 2 + matrix(d$chosen, 3)[3, ] * 3,
        X = as.matrix(d[, c("x1", "x2", "x3")])))
    Z <- t(sapply(people, function(d) unlist(d[1, c("w1", "w2")])))
    Z <- scale(Z, center = TRUE, scale = FALSE)
    attributes(Z) <- list(dim = dim(Z))
    set.seed(seed)
    out <- bayesm::rhierMnlRwMixture(
        Data = list(p = 3, lgtdata = unname(lgtdata), Z = Z), Prior = list(ncomp = 1),
        Mcmc = list(R = draws, keep = 5, nprint = 0))
    mu <- t(sapply(out$nmix$compdraw, function(d) d[[1]]$mu))
    omega <- t(sapply(out$nmix$compdraw, function(d) {
        root <- backsolve(d[[1]]$rooti, diag(3)) # Sigma = root'root
        crossprod(root)[c(1, 2, 5, 3, 6, 9)]
    }))
    # vec(Delta): the coefficients of the first covariate, then of the second
    kept <- cbind(mu, out$Deltadraw, omega)
    kept[-seq_len(nrow(kept) / 10), ]
}

if (grepl("csv$", arguments[1])) {
    saveRDS(run(read.csv(arguments[1]), as.integer(arguments[2]), as.integer(arguments[3])),
            arguments[4])
} else {
    library(posterior)
    chains <- lapply(arguments, readRDS)
    for (p in seq_len(ncol(chains[[1]]))) {
        x <- sapply(chains, function(chain) chain[, p])
        cat(sprintf("    {%.6f, %.6f, %.6f, %.6f}, /* rhat %.4f, ess %.0f */\n", mean(x), sd(x),
                    mcse_mean(x), mcse_sd(x), rhat(x), ess_bulk(x)))
    }
}
