/** The rules of https://www.w3.org/TR/baggage/ for who receives a request and sends others. */
type Entries = readonly (readonly [key: string, value: string])[];

export interface BaggageRule {
  readonly name: string;
  readonly headers: readonly string[];
  /** What the application sees. */
  readonly entries?: Entries;
  /** What is sent on. */
  readonly sent?: string;
}

const list = (count: number, length = 1): string[] =>
  Array.from({ length: count }, (_, index) => `k${index}=`.padEnd(length, 'v'));
const same = (members: readonly string[]): { readonly headers: readonly string[]; readonly sent: string } => ({
  headers: [members.join(',')],
  sent: members.join(','),
});

export const baggages: readonly BaggageRule[] = [
  { name: 'baggage with one member', headers: ['a=1'], entries: [['a', '1']], sent: 'a=1' },
  {
    name: 'baggage with blanks',
    headers: [' a\t= 1 \t, b =2 '],
    entries: [
      ['a', '1'],
      ['b', '2'],
    ],
    sent: 'a=1,b=2',
  },
  {
    name: 'baggage with two headers',
    headers: ['a=1', 'b=2'],
    entries: [
      ['a', '1'],
      ['b', '2'],
    ],
    sent: 'a=1,b=2',
  },
  { name: 'baggage with properties', headers: ['a=1;p;q=2'], entries: [['a', '1']], sent: 'a=1;p;q=2' },
  {
    name: 'baggage with an encoded value',
    headers: ['a=Am%C3%A9lie%2C'],
    entries: [['a', 'Am\u00e9lie,']],
    sent: 'a=Am%C3%A9lie%2C',
  },
  { name: 'baggage with an equals sign in a value', headers: ['a=b=c'], entries: [['a', 'b=c']], sent: 'a=b=c' },
  { name: 'baggage with a key that is there twice', headers: ['a=1,a=2'], entries: [['a', '2']], sent: 'a=2' },
  { name: 'baggage with 64 members', ...same(list(64, 10)) },
  { name: 'baggage with 180 members', ...same(list(180, 10)) },
  {
    name: 'baggage with 181 members: the last one goes',
    headers: [list(181, 10).join(',')],
    sent: list(180, 10).join(','),
  },
  { name: 'baggage with a member of 4096 bytes', ...same(list(1, 4096)) },
  { name: 'baggage with 8192 bytes', ...same([...list(63, 127), `last=${'v'.repeat(123)}`]) },
  {
    name: 'baggage with too many bytes: whole members go',
    headers: [list(70, 127).join(',')],
    sent: list(64, 127).join(','),
  },
  {
    name: 'baggage with too many bytes in all of its headers',
    headers: [list(40, 127).join(','), list(70, 127).slice(40).join(',')],
    sent: list(64, 127).join(','),
  },

  { name: 'baggage with an empty header', headers: [''] },
  { name: 'baggage with no member', headers: [',, ,;'] },
  { name: 'baggage with no equals sign', headers: ['a,b=2'], entries: [['b', '2']], sent: 'b=2' },
  { name: 'baggage with no key', headers: ['=1,b=2'], entries: [['b', '2']], sent: 'b=2' },
  { name: 'baggage with a key of Object', headers: ['__proto__=1,b=2'], sent: '__proto__=1,b=2' },
  {
    name: 'baggage with the constructor',
    headers: ['constructor=1'],
    entries: [['constructor', '1']],
    sent: 'constructor=1',
  },
  {
    name: 'baggage with a key that is a number',
    headers: ['2=b,1=a'],
    entries: [
      ['2', 'b'],
      ['1', 'a'],
    ],
  },

  {
    name: 'baggage with a member of 5000 bytes',
    ...same(list(1, 5000)),
  },
  {
    name: 'baggage with an empty value',
    headers: ['a=,b=2'],
    entries: [
      ['a', ''],
      ['b', '2'],
    ],
    sent: 'a=,b=2',
  },
  {
    name: 'baggage with a percent sign in a key',
    headers: ['a%41=1'],
    entries: [['a%41', '1']],
    sent: 'a%41=1',
  },
  {
    name: 'baggage with a key with every character of a token',
    headers: ["!#$&'*+-.^_`|~=1"],
    entries: [["!#$&'*+-.^_`|~", '1']],
    sent: "!#$&'*+-.^_`|~=1",
  },
  {
    name: 'baggage with an encoded value that is no UTF-8',
    headers: ['a=%e9,b=2'],
    entries: [
      ['a', '\ufffd'],
      ['b', '2'],
    ],
  },
];
