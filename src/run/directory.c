/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fail.h"
#include "core/memory.h"
#include "run/file.h"
#include "run/manifest.h"

static const char lock_name[] = ".lock", manifest_name[] = "run.json";

struct hbl_directory {
    char *path, *lock_path;
    int lock;
    bool created, locked;
};

/* ---- what is in a directory */

static bool is_numbered(const char *name, const char *prefix, const char *suffix)
{
    const size_t length = strlen(prefix);
    size_t digits;

    if (strncmp(name, prefix, length) != 0)
        return false;
    digits = strspn(name + length, "0123456789");
    return digits > 0 && strcmp(name + length + digits, suffix) == 0;
}

/* A file that a run leaves, run.json and persons/ apart. */
static bool is_output(const char *name)
{
    static const char *const whole[] = {
        "persons.csv",    "summary.csv",  "diagnostics.json", "checkpoint", "checkpoint.1",
        "checkpoint.tmp", "run.json.tmp", "estimates.csv",    "vcov.csv",   "iterations.csv"};

    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (strcmp(name, whole[i]) == 0)
            return true;
    return is_numbered(name, "chain-", ".csv") || is_numbered(name, "warmup-", ".csv") ||
           is_numbered(name, "trace-", ".jsonl");
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* What a process that was killed early may have left before there was a run. */
static bool is_leftover(const char *name)
{
    return strcmp(name, lock_name) == 0 || strcmp(name, "run.json.tmp") == 0;
}

/* HBL_ERR_INPUT unless a run may be put into the directory. */
static int check_contents(const char *path, bool overwrite, hbl_error *error)
{
    DIR *folder = opendir(path);
    bool has_run = false;
    char other[256] = "";

    if (!folder)
        return hbl_fail(error, HBL_ERR_INPUT, "%s: %s", path, strerror(errno));
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (strcmp(entry->d_name, manifest_name) == 0)
            has_run = true;
        else if (!is_dots(entry->d_name) && !is_leftover(entry->d_name))
            snprintf(other, sizeof other, "%s", entry->d_name);
    }
    closedir(folder);
    if (!has_run && *other)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "%s: holds files but no run (%s); name an empty or a new directory", path,
                        other);
    if (has_run && !hbl_manifest_is_ours(path))
        return errno == ENOMEM
                   ? hbl_fail_memory(error, manifest_name)
                   : hbl_fail(error, HBL_ERR_INPUT,
                              "%s: holds a run.json that this program did not write; name another "
                              "directory",
                              path);
    if (has_run && !overwrite)
        return hbl_fail(error, HBL_ERR_INPUT,
                        "%s: holds a run already; name another directory, or use --force to "
                        "replace it",
                        path);
    return HBL_OK;
}

/* ---- making and locking */

/* mkdir -p. created: the last folder is new. */
static int make_folders(const char *path, bool *created, hbl_error *error)
{
    char *part = hbl_strdup(path, error);
    int status = HBL_OK;

    if (!part)
        return HBL_ERR_MEMORY;
    for (char *at = part + 1; !status && *part; at++) {
        const char kept = *at;
        if (kept != '/' && kept != '\0')
            continue;
        *at = '\0';
        *created = mkdir(part, 0777) == 0;
        if (!*created && errno != EEXIST)
            status = hbl_fail(error, HBL_ERR_WRITE, "cannot create %s: %s", part, strerror(errno));
        *at = kept;
        if (kept == '\0')
            break;
    }
    free(part);
    return status;
}

static bool is_same_file(int file, const char *path)
{
    struct stat opened, named;
    return fstat(file, &opened) == 0 && stat(path, &named) == 0 && opened.st_ino == named.st_ino &&
           opened.st_dev == named.st_dev;
}

/* The lock file is removed at the end, so that one may be opened that is about to be unlinked, and
 * locking it would lock nothing: then the file of that name is another one, and we try again. */
static int take_lock(hbl_directory *directory, hbl_error *error)
{
    const char *path = directory->lock_path;

    for (;;) {
        const int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (lock < 0)
            return hbl_file_fail(path, error);
        if (flock(lock, LOCK_EX | LOCK_NB)) {
            const int reason = errno;
            close(lock);
            if (reason == EWOULDBLOCK)
                return hbl_fail(error, HBL_ERR_INPUT,
                                "%s: another process is writing a run into it; wait for it, or "
                                "name another directory",
                                directory->path);
            return hbl_fail(error, HBL_ERR_WRITE, "cannot lock %s: %s", path, strerror(reason));
        }
        if (is_same_file(lock, path)) {
            directory->lock = lock;
            directory->locked = true;
            return HBL_OK;
        }
        close(lock);
    }
}

/* Looked at twice: before the lock, so that no lock file is put where no run belongs, and again
 * behind it, when no one else can change the answer. */
