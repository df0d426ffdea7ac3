#!/bin/bash
# Outputs that cannot be written: exit code 4, told once.
. tests/cli/lib.sh
[ -e /dev/full ] || { echo "no /dev/full on this system" && exit 77; }
small_panel

# full ARGUMENT...: exit code 4 where standard output is full, and where it is closed
full() {
    local target
    for target in '>/dev/full' '>&-'; do
        eval "hblogit \"\$@\" $target 2>\"\$work/err\""
        local status=$?
        [ "$status" -eq 4 ] || fail "hblogit $* $target: exit $status, wanted 4"
        [ "$(grep -c 'could not be written' "$work/err")" -eq 1 ] ||
            fail "hblogit $* $target: $(cat "$work/err")"
    done
}
full --version
full help settings
full check "$work/small.json"
full fit "$work/small.json" --output "$work/run" --quiet --force
full resume "$work/run" --quiet --draws 60
full summary "$work/run"
full summary "$work/run" --json
full summary "$work/run" --csv

# the run is whole all the same
expect 0 summary "$work/run"

# a folder where nothing can be made (root may write everywhere, so a file stands in the way)
: >"$work/file"
run fit "$work/small.json" --output "$work/file" --quiet
[ "$status" -eq 2 ] || [ "$status" -eq 4 ] || fail "output is a file: exit $status"
says 'file'
run fit "$work/small.json" --output "$work/file/run" --quiet
[ "$status" -eq 4 ] || fail "output below a file: exit $status, wanted 4"
says 'file'
finish
