#!/bin/bash
# hb.lengthen: a fit whose chains have not converged is made anew, longer, until they have; what is
# left is a plain run of that length.
. tests/cli/lib.sh
small_panel
sed -i 's/, "hb": .*//; s/"random": .*/"random": { "price": "normal", "quality": "normal" }/; /"hb":/d' \
    "$work/small.json"

# setting DIR KEY: the first number of that name in the settings that run.json records
setting() { grep -o "\"$2\":[[:space:]]*[0-9]*" "$work/$1/run.json" | head -n 1 | grep -o "[0-9]*$"; }

# same_draws A B
same_draws() {
    for chain in 1 2; do
        cmp -s <(grep -v '^#' "$work/$1/chain-$chain.csv") <(grep -v '^#' "$work/$2/chain-$chain.csv") ||
            fail "chain $chain of $1 is not that of $2"
    done
}

# 100 draws a chain of 2 can have no ESS of 400: the length grows as far as it may.
short="--chains 2 --warmup 40 --draws 100"
expect 3 fit "$work/small.json" --output "$work/grown" --strict $short --set hb.lengthen=16
says '^hblogit: note: not converged yet .*: anew, with [0-9]+ sweeps of warm-up'
says '^hblogit: warning: not converged: '
[ "$(setting grown warmup)" = 640 ] || fail "warm-up $(setting grown warmup), wanted 640"
[ "$(setting grown thin)" = 16 ] || fail "thin $(setting grown thin), wanted 16"
[ "$(setting grown lengthen)" = 1 ] || fail "lengthen $(setting grown lengthen), wanted 1"
grep -q '^# *num_warmup = 640' "$work/grown/chain-1.csv" || fail "the chain states another warm-up"
grep -q '^# *num_samples = 100 ' <(tr -s ' ' <"$work/grown/chain-1.csv" | sed 's/$/ /') ||
    fail "the chain states another number of draws"

# The same length asked for at once; and not asked to be longer, as a length was given.
expect 0 fit "$work/small.json" --output "$work/plain" --quiet --chains 2 --warmup 640 --draws 100 \
    --set hb.thin=16
same_draws grown plain
grep -q 'anew' "$work/err" && fail "a fit of a given length was made longer"
expect 0 fit "$work/small.json" --output "$work/short" --quiet $short
[ "$(setting short lengthen)" = 1 ] || fail "lengthen $(setting short lengthen) where warmup was given"
[ "$(setting short warmup)" = 40 ] || fail "warm-up $(setting short warmup), wanted 40"

# Killed between one fit and the next: resume makes the next one.
sed -i 's/"lengthen":[[:space:]]*1\b/"lengthen": 16/' "$work/short/run.json"
expect 0 resume "$work/short" --quiet
same_draws short grown
expect 0 resume "$work/short" --quiet
says 'is finished'
grep -q 'anew' "$work/err" && fail "a fit as long as it may be was made longer"

# Stopped in the middle of one: resume ends it and makes the next.
expect 0 fit "$work/small.json" --output "$work/cut" --quiet $short
sed -i 's/"lengthen":[[:space:]]*1\b/"lengthen": 16/; s/"status":[[:space:]]*"done"/"status": "interrupted"/' \
    "$work/cut/run.json"
expect 0 resume "$work/cut" --quiet
same_draws cut grown

# More draws asked for are all that is added.
expect 0 fit "$work/small.json" --output "$work/more" --quiet $short
sed -i 's/"lengthen":[[:space:]]*1\b/"lengthen": 16/' "$work/more/run.json"
expect 0 resume "$work/more" --quiet --draws 120
[ "$(setting more warmup)" = 40 ] || fail "resume --draws changed the warm-up"
rows=$(($(grep -vc '^#' "$work/more/chain-1.csv") - 1))
[ "$rows" = 120 ] || fail "$rows draws, wanted 120"

# With nothing set the chains converge in the end.
expect 0 fit "$work/small.json" --output "$work/default" --strict --quiet
prints '^Converged'

finish
