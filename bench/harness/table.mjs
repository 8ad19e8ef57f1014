const COLUMNS = ['name', 'ours', 'baseline', 'unit', 'ratio'];

export function printTable(results) {
  const rows = [COLUMNS, ...results.map((line) => COLUMNS.map((column) => String(line[column] ?? '-')))];
  const widths = COLUMNS.map((_, place) => Math.max(...rows.map((row) => row[place].length)));
  for (const row of rows) {
    const cells = row.map((cell, place) =>
      COLUMNS[place] === 'name' || COLUMNS[place] === 'unit'
        ? cell.padEnd(widths[place])
        : cell.padStart(widths[place]),
    );
    console.log(cells.join('  ').trimEnd());
  }
}
