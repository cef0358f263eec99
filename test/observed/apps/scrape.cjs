/** What /metrics says of libraries, a line each, sorted; without the labels of scopes. */
const OURS = /^(firstlight_(cache|queue|active)|db_client_connection|orders)/;

module.exports = async function scrape() {
  const response = await fetch(`http://127.0.0.1:${process.env.OTEL_EXPORTER_PROMETHEUS_PORT}/metrics`);
  const lines = (await response.text()).split('\n').filter((line) => OURS.test(line));
  for (const line of lines.sort()) console.log(line.replaceAll(/,?otel_scope_[a-z_]+="[^"]*",?/g, '').replace('{}', ''));
};
