/** Statements begin with one of these; any other first word is the name of a procedure, or no SQL. */
const VERBS = (
  'SELECT INSERT UPDATE DELETE MERGE REPLACE UPSERT WITH VALUES TABLE CALL EXEC EXECUTE DO ' +
  'BEGIN START COMMIT ROLLBACK ABORT SAVEPOINT RELEASE END LOCK UNLOCK SET RESET SHOW USE ' +
  'CREATE ALTER DROP TRUNCATE RENAME COMMENT GRANT REVOKE EXPLAIN DESCRIBE DESC ANALYZE VACUUM OPTIMIZE REINDEX ' +
  'CLUSTER REFRESH COPY LOAD LISTEN UNLISTEN NOTIFY DECLARE FETCH MOVE CLOSE PREPARE DEALLOCATE DISCARD CHECKPOINT KILL ' +
  'FLUSH HANDLER PRAGMA ATTACH DETACH BACKUP RESTORE BULK'
).split(' ');

/** As they are usually written, to themselves in capitals. */
const verbs = new Map(VERBS.flatMap((verb) => [verb, verb.toLowerCase()].map((written) => [written, verb] as const)));

/** White space, brackets around a union, and what ORMs and proxies put in front of a statement. */
const START = /[\s(;]*/y;
const WORD = /[a-z]+(?![\w$.])/iy;
const MAX_COMMENTS = 5;

/** The first word of a statement, in capitals; undefined where it is none that begins one. */
export function verbOf(statement: string | undefined): string | undefined {
  if (statement === undefined) return undefined;
  let at = 0;
  for (let comments = 0; comments <= MAX_COMMENTS; comments++) {
    at = endOf(START, statement, at);
    const end = statement.startsWith('/*', at) ? '*/' : statement.startsWith('--', at) ? '\n' : undefined;
    if (end === undefined) break;
    const found = statement.indexOf(end, at + 2);
    if (found === -1) return undefined;
    at = found + end.length;
  }
  const word = statement.slice(at, endOf(WORD, statement, at));
  return verbs.get(word) ?? verbs.get(word.toUpperCase());
}

function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}
