#!/bin/bash
# make install with DESTDIR and prefix puts everything in its place, and a program compiles and
# links against what was installed by the flags of pkg-config.
. tests/cli/lib.sh
make -s install BUILD="$HBLOGIT_BUILD" DESTDIR="$work/stage" prefix=/opt/hblogit \
    >"$work/out" 2>"$work/err" || { cat "$work/err" && exit 1; }
root=$work/stage/opt/hblogit
for file in bin/hblogit lib/libhblogit.a lib/pkgconfig/hblogit.pc include/hblogit/hblogit.h \
    share/man/man1/hblogit.1; do
    [ -s "$root/$file" ] || fail "$file is not installed"
done
[ "$("$root/bin/hblogit" --version)" = "$("$HBLOGIT" --version)" ] || fail "another version"
[ "$(grep '^prefix=' "$root/lib/pkgconfig/hblogit.pc")" = prefix=/opt/hblogit ] ||
    fail "the prefix in hblogit.pc is not /opt/hblogit"

command -v pkg-config >/dev/null || { echo "pkg-config is not installed" && finish; }
cat >"$work/user.c" <<'END'
#include <hblogit/hblogit.h>
#include <stdio.h>
int main(void)
{
    hbl_spec *spec;
    hbl_error error = HBL_ERROR_INIT;
    int status = hbl_spec_read("/nonexistent/model.json", NULL, 0, &spec, &error);
    puts(hbl_version());
    return status == HBL_ERR_INPUT ? 0 : 1;
}
END
export PKG_CONFIG_PATH=$root/lib/pkgconfig
flags=$(pkg-config --define-variable=prefix="$root" --define-variable=libdir="$root/lib" \
    --define-variable=includedir="$root/include" --cflags --libs hblogit)
case ${CFLAGS:-} in *fsanitize*) flags="$flags $CFLAGS" ;; esac
# shellcheck disable=SC2086 # the flags are words of their own
${CC:-cc} -o "$work/user" "$work/user.c" $flags || fail "the program does not link"
"$work/user" >"$work/out" || fail "the program fails"
prints '^[0-9]+\.[0-9]+\.[0-9]+$'
finish
