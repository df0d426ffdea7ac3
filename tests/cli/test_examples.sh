#!/bin/bash
# The stories under examples/ run from beginning to end.
. tests/cli/lib.sh

examples/compare/run "$HBLOGIT" "$work/compare" >"$work/out" 2>"$work/err" ||
    fail "examples/compare/run ends with $?"
prints '^Likelihood-ratio test'
prints '^Wald test: .*chi-squared with 1 degree of freedom'
prints '^ *cost < time'
[ -s "$work/compare/compare.hb.run/summary.csv" ] || fail "no run by Bayes"
[ -s "$work/compare/compare.msl.run/estimates.csv" ] || fail "no run by simulated likelihood"
finish
