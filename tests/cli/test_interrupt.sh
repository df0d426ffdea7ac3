#!/bin/bash
# SIGINT, SIGTERM and SIGHUP: exit code 130, files that readers take, and a checkpoint to resume
# from. A second signal ends the program at once, and a limit on the size of files does not kill it.
. tests/cli/lib.sh
small_panel

# wait_for FILE: until it holds something; at most a minute
wait_for() {
    for _ in $(seq 1200); do
        [ -s "$1" ] && return
        sleep 0.05
    done
    fail "$1 does not come"
}

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
    says '^hblogit: interrupted after .* hblogit resume .* goes on$'
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
stop_with HUP

# A second interrupt does not wait for the sweep, nor for files. Standard error is a pipe that nobody
# reads: the program waits there to say that it was interrupted.
mkfifo "$work/pipe"
exec 3<>"$work/pipe"
head -c 65536 /dev/zero >&3 # full, where a pipe holds as much
"$HBLOGIT" fit "$work/small.json" --output "$work/twice" --quiet --draws 100000000 \
    >"$work/out" 2>&3 &
pid=$!
wait_for "$work/twice/run.json"
kill -INT "$pid"
sleep 0.3
kill -INT "$pid" 2>/dev/null
wait "$pid"
status=$?
exec 3>&-
[ "$status" -eq 130 ] || fail "interrupted twice: exit $status, wanted 130"

# Under nohup a hang-up is nothing.
nohup "$HBLOGIT" fit "$work/small.json" --output "$work/nohup" --quiet --draws 100000000 \
    >"$work/out" 2>"$work/err" &
pid=$!
wait_for "$work/nohup/run.json"
kill -HUP "$pid"
sleep 0.2
kill -0 "$pid" || fail "a hang-up ended the program under nohup"
kill -TERM "$pid"
wait "$pid"

# A full disk, as a limit on the size of files: exit code 4, told once, and resumed afterwards.
# Not under valgrind or ThreadSanitizer, which write files of their own.
[ "${HBLOGIT_VALGRIND:-}${TSAN_OPTIONS:-}" ] && finish
expect 0 fit "$work/small.json" --output "$work/whole" --quiet --draws 9000
for blocks in 1 8 100 500 900; do
    dir=$work/limited-$blocks
    (ulimit -f "$blocks" && hblogit fit "$work/small.json" --output "$dir" --quiet --draws 9000 \
        --set hb.checkpoint=0.02 >"$work/out" 2>"$work/err")
    status=$?
    [ "$status" -eq 4 ] || fail "limit of $blocks blocks: exit $status, wanted 4"
    [ "$(wc -l <"$work/err")" -eq 1 ] || { fail "limit of $blocks blocks: not one line" && cat "$work/err"; }
    says '^hblogit: cannot write .*: File too large'
    if [ -e "$dir/run.json" ]; then
        expect 0 resume "$dir" --quiet
    else
        expect 0 fit "$work/small.json" --output "$dir" --quiet --draws 9000
    fi
    diff -rq -x run.json -x 'checkpoint*' "$work/whole" "$dir" || fail "limit of $blocks blocks: differs"
done
full=$work/full
mkdir "$full"
trap 'umount "$full" 2>/dev/null; rm -rf "$work"' EXIT
if mount -t tmpfs -o size=700k none "$full" 2>/dev/null; then # a disk that is really full
    expect 4 fit "$work/small.json" --output "$full/run" --quiet --draws 9000 --set hb.checkpoint=0.02
    says 'No space left on device; once that is mended, hblogit resume'
    says '^hblogit: warning: .* will need about [0-9.]* MB of disk, and [0-9.]* MB are free'
    mount -o remount,size=20m "$full"
    expect 0 resume "$full/run" --quiet
    diff -rq -x run.json -x 'checkpoint*' "$work/whole" "$full/run" || fail "full disk: differs"
    mount -o remount,ro "$full"
    refuses 4 'Read-only file system' resume "$full/run" --quiet --draws 9100
    refuses 4 'Read-only file system' fit "$work/small.json" --output "$full/other" --quiet
    umount "$full"
fi
finish
