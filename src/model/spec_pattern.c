/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Random coefficients by name or pattern.
 */
#include <string.h>

#include "model/spec.h"

bool hbl_is_pattern(const char *name)
{
    return strpbrk(name, "*?") != NULL;
}

/* ? stands for one character, not for one byte of it: the bytes that go on in UTF-8 are passed. */
static size_t character_length(const char *text)
{
    size_t n = 1;

    while (((unsigned char)text[n] & 0xC0) == 0x80)
        n++;
    return n;
}

/* Goes back to the latest * only: it can take over whatever an earlier one would have. */
bool hbl_pattern_matches(const char *pattern, const char *name)
{
    const char *star = NULL, *resume = NULL;

    while (*name != '\0') {
        if (*pattern == '*') {
            star = ++pattern;
            resume = name;
        } else if (*pattern == '?') {
            pattern++;
            name += character_length(name);
        } else if (*pattern == *name) {
            pattern++;
            name++;
        } else if (star != NULL) {
            pattern = star;
            name = ++resume;
        } else {
            return false;
        }
    }
    return pattern[strspn(pattern, "*")] == '\0';
}

const hbl_random_spec *hbl_spec_random_of(const hbl_spec *spec, const char *coefficient)
{
    for (size_t i = 0; i < spec->n_random; i++) {
        if (strcmp(spec->random[i].name, coefficient) == 0)
            return &spec->random[i];
    }
    for (size_t i = 0; i < spec->n_random; i++) {
        if (hbl_is_pattern(spec->random[i].name) &&
            hbl_pattern_matches(spec->random[i].name, coefficient))
            return &spec->random[i];
    }
    return NULL;
}
