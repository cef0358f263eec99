import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { hostname, tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { applicationOf } from '../src/resource/application.ts';
import { containerOfCgroup, containerOfMounts } from '../src/resource/detectors.ts';
import { createResource } from '../src/resource/resource.ts';
import { root } from './support/run.ts';

vi.mock('../src/chunk.ts', () => import('./support/source-chunks.ts'));
// The real ones ask the network.
vi.mock('../src/resource/cloud-detectors.ts', () => ({
  detectClouds: (names: readonly string[]) =>
    resourceFromAttributes({ 'cloud.provider': names.join(' and '), 'cloud.region': 'detected' }),
}));

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'resource-')));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(path: string, content = ''): string {
  const full = join(folder, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, content);
  return full;
}

const ALL = ['env', 'host', 'os', 'process', 'serviceinstance', 'container', 'k8s'];
const attributesOf = (
  detectors: readonly string[],
  attributes: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = {},
  script?: string,
) => createResource({ attributes, detectors }, { env, script }).attributes;

test('a process without a package.json and without settings is an unknown service that names SDK and distribution', () => {
  expect(attributesOf([])).toEqual({
    'service.name': 'unknown_service:node',
    'telemetry.sdk.name': 'opentelemetry',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.version': expect.stringMatching(/^3\./),
    'telemetry.distro.name': 'firstlight',
    'telemetry.distro.version': '0.0.0-source',
  });
});

test('name and version of the service are those of the package the main script belongs to', () => {
  file('orders/package.json', '{"name":"@shop/orders","version":"1.2.3"}');
  // Says what kind of modules the folder holds and nothing else.
  file('orders/src/package.json', '{"type":"module"}');
  const script = file('orders/src/main.js');
  expect(attributesOf([], {}, {}, script)).toMatchObject({
    'service.name': '@shop/orders',
    'service.version': '1.2.3',
  });
});

test('a set name keeps the version of the package, and a set version its name', () => {
  file('both/package.json', '{"name":"both","version":"4.5.6"}');
  const script = file('both/main.js');
  expect(attributesOf([], { 'service.name': 'checkout' }, {}, script)).toMatchObject({
    'service.name': 'checkout',
    'service.version': '4.5.6',
  });
  expect(attributesOf([], { 'service.version': 'abc' }, {}, script)).toMatchObject({
    'service.name': 'both',
    'service.version': 'abc',
  });
});

test('what is set wins over what is detected', () => {
  const found = attributesOf(ALL, { 'host.name': 'web-1', 'service.instance.id': 'one', 'telemetry.sdk.name': 'mine' });
  expect(found).toMatchObject({ 'host.name': 'web-1', 'service.instance.id': 'one', 'telemetry.sdk.name': 'mine' });
});

test('the main script is found through a link, and without its extension', () => {
  file('linked/package.json', '{"name":"linked"}');
  const script = file('linked/bin/cli.js');
  symlinkSync(script, join(folder, 'linked-cli'));
  expect(applicationOf(join(folder, 'linked-cli'), () => '/')).toEqual({ name: 'linked' });
  expect(applicationOf(join(folder, 'linked/bin/cli'), () => '/')).toEqual({ name: 'linked' });
});

test('a tool in node_modules is not the application', () => {
  file('site/package.json', '{"name":"site"}');
  file('site/node_modules/next/package.json', '{"name":"next","version":"16.0.0"}');
  expect(applicationOf(file('site/node_modules/next/dist/bin/next'), () => '/')).toEqual({ name: 'site' });
  // Installed globally: what it was started in.
  file('lib/node_modules/pm2/package.json', '{"name":"pm2"}');
  const tool = file('lib/node_modules/pm2/bin/pm2');
  expect(applicationOf(tool, () => join(folder, 'site'))).toEqual({ name: 'site' });
  expect(
    applicationOf(tool, () => {
      throw new Error('the working directory is gone');
    }),
  ).toEqual({});
});

test.each([
  ['not JSON', '{"name":'],
  ['not an object', 'null'],
  ['without a name', '{"version":"1.0.0"}'],
  ['with a name of another kind', '{"name":["a"]}'],
  ['of two megabytes', JSON.stringify({ name: 'large', rest: 'x'.repeat(2_000_000) })],
])('a package.json %s is passed over', (_what, content) => {
  file('outer/package.json', '{"name":"outer"}');
  file('outer/inner/package.json', content);
  expect(applicationOf(file('outer/inner/main.js'), () => '/')).toEqual({ name: 'outer' });
});

test('detectors describe host, system and process, and nothing that may be secret', () => {
  const found = attributesOf(ALL);
  expect(found).toMatchObject({
    'host.name': hostname(),
    'host.arch': expect.stringMatching(/^(amd64|arm64)$/),
    'os.type': process.platform === 'win32' ? 'windows' : process.platform,
    'process.pid': process.pid,
    'process.executable.path': process.execPath,
    'process.executable.name': 'node',
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
    'service.instance.id': expect.stringMatching(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    ),
  });
  expect(Object.keys(found)).not.toContain('process.command_args');
  expect(Object.keys(found)).not.toContain('process.owner');
  expect(Object.values(found)).not.toContain(userInfo().username);
  expect(Object.values(found)).not.toContain(undefined);
});

