#!/bin/bash
# Surveys as they come, read the ways a user would: the same panel whatever the way, and the figures
# that mlogit's documentation has.
. tests/cli/lib.sh
data=$(cd ../shared/data 2>/dev/null && pwd) ||
    { echo "no ../shared/data, which this test reads" && exit 77; }

# design NAME DATA FORMULA: checks a model of the data object, its design written to NAME.csv.
design() {
    printf '{"data": {%s}, "formula": "%s", "method": "mnl"}\n' "$2" "$3" >"$work/$1.json"
    expect 0 check "$work/$1.json" --design "$work/$1.csv"
}

# same_columns A B FIRST: the designs agree from that column on.
same_columns() {
    diff <(cut -d, -f"$3"- "$work/$1.csv") <(cut -d, -f"$3"- "$work/$2.csv") >"$work/differs" ||
        { fail "the designs of $1 and $2 differ" && head -5 "$work/differs"; }
}

# ---- the six ways in which mlogit's documentation indexes ModeCanada: 2,779 cases, 11,116 rows

names='"alternatives": ["train", "air", "bus", "car"]'
way() {
    design "$1" "\"file\": \"$data/mode_canada.csv\", \"filter\": \"noalt == 4\"$2" \
        'choice ~ cost | income | ivt'
    prints 'tasks +2,779 +4 alternatives each'
    prints 'rows +11,116'
    [ "$(wc -l <"$work/$1.csv")" -eq 11117 ] || fail "way $1 has not 11116 rows"
    # by case or by number, each task is a person here
    same_columns positional "$1" 3
}
way positional ", $names"
way alternative ', "alternative": "alt"'
way case ", \"task\": \"case\", $names"
way both ', "task": "case", "alternative": "alt"'
way first_two ''
way kept ", \"task\": \"case\", \"alternative\": \"alt\", $names"

# ---- electricity, long and wide; the separator inferred; "." for all columns but the indexes

design long "\"file\": \"$data/electricity.csv\", \"person\": \"id\", \"task\": \"obsID\",
    \"alternative\": \"alt\"" 'choice ~ pf + cl + loc + wk + tod + seas | 0'
design wide "\"file\": \"$data/electricity_wide.csv\", \"shape\": \"wide\", \"person\": \"id\"" \
    'choice ~ . | 0'
prints 'data.separator is not given'
same_columns long wide 3
design named "\"file\": \"$data/electricity_wide.csv\", \"shape\": \"wide\", \"person\": \"id\"" \
    'choice ~ pf + cl + loc + wk + tod + seas | 0'
same_columns wide named 1

# ---- the other separators

design fishing "\"file\": \"$data/fishing.csv\", \"shape\": \"wide\"" 'mode ~ price + catch'
prints 'split at "\."'
design train "\"file\": \"$data/train.csv\", \"shape\": \"wide\", \"person\": \"id\"" \
    'choice ~ price + time + change + comfort | 0'
prints 'split at "_"'

# ---- weights of persons: those of another scale are told; as weighed by hand

cars='"person": "id", "task": "obsnum"'
terms='choice ~ price + opCost + accelTime + hev | 0'
design plain "\"file\": \"$data/cars_us.csv\", $cars" "$terms"
design weighed "\"file\": \"$data/cars_us.csv\", $cars, \"weight\": \"weights\"" "$terms"
prints 'persons count by "weights", from 0.2 to'
same_columns plain weighed 1
expect 0 fit "$work/plain.json" --output "$work/plain.run" --quiet
expect 0 fit "$work/weighed.json" --output "$work/weighed.run" --quiet
cmp -s "$work/plain.run/estimates.csv" "$work/weighed.run/estimates.csv" &&
    fail 'weights change nothing'
finish
