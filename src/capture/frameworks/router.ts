import { adapter, type Patched } from './adapter.ts';
import { patchRouter, type CreateRouter } from './layers.ts';

export const router: Patched = {
  versions: '>=1.0.0 <3',
  patch: (createRouter: CreateRouter) => {
    patchRouter(createRouter);
    return createRouter;
  },
};

export const RouterInstrumentation = adapter('router', { router });
