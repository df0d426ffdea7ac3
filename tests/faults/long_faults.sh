#!/bin/bash
# Every write made to fail, one by one, where the test in `make check` takes a sample.
exec "$HBLOGIT_BUILD/tests/faults/test_writes" all
