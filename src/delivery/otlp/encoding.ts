/** Spans or log records of one resource, encoded as they come, on their way into one request. */
export interface OpenBatch<Item> {
  /** False: the item needs more than `room` bytes. Then, and where encoding throws, the batch is as it was before. */
  add(item: Item, room: number): boolean;
  readonly items: number;
  /** Bytes held; for JSON characters, which is about the same. */
  readonly bytes: number;
  /** The body of an OTLP request with all that was added; the batch is empty afterwards and can be filled again. */
  seal(): Uint8Array;
}
