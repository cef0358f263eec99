import { defineConfig } from 'vitest/config';

export default defineConfig({
  define: { FIRSTLIGHT_VERSION: JSON.stringify('0.0.0-source') },
  test: {
    include: ['test/**/*.test.ts'],
    // Child processes, brokers and databases on two shared cores.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    reporters: ['default', './test/support/skipped-reporter.ts'],
  },
});
