#!/bin/bash
# hblogit check: the design matrix as a file, what each estimator is told.
. tests/cli/lib.sh
small_panel

expect 0 check "$work/small.json" --design "$work/design.csv"
prints 'Parameters estimated'
head -1 "$work/design.csv" | grep -q '^person,task,alternative,chosen,' ||
    fail "the design's first line: $(head -1 "$work/design.csv")"
# The file holds the columns of the data as they are: the formula has no more than these.
awk -F, 'NR == FNR { data[$1 "," $2 "," $3] = $4 "," $5 "," $6; next }
    FNR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    data[$1 "," $2 "," $3] != $4 "," $at["price"] "," $at["quality"] { print "line " FNR ": " $0 }' \
    "$work/small.csv" "$work/design.csv" >"$work/differences"
[ -s "$work/differences" ] && fail "the design differs: $(head -3 "$work/differences")"
[ "$(wc -l <"$work/design.csv")" -eq "$(wc -l <"$work/small.csv")" ] || fail "rows are missing"

expect 2 check "$work/small.json" --design "$work/design.csv"
says 'design\.csv is there already; --force overwrites it'
expect 0 check "$work/small.json" --design "$work/design.csv" --force
expect 4 check "$work/small.json" --design "$work/no/such/folder.csv"
says 'folder\.csv could not be written: '
[ -e "$work/design.csv.part" ] && fail "an unfinished file is left"

# Weights are for maximum likelihood only.
awk -F, -v OFS=, '{ print $0, NR == 1 ? "weight" : 1 + $1 % 2 }' "$work/small.csv" >"$work/weighted.csv"
sed 's/small\.csv/weighted.csv/' "$work/small.json" >"$work/weighted.json"
expect 2 check "$work/weighted.json" --set data.weight=weight
prints 'error: +hierarchical Bayes does not use the weights of persons'
expect 0 check "$work/weighted.json" --set data.weight=weight --method msl
finish
