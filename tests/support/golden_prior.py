#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Quantiles of what a prior implies, by scipy.stats:

    tests/support/golden_prior.py

prints the figures of tests/unit/test_golden_prior.c: the 5, 25, 50, 75 and 95 % points of standard
deviations, correlations and means. Each is also held against 400,000 draws of
scipy.stats.invwishart, as the priors are defined, before it is printed.
"""
import numpy as np
from scipy import stats

LEVELS = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
DRAWS = 400000


def inverse_wishart(m, df, scale):
    """sd: Omega_kk ~ inverse gamma((df - m + 1) / 2, scale / 2); (r + 1) / 2 of the 2 x 2 block,
    IW(df - m + 2), is beta."""
    sd = np.sqrt(stats.invgamma.ppf(LEVELS, (df - m + 1) / 2, scale=scale / 2))
    r = 2 * stats.beta.ppf(LEVELS, (df - m + 1) / 2, (df - m + 1) / 2) - 1
    rng = np.random.default_rng(1)
    return sd, r, stats.invwishart.rvs(df, scale * np.eye(m), DRAWS, rng).reshape(DRAWS, m, m)


def huang_wand(m, df, scale):
    """sd: half-t; density of r proportional to (1 - r^2)^(df / 2 - 1)."""
    sd = scale * stats.t.ppf(0.5 + LEVELS / 2, df)
    r = 2 * stats.beta.ppf(LEVELS, df / 2, df / 2) - 1
    rng = np.random.default_rng(1)
    lam = stats.gamma.rvs(0.5, scale=scale**2, size=(DRAWS, m), random_state=rng)
    unit = stats.invwishart.rvs(df + m - 1, np.eye(m), DRAWS, rng).reshape(DRAWS, m, m)
    root = np.sqrt(2 * df * lam)  # D X D ~ IW(df, D^2) for X ~ IW(df, I)
    return sd, r, root[:, :, None] * unit * root[:, None, :]


def check(what, points, draws):
    share = (draws[:, None] < points).mean(axis=0)
    error = np.sqrt(LEVELS * (1 - LEVELS) / DRAWS)
    assert (np.abs(share - LEVELS) < 4.5 * error).all(), (what, share)


def conjugate(m, df, scale, location, a):
    """mu_k = location + t_(df - m + 1) sqrt(scale / (a (df - m + 1)))."""
    return location + stats.t.ppf(LEVELS, df - m + 1) * np.sqrt(scale / (a * (df - m + 1)))


def row(points):
    return "{" + ", ".join(f"{x:.12g}" for x in points) + "}"


def show(name, sd, r, omega, mu):
    check(name, sd, np.sqrt(omega[:, 0, 0]))
    if omega.shape[1] > 1:
        check(name, r, omega[:, 0, 1] / np.sqrt(omega[:, 0, 0] * omega[:, 1, 1]))
        print(f"/* {name} */ {row(sd)}, {row(r)}, {row(mu)},")
    else:
        print(f"/* {name} */ {row(sd)}, {{0}}, {row(mu)},")


normal = lambda location, precision: stats.norm.ppf(LEVELS, location, precision**-0.5)
show("bayesm", *inverse_wishart(3, 6, 6), conjugate(3, 6, 6, 0, 0.01))
show("choicemodelr", *inverse_wishart(3, 8, 16), conjugate(3, 8, 16, 0, 0.01))
show("uncorrelated", *inverse_wishart(1, 4, 4), normal(0.5, 2))
show("inverse-Wishart, df 5", *inverse_wishart(3, 5, 2), normal(-1, 0.5))
show("Huang-Wand", *huang_wand(3, 2, 1.5), normal(0, 1))
show("Huang-Wand, df 4", *huang_wand(3, 4, 10), normal(0, 1))
