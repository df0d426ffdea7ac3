/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The file passes through the texts of batches. A record that lies in one whole is cut into cells
 * where it lies; one that does not is copied to the front of the next, and cut when more has been
 * read.
 *
 * Why not libcsv: its state machine takes 1.3 s for no more than splitting a file of 294 MB, 48
 * million cells, which R's fread splits and converts in .93 s, on one thread.
 */
#include "data/cells.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "data/stops.h"

int hbl_cells_open(const char *path, const hbl_table_options *options, hbl_cells *cells,
                   hbl_error *error)
{
    *cells = (hbl_cells){.bytes.path = path, .next_line = 1};
    if (options)
        cells->options = *options;
    if (!cells->options.delimiter)
        cells->options.delimiter = ',';
    if (!cells->options.decimal)
        cells->options.decimal = '.';
    if (strchr("\"\r\n", cells->options.delimiter))
        return hbl_fail(error, HBL_ERR_INPUT,
                        "%s: cells are set apart by commas, semicolons or tabs, not by quotes or "
                        "line ends",
                        path);
    cells->is_blank[' '] = cells->is_blank['\t'] = true;
    cells->is_blank[(unsigned char)cells->options.delimiter] = false;
    return hbl_bytes_open(path, &cells->bytes, error);
}

void hbl_cells_close(hbl_cells *cells)
{
    hbl_bytes_close(&cells->bytes);
    *cells = (hbl_cells){0};
}

int hbl_cells_rewind(hbl_cells *cells, hbl_error *error)
{
    cells->at = cells->end = NULL;
    cells->at_in = NULL;
    cells->final = cells->short_read = cells->uncut = false;
    cells->next_line = 1;
    return hbl_bytes_rewind(&cells->bytes, error);
}

void hbl_cells_tell(const hbl_cells *cells)
{
    if (cells->options.progress)
        cells->options.progress(cells->options.progress_context, hbl_bytes_consumed(&cells->bytes),
                                cells->bytes.size);
}

/* ---- more bytes */

static int fail_long(const hbl_cells *cells, hbl_error *error)
{
    return hbl_fail(error, HBL_ERR_INPUT,
                    "%s:%" PRIu64 ": a record of more than %d MB; a quote that opens in it may "
                    "never be closed",
                    cells->bytes.path, cells->next_line, HBL_BATCH_MOST_TEXT >> 20);
}

/* The first bytes of the file; a byte-order mark among them is left out. */
static void skip_mark(hbl_cells *cells)
{
    if (cells->end - cells->at >= 3 && memcmp(cells->at, "\xEF\xBB\xBF", 3) == 0)
        cells->at += 3;
}

/* Copies what is at hand to the front of the batch's text. */
static int carry_over(hbl_cells *cells, hbl_batch *batch, hbl_error *error)
{
    const size_t left = (size_t)(cells->end - cells->at);
    const bool own = cells->at_in == batch;
    int status;

    if (left >= HBL_BATCH_MOST_TEXT)
        return fail_long(cells, error);
    if (own)
        memmove(batch->text, cells->at, left);
    if ((status = hbl_batch_reserve(batch, left, error)))
        return status;
    if (!own && left > 0)
        memcpy(batch->text, cells->at, left);
    cells->at_in = batch;
    cells->at = batch->text;
    cells->end = batch->text + left;
    return HBL_OK;
}

/* Reads on behind it. */
static int read_on(hbl_cells *cells, const hbl_batch *batch, hbl_error *error)
{
    const size_t room = batch->text_size - (size_t)(cells->end - batch->text);
    size_t size;
    const int status = hbl_bytes_read(&cells->bytes, cells->end, room, &size, error);

    if (status)
        return status;
    cells->end += size;
    cells->final = size == 0;
    cells->short_read = size < room;
    return HBL_OK;
}

static int refill(hbl_cells *cells, hbl_batch *batch, hbl_error *error)
{
    const bool first = cells->at_in == NULL;
    int status = carry_over(cells, batch, error);

    if (!status && !cells->uncut)
        status = read_on(cells, batch, error);
    if (status)
        return status;
    memset(cells->end, '\n', HBL_BATCH_PADDING); /* so that every scan ends */
    if (first)
        skip_mark(cells);
    return HBL_OK;
}

/* ---- line ends */

/* LF, CRLF or CR; those within a record are all within quotes. */
static uint64_t count_line_ends(const char *p, const char *end)
{
    uint64_t n = 0;

    for (; p < end; p++)
        n += *p == '\r' || (*p == '\n' && p[-1] != '\r');
    return n;
}

static uint64_t line_of(const hbl_cells *cells, const char *p)
{
    return cells->next_line + count_line_ends(cells->at, p);
}

/* ---- cutting a record */

/* A record as it is being cut. */
typedef struct {
    size_t n_cells;
    bool quoted;  /* the first cell is */
    bool broken;  /* a cell holds a line end */
    bool doubled; /* a cell holds a doubled quote */
    bool cut;     /* the text ends before the record does */
} record;

static int fail_zero(const hbl_cells *cells, const char *cell, hbl_error *error)
{
    return hbl_fail(error, HBL_ERR_INPUT,
                    "%s:%" PRIu64 ": a zero byte; the file must be CSV text in UTF-8",
                    cells->bytes.path, line_of(cells, cell));
}

static int fail_quote(const hbl_cells *cells, const char *cell, hbl_error *error)
{
    return hbl_fail(error, HBL_ERR_INPUT,
                    "%s:%" PRIu64 ": a quote amid a cell; put the whole cell in quotes and double "
                    "those within it",
                    cells->bytes.path, line_of(cells, cell));
}

