#!/bin/bash
# Every file of models/ reads, and check finds nothing that would make a fit of it meaningless.
. tests/cli/lib.sh
data=../shared/data
[ -d "$data" ] || { echo "no $data, which the model files read" && exit 77; }

# accepts MODEL [OPTION...]: check describes the model with exit code 0.
accepts() {
    expect 0 check "$@"
    prints '[Rr]eference|[Aa]lternatives'
}

for model in models/*.json models/published/*.json; do
    # people are drawn: the data are there once simulate has written them
    if grep -q '"persons": [0-9]' "$model"; then
        expect 0 simulate "$model" --output "$work/simulated.csv" --force
        accepts "$model" --data "$work/simulated.csv"
    else
        accepts "$model"
    fi
    grep -q '"title"' "$model" || [ "$model" = models/smallest.json ] || fail "$model has no title"
done

# each stands in the table of models/README.md
for model in models/*.json; do
    grep -Fq "| $(basename "$model") |" models/README.md || fail "models/README.md lacks $model"
done
for model in models/published/*.json; do
    grep -Fq "| published/$(basename "$model") |" models/README.md ||
        fail "models/README.md lacks $model"
done
finish
