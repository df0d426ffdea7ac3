/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The file and its places. cJSON keeps no positions; a second pass over text that it
 * has accepted walks text and tree side by side and notes where each value begins.
 */
#include "model/json_private.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "core/memory.h"

enum { LARGEST_FILE = 1 << 22, MOST_KEYS = 10000, PATH = 256 };

/* ---- places */

int hbl_json_add_place(hbl_json *json, hbl_json_place p, hbl_error *error)
{
    const int status = hbl_grow(&json->places, &json->capacity, json->n_places + 1, sizeof p,
                                "the model file's places", error);

    if (!status)
        json->places[json->n_places++] = p;
    return status;
}

/* The latest first: an override may have taken the memory of the node that it replaced. */
static const hbl_json_place *find_place(const hbl_json *json, const cJSON *node)
{
    for (size_t i = json->n_places; i > 0; i--) {
        if (json->places[i - 1].node == node)
            return &json->places[i - 1];
    }
    return NULL;
}

static size_t line_of(const hbl_json *json, size_t offset)
{
    size_t line = 1;

    for (size_t i = 0; i < offset; i++)
        line += json->text[i] == '\n';
    return line;
}

static size_t column_of(const hbl_json *json, size_t offset)
{
    size_t start = offset;

    while (start > 0 && json->text[start - 1] != '\n')
        start--;
    return offset - start + 1;
}

/* "hb.prior.mean", "correlation[1][0]" */
static void path_of(const hbl_json *json, const cJSON *node, char *path, size_t size)
{
    const hbl_json_place *p = find_place(json, node);
    char before[PATH] = "";
    size_t index = 0;

    path[0] = '\0';
    if (p == NULL)
        return;
    path_of(json, p->parent, before, sizeof before);
    if (cJSON_IsArray(p->parent)) {
        for (const cJSON *c = p->parent->child; c != node; c = c->next)
            index++;
        snprintf(path, size, "%.200s[%zu]", before, index);
    } else {
        snprintf(path, size, "%.150s%s%.90s", before, before[0] ? "." : "", node->string);
    }
}

int hbl_json_fail(const hbl_json *json, const cJSON *node, hbl_error *error, const char *format,
                  ...)
{
    const hbl_json_place *p = find_place(json, node);
    char message[640], path[PATH];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    path_of(json, node, path, sizeof path);
    if (p == NULL)
        return hbl_fail(error, HBL_ERR_INPUT, "%s: %s", json->path, message);
    if (p->override != NULL)
        return hbl_fail(error, HBL_ERR_INPUT, "--set %.200s: %s %s", p->override, path, message);
    return hbl_fail(error, HBL_ERR_INPUT, "%s:%zu: %s %s", json->path, line_of(json, p->key), path,
                    message);
}

int hbl_json_fail_at(const hbl_json *json, const cJSON *node, hbl_error *error, const char *message)
{
    const hbl_json_place *p = find_place(json, node);

    return p == NULL ? hbl_fail(error, HBL_ERR_INPUT, "%s: %s", json->path, message)
                     : hbl_fail(error, HBL_ERR_INPUT, "%s:%zu: %s", json->path,
                                line_of(json, p->key), message);
}

int hbl_json_fail_within(const hbl_json *json, const cJSON *node, size_t character,
                         hbl_error *error, const char *message)
{
    const hbl_json_place *p = find_place(json, node);
    size_t offset;

    if (p == NULL || p->override != NULL)
        return hbl_json_fail(json, node, error, "at character %zu: %s", character + 1, message);
    offset = p->value + 1 + character;
    return hbl_fail(error, HBL_ERR_INPUT, "%s:%zu:%zu: %s: %s", json->path, line_of(json, offset),
                    column_of(json, offset), node->string != NULL ? node->string : "", message);
}

const char *hbl_json_overridden(const hbl_json *json, const cJSON *node)
{
    const hbl_json_place *p = find_place(json, node);
    const hbl_json_place *above = p != NULL ? find_place(json, p->parent) : NULL;

    if (p == NULL || p->override == NULL ||
        (above != NULL && above->override == p->override && cJSON_IsArray(above->node)))
        return NULL;
    return strchr(p->override, '=') + 1;
}

/* ---- the walk */

