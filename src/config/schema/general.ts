import { CLOUDS, DETECTORS, LOG_LEVELS, PROPAGATORS } from '../names.ts';
import { attributes } from '../otlp-rules.ts';
import { flag, list, listOf, oneOf, text, token } from '../rules.ts';
import { setting } from '../setting.ts';

export const general = {
  OTEL_CONFIG_FILE: setting({
    rule: text,
    doc: 'Path of a declarative configuration file (YAML); with it, the other `OTEL_*` variables count only where the file refers to them',
  }),
  OTEL_SDK_DISABLED: setting({
    rule: flag,
    default: false,
    doc: 'Starts nothing: no span, metric or log record is made, no port is opened',
    file: 'disabled',
  }),
  OTEL_LOG_LEVEL: setting({
    rule: oneOf(LOG_LEVELS, { all: 'verbose' }),
    default: 'warn',
    doc: 'How much Firstlight says about itself on stderr; it beats the level of the file',
    file: 'log_level',
  }),
  OTEL_PROPAGATORS: setting({
    rule: listOf(PROPAGATORS),
    default: ['tracecontext', 'baggage'],
    doc: 'Formats in which context is read from and written to requests and messages',
    file: 'propagator.composite',
  }),
} as const;

export const resource = {
  OTEL_SERVICE_NAME: setting({
    rule: text,
    fallback: "the name in the application's package.json",
    doc: '`service.name`; it beats the one in `OTEL_RESOURCE_ATTRIBUTES`',
    file: 'resource.attributes',
  }),
  OTEL_RESOURCE_ATTRIBUTES: setting({
    rule: attributes,
    default: {},
    doc: 'Attributes of everything this process reports, as `key=value,key=value`',
    file: 'resource.attributes_list',
  }),
  OTEL_NODE_RESOURCE_DETECTORS: setting({
    rule: listOf([...DETECTORS, ...CLOUDS], { all: DETECTORS, service: ['serviceinstance'] }),
    default: DETECTORS,
    doc: 'What is found out about host, process and container; over the network only where a cloud is named (`aws`, `gcp`, `azure`, `alibaba`)',
    file: 'resource.detection/development.detectors',
  }),
  OTEL_ENTITIES: setting({
    rule: text,
    doc: 'Entities of the resource',
    ignored: 'the Node.js SDK has no entities yet',
  }),
} as const;

export const instrumentation = {
  OTEL_NODE_ENABLED_INSTRUMENTATIONS: setting({
    rule: list,
    fallback: 'all that are on by default',
    doc: 'The only instrumentations to use, by short name (`http,pg`)',
    file: 'distribution.firstlight.node_enabled_instrumentations',
  }),
  OTEL_NODE_DISABLED_INSTRUMENTATIONS: setting({
    rule: list,
    default: [],
    doc: 'Instrumentations to leave out, by short name',
    file: 'distribution.firstlight.node_disabled_instrumentations',
  }),
  OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: setting({
    rule: flag,
    default: false,
    doc: 'Records prompts and answers of language models; they often hold personal data. It beats the option `captureMessageContent` of `openai`',
  }),
  OTEL_SEMCONV_STABILITY_OPT_IN: setting({
    rule: list,
    doc: 'Choice between old and new semantic conventions',
    ignored: 'only the stable conventions are emitted',
  }),
} as const;

export const admin = {
  FIRSTLIGHT_INSTANCE_GROUP: setting({
    rule: text,
    fallback: 'all processes of a service and its version',
    doc: 'Tells apart what runs twice on a host: only processes of the same user, service, version and group share one `/metrics`',
    file: 'distribution.firstlight.instance_group',
  }),
  FIRSTLIGHT_ADMIN_TOKEN: setting({
    rule: token,
    fallback: 'no token: private routes answer loopback alone',
    doc: 'Bearer token of the private routes of the admin server; once it is set, loopback needs it too',
    secret: true,
    file: 'distribution.firstlight.admin_token',
  }),
} as const;
