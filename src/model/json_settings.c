/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Settings of the model file, by their tables, with the nearest right key for one that is wrong.
 */
#include <stdio.h>
#include <string.h>

#include "core/fail.h"
#include "model/json.h"

enum { TEXT = 320, KEYS = 64 };

/* The setting that key names under prefix; *within: key is an object that holds settings. */
static const hbl_option *find_option(const hbl_section *section, const char *prefix,
                                     const char *key, bool *within)
{
    const size_t n = strlen(prefix), k = strlen(key);

    *within = false;
    for (size_t i = 0; i < section->n; i++) {
        const char *name = section->option[i].key;

        if (strncmp(name, prefix, n) != 0 || strncmp(name + n, key, k) != 0)
            continue;
        if (name[n + k] == '\0')
            return &section->option[i];
        *within = *within || name[n + k] == '.';
    }
    return NULL;
}

/* Every key allowed under prefix, into words (each at most 63 letters); returns how many. */
static size_t list_keys(const hbl_section *section, const char *prefix, const char *const *others,
                        char words[][64], const char **keys)
{
    const size_t n = strlen(prefix);
    size_t count = 0;

    for (size_t i = 0; others != NULL && others[i] != NULL && count < KEYS; i++)
        keys[count++] = others[i];
    for (size_t i = 0; section != NULL && i < section->n && count < KEYS; i++) {
        const char *name = section->option[i].key;

        if (strncmp(name, prefix, n) != 0)
            continue;
        snprintf(words[count], 64, "%.*s", (int)strcspn(name + n, "."), name + n);
        keys[count] = words[count];
        if (count == 0 || strcmp(keys[count - 1], keys[count]) != 0)
            count++;
    }
    return count;
}

/* The section that a setting belongs to which stands at the top of the file. */
static const char *home_of(const char *key)
{
    static const hbl_section *const sections[] = {&hbl_section_hb, &hbl_section_msl,
                                                  &hbl_section_data};
    bool within;

    for (size_t i = 0; i < HBL_COUNT(sections); i++) {
        if (find_option(sections[i], "", key, &within) != NULL || within)
            return sections[i]->name;
    }
    return NULL;
}

static int fail_key(const hbl_json *json, const cJSON *node, const hbl_section *section,
                    const char *prefix, const char *const *others, hbl_error *error)
{
    char words[KEYS][64];
    const char *keys[KEYS];
    const size_t n = list_keys(section, prefix, others, words, keys);
    const char *nearest = hbl_nearest(node->string, keys, n);
    char text[TEXT] = "";
    const char *home;
    size_t used = 0;

    if (section == &hbl_section_top && (home = home_of(node->string)) != NULL)
        return hbl_json_fail(json, node, error, "is not a known key; did you mean \"%s.%s\"?", home,
                             node->string);
    if (nearest != NULL)
        return hbl_json_fail(json, node, error, "is not a known key; did you mean \"%s\"?",
                             nearest);
    for (size_t i = 0; i < n && used < sizeof text; i++)
        used +=
            (size_t)snprintf(text + used, sizeof text - used, "%s%s", i > 0 ? ", " : "", keys[i]);
    return hbl_json_fail(json, node, error, "is not a known key; those known here are %s", text);
}

static bool is_among(const char *word, const char *const *words)
{
    for (size_t i = 0; words != NULL && words[i] != NULL; i++) {
        if (strcmp(words[i], word) == 0)
            return true;
    }
    return false;
}

int hbl_json_check_keys(const hbl_json *json, const cJSON *object, const hbl_section *section,
                        const char *prefix, const char *const *others, hbl_error *error)
{
    for (const cJSON *c = object->child; c != NULL; c = c->next) {
        char longer[TEXT];
        bool within = false;
        const hbl_option *option =
            section != NULL ? find_option(section, prefix, c->string, &within) : NULL;
        int status = HBL_OK;

        if (option != NULL || is_among(c->string, others))
            continue;
        if (!within)
            return fail_key(json, c, section, prefix, others, error);
        snprintf(longer, sizeof longer, "%s%s.", prefix, c->string);
        status = hbl_json_object(json, c, error);
        if (!status)
            status = hbl_json_check_keys(json, c, section, longer, NULL, error);
        if (status)
            return status;
    }
    return HBL_OK;
}

static const cJSON *find_member(const cJSON *object, const char *key)
{
    char part[64];

    for (const char *dot; object != NULL && (dot = strchr(key, '.')) != NULL; key = dot + 1) {
        snprintf(part, sizeof part, "%.*s", (int)(dot - key), key);
        object = hbl_json_member(object, part);
    }
    return object != NULL ? hbl_json_member(object, key) : NULL;
}

/* Whether the value is of the JSON kind that the setting takes, and its text. */
static int value_text(const hbl_json *json, const cJSON *node, const hbl_option *option, char *text,
                      size_t size, const char **value, hbl_error *error)
{
    char wanted[TEXT];

    *value = text;
    switch (option->type) {
    case HBL_OPTION_BOOLEAN:
        snprintf(text, size, "%s", cJSON_IsTrue(node) ? "true" : "false");
        if (cJSON_IsBool(node))
            return HBL_OK;
        break;
    case HBL_OPTION_CHOICE:
    case HBL_OPTION_WORD:
    case HBL_OPTION_STRING:
    case HBL_OPTION_NAME:
        if (option->type == HBL_OPTION_NAME && cJSON_IsNumber(node)) {
            hbl_format_number(node->valuedouble, text, size);
            return HBL_OK;
        }
        if (cJSON_IsString(node) || hbl_json_overridden(json, node) != NULL)
            return hbl_json_string(json, node, value, error);
        break;
    default:
        if (option->type == HBL_OPTION_LINEAR && cJSON_IsString(node))
            return hbl_json_string(json, node, value, error);
        if (cJSON_IsNumber(node)) {
            snprintf(text, size, "%.17g", node->valuedouble);
            return HBL_OK;
        }
    }
    hbl_option_describe(option, wanted, sizeof wanted);
    return hbl_json_fail_type(json, node, wanted, error);
}

static int set_option(const hbl_json *json, const cJSON *node, const hbl_option *option,
                      void *target, hbl_error *error)
{
    hbl_error complaint = HBL_ERROR_INIT;
    const char *value = NULL;
    char text[64];
    int status = value_text(json, node, option, text, sizeof text, &value, error);

    if (status)
        return status;
    status = hbl_option_set(option, target, value, &complaint);
    if (status == HBL_ERR_INPUT)
        return hbl_json_fail(json, node, error, "%s", complaint.message);
    return status ? hbl_fail(error, complaint.status, "%s", complaint.message) : HBL_OK;
}

int hbl_json_settings(const hbl_json *json, const cJSON *object, const hbl_section *section,
                      const char *const *others, void *target, hbl_error *error)
{
    int status = hbl_json_object(json, object, error);

    if (!status)
        status = hbl_json_check_keys(json, object, section, "", others, error);
    for (size_t i = 0; !status && i < section->n; i++) {
        const cJSON *node = find_member(object, section->option[i].key);

        if (node != NULL)
            status = set_option(json, node, &section->option[i], target, error);
    }
    return status;
}
