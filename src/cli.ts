#!/usr/bin/env node
import { config, type Output } from './cli/config.ts';
import { load } from './config/load.ts';
import { catalogue } from './instrumentations/catalogue.ts';

/** The `firstlight` command: one file in `cli/` for each of its words. */
const HELP = `firstlight <command>

  config    the settings in force and where each comes from

firstlight <command> --help tells more.
`;

function run([command, ...args]: readonly string[]): Output {
  if (command === 'config') return config(args, () => load(process.env, catalogue));
  if (command === '--version' || command === '-v') return { text: `${FIRSTLIGHT_VERSION}\n`, exitCode: 0 };
  if (command === '--help' || command === '-h') return { text: HELP, exitCode: 0 };
  const complaint = command === undefined ? '' : `There is no command ${JSON.stringify(command)}.\n\n`;
  return { text: `${complaint}${HELP}`, exitCode: 2 };
}

const { text, exitCode } = run(process.argv.slice(2));
process.stdout.write(text);
process.exitCode = exitCode;
