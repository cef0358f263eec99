/**
 * What a process can say of its surroundings at once: no network, no child process, a few small files. Left out on
 * purpose are `process.command_args` and `process.owner`: secrets and names of people travel in them.
 */
import type { Env } from '../config/env.ts';
import { readFileSync } from 'node:fs';
import { arch, hostname, platform, release } from 'node:os';
import { basename } from 'node:path';
import type { AttributeValue } from '../config/pipeline.ts';

type Attributes = Readonly<Record<string, AttributeValue | undefined>>;

/** By the names of `OTEL_NODE_RESOURCE_DETECTORS`; `env` is part of the settings. */
export const detectors: Readonly<Record<string, (env: Env) => Attributes>> = {
  host: () => ({
    'host.name': hostname(),
    'host.arch': ARCHITECTURES[arch()] ?? arch(),
    'host.id': read('/etc/machine-id') ?? read('/var/lib/dbus/machine-id'),
  }),
  os: () => ({ 'os.type': SYSTEMS[platform()] ?? platform(), 'os.version': release() }),
  process: () => ({
    'process.pid': process.pid,
    'process.executable.name': basename(process.execPath),
    'process.executable.path': process.execPath,
    'process.command': process.argv[1],
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
    'process.runtime.description': 'Node.js',
  }),
  serviceinstance: () => ({ 'service.instance.id': randomId() }),
  container: () => ({
    'container.id': containerOfCgroup(read('/proc/self/cgroup')) ?? containerOfMounts(read('/proc/self/mountinfo')),
  }),
  k8s: kubernetes,
};

/** https://opentelemetry.io/docs/specs/semconv/resource/host/ and /os/ spell some differently from Node. */
const ARCHITECTURES: Readonly<Record<string, string>> = { arm: 'arm32', ppc: 'ppc32', x64: 'amd64' };
const SYSTEMS: Readonly<Record<string, string>> = { sunos: 'solaris', win32: 'windows' };

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

/** Docker, containerd and CRI-O name the cgroup by 64 hexadecimal digits, ECS on Fargate by task and number. */
const CONTAINER = /(?:^|[/:-])([0-9a-f]{64}|[0-9a-f]{32}-\d{5,})(?:\.scope)?$/m;

/** Version 1 of cgroups, and version 2 where the container shares the host's cgroup namespace. */
export function containerOfCgroup(cgroup: string | undefined): string | undefined {
  return CONTAINER.exec(cgroup ?? '')?.[1];
}

/** Elsewhere the runtime mounts /etc/hostname from the folder of the container, not of the pod's sandbox. */
export function containerOfMounts(mounts: string | undefined): string | undefined {
  return /\/(?:overlay-)?containers\/([0-9a-f]{64})\/(?:userdata\/)?hostname /.exec(mounts ?? '')?.[1];
}

/** Attribute, what the downward API is told to call it, and the plain name that means it only inside a cluster. */
const DOWNWARD = [
  ['k8s.pod.name', 'K8S_POD_NAME', 'POD_NAME'],
  ['k8s.pod.uid', 'K8S_POD_UID', 'POD_UID'],
  ['k8s.namespace.name', 'K8S_NAMESPACE_NAME', 'POD_NAMESPACE'],
  ['k8s.node.name', 'K8S_NODE_NAME', 'NODE_NAME'],
  ['k8s.container.name', 'K8S_CONTAINER_NAME', 'CONTAINER_NAME'],
  ['k8s.deployment.name', 'K8S_DEPLOYMENT_NAME', 'DEPLOYMENT_NAME'],
  ['k8s.cluster.name', 'K8S_CLUSTER_NAME', 'CLUSTER_NAME'],
] as const;

const NAMESPACE_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

function kubernetes(env: Env): Attributes {
  const inCluster = Boolean(env['KUBERNETES_SERVICE_HOST']);
  const told = Object.fromEntries(
    DOWNWARD.map(([attribute, own, plain]) => [attribute, env[own] || (inCluster && env[plain]) || undefined]),
  );
  return inCluster ? { ...told, 'k8s.namespace.name': told['k8s.namespace.name'] ?? read(NAMESPACE_FILE) } : told;
}

/** A UUID of version 4. The ids of spans are made of the same chance; loading `crypto` costs 5 ms of every start. */
function randomId(): string {
  const digits = Array.from({ length: 32 }, () => Math.floor(Math.random() * 16).toString(16)).join('');
  const variant = '89ab'.charAt(Math.floor(Math.random() * 4));
  return digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, `$1-$2-4$3-${variant}$4-$5`);
}
