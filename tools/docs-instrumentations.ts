/** Writes docs/instrumentations.md from the catalogue; `--check` fails if the page is not what it would write. */
import { FAMILY, screaming } from '../src/config/instrumentation-options.ts';
import { catalogue, type Row } from '../src/instrumentations/catalogue.ts';
import { code, table, writeOrCheck } from './page.ts';

const list = (names: readonly string[]): string => names.map(code).join(', ');

function when({ modules, atBoot, channel }: Row): string {
  if (atBoot === true) return 'at start';
  if (atBoot !== undefined) return `at start, where ${code(atBoot.where)} is set`;
  return `on first use of ${list(modules)}${channel === undefined ? '' : ' or of `fetch`'}`;
}

const rows = catalogue.map((row) => [code(row.name), when(row), row.off === true ? 'off' : 'on']);

const options = catalogue.flatMap(({ name, options, config }) =>
  Object.entries(options ?? {}).map(([option, rule]) => {
    const own = config?.[option];
    const decided = own === undefined || typeof own === 'function' ? '' : code(String(own));
    return [code(`${FAMILY}${screaming(name)}_${screaming(option)}`), rule.expected, decided];
  }),
);

const layered = catalogue.filter(({ layers }) => layers !== undefined).map(({ name }) => name);

const page = `<!-- Written by tools/docs-instrumentations.ts from src/instrumentations/catalogue.ts; change it there. -->

# Instrumentations

Each is loaded when the application first loads its library, and costs nothing before. The short name is that of
\`OTEL_NODE_ENABLED_INSTRUMENTATIONS\` and \`OTEL_NODE_DISABLED_INSTRUMENTATIONS\`.

${table(['name', 'loaded', 'unless set otherwise'], rows)}

## Frameworks

All of them give the span of the request its route and its error, and make no spans of their own. \`FIRSTLIGHT_FRAMEWORK_SPANS\`
asks for more, at the price it says: \`handler\` for one span around the handler of the route, \`all\` for one around every
middleware too. ${list(layered)} have such spans; those of \`nestjs-core\` before version 12. More in
[server requests](guides/server-requests.md).

## Options

\`${FAMILY}<NAME>_ENABLED\` (true or false) switches any of them, whatever the lists say.

${table(['variable', 'value', 'our default, where it is not upstream’s'], options)}
`;

writeOrCheck('docs/instrumentations.md', 'src/instrumentations/catalogue.ts', page);