/* cJSON takes every character up to the space for white space; so must this. */
static size_t skip_space(const char *text, size_t at)
{
    while (text[at] != '\0' && (unsigned char)text[at] <= 32)
        at++;
    return at;
}

static size_t skip_string(const char *text, size_t at)
{
    for (at++; text[at] != '"'; at++) {
        if (text[at] == '\\')
            at++;
    }
    return at + 1;
}

static int check_repeated(const hbl_json *json, const cJSON *parent, const cJSON *child,
                          hbl_error *error)
{
    size_t n = 0;

    for (const cJSON *c = parent->child; c != child; c = c->next, n++) {
        if (strcmp(c->string, child->string) == 0)
            return hbl_json_fail(json, child, error, "is given twice, first on line %zu",
                                 line_of(json, find_place(json, c)->key));
    }
    if (n >= MOST_KEYS)
        return hbl_json_fail(json, parent, error, "has more than %d keys", MOST_KEYS);
    return HBL_OK;
}

static int walk(hbl_json *json, const cJSON *node, size_t *at, hbl_error *error);

static int walk_child(hbl_json *json, const cJSON *node, const cJSON *child, size_t *at,
                      hbl_error *error)
{
    hbl_json_place p = {.node = child, .parent = node};
    int status;

    p.key = *at = skip_space(json->text, *at);
    if (cJSON_IsObject(node)) {
        *at = skip_space(json->text, skip_string(json->text, *at));
        *at = skip_space(json->text, *at + 1); /* the colon */
    }
    p.value = *at;
    status = hbl_json_add_place(json, p, error);
    if (!status && cJSON_IsObject(node))
        status = check_repeated(json, node, child, error);
    return status ? status : walk(json, child, at, error);
}

/* *at stands on node's first character, and leaves behind its last. */
static int walk(hbl_json *json, const cJSON *node, size_t *at, hbl_error *error)
{
    const char *text = json->text;

    if (cJSON_IsString(node)) {
        *at = skip_string(text, *at);
    } else if (!cJSON_IsObject(node) && !cJSON_IsArray(node)) {
        while (text[*at] != '\0' && strchr(",]}", text[*at]) == NULL &&
               (unsigned char)text[*at] > 32)
            ++*at;
    } else {
        ++*at;
        for (const cJSON *c = node->child; c != NULL; c = c->next) {
            const int status = walk_child(json, node, c, at, error);

            if (status)
                return status;
            *at = skip_space(text, *at);
            *at += c->next != NULL; /* the comma */
        }
        *at = skip_space(text, *at) + 1;
    }
    return HBL_OK;
}

/* ---- reading */

static int read_text(hbl_json *json, hbl_error *error)
{
    FILE *file = fopen(json->path, "rb");
    size_t capacity = 0, used = 0, got = 1;
    int status = HBL_OK;

    if (file == NULL)
        return hbl_fail(error, HBL_ERR_INPUT, "%s: cannot be opened: %s; is the name right?",
                        json->path, strerror(errno));
    while (!status && got > 0) {
        status = hbl_grow(&json->text, &capacity, used + 4097, 1, "the model file", error);
        got = status ? 0 : fread(json->text + used, 1, 4096, file);
        used += got;
        if (!status && used > LARGEST_FILE)
            status = hbl_fail(error, HBL_ERR_INPUT, "%s: too large for a model file", json->path);
    }
    if (!status && ferror(file))
        status = hbl_fail(error, HBL_ERR_INPUT, "%s: cannot be read; is it a file?", json->path);
    fclose(file);
    if (status)
        return status;
    json->text[used] = '\0';
    if (strlen(json->text) != used)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "%s:%zu: a zero byte; a model file must be text in UTF-8", json->path,
                        line_of(json, strlen(json->text)));
    return HBL_OK;
}

/* cJSON stops behind the character that it did not expect, or on it. Steps back to the brace that
 * follows a comma, to the quote that is not closed on its line, to the beginning of a comment. */
