/** The rules of https://www.w3.org/TR/trace-context-2/#tracestate-header for who receives a request and sends others. */
import { CALLER, TRACE, type Rule } from './trace-context.ts';

/** That of a trace that goes on. */
export const VALID = ['traceparent', `00-${TRACE}-${CALLER}-01`] as const;

const rule = (name: string, given: string | readonly string[], sent?: string): Rule => ({
  name: `tracestate with ${name}`,
  headers: [VALID, ...[given].flat().map((value) => ['tracestate', value] as const)],
  continues: true,
  ...(sent !== undefined && { tracestate: sent }),
});

const members = (count: number): string =>
  Array.from({ length: count }, (_, index) => `bar${index}=${index}`).join(',');
const VALUE = Array.from({ length: 0x7f - 0x20 }, (_, index) => String.fromCharCode(0x20 + index))
  .filter((character) => character !== ',' && character !== '=')
  .join('');
const KEY = 'abcdefghijklmnopqrstuvwxyz0123456789_-*/';

export const tracestates: readonly Rule[] = [
  rule('one member', 'foo=1', 'foo=1'),
  rule('three members, in their order', 'foo=1,bar=2,baz=3', 'foo=1,bar=2,baz=3'),
  rule('two headers', ['foo=1,bar=2', 'baz=3'], 'foo=1,bar=2,baz=3'),
  rule('blanks around members', 'foo=1 \t , \t bar=2, \t baz=3', 'foo=1,bar=2,baz=3'),
  rule('blanks around the list', '\t foo=1 \t', 'foo=1'),
  rule('blanks before a value belong to it', 'foo= 1,bar=  2', 'foo= 1,bar=  2'),
  rule('empty members', 'foo=1,,, ,bar=2', 'foo=1,bar=2'),
  rule('an empty header before another', ['', 'foo=1'], 'foo=1'),
  rule('an empty header after another', ['foo=1', ''], 'foo=1'),
  rule('an empty header', ''),
  rule('a header of blanks and commas', ' , ,'),
  rule('every character that a value may have', `foo=${VALUE}`, `foo=${VALUE}`),
  rule('every character that a key may have', `${KEY}=1`, `${KEY}=1`),
  rule('a key with a tenant', `${KEY}@a-z0-9_-*/=1`, `${KEY}@a-z0-9_-*/=1`),
  rule('a key with a tenant that begins with a digit', '0foo@bar=1', '0foo@bar=1'),
  rule('a key that begins with a digit', '0foo=1', '0foo=1'),
  rule('a key that ends with an at sign', 'foo@=1,bar=2', 'foo@=1,bar=2'),
  rule('a key with two at signs', 'foo@@bar=1,bar=2', 'foo@@bar=1,bar=2'),
  rule('a key of 256 characters', `foo=1,${'z'.repeat(256)}=1`, `foo=1,${'z'.repeat(256)}=1`),
  rule('a key of 242 characters with a tenant', `${'t'.repeat(242)}@v=1`, `${'t'.repeat(242)}@v=1`),
  rule('a value of 256 characters', `foo=${'v'.repeat(256)}`, `foo=${'v'.repeat(256)}`),
  rule('32 members', members(32), members(32)),
  rule(
    '512 characters',
    `a=${'v'.repeat(126)},b=${'v'.repeat(126)},c=${'v'.repeat(126)},d=${'v'.repeat(123)}`,
    `a=${'v'.repeat(126)},b=${'v'.repeat(126)},c=${'v'.repeat(126)},d=${'v'.repeat(123)}`,
  ),
  rule(
    'too many characters: a long member goes first',
    `${members(15)},big=${'v'.repeat(200)},${members(15).replaceAll('bar', 'foo')},last=${'v'.repeat(120)}`,
    `${members(15)},${members(15).replaceAll('bar', 'foo')},last=${'v'.repeat(120)}`,
  ),
  rule('33 members: the last one goes', `${members(32)},x=1`, members(32)),
  rule('a key twice: the first is the most recent', 'foo=1,foo=2,bar=3', 'foo=1,bar=3'),
];

/** Members that are none: discarding them, or all of the list, is allowed, sending them on is not. */
export const invalidMembers: Readonly<Record<string, string>> = {
  'a blank after the key': 'foo =1',
  'a key in upper case': 'FOO=1',
  'a key with a dot': 'foo.bar=1',
  'a key that begins with an at sign': '@foo=1',
  'a key of 257 characters': `${'z'.repeat(257)}=1`,
  'a value of 257 characters': `foo=${'v'.repeat(257)}`,
  'an equals sign in the value': 'foo=bar=baz',
  'no value': 'foo=',
  'no key': '=1',
  'no equals sign': 'foo',
  'a tab in the value': 'foo=a\tb',
  'bytes beyond ASCII': 'foo=\u00e9',
};
