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

# what comes later says so
setting 'method' method=msl
setting 'shape' data.shape=wide
finish
