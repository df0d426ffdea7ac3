#!/bin/bash
# Mistakes that people make, and what the program says of each: exit code 2, one line that names the
# place (file:line) and says what would be right, the same from check and fit, and nothing written.
# models/bad-inputs.md lists them all, and must say what the program says; it is written anew by
#     HBLOGIT=build/hblogit tests/cli/test_bad_inputs.sh --write
. tests/cli/lib.sh
document=models/bad-inputs.md
made=$work/document.md
here=$work/here
case $HBLOGIT in /*) ;; *) HBLOGIT=$PWD/$HBLOGIT ;; esac

# ---- what the mistakes are made in

mkdir "$work/right" || exit 1
awk 'BEGIN {
    print "id,task,alt,choice,price,size,income,brand"
    split("car bus train", alternative, " ")
    split("red green blue", brand, " ")
    for (n = 1; n <= 8; n++) for (t = 1; t <= 3; t++) for (j = 1; j <= 3; j++)
        printf "%d,%d,%s,%d,%.2f,%d,%d,%s\n", n, t, alternative[j], j == (n * 5 + t * 7 + n * t) % 3 + 1,
            ((n * 7 + t * 3 + j * 5) % 11) / 4, (n * 3 + t * 5 + j * 7) % 6, 20 + n * n % 7,
            brand[(n + t * 2 + j * n) % 3 + 1]
}' >"$work/right/data.csv"
cat >"$work/right/model.json" <<'END'
{
  "data": {
    "file": "data.csv",
    "person": "id",
    "task": "task",
    "alternative": "alt"
  },
  "formula": "choice ~ price + size | 0",
  "random": {
    "price": "normal",
    "size": "normal"
  }
}
END
awk 'BEGIN {
    print "id,mode,price_car,price_bus,time_car,time_bus,income"
    for (n = 1; n <= 8; n++) for (t = 1; t <= 3; t++)
        printf "%d,%s,%.2f,%.2f,%d,%d,%d\n", n, (n * 5 + t * 7 + n * t) % 3 == 1 ? "car" : "bus",
            (n * 7 + t) % 11 / 4, (n * 5 + t * 3) % 7 / 4, (n * 3 + t * 5) % 6, (n + t * 7) % 8, 20 + n
}' >"$work/right/wide.csv"
cat >"$work/right/wide.json" <<'END'
{
  "data": {
    "file": "wide.csv",
    "shape": "wide",
    "person": "id",
    "choice": "mode"
  },
  "formula": "mode ~ price + time | 0",
  "random": { "price": "normal" }
}
END
awk 'BEGIN { print "id,age,town"
    for (n = 1; n <= 8; n++) print n "," 20 + n * n % 13 "," (n % 2 ? "north" : "south") }' \
    >"$work/right/persons.csv"

# change FILE CHANGE...: the files as they are right, changed; a change is a sed script, "|" and a
# filter, or "=" and the text to stand there instead, as printf takes it.
change() {
    rm -rf "$here"
    cp -r "$work/right" "$here"
    model=model.json
    while [ $# -gt 0 ]; do
        # shellcheck disable=SC2059 # the text is the format
        case $2 in
        =*) printf "${2#=}" >"$here/$1" ;;
        \|*) ${2#|} <"$work/right/$1" >"$here/$1" ;;
        *) sed -E -i "$2" "$here/$1" ;;
        esac
        case $1 in wide.*) model=wide.json ;; esac
        shift 2
    done
}

in_here() { (cd "$here" && run "$@"; echo "$status") >"$work/status"; status=$(cat "$work/status"); }

# ---- the document

# section TITLE [SECOND COLUMN]
section() {
    printf '\n## %s\n\n| the mistake | %s |\n|---|---|\n' "$1" "${2:-what the program says}" >>"$made"
}

# quoted TEXT: as code in a cell of a table
quoted() {
    local text=${1//|/\\|}
    case $text in *\`*) printf '`` %s ``' "$text" ;; *) printf '`%s`' "$text" ;; esac
}

# mistake TITLE CURE FILE CHANGE...: CURE is a regex of the words that say what would be right.
mistake() {
    local title=$1 cure=$2 first
    shift 2
    change "$@"
    in_here check "$model"
    first=$(cat "$work/err")
    judge "$title" "$status" "$first" "$cure"
    if [ -z "${HBLOGIT_VALGRIND:-}" ]; then
        in_here fit "$model" --output run
        [ "$status" = 2 ] && [ "$(cat "$work/err")" = "$first" ] ||
            fail "$title: fit ends with $status and says: $(cat "$work/err")"
    fi
    [ -e "$here/run" ] && fail "$title: fit made a run directory"
    printf '| %s | %s |\n' "${title//|/\\|}" "$(quoted "${first#hblogit: }")" >>"$made"
}

# unestimable TITLE CURE FILE CHANGE...: model and data are read, but check finds that they make no
# estimate, and fit refuses.
unestimable() {
    local title=$1 cure=$2 finding
    shift 2
    change "$@"
    in_here check "$model"
    [ "$status" = 2 ] || fail "$title: check ends with $status"
    in_here fit "$model" --output run
    [ "$status" = 2 ] || fail "$title: fit ends with $status"
    finding=$(cat "$work/err")
    [[ $finding =~ $cure ]] || fail "$title: no cure: $finding"
    [ -e "$here/run" ] && fail "$title: fit made a run directory"
    printf '| %s | %s |\n' "${title//|/\\|}" "$(quoted "${finding#hblogit: }")" >>"$made"
}

# warned TITLE CURE FILE CHANGE...: check warns of it, and goes on.
warned() {
    local title=$1 cure=$2 finding
    shift 2
    change "$@"
    in_here check "$model"
    [ "$status" = 0 ] || fail "$title: check ends with $status"
    finding=$(awk '/^[^ ]/ { on = /^warning: / } on' "$work/out" | sed 's/^warning: *//; s/^  *//; /^$/d' |
        paste -sd ' ')
    [[ $finding =~ $cure ]] || fail "$title: no cure: $(cat "$work/out")"
    printf '| %s | %s |\n' "${title//|/\\|}" "$(quoted "$finding")" >>"$made"
}

