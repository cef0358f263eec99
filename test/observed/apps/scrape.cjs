/** What /metrics says of libraries, a line each, sorted; without the labels of scopes. */
const OURS = /^(firstlight_(cache|queue|active)|db_client_connection|orders)/;

async function once(tries = 20) {
  try {
    const response = await fetch(`http://127.0.0.1:${process.env.OTEL_EXPORTER_PROMETHEUS_PORT}/metrics`);
    return await response.text();
  } catch (cause) {
    // It listens some milliseconds after the start.
    if (tries === 0) throw cause;
    await new Promise((resolve) => setTimeout(resolve, 50));
    return once(tries - 1);
  }
}

module.exports = async function scrape() {
  const lines = (await once()).split('\n').filter((line) => OURS.test(line));
  for (const line of lines.sort())
    console.log(
      line
        .replaceAll(/otel_scope_[a-z_]+="[^"]*",?/g, '')
        .replaceAll(/,?\}/g, '}')
        .replace('{}', ''),
    );
};
module.exports.once = once;
