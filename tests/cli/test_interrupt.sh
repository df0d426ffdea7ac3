#!/bin/bash
# SIGINT and SIGTERM: exit code 130, and files that readers take.
. tests/cli/lib.sh
small_panel

# stop_with SIGNAL: a fit that would take hours, stopped when draws are on disk
stop_with() {
    local dir=$work/run-$1 pid
    "$HBLOGIT" fit "$work/small.json" --output "$dir" --quiet --draws 100000000 \
        >"$work/out" 2>"$work/err" &
    pid=$!
    for _ in $(seq 200); do
        [ -s "$dir/chain-1.csv" ] && [ "$(wc -l <"$dir/chain-1.csv")" -gt 500 ] && break
        sleep 0.05
    done
    kill "-$1" "$pid"
    wait "$pid"
    status=$?
    [ "$status" -eq 130 ] || fail "SIG$1: exit $status, wanted 130"
    says '^hblogit: .*interrupt'
    grep -q '"status":[[:space:]]*"interrupted"' "$dir/run.json" || fail "run.json does not say interrupted"
    expect 0 summary "$dir"
    for chain in 1 2; do
        stated=$(sed -n 's/^# *num_samples = *\([0-9]*\).*/\1/p' "$dir/chain-$chain.csv")
        rows=$(($(grep -vc '^#' "$dir/chain-$chain.csv") - 1))
        [ "$stated" = "$rows" ] || fail "chain $chain states $stated draws and has $rows"
    done
}
stop_with INT
stop_with TERM
finish
