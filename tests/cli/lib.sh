# shellcheck shell=bash
# What the tests of the program share. A test sources this file, runs checks, and ends with finish.
# $HBLOGIT is the program; the working directory is the repository's root; $work is a folder that
# goes away at the end.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

suppressions=$PWD/tests/valgrind.supp

# Draws depend on the instruction set, and valgrind knows fewer of them than the machine.
[ -z "${HBLOGIT_VALGRIND:-}" ] || export HBLOGIT_ISA=sse2

hblogit() {
    if [ "${HBLOGIT_VALGRIND:-}" ]; then
        valgrind -q --error-exitcode=99 --leak-check=full "--suppressions=$suppressions" \
            "$HBLOGIT" "$@"
    else
        "$HBLOGIT" "$@"
    fi
}

fail() {
    echo "$*"
    failures=$((failures + 1))
}

# run ARGUMENT...: runs the program; leaves $status, $work/out and $work/err.
run() {
    hblogit "$@" >"$work/out" 2>"$work/err"
    status=$?
}

# expect STATUS ARGUMENT...: runs the program and compares its exit code.
expect() {
    local wanted=$1
    shift
    run "$@"
    [ "$status" -eq "$wanted" ] && return
    fail "hblogit $*: exit $status, wanted $wanted"
    sed 's/^/    /' "$work/err"
}

# says REGEX: some line on standard error matches. prints REGEX: on standard output.
says() { matches err "$1"; }
prints() { matches out "$1"; }
matches() {
    grep -Eq -- "$2" "$work/$1" && return
    fail "nothing on std$1 matches: $2"
    sed 's/^/    /' "$work/$1"
}

# refuses STATUS REGEX ARGUMENT...: the program fails with that code and one line that matches.
refuses() {
    local wanted=$1 regex=$2
    shift 2
    expect "$wanted" "$@"
    [ "$(grep -Evc '^hblogit: (warning|note): ' "$work/err")" -eq 1 ] ||
        { fail "hblogit $*: not one line on standard error:" && cat "$work/err"; }
    says "^hblogit: .*$regex"
}

# A small panel of 20 people, 4 tasks, 3 alternatives, and a model of it, in $work.
small_panel() {
    awk 'BEGIN {
        print "id,task,alt,choice,price,quality,size"
        for (n = 1; n <= 20; n++) for (t = 1; t <= 4; t++) for (j = 1; j <= 3; j++)
            printf "%d,%d,%d,%d,%g,%d,%d\n", n, t, j, j == (n * 5 + t * 7 + n * t) % 3 + 1,
                ((n * 7 + t * 3 + j * 5) % 11) / 2, (n * 3 + t * 5 + j * 7) % 6,
                (n * n + t * j + 3 * j * j) % 7
    }' >"$work/small.csv"
    cat >"$work/small.json" <<'END'
{
  "data": { "file": "small.csv", "person": "id", "task": "task", "alternative": "alt" },
  "formula": "choice ~ price + quality | 0",
  "random": { "price": "normal" },
  "hb": { "chains": 2, "warmup": 50, "draws": 50 }
}
END
}

finish() {
    [ "$failures" -eq 0 ] && exit 0
    echo "$failures checks failed"
    exit 1
}
