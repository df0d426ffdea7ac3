/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A program run under ptrace, one of its calls to the kernel that write made to fail: whatever
 * library makes it, stdio too. Calls count that create or rename files and folders, write, cut,
 * synchronise, and close what was written to; standard error is left alone.
 */
#ifndef HBL_TESTS_FAULTS_INJECT_H
#define HBL_TESTS_FAULTS_INJECT_H

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
    uint64_t failing; /* the call that fails, from 1; 0: none */
    int error;        /* ... with that; 0: it writes half of what it was given */
    bool disk_full;   /* and every later one that needs room */
} inject_plan;

typedef struct {
    uint64_t n;      /* calls that count */
    bool injected;   /* the failing one was reached */
    char call[16];   /* which it was */
    int exit_status; /* 128 + signal where one ended the program */
} inject_outcome;

enum { INJECT_FILES = 256, INJECT_THREADS = 64 };

typedef struct {
    const inject_plan *plan;
    inject_outcome *outcome;
    bool written[INJECT_FILES]; /* descriptors that were written to */
    struct {
        pid_t id;
        bool within;      /* a call: the next stop is its end */
        long long result; /* what it shall return, where forced */
        bool forced;
    } thread[INJECT_THREADS];
} inject_state;

static const char *inject_name(const inject_state *s, const struct user_regs_struct *r)
{
    const bool known = r->rdi < INJECT_FILES;

    switch (r->orig_rax) {
    case SYS_write:
        return r->rdi == 2 ? NULL : "write";
    case SYS_writev:
        return r->rdi == 2 ? NULL : "writev";
    case SYS_pwrite64:
        return "pwrite";
    case SYS_openat:
        return r->rdx & O_CREAT ? "create" : NULL;
    case SYS_open:
        return r->rsi & O_CREAT ? "create" : NULL;
    case SYS_close:
        return known && s->written[r->rdi] ? "close" : NULL;
    case SYS_fsync:
    case SYS_fdatasync:
        return "fsync";
    case SYS_ftruncate:
        return "ftruncate";
    case SYS_rename:
    case SYS_renameat:
    case SYS_renameat2:
        return "rename";
    case SYS_mkdir:
    case SYS_mkdirat:
        return "mkdir";
    default:
        return NULL;
    }
}

/* On a full disk, what is there can still be written over, cut, renamed and closed. */
static bool inject_needs_room(const char *name)
{
    return strcmp(name, "write") == 0 || strcmp(name, "writev") == 0 ||
           strcmp(name, "create") == 0 || strcmp(name, "mkdir") == 0;
}

static void inject_enter(inject_state *s, size_t t, struct user_regs_struct *r)
{
    const char *name = inject_name(s, r);
    inject_outcome *o = s->outcome;
    const uint64_t failing = s->plan->failing;
    bool now;

    if (!name)
        return;
    now = ++o->n == failing;
    if (now) {
        o->injected = true;
        snprintf(o->call, sizeof o->call, "%s", name);
    }
    if (!now && !(s->plan->disk_full && failing && o->n > failing && inject_needs_room(name)))
        return;
    if (s->plan->error == 0) {
        if (strcmp(name, "write") == 0 || strcmp(name, "pwrite") == 0)
            r->rdx = (r->rdx + 1) / 2;
    } else {
        s->thread[t].forced = true;
        s->thread[t].result = -s->plan->error;
        if (r->orig_rax != SYS_close) /* which closes whatever it says */
            r->orig_rax = (unsigned long long)-1;
    }
    ptrace(PTRACE_SETREGS, s->thread[t].id, NULL, r);
}

static void inject_leave(inject_state *s, size_t t, struct user_regs_struct *r)
{
    const long long result = (long long)r->rax;

    if (s->thread[t].forced) {
        s->thread[t].forced = false;
        r->rax = (unsigned long long)s->thread[t].result;
        ptrace(PTRACE_SETREGS, s->thread[t].id, NULL, r);
    } else if ((r->orig_rax == SYS_write || r->orig_rax == SYS_pwrite64) && result > 0 &&
               r->rdi < INJECT_FILES) {
        s->written[r->rdi] = true;
    } else if (r->orig_rax == SYS_close && r->rdi < INJECT_FILES) {
        s->written[r->rdi] = false;
    }
}

static size_t inject_thread(inject_state *s, pid_t id)
{
    for (size_t t = 0; t < INJECT_THREADS; t++) {
        if (s->thread[t].id == id)
            return t;
        if (s->thread[t].id == 0) {
            s->thread[t].id = id;
            return t;
        }
    }
    abort();
}

/* Until the first process has ended. */
static void inject_follow(inject_state *s, pid_t first)
{
    enum { SYSCALL_STOP = SIGTRAP | 0x80 };
    int status;

    for (;;) {
        const pid_t id = waitpid(-1, &status, __WALL);
        int signal = 0;

        if (id < 0)
            abort();
        if (!WIFSTOPPED(status)) {
            if (id != first)
                continue;
            s->outcome->exit_status =
                WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            return;
        }
        if (WSTOPSIG(status) == SYSCALL_STOP) {
            const size_t t = inject_thread(s, id);
            struct user_regs_struct registers;
            ptrace(PTRACE_GETREGS, id, NULL, &registers);
            if (!s->thread[t].within)
                inject_enter(s, t, &registers);
            else
                inject_leave(s, t, &registers);
            s->thread[t].within = !s->thread[t].within;
        } else if (WSTOPSIG(status) != SIGTRAP && WSTOPSIG(status) != SIGSTOP) {
            signal = WSTOPSIG(status);
        }
        ptrace(PTRACE_SYSCALL, id, NULL, (void *)(intptr_t)signal);
    }
}

/* Standard output and error go to those files. false: tracing is not allowed here. A program that
 * cannot be run has exit status 127. */
static bool inject_run(const char *const argv[], const char *out, const char *err,
                       const inject_plan *plan, inject_outcome *outcome)
{
    inject_state s = {.plan = plan, .outcome = outcome};
    int status;
    const pid_t child = fork();

    memset(outcome, 0, sizeof *outcome);
    if (child == 0) {
        if (!freopen(out, "w", stdout) || !freopen(err, "w", stderr) ||
            ptrace(PTRACE_TRACEME, 0, NULL, NULL))
            _exit(126);
        execv(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child)
        return false;
    if (WIFEXITED(status)) {
        outcome->exit_status = WEXITSTATUS(status);
        return WEXITSTATUS(status) == 127;
    }
    if (ptrace(PTRACE_SETOPTIONS, child, NULL,
               (void *)(intptr_t)(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL)))
        return false;
    ptrace(PTRACE_SYSCALL, child, NULL, NULL);
    inject_follow(&s, child);
    return true;
}

#endif
