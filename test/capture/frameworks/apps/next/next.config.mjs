const here = import.meta.dirname;

export default { output: 'standalone', outputFileTracingRoot: here, turbopack: { root: here } };
