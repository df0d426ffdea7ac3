# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the R scripts of the benchmark share: bayesm's rhierMnlRwMixture, one normal component, with
# hblogit's default prior (which is bayesm's own but where signs are known), on a long table.
suppressPackageStartupMessages({
    library(bayesm)
    library(posterior)
})

# list(persons, J, K): the data as bayesm takes them.
survey_of <- function(path) {
    table <- read.csv(path)
    person <- intersect(c("id", "person"), names(table))[1]
    task <- intersect(c("obsID", "task"), names(table))[1]
    attributes <- setdiff(names(table), c(person, task, "alt", "alternative", "choice"))
    table <- table[order(table[[person]], table[[task]]), ] # alternatives stay in order in a task
    J <- max(table(paste(table[[person]], table[[task]])))
    persons <- lapply(split(table, table[[person]]), function(rows) {
        choice <- matrix(rows$choice, nrow = J)
        list(y = apply(choice, 2, which.max), X = as.matrix(rows[, attributes, drop = FALSE]))
    })
    list(persons = unname(persons), J = J, K = length(attributes), attributes = attributes)
}

# R sweeps, and the seconds they took with the persons' fits that bayesm begins with. negative:
# attributes whose coefficient is minus a lognormal.
sampled <- function(survey, R, negative = NULL) {
    signs <- -as.numeric(survey$attributes %in% negative)
    K <- survey$K
    sink(tempfile())
    on.exit(sink())
    seconds <- system.time(out <- rhierMnlRwMixture(
        Data = list(p = survey$J, lgtdata = survey$persons),
        Prior = list(ncomp = 1, SignRes = signs, mubar = matrix(0, 1, K), Amu = matrix(0.01),
            nu = K + 3, V = (K + 3) * diag(K)),
        Mcmc = list(R = R, keep = 1, nprint = 0)))[["elapsed"]]
    list(seconds = seconds, out = out)
}

# list(sweeps, bulk, tail): a second of sampling after warm-up, the least over mu and lower Omega;
# draws: kept; 0: as many as some seconds allow.
measured <- function(survey, warmup, draws, negative = NULL, budget = 30) {
    K <- survey$K
    set.seed(1)
    start <- sampled(survey, 2, negative)$seconds
    if (draws == 0) {
        trial <- sampled(survey, 102, negative)$seconds
        # where other programs make the trial no longer than the start, too few draws, not too many
        sweep <- max((trial - start) / 100, trial / 1000)
        draws <- max(500, round(budget / sweep) - warmup)
    }
    run <- sampled(survey, warmup + draws, negative)
    seconds <- (run$seconds - start) * draws / (warmup + draws)
    components <- run$out$nmix$compdraw[-seq_len(warmup)]
    values <- t(sapply(components, function(component) {
        root <- backsolve(component[[1]]$rooti, diag(K)) # Sigma = root' root
        omega <- crossprod(root)
        c(component[[1]]$mu, omega[lower.tri(omega, diag = TRUE)])
    }))
    list(draws = draws, sweeps = draws / seconds, bulk = min(apply(values, 2, ess_bulk)) / seconds,
        tail = min(apply(values, 2, ess_tail)) / seconds)
}