# taken TITLE WHAT FILE CHANGE...: check says of it what it says of the files as they are right.
taken() {
    local title=$1 what=$2
    shift 2
    change model.json ''
    in_here check "$model"
    mv "$work/out" "$work/as_right"
    change "$@"
    in_here check "$model"
    [ "$status" = 0 ] || fail "$title: exit $status: $(cat "$work/err")"
    diff "$work/as_right" "$work/out" || fail "$title: is read differently"
    printf '| %s | %s |\n' "$title" "$what" >>"$made"
}

judge() {
    [ "$2" = 2 ] || fail "$1: exit $2"
    [ "$(printf '%s\n' "$3" | wc -l)" = 1 ] || fail "$1: not one line: $3"
    [[ $3 =~ ^hblogit:\ (model.json|wide.json|data.csv|dta.csv|wide.csv|persons.csv)(:[0-9]+)*:\  ]] ||
        fail "$1: no place: $3"
    [[ $3 =~ $4 ]] || fail "$1: no cure: $3"
}

cat >"$made" <<'END'
# What the program says of mistakes

Each mistake is made in a model and data that are otherwise right. The message names the file, the
line, and what would be right; the exit code is 2, and nothing is written.
END

section 'The form of the CSV file'
mistake 'no such file' 'No such file' model.json 's/data.csv/dta.csv/'
mistake 'an empty file' 'name the columns' data.csv '='
mistake 'a header and nothing else' 'row' data.csv '1q'
mistake 'a quote that is never closed: `1,1,"train,1`' 'quote' data.csv '4s/train/"train/'
mistake 'a cell too few' 'cells' data.csv '7s/,[^,]*$//'
mistake 'a cell too many: `1,250` for 1250' 'cells' data.csv '7s/,2,/,2,250,/'
mistake 'a comma at the end of the header line only' 'name' data.csv '1s/$/,/'
mistake 'two columns of one name' 'price' data.csv '1s/size/price/'
mistake 'a picture instead of a CSV file' 'CSV text' data.csv '=\211PNG\r\n\032\n\000\000\000\rIHDR\000\001'
mistake 'a spreadsheet (.xlsx) instead of a CSV file' 'CSV text' data.csv '=PK\003\004\024\000\006\000\010\000\000\000!\000\n\001,\002'
mistake 'a file in UTF-16' 'UTF-8' data.csv '=\377\376i\000d\000,\000t\000\n\0001\000,\0002\000\n\000'
mistake 'semicolons read as commas' 'delimiter' data.csv 's/,/;/g'
mistake 'semicolons and decimal commas read as commas' 'delimiter' data.csv 's/,/;/g; s/\./,/g'
mistake 'tabs read as commas' 'delimiter' data.csv 's/,/\t/g'
mistake 'decimal commas that were not declared' 'decimal' data.csv 's/,/;/g; s/\./,/g' \
    model.json 's/"file": "data.csv"/&, "delimiter": ";"/'
