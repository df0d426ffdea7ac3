#!/bin/bash
# SIGKILL at a dozen random moments; see kills.sh. In memory where the system has such a folder: what
# a killed process has written stays, wherever it was written to, and nobody waits for a disk.
[ -w /dev/shm ] && export TMPDIR=/dev/shm
. tests/reproducibility/kills.sh
survive 12 1
finish
