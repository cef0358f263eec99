// Makes SPANS spans (20), and ends by END: exit, throw, a signal, or because nothing is left to do.
const { trace } = require('@opentelemetry/api');

const { SPANS = '20', END = '' } = process.env;
for (let i = 0; i < Number(SPANS); i++) trace.getTracer('end').startSpan(`span ${i}`).end();
if (END === 'exit') process.exit(0);
if (END === 'throw') throw new Error('on purpose');
if (END.startsWith('SIG')) {
  // The longest anybody waits here for a process to end.
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), 10_000);
  setTimeout(() => process.kill(process.pid, END), 200);
}
