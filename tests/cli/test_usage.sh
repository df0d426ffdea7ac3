#!/bin/bash
# Commands, options and help: exit codes and messages.
. tests/cli/lib.sh

expect 0 --version
prints '^hblogit [0-9]+\.[0-9]+\.[0-9]+$'
expect 0 --help
for command in fit check summary diagnose compare test simulate help; do
    prints "^  hblogit $command "
    expect 0 help "$command"
    prints "^usage: hblogit $command"
    cp "$work/out" "$work/page"
    expect 0 "$command" --help
    cmp -s "$work/page" "$work/out" || fail "help $command and $command --help differ"
    expect 0 --help
done

# the man page knows every option, and groff has no complaint
for command in fit check summary diagnose compare test simulate; do
    hblogit help "$command" | grep -o '^  --[a-z]*' | tr -d ' ' | while read -r option; do
        sed 's/\\-/-/g' src/cli/hblogit.1 | grep -q -- "$option" || echo "$command $option"
    done
done >"$work/undocumented"
[ -s "$work/undocumented" ] && fail "not in the man page: $(cat "$work/undocumented")"
if command -v groff >/dev/null; then
    groff -man -Tascii -ww src/cli/hblogit.1 2>&1 >/dev/null | grep . && fail "groff complains"
fi

# every setting with its default, every distribution, every kernel
expect 0 help settings
prints '^hb\.draws$'
prints 'a whole number from 1 .*default 1000'
for key in $(grep -E '^[a-z][a-z_.]*$' "$work/out"); do
    grep -q "\`$key\`" README.md || fail "README.md does not tell of the setting $key"
done
expect 0 help distributions
for name in normal lognormal negative-lognormal censored-normal johnson-sb; do
    prints "^  $name "
done
expect 0 help kernels
for name in hmc hessian random-walk; do
    prints "^  $name "
done
refuses 2 'no help on "setings"; did you mean "settings"\?' help setings

# usage
expect 2
says '^usage: hblogit COMMAND'
refuses 2 'no command "fti"; did you mean "fit"\?' fti
refuses 2 'no command "quux"; see hblogit --help' quux
refuses 2 'no option "--verison" before the command' --verison
for command in predict elasticities wtp report export; do
    refuses 2 "$command is not available in this version" "$command"
done
refuses 2 'fit needs MODEL\.json' fit
refuses 2 'further argument "b\.json"' fit a.json b.json
refuses 2 'no option "--drows"; did you mean "--draws"\?' fit a.json --drows 10
refuses 2 'no option "--drows=10"; did you mean "--draws"\?' fit a.json --drows=10
refuses 2 'no option "-x"' fit -x a.json
refuses 2 '--draws needs a value' fit a.json --draws
refuses 2 '--quiet takes no value' fit a.json --quiet=yes
refuses 2 'no method "hbb"; did you mean "hb"\?' fit a.json --method hbb
refuses 2 '--json and --csv exclude each other' summary --json --csv dir
refuses 2 '--json and --csv exclude each other' compare --json --csv a b
refuses 2 'compare needs two run directories' compare nosuch
refuses 2 'needs a hypothesis' test nosuch
refuses 2 'are different tests' test nosuch 'a = b' --against other
finish
