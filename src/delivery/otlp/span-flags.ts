/** Bits of `Span.flags` and `Span.Link.flags`: whether the parent, or what is linked, is of another process. */
const REMOTENESS_KNOWN = 0x100;
const REMOTE = 0x200;

/** The flags of W3C Trace Context and, above them, those of OTLP. */
export const spanFlags = (traceFlags: number, isRemote: boolean | undefined): number =>
  (traceFlags & 0xff) | REMOTENESS_KNOWN | (isRemote ? REMOTE : 0);
