# shellcheck shell=bash
# survive KILLS SEED: runs are killed by SIGKILL at random moments, each up to four times, resumed
# with another number of threads each time, and compared at the end, byte by byte, with a run that
# nobody killed. The time between checkpoints is so short that they are written all the time, and
# many kills fall on the middle of one. Delays come from a list of fixed seed; what a process has
# got done by then differs from machine to machine.
. tests/cli/lib.sh

settings=(--set hb.chains=3 --warmup 200 --draws 3000 --set hb.save_persons=true
    --set hb.save_warmup=true --set hb.checkpoint=0.001 --quiet)

# Everything but run.json and the checkpoint, which tell of times.
compare() {
    diff -rq -x run.json -x 'checkpoint*' "$work/whole" "$1" >"$work/differences" ||
        { fail "$2: differs from a run that was not killed" && cat "$work/differences"; }
}

# started DIRECTORY: whether there is anything to resume.
started() { [ -e "$1/run.json" ]; }

# kill_after SECONDS ARGUMENT...: exit code 137 where the program was killed. Waits for its end: a
# process that is killed while it waits for the disk holds its lock until the disk is done.
kill_after() {
    local seconds=$1 pid
    shift
    "$HBLOGIT" "$@" >"$work/out" 2>"$work/err" &
    pid=$!
    sleep "$seconds"
    kill -KILL "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
}

# One run: killed up to four times, then let go. A process that ends before it is killed shows that
# the delays are too long for this machine: they become shorter.
trial() {
    local dir=$work/run-$1 n ended=137 delay said=
    for n in 1 2 3 4; do
        if [ "$ended" -ne 137 ] || [ "$kills" -ge "$wanted" ]; then break; fi
        tries=$((tries + 1))
        delay=$(awk -v u="${shares[tries]}" -v most="$most" 'BEGIN { printf "%.4f", u * most / 1e9 }')
        said="$said $delay"
        if started "$dir"; then
            kill_after "$delay" resume "$dir" --quiet --threads $(((n + $1) % 3 + 1))
        else
            kill_after "$delay" fit "$work/small.json" --output "$dir" "${settings[@]}" \
                --threads $(((n + $1) % 3 + 1))
        fi
        ended=$?
        case $ended in
        137) kills=$((kills + 1)) ;;
        0) most=$((most * 3 / 4)) ;;
        *) fail "run $1: exit $ended" && cat "$work/err" ;;
        esac
        [ -e "$dir/checkpoint.tmp" ] && in_write=$((in_write + 1))
    done
    if started "$dir"; then
        expect 0 resume "$dir" --quiet --threads $(($1 % 4 + 1))
    else
        expect 0 fit "$work/small.json" --output "$dir" "${settings[@]}"
    fi
    compare "$dir" "run $1, killed after$said seconds"
    rm -rf "$dir"
}

survive() {
    local wanted=$1 seed=$2 begin shares most run=0
    [ "${HBLOGIT_VALGRIND:-}" ] && echo "kills are not for valgrind" && exit 77
    small_panel
    begin=$(date +%s%N)
    expect 0 fit "$work/small.json" --output "$work/whole" "${settings[@]}" --threads 2
    most=$(($(date +%s%N) - begin)) # nanoseconds
    kills=0 in_write=0 tries=0
    read -ra shares < <(awk -v seed="$seed" -v n=$((3 * wanted + 4)) \
        'BEGIN { srand(seed); for (i = 0; i < n; i++) printf "%.4f ", rand(); print "" }')
    while [ "$kills" -lt "$wanted" ] && [ "$tries" -lt $((3 * wanted)) ]; do
        run=$((run + 1))
        trial "$run"
    done
    [ "$kills" -ge "$wanted" ] || fail "only $kills of $wanted kills took place"
    echo "$((kills - failures)) of $kills kills survived, in $run runs; $in_write during a checkpoint"
}
