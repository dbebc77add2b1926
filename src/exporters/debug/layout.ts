import type { Slices } from '#flow/slices.ts';
import type { BodyText } from './body-text.ts';

/** Layout of bodies of one signal: normal or detailed. Caches texts between requests. */
export interface Layout<Data> {
  /**
   * Writes a request, in slices: it pauses after some text. The exporter writes one request at a time. It ends early when the body
   * becomes too long.
   */
  write(data: Data, body: BodyText): Slices<void>;
}