test('two resources are two instances', () => {
  const [one, other] = [attributesOf(['serviceinstance']), attributesOf(['serviceinstance'])];
  expect(one['service.instance.id']).not.toBe(other['service.instance.id']);
});

test('only the named detectors run', () => {
  const keys = Object.keys(attributesOf(['os']));
  expect(keys).toContain('os.type');
  expect(keys.filter((key) => /^(host|process|container|k8s)\.|instance/.test(key))).toEqual([]);
});

const ID = 'a'.repeat(32) + '0123456789abcdef'.repeat(2);
test.each([
  ['Docker, cgroup v1', `12:pids:/docker/${ID}`, ID],
  ['systemd', `0::/system.slice/docker-${ID}.scope`, ID],
  ['containerd in Kubernetes', `11:cpu:/kubepods/burstable/pod12345678-1234/${ID}`, ID],
  ['containerd in Kubernetes, systemd', `0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-${ID}.scope`, ID],
  ['containerd, colons', `0::/system.slice/containerd.service/kubepods-pod1.slice:cri-containerd:${ID}`, ID],
  ['CRI-O', `0::/kubepods.slice/crio-${ID}.scope`, ID],
  [
    'ECS on Fargate',
    '9:perf_event:/ecs/aa/0123456789abcdef0123456789abcdef-2574839563',
    '0123456789abcdef0123456789abcdef-2574839563',
  ],
  ['the second line', `1:name=systemd:/user.slice\n2:cpu:/docker/${ID}`, ID],
  ['no container', '0::/user.slice/user-1000.slice/session-2.scope', undefined],
  ['a private namespace', '0::/', undefined],
  ['nothing', undefined, undefined],
])('container id by cgroup: %s', (_what, cgroup, id) => {
  expect(containerOfCgroup(cgroup)).toBe(id);
});

test.each([
  ['Docker', `473 456 254:1 /docker/containers/${ID}/hostname /etc/hostname rw,relatime - ext4 /dev/vda1 rw`, ID],
  [
    'Podman',
    `983 961 0:56 /containers/overlay-containers/${ID}/userdata/hostname /etc/hostname rw - tmpfs tmpfs rw`,
    ID,
  ],
  [
    'the sandbox of a pod, which is another container',
    `9 8 0:5 /var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/${ID}/hostname /etc/hostname rw`,
    undefined,
  ],
  ['a host', '22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw', undefined],
])('container id by mounts: %s', (_what, mounts, id) => {
  expect(containerOfMounts(mounts)).toBe(id);
});

test('a cloud is asked only where it is named, and less trusted than what is set', () => {
  const plan = { attributes: { 'cloud.region': 'set' }, detectors: ['os', 'aws', 'gcp'] };
  expect(createResource(plan, { env: {}, script: undefined }).attributes).toMatchObject({
    'cloud.provider': 'aws and gcp',
    'cloud.region': 'set',
    'os.type': expect.any(String),
  });
  expect(Object.keys(attributesOf(ALL))).not.toContain('cloud.provider');
});

test('the chunk of the cloud detectors loads from the build, without the packages it was made of', () => {
  const chunk = readFileSync(`${root}/dist/chunks/cloud-detectors.cjs`, 'utf8');
  expect(chunk.match(/require\("[^"]*node_modules[^"]*"\)/g)).toBeNull();
  const { detectClouds } = createRequire(import.meta.url)(`${root}/dist/chunks/cloud-detectors.cjs`) as {
    readonly detectClouds: (names: readonly string[]) => Resource;
  };
  expect(detectClouds([]).attributes).toEqual({});
});

test('Kubernetes speaks through the downward API', () => {
  const env = {
    KUBERNETES_SERVICE_HOST: '10.0.0.1',
    POD_NAME: 'shop-1',
    POD_NAMESPACE: 'prod',
    NODE_NAME: 'n1',
    K8S_POD_UID: 'u',
  };
  expect(attributesOf(['k8s'], {}, env)).toMatchObject({
    'k8s.pod.name': 'shop-1',
    'k8s.namespace.name': 'prod',
    'k8s.node.name': 'n1',
    'k8s.pod.uid': 'u',
  });
});

test('names that other systems use too mean nothing outside of a cluster', () => {
  const found = attributesOf(['k8s'], {}, { NODE_NAME: 'jenkins-agent', K8S_POD_NAME: 'told' });
  expect(found).toMatchObject({ 'k8s.pod.name': 'told' });
  expect(Object.keys(found)).not.toContain('k8s.node.name');
});

test('the schema URL is that of the plan', () => {
  const plan = { attributes: {}, detectors: [], schemaUrl: 'https://opentelemetry.io/schemas/1.37.0' };
  expect(createResource(plan, { env: {}, script: undefined }).schemaUrl).toBe(plan.schemaUrl);
});

test('attributes are there at once: nothing is waited for', () => {
  expect(
    createResource({ attributes: {}, detectors: ALL }, { env: {}, script: undefined }).asyncAttributesPending,
  ).toBe(false);
});
