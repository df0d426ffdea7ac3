#!/bin/bash
# From simulated choices to a fitted run and back: files, tables, exit codes.
. tests/cli/lib.sh
cat >"$work/toy.json" <<'END'
{
  "data": { "file": "toy.csv", "person": "person", "task": "task", "alternative": "alternative" },
  "formula": "choice ~ price + quality | 0",
  "random": { "price": "negative-lognormal" },
  "hb": { "chains": 2, "warmup": 300, "draws": 300, "seed": 3 },
  "simulate": {
    "persons": 60, "tasks": [6, 8], "alternatives": [2, 4], "seed": 5,
    "attributes": { "price": { "levels": [1, 2, 3] }, "quality": { "uniform": [0, 1] } },
    "mean": { "price": -0.5 }, "sd": { "price": 0.5 }, "fixed": { "quality": 1.5 }
  }
}
END

# a fit before the data are there says how to make them
refuses 2 'toy\.csv is not there yet; make it with: hblogit simulate' fit "$work/toy.json"

# simulate: to standard output and to files, the same bytes; no overwriting without --force
expect 0 simulate "$work/toy.json"
cp "$work/out" "$work/first.csv"
prints '^person,task,alternative,choice,price,quality$'
expect 0 simulate "$work/toy.json" --output "$work/toy.csv"
cmp -s "$work/first.csv" "$work/toy.csv" || fail "the same seed gave other bytes"
expect 0 simulate "$work/toy.json" --seed 6
cmp -s "$work/out" "$work/toy.csv" && fail "another seed gave the same bytes"
grep -qx 'mu.1,mu.price,-0.5' "$work/toy.truth.csv" || fail "toy.truth.csv has no mu.price"
grep -qx 'Omega.1.1,Omega.price.price,0.25' "$work/toy.truth.csv" || fail "no Omega in the truth"
grep -qx 'alpha.1,alpha.quality,1.5' "$work/toy.truth.csv" || fail "no alpha in the truth"
[ "$(wc -l <"$work/toy.persons.csv")" -eq 61 ] || fail "toy.persons.csv has not 60 people"
refuses 2 'toy\.csv is there already; --force' simulate "$work/toy.json" --output "$work/toy.csv"
expect 0 simulate "$work/toy.json" --output "$work/toy.csv" --force
refuses 4 'could not be written' simulate "$work/toy.json" --output "$work/none/toy.csv"

# choices on the rows of a file: other columns as they were, truth the same
sed '/"persons": 60/d; s/"attributes".*/"seed": 5,/' "$work/toy.json" >"$work/rows.json"
expect 0 simulate "$work/rows.json"
cut -d, -f1-3,5- "$work/toy.csv" >"$work/a"
cut -d, -f1-3,5- "$work/out" >"$work/b"
cmp -s "$work/a" "$work/b" || fail "columns other than choice changed"
cmp -s "$work/out" "$work/toy.csv" || fail "the same people and rows made other choices"

# wrong truths
refuses 2 'simulate\.mean\.prize' simulate "$work/toy.json" --set simulate.mean.prize=1
refuses 2 'simulate\.mean: coefficient "quality" of the formula has no value' \
    simulate "$work/toy.json" --set random.quality=normal

# fit
dir=$work/toy.run
expect 0 check "$work/toy.json"
expect 0 fit "$work/toy.json" --output "$dir"
says '^chain 1 of 2: '
says '^hblogit [0-9.]+: fit .* peak memory [0-9.]+ MB$'
cp "$work/out" "$work/table"
prints 'quality'
for file in run.json chain-1.csv chain-2.csv persons.csv summary.csv diagnostics.json; do
    [ -s "$dir/$file" ] || fail "$file is missing"
done
[ "$(wc -l <"$dir/persons.csv")" -eq 61 ] || fail "persons.csv has not 60 people"
expect 0 summary "$dir"
cmp -s "$work/table" "$work/out" || fail "summary shows another table than fit"
expect 0 summary "$dir" --csv
cmp -s "$work/out" "$dir/summary.csv" || fail "summary --csv is not summary.csv"
expect 0 summary "$dir" --json
cmp -s "$work/out" "$dir/diagnostics.json" || fail "summary --json is not diagnostics.json"
run diagnose "$dir"
[ "$status" -eq 0 ] || [ "$status" -eq 3 ] || fail "diagnose: exit $status"

# an existing run is left alone without --force
cp "$dir/chain-1.csv" "$work/before"
refuses 2 'force' fit "$work/toy.json" --output "$dir" --quiet --seed 9
cmp -s "$work/before" "$dir/chain-1.csv" || fail "a refused fit changed chain-1.csv"
expect 0 fit "$work/toy.json" --output "$dir" --quiet --force --seed 9
cmp -s "$work/before" "$dir/chain-1.csv" && fail "another seed gave the same draws"
mkdir "$work/other"
echo mine >"$work/other/notes"
refuses 2 'other' fit "$work/toy.json" --output "$work/other" --quiet --force
[ "$(ls "$work/other")" = notes ] || fail "a folder that is no run was touched"

# too few draws cannot have converged
expect 3 fit "$work/toy.json" --output "$work/short" --quiet --strict --draws 20
says '^hblogit: warning: not converged'
expect 0 fit "$work/toy.json" --output "$work/short" --quiet --force --draws 20
expect 3 diagnose "$work/short"
[ -s "$work/out" ] || fail "diagnose printed nothing"

# no such run
refuses 2 'nosuch' summary "$work/nosuch"
refuses 2 'other' diagnose "$work/other"
finish
