#!/bin/bash
# A table of persons beside the table of choices: the same estimates as with its columns on every
# row, by hb and by msl, near the truth they were simulated with; what is missing in it, and weights.
. tests/cli/lib.sh

# ---- people whose taste for price depends on income

cat >"$work/truth.json" <<'END'
{
  "data": { "file": "rows.csv" },
  "formula": "choice ~ price + time | 0",
  "random": { "price": "normal", "time": "normal" }, "correlation": "none",
  "covariates": ["income"],
  "simulate": {
    "persons": 300, "tasks": 8, "alternatives": 3, "seed": 4,
    "attributes": {
      "price": { "levels": [1, 2, 3] }, "time": { "uniform": [0, 2] },
      "income": { "normal": [0, 1], "of": "person" }
    },
    "mean": { "price": -1, "time": -1 }, "sd": { "price": 0.5, "time": 0.5 },
    "slope": { "price:income": 0.6 }
  }
}
END
expect 0 simulate "$work/truth.json" --output "$work/rows.csv"

# The column of incomes taken out into a table of its own, whose rows stand in another order, with
# persons who made no choices and a column that nobody asked for.
awk -F, -v persons="$work/persons.csv" 'BEGIN { OFS = "," }
    NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
    { income = $at["income"]; who = $at["person"]; line = ""
      for (i = 1; i <= NF; i++) if (i != at["income"]) line = line (line == "" ? "" : OFS) $i
      print line
      if (NR > 1 && !(who in seen)) { seen[who] = 1; row[++n] = who OFS "somewhere" OFS income } }
    END { print "who,place,income" >persons; print "nobody,here,1" >persons
          for (i = n; i > 0; i--) print row[i] >persons }' "$work/rows.csv" >"$work/choices.csv"

model() {
    cat >"$work/$1.json" <<END
{ "data": { $2, "person": "person", "task": "task", "alternative": "alternative" },
  "formula": "choice ~ price + time | 0",
  "random": { "price": "normal", "time": "normal" }, "correlation": "none",
  "covariates": ["income"],
  "hb": { "chains": 1, "warmup": 200, "draws": 200 }, "msl": { "draws": 50 } }
END
}
beside='"file": "choices.csv", "persons": {"file": "persons.csv", "person": "who"}'
model together '"file": "rows.csv"'
model apart "$beside"
for model in together apart; do
    expect 0 check "$work/$model.json" --design "$work/$model.csv"
    expect 0 fit "$work/$model.json" --method hb --output "$work/$model.hb" --quiet
    expect 0 fit "$work/$model.json" --method msl --output "$work/$model.msl" --quiet
done
cmp "$work/together.csv" "$work/apart.csv" || fail 'another design'
cmp "$work/together.msl/estimates.csv" "$work/apart.msl/estimates.csv" || fail 'other estimates'
diff <(grep -v '^#' "$work/together.hb/chain-1.csv") <(grep -v '^#' "$work/apart.hb/chain-1.csv") ||
    fail 'other draws'

# near FILE: the slope of income is 0.6, within what 300 people tell.
near() {
    awk -F, '/price:income/ { found = 1; x = $3; if (x < 0.45 || x > 0.75) print "slope " x }
             END { if (!found) print "no slope" }' "$1" >"$work/slope"
    [ -s "$work/slope" ] && fail "$1: $(cat "$work/slope")"
}
near "$work/apart.msl/estimates.csv"
near "$work/apart.hb/summary.csv"

# ---- what is missing

sed -i -E '3s/[^,]*$/NA/' "$work/persons.csv"
refuses 2 'persons\.csv:3:.*"income" is missing here, for person .*"drop-person"' check "$work/apart.json"
refuses 2 'persons\.csv:3:.*"income" is missing' check "$work/apart.json" \
    --set data.missing=drop-task
expect 0 check "$work/apart.json" --set data.missing=drop-person
prints 'people +299'
sed -i -E '3s/somewhere/NA/; 4s/somewhere//' "$work/persons.csv"
expect 0 check "$work/apart.json" --set data.missing=drop-person
prints 'people +299'
sed -i '5d' "$work/persons.csv"
refuses 2 'is not in the table of persons' check "$work/apart.json"
finish