mistake 'the header line once more in the middle' 'delete the line' data.csv '20{p;s/.*/id,task,alt,choice,price,size,income,brand/}'
mistake 'a row of totals at the end' 'every row needs one' data.csv '$a Total,,,24,90.25,180,,'
mistake 'a title above the header line' 'name the columns' data.csv '1i Survey of 2024,,,,,,,'
mistake 'no header line' 'names of the columns' data.csv 1d

section 'Columns'
mistake 'a column that is not there, of the formula' 'did you mean "price"' model.json 's/~ price/~ prices/'
mistake 'a column that is not there, of the data' 'did you mean "task"' model.json 's/"task": "task"/"task": "tasks"/'
mistake 'upper and lower case' 'did you mean "Price"' data.csv '1s/price/Price/'
mistake 'text in a column of numbers' 'correct it' data.csv '5s/,[0-9.]+,([0-9]),/,cheap,\1,/'
mistake 'a unit behind a number: `2.50 EUR`' 'correct it' data.csv '5s/,([0-9.]+),([0-9]),/,\1 EUR,\2,/'
mistake 'marks of thousands: `"1,250"`' 'take the marks' data.csv '5s/,[0-9.]+,([0-9]),/,"1,250",\1,/'
mistake 'a date: `2024-05-01`' 'correct it' data.csv '5s/,[0-9.]+,([0-9]),/,2024-05-01,\1,/'
mistake 'per cents: `15%`' 'correct it' data.csv '5s/,[0-9.]+,([0-9]),/,15%,\1,/'
mistake "a spreadsheet's error: \`#DIV/0!\`" 'correct it' data.csv '5s|,[0-9.]+,([0-9]),|,#DIV/0!,\1,|'
mistake 'a missing value' 'missing' data.csv '5s/,[0-9.]+,([0-9]),/,,\1,/'
mistake '`N/A` for a missing value' 'leave the cell empty' data.csv '5s|,[0-9.]+,([0-9]),|,N/A,\1,|'
mistake 'a person without a number' 'every row needs one' data.csv '5s/^1,/,/'

section 'Choices and tasks'
mistake 'no alternative chosen' 'it must be one' data.csv '2,4s/,1,([0-9.]+,[0-9]+,[0-9]+,)/,0,\1/'
mistake 'two alternatives chosen' 'it must be one' data.csv '2,3s/^(1,1,[a-z]*),[01]/\1,1/'
mistake 'choices 1 and 2 for no and yes' '1 where the alternative is chosen' data.csv 's/^([0-9],[0-9],[a-z]*),1/\1,2/; s/^([0-9],[0-9],[a-z]*),0/\1,1/'
mistake 'a choice of 2' 'must be 1 or TRUE' data.csv '5s/^(1,2,[a-z]*),[01]/\1,2/'
mistake 'a choice missing' 'data.missing can be' data.csv '5s/^(1,2,[a-z]*),[01]/\1,/'
mistake 'the name of an alternative that is not offered' 'there are: car' data.csv 's/^([0-9],[0-9],[a-z]*),[01]/\1,car/; 8,10s/^([0-9],[0-9],[a-z]*),car/\1,boat/'
mistake 'yes and no' 'must be 1 or TRUE' data.csv 's/^([0-9],[0-9],[a-z]*),1/\1,yes/; s/^([0-9],[0-9],[a-z]*),0/\1,no/'
mistake 'one alternative only' 'needs two' data.csv '2s/^(1,1,[a-z]*),[01]/\1,1/; 3,4d'
mistake 'an alternative twice' 'one row' data.csv '3s/bus/car/'
mistake 'an alternative twice, with a blank behind its name' 'one row' data.csv '3s/bus/"car "/; 4s/train/"car "/'
mistake 'chosen, but not available' 'which is not available' data.csv '1s/$/,on/; 2,$s/$/,1/; 2,4s/(,1,[0-9.]+,[0-9]+,[0-9]+,[a-z]*),1$/\1,0/' \
    model.json 's/"file"/"available": "on", &/'
