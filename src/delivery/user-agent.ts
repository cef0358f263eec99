/** https://opentelemetry.io/docs/specs/otel/protocol/exporter/#user-agent */
export const USER_AGENT = `firstlight/${FIRSTLIGHT_VERSION}`;
