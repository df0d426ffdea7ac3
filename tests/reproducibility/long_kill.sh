#!/bin/bash
# SIGKILL at a hundred random moments; see kills.sh.
. tests/reproducibility/kills.sh
survive 100 1000
finish
