import type { Reporter, TestModule } from 'vitest/node';

/** Names every skipped test at the end of a run: a skipped proof is not a passed one. */
export default class SkippedReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = modules.flatMap((module) =>
      [...module.children.allTests('skipped')].map((test) => `  ${module.relativeModuleId} > ${test.fullName}`),
    );
    if (skipped.length > 0) console.log(`\nSkipped, for want of a server or tool:\n${skipped.join('\n')}`);
  }
}
