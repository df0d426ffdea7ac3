# Rscript tests/bench/reading.R FILE.csv: how fast data.table's fread reads what reading.c wrote.
suppressPackageStartupMessages(library(data.table))
file <- commandArgs(TRUE)[1]
half <- c("person", "task", "alternative", "choice", "price", "time")
setDTthreads(1)
for (select in list(NULL, half)) {
    best <- Inf
    for (i in 1:3) {
        time <- system.time(table <- fread(file, select = select, showProgress = FALSE))
        best <- min(best, time[["elapsed"]])
    }
    cat(sprintf("%-16s %8d %8d %9.0f %9.0f\n", "R's fread", 1L, ncol(table),
                file.size(file) / 1e6 / best, nrow(table) / best / 1000))
}
