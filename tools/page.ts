/** What the generated pages of docs/ have in common. */
import { readFileSync, writeFileSync } from 'node:fs';

const cell = (text: string): string => text.replaceAll('|', '\\|');
export const code = (text: string): string => `\`${text}\``;

const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Writes a page below the repository; with `--check` it is only compared, and a stale one fails the command. */
export function writeOrCheck(path: string, source: string, page: string): void {
  const target = new URL(`../${path}`, import.meta.url);
  if (!process.argv.includes('--check')) return writeFileSync(target, page);
  let current = '';
  try {
    current = readFileSync(target, 'utf8');
  } catch {
    // No page is a stale page.
  }
  if (current === page) return undefined;
  process.stderr.write(`${path} is not what ${source} says: run npm run docs\n`);
  process.exitCode = 1;
}