mistake 'availability that is neither 0 nor 1' 'must be 1 or TRUE' data.csv '1s/$/,on/; 2,$s/$/,2/' model.json 's/"file"/"available": "on", &/'
mistake 'a row gone from a file without a column of tasks' 'must name the column of tasks' data.csv 5d model.json '/"task"/d; s/"file"/"alternatives": ["car", "bus", "train"], &/'
mistake 'a task whose rows are of two persons' 'must be one' data.csv '3s/^1/2/'

section 'What the model file says of the data'
mistake 'alternatives that the file does not have' 'did you mean "train"' model.json 's/"file"/"alternatives": ["car", "tram"], &/'
mistake 'a reference that is no alternative' 'there are: car' model.json 's/"file"/"reference": "boat", &/'
mistake 'a filter that leaves out everything' 'true for the rows to keep' model.json 's/"file"/"filter": "price > 100", &/'
mistake 'a filter with a column that is not there' 'did you mean "price"' model.json 's/"file"/"filter": "prize > 1", &/'
mistake 'a bracket that is not closed' 'has no \)' model.json 's/"file"/"derived": { "lp": "log(price" }, &/'
mistake '`=` for `==`' '==' model.json 's/"file"/"filter": "size = 1", &/'
mistake 'arithmetic with text' 'compare it with a quoted text' model.json 's/"file"/"derived": { "b": "brand * 2" }, &/'
mistake 'a function that there is not' 'there are: .*log' model.json 's/"file"/"derived": { "lp": "ln(price)" }, &/'
mistake 'the logarithm of 0' 'data.missing can be' model.json 's/"file"/"derived": { "size": "log(size)" }, &/'
mistake 'a derived column that uses a later one' 'there are:' model.json 's/"file"/"derived": { "a": "b + 1", "b": "a" }, &/'
mistake 'a weight below 0' 'above 0' data.csv '1s/$/,w/; 2,$s/$/,-1/' model.json 's/"file"/"weight": "w", &/'
mistake 'a weight that varies within a person' 'must be the same' data.csv '1s/$/,w/; 2,$s/$/,1/; 6s/1$/2/' model.json 's/"file"/"weight": "w", &/'
mistake 'a base that is no level' 'levels: blue' model.json 's/"file"/"categorical": { "brand": { "base": "rde" } }, &/; s/~ price/~ brand + price/'
mistake 'a table of persons without one of them' 'add a row' persons.csv 5d model.json 's/"file"/"persons": "persons.csv", &/'
mistake 'a table of persons with one twice' 'a row for each' persons.csv '5{p}' model.json 's/"file"/"persons": "persons.csv", &/'
mistake 'a table of persons whose column has another name' 'there are: person' persons.csv '1s/id/person/' model.json 's/"file"/"persons": "persons.csv", &/'
mistake 'a column both in the data and in the table of persons' 'rename' persons.csv '1s/age/income/' model.json 's/"file"/"persons": "persons.csv", &/; s/\| 0/| income/'

section 'Wide data: a row a task'
mistake 'no attribute with a column for each alternative' 'data.separator' wide.csv '1s/_/-/g'
mistake 'an alternative without one of the columns' 'one for each' wide.csv '1s/time_bus/tme_bus/'
mistake 'a column listed that is not there' 'did you mean' wide.json 's/"file"/"alternatives": ["car", "bus"], "varying": { "price": ["price_car", "price_bs"] }, &/; s/ \+ time//'
mistake 'a choice that is no alternative' 'there are: car' wide.csv '5s/car|bus/tram/'
mistake 'fewer columns listed than alternatives' 'names 2 alternatives' wide.json 's/"file"/"alternatives": ["car", "bus"], "varying": { "price": ["price_car"] }, &/'
mistake 'wide data read as long' 'must be 1 or TRUE' wide.json '/shape/d'

