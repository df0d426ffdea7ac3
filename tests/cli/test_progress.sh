#!/bin/bash
# Progress: bars redrawn in place on a terminal, plain lines elsewhere, nothing under --quiet.
. tests/cli/lib.sh
small_panel

expect 0 fit "$work/small.json" --output "$work/run"
says '^chain 2 of 2: done, 100 % of 100 sweeps'
grep -q "$(printf '\033')" "$work/err" && fail "escapes where there is no terminal"
expect 0 fit "$work/small.json" --output "$work/run" --force --quiet
grep -v '^hblogit: warning' "$work/err" | grep . && fail "progress under --quiet"

# script(1) gives the program a terminal
command -v script >/dev/null || { echo "script is not installed: no terminal to try" && finish; }
on_terminal() {
    TERM=xterm script -qec "$HBLOGIT fit $work/small.json --output $work/run --force" /dev/null
}
escape=$(printf '\033')
NO_COLOR='' on_terminal >"$work/err" </dev/null
says 'chain 1 .*#.* sweeps/s accept'
says "$escape\[32m"
says "$escape\[2A"
NO_COLOR=1 on_terminal >"$work/err" </dev/null
says 'chain 1 .*#.* sweeps/s accept'
grep -Eq "$escape\[3[0-9]m" "$work/err" && fail "colours under NO_COLOR"

# the reading of a file that takes a while; its one task is refused in the end
{
    echo 'id,task,alt,choice,price,quality,note'
    yes "1,1,1,0,2.5,3,$(printf '%080d' 0)" | head -n 400000
} >"$work/large.csv"
TERM=xterm script -qec "$HBLOGIT check $work/small.json --data $work/large.csv" /dev/null \
    >"$work/err" </dev/null
says 'reading large\.csv #*\.+ +[0-9]+ % of [0-9]+ MB, [0-9]+ MB/s, [0-9:]+ left'
says "left.*$escape\[Khblogit: .*offers alternative 1 twice"
refuses 2 'offers alternative 1 twice' check "$work/small.json" --data "$work/large.csv"
finish
