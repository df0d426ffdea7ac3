#!/bin/bash
# Runs by maximum likelihood and simulated likelihood: files, tables, exit codes; compare and test.
. tests/cli/lib.sh
cat >"$work/toy.json" <<'END'
{
  "title": "Toy",
  "data": { "file": "toy.csv", "person": "person", "task": "task", "alternative": "alternative" },
  "formula": "choice ~ price + quality + size | 0",
  "random": { "price": "normal", "quality": "normal" },
  "correlation": "none",
  "msl": { "draws": 200 },
  "hb": { "chains": 2, "warmup": 200, "draws": 200 },
  "simulate": {
    "persons": 80, "tasks": [6, 8], "alternatives": [2, 4], "seed": 5,
    "attributes": { "price": { "levels": [1, 2, 3] }, "quality": { "uniform": [0, 2] },
                    "size": { "uniform": [0, 1] } },
    "mean": { "price": -1, "quality": 1 }, "sd": { "price": 0.8, "quality": 0.7 },
    "fixed": { "size": 0.5 }
  }
}
END
expect 0 simulate "$work/toy.json" --output "$work/toy.csv"

# the multinomial logit
mnl=$work/mnl
expect 0 fit "$work/toy.json" --method mnl --output "$mnl"
prints '^Multinomial logit by maximum likelihood: 80 people'
prints '^  price +-[0-9.]+ '
prints '^  log-likelihood +-[0-9.]+$'
prints '^Shares of the alternatives$'
prints '^Converged: '
cp "$work/out" "$work/table"
for file in run.json estimates.csv vcov.csv iterations.csv; do
    [ -s "$mnl/$file" ] || fail "$file is missing"
done
[ -e "$mnl/persons.csv" ] && fail "a multinomial logit has no persons"
expect 0 summary "$mnl"
cmp -s "$work/table" "$work/out" || fail "summary shows another table than fit"
expect 0 summary "$mnl" --csv
cmp -s "$work/out" "$mnl/estimates.csv" || fail "summary --csv is not estimates.csv"
expect 0 summary "$mnl" --json
prints '"log_likelihood_shares":'
expect 0 diagnose "$mnl"
prints 'condition of the Hessian'
refuses 2 'method "mnl" has no draws; leave out --draws' \
    fit "$work/toy.json" --method mnl --draws 9 --output "$work/none"
refuses 2 'holds a run already' fit "$work/toy.json" --method mnl --output "$mnl"
refuses 2 'nothing to resume' resume "$mnl"

# simulated likelihood: the short options are its own, and threads change nothing
msl=$work/msl
expect 0 fit "$work/toy.json" --method msl --output "$msl" --threads 1
says '^iteration +[0-9]+: log-likelihood '
prints '^Mixed logit by maximum simulated likelihood: 80 people, .* 200 draws a person \(halton\)$'
prints '^Standard deviations of the random coefficients over people$'
[ "$(wc -l <"$msl/persons.csv")" -eq 81 ] || fail "persons.csv has not 80 people"
expect 0 fit "$work/toy.json" --method msl --output "$work/again" --threads 2 --quiet
[ -s "$work/err" ] && fail "--quiet told of something"
cmp -s "$msl/estimates.csv" "$work/again/estimates.csv" || fail "two threads gave other estimates"
expect 0 fit "$work/toy.json" --method msl --draws 32 --output "$work/again" --quiet --force
prints ' 32 draws a person'
expect 0 fit "$work/toy.json" --method msl --set msl.sequence=pseudo --seed 7 --quiet --force \
    --output "$work/again"
grep -q '"seed":	7,' "$work/again/run.json" || fail "--seed did not set msl.seed"
refuses 2 'method "msl" has no chains' fit "$work/toy.json" --method msl --chains 2
expect 3 fit "$work/toy.json" --method msl --set msl.iterations=1 --strict --quiet --force \
    --output "$work/again"
says '^hblogit: warning: not converged'
prints '^NOT converged: '
expect 3 diagnose "$work/again"

