#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Densities of small mixed logit models at fixed points, by numpy and scipy.stats:

    tests/support/golden_density.py | clang-format --assume-filename=x.h > tests/support/golden_density.h

ln p(choices | theta, alpha) of each person and of all, and ln p(theta, mu, Delta, Omega, lambda,
alpha, choices) with every density normalised, from their definitions alone. Problem and states are
multiples of 1/8 out of a congruential generator, which tests/unit/test_golden_density.c has too.
"""
import numpy as np
from scipy import stats
from scipy.special import logsumexp

PEOPLE, K, F, Q = 19, 3, 1, 2


class Generator:
    def __init__(self, seed):
        self.state = seed

    def below(self, n):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % n

    def eighths(self, most):
        """A multiple of 1/8 from -most/8 to most/8."""
        return (self.below(2 * most + 1) - most) / 8


def make_problem():
    g = Generator(1)
    people, w, v = [], [], []
    for _ in range(PEOPLE):
        tasks = []
        for _ in range(1 + g.below(3)):
            x = [[g.eighths(12) for _ in range(K + F)] for _ in range(2 + g.below(3))]
            tasks.append((np.array(x), g.below(len(x))))
        people.append(tasks)
        w.append([g.eighths(16) for _ in range(Q)])
        v.append(g.eighths(4))
    w = np.array(w)
    return people, w - w.mean(axis=0), np.array(v)


# mean: type, location, precision; covariance: type, (df, scale) by the size m of a block;
# fixed: location, precision.
def iw(df, scale):
    return ("iw", lambda m: (df(m), scale(m)))


def hw(df, scale):
    return ("hw", lambda m: (df, scale))


NORMAL = ("normal",) * 3
BAYESM = iw(lambda m: m + 3, lambda m: m + 3)
CONFIGURATIONS = [
    # name, mean, covariance, blocks, distributions, fixed, scale, covariates
    ("bayesm", ("conjugate", 0, 0.01), BAYESM, (0, 0, 0), NORMAL, (0.5, 2), 0, 0),
    ("train", ("flat", 0, 0), iw(lambda m: m, lambda m: m), (0, 0, 0), NORMAL, (0, 0), 0, 0),
    ("rsghb, uncorrelated", ("flat", 0, 0), iw(lambda m: 1, lambda m: 1), (0, 1, 2), NORMAL,
     (-1, 0.5), 0, 0),
    ("choicemodelr, blocks", ("conjugate", 0, 0.01), iw(lambda m: m + 5, lambda m: 2 * (m + 5)),
     (0, 0, 1), ("lognormal", "normal", "censored-normal"), (0, 1), 0, 0),
    ("normal mean", ("normal", 0.5, 2), iw(lambda m: 2 + m, lambda m: 3), (0, 0, 0),
     ("johnson-sb", "negative-lognormal", "normal"), (0, 1), 0, 0),
    ("Huang-Wand", ("conjugate", -0.25, 1.5), hw(2, 10), (0, 0, 0), NORMAL, (0, 1), 0, 0),
    ("Huang-Wand, blocks", ("normal", 0.25, 0.5), hw(3, 1.5), (0, 1, 0), NORMAL, (0, 1), 0, 0),
    ("covariates", ("conjugate", 0, 0.01), BAYESM, (0, 0, 0), NORMAL, (0, 1), 0, Q),
    ("covariates, scale", ("normal", 0, 2), hw(2, 1), (0, 0, 0),
     ("normal", "lognormal", "normal"), (0.25, 4), 1, Q),
    ("covariates, flat mean", ("flat", 0, 0), iw(lambda m: m, lambda m: m), (0, 1, 1), NORMAL,
     (0, 1), 0, Q),
]
PARTS = ["mu", "Omega", "theta", "alpha", "Delta", "lambda"]


def transform(distribution, theta):
    return {
        "normal": lambda: theta,
        "lognormal": lambda: np.exp(theta),
        "negative-lognormal": lambda: -np.exp(theta),
        "censored-normal": lambda: np.maximum(0, theta),
        "johnson-sb": lambda: -1 + 3 / (1 + np.exp(-theta)),  # from -1 to 2
    }[distribution]()


def draw_part(g, state, part, blocks, scale, covariates):
    if part == "mu":
        state["mu"] = np.array([g.eighths(8) for _ in range(K)])
    elif part == "Omega":
        L = np.zeros((K, K))
        for i in range(K):
            for j in range(i):
                L[i, j] = g.eighths(4) if blocks[i] == blocks[j] else 0
            L[i, i] = (4 + g.below(8)) / 8
        state["Omega"] = L @ L.T
    elif part == "theta":
        state["theta"] = np.array([[g.eighths(16) for _ in range(K)] for _ in range(PEOPLE)])
    elif part == "alpha":
        state["alpha"] = np.array([g.eighths(8) for _ in range(F + scale)])
    elif part == "Delta":
        state["Delta"] = np.array([[g.eighths(8) for _ in range(K)] for _ in range(covariates)])
    else:
        state["lambda"] = np.array([(1 + g.below(16)) / 8 for _ in range(K)])


def log_likelihoods(problem, state, distributions, scale):
    people, _, v = problem
    result = []
    for n, tasks in enumerate(people):
        beta = [transform(d, t) for d, t in zip(distributions, state["theta"][n])]
        beta = np.append(beta, state["alpha"][:F])
        size = np.exp(v[n] * state["alpha"][F]) if scale else 1
        utilities = [size * (x @ beta) for x, _ in tasks]
        result.append(sum(u[chosen] - logsumexp(u) for u, (_, chosen) in zip(utilities, tasks)))
    return np.array(result)


def log_prior(state, mean, covariance, blocks, fixed, covariates):
    (mean_type, location, precision), (kind, of_block) = mean, covariance
    total = 0
    for block in sorted(set(blocks)):
        index = [k for k in range(K) if blocks[k] == block]
        m, omega = len(index), state["Omega"][np.ix_(index, index)]
        df, scale = of_block(m)
        V = scale * np.eye(m)
        if kind == "hw":
            lam = state["lambda"][index]
            total += stats.gamma.logpdf(lam, 0.5, scale=scale**2).sum()
            V, df = 2 * df * np.diag(lam), df + m - 1
        total += stats.invwishart.logpdf(omega, df, V)
        if mean_type == "conjugate":
            total += stats.multivariate_normal.logpdf(state["mu"][index], [location] * m,
                                                      omega / precision)
    if mean_type == "normal":
        total += stats.norm.logpdf(state["mu"], location, precision**-0.5).sum()
    if mean_type != "flat" and covariates:
        total += stats.norm.logpdf(state["Delta"], 0, precision**-0.5).sum()
    if fixed[1] > 0:
        total += stats.norm.logpdf(state["alpha"], fixed[0], fixed[1]**-0.5).sum()
    return total


def log_joint(problem, state, configuration):
    _, mean, covariance, blocks, distributions, fixed, scale, covariates = configuration
    w = problem[1]
    total = log_likelihoods(problem, state, distributions, scale).sum()
    for n in range(PEOPLE):
        centre = state["mu"] + (w[n] @ state["Delta"] if covariates else 0)
        total += stats.multivariate_normal.logpdf(state["theta"][n], centre, state["Omega"])
    return total + log_prior(state, mean, covariance, blocks, fixed, covariates)


def numbers(values):
    return "{" + ", ".join(repr(float(x)) for x in values) + "}"


def main():
    problem = make_problem()
    print("/* SPDX-License-Identifier: GPL-3.0-or-later\n *\n"
          " * Written by golden_density.py, which says what it is.\n */\n"
          "#ifndef TESTS_SUPPORT_GOLDEN_DENSITY_H\n#define TESTS_SUPPORT_GOLDEN_DENSITY_H\n\n"
          f"enum {{ GOLDEN_PEOPLE = {PEOPLE}, GOLDEN_PARTS = {len(PARTS)} }};\n\n"
          "/* Of the persons at the first state; then of all at each state, one part after the other\n"
          " * being drawn anew: mu, Omega, theta, alpha, Delta, lambda. */\n"
          "typedef struct {\n    double person[GOLDEN_PEOPLE];\n"
          "    double log_likelihood[GOLDEN_PARTS + 1], log_joint[GOLDEN_PARTS + 1];\n"
          "} golden_density;\n\nstatic const golden_density golden_densities[] = {")
    for c, configuration in enumerate(CONFIGURATIONS):
        name, _, _, blocks, distributions, _, scale, covariates = configuration
        g, state = Generator(100 + c), {}
        likelihoods, joints = [], []
        for part in PARTS:
            draw_part(g, state, part, blocks, scale, covariates)
        for part in [None] + PARTS:
            if part:
                draw_part(g, state, part, blocks, scale, covariates)
            each = log_likelihoods(problem, state, distributions, scale)
            persons = each if part is None else persons
            likelihoods.append(each.sum())
            joints.append(log_joint(problem, state, configuration))
        print(f"/* {name} */\n{{{numbers(persons)},\n{numbers(likelihoods)},\n{numbers(joints)}}},")
    print("};\n\n#endif")


main()