static int fail_unclosed(const hbl_cells *cells, const char *cell, hbl_error *error)
{
    return hbl_fail(error, HBL_ERR_INPUT,
                    "%s:%" PRIu64 ": a quote opens in this line and is never closed",
                    cells->bytes.path, line_of(cells, cell));
}

static char *skip_blanks(const hbl_cells *cells, char *p)
{
    while (cells->is_blank[(unsigned char)*p])
        p++;
    return p;
}

static char *drop_blanks(const hbl_cells *cells, char *start, char *end)
{
    while (end > start && cells->is_blank[(unsigned char)end[-1]])
        end--;
    return end;
}

/* The cell behind the quote at start, its doubled quotes as they are: from start + 1 to *close,
 * the closing quote. */
static int cut_quoted(const hbl_cells *cells, char *start, hbl_stops *stops, char **close,
                      record *r, hbl_error *error)
{
    for (;;) {
        char *const stop = hbl_stops_next(stops);

        if (stop == cells->end) {
            r->cut = true;
            return cells->final ? fail_unclosed(cells, start, error) : HBL_OK;
        }
        if (*stop == '\0')
            return fail_zero(cells, start, error);
        if (*stop == '\n' || *stop == '\r') {
            r->broken = true;
        } else if (*stop == '"' && stop[1] == '"') {
            r->doubled = true;
            hbl_stops_next(stops);
        } else if (*stop == '"') {
            *close = stop;
            return HBL_OK;
        }
    }
}

/* Cuts the record at cells->at, whose stops these are; its spans go behind those of the records
 * before. *after is the line end behind it. */
static int cut_record(const hbl_cells *cells, hbl_batch *batch, hbl_stops *stops, record *r,
                      char **after, hbl_error *error)
{
    const char delimiter = cells->options.delimiter;
    size_t n = batch->n_records * batch->n_cells;
    const size_t first = n;
    char *p = cells->at, *stop;

    do {
        char *const start = p = skip_blanks(cells, p), *end = start;
        int status = HBL_OK;

        stop = hbl_stops_next(stops);
        if (*stop == '"' && stop == start) {
            r->quoted |= n == first;
            status = cut_quoted(cells, start, stops, &end, r, error);
            if (status || r->cut)
                return status;
            p = start + 1;
            stop = hbl_stops_next(stops);
            if (stop != skip_blanks(cells, end + 1))
                return fail_quote(cells, start, error);
        } else {
            end = drop_blanks(cells, start, stop);
        }
        if (n == batch->span_capacity && (status = hbl_batch_widen(batch, error)))
            return status;
        batch->span[n++] = (hbl_span){(uint32_t)(p - batch->text), (uint32_t)(end - p)};
        if (*stop == '\0')
            return fail_zero(cells, start, error);
        if (*stop == '"')
            return fail_quote(cells, start, error);
        p = stop + 1;
    } while (*stop == delimiter);
    r->n_cells = n - first;
    r->cut = !cells->final && (stop == cells->end || (*stop == '\r' && stop + 1 == cells->end));
    *after = stop;
    return HBL_OK;
}

/* ---- the record that was cut */

/* The first byte of the line after the line end at p. */
static char *step_over(const hbl_cells *cells, char *p)
{
    if (p == cells->end)
        return p;
    return p + 1 + (*p == '\r' && p + 1 < cells->end && p[1] == '\n');
}

/* Adds the record to the batch, or marks it as odd. */
static int add_record(hbl_cells *cells, const record *r, hbl_batch *batch, hbl_error *error)
{
    if (cells->n_cells == 0)
        batch->n_cells = cells->n_cells = r->n_cells;
    if (r->n_cells != cells->n_cells) {
        batch->odd_cells = r->n_cells;
        batch->odd_line = cells->next_line;
        return HBL_OK;
    }
    if (r->doubled)
        hbl_batch_undouble(batch);
    return hbl_batch_add(batch, cells->next_line, error);
}

/* Cuts the records that the text holds whole. */
static int cut_records(hbl_cells *cells, size_t most, hbl_batch *batch, hbl_error *error)
{
    hbl_stops stops = hbl_stops_of(cells->at, cells->options.delimiter);

    cells->uncut = false;
    while (batch->n_records < most && batch->odd_cells == 0 && cells->at < cells->end) {
        record r = {0};
        char *after = cells->at;
        int status = cut_record(cells, batch, &stops, &r, &after, error);

        if (status || r.cut)
            return status;
        /* before doubled quotes are taken out */
        const uint64_t n_lines = 1 + (r.broken ? count_line_ends(cells->at, after) : 0);
        const hbl_span *const first = &batch->span[batch->n_records * batch->n_cells];
        if ((r.n_cells > 1 || r.quoted || first->size > 0) &&
            (status = add_record(cells, &r, batch, error)))
            return status;
        cells->next_line += n_lines;
        cells->at = step_over(cells, after);
        if (*after == '\r' && cells->at == after + 2)
            hbl_stops_next(&stops); /* the LF of CRLF */
    }
    cells->uncut = cells->at < cells->end;
    return HBL_OK;
}

int hbl_cells_next(hbl_cells *cells, size_t most, hbl_batch *batch, hbl_error *error)
{
    int status = HBL_OK;

    batch->n_cells = cells->n_cells;
    batch->n_records = batch->odd_cells = 0;
    while (!status && batch->n_records == 0 && batch->odd_cells == 0 &&
           !(cells->final && cells->at == cells->end)) {
        status = refill(cells, batch, error);
        if (!status)
            status = cut_records(cells, most, batch, error);
    }
    return status;
}