static int take_possession(hbl_directory *directory, bool overwrite, hbl_error *error)
{
    int status = make_folders(directory->path, &directory->created, error);

    if (!status)
        status = check_contents(directory->path, overwrite, error);
    if (!status)
        status = take_lock(directory, error);
    if (!status)
        status = check_contents(directory->path, overwrite, error);
    return status;
}

/* Nothing is made, and no lock is taken, where there is no run. */
static int take_run(hbl_directory *directory, bool unused, hbl_error *error)
{
    int status = HBL_OK;

    (void)unused;
    if (!hbl_manifest_is_ours(directory->path))
        status = errno == ENOMEM ? hbl_fail_memory(error, manifest_name)
                                 : hbl_fail(error, HBL_ERR_INPUT, "%s: holds no run of hblogit",
                                            directory->path);
    if (!status)
        status = take_lock(directory, error);
    return status;
}

typedef int taking(hbl_directory *directory, bool overwrite, hbl_error *error);

static int open_directory(const char *path, taking *take, bool overwrite, hbl_directory **out,
                          hbl_error *error)
{
    hbl_directory *directory = hbl_calloc(1, sizeof *directory, "a run directory", error);
    int status = HBL_ERR_MEMORY;

    *out = NULL;
    if (!directory)
        return HBL_ERR_MEMORY;
    directory->path = hbl_strdup(path, error);
    directory->lock_path = hbl_path_join(path, lock_name, error);
    if (directory->path && directory->lock_path)
        status = take(directory, overwrite, error);
    if (status)
        hbl_directory_close(directory);
    else
        *out = directory;
    return status;
}

int hbl_directory_open(const char *path, bool overwrite, hbl_directory **directory,
                       hbl_error *error)
{
    return open_directory(path, take_possession, overwrite, directory, error);
}

int hbl_directory_reopen(const char *path, hbl_directory **directory, hbl_error *error)
{
    return open_directory(path, take_run, true, directory, error);
}

const char *hbl_directory_path(const hbl_directory *directory)
{
    return directory->path;
}

void hbl_directory_close(hbl_directory *directory)
{
    if (!directory)
        return;
    if (directory->locked) {
        unlink(directory->lock_path);
        close(directory->lock);
    }
    if (directory->created)
        rmdir(directory->path); /* fails, as it should, when there is something in it */
    free(directory->path);
    free(directory->lock_path);
    free(directory);
}

/* ---- clearing */

static int fail_removal(const char *folder, const char *name, hbl_error *error)
{
    return hbl_fail(error, HBL_ERR_WRITE, "cannot remove %s/%s: %s", folder, name, strerror(errno));
}

/* Removes a tree without following symbolic links out of it. */
static int remove_tree(int parent, const char *folder, const char *name, hbl_error *error)
{
    const int opened = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *tree;
    int status = HBL_OK;

    if (opened < 0) { /* a file, a link, or nothing at all */
        const bool gone = unlinkat(parent, name, 0) == 0 || errno == ENOENT;
        return gone ? HBL_OK : fail_removal(folder, name, error);
    }
    tree = fdopendir(opened);
    if (!tree) {
        close(opened);
        return hbl_fail_memory(error, "reading a directory");
    }
    for (struct dirent *entry; !status && (entry = readdir(tree));)
        if (!is_dots(entry->d_name))
            status = remove_tree(opened, name, entry->d_name, error);
    closedir(tree);
    if (!status && unlinkat(parent, name, AT_REMOVEDIR) && errno != ENOENT)
        status = fail_removal(folder, name, error);
    return status;
}

static int remove_outputs(DIR *folder, const char *path, hbl_error *error)
{
    int status = HBL_OK;

    for (struct dirent *entry; !status && (entry = readdir(folder));)
        if (is_output(entry->d_name) && unlinkat(dirfd(folder), entry->d_name, 0) &&
            errno != ENOENT)
            status = fail_removal(path, entry->d_name, error);
    return status;
}

int hbl_directory_clear_outputs(hbl_directory *directory, hbl_error *error)
{
    const char *path = directory->path;
    DIR *folder = opendir(path);
    int status;

    if (!folder)
        return hbl_fail(error, HBL_ERR_WRITE, "%s: %s", path, strerror(errno));
    status = remove_outputs(folder, path, error);
    if (!status)
        status = remove_tree(dirfd(folder), path, "persons", error);
    closedir(folder);
    return status;
}

/* run.json goes last: while anything of the run is left, the directory still counts as one. */
int hbl_directory_clear(hbl_directory *directory, hbl_error *error)
{
    int status = hbl_directory_clear_outputs(directory, error);
    char *path = status ? NULL : hbl_path_join(directory->path, manifest_name, error);

    if (!status && !path)
        return HBL_ERR_MEMORY;
    if (!status && unlink(path) && errno != ENOENT)
        status = fail_removal(directory->path, manifest_name, error);
    free(path);
    return status;
}
