// Rows in columns and pages.
//
// Takes: heights of rows, the height of a page, its columns.
// Gives: which rows stand where.
// Never: a row that is on no page.

/** Rows from one index to before another. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** The columns of each page. */
export function pages(heights: readonly number[], high: number, columns: number): Range[][] {
  const ranges: Range[] = [];
  let from = 0;
  let used = 0;
  heights.forEach((height, index) => {
    if (used + height > high && index > from) {
      ranges.push({ from, to: index });
      from = index;
      used = 0;
    }
    used += height;
  });
  if (from < heights.length) ranges.push({ from, to: heights.length });
  const found: Range[][] = [];
  for (let index = 0; index < ranges.length; index += columns) found.push(ranges.slice(index, index + columns));
  return found;
}
