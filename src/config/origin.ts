/** Where a value comes from. */
export interface Origin {
  /** `default`, `environment` or `file <path>`. */
  readonly from: string;
  /** The variable it is inherited from. */
  readonly via?: string;
}

export const DEFAULT: Origin = { from: 'default' };
export const ENVIRONMENT: Origin = { from: 'environment' };
export const fromFile = (path: string): Origin => ({ from: `file ${path}` });

/** Of the value, for the two files of the build have each their own `DEFAULT`. */
export const isDefault = ({ from }: Origin): boolean => from === DEFAULT.from;

export const formatOrigin = ({ from, via }: Origin): string => (via === undefined ? from : `${from} (${via})`);
