/**
 * What takes minutes to show: outages, a full queue, bursts, leaks. Fails where something is not as promised.
 *
 *   node tools/check-soak.ts [outages] [memory] [bursts] [leak]   all of them without a name
 */
import { bursts } from './soak/bursts.ts';
import { leak } from './soak/leak.ts';
import { hungCollector } from './soak/memory.ts';
import { outages } from './soak/outages.ts';

const SCENARIOS = [bursts, leak, outages, hungCollector];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !SCENARIOS.some((scenario) => scenario.name === name));
if (unknown.length > 0) throw new Error(`no such part: ${unknown.join(', ')}`);

for (const { name, promise, run } of SCENARIOS) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stdout.write(`\n${name}: ${promise}\n`);
  for (const { figures, problems } of await run()) {
    process.stdout.write(`  ${problems.length === 0 ? '✓' : '✗'} ${figures}\n`);
    for (const problem of problems) process.stdout.write(`      ${problem}\n`);
    if (problems.length > 0) process.exitCode = 1;
  }
}