# tests
expect 0 test "$mnl" 'price = -quality' '2*size - price = 1.5'
prints '^Wald test: [0-9.]+, chi-squared with 2 degrees of freedom, p = '
expect 0 test "$msl" sd.price
prints '0\.5 chi2\(0\) \+ 0\.5 chi2\(1\)'
expect 0 test "$mnl" --against "$msl"
prints '\(restricted\)$'
prints '^Likelihood-ratio test: .* chi2\(0\) \+ .* chi2\(1\) \+ .* chi2\(2\), p = '
cp "$work/out" "$work/table"
expect 0 test "$msl" --against "$mnl"
cmp -s "$work/table" "$work/out" || fail "the order of the two runs changed the test"
expect 0 test "$msl" --against "$mnl" --json
prints '"variances":	2'
expect 0 test "$mnl" --hypothesis 'price = 0' --hypothesis quality
prints 'chi-squared with 2 degrees of freedom'
expect 0 test "$mnl" --within "$work/toy.json"
prints '^Score test: [0-9.]+, .* chi2\(0\) \+ .* chi2\(2\), p = '
sed '/"correlation"/d' "$work/toy.json" >"$work/full.json"
refuses 2 'score of a covariance is not defined' test "$mnl" --within "$work/full.json"
expect 0 test "$msl" --within "$work/full.json"
prints '^Score test: [0-9.]+, chi-squared with 1 degree of freedom'
refuses 2 'is not within the model' test "$msl" --within "$work/toy.json"
refuses 2 'no parameter "prize"; did you mean "price"\?' test "$msl" 'prize = 0'
refuses 2 'character 9: ' test "$msl" 'price = *'
refuses 2 'neither of .* is within the other' test "$msl" --against "$msl"

# compare: any mix, and a model file
expect 0 fit "$work/toy.json" --output "$work/hb" --quiet
expect 0 test "$work/hb" 'price < -quality' 'sd.price > 0'
prints '^ +hypothesis +left - right +sd +5 % +95 % +probability +MCSE$'
prints '^  sd.price > 0 .* 1\.0000'
prints '^All of them together: probability 0\.[0-9]+ \(MCSE '
expect 0 test "$work/hb" 'size = 0' --json
prints '"test":	"posterior"'
refuses 2 'no parameter "prize"; did you mean "price"\?' test "$work/hb" 'prize > 0'
refuses 2 'is a run by hb, which has no maximum' test "$work/hb" --against "$msl"
refuses 2 'inequalities have a probability in runs by hb only' test "$msl" 'price > 0'
expect 0 compare "$work/hb" "$msl" "$mnl"
prints '^ +3 .* multinomial logit'
prints '^Persons. means, given their choices$'
prints '^- Run 3 is a multinomial logit and run 1 a mixed one'
prints '^- Runs 1 and 2 (dis)?agree'
expect 0 compare "$work/hb" "$msl" --csv
prints '^kind,name,run,method,estimate,error,lower,upper,numerical,ess,z$'
prints '^sd,quality,.*,msl,'
expect 0 compare "$work/hb" "$msl" --json
prints '"hit_rate":'
expect 0 compare "$work/toy.json" --output "$work/both" --quiet
[ -s "$work/both.hb.run/chain-1.csv" ] && [ -s "$work/both.msl.run/vcov.csv" ] ||
    fail "compare did not fit both"
sed 's/size | 0/size - 1/' "$work/toy.json" >"$work/other.json"
expect 0 simulate "$work/other.json" --seed 9 --output "$work/toy2.csv"
expect 0 fit "$work/toy.json" --data "$work/toy2.csv" --method mnl --output "$work/other" --quiet
refuses 2 'its data are not those of' compare "$mnl" "$work/other"
refuses 2 'not of the same choices' test "$msl" --against "$work/other"

# damaged files are told of by line
cp -r "$mnl" "$work/bad"
sed -i '3s/,[^,]*$//' "$work/bad/estimates.csv"
refuses 2 'bad/estimates\.csv:3: 6 cells under 7 names' summary "$work/bad"
cp "$mnl/estimates.csv" "$work/bad/"
sed -i '2s/,[^,]*,/,x,/' "$work/bad/vcov.csv"
refuses 2 'bad/vcov\.csv:2: "x" in column price is not a number' summary "$work/bad"

# an interrupt leaves the best so far
"$HBLOGIT" fit "$work/toy.json" --method msl --draws 20000 --output "$work/stopped" >"$work/out" \
    2>"$work/err" &
pid=$!
for _ in $(seq 100); do
    grep -q '^iteration' "$work/err" && break
    sleep 0.05
done
kill -INT "$pid"
wait "$pid"
[ $? -eq 130 ] || fail "an interrupted fit did not exit with 130"
grep -q 'best estimates so far' "$work/err" || fail "the interruption was not told"
grep -q '"status":	"interrupted"' "$work/stopped/run.json" || fail "run.json does not say interrupted"
expect 0 summary "$work/stopped"
finish
