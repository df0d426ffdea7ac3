#!/bin/bash
# The arrows between the folders of src run one way.
exec tests/lint --arrows
