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
finish
