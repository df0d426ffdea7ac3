# shellcheck shell=bash disable=SC2034,SC2154
# What the scripts of the benchmark share; sourced with $build set, from the project's root.

# A folder of its own, removed at the end.
bench_start() {
    folder=$(mktemp -d "${TMPDIR:-/tmp}/hblogit-bench-XXXXXX") || exit 1
    trap 'rm -rf "$folder"' EXIT
}

# bench_has_data MODEL.json: whether the file is there that the model reads.
bench_has_data() {
    local file
    file=$(sed -n 's/.*"file": *"\([^"]*\)".*/\1/p' "$1" | head -1)
    [ -r "$(dirname "$1")/$file" ]
}

# bench_value FILE KEY: the value of "KEY": {"value": x} in a diagnostics.json.
bench_value() {
    grep -A 1 "\"$2\":" "$1" | sed -n 's/.*"value":[[:space:]]*\([^,]*\),*/\1/p'
}

# bench_fit MODEL.json [OPTION...]: a fit, its table to a file. Sets fit_seconds (wall, of the whole
# process), fit_status (--strict's: 0 converged, 3 not), fit_sweeps (a chain), fit_sampling (seconds
# of sampling, wall), fit_draws (of all chains), fit_rhat, fit_bulk, fit_tail, fit_verdict: what the
# program says of it.
bench_fit() {
    local start=$EPOCHREALTIME end
    "$build/hblogit" fit "$@" --strict --quiet --force --output "$folder/run" \
        >"$folder/table" 2>"$folder/errors"
    fit_status=$?
    end=$EPOCHREALTIME
    fit_seconds=$(awk "BEGIN { print $end - $start }")
    fit_sweeps=- fit_sampling=- fit_draws=- fit_rhat=- fit_bulk=- fit_tail=-
    if [ $fit_status != 0 ] && [ $fit_status != 3 ]; then
        fit_verdict="failed: $(tail -1 "$folder/errors")"
        return
    fi
    fit_sweeps=$(sed -n 's/.*"sweeps":[[:space:]]*\[\([0-9]*\).*/\1/p' "$folder/run/run.json")
    fit_sampling=$(sed -n 's/^[[:space:]]\{2\}"sampling":[[:space:]]*\([^,]*\),*/\1/p' "$folder/run/run.json")
    fit_draws=$(sed -n 's/.*"draws_written":[[:space:]]*\[\([^]]*\)\].*/\1/p' "$folder/run/run.json" |
        tr ',' '\n' | awk '{ n += $1 } END { print n }')
    fit_rhat=$(printf %.3f "$(bench_value "$folder/run/diagnostics.json" worst_rhat)")
    fit_bulk=$(printf %.0f "$(bench_value "$folder/run/diagnostics.json" least_ess_bulk)")
    fit_tail=$(printf %.0f "$(bench_value "$folder/run/diagnostics.json" least_ess_tail)")
    fit_verdict=$(sed -n 's/^\(Converged\|NOT converged\).*/\1/p' "$folder/table" | tail -1)
    fit_verdict="${fit_verdict:-no verdict}$([ -s "$folder/errors" ] && echo ', with a warning')"
}

# bench_fit, or the end.
bench_must_fit() {
    bench_fit "$@"
    [ "$fit_rhat" != - ] && return
    echo "$1: $fit_verdict" >&2
    exit 1
}

# After bench_fit: "bulk tail sweeps": the least effective sample sizes over mu and Omega a second of
# sampling, and sweeps a second over all chains.
bench_per_second() {
    awk -F, -v seconds="$fit_sampling" -v draws="$fit_draws" '
    NR > 1 && $2 ~ /^(mu|Omega)\./ {
        bulk = bulk == "" || $9 < bulk ? $9 : bulk
        tail = tail == "" || $10 < tail ? $10 : tail
    }
    END { print bulk / seconds, tail / seconds, draws / seconds }' "$folder/run/summary.csv"
}

# bench_medians TEXT N: the medians of its first N columns.
bench_medians() {
    local column
    for ((column = 1; column <= $2; column++)); do
        printf '%s' "$1" | awk -v c="$column" '{ print $c }' | sort -g |
            awk '{ x[NR] = $1 } END { printf "%s ", (x[int((NR + 1) / 2)] + x[int(NR / 2) + 1]) / 2 }'
    done
    echo
}

# bench_figure X: a number to some three digits, - for none.
bench_figure() {
    awk -v x="$1" 'BEGIN { print x == "-" ? x : sprintf(x < 100 ? "%.3g" : "%.0f", x) }'
}

# bench_over_seeds MODEL OPTION...: bench_fit for each of $seeds. Sets converged, how many did; median
# fit_seconds, worst fit_rhat, least fit_bulk and fit_tail, the last fit_verdict and fit_sweeps. With
# stop=yes no further than the first seed that did not converge.
bench_over_seeds() {
    local seed found=''
    converged=0
    for seed in $seeds; do
        bench_fit "$@" --seed "$seed"
        [ "$fit_rhat" = - ] && return
        [ "$fit_status" = 0 ] && converged=$((converged + 1))
        found+="$fit_seconds $fit_rhat $fit_bulk $fit_tail"$'\n'
        [ "${stop:-no}" = yes ] && [ "$fit_status" != 0 ] && return
    done
    read -r fit_seconds < <(bench_medians "$found" 1)
    read -r fit_rhat fit_bulk fit_tail < <(awk 'NF {
        rhat = $2 > rhat ? $2 : rhat
        bulk = bulk == "" || $3 < bulk ? $3 : bulk
        tail = tail == "" || $4 < tail ? $4 : tail
    } END { print rhat, bulk, tail }' <<<"$found")
}
