/** The same statement as often below one span is a suspect: a loop over what one statement could have fetched. */
const SUSPICIOUS = 10;
/** Statements that are told apart below one span, and characters of one: a loop has few and short ones. */
const MAX_STATEMENTS = 100;
const LONGEST = 10_000;

/** The statements below one span. */
export interface Repetitions {
  /** Counts a statement; true for the tenth of the same, and for no other. */
  isTenth(statement: string): boolean;
}

export function createRepetitions(): Repetitions {
  // Most spans have one statement below them.
  let first: string | undefined;
  let times = 0;
  let others: Map<string, number> | undefined;
  return {
    isTenth(statement) {
      first ??= statement;
      if (statement === first) return ++times === SUSPICIOUS;
      others ??= new Map();
      const count = others.get(statement) ?? 0;
      if (statement.length > LONGEST || (count === 0 && others.size >= MAX_STATEMENTS)) return false;
      others.set(statement, count + 1);
      return count + 1 === SUSPICIOUS;
    },
  };
}