section 'The formula'
mistake 'no `~`' '~' model.json 's/choice ~/choice +/'
mistake 'nothing left of `~`' 'expected the column' model.json 's/choice ~/~/'
mistake 'an operator too many' 'expected a name' model.json 's/price \+/price + +/'
mistake 'brackets' 'write its terms out' model.json 's/price \+/(price +/'
mistake 'a fifth part' 'at most four' model.json 's/\| 0/| 0 | 0 | 0 | 0/'
mistake 'a function' '"derived" of "data"' model.json 's/~ price/~ log(price)/'
mistake 'no term at all' 'no coefficient is left' model.json 's/price \+ size/0/; /"price": /d; s/"size": "normal"//'
mistake 'another choice than data.choice' 'must be the same' model.json 's/"file"/"choice": "size", &/'
mistake 'a scale that varies within a person' 'must be the same' model.json 's/\| 0/| 0 | 0 | price/'
mistake 'a number as a term' 'expected a name' model.json 's/price \+ size/price + 2*size/'

section 'Coefficients'
mistake 'a distribution that there is not' 'did you mean "lognormal"' model.json 's/"price": "normal"/"price": "lognormall"/'
mistake 'random, but no coefficient' 'did you mean "price"' model.json 's/"price": "normal"/"prize": "normal"/'
mistake 'a pattern that matches none' '(price, size)' model.json 's/"price": "normal"/"cost*": "normal"/'
mistake 'bounds the wrong way round' 'not below' model.json 's/"price": "normal"/"price": { "distribution": "johnson-sb", "lower": 1, "upper": 0 }/'
mistake 'a distribution of simulated likelihood only' 'msl' model.json 's/"price": "normal"/"price": "triangular"/'
mistake 'correlated, but not random' 'price, size' model.json 's/"random"/"correlation": [["price", "sz"]],\n  &/'
mistake 'in two blocks of the covariance' 'second time' model.json 's/"random"/"correlation": [["price", "size"], ["size"]],\n  &/'
mistake 'an order of a coefficient that is not random' 'add .brand' model.json 's/"random"/"order": [["price", "brand"]],\n  &/'
mistake 'orders in a circle' 'second time' model.json 's/"random"/"order": [["price", "size"], ["size", "price"]],\n  &/'
mistake 'held and random' 'leave it out' model.json 's/"random"/"held": { "price": -1 },\n  &/'
mistake 'held, but no coefficient' 'did you mean "size"' model.json 's/"random"/"held": { "sise": -1 },\n  &/'
mistake 'a covariate that varies within a person' 'must be the same' model.json 's/"random"/"covariates": ["brand"],\n  &/'
mistake 'a covariate that is no column' 'did you mean "income"' model.json 's/"random"/"covariates": ["incom"],\n  &/'

section 'The model file itself'
mistake 'a comma forgotten' 'a comma missing before' model.json 's/"id",/"id"/'
mistake 'a comma too many' 'comma too many' model.json 's/"size": "normal"/&,/'
mistake 'single quotes' 'straight double quotes' model.json "s/\"id\"/'id'/"
mistake 'a comment' 'not allowed' model.json 's,"person",// who\n    &,'
mistake 'an empty file' 'not closed' model.json '='
mistake 'a key that is not known' 'did you mean "person"' model.json 's/"person"/"persn"/'
mistake 'a key twice' 'first on line' model.json 's/"person": "id",/& &/'
mistake 'a number for a text' 'must be text' model.json 's/"id"/1/'
mistake 'a text for a number' 'whole number' model.json 's/"random"/"hb": { "draws": "5000" },\n  &/'
mistake 'a number out of range' 'from 1' model.json 's/"random"/"hb": { "draws": 0 },\n  &/'
mistake 'an estimator that there is not' 'did you mean' model.json 's/"random"/"method": "hbm",\n  &/'
mistake 'a sequence that there is not' 'did you mean "halton"' model.json 's/"random"/"msl": { "sequence": "haltn" },\n  &/'
mistake 'a prior with too few degrees of freedom' 'such as' model.json 's/"random"/"hb": { "prior": { "covariance": { "df": 1 } } },\n  &/'
mistake 'no formula' 'such as' model.json '/formula/d'
mistake 'no data' 'such as' model.json '2,7d'
mistake 'typographic quotes' 'straight|double quotes|"' model.json 's/"id"/“id”/'
mistake 'a path with single backslashes' '\\\\' model.json 's/data.csv/C:\\data.csv/'
mistake 'the data where the model file should be' 'JSON' model.json '=id,task,alt,choice\n1,1,car,1\n'
mistake 'a model file in UTF-16' 'UTF-8' model.json '=\377\376{\000\n\000}\000'

