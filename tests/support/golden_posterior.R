# SPDX-License-Identifier: GPL-3.0-or-later
#
# The figures of tests/unit/test_golden_posterior.c, by rstan 2.21:
#
#     HBLOGIT_WRITE_DATA=data.csv build/tests/unit/test_golden_posterior
#     Rscript tests/support/golden_posterior.R data.csv
#
# Four chains of 4,000 draws for each of its configurations: mean, sd, and their Monte Carlo
# standard errors by the package posterior. Some minutes of one core each.
suppressPackageStartupMessages({
    library(rstan)
    library(posterior)
})
data <- read.csv(commandArgs(TRUE)[1])
N <- max(data$person)
T <- max(data$task)
J <- nrow(data) / T
w <- unique(data[c("person", "w")])$w
common <- list(
    N = N, T = T, J = J, K = 2,
    person = data$person[seq(1, nrow(data), J)],
    chosen = as.vector(tapply(data$chosen, data$task, which.max)),
    x = aperm(array(rbind(data$x1, data$x2), c(2, J, T)), c(3, 2, 1)),
    z = matrix(data$z, T, J, byrow = TRUE)
)
configuration <- function(conjugate, a, huang_wand, full, df, scale, lognormal, Q) {
    c(common, list(
        conjugate = conjugate, a = a, huang_wand = huang_wand, full = full, df = df, scale = scale,
        lognormal = lognormal, Q = Q, w = matrix((w - mean(w))[seq_len(N * Q)], N, Q)
    ))
}
configurations <- list(
    "bayesm" = configuration(1, 0.01, 0, 1, 5, 5, c(0, 0), 0),
    "Huang-Wand" = configuration(0, 0.25, 1, 1, 2, 1, c(0, 0), 0),
    "covariate, lognormal" = configuration(1, 0.01, 0, 0, 4, 4, c(0, 1), 1)
)
folder <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
# Debian has Boost outside of the package BH
boost <- system.file("include", package = "BH")
program <- stan_model(file.path(folder, "golden_posterior.stan"),
    boost_lib = if (nzchar(boost)) boost else "/usr/include"
)
for (name in names(configurations)) {
    wanted <- c(
        "mu[1]", "mu[2]", "Omega[1,1]", if (configurations[[name]]$full) "Omega[2,1]", "Omega[2,2]",
        "alpha", if (configurations[[name]]$Q) c("Delta[1,1]", "Delta[1,2]")
    )
    fit <- sampling(program, configurations[[name]],
        chains = 4, warmup = 500, iter = 4500, seed = 1, refresh = 0,
        pars = c("mu", "Omega", "alpha", "Delta"), control = list(adapt_delta = 0.9)
    )
    draws <- subset_draws(as_draws_array(fit), variable = wanted)
    table <- summarise_draws(draws, mean, sd, mcse_mean, mcse_sd, rhat, ess_bulk)
    cat("/* ", name, ", ", get_num_divergent(fit), " divergent */\n", sep = "")
    for (i in seq_len(nrow(table))) {
        cat(sprintf(
            "{\"%s\", %.6f, %.6f, %.6f, %.6f}, /* %.4f %.0f */\n", table$variable[i], table$mean[i],
            table$sd[i], table$mcse_mean[i], table$mcse_sd[i], table$rhat[i], table$ess_bulk[i]
        ))
    }
}
