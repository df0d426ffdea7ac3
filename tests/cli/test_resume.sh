#!/bin/bash
# hblogit resume: after an interruption, with more draws, from another folder, and what it refuses.
. tests/cli/lib.sh
small_panel
program=$(realpath "$HBLOGIT")

# same A B: all files of two runs but those that tell of times
same() {
    diff -rq -x run.json -x 'checkpoint*' "$work/$1" "$work/$2" >"$work/differences" ||
        { fail "$1 and $2 differ" && cat "$work/differences"; }
}

# interrupted DIR OPTION...: a long fit, stopped when it has kept draws
interrupted() {
    local dir=$work/$1
    shift
    "$HBLOGIT" fit "$work/small.json" --output "$dir" --quiet --draws 60000 "$@" \
        >"$work/out" 2>"$work/err" &
    local pid=$!
    for _ in $(seq 400); do
        [ -s "$dir/chain-1.csv" ] && [ "$(wc -c <"$dir/chain-1.csv")" -gt 20000 ] && break
        sleep 0.02
    done
    kill -TERM "$pid"
    wait "$pid"
    status=$?
    [ "$status" -eq 130 ] || fail "stopped: exit $status, wanted 130"
    says "^hblogit: interrupted after [0-9]* of 60050 sweeps; the draws .* and hblogit resume .* goes on"
}

expect 0 fit "$work/small.json" --output "$work/whole" --quiet --draws 60000 --threads 1
interrupted stopped --threads 2
[ -s "$work/stopped/checkpoint" ] || fail "no checkpoint"
expect 0 resume "$work/stopped" --threads 1
says '^chain 1 of 2: done'
says '^hblogit [0-9.]*: resume .*peak memory'
prints 'Population mean'
same whole stopped
grep -q '"command":[[:space:]]*"fit ' "$work/stopped/run.json" || fail "run.json forgot how it began"
grep -q '"command":[[:space:]]*"resume ' "$work/stopped/run.json" || fail "run.json forgot the resume"

# a second process stays out
"$HBLOGIT" fit "$work/small.json" --output "$work/busy" --quiet --draws 100000000 2>/dev/null &
busy=$!
until [ -s "$work/busy/run.json" ]; do sleep 0.02; done
refuses 2 'another process is writing a run into it' resume "$work/busy"
kill -TERM "$busy"
wait "$busy"

# more draws, in two steps
expect 0 fit "$work/small.json" --output "$work/long" --quiet --draws 400
expect 0 fit "$work/small.json" --output "$work/short" --quiet --draws 50
expect 0 resume "$work/short" --quiet --draws 90
expect 0 resume "$work/short" --quiet --draws 400 --threads 3
same long short
expect 0 resume "$work/short" --quiet
says 'short is finished; --draws N would add draws'
refuses 2 'has 400 draws a chain already' resume "$work/short" --draws 300
rm "$work/short/summary.csv" # as if killed before the last table
expect 0 resume "$work/short" --quiet
same long short

# nothing but a start: it is started over
cp -r "$work/long" "$work/bare"
sed -i 's/"status":\([[:space:]]*\)"done"/"status":\1"running"/' "$work/bare/run.json"
rm "$work/bare/checkpoint" "$work/bare/summary.csv"
expect 0 resume "$work/bare" --quiet
says 'no checkpoint was written yet; the run starts over'
same long bare

# from elsewhere, with relative paths; then moved, then without its data
mkdir -p "$work/here/there"
cp "$work/small.csv" "$work/small.json" "$work/here"
(cd "$work/here" && "$program" fit small.json --quiet --draws 60) >/dev/null 2>&1
(cd "$work/here/there" && "$program" resume ../small.run --quiet --draws 400) >/dev/null 2>"$work/err" ||
    { fail "resume from another folder" && cat "$work/err"; }
same long here/small.run
mv "$work/here" "$work/moved"
refuses 2 'the data of the run are not there any more; --data names them' \
    resume "$work/moved/small.run" --draws 500
expect 0 resume "$work/moved/small.run" --quiet --draws 500 --data "$work/moved/small.csv"
echo '21,1,1,1,0,0,0' >>"$work/moved/small.csv"
refuses 2 'moved/small\.csv: has changed since the run began' \
    resume "$work/moved/small.run" --draws 600 --data "$work/moved/small.csv"

# the model's numbers come back exactly, the file itself is not needed any more
sed 's/"price": "normal"/"price": { "distribution": "johnson-sb", "lower": -0.30000000000000004, "upper": 3 }/
     s/"hb": {/"hb": { "seed": 9007199254740991,/' "$work/small.json" >"$work/exact.json"
expect 0 fit "$work/exact.json" --output "$work/exact" --quiet
expect 0 fit "$work/exact.json" --output "$work/exact-long" --quiet --draws 80
rm "$work/exact.json"
expect 0 resume "$work/exact" --quiet --draws 80
same exact-long exact

# what is no run, and what is damaged
refuses 2 'holds no run of hblogit' resume "$work"
refuses 2 'holds no run of hblogit' resume "$work/nowhere"
[ -e "$work/nowhere" ] && fail "resume made a folder"
refuses 2 'resume needs DIR' resume
refuses 2 'hb\.draws must be a whole number' resume "$work/long" --draws many
cp "$work/long/run.json" "$work/kept.json"
sed -i 's/"seed":\([[:space:]]*\)1,/"seed":\12,/' "$work/long/run.json"
refuses 2 'of a run of another model; was run\.json changed' resume "$work/long" --draws 500
cp "$work/kept.json" "$work/long/run.json"
printf x | dd of="$work/long/checkpoint" bs=1 seek=200 conv=notrunc 2>/dev/null
refuses 2 'checkpoint: damaged: its checksum is wrong; there is no other' \
    resume "$work/long" --draws 500
finish