section 'Models that cannot be estimated'
unestimable 'weights of persons and hierarchical Bayes' 'msl' data.csv '1s/$/,w/; 2,$s/$/,2/' model.json 's/"file"/"weight": "w", &/'
unestimable 'the choice among the terms' 'leave it out' model.json 's/price \+ size/price + size + choice/'
unestimable 'a number of 1e308' 'correct the data' data.csv '5s/,[0-9.]+,([0-9]),/,1e308,\1,/'
warned '-99 for a missing value' 'leave the cells empty' data.csv '5s/,[0-9.]+,([0-9]),/,-99,\1,/'
warned '-999 for a missing income' 'leave the cells empty' data.csv 's/^(1,.*),[0-9]+,([a-z]+)$/\1,-999,\2/' \
    model.json 's/"random"/"covariates": ["income"],\n  &/'
warned 'an alternative spelt in two ways' 'correct the data' data.csv '2s/car/Car/'

section 'Untidy files that are read all the same' 'what is done'
taken 'a byte-order mark' 'passed over' data.csv '1s/^/\xef\xbb\xbf/'
taken 'line ends of Windows' 'passed over' data.csv 's/$/\r/'
taken 'blank lines' 'passed over' data.csv '9s/$/\n/; $s/$/\n\n/'
taken 'blanks around cells and names of columns' 'passed over' data.csv 's/,/ ,\t /g'
taken 'every cell in quotes, numbers too' 'read as without' data.csv 's/[^,]+/"&"/g'
taken 'semicolons, declared' 'data.delimiter' data.csv 's/,/;/g' model.json 's/"file"/"delimiter": ";", &/'
taken 'semicolons and decimal commas, declared' 'data.delimiter, data.decimal' data.csv 's/,/;/g; s/\./,/g' \
    model.json 's/"file"/"delimiter": ";", "decimal": ",", &/'
taken 'tabs, declared' 'data.delimiter' data.csv 's/,/\t/g' model.json 's/"file"/"delimiter": "tab", &/'
taken 'a file packed by gzip' 'unpacked while it is read' data.csv '|gzip'
taken 'no line end at the end' 'as with one' data.csv '|head -c -1'
taken 'TRUE and FALSE for 1 and 0' 'read as 1 and 0' data.csv 's/^([0-9],[0-9],[a-z]*),1/\1,TRUE/; s/^([0-9],[0-9],[a-z]*),0/\1,FALSE/'
taken '1.0 and 0.0 for 1 and 0' 'read as 1 and 0' data.csv 's/^([0-9],[0-9],[a-z]*),([01])/\1,\2.0/'
taken 'numbers as `+2.50`, `2.5e0`' 'read' data.csv 's/,([0-9]\.[0-9]+)/,+\1e0/'
taken 'identifiers with leading zeros' 'read as numbers, 001 as 1' data.csv '2,$s/^/00/'
taken 'columns of dates and remarks that no one uses' 'passed over' data.csv '1s/$/,date,remark/; 2,$s/$/,2024-05-01,"well, ""yes"""/'
taken 'missing values in a column that no one uses' 'passed over' data.csv '4,9s/[a-z]*$/NA/'

if [ "${1:-}" = --write ]; then
    cp "$made" "$document"
elif ! diff -u "$document" "$made"; then
    fail "$document is not what the program says; see the head of $0"
fi
finish
