import { commonRequests, type Application } from '../application.ts';

const range = (bytes: string) => ({ range: `bytes=${bytes}` });

export const httpServer: Application = {
  name: 'http-server',
  start: (port) => ['http-server/bin/http-server', 'site', '-a', '127.0.0.1', '-p', String(port), '--cors', '--gzip'],
  ready: /Hit CTRL-C/,
  requests: [
    ...commonRequests('/style.css'),
    { path: '/' },
    { path: '/folder' },
    { path: '/folder/' },
    { path: '/about' },
    { path: '/about.html' },
    { path: '/large.json' },
    { path: '/large.json', headers: range('0-99') },
    { path: '/large.json', headers: range('100-') },
    { path: '/large.json', headers: range('-10') },
    { path: '/large.json', headers: range('999999-') },
    { path: '/large.json', headers: { 'if-modified-since': 'Fri, 01 Jan 2100 00:00:00 GMT' } },
    { path: '/large.json', headers: { 'if-none-match': '"other"' } },
    { method: 'HEAD', path: '/large.json' },
    { method: 'POST', path: '/large.json', body: 'unwanted' },
    { method: 'DELETE', path: '/style.css' },
    { method: 'OPTIONS', path: '/', headers: { origin: 'http://elsewhere.example' } },
    { path: '/none' },
    { path: '/../../etc/passwd' },
    { path: '/%2e%2e/%2e%2e/etc/passwd' },
    { path: '/%E0%A4%A' },
    { path: '/a%00b' },
  ],
  // The tag of a file has its inode, and is new with every copy.
  random: [/^etag: W\/"\d+/gim],
};
