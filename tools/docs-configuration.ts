/** Writes docs/configuration.md from the table of settings; `--check` fails if the page is not what it would write. */
import { samplers } from '../src/config/sampler.ts';
import { subjects } from '../src/config/schema.ts';
import { format, type Setting } from '../src/config/setting.ts';
import { code, table, writeOrCheck } from './page.ts';

function fallbackOf(row: Setting<unknown>): string {
  if (row.inherits !== undefined) return `as ${code(row.inherits)}`;
  if (row.fallback !== undefined)
    return row.fallback.replace(/(?:OTEL|FIRSTLIGHT)_[A-Z_]+/g, code).replace(/https?:[^ ,]+/g, code);
  return row.default === undefined || format(row.default) === '' ? '' : code(format(row.default));
}

function subject(name: string, settings: Readonly<Record<string, Setting<unknown>>>): string {
  const rows = Object.entries(settings).map(([variable, row]) => [
    code(variable),
    row.ignored === undefined
      ? `${row.doc}${row.secret ? ' (secret: never shown)' : ''}`
      : `${row.doc}. Without effect: ${row.ignored}`,
    row.rule.expected,
    fallbackOf(row),
    row.file === undefined ? '' : code(row.file),
  ]);
  return `## ${name}\n\n${table(['variable', 'meaning', 'value', 'when not set', 'in the file'], rows)}`;
}

const samplerRows = Object.entries(samplers).map(([name, sampler]) => [
  code(name),
  'argument' in sampler && sampler.argument !== undefined ? sampler.argument : 'none',
  'fallback' in sampler && sampler.fallback !== undefined ? code(sampler.fallback) : '',
]);

const page = `<!-- Written by tools/docs-configuration.ts from src/config/schema.ts; change it there. -->

# Configuration

Everything is set by environment variables: those of the OpenTelemetry specification wherever it has one, and
\`FIRSTLIGHT_*\` for the rest. Nothing has to be set. \`npx firstlight config\` prints what is in force, where each
value comes from, and what is wrong.

## Rules

- **Precedence.** A variable, else what it inherits from, else the default. With \`OTEL_CONFIG_FILE\` the file says
  everything and the other \`OTEL_*\` variables count only where the file refers to them as \`\${NAME}\`, as the
  specification has it; \`OTEL_LOG_LEVEL\`, all \`FIRSTLIGHT_*\` variables and
  \`OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT\` still count and beat the file.
- **Empty** is the same as not set. Spaces around a value do not count. Words may be written in any case.
- **A wrong value** never stops the application and never goes unnoticed: one line on stderr names the variable, the
  value (masked if it is a secret), what was expected and what is used instead. Of a list, of headers and of resource
  attributes only the wrong entry is left out.
- **A misspelt name** that begins with \`OTEL_\` or \`FIRSTLIGHT_\` gets "did you mean". Variables of other languages and
  tools (\`OTEL_PYTHON_*\`, \`OTEL_JAVAAGENT_*\`, …) are left in peace.
- **Times** are whole milliseconds. A timeout of 0 means no limit (but for \`FIRSTLIGHT_EXIT_TIMEOUT\`); a period of
  0 is wrong.

## The file

\`OTEL_CONFIG_FILE\` is a YAML file of OpenTelemetry's declarative configuration, \`file_format: "1.0"\`.

- A file that is missing, is no YAML or is not what the schema asks for is not used in part: the application runs
  without telemetry, and one line names file, line and key.
- What the schema knows and Firstlight does not have is left out, with one line for each key; the rest is used.
- A part the file does not name is off: without \`tracer_provider\` no span is exported, without \`propagator\` no
  context is propagated, without \`resource.detection/development\` nothing is detected.
- Samplers beside those of the schema: \`rate_limiting: { traces_per_second: 100 }\` and
  \`xray: { endpoint: …, polling_interval: 300000 }\`; \`probability/development\` is consistent probability.
- Own settings stand under \`distribution.firstlight\`:

\`\`\`yaml
file_format: "1.0"
tracer_provider:
  processors:
    - batch:
        exporter:
          otlp_http:
            endpoint: \${COLLECTOR:-http://localhost:4318/v1/traces}
distribution:
  firstlight:
    admin_token: \${ADMIN_TOKEN}
    instrumentation:
      pg: { enhancedDatabaseReporting: true }
      redis: { enabled: false }
\`\`\`

## Instrumentations one by one

\`FIRSTLIGHT_INSTRUMENTATION_<NAME>_ENABLED\` switches one instrumentation, whatever the lists say;
\`FIRSTLIGHT_INSTRUMENTATION_<NAME>_<OPTION>\` sets one option. The name is the short one in capitals with \`_\` for
every other character (\`socket.io\`: \`SOCKET_IO\`), the option likewise (\`enhancedDatabaseReporting\`:
\`ENHANCED_DATABASE_REPORTING\`). In a file the same stands under \`distribution.firstlight.instrumentation\` or
\`instrumentation/development.js\`, with the names as they are.

## Samplers

${table(['`OTEL_TRACES_SAMPLER`', '`OTEL_TRACES_SAMPLER_ARG`', 'when not set'], samplerRows)}

${Object.entries(subjects)
  .map(([name, settings]) => subject(name, settings))
  .join('\n\n')}
`;

writeOrCheck('docs/configuration.md', 'src/config/schema.ts', page);
