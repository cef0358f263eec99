import { listMatching, oneOf } from '../rules.ts';
import { setting } from '../setting.ts';
import { trustedProxies } from '../trusted-proxies.ts';

export const server = {
  FIRSTLIGHT_FRAMEWORK_SPANS: setting({
    rule: oneOf(['none', 'handler', 'all']),
    default: 'none',
    doc: 'Spans below that of the request: one for the handler of its route, or one for every middleware too; where the framework has them (see the instrumentations)',
    file: 'distribution.firstlight.framework_spans',
  }),
  FIRSTLIGHT_IGNORE_PATHS: setting({
    rule: listMatching(/^[/*][^?#]*$/, 'paths that begin with / or *, separated by commas'),
    default: [],
    doc: 'Paths whose requests make no spans and no metrics; `*` stands for any characters (`/healthz,/static/*`)',
    file: 'distribution.firstlight.ignore_paths',
  }),
  FIRSTLIGHT_TRUST_PROXY: setting({
    rule: trustedProxies,
    default: [],
    doc: 'Proxies whose `Forwarded` and `X-Forwarded-*` headers say who the client is: `none`, `all`, or addresses and networks (`10.0.0.0/8`, `loopback`, `private`)',
    file: 'distribution.firstlight.trust_proxy',
  }),
  OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS: setting({
    rule: listMatching(/^[A-Z][A-Z-]*$/, 'methods in capitals, separated by commas'),
    fallback: 'those of RFC 9110, PATCH and QUERY',
    doc: 'HTTP methods that server spans and metrics report by name, instead of the usual ones; any other is `_OTHER`',
    file: 'instrumentation/development.general.http.server.known_methods',
  }),
} as const;
