#!/bin/bash
# hblogit fit: chain-*.csv the same bytes for 1, 2 and 4 threads and for a second run; other bytes
# for another seed; a longer run begins with the draws of a shorter one.
. tests/cli/lib.sh
small_panel

fit() {
    local name=$1
    shift
    expect 0 fit "$work/small.json" --output "$work/$name" --quiet "$@"
}

# The draws of a chain file: what stands neither in comments nor in the line of columns.
rows() { grep -v '^#' "$1" | tail -n +2; }

same() {
    for chain in 1 2; do
        cmp -s "$work/$1/chain-$chain.csv" "$work/$2/chain-$chain.csv" ||
            fail "chain-$chain.csv of $1 and of $2 differ"
    done
}

fit one --threads 1
fit two --threads 2
fit four --threads 4
fit again --threads 1
same one two
same one four
same one again
for name in two four again; do
    cmp -s "$work/one/persons.csv" "$work/$name/persons.csv" ||
        fail "persons.csv of one and of $name differ"
done

fit seed --threads 1 --seed 2
for chain in 1 2; do
    [ "$(rows "$work/one/chain-$chain.csv" | sort | comm -12 - \
        <(rows "$work/seed/chain-$chain.csv" | sort) | wc -l)" -eq 0 ] ||
        fail "seeds 1 and 2 share draws in chain $chain"
done
cmp -s <(rows "$work/one/chain-1.csv") <(rows "$work/one/chain-2.csv") &&
    fail "chains 1 and 2 are the same"

fit long --threads 2 --set hb.draws=90
for chain in 1 2; do
    cmp -s <(rows "$work/one/chain-$chain.csv") \
        <(rows "$work/long/chain-$chain.csv" | head -n 50) ||
        fail "the first 50 of 90 draws are not those of 50, chain $chain"
done
[ "$(rows "$work/long/chain-1.csv" | wc -l)" -eq 90 ] || fail "not 90 draws"
finish
