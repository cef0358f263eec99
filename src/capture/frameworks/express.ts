import { adapter, type Patched } from './adapter.ts';
import { patchRouter, router, type CreateRouter } from './router.ts';

const express: Patched = {
  versions: '>=4.6.0 <6',
  patch: (express: { readonly Router: CreateRouter }) => {
    patchRouter(express.Router);
    return express;
  },
};

/** The row of `router` gives way to this one, for express 5 is made of it; an application may have another beside it. */
export const ExpressInstrumentation = adapter('express', { express, router });
