#!/bin/bash
# Wrong model files and settings: exit code 2 and one line that says where and what would be right.
. tests/cli/lib.sh
small_panel

# model REGEX SED-SCRIPT: the model file, changed by sed, is refused with that message.
model() {
    sed -E "$2" "$work/small.json" >"$work/bad.json"
    refuses 2 "$1" check "$work/bad.json"
}
# setting REGEX KEY=VALUE: so is that --set.
setting() {
    refuses 2 "$1" fit "$work/small.json" --set "$2" --output "$work/run"
    [ -e "$work/run" ] && fail "a run directory was made for $2"
}

# the file
refuses 2 'nosuch\.json' check "$work/nosuch.json"
refuses 2 "$work" check "$work"
: >"$work/bad.json"
refuses 2 'bad\.json' check "$work/bad.json"
model 'bad\.json:3:' '2s/,$//'
model 'bad\.json:' '$d'

# keys and values
model 'bad\.json:2: data\.persn.*did you mean "person"\?' 's/"person"/"persn"/'
model 'bad\.json:4: randm .*did you mean "random"\?' 's/"random"/"randm"/'
model 'bad\.json:5: hb\.warm_up .*did you mean "warmup"\?' 's/"warmup"/"warm_up"/'
model 'bad\.json:4: random\.price.*"lognormall".*did you mean "lognormal"\?' \
    's/"normal"/"lognormall"/'
model 'bad\.json:4: random\.prize.*did you mean "price"\?' 's/"price": /"prize": /'
model 'bad\.json:5: hb\.chains.*from 1 to' 's/"chains": 2/"chains": 0/'
model 'bad\.json:5: hb\.chains' 's/"chains": 2/"chains": "two"/'
model 'bad\.json:5: hb\.draws.*1\.5' 's/"draws": 50/"draws": 1.5/'
model 'bad\.json:5: hb\.draws' 's/"draws": 50/"draws": 50, "draws": 60/'
model 'formula' '/"formula"/d'
model 'file' 's/"file": "small.csv", //'

# the formula
model 'formula.*quality' 's/quality \|/qualty |/'
model 'bad\.json:3:.*formula' 's/choice ~/choice/'
model 'bad\.json:3:.*formula' 's/price \+ quality/price + + quality/'
model 'bad\.json:3:.*formula' 's/price \+ quality/price + (quality/'

# settings on the command line
setting 'hb\.drws.*did you mean' hb.drws=10
setting 'hb\.kernel.*"hmcc".*did you mean "hmc"\?' hb.kernel=hmcc
setting 'hb\.over_relaxation' hb.over_relaxation=1
setting 'hb\.seed' hb.seed=-1
setting 'hb\.prior\.preset.*"bayesmm".*did you mean "bayesm"\?' hb.prior.preset=bayesmm
setting 'nonsense' nonsense
setting 'correlation' correlation=some
refuses 2 'hb\.draws' fit "$work/small.json" --draws none
refuses 2 '--threads needs a whole number from 1' fit "$work/small.json" --threads 0

# simulated likelihood
setting 'msl\.sequence.*"haltn".*did you mean "halton"\?' msl.sequence=haltn
setting 'msl\.draws.*from 1 to' msl.draws=0
setting 'method.*did you mean "msl"\?' method=mls
setting 'random\.price is uniform, which needs "method": "msl".*johnson-sb' random.price=uniform

# data
model 'bad\.json:2: data\.shape.*did you mean "wide"\?' 's/"file"/"shape": "wid", "file"/'
model 'bad\.json:2: data\.alternative belongs to a long file' 's/"file"/"shape": "wide", "file"/'
model 'bad\.json:2: data\.separator.*give "shape": "wide"' 's/"file"/"separator": "_", "file"/'
model 'bad\.json:2: data\.delimiter must be one character' 's/"file"/"delimiter": ", ", "file"/'
model 'bad\.json:2: data\.reference names "4".*data\.alternatives' \
    's/"file"/"alternatives": [1, 2, 3], "reference": 4, "file"/'
setting 'data\.alternatives\[2\] names "1" a second time' 'data.alternatives=[1, 2, 1]'
setting 'data\.categorical\.size.*did you mean "effects"\?' data.categorical.size=effect
setting 'data\.missing must be' data.missing=ignore

# coefficients
setting 'held\.price is held and random' held.price=-1
setting 'order\[0\]\[1\] is "quality", which is not random; add' 'order=[[0, "quality"]]'
setting 'order\[0\]\[1\] is 0 between' 'order=[["price", 0, "quality"]]'
setting 'correlation\[0\]\[1\] names "price" a second time' 'correlation=[["price", "price"]]'
setting 'covariates\[1\] names "size" a second time' 'covariates=["size", "size"]'
finish
