#!/bin/bash
# What cannot be estimated is told before a fit: errors end with 2, warnings do not.
. tests/cli/lib.sh
small_panel

# variant NAME FORMULA AWK: a model of that formula on the panel changed by an awk program.
variant() {
    awk -F, -v OFS=, "NR > 1 { $3 } { print }" "$work/small.csv" >"$work/$1.csv"
    sed -E "s/small\.csv/$1.csv/; s/price \+ quality/$2/" "$work/small.json" >"$work/$1.json"
}

variant constant 'price + quality' '$6 = 3'
expect 2 check "$work/constant.json"
prints '[Ee]rror.*quality'
expect 2 fit "$work/constant.json" --output "$work/run" --quiet
says '^hblogit: .*quality'
[ -e "$work/run" ] && fail "a run directory was made for a constant column"

variant collinear 'price + quality + size' '$7 = 2 * $5 - $6'
expect 2 check "$work/collinear.json"
prints 'price.*quality.*size|collinear'

variant separation 'price + quality' '$6 = $4 * 10 + $3'
# A fixed coefficient has a flat prior unless told otherwise: the posterior would be improper.
expect 2 check "$work/separation.json"
prints 'error: +"quality" separates the choices'
expect 2 fit "$work/separation.json" --output "$work/run" --quiet
says '^hblogit: "quality" separates the choices.*give fixed coefficients a prior'
expect 0 fit "$work/separation.json" --output "$work/run" --quiet --draws 10 \
    --set hb.prior.fixed.precision=0.01
says '^hblogit: warning: "quality" separates the choices'

variant never 'price + quality' 'if ($3 == 3) $4 = 0'
awk -F, -v OFS=, 'NR == FNR { if (FNR > 1) sum[$1 "," $2] += $4; next }
    FNR > 1 && $3 == 1 && !sum[$1 "," $2] { $4 = 1 } { print }' \
    "$work/never.csv" "$work/never.csv" >"$work/never2.csv"
sed -i 's/never\.csv/never2.csv/; s/ | 0/ | 1/' "$work/never.json"
expect 2 check "$work/never.json"
prints 'alternative "3" is never chosen'
expect 0 check "$work/never.json" --set hb.prior.fixed.precision=0.01
prints 'warning: alternative "3" is never chosen'
finish
