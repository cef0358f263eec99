import type { Row } from './request.ts';
import { addresses } from './requests/addresses.ts';
import { bodies, connections } from './requests/bodies.ts';
import { ends } from './requests/ends.ts';
import { methods, upgrades } from './requests/methods.ts';
import { routes } from './requests/routes.ts';
import { statuses } from './requests/statuses.ts';
import { targets } from './requests/targets.ts';

export const requests: readonly Row[] = [
  ...methods,
  ...upgrades,
  ...bodies,
  ...connections,
  ...ends,
  ...addresses,
  ...targets,
  ...statuses,
  ...routes,
];
