/** Set by build.ts from package.json. */
declare const FIRSTLIGHT_VERSION: string;