static size_t blame(const char *text, size_t at)
{
    size_t before = at > 0 ? at - 1 : 0;

    if (at > 0 && text[before] == '"' && text[at + strcspn(text + at, "\"\n")] != '"')
        return before;
    if (at > 0 && (text[before] == '/' || text[before] == '#'))
        return before;
    if (at == 0 || (text[before] != '}' && text[before] != ']'))
        return skip_space(text, at);
    while (before > 0 && (unsigned char)text[before - 1] <= 32)
        before--;
    return before > 0 && text[before - 1] == ',' ? at - 1 : skip_space(text, at);
}

static const char *syntax_hint(const char *text, size_t at)
{
    if (at == skip_space(text, 0) && text[at] != '\0')
        return "a model file is an object: { ... }";
    switch (text[at]) {
    case '\0':
        return "the file ends too soon; is a bracket or brace not closed?";
    case '/':
    case '#':
        return "comments are not allowed";
    case '}':
    case ']':
        return "is there a comma too many before this, or a bracket of the wrong kind?";
    case '"':
        return text[at + 1 + strcspn(text + at + 1, "\"\n")] == '"'
                   ? "is a comma missing before this?"
                   : "this quote is not closed";
    case '\'':
    case (char)0xE2: /* typographic quotes, in UTF-8 */
    case (char)0xC2:
        return "text stands in straight double quotes";
    case '\\':
        return "a backslash in text is written twice, \\\\; in paths / does as well";
    default:
        return "is a comma, colon or quote missing?";
    }
}

static int parse(hbl_json *json, hbl_error *error)
{
    static const char mark[] = "\xEF\xBB\xBF";
    const char *end = json->text;
    size_t at = strncmp(json->text, mark, 3) == 0 ? 3 : 0;

    errno = 0;
    json->whole = cJSON_ParseWithOpts(json->text, &end, 1);
    json->root = json->whole;
    if (json->root == NULL && errno == ENOMEM) /* cJSON has one answer for this and bad text */
        return hbl_fail_memory(error, "the model file");
    if (json->root == NULL) {
        at = blame(json->text, (size_t)(end - json->text));
        return hbl_fail(error, HBL_ERR_INPUT, "%s:%zu:%zu: not valid JSON: %s", json->path,
                        line_of(json, at), column_of(json, at), syntax_hint(json->text, at));
    }
    if (!cJSON_IsObject(json->root))
        return hbl_fail(error, HBL_ERR_INPUT, "%s: a model file is an object: { ... }", json->path);
    at = skip_space(json->text, at);
    return walk(json, json->root, &at, error);
}

static int copy_text(hbl_json *json, const char *text, hbl_error *error)
{
    json->text = hbl_strdup(text, error);
    return json->text == NULL ? HBL_ERR_MEMORY : HBL_OK;
}

/* text NULL: the file's. */
static int read_json(const char *path, const char *text, hbl_json **json, hbl_error *error)
{
    hbl_json *j = hbl_calloc(1, sizeof *j, "the model file", error);
    int status = HBL_ERR_MEMORY;

    if (j == NULL)
        return HBL_ERR_MEMORY;
    j->path = hbl_strdup(path, error);
    if (j->path != NULL)
        status = text != NULL ? copy_text(j, text, error) : read_text(j, error);
    if (!status)
        status = parse(j, error);
    if (status) {
        hbl_json_free(j);
        return status;
    }
    *json = j;
    return HBL_OK;
}

int hbl_json_read(const char *path, hbl_json **json, hbl_error *error)
{
    return read_json(path, NULL, json, error);
}

int hbl_json_from_text(const char *path, const char *text, const char *member, hbl_json **json,
                       hbl_error *error)
{
    int status = read_json(path, text, json, error);

    if (status || member == NULL)
        return status;
    (*json)->root = hbl_json_member((*json)->whole, member);
    if (!cJSON_IsObject((*json)->root))
        status = hbl_fail(error, HBL_ERR_INPUT, "%s: has no object \"%s\"", path, member);
    if (status) {
        hbl_json_free(*json);
        *json = NULL;
    }
    return status;
}

void hbl_json_free(hbl_json *json)
{
    if (json == NULL)
        return;
    for (size_t i = 0; i < json->n_overrides; i++)
        free(json->overrides[i]);
    free(json->overrides);
    cJSON_Delete(json->whole);
    free(json->places);
    free(json->text);
    free(json->path);
    free(json);
}

const cJSON *hbl_json_root(const hbl_json *json)
{
    return json->root;
}
