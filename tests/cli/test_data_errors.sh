#!/bin/bash
# Wrong data: each kind has its own message, names the line, and ends with exit code 2.
. tests/cli/lib.sh
small_panel
expect 0 check "$work/small.json"

# data REGEX SED-SCRIPT: the panel, changed by sed, is refused with that message.
data() {
    sed -E "$2" "$work/small.csv" >"$work/bad.csv"
    refuses 2 "$1" check "$work/small.json" --data "$work/bad.csv"
    refuses 2 "$1" fit "$work/small.json" --data "$work/bad.csv" --output "$work/run"
    [ -e "$work/run" ] && fail "a run directory was made for bad data: $2"
}

# the file
refuses 2 'nosuch\.csv' check "$work/small.json" --data "$work/nosuch.csv"
refuses 2 "$work" check "$work/small.json" --data "$work"
: >"$work/empty.csv"
refuses 2 'empty\.csv' check "$work/small.json" --data "$work/empty.csv"
head -1 "$work/small.csv" >"$work/header.csv"
refuses 2 'header\.csv' check "$work/small.json" --data "$work/header.csv"
data 'bad\.csv:7:' '7s/$/,1/'
data 'bad\.csv:7:' '7s/,[^,]*$//'
data 'bad\.csv:1:.*price' '1s/quality/price/'
data 'bad\.csv:1:' '1s/quality//'
data 'bad\.csv:9:' '9s/^/"/'

# columns
data 'bad\.csv:1: no column "id" \(data\.person\)' '1s/^id/ID_/'
data 'no column "alt" \(data\.alternative\); did you mean "alts"\?' '1s/alt/alts/'
data 'no column "choice" \(data\.choice\); did you mean "choices"\?' '1s/choice/choices/'
data '"price".*did you mean "prices"\?' '1s/price/prices/'

# cells
data 'bad\.csv:5:.*price' '5s/^([^,]*,[^,]*,[^,]*,[^,]*),[^,]*/\1,cheap/'
data 'bad\.csv:5:.*price' '5s/^([^,]*,[^,]*,[^,]*,[^,]*),[^,]*/\1,/'
data 'bad\.csv:5:.*price' '5s/^([^,]*,[^,]*,[^,]*,[^,]*),[^,]*/\1,NaN/'
data 'bad\.csv:5:.*price' '5s/^([^,]*,[^,]*,[^,]*,[^,]*),[^,]*/\1,NA/'
data 'bad\.csv:5:.*price' '5s/^([^,]*,[^,]*,[^,]*,[^,]*),[^,]*/\1,inf/'
data 'bad\.csv:5:.*price' '5s/^([^,]*,[^,]*,[^,]*,[^,]*),[^,]*/\1,1e999/'
data 'bad\.csv:5: the person is missing \(column "id"\)' '5s/^[^,]*//'
data 'bad\.csv:5: choice \(column "choice"\) is "2"; it must be 1 or TRUE' \
    '5s/^([^,]*,[^,]*,[^,]*),[^,]*/\1,2/'

# tasks
data 'bad\.csv:2: person 1, task 1 has no alternative chosen' \
    '2,4s/^([^,]*,[^,]*,[^,]*),[^,]*/\1,0/'
data 'bad\.csv:3: person 1, task 1 has two alternatives chosen' \
    '2,3s/^([^,]*,[^,]*,[^,]*),[^,]*/\1,1/'
data 'bad\.csv:2: person 1, task 1 offers one alternative only' \
    '2s/^([^,]*,[^,]*,[^,]*),[^,]*/\1,1/;3,4d'
data 'bad\.csv:3: person 1, task 1 offers alternative 1 twice' '3s/^([^,]*,[^,]*),2/\1,1/'
finish
